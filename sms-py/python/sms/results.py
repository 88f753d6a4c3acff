"""Results-based management: achievement on the way to a target, the results chain, outcomes before outputs.

>>> from sms import results
>>> results.combine(outcomes=40, effort=100, weight=0.8, margin=5)
45.0
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ._call import call
from .progress import Polarity, Time, _given

__all__ = ["achievement", "band", "check_chain", "combine", "iati", "rating"]

Level = Literal["input", "activity", "output", "outcome", "impact"]


def achievement(
    *,
    at: Time,
    path: Mapping[str, Any],
    polarity: Polarity,
    rules: Mapping[str, Any],
    value: float | None = None,
    se: float | None = None,
    absent: str | None = None,
    across_break: bool = False,
) -> dict[str, Any]:
    """How much of the way from baseline to target is done, and whether that is enough by now.

    Either ``value`` is given, with its standard error ``se`` as far as known, or ``absent`` says why there is none.
    ``path`` is as in :func:`sms.progress.expected`.

    >>> path = {"baseline": {"value": 10, "at": 2015}, "target": {"value": 0, "at": 2030}}
    >>> rules = {"on_track": 0.95, "lagging": 0.6, "tolerance": 0, "slack": 1e-9}
    >>> made = achievement(value=5, at=2020, path=path, polarity="lower", rules=rules)
    >>> made["status"], made["raw"], round(made["pace"], 6)
    ('on_track', 0.5, 1.5)
    """
    made: dict[str, Any] = call(
        "rbm.achievement",
        at=at,
        path=dict(path),
        polarity=polarity,
        rules=dict(rules),
        across_break=across_break,
        **_given(value=value, se=se, absent=absent),
    )
    return made


def check_chain(chain: Mapping[str, Any], /) -> dict[str, Any]:
    """The findings about a results chain: dead ends, circles, themes without outcomes, targets that cannot judge.

    >>> chain = {"results": [{"id": "campaign", "level": "output"}, {"id": "housed", "level": "outcome"}]}
    >>> sorted(check_chain(chain)["counts"])
    ['rbm.outcome-without-outputs', 'rbm.output-leads-nowhere']
    """
    findings: dict[str, Any] = call("rbm.chain", chain=dict(chain))["findings"]
    return findings


def iati(
    *, result_type: int | None = None, result_level: Level | None = None, polarity: Polarity | None = None
) -> dict[str, Any]:
    """Codes of IATI 2.03: the level of a result type, the type of a level, and whether an indicator is ascending.

    >>> iati(result_type=2)["result_level"], iati(result_level="output")["result_type"]
    ('outcome', 1)
    """
    made: dict[str, Any] = call(
        "rbm.iati", **_given(result_type=result_type, result_level=result_level, polarity=polarity)
    )
    return made


def combine(*, outcomes: float, effort: float, weight: float, margin: float) -> float:
    """The combined view of outcomes and effort: effort moves it by ``margin`` points at most.

    >>> combine(outcomes=60, effort=0, weight=0.8, margin=5)
    55.0
    """
    combined: float = call("rbm.combine", outcomes=outcomes, effort=effort, weight=weight, margin=margin)["combined"]
    return combined


def band(*, score: float, thresholds: Sequence[float]) -> int:
    """The band of a score, 1 being the best; ``thresholds`` are lower ends, falling.

    >>> band(score=71, thresholds=[80, 60, 40, 20])
    2
    """
    made: int = call("rbm.band", score=score, thresholds=list(thresholds))["band"]
    return made


def rating(*, combined: float, outcomes: float, thresholds: Sequence[float]) -> int:
    """The band of the combined view, and never a better one than that of the outcomes.

    >>> rating(combined=82, outcomes=78, thresholds=[80, 60, 40, 20])
    2
    """
    made: int = call("rbm.rating", combined=combined, outcomes=outcomes, thresholds=list(thresholds))["band"]
    return made
