"""Survey estimates from frames: published ones, any split of the rows, bad data, and what a state keeps to itself."""

from __future__ import annotations

import copy
import csv
import json
import os
import pickle
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import sms
from sms.survey import Accumulator, estimate

API = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "survey-api"
FPC = {"column": "fpc", "kind": "population"}
DESIGNS: dict[str, dict[str, Any]] = {
    "apisrs": {"weight": "pw", "fpc": FPC},
    "apistrat": {"weight": "pw", "stratum": "stype", "fpc": FPC},
    "apiclus1": {"weight": "pw", "psu": "dnum", "fpc": FPC},
}
MEASURES = {
    "mean api00": {"kind": "mean", "variable": "api00"},
    "total enroll": {"kind": "total", "variable": "enroll"},
    "proportion sch.wide=Yes": {"kind": "proportion", "variable": "sch.wide", "category": "Yes"},
    "ratio api.stu/enroll": {"kind": "ratio", "numerator": "api.stu", "denominator": "enroll"},
}
PLAN: dict[str, Any] = {
    "design": {"weight": "w", "stratum": "h", "psu": "i"},
    "estimates": {"y": {"kind": "mean", "variable": "y"}, "g": {"kind": "gini", "variable": "y"}},
    "domains": [{}, {"by": ["group"]}],
}
ROWS = pl.DataFrame(
    {
        "w": [1.5, 2.0, 0.1, 4.0, 0.7, 2.5, 3.0, 1.0],
        "h": ["a", "a", "a", "a", "b", "b", "b", "b"],
        "i": [1, 1, 2, 2, 1, 1, 2, 2],
        "y": [3.0, 0.1, 0.2, None, 5.0, 7.5, 1.25, 9.0],
        "group": ["f", "m", "f", "m", "f", "m", None, "m"],
    }
)


def test_every_published_estimate_of_r_survey() -> None:
    if not API.is_dir():
        assert not os.environ.get("CI"), "../shared/data is missing in CI"
        pytest.skip("../shared/data is not there")
    checked = 0
    answers = {}
    for name, design in DESIGNS.items():
        frame = pl.read_csv(API / f"{name}.csv", null_values="NA", infer_schema_length=None)
        plan = {"design": design, "estimates": MEASURES, "domains": [{}, {"by": ["stype"]}, {"by": ["sch.wide"]}]}
        rows = estimate(frame, plan).estimates.to_rows()
        answers[name] = {(r["estimate"], (r["domain.stype"], r["domain.sch.wide"])): r for r in rows}
    with (API / "expected_r_survey_4.1.1.csv").open(encoding="utf-8", newline="") as file:
        _, *published = csv.reader(file)
    for name, statistic, group, value, se, *_ in published:
        dimension, _, code = group.partition("=")
        stype, wide = (code if dimension == d else None for d in ("stype", "sch.wide"))
        found = answers[name][(statistic.removeprefix("domain ").removeprefix("deff "), (stype, wide))]
        if statistic.startswith("deff"):
            assert found["deff"] == pytest.approx(float(value), rel=1e-10, abs=0)
        else:
            assert found["value"] == pytest.approx(float(value), rel=1e-10, abs=0)
            assert found["se"] == pytest.approx(float(se), rel=1e-10, abs=0)
        checked += 1
    assert checked == 30


def test_any_split_gives_the_same_bits() -> None:
    whole = Accumulator(PLAN)
    whole.update(ROWS)
    parts = []
    # the units of both strata are split
    for rows in (ROWS[::3], ROWS[1::3].reverse(), ROWS[2::3]):
        part = Accumulator(PLAN)
        part.update(rows)
        parts.append(Accumulator.from_bytes(PLAN, part.to_bytes()))
    parts[2].merge(parts[0])
    parts[2].merge(parts[1])
    assert parts[2].to_bytes() == whole.to_bytes()
    reporting = {"confidence": 0.9}
    assert parts[2].finish(reporting).to_dict() == whole.finish(reporting).to_dict()
    chunked = Accumulator(PLAN)
    chunked.update(pa.Table.from_batches(pa.table(ROWS).to_batches(max_chunksize=3)))
    assert chunked.to_bytes() == whole.to_bytes()


def test_one_meaning_in_every_type() -> None:
    made = estimate(ROWS, PLAN)
    as_json = sms.call(
        "survey.estimate", plan=PLAN, columns=ROWS.to_dict(as_series=False), reporting={"confidence": 0.95}
    )
    assert made.to_dict() == as_json
    typed = ROWS.with_columns(pl.col("h", "group").cast(pl.Categorical), pl.col("i").cast(pl.UInt8))
    for frame in (typed, ROWS.to_pandas(), pa.table(ROWS), ROWS.with_columns(pl.col("i").cast(pl.Float64))):
        assert estimate(frame, PLAN).to_dict() == as_json
    assert pl.DataFrame(made).equals(pl.DataFrame(made.estimates))
    assert made.rows == 8
    assert len(made) == 6


def test_a_state_keeps_to_itself() -> None:
    state = Accumulator(PLAN)
    state.update(ROWS)
    assert repr(state) == str(state) == f"Accumulator(plan_fingerprint='{state.plan_fingerprint}')"
    for leave in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leave(state)
    made = estimate(ROWS, PLAN)
    assert repr(made).startswith("Results(6 estimates, ")
    with pytest.raises(TypeError):
        pickle.dumps(made)


def refused(frame: Any, plan: dict[str, Any] = PLAN) -> sms.SmsError:
    state = Accumulator(plan)
    before = state.to_bytes()
    with pytest.raises(sms.SmsError) as caught:
        state.update(frame)
    assert state.to_bytes() == before
    return caught.value


@pytest.mark.parametrize("weight", [-1.0, float("nan"), float("inf"), None])
def test_bad_weights(weight: float | None) -> None:
    frame = ROWS.with_columns(w=pl.Series([1.0] * 6 + [weight, 1.0]))
    for given in (frame, pa.Table.from_batches(pa.table(frame).to_batches(max_chunksize=2))):
        error = refused(given)
        assert error.code == "survey.bad-weight"
        assert error.location["row"] == 7


def test_bad_rows() -> None:
    assert refused(ROWS.with_columns(h=pl.Series(["a"] * 7 + [None]))).code == "survey.missing-design-value"
    assert refused(ROWS.with_columns(y=pl.Series([float("nan")] * 8))).code == "num.not-finite"
    assert refused(ROWS.drop("y")).code == "survey.missing-column"
    with pytest.raises(TypeError, match="holds no numbers"):
        estimate(ROWS.with_columns(w=pl.lit("1")), PLAN)
    with pytest.raises(sms.SmsError):
        Accumulator({"design": {"weight": "w"}, "estimates": {"y": {"kind": "mode"}}})


def never_silent(made: Any, code: str) -> None:
    assert code in made.findings.counts
    assert all(se != 0.0 for se in made.estimates["se"])


def test_what_gives_no_error_says_so() -> None:
    mean = {**PLAN, "estimates": {"y": {"kind": "mean", "variable": "y"}}, "domains": [{}]}
    one = estimate(ROWS, {**mean, "design": {"weight": "w", "psu": "h"}})
    assert one.estimates["df"] == [1.0]
    with pytest.raises(sms.SmsError) as caught:
        estimate(ROWS.head(2), mean)
    assert caught.value.code == "survey.lonely-psu"
    # a code that two strata share is two units
    assert estimate(ROWS, mean).estimates["psus"] == [4]
    absent = estimate(ROWS.with_columns(y=pl.lit(None, pl.Float64)), mean)
    assert absent.estimates["absent"] == ["all_missing"]
    assert absent.estimates["se"] == [None]
    empty = estimate(ROWS, {**mean, "domains": [{"by": ["group"], "groups": [["x"]]}]})
    assert empty.estimates["absent"] == ["empty_domain"]


def test_states_of_others() -> None:
    state = Accumulator(PLAN)
    state.update(ROWS)
    other = {**PLAN, "domains": [{}]}
    with pytest.raises(sms.SmsError) as caught:
        Accumulator(other).merge(state)
    assert caught.value.code == "survey.other-plan"
    with pytest.raises(sms.SmsError) as caught:
        Accumulator.from_bytes(other, state.to_bytes())
    assert caught.value.code == "survey.other-plan"
    for broken in (state.to_bytes()[:-1], b"", b"x" * 100):
        with pytest.raises(sms.SmsError) as caught:
            Accumulator.from_bytes(PLAN, broken)
        assert caught.value.code == "survey.bad-state"


def column(name: str, *values: object) -> Any:
    return lambda frame: frame.with_columns(pl.Series(name, list(values)))


DESIGN = PLAN["design"]
MEAN: dict[str, Any] = {"estimates": {"y": {"kind": "mean", "variable": "y"}}, "domains": [{}]}
ONE_UNIT = column("i", 1, 1, 1, 1, 1, 1, 2, 2)
NAN = float("nan")
# what is wrong, the rows, the plan, the code, and whether it stops the call
BAD: list[tuple[str, Any, dict[str, Any], str, bool]] = [
    ("negative weight", column("w", -1.5, 2.0, 0.1, 4.0, 0.7, 2.5, 3.0, 1.0), {}, "survey.bad-weight", True),
    ("weight that is no number", column("w", NAN, 2.0, 0.1, 4.0, 0.7, 2.5, 3.0, 1.0), {}, "survey.bad-weight", True),
    ("weight missing", column("w", None, 2.0, 0.1, 4.0, 0.7, 2.5, 3.0, 1.0), {}, "survey.bad-weight", True),
    ("no weight at all", column("w", *[0.0] * 8), {}, "survey.no-weight", False),
    ("stratum missing", column("h", "a", "a", "a", None, "b", "b", "b", "b"), {}, "survey.missing-design-value", True),
    ("stratum no number", column("h", 1.0, 1.0, 1.0, NAN, 2.0, 2.0, 2.0, 2.0), {}, "survey.missing-design-value", True),
    ("unit missing", column("i", 1, 1, 2, 2, 1, 1, 2, None), {}, "survey.missing-design-value", True),
    ("unit not a number", column("i", 1.0, 1.0, 2.0, NAN, 1.0, 1.0, 2.0, 2.0), {}, "survey.missing-design-value", True),
    ("codes reused", lambda f: f, {}, "survey.psu-reused", False),
    ("codes in two strata", lambda f: f, {"design": {**DESIGN, "nested": False}}, "survey.psu-in-two-strata", True),
    ("one unit in a stratum", ONE_UNIT, {}, "survey.lonely-psu", True),
    ("one, certain", ONE_UNIT, {"design": {**DESIGN, "lonely_psu": "certainty"}}, "survey.lonely-psu-adjusted", False),
    ("one unit at all", column("i", *[1] * 8), {"design": {"weight": "w", "psu": "i"}}, "survey.lonely-psu", True),
    (
        "the same, certain",
        column("i", *[1] * 8),
        {"design": {"weight": "w", "psu": "i", "lonely_psu": "certainty"}},
        "survey.no-variance",
        False,
    ),
    ("empty group", lambda f: f, {"domains": [{"by": ["group"], "groups": [["x"]]}]}, "survey.empty-domain", False),
    ("nobody answered", lambda f: f.with_columns(y=pl.lit(None, pl.Float64)), {}, "survey.all-missing", False),
    ("value not a number", column("y", NAN, 0.1, 0.2, None, 5.0, 7.5, 1.25, 9.0), {}, "num.not-finite", True),
    ("too few", lambda f: f, {"design": {**DESIGN, "population": 20}}, "survey.weights-miss-population", False),
    ("no spread", column("y", *[3.0] * 8), {}, "survey.zero-variance", False),
    ("no rows", lambda f: f.head(0), {}, "survey.no-rows", True),
]


@pytest.mark.parametrize(("rows", "plan", "code", "stops"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_bad_input_is_never_silent(rows: Any, plan: dict[str, Any], code: str, stops: bool) -> None:
    asked = {**PLAN, **MEAN, **plan}
    if stops:
        with pytest.raises(sms.SmsError) as caught:
            estimate(rows(ROWS), asked)
        assert caught.value.code == code
        return
    made = estimate(rows(ROWS), asked)
    assert code in made.findings.counts
    # an error of 0 is said to be one
    assert (0.0 in made.estimates["se"]) == ("survey.zero-variance" in made.findings.counts)


def test_from_microdata_to_a_gap() -> None:
    frame = ROWS.with_columns(group=pl.Series(["f", "m"] * 4), y=pl.Series([3.0, 0.1, 0.2, 4.0, 5.0, 7.5, 1.25, 9.0]))
    plan = {**PLAN, "domains": [{}, {"by": ["group"]}, {"by": ["group", "h"]}]}
    assert estimate(frame, plan).groups == []
    gini, crossed, mean, _ = estimate(frame, plan, covariances=True).groups
    assert [gini["estimate"], mean["estimate"]] == ["g", "y"]
    assert mean["codes"] == [["f"], ["m"]]
    assert crossed["codes"] == [["f", "a"], ["f", "b"], ["m", "a"], ["m", "b"]]
    (a, c), (_, b) = mean["covariance"]
    assert [a, b] == pytest.approx([g["se"] ** 2 for g in mean["groups"]], rel=1e-14)
    assert c != 0.0
    found = sms.equality.compare(
        mean["groups"], covariance=mean["covariance"], polarity="higher", against="named", floor=0
    )["found"][0]
    assert found["se"] == pytest.approx((a + b - 2 * c) ** 0.5, rel=1e-12)
    measured = sms.equality.measures(
        mean["groups"], covariance=mean["covariance"], polarity="higher", rules={"draws": 0}
    )
    assert measured["measures"]["difference"]["se"] == pytest.approx(found["se"], rel=1e-12)


GROUPS: dict[str, Any] = {
    "design": {"weight": "w"},
    "estimates": {"y": {"kind": "mean", "variable": "y"}},
    "domains": [{"by": ["g"]}],
}


def by_code(frame: Any, plan: dict[str, Any] = GROUPS) -> dict[str, Any]:
    return {row["domain.g"]: row["value"] for row in estimate(frame, plan).estimates.to_rows()}


def test_codes_are_taken_by_what_they_stand_for() -> None:
    frame = pd.DataFrame({"w": [1.0] * 5, "y": [1.0, 2.0, 3.0, 6.0, 9.0]})
    two = {"1": 2.0, "2": 4.0}
    assert by_code(frame.assign(g=pd.Categorical([1, 2, 1, 2, None]))) == two
    assert by_code(frame.assign(g=pd.Categorical([1.0, 2.0, 1.0, 2.0, None]))) == two
    assert by_code(frame.assign(g=pd.Categorical(["1", "2", "1", "2", None]))) == two
    assert by_code(frame.assign(g=pd.Categorical([True, False, True, False, None]))) == {"true": 2.0, "false": 4.0}
    assert by_code(frame.assign(g=pd.array([1, 2, 1, 2, None], dtype="Int64"))) == two
    table = pa.table({"w": [1.0] * 5, "y": frame["y"], "g": pa.array([1, 2, 1, 2, None]).dictionary_encode()})
    assert by_code(table) == two
    sliced = pa.Table.from_batches(table.to_batches(max_chunksize=2))
    assert by_code(sliced) == two
    assert by_code(pl.DataFrame({"w": [1.0] * 5, "y": [1.0, 2.0, 3.0, 6.0, 9.0], "g": [1, 2, 1, 2, None]})) == two
    # a dictionary of numbers is a column of numbers, too
    coded = frame.assign(y=pd.Categorical([1, 2, 3, 6, None]), g=["1", "2", "1", "2", "3"])
    assert by_code(coded) == {**two, "3": None}


def test_intervals_and_periods_say_what_to_do() -> None:
    frame = pd.DataFrame({"w": [1.0] * 4, "y": [1.0, 2.0, 3.0, 6.0], "age": [5, 20, 30, None]})
    bands = frame.assign(g=pd.cut(frame["age"], [0, 18, 65]))
    for given in (bands, bands.assign(g=pd.arrays.IntervalArray.from_breaks(range(5)))):
        with pytest.raises(
            TypeError, match=r'column g: intervals, as pandas.cut makes them.*frame\["g"\].astype\("string"\)'
        ):
            estimate(given, GROUPS)
    assert by_code(bands.assign(g=bands["g"].astype("string"))) == {"(0.0, 18.0]": 1.0, "(18.0, 65.0]": 2.5}
    years = frame.assign(g=pd.PeriodIndex(["2020", "2020", "2021", "2021"], freq="Y"))
    with pytest.raises(TypeError, match="column g: periods of pandas"):
        estimate(years, GROUPS)
    assert by_code(years.assign(g=years["g"].astype("string"))) == {"2020": 1.5, "2021": 4.5}


def test_empty_codes_weightless_groups_and_spellings() -> None:
    frame = pl.DataFrame({"w": [1.0, 1.0, 0.0, 0.0], "y": [1.0, 2.0, 3.0, 4.0], "g": ["a", "", "b", "b"]})
    made = estimate(frame, GROUPS)
    assert made.estimates["absent"] == [None, "no_weight"]
    assert by_code(frame) == {"a": 1.0, "b": None}
    assert dict(made.findings.counts)["survey.rows-without-group"] == 1
    assert dict(made.findings.counts)["survey.no-weight"] == 1
    composed, split = "J\u00f3zsef", "Jo\u0301zsef"
    spelt = pl.DataFrame({"w": [1.0] * 4, "y": [1.0, 2.0, 3.0, 6.0], "g": [composed, split, "x", "x"]})
    assert by_code(spelt) == {composed: 1.5, "x": 4.5}
    wanted = {**GROUPS, "domains": [{"by": ["g"], "groups": [[split]]}]}
    assert by_code(spelt, wanted) == {composed: 1.5}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_is_not_finite_is_refused_by_its_place(number: float) -> None:
    plan = {**GROUPS, "design": {"weight": "w", "population": number}}
    columns = {"w": [1.0, 1.0], "y": [1.0, number], "g": ["a", "a"]}
    groups = [{"value": 1.0, "se": number}, {"value": 2.0, "se": 1.0}]
    asked: list[tuple[str, Callable[[], object]]] = [
        ("plan.design.population", lambda: Accumulator(plan)),
        (
            "plan.design.population",
            lambda: sms.operations.survey.estimate(columns={}, plan=plan, reporting={"confidence": 0.95}),
        ),
        (
            "columns.y[1]",
            lambda: sms.call("survey.estimate", columns=columns, plan=GROUPS, reporting={"confidence": 0.95}),
        ),
        ("reporting.confidence", lambda: estimate(ROWS, PLAN, confidence=number)),
        ("groups[0].se", lambda: sms.equality.compare(groups, polarity="higher", against="named", floor=0)),
        ("value", lambda: sms.call("score.goalposts", value=number, worst=0, best=1)),
    ]
    for path, ask in asked:
        with pytest.raises(sms.SmsError) as caught:
            ask()
        assert (caught.value.code, caught.value.path) == ("num.not-finite", path)


def test_plans_are_refused_by_the_path_of_the_field() -> None:
    for measure, path in [
        ({"kind": "mode", "variable": "y"}, "plan.estimates.rent.kind"),
        ({"kind": "mean", "variable": 3}, "plan.estimates.rent.variable"),
        ({"kind": "poverty_gap", "variable": "y"}, "plan.estimates.rent.threshold"),
        (
            {"kind": "poverty_gap", "variable": "y", "threshold": {"share_of_median": "x"}},
            "plan.estimates.rent.threshold.share_of_median",
        ),
        ({"kind": "mean", "variable": "y", "rule": "survey"}, "plan.estimates.rent.rule"),
        ({"kind": "quantile", "variable": "y", "probability": 2}, "estimates.rent.probability"),
    ]:
        with pytest.raises(sms.SmsError) as caught:
            Accumulator({**PLAN, "estimates": {"rent": measure}})
        assert caught.value.path == path


def test_the_schema_of_a_plan() -> None:
    root = Path(__file__).resolve().parents[2]
    schema = json.loads((root / "sms-core/schemas/survey-plan.json").read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    guide = (root / "docs/survey.md").read_text(encoding="utf-8")
    plans = [tomllib.loads(text) for text in re.findall(r"```toml\n(.*?)```", guide, re.DOTALL)]
    plans.append(tomllib.loads((root / "examples/survey/plan.toml").read_text(encoding="utf-8")))
    for file in sorted((root / "tests/vectors/survey").glob("*.json")):
        cases = json.loads(file.read_text(encoding="utf-8"))["cases"]
        plans += [case["input"]["plan"] for case in cases if "reject" not in case and "plan" in case["input"]]
    assert len(plans) > 200
    for plan in plans:
        validator.validate(plan)
        Accumulator(plan)
    for wrong in [
        {**PLAN, "design": {}},
        {**PLAN, "domain": []},
        {**PLAN, "estimates": {"m": {"kind": "mode", "variable": "y"}}},
        {**PLAN, "estimates": {"m": {"kind": "mean", "variable": "y", "rule": "survey"}}},
        {**PLAN, "estimates": {"m": {"kind": "poverty_gap", "variable": "y", "threshold": 0.6}}},
    ]:
        assert not validator.is_valid(wrong)
