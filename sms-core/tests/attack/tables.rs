//! Tables of every shape, against brute force.

use super::*;

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

    /// With whatever work, what is said to be protected is: where the store runs out, the answer says so.
    #[test]
    fn a_store_that_runs_out_never_calls_unsafe_cells_safe(shape in shapes(), leaves in leaf_values(), k in 2i64..6, work in 0u64..30_000) {
        let (values, equations, fixed) = shaped(shape, &leaves);
        let primary: Vec<bool> = values.iter().zip(&fixed).map(|(&v, f)| v > 0 && v < k && !f).collect();
        let t = table(&values, &equations, &primary, &fixed, None);
        let known = Knowledge { width: u64::try_from(k).unwrap(), rule: None };
        let search = Search::sharing(Limits::default(), work);
        let made = protect_within(&t, &known, &search).unwrap();
        prop_assert!(primary.iter().zip(&made.suppressed).all(|(p, s)| !p || *s));
        let after = table(&values, &equations, &made.suppressed, &fixed, None);
        let open = |d: &Deduced| d.verdict != Verdict::Safe && !made.exposed.contains(&d.cell);
        prop_assert!(!attack(&after, &known, &Limits::default()).unwrap().iter().any(open));
        // what is exposed for want of work is not taken for what nothing protects
        let all = protect(&t, &known, &Limits::default()).unwrap();
        prop_assert!(made.undecided || made.exposed == all.exposed, "{made:?} {all:?}");
        prop_assert!(made.undecided <= search.is_spent());
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
