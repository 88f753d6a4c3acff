"""Indices as files: composite indices and progress profiles, our own or published ones, run by one engine.

>>> from sms import index
>>> result = index.run(
...     "undp-hdi",
...     {"country": ["Niger"], "le": [62.08], "eys": [7.186131428], "mys": [1.341352433], "gnipc": [1283.309235]},
...     unit="country",
... )
>>> result["hdi_published"]
[0.394]

The guide and the reference of every kind of step are in ``docs/index-files.md``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ._call import call
from ._files import read_toml

_Definition = str | os.PathLike[str] | Mapping[str, Any]

__all__ = ["IndexResult", "available", "check", "explain", "run", "show"]


class IndexResult:
    """What an index makes of a table: one column an output, one row a unit. Nothing in it can be changed."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = dict(data)
        self._outputs = {o["id"]: o for o in self._data["outputs"]}

    @property
    def index(self) -> str:
        """Id of the index."""
        return str(self._data["index"])

    @property
    def edition(self) -> str:
        """Edition of the index."""
        return str(self._data["edition"])

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the content of the index, the first 32 hexadecimal digits."""
        return str(self._data["fingerprint"])

    @property
    def units(self) -> list[str]:
        """The units, in the order of the table."""
        return list(self._data["units"])

    @property
    def outputs(self) -> list[str]:
        """Ids of the outputs."""
        return list(self._outputs)

    @property
    def findings(self) -> dict[str, Any]:
        """What was found in the data and on the way: `items`, and `counts` by code."""
        return dict(self._data["findings"])

    def absent(self, output: str) -> dict[str, dict[str, str]]:
        """The units without a value of this output: for each the `reason`, and the step it comes `from`."""
        return {a["unit"]: {"reason": a["reason"], "from": a["from"]} for a in self._outputs[output]["absent"]}

    def set_dependent(self, output: str) -> bool:
        """Whether this output depends on which other units are in the table."""
        return bool(self._outputs[output]["set_dependent"])

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


def available() -> list[dict[str, Any]]:
    """The published indices that come with the library: id, edition, title, inputs, outputs.

    >>> [i["id"] for i in available()][:2]
    ['undp-hdi', 'undp-gdi']
    """
    return list(call("index.list"))


def show(index: _Definition) -> dict[str, Any]:
    """What an index needs and gives (`summary`), its steps in words (`steps`) and its file (`definition`).

    >>> [s["rule"] for s in show("undp-hdi")["steps"]][-2:]
    ['aggregate', 'round']
    """
    return dict(call("index.show", index=_definition(index)))


def check(index: _Definition) -> dict[str, Any]:
    """Check an index: an id, a TOML or JSON file, or a dict. What is wrong is raised, with the path of the field.

    >>> check("spi")["summary"]["steps"]
    4
    """
    return dict(call("index.check", index=_definition(index)))


def run(
    index: _Definition,
    data: Any,
    *,
    unit: str | Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
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
    fields = {"index": _definition(index), "table": _table(data, unit), "outputs": list(outputs or [])}
    return IndexResult(call("index.run", **fields))


def explain(
    index: _Definition,
    data: Any,
    of: str,
    *,
    unit: str | Sequence[str] | None = None,
    outputs: Sequence[str] | None = None,
) -> dict[str, Any]:
    """How the results of the unit `of` came about: each step with its rule, its inputs, its result and the reasons.

    >>> spi = {"a": [1], "b": [3]}
    >>> mean = {"format": 1, "id": "m", "edition": "1", "title": "Mean", "source": "own", "licence": "CC0",
    ...         "unit": "city", "outputs": ["y"], "input": [{"id": "a"}, {"id": "b"}],
    ...         "step": [{"id": "y", "aggregate": {"how": "arithmetic", "of": ["a", "b"]}}]}
    >>> step = explain(mean, spi, "1")["steps"][0]
    >>> step["text"], step["result"]
    ('arithmetic mean of a, b', 2.0)
    """
    fields = {"index": _definition(index), "table": _table(data, unit), "outputs": list(outputs or [])}
    return dict(call("index.explain", of=of, **fields))


def _definition(index: _Definition) -> Any:
    if isinstance(index, Mapping):
        return dict(index)
    path = Path(index)
    if path.suffix.lower() == ".toml":
        return read_toml(path)
    if path.suffix.lower() == ".json":
        return json.loads(path.read_text(encoding="utf-8-sig"))
    return str(index)


def _table(data: Any, unit: str | Sequence[str] | None) -> dict[str, Any]:
    mapping = isinstance(data, Mapping)
    if mapping:
        names = list(data)
    else:
        names = list(getattr(data, "column_names", None) or data.columns)
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
