"""Agreement, in exact fractions; roots and the χ² tail with 60 digits. Written from the method (section 4) and the papers it
names: coincidence matrices, pairs of persons and sums over all judges rather than closed forms."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from itertools import permutations, product

import oracle
from oracle import Reject

EPS = Fraction(1, 10**9)


def exact(x):
    if isinstance(x, bool) or not isinstance(x, (int, float)):
        raise Reject("wire.bad-request")
    if not math.isfinite(x):
        raise Reject("num.not-finite")
    return Fraction(x)


def listed(x):
    if not isinstance(x, list):
        raise Reject("wire.bad-request")
    return x


def matrix(rows, gaps=False):
    made = [[None if gaps and x is None else exact(x) for x in listed(row)] for row in listed(rows)]
    if len({len(row) for row in made}) > 1:
        raise Reject("agreement.bad-table")
    return made


def root(x: Fraction) -> Decimal:
    return (Decimal(x.numerator) / Decimal(x.denominator)).sqrt()


def dec(x: Fraction) -> Decimal:
    return Decimal(x.numerator) / Decimal(x.denominator)


def coefficient(value):
    return {"undefined": value, "value": None} if isinstance(value, str) else {"value": float(value), "undefined": None}


def chi_square_survival(x: Fraction, df: int) -> float:
    """The tail by the sums for whole degrees of freedom (Abramowitz & Stegun 26.4.4, 26.4.5)."""
    if x == 0:
        return 1.0
    half = dec(x) / 2
    if df % 2 == 0:
        term, total = Decimal(1), Decimal(1)
        for k in range(1, df // 2):
            term *= half / k
            total += term
        return float((-half).exp() * total)
    z = dec(x).sqrt()
    total = 2 * (1 - oracle.phi(z)) if z < 12 else Decimal(0)
    pi = Decimal("3.14159265358979323846264338327950288419716939937510582097494")
    term = 2 * (-half).exp() / (2 * pi).sqrt() * z
    for k in range(1, (df - 1) // 2 + 1):
        if k > 1:
            term *= dec(x) / (2 * k - 1)
        total += term
    return float(total)


# ---- kappa


def cohen_table(table, weights):
    k = len(table)
    if k < 2 or any(len(row) != k for row in table) or any(x < 0 for row in table for x in row):
        raise Reject("agreement.bad-table")
    n = sum(map(sum, table))
    if n == 0:
        raise Reject("agreement.no-ratings")

    def agree(i, j):
        d = Fraction(abs(i - j), k - 1)
        return {"none": Fraction(i == j), "linear": 1 - d, "quadratic": 1 - d * d}[weights]

    row = [sum(table[i]) / n for i in range(k)]
    col = [sum(table[i][j] for i in range(k)) / n for j in range(k)]
    po = sum(table[i][j] / n * agree(i, j) for i, j in product(range(k), repeat=2))
    pe = sum(row[i] * col[j] * agree(i, j) for i, j in product(range(k), repeat=2))
    made = {"observed": float(po), "expected": float(pe), "n": float(n)}
    if pe == 1:
        return made | coefficient("no_variation")
    kappa = (po - pe) / (1 - pe)
    spread = Fraction(0)
    for i, j in product(range(k), repeat=2):
        w_row = sum(col[b] * agree(i, b) for b in range(k))
        w_col = sum(row[a] * agree(a, j) for a in range(k))
        spread += table[i][j] / n * (agree(i, j) - (w_row + w_col) * (1 - kappa)) ** 2
    var = (spread - (kappa - pe * (1 - kappa)) ** 2) / (n * (1 - pe) ** 2)
    return made | coefficient(kappa) | {"se": float(root(max(var, Fraction(0))))}


def none_beside(r, *fields):
    """Of two alternatives a request gives one."""
    if any(r.get(field) is not None for field in fields):
        raise Reject("wire.unknown-field")


def cohen(r):
    weights = r.get("weights") or "none"
    if weights not in ("none", "linear", "quadratic"):
        raise Reject("wire.bad-request")
    if r.get("pairs") is not None:
        none_beside(r, "table")
        names = listed(r["categories"])
        table = [[Fraction(0)] * len(names) for _ in names]
        for a, b in r["pairs"]:
            if a not in names or b not in names:
                raise Reject("agreement.out-of-scale")
            table[names.index(a)][names.index(b)] += 1
        return cohen_table(table, weights)
    if r.get("table") is not None:
        none_beside(r, "categories")
    return cohen_table([[exact(x) for x in listed(row)] for row in listed(r["table"])], weights)


def fleiss(r):
    """As the mean over pairs of raters of each unit."""
    counts = matrix(r["counts"])
    if not counts or not counts[0]:
        raise Reject("agreement.no-ratings")
    if any(x < 0 or x.denominator != 1 for row in counts for x in row) or len({sum(row) for row in counts}) > 1:
        raise Reject("agreement.bad-table")
    raters = sum(counts[0])
    if raters < 2:
        raise Reject("agreement.no-ratings" if raters == 0 else "agreement.too-few-raters")
    same = []
    for row in counts:
        said = [j for j, x in enumerate(row) for _ in range(int(x))]
        pairs = list(permutations(range(len(said)), 2))
        same.append(Fraction(sum(said[a] == said[b] for a, b in pairs), len(pairs)))
    n = len(counts)
    po = sum(same) / n
    pe = sum((Fraction(sum(row[j] for row in counts)) / (n * raters)) ** 2 for j in range(len(counts[0])))
    value = "no_variation" if pe == 1 else (po - pe) / (1 - pe)
    return coefficient(value) | {"observed": float(po), "expected": float(pe), "n": float(n)}


# ---- alpha


def krippendorff_of(units, scale):
    if scale not in ("nominal", "ordinal", "interval", "ratio"):
        raise Reject("wire.bad-request")
    if not any(x is not None for u in units for x in u):
        raise Reject("agreement.no-ratings")
    if len(units[0]) < 2:
        raise Reject("agreement.too-few-raters")
    pairable = [[x for x in u if x is not None] for u in units]
    pairable = [u for u in pairable if len(u) > 1]
    made = {"units": len(pairable), "ratings": sum(map(len, pairable))}
    if not pairable:
        return coefficient("no_pairs") | made
    # the matrix of coincidences
    o = {}
    for u in pairable:
        for a, b in permutations(range(len(u)), 2):
            key = (u[a], u[b])
            o[key] = o.get(key, Fraction(0)) + Fraction(1, len(u) - 1)
    values = sorted({v for v, _ in o})
    n_of = {v: sum(x for (a, _), x in o.items() if a == v) for v in values}
    n = sum(n_of.values())
    if len(values) == 1:
        return coefficient("no_variation") | made
    if scale == "ratio" and values[0] < 0:
        raise Reject("agreement.bad-table")

    def delta(c, k):
        if c == k:
            return Fraction(0)
        if scale == "nominal":
            return Fraction(1)
        if scale == "interval":
            return (c - k) ** 2
        if scale == "ratio":
            return ((c - k) / (c + k)) ** 2
        lo, hi = min(c, k), max(c, k)
        return (sum(n_of[v] for v in values if lo <= v <= hi) - (n_of[c] + n_of[k]) / 2) ** 2

    observed = sum(x * delta(a, b) for (a, b), x in o.items()) / n
    expected = sum(n_of[a] * n_of[b] * delta(a, b) for a in values for b in values) / (n * (n - 1))
    return coefficient(1 - observed / expected) | made


def krippendorff(r):
    return krippendorff_of(matrix(r["units"], gaps=True), r["scale"])


def variance(xs):
    m = Fraction(sum(xs), len(xs))
    return sum((x - m) ** 2 for x in xs) / (len(xs) - 1)


def alpha_of(persons):
    k = len(persons[0])
    whole = variance([sum(p) for p in persons])
    if whole == 0:
        return "no_variation"
    return Fraction(k, k - 1) * (1 - sum(variance([p[i] for p in persons]) for i in range(k)) / whole)


def cronbach_of(rows):
    if not rows:
        raise Reject("agreement.no-ratings")
    if len(rows[0]) < 2:
        raise Reject("agreement.too-few-items")
    complete = [row for row in rows if None not in row]
    if len(complete) < 2:
        raise Reject("agreement.too-few-subjects")
    k = len(rows[0])
    made = coefficient(alpha_of(complete)) | {"subjects": len(complete), "incomplete": len(rows) - len(complete), "items": k}
    if k > 2:
        without = [alpha_of([p[:i] + p[i + 1 :] for p in complete]) for i in range(k)]
        made["without"] = [None if isinstance(a, str) else float(a) for a in without]
    return made


def cronbach(r):
    return cronbach_of(matrix(r["persons"], gaps=True))


# ---- reliability


def icc_of(rows):
    if len(rows) < 2:
        raise Reject("agreement.too-few-subjects")
    if len(rows[0]) < 2:
        raise Reject("agreement.too-few-raters")
    n, k = len(rows), len(rows[0])
    grand = sum(map(sum, rows)) / (n * k)
    total = sum((x - grand) ** 2 for row in rows for x in row)
    between_rows = k * sum((sum(row) / k - grand) ** 2 for row in rows)
    between_cols = n * sum((sum(row[j] for row in rows) / n - grand) ** 2 for j in range(k))
    msr, msc = between_rows / (n - 1), between_cols / (k - 1)
    mse = (total - between_rows - between_cols) / ((n - 1) * (k - 1))
    below = msr + (k - 1) * mse + k * (msc - mse) / n
    value = "no_variation" if total == 0 or below == 0 else (msr - mse) / below
    return coefficient(value) | {"subjects": n, "raters": k}


def icc(r):
    return icc_of(matrix(r["subjects"]))


def pearson_of(pairs):
    if len(pairs) < 2:
        raise Reject("agreement.too-few-subjects")
    n = len(pairs)
    sx, sy = sum(x for x, _ in pairs), sum(y for _, y in pairs)
    sxx, syy, sxy = sum(x * x for x, _ in pairs), sum(y * y for _, y in pairs), sum(x * y for x, y in pairs)
    vx, vy = n * sxx - sx * sx, n * syy - sy * sy
    if vx == 0 or vy == 0:
        return "no_variation"
    return dec(n * sxy - sx * sy) / root(vx * vy)


def retest_of(pairs):
    r = pearson_of(pairs)
    both = icc_of([list(p) for p in pairs])
    return {"n": len(pairs), "pearson": coefficient(r), "icc": {key: both[key] for key in ("value", "undefined")}, "mean_difference": float(sum(b - a for a, b in pairs) / len(pairs))}


def test_retest(r):
    pairs = matrix(r["pairs"])
    if any(len(p) != 2 for p in pairs):
        raise Reject("wire.bad-request")
    return retest_of(pairs)


# ---- panels


def kendall_of(judges):
    if len(judges) < 2:
        raise Reject("agreement.no-ratings" if not judges else "agreement.too-few-raters")
    m, n = len(judges), len(judges[0])
    if n < 2:
        raise Reject("agreement.too-few-items")
    # a rank is one more than how many are lower, and half of the others that are equal
    ranks = [[Fraction(1 + sum(y < x for y in j)) + Fraction(sum(y == x for y in j) - 1, 2) for x in j] for j in judges]
    ties = sum(sum(Fraction(sum(y == x for y in j) ** 2 - 1) for x in j) for j in judges)
    totals = [sum(r[i] for r in ranks) for i in range(n)]
    mean = Fraction(m * (n + 1), 2)
    below = m * m * (n**3 - n) - m * ties
    made = {"df": n - 1, "judges": m, "items": n}
    if below == 0:
        return coefficient("no_variation") | made
    w = 12 * sum((t - mean) ** 2 for t in totals) / below
    chi = m * (n - 1) * w
    return coefficient(w) | made | {"chi_squared": float(chi), "p": chi_square_survival(chi, n - 1)}


def kendall(r):
    return kendall_of(matrix(r["judges"]))


def validity_of(agree, n):
    if n < 2:
        raise Reject("agreement.no-ratings" if n == 0 else "agreement.too-few-raters")
    if agree > n:
        raise Reject("agreement.bad-table")
    i_cvi, chance = Fraction(agree, n), Fraction(math.comb(n, agree), 2**n)
    return {"agree": agree, "n": n, "i_cvi": float(i_cvi), "chance": float(chance), "kappa": float((i_cvi - chance) / (1 - chance))}


def content_validity(r):
    if r.get("agree") is not None:
        none_beside(r, "items", "relevant_from")
        for x in (r["agree"], r["n"]):
            if isinstance(x, bool) or not isinstance(x, int) or x < 0:
                raise Reject("wire.bad-request")
        return validity_of(r["agree"], r["n"])
    if r.get("items") is not None:
        none_beside(r, "n")
    limit = exact(r["relevant_from"])
    rows = [[exact(x) for x in listed(row)] for row in listed(r["items"])]
    if not rows:
        raise Reject("agreement.no-ratings")
    items = [validity_of(sum(x >= limit - EPS for x in row), len(row)) for row in rows]
    return {
        "items": items,
        "s_cvi_ave": float(sum(Fraction(i["agree"], i["n"]) for i in items) / len(items)),
        "s_cvi_ua": float(Fraction(sum(i["agree"] == i["n"] for i in items), len(items))),
    }


def percentile(xs, p):
    xs = sorted(xs)
    at = Fraction(p) * (len(xs) - 1)
    low = math.floor(at)
    return xs[low] + (at - low) * (xs[min(low + 1, len(xs) - 1)] - xs[low])


def rand_of(ratings, rules):
    low, high = exact(rules["uncertain_from"]), exact(rules["appropriate_from"])
    if not low < high or rules["disagreement"] not in ("thirds", "ipras"):
        raise Reject("method.bad-value")
    if len(ratings) < 2:
        raise Reject("agreement.no-ratings" if not ratings else "agreement.too-few-raters")
    if any(not 1 <= x <= 9 for x in ratings):
        raise Reject("agreement.out-of-scale")
    n = len(ratings)
    share = lambda test: Fraction(sum(map(test, ratings)), n) >= exact(rules["disagreement_share"]) - EPS  # noqa: E731
    thirds = share(lambda x: x <= exact(rules["low_to"])) and share(lambda x: x >= exact(rules["high_from"]))
    i = rules["ipras"]
    a, b = percentile(ratings, exact(i["lower"])), percentile(ratings, exact(i["upper"]))
    wide = exact(i["symmetric"]) + exact(i["correction"]) * abs(5 - (a + b) / 2)
    split = b - a > wide + EPS
    disagree = thirds if rules["disagreement"] == "thirds" else split
    middle = percentile(ratings, Fraction(1, 2))
    verdict = "uncertain" if disagree else "appropriate" if middle >= high - EPS else "uncertain" if middle >= low - EPS else "inappropriate"
    return {"n": n, "median": float(middle), "appropriateness": verdict, "disagreement": disagree, "disagreement_thirds": thirds, "disagreement_ipras": split, "ipr": float(b - a), "ipras": float(wide)}


def rand_ucla(r):
    rules = r.get("rules") or oracle.standard_method()["cocreation"]["rand_ucla"]["value"]
    return rand_of([exact(x) for x in listed(r["ratings"])], rules)


OPERATIONS = {
    "agreement.cohen": cohen,
    "agreement.fleiss": fleiss,
    "agreement.krippendorff": krippendorff,
    "agreement.cronbach": cronbach,
    "agreement.icc": icc,
    "agreement.test_retest": test_retest,
    "agreement.kendall": kendall,
    "agreement.content_validity": content_validity,
    "agreement.rand_ucla": rand_ucla,
}
