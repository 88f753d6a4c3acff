"""Vectors of tests and intervals that keep their level: degrees of freedom, weighted counts, tables of shares beside R. Called by generate.py."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import oracle_equality
from generate_data import asked, place, row, share
from generate_survey import AT_95, CLUSTERED, DESIGNS, LINEAR, REPLICATED, invented, population, request

R = json.loads((Path(__file__).parent / "r" / "alike.json").read_text())
BOTH = AT_95 | {"covariances": True}


def write(F):
    given(F)
    counts(F)
    rows(F)
    reports(F)
    gaps(F)
    compared(F)
    alike(F)


def given(F):
    f = F("estimate/degrees-of-freedom", "Intervals of a given error with its degrees of freedom", "value ± t·se; quantiles of Student's t from any table")

    def a(id_, df, reach, note=None):
        f.add(id_, "estimate.given", {"value": 10, "se": 1, "df": df, "confidence": 0.95}, {"value": 10, "se": 1, "df": df, "interval": {"lower": 10 - reach, "upper": 10 + reach, "method": "student_t"}}, tol=1e-9, note=note)

    a("two", 2, 4.302652729911275, "0.95·√(2/0.0975)")
    a("seven", 7, 2.364624251592784, "eight sampling units of one stratum")
    a("sixteen", 16, 2.119905299221011)
    a("hundred", 100, 1.983971518523552)
    f.add("fraction", "estimate.given", {"value": 10, "se": 1, "df": 3.5, "confidence": 0.9}, take=["interval"])
    f.add("no-error", "estimate.given", {"value": 10, "df": 7, "confidence": 0.95}, {"value": 10, "se": None, "df": None, "interval": None}, note="degrees of freedom of nothing")
    for id_, df in (("zero", 0), ("negative", -2)):
        f.add("reject-" + id_, "estimate.given", {"value": 10, "se": 1, "df": df, "confidence": 0.95}, reject="estimate.bad-df")


def counts(F):
    f = F("estimate/weighted", "Figures from weighted counts", "as many persons as asked, over the design effect; hand-worked")

    def a(id_, kind, numerator, denominator, multiplier, expect, note=None, take=None, **more):
        f.add(id_, "estimate.from_counts", {"kind": kind, "numerator": numerator, "denominator": denominator, "multiplier": multiplier, "confidence": 0.95} | more, expect, take=take, note=note)

    hundred = {"lower": 5.522913706067509, "upper": 17.43656615049134, "method": "wilson"}
    a("worth-a-hundred", "proportion", 5000, 50000, 100, {"value": 10, "se": 3, "interval": hundred}, "200 asked, half of them worth: 10 of 100, se = 100·√(0.1·0.9/100)", n=200, deff=2)
    a("in-thousands", "proportion", 5, 50, 100, {"value": 10, "se": 4.242640687119285}, "counts in thousands: never more than the denominator; 100·√(0.09/50)", n=200, deff=2)
    a("unweighted", "proportion", 65, 100, 100, {"value": 65, "interval": {"lower": 55.25444329688796, "upper": 73.63575175690247}}, "all 100 were counted: the Wilson example", n=100)
    a("unweighted-clustered", "proportion", 20, 200, 100, {"value": 10, "se": 3}, "counted, by a design that is worth half: 100 persons", n=200, deff=2)
    a("effect-alone", "proportion", 20, 200, 100, {"value": 10, "se": 3}, "as many as were counted", deff=2)
    a("effect-below-one", "proportion", 5000, 50000, 100, {"value": 10, "se": 3}, "a stratified sample of 50 that is worth 100", n=50, deff=0.5)
    a("no-effect", "proportion", 5000, 50000, 100, {"value": 10, "se": None, "interval": None}, "how much the sample is worth is not known: no error", n=200)
    a("nobody-asked", "proportion", 5000, 50000, 100, {"value": 10, "se": None, "interval": None}, n=0, deff=2)
    a("issue-all", "proportion", 6020, 100000, 100, {"value": 6.02}, take=["se", "interval"], n=1000, deff=2)
    a("issue-women", "proportion", 3380, 52000, 100, {"value": 6.5}, take=["se", "interval"], n=520, deff=2)
    a("issue-men", "proportion", 2640, 48000, 100, {"value": 5.5}, take=["se", "interval"], n=480, deff=2)
    a("rate", "rate", 400, 20000, 1000, {"value": 20, "se": 4.47213595499958, "interval": {"method": "byar"}}, "1 000 worth of 2 000: 20 events of 1 000, se = 1000·√20/1000", take=None, n=2000, deff=2)
    a("rate-of-records", "rate", 4, 2000, 1000, {"value": 2, "se": 1}, "n is the number of events: they were counted", n=4)
    a("rate-of-persons", "rate", 4, 2000, 1000, {"value": 2, "se": 1}, n=2000)
    a("ratio", "ratio", 3, 4, 1, {"value": 0.75, "se": None, "interval": None}, n=10, deff=2)
    for id_, more, code in (("zero-effect", {"n": 10, "deff": 0}, "estimate.bad-design-effect"), ("negative-effect", {"deff": -1}, "estimate.bad-design-effect"), ("negative-n", {"n": -1, "deff": 2}, "estimate.negative-count")):
        f.add("reject-" + id_, "estimate.from_counts", {"kind": "proportion", "numerator": 5, "denominator": 50, "multiplier": 100, "confidence": 0.95} | more, reject=code)


def rows(F):
    f = F("check/design", "Degrees of freedom and design effects of rows", "hand-worked")
    whole = {"interval_lower": 25, "interval_upper": 36, "interval_confidence": 0.95, "interval_method": "logit"}
    for id_, more, bad in (
        ("whole", whole, None), ("exact-end", whole | {"interval_upper": 30}, None), ("none", {"interval_method": ""}, None), ("without-lower", whole | {"interval_lower": None}, 1), ("without-upper", whole | {"interval_upper": None}, 1), ("without-level", whole | {"interval_confidence": None}, 1),
        ("without-method", {k: v for k, v in whole.items() if k != "interval_method"}, 1), ("unknown-method", whole | {"interval_method": "bayes"}, 1), ("turned", whole | {"interval_lower": 37}, 1), ("level", whole | {"interval_confidence": 95}, 1), ("beside", whole | {"interval_upper": 29}, 1), ("method-alone", {"interval_method": "logit"}, 1),
    ):
        f.add("interval-" + id_, "check", {"observations": {"rows": [row("HOU-O-03", value=30, **more)]}}, {"rows": {"read": 1, "used": 0 if bad else 1, "rejected": 1 if bad else 0}, "findings": {"counts": {"obs.bad-interval": bad}}}, tol=0)
    for id_, more, found in (("fine", {"se": 1, "df": 7, "deff": 1.5}, None), ("df-zero", {"se": 1, "df": 0}, 1), ("deff-zero", {"deff": 0}, 1), ("deff-negative", {"deff": -1}, 1)):
        expect = {"rows": {"read": 1, "used": 0 if found else 1, "rejected": 1 if found else 0}, "findings": {"counts": {"obs.bad-design": found}}}
        f.cases.append({"id": id_, "op": "check", "input": {"observations": {"rows": [row("HOU-O-03", value=30, **more)]}}, "expect": expect, "tolerance": 0})


def reports(F):
    f = F("assess/weighted", "Weighted counts in a report", "as many persons as asked, over the design effect of the row or of the method; hand-worked")

    def a(id_, given, indicators=None, note=None, **more):
        f.add(id_, "assess", asked([given[0]["indicator"]], *given, **more), {"places": [place(None, indicators)]}, note=note)

    worth_100 = {"value": 10, "lower": 5.522913706067509, "upper": 17.43656615049134}
    a("assumed", [share("HOU-O-03", 5000, 50000, n=200)], {"HOU-O-03": {"figure": worth_100}}, "the method takes 2: 10 of 100")
    a("declared", [share("HOU-O-03", 5000, 50000, n=150, deff=1.5)], {"HOU-O-03": {"figure": worth_100}}, "150 over 1.5")
    a("error-given", [share("HOU-O-03", 5000, 50000, n=200, se=3)], {"HOU-O-03": {"figure": {"value": 10, "lower": 10 - 3 * 1.959963984540054, "upper": 10 + 3 * 1.959963984540054}}}, "the error of the survey comes before any other")
    a("error-given-with-df", [share("HOU-O-03", 5000, 50000, n=200, se=3, df=7)], {"HOU-O-03": {"figure": {"value": 10, "lower": 10 - 3 * 2.364624251592784, "upper": 10 + 3 * 2.364624251592784}}}, "t of 7 degrees of freedom")
    a("counted", [share("HOU-O-03", 300, 1000, n=1000)], {"HOU-O-03": {"figure": {"value": 30, "numerator": 300, "denominator": 1000}}}, "n is the denominator: persons")
    a("counted-clustered", [share("HOU-O-03", 20, 200, deff=2)], {"HOU-O-03": {"figure": worth_100}}, "counted, and worth half")
    a("rate", [share("SAF-O-03", 200, 400000, n=4000, confidentiality="public")], {"SAF-O-03": {"figure": {"value": 50}}}, "per 100 000: one event of 2 000")
    a("few-events", [share("SAF-O-03", 4, 100000, confidentiality="public")], {"SAF-O-03": {"figure": {"value": 4, "lower": 1.0898653736263249, "upper": 10.241588675403694}}}, "exact limits of 4 events, half the quantiles of chi-squared with 8 and 10 degrees of freedom (scipy)")
    a("ten-events", [share("SAF-O-03", 10, 100000, confidentiality="public")], {"SAF-O-03": {"figure": {"value": 10}}}, "from ten events on by Byar")
    always = copy.deepcopy(oracle_equality.standard_method())
    del always["estimate"]["exact_below"]
    a("few-events-by-byar", [share("SAF-O-03", 4, 100000, confidentiality="public")], {"SAF-O-03": {"figure": {"value": 4}}}, "a method that names no such number", method=always)
    always = always | {"estimate": always["estimate"] | {"exact_below": {"value": -1, "reason": "x", "source": "x"}}}
    f.cases.append({"id": "reject-exact-below", "op": "assess", "input": asked(["SAF-O-03"], share("SAF-O-03", 4, 100000), method=always), "reject": "method.bad-value"})
    a("rate-of-records", [share("SAF-O-03", 50, 100000, n=50, confidentiality="public")], {"SAF-O-03": {"figure": {"value": 50}}}, "fifty records of fifty events")
    bare = copy.deepcopy(oracle_equality.standard_method())
    del bare["estimate"]["design_effect"]
    a("no-assumption", [share("HOU-O-03", 5000, 50000, n=200)], {"HOU-O-03": {"figure": {"value": 10, "lower": None, "upper": None}}}, "a method without an assumed design effect gives no interval", method=bare)
    issue = [share("HOU-O-03", 6020, 100000, n=1000), share("HOU-O-03", 3380, 52000, n=520, SEX="F"), share("HOU-O-03", 2640, 48000, n=480, SEX="M")]
    a("gap", issue, {"HOU-O-03": {"gaps": [{"dimension": "SEX", "worst": "F", "best": "M", "verdict": "not_distinguishable"}]}}, "260 and 240 worth: z = 1/2.12")
    a("gap-without-assumption", issue, {"HOU-O-03": {"gaps": [{"dimension": "SEX", "p": None, "verdict": "not_tested"}]}}, "no test rather than one of persons who were never asked", method=bare)
    few = [share("HOU-O-03", 3000, 10000, n=1000, se=1)] + [share("HOU-O-03", 3400, 10000, n=500, se=1.5, df=3, SEX="F"), share("HOU-O-03", 2800, 10000, n=500, se=1.5, df=3, SEX="M")]
    a("gap-of-few-units", few, {"HOU-O-03": {"gaps": [{"dimension": "SEX", "verdict": "shown"}]}}, "6 over 2.12, t of 6: p 0.030; by the normal 0.005")
    fewer = [share("HOU-O-03", 3000, 10000, n=1000, se=1)] + [share("HOU-O-03", 3400, 10000, n=500, se=1.5, df=2, SEX="F"), share("HOU-O-03", 2900, 10000, n=500, se=1.5, df=2, SEX="M")]
    a("gap-of-fewer-units", fewer, {"HOU-O-03": {"gaps": [{"dimension": "SEX", "verdict": "not_distinguishable"}]}}, "5 over 2.12, t of 4: p 0.078; by the normal 0.018")

    logit = {"interval_lower": 4.5, "interval_upper": 21, "interval_confidence": 0.95, "interval_method": "logit"}
    survey = row("HOU-O-03", value=10, n=200, se=3, df=7, **logit)
    a("interval-given", [survey], {"HOU-O-03": {"figure": {"value": 10, "lower": 4.5, "upper": 21}}}, "what the survey says of its figure is not made anew")
    a("interval-given-without-error", [{k: v for k, v in survey.items() if k not in ("se", "df")}], {"HOU-O-03": {"figure": {"value": 10, "lower": 4.5, "upper": 21}}})
    a("interval-at-another-level", [survey | {"interval_confidence": 0.9}], {"HOU-O-03": {"figure": {"value": 10, "lower": 10 - 3 * 2.364624251592784, "upper": 10 + 3 * 2.364624251592784}}}, "made anew: t of 7 degrees of freedom at 95 %")
    a("interval-withheld", [survey | {"n": 5}], {"HOU-O-03": {"figure": {"kind": "suppressed", "lower": None, "upper": None}}}, "five persons: neither the figure nor its interval")

    def found(id_, given, counted, note=None, **more):
        f.cases.append({"id": "found-" + id_, "op": "assess", "input": asked(["HOU-O-03"], *given, **more), "expect": {"findings": {"counts": counted}}, "tolerance": 0} | ({"note": note} if note else {}))

    assumed, unknown = "estimate.assumed-design-effect", "estimate.unknown-design-effect"
    found("assumed", issue, {assumed: 1, unknown: None}, "once for the indicator")
    found("assumed-inside", issue, {assumed: 1}, policy={"internal": True})
    found("declared", [g | {"deff": 1.4} for g in issue], {assumed: None, unknown: None})
    found("error-given", [g | {"se": 1} for g in issue], {assumed: None, unknown: None})
    found("other-level", [survey | {"interval_confidence": 0.9}], {"estimate.other-confidence": 1})
    found("same-level", [survey], {"estimate.other-confidence": None})
    found("counted", [share("HOU-O-03", 300, 1000, n=1000)], {assumed: None})
    found("no-assumption", issue, {assumed: None, unknown: 1}, method=bare)
    found("of-what-is-shown", [share("HOU-O-03", 300, 1000, n=9)], {assumed: None, "release.suppressed": 1}, "a report says nothing of what it withholds")
    bad = copy.deepcopy(oracle_equality.standard_method())
    bad["estimate"]["design_effect"]["value"] = 0
    f.cases.append({"id": "reject-effect", "op": "assess", "input": asked(["HOU-O-03"], *issue, method=bad), "reject": "method.bad-value"})


def gaps(F):
    f = F("equality/degrees-of-freedom", "Gaps tested with the degrees of freedom of their errors", "Welch 1947 and 1951, Satterthwaite 1946; two groups by hand, p of Student's t from the incomplete beta function")

    def a(id_, triples, gap=None, note=None, polarity="higher"):
        groups = [{"value": v, "se": e} | ({} if df is None else {"df": df}) for v, e, df in triples]
        f.add(id_, "equality.gap", {"groups": groups, "polarity": polarity, "significance": 0.05}, {"gap": gap} if gap else None, take=None if gap else ["gap"], tol=1e-9, note=note)

    a("two-of-four", [(50, 3, 2), (40, 3, 2)], {"df": 4, "z": 10 / 18**0.5, "verdict": "not_distinguishable"}, "alike errors: the degrees of freedom add up; p 0.078 where the normal says 0.018")
    a("two", [(50, 3, 7), (40, 4, 7)], None, "625/(81/7 + 256/7) = 12.98")
    a("one-known", [(50, 3, 7), (40, 4, None)], {"df": 625 / (81 / 7), "z": 2}, "the other error is taken as known: 625/(81/7)")
    a("shown-still", [(50, 3, 16), (30, 4, 16)], {"z": 4, "verdict": "shown"})
    a("alike", [(40, 3, 5), (40, 3, 5)], {"z": 0, "p": 1, "df": 10})
    a("three", [(50, 3, 7), (40, 4, 7), (45, 2, 7)], None, "Welch's F, then pairs by Holm")
    a("three-far", [(50, 1, 7), (40, 1, 7), (45, 1, 7)], None)
    a("three-some-known", [(50, 3, 4), (40, 4, None), (45, 2, 30)], None)
    a("six", [(50 + k, 2 + k / 4, 3 + k) for k in range(6)], None)
    a("three-of-one", [(50, 1, 1), (40, 1, 1), (45, 1, 1)], None, "so few units that even ten standard errors are chance")
    for id_, df in (("zero", 0), ("negative", -1)):
        f.add("reject-" + id_, "equality.gap", {"groups": [{"value": 1, "se": 1, "df": df}, {"value": 2, "se": 1}], "polarity": "higher", "significance": 0.05}, reject="estimate.bad-df")

    def change(id_, earlier, later, note=None, **more):
        made = [{"gap": g[0], "se": g[1]} | ({"df": g[2]} if len(g) > 2 else {}) for g in (earlier, later)]
        f.add("change-" + id_, "equality.gap_change", {"earlier": made[0], "later": made[1]} | more, take=["change", "se", "z", "df", "p", "direction"], tol=1e-9, note=note)

    change("few", (10, 3, 2), (20, 4, 2), "z 2, and t of 3.7")
    change("one-known", (10, 3, 7), (20, 4))
    change("same-people", (10, 3, 7), (20, 4, 9), "the smaller design", covariance=8)
    f.add("reject-change", "equality.gap_change", {"earlier": {"gap": 10, "se": 3, "df": 0}, "later": {"gap": 20, "se": 4}}, reject="estimate.bad-df")


def compared(F):
    f = F("equality/designs", "Groups of one design compared", "Korn & Graubard 1990; figures named after R are those of its package survey 4.1 (tests/oracle/r/alike.R)")

    def case(id_, groups, note=None, expect=None, **more):
        asked_for = {"groups": groups, "polarity": "lower"} | more
        made = oracle_equality.compare(asked_for)
        f.add(id_, "equality.compare", asked_for, expect or made, note=note, tol=1e-9)

    def of(*values, df=None, n=500):
        return [{"value": v, "n": n} | ({} if df is None else {"df": df}) for v in values]

    nhanes, two = R["nhanes"], R["apiclus2"]
    wald = nhanes["race_wald"]
    f_of_r = {"test": "adjusted_wald", "f": wald["f"], "df": 3, "denominator_df": 14, "p": wald["p"]}
    case("r-nhanes-race", of(*nhanes["race_means"]["values"], df=16), "regTermTest: its statistic; p by Hotelling's T², for R's own F takes no account of how the covariances came about", {"chi_squared": wald["chi_squared"], "all_equal": f_of_r, "p_all_equal": wald["p"]}, covariance=nhanes["race_means"]["covariance"], df=16)
    t = nhanes["sex_t"]
    case("r-nhanes-sex", of(*nhanes["sex_means"]["values"], df=16), "svyttest: t of the design's degrees of freedom less one", {"found": [{"z": -t["z"], "df": 15, "p": t["p"], "verdict": "shown"}]}, covariance=nhanes["sex_means"]["covariance"], df=16, against="named")
    wald = two["stype_wald"]
    case("r-two-stage", of(*two["stype_means"]["values"], df=39), "regTermTest of a two-stage design", {"chi_squared": wald["chi_squared"], "all_equal": {"f": wald["f"], "denominator_df": 38, "p": wald["p"]}}, covariance=two["stype_means"]["covariance"], df=39)
    case("r-rao-scott", of(*nhanes["race_means"]["values"], df=16), "svychisq, handed on from the microdata: not all alike is not shown, so no pair is", {"all_equal": {"test": "rao_scott"} | nhanes["race"], "p_all_equal": nhanes["race"]["p"], "found": [{"verdict": "not_distinguishable"}]}, covariance=nhanes["race_means"]["covariance"], df=16, all_equal={"test": "rao_scott"} | nhanes["race"])
    matrix = [[9, 1, 2], [1, 4, -1], [2, -1, 16]]
    for against in ("best", "average", "reference", "named"):
        case(f"one-design-{against}", of(40, 52, 47, df=10), covariance=matrix, df=10, against=against, reference=2)
    case("design-alone", of(40, 52, 47), "the degrees of freedom of the design alone", covariance=matrix, df=10)
    case("groups-alone", [{"value": v, "df": d} for v, d in ((40, 9), (52, 4), (47, 12))], "those of the group with the fewest", covariance=matrix)
    case("too-few-units", of(40, 52, 47, df=1), "one degree of freedom for two contrasts: nothing can be said", covariance=matrix, df=1)
    case("few-units", of(40, 52, 47, df=2), "F of 2 and 1", covariance=matrix, df=2)
    case("rare-group", [{"value": v, "df": d} for v, d in ((40, 12), (52, 1), (47, 12))], "a group in two sampling units", covariance=matrix, df=12)
    case("apart", of(40, 52, 47, df=6), "nothing moves together: Welch", covariance=[[9, 0, 0], [0, 4, 0], [0, 0, 16]], df=20)
    case("apart-named", of(40, 52, df=6), covariance=[[9, 0], [0, 4]], df=20, against="named")
    case("apart-but-for-rounding", of(40, 52, 47, df=6), covariance=[[9, 1e-17, 0], [1e-17, 4, 0], [0, 0, 16]], df=20)
    case("separate-samples", [{"value": v, "se": e, "df": d} for v, e, d in ((40, 3, 5), (52, 2, 9), (47, 4, 30))], "Welch's F of groups without covariances")
    case("separate-average", [{"value": v, "se": e, "df": d, "size": s} for v, e, d, s in ((40, 3, 5, 10), (52, 2, 9, 70), (47, 4, 30, 20))], against="average")
    case("overlapping", of(40, 52, 47, df=6), "who is in several groups is not known: no test, whatever is known of the design", overlapping=True, df=20)
    two_groups = {"groups": of(40, 52), "polarity": "lower", "covariance": [[9, 1], [1, 4]]}
    for id_, more, code in (("df", {"df": 0}, "estimate.bad-df"), ("group-df", {"groups": [{"value": 1, "df": -1}, {"value": 2}]}, "estimate.bad-df"), ("statistic", {"all_equal": {"test": "welch", "f": -1, "df": 1, "denominator_df": 5, "p": 0.5}, "groups": of(40, 52, 47), "covariance": matrix}, "equality.bad-groups")):
        f.add("reject-" + id_, "equality.compare", two_groups | more, reject=code)


def alike(F):
    f = F("survey/alike", "Whether a share is the same in all groups", "Rao & Scott 1984; figures named after R are those of svychisq in its package survey 4.1 (tests/oracle/r/alike.R), data of NHANES and the California API")
    share_of = {"high": {"kind": "proportion", "variable": "high"}}

    def r(id_, columns, design, by, expect, df, note=None):
        f.add(id_, "survey.estimate", request(columns, design, share_of, [{"by": [by]}], BOTH), {"groups": [{"df": df, "all_equal": {"test": "rao_scott"} | expect}]}, tol=1e-9, note=note)

    nhanes = R["nhanes"]
    clustered = {"weight": "w", "stratum": "stratum", "psu": "psu"}
    r("r-nhanes-race", nhanes["columns"], clustered, "race", nhanes["race"], 16, "high cholesterol by race, 31 sampling units")
    r("r-nhanes-sex", nhanes["columns"], clustered, "sex", nhanes["sex"], 16)
    jk = R["jackknife"]
    factors = {"weight": "w", "replicates": {"columns": [f"f{k}" for k in range(1, 32)], "method": "jackknife_n", "rscales": jk["rscales"], "scale": jk["scale"], "combined": False, "degrees_of_freedom": jk["df"]}}
    r("r-jackknife", jk["columns"], factors, "race", jk["race"], 16)
    r("r-strata", R["apistrat"]["columns"], {"weight": "pw", "stratum": "stype", "fpc": population("fpc")}, "awards", R["apistrat"]["awards"], 197, "rows are units; populations of the strata are known")
    r("r-two-stage", R["apiclus2"]["columns"], {"weight": "w", "psu": "dnum", "fpc": population("fpc1"), "second_stage": {"unit": "snum", "fpc": population("fpc2")}}, "stype", R["apiclus2"]["stype"], 39)
    take = ["groups"]
    for k, (name, design) in enumerate(DESIGNS.items()):
        f.add(name, "survey.estimate", request(invented(700 + k), design, {"share": LINEAR["share"]}, [{"by": ["s"]}], BOTH), take=take, tol=1e-9)
        f.add(f"{name}-category", "survey.estimate", request(invented(720 + k), design, {"category": LINEAR["category"]}, [{"by": ["g"]}], BOTH), take=take, tol=1e-9)
    for k, (name, design) in enumerate(REPLICATED.items()):
        f.add(name, "survey.estimate", request(invented(740 + k, 6), design, {"share": LINEAR["share"]}, [{"by": ["g"]}], BOTH), take=take, tol=1e-9)
    clustered = {"weight": "w", "stratum": "h", "psu": "i"}
    f.add("nobody", "survey.estimate", request(CLUSTERED | {"g": list("fmfmfmf"), "y": [0] * 7}, clustered, {"y": {"kind": "proportion", "variable": "y"}}, [{"by": ["g"]}], BOTH), {"groups": [{"all_equal": None}]}, note="nobody in the category: nothing to tell")
    f.add("one-group", "survey.estimate", request(CLUSTERED | {"g": ["f"] * 7}, clustered, {"y": {"kind": "proportion", "variable": "y"}}, [{"by": ["g"]}], BOTH), {"groups": [{"df": 2, "all_equal": None}]})
