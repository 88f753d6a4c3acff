"""Forms: the examples, XLSForm as pyxform reads it, and an export on its way to a report."""

import io
import re
from pathlib import Path
from typing import Any

import pytest

import sms
from sms._files import read_toml

ROOT = Path(__file__).parents[2]
TOPICS = {t["topic"]: {"ground": "art9_2_a", "record": "Decision 1"} for t in sms.form.topics()}
EVERYTHING: dict[str, Any] = {
    "selection": ["core", "pilot-areas", "EDU-O-01", "EDU-O-04", "CHY-O-03", "HOU-O-07", "ENV-O-07", "DIG-O-01"],
    "languages": ["en", "de"],
    "legal_basis": TOPICS,
    "desirable": True,
    "dimensions": ["WG_SS", "GENDER_ID", "TENURE", "WSTATUS"],
    "codes": {
        "DISTRICT": [{"code": "north", "label": {"en": 'The "North" & <co>'}}],
        "ETHNIC": [{"code": "KURD"}],
        "INCOME": [{"code": f"QU{n}", "label": {"en": f"group {n}"}} for n in range(1, 6)],
    },
}


def example() -> dict[str, Any]:
    return read_toml(ROOT / "examples/form/neverhaven.toml")


def test_the_example_of_the_guide_runs() -> None:
    guide = (ROOT / "docs/form.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "docs/form.md", "exec"), {})


@pytest.mark.parametrize("asked", [None, {"languages": ["en", "de"]}, EVERYTHING, example()])
def test_pyxform_converts_without_a_warning(asked: dict[str, Any] | None) -> None:
    xls2xform = pytest.importorskip("pyxform.xls2xform")
    made = xls2xform.convert(io.BytesIO(sms.form.xlsx(asked)), file_type=".xlsx", validate=False)
    assert made.warnings == []
    assert made.xform.count("<bind ") > 10


def test_the_washington_group_keeps_six_questions_and_four_answers_with_two_reasons_for_none() -> None:
    made = sms.form.build(EVERYTHING)["form"]
    survey = [dict(zip(made["survey"]["columns"], row, strict=True)) for row in made["survey"]["rows"]]
    choices = [dict(zip(made["choices"]["columns"], row, strict=True)) for row in made["choices"]["rows"]]
    ours = [row for row in survey if row["type"] == "select_one wg_difficulty"]
    label = "label::English (en)"
    assert [row["name"] for row in ours] == [
        "wg_seeing",
        "wg_hearing",
        "wg_walking",
        "wg_remembering",
        "wg_self_care",
        "wg_communicating",
    ]
    assert ours[0][label] == "Do you have difficulty seeing, even if wearing glasses?"
    assert [c[label] for c in choices if c["list_name"] == "wg_difficulty"] == [
        "No, no difficulty",
        "Yes, some difficulty",
        "Yes, a lot of difficulty",
        "Cannot do at all",
        "Don't know",
        "Prefer not to say",
    ]


def test_nothing_sensitive_is_asked_without_a_legal_basis() -> None:
    made = sms.form.build({"selection": ["core", "pilot-areas"], "desirable": True, "dimensions": ["WG_SS"]})
    asked = {row[1] for row in made["form"]["survey"]["rows"]}
    sensitive = {"limitation", "wg_seeing", "care_needed", "grounds", "ethnic", "religion", "gender"}
    assert not asked & (sensitive | {"orientation", "trans", "intersex"})
    reasons = {d["dimension"]: d.get("reason") for d in made["dimensions"]}
    assert reasons["WG_SS"] == reasons["GROUND"] == reasons["ETHNIC"] == "no_legal_basis"


def test_an_export_comes_to_a_report_with_small_groups_withheld() -> None:
    export = (ROOT / "examples/form/kobo-export.csv").read_text("utf-8")
    microdata = sms.form.read(example(), csv=export, weight="w", stratum="stratum")
    assert microdata["rows"] + microdata["no_consent"] == 180
    counts = {q["question"]: q for q in microdata["questions"]}
    assert counts["care_barrier"]["not_asked"] > 0 and counts["age"]["refused"] > 0 and counts["sex"]["missing"] > 0
    rows = sms.form.observations(microdata, place="neverhaven", period="2026")
    whole = {row["indicator"] for row in rows if not any(column.isupper() for column in row)}
    assert whole == {i["indicator"] for i in sms.form.build(example())["indicators"] if "reason" not in i}
    dataset, findings = sms.check(sms.Catalogue.embedded(), sms.Observations.from_rows(rows))
    assert dataset.rows["used"] == len(rows), findings
    report = sms.assess(sms.Method.embedded("standard"), dataset).release().to_dict()
    shown = {i["id"]: i for i in report["places"][0]["indicators"]}
    assert shown["SAF-O-01"]["figure"]["kind"] == "value"


def test_every_estimate_arrives_with_its_error_and_interval() -> None:
    export = (ROOT / "examples/form/kobo-export.csv").read_text("utf-8")
    microdata = sms.form.read(example(), csv=export, weight="w", stratum="stratum")
    made = sms.operations.survey.estimate(
        plan=microdata["plan"], columns=microdata["columns"], reporting={"confidence": 0.95}
    )
    rows = sms.form.observations(microdata, place="neverhaven", period="2026")
    counts = rows.findings["counts"]
    estimates = [e for e in made["estimates"] if not e["estimate"].endswith(":minus")]
    assert len(estimates) == len(rows) + counts["form.estimate-without-value"]
    assert "form.estimate-not-carried" not in counts
    assert rows.estimated["counts"] == made["findings"]["counts"]
    assert all(f["subject"] and f["params"]["why"] for f in rows.findings["items"])
    assert sum("se" not in row for row in rows) == counts["form.error-not-carried"]
    # by hand: SAF-O-01 for women and for everybody
    catalogue = sms.Catalogue.embedded()
    dataset, findings = sms.check(catalogue, sms.Observations.from_rows(rows))
    assert dataset.rows["used"] == len(rows), findings
    report = sms.assess(sms.Method.embedded("standard"), dataset).release(sms.PrivacyPolicy.internal()).to_dict()
    shown = {i["id"]: i for i in report["places"][0]["indicators"]}
    compared = 0
    for e in estimates:
        interval = e.get("interval")
        if interval is None or ":" in e["estimate"] or e["estimate"] == "DIS-O-01":
            continue
        assert interval["method"] == "logit"
        groups = [[d["dimension"], d["code"]] for d in e["domain"]]
        of = shown[e["estimate"]]
        figures = [g["figure"] for g in of["groups"] if g["groups"] == groups] if groups else [of["figure"]]
        assert [(f["lower"], f["upper"]) for f in figures] == [(interval["lower"] * 100, interval["upper"] * 100)]
        compared += 1
    assert compared > 100


def test_what_cannot_be_carried_is_told() -> None:
    text = "consent,age,sex,safe_night\n" + "yes,40,F,very_safe\nyes,50,M,very_unsafe\nyes,30,F,very_unsafe\n" * 9
    microdata = sms.form.read({"selection": ["SAF-O-01"]}, csv=text)
    plan = microdata["plan"]
    colours = {**microdata["columns"], "colour": ["red", "blue", ""] * 9}
    share = plan["estimates"]["SAF-O-01"]
    wider = {
        **plan,
        "estimates": {**plan["estimates"], "half": share},
        "domains": [{}, {"by": ["SEX", "AGE"]}, {"by": ["colour"]}],
    }
    rows = sms.form.observations({**microdata, "plan": wider, "columns": colours}, place="here", period="2026")
    assert [{c: code for c, code in row.items() if c.isupper()} for row in rows] == [
        {},
        {"SEX": "F", "AGE": "Y30-44"},
        {"SEX": "M", "AGE": "Y45-64"},
    ]
    told = {(f["subject"], f["params"].get("group"), f["params"]["why"]) for f in rows.findings["items"]}
    assert {
        ("SAF-O-01", "colour=red", "unknown_dimension"),
        ("half", None, "unknown_indicator"),
        ("SAF-O-01", "SEX=M AGE=Y45-64", "no_spread"),
    } <= told
    assert rows.estimated["counts"]["survey.rows-without-group"] == 1


def test_templates_have_lists_to_choose_from() -> None:
    openpyxl = pytest.importorskip("openpyxl")
    made = sms.form.template({"selection": ["SAF-O-01"]}, place="here", periods=["2026", "2027"])
    book = openpyxl.load_workbook(io.BytesIO(made["xlsx"]))
    sheet = book["observations"]
    offered = [v.sqref for v in sheet.data_validations.dataValidation]
    assert len(offered) == len(made["lists"]) == 7
    assert [c.value for c in sheet[1]][:5] == ["indicator", "place", "place_name", "period", "AGE"]
    assert sheet.max_row == made["rows"] + 1
    dataset, findings = sms.check(sms.Catalogue.embedded(), sms.Observations.read_csv(made["csv"].encode()))
    assert dataset.rows["used"] == made["rows"], findings


def test_refusals_have_codes() -> None:
    refused: list[tuple[dict[str, Any], str]] = [
        ({"legal_basis": {"disability": {"ground": "consent"}}}, "form.unknown-ground"),
        ({"languages": ["fr"]}, "form.unknown-language"),
    ]
    for asked, code in refused:
        with pytest.raises(sms.SmsError) as caught:
            sms.form.build(asked)
        assert caught.value.code == code
