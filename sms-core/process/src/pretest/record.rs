//! What a pre-test asks, and what people answer.

use crate::id::{EntryId, IndicatorId};
use serde::{Deserialize, Serialize};

/// Why a person gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum NoAnswer {
    /// The question was not put, by skip logic or otherwise. It counts nowhere.
    NotAsked,
    /// The person did not want to say.
    Refused,
    /// The person did not know.
    DontKnow,
    /// There is no answer, and nobody knows why.
    Missing,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestAnswer"))]
pub enum Answer {
    /// A number, or the place on a scale.
    Number(f64),
    /// A category, a number as text, or free text.
    Text(String),
}

/// The first time, or again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestRound"))]
pub enum Round {
    /// The first time.
    #[default]
    Test,
    /// The same question to the same person later.
    Retest,
}

/// One row of the pre-test: one person, one question. People's data: it cannot be printed.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestRecord"))]
pub struct Record {
    /// A code of the person; it never leaves.
    pub respondent: String,
    /// The question.
    pub question: String,
    /// The answer; else `no_answer` says why there is none.
    #[serde(default)]
    pub answer: Option<Answer>,
    /// Why there is no answer.
    #[serde(default)]
    pub no_answer: Option<NoAnswer>,
    /// Who rated or wrote down the answer; it never leaves.
    #[serde(default)]
    pub rater: Option<String>,
    /// The first time, or again.
    #[serde(default)]
    pub round: Round,
    /// How many seconds it took.
    #[serde(default)]
    pub seconds: Option<f64>,
    /// The group of the person, for shares by group.
    #[serde(default)]
    pub group: Option<String>,
    /// What it cost, in any currency.
    #[serde(default)]
    pub cost: Option<f64>,
}

/// What kind of answer a question has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum AnswerKind {
    /// A number.
    Number,
    /// A place on an ordered scale, as a number.
    Ordinal,
    /// A category.
    Category,
    /// Free text: only whether it is answered, and how long it takes.
    Text,
}

/// The ends of a scale.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestScale"))]
pub struct Scale {
    /// Lowest point.
    pub min: f64,
    /// Highest point.
    pub max: f64,
}

/// Which numbers heaping is looked for in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum HeapingOf {
    /// All whole numbers.
    Numbers,
    /// Ages: Whipple's index over 23 to 62 years, as it is defined.
    Ages,
}

/// A question of the pre-test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestQuestion"))]
pub struct Question {
    /// The id.
    pub id: EntryId,
    /// What kind of answer it has.
    pub kind: AnswerKind,
    /// The indicator that it serves.
    #[serde(default)]
    pub indicator: Option<IndicatorId>,
    /// The ends of its scale.
    #[serde(default)]
    pub scale: Option<Scale>,
    /// The set of questions with which it measures one thing.
    #[serde(default)]
    pub battery: Option<EntryId>,
    /// Look for heaping.
    #[serde(default)]
    pub heaping: Option<HeapingOf>,
    /// What a complete answer may cost.
    #[serde(default)]
    pub cost_limit: Option<f64>,
}
