//! Periods and numbers as people write them.

use crate::{Area, Engine, Entry, Operation};
use serde::{Deserialize, Serialize};
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::num::{self, DecimalSign, NumberProblem};
use sms_base::period::Period;

pub(super) const AREA: Area = Area { title: "Periods and numbers as people write them", operations: &[Entry::of::<PeriodParse>(), Entry::of::<NumberParse>()] };

/// A period as people write it, and what it spans.
///
/// Read are a year (`2018`), a year that ends in the next one (`2017-18`, `2015/16`), a quarter (`2019-Q2`), a month (`2020-03`, or `2008-M09` where
/// `2008-09` would be read as 2008/09), and several years pooled (`2015-2017`, `2015/16-2017/18`).
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PeriodParse {
    /// The text, of 40 characters at most; years from 1800 to 2200.
    text: String,
}

/// A period, and what it spans.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PeriodParseAnswer {
    /// The period, always written in the same way.
    period: Period,
    /// The calendar year in which it starts: the year at which it counts.
    start_year: i32,
    /// How many months it spans.
    months: u32,
}

impl Operation for PeriodParse {
    const NAME: &'static str = "period.parse";
    const SOURCE: &'static str = "docs/wire.md, the tidy table";
    const ERRORS: &'static [Code] = &[Code::PeriodUnreadable];
    const EXAMPLE: &'static str = r#"{"text": "2015/16"}"#;
    type Answer = PeriodParseAnswer;

    fn answer(self, _: &Engine) -> Result<PeriodParseAnswer> {
        let period: Period = self.text.parse()?;
        Ok(PeriodParseAnswer { period, start_year: period.start_year(), months: period.months() })
    }
}

/// A number as people write it: `12`, `-3.5`, `1 234,5`, `1.234.567,8`, `6.02e23`.
///
/// A text that can be read in two ways, such as `1,234`, is refused unless the decimal sign is declared.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct NumberParse {
    /// The text: digits with one decimal sign, without a unit.
    text: String,
    /// The decimal sign; told from the text where it is not given.
    #[serde(default)]
    decimal: DecimalSign,
}

/// A number.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct NumberParseAnswer {
    /// The number.
    value: f64,
}

impl Operation for NumberParse {
    const NAME: &'static str = "number.parse";
    const SOURCE: &'static str = "docs/wire.md, the tidy table";
    const ERRORS: &'static [Code] = &[Code::NumUnreadable, Code::NumNotFinite, Code::ObsAmbiguousNumber];
    const EXAMPLE: &'static str = r#"{"text": "1 234,5"}"#;
    type Answer = NumberParseAnswer;

    fn answer(self, _: &Engine) -> Result<NumberParseAnswer> {
        match num::parse_number(&self.text, self.decimal) {
            Ok(value) => Ok(NumberParseAnswer { value }),
            Err(NumberProblem::NotFinite) => Err(Error::new(Code::NumNotFinite)),
            Err(NumberProblem::Ambiguous) => Err(Error::new(Code::ObsAmbiguousNumber)),
            Err(NumberProblem::Unreadable) => Err(Error::new(Code::NumUnreadable)),
        }
    }
}
