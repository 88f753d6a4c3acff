//! Named bands of a number, as data of a method.

use crate::diagnostic::{Code, Error, Result};
use serde::{Deserialize, Serialize};

/// The lower end of a band, and its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatusBand {
    /// The band holds from this number on.
    pub from: f64,
    /// Its name.
    pub name: String,
}

/// Bands of a number, best first, with the name of what is below the last.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::progress::StatusBands;
/// let undp: StatusBands = serde_json::from_str(r#"{"bands": [{"from": 1, "name": "green"}, {"from": 0.5, "name": "amber"}], "below": "red"}"#).unwrap();
/// assert_eq!([undp.name_of(1.2, 0.0), undp.name_of(0.5, 0.0), undp.name_of(-3.0, 0.0)], ["green", "amber", "red"]);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StatusBands {
    /// Lower ends, falling.
    pub bands: Vec<StatusBand>,
    /// The name below the last band.
    pub below: String,
}

impl StatusBands {
    /// Checks that there is a band, that the lower ends fall, and that names are there and differ.
    ///
    /// # Errors
    /// `method.bad-value` at `path`.
    pub fn check(&self, path: &str) -> Result<()> {
        let falling = self.bands.windows(2).all(|pair| matches!(pair, [a, b] if a.from > b.from));
        if self.bands.is_empty() || !falling || self.bands.iter().any(|b| !b.from.is_finite()) {
            return Err(Error::new(Code::MethodBadValue).at_path(path).expecting("at least one band, the lower ends falling"));
        }
        let mut names: Vec<&str> = self.bands.iter().map(|b| b.name.as_str()).collect();
        names.push(&self.below);
        names.sort_unstable();
        if names.iter().any(|n| n.is_empty()) || names.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err(Error::new(Code::MethodBadValue).at_path(path).expecting("a name for each band, no two the same"));
        }
        Ok(())
    }

    /// The name of the band of a number; a lower end is met from `slack` below it on.
    #[must_use]
    pub fn name_of(&self, x: f64, slack: f64) -> &str {
        self.bands.iter().find(|b| x >= b.from - slack).map_or(&self.below, |b| &b.name)
    }
}

/// A number of a set of rules that must lie within a range.
pub fn within(x: f64, least: f64, most: f64, path: &str, expected: &'static str) -> Result<()> {
    if x >= least && x <= most { Ok(()) } else { Err(Error::new(Code::MethodBadValue).at_path(path).expecting(expected)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_checked() {
        let bands = |list: &[(f64, &str)], below: &str| StatusBands {
            bands: list.iter().map(|&(from, name)| StatusBand { from, name: name.to_owned() }).collect(),
            below: below.to_owned(),
        };
        assert!(bands(&[(1.0, "a"), (0.0, "b")], "c").check("x").is_ok());
        for bad in [bands(&[], "c"), bands(&[(0.0, "a"), (1.0, "b")], "c"), bands(&[(f64::NAN, "a")], "c"), bands(&[(1.0, "a")], "a"), bands(&[(1.0, "")], "a")]
        {
            assert_eq!(bad.check("x").unwrap_err().code(), Code::MethodBadValue);
        }
        assert_eq!(bands(&[(0.3, "a")], "b").name_of(0.3 - 1e-10, 1e-9), "a");
        assert_eq!(bands(&[(0.3, "a")], "b").name_of(0.3 - 1e-10, 0.0), "b");
    }
}
