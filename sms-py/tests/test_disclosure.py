"""Nothing that leaves depends on what is withheld: every route out of Python, byte for byte; and the report before."""

from __future__ import annotations

import copy
import io
import itertools
import json
import pickle
import random
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import sms
from sms import disclosure

TABLES: Any = ["indicators", "nodes", "gaps", "figures", "progress", "disaggregation"]
SELECTION = ["HOU-O-03", "WSP-O-04"]
PLACES = [(name, place) for name in [*SELECTION, "HOU", "overall"] for place in ["city", "d1", "d2"]]
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


def arrow(frame: sms.Frame) -> list[Any]:
    """The stream of a frame, its schema with all metadata, and what is read from it."""
    table = pa.table(frame)
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    schema = table.schema
    described = [(f.name, str(f.type), f.nullable, f.metadata) for f in schema]
    return [out.getvalue(), schema.to_string(), schema.metadata, described, table.to_pylist()]


def pandas(frame: sms.Frame) -> list[Any]:
    made = frame.to_pandas()
    return [made.to_csv(), str(made.dtypes), str(made.attrs), str(made.index), made.to_json(), repr(made)]


def polars(frame: sms.Frame) -> list[Any]:
    made = frame.to_polars()
    return [made.write_json(), str(made.schema), repr(made), made.write_csv()]


def refused(call: Any, *arguments: Any) -> list[Any]:
    """Everything that an exception tells, and those that it came from."""
    with pytest.raises(Exception) as caught:
        call(*arguments)
    error: BaseException | None = caught.value
    told: list[Any] = [traceback.format_exception(error)]
    while error is not None:
        told += [type(error).__name__, str(error), repr(error), repr(error.args), str(vars(error))]
        own = [(name, getattr(error, name)) for name in dir(error) if not name.startswith("__")]
        told += [(name, repr(value)) for name, value in own if not callable(value)]
        told += [getattr(error, "__notes__", None), error.__suppress_context__, repr(error.__reduce__())]
        error = error.__cause__ or error.__context__
    return told


def explained(report: sms.Report) -> list[Any]:
    """All that can be explained, in all places: some of it member by member."""
    data = report.to_dict()
    ids = {part["id"]: None for place in data["places"] for part in [*place["nodes"], *place["indicators"]]}
    places = [None, *dict.fromkeys(place["place"] for place in data["places"])]
    told = [report.explain(name, place).to_json() for name, place in itertools.product(ids, places)]
    return [*(report.explain(name, "d1") for name in ["HOU-O-03", "HOU", "overall"]), told]


def exported(report: sms.Report) -> list[str | bytes]:
    formats = sms.operations.report.formats()["formats"]
    tables = [(f["name"], table) for f in formats for table in f["tables"]]
    return [report.export(f["name"]) for f in formats] + [report.export(name, table=table) for name, table in tables]


def saved(report: sms.Report) -> list[bytes]:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, "report.html"), Path(folder, "report.csv")]
        for path in paths:
            report.save(path)
        return [path.read_bytes() for path in paths]


# What is asked of each class, by the name of each member that it has. A member that is not here fails the test.
ASKED: dict[type, dict[str, Any]] = {
    sms.Report: {
        "__len__": len,
        "_repr_html_": lambda r: r._repr_html_(),
        "explain": explained,
        "export": exported,
        "findings": lambda r: r.findings,
        "provenance": lambda r: r.provenance,
        "save": saved,
        "title": lambda r: r.title,
        "to_csv": lambda r: [r.to_csv(table) for table in TABLES],
        "to_dict": lambda r: r.to_dict(),
        "to_html": lambda r: r.to_html(),
        "to_json": lambda r: r.to_json(),
    }
    | {table: (lambda r, table=table: getattr(r, table)) for table in TABLES},
    sms.Assessment: {
        "__len__": len,
        "coverage": lambda a: a.coverage,
        "findings": lambda a: a.findings,
        "release": lambda a: [
            r.to_json() for r in (a.release(), a.release(sms.PrivacyPolicy.public(15)), a.release(previous=a.release()))
        ],
    },
    sms.Frame: {
        "__arrow_c_stream__": arrow,
        "__contains__": lambda f: [name in f for name in [*f.columns, "n", "se"]],
        "__getitem__": lambda f: [f[name] for name in f.columns],
        "__iter__": list,
        "__len__": len,
        "_repr_html_": lambda f: f._repr_html_(),
        "columns": lambda f: f.columns,
        "to_csv": lambda f: f.to_csv(),
        "to_dict": lambda f: f.to_dict(),
        "to_json": lambda f: f.to_json(),
        "to_pandas": pandas,
        "to_polars": polars,
        "to_rows": lambda f: f.to_rows(),
    },
    sms.Findings: {
        "__iter__": list,
        "__len__": len,
        "_repr_html_": lambda f: f._repr_html_(),
        "counts": lambda f: f.counts,
        "to_dict": lambda f: f.to_dict(),
        "to_json": lambda f: f.to_json(),
        "to_rows": lambda f: f.to_rows(),
        "worst": lambda f: f.worst,
    },
    sms.Explanation: {"_repr_html_": lambda e: e._repr_html_(), "to_svg": lambda e: e.to_svg()}
    | {
        name: (lambda e, name=name: getattr(e, name))
        for name in [
            *("combined", "contributions", "effective_weights", "id", "name", "next_band"),
            *("period", "place", "result", "steps"),
        ]
    }
    | {name: (lambda e, name=name: getattr(e, name)()) for name in ["to_dict", "to_json"]},
}


def members(kind: type) -> set[str]:
    """The members of a class beside those that every object has."""
    return {name for name in dir(kind) if name not in dir(object)} - {"__module__"}


def seen(name: str, thing: Any, told: dict[str, Any]) -> None:
    """Everything that can be got out of an object, member by member, and by what Python does with any object."""
    if isinstance(thing, (list, tuple)) and any(type(x) in ASKED for x in thing):
        for i, x in enumerate(thing):
            seen(f"{name}[{i}]", x, told)
        return
    if type(thing) not in ASKED:
        told[name] = thing
        return
    told[f"{name} repr"] = [repr(thing), str(thing), format(thing), ascii(thing)]
    told[f"{name} dir"] = [dir(thing), type(thing).__name__, type(thing).__doc__, hasattr(thing, "__dict__")]
    # what cannot be compared has no hash either, or one by identity
    own: Any = type(thing).__hash__
    told[f"{name} hash"] = refused(hash, thing) if own is None else own is object.__hash__
    told[f"{name} pickle"] = [
        refused(pickle.dumps, thing, protocol) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)
    ]
    told[f"{name} copy"] = [refused(copy.copy, thing), refused(copy.deepcopy, thing)]
    told[f"{name} vars"] = [refused(vars, thing), refused(json.dumps, thing), refused(setattr, thing, "n", 4)]
    told[f"{name} size"] = sys.getsizeof(thing)
    for member, ask in ASKED[type(thing)].items():
        seen(f"{name}.{member}", ask(thing), told)


def routes(assessment: sms.Assessment, report: sms.Report) -> dict[str, Any]:
    """Everything that can be got out of an assessment and its report, by route."""
    told: dict[str, Any] = {}
    seen("report", report, told)
    seen("assessment", assessment, told)
    told["exceptions"] = [
        refused(report.explain, "HOU-O-3", "city"),
        refused(report.explain, "HOU-O-03", "d3"),
        refused(report.explain, 3),
        refused(report.to_csv, "figure"),
        refused(report.figures.__getitem__, "values"),
        refused(assessment.release, 3),
        refused(assessment.release, sms.PrivacyPolicy.internal(), 3),
    ]
    told["refused before"] = [
        refused(lambda previous=previous: assessment.release(previous=previous))
        for previous in (assessment.release(sms.PrivacyPolicy.internal()), {"places": 3}, "{", 3)
    ]
    return told


def called(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The same by the operations of the wire."""
    asked: dict[str, Any] = {"observations": {"rows": rows}, "plan": {"selection": SELECTION, "periods": "each"}}
    report = sms.call("assess", **asked)
    told = {
        "call assess": report,
        "call explain": [sms.call("explain", **asked, id=name, place=place) for name, place in PLACES],
        "call check": sms.call("check", observations=asked["observations"]),
        "call attack": sms.call("disclosure.attack_report", report=report),
        "attack_report": disclosure.attack_report(report, previous=report),
        "call_json": sms.call_json(json.dumps({"op": "assess"} | asked)),
        "call page": sms.call("screen.page", of="cross_reference", reference="ICESCR", report=report, place="d1"),
        "call exceptions": [
            refused(lambda: sms.call("explain", **asked, id="HOU-O-3")),
            refused(lambda: sms.call("assess", **asked, previous={"places": 3})),
            refused(lambda: sms.call("assess", **asked | {"plan": {"selection": 3}})),
            refused(lambda: sms.call("assess", **asked, policy={"threshold": 0})),
        ],
    }
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
            mine = mine or routes(assessment, report) | called(city(leaves))
            assert marks(mine, routes(assessed, second) | called(city(other))) == []
            compared += 1
        if compared >= 3:
            break
    assert compared >= 3


def test_every_route_is_known() -> None:
    for kind, asked in ASKED.items():
        assert members(kind) == set(asked), kind
    # what is put in, and what knows no figure
    given = {sms.Catalogue, sms.Dataset, sms.Method, sms.Observations, sms.PrivacyPolicy, sms.Roadmap, sms.SmsError}
    classes = {x for x in map(sms.__dict__.get, dir(sms)) if isinstance(x, type)}
    assert classes == set(ASKED) | given
    functions = {name for name in sms.__all__ if callable(getattr(sms, name)) and getattr(sms, name) not in classes}
    assert functions == {"assess", "call", "call_json", "check", "import_files", "versions"}


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
    texts = {"export", "save", "to_json", "to_html", "to_csv", "_repr_html_"}
    shown = {"to_dict", "figures.to_rows", "figures.__arrow_c_stream__"} | texts
    assert {f"report.{name}" for name in shown} <= set(seen)
    parts = ["hash", "pickle", "copy", "vars", "dir", ".provenance", ".findings.to_json"]
    assert not any(name.endswith(part) or name.startswith("exceptions") for name in seen for part in parts)


def test_no_report_can_be_made_that_its_own_attack_does_not_call_safe() -> None:
    codes: list[dict[str, str]] = [{}, {"SEX": "F"}, {"SEX": "M"}, {"AGE": "Y_LT18"}, {"AGE": "Y15-24"}]
    codes += [{"AGE": "Y18-24"}, {"DISAB": "SM_SEV"}, {"DISAB": "LTD_NSEV_NONE"}]
    codes += [{"RELPERP": "PART"}, {"SEX": "F", "AGE": "Y15-24"}]
    chance = random.Random(20261130)
    withheld = 0
    for _ in range(25):
        rows: dict[str, dict[str, Any]] = {}
        for _ in range(chance.randint(2, 10)):
            period, groups = chance.choice(["2019", "2019-2020", "2020"]), chance.choice(codes)
            where: dict[str, Any] = {"indicator": "GBV-O-04", "place": "gent", "period": period} | groups
            rows[str(where)] = where | {"value": chance.choice([chance.randint(0, 15), chance.randint(10, 300)])}
        previous: sms.Report | None = None
        for given in (list(rows.values())[::2], list(rows.values())):
            _, report = released(given, previous=previous)
            found = disclosure.attack_report(report.to_dict(), previous=previous.to_dict() if previous else None)
            assert found["safe"], (given, found)
            withheld += report.figures["state"].count("suppressed")
            previous = report
    assert withheld > 50


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
