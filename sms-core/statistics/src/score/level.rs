//! Scores of levels: a maturity scale, and yes or no.

use super::Score;
use super::normalisation::{Normalisation, Values, Wording};
use crate::diagnostic::{Code, Error, Result};
use crate::indicator::Polarity;
use crate::num;
use crate::target::SLACK;
use serde::{Deserialize, Serialize};

/// A scale of levels with a declared score each, such as 0, 25, 50, 75, 100.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::indicator::Polarity;
/// use sms_core::score::{LevelScale, Normalisation};
/// let scale = LevelScale { map: vec![0.0, 25.0, 50.0, 75.0, 100.0] };
/// assert_eq!(scale.score(3.0, Polarity::Higher)?.score, 75.0);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LevelScale {
    /// The scores of the levels, from level 0.
    pub map: Vec<f64>,
}

fn score(level: f64, map: &[f64]) -> Result<Score> {
    num::finite(level)?;
    let unknown = || Error::new(Code::ScoreUnknownLevel).with("levels", map.len());
    if level < 0.0 || level.fract() != 0.0 || level > 1000.0 {
        return Err(unknown());
    }
    let position = map.iter().enumerate().find(|(i, _)| *i as f64 == level);
    position.map_or_else(|| Err(unknown()), |(_, &score)| Score::of(score))
}

fn levels(score: f64, map: &[f64]) -> Option<Values> {
    let mut found = map.iter().enumerate().filter(|(_, s)| num::abs(**s - score) <= SLACK).map(|(level, _)| level as f64);
    let first = found.next()?;
    Some(found.next_back().map_or(Values::At(first), |last| Values::Between(first, last)))
}

/// The lowest level that scores so much.
fn reaching(score: f64, map: &[f64]) -> Option<f64> {
    map.iter().position(|s| *s >= score - SLACK).map(|level| level as f64)
}

const WORDING: &str = "scale";

impl Normalisation for LevelScale {
    fn check(&self, _: Polarity) -> Result<()> {
        self.map.iter().try_for_each(|score| num::finite(*score).map(|_| ()))
    }

    /// `score.unknown-level` when the level is not a whole number of the map.
    fn score(&self, value: f64, _: Polarity) -> Result<Score> {
        score(value, &self.map)
    }

    fn inverse(&self, score: f64, _: Polarity) -> Option<Values> {
        levels(score, &self.map)
    }

    fn width(&self, _: f64, _: Polarity) -> f64 {
        0.0
    }

    fn explain(&self, _: Polarity, _: &dyn Fn(f64) -> String) -> Wording {
        Wording { name: WORDING, text: String::new(), inputs: Vec::new() }
    }

    fn value_reaching(&self, score: f64, _: f64, _: Polarity) -> Option<f64> {
        reaching(score, &self.map)
    }
}

/// 0 for no, 100 for yes.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::score::{Normalisation, YesNo};
/// assert_eq!(YesNo.score(1.0, sms_core::indicator::Polarity::Higher)?.score, 100.0);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YesNo;

const NO_YES: [f64; 2] = [0.0, 100.0];

impl Normalisation for YesNo {
    fn check(&self, _: Polarity) -> Result<()> {
        Ok(())
    }

    /// `score.unknown-level` for anything but 0 and 1.
    fn score(&self, value: f64, _: Polarity) -> Result<Score> {
        score(value, &NO_YES)
    }

    fn inverse(&self, score: f64, _: Polarity) -> Option<Values> {
        levels(score, &NO_YES)
    }

    fn width(&self, _: f64, _: Polarity) -> f64 {
        0.0
    }

    fn explain(&self, _: Polarity, _: &dyn Fn(f64) -> String) -> Wording {
        Wording { name: WORDING, text: String::new(), inputs: Vec::new() }
    }

    fn value_reaching(&self, score: f64, _: f64, _: Polarity) -> Option<f64> {
        reaching(score, &NO_YES)
    }
}
