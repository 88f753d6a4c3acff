//! Codes as they are compared: an é of one sign and an é of two are one letter, and an empty text is no code.

use super::design::{Domain, Measure, SurveyPlan};
use crate::diagnostic::{Code, Error, Result};
use crate::text;

/// Whether a text is no code: codes are empty where nothing was written down, and an empty group of a table means everybody.
pub(super) fn is_blank(code: &str) -> bool {
    code.trim().is_empty()
}

impl SurveyPlan {
    /// The plan with its codes in NFC, as those of the rows are taken. Names of columns stay: they are compared exactly.
    pub(super) fn composed(mut self) -> Self {
        let compose = |code: &mut String| {
            if let std::borrow::Cow::Owned(composed) = text::composed(code) {
                *code = composed;
            }
        };
        for measure in self.estimates.values_mut() {
            if let Measure::Total { category: Some(code), .. } | Measure::Proportion { category: Some(code), .. } = measure {
                compose(code);
            }
        }
        let margins = self.design.calibration.iter_mut().flat_map(|c| &mut c.margins);
        margins.flat_map(|m| &mut m.totals).flat_map(|t| &mut t.codes).for_each(compose);
        self.domains.iter_mut().flat_map(|d| &mut d.groups).flatten().flatten().for_each(compose);
        self
    }
}

impl Domain {
    /// Whether each group that is wanted has one code for each dimension; `at` is the place of the domain in the plan.
    pub(super) fn check_groups(&self, at: &str) -> Result<()> {
        let bad = |path: String, expected: &'static str| Err(Error::new(Code::SurveyBadPlan).at_path(&path).expecting(expected));
        for (g, codes) in self.groups.iter().flatten().enumerate() {
            if codes.len() != self.by.len() {
                return bad(format!("{at}.groups[{g}]"), "one code for each dimension");
            }
            if let Some(c) = codes.iter().position(|code| is_blank(code)) {
                return bad(format!("{at}.groups[{g}][{c}]"), "a code that is not empty");
            }
        }
        Ok(())
    }
}
