"""The vectors about progress in a report: a city's targets, achievement, trend, non-retrogression, the results chain.

The expected values are worked by hand or quoted from the worked examples of the method; the working stands in the notes.
"""

from __future__ import annotations

from generate_data import asked, share, shown

SAY, JOBLESS, SAFE = "PEX-O-04", "WSP-O-04", "SAF-O-01"
HAND = "worked by hand from the method, §2 and §7"


def target(indicator, period, value, baseline=None, **more):
    made = {"indicator": indicator, "target": {"period": period, "value": value}, **more}
    if baseline is not None:
        made["baseline"] = baseline
    return made


def write(F):
    achievements(F)
    declines(F)
    refusals(F)


def case(f, id_, given, progress, note, plan=None, selection=None, counts=None, tol=1e-12):
    selection = selection or [given[0]["indicator"]]
    where = {"place": "X", "indicators": [{"id": selection[0], "progress": progress}]}
    if counts:
        where["progress"] = counts
    request = asked(selection, *given, plan=plan)
    f.cases.append({"id": id_, "op": "assess", "input": request, "expect": {"places": [where]}, "tolerance": tol, "note": note})


def achievements(F):
    f = F("assess/achievement", "Achievement of a city's targets in a report", HAND)

    def a(id_, given, targets, achievement, note, baseline=None, selection=None, counts=None, tol=1e-12):
        plan = {"targets": targets}
        if baseline:
            plan["baseline"] = baseline
        case(f, id_, given, {"achievement": achievement}, note, plan, selection, counts, tol)

    two = [shown(JOBLESS, 14.5, "2015"), shown(JOBLESS, 10.4, "2023")]
    halved = {"raw": 0.5655172414, "clamped": 0.5655172414, "expected": 0.5333333333, "pace": 1.0603448276, "status": "on_track", "owner": "city"}
    a("halved-by-2030", two, [target(JOBLESS, "2030", 7.25, {"period": "2015"})], {**halved, "baseline": 14.5, "baseline_at": 2015, "target_at": 2030}, "the worked example: (10.4 − 14.5)/(7.25 − 14.5), after 8 of 15 years; the baseline is the figure of 2015", tol=1e-9, counts={"with_target": 1, "on_track": 1, "met": 0})
    a("baseline-given", two[1:], [target(JOBLESS, "2030", 7.25, {"period": "2015", "value": 14.5})], {**halved, "expected_value": 14.5 - 7.25 * 8 / 15}, "the same with the baseline in the plan", tol=1e-9)
    errors = [shown(JOBLESS, 14.5, "2015"), shown(JOBLESS, 10.4, "2023", se=0.6)]
    a("with-its-error", errors, [target(JOBLESS, "2030", 7.25, {"period": "2015", "value": 14.5})], {"se": 0.0827586207, "probability": 0.6513208291}, "0.6/7.25; Φ((0.5655 − 0.5333)/0.0828)", tol=1e-9)
    zero = [shown(JOBLESS, 10, "2015"), shown(JOBLESS, 5, "2020")]
    a("zero-target", zero, [target(JOBLESS, "2030", 0, {"period": "2015"})], {"raw": 0.5, "expected": 1 / 3, "pace": 1.5, "status": "on_track"}, "no stand-in for the zero: half is done after a third of the time")
    zero_base = [shown(SAY, 0, "2015"), shown(SAY, 10, "2020")]
    a("zero-baseline", zero_base, [target(SAY, "2030", 40, {"period": "2015"})], {"raw": 0.25, "expected": 1 / 3, "pace": 0.75, "status": "lagging"}, "10/40 after a third of the time")
    a("off-track", zero_base, [target(SAY, "2030", 100, {"period": "2015"})], {"raw": 0.1, "pace": 0.3, "status": "off_track"}, "0.1 over 1/3")
    a("met", zero_base, [target(SAY, "2030", 10, {"period": "2015"})], {"raw": 1, "status": "met"}, "at the target")
    a("beyond", zero_base, [target(SAY, "2030", 8, {"period": "2015"})], {"raw": 1.25, "clamped": 1, "status": "met"}, "10/8; the raw number is kept")
    a("at-its-date", zero_base, [target(SAY, "2020", 10.2, {"period": "2015"})], {"expected": 1, "status": "lagging"}, "10/10.2 is above 0.95, but the date is there: nothing is on track any more")
    a("too-early", zero_base[:1], [target(SAY, "2030", 40, {"period": "2015"})], {"status": "not_rated", "reason": "too_early", "raw": 0, "expected": 0}, "nothing is expected at the start")
    worse = [shown(SAY, 30, "2015"), shown(SAY, 29.4, "2020")]
    a("regressed", worse, [target(SAY, "2030", 40, {"period": "2015"})], {"status": "regressed", "raw": -0.06}, "worse by 0.6, tolerance 0.5 points on a scale of 100")
    within = [shown(SAY, 30, "2015"), shown(SAY, 29.5, "2020")]
    a("within-the-tolerance", within, [target(SAY, "2030", 40, {"period": "2015"})], {"status": "off_track", "raw": -0.05}, "worse by 0.5: within the tolerance, so it is far behind and has not regressed")
    a("to-keep-kept", within, [target(SAY, "2030", 30, {"period": "2015"})], {"status": "maintained", "raw": None}, "target = baseline: to keep it; 0.5 below is within the tolerance")
    a("to-keep-lost", worse, [target(SAY, "2030", 30, {"period": "2015"})], {"status": "regressed", "raw": None}, "0.6 below is not")
    steps = [shown(SAY, 0, "2015"), shown(SAY, 30, "2020")]
    a("milestones", steps, [target(SAY, "2025", 40, {"period": "2015"}, milestones=[{"period": "2020", "value": 32}])], {"raw": 0.75, "expected": 0.8, "pace": 0.9375, "status": "lagging", "expected_value": 32}, "32 of 40 by 2020; 0.75/0.8")
    a("compound", [shown(JOBLESS, 16, "2010"), shown(JOBLESS, 8, "2020")], [target(JOBLESS, "2030", 4, {"period": "2010"}, shape="compound")], {"raw": 2 / 3, "expected": 2 / 3, "pace": 1, "status": "on_track"}, "halved each ten years: (½ − 1)/(¼ − 1) = 2/3 at half time")
    broken = [shown(SAY, 10, "2015"), shown(SAY, 20, "2018", status="break"), shown(SAY, 25, "2020")]
    a("across-a-break", broken, [target(SAY, "2030", 40, {"period": "2015"})], {"status": "not_rated", "reason": "break_in_series", "raw": None}, "the series breaks in 2018")
    a("after-a-break", broken, [target(SAY, "2030", 40, {"period": "2018"})], {"status": "on_track", "raw": 0.25, "expected": 1 / 6}, "baseline at the break itself: (25 − 20)/20 after 2 of 12 years")
    a("no-baseline", zero_base, [target(SAY, "2030", 40)], {"status": "not_rated", "reason": "no_baseline", "raw": None}, "the level can be scored, achievement cannot")
    a("no-figure-at-the-baseline", zero_base, [target(SAY, "2030", 40, {"period": "2012"})], {"status": "not_rated", "reason": "no_baseline"}, "there is no figure for 2012")
    counted = [share(JOBLESS, 20, 200, "2015"), share(JOBLESS, 3, 200, "2020")]
    a("withheld", counted, [target(JOBLESS, "2030", 5, {"period": "2015", "value": 10})], {"status": "suppressed", "raw": None}, "3 people are fewer than the threshold", counts={"suppressed": 1})
    gone = [shown(SAY, 10, "2015"), {"indicator": SAY, "place": "X", "period": "2020", "status": "missing"}]
    a("missing", gone, [target(SAY, "2030", 40, {"period": "2015"})], {"status": "missing", "raw": None}, "handed in as missing")
    a("own-place-first", zero_base, [target(SAY, "2030", 100, {"period": "2015"}), target(SAY, "2030", 40, {"period": "2015"}, place="X")], {"target": 40, "raw": 0.25}, "the target of the place comes before that of every place")
    a("another-place", zero_base, [target(SAY, "2030", 100, {"period": "2015"}), target(SAY, "2030", 40, {"period": "2015"}, place="Y")], {"target": 100, "raw": 0.1}, "the target of another place is none here")


def declines(F):
    f = F("assess/decline", "Trend and non-retrogression in a report", HAND)

    def d(id_, indicator, values, retrogression, note, start=2010, trend=None, tol=1e-9, errors=None, **more):
        given = [shown(indicator, v, str(start + i), **({"se": errors[i]} if errors else {}), **more.get(f"at{i}", {})) for i, v in enumerate(values)]
        progress = {"retrogression": retrogression}
        if trend is not None:
            progress["trend"] = trend
        case(f, id_, given, progress, note, tol=tol)

    d("worked-example", SAY, [66.5, 62.0], {"status": "possible_retrogression", "comparisons": 1, "basis": "error", "best": {"z": -2.1166219539, "p": 0.0171459727}}, "66.5 (1.6) → 62.0 (1.4)", errors=[1.6, 1.4])
    d("beyond-the-tolerance", SAY, [50, 49.4], {"status": "possible_retrogression", "basis": "tolerance", "best": {"difference": -0.6}}, "no error is known: 0.6 is beyond 0.5")
    d("within-the-tolerance", SAY, [50, 49.6], {"status": "none_shown", "best": {"difference": -0.4}}, "0.4 is within 0.5")
    d("lower-is-better", JOBLESS, [5, 4, 6], {"status": "possible_retrogression", "comparisons": 2, "best": {"at": 2011, "difference": -2}, "previous": {"at": 2011}}, "against the best earlier figure, 4 in 2011")
    d("sustained", SAY, [60, 58, 57], {"status": "possible_retrogression", "sustained": True}, "58 was a decline from 60 as well")
    d("not-sustained", SAY, [60, 61, 57], {"status": "possible_retrogression", "sustained": False}, "61 was none")
    d("several-comparisons", SAY, [60, 64, 62, 60], {"status": "none_shown", "comparisons": 3, "threshold": 0.05 / 3, "best": {"at": 2011, "z": -2}}, "z = −4/√(2 + 2) = −2, p = 0.0228, above 0.05/3 = 0.0167", errors=[2**0.5] * 4)
    d("across-a-break", SAY, [60, 50, 49.8], {"status": "none_shown", "comparisons": 1}, "50 is after a break: 60 is not compared", at1={"status": "break"})
    d("at-a-break", SAY, [60, 50], {"status": "not_judged", "reason": "break_in_series"}, "the break is now", at1={"status": "break"})
    d("improving", SAY, [40, 45, 50, 55], {"status": "none_shown"}, "better than ever", trend={"slope": 5, "s": 6, "shown": False, "p_exact": 1 / 12}, tol=1e-12)
    series = [12, 11.5, 11.8, 10.9, 10.4, 10.6]
    d("trend-of-the-worked-example", JOBLESS, series, {"status": "none_shown"}, "Theil–Sen and Mann–Kendall of the method, §7: n = 6, so the exact p decides; 10.6 after 10.4 is within the tolerance", trend={"slope": -0.3666666667, "s": -11, "z": -1.8786728733, "p": 0.0602891740, "direction": "better"})
    case(f, "three-figures-are-no-trend", [shown(SAY, v, str(2010 + i)) for i, v in enumerate([40, 45, 50])], {"trend": None, "retrogression": {"status": "none_shown"}}, "at least four")
    case(f, "one-figure", [shown(SAY, 40, "2010")], None, "nothing to compare")
    quarters = [shown(SAY, 60, "2019"), shown(SAY, 40, "2020-Q1")]
    case(f, "only-periods-of-one-length", quarters, None, "a quarter is not compared with a year")


def refusals(F):
    f = F("assess/plan", "Targets and results chains of a plan", HAND)
    given = [shown(SAY, 10, "2015"), shown(SAY, 20, "2020")]

    def bad(id_, code, note, **plan):
        f.cases.append({"id": "reject-" + id_, "op": "assess", "input": asked([SAY], *given, plan=plan), "reject": code, "note": note})

    bad("two-targets", "assess.duplicate-target", "the same indicator twice", targets=[target(SAY, "2030", 40), target(SAY, "2025", 30)])
    bad("unknown-indicator", "assess.unknown-selection", "no such indicator", targets=[target("PEX-O-99", "2030", 40)])
    bad("milestone-after-target", "progress.bad-path", "the way runs backwards", targets=[target(SAY, "2030", 40, {"period": "2015", "value": 10}, milestones=[{"period": "2031", "value": 30}])])
    bad("baseline-after-target", "progress.bad-path", "the start is after the end", targets=[target(SAY, "2030", 40, {"period": "2031"})])
    bad("compound-from-zero", "progress.not-positive", "no rate leads away from zero", targets=[target(SAY, "2030", 40, {"period": "2015", "value": 0}, shape="compound")])
    bad("misspelt-field", "wire.unknown-field", "`goal` is no field", targets=[{"indicator": SAY, "goal": 40}])
    bad("result-twice", "rbm.duplicate-result", "one id, two results", results=[{"id": "a", "level": "output"}, {"id": "a", "level": "outcome"}])
    bad("result-of-an-unknown-indicator", "assess.unknown-selection", "no such indicator", results=[{"id": "a", "level": "output", "indicators": [{"id": "NOPE-1"}]}])

    def found(id_, counts, note, **plan):
        f.cases.append({"id": id_, "op": "assess", "input": asked([SAY], *given, plan=plan), "expect": {"findings": {"counts": counts}}, "tolerance": 0, "note": note})

    found("outputs-only", {"rbm.outputs-only": 1}, "work and outputs, and nothing that changes for people", results=[{"id": "campaign", "level": "output", "leads_to": ["campaign-2"]}, {"id": "campaign-2", "level": "output"}])
    found("outcome-without-outputs", {"rbm.outcome-without-outputs": 1}, "nothing leads to it", results=[{"id": "heard", "level": "outcome"}])
    found("unknown-link", {"rbm.unknown-link": 1}, "it leads to a result that is not there", results=[{"id": "forum", "level": "output", "leads_to": ["heard", "gone"]}, {"id": "heard", "level": "outcome"}])
    found("circle", {"rbm.circular-link": 1}, "two results lead to each other", results=[{"id": "forum", "level": "outcome", "leads_to": ["heard"]}, {"id": "heard", "level": "outcome", "leads_to": ["forum"]}])
    found("set-after-the-value", {"rbm.target-after-value": 1}, "set in 2022, judging the figure of 2020", targets=[target(SAY, "2030", 40, {"period": "2015"}, set="2022")])
    found("target-of-the-plan-without-baseline", {"rbm.target-without-baseline": 1}, "the chain takes the target from the plan", targets=[target(SAY, "2030", 40)], results=[{"id": "forum", "level": "output", "leads_to": ["heard"]}, {"id": "heard", "level": "outcome", "indicators": [{"id": SAY}]}])
