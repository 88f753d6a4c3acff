"""The vectors about surveys: estimates with design-based error, intervals, grades. Called by generate.py."""

from __future__ import annotations

CLUSTERED = {
    "h": ["1", "1", "1", "1", "2", "2", "2"],
    "i": ["A", "A", "B", "B", "C", "C", "D"],
    "w": [10, 10, 10, 10, 20, 20, 20],
    "y": [1, 0, 1, 1, 0, 1, 0],
}
STRATIFIED = {"h": ["north"] * 3 + ["south"] * 2, "N": [30, 30, 30, 20, 20], "w": [10] * 5, "y": [3, 5, 4, 10, 14]}
AT_95 = {"confidence": 0.95}
BANDS = {"cv_fine": 0.165, "cv_caution": 0.333, "zero_width_fine": 0.05, "zero_width_caution": 0.3, "minimum_n": 30, "population_tolerance": 0.05}
NCHS = {"minimum_n": 30, "absolute_width_fine": 0.05, "absolute_width_limit": 0.3, "relative_width_limit": 1.3, "minimum_df": 8}


def invented(seed, replicates=0):
    """Three strata of two or three units with two or three second-stage units each; numbers from a small generator."""
    state = seed

    def below(n):
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 33) % n

    names = ["h", "i", "j", "hi", "w", "y", "x", "z", "c", "inc", "g", "s", "N1", "N2", "f"] + [f"r{k}" for k in range(1, replicates + 1)]
    columns = {n: [] for n in names}
    for h in range(3):
        for i in range(2 + below(2)):
            for j in range(2 + below(2)):
                for _ in range(1 + below(3)):
                    row = [f"h{h}", f"i{i}", f"j{j}", f"h{h}i{i}", (100 + below(900)) / 8, below(400) / 4 + 30 * h if below(8) else None, 1 + below(90) / 4, below(3) // 2]
                    row += [["yes", "no", "refused"][below(3)], 50 + below(4000) / 4 + 60 * i, ["a", "b"][below(2)] if below(9) else None, ["f", "m"][below(2)]]
                    row += [40 + h, 12 + i, [0.1, 0.125, 0.25][h]] + [(80 + below(900)) / 8 for _ in range(replicates)]
                    for n, v in zip(names, row):
                        columns[n].append(v)
    return columns


def population(column):
    return {"column": column, "kind": "population"}


DESIGNS = {
    "rows": {"weight": "w"},
    "rows-strata": {"weight": "w", "stratum": "h"},
    "rows-strata-fraction": {"weight": "w", "stratum": "h", "fpc": {"column": "f", "kind": "fraction"}},
    "units": {"weight": "w", "psu": "hi"},
    "strata-units": {"weight": "w", "stratum": "h", "psu": "i"},
    "strata-units-fpc": {"weight": "w", "stratum": "h", "psu": "i", "fpc": population("N1")},
    "two-stage": {"weight": "w", "stratum": "h", "psu": "i", "fpc": population("N1"), "second_stage": {"unit": "j", "fpc": population("N2")}, "lonely_psu": "adjust"},
    "two-stage-rows": {"weight": "w", "stratum": "h", "psu": "i", "fpc": population("N1"), "second_stage": {"fpc": population("N2")}, "lonely_psu": "adjust"},
}


def replicates(method, count=6, **more):
    return {"weight": "w", "replicates": {"columns": [f"r{k}" for k in range(1, count + 1)], "method": method, **more}}


REPLICATED = {
    "brr": replicates("brr"),
    "fay": replicates({"fay": 0.5}),
    "jackknife-1": replicates("jackknife1", mse=True),
    "jackknife-n": replicates("jackknife_n", rscales=[0.5, 0.5, 0.75, 0.75, 0.75, 0]),
    "bootstrap": replicates("bootstrap"),
    "bootstrap-factors": replicates("bootstrap", combined=False),
    "successive-differences": replicates("successive_difference", degrees_of_freedom=4),
    "other-scale": replicates("other", scale=0.125, mse=True),
}
LINE = {"share_of_median": 0.6}
LINEAR = {
    "mean": {"kind": "mean", "variable": "y"},
    "total": {"kind": "total", "variable": "y"},
    "everybody": {"kind": "total"},
    "members": {"kind": "total", "variable": "c", "category": "yes"},
    "share": {"kind": "proportion", "variable": "z"},
    "category": {"kind": "proportion", "variable": "c", "category": "no"},
    "ratio": {"kind": "ratio", "numerator": "y", "denominator": "x"},
    "rate": {"kind": "rate", "numerator": "z", "multiplier": 1000},
    "rate-of-two": {"kind": "rate", "numerator": "z", "denominator": "x", "multiplier": 100000},
}
LISTS = {
    "median": {"kind": "median", "variable": "y"},
    "quantile": {"kind": "quantile", "variable": "inc", "probability": 0.3, "rule": "survey"},
    "poor": {"kind": "at_risk_of_poverty", "variable": "inc", "threshold": LINE},
    "poor-own-line": {"kind": "at_risk_of_poverty", "variable": "inc", "threshold": {"share_of_own_median": 0.6}, "rule": "laeken"},
    "poor-given-line": {"kind": "at_risk_of_poverty", "variable": "inc", "threshold": {"given": 300}},
    "gap": {"kind": "poverty_gap", "variable": "inc", "threshold": LINE},
    "s80s20": {"kind": "quintile_share_ratio", "variable": "inc"},
    "gini": {"kind": "gini", "variable": "inc"},
}


def write(F):
    worked(F)
    designs(F)
    lists(F)
    covariances(F)
    rules(F)
    bad(F)
    lonely(F)
    intervals(F)
    grades(F)
    states(F)


def request(columns, design, estimates, domains=None, reporting=None, **plan):
    made = {"design": design, "estimates": estimates, **plan}
    if domains:
        made["domains"] = domains
    return {"columns": columns, "plan": made, "reporting": reporting or AT_95}


def worked(F):
    f = F("survey/worked", "Worked examples of surveys", "the method (section 5); hand-worked")
    mean = {"m": {"kind": "mean", "variable": "y"}}
    f.add("stratified-fpc", "survey.estimate", request(STRATIFIED, {"weight": "w", "stratum": "h", "fpc": population("N")}, mean), {"estimates": [{"value": 7.2, "se": 0.8270429251254134, "n": 5, "df": 3, "strata": 2, "psus": 5}]}, note="two strata N = (30, 20); (30² · 0.9 · 1/3 + 20² · 0.9 · 8/2)/50², square root")
    f.add("clustered", "survey.estimate", request(CLUSTERED, {"weight": "w", "stratum": "h", "psu": "i"}, mean), {"estimates": [{"value": 0.5, "se": 0.1414213562373095, "df": 2, "n": 7, "psus": 4, "strata": 2, "population": 100}]}, note="u of the units: A −0.1 + 0.1 − … = 0, B 0.1, C 0, D −0.1; 2·(2·0.05²) + 2·(2·0.05²) = 0.02")
    f.add("constant", "survey.estimate", request(CLUSTERED | {"y": [0.1] * 7}, {"weight": "w", "stratum": "h", "psu": "i"}, mean), {"estimates": [{"value": 0.1, "se": 0}], "findings": {"counts": {"survey.zero-variance": 1}}}, tol=0, note="a constant has exactly no spread, and says so")
    f.add("everybody", "survey.estimate", request(CLUSTERED, {"weight": "w", "psu": "i"}, {"n": {"kind": "total"}}), {"estimates": [{"value": 100, "n": 7}]}, note="20 + 20 + 40 + 20")
    ones = {"w": [1] * 5, "v": [1, 2, 3, 4, 10]}
    f.add("poverty", "survey.estimate", request(ones, {"weight": "w"}, {"p": {"kind": "at_risk_of_poverty", "variable": "v", "threshold": LINE}, "q": {"kind": "quintile_share_ratio", "variable": "v"}, "z": {"kind": "gini", "variable": "v"}, "g": {"kind": "poverty_gap", "variable": "v", "threshold": LINE}}), {"estimates": [{"estimate": "g", "value": 0.8 / 1.8, "threshold": 1.8}, {"estimate": "p", "value": 0.2, "threshold": 1.8}, {"estimate": "q", "value": 10}, {"estimate": "z", "value": 0.4}]}, note="median 3, line 1.8, one poor with 1; fifths end at 1.5 and 7: 10/1; Gini Σ|x−x'|/(2n²·4) = 80/200")
    f.add("strict-line", "survey.estimate", request({"w": [1] * 5, "v": [6, 6, 10, 12, 14]}, {"weight": "w"}, {"p": {"kind": "at_risk_of_poverty", "variable": "v", "threshold": LINE}, "g": {"kind": "poverty_gap", "variable": "v", "threshold": LINE}}), {"estimates": [{"absent": "not_defined"}, {"value": 0, "threshold": 6}], "findings": {"counts": {"survey.not-defined": 1}}}, note="60 % of 10 is 6; who has 6 is not below it; without poor people there is no gap")


def designs(F):
    f = F("survey/designs", "Totals, means, shares, ratios and rates under each design", "the oracle: row by row in fractions (Särndal, Swensson & Wretman 1992; Lumley 2010)")
    domains = [{}, {"by": ["g"]}]
    for k, (name, design) in enumerate(DESIGNS.items()):
        columns = invented(100 + k)
        for id_, measure in LINEAR.items():
            f.add(f"{name}-{id_}", "survey.estimate", request(columns, design, {id_: measure}, domains), take=["estimates", "findings"])
    f.add("crossed", "survey.estimate", request(invented(3), DESIGNS["strata-units"], {"m": LINEAR["mean"], "s": LINEAR["share"]}, [{"by": ["g", "s"]}]), take=["estimates", "findings"], note="two dimensions crossed")
    f = F("survey/replicates", "Replicate weights", "the oracle; conventions of scale and rscales as in R's survey")
    for k, (name, design) in enumerate(REPLICATED.items()):
        columns = invented(200 + k, 6)
        for id_ in ("mean", "total", "category", "ratio"):
            f.add(f"{name}-{id_}", "survey.estimate", request(columns, design, {id_: LINEAR[id_]}, [{}, {"by": ["s"]}]), take=["estimates", "findings"])
        f.add(f"{name}-lists", "survey.estimate", request(columns, design, {k: LISTS[k] for k in ("median", "gini", "poor")}, [{}, {"by": ["s"]}]), take=["estimates", "findings"])


def lists(F):
    f = F("survey/lists", "Quantiles and poverty measures", "the oracle: Woodruff 1952; Deville 1999; Osier 2009; Langel & Tillé 2011")
    for k, name in enumerate(("rows", "rows-strata-fraction", "strata-units", "two-stage", "two-stage-rows")):
        columns = invented(300 + k)
        for id_, measure in LISTS.items():
            f.add(f"{name}-{id_}", "survey.estimate", request(columns, DESIGNS[name], {id_: measure}, [{}, {"by": ["s"]}]), take=["estimates", "findings"])


def covariances(F):
    f = F("survey/covariances", "Groups with the covariances of their estimates", "the oracle: linearised values of two groups, row by row (Särndal, Swensson & Wretman 1992)")
    both = AT_95 | {"covariances": True}
    take = ["groups"]
    two = {"h": ["1"] * 4, "i": ["A", "A", "B", "B"], "w": [1] * 4, "g": ["f", "m", "f", "m"], "y": [1, 2, 3, 6]}
    f.add("by-hand", "survey.estimate", request(two, {"weight": "w", "stratum": "h", "psu": "i"}, {"m": {"kind": "mean", "variable": "y"}}, [{"by": ["g"]}], both), {"groups": [{"estimate": "m", "by": ["g"], "codes": [["f"], ["m"]], "groups": [{"value": 2, "size": 2, "n": 2, "se": 1}, {"value": 4, "size": 2, "n": 2, "se": 2}], "covariance": [[1, 2], [2, 4]]}]}, note="both groups are lower in A than in B: u = ∓1/2 and ∓1, 2·Σuv = 2")
    for k, (name, design) in enumerate(DESIGNS.items()):
        columns = invented(400 + k)
        for id_ in ("mean", "total", "category", "ratio", "rate"):
            f.add(f"{name}-{id_}", "survey.estimate", request(columns, design, {id_: LINEAR[id_]}, [{}, {"by": ["s"]}], both), take=take)
        for id_ in ("median", "poor", "poor-given-line", "gap", "gini"):
            f.add(f"{name}-{id_}", "survey.estimate", request(columns, design, {id_: LISTS[id_]}, [{"by": ["s"]}], both), take=take)
        f.add(f"{name}-crossed", "survey.estimate", request(columns, design, {"m": LINEAR["mean"], "s": LINEAR["share"]}, [{"by": ["g", "s"]}], both), take=take, note="groups of two dimensions crossed; an error that is not known leaves no matrix")
    for k, (name, design) in enumerate(REPLICATED.items()):
        f.add(name, "survey.estimate", request(invented(450 + k, 6), design, {"m": LINEAR["mean"], "g": LISTS["gini"]}, [{"by": ["s"]}], both), take=take)
    lonely = invented(3)
    lonely = {n: [v for v, h, i in zip(values, lonely["h"], lonely["i"]) if h != "h0" or i == "i0"] for n, values in lonely.items()}
    for rule in ("certainty", "adjust", "average"):
        f.add(f"lonely-{rule}", "survey.estimate", request(lonely, {"weight": "w", "stratum": "h", "psu": "i", "lonely_psu": rule}, {"m": LINEAR["mean"]}, [{"by": ["s"]}], both), take=take)
    f.add("without-value", "survey.estimate", request(CLUSTERED | {"g": ["f", "m", "f", "m", "f", "m", "x"], "y": [1, 0, 1, 1, 0, 1, None]}, {"weight": "w", "stratum": "h", "psu": "i"}, {"m": {"kind": "mean", "variable": "y"}}, [{"by": ["g"], "groups": [["f"], ["m"], ["x"], ["z"]]}], both), take=take, note="who has no figure takes no part")
    many = {"w": [1] * 1002, "y": [k % 7 for k in range(1002)], "g": [f"g{k // 2}" for k in range(1002)]}
    f.add("reject-too-many", "survey.estimate", request(many, {"weight": "w"}, {"m": {"kind": "mean", "variable": "y"}}, [{"by": ["g"]}], both), reject="survey.bad-parameter", note="501 groups")


def rules(F):
    f = F("survey/quantile-rules", "How a quantile is read where a share is met exactly", "the method (section 5); hand-worked")
    ones = {"w": [1] * 5, "v": [1, 2, 3, 4, 5]}
    for p, by_rule in [(0.2, {"survey": 1, "laeken": 2, "eurostat": 1.5}), (0.4, {"survey": 2, "laeken": 3, "eurostat": 2.5}), (0.5, {"survey": 3, "laeken": 3, "eurostat": 3}), (0.8, {"survey": 4, "laeken": 5, "eurostat": 4.5}), (0.9, {"survey": 5, "laeken": 5, "eurostat": 5})]:
        for rule, value in by_rule.items():
            f.add(f"{rule}-{p}", "survey.estimate", request(ones, {"weight": "w"}, {"q": {"kind": "quantile", "variable": "v", "probability": p, "rule": rule}}), {"estimates": [{"value": value}]}, tol=0)


def bad(F):
    f = F("survey/refused", "Microdata and designs that are refused", "the method (section 5); the rules of the wire")
    plain = {"weight": "w", "stratum": "h", "psu": "i"}
    mean = {"m": {"kind": "mean", "variable": "y"}}

    def r(id_, code, columns=CLUSTERED, design=plain, estimates=mean, **more):
        f.add("reject-" + id_, "survey.estimate", request(columns, design, estimates, **more), reject=code)

    def c(name, row, value):
        column = list(CLUSTERED[name])
        column[row] = value
        return CLUSTERED | {name: column}

    r("negative-weight", "survey.bad-weight", c("w", 2, -1))
    r("missing-weight", "survey.bad-weight", c("w", 2, None))
    r("nan-weight", "survey.bad-weight", c("w", 2, "NaN"))
    r("no-stratum", "survey.missing-design-value", c("h", 2, None))
    r("no-unit", "survey.missing-design-value", c("i", 6, None))
    r("one-unit-in-a-stratum", "survey.lonely-psu", c("i", 6, "C"))
    r("one-unit", "survey.lonely-psu", design={"weight": "w", "psu": "h"}, columns={k: v[:4] for k, v in CLUSTERED.items()})
    r("no-rows", "survey.no-rows", {k: [] for k in CLUSTERED})
    r("no-column", "survey.missing-column", {k: v for k, v in CLUSTERED.items() if k != "y"})
    r("unit-in-two-strata", "survey.psu-in-two-strata", c("i", 6, "A"), plain | {"nested": False})
    r("not-binary", "survey.not-binary", c("y", 0, 2), estimates={"p": {"kind": "proportion", "variable": "y"}})
    fpc = plain | {"fpc": population("N")}
    r("fpc-varies", "survey.fpc-varies", CLUSTERED | {"N": [5, 5, 5, 6, 5, 5, 5]}, fpc)
    r("fpc-below-sample", "survey.fpc-below-sample", CLUSTERED | {"N": [1] * 7}, fpc)
    r("fpc-zero", "survey.bad-fpc", CLUSTERED | {"N": [0] * 7}, fpc)
    r("fpc-missing", "survey.missing-design-value", CLUSTERED | {"N": [5, None, 5, 5, 5, 5, 5]}, fpc)
    r("fraction-above-1", "survey.bad-fpc", CLUSTERED | {"N": [1.5] * 7}, plain | {"fpc": {"column": "N", "kind": "fraction"}})
    r("confidence", "estimate.bad-confidence", reporting={"confidence": 1})
    r("rules", "survey.bad-parameter", reporting=AT_95 | {"quality": BANDS | {"cv_caution": 0.1}})
    r("no-estimates", "survey.bad-plan", estimates={})
    r("probability", "survey.bad-plan", estimates={"q": {"kind": "quantile", "variable": "y", "probability": 1}})
    r("multiplier", "survey.bad-plan", estimates={"q": {"kind": "rate", "numerator": "y", "multiplier": 0}})
    r("line", "survey.bad-plan", estimates={"q": {"kind": "poverty_gap", "variable": "y", "threshold": {"given": 0}}})
    r("dimension-twice", "survey.bad-plan", domains=[{"by": ["h", "h"]}])
    r("group-of-one-code", "survey.bad-plan", domains=[{"by": ["h", "i"], "groups": [["1"]]}])
    r("wanted-group-without-code", "survey.bad-plan", domains=[{"by": ["h"], "groups": [["1"], [""]]}])
    r("category-without-code", "survey.bad-plan", estimates={"p": {"kind": "proportion", "variable": "h", "category": " "}})
    r("blank-stratum", "survey.missing-design-value", c("h", 2, ""))
    r("blank-unit", "survey.missing-design-value", c("i", 6, "  "))
    r("second-stage-without-fpc", "survey.bad-plan", design=plain | {"second_stage": {"fpc": population("N")}})
    r("replicates-and-strata", "survey.bad-plan", design=plain | {"replicates": {"columns": ["w", "y"], "method": "brr"}})
    r("one-replicate", "survey.bad-plan", design={"weight": "w", "replicates": {"columns": ["y"], "method": "brr"}})
    r("jackknife-without-scales", "survey.bad-plan", design={"weight": "w", "replicates": {"columns": ["w", "y"], "method": "jackknife_n"}})
    r("negative-replicate", "survey.bad-weight", c("y", 0, -1), {"weight": "w", "replicates": {"columns": ["w", "y"], "method": "brr"}})
    f.cases.append({"id": "reject-field-of-another-kind", "op": "survey.estimate", "input": request(CLUSTERED, plain, {"m": {"kind": "mean", "variable": "y", "probability": 0.5}}), "reject": "wire.unknown-field"})
    f.cases.append({"id": "reject-line-without-number", "op": "survey.estimate", "input": request(CLUSTERED, plain, {"m": {"kind": "poverty_gap", "variable": "y", "threshold": {"share_of_median": "60 %"}}}), "reject": "wire.bad-request"})
    for id_, change in [("unknown-kind", {"estimates": {"m": {"kind": "mode", "variable": "y"}}}), ("unknown-field", {"design": plain | {"cluster": "i"}, "estimates": mean}), ("no-design", {"estimates": mean})]:
        f.cases.append({"id": "reject-" + id_, "op": "survey.estimate", "input": {"columns": CLUSTERED, "plan": {"design": plain} | change if id_ != "no-design" else change, "reporting": AT_95}, "reject": "wire.unknown-field" if id_ == "unknown-field" else "wire.bad-request"})
    f.cases.append({"id": "reject-text-as-number", "op": "survey.estimate", "input": request(c("y", 0, "many"), plain, mean), "reject": "wire.bad-request"})
    f.cases.append({"id": "reject-length", "op": "survey.estimate", "input": request(CLUSTERED | {"y": [1, 0]}, plain, mean), "reject": "survey.bad-column"})
    f.cases.append({"id": "reject-infinite", "op": "survey.estimate", "input": request(c("y", 0, "Infinity"), plain, mean), "reject": "num.not-finite"})
    f.cases.append({"id": "reject-overflow", "op": "survey.estimate", "input": request(CLUSTERED | {"y": [1e308] * 7}, plain, {"t": {"kind": "total", "variable": "y"}}), "reject": "num.not-finite", "note": "a total of 1e310 is no f64"})
    f.cases.append({"id": "reject-too-many-cells", "op": "survey.estimate", "input": request(CLUSTERED, plain, mean, limits={"cells": 2}), "reject": "survey.too-large", "note": "four units, one cell"})

    f = F("survey/findings", "Results with something doubtful about them", "the method (section 5); the oracle")
    f.add("missing-group", "survey.estimate", request(CLUSTERED | {"g": ["f", "m", None, "m", "f", "m", "f"]}, plain, mean, [{"by": ["g"]}]), take=["estimates", "findings"])
    f.add("empty-group", "survey.estimate", request(CLUSTERED | {"g": ["f", "m", "f", "m", "f", "m", "f"]}, plain, mean, [{"by": ["g"], "groups": [["f"], ["x"]]}]), take=["estimates", "findings"])
    f.add("all-missing", "survey.estimate", request(CLUSTERED | {"y": [None] * 7}, plain, mean), {"estimates": [{"absent": "all_missing", "n": 0}]}, take=["findings"])
    for id_, known in (("reaches", 100), ("misses", 101)):
        f.add(f"population-{id_}", "survey.estimate", request(CLUSTERED, plain | {"population": known}, mean, [{"by": ["h"]}]), take=["findings"], note="without a rule of quality nothing is tolerated, and no total need be asked for")
    f.add("population-misses-by-rows", "survey.estimate", request(CLUSTERED, {"weight": "w", "population": 120}, mean), take=["findings"])
    f.add("no-weight", "survey.estimate", request(CLUSTERED | {"w": [0] * 7}, plain, mean), {"estimates": [{"absent": "no_weight", "n": 0}], "findings": {"counts": {"survey.no-weight": 1}}})
    weightless = CLUSTERED | {"w": [10, 0, 10, 10, 20, 0, 20], "g": ["f", "m", "f", "f", "f", "m", "f"]}
    one = {"domain": [{"dimension": "g", "code": "m"}], "absent": "no_weight", "n": 0}
    f.add("weightless-group", "survey.estimate", request(weightless, plain, mean, [{"by": ["g"]}]), {"estimates": [{"value": 3 * 10 / 70}, one], "findings": {"counts": {"survey.no-weight": 1}}}, note="who stands for nobody is named, without a value; the others: (10 + 10 + 10)/70")
    f.add("weightless-group-wanted", "survey.estimate", request(weightless, plain, mean, [{"by": ["g"], "groups": [["m"], ["x"]]}]), {"estimates": [one, {"absent": "empty_domain"}]}, take=["findings"])
    for id_, measure in (("total", {"kind": "total"}), ("share", {"kind": "proportion", "variable": "y"}), ("median", {"kind": "median", "variable": "y"}), ("gini", {"kind": "gini", "variable": "y"}), ("line", {"kind": "at_risk_of_poverty", "variable": "y", "threshold": LINE})):
        f.add(f"weightless-{id_}", "survey.estimate", request(weightless, plain, {"m": measure}, [{"by": ["g"]}]), take=["estimates", "findings"])
    f.add("weightless-crossed", "survey.estimate", request(weightless, plain, mean, [{"by": ["g", "h"]}], AT_95 | {"covariances": True}), take=["estimates", "groups", "findings"])
    f.add("weightless-with-replicates", "survey.estimate", request(weightless | {"a": [10, 0, 0, 20, 20, 0, 20], "b": [10, 0, 20, 0, 20, 0, 20]}, {"weight": "w", "replicates": {"columns": ["a", "b"], "method": "brr"}}, mean, [{"by": ["g"]}]), take=["estimates", "findings"])
    blank = CLUSTERED | {"g": ["f", "m", "", "m", "f", " ", "f"], "c": ["yes", "no", "", "yes", "no", "yes", "\t"]}
    f.add("blank-group", "survey.estimate", request(blank, plain, mean, [{"by": ["g"]}]), {"findings": {"counts": {"survey.rows-without-group": 1}}}, take=["estimates"], note="an empty text is no code: as missing as a null, as in a CSV file")
    f.add("blank-category", "survey.estimate", request(blank, plain, {"p": {"kind": "proportion", "variable": "c", "category": "yes"}}), {"estimates": [{"value": 40 / 70, "n": 5}]}, note="who answered nothing is not in the base: (10 + 10 + 20)/(10 + 10 + 10 + 20 + 20)")
    composed, split = "J\u00f3zsefv\u00e1ros", "Jo\u0301zsefva\u0301ros"
    spelt = CLUSTERED | {"g": [composed, split, split, "x", composed, "x", split], "i": ["\u00c9", "E\u0301", "B", "B", "C", "C", "D"]}
    two = [{"value": 20 / 70, "n": 5, "domain": [{"dimension": "g", "code": composed}]}, {"n": 2}]
    f.add("two-spellings", "survey.estimate", request(spelt, plain, mean, [{"by": ["g"]}]), {"estimates": two}, take=["findings"], note="an o with its accent in one sign or in two is one letter: one group, in NFC, and one sampling unit")
    f.add("two-spellings-wanted", "survey.estimate", request(spelt, plain, mean, [{"by": ["g"], "groups": [[split], [composed]]}]), {"estimates": two[:1]}, take=["findings"])
    known = {"margins": [{"by": ["g"], "totals": [{"codes": [split], "total": 60}, {"codes": ["x"], "total": 40}]}]}
    f.add("two-spellings-calibrated", "survey.estimate", request(spelt, plain | {"calibration": known}, mean, [{}, {"by": ["g"]}]), take=["estimates", "findings"])
    f.add("weightless-calibrated", "survey.estimate", request(weightless, plain | {"calibration": {"margins": [{"by": ["h"], "totals": [{"codes": ["1"], "total": 60}, {"codes": ["2"], "total": 40}]}]}}, mean, [{"by": ["g"]}]), take=["estimates", "findings"])
    f.add("two-spellings-category", "survey.estimate", request(spelt, plain, {"p": {"kind": "proportion", "variable": "g", "category": split}}), {"estimates": [{"value": 0.7, "n": 7}]}, take=["findings"], note="(10 + 10 + 10 + 20 + 20)/100")
    f.add("zero-weights", "survey.estimate", request(CLUSTERED | {"w": [10, 0, 10, 10, 20, 0, 20]}, plain, mean), take=["estimates", "findings"], note="a row of weight 0 keeps its unit in the design")
    f.add("ratio-to-zero", "survey.estimate", request(CLUSTERED | {"x": [0] * 7}, plain, {"r": {"kind": "ratio", "numerator": "y", "denominator": "x"}}), {"estimates": [{"absent": "not_defined"}]}, take=["findings"])
    f.add("reused-codes", "survey.estimate", request(CLUSTERED | {"i": ["A", "A", "B", "B", "A", "A", "B"]}, plain, mean), {"estimates": [{"value": 0.5, "se": 0.1414213562373095, "psus": 4}]}, note="numbered anew in each stratum: the same units as in the worked example")
    f.add("census", "survey.estimate", request(CLUSTERED | {"N": [2] * 7}, plain | {"fpc": population("N")}, mean), {"estimates": [{"value": 0.5, "se": 0}], "findings": {"counts": {"survey.zero-variance": 1}}}, note="both units of both strata were drawn")
    f.add("nobody-has-it", "survey.estimate", request(CLUSTERED | {"y": [0] * 7}, plain, {"p": {"kind": "proportion", "variable": "y"}}), {"estimates": [{"value": 0, "se": 0}], "findings": {"counts": {"survey.zero-variance": 1, "survey.no-interval": 1}}}, note="the logit is not defined at 0")
    f.add("nobody-has-it-korn-graubard", "survey.estimate", request(CLUSTERED | {"y": [0] * 7}, plain, {"p": {"kind": "proportion", "variable": "y"}}, reporting=AT_95 | {"proportion_interval": "korn_graubard"}), take=["estimates", "findings"])
    f.add("replicate-without-the-group", "survey.estimate", request(CLUSTERED | {"a": [0, 0, 1, 1, 1, 1, 1], "b": [1] * 7}, {"weight": "w", "replicates": {"columns": ["a", "b"], "method": "brr"}}, mean, [{"by": ["i"]}]), take=["estimates", "findings"])
    for id_, known, counts in [("reached", 100, {}), ("near", 104, {}), ("missed", 120, {"survey.weights-miss-population": 1})]:
        f.add(f"population-{id_}", "survey.estimate", request(CLUSTERED, plain | {"population": known}, {"n": {"kind": "total"}}, reporting=AT_95 | {"quality": BANDS}), {"estimates": [{"value": 100}], "findings": {"counts": counts}})


def lonely(F):
    f = F("survey/lonely", "Strata of one sampling unit", "R's options of survey.lonely.psu; hand-worked and by the oracle")
    alone = {k: v[:6] for k, v in CLUSTERED.items()}
    total = {"t": {"kind": "total", "variable": "y"}}
    for choice, variance, note in [("certainty", 100, "totals A 10, B 20: 2·(25 + 25)"), ("remove", 100, "in R another word for the same"), ("adjust", 500, "and C: 20² from zero"), ("average", 200, "100 · 2/1")]:
        f.add(choice, "survey.estimate", request(alone, {"weight": "w", "stratum": "h", "psu": "i", "lonely_psu": choice}, total), {"estimates": [{"value": 50, "se": variance**0.5, "df": 1}], "findings": {"counts": {"survey.lonely-psu-adjusted": 1}}}, note=note)
        f.add(f"{choice}-mean", "survey.estimate", request(alone | {"g": ["a", "b", "a", "b", "a", "b"]}, {"weight": "w", "stratum": "h", "psu": "i", "lonely_psu": choice}, {"m": {"kind": "mean", "variable": "y"}}, [{}, {"by": ["g"]}]), take=["estimates", "findings"])
        f.add(f"{choice}-only", "survey.estimate", request({k: [v[0], v[4]] for k, v in CLUSTERED.items()}, {"weight": "w", "stratum": "h", "psu": "i", "lonely_psu": choice}, total), take=["estimates", "findings"], note="nothing but lonely units: no error, unless it is taken from zero")


def intervals(F):
    f = F("survey/intervals", "Intervals", "the oracle: distributions by their series with 50 digits (Abramowitz & Stegun 1964)")
    for k, (p, se, n, df) in enumerate([(0.65, 0.05, 100, 20), (0.65, (0.65 * 0.35 / 100) ** 0.5, 100, 99), (0.02, 0.015, 60, 12), (0.98, 0.01, 400, 33), (0.5, 0.01, 50, 3), (0, 0, 20, 10), (1, 0, 20, 10), (0.3, 0, 20, 10), (0.3, 0.2, 1, 10)]):
        for rule in ("student_t", "logit", "wilson", "korn_graubard"):
            f.add(f"{rule}-{k}", "survey.proportion_interval", {"proportion": p, "se": se, "n": n, "df": df, "confidence": 0.95, "rule": rule}, take=["interval"])
        f.add(f"korn_graubard-survey-{k}", "survey.proportion_interval", {"proportion": p, "se": se, "n": n, "df": df, "confidence": 0.95, "rule": "korn_graubard", "profile": "survey"}, take=["interval"])
    f.add("worked-65-of-100", "survey.proportion_interval", {"proportion": 0.65, "se": (0.65 * 0.35 / 100) ** 0.5, "n": 100, "df": 99, "confidence": 0.95, "rule": "wilson"}, {"interval": {"lower": 0.5525444329688796, "upper": 0.7363575175690247}}, note="without a design effect it is Wilson's own interval")
    f.add("worked-0-of-20", "survey.proportion_interval", {"proportion": 0, "se": 0, "n": 20, "df": 19, "confidence": 0.95, "rule": "wilson"}, {"interval": {"lower": 0, "upper": 0.1611251580528193}})
    for k, (value, se, df, level) in enumerate([(10, 2, 1, 0.95), (10, 2, 5, 0.9), (-3.5, 0.25, 182, 0.99), (0, 1, 30.5, 0.95)]):
        f.add(f"mean-{k}", "survey.mean_interval", {"value": value, "se": se, "df": df, "confidence": level}, take=["lower", "upper", "method"])
    base = {"proportion": 0.5, "se": 0.1, "n": 30, "df": 10, "confidence": 0.95}
    for id_, change, code in [("share-above-1", {"proportion": 1.1}, "survey.bad-parameter"), ("negative-se", {"se": -1}, "survey.bad-parameter"), ("no-df", {"df": 0}, "survey.bad-parameter"), ("confidence", {"confidence": 0}, "estimate.bad-confidence")]:
        f.add("reject-" + id_, "survey.proportion_interval", base | change, reject=code)
    f.add("reject-mean-se", "survey.mean_interval", {"value": 1, "se": -1, "df": 3, "confidence": 0.95}, reject="survey.bad-parameter")
    f = F("estimate/poisson", "Exact interval of a count", "Garwood 1936; the oracle")
    for count in (0, 1, 4, 10, 65, 1045):
        for level in (0.9, 0.95, 0.998):
            f.add(f"{count}-{level}", "estimate.poisson_exact", {"count": count, "confidence": level}, take=["lower", "upper"])
    f.add("published-0", "estimate.poisson_exact", {"count": 0, "confidence": 0.95}, {"lower": 0, "upper": 3.688879454113936}, note="−ln 0.025")
    f.add("reject-negative", "estimate.poisson_exact", {"count": -1, "confidence": 0.95}, reject="estimate.negative-count")
    f.add("reject-confidence", "estimate.poisson_exact", {"count": 1, "confidence": 1}, reject="estimate.bad-confidence")


def grades(F):
    f = F("survey/quality", "Whether an estimate may be published", "bands as at Statistics Canada; Parker et al. 2017; hand-worked")

    def q(id_, input_, word, flags, rules=BANDS, note=None):
        f.add(id_, "survey.quality", {"confidence": 0.95, "rules": rules, **input_}, {"quality": word, "flags": flags}, tol=0, note=note)

    q("fine", {"value": 100, "se": 16.5, "n": 50, "df": 40}, "fine", [], note="a CV on the band's end belongs to it")
    q("caution", {"value": 100, "se": 16.6, "n": 50, "df": 40}, "caution", ["large_cv"])
    q("caution-end", {"value": -100, "se": 33.3, "n": 50, "df": 40}, "caution", ["large_cv"])
    q("not-published", {"value": 100, "se": 33.4, "n": 50, "df": 40}, "not_published", ["large_cv"])
    q("few-cases", {"value": 100, "se": 1, "n": 29, "df": 20}, "fine", ["few_cases"])
    q("no-error", {"value": 100, "n": 50}, "not_assessed", [])
    q("zero-mean", {"value": 0, "se": 1, "n": 50, "df": 40}, "not_assessed", [], note="no coefficient of variation, and no bounded interval")
    q("zero-share", {"value": 0, "se": 0, "n": 100, "df": 40, "is_share": True}, "fine", [], note="0 of 100: 1 − 0.025^(1/100) = 0.0362 wide")
    q("zero-share-few", {"value": 0, "se": 0, "n": 20, "df": 15, "is_share": True}, "caution", ["few_cases", "wide_interval"], note="0 of 20: 0.1684 wide")
    q("zero-share-fewer", {"value": 0, "se": 0, "n": 8, "df": 5, "is_share": True}, "not_published", ["few_cases", "wide_interval"], note="0 of 8: 0.369 wide")
    nchs = BANDS | {"nchs": NCHS}
    for id_, input_, word, flags in [
        ("large", {"value": 0.5, "se": 0.01, "n": 3000, "df": 40}, "fine", []),
        ("few-df", {"value": 0.5, "se": 0.01, "n": 3000, "df": 5}, "caution", ["few_degrees_of_freedom"]),
        ("few", {"value": 0.5, "se": 0.09, "n": 29, "df": 20}, "not_published", ["few_cases", "few_effective_cases", "wide_interval"]),
        ("few-effective", {"value": 0.5, "se": 0.1, "n": 500, "df": 20}, "not_published", ["few_effective_cases", "wide_interval"]),
        ("relative", {"value": 0.03, "se": 0.015, "n": 200, "df": 40}, "not_published", ["wide_relative_interval"]),
        ("complement", {"value": 0.97, "se": 0.015, "n": 200, "df": 40}, "caution", ["wide_complement_interval"]),
        ("none", {"value": 0, "se": 0, "n": 500, "df": 40}, "caution", ["no_spread"]),
        ("no-error", {"value": 0.5, "n": 500}, "not_assessed", []),
    ]:
        q("nchs-" + id_, input_ | {"is_share": True}, word, flags, nchs)
    q("nchs-not-a-share", {"value": 5, "se": 0.1, "n": 500, "df": 40}, "fine", [], nchs, note="the standard is about shares; others go by the bands")
    f.add("reject-bands", "survey.quality", {"value": 1, "se": 1, "n": 5, "df": 3, "confidence": 0.95, "rules": BANDS | {"cv_fine": 0}}, reject="survey.bad-parameter")
    f = F("survey/graded", "Estimates with their grade", "the oracle")
    for k, rules_ in enumerate((BANDS, nchs)):
        f.add(f"graded-{k}", "survey.estimate", request(invented(400 + k), DESIGNS["strata-units"], {i: LINEAR[i] for i in ("mean", "share", "category", "total")}, [{}, {"by": ["s"]}], AT_95 | {"quality": rules_, "proportion_interval": "wilson"}), take=["estimates", "findings"])


def states(F):
    f = F("survey/states", "States that are refused", "the rules of the wire")
    plan = {"design": {"weight": "w"}, "estimates": {"m": {"kind": "mean", "variable": "y"}}}
    for id_, state, code in [("not-base64", "*", "survey.bad-state"), ("empty", "", "survey.bad-state"), ("something-else", "U29tZXRoaW5nIGVsc2UgdGhhdCBpcyBsb25nZXIgdGhhbiBhIGNoZWNrc3Vt", "survey.bad-state"), ("unpadded", "Zg", "survey.bad-state"), ("newer", "U01TVgkA" + "A" * 88, "survey.newer-state")]:
        f.add(f"reject-{id_}", "survey.finish", {"plan": plan, "state": state, "reporting": AT_95}, reject=code)
        f.add(f"reject-merge-{id_}", "survey.merge", {"plan": plan, "states": [state]}, reject=code)
        f.add(f"reject-accumulate-{id_}", "survey.accumulate", {"plan": plan, "state": state, "columns": {"w": [1], "y": [1]}}, reject=code)
    f.add("reject-no-state", "survey.finish", {"plan": plan, "reporting": AT_95}, reject="wire.bad-request")
