"""What a city's work may have to do with a change: other cities, the city's own series, and the story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._call import call

__all__ = ["contribution", "difference", "interrupted", "synthetic"]

_Rows = Sequence[Mapping[str, Any]]


def _given(**fields: Any) -> dict[str, Any]:
    return {k: v for k, v in fields.items() if v is not None}


def difference(
    *,
    panel: _Rows,
    treated: Sequence[str],
    start: float,
    confidence: float | None = None,
    rules: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Difference-in-differences: what changed in the cities that acted beyond what changed in the others.

    >>> import sms
    >>> figures = {("A", 2018): 50, ("A", 2019): 58, ("B", 2018): 52, ("B", 2019): 55}
    >>> panel = [{"city": c, "time": t, "value": v} for (c, t), v in figures.items()]
    >>> made = sms.influence.difference(panel=panel, treated=["A"], start=2019)
    >>> made["estimate"], made["cautions"]
    (5.0, ['no_inference', 'trends_not_checked'])
    """
    fields: dict[str, Any] = {"panel": panel, "treated": treated, "from": start}
    made: dict[str, Any] = call("influence.difference", **fields, **_given(confidence=confidence, rules=rules))
    return made


def interrupted(
    *,
    series: _Rows,
    start: float,
    lags: int | None = None,
    confidence: float | None = None,
    rules: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Interrupted time series: a change of level and of slope in the city's own figures.

    >>> import sms
    >>> series = [{"time": 2010 + i, "value": v} for i, v in enumerate([10, 11, 12, 13, 17, 19, 21, 23])]
    >>> round(sms.influence.interrupted(series=series, start=2014)["effect_at_end"], 9)
    6.0
    """
    fields: dict[str, Any] = {"series": series, "from": start}
    more = _given(lags=lags, confidence=confidence, rules=rules)
    made: dict[str, Any] = call("influence.interrupted", **fields, **more)
    return made


def synthetic(
    *,
    panel: _Rows,
    city: str,
    start: float,
    confidence: float | None = None,
    rules: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Compare a city with a mix of others that went as it did before the start; the others are placebos."""
    fields: dict[str, Any] = {"panel": panel, "city": city, "from": start}
    made: dict[str, Any] = call("influence.synthetic", **fields, **_given(confidence=confidence, rules=rules))
    return made


def contribution(
    *, links: _Rows, alternatives: _Rows | None = None, rules: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Contribution analysis: how well each link of the story is shown, and what other explanations are left.

    >>> import sms
    >>> link = {"from": "training", "to": "practice", "claim": "staff act otherwise"}
    >>> sms.influence.contribution(links=[link])["verdict"]
    'not_shown'
    """
    made: dict[str, Any] = call("influence.contribution", links=links, **_given(alternatives=alternatives, rules=rules))
    return made
