"""Weights by participation: who finds what how important, asked in a declared way.

Each function sends one request to the engine and gives back its answer as plain data. A *panel* says what is weighed,
when people were asked, and which sides (the city, civil society, residents, experts: any ids) count how much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict, cast

from ._call import call

__all__ = ["Panel", "Side", "ahp", "best_worst", "budget", "check", "equal", "kendall", "swing"]


class _SideId(TypedDict):
    id: str


class Side(_SideId, total=False):
    """A side that takes part; all count the same unless ``weight`` says otherwise."""

    weight: float


class _PanelNeeded(TypedDict):
    criteria: Sequence[str]
    when: str


class Panel(_PanelNeeded, total=False):
    """What is weighed (``criteria``, in the order of all lists of numbers), ``when``, and by which ``sides``.

    ``smallest_side_shown`` says from how many participants on the weights of a side are shown; without it they never
    are, because the weights of a side of one are the answers of a person.
    """

    sides: Sequence[Side]
    smallest_side_shown: int
    note: str


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _answer(op: str, /, **fields: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", call(op, **_given(**fields)))


def equal(*, criteria: Sequence[str], when: str, note: str | None = None) -> dict[str, Any]:
    """Give each criterion the same weight.

    >>> import sms
    >>> made = sms.weighting.equal(criteria=["housing", "health"], when="2024")
    >>> [w["weight"] for w in made["weights"]]
    [0.5, 0.5]
    """
    return _answer("weighting.equal", criteria=list(criteria), when=when, note=note)


def budget(*, panel: Panel, participants: Sequence[Mapping[str, Any]], budget: float) -> dict[str, Any]:
    """Weights from points that each participant shares out of the same budget.

    A participant is ``{"points": [...], "side": ...}``, with one number for each criterion.

    >>> import sms
    >>> panel = {"criteria": ["housing", "health"], "when": "2024-05"}
    >>> people = [{"points": [60, 40]}, {"points": [30, 70]}]
    >>> made = sms.weighting.budget(panel=panel, participants=people, budget=100)
    >>> [round(w["weight"], 4) for w in made["weight_set"]["weights"]]
    [0.45, 0.55]
    """
    return _answer("weighting.budget", panel=panel, participants=list(participants), budget=budget)


def swing(*, panel: Panel, participants: Sequence[Mapping[str, Any]], top: float) -> dict[str, Any]:
    """Weights from points for a swing from worst to best; the most important criterion has ``top`` points.

    >>> import sms
    >>> panel = {"criteria": ["housing", "health"], "when": "2024-05"}
    >>> made = sms.weighting.swing(panel=panel, participants=[{"points": [100, 60]}], top=100)
    >>> [w["weight"] for w in made["weight_set"]["weights"]]
    [0.625, 0.375]
    """
    return _answer("weighting.swing", panel=panel, participants=list(participants), top=top)


def ahp(
    *,
    panel: Panel,
    participants: Sequence[Mapping[str, Any]],
    largest_ratio: float,
    priority: Literal["eigenvector", "geometric_mean"] | None = None,
    aggregation: Literal["priorities", "judgements"] | None = None,
    random_index: Sequence[float] | None = None,
) -> dict[str, Any]:
    """Weights from comparisons in pairs (Saaty 1980).

    A participant is ``{"matrix": [[...], ...]}``, or ``{"upper": [...]}`` with what stands above the diagonal, row by
    row; and ``side``. A consistency ratio above ``largest_ratio`` is a finding that names the pairs to talk about.

    >>> import sms
    >>> panel = {"criteria": ["housing", "health", "education"], "when": "2024-05"}
    >>> made = sms.weighting.ahp(panel=panel, participants=[{"upper": [3, 5, 2]}], largest_ratio=0.1)
    >>> round(made["weight_set"]["weights"][0]["weight"], 6)
    0.648329
    >>> round(made["ahp"][0]["cr"], 6)
    0.003185
    """
    given = None if random_index is None else list(random_index)
    rules = _given(largest_ratio=largest_ratio, priority=priority, aggregation=aggregation, random_index=given)
    return _answer("weighting.ahp", panel=panel, participants=list(participants), rules=rules)


def best_worst(
    *, panel: Panel, participants: Sequence[Mapping[str, Any]], largest_ratio: float | None = None
) -> dict[str, Any]:
    """Weights by the linear best-worst method (Rezaei 2016).

    A participant is ``{"best", "worst", "best_to_others", "others_to_worst"}``, and ``side``.

    >>> import sms
    >>> panel = {"criteria": ["housing", "health", "education"], "when": "2024-05"}
    >>> person = {
    ...     "best": "housing",
    ...     "worst": "education",
    ...     "best_to_others": [1, 2, 4],
    ...     "others_to_worst": [4, 2, 1],
    ... }
    >>> made = sms.weighting.best_worst(panel=panel, participants=[person])
    >>> [round(w["weight"], 4) for w in made["weight_set"]["weights"]]
    [0.5714, 0.2857, 0.1429]
    """
    return _answer("weighting.best_worst", panel=panel, participants=list(participants), largest_ratio=largest_ratio)


def kendall(*, raters: Sequence[Sequence[float]]) -> dict[str, Any] | None:
    """Kendall's W with ties: how far raters agree on the order of items; ``None`` where that is not defined.

    >>> import sms
    >>> made = sms.weighting.kendall(raters=[[1, 2, 3], [1, 2, 3], [1, 2, 3]])
    >>> made["w"], made["df"]
    (1.0, 2)
    """
    return cast("dict[str, Any] | None", call("weighting.kendall", raters=[list(r) for r in raters])["concordance"])


def check(*, weights: Sequence[Mapping[str, Any]], provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Check a weight set: each criterion once, weights that sum to one, and where they come from.

    >>> import sms
    >>> made = sms.weighting.check(
    ...     weights=[{"criterion": "housing", "weight": 0.4}, {"criterion": "health", "weight": 0.6}],
    ...     provenance={"method": "declared", "when": "2024"},
    ... )
    >>> made["provenance"]["method"]
    'declared'
    """
    return _answer("weighting.check", weights=list(weights), provenance=provenance)
