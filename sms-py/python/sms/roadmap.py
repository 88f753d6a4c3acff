"""The road map that a city walks with civil society: a run is a log of events, and its state follows from the log.

>>> import sms
>>> run = sms.roadmap.Run(
...     start="2024-01-15",
...     partners=[
...         {"id": "office", "name": "City office", "kind": "city_unit", "role": "lead", "side": "city"},
...         {"id": "forum", "name": "Forum", "kind": "civil_society", "role": "member", "side": "civil_society"},
...     ],
... )
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
from html import escape
from os import PathLike
from typing import Any, TypeAlias, cast

from . import operations
from ._call import answer
from ._files import read_document
from ._lazy import types
from ._sms import Roadmap

__all__ = ["Definition", "Run", "check", "cohort", "cohort_page", "definition"]

Definition: TypeAlias = "str | types.RoadmapDefinitionInput | Mapping[str, Any] | Roadmap"
"""The id of a road map of the catalogue, one as a dict, or one taken from :attr:`sms.Catalogue.roadmaps`."""


def _definition(given: Definition | None) -> Any:
    return given.to_dict() if isinstance(given, Roadmap) else given


class Run:
    """A city's walk along a road map. It never changes: :meth:`append` returns a new one, or raises.

    Equal runs have the same partners and the same log. `definition` is the catalogue's own road map when not given.
    """

    def __init__(
        self,
        *,
        start: str,
        partners: Iterable[types.RoadmapPartner | Mapping[str, Any]],
        events: Iterable[types.RoadmapEvent | Mapping[str, Any]] = (),
        definition: Definition | None = None,
        city: types.RoadmapCityName | Mapping[str, str] | None = None,
        observer: bool = False,
    ) -> None:
        fields = {
            "start": start,
            "partners": [{**p} for p in partners],
            "events": [{**e} for e in events],
            "definition": _definition(definition),
            "city": city,
            "observer": observer or None,
        }
        # as text, so that nobody can change it
        self._text = json.dumps({k: v for k, v in fields.items() if v is not None}, sort_keys=True, default=str)
        # a log that does not hold makes no run
        self._answer = operations.roadmap.replay(**self.to_dict())

    @staticmethod
    def from_dict(fields: Mapping[str, Any]) -> Run:
        """A run from the fields of a run file."""
        return Run(**fields)

    @staticmethod
    def read(path: str | PathLike[str]) -> Run:
        """A run file (TOML or JSON)."""
        return Run.from_dict(read_document(path))

    def to_dict(self) -> dict[str, Any]:
        """The fields of a run file."""
        fields: dict[str, Any] = json.loads(self._text)
        return fields

    def append(self, event: types.RoadmapEvent | Mapping[str, Any], /) -> Run:
        """The run with one more event.

        Raises :class:`sms.SmsError` when a guard refuses: `code` names it, `fix` says what would satisfy it.
        """
        operations.roadmap.apply(**self.to_dict(), event=event)
        return Run.from_dict({**self.to_dict(), "events": [*self.events, event]})

    @property
    def events(self) -> list[dict[str, Any]]:
        """The log."""
        return list(self.to_dict().get("events", []))

    @property
    def state(self) -> types.RoadmapState:
        """Cycle, iterations, and where each step stands."""
        return copy.deepcopy(self._answer["state"])

    @property
    def next_actions(self) -> list[types.RoadmapAction]:
        """What to do next: `action`, `who`, `why`, and whether it can be done `now`."""
        return copy.deepcopy(self._answer["next_actions"])

    @property
    def readiness(self) -> list[types.RoadmapReadiness]:
        """How far each step is from being closed, and what is missing."""
        return copy.deepcopy(self._answer["readiness"])

    def step(self, step: str, /) -> types.RoadmapStepState:
        """Where a step stands. Raises :class:`KeyError` for a step that the road map does not have."""
        return {s["step"]: s for s in self.state["steps"]}[step]

    def timeline(self, *, as_of: str | None = None) -> list[types.RoadmapTimelineRow]:
        """Planned and actual days, a row for each walk through a step."""
        if as_of is None:
            return copy.deepcopy(self._answer["timeline"])
        return operations.roadmap.replay(**self.to_dict(), as_of=as_of)["timeline"]

    def page(self, *, format: types.RunPageFormat | None = None, **asked: Any) -> str:
        """One page: what step are we in, what is missing, who must sign, what next.

        `format` is ``html``, ``text`` or ``next``. The other fields are those of :func:`sms.operations.roadmap.page`:
        `as_of`; `until`, which reads the log up to that day; `language`; `labels`, which names the steps of a road map
        of one's own.
        """
        return operations.roadmap.page(**self.to_dict(), format=format, **asked)["page"]

    def _repr_html_(self) -> str:
        # a page of its own: a notebook shows it in a frame, so that its style stays inside
        style = "width:100%;height:36rem;border:0"
        return f'<iframe title="Road map" style="{style}" srcdoc="{escape(self.page())}"></iframe>'

    def __len__(self) -> int:
        return self._answer["state"]["events"]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> tuple[Any, tuple[dict[str, Any]]]:
        return Run.from_dict, (self.to_dict(),)

    def __repr__(self) -> str:
        state = self._answer["state"]
        walked = f"{state['closed']} of {len(state['steps'])} steps closed"
        return f"Run(start {self.to_dict()['start']}, {len(self)} events, cycle {state['cycle']}, {walked})"


def definition(*, definition: Definition | None = None) -> types.RoadmapDefinitionAnswer:
    """A road map as data, with the names of its steps and the notice that goes with it.

    >>> [step["id"] for step in definition()["steps"]][:3]
    ['commit', 'train', 'core']
    """
    return operations.roadmap.definition(definition=_definition(definition))


def check(
    fields: Mapping[str, Any], /, *, event: types.RoadmapEvent | Mapping[str, Any] | None = None
) -> types.RoadmapCheckAnswer:
    """Everything that is wrong with a definition or a run, as data: nothing is raised for what is found.

    `fields` are those of a run file, or ``{"definition": …}`` alone; `event` is tried on top of the log.

    >>> check({"start": "2024-01-15", "partners": []})
    {'accepted': 0, 'problems': []}
    """
    asked = {**fields, "definition": _definition(fields.get("definition"))}
    return cast("types.RoadmapCheckAnswer", answer("roadmap.check", {**asked, "event": event or asked.get("event")}))


def _cohort(runs: Iterable[Run], definition: Definition | None) -> dict[str, Any]:
    cities = [run.to_dict() for run in runs]
    own = next((city["definition"] for city in cities if "definition" in city), None)
    return {"cities": cities, "definition": _definition(definition) or own}


def cohort(
    runs: Iterable[Run], /, *, definition: Definition | None = None, as_of: str | None = None
) -> types.RoadmapCohortTable:
    """Who is where, what holds them up, median days for each step. Each run needs a `city`; nobody is ranked."""
    return operations.roadmap.cohort(**_cohort(runs, definition), as_of=as_of)


def cohort_page(runs: Iterable[Run], /, *, definition: Definition | None = None, **asked: Any) -> str:
    """The same as one page: `as_of`, `format` (``html`` or ``text``) and `language` may be given."""
    return operations.roadmap.cohort_page(**_cohort(runs, definition), **asked)["page"]
