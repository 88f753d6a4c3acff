//! Whether an estimate is good enough to be published as a number, by a declared rule.

use super::interval::{IntervalRule, KornGraubardProfile, ProportionIntervalInput, proportion_interval};
use crate::diagnostic::{Code, Error, Result};
use crate::target::SLACK;
use serde::{Deserialize, Serialize};

/// How results are made from a state: intervals, and the rule of quality. All numbers are policy and come from outside.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "SurveyReporting"))]
pub struct Reporting {
    /// Confidence level of the intervals, such as 0.95.
    pub confidence: f64,
    /// How intervals of shares are made.
    #[serde(default)]
    pub proportion_interval: IntervalRule,
    /// Whether their effective sample size may exceed the number of cases.
    #[serde(default)]
    pub korn_graubard: KornGraubardProfile,
    /// The rule of quality; absent: not assessed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quality: Option<QualityRules>,
    /// Whether the groups of each domain are also given with the covariances of their estimates, for tests of gaps.
    #[serde(default)]
    pub covariances: bool,
}

impl Reporting {
    /// Intervals at a level, logit for shares, quality not assessed, no covariances.
    #[must_use]
    pub fn new(confidence: f64) -> Self {
        Reporting { confidence, proportion_interval: IntervalRule::default(), korn_graubard: KornGraubardProfile::default(), quality: None, covariances: false }
    }
}

/// When an estimate is fine, to be used with caution, or not to be published as a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QualityRules {
    /// Largest coefficient of variation that is fine (0.165 at Statistics Canada).
    pub cv_fine: f64,
    /// Largest one that may be published with caution (0.333 at Statistics Canada).
    pub cv_caution: f64,
    /// Largest width of the interval of a share that is fine where the share is 0 and has no coefficient of variation.
    pub zero_width_fine: f64,
    /// Largest one that may be published with caution.
    pub zero_width_caution: f64,
    /// Fewer unweighted cases are flagged.
    pub minimum_n: u64,
    /// How far, as a share of it, the sum of weights may lie from the known population before it is a finding.
    pub population_tolerance: f64,
    /// Shares by the presentation standard of the US National Center for Health Statistics instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nchs: Option<NchsRule>,
}

/// The presentation standard for proportions of NCHS (Parker et al. 2017, Vital and Health Statistics 2(175)).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NchsRule {
    /// Fewer cases, or effective cases, are not published (30).
    pub minimum_n: u64,
    /// An interval at most this wide is published (0.05).
    pub absolute_width_fine: f64,
    /// An interval this wide is not (0.30).
    pub absolute_width_limit: f64,
    /// In between, an interval wider than this multiple of the share is not (1.30).
    pub relative_width_limit: f64,
    /// Fewer degrees of freedom call for a review (8).
    pub minimum_df: f64,
}

/// The grade of an estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "EstimateQuality"))]
pub enum Quality {
    /// To be published.
    Fine,
    /// To be published with a warning.
    Caution,
    /// Not to be published as a number.
    NotPublished,
    /// The rule needs something that is not known.
    NotAssessed,
}

/// What the rule saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum QualityFlag {
    /// Fewer unweighted cases than the rule asks for.
    FewCases,
    /// Fewer effective cases than the rule asks for.
    FewEffectiveCases,
    /// The coefficient of variation is too large.
    LargeCv,
    /// The interval is too wide.
    WideInterval,
    /// The interval is too wide beside the share.
    WideRelativeInterval,
    /// The interval is too wide beside the complement of the share.
    WideComplementInterval,
    /// Few degrees of freedom.
    FewDegreesOfFreedom,
    /// The share is 0 or 1.
    NoSpread,
}

/// What the grade is made from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct QualityInput {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    #[serde(default)]
    pub se: Option<f64>,
    /// Cases, unweighted.
    pub n: u64,
    /// Degrees of freedom.
    #[serde(default)]
    pub df: Option<f64>,
    /// Whether it is a share between 0 and 1.
    #[serde(default)]
    pub is_share: bool,
    /// Confidence level of intervals.
    pub confidence: f64,
}

/// The grade of an estimate, and why.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::survey::{Quality, QualityFlag, QualityInput, QualityRules, quality};
/// let rules = QualityRules {
///     cv_fine: 0.165, cv_caution: 0.333, zero_width_fine: 0.1, zero_width_caution: 0.2, minimum_n: 30, population_tolerance: 0.1, nchs: None,
/// };
/// let input = QualityInput { value: 20.0, se: Some(5.0), n: 400, df: None, is_share: false, confidence: 0.95 };
/// assert_eq!(quality(&input, &rules)?, (Quality::Caution, vec![QualityFlag::LargeCv])); // 25 % of the value
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `survey.bad-parameter`, `estimate.bad-confidence`.
pub fn quality(input: &QualityInput, rules: &QualityRules) -> Result<(Quality, Vec<QualityFlag>)> {
    rules.check()?;
    let mut flags = Vec::new();
    let grade = match (&rules.nchs, input.is_share) {
        (Some(nchs), true) => by_nchs(input, nchs, &mut flags)?,
        _ => by_cv(input, rules, &mut flags)?,
    };
    if input.n < rules.minimum_n && !flags.contains(&QualityFlag::FewCases) {
        flags.push(QualityFlag::FewCases);
    }
    flags.sort_unstable();
    Ok((grade, flags))
}

impl QualityRules {
    /// # Errors
    /// `survey.bad-parameter`.
    pub(super) fn check(&self) -> Result<()> {
        let positive = |x: f64| x > 0.0 && x.is_finite();
        let widths = positive(self.zero_width_fine) && self.zero_width_caution >= self.zero_width_fine && self.zero_width_caution.is_finite();
        let nchs = self.nchs.as_ref().is_none_or(|n| {
            positive(n.absolute_width_fine) && n.absolute_width_limit >= n.absolute_width_fine && positive(n.relative_width_limit) && n.minimum_df >= 0.0
        });
        if positive(self.cv_fine) && self.cv_caution >= self.cv_fine && self.cv_caution.is_finite() && widths && self.population_tolerance >= 0.0 && nchs {
            return Ok(());
        }
        Err(Error::new(Code::SurveyBadParameter).at_path("quality").expecting("bands above 0 in rising order"))
    }
}

fn band(x: f64, fine: f64, caution: f64) -> Quality {
    if x <= fine + SLACK {
        Quality::Fine
    } else if x <= caution + SLACK {
        Quality::Caution
    } else {
        Quality::NotPublished
    }
}

/// The interval that Parker et al. grade by.
fn korn_graubard(input: &QualityInput) -> Result<Option<f64>> {
    let (Some(se), Some(df)) = (input.se, input.df.filter(|&df| df > 0.0)) else { return Ok(None) };
    let input = ProportionIntervalInput {
        proportion: input.value,
        se,
        n: input.n,
        df,
        confidence: input.confidence,
        rule: IntervalRule::KornGraubard,
        profile: KornGraubardProfile::Capped,
    };
    Ok(proportion_interval(&input)?.map(|i| i.upper - i.lower))
}

fn by_cv(input: &QualityInput, rules: &QualityRules, flags: &mut Vec<QualityFlag>) -> Result<Quality> {
    let Some(se) = input.se else { return Ok(Quality::NotAssessed) };
    if input.value == 0.0 {
        if !input.is_share {
            return Ok(Quality::NotAssessed);
        }
        let Some(width) = korn_graubard(input)? else { return Ok(Quality::NotAssessed) };
        let grade = band(width, rules.zero_width_fine, rules.zero_width_caution);
        if grade != Quality::Fine {
            flags.push(QualityFlag::WideInterval);
        }
        return Ok(grade);
    }
    let grade = band(se / crate::num::abs(input.value), rules.cv_fine, rules.cv_caution);
    if grade != Quality::Fine {
        flags.push(QualityFlag::LargeCv);
    }
    Ok(grade)
}

fn by_nchs(input: &QualityInput, rule: &NchsRule, flags: &mut Vec<QualityFlag>) -> Result<Quality> {
    let (p, Some(se)) = (input.value, input.se) else { return Ok(Quality::NotAssessed) };
    #[allow(clippy::cast_precision_loss, reason = "a count of cases")]
    let (n, minimum) = (input.n as f64, rule.minimum_n as f64);
    let spread = p * (1.0 - p);
    let effective = if spread == 0.0 || se == 0.0 { n } else { (spread / (se * se)).min(n) };
    if input.n < rule.minimum_n {
        flags.push(QualityFlag::FewCases);
    }
    if effective < minimum - SLACK {
        flags.push(QualityFlag::FewEffectiveCases);
    }
    let Some(width) = korn_graubard(input)? else { return Ok(if flags.is_empty() { Quality::NotAssessed } else { Quality::NotPublished }) };
    let failed_before = !flags.is_empty();
    let mut fails = failed_before;
    if width >= rule.absolute_width_limit - SLACK {
        flags.push(QualityFlag::WideInterval);
        fails = true;
    } else if width > rule.absolute_width_fine + SLACK {
        if width > rule.relative_width_limit * p + SLACK {
            flags.push(QualityFlag::WideRelativeInterval);
            fails = true;
        } else if width > rule.relative_width_limit * (1.0 - p) + SLACK {
            flags.push(QualityFlag::WideComplementInterval);
        }
    }
    if input.df.is_some_and(|df| df < rule.minimum_df - SLACK) {
        flags.push(QualityFlag::FewDegreesOfFreedom);
    }
    if spread == 0.0 {
        flags.push(QualityFlag::NoSpread);
    }
    Ok(if fails {
        Quality::NotPublished
    } else if flags.is_empty() {
        Quality::Fine
    } else {
        Quality::Caution
    })
}
