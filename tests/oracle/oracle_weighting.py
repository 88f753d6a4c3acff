"""Weights by participation: the second opinion.

Written from the method (section 4), Saaty 1980, Rezaei 2016, Kendall & Babington Smith 1939. The best-worst weights come from its
linear programme, solved by a simplex of exact fractions; the eigenvector from a plain power iteration with 60 digits.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

from oracle import SLACK, D, Reject, erf
from oracle_aggregation import number, numbers

SAATY = [0, 0, "0.58", "0.90", "1.12", "1.24", "1.32", "1.41", "1.45", "1.49"]


def criteria_of(names):
    if not isinstance(names, list) or any(not isinstance(n, str) for n in names):
        raise Reject("wire.bad-request")
    if not names or len(set(names)) != len(names):
        raise Reject("weighting.bad-criteria")
    return names


def seat(panel, participants):
    """The share of each participant, and the sides with weight and members."""
    criteria_of(panel["criteria"])
    if not participants:
        raise Reject("weighting.no-participants")
    declared = panel.get("sides") or []
    ids = [s["id"] for s in declared]
    if len(set(ids)) != len(ids) or any(s.get("weight", 1) < 0 for s in declared):
        raise Reject("weighting.bad-side")
    spoken = [p.get("side") for p in participants]
    if not declared and not any(spoken):
        return [Decimal(1) / len(participants)] * len(participants), [], {}
    weight = {s["id"]: D(s.get("weight", 1)) for s in declared} or {s: Decimal(1) for s in spoken if s}
    if any(s not in weight for s in spoken):
        raise Reject("weighting.bad-side")
    there = sum((w for s, w in weight.items() if s in spoken), Decimal(0))
    if there == 0:
        raise Reject("weighting.bad-side")
    sides = [(s, weight[s] / there if s in spoken else Decimal(0), spoken.count(s)) for s in sorted(weight)]
    part = {s: w / n for s, w, n in sides if n}
    absent = sum(1 for _, _, n in sides if not n)
    return [part[s] for s in spoken], sides, {"weighting.absent-side": absent} if absent else {}


def unit(xs):
    total = sum(xs)
    return [x / total for x in xs]


def kendall(raters):
    if any(len(r) != len(raters[0]) for r in raters):
        raise Reject("aggregate.unequal-lengths")
    m, n = len(raters), len(raters[0]) if raters else 0

    def tied(a, b):
        return abs(a - b) <= SLACK

    totals, ties = [Fraction(0)] * n, 0
    for r in raters:
        for j, x in enumerate(r):
            equal = sum(tied(x, y) for y in r)
            totals[j] += 1 + sum(y < x and not tied(x, y) for y in r) + Fraction(equal - 1, 2)
            ties += equal * equal - 1  # each of t tied adds t² − 1: together t³ − t
    below = m * m * (n**3 - n) - m * ties
    if m < 2 or n < 2 or below == 0:
        return None
    s = sum(t * t for t in totals) - sum(totals) ** 2 / n
    w = 12 * s / below
    chi = m * (n - 1) * w
    return {"w": float(w), "chi_square": float(chi), "df": n - 1, "p": float(survival(Decimal(chi.numerator) / chi.denominator, n - 1)), "raters": m, "items": n}


def survival(x, df):
    """The closed forms: a finite sum for even degrees, an error function and a finite sum for odd ones."""
    h = x / 2
    total = Decimal(0) if df % 2 == 0 else 1 - erf(h.sqrt())
    k = Decimal(0) if df % 2 == 0 else Decimal("0.5")
    term = (-h).exp() if df % 2 == 0 else (-h).exp() * (h / Decimal("3.14159265358979323846264338327950288419716939937510582097494")).sqrt() * 2
    while k < Decimal(df) / 2:
        total += term
        k += 1
        term *= h / k
    return min(total, Decimal(1))


def elicited(r, priorities, seated, method, group=None, found=None, **more):
    panel = r["panel"]
    shares, sides, absent = seated
    n, m = len(panel["criteria"]), len(priorities)
    weights = group or unit([sum(s * p[j] for s, p in zip(shares, priorities)) for j in range(n)])
    spread = []
    for j in range(n):
        column = [p[j] for p in priorities]
        mean = sum(column) / m
        spread.append({"min": float(min(column)), "max": float(max(column)), "mean": float(mean), "sd": float((max(sum(x * x for x in column) / m - mean * mean, Decimal(0))).sqrt())})
    least = panel.get("smallest_side_shown")
    open_ = {side for side, _, count in sides if least is not None and count >= max(1, least)}
    closed = [side for side, w, count in sides if w > 0 and count and side not in open_]
    if len(closed) == 1:
        # the total less the others would be the one: a second is closed, the smallest
        open_ -= {side for _, side in sorted((count, side) for side, w, count in sides if w > 0 and side in open_)[:1]}
    shown = []
    for side, _, count in sides:
        own = [p for p, q in zip(priorities, r["participants"]) if q.get("side") == side]
        own = [float(sum(p[j] for p in own) / count) for j in range(n)] if side in open_ else None
        shown.append({"side": side, "participants": count, "weights": own})
    counts = {k: v for k, v in {**absent, **(found or {})}.items() if v}
    return {
        "weight_set": {
            "weights": [{"criterion": c, "weight": float(w)} for c, w in zip(panel["criteria"], weights)],
            "provenance": {
                "method": method,
                "when": panel["when"],
                "participants": m,
                "sides": [{"side": s, "weight": float(w), "participants": c} for s, w, c in sides] or None,
                "concordance": kendall(priorities),
                "spread": spread,
                "note": panel.get("note"),
            },
        },
        "sides": shown or None,
        "findings": {"counts": counts} if counts else None,
    } | more


def points(r, check, method):
    seated = seat(r["panel"], r["participants"])
    priorities = []
    for p in r["participants"]:
        given = numbers(p["points"])
        if len(given) != len(r["panel"]["criteria"]):
            raise Reject("aggregate.unequal-lengths")
        if any(x < 0 for x in given):
            raise Reject("weighting.bad-points")
        check(given)
        priorities.append(unit(given))
    return elicited(r, priorities, seated, method)


def budget(r):
    whole = number(r["budget"])
    if whole <= 0:
        raise Reject("weighting.bad-points")

    def check(given):
        if abs(sum(given) - whole) > SLACK * whole:
            raise Reject("weighting.points-sum")

    return points(r, check, "budget_allocation")


def swing(r):
    top = number(r["top"])

    def check(given):
        if abs(max(given) - top) > SLACK * top:
            raise Reject("weighting.bad-points")

    return points(r, check, "swing")


# ---- comparisons in pairs ------------------------------------------------------------------------------------------


def read_matrix(p, n):
    if (p.get("matrix") is None) == (p.get("upper") is None):
        raise Reject("weighting.bad-matrix")
    if p.get("upper") is not None:
        up = numbers(p["upper"])
        if len(up) != n * (n - 1) // 2 or any(a <= 0 for a in up):
            raise Reject("weighting.bad-matrix")
        rest = iter(up)
        above = {(i, j): next(rest) for i in range(n) for j in range(i + 1, n)}
        return [[Decimal(1) if i == j else above[i, j] if i < j else 1 / above[j, i] for j in range(n)] for i in range(n)]
    rows = [numbers(row) for row in p["matrix"]]
    if len(rows) != n or any(len(row) != n for row in rows) or any(a <= 0 for row in rows for a in row):
        raise Reject("weighting.bad-matrix")
    if any(abs(rows[i][j] * rows[j][i] - 1) > SLACK for i in range(n) for j in range(n)):
        raise Reject("weighting.bad-matrix")
    return rows


def eigen(a):
    w = unit([Decimal(1)] * len(a))
    for _ in range(100_000):
        after = unit([sum(x * y for x, y in zip(row, w)) for row in a])
        if max(abs(x - y) for x, y in zip(w, after)) < Decimal("1e-40"):
            return after
        w = after
    raise ArithmeticError("no convergence")


def weights_of(a, rule):
    if rule == "geometric_mean":
        return unit([math.prod(row, start=Decimal(1)) ** (Decimal(1) / len(row)) for row in a])
    return eigen(a)


def consistency(a, w, names, rules):
    n = len(a)
    v = eigen(a)
    # by the first row: λ = (A·v)₁/v₁
    peak = sum(x * y for x, y in zip(a[0], v)) / v[0]
    if n <= 2:
        return {"lambda_max": float(n), "ci": 0.0, "cr": 0.0, "inconsistent": None}
    table = rules.get("random_index") or SAATY
    if n > len(table):
        raise Reject("weighting.no-random-index")
    ci = (peak - n) / (n - 1)
    cr = ci / Decimal(table[n - 1])
    named = None
    if cr > D(rules["largest_ratio"]) + SLACK:
        off = {(i, j): max(q := a[i][j] * w[j] / w[i], 1 / q).ln() for i in range(n) for j in range(i + 1, n)}
        named = [{"first": names[i], "second": names[j]} for (i, j), x in off.items() if x >= max(off.values()) - SLACK]
    return {"lambda_max": float(peak), "ci": float(ci), "cr": float(cr), "inconsistent": named}


def ahp(r):
    rules, names = r["rules"], r["panel"]["criteria"]
    if rules["largest_ratio"] < 0:
        raise Reject("aggregate.bad-parameter")
    seated = seat(r["panel"], r["participants"])
    rule = rules.get("priority", "eigenvector")
    matrices = [read_matrix(p, len(names)) for p in r["participants"]]
    priorities = [weights_of(a, rule) for a in matrices]
    each = [consistency(a, w, names, rules) for a, w in zip(matrices, priorities)]
    group, one, said = None, None, sum(1 for e in each if e["inconsistent"])
    if rules.get("aggregation") == "judgements":
        n = len(names)
        merged = [[math.prod((a[i][j] ** s for a, s in zip(matrices, seated[0])), start=Decimal(1)) for j in range(n)] for i in range(n)]
        group = weights_of(merged, rule)
        one = consistency(merged, group, names, rules)
        said += 1 if one["inconsistent"] else 0
    method = "ahp_geometric_mean" if rule == "geometric_mean" else "ahp_eigenvector"
    made = elicited(r, priorities, seated, method, group, {"weighting.inconsistent": said}, ahp=each, ahp_group=one)
    made["weight_set"]["provenance"]["aggregation"] = rules.get("aggregation", "priorities")
    return made


# ---- best and worst ------------------------------------------------------------------------------------------------


def simplex(rows, cost):
    """Minimises cost · x over rows [coefficients, right side] with x ≥ 0; each row is an equality and names its basic column."""
    while True:
        leaving = entering = None
        reduced = [c - sum(cost[b] * row[j] for row, b in rows) for j, c in enumerate(cost)]
        entering = next((j for j, c in enumerate(reduced) if c < 0), None)
        if entering is None:
            return rows
        ratios = [(row[-1] / row[entering], b, k) for k, (row, b) in enumerate(rows) if row[entering] > 0]
        leaving = min(ratios)[2]
        pivot = rows[leaving][0][entering]
        new = [x / pivot for x in rows[leaving][0]]
        rows = [(new, entering) if k == leaving else ([x - row[entering] * y for x, y in zip(row, new)], b) for k, (row, b) in enumerate(rows)]


def best_worst_weights(best, worst, from_best, to_worst):
    """min ξ: ±(w_B − a_Bj w_j) ≤ ξ, ±(w_j − a_jW w_W) ≤ ξ, Σw = 1, w ≥ 0, by Bland's rule in two phases."""
    n = len(from_best)
    conditions = []
    for j in range(n):
        for sign in (1, -1):
            for plus, factor, minus in ((best, Fraction(from_best[j]), j), (j, Fraction(to_worst[j]), worst)):
                row = [Fraction(0)] * (n + 1)
                row[plus] += sign
                row[minus] -= sign * factor
                row[n] = Fraction(-1)
                conditions.append(row)
    k = len(conditions)
    wide = n + 1 + k + 1
    rows = []
    for i, row in enumerate(conditions):
        rows.append((row + [Fraction(int(i == c)) for c in range(k)] + [Fraction(0), Fraction(0)], n + 1 + i))
    rows.append(([Fraction(1)] * n + [Fraction(0)] * (1 + k) + [Fraction(1), Fraction(1)], wide - 1))
    rows = simplex(rows, [Fraction(0)] * (wide - 1) + [Fraction(1)])
    # the artificial column stays out from here on
    rows = [(row[:-2] + [Fraction(0), row[-1]], b) for row, b in rows if b != wide - 1]
    rows = simplex(rows, [Fraction(int(j == n)) for j in range(wide)])
    value = {b: row[-1] for row, b in rows}
    return [value.get(j, Fraction(0)) for j in range(n)], value.get(n, Fraction(0))


def best_worst(r):
    names = r["panel"]["criteria"]
    limit = r.get("largest_ratio")
    if limit is not None and limit < 0:
        raise Reject("aggregate.bad-parameter")
    seated = seat(r["panel"], r["participants"])
    priorities, each, said = [], [], 0
    for p in r["participants"]:
        b, w = p["best"], p["worst"]
        bo, ow = p["best_to_others"], p["others_to_worst"]
        if b not in names or w not in names or b == w and len(names) > 1 or len(bo) != len(names) or len(ow) != len(names):
            raise Reject("weighting.bad-comparison")
        i, k = names.index(b), names.index(w)
        if min(numbers(bo) + numbers(ow)) < 1 or bo[i] != 1 or ow[k] != 1 or bo[k] != ow[i]:
            raise Reject("weighting.bad-comparison")
        weights, xi = best_worst_weights(i, k, bo, ow)
        priorities.append([Decimal(x.numerator) / x.denominator for x in weights])
        whole = Fraction(bo[k])
        off = {j: abs(Fraction(bo[j]) * Fraction(ow[j]) - whole) for j in range(len(names)) if j not in (i, k)}
        most = max(off.values(), default=Fraction(0))
        ratio = Fraction(0) if most == 0 else most / (whole * whole - whole) if whole > 1 else None
        above = limit is not None and (ratio is None or ratio > Fraction(limit))
        named = [names[j] for j, x in off.items() if x == most] if above else None
        said += 1 if named else 0
        each.append({"xi": float(xi), "input_ratio": None if ratio is None else float(ratio), "inconsistent": named})
    return elicited(r, priorities, seated, "best_worst", None, {"weighting.inconsistent": said}, best_worst=each)


# ---- the sets themselves -------------------------------------------------------------------------------------------


def equal(r):
    names = criteria_of(r["criteria"])
    weights = [{"criterion": c, "weight": 1 / len(names)} for c in names]
    return {"weights": weights, "provenance": {"method": "equal", "when": r["when"], "participants": 0, "note": r.get("note")}}


def check(r):
    weights = [number(w["weight"]) for w in r["weights"]]
    criteria_of([w["criterion"] for w in r["weights"]])
    if any(not 0 <= w <= 1 for w in weights) or abs(sum(weights) - 1) > SLACK:
        raise Reject("weighting.bad-weights")
    return {"weights": r["weights"], "provenance": r["provenance"]}


OPERATIONS = {
    "weighting.equal": equal,
    "weighting.budget": budget,
    "weighting.swing": swing,
    "weighting.ahp": ahp,
    "weighting.best_worst": best_worst,
    "weighting.kendall": lambda r: {"concordance": kendall([numbers(x) for x in r["raters"]])},
    "weighting.check": check,
}
