//! Floor 11: the method as data. Rust holds formulas; every number that people decided stands in a method file, with
//! its reason and its source.

mod file;
mod policy;
mod scoring;
mod section;

pub use file::{
    AggregationRules, BlunterRule, ChangeRules, DisclosureRules, EstimateRules, FORMAT, IndicatorBand, IndicatorGoalposts, IndicatorScoring, Level, NodeRule,
    OutcomesFirstRules, PeriodRules, ProgressRules, RatingRules, RawMethod,
};
pub use policy::Policy;
pub use scoring::Scoring;
pub use section::{
    CocreationRules, CocreationSection, DisaggregationRules, DisaggregationSection, EqualityRules, EqualitySection, FormRules, FormSection, InfluenceRules,
    InfluenceSection, PeersRules, PeersSection, PretestRules, PretestSection,
};

use crate::catalogue::{Catalogue, Indicator};
use crate::diagnostic::{Code, Error, Result};
use crate::estimate::ValueKind;
use crate::rbm::OutcomesFirst;
use crate::score::{LevelScale, Rule};
use file::check_nodes;
use scoring::{named, scorings};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

fn lacking(section: &str) -> Error {
    Error::new(Code::MethodBadValue).at_path(section).expecting("this section of the method")
}

/// A checked method: the rules and numbers by which a dataset is assessed.
///
/// ```
/// let method = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?;
/// let threshold = &method.data().disclosure.threshold;
/// assert_eq!(threshold.value, 10); // persons
/// assert!(!threshold.reason.is_empty() && !threshold.source.is_empty());
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Method {
    raw: RawMethod,
    scorings: BTreeMap<String, Scoring>,
    maturity: Scoring,
    yes_no: Scoring,
    outcomes_first: OutcomesFirst,
    fingerprint: String,
}

impl Method {
    /// Reads a method from JSON and checks every number.
    ///
    /// ```
    /// let method = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?;
    /// assert_eq!(method.data().aggregation.minimum_coverage.value, 0.6);
    /// assert!(sms_core::Method::from_json("{}").is_err());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `method.bad-json`, `method.newer-edition`, `method.bad-value`; each with the path of the field.
    pub fn from_json(json: &str) -> Result<Self> {
        let value: serde_json::Value = serde_json::from_str(json).map_err(|e| {
            Error::new(Code::MethodBadJson).at_path(&format!("line {} column {}", e.line(), e.column())).expecting(crate::shape::expected_by(&e))
        })?;
        Self::from_value(&value)
    }

    /// Reads a method that is JSON already.
    ///
    /// # Errors
    /// As [`Method::from_json`].
    pub fn from_value(value: &serde_json::Value) -> Result<Self> {
        let raw: RawMethod = crate::shape::read(value, Code::MethodBadJson)?;
        if raw.format > FORMAT {
            return Err(Error::new(Code::MethodNewerEdition).at_path("format").with("reads", u64::from(FORMAT)));
        }
        let bad = |path: &str, expected: &'static str| Error::new(Code::MethodBadValue).at_path(path).expecting(expected);
        let share = |path: &str, x: f64| if x > 0.0 && x < 1.0 { Ok(()) } else { Err(bad(path, "a number between 0 and 1")) };
        share("estimate.confidence", raw.estimate.confidence.value)?;
        share("estimate.significance", raw.estimate.significance.value)?;
        if raw.estimate.exact_below.as_ref().is_some_and(|x| !(x.value >= 0.0 && x.value.is_finite())) {
            return Err(bad("estimate.exact_below", "a number of events, 0 or more"));
        }
        if raw.estimate.design_effect.as_ref().is_some_and(|d| !(d.value > 0.0 && d.value.is_finite())) {
            return Err(bad("estimate.design_effect", "a number above 0"));
        }
        if !(0.0..=1.0).contains(&raw.aggregation.minimum_coverage.value) {
            return Err(bad("aggregation.minimum_coverage", "a number from 0 to 1"));
        }
        check_nodes(&raw.aggregation)?;
        if raw.maturity.value.len() < 2 || raw.maturity.value.iter().any(|s| !(0.0..=100.0).contains(s)) {
            return Err(bad("maturity", "at least two scores from 0 to 100"));
        }
        let bands = &raw.rating.bands.value;
        if !crate::rbm::are_bands(bands) || bands.iter().any(|b| !(0.0..=100.0).contains(b)) {
            return Err(bad("rating.bands", "falling numbers from 0 to 100"));
        }
        if raw.rating.names.len() != bands.len() + 1 {
            return Err(bad("rating.names", "one name more than bands"));
        }
        if !(0.0..=100.0).contains(&raw.change.tolerance.value) {
            return Err(bad("change.tolerance", "points from 0 to 100"));
        }
        let in_progress = |e: Error| {
            let field = e.location().path.as_deref().unwrap_or_default().to_owned();
            e.at_path(&format!("progress.{field}"))
        };
        raw.achievement_rules(0.0).check().map_err(in_progress)?;
        raw.retrogression_rules(0.0).check().map_err(in_progress)?;
        raw.trend_rules().check().map_err(in_progress)?;
        if raw.disclosure.threshold.value == 0 {
            return Err(bad("disclosure.threshold", "1 or more"));
        }
        if let Some(section) = &raw.cocreation {
            section.rules().check()?;
        }
        if let Some(section) = &raw.pretest {
            section.rules().check()?;
        }
        if let Some(section) = &raw.influence {
            section.rules().check(raw.estimate.confidence.value)?;
        }
        if let Some(section) = &raw.peers {
            section.rules().check()?;
        }
        if let Some(section) = &raw.disaggregation {
            section.rules().check()?;
        }
        if let Some(section) = &raw.form {
            section.rules().check()?;
        }
        let scorings = scorings(&raw)?;
        let outcomes_first = OutcomesFirst::new(raw.outcomes_first.weight.value, raw.outcomes_first.margin.value)?;
        // of what was read, so that white space and the order of fields do not matter
        let fingerprint = crate::text::hex(&Sha256::digest(crate::json::bytes(&raw)), 32);
        let scale = |rule: Rule| Scoring { rule, reason: raw.maturity.reason.clone(), source: String::new(), verification: String::new() };
        let (maturity, yes_no) = (scale(Rule::Maturity(LevelScale { map: raw.maturity.value.clone() })), scale(Rule::YesNo));
        Ok(Method { raw, scorings, maturity, yes_no, outcomes_first, fingerprint })
    }

    /// Checks the method against a catalogue: every indicator known, every order of goalposts as the polarity wants it, every level
    /// of maturity with a score.
    ///
    /// ```
    /// let method = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?;
    /// method.check_against(&sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?)?;
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `method.unknown-indicator`, `method.bad-value`; what a scoring rule refuses, such as `score.goalposts-order`.
    pub fn check_against(&self, catalogue: &Catalogue) -> Result<()> {
        for (path, id, scoring) in named(&self.raw) {
            let about = |e: Error| e.at_path(&path).with("indicator", id.to_string());
            let indicator = catalogue.indicator(id.as_str()).ok_or_else(|| about(Error::new(Code::MethodUnknownIndicator)))?;
            scoring.rule.normalisation().check(indicator.polarity).map_err(about)?;
        }
        let levels = catalogue.label_of("maturity", "levels").map_or(0, |l| l.groups.len());
        if self.raw.maturity.value.len() < levels {
            let error = Error::new(Code::MethodBadValue).at_path("maturity.value");
            return Err(error.expecting("a score for each level of the catalogue").with("levels", levels));
        }
        Ok(())
    }

    /// The method as data.
    #[must_use]
    pub fn data(&self) -> &RawMethod {
        &self.raw
    }

    /// SHA-256 of the content, the first 32 hexadecimal digits.
    ///
    /// ```
    /// let method = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?;
    /// assert_eq!(method.fingerprint().len(), 32);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The numbers of co-creation.
    ///
    /// # Errors
    /// `method.bad-value` for a method without them.
    pub fn cocreation(&self) -> Result<CocreationRules> {
        self.raw.cocreation.as_ref().map(CocreationSection::rules).ok_or_else(|| lacking("cocreation"))
    }

    /// The numbers of learning between cities.
    ///
    /// # Errors
    /// `method.bad-value` for a method without them.
    pub fn peers(&self) -> Result<PeersRules> {
        self.raw.peers.as_ref().map(PeersSection::rules).ok_or_else(|| lacking("peers"))
    }

    /// The numbers of forms and collection plans.
    ///
    /// # Errors
    /// `method.bad-value` for a method without them.
    pub fn form(&self) -> Result<FormRules> {
        self.raw.form.as_ref().map(FormSection::rules).ok_or_else(|| lacking("form"))
    }

    /// The numbers of influence.
    ///
    /// # Errors
    /// `method.bad-value` for a method without them.
    pub fn influence(&self) -> Result<InfluenceRules> {
        self.raw.influence.as_ref().map(InfluenceSection::rules).ok_or_else(|| lacking("influence"))
    }

    /// The numbers by which a pre-test is judged.
    ///
    /// # Errors
    /// `method.bad-value` for a method without them.
    pub fn pretest(&self) -> Result<PretestRules> {
        self.raw.pretest.as_ref().map(PretestSection::rules).ok_or_else(|| lacking("pretest"))
    }

    /// The rule that makes the combined view.
    ///
    /// ```
    /// let method = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?;
    /// let rule = method.outcomes_first();
    /// assert_eq!((rule.weight(), rule.margin()), (0.8, 5.0));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn outcomes_first(&self) -> OutcomesFirst {
        self.outcomes_first
    }

    /// How an indicator is scored by numbers of its own; maturity scales and yes/no need none.
    ///
    /// ```
    /// let method = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?;
    /// let first = &method.data().goalposts[0];
    /// assert_eq!(method.rule(first.indicator.as_str()).map(|scoring| &scoring.reason), Some(&first.reason));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn rule(&self, indicator: &str) -> Option<&Scoring> {
        self.scorings.get(indicator)
    }

    /// How the figures of an indicator are scored: by the rule that the method names for it, or as a level of a scale or a yes by its kind. None where
    /// it is shown and not scored.
    ///
    /// ```
    /// let method = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?;
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let rule = method.scoring(catalogue.indicator("WSP-O-04").unwrap()).map(|scoring| &scoring.rule);
    /// assert!(rule.is_some());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn scoring(&self, indicator: &Indicator) -> Option<&Scoring> {
        self.rule(indicator.id.as_str()).or(match indicator.value_kind {
            ValueKind::Maturity => Some(&self.maturity),
            ValueKind::Boolean => Some(&self.yes_no),
            _ => None,
        })
    }

    /// The name of a band, 1 being the best.
    /// Bands are numbered from 1, the best.
    ///
    /// ```
    /// let method = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?;
    /// assert_eq!(method.band_name(1), method.data().rating.names[0]);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn band_name(&self, band: usize) -> &str {
        band.checked_sub(1).and_then(|i| self.raw.rating.names.get(i)).map(String::as_str).unwrap_or_default()
    }

    /// The policy for a report that anyone may read.
    ///
    /// ```
    /// let method = sms_core::Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?;
    /// assert_eq!(method.public_policy().threshold(), 10);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn public_policy(&self) -> crate::disclosure::PrivacyPolicy {
        // the threshold was checked when the method was read
        crate::disclosure::PrivacyPolicy::of(self.raw.disclosure.threshold.value)
    }
}
