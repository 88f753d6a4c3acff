"""Progress and results chains: the examples of the documentation run, and errors are coded."""

from __future__ import annotations

import doctest

import pytest

import sms
from sms import progress, results


@pytest.mark.parametrize("module", [progress, results])
def test_the_examples_run(module: object) -> None:
    made = doctest.testmod(module)  # type: ignore[arg-type]
    assert made.attempted > 5 and made.failed == 0


def test_each_function_is_exported() -> None:
    for module in (progress, results):
        assert set(module.__all__) <= set(dir(module))


def test_a_path_out_of_order_is_refused() -> None:
    path = {"baseline": {"value": 1, "at": 2030}, "target": {"value": 2, "at": 2015}}
    with pytest.raises(sms.SmsError) as caught:
        progress.expected(path=path, at=2020)
    assert caught.value.code == "progress.bad-path"
