"""Functions of an area that give a part of what an operation answers, or give it another shape."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
A = TypeVar("A")
T = TypeVar("T")


def answer_of(operation: Callable[P, A], /) -> Callable[[Callable[[A], T]], Callable[P, T]]:
    """Makes a function of what becomes of an answer: with the fields and the documentation of the operation.

    The docstring of what is decorated says what is given back.
    """
    asked = cast(FunctionType, operation)

    def decorate(made: Callable[[A], T]) -> Callable[P, T]:
        @wraps(made)
        def function(*args: P.args, **kwargs: P.kwargs) -> T:
            return made(operation(*args, **kwargs))

        # what help() shows: the signature of the operation, with another answer
        shown = FunctionType(asked.__code__, asked.__globals__, made.__name__, asked.__defaults__)
        shown.__kwdefaults__ = asked.__kwdefaults__
        shown.__annotations__ = asked.__annotations__ | {"return": made.__annotations__["return"]}
        function.__dict__["__wrapped__"] = shown
        function.__annotations__ = shown.__annotations__
        returns = " ".join((made.__doc__ or "").split())
        section = rf"\n\1Returns\n\1-------\n\1{returns.replace(chr(92), chr(92) * 2)}\n\n\1\2"
        function.__doc__ = re.sub(r"\n( *)(Raises\n|References\n)", section, asked.__doc__ or "", count=1)
        return function

    return decorate
