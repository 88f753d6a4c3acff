//! Floor 2: periods as people write them, on the calendar and without a "now".

use crate::diagnostic::{Code, Error, Result};
use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A span of time that a figure speaks of.
///
/// Written as `2018`, `2017-18` or `2015/16` (a year that starts in one calendar year and ends in the next), `2019-Q2`,
/// `2020-03` (or `2020-M03`; the M is needed where `2008-09` would be read as 2008/09), or `2015-2017` and `2015/16-2017/18` (several years pooled). A period counts at its start year when only
/// the year matters.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::Period;
/// let period: Period = "2015/16".parse().unwrap();
/// assert_eq!(period.to_string(), "2015-16");
/// assert_eq!(period.start_year(), 2015);
/// assert!("2015/18".parse::<Period>().unwrap() > period);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "String"))]
pub struct Period {
    // ordered by start, then by length: the derive does the rest
    year: i16,
    month: u8,
    months: u16,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    Month,
    Quarter,
    Year,
    FiscalYear,
    Years,
    FiscalYears,
}

const FIRST_YEAR: i16 = 1800;
const LAST_YEAR: i16 = 2200;

impl Period {
    /// A calendar year.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// use sms_core::Period;
    /// assert_eq!(Period::year(2018)?, "2018".parse()?);
    /// assert!(Period::year(1799).is_err());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `period.unreadable` outside 1800 to 2200.
    pub fn year(year: i32) -> Result<Self> {
        Self::build(year, 1, 12, Kind::Year)
    }

    fn build(year: i32, month: u32, months: u32, kind: Kind) -> Result<Self> {
        let bad = || Error::new(Code::PeriodUnreadable).expecting("a year between 1800 and 2200");
        let year = i16::try_from(year).map_err(|_| bad())?;
        if !(FIRST_YEAR..=LAST_YEAR).contains(&year) || !(1..=12).contains(&month) || !(1..=1200).contains(&months) {
            return Err(bad());
        }
        let month = u8::try_from(month).map_err(|_| bad())?;
        let months = u16::try_from(months).map_err(|_| bad())?;
        Ok(Period { year, month, months, kind })
    }

    /// The calendar year in which the period starts: the year at which it counts.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// let period: sms_core::Period = "2017-18".parse()?;
    /// assert_eq!(period.start_year(), 2017);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn start_year(self) -> i32 {
        i32::from(self.year)
    }

    /// The calendar month in which the period starts, 1 to 12. A fiscal year has no fixed one; it is taken as January.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// let period: sms_core::Period = "2019-Q2".parse()?;
    /// assert_eq!(period.start_month(), 4);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn start_month(self) -> u32 {
        u32::from(self.month)
    }

    /// The first day. A fiscal year has no fixed first day; it is taken as 1 January of its start year.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// let period: sms_core::Period = "2019-Q2".parse()?;
    /// assert_eq!(period.start().to_string(), "2019-04-01");
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn start(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(i32::from(self.year), u32::from(self.month), 1).unwrap_or_default()
    }

    /// The day after the last one.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// let period: sms_core::Period = "2019-Q2".parse()?;
    /// assert_eq!(period.end().to_string(), "2019-07-01");
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn end(self) -> NaiveDate {
        self.start().checked_add_months(Months::new(u32::from(self.months))).unwrap_or_default()
    }

    /// How many months it spans.
    /// 1 for a month, 3 for a quarter, 12 for a year, up to 1200.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// use sms_core::Period;
    /// assert_eq!("2019-Q2".parse::<Period>()?.months(), 3);
    /// assert_eq!("2015-2017".parse::<Period>()?.months(), 36);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn months(self) -> u32 {
        u32::from(self.months)
    }

    /// Whether it is one or more years that start in one calendar year and end in the next.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// use sms_core::Period;
    /// assert!("2015/16".parse::<Period>()?.is_fiscal());
    /// assert!(!"2015".parse::<Period>()?.is_fiscal());
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn is_fiscal(self) -> bool {
        matches!(self.kind, Kind::FiscalYear | Kind::FiscalYears)
    }

    /// Years from the start of an earlier period to the start of this one.
    /// Negative where the other one is later; a twelfth for each month.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// let (march, september): (sms_core::Period, sms_core::Period) = ("2020-03".parse()?, "2019-09".parse()?);
    /// assert_eq!(march.years_since(september), 0.5);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn years_since(self, earlier: Period) -> f64 {
        let month = |p: Period| f64::from(p.year) * 12.0 + f64::from(p.month);
        (month(self) - month(earlier)) / 12.0
    }

    /// Whether two periods are of the same kind and length, so that a series can hold both.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// use sms_core::Period;
    /// let year: Period = "2018".parse()?;
    /// assert!(year.comparable_with("2015/16".parse()?));
    /// assert!(!year.comparable_with("2019-Q2".parse()?));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn comparable_with(self, other: Period) -> bool {
        self.months == other.months
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let year = i32::from(self.year);
        let last = year + i32::from(self.months) / 12 - 1;
        let split = |y: i32| (y + 1).rem_euclid(100);
        match self.kind {
            // the M keeps a month apart from a fiscal year: 2008-09 is read as 2008/09
            Kind::Month if split(year) == i32::from(self.month) => write!(f, "{year}-M{:02}", self.month),
            Kind::Month => write!(f, "{year}-{:02}", self.month),
            Kind::Quarter => write!(f, "{year}-Q{}", self.month.div_ceil(3)),
            Kind::Year => write!(f, "{year}"),
            Kind::FiscalYear => write!(f, "{year}-{:02}", split(year)),
            Kind::Years => write!(f, "{year}-{last}"),
            Kind::FiscalYears => write!(f, "{year}/{:02}-{last}/{:02}", split(year), split(last)),
        }
    }
}

impl fmt::Debug for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl From<Period> for String {
    fn from(period: Period) -> String {
        period.to_string()
    }
}

impl TryFrom<String> for Period {
    type Error = Error;
    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl FromStr for Period {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let unreadable = || Error::new(Code::PeriodUnreadable);
        if text.len() > 40 {
            return Err(unreadable());
        }
        let text: String = text.trim().chars().map(|c| if matches!(c, '\u{2013}' | '\u{2014}' | '\u{2212}') { '-' } else { c }).collect();
        // "2015/16 to 2017/18", "2015 - 2017"
        if let Some((first, last)) = text.split_once(" to ").or_else(|| text.split_once(" - ")).or_else(|| fiscal_years(&text)) {
            let (first, last) = (single(first.trim()).ok_or_else(unreadable)?, single(last.trim()).ok_or_else(unreadable)?);
            let kind = match (first.kind, last.kind) {
                (Kind::Year, Kind::Year) => Kind::Years,
                (Kind::FiscalYear, Kind::FiscalYear) => Kind::FiscalYears,
                _ => return Err(unreadable()),
            };
            let years = i32::from(last.year) - i32::from(first.year) + 1;
            let years = u32::try_from(years).ok().filter(|&n| n > 1).ok_or_else(unreadable)?;
            return Self::build(i32::from(first.year), 1, years * 12, kind);
        }
        let (parsed, plain) = (single(&text), year_and(&text));
        if let Some(period) = parsed {
            return Ok(period);
        }
        // "2015-2017", "2015/2017": pooled; "2015/18": pooled too, by its last two digits
        let (year, rest) = plain.ok_or_else(unreadable)?;
        let last = match rest.len() {
            4 => rest.parse::<i32>().map_err(|_| unreadable())?,
            2 => {
                let two = rest.parse::<i32>().map_err(|_| unreadable())?;
                let century = year - year.rem_euclid(100);
                if century + two > year { century + two } else { century + 100 + two }
            }
            _ => return Err(unreadable()),
        };
        let years = u32::try_from(last - year + 1).ok().filter(|&n| (2..=20).contains(&n)).ok_or_else(unreadable)?;
        Self::build(year, 1, years * 12, Kind::Years)
    }
}

/// `2015/16-2017/18` cut in the middle.
fn fiscal_years(text: &str) -> Option<(&str, &str)> {
    let (first, last) = text.split_once('-')?;
    (first.contains('/') && last.contains('/')).then_some((first, last))
}

/// `2015-…` or `2015/…`: the year and what follows.
fn year_and(text: &str) -> Option<(i32, &str)> {
    let (year, rest) = text.split_once(['-', '/'])?;
    Some((four_digits(year)?, rest))
}

fn four_digits(text: &str) -> Option<i32> {
    (text.len() == 4 && text.bytes().all(|c| c.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// A year, fiscal year, quarter or month.
fn single(text: &str) -> Option<Period> {
    if let Some(year) = four_digits(text) {
        return Period::year(year).ok();
    }
    let (year, rest) = match year_and(text) {
        Some(parts) => parts,
        None => (four_digits(text.get(..4)?)?, text.get(4..)?.trim_start()),
    };
    if let Some(quarter) = rest.strip_prefix(['Q', 'q']) {
        let quarter: u32 = (quarter.len() == 1).then(|| quarter.parse().ok()).flatten()?;
        return (1..=4).contains(&quarter).then(|| Period::build(year, quarter * 3 - 2, 3, Kind::Quarter).ok()).flatten();
    }
    let (month, rest) = match rest.strip_prefix(['M', 'm']) {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    if rest.is_empty() || !rest.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let number: i32 = rest.parse().ok()?;
    if month {
        let month = u32::try_from(number).ok().filter(|_| rest.len() <= 2)?;
        return Period::build(year, month, 1, Kind::Month).ok();
    }
    match rest.len() {
        4 if number == year + 1 && text.contains('/') => Period::build(year, 1, 12, Kind::FiscalYear).ok(),
        // "2017-18" is a fiscal year, "2017-08" a month. "2000-01" to "2011-12" could be either: they are read as split
        // years, as city statistics write them; a month of those years is written "2008-M09"
        2 if number == (year + 1).rem_euclid(100) => Period::build(year, 1, 12, Kind::FiscalYear).ok(),
        2 if (1..=12).contains(&number) && !text.contains('/') => Period::build(year, u32::try_from(number).ok()?, 1, Kind::Month).ok(),
        _ => None,
    }
}

/// Whether a day is within the period.
///
/// ```
/// # use sms_base as sms_core;
/// let (period, day): (sms_core::Period, _) = ("2019-Q2".parse()?, "2019-06-30".parse().unwrap());
/// assert!(sms_core::period::contains(period, day));
/// # Ok::<(), sms_core::Error>(())
/// ```
#[must_use]
pub fn contains(period: Period, day: NaiveDate) -> bool {
    period.start() <= day && day < period.end()
}

/// A day as YYYY-MM-DD.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::period::is_date;
/// assert!(is_date("2024-02-29"));
/// assert!(!is_date("2023-02-29") && !is_date("29.2.2024"));
/// ```
#[must_use]
pub fn is_date(text: &str) -> bool {
    text.len() == 10 && text.bytes().all(|c| c.is_ascii_digit() || c == b'-') && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

/// The year of a date.
#[must_use]
pub fn year_of(day: NaiveDate) -> i32 {
    day.year()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn periods_as_people_write_them() {
        for (text, shown, year, months) in [
            ("2018", "2018", 2018, 12),
            ("2017-18", "2017-18", 2017, 12),
            ("2015/16", "2015-16", 2015, 12),
            ("2015/2016", "2015-16", 2015, 12),
            ("1999/00", "1999-00", 1999, 12),
            ("2019-Q2", "2019-Q2", 2019, 3),
            ("2013 Q2", "2013-Q2", 2013, 3),
            ("2020-03", "2020-03", 2020, 1),
            ("2020-12", "2020-12", 2020, 1),
            ("2008-09", "2008-09", 2008, 12),
            ("2008-M09", "2008-M09", 2008, 1),
            ("2015-2017", "2015-2017", 2015, 36),
            ("2015/18", "2015-2018", 2015, 48),
            ("2015/16 to 2017/18", "2015/16-2017/18", 2015, 36),
            ("2015/16-2017/18", "2015/16-2017/18", 2015, 36),
            (" 2017–18 ", "2017-18", 2017, 12),
        ] {
            let p: Period = text.parse().unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!((p.to_string().as_str(), p.start_year(), p.months()), (shown, year, months), "{text}");
            assert_eq!(shown.parse::<Period>().unwrap(), p, "{text}");
        }
        for bad in [
            "",
            "18",
            "There is not data",
            "2012 EU Average",
            "2020-13",
            "2020-00",
            "2019-Q5",
            "20201",
            "1500",
            "2018-2017",
            "2020/03",
            "9999",
            "2015-",
            "２０１８",
        ] {
            assert_eq!(bad.parse::<Period>().map_err(|e| e.code()), Err(Code::PeriodUnreadable), "{bad}");
        }
    }

    #[test]
    fn years_between() {
        let p = |t: &str| t.parse::<Period>().unwrap();
        assert_eq!(p("2020-03").years_since(p("2019-09")), 0.5);
        assert_eq!(p("2018-19").years_since(p("2015-16")), 3.0);
    }

    proptest! {
        #[test]
        fn no_text_panics_and_what_reads_round_trips(text in "[0-9/QqM -]{0,20}|.{0,12}") {
            if let Ok(p) = text.parse::<Period>() {
                prop_assert_eq!(p.to_string().parse::<Period>().unwrap(), p);
                prop_assert!(p.start() < p.end());
            }
        }
    }
}
