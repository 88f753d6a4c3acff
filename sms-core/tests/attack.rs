//! The attacker against an attacker by brute force, which lists every table of whole numbers that fits what is published.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, missing_docs, reason = "tests")]

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use sms_core::disclosure::{Cell, Equation, Knowledge, Limits, Rule, Table, Verdict, attack, protect, round};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// The same tables in each run; `cargo dev deep` asks for more of them by `SMS_TABLES`.
fn tables(n: u32) -> ProptestConfig {
    repeated("SMS_TABLES", n)
}

/// The same reports in each run; `cargo dev deep` asks for more of them by `SMS_CASES`.
fn cases(n: u32) -> ProptestConfig {
    repeated("SMS_CASES", n)
}

fn repeated(variable: &str, n: u32) -> ProptestConfig {
    let n = std::env::var(variable).ok().and_then(|c| c.parse().ok()).unwrap_or(n);
    ProptestConfig {
        cases: n,
        rng_seed: RngSeed::Fixed(20_240_501),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        max_global_rejects: n * 20 + 1000,
        ..ProptestConfig::default()
    }
}

// --- tables of every shape ---

/// The nodes of a dimension: leaves first, then what sums others.
#[derive(Clone, Debug)]
struct Tree {
    leaves: usize,
    sums: Vec<Vec<usize>>,
}

/// One level: leaves and their total.
fn flat(leaves: usize) -> Tree {
    Tree { leaves, sums: vec![(0..leaves).collect()] }
}

/// Two levels: the first two leaves have a subtotal.
fn nested(leaves: usize) -> Tree {
    Tree { leaves, sums: vec![vec![0, 1], std::iter::once(leaves).chain(2..leaves).collect()] }
}

/// An earlier total of all leaves but the last, and the later total of all.
fn grown(leaves: usize) -> Tree {
    Tree { leaves, sums: vec![(0..leaves - 1).collect(), vec![leaves, leaves - 1]] }
}

impl Tree {
    fn nodes(&self) -> usize {
        self.leaves + self.sums.len()
    }
}

/// Cells and equations over all combinations of nodes that `shown` keeps, with the values that the leaves give.
fn cube(trees: &[Tree], leaves: &[i64], shown: impl Fn(&[usize]) -> bool) -> (Vec<i64>, Vec<Equation>) {
    let mut keys: Vec<Vec<usize>> = vec![vec![]];
    for tree in trees {
        keys = keys.into_iter().flat_map(|k| (0..tree.nodes()).map(move |n| [k.clone(), vec![n]].concat())).collect();
    }
    fn below(tree: &Tree, node: usize) -> Vec<usize> {
        if node < tree.leaves { vec![node] } else { tree.sums[node - tree.leaves].iter().flat_map(|&n| below(tree, n)).collect() }
    }
    let value = |key: &[usize]| -> i64 {
        let mut at = vec![0_usize];
        for (tree, &node) in trees.iter().zip(key) {
            at = at.iter().flat_map(|&a| below(tree, node).into_iter().map(move |b| a * tree.leaves + b)).collect();
        }
        at.iter().map(|&a| leaves[a]).sum()
    };
    let keys: Vec<Vec<usize>> = keys.into_iter().filter(|k| shown(k)).collect();
    let index: BTreeMap<&[usize], usize> = keys.iter().enumerate().map(|(i, k)| (k.as_slice(), i)).collect();
    let mut equations = Vec::new();
    for (total, key) in keys.iter().enumerate() {
        for (d, tree) in trees.iter().enumerate() {
            if key[d] >= tree.leaves {
                let part = |n: &usize| {
                    let mut k = key.clone();
                    k[d] = *n;
                    index.get(k.as_slice()).copied()
                };
                if let Some(parts) = tree.sums[key[d] - tree.leaves].iter().map(part).collect::<Option<Vec<_>>>() {
                    equations.push(Equation { total, parts, constant: 0 });
                }
            }
        }
    }
    (keys.iter().map(|k| value(k)).collect(), equations)
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Shape {
    TwoD,
    ThreeD,
    Hierarchy,
    Linked,
    Releases,
}

/// Values, equations, and which cells were published before.
fn shaped(shape: Shape, leaves: &[i64]) -> (Vec<i64>, Vec<Equation>, Vec<bool>) {
    let (trees, linked): (Vec<Tree>, bool) = match shape {
        Shape::TwoD => (vec![flat(2), flat(3)], false),
        Shape::ThreeD => (vec![flat(2), flat(2), flat(2)], false),
        Shape::Hierarchy => (vec![nested(3), flat(2)], false),
        Shape::Linked => (vec![flat(2), flat(2), flat(2)], true),
        Shape::Releases => (vec![grown(3), flat(2)], false),
    };
    // two tables with a common margin: no cell has a leaf of both other dimensions
    let keep = |k: &[usize]| !linked || k[1] == 2 || k[2] == 2;
    let (values, equations) = cube(&trees, leaves, keep);
    // the earlier totals of a table that grew are public
    let fixed = match shape {
        Shape::Releases => (0..values.len()).map(|i| i / 3 == 3).collect(),
        _ => vec![false; values.len()],
    };
    (values, equations, fixed)
}

fn shapes() -> impl Strategy<Value = Shape> {
    prop::sample::select(vec![Shape::TwoD, Shape::ThreeD, Shape::Hierarchy, Shape::Linked, Shape::Releases])
}

fn leaf_values() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(prop_oneof![4 => 0i64..4, 2 => 3i64..9], 8)
}

// --- brute force ---

/// Lowest and highest of each hidden cell.
type Ends = BTreeMap<usize, (i64, i64)>;

/// Every table of whole numbers from 0 to `most` that fits: lowest and highest of each hidden cell, and how many tables.
struct Brute<'a> {
    equations: &'a [Equation],
    most: i64,
    keep: &'a dyn Fn(&[Option<i64>]) -> bool,
    hidden: Vec<usize>,
    ends: BTreeMap<usize, (i64, i64)>,
    tables: u64,
    steps: u64,
}

impl Brute<'_> {
    fn of(values: &[i64], equations: &[Equation], hidden: &[bool], most: i64, keep: &dyn Fn(&[Option<i64>]) -> bool) -> Option<(Ends, u64)> {
        let start: Vec<Option<i64>> = values.iter().zip(hidden).map(|(v, h)| (!h).then_some(*v)).collect();
        let hidden = (0..values.len()).filter(|&i| hidden[i]).collect();
        let mut brute = Brute { equations, most, keep, hidden, ends: BTreeMap::new(), tables: 0, steps: 0 };
        brute.search(start);
        (brute.steps < 3_000_000).then_some((brute.ends, brute.tables))
    }

    fn search(&mut self, mut cells: Vec<Option<i64>>) {
        self.steps += 1;
        if self.steps >= 3_000_000 {
            return;
        }
        // an equation with one unknown says what it is
        loop {
            let mut changed = false;
            for e in self.equations {
                let members = || e.parts.iter().map(|&p| (p, 1)).chain([(e.total, -1)]);
                let known: i64 = members().filter_map(|(c, s)| cells[c].map(|v| v * s)).sum::<i64>() + e.constant;
                let unknown: Vec<(usize, i64)> = members().filter(|(c, _)| cells[*c].is_none()).collect();
                match unknown.as_slice() {
                    [] if known != 0 => return,
                    [(c, s)] => {
                        let v = -known * s;
                        if !(0..=self.most).contains(&v) {
                            return;
                        }
                        cells[*c] = Some(v);
                        changed = true;
                    }
                    _ => {}
                }
            }
            if !changed {
                break;
            }
        }
        match self.hidden.iter().copied().find(|&c| cells[c].is_none()) {
            None => {
                if (self.keep)(&cells) {
                    self.tables += 1;
                    for &c in &self.hidden {
                        let v = cells[c].unwrap();
                        let e = self.ends.entry(c).or_insert((v, v));
                        *e = (e.0.min(v), e.1.max(v));
                    }
                }
            }
            Some(c) => {
                // no more than any total that it is a part of
                let top =
                    self.equations.iter().filter(|e| e.parts.contains(&c)).filter_map(|e| cells[e.total].map(|t| t - e.constant)).min().unwrap_or(self.most);
                for v in 0..=top.min(self.most) {
                    let mut next = cells.clone();
                    next[c] = Some(v);
                    self.search(next);
                }
            }
        }
    }
}

fn table(values: &[i64], equations: &[Equation], hidden: &[bool], fixed: &[bool], most: Option<i64>) -> Table {
    let cells = values.iter().zip(hidden).zip(fixed);
    let cells = cells.map(|((&v, &suppressed), &fixed)| Cell { value: Some(v), suppressed, fixed, upper: most, ..Cell::default() }).collect();
    Table::new(cells, equations.to_vec()).unwrap()
}

fn masks(seed: u64, cells: usize, rate: u64) -> Vec<bool> {
    // splitmix64
    let mut state = seed;
    (0..cells)
        .map(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (z ^ (z >> 31)) % 100 < rate
        })
        .collect()
}

proptest! {
    #![proptest_config(tables(100))]

    /// The tightest interval, by lists of all tables.
    #[test]
    fn the_attacker_deduces_what_brute_force_does(shape in shapes(), leaves in leaf_values(), seed in any::<u64>(), rate in 20u64..60) {
        let (values, equations, _) = shaped(shape, &leaves);
        let hidden = masks(seed, values.len(), rate);
        let most = 12;
        prop_assume!(values.iter().zip(&hidden).all(|(&v, h)| !h || v <= most));
        let Some((ends, tables)) = Brute::of(&values, &equations, &hidden, most, &|_| true) else { return Ok(()) };
        prop_assert!(tables > 0);
        let t = table(&values, &equations, &hidden, &vec![false; values.len()], Some(most));
        let deduced = attack(&t, &Knowledge { width: 3, rule: None }, &Limits::default()).unwrap();
        prop_assert_eq!(deduced.len(), ends.len());
        for d in deduced {
            prop_assert!(d.proven, "{shape:?} {d:?}");
            prop_assert_eq!((d.lower, d.upper.unwrap()), ends[&d.cell], "{:?} {:?} {:?} {:?}", shape, values, hidden, d);
            let width = d.upper.unwrap() - d.lower;
            let verdict = if width == 0 { Verdict::Exact } else if width < 3 { Verdict::TooNarrow } else { Verdict::Safe };
            prop_assert_eq!(d.verdict, verdict);
        }
    }

    /// The attacker who knows that cells are suppressed because one of them is small.
    #[test]
    fn the_attacker_who_knows_the_rule_deduces_what_brute_force_does(shape in shapes(), leaves in leaf_values(), zero in any::<bool>(), k in 2i64..5) {
        let (values, equations, _) = shaped(shape, &leaves);
        let least = i64::from(!zero);
        let small = |v: i64| (least..k).contains(&v);
        // all cells of one component: hide all leaves, so that they hang together
        let hidden: Vec<bool> = values.iter().map(|&v| small(v) || v < 5).collect();
        let most = 12;
        prop_assume!(values.iter().zip(&hidden).all(|(&v, h)| !h || v <= most));
        // one component at a time: the rule speaks of cells that hang together
        let t = table(&values, &equations, &hidden, &vec![false; values.len()], Some(most));
        let known = Knowledge { width: 1, rule: Some(Rule { threshold: u32::try_from(k).unwrap(), zero }) };
        let deduced = attack(&t, &known, &Limits::default()).unwrap();
        for component in hang_together(&equations, &hidden) {
            let of: Vec<bool> = (0..values.len()).map(|i| component.contains(&i)).collect();
            let keep = |cells: &[Option<i64>]| component.iter().any(|&c| (least..k).contains(&cells[c].unwrap()));
            let Some((ends, tables)) = Brute::of(&values, &equations, &of, most, &keep) else { continue };
            if tables == 0 {
                continue;
            }
            for d in deduced.iter().filter(|d| component.contains(&d.cell)) {
                prop_assert!(d.proven);
                prop_assert_eq!((d.lower, d.upper.unwrap()), ends[&d.cell], "{:?} {:?} {:?} {:?}", shape, values, hidden, d);
            }
        }
    }

    /// After protection no list of tables is narrower than the protection interval, for any suppressed cell.
    #[test]
    fn brute_force_never_narrows_a_protected_cell(shape in shapes(), leaves in leaf_values(), k in 2i64..6) {
        let (values, equations, fixed) = shaped(shape, &leaves);
        let primary: Vec<bool> = values.iter().zip(&fixed).map(|(&v, f)| v > 0 && v < k && !f).collect();
        let t = table(&values, &equations, &primary, &fixed, None);
        let known = Knowledge { width: u64::try_from(k).unwrap(), rule: None };
        let made = protect(&t, &known, &Limits::default()).unwrap();
        COUNTED[0].fetch_add(1, Ordering::Relaxed);
        COUNTED[1].fetch_add(u64::from(made.proven_optimal), Ordering::Relaxed);
        told();
        prop_assert!(made.exposed.is_empty() || shape == Shape::Releases);
        prop_assert!(primary.iter().zip(&made.suppressed).all(|(p, s)| !p || *s));
        prop_assert!(fixed.iter().zip(&made.suppressed).all(|(f, s)| !f || !*s));
        // withheld totals may have to grow before a cell can: more room until all are wide
        let largest = *values.iter().max().unwrap();
        let mut narrow = Vec::new();
        for most in [largest + 2 * k, largest + 8 * k, 2 * largest + 16 * k] {
            let Some((ends, _)) = Brute::of(&values, &equations, &made.suppressed, most, &|_| true) else { return Ok(()) };
            narrow = ends.into_iter().filter(|(cell, (low, high))| !made.exposed.contains(cell) && high - low < k).collect();
            if narrow.is_empty() {
                break;
            }
        }
        COUNTED[2].fetch_add(1, Ordering::Relaxed);
        prop_assert!(narrow.is_empty(), "{shape:?} k {k} {values:?} {:?}: {narrow:?}", made.suppressed);
        // and the attacker agrees
        let after = table(&values, &equations, &made.suppressed, &fixed, None);
        for d in attack(&after, &known, &Limits::default()).unwrap() {
            prop_assert!(made.exposed.contains(&d.cell) || d.verdict == Verdict::Safe);
        }
    }

    /// Where the choice is said to be the cheapest, no other choice of cells is cheaper.
    #[test]
    fn no_cheaper_choice_is_safe(shape in shapes(), leaves in leaf_values(), k in 2i64..4, first in 0usize..6) {
        let (values, equations, fixed) = shaped(shape, &leaves);
        // one primary cell, so that all choices can be listed
        let mut primary = vec![false; values.len()];
        primary[first % values.len()] = true;
        prop_assume!(!fixed[first % values.len()]);
        let t = table(&values, &equations, &primary, &fixed, None);
        let known = Knowledge { width: u64::try_from(k).unwrap(), rule: None };
        let made = protect(&t, &known, &Limits::default()).unwrap();
        prop_assume!(made.exposed.is_empty());
        // tables of more dimensions with many choices of the same cost may reach the limit
        prop_assert!(made.proven_optimal || shape != Shape::TwoD, "{shape:?} {values:?}");
        if !made.proven_optimal {
            return Ok(());
        }
        let cost = |h: &[bool]| -> i64 { h.iter().zip(&primary).zip(&values).filter(|((h, p), _)| **h && !**p).map(|(_, v)| (*v).max(1)).sum() };
        prop_assert_eq!(u64::try_from(cost(&made.suppressed)).unwrap(), made.cost);
        // choices of up to five further cells that cost less
        let open: Vec<usize> = (0..values.len()).filter(|&i| !primary[i] && !fixed[i]).collect();
        let mut stack: Vec<(usize, Vec<bool>, usize)> = vec![(0, primary.clone(), 0)];
        while let Some((at, choice, added)) = stack.pop() {
            let cheaper = u64::try_from(cost(&choice)).unwrap() < made.cost;
            if !cheaper {
                continue;
            }
            let lonely = equations.iter().any(|e| e.parts.iter().chain([&e.total]).filter(|&&c| choice[c]).count() == 1);
            if !lonely {
                let judged = table(&values, &equations, &choice, &fixed, None);
                let safe = attack(&judged, &known, &Limits::default()).unwrap().iter().all(|d| d.verdict == Verdict::Safe);
                prop_assert!(!safe, "{shape:?} k {k} {values:?}: {choice:?} costs {} and not {}", cost(&choice), made.cost);
            }
            if added < 5 {
                for (next, &c) in open.iter().enumerate().skip(at) {
                    let mut more = choice.clone();
                    more[c] = true;
                    stack.push((next + 1, more, added + 1));
                }
            }
        }
    }

    /// Rounded tables are multiples next to the values, and sum.
    #[test]
    fn rounded_tables_sum(shape in shapes(), leaves in leaf_values(), base in prop::sample::select(vec![3i64, 5])) {
        let (values, equations, fixed) = shaped(shape, &leaves);
        let none = vec![false; values.len()];
        let t = table(&values, &equations, &none, &fixed, None);
        let rounded = round(&t, base, &Limits::default()).unwrap();
        for (&v, &r) in values.iter().zip(&rounded.values) {
            prop_assert!(r % base == 0 && (r - v).abs() < base);
        }
        if rounded.additive {
            for e in &equations {
                prop_assert_eq!(e.parts.iter().map(|&p| rounded.values[p]).sum::<i64>(), rounded.values[e.total]);
            }
        }
        if shape == Shape::TwoD {
            prop_assert!(rounded.additive);
            // no other rounding next to the values that sums moves less
            let spare: Vec<usize> = (0..values.len()).filter(|&i| values[i] % base != 0).collect();
            if spare.len() <= 12 {
                let moved = |r: &[i64]| -> i64 { r.iter().zip(&values).map(|(a, b)| (a - b).abs()).sum() };
                for mask in 0u32..1 << spare.len() {
                    let mut r: Vec<i64> = values.iter().map(|v| v.div_euclid(base) * base).collect();
                    spare.iter().enumerate().for_each(|(bit, &i)| r[i] += if mask >> bit & 1 == 1 { base } else { 0 });
                    if equations.iter().all(|e| e.parts.iter().map(|&p| r[p]).sum::<i64>() == r[e.total]) {
                        prop_assert!(moved(&rounded.values) <= moved(&r));
                    }
                }
            }
        }
        prop_assert_eq!(round(&t, base, &Limits::default()).unwrap(), rounded);
    }
}

/// Hidden cells that hang together through equations.
fn hang_together(equations: &[Equation], hidden: &[bool]) -> Vec<Vec<usize>> {
    let mut of: Vec<usize> = (0..hidden.len()).collect();
    for _ in 0..hidden.len() {
        for e in equations {
            let members: Vec<usize> = e.parts.iter().copied().chain([e.total]).filter(|&c| hidden[c]).collect();
            let least = members.iter().map(|&c| of[c]).min();
            members.iter().for_each(|&c| of[c] = least.unwrap());
        }
    }
    let mut parts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    (0..hidden.len()).filter(|&c| hidden[c]).for_each(|c| parts.entry(of[c]).or_default().push(c));
    parts.into_values().collect()
}

/// Says how many tables were protected, for `cargo dev deep`.
fn told() {
    if std::env::var_os("SMS_TABLES").is_some() {
        let [made, proven, brute] = [0, 1, 2].map(|i| COUNTED[i].load(Ordering::Relaxed));
        if made % 5_000 == 0 {
            println!("{made} tables protected, {proven} with the choice proven cheapest, {brute} attacked by brute force");
        }
    }
}

/// Tables protected, proven cheapest, and attacked by brute force.
static COUNTED: [AtomicU64; 3] = [AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0)];

/// A hundred rows and columns with five hundred suppressed cells: every interval proven.
#[test]
fn ten_thousand_cells() {
    let wide = 100;
    let leaf = |r: usize, c: usize| i64::try_from((r * 7919 + c * 104_729 + r * c * 31) % 97).unwrap();
    let mut rows: Vec<Vec<Option<i64>>> = (0..wide).map(|r| (0..wide).map(|c| Some(leaf(r, c))).collect()).collect();
    for row in &mut rows {
        row.push(Some(row.iter().flatten().sum()));
    }
    rows.push((0..=wide).map(|c| Some(rows.iter().filter_map(|r| r[c]).sum())).collect());
    let spots = masks(7, wide * wide, 5);
    let mut hidden = 0;
    for (i, _) in spots.iter().enumerate().filter(|(_, s)| **s).take(500) {
        rows[i / wide][i % wide] = None;
        hidden += 1;
    }
    assert!(hidden > 450);
    let deduced = attack(&Table::grid(&rows).unwrap(), &Knowledge { width: 10, rule: None }, &Limits::default()).unwrap();
    assert_eq!(deduced.len(), hidden);
    for d in deduced {
        assert!(d.proven && d.verdict != Verdict::Unproven);
        let truth = leaf(d.cell / (wide + 1), d.cell % (wide + 1));
        assert!(d.lower <= truth && d.upper.unwrap() >= truth);
    }
}

/// The least number of suppressed cells that a large table needs is not proven, and every one of them is safe.
#[test]
fn a_large_table_is_protected() {
    let wide = 40;
    let leaf = |r: usize, c: usize| i64::try_from((r * 7919 + c * 104_729 + r * c * 31) % 97).unwrap();
    let mut rows: Vec<Vec<i64>> = (0..wide).map(|r| (0..wide).map(|c| leaf(r, c)).collect()).collect();
    rows.iter_mut().for_each(|row| row.push(row.iter().sum()));
    rows.push((0..=wide).map(|c| rows.iter().map(|r| r[c]).sum()).collect());
    let shown: Vec<Vec<Option<i64>>> = rows.iter().map(|r| r.iter().map(|&v| Some(v)).collect()).collect();
    let grid = Table::grid(&shown).unwrap();
    let cells: Vec<Cell> = grid.cells().iter().map(|c| Cell { suppressed: c.value.is_some_and(|v| v > 0 && v < 5), ..*c }).collect();
    let t = Table::new(cells, grid.equations().to_vec()).unwrap();
    let known = Knowledge { width: 5, rule: None };
    let limits = Limits { nodes: 50, ..Limits::default() };
    let made = protect(&t, &known, &limits).unwrap();
    assert!(made.exposed.is_empty() && !made.undecided);
    let cells: Vec<Cell> = t.cells().iter().zip(&made.suppressed).map(|(c, &suppressed)| Cell { suppressed, ..*c }).collect();
    let after = Table::new(cells, t.equations().to_vec()).unwrap();
    assert!(attack(&after, &known, &limits).unwrap().iter().all(|d| d.verdict == Verdict::Safe));
}

// --- whole reports ---

use serde_json::{Value, json};
use sms_core::observation::Row;
use sms_core::wire::Engine;
use sms_core::{AssessmentPlan, Observations, Periods, PrivacyPolicy, Published, Report, assess, dataset};
use std::sync::{Arc, OnceLock};

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS).unwrap())
}

fn released(rows: &[Row], k: u32, previous: Option<&Published>) -> Report {
    let observations = Observations::from_rows(None, rows);
    let (dataset, findings) = dataset::check(engine().catalogue(), &observations);
    let plan =
        AssessmentPlan { periods: Periods::Each, selection: ["WSP-O-04", "HOU-O-01", "GBV-O-04"].map(String::from).to_vec(), ..AssessmentPlan::default() };
    let assessment = assess::assess(&engine().method("standard").unwrap(), &Arc::new(dataset), &findings, &plan).unwrap();
    assessment.release_after(&PrivacyPolicy::public(k).unwrap(), previous).unwrap()
}

fn data(report: &Report) -> Value {
    serde_json::to_value(report.data()).unwrap()
}

fn attacked(report: &Value, previous: Option<&Value>) -> Value {
    engine().call(&json!({"op": "disclosure.attack_report", "report": report, "previous": previous})).unwrap()
}

/// A city of two districts, by sex and age and both together: what the rows of each leaf give, summed all ways.
fn city(id: &str, leaves: &[(u32, u32)], kept: &[bool]) -> Vec<Row> {
    let place = |p: usize| ["d1", "d2", "city"][p];
    let mut rows = Vec::new();
    for p in 0..3 {
        for s in 0..3 {
            for a in 0..3 {
                let (mut n, mut rest) = (0, 0);
                for (i, leaf) in leaves.iter().enumerate() {
                    let at = [i / 4, i / 2 % 2, i % 2];
                    if (p == 2 || at[0] == p) && (s == 2 || at[1] == s) && (a == 2 || at[2] == a) {
                        n += leaf.0;
                        rest += leaf.1;
                    }
                }
                let count = id == "GBV-O-04";
                let mut row = Row {
                    indicator: id.into(),
                    place: place(p).into(),
                    period: "2019".into(),
                    numerator: (!count).then_some(f64::from(n)),
                    denominator: (!count).then_some(f64::from(n + rest)),
                    value: count.then_some(f64::from(n)),
                    place_parent: if p < 2 { "city".into() } else { String::new() },
                    ..Row::default()
                };
                if s < 2 {
                    row.groups.insert("SEX".into(), ["F", "M"][s].into());
                }
                if a < 2 {
                    row.groups.insert("AGE".into(), ["Y_LT18", "Y_GE18"][a].into());
                }
                if kept[(p * 9 + s * 3 + a) % kept.len()] && (count || n + rest > 0) {
                    rows.push(row);
                }
            }
        }
    }
    rows
}

/// Rows of sex by age of the city, and of each alone in the districts: sex, age and district go round in a circle.
fn circle() -> Vec<bool> {
    (0..27).map(|at| at / 9 == 2 || at / 3 % 3 == 2 || at % 3 == 2).collect()
}

fn city_leaves() -> impl Strategy<Value = Vec<(u32, u32)>> {
    let count = || prop_oneof![3 => 0u32..30, 1 => 0u32..200];
    prop::collection::vec((count(), prop_oneof![1 => 0u32..30, 4 => 50u32..2000]), 8)
}

fn indicator() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["WSP-O-04", "HOU-O-01", "GBV-O-04"])
}

proptest! {
    #![proptest_config(cases(12))]

    /// A report passes its own attack: groups, crossings and districts together, whatever rows are there.
    #[test]
    fn a_released_report_withstands_the_attack(id in indicator(), leaves in city_leaves(), kept in prop_oneof![2 => Just(vec![true]), 1 => Just(circle()), 1 => prop::collection::vec(prop::bool::weighted(0.8), 27)], k in 2u32..15) {
        let rows = city(id, &leaves, &kept);
        prop_assume!(!rows.is_empty());
        let found = attacked(&data(&released(&rows, k, None)), None);
        if kept.len() == 1 || kept == circle() {
            prop_assert_eq!(&found["safe"], true, "{} {}", found, serde_json::to_string(&leaves).unwrap());
        }
        // an attacker who takes groups for complete that are not may deduce something; some of it must be wrong, and where
        // that is, what is right is so by chance
        let figures = found["figures"].as_array().unwrap();
        let is_true = |g: &Value| {
            let truth = truth_of(&rows, g);
            g["lower"].as_f64().unwrap() <= truth && g["upper"].as_f64().is_none_or(|u| u >= truth)
        };
        if figures.iter().any(|f| f["verdict"] == "exact" || f["verdict"] == "too_narrow") {
            prop_assert!(!figures.iter().all(is_true), "{} {}", found, serde_json::to_string(&rows.iter().map(|r| (&r.place, &r.groups)).collect::<Vec<_>>()).unwrap());
        }
    }

    /// Two reports together tell nothing of a withheld figure that the earlier one did not show by itself.
    #[test]
    fn a_later_report_tells_no_more_than_the_earlier_one_did(id in indicator(), leaves in city_leaves(), more in prop::collection::vec((0u32..12, 0u32..30), 8), grown in any::<bool>(), earlier in prop::collection::vec(prop::bool::weighted(0.7), 27), k in 2u32..15) {
        let rows = city(id, &leaves, &earlier);
        prop_assume!(!rows.is_empty());
        let first = data(&released(&rows, k, None));
        let published = Published::from_report(&first).unwrap();
        let leaves: Vec<(u32, u32)> = leaves.iter().zip(&more).map(|(l, m)| if grown { (l.0 + m.0, l.1 + m.1) } else { *l }).collect();
        let rows = city(id, &leaves, &[true]);
        let second = data(&released(&rows, k, Some(&published)));
        let found = attacked(&second, Some(&first));
        // what the earlier report tells by itself
        let mut silent = second.clone();
        hush(&mut silent);
        let told = attacked(&silent, Some(&first));
        let same = |f: &Value, g: &Value| ["indicator", "place", "groups", "what"].iter().all(|key| f[*key] == g[*key]);
        let told_before = |f: &Value| told["figures"].as_array().unwrap().iter().any(|g| same(f, g) && g["verdict"] != "safe");
        for f in found["figures"].as_array().unwrap() {
            let verdict = f["verdict"].as_str().unwrap();
            if verdict == "safe" || shows(&first, f) || told_before(f) {
                continue;
            }
            // of figures that have changed since, the earlier report tells nothing that is certain
            prop_assert!(grown, "{} {}", f, found);
        }
        for f in found["figures"].as_array().unwrap() {
            // a small change between two shown figures would be one
            prop_assert!(!f["what"].as_str().unwrap().starts_with("change"), "{}", f);
        }
    }
}

/// Withholds every figure of a report.
fn hush(value: &mut Value) {
    match value {
        Value::Object(o) if o.get("kind").is_some_and(|k| k == "value") => *value = json!({ "kind": "suppressed" }),
        Value::Object(o) => o.values_mut().for_each(hush),
        Value::Array(a) => a.iter_mut().for_each(hush),
        _ => {}
    }
}

/// The part of a figure that an attack speaks of, from the rows.
fn truth_of(rows: &[Row], figure: &Value) -> f64 {
    let groups: BTreeMap<String, String> =
        serde_json::from_value::<Vec<[String; 2]>>(figure["groups"].clone()).unwrap().into_iter().map(|[d, g]| (d, g)).collect();
    let row = rows.iter().find(|r| r.place == figure["place"].as_str().unwrap() && r.groups == groups).unwrap();
    let (n, d) = (row.numerator.or(row.value).unwrap(), row.denominator.unwrap_or(0.0));
    match figure["what"].as_str().unwrap() {
        "complement" => d - n,
        "denominator" => d,
        _ => n,
    }
}

/// Whether a report shows the figure that an attacked one speaks of.
fn shows(report: &Value, figure: &Value) -> bool {
    let list = |v: &Value| v.as_array().unwrap().clone();
    list(&report["places"])
        .iter()
        .filter(|p| p["place"] == figure["place"])
        .flat_map(|p| list(&p["indicators"]))
        .filter(|i| i["id"] == figure["indicator"])
        .any(|i| {
            if figure["groups"] == json!([]) {
                i["figure"]["kind"] == "value"
            } else {
                list(&i["groups"]).iter().any(|g| g["groups"] == figure["groups"] && g["figure"]["kind"] == "value")
            }
        })
}

// --- nothing that leaves depends on what is withheld ---

/// Everything that a reader can get out of a report, by route.
fn routes(report: &Report) -> BTreeMap<String, Value> {
    use sms_core::report::Table as Frame;
    let mut routes = BTreeMap::new();
    routes.insert("json".to_owned(), serde_json::from_str(&report.to_json()).unwrap());
    routes.insert("json text".to_owned(), json!(report.to_json()));
    for table in Frame::ALL {
        routes.insert(format!("frame {table:?}"), json!(report.frame(*table).to_csv()));
    }
    routes.insert("html".to_owned(), json!(sms_core::render::html::page(report)));
    routes.insert("text".to_owned(), json!(sms_core::render::text::summary(report, 100, false)));
    for id in ["WSP-O-04", "HOU-O-01", "GBV-O-04", "WSP", "HOU", "GBV", "overall"] {
        for place in ["city", "d1", "d2", "a"] {
            if let Ok(told) = report.explain(id, Some(place)) {
                routes.insert(format!("explain {id} {place}"), serde_json::to_value(&told).unwrap());
                routes.insert(format!("explain {id} {place} debug"), json!(format!("{told:?}")));
                routes.insert(format!("explain {id} {place} picture"), json!(sms_core::render::svg::explanation(&told)));
            }
        }
    }
    for (name, error) in [
        ("unknown id", report.explain("WSP-O-4", None).unwrap_err()),
        ("unknown place", report.explain("WSP-O-04", Some("d9")).unwrap_err()),
        ("unknown table", "figure".parse::<Frame>().unwrap_err()),
    ] {
        routes.insert(format!("error: {name}"), json!([error.to_string(), format!("{error:?}"), error.to_data()]));
    }
    routes.insert("debug".to_owned(), json!(format!("{report:?} {:?} {:?}", report.provenance(), report.as_previous().unwrap())));
    for table in Frame::ALL {
        routes.insert(format!("frame {table:?} debug"), json!(format!("{:?} {:?}", table, report.frame(*table))));
    }
    for unit in 0..report.len() {
        routes.insert(format!("place {unit} debug"), json!(format!("{:?}", report.place_report(unit))));
    }
    routes.insert("findings".to_owned(), serde_json::to_value(report.findings()).unwrap());
    routes.insert(
        "findings text".to_owned(),
        json!(format!("{:?} {}", report.findings(), report.findings().items().iter().map(ToString::to_string).collect::<String>())),
    );
    routes.insert("provenance".to_owned(), serde_json::to_value(report.provenance()).unwrap());
    routes
}

/// The routes in which two reports differ.
fn marks(one: &BTreeMap<String, Value>, other: &BTreeMap<String, Value>) -> Vec<String> {
    let names: std::collections::BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    names.into_iter().filter(|n| one.get(*n) != other.get(*n)).cloned().collect()
}

/// State of each figure, and its counts where they are shown.
fn states(report: &Report) -> Vec<String> {
    report.frame(sms_core::report::Table::Figures).to_csv().lines().map(str::to_owned).collect()
}

fn hidden_pattern(report: &Report) -> Vec<Value> {
    report.frame(sms_core::report::Table::Figures).to_rows().into_iter().map(|r| json!([r["place"], r["groups"], r["state"]])).collect()
}

proptest! {
    #![proptest_config(cases(6))]

    /// With all published figures the same, other withheld ones leave every route as it is, byte for byte.
    #[test]
    fn other_withheld_figures_leave_every_route_as_it_is(id in indicator(), leaves in city_leaves(), kept in prop_oneof![2 => Just(vec![true]), 1 => Just(circle())], after in prop::option::of(prop::collection::vec(prop::bool::weighted(0.7), 27)), k in 3u32..15) {
        // an earlier report of half as many rows, the same before both
        let earlier = after.map(|kept| city(id, &leaves, &kept)).filter(|rows| !rows.is_empty()).map(|rows| released(&rows, k, None).as_previous().unwrap());
        let first = released(&city(id, &leaves, &kept), k, earlier.as_ref());
        // moves round a square of four leaves, in the count or in what is left of it: most totals stay
        'squares: for (a, b, c, d) in [(0, 2, 4, 6), (1, 3, 5, 7), (0, 1, 4, 5), (2, 3, 6, 7), (0, 1, 2, 3), (4, 5, 6, 7)] {
            for by in [1i64, -1, 2, -2] {
                for count in [true, false] {
                    let mut other = leaves.clone();
                    for (leaf, sign) in [(a, 1), (b, -1), (c, -1), (d, 1)] {
                        let x = if count { &mut other[leaf].0 } else { &mut other[leaf].1 };
                        match u32::try_from(i64::from(*x) + sign * by) {
                            Ok(moved) => *x = moved,
                            Err(_) => continue 'squares,
                        }
                    }
                    let second = released(&city(id, &other, &kept), k, earlier.as_ref());
                    if states(&first) == states(&second) {
                        let found = marks(&routes(&first), &routes(&second));
                        prop_assert!(found.is_empty(), "{found:?}");
                        INTERFERENCE.fetch_add(1, Ordering::Relaxed);
                    } else {
                        // the figures differ, or the choice of cells does: never the withheld ones alone
                        let shown = |r: &Report| states(r).into_iter().filter(|l| l.contains("value")).collect::<Vec<_>>();
                        prop_assert!(hidden_pattern(&first) != hidden_pattern(&second) || shown(&first) != shown(&second));
                    }
                }
            }
        }
    }
}

/// Comparisons in which only withheld figures differed.
static INTERFERENCE: AtomicU64 = AtomicU64::new(0);

/// Two datasets whose reports show the same and withhold different figures.
fn twins() -> (Vec<Row>, Vec<Row>) {
    let leaves = [(40, 500), (4, 300), (60, 700), (50, 900), (30, 400), (25, 350), (45, 600), (70, 800)];
    let mut other = leaves;
    (other[0].0, other[1].0, other[2].0, other[3].0) = (41, 3, 59, 51);
    // the other district moves the other way, so that the city stays as it is
    (other[4].0, other[5].0, other[6].0, other[7].0) = (29, 26, 46, 69);
    (city("WSP-O-04", &leaves, &[true]), city("WSP-O-04", &other, &[true]))
}

#[test]
fn twins_leave_no_mark() {
    let (one, two) = twins();
    let (one, two) = (released(&one, 10, None), released(&two, 10, None));
    assert_eq!(hidden_pattern(&one), hidden_pattern(&two));
    assert!(hidden_pattern(&one).iter().filter(|s| s[2] == "suppressed").count() >= 4);
    assert_eq!(marks(&routes(&one), &routes(&two)), Vec::<String>::new());
}

/// A leak is put into each route, and the comparison of routes finds it there.
#[test]
fn a_planted_leak_is_caught_in_every_route() {
    let (one, two) = twins();
    let truth = |rows: &[Row]| {
        rows.iter()
            .find(|r| r.place == "d1" && r.groups.get("AGE").is_some_and(|a| a == "Y_GE18") && r.groups.get("SEX").is_some_and(|s| s == "F"))
            .unwrap()
            .numerator
            .unwrap()
    };
    let (small, other) = (truth(&one), truth(&two));
    assert!(small < 10.0 && small != other);
    let clean = [routes(&released(&one, 10, None)), routes(&released(&two, 10, None))];
    type Plant = fn(&mut Value, f64);
    fn wsp(json: &mut Value) -> &mut Value {
        let places = json["places"].as_array_mut().unwrap();
        let place = places.iter_mut().find(|p| p["place"] == "d1").unwrap();
        place["indicators"].as_array_mut().unwrap().iter_mut().find(|i| i["id"] == "WSP-O-04").unwrap()
    }
    let plants: &[(&str, &str, Plant)] = &[
        ("margin: the count of a withheld figure", "json", |j, x| {
            wsp(j)["groups"][0]["figure"] = json!({"kind": "value", "value": 1, "numerator": x, "denominator": 304})
        }),
        ("a percentage beside a withheld count", "json", |j, x| wsp(j)["groups"][0]["figure"] = json!({"kind": "value", "value": 100.0 * x / 304.0})),
        ("a score of a withheld figure", "json", |j, x| wsp(j)["groups"][0]["score"] = json!(100.0 - x)),
        ("a mean that a withheld figure is a part of", "json", |j, x| j["places"][1]["nodes"][0]["outcomes"]["score"] = json!(50.0 + x / 10.0)),
        ("a gap to a withheld group", "json", |j, x| wsp(j)["gaps"] = json!([{"worst_value": x, "difference": 8.0 - x}])),
        ("a change from a withheld figure", "json", |j, x| wsp(j)["change"] = json!({"previous": x, "absolute": 44.0 - x})),
        ("words in an explanation", "explain WSP-O-04 d1", |e, x| e["steps"][0]["text"] = json!(format!("It is {x} out of 304."))),
        ("a contribution to a mean", "explain WSP d1", |e, x| e["contributions"] = json!([{"id": "WSP-O-04", "points": x}])),
        ("the number of findings", "findings", |f, x| f["counts"]["release.suppressed"] = json!(x)),
        ("a plain fingerprint of the input", "provenance", |p, x| p["input_fingerprint"] = json!(format!("{:016x}", x.to_bits()))),
        ("a row of a frame", "frame Figures", |f, x| *f = json!(format!("{}\nd1,{x}", f.as_str().unwrap()))),
        ("a page", "html", |h, x| *h = json!(format!("{}<td>{x}</td>", h.as_str().unwrap()))),
        ("a debug text", "debug", |d, x| *d = json!(format!("{} numerator: {x}", d.as_str().unwrap()))),
    ];
    for (name, route, plant) in plants {
        let mut leaky = clean.clone();
        for (routes, x) in leaky.iter_mut().zip([small, other]) {
            plant(routes.get_mut(*route).unwrap_or_else(|| panic!("no route {route}")), x);
        }
        assert_eq!(marks(&leaky[0], &leaky[1]), vec![(*route).to_owned()], "{name}");
    }
}

/// Leaks that an outsider can find: the attack on the report's own data finds them.
#[test]
fn a_planted_leak_is_caught_by_the_attack_on_the_report() {
    let (one, _) = twins();
    let clean = data(&released(&one, 10, None));
    assert_eq!(attacked(&clean, None)["safe"], true);
    // a withheld figure is put back, one after the other: the cell that is small may follow, or be shown itself
    let mut caught = 0;
    for (p, place) in clean["places"].as_array().unwrap().iter().enumerate() {
        let at = place["indicators"].as_array().unwrap().iter().position(|i| i["id"] == "WSP-O-04").unwrap();
        for (g, group) in place["indicators"][at]["groups"].as_array().unwrap().iter().enumerate() {
            if group["figure"]["kind"] != "suppressed" {
                continue;
            }
            let same = |r: &&Row| {
                r.place == place["place"].as_str().unwrap()
                    && group["groups"].as_array().unwrap().iter().all(|d| r.groups.get(d[0].as_str().unwrap()).map(String::as_str) == d[1].as_str())
                    && r.groups.len() == group["groups"].as_array().unwrap().len()
            };
            let row = one.iter().find(same).unwrap();
            let mut leaky = clean.clone();
            leaky["places"][p]["indicators"][at]["groups"][g]["figure"] =
                json!({"kind": "value", "value": 1, "numerator": row.numerator, "denominator": row.denominator});
            let found = attacked(&leaky, None);
            assert_eq!(found["safe"], false, "{} {}", place["place"], group["groups"]);
            assert!(found["verdicts"]["exact"].as_u64().unwrap() > 0);
            // the same as an earlier report: nothing takes it back, and the later one tells no more
            let found = attacked(&clean, Some(&leaky));
            assert_eq!(found["safe"], true, "{found}");
            assert!(found["verdicts"]["published_before"].as_u64().unwrap() > 0);
            caught += 1;
        }
    }
    assert!(caught >= 4);
    // a report whose figures grew by four persons since the last one
    let mut earlier = clean.clone();
    let figure = &mut earlier["places"][0]["indicators"].as_array_mut().unwrap().iter_mut().find(|i| i["id"] == "WSP-O-04").unwrap()["series"][0]["figure"];
    let (n, d) = (figure["numerator"].as_f64().unwrap(), figure["denominator"].as_f64().unwrap());
    (figure["numerator"], figure["denominator"]) = (json!(n - 4.0), json!(d - 4.0));
    for place in earlier["places"].as_array_mut().unwrap() {
        place["indicators"].as_array_mut().unwrap().iter_mut().for_each(|i| {
            i["period"] = json!(null);
        });
    }
    let found = attacked(&clean, Some(&earlier));
    assert!(found["figures"].as_array().unwrap().iter().any(|f| f["what"] == "change of numerator" && f["upper"] == 4.0), "{found}");
}

/// What an outsider finds beside the sums: a leak of each kind is put into a report that is safe, and the attack names it.
#[test]
fn a_planted_leak_is_caught_by_the_attack_in_each_route() {
    let row = |id: &str, group: Option<&str>, period: &str, n: f64, d: f64| {
        let mut row = Row { indicator: id.into(), place: "gent".into(), period: period.into(), numerator: Some(n), denominator: Some(d), ..Row::default() };
        row.groups.extend(group.map(|g| ("SEX".into(), g.into())));
        row
    };
    // the latest figure of unemployment is small, and so is one of its groups, and the year before; the rate of homelessness is shown
    let mut rows = vec![row("WSP-O-04", None, "2018", 5.0, 900.0), row("WSP-O-04", None, "2019", 4.0, 1000.0), row("WSP-O-04", None, "2017", 40.0, 1000.0)];
    rows.extend([
        row("WSP-O-04", Some("F"), "2019", 4.0, 500.0),
        row("HOU-O-01", None, "2019", 400.0, 100_000.0),
        row("HOU-O-01", None, "2018", 3.0, 100_000.0),
    ]);
    let clean = data(&released(&rows, 10, None));
    let safe = attacked(&clean, None);
    assert!(safe["figures"].as_array().unwrap().iter().all(|f| f["what"] == "numerator" || f["what"] == "complement" || f["what"] == "denominator"), "{safe}");
    let at = clean["places"].as_array().unwrap().iter().position(|p| p["period"] == "2019").unwrap();
    let of = |id: &str| clean["places"][at]["indicators"].as_array().unwrap().iter().position(|i| i["id"] == id).unwrap();
    let (wsp, hou) = (of("WSP-O-04"), of("HOU-O-01"));
    assert_eq!(
        (&clean["places"][at]["indicators"][wsp]["figure"]["kind"], &clean["places"][at]["indicators"][hou]["figure"]["kind"]),
        (&json!("suppressed"), &json!("value"))
    );
    let pointer = |id: usize, field: &str| format!("/places/{at}/indicators/{id}/{field}");
    let plants: Vec<(&str, String, Value)> = vec![
        ("value", pointer(wsp, "figure"), json!({"kind": "suppressed", "value": 0.4})),
        ("value", pointer(wsp, "series/2/figure"), json!({"kind": "value", "value": 0.4})),
        ("error", pointer(wsp, "figure"), json!({"kind": "suppressed", "lower": 0.1, "upper": 1.0})),
        ("error", pointer(wsp, "groups/0/se"), json!(0.2)),
        ("n", pointer(wsp, "figure"), json!({"kind": "suppressed", "denominator": 1000})),
        ("n", pointer(wsp, "groups/0/n"), json!(500)),
        ("score", pointer(wsp, "score"), json!(98.7)),
        ("score", pointer(wsp, "groups/0/score"), json!(97.3)),
        ("rank", pointer(wsp, "rank"), json!(1)),
        ("rank", pointer(wsp, "groups/0/rank"), json!(2)),
        ("standing", pointer(wsp, "standing"), json!("above")),
        ("target", pointer(wsp, "target"), json!({"value": 5, "operator": "<=", "met": true})),
        ("change", pointer(wsp, "change"), json!({"since": "2017", "previous": 4.0, "absolute": -3.6})),
        ("change", pointer(hou, "change"), json!({"since": "2018", "previous": 0.3, "absolute": 39.7})),
        ("progress", pointer(wsp, "progress"), json!({"achievement": {"status": "met", "raw": 0.9}})),
        (
            "gap",
            pointer(wsp, "gaps"),
            json!([{"dimension": "SEX", "period": "2019", "worst": "M", "worst_value": 9, "best": "F", "best_value": 0.8, "difference": 8.2}]),
        ),
        ("floor", pointer(wsp, "floor"), json!({"dimension": "SEX", "group": "F", "period": "2019", "value": 0.8, "score": 97.3})),
    ];
    for (what, pointer, leak) in plants {
        let mut leaky = clean.clone();
        let (holder, field) = pointer.rsplit_once('/').unwrap();
        let place = leaky.pointer_mut(holder).unwrap_or_else(|| panic!("{pointer}"));
        match field.parse::<usize>() {
            Ok(position) => place[position] = leak,
            Err(_) => place[field] = leak,
        }
        let found = attacked(&leaky, None);
        assert!(found["figures"].as_array().unwrap().iter().any(|f| f["what"] == what && f["verdict"] != "safe"), "{what} {pointer}: {found}");
        assert_eq!(found["safe"], false, "{what}");
    }
    // the index: a mean that the withheld figure has a part in
    let nodes = clean["places"][at]["nodes"].as_array().unwrap();
    let node = nodes.iter().position(|n| n["id"] == "WSP").unwrap();
    let mut leaky = clean.clone();
    leaky["places"][at]["nodes"][node]["outcomes"] = json!({"score": 98.7, "coverage": 1, "n": 1, "of": 1});
    assert!(attacked(&leaky, None)["figures"].as_array().unwrap().iter().any(|f| f["what"] == "mean" && f["indicator"] == "WSP" && f["lower"] == 98.7));
}

/// What two reports leave of a total has changed by three persons, although no figure that is shown has changed by fewer than ten.
#[test]
fn a_small_change_of_what_is_left_is_withheld() {
    let row = |group: Option<&str>, n: u32, d: u32| {
        let mut row = Row {
            indicator: "HOU-O-03".into(),
            place: "gent".into(),
            period: "2019".into(),
            numerator: Some(n.into()),
            denominator: Some(d.into()),
            ..Row::default()
        };
        row.groups.extend(group.map(|g| ("CITIZEN".into(), g.into())));
        row
    };
    let release = |rows: &[Row], previous: Option<&Published>| {
        let (dataset, findings) = dataset::check(engine().catalogue(), &Observations::from_rows(None, rows));
        let plan = AssessmentPlan { selection: vec!["HOU-O-03".into()], ..AssessmentPlan::default() };
        let assessment = assess::assess(&engine().method("standard").unwrap(), &Arc::new(dataset), &findings, &plan).unwrap();
        assessment.release_after(&PrivacyPolicy::public(10).unwrap(), previous).unwrap()
    };
    let first = release(&[row(None, 300, 3000), row(Some("NAT"), 200, 2000)], None);
    let rows = [row(None, 330, 3300), row(Some("NAT"), 227, 2297)];
    assert_eq!(states(&release(&rows, None)).iter().filter(|l| l.contains("suppressed")).count(), 0);
    // 30 more in all, 27 of them nationals: three are left. The total goes, and nationals with it: they might be taken for all
    let second = release(&rows, Some(&first.as_previous().unwrap()));
    assert_eq!(states(&second).iter().filter(|l| l.contains("suppressed")).count(), 2);
    // the JSON of the first report tells the same
    let json = Published::from_report(&data(&first)).unwrap();
    assert_eq!(states(&release(&rows, Some(&json))), states(&second));
    assert_eq!(
        engine()
            .call(&json!({"op": "disclosure.attack_report", "report": {"places": [], "provenance": {"threshold": 1, "audience": "internal"}}}))
            .unwrap_err()
            .code()
            .as_str(),
        "release.internal-report"
    );
}

/// A sample: seven persons asked who stand for two thousand are seven persons.
#[test]
fn persons_asked_are_protected_not_those_they_stand_for() {
    let row = |group: Option<&str>, n: f64, d: f64, asked: f64| {
        let mut row = Row {
            indicator: "HOU-O-03".into(),
            place: "gent".into(),
            period: "2019".into(),
            numerator: Some(n),
            denominator: Some(d),
            n: Some(asked),
            ..Row::default()
        };
        row.groups.extend(group.map(|g| ("AGE".into(), g.into())));
        row
    };
    // four persons and three are withheld: of both together seven were asked, so a third group goes with them
    let rows = [
        row(None, 61_200.0, 142_400.0, 253.0),
        row(Some("Y_LT18"), 500.0, 900.0, 4.0),
        row(Some("Y_GE65"), 700.0, 1_500.0, 3.0),
        row(Some("Y18-64"), 60_000.0, 140_000.0, 246.0),
    ];
    let (dataset, findings) = dataset::check(engine().catalogue(), &Observations::from_rows(None, &rows));
    let plan = AssessmentPlan { selection: vec!["HOU-O-03".into()], ..AssessmentPlan::default() };
    let assessment = assess::assess(&engine().method("standard").unwrap(), &Arc::new(dataset), &findings, &plan).unwrap();
    let shown = states(&assessment.release(&PrivacyPolicy::public(10).unwrap()).unwrap());
    let state = |group: &str| shown.iter().any(|l| l.contains(&format!("AGE={group},suppressed")));
    assert!(state("Y_LT18") && state("Y18-64"), "{shown:?}");
}

/// Four thousand who stand behind two persons asked are two persons.
#[test]
fn a_count_of_few_persons_asked_is_withheld() {
    let row = |numerator: f64, n: f64| Row {
        indicator: "HOU-O-03".into(),
        place: "gent".into(),
        period: "2019".into(),
        numerator: Some(numerator),
        denominator: Some(200_000.0),
        n: Some(n),
        ..Row::default()
    };
    let shown = |row: Row| {
        let (dataset, findings) = dataset::check(engine().catalogue(), &Observations::from_rows(None, &[row]));
        let plan = AssessmentPlan { selection: vec!["HOU-O-03".into()], ..AssessmentPlan::default() };
        let assessment = assess::assess(&engine().method("standard").unwrap(), &Arc::new(dataset), &findings, &plan).unwrap();
        !states(&assessment.release(&PrivacyPolicy::public(10).unwrap()).unwrap())[1].contains("suppressed")
    };
    assert_eq!(
        [shown(row(4000.0, 100.0)), shown(row(196_000.0, 100.0)), shown(row(20_000.0, 100.0)), shown(row(4000.0, 200_000.0))],
        [false, false, true, true]
    );
}

/// Small, complementary or for use inside only: the reader cannot tell why a figure is withheld.
#[test]
fn primary_and_complementary_look_the_same() {
    let (one, _) = twins();
    let first = released(&one, 10, None);
    let hidden: Vec<(Value, Value)> = hidden_pattern(&first).into_iter().filter(|s| s[2] == "suppressed").map(|s| (s[0].clone(), s[1].clone())).collect();
    for (place, groups) in hidden {
        let mut rows = one.clone();
        let key = |r: &Row| r.groups.iter().map(|(d, g)| format!("{d}={g}")).collect::<Vec<_>>().join(";");
        let row = rows.iter_mut().find(|r| json!(r.place) == place && json!(key(r)) == groups).unwrap();
        row.confidentiality = "restricted".into();
        let second = released(&rows, 10, None);
        assert_eq!(marks(&routes(&first), &routes(&second)), Vec::<String>::new(), "{place} {groups}");
    }
}

// --- what an insider would have said: each part of the report of the house, put into the one for the public ---

/// Where two reports differ, as JSON pointers; what one of them lacks is told as a whole.
fn differences(public: &Value, house: &Value, at: &str, found: &mut Vec<String>) {
    match (public, house) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let path = format!("{at}/{key}");
                match (a.get(key), b.get(key)) {
                    (Some(x), Some(y)) if x["kind"] == y["kind"] => differences(x, y, &path, found),
                    (x, y) if x != y => found.push(path),
                    _ => {}
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (i, (x, y)) in a.iter().zip(b).enumerate() {
                differences(x, y, &format!("{at}/{i}"), found);
            }
        }
        _ if public != house => found.push(at.to_owned()),
        _ => {}
    }
}

/// Puts what stands at a place of one JSON into the other; what is absent goes.
fn plant(into: &Value, from: &Value, at: &str) -> Value {
    let mut leaky = into.clone();
    let (holder, key) = at.rsplit_once('/').unwrap();
    match (leaky.pointer_mut(holder), from.pointer(at)) {
        (Some(Value::Object(o)), Some(value)) => {
            o.insert(key.to_owned(), value.clone());
        }
        (Some(Value::Object(o)), None) => {
            o.remove(key);
        }
        (Some(Value::Array(a)), Some(value)) => a[key.parse::<usize>().unwrap()] = value.clone(),
        (holder, value) => panic!("{at}: {holder:?} {value:?}"),
    }
    leaky
}

/// Two cities' worth of routes: scores, means, gaps, changes, targets, trends, floors, visibility, of which some rest on few people.
fn told_of_a_house() -> Value {
    let mut rows = Vec::new();
    let mut row = |id: &str, place: &str, period: &str, group: Option<(&str, &str)>, n: f64, d: f64| {
        let mut row = json!({"indicator": id, "place": place, "period": period, "numerator": n, "denominator": d});
        if let Some((dimension, code)) = group {
            row[dimension] = json!(code);
        }
        rows.push(row);
    };
    for place in ["gent", "lier"] {
        for (period, n) in [("2015", 70.0), ("2016", 64.0), ("2017", 66.0), ("2018", 58.0), ("2019", if place == "gent" { 4.0 } else { 52.0 })] {
            row("WSP-O-04", place, period, None, n, 1000.0);
            row("HOU-O-03", place, period, None, n + 90.0, 2000.0);
            row("HOU-O-01", place, period, None, n + 300.0, 100_000.0);
        }
        // few women, few of the old, and the rest beside them
        row("HOU-O-03", place, "2019", Some(("SEX", "F")), 5.0, 900.0);
        row("HOU-O-03", place, "2019", Some(("SEX", "M")), if place == "gent" { 89.0 } else { 137.0 }, 1100.0);
        row("HOU-O-01", place, "2019", Some(("AGE", "Y_LT18")), 200.0, 30_000.0);
        row("HOU-O-01", place, "2019", Some(("AGE", "Y18-64")), if place == "gent" { 97.0 } else { 145.0 }, 50_000.0);
        row("HOU-O-01", place, "2019", Some(("AGE", "Y_GE65")), 7.0, 20_000.0);
    }
    json!({
        "observations": {"rows": rows},
        "plan": {"selection": ["WSP-O-04", "HOU-O-03", "HOU-O-01"], "periods": "latest", "targets": [
            {"indicator": "WSP-O-04", "baseline": {"period": "2015", "value": 7}, "target": {"value": 2, "period": "2025"}},
            {"indicator": "HOU-O-03", "baseline": {"period": "2015", "value": 8}, "target": {"value": 3, "period": "2025"}},
        ]},
    })
}

/// Differences that tell of no figure: of how it was released, and words that say that one is withheld.
fn tells_of_no_figure(pointer: &str) -> bool {
    let ends = ["/status", "/expected", "/unseen_groups", "/carried_forward", "/name", "/reason", "/not_scored", "/across_break"];
    pointer.starts_with("/provenance") || pointer.starts_with("/findings") || pointer == "/notice" || ends.iter().any(|e| pointer.ends_with(e))
}

#[test]
fn every_part_of_the_report_of_the_house_is_caught_in_the_one_for_the_public() {
    let request = told_of_a_house();
    let ask = |op: &str, more: Value| {
        let mut asked = request.clone();
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        asked["op"] = json!(op);
        engine().call(&asked)
    };
    let public = ask("assess", json!({})).unwrap();
    let house = ask("assess", json!({"policy": {"internal": true}})).unwrap();
    let clean = attacked(&public, None);
    assert_eq!(clean["safe"], true, "{clean}");
    let mut pointers = Vec::new();
    differences(&public, &house, "", &mut pointers);
    let mut routes: BTreeMap<String, usize> = BTreeMap::new();
    let mut missed = Vec::new();
    for pointer in pointers.iter().filter(|p| !tells_of_no_figure(p)) {
        let found = attacked(&plant(&public, &house, pointer), None);
        for f in found["figures"].as_array().unwrap().iter().filter(|f| f["verdict"] != "safe") {
            *routes.entry(f["what"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        if found["safe"] == true {
            missed.push((pointer.clone(), house.pointer(pointer).cloned()));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
    // and each explanation of the house beside the report for the public
    for (place, id) in ["gent", "lier"].into_iter().flat_map(|p| ["WSP-O-04", "HOU-O-03", "WSP", "HOU", "overall", "outcome"].map(|id| (p, id))) {
        let told = |policy: Value| ask("explain", json!({"id": id, "place": place, "policy": policy})).unwrap();
        let (open, inside) = (told(json!({})), told(json!({"internal": true})));
        let with = |e: &Value| engine().call(&json!({"op": "disclosure.attack_report", "report": public, "explanations": [e]})).unwrap();
        assert_eq!(with(&open)["safe"], true, "{place} {id}: {}", with(&open));
        let figures = ["result", "contributions", "effective_weights"].iter().any(|part| open[*part] != inside[*part]);
        if figures {
            let found = with(&inside);
            assert_eq!(found["safe"], false, "{place} {id} {inside}");
            for f in found["figures"].as_array().unwrap().iter().filter(|f| f["verdict"] != "safe") {
                *routes.entry(f["what"].as_str().unwrap().to_owned()).or_default() += 1;
            }
        }
    }
    println!("{routes:?}");
    for route in
        ["value", "score", "change", "gap", "floor", "mean", "progress", "contribution", "explanation", "counts", "value from score", "value from mean"]
    {
        assert!(routes.contains_key(route), "{route} in {routes:?}");
    }
}

/// What is read backwards is the figure itself.
#[test]
fn numbers_are_read_backwards() {
    let request = told_of_a_house();
    let assess = |policy: Value| {
        let mut asked = request.clone();
        asked["op"] = json!("assess");
        asked["policy"] = policy;
        engine().call(&asked).unwrap()
    };
    let (public, house) = (assess(json!({})), assess(json!({"internal": true})));
    let at = |report: &Value, place: &str, id: &str| {
        let p = report["places"].as_array().unwrap().iter().position(|p| p["place"] == place).unwrap();
        let i = report["places"][p]["indicators"].as_array().unwrap().iter().position(|i| i["id"] == id).unwrap();
        format!("/places/{p}/indicators/{i}")
    };
    let (wsp, hou) = (at(&public, "gent", "WSP-O-04"), at(&public, "gent", "HOU-O-03"));
    let truth = |pointer: &str| house.pointer(pointer).cloned().unwrap_or(Value::Null);
    let of_women = |pointer: &str| truth(&format!("{pointer}/groups/0"));
    assert_eq!(
        (public.pointer(&format!("{wsp}/figure/kind")).unwrap(), public.pointer(&format!("{hou}/groups/0/figure/kind")).unwrap()),
        (&json!("suppressed"), &json!("suppressed"))
    );
    let share = 100.0 * 5.0 / 900.0;
    let figure = of_women(&hou)["figure"].clone();
    let se = 100.0 * ((5.0 / 900.0) * (895.0 / 900.0) / 900.0_f64).sqrt();
    let men = public.pointer(&format!("{hou}/groups/1")).unwrap().clone();
    assert_eq!(men["figure"]["kind"], "suppressed");
    // route, where, what is put there, the figure that follows
    let plants = [
        ("value from score", format!("{wsp}/score"), truth(&format!("{wsp}/score")), 0.4),
        ("value from score", format!("{hou}/groups/0/score"), of_women(&hou)["score"].clone(), share),
        ("value from interval", format!("{hou}/groups/0/figure"), json!({"kind": "suppressed", "lower": figure["lower"], "upper": figure["upper"]}), share),
        ("value from error", format!("{hou}/groups/0/figure"), json!({"kind": "suppressed", "se": se, "n": 900}), share),
        ("value from counts", format!("{hou}/groups/0/figure"), json!({"kind": "suppressed", "numerator": 5, "denominator": 900}), share),
        ("value from change", format!("{wsp}/change"), json!({"since": "2018", "absolute": -5.4, "per_year": -5.4, "direction": "better"}), 0.4),
        ("value from change", format!("{wsp}/change"), json!({"since": "2018", "relative": 0.4 / 5.8 - 1.0}), 0.4),
        ("value from progress", format!("{wsp}/progress"), truth(&format!("{wsp}/progress")), 0.4),
    ];
    for (what, pointer, leak, value) in plants {
        let mut leaky = public.clone();
        let (holder, key) = pointer.rsplit_once('/').unwrap();
        leaky.pointer_mut(holder).unwrap()[key] = leak;
        let found = attacked(&leaky, None);
        let hit = found["figures"].as_array().unwrap().iter().find(|f| f["what"] == what).unwrap_or_else(|| panic!("{what}: {found}"));
        let near = |end: &str| (hit[end].as_f64().unwrap_or(f64::NAN) - value).abs() < 1e-6;
        assert!(near("lower") || near("upper"), "{what}: {hit}");
        assert_ne!(hit["verdict"], "safe");
        assert_eq!(found["safe"], false);
    }
}

/// Ranks, measures of inequality, counts by reason, numbers and words that nobody knows, sums over a year: none of them is `safe`.
#[test]
fn what_reports_of_others_may_hold_is_caught_or_unproven() {
    let figure = |n: u32, d: u32| json!({"kind": "value", "value": 100.0 * f64::from(n) / f64::from(d), "numerator": n, "denominator": d});
    let gone = json!({"kind": "suppressed"});
    let group = |code: &str, figure: &Value| json!({"groups": [["SEX", code]], "period": "2020", "figure": figure});
    let third = |code: &str, figure: &Value| json!({"groups": [["AGE", code]], "period": "2020", "figure": figure});
    let clean = json!({"provenance": {"threshold": 10}, "places": [{"place": "x", "period": "2020", "indicators": [{
        "id": "HOU-O-03", "period": "2020", "figure": figure(120, 3000), "series": [{"period": "2020", "figure": figure(120, 3000)}],
        "groups": [third("Y18-64", &figure(60, 1500)), third("Y_GE65", &gone), third("Y_LT18", &gone), group("F", &gone), group("M", &gone)],
    }]}]});
    assert_eq!(attacked(&clean, None)["safe"], true);
    let hit = |leak: &dyn Fn(&mut Value), what: &str| {
        let mut leaky = clean.clone();
        leak(&mut leaky);
        let found = attacked(&leaky, None);
        let hit = found["figures"].as_array().unwrap().iter().find(|f| f["what"] == what && f["verdict"] != "safe").cloned();
        assert_eq!(found["safe"], false, "{what}");
        hit.unwrap_or_else(|| panic!("{what}: {found}"))
    };
    let indicator = |r: &mut Value, key: &str, value: Value| r["places"][0]["indicators"][0][key] = value;
    let of_group = |r: &mut Value, at: usize, key: &str, value: Value| r["places"][0]["indicators"][0]["groups"][at][key] = value;
    // a rank lies between those beside it
    let ranked = hit(
        &|r| {
            indicator(
                r,
                "groups",
                json!([third("Y18-29", &figure(60, 1500)), third("Y30-64", &figure(40, 800)), third("Y_GE65", &gone), third("Y_LT18", &gone)]),
            );
            (0..3).for_each(|at| of_group(r, at, "rank", json!([1, 3, 2][at])));
        },
        "value from rank",
    );
    assert_eq!((&ranked["lower"], &ranked["upper"], &ranked["verdict"]), (&json!(4.0), &json!(5.0), &json!("too_narrow")));
    // of three groups one is withheld, and the widest difference goes beyond those that are shown
    let three = |r: &mut Value, measures: Value| {
        indicator(r, "figure", gone.clone());
        indicator(r, "series", json!([]));
        indicator(r, "groups", json!([third("Y18-64", &figure(60, 1500)), third("Y_GE65", &gone), third("Y_LT18", &figure(80, 1000))]));
        indicator(r, "equality", json!({"dimension": "AGE", "period": "2020", "measures": measures}));
    };
    let apart = hit(&|r| three(r, json!([{"measure": "difference", "value": 7.5}])), "value from difference");
    assert!((apart["lower"].as_f64().unwrap() - 0.5).abs() < 1e-9 && (apart["upper"].as_f64().unwrap() - 11.5).abs() < 1e-9, "{apart}");
    let apart = hit(&|r| three(r, json!([{"measure": "ratio", "value": 16.0}])), "value from ratio");
    assert!((apart["lower"].as_f64().unwrap() - 0.5).abs() < 1e-9, "{apart}");
    for measure in ["theil", "index_of_disparity", "mean_log_deviation", "between_group_variance", "slope_index"] {
        assert_eq!(hit(&|r| three(r, json!([{"measure": measure, "value": 0.2}])), "equality")["verdict"], "unproven");
    }
    // what nobody knows
    assert_eq!(hit(&|r| indicator(r, "theil", json!(0.12)), "number")["lower"], 0.12);
    hit(&|r| of_group(r, 1, "trend", json!({"slope": 0.3})), "number");
    hit(&|r| of_group(r, 1, "remark", json!("4 of 500")), "text");
    hit(&|r| of_group(r, 1, "figure", json!({"kind": "suppressed", "text": "fewer than 5"})), "text");
    hit(&|r| of_group(r, 1, "figure", json!({"kind": "suppressed", "estimate": {"interval": [0.1, 0.9]}})), "number");
    hit(&|r| of_group(r, 1, "figure", json!({"kind": "suppressed", "n_effective": 31.0})), "n");
    hit(&|r| of_group(r, 1, "figure", json!({"kind": "suppressed", "design_effect": 1.4})), "n");
    hit(
        &|r| indicator(r, "disaggregation", json!([{"dimension": "SEX", "need": "required", "status": "withheld", "published": 0, "withheld": 2, "small": 1}])),
        "counts",
    );
    hit(&|r| indicator(r, "disaggregation", json!([{"dimension": "SEX", "need": "required", "status": "withheld", "published": 0, "withheld": 1}])), "counts");
    hit(&|r| r["places"][0]["hidden_persons"] = json!(9), "number");
    hit(&|r| r["findings"] = json!({"items": [{"code": "release.suppressed", "subject": "HOU-O-03", "params": {"n": 4}}]}), "finding");
    // an indicator that the catalogue does not have
    let unknown = hit(&|r| indicator(r, "id", json!("XXX-O-01")), "figure");
    assert_eq!(unknown["verdict"], "unproven");
}

/// Three quarters and their year give the fourth.
#[test]
fn a_year_less_its_quarters_is_found() {
    let value = |n: u32| json!({"kind": "value", "value": n});
    let gone = json!({"kind": "suppressed"});
    let report = |quarters: [Value; 4], year: Value| {
        let mut series: Vec<Value> =
            quarters.into_iter().enumerate().map(|(q, figure)| json!({"period": format!("2020-Q{}", q + 1), "figure": figure})).collect();
        series.push(json!({"period": "2020", "figure": year}));
        json!({"provenance": {"threshold": 10}, "places": [{"place": "x", "period": "2020", "indicators": [
            {"id": "GBV-O-04", "period": "2020", "figure": series[4]["figure"], "series": series, "groups": []}
        ]}]})
    };
    let found = attacked(&report([value(30), gone.clone(), value(41), value(25)], value(100)), None);
    let hit = found["figures"].as_array().unwrap().iter().find(|f| f["period"] == "2020-Q2").unwrap();
    assert_eq!((&found["safe"], &hit["lower"], &hit["upper"], &hit["verdict"]), (&json!(false), &json!(4.0), &json!(4.0), &json!("exact")));
    assert_eq!(attacked(&report([value(30), value(14), value(41), value(25)], gone.clone()), None)["verdicts"]["exact"], 1);
    assert_eq!(attacked(&report([value(30), gone.clone(), gone.clone(), value(25)], value(100)), None)["safe"], true);
    // and the engine withholds them together
    let rows: Vec<Row> = [("2020-Q1", 30.0), ("2020-Q2", 4.0), ("2020-Q3", 41.0), ("2020-Q4", 25.0), ("2020", 100.0)]
        .into_iter()
        .map(|(period, n)| Row { indicator: "GBV-O-04".into(), place: "x".into(), period: period.into(), value: Some(n), ..Row::default() })
        .collect();
    assert_eq!(attacked(&data(&released(&rows, 10, None)), None)["safe"], true);
}

proptest! {
    #![proptest_config(cases(2))]

    /// Whatever a city hands in, and whatever of it is withheld: nothing in the report follows from that.
    #[test]
    fn a_report_of_many_indicators_says_nothing_that_follows(seed in any::<u64>(), small in 0.0..0.5f64, k in 3u32..15) {
        let catalogue = engine().catalogue();
        let mut state = seed;
        let mut next = |n: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % n
        };
        let mut rows: Vec<Row> = Vec::new();
        for sheet in catalogue.indicators().iter() {
            for place in ["a", "b"] {
                for period in ["2017", "2018", "2019"] {
                    if next(4) == 0 {
                        continue;
                    }
                    let few = (next(1000) as f64) < small * 1000.0;
                    let (n, rest) = (if few { next(12) } else { 20 + next(400) }, 30 + next(3000));
                    let mut row = Row { indicator: sheet.id.to_string(), place: place.into(), period: period.into(), ..Row::default() };
                    match serde_json::to_value(sheet.value_kind).unwrap().as_str().unwrap() {
                        "proportion" | "rate" | "ratio" => (row.numerator, row.denominator) = (Some(n as f64), Some((n + rest) as f64)),
                        "maturity" => row.value = Some(next(5) as f64),
                        "boolean" => row.value = Some(next(2) as f64),
                        "count" => row.value = Some(n as f64),
                        _ => (row.value, row.n) = (Some(n as f64 / 10.0), Some(rest as f64)),
                    }
                    if row.numerator.is_some() && next(2) == 0 {
                        let (f, g) = (next(n + 1), next(rest + 1));
                        for (code, n, rest) in [("F", f, g), ("M", n - f, rest - g)] {
                            if n + rest > 0 {
                                let mut part = Row { numerator: Some(n as f64), denominator: Some((n + rest) as f64), ..row.clone() };
                                part.groups.insert("SEX".into(), code.into());
                                rows.push(part);
                            }
                        }
                    }
                    rows.push(row);
                }
            }
        }
        let (dataset, findings) = dataset::check(catalogue, &Observations::from_rows(None, &rows));
        let plan = AssessmentPlan { periods: Periods::Each, ..AssessmentPlan::default() };
        let assessment = assess::assess(&engine().method("standard").unwrap(), &Arc::new(dataset), &findings, &plan).unwrap();
        let report = assessment.release(&PrivacyPolicy::public(k).unwrap()).unwrap();
        let found = attacked(&data(&report), None);
        let sums = ["numerator", "complement", "denominator", "count"];
        let follows: Vec<&Value> = found["figures"].as_array().unwrap().iter().filter(|f| !sums.contains(&f["what"].as_str().unwrap())).collect();
        prop_assert!(follows.is_empty(), "{} {:?}", follows.len(), &follows[..follows.len().min(5)]);
        prop_assert_eq!(&found["safe"], true, "{}", found["verdicts"]);
        prop_assert!(found["figures"].as_array().unwrap().len() > 3 || small < 0.1);
        for id in ["overall", "HOU", "HOU-O-03", "WSP-O-04"] {
            for place in ["b"] {
                let Ok(told) = report.explain(id, Some(place)) else { continue };
                let found = engine().call(&json!({"op": "disclosure.attack_report", "report": data(&report), "explanations": [told]})).unwrap();
                prop_assert_eq!(&found["safe"], true, "{} {}", id, found["verdicts"]);
            }
        }
    }
}
