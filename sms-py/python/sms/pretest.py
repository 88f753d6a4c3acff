"""Pre-test and refinement: what each question shows, what is proposed, and the release that people decide on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._call import call

__all__ = ["diff", "evaluate", "refine"]


def evaluate(
    *,
    rows: Sequence[Mapping[str, Any]] | None = None,
    csv: str | None = None,
    questions: Sequence[Mapping[str, Any]] | None = None,
    policy: Mapping[str, Any] | None = None,
    rules: Mapping[str, Any] | None = None,
    method: str | Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Judge a pre-test from rows, or from the text of a CSV file.

    >>> import sms
    >>> rows = [{"respondent": f"p{i}", "question": "Q", "answer": i} for i in range(30)]
    >>> sms.pretest.evaluate(rows=rows)["questions"][0]["proposal"]
    'keep'
    """
    answers: dict[str, Any] = {"rows": rows} if csv is None else {"csv": csv}
    fields = {"questions": questions, "policy": policy, "rules": rules, "method": method}
    given = {k: v for k, v in fields.items() if v is not None}
    made: dict[str, Any] = call("pretest.evaluate", answers=answers, **given)
    return made


def refine(
    *,
    version: str,
    date: str,
    decisions: Sequence[Mapping[str, Any]],
    status: str | None = None,
    include_catalogue: bool = False,
) -> dict[str, Any]:
    """Apply decisions to the embedded catalogue: its new release with diff, lineage and changelog.

    >>> import sms
    >>> made = sms.pretest.refine(version="0.2.0", date="2027-03-01", decisions=[])
    >>> made["diff"]["to"]
    '0.2.0'
    """
    release = {"version": version, "date": date, "status": status}
    made: dict[str, Any] = call(
        "refinement.apply", release=release, decisions=decisions, include_catalogue=include_catalogue
    )
    return made


def diff(*, before: Mapping[str, Any], after: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What changed between two releases, given as whole catalogues; the later one is the embedded one when absent."""
    made: dict[str, Any] = call("catalogue.diff", before=before, after=after)
    return made
