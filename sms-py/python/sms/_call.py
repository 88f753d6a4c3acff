"""Any operation of the wire, by its name."""

from __future__ import annotations

import json
from typing import Any

from ._errors import SmsError
from ._sms import call_json


def call(op: str, /, **fields: Any) -> Any:
    """Answer an operation of the wire as plain Python data.

    The operations and their fields are listed in ``docs/wire.md``; the conformance vectors speak them.

    >>> import sms
    >>> sms.call("score.goalposts", value=37, worst=80, best=20)["score"]
    71.66666666666667
    """
    answer = json.loads(call_json(json.dumps({**fields, "op": op})))
    if "error" in answer:
        raise SmsError(answer["error"])
    return answer["ok"]
