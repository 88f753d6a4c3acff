//! How the sample was drawn, and what is to be estimated from it.

use super::calibration::Calibration;
use super::quantile::QuantileRule;
use crate::diagnostic::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// How the sample was drawn: which columns hold its weights, strata, sampling units, finite population corrections or
/// replicate weights.
///
/// Without `psu` each row is its own sampling unit. With `replicates` the error comes from these alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SurveyDesign {
    /// Column of the weights: how many units of the population a row stands for.
    pub weight: String,
    /// Column of the strata; absent: one stratum.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stratum: Option<String>,
    /// Column of the primary sampling units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub psu: Option<String>,
    /// Whether the same code in two strata means two sampling units. If not, a code in two strata is an error.
    #[serde(default = "yes")]
    pub nested: bool,
    /// Finite population correction of the first stage; absent: sampling with replacement, or from so many units that it does
    /// not matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fpc: Option<Fpc>,
    /// The second stage, for the true two-stage variance; absent: the variance between primary units stands for both stages
    /// (with-replacement approximation). Needs `psu` and `fpc`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_stage: Option<SecondStage>,
    /// Replicate weights; in place of strata, sampling units and corrections.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicates: Option<Replicates>,
    /// Known totals of the population that the weights are changed to reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    /// What to do with a stratum of one sampling unit.
    #[serde(default)]
    pub lonely_psu: LonelyPsu,
    /// The known size of the population, which the weights should reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub population: Option<f64>,
}

fn yes() -> bool {
    true
}

/// A finite population correction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Fpc {
    /// Its column: one value a stratum (first stage) or primary unit (second stage).
    pub column: String,
    /// What the column holds.
    pub kind: FpcKind,
}

/// What a column of finite population corrections holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum FpcKind {
    /// How many sampling units there are in the population.
    Population,
    /// Which share of them was drawn, above 0 and at most 1.
    Fraction,
}

/// The second stage of a two-stage sample.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SecondStage {
    /// Column of the second-stage units; absent: each row is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Finite population correction within each primary unit.
    pub fpc: Fpc,
}

/// What to do with a stratum that has one sampling unit, whose variance cannot be estimated: the words of `survey.lonely.psu` in R's package survey.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum LonelyPsu {
    /// The call fails.
    #[default]
    Fail,
    /// It was certain to be drawn: it adds no variance.
    Certainty,
    /// It is left out of the variance, which is the same as `certainty`.
    Remove,
    /// Its deviation is taken from 0, the mean of all linearised values.
    Adjust,
    /// It adds the average of the other strata: total × strata / (strata − lonely ones).
    Average,
}

/// Replicate weights and how the spread of their estimates makes a variance:
/// scale · Σ rscales_k (θ_k − θ₀)², with θ₀ the mean of the θ_k, or the full-sample estimate with `mse`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Replicates {
    /// Columns of the replicate weights.
    pub columns: Vec<String>,
    /// How they were made.
    pub method: ReplicateMethod,
    /// Overrides the scale of the method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
    /// A scale for each replicate; 1 when absent. Needed for `jackknife_n`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rscales: Option<Vec<f64>>,
    /// Deviations from the full-sample estimate rather than from the mean of the replicates.
    #[serde(default)]
    pub mse: bool,
    /// Whether the columns hold whole weights, or factors of the sampling weight.
    #[serde(default = "yes")]
    pub combined: bool,
    /// Degrees of freedom; the number of replicates − 1 when absent (R takes the rank of the weights − 1, which is at most
    /// that).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub degrees_of_freedom: Option<f64>,
}

/// How replicate weights were made.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum ReplicateMethod {
    /// Balanced repeated replication: scale 1/R.
    Brr,
    /// BRR with Fay's factor ρ, 0 ≤ ρ < 1: scale 1/(R(1 − ρ)²).
    Fay(f64),
    /// Unstratified jackknife: scale (R − 1)/R.
    Jackknife1,
    /// Stratified jackknife: scale 1, `rscales` (n_h − 1)/n_h.
    JackknifeN,
    /// Bootstrap: scale 1/(R − 1).
    Bootstrap,
    /// Successive differences (ACS): scale 4/R.
    SuccessiveDifference,
    /// Another one: `scale` is needed.
    Other,
}

/// The poverty line.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum PovertyThreshold {
    /// A given amount, such as the national one.
    Given(f64),
    /// This share of the median of everybody in the data, also for groups.
    ShareOfMedian(f64),
    /// This share of each group's own median.
    ShareOfOwnMedian(f64),
}

/// One quantity to estimate.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SurveyMeasure"))]
pub enum Measure {
    /// The total of a variable, the number in a category, or (without a variable) the number of everybody.
    Total {
        /// The variable.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        variable: Option<String>,
        /// The category whose members are counted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<String>,
    },
    /// The mean.
    Mean {
        /// The variable.
        variable: String,
    },
    /// The share of a category, or of ones in a variable of 0 and 1.
    Proportion {
        /// The variable.
        variable: String,
        /// The category; absent for a variable of 0 and 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        category: Option<String>,
    },
    /// One total over another.
    Ratio {
        /// The variable above.
        numerator: String,
        /// The variable below.
        denominator: String,
    },
    /// Events per so many: multiplier · total of the numerator / total of the denominator (or the number of everybody).
    Rate {
        /// The variable above.
        numerator: String,
        /// The variable below; absent: the number of everybody.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        denominator: Option<String>,
        /// Per how many, such as 100000.
        multiplier: f64,
    },
    /// The value below which a share of the population lies.
    Quantile {
        /// The variable.
        variable: String,
        /// The share, between 0 and 1.
        probability: f64,
        /// How steps are read.
        #[serde(default)]
        rule: QuantileRule,
    },
    /// The middle value.
    Median {
        /// The variable.
        variable: String,
        /// How steps are read.
        #[serde(default)]
        rule: QuantileRule,
    },
    /// At-risk-of-poverty rate: the share strictly below the threshold (Eurostat ilc_li02).
    AtRiskOfPoverty {
        /// Equivalised income.
        variable: String,
        /// The line.
        threshold: PovertyThreshold,
        /// How the median is read.
        #[serde(default)]
        rule: QuantileRule,
    },
    /// Relative median at-risk-of-poverty gap: (threshold − median of the poor) / threshold (Eurostat ilc_li11).
    PovertyGap {
        /// Equivalised income.
        variable: String,
        /// The line.
        threshold: PovertyThreshold,
        /// How medians are read.
        #[serde(default)]
        rule: QuantileRule,
    },
    /// Income quintile share ratio: the total above the 80th percentile over the total at or below the 20th (Eurostat
    /// ilc_di11).
    QuintileShareRatio {
        /// Equivalised income.
        variable: String,
        /// How percentiles are read.
        #[serde(default)]
        rule: QuantileRule,
    },
    /// The Gini coefficient, 0 to 1 (Eurostat ilc_di12).
    Gini {
        /// Equivalised income.
        variable: String,
    },
}

impl Measure {
    /// The word of the kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Measure::Total { .. } => "total",
            Measure::Mean { .. } => "mean",
            Measure::Proportion { .. } => "proportion",
            Measure::Ratio { .. } => "ratio",
            Measure::Rate { .. } => "rate",
            Measure::Quantile { .. } => "quantile",
            Measure::Median { .. } => "median",
            Measure::AtRiskOfPoverty { .. } => "at_risk_of_poverty",
            Measure::PovertyGap { .. } => "poverty_gap",
            Measure::QuintileShareRatio { .. } => "quintile_share_ratio",
            Measure::Gini { .. } => "gini",
        }
    }

    /// Whether the estimate is a share between 0 and 1.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::survey::Measure;
    /// let median: Measure = serde_json::from_str(r#"{"kind": "median", "variable": "rent"}"#).unwrap();
    /// let share: Measure = serde_json::from_str(r#"{"kind": "proportion", "variable": "owner"}"#).unwrap();
    /// assert!(share.is_share() && !median.is_share());
    /// ```
    #[must_use]
    pub fn is_share(&self) -> bool {
        matches!(self, Measure::Proportion { .. } | Measure::AtRiskOfPoverty { .. })
    }
}

/// For whom: everybody (no dimension), or each crossing of some dimensions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SurveyDomain"))]
pub struct Domain {
    /// Columns of the dimensions.
    #[serde(default)]
    pub by: Vec<String>,
    /// The crossings that are wanted, one code a dimension; absent: those that occur. A wanted one that does not occur is
    /// listed without a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<Vec<String>>>,
}

/// Bounds on what a state may hold, so that a wrong column (an id as a dimension) ends in an error and not in a full memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SurveyLimits"))]
pub struct Limits {
    /// Most cells × sampling units.
    pub cells: u64,
    /// Most distinct values × cells × sampling units, for medians and poverty measures.
    pub values: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { cells: 10_000_000, values: 20_000_000 }
    }
}

/// What to estimate, for whom, from which design. States belong to the plan that made them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SurveyPlan {
    /// How the sample was drawn.
    pub design: SurveyDesign,
    /// The estimates by a name of one's own.
    pub estimates: BTreeMap<String, Measure>,
    /// For whom; everybody when absent.
    #[serde(default = "everybody")]
    pub domains: Vec<Domain>,
    /// Bounds of the state.
    #[serde(default)]
    pub limits: Limits,
}

fn everybody() -> Vec<Domain> {
    vec![Domain::default()]
}

impl SurveyPlan {
    /// SHA-256 of the plan in its canonical form: what binds a state to it.
    ///
    /// # Errors
    /// `survey.bad-plan` for a number that is not finite.
    pub fn fingerprint(&self) -> Result<[u8; 32]> {
        // fields stand in the order of their types, names in their own order: the text is canonical
        let text = serde_json::to_vec(self).map_err(|_| Error::new(Code::SurveyBadPlan))?;
        Ok(Sha256::digest(text).into())
    }

    /// Whether the plan can be carried out.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// let plan = serde_json::json!({"design": {"weight": "w"}, "estimates": {"rent": {"kind": "mean", "variable": "rent"}}, "domains": [{}]});
    /// let mut plan: sms_core::survey::SurveyPlan = serde_json::from_value(plan).unwrap();
    /// assert!(plan.check().is_ok());
    /// plan.estimates.clear();
    /// assert_eq!(plan.check().unwrap_err().code().as_str(), "survey.bad-plan");
    /// ```
    ///
    /// # Errors
    /// `survey.bad-plan` with the path of the field.
    pub fn check(&self) -> Result<()> {
        self.design.check()?;
        let bad = |path: &str, expected: &'static str| Err(Error::new(Code::SurveyBadPlan).at_path(path).expecting(expected));
        if self.estimates.is_empty() {
            return bad("estimates", "at least one estimate");
        }
        for (id, measure) in &self.estimates {
            measure.check(&format!("estimates.{id}"))?;
        }
        if self.domains.is_empty() {
            return bad("domains", "at least one domain; an empty `by` is everybody");
        }
        for (at, domain) in self.domains.iter().enumerate() {
            let mut by = domain.by.clone();
            by.sort();
            if by.windows(2).any(|w| matches!(w, [a, b] if a == b)) {
                return bad(&format!("domains[{at}].by"), "each dimension once");
            }
            domain.check_groups(&format!("domains[{at}]"))?;
        }
        Ok(())
    }
}

impl SurveyDesign {
    fn check(&self) -> Result<()> {
        let bad = |path: &str, expected: &'static str| Err(Error::new(Code::SurveyBadPlan).at_path(path).expecting(expected));
        if self.population.is_some_and(|n| !(n > 0.0 && n.is_finite())) {
            return bad("design.population", "a number above 0");
        }
        if self.second_stage.is_some() && (self.psu.is_none() || self.fpc.is_none()) {
            return bad("design.second_stage", "`psu` and `fpc` of the first stage beside it");
        }
        if let Some(calibration) = &self.calibration {
            calibration.check()?;
        }
        let Some(replicates) = &self.replicates else { return Ok(()) };
        if self.stratum.is_some() || self.psu.is_some() || self.fpc.is_some() {
            return bad("design.replicates", "no strata, sampling units or corrections beside replicate weights");
        }
        if replicates.columns.len() < 2 {
            return bad("design.replicates.columns", "at least two columns");
        }
        let not_negative = |x: f64| x >= 0.0 && x.is_finite();
        if replicates
            .rscales
            .as_ref()
            .is_some_and(|r| r.len() != replicates.columns.len() || !r.iter().all(|&x| not_negative(x)) || !r.iter().any(|&x| x > 0.0))
        {
            return bad("design.replicates.rscales", "one number for each column, 0 or more, not all 0");
        }
        if replicates.scale.is_some_and(|x| !(x > 0.0 && x.is_finite())) {
            return bad("design.replicates.scale", "a number above 0");
        }
        if replicates.degrees_of_freedom.is_some_and(|x| !(x > 0.0 && x.is_finite())) {
            return bad("design.replicates.degrees_of_freedom", "a number above 0");
        }
        match replicates.method {
            ReplicateMethod::Fay(rho) if !(0.0..1.0).contains(&rho) => bad("design.replicates.method", "Fay's factor of 0 or more, below 1"),
            ReplicateMethod::JackknifeN if replicates.rscales.is_none() => bad("design.replicates.rscales", "(n_h − 1)/n_h for each column"),
            ReplicateMethod::Other if replicates.scale.is_none() => bad("design.replicates.scale", "a scale"),
            _ => Ok(()),
        }
    }

    /// How many sets of weights there are: the full one and the replicates.
    pub(super) fn weight_sets(&self) -> usize {
        1 + self.replicates.as_ref().map_or(0, |r| r.columns.len())
    }

    /// Whether the rows themselves are the last sampling units that enter the variance.
    pub(super) fn rows_are_units(&self) -> bool {
        if self.replicates.is_some() {
            return false;
        }
        match (&self.psu, &self.second_stage) {
            (None, _) => true,
            (Some(_), Some(second)) => second.unit.is_none(),
            (Some(_), None) => false,
        }
    }
}
