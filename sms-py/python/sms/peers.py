"""Cities that learn from each other: comparators, tiers, mentors, twins, potential, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._call import call

__all__ = ["comparators", "follow_up", "mentoring", "potential", "tiers", "twinning"]

_Rows = Sequence[Mapping[str, Any]]


def _given(**fields: Any) -> dict[str, Any]:
    return {k: v for k, v in fields.items() if v is not None}


def comparators(
    *,
    cities: _Rows,
    variables: _Rows | None = None,
    frame: Mapping[str, Any] | None = None,
    k: int | None = None,
    rules: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Cities in a like context, the nearest first, explained variable by variable.

    Give ``frame`` of an earlier answer to keep groups where they are.

    >>> import sms
    >>> cities = [{"id": c, "context": {"rent": x}} for c, x in zip("ABCDE", [1, 2, 3.5, 4, 10], strict=True)]
    >>> made = sms.peers.comparators(cities=cities, variables=[{"id": "rent"}], k=1)
    >>> made["cities"][0]["comparators"][0]["city"]
    'B'
    """
    more = _given(variables=variables, frame=frame, k=k, rules=rules)
    made: dict[str, Any] = call("peers.comparators", cities=cities, **more)
    return made


def tiers(*, cities: _Rows, rules: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Tiers of cities that cannot be told apart, in place of ranks.

    >>> import sms
    >>> scores = {"A": 80, "B": 76, "C": 60}
    >>> rows = sms.peers.tiers(cities=[{"city": c, "score": s, "se": 2} for c, s in scores.items()])
    >>> [(row["city"], row["tier"]) for row in rows]
    [('A', 1), ('B', 1), ('C', 2)]
    """
    made: list[dict[str, Any]] = call("peers.tiers", cities=cities, **_given(rules=rules))["cities"]
    return made


def mentoring(
    *,
    cities: _Rows,
    variables: _Rows | None = None,
    frame: Mapping[str, Any] | None = None,
    earlier: _Rows | None = None,
    rules: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Give each city at most one mentor, so that the sum of values is the greatest, within what each can carry.

    >>> import sms
    >>> scores = zip("ABCDE", [1, 2, 3, 4, 10], [40, 50, 90, 60, 85], strict=True)
    >>> cities = [{"id": c, "context": {"rent": x}, "scores": {"housing": {"score": s}}} for c, x, s in scores]
    >>> made = sms.peers.mentoring(cities=cities, variables=[{"id": "rent"}])
    >>> [(m["mentee"], m["mentor"]) for m in made["matches"]]
    [('A', 'B'), ('B', 'C'), ('D', 'C')]
    """
    more = _given(variables=variables, frame=frame, earlier=earlier, rules=rules)
    made: dict[str, Any] = call("peers.mentoring", cities=cities, **more)
    return made


def twinning(
    *,
    cities: _Rows,
    variables: _Rows | None = None,
    frame: Mapping[str, Any] | None = None,
    rules: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Pairs in which each is strong where the other is weak."""
    made: dict[str, Any] = call(
        "peers.twinning", cities=cities, **_given(variables=variables, frame=frame, rules=rules)
    )
    return made


def potential(
    *,
    cities: _Rows,
    variables: _Rows | None = None,
    frame: Mapping[str, Any] | None = None,
    k: int | None = None,
    rules: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What a city would gain if it came to where the best of its comparators are."""
    more = _given(variables=variables, frame=frame, k=k, rules=rules)
    made: dict[str, Any] = call("peers.potential", cities=cities, **more)
    return made


def follow_up(*, records: Mapping[str, Any], as_of: str, rules: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What became of reviews, commitments and recommendations, on a day that is given.

    >>> import sms
    >>> asked = {"id": "R1", "text": "Publish", "addressee": "Mayor", "on": "2025-06-01", "due": "2026-01-31"}
    >>> sms.peers.follow_up(records={"recommendations": [asked]}, as_of="2026-02-10")["overdue"]
    ['R1']
    """
    made: dict[str, Any] = call("peers.follow_up", records=records, as_of=as_of, **_given(rules=rules))
    return made
