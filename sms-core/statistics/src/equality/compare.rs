//! Tests of gaps, with the number of comparisons taken into account.

use super::tests::{check_df, satterthwaite, two_sided};
use super::{GroupValue, Groups, Verdict};
use crate::diagnostic::{Code, Error, Result};
use crate::indicator::Polarity;
use crate::num;
use crate::survey::{AlikeTest, AllEqual};
use crate::target::SLACK;
use serde::{Deserialize, Serialize};

/// What groups are compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Against {
    /// The worst-off with the best-off, out of all pairs.
    #[default]
    Best,
    /// Every group with the mean of all.
    Average,
    /// Every other group with the reference group.
    Reference,
    /// The first group with the second, named in advance; others are not looked at.
    Named,
}

/// What is asked beside the groups.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CompareRules {
    /// What groups are compared with.
    #[serde(default)]
    pub against: Against,
    /// A gap is shown where its p-value is below this, between 0 and 1.
    pub significance: f64,
    /// Nothing is said of a group of which fewer were asked or counted.
    #[serde(default)]
    pub floor: Option<f64>,
    /// Whether people can belong to several groups: then nothing is tested unless covariances are known.
    #[serde(default)]
    pub overlapping: bool,
}

/// One comparison.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "GroupComparison"))]
pub struct Comparison {
    /// Position of the group that is compared.
    pub group: usize,
    /// Position of the group that it is compared with; absent for the mean of all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<usize>,
    /// Its value less the other.
    pub difference: f64,
    /// The standard error of the difference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Difference over its standard error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub z: Option<f64>,
    /// Degrees of freedom of Student's t that the p-value comes from; absent: the normal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// Two-sided p-value, adjusted for the number of comparisons (Holm 1979).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// What can be said.
    pub verdict: Verdict,
}

/// What [`compare`] says.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Compared {
    /// χ² of the test that all groups are alike (Wald 1943), for three groups or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chi_squared: Option<f64>,
    /// Its degrees of freedom, one less than groups.
    pub df: usize,
    /// Of three groups or more: the chance of such differences if all groups were alike; by the F test where there is one, else by χ².
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_all_equal: Option<f64>,
    /// The F test that it comes from, where the degrees of freedom of the errors or of the design are known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all_equal: Option<AllEqual>,
    /// How many comparisons are taken into account.
    pub comparisons: usize,
    /// The comparisons that were asked for.
    pub found: Vec<Comparison>,
}

/// Compares groups (method §6): two named in advance by t; else first whether all are alike, then the pairs, by Holm's step-down method. Where degrees of
/// freedom are known, pairs have t and all groups F: Welch's of separate samples, the adjusted Wald test of one design with covariances, or the test that
/// came with shares; where none is known, the normal and χ². A group in a mean that contains it has the covariance p·σ² with it.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::equality::{Against, CompareRules, Group, Groups, Verdict, compare};
/// let group = |value, se| Group { value, se: Some(se), size: None, df: None, n: None };
/// let groups = Groups::new(&[group(18.2, 2.1), group(11.0, 0.8)], None, None)?;
/// let rules = CompareRules { against: Against::Named, significance: 0.05, floor: None, overlapping: false };
/// let made = compare(&groups, sms_core::indicator::Polarity::Lower, &rules)?;
/// let found = made.found[0];
/// assert!((found.z.unwrap() - 3.20395794832789).abs() < 1e-12); // method §6
/// assert_eq!(found.verdict, Verdict::Shown);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `equality.bad-groups` for a comparison with a reference that was not named; `equality.bad-significance`; `num.not-finite` where a difference is beyond
/// the range of numbers.
pub fn compare(groups: &Groups, polarity: Polarity, rules: &CompareRules) -> Result<Compared> {
    if !(rules.significance > 0.0 && rules.significance < 1.0) {
        return Err(Error::new(Code::EqualityBadSignificance).at_path("rules.significance").expecting("a number between 0 and 1"));
    }
    let pairs = pairs(groups, polarity, rules.against)?;
    let tested = !rules.overlapping || groups.has_covariance();
    let chi_squared = if groups.len() > 2 && rules.against != Against::Named && tested { wald(groups) } else { None };
    let df = groups.len() - 1;
    let (all_equal, p_all_equal) = if groups.len() > 2 && rules.against != Against::Named && tested { all_alike(groups, chi_squared) } else { (None, None) };
    let family = match rules.against {
        Against::Best => all_pairs(groups.len()),
        _ => pairs.clone(),
    };
    // what cannot be tested leaves the family as large as it is
    let scores: Vec<Score> = if tested { family.iter().filter_map(|pair| z_of(groups, *pair).map(|(_, score)| score)).collect() } else { Vec::new() };
    let mut found = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let difference = num::finite(difference_of(groups, pair))?;
        let made = if tested { z_of(groups, pair) } else { None };
        let p = made.map(|(_, score)| holm(score, &scores, family.len()));
        let small = rules.floor.is_some_and(|floor| [Some(pair.0), pair.1].into_iter().flatten().any(|g| below(groups, g, floor)));
        let all_alike = groups.len() > 2 && rules.against != Against::Named && p_all_equal.is_none_or(|p| p >= rules.significance - SLACK);
        let verdict = match (small, p) {
            (true, _) => Verdict::TooSmallToSay,
            (false, None) => Verdict::NotTested,
            (false, Some(p)) if p < rules.significance - SLACK && !all_alike => Verdict::Shown,
            (false, Some(_)) => Verdict::NotDistinguishable,
        };
        let (se, z) = made.map_or((None, None), |(se, score)| (Some(se), Some(score.z)));
        let df = made.and_then(|(_, score)| score.df);
        // nothing is tested where the test that comes first could not be made
        let untested = groups.len() > 2 && rules.against != Against::Named && p_all_equal.is_none();
        let verdict = if untested && !small { Verdict::NotTested } else { verdict };
        found.push(Comparison { group: pair.0, with: pair.1, difference, se, z, df, p: p.filter(|_| !untested), verdict });
    }
    let comparisons = if found.iter().any(|f| f.p.is_some()) { family.len() } else { 0 };
    Ok(Compared { chi_squared, df, p_all_equal, all_equal, comparisons, found })
}

type Pair = (usize, Option<usize>);

fn pairs(groups: &Groups, polarity: Polarity, against: Against) -> Result<Vec<Pair>> {
    let all = 0..groups.len();
    Ok(match against {
        Against::Named => vec![(0, Some(1))],
        Against::Average => all.map(|g| (g, None)).collect(),
        Against::Reference => {
            let absent = || Error::new(Code::EqualityBadGroups).at_path("reference").expecting("the position of a group");
            let reference = groups.reference().ok_or_else(absent)?;
            all.filter(|g| *g != reference).map(|g| (g, Some(reference))).collect()
        }
        Against::Best => {
            let direction = polarity.direction().unwrap_or(1.0);
            let (mut worst, mut best) = ((0, f64::INFINITY), (0, f64::NEG_INFINITY));
            // the first of equals
            for (i, h) in groups.values().iter().enumerate() {
                if direction * h < worst.1 {
                    worst = (i, direction * h);
                }
                if direction * h > best.1 {
                    best = (i, direction * h);
                }
            }
            vec![(worst.0, Some(best.0))]
        }
    })
}

fn all_pairs(n: usize) -> Vec<Pair> {
    (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, Some(j)))).collect()
}

fn difference_of(groups: &Groups, (group, with): Pair) -> f64 {
    let value = |at: usize| groups.values().get(at).copied().unwrap_or_default();
    value(group) - with.map_or_else(|| groups.mean(), value)
}

/// A difference over its error, with the degrees of freedom of the error.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Score {
    z: f64,
    df: Option<f64>,
}

/// Whether all are alike: the F test where degrees of freedom are known, and the p-value; else that of χ².
fn all_alike(groups: &Groups, chi_squared: Option<f64>) -> (Option<AllEqual>, Option<f64>) {
    if let Some(given) = groups.all_equal() {
        return (Some(given), Some(given.p));
    }
    let Some(x) = chi_squared else { return (None, None) };
    let q = (groups.len() - 1) as f64;
    let known = if groups.are_independent() && groups.dfs().iter().any(Option::is_some) {
        let variances: Vec<f64> = (0..groups.len()).filter_map(|i| groups.covariance(i, i)).collect();
        Some(welch(x, &variances, groups.dfs()))
    } else {
        // Hotelling's T² of q contrasts, their covariance having ν degrees of freedom: T²·(ν − q + 1)/(νq) is F with q and ν − q + 1
        groups.design_df().map(|df| AllEqual::new(AlikeTest::AdjustedWald, x * (df - q + 1.0).max(0.0) / (df * q), q, df - q + 1.0))
    };
    match known {
        // fewer sampling units than groups: the covariances say nothing of all together
        Some(made) => (made, made.map(|m| m.p)),
        None => (None, num::chi_square_survival(x, q)),
    }
}

/// Welch's test (1951) of independent groups, from Σ(h − h̄)²/σ².
fn welch(x: f64, variances: &[f64], dfs: &[Option<f64>]) -> Option<AllEqual> {
    let k = variances.len() as f64;
    let weights: Vec<f64> = variances.iter().map(|v| 1.0 / v).collect();
    let all = num::sum(&weights);
    let doubts: Vec<f64> = weights.iter().zip(dfs).filter_map(|(w, df)| df.map(|df| (1.0 - w / all) * (1.0 - w / all) / df)).collect();
    let doubt = num::sum(&doubts);
    let f = x / (k - 1.0) / (1.0 + 2.0 * (k - 2.0) / (k * k - 1.0) * doubt);
    AllEqual::new(AlikeTest::Welch, f, k - 1.0, (k * k - 1.0) / (3.0 * doubt))
}

/// Standard error and score of a difference; none without an error above 0, or degrees of freedom.
fn z_of(groups: &Groups, pair: Pair) -> Option<(f64, Score)> {
    let se = match pair {
        (i, Some(j)) if i == j => None,
        (i, Some(j)) => {
            let (a, b, both) = (groups.covariance(i, i)?, groups.covariance(j, j)?, groups.covariance(i, j)?);
            Some(num::sqrt((a + b - 2.0 * both).max(0.0)))
        }
        (i, None) => {
            let slopes: Vec<f64> = groups.shares().iter().enumerate().map(|(k, p)| if k == i { 1.0 - p } else { -p }).collect();
            groups.error(&slopes)
        }
    }?;
    let z = difference_of(groups, pair) / se;
    let df = match pair {
        (i, Some(j)) => groups.df(&[(i, 1.0), (j, -1.0)]),
        (i, None) => {
            let slopes: Vec<(usize, f64)> = groups.shares().iter().enumerate().map(|(k, p)| (k, if k == i { 1.0 - p } else { -p })).collect();
            groups.df(&slopes)
        }
    };
    (se > 0.0 && z.is_finite() && df.is_none_or(|df| df > 0.0)).then_some((se, Score { z, df }))
}

fn below(groups: &Groups, at: usize, floor: f64) -> bool {
    groups.counted().get(at).copied().flatten().is_some_and(|n| n < floor)
}

/// The p-value of a score among a family of comparisons, adjusted by Holm's step-down method: the largest (m − i)·p₍ᵢ₊₁₎ of those not larger.
fn holm(score: Score, family: &[Score], size: usize) -> f64 {
    let own = two_sided(score.z, score.df);
    // only what is at least as unlikely matters, so p-values are needed of those alone; no t is less likely than the normal at the same distance
    let reach = if family.iter().any(|s| s.df.is_some()) { num::normal_quantile(1.0 - own / 2.0).unwrap_or(0.0) * (1.0 - SLACK) } else { num::abs(score.z) };
    let mut further: Vec<f64> = family.iter().filter(|s| num::abs(s.z) >= reach).map(|s| two_sided(s.z, s.df)).filter(|p| *p <= own).collect();
    further.sort_unstable_by(f64::total_cmp);
    let adjusted = further.iter().enumerate().map(|(i, p)| (size - i.min(size)) as f64 * p);
    adjusted.fold(own, f64::max).min(1.0)
}

/// χ² of the hypothesis that all values are alike; none where an error is unknown or 0.
fn wald(groups: &Groups) -> Option<f64> {
    let n = groups.len();
    if !groups.has_covariance() {
        let variances: Vec<f64> = (0..n).map(|i| groups.covariance(i, i)).collect::<Option<_>>()?;
        return alike(groups.values(), &variances);
    }
    // contrasts with the first group, decorrelated by the Cholesky factor of their covariance
    let first = groups.values().first()?;
    let mut factor: Vec<Vec<f64>> = Vec::with_capacity(n);
    let mut white: Vec<f64> = Vec::with_capacity(n);
    for i in 1..n {
        let mut row: Vec<f64> = Vec::with_capacity(i);
        for j in 1..=i {
            let c = groups.covariance(i, j)? - groups.covariance(i, 0)? - groups.covariance(0, j)? + groups.covariance(0, 0)?;
            let above = factor.get(j - 1).unwrap_or(&row);
            let products: Vec<f64> = row.iter().zip(above).take(j - 1).map(|(a, b)| a * b).collect();
            let left = c - num::sum(&products);
            if i == j {
                if left.is_nan() || left <= SLACK * c {
                    return None;
                }
                row.push(num::sqrt(left));
            } else {
                let pivot = above.get(j - 1)?;
                row.push(left / pivot);
            }
        }
        let products: Vec<f64> = row.iter().zip(&white).map(|(a, b)| a * b).collect();
        let pivot = row.last()?;
        white.push((groups.values().get(i)? - first - num::sum(&products)) / pivot);
        factor.push(row);
    }
    let squares: Vec<f64> = white.iter().map(|x| x * x).collect();
    Some(num::sum(&squares)).filter(|x| x.is_finite())
}

/// The same for independent values: Σ(h − h̄)²/σ² about the mean weighted by 1/σ².
fn alike(values: &[f64], variances: &[f64]) -> Option<f64> {
    if variances.iter().any(|v| *v <= 0.0) {
        return None;
    }
    let weights: Vec<f64> = variances.iter().map(|v| 1.0 / v).collect();
    let mean = num::sum(&weights.iter().zip(values).map(|(w, h)| w * h).collect::<Vec<_>>()) / num::sum(&weights);
    let squares: Vec<f64> = weights.iter().zip(values).map(|(w, h)| w * (h - mean) * (h - mean)).collect();
    Some(num::sum(&squares)).filter(|x| x.is_finite())
}

/// What the tests of three independent groups or more say of worst and best.
pub(super) struct Found {
    pub(super) z: f64,
    pub(super) df: Option<f64>,
    pub(super) p: f64,
    pub(super) p_all_equal: f64,
    pub(super) comparisons: usize,
}

/// Tests the widest gap among all pairs; none where an error is unknown or 0.
pub(super) fn worst_of_many(groups: &[GroupValue], difference: f64, (worst, best): (&GroupValue, &GroupValue)) -> Option<Found> {
    let errors: Vec<f64> = groups.iter().map(|g| g.se).collect::<Option<_>>()?;
    let values: Vec<f64> = groups.iter().map(|g| g.value).collect();
    let variances: Vec<f64> = errors.iter().map(|e| e * e).collect();
    let chi_squared = alike(&values, &variances)?;
    let dfs: Vec<Option<f64>> = groups.iter().map(|g| g.df).collect();
    let p_all_equal = if dfs.iter().any(Option::is_some) {
        welch(chi_squared, &variances, &dfs)?.p
    } else {
        num::chi_square_survival(chi_squared, (groups.len() - 1) as f64)?
    };
    let df_of = |a: &GroupValue, b: &GroupValue| Some(satterthwaite(&[(a.se? * a.se?, a.df), (b.se? * b.se?, b.df)]));
    let z = difference / num::hypot(worst.se?, best.se?);
    let own = Score { z, df: df_of(worst, best)? };
    let comparisons = groups.len() * (groups.len() - 1) / 2;
    // pairs that are not as far out as this one play no part, where all errors are taken as known
    let all_known = dfs.iter().all(Option::is_none);
    let mut further: Vec<Score> = Vec::new();
    for (i, a) in groups.iter().enumerate() {
        for b in groups.iter().skip(i + 1) {
            let other = num::abs(a.value - b.value) / num::hypot(a.se?, b.se?);
            if other >= z || !all_known {
                further.push(Score { z: other, df: if all_known { None } else { df_of(a, b)? } });
            }
        }
    }
    z.is_finite().then(|| Found { z, df: own.df, p: holm(own, &further, comparisons), p_all_equal, comparisons })
}

/// A gap with its error, at one time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GapTrend {
    /// The gap: 0 or more where it is between worst and best.
    pub gap: f64,
    /// Its standard error.
    #[serde(default)]
    pub se: Option<f64>,
    /// Degrees of freedom of the error, above 0; absent: so many that the error is taken as known.
    #[serde(default)]
    pub df: Option<f64>,
}

/// How a gap moved.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct GapChange {
    /// The later gap's size less the earlier one's.
    pub change: f64,
    /// Its standard error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Change over its standard error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub z: Option<f64>,
    /// Degrees of freedom of Student's t that the p-value comes from; absent: the normal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// Two-sided p-value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// What can be said.
    pub direction: GapDirection,
}

/// Which way a gap moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum GapDirection {
    /// It grows.
    Widening,
    /// It shrinks.
    Narrowing,
    /// The change may be chance.
    NotDistinguishable,
    /// No test could be made.
    NotTested,
}

/// Whether a gap widens or narrows: z = (|g₂| − |g₁|)/√(σ₁² + σ₂² − 2cov), cov being 0 for separate samples.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::equality::{GapTrend, gap_change};
/// let gap = |gap, se| GapTrend { gap, se: Some(se), df: None };
/// let made = gap_change(gap(10.0, 3.0), gap(20.0, 4.0), 0.0, 0.05)?;
/// assert_eq!((made.change, made.se, made.z), (10.0, Some(5.0), Some(2.0)));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `num.not-finite`; `estimate.negative-count` for a negative error; `equality.bad-covariance` where the covariance is larger than both errors allow;
/// `equality.bad-significance`.
pub fn gap_change(earlier: GapTrend, later: GapTrend, covariance: f64, significance: f64) -> Result<GapChange> {
    if !(significance > 0.0 && significance < 1.0) {
        return Err(Error::new(Code::EqualityBadSignificance).at_path("significance").expecting("a number between 0 and 1"));
    }
    for (gap, path) in [(earlier, "earlier"), (later, "later")] {
        num::finite(gap.gap).map_err(|e| e.at_path(&format!("{path}.gap")))?;
        if gap.se.is_some_and(|se| !(se.is_finite() && se >= 0.0)) {
            return Err(Error::new(Code::EstimateNegativeCount).at_path(&format!("{path}.se")));
        }
        check_df(gap.df).map_err(|e| e.at_path(&format!("{path}.df")))?;
    }
    num::finite(covariance).map_err(|e| e.at_path("covariance"))?;
    let change = num::finite(num::abs(later.gap) - num::abs(earlier.gap))?;
    let mut made = GapChange { change, se: None, z: None, df: None, p: None, direction: GapDirection::NotTested };
    let (Some(a), Some(b)) = (earlier.se, later.se) else { return Ok(made) };
    if num::abs(covariance) > a * b * (1.0 + SLACK) {
        return Err(Error::new(Code::EqualityBadCovariance).at_path("covariance").expecting("at most the product of both errors"));
    }
    // the sizes of gaps of opposite signs move against each other
    let together = if earlier.gap * later.gap < 0.0 { -covariance } else { covariance };
    let se = num::finite(num::sqrt((a * a + b * b - 2.0 * together).max(0.0)))?;
    made.se = Some(se);
    let z = change / se;
    if se > 0.0 && z.is_finite() {
        // of the same persons the errors are not apart: those of the smaller design
        let df = if covariance == 0.0 {
            satterthwaite(&[(a * a, earlier.df), (b * b, later.df)])
        } else {
            [earlier.df, later.df].into_iter().flatten().reduce(f64::min)
        };
        let p = two_sided(z, df);
        made.direction = match p < significance - SLACK {
            true if change > 0.0 => GapDirection::Widening,
            true => GapDirection::Narrowing,
            false => GapDirection::NotDistinguishable,
        };
        (made.z, made.df, made.p) = (Some(z), df, Some(p));
    }
    Ok(made)
}
