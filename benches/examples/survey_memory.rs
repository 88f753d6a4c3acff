//! Peak memory and time of survey states over many rows, made on the fly:
//! `cargo run --release -p sms-benches --example survey_memory -- clustered 20000000 12` (or `unclustered`; rows; cells).
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a measurement speaks on the terminal, and needs a clock")]

use sms_benches::Numbers;
use sms_core::survey::{Accumulator, Batch, Column, Reporting, SurveyPlan};
use std::time::Instant;

const UNITS: u64 = 50_000;
const STRATA: u64 = 100;
const CELLS: u64 = 12;
const ROWS: usize = 100_000;

/// Megabytes of the process at its largest, as the kernel counts them.
fn peak() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kb| kb / 1024.0)
}

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "small numbers")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let clustered = arguments.first().is_none_or(|a| a == "clustered");
    let total: usize = arguments.get(1).map_or(Ok(20_000_000), |n| n.parse())?;
    let cells: u64 = arguments.get(2).map_or(Ok(CELLS), |n| n.parse())?;
    let mut design = serde_json::json!({"weight": "w", "stratum": "h"});
    if let (true, Some(fields)) = (clustered, design.as_object_mut()) {
        fields.insert("psu".to_owned(), "i".into());
    }
    let plan: SurveyPlan = serde_json::from_value(serde_json::json!({"design": design, "estimates": {
        "mean": {"kind": "mean", "variable": "y"}, "total": {"kind": "total", "variable": "y"}, "ratio": {"kind": "ratio", "numerator": "y", "denominator": "x"},
    }, "domains": [{"by": ["g"]}]}))?;
    let mut accumulator = Accumulator::new(plan)?;
    let mut n = Numbers::new(1);
    let texts = |count: u64, letter: char| (0..count).map(|i| format!("{letter}{i}")).collect::<Vec<_>>();
    let (units, strata, groups) = (texts(UNITS, 'i'), texts(STRATA, 'h'), texts(cells, 'g'));
    let words = |list: &'static [String]| list.iter().map(String::as_str).collect::<Vec<_>>();
    let (units, strata, groups) = (words(units.leak()), words(strata.leak()), words(groups.leak()));
    let started = Instant::now();
    let mut rows = 0;
    while rows < total {
        let count = ROWS.min(total - rows);
        let unit: Vec<u32> = (0..count).map(|_| n.below(UNITS) as u32).collect();
        let stratum: Vec<u32> = unit.iter().map(|&u| u % STRATA as u32).collect();
        let group: Vec<u32> = (0..count).map(|_| n.below(cells) as u32).collect();
        let number = |n: &mut Numbers, limit: u64, by: f64| (0..count).map(|_| 1.0 + n.below(limit) as f64 / by).collect::<Vec<f64>>();
        let (w, y, x) = (number(&mut n, 500_000, 997.0), number(&mut n, 90_000_000, 1000.0), number(&mut n, 4000, 3.0));
        let mut batch = Batch::new(count);
        for (name, column) in [("w", &w), ("y", &y), ("x", &x)] {
            batch.insert(name, Column::numbers(column))?;
        }
        for (name, codes, words) in [("i", &unit, &units), ("h", &stratum, &strata), ("g", &group, &groups)] {
            batch.insert(name, Column::codes(codes, words))?;
        }
        accumulator.update(&batch)?;
        rows += count;
    }
    let updated = started.elapsed().as_secs_f64();
    let after_update = peak();
    let results = accumulator.finish(&Reporting::new(0.95))?;
    println!(
        "{} rows, {}: {} estimates; update {updated:.1} s ({:.0} ns a row), finish {:.2} s; VmHWM {:.0} MB after the rows, {:.0} MB in all",
        results.rows,
        if clustered { "clustered" } else { "unclustered" },
        results.estimates.len(),
        1e9 * updated / total as f64,
        started.elapsed().as_secs_f64() - updated,
        after_update.unwrap_or(f64::NAN),
        peak().unwrap_or(f64::NAN)
    );
    Ok(())
}
