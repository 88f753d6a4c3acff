"""The vectors about progress and results chains (method §2 and §7). Called by generate.py."""

from __future__ import annotations

import copy

import oracle

METHOD = "the method (sections 2 and 7); worked by hand and by the oracle"
ACH = {"on_track": 0.95, "lagging": 0.6, "tolerance": 0, "slack": 1e-9}
UNDP = {"of": "pace", "bands": {"bands": [{"from": 1, "name": "green"}, {"from": 0.5, "name": "amber"}], "below": "red"}, "no_data": "grey"}
EUROSTAT = {
    "with_target": {"bands": [{"from": 0.95, "name": "significant_progress"}, {"from": 0.6, "name": "moderate_progress"}, {"from": 0, "name": "insufficient_progress"}], "below": "movement_away"},
    "without_target": {"bands": [{"from": 0.01, "name": "significant_progress"}, {"from": 0, "name": "moderate_progress"}, {"from": -0.01, "name": "moderate_movement_away"}], "below": "significant_movement_away"},
    "reached": "target_reached",
    "not_available": "not_available",
    "slack": 1e-9,
}  # fmt: skip
CANADA = {
    "with_target": [{"from": 0.6, "slope": 7.1429, "intercept": -4.2857}, {"slope": 4.1667, "intercept": -2.5}],
    "without_target": [{"rate": -0.02, "score": -5}, {"rate": 0, "score": -2.5}, {"rate": 0.005, "score": 0}, {"rate": 0.015, "score": 2.5}, {"rate": 0.02, "score": 5}],
    "limit_exponent": 4.44,
    "largest_score": 5,
    "reached": "target_achieved",
    "statuses": {"bands": [{"from": 2.5, "name": "substantial_progress"}, {"from": 0, "name": "moderate_progress"}, {"from": -2.5, "name": "limited_progress"}], "below": "deterioration"},
    "not_available": "not_available",
    "slack": 1e-9,
}  # fmt: skip
TREND = {"minimum_points": 4, "exact_below": 10, "significance": 0.05, "confidence": 0.95}
BACK = {"significance": 0.05, "tolerance": 0.5}


def path(b=None, t=None, milestones=None, shape=None, b_se=None):
    """`b` and `t` = (time or None, value)."""
    made = {}
    for name, point in [("baseline", b), ("target", t)]:
        if point:
            made[name] = {"value": point[1]} | ({"at": point[0]} if point[0] is not None else {})
    if b_se is not None:
        made["baseline"]["se"] = b_se
    if milestones:
        made["milestones"] = [{"at": at, "value": v} for at, v in milestones]
    if shape:
        made["shape"] = shape
    return made


def series(values, start=2010, step=1, se=None, breaks=()):
    points = []
    for i, v in enumerate(values):
        point = {"at": start + step * i, "value": v}
        if se is not None and se[i] is not None:
            point["se"] = se[i]
        if i in breaks:
            point["break"] = True
        points.append(point)
    return points


def but(rules, **change):
    return copy.deepcopy(rules) | change


def both(f, id_, op, input_, hand, take, *, note=None, tol=1e-12):
    """What was worked by hand must be what the oracle says; the vector then holds all that the oracle says."""
    f.add(id_, op, input_, hand or {}, note=note, tol=tol)
    answer = oracle.call({"op": op, **copy.deepcopy(input_)})["ok"]
    f.cases[-1]["expect"] |= {key: answer.get(key) for key in take}


def write(F):
    expected(F)
    achievement(F)
    cagr(F)
    to_target(F)
    score(F)
    distance(F)
    trend(F)
    years(F)
    projection(F)
    retrogression(F)
    chain(F)


# ==== the expected path =============================================================================================


def expected(F):
    f = F("progress/expected", "The path from baseline to target", METHOD)

    def e(id_, p, at, share, value=None, note=None, **more):
        f.add(id_, "progress.expected", {"path": p, "at": at}, {"expected": share} | ({"value": value} if value is not None else {}), note=note, **more)

    straight = path((2015, 14.5), (2030, 7.25))
    e("method-8-of-15-years", straight, 2023, 8 / 15, 14.5 - 7.25 * 8 / 15, "worked example of the method: 8 of 15 years")
    e("before", straight, 2014, 0, 14.5, "0 before the baseline")
    e("at-baseline", straight, 2015, 0, 14.5)
    e("at-target", straight, 2030, 1, 7.25)
    e("after", straight, 2044, 1, 7.25, "1 after the target date")
    e("split-year", straight, "2022-23", 7 / 15, note="a fiscal year counts at its start year")
    e("quarter", straight, "2015-Q3", 0.5 / 15, note="a quarter counts at its start: July is half a year on")
    e("month", straight, "2016-07", 1.5 / 15)
    e("pooled", straight, "2018-2020", 3 / 15, note="pooled years count at their first")
    e("period-text", path(("2014/15", 0), ("2024", 10)), "2019", 0.5, 5)
    steps = path((2010, 0), (2020, 40), [(2018, 20), (2012, 10)])
    for at, share in [(2011, 0.125), (2012, 0.25), (2015, 0.375), (2018, 0.5), (2019, 0.75)]:
        e(f"milestones-{at}", steps, at, share, 40 * share, "10 by 2012, 20 by 2018, 40 by 2020; in any order")
    e("milestone-back", path((2010, 0), (2020, 10), [(2015, -5)]), 2015, -0.5, -5, "a plan may get worse first: nothing is expected then")
    e("zero-target", path((2015, 10), (2030, 0)), 2020, 1 / 3, 10 - 10 / 3, "a target of 0 is no special case")
    e("zero-baseline", path((2015, 0), (2025, 8)), 2020, 0.5, 4)
    e("across-zero", path((2015, -4), (2025, 4)), 2020, 0.5, 0)
    e("same", path((2015, 5), (2025, 5)), 2020, None, note="nowhere to go: to be maintained")
    e("no-target", path((2015, 5)), 2020, None)
    e("no-baseline", path(None, (2030, 5)), 2020, None)
    e("no-date", path((None, 5), (2030, 6)), 2020, None)
    e("no-target-date", path((2015, 5), (None, 6)), 2020, None)
    doubling = path((2010, 10), (2012, 40), shape="compound")
    e("compound-up", doubling, 2011, 1 / 3, 20, "10 → 20 → 40: a third of the way after half of the time")
    e("compound-down", path((2010, 40), (2012, 10), shape="compound"), 2011, 2 / 3, 20)
    e("compound-milestone", path((2010, 1), (2014, 100), [(2012, 4)], "compound"), 2011, 1 / 99, 2, "1 → 4 in two years is 2 after one")
    e("compound-flat-piece", path((2010, 2), (2014, 8), [(2012, 2)], "compound"), 2011, 0, 2)
    f.add("compound-method", "progress.expected", {"path": path((2015, 14.5), (2030, 7.25), shape="compound"), "at": 2023}, take=["expected", "value"], note="((1/2)^(8/15) − 1)/(1/2 − 1)")
    for id_, p, code in [
        ("target-before-baseline", path((2030, 1), (2015, 2)), "progress.bad-path"),
        ("same-date", path((2015, 1), (2015, 2)), "progress.bad-path"),
        ("milestone-outside", path((2015, 1), (2030, 2), [(2031, 2)]), "progress.bad-path"),
        ("milestone-at-baseline", path((2015, 1), (2030, 2), [(2015, 1)]), "progress.bad-path"),
        ("milestone-twice", path((2015, 1), (2030, 2), [(2020, 1), (2020, 1)]), "progress.bad-path"),
        ("compound-zero", path((2015, 10), (2030, 0), shape="compound"), "progress.not-positive"),
        ("compound-negative", path((2015, -1), (2030, 4), shape="compound"), "progress.not-positive"),
        ("compound-milestone-zero", path((2015, 1), (2030, 4), [(2020, 0)], "compound"), "progress.not-positive"),
        ("shape", path((2015, 1), (2030, 4), shape="wavy"), "wire.bad-request"),
        ("unknown-field", path((2015, 1), (2030, 4)) | {"colour": 1}, "wire.unknown-field"),
        ("negative-error", path((2015, 1), (2030, 4), b_se=-1), "progress.bad-parameter"),
    ]:
        f.add("reject-" + id_, "progress.expected", {"path": p, "at": 2020}, reject=code)
    f.add("reject-no-time", "progress.expected", {"path": straight}, reject="wire.bad-request")
    f.add("reject-time-text", "progress.expected", {"path": straight, "at": "soon"}, reject="wire.bad-request")


# ==== achievement ===================================================================================================


def achievement(F):
    f = F("rbm/achievement", "Achievement, pace and status", METHOD)
    ALL = ["status", "reason", "raw", "clamped", "se", "expected", "pace", "probability", "band"]

    def a(id_, x, at, p, polarity="higher", expect=None, rules=ACH, note=None, **more):
        both(f, id_, "rbm.achievement", {"value": x, "at": at, "path": p, "polarity": polarity, "rules": rules} | more, expect, ALL, note=note)

    poverty = path((2015, 14.5), (2030, 7.25))
    # quoted to ten decimals in the method: compared within a tolerance of that size, beside the oracle's digits
    f.add("method-poverty", "rbm.achievement", {"value": 10.4, "se": 0.6, "at": 2023, "path": poverty, "polarity": "lower", "rules": ACH},
          {"status": "on_track", "raw": 0.5655172414, "expected": 0.5333333333, "pace": 1.0603448276, "se": 0.0827586207, "probability": 0.6513208291}, tol=1e-10, note="worked example of the method")
    a("method-poverty-digits", 10.4, 2023, poverty, "lower", se=0.6)
    a("method-zero-target", 5, 2020, path((2015, 10), (2030, 0)), "lower", {"status": "on_track", "raw": 0.5, "expected": 1 / 3, "pace": 1.5}, note="worked example of the method: no stand-in for a target of 0")
    up = path((2015, 0), (2030, 100))
    a("zero-baseline", 50, 2022.5, up, expect={"status": "on_track", "raw": 0.5, "pace": 1})
    a("met", 100, 2020, up, expect={"status": "met", "raw": 1})
    a("met-beyond", 130, 2020, up, expect={"status": "met", "raw": 1.3, "clamped": 1})
    a("met-by-slack", 99.99999999, 2020, up, expect={"status": "met"}, note="A = 1 − 1e-10")
    a("met-before-baseline", 100, 2010, up, expect={"status": "met", "expected": 0}, note="met comes before too early")
    a("met-late", 100, 2035, up, expect={"status": "met", "expected": 1})
    a("regressed", -0.1, 2020, up, expect={"status": "regressed", "clamped": 0})
    a("regressed-lower", 10.1, 2020, path((2015, 10), (2030, 0)), "lower", expect={"status": "regressed"})
    tolerant = but(ACH, tolerance=0.5)
    a("regressed-within-tolerance", -0.5, 2020, up, expect={"status": "off_track"}, rules=tolerant, note="worse by the tolerance and no more")
    a("regressed-beyond-tolerance", -0.6, 2020, up, expect={"status": "regressed"}, rules=tolerant)
    a("regressed-too-early", -1, 2015, up, expect={"status": "regressed", "expected": 0}, note="regressed comes before too early")
    a("too-early", 5, 2015, up, expect={"status": "not_rated", "reason": "too_early", "raw": 0.05, "pace": None})
    a("too-early-before", 5, 2012, up, expect={"status": "not_rated", "reason": "too_early"})
    a("too-early-by-plan", 1, 2016, path((2015, 0), (2020, 10), [(2017, -5)]), rules=tolerant, expect={"status": "not_rated", "reason": "too_early", "expected": -0.25})
    # half of the way is expected in 2022.5
    for id_, x, status, note in [("on-track-edge", 47.5, "on_track", "pace 0.95"), ("lagging-top", 47.4, "lagging", None), ("lagging-edge", 30, "lagging", "pace 0.6"), ("off-track", 29.9, "off_track", None), ("at-baseline", 0, "off_track", "nothing done, and no worse"), ("ahead", 90, "on_track", "ahead of the path")]:
        a(id_, x, 2022.5, up, expect={"status": status}, note=note)
    a("at-date-lagging", 99, 2030, up, expect={"status": "lagging", "expected": 1, "pace": 0.99}, note="on track only before the target date")
    a("after-date-lagging", 60, 2031, up, expect={"status": "lagging"})
    a("after-date-off-track", 59.9, 2031, up, expect={"status": "off_track"})
    a("just-before-date", 99, 2029.9, up, expect={"status": "on_track"})
    keep = path((2015, 50), (2030, 50))
    a("maintained", 50, 2020, keep, expect={"status": "maintained", "raw": None}, note="the target is the baseline: to be maintained")
    a("maintained-better", 70, 2020, keep, expect={"status": "maintained"})
    a("maintained-within", 49.5, 2020, keep, expect={"status": "maintained"}, rules=tolerant)
    a("maintained-not", 49.4, 2020, keep, expect={"status": "regressed"}, rules=tolerant)
    a("maintained-not-lower", 50.1, 2020, keep, "lower", expect={"status": "regressed"})
    a("maintained-zero", 0, 2020, path((2015, 0), (2030, 0)), "lower", expect={"status": "maintained"}, note="none, and none wanted")
    a("maintained-undated", 50, 2020, path((None, 50), (None, 50)), expect={"status": "maintained"})
    a("maintained-to-value", 50.1, 2020, keep, "value", expect={"status": "regressed"}, note="to one value both sides are worse")
    a("no-baseline", 5, 2020, path(None, (2030, 10)), expect={"status": "not_rated", "reason": "no_baseline", "raw": None})
    a("no-baseline-beyond", 50, 2020, path(None, (2030, 10)), expect={"status": "not_rated", "reason": "no_baseline"}, note="not rated comes before met")
    a("no-target", 5, 2020, path((2015, 4)), expect={"status": "not_rated", "reason": "no_target"})
    a("neither", 5, 2020, path(), expect={"status": "not_rated", "reason": "no_baseline"})
    for polarity in ("ambiguous", "none", "range"):
        a("no-direction-" + polarity, 5, 2020, up, polarity, expect={"status": "not_rated", "reason": "no_direction"})
    a("no-date", 50, 2020, path((None, 0), (None, 100)), expect={"status": "not_rated", "reason": "no_date", "raw": 0.5, "expected": None})
    a("no-target-date", 50, 2020, path((2015, 0), (None, 100)), expect={"status": "not_rated", "reason": "no_date"})
    a("no-date-met", 100, 2020, path((None, 0), (None, 100)), expect={"status": "met"})
    a("no-date-regressed", -1, 2020, path((None, 0), (None, 100)), expect={"status": "regressed"})
    a("break", 50, 2020, up, expect={"status": "not_rated", "reason": "break_in_series", "raw": None}, across_break=True)
    a("worse-target", 90, 2020, path((2015, 100), (2030, 80)), expect={"status": "regressed", "raw": 0.5}, note="less is planned where more is better: half of the way is a regress")
    f.add("worse-target-flag", "rbm.achievement", {"value": 90, "at": 2020, "path": path((2015, 100), (2030, 80)), "polarity": "higher", "rules": ACH}, {"target_worse_than_baseline": True}, tol=0)
    parity = path((2015, 0.5), (2025, 1))
    a("value-below", 0.75, 2020, parity, "value", {"status": "on_track", "raw": 0.5})
    a("value-above", 1.25, 2020, parity, "value", {"status": "on_track", "raw": 0.5}, note="a quarter off on the other side is as far")
    a("value-far-above", 2, 2020, parity, "value", {"status": "regressed", "raw": -1})
    a("value-met", 1, 2020, parity, "value", {"status": "met", "raw": 1})
    a("value-met-within", 1.02, 2020, parity, "value", {"status": "met"}, rules=but(ACH, tolerance=0.02))
    a("milestones", 12, 2015, path((2010, 0), (2020, 40), [(2012, 10), (2018, 20)]), expect={"status": "lagging", "expected": 0.375, "pace": 0.8})
    a("compound", 20, 2011, path((2010, 10), (2012, 40), shape="compound"), expect={"status": "on_track", "raw": 1 / 3, "pace": 1}, note="on the compound path; behind the straight one")
    a("period-text", 10.4, "2023-24", poverty, "lower", {"expected": 8 / 15}, note="counts at its start year")
    a("baseline-error", 10.4, 2023, path((2015, 14.5), (2030, 7.25), b_se=0.8), "lower", se=0.6)
    f.add("baseline-error-by-hand", "rbm.achievement", {"value": 5, "se": 0.3, "at": 2020, "path": path((2015, 0), (2025, 10), b_se=0.8), "polarity": "higher", "rules": ACH},
          {"raw": 0.5, "se": 0.05, "probability": 0.5}, note="√(0.3² + 0.5²·0.8²)/10 = 0.5/10; on the path: a half")
    a("baseline-error-only", 10.4, 2023, path((2015, 14.5), (2030, 7.25), b_se=0.8), "lower", note="a value without error")
    a("certain-above", 60, 2022.5, up, se=0, expect={"se": 0, "probability": 1})
    a("certain-on-path", 50, 2022.5, up, se=0, expect={"probability": 1}, note="A ≥ e")
    a("certain-below", 40, 2022.5, up, se=0, expect={"probability": 0})
    a("no-error", 40, 2022.5, up, expect={"se": None, "probability": None})
    a("error-far-below", 1, 2029, up, se=1)
    for word, status in [("missing", "missing"), ("not_asked", "missing"), ("refused", "missing"), ("no_denominator", "missing"), ("suppressed", "suppressed"), ("unknown_count", "suppressed"), ("not_applicable", "not_applicable")]:
        f.add("absent-" + word, "rbm.achievement", {"absent": word, "at": 2020, "path": up, "polarity": "higher", "rules": ACH}, {"status": status, "raw": None, "reason": None}, tol=0)
    f.add("absent-first", "rbm.achievement", {"absent": "suppressed", "at": 2020, "path": path(), "polarity": "none", "rules": ACH}, {"status": "suppressed"}, tol=0, note="absent comes before not rated")
    undp = but(ACH, bands=UNDP)
    for id_, x, band in [("green", 50, "green"), ("amber", 25, "amber"), ("amber-top", 49.9, "amber"), ("red", 24.9, "red"), ("red-negative", -5, "red")]:
        a("undp-" + id_, x, 2022.5, up, rules=undp, expect={"band": band})
    f.add("undp-grey", "rbm.achievement", {"absent": "missing", "at": 2020, "path": up, "polarity": "higher", "rules": undp}, {"status": "missing", "band": "grey"}, tol=0)
    a("undp-grey-early", 5, 2015, up, rules=undp, expect={"band": "grey", "status": "not_rated"})
    a("bands-of-achievement", 60, 2022.5, up, rules=but(ACH, bands=UNDP | {"of": "achievement"}), expect={"band": "amber", "status": "on_track"})
    base = {"value": 5, "at": 2020, "path": up, "polarity": "higher", "rules": ACH}
    for id_, change, code in [
        ("value-and-absent", {"absent": "missing"}, "progress.bad-parameter"),
        ("negative-error", {"se": -0.1}, "progress.bad-parameter"),
        ("bad-absence", {"absent": "gone"}, "wire.bad-request"),
        ("polarity", {"polarity": "sideways"}, "wire.bad-request"),
        ("unknown-field", {"colour": "red"}, "wire.unknown-field"),
        ("lagging-above-on-track", {"rules": but(ACH, lagging=0.96)}, "method.bad-value"),
        ("negative-tolerance", {"rules": but(ACH, tolerance=-1)}, "method.bad-value"),
        ("huge-slack", {"rules": but(ACH, slack=0.1)}, "method.bad-value"),
        ("rules-unknown-field", {"rules": but(ACH, colour=1)}, "wire.unknown-field"),
        ("bands-rising", {"rules": but(ACH, bands=UNDP | {"bands": {"bands": [{"from": 0, "name": "a"}, {"from": 1, "name": "b"}], "below": "c"}})}, "method.bad-value"),
        ("bands-same-name", {"rules": but(ACH, bands=UNDP | {"bands": {"bands": [{"from": 1, "name": "a"}], "below": "a"}})}, "method.bad-value"),
        ("bad-path", {"path": path((2030, 0), (2015, 100))}, "progress.bad-path"),
        ("no-rules", {"rules": None}, "wire.bad-request"),
    ]:
        f.add("reject-" + id_, "rbm.achievement", base | change, reject=code)
    f.add("reject-nothing", "rbm.achievement", {k: v for k, v in base.items() if k != "value"}, reject="progress.bad-parameter", note="neither a value nor why there is none")


# ==== rates and pace ================================================================================================


def cagr(F):
    f = F("progress/cagr", "Compound annual growth rate", METHOD)
    f.add("method-actual", "progress.cagr", {"earlier": 20, "later": 16, "years": 6}, {"rate": -0.0365075160}, tol=1e-10, note="worked example of the method")
    f.add("method-required", "progress.cagr", {"earlier": 20, "later": 12, "years": 13}, {"rate": -0.0385322720}, tol=1e-10, note="worked example of the method")
    for id_, x0, x, years, rate_, note in [
        ("doubling", 10, 20, 1, 1, None), ("two-years", 10, 40, 2, 1, "doubled twice"), ("half", 16, 1, 4, -0.5, "halved four times"), ("same", 7, 7, 9, 0, None), ("part-of-a-year", 10, 20, 0.5, 3, "times 4 in a year"),
        ("zero-baseline", 0, 5, 3, None, "not defined"), ("zero-value", 5, 0, 3, None, "not defined"), ("negative", -2, 5, 3, None, "not defined"), ("no-time", 5, 6, 0, None, "no time between"), ("back-in-time", 5, 6, -1, None, None),
    ]:  # fmt: skip
        f.add(id_, "progress.cagr", {"earlier": x0, "later": x, "years": years}, {"rate": rate_}, note=note)
    f.add("long", "progress.cagr", {"earlier": 0.37, "later": 9.53, "years": 10}, take=["rate"])
    f.cases.append({"id": "reject-overflow", "op": "progress.cagr", "input": {"earlier": 1e-300, "later": 1e300, "years": 1}, "reject": "num.not-finite", "note": "times 1e600 is no f64"})
    f.add("reject-text", "progress.cagr", {"earlier": "much", "later": 1, "years": 1}, reject="wire.bad-request")
    f.add("reject-unknown-field", "progress.cagr", {"earlier": 1, "later": 1, "years": 1, "months": 2}, reject="wire.unknown-field")


def to_target(F):
    f = F("progress/to_target", "Actual against required rate", f"{METHOD}; thresholds of Eurostat")
    ALL = ["status", "reason", "absolute", "basis", "actual", "required", "ratio", "reached"]

    def t(id_, x, at, p, polarity="higher", expect=None, note=None, rules=EUROSTAT, **more):
        both(f, id_, "progress.to_target", {"value": x, "at": at, "path": p, "polarity": polarity, "rules": rules} | more, expect, ALL, note=note)

    p = path((2010, 20), (2023, 12))
    f.add("method", "progress.to_target", {"value": 16, "at": 2016, "path": p, "polarity": "lower", "rules": EUROSTAT},
          {"required": -0.0385322720, "actual": -0.0365075160, "ratio": 0.9474529815, "status": "moderate_progress"}, tol=1e-10, note="worked example of the method")
    t("method-digits", 16, 2016, p, "lower")
    t("significant", 15.9, 2016, p, "lower", {"status": "significant_progress", "reached": False})
    t("insufficient", 19, 2016, p, "lower", {"status": "insufficient_progress"})
    t("no-change", 20, 2016, p, "lower", {"status": "insufficient_progress", "ratio": 0})
    t("away", 21, 2016, p, "lower", {"status": "movement_away"})
    t("reached", 12, 2016, p, "lower", {"status": "target_reached", "reached": True})
    t("reached-beyond", 3, 2016, p, "lower", {"status": "target_reached"})
    t("exact-edge", 40, 2011, path((2010, 10), (2012, 160)), expect={"status": "significant_progress", "ratio": 1})
    t("zero-target", 5, 2020, path((2015, 10), (2030, 0)), "lower", {"basis": "linear", "actual": -1, "required": -2 / 3, "ratio": 1.5, "status": "significant_progress"}, "a target of 0 takes the linear pace")
    t("zero-value", 0, 2020, path((2015, 10), (2030, 2)), "lower", {"basis": "linear", "status": "target_reached"})
    t("zero-baseline", 2, 2020, path((2015, 0), (2025, 10)), expect={"basis": "linear", "ratio": 0.4, "status": "insufficient_progress"})
    t("negative-baseline", -1, 2020, path((2015, -3), (2025, 3)), expect={"basis": "linear", "ratio": 2 / 3, "status": "moderate_progress"})
    t("same-target", 5, 2020, path((2015, 6), (2025, 6)), expect={"status": "not_available", "reason": "target_is_baseline"})
    t("same-target-held", 6, 2020, path((2015, 6), (2025, 6)), expect={"status": "target_reached", "required": 0, "ratio": None})
    t("same-target-zero", 1, 2020, path((2015, 0), (2025, 0)), "lower", expect={"status": "not_available", "reason": "target_is_baseline", "basis": "linear"})
    t("undated-target", 5, 2020, path((2015, 4), (None, 6)), expect={"status": "not_available", "reason": "no_date"})
    t("undated-target-reached", 7, 2020, path((2015, 4), (None, 6)), expect={"status": "target_reached"})
    t("undated-baseline", 5, 2020, path((None, 4), (2030, 6)), expect={"status": "not_available", "reason": "no_date", "absolute": 1})
    t("no-time-between", 5, 2015, path((2015, 4), (2030, 6)), expect={"status": "not_available", "reason": "no_time_between"})
    t("before-baseline", 5, 2014, path((2015, 4), (2030, 6)), expect={"status": "not_available", "reason": "no_time_between"})
    t("no-baseline", 5, 2020, path(None, (2030, 6)), expect={"status": "not_available", "reason": "no_baseline"})
    t("break", 5, 2020, path((2015, 4), (2030, 6)), expect={"status": "not_available", "reason": "break_in_series", "absolute": None}, across_break=True)
    t("ambiguous", 5, 2020, path((2015, 4), (2030, 6)), "ambiguous", {"status": "not_available", "reason": "no_direction"})
    t("to-value", 0.75, 2020, path((2015, 0.5), (2025, 1)), "value", {"reached": None})
    only = path((2015, 100))
    for id_, x, status in [("significant", 101, "significant_progress"), ("moderate", 100.5, "moderate_progress"), ("none", 100, "moderate_progress"), ("moderate-away", 99.5, "moderate_movement_away"), ("edge-away", 99, "moderate_movement_away"), ("away", 98.9, "significant_movement_away")]:
        t("without-" + id_, x, 2016, only, expect={"status": status, "required": None, "reached": None})
    t("without-lower", 98, 2016, only, "lower", {"status": "significant_progress"})
    t("without-zero", 0, 2016, only, expect={"status": "not_available", "reason": "not_positive"})
    t("without-direction", 5, 2016, only, "value", {"status": "not_available", "reason": "no_direction"})
    base = {"value": 5, "at": 2020, "path": only, "polarity": "higher", "rules": EUROSTAT}
    for id_, change, code in [("rules", {"rules": but(EUROSTAT, slack=1)}, "method.bad-value"), ("no-bands", {"rules": but(EUROSTAT, with_target={"bands": [], "below": "x"})}, "method.bad-value"), ("limit", {"limit": 5}, "wire.unknown-field"), ("path", {"path": path((2030, 1), (2020, 2))}, "progress.bad-path"), ("value", {"value": "5"}, "wire.bad-request")]:
        f.add("reject-" + id_, "progress.to_target", base | change, reject=code)


def score(F):
    f = F("progress/score", "Score of progress, the profile of Statistics Canada", "Statistics Canada, Canadian Indicator Framework: indicator_calculation_components.yml (Statistics Canada Open Licence), and the oracle")

    def s(id_, b, x, t=None, polarity="higher", expect=None, note=None, limit=None, tol=1e-12, rules=CANADA, **more):
        p = path(b, t)
        asked = {"value": x[1], "at": x[0], "path": p, "polarity": polarity, "rules": rules} | ({"limit": limit} if limit is not None else {}) | more
        both(f, id_, "progress.score", asked, expect, ["status", "reason", "progress", "score"] if tol == 1e-12 else [], note=note, tol=tol)

    P = "published"
    s("poverty", (2015, 14.5), (2023, 10.4), (2030, 7.25), "lower", {"progress": 0.9010899546976208, "score": 2.1506954374096354, "status": "moderate_progress"}, P, tol=1e-9)
    s("limit", (2016, 66.6), (2023, 71.4), None, "higher", {"progress": 0.009991483690946268, "score": 1.739752850099936, "status": "moderate_progress"}, P, 100, 1e-9)
    s("lower-without-target", (2015, 178.8), (2025, 173.3), None, "lower", {"progress": 0.003119490847657058, "score": -0.9402545761714709, "status": "limited_progress"}, P, tol=1e-9)
    s("higher-without-target", (2015, 70900), (2024, 75500), None, "higher", {"progress": 0.007009141261789864, "score": 0.502285315447466, "status": "moderate_progress"}, P, tol=1e-9)
    s("far-worse", (2015, 3.8), (2024, 11.9), None, "lower", {"progress": -0.1352325064900486, "score": -5, "status": "deterioration"}, P, tol=1e-9)
    s("just-substantial", (2015, 0.37), (2025, 9.53), (2030, 60), "higher", {"progress": 0.9504069883014249, "score": 2.502962076738248, "status": "substantial_progress"}, P, tol=1e-9)
    s("unchanged", (2015, 1.43), (2022, 1.43), None, "lower", {"score": -2.5, "status": "limited_progress"}, P, tol=1e-9)
    s("target-behind", (2015, 68.5534591194968), (2023, 46.7336683417085), (2026, 55), "higher", {"progress": -2.3587220377696703, "score": -5, "status": "deterioration"}, P + "; the target lies below the baseline", tol=1e-9)
    s("achieved-behind", (2015, 70), (2023, 55), (2030, 100), "lower", {"progress": 1.2340549664701979, "score": 5, "status": "target_achieved"}, P + "; a limit rather than a target", tol=1e-9)
    s("same-year", (2018, 12.1), (2018, 12.1), (2025, 11.495), "lower", {"status": "not_available", "reason": "no_time_between", "score": None}, P)
    s("piece-below", (2010, 10), (2012, 11), (2014, 16), expect={"status": "limited_progress"})
    s("capped", (2010, 10), (2012, 16), (2020, 17), expect={"score": 5, "status": "substantial_progress"}, note="7.1429·p − 4.2857 is above 5")
    s("breakpoint", (2010, 100), (2011, 101.5), expect={"score": 2.5, "status": "substantial_progress"}, note="1.5 % a year")
    s("middle", (2010, 100), (2011, 101), expect={"score": 1.25}, note="half-way between 0.5 and 1.5 %")
    s("negative-limit", (2010, 50), (2011, 49.5), limit=100, expect={"score": -3.75}, note="the limit only moves what is above 0")
    s("limit-lower", (2010, 50), (2011, 49), polarity="lower", limit=100, expect={"score": 5}, note="no limit where less is better")
    s("at-limit", (2010, 100), (2011, 100), limit=100, expect={"status": "not_available", "reason": "at_limit"})
    s("beyond-limit", (2010, 105), (2011, 104), limit=100, expect={"status": "not_available", "reason": "at_limit"})
    s("zero-target", (2015, 10), (2020, 5), (2030, 0), "lower", {"status": "not_available", "reason": "not_positive"}, "the profile has no rate to 0; `progress.to_target` and `rbm.achievement` do")
    s("zero-value", (2015, 10), (2020, 0), None, "lower", {"status": "not_available", "reason": "not_positive"})
    s("same-target", (2015, 10), (2020, 9), (2030, 10), expect={"status": "not_available", "reason": "target_is_baseline"})
    s("same-target-held", (2015, 10), (2020, 10), (2030, 10), expect={"status": "target_achieved", "score": 5, "progress": None})
    s("no-direction", (2015, 10), (2020, 9), (2030, 12), "value", {"status": "not_available", "reason": "no_direction"})
    s("no-baseline", None, (2020, 9), (2030, 12), expect={"status": "not_available", "reason": "no_baseline"})
    s("undated-target", (2015, 10), (2020, 9), (None, 12), expect={"status": "not_available", "reason": "no_date"})
    s("break", (2015, 10), (2020, 11), (2030, 12), expect={"status": "not_available", "reason": "break_in_series"}, across_break=True)
    base = {"value": 5, "at": 2020, "path": path((2015, 4)), "polarity": "higher", "rules": CANADA}
    for id_, rules in [
        ("last-piece", but(CANADA, with_target=[{"from": 0.6, "slope": 1, "intercept": 0}])),
        ("pieces-rising", but(CANADA, with_target=[{"from": 0.2, "slope": 1, "intercept": 0}, {"from": 0.6, "slope": 1, "intercept": 0}, {"slope": 1, "intercept": 0}])),
        ("no-piece", but(CANADA, with_target=[])),
        ("points-falling", but(CANADA, without_target=[{"rate": 0.1, "score": 1}, {"rate": 0, "score": 0}])),
        ("one-point", but(CANADA, without_target=[{"rate": 0.1, "score": 1}])),
        ("exponent", but(CANADA, limit_exponent=-1)),
        ("statuses", but(CANADA, statuses={"bands": [], "below": "x"})),
    ]:
        f.add("reject-" + id_, "progress.score", base | {"rules": rules}, reject="method.bad-value")


def distance(F):
    f = F("progress/distance", "Standardised distance to a target", "OECD 2019, Measuring Distance to the SDG Targets: standardised differences; worked by hand")
    for id_, x, t, polarity, sd, d, note in [
        ("higher", 70, 90, "higher", 8, {"distance": 2.5, "raw": 20, "reached": False}, None),
        ("lower", 20, 5, "lower", 5, {"distance": 3, "raw": 15, "reached": False}, None),
        ("beyond", 95, 90, "higher", 8, {"distance": 0, "raw": -5, "reached": True}, "reached: no distance is left"),
        ("exact", 90, 90, "higher", 8, {"distance": 0, "raw": 0, "reached": True}, None),
        ("zero-target", 4, 0, "lower", 2, {"distance": 2, "raw": 4, "reached": False}, None),
        ("to-value", 1.5, 1, "value", 0.25, {"distance": 2, "raw": 0.5, "reached": False}, "both sides count"),
        ("ambiguous", 1, 2, "ambiguous", 1, None, None),
        ("range", 1, 2, "range", 1, None, None),
    ]:
        f.add(id_, "progress.distance", {"value": x, "target": t, "polarity": polarity, "reference_sd": sd}, {"distance": d}, note=note)
    for id_, sd in [("zero-sd", 0), ("negative-sd", -1)]:
        f.add("reject-" + id_, "progress.distance", {"value": 1, "target": 2, "polarity": "higher", "reference_sd": sd}, reject="progress.bad-parameter")
    f.add("reject-no-sd", "progress.distance", {"value": 1, "target": 2, "polarity": "higher"}, reject="wire.bad-request")


# ==== series ========================================================================================================


def trend(F):
    f = F("progress/trend", "Theil–Sen slope and Mann–Kendall test", f"{METHOD}; Gilbert 1987, ch. 16")
    ALL = ["n", "before_break", "estimate"]

    def t(id_, points, polarity="higher", expect=None, note=None, rules=TREND):
        both(f, id_, "progress.trend", {"series": points, "polarity": polarity, "rules": rules}, expect, ALL, note=note)

    falling = [12, 11.5, 11.8, 10.9, 10.4, 10.6]
    f.add("method", "progress.trend", {"series": series(falling), "polarity": "lower", "rules": TREND}, {"n": 6, "estimate": {"slope": -0.3666666667, "s": -11, "z": -1.8786728733, "p": 0.0602891740, "p_exact": 40 / 720, "shown": False, "direction": "better"}}, tol=1e-10,
          note="worked example of the method (p to ten digits is 0.0602891740); exact: 1 + 5 + 14 of 720 orders have at most 2 falling pairs, twice")
    t("method-digits", series(falling), "lower")
    t("any-order", list(reversed(series(falling))), "lower", note="the order of rows does not matter")
    t("four-rising", series([1, 2, 3, 4]), expect={"estimate": {"s": 6, "slope": 1, "variance": 26 / 3, "p_exact": 2 / 24, "shown": False}}, note="four figures cannot show a trend: 2 of 24 orders are as extreme")
    t("five-rising", series([1, 2, 3, 4, 5]), expect={"estimate": {"s": 10, "slope": 1, "p_exact": 2 / 120, "shown": True, "direction": "better"}})
    t("five-rising-lower", series([1, 2, 3, 4, 5]), "lower", {"estimate": {"shown": True, "direction": "worse"}})
    t("five-rising-ambiguous", series([1, 2, 3, 4, 5]), "ambiguous", {"estimate": {"shown": True, "direction": "changed"}})
    t("flat", series([3, 3, 3, 3, 3]), expect={"estimate": {"s": 0, "variance": 0, "z": 0, "p": 1, "p_exact": 1, "slope": 0, "direction": "unchanged"}})
    t("ties", series([1, 1, 2, 2, 3]), expect={"estimate": {"s": 8, "variance": (5 * 4 * 15 - 2 * 2 * 1 * 9) / 18, "p_exact": 2 / 30}}, note="5!/(2!·2!) = 30 orders, two of them as extreme")
    t("ties-heavy", series([5, 5, 5, 6, 6, 5, 7]))
    t("balanced", series([1, 2, 2, 1]), expect={"estimate": {"s": 0, "z": 0, "p": 1, "direction": "unchanged"}})
    t("gaps-in-time", [{"at": at, "value": v} for at, v in [(2001, 5), (2002, 7), (2005, 10), (2011, 11), (2012, 19)]])
    t("quarters", [{"at": at, "value": v} for at, v in [("2019-Q1", 4), ("2019-Q2", 5), ("2019-Q3", 5.5), ("2019-Q4", 7), ("2020-Q1", 8)]], expect={"estimate": {"s": 10}}, note="a slope a year: 0.25 years between quarters")
    t("nine", series([3, 1, 4, 1.5, 5, 9, 2, 6, 5.5]), note="the last length with an exact p")
    t("ten", series([3, 1, 4, 1.5, 5, 9, 2, 6, 5.5, 3.5]), expect={"estimate": {"p_exact": None}}, note="from ten on the approximation is enough")
    t("twelve", series([48, 47, 49, 46, 46, 44, 45, 43, 42, 43, 40, 41]), "lower")
    t("large", series([1e9, 1e9 + 1, 1e9 + 3, 1e9 + 2, 1e9 + 6]))
    t("negative", series([-5, -3, -4, -1, 2, 4]))
    t("wide-confidence", series([1, 3, 2, 5, 4, 6, 8]), rules=but(TREND, confidence=0.99))
    t("narrow-confidence", series([1, 3, 2, 5, 4, 6, 8]), rules=but(TREND, confidence=0.8))
    t("significance", series([1, 2, 3, 4]), rules=but(TREND, significance=0.1), expect={"estimate": {"shown": True}}, note="2/24 is below 0.1")
    t("no-exact", series([1, 2, 3, 4, 5]), rules=but(TREND, exact_below=0), expect={"estimate": {"p_exact": None}})
    t("three", series([1, 2, 3]), expect={"n": 3, "estimate": None}, note="fewer than four: none")
    t("none", [], expect={"n": 0, "estimate": None})
    t("break", series([50, 60, 1, 2, 3, 4], breaks=[2]), expect={"n": 4, "before_break": 2, "estimate": {"slope": 1, "s": 6}}, note="only figures since the break")
    t("break-last", series([1, 2, 3, 4, 5], breaks=[4]), expect={"n": 1, "before_break": 4, "estimate": None})
    t("two-breaks", series([9, 8, 1, 2, 3, 4, 5], breaks=[1, 2]), expect={"n": 5, "before_break": 2})
    for id_, change, code in [
        ("same-time", {"series": [{"at": 2010, "value": 1}, {"at": "2010", "value": 2}]}, "progress.duplicate-time"),
        ("negative-error", {"series": [{"at": 2010, "value": 1, "se": -1}]}, "progress.bad-parameter"),
        ("no-value", {"series": [{"at": 2010}]}, "wire.bad-request"),
        ("few-points", {"rules": but(TREND, minimum_points=2)}, "method.bad-value"),
        ("exact-too-far", {"rules": but(TREND, exact_below=30)}, "method.bad-value"),
        ("confidence", {"rules": but(TREND, confidence=1)}, "method.bad-value"),
        ("significance", {"rules": but(TREND, significance=0)}, "method.bad-value"),
        ("unknown-field", {"colour": 1}, "wire.unknown-field"),
    ]:
        f.add("reject-" + id_, "progress.trend", {"series": series([1, 2, 3, 4]), "polarity": "higher", "rules": TREND} | change, reject=code)
    # 2 001 figures: one more than allowed
    f.cases.append({"id": "reject-too-many", "op": "progress.trend", "input": {"series": [{"at": i, "value": 0} for i in range(2001)], "polarity": "higher", "rules": TREND}, "reject": "progress.bad-parameter", "note": "at most 2000"})


def years(F):
    f = F("progress/years_to_target", "Years to a target at the present pace", METHOD)
    for id_, x, t, slope, polarity, state, n, note in [
        ("approaching", 70, 90, 2.5, "higher", "approaching", 8, None),
        ("approaching-lower", 20, 5, -3, "lower", "approaching", 5, None),
        ("zero-target", 6, 0, -1.5, "lower", "approaching", 4, None),
        ("met", 95, 90, -1, "higher", "met", 0, "already met: 0, whatever the slope"),
        ("met-exactly", 90, 90, 0, "higher", "met", 0, None),
        ("away", 70, 90, -1, "higher", "moving_away", None, "no number"),
        ("away-lower", 20, 5, 1, "lower", "moving_away", None, None),
        ("still", 70, 90, 0, "higher", "not_moving", None, "no number"),
        ("to-value-from-above", 1.5, 1, -0.1, "value", "approaching", 5, None),
        ("to-value-away", 1.5, 1, 0.1, "value", "moving_away", None, None),
        ("to-value-met", 1, 1, 0.3, "value", "met", 0, None),
    ]:
        f.add(id_, "progress.years_to_target", {"value": x, "target": t, "slope": slope, "polarity": polarity}, {"to_target": {"state": state} | ({} if n is None else {"years": n})}, note=note)
    f.add("ambiguous", "progress.years_to_target", {"value": 1, "target": 2, "slope": 1, "polarity": "ambiguous"}, {"to_target": None})
    f.add("reject-no-slope", "progress.years_to_target", {"value": 1, "target": 2, "polarity": "higher"}, reject="wire.bad-request")


def projection(F):
    f = F("progress/projection", "Where a series leads", METHOD)
    ALL = ["projection"]

    def p(id_, points, at, basis="theil_sen", expect=None, note=None, rules=TREND, **more):
        both(f, id_, "progress.projection", {"series": points, "at": at, "basis": basis, "rules": rules} | more, expect, ALL, note=note)

    line = series([10, 11, 12, 13, 14, 15])
    p("line", line, 2020, expect={"projection": {"value": 20, "lower": 20, "upper": 20, "held": False, "n": 6}}, note="a straight line goes on")
    p("line-last-pace", line, 2020, "last_pace", {"projection": {"value": 20, "lower": None}}, "no errors, no band")
    p("now", line, 2015, expect={"projection": {"value": 15}})
    noisy = series([12, 11.5, 11.8, 10.9, 10.4, 10.6])
    p("noisy", noisy, 2020, note="the band holds the doubt about the slope")
    p("noisy-period", noisy, "2020-21")
    p("noisy-even", series([12, 11.5, 11.8, 10.9, 10.4]), 2018)
    p("short-band", series([4, 6, 5, 9]), 2016, note="four figures: no interval of the slope at 95 %")
    p("floor", series([10, 8, 6, 4, 2]), 2020, expect={"projection": {"value": 0, "held": True}}, range={"min": 0, "max": 100}, note="a share is not below 0")
    p("ceiling", line, 2200, expect={"projection": {"value": 100, "upper": 100, "held": True}}, range={"max": 100})
    p("range-unused", line, 2020, expect={"projection": {"value": 20, "held": False}}, range={"min": 0, "max": 100})
    p("last-pace-error", series([50, 53], se=[1, 2]), 2014, "last_pace", note="h = 3: σ² = 16·4 + 9·1")
    p("last-pace-one-error", series([50, 53], se=[None, 2]), 2014, "last_pace", {"projection": {"value": 62, "lower": None}})
    p("last-pace-gap", [{"at": 2010, "value": 4}, {"at": 2014, "value": 6}], 2018, "last_pace", {"projection": {"value": 8}})
    p("too-short", series([1, 2, 3]), 2020, expect={"projection": None})
    p("last-pace-one", series([1]), 2020, "last_pace", {"projection": None})
    p("empty", [], 2020, expect={"projection": None})
    p("break", series([90, 80, 1, 2, 3, 4], breaks=[2]), 2016, expect={"projection": {"value": 5, "n": 4, "before_break": 2}})
    p("break-last-pace", series([90, 80, 1], breaks=[2]), 2016, "last_pace", {"projection": None}, "one figure since the break has no pace")
    base = {"series": line, "at": 2020, "basis": "theil_sen", "rules": TREND}
    for id_, change, code in [("past", {"at": 2014}, "progress.bad-parameter"), ("range", {"range": {"min": 5, "max": 1}}, "progress.bad-parameter"), ("basis", {"basis": "guess"}, "wire.bad-request"), ("rules", {"rules": but(TREND, confidence=0)}, "method.bad-value")]:
        f.add("reject-" + id_, "progress.projection", base | change, reject=code)


# ==== non-retrogression =============================================================================================


def retrogression(F):
    f = F("progress/retrogression", "Non-retrogression", f"{METHOD}; ICESCR art. 2(1), CESCR General Comment 3")
    ALL = ["status", "reason", "sustained", "comparisons", "basis", "threshold", "best", "previous", "baseline", "note"]

    def r(id_, points, polarity="higher", expect=None, note=None, rules=BACK, **more):
        both(f, id_, "progress.retrogression", {"series": points, "polarity": polarity, "rules": rules} | more, expect, ALL, note=note)

    two = series([66.5, 62], se=[1.6, 1.4])
    f.add("method", "progress.retrogression", {"series": two, "polarity": "higher", "rules": BACK},
          {"status": "possible_retrogression", "comparisons": 1, "best": {"z": -2.1166219539, "p": 0.0171459727}, "sustained": False}, tol=1e-10, note="worked example of the method, k = 1")
    r("method-digits", two)
    r("method-two-earlier", series([60, 66.5, 62], se=[1.5, 1.6, 1.4]), expect={"status": "possible_retrogression", "comparisons": 2, "threshold": 0.025})
    r("method-three-earlier", series([60, 61, 66.5, 62], se=[1.5, 1.5, 1.6, 1.4]), expect={"status": "none_shown", "comparisons": 3, "threshold": 0.05 / 3}, note="p 0.0171 is above 0.05/3 = 0.0167")
    r("within-error", series([66.5, 64], se=[1.6, 1.4]), expect={"status": "none_shown", "note": None})
    r("better", series([60, 66], se=[1, 1]), expect={"status": "none_shown"})
    r("same", series([60, 60], se=[1, 1]), expect={"status": "none_shown", "best": {"difference": 0, "z": 0, "p": 0.5}})
    r("best-not-previous", series([70, 60, 61], se=[1, 1, 1]), expect={"status": "possible_retrogression", "best": {"at": 2010}, "previous": {"difference": 1}}, note="better than the year before, and far below the best")
    r("lower-is-better", series([10, 14], se=[1, 1]), "lower", {"status": "possible_retrogression", "best": {"difference": -4}})
    r("lower-is-better-fall", series([14, 10], se=[1, 1]), "lower", {"status": "none_shown"})
    r("tolerance-edge", series([10, 9.5]), expect={"status": "none_shown", "basis": "tolerance", "threshold": None, "best": {"difference": -0.5, "p": None}})
    r("tolerance-beyond", series([10, 9.4]), expect={"status": "possible_retrogression", "basis": "tolerance"})
    r("no-tolerance", series([10, 9.999]), rules=but(BACK, tolerance=0), expect={"status": "possible_retrogression"})
    r("one-error-missing", series([66.5, 62], se=[None, 1.4]), expect={"basis": "tolerance", "status": "possible_retrogression"})
    r("errors-of-zero", series([10, 9.6], se=[0, 0]), expect={"basis": "tolerance", "status": "none_shown"}, note="a register has no sampling error: the tolerance decides")
    r("one-error-of-zero", series([66.5, 62], se=[0, 1.4]), expect={"basis": "error", "status": "possible_retrogression"})
    r("sustained", series([70, 60, 61], se=[1, 1, 1]), expect={"sustained": True}, note="the year before was one as well")
    r("sustained-tolerance", series([10, 8, 8.5]), expect={"sustained": True})
    r("not-sustained", series([10, 10, 8.5]), expect={"sustained": False, "status": "possible_retrogression"})
    r("recovered", series([10, 8, 9.8]), expect={"status": "none_shown", "sustained": False})
    r("first-of-equals", series([10, 10, 8]), expect={"best": {"at": 2010}})
    r("baseline", series([9, 10, 9.2]), baseline_at=2010, expect={"baseline": {"at": 2010, "difference": 0.2}, "status": "possible_retrogression"}, note="above the baseline, and below what was reached")
    r("baseline-period", series([9, 10, 9.2]), baseline_at="2011", expect={"baseline": {"at": 2011}})
    r("baseline-is-latest", series([9, 10]), baseline_at=2011, expect={"baseline": None})
    r("any-order", list(reversed(series([60, 66.5, 62], se=[1.5, 1.6, 1.4]))), expect={"status": "possible_retrogression", "comparisons": 2})
    r("break-at-latest", series([10, 9, 5], breaks=[2]), expect={"status": "not_judged", "reason": "break_in_series", "comparisons": 0, "previous": {"across_break": True, "difference": None}, "best": None})
    r("break-before", series([90, 10, 9], breaks=[1]), baseline_at=2010, expect={"status": "possible_retrogression", "comparisons": 1, "best": {"at": 2011}, "baseline": {"across_break": True, "difference": None}}, note="the best before the break does not count")
    r("break-before-rise", series([90, 10, 11], breaks=[1]), expect={"status": "none_shown"})
    r("break-no-sustained", series([10, 8, 7], breaks=[1]), expect={"status": "possible_retrogression", "sustained": False}, note="the year before has nothing to be compared with")
    r("one-figure", series([10]), expect={"status": "not_judged", "reason": "no_earlier_figure"})
    r("no-figure", [], expect={"status": "not_judged", "reason": "no_figure"})
    for polarity in ("ambiguous", "none", "value", "range"):
        r("no-direction-" + polarity, series([10, 5]), polarity, {"status": "not_judged", "reason": "no_direction"})
    noise = [50.3, 49.1, 51.2, 50.8, 48.9, 50.1, 49.7, 51.9, 50.2, 48.2]
    r("ten-noisy", series(noise, se=[1.2] * 10), expect={"status": "none_shown", "comparisons": 9, "threshold": 0.05 / 9}, note="p 0.0146 alone would flag noise: nine comparisons ask for 0.0056")
    base = {"series": two, "polarity": "higher", "rules": BACK}
    for id_, change, code in [("baseline", {"baseline_at": 1999}, "progress.bad-parameter"), ("significance", {"rules": but(BACK, significance=0.6)}, "method.bad-value"), ("tolerance", {"rules": but(BACK, tolerance=-1)}, "method.bad-value"), ("same-time", {"series": [{"at": 2010, "value": 1}, {"at": 2010, "value": 2}]}, "progress.duplicate-time"), ("unknown-field", {"baseline": 2010}, "wire.unknown-field")]:
        f.add("reject-" + id_, "progress.retrogression", base | change, reject=code)


# ==== the results chain =============================================================================================


def result(id_, level, *leads_to, **more):
    return {"id": id_, "level": level} | ({"leads_to": list(leads_to)} if leads_to else {}) | more


def figure(period, version=None, value=1):
    return {"value": value, "period": period} | ({"indicator_version": version} if version else {})


def chain(F):
    f = F("rbm/chain", "Whether a results chain hangs together", "the method (section 2): integrity findings; worked by hand")

    def c(id_, results, found=None, subjects=None, note=None):
        counts = {"rbm." + k: n for k, n in (found or {}).items()}
        f.add(id_, "rbm.chain", {"chain": {"results": results}}, {"results": len(results), "findings": {"counts": counts}}, tol=0, note=note)
        if subjects is not None:
            # the order of findings and what they name is worked by hand
            f.cases[-1]["expect"]["findings"]["items"] = [{"code": "rbm." + code, "subject": s} | more for code, s, more in subjects]

    whole = [result("money", "input", "training"), result("training", "activity", "trained"), result("trained", "output", "skills"), result("skills", "outcome", "work"), result("work", "outcome", "income"), result("income", "impact")]
    c("whole", whole, {}, [], "inputs through activities, outputs and outcomes to an impact")
    c("any-order", list(reversed(whole)), {}, [])
    c("empty", [], {}, [])
    c("outcome-without-outputs", [result("a", "outcome")], {"outcome-without-outputs": 1}, [("outcome-without-outputs", "a", {})])
    c("outcome-from-outcome", [result("o", "output", "a"), result("a", "outcome", "b"), result("b", "outcome")], {}, [], "an output leads to b by way of a")
    c("impact-alone", [result("a", "impact")], {}, [], "an impact has more causes than a city's outputs")
    c("outcome-from-activity", [result("x", "activity", "a"), result("a", "outcome")], {"outcome-without-outputs": 1}, [("outcome-without-outputs", "a", {})])
    c("output-nowhere", [result("o", "output"), result("p", "output", "a"), result("a", "outcome")], {"output-leads-nowhere": 1}, [("output-leads-nowhere", "o", {})])
    c("output-to-output", [result("o", "output", "p"), result("p", "output", "a"), result("a", "outcome")], {}, [])
    c("output-to-impact", [result("o", "output", "i"), result("i", "impact")], {}, [])
    c("outputs-only", [result("o", "output", theme="HOU"), result("p", "output", "a", theme="EDU"), result("a", "outcome", theme="EDU")], {"outputs-only": 1, "output-leads-nowhere": 1}, [("output-leads-nowhere", "o", {}), ("outputs-only", "HOU", {})])
    c("outputs-only-unnamed", [result("o", "output")], {"outputs-only": 1, "output-leads-nowhere": 1}, None, "results without a theme are one together")
    c("inputs-only", [result("x", "input", theme="T")], {"outputs-only": 1}, [("outputs-only", "T", {})])
    c("unknown-link", [result("o", "output", "a", "gone"), result("a", "outcome")], {"unknown-link": 1}, [("unknown-link", "o", {"params": {"leads_to": "gone"}})])
    c("unknown-link-twice", [result("o", "output", "a", "gone", "gone"), result("a", "outcome")], {"unknown-link": 1}, None, "named once")
    c("only-unknown", [result("o", "output", "gone"), result("p", "output", "a"), result("a", "outcome")], {"unknown-link": 1, "output-leads-nowhere": 1}, None, "a link to nothing leads nowhere")
    c("link-down", [result("o", "output", "a"), result("a", "outcome", "p"), result("p", "output", "i"), result("i", "impact")], {"link-down": 1}, [("link-down", "a", {"params": {"leads_to": "p"}})])
    c("circle-of-two", [result("o", "output", "a"), result("a", "outcome", "b"), result("b", "outcome", "a")], {"circular-link": 1}, [("circular-link", "a", {"params": {"cycle": "a → b → a"}})])
    c("circle-of-one", [result("o", "output", "a"), result("a", "outcome", "a")], {"circular-link": 1}, [("circular-link", "a", {"params": {"cycle": "a → a"}})])
    c("circle-of-three", [result("o", "output", "c"), result("c", "outcome", "b"), result("b", "outcome", "a"), result("a", "outcome", "c")], {"circular-link": 1}, [("circular-link", "a", {"params": {"cycle": "a → c → b → a"}})])
    c("two-circles", [result("o", "output", "a", "c"), result("a", "outcome", "b"), result("b", "outcome", "a"), result("c", "outcome", "d"), result("d", "outcome", "c")], {"circular-link": 2}, [("circular-link", "a", {"params": {"cycle": "a → b → a"}}), ("circular-link", "c", {"params": {"cycle": "c → d → c"}})])
    c("linked-circles", [result("o", "output", "a"), result("a", "outcome", "b", "c"), result("b", "outcome", "a"), result("c", "outcome", "d"), result("d", "outcome", "c")], {"circular-link": 2}, None, "one leads to the other and not back")
    c("shortest-circle", [result("o", "output", "a"), result("a", "outcome", "b", "c"), result("b", "outcome", "c"), result("c", "outcome", "a")], {"circular-link": 1}, [("circular-link", "a", {"params": {"cycle": "a → c → a"}})], "the shortest is named")
    c("no-circle-diamond", [result("o", "output", "a", "b"), result("a", "outcome", "i"), result("b", "outcome", "i"), result("i", "impact")], {}, [], "two ways to the same are no circle")
    good = [result("o", "output", "a")]

    def judged(id_, indicators, found, note=None):
        c(id_, [*good, result("a", "outcome", indicators=indicators, duty_bearer="city", assumptions=["rents stay as they are"], title="Homes people can afford", theme=None)], found, None, note)

    target = {"value": 5, "period": "2030"}
    judged("target-with-baseline", [{"id": "HOU-O-01", "baseline": figure("2015"), "target": target, "value": figure("2020")}], {})
    judged("target-without-baseline", [{"id": "HOU-O-01", "target": target, "value": figure("2020")}], {"target-without-baseline": 1})
    judged("target-after-value", [{"id": "HOU-O-01", "baseline": figure("2015"), "target": target | {"set": "2021"}, "value": figure("2020")}], {"target-after-value": 1})
    judged("target-same-year", [{"id": "HOU-O-01", "baseline": figure("2015"), "target": target | {"set": "2020"}, "value": figure("2020")}], {}, "may have been set before the value was known")
    judged("target-next-quarter", [{"id": "HOU-O-01", "baseline": figure("2015"), "target": target | {"set": "2020-Q3"}, "value": figure("2020-Q2")}], {"target-after-value": 1})
    judged("target-set-unknown", [{"id": "HOU-O-01", "baseline": figure("2015"), "target": target, "value": figure("2040")}], {})
    judged("version-differs", [{"id": "HOU-O-01", "baseline": figure("2015", "1.0.0"), "target": target, "value": figure("2020", "2.0.0")}], {"version-differs": 1})
    judged("version-same", [{"id": "HOU-O-01", "baseline": figure("2015", "1.0.0"), "value": figure("2020", "1.0.0")}], {})
    judged("version-unknown", [{"id": "HOU-O-01", "baseline": figure("2015"), "value": figure("2020", "2.0.0")}], {})
    judged("all-at-once", [{"id": "HOU-O-01", "target": target | {"set": "2022"}, "value": figure("2020")}, {"id": "HOU-O-02", "target": target}], {"target-without-baseline": 2, "target-after-value": 1})
    for id_, results, code in [
        ("twice", [result("a", "output"), result("a", "outcome")], "rbm.duplicate-result"),
        ("level", [result("a", "wish")], "wire.bad-request"),
        ("no-level", [{"id": "a"}], "wire.bad-request"),
        ("unknown-field", [result("a", "output", colour="red")], "wire.unknown-field"),
    ]:
        f.add("reject-" + id_, "rbm.chain", {"chain": {"results": results}}, reject=code)
    f.add("reject-no-chain", "rbm.chain", {}, reject="wire.bad-request")
    f = F("rbm/iati", "Levels of the chain in IATI 2.03", "IATI 2.03, codelist ResultType (1 output, 2 outcome, 3 impact, 9 other); indicator/@ascending")
    for code, level in [(1, "output"), (2, "outcome"), (3, "impact"), (9, None), (0, None)]:
        f.add(f"type-{code}", "rbm.iati", {"result_type": code}, {"result_level": level}, tol=0)
    for level, code in [("input", None), ("activity", None), ("output", 1), ("outcome", 2), ("impact", 3)]:
        f.add(f"level-{level}", "rbm.iati", {"result_level": level}, {"result_type": code}, tol=0)
    for polarity, ascending in [("higher", True), ("lower", False), ("value", None), ("ambiguous", None)]:
        f.add(f"polarity-{polarity}", "rbm.iati", {"polarity": polarity}, {"ascending": ascending}, tol=0)
