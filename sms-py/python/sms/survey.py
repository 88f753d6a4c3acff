"""Survey microdata to estimates with design-based error (method §5).

A plan says how the sample was drawn, what to estimate and for whom; its fields are those of ``survey.estimate`` in
``docs/wire.md``. Estimates are not released: small groups are among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import operations
from ._areas import answer_of
from ._lazy import types
from ._sms import Accumulator, Results
from .operations.survey import quality

if TYPE_CHECKING:
    from ._sms import _ArrowStream

__all__ = ["Accumulator", "Results", "estimate", "mean_interval", "proportion_interval", "quality"]


def estimate(
    frame: _ArrowStream, plan: types.SurveyPlanInput | Mapping[str, Any], *, confidence: float = 0.95, **reporting: Any
) -> Results:
    """Estimate from one frame of pandas, polars, pyarrow or duckdb: one row a person or household.

    ``reporting`` takes the other fields of the reporting: ``proportion_interval``, ``korn_graubard``, ``quality``,
    ``covariances`` (then ``groups`` of the results are what ``sms.equality.compare`` takes).

    >>> import polars, sms
    >>> frame = polars.DataFrame(
    ...     {"rent": [3, 5, 4, 10, 14], "w": [10.0] * 5, "d": ["n", "n", "n", "s", "s"], "N": [30, 30, 30, 20, 20]}
    ... )
    >>> plan = {
    ...     "design": {"weight": "w", "stratum": "d", "fpc": {"column": "N", "kind": "population"}},
    ...     "estimates": {"rent": {"kind": "mean", "variable": "rent"}},
    ... }
    >>> made = sms.survey.estimate(frame, plan).estimates
    >>> made["value"][0], round(made["se"][0], 9)
    (7.2, 0.827042925)
    """
    accumulator = Accumulator(plan)
    accumulator.update(frame)
    return accumulator.finish({"confidence": confidence, **reporting})


def mean_interval(*, value: float, se: float, df: float, confidence: float = 0.95) -> types.Interval:
    """Student's t interval of a mean or total, as :func:`sms.operations.survey.mean_interval` has it.

    >>> import sms
    >>> round(sms.survey.mean_interval(value=7.2, se=1.0, df=1)["upper"], 3)
    19.906
    """
    return operations.survey.mean_interval(value=value, se=se, df=df, confidence=confidence)


@answer_of(operations.survey.proportion_interval)
def proportion_interval(made: types.ProportionIntervalAnswer) -> types.Interval | None:
    """The ``interval`` of the answer."""
    return made["interval"]
