//! From one code list to another: other schemes, a city's own words, and up a hierarchy; with what is lost on the way.

use super::{Catalogue, Dimension, Group};
use crate::diagnostic::{Code, Error, Result};
use crate::disaggregation::{AgeRange, Codes, DimensionKind};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most codes that are mapped at once.
const MAX_CODES: usize = 10_000;

/// Which codes are to become which.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MappingRequest {
    /// The dimension of the catalogue.
    pub dimension: String,
    /// The codes as the data have them.
    pub codes: Vec<String>,
    /// The code list that they are of, such as `SDMX:CL_SEX`; the catalogue's own where absent.
    #[serde(default)]
    pub from: Option<String>,
    /// A city's own words, with the code of the catalogue for each.
    #[serde(default)]
    pub local: Option<BTreeMap<String, String>>,
    /// The code list that is wanted.
    #[serde(default)]
    pub to: Option<String>,
    /// Codes of the catalogue that are wanted: parents, or bands of ages.
    #[serde(default)]
    pub into: Option<Vec<String>>,
}

/// What became of a code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "MappedCode"))]
pub struct Mapped {
    /// The code as the data have it.
    pub from: String,
    /// The catalogue's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The code that is wanted; absent where there is none, or more than one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// Why something is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CodeLossKind"))]
pub enum LossKind {
    /// There is no such code on the other side: who has it can be carried over only as not known.
    NoCounterpart,
    /// The codes that are wanted overlap, and the code is in several of them.
    Ambiguous,
    /// Several codes become one: they can no longer be told apart.
    Merged,
    /// The codes given leave a part of the code that is wanted empty: a sum of them is short.
    NotCovered,
    /// The codes given overlap within the code that is wanted: a sum of them counts people twice.
    Overlapping,
}

/// Something that is lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CodeLoss"))]
pub struct Loss {
    /// What.
    pub kind: LossKind,
    /// The code that is wanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The codes that it is about.
    pub from: Vec<String>,
}

/// A mapping, and what is lost by it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "CodeMapping"))]
pub struct Mapping {
    /// Each code once, in the order in which it was given.
    pub codes: Vec<Mapped>,
    /// What is lost, by kind.
    pub loss: Vec<Loss>,
    /// Whether nothing is.
    pub lossless: bool,
    /// Whether one person can have several of the codes: then answers are mapped, and people are counted once by whoever counts.
    pub multi_select: bool,
}

fn bad(path: &str, expected: &'static str) -> Error {
    Error::new(Code::WireBadRequest).at_path(path).expecting(expected)
}

/// How the codes of a list stand beside those of the catalogue.
enum List<'a> {
    /// They are the same.
    Own,
    /// By the maps of the groups.
    Mapped(&'a str),
}

impl List<'_> {
    fn read(&self, dimension: &Dimension, code: &str) -> Option<String> {
        match self {
            List::Own => dimension.is_code_of_the_list(code).then(|| code.to_owned()),
            List::Mapped(list) => dimension.group.iter().find(|g| g.maps.get(*list).is_some_and(|c| c == code)).map(|g| g.code.to_string()),
        }
    }

    fn write(&self, dimension: &Dimension, code: &str) -> Option<String> {
        match self {
            List::Own => dimension.is_code_of_the_list(code).then(|| code.to_owned()),
            List::Mapped(list) => dimension.group(code).and_then(|g| g.maps.get(*list)).cloned(),
        }
    }
}

impl Dimension {
    /// Whether a code is one of the list that the dimension follows, and not one of the catalogue's own making.
    fn is_code_of_the_list(&self, code: &str) -> bool {
        match self.group(code) {
            Some(group) => group.verification.as_deref() != Some("own"),
            None => self.accepts(code),
        }
    }

    fn list<'a>(&self, name: &'a str, path: &str) -> Result<List<'a>> {
        let at = self.scheme.iter().position(|s| name.split_once(':').is_some_and(|(agency, list)| s.agency == agency && s.list == list));
        match at {
            _ if self.group.iter().any(|g| g.maps.contains_key(name)) => Ok(List::Mapped(name)),
            Some(0) => Ok(List::Own),
            Some(_) => Ok(List::Mapped(name)),
            None => Err(bad(path, "a code list that the dimension follows")),
        }
    }

    /// Whether a code is the other one or lies within it: a child of any depth, or ages within a range.
    fn is_within(&self, code: &str, other: &str) -> bool {
        if code == other {
            return true;
        }
        if self.is_total(code) || self.is_total(other) {
            return false;
        }
        if self.codes == Codes::Age
            && let (Some(inner), Some(outer)) = (AgeRange::parse(code), AgeRange::parse(other))
        {
            return outer.from <= inner.from && inner.end() <= outer.end();
        }
        // a chain of parents is no longer than the list
        let mut at = self.group(code);
        for _ in 0..self.group.len() {
            let Some(parent) = at.and_then(|g| g.parent.as_ref()) else { return false };
            if parent.as_str() == other {
                return true;
            }
            at = self.group(parent.as_str());
        }
        false
    }

    /// What the codes given leave empty or count twice in the one that holds them.
    fn parts(&self, whole: &str, given: &[&str]) -> Option<LossKind> {
        if given.contains(&whole) {
            return (given.len() > 1).then_some(LossKind::Overlapping);
        }
        if self.codes == Codes::Age
            && let Some(range) = AgeRange::parse(whole)
        {
            let mut ages: Vec<AgeRange> = given.iter().filter_map(|code| AgeRange::parse(code)).collect();
            ages.sort();
            if ages.windows(2).any(|pair| matches!(pair, [a, b] if a.overlaps(*b))) {
                return Some(LossKind::Overlapping);
            }
            let follows = |pair: &[AgeRange]| matches!(pair, [a, b] if a.to.and_then(|to| to.checked_add(1)) == Some(b.from));
            let whole = ages.first().map(|a| a.from) == Some(range.from) && ages.last().map(|a| a.end()) == Some(range.end()) && ages.windows(2).all(follows);
            return (!whole).then_some(LossKind::NotCovered);
        }
        let nested = |a: &&str| given.iter().any(|b| **a != **b && self.is_within(a, b));
        if given.iter().any(nested) {
            return Some(LossKind::Overlapping);
        }
        // each child must be there, itself or through all of its own
        let covered = |group: &&Group| given.contains(&group.code.as_str()) || given.iter().any(|g| self.is_within(g, group.code.as_str()));
        let children = self.group.iter().filter(|g| g.parent.as_ref().is_some_and(|p| p.as_str() == whole));
        children.clone().any(|group| !covered(&group)).then_some(LossKind::NotCovered)
    }
}

/// Maps codes of a dimension, and says what is lost: a code without a counterpart, codes that become one, bands that the codes do not fill.
///
/// ```
/// # use sms_model as sms_core;
/// use sms_core::Catalogue;
/// use sms_core::catalogue::{LossKind, MappingRequest, map_codes};
/// let catalogue = Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?;
/// let ages = MappingRequest {
///     dimension: "AGE".to_owned(),
///     codes: ["Y15", "Y16-24", "Y65-74", "UNK"].map(str::to_owned).into(),
///     into: Some(["Y15-24", "Y_GE65", "UNK"].map(str::to_owned).into()),
///     ..MappingRequest::default()
/// };
/// let made = map_codes(&catalogue, &ages)?;
/// assert_eq!(made.codes[1].to.as_deref(), Some("Y15-24"));
/// // from 75 on nobody is given; two codes became one
/// assert_eq!(made.loss.iter().map(|l| l.kind).collect::<Vec<_>>(), [LossKind::Merged, LossKind::NotCovered]);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `wire.bad-request` with the path for a dimension, a list or a target that is not known, for a list and words of one's own together, for both kinds
/// of target together, and for none or too many codes.
pub fn map_codes(catalogue: &Catalogue, request: &MappingRequest) -> Result<Mapping> {
    let dimension = catalogue.dimension(&request.dimension).ok_or_else(|| bad("dimension", "a dimension of the catalogue"))?;
    if request.codes.is_empty() || request.codes.len() > MAX_CODES {
        return Err(bad("codes", "one to 10000 codes"));
    }
    if request.from.is_some() && request.local.is_some() {
        return Err(bad("local", "a code list or words of one's own, not both"));
    }
    if request.to.is_some() && request.into.is_some() {
        return Err(bad("into", "a code list or codes of the catalogue, not both"));
    }
    if let Some(unknown) = request.local.iter().flatten().find(|(_, code)| !dimension.accepts(code)) {
        return Err(bad(&format!("local.{}", crate::text::short(unknown.0)), "a code of the dimension"));
    }
    if let Some(at) = request.into.iter().flatten().position(|code| !dimension.accepts(code)) {
        return Err(bad(&format!("into[{at}]"), "a code of the dimension"));
    }
    let from = request.from.as_deref().map(|name| dimension.list(name, "from")).transpose()?;
    let to = request.to.as_deref().map(|name| dimension.list(name, "to")).transpose()?;
    let wanted: Option<BTreeSet<&str>> = request.into.as_ref().map(|into| into.iter().map(String::as_str).collect());

    let mut codes: Vec<Mapped> = Vec::new();
    let (mut alone, mut torn): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for given in request.codes.iter().filter(|c| seen.insert(c.as_str())) {
        let code = match (&from, &request.local) {
            (Some(list), _) => list.read(dimension, given),
            (None, Some(local)) => local.get(given).cloned(),
            (None, None) => dimension.accepts(given).then(|| given.clone()),
        };
        let target = match (&code, &to, &wanted) {
            (None, _, _) => None,
            (Some(code), Some(list), _) => list.write(dimension, code),
            (Some(code), None, Some(wanted)) => {
                let mut holding = wanted.iter().filter(|other| dimension.is_within(code, other));
                match (holding.next(), holding.next()) {
                    (Some(one), None) => Some((*one).to_owned()),
                    (None, _) => None,
                    (Some(_), Some(_)) => {
                        torn.push(given.clone());
                        codes.push(Mapped { from: given.clone(), code: Some(code.clone()), to: None });
                        continue;
                    }
                }
            }
            (Some(code), None, None) => Some(code.clone()),
        };
        if target.is_none() {
            alone.push(given.clone());
        }
        codes.push(Mapped { from: given.clone(), code, to: target });
    }

    let mut loss: Vec<Loss> = Vec::new();
    for (kind, from) in [(LossKind::NoCounterpart, alone), (LossKind::Ambiguous, torn)] {
        if !from.is_empty() {
            loss.push(Loss { kind, to: None, from });
        }
    }
    let mut by_target: BTreeMap<&str, Vec<&Mapped>> = BTreeMap::new();
    for mapped in &codes {
        if let Some(to) = &mapped.to {
            by_target.entry(to).or_default().push(mapped);
        }
    }
    let names = |mapped: &[&Mapped]| mapped.iter().map(|m| m.from.clone()).collect();
    for (target, mapped) in &by_target {
        if mapped.len() > 1 {
            loss.push(Loss { kind: LossKind::Merged, to: Some((*target).to_owned()), from: names(mapped) });
        }
        if wanted.is_some() {
            let mut inner: Vec<&str> = mapped.iter().filter_map(|m| m.code.as_deref()).collect();
            inner.sort_unstable();
            inner.dedup();
            if let Some(kind) = dimension.parts(target, &inner) {
                loss.push(Loss { kind, to: Some((*target).to_owned()), from: names(mapped) });
            }
        }
    }
    loss.sort_by(|a, b| (a.kind, &a.to).cmp(&(b.kind, &b.to)));
    Ok(Mapping { lossless: loss.is_empty(), codes, loss, multi_select: dimension.kind == DimensionKind::MultiSelect })
}
