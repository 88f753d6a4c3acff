"""Files and other libraries: what only Python can do. The compiled module calls these."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._sms import Catalogue, Findings, Observations

_Path = str | os.PathLike[str]


def read_bytes(source: _Path | bytes | bytearray | memoryview) -> tuple[bytes, str | None]:
    """The bytes of a file and its name; bytes as they are."""
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source), None
    path = Path(source)
    return path.read_bytes(), path.name


def read_toml(source: _Path) -> dict[str, Any]:
    """TOML from a path, or from the text itself when it has more than one line."""
    if isinstance(source, str) and "\n" in source:
        text = source
    else:
        text = Path(source).read_text(encoding="utf-8-sig")
    # where it is needed: importing the package stays quick
    import tomllib

    return tomllib.loads(text)


def read_document(path: _Path) -> dict[str, Any]:
    """What a TOML or JSON file holds."""
    path = Path(path)
    text = path.read_text(encoding="utf-8-sig")
    # no TOML begins like this
    if path.suffix.lower() != ".json" and not text.lstrip().startswith("{"):
        return read_toml(path)
    made = json.loads(text)
    if not isinstance(made, dict):
        raise TypeError(f"{path.name}: an object must stand in the file")
    return made


def _files(source: _Path | Mapping[str, bytes] | Iterable[_Path]) -> list[tuple[str, bytes]]:
    if isinstance(source, Mapping):
        return [(name, bytes(content)) for name, content in source.items()]
    if isinstance(source, str | os.PathLike):
        path = Path(source)
        paths = sorted(p for p in path.iterdir() if p.suffix.lower() == ".csv") if path.is_dir() else [path]
    else:
        paths = [Path(p) for p in source]
    return [(p.name, p.read_bytes()) for p in paths]


def import_files(
    crosswalk: _Path | Mapping[str, Any],
    files: _Path | Mapping[str, bytes] | Iterable[_Path],
    *,
    catalogue: Catalogue | None = None,
) -> tuple[Observations, list[dict[str, Any]], Findings]:
    """Turn a city's own files into observations, by a small mapping.

    `crosswalk` is a TOML or JSON file, or a dict. `files` is a folder (its CSV files are taken), a file, several files,
    or a mapping from names to bytes. The ledger counts what became of every row of every file.
    """
    from ._sms import Catalogue, _import_crosswalk

    mapping = dict(crosswalk) if isinstance(crosswalk, Mapping) else read_document(crosswalk)
    return _import_crosswalk(mapping, _files(files), catalogue or Catalogue.embedded())


def to_pandas(columns: Mapping[str, list[Any]], kinds: list[str]) -> Any:
    """Columns as a pandas DataFrame, with types that hold what is absent."""
    import pandas

    def column(values: list[Any], kind: str) -> Any:
        if kind == "float64":
            values = [float("nan") if x is None else x for x in values]
        return pandas.Series(values, dtype=kind)

    pairs = zip(columns.items(), kinds, strict=True)
    return pandas.DataFrame({name: column(values, kind) for (name, values), kind in pairs})
