//! Tables that nobody can be recognised in: protection, the attacker, rounding.

use super::{Engine, OldArea, answer, field, optional, unanswered};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sms_assessment::release::{self, Published};
use sms_base::diagnostic::{Code, Error, Result};
use sms_statistics::disclosure::{self, Cell, Contributions, Deduced, DominanceRules, Equation, Knowledge, Limits, PerturbationTable, Rule, Table, Verdict};

pub(super) const AREA: OldArea = OldArea { operations: OPERATIONS, answer: call };

const OPERATIONS: &[&str] =
    &["disclosure.protect", "disclosure.attack", "disclosure.round", "disclosure.cell_key", "disclosure.dominance", "disclosure.attack_report"];

/// A table in a request: cells and equations, or a grid of rows and columns with their totals last.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableRequest {
    #[serde(default)]
    cells: Option<Vec<Cell>>,
    #[serde(default)]
    equations: Vec<Equation>,
    #[serde(default)]
    grid: Option<Vec<Vec<Option<i64>>>>,
}

impl TableRequest {
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

/// What an attack answers.
#[derive(Serialize)]
struct AttackAnswer {
    /// Whether every suppressed cell is proven to be safe.
    safe: bool,
    cells: Vec<Deduced>,
}

fn width_of(r: &Value) -> Result<u64> {
    let width: u64 = field(r, "width")?;
    if width > 1 << 53 { Err(Error::new(Code::DisclosureBadRule).at_path("width").expecting("a whole number up to 2^53")) } else { Ok(width) }
}

fn knowledge(r: &Value) -> Result<Knowledge> {
    let rule: Option<Rule> = optional(r, "rule")?;
    if rule.is_some_and(|rule| rule.threshold == 0) {
        return Err(Error::new(Code::DisclosureBadRule).at_path("rule.threshold").expecting("1 or more"));
    }
    Ok(Knowledge { width: width_of(r)?, rule })
}

/// Suppresses the cells that are small by a rule.
fn with_primary(table: Table, rule: Rule) -> Result<Table> {
    let small = |c: &Cell| c.value.is_some_and(|v| v < i64::from(rule.threshold) && (rule.zero || v > 0) && v >= 0);
    let cells = table.cells().iter().map(|c| Cell { suppressed: c.suppressed || (small(c) && !c.fixed), ..*c }).collect();
    Table::new(cells, table.equations().to_vec())
}

fn call(engine: &Engine, op: &str, r: &Value) -> Result<Value> {
    let table = || field::<TableRequest>(r, "table")?.table();
    let limits: Limits = optional(r, "limits")?.unwrap_or_default();
    match op {
        "disclosure.protect" => {
            let table = match optional::<Rule>(r, "primary")? {
                Some(rule) => with_primary(table()?, rule)?,
                None => table()?,
            };
            let knowledge = knowledge(r)?;
            let made = disclosure::protect(&table, &knowledge, &limits)?;
            let after: Vec<Cell> = table.cells().iter().zip(&made.suppressed).map(|(c, &suppressed)| Cell { suppressed, ..*c }).collect();
            // the attacker audits what leaves
            let deduced = disclosure::attack(&Table::new(after, table.equations().to_vec())?, &knowledge, &limits)?;
            let safe = deduced.iter().all(|d| d.verdict == Verdict::Safe);
            let verdicts: Vec<Value> = deduced.iter().map(|d| json!({ "cell": d.cell, "verdict": d.verdict })).collect();
            answer(json!({
                "suppressed": made.suppressed, "cost": made.cost, "proven_optimal": made.proven_optimal, "safe": safe, "exposed": made.exposed, "verdicts": verdicts
            }))
        }
        "disclosure.attack" => {
            let cells = disclosure::attack(&table()?, &knowledge(r)?, &limits)?;
            answer(AttackAnswer { safe: cells.iter().all(|d| d.verdict == Verdict::Safe), cells })
        }
        "disclosure.round" => answer(disclosure::round(&table()?, field(r, "base")?, &limits)?),
        "disclosure.cell_key" => {
            let perturbation: PerturbationTable = field(r, "perturbation")?;
            answer(json!({ "value": perturbation.perturb(&field::<Vec<u64>>(r, "record_keys")?)? }))
        }
        "disclosure.dominance" => {
            let given: Contributions = field(r, "magnitude")?;
            answer(disclosure::dominance(&given, &field::<DominanceRules>(r, "rules")?)?)
        }
        "disclosure.attack_report" => {
            let report = Published::from_report(&field::<Value>(r, "report")?).map_err(|e| e.at_path("report"))?;
            let previous = optional::<Value>(r, "previous")?.map(|p| Published::from_report(&p).map_err(|e| e.at_path("previous"))).transpose()?;
            let method = engine.method_of(&optional(r, "method")?.unwrap_or_default())?;
            let explanations: Vec<Value> = optional(r, "explanations")?.unwrap_or_default();
            let reading = release::Reading { method: &method, explanations: &explanations };
            answer(release::attack_report(engine.catalogue(), &report, previous.as_ref(), reading, &limits)?)
        }
        _ => Err(unanswered()),
    }
}
