//! Floor 7: check: from the tidy table to typed cells, with everything that is wrong said once.
//!
//! `check` never fails on bad rows. A row that cannot be used is quarantined with its code, row and column; the rest
//! goes on. Cells are sorted by place, indicator, group and period, so the order of rows never matters.

use crate::catalogue::{Catalogue, Indicator};
use crate::diagnostic::{Code, Finding, Findings, Location};
use crate::disaggregation::{AgeRange, Codes, DimensionKind, GroupKey};
use crate::estimate::{Absence, ValueKind};
use crate::id::{GroupCode, PlaceCode};
use crate::num::{self, NumberProblem};
use crate::observation::{NumberField, Observations, TextColumn, TextField};
use crate::period::Period;
use crate::text;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// Who may see a figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Confidentiality {
    /// Not said: treated as personal data until its counts show that nobody can be recognised.
    #[default]
    Undeclared,
    /// Already published by its source.
    Public,
    /// For use inside the house only.
    Restricted,
    /// About persons who can be recognised.
    Confidential,
}

/// One figure: everything about it that fits in a few machine words.
#[derive(Clone, Copy, PartialEq)]
pub struct Cell {
    /// Position of the place.
    pub place: u32,
    /// Position of the indicator in the catalogue.
    pub indicator: u32,
    /// Position of the group.
    pub group: u32,
    /// Position of the period.
    pub period: u32,
    /// In the unit of the indicator; meaningless when `absence` is set.
    pub value: f64,
    /// The count above, as given.
    pub numerator: Option<f64>,
    /// The count below, as given.
    pub denominator: Option<f64>,
    /// Unweighted persons or records behind the figure.
    pub n: Option<f64>,
    /// Standard error.
    pub se: Option<f64>,
    /// Why there is no figure.
    pub absence: Option<Absence>,
    /// Who may see it.
    pub confidentiality: Confidentiality,
    /// Whether a series starts anew here.
    pub is_break: bool,
    /// Whether it may still change.
    pub is_provisional: bool,
    /// Number of the text of the source.
    pub source: u32,
    /// Number of the text that says what it stands in for.
    pub proxy: u32,
    /// Number of the text of the note.
    pub note: u32,
}

impl Cell {
    /// Its place in the canonical order: by place, indicator, group and period.
    fn key(&self) -> u128 {
        [self.place, self.indicator, self.group, self.period].iter().fold(0, |key, &part| (key << 32) | u128::from(part))
    }

    /// The value, when there is one.
    pub fn value(&self) -> Option<f64> {
        self.absence.is_none().then_some(self.value)
    }
}

/// A place that figures are about.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    /// The code, in any scheme.
    pub code: PlaceCode,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Arc<str>>,
    /// The scheme of the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<Arc<str>>,
    /// The place that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<PlaceCode>,
}

/// Cells with the tables that their numbers point into.
#[derive(Clone, Default)]
pub struct CellTable {
    /// Cells in their order: place, indicator, group, period.
    pub cells: Vec<Cell>,
    /// Places in their order.
    pub places: Vec<Place>,
    /// Groups in their order.
    pub groups: Vec<GroupKey>,
    /// Periods in their order.
    pub periods: Vec<Period>,
    /// Sources, proxies and notes; number 0 is none.
    pub(crate) texts: Vec<Arc<str>>,
}

impl CellTable {
    /// A text by its number.
    #[must_use]
    pub fn text(&self, number: u32) -> Option<&Arc<str>> {
        self.texts.get((number as usize).checked_sub(1)?)
    }

    /// The period of a cell.
    #[must_use]
    pub fn period(&self, cell: &Cell) -> Option<Period> {
        self.periods.get(cell.period as usize).copied()
    }

    /// The group of a cell.
    #[must_use]
    pub fn group(&self, cell: &Cell) -> Option<&GroupKey> {
        self.groups.get(cell.group as usize)
    }

    /// Cells of one place, with the number of the first; cells are sorted by place first.
    pub fn of_place(&self, place: u32) -> Run<'_> {
        let from = self.cells.partition_point(|c| c.place < place);
        let to = self.cells.partition_point(|c| c.place <= place);
        Run { base: from, cells: self.cells.get(from..to).unwrap_or_default() }
    }
}

/// Neighbouring cells, with the number of the first.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    pub(crate) base: usize,
    /// Its cells.
    pub cells: &'a [Cell],
}

impl<'a> Run<'a> {
    /// Those of one indicator, out of the cells of one place.
    pub fn of_indicator(self, indicator: u32) -> Run<'a> {
        let from = self.cells.partition_point(|c| c.indicator < indicator);
        let to = self.cells.partition_point(|c| c.indicator <= indicator);
        Run { base: self.base + from, cells: self.cells.get(from..to).unwrap_or_default() }
    }

    /// The number of the cell at a position.
    pub fn number(self, position: usize) -> Option<u32> {
        u32::try_from(self.base + position).ok()
    }
}

/// Checked figures: typed, sorted, quarantined rows left out. The user's own data, never part of a report.
#[derive(Clone)]
pub struct Dataset {
    /// The cells.
    pub table: CellTable,
    /// The catalogue that they were checked against.
    pub catalogue: Arc<Catalogue>,
    rows_read: usize,
    quarantined: Vec<u32>,
    quarantined_rows: usize,
    pretest_rows: usize,
    duplicate_rows: usize,
}

impl fmt::Debug for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dataset").field("cells", &self.len()).field("places", &self.table.places.len()).finish_non_exhaustive()
    }
}

impl Dataset {
    /// How many cells.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.cells.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.table.cells.is_empty()
    }

    /// The places, sorted by code.
    #[must_use]
    pub fn places(&self) -> &[Place] {
        &self.table.places
    }

    /// How the rows were used. The parts sum to `read`.
    #[must_use]
    pub fn row_counts(&self) -> RowCounts {
        RowCounts {
            read: self.rows_read,
            used: self.table.cells.len(),
            quarantined: self.quarantined_rows,
            pretest: self.pretest_rows,
            duplicates: self.duplicate_rows,
        }
    }

    /// Line numbers of the quarantined rows, sorted, each once.
    #[must_use]
    pub fn quarantined(&self) -> &[u32] {
        &self.quarantined
    }

    /// The catalogue that the data were checked against.
    #[must_use]
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// SHA-256 over the content of all cells: an unkeyed hash lets anyone test guesses, so it stays in the house.
    pub fn content_hash(&self) -> [u8; 32] {
        content_hash(&self.table, &self.catalogue)
    }
}

/// What became of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RowCounts {
    /// Rows in the input.
    pub read: usize,
    /// Rows that became cells.
    pub used: usize,
    /// Rows left out for an error.
    pub quarantined: usize,
    /// Rows of the pre-test.
    pub pretest: usize,
    /// Copies of a row that was kept.
    pub duplicates: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Status {
    Normal,
    Break,
    Provisional,
    Absent(Absence),
}

/// Reads a status: our words, or a code of SDMX CL_OBS_STATUS 2.2.
fn status(text: &str) -> Option<Status> {
    use Absence::{Missing, NotApplicable, NotAsked, Refused, Suppressed};
    Some(match text.to_ascii_lowercase().replace([' ', '-'], "_").as_str() {
        "normal" | "a" | "undefined" | "normal_value" | "estimated" | "e" | "imputed" | "i" | "forecast" | "f" | "experimental" | "g"
        | "definition_differs" | "d" | "low_reliability" | "u" | "not_significant" | "n" | "unvalidated" | "v" | "derogation" | "j" | "includes_other"
        | "w" => Status::Normal,
        "break" | "b" => Status::Break,
        "provisional" | "p" => Status::Provisional,
        "missing" | "o" | "missing_value" | "strike" | "s" | "holiday" | "h" | "k" | "_u" | "unknown" | "x" => Status::Absent(Missing),
        "not_applicable" | "m" => Status::Absent(NotApplicable),
        "not_asked" | "not_collected" | "l" => Status::Absent(NotAsked),
        "refused" => Status::Absent(Refused),
        "suppressed" | "q" => Status::Absent(Suppressed),
        _ => return None,
    })
}

/// Reads a confidentiality: our words, or a code of SDMX CL_CONF_STATUS.
fn confidentiality(text: &str) -> Option<Confidentiality> {
    Some(match text.to_ascii_lowercase().as_str() {
        "public" | "f" | "free" => Confidentiality::Public,
        "restricted" | "n" => Confidentiality::Restricted,
        "confidential" | "c" | "d" | "s" | "a" | "o" | "t" | "g" | "m" | "e" => Confidentiality::Confidential,
        _ => return None,
    })
}

/// What a distinct text of a column stands for.
fn resolve<T>(column: Option<&TextColumn>, read: impl Fn(&str) -> Option<T>) -> Vec<Option<T>> {
    column.map(|c| c.distinct().iter().map(|t| read(t)).collect()).unwrap_or_default()
}

fn code_at(column: Option<&TextColumn>, row: usize) -> usize {
    column.and_then(|c| c.codes().get(row)).map_or(0, |&c| c as usize)
}

/// Looks up what the code of a row stands for: `Ok(None)` for an empty field.
fn looked_up<T: Clone>(resolved: &[Option<T>], code: usize) -> std::result::Result<Option<T>, ()> {
    match code.checked_sub(1) {
        None => Ok(None),
        Some(i) => resolved.get(i).cloned().flatten().map(Some).ok_or(()),
    }
}

/// Checks observations against a catalogue: typed cells, and everything that is wrong or doubtful.
///
/// Bad rows never make it fail: they are quarantined with code, row, column and hint, and the rest goes on.
///
/// ```
/// use sms_core::{Code, dataset, exchange, Catalogue};
/// use std::sync::Arc;
/// let catalogue = Arc::new(Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?);
/// let csv = "indicator,place,period,value\nWSP-O-04,bristol,2018,4.1\nWSP-O-4,bristol,2018,4.1\n";
/// let observations = exchange::csv::read(csv.as_bytes(), &Default::default())?;
/// let (dataset, findings) = dataset::check(&catalogue, &observations);
/// assert_eq!(dataset.len(), 1);
/// assert_eq!(findings.count(Code::ObsUnknownIndicator), 1);
/// # Ok::<(), sms_core::Error>(())
/// ```
#[must_use]
pub fn check(catalogue: &Arc<Catalogue>, observations: &Observations) -> (Dataset, Findings) {
    let mut findings = observations.findings().clone();
    let mut checker = Checker::new(catalogue, observations, &mut findings);
    let mut cells = Vec::with_capacity(observations.len());
    let mut rows = Vec::with_capacity(observations.len());
    for row in 0..observations.len() {
        checker.row(row, &mut cells);
        if rows.len() < cells.len() {
            rows.push(row);
        }
    }
    checker.finish(cells, &rows)
}

struct Checker<'a> {
    catalogue: &'a Arc<Catalogue>,
    observations: &'a Observations,
    findings: &'a mut Findings,
    indicators: Vec<Option<u32>>,
    places: Vec<Option<u32>>,
    place_codes: Vec<PlaceCode>,
    periods: Vec<Option<u32>>,
    period_list: Vec<Period>,
    statuses: Vec<Option<Status>>,
    confidentialities: Vec<Option<Confidentiality>>,
    rounds: Vec<Option<bool>>,
    dimensions: Vec<DimensionColumn<'a>>,
    /// Distinct combinations of group codes, first seen first.
    combinations: Vec<Combination>,
    combination_index: std::collections::HashMap<Box<[u32]>, u32>,
    last_combination: Option<(Box<[u32]>, u32)>,
    scratch: Vec<u32>,
    bad_numbers: Vec<(u32, NumberField, NumberProblem)>,
    bad_number_at: usize,
    nearest: std::collections::HashMap<(usize, usize), Option<String>>,
    /// Columns with texts that could not be kept.
    unreadable: Vec<(TextField, u32)>,
    quarantined: Vec<u32>,
    quarantined_rows: usize,
    pretest_rows: usize,
}

struct DimensionColumn<'a> {
    name: &'a Arc<str>,
    column: &'a TextColumn,
    dimension: Option<&'a crate::catalogue::Dimension>,
    /// For each distinct text: the group, everybody (`Some(None)`), or unknown (`None`).
    groups: Vec<Option<Option<GroupCode>>>,
}

/// A combination of groups: the key, or the dimension whose code is unknown.
#[derive(Clone)]
struct Combination(std::result::Result<GroupKey, usize>);

impl<'a> Checker<'a> {
    fn new(catalogue: &'a Arc<Catalogue>, observations: &'a Observations, findings: &'a mut Findings) -> Self {
        let indicators = resolve(observations.text(TextField::Indicator), |t| catalogue.indicator_index(t).and_then(|i| u32::try_from(i).ok()));
        // places and periods are numbered in their own order, so that the order of rows never shows
        let parsed_places: Vec<Option<PlaceCode>> = resolve(observations.text(TextField::Place), |t| t.parse().ok());
        let mut place_codes: Vec<PlaceCode> = parsed_places.iter().flatten().cloned().collect();
        place_codes.sort();
        place_codes.dedup();
        let places = parsed_places.iter().map(|p| p.as_ref().and_then(|p| place_codes.binary_search(p).ok()).and_then(|i| u32::try_from(i).ok())).collect();
        let parsed_periods: Vec<Option<Period>> = resolve(observations.text(TextField::Period), |t| t.parse().ok());
        let mut period_list: Vec<Period> = parsed_periods.iter().flatten().copied().collect();
        period_list.sort();
        period_list.dedup();
        let periods = parsed_periods.iter().map(|p| p.and_then(|p| period_list.binary_search(&p).ok()).and_then(|i| u32::try_from(i).ok())).collect();
        let mut dimensions = Vec::new();
        for (name, column) in observations.dimensions() {
            let dimension = catalogue.raw().dimensions.iter().find(|d| d.id.as_str().eq_ignore_ascii_case(name));
            if dimension.is_none() {
                if !column.is_empty() {
                    let mut finding = Finding::new(Code::ObsUnknownColumn).at(Location { column: Some(text::short(name).into()), ..Location::default() });
                    let known = catalogue
                        .raw()
                        .dimensions
                        .iter()
                        .map(|d| d.id.as_str())
                        .chain(TextField::ALL.iter().map(|f| f.as_str()))
                        .chain(NumberField::ALL.iter().map(|f| f.as_str()));
                    if let Some(near) = text::did_you_mean(name, known) {
                        finding = finding.with("did_you_mean", near.to_owned());
                    }
                    findings.push(finding);
                }
                continue;
            }
            let groups = column
                .distinct()
                .iter()
                .map(|t| {
                    dimension.and_then(|d| {
                        if d.is_total(t) {
                            Some(None)
                        } else if d.accepts(t) {
                            t.parse().ok().map(Some)
                        } else {
                            None
                        }
                    })
                })
                .collect();
            if let Some(d) = dimension.filter(|d| d.special_category && !column.is_empty()) {
                findings.push(Finding::new(Code::ObsSpecialCategory).about(d.id.as_str()));
            }
            dimensions.push(DimensionColumn { name, column, dimension, groups });
        }
        let mut bad_numbers = Vec::new();
        for &field in NumberField::ALL {
            if let Some(column) = observations.number(field) {
                bad_numbers.extend(column.problems().iter().map(|&(row, problem)| (row, field, problem)));
            }
        }
        bad_numbers.sort_by_key(|&(row, field, _)| (row, field));
        Checker {
            catalogue,
            observations,
            findings,
            indicators,
            places,
            place_codes,
            periods,
            period_list,
            statuses: resolve(observations.text(TextField::Status), status),
            confidentialities: resolve(observations.text(TextField::Confidentiality), confidentiality),
            rounds: resolve(observations.text(TextField::Round), |t| match t.to_ascii_lowercase().as_str() {
                "regular" => Some(false),
                "pretest" | "pre-test" => Some(true),
                _ => None,
            }),
            dimensions,
            combinations: Vec::new(),
            combination_index: std::collections::HashMap::new(),
            last_combination: None,
            scratch: Vec::new(),
            bad_numbers,
            bad_number_at: 0,
            nearest: std::collections::HashMap::new(),
            unreadable: TextField::ALL
                .iter()
                .filter_map(|&field| {
                    let at = observations.text(field)?.distinct().iter().position(|t| **t == *text::UNREADABLE)?;
                    Some((field, u32::try_from(at + 1).ok()?))
                })
                .collect(),
            quarantined: Vec::new(),
            quarantined_rows: 0,
            pretest_rows: 0,
        }
    }

    fn reject(&mut self, row: usize, code: Code, column: &str, detail: Option<(&'static str, String)>) {
        let mut location = self.observations.location(row);
        self.quarantined.extend(location.row);
        self.quarantined_rows += 1;
        location.column = Some(column.into());
        self.findings.push_with(code, "", || {
            let finding = Finding::new(code).at(location);
            match detail {
                Some((name, value)) => finding.with(name, value),
                None => finding,
            }
        });
    }

    fn warn(&mut self, row: usize, code: Code, column: &str, subject: &str) {
        let mut location = self.observations.location(row);
        location.column = Some(column.into());
        self.findings.push_with(code, subject, || Finding::new(code).at(location).about(subject));
    }

    /// The catalogue's id that a text of a column is nearest to, looked up once for each distinct text.
    fn near<'c>(
        &mut self,
        number: usize,
        column: Option<&TextColumn>,
        row: usize,
        candidates: impl FnOnce() -> Vec<&'c str>,
    ) -> Option<(&'static str, String)> {
        let key = (number, code_at(column, row));
        let found = column.and_then(|c| c.get(row));
        let near = self.nearest.entry(key).or_insert_with(|| found.and_then(|t| text::did_you_mean(t, candidates().into_iter())).map(str::to_owned));
        near.clone().map(|near| ("did_you_mean", near))
    }

    /// The first unreadable number of a row; rows are visited in order.
    fn bad_number(&mut self, row: usize) -> Option<(NumberField, NumberProblem)> {
        let row = u32::try_from(row).ok()?;
        while let Some(&(at, field, problem)) = self.bad_numbers.get(self.bad_number_at) {
            if at > row {
                return None;
            }
            self.bad_number_at += 1;
            if at == row {
                return Some((field, problem));
            }
        }
        None
    }

    fn combination(&mut self, row: usize) -> u32 {
        self.scratch.clear();
        for d in &self.dimensions {
            self.scratch.push(d.column.codes().get(row).copied().unwrap_or(0));
        }
        if let Some((last, number)) = &self.last_combination
            && **last == *self.scratch
        {
            return *number;
        }
        let number = match self.combination_index.get(self.scratch.as_slice()) {
            Some(&number) => number,
            None => {
                let mut parts = Vec::new();
                let mut unknown = None;
                for (i, (d, &code)) in self.dimensions.iter().zip(&self.scratch).enumerate() {
                    match (looked_up(&d.groups, code as usize), d.dimension) {
                        (Ok(Some(Some(group))), Some(dimension)) => parts.push((dimension.id.clone(), group)),
                        (Ok(_), _) => {}
                        (Err(()), _) => {
                            unknown.get_or_insert(i);
                        }
                    }
                }
                let number = u32::try_from(self.combinations.len()).unwrap_or(u32::MAX);
                self.combinations.push(Combination(match unknown {
                    Some(i) => Err(i),
                    None => Ok(GroupKey::new(parts)),
                }));
                self.combination_index.insert(self.scratch.clone().into(), number);
                number
            }
        };
        self.last_combination = Some((self.scratch.clone().into(), number));
        number
    }

    fn row(&mut self, row: usize, cells: &mut Vec<Cell>) {
        let o = self.observations;
        if let Some((field, problem)) = self.bad_number(row) {
            let code = match problem {
                NumberProblem::Unreadable => Code::ObsNumberUnreadable,
                NumberProblem::NotFinite => Code::ObsNotFinite,
                NumberProblem::Ambiguous => Code::ObsAmbiguousNumber,
            };
            return self.reject(row, code, field.as_str(), None);
        }
        let column = |field| o.text(field);
        let bad = self.unreadable.iter().find(|(field, code)| code_at(column(*field), row) == *code as usize).map(|(field, _)| *field);
        if let Some(field) = bad {
            return self.reject(row, Code::ObsTextTooLong, field.as_str(), None);
        }
        let indicator = match looked_up(&self.indicators, code_at(column(TextField::Indicator), row)) {
            Ok(Some(i)) => i,
            Ok(None) => return self.reject(row, Code::ObsMissingField, "indicator", None),
            Err(()) => {
                let catalogue = self.catalogue;
                let detail = self.near(usize::MAX, column(TextField::Indicator), row, || catalogue.indicators().iter().map(|i| i.id.as_str()).collect());
                return self.reject(row, Code::ObsUnknownIndicator, "indicator", detail);
            }
        };
        let place = match looked_up(&self.places, code_at(column(TextField::Place), row)) {
            Ok(Some(p)) => p,
            Ok(None) => return self.reject(row, Code::ObsMissingField, "place", None),
            Err(()) => return self.reject(row, Code::ObsTextTooLong, "place", None),
        };
        let period = match looked_up(&self.periods, code_at(column(TextField::Period), row)) {
            Ok(Some(p)) => p,
            Ok(None) => return self.reject(row, Code::ObsMissingField, "period", None),
            Err(()) => return self.reject(row, Code::ObsPeriodUnreadable, "period", None),
        };
        let group = self.combination(row);
        if let Some(Combination(Err(dimension))) = self.combinations.get(group as usize) {
            let name = self.dimensions.get(*dimension).map(|d| d.name.to_string()).unwrap_or_default();
            // "did you mean" names codes of the catalogue only
            let number = *dimension;
            let found = self.dimensions.get(number).map(|d| (d.column, d.dimension));
            let codes = || found.and_then(|(_, d)| d).map(|d| d.group.iter().map(|g| g.code.as_str()).collect()).unwrap_or_default();
            let detail = self.near(number, found.map(|(column, _)| column), row, codes);
            return self.reject(row, Code::ObsUnknownGroup, &name, detail);
        }
        let Ok(status) = looked_up(&self.statuses, code_at(column(TextField::Status), row)) else {
            return self.reject(row, Code::ObsUnknownStatus, "status", None);
        };
        let Ok(confidentiality) = looked_up(&self.confidentialities, code_at(column(TextField::Confidentiality), row)) else {
            return self.reject(row, Code::ObsUnknownConfidentiality, "confidentiality", None);
        };
        match looked_up(&self.rounds, code_at(column(TextField::Round), row)) {
            Ok(Some(true)) => {
                self.pretest_rows += 1;
                self.warn(row, Code::ObsPretest, "round", "");
                return;
            }
            Ok(_) => {}
            Err(()) => return self.reject(row, Code::ObsUnknownRound, "round", None),
        }
        let number = |field| o.number(field).and_then(|c| c.get(row));
        let (value, numerator, denominator) = (number(NumberField::Value), number(NumberField::Numerator), number(NumberField::Denominator));
        let (n, se) = (number(NumberField::N), number(NumberField::Se));
        let Some(sheet) = self.catalogue.indicators().get(indicator as usize) else { return };
        for (field, x) in [("numerator", numerator), ("denominator", denominator)] {
            if x.is_some_and(|x| x < 0.0) && sheet.value_kind != ValueKind::Difference {
                return self.reject(row, Code::ObsNegativeCount, field, None);
            }
        }
        for (field, x) in [("n", n), ("se", se)] {
            if x.is_some_and(|x| x < 0.0) {
                return self.reject(row, Code::ObsSeNegative, field, None);
            }
        }
        let mut absence = match status {
            Some(Status::Absent(absence)) => Some(absence),
            _ => None,
        };
        if absence.is_some() && (value.is_some() || numerator.is_some()) {
            self.warn(row, Code::ObsValueDespiteAbsence, "status", sheet.id.as_str());
        }
        // what stands beside an absence is no figure either
        let (numerator, denominator, n, se) = if absence.is_none() { (numerator, denominator, n, se) } else { (None, None, None, None) };
        let mut figure = 0.0;
        if absence.is_none() {
            match figure_of(sheet, value, numerator, denominator) {
                Ok((x, differs)) => {
                    figure = x;
                    if differs {
                        self.warn(row, Code::ObsValueDiffersFromCounts, "value", sheet.id.as_str());
                    }
                    let bounds = sheet.bounds.unwrap_or_default();
                    let slack = crate::target::SLACK;
                    if bounds.min.is_some_and(|min| x < min - slack) || bounds.max.is_some_and(|max| x > max + slack) {
                        return self.reject(row, Code::ObsOutOfBounds, "value", None);
                    }
                }
                Err(Code::ObsDenominatorMissing) => {
                    self.warn(row, Code::ObsDenominatorMissing, "denominator", sheet.id.as_str());
                    absence = Some(Absence::NoDenominator);
                }
                Err(code) => {
                    let field = match code {
                        Code::ObsNoValue => "value",
                        Code::ObsZeroDenominator => "denominator",
                        _ => "numerator",
                    };
                    return self.reject(row, code, field, None);
                }
            }
        }
        if let Some(version) = column(TextField::IndicatorVersion).and_then(|c| c.get(row))
            && **version != *sheet.version
        {
            self.warn(row, Code::ObsVersionDiffers, "indicator_version", sheet.id.as_str());
        }
        let text_number = |field| u32::try_from(code_at(column(field), row)).unwrap_or(0);
        cells.push(Cell {
            place,
            indicator,
            group,
            period,
            value: figure,
            numerator,
            denominator,
            n,
            se,
            absence,
            confidentiality: confidentiality.unwrap_or_default(),
            is_break: status == Some(Status::Break),
            is_provisional: status == Some(Status::Provisional),
            source: text_number(TextField::Source),
            proxy: text_number(TextField::Proxy),
            note: text_number(TextField::Note),
        });
    }

    fn finish(mut self, mut cells: Vec<Cell>, rows: &[usize]) -> (Dataset, Findings) {
        // number groups and texts in their own order
        let mut groups: Vec<GroupKey> = vec![GroupKey::everybody()];
        groups.extend(self.combinations.iter().filter_map(|c| c.0.as_ref().ok()).cloned());
        groups.sort();
        groups.dedup();
        let group_numbers: Vec<u32> = self
            .combinations
            .iter()
            .map(|c| c.0.as_ref().ok().and_then(|g| groups.binary_search(g).ok()).and_then(|i| u32::try_from(i).ok()).unwrap_or(0))
            .collect();
        let text_columns = [TextField::Source, TextField::Proxy, TextField::Note].map(|f| self.observations.text(f));
        let mut texts: Vec<Arc<str>> = text_columns.iter().flatten().flat_map(|c| c.distinct().iter().cloned()).collect();
        texts.sort();
        texts.dedup();
        let renumbered = text_columns.map(|column| -> Vec<u32> {
            let distinct = column.map(TextColumn::distinct).unwrap_or_default();
            distinct.iter().map(|t| texts.binary_search(t).ok().and_then(|i| u32::try_from(i + 1).ok()).unwrap_or(0)).collect()
        });
        let [sources, proxies, notes] = &renumbered;
        let number = |list: &[u32], code: u32| (code as usize).checked_sub(1).and_then(|i| list.get(i)).copied().unwrap_or(0);
        for cell in &mut cells {
            cell.group = group_numbers.get(cell.group as usize).copied().unwrap_or(0);
            cell.source = number(sources, cell.source);
            cell.proxy = number(proxies, cell.proxy);
            cell.note = number(notes, cell.note);
        }
        let places = self.place_table();
        let mut table = CellTable { cells: Vec::new(), places, groups, periods: std::mem::take(&mut self.period_list), texts };
        let duplicate_rows = self.sort_and_deduplicate(&cells, rows, &mut table);
        self.check_series(&table);
        let mut quarantined = std::mem::take(&mut self.quarantined);
        quarantined.extend(self.observations.rejected());
        quarantined.sort_unstable();
        quarantined.dedup();
        let dataset = Dataset {
            table,
            catalogue: self.catalogue.clone(),
            rows_read: self.observations.len() + self.observations.rejected().len(),
            quarantined,
            quarantined_rows: self.quarantined_rows + self.observations.rejected().len(),
            pretest_rows: self.pretest_rows,
            duplicate_rows,
        };
        (dataset, std::mem::take(self.findings))
    }

    fn place_table(&self) -> Vec<Place> {
        let o = self.observations;
        let mut places: Vec<Place> = self.place_codes.iter().map(|code| Place { code: code.clone(), name: None, scheme: None, parent: None }).collect();
        let columns = [TextField::PlaceName, TextField::PlaceScheme, TextField::PlaceParent].map(|f| o.text(f));
        if columns.iter().all(Option::is_none) {
            return places;
        }
        let [names, schemes, parents] = columns;
        for row in 0..o.len() {
            let Ok(Some(number)) = looked_up(&self.places, code_at(o.text(TextField::Place), row)) else { continue };
            let Some(place) = places.get_mut(number as usize) else { continue };
            // the smallest text wins where rows differ, so that their order does not matter
            let least = |current: &mut Option<Arc<str>>, new: Option<&Arc<str>>| {
                if let Some(new) = new
                    && current.as_ref().is_none_or(|c| new < c)
                {
                    *current = Some(new.clone());
                }
            };
            least(&mut place.name, names.and_then(|c| c.get(row)));
            least(&mut place.scheme, schemes.and_then(|c| c.get(row)));
            if let Some(parent) = parents.and_then(|c| c.get(row)).and_then(|t| t.parse::<PlaceCode>().ok())
                && place.parent.as_ref().is_none_or(|p| parent < *p)
            {
                place.parent = Some(parent);
            }
        }
        places
    }

    /// Sorts cells into their canonical order. Identical copies become one; contradicting ones are all left out.
    fn sort_and_deduplicate(&mut self, cells: &[Cell], rows: &[usize], table: &mut CellTable) -> usize {
        // keys move while sorting, cells only once
        let mut order: Vec<(u128, u32)> = cells.iter().zip(0_u32..).map(|(c, i)| (c.key(), i)).collect();
        order.sort_unstable();
        let cell = |i: u32| cells.get(i as usize).copied();
        let mut copies = 0;
        let mut kept: Vec<Cell> = Vec::with_capacity(cells.len());
        for same in order.chunk_by(|a, b| a.0 == b.0) {
            let mut twins = same.iter().filter_map(|&(_, i)| cell(i));
            let Some(first) = twins.next() else { continue };
            if same.len() == 1 {
                kept.push(first);
                continue;
            }
            let subject = self.catalogue.indicators().get(first.indicator as usize).map(|i| i.id.as_str()).unwrap_or_default();
            let identical = twins.all(|c| c == first);
            let code = if identical { Code::ObsDuplicateIdentical } else { Code::ObsDuplicateKey };
            let count = same.len();
            self.findings.push_with(code, subject, || Finding::new(code).about(subject).with("rows", count));
            if identical {
                kept.push(first);
                copies += count - 1;
            } else {
                self.quarantined_rows += count;
                self.quarantined.extend(same.iter().filter_map(|&(_, i)| rows.get(i as usize)).filter_map(|&row| self.observations.location(row).row));
            }
        }
        table.cells = kept;
        copies
    }

    /// What only shows when all rows of an indicator are seen together.
    fn check_series(&mut self, table: &CellTable) {
        let mut rest = table.cells.as_slice();
        while let Some(first) = rest.first() {
            let end = rest.partition_point(|c| (c.place, c.indicator) <= (first.place, first.indicator));
            let (series, after) = rest.split_at(end);
            rest = after;
            let Some(sheet) = self.catalogue.indicators().get(first.indicator as usize) else { continue };
            let id = sheet.id.as_str();
            if series.iter().any(|c| c.is_break) {
                self.findings.push(Finding::new(Code::ObsBreakInSeries).about(id));
            }
            if first.group != 0 {
                self.findings.push(Finding::new(Code::ObsNoTotal).about(id));
            }
            for dimension in &sheet.disaggregation.required {
                let present = series.iter().any(|c| c.group != 0 && table.group(c).is_some_and(|g| g.parts().iter().any(|(d, _)| d == dimension)));
                if !present {
                    self.findings.push(Finding::new(Code::ObsMissingDisaggregation).about(id).with("dimension", dimension.as_str().to_owned()));
                }
            }
            if sheet.value_kind == ValueKind::Proportion && sheet.multiplier > 1.0 {
                let given: Vec<f64> = series.iter().filter(|c| c.denominator.is_none()).filter_map(Cell::value).collect();
                if given.len() >= 3 && given.iter().all(|&x| (0.0..=1.0).contains(&x)) && given.iter().any(|&x| x > 0.0 && x < 1.0) {
                    self.findings.push(Finding::new(Code::ObsValueScaleDoubtful).about(id));
                }
            }
            self.check_parts(sheet, series, table);
        }
    }

    /// Counts of the groups of an exclusive, complete list must sum to the total.
    fn check_parts(&mut self, sheet: &Indicator, series: &[Cell], table: &CellTable) {
        if !series.iter().any(|c| c.group != 0 && c.denominator.is_some()) {
            return;
        }
        for total in series.iter().filter(|c| c.group == 0 && c.absence.is_none()) {
            for dimension in &self.catalogue.raw().dimensions {
                if dimension.kind != DimensionKind::Exclusive {
                    continue;
                }
                let parts: Vec<(&Cell, &GroupCode)> = series
                    .iter()
                    .filter(|c| c.period == total.period)
                    .filter_map(|c| table.group(c).and_then(GroupKey::single).filter(|(d, _)| **d == dimension.id).map(|(_, code)| (c, code)))
                    .collect();
                if parts.len() < 2 || !is_partition(dimension, parts.iter().map(|(_, code)| *code)) {
                    continue;
                }
                for (field, get) in [("numerator", (|c: &Cell| c.numerator) as fn(&Cell) -> Option<f64>), ("denominator", |c: &Cell| c.denominator)] {
                    let counts: Option<Vec<f64>> = parts.iter().map(|(c, _)| if c.absence.is_none() { get(c) } else { None }).collect();
                    let (Some(counts), Some(whole)) = (counts, get(total)) else { continue };
                    // counts are whole numbers: half a unit is rounding, more is a missing or doubled group
                    if num::abs(num::sum(&counts) - whole) > 0.5 {
                        let location = Location { column: Some(field.into()), ..Location::default() };
                        self.findings.push(
                            Finding::new(Code::ObsPartsDoNotSum).about(sheet.id.as_str()).at(location).with("dimension", dimension.id.as_str().to_owned()),
                        );
                    }
                }
            }
        }
    }
}

/// Whether groups cover everybody once: all codes of a closed list, or ages without gap or overlap.
fn is_partition<'a>(dimension: &crate::catalogue::Dimension, codes: impl Iterator<Item = &'a GroupCode>) -> bool {
    if dimension.codes == Codes::Age {
        let Some(mut ranges) = codes.map(|c| AgeRange::parse(c.as_str())).collect::<Option<Vec<_>>>() else { return false };
        ranges.sort();
        let gapless = ranges.windows(2).all(|pair| matches!(pair, [a, b] if a.to.and_then(|t| t.checked_add(1)) == Some(b.from)));
        return gapless && ranges.first().is_some_and(|r| r.from == 0) && ranges.last().is_some_and(|r| r.to.is_none());
    }
    if dimension.open || dimension.group.iter().any(|g| g.parent.is_some()) {
        return false;
    }
    let mut present: Vec<&str> = codes.map(GroupCode::as_str).collect();
    present.sort_unstable();
    dimension.group.iter().filter(|g| g.not_stated.is_none() && !dimension.is_total(g.code.as_str())).all(|g| present.binary_search(&g.code.as_str()).is_ok())
}

/// The figure of a row, and whether the given value differs from what its counts make.
fn figure_of(sheet: &Indicator, value: Option<f64>, numerator: Option<f64>, denominator: Option<f64>) -> std::result::Result<(f64, bool), Code> {
    if let (Some(a), Some(b)) = (numerator, denominator)
        && sheet.value_kind.is_quotient()
    {
        if b == 0.0 {
            return Err(Code::ObsZeroDenominator);
        }
        if sheet.value_kind == ValueKind::Proportion && a > b {
            return Err(Code::ObsNumeratorAboveDenominator);
        }
        let made = sheet.multiplier * a / b;
        if !made.is_finite() {
            return Err(Code::ObsNotFinite);
        }
        // half a unit of the first decimal is rounding
        let differs = value.is_some_and(|v| num::abs(v - made) > 0.05 + 1e-9 * num::abs(made));
        return Ok((made, differs));
    }
    match (value, numerator) {
        (Some(v), _) => Ok((v, false)),
        (None, Some(a)) if sheet.value_kind == ValueKind::Count => Ok((a, false)),
        (None, Some(_)) if sheet.value_kind.is_quotient() => Err(Code::ObsDenominatorMissing),
        _ => Err(Code::ObsNoValue),
    }
}

fn content_hash(table: &CellTable, catalogue: &Catalogue) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    hash.update(catalogue.fingerprint().as_bytes());
    for place in &table.places {
        hash.update(place.code.as_str().as_bytes());
        hash.update([0]);
    }
    for group in &table.groups {
        for (dimension, code) in group.parts() {
            hash.update(dimension.as_str().as_bytes());
            hash.update([1]);
            hash.update(code.as_str().as_bytes());
            hash.update([2]);
        }
        hash.update([3]);
    }
    for period in &table.periods {
        hash.update(period.to_string().as_bytes());
        hash.update([4]);
    }
    let number = |hash: &mut Sha256, x: Option<f64>| match x {
        Some(x) => hash.update(x.to_bits().to_le_bytes()),
        None => hash.update([0xff; 8]),
    };
    for c in &table.cells {
        for part in [c.place, c.indicator, c.group, c.period] {
            hash.update(part.to_le_bytes());
        }
        for x in [c.value(), c.numerator, c.denominator, c.n, c.se] {
            number(&mut hash, x);
        }
        hash.update([c.absence.map_or(255, |a| a as u8), c.confidentiality as u8, u8::from(c.is_break), u8::from(c.is_provisional)]);
    }
    hash.finalize().into()
}
