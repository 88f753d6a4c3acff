"""The road map that a city walks with civil society: a run is a log of events, and its state follows from the log.

>>> import sms
>>> run = sms.roadmap.Run(
...     start="2024-01-15",
...     partners=[
...         {"id": "office", "name": "City office", "kind": "city_unit", "role": "lead", "side": "city"},
...         {"id": "forum", "name": "Forum", "kind": "civil_society", "role": "member", "side": "civil_society"},
...     ],
... )
>>> run.next_actions[0]["action"]
{'start': {'step': 'commit'}}
>>> run = run.append({"type": "started", "step": "commit", "date": "2024-01-16", "by": "office"})
>>> run.step("commit")["status"]
'open'
>>> try:
...     run.append({"type": "completed", "step": "commit", "date": "2024-01-17", "by": "office"})
... except sms.SmsError as refused:
...     refused.code, refused.fix
('roadmap.deliverable-missing', {'deliver': {'deliverable': 'signed-commitment', 'evidence': True, 'step': 'commit'}})

The rules are in the compiled core, and the road map is data: :func:`definition` shows it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from ._call import call
from ._files import read_toml
from ._sms import Roadmap

__all__ = ["Definition", "Run", "check", "cohort", "cohort_page", "definition"]

Definition = str | Mapping[str, Any] | Roadmap
"""The id of a road map of the catalogue, one as a dict, or one taken from :attr:`sms.Catalogue.roadmaps`."""


def _definition(given: Definition | None) -> str | dict[str, Any] | None:
    if isinstance(given, Roadmap):
        return given.to_dict()
    return given if given is None or isinstance(given, str) else dict(given)


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


@dataclass(frozen=True, eq=True, repr=False)
class _Fields:
    """What a run consists of, as JSON text, so that nobody can change it."""

    text: str


class Run:
    """A city's walk along a road map. It never changes: :meth:`append` returns a new one, or raises.

    Equal runs have the same partners and the same log. `definition` is the catalogue's own road map when not given.
    """

    def __init__(
        self,
        *,
        start: str,
        partners: Iterable[Mapping[str, Any]],
        events: Iterable[Mapping[str, Any]] = (),
        definition: Definition | None = None,
        city: Mapping[str, str] | None = None,
        observer: bool = False,
    ) -> None:
        fields = {
            "start": start,
            "partners": [dict(p) for p in partners],
            "events": [dict(e) for e in events],
            "definition": _definition(definition),
            "city": None if city is None else dict(city),
            "observer": observer or None,
        }
        self._fields = _Fields(json.dumps(_given(fields), sort_keys=True, default=str))
        # a log that does not hold makes no run
        self._answer: dict[str, Any] = call("roadmap.replay", **self.to_dict())

    @staticmethod
    def from_dict(fields: Mapping[str, Any]) -> Run:
        """A run from the fields of a run file."""
        return Run(**fields)

    @staticmethod
    def read(path: str | PathLike[str]) -> Run:
        """A run file (TOML or JSON)."""
        if Path(path).suffix == ".toml":
            return Run.from_dict(read_toml(path))
        return Run.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))

    def to_dict(self) -> dict[str, Any]:
        """The fields of a run file."""
        fields: dict[str, Any] = json.loads(self._fields.text)
        return fields

    def append(self, event: Mapping[str, Any], /) -> Run:
        """The run with one more event.

        Raises :class:`sms.SmsError` when a guard refuses: `code` names it, `fix` says what would satisfy it.
        """
        call("roadmap.apply", **self.to_dict(), event=dict(event))
        fields = self.to_dict()
        fields["events"] = [*fields.get("events", []), dict(event)]
        return Run.from_dict(fields)

    @property
    def events(self) -> list[dict[str, Any]]:
        """The log."""
        return list(self.to_dict().get("events", []))

    @property
    def state(self) -> dict[str, Any]:
        """Cycle, iterations, and where each step stands."""
        made: dict[str, Any] = self._part("state")
        return made

    @property
    def next_actions(self) -> list[dict[str, Any]]:
        """What to do next: `action`, `who`, `why`, and whether it can be done `now`."""
        made: list[dict[str, Any]] = self._part("next_actions")
        return made

    @property
    def readiness(self) -> list[dict[str, Any]]:
        """How far each step is from being closed, and what is missing."""
        made: list[dict[str, Any]] = self._part("readiness")
        return made

    @cached_property
    def _steps(self) -> dict[str, dict[str, Any]]:
        return {step["step"]: step for step in self._answer["state"]["steps"]}

    def step(self, step: str, /) -> dict[str, Any]:
        """Where a step stands. Raises :class:`KeyError` for a step that the road map does not have."""
        return copy.deepcopy(self._steps[step])

    def timeline(self, *, as_of: str | None = None) -> list[dict[str, Any]]:
        """Planned and actual days, a row for each walk through a step."""
        if as_of is None:
            rows: list[dict[str, Any]] = self._part("timeline")
        else:
            rows = call("roadmap.replay", **self.to_dict(), as_of=as_of)["timeline"]
        return rows

    def page(
        self,
        *,
        format: Literal["html", "text", "next"] = "html",
        as_of: str | None = None,
        until: str | None = None,
        language: str | None = None,
        labels: Mapping[str, Mapping[str, str]] | None = None,
    ) -> str:
        """One page: what step are we in, what is missing, who must sign, what next.

        `until` reads the log up to that day; `labels` names the steps of a road map of one's own.
        """
        asked = _given({"format": format, "as_of": as_of, "until": until, "language": language, "labels": labels})
        return str(call("roadmap.page", **self.to_dict(), **asked)["page"])

    def _part(self, name: str) -> Any:
        return copy.deepcopy(self._answer[name])

    def _repr_html_(self) -> str:
        # a page of its own: a notebook shows it in a frame, so that its style stays inside
        style = "width:100%;height:36rem;border:0"
        return f'<iframe title="Road map" style="{style}" srcdoc="{escape(self.page())}"></iframe>'

    def __len__(self) -> int:
        return int(self._answer["state"]["events"])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and other._fields == self._fields

    def __hash__(self) -> int:
        return hash(self._fields)

    def __reduce__(self) -> tuple[Any, tuple[dict[str, Any]]]:
        return Run.from_dict, (self.to_dict(),)

    def __repr__(self) -> str:
        state = self._answer["state"]
        walked = f"{state['closed']} of {len(state['steps'])} steps closed"
        return f"Run(start {self.to_dict()['start']}, {len(self)} events, cycle {state['cycle']}, {walked})"


def definition(*, definition: Definition | None = None) -> dict[str, Any]:
    """A road map as data, with the names of its steps and the notice that goes with it.

    >>> [step["id"] for step in definition()["steps"]][:3]
    ['commit', 'train', 'core']
    """
    made: dict[str, Any] = call("roadmap.definition", **_given({"definition": _definition(definition)}))
    return made


def check(fields: Mapping[str, Any], /, *, event: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Everything that is wrong with a definition or a run, as data: nothing is raised for what is found.

    `fields` are those of a run file, or ``{"definition": …}`` alone; `event` is tried on top of the log.

    >>> check({"start": "2024-01-15", "partners": []})
    {'accepted': 0, 'problems': []}
    """
    asked = {**fields, "definition": _definition(fields.get("definition"))}
    made: dict[str, Any] = call("roadmap.check", **_given(asked), **_given({"event": event}))
    return made


def _cohort(runs: Iterable[Run], definition: Definition | None, as_of: str | None) -> dict[str, Any]:
    cities = [run.to_dict() for run in runs]
    own = next((city["definition"] for city in cities if "definition" in city), None)
    return _given({"cities": cities, "definition": _definition(definition) or own, "as_of": as_of})


def cohort(runs: Iterable[Run], /, *, definition: Definition | None = None, as_of: str | None = None) -> dict[str, Any]:
    """Who is where, what holds them up, median days for each step. Each run needs a `city`; nobody is ranked."""
    made: dict[str, Any] = call("roadmap.cohort", **_cohort(runs, definition, as_of))
    return made


def cohort_page(
    runs: Iterable[Run],
    /,
    *,
    definition: Definition | None = None,
    as_of: str | None = None,
    format: Literal["html", "text"] = "html",
    language: str | None = None,
) -> str:
    """The same as one page."""
    asked = _given({"format": format, "language": language})
    return str(call("roadmap.cohort_page", **_cohort(runs, definition, as_of), **asked)["page"])
