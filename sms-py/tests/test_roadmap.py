"""Runs are values: appending makes a new one, a refusal leaves the old one alone."""

from __future__ import annotations

import doctest
import pickle
from pathlib import Path

import pytest

import sms
from sms import roadmap

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "roadmap"


def test_examples_of_the_docs_run() -> None:
    assert doctest.testmod(roadmap).failed == 0


def test_a_run_is_a_value() -> None:
    run = roadmap.Run.read(EXAMPLES / "neverhaven.toml")
    same = roadmap.Run.from_dict(run.to_dict())
    assert run == same and hash(run) == hash(same) and pickle.loads(pickle.dumps(run)) == run
    assert len(run) == len(run.events) == run.state["events"] and run.state["cycle_complete"]
    longer = run.append({"type": "new_cycle", "date": "2025-06-01", "by": "office"})
    assert longer != run and len(longer) == len(run) + 1 and longer.state["cycle"] == 2
    run.state["steps"].clear()
    assert run.state == same.state, "what is handed out is a copy"
    assert "8 of 8 steps closed" in repr(run)


def test_a_refusal_names_what_would_satisfy_it() -> None:
    run = roadmap.Run.read(EXAMPLES / "neverhaven.toml")
    with pytest.raises(sms.SmsError) as refused:
        run.append({"type": "started", "step": "core", "date": "2025-06-02", "by": "office"})
    assert (refused.value.code, refused.value.fix) == ("roadmap.step-closed", {"new_cycle": {}})


def test_pages_and_cohorts() -> None:
    run = roadmap.Run.read(EXAMPLES / "neverhaven.toml")
    assert "Who must sign?" in run.page(format="text", until="2025-01-21")
    assert run.page().startswith("<!DOCTYPE html>")
    cities = [roadmap.Run.read(path) for path in sorted((EXAMPLES / "cohort").glob("*.toml"))]
    made = roadmap.cohort(cities)
    assert (made["taking_part"], made["observers"]) == (8, 1)
    assert "Calderby" in roadmap.cohort_page(cities, format="text")


def test_a_road_map_of_the_catalogue_can_be_walked(catalogue: sms.Catalogue) -> None:
    own = catalogue.roadmaps[0]
    run = roadmap.Run(start="2024-01-01", partners=[], definition=own)
    assert [s["step"] for s in run.state["steps"]] == [s["id"] for s in own.steps]
    assert roadmap.check({"definition": own})["problems"] == []
