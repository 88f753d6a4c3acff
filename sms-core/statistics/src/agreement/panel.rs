//! What a panel says: Kendall's W, content validity, and the RAND/UCLA appropriateness method.

use super::{Coefficient, bad_table, median, quantile, rectangle};
use crate::diagnostic::{Code, Error, Result};
use crate::num;
use crate::num::count;
use crate::target::SLACK;
use serde::{Deserialize, Serialize};

/// Kendall's coefficient of concordance and its test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Kendall {
    /// W: 0 where the judges share no order, 1 where all have the same.
    #[serde(flatten)]
    pub coefficient: Coefficient,
    /// m(n−1)W.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chi_squared: Option<f64>,
    /// n−1.
    pub df: usize,
    /// Probability of so much concordance by chance; an approximation that wants n > 7 items (Siegel & Castellan 1988).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// How many judges.
    pub judges: usize,
    /// How many items.
    pub items: usize,
}

/// Kendall's W with the correction for ties: judges in rows, the ratings or ranks of all items in columns (Kendall & Babington
/// Smith 1939; Kendall 1948).
///
/// ```
/// # use sms_statistics as sms_core;
/// let judges = [vec![1., 2., 3., 4., 5.], vec![2., 1., 3., 5., 4.], vec![1., 3., 2., 4., 5.], vec![1., 2., 4., 3., 5.]];
/// let w = sms_core::agreement::kendall(&judges)?;
/// assert_eq!((w.coefficient.value, w.chi_squared), (Some(0.8125), Some(13.0)));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `agreement.no-ratings`, `agreement.too-few-raters`, `agreement.too-few-items`, `agreement.bad-table`, `num.not-finite`.
pub fn kendall(judges: &[Vec<f64>]) -> Result<Kendall> {
    let items = rectangle(judges.iter().map(Vec::as_slice))?;
    if judges.len() < 2 {
        return Err(Error::new(if judges.is_empty() { Code::AgreementNoRatings } else { Code::AgreementTooFewRaters }));
    }
    if items < 2 {
        return Err(Error::new(Code::AgreementTooFewItems));
    }
    let (m, n) = (count(judges.len()), count(items));
    let (part, whole) = num::concordance(judges, 0.0);
    let coefficient = Coefficient::ratio(part, whole)?;
    let chi_squared = coefficient.value.map(|w| m * (n - 1.0) * w);
    let p = chi_squared.and_then(|x| num::chi_square_survival(x, n - 1.0));
    Ok(Kendall { coefficient, chi_squared, df: items - 1, p, judges: judges.len(), items })
}

/// Content validity of one item.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ItemValidity {
    /// How many found it relevant.
    pub agree: usize,
    /// Out of how many.
    pub n: usize,
    /// I-CVI: agree / n.
    pub i_cvi: f64,
    /// Probability of exactly so much agreement by chance, if each found half of all items relevant.
    pub chance: f64,
    /// Modified kappa: (I-CVI − chance) / (1 − chance).
    pub kappa: f64,
}

/// Content validity index and modified kappa of one item (Polit & Beck 2007).
///
/// ```
/// # use sms_statistics as sms_core;
/// let item = sms_core::agreement::item_validity(8, 10)?;
/// assert_eq!((item.i_cvi, item.chance), (0.8, 0.0439453125));
/// assert!((item.kappa - 0.7908069459).abs() < 1e-10);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `agreement.no-ratings`, `agreement.too-few-raters`, `agreement.bad-table` for more who agree than were asked.
pub fn item_validity(agree: usize, n: usize) -> Result<ItemValidity> {
    if n < 2 {
        return Err(Error::new(if n == 0 { Code::AgreementNoRatings } else { Code::AgreementTooFewRaters }));
    }
    if agree > n {
        return Err(bad_table("no more who agree than were asked"));
    }
    let (a, of) = (count(agree), count(n));
    // C(n, a) · 2⁻ⁿ, with the halvings in between so that nothing overflows
    let fewer = agree.min(n - agree);
    let mut chance = 1.0_f64;
    let mut halvings = n;
    for i in 1..=fewer {
        chance *= (of - count(fewer) + count(i)) / count(i);
        while chance > 1.0 && halvings > 0 {
            chance *= 0.5;
            halvings -= 1;
        }
    }
    for _ in 0..halvings {
        chance *= 0.5;
    }
    let i_cvi = a / of;
    Ok(ItemValidity { agree, n, i_cvi, chance, kappa: (i_cvi - chance) / (1.0 - chance) })
}

/// Content validity of a set of items.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContentValidity {
    /// Each item.
    pub items: Vec<ItemValidity>,
    /// S-CVI/Ave: the mean of the items' I-CVI.
    pub s_cvi_ave: f64,
    /// S-CVI/UA: the share of items that all found relevant.
    pub s_cvi_ua: f64,
}

/// Content validity of a set of items: for each, the ratings of the experts; a rating counts as relevant from
/// `relevant_from` on (3 on the usual scale of 1 to 4; Polit & Beck 2006).
/// Every index lies between 0 and 1.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::agreement::content_validity;
/// // on a scale of 1 to 4, ratings from 3 on say that an item is relevant
/// let made = content_validity(&[vec![4.0, 3.0, 4.0, 4.0], vec![4.0, 2.0, 3.0, 1.0]], 3.0)?;
/// assert_eq!((made.items[1].i_cvi, made.s_cvi_ave, made.s_cvi_ua), (0.5, 0.75, 0.5));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// As [`item_validity`], with the place of the item; `agreement.no-ratings` for no items; `num.not-finite`.
pub fn content_validity(items: &[Vec<f64>], relevant_from: f64) -> Result<ContentValidity> {
    num::finite(relevant_from)?;
    let mut made = Vec::with_capacity(items.len());
    for (at, ratings) in items.iter().enumerate() {
        for x in ratings {
            num::finite(*x)?;
        }
        let agree = ratings.iter().filter(|x| **x >= relevant_from - SLACK).count();
        made.push(item_validity(agree, ratings.len()).map_err(|e| e.at_path(&format!("items[{at}]")))?);
    }
    if made.is_empty() {
        return Err(Error::new(Code::AgreementNoRatings));
    }
    let n = count(made.len());
    let s_cvi_ave = num::sum(&made.iter().map(|i| i.i_cvi).collect::<Vec<_>>()) / n;
    let s_cvi_ua = count(made.iter().filter(|i| i.agree == i.n).count()) / n;
    Ok(ContentValidity { items: made, s_cvi_ave, s_cvi_ua })
}

/// How a panel is found to disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Disagreement {
    /// A declared share of the ratings lies in the lowest third, and the same share in the highest.
    Thirds,
    /// The interpercentile range is wider than the one adjusted for symmetry (IPRAS).
    Ipras,
}

/// Numbers of the interpercentile range adjusted for symmetry (Fitch et al. 2001, ch. 8).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ipras {
    /// The lower percentile, as a share.
    pub lower: f64,
    /// The upper percentile, as a share.
    pub upper: f64,
    /// Range that means disagreement when ratings are perfectly symmetric.
    pub symmetric: f64,
    /// What a step of asymmetry adds to it.
    pub correction: f64,
}

/// Numbers of the RAND/UCLA appropriateness method, on its scale of 1 to 9.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RandUclaRules {
    /// A median from here on is appropriate.
    pub appropriate_from: f64,
    /// A median from here on is uncertain; below, inappropriate.
    pub uncertain_from: f64,
    /// The lowest third ends here.
    pub low_to: f64,
    /// The highest third begins here.
    pub high_from: f64,
    /// Share of the ratings in each of the two thirds that means disagreement.
    pub disagreement_share: f64,
    /// Numbers of the IPRAS.
    pub ipras: Ipras,
    /// Which of the two judges.
    pub disagreement: Disagreement,
}

/// The lowest rating of the RAND/UCLA scale.
pub const RAND_UCLA_MIN: f64 = 1.0;
/// The highest.
pub const RAND_UCLA_MAX: f64 = 9.0;

impl RandUclaRules {
    /// Checks the numbers.
    ///
    /// # Errors
    /// `method.bad-value`.
    pub fn check(&self) -> Result<()> {
        let bad = |field: &str, expected: &'static str| Err(Error::new(Code::MethodBadValue).at_path(&format!("rand_ucla.{field}")).expecting(expected));
        let on_scale = |x: f64| (RAND_UCLA_MIN..=RAND_UCLA_MAX).contains(&x);
        let share = |x: f64| x > 0.0 && x <= 1.0;
        if !(on_scale(self.uncertain_from) && on_scale(self.appropriate_from) && self.uncertain_from < self.appropriate_from) {
            return bad("uncertain_from", "below appropriate_from, both from 1 to 9");
        }
        if !(on_scale(self.low_to) && on_scale(self.high_from) && self.low_to < self.high_from) {
            return bad("low_to", "below high_from, both from 1 to 9");
        }
        if !share(self.disagreement_share) {
            return bad("disagreement_share", "a share above 0 and at most 1");
        }
        let Ipras { lower, upper, symmetric, correction } = self.ipras;
        if !(lower >= 0.0 && lower < upper && upper <= 1.0) {
            return bad("ipras.lower", "below ipras.upper, both from 0 to 1");
        }
        if !(symmetric.is_finite() && correction.is_finite() && symmetric >= 0.0 && correction >= 0.0) {
            return bad("ipras.symmetric", "numbers of 0 or more");
        }
        Ok(())
    }
}

/// What a panel says of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Appropriateness {
    /// High median, no disagreement.
    Appropriate,
    /// Middling median, or disagreement.
    Uncertain,
    /// Low median, no disagreement.
    Inappropriate,
}

/// The ratings of one item by the RAND/UCLA method.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RandUcla {
    /// How many ratings.
    pub n: usize,
    /// Their median.
    pub median: f64,
    /// The verdict.
    pub appropriateness: Appropriateness,
    /// Whether the panel disagrees, by the rule that judges.
    pub disagreement: bool,
    /// Whether it disagrees by the rule of thirds.
    pub disagreement_thirds: bool,
    /// Whether it disagrees by the IPRAS.
    pub disagreement_ipras: bool,
    /// Interpercentile range.
    pub ipr: f64,
    /// Interpercentile range adjusted for symmetry.
    pub ipras: f64,
}

/// Appropriateness and disagreement of the ratings of one item, 1 to 9 (Fitch et al. 2001). Percentiles are those of [`quantile`].
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::agreement::{Appropriateness, Disagreement, Ipras, RandUclaRules, rand_ucla};
/// let rules = RandUclaRules {
///     appropriate_from: 6.5, uncertain_from: 3.5, low_to: 3.0, high_from: 7.0, disagreement_share: 0.3, // method §4
///     ipras: Ipras { lower: 0.3, upper: 0.7, symmetric: 2.35, correction: 1.5 },
///     disagreement: Disagreement::Thirds,
/// };
/// let made = rand_ucla(&[7.0, 8.0, 9.0, 7.0, 6.0], &rules)?;
/// assert_eq!((made.median, made.appropriateness), (7.0, Appropriateness::Appropriate));
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `agreement.no-ratings`, `agreement.too-few-raters`, `agreement.out-of-scale`, `method.bad-value`.
pub fn rand_ucla(ratings: &[f64], rules: &RandUclaRules) -> Result<RandUcla> {
    rules.check()?;
    if ratings.len() < 2 {
        return Err(Error::new(if ratings.is_empty() { Code::AgreementNoRatings } else { Code::AgreementTooFewRaters }));
    }
    if let Some(at) = ratings.iter().position(|x| !(RAND_UCLA_MIN..=RAND_UCLA_MAX).contains(x)) {
        return Err(Error::new(Code::AgreementOutOfScale).at_path(&format!("ratings[{at}]")).expecting("a rating from 1 to 9"));
    }
    let mut sorted = ratings.to_vec();
    sorted.sort_by(f64::total_cmp);
    let none = || Error::new(Code::AgreementNoRatings);
    let n = count(sorted.len());
    let middle = median(&sorted).ok_or_else(none)?;
    let share = |ratings: usize| count(ratings) / n >= rules.disagreement_share - SLACK;
    let low = sorted.iter().filter(|x| **x <= rules.low_to + SLACK).count();
    let high = sorted.iter().filter(|x| **x >= rules.high_from - SLACK).count();
    let disagreement_thirds = share(low) && share(high);
    let (from, to) = (quantile(&sorted, rules.ipras.lower).ok_or_else(none)?, quantile(&sorted, rules.ipras.upper).ok_or_else(none)?);
    let ipr = to - from;
    let asymmetry = num::abs((RAND_UCLA_MIN + RAND_UCLA_MAX) / 2.0 - (from + to) / 2.0);
    let ipras = rules.ipras.symmetric + rules.ipras.correction * asymmetry;
    let disagreement_ipras = ipr > ipras + SLACK;
    let disagreement = match rules.disagreement {
        Disagreement::Thirds => disagreement_thirds,
        Disagreement::Ipras => disagreement_ipras,
    };
    let appropriateness = if disagreement {
        Appropriateness::Uncertain
    } else if middle >= rules.appropriate_from - SLACK {
        Appropriateness::Appropriate
    } else if middle >= rules.uncertain_from - SLACK {
        Appropriateness::Uncertain
    } else {
        Appropriateness::Inappropriate
    };
    Ok(RandUcla { n: sorted.len(), median: middle, appropriateness, disagreement, disagreement_thirds, disagreement_ipras, ipr, ipras })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::Undefined;
    use proptest::prelude::*;

    pub(crate) const RULES: RandUclaRules = RandUclaRules {
        appropriate_from: 6.5,
        uncertain_from: 3.5,
        low_to: 3.0,
        high_from: 7.0,
        disagreement_share: 0.3,
        ipras: Ipras { lower: 0.3, upper: 0.7, symmetric: 2.35, correction: 1.5 },
        disagreement: Disagreement::Thirds,
    };

    #[test]
    fn kendall_with_ties() {
        // two judges who tie the same pair agree fully: ranks (1.5 1.5 3)
        let w = kendall(&[vec![1.0, 1.0, 2.0], vec![5.0, 5.0, 9.0]]).unwrap();
        assert!((w.coefficient.value.unwrap() - 1.0).abs() < 1e-15);
        assert_eq!(kendall(&[vec![1.0, 1.0], vec![2.0, 2.0]]).unwrap().coefficient.undefined, Some(Undefined::NoVariation));
        let code = |j: &[Vec<f64>]| kendall(j).unwrap_err().code();
        assert_eq!(code(&[]), Code::AgreementNoRatings);
        assert_eq!(code(&[vec![1.0, 2.0]]), Code::AgreementTooFewRaters);
        assert_eq!(code(&[vec![1.0], vec![1.0]]), Code::AgreementTooFewItems);
        assert_eq!(code(&[vec![1.0, 2.0], vec![1.0]]), Code::AgreementBadTable);
    }

    #[test]
    fn polit_and_beck_2007() {
        // table 4 of the paper, which rounds I-CVI to two decimals on the way
        for (n, a, pc, kappa) in [(3, 3, 0.125, 1.0), (3, 2, 0.375, 0.47), (4, 3, 0.25, 0.67), (5, 4, 0.156, 0.76), (6, 5, 0.094, 0.81), (9, 7, 0.070, 0.76)] {
            let item = item_validity(a, n).unwrap();
            assert!((item.chance - pc).abs() < 6e-4 && (item.kappa - kappa).abs() < 1e-2, "{item:?}");
        }
        // large panels neither overflow nor underflow
        let big = item_validity(2_500, 5_000).unwrap();
        assert!((big.chance - 0.011283).abs() < 1e-5, "{big:?}");
        assert_eq!(item_validity(1, 1).unwrap_err().code(), Code::AgreementTooFewRaters);
        assert_eq!(item_validity(3, 2).unwrap_err().code(), Code::AgreementBadTable);
    }

    #[test]
    fn half_points_go_to_the_higher_class() {
        let of = |r: &[f64]| rand_ucla(r, &RULES).unwrap().appropriateness;
        assert_eq!(of(&[6.0, 7.0]), Appropriateness::Appropriate);
        assert_eq!(of(&[3.0, 4.0]), Appropriateness::Uncertain);
        assert_eq!(of(&[3.0, 3.0]), Appropriateness::Inappropriate);
        assert_eq!(of(&[1.0, 1.0, 2.0, 8.0, 8.0, 9.0, 9.0, 9.0, 9.0, 9.0]), Appropriateness::Uncertain);
        // 3 of 10 is 30 %, and 2 of 10 is not
        assert!(rand_ucla(&[1.0, 2.0, 3.0, 5.0, 5.0, 5.0, 5.0, 7.0, 8.0, 9.0], &RULES).unwrap().disagreement);
        assert!(!rand_ucla(&[1.0, 2.0, 4.0, 5.0, 5.0, 5.0, 5.0, 7.0, 8.0, 9.0], &RULES).unwrap().disagreement);
    }

    #[test]
    fn ipras_of_fitch() {
        // symmetric ratings: the range may be 2.35
        let got = rand_ucla(&[3.0, 4.0, 5.0, 6.0, 7.0], &RULES).unwrap();
        assert_eq!((got.ipras, got.disagreement_ipras), (2.35, false));
        assert!((got.ipr - 1.6).abs() < 1e-12);
        assert_eq!(rand_ucla(&[0.0, 4.0], &RULES).unwrap_err().code(), Code::AgreementOutOfScale);
        assert_eq!(rand_ucla(&[4.0], &RULES).unwrap_err().code(), Code::AgreementTooFewRaters);
        let bad = RandUclaRules { uncertain_from: 7.0, ..RULES };
        assert_eq!(rand_ucla(&[4.0, 4.0], &bad).unwrap_err().code(), Code::MethodBadValue);
    }

    proptest! {
        #[test]
        fn w_is_between_0_and_1(judges in (2usize..7).prop_flat_map(|n| proptest::collection::vec(proptest::collection::vec((1u8..10).prop_map(f64::from), n), 2..8))) {
            let w = kendall(&judges).unwrap();
            if let Some(v) = w.coefficient.value {
                prop_assert!((-1e-12..=1.0 + 1e-12).contains(&v));
                prop_assert!((0.0..=1.0).contains(&w.p.unwrap()));
            }
        }

        #[test]
        fn kappa_star_is_below_the_index(n in 2usize..400, a in 0usize..400) {
            let a = a.min(n);
            let item = item_validity(a, n).unwrap();
            prop_assert!(item.kappa <= item.i_cvi + 1e-12 && (0.0..=0.5).contains(&item.chance));
        }

        #[test]
        fn chances_sum_to_one(n in 2usize..200) {
            let total: f64 = (0..=n).map(|a| item_validity(a, n).unwrap().chance).sum();
            prop_assert!((total - 1.0).abs() < 1e-12);
        }
    }
}
