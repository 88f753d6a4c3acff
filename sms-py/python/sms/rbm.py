"""Results-based management: achievement on the way to a target, the results chain, outcomes before outputs.

>>> from sms import rbm
>>> rbm.combine(outcomes=60, effort=0, weight=0.8, margin=5)
55.0
>>> rbm.rating(combined=82, outcomes=78, thresholds=[80, 60, 40, 20])
2
>>> chain = {"results": [{"id": "campaign", "level": "output"}, {"id": "housed", "level": "outcome"}]}
>>> sorted(rbm.check_chain(chain)["counts"])
['rbm.outcome-without-outputs', 'rbm.output-leads-nowhere']
"""

from __future__ import annotations

from . import operations
from ._areas import answer_of
from ._lazy import types
from .operations.rbm import achievement, iati

__all__ = ["achievement", "band", "check_chain", "combine", "iati", "rating"]


@answer_of(operations.rbm.chain)
def check_chain(made: types.RbmChainAnswer) -> types.Findings:
    """The ``findings``: dead ends, circles, themes without outcomes, targets that cannot judge."""
    return made["findings"]


@answer_of(operations.rbm.combine)
def combine(made: types.RbmCombineAnswer) -> float:
    """The ``combined`` view: effort moves it by ``margin`` points at most."""
    return made["combined"]


@answer_of(operations.rbm.band)
def band(made: types.RbmBandAnswer) -> int:
    """The ``band``, 1 being the best."""
    return made["band"]


@answer_of(operations.rbm.rating)
def rating(made: types.RbmBandAnswer) -> int:
    """The ``band`` of the combined view, and never a better one than that of the outcomes."""
    return made["band"]
