"""Cities that learn from each other: comparators, tiers, mentors, twins, potential, and what became of it.

>>> import sms
>>> scores = zip("ABCDE", [1, 2, 3, 4, 10], [40, 50, 90, 60, 85], strict=True)
>>> cities = [{"id": c, "context": {"rent": x}, "scores": {"housing": {"score": s}}} for c, x, s in scores]
>>> made = sms.peers.mentoring(cities=cities, variables=[{"id": "rent"}])
>>> [(m["mentee"], m["mentor"]) for m in made["matches"]]
[('A', 'B'), ('B', 'C'), ('D', 'C')]
>>> rows = sms.peers.tiers(cities=[{"city": c, "score": s, "se": 2} for c, s in zip("ABC", [80, 76, 60], strict=True)])
>>> [(row["city"], row["tier"]) for row in rows]
[('A', 1), ('B', 1), ('C', 2)]
"""

from __future__ import annotations

from . import operations
from ._areas import answer_of
from ._lazy import types
from .operations.peers import comparators, follow_up, mentoring, potential, twinning

__all__ = ["comparators", "follow_up", "mentoring", "potential", "tiers", "twinning"]


@answer_of(operations.peers.tiers)
def tiers(made: types.TiersAnswer) -> list[types.TieredCity]:
    """The ``cities`` of the answer."""
    return made["cities"]
