"""Any operation of the wire, by its name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ._errors import SmsError
from ._sms import call_json


def answer(op: str, fields: Mapping[str, Any], /) -> Any:
    """Answer an operation; a field that is None is not given."""
    request = {name: value for name, value in fields.items() if value is not None}
    made = json.loads(call_json(json.dumps({**request, "op": op}, default=_plain)))
    if "error" in made:
        raise SmsError(made["error"])
    return made["ok"]


def _plain(value: Any) -> Any:
    # sequences and mappings that are no list and no dict
    if isinstance(value, Mapping):
        return dict(value)
    return list(value)


def call(op: str, /, **fields: Any) -> Any:
    """Answer an operation of the wire as plain Python data.

    :mod:`sms.operations` has a typed function for each; ``docs/wire.md`` lists them, and the conformance vectors
    speak them.

    >>> import sms
    >>> sms.call("score.goalposts", value=37, worst=80, best=20)["score"]
    71.66666666666667
    """
    return answer(op, fields)
