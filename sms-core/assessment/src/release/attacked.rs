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
    /// What is left out of these: codes with their dimension, `place` and `period`. Not empty for people whom nobody handed in: those of 2022 when
    /// 2021-2022 and 2021 are shown, those outside of a group, those between two ages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<[String; 2]>,
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
    /// The ends if groups make everybody, districts their city and shorter periods of a share or rate the longer one; absent where that tells no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub if_complete: Option<Between>,
    /// Whether that is wide enough.
    pub verdict: Verdict,
}

/// The least and the most that something can be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Between {
    /// It is this or more.
    pub lower: f64,
    /// It is this or less; absent when there is no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper: Option<f64>,
}

impl AttackedFigure {
    /// Whether it tells at least as much as another one of the same thing.
    pub(super) fn is_as_close_as(&self, other: &AttackedFigure) -> bool {
        let own = Between { lower: self.lower, upper: self.upper };
        let close = |mine: Between, theirs: Between| mine.lower >= theirs.lower && theirs.upper.is_none_or(|t| mine.upper.is_some_and(|m| m <= t));
        close(own, Between { lower: other.lower, upper: other.upper }) && other.if_complete.is_none_or(|theirs| close(self.if_complete.unwrap_or(own), theirs))
    }
}
