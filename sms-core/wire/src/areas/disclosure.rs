//! Tables that nobody can be recognised in: protection, the attacker, rounding.

use crate::{Area, Engine, Entry, MethodChoice, Operation};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sms_assessment::release::{self, Published, ReportAttack};
use sms_base::diagnostic::{Code, Error, Result};
use sms_statistics::disclosure::{
    self, Cell, Contributions, Deduced, Dominance, DominanceRules, Equation, Knowledge, Limits, PerturbationTable, Rounded, Rule, Table, Verdict,
};

pub(super) const AREA: Area = Area {
    title: "Disclosure",
    operations: &[
        Entry::of::<ProtectTable>(),
        Entry::of::<AttackTable>(),
        Entry::of::<RoundTable>(),
        Entry::of::<PerturbCount>(),
        Entry::of::<JudgeDominance>(),
        Entry::of::<AttackReport>(),
    ],
};

const TABLE_ERRORS: &[Code] = &[Code::DisclosureBadTable, Code::DisclosureBadRule, Code::DisclosureNotAdditive];

/// A table in whole numbers: cells and equations, or a grid of rows and columns with their totals last. Decimals are scaled by the caller.
///
/// Tables of more dimensions, hierarchies, tables that share margins and two releases of one table are cells and equations as well.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DisclosureTable {
    /// The cells; in place of a grid.
    cells: Option<Vec<Cell>>,
    /// Which cells sum to which; none where it is not given.
    #[serde(default)]
    equations: Vec<Equation>,
    /// Rows of whole numbers, the last row and the last column being totals, with null for what the reader does not see; in place of cells and equations.
    grid: Option<Vec<Vec<Option<i64>>>>,
}

impl DisclosureTable {
    fn table(self) -> Result<Table> {
        let made = match (self.cells, self.grid) {
            (Some(cells), None) => Table::new(cells, self.equations),
            (None, Some(grid)) if self.equations.is_empty() => Table::grid(&grid),
            _ => Err(Error::new(Code::DisclosureBadTable).expecting("cells and equations, or a grid")),
        };
        made.map_err(|e| {
            let inside = e.location().path.as_ref().map_or("table".to_owned(), |p| format!("table.{p}"));
            e.at_path(&inside)
        })
    }
}

/// What the attacker knows: the width that is asked for, and the rule.
fn knowledge(width: u64, rule: Option<Rule>) -> Result<Knowledge> {
    if rule.is_some_and(|rule| rule.threshold == 0) {
        return Err(Error::new(Code::DisclosureBadRule).at_path("rule.threshold").expecting("1 or more"));
    }
    if width > 1 << 53 {
        return Err(Error::new(Code::DisclosureBadRule).at_path("width").expecting("a whole number up to 2^53"));
    }
    Ok(Knowledge { width, rule })
}

/// Suppresses the cells that are small by a rule.
fn with_primary(table: &Table, rule: Rule) -> Result<Table> {
    let small = |c: &Cell| c.value.is_some_and(|v| v < i64::from(rule.threshold) && (rule.zero || v > 0) && v >= 0);
    let cells = table.cells().iter().map(|c| Cell { suppressed: c.suppressed || (small(c) && !c.fixed), ..*c }).collect();
    Table::new(cells, table.equations().to_vec())
}

/// Which further cells of a table are suppressed, so that no suppressed one can be deduced too closely.
///
/// Primary and secondary cells are protected alike, because a reader cannot tell them apart. The cheapest choice is looked for, and the attacker audits
/// it. Where the limits are reached, a choice is not `proven_optimal`.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProtectTable {
    /// The table, with all values.
    table: DisclosureTable,
    /// How wide what can be deduced of each suppressed cell must be, highest less lowest: a whole number up to 2^53.
    width: u64,
    /// Suppresses small cells first; only those that the table says are suppressed where it is not given.
    primary: Option<Rule>,
    /// The rule that the attacker knows: that cells hang together because one of them is small by it. They know none where it is not given.
    rule: Option<Rule>,
    /// How much work may be spent.
    #[serde(default)]
    limits: Limits,
}

/// Which cells are suppressed, and what the attacker says of them.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ProtectTableAnswer {
    /// For each cell whether it is suppressed: those of the table, and the further ones.
    suppressed: Vec<bool>,
    /// Information lost by the further ones: the sum of their costs.
    cost: u64,
    /// Whether no choice is cheaper. Where it is not, this is the best that was found.
    proven_optimal: bool,
    /// Whether every suppressed cell is proven to be safe.
    safe: bool,
    /// Positions of suppressed cells that no choice protects, because of cells that are fixed or bounds that are known.
    exposed: Vec<usize>,
    /// What the attacker says of each suppressed cell.
    verdicts: Vec<CellVerdict>,
}

/// What the attacker says of a suppressed cell.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct CellVerdict {
    /// Its position in the table.
    cell: usize,
    /// Whether what can be deduced of it is wide enough.
    verdict: Verdict,
}

impl Operation for ProtectTable {
    const NAME: &'static str = "disclosure.protect";
    const SOURCE: &'static str = "method, section 8; Fischetti and Salazar 2000; Hundepool et al. 2012, ch. 4";
    const ERRORS: &'static [Code] = TABLE_ERRORS;
    const EXAMPLE: &'static str =
        r#"{"table": {"grid": [[4, 20, 30, 54], [25, 40, 50, 115], [12, 60, 70, 142], [41, 120, 150, 311]]}, "width": 10, "primary": {"threshold": 10}}"#;
    type Answer = ProtectTableAnswer;

    fn answer(self, _: &Engine) -> Result<ProtectTableAnswer> {
        let given = self.table.table()?;
        let table = match self.primary {
            Some(rule) => with_primary(&given, rule)?,
            None => given,
        };
        let knowledge = knowledge(self.width, self.rule)?;
        let made = disclosure::protect(&table, &knowledge, &self.limits)?;
        let after: Vec<Cell> = table.cells().iter().zip(&made.suppressed).map(|(c, &suppressed)| Cell { suppressed, ..*c }).collect();
        // the attacker audits what leaves
        let deduced = disclosure::attack(&Table::new(after, table.equations().to_vec())?, &knowledge, &self.limits)?;
        Ok(ProtectTableAnswer {
            safe: deduced.iter().all(|d| d.verdict == Verdict::Safe),
            verdicts: deduced.iter().map(|d| CellVerdict { cell: d.cell, verdict: d.verdict }).collect(),
            suppressed: made.suppressed,
            cost: made.cost,
            proven_optimal: made.proven_optimal,
            exposed: made.exposed,
        })
    }
}

/// What anyone can deduce of each suppressed cell of a table.
///
/// Known to the attacker: every published cell, every equation, that the numbers are whole, what bounds the cells have, and by choice the rule. Bounds are
/// exact whole numbers; where the limits are reached, the verdict is `unproven`.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct AttackTable {
    /// The table as the reader sees it.
    table: DisclosureTable,
    /// How wide what can be deduced of each suppressed cell must be, highest less lowest: a whole number up to 2^53.
    width: u64,
    /// The rule that the attacker knows: that cells hang together because one of them is small by it. They know none where it is not given.
    rule: Option<Rule>,
    /// How much work may be spent.
    #[serde(default)]
    limits: Limits,
}

/// What can be deduced of a table.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct AttackTableAnswer {
    /// Whether every suppressed cell is proven to be safe.
    safe: bool,
    /// What can be deduced of each suppressed cell.
    cells: Vec<Deduced>,
}

impl Operation for AttackTable {
    const NAME: &'static str = "disclosure.attack";
    const SOURCE: &'static str = "method, section 8; Fischetti and Salazar 2000; Hundepool et al. 2012, ch. 4";
    const ERRORS: &'static [Code] = TABLE_ERRORS;
    const EXAMPLE: &'static str = r#"{"table": {"grid": [[null, 20, 24], [30, 40, 70], [34, 60, 94]]}, "width": 10}"#;
    type Answer = AttackTableAnswer;

    fn answer(self, _: &Engine) -> Result<AttackTableAnswer> {
        let cells = disclosure::attack(&self.table.table()?, &knowledge(self.width, self.rule)?, &self.limits)?;
        Ok(AttackTableAnswer { safe: cells.iter().all(|d| d.verdict == Verdict::Safe), cells })
    }
}

/// A table with every cell rounded to a multiple of a base, so that parts still sum to their totals.
///
/// Multiples stay as they are; every other cell goes to the one below or the one above. Where no such table is found, each cell goes to its nearest
/// multiple, half to even, and the answer is not `additive`. No chance is involved.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RoundTable {
    /// The table, with all values.
    table: DisclosureTable,
    /// The base, a whole number of 2 or more.
    base: i64,
    /// How much work may be spent.
    #[serde(default)]
    limits: Limits,
}

impl Operation for RoundTable {
    const NAME: &'static str = "disclosure.round";
    const SOURCE: &'static str = "method, section 8; Cox and Ernst 1982";
    const ERRORS: &'static [Code] = TABLE_ERRORS;
    const EXAMPLE: &'static str = r#"{"table": {"grid": [[1, 1, 2], [1, 1, 2], [2, 2, 4]]}, "base": 3}"#;
    type Answer = Rounded;

    fn answer(self, _: &Engine) -> Result<Rounded> {
        disclosure::round(&self.table.table()?, self.base, &self.limits)
    }
}

/// A count as it is published by the cell-key method.
///
/// The keys of the records, summed, choose what is added: the same records give the same figure in every table that they are counted in.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PerturbCount {
    /// The keys of the records that are counted, whole numbers of 0 or more.
    record_keys: Vec<u64>,
    /// What is added to a count, by the count and its cell key.
    perturbation: PerturbationTable,
}

/// A count as it is published.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PerturbCountAnswer {
    /// The count with what is added.
    value: i64,
}

impl Operation for PerturbCount {
    const NAME: &'static str = "disclosure.cell_key";
    const SOURCE: &'static str = "Fraser and Wooton 2005; Thompson et al. 2013";
    const ERRORS: &'static [Code] = &[Code::DisclosureBadRule];
    const EXAMPLE: &'static str = r#"{"record_keys": [3, 4], "perturbation": {"rows": [[0, 0], [-1, 1], [0, 1]], "repeat": 1}}"#;
    type Answer = PerturbCountAnswer;

    fn answer(self, _: &Engine) -> Result<PerturbCountAnswer> {
        Ok(PerturbCountAnswer { value: self.perturbation.perturb(&self.record_keys)? })
    }
}

/// Whether a magnitude must be withheld because one contributor, or few, would be seen through it.
///
/// By the p % rule, by (n, k) dominance, or by both.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct JudgeDominance {
    /// What stands behind the magnitude.
    magnitude: Contributions,
    /// The rules, at least one; a rule that is not given is not applied.
    rules: DominanceRules,
}

impl Operation for JudgeDominance {
    const NAME: &'static str = "disclosure.dominance";
    const SOURCE: &'static str = "method, section 8; Hundepool et al. 2012, ch. 4.2";
    const ERRORS: &'static [Code] = &[Code::DisclosureBadRule, Code::DisclosureBadTable, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"magnitude": {"contributions": [900, 60, 40]}, "rules": {"p": 10}}"#;
    type Answer = Dominance;

    fn answer(self, _: &Engine) -> Result<Dominance> {
        disclosure::dominance(&self.magnitude, &self.rules)
    }
}

/// What anyone can deduce of what a report withholds, from the report and the one before.
///
/// The attacker takes groups of an exclusive dimension, and districts of a city, for complete. They also find what stands in the report although it follows
/// from a withheld figure. `exact` is also what an earlier report showed and this one withholds: it cannot be taken back.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct AttackReport {
    /// The JSON of a report, as `assess` answers it.
    #[cfg_attr(feature = "schema", schemars(with = "serde_json::Map<String, Value>"))]
    report: Value,
    /// The JSON of the report that was published before.
    #[cfg_attr(feature = "schema", schemars(with = "Option<serde_json::Map<String, Value>>"))]
    previous: Option<Value>,
    /// The JSON of explanations that were published with the report.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<serde_json::Map<String, Value>>"))]
    explanations: Vec<Value>,
    /// The method that the report was made by: it turns scores and means back into figures.
    #[serde(default)]
    method: MethodChoice,
    /// How much work may be spent.
    #[serde(default)]
    limits: Limits,
}

impl Operation for AttackReport {
    const NAME: &'static str = "disclosure.attack_report";
    const SOURCE: &'static str = "method, section 8; docs/disclosure.md, the attacker";
    const ERRORS: &'static [Code] =
        &[Code::JsonBadShape, Code::ReleaseInternalReport, Code::TextBadId, Code::MethodBadJson, Code::MethodBadValue, Code::MethodNewerEdition];
    const EXAMPLE: &'static str = r#"{"report": {"places": [{"place": "example", "indicators": [{"id": "WSP-O-04", "figure": {"kind": "value", "value": 4.2, "numerator": 756, "denominator": 18095}, "period": "2024", "series": [], "groups": []}]}], "provenance": {"threshold": 10}}}"#;
    type Answer = ReportAttack;

    fn answer(self, engine: &Engine) -> Result<ReportAttack> {
        let report = Published::from_report(&self.report).map_err(|e| e.at_path("report"))?;
        let previous = self.previous.map(|p| Published::from_report(&p).map_err(|e| e.at_path("previous"))).transpose()?;
        let method = engine.chosen(&self.method)?;
        let reading = release::Reading { method: &method, explanations: &self.explanations };
        release::attack_report(engine.catalogue(), &report, previous.as_ref(), reading, &self.limits)
    }
}
