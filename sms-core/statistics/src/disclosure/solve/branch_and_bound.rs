//! Branch and bound over linear programmes, for unknowns that must be whole numbers.

use super::simplex::{Optimum, Simplex};
use super::{ENDLESS, End, Search, Stop};
use crate::disclosure::table::Component;
use std::rc::Rc;

/// Linear programmes and branch and bound.
pub(in crate::disclosure) struct Linear {
    component: Component,
    root: Simplex,
    search: Search,
}

impl Linear {
    pub(super) fn new(component: &Component, search: &Search) -> Result<Self, Stop> {
        Ok(Linear { component: component.clone(), root: Simplex::new(component, search)?, search: search.clone() })
    }

    /// Pivots that may still be spent.
    pub(super) fn pivots(&mut self) -> &mut u32 {
        &mut self.root.pivots
    }

    pub(super) fn end(&mut self, unknown: usize, up: bool, enough: i64) -> Result<End, Stop> {
        let unknowns = self.component.columns.len();
        match self.root.optimum(unknown, up)? {
            Optimum::Found => {}
            Optimum::Endless => {
                // one table of whole numbers and a way without end are tables of whole numbers without end
                let point = match self.root.vertex(unknowns) {
                    Ok(point) => Some(point),
                    Err(_) => self.end(unknown, false, -ENDLESS)?.point,
                };
                return Ok(End { reached: point.is_some().then_some(ENDLESS), bound: ENDLESS, point });
            }
        }
        let reach = |s: &Simplex| s.value(unknown, !up);
        let limit = reach(&self.root);
        let broken = match self.root.vertex(unknowns) {
            Ok(point) => return Ok(End { reached: Some(limit), bound: limit, point: Some(point) }),
            Err(at) => at,
        };
        let mut end = End { reached: None, bound: limit, point: None };
        let mut root = self.root.clone();
        root.price(unknown, up);
        let root = Rc::new(root);
        // a vertex, the unknown that is not whole there with its floor, from which side it is bounded, and what may be reached
        let mut open = vec![(root.clone(), broken, false, limit), (root, broken, true, limit)];
        let mut nodes = self.search.limits.nodes;
        let further = |a: i64, b: i64| if up { a > b } else { a < b };
        // what nodes that could not be solved may still reach
        let mut undecided: Option<i64> = None;
        while let Some((parent, (broken, floor), from_above, may_reach)) = open.pop() {
            if end.reached.is_some_and(|r| !further(may_reach, r)) {
                continue;
            }
            // far enough: what lies beyond nobody asks
            if end.reached.is_some_and(|r| !further(enough, r)) {
                end.bound = limit;
                return Ok(end);
            }
            let mut solve = || -> Result<Simplex, Stop> {
                nodes = nodes.checked_sub(1).ok_or(Stop::Limit)?;
                let mut simplex = parent.bounded(broken, floor, from_above)?;
                simplex.pivots = self.root.pivots;
                let mended = simplex.mend();
                self.root.pivots = simplex.pivots;
                mended.map(|()| simplex)
            };
            let simplex = match solve() {
                Ok(simplex) => simplex,
                Err(Stop::Infeasible) => continue,
                Err(Stop::Limit) => {
                    undecided = Some(undecided.map_or(may_reach, |u| if further(may_reach, u) { may_reach } else { u }));
                    continue;
                }
            };
            let here = reach(&simplex);
            if end.reached.is_some_and(|r| !further(here, r)) {
                continue;
            }
            match simplex.vertex(unknowns) {
                Ok(point) => (end.reached, end.point) = (Some(here), Some(point)),
                Err(at) => {
                    let parent = Rc::new(simplex);
                    open.extend([(parent.clone(), at, false, here), (parent, at, true, here)]);
                }
            }
        }
        match (end.reached, undecided) {
            (None, None) => return Err(Stop::Infeasible),
            (Some(r), Some(u)) => end.bound = if further(u, r) { u } else { r },
            (Some(r), None) => end.bound = r,
            (None, Some(u)) => end.bound = u,
        }
        Ok(end)
    }
}
