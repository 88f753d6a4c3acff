"""Tools made from the catalogue: questionnaires, collection plans, templates; and the answers back in.

A form is a mapping: ``selection``, ``languages``, ``legal_basis``, ``dimensions``, ``desirable``, ``without``,
``codes``, ``age_groups``, ``title``, ``form_id``, ``version``, ``controller``, ``contact``, ``lawful_basis``,
``retention``; all may be left out. The same one goes into every function.

>>> import sms
>>> made = sms.form.build({"selection": ["SAF-O-01"]})
>>> [row[1] for row in made["form"]["survey"]["rows"] if row[0].startswith("select_one")]
['consent', 'sex', 'birth', 'safe_night']
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from . import operations
from ._areas import answer_of
from ._lazy import types
from .operations.form import build

Form: TypeAlias = "types.FormRequest | Mapping[str, Any] | None"

__all__ = ["EstimatedRows", "build", "checklist", "observations", "page", "plan", "read", "template", "topics", "xlsx"]


@answer_of(operations.form.xlsx)
def xlsx(made: types.FormXlsxAnswer) -> bytes:
    """The workbook."""
    return b64decode(made["xlsx"])


@answer_of(operations.form.page)
def page(made: types.PageAnswer) -> str:
    """The ``page`` of the answer."""
    return made["page"]


@answer_of(operations.form.topics)
def topics(made: types.FormTopicsAnswer) -> list[types.TopicChoice]:
    """The ``topics`` of the answer."""
    return made["topics"]


def plan(
    form: Form = None,
    *,
    years: tuple[int, int] | None = None,
    interviews: int | None = None,
    language: str | None = None,
    rules: types.FormRules | Mapping[str, Any] | None = None,
) -> types.FormPlanAnswer:
    """Plan the collection: who, when, from which source, with how much work; with the data protection checklist.

    >>> import sms
    >>> rows = sms.form.plan({"selection": ["GOV-S-01", "GBV-O-01"]}, years=(2026, 2028))["indicators"]
    >>> [(row["indicator"], row["asked"], row["reason"]) for row in rows]
    [('GBV-O-01', False, 'safe_survey'), ('GOV-S-01', False, 'not_survey')]
    """
    first, last = years or (None, None)
    asked = {"interviews": interviews, "from": first, "to": last}
    return operations.form.plan(form, plan=asked, language=language, rules=rules)


def checklist(form: Form = None, *, language: str | None = None) -> types.Checklist:
    """Say what data protection asks of a form: what is recorded, what is open, which topics are asked and why.

    >>> import sms
    >>> basis = {"disability": {"ground": "art9_2_j", "record": "City statistics act, section 4"}}
    >>> asked = {"selection": ["DIS-O-01"], "legal_basis": basis, "controller": "City of Neverhaven"}
    >>> [(t["topic"], t["questions"]) for t in sms.form.checklist(asked)["topics"]]
    [('disability', ['limitation'])]
    """
    return plan(form, language=language)["checklist"]


def template(
    form: Form = None, *, place: str, periods: Sequence[str], place_name: str | None = None
) -> dict[str, Any]:
    """Make a table to fill in: ``csv`` as text, ``xlsx`` as bytes with lists to choose from.

    >>> import sms
    >>> made = sms.form.template({"selection": ["SAF-O-01"]}, place="here", periods=["2026"])
    >>> made["csv"].splitlines()[1]
    'SAF-O-01,here,,2026,,,,,,,,,missing,,,Feeling safe walking alone at night'
    """
    asked = {"place": place, "place_name": place_name, "periods": periods}
    made = operations.form.template(form, template=asked)
    return {**made, "xlsx": b64decode(made["xlsx"])}


def read(
    form: Form = None,
    *,
    csv: str | None = None,
    header: Sequence[str] | None = None,
    rows: Sequence[Sequence[str]] | None = None,
    weight: str | None = None,
    stratum: str | None = None,
    psu: str | None = None,
) -> types.FormMicrodata:
    """Read an export of KoboToolbox or ODK (XML values and headers) as microdata, with a plan for survey estimates.

    >>> import sms
    >>> text = "consent,age,sex,safe_night,w\\nyes,40,F,very_safe,2\\nyes,50,M,very_unsafe,1\\nyes,60,M,refused,1\\n"
    >>> made = sms.form.read({"selection": ["SAF-O-01"]}, csv=text, weight="w")
    >>> made["columns"]["SAF-O-01"], made["absent"]["SAF-O-01"]
    ([1.0, 0.0, None], [None, None, 'refused'])
    """
    export = {"csv": csv} if csv is not None else {"header": header or [], "rows": rows or []}
    return operations.form.read(form, export=export, read={"weight": weight, "stratum": stratum, "psu": psu})


class EstimatedRows(list["types.EstimatedRow"]):
    """Rows of the tidy table, with what has no row and what is doubtful."""

    findings: types.Findings
    """Estimates that have no row, or arrive without their error: each with its indicator, group and reason."""
    estimated: types.Findings
    """What the survey says of its estimates."""


def observations(
    microdata: types.FormMicrodata | Mapping[str, Any],
    *,
    place: str,
    period: str,
    confidence: float = 0.95,
    **reporting: Any,
) -> EstimatedRows:
    """Estimate every indicator of the microdata, and give the estimates as rows of the tidy table.

    Each row has its error, degrees of freedom and interval, which the report shows as it is; ``findings`` of the rows
    say what has none. ``reporting`` takes the other fields of the reporting, such as ``proportion_interval``. The rows
    are not released: hand them to :func:`sms.assess`, which withholds small groups.

    >>> import sms
    >>> text = "consent,age,sex,safe_night\\nyes,40,F,very_safe\\nyes,50,M,very_unsafe\\n"
    >>> made = sms.form.read({"selection": ["SAF-O-01"]}, csv=text)
    >>> rows = sms.form.observations(made, place="here", period="2026")
    >>> rows[0]["value"], rows[0]["df"], rows[0]["interval_method"]
    (50.0, 1.0, 'logit')
    >>> [(f["subject"], f["params"]["group"], f["params"]["why"]) for f in rows.findings["items"]][0]
    ('SAF-O-01', 'AGE=Y30-44', 'no_spread')
    """
    plan, columns = microdata["plan"], microdata["columns"]
    made = operations.survey.estimate(plan=plan, columns=columns, reporting={"confidence": confidence, **reporting})
    told = operations.form.observations(estimates=made["estimates"], place=place, period=period)
    rows = EstimatedRows(told["rows"])
    rows.findings, rows.estimated = told["findings"], made["findings"]
    return rows
