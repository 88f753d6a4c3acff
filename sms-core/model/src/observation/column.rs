//! Columns of the tidy table: of texts, each distinct one stored once, and of numbers.

use crate::num::NumberProblem;
use std::collections::HashMap;
use std::sync::Arc;

/// A column of texts, each distinct one stored once. Code 0 is empty.
#[derive(Clone, Default)]
pub struct TextColumn {
    pub(super) distinct: Vec<Arc<str>>,
    pub(super) codes: Vec<u32>,
    pub(super) index: HashMap<Arc<str>, u32>,
    pub(super) last: Option<(Arc<str>, u32)>,
}

impl TextColumn {
    pub(super) fn push(&mut self, text: &str) {
        let code = if text.is_empty() { 0 } else { self.code(text) };
        self.codes.push(code);
    }

    fn code(&mut self, text: &str) -> u32 {
        if let Some((last, code)) = &self.last
            && &**last == text
        {
            return *code;
        }
        let code = match self.index.get(text) {
            Some(&code) => code,
            None => {
                let shared: Arc<str> = text.into();
                self.distinct.push(shared.clone());
                let code = u32::try_from(self.distinct.len()).unwrap_or(u32::MAX);
                self.index.insert(shared, code);
                code
            }
        };
        if let Some(shared) = self.text(code) {
            self.last = Some((shared.clone(), code));
        }
        code
    }

    pub(super) fn pad(&mut self, rows: usize) {
        self.codes.resize(rows, 0);
    }

    /// The distinct texts; code `i + 1` stands for the one at `i`.
    #[must_use]
    pub fn distinct(&self) -> &[Arc<str>] {
        &self.distinct
    }

    /// The code of each row, 0 for empty; shorter than the table when the rest is empty.
    #[must_use]
    pub fn codes(&self) -> &[u32] {
        &self.codes
    }

    fn text(&self, code: u32) -> Option<&Arc<str>> {
        self.distinct.get((code as usize).checked_sub(1)?)
    }

    /// The text of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&Arc<str>> {
        self.text(self.codes.get(row).copied().unwrap_or(0))
    }

    /// Whether no row has a text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.distinct.is_empty()
    }
}

/// A column of numbers; a row may be empty or unreadable.
#[derive(Clone, Default)]
pub struct NumberColumn {
    // NaN marks an empty row; it never leaves this module
    pub(super) values: Vec<f64>,
    pub(super) problems: Vec<(u32, NumberProblem)>,
}

impl NumberColumn {
    /// The number of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<f64> {
        self.values.get(row).copied().filter(|x| !x.is_nan())
    }

    /// The rows whose text is not a number, in order.
    #[must_use]
    pub fn problems(&self) -> &[(u32, NumberProblem)] {
        &self.problems
    }

    pub(super) fn push(&mut self, value: std::result::Result<Option<f64>, NumberProblem>) {
        match value {
            Ok(x) => self.values.push(x.filter(|x| x.is_finite()).unwrap_or(f64::NAN)),
            Err(problem) => {
                self.problems.push((u32::try_from(self.values.len()).unwrap_or(u32::MAX), problem));
                self.values.push(f64::NAN);
            }
        }
    }

    pub(super) fn pad(&mut self, rows: usize) {
        self.values.resize(rows, f64::NAN);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.problems.is_empty() && self.values.iter().all(|x| x.is_nan())
    }
}
