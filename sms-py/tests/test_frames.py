"""Frames in and out, against the libraries for real."""

from __future__ import annotations

import csv
import datetime
import decimal
import io
import json
import math
from typing import Any

import duckdb
import numpy
import pandas
import polars
import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sms

ROWS: list[dict[str, Any]] = [
    {"indicator": "WSP-O-04", "place": "gent", "period": "2018", "SEX": None, "value": 4.1, "n": 900},
    {"indicator": "WSP-O-04", "place": "gent", "period": "2018", "SEX": "F", "value": 3.9, "n": None},
    {"indicator": "WSP-O-04", "place": "gent", "period": "2019", "SEX": None, "value": None, "n": 1000},
]
COLUMNS = {name: [row[name] for row in ROWS] for name in ROWS[0]}


def as_plain(observations: sms.Observations) -> list[dict[str, Any]]:
    return observations.to_rows()


EXPECTED = as_plain(sms.Observations.from_rows(ROWS))


def in_duckdb() -> Any:
    # a decimal, as SQL writes 4.1
    columns = "indicator, place, period, SEX, cast(value as decimal(6, 1)) as value, n"
    return duckdb.from_arrow(pyarrow.table(COLUMNS)).project(columns)


def chunks() -> pyarrow.Table:
    whole = pyarrow.table(COLUMNS)
    return pyarrow.concat_tables([whole.slice(0, 1), whole.slice(1, 0), whole.slice(1, 2)])


FRAMES = {
    "pandas": lambda: pandas.DataFrame(COLUMNS),
    "pandas, texts as objects": lambda: pandas.DataFrame(
        {k: pandas.Series(v, dtype=object) for k, v in COLUMNS.items()}
    ),
    "pandas, categories": lambda: pandas.DataFrame(COLUMNS).astype({"indicator": "category", "SEX": "category"}),
    "pandas, own index": lambda: pandas.DataFrame(COLUMNS, index=[7, 3, 5]),
    "polars": lambda: polars.DataFrame(COLUMNS),
    "polars, categories": lambda: polars.DataFrame(COLUMNS).cast(
        {"indicator": polars.Categorical, "place": polars.Enum(["gent"])}
    ),
    "polars, small numbers": lambda: polars.DataFrame(COLUMNS).cast({"n": polars.UInt16}),
    "pyarrow": lambda: pyarrow.table(COLUMNS),
    "pyarrow, batches": chunks,
    "pyarrow, a reader": lambda: chunks().to_reader(),
    "pyarrow, large texts": lambda: pyarrow.table(COLUMNS).set_column(
        0, "indicator", [pyarrow.array(COLUMNS["indicator"], pyarrow.large_string())]
    ),
    "pyarrow, text views": lambda: pyarrow.table(COLUMNS).set_column(
        0, "indicator", [pyarrow.array(COLUMNS["indicator"], pyarrow.string_view())]
    ),
    "pyarrow, dictionaries": lambda: pyarrow.table(
        {k: pyarrow.array(v).dictionary_encode() if k in ("place", "SEX") else v for k, v in COLUMNS.items()}
    ),
    "duckdb": in_duckdb,
}


@pytest.mark.parametrize("name", FRAMES)
def test_frames_of_every_library_read_alike(name: str) -> None:
    assert as_plain(sms.Observations.from_frame(FRAMES[name]())) == EXPECTED


@pytest.mark.parametrize(
    ("values", "kind", "text"),
    [
        ([2018], pyarrow.int16(), "2018"),
        ([2018], pyarrow.uint64(), "2018"),
        ([9_007_199_254_740_993], pyarrow.int64(), "9007199254740993"),
        ([2018.0], pyarrow.float64(), "2018"),
        ([2018.0], pyarrow.float32(), "2018"),
        ([True], pyarrow.bool_(), "true"),
        ([datetime.date(2018, 1, 31)], pyarrow.date32(), "2018-01-31"),
        ([datetime.date(2018, 1, 31)], pyarrow.date64(), "2018-01-31"),
        ([datetime.datetime(2018, 1, 31)], pyarrow.timestamp("ns"), "2018-01-31"),
        ([datetime.datetime(2018, 1, 31)], pyarrow.timestamp("s"), "2018-01-31"),
        ([datetime.datetime(2018, 1, 31, 5)], pyarrow.timestamp("ms"), "2018-01-31 05:00:00"),
        ([datetime.datetime(1918, 1, 31)], pyarrow.timestamp("us"), "1918-01-31"),
        ([decimal.Decimal("1.50")], pyarrow.decimal128(5, 2), "1.50"),
        ([decimal.Decimal("1.50")], pyarrow.decimal256(50, 2), "1.50"),
    ],
)
def test_codes_of_any_type_become_texts(values: list[Any], kind: pyarrow.DataType, text: str) -> None:
    base = {"indicator": ["WSP-O-04"], "place": ["gent"], "period": ["2018"]}
    table = pyarrow.table(base | {"note": pyarrow.array(values, kind)})
    assert sms.Observations.from_frame(table).to_rows()[0]["note"] == text


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (4, pyarrow.int8()),
        (4, pyarrow.uint32()),
        (4.5, pyarrow.float32()),
        (decimal.Decimal("4.10"), pyarrow.decimal128(5, 2)),
        (True, pyarrow.bool_()),
    ],
)
def test_numbers_of_any_type_become_numbers(value: Any, kind: pyarrow.DataType) -> None:
    base = {"indicator": ["WSP-O-04"] * 2, "place": ["gent"] * 2, "period": ["2018", "2019"]}
    rows = sms.Observations.from_frame(pyarrow.table(base | {"value": pyarrow.array([value, None], kind)})).to_rows()
    assert rows[0]["value"] == float(value) and "value" not in rows[1]


def test_columns_of_nulls_and_of_other_things() -> None:
    base = {"indicator": ["WSP-O-04"], "place": ["gent"], "period": ["2018"]}
    nulls = pyarrow.table(base | {"SEX": pyarrow.nulls(1), "value": pyarrow.nulls(1)})
    assert sms.Observations.from_frame(nulls).to_rows() == [
        {"indicator": "WSP-O-04", "place": "gent", "period": "2018"}
    ]
    lists = pyarrow.table(base | {"SEX": pyarrow.array([["F"]])})
    with pytest.raises(TypeError, match="column SEX"):
        sms.Observations.from_frame(lists)
    with pytest.raises(sms.SmsError, match="csv.missing-column"):
        sms.Observations.from_frame(pyarrow.table({"indicator": ["x"]}))
    with pytest.raises(sms.SmsError, match="csv.missing-column"):
        sms.Observations.from_frame(pandas.DataFrame())


def test_a_producer_that_breaks_off_is_reported() -> None:
    def batches() -> Any:
        yield pyarrow.record_batch({"indicator": ["a"], "place": ["b"], "period": ["c"]})
        raise RuntimeError("the disk is gone")

    schema = pyarrow.schema({"indicator": pyarrow.string(), "place": pyarrow.string(), "period": pyarrow.string()})
    reader = pyarrow.RecordBatchReader.from_batches(schema, batches())
    with pytest.raises(ValueError, match="the disk is gone"):
        sms.Observations.from_frame(reader)


def test_a_capsule_of_another_kind_is_refused() -> None:
    class Odd:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return pyarrow.schema({"a": pyarrow.int8()}).__arrow_c_schema__()

    with pytest.raises(ValueError, match="PyCapsule"):
        sms.Observations.from_frame(Odd())


def test_what_is_not_finite_is_a_finding_whichever_way_it_came(catalogue: sms.Catalogue) -> None:
    row = {"indicator": "WSP-O-04", "place": "gent"}
    values = {"2018": math.inf, "2017": -math.inf, "2016": math.nan}
    rows: list[dict[str, Any]] = [row | {"period": period, "value": value} for period, value in values.items()]
    for observations in (sms.Observations.from_rows(rows), sms.Observations.from_frame(polars.DataFrame(rows))):
        dataset, findings = sms.check(catalogue, observations)
        assert len(dataset) == 0
        assert (findings.counts["obs.not-finite"], findings.counts["obs.no-value"]) == (2, 1)


def test_rows_take_the_scalars_of_other_libraries() -> None:
    row = {
        "indicator": "WSP-O-04",
        "place": numpy.str_("gent"),
        "period": numpy.int64(2018),
        "SEX": pandas.NA,
        "value": numpy.float32(4.5),
        "numerator": decimal.Decimal("3"),
        "denominator": numpy.uint8(70),
        "note": datetime.date(2018, 1, 31),
        "source": pandas.NaT,
    }
    assert sms.Observations.from_rows([row]).to_rows() == [
        {
            "indicator": "WSP-O-04",
            "place": "gent",
            "period": "2018",
            "value": 4.5,
            "numerator": 3.0,
            "denominator": 70.0,
            "note": "2018-01-31",
        }
    ]
    big = sms.Observations.from_rows([{"indicator": "WSP-O-04", "place": 2**70, "period": 2018}])
    assert big.to_rows()[0]["place"] == str(2**70)


TABLES = ["indicators", "nodes", "gaps", "figures", "progress", "disaggregation"]


@pytest.mark.parametrize("table", TABLES)
def test_frames_go_out_to_every_library(report: sms.Report, table: str) -> None:
    frame: sms.Frame = getattr(report, table)
    whole = frame.to_dict()
    assert list(whole) == frame.columns == list(frame)
    assert {len(values) for values in whole.values()} == {len(frame)} and len(frame) > 0
    assert pyarrow.table(frame).to_pydict() == whole
    assert polars.DataFrame(frame).to_dict(as_series=False) == whole == frame.to_polars().to_dict(as_series=False)
    assert duckdb.sql("select * from frame").fetchall() == list(zip(*whole.values(), strict=True))
    through_pandas = frame.to_pandas()
    assert list(through_pandas.columns) == frame.columns and len(through_pandas) == len(frame)
    back = {name: [None if pandas.isna(x) else x for x in through_pandas[name]] for name in frame.columns}
    assert back == whole
    assert (
        json.loads(frame.to_json())
        == frame.to_rows()
        == [dict(zip(whole, row, strict=True)) for row in zip(*whole.values(), strict=True)]
    )
    lines = list(csv.DictReader(io.StringIO(frame.to_csv())))
    assert len(lines) == len(frame) and report.to_csv(table) == frame.to_csv()  # type: ignore[arg-type]
    numbers = [name for name, values in whole.items() if any(isinstance(v, float) for v in values)]
    for name in numbers:
        assert [float(line[name]) if line[name] else None for line in lines] == whole[name]


def test_pandas_types_hold_what_is_absent(report: sms.Report) -> None:
    kinds = {name: str(kind) for name, kind in report.indicators.to_pandas().dtypes.items()}
    assert (kinds["score"], kinds["carried_forward"], kinds["name"]) == ("float64", "boolean", "string")
    assert str(report.nodes.to_pandas()["band"].dtype) == "Int64"


def test_frames_are_values(report: sms.Report) -> None:
    frame = report.indicators
    assert frame == report.indicators and frame != report.nodes and frame != 5
    assert "score" in frame and "scores" not in frame
    with pytest.raises(KeyError, match="scores"):
        frame["scores"]
    with pytest.raises(TypeError, match="unhashable"):
        hash(frame)
    capsule = frame.__arrow_c_stream__()
    assert "arrow_array_stream" in repr(capsule)
    del capsule  # never read: it frees itself


def test_an_empty_frame_goes_out(method: sms.Method, catalogue: sms.Catalogue) -> None:
    observations = sms.Observations.from_rows(
        [{"indicator": "WSP-O-04", "place": "gent", "period": "2018", "value": 4.1}]
    )
    gaps = sms.assess(method, sms.check(catalogue, observations)[0]).release().gaps
    assert len(gaps) == 0 and len(polars.DataFrame(gaps)) == 0 and len(gaps.to_pandas()) == 0
    assert pyarrow.table(gaps).num_rows == 0 and "0 rows" in repr(gaps)


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "indicator": st.sampled_from(["WSP-O-04", "HOU-O-01", "nonsense"]) | texts,
                "place": texts,
                "period": st.sampled_from(["2018", "2017-18", "2019-Q2"]) | texts,
                "SEX": st.none() | st.sampled_from(["F", "M", "_T"]) | texts,
                "value": st.none() | st.floats(),
                "denominator": st.none() | st.floats(0, 1e6),
            }
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_frame_is_checked_without_surprise(rows: list[dict[str, Any]]) -> None:
    kinds = {
        "indicator": polars.String,
        "place": polars.String,
        "period": polars.String,
        "SEX": polars.String,
        "value": polars.Float64,
        "denominator": polars.Float64,
    }
    observations = sms.Observations.from_frame(polars.DataFrame(rows, schema=kinds))
    dataset, findings = sms.check(sms.Catalogue.embedded(), observations)
    counts = dataset.rows
    assert (
        counts["read"] == len(rows) == counts["used"] + counts["rejected"] + counts["pretest"] + counts["duplicates"]
    )
    if len(dataset):
        report = sms.assess(sms.Method.embedded("standard"), dataset, findings).release()
        assert json.loads(report.to_json()) == report.to_dict()
