"""Frameworks and screens of a city and its services, each view apart; and what answers an instrument."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._call import call

__all__ = ["cross_reference", "framework", "hrba", "page", "questions"]

_Rows = Sequence[Mapping[str, Any]]
_Records = _Rows | Mapping[str, Any]
_Sheet = str | Mapping[str, Any]


def _given(**fields: Any) -> dict[str, Any]:
    return {k: v for k, v in fields.items() if v is not None}


def questions(
    sheet: _Sheet,
    *,
    area: str | None = None,
    selection: Sequence[str] | None = None,
    language: str | None = None,
) -> dict[str, Any]:
    """A framework or screen as a form to fill in, with the indicators of a service area beside each question.

    >>> import sms
    >>> form = sms.screen.questions("panel", area="SV-HOUS")
    >>> [group["id"] for group in form["groups"]]
    ['participation', 'accountability', 'non_discrimination', 'empowerment', 'legality']
    >>> form["provenance"]
    'own_draft'
    """
    more = _given(area=area, selection=selection, language=language)
    made: dict[str, Any] = call("screen.questions", sheet=sheet, **more)
    return made


def framework(
    *,
    records: _Records,
    rounds: _Rows,
    framework: _Sheet | None = None,
    selection: Sequence[str] | None = None,
) -> dict[str, Any]:
    """A city held against a framework (``fra`` unless another is named): the city's view and civil society's apart.

    >>> import sms
    >>> year = {"id": "2026", "from": "2026-01-01", "to": "2026-12-31"}
    >>> said = {"round": "2026", "item": "FRA-FS3", "assessor": "working group", "date": "2026-03-01"}
    >>> city = said | {"view": "city", "answer": "working", "evidence": ["Council decision 12/2025"]}
    >>> others = said | {"view": "civil_society", "answer": "planned"}
    >>> made = sms.screen.framework(records=[city, others], rounds=[year])
    >>> made["screening"]["services"][0]["rounds"][0]["views"][1]["difference"]["all"]["lower"]
    1
    """
    more = _given(framework=framework, selection=selection)
    made: dict[str, Any] = call("screen.framework", records=records, rounds=rounds, **more)
    return made


def hrba(
    *,
    records: _Records,
    rounds: _Rows,
    services: _Rows | None = None,
    screens: Sequence[_Sheet] | None = None,
    selection: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Services held against PANEL and AAAQ: by principle and service, with what differs between views and what changed.

    >>> import sms
    >>> year = {"id": "2026", "from": "2026-01-01", "to": "2026-12-31"}
    >>> said = {"round": "2026", "item": "PANEL-P1", "service": "SV-HOUS", "assessor": "desk", "date": "2026-03-01"}
    >>> records = [said | {"view": "city", "answer": "yes"}, said | {"view": "users", "answer": "no"}]
    >>> made = sms.screen.hrba(records=records, rounds=[year], screens=["panel"])
    >>> made["findings"]["counts"]
    {'screen.no-evidence': 1, 'screen.view-missing': 1}
    """
    more = _given(services=services, screens=screens, selection=selection)
    made: dict[str, Any] = call("screen.hrba", records=records, rounds=rounds, **more)
    return made


def cross_reference(reference: str, *, selection: Sequence[str] | None = None) -> dict[str, Any]:
    """From an instrument (``CFR``, ``ICESCR`` …), the goals (``sdg``) or a charter to rights, indicators and gaps.

    >>> import sms
    >>> made = sms.screen.cross_reference("eccar")
    >>> [entry["id"] for entry in made["entries"] if entry["state"] == "direct"]
    ['ECCAR-6']
    """
    made: dict[str, Any] = call("catalogue.cross_reference", reference=reference, **_given(selection=selection))
    return made


def page(of: str, *, format: str = "html", **fields: Any) -> str:
    """A page to read: ``of`` is ``framework``, ``hrba`` or ``cross_reference``, with the fields of that function.

    >>> import sms
    >>> print(sms.screen.page("cross_reference", reference="eccar", format="text").splitlines()[0])
    What answers: Ten-point plan of action against racism (European Coalition of Cities against Racism)
    """
    made: str = call("screen.page", of=of, format=format, **_given(**fields))["page"]
    return made
