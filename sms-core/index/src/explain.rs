//! How a result came about: each step with its rule, what went in and what came out.

use super::compile::{Role, ancestors};
use super::run::{Run, Shown};
use super::values::Why;
use serde::Serialize;
use sms_base::diagnostic::{Code, Error, Result};
use std::collections::BTreeMap;

/// A value that went in or came out: a number, a word, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexTraced"))]
pub enum Traced {
    /// A number or a word.
    Value(Shown),
    /// No value.
    Absent {
        /// Why.
        absent: Why,
        /// The input or step at which it went missing.
        from: String,
    },
}

/// One step for one unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "IndexExplainedStep"))]
pub struct ExplainedStep {
    /// Id of the step.
    pub id: String,
    /// Name for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The kind of rule.
    pub rule: &'static str,
    /// The rule in words, with its parameters.
    pub text: String,
    /// Where the published method says this.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub clause: String,
    /// What went in, by name.
    pub inputs: BTreeMap<String, Traced>,
    /// What came out.
    pub result: Traced,
    /// Unit of measurement of the result.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Whether it depends on which other units are in the table.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub set_dependent: bool,
    /// Why the numbers are what they are, with their source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
}

/// How the results of one unit came about.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IndexExplanation {
    /// Id of the index.
    pub index: String,
    /// Its edition.
    pub edition: String,
    /// Where its rules were published.
    pub source: String,
    /// The unit.
    pub unit: String,
    /// The steps that the results are made of, each after those that it uses.
    pub steps: Vec<ExplainedStep>,
}

impl Run<'_> {
    /// How results of a unit came about: those of the file, or the steps that are named.
    ///
    /// ```
    /// use sms_core::index::{Index, Table};
    /// let index = Index::from_json(r#"{"format": 1, "id": "small", "edition": "1", "title": "Small", "source": "invented", "licence": "CC0",
    ///     "unit": "city", "outputs": ["cost"], "input": [{"id": "rent"}],
    ///     "step": [{"id": "cost", "goalposts": {"of": "rent", "worst": 60, "best": 20, "better": "lower"}}]}"#)?;
    /// let table = Table::new(["a"])?.numbers("rent", vec![Some(30.0)])?;
    /// let run = index.run(&table)?;
    /// assert_eq!(run.explain("a", &[])?.steps.len(), 1);
    /// assert!(run.explain("elsewhere", &[]).is_err());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `index.unknown-unit`, `index.unknown-name`.
    pub fn explain(&self, unit: &str, outputs: &[&str]) -> Result<IndexExplanation> {
        let row = self.units.iter().position(|u| u == unit).ok_or_else(|| Error::new(Code::IndexUnknownUnit).at_path("unit"))?;
        let nodes = &self.index.nodes;
        let wanted = ancestors(nodes, &self.index.places(outputs, "outputs")?);
        let mut steps = Vec::new();
        for at in self.index.order.iter().copied().filter(|at| wanted.contains(at)) {
            let Some(node) = nodes.get(at) else { continue };
            let Role::Step { word, text, .. } = &node.role else { continue };
            let used = || node.uses.iter().filter_map(|u| nodes.get(*u).map(|n| (*u, n)));
            let constants = used().filter(|(_, n)| matches!(n.role, Role::Constant(_)));
            steps.push(ExplainedStep {
                id: node.id.clone(),
                name: node.name.clone(),
                rule: word,
                text: text.clone(),
                clause: node.clause.clone(),
                inputs: used().map(|(u, n)| (n.id.clone(), self.traced(u, row))).collect(),
                result: self.traced(at, row),
                unit: node.unit.clone(),
                set_dependent: node.set_dependent,
                reasons: node.reasons.iter().cloned().chain(constants.flat_map(|(_, n)| n.reasons.iter().map(|r| format!("{}: {r}", n.id)))).collect(),
            });
        }
        Ok(IndexExplanation {
            index: self.index.id().to_owned(),
            edition: self.index.raw.edition.clone(),
            source: self.index.raw.source.clone(),
            unit: unit.to_owned(),
            steps,
        })
    }

    fn traced(&self, at: usize, row: usize) -> Traced {
        match self.shown(at, row) {
            Ok(shown) => Traced::Value(shown),
            Err(absent) => Traced::Absent { absent: absent.why, from: self.origin(absent) },
        }
    }
}
