"""The vectors about weights by participation. Called by generate.py."""

from __future__ import annotations



def panel(n=3, sides=None, **more):
    return {"criteria": ["housing", "health", "education", "water", "safety", "culture", "work"][:n], "when": "2024-05"} | ({"sides": sides} if sides else {}) | more


def weights(made):
    """Weights by name as the answer has them."""
    return {"weight_set": {"weights": [{"criterion": c, "weight": w} for c, w in made.items()]}}


def side(id_, weight=None):
    return {"id": id_} | ({"weight": weight} if weight is not None else {})


def write(F):
    points(F)
    ahp(F)
    best_worst(F)
    agreement(F)
    sets(F)


def points(F):
    f = F("weighting/points", "Weights from points: budget allocation and swing", "the method (section 4); hand-worked")
    ALL = ["weight_set", "sides", "findings"]

    def b(id_, asked, expect=None, p=None, whole=100, **more):
        f.add(id_, "weighting.budget", {"panel": p or panel(), "participants": asked, "budget": whole}, expect, **more)

    def one(*given, side_=None):
        return {"points": list(given)} | ({"side": side_} if side_ else {})

    b("one-person", [one(50, 30, 20)], weights({"housing": 0.5, "health": 0.3, "education": 0.2}), take=ALL)
    b("two-people", [one(60, 20, 20), one(20, 60, 20)], weights({"housing": 0.4, "health": 0.4, "education": 0.2}), take=ALL, note="the mean of two")
    b("zero-points", [one(100, 0, 0)], weights({"housing": 1, "health": 0, "education": 0}), note="a criterion may get nothing")
    b("budget-of-ten", [one(5, 3, 2)], weights({"housing": 0.5, "health": 0.3, "education": 0.2}), whole=10)
    b("decimal-points", [one(33.3, 33.3, 33.4)], take=ALL)
    b("thirds-within-slack", [one(33.33333333333, 33.33333333333, 33.33333333333)], take=["weight_set"], note="1e-11 short of 100: rounding, not an error")
    b("sides-by-name", [one(80, 10, 10, side_="city"), one(0, 50, 50, side_="residents"), one(20, 20, 60, side_="residents")],
      {"weight_set": {"weights": [{"weight": 0.45}, {"weight": 0.225}, {"weight": 0.325}]}}, take=None, note="undeclared sides count the same: residents 0.1, 0.35, 0.55; ½·0.8 + ½·0.1")
    b("sides-declared", [one(80, 10, 10, side_="city"), one(0, 50, 50, side_="residents"), one(20, 20, 60, side_="residents")],
      {"weight_set": {"weights": [{"weight": 0.275}, {"weight": 0.2875}, {"weight": 0.4375}], "provenance": {"participants": 3, "sides": [{"side": "city", "weight": 0.25, "participants": 1}, {"side": "residents", "weight": 0.75, "participants": 2}]}}},
      p=panel(sides=[side("city", 1), side("residents", 3)]), note="¼·0.8 + ¾·0.1")
    SIX = [one(80, 10, 10, side_="city"), one(10, 10, 80, side_="experts"), one(0, 50, 50, side_="residents"), one(20, 20, 60, side_="residents")]
    b("side-shown", SIX, {"sides": [{"side": "city", "participants": 1, "weights": None}, {"side": "experts", "participants": 1, "weights": None}, {"side": "residents", "participants": 2, "weights": [0.1, 0.35, 0.55]}]},
      p=panel(smallest_side_shown=2), take=["weight_set"], note="the weights of a side of one are the answers of a person")
    b("one-hidden-side-hides-another", SIX[1:] + [one(30, 30, 40, side_="city"), one(30, 30, 40, side_="city"), one(30, 30, 40, side_="city")], {"sides": [{"side": "city", "weights": [0.3, 0.3, 0.4]}, {"side": "experts", "weights": None}, {"side": "residents", "weights": None}]},
      p=panel(smallest_side_shown=2), note="the weights of all less those of two sides would be those of the one expert")
    b("two-sides-one-hidden", [one(80, 10, 10, side_="city"), one(0, 50, 50, side_="residents"), one(20, 20, 60, side_="residents")], {"sides": [{"weights": None}, {"weights": None}]}, p=panel(smallest_side_shown=2))
    b("sides-hidden", [one(80, 10, 10, side_="city"), one(0, 50, 50, side_="residents")], {"sides": [{"weights": None}, {"weights": None}]}, note="never shown unless it is said from how many on")
    b("absent-side", [one(50, 25, 25, side_="city")], {"findings": {"counts": {"weighting.absent-side": 1}}} | weights({"housing": 0.5, "health": 0.25, "education": 0.25}), p=panel(sides=[side("city"), side("residents")]), take=["sides"], note="its weight goes to those who came, and that is said")
    b("side-of-no-weight", [one(50, 25, 25, side_="city"), one(0, 0, 100, side_="guests")], weights({"housing": 0.5, "health": 0.25, "education": 0.25}), p=panel(sides=[side("city", 1), side("guests", 0)]), note="heard, and counted in agreement and spread alone", take=["sides"])
    b("four-sides", [one(40, 30, 20, 10, side_="city"), one(10, 20, 30, 40, side_="civil_society"), one(25, 25, 25, 25, side_="residents"), one(70, 10, 10, 10, side_="residents"), one(30, 30, 30, 10, side_="experts")],
      p=panel(4, sides=[side("city"), side("civil_society"), side("residents", 2), side("experts")]), take=ALL)
    b("note-kept", [one(50, 30, 20)], {"weight_set": {"provenance": {"note": "open call; two evenings", "when": "2024-05", "method": "budget_allocation", "participants": 1, "sides": None, "concordance": None}}}, p=panel(note="open call; two evenings"))
    b("reject-sum", [one(50, 30, 20), one(50, 30, 19)], reject="weighting.points-sum", note="points are not rescaled silently; the error names participants[1]")
    b("reject-negative", [one(120, -10, -10)], reject="weighting.bad-points")
    b("reject-too-few", [one(50, 50)], reject="aggregate.unequal-lengths")
    b("reject-nobody", [], reject="weighting.no-participants")
    b("reject-budget", [one(0, 0, 0)], whole=0, reject="weighting.bad-points")
    b("reject-criterion-twice", [one(50, 50)], p={"criteria": ["health", "health"], "when": "2024"}, reject="weighting.bad-criteria")
    b("reject-no-criteria", [one()], p={"criteria": [], "when": "2024"}, reject="weighting.bad-criteria")
    b("reject-side-unknown", [one(50, 30, 20, side_="guests")], p=panel(sides=[side("city")]), reject="weighting.bad-side")
    b("reject-side-missing", [one(50, 30, 20, side_="city"), one(50, 30, 20)], reject="weighting.bad-side", note="a side for each, or for none")
    b("reject-side-twice", [one(50, 30, 20, side_="city")], p=panel(sides=[side("city"), side("city")]), reject="weighting.bad-side")
    b("reject-side-negative", [one(50, 30, 20, side_="city")], p=panel(sides=[side("city", -1)]), reject="weighting.bad-side")
    b("reject-sides-weigh-nothing", [one(50, 30, 20, side_="city")], p=panel(sides=[side("city", 0), side("residents", 1)]), reject="weighting.bad-side", note="the only side with a weight is absent")
    f.cases.append({"id": "reject-unknown-field", "op": "weighting.budget", "input": {"panel": panel(), "participants": [{"points": [50, 30, 20], "name": "A"}], "budget": 100}, "reject": "wire.unknown-field", "note": "names of persons have no place here"})
    f.cases.append({"id": "reject-when", "op": "weighting.budget", "input": {"panel": {"criteria": ["a"], "when": "soon"}, "participants": [one(100)], "budget": 100}, "reject": "wire.bad-request"})

    def s(id_, asked, expect=None, top=100, **more):
        f.add(id_, "weighting.swing", {"panel": panel(), "participants": asked, "top": top}, expect, **more)

    s("swing-one", [one(100, 60, 40)], weights({"housing": 0.5, "health": 0.3, "education": 0.2}), take=ALL)
    s("swing-two", [one(100, 60, 40), one(50, 100, 50)], weights({"housing": 0.375, "health": 0.4, "education": 0.225}), take=ALL, note="each to shares of its sum first: 0.25, 0.5, 0.25 for the second")
    s("swing-top-ten", [one(10, 10, 0)], weights({"housing": 0.5, "health": 0.5, "education": 0}), top=10)
    s("reject-no-top", [one(90, 60, 40)], reject="weighting.bad-points", note="the most important swing has the top")
    s("reject-above-top", [one(110, 60, 40)], reject="weighting.bad-points")


def ahp(F):
    f = F("weighting/ahp", "Weights from comparisons in pairs (AHP)", "the method (section 4); an independent power iteration with 60 digits")
    ALL = ["weight_set", "ahp", "ahp_group", "findings", "sides"]
    SAATY = {"largest_ratio": 0.1}

    def a(id_, asked, expect=None, n=3, p=None, rules=SAATY, **more):
        f.add(id_, "weighting.ahp", {"panel": p or panel(n), "participants": asked, "rules": rules}, expect, **more)

    def up(*given, side_=None):
        return {"upper": list(given)} | ({"side": side_} if side_ else {})

    M = {"matrix": [[1, 3, 5], [1 / 3, 1, 2], [1 / 5, 1 / 2, 1]]}
    a("method-eigenvector", [M], {"weight_set": {"weights": [{"weight": 0.64832901}, {"weight": 0.22965079}, {"weight": 0.12202019}]}, "ahp": [{"lambda_max": 3.0036945981, "cr": 0.0031849983}]}, tol=1e-8, note="worked example of the method")
    a("method-exact", [M], take=ALL)
    a("upper", [up(3, 5, 2)], take=ALL, note="what stands above the diagonal; the rest follows")
    a("geometric-mean", [up(3, 5, 2)], take=ALL, rules=SAATY | {"priority": "geometric_mean"})
    a("geometric-mean-four", [up(3, 5, 7, 2, 4, 3)], take=ALL, n=4, rules=SAATY | {"priority": "geometric_mean"})
    a("consistent", [up(2, 4, 2)], weights({"housing": 4 / 7, "health": 2 / 7, "education": 1 / 7}) | {"ahp": [{"lambda_max": 3, "ci": 0, "cr": 0}]}, note="4 : 2 : 1", tol=1e-12)
    a("consistent-four", [up(2, 4, 8, 2, 4, 2)], weights({"housing": 8 / 15, "health": 4 / 15, "education": 2 / 15, "water": 1 / 15}) | {"ahp": [{"cr": 0}]}, n=4)
    a("all-equal", [up(1, 1, 1)], weights({"housing": 1 / 3, "health": 1 / 3, "education": 1 / 3}))
    a("one-criterion", [up()], weights({"housing": 1}) | {"ahp": [{"lambda_max": 1, "ci": 0, "cr": 0}]}, n=1)
    a("two-criteria", [up(3)], weights({"housing": 0.75, "health": 0.25}) | {"ahp": [{"lambda_max": 2, "ci": 0, "cr": 0}]}, n=2, note="two criteria cannot contradict each other")
    a("circle", [up(9, 1 / 9, 9)], {"findings": {"counts": {"weighting.inconsistent": 1}}, "ahp": [{"inconsistent": [{"first": "housing", "second": "health"}, {"first": "housing", "second": "education"}, {"first": "health", "second": "education"}]}]} | weights({"housing": 1 / 3, "health": 1 / 3, "education": 1 / 3}), note="of three, every pair is off by the same factor")
    a("worst-pair", [up(2, 4, 1 / 9, 2, 4, 2)], {"ahp": [{"inconsistent": [{"first": "housing", "second": "water"}]}], "findings": {"counts": {"weighting.inconsistent": 1}}}, n=4, note="2, 2, 2 down the line, and yet the last is 9 times the first")
    a("worst-pair-exact", [up(2, 4, 1 / 9, 2, 4, 2)], take=ALL, n=4)
    a("limit-passed", [up(3, 5, 2)], {"ahp": [{"inconsistent": None}], "findings": None}, rules={"largest_ratio": 0.0032})
    a("limit-failed", [up(3, 5, 2)], {"findings": {"counts": {"weighting.inconsistent": 1}}}, rules={"largest_ratio": 0.0031})
    a("five", [up(2, 5, 3, 7, 4, 3, 5, 1 / 2, 2, 3)], take=ALL, n=5)
    a("seven", [up(2, 3, 4, 5, 6, 7, 2, 3, 4, 5, 6, 2, 3, 4, 5, 2, 3, 4, 2, 3, 2)], take=ALL, n=7)
    a("own-random-index", [up(3, 5, 2)], take=ALL, rules=SAATY | {"random_index": [0, 0, 0.5245]}, note="other simulations give other indices")
    a("priorities-of-two", [up(3, 5, 2), up(1 / 3, 1 / 2, 2)], take=ALL)
    a("judgements-of-two", [up(3, 5, 2), up(1 / 3, 1 / 2, 2)], take=ALL, rules=SAATY | {"aggregation": "judgements"})
    a("judgements-opposed", [up(4, 4, 1), up(1 / 4, 1 / 4, 1)], weights({"housing": 1 / 3, "health": 1 / 3, "education": 1 / 3}), rules=SAATY | {"aggregation": "judgements"}, note="√(4 · ¼) = 1")
    a("priorities-opposed", [up(4, 4, 1), up(1 / 4, 1 / 4, 1)], weights({"housing": 7 / 18, "health": 11 / 36, "education": 11 / 36}), note="the mean of ⅔ and 1/9")
    for how in ("priorities", "judgements"):
        a(f"sides-{how}", [up(3, 5, 2, side_="city"), up(1, 2, 2, side_="residents"), up(1 / 2, 2, 3, side_="residents")], take=ALL, p=panel(3, sides=[side("city", 1), side("residents", 2)], smallest_side_shown=2), rules=SAATY | {"aggregation": how})
    a("judgements-geometric", [up(3, 5, 7, 2, 4, 3), up(1, 1, 2, 1, 2, 2)], take=ALL, n=4, rules=SAATY | {"aggregation": "judgements", "priority": "geometric_mean"})
    a("not-of-the-scale", [up(1.7, 2.9, 1.6)], take=ALL, note="any number above 0 can be given")
    ELEVEN = {"criteria": [f"c{i}" for i in range(11)], "when": "2024"}
    a("reject-eleven", [up(*[1] * 55)], p=ELEVEN, reject="weighting.no-random-index", note="Saaty's table ends at ten")
    a("eleven-declared", [up(*[1] * 55)], {"ahp": [{"cr": 0}]}, p=ELEVEN, rules=SAATY | {"random_index": [0, 0, 0.58, 0.9, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51]})
    for id_, bad in [("not-square", {"matrix": [[1, 2], [0.5, 1]]}), ("short-row", {"matrix": [[1, 2, 3], [0.5, 1], [1 / 3, 1, 1]]}), ("zero", {"matrix": [[1, 0, 1], [1, 1, 1], [1, 1, 1]]}), ("negative", up(-1, 1, 1)),
                     ("not-reciprocal", {"matrix": [[1, 3, 5], [0.33, 1, 2], [0.2, 0.5, 1]]}), ("diagonal", {"matrix": [[2, 3, 5], [1 / 3, 1, 2], [1 / 5, 1 / 2, 1]]}), ("too-few", up(3, 5)), ("nothing", {}), ("both", M | up(3, 5, 2))]:
        a("reject-" + id_, [bad], reject="weighting.bad-matrix", note="0.33 · 3 is not 1: give what stands above the diagonal" if id_ == "not-reciprocal" else None)
    a("reject-limit", [M], rules={"largest_ratio": -0.1}, reject="aggregate.bad-parameter")
    a("reject-nobody", [], reject="weighting.no-participants")


def best_worst(F):
    f = F("weighting/best_worst", "Weights by the linear best-worst method", "the method (section 4); the linear programme solved with exact fractions")
    ALL = ["weight_set", "best_worst", "findings", "sides"]

    def b(id_, best, worst, bo, ow, expect=None, limit=None, names=None, **more):
        n = len(bo)
        names = panel(n)["criteria"]
        asked = [{"best": names[best], "worst": names[worst], "best_to_others": bo, "others_to_worst": ow}]
        f.add(id_, "weighting.best_worst", {"panel": panel(n), "participants": asked} | ({"largest_ratio": limit} if limit is not None else {}), expect, **more)

    b("method", 0, 2, [1, 2, 4], [4, 2, 1], weights({"housing": 4 / 7, "health": 2 / 7, "education": 1 / 7}) | {"best_worst": [{"xi": 0, "input_ratio": 0}]}, take=["findings"], note="worked example of the method")
    b("by-hand", 0, 2, [1, 2, 8], [8, 3, 1], weights({"housing": 15 / 24, "health": 7 / 24, "education": 2 / 24}) | {"best_worst": [{"xi": 1 / 24, "input_ratio": 2 / 56}]}, note="15 = 8·2 − 1, 15 = 2·7 + 1, 7 = 3·2 + 1: three conditions at once with ξ = 1, then divided by 24")
    b("two", 1, 0, [3, 1], [1, 3], weights({"housing": 0.25, "health": 0.75}) | {"best_worst": [{"xi": 0}]})
    b("one", 0, 0, [1], [1], weights({"housing": 1}))
    b("all-equal", 0, 2, [1, 1, 1], [1, 1, 1], weights({"housing": 1 / 3, "health": 1 / 3, "education": 1 / 3}))
    b("consistent-five", 0, 4, [1, 2, 3, 6, 12], [12, 6, 4, 2, 1], weights({"housing": 12 / 25, "health": 6 / 25, "education": 4 / 25, "water": 2 / 25, "safety": 1 / 25}) | {"best_worst": [{"xi": 0}]})
    for id_, best, worst, bo, ow in [
        ("three", 1, 2, [2, 1, 8], [5, 8, 1]), ("four", 0, 3, [1, 2, 4, 8], [8, 5, 2, 1]), ("four-worst-first", 3, 0, [9, 3, 2, 1], [1, 4, 4, 9]), ("five", 1, 4, [2, 1, 4, 3, 8], [4, 8, 2, 3, 1]),
        ("five-far-off", 2, 0, [7, 2, 1, 9, 3], [1, 5, 7, 2, 2]), ("six", 0, 5, [1, 3, 3, 5, 7, 9], [9, 4, 3, 3, 2, 1]), ("seven", 6, 2, [3, 2, 9, 4, 5, 2, 1], [4, 5, 1, 3, 2, 4, 9]),
        ("decimals", 0, 2, [1, 1.5, 3.5], [3.5, 2.5, 1]), ("equal-to-the-best", 0, 3, [1, 1, 3, 6], [6, 5, 2, 1]), ("below-the-worst", 0, 3, [1, 2, 7, 5], [5, 3, 1, 1]),
    ]:
        b(id_, best, worst, bo, ow, take=ALL)
    b("limit-passed", 0, 2, [1, 2, 8], [8, 3, 1], {"findings": None, "best_worst": [{"inconsistent": None}]}, limit=0.04)
    b("limit-failed", 0, 3, [1, 2, 4, 8], [8, 3, 3, 1], {"findings": {"counts": {"weighting.inconsistent": 1}}, "best_worst": [{"inconsistent": ["education"], "input_ratio": 4 / 56}]}, limit=0.05, note="2·3 − 8 = −2 and 4·3 − 8 = 4")
    b("ratio-undefined", 0, 2, [1, 3, 1], [1, 1, 1], {"findings": {"counts": {"weighting.inconsistent": 1}}, "best_worst": [{"input_ratio": None, "inconsistent": ["health"]}]}, limit=0.1, note="best as important as worst, and another one not")
    for id_, best, worst, bo, ow, note in [
        ("same", 0, 0, [1, 2, 4], [1, 2, 4], "best and worst are two"), ("below-one", 0, 2, [1, 0.5, 4], [4, 2, 1], None), ("self", 0, 2, [2, 2, 4], [4, 2, 1], "1 for itself"),
        ("two-answers", 0, 2, [1, 2, 4], [5, 2, 1], "best against worst stands in both lists"), ("zero", 0, 2, [1, 0, 4], [4, 2, 1], None),
    ]:
        b("reject-" + id_, best, worst, bo, ow, reject="weighting.bad-comparison", note=note)
    f.add("reject-unknown", "weighting.best_worst", {"panel": panel(2), "participants": [{"best": "housing", "worst": "noise", "best_to_others": [1, 2], "others_to_worst": [2, 1]}]}, reject="weighting.bad-comparison")
    f.add("reject-too-few", "weighting.best_worst", {"panel": panel(3), "participants": [{"best": "housing", "worst": "health", "best_to_others": [1, 2], "others_to_worst": [2, 1]}]}, reject="weighting.bad-comparison")
    GROUP = [{"side": s, "best": "housing", "worst": w, "best_to_others": bo, "others_to_worst": ow} for s, w, bo, ow in [
        ("city", "education", [1, 2, 4], [4, 2, 1]), ("residents", "health", [1, 6, 2], [6, 1, 3]), ("residents", "education", [1, 3, 9], [9, 2, 1])]]
    f.add("group", "weighting.best_worst", {"panel": panel(3, sides=[side("city"), side("residents", 2), side("experts")], smallest_side_shown=2), "participants": GROUP, "largest_ratio": 0.02}, take=ALL, note="experts did not come")


def agreement(F):
    f = F("weighting/kendall", "Kendall's W with ties", "the method (section 4); closed forms of the χ² distribution")

    def k(id_, raters, expect=None, **more):
        f.add(id_, "weighting.kendall", {"raters": raters}, None if expect is None else {"concordance": expect}, **more)

    def both(id_, raters, expect, note=None):
        k(id_, raters, expect, note=note)
        k(id_ + "-exact", raters, take=["concordance"])

    both("method", [[1, 2, 3, 4, 5], [2, 1, 3, 5, 4], [1, 3, 2, 4, 5], [1, 2, 4, 3, 5]], {"w": 0.8125, "chi_square": 13, "df": 4, "raters": 4, "items": 5}, "worked example of the method")
    k("one-mind", [[1, 2, 3], [1, 2, 3], [1, 2, 3]], {"w": 1, "chi_square": 6, "df": 2, "p": 0.049787068367863944}, note="p = e^−3")
    k("opposed", [[1, 2, 3], [3, 2, 1]], {"w": 0, "chi_square": 0, "p": 1}, note="totals 4, 4, 4")
    k("scores-not-ranks", [[0.5, 0.3, 0.2], [0.9, 0.06, 0.04]], {"w": 1}, note="only the order of numbers counts")
    both("tie", [[1.5, 1.5, 3], [1, 2, 3]], {"w": 78 / 84}, "S = 6.5; 12·6.5/(4·24 − 2·6)")
    k("within-1e-9", [[1, 1.0000000001, 3], [1, 2, 3]], {"w": 78 / 84}, note="tied: the difference is rounding")
    k("many-ties", [[1, 1, 2, 2, 3], [1, 2, 2, 2, 3], [3, 3, 3, 1, 1]], take=["concordance"])
    k("one-ties-all", [[1, 1, 1], [1, 2, 3]], take=["concordance"], note="who ties all has no order, and counts as a rater")
    k("two-items", [[1, 2], [1, 2], [2, 1]], take=["concordance"], note="odd degrees of freedom")
    k("four-items", [[1, 2, 3, 4], [2, 1, 4, 3], [1, 3, 2, 4]], take=["concordance"])
    k("eight-items", [[1, 2, 3, 4, 5, 6, 7, 8], [2, 1, 4, 3, 6, 5, 8, 7], [1, 3, 2, 5, 4, 7, 6, 8], [8, 2, 3, 4, 5, 6, 7, 1]], take=["concordance"])
    k("ten-raters", [[(i * 7 + j * 3) % 11 for j in range(6)] for i in range(10)], take=["concordance"])
    k("one-rater", [[1, 2, 3]], note="nobody to agree with", expect=None)
    f.cases[-1]["expect"] = {"concordance": None}
    for id_, raters, note in [("one-item", [[1], [2]], None), ("all-tied", [[1, 1], [5, 5]], "no order to agree on"), ("nobody", [], None)]:
        k(id_, raters, note=note)
        f.cases[-1]["expect"] = {"concordance": None}
    k("reject-unequal", [[1, 2, 3], [1, 2]], reject="aggregate.unequal-lengths")


def sets(F):
    f = F("weighting/sets", "Weight sets", "hand-worked: weights sum to 1 within 1e-9")
    f.add("equal", "weighting.equal", {"criteria": ["a", "b", "c", "d"], "when": "2024"}, {"weights": [{"criterion": c, "weight": 0.25} for c in "abcd"], "provenance": {"method": "equal", "when": "2024", "participants": 0}}, tol=0)
    f.add("equal-thirds", "weighting.equal", {"criteria": ["a", "b", "c"], "when": "2024-05", "note": "until people agree"}, {"weights": [{"weight": 1 / 3}] * 3, "provenance": {"note": "until people agree"}})
    f.add("reject-equal-twice", "weighting.equal", {"criteria": ["a", "a"], "when": "2024"}, reject="weighting.bad-criteria")
    f.add("reject-equal-none", "weighting.equal", {"criteria": [], "when": "2024"}, reject="weighting.bad-criteria")

    def c(id_, given, **more):
        expect = None if "reject" in more else {"weights": [{"criterion": k, "weight": v} for k, v in given], "provenance": {"method": "declared", "when": "2024"}}
        f.add(id_, "weighting.check", {"weights": [{"criterion": k, "weight": v} for k, v in given], "provenance": {"method": "declared", "when": "2024"}}, expect, tol=0, **more)

    c("declared", [("a", 0.1), ("b", 0.2), ("c", 0.7)])
    c("within-slack", [("a", 0.3333333333), ("b", 0.6666666667)])
    c("zero-and-one", [("a", 0), ("b", 1)])
    c("reject-sum", [("a", 0.5), ("b", 0.50000001)], reject="weighting.bad-weights")
    c("reject-above-one", [("a", 1.5), ("b", -0.5)], reject="weighting.bad-weights")
    c("reject-twice", [("a", 0.5), ("a", 0.5)], reject="weighting.bad-criteria")
    c("reject-none", [], reject="weighting.bad-criteria")
