"""Nothing that leaves depends on what is withheld: every route out of Python, byte for byte; and the report before."""

from __future__ import annotations

import copy
import io
import itertools
import pickle
import random
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest

import sms
from sms import disclosure

TABLES: Any = ["indicators", "nodes", "gaps", "figures", "progress", "disaggregation"]
SELECTION = ["HOU-O-03", "WSP-O-04"]
Leaves = dict[tuple[str, str, str], tuple[int, int]]


def city(leaves: Leaves) -> list[dict[str, Any]]:
    """Two districts by sex and age, with all their margins."""
    rows = []
    for place, sex, age in itertools.product(["d1", "d2", "city"], ["F", "M", ""], ["Y_LT18", "Y_GE18", ""]):
        inside = [x for (p, s, a), x in leaves.items() if place in (p, "city") and sex in (s, "") and age in (a, "")]
        numerator, rest = sum(x[0] for x in inside), sum(x[1] for x in inside)
        row: dict[str, Any] = {"indicator": "HOU-O-03", "place": place, "period": "2019", "SEX": sex, "AGE": age}
        row |= {"numerator": numerator, "denominator": numerator + rest}
        rows.append(row | ({} if place == "city" else {"place_parent": "city"}))
    return [*rows, {"indicator": "WSP-O-04", "place": "city", "period": "2019", "numerator": 400, "denominator": 9000}]


def released(rows: list[dict[str, Any]], **how: Any) -> tuple[sms.Assessment, sms.Report]:
    dataset, findings = sms.check(sms.Catalogue.embedded(), sms.Observations.from_rows(rows))
    method = sms.Method.embedded("standard")
    assessment = sms.assess(method, dataset, findings, selection=SELECTION, periods="each")
    return assessment, assessment.release(**how)


def arrow(frame: sms.Frame) -> bytes:
    table = pa.table(frame)
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


def refused(call: Any, *arguments: Any) -> list[Any]:
    """Everything that an exception tells."""
    with pytest.raises(Exception) as caught:
        call(*arguments)
    error = caught.value
    return [type(error).__name__, str(error), repr(error), error.args, str(vars(error)), str(caught.getrepr())]


def routes(assessment: sms.Assessment, report: sms.Report) -> dict[str, Any]:
    """Everything that can be got out of an assessment and its report, by route."""
    told: dict[str, Any] = {
        "json": report.to_json(),
        "dict": report.to_dict(),
        "html": report.to_html(),
        "repr": repr(report),
        "str": str(report),
        "notebook": report._repr_html_(),
        "findings": [
            report.findings.to_json(),
            repr(report.findings),
            report.findings._repr_html_(),
            list(report.findings),
        ],
        "provenance": report.provenance,
        "title and length": [report.title, len(report)],
        "assessment": [repr(assessment), str(assessment), len(assessment), assessment.coverage],
    }
    for table in TABLES:
        frame: sms.Frame = getattr(report, table)
        told[f"csv {table}"] = [report.to_csv(table), frame.to_csv()]
        told[f"arrow {table}"] = arrow(frame)
        told[f"pandas {table}"] = frame.to_pandas().to_csv()
        told[f"polars {table}"] = frame.to_polars().write_json()
        told[f"frame {table}"] = [
            repr(frame),
            str(frame),
            frame._repr_html_(),
            frame.to_dict(),
            frame.to_rows(),
            frame.to_json(),
        ]
    for name, place in itertools.product([*SELECTION, "HOU", "overall"], ["city", "d1", "d2"]):
        e = report.explain(name, place)
        told[f"explain {name} {place}"] = [str(e), repr(e), e._repr_html_(), e.to_json(), e.to_svg(), e.result, e.steps]
    for name, thing in {"report": report, "frame": report.figures, "explanation": e, "assessment": assessment}.items():
        told[f"pickle {name}"] = refused(pickle.dumps, thing)
        told[f"copy {name}"] = refused(copy.deepcopy, thing)
    told["exceptions"] = [
        refused(report.explain, "HOU-O-3", "city"),
        refused(report.explain, "HOU-O-03", "d3"),
        refused(report.to_csv, "figure"),
        refused(report.figures.__getitem__, "values"),
    ]
    return told


def marks(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return [
        name
        for name in sorted(one.keys() | other.keys())
        if pickle.dumps(one.get(name)) != pickle.dumps(other.get(name))
    ]


def states(report: sms.Report) -> list[tuple[Any, ...]]:
    """What is published, and what is withheld."""
    return [(f["place"], f["groups"], f["state"], f["numerator"], f["denominator"]) for f in report.figures.to_rows()]


def moved(leaves: Leaves) -> Iterator[Leaves]:
    """Other cities with most of the same totals: people change places round a square, once each way."""
    keys = list(leaves)
    for by, part in itertools.product([1, -1, 2], [0, 1]):
        other = dict(leaves)
        for (place, sex, age), (a, b) in leaves.items():
            step = by * (1 if (place == "d1") == ((sex == "F") == (age == "Y_LT18")) else -1)
            other[place, sex, age] = (a + step, b) if part == 0 else (a, b + step)
        if all(x >= 0 for key in keys for x in other[key]):
            yield other


def cities() -> Iterator[Leaves]:
    r = random.Random(20261127)
    for _ in range(6):
        count = [r.randint(3, 9) if r.random() < 0.3 else r.randint(15, 90) for _ in range(8)]
        rest = [r.randint(300, 900) for _ in range(8)]
        keys = itertools.product(["d1", "d2"], ["F", "M"], ["Y_LT18", "Y_GE18"])
        yield dict(zip(keys, zip(count, rest, strict=True), strict=True))


def test_other_withheld_figures_leave_every_route_as_it_is() -> None:
    compared = 0
    for leaves in cities():
        assessment, report = released(city(leaves))
        mine = None
        for other in moved(leaves):
            assessed, second = released(city(other))
            if states(second) != states(report):
                continue
            mine = mine or routes(assessment, report)
            assert marks(mine, routes(assessed, second)) == []
            compared += 1
    assert compared >= 3


def test_a_leak_in_a_route_would_be_seen() -> None:
    leaves = next(cities())
    told = routes(*released(city(leaves)))
    for name in told:
        assert marks(told, told | {name: [told[name], 4]}) == [name]
    # and what is published is seen in every route that shows figures
    other = dict(leaves)
    key = max(leaves, key=lambda k: leaves[k])
    other[key] = (leaves[key][0] + 40, leaves[key][1])
    seen = marks(told, routes(*released(city(other))))
    assert {"json", "dict", "html", "csv figures", "arrow figures", "frame figures", "explain HOU-O-03 city"} <= set(
        seen
    )
    assert not any(name.startswith(("pickle", "copy", "exceptions", "provenance", "findings")) for name in seen)


def test_the_report_before_is_taken_into_account() -> None:
    row: dict[str, Any] = {"indicator": "HOU-O-03", "place": "gent", "period": "2019"}
    _, first = released([row | {"numerator": 300, "denominator": 1980}])
    later = [row | {"numerator": 304, "denominator": 2000}]
    # by itself it may be shown; after the first it would tell of 4 persons of 20
    assert released(later)[1].figures["state"] == ["value"]
    for previous in (first, first.to_dict(), first.to_json()):
        assert released(later, previous=previous)[1].figures["state"] == ["suppressed"]
    found = disclosure.attack_report(released(later)[1].to_dict(), previous=first.to_dict())
    assert [f["what"] for f in found["figures"]] == ["change of numerator"]
    assert released([row | {"numerator": 300, "denominator": 1980}], previous=first)[1].figures["state"] == ["value"]


def test_only_a_published_report_is_one_before() -> None:
    row = {"indicator": "HOU-O-03", "place": "gent", "period": "2019", "numerator": 300, "denominator": 1980}
    assessment, _ = released([row])
    internal = assessment.release(sms.PrivacyPolicy.internal())
    wrong: list[tuple[Any, str]] = [
        (internal, "release.internal-report"),
        (internal.to_dict(), "release.internal-report"),
        ({"places": 3}, "json.bad-shape"),
        ("{", "json.syntax"),
    ]
    for previous, code in wrong:
        with pytest.raises(sms.SmsError) as caught:
            assessment.release(previous=previous)
        assert caught.value.code == code
    # an internal report is no argument by position
    with pytest.raises(TypeError):
        assessment.release(None, internal)  # type: ignore[call-arg]
