"""What takes time to load comes when it is asked for: importing the package stays quick."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import types as types
else:

    class _Types:
        """Stands for the module `sms.types` in annotations, for those who resolve them."""

        def __getattr__(self, name: str) -> Any:
            return getattr(import_module("sms.types"), name)

    types = _Types()


def attributes(
    of: Mapping[str, Any], *, modules: Collection[str] = (), aliases: Mapping[str, str] | None = None
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The `__getattr__` and `__dir__` of a module: `modules` of the package, and `aliases` for types of `sms.types`."""
    name, named = of["__name__"], aliases or {}

    def load(attribute: str) -> Any:
        if attribute in modules:
            return import_module(f"{name}.{attribute}")
        if attribute in named:
            return getattr(types, named[attribute])
        raise AttributeError(f"module {name!r} has no attribute {attribute!r}")

    return load, lambda: sorted({*of, *modules, *named})
