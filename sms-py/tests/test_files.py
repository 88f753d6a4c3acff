"""A city's own files, from disk and from memory, and CSV in its many forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sms

TOML = """
[place]
code = "gent"
name = "Gent"

[defaults]
confidentiality = "public"

[[file]]
name = "water.csv"
period = "year"
value = "share"
[[file.series]]
indicator = "WSP-O-04"
"""
AS_DICT = {
    "place": {"code": "gent", "name": "Gent"},
    "defaults": {"confidentiality": "public"},
    "file": [{"name": "water.csv", "period": "year", "value": "share", "series": [{"indicator": "WSP-O-04"}]}],
}
WATER = b"year,share\n2018,4.1\n2019,x\n"


def test_files_from_everywhere_import_alike(tmp_path: Path) -> None:
    folder = tmp_path / "figures"
    folder.mkdir()
    (folder / "water.csv").write_bytes(WATER)
    (folder / "notes.txt").write_text("not read", encoding="utf-8")
    (tmp_path / "walk.json").write_text(json.dumps(AS_DICT), encoding="utf-8")
    crosswalks: list[object] = [AS_DICT, tmp_path / "walk.json", str(tmp_path / "walk.json")]
    (tmp_path / "walk.toml").write_text(TOML, encoding="utf-8")
    crosswalks.append(tmp_path / "walk.toml")
    sources: list[object] = [{"water.csv": WATER}, folder, str(folder), folder / "water.csv", [folder / "water.csv"]]
    seen = []
    for crosswalk in crosswalks:
        for source in sources:
            observations, ledger, findings = sms.import_files(crosswalk, source, catalogue=sms.Catalogue.embedded())  # type: ignore[arg-type]
            seen.append((observations.to_rows(), ledger, findings.to_dict()))
    assert all(one == seen[0] for one in seen)
    rows, ledger, found = seen[0]
    place = {"place": "gent", "place_name": "Gent"}
    assert rows == [{"indicator": "WSP-O-04", **place, "period": "2018", "value": 4.1, "confidentiality": "public"}]
    assert (ledger[0]["rows"], ledger[0]["used"], ledger[0]["rejected"]) == (2, 1, 1)
    assert found["counts"] == {"num.unreadable": 1}


def test_a_crosswalk_that_is_no_object(tmp_path: Path) -> None:
    (tmp_path / "walk.json").write_text("[]", encoding="utf-8")
    with pytest.raises(TypeError, match="walk.json"):
        sms.import_files(tmp_path / "walk.json", {})


@pytest.mark.parametrize(
    ("content", "options"),
    [
        ("indicator,place,period,value\nWSP-O-04,Münster,2018,4.1\n".encode(), {}),
        ("\ufeffindicator;place;period;value\nWSP-O-04;Münster;2018;4,1\n".encode(), {}),
        ("indicator;place;period;value\nWSP-O-04;Münster;2018;4,1\n".encode("cp1252"), {}),
        (
            "indicator;place;period;value\nWSP-O-04;Münster;2018;4,1\n".encode("cp1252"),
            {"encoding": "latin-1", "decimal": "comma", "delimiter": ";"},
        ),
        (
            "indicator\tplace\tperiod\tvalue\r\nWSP-O-04\tMünster\t2018\t4.1\r\n".encode(),
            {"encoding": "utf-8", "decimal": "point"},
        ),
    ],
)
def test_csv_in_its_many_forms(content: bytes, options: dict[str, str], tmp_path: Path) -> None:
    expected = [{"indicator": "WSP-O-04", "place": "Münster", "period": "2018", "value": 4.1}]
    path = tmp_path / "figures.csv"
    path.write_bytes(content)
    for source in (content, bytearray(content), memoryview(content), path, str(path)):
        assert sms.Observations.read_csv(source, **options).to_rows() == expected  # type: ignore[arg-type]
