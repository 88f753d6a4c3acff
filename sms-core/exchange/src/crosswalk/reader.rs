//! One file, row by row, by its rule.

use super::{Crosswalk, CrosswalkFile, FileLedger, GroupColumn, OneOrMore, Series, Skip, StatusColumn, in_file};
use sms_base::diagnostic::{Code, Error, Finding, Findings, Location, Result};
use sms_base::num::{NumberProblem, parse_number};
use sms_base::text;
use sms_model::observation::Row;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

struct Column<'a> {
    at: usize,
    rule: &'a GroupColumn,
}

/// Positions of columns, with the texts that they must hold.
type Filter<'a> = Vec<(usize, &'a OneOrMore)>;

/// Reads one file by its rule.
pub(super) struct FileReader<'a> {
    crosswalk: &'a Crosswalk,
    rule: &'a CrosswalkFile,
    names: Vec<String>,
    period: usize,
    numbers: Vec<(usize, &'static str)>,
    status: Option<(usize, &'a StatusColumn)>,
    series: Vec<(&'a Series, Filter<'a>, Vec<Column<'a>>)>,
    skips: Vec<(&'a Skip, Filter<'a>)>,
    unmapped: Vec<usize>,
    skipped: BTreeMap<&'a str, usize>,
    used_indicators: BTreeSet<&'a str>,
}

impl<'a> FileReader<'a> {
    pub(super) fn new(crosswalk: &'a Crosswalk, rule: &'a CrosswalkFile, names: &[String], findings: &mut Findings) -> Result<Self> {
        let position = |column: &str| -> Result<usize> {
            names.iter().position(|n| n == column).ok_or_else(|| {
                let error = Error::new(Code::CrosswalkMissingColumn).in_column(column);
                error.suggesting(text::did_you_mean(column, names.iter().map(String::as_str)))
            })
        };
        let filter =
            |map: &'a BTreeMap<String, OneOrMore>| -> Result<Filter<'a>> { map.iter().map(|(column, wanted)| Ok((position(column)?, wanted))).collect() };
        let mut numbers = Vec::new();
        for (column, field) in [(&rule.value, "value"), (&rule.numerator, "numerator"), (&rule.denominator, "denominator"), (&rule.n, "n"), (&rule.se, "se")] {
            if let Some(column) = column {
                numbers.push((position(column)?, field));
            }
        }
        let period = position(&rule.period)?;
        let status = match &rule.status {
            Some(s) => Some((position(&s.column)?, s)),
            None => None,
        };
        let mut series = Vec::new();
        for s in &rule.series {
            let mut columns = Vec::new();
            for (name, column) in rule.columns.iter().filter(|(name, _)| !s.columns.contains_key(*name)).chain(&s.columns) {
                columns.push(Column { at: position(name)?, rule: column });
            }
            series.push((s, filter(&s.filter)?, columns));
        }
        let mut skips = Vec::new();
        for s in &rule.skip {
            skips.push((s, filter(&s.filter)?));
        }
        let mut used: BTreeSet<usize> = numbers.iter().map(|(at, _)| *at).chain([period]).chain(status.iter().map(|(at, _)| *at)).collect();
        for (_, filter, columns) in &series {
            used.extend(filter.iter().map(|(at, _)| *at));
            used.extend(columns.iter().map(|c| c.at));
        }
        for name in &rule.ignore_columns {
            used.insert(position(name)?);
        }
        let unmapped: Vec<usize> = (0..names.len()).filter(|i| !used.contains(i)).collect();
        for &i in &unmapped {
            let column: Option<Arc<str>> = names.get(i).map(|n| text::short(n).into());
            findings.push(Finding::new(Code::CrosswalkUnmappedColumn).at(Location { column, ..in_file(&rule.name) }));
        }
        Ok(FileReader {
            crosswalk,
            rule,
            names: names.to_vec(),
            period,
            numbers,
            status,
            series,
            skips,
            unmapped,
            skipped: BTreeMap::new(),
            used_indicators: BTreeSet::new(),
        })
    }

    pub(super) fn row(&mut self, line: u32, fields: &[&str], entry: &mut FileLedger, rows: &mut Vec<(u32, Row)>, findings: &mut Findings) {
        entry.rows += 1;
        let field = |at: usize| fields.get(at).copied().unwrap_or_default();
        let fits = |filter: &[(usize, &OneOrMore)]| filter.iter().all(|(at, wanted)| wanted.holds(field(*at)));
        if let Some((skip, _)) = self.skips.iter().find(|(_, filter)| fits(filter)) {
            entry.skipped += 1;
            *self.skipped.entry(skip.reason.as_str()).or_insert(0) += 1;
            return;
        }
        let chosen: Vec<usize> = self.series.iter().enumerate().filter(|(_, (_, filter, _))| fits(filter)).map(|(i, _)| i).collect();
        let at = |code: Code, column: Option<&str>| {
            Finding::new(code).at(Location { row: Some(line), column: column.map(text::short).map(Arc::from), ..in_file(&self.rule.name) })
        };
        if chosen.is_empty() {
            entry.not_selected += 1;
            findings.push_with(Code::CrosswalkRowNotSelected, "", || at(Code::CrosswalkRowNotSelected, None));
            return;
        }
        // a text in a column that nobody mapped may say that this row is about some people only
        if let Some(&column) = self.unmapped.iter().find(|&&c| !field(c).is_empty()) {
            entry.rejected += 1;
            let name = self.names.get(column).map(String::as_str);
            findings.push_with(Code::CrosswalkBadRow, "", || at(Code::CrosswalkBadRow, name).with("reason", "a text in an unmapped column"));
            return;
        }
        let mut made = Vec::new();
        for i in chosen {
            let Some((series, _, columns)) = self.series.get(i) else { continue };
            match self.observation(series, columns, fields) {
                Ok(row) => {
                    self.used_indicators.insert(series.indicator.as_str());
                    made.push((line, row));
                }
                Err((code, column)) => {
                    entry.rejected += 1;
                    let name = self.names.get(column).map(String::as_str);
                    // the codes of a column that is declared as a dimension are names of groups
                    let declared = code == Code::CrosswalkUnmappedCode && columns.iter().any(|c| c.at == column);
                    let text = field(column).to_owned();
                    findings.push_with(code, "", || if declared { at(code, name).with("code", text) } else { at(code, name) });
                    return;
                }
            }
        }
        entry.used += 1;
        rows.extend(made);
    }

    fn observation(&self, series: &Series, columns: &[Column<'_>], fields: &[&str]) -> std::result::Result<Row, (Code, usize)> {
        let field = |at: usize| fields.get(at).copied().unwrap_or_default();
        let place = &self.crosswalk.place;
        let defaults = &self.crosswalk.defaults;
        let mut row = Row {
            indicator: series.indicator.clone(),
            place: place.code.clone(),
            place_name: place.name.clone(),
            place_scheme: place.scheme.clone(),
            place_parent: place.parent.clone(),
            period: field(self.period).to_owned(),
            source: self.rule.source.clone().unwrap_or_else(|| defaults.source.clone()),
            collected_by: defaults.collected_by.clone(),
            confidentiality: defaults.confidentiality.clone(),
            proxy: series.proxy.clone(),
            note: series.note.clone(),
            ..Row::default()
        };
        if row.period.parse::<sms_base::period::Period>().is_err() {
            return Err((Code::PeriodUnreadable, self.period));
        }
        for column in columns {
            let code = field(column.at);
            let target = match column.rule.codes.get(code) {
                Some(target) => target.as_str(),
                None if code.is_empty() => "",
                None if column.rule.keep => code,
                None => return Err((Code::CrosswalkUnmappedCode, column.at)),
            };
            if target.is_empty() {
                continue;
            }
            let Some((dimension, group)) = column.rule.group(target) else { return Err((Code::CrosswalkUnmappedCode, column.at)) };
            if row.groups.insert(dimension.to_owned(), group.to_owned()).is_some_and(|before| before != group) {
                return Err((Code::CrosswalkAmbiguousCode, column.at));
            }
        }
        if let Some((at, status)) = &self.status {
            let code = field(*at);
            match status.codes.get(code) {
                Some(word) => row.status = word.clone(),
                None if code.is_empty() => {}
                None => return Err((Code::CrosswalkUnmappedCode, *at)),
            }
        }
        for &(at, name) in &self.numbers {
            let text = field(at);
            if text.is_empty() {
                continue;
            }
            let number = parse_number(text, self.rule.decimal).map_err(|problem| {
                let code = match problem {
                    NumberProblem::Unreadable => Code::NumUnreadable,
                    NumberProblem::NotFinite => Code::NumNotFinite,
                    NumberProblem::Ambiguous => Code::ObsAmbiguousNumber,
                };
                (code, at)
            })?;
            let scaled = |x: f64| {
                let x = series.multiply.map_or(x, |m| m * x);
                series.complement.map_or(x, |c| c - x)
            };
            match name {
                "value" if series.value_is_count => row.numerator = Some(number),
                "value" => row.value = Some(scaled(number)),
                "numerator" => row.numerator = Some(number),
                "denominator" => row.denominator = Some(number),
                "n" => row.n = Some(number),
                _ => row.se = Some(number),
            }
        }
        if row.value.is_none() && row.numerator.is_none() && matches!(row.status.as_str(), "" | "normal") {
            // an empty field is a figure that should be there and is not
            row.status = "missing".to_owned();
        } else if matches!(row.status.as_str(), "" | "normal") && series.breaks.contains(&row.period) {
            row.status = "break".to_owned();
        }
        Ok(row)
    }

    pub(super) fn finish(self, entry: &mut FileLedger, findings: &mut Findings) {
        for (reason, rows) in &self.skipped {
            findings.push(Finding::new(Code::CrosswalkRowSkipped).at(in_file(&self.rule.name)).with("reason", (*reason).to_owned()).with("rows", *rows));
        }
        entry.indicators = self.used_indicators.iter().map(|i| (*i).to_owned()).collect();
    }
}
