"""Progress over time: rates, pace to a target, trend, projection, and non-retrogression.

Every function asks the engine; the numbers of a method (thresholds, levels, tolerances) come in as ``rules``. Times are
years (``2020``, ``2020.25``) or periods as text (``"2017-18"``, ``"2020-Q2"``), which count at their start.

>>> from sms import progress
>>> path = {"baseline": {"value": 14.5, "at": 2015}, "target": {"value": 7.25, "at": 2030}}
>>> round(progress.expected(path=path, at=2023)["expected"], 4)
0.5333
>>> progress.years_to_target(value=70, target=90, slope=2.5, polarity="higher")
{'state': 'approaching', 'years': 8.0}
>>> progress.cagr(earlier=10, later=40, years=2)
1.0
"""

from __future__ import annotations

from . import operations
from ._areas import answer_of
from ._lazy import types
from .operations.progress import expected, retrogression, to_target, trend
from .operations.progress import score as progress_score

__all__ = [
    "cagr",
    "change",
    "distance_to_target",
    "expected",
    "progress_score",
    "projection",
    "retrogression",
    "to_target",
    "trend",
    "years_to_target",
]


@answer_of(operations.progress.change)
def change(made: types.ProgressChangeAnswer) -> types.ChangeOverTime | None:
    """The ``change`` of the answer; ``None`` when no time lies between."""
    return made["change"]


@answer_of(operations.progress.cagr)
def cagr(made: types.ProgressCagrAnswer) -> float | None:
    """The ``rate`` of the answer; ``None`` unless both values and the years are above 0."""
    return made["rate"]


@answer_of(operations.progress.distance)
def distance_to_target(made: types.ProgressDistanceAnswer) -> types.TargetDistance | None:
    """The ``distance`` of the answer; ``None`` where neither way is better."""
    return made["distance"]


@answer_of(operations.progress.years_to_target)
def years_to_target(made: types.ProgressYearsToTargetAnswer) -> types.YearsToTarget | None:
    """What ``to_target`` of the answer holds: ``met``, ``approaching``, ``moving_away`` or ``not_moving``."""
    return made["to_target"]


@answer_of(operations.progress.projection)
def projection(made: types.ProgressProjectionAnswer) -> types.Projection | None:
    """The ``projection`` of the answer; ``None`` where the series leads nowhere."""
    return made["projection"]
