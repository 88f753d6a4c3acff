//! Secondary suppression: which further cells go, so that no suppressed cell can be deduced too closely.
//!
//! A way round each cell is found first (in a flow the cheapest cycle through it; elsewhere the cheapest cells that leave
//! no equation with one unknown), what is not needed is taken back, and branch and bound looks for something cheaper
//! (Fischetti & Salazar 2000: the choice is a master problem, the attacker its oracle). The attacker audits every answer.

use super::attack::{Knowledge, Verdict, asks, narrow_cells};
use super::solve::{Limits, Network, Search};
use super::table::{Component, Table};
use crate::diagnostic::{Code, Error, Result};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// The most cells, bundles counted once, among which the cheapest choice is looked for.
const MOST_CHOICES: usize = 256;

/// Unknowns that may be attacked for each node of the limits.
const AUDITS_A_NODE: u64 = 16;

/// Which cells are suppressed, and how good the choice is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protected {
    /// For each cell whether it is suppressed: those of the table, and the further ones.
    pub suppressed: Vec<bool>,
    /// Information lost by the further ones: the sum of their costs.
    pub cost: u64,
    /// Whether no choice is cheaper. Where it is not, this is the best that was found.
    pub proven_optimal: bool,
    /// Suppressed cells that no choice protects, because of cells that are fixed or bounds that are known.
    pub exposed: Vec<usize>,
    /// Whether that is not proven for all of them: the limits were reached.
    pub undecided: bool,
}

/// Suppresses further cells until every suppressed cell is as wide to the attacker as it must be: primary and
/// secondary ones alike, because a reader cannot tell them apart.
///
/// ```
/// # use sms_statistics as sms_core;
/// use sms_core::disclosure::{Cell, Equation, Knowledge, Limits, Table, protect};
/// // 4 of 94 is withheld; the smallest of the others goes with it
/// let cells = vec![Cell::published(94), Cell::hidden(4), Cell::published(40), Cell::published(50)];
/// let table = Table::new(cells, vec![Equation { total: 0, parts: vec![1, 2, 3], constant: 0 }])?;
/// let made = protect(&table, &Knowledge { width: 10, rule: None }, &Limits::default())?;
/// assert_eq!(made.suppressed, [false, true, true, false]);
/// assert!(made.proven_optimal && made.cost == 40);
/// # Ok::<(), sms_core::Error>(())
/// ```
///
/// # Errors
/// `disclosure.bad-table` when a value is not known to the owner either.
pub fn protect(table: &Table, knowledge: &Knowledge, limits: &Limits) -> Result<Protected> {
    protect_within(table, knowledge, &Search::from(*limits))
}

/// The same with work that other searches spend as well.
///
/// # Errors
/// As [`protect`].
pub fn protect_within(table: &Table, knowledge: &Knowledge, search: &Search) -> Result<Protected> {
    if let Some(at) = table.cells().iter().position(|c| c.value.is_none()) {
        return Err(Error::new(Code::DisclosureBadTable).at_path(&format!("cells[{at}].value")).expecting("a value: its owner protects the table"));
    }
    let mut work = Work::new(table, *knowledge, search.clone());
    let start = work.closed(&table.suppressed());
    let mut undecided = false;
    let mut hidden = loop {
        match work.heuristic(&start)? {
            Ok(hidden) => break hidden,
            // what even everything that hangs together with it does not protect is left out of account
            Err(exposed) => {
                for (cell, verdict) in exposed {
                    // without work nothing was tried
                    undecided |= verdict == Verdict::Unproven || work.search.is_spent();
                    if let Some(e) = work.exposed.get_mut(cell) {
                        *e = true;
                    }
                }
            }
        }
    };
    work.take_back(&start, &mut hidden)?;
    let (best, proven_optimal) = work.search(&start, hidden)?;
    let cost = work.cost_of(&best) - work.cost_of(&start);
    let suppressed = (0..table.cells().len()).map(|c| work.is_hidden(&best, c)).collect();
    let exposed = (0..table.cells().len()).filter(|&c| work.exposed.get(c) == Some(&true)).collect();
    Ok(Protected { suppressed, cost, proven_optimal, exposed, undecided })
}

/// Whether each bundle is hidden.
type Choice = Vec<bool>;

struct Work<'a> {
    table: &'a Table,
    knowledge: Knowledge,
    search: Search,
    bundle_of: Vec<usize>,
    bundles: Vec<Vec<usize>>,
    costs: Vec<u64>,
    /// Whether a bundle may be hidden.
    open: Vec<bool>,
    /// Cells that cannot be protected.
    exposed: Vec<bool>,
    audits: u64,
}

impl<'a> Work<'a> {
    fn new(table: &'a Table, knowledge: Knowledge, search: Search) -> Self {
        let mut named: BTreeMap<u32, usize> = BTreeMap::new();
        let (mut bundle_of, mut bundles, mut costs, mut open) = (Vec::new(), Vec::<Vec<usize>>::new(), Vec::<u64>::new(), Vec::<bool>::new());
        for (i, cell) in table.cells().iter().enumerate() {
            let next = bundles.len();
            let b = cell.bundle.map_or(next, |name| *named.entry(name).or_insert(next));
            if b == next {
                bundles.push(Vec::new());
                costs.push(0);
                open.push(true);
            }
            bundle_of.push(b);
            if let (Some(members), Some(cost), Some(open)) = (bundles.get_mut(b), costs.get_mut(b), open.get_mut(b)) {
                members.push(i);
                *cost = cost.saturating_add(cell.cost());
                *open &= !cell.fixed;
            }
        }
        let audits = u64::from(search.limits.nodes) * AUDITS_A_NODE;
        Work { table, knowledge, search, bundle_of, bundles, costs, open, exposed: vec![false; table.cells().len()], audits }
    }

    fn bundle(&self, cell: usize) -> usize {
        self.bundle_of.get(cell).copied().unwrap_or(usize::MAX)
    }

    fn is_hidden(&self, choice: &Choice, cell: usize) -> bool {
        choice.get(self.bundle(cell)).copied().unwrap_or(false)
    }

    fn cells(&self, choice: &Choice) -> Vec<bool> {
        self.bundle_of.iter().map(|&b| choice.get(b).copied().unwrap_or(false)).collect()
    }

    /// Bundles with a suppressed cell go as a whole.
    fn closed(&self, cells: &[bool]) -> Choice {
        self.bundles.iter().map(|members| members.iter().any(|&c| cells.get(c) == Some(&true))).collect()
    }

    fn cost_of(&self, choice: &Choice) -> u64 {
        choice.iter().zip(&self.costs).filter(|(h, _)| **h).fold(0, |sum: u64, (_, c)| sum.saturating_add(*c))
    }

    fn can_hide(&self, choice: &Choice, bundle: usize) -> bool {
        self.open.get(bundle) == Some(&true) && choice.get(bundle) == Some(&false)
    }

    fn cost(&self, bundle: usize) -> u64 {
        self.costs.get(bundle).copied().unwrap_or(u64::MAX)
    }

    fn asks(&self, cell: usize) -> bool {
        self.exposed.get(cell) != Some(&true) && self.table.cells().get(cell).is_some_and(|c| asks(c, self.knowledge.width))
    }

    /// Suppressed cells that are too narrow; looks only at components with a cell of `wanted`.
    fn audit(&mut self, choice: &Choice, wanted: Option<&[bool]>) -> Result<Vec<(usize, Verdict)>> {
        let hidden = self.cells(choice);
        let mut narrow = Vec::new();
        // a store that is empty shows in what the programmes say
        let _ = self.search.spend(8 * hidden.len());
        for component in self.table.components(&hidden, wanted)? {
            self.audits = self.audits.saturating_sub(component.unknowns.len() as u64);
            let found = narrow_cells(self.table, &component, &self.knowledge, &self.search)?;
            narrow.extend(found.into_iter().filter(|&(c, _)| self.asks(c)));
        }
        Ok(narrow)
    }

    /// For each equation with exactly one hidden cell, which must be protected: the bundles that could join it.
    fn lonely(&self, choice: &Choice, forbidden: Option<&Choice>) -> Vec<Vec<usize>> {
        let mut lonely = Vec::new();
        for e in 0..self.table.equations().len() {
            let mut hidden = self.table.members(e).filter(|&(c, _)| self.is_hidden(choice, c));
            let (Some((one, _)), None) = (hidden.next(), hidden.next()) else { continue };
            if self.asks(one) {
                let mut joins: Vec<usize> = self.table.members(e).map(|(c, _)| self.bundle(c)).filter(|&b| self.can_hide(choice, b)).collect();
                joins.retain(|&b| forbidden.is_none_or(|f| f.get(b) != Some(&true)));
                joins.sort_unstable();
                joins.dedup();
                lonely.push(joins);
            }
        }
        lonely
    }

    // ---- a first answer

    /// A choice that the audit passes, or the cells that nothing protects.
    fn heuristic(&mut self, start: &Choice) -> Result<std::result::Result<Choice, Vec<(usize, Verdict)>>> {
        let mut choice = start.clone();
        let everything: Vec<bool> = self.table.cells().iter().map(|c| c.suppressed || !c.fixed).collect();
        let whole = self.table.components(&everything, Some(&self.cells(start)))?;
        let networks: Vec<(Component, Option<Network>)> = whole
            .into_iter()
            .map(|component| {
                let network = Network::of(&component);
                (component, network)
            })
            .collect();
        let mut tried = vec![false; self.table.cells().len()];
        let mut narrow = self.audit(&choice, None)?;
        while !narrow.is_empty() {
            let mut moved = false;
            for &(cell, _) in &narrow {
                if tried.get(cell) == Some(&true) {
                    continue;
                }
                if let Some(t) = tried.get_mut(cell) {
                    *t = true;
                }
                let found = networks.iter().find_map(|(component, network)| Some((component, network.as_ref()?, component.position(cell)?)));
                let Some(way) = found.and_then(|(component, network, at)| self.cycle(component, network, at, &choice)) else { continue };
                for cell in way {
                    if let Some(h) = choice.get_mut(self.bundle(cell)) {
                        moved |= !*h;
                        *h = true;
                    }
                }
            }
            if self.search.is_spent() {
                return Ok(Err(narrow));
            }
            if !moved && !self.join(&mut choice, &narrow)? {
                return Ok(Err(narrow));
            }
            narrow = self.audit(&choice, None)?;
        }
        Ok(Ok(choice))
    }

    /// The cheapest way in which a cell can grow by its width while all equations hold (Cox 1980; Kelly et al. 1992).
    fn cycle(&self, component: &Component, network: &Network, at: usize, choice: &Choice) -> Option<Vec<usize>> {
        let cell = *component.unknowns.get(at)?;
        let what = self.table.cells().get(cell)?;
        let step = i64::try_from(what.width.unwrap_or(self.knowledge.width).max(what.above).max(what.below)).ok()?;
        let (goal, start) = network.ends(at);
        let nodes = component.right.len() + 1;
        let mut out: Vec<Vec<(usize, usize, bool)>> = vec![Vec::new(); nodes];
        for j in 0..component.unknowns.len() {
            if j != at {
                let (from, to) = network.ends(j);
                out.get_mut(from)?.push((to, j, true));
                out.get_mut(to)?.push((from, j, false));
            }
        }
        let price = |j: usize, up: bool| -> Option<u64> {
            let cell = *component.unknowns.get(j)?;
            let c = self.table.cells().get(cell)?;
            let value = c.value?;
            let fits = if up { c.upper.is_none_or(|u| u - value >= step) } else { value - c.lower >= step };
            let bundle = self.bundle(cell);
            let cost = if self.is_hidden(choice, cell) { Some(0) } else { self.can_hide(choice, bundle).then(|| self.cost(bundle)) };
            cost.filter(|_| fits).map(|c| c.saturating_mul(1024).saturating_add(1))
        };
        let mut best: Vec<Option<(u64, usize, usize)>> = vec![None; nodes];
        let mut queue = BinaryHeap::from([Reverse((0_u64, start))]);
        *best.get_mut(start)? = Some((0, usize::MAX, usize::MAX));
        while let Some(Reverse((cost, node))) = queue.pop() {
            if node == goal {
                break;
            }
            if best.get(node).copied().flatten().is_some_and(|(b, ..)| b < cost) {
                continue;
            }
            for &(next, j, up) in out.get(node)? {
                let Some(price) = price(j, up) else { continue };
                let total = cost.saturating_add(price);
                let there = best.get_mut(next)?;
                if there.is_none_or(|(b, ..)| total < b) {
                    *there = Some((total, node, j));
                    queue.push(Reverse((total, next)));
                }
            }
        }
        let mut way = Vec::new();
        let mut node = goal;
        while node != start {
            let (_, before, j) = best.get(node).copied().flatten()?;
            way.push(*component.unknowns.get(j)?);
            node = before;
        }
        Some(way)
    }

    /// Hides one more bundle beside cells that are too narrow. Returns whether there was one.
    fn join(&self, choice: &mut Choice, narrow: &[(usize, Verdict)]) -> Result<bool> {
        // how many equations would be left with one unknown
        let strain = |b: usize| {
            let members = self.bundles.get(b).map_or(&[][..], Vec::as_slice);
            let alone = |&(e, _): &(usize, i64)| !self.table.members(e).any(|(c, _)| self.is_hidden(choice, c));
            members.iter().flat_map(|&c| self.table.incidence(c)).filter(|e| alone(e)).count() as u64
        };
        let dear = |b: &usize| (self.cost(*b).saturating_mul(1 + strain(*b)), *b);
        let lonely = self.lonely(choice, None);
        let mut next = lonely.iter().filter_map(|joins| joins.iter().copied().min_by_key(dear)).min_by_key(dear);
        if next.is_none() {
            next = self.neighbours(choice, narrow, None)?.into_iter().min_by_key(dear);
        }
        match next.and_then(|b| choice.get_mut(b)) {
            Some(h) => {
                *h = true;
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Bundles in the equations of the components that these cells are in: only they can widen them.
    fn neighbours(&self, choice: &Choice, of: &[(usize, Verdict)], forbidden: Option<&Choice>) -> Result<Vec<usize>> {
        let mut wanted = vec![false; self.table.cells().len()];
        for &(c, _) in of {
            if let Some(w) = wanted.get_mut(c) {
                *w = true;
            }
        }
        let mut found: Vec<usize> = Vec::new();
        for component in self.table.components(&self.cells(choice), Some(&wanted))? {
            for &e in &component.equations {
                found.extend(self.table.members(e).map(|(c, _)| self.bundle(c)).filter(|&b| self.can_hide(choice, b)));
            }
        }
        found.retain(|&b| forbidden.is_none_or(|f| f.get(b) != Some(&true)));
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// Shows again what is not needed, the dearest first.
    fn take_back(&mut self, start: &Choice, choice: &mut Choice) -> Result<()> {
        let mut added: Vec<usize> = (0..choice.len()).filter(|&b| choice.get(b) == Some(&true) && start.get(b) == Some(&false)).collect();
        added.sort_by_key(|&b| (Reverse(self.cost(b)), b));
        for b in added {
            if self.audits == 0 || self.search.is_spent() {
                break;
            }
            // only what hung together with it can have become narrower
            let mut wanted = vec![false; self.table.cells().len()];
            for &c in self.bundles.get(b).map_or(&[][..], Vec::as_slice) {
                for &(e, _) in self.table.incidence(c) {
                    for (other, _) in self.table.members(e) {
                        if let Some(w) = wanted.get_mut(other) {
                            *w = true;
                        }
                    }
                }
            }
            if let Some(h) = choice.get_mut(b) {
                *h = false;
            }
            if (!self.lonely(choice, None).is_empty() || !self.audit(choice, Some(&wanted))?.is_empty())
                && let Some(h) = choice.get_mut(b)
            {
                *h = true;
            }
        }
        Ok(())
    }

    // ---- the cheapest answer

    /// What must at least be added: equations that need a partner and share no candidate.
    fn at_least(&self, lonely: &[Vec<usize>]) -> u64 {
        let cheapest = |joins: &Vec<usize>| joins.iter().map(|&b| self.cost(b)).min().unwrap_or(0);
        let mut order: Vec<&Vec<usize>> = lonely.iter().collect();
        order.sort_by_key(|joins| (Reverse(cheapest(joins)), (*joins).clone()));
        let mut used = vec![false; self.bundles.len()];
        let mut sum = 0_u64;
        for joins in order {
            if joins.iter().all(|&b| used.get(b) == Some(&false)) {
                sum = sum.saturating_add(cheapest(joins));
                for &b in joins {
                    if let Some(u) = used.get_mut(b) {
                        *u = true;
                    }
                }
            }
        }
        sum
    }

    /// Branch and bound from a choice that the audit passes. Returns the best, and whether none is cheaper.
    fn search(&mut self, start: &Choice, found: Choice) -> Result<(Choice, bool)> {
        let base = self.cost_of(start);
        let (mut best, mut best_cost) = (found.clone(), self.cost_of(&found));
        let choices = (0..start.len()).filter(|&b| self.can_hide(start, b)).count();
        if best_cost == base && best == *start {
            return Ok((best, true));
        }
        if choices > MOST_CHOICES {
            return Ok((best, false));
        }
        self.audits = u64::from(self.search.limits.nodes) * AUDITS_A_NODE;
        let mut nodes = self.search.limits.nodes;
        let mut open: Vec<(Choice, Choice)> = vec![(start.clone(), vec![false; start.len()])];
        while let Some((choice, forbidden)) = open.pop() {
            if nodes == 0 || self.audits == 0 || self.search.is_spent() {
                return Ok((best, false));
            }
            nodes -= 1;
            let cost = self.cost_of(&choice);
            let lonely = self.lonely(&choice, Some(&forbidden));
            if cost.saturating_add(self.at_least(&lonely)) >= best_cost {
                continue;
            }
            let mut branches = match lonely.into_iter().min_by_key(|joins| (joins.len(), joins.clone())) {
                Some(joins) => joins,
                None => {
                    let narrow = self.audit(&choice, None)?;
                    let Some(&first) = narrow.first() else {
                        (best, best_cost) = (choice, cost);
                        continue;
                    };
                    self.neighbours(&choice, &[first], Some(&forbidden))?
                }
            };
            branches.sort_by_key(|&b| (self.cost(b), b));
            let mut closed = forbidden;
            let mut children = Vec::with_capacity(branches.len());
            for b in branches {
                let mut child = choice.clone();
                if let Some(h) = child.get_mut(b) {
                    *h = true;
                }
                children.push((child, closed.clone()));
                if let Some(f) = closed.get_mut(b) {
                    *f = true;
                }
            }
            // the cheapest is looked into first
            open.extend(children.into_iter().rev());
        }
        Ok((best, true))
    }
}
