"""An attacker of reports, written from the text, beside the engine's own.

    python tests/compare/attack.py PATH_OF_SMS [CITIES] [--seed N] [--only CITY] [--rows] [--strict]

`PATH_OF_SMS` is the built command line; it answers as `sms vectors --stdio`. Cities are generated from tables of the smallest parts, people of one
place, one time and one part of every dimension, from which the rows are summed: crossings and their margins, or some of them, ages that nest and
overlap, levels of disability that hold one another, answers of several codes and their unions, types of household, districts (not always all),
periods that hold or overlap one another, weighted samples, a second release after the first; half of them with people in no group, a third with rows
missing.

Of each released report this attacker knows nothing but its JSON, the codes of the catalogue and docs/disclosure.md ("What adds up"). The smallest
parts are the unknowns of a whole-numbered programme (HiGHS, by `scipy.optimize.milp`), a programme each for numerator and complement (denominator,
count). The least and the most that a withheld figure can be:

* `sure`: what is in no group that is given is 0 or more, counts sum over time, shares and rates do not;
* `world`: where nobody is in the rest of a dimension or of the city, and the file says so, the attacker knows it, and where shares sum over time as well;
* `guess`: all rests are 0 and shares sum over time, where nothing that is shown contradicts it.

The same of what nobody handed in: pieces of ages and periods, rests, those outside of a group, and their crossings. Those leak that can be 1 or more, and
less than the threshold, and are known more closely than that. `--strict` counts crossings of given codes that nobody handed in among them.

Fails when a withheld figure is known more closely than the threshold (`sure`, `world`), unless the report before told it alone; when what nobody
handed in leaks; when the engine's attacker (`disclosure.attack_report`) gives ends that do not hold the truth, or are narrower than `sure`, calls
safe what the guess tells, does not speak of a withheld figure, or does not call its own release safe; when a small figure is shown; when anything
that follows from a withheld figure stands in the report: a score, a gap, a change, a mean. `--rows` prints requests of the first cities that failed,
one a line as `sms vectors --stdio` takes them; `--only 17` runs city 17 alone.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import subprocess
import sys
import time
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components

PROPORTION, RATE, COUNT = "HOU-O-03", "HOU-O-01", "GBV-O-04"
LAYERS = {PROPORTION: ("numerator", "complement"), RATE: ("numerator", "denominator"), COUNT: ("count",)}
# (period, place, groups): what a figure is of
Key = tuple[str, str, tuple[tuple[str, str], ...]]


class Refused(Exception):
    """The engine answers with an error."""


class Contradiction(Exception):
    """Nothing fits what is shown."""


class Engine:
    def __init__(self, path: str):
        self.process = subprocess.Popen([path, "vectors", "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        self.seconds = 0.0

    def ask(self, op: str, **fields):
        start = time.perf_counter()
        self.process.stdin.write(json.dumps({"op": op, **{k: v for k, v in fields.items() if v is not None}}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        self.seconds += time.perf_counter() - start
        if not line:
            raise SystemExit(f"{op}: the engine has ended")
        answer = json.loads(line)
        if "error" in answer:
            raise Refused(f"{op}: {answer['error'].get('code')}: {answer['error'].get('message')}")
        return answer["ok"]


# ---- the catalogue ---------------------------------------------------------------------------------------------------

# as docs/disclosure.md has it, for a catalogue that does not say it yet
PARTS = {
    "DISAB": {"LTD_NSEV_NONE": ["NONE", "SOME"], "SM_SEV": ["SOME", "SEV"]},
    "VTYPE": {"PHY_SX": ["PHY", "SX"], "PHY_THRT_SX": ["PHY", "THRT", "SX"], "PSY_PHY_THRT_SX": ["PSY", "PHY", "THRT", "SX"], "PSY_THRT": ["PSY", "THRT"]},
    "DEPRIV": {f"Q{q}": [f"D{2 * q - 1}", f"D{2 * q}"] for q in range(1, 6)},
}


@dataclass
class Dimension:
    id: str
    separate: bool  # each code is an axis of its own, as far as parents and parts do not say more
    special: bool
    complete: bool
    parent: dict[str, str | None]
    parts: dict[str, list[str]]


def catalogue() -> dict[str, Dimension]:
    found = tomllib.loads((Path(__file__).parents[2] / "catalogue" / "dimensions.toml").read_text(encoding="utf-8"))["dimension"]
    told = any("parts" in g for d in found for g in d.get("group", []))
    made = {}
    for d in found:
        groups = [g for g in d.get("group", []) if g["code"] != d.get("total")]
        parts = {g["code"]: g["parts"] for g in groups if "parts" in g} if told else PARTS.get(d["id"], {})
        separate = d["kind"] == "multi_select" or d.get("overlapping", not told and d["id"] == "HHTYPE")
        made[d["id"]] = Dimension(d["id"], separate, d["special_category"], d.get("complete", False), {g["code"]: g.get("parent") for g in groups}, parts)
    return made


DIMENSIONS = catalogue()


def ages(code: str) -> tuple[int, int] | None:
    """First age and the one after the last."""
    if m := re.fullmatch(r"Y(\d+)-(\d+)", code):
        return int(m[1]), int(m[2]) + 1
    if m := re.fullmatch(r"Y_(LT|GE)(\d+)", code):
        return (0, int(m[2])) if m[1] == "LT" else (int(m[2]), 1000)
    if m := re.fullmatch(r"Y(\d+)", code):
        return int(m[1]), int(m[1]) + 1
    return None


def months(period: str) -> tuple[int, int] | None:
    if m := re.fullmatch(r"(\d{4})(?:-(\d{4}))?", period):
        return int(m[1]) * 12, (int(m[2] or m[1]) + 1) * 12
    if m := re.fullmatch(r"(\d{4})-Q(\d)", period):
        start = int(m[1]) * 12 + 3 * (int(m[2]) - 1)
        return start, start + 3
    m = re.fullmatch(r"(\d{4})-(\d\d)", period)
    # 2021-22 is a fiscal year, and nobody knows where it starts
    return (int(m[1]) * 12 + int(m[2]) - 1, int(m[1]) * 12 + int(m[2])) if m and 1 <= int(m[2]) <= 12 and int(m[2]) != (int(m[1]) + 1) % 100 else None


def pieces(spans: dict[str, tuple[int, int]]) -> list[frozenset[str]]:
    """What spans cut one another into, each as those that hold it."""
    ends = sorted({e for span in spans.values() for e in span})
    return [held for x, y in itertools.pairwise(ends) if (held := frozenset(c for c, (low, high) in spans.items() if low <= x and y <= high))]


# ---- axes ------------------------------------------------------------------------------------------------------------


@dataclass
class Axis:
    """The smallest parts of people, each as the given codes that hold it."""

    dimension: str
    codes: list[str]
    parts: list[frozenset[str]]
    separate: bool = False
    rests: set[int] = field(default_factory=set)  # parts with nobody in them if the groups of their family are complete
    guessed: set[int] = field(default_factory=set)  # of these: what any reader would guess


def axes(given: dict[str, set[str]]) -> list[Axis]:
    made = []
    for name, codes in sorted(given.items()):
        dimension = DIMENSIONS[name]
        if name == "AGE":
            spans = {c: span for c in sorted(codes) if (span := ages(c))}
            made += [Axis(name, [c], [frozenset(), frozenset([c])], True) for c in sorted(codes - set(spans))]
            if spans:
                parts = sorted({*pieces(spans), frozenset()}, key=sorted)
                covered = pieces({**spans, "": (0, 1000)})
                gaps = any(held == {""} for held in covered)
                at = parts.index(frozenset())
                made.append(Axis(name, list(spans), parts, False, {at}, set() if gaps or len(spans) < 2 else {at}))
        elif dimension.separate:
            made += separate(dimension, codes)
        else:
            made += exclusive(dimension, codes)
    return made


def exclusive(dimension: Dimension, codes: set[str]) -> list[Axis]:
    own = sorted(codes - set(dimension.parent))
    nested = bool(dimension.parts) or any(dimension.parent.values())
    made = [Axis(dimension.id, [c], [frozenset(), frozenset([c])], True) for c in own if nested]
    children = defaultdict(list)
    for code, parent in dimension.parent.items():
        children[parent].append(code)

    def holds(code: str) -> set[str]:
        inside = {*children[code], *dimension.parts.get(code, [])}
        return set().union(set() if code in dimension.parts else {code}, *map(holds, inside))

    held = {c: holds(c) for c in codes if c in dimension.parent} | ({} if nested else {c: {c} for c in own})
    if not held:
        return made
    elements = {e for c in dimension.parent for e in holds(c)} | set(() if nested else own) | set(() if dimension.complete else ("",))
    parts = sorted({frozenset(c for c in held if e in held[c]) for e in elements}, key=sorted)
    axis = Axis(dimension.id, sorted(held), parts)
    tops = [c for c in held if not any(c != d and held[c] < held[d] for d in held)]
    for i, part in enumerate(parts):
        if not part:
            axis.rests.add(i)
            axis.guessed |= {i} if len(tops) > 1 else set()
        # what a wider group has beside the narrower ones that are given
        narrowest = min(part, key=lambda c: len(held[c]), default=None)
        inside = [c for c in held if narrowest and held[c] < held[narrowest]]
        if inside and narrowest not in dimension.parts:
            axis.rests.add(i)
            axis.guessed |= {i} if len(inside) > 1 else set()
    return [*made, axis]


def separate(dimension: Dimension, codes: set[str]) -> list[Axis]:
    """Codes of which a person may have several: an axis for those that parents and parts tie to one another."""
    known, new = set(), set(codes)
    while new:
        known |= new
        new = {x for c in new for x in (dimension.parent.get(c), *dimension.parts.get(c, ())) if x} - known
    group = {c: {c} for c in known}
    for c in known:
        for x in (dimension.parent.get(c), *dimension.parts.get(c, ())):
            if x and group[c] is not group[x]:
                group[c] |= group[x]
                for y in group[c]:
                    group[y] = group[c]
    made = []
    for members in {id(g): g for g in group.values()}.values():
        base = sorted(c for c in members if c not in dimension.parts)
        parts = set()
        for bits in itertools.product((False, True), repeat=len(base)):
            has = {c for c, bit in zip(base, bits) if bit}
            while wider := {w for w, inner in dimension.parts.items() if w in members and w not in has and has & set(inner)}:
                has |= wider
            if all(dimension.parent.get(c) in (None, *has) for c in has):
                parts.add(frozenset(has & codes))
        if members & codes:
            made.append(Axis(dimension.id, sorted(members & codes), sorted(parts, key=sorted), True))
    return sorted(made, key=lambda a: a.codes)


# ---- systems ---------------------------------------------------------------------------------------------------------


@dataclass
class Block:
    """People of some place and time, by the parts of axes that figures cross."""

    axes: list[int]
    members: list[int]  # positions of atoms
    start: int  # first column
    columns: np.ndarray  # the column of each crossing of parts
    width: int


class System:
    """Unknowns and sums of figures: each column is a set of smallest parts that no figure tells from one another.

    People are split by place and time into atoms. Axes that no figure crosses, also not by way of others, need not be crossed: for each set of axes
    that is crossed, the  atoms are split again. Whole-numbered tables that agree in their atoms are margins of one table of everything.
    """

    def __init__(self, keys: list[Key], parents: dict[str, str], linked: bool):
        self.keys, self.axes, self.linked = keys, axes(gather(keys)), linked
        where = sorted({place for _, place, _ in keys})
        self.places = [frozenset(x for x in (p, parents.get(p)) if x in where) for p in where if p not in parents.values()]
        self.rest_from = len(self.places)
        self.places += [frozenset([p]) for p in where if p in parents.values()]
        periods = sorted({period for period, _, _ in keys})
        spans = {p: span for p in periods if linked and (span := months(p))}
        self.times = sorted({*pieces(spans), *(frozenset([p]) for p in periods if p not in spans)}, key=sorted)
        pairs = {(place, period) for period, place, _ in keys}
        told = defaultdict(list)
        for x, y in itertools.product(range(len(self.places)), range(len(self.times))):
            if sig := frozenset((p, t) for p in self.places[x] for t in self.times[y] if (p, t) in pairs):
                told[sig].append((x, y))
        self.atoms = list(told)
        self.inside = list(told.values())
        self.n = len(self.atoms)
        self.blocks: list[Block] = []
        self.links: list[tuple[Block, list[int]]] = []
        self.axis_of = {(a.dimension, c): i for i, a in enumerate(self.axes) for c in a.codes}
        self.crossed()
        self.sums = {key: v for key in keys if (v := self.sum(key)) is not None}

    def crossed(self):
        root = list(range(len(self.axes)))
        for _, _, groups in self.keys:
            mine = {root[self.axis_of[g]] for g in groups}
            root = [min(mine) if x in mine else x for x in root]
        self.tables = []
        for top in sorted(set(root)):
            mine = [i for i, x in enumerate(root) if x == top]
            keys = [k for k in self.keys if k[2] and root[self.axis_of[k[2][0]]] == top]
            combos = list(itertools.product(*(range(len(self.axes[i].parts)) for i in mine)))
            if len(combos) > 60000:
                raise ValueError("too many crossings")
            grid = np.array(combos)
            masks = {groups: self.mask(mine, grid, groups) for _, _, groups in keys}
            pairs = {(place, period) for period, place, _ in keys}
            over = defaultdict(list)
            for i, sig in enumerate(self.atoms):
                if mutual := sig & pairs:
                    over[mutual].append(i)
            blocks = []
            for mutual, members in over.items():
                seen = sorted({groups for period, place, groups in keys if (place, period) in mutual})
                _, columns = np.unique(np.array([masks[g] for g in seen]).T, axis=0, return_inverse=True)
                columns = columns.reshape(-1)
                block = Block(mine, members, self.n, columns, int(columns.max()) + 1)
                self.n += block.width
                blocks.append(block)
            self.blocks += blocks
            self.tables.append((mine, grid, blocks))
        self.table_of = {i: t for t, (mine, _, _) in enumerate(self.tables) for i in mine}

    def mask(self, mine: list[int], grid: np.ndarray, groups) -> np.ndarray:
        held = np.ones(len(grid), bool)
        for g in groups:
            i = self.axis_of[g]
            held &= np.array([g[1] in part for part in self.axes[i].parts])[grid[:, mine.index(i)]]
        return held

    def sum(self, key: Key) -> np.ndarray:
        period, place, groups = key
        members = {i for i, sig in enumerate(self.atoms) if (place, period) in sig}
        v = np.zeros(self.n)
        if not groups:
            v[list(members)] = 1
            return v
        mine, grid, blocks = self.tables[self.table_of[self.axis_of[groups[0]]]]
        held = self.mask(mine, grid, groups)
        for b in blocks:
            if b.members[0] in members:
                v[b.start + np.unique(b.columns[held])] = 1
        return v

    def equations(self) -> list[np.ndarray]:
        made = []
        for b in self.blocks:
            v = np.zeros(self.n)
            v[b.start : b.start + b.width] = 1
            v[b.members] = -1
            made.append(v)
        return made

    def vector(self, cells: list[Cell], layer: int) -> np.ndarray:
        """The true number of each column."""
        at = {sig: i for i, sig in enumerate(self.atoms)}
        pairs = {pair for sig in self.atoms for pair in sig}
        block_of = [{i: b for b in blocks for i in b.members} for _, _, blocks in self.tables]
        position = [{tuple(x): j for j, x in enumerate(grid.tolist())} for _, grid, _ in self.tables]
        part_of = [{part: j for j, part in enumerate(a.parts)} for a in self.axes]
        v = np.zeros(self.n)
        for cell in cells:
            # where periods do not sum, the people of each are others
            sigs = [
                frozenset((p, t) for p in cell.places for t in together if (p, t) in pairs)
                for together in ([cell.periods] if self.linked else [[t] for t in cell.periods])
            ]
            if not any(sigs) or not cell.numbers[layer]:
                continue
            parts = [part_of[i][frozenset(c for c in a.codes if (a.dimension, c) in cell.codes)] for i, a in enumerate(self.axes)]
            for sig in filter(None, sigs):
                v[at[sig]] += cell.numbers[layer]
            for sig, (t, (mine, _, _)) in itertools.product(filter(None, sigs), enumerate(self.tables)):
                if b := block_of[t].get(at[sig]):
                    v[b.start + b.columns[position[t][tuple(parts[i] for i in mine)]]] += cell.numbers[layer]
        return v

    def nobody(self, cells: list[Cell] | None) -> tuple[set[int], dict[int, set[int]]]:
        """Rests that hold nobody: of places, and of each axis. Without the cells: as a reader guesses."""
        if cells is None:
            # one district is not taken for its city
            whole = {i for i in range(self.rest_from, len(self.places)) if len(set().union(*self.places)) > 2}
            return whole, {i: a.guessed for i, a in enumerate(self.axes)}
        pairs = {pair for sig in self.atoms for pair in sig}
        there = [c for c in cells if any(c.numbers) and any(pair in pairs for pair in itertools.product(c.places, c.periods))]
        given = set().union(*self.places)
        lived = {frozenset(given & set(c.places)) for c in there}
        places = {i for i in range(self.rest_from, len(self.places)) if self.places[i] not in lived}
        return places, {
            i: {j for j in a.rests if not any(frozenset(x for x in a.codes if (a.dimension, x) in c.codes) == a.parts[j] for c in there)}
            for i, a in enumerate(self.axes)
        }

    def empty(self, places: set[int], parts: dict[int, set[int]]) -> np.ndarray:
        """The columns of which all is in a rest that holds nobody."""
        made = np.zeros(self.n, bool)
        for i, inside in enumerate(self.inside):
            made[i] = all(x in places for x, _ in inside)
        for mine, grid, blocks in self.tables:
            gone = np.zeros(len(grid), bool)
            for j, i in enumerate(mine):
                gone |= np.isin(grid[:, j], list(parts[i]))
            for b in blocks:
                made[b.start : b.start + b.width] = np.bincount(b.columns, ~gone, b.width) == 0
                if all(made[m] for m in b.members):
                    made[b.start : b.start + b.width] = True
        return made

    def unhanded(self) -> list[tuple[str, bool, np.ndarray]]:
        """What nobody handed in and columns give: its name, whether the documentation lists it, its sum."""
        have = {v.tobytes() for v in self.sums.values()} | {np.zeros(self.n).tobytes()}
        where = [(p, True, {i for i, held in enumerate(self.places) if p in held}) for p in sorted(set().union(*self.places))]
        where += [(f"rest of {min(self.places[i])}", False, {i}) for i in range(self.rest_from, len(self.places))]
        when = [(t, True, {i for i, held in enumerate(self.times) if t in held}) for t in sorted(set().union(*self.times))]
        when += [("piece of " + " and ".join(sorted(held)), False, {i}) for i, held in enumerate(self.times) if not any(s == {i} for _, _, s in when)]
        areas = []
        for (p, given_p, x), (t, given_t, y) in itertools.product(where, when):
            inside = [sum(a in x and b in y for a, b in ab) for ab in self.inside]
            if any(inside) and all(n in (0, len(ab)) for n, ab in zip(inside, self.inside)):
                areas.append((f"{p} {t}", given_p and given_t, [i for i, n in enumerate(inside) if n]))
        found: dict[bytes, tuple[str, bool, np.ndarray]] = {}

        def add(name: str, given: bool, v: np.ndarray):
            key = v.tobytes()
            if key not in have and (key not in found or not given and not found[key][1]):
                found[key] = (name, not given, v)

        for name, given, atoms in areas:
            v = np.zeros(self.n)
            v[atoms] = 1
            add(name, given, v)
        for mine, grid, blocks in self.tables:
            choices = [self.elements(self.axes[i]) for i in mine]
            size = int(np.prod([len(c) for c in choices]))
            names, masks, givens = [], [], []
            for chosen in itertools.product(*choices) if size <= 20000 else ():
                # no row has two codes of a dimension
                crossed = [self.axes[i].dimension for i, c in zip(mine, chosen) if c[0]]
                if crossed and len(set(crossed)) == len(crossed):
                    names.append(", ".join(c[0] for c in chosen if c[0]))
                    givens.append(all(c[1] for c in chosen))
                    masks.append(np.all([np.isin(grid[:, j], c[2]) for j, c in enumerate(chosen)], axis=0))
            if not names:
                continue
            masks = np.array(masks, float)
            fits, filled = [], []
            for b in blocks:
                one = csr_matrix((np.ones(len(b.columns)), (np.arange(len(b.columns)), b.columns)), (len(b.columns), b.width))
                counted, full = masks @ one, np.bincount(b.columns, minlength=b.width)
                fits.append(((counted == 0) | (counted == full)).all(axis=1))
                filled.append(counted > 0)
            for name, given, atoms in areas:
                atoms = set(atoms)
                mine_blocks = [j for j, b in enumerate(blocks) if atoms & set(b.members)]
                if (
                    not mine_blocks
                    or any(not set(blocks[j].members) <= atoms for j in mine_blocks)
                    or set().union(*(blocks[j].members for j in mine_blocks)) != atoms
                ):
                    continue
                for e in np.flatnonzero(np.all([fits[j] for j in mine_blocks], axis=0)):
                    v = np.zeros(self.n)
                    for j in mine_blocks:
                        v[blocks[j].start : blocks[j].start + blocks[j].width] = filled[j][e]
                    add(f"{name} {names[e]}", given and givens[e], v)
        # the widest first: what is inside of one that leaks needs no word of its own
        return sorted(found.values(), key=lambda x: (-np.count_nonzero(x[2]), x[0]))

    def elements(self, axis: Axis) -> list[tuple[str, bool, list[int]]]:
        """Everybody; given codes; what is left: its name, whether it is given, its parts."""
        d = axis.dimension
        made = [("", True, list(range(len(axis.parts))))] + [(f"{d}={c}", True, [i for i, part in enumerate(axis.parts) if c in part]) for c in axis.codes]
        made += [
            (f"{d} outside of {c}", False, [i for i, part in enumerate(axis.parts) if c not in part])
            for c in axis.codes
            if axis.separate or len(axis.codes) == 1
        ]
        inside = {c: {i for i, part in enumerate(axis.parts) if c in part} for c in axis.codes}
        if axis.separate:
            # a narrower group out of a wider one; who is in two of them is a crossing of given codes
            pairs = [(a, b) for a, b in itertools.permutations(axis.codes, 2) if inside[b] < inside[a]]
            made += [(f"{d}={a} outside of {b}", False, sorted(inside[a] - inside[b])) for a, b in pairs]
        made += [
            (f"{d} in " + (" and ".join(sorted(part)) + " alone" if part else "no group"), axis.separate and bool(part), [i])
            for i, part in enumerate(axis.parts)
        ]
        seen, kept = set(), []
        for name, given, held in made:
            if held and tuple(held) not in seen:
                seen.add(tuple(held))
                kept.append((name, given, held))
        return kept


def gather(keys: list[Key]) -> dict[str, set[str]]:
    given = defaultdict(set)
    for _, _, groups in keys:
        for d, code in groups:
            given[d].add(code)
    return given


class Programme:
    """All whole numbers of 0 or more that fit what is shown."""

    def __init__(self, system: System, known: dict[Key, float], empty: np.ndarray | None, whole: bool, seed: np.ndarray | None = None):
        self.n, self.whole = system.n, whole
        rows = [(system.sums[key], x) for key, x in known.items()] + [(v, 0.0) for v in system.equations()]
        matrix = np.array([v for v, _ in rows]) if rows else np.zeros((0, self.n))
        right = np.array([x for _, x in rows])
        self.fixed = np.full(self.n, np.nan)
        if empty is not None:
            self.fixed[empty] = 0
        self.infinite = 2 * float(right[right > 0].sum()) + 2000
        if seed is not None and (np.abs(matrix @ seed - right) > 2e-3).any():
            raise Contradiction("what is shown is not the truth, or does not add up as the model says")
        slack = 1e-6 if whole else 2e-3
        changed = True
        while changed:
            changed = False
            open_ = np.isnan(self.fixed)
            left = right - matrix @ np.where(open_, 0, self.fixed)
            for row, x in zip(matrix[:, open_], left) if open_.any() else ():
                at = np.flatnonzero(row)
                columns = np.flatnonzero(open_)[at]
                if len(at) == 1 or len(at) and abs(x) < 1e-7 and (row[at] > 0).all() or len(at) and abs(x) < 1e-7 and (row[at] < 0).all():
                    value = x / row[at[0]] if len(at) == 1 else 0.0
                    if value < -slack or np.isfinite(self.fixed[columns]).any() and (np.abs(self.fixed[columns] - value) > slack).any():
                        if value < -slack:
                            raise Contradiction("less than nobody")
                        continue
                    self.fixed[columns] = max(round(value, 6), 0.0)
                    changed = True
                elif not len(at) and abs(x) > slack:
                    raise Contradiction("sums differ")
        self.open = np.flatnonzero(np.isnan(self.fixed))
        self.right = right - matrix @ np.nan_to_num(self.fixed)
        self.matrix = matrix[:, self.open]
        used = np.abs(self.matrix).sum(axis=1) > 0 if len(self.open) else np.zeros(len(right), bool)
        if (np.abs(self.right[~used]) > slack).any():
            raise Contradiction("sums differ")
        self.matrix, self.right = self.matrix[used], self.right[used]
        r, c = np.nonzero(self.matrix)
        graph = coo_matrix((np.ones(len(r)), (r, len(self.right) + c)), (len(self.right) + len(self.open),) * 2)
        _, label = connected_components(graph, directed=False)
        self.row_label, self.label = label[: len(self.right)], label[len(self.right) :]
        # columns that all sums hold alike: only the best of them matters
        _, self.alike = np.unique(self.matrix.T, axis=0, return_inverse=True) if len(self.open) else (None, np.zeros(0, int))
        self.alike = self.alike.reshape(-1)
        self.solutions = seed[None, :] if seed is not None else np.zeros((0, self.n))
        self.nil, self.seen, self.solved, self.shuffle = np.zeros(self.n, bool), {}, 0, np.random.default_rng(1)
        if seed is None:
            self.optimum(np.zeros(self.n), 1, everything=True)

    def settle(self) -> None:
        """Finds the columns that hold nobody in whatever fits."""
        while (idle := (self.solutions == 0).all(axis=0)).any():
            if self.optimum(idle.astype(float), -1) < 0.5 * self.whole + 1e-3 * (not self.whole):
                self.nil = idle
                return

    def optimum(self, v: np.ndarray, sign: int, everything: bool = False) -> float:
        """The least (1) or the most (-1) of a sum."""
        mine = sign * v[self.open]
        base = float(np.nan_to_num(self.fixed) @ v)
        labels = set(self.label) if everything else set(self.label[mine != 0])
        columns = np.flatnonzero(np.isin(self.label, list(labels)))
        if not len(columns):
            if everything:
                self.solutions = np.nan_to_num(self.fixed)[None, :]
            return base
        rows = np.flatnonzero(np.isin(self.row_label, list(labels)))
        order = columns[np.lexsort((self.shuffle.random(len(columns)), mine[columns], self.alike[columns]))]
        best = order[np.r_[True, np.diff(self.alike[order]) != 0]]
        slack = 0 if self.whole else 1e-6
        constraints = LinearConstraint(csr_matrix(self.matrix[np.ix_(rows, best)]), self.right[rows] - slack, self.right[rows] + slack) if len(rows) else None
        s = milp(
            mine[best],
            constraints=constraints,
            integrality=np.full(len(best), int(self.whole)),
            bounds=Bounds(0, self.infinite),
            options={"mip_rel_gap": 0, "time_limit": 10},
        )
        self.solved += 1
        if s.x is None:
            raise Contradiction(s.message)
        if s.status == 1:  # out of time: what is proven
            return base + sign * float(s.mip_dual_bound)
        whole = self.solutions[0].copy() if len(self.solutions) else np.nan_to_num(self.fixed)
        whole[self.open[columns]] = 0
        whole[self.open[best]] = np.round(s.x) if self.whole else s.x
        self.solutions = np.vstack([self.solutions, whole])
        return float(whole @ v)

    def ends(self, v: np.ndarray, enough: float | None = None) -> tuple[float, float | None]:
        """The least and the most of a sum (None: no end). With `enough`: no further where solutions are known to be that far apart."""
        values = self.solutions @ v
        if enough is not None and values.max() - values.min() >= enough:
            return float(values.min()), float(values.max())
        key = (np.where(self.nil, 0, v)[self.open].tobytes(), float(np.nan_to_num(self.fixed) @ v), enough)
        if key not in self.seen:
            self.seen[key] = self.solve(np.where(self.nil, 0, v), values, enough)
        return self.seen[key]

    def solve(self, v: np.ndarray, values: np.ndarray, enough: float | None) -> tuple[float, float | None]:
        high = self.optimum(v, -1)
        if enough is not None and high - values.min() >= enough:
            return float(values.min()), high
        low = self.optimum(v, 1)
        return low, None if high > self.infinite / 2 else high


# ---- reports ---------------------------------------------------------------------------------------------------------


def read(report: dict) -> dict:
    """(indicator, period, place, groups) to the figure as shown; a figure that is shown anywhere is shown."""
    figures: dict = {}
    for place in report["places"]:
        for i in place["indicators"]:
            told = [(i["period"], (), i["figure"])] if i.get("period") else []
            told += [(p["period"], (), p["figure"]) for p in i["series"]]
            told += [(g["period"], tuple(sorted(map(tuple, g["groups"]))), g["figure"]) for g in i["groups"]]
            for period, groups, figure in told:
                key = (i["id"], period, place["place"], groups)
                if figures.get(key, {}).get("kind") != "value":
                    figures[key] = figure
    return figures


def withheld(figure: dict) -> bool:
    return figure["kind"] == "suppressed" or figure.get("reason") == "unknown_count"


def follows(report: dict) -> list[str]:
    """What stands in a report although it follows from a figure that is withheld."""
    leaks = []
    for place in report["places"]:
        scored = defaultdict(list)
        for i in place["indicators"]:
            where = f"{place['place']} {i['id']}"
            points = {p["period"]: p["figure"] for p in i["series"]}
            if withheld(i["figure"]):
                leaks += [f"{where}: {key}" for key in ("score", "raw_score", "change", "lower", "upper", "n", "rank") if i.get(key) is not None]
                leaks += [f"{where}: figure {key}" for key in i["figure"] if key not in ("kind", "reason")]
                leaks += [f"{where}: standing"] if i["standing"] != "no_standard" else []
                leaks += [f"{where}: target"] if (i.get("target") or {}).get("met") is not None else []
                leaks += [f"{where}: series"] if points.get(i.get("period"), {}).get("kind") == "value" else []
            if i.get("change") and withheld(points.get(i["change"]["since"], {"kind": "value"})):
                leaks.append(f"{where}: change since a withheld figure")
            hidden = {(g["period"], tuple(map(tuple, g["groups"]))) for g in i["groups"] if withheld(g["figure"])}
            for g in i["groups"]:
                if withheld(g["figure"]):
                    leaks += [f"{where} {g['groups']}: {key}" for key in g if key not in ("groups", "name", "period", "figure")]
                    leaks += [f"{where} {g['groups']}: figure {key}" for key in g["figure"] if key not in ("kind", "reason")]
            for gap in i["gaps"]:
                leaks += [f"{where}: gap" for code in (gap["worst"], gap["best"]) if (gap["period"], ((gap["dimension"], code),)) in hidden]
            if i.get("floor") and (i["floor"]["period"], ((i["floor"]["dimension"], i["floor"]["group"]),)) in hidden:
                leaks.append(f"{where}: floor")
            if i.get("score") is not None and i["result_level"] in ("outcome", "impact"):
                scored[i["module"]].append(i["score"])
        for node in place["nodes"]:
            mean = node.get("outcomes") if node["kind"] == "module" else None
            if mean and mean["n"] != len(scored[node["id"]]):
                leaks.append(f"{place['place']} {node['id']}: a mean of {mean['n']} where {len(scored[node['id']])} scores are shown")
            if (
                mean
                and mean.get("score") is not None
                and scored[node["id"]]
                and not min(scored[node["id"]]) - 1e-9 <= mean["score"] <= max(scored[node["id"]]) + 1e-9
            ):
                leaks.append(f"{place['place']} {node['id']}: a mean that its scores do not give")
    return leaks


# ---- cities ----------------------------------------------------------------------------------------------------------


@dataclass
class Cell:
    """People who are alike in everything."""

    places: frozenset[str]
    periods: frozenset[str]
    codes: frozenset[tuple[str, str]]
    numbers: tuple[float, ...]  # of each layer
    persons: int  # asked


@dataclass
class City:
    indicator: str
    threshold: int
    kinds: list[str]
    rows: list[dict]
    cells: list[Cell]
    linked: bool  # periods sum
    weighted: bool
    before: list[dict] | None = None
    grown: bool = False  # the report before was about fewer people


QUARTERS = {2021: 1, 2022: 4, 2023: 1}
PERIODS = [
    ["2022"],
    ["2022"],
    ["2022"],
    ["2021", "2022"],
    ["2021", "2022", "2021-2022"],
    ["2021", "2021-2022"],
    ["2021", "2022", "2021-2022", "2022-2023"],
    ["2022", "2022-Q1", "2022-Q2", "2022-Q3", "2022-Q4"],
    ["2022", "2022-Q1", "2022-Q2"],
    ["2022", "2022-Q1", "2021-2022"],
]
AGE_PIECES = [(0, 3), (3, 6), (6, 15), (15, 18), (18, 25), (25, 30), (30, 65), (65, 1000)]
AGE_BANDS = [
    ["Y_LT18", "Y18-64", "Y_GE65"],
    ["Y_LT18", "Y_GE18"],
    ["Y15-24", "Y18-24"],
    ["Y15-24", "Y15-29", "Y25-64"],
    ["Y_LT18", "Y_GE18", "Y18-64", "Y_GE65", "Y18-29", "Y30-64"],
    ["Y_LT15", "Y_LT18", "Y15-24", "Y_GE25"],
    ["Y15-64", "Y18-64", "Y_GE65"],
    ["Y15-24"],
    ["Y18-64", "Y15-64"],
    ["Y_LT18", "Y_LT3", "Y3-CSA", "Y_GE18"],
    ["Y15-24", "Y_GE65"],
]
# of each dimension: what people are, each as the codes that hold them, and which codes are handed in together
HOUSEHOLDS = [
    "A1 A1_LT65 A1F HH_NDCH",
    "A1 A1_GE65 A1F HH_NDCH",
    "A1 A1_LT65 A1M HH_NDCH",
    "A1 A1_GE65 A1M HH_NDCH",
    "A1_DCH HH_DCH",
    "A2 A2_2LT65 HH_NDCH A_GE2_NDCH",
    "A2 A2_GE1_GE65 HH_NDCH A_GE2_NDCH",
    "A2_DCH A2_1DCH HH_DCH A_GE2_DCH",
    "A2_DCH A2_2DCH HH_DCH A_GE2_DCH",
    "A_GE3 HH_NDCH A_GE2_NDCH",
    "A_GE3_DCH HH_DCH A_GE2_DCH",
]
PEOPLE = {
    "SEX": ["F", "M"],
    "DISAB": ["NONE LTD_NSEV_NONE", "SOME SM_SEV LTD_NSEV_NONE", "SEV SM_SEV"],
    "CITIZEN": ["NAT", "FOR EU27_2020_FOR", "FOR NEU27_2020_FOR"],
    "EDUC": ["ED0-2", "ED3_4", "ED5-8"],
    "TENURE": ["OWN OWN_L", "OWN OWN_NL", "RENT RENT_MKT", "RENT RENT_FR"],
    "LANG": ["nl", "fr", "de"],
    "HHTYPE": HOUSEHOLDS,
    "DEPRIV": [f"Q{(d + 1) // 2} D{d}" for d in range(1, 11)],
}
# beside those: people of a wider group alone, in cities where some are in no group
OTHERS = {"CITIZEN": ["FOR", "STLS"], "TENURE": ["RENT", "INF"]}
ANSWERS = {"RELPERP": ["PART", "EXP", "FAM"], "ETHNIC": ["ROMA", "OTH"], "VTYPE": ["PHY", "SX", "THRT", "PSY"]}
MENUS = {
    "SEX": ["F M", "F M", "F M", "F"],
    "DISAB": ["NONE SOME SEV", "LTD_NSEV_NONE SEV", "LTD_NSEV_NONE SM_SEV", "NONE SM_SEV SOME SEV", "NONE SM_SEV", "LTD_NSEV_NONE NONE", "SOME SM_SEV", "SEV"],
    "CITIZEN": ["NAT FOR", "NAT FOR EU27_2020_FOR NEU27_2020_FOR", "NAT EU27_2020_FOR NEU27_2020_FOR", "FOR EU27_2020_FOR", "FOR"],
    "EDUC": ["ED0-2 ED3_4 ED5-8", "ED0-2"],
    "TENURE": ["OWN RENT", "OWN OWN_L OWN_NL RENT", "OWN OWN_L RENT RENT_MKT RENT_FR"],
    "LANG": ["nl fr de", "nl fr"],
    "HHTYPE": ["HH_NDCH HH_DCH", "A1 A1_LT65 A1_GE65 A1F A1M", "A1 A2 A_GE3", "HH_DCH A1_DCH A2_DCH A2_1DCH A2_2DCH", "A1 HH_NDCH A2 A2_2LT65", "HH_DCH"],
    "DEPRIV": ["Q1 Q2 Q3 Q4 Q5", "Q1 D1 D2", "Q1 D1", "D1 D2 D3", "Q1 Q5 D9"],
    "RELPERP": ["PART EXP FAM", "PART EXP", "PART"],
    "ETHNIC": ["ROMA", "ROMA OTH"],
    "VTYPE": ["PHY SX PHY_SX", "PHY PHY_SX", "PHY_SX PHY_THRT_SX", "PHY THRT SX PHY_THRT_SX", "PSY_THRT PSY", "PSY_PHY_THRT_SX PHY_SX PSY_THRT", "PHY"],
}
FAMILIES = [
    ("ages", ["AGE"]),
    ("disability", ["DISAB"]),
    ("several answers", ["RELPERP", "ETHNIC", "VTYPE"]),
    ("households", ["HHTYPE"]),
    ("plain groups", ["SEX", "CITIZEN", "EDUC", "TENURE", "LANG", "DEPRIV"]),
]


def kinds_of_people(r: Random, dimension: str, rest: bool) -> list[frozenset[tuple[str, str]]]:
    if dimension == "AGE":
        bands = {c for menu in AGE_BANDS for c in menu}
        held = [{c for c in bands if (span := ages(c)) and span[0] <= x and y <= span[1]} | ({"Y3-CSA"} if x == 3 else set()) for x, y in AGE_PIECES]
    elif dimension in ANSWERS:
        base = r.sample(ANSWERS[dimension], min(len(ANSWERS[dimension]), 3))
        chosen = [{c for c, bit in zip(base, bits) if bit} for bits in itertools.product((0, 1), repeat=len(base))]
        held = [c | {wide for wide, inner in PARTS.get(dimension, {}).items() if c & set(inner)} for c in chosen]
    else:
        held = [set(x.split()) for x in PEOPLE[dimension] + (OTHERS.get(dimension, []) if rest else [])]
    return [frozenset((dimension, c) for c in x) for x in held] + ([frozenset()] if rest and dimension not in ANSWERS else [])


def menu(r: Random, dimension: str) -> list[str]:
    codes = r.choice(AGE_BANDS) if dimension == "AGE" else r.choice(MENUS[dimension]).split()
    return codes


def make_city(seed: int, number: int) -> City:
    r = Random(f"{seed} {number}")
    g = np.random.default_rng([seed, number])
    indicator = r.choice([PROPORTION, PROPORTION, RATE, COUNT, COUNT])
    weighted = indicator == PROPORTION and r.random() < 0.15
    unknown = r.random() < 0.5
    kinds = (
        {PROPORTION: ["shares"], RATE: ["rates"], COUNT: ["counts"]}[indicator]
        + (["weighted"] if weighted else [])
        + (["people in no group"] if unknown else [])
    )
    kind, family = FAMILIES[number % len(FAMILIES)] if r.random() < 0.8 else r.choice(FAMILIES)
    dimensions = [r.choice(family)]
    dimensions += [
        d for d in r.sample(["SEX", "SEX", "AGE", "CITIZEN", r.choice(["DISAB", "ETHNIC", "VTYPE", "EDUC"])], r.choice([0, 1, 1, 2])) if d not in dimensions
    ]
    dimensions = list(dict.fromkeys(dimensions))
    kinds.append(kind)
    periods = r.choice(PERIODS)
    linked = indicator == COUNT or r.random() < 0.4
    if len(periods) > 1:
        kinds.append("periods")
    if linked:
        quarters = [(f"{y}", f"{y}-Q{q}", f"{y}-{y + 1}", f"{y - 1}-{y}") for y, n in QUARTERS.items() for q in range(1, n + 1)]
        times = sorted({held for q in quarters if (held := frozenset(p for p in periods if p in q))}, key=sorted)
    else:
        times = [frozenset([p]) for p in periods]
    districts = [f"d{i}" for i in range(1, r.choice([2, 3, 4]) + 1)] if r.random() < 0.35 else []
    where = [frozenset(["city", d]) for d in districts] + ([frozenset(["city"])] if not districts or unknown and r.random() < 0.5 else [])
    if districts:
        kinds.append("districts")

    # people: independent but for noise; rare codes are common
    people = [kinds_of_people(r, d, unknown and r.random() < 0.7) for d in dimensions]
    weights = np.ones(1)
    for held in [where, times, *people]:
        weights = np.outer(weights, g.dirichlet(np.full(len(held), 0.8))).reshape(-1)
    weights = weights * g.gamma(0.7, size=len(weights))
    size = int(np.exp(r.uniform(np.log(120), np.log(6000))))
    share = r.choice([0.03, 0.1, 0.3, 0.6])
    expected = weights / weights.sum() * size
    low, high = g.poisson(expected * share), g.poisson(expected * (1 - share))
    cells = []
    for j, (place, period, *held) in enumerate(itertools.product(where, times, *people)):
        a, b = int(low[j]), int(high[j])
        if a or b:
            weight = r.randint(8000, 90000) if weighted else 1000
            cells.append(
                Cell(place, period, frozenset().union(*held), (a * weight / 1000, b * weight / 1000) if indicator != COUNT else (float(a + b),), a + b)
            )

    # tables
    keys: dict[Key, None] = {}
    limit = 150 if r.random() < 0.03 else r.choice([10, 15, 20, 30, 40, 60])
    places = ["city", *districts[: r.randint(1, len(districts))]] if districts and r.random() < 0.4 else ["city", *districts]
    everybody = [(p, x, ()) for p in periods for x in places if r.random() < 0.93]
    for _ in range(r.choice([1, 1, 2, 2, 3])):
        crossed = r.sample(dimensions, r.randint(1, min(3, len(dimensions))))
        style = r.choice(["all margins", "all margins", "some margins", "only crossings"])
        at = r.choice([places, places, ["city"], places[1:] or ["city"]])
        when = r.choice([periods, periods, periods[:1], periods[-1:]])
        menus = {d: menu(r, d) for d in crossed}
        made = []
        for combo in itertools.product(*([None, *menus[d]] for d in crossed)):
            groups = tuple(sorted((d, c) for d, c in zip(crossed, combo) if c))
            if groups and (style == "all margins" or len(groups) == len(crossed) or style == "some margins" and len(groups) == 1):
                made.append(groups)
        if style == "some margins" and len(crossed) > 2 and r.random() < 0.5:
            made = [groups for groups in made if len(groups) < len(crossed)]
        block = [(p, x, groups) for p in when for x in at for groups in made]
        if len(keys) + len(block) > limit:
            block = [(p, x, groups) for p in when[:1] for x in at[:2] for groups in made]
        if len(keys) + len(block) <= limit or not keys and len(block) <= 150:
            keys |= dict.fromkeys(block)
            kinds.append(style if len(crossed) > 1 else "one way")
        if len(crossed) == 1 and len(menus[crossed[0]]) == 1:
            kinds.append("single group")
    keys = dict.fromkeys([*everybody, *keys])
    rows = [row for key in keys if (row := row_of(indicator, key, cells, weighted))]
    if r.random() < 1 / 3:
        rows = [row for row in rows if r.random() >= 0.2] or rows
        kinds.append("rows missing")
    for row in rows:
        if r.random() < 0.02:
            row["confidentiality"] = "restricted"
    city = City(indicator, r.choice([3, 5, 10]), list(dict.fromkeys(kinds)), rows, cells, linked, weighted)
    if r.random() < 0.15:
        city.grown = not weighted and r.random() < 0.4
        city.kinds.append("grown since" if city.grown else "second release")
        if city.grown:
            grow(city, r, keys)
        else:
            city.before = [row for row in rows if r.random() < 0.7] or rows
    return city


def grow(city: City, r: Random, keys) -> None:
    """A few people are added after the first report."""
    city.before = city.rows
    for cell in r.sample(city.cells, min(len(city.cells), r.randint(1, 4))):
        cell.numbers = tuple(x + r.choice([0, 1, 2, 5, 20]) for x in cell.numbers)
    kept = {row_key(row): row for row in city.before}
    city.rows = [
        row | {k: v for k, v in kept[key].items() if k == "confidentiality"}
        for key in keys
        if key in kept and (row := row_of(city.indicator, key, city.cells, False))
    ]


def row_of(indicator: str, key: Key, cells: list[Cell], weighted: bool) -> dict | None:
    period, place, groups = key
    inside = [c for c in cells if place in c.places and period in c.periods and c.codes.issuperset(groups)]
    numbers = [round(sum(x), 3) for x in zip(*(c.numbers for c in inside))] or [0.0, 0.0]
    row = {"indicator": indicator, "place": place, "period": period, **dict(groups)} | ({"place_parent": "city"} if place != "city" else {})
    if indicator == COUNT:
        return row | {"value": numbers[0]}
    below = numbers[1] if indicator == RATE else round(numbers[0] + numbers[1], 3)
    return row | {"numerator": numbers[0], "denominator": below} | ({"n": sum(c.persons for c in inside)} if weighted else {}) if below else None


def row_key(row: dict) -> Key:
    return row["period"], row["place"], tuple(sorted((d, row[d]) for d in DIMENSIONS if d in row))


def layers_of(indicator: str, values: dict) -> list[float]:
    """Of a row, or of a figure that is shown."""
    if indicator == COUNT:
        return [values["value"]]
    a, b = values["numerator"], values["denominator"]
    return [a, round(b - a, 3)] if indicator == PROPORTION else [a, b]


# ---- both ------------------------------------------------------------------------------------------------------------


@dataclass
class Found:
    problems: list[tuple[str, str]] = field(default_factory=list)  # kind, what
    count: Counter = field(default_factory=Counter)

    def add(self, kind: str, text: str):
        self.problems.append((kind, text))


def shown(figures: dict, indicator: str) -> dict[Key, list[float]]:
    return {key[1:2] + key[2:]: [round(x, 3) for x in layers_of(indicator, f)] for key, f in figures.items() if key[0] == indicator and f["kind"] == "value"}


def told(x: float | None) -> str:
    return "any" if x is None else f"{x:g}"


def judge(engine: Engine, city: City, found: Found, strict: bool) -> None:
    indicator = city.indicator
    plan, policy = {"selection": [indicator], "periods": "each"}, {"threshold": city.threshold}
    try:
        previous = engine.ask("assess", observations={"rows": city.before}, plan=plan, policy=policy) if city.before else None
        report = engine.ask("assess", observations={"rows": city.rows}, plan=plan, policy=policy, previous=previous)
    except Refused as e:
        found.count["no report"] += 1
        found.count[f"refused: {str(e)[:60]}"] += 1
        return
    said = engine.ask("disclosure.attack_report", report=report, previous=previous)
    for kind in said["verdicts"]:
        found.count[f"verdict {kind}"] += said["verdicts"][kind]
    if not said["safe"]:
        found.add("unsafe", f"the release is not safe: {said['verdicts']}")
    for text in follows(report):
        found.add("follows", text)
    # a report about other people bounds nothing in this one
    said = engine.ask("disclosure.attack_report", report=report) if city.grown else said
    verdicts = {
        (f["period"], f["place"], tuple(sorted(map(tuple, f["groups"]))), f["what"]): f for f in said["figures"] if "lower" in f and f["indicator"] == indicator
    }

    figures = read(report)
    now, before = shown(figures, indicator), shown(read(previous), indicator) if previous else {}
    hidden = sorted(key[1:] for key, f in figures.items() if key[0] == indicator and withheld(f))
    found.count["shown"] += len(now)
    found.count["withheld"] += len(hidden)
    found.count["rows not in the report"] += len({row_key(row) for row in city.rows} - set(now) - set(hidden))
    small(city, now, found)
    if city.grown:
        for key in sorted(set(now) & set(before)):
            for what, x, y in zip(LAYERS[indicator], now[key], before[key]):
                if 0 < abs(x - y) < city.threshold:
                    found.add("change", f"{key} {what}: {y:g} before, {x:g} now")
        before = {}
    if not now and not hidden:
        return
    parents = {p["place"]: p["parent"] for r in (report, previous or report) for p in r["places"] if p.get("parent")}
    case = Case(city, found, now, before, hidden, parents, strict)
    for layer, what in enumerate(LAYERS[indicator]):
        case.attack(layer, what, verdicts)


class Case:
    """One city under attack: what is shown of it, and the three readings of what is complete."""

    def __init__(self, city: City, found: Found, now: dict[Key, list[float]], before: dict[Key, list[float]], hidden: list[Key], parents: dict, strict: bool):
        self.city, self.found, self.now, self.before, self.hidden, self.strict = city, found, now, before, hidden, strict
        self.k, self.whole, self.tolerance = city.threshold, not city.weighted, 1e-3 if city.weighted else 1e-6
        self.truth = {row_key(row): layers_of(city.indicator, row) for row in city.rows}
        keys, sums = sorted({*now, *hidden, *before}), city.indicator == COUNT
        self.system = System(keys, parents, sums)
        self.world = self.system if sums or not city.linked else System(keys, parents, True)
        self.guess = self.system if sums else self.world if self.world is not self.system else System(keys, parents, True)
        self.gone = self.world.empty(*self.learnt(*self.world.nobody(city.cells)))
        self.guesses: list[Programme] | None = None
        self.unhanded = {s: s.unhanded() for s in {self.system, self.world}}

    def learnt(self, places: set[int], parts: dict[int, set[int]]) -> tuple[set[int], dict[int, set[int]]]:
        """Of the rests that hold nobody those of which the file says so: wherever a figure of everybody or of one of the groups is given, all are."""
        given = set(self.truth) | {row_key(row) for row in self.city.before or ()}

        def says(dimension: str, codes: list[str]) -> bool:
            where = {(period, place) for period, place, groups in given if all(d == dimension for d, _ in groups) and len(groups) < 2}
            return all((*at, ()) in given and all((*at, ((dimension, c),)) in given for c in codes) for at in where)

        names = set().union(*self.world.places)
        whole = {(period, groups) for period, _, groups in given}
        everywhere = all((period, place, groups) in given for period, groups in whole for place in names)
        return (places if everywhere else set()), {i: js if says(self.world.axes[i].dimension, self.world.axes[i].codes) else set() for i, js in parts.items()}

    def known(self, figures: dict[Key, list[float]], layer: int) -> dict[Key, float]:
        return {key: x[layer] for key, x in figures.items()}

    def narrow(self, low: float, high: float | None) -> bool:
        return high is not None and high - low < self.k - self.tolerance

    def attack(self, layer: int, what: str, verdicts: dict) -> None:
        known = self.known(self.before | self.now, layer)
        seed = self.system.vector(self.city.cells, layer)
        self.sure = Programme(self.system, known, None, self.whole, seed)
        self.first = Programme(self.system, self.known(self.before, layer), None, self.whole, seed) if self.before else None
        # where nothing is complete, the world tells no more than what is sure
        more = self.world is not self.system or self.gone.any()
        self.really = Programme(self.world, known, self.gone, self.whole, self.world.vector(self.city.cells, layer)) if more else None
        before = self.known(self.before, layer)
        self.first_really = Programme(self.world, before, self.gone, self.whole, self.world.vector(self.city.cells, layer)) if more and self.before else None
        leaked = {key for key in self.hidden if self.figure(key, layer, what, verdicts.get((*key, what)))}
        named: set[str] = set()
        self.rests(self.system, self.sure, "rest", what, leaked, named)
        if self.really:
            self.rests(self.world, self.really, "rest in the world", what, leaked, named)
        self.found.count["programmes"] += sum(p.solved for p in (self.sure, self.first, self.really) if p)

    def told_before(self, v: np.ndarray, in_the_world: np.ndarray | None = None) -> bool:
        """Whether the report before gave it away alone."""
        alone = self.first is not None and self.narrow(*self.first.ends(v, self.k))
        return alone or in_the_world is not None and self.first_really is not None and self.narrow(*self.first_really.ends(in_the_world, self.k))

    def figure(self, key: Key, layer: int, what: str, verdict: dict | None) -> bool:
        """Whether a withheld figure leaks; and what the engine says of it."""
        v, leaks, x = self.system.sums[key], False, self.truth[key][layer] if key in self.truth else None
        low, high = self.sure.ends(v)
        if x is not None and (x < low - 2e-3 or high is not None and x > high + 2e-3):
            raise AssertionError(f"{key} {what}: not {x} in {low}, {high}")
        if self.narrow(low, high) and not self.told_before(v):
            self.found.add("leak", f"{key} {what}: {low:g} to {told(high)} is sure")
            leaks = True
        elif self.really and self.narrow(*(ends := self.really.ends(self.world.sums[key], self.k))) and not self.told_before(v, self.world.sums[key]):
            self.found.add("leak in the world", f"{key} {what}: {ends[0]:g} to {told(ends[1])} for who knows what is complete")
            leaks = True
        if verdict is None:
            self.found.add("unspoken", f"{key} {what}: the engine's attacker does not speak of it")
            return leaks
        least, most = verdict["lower"], verdict.get("upper")
        if x is not None and (x < least - 2e-3 or most is not None and x > most + 2e-3):
            self.found.add("wrong interval", f"{key} {what}: {x:g} is not in {least:g} to {told(most)} of the engine")
        elif least > low + 2e-3 or most is not None and (high is None or most < high - 2e-3):
            self.found.add("no proof", f"{key} {what}: {low:g} to {told(high)} is sure, the engine says {least:g} to {told(most)}")
        if verdict["verdict"] == "safe" and not leaks:
            if self.guesses is None:
                self.guesses = guessing(self.guess, self.now, self.before, len(LAYERS[self.city.indicator]), self.whole)
            if self.guesses and self.narrow(*(ends := self.guesses[layer].ends(self.guess.sums[key], self.k))) and not self.told_before(v):
                self.found.add("guess", f"{key} {what}: {ends[0]:g} to {told(ends[1])} if all is complete, the engine says safe")
        return leaks

    def rests(self, system: System, programme: Programme, kind: str, what: str, leaked: set[Key], named: set[str]) -> None:
        """What nobody handed in and follows, or nearly; what is inside of something that leaks is not told again."""
        programme.settle()
        wide = [system.sums[key] for key in leaked] + [v for text, _, v in self.unhanded[system] if text in named]
        for text, listed, v in self.unhanded[system]:
            seen = programme.solutions @ v
            if text in named or seen.max() - seen.min() >= self.k - self.tolerance or any((v <= w).all() for w in wide):
                continue
            low, high = programme.ends(v, self.k - self.tolerance)
            if not self.narrow(low, high) or high < (0.5 if self.city.weighted else 1) - 1e-6 or low >= self.k - self.tolerance:
                continue
            if self.first is not None and (system is not self.system or self.told_before(v)):
                self.found.count["rests of two releases that are not judged"] += system is not self.system
                continue
            self.found.count["unlisted crossings that leak"] += not listed
            if listed or self.strict:
                wide.append(v)
                named.add(text)
                self.found.add(kind, f"{text} {what}: {low:g} to {told(high)}, nobody handed it in{'' if listed else ' (a crossing of given codes)'}")


def guessing(system: System, now: dict[Key, list[float]], before: dict[Key, list[float]], layers: int, whole: bool) -> list[Programme]:
    """What fits where everything is complete; none where what is shown, of any layer, contradicts it."""
    empty = system.empty(*system.nobody(None))
    try:
        return [Programme(system, {key: x[layer] for key, x in (before | now).items()}, empty, whole) for layer in range(layers)]
    except Contradiction:
        return []


def small(city: City, now: dict[Key, list[float]], found: Found) -> None:
    """Figures that are shown and should not be."""
    rows = {row_key(row): row for row in city.rows}
    for key, numbers in now.items():
        row = rows.get(key)
        if row is None:
            found.add("shown", f"{key}: a figure that nobody handed in")
            continue
        special = any(DIMENSIONS[d].special for d, _ in key[2])
        low = [x for x in numbers if 0 < x < city.threshold - 1e-9 or x == 0 and special and city.indicator == PROPORTION]
        if row.get("confidentiality") == "restricted" or (row.get("n", city.threshold) < city.threshold if city.weighted else low):
            found.add("shown", f"{key}: {numbers}, threshold {city.threshold}, {row.get('confidentiality', '')} n {row.get('n', '')}")


def request(city: City) -> str:
    made = {
        "op": "assess",
        "observations": {"rows": city.rows},
        "plan": {"selection": [city.indicator], "periods": "each"},
        "policy": {"threshold": city.threshold},
    }
    first = [json.dumps(made | {"observations": {"rows": city.before}})] if city.before else []
    return "\n".join([*first, json.dumps(made)])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sms")
    parser.add_argument("cities", nargs="?", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--only", type=int, help="the number of one city")
    parser.add_argument("--rows", action="store_true", help="print the requests of the first cities that failed")
    parser.add_argument("--strict", action="store_true", help="crossings of given codes that nobody handed in must not leak either")
    parser.add_argument("--show", type=int, default=12, help="how many failed cities to print")
    options = parser.parse_args()
    engine, start = Engine(options.sms), time.perf_counter()
    count, by_kind, kinds_seen, failed, slowest = Counter(), defaultdict(Counter), {}, 0, (0.0, 0)
    for number in range(options.cities) if options.only is None else [options.only]:
        city, found, began = make_city(options.seed, number), Found(), time.perf_counter()
        try:
            judge(engine, city, found, options.strict)
        except (Contradiction, AssertionError, KeyError, ValueError) as e:
            found.add("model", f"{type(e).__name__}: {e}")
        slowest = max(slowest, (time.perf_counter() - began, number))
        problems = Counter(kind for kind, _ in found.problems)
        count += found.count
        kinds_seen |= dict.fromkeys(problems)
        for kind in city.kinds:
            by_kind[kind] += Counter(
                {"cities": 1, "failed": int(bool(problems)), "shown": found.count["shown"], "withheld": found.count["withheld"], **problems}
            )
        by_kind["all"] += Counter({"cities": 1, "failed": int(bool(problems)), "shown": found.count["shown"], "withheld": found.count["withheld"], **problems})
        if (took := time.perf_counter() - began) > 20:
            print(f"city {number} took {took:.0f} s ({', '.join(city.kinds)}; {len(city.rows)} rows)", flush=True)
        if not problems:
            continue
        failed += 1
        if failed <= options.show:
            print(f"city {number} ({', '.join(city.kinds)}; threshold {city.threshold}, {len(city.rows)} rows):")
            few = found.problems if options.only is not None else found.problems[:8]
            print(*(f"  {kind}: {text}" for kind, text in few), *([request(city)] if options.rows else []), sep="\n", flush=True)
    columns = ["cities", "failed", "shown", "withheld", *sorted(kinds_seen)]
    print(f"{'':20}" + "".join(f"{c[:17]:>18}" for c in columns))
    for kind, numbers in by_kind.items():
        if kind != "all":
            print(f"{kind:20}" + "".join(f"{numbers[c]:>18}" for c in columns))
    print(f"{'all':20}" + "".join(f"{by_kind['all'][c]:>18}" for c in columns))
    print(", ".join(f"{n} {name}" for name, n in sorted(count.items())))
    print(
        f"{time.perf_counter() - start:.0f} s, of these {engine.seconds:.0f} s the engine's;",
        f"the slowest city is {slowest[1]} with {slowest[0]:.1f} s; {failed} cities failed",
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
