"""The disclosure operations once more, by brute force: every table of whole numbers that fits is listed, every choice of cells is tried.

Written from the method (section 8) and Hundepool et al. 2012, ch. 4. Slow on purpose; only for small tables.
"""

from __future__ import annotations

from fractions import Fraction

import oracle

BY_HAND = {"disclosure.attack_report"}


def reject(code):
    raise oracle.Reject(code)


def read_table(t):
    """Cells and equations (total, parts, constant)."""
    if set(t) - {"cells", "equations", "grid"}:
        reject("wire.unknown-field")
    if ("grid" in t) == ("cells" in t) or ("grid" in t and t.get("equations")):
        reject("disclosure.bad-table")
    if "grid" in t:
        grid = t["grid"]
        if len(grid) < 2 or len(grid[0]) < 2 or any(len(r) != len(grid[0]) for r in grid):
            reject("disclosure.bad-table")
        wide = len(grid[0])
        cells = [{"value": v, "suppressed": v is None} for r in grid for v in r]
        eqs = [(r * wide + wide - 1, [r * wide + c for c in range(wide - 1)], 0) for r in range(len(grid))]
        eqs += [((len(grid) - 1) * wide + c, [r * wide + c for r in range(len(grid) - 1)], 0) for c in range(wide)]
    else:
        cells = [dict(c) for c in t["cells"]]
        eqs = [(e["total"], list(e["parts"]), e.get("constant", 0)) for e in t.get("equations", [])]
    for c in cells:
        low, high = c.get("lower", 0), c.get("upper")
        if c.get("value") is None and not c.get("suppressed"):
            reject("disclosure.bad-table")
        if high is not None and high < low:
            reject("disclosure.bad-table")
        if c.get("suppressed") and c.get("value") is not None and (c["value"] < low or high is not None and c["value"] > high):
            reject("disclosure.bad-table")
    for total, parts, constant in eqs:
        members = [total, *parts]
        if any(not 0 <= m < len(cells) for m in members) or len(set(members)) < len(members):
            reject("disclosure.bad-table")
        values = [cells[m].get("value") for m in members]
        if None not in values and sum(values[1:]) + constant != values[0]:
            reject("disclosure.not-additive")
    return cells, eqs


def tables(cells, eqs, hidden, most):
    """All assignments of the hidden cells, each between its ends (or 0 and `most`)."""
    ends = {h: (cells[h].get("lower", 0), cells[h]["upper"] if cells[h].get("upper") is not None else most) for h in hidden}
    value = {i: c.get("value") for i, c in enumerate(cells) if i not in ends}

    def settle(known):
        """Fills in what an equation with one unknown says; None when something does not fit."""
        known = dict(known)
        moved = True
        while moved:
            moved = False
            for total, parts, constant in eqs:
                open_ = [m for m in (total, *parts) if m not in known]
                if len(open_) > 1:
                    continue
                if not open_:
                    if sum(known[p] for p in parts) + constant != known[total]:
                        return None
                    continue
                one = open_[0]
                x = sum(known[p] for p in parts) + constant if one == total else known[total] - constant - sum(known[p] for p in parts if p != one)
                if not ends[one][0] <= x <= ends[one][1]:
                    return None
                known[one] = x
                moved = True
        return known

    def walk(known):
        known = settle(known)
        if known is None:
            return
        left = [h for h in ends if h not in known]
        if not left:
            yield known
            return
        # a part that stands in an equation with a known total first: its range is small
        def room(h):
            low, high = ends[h]
            for total, parts, constant in eqs:
                if h in parts and total in known:
                    others = sum(known[p] if p in known else ends[p][0] for p in parts if p != h)
                    high = min(high, known[total] - constant - others)
            return range(low, high + 1)

        one = min(left, key=lambda h: (len(room(h)), h))
        for x in room(one):
            yield from walk({**known, one: x})

    yield from walk(value)


def components(eqs, hidden):
    left, made = set(hidden), []
    while left:
        group, queue = set(), [min(left)]
        while queue:
            h = queue.pop()
            if h in group:
                continue
            group.add(h)
            for total, parts, _ in eqs:
                if h in (total, *parts):
                    queue += [m for m in (total, *parts) if m in left and m not in group]
        left -= group
        made.append(sorted(group))
    return made


def deduce(cells, eqs, hidden, rule):
    """Lowest and highest of each hidden cell; highest None when there is no end."""
    known = sum(abs(c["value"]) for i, c in enumerate(cells) if c.get("value") is not None and i not in hidden) + sum(abs(e[2]) for e in eqs) + 1
    out = {}
    for group in components(eqs, hidden):
        # equations of this group alone
        mine = [e for e in eqs if any(m in group for m in (e[0], *e[1]))]
        found = {}
        for most in (known + 3, known + 7) if any(cells[h].get("upper") is None for h in group) else (0,):
            ends, ruled = {}, {}
            for t in tables(cells, mine, set(group), most):
                small = rule is None or any((0 if rule.get("zero") else 1) <= t[h] < rule["threshold"] for h in group)
                for into in [ends, ruled] if small else [ends]:
                    for h in group:
                        low, high = into.get(h, (t[h], t[h]))
                        into[h] = (min(low, t[h]), max(high, t[h]))
            if not ends:
                reject("disclosure.not-additive")
            found[most] = ruled or ends
        first, last = list(found.values())[0], list(found.values())[-1]
        for h in group:
            # what grows with the room that it is given has no end
            out[h] = (last[h][0], None if last[h][1] > first[h][1] else last[h][1])
    return out


def wide_enough(cell, width, low, high):
    width = width if cell.get("width") is None else cell["width"]
    if high is not None and high - low < width:
        return False
    v = cell.get("value")
    return v is None or (v - low >= cell.get("below", 0) and (high is None or high - v >= cell.get("above", 0)))


def asks(cell, width):
    return (width if cell.get("width") is None else cell["width"]) > 0 or cell.get("below", 0) > 0 or cell.get("above", 0) > 0


def verdict(cell, width, low, high):
    if not asks(cell, width):
        return "safe"
    if low == high:
        return "exact"
    return "safe" if wide_enough(cell, width, low, high) else "too_narrow"


def check_rule(r):
    rule = r.get("rule")
    if rule is not None and rule["threshold"] == 0:
        reject("disclosure.bad-rule")
    if isinstance(r["width"], bool) or not isinstance(r["width"], int) or r["width"] < 0:
        reject("wire.bad-request")
    return rule


def attack(r):
    cells, eqs = read_table(r["table"])
    rule = check_rule(r)
    hidden = {i for i, c in enumerate(cells) if c.get("suppressed")}
    ends = deduce(cells, eqs, hidden, rule)
    out = [{"cell": h, "lower": ends[h][0], "upper": ends[h][1], "proven": True, "verdict": verdict(cells[h], r["width"], *ends[h])} for h in sorted(ends)]
    return {"safe": all(d["verdict"] == "safe" for d in out), "cells": out}


def protect(r):
    cells, eqs = read_table(r["table"])
    width, rule = r["width"], check_rule(r)
    first = r.get("primary")
    for i, c in enumerate(cells):
        if c.get("value") is None:
            reject("disclosure.bad-table")
        if first and not c.get("fixed") and 0 <= c["value"] < first["threshold"] and (first.get("zero") or c["value"] > 0):
            c["suppressed"] = True
        c.setdefault("bundle", None)
    bundles = {}
    for i, c in enumerate(cells):
        bundles.setdefault(("name", c["bundle"]) if c["bundle"] is not None else ("cell", i), []).append(i)
    cost = lambda i: cells[i]["cost"] if cells[i].get("cost") is not None else max(abs(cells[i]["value"]), 1)  # noqa: E731
    hidden = {i for members in bundles.values() if any(cells[m].get("suppressed") for m in members) for i in members}
    open_ = [m for m in bundles.values() if not set(m) & hidden and not any(cells[i].get("fixed") for i in m)]
    best = []
    # cheapest choices first
    choices = sorted((sum(cost(i) for m, bit in zip(open_, bits) if bit for i in m), bits) for bits in all_bits(len(open_)))
    for lost, bits in choices:
        if best and lost > best[0][0]:
            break
        all_hidden = hidden | {i for m, bit in zip(open_, bits) if bit for i in m}
        if any(sum(m in all_hidden for m in (e[0], *e[1])) == 1 and asks(cells[next(m for m in (e[0], *e[1]) if m in all_hidden)], width) for e in eqs):
            continue
        ends = deduce(cells, eqs, all_hidden, rule)
        if all(not asks(cells[h], width) or low != high and wide_enough(cells[h], width, low, high) for h, (low, high) in ends.items()):
            best.append((lost, all_hidden))
    if not best:
        raise oracle.NotCovered("nothing protects this table")
    out = {"cost": best[0][0], "proven_optimal": True, "safe": True, "exposed": []}
    if len(best) == 1:
        out["suppressed"] = [i in best[0][1] for i in range(len(cells))]
    return out


def all_bits(n):
    return [[k >> b & 1 for b in range(n)] for k in range(1 << n)]


def rounded(r):
    base = r["base"]
    if base < 2:
        reject("disclosure.bad-rule")
    cells, eqs = read_table(r["table"])
    values = [c["value"] for c in cells]
    if None in values:
        reject("disclosure.bad-table")
    spare = [i for i, v in enumerate(values) if v % base]
    best = []
    for bits in all_bits(len(spare)):
        out = [v - v % base for v in values]
        for i, bit in zip(spare, bits):
            out[i] += base * bit
        if all(sum(out[p] for p in parts) + constant == out[total] for total, parts, constant in eqs):
            best.append((sum(abs(a - b) for a, b in zip(out, values)), out))
    if not best:
        return {"additive": False, "values": [base * round(Fraction(v, base)) for v in values]}
    best.sort()
    # where several are as near, the vector asks only that the answer sums
    return {"additive": True} | ({"values": best[0][1]} if len(best) == 1 or best[1][0] > best[0][0] else {})


def cell_key(r):
    p = r["perturbation"]
    rows, repeat = p["rows"], p["repeat"]
    if not rows or not rows[0] or any(len(x) != len(rows[0]) for x in rows) or not 1 <= repeat <= len(rows):
        reject("disclosure.bad-rule")
    if any(x for x in rows[0]) or any(x < -n for n, row in enumerate(rows) for x in row):
        reject("disclosure.bad-rule")
    n, key = len(r["record_keys"]), sum(r["record_keys"]) % len(rows[0])
    at = n
    while at >= len(rows):
        at -= repeat
    return {"value": n + rows[at][key]}


def dominance(r):
    given, rules = r["magnitude"], r["rules"]
    p, n, k = rules.get("p"), rules.get("n"), rules.get("k")
    if p is None and n is None and k is None or p is not None and p <= 0 or (n is None) != (k is None) or n is not None and (n < 1 or not 0 < k < 100):
        reject("disclosure.bad-rule")
    x = sorted((Fraction(v) for v in given.get("contributions", [])), reverse=True)
    if any(v < 0 for v in x):
        reject("disclosure.bad-table")
    total = Fraction(given["total"]) if given.get("total") is not None else sum(x, Fraction(0))
    if total < sum(x) or total > sum(x) and len(x) < max(n or 0, 2 if p is not None else 0):
        reject("disclosure.bad-table")
    out, needs = {"withheld": False}, [Fraction(0)]
    if p is not None:
        # what is left when the second largest takes its own part and guesses the largest
        gap = Fraction(p) / 100 * sum(x[:1]) - (total - sum(x[:2]))
        out["p_percent"] = bool(total > 0 and gap > 0)
        needs.append(gap)
    if n is not None:
        gap = Fraction(100) / Fraction(k) * sum(x[:n]) - total
        out["dominance"] = bool(total > 0 and gap > 0)
        needs.append(gap)
    out["withheld"] = out.get("p_percent", False) or out.get("dominance", False)
    out["protection"] = float(max(needs)) if out["withheld"] else 0
    return out


OPERATIONS = {
    "disclosure.attack": attack,
    "disclosure.protect": protect,
    "disclosure.round": rounded,
    "disclosure.cell_key": cell_key,
    "disclosure.dominance": dominance,
}
