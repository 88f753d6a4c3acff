//! What anyone can deduce from the figures of one indicator: of each that is withheld, and of people whom nobody handed in.

use super::axes::{Belief, Told};
use super::cells::{Cells, Where, scale_of, scaled, settle, systems};
use super::sums::{Family, Sums};
use crate::catalogue::Catalogue;
use crate::disclosure::{Asked, Cell, Equation, Knowledge, Search, Table, Verdict, attack_some};
use std::collections::{BTreeMap, BTreeSet};

/// A figure as a reader sees it.
pub(super) struct View<'a> {
    pub(super) at: Where<'a>,
    pub(super) withheld: bool,
    /// What of it sums, where it is known.
    pub(super) known: Option<Vec<f64>>,
}

/// How figures sum, and what is asked of them.
#[derive(Clone)]
pub(super) struct Question<'c> {
    pub(super) catalogue: &'c Catalogue,
    /// How many layers a figure has.
    pub(super) depth: usize,
    /// Whether figures sum over time: counts do, of shares and rates nobody knows.
    pub(super) sums_over_time: bool,
    /// Whether few people whom nobody handed in are looked for: not where figures are about things.
    pub(super) few: bool,
    /// Whether the ends are asked, or only if they are wide enough.
    pub(super) ends: bool,
    pub(super) threshold: u32,
    pub(super) search: Search,
}

/// Lowest and highest that something can be.
pub(super) type Ends = (f64, Option<f64>);

/// What is deduced of one part of something.
pub(super) struct Deduction {
    pub(super) layer: usize,
    pub(super) ends: Ends,
    /// The ends if groups, districts and pieces of time are complete.
    pub(super) if_complete: Option<Ends>,
    pub(super) verdict: Verdict,
    /// Figures whose sums tell of it; none where the system as a whole is not solved.
    pub(super) beside: Vec<usize>,
}

impl Deduction {
    /// Whether it tells at least as much as another one of the same thing.
    pub(super) fn is_as_close_as(&self, other: &Deduction) -> bool {
        let close = |mine: Ends, theirs: Ends| mine.0 >= theirs.0 && theirs.1.is_none_or(|t| mine.1.is_some_and(|m| m <= t));
        close(self.ends, other.ends) && other.if_complete.is_none_or(|theirs| close(self.if_complete.unwrap_or(self.ends), theirs))
    }
}

/// All that is deduced.
#[derive(Default)]
pub(super) struct Deduced {
    /// Of withheld figures, by their position.
    pub(super) figures: Vec<(usize, Deduction)>,
    /// Of people whom nobody handed in: only what is too close.
    pub(super) others: Vec<(Told, Deduction)>,
}

/// Ends of the parts of all cells of a system, under some belief.
struct Solved {
    cells: Cells,
    sums: Sums,
    scale: f64,
    /// By cell and layer: the ends, and whether the width is proven.
    ends: BTreeMap<(usize, usize), (i64, Option<i64>, Verdict)>,
}

impl Solved {
    /// Figures in the sums that a cell is in.
    fn beside(&self, cell: usize, members: &[usize]) -> Vec<usize> {
        let families = self.sums.families.iter().filter(|f| f.total == cell || f.parts.contains(&cell));
        let near: BTreeSet<usize> = families.flat_map(|f| f.parts.iter().copied().chain([f.total])).collect();
        near.into_iter().filter_map(|c| self.cells.figures.get(c)).flatten().filter_map(|&i| members.get(i)).copied().collect()
    }
}

/// What can be deduced of everything that is withheld.
pub(super) fn deduce(question: &Question<'_>, views: &[View<'_>], parent: &impl Fn(u32) -> Option<u32>) -> Deduced {
    let mut made = Deduced::default();
    let places: Vec<Where<'_>> = views.iter().map(|v| v.at).collect();
    let (complete, guessed) = if_complete(question, views, &places, parent);
    for members in systems(&places, parent, question.sums_over_time) {
        let of: Vec<&View<'_>> = members.iter().filter_map(|&i| views.get(i)).collect();
        let withheld = of.iter().any(|v| v.withheld && v.known.is_none());
        if !withheld && !question.few {
            continue;
        }
        // where nothing is known at all, nothing follows
        if of.iter().all(|v| v.known.is_none()) {
            for (&i, _) in members.iter().zip(&of).filter(|(_, v)| v.withheld) {
                let believed = |layer: usize| complete.get(&i).and_then(|a| a.get(layer)).copied();
                made.figures.extend((0..question.depth).map(|layer| (i, judged(layer, ((0.0, None), Verdict::Safe), believed(layer), members.clone()))));
            }
            continue;
        }
        let solved = [true, false].into_iter().find_map(|joined| solve(question, &of, parent, Belief::Sure, joined));
        let Some(solved) = solved else {
            // too large, or the figures contradict one another: nothing is proven
            for (&i, view) in members.iter().zip(&of) {
                if view.withheld && view.known.is_none() {
                    let all = complete.get(&i);
                    made.figures.extend((0..question.depth).map(|layer| {
                        let believed = all.and_then(|a| a.get(layer)).copied();
                        (i, judged(layer, ((0.0, None), Verdict::Unproven), believed, Vec::new()))
                    }));
                }
            }
            continue;
        };
        let beside = |cell: usize| solved.beside(cell, &members);
        let real = |&(low, high, verdict): &(i64, Option<i64>, Verdict)| ((low as f64 / solved.scale, high.map(|h| h as f64 / solved.scale)), verdict);
        for (cell, figures) in solved.cells.figures.iter().enumerate() {
            for &i in figures {
                let Some((_, at)) = of.get(i).zip(members.get(i)).filter(|(v, _)| v.withheld && v.known.is_none()) else { continue };
                for layer in 0..question.depth {
                    let Some(found) = solved.ends.get(&(cell, layer)).map(real) else { continue };
                    let believed = complete.get(at).and_then(|a| a.get(layer)).copied();
                    made.figures.push((*at, judged(layer, found, believed, beside(cell))));
                }
            }
        }
        if question.few {
            let handed_in =
                |cell: usize| solved.cells.figures.get(cell).into_iter().flatten().filter_map(|&i| of.get(i)).any(|v| v.withheld || v.known.is_some());
            for cell in (0..solved.sums.positions.len()).filter(|&cell| !handed_in(cell)) {
                others(question, &solved, cell, &beside, &mut made);
            }
        }
    }
    // what would follow if groups were complete, and does not follow otherwise
    for (told, d) in guessed {
        if !made.others.iter().any(|(t, other)| *t == told && other.layer == d.layer) {
            made.others.push((told, d));
        }
    }
    made.figures.sort_by_key(|(i, d)| (*i, d.layer));
    made
}

/// People whom nobody handed in, where they can be few and are known too closely.
fn others(question: &Question<'_>, solved: &Solved, cell: usize, beside: &impl Fn(usize) -> Vec<usize>, made: &mut Deduced) {
    let k = scaled(f64::from(question.threshold), solved.scale);
    let someone = if solved.scale > 1.0 { (solved.scale / 2.0) as i64 } else { 1 };
    for layer in 0..question.depth {
        let Some(&(low, Some(high), verdict)) = solved.ends.get(&(cell, layer)) else { continue };
        if verdict != Verdict::Safe && high >= someone && low < k && high.saturating_sub(low) < k {
            let Some(position) = solved.sums.positions.get(cell) else { continue };
            let verdict = if low == high { Verdict::Exact } else { Verdict::TooNarrow };
            let ends = (low as f64 / solved.scale, Some(high as f64 / solved.scale));
            made.others.push((solved.cells.axes.told(position), Deduction { layer, ends, if_complete: None, verdict, beside: beside(cell) }));
        }
    }
}

/// The verdict of what is sure, and of what would follow if groups were complete.
fn judged(layer: usize, (ends, sure): (Ends, Verdict), believed: Option<(Ends, Verdict)>, beside: Vec<usize>) -> Deduction {
    let narrower = believed.filter(|(b, _)| b.0 > ends.0 || (b.1 != ends.1 && b.1.is_some_and(|u| ends.1.is_none_or(|mine| u < mine))));
    let verdict = match (sure, believed.map(|b| b.1)) {
        (Verdict::Exact | Verdict::TooNarrow, _) | (_, None) => sure,
        // at least as wide as if groups were complete
        (_, Some(Verdict::Safe)) => Verdict::Safe,
        (_, Some(_)) => Verdict::Unproven,
    };
    Deduction { layer, ends, if_complete: narrower.map(|b| b.0), verdict, beside }
}

/// By figure and layer: ends, and whether they are wide enough.
type Guess = BTreeMap<usize, Vec<(Ends, Verdict)>>;

/// What would follow of each withheld figure, and of people whom nobody handed in, if groups, districts and pieces of time were complete, as far as what is shown does not contradict that.
fn if_complete(question: &Question<'_>, views: &[View<'_>], places: &[Where<'_>], parent: &impl Fn(u32) -> Option<u32>) -> (Guess, Vec<(Told, Deduction)>) {
    let (mut made, mut guessed) = (Guess::new(), Vec::new());
    for run in systems(places, parent, true) {
        let of: Vec<&View<'_>> = run.iter().filter_map(|&i| views.get(i)).collect();
        if of.iter().all(|v| v.known.is_none()) || (!question.few && !of.iter().any(|v| v.withheld && v.known.is_none())) {
            continue;
        }
        let mut keep = |members: &[usize], solved: &Solved| {
            if question.few {
                let mut found = Deduced::default();
                let handed_in = |cell: usize| {
                    solved.cells.figures.get(cell).into_iter().flatten().filter_map(|i| views.get(*members.get(*i)?)).any(|v| v.withheld || v.known.is_some())
                };
                for cell in (0..solved.sums.positions.len()).filter(|&cell| !handed_in(cell)) {
                    others(question, solved, cell, &|cell| solved.beside(cell, members), &mut found);
                }
                guessed.extend(
                    found
                        .others
                        .into_iter()
                        .map(|(told, d)| (told, Deduction { ends: (0.0, None), if_complete: Some(d.ends), verdict: Verdict::Unproven, ..d })),
                );
            }
            for (cell, figures) in solved.cells.figures.iter().enumerate() {
                let ends = (0..question.depth).filter_map(|layer| {
                    let &(low, high, verdict) = solved.ends.get(&(cell, layer))?;
                    Some(((low as f64 / solved.scale, high.map(|h| h as f64 / solved.scale)), verdict))
                });
                let ends: Vec<(Ends, Verdict)> = ends.collect();
                made.extend(figures.iter().filter_map(|&i| members.get(i)).filter(|_| ends.len() == question.depth).map(|&i| (i, ends.clone())));
            }
        };
        let linked = [true, false].into_iter().find_map(|joined| solve(question, &of, parent, Belief::Complete, joined));
        if let Some(solved) = linked {
            keep(&run, &solved);
            continue;
        }
        // together they contradict one another: each period by itself
        let inside: Vec<Where<'_>> = of.iter().map(|v| v.at).collect();
        for part in systems(&inside, parent, false) {
            let some: Vec<&View<'_>> = part.iter().filter_map(|&i| of.get(i).copied()).collect();
            let members: Vec<usize> = part.iter().filter_map(|&i| run.get(i).copied()).collect();
            if let Some(solved) = [true, false].into_iter().find_map(|joined| solve(question, &some, parent, Belief::Complete, joined)) {
                keep(&members, &solved);
            }
        }
    }
    (made, guessed)
}

/// Axes of which what is shown says that their groups are not everybody: parts that are all shown and do not make their total, or exceed it.
fn contradicted(sums: &Sums, values: &[Option<Vec<i64>>], scale: f64) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    for family in &sums.families {
        let Some(axis) = family.believed else { continue };
        let value = |cell: usize| values.get(cell).and_then(Option::as_ref);
        let Some(total) = value(family.total) else { continue };
        let known: Vec<&Vec<i64>> = family.parts.iter().filter_map(|&p| value(p)).collect();
        let slack = if scale > 1.0 { family.parts.len() as i64 + 1 } else { 0 };
        for (layer, total) in total.iter().enumerate() {
            let left = total - known.iter().filter_map(|v| v.get(layer)).sum::<i64>();
            if left < -slack || (known.len() == family.parts.len() && left > slack) {
                found.insert(axis);
            }
        }
    }
    found
}

/// The attack on one system; `None` when nothing fits what is published, or there is too much of it.
fn solve(question: &Question<'_>, views: &[&View<'_>], parent: &impl Fn(u32) -> Option<u32>, belief: Belief, joined: bool) -> Option<Solved> {
    let places: Vec<Where<'_>> = views.iter().map(|v| v.at).collect();
    let depth = question.depth;
    let scale = scale_of(views.iter().filter_map(|v| v.known.as_ref()));
    let mut disbelieved = BTreeSet::new();
    let (cells, sums, values, unseen) = loop {
        let cells = Cells::of(question.catalogue, &places, parent, belief, &disbelieved);
        let known: Vec<bool> = cells.figures.iter().map(|of| of.iter().filter_map(|&i| views.get(i)).any(|v| v.known.is_some())).collect();
        let sums = Sums::of(&cells.axes, &cells.positions, &known, joined, |_| false).ok()?;
        // without crossings that were too many to look at, what seems wide need not be
        let unseen = !joined && Sums::of(&cells.axes, &cells.positions, &known, true, |_| false).is_err();
        let of = |cell: usize| cells.figures.get(cell).into_iter().flatten().filter_map(|&i| views.get(i));
        let layers = |cell: usize| of(cell).find_map(|v| v.known.as_ref().filter(|l| l.len() == depth));
        let whole = |cell: usize| layers(cell).map(|l| l.iter().map(|&x| scaled(x, scale)).collect());
        let values: Vec<Option<Vec<i64>>> = (0..sums.positions.len()).map(whole).collect();
        let wrong = contradicted(&sums, &values, scale);
        if wrong.is_empty() {
            break (cells, sums, values, unseen);
        }
        // each turn leaves fewer to believe
        disbelieved.extend(wrong);
    };
    let width = scaled(f64::from(question.threshold), scale).unsigned_abs();
    let withheld = |cell: usize| cells.figures.get(cell).into_iter().flatten().filter_map(|&i| views.get(i)).any(|v| v.withheld);
    let mut table: Vec<Cell> = Vec::with_capacity(sums.positions.len() * depth);
    for (cell, value) in values.iter().enumerate() {
        for layer in 0..depth {
            let value = value.as_ref().and_then(|v| v.get(layer)).copied();
            let asked = withheld(cell) || (question.few && values.get(cell).is_none_or(Option::is_none));
            table.push(Cell { value, suppressed: value.is_none(), width: (!asked).then_some(0), ..Cell::default() });
        }
    }
    let equations = equations(&sums.families, &values, depth, scale, &mut table);
    settle(&mut table, &equations)?;
    let knowledge = Knowledge { width, rule: None };
    let mut ends = BTreeMap::new();
    for cell in 0..sums.positions.len() {
        for layer in 0..depth {
            if let Some(v) = table.get(cell * depth + layer).and_then(|c| c.value) {
                ends.insert((cell, layer), (v, Some(v), Verdict::Exact));
            }
        }
    }
    let asked = |at: usize| match at / depth {
        cell if cell >= sums.positions.len() => Asked::Nothing,
        cell if withheld(cell) && question.ends => Asked::Ends,
        cell if withheld(cell) || question.few => Asked::Width,
        _ => Asked::Nothing,
    };
    for d in attack_some(&Table::new(table, equations).ok()?, &knowledge, &question.search, asked).ok()? {
        let (cell, layer) = (d.cell / depth, d.cell % depth);
        if cell < sums.positions.len() {
            let verdict = if unseen && d.verdict == Verdict::Safe { Verdict::Unproven } else { d.verdict };
            ends.insert((cell, layer), (d.lower, d.upper, verdict));
        }
    }
    Some(Solved { cells, sums, scale, ends })
}

/// The equations of families whose parts do not exceed their total: then someone is counted twice, and they say nothing.
fn equations(families: &[Family], values: &[Option<Vec<i64>>], depth: usize, scale: f64, table: &mut Vec<Cell>) -> Vec<Equation> {
    let value = |cell: usize, layer: usize| values.get(cell).and_then(Option::as_ref).and_then(|v| v.get(layer)).copied();
    let mut made = Vec::with_capacity(families.len() * depth);
    for family in families {
        let slack = if scale > 1.0 { i64::try_from(family.parts.len()).unwrap_or(i64::MAX) + 1 } else { 0 };
        let says = |layer: usize| {
            let unknown = family.parts.iter().filter(|&&p| value(p, layer).is_none()).count();
            let left = value(family.total, layer).map(|t| t - family.parts.iter().filter_map(|&p| value(p, layer)).sum::<i64>());
            left.is_none_or(|left| left >= -slack && (unknown > 0 || left <= slack))
        };
        if !(0..depth).all(says) {
            continue;
        }
        for layer in 0..depth {
            let mut parts: Vec<usize> = family.parts.iter().map(|p| p * depth + layer).collect();
            if slack > 0 {
                // decimals are rounded
                parts.push(table.len());
                table.push(Cell { suppressed: true, width: Some(0), lower: -slack, upper: Some(slack), ..Cell::default() });
            }
            made.push(Equation { total: family.total * depth + layer, parts, constant: 0 });
        }
    }
    made
}
