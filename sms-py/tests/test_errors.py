"""One error of the core, one exception, with code, place and hint, and never a value."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sms
from sms._sms import _restore_observations

#: What a type checker would refuse.
ANY: Callable[[Any], Any] = lambda thing: thing  # noqa: E731
READ = sms.Observations.read_csv
HEAD = b"indicator,place,period,value\n"
EMBEDDED = sms.Method.embedded("standard").to_dict()
BAKED = Path(__file__).resolve().parents[2] / "catalogue" / "baked" / "catalogue.json"
CATALOGUE = json.loads(BAKED.read_text(encoding="utf-8"))


def method(**changed: Any) -> Any:
    made = copy.deepcopy(EMBEDDED)
    made.update(changed)
    return sms.Method.from_dict(made)


def assess(source: bytes = HEAD + b"WSP-O-04,gent,2018,4.1\n", **plan: Any) -> sms.Assessment:
    dataset, findings = sms.check(sms.Catalogue.embedded(), READ(source))
    return sms.assess(sms.Method.embedded("standard"), dataset, findings, **plan)


def catalogue(**changed: Any) -> sms.Catalogue:
    return sms.Catalogue.from_json(json.dumps(CATALOGUE | changed))


def crosswalk(**changed: Any) -> Any:
    file = {"name": "a.csv", "period": "year", "value": "v", "series": [{"indicator": "WSP-O-04"}]} | changed
    return sms.import_files({"place": {"code": "gent"}, "file": [file]}, {})


ERRORS: list[tuple[str, Callable[[], Any]]] = [
    ("csv.no-header", lambda: READ(b"")),
    ("csv.missing-column", lambda: READ(b"indicator,place\n")),
    ("csv.duplicate-column", lambda: READ(b"indicator,place,period,value,value\n")),
    (
        "csv.too-many-columns",
        lambda: READ(("indicator,place,period," + ",".join(f"c{i}" for i in range(300))).encode()),
    ),
    ("csv.ambiguous-delimiter", lambda: READ(b"indicator;place,period\n")),
    ("csv.ambiguous-delimiter", lambda: READ(HEAD, delimiter="€")),
    ("csv.bad-encoding", lambda: READ(HEAD + b"\xe9\n", encoding="utf-8")),
    ("wire.bad-request", lambda: READ(HEAD, decimal=ANY("dot"))),
    ("wire.bad-request", lambda: READ(HEAD, encoding=ANY("ebcdic"))),
    ("json.bad-shape", lambda: sms.Observations.from_rows(ANY([5]))),
    ("json.bad-shape", lambda: _restore_observations("{}")),
    ("catalogue.bad-json", lambda: sms.Catalogue.from_json("{")),
    ("catalogue.newer-schema", lambda: catalogue(release=CATALOGUE["release"] | {"schema": "9.0.0"})),
    ("catalogue.duplicate-id", lambda: catalogue(modules=CATALOGUE["modules"] * 2)),
    ("catalogue.unknown-reference", lambda: catalogue(modules=CATALOGUE["modules"][1:])),
    ("method.bad-json", lambda: sms.Method.from_json("[]")),
    ("method.bad-json", lambda: method(surprise=1)),
    ("method.newer-edition", lambda: method(format=99)),
    ("method.bad-value", lambda: method(maturity=EMBEDDED["maturity"] | {"value": [5]})),
    ("score.equal-goalposts", lambda: method(goalposts=[EMBEDDED["goalposts"][0] | {"worst": 5, "best": 5}])),
    ("wire.bad-request", lambda: sms.Method.embedded("no such method")),
    ("assess.no-place", lambda: assess(HEAD)),
    ("assess.unknown-place", lambda: assess(places=["brugge"])),
    ("assess.unknown-selection", lambda: assess(selection=["cores"])),
    ("period.unreadable", lambda: assess(periods="lately")),
    ("period.unreadable", lambda: assess(periods=["2018", "soon"])),
    ("release.bad-threshold", lambda: sms.PrivacyPolicy.public(0)),
    ("explain.unknown-id", lambda: assess().release().explain("WSP-O-4")),
    ("assess.unknown-place", lambda: assess().release().explain("WSP-O-04", "brugge")),
    ("wire.bad-request", lambda: assess().release().to_csv(ANY("figure"))),
    ("crosswalk.bad-file", lambda: sms.import_files({}, {})),
    ("crosswalk.bad-file", lambda: crosswalk(series=[])),
    ("crosswalk.bad-file", lambda: crosswalk(series=[{"indicator": "WSP-O-4"}])),
]


@pytest.mark.parametrize(("code", "call"), ERRORS, ids=[f"{i}-{code}" for i, (code, _) in enumerate(ERRORS)])
def test_every_error_is_an_exception_with_its_code(code: str, call: Callable[[], Any]) -> None:
    with pytest.raises(sms.SmsError) as caught:
        call()
    error = caught.value
    assert isinstance(error, ValueError)
    assert error.code == code and error.message.startswith(f"{code}: ") and error.hint
    assert str(error) == f"{error.message} Hint: {error.hint}"
    assert error.to_dict()["code"] == code
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.location, again.params) == (str(error), error.location, error.params)


def test_errors_say_where_and_what_was_expected() -> None:
    with pytest.raises(sms.SmsError) as caught:
        method(maturity=EMBEDDED["maturity"] | {"value": [5]})
    assert caught.value.path == "maturity" and caught.value.expected
    with pytest.raises(sms.SmsError) as caught:
        assess(selection=["cor"])
    assert caught.value.params == {"did_you_mean": "core"} and caught.value.path == "selection[0]"
    with pytest.raises(sms.SmsError) as caught:
        READ(b"indicator,place\n")
    assert caught.value.location == {"column": "period"} and caught.value.path is None and caught.value.expected is None
    with pytest.raises(sms.SmsError) as caught:
        READ(HEAD, decimal=ANY("dot"))
    assert caught.value.expected is not None and "point" in caught.value.expected


def test_a_file_is_named_in_its_errors(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_bytes(b"indicator,place\n")
    for source in (path, str(path)):
        with pytest.raises(sms.SmsError) as caught:
            READ(source)
        assert caught.value.location["file"] == "figures.csv"
    with pytest.raises(FileNotFoundError):
        READ(tmp_path / "nothing.csv")
    with pytest.raises(FileNotFoundError):
        sms.Method.from_toml(tmp_path / "nothing.toml")


def test_no_exception_and_no_finding_echoes_a_value(catalogue: sms.Catalogue) -> None:
    secret = "71234.5678"
    source = HEAD + f"WSP-O-04,gent,2018,{secret}\nWSP-O-04,gent,2018,x{secret}\nWSP-O-04,{secret}#!,2018,1\n".encode()
    dataset, findings = sms.check(catalogue, READ(source))
    assert len(findings) >= 2
    for text in (findings.to_json(), repr(findings), findings._repr_html_(), repr(dataset), repr(READ(source))):
        assert secret not in text
    with pytest.raises(TypeError) as caught:
        sms.Observations.from_rows([{"indicator": "WSP-O-04", "value": {1: secret}}])
    assert secret not in str(caught.value) and "rows[0].value" in str(caught.value)


@pytest.mark.parametrize(
    "call",
    [
        lambda: READ(ANY(5)),
        lambda: ANY(READ)(HEAD, ";"),
        lambda: sms.Observations.from_frame(ANY([1, 2])),
        lambda: sms.Observations.from_rows(ANY(5)),
        lambda: sms.Observations.from_rows([{"indicator": object()}]),
        lambda: sms.Observations.from_rows(ANY([{5: "x"}])),
        lambda: sms.check(ANY("catalogue"), ANY("observations")),
        lambda: sms.assess(ANY("standard"), ANY(None)),
        lambda: assess(selection=5),
        lambda: assess(periods=2.5),
        lambda: assess().release(ANY("public")),
        lambda: sms.call_json(ANY(5)),
        lambda: sms.Method.from_dict({"goalposts": {1, 2}}),
        lambda: sms.import_files(ANY(5), {}),
    ],
)
def test_wrong_types_are_type_errors(call: Callable[[], Any]) -> None:
    with pytest.raises(TypeError):
        call()


def test_a_delimiter_is_one_character() -> None:
    with pytest.raises(ValueError, match="length 1"):
        READ(HEAD, delimiter=";;")


def test_an_endless_object_is_refused() -> None:
    row: dict[str, Any] = {"indicator": "WSP-O-04"}
    row["note"] = row
    with pytest.raises(ValueError, match="nested too deeply"):
        sms.Observations.from_rows([row])


def test_the_wire_never_raises() -> None:
    for request in ("", "{", "[]", "5", '{"op": 5}', '{"op": "x"}', "[" * 100_000, '{"op": "check"}', "\ud7ff"):
        answer = json.loads(sms.call_json(request))
        assert set(answer) == {"error"} and answer["error"]["code"]


def test_a_method_that_does_not_fit_the_catalogue_is_refused(dataset: sms.Dataset) -> None:
    unknown = method(goalposts=[EMBEDDED["goalposts"][0] | {"indicator": "ZZZ-O-01"}])
    with pytest.raises(sms.SmsError) as caught:
        sms.assess(unknown, dataset)
    assert caught.value.code == "method.unknown-indicator"
    turned = [g | {"worst": g["best"], "best": g["worst"]} for g in EMBEDDED["goalposts"][:1]]
    with pytest.raises(sms.SmsError) as caught:
        sms.assess(method(goalposts=turned), dataset)
    assert caught.value.code == "score.goalposts-order"
