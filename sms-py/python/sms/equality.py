"""Inequality between groups: how far apart they are, how sure that is, and whether it narrows.

Each function sends one request to the engine and gives back its answer as plain data. A *group* is
``{"value": ..., "size": ..., "se": ..., "n": ...}``: its figure, how many people belong to it (or their share), the
standard error of the figure, and how many were asked or counted. Only the value is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict, cast

from ._call import call

__all__ = ["Gap", "Group", "Polarity", "Rules", "compare", "gap_change", "measures"]

Polarity = Literal["higher", "lower", "value", "range", "ambiguous", "none"]


class _GroupValue(TypedDict):
    value: float


class Group(_GroupValue, total=False):
    """A group of the population with its figure."""

    size: float
    se: float
    n: float


class Rules(TypedDict, total=False):
    """How measures are made.

    ``ordered`` groups stand least advantaged first; profile ``heat`` presents measures as the toolkit of the WHO does;
    ``epsilon`` is the aversion to inequality of the Atkinson index; ``upper`` the upper end of a share.
    """

    ordered: bool
    profile: Literal["plain", "heat"]
    epsilon: float
    upper: float
    draws: int


class _GapSize(TypedDict):
    gap: float


class Gap(_GapSize, total=False):
    """A gap at one time, with its standard error."""

    se: float


def _answer(op: str, /, **fields: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", call(op, **{name: value for name, value in fields.items() if value is not None}))


def measures(
    groups: Sequence[Group],
    *,
    polarity: Polarity,
    rules: Rules | None = None,
    covariance: Sequence[Sequence[float]] | None = None,
    reference: int | None = None,
) -> dict[str, Any]:
    """Every measure of inequality, each with its standard error, or with the reason why it has no value.

    >>> import sms
    >>> groups = [{"value": 80, "size": 0.5}, {"value": 60, "size": 0.3}, {"value": 40, "size": 0.2}]
    >>> made = sms.equality.measures(groups, polarity="higher")
    >>> made["mean"], round(made["measures"]["between_group_variance"]["value"], 9)
    (66.0, 244.0)
    """
    fields: Mapping[str, Any] = {"covariance": covariance, "reference": reference, "rules": rules}
    made = _answer("equality.measures", groups=list(groups), polarity=polarity, **fields)
    return made | {"measures": {m.pop("measure"): m for m in made["measures"]}}


def compare(
    groups: Sequence[Group],
    *,
    polarity: Polarity,
    against: Literal["best", "average", "reference", "named"] | None = None,
    reference: int | None = None,
    covariance: Sequence[Sequence[float]] | None = None,
    significance: float | None = None,
    floor: float | None = None,
    overlapping: bool | None = None,
) -> dict[str, Any]:
    """Test gaps, with the number of comparisons taken into account (Wald, then Holm).

    Compare the worst-off with the ``best``-off out of all pairs, every group with the ``average`` or with the
    ``reference``, or the first two, ``named`` in advance. ``significance`` and ``floor`` are those of the standard
    method when they are not given.

    >>> import sms
    >>> groups = [{"value": 18.2, "se": 2.1}, {"value": 11.0, "se": 0.8}]
    >>> found = sms.equality.compare(groups, polarity="lower", against="named")["found"][0]
    >>> round(found["z"], 6), found["verdict"]
    (3.203958, 'shown')
    """
    return _answer(
        "equality.compare",
        groups=list(groups),
        polarity=polarity,
        against=against,
        reference=reference,
        covariance=covariance,
        significance=significance,
        floor=floor,
        overlapping=overlapping,
    )


def gap_change(
    earlier: Gap, later: Gap, *, covariance: float | None = None, significance: float | None = None
) -> dict[str, Any]:
    """Whether a gap widens or narrows.

    >>> import sms
    >>> sms.equality.gap_change({"gap": 20, "se": 3}, {"gap": 8, "se": 4})["direction"]
    'narrowing'
    """
    return _answer(
        "equality.gap_change", earlier=earlier, later=later, covariance=covariance, significance=significance
    )
