//! Dimensions of disaggregation, with their groups.

use crate::disaggregation::{AgeRange, Codes, DimensionKind, NotStated};
use crate::id::{DimensionId, GroupCode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One group of a dimension.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DimensionGroup"))]
pub struct Group {
    /// The code.
    pub code: GroupCode,
    /// How certain the code is.
    #[serde(default)]
    pub verification: Option<String>,
    /// Place in the order, for ordered dimensions.
    #[serde(default)]
    pub order: Option<u32>,
    /// The wider group that holds it.
    #[serde(default)]
    pub parent: Option<GroupCode>,
    /// The groups that it is exactly the union of, such as physical and sexual violence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<GroupCode>,
    /// Why it is not a characteristic of a person.
    #[serde(default)]
    pub not_stated: Option<NotStated>,
    /// Whether tables mostly leave it out, such as the entry X of sex: the counts of the others are then compared with the total all the same.
    #[serde(default, skip_serializing_if = "is_false")]
    pub optional: bool,
    /// The same group in other code lists.
    #[serde(default)]
    pub maps: BTreeMap<String, String>,
}

fn is_false(b: &bool) -> bool {
    !*b
}

/// A dimension of disaggregation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Dimension {
    /// The id.
    pub id: DimensionId,
    /// Whether one person can be in several groups.
    pub kind: DimensionKind,
    /// Whether the groups have an order.
    #[serde(default)]
    pub ordered: bool,
    /// Whether a city's own codes are accepted.
    #[serde(default)]
    pub open: bool,
    /// How the codes are known.
    #[serde(default)]
    pub codes: Codes,
    /// The code that means everybody.
    #[serde(default)]
    pub total: Option<GroupCode>,
    /// Whether everybody is in a group of the list, so that the list has no rest.
    #[serde(default, skip_serializing_if = "is_false")]
    pub complete: bool,
    /// Whether groups that the list does not put inside one another may share members, such as types of household by members and by children.
    #[serde(default, skip_serializing_if = "is_false")]
    pub overlapping: bool,
    /// Whether it is a special category of personal data (GDPR Art. 9).
    #[serde(default)]
    pub special_category: bool,
    /// Who says to which group a person belongs.
    #[serde(default)]
    pub assigned_by: Vec<String>,
    /// How certain the list is.
    #[serde(default)]
    pub verification: Option<String>,
    /// The code lists that it follows.
    #[serde(default)]
    pub scheme: Vec<Scheme>,
    /// The groups.
    #[serde(default)]
    pub group: Vec<Group>,
}

/// A code list that a dimension follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DimensionScheme"))]
pub struct Scheme {
    /// The agency that keeps it, such as `SDMX`.
    pub agency: String,
    /// The list, such as `CL_SEX`.
    pub list: String,
    /// Its version.
    #[serde(default)]
    pub version: Option<String>,
    /// Whether the dimension has all of its codes.
    #[serde(default)]
    pub complete: bool,
    /// How certain that is.
    #[serde(default)]
    pub verification: Option<String>,
}

impl Dimension {
    /// Whether a code belongs to the dimension.
    ///
    /// ```
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let sex = catalogue.dimension("SEX").unwrap();
    /// assert!(sex.accepts("F") && !sex.accepts("female"));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn accepts(&self, code: &str) -> bool {
        self.is_total(code)
            || self.group.iter().any(|g| g.code.as_str() == code)
            || (self.codes == Codes::Age && AgeRange::parse(code).is_some())
            || (self.open && code.parse::<GroupCode>().is_ok())
    }

    /// Whether the code means everybody.
    #[must_use]
    pub fn is_total(&self, code: &str) -> bool {
        self.total.as_ref().is_some_and(|t| t.as_str() == code)
    }

    /// The listed group with this code.
    ///
    /// ```
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let sex = catalogue.dimension("SEX").unwrap();
    /// assert_eq!(sex.group("F").map(|group| group.code.as_str()), Some("F"));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn group(&self, code: &str) -> Option<&Group> {
        self.group.iter().find(|g| g.code.as_str() == code)
    }
}
