"""An independent second implementation of the operations of the Standardized Monitoring System.

Plain Python 3.11, standard library only. Written from the description of the method, not from the engine: it exists
so that the two can disagree. Everything that needs a root, a logarithm or the normal distribution is computed with 60
decimal digits and rounded once, so a result of this file is the nearest f64 to the true value wherever the inputs are
exact. It is slow on purpose where slow is simple.

    from oracle import call
    call({"op": "estimate.wilson", "numerator": 65, "denominator": 100, "confidence": 0.95})
"""

from __future__ import annotations

import csv
import importlib
import io
import json
import math
import re
import sys
import unicodedata
from decimal import Decimal, getcontext
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

# one module also when it is run as a program: the areas import it by its name
sys.modules.setdefault("oracle", sys.modules[__name__])
getcontext().prec = 60
CATALOGUE_DIR = Path(__file__).resolve().parents[2] / "catalogue" / "baked"
SLACK = Decimal("1e-9")


class Reject(Exception):
    """The request has no result; `code` says why."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


class NotCovered(Exception):
    """This oracle does not implement the operation; its vectors are worked by hand."""


@lru_cache(1)
def catalogue() -> dict:
    return json.loads((CATALOGUE_DIR / "catalogue.json").read_text("utf-8"))


@lru_cache(1)
def standard_method() -> dict:
    return json.loads((CATALOGUE_DIR / "method-standard.json").read_text("utf-8"))


def D(x) -> Decimal:
    """The exact decimal value of an f64."""
    return Decimal(x)


# ---- normal distribution -------------------------------------------------------------------------------------------

PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")


def erf(x: Decimal) -> Decimal:
    """By its power series; good to 30 digits and more for |x| < 7, and 1 to all digits of an f64 beyond 11."""
    if abs(x) > 11:
        return Decimal(1).copy_sign(x)
    old = getcontext().prec
    getcontext().prec = 110
    term, total, n, xx = x, x, 0, x * x
    while abs(term) > Decimal("1e-75"):
        n += 1
        term = -term * xx / n
        total += term / (2 * n + 1)
    total = 2 * total / PI.sqrt()
    getcontext().prec = old
    return +total


def phi(z: Decimal) -> Decimal:
    return (1 + erf(z / Decimal(2).sqrt())) / 2


@lru_cache(None)
def quantile(p: Decimal) -> Decimal:
    """The z with phi(z) = p, by Newton from 0."""
    if p < Decimal("0.5"):
        return -quantile(1 - p)
    z = Decimal(0)
    for _ in range(200):
        density = (-z * z / 2).exp() / (2 * PI).sqrt()
        step = (phi(z) - p) / density
        step = max(min(step, Decimal("0.5")), Decimal("-0.5"))
        z -= step
        if abs(step) < Decimal("1e-45"):
            return z
    raise ArithmeticError("no convergence")


def z_of(confidence) -> Decimal:
    if not 0 < confidence < 1:
        raise Reject("estimate.bad-confidence")
    # the decimal number that a person wrote (0.95), not the f64 next to it: the difference is below 1e-16
    return quantile((1 + Decimal(repr(confidence))) / 2)


# ---- estimates -----------------------------------------------------------------------------------------------------


def wilson_d(a, n, confidence):
    if n == 0:
        raise Reject("estimate.zero-denominator")
    if a < 0 or n < 0:
        raise Reject("estimate.negative-count")
    if a > n:
        raise Reject("estimate.count-above-denominator")
    z, a, n = z_of(confidence), D(a), D(n)
    half = z * (z * z + 4 * a * (n - a) / n).sqrt()
    low = (2 * a + z * z - half) / (2 * (n + z * z))
    high = (2 * a + z * z + half) / (2 * (n + z * z))
    return (Decimal(0) if a == 0 else low), (Decimal(1) if a == n else high)


def byar_d(count, confidence):
    if count < 0:
        raise Reject("estimate.negative-count")
    z, o = z_of(confidence), D(count)
    # no count is below 0, whatever the approximation says of one event at a high confidence
    low = Decimal(0) if o == 0 else max(Decimal(0), o * (1 - 1 / (9 * o) - z / (3 * o.sqrt())) ** 3)
    up = o + 1
    return low, up * (1 - 1 / (9 * up) + z / (3 * up.sqrt())) ** 3


def interval(low, high, confidence, method):
    return {"lower": float(low), "upper": float(high), "confidence": confidence, "method": method}


def count_interval(count, confidence, exact_below):
    """The ends of a count's interval, and how they were made: exact for few events."""
    if D(count) + Decimal("1e-9") >= D(exact_below):
        return *byar_d(count, confidence), "byar"
    made = importlib.import_module("oracle_survey").poisson_ends(D(count), confidence)
    return *made, "poisson_exact"


def standard_exact_below():
    return standard_method()["estimate"]["exact_below"]["value"]


def from_counts(kind, a, b, multiplier, confidence, exact_below):
    if b == 0:
        raise Reject("estimate.zero-denominator")
    if a < 0 or b < 0:
        raise Reject("estimate.negative-count")
    if not 0 < confidence < 1:
        raise Reject("estimate.bad-confidence")
    m, x, n = D(multiplier), D(a), D(b)
    out = {"value": float(m * x / n)}
    if kind == "proportion":
        low, high = wilson_d(a, b, confidence)
        p = x / n
        out["se"] = float(m * (p * (1 - p) / n).sqrt())
        out["interval"] = interval(m * low, m * high, confidence, "wilson")
    elif kind == "rate":
        low, high, how = count_interval(a, confidence, exact_below)
        out["se"] = float(m * x.sqrt() / n)
        out["interval"] = interval(low * m / n, high * m / n, confidence, how)
    return out


def effective(kind, a, b, n, deff):
    """How many persons weighted counts are worth; None where no design effect is known."""
    if deff is not None:
        return min(D(n) / D(deff), D(b))
    return D(b) if n == b or (kind == "rate" and n == a) else None


def from_weighted(kind, a, b, worth, multiplier, confidence, exact_below):
    """The figure of the counts, with the error of as many persons as they are worth."""
    plain = from_counts(kind, a, b, multiplier, confidence, exact_below)
    if not worth:
        return {"value": plain["value"], "se": None, "interval": None}
    # counts of the same share, in numbers that keep their digits
    made = from_counts(kind, D(a) / D(b) * worth, worth, multiplier, confidence, exact_below)
    return made | {"value": plain["value"]}


def from_counts_of(r):
    deff, n = r.get("deff"), r.get("n")
    exact_below = r.get("exact_below", standard_exact_below())
    if exact_below < 0:
        raise Reject("wire.bad-request")
    plain = from_counts(r["kind"], r["numerator"], r["denominator"], r["multiplier"], r["confidence"], exact_below)
    if deff is not None and not (math.isfinite(deff) and deff > 0):
        raise Reject("estimate.bad-design-effect")
    if n is None and deff is None:
        return plain
    n = r["denominator"] if n is None else n
    if n < 0:
        raise Reject("estimate.negative-count")
    worth = effective(r["kind"], r["numerator"], r["denominator"], n, deff)
    if worth is None:
        return {"value": plain["value"], "se": None, "interval": None}
    return {"se": None, "interval": None} | from_weighted(r["kind"], r["numerator"], r["denominator"], worth, r["multiplier"], r["confidence"], exact_below)


def given(value, se, confidence, df=None):
    z = z_of(confidence)
    if df is not None and not (math.isfinite(df) and df > 0):
        raise Reject("estimate.bad-df")
    if se is None:
        return {"value": value}
    if df is not None:
        z = importlib.import_module("oracle_survey").critical(confidence, D(df))
    return {"value": value, "se": se, "df": df, "interval": interval(D(value) - z * D(se), D(value) + z * D(se), confidence, "normal" if df is None else "student_t")}


# ---- scores --------------------------------------------------------------------------------------------------------


def clamp(x, low, high):
    return min(max(x, low), high)


def goalposts_d(value, worst, best):
    if worst == best:
        raise Reject("score.equal-goalposts")
    raw = 100 * (D(value) - D(worst)) / (D(best) - D(worst))
    return raw


def scored(raw):
    return {"score": float(clamp(raw, Decimal(0), Decimal(100))), "raw": float(raw)}


def check_order(worst, best, polarity):
    if worst == best:
        raise Reject("score.equal-goalposts")
    if polarity == "higher" and best < worst or polarity == "lower" and best > worst:
        raise Reject("score.goalposts-order")


def target_ratio(value, target, polarity):
    if target <= 0 or value < 0 or (value == 0 and polarity == "value"):
        raise Reject("score.not-positive")
    x, t = D(value), D(target)
    if polarity == "higher":
        return scored(100 * x / t)
    if polarity == "lower":
        return {"score": 100.0} if x == 0 else scored(100 * t / x)
    return scored(100 * min(x / t, t / x))


def band_score(value, worst_low, lower, upper, worst_high):
    if not (worst_low < lower <= upper < worst_high):
        raise Reject("score.goalposts-order")
    x, a, b, c, d = map(D, (value, worst_low, lower, upper, worst_high))
    return scored(Decimal(100) if b <= x <= c else 100 * (x - a) / (b - a) if x < b else 100 * (d - x) / (d - c))


def maturity(level, levels):
    if level != int(level) or not 0 <= level < len(levels):
        raise Reject("score.unknown-level")
    return {"score": float(levels[int(level)])}


# ---- standards and targets -----------------------------------------------------------------------------------------


def sign_of(polarity):
    return {"higher": 1, "lower": -1}.get(polarity, 0)


def standing(value, standard, polarity):
    sign = sign_of(polarity)
    if sign == 0 or standard is None:
        return "no_standard"
    difference = sign * (D(value) - D(standard))
    if abs(difference) <= SLACK:
        return "at"
    return "above" if difference > 0 else "below"


def is_met(value, threshold, operator, upper=None):
    x, t = D(value), D(threshold)
    if upper is not None:
        return t - x <= SLACK and x - D(upper) <= SLACK
    if operator == ">=":
        return t - x <= SLACK
    if operator == "<=":
        return x - t <= SLACK
    if operator == ">":
        return x - t > SLACK
    if operator == "<":
        return t - x > SLACK
    return abs(x - t) <= SLACK


# ---- aggregation ---------------------------------------------------------------------------------------------------


def mean(items, minimum, kind="arithmetic"):
    if not items:
        raise Reject("aggregate.no-items")
    if not 0 <= minimum <= 1:
        raise Reject("aggregate.bad-parameter")
    if any(i["weight"] < 0 for i in items) or all(i["weight"] == 0 for i in items):
        raise Reject("aggregate.bad-weight")
    if any(i.get("score") is not None and not 0 <= i["score"] <= 100 for i in items):
        raise Reject("aggregate.score-out-of-range")
    if any(i.get("coverage") is not None and not 0 <= i["coverage"] <= 1 for i in items):
        raise Reject("aggregate.bad-parameter")
    has = [i for i in items if i.get("score") is not None]

    def covered(i):
        return D(i["coverage"]) if i.get("coverage") is not None else Decimal(1 if i.get("score") is not None else 0)

    total = sum(D(i["weight"]) for i in items)
    coverage = sum(D(i["weight"]) * covered(i) for i in items) / total
    out = {"coverage": float(coverage), "n": len(has), "of": len(items)}
    present = sum(D(i["weight"]) for i in has)
    if coverage < D(minimum) - SLACK or present == 0:
        return out
    pairs = [(D(i["weight"]) / present, D(i["score"])) for i in has if i["weight"] > 0]
    if kind != "arithmetic" and any(s == 0 for _, s in pairs):
        return out | {"score": 0.0, "zero": True}
    if kind == "arithmetic":
        score = sum(w * s for w, s in pairs)
    elif kind == "geometric":
        score = sum(w * s.ln() for w, s in pairs).exp()
    else:
        score = 1 / sum(w / s for w, s in pairs)
    return out | {"score": float(score)}


# ---- outcomes before outputs ---------------------------------------------------------------------------------------


def combine(outcomes, effort, weight, margin):
    if not 0.5 < weight <= 1 or not 0 <= margin <= 50:
        raise Reject("method.bad-value")
    if not (0 <= outcomes <= 100 and 0 <= effort <= 100):
        raise Reject("aggregate.score-out-of-range")
    o, e, w, m = D(outcomes), D(effort), Decimal(repr(weight)), D(margin)
    return float(clamp(w * o + (1 - w) * e, o - m, o + m))


def band(score, thresholds):
    for i, t in enumerate(thresholds):
        if D(score) >= D(t) - SLACK:
            return i + 1
    return len(thresholds) + 1


# ---- equality and change -------------------------------------------------------------------------------------------


def gap(groups, polarity, significance):
    if len(groups) < 2:
        return None
    values = [g["value"] for g in groups]
    lower = polarity == "lower"
    worst = values.index(max(values) if lower else min(values))
    best = values.index(min(values) if lower else max(values))
    high, low = D(max(values)), D(min(values))
    out = {"worst": worst, "best": best, "difference": float(high - low), "p_all_equal": None, "comparisons": 0, "verdict": "not_tested"}
    if low > 0 and math.isfinite(high / low):
        out["ratio"] = float(high / low)
    for g in groups:
        df = g.get("df")
        if df is not None and not (math.isfinite(df) and df > 0):
            raise Reject("estimate.bad-df")
    errors = [g.get("se") for g in groups]
    if len(groups) == 2 and all(e is not None for e in errors):
        se = (D(errors[0]) ** 2 + D(errors[1]) ** 2).sqrt()
        if se > 0:
            z = (high - low) / se
            tests = importlib.import_module("oracle_equality")
            df = tests.welch_df([(D(g["se"]) ** 2, D(g["df"]) if g.get("df") is not None else None) for g in groups])
            p = tests.two_sided(z, df)
            out |= {"z": float(z), "df": None if df is None else float(df), "p": float(p), "comparisons": 1, "verdict": "shown" if p < D(significance) - SLACK else "not_distinguishable"}
    elif len(groups) > 2:
        out |= importlib.import_module("oracle_equality").gap_of_many(groups, polarity, significance)
    return out


def change(earlier, later, years, polarity, tolerance):
    if years <= 0:
        return None
    a, b = D(earlier), D(later)
    out = {"absolute": float(b - a), "per_year": float((b - a) / D(years))}
    if a != 0 and math.isfinite((b - a) / abs(a)):
        out["relative"] = float((b - a) / abs(a))
    moved, sign = b - a, sign_of(polarity)
    if abs(moved) <= D(tolerance) + SLACK:
        out["direction"] = "unchanged"
    elif sign == 0:
        out["direction"] = "changed"
    else:
        out["direction"] = "better" if sign * moved > 0 else "worse"
    return out


# ---- disclosure ----------------------------------------------------------------------------------------------------


def primary(kind, counts, value, multiplier, k, class_disclosure):
    numerator, denominator, n = (counts.get(x) for x in ("numerator", "denominator", "n"))
    if n is not None and n < k or denominator is not None and denominator < k:
        return "suppress"
    base = denominator if denominator is not None else n

    def small(count):
        # of a sample, the persons asked whom the count is estimated from
        asked = Fraction(count) * Fraction(n) / Fraction(denominator) if n is not None and denominator is not None and n < denominator else count
        return (count < k or asked < k) and (class_disclosure or count > 0)

    def count_of():
        if numerator is not None:
            return Fraction(numerator)
        return None if value is None else Fraction(value) / Fraction(multiplier) * Fraction(base)

    if kind in ("proportion", "rate", "ratio"):
        if base is None:
            return "unknown_count"
        count = count_of()
        if count is None:
            return "unknown_count"
        if small(count) or (kind == "proportion" and small(Fraction(base) - count)):
            return "suppress"
        return "publish"
    if kind == "count":
        count = numerator if numerator is not None else value
        return "unknown_count" if count is None else "suppress" if small(count) else "publish"
    return "publish" if base is not None else "unknown_count"


def complementary(parts, withheld, k, enough=lambda out: True):
    """`enough` says of what is withheld whether it does against whoever knows more than the sums."""
    withheld, total = list(withheld), False
    if not any(withheld):
        return withheld, total
    while True:
        out = [p for p, w in zip(parts, withheld) if w]
        if len(out) >= 2 and sum(p["numerator"] for p in out) >= k and sum(p["denominator"] - p["numerator"] for p in out) >= k and enough(out):
            return withheld, False
        left = [i for i, w in enumerate(withheld) if not w]
        if not left:
            return withheld, True
        withheld[min(left, key=lambda i: (parts[i]["denominator"], i))] = True


# ---- periods and numbers -------------------------------------------------------------------------------------------


@lru_cache(4096)
def period(text: str) -> dict:
    def fail():
        raise Reject("period.unreadable")

    def year(s):
        y = int(s)
        return y if 1800 <= y <= 2200 else fail()

    def made(shown, start, months):
        return {"period": shown, "start_year": start, "months": months}

    t = text.strip()
    if not t.isascii():
        fail()
    if re.fullmatch(r"\d{4}", t):
        return made(t, year(t), 12)
    if m := re.fullmatch(r"(\d{4})[- ]Q([1-4])", t):
        return made(f"{m[1]}-Q{m[2]}", year(m[1]), 3)
    if m := re.fullmatch(r"(\d{4})-M(0[1-9]|1[0-2])", t):
        start = year(m[1])
        split = (start + 1) % 100 == int(m[2])
        return made(f"{m[1]}-M{m[2]}" if split else f"{m[1]}-{m[2]}", start, 1)
    if m := re.fullmatch(r"(\d{4})([-/])(\d{2})", t):
        start, two = year(m[1]), int(m[3])
        if (start + 1) % 100 == two:
            return made(f"{start}-{m[3]}", start, 12)
        if m[2] == "-":
            return made(t, start, 1) if 1 <= two <= 12 else fail()
        end = start - start % 100 + two
        return made(f"{start}-{year(str(end))}", start, 12 * (end - start + 1)) if end > start else fail()
    if m := re.fullmatch(r"(\d{4})([-/])(\d{4})", t):
        start, end = year(m[1]), year(m[3])
        if end <= start:
            fail()
        if m[2] == "/" and end == start + 1:
            return made(f"{start}-{end % 100:02}", start, 12)
        return made(f"{start}-{end}", start, 12 * (end - start + 1))
    if m := re.fullmatch(r"(\d{4})/(\d{2})(?: to |-)(\d{4})/(\d{2})", t):
        a, b = year(m[1]), year(m[3])
        if (a + 1) % 100 != int(m[2]) or (b + 1) % 100 != int(m[4]) or b <= a:
            fail()
        return made(f"{a}/{m[2]}-{b}/{m[4]}", a, 12 * (b - a + 1))
    return fail()


def number(text: str, decimal: str = "detect") -> float:
    """One decimal sign; groups of three may be parted by a blank, an apostrophe, or the sign that is not the decimal one."""
    t = text.strip()
    if re.fullmatch(r"[+-]?(nan|inf|infinity)", t, re.I):
        raise Reject("num.not-finite")

    def read(sign, other):
        digits = rf"(?:[0-9]+|[0-9]{{1,3}}(?:[ '{other}][0-9]{{3}})+)"
        if not re.fullmatch(rf"[+-]?(?:{digits}(?:[{sign}][0-9]*)?|[{sign}][0-9]+)(?:[eE][+-]?[0-9]+)?", t):
            return None
        return float(re.sub(rf"[ '{other}]", "", t).replace(sign, "."))

    point, comma = read(".", ","), read(",", ".")
    if decimal == "detect":
        if point is not None and comma is not None and point != comma and "," in t:
            raise Reject("obs.ambiguous-number")
        x = point if point is not None else comma
    else:
        x = comma if decimal == "comma" else point
    if x is None:
        raise Reject("num.unreadable")
    if math.isinf(x):
        raise Reject("num.not-finite")
    return x


# ---- the catalogue -------------------------------------------------------------------------------------------------


def dimension(name):
    found = [d for d in catalogue()["dimensions"] if d["id"] == name]
    if not found:
        raise Reject("wire.bad-request")
    return found[0]


def dimension_groups(d):
    return [g["code"] for g in d.get("group", [])]


def accepts(d, code):
    if code in dimension_groups(d):
        return True
    if d.get("codes") == "age" and re.fullmatch(r"Y(\d+|\d+-\d+|_LT\d+|_GE\d+)", code):
        return True
    return bool(d.get("open")) and bool(code)


@lru_cache(1)
def sheets():
    return {i["id"]: i for i in catalogue()["indicators"]}


def indicator(id_):
    return sheets().get(id_)


# ---- check ---------------------------------------------------------------------------------------------------------

TEXTS = ["indicator", "place", "period", "status", "confidentiality", "source", "collected_by", "round", "indicator_version", "note",
         "place_name", "place_scheme", "place_parent", "proxy", "interval_method"]
NUMBERS = ["value", "numerator", "denominator", "n", "se", "df", "deff", "interval_lower", "interval_upper", "interval_confidence"]
METHODS = {"wilson", "byar", "normal", "student_t", "logit", "korn_graubard", "woodruff", "poisson_exact"}
# SDMX CL_OBS_STATUS 2.3: which codes stand beside a value, beside none, or beside either, after the guideline "Possible ways of
# implementing the observation status concept" 2.0; _U, X and R came later and say nothing against a value
ABSENT = {"missing": "missing", "not_asked": "not_asked", "refused": "refused", "not_applicable": "not_applicable", "suppressed": "suppressed",
          "O": "missing", "L": "not_asked", "M": "not_applicable", "Q": "suppressed", "H": "missing", "K": "missing"}
EITHER = {"break", "B", "strike", "S", "derogation", "J", "unknown", "_U", "X"}
PRESENT = {"", "normal", "estimated", "provisional", "revised", *"ADEFGINPRUVW"}
# SDMX CL_CONF_STATUS 1.2
PUBLIC = {"public", "F"}
WITHHELD = {"restricted", "confidential", *"NCDSAOTGME"}


def read_csv(text, dialect):
    if text.startswith("\ufeff"):
        text = text[1:]
    lines = text.splitlines()
    head = next((l for l in lines if l.strip()), None)
    if head is None:
        raise Reject("csv.no-header")
    delimiter = dialect.get("delimiter")
    if not delimiter:
        seen = sorted(((head.count(d), d) for d in ",;\t|"), reverse=True)
        if seen[0][0] == seen[1][0]:
            raise Reject("csv.ambiguous-delimiter")
        delimiter = seen[0][1]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header, rows, before = None, [], 0
    for cells in reader:
        line, before = before + 1, reader.line_num
        if not cells or all(not c.strip() for c in cells) and len(cells) <= 1:
            continue
        if header is None:
            header = [c.strip() for c in cells]
            if len(header) > 256:
                raise Reject("csv.too-many-columns")
            if len(set(header)) != len(header):
                raise Reject("csv.duplicate-column")
            if not {"indicator", "place", "period"} <= {h.lower() for h in header}:
                raise Reject("csv.missing-column")
            continue
        rows.append((line, dict(zip(header, cells)) if len(cells) == len(header) else None))
    return rows, dialect.get("decimal", "detect")


def check(observations):
    """Rows that can be used, what became of the others, findings by code."""
    if "csv" in observations:
        raw, decimal = read_csv(observations["csv"], observations.get("dialect", {}))
    else:
        if not isinstance(observations["rows"], list) or not all(isinstance(r, dict) for r in observations["rows"]):
            raise Reject("json.bad-shape")
        raw, decimal = [(i + 1, r) for i, r in enumerate(observations["rows"])], "detect"
    counts, rejected, used, pretest = {}, [], [], 0

    def say(code, times=1):
        counts[code] = counts.get(code, 0) + times

    dims = {d["id"]: d for d in catalogue()["dimensions"]}
    unknown = []
    for line, cells in raw:
        if cells is None:
            say("csv.row-length")
            rejected.append(line)
            continue
        row, groups, problems = {"line": line}, [], []
        for name, cell in cells.items():
            cell = unicodedata.normalize("NFC", cell).strip() if isinstance(cell, str) else cell
            if name.lower() in NUMBERS:
                if cell is None or cell == "":
                    continue
                if isinstance(cell, (int, float)):
                    row[name.lower()] = cell
                    continue
                try:
                    row[name.lower()] = number(cell, decimal)
                except Reject as r:
                    problems.append({"num.unreadable": "obs.number-unreadable", "num.not-finite": "obs.not-finite"}.get(r.code, r.code))
            elif isinstance(cell, str) and len(cell.encode()) > 10_000:
                problems.append("csv.field-too-long")
            elif name.lower() in TEXTS:
                row[name.lower()] = cell or ""
            elif name in dims:
                if cell and cell != dims[name].get("total"):
                    groups.append((name, cell))
                    if not accepts(dims[name], cell):
                        problems.append("obs.unknown-group")
            elif name not in unknown:
                unknown.append(name)
        row["groups"] = tuple(sorted(groups))
        sheet = indicator(row.get("indicator", ""))
        if any(not row.get(f) for f in ("indicator", "place", "period")):
            problems.append("obs.missing-field")
        elif sheet is None:
            problems.append("obs.unknown-indicator")
        if row.get("period"):
            try:
                row["when"] = period(row["period"])
                row["period"] = row["when"]["period"]
            except Reject:
                problems.append("obs.period-unreadable")
        status = row.get("status", "")
        if status not in ABSENT | dict.fromkeys(PRESENT | EITHER):
            problems.append("obs.unknown-status")
        if row.get("confidentiality", "") not in {""} | PUBLIC | WITHHELD:
            problems.append("obs.unknown-confidentiality")
        if row.get("round", "") not in {"", "regular", "pretest"}:
            problems.append("obs.unknown-round")
        row["absent"] = ABSENT.get(status)
        if status in EITHER and "value" not in row and row.get("numerator") is None:
            row["absent"] = "missing"
        row["break"] = status in ("break", "B")
        a, b = row.get("numerator"), row.get("denominator")
        if a is not None and a < 0 or b is not None and b < 0:
            problems.append("obs.negative-count")
        elif b == 0:
            problems.append("obs.zero-denominator")
        elif sheet and sheet["value_kind"] == "proportion" and a is not None and b is not None and a > b:
            problems.append("obs.numerator-above-denominator")
        if row.get("se", 0) < 0 or row.get("n", 0) < 0:
            problems.append("obs.bad-standard-error")
        if row.get("df", 1) <= 0 or row.get("deff", 1) <= 0:
            problems.append("obs.bad-design")
        lower, upper, level, word = (row.get(k) for k in ("interval_lower", "interval_upper", "interval_confidence", "interval_method"))
        if any(x not in (None, "") for x in (lower, upper, level, word)):
            if None in (lower, upper, level) or lower > upper or not 0 < level < 1 or word not in METHODS:
                problems.append("obs.bad-interval")
            else:
                row["interval"] = {"lower": lower, "upper": upper, "confidence": level, "method": word}
        has_value, has_counts = "value" in row, a is not None and b is not None
        if not problems and not row["absent"]:
            if not has_value and a is None:
                problems.append("obs.no-value")
            elif sheet["value_kind"] != "count" and a is not None and b is None and not has_value:
                say("obs.denominator-missing")
            if has_counts and sheet["value_kind"] in ("proportion", "rate", "ratio"):
                made = sheet["multiplier"] * Fraction(a) / Fraction(b)
                if has_value and abs(made - Fraction(row["value"])) > 1:
                    say("obs.value-differs-from-counts")
                row["value"] = float(made)
            elif sheet["value_kind"] == "count" and a is not None and not has_value:
                row["value"] = float(a)
            if "value" in row and "interval" in row and not row["interval"]["lower"] - 1e-9 <= row["value"] <= row["interval"]["upper"] + 1e-9:
                problems.append("obs.bad-interval")
            bounds = sheet.get("bounds") or {}
            if "value" in row and not bounds.get("min", -math.inf) - 1e-9 <= row["value"] <= bounds.get("max", math.inf) + 1e-9:
                problems.append("obs.out-of-bounds")
        if row["absent"] and has_value:
            say("obs.value-despite-absence")
            row.pop("value")
        if problems:
            say(problems[0])
            rejected.append(line)
        elif row.get("round") == "pretest":
            say("obs.pretest-row")
            pretest += 1
        else:
            if row.get("indicator_version") and row["indicator_version"] != sheet["version"]:
                say("obs.version-differs")
            row["sheet"] = sheet
            used.append(row)
    if unknown:
        say("obs.unknown-column", len(unknown))
    keyed, kept, duplicates = {}, [], 0
    for row in used:
        keyed.setdefault((row["indicator"], row["place"], row["period"], row["groups"]), []).append(row)
    for rows in keyed.values():
        same = all({k: v for k, v in r.items() if k != "line"} == {k: v for k, v in rows[0].items() if k != "line"} for r in rows)
        if same:
            kept.append(rows[0])
            if len(rows) > 1:
                duplicates += len(rows) - 1
                say("obs.duplicate-identical", len(rows) - 1)
        else:
            say("obs.duplicate-key", len(rows))
            rejected += [r["line"] for r in rows]
    answer = {"rows": {"read": len(raw), "used": len(kept), "rejected": len(rejected), "pretest": pretest, "duplicates": duplicates},
              "rejected": sorted(rejected), "findings": {"counts": counts}}
    return answer, kept


# ---- assess (simple inputs) ----------------------------------------------------------------------------------------

def val(x):
    return x["value"] if isinstance(x, dict) and "value" in x else x


def scored_as(sheet, value, method):
    """The score of a value and what it was before it was held between 0 and 100, or why there is none."""
    kind, polarity = sheet["value_kind"], sheet["polarity"]
    if value is None:
        return {"not_scored": "no_figure"}
    if polarity in ("ambiguous", "none"):
        return {"not_scored": "ambiguous" if polarity == "ambiguous" else "context"}
    for named in method.get("scoring", []):
        if named["indicator"] == sheet["id"]:
            import oracle_aggregation

            return oracle_aggregation.rule({"rule": named["rule"], "value": value, "polarity": polarity})
    if kind == "maturity":
        return maturity(value, val(method["maturity"]))
    if kind == "boolean":
        return {"score": 100.0 if value else 0.0}
    for b in method.get("target_band", []):
        if b["indicator"] == sheet["id"]:
            return band_score(value, b["worst_low"], b["lower"], b["upper"], b["worst_high"])
    for g in method.get("goalposts", []):
        if g["indicator"] == sheet["id"]:
            return scored(goalposts_d(value, g["worst"], g["best"]))
    return {"not_scored": "no_goalposts"}


def score_of(sheet, value, method):
    return scored_as(sheet, value, method).get("score")


def scorable(sheet, method):
    if sheet["polarity"] in ("ambiguous", "none"):
        return False
    if sheet["value_kind"] in ("maturity", "boolean"):
        return True
    return any(r["indicator"] == sheet["id"] for r in method.get("goalposts", []) + method.get("target_band", []) + method.get("scoring", []))


def verdict_of(row, policy, method, k):
    if row["absent"]:
        return "absent"
    if policy.get("internal"):
        return "publish"
    if row.get("confidentiality") in WITHHELD:
        return "suppress"
    if row.get("confidentiality") in PUBLIC or row["sheet"]["privacy"] == "none":
        return "publish"
    special = any(dimension(d).get("special_category") for d, _ in row["groups"])
    sheet = row["sheet"]
    return primary(sheet["value_kind"], row, row.get("value"), sheet["multiplier"], k, special and val(method["disclosure"]["class_disclosure_on_special_categories"]))


def made_of(row, rules):
    """The figure with its error and interval; an interval that came with it stands, where it is at the level of the method."""
    given_interval = row.get("interval")
    made = own_error(row, rules)
    if given_interval and abs(given_interval["confidence"] - val(rules["confidence"])) <= 1e-9:
        return made | {"interval": given_interval}
    return made


def own_error(row, rules):
    """The figure with its error: the one given; else that of the counts, as persons or as what a weighted sample is worth."""
    confidence, kind, sheet = val(rules["confidence"]), row["sheet"]["value_kind"], row["sheet"]
    few = val(rules["exact_below"]) if rules.get("exact_below") else 0
    if "se" in row:
        return given(row["value"], row["se"], confidence, row.get("df"))
    if kind in ("proportion", "rate") and "numerator" in row and "denominator" in row:
        a, b = row["numerator"], row["denominator"]
        if "n" not in row and "deff" not in row:
            return from_counts(kind, a, b, sheet["multiplier"], confidence, few)
        n = row.get("n", b)
        worth = effective(kind, a, b, n, row.get("deff"))
        if worth is None and rules.get("design_effect"):
            worth = effective(kind, a, b, n, val(rules["design_effect"]))
        return from_weighted(kind, a, b, worth, sheet["multiplier"], confidence, few)
    return {}


def figure(row, rules):
    if row["absent"]:
        return {"kind": "suppressed"} if row["absent"] == "suppressed" else {"kind": "missing", "reason": row["absent"]}
    if row["verdict"] == "suppress":
        return {"kind": "suppressed", "value": None, "numerator": None, "denominator": None, "lower": None, "upper": None}
    if "value" not in row:
        return {"kind": "missing", "reason": "no_denominator", "value": None}
    if row["verdict"] == "unknown_count":
        return {"kind": "missing", "reason": "unknown_count", "value": None}
    out = {"kind": "value", "value": row["value"]}
    made = made_of(row, rules)
    found = made.get("interval") or {}
    if row["sheet"]["value_kind"] in ("proportion", "rate") and "numerator" in row and "denominator" in row:
        out |= {"numerator": row["numerator"], "denominator": row["denominator"]}
    return out | ({"lower": found.get("lower"), "upper": found.get("upper")} if "interval" in made else {})


def withhold(rows, policy, method):
    """Primary and secondary suppression of all figures of one indicator, place and period."""
    k = policy.get("threshold") or val(method["disclosure"]["threshold"])
    for r in rows:
        r["verdict"] = verdict_of(r, policy, method, k)
    total = next((r for r in rows if not r["groups"]), None)
    if total is None or total["verdict"] != "publish" or "value" not in total:
        return  # nothing to take the shown parts off

    def is_small(r):
        return any(0 < x < k for x in (r["numerator"], r["denominator"] - r["numerator"]))

    def enough(out):
        """Where nothing is withheld for another reason, a reader knows that one of those that are is 1 or more and below k: two that sum to S are
        1 to S − 1 each, of three each is 0 to S − 1."""
        counted = [r for r in rows if r["verdict"] == "suppress" and "numerator" in r and "denominator" in r]
        if any(is_public(r) for r in rows) or not all(is_small(r) for r in counted):
            return True
        least = k + 2 if len(out) == 2 else k + 1
        return all(sum(of) >= least for of in ([p["numerator"] for p in out], [p["denominator"] - p["numerator"] for p in out]))

    for name in sorted({r["groups"][0][0] for r in rows if len(r["groups"]) == 1}):
        parts = [r for r in rows if len(r["groups"]) == 1 and r["groups"][0][0] == name and "numerator" in r and "denominator" in r]
        parts.sort(key=lambda r: r["groups"])  # ties by id
        # what is published already cannot be withheld
        movable = [r for r in parts if r["verdict"] == "suppress" or not is_public(r)]
        if not any(r["verdict"] == "suppress" for r in parts):
            continue
        withheld = [r["verdict"] == "suppress" for r in movable]
        # those in no group that is given are known to nobody
        left = {x: total.get(x, 0) - sum(r[x] for r in parts) for x in ("numerator", "denominator")}
        if left["numerator"] >= 0 and left["denominator"] > left["numerator"]:
            hidden, all_of_it = complementary([*movable, left], [*withheld, True], k, enough)
        else:
            hidden, all_of_it = complementary(movable, withheld, k, enough)
        for r, h in zip(movable, hidden):
            if h:
                r["verdict"] = "suppress"
        if all_of_it and not is_public(total):
            total["verdict"] = "suppress"


def is_public(row):
    return row.get("confidentiality") in PUBLIC


def method_of(request):
    method = request.get("method", "standard")
    return standard_method() if method == "standard" else method


def assess(request):
    from oracle_tree import check_method  # which is written on top of this module

    method = method_of(request)
    check_method(method)
    plan, policy = request.get("plan", {}), request.get("policy", {})
    if not policy.get("internal") and policy.get("threshold") is not None and policy["threshold"] < 1:
        raise Reject("release.bad-threshold")
    checked, rows = check(request["observations"])
    selection = [i["id"] for i in catalogue()["indicators"]]
    if plan.get("selection"):
        chosen = []
        for s in plan["selection"]:
            named = next((x for x in catalogue()["selections"] if x["id"] == s), None)
            if named:
                chosen += named.get("indicators", []) + [i for a in named.get("area", []) for i in a["indicators"]]
            elif indicator(s):
                chosen.append(s)
            else:
                raise Reject("assess.unknown-selection")
        selection = [i for i in selection if i in chosen]
    places = sorted({r["place"] for r in rows})
    if not places:
        raise Reject("assess.no-place")
    if any(p not in places for p in plan.get("places", [])):
        raise Reject("assess.unknown-place")
    places = [p for p in places if not plan.get("places") or p in plan["places"]]
    import oracle_counted

    oracle_counted.check(plan.get("availability", []))
    out = []
    for p in places:
        mine = [r for r in rows if r["place"] == p]
        periods = sorted({r["period"] for r in mine}, key=in_time)
        wanted = plan.get("periods", "latest")
        if wanted == "latest":
            wanted = periods[-1:]
        elif wanted == "each":
            wanted = periods
        else:
            wanted = sorted({period(t)["period"] for t in wanted["only"]}, key=in_time)
        for now in wanted:
            out.append(assess_place(p, now, mine, selection, method, policy, plan.get("availability", [])))
    return {"places": out, "provenance": {"rows": checked["rows"]}}


def in_time(text):
    return period(text)["start_year"], text


def assess_place(place, now, rows, selection, method, policy, availability=()):
    years = val(method["period"]["carry_forward_years"])
    rules = method["estimate"]
    year = period(now)["start_year"]
    import oracle_counted as counted

    indicators = []
    by_id = {}
    for r in sorted(rows, key=lambda r: (r["when"]["start_year"], r["period"])):
        if (r["when"]["start_year"], r["period"]) <= (year, now):
            by_id.setdefault(r["indicator"], []).append(r)
    for id_ in selection:
        sheet, own = indicator(id_), by_id.get(id_, [])
        for t in {r["period"] for r in own}:
            withhold([r for r in own if r["period"] == t], policy, method)
        totals = [r for r in own if not r["groups"]]
        entry = {"id": id_, "score": None, "raw_score": None, "period": None, "standing": "no_standard", "carried_forward": None, "change": None}
        latest = totals[-1] if totals else None
        fresh = [r for r in own if r["groups"] and year - r["when"]["start_year"] <= years]
        if latest is None or year - latest["when"]["start_year"] > years:
            entry["figure"] = {"kind": "missing", "reason": "no_total" if fresh else "too_old" if own else "no_data", "value": None}
        else:
            entry["figure"] = figure(latest, rules)
            entry["period"] = latest["period"]
            if latest["period"] != now:
                entry["carried_forward"] = True
            if entry["figure"].get("value") is not None:
                value = entry["figure"]["value"]
                minimum = sheet.get("minimum_standard") or {}
                binds = minimum.get("year") is None or latest["when"]["start_year"] >= minimum["year"]
                standard = minimum.get("value") if binds else None
                entry["standing"] = standing(value, standard, sheet["polarity"])
                target = sheet.get("target") or {}
                if target.get("value") is not None and target.get("operator"):
                    entry["target"] = {"met": is_met(value, target["value"], target["operator"], target.get("upper"))}
                entry["change"] = change_of(sheet, totals, method)
        how = scored_as(sheet, entry["figure"].get("value"), method)
        entry["score"], entry["not_scored"] = how.get("score"), how.get("not_scored")
        if not -SLACK <= D(how.get("raw", 0)) <= 100 + SLACK:
            entry["raw_score"] = how["raw"]
        entry["groups"], entry["gaps"] = groups_of(sheet, fresh, method), gaps_of(sheet, fresh, method)
        entry["disaggregation"] = counted.disaggregation_of(sheet, entry, own, availability, place)
        entry["missing_disaggregation"] = [d["dimension"] for d in entry["disaggregation"] if d["need"] == "required" and d["status"] not in ("have", "not_applicable")]
        indicators.append(entry)
    from oracle_tree import nodes_of

    nodes = nodes_of(indicators, method)
    return {"place": place, "period": now, "nodes": nodes, "indicators": indicators, "measured": measured(indicators), "visibility": counted.visibility(indicators, method)}


def change_of(sheet, totals, method):
    """The change since the figure before that speaks of a span of the same length, if no break lies between."""
    latest, past = totals[-1], []
    if latest["break"]:
        return None
    for r in reversed(totals[:-1]):
        if r["verdict"] == "publish" and "value" in r and r["when"]["months"] == latest["when"]["months"]:
            past = [r]
            break
        if r["break"]:
            return None
    if not past:
        return None
    before, after = past[0]["value"], latest["value"]
    # the tolerance is in points of the score, so it is none where there is no score
    tolerance, unit = D(val(method["change"]["tolerance"])), Decimal(0)
    if sheet["value_kind"] == "maturity" or sheet["value_kind"] == "boolean":
        points = [D(score_of(sheet, v, method)) for v in (before, after)] if scorable(sheet, method) else [0, 0]
        unit = abs(D(after) - D(before)) / abs(points[1] - points[0]) if points[1] != points[0] else unit
    for g in method.get("goalposts", []):
        if g["indicator"] == sheet["id"]:
            unit = abs(D(g["best"]) - D(g["worst"])) / 100
    for b in method.get("target_band", []):
        if b["indicator"] == sheet["id"]:
            unit = min(D(b["lower"]) - D(b["worst_low"]), D(b["worst_high"]) - D(b["upper"])) / 100
    for named in method.get("scoring", []):
        if named["indicator"] == sheet["id"]:
            # what a point is worth where the value was
            unit = slope(named["rule"], D(before)) / 100
    made = change(before, after, latest["when"]["start_year"] - past[0]["when"]["start_year"], sheet["polarity"], tolerance * unit)
    if made is not None and made["direction"] == "changed" and sheet["polarity"] in ("value", "range"):
        first, last = (scored_as(sheet, v, method).get("raw") for v in (before, after))
        if first is not None and first != last:
            made["direction"] = "better" if last > first else "worse"
    return made and made | {"since": past[0]["period"], "previous": before}


def groups_of(sheet, rows, method):
    """For each dimension, or crossing of dimensions, the latest period that it has figures for."""
    latest, out = {}, []
    for r in rows:  # which come in the order of their periods
        latest[tuple(d for d, _ in r["groups"])] = r["period"]
    for r in sorted(rows, key=lambda r: tuple(zip(*r["groups"]))):  # by dimensions, then codes
        if r["period"] == latest[tuple(d for d, _ in r["groups"])]:
            f = figure(r, method["estimate"])
            out.append({"groups": [list(g) for g in r["groups"]], "period": r["period"], "figure": f, "score": score_of(sheet, f.get("value"), method)})
    return out


def gaps_of(sheet, rows, method):
    """For each dimension, in the latest period in which two of its groups or more are shown."""
    out = []
    for name in sorted({r["groups"][0][0] for r in rows if len(r["groups"]) == 1}):
        shown = [r for r in rows if len(r["groups"]) == 1 and r["groups"][0][0] == name and r["verdict"] == "publish" and "value" in r]
        counts = {}
        for r in shown:
            counts[r["period"]] = counts.get(r["period"], 0) + 1
        when = next((t for t in reversed(counts) if counts[t] > 1), None)
        if when is None:
            continue
        parts = sorted((r for r in shown if r["period"] == when), key=lambda r: r["groups"])
        made = gap([{"value": r["value"]} | error_of(r, method["estimate"]) for r in parts], sheet["polarity"], val(method["estimate"]["significance"]))
        worst, best = parts[made["worst"]], parts[made["best"]]
        scores = [score_of(sheet, r["value"], method) for r in (worst, best)]
        floor = method["estimate"].get("smallest_group")
        behind = [r.get("n", r.get("denominator")) for r in (worst, best)]
        if floor and made["verdict"] != "not_tested" and any(b is not None and b < val(floor) for b in behind):
            made["verdict"] = "too_small_to_say"
        out.append({"dimension": name, "period": when, "groups": len(parts), "worst": worst["groups"][0][1], "worst_value": worst["value"], "best": best["groups"][0][1], "best_value": best["value"],
                    "directional": sign_of(sheet["polarity"]) != 0, "difference": made["difference"], "ratio": made.get("ratio"), "p": made.get("p"), "p_all_equal": made["p_all_equal"], "comparisons": made["comparisons"], "verdict": made["verdict"],
                    "score_difference": None if None in scores else abs(scores[0] - scores[1])})
    return out


def error_of(row, rules):
    made = made_of(row, rules)
    return {"se": made.get("se"), "df": made.get("df")}


def measured(indicators):
    """How many indicators there are in each state of measurement."""
    def count(test, of=indicators):
        return sum(bool(test(i)) for i in of)

    def has_value(i):
        return i["figure"].get("value") is not None

    def why(i):
        return "withheld" if i["figure"]["kind"] == "suppressed" else i["figure"].get("reason")

    aims = [i for i in indicators if indicator(i["id"])["result_level"] in ("outcome", "impact")]
    return {"selected": len(indicators), "in_catalogue": len(sheets()), "available": count(has_value), "scored": count(lambda i: i["score"] is not None),
            "shown_not_scored": count(lambda i: has_value(i) and i["score"] is None), "by_group_only": count(lambda i: why(i) == "no_total"),
            "too_old": count(lambda i: why(i) == "too_old"), "withheld": count(lambda i: why(i) in ("withheld", "unknown_count")),
            "absent": count(lambda i: why(i) in ("missing", "not_asked", "refused", "not_applicable", "no_denominator")), "no_data": count(lambda i: why(i) == "no_data"),
            "outcomes_selected": len(aims), "outcomes_available": count(has_value, aims)}


# ---- one door ------------------------------------------------------------------------------------------------------


def scored_polarity(r):
    check_order(r["worst"], r["best"], r.get("polarity"))
    return scored(goalposts_d(r["value"], r["worst"], r["best"]))


def slope(rule, x):
    """What 100 points are worth near a value."""
    (name, r), = rule.items()
    if name == "logarithmic":
        low, high = sorted((D(r["worst"]), D(r["best"])))
        return clamp(x, low, high) * (high.ln() - low.ln())
    if name == "goalposts":
        return abs(D(r["best"]) - D(r["worst"]))
    raise NotImplementedError(name)


def held_on_logarithm(x, worst, best, ends):
    """Held at the goalposts before the logarithm, so that 0 and less have a place; open ends have no such place."""
    if ends == "open" or x > 0:
        return x
    return min(worst, best)


def logarithmic(r):
    if r["worst"] == r["best"]:
        raise Reject("score.equal-goalposts")
    x = held_on_logarithm(r["value"], r["worst"], r["best"], r.get("ends"))
    if min(x, r["worst"], r["best"]) <= 0:
        raise Reject("score.not-positive")
    x, a, b = (D(v).ln() for v in (x, r["worst"], r["best"]))
    return scored(100 * (x - a) / (b - a))


def _accepts(r):
    d = dimension(r["dimension"])
    return {"accepts": accepts(d, r["code"]), "total": r["code"] == d.get("total")}


def _hidden(r):
    withheld, total = complementary(r["parts"], r["withheld"], r["threshold"])
    return {"withheld": withheld, "total_withheld": total}


def _list(r):
    if r.get("selection") is None:
        ids = [i["id"] for i in catalogue()["indicators"]]
    else:
        s = next((x for x in catalogue()["selections"] if x["id"] == r["selection"]), None)
        if s is None:
            raise Reject("assess.unknown-selection")
        ids = s.get("indicators", []) + [i for a in s.get("area", []) for i in a["indicators"]]
    return [{"id": i["id"], "module": i["module"], "polarity": i["polarity"], "value_kind": i["value_kind"]} for i in catalogue()["indicators"] if i["id"] in ids]


def _show(r):
    sheet = indicator(r["id"])
    if sheet is None:
        raise Reject("assess.unknown-selection")
    return {"sheet": sheet}


OPERATIONS = {
    "period.parse": lambda r: period(r["text"]),
    "number.parse": lambda r: {"value": number(r["text"], r.get("decimal", "detect"))},
    "estimate.wilson": lambda r: interval(*wilson_d(r["numerator"], r["denominator"], r["confidence"]), r["confidence"], "wilson"),
    "estimate.byar": lambda r: interval(*byar_d(r["count"], r["confidence"]), r["confidence"], "byar"),
    "estimate.from_counts": from_counts_of,
    "estimate.given": lambda r: given(r["value"], r.get("se"), r["confidence"], r.get("df")),
    "score.goalposts": scored_polarity,
    "score.logarithmic": logarithmic,
    "score.target_ratio": lambda r: target_ratio(r["value"], r["target"], r["polarity"]),
    "score.band": lambda r: band_score(*(r[f] for f in ("value", "worst_low", "lower", "upper", "worst_high"))),
    "score.maturity": lambda r: maturity(r["level"], r["map"]),
    "score.yes_no": lambda r: {"score": 100.0 if r["value"] else 0.0},
    "target.standing": lambda r: {"standing": standing(r["value"], r["standard"], r["polarity"])},
    "target.is_met": lambda r: {"met": is_met(r["value"], r["threshold"], r["operator"], r.get("upper"))},
    "aggregate.mean": lambda r: mean(r["items"], r["minimum_coverage"], r.get("kind") or "arithmetic"),
    "rbm.combine": lambda r: {"combined": combine(r["outcomes"], r["effort"], r["weight"], r["margin"])},
    "rbm.band": lambda r: {"band": band(r["score"], r["thresholds"])},
    "rbm.rating": lambda r: {"band": max(band(r["combined"], r["thresholds"]), band(r["outcomes"], r["thresholds"]))},
    "equality.gap": lambda r: {"gap": gap(r["groups"], r["polarity"], r["significance"])},
    "progress.change": lambda r: {"change": change(r["earlier"], r["later"], r["years"], r["polarity"], r["tolerance"])},
    "disclosure.primary": lambda r: {"verdict": primary(r["kind"], r["counts"], r.get("value"), r["multiplier"], r["threshold"], r["class_disclosure"])},
    "disclosure.complementary": _hidden,
    "dimension.accepts": _accepts,
    "catalogue.list": _list,
    "catalogue.show": _show,
    "check": lambda r: check(r["observations"])[0],
    "assess": assess,
}
NUMBER_FIELDS = {"value", "numerator", "denominator", "count", "confidence", "multiplier", "se", "worst", "best", "target", "worst_low", "lower", "worst_high", "level",
                 "standard", "threshold", "minimum_coverage", "outcomes", "effort", "weight", "margin", "score", "combined", "significance", "earlier", "later", "years", "tolerance"}
WORDS = {
    "polarity": {"higher", "lower", "value", "range", "ambiguous", "none"},
    "operator": {">=", "<=", ">", "<", "="},
    "decimal": {"point", "comma", "detect"},
}
MEANS = {"arithmetic", "geometric", "harmonic", "adjusted_mazziotta_pareto"}
KINDS = {"aggregate.mean": MEANS, "aggregate.contributions": MEANS}
VALUE_KINDS = {"proportion", "rate", "ratio", "count", "mean", "median", "index", "boolean", "maturity", "difference"}


def typed(op, r):
    """Fields of the wrong type, words that are not known."""
    for field, x in r.items():
        if field in NUMBER_FIELDS and not op.startswith("peers."):
            if isinstance(x, dict) and op == "equality.gap_change":
                continue
            null_ok = x is None and (field == "se" or field == "value" and op == "disclosure.primary")
            if not null_ok and (isinstance(x, bool) or not isinstance(x, (int, float))):
                raise Reject("wire.bad-request")
        if field == "text" and not isinstance(x, str) or field in WORDS and x is not None and not isinstance(x, list) and x not in WORDS[field]:
            raise Reject("wire.bad-request")
        if field == "kind" and x is not None and not isinstance(x, dict) and x not in KINDS.get(op, VALUE_KINDS):
            raise Reject("wire.bad-request")


BY_HAND = {"versions", "import"}

# each module oracle_<area>.py brings OPERATIONS of its own (name -> function of the request), and may name BY_HAND ones
for _path in sorted(Path(__file__).parent.glob("oracle_*.py")):
    _area = importlib.import_module(_path.stem)
    OPERATIONS |= getattr(_area, "OPERATIONS", {})
    BY_HAND |= getattr(_area, "BY_HAND", set())


def infinite(x):
    """Whether a number in it is beyond what an f64 can hold."""
    if isinstance(x, dict):
        return any(infinite(y) for y in x.values())
    return any(map(infinite, x)) if isinstance(x, list) else isinstance(x, float) and not math.isfinite(x)


def call(request: dict) -> dict:
    op = request.get("op")
    if op in BY_HAND:
        raise NotCovered(op)
    try:
        if not isinstance(op, str):
            raise Reject("wire.bad-request")
        if op not in OPERATIONS:
            raise Reject("wire.unknown-op")
        typed(op, request)
        try:
            answer = OPERATIONS[op](request)
            if infinite(answer):
                raise Reject("num.not-finite")
            return {"ok": answer}
        except (KeyError, TypeError):
            raise Reject("wire.bad-request") from None
    except Reject as r:
        return {"error": {"code": r.code}}


if __name__ == "__main__":
    for text in sys.stdin:
        if text.strip():
            try:
                answer = call(json.loads(text))
            except NotCovered:
                answer = {"not_covered": True}
            except json.JSONDecodeError:
                answer = {"error": {"code": "json.syntax"}}
            print(json.dumps(answer, ensure_ascii=False))
