"""The vectors about tables in which nobody can be recognised. Called by generate.py."""

from __future__ import annotations

import copy
import random

import oracle
from generate_data import rows, share

SOURCE = "the method (section 8); brute force over all tables of whole numbers that fit"


def grid(inner, hidden=(), shown_only=True):
    """A grid with its margins; hidden cells are None, or keep their value for the owner of the table."""
    full = [[*r, sum(r)] for r in inner]
    full.append([sum(c) for c in zip(*full)])
    return [[None if (r, c) in hidden else v for c, v in enumerate(row)] for r, row in enumerate(full)]


def cube(dims, leaves, hidden):
    """A table of several dimensions as cells and equations: each dimension has its leaves and a total."""
    keys = [()]
    for n in dims:
        keys = [(*k, i) for k in keys for i in range(n + 1)]

    def value(key):
        for d, i in enumerate(key):
            if i == dims[d]:
                return sum(value((*key[:d], j, *key[d + 1:])) for j in range(dims[d]))
        at = 0
        for n, i in zip(dims, key):
            at = at * n + i
        return leaves[at]

    index = {k: i for i, k in enumerate(keys)}
    eqs = [{"total": index[k], "parts": [index[(*k[:d], j, *k[d + 1:])] for j in range(n)]} for k in keys for d, n in enumerate(dims) if k[d] == n]
    cells = [{"value": value(k), "suppressed": True} if index[k] in hidden or k in hidden else {"value": value(k)} for k in keys]
    return {"cells": cells, "equations": eqs}


def blind(table):
    """The table as a reader has it."""
    return {"cells": [{k: v for k, v in c.items() if not (k == "value" and c.get("suppressed"))} for c in table["cells"]], "equations": table["equations"]}


def write(F):
    attack(F)
    attack_random(F)
    protect(F)
    rounding(F)
    cell_keys(F)
    magnitudes(F)
    reports(F)


def attack(F):
    f = F("disclosure/attack", "What can be deduced of suppressed cells", SOURCE)

    def a(id_, table, width=10, rule=None, note=None, expect=None):
        f.add(id_, "disclosure.attack", {"table": table, "width": width} | ({"rule": rule} if rule else {}), expect, take=["safe", "cells"], tol=0, note=note)

    base = [[4, 20, 30], [25, 40, 50], [12, 60, 70]]
    a("one-cell", {"grid": grid(base, {(0, 0)})}, note="one cell of a row is its total less the others", expect={"safe": False})
    a("two-in-a-row", {"grid": grid(base, {(0, 0), (0, 1)})}, note="each is its column's total less the others")
    a("rectangle", {"grid": grid(base, {(0, 0), (0, 1), (1, 0), (1, 1)})}, note="0 to 24 in the row of 4: the least corner moves them all", expect={"safe": True})
    a("rectangle-with-zero", {"grid": grid([[0, 3], [5, 8]], {(0, 0), (0, 1), (1, 0), (1, 1)})}, 3)
    a("triangle-of-corners", {"grid": grid(base, {(0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 0)})}, note="a cycle of six")
    a("open-chain", {"grid": grid(base, {(0, 0), (0, 1), (1, 1)})}, note="no cycle: everything follows")
    a("bridge", {"grid": grid([[3, 9, 8, 7], [6, 5, 4, 9], [7, 8, 3, 9], [6, 7, 9, 4]], {(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 2), (2, 3), (3, 2), (3, 3)})}, 3, note="the cell between two rectangles follows from both")
    a("margin-hidden", {"grid": grid(base, {(0, 0), (0, 3), (1, 0), (1, 3)})}, note="a cell and the total of its row")
    a("grand-total-hidden", {"grid": grid([[4, 20], [25, 40]], {(2, 2)})}, note="the sum of the rows")
    a("row-and-everything", {"grid": grid([[4, 20], [25, 40]], {(0, 0), (0, 2), (2, 0), (2, 2)})}, note="nothing bounds them from above: totals move with the cell")
    a("sum-of-zero", {"grid": grid([[0, 0, 7], [8, 9, 5]], {(0, 0), (0, 1), (1, 0), (1, 1)})}, note="two cells that sum to nothing are both nothing")
    one = {"cells": [{"value": 94}, {"suppressed": True}, {"suppressed": True}, {"value": 50}], "equations": [{"total": 0, "parts": [1, 2, 3]}]}
    a("parts-of-a-total", one)
    a("known-constant", {**one, "equations": [{"total": 0, "parts": [1, 2, 3], "constant": 40}]}, note="40 persons are known to be in no part")
    a("width-edge", {"cells": [{"value": 10}, {"suppressed": True}, {"suppressed": True}], "equations": [{"total": 0, "parts": [1, 2]}]}, note="0 to 10 is 10 wide", expect={"safe": True})
    a("width-below-edge", {"cells": [{"value": 9}, {"suppressed": True}, {"suppressed": True}], "equations": [{"total": 0, "parts": [1, 2]}]}, expect={"safe": False})
    a("own-width", {"cells": [{"value": 9}, {"suppressed": True, "width": 5}, {"suppressed": True, "width": 0}], "equations": [{"total": 0, "parts": [1, 2]}]}, note="a cell may ask for less", expect={"safe": True})
    a("known-bounds", {"cells": [{"value": 60}, {"suppressed": True, "lower": 20, "upper": 26}, {"suppressed": True, "lower": 15}], "equations": [{"total": 0, "parts": [1, 2]}]}, note="what anybody knows narrows both")
    a("negative-bounds", {"cells": [{"value": 5}, {"suppressed": True, "lower": -10, "upper": 10}, {"suppressed": True, "lower": -10, "upper": 10}], "equations": [{"total": 0, "parts": [1, 2]}]}, note="magnitudes may be negative")
    a("below-and-above", {"cells": [{"value": 60}, {"suppressed": True, "value": 25, "width": 0, "below": 20, "above": 20}, {"suppressed": True, "value": 35, "width": 0, "below": 40}], "equations": [{"total": 0, "parts": [1, 2]}]},
      note="the owner asks for distances from the value: 35 can go no lower than 35 below")
    a("nothing-hidden", {"grid": grid(base)}, expect={"safe": True, "cells": []})
    a("in-no-equation", {"cells": [{"suppressed": True}, {"value": 3}], "equations": []}, note="nothing is known of it", expect={"safe": True})
    for name, zero in (("rule", False), ("rule-zero", True)):
        for total in (2, 10, 11, 19, 30):
            t = {"cells": [{"value": total}, {"suppressed": True}, {"suppressed": True}], "equations": [{"total": 0, "parts": [1, 2]}]}
            a(f"{name}-sum-{total}", t, 10, {"threshold": 10} | ({"zero": True} if zero else {}), note="one of the two is small, or none would be suppressed")
    a("rule-of-two", {"cells": [{"value": 2}, {"suppressed": True}, {"suppressed": True}], "equations": [{"total": 0, "parts": [1, 2]}]}, 1, {"threshold": 2}, note="one of them is 1, so both are", expect={"safe": False})
    a("rule-rectangle", {"grid": grid([[4, 20], [25, 40]], {(0, 0), (0, 1), (1, 0), (1, 1)})}, 10, {"threshold": 10})
    a("rule-cannot-be", {"cells": [{"value": 60}, {"suppressed": True, "lower": 20}, {"suppressed": True, "lower": 20}], "equations": [{"total": 0, "parts": [1, 2]}]}, 10, {"threshold": 10}, note="neither can be small: suppressed for another reason, the rule says nothing")
    # the integer hull is narrower than the linear programme: parity in a three-dimensional table
    parity = cube((2, 2, 2), [1, 0, 0, 1, 0, 1, 1, 0], {k for k in [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]})
    a("three-dimensions-parity", blind(parity), 1, note="every margin is 1: there are two such tables, and fractions between them")
    a("three-dimensions", blind(cube((2, 2, 2), [3, 8, 9, 12, 15, 7, 6, 20], {(0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1), (1, 0, 0), (1, 0, 1), (1, 1, 0), (1, 1, 1)})), 3)
    a("three-dimensions-one-layer", blind(cube((2, 2, 2), [3, 8, 9, 12, 15, 7, 6, 20], {(0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1)})), 3, note="a rectangle in one layer: the other layer gives it away")
    odd = {"cells": [{"value": 5}, {"value": 5}, {"value": 5}, {"suppressed": True}, {"suppressed": True}, {"suppressed": True}], "equations": [{"total": 0, "parts": [3, 4]}, {"total": 1, "parts": [4, 5]}, {"total": 2, "parts": [3, 5]}]}
    f.add("reject-odd-cycle", "disclosure.attack", {"table": odd, "width": 1}, reject="disclosure.not-additive", note="2.5 each: no table of whole numbers fits")
    even = {**odd, "cells": [{"value": 6}, {"value": 6}, {"value": 6}, *odd["cells"][3:]]}
    a("even-cycle", even, 1, note="3 each, and nothing else")
    for id_, request, code in [
        ("ragged", {"table": {"grid": [[1, 2], [3]]}, "width": 1}, "disclosure.bad-table"),
        ("one-row", {"table": {"grid": [[1, 1]]}, "width": 1}, "disclosure.bad-table"),
        ("two-forms", {"table": {"grid": grid(base), "cells": []}, "width": 1}, "disclosure.bad-table"),
        ("no-form", {"table": {}, "width": 1}, "disclosure.bad-table"),
        ("no-such-cell", {"table": {"cells": [{"value": 1}], "equations": [{"total": 0, "parts": [1]}]}, "width": 1}, "disclosure.bad-table"),
        ("cell-twice", {"table": {"cells": [{"value": 2}, {"value": 1}], "equations": [{"total": 0, "parts": [1, 1]}]}, "width": 1}, "disclosure.bad-table"),
        ("total-among-parts", {"table": {"cells": [{"value": 2}], "equations": [{"total": 0, "parts": [0]}]}, "width": 1}, "disclosure.bad-table"),
        ("no-value", {"table": {"cells": [{}]}, "width": 1}, "disclosure.bad-table"),
        ("ends-crossed", {"table": {"cells": [{"suppressed": True, "lower": 5, "upper": 4}]}, "width": 1}, "disclosure.bad-table"),
        ("does-not-sum", {"table": {"grid": [[1, 2, 4], [1, 1, 2], [2, 3, 6]]}, "width": 1}, "disclosure.not-additive"),
        ("part-above-total", {"table": {"cells": [{"value": 5}, {"value": 9}, {"suppressed": True}], "equations": [{"total": 0, "parts": [1, 2]}]}, "width": 1}, "disclosure.not-additive"),
        ("threshold-0", {"table": {"grid": grid(base)}, "width": 1, "rule": {"threshold": 0}}, "disclosure.bad-rule"),
        ("no-width", {"table": {"grid": grid(base)}}, "wire.bad-request"),
        ("unknown-field", {"table": {"grid": grid(base), "rows": 3}, "width": 1}, "wire.unknown-field"),
        ("negative-width", {"table": {"grid": grid(base)}, "width": -1}, "wire.bad-request"),
    ]:
        f.add("reject-" + id_, "disclosure.attack", request, reject=code)


def attack_random(F):
    f = F("disclosure/attack_generated", "What can be deduced of suppressed cells, generated tables", SOURCE)
    rng = random.Random(20240501)

    def a(id_, table, width=3, rule=None):
        f.add(id_, "disclosure.attack", {"table": table, "width": width} | ({"rule": rule} if rule else {}), take=["safe", "cells"], tol=0)

    for i in range(20):
        r, c = rng.choice([(2, 3), (3, 3), (3, 4)])
        inner = [[rng.choice([0, 1, 2, 3, 5, 8]) for _ in range(c)] for _ in range(r)]
        spots = [(y, x) for y in range(r + 1) for x in range(c + 1) if (y, x) != (r, c)]
        hidden = set(rng.sample(spots, min(len(spots), rng.choice([4, 5, 6, 7, 8]))))
        a(f"two-dimensions-{i}", {"grid": grid(inner, hidden)}, rule={"threshold": 3} if i % 4 == 3 else None)
    for i in range(12):
        leaves = [rng.choice([0, 1, 2, 3, 5]) for _ in range(8)]
        hidden = set(rng.sample(range(26), rng.choice([8, 10, 12])))
        a(f"three-dimensions-{i}", blind(cube((2, 2, 2), leaves, hidden)))
    for i in range(10):
        # a city, its districts in two boroughs, by two groups
        cells = [[rng.choice([0, 1, 2, 4, 6]) for _ in range(2)] for _ in range(4)]
        rows_ = [*cells, [cells[0][k] + cells[1][k] for k in (0, 1)], [cells[2][k] + cells[3][k] for k in (0, 1)]]
        rows_.append([rows_[4][k] + rows_[5][k] for k in (0, 1)])
        rows_ = [[*r, sum(r)] for r in rows_]
        hidden = set(rng.sample(range(20), rng.choice([6, 8, 10])))
        eqs = [{"total": r * 3 + 2, "parts": [r * 3, r * 3 + 1]} for r in range(7)]
        eqs += [{"total": t * 3 + k, "parts": [p * 3 + k for p in ps]} for t, ps in [(4, (0, 1)), (5, (2, 3)), (6, (4, 5))] for k in range(3)]
        flat = [v for r in rows_ for v in r]
        a(f"hierarchy-{i}", {"cells": [{"suppressed": True} if n in hidden else {"value": v} for n, v in enumerate(flat)], "equations": eqs})
    for i in range(8):
        # two tables with one common margin: sex by age and sex by tenure
        leaves = [rng.choice([0, 1, 2, 4, 6]) for _ in range(8)]
        whole = cube((2, 2, 2), leaves, set())
        keys = [(x, y, z) for x in range(3) for y in range(3) for z in range(3)]
        kept = [n for n, (x, y, z) in enumerate(keys) if y == 2 or z == 2]
        hidden = set(rng.sample(kept, rng.choice([5, 7, 9])))
        at = {n: m for m, n in enumerate(kept)}
        eqs = [{"total": at[e["total"]], "parts": [at[p] for p in e["parts"]]} for e in whole["equations"] if e["total"] in at and all(p in at for p in e["parts"])]
        a(f"linked-{i}", {"cells": [{"suppressed": True} if n in hidden else whole["cells"][n] for n in kept], "equations": eqs})


def protect(F):
    f = F("disclosure/protect", "The cheapest further cells that protect the suppressed ones", SOURCE + "; every choice of cells is tried")
    rng = random.Random(7)

    def p(id_, table, width=10, primary=None, rule=None, note=None, expect=None):
        request = {"table": table, "width": width} | ({"primary": primary} if primary else {}) | ({"rule": rule} if rule else {})
        import oracle

        # where several choices cost the same, the cost is compared and not the choice
        answer = oracle.OPERATIONS["disclosure.protect"](__import__("copy").deepcopy(request))
        f.add(id_, "disclosure.protect", request, expect, take=sorted(answer), tol=0, note=note)

    def cells(total, *parts, **more):
        return {"cells": [{"value": total}, *({"value": v} | more.get(f"c{i}", {}) for i, v in enumerate(parts))], "equations": [{"total": 0, "parts": list(range(1, len(parts) + 1))}]}

    p("smallest-goes-along", cells(94, 4, 40, 50), primary={"threshold": 10}, note="4 is small; 40 is the smallest that hides it", expect={"cost": 40})
    p("two-small-are-enough", cells(94, 6, 8, 80), primary={"threshold": 10}, note="6 + 8 = 14 leaves 0 to 14 for each", expect={"cost": 0})
    p("two-small-are-too-few", cells(95, 2, 3, 40, 50), primary={"threshold": 10}, note="2 + 3 = 5 is too narrow", expect={"cost": 40})
    p("total-goes", cells(5, 2, 3), primary={"threshold": 10}, note="the total itself is small")
    p("zero-is-shown", cells(90, 0, 40, 50), primary={"threshold": 10}, expect={"cost": 0, "suppressed": [False, False, False, False]})
    p("zero-is-hidden", cells(90, 0, 40, 50), primary={"threshold": 10, "zero": True}, expect={"cost": 40})
    p("fixed-stays", cells(94, 4, 40, 50, c1={"fixed": True}), primary={"threshold": 10}, note="40 is public already", expect={"cost": 50})
    p("own-costs", cells(94, 4, 40, 50, c1={"cost": 9}, c2={"cost": 3}), primary={"threshold": 10}, expect={"cost": 3})
    p("total-is-cheapest", {"cells": [{"value": 94, "cost": 1}, {"value": 4}, {"value": 40}, {"value": 50}], "equations": [{"total": 0, "parts": [1, 2, 3]}]}, primary={"threshold": 10}, expect={"cost": 1})
    p("nothing-to-do", cells(90, 20, 30, 40), primary={"threshold": 10}, expect={"cost": 0})
    p("three-corners", {"grid": grid([[4, 20, 30], [25, 40, 50], [12, 60, 70]])}, primary={"threshold": 10}, note="the cheapest rectangle through the corner")
    p("magnitude-distances", cells(940, 80, 360, 500, c0={"suppressed": True, "below": 60, "above": 60}), 0, note="60 either way", expect={"cost": 360})
    bundled = {"cells": [{"value": 44}, {"value": 4, "bundle": 1}, {"value": 40, "bundle": 2}, {"value": 956}, {"value": 496, "bundle": 1}, {"value": 460, "bundle": 2}],
               "equations": [{"total": 0, "parts": [1, 2]}, {"total": 3, "parts": [4, 5]}]}
    p("bundles", bundled, primary={"threshold": 10}, note="count and complement of one figure go together", expect={"suppressed": [False, True, True, False, True, True]})
    p("rule-known", cells(60, 4, 9, 47), 10, {"threshold": 10}, {"threshold": 10}, note="4 + 9 = 13: under the rule 1 to 12")
    p("rule-known-narrow", cells(57, 4, 6, 47), 10, {"threshold": 10}, {"threshold": 10}, note="4 + 6 = 10: under the rule 1 to 9, which is too narrow", expect={"cost": 47})
    p("rule-not-known", cells(57, 4, 6, 47), 10, {"threshold": 10}, note="without the rule 0 to 10", expect={"cost": 0})
    for i in range(14):
        inner = [[rng.choice([1, 2, 4, 7, 11, 15]) for _ in range(3)] for _ in range(2)]
        p(f"generated-grid-{i}", {"grid": grid(inner)}, 3, {"threshold": 3})
    for i in range(6):
        inner = [[rng.choice([0, 1, 4, 7, 9]) for _ in range(2)] for _ in range(3)]
        p(f"generated-grid-zero-{i}", {"grid": grid(inner)}, 2, {"threshold": 2, "zero": True})
    exposed = cells(14, 4, 10, c1={"fixed": True})
    exposed["cells"][0]["fixed"] = True
    f.cases.append({"id": "nothing-protects-it", "op": "disclosure.protect", "input": {"table": exposed, "width": 10, "primary": {"threshold": 10}},
                    "expect": {"suppressed": [False, True, False], "safe": False, "exposed": [1], "cost": 0}, "tolerance": 0, "note": "total and sibling are public: 14 − 10 = 4, whatever else is done"})
    f.add("reject-unknown-to-its-owner", "disclosure.protect", {"table": {"grid": grid([[4, 20], [25, 40]], {(0, 0)})}, "width": 10}, reject="disclosure.bad-table", note="a table is protected by someone who knows it")
    f.add("reject-width", "disclosure.protect", {"table": {"grid": grid([[4, 20], [25, 40]])}, "width": "wide"}, reject="wire.bad-request")


def rounding(F):
    f = F("disclosure/round", "Controlled rounding", SOURCE + "; every rounding next to the values is tried")
    rng = random.Random(11)

    def r(id_, table, base, note=None, expect=None):
        import oracle

        answer = oracle.OPERATIONS["disclosure.round"]({"table": table, "base": base})
        f.add(id_, "disclosure.round", {"table": table, "base": base}, expect, take=sorted(answer), tol=0, note=note)

    r("multiples-stay", {"grid": grid([[3, 6], [9, 0]])}, 3, expect={"values": [3, 6, 9, 9, 0, 9, 12, 6, 18]})
    r("ones", {"grid": grid([[1, 1], [1, 1]])}, 3, note="each alone would go to 0, and the total to 3", expect={"additive": True})
    r("parts", {"cells": [{"value": 7}, {"value": 2}, {"value": 5}], "equations": [{"total": 0, "parts": [1, 2]}]}, 5, expect={"values": [5, 0, 5], "additive": True})
    r("no-equation", {"cells": [{"value": 7}, {"value": 8}], "equations": []}, 5, expect={"values": [5, 10], "additive": True})
    r("constant", {"cells": [{"value": 9}, {"value": 2}, {"value": 4}], "equations": [{"total": 0, "parts": [1, 2], "constant": 3}]}, 3, expect={"additive": True})
    r("constant-between", {"cells": [{"value": 7}, {"value": 2}, {"value": 4}], "equations": [{"total": 0, "parts": [1, 2], "constant": 1}]}, 3, note="a constant that is no multiple cannot be kept", expect={"values": [6, 3, 3], "additive": False})
    for i in range(10):
        inner = [[rng.randrange(0, 20) for _ in range(2)] for _ in range(2)]
        r(f"generated-{i}", {"grid": grid(inner)}, rng.choice([3, 5]))
    f.add("reject-base", "disclosure.round", {"table": {"grid": grid([[1, 1], [1, 1]])}, "base": 1}, reject="disclosure.bad-rule")
    f.add("reject-hidden", "disclosure.round", {"table": {"grid": grid([[1, 1], [1, 1]], {(0, 0)})}, "base": 3}, reject="disclosure.bad-table")


def cell_keys(F):
    f = F("disclosure/cell_key", "Cell keys", "Fraser & Wooton 2005; Thompson et al. 2013; hand-worked")
    table = {"rows": [[0, 0, 0, 0], [-1, 0, 0, 2], [1, -2, 0, 1], [0, 1, -1, 2]], "repeat": 2}
    for id_, keys, value, note in [
        ("nobody", [], 0, "0 stays 0"),
        ("one", [3], 3, "1 + 2"),
        ("one-to-none", [4], 0, "key 4 is 0 modulo 4: 1 − 1"),
        ("two", [2, 3], 0, "key 5 is 1: 2 − 2"),
        ("three", [1, 1, 1], 5, "3 + 2"),
        ("four", [1, 1, 1, 1], 5, "larger counts use the last two rows in turn: 4 that of 2"),
        ("five", [1, 1, 1, 1, 1], 6, "5 that of 3; key 1"),
        ("same-records-other-order", [3, 2], 0, "the same records give the same figure"),
    ]:
        f.add(id_, "disclosure.cell_key", {"record_keys": keys, "perturbation": table}, {"value": value}, tol=0, note=note)
    for id_, bad in [("no-rows", {"rows": [], "repeat": 1}), ("ragged", {"rows": [[0, 0], [1]], "repeat": 1}), ("zero-moves", {"rows": [[1]], "repeat": 1}), ("negative", {"rows": [[0], [-2]], "repeat": 1}), ("repeat", {"rows": [[0]], "repeat": 2})]:
        f.add("reject-" + id_, "disclosure.cell_key", {"record_keys": [1], "perturbation": bad}, reject="disclosure.bad-rule")


def magnitudes(F):
    f = F("disclosure/dominance", "Magnitudes: p % and (n, k)", "Hundepool et al. 2012, ch. 4.2; hand-worked")

    def d(id_, x, rules, total=None, expect=None, note=None):
        f.add(id_, "disclosure.dominance", {"magnitude": {"contributions": x} | ({"total": total} if total is not None else {}), "rules": rules}, expect, take=["withheld", "p_percent", "dominance", "protection"], note=note)

    P, NK = {"p": 10}, {"n": 2, "k": 85}
    d("p-safe", [60, 30, 10], P, expect={"withheld": False, "protection": 0}, note="100 − 60 − 30 = 10, and 10 % of 60 are 6")
    d("p-edge", [60, 30, 6], P, expect={"withheld": False}, note="6 are not fewer than 6")
    d("p-unsafe", [60, 30, 5], P, expect={"withheld": True, "protection": 1}, note="5 are fewer than 6; one more must be in doubt")
    d("p-two", [60, 30], P, expect={"withheld": True, "protection": 6}, note="two contributors know each other")
    d("p-one", [60], P, expect={"withheld": True, "protection": 6})
    d("nk-safe", [50, 30, 20], NK, expect={"withheld": False})
    d("nk-edge", [50, 35, 15], NK, expect={"withheld": False}, note="85 % are not more than 85 %")
    d("nk-unsafe", [60, 30, 10], NK, expect={"withheld": True, "protection": 100 / 85 * 90 - 100})
    d("both", [60, 30, 10], P | NK, expect={"withheld": True, "p_percent": False, "dominance": True})
    d("unsorted", [10, 60, 30], NK, expect={"withheld": True})
    d("top-two-and-total", [60, 30], P, 95, expect={"withheld": True, "protection": 1}, note="the two largest and the total are enough")
    d("nobody", [], P, expect={"withheld": False})
    d("all-zero", [0, 0, 0], P | NK, expect={"withheld": False}, note="nothing is told by an empty total")
    d("one-of-many", [10] * 12, NK | {"n": 1}, expect={"withheld": False})
    d("many-small", [1] * 50, P, expect={"withheld": False})
    for id_, x, rules, total, code in [("no-rule", [1], {}, None, "disclosure.bad-rule"), ("p-zero", [1], {"p": 0}, None, "disclosure.bad-rule"), ("n-alone", [1], {"n": 2}, None, "disclosure.bad-rule"),
                                       ("k-100", [1], {"n": 2, "k": 100}, None, "disclosure.bad-rule"), ("negative", [-1], P, None, "disclosure.bad-table"), ("total-below", [5], P, 4, "disclosure.bad-table"),
                                       ("too-few", [5], P, 9, "disclosure.bad-table"), ("no-contributions", None, P, None, "wire.bad-request")]:
        f.add("reject-" + id_, "disclosure.dominance", {"magnitude": {"contributions": x} | ({"total": total} if total is not None else {}), "rules": rules}, reject=code)


# ---- reports: worked by hand ---------------------------------------------------------------------------------------


def value(a, b):
    return {"kind": "value", "value": 100 * a / b, "numerator": a, "denominator": b}


GONE = {"kind": "suppressed"}


def report(indicator, total, groups, place="X", period="2020", parent=None):
    """The parts of a report's JSON that an attack reads."""
    return {"place": place, "period": period, "indicators": [{"id": indicator, "period": period, "figure": total, "series": [{"period": period, "figure": total}],
            "groups": [{"groups": [list(g) for g in key], "period": period, "figure": fig} for key, fig in groups]}]} | ({"parent": parent} if parent else {})


def whole(*places, k=10):
    return {"places": list(places), "provenance": {"threshold": k}}


def reports(F):
    f = F("disclosure/attack_report", "An attack on a report with nothing but what it shows", "the method (section 8); worked by hand")
    F_, M = (("SEX", "F"),), (("SEX", "M"),)
    ID = "HOU-O-03"

    def a(id_, given, expect, previous=None, note=None):
        f.add(id_, "disclosure.attack_report", {"report": given} | ({"previous": previous} if previous else {}), expect, tol=0, note=note)

    def told(what, lower, upper, verdict, group="F", **more):
        return {"indicator": ID, "place": "X", "groups": [["SEX", group]], "what": what, "lower": lower, "upper": upper, "verdict": verdict} | more

    def rest(upper, what="numerator", **more):
        return {"indicator": ID, "place": "X", "groups": [], "without": [["SEX", "F"], ["SEX", "M"]], "what": what, "lower": 0, "upper": upper, "verdict": "too_narrow"} | more

    a("nothing-withheld", whole(report(ID, value(300, 1000), [(F_, value(200, 500)), (M, value(100, 500))])), {"safe": True, "figures": []})
    a("planted-margin", whole(report(ID, value(44, 1000), [(F_, GONE), (M, value(40, 500))])),
      {"safe": False, "verdicts": {"too_narrow": 2, "unproven": 1}, "figures": [rest(4), told("complement", 0, 496, "unproven", if_complete={"lower": 496, "upper": 496}), told("numerator", 0, 4, "too_narrow", if_complete={"lower": 4, "upper": 4})]}, note="44 − 40 = 4 are women or neither; (1000 − 44) − (500 − 40) = 496")
    a("both-withheld", whole(report(ID, value(44, 1000), [(F_, GONE), (M, GONE)])),
      {"safe": True, "verdicts": {"safe": 4}, "figures": [told("complement", 0, 956, "safe"), told("numerator", 0, 44, "safe"), told("complement", 0, 956, "safe", "M"), told("numerator", 0, 44, "safe", "M")]})
    a("too-narrow", whole(report(ID, value(6, 1000), [(F_, GONE), (M, GONE)])),
      {"safe": False, "verdicts": {"safe": 2, "too_narrow": 3}, "figures": [rest(6), told("complement", 0, 994, "safe"), told("numerator", 0, 6, "too_narrow"), told("complement", 0, 994, "safe", "M"), told("numerator", 0, 6, "too_narrow", "M")]})
    a("total-withheld", whole(report(ID, GONE, [(F_, value(20, 500)), (M, value(30, 500))])),
      {"safe": False, "verdicts": {"unproven": 2}, "figures": [{"groups": [], "what": "complement", "lower": 950, "if_complete": {"lower": 950, "upper": 950}}, {"groups": [], "what": "numerator", "lower": 50, "if_complete": {"lower": 50, "upper": 50}, "verdict": "unproven"}]}, note="the total is the sum of its groups, and more if there are others")
    a("district", whole(report(ID, value(43, 1000), []), report(ID, GONE, [], "X-1", parent="X"), report(ID, value(40, 600), [], "X-2", parent="X")),
      {"safe": False, "figures": [rest(3, place="X", without=[["place", "X-1"], ["place", "X-2"]]), {"place": "X-1", "what": "complement", "lower": 0, "upper": 397, "if_complete": {"lower": 397, "upper": 397}, "verdict": "unproven"}, {"place": "X-1", "what": "numerator", "lower": 0, "upper": 3, "verdict": "too_narrow"}]}, note="a city less its other district")
    a("unknown-count", whole(report(ID, value(44, 1000), [(F_, {"kind": "missing", "reason": "unknown_count"}), (M, value(40, 500))])), {"safe": False, "verdicts": {"too_narrow": 2, "unproven": 1}}, note="withheld for another reason, and deduced all the same")
    a("not-asked", whole(report(ID, value(44, 1000), [(F_, {"kind": "missing", "reason": "not_asked"}), (M, value(40, 500))])), {"safe": False, "figures": [rest(4), told("numerator", 0, 4, "too_narrow")]}, note="not withheld, since nobody was asked; and yet 44 − 40 = 4 are no men")
    ages = [((("AGE", "Y15-64"),), value(50, 1000)), ((("AGE", "Y25-64"),), value(47, 800)), ((("AGE", "Y15-24"),), GONE), ((("AGE", "Y_LT15"),), value(20, 100)), ((("AGE", "Y_GE65"),), value(30, 900))]
    a("wider-age", whole(report(ID, value(100, 2000), ages)), {"safe": False, "figures": [{"groups": [["AGE", "Y15-24"]], "what": "complement", "lower": 197}, {"groups": [["AGE", "Y15-24"]], "what": "numerator", "lower": 3, "upper": 3}]}, note="15–64 less 25–64")
    cross = [(F_, value(40, 500)), (M, GONE), ((("AGE", "Y_LT18"), ("SEX", "F")), value(20, 250)), ((("AGE", "Y_GE18"), ("SEX", "F")), value(20, 250))]
    a("crossing", whole(report(ID, value(44, 1000), [c for c in cross if c[0] != F_] + [(F_, GONE)])), {"safe": False, "verdicts": {"exact": 0, "safe": 0}}, note="women are the sum of women by age and of those of unknown age: 40 to 44; and men are 4 at most")
    count = "GBV-O-04"
    a("count", whole(report(count, {"kind": "value", "value": 30}, [(F_, GONE), (M, {"kind": "value", "value": 23})])), {"safe": False, "figures": [rest(7, "count", indicator=count), {"indicator": count, "what": "count", "lower": 0, "upper": 7, "if_complete": {"lower": 7, "upper": 7}, "verdict": "too_narrow"}]})
    shown = whole(report(ID, value(44, 1000), [(F_, GONE), (M, value(40, 500))]))
    a("previous-shows-it", whole(report(ID, value(44, 1000), [(F_, GONE), (M, GONE)])), {"safe": True, "verdicts": {"published_before": 5, "exact": 0, "safe": 0}}, shown, note="the earlier report showed men, and women by subtraction: nothing takes that back, and this report tells no more")
    a("previous-and-this", whole(report(ID, value(44, 1000), [(F_, GONE), (M, GONE)])), {"safe": False, "verdicts": {"published_before": 2, "too_narrow": 2, "unproven": 1}}, whole(report(ID, GONE, [(F_, GONE), (M, value(40, 500))])),
      note="the earlier report showed men and no total; this one shows the total, and with it women")
    a("previous-district-added", whole(report(ID, value(304, 2000), [])), {"safe": False, "figures": [{"what": "change of numerator", "lower": 4, "upper": 4, "verdict": "exact"}]}, whole(report(ID, value(300, 1980), [])), note="304 − 300: a district of 4 of 20 was added; the complement grew by 16")
    a("previous-same", whole(report(ID, value(300, 2000), [])), {"safe": True, "figures": []}, whole(report(ID, value(300, 2000), [])))
    a("other-threshold", whole(report(ID, value(6, 1000), [(F_, GONE), (M, GONE)]), k=5), {"safe": True, "threshold": 5})
    # what follows from a withheld figure stands in the report, although the sums tell nothing
    def leak(id_, what, number, change, group="F", note=None, follows=None, verdict=None):
        """`change` is put into the entry of women, or with "" for `group` into the indicator."""
        given = whole(report(ID, value(44, 1000) if group else GONE, [(F_, GONE), (M, GONE)]))
        indicator = given["places"][0]["indicators"][0]
        (indicator["groups"][0] if group else indicator).update(change)
        told_ = {"indicator": ID, "place": "X", "groups": [["SEX", group]] if group else [], "what": what, "lower": number or 0, "verdict": verdict or ("exact" if number is not None else "too_narrow")}
        if number is not None:
            told_["upper"] = number
        ends = {"complement": {"lower": 0, "verdict": "safe"}, "numerator": {"lower": 0, "verdict": "safe"}}
        sums = [{"indicator": ID, "place": "X", "groups": [["SEX", s]] if s else [], "what": w} | ends[w] for s in (["F", "M"] if group else ["", "F", "M"]) for w in ends]
        # the figure that it gives: least, most
        then = [told_ | {"what": f"value from {w}", "lower": low, "upper": high, "verdict": "exact" if low == high else "too_narrow"} for w, low, high in follows or []]
        figures = sorted([*sums, told_, *then], key=lambda x: (x["groups"], x["what"]))
        verdicts = {v: sum(f["verdict"] == v for f in figures) for v in ("exact", "too_narrow", "safe", "unproven")}
        f.add(id_, "disclosure.attack_report", {"report": given}, {"safe": False, "verdicts": verdicts, "figures": figures}, tol=1e-9, note=note)

    a("nothing-follows", whole(report(ID, GONE, [(F_, GONE), (M, GONE)])), {"safe": True, "verdicts": {"safe": 6}})
    leak("leak-score", "score", 93.5, {"score": 93.5}, note="goalposts, from 100 (0 points) to 0 (100 points), turn a score back into the figure", follows=[("score", 6.5, 6.5)])
    leak("leak-rank", "rank", 2, {"rank": 2})
    leak("leak-error", "error", 0.4, {"figure": GONE | {"se": 0.4}}, note="with the figure of the other group, a standard error tells the count")
    leak("leak-n", "n", 500, {"figure": GONE | {"denominator": 500}})
    leak("leak-percentage", "value", 0.8, {"figure": GONE | {"value": 0.8}})
    leak("leak-score-of-all", "score", 93.5, {"score": 93.5}, "", follows=[("score", 6.5, 6.5)])
    leak("leak-effective-n", "n", 31, {"figure": GONE | {"effective_n": 31}})
    leak("leak-number", "number", 0.3, {"figure": GONE | {"anything": 0.3}}, verdict="unproven", note="nobody here knows what it is: not safe")
    leak("leak-words", "text", None, {"figure": GONE | {"remark": "fewer than 5"}}, verdict="unproven")
    leak("leak-standing", "standing", None, {"standing": "below"}, "", note="on which side of the standard it lies")
    leak("leak-target", "target", None, {"target": {"value": 1, "operator": "<=", "met": False}}, "")
    leak("leak-change", "change", -0.4, {"change": {"since": "2019", "previous": 4.8, "absolute": -0.4}}, "", follows=[("change", 4.4, 4.4)])
    leak("leak-progress", "progress", 0.5, {"progress": {"achievement": {"status": "on_track", "raw": 0.5}}}, "")
    leak("leak-series", "value", 4.4, {"series": [{"period": "2020", "figure": {"kind": "suppressed", "value": 4.4}}]}, "")
    for id_, what, number, change in [("leak-gap", "gap", 0.8, {"gaps": [{"dimension": "SEX", "period": "2020", "worst": "M", "worst_value": 8, "best": "F", "best_value": 0.8}]}),
                                      ("leak-floor", "floor", 0.8, {"floor": {"dimension": "SEX", "group": "F", "period": "2020", "value": 0.8, "score": 99}})]:
        given = whole(report(ID, value(44, 1000), [(F_, GONE), (M, {"kind": "missing", "reason": "not_asked"})]))
        given["places"][0]["indicators"][0].update(change)
        a(id_, given, {"safe": False, "figures": [told("complement", 0, 956, "safe"), told(what, number, number, "exact"), told("numerator", 0, 44, "safe")]}, note="women are named although they are withheld")
    mean = whole(report(ID, GONE, []) | {"nodes": [{"kind": "module", "id": "HOU", "outcomes": {"score": 93.5, "coverage": 1, "n": 1, "of": 1}}]})
    mean["places"][0]["indicators"][0] |= {"module": "HOU", "result_level": "outcome"}
    a("leak-mean", mean, {"safe": False, "figures": [{"indicator": "HOU", "place": "X", "groups": [], "what": "mean", "lower": 93.5, "upper": 93.5, "verdict": "exact"}, {"indicator": ID, "what": "complement", "verdict": "safe"}, {"indicator": ID, "what": "numerator", "verdict": "safe"}]}, note="the mean of one score that is not shown")
    def open_(id_, given, expect, note, **more):
        f.add(id_, "disclosure.attack_report", {"report": given} | more, {"safe": False} | expect, tol=1e-9, note=note)

    def indicator(given):
        return given["places"][0]["indicators"][0]

    old, young, adult = (("AGE", "Y_GE65"),), (("AGE", "Y_LT18"),), (("AGE", "Y18-64"),)
    three = whole(report(ID, GONE, [(old, GONE), (adult, value(60, 1500)), (young, value(80, 1000))]))
    for measure, number, verdicts, note in [("theil", 0.2, {"unproven": 1}, "measured over all three, of which one is withheld"),
                                            ("difference", 7.5, {"too_narrow": 1}, "those that are shown are 8 − 4 = 4 apart: so the old have 8 − 7.5 = 0.5 or 4 + 7.5 = 11.5"),
                                            ("ratio", 16, {"too_narrow": 1}, "8/16 = 0.5, or 4·16 = 64")]:
        given = copy.deepcopy(three)
        indicator(given)["equality"] = {"dimension": "AGE", "period": "2020", "measures": [{"measure": measure, "value": number}]}
        open_(f"leak-equality-{measure}", given, {"verdicts": verdicts | {"safe": 4}}, note)
    given = copy.deepcopy(three)
    for group, rank in zip(indicator(given)["groups"], (2, 1, 3)):
        group["rank"] = rank
    open_("leak-rank-of-a-group", given, {"verdicts": {"exact": 1, "too_narrow": 1, "safe": 4}}, "the second of three lies between 4 and 8")
    given = copy.deepcopy(three)
    indicator(given)["gaps"] = [{"dimension": "AGE", "period": "2020", "worst": "Y_LT18", "best": "Y_GE65", "difference": 7.5}]
    open_("leak-gap-difference", given, {"verdicts": {"exact": 1, "too_narrow": 1, "safe": 4}}, "the best lies 7.5 below the worst, which is shown: 0.5; and that the old are the best is told as well")
    given = copy.deepcopy(three)
    indicator(given)["floor"] = {"dimension": "AGE", "group": "Y_LT18", "period": "2020", "value": 9, "score": 91}
    open_("leak-floor-of-another", given, {"verdicts": {"unproven": 1, "safe": 4}}, "children have 8, so 9 is somebody else's")
    given = copy.deepcopy(three)
    low, high = (float(x) for x in oracle.wilson_d(4, 304, 0.95))
    indicator(given)["groups"][0]["figure"] = GONE | {"lower": 100 * low, "upper": 100 * high}
    open_("leak-interval", given, {"verdicts": {"exact": 2, "too_narrow": 1, "safe": 4}}, "Wilson's interval of 4 of 304 gives 100·4/304, or its middle where it is another interval")
    given = copy.deepcopy(three)
    indicator(given)["disaggregation"] = [{"dimension": "AGE", "need": "required", "status": "have", "published": 2, "withheld": 1, "small": 1}]
    open_("leak-counts", given, {"verdicts": {"unproven": 1, "safe": 4}}, "how many for which reason is nobody's business")
    told_by = {"id": "HOU", "place": "X", "period": "2020", "result": 95.5, "steps": [], "contributions": [{"id": ID, "name": "", "weight": 0.5, "points": 48}]}
    open_("leak-contribution", three, {"verdicts": {"exact": 2, "unproven": 1, "safe": 4}}, "48 points with a weight of 0.5 are a score of 96, and that is a figure of 4; 47.5 points are somebody else's", explanations=[told_by])
    told_by = {"id": ID, "place": "X", "period": "2020", "steps": [{"clause": "0 figure", "text": "It is 4 out of 304.", "inputs": {}}]}
    open_("leak-words-of-an-explanation", three, {"verdicts": {"exact": 2, "safe": 4}}, "two numbers", explanations=[told_by])
    quarters = whole(report(count, {"kind": "value", "value": 100}, []))
    indicator(quarters)["series"] += [{"period": f"2020-Q{q}", "figure": {"kind": "value", "value": n} if n else GONE} for q, n in ((1, 30), (2, 0), (3, 41), (4, 25))]
    open_("year-less-quarters", quarters, {"figures": [{"indicator": count, "period": "2020-Q2", "what": "count", "lower": 4, "upper": 4, "verdict": "exact"}]}, "100 − 30 − 41 − 25")
    open_("unknown-indicator", whole(report("XXX-O-01", GONE, [])), {"figures": [{"indicator": "XXX-O-01", "what": "figure", "verdict": "unproven"}]}, "nobody knows how its figures sum")
    # three tables of two dimensions: the crossing of all three, which nobody shows, bounds them
    C, N = ("CITIZEN", "FOR"), ("CITIZEN", "NAT")
    Y, O = ("AGE", "Y_LT18"), ("AGE", "Y_GE18")
    w, m = ("SEX", "F"), ("SEX", "M")
    two = [((Y, w), GONE), ((O, w), GONE), ((Y, m), GONE), ((O, m), GONE)]
    two += [((C, w), value(0, 100)), ((N, w), value(50, 400)), ((C, m), value(40, 300)), ((N, m), value(0, 200))]
    two += [((Y, C), value(40, 200)), ((O, C), value(0, 200)), ((Y, N), value(0, 300)), ((O, N), value(50, 300))]
    singles = [((w,), value(50, 500)), ((m,), value(40, 500)), ((Y,), value(40, 500)), ((O,), value(50, 500)), ((C,), value(40, 400)), ((N,), value(50, 600))]
    only = {(Y, w): 0, (O, w): 50, (Y, m): 40, (O, m): 0}
    nothing = [{"groups": [list(g) for g in key], "what": what} | ({"lower": only[key], "upper": only[key], "verdict": "exact"} if what == "numerator" else {})
               for key in sorted(only) for what in ("complement", "numerator")]
    a("three-two-way-tables", whole(report(ID, value(90, 1000), [*two, *singles])), {"safe": False, "figures": nothing},
      note="sex by citizenship leaves foreign women none, age by citizenship leaves adult foreigners none: so all 40 are boys, and all 50 women are nationals and adults. Sex by age alone would leave 0 to 40")
    f.add("reject-internal", "disclosure.attack_report", {"report": whole() | {"provenance": {"threshold": 1, "audience": "internal"}}}, reject="release.internal-report")
    f.add("reject-no-report", "disclosure.attack_report", {"report": {"places": 3}}, reject="json.bad-shape")
    f.add("reject-previous", "disclosure.attack_report", {"report": whole(), "previous": {}}, reject="json.bad-shape")

    g = F("assess/previous", "A report after another one", "the method (section 8); worked by hand")

    def figures(total, groups):
        return {"places": [{"indicators": [{"id": ID, "figure": {"kind": total}, "groups": [{"groups": [["SEX", s]], "figure": {"kind": kind}} for s, kind in groups]}]}]}

    def r(id_, given, previous, expect, note):
        g.cases.append({"id": id_, "op": "assess", "input": {"observations": rows(*given), "plan": {"selection": [ID]}, "previous": previous}, "expect": expect, "tolerance": 0, "note": note})

    both = [share(ID, 304, 2000), share(ID, 204, 1000, SEX="F"), share(ID, 100, 1000, SEX="M")]
    r("small-change", both, whole(report(ID, value(300, 1996), [(F_, value(200, 996)), (M, value(100, 1000))])), figures("suppressed", [("F", "suppressed"), ("M", "value")]),
      "4 persons more among women, and so in the total: two reports would tell of these 4. Men were shown before, so hiding them protects nothing")
    r("no-change", both, whole(report(ID, value(304, 2000), [(F_, value(204, 1000)), (M, value(100, 1000))])), figures("value", [("F", "value"), ("M", "value")]), "the same figures again")
    r("large-change", both, whole(report(ID, value(204, 1000), [(F_, value(104, 500)), (M, value(100, 500))])), figures("value", [("F", "value"), ("M", "value")]), "100 of 1 000 more: nobody is told apart")
    small = [share(ID, 44, 1000), share(ID, 4, 500, SEX="F"), share(ID, 40, 500, SEX="M")]
    r("partner-was-shown", small, whole(report(ID, GONE, [(F_, GONE), (M, value(40, 500))])), figures("suppressed", [("F", "suppressed"), ("M", "value")]), "4 is small. Men were shown before, so the total goes instead")
    r("group-was-shown", small[:2], whole(report(ID, GONE, [(F_, GONE), (M, value(40, 500))])), figures("suppressed", [("F", "suppressed")]), "men are no longer in the file, and still known")
    three = [share(ID, 330, 3300), share(ID, 227, 2297, SEX="F")]
    r("small-change-of-the-rest", three, whole(report(ID, value(300, 3000), [(F_, value(200, 2000))])), figures("value", [("F", "suppressed")]),
      "30 more in all, 27 of them women: 3 others are left, although each figure changed by more than 10. One of the two goes")
    g.cases.append({"id": "reject-internal", "op": "assess", "input": {"observations": rows(*small), "previous": whole() | {"provenance": {"threshold": 1, "audience": "internal"}}}, "reject": "release.internal-report"})
    g.cases.append({"id": "reject-no-report", "op": "assess", "input": {"observations": rows(*small), "previous": []}, "reject": "json.bad-shape"})
