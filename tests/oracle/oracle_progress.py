"""Progress and results-based management a second time: sections 2 and 7 of the method, in plain Python.

Numbers are exact fractions until a root, a power or the normal distribution is needed; those take 50 digits. A trend is
tested by building up every order of its values, and a chain is walked by closing its relation, so that little of the way is
shared with the engine.
"""

from __future__ import annotations

import datetime
from collections import Counter
from decimal import Decimal, getcontext
from fractions import Fraction
from functools import lru_cache
from itertools import combinations

import oracle

getcontext().prec = 60

POLARITIES = {"higher": 1, "lower": -1, "value": None, "range": None, "ambiguous": None, "none": None}
ABSENCES = {
    "missing": "missing", "not_asked": "missing", "refused": "missing", "no_denominator": "missing",
    "not_applicable": "not_applicable", "suppressed": "suppressed", "unknown_count": "suppressed",
}  # fmt: skip
LEVELS = ["input", "activity", "output", "outcome", "impact"]


def reject(code):
    raise oracle.Reject(code)


def F(x):
    """An exact number."""
    if isinstance(x, bool) or not isinstance(x, (int, float)):
        reject("wire.bad-request")
    return Fraction(x)


def D(x):
    return Decimal(x.numerator) / Decimal(x.denominator)


def root_sum(a, b):
    """√(a² + b²) of fractions, as a Decimal."""
    return D(a * a + b * b).sqrt()


def phi(x):
    """Standard normal distribution function of a Decimal."""
    # Φ(x) = ½ + φ(x)·Σ x^(2k+1)/(1·3·…·(2k+1)); for far tails a continued fraction (Abramowitz & Stegun 26.2.11, 26.2.14)
    x = Decimal(x)
    if abs(x) > 40:
        return Decimal(0 if x < 0 else 1)
    density = (-x * x / 2).exp() / (2 * PI).sqrt()
    if abs(x) > 6:
        t = Decimal(0)
        for k in range(400, 0, -1):
            t = k / (abs(x) + t)
        tail = density / (abs(x) + t)
        return tail if x < 0 else 1 - tail
    term, total, k = x, x, 1
    while abs(term) > Decimal("1e-55"):
        k += 2
        term *= x * x / k
        total += term
    return Decimal("0.5") + density * total


def pi():
    # Machin
    def arctan(inverse):
        x = Decimal(1) / inverse
        term, total, k = x, x, 1
        while abs(term) > Decimal("1e-58"):
            k += 2
            term *= -x * x
            total += term / k
        return total

    return 4 * (4 * arctan(5) - arctan(239))


PI = pi()


@lru_cache
def z_of(confidence):
    """Φ⁻¹(½ + confidence/2) by bisection."""
    want = Decimal("0.5") + D(confidence) / 2
    low, high = Decimal(0), Decimal(40)
    for _ in range(190):
        middle = (low + high) / 2
        low, high = (middle, high) if phi(middle) < want else (low, middle)
    return (low + high) / 2


def power(base, exponent):
    """base^exponent of fractions, base above 0."""
    return (D(base).ln() * D(exponent)).exp()


def need(r, names, optional=()):
    """Exactly these fields."""
    for name in r:
        if name != "op" and name not in names and name not in optional:
            reject("wire.unknown-field")
    for name in names:
        if name not in r:
            reject("wire.bad-request")


def polarity_of(r):
    if r["polarity"] not in POLARITIES:
        reject("wire.bad-request")
    return r["polarity"], POLARITIES[r["polarity"]]


def start_of(text):
    """The first day of a period, and the first day after it."""
    answer = oracle.call({"op": "period.parse", "text": text})
    if "error" in answer:
        reject("wire.bad-request")
    p = answer["ok"]
    month = 1
    if "-Q" in p["period"]:
        month = 3 * int(p["period"][-1]) - 2
    elif p["months"] == 1:
        month = int(p["period"].replace("M", "")[-2:])
    after = p["start_year"] * 12 + month - 1 + p["months"]
    return datetime.date(p["start_year"], month, 1), datetime.date(after // 12, after % 12 + 1, 1)


def time_of(x):
    if isinstance(x, str):
        day, _ = start_of(x)
        # the f64 sum of the year and of the months
        return Fraction(float(day.year) + (day.month - 1) / 12)
    return F(x)


def standard_error(x):
    if x is None:
        return None
    if F(x) < 0:
        reject("progress.bad-parameter")
    return F(x)


# ==== paths =========================================================================================================


class Path:
    def __init__(self, raw):
        need({**raw}, [], ["baseline", "milestones", "target", "shape"])
        self.shape = raw.get("shape", "linear")
        if self.shape not in ("linear", "compound"):
            reject("wire.bad-request")
        b, t = raw.get("baseline"), raw.get("target")
        for point, allowed in [(b, ["se", "at"]), (t, ["at"])]:
            if point is not None:
                need(point, ["value"], allowed)
        self.b = F(b["value"]) if b else None
        self.b_se = standard_error(b.get("se")) if b else None
        self.b_at = time_of(b["at"]) if b and b.get("at") is not None else None
        self.t = F(t["value"]) if t else None
        self.t_at = time_of(t["at"]) if t and t.get("at") is not None else None
        self.milestones = sorted((time_of(m["at"]), F(m["value"])) for m in raw.get("milestones", []))
        values = [v for v in [self.b, self.t, *(v for _, v in self.milestones)] if v is not None]
        if self.shape == "compound" and any(v <= 0 for v in values):
            reject("progress.not-positive")
        times = [x for x in [self.b_at, *(t for t, _ in self.milestones), self.t_at] if x is not None]
        if any(y <= x for x, y in zip(times, times[1:])):
            reject("progress.bad-path")

    def expected(self, at):
        """e(t), a Fraction or a Decimal; None when there is none."""
        if None in (self.b, self.t, self.b_at, self.t_at) or self.b == self.t:
            return None
        if at <= self.b_at:
            return Fraction(0)
        if at >= self.t_at:
            return Fraction(1)
        knots = [(self.b_at, self.b), *self.milestones, (self.t_at, self.t)]
        for (t0, v0), (t1, v1) in zip(knots, knots[1:]):
            if t0 <= at <= t1:
                part = (at - t0) / (t1 - t0)
                if self.shape == "linear" or v0 == v1:
                    return (v0 + (v1 - v0) * part - self.b) / (self.t - self.b)
                return (D(v0) * power(v1 / v0, part) - D(self.b)) / D(self.t - self.b)
        raise AssertionError("a time between two points")


def mix(a, b):
    """A Decimal from two numbers of either kind, to compute with."""
    return (D(a) if isinstance(a, Fraction) else a), (D(b) if isinstance(b, Fraction) else b)


def expected(r):
    need(r, ["path", "at"])
    path, at = Path(r["path"]), time_of(r["at"])
    e = path.expected(at)
    if e is None:
        return {"expected": None, "value": None}
    share, way = mix(e, path.t - path.b)
    return {"expected": float(e), "value": float(D(path.b) + share * way)}


# ==== achievement ===================================================================================================


def check_bands(bands):
    need(bands, ["bands", "below"])
    lower = [F(b["from"]) for b in bands["bands"]]
    names = [b["name"] for b in bands["bands"]] + [bands["below"]]
    if not lower or any(b >= a for a, b in zip(lower, lower[1:])) or len(set(names)) < len(names) or "" in names:
        reject("method.bad-value")


def between(x, low, high):
    if not Fraction(low) <= F(x) <= Fraction(high):
        reject("method.bad-value")


def achievement_rules(rules):
    need(rules, ["on_track", "lagging", "tolerance", "slack"], ["bands"])
    between(rules["on_track"], 0, 10)
    between(rules["lagging"], 0, rules["on_track"])
    if F(rules["tolerance"]) < 0:
        reject("method.bad-value")
    between(rules["slack"], 0, Fraction(1, 1000))
    if rules.get("bands") is not None:
        need(rules["bands"], ["of", "bands", "no_data"])
        if rules["bands"]["of"] not in ("pace", "achievement"):
            reject("wire.bad-request")
        check_bands(rules["bands"]["bands"])


def achievement(r):
    need(r, ["at", "path", "polarity", "rules"], ["value", "se", "absent", "across_break"])
    given = r.get("value") is not None
    if r.get("absent") is not None and r["absent"] not in ABSENCES:
        reject("wire.bad-request")
    if given == (r.get("absent") is not None):
        reject("progress.bad-parameter")
    rules, at, path = r["rules"], time_of(r["at"]), None
    name, direction = polarity_of(r)
    achievement_rules(rules)
    path = Path(r["path"])
    slack, tolerance = F(rules["slack"]), F(rules["tolerance"])
    out = {k: None for k in ("reason", "raw", "clamped", "se", "expected", "pace", "probability")}
    raw = pace = None

    def done(status, reason=None):
        out.update(status=status, reason=reason)
        named_bands = rules.get("bands")
        if named_bands is None:
            out["band"] = None
        else:
            x = pace if named_bands["of"] == "pace" else raw
            out["band"] = named_bands["no_data"] if x is None else named(named_bands["bands"], D(x) if isinstance(x, Fraction) else x, slack)
        return out

    if not given:
        return done(ABSENCES[r["absent"]])
    x, sigma = F(r["value"]), standard_error(r.get("se"))
    if name in ("range", "ambiguous", "none"):
        return done("not_rated", "no_direction")
    if path.b is None:
        return done("not_rated", "no_baseline")
    if path.t is None:
        return done("not_rated", "no_target")
    if r.get("across_break"):
        return done("not_rated", "break_in_series")
    way = path.t - path.b
    if name == "value":
        # nearness stands for the value: the way left on either side
        near = lambda v: -abs(v - path.t)
        gain, lead = near(x) - near(path.b), near(x)
    else:
        gain, lead = direction * (x - path.b), direction * (x - path.t)
    if way == 0:
        return done("maintained" if lead >= -tolerance - slack else "regressed")
    raw = gain / abs(way) if name == "value" else (x - path.b) / way
    out["raw"], out["clamped"] = float(raw), float(min(max(raw, Fraction(0)), Fraction(1)))
    e = path.expected(at)
    out["expected"] = None if e is None else float(e)
    if e is not None and e > 0:
        a, b = mix(raw, e)
        pace = raw / e if isinstance(e, Fraction) else a / b
        out["pace"] = float(pace)
    if sigma is not None or path.b_se is not None:
        error = root_sum(sigma or Fraction(0), (1 - raw) * (path.b_se or Fraction(0))) / D(abs(way))
        out["se"] = float(error)
        if e is not None:
            a, b = mix(raw, e)
            out["probability"] = float(phi((a - b) / error)) if error > 0 else float(a >= b)
    if name != "value" and direction * way < 0:
        out["target_worse_than_baseline"] = True
    at_least = lambda number, c: (D(number) if isinstance(number, Fraction) else number) >= D(c - slack)
    if raw >= 1 - slack or name == "value" and lead >= -tolerance - slack:
        return done("met")
    if gain < -tolerance - slack:
        return done("regressed")
    if e is None:
        return done("not_rated", "no_date")
    if pace is None:
        return done("not_rated", "too_early")
    if at_least(pace, F(rules["on_track"])) and at < path.t_at:
        return done("on_track")
    return done("lagging" if at_least(pace, F(rules["lagging"])) else "off_track")


# ==== rates and pace ================================================================================================


def rate(earlier, later, years):
    if earlier <= 0 or later <= 0 or years <= 0:
        return None
    return power(later / earlier, 1 / years) - 1


def cagr(r):
    need(r, ["earlier", "later", "years"])
    made = rate(F(r["earlier"]), F(r["later"]), F(r["years"]))
    return {"rate": None if made is None else float(made)}


def to_target(r):
    need(r, ["value", "at", "path", "polarity", "rules"], ["across_break"])
    rules = r["rules"]
    need(rules, ["with_target", "without_target", "reached", "not_available", "slack"])
    name, direction = polarity_of(r)
    check_bands(rules["with_target"])
    check_bands(rules["without_target"])
    between(rules["slack"], 0, Fraction(1, 1000))
    path, x, at, slack = Path(r["path"]), F(r["value"]), time_of(r["at"]), F(rules["slack"])
    out = {k: None for k in ("reason", "absolute", "basis", "actual", "required", "ratio", "reached")}

    def done(status, reason=None):
        return {**out, "status": status, "reason": reason}

    none = rules["not_available"]
    reached = direction is not None and path.t is not None and direction * (x - path.t) >= -slack
    if direction is not None and path.t is not None:
        out["reached"] = reached
    if path.b is None:
        return done(none, "no_baseline")
    if r.get("across_break"):
        return done(none, "break_in_series")
    out["absolute"] = float(x - path.b)
    if path.b_at is None:
        return done(none, "no_date")
    years = at - path.b_at
    if years <= 0:
        return done(none, "no_time_between")
    if path.t is None:
        if direction is None:
            return done(none, "no_direction")
        actual = rate(path.b, x, years)
        if actual is None:
            return done(none, "not_positive")
        out.update(basis="compound", actual=float(actual))
        return done(named(rules["without_target"], direction * actual, slack))
    if name in ("ambiguous", "none"):
        return done(none, "no_direction")
    if path.t_at is None:
        return done(rules["reached"]) if reached else done(none, "no_date")
    span = path.t_at - path.b_at
    actual, required, basis = rate(path.b, x, years), rate(path.b, path.t, span), "compound"
    if actual is None or required is None:
        actual, required, basis = D((x - path.b) / years), D((path.t - path.b) / span), "linear"
    out.update(basis=basis, actual=float(actual), required=float(required))
    if path.t == path.b:
        return done(rules["reached"]) if reached else done(none, "target_is_baseline")
    ratio = actual / required
    out["ratio"] = float(ratio)
    return done(rules["reached"] if reached else named(rules["with_target"], ratio, slack))


def named(bands, x, slack):
    """The band of a Decimal."""
    return next((b["name"] for b in bands["bands"] if x >= D(F(b["from"]) - slack)), bands["below"])


def score(r):
    need(r, ["value", "at", "path", "polarity", "rules"], ["across_break", "limit"])
    rules = r["rules"]
    need(rules, ["with_target", "without_target", "limit_exponent", "largest_score", "reached", "statuses", "not_available", "slack"])
    _, direction = polarity_of(r)
    pieces = [(None if p.get("from") is None else F(p["from"]), F(p["slope"]), F(p["intercept"])) for p in rules["with_target"]]
    froms = [p[0] for p in pieces]
    if not pieces or froms[-1] is not None or None in froms[:-1] or any(b >= a for a, b in zip(froms[:-1], froms[1:-1])):
        reject("method.bad-value")
    points = [(F(p["rate"]), F(p["score"])) for p in rules["without_target"]]
    if len(points) < 2 or any(b[0] <= a[0] or b[1] < a[1] for a, b in zip(points, points[1:])):
        reject("method.bad-value")
    between(rules["limit_exponent"], 0, 100)
    between(rules["largest_score"], 0, 1000)
    check_bands(rules["statuses"])
    between(rules["slack"], 0, Fraction(1, 1000))
    slack, most = F(rules["slack"]), D(F(rules["largest_score"]))
    path, x, at = Path(r["path"]), F(r["value"]), time_of(r["at"])

    def none(reason):
        return {"status": rules["not_available"], "reason": reason, "progress": None, "score": None}

    if direction is None:
        return none("no_direction")
    if path.b is None:
        return none("no_baseline")
    if r.get("across_break"):
        return none("break_in_series")
    if path.b_at is None:
        return none("no_date")
    if at <= path.b_at:
        return none("no_time_between")
    actual = rate(path.b, x, at - path.b_at)
    if actual is None:
        return none("not_positive")
    if path.t is not None:
        if path.t_at is None:
            return none("no_date")
        required = rate(path.b, path.t, path.t_at - path.b_at)
        if required is None:
            return none("not_positive")
        reached = direction * (x - path.t) >= 0
        if path.t == path.b:
            return {"status": rules["reached"], "progress": None, "score": float(most)} if reached else none("target_is_baseline")
        p = actual / required
        if (path.t > path.b) != (direction > 0):
            p = -p
        if reached:
            return {"status": rules["reached"], "progress": float(p), "score": float(most)}
        _, slope, intercept = next(piece for piece in pieces if piece[0] is None or p >= D(piece[0] - slack))
        points_made = D(slope) * p + D(intercept)
    else:
        p, scale = direction * actual, Decimal(1)
        if r.get("limit") is not None and direction > 0:
            limit = F(r["limit"])
            if path.b >= limit:
                return none("at_limit")
            scale = 1 - power(path.b / limit, F(rules["limit_exponent"]))
            if scale <= 0:
                return none("at_limit")
        scaled = [(D(a) * (scale if a > 0 else 1), D(s)) for a, s in points]
        if p <= scaled[0][0]:
            points_made = scaled[0][1]
        elif p >= scaled[-1][0]:
            points_made = scaled[-1][1]
        else:
            points_made = next(s0 + (s1 - s0) * (p - a0) / (a1 - a0) for (a0, s0), (a1, s1) in zip(scaled, scaled[1:]) if a0 <= p <= a1)
    points_made = min(max(points_made, -most), most)
    return {"status": named(rules["statuses"], points_made, slack), "progress": float(p), "score": float(points_made)}


def distance(r):
    need(r, ["value", "target", "polarity", "reference_sd"])
    name, direction = polarity_of(r)
    x, t, sd = F(r["value"]), F(r["target"]), F(r["reference_sd"])
    if sd <= 0:
        reject("progress.bad-parameter")
    if direction is None and name != "value":
        return {"distance": None}
    raw = abs(t - x) if direction is None else direction * (t - x)
    return {"distance": {"distance": float(max(raw, Fraction(0)) / sd), "raw": float(raw), "reached": raw <= Fraction(1e-9)}}


# ==== series ========================================================================================================


def series_of(r):
    points = []
    for p in r["series"]:
        need(p, ["at", "value"], ["se", "break"])
        points.append((time_of(p["at"]), F(p["value"]), standard_error(p.get("se")), bool(p.get("break"))))
    points.sort(key=lambda p: p[0])
    if len({p[0] for p in points}) < len(points):
        reject("progress.duplicate-time")
    return points


def since_break(points):
    for i in range(len(points) - 1, -1, -1):
        if points[i][3]:
            return points[i:]
    return points


def sign(x):
    return (x > 0) - (x < 0)


def kendall_s(values):
    return sum(sign(b - a) for a, b in combinations(values, 2))


@lru_cache(maxsize=None)
def distribution(ranks):
    """How many orders of the ranks have each S: one of them comes first, and meets all that are left."""
    if not ranks:
        return Counter({0: 1})
    total = Counter()
    for i, first in enumerate(ranks):
        rest = ranks[:i] + ranks[i + 1 :]
        met = sum(sign(x - first) for x in rest)
        for s, n in distribution(rest).items():
            total[s + met] += n
    return total


def median(numbers):
    numbers = sorted(numbers)
    n = len(numbers)
    return numbers[n // 2] if n % 2 else (numbers[n // 2 - 1] + numbers[n // 2]) / 2


def check_trend_rules(rules):
    need(rules, ["minimum_points", "exact_below", "significance", "confidence"])
    if not 3 <= rules["minimum_points"] <= 2000 or rules["exact_below"] > 21:
        reject("method.bad-value")
    if not 0 < rules["significance"] <= 0.5 or not 0 < rules["confidence"] < 1:
        reject("method.bad-value")


def analyse(points, rules):
    """Slopes, S, Var(S), z, and the ends of the interval of the slope."""
    values = [p[1] for p in points]
    slopes = sorted((b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(points, 2))
    n, s = len(points), kendall_s(values)
    groups = Counter(values).values()
    variance = Fraction(n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in groups), 18)
    z = Decimal(s - sign(s)) / D(variance).sqrt() if variance else Decimal(0)
    reach = z_of(F(rules["confidence"])) * D(variance).sqrt()
    low = int(((len(slopes) - reach) / 2).to_integral_value(rounding="ROUND_HALF_EVEN"))
    high = int(((len(slopes) + reach) / 2).to_integral_value(rounding="ROUND_HALF_EVEN")) + 1
    ends = (slopes[low - 1], slopes[high - 1]) if low >= 1 and high <= len(slopes) else None
    return slopes, s, variance, z, ends


def trend(r):
    need(r, ["series", "polarity", "rules"])
    rules = r["rules"]
    _, direction = polarity_of(r)
    everything = series_of(r)
    check_trend_rules(rules)
    points = since_break(everything)
    out = {"n": len(points), "before_break": len(everything) - len(points), "estimate": None}
    if len(points) < rules["minimum_points"]:
        return out
    slopes, s, variance, z, ends = analyse(points, rules)
    p = min(Decimal(1), 2 * phi(-abs(z)))
    exact = None
    if len(points) < rules["exact_below"]:
        order = sorted({p[1] for p in points})
        counts = distribution(tuple(order.index(p[1]) for p in sorted(points, key=lambda p: p[1])))
        exact = Fraction(sum(n for x, n in counts.items() if abs(x) >= abs(s)), sum(counts.values()))
    decided = D(exact) if exact is not None else p
    word = "unchanged" if s == 0 else "changed" if direction is None else "better" if direction * s > 0 else "worse"
    out["estimate"] = {
        "slope": float(median(slopes)),
        "interval": None if ends is None else {"lower": float(ends[0]), "upper": float(ends[1]), "confidence": rules["confidence"]},
        "s": s, "variance": float(variance), "z": float(z), "p": float(p), "p_exact": None if exact is None else float(exact),
        "shown": decided < D(F(rules["significance"]) - Fraction(1e-9)), "direction": word,
    }  # fmt: skip
    return out


def years_to_target(r):
    need(r, ["value", "target", "slope", "polarity"])
    name, direction = polarity_of(r)
    x, t, slope = F(r["value"]), F(r["target"]), F(r["slope"])
    if direction is None and name != "value":
        return {"to_target": None}
    if (abs(t - x) if direction is None else direction * (t - x)) <= Fraction(1e-9):
        return {"to_target": {"state": "met", "years": 0}}
    if slope == 0:
        return {"to_target": {"state": "not_moving"}}
    if (t - x) / slope < 0:
        return {"to_target": {"state": "moving_away"}}
    return {"to_target": {"state": "approaching", "years": float((t - x) / slope)}}


def projection(r):
    need(r, ["series", "at", "basis", "rules"], ["range"])
    if r["basis"] not in ("theil_sen", "last_pace"):
        reject("wire.bad-request")
    low, high = ((r.get("range") or {}).get(k) for k in ("min", "max"))
    everything, at = series_of(r), time_of(r["at"])
    check_trend_rules(r["rules"])
    if low is not None and high is not None and F(low) > F(high):
        reject("progress.bad-parameter")
    points = since_break(everything)
    if points and at < points[-1][0]:
        reject("progress.bad-parameter")
    band = None
    if r["basis"] == "theil_sen":
        if len(points) < r["rules"]["minimum_points"]:
            return {"projection": None}
        slopes, _, _, _, ends = analyse(points, r["rules"])
        path = lambda slope: median([p[1] + slope * (at - p[0]) for p in points])
        value = path(median(slopes))
        band = None if ends is None else (path(ends[0]), path(ends[1]))
    else:
        if len(points) < 2:
            return {"projection": None}
        (t0, x0, s0, _), (t1, x1, s1, _) = points[-2:]
        h = (at - t1) / (t1 - t0)
        value = x1 + (x1 - x0) * h
        if s0 is not None and s1 is not None:
            reach = z_of(F(r["rules"]["confidence"])) * root_sum((1 + h) * s1, h * s0)
            band = (D(value) - reach, D(value) + reach)
    number = lambda x: D(x) if isinstance(x, Fraction) else x
    held = False

    def hold(x):
        nonlocal held
        kept = number(x)
        if low is not None:
            kept = max(kept, D(F(low)))
        if high is not None:
            kept = min(kept, D(F(high)))
        held = held or kept != number(x)
        return float(kept)

    out = {"value": hold(value), "lower": None, "upper": None}
    if band:
        out["lower"], out["upper"] = hold(band[0]), hold(band[1])
    return {"projection": {**out, "held": held, "n": len(points), "before_break": len(everything) - len(points)}}


# ==== non-retrogression =============================================================================================


def retrogression(r):
    need(r, ["series", "polarity", "rules"], ["baseline_at"])
    rules = r["rules"]
    need(rules, ["significance", "tolerance"])
    _, direction = polarity_of(r)
    points = series_of(r)
    if not 0 < rules["significance"] <= 0.5 or rules["tolerance"] < 0:
        reject("method.bad-value")
    base = None
    if r.get("baseline_at") is not None:
        base = next((i for i, p in enumerate(points) if p[0] == time_of(r["baseline_at"])), None)
        if base is None:
            reject("progress.bad-parameter")
    out = {k: None for k in ("reason", "basis", "threshold", "best", "previous", "baseline", "note")}
    out.update(status="not_judged", sustained=False, comparisons=0)
    if direction is None:
        return {**out, "reason": "no_direction"}
    if not points:
        return {**out, "reason": "no_figure"}
    if len(points) == 1:
        return {**out, "reason": "no_earlier_figure"}
    segment = [sum(p[3] for p in points[: i + 1]) for i in range(len(points))]

    def beside(i, j):
        """The i-th figure beside the j-th."""
        seen = {"at": float(points[j][0]), "across_break": segment[i] != segment[j], "difference": None, "z": None, "p": None}
        if not seen["across_break"]:
            d = direction * (points[i][1] - points[j][1])
            seen["difference"] = float(d)
            if points[i][2] is not None and points[j][2] is not None and (points[i][2] or points[j][2]):
                z = D(d) / root_sum(points[i][2], points[j][2])
                seen["z"], seen["p"] = float(z), float(phi(z))
        return seen

    def judged(i):
        """Whether the i-th figure is a possible retrogression, with the comparison that decides; None without others."""
        others = [j for j in range(i) if segment[j] == segment[i]]
        if not others:
            return None
        best = min(others, key=lambda j: (-direction * points[j][1], points[j][0]))
        seen = beside(i, best)
        d = direction * (points[i][1] - points[best][1])
        if seen["p"] is None:
            return d < -F(rules["tolerance"]) - Fraction(1e-9), seen, len(others), None
        level = F(rules["significance"]) / len(others)
        return d < 0 and F(seen["p"]) < level - Fraction(1e-9), seen, len(others), level

    last = len(points) - 1
    out["previous"] = beside(last, last - 1)
    if base is not None and base != last:
        out["baseline"] = beside(last, base)
    verdict = judged(last)
    if verdict is None:
        return {**out, "reason": "break_in_series"}
    declined, out["best"], out["comparisons"], level = verdict
    out["basis"] = "tolerance" if level is None else "error"
    out["threshold"] = None if level is None else float(level)
    out["status"] = "possible_retrogression" if declined else "none_shown"
    if declined:
        out["note"] = NOTE
        before = judged(last - 1) if segment[last - 1] == segment[last] else None
        out["sustained"] = bool(before and before[0])
    return out


NOTE = (
    "A call for justification, not a legal finding: deliberately retrogressive measures need the most careful consideration and must be justified by "
    "reference to the totality of the rights and to the full use of the maximum available resources (CESCR General Comment 3, paragraph 9)."
)

# ==== the results chain =============================================================================================


def chain(r):
    need(r, ["chain"])
    need(r["chain"], ["results"])
    results = {}
    for x in r["chain"]["results"]:
        need(x, ["id", "level"], ["title", "theme", "indicators", "assumptions", "duty_bearer", "leads_to"])
        if x["level"] not in LEVELS:
            reject("wire.bad-request")
        if x["id"] in results:
            reject("rbm.duplicate-result")
        results[x["id"]] = x
    ids = sorted(results)
    level = {i: LEVELS.index(results[i]["level"]) for i in ids}
    links = {(i, j) for i in ids for j in results[i].get("leads_to", [])}
    known = {(i, j) for i, j in links if j in results}
    # the closure of the relation (Warshall)
    leads = set(known)
    for k in ids:
        leads |= {(i, j) for i in ids if (i, k) in leads for j in ids if (k, j) in leads}
    counts = Counter()
    counts["rbm.unknown-link"] = len(links - known)
    counts["rbm.link-down"] = sum(level[j] < level[i] for i, j in known)
    counts["rbm.circular-link"] = len({frozenset(j for j in ids if (i, j) in leads and (j, i) in leads) for i in ids if (i, i) in leads})
    counts["rbm.outcome-without-outputs"] = sum(level[j] == 3 and not any(level[i] == 2 and (i, j) in leads for i in ids) for j in ids)
    counts["rbm.output-leads-nowhere"] = sum(level[i] == 2 and not any(level[j] >= 3 and (i, j) in leads for j in ids) for i in ids)
    themes = {results[i].get("theme") for i in ids}
    counts["rbm.outputs-only"] = sum(all(level[i] < 3 for i in ids if results[i].get("theme") == t) for t in themes)
    for x in results.values():
        for f in x.get("indicators", []):
            need(f, ["id"], ["baseline", "target", "value"])
            b, t, v = f.get("baseline"), f.get("target"), f.get("value")
            counts["rbm.target-without-baseline"] += t is not None and b is None
            counts["rbm.target-after-value"] += bool(t and v and t.get("set") and start_of(t["set"])[0] >= start_of(v["period"])[1])
            versions = [y.get("indicator_version") for y in (b, v) if y]
            counts["rbm.version-differs"] += len(versions) == 2 and None not in versions and versions[0] != versions[1]
    return {"results": len(ids), "findings": {"counts": {k: n for k, n in counts.items() if n}}}


def iati(r):
    need(r, [], ["result_type", "result_level", "polarity"])
    codes = {"output": 1, "outcome": 2, "impact": 3}
    return {
        "result_level": {n: w for w, n in codes.items()}.get(r.get("result_type")),
        "result_type": codes.get(r.get("result_level")),
        "ascending": {"higher": True, "lower": False}.get(r.get("polarity")),
    }


OPERATIONS = {
    "progress.cagr": cagr,
    "progress.expected": expected,
    "progress.to_target": to_target,
    "progress.score": score,
    "progress.distance": distance,
    "progress.trend": trend,
    "progress.years_to_target": years_to_target,
    "progress.projection": projection,
    "progress.retrogression": retrogression,
    "rbm.achievement": achievement,
    "rbm.chain": chain,
    "rbm.iati": iati,
}
