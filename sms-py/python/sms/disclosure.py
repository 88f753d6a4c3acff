"""Tables that nobody can be recognised in: protection, the attacker, rounding, cell keys.

A table is a mapping with ``cells`` and ``equations``, or with a ``grid``: rows of whole numbers whose last row and last
column are the totals, with ``None`` for what the reader does not see. A report is plain data, as ``Report.to_dict()``
or its JSON has it, and so are explanations. The shapes are in ``docs/wire.md``.

>>> from sms import disclosure
>>> table = {"grid": [[None, 20, 24], [30, 40, 70], [34, 60, 94]]}
>>> disclosure.attack(table, width=10)["cells"]
[{'cell': 0, 'lower': 4, 'proven': True, 'upper': 4, 'verdict': 'exact'}]
"""

from __future__ import annotations

from collections.abc import Sequence

from . import operations
from ._areas import answer_of
from ._lazy import types
from .operations.disclosure import attack, attack_report, protect
from .operations.disclosure import round as round_table

__all__ = ["attack", "attack_report", "cell_key", "dominance", "protect", "round_table"]


@answer_of(operations.disclosure.cell_key)
def cell_key(made: types.PerturbCountAnswer) -> int:
    """The ``value`` of the answer: the count as it is published."""
    return made["value"]


def dominance(
    contributions: Sequence[float],
    *,
    total: float | None = None,
    p: float | None = None,
    n: int | None = None,
    k: float | None = None,
) -> types.Dominance:
    """Whether one contributor, or few, could be seen through the total of a magnitude: p % and (n, k) rules.

    The same as :func:`sms.operations.disclosure.dominance`, with the parts of `magnitude` and `rules` as arguments.

    >>> from sms import disclosure
    >>> disclosure.dominance([60, 30, 10], p=10)["withheld"]
    False
    """
    magnitude = {"contributions": contributions, "total": total}
    return operations.disclosure.dominance(magnitude=magnitude, rules={"p": p, "n": n, "k": k})
