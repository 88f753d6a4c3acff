//! The analytic hierarchy process: weights from comparisons in pairs (Saaty 1980).

use super::consistency::{AhpConsistency, InconsistentPair};
use super::group::{Elicited, Panel, elicited, normalised, weighted};
use super::set::{AhpAggregation, WeightingMethod};
use crate::diagnostic::{Code, Error, Finding, Findings, Result};
use crate::id::EntryId;
use crate::num;
use crate::target::SLACK;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Saaty's random index: the mean consistency index of random reciprocal matrices of 1 to 10 criteria (Saaty 1980). A constant of
/// the mathematics, found by simulation; other authors print other third digits.
pub const SAATY_RANDOM_INDEX: [f64; 10] = [0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49];

/// How a matrix becomes weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum PriorityRule {
    /// The principal eigenvector (Saaty 1980).
    #[default]
    Eigenvector,
    /// Geometric means of the rows (Crawford & Williams 1985).
    GeometricMean,
}

/// The declared rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AhpRules {
    /// How a matrix becomes weights.
    #[serde(default)]
    pub priority: PriorityRule,
    /// How the answers of many become one.
    #[serde(default)]
    pub aggregation: AhpAggregation,
    /// The largest consistency ratio that is no finding, 0 or more.
    pub largest_ratio: f64,
    /// Random indices for 1, 2, 3 … criteria; [`SAATY_RANDOM_INDEX`] when absent.
    #[serde(default)]
    pub random_index: Option<Vec<f64>>,
}

/// The comparisons of one participant: how many times as important the criterion of the row is as that of the column.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PairwiseComparisons"))]
pub struct Comparisons {
    /// The side that the participant speaks for.
    #[serde(default)]
    pub side: Option<EntryId>,
    /// The whole matrix, row by row.
    #[serde(default)]
    pub matrix: Option<Vec<Vec<f64>>>,
    /// Or what stands above its diagonal, row by row; the rest follows.
    #[serde(default)]
    pub upper: Option<Vec<f64>>,
}

impl fmt::Debug for Comparisons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // a person's answers are not printed
        f.debug_struct("Comparisons").field("side", &self.side).finish_non_exhaustive()
    }
}

impl Comparisons {
    fn read(&self, n: usize) -> Result<PairwiseMatrix> {
        match (&self.matrix, &self.upper) {
            (Some(rows), None) => PairwiseMatrix::new(rows, n),
            (None, Some(upper)) => PairwiseMatrix::from_upper(upper, n),
            _ => Err(Error::new(Code::WeightingBadMatrix).expecting("either `matrix` or `upper`")),
        }
    }
}

/// A positive reciprocal matrix.
#[derive(Clone, PartialEq)]
pub struct PairwiseMatrix(Vec<Vec<f64>>);

impl fmt::Debug for PairwiseMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PairwiseMatrix({})", self.0.len())
    }
}

impl PairwiseMatrix {
    /// The matrix of n criteria from its rows.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::weighting::PairwiseMatrix;
    /// let matrix = PairwiseMatrix::new(&[vec![1.0, 4.0], vec![0.25, 1.0]], 2)?;
    /// assert_eq!(matrix.size(), 2);
    /// assert!(PairwiseMatrix::new(&[vec![1.0, 4.0], vec![4.0, 1.0]], 2).is_err());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `weighting.bad-matrix` unless it is square, all its numbers are above 0, and each is 1 over its mirror image within 1e-9; the
    /// path says which.
    pub fn new(rows: &[Vec<f64>], n: usize) -> Result<Self> {
        let bad = |path: String, expected: &'static str| Error::new(Code::WeightingBadMatrix).at_path(&path).expecting(expected);
        if rows.len() != n {
            return Err(bad("matrix".to_owned(), "one row for each criterion"));
        }
        for (i, row) in rows.iter().enumerate() {
            if row.len() != n {
                return Err(bad(format!("matrix[{i}]"), "one number for each criterion"));
            }
            if let Some(j) = row.iter().position(|a| !(*a > 0.0 && a.is_finite())) {
                return Err(bad(format!("matrix[{i}][{j}]"), "a number above 0"));
            }
        }
        for (i, row) in rows.iter().enumerate() {
            for (j, a) in row.iter().enumerate().skip(i) {
                let mirror = rows.get(j).and_then(|r| r.get(i)).copied().unwrap_or(f64::NAN);
                let product = a * mirror;
                if product.is_nan() || num::abs(product - 1.0) > SLACK {
                    let expected = if i == j { "1 on the diagonal" } else { "1 over the number on the other side of the diagonal" };
                    return Err(bad(format!("matrix[{j}][{i}]"), expected));
                }
            }
        }
        Ok(PairwiseMatrix(rows.to_vec()))
    }

    /// The matrix of n criteria from what stands above its diagonal, row by row: n(n − 1)/2 numbers.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::weighting::{PairwiseMatrix, PriorityRule};
    /// let matrix = PairwiseMatrix::from_upper(&[4.0], 2)?;
    /// assert!((matrix.weights(PriorityRule::GeometricMean)?[0] - 0.8).abs() < 1e-12);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `weighting.bad-matrix`, with the path.
    pub fn from_upper(upper: &[f64], n: usize) -> Result<Self> {
        let bad = |path: &str, expected: &'static str| Error::new(Code::WeightingBadMatrix).at_path(path).expecting(expected);
        if upper.len() != n * n.saturating_sub(1) / 2 {
            return Err(bad("upper", "n(n − 1)/2 numbers for n criteria"));
        }
        if let Some(i) = upper.iter().position(|a| !(*a > 0.0 && a.is_finite() && (1.0 / a).is_finite())) {
            return Err(bad(&format!("upper[{i}]"), "a number above 0"));
        }
        let mut rows = vec![vec![1.0; n]; n];
        let mut given = upper.iter();
        for i in 0..n {
            for j in i + 1..n {
                let Some(&a) = given.next() else { continue };
                for (r, c, x) in [(i, j, a), (j, i, 1.0 / a)] {
                    if let Some(cell) = rows.get_mut(r).and_then(|row| row.get_mut(c)) {
                        *cell = x;
                    }
                }
            }
        }
        Ok(PairwiseMatrix(rows))
    }

    /// Criteria.
    #[must_use]
    pub fn size(&self) -> usize {
        self.0.len()
    }

    /// What stands above the diagonal, row by row.
    fn upper(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        self.0.iter().enumerate().flat_map(|(i, row)| row.iter().enumerate().skip(i + 1).map(move |(j, &a)| (i, j, a)))
    }

    /// The weights, which sum to 1.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::weighting::{PairwiseMatrix, PriorityRule};
    /// // method §4
    /// let matrix = PairwiseMatrix::from_upper(&[3.0, 5.0, 2.0], 3)?;
    /// let weights = matrix.weights(PriorityRule::Eigenvector)?;
    /// assert!((weights[0] - 0.64832901).abs() < 5e-9);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `num.not-finite` where comparisons are so far apart that weights are no numbers.
    pub fn weights(&self, rule: PriorityRule) -> Result<Vec<f64>> {
        match rule {
            PriorityRule::Eigenvector => self.eigenvector(),
            PriorityRule::GeometricMean => {
                let logs: Vec<f64> = self.0.iter().map(|row| row.iter().map(|&a| num::ln(a)).sum::<f64>() / row.len() as f64).collect();
                let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                normalised(logs.iter().map(|l| num::exp(l - most)).collect())
            }
        }
    }

    /// The power iteration in steps of 1, 2, 4, 8 …: the matrix is squared and scaled to a largest number of 1 until the normalised
    /// row sums move by no more than 1e-10, then once more, which squares that error; 64 squarings at most.
    fn eigenvector(&self) -> Result<Vec<f64>> {
        let mut power = self.0.clone();
        let mut weights = normalised(power.iter().map(|row| row.iter().sum()).collect())?;
        let mut settled = false;
        for _ in 0..64 {
            power = square(&power);
            let next = normalised(power.iter().map(|row| row.iter().sum()).collect())?;
            let moved = next.iter().zip(&weights).map(|(a, b)| num::abs(a - b)).fold(0.0, f64::max);
            weights = next;
            if settled {
                break;
            }
            settled = moved <= 1e-10;
        }
        Ok(weights)
    }

    /// λmax, the largest eigenvalue: n for a consistent matrix, more for any other.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// let matrix = sms_core::weighting::PairwiseMatrix::from_upper(&[3.0, 5.0, 2.0], 3)?;
    /// assert!((matrix.lambda_max()? - 3.0036945981).abs() < 1e-9); // method §4
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`PairwiseMatrix::weights`].
    pub fn lambda_max(&self) -> Result<f64> {
        let weights = self.eigenvector()?;
        let times: Vec<f64> = self.0.iter().map(|row| row.iter().zip(&weights).map(|(a, w)| a * w).sum()).collect();
        num::finite(num::sum(&times) / num::sum(&weights))
    }
}

#[expect(clippy::indexing_slicing, reason = "a square matrix: the constructors of PairwiseMatrix check its shape, and squaring keeps it")]
fn square(a: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let n = a.len();
    let mut made = vec![vec![0.0; n]; n];
    let mut largest = 0.0_f64;
    for i in 0..n {
        for j in 0..n {
            let x: f64 = (0..n).map(|k| a[i][k] * a[k][j]).sum();
            made[i][j] = x;
            largest = largest.max(x);
        }
    }
    made.iter_mut().flatten().for_each(|x| *x /= largest);
    made
}

fn consistency(matrix: &PairwiseMatrix, weights: &[f64], criteria: &[EntryId], rules: &AhpRules) -> Result<AhpConsistency> {
    let n = matrix.size();
    let lambda_max = matrix.lambda_max()?;
    if n <= 2 {
        return Ok(AhpConsistency { lambda_max, ci: 0.0, cr: 0.0, inconsistent: Vec::new() });
    }
    // rounding may lead a hair below n, where no eigenvalue can be
    let ci = ((lambda_max - n as f64) / (n as f64 - 1.0)).max(0.0);
    let declared = rules.random_index.as_deref().unwrap_or(&SAATY_RANDOM_INDEX);
    let random = declared.get(n - 1).copied().filter(|r| *r > 0.0 && r.is_finite());
    let random = random.ok_or_else(|| Error::new(Code::WeightingNoRandomIndex).at_path("rules.random_index").with("criteria", n))?;
    let cr = num::finite(ci / random)?;
    let mut inconsistent = Vec::new();
    if cr > rules.largest_ratio + SLACK {
        let off = |(i, j, a): (usize, usize, f64)| {
            let (w, v) = (weights.get(i).copied().unwrap_or(f64::NAN), weights.get(j).copied().unwrap_or(f64::NAN));
            (i, j, num::abs(num::ln(a) - num::ln(w) + num::ln(v)))
        };
        let pairs: Vec<(usize, usize, f64)> = matrix.upper().map(off).collect();
        let most = pairs.iter().map(|p| p.2).fold(0.0, f64::max);
        let worst = pairs.iter().filter(|p| p.2 >= most - SLACK);
        inconsistent.extend(worst.filter_map(|&(i, j, _)| Some(InconsistentPair { first: criteria.get(i)?.clone(), second: criteria.get(j)?.clone() })));
    }
    Ok(AhpConsistency { lambda_max, ci, cr, inconsistent })
}

fn report(findings: &mut Findings, made: &AhpConsistency, who: Option<usize>) {
    if made.inconsistent.is_empty() {
        return;
    }
    let pairs = made.inconsistent.iter().map(|p| format!("{} / {}", p.first, p.second)).collect::<Vec<_>>().join(", ");
    let finding = Finding::new(Code::WeightingInconsistent).with("pairs", pairs);
    findings.push(match who {
        Some(i) => finding.with("participant", i),
        None => finding.about("group"),
    });
}

/// Weights from comparisons in pairs by any number of participants.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::weighting::{AhpAggregation, AhpRules, Comparisons, Panel, PriorityRule, ahp};
/// let criteria = vec!["a".parse()?, "b".parse()?, "c".parse()?];
/// let panel = Panel { criteria, when: "2024".parse()?, sides: vec![], smallest_side_shown: None, note: None };
/// let rules = AhpRules { priority: PriorityRule::Eigenvector, aggregation: AhpAggregation::Priorities, largest_ratio: 0.1, random_index: None };
/// let made = ahp(&panel, &[Comparisons { side: None, matrix: None, upper: Some(vec![3.0, 5.0, 2.0]) }], &rules)?;
/// assert!((made.weight_set.weight("a").unwrap() - 0.64832901).abs() < 5e-9); // method §4
/// assert!((made.ahp[0].cr - 0.0031849983).abs() < 1e-9);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `weighting.bad-matrix` with the participant and the cell; `weighting.no-random-index` for more criteria than there are random
/// indices; `weighting.bad-criteria`, `weighting.no-participants`, `weighting.bad-side`; `aggregate.bad-parameter` for a negative
/// largest ratio; `num.not-finite`.
pub fn ahp(panel: &Panel, participants: &[Comparisons], rules: &AhpRules) -> Result<Elicited> {
    if !(rules.largest_ratio >= 0.0 && rules.largest_ratio.is_finite()) {
        return Err(Error::new(Code::AggregateBadParameter).at_path("rules.largest_ratio").expecting("0 or more"));
    }
    let mut seats = panel.seat(&participants.iter().map(|p| p.side.as_ref()).collect::<Vec<_>>())?;
    let n = panel.criteria.len();
    let (mut priorities, mut logs, mut each) = (Vec::new(), Vec::new(), Vec::new());
    for (i, participant) in participants.iter().enumerate() {
        let inside = |e: Error| {
            let path = e.location().path.as_deref().map_or_else(|| format!("participants[{i}]"), |p| format!("participants[{i}].{p}"));
            e.at_path(&path).with("participant", i)
        };
        let matrix = participant.read(n).map_err(inside)?;
        let weights = matrix.weights(rules.priority).map_err(inside)?;
        let made = consistency(&matrix, &weights, &panel.criteria, rules)?;
        report(&mut seats.findings, &made, Some(i));
        each.push(made);
        logs.push(matrix.upper().map(|(_, _, a)| num::ln(a)).collect::<Vec<f64>>());
        priorities.push(weights);
    }
    let (mut group_weights, mut group) = (None, None);
    if rules.aggregation == AhpAggregation::Judgements {
        let mean = weighted(&logs, &seats.shares, n * (n - 1) / 2);
        let matrix = PairwiseMatrix::from_upper(&mean.iter().map(|&l| num::exp(l)).collect::<Vec<_>>(), n)?;
        let weights = matrix.weights(rules.priority)?;
        let made = consistency(&matrix, &weights, &panel.criteria, rules)?;
        report(&mut seats.findings, &made, None);
        group = Some(made);
        group_weights = Some(weights);
    }
    let method = match rules.priority {
        PriorityRule::Eigenvector => WeightingMethod::AhpEigenvector,
        PriorityRule::GeometricMean => WeightingMethod::AhpGeometricMean,
    };
    let made = elicited(panel, seats, &priorities, method, (Some(rules.aggregation), group_weights))?;
    Ok(Elicited { ahp: each, ahp_group: group, ..made })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn panel(n: usize) -> Panel {
        let criteria = (0..n).map(|i| format!("c{i}").parse().unwrap()).collect();
        Panel { criteria, when: "2024".parse().unwrap(), sides: vec![], smallest_side_shown: None, note: None }
    }

    fn rules(aggregation: AhpAggregation) -> AhpRules {
        AhpRules { priority: PriorityRule::Eigenvector, aggregation, largest_ratio: 0.1, random_index: None }
    }

    fn upper(upper: &[f64]) -> Comparisons {
        Comparisons { side: None, matrix: None, upper: Some(upper.to_vec()) }
    }

    fn weights(made: &Elicited) -> Vec<f64> {
        made.weight_set.weights().iter().map(|w| w.weight).collect()
    }

    #[test]
    fn worked_example() {
        // method §4
        let rows = vec![vec![1.0, 3.0, 5.0], vec![1.0 / 3.0, 1.0, 2.0], vec![0.2, 0.5, 1.0]];
        let asked = Comparisons { side: None, matrix: Some(rows), upper: None };
        let made = ahp(&panel(3), &[asked], &rules(AhpAggregation::Priorities)).unwrap();
        for (got, want) in weights(&made).iter().zip([0.648_329_01, 0.229_650_79, 0.122_020_19]) {
            assert!((got - want).abs() < 1e-8);
        }
        assert!((made.ahp[0].lambda_max - 3.003_694_598_1).abs() < 1e-10);
        assert!((made.ahp[0].cr - 0.003_184_998_3).abs() < 1e-10);
        assert!(made.findings.is_empty());
    }

    #[test]
    fn what_does_not_fit_is_named() {
        // c0 = 2 c1, c1 = 2 c2, c2 = 2 c3, and yet c3 = 9 c0
        let made = ahp(&panel(4), &[upper(&[2.0, 4.0, 1.0 / 9.0, 2.0, 4.0, 2.0])], &rules(AhpAggregation::Judgements)).unwrap();
        let pair = InconsistentPair { first: "c0".parse().unwrap(), second: "c3".parse().unwrap() };
        assert_eq!(made.ahp[0].inconsistent, [pair]);
        assert_eq!(made.findings.count(Code::WeightingInconsistent), 2);
        assert_eq!(made.findings.count_of(Code::WeightingInconsistent, "group"), 1);
        // a circle of three: every pair is off by the same factor
        let circle = ahp(&panel(3), &[upper(&[9.0, 1.0 / 9.0, 9.0])], &rules(AhpAggregation::Priorities)).unwrap();
        assert_eq!(circle.ahp[0].inconsistent.len(), 3);
        assert!(weights(&circle).iter().all(|w| (w - 1.0 / 3.0).abs() < 1e-15));
    }

    #[test]
    fn small_and_large() {
        let one = ahp(&panel(1), &[upper(&[])], &rules(AhpAggregation::Judgements)).unwrap();
        assert_eq!((weights(&one), one.ahp[0].cr, one.ahp[0].lambda_max), (vec![1.0], 0.0, 1.0));
        let two = ahp(&panel(2), &[upper(&[3.0])], &rules(AhpAggregation::Priorities)).unwrap();
        assert_eq!((weights(&two), two.ahp[0].cr), (vec![0.75, 0.25], 0.0));
        let eleven = [upper(&vec![1.0; 55])];
        assert_eq!(ahp(&panel(11), &eleven, &rules(AhpAggregation::Priorities)).unwrap_err().code(), Code::WeightingNoRandomIndex);
        let declared = AhpRules { random_index: Some(vec![1.51; 11]), ..rules(AhpAggregation::Priorities) };
        assert!((weights(&ahp(&panel(11), &eleven, &declared).unwrap())[10] - 1.0 / 11.0).abs() < 1e-15);
    }

    #[test]
    fn refusals_say_which_cell() {
        let path = |matrix: &[&[f64]]| {
            let rows = matrix.iter().map(|r| r.to_vec()).collect();
            let asked = Comparisons { side: None, matrix: Some(rows), upper: None };
            let error = ahp(&panel(2), &[upper(&[1.0]), asked], &rules(AhpAggregation::Priorities)).unwrap_err();
            assert_eq!(error.code(), Code::WeightingBadMatrix);
            error.location().path.as_deref().unwrap().to_owned()
        };
        assert_eq!(path(&[&[1.0, 2.0]]), "participants[1].matrix");
        assert_eq!(path(&[&[1.0, 2.0], &[0.5]]), "participants[1].matrix[1]");
        assert_eq!(path(&[&[1.0, 0.0], &[0.5, 1.0]]), "participants[1].matrix[0][1]");
        assert_eq!(path(&[&[1.0, 2.0], &[0.4, 1.0]]), "participants[1].matrix[1][0]");
        assert_eq!(path(&[&[2.0, 2.0], &[0.5, 1.0]]), "participants[1].matrix[0][0]");
        assert_eq!(path(&[&[1.0, f64::NAN], &[0.5, 1.0]]), "participants[1].matrix[0][1]");
        for bad in [upper(&[]), upper(&[-1.0]), Comparisons { side: None, matrix: None, upper: None }] {
            assert_eq!(ahp(&panel(2), &[bad], &rules(AhpAggregation::Priorities)).unwrap_err().code(), Code::WeightingBadMatrix);
        }
        let negative = AhpRules { largest_ratio: -1.0, ..rules(AhpAggregation::Priorities) };
        assert_eq!(ahp(&panel(2), &[upper(&[1.0])], &negative).unwrap_err().code(), Code::AggregateBadParameter);
    }

    proptest! {
        #[test]
        fn a_consistent_matrix_returns_its_weights(w in proptest::collection::vec(0.01..1.0f64, 1..10)) {
            let n = w.len();
            let total: f64 = w.iter().sum();
            let pairs: Vec<f64> = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).map(|(i, j)| w[i] / w[j]).collect();
            for priority in [PriorityRule::Eigenvector, PriorityRule::GeometricMean] {
                for aggregation in [AhpAggregation::Priorities, AhpAggregation::Judgements] {
                    let made = ahp(&panel(n), &[upper(&pairs), upper(&pairs)], &AhpRules { priority, ..rules(aggregation) }).unwrap();
                    for (got, want) in weights(&made).iter().zip(&w) {
                        prop_assert!((got - want / total).abs() < 1e-12);
                    }
                    prop_assert!(made.ahp[0].cr < 1e-12 && made.ahp[0].cr >= 0.0);
                }
            }
        }

        /// The eigenvector is one (A·w = λ·w), λ ≥ n, and names do not matter.
        #[test]
        fn the_eigenvector_is_one(pairs in proptest::collection::vec(1u8..=17, 10)) {
            let n = 5;
            let scale = |k: u8| if k <= 9 { f64::from(k) } else { 1.0 / f64::from(k - 8) };
            let matrix = PairwiseMatrix::from_upper(&pairs.iter().map(|&k| scale(k)).collect::<Vec<_>>(), n).unwrap();
            let (w, lambda) = (matrix.weights(PriorityRule::Eigenvector).unwrap(), matrix.lambda_max().unwrap());
            prop_assert!(lambda >= n as f64 - 1e-12);
            for i in 0..n {
                let times: f64 = (0..n).map(|j| matrix.0[i][j] * w[j]).sum();
                prop_assert!((times - lambda * w[i]).abs() <= 1e-13 * lambda);
            }
            let turned: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| matrix.0[n - 1 - i][n - 1 - j]).collect()).collect();
            let mut other = PairwiseMatrix::new(&turned, n).unwrap().weights(PriorityRule::Eigenvector).unwrap();
            other.reverse();
            for (a, b) in w.iter().zip(&other) {
                prop_assert!((a - b).abs() < 1e-14);
            }
        }
    }
}
