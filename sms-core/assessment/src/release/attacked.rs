//! What an attack tells of one figure.

use crate::disclosure::Verdict;
use crate::period::Period;
use serde::Serialize;

/// What can be deduced of one part of a withheld figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AttackedFigure {
    /// The indicator.
    pub indicator: String,
    /// The code of the place.
    pub place: String,
    /// The period.
    pub period: Period,
    /// Dimension and group code; empty for everybody.
    pub groups: Vec<[String; 2]>,
    /// `numerator`, `complement`, `denominator` or `count`; `change of` one where two reports differ. Else what the report
    /// says although it follows from a figure that it withholds: `value`, `error`, `n`, `score`, `rank`, `standing`, `target`,
    /// `gap`, `floor`, `change`, `progress`, `contribution`, `explanation`, `equality`; `mean` of a node, whose id stands for the indicator; and what nobody can read
    /// backwards: `counts`, `finding`, `number`, `text`. `value from` one of these, or `score from mean`, is the figure that follows.
    pub what: String,
    /// It is this or more.
    pub lower: f64,
    /// It is this or less; absent when there is no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper: Option<f64>,
    /// Whether that is wide enough.
    pub verdict: Verdict,
}
