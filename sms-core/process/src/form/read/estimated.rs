//! From estimates of the microdata to rows of the tidy table.

use super::{IN, minus_name};
use crate::catalogue::Catalogue;
use crate::diagnostic::{Code, Finding, Findings, Location};
use crate::equality::satterthwaite;
use crate::estimate::{Interval, IntervalMethod, ValueKind};
use crate::id::IndicatorId;
use crate::num;
use crate::text;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An estimate as an answer of `survey.estimate` has it.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "EstimateGiven"))]
pub struct Estimated {
    /// Its name in the plan.
    pub estimate: String,
    /// For whom; everybody where it is not given.
    #[serde(default)]
    pub domain: Vec<EstimatedFor>,
    /// The share, 0 to 1; without one there is no row.
    #[serde(default)]
    pub value: Option<f64>,
    /// Its standard error.
    #[serde(default)]
    pub se: Option<f64>,
    /// Cases.
    pub n: u64,
    /// The kind of measure: a rate holds its multiplier already.
    #[serde(default)]
    pub kind: Option<String>,
    /// Why there is no value: the finding says it.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::survey::Absent>"))]
    pub absent: Option<String>,
    /// Coefficient of variation. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub cv: IgnoredAny,
    /// Interval.
    #[serde(default)]
    pub interval: Option<Interval>,
    /// Degrees of freedom; an error without any above 0 is not carried.
    #[serde(default)]
    pub df: Option<f64>,
    /// Sampling units with data. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    pub psus: IgnoredAny,
    /// Strata with data. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    pub strata: IgnoredAny,
    /// Estimated number in the population. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub population: IgnoredAny,
    /// Design effect.
    #[serde(default)]
    pub deff: Option<f64>,
    /// Cases divided by the design effect. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub effective_n: IgnoredAny,
    /// The poverty line. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<f64>"))]
    pub threshold: IgnoredAny,
    /// The grade by the rule of quality. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::survey::Quality>"))]
    pub quality: IgnoredAny,
    /// What the rule of quality saw. Not used here.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<crate::survey::QualityFlag>>"))]
    pub flags: IgnoredAny,
}

/// A part of the domain of an estimate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "EstimateGivenFor"))]
pub struct EstimatedFor {
    /// The column.
    pub dimension: String,
    /// The code.
    pub code: String,
}

/// A row of the tidy table.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "EstimatedRow"))]
pub struct ObservationRow {
    /// The indicator.
    pub indicator: IndicatorId,
    /// The city.
    pub place: String,
    /// The period.
    pub period: String,
    /// The group, by dimension; empty for everybody.
    #[serde(flatten)]
    pub groups: BTreeMap<String, String>,
    /// The value in the unit of the indicator.
    pub value: f64,
    /// Its standard error, above 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Degrees of freedom of the error; of a difference by Welch and Satterthwaite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// Design effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deff: Option<f64>,
    /// Cases; of a difference, those of the smaller side.
    pub n: u64,
    /// Lower end of the survey's interval; a difference has none, and gets Student's in the report.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_lower: Option<f64>,
    /// Upper end of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_upper: Option<f64>,
    /// Its confidence level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_confidence: Option<f64>,
    /// How it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_method: Option<IntervalMethod>,
}

/// Percentage points of a share.
const POINTS: f64 = 100.0;
/// How a side of a difference is marked, and what stands for belonging to a group of several answers.
const MINUS: &str = "minus";

/// Why an estimate has no place in the tidy table.
#[derive(Clone, Copy)]
enum NotCarried {
    UnknownIndicator,
    UnknownPart,
    UnknownDimension,
    UnknownCode,
    /// Those outside a group are no group of the dimension.
    NotAGroup,
    /// Two groups of one dimension.
    TwoGroups,
    NoOtherSide,
}

impl NotCarried {
    fn word(self) -> &'static str {
        match self {
            NotCarried::UnknownIndicator => "unknown_indicator",
            NotCarried::UnknownPart => "unknown_part",
            NotCarried::UnknownDimension => "unknown_dimension",
            NotCarried::UnknownCode => "unknown_code",
            NotCarried::NotAGroup => "not_a_group",
            NotCarried::TwoGroups => "two_groups",
            NotCarried::NoOtherSide => "no_other_side",
        }
    }
}

/// The group of an estimate by dimension, as the table has it.
fn groups_of(catalogue: &Catalogue, part: &str, domain: &[EstimatedFor]) -> Result<BTreeMap<String, String>, NotCarried> {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    if !part.is_empty() {
        pairs.push(part.split_once('=').ok_or(NotCarried::UnknownPart)?);
    }
    for d in domain {
        pairs.push(match d.dimension.split_once(':') {
            // ETHNIC:ROMA = yes is the group ROMA of ETHNIC
            Some((dimension, code)) if d.code == IN => (dimension, code),
            Some(_) => return Err(NotCarried::NotAGroup),
            None => (d.dimension.as_str(), d.code.as_str()),
        });
    }
    let mut groups: BTreeMap<String, String> = BTreeMap::new();
    for (name, code) in pairs {
        // a column is the dimension whatever its case, as in the table
        let known = catalogue.data().dimensions.iter().find(|d| d.id.as_str().eq_ignore_ascii_case(name)).ok_or(NotCarried::UnknownDimension)?;
        if !known.accepts(code) {
            return Err(NotCarried::UnknownCode);
        }
        if groups.insert(known.id.to_string(), code.to_owned()).is_some_and(|other| other != code) {
            return Err(NotCarried::TwoGroups);
        }
    }
    Ok(groups)
}

/// The error with its degrees of freedom; none where the sample says nothing of it, or nothing that a comparison could rest on.
fn error_of(estimated: &Estimated) -> Option<(f64, Option<f64>)> {
    let se = estimated.se.filter(|se| *se > 0.0)?;
    estimated.df.is_none_or(|df| df > 0.0).then_some((se, estimated.df))
}

fn why_no_error(sides: &[&Estimated]) -> &'static str {
    let of = |e: &&&Estimated| error_of(e).is_none();
    match sides.iter().find(of).map(|e| e.se) {
        Some(None) => "no_error",
        Some(Some(0.0)) => "no_spread",
        _ => "no_degrees_of_freedom",
    }
}

/// Estimates of a plan that [`Questionnaire::read`] made, or of one of one's own with indicators for names, as rows of the tidy table: in the unit of each
/// indicator, each with its error, degrees of freedom and interval. The sides of a difference are taken off each other; their errors add up as those of separate
/// groups. What has no row, and what arrives without its error, is a finding.
///
/// [`Questionnaire::read`]: crate::form::Questionnaire::read
#[must_use]
pub fn observations(catalogue: &Catalogue, estimates: &[Estimated], place: &str, period: &str) -> (Vec<ObservationRow>, Findings) {
    let (mut rows, mut findings) = (Vec::new(), Findings::new());
    let side = |name: &str, like: &Estimated| estimates.iter().find(|e| e.estimate == name && e.domain == like.domain);
    for (at, estimated) in estimates.iter().enumerate() {
        let (name, part) = estimated.estimate.split_once(':').unwrap_or((&estimated.estimate, ""));
        let mut find = |code: Code, why: &str| {
            let group: Vec<String> = estimated.domain.iter().map(|d| format!("{}={}", text::short(&d.dimension), text::short(&d.code))).collect();
            let location = Location { path: Some(format!("estimates[{at}]").into()), ..Location::default() };
            let finding = Finding::new(code).about(text::short(&estimated.estimate)).at(location).with("why", why.to_owned());
            findings.push(if group.is_empty() { finding } else { finding.with("group", group.join(" ")) });
        };
        let Some(indicator) = catalogue.indicator(name) else {
            find(Code::FormEstimateNotCarried, NotCarried::UnknownIndicator.word());
            continue;
        };
        let is_difference = indicator.value_kind == ValueKind::Difference;
        if is_difference && part == MINUS {
            // told of with the first side
            if side(name, estimated).is_none() {
                find(Code::FormEstimateNotCarried, NotCarried::NoOtherSide.word());
            }
            continue;
        }
        let groups = match groups_of(catalogue, part, &estimated.domain) {
            Ok(groups) => groups,
            Err(why) => {
                find(Code::FormEstimateNotCarried, why.word());
                continue;
            }
        };
        let other = if is_difference { side(&minus_name(name), estimated) } else { None };
        if is_difference && other.is_none() {
            find(Code::FormEstimateNotCarried, NotCarried::NoOtherSide.word());
            continue;
        }
        let sides: Vec<&Estimated> = std::iter::once(estimated).chain(other).collect();
        let Some(value) = estimated.value.and_then(|a| other.map_or(Some(a), |o| o.value.map(|b| a - b))) else {
            find(Code::FormEstimateWithoutValue, sides.iter().find(|e| e.value.is_none()).and_then(|e| e.absent.as_deref()).map_or("no_value", text::short));
            continue;
        };
        let scale = match (is_difference, estimated.kind.as_deref()) {
            (true, _) => POINTS,
            // the multiplier of a rate stands in its value already
            (false, Some("rate")) => 1.0,
            (false, _) => indicator.multiplier,
        };
        let errors: Option<Vec<(f64, Option<f64>)>> = sides.iter().map(|e| error_of(e)).collect();
        let variances: Option<Vec<(f64, Option<f64>)>> = errors.map(|errors| errors.iter().map(|(se, df)| (se * scale * (se * scale), *df)).collect());
        if variances.is_none() {
            find(Code::FormErrorNotCarried, why_no_error(&sides));
        }
        let own = variances.is_some() && !is_difference;
        let interval = estimated.interval.filter(|_| !is_difference);
        rows.push(ObservationRow {
            indicator: indicator.id.clone(),
            place: place.to_owned(),
            period: period.to_owned(),
            groups,
            value: value * scale,
            se: match &variances {
                Some(_) if own => estimated.se.map(|se| se * scale),
                parts => parts.as_ref().map(|parts| num::sqrt(num::sum(&parts.iter().map(|(v, _)| *v).collect::<Vec<_>>()))),
            },
            df: if own { estimated.df } else { variances.as_deref().and_then(satterthwaite) },
            deff: estimated.deff.filter(|deff| own && *deff > 0.0),
            n: sides.iter().map(|e| e.n).min().unwrap_or_default(),
            interval_lower: interval.map(|i| i.lower * scale),
            interval_upper: interval.map(|i| i.upper * scale),
            interval_confidence: interval.map(|i| i.confidence),
            interval_method: interval.map(|i| i.method),
        });
    }
    (rows, findings)
}
