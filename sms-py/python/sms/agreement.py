"""How far raters, rounds and items agree.

A coefficient is ``{"value": …}``, or ``{"undefined": …}`` with the reason why there is none.

>>> import sms
>>> sms.agreement.cohen(pairs=[["a", "a"], ["b", "b"]], categories=["a", "b"])["observed"]
1.0
"""

from .operations.agreement import (
    cohen,
    content_validity,
    cronbach,
    fleiss,
    kendall,
    krippendorff,
    rand_ucla,
    test_retest,
)
from .operations.agreement import icc as intraclass

__all__ = [
    "cohen",
    "content_validity",
    "cronbach",
    "fleiss",
    "intraclass",
    "kendall",
    "krippendorff",
    "rand_ucla",
    "test_retest",
]
