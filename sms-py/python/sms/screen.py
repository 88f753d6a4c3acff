"""Frameworks and screens of a city and its services, each view apart; and what answers an instrument.

>>> import sms
>>> form = sms.screen.questions("panel", area="SV-HOUS")
>>> [group["id"] for group in form["groups"]]
['participation', 'accountability', 'non_discrimination', 'empowerment', 'legality']
>>> made = sms.screen.cross_reference("eccar")
>>> [entry["id"] for entry in made["entries"] if entry["state"] == "direct"]
['ECCAR-6']
>>> print(sms.screen.page("cross_reference", reference="eccar", format="text").splitlines()[0])
What answers: Ten-point plan of action against racism (European Coalition of Cities against Racism)
"""

from __future__ import annotations

from . import operations
from ._areas import answer_of
from ._lazy import types
from .operations.catalogue import cross_reference
from .operations.screen import framework, hrba, questions

__all__ = ["cross_reference", "framework", "hrba", "page", "questions"]


@answer_of(operations.screen.page)
def page(made: types.PageAnswer) -> str:
    """The ``page`` of the answer."""
    return made["page"]
