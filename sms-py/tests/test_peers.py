"""The examples of the module of peers, and a refusal."""

import doctest

import pytest

import sms


def test_examples() -> None:
    result = doctest.testmod(sms.peers)
    assert result.attempted > 0
    assert result.failed == 0


def test_a_refusal_has_a_code() -> None:
    with pytest.raises(sms.SmsError) as caught:
        sms.peers.tiers(cities=[{"city": "A", "score": 50}])
    assert caught.value.code == "peers.too-few-cities"
