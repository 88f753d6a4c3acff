"""The vectors about trees, views, weights and explanations of nodes. Called by generate.py."""

from __future__ import annotations

import copy

import oracle
from generate_data import asked, place, row, shown

# figures and their scores on natural goalposts: 60, 80, 40 and so on
O3, O4, O5, O6, O7, P2, P3, E3, E4 = "HOU-O-03", "HOU-O-04", "HOU-O-05", "HOU-O-06", "HOU-O-07", "HOU-P-02", "HOU-P-03", "ENV-O-03", "ENV-O-04"
KEPT = (O3, O4, O5, O7, P2, P3, E3, E4)
# what housing is made of under `method`: the indicators with goalposts here, and the two that are levels of maturity
HOUSING = (O3, O4, O5, O7, P2, P3, "HOU-S-01", "HOU-S-02")
LOWER = {O3, O4, O5}
FOUR = [O3, O4, P2, E3]
PLAIN = {O3: 70, O4: 90, P2: 60, E3: 50}


def figures(scores, **more):
    """Published figures that give these scores."""
    return [shown(i, 100 - s if i in LOWER else s, **more) for i, s in scores.items()]


def method(levels=None, rules=(), goalposts=KEPT, **numbers):
    m = copy.deepcopy(oracle.standard_method())
    m["goalposts"] = [g for g in m["goalposts"] if g["indicator"] in goalposts]
    m["target_band"] = []
    if levels is not None:
        m["aggregation"]["levels"]["value"] = levels
    for field, x in numbers.items():
        m[{"weight": "outcomes_first", "margin": "outcomes_first", "bands": "rating"}.get(field, "aggregation")][field]["value"] = x
    if rules:
        m["aggregation"]["node"] = [{"reason": "an example", "source": "an example", **rule} for rule in rules]
    return m


def weights(children, **given):
    """By the end of the id: O_03=0.5; nought for the rest."""
    return {c: next((w for k, w in given.items() if c.endswith(k.replace("_", "-"))), 0) for c in children}


def write(F):
    tree(F)
    views(F)
    node_weights(F)
    explanations(F)


def asking(f):
    def a(id_, scores, m, nodes, note=None, selection=None, indicators=None):
        f.add(id_, "assess", asked(selection or list(scores), *figures(scores), method=m), {"places": [place(nodes, indicators)]}, note=note)

    return a


def rejecting(f):
    def bad(id_, m, code, note=None):
        case = {"id": "reject-" + id_, "op": "assess", "input": asked([O3], shown(O3, 30), method=m)}
        if code == "method.bad-json":  # the shape of a method file is no subject of the oracle
            f.cases.append(case | {"reject": code} | ({"note": note} if note else {}))
        else:
            f.add(case["id"], "assess", case["input"], reject=code, note=note)

    return bad


def outcomes(score, **more):
    return {"outcomes": {"score": score, **more}}


# ==== the tree ======================================================================================================


def tree(F):
    f = F("assess/tree", "What the whole is divided into, to any depth", "docs/method.md (The tree and the views; Means, weights and coverage); hand-worked")
    a, bad = asking(f), rejecting(f)
    HALF = {O3: 70, O4: 90, E3: 50}
    a("no-level", HALF, method([]), {"overall": outcomes(70, n=3, of=3)}, "(70 + 90 + 50)/3: nothing between the whole and the indicators")
    a("narrow-range-that-is-not-the-score", {O3: 70, O4: 0}, method(["module", "attribute"], indicators="harmonic"), {"HOU": {"outcome_range": [35, 35]}, "overall": {"outcome_range": [35, 35]}},
      "AH1 is 0 at worst and at best, for one zero makes it zero, and has no score; so housing is (0 + 70)/2 = 35 either way, although 70 is its score", [O3, O4, O5])
    a("modules", HALF, method(["module"]), {"overall": outcomes(65, n=2, of=2), "HOU": outcomes(80, n=2, of=2), "ENV": outcomes(50)}, "(80 + 50)/2")
    a("rights", {O3: 70, O4: 90, O5: 80, E3: 50}, method(["right"]), {"overall": outcomes(65, n=2, of=2), "R-ENVIRONMENT": outcomes(50), "R-LIVING": outcomes(70), "R-HEALTH": outcomes(65)},
      "in the tree each belongs to its first right only: housing (70 + 90 + 80)/3 = 80 and environment 50; as views the others are there too")
    a("services", HALF, method(["service_area"]), {"overall": outcomes(65, n=2, of=2), "SV-PLAN": outcomes(50), "SV-HOUS": outcomes(80)}, "SV-HOUS (70 + 90)/2, SV-PLAN 50")
    a("attributes", HALF, method(["attribute"]), {"overall": outcomes(70, n=3, of=3), "AH1": outcomes(90), "AH3": outcomes(70)}, "ENV-O-03 has no attribute: it hangs directly below the whole, (90 + 70 + 50)/3")
    a("module-right", HALF, method(["module", "right"]), {"overall": outcomes(65), "HOU": outcomes(80, n=1, of=1), "HOU/R-HOUSING": outcomes(80, n=2, of=2), "ENV/R-ENVIRONMENT": outcomes(50)}, "n of m counts children: housing has one right")
    a("module-attribute", HALF, method(["module", "attribute"]), {"HOU": outcomes(80, n=2, of=2), "HOU/AH1": outcomes(90), "HOU/AH3": outcomes(70), "ENV": outcomes(50, n=1, of=1)}, "ENV-O-03 hangs directly below its module")
    a("three-levels", {O3: 70, O4: 90, O5: 80}, method(["module", "right", "attribute"]), {"HOU/R-HOUSING": outcomes(77.5, n=2, of=2), "HOU/R-HOUSING/AH1": outcomes(85, n=2, of=2), "HOU/R-HOUSING/AH3": outcomes(70), "overall": outcomes(77.5)},
      "((90 + 80)/2 + 70)/2 = 77.5, and not the mean of three indicators (80)")
    a("four-levels", PLAIN, method(["module", "right", "attribute", "service_area"]),
      {"HOU/R-HOUSING/AH1/SV-HOUS": outcomes(90), "HOU/R-HOUSING/AH3/SV-HOUS": outcomes(70), "HOU/R-HOUSING/AH4/SV-HOUS": {"outcomes": None, "effort": {"score": 60}, "state": "outputs_only"}, "HOU": {"combined": 76, "outcomes": {"score": 80}, "effort": {"score": 60, "n": 1, "of": 1}}},
      "0.8·80 + 0.2·60 = 76; ENV-O-03 has no attribute and stays below its right, though it has a service")
    a("service-first", PLAIN, method(["service_area", "module"]), {"SV-HOUS/HOU": {"combined": 76}, "SV-PLAN/ENV": outcomes(50), "HOU": {"combined": 76}}, "the order of levels is free; modules are a view then")
    a("right-then-module", {O3: 70, O7: 50, E3: 50}, method(["right", "module"]), {"R-HOUSING/HOU": outcomes(60), "R-ENVIRONMENT/ENV": outcomes(50), "overall": outcomes(55)}, "((70 + 50)/2 + 50)/2")
    f.add("first-attribute", "assess", asked(["HOU-S-01", P2], row("HOU-S-01", value=2), shown(P2, 60), method=method(["module", "attribute"])),
          {"places": [place({"HOU/AH3": {"effort": {"score": 50}}, "HOU/AH4": {"effort": {"score": 60, "of": 1}}, "AH4": {"effort": {"score": 55, "of": 2}}, "HOU": {"effort": {"score": 55}}})]},
          note="HOU-S-01 names AH3 and AH4: in the tree it belongs to the first one, in the views to both")
    a("mixed-children", {E3: 50, E4: 70, "ENV-O-07": 90}, method(["module", "attribute"], goalposts=(E3, E4, "ENV-O-07"), indicators="geometric"), {"ENV": outcomes((50 + 70 + 10) / 3, n=3, of=3), "ENV/AH2": outcomes(10)},
      "ENV-O-07 (a figure of 90, lower is better) is in AH2, the two others directly below: a node with a node below it takes the mean of nodes")
    a("nodes-geometric", {O3: 25, O7: 25, E3: 100}, method(["module"], nodes="geometric"), {"overall": outcomes(50), "HOU": outcomes(25)}, "√(25·100) over modules, the plain mean within")
    a("indicators-harmonic", {O3: 60, O7: 30, E3: 50}, method(["module"], indicators="harmonic"), {"HOU": outcomes(40), "overall": outcomes(45)}, "2/(1/60 + 1/30) = 40 within; (40 + 50)/2 over modules")
    a("geometric-zero", {O3: 0, E3: 50}, method(["module"], nodes="geometric"), {"overall": {"outcomes": {"score": 0, "coverage": 1}, "band": 5}}, "one zero makes it zero")
    a("two-sides", {O3: 70, P2: 60, E3: 40, P3: 100}, method(["module", "attribute"]), {"HOU/AH3": {"state": "outcomes_only"}, "HOU/AH4": {"state": "outputs_only", "effort": {"score": 60}}, "HOU/AH2": {"effort": {"score": 100}}, "HOU": {"effort": {"score": 80, "n": 2, "of": 2}, "outcomes": {"score": 70, "n": 1, "of": 1}, "combined": 72}},
      "children of a side are those that have this side: one attribute for outcomes, two for effort; 0.8·70 + 0.2·80")
    f.add("coverage-through-levels", "assess", asked([O3, O7, O4, O5, E3], *figures({O3: 70, O4: 90, O5: 80, E3: 50}), method=method(["module", "attribute"])),
          {"places": [place({"HOU/AH3": {"outcomes": {"score": None, "coverage": 0.5, "n": 1, "of": 2}, "state": "insufficient_coverage", "outcome_range": [35, 85]},
                             "HOU": {"outcomes": {"score": 85, "coverage": 0.75, "n": 1, "of": 2}, "outcome_range": [60, 85]}, "overall": {"outcomes": {"score": 67.5, "coverage": 0.875, "n": 2, "of": 2}, "outcome_range": [55, 67.5]}})]},
          note="AH3 is half measured and has no score; housing is (0.5 + 1)/2 covered and takes the score of AH1; its range is ((70 + 0)/2 + 85)/2 to ((70 + 100)/2 + 85)/2, and the whole (0.75 + 1)/2")
    f.add("coverage-too-low-above", "assess", asked([O3, O7, O4, O5], *figures({O3: 70, O4: 90}), method=method(["module", "attribute"])),
          {"places": [place({"HOU/AH1": {"outcomes": {"coverage": 0.5}}, "HOU": {"state": "insufficient_coverage", "outcomes": {"score": None, "coverage": 0.5, "n": 0, "of": 2}}, "overall": {"outcomes": {"score": None, "coverage": 0.5}, "band": None, "outcome_range": [40, 90]}})]},
          note="two halves are a half, not a whole; range ((70 + 0)/2 + (90 + 0)/2)/2 = 40 and (85 + 95)/2 = 90")
    f.add("range-geometric", "assess", asked([O3, O4, E3], *figures({O3: 81, E3: 64}), method=method(["module"], indicators="geometric", nodes="geometric")),
          {"places": [place({"HOU": {"outcomes": {"score": None}, "outcome_range": [0, 90]}, "overall": {"outcomes": {"score": 64, "coverage": 0.75}, "outcome_range": [0, 75.89466384404113]}})]},
          note="the ranges take the same means: √(81·0) and √(81·100) = 90; √(90·64) = 75.8946…")
    f.add("all-missing-module", "assess", asked([O3, E3], shown(O3, 30), method=method(["module"])),
          {"places": [place({"ENV": {"state": "insufficient_coverage", "outcomes": {"score": None, "coverage": 0, "n": 0, "of": 1}, "outcome_range": [0, 100]}, "overall": {"outcomes": {"score": None, "coverage": 0.5, "n": 1, "of": 2}, "outcome_range": [35, 85]}})]},
          note="what was selected and not measured stays in the coverage")
    f.add("below-standard-through-levels", "assess", asked(["DIG-P-02", "DIG-O-02"], shown("DIG-P-02", 90), shown("DIG-O-02", 85), method=method(["module", "right", "attribute"], goalposts=("DIG-P-02", "DIG-O-02"))),
          {"places": [place({"overall": {"below_minimum": 1}, "DIG": {"below_minimum": 1}})]}, note="a standard that is missed shows at every node above it, whatever the means")
    f.add("unscorable-has-no-node", "assess", asked(["HOU-P-04", O3], shown("HOU-P-04", 30), shown(O3, 30), method=method(["module", "attribute", "service_area"])), {"places": [place({"HOU": {"effort": None, "outcomes": {"of": 1}}})]},
          note="HOU-P-04 has no direction: it is shown, and makes no node")
    bad("level-twice", method(["module", "module"]), "method.bad-value", "each level once")
    bad("unknown-level", method(["district"]), "method.bad-json")
    bad("bad-mean", method(rules=[{"id": "HOU", "mean": "median"}]), "method.bad-json")


# ==== views =========================================================================================================


def views(F):
    f = F("assess/views", "The same indicators by service, quality, principle and article", "docs/method.md (The tree and the views); the catalogue; hand-worked")
    a = asking(f)
    a("all-kinds", PLAIN, method(), {"R-HOUSING": {"combined": 76}, "AH4": {"effort": {"score": 60}}, "outcome": outcomes(70), "output": {"effort": {"score": 60}}, "SV-HOUS": {"combined": 76}, "accessibility_economic": outcomes(70), "availability": {"state": "outputs_only"}},
      "the order: overall, modules, rights, attributes, levels of the results chain, services, qualities")
    a("service-of-two", {P2: 60, P3: 40, O3: 70}, method(), {"SV-HOUS": {"effort": {"score": 50, "of": 2}, "combined": 66}, "SV-SOC": {"effort": {"score": 60, "of": 1}, "outcomes": None}}, "HOU-P-02 is a matter of two services, and is in both")
    a("quality", {O3: 70, O7: 50, O4: 90, O5: 30}, method(), {"accessibility_economic": outcomes(60, n=2, of=2), "quality": outcomes(60, n=2, of=2)}, "affordable: (70 + 50)/2; quality: (90 + 30)/2")
    a("quality-of-many", {"HEA-O-01": 90, E3: 50}, method(goalposts=("HEA-O-01", E3)), {"accessibility_economic": outcomes(10), "accessibility_physical": outcomes(30, n=2, of=2), "availability": outcomes(10)},
      "HEA-O-01 (90 unmet, scores 10) is about three qualities, ENV-O-03 about one of them: (10 + 50)/2")
    f.add("principles", "assess", asked(["GOV-P-01", "GOV-P-04", "GOV-S-01"], shown("GOV-P-01", 80), shown("GOV-P-04", 40), row("GOV-S-01", value=1), method=method(goalposts=("GOV-P-01", "GOV-P-04"))),
          {"places": [place({"accountability": {"effort": {"score": 145 / 3, "n": 3, "of": 3}}, "legality": {"effort": {"score": 25}}, "non_discrimination": {"effort": {"score": 80}}, "transparency": {"effort": {"score": 80}}})]},
          note="accountability is named by all three: (80 + 40 + 25)/3")
    a("article-paragraph", {"HOU-O-01": 40, "WSP-O-01": 20}, method(goalposts=("HOU-O-01", "WSP-O-01")), {"CFR-34": outcomes(70, n=2, of=2)}, "both are anchored in Article 34(3): the paragraph is dropped; scores 60 and 80")
    a("article-of-another", {O3: 70, O4: 90, E3: 50}, method(articles=["ICESCR"]), {"ICESCR-11": outcomes(80, n=2, of=2)}, "Articles 11(1) and 11 are one")
    a("article-once", {"CHY-O-01": 40}, method(goalposts=("CHY-O-01",), articles=["CRC"]), {"CRC-18": {"outcomes": {"of": 1}}}, "anchored in 18(2) and in 18(3): it counts once")
    a("articles-of-two", {O3: 70, "ENV-O-01": 15}, method(goalposts=(O3, "ENV-O-01"), articles=["CFR", "ICESCR"]), {"CFR-37": outcomes(50), "ICESCR-11": outcomes(70), "ICESCR-12": outcomes(50)}, "15 µg/m³ on 25 to 5 scores 50; ids as bytes: 11 before 12")
    a("articles-bytewise", {"ENV-O-07": 60, "DIG-P-01": 40, "EDU-O-01": 20, "GOV-O-01": 30}, method(goalposts=("ENV-O-07", "DIG-P-01", "EDU-O-01", "GOV-O-01"), articles=["CFR", "ECHR", "ICESCR"]), {"ICESCR-11": outcomes(40), "ECHR-13": outcomes(30)},
      "siblings are sorted by id, compared as bytes: CFR-47 before CFR-8")
    a("no-articles", {"HOU-O-01": 40}, method(goalposts=("HOU-O-01",), articles=[]), {"HOU": outcomes(60)}, "the method names no instrument, so there is no node of that kind")
    a("anchor-without-article", {O4: 90}, method(articles=["CESCR-GC4"]), {"HOU": outcomes(90)}, "General Comment 4 is named without an article: no node")
    a("modules-as-view", PLAIN, method(["right"]), {"HOU": {"combined": 76, "kind": "module"}, "ENV": outcomes(50)}, "the tree starts with rights, so modules are a view; the mean of their indicators")
    a("no-module-view", PLAIN, method(["module", "right"]), {"HOU": {"outcomes": {"score": 80, "n": 1, "of": 1}}}, "the tree starts with modules, so each is there once, as the mean of its rights")
    a("view-is-flat", {O3: 70, O4: 90, O5: 80}, method(["module", "attribute"]), {"HOU": outcomes(77.5), "R-HOUSING": outcomes(80)}, "a view is the mean of its indicators: (70 + 90 + 80)/3, whatever the tree makes of them")
    f.add("not-measured", "assess", asked([O3, O4, O5], shown(O3, 30), method=method()), {"places": [place({"quality": {"state": "insufficient_coverage", "outcomes": {"score": None, "coverage": 0, "n": 0, "of": 2}, "outcome_range": [0, 100]}, "accessibility_economic": outcomes(70)})]},
          note="a node is there when something selected belongs to it, measured or not")
    a("rule-of-a-view", {O3: 90, O4: 40}, method(rules=[{"id": "R-HOUSING", "mean": "geometric"}]), {"R-HOUSING": outcomes(60), "HOU": outcomes(65)}, "a rule holds for the node of its id, in a view as well: √(90·40); the module keeps the plain mean")
    a("two-levels-of-results", {"HOU-O-01": 40, O3: 70, P2: 30}, method(goalposts=("HOU-O-01", O3, P2)), {"impact": outcomes(60), "outcome": outcomes(70), "output": {"effort": {"score": 30}, "state": "outputs_only"}}, "from output to impact, not by id")


# ==== weights =======================================================================================================


def node_weights(F):
    f = F("assess/weights", "Rules of single nodes: weights, means, minimum coverage", "docs/method.md (Means, weights and coverage); the method (section 3), its worked examples; hand-worked")
    a, bad = asking(f), rejecting(f)
    THREE = {O3: 60, O4: 80, O5: 40}
    W = weights(HOUSING, O_03=0.5, O_04=0.3, O_05=0.2)

    def rule(**more):
        return method(rules=[{"id": "HOU", **more}])

    a("method-arithmetic", THREE, rule(weights=W), {"HOU": outcomes(62, coverage=1, n=3, of=3)}, "worked example of the method: 0.5·60 + 0.3·80 + 0.2·40")
    a("method-geometric", THREE, rule(weights=W, mean="geometric"), {"HOU": outcomes(60.31351224746372)}, "worked example of the method")
    a("method-harmonic", THREE, rule(weights=W, mean="harmonic"), {"HOU": outcomes(58.53658536585366)}, "worked example of the method")
    a("method-missing", {O3: 60, O5: 40}, rule(weights=W), {"HOU": {"outcomes": {"score": 54.28571428571429, "coverage": 0.7, "n": 2, "of": 3}, "outcome_range": [38, 68]}}, "worked example of the method: (0.5·60 + 0.2·40)/0.7; range 38 and 38 + 0.3·100", selection=[O3, O4, O5])
    a("missing-most", {O4: 80, O5: 40}, rule(weights=W), {"HOU": outcomes(None, coverage=0.5, n=2, of=3)}, "two of three, but half of the weight", selection=[O3, O4, O5])
    a("missing-least", {O3: 60, O4: 80}, rule(weights=weights(HOUSING, O_03=0.3, O_04=0.3, O_05=0.4)), {"HOU": outcomes(70, coverage=0.6)}, "0.6 is enough", selection=[O3, O4, O5])
    a("not-selected", {O3: 60, O4: 80}, rule(weights=W), {"HOU": outcomes(67.5, coverage=1, n=2, of=2)}, "a child that was not selected is no child: (0.5·60 + 0.3·80)/0.8")
    a("both-sides", {O3: 60, O4: 80, P2: 50, P3: 90}, rule(weights=weights(HOUSING, O_03=0.4, O_04=0.2, P_02=0.1, P_03=0.3)), {"HOU": {"outcomes": {"score": 200 / 3}, "effort": {"score": 80}, "combined": 208 / 3}},
      "one set of weights; each side takes its own: (0.4·60 + 0.2·80)/0.6 and (0.1·50 + 0.3·90)/0.4; 0.8·66.67 + 0.2·80 = 69.33")
    a("weight-zero", {O3: 60, O4: 80}, rule(weights=weights(HOUSING, O_03=1)), {"HOU": outcomes(60, coverage=1, n=2, of=2)}, "a child of weight 0 is counted, and weighs nothing")
    a("zero-score-of-weight-zero", {O3: 60, O4: 0}, rule(weights=weights(HOUSING, O_03=1), mean="geometric"), {"HOU": outcomes(60)}, "what weighs nothing makes nothing zero")
    a("weight-zero-missing", {O3: 60}, rule(weights=weights(HOUSING, O_03=1)), {"HOU": {"outcomes": {"score": 60, "coverage": 1, "n": 1, "of": 2}, "outcome_range": [60, 60]}}, "what weighs nothing is not missed", selection=[O3, O4])
    a("only-weight-zero-measured", {O4: 80}, rule(weights=weights(HOUSING, O_03=1), minimum_coverage=0), {"HOU": {"outcomes": {"score": None, "coverage": 0, "n": 1, "of": 2}, "outcome_range": [0, 100]}}, "there is nothing to take a mean of", selection=[O3, O4])
    a("side-of-weight-zero", {O3: 60, P2: 90}, rule(weights=weights(HOUSING, O_03=1)), {"HOU": {"outcomes": {"score": 60}, "effort": None, "state": "outcomes_only", "combined": None}, "overall": {"effort": None}}, "a side whose children all weigh 0 is absent, like one without children")
    a("outcomes-of-weight-zero", {O3: 60, P2: 90}, rule(weights=weights(HOUSING, P_02=1)), {"HOU": {"outcomes": None, "state": "outputs_only", "band": None, "outcome_range": None}}, "no headline without outcomes that weigh")
    a("sum-within", {O3: 60, O4: 80}, rule(weights=weights(HOUSING, O_03=0.5, O_04=0.5 + 5e-10)), {"HOU": outcomes(70.00000000499999)}, "the sum may differ from 1 by 1e-9; weights are renormalised")
    MODULES = sorted({s["module"] for s in oracle.sheets().values()})
    a("modules", {O3: 80, E3: 40}, method(rules=[{"id": "overall", "weights": weights(MODULES, HOU=0.6, ENV=0.2, GOV=0.2)}]), {"overall": outcomes(70, coverage=1, n=2, of=2)}, "(0.6·80 + 0.2·40)/0.8")
    a("modules-coverage", {O3: 80, E3: 40}, method(rules=[{"id": "overall", "weights": weights(MODULES, HOU=0.75, ENV=0.25)}]), {"ENV": outcomes(None, coverage=0.5), "overall": {"outcomes": {"score": 80, "coverage": 0.875, "n": 1, "of": 2}, "outcome_range": [65, 77.5]}},
      "0.75·1 + 0.25·0.5; environment has no score, housing has: range 0.75·80 + 0.25·(20 … 70)", selection=[O3, E3, E4])
    DEEP = ["module", "attribute"]
    ATTRIBUTES = sorted({oracle.indicator(i)["attributes"][0] for i in HOUSING})
    a("last-part-of-a-path", {O3: 60, O4: 80}, method(DEEP, rules=[{"id": "HOU", "weights": weights(ATTRIBUTES, AH3=0.75, AH1=0.25)}]), {"HOU": outcomes(65), "HOU/AH1": outcomes(80)}, "children by the last part of their path: 0.75·60 + 0.25·80")
    a("rule-of-a-path", {O4: 80, O5: 40}, method(DEEP, rules=[{"id": "HOU/AH1", "weights": {O4: 0.9, O5: 0.1}}]), {"HOU/AH1": outcomes(76), "HOU": outcomes(76), "AH1": outcomes(60)}, "0.9·80 + 0.1·40 in the tree; the view of the same attribute has another id and equal weights")
    a("two-rules", {O3: 60, O4: 80, O5: 40}, method(DEEP, rules=[{"id": "HOU", "mean": "geometric"}, {"id": "HOU/AH1", "mean": "harmonic"}]), {"HOU/AH1": outcomes(160 / 3), "HOU": outcomes(56.568542494923804)}, "2/(1/80 + 1/40) = 53.33; √(60·53.33) = √3200")
    a("mean-of-one-node", {O3: 25, O4: 100, E3: 25, E4: 100}, rule(mean="geometric"), {"HOU": outcomes(50), "ENV": outcomes(62.5), "overall": outcomes(56.25)}, "only where the rule says so")
    a("minimum-lower", {O3: 60}, rule(minimum_coverage=0.5), {"HOU": outcomes(60, coverage=0.5), "overall": outcomes(None, coverage=0.5)}, "half is enough for housing, and not for the whole", selection=[O3, O4])
    a("minimum-of-all", {O3: 60, O4: 80}, rule(minimum_coverage=1), {"HOU": {"outcomes": {"score": None, "coverage": 2 / 3}, "state": "insufficient_coverage"}}, "everything is asked for here; two of three would do elsewhere", selection=[O3, O4, O5])
    a("minimum-met-exactly", {O3: 60, O4: 80}, rule(minimum_coverage=0.7, weights=weights(HOUSING, O_03=0.4, O_04=0.3, O_05=0.3)), {"HOU": outcomes(480 / 7, coverage=0.7)}, "0.4 + 0.3 in f64 is not quite 0.7; within 1e-9 it is", selection=[O3, O4, O5])
    a("minimum-of-both-sides", {O3: 60, P2: 50}, rule(minimum_coverage=0.5), {"HOU": {"outcomes": {"score": 60}, "effort": {"score": 50, "coverage": 0.5}, "combined": 58}}, "one minimum for outcomes and for effort", selection=[O3, P2, P3])
    a("minimum-zero", {P2: 50}, rule(minimum_coverage=0), {"HOU": {"outcomes": {"score": None, "coverage": 0}, "state": "outputs_only"}}, "no minimum makes no score of nothing", selection=[O3, P2])

    def weighed(w, id_="HOU", levels=None):
        return method(levels, rules=[{"id": id_, "weights": w}])

    bad("unknown-node", method(rules=[{"id": "XYZ", "mean": "geometric"}]), "method.unknown-node")
    bad("path-of-another-tree", method(["module"], rules=[{"id": "HOU/R-HOUSING", "mean": "geometric"}]), "method.unknown-node", "the tree has no rights below modules")
    bad("first-right-only", method(["module", "right"], rules=[{"id": "HOU/R-LIVING", "mean": "geometric"}]), "method.unknown-node", "HOU-O-03 names R-LIVING second, so the tree has no such node")
    bad("indicator-is-no-node", method(rules=[{"id": O3, "mean": "geometric"}]), "method.unknown-node")
    bad("unknown-child", weighed(W | {"HOU-O-99": 0}), "method.unknown-node")
    bad("unscorable-child", weighed(W | {"HOU-P-04": 0}), "method.unknown-node", "HOU-P-04 has no direction and is never scored, so it is no child")
    bad("child-by-path", weighed(weights(ATTRIBUTES, AH3=1) | {"HOU/AH3": 0}, levels=DEEP), "method.unknown-node", "children are named by the last part of their path")
    bad("missing-weight", weighed({k: v for k, v in W.items() if k != P3}), "method.missing-weight", "every child that the whole catalogue gives the node has one, selected or not; 0 is a weight")
    bad("missing-module", weighed(weights(MODULES[1:], HOU=1), "overall"), "method.missing-weight")
    bad("sum-half", weighed(weights(HOUSING, O_03=0.5)), "method.weights-sum")
    bad("sum-beyond", weighed(weights(HOUSING, O_03=1 + 2e-9)), "method.weights-sum")
    bad("percent", weighed(weights(HOUSING, O_03=50, O_04=50)), "method.weights-sum", "shares, not percent")
    bad("all-zero", weighed(weights(HOUSING)), "method.weights-sum")
    bad("negative", weighed(weights(HOUSING, O_03=1.5, O_04=-0.5)), "method.bad-value")
    bad("minimum-above-one", rule(minimum_coverage=60), "method.bad-value", "a share, not percent")
    bad("minimum-negative", rule(minimum_coverage=-0.1), "method.bad-value")
    bad("two-rules-of-one-node", method(rules=[{"id": "HOU", "mean": "geometric"}, {"id": "HOU", "mean": "harmonic"}]), "method.bad-value", "each node once")


# ==== explain =======================================================================================================


def explanations(F):
    f = F("explain/nodes", "Contributions, combined view, effective weights and the next band", "docs/method.md (Why a number is what it is); the method (sections 2 and 3), its worked examples; hand-worked")

    def e(id_, node, scores, m, expect, note=None, selection=None):
        f.add(id_, "explain", asked(selection or list(scores), *figures(scores), method=m) | {"id": node}, {"id": node} | expect, note=note)

    def part(id_, weight, score):
        return {"id": id_, "weight": weight, "score": score, "points": weight * score}

    def shares(**given):
        return [{"indicator": i, "weight": w} for i, w in given["of"]]

    THREE = {O3: 60, O4: 80, O5: 40}
    W = weights(HOUSING, O_03=0.5, O_04=0.3, O_05=0.2)

    def rule(**more):
        return method(rules=[{"id": "HOU", **more}])

    PARTS = [part(O3, 0.5, 60), part(O4, 0.3, 80), part(O5, 0.2, 40)]
    SHARES = shares(of=[(O3, 0.5), (O4, 0.3), (O5, 0.2)])
    e("weights", "HOU", THREE, rule(weights=W), {"result": 62, "contributions": PARTS, "effective_weights": SHARES, "combined": None}, "30 + 24 + 8 = 62")
    e("geometric", "HOU", THREE, rule(weights=W, mean="geometric"), {"result": 60.31351224746372, "contributions": [*PARTS, {"id": "imbalance", "points": 60.31351224746372 - 62}], "effective_weights": SHARES}, "30 + 24 + 8 − 1.69 = 60.31: what the geometric mean takes off")
    e("harmonic", "HOU", THREE, rule(weights=W, mean="harmonic"), {"result": 58.53658536585366, "contributions": [*PARTS, {"id": "imbalance", "points": 58.53658536585366 - 62}]})
    e("missing", "HOU", {O3: 60, O5: 40}, rule(weights=W), {"result": 54.28571428571429, "contributions": [part(O3, 5 / 7, 60), part(O5, 2 / 7, 40)], "effective_weights": shares(of=[(O3, 5 / 7), (O5, 2 / 7)])}, "weights renormalised over what is there: 42.86 + 11.43", [O3, O4, O5])
    e("zero", "HOU", {O3: 0, O4: 90}, method(indicators="geometric"), {"result": 0, "contributions": [part(O3, 0.5, 0), part(O4, 0.5, 90), {"id": "imbalance", "points": -45}], "next_band": {"band": 4, "score": 20, "value": 20}}, "45 − 45 = 0: one zero takes all of it")
    DEEP = method(["module", "attribute"])
    e("levels", "overall", {O3: 70, O4: 90, O5: 80, E3: 50}, DEEP, {"result": 63.75, "contributions": [part("ENV", 0.5, 50), part("HOU", 0.5, 77.5)], "effective_weights": shares(of=[(E3, 0.5), (O3, 0.25), (O4, 0.125), (O5, 0.125)])},
      "25 + 38.75; through two levels: HOU-O-04 has half of a half of a half")
    e("path", "HOU", {O3: 70, O4: 90, O5: 80}, DEEP, {"result": 77.5, "contributions": [part("HOU/AH1", 0.5, 85), part("HOU/AH3", 0.5, 70)], "effective_weights": shares(of=[(O3, 0.5), (O4, 0.25), (O5, 0.25)])}, "a child is named by its whole path, so that it can be asked for")
    e("branch", "HOU/AH1", {O3: 70, O4: 90, O5: 80}, DEEP, {"result": 85, "contributions": [part(O4, 0.5, 90), part(O5, 0.5, 80)], "effective_weights": shares(of=[(O4, 0.5), (O5, 0.5)])})
    e("child-without-score", "HOU", {O3: 70, O4: 90, O5: 80}, DEEP, {"result": 85, "contributions": [part("HOU/AH1", 1, 85)], "effective_weights": shares(of=[(O4, 0.5), (O5, 0.5)])}, "AH3 is half measured and has no score, so HOU-O-03 has no part in this", [O3, O7, O4, O5])
    e("view", "quality", {O4: 90, O5: 30}, method(), {"result": 60, "contributions": [part(O4, 0.5, 90), part(O5, 0.5, 30)]})
    e("article", "CFR-34", {"HOU-O-01": 40, "WSP-O-01": 20}, method(goalposts=("HOU-O-01", "WSP-O-01")), {"result": 70, "contributions": [part("HOU-O-01", 0.5, 60), part("WSP-O-01", 0.5, 80)]})

    def chain(id_, o, effort, combined, next_band, note, **numbers):
        e(id_, "HOU", {O3: o, P2: effort}, method(**numbers), {"result": o, "combined": combined, "next_band": next_band, "contributions": [part(O3, 1, o)]}, note)

    def sums(outcomes_, effort, clamp=None):
        return [{"id": "outcomes", "points": outcomes_}, {"id": "effort", "points": effort}] + ([{"id": "clamp", "points": clamp}] if clamp else [])

    def to(band, score, value):
        return {"band": band, "score": score, "value": value}

    chain("clamp-down", 40, 100, sums(32, 20, -7), to(2, 60, 60), "worked example: 32 + 20 − 7 = 45; rated middling, and good from 60: (60 − 20)/0.8 = 50 is below 60, and a node is never above the band of its outcomes")
    chain("clamp-up", 60, 0, sums(48, 0, 7), to(2, 60, 65), "worked example: 48 + 0 + 7 = 55; good when 0.8·O ≥ 60, so O ≥ 75, or when O − 5 ≥ 60: 65 comes first")
    chain("free", 70, 75, sums(56, 15), to(1, 80, 81.25), "worked example: 56 + 15 = 71; (80 − 15)/0.8 = 81.25")
    chain("free-lift", 50, 60, sums(40, 12), to(2, 60, 60), "worked example: 40 + 12 = 52; (60 − 12)/0.8 = 60")
    chain("best", 90, 20, sums(72, 4, 9), None, "worked example: 72 + 4 + 9 = 85; there is no better band")
    chain("held-back-by-effort", 82, 10, sums(65.6, 2, 9.4), to(1, 80, 85), "C = 77 is good although outcomes are very good; min((80 − 2)/0.8, 85) = 85")
    chain("weight-one", 70, 20, [{"id": "outcomes", "points": 70}, {"id": "effort", "points": 0}], to(1, 80, 80), "with all the weight on outcomes effort adds nothing", weight=1)
    chain("margin-zero", 70, 100, sums(56, 20, -6), to(1, 80, 80), "without a margin C is O", margin=0)
    e("without-effort", "HOU", {O3: 50}, method(), {"result": 50, "combined": None, "next_band": to(2, 60, 60)}, "the rating is that of outcomes")
    e("without-outcomes", "HOU", {P2: 50}, method(), {"result": None, "contributions": None, "combined": None, "next_band": None, "effective_weights": None}, "no headline, so nothing to explain but the steps")
    e("effort-insufficient", "HOU", {O3: 50, P2: 50}, method(), {"result": 50, "combined": None, "next_band": to(2, 60, 60)}, "half of the effort is measured: no combined view", [O3, P2, P3])
    e("other-bands", "HOU", {O3: 62, P2: 62}, method(bands=[90, 70, 45, 10]), {"next_band": to(2, 70, 72)}, "(70 − 12.4)/0.8 = 72, below 75")
    e("in-the-slack", "HOU", {O3: 59.9999999999}, method(), {"next_band": to(1, 80, 80)}, "within 1e-9 of 60 it is good already")

    def figure(id_, indicator, value, result, next_band, note=None):
        f.add("indicator-" + id_, "explain", asked([indicator], row(indicator, value=value, confidentiality="public")) | {"id": indicator}, {"id": indicator, "result": result, "next_band": next_band, "contributions": None, "effective_weights": None}, note=note)

    figure("lower", O3, 30, 70, to(1, 80, 20), "lower is better: 20 % scores 80")
    figure("higher", "HEA-O-02", 80, 75, to(1, 80, 81), "65 + 0.8·20")
    figure("zero", P2, 0, 0, to(4, 20, 20))
    figure("beyond", "HEA-O-02", 60, 0, to(4, 20, 69), "below the worst end: 65 + 0.2·20")
    figure("band-from-below", "PEX-O-02", 20, 50, to(2, 60, 24), "0 to 40: 0.6·40")
    figure("band-from-above", "PEX-O-02", 70, 75, to(1, 80, 68), "100 to 60: 100 − 0.8·40")
    figure("maturity", "HOU-S-01", 1, 25, to(3, 40, 2), "the lowest level that reaches 40 is level 2, which scores 50")
    figure("maturity-last-step", "HOU-S-01", 3, 75, to(1, 80, 4))
    figure("best", O3, 10, 90, None, "no better band")
    f.add("indicator-not-scored", "explain", asked(["SAF-O-03"], row("SAF-O-03", value=50, confidentiality="public")) | {"id": "SAF-O-03"}, {"result": None, "next_band": None}, note="it has no direction, so no better band")
    f.add("reject-other-tree", "explain", asked([O3], shown(O3, 30), method=method(["module"])) | {"id": "HOU/R-HOUSING"}, reject="explain.unknown-id", note="the tree has no rights below modules")
    f.add("reject-second-right", "explain", asked([O3], shown(O3, 30), method=method(["module", "right"])) | {"id": "HOU/R-LIVING"}, reject="explain.unknown-id")
