//! Observations as one text and back, with nothing lost: for pickling and for sending them to another process.

use super::{NumberColumn, NumberField, Observations, TextColumn, TextField};
use crate::diagnostic::{Code, Error, Finding, Findings, Location, Result};
use crate::num::{DecimalSign, NumberProblem};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The version of the state; another one is refused.
const STATE: u32 = 1;

#[derive(Serialize, Deserialize)]
struct State {
    state: u32,
    files: Vec<Arc<str>>,
    file_of: Vec<u16>,
    row_numbers: Vec<u32>,
    texts: Vec<Texts>,
    numbers: Vec<Numbers>,
    dimensions: Vec<(Arc<str>, Texts)>,
    rejected: Vec<u32>,
    findings: Vec<Found>,
    counts: BTreeMap<String, u64>,
    decimal: DecimalSign,
}

#[derive(Serialize, Deserialize)]
struct Texts {
    distinct: Vec<Arc<str>>,
    codes: Vec<u32>,
}

#[derive(Serialize, Deserialize)]
struct Numbers {
    values: Vec<Option<f64>>,
    problems: Vec<(u32, Problem)>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Problem {
    Unreadable,
    NotFinite,
    Ambiguous,
}

/// What was found while reading: only a code and its place.
#[derive(Serialize, Deserialize)]
struct Found {
    code: String,
    file: Option<Arc<str>>,
    row: Option<u32>,
    column: Option<Arc<str>>,
    path: Option<Arc<str>>,
}

impl From<&TextColumn> for Texts {
    fn from(column: &TextColumn) -> Self {
        Texts { distinct: column.distinct.clone(), codes: column.codes.clone() }
    }
}

impl Texts {
    fn column(self) -> Option<TextColumn> {
        let most = self.distinct.len();
        if self.codes.iter().any(|&c| c as usize > most) {
            return None;
        }
        let index = self.distinct.iter().zip(1..).map(|(text, code)| (text.clone(), code)).collect();
        Some(TextColumn { distinct: self.distinct, codes: self.codes, index, last: None })
    }
}

impl From<&NumberColumn> for Numbers {
    fn from(column: &NumberColumn) -> Self {
        let word = |p: &NumberProblem| match p {
            NumberProblem::Unreadable => Problem::Unreadable,
            NumberProblem::NotFinite => Problem::NotFinite,
            NumberProblem::Ambiguous => Problem::Ambiguous,
        };
        Numbers {
            values: (0..column.values.len()).map(|row| column.get(row)).collect(),
            problems: column.problems.iter().map(|(row, p)| (*row, word(p))).collect(),
        }
    }
}

impl From<Numbers> for NumberColumn {
    fn from(numbers: Numbers) -> Self {
        let problem = |p: Problem| match p {
            Problem::Unreadable => NumberProblem::Unreadable,
            Problem::NotFinite => NumberProblem::NotFinite,
            Problem::Ambiguous => NumberProblem::Ambiguous,
        };
        NumberColumn {
            values: numbers.values.into_iter().map(|x| x.unwrap_or(f64::NAN)).collect(),
            problems: numbers.problems.into_iter().map(|(row, p)| (row, problem(p))).collect(),
        }
    }
}

impl Observations {
    /// The observations as one text that [`Observations::from_state`] reads back: rows, line numbers, and what was
    /// found while reading. The user's own data; its form may change between versions.
    ///
    /// ```
    /// let csv = "indicator,place,period,value\nWSP-O-04,gent,2018,4.1\n";
    /// let observations = sms_core::exchange::csv::read(csv.as_bytes(), &Default::default())?;
    /// assert_eq!(sms_core::Observations::from_state(&observations.to_state())?.len(), 1);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn to_state(&self) -> String {
        let found = |f: &Finding| Found {
            code: f.code.as_str().to_owned(),
            file: f.location.file.clone(),
            row: f.location.row,
            column: f.location.column.clone(),
            path: f.location.path.clone(),
        };
        let state = State {
            state: STATE,
            files: self.files.clone(),
            file_of: self.file_of.clone(),
            row_numbers: self.row_numbers.clone(),
            texts: self.texts.iter().map(Texts::from).collect(),
            numbers: self.numbers.iter().map(Numbers::from).collect(),
            dimensions: self.dimensions.iter().map(|(name, column)| (name.clone(), Texts::from(column))).collect(),
            rejected: self.rejected.clone(),
            findings: self.findings.items().iter().map(found).collect(),
            counts: self.findings.counts().iter().map(|(code, n)| (code.as_str().to_owned(), *n)).collect(),
            decimal: self.decimal,
        };
        crate::json::text(&state)
    }

    /// Reads back what [`Observations::to_state`] made.
    ///
    /// ```
    /// let csv = "indicator,place,period,value\nWSP-O-04,gent,2018,4.1\nWSP-O-04,gent,2019,4.1,x\n";
    /// let observations = sms_core::exchange::csv::read(csv.as_bytes(), &Default::default())?;
    /// let back = sms_core::Observations::from_state(&observations.to_state())?;
    /// assert_eq!((back.len(), back.rejected(), back.findings()), (1, [3].as_slice(), observations.findings()));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `json.bad-shape` when the text is not such a state.
    pub fn from_state(text: &str) -> Result<Self> {
        read(text).ok_or_else(|| Error::new(Code::JsonBadShape).expecting("a state of observations of this version"))
    }
}

fn read(text: &str) -> Option<Observations> {
    let state: State = serde_json::from_str(text).ok()?;
    let rows = state.row_numbers.len();
    // an empty table has no columns at all
    let wide = |n: usize, all: usize| n == all || (n == 0 && rows == 0);
    let fits = state.state == STATE
        && state.file_of.len() == rows
        && wide(state.texts.len(), TextField::ALL.len())
        && wide(state.numbers.len(), NumberField::ALL.len());
    if !fits
        || state.texts.iter().chain(state.dimensions.iter().map(|(_, t)| t)).any(|t| t.codes.len() > rows)
        || state.numbers.iter().any(|n| n.values.len() > rows)
    {
        return None;
    }
    let code_of = |word: &str| Code::ALL.iter().copied().find(|c| c.as_str() == word);
    let mut findings = Findings::new();
    for found in state.findings {
        let location = Location { file: found.file, row: found.row, column: found.column, path: found.path };
        findings.push(Finding::new(code_of(&found.code)?).at(location));
    }
    // beyond the details kept, findings are only counted: one for each rejected row
    let most = u64::try_from(state.rejected.len()).ok()?;
    for (word, n) in state.counts {
        let code = code_of(&word)?;
        if n > most {
            return None;
        }
        for _ in findings.count(code)..n {
            findings.push_with(code, "", || Finding::new(code));
        }
    }
    Some(Observations {
        files: state.files,
        file_of: state.file_of,
        row_numbers: state.row_numbers,
        texts: state.texts.into_iter().map(Texts::column).collect::<Option<_>>()?,
        numbers: state.numbers.into_iter().map(NumberColumn::from).collect(),
        dimensions: state.dimensions.into_iter().map(|(name, t)| Some((name, t.column()?))).collect::<Option<_>>()?,
        rejected: state.rejected,
        findings,
        decimal: state.decimal,
    })
}
