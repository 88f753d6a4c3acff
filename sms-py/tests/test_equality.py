"""Inequality measures on samples of the WHO's health inequality monitoring, and their errors by simulation."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sms

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data"

if not DATA.is_dir():
    if os.environ.get("CI"):
        pytest.fail("../shared/data is missing in CI", pytrace=False)
    pytest.skip("../shared/data is not there", allow_module_level=True)

DRAWS = int(os.environ.get("SMS_DRAWS", "100000"))


def sample(name: str) -> list[Any]:
    with (DATA / "inequality-samples" / name).open(encoding="utf-8") as file:
        return [
            {"value": float(row["estimate"]), "size": float(row["population"]), "se": float(row["se"])}
            for row in csv.DictReader(file)
        ]


def test_quintiles_and_provinces() -> None:
    quintiles = sms.equality.measures(
        sample("OrderedSample.csv"), polarity="higher", rules={"ordered": True, "profile": "heat"}
    )
    expected = {
        "difference": 23.6187515,
        "ratio": 1.3123954,
        "absolute_concentration_index": 4.3005197,
        "relative_concentration_index": 4.6950602,
    }
    for name, value in expected.items():
        assert quintiles["measures"][name]["value"] == pytest.approx(value, abs=5.1e-8)
    provinces = sms.equality.measures(sample("NonorderedSample.csv"), polarity="higher", rules={"profile": "heat"})
    expected = {
        "between_group_variance": 50.4202265,
        "between_group_standard_deviation": 7.1007201,
        "mean_difference_from_mean_unweighted": 6.6155730,
        "mean_difference_from_mean": 5.3261110,
        "theil": 3.1438723,
        "mean_log_deviation": 3.3079006,
    }
    for name, value in expected.items():
        assert provinces["measures"][name]["value"] == pytest.approx(value, abs=5.1e-8)


def by_definition(h: Any, p: Any, ordered: bool) -> dict[str, Any]:
    """Measures of many draws at once, by their definitions."""
    mean = (h * p).sum(axis=1)
    away = h - mean[:, None]
    ratio = h / mean[:, None]
    made = {
        "between_group_variance": (p * away**2).sum(axis=1),
        "between_group_standard_deviation": np.sqrt((p * away**2).sum(axis=1)),
        "mean_log_deviation": (p * np.log(1 / ratio)).sum(axis=1),
        "theil": (p * ratio * np.log(ratio)).sum(axis=1),
        "index_of_disparity": 100 * (p * np.abs(away)).sum(axis=1) / mean,
        "mean_difference_from_mean": (p * np.abs(away)).sum(axis=1),
        "atkinson": 1 - np.exp((p * np.log(h)).sum(axis=1)) / mean,
        "equality_adjusted_mean": np.exp((p * np.log(h)).sum(axis=1)),
    }
    if ordered:
        rank = np.cumsum(p) - p / 2
        slope = (h * p * (rank - 0.5)).sum(axis=1) / (p * (rank - 0.5) ** 2).sum()
        made |= {
            "absolute_concentration_index": (p * (2 * rank - 1) * h).sum(axis=1),
            "relative_concentration_index": (p * (2 * rank - 1) * h).sum(axis=1) / mean,
            "slope_index": slope,
            "relative_index": (mean + slope / 2) / (mean - slope / 2),
            "difference": h[:, -1] - h[:, 0],
            "ratio": h[:, -1] / h[:, 0],
            "population_attributable_risk": h[:, -1] - mean,
            "population_attributable_fraction": (h[:, -1] - mean) / mean,
        }
    return made


@pytest.mark.parametrize("ordered", [True, False])
def test_errors_are_near_those_of_a_simulation(ordered: bool) -> None:
    groups = sample("OrderedSample.csv" if ordered else "NonorderedSample.csv")
    made = sms.equality.measures(groups, polarity="higher", rules={"ordered": ordered})["measures"]
    h, size, se = (np.array([g[name] for g in groups]) for name in ("value", "size", "se"))
    draws = np.random.default_rng(20_261_126).normal(h, se, size=(DRAWS, len(h)))
    for name, drawn in by_definition(draws, size / size.sum(), ordered).items():
        assert made[name]["se"] == pytest.approx(drawn.std(), rel=0.02), name
