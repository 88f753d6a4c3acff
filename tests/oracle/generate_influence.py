"""Vectors of the influence of a city's work. Called by generate.py."""

from __future__ import annotations

import random

TOL = 1e-9


def panel(rows, first=2018):
    return [{"city": c, "time": first + i, "value": v} for c, values in rows.items() for i, v in enumerate(values)]


def write(F):
    difference(F)
    interrupted(F)
    synthetic(F)
    contribution(F)


def difference(F):
    f = F("influence/difference", "Difference-in-differences", "the method (section 9) and its worked example; the oracle, by normal equations with 60 digits and by listing every choice of cities")
    keys = ["estimate", "means", "treated", "comparators", "periods_before", "periods_after", "cluster", "permutation", "trends_before", "placebo_starts", "placebo_cities", "cautions"]
    op = "influence.difference"
    f.add("method-58-50-55-52", op, {"panel": panel({"A": [50, 58], "B": [52, 55]}), "treated": ["A"], "from": 2019},
          {"estimate": 5, "means": {"treated_before": 50, "treated_after": 58, "comparators_before": 52, "comparators_after": 55}, "cluster": None, "cautions": ["no_inference", "trends_not_checked"]},
          take=keys, tol=TOL, note="worked example of the method: (58-50)-(55-52) = 5; two cities carry no inference")
    f.add("no-change-anywhere", op, {"panel": panel({"A": [5, 5, 5, 5], "B": [7, 7, 7, 7], "C": [9, 9, 9, 9], "D": [1, 1, 1, 1]}), "treated": ["A", "B"], "from": 2021},
          {"estimate": 0, "permutation": {"p": 1, "assignments": 6}}, take=keys, tol=TOL, note="nothing moves: no error can be told, and p is 1")
    f.add("one-of-twenty", op, {"panel": panel({f"C{i:02}": [10 + i, 11 + i, 12 + i, 13 + i + (9 if i == 0 else i % 3 * 0.1)] for i in range(20)}), "treated": ["C00"], "from": 2021},
          {"permutation": {"p": 0.05, "assignments": 20, "smallest_p": 0.05}}, take=keys, tol=TOL, note="the only city that jumps: 1 of 20")
    f.add("trends-differ", op, {"panel": panel({**{f"A{i}": [i, i + 2, i + 4, i + 6.5] for i in range(4)}, **{f"B{i}": [i, i + 0.1 * (i % 2), i, i + 0.2] for i in range(6)}}), "treated": [f"A{i}" for i in range(4)], "from": 2021},
          take=keys, tol=TOL, note="those who acted rose already before")
    rng = random.Random(91)
    for n in range(24):
        cities, acted, times = rng.randint(4, 9), rng.randint(1, 3), rng.randint(2, 7)
        start = rng.randint(1, times - 1)
        rows = {f"C{i}": [round(40 + 3 * i + (i % 3) * 0.5 * t + rng.gauss(0, 2) + (4 if i < acted and t >= start else 0), 2) for t in range(times)] for i in range(cities)}
        names = list(rows)
        figures = panel(rows)
        rng.shuffle(figures)
        f.add(f"random-{n:02}", op, {"panel": figures, "treated": names[:acted], "from": 2018 + start} | ({"confidence": 0.9} if n % 5 == 0 else {}), take=keys, tol=TOL)
    two = panel({"A": [50, 58], "B": [52, 55]})
    for id_, request, code in [
        ("twice", {"panel": [*two, two[0]], "treated": ["A"], "from": 2019}, "influence.bad-panel"),
        ("no-city", {"panel": [*two, {"city": " ", "time": 2018, "value": 1}], "treated": ["A"], "from": 2019}, "influence.bad-panel"),
        ("gap", {"panel": two[:3], "treated": ["A"], "from": 2019}, "influence.unbalanced"),
        ("unknown", {"panel": two, "treated": ["Z"], "from": 2019}, "influence.unknown-city"),
        ("nobody", {"panel": two, "treated": [], "from": 2019}, "influence.unknown-city"),
        ("all-acted", {"panel": two, "treated": ["A", "B"], "from": 2019}, "influence.too-few-comparators"),
        ("nothing-before", {"panel": two, "treated": ["A"], "from": 2018}, "influence.too-few-periods"),
        ("nothing-after", {"panel": two, "treated": ["A"], "from": 2020}, "influence.too-few-periods"),
    ]:
        f.add("reject-" + id_, op, request, reject=code)
    f.cases.append({"id": "reject-confidence", "op": op, "input": {"panel": two, "treated": ["A"], "from": 2019, "confidence": 1}, "reject": "estimate.bad-confidence"})


def interrupted(F):
    f = F("influence/interrupted", "Interrupted time series", "the method (section 9); worked by hand, and the oracle by normal equations with 60 digits")
    keys = ["before", "after", "newey_west", "prais_winsten", "durbin_watson", "effect_at_end", "cautions"]
    op = "influence.interrupted"

    def series(values, first=2010, step=1):
        return [{"time": first + i * step, "value": v} for i, v in enumerate(values)]

    f.add("on-the-lines", op, {"series": series([10, 11, 12, 13, 17, 19, 21, 23]), "from": 2014},
          {"newey_west": {"start": {"estimate": 10}, "slope": {"estimate": 1}, "level_change": {"estimate": 3, "se": None}, "slope_change": {"estimate": 1}}, "effect_at_end": 6, "prais_winsten": None, "cautions": ["no_variation", "short_series", "no_comparison"]},
          take=["before", "after"], tol=TOL, note="10, 11, 12, 13 goes on to 14: a jump of 3 and one more a year; three years later 3 + 3 = 6")
    rng = random.Random(92)
    for n in range(26):
        length, rho = rng.randint(8, 40), rng.choice([0, 0.3, 0.6, -0.3])
        start = rng.randint(3, length - 3)
        e, values = 0.0, []
        for t in range(length):
            e = rho * e + rng.gauss(0, 1)
            values.append(round(50 + 0.3 * t + (3 + 0.2 * (t - start) if t >= start else 0) + e, 3))
        step = rng.choice([1, 1, 0.25])
        points = series(values, step=step)
        rng.shuffle(points)
        f.add(f"random-{n:02}", op, {"series": points, "from": 2010 + start * step} | ({"lags": rng.randint(0, 4)} if n % 3 == 0 else {}), take=keys, tol=TOL)
    good = series([1, 3, 2, 4, 8, 7, 9, 8])
    for id_, request, code in [
        ("short-before", {"series": good, "from": 2012}, "influence.too-few-periods"),
        ("short-after", {"series": good, "from": 2016}, "influence.too-few-periods"),
        ("missing-year", {"series": [p for p in good if p["time"] != 2011], "from": 2014}, "influence.uneven-times"),
        ("year-twice", {"series": [*good, good[-1]], "from": 2014}, "influence.uneven-times"),
        ("lags", {"series": good, "from": 2014, "lags": 8}, "influence.too-few-periods"),
    ]:
        f.add("reject-" + id_, op, request, reject=code)


def synthetic(F):
    f = F("influence/synthetic", "Synthetic control", "the method (section 9); worked by hand, and the oracle by trying every set of cities")
    keys = ["weights", "rmspe_before", "rmspe_after", "effect", "gaps", "ratio", "placebos", "p", "cautions"]
    op = "influence.synthetic"
    rows = {"Z": [15.5, 16.5, 17, 18.5, 24, 25], "A": [10, 11, 12, 13, 14, 15], "B": [20, 22, 23, 24, 25, 26], "C": [40, 41, 42, 45, 44, 45], "D": [5, 6, 6, 7, 8, 8], "E": [60, 61, 63, 64, 64, 66]}
    f.add("worked", op, {"panel": panel(rows), "city": "Z", "from": 2022}, take=keys, tol=TOL)
    f.add("half-and-half", op, {"panel": panel({**rows, "Z": [15, 16.5, 17.5, 18.5, 24.5, 25.5], "C": [80, 10, 70, 5, 9, 9], "D": [1, 70, 3, 90, 1, 1], "E": [70, 90, 90, 1, 7, 7]}), "city": "Z", "from": 2022},
          {"effect": 5, "cautions": ["perfect_fit", "no_inference", "many_mixes"]}, tol=TOL,
          note="halfway between A and B each year before; after, 19.5 and 20.5 against 24.5 and 25.5. A mix that meets every figure leaves nothing to judge by")
    rng = random.Random(93)
    made = 0
    while made < 18:
        donors, times = rng.randint(5, 7), rng.randint(7, 10)
        before = times - 2
        common = [rng.gauss(0, 2) for _ in range(times)]
        rows = {f"D{i}": [round(30 + 6 * i + common[t] + 0.4 * (i % 3) * t + rng.gauss(0, 1), 2) for t in range(times)] for i in range(donors)}
        rows["Own"] = [round(0.4 * rows["D1"][t] + 0.6 * rows["D3"][t] + rng.gauss(0, 0.6) + (3 if t >= before else 0), 2) for t in range(times)]
        f.add(f"random-{made:02}", op, {"panel": panel(rows), "city": "Own", "from": 2018 + before}, take=keys, tol=1e-8)
        made += 1
    far = panel({**rows, "Own": [500] * times})
    f.add("reject-far-away", op, {"panel": far, "city": "Own", "from": 2018 + before}, reject="influence.poor-fit", note="no mix reaches beyond the others")
    f.add("reject-short", op, {"panel": panel(rows), "city": "Own", "from": 2021}, reject="influence.too-few-periods")
    few = panel({c: v for c, v in rows.items() if c in ("Own", "D0", "D1", "D2", "D3")})
    f.add("reject-few-cities", op, {"panel": few, "city": "Own", "from": 2018 + before}, reject="influence.too-few-comparators")
    f.add("reject-unknown", op, {"panel": few, "city": "Nowhere", "from": 2018 + before}, reject="influence.unknown-city")


def contribution(F):
    f = F("influence/contribution", "Contribution analysis", "worked by hand: a link counts independent sources, the whole is as strong as its weakest link")
    keys = ["verdict", "links", "weakest", "open", "alternatives"]
    op = "influence.contribution"

    def link(a, b, pro=(), con=()):
        return {"from": a, "to": b, "claim": f"{a} leads to {b}", "evidence": [{"source": s, "points": "for"} for s in pro] + [{"source": s, "points": "against"} for s in con]}

    strong = [link("training", "practice", ["survey", "audit"]), link("practice", "access", ["register", "interviews"])]
    out = {"text": "a national law", "judgement": "ruled_out", "reason": "it came two years later"}
    part = {"text": "more staff", "judgement": "explains_part", "reason": "two of the five offices"}
    allof = {"text": "the law alone", "judgement": "explains_all", "reason": "the same rise without training"}
    open_ = {"text": "fewer people asked", "judgement": "open"}
    for id_, links, others, verdict, weakest in [
        ("plausible", strong, [out], "plausible", "shown"),
        ("in-part", strong, [out, part], "plausible_in_part", "shown"),
        ("open-explanation", strong, [out, open_], "open", "shown"),
        ("nothing-else-looked-at", strong, [], "open", "shown"),
        ("explained-otherwise", strong, [allof], "not_shown", "shown"),
        ("thin", [strong[0], link("practice", "access", ["register"])], [out], "open", "thin"),
        ("one-source-twice", [strong[0], link("practice", "access", ["register", " register "])], [out], "open", "thin"),
        ("contested", [strong[0], link("practice", "access", ["register", "interviews"], ["union"])], [out], "open", "contested"),
        ("refuted", [strong[0], link("practice", "access", ["register"], ["union"])], [out], "not_shown", "refuted"),
        ("assumed", [strong[0], link("practice", "access")], [out], "not_shown", "assumed"),
        ("backwards", strong[::-1], [out], "plausible", "shown"),
    ]:
        f.add(id_, op, {"links": links, "alternatives": others}, {"verdict": verdict, "weakest": weakest}, take=keys)
    for id_, request, code in [
        ("empty", {"links": []}, "influence.broken-chain"),
        ("fork", {"links": [*strong, link("training", "other")]}, "influence.broken-chain"),
        ("circle", {"links": [*strong, link("access", "training")]}, "influence.broken-chain"),
        ("apart", {"links": [strong[0], link("x", "y")]}, "influence.broken-chain"),
        ("no-source", {"links": [link("a", "b", [" "])]}, "influence.broken-chain"),
        ("no-reason", {"links": strong, "alternatives": [{"text": "x", "judgement": "ruled_out"}]}, "influence.reason-missing"),
    ]:
        f.add("reject-" + id_, op, request, reject=code)
