"""Inequality between groups, written from the method (section 6): sums of the definitions with 60 digits; errors by differences of the
definitions themselves, not by derivatives worked out on paper."""

from __future__ import annotations

import math
import statistics
from decimal import Decimal, localcontext

import oracle
from oracle import D, SLACK, Reject, erf, standard_method, val
from oracle_survey import f_above, t_outside

STEP = Decimal("1e-24")
MEASURES = [
    "difference", "ratio", "between_group_variance", "between_group_standard_deviation", "mean_log_deviation", "theil", "index_of_disparity",
    "index_of_disparity_unweighted", "mean_difference_from_mean", "mean_difference_from_mean_unweighted", "absolute_concentration_index",
    "relative_concentration_index", "slope_index", "relative_index", "slope_index_logistic", "relative_index_logistic",
    "population_attributable_risk", "population_attributable_fraction", "parity_index", "atkinson", "equality_adjusted_mean",
]


class Undefined(Exception):
    pass


def number(x, code="equality.bad-groups"):
    if isinstance(x, bool) or not isinstance(x, (int, float)):
        raise Reject("wire.bad-request" if x is None or isinstance(x, str) else code)
    if not math.isfinite(x):
        raise Reject("num.not-finite")
    return D(x)


def read(r):
    """Values, shares, n, matrix of covariances or None, position of the reference."""
    groups = r["groups"]
    if any(set(g) - {"value", "size", "se", "df", "n"} for g in groups):
        raise Reject("wire.unknown-field")
    if not 2 <= len(groups) <= 10000:
        raise Reject("equality.bad-groups")
    values = [number(g["value"]) for g in groups]
    for g in groups:
        if g.get("se") is not None and not g["se"] >= 0:
            raise Reject("estimate.negative-count")
    for g in groups:
        check_df(g.get("df"))
    check_df(r.get("df"))
    for field in ("size", "n"):
        if any(g.get(field) is not None and not g[field] >= 0 for g in groups):
            raise Reject("equality.bad-groups")
    sized = [g.get("size") is not None for g in groups]
    if any(sized) != all(sized):
        raise Reject("equality.bad-groups")
    reference = r.get("reference")
    if reference is not None and not 0 <= reference < len(groups):
        raise Reject("equality.bad-groups")
    sizes = [D(g["size"]) if all(sized) else Decimal(1) for g in groups]
    if sum(sizes) <= 0:
        raise Reject("equality.bad-groups")
    errors = [g.get("se") for g in groups]
    matrix = r.get("covariance")
    if matrix is not None:
        if len(matrix) != len(groups) or len(groups) > 500 or any(len(row) != len(groups) for row in matrix):
            raise Reject("equality.bad-covariance")
        matrix = [[number(c) for c in row] for row in matrix]
        for i, row in enumerate(matrix):
            for j, c in enumerate(row):
                limit = (max(matrix[i][i], Decimal(0)) * max(matrix[j][j], Decimal(0))).sqrt()
                if (i == j and c < 0) or abs(c - matrix[j][i]) > SLACK * limit or abs(c) > limit * (1 + SLACK):
                    raise Reject("equality.bad-covariance")
    elif None not in errors:
        matrix = [[D(e) ** 2 if i == j else Decimal(0) for j in range(len(errors))] for i, e in enumerate(errors)]
    return values, [s / sum(sizes) for s in sizes], [g.get("n") for g in groups], matrix, reference


def check_df(df):
    if df is not None and not (math.isfinite(df) and df > 0):
        raise Reject("estimate.bad-df")


def mean_of(h, p):
    return sum(a * b for a, b in zip(h, p))


def ln(x):
    if x <= 0:
        raise Undefined("logarithm_of_zero")
    return x.ln()


def over(a, b):
    if b <= 0:
        raise Undefined("not_above_zero")
    return a / b


def ranks(p, rules):
    if not rules["ordered"]:
        raise Undefined("not_ordered")
    return [sum(p[:i]) + p[i] / 2 for i in range(len(p))]


def at_ends(h, p, rules):
    """What weighted least squares predicts at 0 and at 1."""
    x = ranks(p, rules)
    m, middle = mean_of(h, p), mean_of(x, p)
    spread = sum(w * (a - middle) ** 2 for w, a in zip(p, x))
    if spread == 0:
        raise Undefined("no_solution")
    slope = sum(w * (a - middle) * (b - m) for w, a, b in zip(p, x, h)) / spread
    return m - slope * middle, m + slope * (1 - middle)


def logistic_ends(h, p, rules):
    x, upper = ranks(p, rules), rules["upper"]
    if upper is None or any(not 0 <= y / upper <= 1 for y in h):
        raise Undefined("not_a_share")
    y = [v / upper for v in h]
    if not any(0 < v < 1 for v in y) or sum(w > 0 for w in p) < 2:
        raise Undefined("no_solution")
    a = b = Decimal(0)
    for _ in range(300):
        level = [1 / (1 + (-(a + b * t)).exp()) for t in x]
        g = [sum(w * (v - q) * t**k for w, v, q, t in zip(p, y, level, x)) for k in (0, 1)]
        s = [sum(w * q * (1 - q) * t**k for w, q, t in zip(p, level, x)) for k in (0, 1, 2)]
        det = s[0] * s[2] - s[1] ** 2
        if det <= 0:
            raise Undefined("no_solution")
        da, db = (s[2] * g[0] - s[1] * g[1]) / det, (s[0] * g[1] - s[1] * g[0]) / det
        a, b = a + da, b + db
        if abs(da) + abs(db) < Decimal("1e-50"):
            break
    return [upper / (1 + (-(a + b * t)).exp()) for t in (0, 1)]


def ends(h, polarity, rules):
    if rules["profile"] == "heat" and rules["ordered"]:
        return (h[0], h[-1]) if polarity == "lower" else (h[-1], h[0])
    return max(h), min(h)


def attributable(h, p, polarity, rules):
    heat = rules["profile"] == "heat"
    best = h[-1] if heat and rules["ordered"] else min(h) if polarity == "lower" else max(h)
    made = best - mean_of(h, p)
    if heat and (made > 0 if polarity == "lower" else made < 0):
        return None
    return made


def even(h, p, polarity, rules):
    if polarity != "higher":
        raise Undefined("not_higher_is_better")
    if mean_of(h, p) <= 0:
        raise Undefined("not_above_zero")
    k = 1 - rules["epsilon"]
    if abs(k) <= SLACK:
        return sum(w * ln(x) for w, x in zip(p, h)).exp()
    if any(x < 0 or (x == 0 and k < 0) for x in h):
        raise Undefined("logarithm_of_zero")
    inner = sum(w * (Decimal(0) if x == 0 else (k * x.ln()).exp()) for w, x in zip(p, h))
    return (inner.ln() / k).exp()


def value_of(name, h, p, polarity, rules, reference):
    m = mean_of(h, p)
    match name:
        case "difference":
            a, b = ends(h, polarity, rules)
            return a - b
        case "ratio":
            return over(*ends(h, polarity, rules))
        case "between_group_variance":
            return sum(w * (x - m) ** 2 for w, x in zip(p, h))
        case "between_group_standard_deviation":
            return sum(w * (x - m) ** 2 for w, x in zip(p, h)).sqrt()
        case "mean_log_deviation":
            if any(x <= 0 for x in h):
                raise Undefined("logarithm_of_zero")
            return sum(w * ln(m / x) for w, x in zip(p, h))
        case "theil":
            if any(x <= 0 for x in h):
                raise Undefined("logarithm_of_zero")
            return sum(w * (x / m) * ln(x / m) for w, x in zip(p, h))
        case "mean_difference_from_mean":
            return sum(w * abs(x - m) for w, x in zip(p, h))
        case "mean_difference_from_mean_unweighted":
            return sum(abs(x - m) for x in h) / len(h)
        case "index_of_disparity":
            return 100 * over(sum(w * abs(x - m) for w, x in zip(p, h)), m)
        case "index_of_disparity_unweighted":
            return 100 * over(sum(abs(x - m) for x in h) / len(h), m)
        case "absolute_concentration_index":
            return sum(w * (2 * t - 1) * x for w, t, x in zip(p, ranks(p, rules), h))
        case "relative_concentration_index":
            return over(sum(w * (2 * t - 1) * x for w, t, x in zip(p, ranks(p, rules), h)), m)
        case "slope_index":
            low, high = at_ends(h, p, rules)
            return high - low
        case "relative_index":
            low, high = at_ends(h, p, rules)
            return over(high, low)
        case "slope_index_logistic":
            low, high = logistic_ends(h, p, rules)
            return high - low
        case "relative_index_logistic":
            low, high = logistic_ends(h, p, rules)
            return high / low
        case "population_attributable_risk":
            made = attributable(h, p, polarity, rules)
            return Decimal(0) if made is None else made
        case "population_attributable_fraction":
            made = attributable(h, p, polarity, rules)
            return over(Decimal(0) if made is None else made, m)
        case "parity_index":
            if reference is None:
                raise Undefined("no_reference")
            return over(h[0], h[reference])
        case "atkinson":
            return 1 - even(h, p, polarity, rules) / m
        case "equality_adjusted_mean":
            return even(h, p, polarity, rules)


def has_slope(name, h, p, polarity, rules):
    """Whether a small move of any group moves the measure in proportion."""
    m = mean_of(h, p)
    if name in ("mean_difference_from_mean", "mean_difference_from_mean_unweighted", "index_of_disparity", "index_of_disparity_unweighted"):
        return all(abs(x - m) > SLACK for x in h)
    if name == "between_group_standard_deviation":
        return any(x != m for x in h)
    if name in ("atkinson", "equality_adjusted_mean"):
        return all(x > 0 for x in h)
    if name.startswith("population_attributable"):
        return attributable(h, p, polarity, rules) is not None
    return True


def chosen(h, polarity, rules):
    """Positions of the groups that a measure is made of when it picks them: they are kept while the values move."""
    return h.index(max(h)), h.index(min(h))


def error_of(name, h, p, polarity, rules, reference, matrix):
    if matrix is None or not has_slope(name, h, p, polarity, rules):
        return None
    top, bottom = chosen(h, polarity, rules)
    slopes = []
    with localcontext() as context:
        context.prec = 110
        for i in range(len(h)):
            moved = []
            for sign in (1, -1):
                g = list(h)
                g[i] += sign * STEP
                if name in ("difference", "ratio") and not (rules["profile"] == "heat" and rules["ordered"]):
                    moved.append(g[top] - g[bottom] if name == "difference" else g[top] / g[bottom])
                elif name.startswith("population_attributable") and not (rules["profile"] == "heat" and rules["ordered"]):
                    best = g[bottom] if polarity == "lower" else g[top]
                    m = mean_of(g, p)
                    moved.append(best - m if name.endswith("risk") else (best - m) / m)
                else:
                    moved.append(value_of(name, g, p, polarity, rules, reference))
            slopes.append((moved[0] - moved[1]) / (2 * STEP))
        total = sum(a * matrix[i][j] * b for i, a in enumerate(slopes) for j, b in enumerate(slopes))
        return float(max(total, Decimal(0)).sqrt())


# ---- drawn values --------------------------------------------------------------------------------------------------

BENT = ("between_group_variance", "between_group_standard_deviation", "mean_log_deviation", "theil", "index_of_disparity", "index_of_disparity_unweighted",
        "mean_difference_from_mean", "mean_difference_from_mean_unweighted", "atkinson", "equality_adjusted_mean")


def normals(seed=1):
    """Standard normals by the transform of Box and Muller, the cosine first, from SplitMix64: 52 bits and a half."""
    mask = (1 << 64) - 1

    def uniform():
        nonlocal seed
        seed = (seed + 0x9E3779B97F4A7C15) & mask
        z = seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return (((z ^ (z >> 31)) >> 12) + 0.5) / 2**52

    while True:
        radius, angle = math.sqrt(-2 * math.log(uniform())), 2 * math.pi * uniform()
        yield radius * math.cos(angle)
        yield radius * math.sin(angle)


def bent(name, h, p, epsilon):
    """The value of a measure in ordinary numbers, or None."""
    n, mean = len(h), math.fsum(a * b for a, b in zip(h, p))
    if name.startswith("between"):
        variance = math.fsum(b * (a - mean) ** 2 for a, b in zip(h, p))
        return variance if name.endswith("variance") else math.sqrt(variance)
    if name.startswith("mean_difference"):
        return math.fsum(abs(a - mean) * (1 / n if name.endswith("unweighted") else b) for a, b in zip(h, p))
    if name.startswith("index"):
        return 100 * bent("mean_difference_from_mean" + ("_unweighted" if name.endswith("unweighted") else ""), h, p, epsilon) / mean if mean > 0 else None
    if name in ("mean_log_deviation", "theil"):
        if min(h) <= 0:
            return None
        return math.fsum(b * (math.log(mean / a) if name[0] == "m" else a / mean * math.log(a / mean)) for a, b in zip(h, p))
    if mean <= 0 or min(h) < 0 or (min(h) == 0 and epsilon >= 1):
        return None
    equal = math.exp(math.fsum(b * math.log(a) for a, b in zip(h, p))) if epsilon == 1 else math.fsum(b * a ** (1 - epsilon) for a, b in zip(h, p)) ** (1 / (1 - epsilon))
    return equal if name == "equality_adjusted_mean" else 1 - equal / mean


def drawn_errors(h, p, matrix, ordered, epsilon, draws):
    """The standard deviations of the bent measures over draws about the values."""
    order = list(range(len(h))) if ordered else sorted(range(len(h)), key=lambda i: (h[i], p[i], matrix[i][i]))
    h, p, of = [float(h[i]) for i in order], [float(p[i]) for i in order], [[float(matrix[i][j]) for j in order] for i in order]
    n, root = len(h), [[0.0] * len(h) for _ in h]
    for i in range(n):
        for j in range(i + 1):
            rest = of[i][j] - sum(root[i][k] * root[j][k] for k in range(j))
            root[i][j] = (math.sqrt(rest) if rest > 1e-12 * of[i][i] else 0.0) if i == j else (rest / root[j][j] if root[j][j] > 0 else 0.0)
    stream, found = normals(), {name: [] for name in BENT}
    for _ in range(draws):
        z = [next(stream) for _ in h]
        moved = [a + math.fsum(c * x for c, x in zip(row, z)) for a, row in zip(h, root)]
        for name in BENT:
            value = bent(name, moved, p, epsilon)
            if value is not None:
                found[name].append(value)
    return {name: statistics.stdev(values) if len(values) >= draws - draws // 100 else None for name, values in found.items()}


def measures(r):
    h, p, _, matrix, reference = read(r)
    given = r.get("rules") or {}
    if given.get("profile", "plain") not in ("plain", "heat"):
        raise Reject("wire.bad-request")
    for field in ("epsilon", "upper"):
        if given.get(field) is not None and not (math.isfinite(given[field]) and given[field] > 0):
            raise Reject("num.not-finite")
    rules = {"ordered": given.get("ordered", False), "profile": given.get("profile", "plain"), "epsilon": D(given.get("epsilon", 1)),
             "upper": D(given["upper"]) if given.get("upper") is not None else None}
    draws = given.get("draws")
    if draws is None:
        draws = val(standard_method()["equality"]["draws"])
    if draws and not 100 <= draws <= 1_000_000:
        raise Reject("equality.bad-groups")
    drawn = drawn_errors(h, p, matrix, rules["ordered"], float(rules["epsilon"]), draws) if draws and matrix is not None else {}
    polarity, out = r["polarity"], []
    for name in MEASURES:
        entry = {"measure": name, "value": None, "se": None, "undefined": None}
        scale = {"relative_concentration_index": 100, "population_attributable_fraction": 100, "theil": 1000, "mean_log_deviation": 1000}.get(name, 1)
        scale = scale if rules["profile"] == "heat" else 1
        try:
            entry["value"] = float(value_of(name, h, p, polarity, rules, reference) * scale)
            se = error_of(name, h, p, polarity, rules, reference, matrix)
            se = drawn.get(name, se)
            entry["se"] = None if se is None else se * scale
            if name in drawn and se is not None:
                entry["simulated"] = True
        except Undefined as why:
            entry["undefined"] = str(why)
        out.append(entry)
    mean_se = None if matrix is None else float(max(sum(a * matrix[i][j] * b for i, a in enumerate(p) for j, b in enumerate(p)), Decimal(0)).sqrt())
    return {"mean": float(mean_of(h, p)), "mean_se": mean_se, "groups": len(h), "measures": out}


# ---- tests ---------------------------------------------------------------------------------------------------------


def two_sided(z, df=None):
    return t_outside(z, df)


def welch_df(parts):
    """Degrees of freedom of a sum of independent variances; None where all are taken as known."""
    doubt = sum(v * v / df for v, df in parts if df is not None)
    return sum(v for v, _ in parts) ** 2 / doubt if doubt else None


def of_pair(matrix, dfs, design, weights):
    """Degrees of freedom of the error of a weighted sum: by Welch and Satterthwaite where no two move together; else the fewest, the design counting one less."""
    used = [i for i, w in enumerate(weights) if w]
    moves = any(i != j and abs(matrix[i][j]) > SLACK * (matrix[i][i] * matrix[j][j]).sqrt() for i in used for j in used)
    if moves:
        known = [dfs[i] for i in used if dfs[i] is not None] + ([max(design - 1, Decimal(0))] if design is not None else [])
        return min(known) if known else None
    made = welch_df([(weights[i] ** 2 * matrix[i][i], dfs[i]) for i in used])
    return design if made is None else made


def all_alike(chi, h, matrix, dfs, r):
    """The test of all groups with its degrees of freedom, or None where chi-squared stands; and its p."""
    given = r.get("all_equal")
    if given is not None:
        made = {k: given[k] for k in ("test", "f", "df", "denominator_df")}
        if not (given["f"] >= 0 and given["df"] > 0 and given["denominator_df"] > 0):
            raise Reject("equality.bad-groups")
        p = f_above(D(given["f"]), D(given["df"]), D(given["denominator_df"]))
        return made | {"p": float(p)}, p
    if chi is None:
        return None, None
    k = len(h)
    apart = not any(i != j and abs(matrix[i][j]) > SLACK * (matrix[i][i] * matrix[j][j]).sqrt() for i in range(k) for j in range(k))
    if apart and any(df is not None for df in dfs):
        w = [1 / matrix[i][i] for i in range(k)]
        doubt = sum((1 - x / sum(w)) ** 2 / df for x, df in zip(w, dfs) if df is not None)
        f, d1, d2, test = chi / (k - 1) / (1 + Decimal(2 * (k - 2)) / (k * k - 1) * doubt), Decimal(k - 1), (k * k - 1) / (3 * doubt), "welch"
    else:
        design = D(r["df"]) if r.get("df") is not None else min(dfs) if None not in dfs else None
        if design is None:
            return None, chi_tail(chi, k - 1)
        d1, d2, test = Decimal(k - 1), design - k + 2, "adjusted_wald"
        if d2 <= 0:
            return None, None
        f = chi * d2 / (design * d1)
    p = f_above(f, d1, d2)
    return {"test": test, "f": float(f), "df": float(d1), "denominator_df": float(d2), "p": float(p)}, p


def chi_tail(x, df):
    """Chance of more than x: the finite sums for whole degrees of freedom."""
    half = x / 2
    if df % 2 == 0:
        term = total = Decimal(1)
        for j in range(1, df // 2):
            term = term * half / j
            total += term
        return (-half).exp() * total
    total, term = Decimal(0), None
    for j in range(1, (df - 1) // 2 + 1):
        # half^(j − ½) / Γ(j + ½), Γ(3/2) = √π/2
        term = half.sqrt() / (oracle.PI.sqrt() / 2) if term is None else term * half / (j - Decimal("0.5"))
        total += term
    return 1 - erf(half.sqrt()) + (-half).exp() * total


def solve(matrix, right):
    """Gauss–Jordan; None without a solution."""
    rows = [list(row) + [b] for row, b in zip(matrix, right)]
    n = len(rows)
    for i in range(n):
        best = max(range(i, n), key=lambda k: abs(rows[k][i]))
        if abs(rows[best][i]) < Decimal("1e-40"):
            return None
        rows[i], rows[best] = rows[best], rows[i]
        for k in range(n):
            if k != i:
                factor = rows[k][i] / rows[i][i]
                rows[k] = [a - factor * b for a, b in zip(rows[k], rows[i])]
    return [rows[i][n] / rows[i][i] for i in range(n)]


def wald(h, matrix, independent):
    if matrix is None or (independent and any(matrix[i][i] == 0 for i in range(len(h)))):
        return None
    n = len(h) - 1
    d = [h[i] - h[i + 1] for i in range(n)]
    v = [[matrix[i][j] - matrix[i][j + 1] - matrix[i + 1][j] + matrix[i + 1][j + 1] for j in range(n)] for i in range(n)]
    x = solve(v, d)
    return None if x is None else sum(a * b for a, b in zip(d, x))


def holm(ps, size, at):
    """Adjusted p of one of several, in order of size; those without a p count, but come last."""
    known = sorted((p, i) for i, p in enumerate(ps) if p is not None)
    running = Decimal(0)
    for k, (p, i) in enumerate(known):
        running = max(running, min(Decimal(1), (size - k) * p))
        if i == at:
            return running
    raise AssertionError


def tested(h, p, matrix, pair):
    i, j = pair
    w = [Decimal(k == i) - (p[k] if j is None else Decimal(k == j)) for k in range(len(h))]
    difference = sum(a * b for a, b in zip(w, h))
    if matrix is None or i == j:
        return difference, None
    variance = sum(a * matrix[k][m] * b for k, a in enumerate(w) for m, b in enumerate(w))
    return difference, (variance.sqrt() if variance > 0 else None)


def standard(field):
    made = oracle.standard_method()["estimate"].get(field)
    return made and made["value"]


def compare(r):
    alpha = r.get("significance", standard("significance"))
    h, p, counted, matrix, reference = read(r)
    if not 0 < alpha < 1:
        raise Reject("equality.bad-significance")
    floor = r.get("floor", standard("smallest_group"))
    against, n = r.get("against", "best"), len(h)
    if against not in ("best", "average", "reference", "named"):
        raise Reject("wire.bad-request")
    lower = r["polarity"] == "lower"
    if against == "named":
        pairs = [(0, 1)]
    elif against == "average":
        pairs = [(i, None) for i in range(n)]
    elif against == "reference":
        if reference is None:
            raise Reject("equality.bad-groups")
        pairs = [(i, reference) for i in range(n) if i != reference]
    else:
        pairs = [(h.index(max(h) if lower else min(h)), h.index(min(h) if lower else max(h)))]
    known = None if r.get("overlapping") and r.get("covariance") is None else matrix
    many = n > 2 and against != "named"
    chi = wald(h, known, r.get("covariance") is None) if many else None
    dfs = [D(g["df"]) if g.get("df") is not None else None for g in r["groups"]]
    design = D(r["df"]) if r.get("df") is not None else None
    test, p_all = all_alike(chi, h, known, dfs, r) if many and not (r.get("overlapping") and r.get("covariance") is None) else (None, None)

    def df_of(i, j):
        return of_pair(known, dfs, design, [Decimal(k == i) - (p[k] if j is None else Decimal(k == j)) for k in range(n)])

    family = [(i, j) for i in range(n) for j in range(i + 1, n)] if against == "best" else pairs
    found = []
    for i, j in pairs:
        difference, se = tested(h, p, known, (i, j))
        small = floor is not None and any(counted[k] is not None and counted[k] < floor for k in (i, j) if k is not None)
        entry = {"group": i, "with": j, "difference": float(difference), "se": None, "z": None, "df": None, "p": None, "verdict": "not_tested"}
        df = None if se is None else df_of(i, j)
        if se is not None and (df is None or df > 0):
            entry |= {"se": float(se), "z": float(difference / se), "df": None if df is None else float(df)}
            if not many or p_all is not None:
                ps = []
                for pair in family:
                    d, e = tested(h, p, known, pair)
                    e_df = None if e is None else df_of(*pair)
                    ps.append(None if e is None or (e_df is not None and e_df <= 0) else two_sided(d / e, e_df))
                at = next(k for k, pair in enumerate(family) if pair in ((i, j), (j, i)))
                adjusted = holm(ps, len(family), at)
                entry["p"] = float(adjusted)
                shown = adjusted < D(alpha) - SLACK and (not many or p_all < D(alpha) - SLACK)
                entry["verdict"] = "shown" if shown else "not_distinguishable"
        if small:
            entry["verdict"] = "too_small_to_say"
        found.append(entry)
    return {"chi_squared": None if chi is None else float(chi), "df": n - 1, "p_all_equal": None if p_all is None else float(p_all), "all_equal": test,
            "comparisons": len(family) if any(f["p"] is not None for f in found) else 0, "found": found}


def gap_change(r):
    alpha = r.get("significance", standard("significance"))
    if not 0 < alpha < 1:
        raise Reject("equality.bad-significance")
    a, b = r["earlier"], r["later"]
    for gap in (a, b):
        if set(gap) - {"gap", "se", "df"}:
            raise Reject("wire.unknown-field")
        check_df(gap.get("df"))
        number(gap["gap"])
        if gap.get("se") is not None and not gap["se"] >= 0:
            raise Reject("estimate.negative-count")
    covariance = number(r.get("covariance", 0))
    change = abs(D(b["gap"])) - abs(D(a["gap"]))
    out = {"change": float(change), "se": None, "z": None, "df": None, "p": None, "direction": "not_tested"}
    if a.get("se") is None or b.get("se") is None:
        return out
    if abs(covariance) > D(a["se"]) * D(b["se"]) * (1 + SLACK):
        raise Reject("equality.bad-covariance")
    sign = -1 if a["gap"] * b["gap"] < 0 else 1
    se = max(D(a["se"]) ** 2 + D(b["se"]) ** 2 - 2 * sign * covariance, Decimal(0)).sqrt()
    out["se"] = float(se)
    if se > 0:
        dfs = [D(g["df"]) if g.get("df") is not None else None for g in (a, b)]
        df = min((x for x in dfs if x is not None), default=None) if covariance else welch_df([(D(g["se"]) ** 2, x) for g, x in zip((a, b), dfs)])
        p = two_sided(change / se, df)
        out |= {"z": float(change / se), "df": None if df is None else float(df), "p": float(p), "direction": "not_distinguishable"}
        if p < D(alpha) - SLACK:
            out["direction"] = "widening" if change > 0 else "narrowing"
    return out


def gap_of_many(groups, polarity, significance):
    """What three groups or more say of the widest gap: z, p, p that all are equal, comparisons, verdict; nothing where an error is unknown or none."""
    if any(g.get("se") is None or g["se"] == 0 for g in groups):
        return {}
    made = compare({"groups": groups, "polarity": polarity, "significance": significance, "floor": None})
    found = made["found"][0]
    if found["p"] is None:
        # worst and best are one group: all are alike
        return {"z": 0.0, "df": df_of_one(groups, made["found"][0]["group"]), "p": 1.0, "p_all_equal": made["p_all_equal"], "comparisons": len(groups) * (len(groups) - 1) // 2, "verdict": "not_distinguishable"}
    return {"z": abs(found["z"]), "df": found["df"], "p": found["p"], "p_all_equal": made["p_all_equal"], "comparisons": made["comparisons"], "verdict": found["verdict"]}


def df_of_one(groups, at):
    """Of a group with itself: twice its variance has twice its degrees of freedom."""
    df = groups[at].get("df")
    return None if df is None else 2 * df


OPERATIONS = {"equality.measures": measures, "equality.compare": compare, "equality.gap_change": gap_change}
