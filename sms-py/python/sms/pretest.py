"""Pre-test and refinement: what each question shows, what is proposed, and the release that people decide on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from . import operations
from ._lazy import types
from .operations.catalogue import diff

__all__ = ["diff", "evaluate", "refine"]


def evaluate(
    *, rows: Sequence[types.PretestRecord | Mapping[str, Any]] | None = None, csv: str | None = None, **asked: Any
) -> types.PretestEvaluation:
    """Judge a pre-test from rows, or from the text of a CSV file.

    The other fields are those of :func:`sms.operations.pretest.evaluate`: `questions`, `policy`, `rules`, `method`.

    >>> import sms
    >>> rows = [{"respondent": f"p{i}", "question": "Q", "answer": i} for i in range(30)]
    >>> sms.pretest.evaluate(rows=rows)["questions"][0]["proposal"]
    'keep'
    """
    answers = {"rows": rows} if csv is None else {"csv": csv}
    return operations.pretest.evaluate(answers=answers, **asked)


def refine(
    *,
    version: str,
    date: str,
    decisions: Sequence[types.RefinementDecision | Mapping[str, Any]],
    status: str | None = None,
    include_catalogue: bool = False,
) -> types.RefineCatalogueAnswer:
    """Apply decisions to the embedded catalogue: its new release with diff, lineage and changelog.

    >>> import sms
    >>> made = sms.pretest.refine(version="0.3.0", date="2027-03-01", decisions=[])
    >>> made["diff"]["to"]
    '0.3.0'
    """
    release = {"version": version, "date": date, "status": status}
    return operations.refinement.apply(release=release, decisions=decisions, include_catalogue=include_catalogue)
