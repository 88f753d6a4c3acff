"""Any operation of the wire, by its name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ._errors import SmsError
from ._sms import call_json, refuse_not_finite


def answer(op: str, fields: Mapping[str, Any], /) -> Any:
    """Answer an operation; a field that is None is not given."""
    request = {name: value for name, value in fields.items() if value is not None}
    made = json.loads(call_json(_text({**request, "op": op})))
    if "error" in made:
        raise SmsError(made["error"])
    return made["ok"]


def _text(request: Mapping[str, Any]) -> str:
    try:
        return json.dumps(request, default=_plain, allow_nan=False)
    except ValueError:
        # JSON has no NaN: it is refused with its place, and not as a text that cannot be read
        refuse_not_finite(json.loads(json.dumps(request, default=_plain)))
        raise


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
