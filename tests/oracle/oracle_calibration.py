"""Calibrated weights a second time (Deville & Särndal 1992): linear weights in exact fractions, also between bounds; raking and logit by Newton's
rule with 60 digits. Used by oracle_survey.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

from oracle import Reject

SAME = Fraction(1, 10**9)
STEPS = 400


def check(c):
    """What of design.calibration cannot be carried out whatever the rows are."""

    def bad(condition):
        if condition:
            raise Reject("survey.bad-plan")

    method, bounds, margins, numbers = c.get("method", "linear"), c.get("bounds"), c.get("margins", []), c.get("numbers", [])
    if method not in ("linear", "raking", "logit"):
        raise Reject("wire.bad-request")
    bad(not margins and not numbers)
    bad(method == "logit" and not bounds)
    bad(method == "raking" and bounds)
    if bounds:
        low, high = Fraction(bounds["lower"]), Fraction(bounds["upper"])
        bad(not low < 1 < high)
    sums = []
    for m in margins:
        bad(not m["totals"] or len(set(m["by"])) != len(m["by"]))
        bad(any(len(t["codes"]) != len(m["by"]) for t in m["totals"]))
        bad(len({tuple(t["codes"]) for t in m["totals"]}) != len(m["totals"]))
        bad(any(t["total"] <= 0 for t in m["totals"]))
        sums.append(sum(Fraction(t["total"]) for t in m["totals"]))
    bad(any(abs(s - sums[0]) > SAME * sums[0] for s in sums))


def needed(c):
    return {d for m in c.get("margins", []) for d in m["by"]} | {n["column"] for n in c.get("numbers", [])}


def constraints(c, columns, rows):
    """Of each row its x, and the known totals of x."""
    x, totals = [[] for _ in range(rows)], []
    for m in c.get("margins", []):
        if any(columns[d][r] is None for r in range(rows) for d in m["by"]):
            raise Reject("survey.missing-design-value")
        cells = {tuple(t["codes"]): k for k, t in enumerate(m["totals"])}
        for r in range(rows):
            cell = tuple(str(columns[d][r]) for d in m["by"])
            if cell not in cells:
                raise Reject("survey.no-population-total")
            x[r] += [Fraction(k == cells[cell]) for k in range(len(cells))]
        totals += [Fraction(t["total"]) for t in m["totals"]]
    for n in c.get("numbers", []):
        if any(v is None for v in columns[n["column"]]):
            raise Reject("survey.missing-design-value")
        for r in range(rows):
            x[r].append(Fraction(columns[n["column"]][r]))
        totals.append(Fraction(n["total"]))
    return x, totals


def dot(a, b):
    return sum((p * q for p, q in zip(a, b) if p and q), start=0 * a[0] if a else Fraction(0))


def gram(x, w):
    p = len(x[0])
    return [[sum(wk * row[i] * row[j] for row, wk in zip(x, w) if wk and row[i] and row[j]) for j in range(p)] for i in range(p)]


def reduced(x, totals, d):
    """The constraints that do not follow from those before them; the others have to agree with them."""
    full = gram(x, d)
    # rows of the elimination: (what is left of the row, the same combination of the totals)
    left, kept = [], []
    for j in range(len(totals)):
        # x_j less its part in those kept, by the Gram matrix: coefficients over all constraints
        combination = [Fraction(i == j) for i in range(len(totals))]
        for pivot, row, coefficients in left:
            value = dot(combination, [full[i][pivot] for i in range(len(totals))])
            share = value / row
            combination = [a - share * b for a, b in zip(combination, coefficients)]
        norm = dot(combination, [full[i][j] for i in range(len(totals))])
        if norm:
            left.append((j, norm, combination))
            kept.append(j)
        else:
            parts = [a * t for a, t in zip(combination, totals)]
            if abs(sum(parts)) > SAME * sum(map(abs, parts)):
                raise Reject("survey.calibration-not-reached")
    return [[row[j] for j in kept] for row in x], [totals[j] for j in kept]


def solve(a, b):
    """A⁻¹b, of fractions or decimals; None where A has no inverse."""
    n = len(b)
    rows = [list(row) + [value] for row, value in zip(a, b)]
    for i in range(n):
        at = max(range(i, n), key=lambda k: abs(rows[k][i]))
        if not rows[at][i]:
            return None
        rows[i], rows[at] = rows[at], rows[i]
        rows[i] = [v / rows[i][i] for v in rows[i]]
        for k in range(n):
            if k != i and rows[k][i]:
                rows[k] = [v - rows[k][i] * w for v, w in zip(rows[k], rows[i])]
    return [row[n] for row in rows]


class Curve:
    """F with its slope and its integral, of decimals."""

    def __init__(self, method, bounds):
        self.method = method
        self.low, self.high = (Decimal(bounds["lower"]), Decimal(bounds["upper"])) if bounds else (None, None)

    def at(self, u):
        """(integral, F, slope)"""
        if self.method == "raking":
            e = u.exp()
            return e, e, e
        low, high = self.low, self.high
        if self.method == "logit":
            a, b = high - 1, 1 - low
            k = (high - low) / (a * b)
            e = (k * u).exp()
            f = (low * a + high * b * e) / (a + b * e)
            return low * u + (high - low) / k * (a + b * e).ln(), f, k * (f - low) * (high - f) / (high - low)
        if 1 + u < low:
            return low * u - (low - 1) ** 2 / 2, low, Decimal(0)
        if 1 + u > high:
            return high * u - (high - 1) ** 2 / 2, high, Decimal(0)
        return u + u * u / 2, 1 + u, Decimal(1)


def newton(curve, x, totals, d):
    """λ at the least of Σ d·G(x'λ) − T'λ, which is convex: near it with few digits, then with 75."""
    near = descent(curve, x, totals, d, [Decimal(0)] * len(totals), 28, 20) or [Decimal(0)] * len(totals)
    made = descent(curve, x, totals, d, near, 75, 60)
    if made is None:
        raise Reject("survey.calibration-not-reached")
    return made


def descent(curve, x, totals, d, l, digits, wanted):
    """Newton's rule, the step halved until it goes down enough; None where it comes to no end."""
    with localcontext() as c:
        c.prec = digits
        close, small = Decimal(10) ** -wanted, Decimal(10) ** (10 - wanted)
        decimal = lambda f: Decimal(f.numerator) / Decimal(f.denominator)  # noqa: E731
        x, totals, d = [[decimal(v) for v in row] for row in x], [decimal(t) for t in totals], [decimal(v) for v in d]
        used = [k for k in range(len(d)) if d[k]]
        x, d = [x[k] for k in used], [d[k] for k in used]
        base = gram(x, d)
        sizes = [sum(abs(dk * row[j]) for row, dk in zip(x, d)) + abs(t) for j, t in enumerate(totals)]

        def value(l):
            u = [dot(l, row) for row in x]
            if curve.method != "linear" and max(map(abs, u)) > 10**6:
                return None
            parts = [curve.at(v) for v in u]
            return sum(dk * p[0] for dk, p in zip(d, parts)) - dot(l, totals), parts

        at, parts = value(l)
        for _ in range(STEPS if curve.method != "linear" else 60):
            misfit = [t - sum(dk * p[1] * row[j] for dk, p, row in zip(d, parts, x)) for j, t in enumerate(totals)]
            if all(abs(m) <= close * s for m, s in zip(misfit, sizes)):
                return l
            hessian = gram(x, [dk * p[2] for dk, p in zip(d, parts)])
            # where all of a category is at a bound, a little of the unbounded slope
            step = solve([[h + Decimal("1e-8") * b for h, b in zip(r, s)] for r, s in zip(hessian, base)] if curve.method == "linear" and stuck(hessian, base, small) else hessian, misfit)
            if step is None:
                return None
            slope, t = dot(step, misfit), Decimal(1)
            while True:
                moved = [a + t * b for a, b in zip(l, step)]
                made = value(moved)
                # below the last digits a full step is taken as it is
                if made is not None and (made[0] <= at - t * slope / 10**4 or t == 1 and slope <= small * (abs(at) + 1)):
                    break
                t /= 2
                if t < Decimal("1e-40"):
                    return None
            l, (at, parts) = moved, made
    return None


def stuck(hessian, base, small):
    made = [list(r) for r in hessian]
    for i in range(len(made)):
        at = max(range(i, len(made)), key=lambda k: abs(made[k][i]))
        if abs(made[at][i]) <= small * base[i][i]:
            return True
        made[i], made[at] = made[at], made[i]
        for k in range(i + 1, len(made)):
            f = made[k][i] / made[i][i]
            made[k] = [a - f * b for a, b in zip(made[k], made[i])]
    return False


def bounded(x, totals, d, bounds):
    """Which weights stand at a bound, by Newton's rule; then all in fractions."""
    low, high = Fraction(bounds["lower"]), Fraction(bounds["upper"])
    l = [Fraction(v) for v in newton(Curve("linear", bounds), x, totals, d)]
    near = Fraction(1, 10**40)
    u = [1 + dot(l, row) for row in x]
    fixed = [low if v <= low + near else high if v >= high - near else None for v in u]
    rest = [t - sum(dk * row[j] * (1 if f is None else f) for dk, row, f in zip(d, x, fixed)) for j, t in enumerate(totals)]
    free = [dk if f is None else Fraction(0) for dk, f in zip(d, fixed)]
    own, left = reduced(x, rest, free) if any(free) else ([[] for _ in x], [])
    b = solve(gram(own, free), left) if left else []
    g = [1 + sum(p * q for p, q in zip(b, row)) if f is None else f for row, f in zip(own, fixed)]
    if any(not low <= v <= high for v, dk in zip(g, d) if dk):
        raise ArithmeticError("bounds")
    if any(abs(sum(dk * v * row[j] for dk, v, row in zip(d, g, x)) - t) > SAME * abs(t) for j, t in enumerate(totals)):
        raise Reject("survey.calibration-not-reached")
    return g


def factors(c, x, totals, d):
    """g of each row."""
    method, bounds = c.get("method", "linear"), c.get("bounds")
    if method == "linear" and not bounds:
        b = solve(gram(x, d), [t - sum(dk * row[j] for dk, row in zip(d, x)) for j, t in enumerate(totals)])
        return [1 + dot(b, row) for row in x]
    if method == "linear":
        return bounded(x, totals, d, bounds)
    curve, l = Curve(method, bounds), newton(Curve(method, bounds), x, totals, d)
    with localcontext() as k:
        k.prec = 60
        g = [Fraction(curve.at(sum(a * Decimal(v.numerator) / Decimal(v.denominator) for a, v in zip(l, row)))[1]) for row in x]
    # the last step in fractions, so that totals are reached exactly
    w = [dk * v for dk, v in zip(d, g)]
    b = solve(gram(x, w), [t - sum(wk * row[j] for wk, row in zip(w, x)) for j, t in enumerate(totals)])
    return [v * (1 + dot(b, row)) for v, row in zip(g, x)]


class Calibration:
    def __init__(self, c, columns, rows):
        self.method = c
        self.x, self.totals = constraints(c, columns, rows)

    def weights(self, d):
        x, totals = reduced(self.x, self.totals, d)
        if not totals:
            raise Reject("survey.calibration-not-reached")
        return [dk * g for dk, g in zip(d, factors(self.method, x, totals, d))]

    def of_sample(self, d):
        """The weights of the sample; residuals are from here on those of its design weights."""
        self.d = d
        made = self.weights(d)
        self.kept, _ = reduced(self.x, self.totals, d)
        self.gram = gram(self.kept, d)
        return made

    def residuals(self, z):
        moments = [sum(dk * row[j] * zk for dk, row, zk in zip(self.d, self.kept, z) if row[j] and zk) for j in range(len(self.gram))]
        b = solve(self.gram, [Fraction(m) for m in moments])
        return [zk - dot(b, row) for zk, row in zip(z, self.kept)]
