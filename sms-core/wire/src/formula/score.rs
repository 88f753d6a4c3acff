//! The score of one value, 0 to 100.

use crate::{Area, Engine, Entry, Operation};
use serde::Deserialize;
use sms_base::diagnostic::{Code, Result};
use sms_model::indicator::Polarity;
use sms_statistics::score::{Ends, Goalposts, LevelScale, Normalisation, Score, TargetBand, TargetRatio, YesNo};

pub(super) const AREA: Area = Area {
    title: "The score of one value",
    operations: &[
        Entry::of::<ScoreGoalposts>(),
        Entry::of::<ScoreLogarithmic>(),
        Entry::of::<ScoreTargetRatio>(),
        Entry::of::<ScoreBand>(),
        Entry::of::<ScoreMaturity>(),
        Entry::of::<ScoreYesNo>(),
    ],
};

/// The score of a value between the one that scores 0 and the one that scores 100.
///
/// 100·(x − worst)/(best − worst). Lower is better when the worst is above the best.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ScoreGoalposts {
    /// The value, in the unit of the indicator.
    value: f64,
    /// The value that scores 0, in the same unit.
    worst: f64,
    /// The value that scores 100, in the same unit; another than the worst.
    best: f64,
    /// Which way is better: the goalposts must stand in this order. Where it is not given, their order says so.
    polarity: Option<Polarity>,
    /// Whether the score ends at the goalposts; it does where nothing is said.
    #[serde(default)]
    ends: Ends,
}

impl Operation for ScoreGoalposts {
    const NAME: &'static str = "score.goalposts";
    const SOURCE: &'static str = "method, section 1; OECD/JRC 2008, ch. 5";
    const ERRORS: &'static [Code] = &[Code::ScoreEqualGoalposts, Code::ScoreGoalpostsOrder, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"value": 37, "worst": 20, "best": 80}"#;
    type Answer = Score;

    fn answer(self, _: &Engine) -> Result<Score> {
        let goalposts = match self.polarity {
            Some(polarity) => Goalposts::for_polarity(self.worst, self.best, polarity)?,
            None => Goalposts::new(self.worst, self.best)?,
        };
        Ok(goalposts.score(self.value)?.with_ends(self.ends))
    }
}

/// The score of a value between two goalposts on the logarithm, as the HDI has them for income.
///
/// A value is held at the goalposts before its logarithm is taken: one of 0 or less counts as the goalpost beyond which it lies, and its raw score is the same.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ScoreLogarithmic {
    /// The value, in the unit of the indicator; above 0 where the ends are open.
    value: f64,
    /// The value that scores 0, in the same unit, above 0.
    worst: f64,
    /// The value that scores 100, in the same unit, above 0; another than the worst.
    best: f64,
    /// Whether the score ends at the goalposts; it does where nothing is said.
    #[serde(default)]
    ends: Ends,
}

impl Operation for ScoreLogarithmic {
    const NAME: &'static str = "score.logarithmic";
    const SOURCE: &'static str = "method, section 1; UNDP 2024, technical note 1";
    const ERRORS: &'static [Code] = &[Code::ScoreEqualGoalposts, Code::ScoreNotPositive, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"value": 1283.309235, "worst": 100, "best": 75000}"#;
    type Answer = Score;

    fn answer(self, _: &Engine) -> Result<Score> {
        Goalposts::new(self.worst, self.best)?.log_score(self.value, self.ends)
    }
}

/// The share of a target that is reached, in points.
///
/// Higher is better: min(x/τ, 1). Lower is better: min(τ/x, 1), and 1 at a value of 0. To one best value: min(x/τ, τ/x).
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ScoreTargetRatio {
    /// The value, in the unit of the indicator, 0 or more; above 0 where one value is best.
    value: f64,
    /// The target, in the same unit, above 0.
    target: f64,
    /// Which way is better: `higher`, `lower` or `value`.
    polarity: Polarity,
}

impl Operation for ScoreTargetRatio {
    const NAME: &'static str = "score.target_ratio";
    const SOURCE: &'static str = "method, section 1";
    const ERRORS: &'static [Code] = &[Code::ScoreNotPositive, Code::ScoreGoalpostsOrder, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"value": 30, "target": 40, "polarity": "higher"}"#;
    type Answer = Score;

    fn answer(self, _: &Engine) -> Result<Score> {
        TargetRatio { target: self.target }.score(self.value, self.polarity)
    }
}

/// The score of a value that is best within a band: 100 inside, falling in a straight line to 0 on both sides.
///
/// In order: worst_low < lower ≤ upper < worst_high.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ScoreBand {
    /// The value, in the unit of the indicator.
    value: f64,
    /// The value that scores 0 below the band, in the same unit.
    worst_low: f64,
    /// Lower end of the band, in the same unit.
    lower: f64,
    /// Upper end of the band, in the same unit.
    upper: f64,
    /// The value that scores 0 above the band, in the same unit.
    worst_high: f64,
}

impl Operation for ScoreBand {
    const NAME: &'static str = "score.band";
    const SOURCE: &'static str = "method, section 1";
    const ERRORS: &'static [Code] = &[Code::ScoreGoalpostsOrder, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"value": 20, "worst_low": 0, "lower": 40, "upper": 60, "worst_high": 100}"#;
    type Answer = Score;

    fn answer(self, _: &Engine) -> Result<Score> {
        TargetBand::new(self.worst_low, self.lower, self.upper, self.worst_high)?.score(self.value, Polarity::Range)
    }
}

/// The score of a maturity level by a declared map.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ScoreMaturity {
    /// The level, a whole number of the map, from 0.
    level: f64,
    /// The scores of the levels, from level 0, such as 0, 25, 50, 75, 100.
    map: Vec<f64>,
}

impl Operation for ScoreMaturity {
    const NAME: &'static str = "score.maturity";
    const SOURCE: &'static str = "method, section 1";
    const ERRORS: &'static [Code] = &[Code::ScoreUnknownLevel, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"level": 3, "map": [0, 25, 50, 75, 100]}"#;
    type Answer = Score;

    fn answer(self, _: &Engine) -> Result<Score> {
        LevelScale { map: self.map }.score(self.level, Polarity::Higher)
    }
}

/// 0 points for no, 100 for yes.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ScoreYesNo {
    /// 0 for no, 1 for yes.
    value: f64,
}

impl Operation for ScoreYesNo {
    const NAME: &'static str = "score.yes_no";
    const SOURCE: &'static str = "method, section 1";
    const ERRORS: &'static [Code] = &[Code::ScoreUnknownLevel, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"value": 1}"#;
    type Answer = Score;

    fn answer(self, _: &Engine) -> Result<Score> {
        YesNo.score(self.value, Polarity::Higher)
    }
}
