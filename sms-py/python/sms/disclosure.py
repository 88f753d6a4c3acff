"""Tables that nobody can be recognised in: protection, the attacker, rounding, cell keys.

A table is a mapping with ``cells`` and ``equations``, or with a ``grid``: rows of whole numbers whose last row and last
column are the totals, with ``None`` for what the reader does not see. The shapes are in ``docs/wire.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._call import call

__all__ = ["attack", "attack_report", "cell_key", "dominance", "protect", "round_table"]


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def attack(
    table: Mapping[str, Any],
    *,
    width: int,
    rule: Mapping[str, Any] | None = None,
    limits: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """What anyone can deduce of each suppressed cell, and whether that is wide enough.

    ``width`` is how wide it must be, highest less lowest. With ``rule`` (``{"threshold": k}``) the attacker also knows
    that cells are suppressed because one of them is small.

    >>> from sms import disclosure
    >>> table = {"grid": [[None, 20, 24], [30, 40, 70], [34, 60, 94]]}
    >>> disclosure.attack(table, width=10)["cells"]
    [{'cell': 0, 'lower': 4, 'proven': True, 'upper': 4, 'verdict': 'exact'}]
    """
    answer: dict[str, Any] = call(
        "disclosure.attack", **_given(table=dict(table), width=width, rule=rule, limits=limits)
    )
    return answer


def protect(
    table: Mapping[str, Any],
    *,
    width: int,
    primary: Mapping[str, Any] | None = None,
    rule: Mapping[str, Any] | None = None,
    limits: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """The cheapest further cells to suppress, so that no suppressed cell can be deduced too closely.

    ``primary`` (``{"threshold": k}``) suppresses small cells first.

    >>> from sms import disclosure
    >>> table = {
    ...     "cells": [{"value": 94}, {"value": 4}, {"value": 40}, {"value": 50}],
    ...     "equations": [{"total": 0, "parts": [1, 2, 3]}],
    ... }
    >>> made = disclosure.protect(table, width=10, primary={"threshold": 10})
    >>> made["suppressed"], made["cost"], made["proven_optimal"], made["safe"]
    ([False, True, True, False], 40, True, True)
    """
    answer: dict[str, Any] = call(
        "disclosure.protect", **_given(table=dict(table), width=width, primary=primary, rule=rule, limits=limits)
    )
    return answer


def round_table(table: Mapping[str, Any], *, base: int, limits: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Every cell as a multiple of ``base`` next to it, so that parts still sum to their totals where that is possible.

    >>> from sms import disclosure
    >>> table = {"cells": [{"value": 7}, {"value": 2}, {"value": 5}], "equations": [{"total": 0, "parts": [1, 2]}]}
    >>> disclosure.round_table(table, base=5)
    {'additive': True, 'values': [5, 0, 5]}
    """
    answer: dict[str, Any] = call("disclosure.round", **_given(table=dict(table), base=base, limits=limits))
    return answer


def cell_key(record_keys: Sequence[int], *, perturbation: Mapping[str, Any]) -> int:
    """A count as it is published by the cell-key method: the keys of its records choose what is added.

    >>> from sms import disclosure
    >>> disclosure.cell_key([3, 4], perturbation={"rows": [[0, 0], [-1, 1], [0, 1]], "repeat": 1})
    3
    """
    value: int = call("disclosure.cell_key", record_keys=list(record_keys), perturbation=dict(perturbation))["value"]
    return value


def dominance(
    contributions: Sequence[float],
    *,
    total: float | None = None,
    p: float | None = None,
    n: int | None = None,
    k: float | None = None,
) -> dict[str, Any]:
    """Whether one contributor, or few, could be seen through the total of a magnitude: p % and (n, k) rules.

    >>> from sms import disclosure
    >>> disclosure.dominance([60, 30, 10], p=10)["withheld"]
    False
    """
    answer: dict[str, Any] = call(
        "disclosure.dominance",
        magnitude=_given(contributions=list(contributions), total=total),
        rules=_given(p=p, n=n, k=k),
    )
    return answer


def attack_report(
    report: Mapping[str, Any],
    *,
    previous: Mapping[str, Any] | None = None,
    explanations: Sequence[Mapping[str, Any]] | None = None,
    method: str | Mapping[str, Any] | None = None,
    limits: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Attack a report with nothing but what it shows, and what an earlier report showed.

    ``report`` is the report as plain data, as ``Report.to_dict()`` or its JSON has it; ``explanations`` are those that
    were published with it, as ``Explanation.to_dict()`` has them; ``method`` is the one that it was made by.

    >>> from sms import disclosure
    >>> disclosure.attack_report({"places": [], "provenance": {"threshold": 10}})["safe"]
    True
    """
    answer: dict[str, Any] = call(
        "disclosure.attack_report",
        **_given(report=dict(report), previous=previous, explanations=explanations, method=method, limits=limits),
    )
    return answer
