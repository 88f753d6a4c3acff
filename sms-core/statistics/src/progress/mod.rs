//! Floor 9: change over time: from one period to the next, to a target, as a trend, and back (method §7).

mod bands;
mod pace;
mod path;
mod retrogression;
mod trend;

pub use bands::within;
pub use bands::{StatusBand, StatusBands};
pub use pace::{
    CagrRules, LinePiece, Measured, NotAvailable, PaceBasis, ProgressScore, ProgressScoreRules, RatePoint, TargetDistance, ToTarget, cagr, distance_to_target,
    progress_score, to_target,
};
pub use path::standard_error;
pub use path::{Baseline, Goal, Milestone, Series, SeriesPoint, Shape, TargetPath, Time, TimeGiven};
pub use retrogression::{Comparison, DeclineBasis, NOTE, NotJudged, Retrogression, RetrogressionRules, RetrogressionStatus, retrogression};
pub use trend::{Projection, ProjectionBasis, SlopeInterval, Trend, TrendEstimate, TrendRules, ValueRange, YearsToTarget, projection, trend, years_to_target};

use crate::diagnostic::Result;
use crate::indicator::Polarity;
use crate::num;
use crate::target::SLACK;
use serde::{Deserialize, Serialize};

/// Which way a value moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Direction {
    /// For the better.
    Better,
    /// For the worse.
    Worse,
    /// Not at all.
    Unchanged,
    /// It moved, and neither way is better.
    Changed,
}

/// The change between two figures of a series.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ChangeOverTime"))]
pub struct Change {
    /// New minus old, in the unit of the indicator.
    pub absolute: f64,
    /// Change over the size of the old value; `None` when that is 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relative: Option<f64>,
    /// Absolute change over years.
    pub per_year: f64,
    /// Which way.
    pub direction: Direction,
}

/// The change from an earlier to a later value; none when the years between are not above 0.
///
/// A move within `tolerance` (in the unit of the indicator) is none.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::{indicator::Polarity, progress::{Direction, change}};
/// let made = change(20.0, 16.0, 2.0, Polarity::Lower, 0.0)?.unwrap();
/// assert_eq!((made.absolute, made.relative, made.per_year, made.direction), (-4.0, Some(-0.2), -2.0, Direction::Better));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `num.not-finite`, also when the change is beyond the range of numbers.
pub fn change(earlier: f64, later: f64, years: f64, polarity: Polarity, tolerance: f64) -> Result<Option<Change>> {
    num::finite(earlier)?;
    num::finite(later)?;
    num::finite(tolerance)?;
    if num::finite(years)? <= 0.0 {
        return Ok(None);
    }
    let absolute = num::finite(later - earlier)?;
    let direction = if num::abs(absolute) <= tolerance + SLACK {
        Direction::Unchanged
    } else {
        match polarity.direction() {
            Some(d) if d * absolute > 0.0 => Direction::Better,
            Some(_) => Direction::Worse,
            None => Direction::Changed,
        }
    };
    let relative = (earlier != 0.0).then(|| absolute / num::abs(earlier)).filter(|r| r.is_finite());
    Ok(Some(Change { absolute, relative, per_year: num::finite(absolute / years)?, direction }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_no_special_case() {
        let c = change(0.0, 5.0, 2.0, Polarity::Lower, 0.0).unwrap().unwrap();
        assert_eq!((c.absolute, c.relative, c.per_year, c.direction), (5.0, None, 2.5, Direction::Worse));
        assert_eq!(change(5.0, 5.0, 1.0, Polarity::Higher, 0.0).unwrap().unwrap().direction, Direction::Unchanged);
        assert_eq!(change(5.0, 6.0, 1.0, Polarity::Ambiguous, 0.0).unwrap().unwrap().direction, Direction::Changed);
        assert_eq!(change(5.0, 6.0, 0.0, Polarity::Higher, 0.0), Ok(None));
    }
}
