//! The file as it is written: what a statistician fills in, before anything is checked.

pub use super::step::Term;
use super::step::{AcrossRule, AggregateRule, BandsRule, Branch, GoalpostsRule, GrowthRule, InterpolateRule, LookupRule, RoundRule, ScoreStep, StatusBranch};
use serde::{Deserialize, Serialize};
use sms_base::id::EntryId;
use std::collections::BTreeMap;

/// An index as its file has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RawIndex {
    /// The format of the file: 1.
    pub format: u32,
    /// Id, such as `undp-hdi`.
    pub id: EntryId,
    /// Edition of the index, as its publisher names it.
    pub edition: String,
    /// Name for people.
    pub title: String,
    /// What it measures, in a sentence or two.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// Where the rules were published.
    pub source: String,
    /// Licence of the rules and of the published figures, as far as it is known.
    pub licence: String,
    /// What the file was checked against, and how closely it agrees.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reproduces: String,
    /// What one row of the data is: `country`, `city`, `person`, `series`.
    pub unit: String,
    /// The results: ids of steps (or of inputs that are passed on), in the order in which they are shown.
    pub outputs: Vec<String>,
    /// Lists for repetition: the same steps for women and men, or one row of numbers an indicator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<Group>,
    /// The columns that are needed.
    pub input: Vec<Input>,
    /// Named numbers that people decided, each with its reason and source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub constant: Vec<Constant>,
    /// What is computed, in the order in which it is explained. A step may use a later one.
    pub step: Vec<RawStep>,
}

/// A list for repetition. Wherever `{id}` stands in a text of an entry with `each = "id"`, a member takes its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexGroup"))]
pub struct Group {
    /// Id of the list, such as `sex`.
    pub id: String,
    /// Its members.
    pub members: Vec<Member>,
}

/// A member of a list: an id alone, or a row with further fields that are written `{list.field}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "an id, or a table with an id and fields that are numbers or texts")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexMember"))]
pub enum Member {
    /// The id alone.
    Id(String),
    /// The id with further fields.
    Row {
        /// The id.
        id: String,
        /// The further fields.
        #[serde(flatten)]
        fields: BTreeMap<String, Attribute>,
    },
}

/// A field of a member.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "a number or a text")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexAttribute"))]
pub enum Attribute {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

/// One name or several.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "the id of a group, or a list of them")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexOneOrMore"))]
pub enum OneOrMore {
    /// One.
    One(String),
    /// Several.
    More(Vec<String>),
}

impl Default for OneOrMore {
    fn default() -> Self {
        OneOrMore::More(Vec::new())
    }
}

impl OneOrMore {
    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[String] {
        match self {
            OneOrMore::One(one) => std::slice::from_ref(one),
            OneOrMore::More(more) => more,
        }
    }

    fn is_none(&self) -> bool {
        self.all().is_empty()
    }
}

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexKind"))]
pub enum Kind {
    /// Numbers.
    #[default]
    Number,
    /// Texts, such as codes.
    Text,
}

impl Kind {
    fn is_number(&self) -> bool {
        *self == Kind::Number
    }
}

/// A column that the index needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexInput"))]
pub struct Input {
    /// Id by which steps use it.
    pub id: String,
    /// Repeat for each member of these groups.
    #[serde(default, skip_serializing_if = "OneOrMore::is_none")]
    pub each: OneOrMore,
    /// Name of the column in the data; the id when not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Unit of measurement.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Numbers or texts.
    #[serde(default, skip_serializing_if = "Kind::is_number")]
    pub kind: Kind,
    /// The lowest and the highest value that can be right. Others are reported and not used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bounds: Option<[f64; 2]>,
    /// The texts that are known. Others are reported and not used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<String>,
    /// The whole column may be lacking; then no unit has a value.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

/// A named number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexConstant"))]
pub struct Constant {
    /// Id by which steps use it.
    pub id: String,
    /// Repeat for each member of these groups.
    #[serde(default, skip_serializing_if = "OneOrMore::is_none")]
    pub each: OneOrMore,
    /// The number.
    pub value: Term,
    /// Why it is what it is.
    pub reason: String,
    /// Who says so; the source of the index when not given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// A step: what it is, and exactly one rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RawStep {
    /// Id by which other steps and the outputs use it.
    pub id: String,
    /// Repeat for each member of these groups.
    #[serde(default, skip_serializing_if = "OneOrMore::is_none")]
    pub each: OneOrMore,
    /// Name for people.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Unit of measurement of the result.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Where the published method says this, such as `technical note 1, step 2`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub clause: String,
    /// Why, where the numbers of the step are not given as constants.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Arithmetic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formula: Option<Term>,
    /// From a worst value to a best one, linear or logarithmic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goalposts: Option<GoalpostsRule>,
    /// Any scoring rule that a method file can name for an indicator, with fixed numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<ScoreStep>,
    /// Several values of one unit into one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aggregate: Option<AggregateRule>,
    /// The first branch whose condition holds gives the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choose: Option<Vec<Branch>>,
    /// The first branch whose condition holds gives the word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Vec<StatusBranch>>,
    /// Thresholds into words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bands: Option<BandsRule>,
    /// Straight lines between points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpolate: Option<InterpolateRule>,
    /// The yearly rate of change between two values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub growth: Option<GrowthRule>,
    /// A fixed count of decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub round: Option<RoundRule>,
    /// A number for each code of a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lookup: Option<LookupRule>,
    /// A statistic over the units, or the place of a unit among them. The result depends on the set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub across: Option<AcrossRule>,
}

/// Names of the rules, one of which a step has.
pub(crate) const RULES: &[&str] =
    &["formula", "goalposts", "score", "aggregate", "choose", "status", "bands", "interpolate", "growth", "round", "lookup", "across"];
