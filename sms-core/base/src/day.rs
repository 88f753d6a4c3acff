//! Floor 2: days of the calendar.

use crate::diagnostic::{Code, Error, Result};
use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A day of the calendar, written year-month-day as in `2025-03-31`; years 1800 to 2200.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::day::Day;
/// let day: Day = "2025-03-31".parse()?;
/// assert_eq!((day.year(), day.month(), day.to_string().as_str()), (2025, 3, "2025-03-31"));
/// assert!("2025-02-29".parse::<Day>().is_err());
/// # Ok::<(), sms_core::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "String"))]
pub struct Day(NaiveDate);

impl Day {
    /// Days from another day to this one; negative when this one is earlier.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// let (start, end): (sms_core::day::Day, sms_core::day::Day) = ("2024-02-28".parse()?, "2024-03-01".parse()?);
    /// assert_eq!((end.days_since(start), start.days_since(end)), (2, -2));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn days_since(self, earlier: Day) -> i64 {
        self.0.signed_duration_since(earlier.0).num_days()
    }

    /// The first day of the month that holds this day.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// let day: sms_core::day::Day = "2024-02-29".parse()?;
    /// assert_eq!(day.first_of_month().to_string(), "2024-02-01");
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn first_of_month(self) -> Day {
        Day(self.0.with_day(1).unwrap_or(self.0))
    }

    /// The first day of the next month, if the calendar has one.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// let day: sms_core::day::Day = "2024-12-31".parse()?;
    /// assert_eq!(day.next_month(), Some("2025-01-01".parse()?));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn next_month(self) -> Option<Day> {
        self.first_of_month().0.checked_add_months(chrono::Months::new(1)).map(Day)
    }

    /// The next day, if the calendar has one.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// let day: sms_core::day::Day = "2024-02-28".parse()?;
    /// assert_eq!(day.next(), Some("2024-02-29".parse()?));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn next(self) -> Option<Day> {
        self.0.succ_opt().map(Day)
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.0.month()
    }
}

impl FromStr for Day {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let bad = || Error::new(Code::RoadmapBadDate).expecting("a day such as 2025-03-31");
        let digits = |part: Option<&str>| part.filter(|p| p.bytes().all(|b| b.is_ascii_digit())).and_then(|p| p.parse::<u32>().ok());
        let shaped = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
        let parts = (digits(text.get(..4)), digits(text.get(5..7)), digits(text.get(8..)));
        let (true, (Some(year), Some(month), Some(day))) = (shaped, parts) else { return Err(bad()) };
        let year = i32::try_from(year).ok().filter(|y| (1800..=2200).contains(y)).ok_or_else(bad)?;
        NaiveDate::from_ymd_opt(year, month, day).map(Day).ok_or_else(bad)
    }
}

impl TryFrom<String> for Day {
    type Error = Error;
    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> String {
        day.to_string()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_strictly_and_shown_as_written() {
        for text in ["2024-02-29", "1800-01-01", "2200-12-31", "2025-03-31"] {
            assert_eq!(text.parse::<Day>().unwrap().to_string(), text);
        }
        for bad in
            ["", "2023-02-29", "2024-13-01", "2024-00-10", "2024-1-01", "1799-12-31", "2201-01-01", "2024-01-01 ", "２０２４-01-01", "+024-01-01", "2024/01/01"]
        {
            assert_eq!(bad.parse::<Day>().unwrap_err().code(), Code::RoadmapBadDate, "{bad}");
        }
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert_eq!(day("2024-03-01").days_since(day("2024-02-28")), 2);
        assert_eq!(day("2024-12-15").next_month(), Some(day("2025-01-01")));
        assert_eq!(day("2023-12-31").next(), Some(day("2024-01-01")));
    }
}
