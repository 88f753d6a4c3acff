"""Every operation: what it is given is checked to the letter, its function fits its schema, and its example runs."""

from __future__ import annotations

import doctest
import importlib
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import pytest

import sms
from sms import operations

BUNDLE = json.loads(
    (Path(__file__).resolve().parents[2] / "sms-core" / "schemas" / "operations.json").read_text(encoding="utf-8")
)
NAMES: list[str] = sorted(BUNDLE["operations"])
MODULES: list[ModuleType] = [operations] + [
    importlib.import_module(f"sms.operations.{name}") for name in sorted({n.split(".")[0] for n in NAMES if "." in n})
]
#: Functions whose names differ from those of their operations.
RENAMED = {"import": "import_files", "list": "list_all"}
#: Parameters whose names differ from those of their fields.
PARAMETERS = {
    ("influence.difference", "from"): "start",
    ("influence.interrupted", "from"): "start",
    ("influence.synthetic", "from"): "start",
    ("cocreation.rate", "list"): "list_id",
    ("dimension.map", "from"): "from_",
}


def function_of(name: str) -> Callable[..., Any]:
    *area, last = name.split(".")
    module = importlib.import_module(".".join(["sms.operations", *area]))
    made: Callable[..., Any] = getattr(module, RENAMED.get(last, last))
    return made


def example_of(name: str) -> dict[str, Any]:
    made: dict[str, Any] = BUNDLE["operations"][name]["example"]
    return made


def request_of(name: str) -> dict[str, Any]:
    made: dict[str, Any] = BUNDLE["$defs"][BUNDLE["operations"][name]["request"]["$ref"].removeprefix("#/$defs/")]
    return made


def parameter_of(name: str, field: str) -> str:
    return PARAMETERS.get((name, field), field)


def code_of(name: str, fields: dict[str, Any]) -> tuple[str, str | None]:
    with pytest.raises(sms.SmsError) as caught:
        sms.call(name, **fields)
    return caught.value.code, caught.value.path


def test_every_operation_has_a_function_and_no_other_is_there() -> None:
    there = {f"{m.__name__}.{n}" for m in MODULES for n in m.__all__ if inspect.isfunction(getattr(m, n))}
    assert there == {f"{function_of(n).__module__}.{function_of(n).__name__}" for n in NAMES}
    assert len(there) == len(NAMES) >= 130


@pytest.mark.parametrize("name", NAMES)
def test_a_misspelt_field_is_refused(name: str) -> None:
    example, function = example_of(name), function_of(name)
    arguments = {parameter_of(name, field): value for field, value in example.items()}
    assert function(**arguments) == sms.call(name, **example)
    assert code_of(name, {**example, "quite_unknown": 1}) == ("wire.unknown-field", "$")
    # beside the one that is meant, and in its place
    for field in request_of(name).get("properties", {}):
        slip = field[:-1] + field[-1] * 2
        assert code_of(name, {**example, slip: example.get(field, 1)})[0] == "wire.unknown-field", field
        without = {f: value for f, value in example.items() if f != field}
        assert code_of(name, {**without, slip: example.get(field, 1)})[0] == "wire.unknown-field", field
        with pytest.raises(TypeError):
            function(**arguments, **{slip: 1})
    with pytest.raises(TypeError):
        function(**arguments, quite_unknown=1)


@pytest.mark.parametrize("name", NAMES)
def test_a_function_has_the_fields_of_its_operation(name: str) -> None:
    request, function = request_of(name), function_of(name)
    parameters = inspect.signature(function).parameters
    assert set(parameters) == {parameter_of(name, field) for field in request.get("properties", {})}
    needed = {p.name for p in parameters.values() if p.default is inspect.Parameter.empty}
    assert needed == {parameter_of(name, field) for field in request.get("required", [])}
    # what an annotation names is there
    assert set(get_type_hints(function)) == {*parameters, "return"}
    text = inspect.getdoc(function) or ""
    raises = bool(BUNDLE["operations"][name]["errors"])
    told = ["References", "Examples"] + ["Parameters"] * bool(parameters) + ["Raises"] * raises
    assert all(f"\n{section}\n{'-' * len(section)}\n" in text for section in told)


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.__name__)
def test_examples_run(module: ModuleType) -> None:
    result = doctest.testmod(module)
    functions = [n for n in module.__all__ if inspect.isfunction(getattr(module, n))]
    assert result.failed == 0 and result.attempted == 3 * len(functions)


def test_what_is_not_there_is_not_made_up() -> None:
    for module in (sms, operations, sms.equality):
        with pytest.raises(AttributeError, match="quite_unknown"):
            module.quite_unknown  # noqa: B018
