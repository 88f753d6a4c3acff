//! The mapping itself: what each file, column and code means, held against the catalogue.

use crate::csv::Encoding;
use serde::Deserialize;
use serde_json::Value;
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::num::DecimalSign;
use sms_base::text;
use sms_model::catalogue::Catalogue;
use std::collections::BTreeMap;

/// A mapping from a city's own files to observations.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Crosswalk {
    /// A title, for people.
    #[serde(default)]
    pub title: String,
    /// The place that the files are about.
    pub place: CrosswalkPlace,
    /// What holds for every row unless a file says otherwise.
    #[serde(default)]
    pub defaults: Defaults,
    /// The files.
    pub file: Vec<CrosswalkFile>,
}

/// A place in a [`Crosswalk`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CrosswalkPlace {
    /// Its code.
    pub code: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// The scheme of its code.
    #[serde(default)]
    pub scheme: String,
    /// The place that holds it.
    #[serde(default)]
    pub parent: String,
}

/// What holds for every row unless a file says otherwise.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Defaults {
    /// Who may see the figures: `public` when they are already published.
    pub confidentiality: String,
    /// Where they come from.
    pub source: String,
    /// Who collected them.
    pub collected_by: String,
}

/// One file of a [`Crosswalk`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CrosswalkFile {
    /// Its name.
    pub name: String,
    /// Why it is not mapped; then nothing else is needed.
    pub not_mapped: Option<String>,
    /// Where its figures come from.
    pub source: Option<String>,
    /// The column of the period.
    pub period: String,
    /// The column of the value.
    pub value: Option<String>,
    /// The column of the numerator.
    pub numerator: Option<String>,
    /// The column of the denominator.
    pub denominator: Option<String>,
    /// The column of the sample size.
    pub n: Option<String>,
    /// The column of the standard error.
    pub se: Option<String>,
    /// The column that says why a value is as it is, with what its codes mean.
    pub status: Option<StatusColumn>,
    /// Columns that hold nothing needed.
    pub ignore_columns: Vec<String>,
    /// Columns that say who a figure is about.
    pub columns: BTreeMap<String, GroupColumn>,
    /// Which rows are which indicator.
    pub series: Vec<Series>,
    /// Rows that are left out knowingly.
    pub skip: Vec<Skip>,
    /// Delimiter, when it cannot be told.
    pub delimiter: Option<char>,
    /// Decimal sign.
    pub decimal: DecimalSign,
    /// Encoding.
    pub encoding: Encoding,
}

/// A column of statuses.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatusColumn {
    /// Its name.
    pub column: String,
    /// From its codes to the words of the tidy table.
    pub codes: BTreeMap<String, String>,
}

/// A column that says who a figure is about.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GroupColumn {
    /// The dimension of its codes; may be left out when every code names its own (`SEX=F`).
    pub dimension: Option<String>,
    /// From its codes to groups: `F`, or `SEX=F`; empty for everybody.
    pub codes: BTreeMap<String, String>,
    /// Take codes that are not listed as they are: for a city's own districts.
    pub keep: bool,
}

/// Rows that are one indicator.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Series {
    /// The indicator.
    pub indicator: String,
    /// Which rows: column to one or several texts; `*` is any text but the empty one.
    #[serde(rename = "where")]
    pub filter: BTreeMap<String, OneOrMore>,
    /// Why it stands for the indicator without measuring exactly the same.
    pub proxy: String,
    /// A note on the figures.
    pub note: String,
    /// The value is multiplied by this, for another unit.
    pub multiply: Option<f64>,
    /// The value is taken from this, as 100 − x.
    pub complement: Option<f64>,
    /// The value column is a count of the indicator's numerator, with no denominator beside it.
    pub value_is_count: bool,
    /// Periods at which the way of measuring changed, as the file writes them.
    pub breaks: Vec<String>,
    /// Columns of groups for these rows only.
    pub columns: BTreeMap<String, GroupColumn>,
}

/// Rows that are left out knowingly.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Skip {
    /// Which rows.
    #[serde(rename = "where")]
    pub filter: BTreeMap<String, OneOrMore>,
    /// Why.
    pub reason: String,
}

/// One text or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum OneOrMore {
    /// One.
    One(String),
    /// Several.
    More(Vec<String>),
}

impl OneOrMore {
    /// Whether a text is one of them.
    pub(super) fn holds(&self, text: &str) -> bool {
        let fits = |wanted: &String| wanted == text || (wanted == "*" && !text.is_empty());
        match self {
            OneOrMore::One(one) => fits(one),
            OneOrMore::More(more) => more.iter().any(fits),
        }
    }
}

impl Crosswalk {
    /// Reads a crosswalk from a JSON value (a TOML file turned into one).
    ///
    /// ```
    /// use sms_core::crosswalk::Crosswalk;
    /// let value = serde_json::json!({"title": "T", "place": {"code": "X", "name": "Xton"},
    ///     "file": [{"name": "rent.csv", "period": "Year", "value": "Value", "series": [{"indicator": "HOU-O-03"}]}]});
    /// assert_eq!(Crosswalk::from_value(value)?.file[0].name, "rent.csv");
    /// assert!(Crosswalk::from_value(serde_json::json!({"title": "T"})).is_err());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `crosswalk.bad-file`.
    pub fn from_value(value: Value) -> Result<Self> {
        let crosswalk: Crosswalk = sms_base::shape::read(&value, Code::CrosswalkBadFile)?;
        let bad = |path: String, expected: &'static str| Err(Error::new(Code::CrosswalkBadFile).at_path(&path).expecting(expected));
        for (i, file) in crosswalk.file.iter().enumerate() {
            let path = |field: &str| format!("file[{i}].{field}");
            if file.name.is_empty() {
                return bad(path("name"), "the name of a file");
            }
            if crosswalk.file.iter().take(i).any(|f| f.name == file.name) {
                return bad(path("name"), "each file once");
            }
            if file.not_mapped.is_some() {
                continue;
            }
            if file.period.is_empty() {
                return bad(path("period"), "the name of the period column");
            }
            if file.series.is_empty() {
                return bad(path("series"), "at least one series, or `not_mapped` with the reason");
            }
            if file.value.is_none() && file.numerator.is_none() {
                return bad(path("value"), "the name of the value column, or of the numerator column");
            }
            for (j, series) in file.series.iter().enumerate() {
                if series.multiply.is_some_and(|m| !(m.is_finite() && m > 0.0)) || series.complement.is_some_and(|c| !c.is_finite()) {
                    return bad(path(&format!("series[{j}]")), "a finite number");
                }
            }
        }
        Ok(crosswalk)
    }

    /// Every indicator, dimension and group that the crosswalk names must be in the catalogue.
    pub(super) fn check(&self, catalogue: &Catalogue) -> Result<()> {
        for (i, file) in self.file.iter().enumerate() {
            let bad = |path: String, near: Option<&str>| {
                Error::new(Code::CrosswalkBadFile).at_path(&format!("file[{i}].{path}")).expecting("an id of the catalogue").suggesting(near)
            };
            for (j, series) in file.series.iter().enumerate() {
                if catalogue.indicator(&series.indicator).is_none() {
                    let near = text::did_you_mean(&series.indicator, catalogue.indicators().iter().map(|i| i.id.as_str()));
                    return Err(bad(format!("series[{j}].indicator"), near));
                }
            }
            let columns = file.columns.iter().chain(file.series.iter().flat_map(|s| &s.columns));
            for (name, column) in columns {
                for target in column.codes.values().filter(|t| !t.is_empty()) {
                    let known = column.group(target).is_some_and(|(d, code)| catalogue.dimension(d).is_some_and(|d| d.accepts(code)));
                    if !known {
                        return Err(bad(format!("columns.{name}.codes"), None));
                    }
                }
                if let Some(d) = &column.dimension
                    && catalogue.dimension(d).is_none()
                {
                    return Err(bad(format!("columns.{name}.dimension"), text::did_you_mean(d, catalogue.data().dimensions.iter().map(|d| d.id.as_str()))));
                }
            }
        }
        Ok(())
    }
}

impl GroupColumn {
    /// `F` or `SEX=F` as dimension and code.
    pub(super) fn group<'a>(&'a self, target: &'a str) -> Option<(&'a str, &'a str)> {
        match target.split_once('=') {
            Some((dimension, code)) => Some((dimension, code)),
            None => self.dimension.as_deref().map(|d| (d, target)),
        }
    }
}
