//! Outcomes before outputs.

use crate::{Area, Engine, Entry, Operation};
use serde::{Deserialize, Serialize};
use sms_assessment::rbm::{self, OutcomesFirst};
use sms_base::diagnostic::{Code, Error, Result};

pub(super) const AREA: Area =
    Area { title: "Outcomes before outputs", operations: &[Entry::of::<RbmCombine>(), Entry::of::<RbmBand>(), Entry::of::<RbmRating>()] };

const SOURCE: &str = "method, section 2; docs/outcomes-first.md";

/// Outcomes and effort to the combined view: w·O + (1 − w)·E, held within O − m and O + m.
///
/// However much a city does, its work moves a theme only by the margin, and never past what its people enjoy.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RbmCombine {
    /// O: the mean of the scores of outcome and impact indicators, 0 to 100.
    outcomes: f64,
    /// E: the mean of the scores of all other indicators, 0 to 100.
    effort: f64,
    /// w: the weight of outcomes, above 0.5 and at most 1.
    weight: f64,
    /// m: the margin in points, 0 to 50.
    margin: f64,
}

/// The combined view.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RbmCombineAnswer {
    /// C: the combined score, 0 to 100.
    combined: f64,
}

impl Operation for RbmCombine {
    const NAME: &'static str = "rbm.combine";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = &[Code::MethodBadValue, Code::AggregateScoreOutOfRange, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"outcomes": 40, "effort": 100, "weight": 0.8, "margin": 5}"#;
    type Answer = RbmCombineAnswer;

    fn answer(self, _: &Engine) -> Result<RbmCombineAnswer> {
        Ok(RbmCombineAnswer { combined: OutcomesFirst::new(self.weight, self.margin)?.combine(self.outcomes, self.effort)? })
    }
}

/// Lower ends of bands: falling, at least one.
fn check(thresholds: &[f64]) -> Result<()> {
    if rbm::are_bands(thresholds) { Ok(()) } else { Err(Error::new(Code::MethodBadValue).at_path("thresholds").expecting("falling numbers")) }
}

/// The band of a score; 1 is the best.
///
/// A score is in the first band whose lower end, less a slack of 1e-9, it reaches.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RbmBand {
    /// The score, 0 to 100.
    score: f64,
    /// Lower ends of the bands, falling, at least one, such as 80, 60, 40, 20.
    thresholds: Vec<f64>,
}

/// A band.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RbmBandAnswer {
    /// The number of the band: 1 is the best, and one more than there are lower ends is below the last of them.
    band: usize,
}

impl Operation for RbmBand {
    const NAME: &'static str = "rbm.band";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = &[Code::MethodBadValue];
    const EXAMPLE: &'static str = r#"{"score": 65, "thresholds": [80, 60, 40, 20]}"#;
    type Answer = RbmBandAnswer;

    fn answer(self, _: &Engine) -> Result<RbmBandAnswer> {
        check(&self.thresholds)?;
        Ok(RbmBandAnswer { band: rbm::band(self.score, &self.thresholds) })
    }
}

/// The rating: the band of the combined view, never better than the band of the outcomes.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RbmRating {
    /// C: the combined score, 0 to 100.
    combined: f64,
    /// O: the score of the outcomes, 0 to 100.
    outcomes: f64,
    /// Lower ends of the bands, falling, at least one, such as 80, 60, 40, 20.
    thresholds: Vec<f64>,
}

impl Operation for RbmRating {
    const NAME: &'static str = "rbm.rating";
    const SOURCE: &'static str = SOURCE;
    const ERRORS: &'static [Code] = &[Code::MethodBadValue];
    const EXAMPLE: &'static str = r#"{"combined": 82, "outcomes": 78, "thresholds": [80, 60, 40, 20]}"#;
    type Answer = RbmBandAnswer;

    fn answer(self, _: &Engine) -> Result<RbmBandAnswer> {
        check(&self.thresholds)?;
        Ok(RbmBandAnswer { band: rbm::rating(self.combined, self.outcomes, &self.thresholds) })
    }
}
