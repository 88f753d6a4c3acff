//! Inequality between groups.

use crate::{Area, Engine, Entry, MethodChoice, Operation};
use serde::Deserialize;
use sms_base::diagnostic::{Code, Result};
use sms_model::indicator::Polarity;
use sms_statistics::equality::{self, Against, CompareRules, Compared, GapChange, GapTrend, Group, Groups, Inequality, MeasureRules};
use sms_statistics::survey::AllEqual;

pub(super) const AREA: Area =
    Area { title: "Inequality between groups", operations: &[Entry::of::<Measures>(), Entry::of::<Compare>(), Entry::of::<Change>()] };

const BAD_GROUPS: &[Code] = &[Code::EqualityBadGroups, Code::EqualityBadCovariance, Code::NumNotFinite, Code::EstimateNegativeCount, Code::EstimateBadDf];

/// Measures of inequality between groups, each with its standard error.
///
/// A measure that the groups do not allow says why in `undefined`. Errors are by linearisation; where that does not hold they are simulated, and say so.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Measures {
    /// The groups, the least advantaged first where they have an order.
    groups: Vec<Group>,
    /// Which way is better.
    polarity: Polarity,
    /// Covariances of the values, in place of the squared errors; a row for each group.
    covariance: Option<Vec<Vec<f64>>>,
    /// Position, from 0, of the group that the others are compared with.
    reference: Option<usize>,
    /// How they are computed; as the method has it where a rule is not given.
    rules: Option<MeasureRules>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

impl Operation for Measures {
    const NAME: &'static str = "equality.measures";
    const SOURCE: &'static str =
        "method, section 6; WHO Health Inequality Monitoring (HEAT technical notes); Harper and Lynch 2005; Wagstaff, Paci and van Doorslaer 1991";
    const ERRORS: &'static [Code] = BAD_GROUPS;
    const EXAMPLE: &'static str = r#"{"groups": [{"value": 60, "size": 30}, {"value": 80, "size": 70}], "polarity": "higher"}"#;
    type Answer = Inequality;

    fn answer(self, engine: &Engine) -> Result<Inequality> {
        let mut rules = self.rules.unwrap_or_default();
        if rules.draws.is_none() {
            rules.draws = engine.chosen(&self.method)?.data().equality.as_ref().map(|section| section.draws.value);
        }
        equality::measures(&Groups::new(&self.groups, self.covariance.as_deref(), self.reference)?, self.polarity, &rules)
    }
}

/// Which groups differ by more than chance.
///
/// One test of all groups together, then tests of pairs with Holm's correction; with degrees of freedom these are F and Student's t. A group of fewer persons than the floor is never said to differ.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Compare {
    /// The groups, the least advantaged first where they have an order.
    groups: Vec<Group>,
    /// Which way is better.
    polarity: Polarity,
    /// Covariances of the values, in place of the squared errors; a row for each group.
    covariance: Option<Vec<Vec<f64>>>,
    /// Degrees of freedom of the design that the covariances come from, above 0: sampling units less strata.
    df: Option<f64>,
    /// A test that all groups are alike, made from the microdata: as `survey.estimate` gives it beside groups of shares.
    all_equal: Option<AllEqual>,
    /// Position, from 0, of the group that the others are compared with.
    reference: Option<usize>,
    /// What each group is compared with.
    #[serde(default)]
    against: Against,
    /// The level of significance, above 0 and below 1; that of the method where it is not given.
    significance: Option<f64>,
    /// The fewest persons that a group must have to be compared; that of the method where it is not given.
    floor: Option<f64>,
    /// Whether one person can be in several groups: then errors cannot be taken as independent.
    #[serde(default)]
    overlapping: bool,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

impl Operation for Compare {
    const NAME: &'static str = "equality.compare";
    const SOURCE: &'static str = "method, section 6; Wald 1943; Holm 1979; Welch 1951; Korn and Graubard 1990; Rao and Scott 1984";
    const ERRORS: &'static [Code] = &[
        Code::EqualityBadGroups,
        Code::EqualityBadCovariance,
        Code::EqualityBadSignificance,
        Code::NumNotFinite,
        Code::EstimateNegativeCount,
        Code::EstimateBadDf,
    ];
    const EXAMPLE: &'static str = r#"{"groups": [{"value": 60, "se": 2}, {"value": 80, "se": 3}], "polarity": "higher"}"#;
    type Answer = Compared;

    fn answer(self, engine: &Engine) -> Result<Compared> {
        let method = engine.chosen(&self.method)?;
        let rules = CompareRules {
            against: self.against,
            significance: self.significance.unwrap_or(method.data().estimate.significance.value),
            floor: self.floor.or_else(|| method.data().estimate.smallest_group.as_ref().map(|p| p.value)),
            overlapping: self.overlapping,
        };
        let groups = Groups::new(&self.groups, self.covariance.as_deref(), self.reference)?.of_design(self.df, self.all_equal)?;
        equality::compare(&groups, self.polarity, &rules)
    }
}

/// Whether a gap widens or narrows by more than chance.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Change {
    /// The gap before.
    earlier: GapTrend,
    /// The gap now.
    later: GapTrend,
    /// The covariance of the two, when the same persons were asked.
    #[serde(default)]
    covariance: f64,
    /// The level of significance, above 0 and below 1; that of the method where it is not given.
    significance: Option<f64>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

impl Operation for Change {
    const NAME: &'static str = "equality.gap_change";
    const SOURCE: &'static str = "method, section 6";
    const ERRORS: &'static [Code] =
        &[Code::EqualityBadSignificance, Code::EqualityBadCovariance, Code::NumNotFinite, Code::EstimateNegativeCount, Code::EstimateBadDf];
    const EXAMPLE: &'static str = r#"{"earlier": {"gap": 12, "se": 2}, "later": {"gap": 5, "se": 2}}"#;
    type Answer = GapChange;

    fn answer(self, engine: &Engine) -> Result<GapChange> {
        let significance = match self.significance {
            Some(given) => given,
            None => engine.chosen(&self.method)?.data().estimate.significance.value,
        };
        equality::gap_change(self.earlier, self.later, self.covariance, significance)
    }
}
