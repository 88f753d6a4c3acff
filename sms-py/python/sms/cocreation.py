"""Choosing indicators together: criteria, Delphi rounds, core set, participation, harmonisation.

>>> import sms
>>> raters = [{"id": "a", "side": "city"}, {"id": "b", "side": "civil_society"}]
>>> ratings = [{"rater": r, "proposal": "P", "criterion": "RACER-E", "opinion": "yes"} for r in "ab"]
>>> sms.cocreation.rate(list_id="RACER", proposals=[{"id": "P"}], raters=raters, ratings=ratings)[0]["score"]
1.0
"""

from __future__ import annotations

from . import operations
from ._areas import answer_of
from ._lazy import types
from .operations.cocreation import compare, core_set, criteria, delphi, extension, participation

__all__ = ["compare", "core_set", "criteria", "delphi", "extension", "harmonise", "participation", "rate"]


@answer_of(operations.cocreation.rate)
def rate(made: types.RateAnswer) -> list[types.ProposalResult]:
    """The ``proposals`` of the answer."""
    return made["proposals"]


@answer_of(operations.cocreation.harmonise)
def harmonise(made: types.HarmoniseAnswer) -> list[types.HarmonisedIndicator]:
    """The ``indicators`` of the answer."""
    return made["indicators"]
