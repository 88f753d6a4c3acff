"""Vectors of forms, collection plans, templates and answers back in. Called by generate.py."""

from __future__ import annotations

import csv
import io
import random

import oracle_form as form

TOL = 1e-9
TOPICS = ["disability", "health", "discrimination_grounds", "ethnic_origin", "religion", "gender_identity", "sexual_orientation"]
BASIS = {t: {"ground": "art9_2_a", "record": "Council decision 12/2026"} for t in TOPICS}
DISTRICTS = [{"code": "north", "label": {"en": "North", "de": "Nord"}}, {"code": "s-2", "label": {"de": "Süd"}}, {"code": "x_3"}]
BOUNDS = ["up to 1 300 EUR", "1 300 to 1 900 EUR", "1 900 to 2 700 EUR", "2 700 to 3 900 EUR", "more than 3 900 EUR"]
INCOME = [{"code": f"QU{i}", "label": {"en": text}} for i, text in enumerate(BOUNDS, 1)]
FULL = {
    "languages": ["en", "de"], "legal_basis": BASIS, "desirable": True, "dimensions": ["WG_SS", "GENDER_ID"],
    "codes": {"DISTRICT": DISTRICTS, "ETHNIC": [{"code": "KURD", "label": {"en": "Kurdish", "de": "Kurdisch"}}], "RELIGION": [{"code": "CATH"}, {"code": "MUSL", "label": {"en": "Muslim"}}], "INCOME": INCOME},
    "controller": "City of Neverhaven", "contact": "privacy@neverhaven.example", "retention": "until the end of 2028", "lawful_basis": "GDPR 6(1)(e)",
}
WG = {"selection": ["WSP-O-03"], "legal_basis": {"disability": {"ground": "art9_2_j"}}, "dimensions": ["WG_SS"]}


def write(F):
    build(F)
    files(F)
    plan(F)
    template(F)
    read(F)
    observations(F)


def build(F):
    f = F("form/build", "Questionnaires as XLSForm", "docs/form.md and the notes in catalogue/questions; the oracle")
    op = "form.build"
    keys = ["form", "indicators", "dimensions", "minutes", "findings"]
    f.add("core", op, {}, {"findings": {"counts": {}}}, take=keys, tol=TOL, note="no topic has a legal basis, so nothing of a special category is asked")
    f.add("core-two-languages", op, {"form": {"languages": ["en", "de"]}}, take=keys, tol=TOL)
    f.add("everything", op, {"form": FULL}, {"findings": {"counts": {"form.own-translation": 1}}}, take=keys, tol=TOL, note="the German text of the Washington Group's questions is not the published one")
    wg = ["Do you have difficulty seeing, even if wearing glasses?", "Do you have difficulty hearing, even if using a hearing aid?", "Do you have difficulty walking or climbing steps?",
          "Do you have difficulty remembering or concentrating?", "Do you have difficulty with self-care such as washing all over or dressing?",
          "Using your usual language, do you have difficulty communicating, for example understanding or being understood?"]
    made = form.Form(WG).build()
    rows = [r for r in made["survey"]["rows"] if r[0] == "select_one wg_difficulty"]
    answers = [r[2] for r in made["choices"]["rows"] if r[0] == "wg_difficulty"]
    if [r[2] for r in rows] != wg or answers != ["No, no difficulty", "Yes, some difficulty", "Yes, a lot of difficulty", "Cannot do at all", "Don't know", "Prefer not to say"]:
        raise SystemExit("the Washington Group's six questions and four answers are not as they should be")
    f.add("washington-group", op, {"form": WG}, take=keys, tol=TOL, note="six questions and four answers as published, UN ESCWA's copy of the set; beside them two codes for why there is no answer")
    for id_, request in [
        ("german", {"languages": ["de"]}),
        ("one", {"selection": ["SAF-O-01"]}),
        ("nothing-to-ask", {"selection": ["GOV-S-01"]}),
        ("pilot-areas", {"selection": ["pilot-areas"], "languages": ["de", "en"]}),
        ("desirable", {"selection": ["EDU-O-05", "DIG-O-01"], "desirable": True}),
        ("desirable-with-districts", {"selection": ["EDU-O-05", "DIG-O-01"], "desirable": True, "codes": {"DISTRICT": DISTRICTS}}),
        ("without", {"selection": ["EQU-O-02"], "without": ["SERVICE", "AGE"]}),
        ("difference", {"selection": ["DIS-O-01", "MIG-O-01"], "legal_basis": {"disability": {"ground": "art9_2_g", "record": "Act § 7 & 8 <city>"}}}),
        ("split", {"selection": ["EQU-O-01", "EQU-O-03"], "legal_basis": {"discrimination_grounds": {"ground": "art9_2_a"}}}),
        ("own-texts", {"selection": ["HOU-O-07"], "title": {"en": "Housing"}, "form_id": "housing-2026", "version": "3.1", "controller": "City", "contact": "Office", "retention": "2 years"}),
        ("income", {"selection": ["HEA-O-01", "ENV-O-05"], "legal_basis": {"health": {"ground": "art9_2_a"}}, "codes": {"INCOME": INCOME}}),
        ("income-without-bounds", {"selection": ["ENV-O-05"]}),
        ("orientation", {"selection": ["WSP-O-03"], "dimensions": ["SOGI"], "legal_basis": {"sexual_orientation": {"ground": "art9_2_a"}}, "languages": ["de"]}),
        ("complaint-bodies", {"selection": ["GOV-O-01"], "languages": ["en", "de"]}),
        ("open-lists", {"selection": ["WSP-O-03"], "dimensions": ["ETHNIC", "RELIGION", "SOGI", "GENDER_ID"], "legal_basis": BASIS, "codes": {"ETHNIC": [{"code": "KURD"}]}}),
    ]:
        f.add(id_, op, {"form": request}, take=keys, tol=TOL)
    long = {k: v for k, v in form.rules_of({}).items()} | {"minutes_limit": 1}
    f.add("long", op, {"form": {"selection": ["SAF-O-01"]}, "rules": long}, {"findings": {"counts": {"form.long": 1}}}, take=keys, tol=TOL)
    for id_, request, code in [
        ("selection", {"selection": ["NOPE"]}, "assess.unknown-selection"),
        ("topic", {"legal_basis": {"disabilty": {"ground": "art9_2_a"}}}, "form.unknown-topic"),
        ("ground", {"legal_basis": {"disability": {"ground": "art9_2_z"}}}, "form.unknown-ground"),
        ("dimension", {"dimensions": ["SEXX"]}, "form.unknown-dimension"),
        ("without", {"without": ["SEXX"]}, "form.unknown-dimension"),
        ("language", {"languages": ["en", "tlh"]}, "form.unknown-language"),
        ("language-twice", {"languages": ["en", "en"]}, "form.bad-request"),
        ("closed-list", {"codes": {"SEX": [{"code": "X"}]}}, "form.bad-request"),
        ("code-with-blank", {"codes": {"DISTRICT": [{"code": "old town"}]}}, "form.bad-code"),
        ("code-twice", {"codes": {"DISTRICT": [{"code": "a"}, {"code": "a"}]}}, "form.bad-code"),
        ("code-taken", {"codes": {"ETHNIC": [{"code": "ROMA"}]}}, "form.bad-code"),
        ("code-of-refusal", {"codes": {"DISTRICT": [{"code": "refused"}]}}, "form.bad-code"),
        ("income-not-all", {"codes": {"INCOME": INCOME[:4]}}, "form.bad-request"),
        ("income-not-in-order", {"codes": {"INCOME": INCOME[::-1]}}, "form.bad-request"),
        ("income-without-labels", {"codes": {"INCOME": [{"code": c["code"]} for c in INCOME]}}, "form.bad-request"),
        ("income-own-group", {"codes": {"INCOME": [{"code": "POOR", "label": {"en": "poor"}}]}}, "form.bad-request"),
        ("ages-overlap", {"age_groups": ["Y16-30", "Y30-64"]}, "form.bad-request"),
        ("ages-unreadable", {"age_groups": ["young"]}, "form.bad-request"),
        ("form-id", {"form_id": "1st form"}, "form.bad-request"),
        ("version", {"version": "a b"}, "form.bad-request"),
        ("reference-in-a-text", {"title": {"en": "Hello ${age}"}}, "form.bad-request"),
        ("empty-record", {"legal_basis": {"disability": {"ground": "art9_2_a", "record": " "}}}, "form.bad-request"),
    ]:
        f.add("reject-" + id_, op, {"form": request}, reject=code)
    f.cases.append({"id": "reject-field", "op": op, "input": {"form": {"sellection": ["core"]}}, "reject": "wire.unknown-field"})
    f.cases.append({"id": "reject-form", "op": op, "input": {"form": "core"}, "reject": "wire.bad-request"})


def files(F):
    f = F("form/files", "Workbooks, pages and topics", "only that they are made; their content is held by the other files and by tests")
    for id_, request in [("core", {}), ("everything", FULL)]:
        f.add("xlsx-" + id_, "form.xlsx", {"form": request}, {})
        for format_ in ("html", "text"):
            f.add(f"{format_}-{id_}", "form.page", {"form": request, "format": format_}, {})
    f.add("page-german", "form.page", {"form": FULL, "language": "de"}, {})
    f.cases.append({"id": "reject-page-format", "op": "form.page", "input": {"format": "pdf"}, "reject": "wire.bad-request"})
    f.cases.append({"id": "reject-page-language", "op": "form.page", "input": {"language": "fr"}, "reject": "form.unknown-language"})
    f.add("topics", "form.topics", {}, take=["topics"])
    f.add("topics-german", "form.topics", {"language": "de"}, take=["topics"])
    f.add("reject-topics-language", "form.topics", {"language": "fr"}, reject="form.unknown-language")


def plan(F):
    f = F("form/plan", "Collection plans and the data protection checklist", "docs/form.md; the oracle")
    op = "form.plan"
    keys = ["indicators", "dimensions", "survey", "checklist", "findings"]
    rules = form.rules_of({}) | {"seconds_select_one": 60, "seconds_select_multiple": 60, "seconds_number": 60, "seconds_note": 0, "overhead_minutes": 55}
    f.add("worked", op, {"form": {"selection": ["GOV-S-01", "SAF-O-01"], "without": ["SEX", "C_BIRTH"]}, "plan": {"from": 2026, "to": 2030, "interviews": 60}, "rules": rules},
          {"survey": {"questions": 2, "minutes": 3, "interviews": 60, "hours": 58}, "indicators": [{"indicator": "GOV-S-01", "asked": False, "reason": "not_survey", "years": [2026, 2028, 2030], "hours": 24}, {"indicator": "SAF-O-01", "asked": True, "hours": 58}]},
          take=keys, tol=TOL, note="a minute each for consent, age and safety; 60 interviews of 3 + 55 minutes are 58 hours; a biennial judgement of 24 hours")
    f.add("core", op, {}, take=keys, tol=TOL)
    f.add("everything", op, {"form": FULL, "plan": {"from": 2026, "to": 2035, "interviews": 1200}}, take=keys, tol=TOL)
    f.add("german", op, {"form": FULL, "language": "de", "plan": {"from": 2027}}, take=keys, tol=TOL)
    f.add("nothing-asked", op, {"form": {"selection": ["GOV-S-01", "DIS-P-01", "HOU-O-01"]}}, take=[k for k in keys if k != "survey"], tol=TOL)
    for id_, more, code in [
        ("order", {"plan": {"from": 2030, "to": 2026}}, "form.bad-request"),
        ("no-first", {"plan": {"to": 2026}}, "form.bad-request"),
        ("year", {"plan": {"from": 20260}}, "form.bad-request"),
        ("language", {"language": "fr"}, "form.unknown-language"),
        ("selection", {"form": {"selection": ["x"]}}, "assess.unknown-selection"),
    ]:
        f.add("reject-" + id_, op, more, reject=code)


def template(F):
    f = F("form/template", "Tables to fill in", "docs/form.md; the oracle")
    op = "form.template"
    keys = ["rows", "csv", "lists", "left_out"]
    f.add("worked", op, {"form": {"selection": ["SAF-O-01"], "without": ["DISAB", "C_BIRTH"], "age_groups": ["Y18-64", "Y_GE65"]}, "template": {"place": "here", "place_name": "Here", "periods": ["2026"]}},
          {"rows": 6, "left_out": [{"dimension": "C_BIRTH", "reason": "not_wanted"}, {"dimension": "DISAB", "reason": "not_wanted"}], "csv": "indicator,place,place_name,period,AGE,SEX,value,numerator,denominator,n,se,status,confidentiality,source,note\n"
           + "".join(f"SAF-O-01,here,Here,2026,{a},{s},,,,,,missing,,,Feeling safe walking alone at night\n" for a, s in [("", ""), ("Y18-64", ""), ("Y_GE65", ""), ("", "F"), ("", "M"), ("", "X")])},
          take=keys, note="a row for everybody, two ages, three entries of sex; no row for those who did not say")
    f.add("core", op, {"template": {"place": "x", "periods": ["2026"]}}, take=keys)
    f.add("periods", op, {"form": {"selection": ["SAF-O-01", "ENV-O-01"]}, "template": {"place": "Łódź, Stare", "place_name": 'The "old" town', "periods": ["2026", "2027-Q1"]}}, take=keys)
    f.add("special-with-basis", op, {"form": {"selection": ["EQU-O-01", "EDU-O-01", "ENV-O-07"], "legal_basis": BASIS, "codes": {"ETHNIC": [{"code": "KURD"}]}}, "template": {"place": "x", "periods": ["2026"]}}, take=keys)
    f.add("special-without", op, {"form": {"selection": ["EQU-O-01", "ENV-O-07"], "without": ["SEX"]}, "template": {"place": "x", "periods": ["2026"]}}, take=keys)
    for id_, ask, code in [("place", {"periods": ["2026"]}, "form.bad-request"), ("period", {"place": "x"}, "form.bad-request"), ("unreadable", {"place": "x", "periods": ["soon"]}, "period.unreadable")]:
        f.add("reject-" + id_, op, {"template": ask}, reject=code)


# ---- exports


def chance(rng, *shares):
    """The number of the first share that is met; their count otherwise."""
    x = rng.random()
    for i, s in enumerate(shares):
        x -= s
        if x < 0:
            return i
    return len(shares)


def respondent(rng, made):
    """What one person answers, following the skip logic: question to codes, or a number."""
    given = {"consent": ["yes"] if rng.random() < 0.93 else ["no"]}
    if given["consent"] == ["no"]:
        return given
    may = {}
    for q in made.questions:
        def told(c, given=given):
            a = given.get(c["question"])
            if a is None:
                return False
            if isinstance(a, int):
                return c.get("from", 0) <= a <= c.get("to", 999)
            return any(x in c["any"] for x in a)

        if not all(told(c) for c in q.get("ask_if", [])):
            continue
        topic = q.get("topic")
        if topic:
            if topic not in may:
                may[topic] = rng.random() < 0.8
                given[f"may_{topic}"] = ["yes" if may[topic] else "no"]
            if not may[topic]:
                continue
        if rng.random() < 0.03:
            continue
        if q["kind"] == "integer":
            given[q["id"]] = [-99, -98, rng.randint(16, 95)][chance(rng, 0.03, 0.03)]
            continue
        list_ = form.answer_list(q["answers"])
        codes = made.substantive(list_)
        if "chosen_in" in list_:
            codes = [c for c in codes if c in given[list_["chosen_in"]]] or codes
        absent = list_.get("absent", [])
        if absent and rng.random() < 0.08:
            given[q["id"]] = [rng.choice(absent)]
        elif q["kind"] == "select_one":
            given[q["id"]] = [rng.choice(codes)]
        else:
            some = [c for c in codes if c not in list_.get("alone", [])]
            alone = list_.get("alone", [])
            given[q["id"]] = [rng.choice(alone)] if alone and rng.random() < 0.2 else rng.sample(some, rng.randint(1, min(3, len(some))))
    return given


def export(rng, made, people, style):
    """A CSV text as a tool writes it: `kobo` (semicolons, slashes, both forms of several answers), `odk` (hyphens, split), `plain` (no groups)."""
    names, cells = [], []
    sep = {"kobo": "/", "odk": "-", "plain": None}[style]
    path = lambda section, name: name if sep is None or section is None else f"{section}{sep}{name}"
    fields = [(None, "consent", None)]
    seen = set()
    for q in made.questions:
        if q.get("topic") and q["topic"] not in seen:
            seen.add(q["topic"])
            fields.append((q["section"], f"may_{q['topic']}", None))
        fields.append((q["section"], q["id"], q))
    columns = [("_id", lambda g, i: str(1000 + i))] if style == "kobo" else [("SubmissionDate", lambda g, i: "2026-05-01T10:00:00Z")]
    for section, name, q in fields:
        several = q is not None and q["kind"] == "select_multiple"
        if not several or style != "odk":
            columns.append((path(section, name), lambda g, i, name=name: " ".join(map(str, g[name])) if isinstance(g.get(name), list) else str(g.get(name, ""))))
        if several and style != "plain":
            yes, no = ("1", "0") if style == "kobo" else ("1", "0")
            for code in made.codes(form.answer_list(q["answers"])):
                columns.append((path(section, name) + "/" + code, lambda g, i, name=name, code=code: "" if name not in g else yes if code in g[name] else no))
    columns.append(("w", lambda g, i: str(rng.randint(5, 40) / 4)))
    columns.append(("area", lambda g, i: f"a{i % 4}"))
    if style == "odk":
        columns += [("KEY", lambda g, i: f"uuid:{i}"), ("FormVersion", lambda g, i: made.build()["settings"]["rows"][0][2] if i else "older")]
    out = io.StringIO()
    w = csv.writer(out, delimiter=";" if style == "kobo" else ",", lineterminator="\n")
    names = [n for n, _ in columns]
    w.writerow(names)
    for i, g in enumerate(people):
        w.writerow([make(g, i) for _, make in columns])
    del cells
    return out.getvalue()


def read(F):
    f = F("form/read", "Exports of KoboToolbox and ODK as microdata", "worked by hand, and the oracle")
    op = "form.read"
    keys = ["rows", "no_consent", "columns", "absent", "questions", "plan", "findings"]
    two = {"selection": ["SAF-O-01", "WSP-O-03"], "without": ["DISAB", "C_BIRTH"]}
    rows = [
        "_id;consent;about/age;about/sex;home/safe_night;learning/worked;learning/job_absent;note",
        "1;yes;30;F;very_safe;yes;;hello",
        "2;yes;70;M;a_bit_unsafe;no;no;",
        "3;yes;-99;refused;dont_know;no;yes;",
        "4;no;;;;;;",
        "5;yes;17;F;a_bit_unsafe;refused;;",
        "6;yes;44;;very_unsafe;;;",
        "7;yes;200;M;sure;yes;no;",
        "",
    ]
    f.add("worked", op, {"form": two, "export": {"csv": "\n".join(rows)}},
          {"rows": 6, "no_consent": 1,
           "columns": {"SAF-O-01": [1, 0, None, None, 0, None], "WSP-O-03": [1, None, None, None, None, None], "AGE": ["Y30-44", "Y_GE65", None, "Y_LT18", "Y30-44", None], "SEX": ["F", "M", "NRP", "F", None, "M"], "weight": [1] * 6},
           "absent": {"SAF-O-01": [None, None, "refused", "not_applicable", None, "missing"], "WSP-O-03": [None, "not_applicable", "refused", "not_applicable", "missing", "missing"],
                      "SEX": [None, None, None, None, "missing", None], "AGE": [None, None, "refused", None, None, "missing"]},
           "findings": {"counts": {"form.no-consent": 1, "form.no-weight": 1, "form.unknown-column": 1, "form.unknown-code": 1, "form.bad-number": 1, "form.answer-off-path": 1}}},
          take=keys, tol=0, note="2 is above 64; 3 does not tell the age, so no base is known; 5 is below 18; 7 is 200 years old, gives an answer that does not exist, and one that the skip logic passes over")
    groups = {"selection": ["EQU-O-01"], "without": ["AGE", "SEX", "DISAB", "C_BIRTH"], "legal_basis": {"discrimination_grounds": {"ground": "art9_2_a"}}}
    split = [
        "consent,about-age,discrimination-discriminated,discrimination-may_discrimination_grounds,discrimination-grounds/SEX,discrimination-grounds/AGE,discrimination-grounds/refused",
        "yes,30,yes,yes,1,1,0",
        "yes,30,yes,yes,0,0,1",
        "yes,30,yes,no,,,",
        "yes,30,no,,,,",
        "yes,30,yes,yes,0,1,0",
        "yes,30,refused,,,,",
        "",
    ]
    f.add("worked-split", op, {"form": groups, "export": {"csv": "\n".join(split)}},
          {"rows": 6, "columns": {"EQU-O-01": [1, 1, 1, 0, 1, None], "EQU-O-01:GROUND=SEX": [1, None, None, 0, 0, None], "EQU-O-01:GROUND=AGE": [1, None, None, 0, 1, None], "EQU-O-01:GROUND=DIS": [0, None, None, 0, 0, None], "GROUND:AGE": ["yes", None, None, None, "yes", None], "GROUND:SEX": ["yes", None, None, None, "no", None]},
           "absent": {"EQU-O-01:GROUND=SEX": [None, "refused", "refused", None, None, "refused"], "GROUND:SEX": [None, "refused", "refused", "not_asked", None, "not_asked"]}},
          take=keys, tol=0, note="who was not discriminated against has no ground and counts 0; a topic that may not be asked is refused as a whole")
    wg = [["consent", "age", "may_disability", "wg_seeing", "wg_hearing", "wg_walking", "wg_remembering", "wg_self_care", "wg_communicating", "worked", "job_absent", "sex"]]
    n, s, lot = "no_difficulty", "some_difficulty", "a_lot_of_difficulty"
    wg += [["yes", "40", "yes", n, n, lot, n, n, n, "yes", "", "F"], ["yes", "40", "yes", s, s, s, s, s, s, "yes", "", "F"], ["yes", "40", "yes", "cannot_do", "", n, n, n, n, "yes", "", "F"],
           ["yes", "40", "yes", n, "", n, n, n, n, "yes", "", "F"], ["yes", "40", "no", "", "", "", "", "", "", "yes", "", "F"],
           ["yes", "40", "yes", n, "refused", n, n, n, n, "yes", "", "F"], ["yes", "40", "yes", n, "dont_know", n, n, n, n, "yes", "", "F"], ["yes", "40", "yes", "refused", "dont_know", lot, n, n, n, "yes", "", "F"]]
    f.add("worked-washington-group", op, {"form": WG, "export": {"header": wg[0], "rows": wg[1:]}},
          {"columns": {"WG_SS": ["DIS", "NODIS", "DIS", None, "NR", "NR", None, "DIS"]}, "absent": {"WG_SS": [None, None, None, "missing", None, None, "dont_know", None]}}, take=keys, tol=0,
          note="one domain with a lot of difficulty, or cannot do at all; six times some difficulty is below the cut-off; one empty answer leaves it open; a set that may not be asked is NR, prefer not to say, as is one answer refused where the others say no; do not know has no group of its own")
    guess = [["consent", "age", "sex", "complaint_bodies"], ["yes", "40", "F", "ombudsperson"], ["yes", "40", "F", "ombudsperson city_tribunal"], ["yes", "40", "F", "police"], ["yes", "40", "X", "police court"],
             ["yes", "40", "F", "other_place"], ["yes", "40", "M", "none"], ["yes", "40", "M", "dont_know"], ["yes", "40", "M", "residents_chamber"], ["yes", "17", "M", "court"]]
    f.add("worked-decoys", op, {"form": {"selection": ["GOV-O-01"]}, "export": {"header": guess[0], "rows": guess[1:]}},
          {"columns": {"GOV-O-01": [1, 0, 0, 1, 0, 0, None, 0, None], "SEX": ["F", "F", "F", "X", "F", "M", "M", "M", "M"]}, "absent": {"GOV-O-01": [None] * 6 + ["dont_know", None, "not_applicable"]}}, take=keys, tol=0,
          note="who names a body that does not exist guesses and is not counted, whatever else is named; the police alone do not count; another place cannot be checked")
    water = [["consent", "age", "tap_water", "tap_water_safe", "toilet", "bath"], ["yes", "30", "yes", "yes", "yes", "yes"], ["yes", "30", "yes", "no", "yes", "yes"], ["yes", "30", "no", "", "yes", "yes"],
             ["yes", "30", "yes", "dont_know", "yes", "yes"], ["yes", "30", "dont_know", "", "yes", "yes"], ["yes", "30", "dont_know", "", "no", "yes"]]
    f.add("worked-water", op, {"form": {"selection": ["ENV-O-07"]}, "export": {"header": water[0], "rows": water[1:]}},
          {"columns": {"ENV-O-07": [0, 1, 1, None, None, 1]}, "absent": {"ENV-O-07": [None, None, None, "dont_know", "dont_know", None]}}, take=keys, tol=0,
          note="water that is not safe is lacking, too; whether it is safe is asked only where there is some; what is not known stays open unless something else is lacking")
    people = [["consent", "age", "worked", "job_absent", "may_sexual_orientation", "orientation", "trans", "intersex"], ["yes", "30", "yes", "", "yes", "bisexual", "no", "no"], ["yes", "30", "yes", "", "yes", "heterosexual", "yes", "no"],
              ["yes", "30", "yes", "", "yes", "heterosexual", "no", "no"], ["yes", "30", "yes", "", "yes", "refused", "no", "yes"], ["yes", "30", "yes", "", "yes", "heterosexual", "refused", "no"], ["yes", "30", "yes", "", "no", "", "", ""]]
    f.add("worked-orientation", op, {"form": {"selection": ["WSP-O-03"], "dimensions": ["SOGI"], "without": ["SEX", "AGE", "DISAB", "C_BIRTH"], "legal_basis": {"sexual_orientation": {"ground": "art9_2_a"}}}, "export": {"header": people[0], "rows": people[1:]}},
          {"columns": {"SOGI:LGB": ["yes", "no", "no", None, "no", None], "SOGI:TI": ["no", "yes", "no", "yes", None, None], "SOGI:NONE": ["no", "no", "yes", "no", None, None]},
           "absent": {"SOGI:LGB": [None, None, None, "refused", None, "refused"], "SOGI:TI": [None, None, None, None, "refused", "refused"], "SOGI:NONE": [None, None, None, None, "refused", "refused"]}}, take=keys, tol=0,
          note="three questions make three groups; one can be in LGB and TI at once; NONE needs all three answers, and one that says otherwise is enough to be outside it")
    money = [["consent", "age", "warm", "income"], ["yes", "30", "no", "QU1"], ["yes", "30", "yes", "QU5"], ["yes", "30", "yes", "dont_know"], ["yes", "30", "yes", "refused"], ["yes", "30", "yes", "QU9"]]
    f.add("worked-income", op, {"form": {"selection": ["ENV-O-05"], "without": ["DISAB", "C_BIRTH"], "codes": {"INCOME": INCOME}}, "export": {"header": money[0], "rows": money[1:]}},
          {"columns": {"ENV-O-05": [1, 0, 0, 0, 0], "INCOME": ["QU1", "QU5", "UNK", None, None]}, "absent": {"INCOME": [None, None, None, "refused", "missing"]}, "findings": {"counts": {"form.unknown-code": 1, "form.no-weight": 1}}}, take=keys, tol=0,
          note="the dimension has a group for unknown and none for refused")
    rng = random.Random(137)
    forms = [{}, FULL, {"selection": ["pilot-areas"], "legal_basis": BASIS}, {"selection": ["DIS-O-01", "MIG-O-01", "HEA-O-01"], "legal_basis": BASIS, "desirable": True}, two]
    for i in range(15):
        request = forms[i % len(forms)]
        style = ("kobo", "odk", "plain")[i % 3]
        made = form.Form(request)
        text = export(rng, made, [respondent(rng, made) for _ in range(12 if i % len(forms) == 1 else 25)], style)
        ask = {"weight": "w", "stratum": "area"} if i % 2 else {"psu": "area"} if i % 3 else {}
        f.add(f"random-{i:02}-{style}", op, {"form": request, "export": {"csv": text}, "read": ask}, take=keys, tol=0)
    made = form.Form(two)
    text = export(rng, made, [respondent(rng, made) for _ in range(20)], "plain")
    table = list(csv.reader(io.StringIO(text)))
    shuffled = [row[:] for row in table[1:]]
    for row in shuffled:
        for c in range(2, len(row) - 2):
            if rng.random() < 0.15:
                row[c] = rng.choice(["", "yes", "9", "F M", "refused", "-98", "dont_know"])
    f.add("random-damaged", op, {"form": two, "export": {"header": table[0], "rows": shuffled}}, take=keys, tol=0)
    f.add("columns-missing", op, {"form": two, "export": {"header": ["consent", "age"], "rows": [["yes", "50"], ["yes", ""]]}}, take=keys, tol=0)
    f.add("nobody", op, {"form": two, "export": {"header": ["consent", "age", "sex", "safe_night", "worked", "job_absent"], "rows": []}}, {"rows": 0, "no_consent": 0}, tol=0)
    for id_, request, code in [
        ("no-consent-column", {"form": two, "export": {"header": ["age"], "rows": [["30"]]}}, "form.no-consent-column"),
        ("twice", {"form": two, "export": {"header": ["consent", "age", "about/age"], "rows": []}}, "form.duplicate-column"),
        ("weight", {"form": two, "export": {"header": ["consent"], "rows": []}, "read": {"weight": "w"}}, "form.bad-request"),
        ("nothing-asked", {"form": {"selection": ["GOV-S-01"]}, "export": {"header": ["consent"], "rows": []}}, "form.bad-request"),
    ]:
        f.add("reject-" + id_, op, request, reject=code)
    f.cases.append({"id": "reject-ragged", "op": op, "input": {"form": two, "export": {"header": ["consent", "age"], "rows": [["yes"]]}}, "reject": "wire.bad-request"})
    f.cases.append({"id": "reject-empty", "op": op, "input": {"form": two, "export": {"csv": ""}}, "reject": "csv.no-header"})


def observations(F):
    f = F("form/observations", "Estimates as observations", "worked by hand, and the oracle")
    op = "form.observations"
    here = {"place": "here", "period": "2026"}

    def e(name, value, se, n, *domain):
        return {"estimate": name, "value": value, "se": se, "n": n, "domain": [{"dimension": d, "code": c} for d, c in domain]}

    f.add("worked", op, {"estimates": [
        e("SAF-O-01", 0.75, 0.02, 400), e("SAF-O-01", 0.5, 0.05, 120, ("SEX", "F")), e("SAF-O-01", 0.5, 0.05, 120, ("TENURE", "OWN_L")),
        e("EQU-O-01", 0.25, 0.03, 400), e("EQU-O-01:GROUND=SEX", 0.125, 0.02, 390), e("EQU-O-01:GROUND=SEX", 0.1, 0.02, 90, ("SEX", "F")), e("EQU-O-01", 0.5, 0.1, 30, ("ETHNIC:ROMA", "yes")),
        e("DIS-O-01", 0.75, 0.03, 300), e("DIS-O-01:minus", 0.5, 0.04, 80), e("DIS-O-01", 0.8, 0.03, 150, ("SEX", "M")),
        {"estimate": "PEX-O-04", "n": 0}, e("own", 0.5, 0.1, 10)], **here},
          {"rows": [{"indicator": "SAF-O-01", "place": "here", "period": "2026", "value": 75, "se": 2, "n": 400}, {"indicator": "SAF-O-01", "SEX": "F", "value": 50, "se": 5, "n": 120}, {"indicator": "SAF-O-01", "TENURE": "OWN_L", "value": 50, "se": 5, "n": 120},
                    {"indicator": "EQU-O-01", "value": 25, "se": 3, "n": 400}, {"indicator": "EQU-O-01", "GROUND": "SEX", "value": 12.5, "se": 2, "n": 390}, {"indicator": "EQU-O-01", "GROUND": "SEX", "SEX": "F", "value": 10, "se": 2, "n": 90}, {"indicator": "EQU-O-01", "ETHNIC": "ROMA", "value": 50, "se": 10, "n": 30},
                    {"indicator": "DIS-O-01", "value": 25, "se": 5, "n": 80}],
           "findings": {"counts": {"form.estimate-not-carried": 2, "form.estimate-without-value": 1}}},
          tol=TOL, note="each dimension of the catalogue is a column, whether the indicator asks for it or not; the root of 3² + 4² is 5; a difference without its other side, and a name that is no indicator, are told of")
    f.add("nothing", op, {"estimates": [], **here}, {"rows": []})
    logit = {"lower": 0.6, "upper": 0.8, "confidence": 0.95, "method": "logit"}
    whole = {"estimate": "SAF-O-01", "kind": "proportion", "value": 0.75, "se": 0.02, "df": 38, "n": 400, "deff": 1.5, "interval": logit, "domain": []}
    row = {"indicator": "SAF-O-01", "value": 75, "se": 2, "df": 38, "n": 400, "deff": 1.5, "interval_lower": 60, "interval_upper": 80, "interval_confidence": 0.95, "interval_method": "logit"}
    f.add("with-its-interval", op, {"estimates": [whole], **here}, {"rows": [row], "findings": {"counts": {}}}, tol=TOL)
    woodruff = {"lower": 20.5, "upper": 31, "confidence": 0.9, "method": "woodruff"}
    f.add("quantile-with-its-interval", op, {"estimates": [{"estimate": "HOU-O-05", "kind": "median", "value": 0.25, "se": 0.03, "df": 12, "n": 60, "interval": woodruff | {"lower": 0.205, "upper": 0.31}, "domain": [{"dimension": "SEX", "code": "F"}]}], **here}, take=["rows", "findings"], tol=TOL, note="not symmetric about the value: it travels as it is")
    none = {k: v for k, v in row.items() if k not in ("se", "df", "deff") and not k.startswith("interval")}
    f.add("no-spread", op, {"estimates": [{k: v for k, v in whole.items() if k != "interval"} | {"value": 1, "se": 0, "deff": 0}], **here}, {"rows": [none | {"value": 100, "se": None, "df": None, "interval_lower": None}], "findings": {"counts": {"form.error-not-carried": 1}}}, tol=TOL, note="an error of 0 says that the sample shows no spread, not that the figure is certain: it would make any gap more than chance")
    f.add("no-spread-with-an-interval", op, {"estimates": [whole | {"value": 1, "se": 0, "interval": logit | {"lower": 0.98, "upper": 1, "method": "korn_graubard"}}], **here}, {"rows": [none | {"value": 100, "se": None, "interval_lower": 98, "interval_upper": 100, "interval_confidence": 0.95, "interval_method": "korn_graubard"}], "findings": {"counts": {"form.error-not-carried": 1}}}, tol=TOL)
    f.add("no-degrees-of-freedom", op, {"estimates": [{k: v for k, v in whole.items() if k != "interval"} | {"df": 0}], **here}, {"rows": [none | {"se": None, "df": None}], "findings": {"counts": {"form.error-not-carried": 1}}}, tol=TOL)
    f.add("no-error", op, {"estimates": [{k: v for k, v in whole.items() if k not in ("interval", "se")}], **here}, {"rows": [none | {"se": None, "df": None}], "findings": {"counts": {"form.error-not-carried": 1}}}, tol=TOL)
    for why in ("empty_domain", "no_weight", "all_missing", "not_defined"):
        f.add(f"absent-{why.replace('_', '-')}", op, {"estimates": [{"estimate": "SAF-O-01", "kind": "proportion", "absent": why, "n": 0, "domain": [{"dimension": "SEX", "code": "F"}]}], **here},
              {"rows": [], "findings": {"counts": {"form.estimate-without-value": 1}}}, tol=TOL)
    for id_, name, domain, why in [
        ("unknown-indicator", "rent", [], "unknown_indicator"), ("unknown-part", "SAF-O-01:half", [], "unknown_part"), ("unknown-dimension", "SAF-O-01", [("colour", "red")], "unknown_dimension"),
        ("unknown-code", "SAF-O-01", [("SEX", "female")], "unknown_code"), ("not-a-group", "SAF-O-01", [("ETHNIC:ROMA", "no")], "not_a_group"), ("two-groups", "EQU-O-01:GROUND=SEX", [("GROUND", "AGE")], "two_groups"),
        ("no-other-side", "DIS-O-01", [], "no_other_side"), ("side-alone", "DIS-O-01:minus", [], "no_other_side"), ("minus-of-no-difference", "SAF-O-01:minus", [], "unknown_part"), ("crossing-of-two-kinds", "SAF-O-01", [("SEX", "F"), ("colour", "red")], "unknown_dimension"),
    ]:
        f.add(f"not-carried-{id_}", op, {"estimates": [e(name, 0.5, 0.1, 40, *domain)], **here}, {"rows": [], "findings": {"counts": {"form.estimate-not-carried": 1}}}, tol=TOL, note=why.replace("_", " "))
    f.add("crossed", op, {"estimates": [e("SAF-O-01", 0.5, 0.1, 40, ("SEX", "F"), ("AGE", "Y18-29")), e("SAF-O-01", 0.5, 0.1, 40, ("sex", "F"), ("ETHNIC:ROMA", "yes"))], **here},
          {"rows": [{"SEX": "F", "AGE": "Y18-29", "value": 50}, {"SEX": "F", "ETHNIC": "ROMA", "value": 50}], "findings": {"counts": {}}}, tol=TOL, note="a column is the dimension whatever its case, as in the table")
    f.add("difference-with-df", op, {"estimates": [e("DIS-O-01", 0.75, 0.03, 300) | {"df": 20, "interval": logit}, e("DIS-O-01:minus", 0.5, 0.04, 80) | {"df": 10, "interval": logit}], **here},
          {"rows": [{"value": 25, "se": 5, "n": 80, "df": 625 / (81 / 20 + 256 / 10), "interval_lower": None}], "findings": {"counts": {}}}, tol=TOL, note="degrees of freedom by Welch and Satterthwaite, (9 + 16)²/(9²/20 + 16²/10); the survey gives no interval of a difference, and the report makes Student's")
    f.add("difference-one-side-without-error", op, {"estimates": [e("DIS-O-01", 0.75, 0.03, 300) | {"df": 20}, e("DIS-O-01:minus", 0.5, 0, 80) | {"df": 10}], **here}, {"rows": [{"value": 25, "n": 80, "se": None}], "findings": {"counts": {"form.error-not-carried": 1}}}, tol=TOL)
    f.add("difference-one-side-without-value", op, {"estimates": [e("DIS-O-01", 0.75, 0.03, 300), {"estimate": "DIS-O-01:minus", "n": 0, "absent": "all_missing", "domain": []}], **here}, {"rows": [], "findings": {"counts": {"form.estimate-without-value": 1}}}, tol=TOL)
    f.add("rate", op, {"estimates": [e("SAF-O-01", 12.5, 2, 400) | {"kind": "rate"}], **here}, {"rows": [{"value": 12.5, "se": 2}]}, tol=TOL, note="the multiplier of a rate stands in its value already")
    rng = random.Random(138)
    names = ["SAF-O-01", "WSP-O-03", "MIG-O-01", "MIG-O-01:minus", "EQU-O-02", "EQU-O-01:GROUND=AGE", "NOPE"]
    for i in range(4):
        many = [e(rng.choice(names), round(rng.random(), 3), round(rng.random() / 10, 3), rng.randint(1, 500), *([] if rng.random() < 0.4 else [rng.choice([("SEX", "F"), ("AGE", "Y18-29"), ("SERVICE", "SV-SOC"), ("SOGI:TI", "yes")])])) for _ in range(12)]
        f.add(f"random-{i}", op, {"estimates": many, "place": "x", "period": "2026-Q2"}, take=["rows", "findings"], tol=TOL)
    for i in range(6):
        many = []
        for _ in range(16):
            value, se = round(rng.random(), 3), rng.choice([0, 0.004, round(rng.random() / 10, 3)])
            made = e(rng.choice(names), value, se, rng.randint(1, 500), *rng.sample([("SEX", "F"), ("AGE", "Y18-29"), ("SERVICE", "SV-SOC"), ("SOGI:TI", "yes"), ("WG_SS", "DIS")], rng.randint(0, 2))) | {"df": rng.choice([0, 1, 7, 40])}
            if rng.random() < 0.7:
                made |= {"deff": round(rng.random() * 2, 2), "interval": {"lower": value * 0.9, "upper": min(1, value * 1.2), "confidence": 0.95, "method": rng.choice(["logit", "wilson", "korn_graubard", "student_t"])}}
            many.append(made if rng.random() < 0.9 else {"estimate": made["estimate"], "n": 0, "absent": "all_missing", "domain": made["domain"]})
        f.add(f"random-whole-{i}", op, {"estimates": many, "place": "x", "period": "2026"}, take=["rows", "findings"], tol=TOL)
    f.add("reject-period", op, {"estimates": [], "place": "x", "period": "soon"}, reject="period.unreadable")
    f.cases.append({"id": "reject-estimates", "op": op, "input": {"estimates": [{"n": 1}], **here}, "reject": "wire.bad-request"})
