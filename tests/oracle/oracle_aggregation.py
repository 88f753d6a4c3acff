"""Scores by rule or within a set, means with numbers of their own, rules that compare units: the second opinion.

Written from the method (sections 1 and 3), OECD/JRC 2008, Yager 1988, Mazziotta & Pareto 2016. Decimals of 60 digits.
"""

from __future__ import annotations

from decimal import Decimal

import oracle
from oracle import SLACK, D, Reject

HUNDRED = Decimal(100)


def number(x):
    if isinstance(x, bool) or not isinstance(x, (int, float)):
        raise Reject("wire.bad-request")
    return D(x)


def numbers(xs, gaps=False):
    if not isinstance(xs, list):
        raise Reject("wire.bad-request")
    return [None if gaps and x is None else number(x) for x in xs]


def out(x):
    return None if x is None else float(x)


# ---- scores --------------------------------------------------------------------------------------------------------


def with_ends(made, ends):
    if ends not in (None, "capped", "open"):
        raise Reject("wire.bad-request")
    return made | {"score": made["raw"]} if ends == "open" else made


def goalposts(r):
    if r.get("polarity"):
        oracle.check_order(r["worst"], r["best"], r["polarity"])
    return with_ends(oracle.scored(oracle.goalposts_d(r["value"], r["worst"], r["best"])), r.get("ends"))


def logarithmic(r):
    if r["worst"] == r["best"]:
        raise Reject("score.equal-goalposts")
    value = oracle.held_on_logarithm(r["value"], r["worst"], r["best"], r.get("ends"))
    if min(value, r["worst"], r["best"]) <= 0:
        raise Reject("score.not-positive")
    low = D(r["worst"]).ln()
    raw = 100 * (D(value).ln() - low) / (D(r["best"]).ln() - low)
    return with_ends(oracle.scored(raw), r.get("ends"))


def target_range(value, lower, upper):
    x, low, high = number(value), number(lower), number(upper)
    if min(x, low, high) <= 0:
        raise Reject("score.not-positive")
    if low > high:
        raise Reject("score.goalposts-order")
    if low <= x <= high:
        return {"score": 100.0}
    return {"score": float(100 * (x / low if x < low else high / x))}


def rule(r):
    given, x, polarity = r["rule"], r["value"], r["polarity"]
    if polarity not in oracle.WORDS["polarity"]:
        raise Reject("wire.bad-request")
    name, fields = (given, {}) if isinstance(given, str) else next(iter(given.items()))
    shown = polarity in ("ambiguous", "none")
    if name in ("goalposts", "logarithmic"):
        oracle.check_order(fields["worst"], fields["best"], polarity)
        made = (goalposts if name == "goalposts" else logarithmic)({"value": x, **fields})
    elif name == "target_ratio":
        made = {} if shown else oracle.target_ratio(x, fields["target"], polarity)
    elif name == "logistic":
        k = D(fields["steepness"])
        if k == 0 or polarity in ("higher", "lower") and (k > 0) != (polarity == "higher"):
            raise Reject("score.goalposts-order")
        made = oracle.scored(100 / (1 + (-k * (D(x) - D(fields["midpoint"]))).exp()))
    elif name == "target_range_ratio":
        made = target_range(x, fields["lower"], fields["upper"])
    elif name == "band":
        made = oracle.band_score(x, *(fields[f] for f in ("worst_low", "lower", "upper", "worst_high")))
    elif name == "maturity":
        made = oracle.maturity(x, fields["map"])
    elif name == "yes_no":
        made = oracle.maturity(x, [0, 100])
    else:
        raise Reject("wire.bad-request")
    return {"score": None, "not_scored": polarity} if shown else made


def score_set(r):
    values, polarity = numbers(r["values"], gaps=True), r["polarity"]
    if r["rule"] not in ("z_score", "sample_z_score", "rank", "percentile", "min_max"):
        raise Reject("wire.bad-request")
    low = r.get("target")
    high = r.get("upper", low)
    if polarity in ("ambiguous", "none") or polarity in ("value", "range") and low is None:
        raise Reject("score.no-direction")
    if polarity in ("value", "range") and (D(low) > D(high) or polarity == "value" and low != high):
        raise Reject("score.goalposts-order")

    def good(x):
        if polarity in ("value", "range"):
            return D(low) - x if x < D(low) else x - D(high) if x > D(high) else Decimal(0)
        return -x if polarity == "higher" else x

    # cost: the lower the better, the other way round than the engine
    cost = [None if x is None else good(x) for x in values]
    have = [c for c in cost if c is not None]
    n = len(have)
    near = max([abs(x) for x in values if x is not None] + ([abs(D(low)), abs(D(high))] if polarity in ("value", "range") else []), default=Decimal(0)) / 10**12
    constant = n == 0 or max(have) - min(have) <= near

    def same(a, b):
        return abs(a - b) <= near

    def one(c):
        if r["rule"] in ("z_score", "sample_z_score"):
            if constant:
                return None
            mean = sum(have) / n
            variance = sum((x - mean) ** 2 for x in have) / (n if r["rule"] == "z_score" else n - 1)
            return {"value": float((mean - c) / variance.sqrt())}
        if r["rule"] == "min_max":
            return None if constant else {"value": (v := float(100 * (max(have) - c) / (max(have) - min(have)))), "score": v}
        better = sum(1 for x in have if x < c and not same(x, c))
        equal = sum(1 for x in have if same(x, c))
        if r["rule"] == "rank":
            place = Decimal(better) + Decimal(equal + 1) / 2
            return {"value": float(place), "score": float(100 * (n - place) / (n - 1)) if n > 1 else None}
        return {"value": (v := float(100 * (n - better - equal + Decimal(equal) / 2) / n)), "score": v}

    members = [None if c is None else one(c) for c in cost]
    said = n > 0 and (constant and r["rule"] in ("z_score", "sample_z_score", "min_max") or n == 1 and r["rule"] == "rank")
    return {"members": members, "n": n, "of": len(values), "set_dependent": True, "findings": {"counts": {"score.constant-set": 1}} if said else None}


# ---- means ---------------------------------------------------------------------------------------------------------


def parameter(kind):
    """Name and number(s) of a mean."""
    if isinstance(kind, str):
        return kind, {}
    if not isinstance(kind, dict) or len(kind) != 1:
        raise Reject("wire.bad-request")
    name, fields = next(iter(kind.items()))
    wanted = {"power": {"exponent"}, "floored_geometric": {"floor"}, "mean_min": {"share"}, "ordered_weighted": {"exponent"}, "mazziotta_pareto": {"mean", "sd"}}
    if set(fields) != wanted.get(name):
        raise Reject("wire.unknown-field" if set(fields) > wanted.get(name, set(fields)) else "wire.bad-request")
    p = {k: number(v) for k, v in fields.items()}
    good = {
        "power": lambda: True,
        "floored_geometric": lambda: 0 < p["floor"] < 100,
        "mean_min": lambda: 0 <= p["share"] <= 1,
        "ordered_weighted": lambda: p["exponent"] > 0,
        "mazziotta_pareto": lambda: 0 <= p["mean"] <= 100 and p["sd"] > p["mean"] / 10 and p["sd"] > 0,
    }[name]()
    if not good:
        raise Reject("aggregate.bad-parameter")
    return name, p


def geometric(pairs):
    return sum(w * s.ln() for w, s in pairs).exp()


def index(pairs, sign=-1):
    m = sum(w * z for w, z in pairs)
    return m, sum(w * z * z for w, z in pairs) - m * m, sign


def of(name, p, pairs):
    """Pairs of weight and score, the weights summing to 1."""
    plain = sum(w * s for w, s in pairs)
    if name == "arithmetic":
        return plain
    if name == "geometric":
        return geometric(pairs)
    if name == "harmonic":
        return 1 / sum(w / s for w, s in pairs)
    if name == "power":
        r = p["exponent"]
        return geometric(pairs) if r == 0 else sum(w * (s**r if s else Decimal(0)) for w, s in pairs) ** (1 / r)
    if name == "floored_geometric":
        f = p["floor"]
        return (geometric([(w, f + (HUNDRED - f) * s / 100) for w, s in pairs]) - f) / (HUNDRED - f) * 100
    if name == "mean_min":
        return plain - p["share"] * (plain - min(s for _, s in pairs))
    if name == "ordered_weighted":
        total, before, reached = Decimal(0), Decimal(0), Decimal(0)
        for w, s in sorted(pairs, key=lambda x: -x[1]):
            reached += w
            now = Decimal(1) if reached >= 1 else reached ** p["exponent"]
            total += s * (now - before)
            before = now
        return total
    if name == "mazziotta_pareto":
        m, v, _ = index([(w, 100 + 10 * (s - p["mean"]) / p["sd"]) for w, s in pairs])
        return p["mean"] + p["sd"] * (m - v / m - 100) / 10
    m, v, _ = index([(w, 70 + 60 * s / 100) for w, s in pairs])
    return (m - v / m - 70) * 100 / 60


def mean(r):
    name, p = parameter(r.get("kind") or "arithmetic")
    # coverage and refusals are those of the plain mean
    made = oracle.mean(r["items"], r["minimum_coverage"], "arithmetic")
    if "score" not in made:
        return made, None
    present = [i for i in r["items"] if i.get("score") is not None]
    weight = sum(D(i["weight"]) for i in present)
    pairs = [(D(i["weight"]) / weight, D(i["score"])) for i in present if i["weight"] > 0]
    vanishes = name in ("geometric", "harmonic") or name == "power" and p["exponent"] <= 0
    if vanishes and any(s == 0 for _, s in pairs):
        return made | {"score": 0.0, "zero": True}, Decimal(0)
    score = oracle.clamp(of(name, p, pairs), Decimal(0), HUNDRED)
    return made | {"score": float(score), "zero": None}, score


def contributions(r):
    made, score = mean(r)
    if score is None:
        return {"contributions": None}
    weight = sum(D(i["weight"]) for i in r["items"] if i.get("score") is not None)
    rows, added = [], Decimal(0)
    for i in r["items"]:
        if i.get("score") is None:
            rows.append({"score": None, "weight": 0.0, "points": 0.0})
        else:
            w = D(i["weight"]) / weight
            added += w * D(i["score"])
            rows.append({"score": float(i["score"]), "weight": float(w), "points": float(w * D(i["score"]))})
    answer = {"score": made["score"], "items": rows, "imbalance": float(score - added), "clamp": None}
    if r.get("held_to") is not None:
        answer |= {"score": float(r["held_to"]), "clamp": float(D(r["held_to"]) - score)}
    return {"contributions": answer}


def check_weights(weights, wanted):
    if len(weights) != wanted:
        raise Reject("aggregate.unequal-lengths")
    if any(w < 0 for w in weights) or sum(weights) == 0:
        raise Reject("aggregate.bad-weight")


def ordered_mean(r):
    scores, weights = numbers(r["scores"]), numbers(r["weights"])
    if not scores:
        raise Reject("aggregate.no-items")
    if any(not 0 <= s <= 100 for s in scores):
        raise Reject("aggregate.score-out-of-range")
    check_weights(weights, len(scores))
    if abs(sum(weights) - 1) > SLACK:
        raise Reject("aggregate.bad-weight")
    n = len(scores)
    falling = sorted(scores, reverse=True)
    share = {s: sum(w for w, t in zip(weights, falling) if t == s) / falling.count(s) for s in falling}
    orness = sum(w * (n - 1 - i) for i, w in enumerate(weights)) / (n - 1) if n > 1 else Decimal("0.5")
    return {"score": float(sum(w * s for w, s in zip(weights, falling))), "orness": float(orness), "weights": [float(share[s]) for s in scores]}


def cap_at_floor(r):
    floor = r["rule"]["floor"]
    cap = floor if r["rule"].get("cap") is None else r["rule"]["cap"]
    if not (0 <= floor <= 100 and 0 <= cap <= 100):
        raise Reject("aggregate.bad-parameter")
    if not 0 <= r["score"] <= 100 or any(i.get("score") is not None and not 0 <= i["score"] <= 100 for i in r["items"]):
        raise Reject("aggregate.score-out-of-range")
    below = [k for k, i in enumerate(r["items"]) if i.get("score") is not None and i["weight"] > 0 and D(floor) - D(i["score"]) > SLACK]
    score = min(r["score"], cap) if below else r["score"]
    return {"score": float(score), "capped": score != r["score"], "below": below}


def table(r):
    units = [numbers(u, gaps=True) for u in r["units"]]
    columns = len(units[0]) if units else 0
    weights = numbers(r["weights"]) if r.get("weights") is not None else [Decimal(1)] * columns
    if not weights:
        raise Reject("aggregate.no-items")
    if any(len(u) != len(weights) for u in units):
        raise Reject("aggregate.unequal-lengths")
    check_weights(weights, len(weights))
    return units, weights


def copeland(r):
    units, weights = table(r)
    margin = D(r.get("indifference") or 0)
    if margin < 0 or not 0 <= r["minimum_coverage"] <= 1:
        raise Reject("aggregate.bad-parameter")
    total = sum(weights)

    def duel(a, b):
        """1 a win, 0 a tie, -1 a loss, None no comparison."""
        both = [(x - y, w) for x, y, w in zip(a, b, weights) if x is not None and y is not None]
        common = sum((w for _, w in both), Decimal(0))
        if common == 0 or common / total < D(r["minimum_coverage"]) - SLACK:
            return None
        balance = sum((w * (1 if d > 0 else -1) for d, w in both if abs(d) > margin + SLACK), Decimal(0)) / total
        return 0 if abs(balance) <= SLACK else 1 if balance > 0 else -1

    rows = []
    for i, a in enumerate(units):
        found = [d for j, b in enumerate(units) if j != i and (d := duel(a, b)) is not None]
        wins, ties = found.count(1), found.count(0)
        score = float(100 * (wins + Decimal(ties) / 2) / len(found)) if found else None
        rows.append({"score": score, "wins": wins, "ties": ties, "losses": found.count(-1), "compared": len(found)})
    return {"units": rows, "set_dependent": True}


def mazziotta_pareto(r):
    units, weights = table(r)
    n = len(weights)
    polarity = r.get("polarity") or ["higher"] * n
    how, given = (r["reference"], None) if isinstance(r["reference"], str) else next(iter(r["reference"].items()))
    if len(polarity) != n or given is not None and len(given) != n:
        raise Reject("aggregate.unequal-lengths")
    if not 0 <= r["minimum_coverage"] <= 1:
        raise Reject("aggregate.bad-parameter")
    found = {}
    z = [[None] * n for _ in units]
    for j in range(n):
        if polarity[j] not in ("higher", "lower"):
            raise Reject("score.no-direction")
        sign = 1 if polarity[j] == "higher" else -1
        column = [u[j] for u in units if u[j] is not None]
        if how == "fixed":
            centre, sd = D(given[j]["mean"]), D(given[j]["sd"])
            if sd <= 0:
                raise Reject("aggregate.bad-parameter")
        elif how == "set":
            if not column:
                continue
            centre = sum(column) / len(column)
            sd = (sum((x - centre) ** 2 for x in column) / len(column)).sqrt()
            if sd == 0:
                found["score.constant-set"] = found.get("score.constant-set", 0) + 1
                continue
        else:
            oracle.check_order(given[j]["worst"], given[j]["best"], polarity[j])
            # 100 in the middle, 30 for half the range
            centre = (D(given[j]["worst"]) + D(given[j]["best"])) / 2
            sd = abs(D(given[j]["best"]) - D(given[j]["worst"])) / 6
        for i, u in enumerate(units):
            if u[j] is not None:
                z[i][j] = 100 + sign * 10 * (u[j] - centre) / sd
    rows = []
    for line in z:
        pairs = [(w, x) for w, x in zip(weights, line) if x is not None and w > 0]
        weight = sum((w for w, _ in pairs), Decimal(0))
        coverage = weight / sum(weights)
        row = {"index": None, "mean": None, "penalty": None, "coverage": float(coverage), "n": len(pairs)}
        if weight > 0 and coverage >= D(r["minimum_coverage"]) - SLACK:
            m = sum(w * x for w, x in pairs) / weight
            row["mean"] = float(m)
            if m > 0:
                size = sum(w * (x - m) ** 2 for w, x in pairs) / weight / m
                row["penalty"] = float(size)
                row["index"] = float(m - size if r.get("penalty", "minus") == "minus" else m + size)
            else:
                found["aggregate.mean-not-positive"] = found.get("aggregate.mean-not-positive", 0) + 1
        rows.append(row)
    return {"units": rows, "set_dependent": how == "set", "findings": {"counts": found} if found else None}


OPERATIONS = {
    "score.goalposts": goalposts,
    "score.logarithmic": logarithmic,
    "score.rule": rule,
    "score.target_range": lambda r: target_range(r["value"], r["lower"], r["upper"]),
    "score.set": score_set,
    "aggregate.mean": lambda r: mean(r)[0],
    "aggregate.contributions": contributions,
    "aggregate.ordered_mean": ordered_mean,
    "aggregate.cap_at_floor": cap_at_floor,
    "aggregate.mazziotta_pareto": mazziotta_pareto,
    "aggregate.copeland": copeland,
}
