//! Secondary suppression over all cells of one indicator and period at once: groups, crossings, nested groups and
//! districts are one table of linked equations, for the count and for what is left of the denominator alike.

use super::family::{Families, Family, Lattice, families};
use crate::disclosure::{Cell, Equation, Filled, Knowledge, Limits, Table, fill, protect};
use crate::estimate::ValueKind;
use crate::num;

/// Limits of the search in a release, where there are many tables: each is small.
const LIMITS: Limits = Limits { nodes: 200, pivots: 20_000, tableau: 100_000 };

/// The most cells of one table, counts and complements counted apart.
const MOST_CELLS: usize = 20_000;

/// Counts with decimals, as weighted ones are, are judged in thousandths.
const FINE: f64 = 1000.0;

/// The largest count that is handled exactly.
const LARGEST: f64 = 1e12;

/// How a figure appears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// The reader sees it, and it can be withheld.
    Shown,
    /// The reader sees it, or has seen it, and nothing can be done about that.
    Public,
    /// Withheld here, or by its source.
    Hidden,
    /// The reader sees nothing, for another reason.
    Absent,
}

/// One figure of one indicator and period.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) place: u32,
    pub(crate) group: u32,
    pub(crate) state: State,
    /// What sums: see [`layers`].
    pub(crate) layers: Option<Vec<f64>>,
    /// Information lost when it is withheld.
    pub(crate) size: f64,
    /// How many persons were asked, who may stand for more.
    pub(crate) n: Option<f64>,
    /// Out of how many.
    pub(crate) base: Option<f64>,
    /// What sums, as an earlier report showed it.
    pub(crate) before: Option<Vec<f64>>,
}

/// What of a figure sums over its parts: count and rest of a proportion, count and base of a rate, a count alone, the
/// base alone where the figure is an average.
pub(crate) fn layers(kind: ValueKind, value: Option<f64>, numerator: Option<f64>, base: Option<f64>, multiplier: f64) -> Option<Vec<f64>> {
    let count = || numerator.or_else(|| value.filter(|_| multiplier > 0.0).zip(base).map(|(v, b)| v / multiplier * b));
    let made = match kind {
        ValueKind::Proportion => vec![count()?, base? - count()?],
        ValueKind::Rate | ValueKind::Ratio => vec![count()?, base?],
        ValueKind::Count => vec![numerator.or(value)?],
        _ => vec![base?],
    };
    made.iter().all(|x| num::abs(*x) <= LARGEST).then_some(made)
}

/// The names of the layers, for people.
pub(crate) fn layer_names(kind: ValueKind) -> &'static [&'static str] {
    match kind {
        ValueKind::Proportion => &["numerator", "complement"],
        ValueKind::Rate | ValueKind::Ratio => &["numerator", "denominator"],
        ValueKind::Count => &["count"],
        _ => &["denominator"],
    }
}

/// What became of a table.
pub(crate) enum Outcome {
    /// Positions of further figures that must be withheld.
    Protected(Vec<usize>),
    /// The counts do not allow it, or it is not proven that all are protected: blunter rules must do. Figures to
    /// withhold anyway.
    NotEnough(Vec<usize>),
}

/// In whole numbers of a scale.
pub(crate) fn scaled(x: f64, scale: f64) -> i64 {
    // within range: layers are bounded
    num_round(x * scale)
}

fn num_round(x: f64) -> i64 {
    x.round_ties_even() as i64
}

/// 1 when all counts are whole, else thousandths.
pub(crate) fn scale_of<'a>(layers: impl Iterator<Item = &'a Vec<f64>>) -> f64 {
    let whole = |x: &f64| num::abs(x - x.round_ties_even()) < 1e-9;
    if layers.flatten().all(whole) { 1.0 } else { FINE }
}

/// Chooses the further figures that must be withheld. Entries are sorted by place and group, each once.
pub(crate) fn protect_linked(lattice: &mut Lattice<'_>, entries: &[Entry], threshold: u32, parent: impl Fn(u32) -> Option<u32>) -> Outcome {
    let given: Vec<(u32, u32)> = entries.iter().map(|e| (e.place, e.group)).collect();
    let Some(found) = families(lattice, &given, true, &parent) else { return Outcome::NotEnough(Vec::new()) };
    let mut entries = entries.to_vec();
    let changed = small_changes(&mut entries, &found.families, threshold);
    let outcome = match protect_families(&entries, &found, threshold) {
        Ok(outcome) => outcome,
        // no crossing fits what the file holds: the groups are not complete, and nobody can say more than what is shown
        Err(NothingFits) => match families(lattice, &given, false, &parent).map(|found| protect_families(&entries, &found, threshold)) {
            Some(Ok(outcome)) => outcome,
            _ => Outcome::NotEnough(Vec::new()),
        },
    };
    let with = |mut further: Vec<usize>| {
        further.extend(&changed);
        further
    };
    match outcome {
        Outcome::Protected(further) => Outcome::Protected(with(further)),
        Outcome::NotEnough(further) => Outcome::NotEnough(with(further)),
    }
}

/// Withholds figures where what two reports together leave of a total has changed by few persons: they would be known.
fn small_changes(entries: &mut [Entry], families: &[Family], threshold: u32) -> Vec<usize> {
    let k = f64::from(threshold);
    let small = |x: f64| num::abs(x) > 1e-6 && num::abs(x) < k;
    let mut hidden = Vec::new();
    for family in families {
        // each turn withholds a figure, so it ends
        loop {
            let change = |i: usize| -> Option<Vec<f64>> {
                let entry = entries.get(i).filter(|e| matches!(e.state, State::Shown | State::Public))?;
                let (now, before) = entry.layers.as_ref().zip(entry.before.as_ref()).filter(|(a, b)| a.len() == b.len())?;
                Some(now.iter().zip(before).map(|(a, b)| a - b).collect())
            };
            let Some(total) = change(family.total) else { break };
            let parts: Vec<(usize, Vec<f64>)> = family.parts.iter().filter_map(|&p| Some((p, change(p)?))).collect();
            let left: Vec<f64> =
                (0..total.len()).map(|l| parts.iter().fold(total.get(l).copied().unwrap_or(0.0), |x, (_, c)| x - c.get(l).copied().unwrap_or(0.0))).collect();
            if !left.iter().any(|&x| small(x)) {
                break;
            }
            let can = |i: usize| entries.get(i).is_some_and(|e| e.state == State::Shown);
            let size = |i: usize| entries.get(i).map_or(f64::INFINITY, |e| e.size);
            // the smallest part that leaves enough beside others that are not known, else the total
            let beside = parts.len() < family.parts.len();
            let enough = |c: &[f64]| beside && left.iter().zip(c).all(|(x, c)| !small(x + c));
            let part = parts.iter().filter(|(i, c)| can(*i) && enough(c)).map(|(i, _)| *i).min_by(|&a, &b| size(a).total_cmp(&size(b)).then(a.cmp(&b)));
            let Some(next) = part.or_else(|| Some(family.total).filter(|&t| can(t))) else { break };
            if let Some(entry) = entries.get_mut(next) {
                entry.state = State::Hidden;
            }
            hidden.push(next);
        }
    }
    hidden
}

/// The crossings that nobody shows contradict what the file holds.
struct NothingFits;

/// For how many persons one who was asked stands, and no less than one.
fn weight(entry: &Entry) -> f64 {
    let base = entry.base.zip(entry.n).filter(|&(_, n)| n > 0.0);
    base.map_or(1.0, |(base, n)| (base / n).max(1.0))
}

fn protect_families(entries: &[Entry], found: &Families, threshold: u32) -> Result<Outcome, NothingFits> {
    let mut linked = match Linked::new(entries, found, threshold) {
        Ok(linked) => linked,
        Err(outcome) => return Ok(outcome),
    };
    linked.sum_margins();
    if !linked.assume()? {
        return Ok(Outcome::NotEnough(Vec::new()));
    }
    let Cells { cells, equations, at, .. } = linked.cells();
    if !cells.iter().any(|c| c.suppressed && c.width != Some(0)) {
        return Ok(Outcome::Protected(Vec::new()));
    }
    let knowledge = Knowledge { width: linked.k.unsigned_abs(), rule: None };
    let Ok(made) = Table::new(cells, equations).and_then(|table| protect(&table, &knowledge, &LIMITS)) else { return Ok(Outcome::NotEnough(Vec::new())) };
    let further = (0..entries.len())
        .filter(|&i| entries.get(i).is_some_and(|e| e.state == State::Shown))
        .filter(|&i| at.get(i).copied().flatten().is_some_and(|p| made.suppressed.get(p) == Some(&true)))
        .collect();
    // what is public may expose a figure whatever else is withheld; anything else that stays exposed is for the blunter rules
    let published_before = entries.iter().any(|e| e.state == State::Public);
    Ok(if made.undecided || (!made.exposed.is_empty() && !published_before) { Outcome::NotEnough(further) } else { Outcome::Protected(further) })
}

/// Entries and margins in whole numbers, on the way to one table.
struct Linked<'a> {
    entries: &'a [Entry],
    found: &'a Families,
    threshold: u32,
    /// How many layers a figure has.
    of_figure: usize,
    /// The same with that of the persons asked, where they are protected too.
    depth: usize,
    scale: f64,
    /// The threshold on the scale.
    k: i64,
    /// By entry, then by margin: its layers, where they are known.
    values: Vec<Option<Vec<i64>>>,
}

/// A table in the making.
struct Cells {
    cells: Vec<Cell>,
    equations: Vec<Equation>,
    /// Where the first layer of each entry and margin stands.
    at: Vec<Option<usize>>,
    next_bundle: usize,
}

impl Cells {
    fn position(&self, i: usize, layer: usize) -> Option<usize> {
        self.at.get(i).copied().flatten().map(|p| p + layer)
    }
}

/// Cells that are withheld together.
fn bundle(i: usize) -> Option<u32> {
    u32::try_from(i).ok()
}

impl<'a> Linked<'a> {
    /// The figures in whole numbers; an outcome where nothing can be summed, or nothing is withheld.
    fn new(entries: &'a [Entry], found: &'a Families, threshold: u32) -> Result<Self, Outcome> {
        let Families { keys, overlapping, .. } = found;
        let hidden = |i: &usize| entries.get(*i).is_some_and(|e| e.state == State::Hidden);
        // groups that overlap: the difference of two wider ones gives a narrower one
        if overlapping.iter().any(|(members, total)| members.iter().chain(total).any(hidden)) {
            return Err(Outcome::NotEnough(Vec::new()));
        }
        let shows_counts = |e: &Entry| e.layers.is_some() || !matches!(e.state, State::Shown | State::Public);
        let counted = || entries.iter().filter_map(|e| e.layers.as_ref().map(|l| (e, l)));
        let of_figure = counted().map(|(_, l)| l.len()).max().unwrap_or(0);
        let same_depth = counted().all(|(_, l)| l.len() == of_figure);
        // the persons asked sum like the persons that they stand for, and are protected like them
        let asked = counted().any(|(e, _)| weight(e) > 1.0) && counted().all(|(e, _)| e.n.is_some());
        let depth = of_figure + usize::from(asked);
        if of_figure == 0 || !same_depth || !entries.iter().all(shows_counts) || keys.len().saturating_mul(depth) > MOST_CELLS {
            let any = entries.iter().any(|e| e.state == State::Hidden);
            return Err(if any { Outcome::NotEnough(Vec::new()) } else { Outcome::Protected(Vec::new()) });
        }
        let layers_of =
            |e: &Entry| -> Option<Vec<f64>> { Some(e.layers.iter().flatten().copied().chain(e.n.filter(|_| asked)).collect()).filter(|_| e.layers.is_some()) };
        let all_layers: Vec<Option<Vec<f64>>> = entries.iter().map(layers_of).collect();
        let scale = scale_of(all_layers.iter().flatten());
        let mut values: Vec<Option<Vec<i64>>> = all_layers.iter().map(|l| l.as_ref().map(|l| l.iter().map(|&x| scaled(x, scale)).collect())).collect();
        values.resize(keys.len(), None);
        Ok(Linked { entries, found, threshold, of_figure, depth, scale, k: scaled(f64::from(threshold), scale), values })
    }

    fn is_hidden(&self, i: usize) -> bool {
        self.entries.get(i).is_some_and(|e| e.state == State::Hidden)
    }

    fn is_margin(&self, i: usize) -> bool {
        i >= self.entries.len()
    }

    fn is_known(&self, i: usize) -> bool {
        self.values.get(i).is_some_and(Option::is_some)
    }

    fn value(&self, i: usize, layer: usize) -> Option<i64> {
        self.values.get(i)?.as_ref()?.get(layer).copied()
    }

    fn sum(&self, parts: &[usize], layer: usize) -> i64 {
        parts.iter().filter_map(|&p| self.value(p, layer)).sum()
    }

    /// Margins that nobody publishes, and totals that their source withholds without a count: the sum of their parts.
    fn sum_margins(&mut self) {
        for family in &self.found.families {
            let unknown_total = self.is_margin(family.total) || (self.is_hidden(family.total) && !self.is_known(family.total));
            if unknown_total && family.parts.iter().all(|&p| self.is_known(p)) {
                let sums: Vec<i64> = (0..self.depth).map(|l| self.sum(&family.parts, l)).collect();
                if let Some(v) = self.values.get_mut(family.total)
                    && v.as_ref().is_none_or(|old| *old < sums)
                {
                    *v = Some(sums);
                }
            }
        }
    }

    /// What the file does not say is known to nobody, and still bounds the rest; whether it could be told in time.
    fn assume(&mut self) -> Result<bool, NothingFits> {
        if !self.entries.iter().any(|e| e.state == State::Hidden) || (0..self.found.keys.len()).all(|i| self.is_known(i)) {
            return Ok(true);
        }
        let (assumed, contradiction, undecided) = assume(&self.values, &self.found.families, self.depth);
        match (self.found.joins > 0, contradiction, undecided) {
            (true, true, _) => return Err(NothingFits),
            (true, _, true) => return Ok(false),
            // groups that are not complete: each of their families is looked at by itself, with the rest that it leaves
            _ => self.values = assumed,
        }
        Ok(true)
    }

    /// For as many persons as the threshold of persons asked stands for, or as the figure itself where that is less.
    fn width(&self, i: usize, layer: usize) -> Option<u64> {
        let entry = self.entries.get(i).filter(|_| layer < self.of_figure)?;
        let own = entry.layers.as_ref().and_then(|l| l.get(layer)).copied()?;
        let wide = (f64::from(self.threshold) * weight(entry)).min(own);
        (wide > f64::from(self.threshold)).then(|| scaled(wide, self.scale).unsigned_abs())
    }

    fn cell(&self, i: usize, value: i64, layer: usize) -> Cell {
        // what is absent, and follows: few people must not
        let small_parts = || self.values.get(i).and_then(Option::as_ref).is_some_and(|v| v.iter().any(|&x| x > 0 && x < self.k));
        let entry = self.entries.get(i);
        let suppressed = entry.is_none_or(|e| !matches!(e.state, State::Shown | State::Public));
        let cost = entry.filter(|_| layer == 0).map_or(0, |e| scaled(e.size.clamp(1.0, LARGEST), 1.0).unsigned_abs());
        // a count below 0, as of rates with more events than persons, is bounded by nothing
        Cell {
            value: Some(value),
            suppressed,
            fixed: entry.is_none_or(|e| e.state != State::Shown),
            cost: Some(cost),
            bundle: bundle(i),
            width: if entry.is_none_or(|e| e.state == State::Absent && !small_parts()) { Some(0) } else { self.width(i, layer) },
            lower: value.min(0),
            ..Cell::default()
        }
    }

    /// The cells with the equations of all families.
    fn cells(&self) -> Cells {
        let mut made = Cells { cells: Vec::new(), equations: Vec::new(), at: Vec::with_capacity(self.found.keys.len()), next_bundle: self.found.keys.len() };
        for (i, value) in self.values.iter().enumerate() {
            made.at.push(value.as_ref().map(|_| made.cells.len()));
            for (layer, &v) in value.iter().flatten().enumerate() {
                made.cells.push(self.cell(i, v, layer));
            }
        }
        for family in self.found.families.iter().filter(|f| self.is_known(f.total)) {
            self.family(family, &mut made);
        }
        made
    }

    /// The equations of one family, with what its parts leave of the total.
    fn family(&self, family: &Family, made: &mut Cells) {
        let (counted, uncounted): (Vec<usize>, Vec<usize>) = family.parts.iter().partition(|&&p| self.is_known(p));
        let rest: Vec<i64> = (0..self.depth).map(|l| self.value(family.total, l).unwrap_or(0) - self.sum(&counted, l)).collect();
        // a margin that differs from the sum says that the groups are not complete
        if self.is_margin(family.total) && rest.iter().any(|&r| r != 0) {
            return;
        }
        // a margin that nobody publishes is the sum of what the file holds of it: where that leaves a rest, the file does
        // not hold the whole margin, and the rest belongs to nobody in particular
        if rest.iter().any(|&r| r != 0) && counted.iter().any(|&p| self.is_margin(p)) {
            return;
        }
        let nobody_twice = rest.iter().all(|&r| r >= 0);
        let someone = nobody_twice && rest.iter().any(|&r| r > 0);
        let few = rest.iter().any(|&r| r > 0 && r < self.k) || (self.of_figure > 1 && rest.iter().take(self.of_figure).sum::<i64>() < self.k);
        let small = someone && few;
        let withheld_by_source = uncounted.iter().any(|&i| self.is_hidden(i));
        let unknown = !uncounted.is_empty() && nobody_twice;
        for (layer, &left) in rest.iter().enumerate() {
            let Some(total) = made.position(family.total, layer) else { continue };
            let mut parts: Vec<usize> = counted.iter().filter_map(|&p| made.position(p, layer)).collect();
            let mut constant = left;
            if unknown {
                constant = 0;
                parts.push(made.cells.len());
                let width = (!(small || withheld_by_source)).then_some(0);
                let bundle = bundle(made.next_bundle);
                made.cells.push(Cell { value: Some(left), suppressed: true, fixed: true, cost: Some(0), bundle, width, ..Cell::default() });
            }
            made.equations.push(Equation { total, parts, constant });
        }
        made.next_bundle += 1;
        if small && !unknown {
            self.rest_apart(family, &counted, &rest, made);
        }
    }

    /// What the file does not hold: few people who are in no part must not follow. The parts are protected without it, and it
    /// is protected by a table of its own.
    fn rest_apart(&self, family: &Family, counted: &[usize], rest: &[i64], made: &mut Cells) {
        for (layer, &left) in rest.iter().enumerate() {
            let mut copy = |i: usize| {
                made.cells.push(Cell { width: Some(0), cost: Some(0), ..self.cell(i, self.value(i, layer).unwrap_or(0), 1) });
                made.cells.len() - 1
            };
            let total = copy(family.total);
            let mut parts: Vec<usize> = counted.iter().map(|&p| copy(p)).collect();
            parts.push(made.cells.len());
            let bundle = bundle(made.next_bundle);
            made.cells.push(Cell { value: Some(left), suppressed: true, fixed: true, cost: Some(0), bundle, ..Cell::default() });
            made.equations.push(Equation { total, parts, constant: 0 });
        }
        made.next_bundle += 1;
    }
}

/// Values for what the file does not say, such as crossings that nobody shows: any that fit all that it does say. With
/// whether some contradict it, and whether the limits were reached for some.
fn assume(values: &[Option<Vec<i64>>], families: &[Family], depth: usize) -> (Vec<Option<Vec<i64>>>, bool, bool) {
    let value = |i: usize, layer: usize| values.get(i).and_then(Option::as_ref).and_then(|v| v.get(layer)).copied();
    let open = |i: usize| value(i, 0).is_none();
    let members = |f: &Family| -> Vec<usize> { f.parts.iter().copied().chain([f.total]).collect() };
    let sums: Vec<&Family> = families.iter().filter(|f| members(f).into_iter().any(open)).collect();
    let mut bound = vec![false; values.len()];
    for i in sums.iter().flat_map(|f| members(f)) {
        if let Some(b) = bound.get_mut(i) {
            *b = open(i);
        }
    }
    let (mut layers, mut contradiction, mut undecided) = (Vec::with_capacity(depth), false, false);
    for layer in 0..depth {
        let cells = (0..values.len()).map(|i| Cell { value: value(i, layer), suppressed: value(i, layer).is_none(), ..Cell::default() }).collect();
        let equations = sums.iter().map(|f| Equation { total: f.total, parts: f.parts.clone(), constant: 0 }).collect();
        let filled = match Table::new(cells, equations) {
            Ok(table) => fill(&table, &LIMITS),
            Err(_) => Filled { contradiction: true, ..Filled::default() },
        };
        contradiction |= filled.contradiction;
        undecided |= filled.undecided;
        layers.push(filled.values);
    }
    let all_layers = |i: usize| layers.iter().map(|l| l.get(i).copied().flatten()).collect::<Option<Vec<i64>>>();
    let made = values.iter().enumerate().map(|(i, v)| v.clone().or_else(|| Some(i).filter(|&i| bound.get(i) == Some(&true)).and_then(all_layers)));
    (made.collect(), contradiction, undecided)
}
