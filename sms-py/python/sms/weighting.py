"""Weights by participation: who finds what how important, asked in a declared way.

A *panel* says what is weighed (``criteria``, in the order of all lists of numbers), ``when`` people were asked, and
which ``sides`` (the city, civil society, residents, experts: any ids) count how much.

>>> import sms
>>> panel = {"criteria": ["housing", "health"], "when": "2024-05"}
>>> people = [{"points": [60, 40]}, {"points": [30, 70]}]
>>> made = sms.weighting.budget(panel=panel, participants=people, budget=100)
>>> [round(w["weight"], 4) for w in made["weight_set"]["weights"]]
[0.45, 0.55]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from . import operations
from ._areas import answer_of
from ._lazy import attributes, types
from .operations.weighting import best_worst, budget, check, equal, swing

if TYPE_CHECKING:
    from .types import WeightingPanel as Panel
    from .types import WeightingSide as Side
else:
    __getattr__, __dir__ = attributes(globals(), aliases={"Panel": "WeightingPanel", "Side": "WeightingSide"})

__all__ = ["Panel", "Side", "ahp", "best_worst", "budget", "check", "equal", "kendall", "swing"]


def ahp(
    *,
    panel: types.WeightingPanel | Mapping[str, Any],
    participants: Sequence[types.PairwiseComparisons | Mapping[str, Any]],
    largest_ratio: float,
    priority: Literal["eigenvector", "geometric_mean"] | None = None,
    aggregation: Literal["priorities", "judgements"] | None = None,
    random_index: Sequence[float] | None = None,
) -> types.ElicitedWeights:
    """Weights from comparisons in pairs (Saaty 1980), as :func:`sms.operations.weighting.ahp` makes them.

    A participant is ``{"matrix": [[...], ...]}``, or ``{"upper": [...]}`` with what stands above the diagonal, row by
    row; and ``side``. A consistency ratio above ``largest_ratio`` is a finding that names the pairs to talk about.

    >>> import sms
    >>> panel = {"criteria": ["housing", "health", "education"], "when": "2024-05"}
    >>> made = sms.weighting.ahp(panel=panel, participants=[{"upper": [3, 5, 2]}], largest_ratio=0.1)
    >>> round(made["weight_set"]["weights"][0]["weight"], 6), round(made["ahp"][0]["cr"], 6)
    (0.648329, 0.003185)
    """
    rules = {"largest_ratio": largest_ratio, "priority": priority, "aggregation": aggregation}
    asked = {**rules, "random_index": random_index}
    return operations.weighting.ahp(panel=panel, participants=participants, rules=asked)


@answer_of(operations.weighting.kendall)
def kendall(made: types.ConcordanceAnswer) -> types.Concordance | None:
    """The ``concordance`` of the answer; ``None`` where that is not defined."""
    return made["concordance"]
