"""How far raters, rounds and items agree.

A coefficient is ``{"value": …}``, or ``{"undefined": …}`` with the reason why there is none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ._call import call

__all__ = [
    "cohen",
    "content_validity",
    "cronbach",
    "fleiss",
    "intraclass",
    "kendall",
    "krippendorff",
    "rand_ucla",
    "test_retest",
]

Weights = Literal["none", "linear", "quadratic"]
Scale = Literal["nominal", "ordinal", "interval", "ratio"]


def cohen(
    *,
    table: Sequence[Sequence[float]] | None = None,
    pairs: Sequence[Sequence[str]] | None = None,
    categories: Sequence[str] | None = None,
    weights: Weights = "none",
) -> dict[str, Any]:
    """Cohen's kappa of two raters: of a square table, or of pairs of categories.

    >>> import sms
    >>> sms.agreement.cohen(table=[[20, 5], [10, 15]])["observed"]
    0.7
    """
    fields: dict[str, Any] = {"weights": weights}
    if table is not None:
        fields["table"] = table
    if pairs is not None:
        fields["pairs"] = pairs
        fields["categories"] = categories
    made: dict[str, Any] = call("agreement.cohen", **fields)
    return made


def fleiss(*, counts: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Fleiss' kappa: for each unit, how many raters chose each category.

    >>> import sms
    >>> sms.agreement.fleiss(counts=[[3, 0], [0, 3]])["value"]
    1.0
    """
    made: dict[str, Any] = call("agreement.fleiss", counts=counts)
    return made


def krippendorff(*, units: Sequence[Sequence[float | None]], scale: Scale) -> dict[str, Any]:
    """Krippendorff's alpha: units by raters, ``None`` where a rater gave no rating.

    >>> import sms
    >>> sms.agreement.krippendorff(units=[[1, 1], [2, 2], [3, None]], scale="nominal")["value"]
    1.0
    """
    made: dict[str, Any] = call("agreement.krippendorff", units=units, scale=scale)
    return made


def cronbach(*, persons: Sequence[Sequence[float | None]]) -> dict[str, Any]:
    """Cronbach's alpha: persons by items; persons with a missing answer are left out and counted.

    >>> import sms
    >>> round(sms.agreement.cronbach(persons=[[1, 2], [2, 4], [3, 6]])["value"], 4)
    0.8889
    """
    made: dict[str, Any] = call("agreement.cronbach", persons=persons)
    return made


def intraclass(*, subjects: Sequence[Sequence[float]]) -> dict[str, Any]:
    """ICC(2,1): subjects by raters or rounds.

    >>> import sms
    >>> sms.agreement.intraclass(subjects=[[1, 1], [2, 2], [5, 5]])["value"]
    1.0
    """
    made: dict[str, Any] = call("agreement.icc", subjects=subjects)
    return made


def test_retest(*, pairs: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Pearson's correlation and ICC(2,1) of pairs of test and retest.

    >>> import sms
    >>> sms.agreement.test_retest(pairs=[[1, 2], [2, 3], [3, 4]])["mean_difference"]
    1.0
    """
    made: dict[str, Any] = call("agreement.test_retest", pairs=pairs)
    return made


def kendall(*, judges: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Kendall's W with its test: judges by items, as ratings or ranks.

    >>> import sms
    >>> sms.agreement.kendall(judges=[[1, 2, 3], [1, 2, 3]])["value"]
    1.0
    """
    made: dict[str, Any] = call("agreement.kendall", judges=judges)
    return made


def content_validity(
    *,
    agree: int | None = None,
    n: int | None = None,
    items: Sequence[Sequence[float]] | None = None,
    relevant_from: float | None = None,
) -> dict[str, Any]:
    """Content validity index and modified kappa: of one item by its counts, or of items by their ratings.

    >>> import sms
    >>> sms.agreement.content_validity(agree=8, n=10)["i_cvi"]
    0.8
    """
    fields = {"agree": agree, "n": n, "items": items, "relevant_from": relevant_from}
    made: dict[str, Any] = call("agreement.content_validity", **{k: v for k, v in fields.items() if v is not None})
    return made


def rand_ucla(*, ratings: Sequence[float], rules: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Appropriateness and disagreement of ratings from 1 to 9.

    >>> import sms
    >>> sms.agreement.rand_ucla(ratings=[6, 7])["appropriateness"]
    'appropriate'
    """
    made: dict[str, Any] = call("agreement.rand_ucla", ratings=ratings, rules=rules)
    return made
