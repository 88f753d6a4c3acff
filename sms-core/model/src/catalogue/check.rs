//! That every id of a catalogue is given once, and that every reference resolves.

use super::{Bounds, Catalogue, Entry, Indicator, RawCatalogue, Sheet};
use crate::diagnostic::{Code, Error, Result};
use crate::estimate::ValueKind;
use crate::id::{EntryId, GroupCode};
use crate::indicator::Tier;
use crate::target::Threshold;
use crate::text;

/// Ids in their order; the first that stands there twice is told.
fn unique<'a>(section: &str, ids: impl Iterator<Item = &'a str>) -> Result<Vec<&'a str>> {
    let mut sorted: Vec<&str> = ids.collect();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair.first() == pair.last()).and_then(|pair| pair.first()) {
        Some(&id) => Err(Error::new(Code::CatalogueDuplicateId).at_path(section).with("id", id.to_owned())),
        None => Ok(sorted),
    }
}

fn entries<'a>(section: &str, list: &'a [Entry]) -> Result<Vec<&'a str>> {
    unique(section, list.iter().map(|e| e.id.as_str()))
}

/// That an id is in a list, or which one is nearest to it.
fn known(list: &[&str], id: &str, path: &str) -> Result<()> {
    if list.binary_search(&id).is_ok() {
        return Ok(());
    }
    let mut error = Error::new(Code::CatalogueUnknownReference).at_path(path).with("id", id.to_owned());
    error = error.suggesting(text::did_you_mean(id, list.iter().copied()));
    Err(error)
}

/// [`known`], for each of several.
fn all_known<'a>(list: &[&str], ids: impl IntoIterator<Item = &'a str>, path: &str) -> Result<()> {
    ids.into_iter().try_for_each(|id| known(list, id, path))
}

/// The ids of the sections that others refer to, sorted.
struct Ids<'a> {
    clusters: Vec<&'a str>,
    instruments: Vec<&'a str>,
    sources: Vec<&'a str>,
    services: Vec<&'a str>,
    datasets: Vec<&'a str>,
    variables: Vec<&'a str>,
    references: Vec<&'a str>,
    scales: Vec<&'a str>,
    modules: Vec<&'a str>,
    rights: Vec<&'a str>,
    attributes: Vec<&'a str>,
    dimensions: Vec<&'a str>,
    indicators: Vec<&'a str>,
}

impl<'a> Ids<'a> {
    /// The ids of a catalogue, each given once in its section.
    fn of(raw: &'a RawCatalogue) -> Result<Self> {
        let clusters = entries("clusters", &raw.clusters)?;
        let instruments = entries("instruments", &raw.instruments)?;
        let sources = entries("source_types", &raw.source_types)?;
        let services = entries("service_areas", &raw.service_areas)?;
        let datasets = entries("datasets", &raw.datasets)?;
        let variables = entries("variables", &raw.variables)?;
        let references = entries("references", &raw.references)?;
        entries("codelists", &raw.codelists)?;
        unique("frameworks", raw.frameworks.iter().map(|s| s.id.as_str()))?;
        unique("screens", raw.screens.iter().map(|s| s.id.as_str()))?;
        let scales = unique("scales", raw.scales.iter().map(|s| s.id.as_str()))?;
        entries("roadmaps", &raw.roadmaps)?;
        unique("criteria", raw.criteria.iter().map(|c| c.id.as_str()))?;
        let modules = unique("modules", raw.modules.iter().map(|m| m.id.as_str()))?;
        let rights = unique("rights", raw.rights.iter().map(|r| r.id.as_str()))?;
        let attributes = unique("attributes", raw.attributes.iter().map(|a| a.id.as_str()))?;
        let dimensions = unique("dimensions", raw.dimensions.iter().map(|d| d.id.as_str()))?;
        let indicators = unique("indicators", raw.indicators.iter().map(|i| i.id.as_str()))?;
        unique("selections", raw.selections.iter().map(|s| s.id.as_str()))?;
        Ok(Ids { clusters, instruments, sources, services, datasets, variables, references, scales, modules, rights, attributes, dimensions, indicators })
    }

    fn check_lists(&self, raw: &RawCatalogue) -> Result<()> {
        for m in &raw.modules {
            known(&self.clusters, m.cluster.as_str(), &format!("modules.{}.cluster", m.id))?;
        }
        for r in &raw.rights {
            all_known(&self.instruments, r.legal.iter().map(|l| l.instrument.as_str()), &format!("rights.{}.legal", r.id))?;
        }
        for list in &raw.criteria {
            known(&self.references, list.source.as_str(), &format!("criteria.{}.source", list.id))?;
            entries(&format!("criteria.{}.criterion", list.id), &list.criterion)?;
        }
        for s in &raw.scales {
            unique(&format!("scales.{}.levels", s.id), s.levels.iter().map(EntryId::as_str))?;
            if !s.levels.contains(&s.evidence_from) {
                return Err(Error::new(Code::CatalogueUnknownReference).at_path(&format!("scales.{}.evidence_from", s.id)));
            }
        }
        Ok(())
    }

    /// A framework or a screen.
    fn check_sheet(&self, section: &str, sheet: &Sheet) -> Result<()> {
        let at = |field: &str| format!("{section}.{}.{field}", sheet.id);
        known(&self.references, sheet.source.as_str(), &at("source"))?;
        if let Some(scale) = &sheet.scale {
            known(&self.scales, scale.as_str(), &at("scale"))?;
        }
        let views = unique(&at("views"), sheet.views.iter().map(EntryId::as_str))?;
        all_known(&views, sheet.base.iter().chain(&sheet.evidence).map(EntryId::as_str), &at("views"))?;
        let groups = unique(&at("group"), sheet.group.iter().map(|g| g.id.as_str()))?;
        unique(&at("item"), sheet.item.iter().map(|i| i.id.as_str()))?;
        for item in &sheet.item {
            known(&groups, item.group.as_str(), &at(&format!("item.{}.group", item.id)))?;
            all_known(&self.rights, item.rights.iter().map(|r| r.as_str()), &at(&format!("item.{}.rights", item.id)))?;
            all_known(&self.indicators, item.indicators.iter().map(|i| i.id.as_str()), &at(&format!("item.{}.indicators", item.id)))?;
        }
        Ok(())
    }

    fn check_groupings(&self, raw: &RawCatalogue) -> Result<()> {
        for a in &raw.attributes {
            known(&self.rights, a.right.as_str(), &format!("attributes.{}.right", a.id))?;
        }
        for d in &raw.dimensions {
            unique(&format!("dimensions.{}.group", d.id), d.group.iter().map(|g| g.code.as_str()))?;
            for g in &d.group {
                let unknown = |code: &GroupCode| d.group(code.as_str()).is_none();
                let named = [("parent", g.parent.as_slice()), ("parts", g.parts.as_slice())];
                if let Some((field, _)) = named.iter().find(|(_, codes)| codes.iter().any(unknown)) {
                    return Err(Error::new(Code::CatalogueUnknownReference).at_path(&format!("dimensions.{}.group.{}.{field}", d.id, g.code)));
                }
            }
        }
        for s in &raw.selections {
            all_known(&self.indicators, s.all().iter().chain(s.seeds.values()).map(|id| id.as_str()), &format!("selections.{}", s.id))?;
        }
        Ok(())
    }

    /// What an indicator refers to, apart from its thresholds.
    fn check_references(&self, i: &Indicator) -> Result<()> {
        let at = |field: &str| format!("indicators.{}.{field}", i.id);
        known(&self.modules, i.module.as_str(), &at("module"))?;
        all_known(&self.rights, i.rights.iter().map(|id| id.as_str()), &at("rights"))?;
        all_known(&self.attributes, i.attributes.iter().map(|id| id.as_str()), &at("attributes"))?;
        all_known(&self.instruments, i.legal.iter().map(|l| l.instrument.as_str()), &at("legal"))?;
        let split = i.disaggregation.required.iter().chain(&i.disaggregation.desirable);
        all_known(&self.dimensions, split.map(|id| id.as_str()), &at("disaggregation"))?;
        all_known(&self.services, i.service_areas.iter().map(EntryId::as_str), &at("service_areas"))?;
        all_known(&self.sources, i.source_types.iter().map(EntryId::as_str), &at("source_types"))?;
        all_known(&self.datasets, i.dataset.iter().map(|d| d.id.as_str()), &at("dataset"))?;
        all_known(&self.variables, i.variables.iter().map(EntryId::as_str), &at("variables"))?;
        all_known(&self.references, i.references.iter().map(EntryId::as_str), &at("references"))?;
        all_known(&self.indicators, i.lineage.supersedes.iter().map(|id| id.as_str()), &at("lineage.supersedes"))
    }
}

/// A field of an indicator with a value that is not allowed.
fn bad(i: &Indicator, field: &str, expected: &'static str) -> Result<()> {
    Err(Error::new(Code::CatalogueBadValue).at_path(&format!("indicators.{}.{field}", i.id)).expecting(expected))
}

impl Catalogue {
    /// That ids are given once, references resolve, and values are within their ranges.
    pub(super) fn check(&self) -> Result<()> {
        let raw = &self.raw;
        let ids = Ids::of(raw)?;
        ids.check_lists(raw)?;
        raw.frameworks.iter().try_for_each(|sheet| ids.check_sheet("frameworks", sheet))?;
        raw.screens.iter().try_for_each(|sheet| ids.check_sheet("screens", sheet))?;
        ids.check_groupings(raw)?;
        raw.indicators.iter().try_for_each(|i| self.check_indicator(&ids, i))
    }

    fn check_indicator(&self, ids: &Ids, i: &Indicator) -> Result<()> {
        if i.id.namespace().is_some() != (i.tier == Tier::Local) {
            return bad(i, "tier", "`local` for an id in the namespace of a city (x-CITY:ID), and for no other");
        }
        ids.check_references(i)?;
        for (field, threshold) in [("target", &i.target), ("minimum_standard", &i.minimum_standard)] {
            if let Some(threshold) = threshold {
                self.check_threshold(ids, i, field, threshold)?;
            }
        }
        if !(i.multiplier.is_finite() && i.multiplier > 0.0) {
            return bad(i, "multiplier", "a number above 0");
        }
        if let Some(Bounds { min: Some(min), max: Some(max) }) = i.bounds
            && min >= max
        {
            return bad(i, "bounds", "min below max");
        }
        if self.raw.texts.get(&self.language).is_none_or(|t| !t.indicators.contains_key(&i.id)) {
            return Err(Error::new(Code::CatalogueUnknownReference).at_path(&format!("texts.{}.indicators.{}", self.language, i.id)));
        }
        self.check_levels(i)
    }

    /// Descriptors of levels, where there are any, tell of every level of the scale, and of an indicator that has levels.
    fn check_levels(&self, i: &Indicator) -> Result<()> {
        for (language, texts) in &self.raw.texts {
            let Some(levels) = texts.indicators.get(&i.id).map(|t| &t.levels).filter(|l| !l.is_empty()) else { continue };
            let whole = self.label_of("maturity", "levels").is_none_or(|scale| scale.groups.keys().eq(levels.keys()));
            if i.value_kind != ValueKind::Maturity || !whole || levels.values().any(|text| text.trim().is_empty()) {
                let path = format!("texts.{language}.indicators.{}.levels", i.id);
                return Err(Error::new(Code::CatalogueBadValue).at_path(&path).expecting("a text for every level, of an indicator whose value is a level"));
            }
        }
        Ok(())
    }

    fn check_threshold(&self, ids: &Ids, i: &Indicator, field: &str, threshold: &Threshold) -> Result<()> {
        let path = format!("indicators.{}.{field}", i.id);
        if let Some(source) = &threshold.source {
            known(&ids.references, source.as_str(), &path)?;
        }
        if threshold.value.is_some() && threshold.operator.is_none() {
            return bad(i, field, "an operator beside the value");
        }
        for g in &threshold.by_group {
            known(&ids.dimensions, g.dimension.as_str(), &path)?;
            if self.dimension(g.dimension.as_str()).is_none_or(|d| !d.accepts(g.group.as_str())) {
                return bad(i, field, "a group of the dimension");
            }
        }
        Ok(())
    }
}
