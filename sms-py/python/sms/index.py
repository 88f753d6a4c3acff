"""Indices as files: composite indices and progress profiles, our own or published ones, run by one engine.

The guide and the reference of every kind of step are in ``docs/index-files.md``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from . import operations
from ._files import read_document
from ._lazy import types
from .operations.index import list_all as available

Definition: TypeAlias = "str | os.PathLike[str] | Mapping[str, Any] | types.RawIndexInput"

__all__ = ["IndexResult", "available", "check", "explain", "run", "show"]


class IndexResult:
    """What an index makes of a table: one column an output, one row a unit. Nothing in it can be changed."""

    def __init__(self, data: types.IndexResult) -> None:
        self._data = data
        self._outputs = {o["id"]: o for o in self._data["outputs"]}

    @property
    def index(self) -> str:
        """Id of the index."""
        return self._data["index"]

    @property
    def edition(self) -> str:
        """Edition of the index."""
        return self._data["edition"]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the content of the index, the first 32 hexadecimal digits."""
        return self._data["fingerprint"]

    @property
    def units(self) -> list[str]:
        """The units, in the order of the table."""
        return list(self._data["units"])

    @property
    def outputs(self) -> list[str]:
        """Ids of the outputs."""
        return list(self._outputs)

    @property
    def findings(self) -> types.Findings:
        """What was found in the data and on the way: `items`, and `counts` by code."""
        return {**self._data["findings"]}

    def absent(self, output: str) -> dict[str, dict[str, str]]:
        """The units without a value of this output: for each the `reason`, and the step it comes `from`."""
        return {a["unit"]: {"reason": a["reason"], "from": a["from"]} for a in self._outputs[output]["absent"]}

    def set_dependent(self, output: str) -> bool:
        """Whether this output depends on which other units are in the table."""
        return self._outputs[output]["set_dependent"]

    def __getitem__(self, output: str) -> list[Any]:
        return list(self._outputs[output]["values"])

    def __iter__(self) -> Iterator[str]:
        return iter(self._outputs)

    def __len__(self) -> int:
        return len(self._data["units"])

    def columns(self) -> dict[str, list[Any]]:
        """The units and every output, as columns of equal length."""
        return {"unit": self.units, **{name: self[name] for name in self._outputs}}

    def to_dict(self) -> dict[str, Any]:
        """The whole result as plain data, the same in every language."""
        return json.loads(json.dumps(self._data))  # type: ignore[no-any-return]

    def to_pandas(self) -> Any:
        """The columns as a pandas DataFrame."""
        import pandas

        return pandas.DataFrame(self.columns())

    def to_polars(self) -> Any:
        """The columns as a polars DataFrame."""
        import polars

        return polars.DataFrame(self.columns())

    def __repr__(self) -> str:
        return f"<IndexResult {self.index} {self.edition}: {len(self)} units, {', '.join(self._outputs)}>"


def show(index: Definition) -> types.ShowIndexAnswer:
    """What an index needs and gives (`summary`), its steps in words (`steps`) and its file (`definition`).

    >>> [s["rule"] for s in show("undp-hdi")["steps"]][-2:]
    ['aggregate', 'round']
    """
    return operations.index.show(_definition(index))


def check(index: Definition) -> types.CheckIndexAnswer:
    """Check an index: an id, a TOML or JSON file, or a dict. What is wrong is raised, with the path of the field.

    >>> check("spi")["summary"]["steps"]
    4
    """
    return operations.index.check(_definition(index))


def run(
    index: Definition, data: Any, *, unit: str | Sequence[str] | None = None, outputs: Sequence[str] | None = None
) -> IndexResult:
    """Compute an index over a table.

    `index` is the id of a published index, a TOML or JSON file, or a dict. `data` is a mapping from names of columns to
    lists, or a data frame of pandas, polars or pyarrow; ``None`` is missing (in data frames NaN as well), and the words
    ``not_asked``, ``refused``, ``not_applicable``, ``suppressed`` say more. `unit` names the column that names a row,
    or several; rows are numbered when it is not given. `outputs` asks for other steps than the file shows.

    >>> hdi = {"le": [85, None], "eys": [18, 18], "mys": [15, 15], "gnipc": [75000, 75000]}
    >>> result = run("undp-hdi", hdi, outputs=["hdi"])
    >>> result["hdi"]
    [1.0, None]
    >>> result.absent("hdi")
    {'2': {'reason': 'missing', 'from': 'le'}}
    """
    return IndexResult(operations.index.run(_definition(index), _table(data, unit), outputs=outputs))


def explain(
    index: Definition,
    data: Any,
    of: str,
    *,
    unit: str | Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
) -> types.IndexExplanation:
    """How the results of the unit `of` came about: each step with its rule, its inputs, its result and the reasons.

    >>> hdi = {"le": [85], "eys": [18], "mys": [15], "gnipc": [75000]}
    >>> step = explain("undp-hdi", hdi, "1", outputs=["hdi"])["steps"][-1]
    >>> step["rule"], step["result"]
    ('aggregate', 1.0)
    """
    return operations.index.explain(_definition(index), _table(data, unit), of, outputs=outputs)


def _definition(index: Definition) -> Any:
    if isinstance(index, Mapping):
        return dict(index)
    return read_document(index) if Path(index).suffix.lower() in (".toml", ".json") else str(index)


def _table(data: Any, unit: str | Sequence[str] | None) -> dict[str, Any]:
    mapping = isinstance(data, Mapping)
    names = list(data if mapping else getattr(data, "column_names", None) or data.columns)
    columns = {str(name): [_cell(x, mapping) for x in _values(data[name])] for name in names}
    keys = [unit] if isinstance(unit, str) else list(unit or [])
    rows = max((len(column) for column in columns.values()), default=0)
    missing = [key for key in keys if key not in columns]
    if missing:
        raise KeyError(f"no column {missing[0]!r} for `unit`")
    parts = [columns.pop(key) for key in keys]
    numbered = [str(i + 1) for i in range(rows)]
    units = [" ".join(str(x) for x in row) for row in zip(*parts, strict=True)] if parts else numbered
    return {"units": units, "columns": columns}


def _values(column: Any) -> list[Any]:
    for method in ("to_pylist", "to_list", "tolist"):
        if hasattr(column, method):
            return list(getattr(column, method)())
    return list(column)


def _cell(value: Any, mapping: bool) -> Any:
    """A cell as JSON has it. NaN is missing in data frames, which have no other mark; elsewhere the core refuses it."""
    if hasattr(value, "item"):
        value = value.item()
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        if value - value == 0:
            return value
        if value != value:
            return "NaN" if mapping else None
        return "Infinity"
    # pandas.NA and pandas.NaT are equal to nothing, themselves included
    return None if not mapping and str(value) in ("<NA>", "NaT") else str(value)
