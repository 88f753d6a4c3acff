//! Disclosure control of large tables: what an attacker deduces, and which further cells go.
//!
//! Each table is described on the terminal first: cells, suppressed ones, and what was proven of them.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a bench, and what it measures")]

use criterion::{Criterion, criterion_group, criterion_main};
use sms_benches::Numbers;
use sms_core::disclosure::{Cell, Deduced, Equation, Knowledge, Limits, Rule, Table, Verdict, attack, protect};
use std::collections::BTreeMap;
use std::hint::black_box;

const KNOWLEDGE: Knowledge = Knowledge { width: 10, rule: Some(Rule { threshold: 10, zero: false }) };

/// Counts of all crossings of dimensions with so many codes, and every margin; the last place of each dimension is its total.
fn crossed(sizes: &[usize], mut count: impl FnMut() -> i64) -> (Vec<i64>, Vec<Equation>) {
    let wide: Vec<usize> = sizes.iter().map(|s| s + 1).collect();
    let cells: usize = wide.iter().product();
    let places = |mut at: usize| -> Vec<usize> {
        let mut place = vec![0; wide.len()];
        for d in (0..wide.len()).rev() {
            place[d] = at % wide[d];
            at /= wide[d];
        }
        place
    };
    let step = |d: usize| wide[d + 1..].iter().product::<usize>();
    let mut values: Vec<i64> = (0..cells).map(|at| if places(at).iter().zip(sizes).all(|(p, s)| p < s) { count() } else { 0 }).collect();
    let mut equations = Vec::new();
    for d in 0..sizes.len() {
        for total in (0..cells).filter(|&at| places(at)[d] == sizes[d]) {
            let parts: Vec<usize> = (1..=sizes[d]).map(|back| total - back * step(d)).collect();
            // the totals of the earlier dimensions are known by now
            if places(total)[..d].iter().zip(sizes).all(|(p, s)| p <= s) {
                values[total] = parts.iter().map(|&p| values[p]).sum();
            }
            equations.push(Equation { total, parts, constant: 0 });
        }
    }
    (values, equations)
}

fn table(values: &[i64], equations: &[Equation], hidden: impl Fn(usize, i64) -> bool) -> Table {
    let cell = |(at, &value): (usize, &i64)| if hidden(at, value) { Cell::hidden(value) } else { Cell::published(value) };
    Table::new(values.iter().enumerate().map(cell).collect(), equations.to_vec()).unwrap()
}

fn told(name: &str, table: &Table, deduced: &[Deduced]) {
    let mut verdicts: BTreeMap<String, usize> = BTreeMap::new();
    deduced.iter().for_each(|d| *verdicts.entry(format!("{:?}", d.verdict)).or_default() += 1);
    let proven = deduced.iter().filter(|d| d.proven).count();
    println!("{name}: {} cells, {} suppressed, both ends proven for {proven}, {verdicts:?}", table.cells().len(), deduced.len());
}

fn tables(c: &mut Criterion) {
    let mut group = c.benchmark_group("disclosure");
    group.sample_size(10);
    let mut n = Numbers::new(3);
    // 100 × 100 with margins, 500 cells suppressed without any care
    let (values, equations) = crossed(&[99, 99], || n.below(400) as i64);
    let mut chosen = vec![false; values.len()];
    while chosen.iter().filter(|&&c| c).count() < 500 {
        chosen[n.below(values.len() as u64) as usize] = true;
    }
    let at_random = table(&values, &equations, |at, _| chosen[at]);
    told("2-D, at random", &at_random, &attack(&at_random, &KNOWLEDGE, &Limits::default()).unwrap());
    group.bench_function("attack, 100 × 100, 500 suppressed", |b| b.iter(|| attack(black_box(&at_random), &KNOWLEDGE, &Limits::default()).unwrap()));
    for (name, sizes) in [("2-D, 100 × 100", &[99, 99][..]), ("3-D, 12 × 9 × 6", &[12, 9, 6]), ("4-D, 6 × 5 × 4 × 3", &[6, 5, 4, 3])] {
        let (values, equations) = crossed(sizes, || if n.below(50) == 0 { 1 + n.below(9) as i64 } else { 10 + n.below(400) as i64 });
        let small = table(&values, &equations, |_, value| (1..10).contains(&value));
        let made = protect(&small, &KNOWLEDGE, &Limits::default()).unwrap();
        let protected = table(&values, &equations, |at, _| made.suppressed[at]);
        let deduced = attack(&protected, &KNOWLEDGE, &Limits::default()).unwrap();
        told(&format!("{name}, protected (optimal: {})", made.proven_optimal), &protected, &deduced);
        assert!(deduced.iter().all(|d| matches!(d.verdict, Verdict::Safe) || made.exposed.contains(&d.cell)), "an audited table is safe");
        group.bench_function(format!("protect, {name}"), |b| b.iter(|| protect(black_box(&small), &KNOWLEDGE, &Limits::default()).unwrap()));
        group.bench_function(format!("attack, {name}, protected"), |b| b.iter(|| attack(black_box(&protected), &KNOWLEDGE, &Limits::default()).unwrap()));
    }
    group.finish();
}

criterion_group!(benches, tables);
criterion_main!(benches);
