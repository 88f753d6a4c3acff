"""The vectors about indices: the format, every kind of step, the published ones. Called by generate.py."""

from __future__ import annotations

import copy

TIGHT = 1e-12


def index(steps, inputs=("x",), outputs=None, **more):
    """A small invented index. `inputs` are names, or whole entries."""
    return {
        "format": 1,
        "id": "invented",
        "edition": "1",
        "title": "An invented index",
        "source": "invented for the vectors",
        "licence": "CC0",
        "unit": "city",
        "input": [{"id": i} if isinstance(i, str) else i for i in inputs],
        "step": steps,
        "outputs": outputs or [steps[-1]["id"]],
        **more,
    }


def step(id_, **rule):
    return {"id": id_, **rule}


def one(**rule):
    return [step("y", **rule)]


def write(F):
    steps(F)
    formulas(F)
    absence(F)
    across(F)
    whole(F)
    published(F)
    files(F)
    rejected_files(F)
    rejected_runs(F)


def runner(f):
    def run(id_, definition, columns, expect, *, outputs=None, found=None, absent=None, note=None, tol=TIGHT, units=None):
        """`expect`: the values of each output, in the order of the outputs."""
        rows = len(next(iter(columns.values())))
        units = units or [f"u{i + 1}" for i in range(rows)]
        made = {"units": units, "outputs": [{"id": o, "values": v} | ({"absent": absent[o]} if absent and o in absent else {}) for o, v in expect.items()]}
        request = {"index": definition, "table": {"units": units, "columns": columns}} | ({"outputs": outputs} if outputs else {})
        f.add(id_, "index.run", request, made, note=note, tol=tol)
        if found is not None:
            # the oracle does not make findings, so they are added by hand after its say
            f.cases[-1]["expect"]["findings"] = {"counts": found}

    return run


def y(*values):
    return {"y": list(values)}


def steps(F):
    f = F("index/steps", "Every kind of step of an index", "docs/index-files.md; worked by hand")
    run = runner(f)

    def post(id_, rule, xs, ys, **more):
        run(id_, index(one(goalposts={"of": "x", **rule})), {"x": xs}, y(*ys), **more)

    # goalposts
    post("goalposts", {"worst": 20, "best": 80}, [37, 20, 80, 90, 5], [28.333333333333332, 0, 100, 100, 0], note="100·17/60; beyond a goalpost counts as the goalpost")
    post("goalposts-lower", {"worst": 80, "best": 20, "better": "lower"}, [37, 95, 10], [71.66666666666667, 0, 100], note="100·43/60")
    post("goalposts-open", {"worst": 0, "best": 10, "cap": "open"}, [15, -5], [150, -50])
    post("goalposts-cap-best", {"worst": 0, "best": 10, "cap": "best"}, [15, -5], [100, -50])
    post("goalposts-cap-worst", {"worst": 10, "best": 0, "cap": "worst"}, [15, -5], [0, 150], note="lower is better: 15 is worse than the worst, -5 better than the best")
    post("goalposts-scores", {"worst": 0, "best": 10, "scores": [1, 7]}, [5, 10, -1], [4, 7, 1], note="1 + 6·0.5")
    post("goalposts-log", {"worst": 1, "best": 100, "scale": "log", "scores": [0, 1]}, [10, 1000, 0, -3], [0.5, 1, 0, 0], note="ln 10/ln 100; zero is worse than the worst and counts as it")
    post("goalposts-log-open", {"worst": 1, "best": 100, "scale": "log", "cap": "open"}, [0, 1000], [None, 150], found={"index.undefined": 1}, note="no logarithm of zero")
    # any scoring rule
    def score(id_, rule, polarity, xs, ys, **more):
        scores = {"scores": more.pop("scores")} if "scores" in more else {}
        run(id_, index(one(score={"of": "x", "rule": rule, "polarity": polarity} | scores)), {"x": xs}, y(*ys), **more)

    score("score-goalposts", {"goalposts": {"worst": 20, "best": 80}}, "higher", [50, 20, 90], [50, 0, 100])
    score("score-logarithmic", {"logarithmic": {"worst": 64, "best": 1}}, "lower", [8, 64, 0, 100], [50, 0, 100, 0], note="log₂: 3 of 6; zero is better than the best and counts as it")
    score("score-target-ratio", {"target_ratio": {"target": 6}}, "lower", [24, 6, 3, 0], [25, 100, 100, 100], tol=0)
    score("score-band", {"band": {"worst_low": 0, "lower": 40, "upper": 60, "worst_high": 100}}, "range", [20, 50, 80, 120], [50, 100, 50, 0], tol=0)
    score("score-scale", {"maturity": {"map": [0, 25, 50, 75, 100]}}, "higher", [3, 2.5], [75, None], found={"index.undefined": 1}, tol=0, note="no level of the scale")
    score("score-scores", {"target_range_ratio": {"lower": 2, "upper": 4}}, "range", [1, 3, 8], [0.5, 1, 0.5], tol=0, scores=[0, 1])

    run("goalposts-of-each-row", index(one(goalposts={"of": "x", "worst": "low", "best": "high"}), ["x", "low", "high"]), {"x": [5, 5], "low": [0, 5], "high": [10, 5]}, y(50, None),
        found={"index.undefined": 1}, note="goalposts may be columns; where they are equal there is no score")

    # aggregate
    three = {"a": [60], "b": [80], "c": [40]}
    weights = [{"of": "a", "weight": 0.5}, {"of": "b", "weight": 0.3}, {"of": "c", "weight": 0.2}]

    def mean(id_, rule, expect, columns=None, **more):
        columns = columns or three
        run(id_, index(one(aggregate={"of": weights, **rule}), list(columns)), columns, y(*expect), **more)

    mean("mean-arithmetic", {"how": "arithmetic", "weights_sum": 1}, [62], note="method §3")
    mean("mean-geometric", {"how": "geometric"}, [60.31351224746372], note="method §3")
    mean("mean-harmonic", {"how": "harmonic"}, [58.53658536585366], note="method §3")
    mean("mean-power", {"how": "power", "power": -2}, [56.72633510964786], note="method §3")
    mean("mean-power-two", {"how": "power", "power": 2, "of": ["a", "b"]}, [5], {"a": [1], "b": [7]}, note="√((1 + 49)/2)")
    mean("mean-power-zero", {"how": "power", "power": 0}, [60.31351224746372], note="exponent 0 is the geometric mean")
    gap = {"a": [60], "b": [None], "c": [40]}
    mean("missing-refuse", {"how": "arithmetic"}, [None], gap, absent={"y": [{"unit": "u1", "reason": "missing", "from": "b"}]}, note="nothing is left out silently")
    mean("missing-skip", {"how": "arithmetic", "missing": "skip", "minimum_coverage": 0.6}, [54.28571428571429], gap, note="method §3: (0.5·60 + 0.2·40)/0.7")
    mean("missing-coverage", {"how": "arithmetic", "missing": "skip", "minimum_coverage": 0.8}, [None], gap, found={"index.low-coverage": 1},
         absent={"y": [{"unit": "u1", "reason": "insufficient_coverage", "from": "y"}]}, note="0.7 of the weight is there")
    mean("missing-coverage-met", {"how": "arithmetic", "missing": "skip", "minimum_coverage": 0.7}, [54.28571428571429], gap, note="0.5 + 0.2 meets 0.7 in spite of its bits")
    mean("missing-count", {"how": "max", "missing": "skip", "minimum_count": 3}, [None], gap)
    mean("missing-all", {"how": "sum", "missing": "skip"}, [None], {"a": [None], "b": [None], "c": [None]}, absent={"y": [{"unit": "u1", "reason": "missing", "from": "a"}]})
    mean("sum", {"how": "sum"}, [62], note="counting with weights: 30 + 24 + 8")
    mean("sum-skip", {"how": "sum", "missing": "skip"}, [38], gap, note="30 + 8: a sum is not weighed up")
    mean("min", {"how": "min"}, [40])
    mean("max", {"how": "max"}, [80])
    mean("median-odd", {"how": "median"}, [60])
    mean("median-even", {"how": "median", "of": ["a", "b", "c", 1]}, [50], note="of 1, 40, 60, 80")
    mean("sd", {"how": "sd", "of": ["a", "b", "c"]}, [16.329931618554522], note="√(800/3)")
    mean("count", {"how": "count"}, [2], gap)
    mean("mean-zero", {"how": "geometric"}, [0], {"a": [0], "b": [80], "c": [40]}, found={"index.zero-in-mean": 1}, note="one zero makes it zero, and is reported")
    mean("mean-harmonic-zero", {"how": "harmonic"}, [0], {"a": [60], "b": [0], "c": [40]}, found={"index.zero-in-mean": 1})
    mean("mean-negative", {"how": "geometric"}, [None], {"a": [-1], "b": [80], "c": [40]}, found={"index.undefined": 1})
    run("mean-weights-of-each-row", index(one(aggregate={"how": "arithmetic", "of": [{"of": "a", "weight": "w"}, {"of": "b", "weight": "1 - w"}]}), ["a", "b", "w"]),
        {"a": [10, 10], "b": [20, 20], "w": [0.25, 1]}, y(17.5, 10))

    # choose, status, bands
    branches = [{"if": "x < 0", "then": 0}, {"if": "missing(z)", "then": "x"}, {"then": "x + z"}]
    run("choose", index(one(choose=branches), ["x", "z"]), {"x": [-1, 5, 5, None], "z": [1, None, 2, 1]}, y(0, 5, 7, None),
        absent={"y": [{"unit": "u4", "reason": "missing", "from": "x"}]}, note="a condition that cannot be decided has no result")
    run("choose-none", index(one(choose=[{"if": "x > 0", "then": 1}])), {"x": [1, -1]}, y(1, None), found={"index.no-branch": 1}, absent={"y": [{"unit": "u2", "reason": "no_branch", "from": "y"}]})
    run("status", index(one(status=[{"if": "missing(x)", "is": "no data"}, {"if": "x >= 2.5", "is": "good"}, {"is": "poor"}])), {"x": [None, 2.5, 2.4]}, y("no data", "good", "poor"))
    run("bands-falling", index(one(bands={"of": "x", "at": [80, 60], "names": ["green", "amber", "red"]})), {"x": [80, 79.9, 60, 0, None]}, y("green", "amber", "amber", "red", None))
    run("bands-rising", index(one(bands={"of": "x", "at": [2.5, 5], "names": ["1", "2", "3"]})), {"x": [2.5, 2.6, 5, 5.1]}, y("1", "2", "2", "3"), note="rising thresholds are upper ends")
    run("bands-slack", index(one(bands={"of": "x + 0.2", "at": [0.3], "ends": "at_most", "names": ["in", "out"]})), {"x": [0.1, 0.10001]}, y("in", "out"), note="0.1 + 0.2 meets 0.3 in spite of its bits")
    run("bands-constant", index(one(bands={"of": "x", "at": ["high", "high / 2"], "names": ["a", "b", "c"]}), constant=[{"id": "high", "value": 10, "reason": "invented"}]), {"x": [10, 5, 4]}, y("a", "b", "c"))

    # interpolate, growth
    points = [[0, 0], [10, 50], [20, 60]]
    run("interpolate", index(one(interpolate={"of": "x", "points": points})), {"x": [5, 10, 15, 20, 25, -5]}, y(25, 50, 55, 60, 60, 0))
    run("interpolate-extend", index(one(interpolate={"of": "x", "points": points, "beyond": "extend"})), {"x": [30, -2]}, y(70, -10), note="60 + 1·10, and 0 - 5·2")
    run("interpolate-of-each-row", index(one(interpolate={"of": "x", "points": [[0, 0], ["top", 10]]}), ["x", "top"]), {"x": [1, 1], "top": [2, 0]}, y(5, None), found={"index.undefined": 1}, note="points that do not rise have no line")
    rate = {"from": "a", "to": "b", "years": "t"}
    run("growth", index(one(growth=rate), ["a", "b", "t"]), {"a": [20, 20, 0, 10], "b": [12, 16, 5, 10], "t": [13, 6, 2, 0]}, y(-0.038532272024302656, -0.03650751601929962, None, None), found={"index.undefined": 2},
        tol=1e-10, note="method §7; none from zero, none over no years")
    run("growth-linear", index(one(growth={**rate, "path": "linear"}), ["a", "b", "t"]), {"a": [0], "b": [5], "t": [2]}, y(2.5))
    pace = [step("actual", growth={"from": "base", "to": "now", "years": 6}), step("required", growth={"from": "base", "to": "target", "years": 13}), step("y", formula="actual / required")]
    run("growth-pace", index(pace, ["base", "now", "target"]), {"base": [20], "now": [16], "target": [12]}, y(0.9474529815), tol=1e-10, note="method §7")

    # round, lookup
    def rounding(id_, ties, decimals, xs, ys, note=None):
        run(id_, index(one(round={"of": "x", "decimals": decimals, "ties": ties})), {"x": xs}, y(*ys), note=note, tol=0)

    rounding("round-half-up", "half_up", 0, [0.5, 1.5, 2.5, -2.5, 2.4999], [1, 2, 3, -3, 2], "halves away from zero")
    rounding("round-half-even", "half_even", 0, [0.5, 1.5, 2.5, -2.5], [0, 2, 2, -2])
    rounding("round-two", "half_up", 2, [0.125, 2.675, 1.005, 0.375], [0.13, 2.67, 1, 0.38], "2.675 and 1.005 lie below the middle as f64; 0.125 and 0.375 in the middle")
    rounding("round-two-even", "half_even", 2, [0.125, 0.375, 1e300, -0.001], [0.12, 0.38, 1e300, 0])
    run("lookup", index(one(lookup={"of": "level", "values": {"none": 0, "plan": 25, "law": 100}}), [{"id": "level", "kind": "text"}]), {"level": ["law", "plan", "dream", None]}, y(100, 25, None, None),
        found={"index.unknown-code": 1}, absent={"y": [{"unit": "u3", "reason": "unknown_code", "from": "y"}, {"unit": "u4", "reason": "missing", "from": "level"}]})
    run("lookup-of-bands", index([step("band", bands={"of": "x", "at": [10], "ends": "at_least", "names": ["high", "low"]}), step("y", lookup={"of": "band", "values": {"high": 1, "low": 0}})]), {"x": [10, 9]}, y(1, 0))


def formulas(F):
    f = F("index/formulas", "Formulas", "docs/index-files.md; worked by hand")
    run = runner(f)

    def calc(id_, text, ys, xs=(3,), note=None, **more):
        run(id_, index(one(formula=text)), {"x": list(xs)}, y(*ys), note=note, **more)

    calc("precedence", "1 + 2 * x - 6 / x", [5], note="1 + 6 - 2")
    calc("power-right", "2 ^ x ^ 2", [512], note="2^(3²)")
    calc("power-minus", "-x ^ 2 + 2 ^ -1", [-8.5], note="-(3²) + 0.5")
    calc("brackets", "(1 + x) * (1 - x)", [-8])
    calc("exponent-number", "1.5e2 + .5 + 2. + x", [155.5])
    calc("functions", "min(x, 1, 2) + max(x, 4) + abs(-x) + sign(-x) + sqrt(9) + pow(2, x)", [18], note="1 + 4 + 3 - 1 + 3 + 8")
    calc("ln-exp", "ln(exp(x)) + exp(0)", [4])
    calc("if", "if(x = 0, 0, 6 / x)", [2, 0, -6], xs=(3, 0, -1), note="only the branch that holds is computed")
    calc("undefined", "ln(x - 3) + 1 / x", [None], found={"index.undefined": 1}, note="no logarithm of zero")
    calc("overflow", "x * 1e308 * 10", [None], found={"index.undefined": 1}, note="no infinity leaves")
    calc("overflow-inside", "1 / (x * 1e308 * 10)", [None], note="nor hides in a quotient")
    calc("root-of-negative", "(-x) ^ 0.5", [None])
    calc("first-missing", "first(x, 7)", [7, 2], xs=(None, 2))
    calc("comparisons", "if(x < 3, 1, 0) + if(x <= 3, 10, 0) + if(x > 3, 100, 0) + if(x >= 3, 1000, 0) + if(x != 3, 10000, 0)", [1010])
    calc("no-negative-zero", "-(x - 3)", [0], tol=0)
    three = index(one(formula="if(a > 0 and b > 0, 1, 0)"), ["a", "b"])
    run("and-decides", three, {"a": [1, None, None], "b": [1, 0, 1]}, y(1, 0, None), note="false and unknown is false; true and unknown is unknown")
    run("or-decides", index(one(formula="if(a > 0 or b > 0, 1, 0)"), ["a", "b"]), {"a": [None, None, 0], "b": [1, 0, 0]}, y(1, None, 0))
    run("not", index(one(formula="if(not (a > 0) and not missing(b), 1, 0)"), ["a", "b"]), {"a": [-1, -1, 1], "b": [1, None, 1]}, y(1, 0, 0))
    run("text", index(one(formula="if(sex = 'F', 1, if(sex != 'M', 3, 2))"), [{"id": "sex", "kind": "text"}]), {"sex": ["F", "M", "X", ""]}, y(1, 2, 3, None))
    run("text-number-code", index(one(formula="if(code = '-1', 1, 0)"), [{"id": "code", "kind": "text", "codes": ["1", "-1"]}]), {"code": [-1, 1, "-1", "2"]}, y(1, 0, 1, None), found={"index.unknown-code": 1}, note="a number may be a code")
    run("constants", index(one(formula="x * half * twice"), constant=[{"id": "half", "value": 0.5, "reason": "invented"}, {"id": "twice", "value": "1 / half", "reason": "from the other"}]), {"x": [3]}, y(3))
    run("later-step", index([step("y", formula="z + 1"), step("z", formula="2 * x")], outputs=["y"]), {"x": [3]}, y(7), note="a step may use a later one")


def absence(F):
    f = F("index/absence", "What is absent, and why", "absent is not zero, and the reasons stay apart; worked by hand")
    run = runner(f)
    plus = one(formula="x + z")
    reasons = lambda *pairs: {"y": [{"unit": f"u{i}", "reason": r, "from": o} for i, r, o in pairs]}
    words = ["missing", "not_asked", "refused", "not_applicable", "suppressed"]
    run("typed", index(plus, ["x", "z"]), {"x": words, "z": [1] * 5}, y(*[None] * 5), absent=reasons(*[(i + 1, w, "x") for i, w in enumerate(words)]))
    run("first-origin", index(plus, ["x", "z"]), {"x": [1, "refused"], "z": ["suppressed", None]}, y(None, None), absent=reasons((1, "suppressed", "z"), (2, "refused", "x")))
    run("bounds", index(one(formula="2 * x"), [{"id": "x", "bounds": [0, 100]}]), {"x": [0, 100, 101, -1]}, y(0, 200, None, None), found={"index.out-of-bounds": 2},
        absent=reasons((3, "out_of_bounds", "x"), (4, "out_of_bounds", "x")))
    run("texts-as-numbers", index(one(formula="2 * x")), {"x": ["12.5", "1 234,5", "n/a", "1,234", ""]}, y(25, 2469, None, None, None), found={"index.unreadable-cell": 2},
        absent=reasons((3, "unreadable", "x"), (4, "unreadable", "x"), (5, "missing", "x")), note="1,234 can be read in two ways")
    run("all-missing", index(one(formula="2 * x")), {"x": [None, None]}, y(None, None), found={"index.all-missing": 1})
    run("optional-column", index(one(choose=[{"if": "missing(z)", "then": "x"}, {"then": "z"}]), ["x", {"id": "z", "optional": True}]), {"x": [3]}, y(3))
    run("one-unit", index(one(formula="2 * x")), {"x": [3]}, y(6))
    run("column-name", index(one(formula="2 * x"), [{"id": "x", "column": "Rent, total (EUR)"}]), {"Rent, total (EUR)": [3], "other": [1]}, y(6), note="columns that the index does not name are passed over")
    run("outputs-asked", index([step("double", formula="2 * x"), step("y", formula="double + 1")]), {"x": [3]}, {"double": [6], "x": [3]}, outputs=["double", "x"], note="any step or input can be asked for")
    table = {"csv": "city;year;rent\nA;2020;30,5\nA;2021;\nB;2020;x\nC;1\n", "unit": ["city", "year"]}
    rent = index(one(formula="2 * rent"), ["rent"])
    f.cases.append({"id": "csv", "op": "index.run", "input": {"index": rent, "table": table}, "expect": {"units": ["A 2020", "A 2021", "B 2020"], "outputs": [{"id": "y", "values": [61, None, None], "absent": [
        {"unit": "A 2021", "reason": "missing", "from": "rent"}, {"unit": "B 2020", "reason": "unreadable", "from": "rent"}]}], "findings": {"counts": {"csv.row-length": 1, "index.unreadable-cell": 1}}}, "tolerance": 0,
        "note": "decimal comma; a unit of two columns; a row that is too short is left out"})


def across(F):
    f = F("index/across", "Statistics over the units, all set-dependent", "docs/index-files.md; worked by hand")
    run = runner(f)

    def over(id_, rule, xs, ys, found=1, **more):
        run(id_, index(one(across={"of": "x", **rule})), {"x": xs}, y(*ys), found={"index.set-dependent": 1} if found else None, **more)
        if id_ == "rank":
            f.cases[-1]["expect"]["outputs"][0]["set_dependent"] = True

    over("mean", {"statistic": "mean"}, [1, 2, 6, None], [3, 3, 3, 3], note="a unit without a value is told the mean of the others")
    over("sum", {"statistic": "sum"}, [1, 2, 6], [9, 9, 9])
    over("count", {"statistic": "count"}, [1, None, 6], [2, 2, 2])
    over("min", {"statistic": "min"}, [4, 2, 6], [2, 2, 2])
    over("max", {"statistic": "max"}, [4, 2, 6], [6, 6, 6])
    over("sd", {"statistic": "sd"}, [2, 4, 4, 4, 5, 5, 7, 9], [2] * 8, note="variance 32/8")
    over("sd-sample", {"statistic": "sd_sample"}, [1, 2, 3], [1, 1, 1])
    over("sd-sample-one", {"statistic": "sd_sample"}, [5], [None], found=0, note="no spread of one unit")
    over("quantile", {"statistic": "quantile", "share": 0.25}, [10, 40, 20, 30], [17.5] * 4, note="type 7: 10 + 0.75·10")
    over("rank", {"statistic": "rank"}, [5, 9, 9, 1, None], [3, 1, 1, 4, None])
    over("rank-lowest-dense", {"statistic": "rank", "first": "lowest", "ties": "dense"}, [5, 9, 9, 1, 10], [2, 3, 3, 1, 4])
    over("rank-average", {"statistic": "rank", "ties": "average"}, [5, 9, 9, 1], [3, 1.5, 1.5, 4])
    over("rank-worst", {"statistic": "rank", "ties": "worst"}, [5, 9, 9, 1], [3, 2, 2, 4])
    over("percentile-rank", {"statistic": "percentile_rank"}, [1, 2, 2, 3], [12.5, 50, 50, 87.5], note="100·(1 + 2/2)/4 for the tied ones")
    run("by-where-weight", index(one(across={"statistic": "mean", "of": "x", "by": "land", "where": "x < 100", "weight": "w"}), ["x", "w", {"id": "land", "kind": "text"}]),
        {"x": [1, 3, 200, 7], "w": [3, 1, 1, 1], "land": ["a", "a", "a", "b"]}, y(1.5, 1.5, 1.5, 7), note="(3·1 + 1·3)/4 in a; 200 does not count and is told the mean")
    run("rank-where", index(one(across={"statistic": "rank", "of": "x", "where": "total = 'no'"}), ["x", {"id": "total", "kind": "text"}]), {"x": [1, 2, 9], "total": ["no", "no", "yes"]}, y(2, 1, None),
        absent={"y": [{"unit": "u3", "reason": "not_applicable", "from": "y"}]})
    z = [step("m", across={"statistic": "mean", "of": "x"}), step("s", across={"statistic": "sd", "of": "x"}), step("y", formula="(x - m) / s")]
    run("z-score", index(z), {"x": [2, 4, 4, 4, 5, 5, 7, 9]}, y(-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2), note="composed of two statistics and a formula")
    f.cases[-1]["expect"]["outputs"][0]["set_dependent"] = True
    run("z-score-constant", index(z), {"x": [4, 4]}, y(None, None), note="a set without spread has no z-scores")
    run("min-max", index([step("a", across={"statistic": "min", "of": "x"}), step("b", across={"statistic": "max", "of": "x"}), step("y", formula="100 * (x - a) / (b - a)")]), {"x": [10, 20, 30]}, y(0, 50, 100))


def whole(F):
    f = F("index/whole", "Small indices after published patterns", "worked by hand; the numbers are invented")
    run = runner(f)
    # Mazziotta and Pareto 2016: M - S²/M
    mpi = [step("m", aggregate={"how": "arithmetic", "of": ["a", "b", "c"]}), step("s", aggregate={"how": "sd", "of": ["a", "b", "c"]}), step("y", formula="m - s * s / m")]
    run("mazziotta-pareto", index(mpi, ["a", "b", "c"]), {"a": [105, 90], "b": [98, 95], "c": [110, 88]}, y(104.10117145899893, 90.9047619047619), note="method §3")
    # Alkire and Foster 2011
    af = index(
        [
            step("poor_{d}", each="d", formula="if({d} < {d.cut}, 1, 0)"),
            step("score", aggregate={"how": "sum", "of": [{"of": "poor_{d}", "weight": "{d.weight}"}], "weights_sum": 1}),
            step("poor", formula="if(score >= cutoff, 1, 0)"),
            step("censored", formula="poor * score"),
            step("h", name="headcount ratio", across={"statistic": "mean", "of": "poor", "by": "land", "weight": "n"}),
            step("m0", name="adjusted headcount ratio", across={"statistic": "mean", "of": "censored", "by": "land", "weight": "n"}),
            step("a", name="intensity", formula="if(h = 0, 0, m0 / h)"),
        ],
        ["n", {"id": "land", "kind": "text"}, {"id": "{d}", "each": "d"}],
        ["score", "h", "a", "m0"],
        group=[{"id": "d", "members": [{"id": "school", "cut": 6, "weight": 0.5}, {"id": "water", "cut": 1, "weight": 0.25}, {"id": "floor", "cut": 1, "weight": 0.25}]}],
        constant=[{"id": "cutoff", "value": 0.5, "reason": "invented"}],
    )
    run("alkire-foster", af, {"land": ["A", "A", "A", "B"], "n": [1, 1, 2, 1], "school": [5, 6, 8, 7], "water": [0, 0, 1, 1], "floor": [1, 0, 0, 1]},
        {"score": [0.75, 0.5, 0.25, 0], "h": [0.5, 0.5, 0.5, 0], "a": [0.625, 0.625, 0.625, 0], "m0": [0.3125, 0.3125, 0.3125, 0]},
        note="households with scores 0.75, 0.5, 0.25 (size 2): H = 2/4, M0 = (0.75 + 0.5)/4, A = M0/H")
    squares = index([step("y_{g}", each="g", formula="{g.w}^2 * x")], outputs=["y_{g}"], group=[{"id": "g", "members": [{"id": "a", "w": 2}, {"id": "b", "w": -3}]}])
    run("field-negative", squares, {"x": [1]}, {"y_a": [4], "y_b": [9]}, note="a negative field stays a number: (-3)²")
    # inequality between women and men: harmonic mean over groups of geometric means
    gii = index(
        [
            step("g_{sex}", each="sex", aggregate={"how": "geometric", "of": ["school_{sex}", "work_{sex}"]}),
            step("harm", aggregate={"how": "harmonic", "of": ["g_{sex}"]}),
            step("mean_school", aggregate={"how": "arithmetic", "of": ["school_{sex}"]}),
            step("mean_work", aggregate={"how": "arithmetic", "of": ["work_{sex}"]}),
            step("reference", aggregate={"how": "geometric", "of": ["mean_school", "mean_work"]}),
            step("y", formula="1 - harm / reference"),
        ],
        [{"id": "school_{sex}", "each": "sex"}, {"id": "work_{sex}", "each": ["sex"]}],
        group=[{"id": "sex", "members": ["f", "m"]}],
    )
    run("harmonic-across-groups", gii, {"school_f": [0.4, 0.5], "school_m": [0.9, 0.5], "work_f": [0.4, 0.5], "work_m": [0.9, 0.5]}, y(0.14792899408284024, 0),
        note="g = 0.4 and 0.9; harmonic 2/(2.5 + 10/9) = 0.553846…; reference 0.65; 1 - 0.852071…; equality gives 0")
    # a gap that corrects a level, kept between 1 and 100
    eige = [step("gap", formula="abs(f / ((f + m) / 2) - 1)"), step("y", formula="1 + level * (1 - gap) * 99")]
    run("corrected-by-gap", index(eige, ["f", "m", "level"]), {"f": [30], "m": [50], "level": [0.8]}, y(60.4), note="gap |30/40 - 1| = 0.25; 1 + 0.8·0.75·99")
    nested = index(
        [step("{d}", each="d", aggregate={"how": "arithmetic", "of": [{"of": "{i}", "weight": "{i.weight}", "where": {"i.in": "{d}"}}]}), step("y", aggregate={"how": "geometric", "of": ["{d}"]})],
        [{"id": "{i}", "each": "i"}],
        ["{d}", "y"],
        group=[{"id": "d", "members": ["p", "q"]}, {"id": "i", "members": [{"id": "a", "in": "p", "weight": 3}, {"id": "b", "in": "p", "weight": 1}, {"id": "c", "in": "q", "weight": 1}]}],
    )
    run("nested-by-field", nested, {"a": [10], "b": [30], "c": [60]}, {"p": [15], "q": [60], "y": [30]}, note="(3·10 + 30)/4, then √(15·60)")


HDI = {"le": [62.08], "eys": [7.186131428], "mys": [1.341352433], "gnipc": [1283.309235]}


def published(F):
    f = F("index/published", "Published indices from their files", "UNDP HDR 2023/24 (CC BY 3.0 IGO); Statistics Canada (Open Licence); Social Progress Index 2022; figures quoted")
    run = runner(f)
    run("hdi-niger-2022", "undp-hdi", HDI, {"hdi": [0.3935970390276108], "income": [0.3854983313492368], "hdi_published": [0.394]}, outputs=["hdi", "income", "hdi_published"], note="method §1; published 0.394")
    run("hdi-capped", "undp-hdi", {"le": [90], "eys": [20], "mys": [16], "gnipc": [100000]}, {"hdi": [1], "health": [1], "education": [1], "income": [1], "hdi_published": [1]})
    run("hdi-at-the-worst", "undp-hdi", {"le": [20], "eys": [18], "mys": [15], "gnipc": [75000]}, {"hdi": [0], "health": [0], "education": [1], "income": [1], "hdi_published": [0]}, found={"index.zero-in-mean": 1})
    run("hdi-missing", "undp-hdi", {**HDI, "mys": [None]}, {"hdi": [None], "health": [0.6473846153846154]}, outputs=["hdi", "health"], absent={"hdi": [{"unit": "u1", "reason": "missing", "from": "mys"}]}, note="42.08/65")
    run("gdi-parity", "undp-gdi", {"le_f": [75], "le_m": [70], "eys_f": [12], "eys_m": [12], "mys_f": [9], "mys_m": [9], "gni_pc_f": [10000], "gni_pc_m": [10000]},
        {"gdi": [1], "gdi_published": [1], "gdi_group": ["1"]}, outputs=["gdi", "gdi_published", "gdi_group"], note="five years more for women are parity")
    run("gdi-group", "undp-gdi", {"le_f": [75], "le_m": [75], "eys_f": [12], "eys_m": [12], "mys_f": [9], "mys_m": [9], "gni_pc_f": [10000], "gni_pc_m": [10000]},
        {"gdi": [0.9701312318500641], "gdi_group": ["2"]}, outputs=["gdi", "gdi_group"], note="(52.5/57.5)^(1/3); the other parts cancel")
    statcan = {"base_value": [14.5, 66.6, 0.9, 1.43, 12.1, 58.2], "base_year": [2015, 2016, 2015, 2015, 2018, 2015], "current_value": [10.4, 71.4, 15.5, 1.43, 12.1, 59.5], "current_year": [2023, 2023, 2024, 2022, 2018, 2025],
               "direction": [-1, 1, 1, -1, -1, 1], "limit": [None, 100, None, None, None, None], "target": [7.25, None, 30, None, 11.495, 50], "target_year": [2030, 2030, 2030, 2030, 2026, 2030]}
    run("statcan", "statcan-progress", statcan, {"value": [0.9010899546976208, 0.009991483690946268, 1.412414035287888, 0, None, 0.21954929987292612], "score": [2.1506954374096354, 1.739752850099936, 5, -2.5, None, 5],
        "status": ["moderate_progress", "moderate_progress", "substantial_progress", "limited_progress", "not_available", "target_achieved"]},
        units=["1-1-1", "1-2-1", "14-1-1", "12-4-1", "5-2-1", "9-7-1"], tol=1e-9, note="published values, scores and statuses")
    goals = {f"Goal {i} Score": [i, 2 * i, None] for i in range(1, 18)}
    run("africa", "sdg-africa", goals, {"score": [9, 18, None], "rank": [2, 1, None]}, note="invented scores 1 to 17 and their doubles")
    norway = dict(zip(["Nutrition and Basic Medical Care", "Water and Sanitation", "Shelter", "Personal Safety", "Access to Basic Knowledge", "Access to Information and Communications", "Health and Wellness", "Environmental Quality", "Personal Rights",
                       "Personal Freedom and Choice", "Inclusiveness", "Access to Advanced Education"], [[x] for x in (93.89, 98.8, 91.59, 80.76, 98.69, 96.12, 88.73, 79.91, 95.63, 88.95, 92.04, 83.81)]))
    run("spi-norway", "spi", norway, {"score": [90.74333333333334], "needs": [91.26], "wellbeing": [90.8625], "opportunity": [90.1075]}, note="published 90.74, 91.26, 90.86, 90.11")


def files(F):
    f = F("index/files", "What is told of an index: list, show, check, explain", "docs/index-files.md; by hand")
    hand = lambda id_, op, request, expect, note=None: f.cases.append({"id": id_, "op": op, "input": request, "expect": expect, "tolerance": TIGHT} | ({"note": note} if note else {}))
    hand("list", "index.list", {}, [{"id": "undp-hdi", "edition": "2023/24", "unit": "country"}, {"id": "undp-gdi"}, {"id": "sdg-africa"}, {"id": "spi"}, {"id": "statcan-progress"}])
    hand("show", "index.show", {"index": "undp-hdi"}, {"summary": {"id": "undp-hdi", "steps": 7, "inputs": [{"id": "le", "unit": "years", "kind": "number", "optional": False}, {"id": "eys"}, {"id": "mys"}, {"id": "gnipc"}]}, "definition": {"format": 1, "id": "undp-hdi"}})
    rank = index([step("band", bands={"of": "x", "at": [5], "ends": "at_least", "names": ["high", "low"]}), step("place", across={"statistic": "rank", "of": "x"}), step("y", formula="2 * x")], outputs=["band", "place", "y"])
    hand("check", "index.check", {"index": rank}, {"summary": {"id": "invented", "steps": 3, "outputs": [{"id": "band", "kind": "text", "set_dependent": False}, {"id": "place", "kind": "number", "set_dependent": True}, {"id": "y", "set_dependent": False}]}, "findings": {"counts": {}}})
    hand("check-unused", "index.check", {"index": index([step("idle", formula="x"), step("y", formula="2 * x")], ["x", "z"], constant=[{"id": "c", "value": 1, "reason": "invented"}])},
         {"findings": {"counts": {"index.unused": 3}, "items": [{"subject": "z"}, {"subject": "c"}, {"subject": "idle"}]}})
    hand("check-repetition", "index.check", {"index": index([step("y_{g}", each="g", formula="x_{g} * {g.w}")], [{"id": "x_{g}", "each": "g"}], ["y_{g}"], group=[{"id": "g", "members": [{"id": "a", "w": 2}, {"id": "b", "w": -3}]}])},
         {"summary": {"steps": 2, "inputs": [{"id": "x_a"}, {"id": "x_b"}], "outputs": [{"id": "y_a"}, {"id": "y_b"}]}})
    hand("set-dependent-spreads", "index.check", {"index": index([step("m", across={"statistic": "mean", "of": "x"}), step("y", formula="x - m")])}, {"summary": {"outputs": [{"id": "y", "set_dependent": True}]}})
    one_row = {"units": ["A", "B"], "columns": {"rent": [30, None], "rooms": [1.25, 2]}}
    small = index(
        [step("cost", clause="§1", goalposts={"of": "rent", "worst": "most", "best": 20, "better": "lower"}), step("space", goalposts={"of": "rooms", "worst": 0.5, "best": 2}), step("score", aggregate={"how": "arithmetic", "of": ["cost", "space"]})],
        ["rent", "rooms"], constant=[{"id": "most", "value": 60, "reason": "Nobody pays more", "source": "invented"}])
    hand("explain", "index.explain", {"index": small, "table": one_row, "of": "A"}, {"unit": "A", "steps": [
        {"id": "cost", "rule": "goalposts", "clause": "§1", "inputs": {"rent": 30, "most": 60}, "result": 75, "reasons": ["most: Nobody pays more (invented)"]},
        {"id": "space", "inputs": {"rooms": 1.25}, "result": 50}, {"id": "score", "rule": "aggregate", "text": "arithmetic mean of cost, space", "inputs": {"cost": 75, "space": 50}, "result": 62.5}]})
    hand("explain-absent", "index.explain", {"index": small, "table": one_row, "of": "B", "outputs": ["score"]}, {"steps": [
        {"id": "cost", "inputs": {"rent": {"absent": "missing", "from": "rent"}}, "result": {"absent": "missing", "from": "rent"}}, {"id": "space", "result": 100}, {"id": "score", "result": {"absent": "missing", "from": "rent"}}]})
    hand("explain-one-step", "index.explain", {"index": small, "table": one_row, "of": "A", "outputs": ["space"]}, {"steps": [{"id": "space", "result": 50}]}, "only what it is made of")


def rejected_files(F):
    f = F("index/rejected-files", "Index files that are refused", "docs/index-files.md; each breaks one rule")
    good = index(one(formula="2 * x"))

    def bad(id_, code, definition=None, note=None, **change):
        definition = copy.deepcopy(definition or good) | change
        for key in [k for k, v in definition.items() if v is None]:
            del definition[key]
        f.cases.append({"id": id_, "op": "index.check", "input": {"index": definition}, "reject": code} | ({"note": note} if note else {}))

    def rule(id_, code, note=None, inputs=("x",), **r):
        bad(id_, code, index(one(**r), inputs), note)

    bad("newer-format", "index.newer-format", format=2, future="unknown fields of a newer format do not hide its number")
    bad("format-zero", "index.bad-value", format=0)
    bad("unknown-field", "index.bad-file", colour="red")
    bad("no-title", "index.bad-file", title=None)
    bad("empty-title", "index.bad-value", title=" ")
    bad("unknown-field-of-step", "index.bad-file", step=[{"id": "y", "formulae": "x"}])
    bad("unknown-field-of-rule", "index.bad-file", step=one(goalposts={"of": "x", "worst": 0, "bets": 1}))
    bad("null-number", "index.bad-file", step=one(goalposts={"of": "x", "worst": None, "best": 1}), note="null is no number")
    bad("unknown-word", "index.bad-file", step=one(aggregate={"how": "geometrical", "of": ["x"]}))
    bad("no-steps", "index.empty", step=[])
    bad("no-inputs", "index.empty", input=[])
    bad("no-outputs", "index.empty", outputs=[])
    bad("no-rule", "index.bad-value", step=[{"id": "y"}])
    bad("two-rules", "index.bad-value", step=one(formula="x", round={"of": "x", "decimals": 1, "ties": "half_up"}))
    bad("id-with-hyphen", "index.bad-value", step=[{"id": "y-1", "formula": "x"}], outputs=["y-1"])
    bad("id-of-a-function", "index.bad-value", step=[{"id": "min", "formula": "x"}], outputs=["min"])
    bad("twice", "index.duplicate-id", step=one(formula="x") + one(formula="x"))
    bad("step-like-input", "index.duplicate-id", step=[{"id": "x", "formula": "1"}], outputs=["x"])
    bad("output-twice", "index.duplicate-id", outputs=["y", "y"])
    bad("column-twice", "index.duplicate-id", input=[{"id": "x"}, {"id": "z", "column": "x"}])
    bad("unknown-output", "index.unknown-name", outputs=["yy"])
    bad("bounds-reversed", "index.bad-value", input=[{"id": "x", "bounds": [10, 0]}])
    bad("codes-of-number", "index.bad-value", input=[{"id": "x", "codes": ["a"]}])
    bad("constant-without-reason", "index.bad-value", constant=[{"id": "c", "value": 1, "reason": ""}])
    bad("constant-undefined", "index.bad-value", constant=[{"id": "c", "value": "1 / 0", "reason": "none"}])
    bad("constant-of-input", "index.unknown-name", constant=[{"id": "c", "value": "x", "reason": "a constant uses constants before it"}])
    bad("cycle", "index.cycle", index([step("y", formula="z + 1"), step("z", formula="w"), step("w", formula="y")]))
    bad("cycle-of-one", "index.cycle", index([step("y", formula="y + 1")]))
    rule("unknown-name", "index.unknown-name", formula="2 * xx")
    rule("unknown-function", "index.unknown-name", formula="log(x)")
    rule("nan", "num.not-finite", formula="x + NaN")
    rule("infinite-number", "num.not-finite", formula="x + 1e999")
    for id_, text in [("open-bracket", "(x + 1"), ("two-operators", "x * / 2"), ("empty", ""), ("sign", "x % 2"), ("open-quote", "if(x = 'a, 1, 2)"), ("two-numbers", "x 2"), ("one-argument", "abs(x, 1)"), ("point", "x + .")]:
        rule("formula-" + id_, "index.bad-formula", formula=text)
    rule("formula-too-long", "index.too-large", formula="x" + " + x" * 600)
    rule("formula-too-deep", "index.too-large", formula="(" * 40 + "x" + ")" * 40)
    text = [{"id": "t", "kind": "text"}, "x"]
    rule("text-as-number", "index.wrong-kind", formula="t + 1", inputs=text)
    rule("text-against-number", "index.wrong-kind", formula="if(t = 1, 1, 0)", inputs=text)
    rule("condition-as-number", "index.wrong-kind", formula="x > 1")
    rule("number-as-condition", "index.wrong-kind", choose=[{"if": "x", "then": 1}])
    rule("lookup-of-number", "index.wrong-kind", lookup={"of": "x", "values": {"a": 1}})
    rule("equal-goalposts", "score.equal-goalposts", goalposts={"of": "x", "worst": 5, "best": 5})
    rule("goalposts-order", "score.goalposts-order", goalposts={"of": "x", "worst": 5, "best": 1, "better": "higher"})
    rule("goalposts-order-lower", "score.goalposts-order", goalposts={"of": "x", "worst": 1, "best": "2 + 3", "better": "lower"})
    rule("goalposts-log-zero", "score.not-positive", goalposts={"of": "x", "worst": 0, "best": 5, "scale": "log"})
    rule("goalposts-scores", "index.bad-value", goalposts={"of": "x", "worst": 0, "best": 5, "scores": [1, 0]})
    rule("weights-sum", "index.weights-sum", aggregate={"how": "arithmetic", "of": [{"of": "x", "weight": 0.5}, {"of": "x", "weight": 0.4}], "weights_sum": 1})
    rule("weights-sum-of-column", "index.weights-sum", "only fixed weights can be summed", aggregate={"how": "arithmetic", "of": [{"of": "x", "weight": "x"}], "weights_sum": 1})
    rule("negative-weight", "aggregate.bad-weight", aggregate={"how": "arithmetic", "of": [{"of": "x", "weight": -1}]})
    rule("zero-weights", "aggregate.bad-weight", aggregate={"how": "arithmetic", "of": [{"of": "x", "weight": 0}]})
    rule("nothing-to-aggregate", "aggregate.no-items", aggregate={"how": "arithmetic", "of": []})
    rule("power-missing", "index.bad-value", aggregate={"how": "power", "of": ["x"]})
    rule("minimum-without-skip", "index.bad-value", aggregate={"how": "arithmetic", "of": ["x"], "minimum_coverage": 0.5})
    rule("branch-after-otherwise", "index.bad-value", choose=[{"then": 1}, {"if": "x > 1", "then": 2}])
    rule("bands-names", "index.bad-value", bands={"of": "x", "at": [1, 2], "names": ["a", "b"]})
    rule("bands-order", "index.bad-value", bands={"of": "x", "at": [1, 3, 2], "names": ["a", "b", "c", "d"]})
    rule("bands-one-without-ends", "index.bad-value", bands={"of": "x", "at": [1], "names": ["a", "b"]})
    rule("bands-of-column", "index.bad-value", bands={"of": "x", "at": ["x", 1], "names": ["a", "b", "c"]})
    rule("points-order", "index.bad-value", interpolate={"of": "x", "points": [[1, 1], [1, 2]]})
    rule("one-point", "index.bad-value", interpolate={"of": "x", "points": [[1, 1]]})
    rule("decimals", "index.bad-value", round={"of": "x", "decimals": 16, "ties": "half_up"})
    rule("quantile-share", "index.bad-value", across={"statistic": "quantile", "of": "x"})
    rule("rank-weight", "index.bad-value", across={"statistic": "rank", "of": "x", "weight": "x"})
    g = [{"id": "g", "members": ["a", "b"]}]
    bad("unknown-group", "index.unknown-name", index([step("y", each="h", formula="x")], group=g))
    bad("placeholder-unbound", "index.bad-value", index([step("y", formula="x_{g}")], group=g), "a placeholder needs `each`, or a list")
    bad("placeholder-unknown", "index.unknown-name", index([step("y", formula="x_{h}")], group=g))
    bad("placeholder-field", "index.unknown-name", index([step("y_{g}", each="g", formula="{g.w} * x")], outputs=["y_{g}"], group=g))
    bad("placeholder-open", "index.bad-value", index([step("y_{g", each="g", formula="x")], group=g))
    bad("group-empty", "index.bad-value", index(one(formula="x"), group=[{"id": "g", "members": []}]))
    bad("group-member-twice", "index.duplicate-id", index(one(formula="x"), group=[{"id": "g", "members": ["a", "a"]}]))
    bad("where-nobody", "index.bad-value", index([step("y", aggregate={"how": "sum", "of": [{"of": "x", "where": {"g.in": "q"}}]})], group=[{"id": "g", "members": [{"id": "a", "in": "p"}]}]))
    many = {"id": "g", "members": [f"m{i}" for i in range(100)]}
    members = [{"id": f"m{i}"} for i in range(1000)]
    bad("too-many-items", "index.too-large", index([step("y_{g}", each="g", aggregate={"how": "sum", "of": ["x + 0 * one_{h}"]})], outputs=["y_m0"], group=[{"id": "g", "members": members}, {"id": "h", "members": members}]), "a million values")
    bad("too-many", "index.too-large", index([step("y_{g}_{h}", each=["g", "h"], formula="x")], outputs=["y_m0_m0"], group=[many, {**many, "id": "h"}]), "10 000 steps")
    f.cases.append({"id": "unknown-id", "op": "index.show", "input": {"index": "undp-hid"}, "reject": "index.unknown-id"})
    f.cases.append({"id": "no-index", "op": "index.check", "input": {}, "reject": "wire.bad-request"})


def rejected_runs(F):
    f = F("index/rejected-runs", "Tables that are refused", "docs/index-files.md; each breaks one rule")
    definition = index(one(formula="2 * x"))

    def bad(id_, code, table, **more):
        f.add(id_, "index.run", {"index": definition, "table": table, **more}, reject=code)

    bad("no-units", "index.no-units", {"units": [], "columns": {"x": []}})
    bad("duplicate-unit", "index.duplicate-unit", {"units": ["a", "a"], "columns": {"x": [1, 2]}})
    bad("missing-column", "index.missing-column", {"units": ["a"], "columns": {"X": [1]}})
    bad("column-length", "index.column-length", {"units": ["a", "b"], "columns": {"x": [1]}})
    bad("nan", "num.not-finite", {"units": ["a"], "columns": {"x": ["NaN"]}})
    bad("unknown-output", "index.unknown-name", {"units": ["a"], "columns": {"x": [1]}}, outputs=["z"])
    by_hand = lambda id_, op, code, **request: f.cases.append({"id": id_, "op": op, "input": {"index": definition, **request}, "reject": code})
    by_hand("cell-list", "index.run", "wire.bad-request", table={"units": ["a"], "columns": {"x": [[1]]}})
    by_hand("table-shape", "index.run", "wire.unknown-field", table={"rows": []})
    by_hand("no-table", "index.run", "wire.bad-request")
    by_hand("unknown-unit", "index.explain", "index.unknown-unit", table={"units": ["a"], "columns": {"x": [1]}}, of="b")
    by_hand("explain-output", "index.explain", "index.unknown-name", table={"units": ["a"], "columns": {"x": [1]}}, of="a", outputs=["z"])
    by_hand("csv-no-rows", "index.run", "index.no-units", table={"csv": "city,x\n"})
    by_hand("csv-unit", "index.run", "index.missing-column", table={"csv": "city,x\nA,1\n", "unit": ["town"]})
    by_hand("csv-twice", "index.run", "csv.duplicate-column", table={"csv": "city,x,x\nA,1,2\n"})
