"""Survey estimates a second time: straight from the rows, in exact fractions, with 40 digits where a root or a distribution is needed.

Every estimate is linearised row by row over the whole sample (rows outside the group have 0), rows are added up to units, units are
squared within strata. With calibrated weights it is the residuals that are added up. There is no state and nothing is merged.
"""

from __future__ import annotations

import unicodedata
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

import oracle
import oracle_calibration
from oracle import Reject

HALF = Fraction(1, 2)
FIFTH = Fraction(1, 5)


def exact(x) -> Fraction:
    return Fraction(x)


def written(x) -> Fraction:
    """The decimal number that a person wrote."""
    return Fraction(repr(x))


def dec(f: Fraction) -> Decimal:
    return Decimal(f.numerator) / Decimal(f.denominator)


def root(f: Fraction) -> Fraction:
    with localcontext() as c:
        c.prec = 50
        return Fraction(dec(f).sqrt())


# ---- distributions, by their series with 50 digits ------------------------------------------------------------------

BERNOULLI = [Fraction(1, 6), Fraction(-1, 30), Fraction(1, 42), Fraction(-1, 30), Fraction(5, 66), Fraction(-691, 2730), Fraction(7, 6), Fraction(-3617, 510), Fraction(43867, 798), Fraction(-174611, 330)]


@lru_cache(None)
def log_gamma(x: Decimal) -> Decimal:
    shift = Decimal(0)
    while x < 60:
        shift += x.ln()
        x += 1
    total = (x - Decimal("0.5")) * x.ln() - x + (2 * oracle.PI).ln() / 2
    for k, b in enumerate(BERNOULLI, 1):
        total += dec(b) / (2 * k * (2 * k - 1) * x ** (2 * k - 1))
    return total - shift


def f_above(f: Decimal, d1: Decimal, d2) -> Decimal:
    """The chance of more than f; None for d2: so many that F is a chi-squared over d1."""
    with localcontext() as c:
        c.prec = 60
        if d2 is None:
            return 1 - gamma_below(d1 * f / 2, d1 / 2) if f else Decimal(1)
        return beta_below(d2 / (d2 + d1 * f), d2 / 2, d1 / 2)


def t_outside(t: Decimal, df) -> Decimal:
    """Both tails beyond t; None for df: the normal."""
    if df is None:
        return 1 - oracle.erf(abs(t) / Decimal(2).sqrt())
    with localcontext() as c:
        c.prec = 60
        return beta_below(df / (df + t * t), df / 2, Decimal("0.5"))


def beta_below(x: Decimal, a: Decimal, b: Decimal) -> Decimal:
    """I_x(a, b), Abramowitz & Stegun 26.5.8."""
    if x <= 0:
        return Decimal(0)
    if x >= 1:
        return Decimal(1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_below(1 - x, b, a)
    # by its continued fraction, evaluated forwards (Lentz 1976): some square root of a + b steps where the series takes a + b
    c, d = Decimal(1), 1 / (1 - (a + b) * x / (a + 1))
    total, n = d, 0
    while True:
        n += 1
        before = total
        for step in (n * (b - n) * x / ((a + 2 * n - 1) * (a + 2 * n)), -(a + n) * (a + b + n) * x / ((a + 2 * n) * (a + 2 * n + 1))):
            c, d = 1 + step / c, 1 / (1 + step * d)
            total *= c * d
        if abs(total - before) < abs(total) * Decimal("1e-46"):
            break
    front = a * x.ln() + b * (1 - x).ln() - a.ln() - (log_gamma(a) + log_gamma(b) - log_gamma(a + b))
    return front.exp() * total


def gamma_below(x: Decimal, a: Decimal) -> Decimal:
    term, total, n = 1 / a, 1 / a, a
    while abs(term) > Decimal("1e-45"):
        n += 1
        term *= x / n
        total += term
    return total * (a * x.ln() - x - log_gamma(a)).exp()


def crossing(low: Decimal, high: Decimal, excess) -> Decimal:
    """Where a rising function crosses zero, to 40 digits: the Illinois rule (Dowell & Jarratt 1971), and halving where that does not halve the interval."""
    at_low, at_high = excess(low), excess(high)
    halving, before = False, 0
    while high - low > abs(high) * Decimal("1e-40"):
        x = (low + high) / 2 if halving else high - at_high * (high - low) / (at_high - at_low)
        # an end that has been reached but for rounding is left behind by the smallest step that counts
        least = abs(high) * Decimal("4e-41")
        x = min(max(x, low + least), high - least)
        y, width = excess(x), high - low
        side = 1 if y > 0 else -1
        if side < 0:
            low, at_low = x, y
            at_high = at_high / 2 if before == side and not halving else at_high
        else:
            high, at_high = x, y
            at_low = at_low / 2 if before == side and not halving else at_low
        before, halving = side, high - low > width / 2 and not halving
    return (low + high) / 2


@lru_cache(None)
def t_quantile(p: Decimal, df: Decimal) -> Decimal:
    """For p above one half."""
    with localcontext() as c:
        c.prec = 50
        tail = 1 - p
        return crossing(Decimal(0), Decimal(100000), lambda t: tail - beta_below(df / (df + t * t), df / 2, Decimal("0.5")) / 2)


@lru_cache(None)
def beta_quantile(p: Decimal, a: Decimal, b: Decimal) -> Decimal:
    with localcontext() as c:
        c.prec = 50
        return crossing(Decimal(0), Decimal(1), lambda x: beta_below(x, a, b) - p)


@lru_cache(None)
def gamma_quantile(p: Decimal, a: Decimal) -> Decimal:
    with localcontext() as c:
        c.prec = 50
        return crossing(Decimal("1e-40"), 4 * a + 60, lambda x: gamma_below(x, a) - p)


def level(confidence) -> Decimal:
    if not 0 < confidence < 1:
        raise Reject("estimate.bad-confidence")
    return Decimal(repr(confidence))


def critical(confidence, df: Decimal) -> Decimal:
    p = (1 + level(confidence)) / 2
    if df <= 0:
        raise Reject("survey.bad-parameter")
    return t_quantile(p, df)


# ---- intervals and grades -------------------------------------------------------------------------------------------


def shown(low: Decimal, high: Decimal, confidence, method):
    return {"lower": float(low), "upper": float(high), "confidence": confidence, "method": method}


def mean_interval(value: Decimal, se: Decimal, df: Decimal, confidence):
    if se < 0:
        raise Reject("survey.bad-parameter")
    half = critical(confidence, df) * se
    return shown(value - half, value + half, confidence, "student_t")


def effective(p: Decimal, se: Decimal, n: int, df: Decimal, confidence, profile):
    if p in (0, 1):
        return Decimal(n) if n else None
    if se == 0 or n < 2:
        return None
    made = p * (1 - p) / (se * se) * (critical(confidence, Decimal(n - 1)) / critical(confidence, df)) ** 2
    return min(made, Decimal(n)) if profile == "capped" else made


def share_interval(p: Decimal, se: Decimal, n: int, df: Decimal, confidence, rule="logit", profile="capped"):
    if not 0 <= p <= 1 or se < 0:
        raise Reject("survey.bad-parameter")
    t = critical(confidence, df)
    if rule == "student_t":
        return mean_interval(p, se, df, confidence)
    if rule == "logit":
        if p in (0, 1):
            return None
        odds, half = (p / (1 - p)).ln(), t * se / (p * (1 - p))
        return shown(*(1 / (1 + (-x).exp()) for x in (odds - half, odds + half)), confidence, "logit")
    size = effective(p, se, n, df, confidence, profile)
    if size is None:
        return None
    if rule == "wilson":
        z = oracle.z_of(confidence)
        x = p * size
        half = z * (z * z + 4 * x * (1 - p)).sqrt()
        low, high = ((2 * x + z * z + s * half) / (2 * (size + z * z)) for s in (-1, 1))
        return shown(Decimal(0) if p == 0 else low, Decimal(1) if p == 1 else high, confidence, "wilson")
    tail = (1 - level(confidence)) / 2
    x, rest = size * p, size * (1 - p)
    low = Decimal(0) if x == 0 else beta_quantile(tail, x, rest + 1)
    high = Decimal(1) if rest == 0 else beta_quantile(1 - tail, x + 1, rest)
    return shown(low, high, confidence, "korn_graubard")


SLACK = Decimal("1e-9")


def check_rules(rules):
    n = rules.get("nchs")
    fine = 0 < rules["cv_fine"] <= rules["cv_caution"] and 0 < rules["zero_width_fine"] <= rules["zero_width_caution"] and rules["population_tolerance"] >= 0
    if n:
        fine = fine and 0 < n["absolute_width_fine"] <= n["absolute_width_limit"] and n["relative_width_limit"] > 0 and n["minimum_df"] >= 0
    if not fine:
        raise Reject("survey.bad-parameter")


def grade(value: Decimal, se, n: int, df, is_share: bool, confidence, rules):
    check_rules(rules)
    flags = set()
    dec_of = lambda name: Decimal(repr(float(rules[name])))  # noqa: E731

    def width():
        if se is None or df is None or df <= 0:
            return None
        i = share_interval(value, se, n, df, confidence, "korn_graubard")
        return None if i is None else Decimal(i["upper"]) - Decimal(i["lower"])

    def band(x, fine, caution):
        return "fine" if x <= fine + SLACK else "caution" if x <= caution + SLACK else "not_published"

    nchs = rules.get("nchs")
    if nchs and is_share:
        if se is None:
            word = "not_assessed"
        else:
            spread = value * (1 - value)
            size = Decimal(n) if spread == 0 or se == 0 else min(spread / (se * se), Decimal(n))
            if n < nchs["minimum_n"]:
                flags.add("few_cases")
            if size < nchs["minimum_n"] - SLACK:
                flags.add("few_effective_cases")
            w = width()
            if w is None:
                word = "not_published" if flags else "not_assessed"
            else:
                fails = bool(flags)
                of = lambda name: Decimal(repr(float(nchs[name])))  # noqa: E731
                if w >= of("absolute_width_limit") - SLACK:
                    flags.add("wide_interval")
                    fails = True
                elif w > of("absolute_width_fine") + SLACK:
                    if w > of("relative_width_limit") * value + SLACK:
                        flags.add("wide_relative_interval")
                        fails = True
                    elif w > of("relative_width_limit") * (1 - value) + SLACK:
                        flags.add("wide_complement_interval")
                if df is not None and df < of("minimum_df") - SLACK:
                    flags.add("few_degrees_of_freedom")
                if spread == 0:
                    flags.add("no_spread")
                word = "not_published" if fails else "caution" if flags else "fine"
    elif se is None:
        word = "not_assessed"
    elif value == 0:
        w = width() if is_share else None
        word = "not_assessed" if w is None else band(w, dec_of("zero_width_fine"), dec_of("zero_width_caution"))
        if word in ("caution", "not_published"):
            flags.add("wide_interval")
    else:
        word = band(se / abs(value), dec_of("cv_fine"), dec_of("cv_caution"))
        if word != "fine":
            flags.add("large_cv")
    if n < rules["minimum_n"]:
        flags.add("few_cases")
    order = ["few_cases", "few_effective_cases", "large_cv", "wide_interval", "wide_relative_interval", "wide_complement_interval", "few_degrees_of_freedom", "no_spread"]
    return word, [f for f in order if f in flags]


# ---- measures from a weighted list ----------------------------------------------------------------------------------


def steps(cases):
    """Distinct values with their weights and cumulative shares."""
    by = {}
    for v, w in cases:
        if w:
            by[v] = by.get(v, 0) + w
    total, so_far, made = sum(by.values()), Fraction(0), []
    for v in sorted(by):
        so_far += by[v]
        made.append((v, by[v], so_far / total))
    return made


def quantile(cases, p: Fraction, rule: str) -> Fraction:
    made = steps(cases)
    for i, (v, _, share) in enumerate(made):
        if share > p or (share == p and rule != "laeken"):
            return (v + made[i + 1][0]) / 2 if share == p and rule == "eurostat" and i + 1 < len(made) else v
    return made[-1][0]


def density(cases, x: Fraction):
    total = sum(w for _, w in cases)
    mean = sum(v * w for v, w in cases) / total
    spread = sum(w * (v - mean) ** 2 for v, w in cases) / total
    if spread == 0:
        return None
    with localcontext() as c:
        c.prec = 50
        h = dec(spread).sqrt() / (dec(total).ln() / 5).exp()
        f = sum(dec(w) * (-(((dec(x) - dec(v)) / h) ** 2) / 2).exp() for v, w in cases) / (dec(total) * h * (2 * oracle.PI).sqrt())
        return Fraction(f)


def of_quantile(cases, q, p):
    """The influence of a person with this value on a quantile."""
    f, total = density(cases, q), sum(w for _, w in cases)
    return lambda v: -((v <= q) - p) / (f * total)


def poverty_line(threshold, rule, own, everybody):
    (kind, amount), = threshold.items()
    if kind == "given":
        return exact(amount), None, lambda v: 0
    base = everybody if kind == "share_of_median" else own
    middle = quantile(base, HALF, rule)
    moved = (lambda v: 0) if density(base, middle) is None else of_quantile(base, middle, HALF)
    share = exact(amount)
    return share * middle, base, lambda v: share * moved(v)


def statistic(measure, own, everybody):
    """(value, threshold, influence on the own group, influence on everybody or None)."""
    kind, rule, total = measure["kind"], measure.get("rule", "eurostat"), sum(w for _, w in own)
    if kind in ("median", "quantile"):
        return quantile(own, written(measure["probability"]) if kind == "quantile" else HALF, rule), None, None, None
    if kind == "gini":
        y = sum(v * w for v, w in own)
        if y <= 0:
            return None
        pairs = sum(w * u * abs(v - x) for v, w in own for x, u in own)
        value = pairs / (2 * total * y)

        def influence(v):
            # half of Σ|x − x'| weighted, differentiated by one weight
            return sum(u * abs(v - x) for x, u in own) / (total * y) - value * (1 / total + v / y)

        return value, None, influence, None
    if kind == "quintile_share_ratio":
        q20, q80 = quantile(own, FIFTH, rule), quantile(own, 4 * FIFTH, rule)
        low, high = sum(v * w for v, w in own if v <= q20), sum(v * w for v, w in own if v > q80)
        if low <= 0:
            return None
        value = high / low

        def influence(v):
            top = v * (v > q80) + q80 * ((v <= q80) - 4 * FIFTH)
            bottom = v * (v <= q20) - q20 * ((v <= q20) - FIFTH)
            return (top - value * bottom) / low

        return value, None, influence, None
    t, base, of_line = poverty_line(measure["threshold"], rule, own, everybody)
    shared = next(iter(measure["threshold"])) == "share_of_median"
    poor = [(v, w) for v, w in own if v < t]
    share_t = sum(w for _, w in poor) / total
    if kind == "at_risk_of_poverty":
        value, f = share_t, (density(own, t) or 0) if base is not None else 0
        plain, slope = (lambda v: ((v < t) - value) / total), f
    else:
        if not poor or t <= 0:
            return None
        m = quantile(poor, HALF, rule)
        value = (t - m) / t
        at_m = density(own, m)
        if at_m is None:
            return value, t, "unknown", None
        share_m = sum(w for v, w in own if v <= m) / total
        at_t = density(own, t)
        plain = lambda v: (((v <= m) - share_m) - HALF * ((v < t) - share_t)) / (total * at_m * t)  # noqa: E731
        slope = m / t**2 - HALF * at_t / at_m / t
    if shared:
        return value, t, plain, lambda v: slope * of_line(v)
    return value, t, lambda v: plain(v) + slope * of_line(v), None


# ---- the variance of Σu over the design -----------------------------------------------------------------------------


class Lonely:
    def __init__(self):
        self.seen = 0


def stratum_variance(units: dict, n: int, population, lonely: str, seen: Lonely):
    """units: totals of those with data, of n drawn. None where it is lonely and left out; 'nothing' where it says nothing."""
    rest = Fraction(1) if population is None else (population - n) / population
    if population is not None and rest < Fraction(1, 10**7):
        return Fraction(0)
    if n == 1:
        seen.seen += 1
        if lonely == "fail":
            raise Reject("survey.lonely-psu")
        return rest * sum(units.values()) ** 2 if lonely == "adjust" else None
    values = list(units.values()) + [Fraction(0)] * (n - len(units))
    mean = sum(values) / n
    return rest * Fraction(n, n - 1) * sum((u - mean) ** 2 for u in values)


def stage_total(parts, lonely: str):
    known = [v for v in parts if v is not None]
    if not known:
        return None
    return sum(known) * (Fraction(len(parts), len(known)) if lonely == "average" else 1)


class Sample:
    """The rows with their places in the design."""

    def __init__(self, design, columns, rows):
        self.design, self.rows, self.lonely = design, rows, design.get("lonely_psu", "fail")
        col = lambda name, row: columns[name][row]  # noqa: E731
        self.stratum = [str(col(design["stratum"], r)) if design.get("stratum") else "" for r in range(rows)]
        psu, second = design.get("psu"), design.get("second_stage")
        self.psu = [(self.stratum[r], str(col(psu, r)) if psu else r) for r in range(rows)]
        self.second = None
        if second:
            self.second = [(self.psu[r], str(col(second["unit"], r)) if second.get("unit") else r) for r in range(rows)]
        if psu and not design.get("nested", True):
            seen = {}
            for stratum, code in set(self.psu):
                if seen.setdefault(code, stratum) != stratum:
                    raise Reject("survey.psu-in-two-strata")
        self.reused = 0
        if psu:
            codes = [code for _, code in set(self.psu)]
            self.reused = len(codes) - len(set(codes))
        self.fpc = self.corrections(design.get("fpc"), columns, self.stratum, self.psu)
        self.second_fpc = self.corrections(second["fpc"], columns, self.psu, self.second) if second else {}
        self.calibration = None

    def weighted(self, w, z):
        """What is added up to units: weighted values, or weighted residuals where weights are calibrated."""
        if self.calibration:
            z = self.calibration.residuals(z)
        return [a * b for a, b in zip(w, z)]

    def corrections(self, fpc, columns, above, units):
        if not fpc:
            return {}
        given, members = {}, {}
        for r in range(self.rows):
            x = columns[fpc["column"]][r]
            if x is None:
                raise Reject("survey.missing-design-value")
            if x <= 0 or (fpc["kind"] == "fraction" and x > 1):
                raise Reject("survey.bad-fpc")
            given.setdefault(above[r], set()).add(exact(x))
            members.setdefault(above[r], set()).add(units[r])
        made = {}
        for place, values in given.items():
            if len(values) > 1:
                raise Reject("survey.fpc-varies")
            (x,), n = values, len(members[place])
            if fpc["kind"] == "population" and x < n:
                raise Reject("survey.fpc-below-sample")
            made[place] = x if fpc["kind"] == "population" else n / x
        return made

    def variance(self, u, has_data):
        """u for each row (0 where it does not count); has_data says which rows stand in the group."""
        seen, parts, second = Lonely(), [], []
        for stratum in sorted({self.stratum[r] for r in range(self.rows) if has_data[r]}):
            inside = [r for r in range(self.rows) if self.stratum[r] == stratum]
            n, population = len({self.psu[r] for r in inside}), self.fpc.get(stratum)
            units = {}
            for r in inside:
                if has_data[r]:
                    units[self.psu[r]] = units.get(self.psu[r], 0) + u[r]
            if self.second:
                for psu in sorted(units, key=str):
                    of_psu = [r for r in inside if self.psu[r] == psu]
                    seconds = {}
                    for r in of_psu:
                        if has_data[r]:
                            seconds[self.second[r]] = seconds.get(self.second[r], 0) + u[r]
                    v = stage_total([stratum_variance(seconds, len({self.second[r] for r in of_psu}), self.second_fpc.get(psu), self.lonely, seen)], self.lonely)
                    if v is not None:
                        second.append(v * n / population)
            parts.append(stratum_variance(units, n, population, self.lonely, seen))
        first = stage_total(parts, self.lonely)
        return (None if first is None else first + sum(second)), seen.seen


    def covariance(self, u, v):
        """Of two linearised totals, row by row. A stratum whose only unit was certain to be drawn adds nothing."""

        def of_stage(units, first, second, n, population):
            rest = Fraction(1) if population is None else (population - n) / population
            if rest < Fraction(1, 10**7):
                return Fraction(0)
            a = [sum(first[r] for r in rows) for rows in units]
            b = [sum(second[r] for r in rows) for rows in units]
            if n == 1:
                return rest * a[0] * b[0] if self.lonely == "adjust" else Fraction(0)
            return rest * Fraction(n, n - 1) * (sum(x * y for x, y in zip(a, b)) - sum(a) * sum(b) / n)

        def grouped(rows, by):
            made = {}
            for r in rows:
                made.setdefault(by[r], []).append(r)
            return made

        total = Fraction(0)
        for stratum, rows in grouped(range(self.rows), self.stratum).items():
            units, population = grouped(rows, self.psu), self.fpc.get(stratum)
            total += of_stage(units.values(), u, v, len(units), population)
            if self.second:
                for psu, inside in units.items():
                    seconds = grouped(inside, self.second)
                    total += of_stage(seconds.values(), u, v, len(seconds), self.second_fpc.get(psu)) * len(units) / population
        return total


# ---- the whole ------------------------------------------------------------------------------------------------------


def replicate_covariance(spec, a, b):
    """a and b: the full estimate and those of the replicates."""
    (x, xs), (y, ys) = a, b
    both = [Fraction(0)] * 2
    for k, sign in enumerate((1, -1)):
        both[k] = replicate_variance(spec, x + sign * y, [p + sign * q for p, q in zip(xs, ys)])
    return (both[0] - both[1]) / 4


def replicate_variance(spec, full, thetas):
    r = len(spec["columns"])
    method = spec["method"]
    scales = {"brr": Fraction(1, r), "jackknife1": Fraction(r - 1, r), "jackknife_n": Fraction(1), "bootstrap": Fraction(1, r - 1), "successive_difference": Fraction(4, r), "other": None}
    scale = 1 / (r * (1 - exact(method["fay"])) ** 2) if isinstance(method, dict) else scales[method]
    if spec.get("scale") is not None:
        scale = exact(spec["scale"])
    rscales = [exact(x) for x in spec.get("rscales") or [1] * r]
    used = [(s, t) for s, t in zip(rscales, thetas) if s > 0]
    if any(t is None for _, t in used):
        return None
    centre = full if spec.get("mse") else sum(t for _, t in used) / len(used)
    return scale * sum(s * (t - centre) ** 2 for s, t in used)


def check_plan(plan):
    def bad(condition):
        if condition:
            raise Reject("survey.bad-plan")

    d = plan["design"]
    bad(not plan["estimates"])
    bad(d.get("population") is not None and d["population"] <= 0)
    bad(d.get("second_stage") and not (d.get("psu") and d.get("fpc")))
    r = d.get("replicates")
    if r:
        bad(d.get("stratum") or d.get("psu") or d.get("fpc"))
        bad(len(r["columns"]) < 2)
        bad(r["method"] == "jackknife_n" and not r.get("rscales"))
        bad(r["method"] == "other" and not r.get("scale"))
        bad(isinstance(r["method"], dict) and not 0 <= r["method"]["fay"] < 1)
    if d.get("calibration") is not None:
        oracle_calibration.check(d["calibration"])
    for m in plan["estimates"].values():
        bad(m["kind"] == "quantile" and not 0 < m["probability"] < 1)
        bad(m["kind"] == "rate" and m["multiplier"] <= 0)
        bad("threshold" in m and next(iter(m["threshold"].values())) <= 0)
    for domain in plan.get("domains", [{}]):
        bad(len(set(domain.get("by", []))) != len(domain.get("by", [])))
        bad(any(len(g) != len(domain.get("by", [])) for g in domain.get("groups") or []))


def needed(plan):
    d = plan["design"]
    names = {d["weight"], d.get("stratum"), d.get("psu"), *(d.get("replicates") or {}).get("columns", [])}
    names |= {d["fpc"]["column"]} if d.get("fpc") else set()
    if d.get("second_stage"):
        names |= {d["second_stage"].get("unit"), d["second_stage"]["fpc"]["column"]}
    names |= oracle_calibration.needed(d["calibration"]) if d.get("calibration") is not None else set()
    for m in plan["estimates"].values():
        names |= {m.get(k) for k in ("variable", "numerator", "denominator")}
    for domain in plan.get("domains", [{}]):
        names |= set(domain.get("by", []))
    return names - {None}


def code_of(x):
    """A code as it is compared: one form of each letter; an empty text is none."""
    return (unicodedata.normalize("NFC", x) if x.strip() else None) if isinstance(x, str) else x


def spelt(plan):
    """The plan with its codes in one form; an empty one is refused."""
    def spell(x):
        if (made := code_of(x)) is None:
            raise Reject("survey.bad-plan")
        return made

    estimates = {n: m | ({"category": spell(m["category"])} if m.get("category") is not None else {}) for n, m in plan["estimates"].items()}
    made = plan | {"estimates": estimates}
    if calibration := plan["design"].get("calibration"):
        margins = [m | {"totals": [t | {"codes": [spell(c) for c in t["codes"]]} for t in m["totals"]]} for m in calibration.get("margins", [])]
        made["design"] = plan["design"] | {"calibration": calibration | ({"margins": margins} if margins else {})}
    if "domains" in plan:
        made["domains"] = [d | ({"groups": [[spell(c) for c in g] for g in d["groups"]]} if d.get("groups") is not None else {}) for d in plan["domains"]]
    return made


def estimate(request):
    plan, columns, reporting = request["plan"], request["columns"], request["reporting"]
    confidence = reporting["confidence"]
    check_plan(plan)
    level(confidence)
    plan, columns = spelt(plan), {name: [code_of(x) for x in column] for name, column in columns.items()}
    design = plan["design"]
    for name in sorted(needed(plan)):
        if name not in columns:
            raise Reject("survey.missing-column")
    rows = len(columns[design["weight"]])
    if rows == 0:
        raise Reject("survey.no-rows")
    weights = columns[design["weight"]]
    spec = design.get("replicates")
    for column in [weights] + [columns[c] for c in (spec or {}).get("columns", [])]:
        if any(w is None or isinstance(w, str) or w < 0 for w in column):
            raise Reject("survey.bad-weight")
    for name in (design.get("stratum"), design.get("psu"), (design.get("second_stage") or {}).get("unit")):
        if name and any(x is None for x in columns[name]):
            raise Reject("survey.missing-design-value")
    for m in plan["estimates"].values():
        if m["kind"] == "proportion" and "category" not in m and any(x not in (0, 1, None) for x in columns[m["variable"]]):
            raise Reject("survey.not-binary")
    sample = Sample(design, columns, rows)
    w = [exact(x) for x in weights]
    sets = [w]
    for name in (spec or {}).get("columns", []):
        r = [exact(x) for x in columns[name]]
        sets.append(r if spec.get("combined", True) else [a * b for a, b in zip(w, r)])
    # who is in the sample goes by the weights of the design
    drawn = [any(s[r] for s in sets) for r in range(rows)]
    sample.drawn = [x > 0 for x in w]
    found = {}

    def find(code, n=1):
        found[code] = found.get(code, 0) + n

    if sample.reused:
        find("survey.psu-reused")
    if design.get("calibration") is not None:
        calibration = oracle_calibration.Calibration(design["calibration"], columns, rows)
        w = calibration.of_sample(w)
        sets = [w] + [calibration.weights(s) for s in sets[1:]]
        sample.calibration = calibration
        if any(x < 0 for x in w):
            find("survey.negative-calibrated-weights")
    for domain in plan.get("domains", [{}]):
        if any(columns[d][r] is None for r in range(rows) for d in domain.get("by", [])):
            find("survey.rows-without-group")
    for domain in plan.get("domains", [{}]):
        if looks_calibrated(design, domain, columns, w, rows):
            find("survey.undeclared-calibration")
    answers, together = [], []
    for name in sorted(plan["estimates"]):
        for domain in plan.get("domains", [{}]):
            by, wanted = domain.get("by", []), domain.get("groups")
            place = lambda r: tuple(columns[d][r] for d in by)  # noqa: E731
            cells = {place(r) for r in range(rows) if None not in place(r)}
            cells = {tuple(g) for g in wanted} if wanted is not None else cells
            cells = cells or ({()} if not by else set())
            inner = []
            if reporting.get("covariances") and by and len(cells) > 500:
                raise Reject("survey.bad-parameter")
            for cell in sorted(cells):
                member = [place(r) == cell and drawn[r] for r in range(rows)]
                weightless = not any(member) and any(place(r) == cell for r in range(rows))
                if weightless:
                    find("survey.no-weight")
                    answers.append({"estimate": name, "kind": plan["estimates"][name]["kind"], "domain": [{"dimension": d, "code": c} for d, c in zip(by, cell)], "n": 0, "absent": "no_weight"})
                    continue
                answers.append(one(name, plan["estimates"][name], [{"dimension": d, "code": c} for d, c in zip(by, cell)], member, sample, columns, sets, spec, reporting, find, inner))
            if reporting.get("covariances") and by and cells:
                made = groups_of(answers[-len(cells) :], inner, sample, spec)
                df = Fraction(spec.get("degrees_of_freedom") or len(spec["columns"]) - 1) if spec else Fraction(len(set(sample.psu)) - len(set(sample.stratum)))
                if df > 0:
                    made["df"] = float(df)
                if df > 0 and plan["estimates"][name]["kind"] == "proportion" and "covariance" in made:
                    where = [next((c for c in made["codes"] if tuple(c) == place(r)), None) for r in range(rows)]
                    test = shares_alike(plan["estimates"][name], made["codes"], where, columns, sets, sample, spec, df)
                    made |= {"all_equal": test} if test else {}
                together.append({"estimate": name, "by": by} | made)
    rules = reporting.get("quality")
    if rules:
        check_rules(rules)
    known, tolerance = design.get("population"), exact(rules["population_tolerance"]) if rules else 0
    if known and abs(sum(w) - exact(known)) > (tolerance + Fraction(1, 10**9)) * exact(known):
        find("survey.weights-miss-population")
    return {"estimates": answers, "rows": rows, "findings": {"counts": found}} | ({"groups": together} if together else {})


def looks_calibrated(design, domain, columns, w, rows):
    """Whether weights with more than two decimals, which differ within a group, sum to whole numbers in each group of a domain."""
    by = domain.get("by", [])
    if not by or domain.get("groups") is not None or "calibration" in design or "replicates" in design or {design.get("stratum"), design.get("psu")} & set(by):
        return False
    groups = {}
    for r in range(rows):
        groups.setdefault(tuple(columns[d][r] for d in by), []).append(w[r])
    if len(groups) < 2 or any(None in g for g in groups) or not any((100 * x).denominator > 1 for x in w):
        return False
    if not any(max(g) > min(g) * (1 + Fraction(1, 10**6)) for g in groups.values()):
        return False
    return all(abs(sum(g) - round(sum(g))) <= Fraction(5, 1000) for g in groups.values())


def shares_alike(m, codes, where, columns, sets, sample, spec, df):
    """The test of Rao and Scott, second order, over the table of groups and answers, as R's svychisq: with all contrasts of the interaction."""
    cases = [r for r in range(sample.rows) if where[r] is not None and columns[m["variable"]][r] is not None]
    inside = {r: (columns[m["variable"]][r] == m["category"]) if "category" in m else columns[m["variable"]][r] == 1 for r in cases}
    cells = [(g, x) for x in (True, False) for g in range(len(codes))]
    holds = {r: (codes.index(where[r]), inside[r]) for r in cases}

    def shares(w):
        size = sum(w[r] for r in cases)
        return [sum(w[r] for r in cases if holds[r] == c) / size for c in cells] if size else None

    w = sets[0]
    p, size = shares(w), sum(w[r] for r in cases)
    n = len(cells)
    if spec:
        of_sets = [shares(s) for s in sets[1:]]
        v = [[replicate_covariance(spec, (p[i], [s[i] for s in of_sets]), (p[j], [s[j] for s in of_sets])) for j in range(n)] for i in range(n)]
    else:
        z = [[Fraction(0)] * sample.rows for _ in cells]
        for k, c in enumerate(cells):
            for r in cases:
                z[k][r] = ((holds[r] == c) - p[k]) / size
        u = [sample.weighted(w, x) for x in z]
        v = [[sample.covariance(u[i], u[j]) for j in range(n)] for i in range(n)]
    g = len(codes)
    rows = [p[i] + p[g + i] for i in range(g)]
    both = [sum(p[:g]), sum(p[g:])]
    if g < 2 or not all(both):
        return None
    pearson = sum((p[c * g + i] - rows[i] * both[c]) ** 2 / (rows[i] * both[c]) for i in range(g) for c in range(2))
    # columns: group k against the last, in against out
    contrasts = [[(1 if i == k else -1 if i == g - 1 else 0) * (1 if c == 0 else -1) for c in range(2) for i in range(g)] for k in range(g - 1)]
    scaled = [[Fraction(x) / p[i] if p[i] else Fraction(0) for i, x in enumerate(c)] for c in contrasts]
    simple = [[sum(a * b for a, b in zip(x, y)) for y in scaled] for x in contrasts]
    designed = [[sum(x[i] * v[i][j] * y[j] for i in range(n) for j in range(n)) for y in scaled] for x in scaled]
    delta = solved(simple, designed)
    trace = sum(delta[i][i] for i in range(g - 1))
    squares = sum(delta[i][j] * delta[j][i] for i in range(g - 1) for j in range(g - 1))
    if trace <= 0:
        return None
    with localcontext() as c:
        c.prec = 60
        numerator = dec(trace**2 / squares)
        f = dec(pearson / trace)
        return {"test": "rao_scott", "f": float(f), "df": float(numerator), "denominator_df": float(numerator * dec(df)), "p": float(f_above(f, numerator, numerator * dec(df)))}


def solved(a, b):
    """A⁻¹B in fractions."""
    n = len(a)
    rows = [list(x) + list(y) for x, y in zip(a, b)]
    for i in range(n):
        at = next(k for k in range(i, n) if rows[k][i])
        rows[i], rows[at] = rows[at], rows[i]
        rows[i] = [x / rows[i][i] for x in rows[i]]
        for k in range(n):
            if k != i and rows[k][i]:
                rows[k] = [x - rows[k][i] * y for x, y in zip(rows[k], rows[i])]
    return [row[n:] for row in rows]


def groups_of(estimates, inner, sample, spec):
    """The groups with a figure, and the covariance of each with each."""
    codes = [[part["code"] for part in e["domain"]] for e in estimates]
    there = [i for i, e in enumerate(estimates) if "value" in e]
    made = {"codes": [codes[i] for i in there], "groups": []}
    for i in there:
        e = estimates[i]
        made["groups"].append({"value": e["value"], "size": e["population"], "n": e["n"]} | ({"se": e["se"]} if "se" in e else {}) | ({"df": e["df"]} if e["df"] > 0 else {}))
    if len(there) < len(estimates):
        made["without_value"] = [c for i, c in enumerate(codes) if i not in there]
    if there and all("se" in estimates[i] for i in there):
        rows = []
        with localcontext() as c:
            c.prec = 50
            for i, (u, se, thetas, value) in enumerate(inner):
                row = []
                for j, (v, other, etas, with_) in enumerate(inner):
                    if i == j:
                        row.append(float(se * se))
                    elif se == 0 or other == 0:
                        row.append(0)
                    elif spec:
                        row.append(float(replicate_covariance(spec, (value, thetas), (with_, etas))))
                    else:
                        # the correlation of the linearised values; errors as they are given
                        together, apart = sample.covariance(u, v), sample.covariance(u, u) * sample.covariance(v, v)
                        row.append(float(dec(together) / dec(apart).sqrt() * dec(se) * dec(other)) if apart else 0)
                rows.append(row)
        made["covariance"] = rows
    return made


def one(name, m, domain, member, sample, columns, sets, spec, reporting, find, inner):
    rows, w, kind, confidence = sample.rows, sets[0], m["kind"], reporting["confidence"]
    out = {"estimate": name, "kind": kind, "domain": domain, "n": 0}
    if not any(member):
        find("survey.empty-domain")
        return out | {"absent": "empty_domain"}
    is_list = kind in ("quantile", "median", "at_risk_of_poverty", "poverty_gap", "quintile_share_ratio", "gini")
    variables = [m[k] for k in ("variable", "numerator", "denominator") if m.get(k)]
    ok = [member[r] and all(columns[v][r] is not None for v in variables) for r in range(rows)]
    n = sum(1 for r in range(rows) if ok[r] and sample.drawn[r])
    out["n"] = n
    if n == 0:
        find("survey.all-missing")
        return out | {"absent": "all_missing"}
    case = [r for r in range(rows) if ok[r]]
    counted = [ok[r] and sample.drawn[r] for r in range(rows)]
    out["population"] = float(sum(w[r] for r in case))

    def top(r):
        if "category" in m:
            return Fraction(columns[m["variable"]][r] == m["category"])
        v = m.get("variable") or m.get("numerator")
        return exact(columns[v][r]) if v else Fraction(1)

    def bottom(r):
        return exact(columns[m["denominator"]][r]) if m.get("denominator") else Fraction(1)

    def point(ws):
        if is_list:
            own = [(exact(columns[m["variable"]][r]), ws[r]) for r in case if ws[r]]
            everybody = [(exact(columns[m["variable"]][r]), ws[r]) for r in range(rows) if columns[m["variable"]][r] is not None and ws[r]]
            return statistic(m, own, everybody) if own else None
        above = sum(ws[r] * top(r) for r in case)
        if kind == "total":
            return (above,)
        below = sum(ws[r] * bottom(r) for r in case)
        return (above / below * (exact(m["multiplier"]) if kind == "rate" else 1),) if below else None

    made = point(w)
    if made is not None and is_list and made[1] is not None:
        out["threshold"] = float(made[1])
    if made is None:
        find("survey.not-defined")
        return out | {"absent": "not_defined"}
    value = made[0]
    out["value"] = float(value)
    simple, thetas, u = None, None, None
    if spec:
        df = Fraction(spec.get("degrees_of_freedom") or len(spec["columns"]) - 1)
        if spec["method"] in ("jackknife1", "jackknife_n") and kind in ("quantile", "median", "at_risk_of_poverty", "poverty_gap"):
            find("survey.jackknife-quantile")
        thetas = [(t[0] if (t := point(s)) is not None else None) for s in sets[1:]]
        v = replicate_variance(spec, value, thetas)
        if v is None:
            find("survey.replicate-undefined")
    else:
        units = {(sample.psu[r]) for r in range(rows) if counted[r]}
        strata = {sample.stratum[r] for r in range(rows) if counted[r]}
        df = Fraction(len(units) - len(strata))
        out |= {"psus": len(units), "strata": len(strata)}
        data = counted
        z = [Fraction(0)] * rows
        if is_list and kind in ("median", "quantile"):
            size = sum(w[r] for r in case)
            share = sum(w[r] for r in case if exact(columns[m["variable"]][r]) <= value) / size
            for r in case:
                z[r] = ((exact(columns[m["variable"]][r]) <= value) - share) / size
        elif is_list:
            _, _, own, whole = made
            if own != "unknown":
                for r in case:
                    z[r] += own(exact(columns[m["variable"]][r]))
                if whole:
                    data = [columns[m["variable"]][r] is not None and sample.drawn[r] for r in range(rows)]
                    for r in range(rows):
                        if data[r]:
                            z[r] += whole(exact(columns[m["variable"]][r]))
        elif kind == "total":
            for r in case:
                z[r] = top(r)
        else:
            below = sum(w[r] * bottom(r) for r in case)
            scale = exact(m["multiplier"]) if kind == "rate" else 1
            for r in case:
                z[r] = scale * (top(r) - value / scale * bottom(r)) / below
        if sample.calibration:
            # who is outside the group has a residual too
            data = [True] * rows
        u = sample.weighted(w, z)
        v, lonely = (None, 0) if is_list and made[2] == "unknown" else sample.variance(u, data)
        if lonely:
            find("survey.lonely-psu-adjusted")
    if not is_list and kind in ("mean", "proportion", "total") and ("variable" in m):
        size = sum(w[r] for r in case)
        mean = sum(w[r] * top(r) for r in case) / size
        spread = sum(w[r] * (top(r) - mean) ** 2 for r in case) / size
        if n > 1 and spread > 0 and size > n:
            simple = (1 - n / size) * Fraction(n, n - 1) * spread / n * (size**2 if kind == "total" else 1)
    se = None if v is None else root(v)
    out["df"] = float(df)
    if df <= 0:
        find("survey.no-degrees-of-freedom")
    share = kind in ("proportion", "at_risk_of_poverty")
    with localcontext() as c:
        c.prec = 50
        if kind in ("median", "quantile") and not spec and se is not None:
            own = [(exact(columns[m["variable"]][r]), w[r]) for r in case]
            below = sum(x for y, x in own if y <= value) / sum(x for _, x in own)
            half, se = se, None
            if df > 0:
                t = Fraction(critical(confidence, dec(df)))
                low, high = below - t * half, below + t * half
                if low >= 0 and high <= 1:
                    a, b = quantile(own, low, m.get("rule", "eurostat")), quantile(own, high, m.get("rule", "eurostat"))
                    out["interval"] = shown(dec(a), dec(b), confidence, "woodruff")
                    se = (b - a) / (2 * t)
                else:
                    find("survey.no-interval")
        elif se is not None and df > 0:
            if share:
                out["interval"] = share_interval(dec(value), dec(se), n, dec(df), confidence, reporting.get("proportion_interval", "logit"), reporting.get("korn_graubard", "capped"))
                if out["interval"] is None:
                    del out["interval"]
                    find("survey.no-interval")
            else:
                out["interval"] = mean_interval(dec(value), dec(se), dec(df), confidence)
        if se is None:
            find("survey.no-variance")
        elif se == 0:
            # nothing is left beside the known totals, or nothing differs between units
            fixed = sample.calibration and not spec and any(z) and not any(u)
            find("survey.fixed-by-calibration" if fixed else "survey.zero-variance")
        if se is not None:
            out["se"] = float(se)
            inner.append((u, se, thetas, value))
            if value != 0:
                out["cv"] = float(se / abs(value))
            if simple:
                deff = se**2 / simple
                out["deff"] = float(deff)
                if deff > 0:
                    out["effective_n"] = float(n / deff)
        if reporting.get("quality"):
            out["quality"], flags = grade(dec(value), None if se is None else dec(se), n, dec(df), share, confidence, reporting["quality"])
            if flags:
                out["flags"] = flags
    return out


def number(x) -> Decimal:
    return Decimal(x)


def proportion_interval(r):
    with localcontext() as c:
        c.prec = 50
        made = share_interval(number(r["proportion"]), number(r["se"]), r["n"], number(r["df"]), r["confidence"], r.get("rule", "logit"), r.get("profile", "capped"))
    return {"interval": made}


def mean(r):
    with localcontext() as c:
        c.prec = 50
        return mean_interval(number(r["value"]), number(r["se"]), number(r["df"]), r["confidence"])


def graded(r):
    with localcontext() as c:
        c.prec = 50
        df, se = r.get("df"), r.get("se")
        word, flags = grade(number(r["value"]), None if se is None else number(se), r["n"], None if df is None else number(df), r.get("is_share", False), r["confidence"], r["rules"])
    return {"quality": word, "flags": flags}


def poisson_exact(r):
    count, confidence = r["count"], r["confidence"]
    if count < 0:
        raise Reject("estimate.negative-count")
    return shown(*poisson_ends(number(count), confidence), confidence, "poisson_exact")


def poisson_ends(count, confidence):
    tail = (1 - level(confidence)) / 2
    with localcontext() as c:
        c.prec = 50
        low = Decimal(0) if count == 0 else gamma_quantile(tail, count)
        return low, gamma_quantile(1 - tail, count + 1)


OPERATIONS = {
    "survey.estimate": estimate,
    "survey.proportion_interval": proportion_interval,
    "survey.mean_interval": mean,
    "survey.quality": graded,
    "estimate.poisson_exact": poisson_exact,
}
# states are bytes: their laws are tested in Rust; here are only the ones that must be refused
BY_HAND = {"survey.accumulate", "survey.merge", "survey.finish"}
