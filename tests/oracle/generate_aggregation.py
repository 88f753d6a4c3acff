"""The vectors about scores by rule and within a set, means with numbers of their own, and rules that compare units."""

from __future__ import annotations

def write(F):
    rules(F)
    sets(F)
    means(F)
    contributions(F)
    ordered(F)
    floors(F)
    mazziotta_pareto(F)
    copeland(F)


def items(*pairs):
    return [{"score": p[0], "weight": p[1]} | ({"coverage": p[2]} if len(p) > 2 else {}) for p in pairs]


def rules(F):
    f = F("score/rules", "Scores by a rule that is data; open ends; a target range", "the method (section 1); hand-worked")

    def r(id_, rule, x, polarity, expect=None, **more):
        f.add(id_, "score.rule", {"rule": rule, "value": x, "polarity": polarity}, expect, **more)

    UP, DOWN = {"worst": 20, "best": 80}, {"worst": 80, "best": 20}
    r("method-higher", {"goalposts": UP}, 37, "higher", {"score": 28.333333333333332, "raw": 28.333333333333332}, note="worked example of the method: 28.3333")
    r("method-lower", {"goalposts": DOWN}, 37, "lower", {"score": 71.66666666666667}, note="worked example of the method: 71.6667")
    r("capped-above", {"goalposts": UP}, 95, "higher", {"score": 100, "raw": 125}, tol=0)
    r("capped-below", {"goalposts": UP}, 5, "higher", {"score": 0, "raw": -25}, tol=0)
    r("open-above", {"goalposts": UP | {"ends": "open"}}, 95, "higher", {"score": 125, "raw": 125}, tol=0, note="open ends keep the raw score")
    r("open-below", {"goalposts": DOWN | {"ends": "open"}}, 95, "lower", {"score": -25, "raw": -25}, tol=0)
    r("hdi-income", {"logarithmic": {"worst": 100, "best": 75000}}, 1283.309235, "higher", {"score": 38.54983313492368}, note="worked example of the method, in points")
    r("logarithmic-open", {"logarithmic": {"worst": 1, "best": 100, "ends": "open"}}, 1000, "higher", {"score": 150, "raw": 150}, note="three tens of two")
    LOGIT = {"midpoint": 40, "steepness": 0.1}
    r("logistic-midpoint", {"logistic": LOGIT}, 40, "higher", {"score": 50, "raw": 50}, tol=0)
    r("logistic", {"logistic": LOGIT}, 60, "higher", {"score": 88.07970779778824}, note="100/(1 + e^-2)")
    r("logistic-lower", {"logistic": {"midpoint": 8, "steepness": -0.5}}, 4, "lower", {"score": 88.07970779778824}, note="100/(1 + e^-2)")
    r("logistic-far", {"logistic": LOGIT}, -1e6, "higher", {"score": 0}, note="far below the midpoint nothing is left")
    r("logistic-order", {"logistic": LOGIT}, 60, "lower", reject="score.goalposts-order")
    r("logistic-flat", {"logistic": LOGIT | {"steepness": 0}}, 60, "higher", reject="score.goalposts-order")
    r("ratio-higher", {"target_ratio": {"target": 80}}, 60, "higher", {"score": 75}, tol=0)
    r("ratio-lower", {"target_ratio": {"target": 10}}, 40, "lower", {"score": 25}, tol=0)
    r("ratio-value", {"target_ratio": {"target": 2}}, 4, "value", {"score": 50}, tol=0, note="min(x/τ, τ/x)")
    r("ratio-value-below", {"target_ratio": {"target": 4}}, 1, "value", {"score": 25}, tol=0)
    r("range-ratio-below", {"target_range_ratio": {"lower": 0.8, "upper": 1.25}}, 0.4, "range", {"score": 50})
    r("range-ratio-above", {"target_range_ratio": {"lower": 0.8, "upper": 1.25}}, 2.5, "range", {"score": 50})
    r("range-ratio-inside", {"target_range_ratio": {"lower": 0.8, "upper": 1.25}}, 1, "range", {"score": 100}, tol=0)
    r("band", {"band": {"worst_low": 0, "lower": 40, "upper": 60, "worst_high": 100}}, 20, "range", {"score": 50}, tol=0)
    r("maturity", {"maturity": {"map": [0, 25, 50, 75, 100]}}, 3, "higher", {"score": 75}, tol=0)
    r("yes", "yes_no", 1, "higher", {"score": 100}, tol=0)
    for polarity in ("ambiguous", "none"):
        r(f"shown-{polarity}", {"goalposts": UP}, 37, polarity, {"score": None, "not_scored": polarity}, tol=0, note="shown, never scored")
        r(f"shown-ratio-{polarity}", {"target_ratio": {"target": 0}}, 37, polarity, {"score": None, "not_scored": polarity}, tol=0)
    r("reject-order", {"goalposts": DOWN}, 37, "higher", reject="score.goalposts-order")
    r("reject-equal", {"goalposts": {"worst": 5, "best": 5}}, 37, "higher", reject="score.equal-goalposts")
    r("log-zero-held", {"logarithmic": {"worst": 1, "best": 100}}, 0, "higher", {"score": 0, "raw": 0}, tol=0, note="held at the goalposts before the logarithm is taken")
    r("reject-log-zero-open", {"logarithmic": {"worst": 1, "best": 100, "ends": "open"}}, 0, "higher", reject="score.not-positive")
    r("reject-range-order", {"target_range_ratio": {"lower": 2, "upper": 1}}, 1, "range", reject="score.goalposts-order")
    r("reject-level", {"maturity": {"map": [0, 100]}}, 2, "higher", reject="score.unknown-level")
    r("reject-rule", {"median": {}}, 2, "higher", reject="wire.bad-request")
    f.add("goalposts-open", "score.goalposts", {"value": 95, **UP, "ends": "open"}, {"score": 125, "raw": 125}, tol=0)
    f.add("goalposts-capped", "score.goalposts", {"value": 95, **UP, "ends": "capped"}, {"score": 100, "raw": 125}, tol=0)
    f.add("log-open", "score.logarithmic", {"value": 0.1, "worst": 1, "best": 100, "ends": "open"}, {"score": -50, "raw": -50})
    f.add("reject-ends", "score.goalposts", {"value": 95, **UP, "ends": "half"}, reject="wire.bad-request")
    for id_, x, score in [("below", 30, 75), ("lower-edge", 40, 100), ("upper-edge", 60, 100), ("above", 120, 50)]:
        f.add("range-" + id_, "score.target_range", {"value": x, "lower": 40, "upper": 60}, {"score": score}, tol=0)
    f.add("range-point", "score.target_range", {"value": 3, "lower": 4, "upper": 4}, {"score": 75}, tol=0, note="a range of one value is polarity `value`")
    for id_, x, low in [("zero", 0, 40), ("negative-end", 10, -40)]:
        f.add("reject-range-" + id_, "score.target_range", {"value": x, "lower": low, "upper": 60}, reject="score.not-positive")


def sets(F):
    f = F("score/set", "Scores within a set: they depend on who is in it", "OECD/JRC 2008, ch. 5; hand-worked")

    def s(id_, rule, values, polarity="higher", expect=None, **more):
        extra = {k: more.pop(k) for k in ("target", "upper") if k in more}
        f.add(id_, "score.set", {"rule": rule, "values": values, "polarity": polarity} | extra, expect, **more)

    def members(*values, scores=None, **more):
        rows = [None if v is None else {"value": v} for v in values]
        for row, score in zip(rows, scores or []):
            if row is not None:
                row["score"] = score
        return {"members": rows, "set_dependent": True} | more

    EIGHT = [2, 4, 4, 4, 5, 5, 7, 9]
    s("z", "z_score", EIGHT, expect=members(-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2, n=8, of=8), note="mean 5, variance 32/8 = 4")
    s("z-lower", "z_score", EIGHT, "lower", members(1.5, 0.5, 0.5, 0.5, 0, 0, -1, -2), note="above 0 is better than the mean, whichever way is better")
    s("z-sample", "sample_z_score", EIGHT, take=["members"])
    s("z-missing", "z_score", [1, None, 3], expect=members(-1, None, 1, n=2, of=3), note="absent counts for nothing")
    s("z-no-score", "z_score", [1, 3], expect={"members": [{"value": -1, "score": None}, {"value": 1, "score": None}]}, note="a z-score is on no scale from 0 to 100")
    s("rank", "rank", [10, 40, 20], expect=members(3, 1, 2, scores=[0, 100, 50]))
    s("rank-lower", "rank", [10, 40, 20], "lower", members(1, 3, 2, scores=[100, 0, 50]))
    s("rank-ties", "rank", [40, 10, 40, 20], expect=members(1.5, 4, 1.5, 3, scores=[250 / 3, 0, 250 / 3, 100 / 3]), note="ties share the average rank: 100·(4 − 1.5)/3")
    s("rank-missing", "rank", [None, 10, 20], expect=members(None, 2, 1, n=2, of=3))
    s("percentile", "percentile", [10, 20, 30, 40], expect=members(12.5, 37.5, 62.5, 87.5, scores=[12.5, 37.5, 62.5, 87.5]), note="100·(worse + ½·equal)/n")
    s("percentile-ties", "percentile", [10, 20, 20, 40], expect=members(12.5, 50, 50, 87.5))
    s("percentile-lower", "percentile", [10, 20, 30, 40], "lower", members(87.5, 62.5, 37.5, 12.5))
    s("min-max", "min_max", [10, 40, 20], expect=members(0, 100, 100 / 3, scores=[0, 100, 100 / 3]))
    s("min-max-lower", "min_max", [10, 40, 20], "lower", members(100, 0, 200 / 3))
    s("min-max-negative", "min_max", [-5, 0, 5], expect=members(0, 50, 100))
    s("range", "rank", [50, 41, 30, 90], "range", members(1.5, 1.5, 3, 4), target=40, upper=60, note="inside alike, then 10 and 30 away")
    s("value", "min_max", [4, 5, 9], "value", members(75, 100, 0), target=5, note="1, 0 and 4 away from 5")
    s("value-rounding", "rank", [0.1, 0.3], "value", members(1.5, 1.5), target=0.2, note="0.3 − 0.2 and 0.2 − 0.1 differ by rounding only")
    s("constant-z", "z_score", [7, 7, 7], expect=members(None, None, None, findings={"counts": {"score.constant-set": 1}}), note="nothing tells them apart: no score, and that is said")
    s("constant-sample-z", "sample_z_score", [7, None, 7], expect=members(None, None, None, findings={"counts": {"score.constant-set": 1}}, n=2))
    s("constant-min-max", "min_max", [7, 7], expect=members(None, None, findings={"counts": {"score.constant-set": 1}}))
    s("constant-rank", "rank", [7, 7, 7], expect=members(2, 2, 2, scores=[50, 50, 50], findings=None), note="all tied in the middle")
    s("constant-percentile", "percentile", [7, 7], expect=members(50, 50, findings=None))
    s("constant-by-rounding", "z_score", [0.3, 0.30000000000000004], expect=members(None, None, findings={"counts": {"score.constant-set": 1}}), note="0.1 + 0.2 is no other value than 0.3")
    s("alone-z", "z_score", [7], expect=members(None, findings={"counts": {"score.constant-set": 1}}))
    s("alone-rank", "rank", [7], expect=members(1, scores=[None], findings={"counts": {"score.constant-set": 1}}), note="first of one: a rank, no score")
    s("alone-percentile", "percentile", [7], expect=members(50, findings=None))
    s("all-missing", "rank", [None, None], expect=members(None, None, n=0, of=2, findings=None))
    s("empty", "min_max", [], expect={"members": [], "n": 0, "of": 0})
    s("seven", "z_score", [61.2, 48.9, 55.0, None, 70.1, 66.6, 48.9], take=["members", "n", "of"])
    s("seven-sample-lower", "sample_z_score", [61.2, 48.9, 55.0, None, 70.1, 66.6, 48.9], "lower", take=["members"])
    s("reject-ambiguous", "rank", [1, 2], "ambiguous", reject="score.no-direction")
    s("reject-none", "z_score", [1, 2], "none", reject="score.no-direction")
    s("reject-no-target", "rank", [1, 2], "range", reject="score.no-direction")
    s("reject-ends", "rank", [1, 2], "range", target=60, upper=40, reject="score.goalposts-order")
    s("reject-rule", "median", [1, 2], reject="wire.bad-request")
    f.cases.append({"id": "reject-overflow", "op": "score.set", "input": {"rule": "z_score", "values": [1e308, -1e308], "polarity": "higher"}, "reject": "num.not-finite", "note": "the square of 1e308 is no f64"})


THREE = items((60, 0.5), (80, 0.3), (40, 0.2))
MISSING = items((60, 0.5), (None, 0.3), (40, 0.2))
ZERO = items((0, 1), (80, 1))


def means(F):
    f = F("aggregate/kinds", "Means with numbers of their own", "the method (section 3); decimals of 60 digits")

    def m(id_, kind, its=None, expect=None, minimum=0.6, **more):
        f.add(id_, "aggregate.mean", {"kind": kind, "items": THREE if its is None else its, "minimum_coverage": minimum}, expect, **more)

    def power(r):
        return {"power": {"exponent": r}}

    m("method-power", power(-2), expect={"score": 56.72633510964786, "coverage": 1, "n": 3, "of": 3}, note="worked example of the method")
    m("power-one", power(1), expect={"score": 62}, note="the arithmetic mean")
    m("power-zero", power(0), expect={"score": 60.31351224746372}, note="the geometric mean")
    m("power-minus-one", power(-1), expect={"score": 58.53658536585366}, note="the harmonic mean")
    m("power-two", power(2), expect={"score": 4040**0.5}, note="√(0.5·3600 + 0.3·6400 + 0.2·1600) = √4040")
    for r in (0.5, 3, -0.5, -20, 40, 1e-9, -1e-9):
        m(f"power-{r}", power(r), take=["score"])
    m("power-missing", power(-2), MISSING, take=["score", "coverage"])
    m("power-zero-score", power(-2), ZERO, {"score": 0, "zero": True}, tol=0, note="at r ≤ 0 a zero gives zero, and says so")
    m("power-zero-zero", power(0), ZERO, {"score": 0, "zero": True}, tol=0)
    m("power-half-zero", power(0.5), ZERO, {"score": 20, "zero": None}, note="(½·√80)² = 20")
    m("power-large", power(1e5), take=["score"], note="close to the highest score, and no overflow on the way")
    m("power-large-negative", power(-1e5), take=["score"])
    m("power-all-zero", power(2), items((0, 1), (0, 1)), {"score": 0}, tol=0)
    m("floored", {"floored_geometric": {"floor": 1}}, ZERO, take=["score"])
    m("floored-by-hand", {"floored_geometric": {"floor": 1}}, items((0, 1), (100, 1)), {"score": 9 / 0.99, "zero": None}, note="√(1·100) = 10 on the scale from 1 to 100; (10 − 1)/0.99")
    m("floored-three", {"floored_geometric": {"floor": 1}}, take=["score"])
    m("floored-ten", {"floored_geometric": {"floor": 10}}, MISSING, take=["score", "coverage"])
    m("floored-equal", {"floored_geometric": {"floor": 1}}, items((50, 1), (50, 2)), {"score": 50})
    m("mean-min", {"mean_min": {"share": 0.25}}, expect={"score": 56.5}, note="¾·62 + ¼·40")
    m("mean-min-none", {"mean_min": {"share": 0}}, expect={"score": 62})
    m("mean-min-all", {"mean_min": {"share": 1}}, expect={"score": 40})
    m("mean-min-weightless", {"mean_min": {"share": 1}}, items((60, 1), (10, 0)), {"score": 60}, note="a child of weight 0 does not count")
    m("ordered-plain", {"ordered_weighted": {"exponent": 1}}, expect={"score": 62})
    m("ordered-two", {"ordered_weighted": {"exponent": 2}}, expect={"score": 0.09 * 80 + 0.55 * 60 + 0.36 * 40}, note="from the best: weights 0.3, 0.8, 1 squared give 0.09, 0.55, 0.36")
    m("ordered-half", {"ordered_weighted": {"exponent": 0.5}}, take=["score"])
    m("ordered-ties", {"ordered_weighted": {"exponent": 2}}, items((50, 1), (50, 1), (20, 2)), {"score": 27.5}, note="¼·50 + ¾·20")
    m("ordered-missing", {"ordered_weighted": {"exponent": 3}}, MISSING, take=["score", "coverage"])
    m("mpi", {"mazziotta_pareto": {"mean": 50, "sd": 20}}, expect={"score": 50 + 2 * (6 - 49 / 106)}, note="105, 115, 95: mean 106, variance 49")
    m("mpi-missing", {"mazziotta_pareto": {"mean": 55, "sd": 12}}, MISSING, take=["score"])
    m("ampi", "adjusted_mazziotta_pareto", expect={"score": (107.2 - 70.56 / 107.2 - 70) / 0.6}, note="106, 118, 94: mean 107.2, variance 70.56")
    m("ampi-equal", "adjusted_mazziotta_pareto", items((30, 1), (30, 3)), {"score": 30})
    m("ampi-extremes", "adjusted_mazziotta_pareto", items((0, 1), (100, 1)), {"score": 35}, note="70 and 130: 100 − 900/100 = 91")
    m("below-minimum", power(-2), items((60, 0.5), (None, 0.5)), {"score": None, "coverage": 0.5, "n": 1, "of": 2})
    for id_, kind in [("floor-zero", {"floored_geometric": {"floor": 0}}), ("floor-hundred", {"floored_geometric": {"floor": 100}}), ("share", {"mean_min": {"share": 1.5}}), ("ordered-exponent", {"ordered_weighted": {"exponent": 0}}),
                      ("mpi-sd", {"mazziotta_pareto": {"mean": 50, "sd": 5}}), ("mpi-mean", {"mazziotta_pareto": {"mean": 120, "sd": 50}})]:
        m("reject-" + id_, kind, reject="aggregate.bad-parameter")
    for id_, kind, code in [("no-exponent", {"power": {}}, "wire.bad-request"), ("unknown-number", {"power": {"exponent": 2, "floor": 1}}, "wire.unknown-field"), ("unknown-kind", {"median": {"of": 3}}, "wire.bad-request"),
                            ("word-without-number", "power", "wire.bad-request")]:
        m("reject-" + id_, kind, reject=code)


def contributions(F):
    f = F("aggregate/contributions", "What each child adds, and what imbalance takes off", "the method (section 3): weight · score for each child, and imbalance = score − their sum")

    def c(id_, expect, kind="arithmetic", its=None, **more):
        extra = {k: more.pop(k) for k in ("held_to",) if k in more}
        expect = expect and {"contributions": expect}
        f.add(id_, "aggregate.contributions", {"kind": kind, "items": THREE if its is None else its, "minimum_coverage": 0.6} | extra, expect, **more)

    ROWS = [{"score": 60, "weight": 0.5, "points": 30}, {"score": 80, "weight": 0.3, "points": 24}, {"score": 40, "weight": 0.2, "points": 8}]
    c("arithmetic", {"score": 62, "items": ROWS, "imbalance": 0, "clamp": None}, note="30 + 24 + 8 = 62")
    c("geometric", {"items": ROWS, "score": 60.31351224746372, "imbalance": 60.31351224746372 - 62}, "geometric")
    c("power", {"items": ROWS, "imbalance": 56.72633510964786 - 62}, {"power": {"exponent": -2}})
    c("mean-min", {"items": ROWS, "score": 56.5, "imbalance": -5.5}, {"mean_min": {"share": 0.25}}, note="¼·(40 − 62)")
    c("missing", {"score": 54.28571428571429, "items": [{"score": 60, "weight": 5 / 7, "points": 300 / 7}, {"score": None, "weight": 0, "points": 0}, {"score": 40, "weight": 2 / 7, "points": 80 / 7}], "imbalance": 0}, its=MISSING, note="effective weights are renormalised over what is present")
    c("zero", {"score": 0, "items": [{"points": 0}, {"points": 40}], "imbalance": -40}, "geometric", its=ZERO)
    c("ordered", {"score": 0.09 * 80 + 0.55 * 60 + 0.36 * 40, "items": ROWS}, {"ordered_weighted": {"exponent": 2}})
    c("held", {"score": 50, "items": ROWS, "imbalance": 0, "clamp": -12}, held_to=50, note="a rule after the mean: 62 − 12")
    c("held-geometric", {"score": 65, "items": ROWS, "imbalance": 60.31351224746372 - 62, "clamp": 65 - 60.31351224746372}, "geometric", held_to=65)
    for kind in ("harmonic", "adjusted_mazziotta_pareto", {"floored_geometric": {"floor": 1}}, {"mazziotta_pareto": {"mean": 50, "sd": 20}}):
        c("exact-" + (kind if isinstance(kind, str) else next(iter(kind))), None, kind, take=["contributions"])
    c("none", None, its=items((60, 1), (None, 1)), take=["contributions"], note="no score, no list")
    f.cases[-1]["expect"] = {"contributions": None}
    c("reject-weights", None, its=items((60, -1)), reject="aggregate.bad-weight")


def ordered(F):
    f = F("aggregate/ordered", "Ordered weighted average with weights by position", "Yager 1988; hand-worked")

    def o(id_, scores, weights, score=None, orness=None, given=None, **more):
        expect = None if "reject" in more else {k: v for k, v in (("score", score), ("orness", orness), ("weights", given)) if v is not None}
        f.add(id_, "aggregate.ordered_mean", {"scores": scores, "weights": weights}, expect, **more)

    o("plain", [60, 80, 40], [0.2, 0.3, 0.5], 54, 0.35, [0.3, 0.2, 0.5], note="0.2·80 + 0.3·60 + 0.5·40; orness (0.2·2 + 0.3)/2")
    o("best", [60, 80, 40], [1, 0, 0], 80, 1)
    o("worst", [60, 80, 40], [0, 0, 1], 40, 0)
    o("middle", [60, 80, 40], [0, 1, 0], 60, 0.5)
    o("ties", [50, 50, 20], [0.5, 0.25, 0.25], 42.5, 0.625, [0.375, 0.375, 0.25], note="tied scores share their weights")
    o("one", [50], [1], 50, 0.5, [1])
    o("reject-none", [], [], reject="aggregate.no-items")
    o("reject-length", [50, 60], [1], reject="aggregate.unequal-lengths")
    o("reject-sum", [50, 60], [0.5, 0.4], reject="aggregate.bad-weight")
    o("reject-negative", [50, 60], [1.5, -0.5], reject="aggregate.bad-weight")
    o("reject-score", [50, 160], [0.5, 0.5], reject="aggregate.score-out-of-range")


def floors(F):
    f = F("aggregate/floor", "A child below a floor caps its parent", "the method (section 3); hand-worked")

    def c(id_, score, its, rule, made=None, capped=None, below=None, **more):
        expect = None if "reject" in more else {"score": made, "capped": capped, "below": below}
        f.add(id_, "aggregate.cap_at_floor", {"score": score, "items": its, "rule": rule}, expect, tol=0, **more)

    TWO = items((100, 1), (39, 1))
    c("capped", 69.5, TWO, {"floor": 40}, 40, True, [1])
    c("own-cap", 69.5, TWO, {"floor": 40, "cap": 20}, 20, True, [1])
    c("at-floor", 70, items((100, 1), (40, 1)), {"floor": 40}, 70, False, [], note="at the floor is not below it")
    c("slack", 70, items((100, 1), (39.9999999999, 1)), {"floor": 40}, 70, False, [], note="1e-10 below is rounding")
    c("beyond-slack", 70, items((100, 1), (39.9999, 1)), {"floor": 40}, 40, True, [1])
    c("already-lower", 15, items((20, 1), (10, 1)), {"floor": 40}, 15, False, [0, 1], note="a cap never lifts")
    c("missing", 70, items((None, 1), (70, 1)), {"floor": 40}, 70, False, [], note="the coverage speaks of what is missing")
    c("weightless", 70, items((0, 0), (70, 1)), {"floor": 40}, 70, False, [])
    c("reject-floor", 70, TWO, {"floor": 140}, reject="aggregate.bad-parameter")
    c("reject-cap", 70, TWO, {"floor": 40, "cap": -1}, reject="aggregate.bad-parameter")
    c("reject-score", 170, TWO, {"floor": 40}, reject="aggregate.score-out-of-range")


def mazziotta_pareto(F):
    f = F("aggregate/mazziotta_pareto", "Mazziotta–Pareto index, classic and adjusted", "the method (section 3); Mazziotta & Pareto 2016; decimals of 60 digits")
    ALL = ["units", "set_dependent", "findings"]

    def m(id_, units, reference, expect=None, minimum=0.6, **more):
        extra = {k: more.pop(k) for k in ("weights", "polarity", "penalty") if k in more}
        f.add(id_, "aggregate.mazziotta_pareto", {"units": units, "reference": reference, "minimum_coverage": minimum} | extra, expect, **more)

    STANDARD = {"fixed": [{"mean": 100, "sd": 10}] * 3}
    m("method-minus", [[105, 98, 110]], STANDARD, {"units": [{"index": 104.10117145899893}], "set_dependent": False}, note="worked example of the method: values that are standardised already")
    m("method-minus-second", [[90, 95, 88]], STANDARD, {"units": [{"index": 90.9047619047619}]}, note="worked example of the method")
    m("plus", [[105, 98, 110]], STANDARD, take=ALL, penalty="plus")
    m("balanced", [[104, 104, 104]], STANDARD, {"units": [{"index": 104, "mean": 104, "penalty": 0}]}, note="no imbalance, no penalty")
    m("fixed", [[61, 12.5, 300], [48, 20, 250]], {"fixed": [{"mean": 50, "sd": 12}, {"mean": 15, "sd": 4}, {"mean": 260, "sd": 60}]}, take=ALL, polarity=["higher", "lower", "higher"])
    m("one-unit-of-those", [[61, 12.5, 300]], {"fixed": [{"mean": 50, "sd": 12}, {"mean": 15, "sd": 4}, {"mean": 260, "sd": 60}]}, take=ALL, polarity=["higher", "lower", "higher"], note="the same index without the other unit: a fixed reference is stable")
    m("weights", [[105, 98, 110]], STANDARD, take=ALL, weights=[0.5, 0.3, 0.2])
    m("missing", [[105, None, 110], [None, None, 110]], STANDARD, take=ALL, note="two thirds is enough, one third is not")
    m("set", [[1, 10], [3, 30]], "set", {"units": [{"index": 99, "mean": 100, "penalty": 1}, {"index": 99}], "set_dependent": True}, polarity=["higher", "lower"], note="z = ∓1: 90 and 110; 100 − 100/100")
    m("set-four", [[61, 12.5], [48, 20], [55, None], [70, 9]], "set", take=ALL, polarity=["higher", "lower"], minimum=0.5)
    m("set-constant", [[1, 7], [3, 7]], "set", {"units": [{"index": 90, "coverage": 0.5, "n": 1}, {"index": 110}], "findings": {"counts": {"score.constant-set": 1}}}, minimum=0.5, note="an indicator that tells nobody apart counts for nobody")
    m("set-alone", [[1, 7]], "set", {"units": [{"index": None, "n": 0}], "findings": {"counts": {"score.constant-set": 2}}, "set_dependent": True})
    BOUNDS = {"goalposts": [{"worst": 0, "best": 100}, {"worst": 45, "best": 15}]}
    m("adjusted", [[50, 30], [0, 45], [100, 15]], BOUNDS, {"units": [{"index": 100}, {"index": 70}, {"index": 130}], "set_dependent": False}, polarity=["higher", "lower"], note="the middle is 100; the bounds are reference ∓ half the range")
    m("adjusted-unequal", [[100, 45]], BOUNDS, {"units": [{"index": 91, "mean": 100, "penalty": 9}]}, polarity=["higher", "lower"], note="130 and 70: 100 − 900/100")
    m("adjusted-beyond", [[120, 10]], BOUNDS, take=ALL, polarity=["higher", "lower"], note="not held at the bounds")
    m("adjusted-plus", [[80, 40]], BOUNDS, take=ALL, polarity=["higher", "lower"], penalty="plus")
    m("undefined", [[0]], {"fixed": [{"mean": 10, "sd": 1}]}, {"units": [{"index": None, "mean": 0, "penalty": None}], "findings": {"counts": {"aggregate.mean-not-positive": 1}}}, note="ten SDs below: M = 0 divides nothing")
    m("no-units", [], {"fixed": [{"mean": 10, "sd": 1}]}, {"units": []}, weights=[1])
    m("reject-no-columns", [], "set", reject="aggregate.no-items")
    m("reject-polarity", [[1]], "set", polarity=["ambiguous"], reject="score.no-direction")
    m("reject-polarity-length", [[1, 2]], "set", polarity=["higher"], reject="aggregate.unequal-lengths")
    m("reject-reference-length", [[1, 2]], {"fixed": [{"mean": 1, "sd": 1}]}, reject="aggregate.unequal-lengths")
    m("reject-ragged", [[1, 2], [1]], "set", reject="aggregate.unequal-lengths")
    m("reject-sd", [[1]], {"fixed": [{"mean": 1, "sd": 0}]}, reject="aggregate.bad-parameter")
    m("reject-bounds-equal", [[1]], {"goalposts": [{"worst": 1, "best": 1}]}, reject="score.equal-goalposts")
    m("reject-bounds-order", [[1]], {"goalposts": [{"worst": 1, "best": 0}]}, polarity=["higher"], reject="score.goalposts-order")
    m("reject-weights", [[1, 2]], "set", weights=[0, 0], reject="aggregate.bad-weight")
    m("reject-minimum", [[1, 2]], "set", minimum=1.5, reject="aggregate.bad-parameter")


def copeland(F):
    f = F("aggregate/copeland", "Copeland's rule: who wins most comparisons in pairs", "the method (section 3); hand-worked")

    def c(id_, units, expect=None, minimum=0.6, scores=None, **more):
        extra = {k: more.pop(k) for k in ("weights", "indifference") if k in more}
        if scores is not None:
            expect = {"units": [{"score": s} for s in scores], "set_dependent": True}
        f.add(id_, "aggregate.copeland", {"units": units, "minimum_coverage": minimum} | extra, expect, **more)

    c("weights", [[9, 1, 1], [5, 5, 1], [1, 2, 1]], scores=[100, 50, 0], weights=[0.4, 0.3, 0.3], tol=0, note="first beats second 0.4 : 0.3, the third being even")
    c("ties-count-half", [[9, 9, 1], [5, 5, 5], [5, 9, 9]], {"units": [{"score": 75, "wins": 1, "ties": 1, "losses": 0, "compared": 2}, {"score": 0, "wins": 0, "ties": 0, "losses": 2, "compared": 2}, {"score": 75, "wins": 1, "ties": 1, "losses": 0, "compared": 2}]}, weights=[0.4, 0.2, 0.4], tol=0)
    c("circle", [[3, 1, 2], [2, 3, 1], [1, 2, 3]], scores=[50, 50, 50], tol=0, note="each beats one and loses to one")
    c("all-equal", [[5, 5], [5, 5]], {"units": [{"score": 50, "ties": 1}, {"score": 50, "ties": 1}]}, tol=0)
    c("indifference", [[5, 50], [7, 40]], scores=[100, 0], indifference=2, tol=0, note="5 and 7 are within 2; the second decides")
    c("no-indifference", [[5, 50], [7, 40]], scores=[50, 50], tol=0, note="one each")
    c("rounding-is-no-win", [[0.30000000000000004], [0.3]], scores=[50, 50], tol=0)
    c("weights-that-round", [[1, 0, 0], [0, 1, 1]], scores=[50, 50], weights=[0.3, 0.1, 0.2], tol=0, note="0.3 against 0.1 + 0.2")
    c("size-does-not-count", [[100, 49, 49], [0, 50, 50]], scores=[0, 100], tol=0, note="no lead in one makes up for two")
    c("missing", [[5, None], [None, 5], [1, 1]], {"units": [{"score": 100, "compared": 1}, {"score": 100, "compared": 1}, {"score": 0, "compared": 2}]}, minimum=0.5, tol=0, note="the first two have nothing in common")
    c("too-little-in-common", [[5, None], [None, 5], [1, 1]], {"units": [{"score": None, "compared": 0}] * 3}, tol=0)
    c("alone", [[5, 6]], {"units": [{"score": None, "compared": 0}], "set_dependent": True}, tol=0)
    c("nobody", [], {"units": [], "set_dependent": True}, weights=[1], tol=0)
    c("four-by-five", [[61, 48, 55, 70, 66], [48, 52, 55, None, 71], [59, 48, 40, 65, 80], [61, 30, 62, 71, 65]], take=["units"], weights=[0.3, 0.25, 0.2, 0.15, 0.1])
    c("reject-none", [], reject="aggregate.no-items")
    c("reject-ragged", [[1, 2], [1]], reject="aggregate.unequal-lengths")
    c("reject-weights-length", [[1, 2]], weights=[1], reject="aggregate.unequal-lengths")
    c("reject-weight", [[1, 2]], weights=[1, -1], reject="aggregate.bad-weight")
    c("reject-indifference", [[1, 2]], indifference=-1, reject="aggregate.bad-parameter")
    c("reject-minimum", [[1, 2]], minimum=-0.1, reject="aggregate.bad-parameter")
