//! Floor 2: one newtype family for the ids of the catalogue and of a city's own codes.

use crate::diagnostic::{Code, Error, Result};
use serde::{Deserialize, Serialize};
use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The longest id, in bytes.
pub const MAX_ID: usize = 128;

macro_rules! ids {
    ($( $(#[$meta:meta])* $name:ident, $allowed:expr; )+) => { $(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "schema", schemars(with = "String"))]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl FromStr for $name {
            type Err = Error;
            fn from_str(text: &str) -> Result<Self> {
                let allowed: fn(char) -> bool = $allowed;
                if text.is_empty() || text.len() > MAX_ID || text.trim() != text || !text.chars().all(allowed) {
                    return Err(Error::new(Code::TextBadId));
                }
                Ok($name(text.into()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = Error;
            fn try_from(text: String) -> Result<Self> { text.parse() }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String { id.0.as_ref().to_owned() }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str { &self.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&self.0) }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{:?}", &*self.0) }
        }
    )+ };
}

fn identifier(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':')
}

fn printable(c: char) -> bool {
    !c.is_control() && c != char::REPLACEMENT_CHARACTER
}

ids! {
    /// An indicator of the catalogue, such as `HOU-O-01`.
    IndicatorId, identifier;
    /// A right, such as `R-HOUSING`.
    RightId, identifier;
    /// An attribute of a right (OHCHR 2012, ch. II), such as `AH1`.
    AttributeId, identifier;
    /// A module of the catalogue, such as `HOU`.
    ModuleId, identifier;
    /// A dimension of disaggregation, such as `SEX`.
    DimensionId, identifier;
    /// The code of a group within a dimension, such as `F`, `Y_GE65` or a city's own district code.
    GroupCode, printable;
    /// A place: a city, a district or a region, by any scheme of codes.
    PlaceCode, printable;
    /// Any other entry of the catalogue: instrument, source type, service area, reference, selection.
    EntryId, identifier;
}

/// What begins an id in the namespace of a city.
const CITY_PREFIX: &str = "x-";

impl IndicatorId {
    /// The city and the city's own id, where the id is in the namespace of a city: `x-CITY:ID`.
    ///
    /// ```
    /// # use sms_base as sms_core;
    /// use sms_core::id::IndicatorId;
    /// let id: IndicatorId = "x-GRAZ:HOU-01".parse()?;
    /// assert_eq!(id.namespace(), Some(("GRAZ", "HOU-01")));
    /// assert_eq!("HOU-O-01".parse::<IndicatorId>()?.namespace(), None);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn namespace(&self) -> Option<(&str, &str)> {
        let (city, own) = self.0.strip_prefix(CITY_PREFIX)?.split_once(':')?;
        (!city.is_empty() && !own.is_empty() && !own.contains(':')).then_some((city, own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_one_door() {
        assert!("HOU-O-01".parse::<IndicatorId>().is_ok());
        for bad in ["", " X", "a b", "ü", &"x".repeat(MAX_ID + 1)] {
            assert_eq!(bad.parse::<IndicatorId>().unwrap_err().code(), Code::TextBadId);
        }
        assert!("Józsefváros 8".parse::<PlaceCode>().is_ok());
        assert!(serde_json::from_str::<IndicatorId>("\"a b\"").is_err());
    }
}
