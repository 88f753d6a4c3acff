//! Tables of a report as columns.

use super::{Figure, Report, figure_of, node_name};
use crate::diagnostic::{Code, Error, Result};
use crate::frame::{Frame, FrameBuilder, word};
use crate::text::did_you_mean;
use serde::{Deserialize, Serialize};

/// Which table of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    ///
    /// ```
    /// assert_eq!(sms_core::report::Table::Indicators.as_str(), "indicators");
    /// ```
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
        let names = || Table::ALL.iter().map(|t| t.as_str());
        Table::ALL.iter().copied().find(|t| t.as_str() == name).ok_or_else(|| {
            Error::new(Code::WireBadRequest).at_path("table").expecting(names().collect::<Vec<_>>().join(", ")).suggesting(did_you_mean(name, names()))
        })
    }
}

/// `value`, `suppressed`, or the reason why it is missing.
fn state_of(figure: &Figure) -> String {
    match figure {
        Figure::Value { .. } => "value".to_owned(),
        Figure::Suppressed => "suppressed".to_owned(),
        Figure::Missing { reason, .. } => word(reason),
    }
}

impl Report {
    /// A table of the report as columns.
    ///
    /// ```
    /// use sms_core::{AssessmentPlan, assess, dataset, exchange::csv, report::Table, wire::Engine};
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
                let figure = cell.map(|c| figure_of(c, sheet, &self.method().data().estimate));
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
                let value = cell.map(|c| figure_of(c, sheet, &self.method().data().estimate)).and_then(|f| f.value());
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
        let rules = &self.method().data().estimate;
        for c in &table.cells {
            let Some(sheet) = self.catalogue().indicators().get(c.indicator as usize) else { continue };
            let figure = figure_of(c, sheet, rules);
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
