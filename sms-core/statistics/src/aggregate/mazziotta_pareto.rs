//! The Mazziotta–Pareto index and its adjusted form: a mean of standardised values, corrected for how unequal they are
//! (Mazziotta & Pareto 2016, Soc. Indic. Res. 127).

use super::{check_units, check_weights};
use crate::diagnostic::{Code, Error, Finding, Findings, Result};
use crate::indicator::Polarity;
use crate::num;
use crate::score::{Goalposts, Preference, SetRule, score_set};
use crate::target::SLACK;
use serde::{Deserialize, Serialize};

/// Whether imbalance lowers the index or raises it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "MazziottaParetoPenalty"))]
pub enum Penalty {
    /// M − S·S/M: for a positive phenomenon, where more of the index is better.
    #[default]
    Minus,
    /// M + S·S/M: for a negative phenomenon, such as poverty, where less of the index is better.
    Plus,
}

/// M ± S·(S/M) of values with weights that sum to 1 (S is the SD of a population); not defined unless M is above 0.
pub(super) fn penalised(values: impl Iterator<Item = (f64, f64)> + Clone, penalty: Penalty) -> f64 {
    let (mean, variance) = moments(values);
    mean + sign(penalty) * variance / mean
}

fn moments(values: impl Iterator<Item = (f64, f64)> + Clone) -> (f64, f64) {
    let mean = values.clone().map(|(z, w)| w * z).sum::<f64>();
    (mean, values.map(|(z, w)| w * (z - mean) * (z - mean)).sum())
}

fn sign(penalty: Penalty) -> f64 {
    match penalty {
        Penalty::Minus => -1.0,
        Penalty::Plus => 1.0,
    }
}

/// Mean and standard deviation of an indicator in the reference.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "MazziottaParetoMoments"))]
pub struct Moments {
    /// Mean, in the unit of the indicator.
    pub mean: f64,
    /// Standard deviation, above 0, in the same unit.
    pub sd: f64,
}

/// What an indicator is rescaled between.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "MazziottaParetoBounds"))]
pub struct Bounds {
    /// Becomes 70.
    pub worst: f64,
    /// Becomes 130.
    pub best: f64,
}

impl Bounds {
    /// Bounds in whose middle stands a reference value, so that it becomes 100: reference ∓ half of the range from the lowest to
    /// the highest value (Mazziotta & Pareto 2016, eq. 4).
    /// All three numbers, and the bounds, are in the unit of the indicator.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::{aggregate::Bounds, indicator::Polarity};
    /// let bounds = Bounds::around(50.0, 20.0, 60.0, Polarity::Higher)?;
    /// assert_eq!((bounds.worst, bounds.best), (30.0, 70.0));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `score.no-direction` unless the polarity is `higher` or `lower`; `num.not-finite`.
    pub fn around(reference: f64, lowest: f64, highest: f64, polarity: Polarity) -> Result<Self> {
        let direction = polarity.direction().ok_or_else(|| Error::new(Code::ScoreNoDirection).at_path("polarity"))?;
        let half = direction * num::abs(num::finite(highest)? - num::finite(lowest)?) / 2.0;
        Ok(Bounds { worst: num::finite(reference - half)?, best: num::finite(reference + half)? })
    }
}

/// Against what values are standardised.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "MazziottaParetoReference"))]
pub enum Reference {
    /// The classic index by fixed moments, one pair an indicator: to mean 100 and SD 10. Stable.
    Fixed(Vec<Moments>),
    /// The classic index by the moments of the units themselves (SD of a population). Set-dependent.
    Set,
    /// The adjusted index by fixed bounds, one pair an indicator: to 70 and 130, not held there. Stable.
    Goalposts(Vec<Bounds>),
}

/// One unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MazziottaParetoUnit {
    /// The index, around 100; `None` where too little is measured or it is not defined.
    pub index: Option<f64>,
    /// M, the weighted mean of its standardised values.
    pub mean: Option<f64>,
    /// S·(S/M): what imbalance takes off, or adds.
    pub penalty: Option<f64>,
    /// Share of the weight that was measured, 0 to 1.
    pub coverage: f64,
    /// Indicators with a value.
    pub n: usize,
}

/// The index of every unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MazziottaPareto {
    /// One for each unit, in their order.
    pub units: Vec<MazziottaParetoUnit>,
    /// Another unit would change these figures.
    pub set_dependent: bool,
    /// `score.constant-set` for an indicator that is the same everywhere, when the reference is the set: it counts for nobody.
    /// `aggregate.mean-not-positive` for units whose index is not defined.
    #[serde(skip_serializing_if = "Findings::is_empty")]
    pub findings: Findings,
}

/// The Mazziotta–Pareto index of units over indicators.
///
/// Values are standardised so that more is better (z = 100 ± 10·(x − mean)/SD, or 70 + 60·(x − worst)/(best − worst)), then
/// M ± S·(S/M) is taken with weights renormalised over what is present.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::aggregate::{Moments, Penalty, Reference, mazziotta_pareto};
/// use sms_core::indicator::Polarity;
/// // method §3: values that are standardised already
/// let reference = Reference::Fixed(vec![Moments { mean: 100.0, sd: 10.0 }; 3]);
/// let units = [vec![Some(105.0), Some(98.0), Some(110.0)]];
/// let made = mazziotta_pareto(&units, &[1.0; 3], &[Polarity::Higher; 3], &reference, Penalty::Minus, 0.6)?;
/// assert!((made.units[0].index.unwrap() - 104.10117145899893).abs() < 1e-12);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `aggregate.no-items`, `aggregate.unequal-lengths`, `aggregate.bad-weight`, `aggregate.bad-parameter`, `score.no-direction`,
/// `score.equal-goalposts`, `score.goalposts-order`, `num.not-finite`; each with its path.
pub fn mazziotta_pareto(
    units: &[Vec<Option<f64>>],
    weights: &[f64],
    polarity: &[Polarity],
    reference: &Reference,
    penalty: Penalty,
    minimum_coverage: f64,
) -> Result<MazziottaPareto> {
    check_units(units, weights.len())?;
    check_weights(weights, weights.len())?;
    let wanted = |path: &str, given: usize| {
        let error = Error::new(Code::AggregateUnequalLengths).at_path(path).with("given", given).with("wanted", weights.len());
        if given == weights.len() { Ok(()) } else { Err(error) }
    };
    wanted("polarity", polarity.len())?;
    if !(0.0..=1.0).contains(&minimum_coverage) {
        return Err(Error::new(Code::AggregateBadParameter).at_path("minimum_coverage").expecting("a share between 0 and 1"));
    }
    let mut findings = Findings::new();
    let mut columns: Vec<Vec<Option<f64>>> = Vec::with_capacity(weights.len());
    match reference {
        Reference::Fixed(of) => wanted("reference.fixed", of.len())?,
        Reference::Goalposts(of) => wanted("reference.goalposts", of.len())?,
        Reference::Set => {}
    }
    for (j, &polarity) in polarity.iter().enumerate() {
        let column: Vec<Option<f64>> = units.iter().map(|u| u.get(j).copied().flatten()).collect();
        let direction = polarity.direction().ok_or_else(|| Error::new(Code::ScoreNoDirection).at_path(&format!("polarity[{j}]")))?;
        let each = |z: &dyn Fn(f64) -> Result<f64>| column.iter().map(|v| v.map(z).transpose()).collect::<Result<Vec<_>>>();
        columns.push(match reference {
            Reference::Fixed(of) => {
                let Some(m) = of.get(j) else { continue };
                num::finite(m.mean)?;
                if !(m.sd > 0.0 && m.sd.is_finite()) {
                    return Err(Error::new(Code::AggregateBadParameter).at_path(&format!("reference.fixed[{j}].sd")).expecting("above 0"));
                }
                each(&|x| num::finite(100.0 + direction * 10.0 * ((x - m.mean) / m.sd)))?
            }
            Reference::Goalposts(of) => {
                let Some(b) = of.get(j) else { continue };
                let at = |e: Error| e.at_path(&format!("reference.goalposts[{j}]"));
                let goalposts = Goalposts::for_polarity(b.worst, b.best, polarity).map_err(at)?;
                each(&|x| num::finite(70.0 + 0.6 * goalposts.score(x)?.raw))?
            }
            Reference::Set => {
                let made = score_set(SetRule::ZScore, &column, Preference::new(polarity, None)?)?;
                if !made.findings.is_empty() {
                    findings.push(Finding::new(Code::ScoreConstantSet).with("indicator", j));
                }
                made.members.iter().map(|m| m.map(|m| 100.0 + 10.0 * m.value)).collect()
            }
        });
    }
    let total = num::sum(weights);
    let mut made = Vec::with_capacity(units.len());
    for i in 0..units.len() {
        let present = columns.iter().zip(weights).filter_map(|(c, &w)| Some((c.get(i).copied().flatten()?, w))).filter(|&(_, w)| w > 0.0);
        let weight: f64 = present.clone().map(|(_, w)| w).sum();
        let mut unit = MazziottaParetoUnit { coverage: (weight / total).min(1.0), n: present.clone().count(), ..MazziottaParetoUnit::default() };
        if weight > 0.0 && unit.coverage >= minimum_coverage - SLACK {
            let (mean, variance) = moments(present.map(|(z, w)| (z, w / weight)));
            unit.mean = Some(num::finite(mean)?);
            if mean > 0.0 {
                let size = num::finite(variance / mean)?;
                unit.penalty = Some(size);
                unit.index = Some(num::finite(mean + sign(penalty) * size)?);
            } else {
                findings.push(Finding::new(Code::AggregateMeanNotPositive).with("unit", i));
            }
        }
        made.push(unit);
    }
    Ok(MazziottaPareto { units: made, set_dependent: *reference == Reference::Set, findings })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(units: &[&[f64]]) -> Vec<Vec<Option<f64>>> {
        units.iter().map(|u| u.iter().map(|&x| Some(x)).collect()).collect()
    }

    fn indices(units: &[&[f64]], polarity: Polarity, reference: &Reference, penalty: Penalty) -> Vec<f64> {
        let n = units[0].len();
        let made = mazziotta_pareto(&rows(units), &vec![1.0; n], &vec![polarity; n], reference, penalty, 0.6).unwrap();
        made.units.iter().map(|u| u.index.unwrap()).collect()
    }

    #[test]
    fn worked_examples() {
        // method §3
        let standard = Reference::Fixed(vec![Moments { mean: 100.0, sd: 10.0 }; 3]);
        let made = indices(&[&[105.0, 98.0, 110.0], &[90.0, 95.0, 88.0]], Polarity::Higher, &standard, Penalty::Minus);
        assert!((made[0] - 104.101_171_458_998_93).abs() < 1e-12 && (made[1] - 90.904_761_904_761_9).abs() < 1e-12);
        // the same distance on the other side
        let plus = indices(&[&[90.0, 95.0, 88.0]], Polarity::Higher, &standard, Penalty::Plus);
        assert!((plus[0] - (182.0 - 90.904_761_904_761_9)).abs() < 1e-12);
    }

    #[test]
    fn the_reference_value_becomes_100() {
        let bounds = Bounds::around(30.0, 10.0, 40.0, Polarity::Lower).unwrap();
        assert_eq!(bounds, Bounds { worst: 45.0, best: 15.0 });
        let made = indices(&[&[30.0, 30.0], &[45.0, 15.0]], Polarity::Lower, &Reference::Goalposts(vec![bounds; 2]), Penalty::Minus);
        // 70 and 130: mean 100, variance 900
        assert!((made[0] - 100.0).abs() < 1e-12 && (made[1] - 91.0).abs() < 1e-12);
        assert_eq!(Bounds::around(1.0, 0.0, 2.0, Polarity::Value).unwrap_err().code(), Code::ScoreNoDirection);
    }

    #[test]
    fn the_set_as_reference() {
        // z = ∓1: 90 and 110 of each; a constant indicator tells nobody apart
        let units = rows(&[&[1.0, 10.0, 7.0], &[3.0, 30.0, 7.0]]);
        let polarity = [Polarity::Higher, Polarity::Lower, Polarity::Higher];
        let made = mazziotta_pareto(&units, &[1.0; 3], &polarity, &Reference::Set, Penalty::Minus, 0.6).unwrap();
        assert!(made.set_dependent);
        assert_eq!(made.findings.count(Code::ScoreConstantSet), 1);
        assert!((made.units[0].index.unwrap() - 99.0).abs() < 1e-12);
        assert!((made.units[0].coverage - 2.0 / 3.0).abs() < 1e-15);
    }

    #[test]
    fn undefined_and_refused() {
        let fixed = |mean, sd| Reference::Fixed(vec![Moments { mean, sd }]);
        let of = |reference: &Reference, polarity| mazziotta_pareto(&rows(&[&[0.0]]), &[1.0], &[polarity], reference, Penalty::Minus, 0.6);
        let far = of(&fixed(10.0, 1.0), Polarity::Higher).unwrap();
        assert_eq!((far.units[0].index, far.units[0].mean), (None, Some(0.0)));
        assert_eq!(far.findings.count(Code::AggregateMeanNotPositive), 1);
        assert_eq!(of(&fixed(10.0, 0.0), Polarity::Higher).unwrap_err().code(), Code::AggregateBadParameter);
        assert_eq!(of(&fixed(10.0, 1.0), Polarity::None).unwrap_err().code(), Code::ScoreNoDirection);
        assert_eq!(of(&Reference::Fixed(vec![]), Polarity::Higher).unwrap_err().code(), Code::AggregateUnequalLengths);
        let bounds = |worst, best| Reference::Goalposts(vec![Bounds { worst, best }]);
        assert_eq!(of(&bounds(1.0, 1.0), Polarity::Higher).unwrap_err().code(), Code::ScoreEqualGoalposts);
        assert_eq!(of(&bounds(1.0, 0.0), Polarity::Higher).unwrap_err().code(), Code::ScoreGoalpostsOrder);
    }
}
