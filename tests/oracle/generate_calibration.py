"""The vectors about calibrated weights of surveys. Called by generate.py."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import oracle_calibration
import oracle_survey
from generate_survey import AT_95, BANDS, CLUSTERED, DESIGNS, LINEAR, LISTS, REPLICATED, invented, population, request

R = json.loads((Path(__file__).parent / "r" / "calibrate.json").read_text())
FOUR = {"s": ["f", "f", "m", "m"], "w": [10] * 4, "y": [1, 3, 2, 6], "a": ["in", "out", "in", "out"]}
SQUARE = {"s": ["f", "f", "m", "m"], "p": ["n", "s", "n", "s"], "w": [10] * 4, "y": [1, 3, 2, 8]}
TOTAL = {"t": {"kind": "total", "variable": "y"}}
MEAN = {"m": {"kind": "mean", "variable": "y"}}
TAKE = ["estimates", "findings"]


def margin(by, **totals):
    """Totals of the codes; those of a crossing with a dash between."""
    return {"by": by, "totals": [{"codes": k.split("-"), "total": v} for k, v in totals.items()]}


def calibration(*margins, method=None, bounds=None, numbers=None):
    made = {"method": method} if method else {}
    if bounds:
        made["bounds"] = {"lower": bounds[0], "upper": bounds[1]}
    if margins:
        made["margins"] = list(margins)
    if numbers:
        made["numbers"] = [{"column": k, "total": v} for k, v in numbers.items()]
    return made


def with_(design, made):
    return design | {"calibration": made}


def write(F):
    by_hand(F)
    designs(F)
    groups(F)
    replicates(F)
    refused(F)
    as_in_r(F)


def by_hand(F):
    f = F("survey/calibrated", "Calibrated weights: worked examples", "Deville & Särndal 1992; hand-worked")
    sexes = margin(["s"], f=60, m=20)
    post = with_({"weight": "w"}, calibration(sexes))

    def add(id_, columns, design, estimates, expect, note, domains=None, reporting=None, **more):
        f.add(id_, "survey.estimate", request(columns, design, estimates, domains, reporting), expect, note=note, **more)

    def worked(id_, columns, design, estimates, expect, note, **more):
        add(id_, columns, design, estimates, {"estimates": [expect]}, note, **more)

    worked("post-stratified-total", FOUR, post, TOTAL, {"value": 200, "se": (10400 / 3) ** 0.5, "n": 4, "df": 3, "psus": 4, "strata": 1, "population": 80}, "g = 60/20 and 20/20, weights 30, 30, 10, 10; residuals from the means 2 and 4: −1, 1, −2, 2, times the weights −30, 30, −20, 20; 4/3·(900 + 900 + 400 + 400)")
    worked("post-stratified-mean", FOUR, post, MEAN, {"value": 2.5, "se": (10400 / 3) ** 0.5 / 80, "deff": 13 / 19, "effective_n": 4 * 19 / 13, "population": 80}, "200/80; residuals of (y − 2.5)/80 are those of y over 80; without a design (1 − 4/80)·(4/3)·2.5/4 = 0.791667 against 0.541667")
    worked("everybody", FOUR, post, {"n": {"kind": "total"}}, {"value": 80, "se": 0, "cv": 0, "interval": {"lower": 80, "upper": 80}}, "the sum of the known totals: its residuals are exactly 0")
    worked("calibrated-category", FOUR, post, {"n": {"kind": "total", "variable": "s", "category": "f"}}, {"value": 60, "se": 0, "cv": 0}, "a known total has no error")
    worked("calibrated-share", FOUR, post, {"p": {"kind": "proportion", "variable": "s", "category": "m"}}, {"value": 0.25, "se": 0, "cv": 0, "deff": 0}, "20 of 80, both known")
    worked("constant-within-groups", FOUR | {"y": [7, 7, 3, 3]}, post, TOTAL, {"value": 480, "se": 0}, "7·60 + 3·20: nothing is left within the groups")
    add("fixed", FOUR, post, {"n": {"kind": "total"}, "y": {"kind": "total", "variable": "y"}}, {"estimates": [{"value": 80, "se": 0}, {"value": 200}], "findings": {"counts": {"survey.fixed-by-calibration": 1}}}, "an error of 0 is always said, and why")
    add("no-spread", FOUR | {"i": ["A", "B", "A", "B"], "y": [1, 3, 6, 2]}, with_({"weight": "w", "psu": "i"}, calibration(margin(["s"], f=40, m=20))), TOTAL, {"estimates": [{"value": 160, "se": 0}], "findings": {"counts": {"survey.zero-variance": 1}}}, "by chance: A −20 + 20, B 20 − 20; the calibration does not fix it")
    # 8.123457 + 11.876543 = 20 and 15.111111 + 14.888889 = 30
    looks = FOUR | {"w": [8.123457, 11.876543, 15.111111, 14.888889]}
    found = lambda times: {"findings": {"counts": {"survey.undeclared-calibration": times} if times else {}}}
    add("looks-calibrated", looks, {"weight": "w"}, TOTAL, found(1), "fractions that differ and sum to 20 women and 30 men", domains=[{}, {"by": ["s"]}])
    add("looks-calibrated-in-clusters", looks | {"i": ["A", "B", "A", "B"]}, {"weight": "w", "psu": "i"}, TOTAL, found(1), "the same in two sampling units", domains=[{"by": ["s"]}])
    add("weights-by-stratum", looks, {"weight": "w", "stratum": "s"}, TOTAL, found(0), "sums of strata are known by design", domains=[{"by": ["s"]}])
    add("weights-that-are-alike", FOUR | {"w": [12.123457] * 3 + [12.123458]}, {"weight": "w"}, TOTAL, found(0), "24.246914 and 24.246915 are no whole numbers", domains=[{"by": ["s"]}])
    worked("default-method", FOUR, with_({"weight": "w"}, calibration(sexes, method="linear")), TOTAL, {"value": 200, "se": (10400 / 3) ** 0.5}, "without a method it is the linear one")
    for method, bounds in [("raking", None), ("logit", (0.5, 3.5)), ("linear", (0.5, 3.5)), ("linear", (0.5, 3))]:
        # a bound that is met exactly is no bound
        worked(f"post-stratified-{method}" + (f"-{bounds[1]}" if bounds else ""), FOUR, with_({"weight": "w"}, calibration(sexes, method=method, bounds=bounds)), TOTAL, {"value": 200, "se": (10400 / 3) ** 0.5, "population": 80}, "with one margin every method comes to the same weights")
    worked("domain", FOUR, post, TOTAL, {"value": 50, "se": (2600 / 3) ** 0.5, "n": 2, "psus": 2, "strata": 1, "df": 1, "population": 40}, "y of the group is 1, 0, 2, 0; means 0.5 and 1; residuals 0.5, −0.5, 1, −1 times 30, 30, 10, 10; 4/3·(225 + 225 + 100 + 100): rows outside the group have residuals too", domains=[{"by": ["a"], "groups": [["in"]]}])
    worked("domain-is-a-category", FOUR, post, {"n": {"kind": "total"}}, {"value": 60, "se": 0, "n": 2}, "how many there are of a calibrated group is known", domains=[{"by": ["s"], "groups": [["f"]]}])
    worked("domain-size", FOUR, post, {"n": {"kind": "total"}}, {"value": 40, "se": (4 / 3 * (2 * 225 + 2 * 25)) ** 0.5}, "1, 0, 1, 0; residuals ±1/2 times 30 and 10", domains=[{"by": ["a"], "groups": [["in"]]}])
    worked("missing-value", FOUR | {"y": [1, 3, 2, None]}, post, TOTAL, {"value": 140, "se": (4 / 3 * (2 * 900 + 2 * 100)) ** 0.5, "n": 3, "population": 70}, "who has no value has 0 and takes part in the calibration: residuals −1, 1, 1, −1; 30 + 90 + 20")
    worked("missing-value-mean", FOUR | {"y": [1, 3, 2, None]}, post, MEAN, {"value": 2, "se": (4 / 3 * (2 * 900)) ** 0.5 / 70}, "140/70; (y − 2) of those with a value: −1, 1 about 0, and 0, 0")
    worked("ratio", FOUR | {"x": [1, 1, 2, 2]}, post, {"r": {"kind": "ratio", "numerator": "y", "denominator": "x"}}, {"value": 2, "se": (10400 / 3) ** 0.5 / 100}, "200/(60 + 40); y − 2x about its means: ∓1, ∓2")
    worked("stratified", FOUR, with_({"weight": "w", "stratum": "s"}, calibration(sexes)), TOTAL, {"value": 200, "se": 5200**0.5, "df": 2, "strata": 2}, "2·(900 + 900) + 2·(400 + 400)")
    worked("stratified-fpc", FOUR | {"N": [40, 40, 10, 10]}, with_({"weight": "w", "stratum": "s", "fpc": population("N")}, calibration(sexes)), TOTAL, {"value": 200, "se": (0.95 * 3600 + 0.8 * 1600) ** 0.5}, "1 − 2/40 and 1 − 2/10 of the two strata")
    worked("units", FOUR | {"i": ["A", "B", "A", "B"]}, with_({"weight": "w", "psu": "i"}, calibration(sexes)), TOTAL, {"value": 200, "se": 100, "df": 1, "psus": 2}, "A −30 − 20, B 30 + 20; 2·(2500 + 2500)")
    worked("weights-differ", {"s": ["f", "f", "f", "m"], "w": [10, 20, 10, 20], "y": [2, 4, 4, 5]}, with_({"weight": "w"}, calibration(margin(["s"], f=80, m=30))), TOTAL, {"value": 430, "se": (4 / 3 * (30**2 + 20**2 + 10**2)) ** 0.5}, "g = 80/40 and 30/20; mean of f with design weights (20 + 80 + 40)/40 = 3.5; weights 20, 40, 20, 30; residuals −1.5, 0.5, 0.5, 0: −30, 20, 10, 0; 20·2 + 40·4 + 20·4 + 30·5")
    add("covariances", FOUR, post, TOTAL, {"groups": [{"codes": [["in"], ["out"]], "groups": [{"value": 50, "size": 40, "n": 2, "se": (2600 / 3) ** 0.5}, {"value": 150, "size": 40, "n": 2, "se": 7800**0.5}], "covariance": [[2600 / 3, -2600], [-2600, 7800]]}]}, "residuals of the two groups: 15, −15, 10, −10 and −45, 45, −30, 30; together 2600/3 + 7800 − 2·2600 = 10400/3", domains=[{"by": ["a"]}], reporting=AT_95 | {"covariances": True})
    worked("quantile", FOUR, post, {"q": {"kind": "quantile", "variable": "y", "probability": 0.6}}, {"value": 3}, "shares 3/8, 1/2, 7/8, 1 in the order 1, 2, 3, 6; with the weights of the design it would also be 3")
    worked("quantile-moves", FOUR, post, {"q": {"kind": "quantile", "variable": "y", "probability": 0.3}}, {"value": 1}, "30/80 of the people are at 1; with the weights of the design, 1/4, it would be 2")
    worked("poverty", FOUR, post, {"p": {"kind": "at_risk_of_poverty", "variable": "y", "threshold": {"given": 1.5}}}, {"value": 0.375, "threshold": 1.5, "se": (4 / 3 * 450) ** 0.5 / 80}, "30 of 80; residuals 1/2, −1/2, 0, 0 times 30")
    worked("gini", {"s": ["f", "m"], "w": [10, 10], "y": [1, 3]}, with_({"weight": "w"}, calibration(margin(["s"], f=30, m=10))), {"g": {"kind": "gini", "variable": "y"}}, {"value": 0.25, "se": 0}, "2·30·10·2/(2·40·60); a category of one row leaves no residual")

    # four cells, three constraints that count
    def square(*totals, method=None, bounds=None):
        f_, m_, n_, s_ = totals
        return with_({"weight": "w"}, calibration(margin(["s"], f=f_, m=m_), margin(["p"], n=n_, s=s_), method=method, bounds=bounds))

    se = 3200**0.5
    note = "; the residuals of y are 1, −1, −1, 1: what an additive model leaves"
    worked("two-margins-even", SQUARE, square(60, 20, 40, 40, method="raking"), TOTAL, {"value": 220, "se": (8000 / 3) ** 0.5, "population": 80}, "30, 30, 10, 10" + note)
    worked("two-margins-linear", SQUARE, square(60, 20, 60, 20), TOTAL, {"value": 140, "se": se}, "g = 2 ± 1 ± 1: 40, 20, 20, 0" + note + "; a weight of 0 is not below 0")
    worked("two-margins-linear-mean", SQUARE, square(60, 20, 60, 20), MEAN, {"value": 1.75, "se": se / 80, "n": 4, "psus": 4, "df": 3}, "140/80; who has a calibrated weight of 0 still is one of the sample")
    worked("two-margins-raking", SQUARE, square(60, 20, 60, 20, method="raking"), TOTAL, {"value": 160, "se": se, "population": 80}, "3/4 · 3/4 of 80 and so on: 45, 15, 15, 5; 45 + 45 + 30 + 40" + note + "; 4/3·(45² + 15² + 15² + 5² − 20²/4)")
    worked("two-margins-logit", SQUARE, square(60, 20, 60, 20, method="logit", bounds=(0, 8.32)), TOTAL, {"value": 156, "se": se, "population": 80}, "44, 16, 16, 4: g/(8.32 − g) is a product, as 4.4/3.92 · 0.4/7.92 = (1.6/6.72)²" + note)
    worked("two-margins-bounded", SQUARE, square(60, 20, 60, 20, bounds=(0.2, 5)), TOTAL, {"value": 148, "se": se, "population": 80}, "the least g held at 0.2, so the others are 1.8, 1.8 and 4.2: 42, 18, 18, 2" + note)
    worked("two-margins-wide-bounds", SQUARE, square(60, 20, 60, 20, bounds=(-1, 5)), TOTAL, {"value": 140, "se": se}, "within its bounds it is the linear one")
    add("negative-weights", SQUARE, square(70, 10, 70, 10), TOTAL, {"estimates": [{"value": 70, "se": (4 / 3 * 3400) ** 0.5}], "findings": {"counts": {"survey.negative-calibrated-weights": 1}}}, "g = 2 ± 1.5 ± 1.5: 50, 20, 20, −10, one row below 0; 50 + 60 + 40 − 80; w·e 50, −20, −20, −10")
    add("no-negative-weights", SQUARE, square(70, 10, 70, 10, method="raking"), TOTAL, {"estimates": [{"value": 61.25 + 26.25 + 17.5 + 10}], "findings": {"counts": {"survey.negative-calibrated-weights": None}}}, "7/8 · 7/8 of 80 and so on: 61.25, 8.75, 8.75, 1.25")
    # all four cells known: nothing is left, and the two margins of one known table do the same as the crossing itself where it is even
    worked("crossed", SQUARE, with_({"weight": "w"}, calibration(margin(["s", "p"], **{"f-n": 45, "f-s": 15, "m-n": 15, "m-s": 5}))), TOTAL, {"value": 160, "se": 0}, "every row is a category of its own")
    worked("crossed-order", SQUARE, with_({"weight": "w"}, calibration(margin(["p", "s"], **{"s-m": 5, "n-m": 15, "s-f": 15, "n-f": 45}))), TOTAL, {"value": 160, "se": 0}, "in any order")
    worked("three-margins", SQUARE, with_({"weight": "w"}, calibration(margin(["s"], f=60, m=20), margin(["p"], n=60, s=20), margin(["s", "p"], **{"f-n": 45, "f-s": 15, "m-n": 15, "m-s": 5}), method="raking")), TOTAL, {"value": 160, "se": 0}, "the first two follow from the third")

    line = {"w": [10] * 3, "x": [1, 2, 3], "y": [3, 3, 5]}
    worked("number", line, with_({"weight": "w"}, calibration(numbers={"x": 90})), TOTAL, {"value": 1130 / 7, "se": (1.5 * (2753800 - 490000 / 3) / 9604) ** 0.5, "population": 10 * (17 + 20 + 23) / 14}, "90 − 60 = λ·140: g = 1 + 3x/14 = 17/14, 20/14, 23/14; slope 24/14 through 0, residuals 9/7, −3/7, −1/7; w·e 1530/98, −600/98, −230/98")
    worked("number-known", line, with_({"weight": "w"}, calibration(numbers={"x": 90})), {"t": {"kind": "total", "variable": "x"}}, {"value": 90, "se": 0}, "the total of the number itself")
    worked("number-times-two", line | {"y": [2, 4, 6]}, with_({"weight": "w"}, calibration(numbers={"x": 90}, method="raking")), TOTAL, {"value": 180, "se": 0}, "y = 2x")
    regression = {"w": [10] * 6, "all": ["yes"] * 6, "x": [1, 2, 3, 4, 5, 6], "y": [1, 3, 2, 5, 4, 9]}
    b = Fraction(46, 35)
    e = [y - 4 - b * (x - Fraction(7, 2)) for x, y in zip(regression["x"], regression["y"])]
    u = [10 * (1 + (x - Fraction(7, 2)) * Fraction(6, 35)) * r for x, r in zip(regression["x"], e)]
    worked("regression", regression, with_({"weight": "w"}, calibration(margin(["all"], yes=60), numbers={"x": 240})), TOTAL, {"value": 240 + 30 * 46 / 35, "se": float(Fraction(6, 5) * (sum(v * v for v in u) - sum(u) ** 2 / 6)) ** 0.5, "population": 60}, "the regression estimator: 60·(4 + b·(4 − 3.5)), b = 23/17.5, g = 20/35, 26/35, …, 50/35")
    worked("number-that-follows", FOUR | {"x": [2, 2, 0, 0]}, with_({"weight": "w"}, calibration(sexes, numbers={"x": 120})), TOTAL, {"value": 200, "se": (10400 / 3) ** 0.5}, "x is twice f, and its total twice that of f: nothing new")
    worked("zero-weight", {n: v + [{"s": "f", "w": 0, "y": 9, "a": "in"}[n]] for n, v in FOUR.items()}, post, TOTAL, {"value": 200, "se": 3250**0.5, "n": 4, "psus": 4, "df": 3}, "a row of weight 0 keeps it, and keeps its unit in the design: 5/4·2600")
    # each replicate without one row
    leaves = {f"r{k}": [0 if r == k - 1 else 12 for r in range(4)] for k in range(1, 5)}
    jackknife = {"weight": "w", "replicates": {"columns": list(leaves), "method": "jackknife1", "mse": True}}
    worked("jackknife", FOUR | leaves, with_(jackknife, calibration(sexes)), TOTAL, {"value": 200, "se": 7800**0.5, "df": 3, "population": 80}, "each set of weights reaches 60 and 20: 260, 140, 240, 160 without each row; 3/4·(2·60² + 2·40²)")
    worked("jackknife-everybody", FOUR | leaves, with_(jackknife, calibration(sexes, method="raking")), {"n": {"kind": "total"}}, {"value": 80, "se": 0}, "80 in each replicate")
    factors = {k: [v / 12 for v in values] for k, values in leaves.items()}
    worked("jackknife-factors", FOUR | factors, with_(jackknife | {"replicates": jackknife["replicates"] | {"combined": False}}, calibration(sexes)), TOTAL, {"value": 200, "se": 7800**0.5}, "factors of the design weights, which are calibrated as their products")
    add("jackknife-covariances", FOUR | leaves, with_(jackknife, calibration(sexes)), {"m": {"kind": "mean", "variable": "y"}}, {"groups": [{"codes": [["f"], ["m"]], "groups": [{"value": 2, "size": 60}, {"value": 4, "size": 20}], "covariance": [[1.5, 0], [0, 6]]}]}, "3, 1, 2, 2 and 4, 4, 6, 2: 3/4·2 and 3/4·8", domains=[{"by": ["s"]}], reporting=AT_95 | {"covariances": True})
    for id_, number, counts in (("reaches", 80, {"survey.weights-miss-population": None}), ("misses", 40, {"survey.weights-miss-population": 1})):
        add(f"population-{id_}", FOUR, post | {"population": number}, MEAN, {"findings": {"counts": counts}}, "it is the calibrated weights that should reach it: 80")
    worked("quality", FOUR, post, {"n": {"kind": "total"}}, {"value": 80, "se": 0, "quality": "fine", "flags": ["few_cases"]}, "no error at all", reporting=AT_95 | {"quality": BANDS})
    one = {"h": ["1", "1", "1", "2"], "s": ["f", "m", "f", "m"], "w": [10] * 4, "y": [1, 2, 3, 6], "a": ["in"] * 3 + ["out"]}
    for choice, rest, note in [("certainty", 1.5 * (900 + 400 + 900 - 400 / 3), "−30, −20, 30 in stratum 1; nothing of stratum 2"), ("adjust", 1.5 * (900 + 400 + 900 - 400 / 3) + 400, "and 20² from zero"), ("average", 3 * (900 + 400 + 900 - 400 / 3), "2/1 of it")]:
        worked(f"lonely-{choice}", one, with_({"weight": "w", "stratum": "h", "lonely_psu": choice}, calibration(sexes)), TOTAL, {"value": 200, "se": rest**0.5}, note)
        worked(f"lonely-{choice}-outside-the-group", one, with_({"weight": "w", "stratum": "h", "lonely_psu": choice}, calibration(sexes)), {"n": {"kind": "total", "variable": "s", "category": "m"}}, {"value": 10, "n": 3}, "the group has nobody in the lonely stratum, whose row has a residual all the same", domains=[{"by": ["a"], "groups": [["in"]]}], take=TAKE)


# what is calibrated to in the generated samples
METHODS = {"linear": {}, "raking": {"method": "raking"}, "logit": {"method": "logit"}, "bounded": {"method": "linear"}}
TO = {
    "one": ([["s"]], []),
    "two": ([["s"], ["h"]], []),
    "crossed": ([["s", "z2"]], []),
    "number": ([["s"]], ["x"]),
    "all": ([["h"], ["s", "z2"]], ["x"]),
    "numbers": ([], ["x", "inc"]),
}


def sample(seed, replicates=0):
    columns = invented(seed, replicates)
    columns["z2"] = ["no" if v == 0 else "yes" for v in columns["z"]]
    return columns


def bounds(columns, made, sets, method):
    """Of the logit, some way beyond the linear weights; of the linear method such that some weights are held, where the totals leave room for that."""
    of = oracle_calibration.Calibration(made, columns, len(columns["w"]))
    sets = [[Fraction(v) for v in columns[name]] for name in sets]
    g = [float(w / d) for s in sets for w, d in zip(of.weights(s), s)]
    low, high = min(g), max(g)
    for cut in (0.15, 0.05, -0.15) if method == "bounded" and len(of.totals) > 2 else (-0.15,):
        b = {"lower": min(0.95, round(low + cut * (high - low), 3)), "upper": max(1.05, round(high - cut * (high - low), 3))}
        try:
            of = oracle_calibration.Calibration(made | {"bounds": b}, columns, len(columns["w"]))
            return b if cut < 0 or all(of.weights(s) for s in sets) else None
        except oracle_calibration.Reject:
            pass


def known_totals(columns, to, method, seed, sets=("w",), more=Fraction(1)):
    """Totals near those of the weights, whole numbers, with the same sum for each margin."""
    margins, numbers = TO[to]
    everybody = round(sum(columns["w"]) * (1.05 + seed % 3 / 20))
    state = seed

    def factor():
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return Fraction(80 + (state >> 33) % 41, 100)

    made, size = [], Fraction(sum(columns["w"]))
    for by in margins:
        cells = {}
        for codes, w in zip(zip(*(columns[d] for d in by)), columns["w"]):
            cells[codes] = cells.get(codes, 0) + Fraction(w)
        cells = {k: v * factor() for k, v in sorted(cells.items())}
        scale = everybody / sum(cells.values())
        totals = {k: round(v * scale) for k, v in cells.items()}
        totals[max(totals)] += everybody - sum(totals.values())
        made.append({"by": by, "totals": [{"codes": list(k), "total": v} for k, v in totals.items()]})
    of = {n: round(sum(Fraction(w) * Fraction(v) for w, v in zip(columns["w"], columns[n])) * (everybody / size if margins else 1) * (Fraction(105, 100) if seed % 2 else Fraction(95, 100)) * more) for n in numbers}
    made = calibration(*made, numbers=of, **METHODS[method])
    return made | {"bounds": bounds(columns, made | {"method": "linear"}, sets, method)} if method in ("logit", "bounded") else made


def asked(columns, plan_request):
    """Only the columns that are needed."""
    names = oracle_survey.needed(plan_request["plan"])
    return plan_request | {"columns": {n: v for n, v in columns.items() if n in names}}


def designs(F):
    f = F("survey/calibrated-designs", "Calibrated weights under each design", "the oracle: residuals row by row, in fractions (Deville & Särndal 1992; Särndal, Swensson & Wretman 1992)")
    measures = [["mean", "category"], ["total", "ratio"], ["members", "rate"], ["share", "rate-of-two"]]
    for k, (name, design) in enumerate(DESIGNS.items()):
        columns = sample(500 + k)
        for j, method in enumerate(METHODS):
            for i, to in enumerate(TO):
                if (i + j + k) % 3:
                    continue
                chosen = measures[(i // 3 + j + k) % len(measures)]
                made = with_(design, known_totals(columns, to, method, 500 + k))
                f.add(f"{name}-{method}-{to}", "survey.estimate", asked(columns, request(columns, made, {m: LINEAR[m] for m in chosen}, [{}, {"by": ["g"]}])), take=TAKE)
        if k % 3 == 1:
            made = with_(design, known_totals(columns, "number", "linear", 500 + k, more=Fraction(17, 10)))
            f.add(f"{name}-negative", "survey.estimate", asked(columns, request(columns, made, {m: LINEAR[m] for m in ("mean", "total", "ratio")}, [{}, {"by": ["s"]}])), take=TAKE, note="some weights are below 0, and count so")
    f = F("survey/calibrated-lists", "Quantiles and poverty measures with calibrated weights", "the oracle: Woodruff 1952; Deville 1999; Osier 2009")
    for k, name in enumerate(("rows", "rows-strata-fraction", "strata-units", "two-stage")):
        columns = sample(520 + k)
        for j, method in enumerate(METHODS):
            to = ["one", "two", "number", "all"][(j + k) % 4]
            made = with_(DESIGNS[name], known_totals(columns, to, method, 520 + k))
            chosen = list(LISTS)[j % 2 :: 2]
            f.add(f"{name}-{method}-{to}", "survey.estimate", asked(columns, request(columns, made, {m: LISTS[m] for m in chosen}, [{}, {"by": ["s"]}])), take=TAKE)


def groups(F):
    f = F("survey/calibrated-groups", "Groups with the covariances of their estimates, weights calibrated", "the oracle: residuals of two groups, row by row; Rao & Scott 1984")
    both = AT_95 | {"covariances": True}
    chosen = [["mean", "category"], ["total", "share"], ["ratio", "category"], ["rate", "share"]]
    for k, (name, design) in enumerate(DESIGNS.items()):
        columns = sample(540 + k)
        for j, method in enumerate(METHODS):
            if (j + k) % 2:
                continue
            to = ["one", "number", "two", "all"][(k // 2 + j) % 4]
            made = with_(design, known_totals(columns, to, method, 540 + k))
            f.add(f"{name}-{method}-{to}", "survey.estimate", asked(columns, request(columns, made, {m: LINEAR[m] for m in chosen[(j + k) % 4]}, [{"by": ["g"]}, {"by": ["s"]}], both)), take=["groups"])
    for k, name in enumerate(("strata-units", "two-stage")):
        columns = sample(550 + k)
        made = with_(DESIGNS[name], known_totals(columns, "number", "raking", 550 + k))
        f.add(f"{name}-lists", "survey.estimate", asked(columns, request(columns, made, {m: LISTS[m] for m in ("median", "poor", "gini")}, [{"by": ["s"]}], both)), take=["groups"])


def replicates(F):
    f = F("survey/calibrated-replicates", "Replicate weights, each calibrated anew", "the oracle; conventions as in R's survey")
    for k, (name, design) in enumerate(REPLICATED.items()):
        columns = sample(560 + k, 6)
        for j, method in enumerate(METHODS):
            # factors of some 60 are taken to weights by no bounds
            if (j + k) % 2 or name == "bootstrap-factors" and method == "bounded":
                continue
            to = ["one", "number", "two"][(k + j) % 3]
            made = known_totals(columns, to, method, 560 + k, ["w"] + design["replicates"]["columns"])
            f.add(f"{name}-{method}-{to}", "survey.estimate", asked(columns, request(columns, with_(design, made), {m: LINEAR[m] for m in ("mean", "everybody", "category", "ratio")}, [{}, {"by": ["s"]}])), take=["estimates"], tol=1e-11, note="an error of 0 is that of sums that are alike but for rounding")
        made = with_(design, known_totals(columns, "one", "raking", 560 + k))
        f.add(f"{name}-lists", "survey.estimate", asked(columns, request(columns, made, {m: LISTS[m] for m in ("median", "gini", "poor")}, [{}])), take=["estimates"])
        made = with_(design, known_totals(columns, "two", "linear", 560 + k))
        f.add(f"{name}-groups", "survey.estimate", asked(columns, request(columns, made, {m: LINEAR[m] for m in ("mean", "category")}, [{"by": ["s"]}], AT_95 | {"covariances": True})), take=["groups"])


def refused(F):
    f = F("survey/calibrated-refused", "Calibrations that are refused, and what is said of doubtful ones", "the method (section 5); the rules of the wire")
    plain = {"weight": "w"}
    sexes, places = margin(["s"], f=60, m=20), margin(["p"], n=60, s=20)

    def r(id_, code, made, columns=SQUARE, note=None, design=plain, estimates=None):
        f.add("reject-" + id_, "survey.estimate", request(columns, with_(design, made), estimates or TOTAL), reject=code, note=note)

    def column(name, row, value):
        changed = list(SQUARE[name])
        changed[row] = value
        return SQUARE | {name: changed}

    bad, path = "survey.bad-plan", "path design.calibration."
    r("nothing-to-calibrate-to", bad, {}, note="path design.calibration")
    r("empty-lists", bad, {"margins": [], "numbers": []}, note="path design.calibration")
    r("logit-without-bounds", bad, calibration(sexes, method="logit"), note=path + "bounds")
    r("logit-lower-1", bad, calibration(sexes, method="logit", bounds=(1, 3)), note=path + "bounds: lower < 1 < upper")
    r("logit-upper-1", bad, calibration(sexes, method="logit", bounds=(0.5, 1)), note=path + "bounds: lower < 1 < upper")
    r("bounds-the-wrong-way", bad, calibration(sexes, method="linear", bounds=(3, 0.5)), note=path + "bounds")
    r("raking-with-bounds", bad, calibration(sexes, method="raking", bounds=(0.5, 3)), note=path + "bounds: the exponential has none")
    r("sums-differ", bad, calibration(sexes, margin(["p"], n=60, s=21)), note=path + "margins: 80 and 81")
    r("sums-differ-a-little", bad, calibration(sexes, margin(["p"], n=60, s=20.000001)), note=path + "margins: 1e-8 apart, 1e-9 is let pass")
    r("total-zero", bad, calibration(margin(["s"], f=60, m=0)), note=path + "margins.0.totals.1.total")
    r("total-negative", bad, calibration(margin(["s"], f=60, m=-20)), note=path + "margins.0.totals.1.total")
    r("category-twice", bad, calibration({"by": ["s"], "totals": [{"codes": ["f"], "total": 30}, {"codes": ["m"], "total": 20}, {"codes": ["f"], "total": 30}]}), note=path + "margins.0.totals.2.codes")
    r("no-totals", bad, calibration({"by": ["s"], "totals": []}), note=path + "margins.0.totals")
    r("codes-too-many", bad, calibration(margin(["s"], **{"f-n": 60, "m-n": 20})), note=path + "margins.0.totals.0.codes: one dimension, two codes")
    r("dimension-twice", bad, calibration(margin(["s", "s"], **{"f-f": 60, "m-m": 20})), note=path + "margins.0.by")
    r("no-total-of-a-code", "survey.no-population-total", calibration(margin(["s"], f=80)), note="row 3 is the first with m")
    r("no-total-of-a-crossing", "survey.no-population-total", calibration(margin(["s", "p"], **{"f-n": 40, "f-s": 20, "m-n": 20})), note="row 4: m, s")
    r("missing-code", "survey.missing-design-value", calibration(sexes), column("s", 2, None), note="row 3")
    r("missing-code-of-a-crossing", "survey.missing-design-value", calibration(margin(["s", "p"], **{"f-n": 40, "f-s": 20, "m-n": 15, "m-s": 5})), column("p", 1, None), note="row 2")
    r("missing-number", "survey.missing-design-value", calibration(numbers={"y": 200}), column("y", 1, None), note="row 2; a missing study variable would be let pass", estimates={"n": {"kind": "total"}})
    r("no-column-of-codes", "survey.missing-column", calibration(margin(["district"], n=60, s=20)))
    r("no-column-of-numbers", "survey.missing-column", calibration(sexes, numbers={"income": 200}))

    missed = "survey.calibration-not-reached"
    for method, bounds in (("linear", None), ("raking", None), ("logit", (0.1, 5)), ("linear", (0.1, 5))):
        word = "bounded" if bounds and method == "linear" else method
        r(f"category-without-rows-{word}", missed, calibration(margin(["s"], f=40, m=20, x=20), method=method, bounds=bounds), note="nobody of the sample is x")
        r(f"impossible-margins-{word}", missed, calibration(sexes, margin(["p"], n=40, s=40), method=method, bounds=bounds), SQUARE | {"p": ["n", "n", "s", "s"]}, note="f and n are the same rows, and should be 60 and 40")
    r("logit-upper-too-low", missed, calibration(sexes, method="logit", bounds=(0.5, 2.9)), note="f needs g = 3")
    r("logit-lower-too-high", missed, calibration(margin(["s"], f=20, m=10), method="logit", bounds=(0.6, 2)), note="m needs g = 1/2")
    r("bounds-too-low", missed, calibration(sexes, bounds=(0.5, 2.9)), note="f needs g = 3")
    r("bounds-too-narrow-for-two", missed, calibration(sexes, places, bounds=(0.5, 4)), note="40 + 20 + 20 + 0 with the least freedom: f, n not above 40 leaves nothing for m, s")
    r("raking-number-out-of-reach", missed, calibration(sexes, numbers={"y": 800}, method="raking"), note="80 people with 8 at the most: f reaches 180, m 160")
    r("linear-number-constant", missed, calibration(sexes, numbers={"k": 100}), SQUARE | {"k": [1] * 4}, note="a column of ones is the number of people, 80")
    r("no-weight", missed, calibration(sexes), SQUARE | {"w": [0] * 4}, note="weights of 0 stay 0")
    without = SQUARE | {"r1": [10, 10, 0, 0], "r2": [10, 10, 10, 10]}
    r("replicate-without-the-category", missed, calibration(sexes), without, design={"weight": "w", "replicates": {"columns": ["r1", "r2"], "method": "brr"}}, note="as in R: one replicate that cannot be calibrated stops the call")

    # by the rules of the wire, and states
    def wire(id_, made, code):
        f.cases.append({"id": "reject-" + id_, "op": "survey.estimate", "input": request(SQUARE, with_(plain, made), TOTAL), "reject": code})

    wire("unknown-method", calibration(sexes, method="linear") | {"method": "sinusoidal"}, "wire.bad-request")
    wire("unknown-field", calibration(sexes) | {"trim": 3}, "wire.unknown-field")
    wire("bounds-without-upper", calibration(sexes) | {"bounds": {"lower": 0.5}}, "wire.bad-request")
    wire("text-as-total", calibration({"by": ["s"], "totals": [{"codes": ["f"], "total": "many"}]}), "wire.bad-request")
    plan = lambda made: {"design": with_(plain, made), "estimates": TOTAL}  # noqa: E731
    worse = calibration(sexes, margin(["p"], n=60, s=21))
    f.add("reject-accumulate-bad-plan", "survey.accumulate", {"plan": plan(worse), "columns": SQUARE}, reject=bad)
    f.add("reject-merge-bad-plan", "survey.merge", {"plan": plan(worse), "states": []}, reject=bad)
    f.add("reject-finish-bad-plan", "survey.finish", {"plan": plan(worse), "state": "", "reporting": AT_95}, reject=bad, note="the plan is read before the state")
    f.add("reject-accumulate-missing-code", "survey.accumulate", {"plan": plan(calibration(sexes)), "columns": {"w": [1, 1], "s": ["f", None], "y": [1, 2]}}, reject="survey.missing-design-value", note="row 2 of the batch")
    f.add("reject-accumulate-missing-number", "survey.accumulate", {"plan": plan(calibration(sexes, numbers={"x": 9})), "columns": {"w": [1], "s": ["f"], "y": [1], "x": [None]}}, reject="survey.missing-design-value", note="row 1 of the batch")
    f.add("reject-accumulate-no-total", "survey.accumulate", {"plan": plan(calibration(sexes)), "columns": {"w": [1, 1], "s": ["f", "x"], "y": [1, 2]}}, reject="survey.no-population-total", note="row 2 of the batch; totals come with the plan, so it is known at once")
    for op, more in (("finish", {"state": "*", "reporting": AT_95}), ("merge", {"states": ["*"]}), ("accumulate", {"state": "*", "columns": SQUARE})):
        f.add(f"reject-{op}-no-state", f"survey.{op}", {"plan": plan(calibration(sexes)), **more}, reject="survey.bad-state")

    # a sum that is off by rounding only
    f.add("sums-nearly-alike", "survey.estimate", request(SQUARE, with_(plain, calibration(sexes, margin(["p"], n=40, s=40.00000002))), {"n": {"kind": "total"}}), {"estimates": [{"value": 80}]}, tol=1e-9, note="2.5e-10 apart")
    f.add("negative-weights-two", "survey.estimate", request({"s": ["f", "f", "m", "m", "m"], "p": ["n", "s", "n", "s", "s"], "w": [10] * 4 + [5], "y": [1, 3, 2, 8, 8]}, with_(plain, calibration(margin(["s"], f=70, m=10), margin(["p"], n=70, s=10))), {"n": {"kind": "total"}}), {"estimates": [{"value": 80, "n": 5}], "findings": {"counts": {"survey.negative-calibrated-weights": 1}}}, note="one finding, of two rows")


R_DESIGNS = {
    "apistrat": {"weight": "pw", "stratum": "stype", "fpc": population("fpc")},
    "apiclus1": {"weight": "pw", "psu": "dnum", "fpc": population("fpc")},
    "apiclus2": {"weight": "w", "psu": "dnum", "fpc": population("fpc1"), "second_stage": {"unit": "snum", "fpc": population("fpc2")}},
    "rows": {"weight": "w"},
    "units": {"weight": "w", "stratum": "h", "psu": "i"},
    "units-fpc": {"weight": "w", "stratum": "h", "psu": "i", "fpc": population("N")},
    **{f"lonely-{rule}": {"weight": "w", "stratum": "h", "psu": "i", "fpc": population("N"), "lonely_psu": rule} for rule in ("certainty", "adjust", "average")},
}


def as_in_r(F):
    f = F("survey/calibrated-r", "Calibrated weights as in R", "R, survey 4.1.1: calibrate, svytotal, svymean, svyratio, svyquantile, svycontrast, svyby, svychisq; tests/oracle/r/calibrate.R")
    for case in R["cases"]:
        data, figures = case["data"], case["figures"]
        ours, g, y, x, z = (R["columns"][data], "comp.imp", "api00", "api99", "poor") if data.startswith("api") else (R["columns"]["rows"], "g", "y", "x", "z")
        if data.startswith("lonely"):
            keep = [h != "h2" or i == "i1" for h, i in zip(ours["h"], ours["i"])]
            ours = {n: [v for v, k in zip(values, keep) if k] for n, values in ours.items()}
        jackknife, factors = data == "jackknife", R["columns"]["factors" if data == "jackknife" else "boot"]
        design = R_DESIGNS.get(data) or {"weight": "w", "replicates": {"columns": list(factors), "method": "jackknife_n" if jackknife else "bootstrap", "degrees_of_freedom": figures["df"]} | ({"rscales": R["rscales"], "combined": False, "mse": True} if jackknife else {})}
        columns = ours if data in R_DESIGNS else ours | factors
        measures = {"mean": {"kind": "mean", "variable": y}, "ratio": {"kind": "ratio", "numerator": y, "denominator": x}, "share": {"kind": "proportion", "variable": z}, "total": {"kind": "total", "variable": y}}
        if "quantile" in figures:
            measures["quantile"] = {"kind": "quantile", "variable": y, "probability": 0.3, "rule": "survey"}
        codes, first = figures["mean_groups"]["codes"], figures["domain"]["code"]
        expected = []
        for name in sorted(measures):
            if name == "quantile":
                q = dict(figures["quantile"])
                if "interval" in q:
                    q["interval"] = {"lower": q["interval"][0], "upper": q["interval"][1], "method": "woodruff"}
                expected += [q] + [{}] * len(codes)
                continue
            whole = dict(figures["all"][name]) | {"df": figures["df_share" if name == "share" else "df"]}
            for kind in ("mean", "share"):
                if kind == name and f"{kind}_interval" in figures:
                    whole["interval"] = dict(zip(("lower", "upper"), figures[f"{kind}_interval"]))
            if name == "share":
                whole["population"] = figures["population"]
            expected += [whole] + [dict(figures["domain"]["figures"][name]) if c == first else {} for c in codes]
        together = []
        for name in sorted(measures):
            theirs = figures.get(f"{name}_groups")
            together.append({"estimate": name, "by": [g]})
            if theirs:
                together[-1] |= {"codes": [[c] for c in theirs["codes"]], "groups": [{"value": v} for v in theirs["values"]], "covariance": theirs["covariance"]}
            # of a lonely unit's stratum R's test takes the mean of the others, ours takes nothing: with calibrated weights as without
            if name == "share" and data != "lonely-average":
                together[-1]["all_equal"] = figures["alike"]
        made = request(columns, with_(design, case["calibration"]), measures, [{}, {"by": [g]}], AT_95 | {"covariances": True})
        f.add(case["name"], "survey.estimate", asked(columns, made), {"estimates": expected, "groups": together}, tol=1e-9)
