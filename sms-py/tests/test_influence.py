"""The examples of the module of influence, and a refusal."""

import doctest

import pytest

import sms


def test_examples() -> None:
    result = doctest.testmod(sms.influence)
    assert result.attempted > 0
    assert result.failed == 0


def test_a_refusal_has_a_code() -> None:
    with pytest.raises(sms.SmsError) as caught:
        sms.influence.synthetic(panel=[{"city": "A", "time": 1, "value": 2}], city="A", start=1)
    assert caught.value.code == "influence.too-few-comparators"
