//! Groups with their values, shares and errors.

use super::tests::{check_df, satterthwaite};
use crate::diagnostic::{Code, Error, Result};
use crate::num::{self, NormalDraws};
use crate::survey::AllEqual;
use crate::target::SLACK;
use serde::Deserialize;

/// The most groups that are compared or measured together.
const MAX_GROUPS: usize = 10_000;
/// The most groups with a full matrix of covariances.
const MAX_COVARIANCES: usize = 500;

/// A group of the population.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Group {
    /// Its value, in the unit of the indicator.
    pub value: f64,
    /// How many people belong to it, or its share; only the proportions count. All alike where no group has one.
    #[serde(default)]
    pub size: Option<f64>,
    /// The standard error of its value.
    #[serde(default)]
    pub se: Option<f64>,
    /// Degrees of freedom of the error, above 0: sampling units less strata. Absent: so many that the error is taken as known.
    #[serde(default)]
    pub df: Option<f64>,
    /// How many were asked or counted: what the floor of the method is about.
    #[serde(default)]
    pub n: Option<f64>,
}

/// Groups that were checked: finite values, shares that sum to 1, errors of 0 or more.
#[derive(Clone, Debug, PartialEq)]
pub struct Groups {
    values: Vec<f64>,
    shares: Vec<f64>,
    n: Vec<Option<f64>>,
    /// Squared errors; none where one is unknown.
    variances: Option<Vec<f64>>,
    covariance: Option<Vec<Vec<f64>>>,
    reference: Option<usize>,
    dfs: Vec<Option<f64>>,
    /// Degrees of freedom of the design that the covariances come from.
    design_df: Option<f64>,
    /// A test that all are alike, made from the microdata.
    all_equal: Option<AllEqual>,
}

impl Groups {
    fn bare() -> Self {
        Groups {
            values: Vec::new(),
            shares: Vec::new(),
            n: Vec::new(),
            variances: None,
            covariance: None,
            reference: None,
            dfs: Vec::new(),
            design_df: None,
            all_equal: None,
        }
    }

    /// Checks groups.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::equality::{Group, Groups};
    /// let group = |value, size| Group { value, size: Some(size), se: None, df: None, n: None };
    /// let groups = Groups::new(&[group(80.0, 500.0), group(40.0, 300.0), group(60.0, 200.0)], None, None)?;
    /// assert_eq!(groups.shares(), [0.5, 0.3, 0.2]);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `equality.bad-groups` for fewer than two, too many, sizes of some only, a negative one or none above 0, an `n` below 0, or a reference that is none of them;
    /// `equality.bad-covariance` for a matrix that is not square and symmetric or has a negative diagonal; `num.not-finite`; `estimate.negative-count`
    /// for a negative error; `estimate.bad-df` for degrees of freedom that are not above 0. Each with its path.
    pub fn new(groups: &[Group], covariance: Option<&[Vec<f64>]>, reference: Option<usize>) -> Result<Self> {
        let bad = |path: &str, expected: &'static str| Err(Error::new(Code::EqualityBadGroups).at_path(path).expecting(expected));
        if groups.len() < 2 || groups.len() > MAX_GROUPS {
            return bad("groups", "two to 10000 groups");
        }
        for (i, g) in groups.iter().enumerate() {
            num::finite(g.value).map_err(|e| e.at_path(&format!("groups[{i}].value")))?;
            if g.se.is_some_and(|se| !(se.is_finite() && se >= 0.0)) {
                return Err(Error::new(Code::EstimateNegativeCount).at_path(&format!("groups[{i}].se")));
            }
            if g.size.is_some_and(|s| !(s.is_finite() && s >= 0.0)) {
                return bad(&format!("groups[{i}].size"), "a number of 0 or more");
            }
            if g.n.is_some_and(|n| !(n.is_finite() && n >= 0.0)) {
                return bad(&format!("groups[{i}].n"), "a number of 0 or more");
            }
            check_df(g.df).map_err(|e| e.at_path(&format!("groups[{i}].df")))?;
            if g.size.is_some() != groups.first().is_some_and(|first| first.size.is_some()) {
                return bad(&format!("groups[{i}].size"), "a size for each group, or for none");
            }
        }
        if reference.is_some_and(|r| r >= groups.len()) {
            return bad("reference", "the position of a group");
        }
        let sizes: Vec<f64> = groups.iter().map(|g| g.size.unwrap_or(1.0)).collect();
        let all = num::sum(&sizes);
        if !(all.is_finite() && all > 0.0) {
            return bad("groups", "sizes with a sum above 0");
        }
        let variances = groups.iter().map(|g| g.se.map(|se| se * se)).collect::<Option<Vec<f64>>>();
        if let Some(matrix) = covariance {
            check_covariance(matrix, groups.len())?;
        }
        Ok(Groups {
            values: groups.iter().map(|g| g.value).collect(),
            shares: sizes.iter().map(|s| s / all).collect(),
            n: groups.iter().map(|g| g.n).collect(),
            variances,
            covariance: covariance.map(<[_]>::to_vec),
            reference,
            dfs: groups.iter().map(|g| g.df).collect(),
            design_df: None,
            all_equal: None,
        })
    }

    /// The same groups of one design, with its degrees of freedom (sampling units less strata) and, of shares, the test that all are alike: as
    /// [`SurveyGroups`](crate::survey::SurveyGroups) has them.
    ///
    /// # Errors
    /// `estimate.bad-df` for degrees of freedom that are not above 0; `equality.bad-groups` for a statistic below 0.
    pub fn of_design(mut self, df: Option<f64>, all_equal: Option<AllEqual>) -> Result<Self> {
        check_df(df)?;
        self.design_df = df;
        // the chance follows from the statistic
        self.all_equal = match all_equal {
            None => None,
            Some(given) => {
                let bad = || Error::new(Code::EqualityBadGroups).at_path("all_equal").expecting("a statistic of 0 or more, with degrees of freedom above 0");
                Some(AllEqual::new(given.test, given.f, given.df, given.denominator_df).ok_or_else(bad)?)
            }
        };
        Ok(self)
    }

    /// Degrees of freedom of the design, as far as they are known; those of the group with the fewest where the design has none of its own.
    pub(super) fn design_df(&self) -> Option<f64> {
        self.design_df.or_else(|| self.dfs.iter().copied().collect::<Option<Vec<f64>>>()?.into_iter().reduce(f64::min))
    }

    /// The test that all are alike, where it came with the groups.
    pub(super) fn all_equal(&self) -> Option<AllEqual> {
        self.all_equal
    }

    /// Degrees of freedom of each group's error.
    pub(super) fn dfs(&self) -> &[Option<f64>] {
        &self.dfs
    }

    /// Whether two groups move together, by more than rounding.
    fn move_together(&self, i: usize, j: usize) -> bool {
        let Some(matrix) = &self.covariance else { return false };
        let at = |i: usize, j: usize| matrix.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0.0);
        i != j && num::abs(at(i, j)) > SLACK * num::sqrt(at(i, i)) * num::sqrt(at(j, j))
    }

    /// Whether no two of the groups move together, as far as is known.
    pub(super) fn are_independent(&self) -> bool {
        self.covariance.is_none() || !(0..self.len()).any(|i| (0..i).any(|j| self.move_together(i, j)))
    }

    /// Degrees of freedom of the error of a sum of groups with these slopes. Of groups that move apart by Satterthwaite; of those that share sampling units
    /// those of the group with the fewest, and at most those of the design less one, as R's `svyttest` has it. 0: the sample is too small for a test.
    pub(super) fn df(&self, slopes: &[(usize, f64)]) -> Option<f64> {
        let of = |i: usize| self.dfs.get(i).copied().flatten();
        let used = || slopes.iter().filter(|(_, slope)| *slope != 0.0);
        if used().any(|(i, _)| used().any(|(j, _)| self.move_together(*i, *j))) {
            return used().filter_map(|(i, _)| of(*i)).chain(self.design_df.map(|df| (df - 1.0).max(0.0))).reduce(f64::min);
        }
        let parts: Vec<(f64, Option<f64>)> = used().filter_map(|&(i, slope)| Some((slope * slope * self.covariance(i, i)?, of(i)))).collect();
        satterthwaite(&parts).or(self.design_df)
    }

    /// Groups of known sizes, without errors.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::equality::Groups;
    /// let groups = Groups::from_values(&[80.0, 60.0, 40.0], &[0.5, 0.3, 0.2])?; // method §6
    /// assert_eq!((groups.len(), groups.mean()), (3, 66.0));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Groups::new`].
    pub fn from_values(values: &[f64], sizes: &[f64]) -> Result<Self> {
        let sizes = sizes.iter().copied().map(Some).chain(std::iter::repeat(None));
        let groups: Vec<Group> = values.iter().zip(sizes).map(|(value, size)| Group { value: *value, size, se: None, df: None, n: None }).collect();
        Groups::new(&groups, None, None)
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Never: there are two at least.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Their values.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Their shares of the population, which sum to 1.
    #[must_use]
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// How many were asked or counted in each.
    #[must_use]
    pub fn counted(&self) -> &[Option<f64>] {
        &self.n
    }

    /// Position of the reference group.
    #[must_use]
    pub fn reference(&self) -> Option<usize> {
        self.reference
    }

    /// Whether covariances are known.
    #[must_use]
    pub fn has_covariance(&self) -> bool {
        self.covariance.is_some()
    }

    /// The mean by shares.
    #[must_use]
    pub fn mean(&self) -> f64 {
        num::sum(&self.values.iter().zip(&self.shares).map(|(h, p)| h * p).collect::<Vec<_>>())
    }

    /// The covariance of two groups; 0 between different ones where no covariances are known.
    pub(super) fn covariance(&self, i: usize, j: usize) -> Option<f64> {
        match (&self.covariance, &self.variances) {
            (Some(matrix), _) => matrix.get(i).and_then(|row| row.get(j)).copied(),
            (None, Some(variances)) if i == j => variances.get(i).copied(),
            (None, Some(_)) => Some(0.0),
            (None, None) => None,
        }
    }

    /// The standard error of a quantity with these slopes; none where an error is unknown.
    pub(super) fn error(&self, slopes: &[f64]) -> Option<f64> {
        let terms: Vec<f64> = match (&self.covariance, &self.variances) {
            (Some(matrix), _) => matrix.iter().zip(slopes).flat_map(|(row, a)| row.iter().zip(slopes).map(move |(c, b)| a * c * b)).collect(),
            (None, Some(variances)) => variances.iter().zip(slopes).map(|(v, d)| d * v * d).collect(),
            (None, None) => return None,
        };
        // a variance of 0 may come out below it by rounding
        Some(num::sqrt(num::sum(&terms).max(0.0))).filter(|se| se.is_finite())
    }
}

/// Other values that the groups could have had as well, by their errors: one set after the other (method §6).
pub(super) struct Simulated {
    groups: Groups,
    /// The values about which the sets lie, and the lower triangle of a root of their covariances, row by row.
    centre: Vec<f64>,
    root: Root,
    draws: NormalDraws,
    standard: Vec<f64>,
}

enum Root {
    Diagonal(Vec<f64>),
    Lower(Vec<Vec<f64>>),
}

/// Where the stream of numbers starts: any number would do, and it must always be the same one.
const SEED: u64 = 1;

impl Simulated {
    /// `None` where an error is unknown, or the covariances are those of nothing. Unless they are `ordered`, groups are put in an order of
    /// their own first, so that the same groups give the same bits in any order.
    pub(super) fn new(groups: &Groups, ordered: bool) -> Option<Self> {
        let variance = |i: usize| groups.covariance(i, i);
        let mut order: Vec<usize> = (0..groups.len()).collect();
        if !ordered {
            let key = |i: usize| [groups.values.get(i).copied(), groups.shares.get(i).copied(), variance(i)].map(|x| x.unwrap_or_default());
            order.sort_by(|&i, &j| key(i).iter().zip(key(j)).fold(std::cmp::Ordering::Equal, |so_far, (a, b)| so_far.then(a.total_cmp(&b))));
        }
        let pick = |from: &[f64]| order.iter().filter_map(|&i| from.get(i).copied()).collect::<Vec<f64>>();
        let variances = order.iter().map(|&i| variance(i)).collect::<Option<Vec<f64>>>()?;
        let root = match groups.covariance {
            None => Root::Diagonal(variances.iter().map(|v| num::sqrt(*v)).collect()),
            Some(_) => Root::Lower(lower_root(order.len(), |i, j| groups.covariance(*order.get(i)?, *order.get(j)?))?),
        };
        let centre = pick(&groups.values);
        let bare = Groups { values: centre.clone(), shares: pick(&groups.shares), ..Groups::bare() };
        Some(Simulated { groups: bare, standard: vec![0.0; centre.len()], centre, root, draws: NormalDraws::new(SEED) })
    }

    /// The next set of values.
    pub(super) fn next_groups(&mut self) -> &Groups {
        for z in &mut self.standard {
            *z = self.draws.next_normal();
        }
        let moved = |i: usize| match &self.root {
            Root::Diagonal(errors) => errors.get(i).zip(self.standard.get(i)).map_or(0.0, |(e, z)| e * z),
            Root::Lower(rows) => rows.get(i).map_or(0.0, |row| row.iter().zip(&self.standard).fold(0.0, |sum, (l, z)| sum + l * z)),
        };
        for (i, (value, centre)) in self.groups.values.iter_mut().zip(&self.centre).enumerate() {
            *value = centre + moved(i);
        }
        &self.groups
    }
}

/// The lower triangle L with LL′ = the matrix (Cholesky); a row without variance of its own is 0. `None` where it is no matrix of covariances.
fn lower_root(size: usize, of: impl Fn(usize, usize) -> Option<f64>) -> Option<Vec<Vec<f64>>> {
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(size);
    for i in 0..size {
        let mut row: Vec<f64> = Vec::with_capacity(i + 1);
        for j in 0..=i {
            let of_both = |other: &[f64]| row.iter().zip(other).take(j).fold(0.0, |sum, (a, b)| sum + a * b);
            if i == j {
                let (whole, rest) = (of(i, i)?, of(i, i)? - of_both(&row));
                if rest < -1e-9 * whole {
                    return None;
                }
                row.push(if rest > 1e-12 * whole { num::sqrt(rest) } else { 0.0 });
            } else {
                let above = rows.get(j)?;
                let (rest, pivot) = (of(i, j)? - of_both(above), *above.get(j)?);
                row.push(if pivot > 0.0 { rest / pivot } else { 0.0 });
            }
        }
        rows.push(row);
    }
    Some(rows)
}

fn check_covariance(matrix: &[Vec<f64>], groups: usize) -> Result<()> {
    let bad = |path: &str, expected: &'static str| Err(Error::new(Code::EqualityBadCovariance).at_path(path).expecting(expected));
    if matrix.len() != groups || groups > MAX_COVARIANCES {
        return bad("covariance", "a row for each group, for 500 groups at the most");
    }
    for (i, row) in matrix.iter().enumerate() {
        if row.len() != groups {
            return bad(&format!("covariance[{i}]"), "a number for each group");
        }
        for (j, c) in row.iter().enumerate() {
            let path = format!("covariance[{i}][{j}]");
            num::finite(*c).map_err(|e| e.at_path(&path))?;
            let mirror = matrix.get(j).and_then(|r| r.get(i)).copied().unwrap_or(f64::NAN);
            let variance = |k: usize| matrix.get(k).and_then(|r| r.get(k)).copied().unwrap_or(f64::NAN);
            let bound = num::sqrt(variance(i).max(0.0)) * num::sqrt(variance(j).max(0.0));
            if i == j && *c < 0.0 {
                return bad(&path, "a variance of 0 or more");
            }
            if num::abs(mirror - c) > SLACK * bound.max(f64::MIN_POSITIVE) || num::abs(*c) > bound * (1.0 + SLACK) {
                return bad(&path, "a symmetric matrix of covariances");
            }
        }
    }
    Ok(())
}
