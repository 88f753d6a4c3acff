//! Tables of a report, and survey estimates, as columns: what data frames, Arrow and CSV are made of.

use crate::diagnostic::{Code, Error, Result};
use crate::report::{Figure, Report, figure_of, node_name};
use crate::survey::SurveyResults;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A column of a [`Frame`].
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Texts, each distinct one stored once; `None` is null.
    Text {
        /// The distinct texts.
        dictionary: Vec<Arc<str>>,
        /// For each row the position of its text.
        codes: Vec<Option<u32>>,
    },
    /// Numbers.
    Number(Vec<Option<f64>>),
    /// Whole numbers.
    Integer(Vec<Option<i64>>),
    /// Truth values.
    Bool(Vec<Option<bool>>),
}

/// A table of named columns of equal length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    columns: Vec<(Cow<'static, str>, Values)>,
    rows: usize,
}

/// Which table of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// One row for each place, period and indicator.
    Indicators,
    /// One row for each place, period and node.
    Nodes,
    /// One row for each gap.
    Gaps,
    /// One row for each published figure, by group and period.
    Figures,
    /// One row for each place, period and indicator that has a target, a trend or an earlier figure.
    Progress,
    /// One row for each place, period, indicator and dimension that it asks for: who is counted, and who is not.
    Disaggregation,
}

impl Table {
    /// All tables.
    pub const ALL: &'static [Table] = &[Table::Indicators, Table::Nodes, Table::Gaps, Table::Figures, Table::Progress, Table::Disaggregation];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Table::Indicators => "indicators",
            Table::Nodes => "nodes",
            Table::Gaps => "gaps",
            Table::Figures => "figures",
            Table::Progress => "progress",
            Table::Disaggregation => "disaggregation",
        }
    }
}

impl std::str::FromStr for Table {
    type Err = Error;
    fn from_str(name: &str) -> Result<Self> {
        Table::ALL
            .iter()
            .copied()
            .find(|t| t.as_str() == name)
            .ok_or_else(|| Error::new(Code::WireBadRequest).at_path("table").expecting("indicators, nodes, gaps, figures, progress or disaggregation"))
    }
}

impl Frame {
    /// Name and values of each column.
    #[must_use]
    pub fn columns(&self) -> &[(Cow<'static, str>, Values)] {
        &self.columns
    }

    /// How many rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The frame as CSV, with numbers that read back to the same bits.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
        let mut ok = writer.write_record(self.columns.iter().map(|(name, _)| &**name)).is_ok();
        for row in 0..self.rows {
            ok &= writer.write_record(self.columns.iter().map(|(_, values)| field(values, row))).is_ok();
        }
        let bytes = writer.into_inner().unwrap_or_default();
        if ok { String::from_utf8(bytes).unwrap_or_default() } else { String::new() }
    }

    /// The frame as rows of JSON objects.
    #[must_use]
    pub fn to_rows(&self) -> Vec<serde_json::Map<String, serde_json::Value>> {
        let value = |values: &Values, row: usize| match values {
            Values::Text { dictionary, codes } => {
                codes.get(row).copied().flatten().and_then(|c| dictionary.get(c as usize)).map(|t| serde_json::Value::from(&**t))
            }
            Values::Number(v) => v.get(row).copied().flatten().map(serde_json::Value::from),
            Values::Integer(v) => v.get(row).copied().flatten().map(serde_json::Value::from),
            Values::Bool(v) => v.get(row).copied().flatten().map(serde_json::Value::from),
        };
        (0..self.rows).map(|row| self.columns.iter().map(|(name, v)| (name.to_string(), value(v, row).unwrap_or_default())).collect()).collect()
    }
}

fn field(values: &Values, row: usize) -> String {
    match values {
        Values::Text { dictionary, codes } => {
            codes.get(row).copied().flatten().and_then(|c| dictionary.get(c as usize)).map(|t| t.to_string()).unwrap_or_default()
        }
        Values::Number(v) => v.get(row).copied().flatten().map(|x| x.to_string()).unwrap_or_default(),
        Values::Integer(v) => v.get(row).copied().flatten().map(|x| x.to_string()).unwrap_or_default(),
        Values::Bool(v) => v.get(row).copied().flatten().map(|x| x.to_string()).unwrap_or_default(),
    }
}

/// Fills a dictionary column.
#[derive(Default)]
struct Texts {
    index: BTreeMap<Arc<str>, u32>,
    dictionary: Vec<Arc<str>>,
    codes: Vec<Option<u32>>,
}

impl Texts {
    fn push(&mut self, text: Option<&str>) {
        let code = text.filter(|t| !t.is_empty()).map(|t| match self.index.get(t) {
            Some(&code) => code,
            None => {
                let shared: Arc<str> = t.into();
                let code = u32::try_from(self.dictionary.len()).unwrap_or(u32::MAX);
                self.dictionary.push(shared.clone());
                self.index.insert(shared, code);
                code
            }
        });
        self.codes.push(code);
    }
}

struct FrameBuilder {
    columns: Vec<(Cow<'static, str>, Cells)>,
    at: usize,
    rows: usize,
}

enum Cells {
    Text(Texts),
    Number(Vec<Option<f64>>),
    Integer(Vec<Option<i64>>),
    Bool(Vec<Option<bool>>),
}

impl FrameBuilder {
    /// `t:` text, `n:` number, `i:` whole number, `b:` truth value.
    fn new(columns: &[(&'static str, char)]) -> Self {
        Self::named(columns.iter().map(|&(name, kind)| (Cow::Borrowed(name), kind)))
    }

    fn named(columns: impl Iterator<Item = (Cow<'static, str>, char)>) -> Self {
        let cells = |kind: char| match kind {
            'n' => Cells::Number(Vec::new()),
            'i' => Cells::Integer(Vec::new()),
            'b' => Cells::Bool(Vec::new()),
            _ => Cells::Text(Texts::default()),
        };
        FrameBuilder { columns: columns.map(|(name, kind)| (name, cells(kind))).collect(), at: 0, rows: 0 }
    }

    fn next(&mut self) -> Option<&mut Cells> {
        let at = self.at;
        self.at += 1;
        self.columns.get_mut(at).map(|(_, c)| c)
    }

    fn text(&mut self, text: Option<&str>) -> &mut Self {
        if let Some(Cells::Text(t)) = self.next() {
            t.push(text);
        }
        self
    }

    fn number(&mut self, x: Option<f64>) -> &mut Self {
        if let Some(Cells::Number(v)) = self.next() {
            v.push(x);
        }
        self
    }

    fn integer(&mut self, x: Option<usize>) -> &mut Self {
        if let Some(Cells::Integer(v)) = self.next() {
            v.push(x.and_then(|x| i64::try_from(x).ok()));
        }
        self
    }

    fn truth(&mut self, x: Option<bool>) -> &mut Self {
        if let Some(Cells::Bool(v)) = self.next() {
            v.push(x);
        }
        self
    }

    fn end_row(&mut self) {
        self.at = 0;
        self.rows += 1;
    }

    fn finish(self) -> Frame {
        let values = |cells: Cells| match cells {
            Cells::Text(t) => Values::Text { dictionary: t.dictionary, codes: t.codes },
            Cells::Number(v) => Values::Number(v),
            Cells::Integer(v) => Values::Integer(v),
            Cells::Bool(v) => Values::Bool(v),
        };
        Frame { columns: self.columns.into_iter().map(|(name, c)| (name, values(c))).collect(), rows: self.rows }
    }
}

/// The word of a serde enum.
fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// `value`, `suppressed`, or the reason why it is missing.
fn state_of(figure: &Figure) -> String {
    match figure {
        Figure::Value { .. } => "value".to_owned(),
        Figure::Suppressed => "suppressed".to_owned(),
        Figure::Missing { reason, .. } => word(reason),
    }
}

impl SurveyResults {
    /// The estimates as columns, one row each; the code of each dimension `d` stands in `domain.d`, empty where the estimate
    /// is for all its groups. As little released as the estimates themselves: small groups are among them.
    ///
    /// ```
    /// use sms_core::survey::{Accumulator, Batch, Column, Reporting};
    /// let plan = serde_json::from_value(serde_json::json!({
    ///     "design": {"weight": "w"},
    ///     "estimates": {"rent": {"kind": "mean", "variable": "rent"}},
    ///     "domains": [{}, {"by": ["district"]}],
    /// })).unwrap();
    /// let mut accumulator = Accumulator::new(plan)?;
    /// let mut batch = Batch::new(3);
    /// batch.insert("rent", Column::numbers(&[3.0, 5.0, 4.0]))?;
    /// batch.insert("w", Column::numbers(&[1.0; 3]))?;
    /// batch.insert("district", Column::codes(&[0, 0, 1], &["north", "south"]))?;
    /// accumulator.update(&batch)?;
    /// let frame = accumulator.finish(&Reporting::new(0.95))?.frame();
    /// let rows = frame.to_rows();
    /// assert_eq!((rows[1]["domain.district"].as_str(), rows[1]["value"].as_f64()), (Some("north"), Some(4.0)));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn frame(&self) -> Frame {
        let mut dimensions: Vec<&str> = self.estimates.iter().flat_map(|e| &e.domain).map(|part| part.dimension.as_str()).collect();
        dimensions.sort_unstable();
        dimensions.dedup();
        let fixed = |columns: &'static [(&'static str, char)]| columns.iter().map(|&(name, kind)| (Cow::Borrowed(name), kind));
        let domains = dimensions.iter().map(|d| (Cow::Owned(format!("domain.{d}")), 't'));
        let numbers = &[
            ("value", 'n'),
            ("absent", 't'),
            ("se", 'n'),
            ("cv", 'n'),
            ("lower", 'n'),
            ("upper", 'n'),
            ("confidence", 'n'),
            ("interval", 't'),
            ("df", 'n'),
            ("n", 'i'),
            ("psus", 'i'),
            ("strata", 'i'),
            ("population", 'n'),
            ("deff", 'n'),
            ("effective_n", 'n'),
            ("threshold", 'n'),
            ("quality", 't'),
            ("flags", 't'),
        ];
        let mut f = FrameBuilder::named(fixed(&[("estimate", 't'), ("kind", 't')]).chain(domains).chain(fixed(numbers)));
        let whole = |n: u64| usize::try_from(n).ok();
        for e in &self.estimates {
            f.text(Some(&e.estimate)).text(Some(e.kind));
            for dimension in &dimensions {
                f.text(e.domain.iter().find(|part| part.dimension == *dimension).map(|part| part.code.as_str()));
            }
            let interval = e.interval.as_ref();
            f.number(e.value).text(e.absent.map(word).as_deref()).number(e.se).number(e.cv);
            f.number(interval.map(|i| i.lower)).number(interval.map(|i| i.upper)).number(interval.map(|i| i.confidence));
            f.text(interval.map(|i| word(i.method)).as_deref()).number(e.df).integer(whole(e.n));
            f.integer(e.psus.and_then(whole)).integer(e.strata.and_then(whole)).number(e.population).number(e.deff);
            f.number(e.effective_n).number(e.threshold).text(e.quality.map(word).as_deref());
            f.text(Some(&e.flags.iter().map(word).collect::<Vec<_>>().join(" ")));
            f.end_row();
        }
        f.finish()
    }
}

impl Report {
    /// A table of the report as columns.
    ///
    /// ```
    /// use sms_core::{AssessmentPlan, assess, dataset, exchange::{csv, frame::Table}, wire::Engine};
    /// let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?;
    /// let text = "indicator,place,period,numerator,denominator\nWSP-O-04,example,2024,60,1000\n";
    /// let (dataset, findings) = dataset::check(engine.catalogue(), &csv::read(text.as_bytes(), &Default::default())?);
    /// let method = engine.method("standard")?;
    /// let report = assess::assess(&method, &dataset.into(), &findings, &AssessmentPlan::default())?.release(&method.public_policy())?;
    /// let frame = report.frame(Table::Indicators);
    /// assert!(frame.columns().iter().any(|(name, _)| *name == "score"));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn frame(&self, table: Table) -> Frame {
        match table {
            Table::Indicators => self.indicator_frame(),
            Table::Nodes => self.node_frame(),
            Table::Gaps => self.gap_frame(),
            Table::Figures => self.figure_frame(),
            Table::Progress => self.progress_frame(),
            Table::Disaggregation => self.disaggregation_frame(),
        }
    }

    fn indicator_frame(&self) -> Frame {
        let mut f = FrameBuilder::new(&[
            ("place", 't'),
            ("assessed", 't'),
            ("indicator", 't'),
            ("name", 't'),
            ("module", 't'),
            ("measure_type", 't'),
            ("result_level", 't'),
            ("state", 't'),
            ("value", 'n'),
            ("lower", 'n'),
            ("upper", 'n'),
            ("unit", 't'),
            ("period", 't'),
            ("carried_forward", 'b'),
            ("score", 'n'),
            ("not_scored", 't'),
            ("standing", 't'),
            ("change", 'n'),
            ("direction", 't'),
            ("proxy", 't'),
        ]);
        for (unit, place, period) in self.units() {
            let period = period.to_string();
            for (sheet, result, cell) in self.results_of(unit) {
                let figure = cell.map(|c| figure_of(c, sheet, self.method().raw().estimate.confidence.value));
                let bounds = match &figure {
                    Some(Figure::Value { lower, upper, .. }) => (*lower, *upper),
                    _ => (None, None),
                };
                let state = match (&figure, result.availability) {
                    (Some(figure), _) => state_of(figure),
                    (None, availability) => word(availability),
                };
                let proxy = cell.and_then(|c| self.published().text(c.proxy));
                f.text(Some(place))
                    .text(Some(&period))
                    .text(Some(sheet.id.as_str()))
                    .text(Some(self.catalogue().name(sheet)))
                    .text(Some(sheet.module.as_str()));
                f.text(Some(sheet.measure_type.as_str())).text(Some(sheet.result_level.as_str())).text(Some(&state));
                f.number(figure.as_ref().and_then(Figure::value)).number(bounds.0).number(bounds.1).text(Some(sheet.unit.as_str()));
                f.text(cell.and_then(|c| self.published().period(c)).map(|p| p.to_string()).as_deref()).truth(cell.map(|_| result.carried));
                f.number(result.score.map(|s| s.score)).text(result.not_scored.map(word).as_deref()).text(Some(&word(result.standing)));
                f.number(result.change.map(|c| c.absolute)).text(result.change.map(|c| word(c.direction)).as_deref()).text(proxy.map(|p| &**p));
                f.end_row();
            }
        }
        f.finish()
    }

    fn node_frame(&self) -> Frame {
        let mut f = FrameBuilder::new(&[
            ("place", 't'),
            ("assessed", 't'),
            ("kind", 't'),
            ("id", 't'),
            ("name", 't'),
            ("state", 't'),
            ("outcomes", 'n'),
            ("outcomes_coverage", 'n'),
            ("outcomes_n", 'i'),
            ("outcomes_of", 'i'),
            ("effort", 'n'),
            ("effort_coverage", 'n'),
            ("effort_n", 'i'),
            ("effort_of", 'i'),
            ("combined", 'n'),
            ("band", 'i'),
            ("below_minimum", 'i'),
        ]);
        for (unit, place, period) in self.units() {
            let period = period.to_string();
            for (def, r) in self.nodes_of(unit) {
                let name = node_name(self.catalogue(), def.kind, &def.id);
                f.text(Some(place)).text(Some(&period)).text(Some(&word(def.kind))).text(Some(&def.id)).text(Some(&name)).text(Some(&word(r.state)));
                for side in [r.outcomes, r.effort] {
                    f.number(side.and_then(|m| m.score)).number(side.map(|m| m.coverage)).integer(side.map(|m| m.n)).integer(side.map(|m| m.of));
                }
                f.number(r.combined).integer(r.band.map(usize::from)).integer(Some(r.below_minimum as usize));
                f.end_row();
            }
        }
        f.finish()
    }

    fn gap_frame(&self) -> Frame {
        let mut f = FrameBuilder::new(&[
            ("place", 't'),
            ("assessed", 't'),
            ("indicator", 't'),
            ("dimension", 't'),
            ("period", 't'),
            ("groups", 'i'),
            ("worst", 't'),
            ("worst_name", 't'),
            ("worst_value", 'n'),
            ("best", 't'),
            ("best_name", 't'),
            ("best_value", 'n'),
            ("difference", 'n'),
            ("ratio", 'n'),
            ("p", 'n'),
            ("verdict", 't'),
        ]);
        let units: Vec<(String, String)> = self.units().map(|(_, place, period)| (place.to_owned(), period.to_string())).collect();
        for (unit, sheet, g) in self.gap_reports() {
            let Some((place, period)) = units.get(unit) else { continue };
            f.text(Some(place))
                .text(Some(period))
                .text(Some(sheet.id.as_str()))
                .text(Some(&g.dimension))
                .text(Some(&g.period.to_string()))
                .integer(Some(g.groups as usize));
            f.text(Some(&g.worst))
                .text(Some(&g.worst_name))
                .number(Some(g.worst_value))
                .text(Some(&g.best))
                .text(Some(&g.best_name))
                .number(Some(g.best_value));
            f.number(Some(g.difference)).number(g.ratio).number(g.p).text(Some(&word(g.verdict)));
            f.end_row();
        }
        f.finish()
    }

    fn disaggregation_frame(&self) -> Frame {
        let mut f = FrameBuilder::new(&[
            ("place", 't'),
            ("assessed", 't'),
            ("indicator", 't'),
            ("dimension", 't'),
            ("need", 't'),
            ("status", 't'),
            ("published", 'i'),
            ("withheld", 'i'),
            ("effort", 't'),
            ("reason", 't'),
        ]);
        for report in (0..self.len()).filter_map(|unit| self.place_report(unit)) {
            let period = report.period.to_string();
            for (indicator, d) in report.indicators.iter().flat_map(|i| i.disaggregation.iter().map(move |d| (i, d))) {
                f.text(Some(&report.place)).text(Some(&period)).text(Some(&indicator.id)).text(Some(&d.dimension));
                f.text(Some(d.need.as_str())).text(Some(&word(d.status))).integer(Some(d.published)).integer(Some(d.withheld));
                f.text(Some(&d.effort).filter(|t| !t.is_empty()).map(String::as_str)).text(Some(&d.reason).filter(|t| !t.is_empty()).map(String::as_str));
                f.end_row();
            }
        }
        f.finish()
    }

    fn progress_frame(&self) -> Frame {
        let mut f = FrameBuilder::new(&[
            ("place", 't'),
            ("assessed", 't'),
            ("indicator", 't'),
            ("period", 't'),
            ("value", 'n'),
            ("baseline", 'n'),
            ("baseline_at", 'n'),
            ("target", 'n'),
            ("target_at", 'n'),
            ("target_owner", 't'),
            ("status", 't'),
            ("reason", 't'),
            ("achievement", 'n'),
            ("achievement_se", 'n'),
            ("expected", 'n'),
            ("pace", 'n'),
            ("probability", 'n'),
            ("slope", 'n'),
            ("slope_p", 'n'),
            ("slope_shown", 'b'),
            ("projection", 'n'),
            ("retrogression", 't'),
            ("retrogression_p", 'n'),
            ("retrogression_sustained", 'b'),
        ]);
        for (unit, place, period) in self.units() {
            let period = period.to_string();
            for (sheet, result, cell) in self.results_of(unit) {
                let Some(progress) = self.progress_of(unit, sheet, result) else { continue };
                let made = progress.achievement.as_ref();
                let a = made.map(|m| &m.achievement);
                let value = cell.map(|c| figure_of(c, sheet, self.method().raw().estimate.confidence.value)).and_then(|f| f.value());
                f.text(Some(place)).text(Some(&period)).text(Some(sheet.id.as_str()));
                f.text(cell.and_then(|c| self.published().period(c)).map(|p| p.to_string()).as_deref()).number(value);
                f.number(made.and_then(|m| m.baseline)).number(made.and_then(|m| m.baseline_at).map(f64::from));
                f.number(made.map(|m| m.target)).number(made.and_then(|m| m.target_at).map(f64::from)).text(made.map(|m| word(m.owner)).as_deref());
                f.text(a.map(|a| word(a.status)).as_deref()).text(a.and_then(|a| a.reason).map(word).as_deref());
                f.number(a.and_then(|a| a.raw)).number(a.and_then(|a| a.se)).number(a.and_then(|a| a.expected)).number(a.and_then(|a| a.pace));
                f.number(a.and_then(|a| a.probability));
                let trend = progress.trend.as_ref();
                f.number(trend.map(|t| t.slope)).number(trend.map(|t| t.p_exact.unwrap_or(t.p))).truth(trend.map(|t| t.shown));
                f.number(made.and_then(|m| m.projection).map(|p| p.value));
                let back = progress.retrogression.as_ref();
                f.text(back.map(|r| word(r.status)).as_deref()).number(back.and_then(|r| r.best).and_then(|b| b.p)).truth(back.map(|r| r.sustained));
                f.end_row();
            }
        }
        f.finish()
    }

    fn figure_frame(&self) -> Frame {
        let mut f = FrameBuilder::new(&[
            ("place", 't'),
            ("indicator", 't'),
            ("period", 't'),
            ("groups", 't'),
            ("state", 't'),
            ("value", 'n'),
            ("lower", 'n'),
            ("upper", 'n'),
            ("numerator", 'n'),
            ("denominator", 'n'),
            ("source", 't'),
            ("proxy", 't'),
            ("note", 't'),
        ]);
        let table = self.published();
        let confidence = self.method().raw().estimate.confidence.value;
        for c in &table.cells {
            let Some(sheet) = self.catalogue().indicators().get(c.indicator as usize) else { continue };
            let figure = figure_of(c, sheet, confidence);
            let (lower, upper, a, b) = match &figure {
                Figure::Value { lower, upper, numerator, denominator, .. } => (*lower, *upper, *numerator, *denominator),
                _ => (None, None, None, None),
            };
            let groups: Vec<String> = table.group(c).map(|g| g.parts().iter().map(|(d, code)| format!("{d}={code}")).collect()).unwrap_or_default();
            f.text(table.places.get(c.place as usize).map(|p| p.code.as_str())).text(Some(sheet.id.as_str()));
            f.text(table.period(c).map(|p| p.to_string()).as_deref()).text(Some(&groups.join(";"))).text(Some(&state_of(&figure)));
            f.number(figure.value()).number(lower).number(upper).number(a).number(b);
            for number in [c.source, c.proxy, c.note] {
                f.text(table.text(number).map(|t| &**t));
            }
            f.end_row();
        }
        f.finish()
    }
}
