"""Progress over time: rates, pace to a target, trend, projection, and non-retrogression.

Every function asks the engine; the numbers of a method (thresholds, levels, tolerances) come in as ``rules``. Times are
years (``2020``, ``2020.25``) or periods as text (``"2017-18"``, ``"2020-Q2"``), which count at their start.

>>> from sms import progress
>>> path = {"baseline": {"value": 14.5, "at": 2015}, "target": {"value": 7.25, "at": 2030}}
>>> round(progress.expected(path=path, at=2023)["expected"], 4)
0.5333
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeAlias

from ._call import call

__all__ = [
    "cagr",
    "change",
    "distance_to_target",
    "expected",
    "progress_score",
    "project",
    "retrogression",
    "to_target",
    "trend",
    "years_to_target",
]

Polarity: TypeAlias = Literal["higher", "lower", "value", "range", "ambiguous", "none"]
Time: TypeAlias = float | str


def _given(**fields: Any) -> dict[str, Any]:
    """The fields that were given."""
    return {name: value for name, value in fields.items() if value is not None}


def change(
    *, earlier: float, later: float, years: float, polarity: Polarity, tolerance: float
) -> dict[str, Any] | None:
    """Absolute, relative and yearly change between two figures; ``None`` when no time lies between.

    >>> change(earlier=20, later=16, years=4, polarity="lower", tolerance=0)
    {'absolute': -4.0, 'direction': 'better', 'per_year': -1.0, 'relative': -0.2}
    """
    made: dict[str, Any] | None = call(
        "progress.change", earlier=earlier, later=later, years=years, polarity=polarity, tolerance=tolerance
    )["change"]
    return made


def cagr(*, earlier: float, later: float, years: float) -> float | None:
    """Compound annual growth rate; ``None`` unless both values and the years are above 0.

    >>> cagr(earlier=10, later=40, years=2)
    1.0
    """
    rate: float | None = call("progress.cagr", earlier=earlier, later=later, years=years)["rate"]
    return rate


def expected(*, path: Mapping[str, Any], at: Time) -> dict[str, Any]:
    """The share of the way that is expected by a time, and the value on the path.

    ``path`` holds ``baseline`` (value, at?, se?), ``milestones`` (value, at), ``target`` (value, at?) and ``shape``
    (``linear`` or ``compound``), each as far as known.

    >>> expected(path={"baseline": {"value": 0, "at": 2015}, "target": {"value": 8, "at": 2025}}, at="2020-21")
    {'expected': 0.5, 'value': 4.0}
    """
    made: dict[str, Any] = call("progress.expected", path=dict(path), at=at)
    return made


def to_target(
    *,
    value: float,
    at: Time,
    path: Mapping[str, Any],
    polarity: Polarity,
    rules: Mapping[str, Any],
    across_break: bool = False,
) -> dict[str, Any]:
    """Actual against required rate (the profile of Eurostat), or the rate alone where the path has no target.

    >>> bands = {"bands": [{"from": 0.95, "name": "on pace"}, {"from": 0, "name": "slow"}], "below": "away"}
    >>> rules = {"with_target": bands, "without_target": bands, "reached": "reached", "not_available": "none"}
    >>> rules["slack"] = 1e-9
    >>> path = {"baseline": {"value": 10, "at": 2015}, "target": {"value": 0, "at": 2030}}
    >>> made = to_target(value=5, at=2020, path=path, polarity="lower", rules=rules)
    >>> made["status"], made["basis"], round(made["ratio"], 6)
    ('on pace', 'linear', 1.5)
    """
    made: dict[str, Any] = call(
        "progress.to_target",
        value=value,
        at=at,
        path=dict(path),
        polarity=polarity,
        rules=dict(rules),
        across_break=across_break,
    )
    return made


def progress_score(
    *,
    value: float,
    at: Time,
    path: Mapping[str, Any],
    polarity: Polarity,
    rules: Mapping[str, Any],
    limit: float | None = None,
    across_break: bool = False,
) -> dict[str, Any]:
    """A score of progress from compound rates (the profile of Statistics Canada).

    ``limit`` is the most that the value can be, where there is one.
    """
    made: dict[str, Any] = call(
        "progress.score",
        value=value,
        at=at,
        path=dict(path),
        polarity=polarity,
        rules=dict(rules),
        across_break=across_break,
        **_given(limit=limit),
    )
    return made


def distance_to_target(
    *, value: float, target: float, polarity: Polarity, reference_sd: float
) -> dict[str, Any] | None:
    """What is left to a target, in standard deviations of a fixed reference set (OECD 2019).

    >>> distance_to_target(value=70, target=90, polarity="higher", reference_sd=8)
    {'distance': 2.5, 'raw': 20.0, 'reached': False}
    """
    made: dict[str, Any] | None = call(
        "progress.distance", value=value, target=target, polarity=polarity, reference_sd=reference_sd
    )["distance"]
    return made


def trend(*, series: Iterable[Mapping[str, Any]], polarity: Polarity, rules: Mapping[str, Any]) -> dict[str, Any]:
    """Theil–Sen slope with the Mann–Kendall test, over the figures since the last break.

    A figure is ``{"at", "value", "se"?, "break"?}``.

    >>> rules = {"minimum_points": 4, "exact_below": 10, "significance": 0.05, "confidence": 0.95}
    >>> values = [12, 11.5, 11.8, 10.9, 10.4, 10.6]
    >>> made = trend(series=[{"at": 2015 + i, "value": v} for i, v in enumerate(values)], polarity="lower", rules=rules)
    >>> made["estimate"]["s"], round(made["estimate"]["slope"], 4)
    (-11, -0.3667)
    """
    made: dict[str, Any] = call(
        "progress.trend", series=[dict(p) for p in series], polarity=polarity, rules=dict(rules)
    )
    return made


def years_to_target(*, value: float, target: float, slope: float, polarity: Polarity) -> dict[str, Any] | None:
    """Years to a target at a pace: ``met``, ``approaching``, ``moving_away`` or ``not_moving``.

    >>> years_to_target(value=70, target=90, slope=2.5, polarity="higher")
    {'state': 'approaching', 'years': 8.0}
    """
    made: dict[str, Any] | None = call(
        "progress.years_to_target", value=value, target=target, slope=slope, polarity=polarity
    )["to_target"]
    return made


def project(
    *,
    series: Iterable[Mapping[str, Any]],
    at: Time,
    basis: Literal["theil_sen", "last_pace"],
    rules: Mapping[str, Any],
    range: Mapping[str, float] | None = None,
) -> dict[str, Any] | None:
    """Where a series leads if it goes on as before, with a band where an error is known.

    ``range`` holds ``min`` and ``max`` of the value, as far as it has them.

    >>> rules = {"minimum_points": 4, "exact_below": 10, "significance": 0.05, "confidence": 0.95}
    >>> line = [{"at": 2010 + i, "value": 10 + i} for i in (0, 1, 2, 3)]
    >>> project(series=line, at=2020, basis="last_pace", rules=rules, range={"max": 18})["value"]
    18.0
    """
    made: dict[str, Any] | None = call(
        "progress.projection",
        series=[dict(p) for p in series],
        at=at,
        basis=basis,
        rules=dict(rules),
        **_given(range=None if range is None else dict(range)),
    )["projection"]
    return made


def retrogression(
    *,
    series: Iterable[Mapping[str, Any]],
    polarity: Polarity,
    rules: Mapping[str, Any],
    baseline_at: Time | None = None,
) -> dict[str, Any]:
    """Whether the latest figure calls for a justification, against the best one that it can be compared with.

    ``possible_retrogression`` is never a legal finding.

    >>> points = [{"at": 2018, "value": 66.5, "se": 1.6}, {"at": 2019, "value": 62.0, "se": 1.4}]
    >>> made = retrogression(series=points, polarity="higher", rules={"significance": 0.05, "tolerance": 0.5})
    >>> made["status"], round(made["best"]["p"], 6)
    ('possible_retrogression', 0.017146)
    """
    made: dict[str, Any] = call(
        "progress.retrogression",
        series=[dict(p) for p in series],
        polarity=polarity,
        rules=dict(rules),
        **_given(baseline_at=baseline_at),
    )
    return made
