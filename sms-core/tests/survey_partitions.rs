//! A file of a million rows, in any partition and order: the same bits. `cargo dev deep` runs it with a thousand partitions.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, missing_docs, reason = "tests")]

use serde_json::json;
use sms_core::survey::{Accumulator, Batch, Column, Reporting, SurveyPlan};

struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % limit as u64) as usize
    }
}

#[derive(Clone, Copy)]
struct Row {
    stratum: u32,
    psu: u32,
    group: u32,
    weight: f64,
    income: f64,
}

/// Units are spread over the whole file, so that each partition splits them.
fn file(rows: usize) -> Vec<Row> {
    let mut n = Numbers(11);
    let row = |_| {
        let psu = n.below(800) as u32;
        Row { stratum: psu % 20, psu: psu / 20, group: n.below(12) as u32, weight: 1.0 + n.below(100_000) as f64 / 977.0, income: n.below(60_000) as f64 / 7.0 }
    };
    (0..rows).map(row).collect()
}

fn plan(clustered: bool, lists: bool) -> SurveyPlan {
    let mut design = json!({"weight": "w", "stratum": "h"});
    if clustered {
        design["psu"] = json!("i");
    }
    let mut estimates = json!({"mean": {"kind": "mean", "variable": "y"}, "total": {"kind": "total", "variable": "y"}, "ratio": {"kind": "ratio", "numerator": "y", "denominator": "w"}});
    if lists {
        estimates["gini"] = json!({"kind": "gini", "variable": "y"});
    }
    serde_json::from_value(json!({"design": design, "estimates": estimates, "domains": [{}, {"by": ["g"]}]})).unwrap()
}

fn names(count: usize, letter: char) -> Vec<String> {
    (0..count).map(|i| format!("{letter}{i}")).collect()
}

fn update(accumulator: &mut Accumulator, rows: impl Iterator<Item = Row>) {
    let rows: Vec<Row> = rows.collect();
    let column = |f: &dyn Fn(&Row) -> f64| rows.iter().map(f).collect::<Vec<f64>>();
    let codes = |f: &dyn Fn(&Row) -> u32| rows.iter().map(f).collect::<Vec<u32>>();
    let (w, y) = (column(&|r| r.weight), column(&|r| r.income));
    let (h, i, g) = (codes(&|r| r.stratum), codes(&|r| r.psu), codes(&|r| r.group));
    let texts = [names(20, 'h'), names(40, 'i'), names(12, 'g')];
    let words: Vec<Vec<&str>> = texts.iter().map(|t| t.iter().map(String::as_str).collect()).collect();
    let mut batch = Batch::new(rows.len());
    batch.insert("w", Column::numbers(&w)).unwrap();
    batch.insert("y", Column::numbers(&y)).unwrap();
    for (name, codes, words) in [("h", &h, &words[0]), ("i", &i, &words[1]), ("g", &g, &words[2])] {
        batch.insert(name, Column::codes(codes, words)).unwrap();
    }
    accumulator.update(&batch).unwrap();
}

/// The whole file against partitions of shuffled pieces, merged in random trees.
fn partitions(rows: usize, tries: usize, plans: &[SurveyPlan]) {
    let file = file(rows);
    let mut n = Numbers(5);
    for plan in plans {
        let mut whole = Accumulator::new(plan.clone()).unwrap();
        update(&mut whole, file.iter().copied());
        let (bytes, results) = (whole.to_bytes().unwrap(), whole.finish(&Reporting::new(0.95)).unwrap());
        for _ in 0..tries {
            // a row goes where its number, times an odd factor, says: a new order and a new partition at each try
            let factor = 2 * n.below(rows / 2) + 1;
            let order = move |at: usize| at.wrapping_mul(factor).wrapping_add(17) % rows;
            let valid = num_coprime(factor, rows);
            let take = |at: usize| file[if valid { order(at) } else { rows - 1 - at }];
            let mut parts: Vec<Accumulator> = Vec::new();
            let mut start = 0;
            while start < rows {
                let end = (start + 1 + n.below(rows / 2)).min(rows);
                let mut part = Accumulator::new(plan.clone()).unwrap();
                update(&mut part, (start..end).map(take));
                parts.push(part);
                start = end;
            }
            while parts.len() > 1 {
                let taken = parts.swap_remove(n.below(parts.len()));
                let into = n.below(parts.len());
                parts[into].merge(&taken).unwrap();
            }
            assert!(parts[0].to_bytes().unwrap() == bytes, "the states differ");
            assert!(parts[0].finish(&Reporting::new(0.95)).unwrap() == results, "the results differ");
        }
    }
    println!("{tries} partitions of {rows} rows for each of {} plans", plans.len());
}

fn num_coprime(mut a: usize, mut b: usize) -> bool {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a == 1
}

#[test]
fn a_few_partitions() {
    partitions(20_000, 4, &[plan(true, true), plan(false, true)]);
}

#[test]
#[ignore = "takes minutes: cargo dev deep"]
fn a_thousand_partitions_of_a_million_rows() {
    let tries = std::env::var("SMS_PARTITIONS").ok().and_then(|t| t.parse().ok()).unwrap_or(1000);
    partitions(1_000_000, tries, &[plan(true, false), plan(false, false)]);
}
