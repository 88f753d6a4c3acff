"""Tools made from the catalogue: questionnaires, collection plans, templates; and the answers back in.

A form is a mapping: ``selection``, ``languages``, ``legal_basis``, ``dimensions``, ``desirable``, ``without``,
``codes``, ``age_groups``, ``title``, ``form_id``, ``version``, ``controller``, ``contact``, ``lawful_basis``,
``retention``; all may be left out. The same one goes into every function.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from ._call import call

__all__ = ["build", "checklist", "observations", "page", "plan", "read", "template", "topics", "xlsx"]

_Form = Mapping[str, Any] | None


def _given(**fields: Any) -> dict[str, Any]:
    return {k: v for k, v in fields.items() if v is not None}


def build(form: _Form = None, *, rules: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Make the questionnaire as the three tables of an XLSForm, with what is asked and what is not, and why.

    >>> import sms
    >>> made = sms.form.build({"selection": ["SAF-O-01"]})
    >>> [row[1] for row in made["form"]["survey"]["rows"] if row[0].startswith("select_one")]
    ['consent', 'sex', 'safe_night']
    """
    made: dict[str, Any] = call("form.build", **_given(form=form, rules=rules))
    return made


def xlsx(form: _Form = None) -> bytes:
    """Make the questionnaire as a workbook for KoboToolbox and ODK.

    >>> import sms
    >>> sms.form.xlsx({"languages": ["en", "de"]})[:2]
    b'PK'
    """
    return base64.b64decode(call("form.xlsx", **_given(form=form))["xlsx"])


def page(form: _Form = None, *, language: str | None = None, format: str = "html") -> str:
    """Make the questionnaire as a page to print (``html``) or as plain ``text``, with the data protection checklist."""
    made: str = call("form.page", **_given(form=form, language=language, format=format))["page"]
    return made


def topics(*, language: str | None = None) -> list[dict[str, Any]]:
    """List the sensitive topics, and the legal grounds that each can rest on.

    >>> import sms
    >>> sms.form.topics()[0]["topic"]
    'disability'
    """
    made: list[dict[str, Any]] = call("form.topics", **_given(language=language))["topics"]
    return made


def plan(
    form: _Form = None,
    *,
    years: tuple[int, int] | None = None,
    interviews: int | None = None,
    language: str | None = None,
    rules: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Plan the collection: who, when, from which source, with how much work; with the data protection checklist.

    >>> import sms
    >>> rows = sms.form.plan({"selection": ["GOV-S-01", "GBV-O-01"]}, years=(2026, 2028))["indicators"]
    >>> [(row["indicator"], row["asked"], row["reason"]) for row in rows]
    [('GBV-O-01', False, 'safe_survey'), ('GOV-S-01', False, 'not_survey')]
    """
    asked = _given(interviews=interviews) | ({} if years is None else {"from": years[0], "to": years[1]})
    made: dict[str, Any] = call("form.plan", plan=asked, **_given(form=form, language=language, rules=rules))
    return made


def checklist(form: _Form = None, *, language: str | None = None) -> dict[str, Any]:
    """Say what data protection asks of a form: what is recorded, what is open, which topics are asked and why.

    >>> import sms
    >>> basis = {"disability": {"ground": "art9_2_j", "record": "City statistics act, section 4"}}
    >>> asked = {"selection": ["DIS-O-01"], "legal_basis": basis, "controller": "City of Neverhaven"}
    >>> made = sms.form.checklist(asked)
    >>> [(t["topic"], t["questions"]) for t in made["topics"]]
    [('disability', ['limitation'])]
    """
    made: dict[str, Any] = plan(form, language=language)["checklist"]
    return made


def template(
    form: _Form = None, *, place: str, periods: Sequence[str], place_name: str | None = None
) -> dict[str, Any]:
    """Make a table to fill in: ``csv`` as text, ``xlsx`` as bytes with lists to choose from.

    >>> import sms
    >>> made = sms.form.template({"selection": ["SAF-O-01"]}, place="here", periods=["2026"])
    >>> made["csv"].splitlines()[1]
    'SAF-O-01,here,,2026,,,,,,,,missing,,,Feeling safe walking alone at night'
    """
    asked = _given(place=place, place_name=place_name, periods=periods)
    made: dict[str, Any] = call("form.template", template=asked, **_given(form=form))
    return made | {"xlsx": base64.b64decode(made["xlsx"])}


def read(
    form: _Form = None,
    *,
    csv: str | None = None,
    header: Sequence[str] | None = None,
    rows: Sequence[Sequence[str]] | None = None,
    weight: str | None = None,
    stratum: str | None = None,
    psu: str | None = None,
) -> dict[str, Any]:
    """Read an export of KoboToolbox or ODK (XML values and headers) as microdata, with a plan for survey estimates.

    >>> import sms
    >>> text = "consent,age,sex,safe_night,w\\nyes,40,F,very_safe,2\\nyes,50,M,very_unsafe,1\\nyes,60,M,refused,1\\n"
    >>> made = sms.form.read({"selection": ["SAF-O-01"]}, csv=text, weight="w")
    >>> made["columns"]["SAF-O-01"], made["absent"]["SAF-O-01"]
    ([1.0, 0.0, None], [None, None, 'refused'])
    """
    export = {"csv": csv} if csv is not None else {"header": header or [], "rows": rows or []}
    asked = _given(weight=weight, stratum=stratum, psu=psu)
    made: dict[str, Any] = call("form.read", export=export, read=asked, **_given(form=form))
    return made


def observations(
    microdata: Mapping[str, Any], *, place: str, period: str, confidence: float = 0.95
) -> list[dict[str, Any]]:
    """Estimate every indicator of the microdata, and give the estimates as rows of the tidy table.

    They are not released: hand them to :func:`sms.assess`, which withholds small groups.

    >>> import sms
    >>> asked = {"selection": ["SAF-O-01"]}
    >>> text = "consent,age,sex,safe_night\\nyes,40,F,very_safe\\nyes,50,M,very_unsafe\\n"
    >>> made = sms.form.read(asked, csv=text)
    >>> sms.form.observations(made, place="here", period="2026")[0]["value"]
    50.0
    """
    reporting = {"confidence": confidence}
    made = call("survey.estimate", plan=microdata["plan"], columns=microdata["columns"], reporting=reporting)
    rows: list[dict[str, Any]] = call("form.observations", estimates=made["estimates"], place=place, period=period)[
        "rows"
    ]
    return rows
