"""The examples of the modules that ask the wire for agreement, pre-test and co-creation."""

import doctest
from types import ModuleType

import pytest

import sms


@pytest.mark.parametrize("module", [sms.agreement, sms.cocreation, sms.pretest], ids=lambda m: m.__name__)
def test_examples(module: ModuleType) -> None:
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_a_refusal_has_a_code() -> None:
    with pytest.raises(sms.SmsError) as caught:
        sms.agreement.kendall(judges=[[1, 2, 3]])
    assert caught.value.code == "agreement.too-few-raters"
