//! Agreement of raters, rounds and items.

use crate::{Area, Engine, Entry, MethodChoice, Operation, none_beside};
use serde::{Deserialize, Serialize};
use sms_base::diagnostic::{Code, Error, Result};
use sms_statistics::agreement::{
    self, ContentValidity, Cronbach, Intraclass, ItemValidity, Kappa, Kendall, Krippendorff, Level, RandUcla, RandUclaRules, TestRetest, Weights,
};

pub(super) const AREA: Area = Area {
    title: "Agreement",
    operations: &[
        Entry::of::<CohenRequest>(),
        Entry::of::<FleissRequest>(),
        Entry::of::<KrippendorffRequest>(),
        Entry::of::<CronbachRequest>(),
        Entry::of::<IntraclassRequest>(),
        Entry::of::<TestRetestRequest>(),
        Entry::of::<KendallRequest>(),
        Entry::of::<ContentValidityRequest>(),
        Entry::of::<RandUclaRequest>(),
    ],
};

/// A field that another one makes necessary.
fn needed<T>(field: Option<T>, name: &str) -> Result<T> {
    field.ok_or_else(|| Error::new(Code::WireBadRequest).at_path(name).expecting("this field"))
}

/// Cohen's kappa: how far two raters agree beyond chance, plain or weighted by the distance of the categories.
///
/// The ratings are a square table of counts, or pairs of words. Weights are for categories in equal steps.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct CohenRequest {
    /// A square table of counts, 0 or more: how often the first rater said the row and the second the column. Either it or `pairs` is given.
    table: Option<Vec<Vec<f64>>>,
    /// In place of the table: what the first and the second rater said of each unit, each one of the categories.
    pairs: Option<Vec<(String, String)>>,
    /// The categories in their order; needed with `pairs`.
    categories: Option<Vec<String>>,
    /// How much a disagreement counts.
    #[serde(default)]
    weights: Weights,
}

impl Operation for CohenRequest {
    const NAME: &'static str = "agreement.cohen";
    const SOURCE: &'static str = "method, section 4; Cohen 1960, 1968; Fleiss, Cohen and Everitt 1969";
    const ERRORS: &'static [Code] = &[Code::AgreementBadTable, Code::AgreementNoRatings, Code::AgreementOutOfScale, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"table": [[20, 5], [10, 15]]}"#;
    type Answer = Kappa;

    fn answer(self, _: &Engine) -> Result<Kappa> {
        let Some(pairs) = self.pairs else {
            if self.table.is_some() {
                none_beside("table", &[("categories", self.categories.is_some())])?;
            }
            return agreement::cohen(&needed(self.table, "table")?, self.weights);
        };
        none_beside("pairs", &[("table", self.table.is_some())])?;
        let categories = needed(self.categories, "categories")?;
        let mut coded = Vec::with_capacity(pairs.len());
        for (at, (first, second)) in pairs.iter().enumerate() {
            let of = |word: &String| categories.iter().position(|c| c == word);
            let pair = of(first).zip(of(second));
            coded.push(pair.ok_or_else(|| Error::new(Code::AgreementOutOfScale).at_path(&format!("pairs[{at}]")))?);
        }
        agreement::cohen_of_pairs(&coded, categories.len(), self.weights)
    }
}

/// Fleiss' kappa: how far several raters agree beyond chance on categories, each unit rated by the same number of raters.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FleissRequest {
    /// A row for each unit: how many raters chose each category, in whole numbers.
    counts: Vec<Vec<f64>>,
}

impl Operation for FleissRequest {
    const NAME: &'static str = "agreement.fleiss";
    const SOURCE: &'static str = "method, section 4; Fleiss 1971";
    const ERRORS: &'static [Code] = &[Code::AgreementNoRatings, Code::AgreementTooFewRaters, Code::AgreementBadTable, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"counts": [[3, 0], [1, 2], [0, 3]]}"#;
    type Answer = Kappa;

    fn answer(self, _: &Engine) -> Result<Kappa> {
        agreement::fleiss(&self.counts)
    }
}

/// Krippendorff's alpha: agreement of any number of raters, at any level of measurement, with gaps.
///
/// Units with fewer than two ratings do not count.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct KrippendorffRequest {
    /// A row for each unit: one rating for each rater, null where a rater gave none. Nominal categories come as numbers.
    units: Vec<Vec<Option<f64>>>,
    /// The level of measurement.
    scale: Level,
}

impl Operation for KrippendorffRequest {
    const NAME: &'static str = "agreement.krippendorff";
    const SOURCE: &'static str = "method, section 4; Krippendorff 2004, ch. 11";
    const ERRORS: &'static [Code] = &[Code::AgreementNoRatings, Code::AgreementTooFewRaters, Code::AgreementBadTable, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"units": [[1, 1, null], [2, 2, 3], [3, 3, 3]], "scale": "ordinal"}"#;
    type Answer = Krippendorff;

    fn answer(self, _: &Engine) -> Result<Krippendorff> {
        agreement::krippendorff(&self.units, self.scale)
    }
}

/// Cronbach's alpha: whether the items of a scale measure one thing.
///
/// Persons with a missing answer are left out and counted.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct CronbachRequest {
    /// A row for each person: one answer for each item, null where it is missing.
    persons: Vec<Vec<Option<f64>>>,
}

impl Operation for CronbachRequest {
    const NAME: &'static str = "agreement.cronbach";
    const SOURCE: &'static str = "method, section 4; Cronbach 1951";
    const ERRORS: &'static [Code] =
        &[Code::AgreementBadTable, Code::AgreementNoRatings, Code::AgreementTooFewItems, Code::AgreementTooFewSubjects, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"persons": [[1, 2, 1], [3, 3, 4], [5, 4, 5]]}"#;
    type Answer = Cronbach;

    fn answer(self, _: &Engine) -> Result<Cronbach> {
        agreement::cronbach(&self.persons)
    }
}

/// Intraclass correlation ICC(2,1): two-way random effects, absolute agreement, one rater.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct IntraclassRequest {
    /// A row for each subject: one rating for each rater or round.
    subjects: Vec<Vec<f64>>,
}

impl Operation for IntraclassRequest {
    const NAME: &'static str = "agreement.icc";
    const SOURCE: &'static str = "method, section 4; Shrout and Fleiss 1979";
    const ERRORS: &'static [Code] = &[Code::AgreementTooFewSubjects, Code::AgreementTooFewRaters, Code::AgreementBadTable, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"subjects": [[9, 8], [6, 5], [8, 8], [3, 4]]}"#;
    type Answer = Intraclass;

    fn answer(self, _: &Engine) -> Result<Intraclass> {
        agreement::intraclass(&self.subjects)
    }
}

/// Reliability over two rounds: whether the same person answers the same again.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TestRetestRequest {
    /// Test and retest of each person; two or more.
    pairs: Vec<(f64, f64)>,
}

impl Operation for TestRetestRequest {
    const NAME: &'static str = "agreement.test_retest";
    const SOURCE: &'static str = "method, section 4; Shrout and Fleiss 1979";
    const ERRORS: &'static [Code] = &[Code::AgreementTooFewSubjects, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"pairs": [[1, 2], [3, 3], [5, 4]]}"#;
    type Answer = TestRetest;

    fn answer(self, _: &Engine) -> Result<TestRetest> {
        agreement::test_retest(&self.pairs)
    }
}

/// Kendall's coefficient of concordance W, with the correction for ties: whether judges rank alike.
///
/// The probability is an approximation that wants more than seven items.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct KendallRequest {
    /// A row for each judge: the ratings or ranks of all items.
    judges: Vec<Vec<f64>>,
}

impl Operation for KendallRequest {
    const NAME: &'static str = "agreement.kendall";
    const SOURCE: &'static str = "method, section 4; Kendall and Babington Smith 1939; Kendall 1948";
    const ERRORS: &'static [Code] =
        &[Code::AgreementNoRatings, Code::AgreementTooFewRaters, Code::AgreementTooFewItems, Code::AgreementBadTable, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"judges": [[1, 2, 3, 4, 5], [2, 1, 3, 5, 4], [1, 3, 2, 4, 5], [1, 2, 4, 3, 5]]}"#;
    type Answer = Kendall;

    fn answer(self, _: &Engine) -> Result<Kendall> {
        agreement::kendall(&self.judges)
    }
}

/// Content validity index and modified kappa: whether experts find items relevant.
///
/// Of one item from `agree` and `n`, or of a set of items from `items` and `relevant_from`.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ContentValidityRequest {
    /// For one item: how many experts found it relevant.
    agree: Option<usize>,
    /// Out of how many, 2 or more; needed with `agree`.
    n: Option<usize>,
    /// For a set of items: a row for each item with the rating of each expert. Either it or `agree` is given.
    items: Option<Vec<Vec<f64>>>,
    /// A rating from here on counts as relevant, 3 on the usual scale of 1 to 4; needed with `items`.
    relevant_from: Option<f64>,
}

/// Content validity of one item, or of a set.
#[derive(Serialize)]
#[serde(untagged)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
enum ContentValidityAnswer {
    /// Of one item.
    Item(ItemValidity),
    /// Of a set.
    Items(ContentValidity),
}

impl Operation for ContentValidityRequest {
    const NAME: &'static str = "agreement.content_validity";
    const SOURCE: &'static str = "method, section 4; Polit and Beck 2006, 2007";
    const ERRORS: &'static [Code] = &[Code::AgreementNoRatings, Code::AgreementTooFewRaters, Code::AgreementBadTable, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"agree": 8, "n": 10}"#;
    type Answer = ContentValidityAnswer;

    fn answer(self, _: &Engine) -> Result<ContentValidityAnswer> {
        if let Some(agree) = self.agree {
            none_beside("agree", &[("items", self.items.is_some()), ("relevant_from", self.relevant_from.is_some())])?;
            return Ok(ContentValidityAnswer::Item(agreement::item_validity(agree, needed(self.n, "n")?)?));
        }
        if self.items.is_some() {
            none_beside("items", &[("n", self.n.is_some())])?;
        }
        let (items, relevant_from) = (needed(self.items, "items")?, needed(self.relevant_from, "relevant_from")?);
        Ok(ContentValidityAnswer::Items(agreement::content_validity(&items, relevant_from)?))
    }
}

/// The RAND/UCLA appropriateness method: whether a panel finds an item appropriate, and whether it disagrees.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RandUclaRequest {
    /// The ratings of one item, 1 to 9; two or more.
    ratings: Vec<f64>,
    /// The numbers of the method; those of the method file where they are not given.
    rules: Option<RandUclaRules>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

impl Operation for RandUclaRequest {
    const NAME: &'static str = "agreement.rand_ucla";
    const SOURCE: &'static str = "method, section 4; Fitch et al. 2001, ch. 6 and 8";
    const ERRORS: &'static [Code] = &[Code::AgreementNoRatings, Code::AgreementTooFewRaters, Code::AgreementOutOfScale, Code::MethodBadValue];
    const EXAMPLE: &'static str = r#"{"ratings": [7, 8, 8, 9, 7, 6, 8, 9, 7]}"#;
    type Answer = RandUcla;

    fn answer(self, engine: &Engine) -> Result<RandUcla> {
        let rules = match self.rules {
            Some(rules) => rules,
            None => engine.chosen(&self.method)?.cocreation()?.rand_ucla,
        };
        agreement::rand_ucla(&self.ratings, &rules)
    }
}
