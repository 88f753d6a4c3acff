"""Choosing indicators together: criteria, Delphi rounds, core set, participation, harmonisation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ._call import call

__all__ = ["compare", "core_set", "criteria", "delphi", "extension", "harmonise", "participation", "rate"]

_Rows = Sequence[Mapping[str, Any]]


def _given(**fields: Any) -> dict[str, Any]:
    return {k: v for k, v in fields.items() if v is not None}


def criteria() -> list[dict[str, Any]]:
    """The lists of criteria of the catalogue.

    >>> import sms
    >>> [entry["id"] for entry in sms.cocreation.criteria()]
    ['RACER', 'RIGHTS', 'SMART']
    """
    made: list[dict[str, Any]] = call("cocreation.criteria")
    return made


def rate(
    *,
    proposals: _Rows,
    raters: _Rows,
    ratings: _Rows,
    list_id: str | None = None,
    criteria: Sequence[str] | None = None,
    rules: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """Rate proposals against a list of the catalogue, or against criteria of your own.

    >>> import sms
    >>> raters = [{"id": "a", "side": "city"}, {"id": "b", "side": "civil_society"}]
    >>> ratings = [{"rater": r, "proposal": "P", "criterion": "RACER-E", "opinion": "yes"} for r in "ab"]
    >>> sms.cocreation.rate(list_id="RACER", proposals=[{"id": "P"}], raters=raters, ratings=ratings)[0]["score"]
    1.0
    """
    more = _given(list=list_id, criteria=criteria, rules=rules)
    made: list[dict[str, Any]] = call("cocreation.rate", proposals=proposals, raters=raters, ratings=ratings, **more)[
        "proposals"
    ]
    return made


def delphi(
    *,
    rounds: Sequence[Mapping[str, Any]],
    items: Sequence[str] | None = None,
    raters: _Rows | None = None,
    rules: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Judge Delphi rounds, each ``{"ratings": […]}`` or ``{"csv": …}``.

    >>> import sms
    >>> made = sms.cocreation.delphi(rounds=[{"csv": "rater,item,rating\\na,X,7\\nb,X,8\\n"}])
    >>> made["rounds"][0]["items"][0]["median"], made["stop"]["verdict"]
    (7.5, 'first_round')
    """
    made: dict[str, Any] = call("cocreation.delphi", rounds=rounds, **_given(items=items, raters=raters, rules=rules))
    return made


def core_set(*, candidates: _Rows, constraints: Mapping[str, Any], node_limit: int | None = None) -> dict[str, Any]:
    """Choose the set of the greatest value that covers what it must, within the effort at hand.

    >>> import sms
    >>> candidates = [{"id": "HOU-O-01", "value": 8, "effort": 3}, {"id": "HOU-O-02", "value": 7, "effort": 2}]
    >>> limits = {"rights": "none", "levels": "none", "outcome_of_themes": {"only": ["HOU"]}, "budget": 2}
    >>> sms.cocreation.core_set(candidates=candidates, constraints=limits)["chosen"]
    ['HOU-O-02']
    """
    more = _given(node_limit=node_limit)
    made: dict[str, Any] = call("cocreation.core_set", candidates=candidates, constraints=constraints, **more)
    return made


def participation(
    *,
    participants: _Rows,
    record: _Rows,
    required_sides: Sequence[str] | None = None,
    expected_groups: Sequence[str] | None = None,
    policy: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Sum up who took part, for which side and when; small groups are withheld.

    >>> import sms
    >>> people = [{"id": "a", "side": "city"}, {"id": "b", "side": "civil_society"}]
    >>> record = [{"participant": p, "occasion": "kick-off", "on": "2027-01-10"} for p in "ab"]
    >>> sms.cocreation.participation(participants=people, record=record)["complete_occasions"]
    1
    """
    more = _given(required_sides=required_sides, expected_groups=expected_groups, policy=policy)
    made: dict[str, Any] = call("cocreation.participation", participants=participants, record=record, **more)
    return made


def harmonise(*, definitions: _Rows) -> list[dict[str, Any]]:
    """Say of each indicator and city whether it is identical, mapped or local only.

    >>> import sms
    >>> own = [{"place": "Graz", "indicator": "x-GRAZ:H1"}]
    >>> sms.cocreation.harmonise(definitions=own)[0]["level"]
    'local_only'
    """
    made: list[dict[str, Any]] = call("cocreation.harmonise", definitions=definitions)["indicators"]
    return made


def compare(
    *,
    definitions: _Rows,
    indicator: str,
    purpose: Literal["ranking", "pooling"],
    places: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Ask whether cities may be ranked or pooled; the error ``cocreation.local-only`` says that they may not."""
    more = _given(places=places)
    made: dict[str, Any] = call(
        "cocreation.compare", definitions=definitions, indicator=indicator, purpose=purpose, **more
    )
    return made


def extension(*, id: str) -> dict[str, str]:
    """The city and the city's own id of an extension.

    >>> import sms
    >>> sms.cocreation.extension(id="x-GRAZ:H1")
    {'city': 'GRAZ', 'own': 'H1'}
    """
    made: dict[str, str] = call("cocreation.extension", id=id)
    return made
