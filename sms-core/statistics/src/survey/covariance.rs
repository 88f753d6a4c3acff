//! The groups of a domain with the covariances of their estimates: what a test of a gap between them needs.
//!
//! Groups that share sampling units move together: districts of one clustered sample, women and men of one household. The covariance of two
//! estimates over the full design is ρ·σ₁·σ₂, with ρ from their linearised values, (V(z₁/σ₁ + z₂/σ₂) − V(z₁/σ₁ − z₂/σ₂))/4 (Särndal, Swensson &
//! Wretman 1992, §5.5), or from their replicates. For a quantile ρ is that of the shares below it.

use super::contribution::Contribution;
use super::design::{LonelyPsu, Replicates, SurveyDesign};
use super::figure::SurveyEstimate;
use super::group_test::AllEqual;
use super::made::Made;
use super::variance::{Frame, variance};
use crate::diagnostic::{Code, Error, Result};
use crate::num;
use serde::Serialize;

/// The most groups whose covariances are made: as many as are compared together.
const MAX_GROUPS: usize = 500;

/// The groups of one estimate and one domain: `groups` and `covariance` are those that `equality.compare` and `equality.measures` take.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SurveyGroups {
    /// The name of the estimate.
    pub estimate: String,
    /// The dimensions.
    pub by: Vec<String>,
    /// The code of each group in each dimension.
    pub codes: Vec<Vec<String>>,
    /// The figure of each group, in the order of `codes`.
    pub groups: Vec<SurveyGroup>,
    /// The covariance of each with each, squared errors on the diagonal; absent where the error of a group is not known: then no gap can be tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covariance: Option<Vec<Vec<f64>>>,
    /// Degrees of freedom of the design: sampling units less strata of the whole sample, or those of the replicates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// Of shares: whether they are alike in all groups, by the test of Rao and Scott; absent where the sample does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all_equal: Option<AllEqual>,
    /// Codes of groups without a figure: they take no part.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without_value: Vec<Vec<String>>,
}

/// The figure of a group.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SurveyGroup {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Degrees of freedom of its error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub df: Option<f64>,
    /// Estimated number in the population, Σw.
    pub size: f64,
    /// Cases, unweighted.
    pub n: u64,
}

/// An estimate by its place in the results, and what it was made from.
pub(super) struct Placed {
    pub at: usize,
    /// Its cell, if anybody is in it.
    pub cell: Option<u32>,
    pub made: Made,
}

impl SurveyGroups {
    /// # Errors
    /// `survey.bad-parameter` for too many groups.
    pub(super) fn new(name: &str, by: &[String], placed: &[Placed], estimates: &[SurveyEstimate], frame: &Frame, design: &SurveyDesign) -> Result<Self> {
        let df = design.replicates.as_ref().map_or_else(|| frame.df(), Replicates::df);
        let mut out = SurveyGroups {
            estimate: name.to_owned(),
            by: by.to_vec(),
            codes: Vec::new(),
            groups: Vec::new(),
            covariance: None,
            df: Some(df).filter(|df| *df > 0.0),
            all_equal: None,
            without_value: Vec::new(),
        };
        let mut parts: Vec<(&Made, f64, f64)> = Vec::new();
        for Placed { at, made, .. } in placed {
            let Some(estimate) = estimates.get(*at) else { continue };
            let codes = estimate.domain.iter().map(|part| part.code.clone()).collect();
            let Some((value, size)) = estimate.value.zip(estimate.population) else {
                out.without_value.push(codes);
                continue;
            };
            out.codes.push(codes);
            out.groups.push(SurveyGroup { value, se: estimate.se, df: estimate.df.filter(|df| *df > 0.0), size, n: estimate.n });
            parts.extend(estimate.se.map(|se| (made, value, se)));
        }
        if out.groups.len() > MAX_GROUPS {
            return Err(Error::new(Code::SurveyBadParameter).at_path("reporting.covariances").expecting("domains of 500 groups at the most"));
        }
        if parts.len() == out.groups.len() && !parts.is_empty() {
            out.covariance = match &design.replicates {
                Some(replicates) => {
                    let away: Option<Vec<_>> = parts.iter().map(|(made, value, _)| replicates.deviations(*value, &made.replicates)).collect();
                    away.map(|away| matrix(&parts, |i, j| Ok(away.get(i).zip(away.get(j)).map(|(a, b)| replicates.covariance(a, b))))).transpose()?.flatten()
                }
                None => linearised(&parts, frame, design.lonely_psu)?,
            };
        }
        Ok(out)
    }
}

/// A symmetric matrix with squared errors on its diagonal; none where a covariance is not known.
fn matrix(parts: &[(&Made, f64, f64)], of: impl Fn(usize, usize) -> Result<Option<f64>>) -> Result<Option<Vec<Vec<f64>>>> {
    let mut rows = vec![vec![0.0; parts.len()]; parts.len()];
    for (i, (_, _, error)) in parts.iter().enumerate() {
        for (j, (_, _, other)) in parts.iter().enumerate().take(i + 1) {
            let bound = error * other;
            let made = if i == j {
                bound
            } else if bound == 0.0 {
                0.0
            } else {
                of(i, j)?.unwrap_or(f64::NAN).clamp(-bound, bound)
            };
            if made.is_nan() {
                return Ok(None);
            }
            for (at, with) in [(i, j), (j, i)] {
                if let Some(cell) = rows.get_mut(at).and_then(|row| row.get_mut(with)) {
                    *cell = made;
                }
            }
        }
    }
    Ok(Some(rows))
}

fn linearised(parts: &[(&Made, f64, f64)], frame: &Frame, lonely: LonelyPsu) -> Result<Option<Vec<Vec<f64>>>> {
    // the average over other strata multiplies each variance by a factor of its own, which the errors hold
    let lonely = if lonely == LonelyPsu::Average { LonelyPsu::Certainty } else { lonely };
    let spreads: Vec<Option<f64>> = parts.iter().map(|(made, _, _)| Ok(variance(frame, &made.contributions, lonely)?.value)).collect::<Result<_>>()?;
    matrix(parts, |i, j| {
        let (Some((first, _, error)), Some((second, _, other))) = (parts.get(i), parts.get(j)) else { return Ok(None) };
        let (Some(&Some(a)), Some(&Some(b))) = (spreads.get(i), spreads.get(j)) else { return Ok(None) };
        if a <= 0.0 || b <= 0.0 || (frame.calibrated.is_none() && !share_a_stratum(&first.contributions, &second.contributions)) {
            return Ok(Some(0.0));
        }
        let of = |sign: f64| variance(frame, &joined(first, 1.0 / num::sqrt(a), second, sign / num::sqrt(b)), lonely);
        let correlation = of(1.0)?.value.zip(of(-1.0)?.value).map(|(sum, difference)| (sum - difference) / 4.0);
        Ok(correlation.map(|r| r * error * other))
    })
}

/// The covariances of linearised totals; none where a variance is not known.
pub(super) fn matrix_of<'a>(totals: impl Iterator<Item = &'a Made>, frame: &Frame, lonely: LonelyPsu) -> Result<Option<Vec<Vec<f64>>>> {
    let mut parts: Vec<(&Made, f64, f64)> = Vec::new();
    for made in totals {
        let Some(found) = variance(frame, &made.contributions, lonely)?.value else { return Ok(None) };
        parts.push((made, 0.0, num::sqrt(found.max(0.0))));
    }
    linearised(&parts, frame, lonely)
}

fn share_a_stratum(a: &[Contribution], b: &[Contribution]) -> bool {
    let (mut a, mut b) = (a.iter().map(|c| c.stratum).peekable(), b.iter().map(|c| c.stratum).peekable());
    while let (Some(&x), Some(&y)) = (a.peek(), b.peek()) {
        match x.cmp(&y) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => a.next(),
            std::cmp::Ordering::Greater => b.next(),
        };
    }
    false
}

/// The contributions of p·z₁ + q·z₂.
fn joined(first: &Made, p: f64, second: &Made, q: f64) -> Vec<Contribution> {
    let scaled = |c: &Contribution, by: f64| Contribution { total: c.total * by, within: c.within.map(|w| w * by * by), mixed: c.mixed * by, ..*c };
    let mut a = first.units.iter().zip(&first.contributions).peekable();
    let mut b = second.units.iter().zip(&second.contributions).peekable();
    let mut made = Vec::with_capacity(first.contributions.len().max(second.contributions.len()));
    loop {
        let order = match (a.peek(), b.peek()) {
            (Some((x, _)), Some((y, _))) => x.rank.cmp(&y.rank),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => return made,
        };
        match order {
            std::cmp::Ordering::Less => made.extend(a.next().map(|(_, c)| scaled(c, p))),
            std::cmp::Ordering::Greater => made.extend(b.next().map(|(_, c)| scaled(c, q))),
            std::cmp::Ordering::Equal => {
                let Some(((unit, one), (_, two))) = a.next().zip(b.next()) else { return made };
                let product = first.line.as_ref().zip(second.line.as_ref()).map_or(0.0, |(x, y)| x.product(y, unit.rank));
                let mixed = 2.0 * p * q * (product - unit.shared(one, two));
                let within = one.within.zip(two.within).map(|(v, w)| (v * p * p + w * q * q + mixed).max(0.0));
                made.push(Contribution { total: one.total * p + two.total * q, within, mixed: one.mixed * p + two.mixed * q, ..*one });
            }
        }
    }
}
