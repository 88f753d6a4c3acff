//! Who walks the road map.

use super::definition::{Definition, PartnerKind, unknown};
use crate::diagnostic::{Code, Error, Result};
use crate::id::EntryId;
use crate::shape::expected_by;
use crate::text;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most partners of one run.
pub const MAX_PARTNERS: usize = 1_000;

/// What a partner does in the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapRole"))]
pub enum Role {
    /// Leads the work.
    Lead,
    /// Takes part.
    Member,
    /// Watches: takes part in meetings, and neither records events nor signs.
    Observer,
}

/// A partner of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "RoadmapPartner"))]
pub struct Partner {
    /// The id, by which events name the partner.
    pub id: EntryId,
    /// The name of the organisation.
    pub name: String,
    /// What it is.
    pub kind: PartnerKind,
    /// What it does.
    pub role: Role,
    /// The side that it can sign for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<EntryId>,
}

impl Partner {
    /// Whether it may record events: everybody but observers.
    #[must_use]
    pub fn acts(&self) -> bool {
        self.role != Role::Observer
    }
}

/// The partners of a run, checked against the definition.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Partners(Vec<Partner>);

impl Partners {
    /// Reads partners and checks them.
    ///
    /// ```
    /// # use sms_process as sms_core;
    /// use sms_core::roadmap::{Definition, Partners};
    /// let catalogue = sms_core::Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
    /// let definition = Definition::of_catalogue(&catalogue, None)?;
    /// let hall = serde_json::json!({"id": "hall", "name": "City hall", "kind": "city_unit", "role": "lead", "side": "city"});
    /// let partners = Partners::from_values(&definition, &[hall])?;
    /// assert_eq!(partners.get("hall").map(|partner| partner.acts()), Some(true));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `roadmap.bad-partner` for a wrong shape, and those of [`Partners::new`].
    pub fn from_values(definition: &Definition, values: &[Value]) -> Result<Self> {
        let read = |(i, v): (usize, &Value)| {
            Partner::deserialize(v).map_err(|e| Error::new(Code::RoadmapBadPartner).at_path(&format!("partners[{i}]")).expecting(expected_by(&e)))
        };
        Self::new(definition, values.iter().enumerate().map(read).collect::<Result<_>>()?)
    }

    /// Checks partners.
    ///
    /// # Errors
    /// `roadmap.bad-partner` without a name or with too many, `roadmap.duplicate-id`, `roadmap.unknown-id` for a side
    /// that the definition does not have, `roadmap.side-not-allowed` when a partner of this kind cannot speak for it.
    pub fn new(definition: &Definition, mut partners: Vec<Partner>) -> Result<Self> {
        if partners.len() > MAX_PARTNERS {
            return Err(Error::new(Code::RoadmapBadPartner).at_path("partners").expecting(format!("at most {MAX_PARTNERS} partners")));
        }
        let mut seen = std::collections::BTreeSet::new();
        for (i, partner) in partners.iter_mut().enumerate() {
            let path = |field: &str| format!("partners[{i}].{field}");
            partner.name = text::clean(&partner.name).map_err(|e| e.at_path(&path("name")))?.into_owned();
            if partner.name.is_empty() {
                return Err(Error::new(Code::RoadmapBadPartner).at_path(&path("name")).expecting("a name"));
            }
            if !seen.insert(partner.id.clone()) {
                return Err(Error::new(Code::RoadmapDuplicateId).at_path(&path("id")));
            }
            let Some(id) = &partner.side else { continue };
            let side = definition.side(id.as_str());
            let side = side.ok_or_else(|| unknown(&path("side"), id.as_str(), definition.data().side.iter().map(|s| s.id.as_str())))?;
            if !side.kinds.contains(&partner.kind) {
                let kinds: Vec<&str> = side.kinds.iter().map(|k| k.as_str()).collect();
                return Err(Error::new(Code::RoadmapSideNotAllowed).at_path(&path("side")).with("kinds", kinds.join(", ")));
            }
        }
        Ok(Partners(partners))
    }

    /// All of them, in the order given.
    #[must_use]
    pub fn all(&self) -> &[Partner] {
        &self.0
    }

    /// A partner.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Partner> {
        self.0.iter().find(|p| p.id.as_str() == id)
    }

    /// Those who may record events.
    pub fn acting(&self) -> impl Iterator<Item = &Partner> {
        self.0.iter().filter(|p| p.acts())
    }

    /// Those who can sign for a side.
    pub fn signatories<'a>(&'a self, side: &'a str) -> impl Iterator<Item = &'a Partner> {
        self.acting().filter(move |p| p.side.as_ref().is_some_and(|s| s.as_str() == side))
    }

    /// Those who may act and are of one of these kinds.
    pub fn of_kinds<'a>(&'a self, kinds: &'a [PartnerKind]) -> impl Iterator<Item = &'a Partner> {
        self.acting().filter(move |p| kinds.contains(&p.kind))
    }

    /// Those who see to it that things get done: the leads, or all who act when nobody leads.
    #[must_use]
    pub fn leads(&self) -> Vec<&Partner> {
        let leads: Vec<&Partner> = self.0.iter().filter(|p| p.role == Role::Lead).collect();
        if leads.is_empty() { self.acting().collect() } else { leads }
    }
}
