//! A table to fill in: a row for each indicator, period and required group.

use super::{FormRequest, Questionnaire};
use crate::catalogue::Dimension;
use crate::diagnostic::{Code, Error, Result};
use crate::disaggregation::Codes;
use crate::frame::TextTable;
use crate::id::DimensionId;
use crate::period::Period;
use crate::text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most rows that a template may have.
const MOST_ROWS: usize = 100_000;
/// Columns of the tidy table before and after those of the dimensions.
const BEFORE: [&str; 4] = ["indicator", "place", "place_name", "period"];
const AFTER: [&str; 9] = ["value", "numerator", "denominator", "n", "se", "status", "confidentiality", "source", "note"];
/// Words of the tidy table that a spreadsheet offers.
const STATUSES: [&str; 7] = ["normal", "provisional", "break", "missing", "not_asked", "refused", "not_applicable"];
const CONFIDENTIALITIES: [&str; 3] = ["public", "restricted", "confidential"];

/// What a template is asked for, beside the form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TemplateRequest {
    /// Code of the city.
    pub place: String,
    /// Its name.
    pub place_name: Option<String>,
    /// Periods, such as 2026.
    pub periods: Vec<String>,
}

/// Values that a column offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ValueList {
    /// The column.
    pub column: String,
    /// The values.
    pub values: Vec<String>,
}

/// A dimension without rows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LeftOut {
    /// The dimension.
    pub dimension: DimensionId,
    /// Why it has no rows: `no_legal_basis`, `needs_codes`, `not_wanted`.
    pub reason: String,
}

/// A table to fill in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Template {
    /// The table: every row says missing until somebody fills it in.
    pub table: TextTable,
    /// Values that columns offer.
    pub lists: Vec<ValueList>,
    /// Required dimensions without rows.
    pub left_out: Vec<LeftOut>,
}

impl Questionnaire<'_> {
    /// Groups of a dimension that a table asks for, or why it asks for none.
    fn groups(&self, dimension: &Dimension) -> std::result::Result<Vec<String>, &'static str> {
        let (raw, id) = (self.bank.data(), &dimension.id);
        if self.request.without.contains(id) {
            return Err("not_wanted");
        }
        let question = raw.question.iter().find(|q| q.dimension.as_ref() == Some(id));
        let derived = raw.derived.iter().find(|d| d.dimension == *id).and_then(|d| self.bank.question(d.questions.first()?));
        let topic = question.or(derived).and_then(|q| q.topic.as_ref());
        if dimension.special_category && topic.is_none_or(|t| !self.request.legal_basis.contains_key(t)) {
            return Err("no_legal_basis");
        }
        // labels for groups of a list that is not open add no group
        let own = self.request.codes.get(id).filter(|_| dimension.open);
        let mut groups: Vec<String> = own.into_iter().flatten().map(|o| o.code.clone()).collect();
        if dimension.codes == Codes::Age {
            groups.extend(self.age_groups.iter().map(|&g| g.to_owned()));
        } else {
            let listed = dimension.group.iter().filter(|g| g.not_stated.is_none() && !dimension.is_total(g.code.as_str()));
            groups.extend(listed.map(|g| g.code.to_string()));
        }
        if groups.is_empty() { Err("needs_codes") } else { Ok(groups) }
    }

    /// The table.
    ///
    /// # Errors
    /// `form.bad-request` without a place or a period, or for too many rows; `period.unreadable`.
    pub fn template(&self, asked: &TemplateRequest) -> Result<Template> {
        let bad = |path: &str, expected: &'static str| Error::new(Code::FormBadRequest).at_path(&format!("template.{path}")).expecting(expected);
        let place = text::clean(&asked.place)?.into_owned();
        let name = text::clean(asked.place_name.as_deref().unwrap_or_default())?.into_owned();
        if place.is_empty() {
            return Err(bad("place", "the code of the city"));
        }
        let periods: Vec<String> = asked
            .periods
            .iter()
            .enumerate()
            .map(|(i, p)| p.parse::<Period>().map(|p| p.to_string()).map_err(|e| e.at_path(&format!("template.periods[{i}]"))))
            .collect::<Result<_>>()?;
        if periods.is_empty() {
            return Err(bad("periods", "at least one period"));
        }
        let indicators = FormRequest::indicators(self.request, self.catalogue)?;
        let required: BTreeSet<&DimensionId> = indicators.iter().flat_map(|i| &i.disaggregation.required).collect();
        let mut with_groups: Vec<(&DimensionId, Vec<String>)> = Vec::new();
        let mut left_out = Vec::new();
        for id in required {
            let Some(dimension) = self.catalogue.dimension(id.as_str()) else { continue };
            match self.groups(dimension) {
                Ok(groups) => with_groups.push((id, groups)),
                Err(reason) => left_out.push(LeftOut { dimension: id.clone(), reason: reason.to_owned() }),
            }
        }
        let columns: Vec<String> = BEFORE
            .iter()
            .map(|c| (*c).to_owned())
            .chain(with_groups.iter().map(|(id, _)| id.to_string()))
            .chain(AFTER.iter().map(|c| (*c).to_owned()))
            .collect();
        let mut rows = Vec::new();
        for indicator in &indicators {
            for period in &periods {
                let everybody = std::iter::once((None, ""));
                let by_group = with_groups
                    .iter()
                    .filter(|(id, _)| indicator.disaggregation.required.contains(id))
                    .flat_map(|(id, g)| g.iter().map(move |g| (Some(*id), g.as_str())));
                for (dimension, group) in everybody.chain(by_group) {
                    if rows.len() >= MOST_ROWS {
                        return Err(bad("periods", "fewer than 100000 rows"));
                    }
                    let mut row = vec![indicator.id.to_string(), place.clone(), name.clone(), period.clone()];
                    row.extend(with_groups.iter().map(|(id, _)| if Some(*id) == dimension { group.to_owned() } else { String::new() }));
                    row.extend(AFTER.iter().map(|c| match *c {
                        "status" => "missing".to_owned(),
                        "note" => self.catalogue.name(indicator).to_owned(),
                        _ => String::new(),
                    }));
                    rows.push(row);
                }
            }
        }
        let list = |column: &str, values: Vec<String>| ValueList { column: column.to_owned(), values };
        let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        let mut lists = vec![list("indicator", indicators.iter().map(|i| i.id.to_string()).collect()), list("period", periods)];
        lists.extend(with_groups.iter().map(|(id, groups)| list(id.as_str(), groups.clone())));
        lists.extend([list("status", words(&STATUSES)), list("confidentiality", words(&CONFIDENTIALITIES))]);
        Ok(Template { table: TextTable { columns, rows }, lists, left_out })
    }
}
