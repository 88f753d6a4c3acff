//! The statistics of one question.

use super::{Answer, AnswerKind, HeapingOf, NoAnswer, Question, Record, Round, Scale, Shares};
use crate::agreement::{self, Coefficient, Kappa, Krippendorff, Level, TestRetest, Weights};
use crate::diagnostic::{Code, Error, Result};
use crate::estimate;
use crate::num::count;
use crate::num::{self, DecimalSign};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// A share with Wilson's interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestRate"))]
pub struct Rate {
    /// How many.
    pub count: usize,
    /// The share, 0 to 1.
    pub share: f64,
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

impl Rate {
    fn of(part: usize, whole: usize, confidence: f64) -> Result<Self> {
        let interval = estimate::wilson(count(part), count(whole), confidence)?;
        Ok(Rate { count: part, share: count(part) / count(whole), lower: interval.lower, upper: interval.upper })
    }
}

/// How long a question takes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestTiming"))]
pub struct Timing {
    /// How many times were taken.
    pub n: usize,
    /// Median, in seconds.
    pub median: f64,
    /// Nine in ten are not slower, in seconds.
    pub p90: f64,
}

/// Whether those who answer round their numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestHeaping"))]
pub struct Heaping {
    /// How many whole numbers.
    pub n: usize,
    /// How many end in 0, 1, … 9.
    pub digits: [usize; 10],
    /// χ² of the digits against equal shares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chi_squared: Option<f64>,
    /// Its probability, with 9 degrees of freedom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<f64>,
    /// Whipple's index: numbers that end in 0 or 5, as a percentage of the fifth of all that would be expected; 100 is
    /// none, 500 is all (United Nations 1955).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whipple: Option<f64>,
}

/// Whether raters agree.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestInterRater"))]
pub struct InterRater {
    /// How many raters.
    pub raters: usize,
    /// Krippendorff's alpha, at the level of the question.
    pub krippendorff: Krippendorff,
    /// Cohen's kappa; for categories and two raters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cohen: Option<Kappa>,
    /// Fleiss' kappa; for categories and three raters or more who each rated every person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fleiss: Option<Kappa>,
}

/// Whether the answer is the same again.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestRetest"))]
pub struct Retest {
    /// Persons who answered twice.
    pub n: usize,
    /// What is judged: ICC(2,1) for numbers, Cohen's kappa for categories.
    pub coefficient: Coefficient,
    /// For numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numbers: Option<TestRetest>,
    /// For categories.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub categories: Option<Kappa>,
}

/// What a question costs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "PretestCost"))]
pub struct Cost {
    /// Of all rows that say what they cost, those without an answer too.
    pub total: f64,
    /// For each answer; absent when nobody answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_answer: Option<f64>,
}

/// An answer as a number.
pub(super) fn number(answer: &Answer) -> Option<f64> {
    match answer {
        Answer::Number(x) => Some(*x),
        Answer::Text(text) => num::parse_number(text, DecimalSign::Point).ok(),
    }
}

/// A row that passed the checks.
struct Row<'a> {
    record: &'a Record,
    number: Option<f64>,
}

impl Row<'_> {
    fn category(&self) -> Option<String> {
        match self.record.answer.as_ref()? {
            Answer::Text(text) => Some(text.trim().to_owned()),
            Answer::Number(x) => Some(x.to_string()),
        }
    }
}

/// The rows of one question, by person; of each round by rater.
pub(super) struct Sheet<'a> {
    rows: BTreeMap<&'a str, BTreeMap<(Round, &'a str), Row<'a>>>,
}

/// The rows by question, checked.
pub(super) fn sheets<'a>(questions: &[Question], records: &'a [Record]) -> Result<Vec<Sheet<'a>>> {
    let at: BTreeMap<&str, usize> = questions.iter().enumerate().map(|(i, q)| (q.id.as_str(), i)).collect();
    let mut sheets: Vec<Sheet<'a>> = questions.iter().map(|_| Sheet { rows: BTreeMap::new() }).collect();
    for (position, record) in records.iter().enumerate() {
        let row = u32::try_from(position + 1).unwrap_or(u32::MAX);
        let bad = |column: &str, expected: &'static str| Error::new(Code::PretestBadRow).at_row(row).in_column(column).expecting(expected);
        let found = at.get(record.question.as_str()).and_then(|i| Some((questions.get(*i)?, sheets.get_mut(*i)?)));
        let (question, sheet) = found.ok_or_else(|| Error::new(Code::PretestUnknownQuestion).at_row(row).in_column("question"))?;
        if record.respondent.trim().is_empty() {
            return Err(bad("respondent", "a code of the person"));
        }
        if record.answer.is_some() == record.no_answer.is_some() {
            return Err(bad("answer", "an answer, or in `no_answer` why there is none: not_asked, refused, dont_know or missing"));
        }
        for (column, value) in [("seconds", record.seconds), ("cost", record.cost)] {
            if value.is_some_and(|x| !(x.is_finite() && x >= 0.0)) {
                return Err(bad(column, "a number of 0 or more"));
            }
        }
        let mut value = None;
        if let Some(answer) = &record.answer
            && matches!(question.kind, AnswerKind::Number | AnswerKind::Ordinal)
        {
            let x = number(answer).filter(|x| x.is_finite()).ok_or_else(|| bad("answer", "a number"))?;
            if question.scale.is_some_and(|s| !(s.min..=s.max).contains(&x)) {
                return Err(Error::new(Code::AgreementOutOfScale).at_row(row).in_column("answer"));
            }
            value = Some(x);
        }
        let key = (record.round, record.rater.as_deref().unwrap_or_default());
        if sheet.rows.entry(&record.respondent).or_default().insert(key, Row { record, number: value }).is_some() {
            return Err(Error::new(Code::PretestDuplicateAnswer).at_row(row).in_column("respondent"));
        }
    }
    Ok(sheets)
}

impl<'a> Sheet<'a> {
    /// One row a person: of the first round, by the first rater.
    fn first(&self) -> impl Iterator<Item = (&'a str, &Row<'a>)> {
        self.of(Round::Test)
    }

    fn of(&self, round: Round) -> impl Iterator<Item = (&'a str, &Row<'a>)> {
        self.rows.iter().filter_map(move |(person, rows)| rows.iter().find(|((r, _), _)| *r == round).map(|(_, row)| (*person, row)))
    }

    pub(super) fn answered(&self) -> usize {
        self.first().filter(|(_, row)| row.record.answer.is_some()).count()
    }

    pub(super) fn not_asked(&self) -> usize {
        self.first().filter(|(_, row)| row.record.no_answer == Some(NoAnswer::NotAsked)).count()
    }

    pub(super) fn groups(&self) -> BTreeSet<&'a str> {
        self.first().filter_map(|(_, row)| row.record.group.as_deref()).filter(|g| !g.is_empty()).collect()
    }

    /// Shares of all persons, or of a group; the empty one are those without a group.
    pub(super) fn shares(&self, group: Option<&str>, confidence: f64) -> Result<Option<Shares>> {
        let (mut asked, mut refused, mut dont_know, mut missing) = (0, 0, 0, 0);
        for (_, row) in self.first() {
            if group.is_some_and(|g| row.record.group.as_deref().unwrap_or_default() != g) {
                continue;
            }
            match row.record.no_answer {
                Some(NoAnswer::NotAsked) => continue,
                Some(NoAnswer::Refused) => refused += 1,
                Some(NoAnswer::DontKnow) => dont_know += 1,
                Some(NoAnswer::Missing) => missing += 1,
                None => {}
            }
            asked += 1;
        }
        if asked == 0 {
            return Ok(None);
        }
        let rate = |part| Rate::of(part, asked, confidence);
        Ok(Some(Shares {
            asked,
            missing: rate(missing)?,
            refused: rate(refused)?,
            dont_know: rate(dont_know)?,
            no_answer: rate(missing + refused + dont_know)?,
        }))
    }

    pub(super) fn timing(&self) -> Option<Timing> {
        let asked = |row: &Row<'_>| row.record.no_answer != Some(NoAnswer::NotAsked);
        let mut seconds: Vec<f64> = self.first().filter(|(_, row)| asked(row)).filter_map(|(_, row)| row.record.seconds).collect();
        seconds.sort_by(f64::total_cmp);
        Some(Timing { n: seconds.len(), median: agreement::median(&seconds)?, p90: agreement::quantile(&seconds, 0.9)? })
    }

    pub(super) fn cost(&self) -> Option<Cost> {
        let costs: Vec<f64> = self.rows.values().flat_map(BTreeMap::values).filter_map(|row| row.record.cost).collect();
        if costs.is_empty() {
            return None;
        }
        let total = num::sum(&costs);
        let answers = self.answered();
        Some(Cost { total, per_answer: (answers > 0).then(|| total / count(answers)) })
    }

    pub(super) fn numbers_by_person(&self) -> BTreeMap<&'a str, f64> {
        self.first().filter_map(|(person, row)| Some((person, row.number?))).collect()
    }

    pub(super) fn heaping(&self, of: HeapingOf) -> Option<Heaping> {
        /// Ages of Whipple's index: four whole decades of terminal digits.
        const AGES: std::ops::RangeInclusive<f64> = 23.0..=62.0;
        /// Above, an f64 no longer holds every whole number.
        const LARGEST: f64 = 9e15;
        let numbers: Vec<f64> = self.first().filter_map(|(_, row)| row.number).filter(|x| x.fract() == 0.0 && (0.0..=LARGEST).contains(x)).collect();
        let numbers: Vec<f64> = numbers.into_iter().filter(|x| of == HeapingOf::Numbers || AGES.contains(x)).collect();
        let mut digits = [0_usize; 10];
        for x in &numbers {
            // a whole number from 0 to 9
            if let Some(place) = digits.get_mut((x % 10.0) as usize) {
                *place += 1;
            }
        }
        let n = numbers.len();
        if n == 0 {
            return None;
        }
        let expected = count(n) / 10.0;
        let terms: Vec<f64> = digits.iter().map(|d| (count(*d) - expected) * (count(*d) - expected) / expected).collect();
        let chi_squared = num::sum(&terms);
        let fives = count(digits.first().copied().unwrap_or(0) + digits.get(5).copied().unwrap_or(0));
        Some(Heaping { n, digits, chi_squared: Some(chi_squared), p: num::chi_square_survival(chi_squared, 9.0), whipple: Some(500.0 * fives / count(n)) })
    }

    pub(super) fn ends(&self, scale: Option<Scale>, confidence: f64) -> Result<(Option<Rate>, Option<Rate>)> {
        let Some(scale) = scale else { return Ok((None, None)) };
        let numbers: Vec<f64> = self.first().filter_map(|(_, row)| row.number).collect();
        if numbers.is_empty() {
            return Ok((None, None));
        }
        let at = |end: f64| Rate::of(numbers.iter().filter(|x| **x == end).count(), numbers.len(), confidence);
        Ok((Some(at(scale.min)?), Some(at(scale.max)?)))
    }

    /// Each answer as a number; categories by their place in the order of their names.
    fn coded(&self, kind: AnswerKind) -> (Vec<String>, impl Fn(&Row<'_>) -> Option<f64>) {
        let categories: BTreeSet<String> = match kind {
            AnswerKind::Category => self.rows.values().flat_map(BTreeMap::values).filter_map(Row::category).collect(),
            _ => BTreeSet::new(),
        };
        let categories: Vec<String> = categories.into_iter().collect();
        let known = categories.clone();
        let code = move |row: &Row<'_>| match kind {
            AnswerKind::Category => known.binary_search(&row.category()?).ok().map(count),
            _ => row.number,
        };
        (categories, code)
    }

    pub(super) fn inter_rater(&self, kind: AnswerKind) -> Result<Option<InterRater>> {
        let level = match kind {
            AnswerKind::Number => Level::Interval,
            AnswerKind::Ordinal => Level::Ordinal,
            AnswerKind::Category => Level::Nominal,
            AnswerKind::Text => return Ok(None),
        };
        let (categories, code) = self.coded(kind);
        let tests = || self.rows.values().map(|rows| rows.iter().filter(|((round, rater), _)| *round == Round::Test && !rater.is_empty()));
        let raters: BTreeSet<&str> = tests().flatten().map(|((_, rater), _)| *rater).collect();
        if raters.len() < 2 {
            return Ok(None);
        }
        let units: Vec<Vec<Option<f64>>> = tests()
            .map(|rows| {
                let mut by_rater: BTreeMap<&str, Option<f64>> = raters.iter().map(|r| (*r, None)).collect();
                by_rater.extend(rows.map(|((_, rater), row)| (*rater, code(row))));
                by_rater.into_values().collect()
            })
            .collect();
        let krippendorff = match agreement::krippendorff(&units, level) {
            Ok(k) => k,
            Err(e) if e.code() == Code::AgreementNoRatings => return Ok(None),
            Err(e) => return Err(e),
        };
        let position = |x: &f64| *x as usize;
        let nominal = kind == AnswerKind::Category && categories.len() > 1;
        let complete: Vec<Vec<usize>> = units.iter().filter_map(|u| u.iter().map(|x| x.as_ref().map(position)).collect()).collect();
        let pairs: Vec<(usize, usize)> = complete.iter().filter_map(|u| if let [a, b] = u.as_slice() { Some((*a, *b)) } else { None }).collect();
        let cohen = if nominal && !pairs.is_empty() { Some(agreement::cohen_of_pairs(&pairs, categories.len(), Weights::None)?) } else { None };
        let all = complete.len() == units.iter().filter(|u| u.iter().any(Option::is_some)).count() && !complete.is_empty();
        let fleiss = if nominal && raters.len() > 2 && all {
            let counts: Vec<Vec<f64>> =
                complete.iter().map(|u| (0..categories.len()).map(|c| count(u.iter().filter(|x| **x == c).count())).collect()).collect();
            Some(agreement::fleiss(&counts)?)
        } else {
            None
        };
        Ok(Some(InterRater { raters: raters.len(), krippendorff, cohen, fleiss }))
    }

    pub(super) fn retest(&self, kind: AnswerKind) -> Result<Option<Retest>> {
        if kind == AnswerKind::Text {
            return Ok(None);
        }
        let (categories, code) = self.coded(kind);
        let again: BTreeMap<&str, f64> = self.of(Round::Retest).filter_map(|(person, row)| Some((person, code(row)?))).collect();
        let pairs: Vec<(f64, f64)> = self.first().filter_map(|(person, row)| Some((code(row)?, *again.get(person)?))).collect();
        if pairs.len() < 2 {
            return Ok(None);
        }
        if kind == AnswerKind::Category {
            let pairs: Vec<(usize, usize)> = pairs.iter().map(|(a, b)| (*a as usize, *b as usize)).collect();
            // one category for everybody is a table of two with an empty one: no variation
            let kappa = agreement::cohen_of_pairs(&pairs, categories.len().max(2), Weights::None)?;
            return Ok(Some(Retest { n: pairs.len(), coefficient: kappa.coefficient, numbers: None, categories: Some(kappa) }));
        }
        let numbers = agreement::test_retest(&pairs)?;
        Ok(Some(Retest { n: numbers.n, coefficient: numbers.icc, numbers: Some(numbers), categories: None }))
    }
}
