"""Values worked by hand beside those of the oracle: both must agree."""

from __future__ import annotations

import sys


def add(f, id_, op, input_, hand, *, take, note=None):
    """A case whose expected values come from the oracle, after those worked by hand were found among them."""
    f.add(id_, op, input_, take=list(take), note=note)
    wrong = sys.modules[type(f).__module__].differs(hand, f.cases[-1]["expect"], 1e-12)
    if wrong:
        raise SystemExit(f"{f.name}#{id_}: by hand and by the oracle differ, {wrong}")
