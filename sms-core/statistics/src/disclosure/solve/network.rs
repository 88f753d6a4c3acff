//! Flows in a network: exact where every unknown stands in at most two equations that can be oriented (Ford & Fulkerson 1956).

use super::{ENDLESS, End, Stop};
use crate::disclosure::table::Component;
use std::collections::VecDeque;

/// Unknowns as arcs between equations. Arc 2j is unknown j, arc 2j + 1 its way back; the capacity of the way back is
/// the value of the unknown.
pub(in crate::disclosure) struct Network {
    /// Where each arc leads, and how much more it can carry.
    arcs: Vec<(usize, i64)>,
    out: Vec<Vec<usize>>,
    unknowns: usize,
    /// What must flow into each node.
    need: Vec<i64>,
}

impl Network {
    /// Orients the equations so that each unknown flows out of one and into another; `None` where that cannot be.
    pub(in crate::disclosure) fn of(component: &Component) -> Option<Network> {
        let rows = component.right.len();
        let mut neighbours: Vec<Vec<(usize, i64)>> = vec![Vec::new(); rows];
        for column in &component.columns {
            match column.as_slice() {
                [(a, s), (b, t)] => {
                    // the orientations times the signs must be opposite
                    neighbours.get_mut(*a)?.push((*b, -s * t));
                    neighbours.get_mut(*b)?.push((*a, -s * t));
                }
                [_] | [] => {}
                _ => return None,
            }
        }
        let mut turn = vec![0_i64; rows];
        for start in 0..rows {
            if turn.get(start) != Some(&0) {
                continue;
            }
            *turn.get_mut(start)? = 1;
            let mut queue = vec![start];
            while let Some(a) = queue.pop() {
                let mine = *turn.get(a)?;
                for &(b, relation) in neighbours.get(a)? {
                    let theirs = turn.get_mut(b)?;
                    if *theirs == 0 {
                        *theirs = mine * relation;
                        queue.push(b);
                    } else if *theirs != mine * relation {
                        return None;
                    }
                }
            }
        }
        let ground = rows;
        let mut network = Network { arcs: Vec::new(), out: vec![Vec::new(); rows + 3], unknowns: component.columns.len(), need: vec![0; rows + 1] };
        for (column, room) in component.columns.iter().zip(&component.room) {
            let (mut from, mut to) = (ground, ground);
            for &(row, sign) in column {
                if sign * turn.get(row)? > 0 { to = row } else { from = row }
            }
            network.arc(from, to, room.unwrap_or(ENDLESS));
        }
        let mut sum = 0_i64;
        for (row, right) in component.right.iter().enumerate() {
            let need = right.checked_mul(*turn.get(row)?)?;
            *network.need.get_mut(row)? = need;
            sum = sum.checked_add(need)?;
        }
        *network.need.get_mut(ground)? = -sum;
        Some(network)
    }

    fn arc(&mut self, from: usize, to: usize, capacity: i64) {
        for (a, b, c) in [(from, to, capacity), (to, from, 0)] {
            if let Some(out) = self.out.get_mut(a) {
                out.push(self.arcs.len());
            }
            self.arcs.push((b, c));
        }
    }

    /// Finds any table that fits.
    pub(super) fn start(mut self) -> Result<Network, Stop> {
        let (source, sink) = (self.need.len(), self.need.len() + 1);
        let added = self.arcs.len();
        let mut wanted = 0_i64;
        for node in 0..self.need.len() {
            let need = self.need.get(node).copied().unwrap_or(0);
            if need > 0 {
                wanted = wanted.checked_add(need).filter(|&w| w < ENDLESS / 4).ok_or(Stop::Limit)?;
                self.arc(node, sink, need);
            } else if need < 0 {
                self.arc(source, node, -need);
            }
        }
        if self.push(source, sink, wanted).0 < wanted {
            return Err(Stop::Infeasible);
        }
        for arc in self.arcs.iter_mut().skip(added) {
            arc.1 = 0;
        }
        Ok(self)
    }

    /// Pushes up to `amount` from one node to another along shortest ways; returns how much went through, and whether
    /// there is a way without end (then nothing goes that way).
    fn push(&mut self, from: usize, to: usize, amount: i64) -> (i64, bool) {
        let mut sent = 0;
        let mut came: Vec<usize> = Vec::new();
        while sent < amount {
            came.clear();
            came.resize(self.out.len(), usize::MAX);
            let mut queue = VecDeque::from([from]);
            'search: while let Some(node) = queue.pop_front() {
                for &a in self.out.get(node).map_or(&[][..], Vec::as_slice) {
                    let Some(&(next, capacity)) = self.arcs.get(a) else { continue };
                    if capacity > 0
                        && next != from
                        && let Some(way) = came.get_mut(next)
                        && *way == usize::MAX
                    {
                        *way = a;
                        if next == to {
                            break 'search;
                        }
                        queue.push_back(next);
                    }
                }
            }
            let mut least = amount - sent;
            let mut path = Vec::new();
            let mut node = to;
            while node != from {
                let Some(&a) = came.get(node).filter(|&&a| a != usize::MAX) else { return (sent, false) };
                let Some(&(_, capacity)) = self.arcs.get(a) else { return (sent, false) };
                least = least.min(capacity);
                path.push(a);
                node = self.arcs.get(a ^ 1).map_or(from, |&(back, _)| back);
            }
            if least >= ENDLESS / 2 {
                return (sent, true);
            }
            for a in path {
                self.change(a, least);
            }
            sent += least;
        }
        (sent, false)
    }

    /// Moves flow onto an arc and off its way back; ways without end stay so.
    fn change(&mut self, arc: usize, amount: i64) {
        if let Some(there) = self.arcs.get_mut(arc)
            && there.1 < ENDLESS / 2
        {
            there.1 -= amount;
        }
        if let Some(back) = self.arcs.get_mut(arc ^ 1)
            && back.1 < ENDLESS / 2
        {
            back.1 += amount;
        }
    }

    fn value(&self, unknown: usize) -> i64 {
        self.arcs.get(2 * unknown + 1).map_or(0, |a| a.1)
    }

    pub(in crate::disclosure) fn point(&self) -> Vec<i64> {
        (0..self.unknowns).map(|j| self.value(j)).collect()
    }

    /// What must flow into each node, the ground last.
    pub(in crate::disclosure) fn needs(&self) -> &[i64] {
        &self.need
    }

    /// The nodes that an unknown leads from and to.
    pub(in crate::disclosure) fn ends(&self, unknown: usize) -> (usize, usize) {
        let to = self.arcs.get(2 * unknown).map_or(0, |a| a.0);
        let from = self.arcs.get(2 * unknown + 1).map_or(0, |a| a.0);
        (from, to)
    }

    /// Takes the arc of an unknown out, pushes flow round it, and puts it back with its new value.
    fn round(&mut self, unknown: usize, up: bool, enough: i64) -> End {
        let (from, to) = self.ends(unknown);
        let (there, back) = (2 * unknown, 2 * unknown + 1);
        let old = (self.arcs.get(there).map_or(0, |a| a.1), self.value(unknown));
        let room = if up { old.0.min(ENDLESS) } else { old.1 };
        let wanted = if up { enough.saturating_sub(old.1).clamp(0, room) } else { old.1.saturating_sub(enough).clamp(0, room) };
        for a in [there, back] {
            if let Some(arc) = self.arcs.get_mut(a) {
                arc.1 = 0;
            }
        }
        let (moved, endless) = match (from == to, up) {
            // in no equation
            (true, _) if wanted >= ENDLESS / 2 => (0, true),
            (true, _) => (wanted, false),
            (false, true) => self.push(to, from, wanted),
            (false, false) => self.push(from, to, wanted),
        };
        let now = if up { old.1 + moved } else { old.1 - moved };
        if let Some(arc) = self.arcs.get_mut(there) {
            arc.1 = if old.0 >= ENDLESS / 2 {
                old.0
            } else if up {
                old.0 - moved
            } else {
                old.0 + moved
            };
        }
        if let Some(arc) = self.arcs.get_mut(back) {
            arc.1 = now;
        }
        let end = if endless { ENDLESS } else { now };
        End { reached: Some(end), bound: end, point: Some(self.point()) }
    }

    pub(super) fn most(&mut self, unknown: usize, enough: i64) -> Result<End, Stop> {
        Ok(self.round(unknown, true, enough))
    }

    pub(super) fn least(&mut self, unknown: usize, enough: i64) -> Result<End, Stop> {
        Ok(self.round(unknown, false, enough))
    }
}
