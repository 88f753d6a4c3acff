//! Which of some candidates to take: the greatest value under requirements of cover and two limits. Exact by branch and
//! bound, with a bound from Lagrange multipliers (Fisher 1981), and the same answer every time.

/// A choice to be made. All lists over candidates have the same length.
#[derive(Debug)]
pub(super) struct Problem {
    /// What each candidate is worth.
    pub(super) value: Vec<f64>,
    /// What each costs; 0 or more.
    pub(super) effort: Vec<f64>,
    /// What all may cost together.
    pub(super) budget: Option<f64>,
    /// How many may be taken.
    pub(super) size: Option<usize>,
    /// Requirements: at least so many of these candidates.
    pub(super) cover: Vec<(usize, Vec<usize>)>,
    /// Candidates that are taken (true) or left (false) whatever else.
    pub(super) fixed: Vec<Option<bool>>,
}

/// What was found.
pub(super) struct Solution {
    /// Which candidates; `None` when no choice meets the requirements, or none was found.
    pub(super) chosen: Option<Vec<bool>>,
    /// No choice is worth more than this.
    pub(super) bound: f64,
    /// Whether the search came to its end: what was found is the best, or there is none.
    pub(super) proven: bool,
    /// How many nodes were visited.
    pub(super) nodes: u64,
}

/// Slack of comparisons of values and efforts, for the rounding of sums.
const SLACK: f64 = 1e-9;
/// Steps of the search for good multipliers.
const STEPS: usize = 600;

/// Multipliers of the requirements, of the budget and of the size; and the bound that they make.
struct Multipliers {
    /// What each candidate is worth after them.
    reduced: Vec<f64>,
    /// Their constant part.
    constant: f64,
}

impl Problem {
    fn len(&self) -> usize {
        self.value.len()
    }

    /// The requirements that each candidate helps to meet.
    fn covers(&self) -> Vec<Vec<usize>> {
        let mut covers = vec![Vec::new(); self.len()];
        for (j, (_, members)) in self.cover.iter().enumerate() {
            for i in members {
                if let Some(list) = covers.get_mut(*i) {
                    list.push(j);
                }
            }
        }
        covers
    }

    /// Whether a choice meets everything.
    fn is_met(&self, chosen: &[bool]) -> bool {
        let taken = || chosen.iter().enumerate().filter(|(_, c)| **c).map(|(i, _)| i);
        let effort: f64 = taken().filter_map(|i| self.effort.get(i)).sum();
        self.budget.is_none_or(|b| effort <= b + SLACK * b.max(1.0))
            && self.size.is_none_or(|k| taken().count() <= k)
            && self.cover.iter().all(|(need, members)| members.iter().filter(|i| chosen.get(**i) == Some(&true)).count() >= *need)
            && self.fixed.iter().zip(chosen).all(|(f, c)| f.is_none_or(|f| f == *c))
    }

    fn worth(&self, chosen: &[bool]) -> f64 {
        self.value.iter().zip(chosen).filter(|(_, c)| **c).map(|(v, _)| v).sum()
    }

    /// A first choice: meet the requirements where that is cheapest, then take what is worth most for its effort.
    fn greedy(&self, worth: &[f64], covers: &[Vec<usize>]) -> Option<Vec<bool>> {
        let mut chosen: Vec<bool> = self.fixed.iter().map(|f| *f == Some(true)).collect();
        let mut lacking: Vec<usize> =
            self.cover.iter().map(|(need, members)| need.saturating_sub(members.iter().filter(|i| chosen.get(**i) == Some(&true)).count())).collect();
        let free = |chosen: &[bool], i: usize| chosen.get(i) == Some(&false) && self.fixed.get(i) == Some(&None);
        let mean_effort = self.effort.iter().sum::<f64>() / self.len().max(1) as f64;
        let take = |i: usize, chosen: &mut Vec<bool>, lacking: &mut Vec<usize>| {
            if let Some(place) = chosen.get_mut(i) {
                *place = true;
            }
            for j in covers.get(i).into_iter().flatten() {
                if let Some(n) = lacking.get_mut(*j) {
                    *n = n.saturating_sub(1);
                }
            }
        };
        while lacking.iter().any(|n| *n > 0) {
            let gain = |i: usize| {
                let helps = covers.get(i).into_iter().flatten().filter(|j| lacking.get(**j).is_some_and(|n| *n > 0)).count() as f64;
                let cost = self.effort.get(i).copied().unwrap_or(0.0) + mean_effort * 1e-3 + f64::MIN_POSITIVE;
                if helps > 0.0 { Some(helps / cost) } else { None }
            };
            let best = (0..self.len()).filter(|i| free(&chosen, *i)).filter_map(|i| Some((i, gain(i)?))).reduce(|a, b| if b.1 > a.1 { b } else { a })?;
            take(best.0, &mut chosen, &mut lacking);
        }
        // what is not needed and not worth it goes again
        let mut by_worth: Vec<usize> = (0..self.len()).collect();
        let of = |i: &usize| worth.get(*i).copied().unwrap_or(0.0);
        by_worth.sort_by(|a, b| of(a).total_cmp(&of(b)).then(a.cmp(b)));
        for i in &by_worth {
            if chosen.get(*i) == Some(&true) && of(i) <= 0.0 && self.fixed.get(*i) == Some(&None) {
                let mut without = chosen.clone();
                if let Some(place) = without.get_mut(*i) {
                    *place = false;
                }
                if self.is_met(&without) {
                    chosen = without;
                }
            }
        }
        for i in by_worth.iter().rev() {
            if of(i) > 0.0 && free(&chosen, *i) {
                let mut with = chosen.clone();
                if let Some(place) = with.get_mut(*i) {
                    *place = true;
                }
                if self.is_met(&with) {
                    chosen = with;
                }
            }
        }
        self.is_met(&chosen).then_some(chosen)
    }

    /// Multipliers that bring the bound down, by subgradient steps (Held, Wolfe & Crowder 1974). `target` is a value that is
    /// known to be reached.
    fn multipliers(&self, covers: &[Vec<usize>], target: Option<f64>) -> Multipliers {
        let cap_effort = self.budget.filter(|b| *b > 0.0).unwrap_or(1.0);
        let cap_size = self.size.map_or(1.0, |k| (k as f64).max(1.0));
        let mut cover = vec![0.0_f64; self.cover.len()];
        let (mut on_budget, mut on_size) = (0.0_f64, 0.0_f64);
        let mut best: Option<(f64, Multipliers)> = None;
        let (mut pace, mut since) = (1.0_f64, 0_u32);
        for _ in 0..STEPS {
            let reduced: Vec<f64> = (0..self.len())
                .map(|i| {
                    let helped: f64 = covers.get(i).into_iter().flatten().filter_map(|j| cover.get(*j)).sum();
                    let effort = self.effort.get(i).copied().unwrap_or(0.0) / cap_effort;
                    self.value.get(i).copied().unwrap_or(0.0) + helped - on_budget * effort - on_size / cap_size
                })
                .collect();
            let spent = if self.budget.is_some() { on_budget * self.budget.unwrap_or(0.0) / cap_effort } else { 0.0 };
            let sized = self.size.map_or(0.0, |k| on_size * k as f64 / cap_size);
            let promised: f64 = self.cover.iter().zip(&cover).map(|((need, _), m)| *need as f64 * m).sum();
            let constant = spent + sized - promised;
            let taken: Vec<bool> = reduced.iter().zip(&self.fixed).map(|(r, f)| f.unwrap_or(*r > 0.0)).collect();
            let bound = constant + reduced.iter().zip(&taken).filter(|(_, t)| **t).map(|(r, _)| r).sum::<f64>();
            if best.as_ref().is_none_or(|(b, _)| bound < *b - SLACK) {
                best = Some((bound, Multipliers { reduced, constant }));
                since = 0;
            } else {
                since += 1;
                if since >= 15 {
                    pace *= 0.5;
                    since = 0;
                }
            }
            let count = |members: &[usize]| members.iter().filter(|i| taken.get(**i) == Some(&true)).count() as f64;
            let slope_cover: Vec<f64> = self.cover.iter().map(|(need, members)| count(members) - *need as f64).collect();
            let effort: f64 = self.effort.iter().zip(&taken).filter(|(_, t)| **t).map(|(e, _)| e).sum();
            let slope_budget = self.budget.map_or(0.0, |b| (b - effort) / cap_effort);
            let slope_size = self.size.map_or(0.0, |k| (k as f64 - taken.iter().filter(|t| **t).count() as f64) / cap_size);
            // a multiplier at 0 whose constraint is slack does not move
            let live = |m: f64, slope: f64| if m <= 0.0 && slope > 0.0 { 0.0 } else { slope };
            let length: f64 = slope_cover.iter().zip(&cover).map(|(s, m)| live(*m, *s) * live(*m, *s)).sum::<f64>()
                + live(on_budget, slope_budget) * live(on_budget, slope_budget)
                + live(on_size, slope_size) * live(on_size, slope_size);
            if length <= 0.0 || pace < 1e-4 {
                break;
            }
            let goal = target.unwrap_or(bound - bound.abs().max(1.0) * 0.05);
            let step = pace * (bound - goal).max(SLACK) / length;
            for (m, slope) in cover.iter_mut().zip(&slope_cover) {
                *m = (*m - step * slope).max(0.0);
            }
            on_budget = (on_budget - step * slope_budget).max(0.0);
            on_size = (on_size - step * slope_size).max(0.0);
        }
        best.map_or_else(|| Multipliers { reduced: self.value.clone(), constant: 0.0 }, |(_, m)| m)
    }

    /// The best choice, or the best found within so many nodes; `start` is a choice that is known to meet everything.
    pub(super) fn solve(&self, start: Option<Vec<bool>>, limit: u64) -> Solution {
        let covers = self.covers();
        // no choice at all
        let possible = |(need, members): &(usize, Vec<usize>)| members.iter().filter(|i| self.fixed.get(**i) != Some(&Some(false))).count() >= *need;
        if !self.cover.iter().all(possible) {
            return Solution { chosen: None, bound: f64::NEG_INFINITY, proven: true, nodes: 0 };
        }
        let mut best = self.greedy(&self.value, &covers);
        if let Some(start) = start.filter(|s| self.is_met(s))
            && best.as_ref().is_none_or(|b| self.worth(&start) > self.worth(b) + SLACK)
        {
            best = Some(start);
        }
        let Multipliers { reduced, constant } = self.multipliers(&covers, best.as_ref().map(|b| self.worth(b)));
        if let Some(other) = self.greedy(&reduced, &covers)
            && best.as_ref().is_none_or(|b| self.worth(&other) > self.worth(b) + SLACK)
        {
            best = Some(other);
        }
        let mut search = Search::new(self, &covers, &reduced, constant, best);
        search.run(limit);
        let bound = if search.complete { search.best_worth } else { search.root.max(search.best_worth) };
        Solution { chosen: search.best, bound, proven: search.complete, nodes: search.nodes }
    }
}

/// Depth first over the candidates, those first whose multipliers decide most clearly.
struct Search<'a> {
    problem: &'a Problem,
    covers: &'a [Vec<usize>],
    reduced: &'a [f64],
    order: Vec<usize>,
    /// Σ max(0, reduced) from each depth on, of what is not fixed.
    rest: Vec<f64>,
    /// For each requirement: how many are taken, and how many can still be.
    taken: Vec<usize>,
    left: Vec<usize>,
    /// The choice at each depth, and whether it is the second one.
    path: Vec<(bool, bool)>,
    /// Sums up to each depth: reduced worth, worth, effort, number.
    sums: Vec<(f64, f64, f64, usize)>,
    root: f64,
    best: Option<Vec<bool>>,
    best_worth: f64,
    nodes: u64,
    complete: bool,
}

impl<'a> Search<'a> {
    fn new(problem: &'a Problem, covers: &'a [Vec<usize>], reduced: &'a [f64], constant: f64, best: Option<Vec<bool>>) -> Self {
        let mut order: Vec<usize> = (0..problem.len()).collect();
        let clear = |i: &usize| if problem.fixed.get(*i).copied().flatten().is_some() { f64::INFINITY } else { reduced.get(*i).copied().unwrap_or(0.0).abs() };
        order.sort_by(|a, b| clear(b).total_cmp(&clear(a)).then(a.cmp(b)));
        let mut rest = vec![0.0; order.len() + 1];
        for (depth, i) in order.iter().enumerate().rev() {
            let worth = reduced.get(*i).copied().unwrap_or(0.0);
            let most = match problem.fixed.get(*i).copied().flatten() {
                Some(true) => worth,
                Some(false) => 0.0,
                None => worth.max(0.0),
            };
            let after = rest.get(depth + 1).copied().unwrap_or(0.0);
            if let Some(place) = rest.get_mut(depth) {
                *place = after + most;
            }
        }
        let root = constant + rest.first().copied().unwrap_or(0.0);
        let best_worth = best.as_ref().map_or(f64::NEG_INFINITY, |b| problem.worth(b));
        let left = problem.cover.iter().map(|(_, members)| members.len()).collect();
        Search {
            problem,
            covers,
            reduced,
            order,
            rest,
            taken: vec![0; problem.cover.len()],
            left,
            path: Vec::new(),
            sums: vec![(constant, 0.0, 0.0, 0)],
            root,
            best,
            best_worth,
            nodes: 0,
            complete: false,
        }
    }

    fn run(&mut self, limit: u64) {
        loop {
            if self.nodes >= limit {
                return;
            }
            self.nodes += 1;
            if self.is_open() {
                if self.path.len() == self.order.len() {
                    self.keep();
                } else {
                    let first = self.first_choice();
                    self.decide(first, false);
                    continue;
                }
            }
            if !self.turn() {
                self.complete = true;
                return;
            }
        }
    }

    fn candidate(&self, depth: usize) -> usize {
        self.order.get(depth).copied().unwrap_or(0)
    }

    fn first_choice(&self) -> bool {
        let i = self.candidate(self.path.len());
        self.problem.fixed.get(i).copied().flatten().unwrap_or(self.reduced.get(i).is_some_and(|r| *r > 0.0))
    }

    /// Whether something better may lie below.
    fn is_open(&self) -> bool {
        let Some((reduced, _, effort, number)) = self.sums.last().copied() else { return false };
        let within = self.problem.budget.is_none_or(|b| effort <= b + SLACK * b.max(1.0)) && self.problem.size.is_none_or(|k| number <= k);
        let bound = reduced + self.rest.get(self.path.len()).copied().unwrap_or(0.0);
        let slack = SLACK * self.best_worth.abs().max(1.0);
        // nothing found yet: every bound is better
        let better = self.best.is_none() || bound > self.best_worth + slack;
        within && better && self.problem.cover.iter().zip(self.taken.iter().zip(&self.left)).all(|((need, _), (taken, left))| taken + left >= *need)
    }

    fn decide(&mut self, take: bool, second: bool) {
        let i = self.candidate(self.path.len());
        let Some((reduced, worth, effort, number)) = self.sums.last().copied() else { return };
        let of = |list: &[f64]| if take { list.get(i).copied().unwrap_or(0.0) } else { 0.0 };
        self.sums.push((reduced + of(self.reduced), worth + of(&self.problem.value), effort + of(&self.problem.effort), number + usize::from(take)));
        self.path.push((take, second));
        for j in self.covers.get(i).into_iter().flatten() {
            if let (Some(taken), Some(left)) = (self.taken.get_mut(*j), self.left.get_mut(*j)) {
                *left -= 1;
                *taken += usize::from(take);
            }
        }
    }

    fn undo(&mut self) -> Option<(bool, bool)> {
        let (take, second) = self.path.pop()?;
        self.sums.pop();
        let i = self.candidate(self.path.len());
        for j in self.covers.get(i).into_iter().flatten() {
            if let (Some(taken), Some(left)) = (self.taken.get_mut(*j), self.left.get_mut(*j)) {
                *left += 1;
                *taken -= usize::from(take);
            }
        }
        Some((take, second))
    }

    /// Goes back to the last choice that has another side, and takes that; false when there is none.
    fn turn(&mut self) -> bool {
        while let Some((take, second)) = self.undo() {
            let fixed = self.problem.fixed.get(self.candidate(self.path.len())).copied().flatten().is_some();
            if !second && !fixed {
                self.decide(!take, true);
                return true;
            }
        }
        false
    }

    fn keep(&mut self) {
        let worth = self.sums.last().map_or(0.0, |s| s.1);
        if self.best.is_some() && worth <= self.best_worth + SLACK * self.best_worth.abs().max(1.0) {
            return;
        }
        let mut chosen = vec![false; self.order.len()];
        for (i, (take, _)) in self.order.iter().zip(&self.path) {
            if let Some(place) = chosen.get_mut(*i) {
                *place = *take;
            }
        }
        self.best = Some(chosen);
        self.best_worth = worth;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn brute(problem: &Problem) -> Option<f64> {
        let n = problem.value.len();
        (0..1_u32 << n)
            .map(|bits| (0..n).map(|i| bits >> i & 1 == 1).collect::<Vec<bool>>())
            .filter(|chosen| problem.is_met(chosen))
            .map(|chosen| problem.worth(&chosen))
            .reduce(f64::max)
    }

    prop_compose! {
        fn problems()(n in 1usize..11)(
            value in proptest::collection::vec((-3i8..10).prop_map(f64::from), n),
            effort in proptest::collection::vec((0u8..8).prop_map(f64::from), n),
            budget in proptest::option::of((0u8..40).prop_map(f64::from)),
            size in proptest::option::of(0usize..8),
            cover in proptest::collection::vec((1usize..3, proptest::collection::btree_set(0..n, 0..=n)), 0..6),
            fixed in proptest::collection::vec(prop_oneof![6 => Just(None), 1 => Just(Some(true)), 1 => Just(Some(false))], n),
        ) -> Problem {
            let cover = cover.into_iter().map(|(need, members)| (need, members.into_iter().collect())).collect();
            Problem { value, effort, budget, size, cover, fixed }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn the_best_choice_is_found(problem in problems()) {
            let solution = problem.solve(None, 1_000_000);
            prop_assert!(solution.proven);
            match (solution.chosen, brute(&problem)) {
                (Some(chosen), Some(best)) => {
                    prop_assert!(problem.is_met(&chosen));
                    prop_assert!((problem.worth(&chosen) - best).abs() < 1e-6);
                    prop_assert!((solution.bound - best).abs() < 1e-6);
                }
                (None, None) => {}
                (found, best) => prop_assert!(false, "{found:?} {best:?}"),
            }
        }

        #[test]
        fn the_bound_holds_also_when_the_search_is_cut(problem in problems(), limit in 1u64..20) {
            let solution = problem.solve(None, limit);
            if let Some(best) = brute(&problem) {
                prop_assert!(solution.bound >= best - 1e-6);
            }
            if let Some(chosen) = solution.chosen {
                prop_assert!(problem.is_met(&chosen));
            }
        }
    }
}
