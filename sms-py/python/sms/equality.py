"""Inequality between groups: how far apart they are, how sure that is, and whether it narrows.

A *group* is ``{"value": ..., "size": ..., "se": ..., "n": ...}``: its figure, how many people belong to it (or their
share), the standard error of the figure, and how many were asked or counted. Only the value is needed.

>>> import sms
>>> groups = [{"value": 18.2, "se": 2.1}, {"value": 11.0, "se": 0.8}]
>>> found = sms.equality.compare(groups, polarity="lower", against="named")["found"][0]
>>> round(found["z"], 6), found["verdict"]
(3.203958, 'shown')
>>> groups = [{"value": 80, "size": 0.5}, {"value": 60, "size": 0.3}, {"value": 40, "size": 0.2}]
>>> round(sms.equality.measures(groups, polarity="higher")["measures"]["between_group_variance"]["value"], 9)
244.0
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import operations
from ._areas import answer_of
from ._lazy import attributes
from .operations.equality import compare, gap_change

if TYPE_CHECKING:
    from .types import GapTrend as Gap
    from .types import Group, Inequality, Polarity
    from .types import MeasureRules as Rules
else:
    named = {"Gap": "GapTrend", "Group": "Group", "Polarity": "Polarity", "Rules": "MeasureRules"}
    __getattr__, __dir__ = attributes(globals(), aliases=named)

__all__ = ["Gap", "Group", "Polarity", "Rules", "compare", "gap_change", "measures"]


@answer_of(operations.equality.measures)
def measures(made: Inequality) -> dict[str, Any]:
    """The answer, with ``measures`` by their names."""
    by_name = {m["measure"]: {key: part for key, part in m.items() if key != "measure"} for m in made["measures"]}
    return {**made, "measures": by_name}
