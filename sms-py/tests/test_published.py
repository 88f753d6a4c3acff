"""Published indices from their files, through the wheel: the engine has no code for any of them."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import pytest

import sms
from sms import index

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"

if not DATA.is_dir():
    if os.environ.get("CI"):
        pytest.fail("../shared/data is missing in CI", pytrace=False)
    pytest.skip("../shared/data is not there", allow_module_level=True)


def rows(name: str) -> list[dict[str, str]]:
    """A CSV file; rows that are quoted as one field are unwrapped."""
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        header, *body = csv.reader(file)
    body = [next(csv.reader(row)) if len(row) == 1 else row for row in body]
    return [dict(zip(header, row, strict=True)) for row in body]


def number(text: str) -> float | None:
    return float(text) if text.strip() else None


def country_years(inputs: list[str], published: str) -> tuple[dict[str, list[Any]], list[float]]:
    table: dict[str, list[Any]] = {name: [] for name in ["country", "year", *inputs]}
    expected = []
    # the rows ZZA to ZZK are aggregates of countries
    for row in (r for r in rows("hdi/hdi_gdi_1990_2022.csv") if not r["iso3"].startswith("ZZ")):
        for year in range(1990, 2023):
            value = number(row[f"{published}_{year}"])
            if value is None:
                continue
            expected.append(value)
            table["country"].append(row["iso3"])
            table["year"].append(year)
            for name in inputs:
                table[name].append(number(row[f"{name}_{year}"]))
    return table, expected


def test_every_hdi_since_1990() -> None:
    table, published = country_years(["le", "eys", "mys", "gnipc"], "hdi")
    result = index.run("undp-hdi", table, unit=["country", "year"])
    assert result["hdi_published"] == published
    assert len(published) == 5808


def test_every_gdi_since_1990() -> None:
    inputs = [f"{name}_{sex}" for name in ("le", "eys", "mys", "gni_pc") for sex in "fm"]
    table, published = country_years(inputs, "gdi")
    result = index.run("undp-gdi", table, unit=["country", "year"])
    assert result["gdi_published"] == published
    assert len(published) == 4710


def test_the_africa_sdg_index_with_its_ranks() -> None:
    given = rows("sdg-africa-2019/countries.csv")
    table = {name: [row[name] for row in given] for name in given[0]}
    result = index.run("sdg-africa", table, unit="country")
    published = [number(row["2019 africa Index Score (0-100)"]) for row in given]
    near = [abs(a - b) < 1e-12 for a, b in zip(result["score"], published, strict=True) if b is not None]
    assert near == [True] * 52
    assert result["rank"] == [number(row["2019 africa Index Rank"]) for row in given]
    assert result.set_dependent("rank") and not result.set_dependent("score")


def test_the_social_progress_index() -> None:
    given = rows("spi-2022/SPI2022.csv")
    table = {name: [row[name] for row in given] for name in given[0]}
    result = index.run("spi", table, unit="Country")
    published = [float(row["Social Progress Score"]) for row in given]
    assert [abs(a - b) <= 0.0075 + 1e-9 for a, b in zip(result["score"], published, strict=True)] == [True] * 169


def test_the_progress_of_statistics_canada() -> None:
    given = rows("progress-statcan/progress_components.csv")
    table = {name: [row[name] for row in given] for name in given[0]}
    result = index.run("statcan-progress", table, unit="series")
    for output, column in (("value", "progress_value"), ("score", "score")):
        pairs = [(a, number(row[column])) for a, row in zip(result[output], given, strict=True)]
        assert all((a is None) == (b is None) for a, b in pairs)
        assert [abs(a - b) < 1e-9 for a, b in pairs if b is not None] == [True] * 52
    assert result["status"] == [row["status"] for row in given]
    assert result["status"].count("not_available") == 2


def test_a_file_and_its_baked_form_are_the_same_index() -> None:
    folder = Path(__file__).resolve().parents[2] / "catalogue" / "methods" / "published"
    known = {i["id"]: i["fingerprint"] for i in index.available()}
    files = sorted(folder.glob("*.toml"))
    assert {index.check(f)["summary"]["id"]: index.check(f)["summary"]["fingerprint"] for f in files} == known


def test_data_frames() -> None:
    pandas = pytest.importorskip("pandas")
    polars = pytest.importorskip("polars")
    pyarrow = pytest.importorskip("pyarrow")
    columns = {"country": ["a", "b"], "le": [85.0, None], "eys": [18, 18], "mys": [15, 15], "gnipc": [75000, 75000]}
    frames = [pandas.DataFrame(columns), polars.DataFrame(columns), pyarrow.table(columns)]
    for frame in frames:
        result = index.run("undp-hdi", frame, unit="country", outputs=["hdi"])
        assert (result.units, result["hdi"]) == (["a", "b"], [1.0, None])
        assert list(result.to_pandas().columns) == ["unit", "hdi"]
        assert result.to_polars().shape == (2, 2)


def test_what_is_refused() -> None:
    with pytest.raises(sms.SmsError) as raised:
        index.run("undp-hdi", {"le": [float("nan")], "eys": [1], "mys": [1], "gnipc": [1]})
    assert raised.value.code == "num.not-finite"
    with pytest.raises(sms.SmsError) as raised:
        index.run("undp-hdi", {"le": [1], "eys": [1], "mys": [1], "gnipcc": [1]})
    assert (raised.value.code, raised.value.params["did_you_mean"]) == ("index.missing-column", "gnipcc")
    with pytest.raises(sms.SmsError) as raised:
        index.check("undp-hdl")
    assert (raised.value.code, raised.value.params["did_you_mean"]) == ("index.unknown-id", "undp-hdi")
    with pytest.raises(KeyError):
        index.run("undp-hdi", {"le": [1]}, unit="country")
