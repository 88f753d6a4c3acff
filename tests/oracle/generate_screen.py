"""Vectors of frameworks and screens. Called by generate.py."""

from __future__ import annotations

import random

import oracle

R25 = {"id": "2025", "from": "2025-01-01", "to": "2025-12-31"}
R26 = {"id": "2026", "from": "2026-01-01", "to": "2026-12-31"}
MATURITY = ["absent", "planned", "adopted", "working", "reviewed"]
LEVELS = ["no", "partly", "yes"]


def row(item, answer, view="city", round="2026", **more):
    return {"round": round, "view": view, "item": item, "answer": answer, "assessor": f"{view} group", "date": f"{round[:4]}-05-04"} | more


def shown(text, **more):
    return {"evidence": [text]} | more


def write(F):
    framework(F)
    hrba(F)
    rejects(F)
    questions(F)
    cross(F)


def framework(F):
    f = F("screen/framework", "A city held against a framework", "docs/screen.md; worked by hand, and the oracle")
    op = "screen.framework"
    one = [
        row("FRA-FS1", "reviewed", **shown("Council decision 12/2025")),
        row("FRA-FS2", "working"),
        row("FRA-FS3", "planned"),
        row("FRA-FS4", "not_applicable"),
        row("FRA-FS1", "adopted", "civil_society"),
        row("FRA-FS2", "working", "civil_society"),
        row("FRA-FS3", "adopted", "civil_society"),
        row("FRA-FS4", "absent", "civil_society"),
        row("FRA-FS5", "not_known", "civil_society"),
    ]
    f.add("worked", op, {"rounds": [R26], "records": one},
          {"screening": {"sheet": "fra", "base": "city", "enters_scores": False, "levels": MATURITY, "services": [{"service": None, "rounds": [{"round": "2026", "views": [
              {"view": "city", "tally": {"all": {"of": 25, "answered": 3, "share_answered": 0.12, "unanswered": 22, "not_applicable": 1, "without_evidence": 1,
                                                 "levels": [{"level": "absent", "n": 0, "share": 0}, {"level": "planned", "n": 1, "share": 1 / 3}, {"level": "adopted", "n": 0}, {"level": "working", "n": 1}, {"level": "reviewed", "n": 1}]}}},
              {"view": "civil_society", "tally": {"all": {"of": 26, "answered": 4, "not_known": 1, "unanswered": 21, "without_evidence": 0}}, "difference": {"all": {"same": 1, "higher": 1, "lower": 1, "not_comparable": 1}}},
          ]}]}]},
           "findings": {"counts": {"screen.applies-disputed": 1, "screen.no-evidence": 1, "screen.no-reason": 1}}},
          tol=0, note="26 elements. Planned owes no evidence, adopted and above do. Absent is an answer; no answer is none")
    # keep the hand-worked part, add all of the oracle
    full = {"rounds": [R26], "records": one}
    f.add("whole-answer", op, full, take=["screening", "findings"], tol=0)
    f.add("nothing", op, {"rounds": [R26], "records": []}, take=["screening", "findings"], tol=0, note="shares of nothing are absent, and no view is missing where nobody spoke")
    f.add("not-absent", op, {"rounds": [R26], "records": [row("FRA-F1", "absent"), row("FRA-F2", "not_known")]},
          {"screening": {"services": [{"rounds": [{"views": [{"tally": {"all": {"answered": 1, "not_known": 1, "unanswered": 24}}}, {"tally": {"all": {"answered": 0, "share_answered": 0, "unanswered": 26}}}]}]}]},
           "findings": {"counts": {"screen.view-missing": 1}}}, tol=0, note="absent, not known and unanswered are three things")
    two = [
        row("FRA-T1", "adopted", round="2025", **shown("Strategy 2025")),
        row("FRA-T2", "working", round="2025", **shown("Budget 2025")),
        row("FRA-T3", "adopted", round="2025", **shown("Plan")),
        row("FRA-T4", "planned", round="2025"),
        row("FRA-T1", "working", **shown("Strategy 2025")),
        row("FRA-T2", "adopted", **shown("Budget 2026")),
        row("FRA-T3", "adopted", **shown("Plan")),
        row("FRA-T5", "planned"),
        row("FRA-T1", "planned", "civil_society"),
    ]
    f.add("change", op, {"rounds": [R25, R26], "records": two},
          {"screening": {"services": [{"rounds": [{"views": [{"since": None, "change": None}, {}]}, {"views": [{"since": "2025", "change": {"all": {"better": 1, "worse": 1, "same": 1, "new": 1, "gone": 1}}}, {"since": None, "change": None}]}]}]},
           "findings": {"counts": {"screen.same-evidence": 1, "screen.view-missing": 1}}}, tol=0, note="civil society speaks for the first time in 2026: nothing to compare with")
    f.add("since-skips-a-silent-round", op, {"rounds": [{"id": "2024", "from": "2024-01-01", "to": "2024-12-31"}, R25, R26], "records": [row("FRA-F1", "planned", round="2024"), row("FRA-F1", "absent", "civil_society", "2025"), row("FRA-F1", "absent")]},
          {"screening": {"services": [{"rounds": [{}, {}, {"views": [{"since": "2024", "change": {"all": {"worse": 1}}}, {"since": "2025", "change": {"all": {"gone": 1}}}]}]}]}}, tol=0)
    f.add("new-evidence", op, {"rounds": [R25, R26], "records": [row("FRA-T1", "adopted", round="2025", evidence=["a", "b"]), row("FRA-T1", "working", evidence=["b", "c"]), row("FRA-T2", "adopted", round="2025", evidence=["a", "b"]), row("FRA-T2", "working", evidence=[" b "])]},
          {"findings": {"counts": {"screen.same-evidence": 1, "screen.view-missing": 2}}}, tol=0, note="part of the old evidence is nothing new")
    f.add("both-say-not-here", op, {"rounds": [R26], "records": [row("FRA-F4", "not_applicable", note="a matter of the state"), row("FRA-F4", "not_applicable", "civil_society", note="the same")]},
          {"screening": {"services": [{"rounds": [{"views": [{"tally": {"all": {"of": 25}}}, {"difference": {"all": {"same": 1, "not_comparable": 0}}}]}]}]}, "findings": {"counts": {}}}, tol=0)
    f.add("evidence-of-blanks", op, {"rounds": [R26], "records": [row("FRA-T1", "adopted", evidence=["  ", ""])]}, {"findings": {"counts": {"screen.no-evidence": 1, "screen.view-missing": 1}}}, tol=0)
    f.add("eccar", op, {"framework": "eccar", "rounds": [R26], "records": [row("ECCAR-7", "working", evidence=["Housing plan"]), row("ECCAR-7", "planned", "civil_society")]}, take=["screening", "findings"], tol=0)
    f.add("charter-agenda", op, {"framework": "charter-agenda", "rounds": [R26], "records": [row("CHARTER-AGENDA-X", "adopted", evidence=["Plan"])], "selection": ["core"]}, take=["screening", "findings"], tol=0)
    own = {"id": "own", "source": "REF-FRA2022", "provenance": "own_draft", "complete": True, "scale": "yes_partly_no", "views": ["city", "youth_council"], "base": "city", "evidence": ["city"],
           "group": [{"id": "g", "verification": "own"}], "item": [{"id": "Q1", "group": "g", "provenance": "own_draft"}, {"id": "Q2", "group": "g", "provenance": "own_draft", "indicators": [{"id": "PEX-O-04", "verification": "own"}]}]}
    f.add("of-ones-own", op, {"framework": own, "rounds": [R26], "records": [row("Q1", "yes", evidence=["x"]), row("Q1", "no", "youth_council")]}, take=["screening", "findings"], tol=0)
    rng = random.Random(2027)
    elements = [i["id"] for s in oracle.catalogue()["frameworks"] if s["id"] == "fra" for i in s["item"]]
    for n in range(6):
        records = []
        for rd in ("2025", "2026"):
            for view in ("city", "civil_society"):
                for e in elements:
                    if rng.random() < 0.75:
                        more = {"evidence": rng.sample(["a", "b", "c"], rng.randint(1, 2))} if rng.random() < 0.7 else {}
                        if rng.random() < 0.3:
                            more["note"] = "as agreed"
                        records.append(row(e, rng.choice([*MATURITY, "not_known", "not_applicable"]), view, rd, **more))
        rng.shuffle(records)
        f.add(f"random-{n}", op, {"rounds": [R25, R26], "records": records}, take=["screening", "findings"], tol=0)


def hrba(F):
    f = F("screen/hrba", "A service held against PANEL and AAAQ", "docs/screen.md; worked by hand, and the oracle")
    op = "screen.hrba"
    desk = {"id": "housing-desk", "area": "SV-HOUS", "name": "Housing desk"}
    some = [
        row("PANEL-P1", "yes", service="housing-desk", evidence=["Minutes"]), row("PANEL-P2", "partly", service="housing-desk"), row("PANEL-P3", "no", service="housing-desk"),
        row("PANEL-P1", "no", "users", service="housing-desk"), row("PANEL-P2", "no", "users", service="housing-desk"), row("PANEL-P3", "no", "users", service="housing-desk"),
        row("PANEL-P4", "partly", "civil_society", service="housing-desk"), row("AAAQ-EC1", "yes", service="housing-desk", evidence=["Tariff"]), row("AAAQ-EC1", "partly", "users", service="housing-desk"),
    ]
    f.add("worked", op, {"screens": ["panel"], "services": [desk], "rounds": [R26], "records": some[:7]},
          {"screenings": [{"sheet": "panel", "services": [{"service": "housing-desk", "area": "SV-HOUS", "rounds": [{"views": [
              {"view": "city", "tally": {"all": {"of": 49, "answered": 3, "share_answered": 3 / 49, "without_evidence": 1}, "groups": [
                  {"group": "participation", "of": 12, "answered": 3, "share_answered": 0.25, "levels": [{"level": "no", "n": 1, "share": 1 / 3}, {"level": "partly", "n": 1}, {"level": "yes", "n": 1}]},
                  {"group": "accountability", "of": 11, "answered": 0, "share_answered": 0, "levels": [{"level": "no", "share": None}, {}, {}]}, {}, {}, {}]}},
              {"view": "users", "tally": {"all": {"answered": 3}}, "difference": {"all": {"same": 1, "lower": 2, "higher": 0, "not_comparable": 0}}},
              {"view": "civil_society", "difference": {"all": {"not_comparable": 4}}},
          ]}]}]}], "findings": {"counts": {"screen.no-evidence": 1}}}, tol=0, note="no share is a share of nothing; users owe no evidence: what they live through is theirs to tell")
    f.add("two-screens", op, {"services": [desk], "rounds": [R26], "records": some}, take=["screenings", "findings"], tol=0)
    f.add("areas-as-services", op, {"screens": ["aaaq"], "rounds": [R26], "records": [row("AAAQ-AV1", "no", service="SV-HLTH"), row("AAAQ-AV1", "yes", service="SV-EDU", evidence=["x"])]}, take=["screenings", "findings"], tol=0)
    f.add("core-only", op, {"screens": ["aaaq"], "services": [desk], "rounds": [R26], "records": [], "selection": ["core"]}, take=["screenings", "findings"], tol=0)
    f.add("no-services", op, {"screens": ["panel"], "services": [], "rounds": [R26], "records": []}, {"screenings": [{"services": []}], "findings": {"counts": {}}}, tol=0)
    table = "round,view,item,answer,service,assessor,date,evidence,note\n" + "2026,city,PANEL-A1,yes,SV-SOC,office,2026-02-01,Decree 4 | Website,\n2026,users,PANEL-A1,partly,SV-SOC,panel of users,2026-02-02,,\"known, not used\"\n2026,users,PANEL-A2,,SV-SOC,panel of users,2026-02-02,,\n"
    f.add("csv", op, {"screens": ["panel"], "rounds": [R26], "records": {"csv": table}}, take=["screenings", "findings"], tol=0, note="a line without an answer is a question left open; evidence is parted by |")
    split = [row("PANEL-P2", "yes", round="2025", service="housing-desk", evidence=["Plan"]), row("PANEL-P2", "partly", service="housing-desk", evidence=["Plan"]), row("PANEL-P2-2", "no", service="housing-desk"),
             row("PANEL-P2-4", "yes", service="housing-desk", evidence=["Review"])]
    f.add("question-that-was-split", op, {"screens": ["panel"], "services": [desk], "rounds": [R25, R26], "records": split},
          {"screenings": [{"services": [{"rounds": [{"views": [{"tally": {"all": {"of": 49, "answered": 1}}}, {}, {}]}, {"views": [{"since": "2025", "change": {"all": {"better": 0, "worse": 1, "same": 0, "new": 2, "gone": 0}}}, {}, {}]}]}]}]}, tol=0,
          note="an answer of a round before the question was split stands by the id of its first condition; the other conditions are new")
    rng = random.Random(2028)
    items = [i["id"] for s in oracle.catalogue()["screens"] for i in s["item"]]
    for n in range(5):
        services = [desk, {"id": "crèche-office".replace("è", "e"), "area": "SV-EDU"}]
        records = [
            row(q, rng.choice([*LEVELS, "not_known", "not_applicable"]), view, rd, service=s["id"], **({"evidence": rng.sample(["a", "b", "c"], rng.randint(1, 3))} if rng.random() < 0.6 else {}))
            for rd in ("2025", "2026") for view in ("city", "users", "civil_society") for s in services for q in items if rng.random() < 0.2
        ]
        rng.shuffle(records)
        f.add(f"random-{n}", op, {"services": services, "rounds": [R25, R26], "records": records}, take=["screenings", "findings"], tol=0)


def rejects(F):
    f = F("screen/rejected", "Answers that cannot be counted", "docs/screen.md; worked by hand")
    fw, hr = "screen.framework", "screen.hrba"
    fine = row("FRA-F1", "adopted", evidence=["x"])

    def one(id_, code, op=fw, note=None, **change):
        request = ({"rounds": [R25, R26], "records": [fine]} if op in (fw, hr) else {}) | change
        f.add(id_, op, request, reject=code, note=note)

    one("unknown-element", "screen.unknown-item", records=[row("FRA-F9", "adopted")])
    one("question-in-framework", "screen.unknown-item", records=[row("PANEL-P1", "yes")])
    one("unknown-view", "screen.unknown-view", records=[row("FRA-F1", "adopted", "mayor")])
    one("users-in-framework", "screen.unknown-view", records=[row("FRA-F1", "adopted", "users")], note="a framework is answered by the city and by civil society")
    one("unknown-round", "screen.unknown-round", records=[row("FRA-F1", "adopted", round="2027")])
    one("out-of-scale", "screen.bad-answer", records=[row("FRA-F1", "excellent")])
    one("other-scale", "screen.bad-answer", records=[row("FRA-F1", "yes")])
    one("number", "screen.bad-answer", records=[row("FRA-F1", "3")], note="levels have names and no distance")
    one("empty-answer", "screen.bad-answer", records=[row("FRA-F1", "")])
    one("date-before", "screen.bad-date", records=[fine | {"date": "2025-12-31"}])
    one("date-after", "screen.bad-date", records=[fine | {"date": "2027-01-01"}])
    one("no-date", "screen.bad-date", records=[fine | {"date": "2026-02-30"}])
    one("date-unreadable", "screen.bad-date", records=[fine | {"date": "4 May 2026"}])
    one("twice", "screen.duplicate-answer", records=[fine, fine | {"answer": "planned"}])
    one("no-assessor", "screen.bad-record", records=[fine | {"assessor": " "}])
    one("service-in-framework", "screen.unknown-service", records=[fine | {"service": "SV-HOUS"}])
    one("no-rounds", "screen.bad-round", rounds=[])
    one("round-twice", "screen.bad-round", rounds=[R26, R26])
    one("rounds-overlap", "screen.bad-round", rounds=[R25, R26 | {"from": "2025-12-31"}])
    one("rounds-not-in-order", "screen.bad-round", rounds=[R26, R25])
    one("round-ends-before", "screen.bad-round", rounds=[R26 | {"to": "2025-12-31"}])
    one("unknown-framework", "screen.unknown-sheet", framework="fraa")
    one("no-questionnaire", "screen.bad-sheet", framework="sdg", note="the goals are a list to refer to: they have no scale")
    own = {"id": "own", "source": "x", "provenance": "own_draft", "complete": True, "scale": "maturity", "views": ["city"], "base": "city", "group": [{"id": "g", "verification": "own"}], "item": [{"id": "Q1", "group": "g", "provenance": "own"}]}
    for id_, change in [
        ("scale", {"scale": "stars"}), ("no-items", {"item": []}), ("item-twice", {"item": own["item"] * 2}), ("unknown-group", {"item": [{"id": "Q1", "group": "h", "provenance": "own"}]}),
        ("no-views", {"views": []}), ("view-twice", {"views": ["city", "city"]}), ("base", {"base": "users"}), ("evidence", {"evidence": ["users"]}),
        ("unknown-indicator", {"item": [{"id": "Q1", "group": "g", "provenance": "own", "indicators": [{"id": "NOPE", "verification": "own"}]}]}),
    ]:
        one("sheet-" + id_, "screen.bad-sheet", framework=own | change, records=[])
    one("unknown-selection", "assess.unknown-selection", selection=["cores"])
    one("unknown-field", "wire.unknown-field", records=[fine | {"score": 5}], note="answers have no points")
    one("no-records", "wire.bad-request", records=None)
    q = row("PANEL-P1", "no", service="SV-HOUS")
    one("maturity-in-screen", "screen.bad-answer", hr, records=[q | {"answer": "adopted"}])
    one("no-service", "screen.unknown-service", hr, records=[row("PANEL-P1", "no")])
    one("unknown-service", "screen.unknown-service", hr, records=[q | {"service": "SV-HOU"}])
    one("service-not-listed", "screen.unknown-service", hr, records=[q], services=[{"id": "desk", "area": "SV-HOUS"}])
    one("service-twice", "screen.unknown-service", hr, records=[], services=[{"id": "desk", "area": "SV-HOUS"}, {"id": "desk", "area": "SV-EDU"}])
    one("unknown-area", "screen.unknown-service", hr, records=[], services=[{"id": "desk", "area": "SV-HOUSES"}])
    one("screen-twice", "screen.bad-sheet", hr, records=[], screens=["panel", "panel"])
    one("unknown-question", "screen.unknown-item", hr, records=[q | {"item": "PANEL-P9"}])
    one("question-of-the-other-screen", "screen.unknown-item", hr, records=[q], screens=["aaaq"])
    one("twice-in-service", "screen.duplicate-answer", hr, records=[q, q])
    one("csv-without-item", "csv.missing-column", hr, records={"csv": "round,view,answer,assessor,date\n2026,city,yes,o,2026-01-01\n"})
    one("csv-bad-answer", "screen.bad-answer", hr, records={"csv": "round,view,item,answer,assessor,date,service\n2026,city,PANEL-P1,maybe,o,2026-01-01,SV-HOUS\n"})
    one("unknown-reference", "screen.unknown-reference", "catalogue.cross_reference", reference="CFRX")
    one("screen-as-reference", "screen.unknown-reference", "catalogue.cross_reference", reference="panel")
    one("questions-of-nothing", "screen.unknown-sheet", "screen.questions", sheet="panels")
    one("questions-of-no-area", "screen.unknown-service", "screen.questions", sheet="panel", area="SV-X")
    f.cases.append({"id": "too-large", "op": fw, "input": {"rounds": [{"id": f"r{y}-{h}", "from": f"{y}-{h * 6 - 5:02}-01", "to": f"{y}-{h * 6 - 5:02}-02"} for y in range(1801, 2200) for h in (1, 2)], "framework": own | {"item": [{"id": f"Q{i}", "group": "g", "provenance": "own"} for i in range(700)]}, "records": []}, "reject": "screen.too-large"})


def questions(F):
    f = F("screen/questions", "Forms to fill in", "the catalogue, read by the oracle")
    keys = ["id", "name", "notice", "source", "provenance", "complete", "levels", "evidence_from", "apart", "views", "base", "evidence", "groups", "columns"]
    for sheet in ("fra", "eccar", "charter-agenda", "european-charter", "panel", "aaaq"):
        f.add(sheet, "screen.questions", {"sheet": sheet}, take=keys, tol=0)
    f.add("panel-of-housing", "screen.questions", {"sheet": "panel", "area": "SV-HOUS"}, take=keys, tol=0)
    f.add("aaaq-of-health-core", "screen.questions", {"sheet": "aaaq", "area": "SV-HLTH", "selection": ["core"]}, take=keys, tol=0)


def cross(F):
    f = F("screen/cross-reference", "From an article, a target or a point to rights and indicators", "the catalogue, read by the oracle")
    keys = ["reference", "kind", "verification", "list", "indicators", "entries", "counts", "gaps"]
    op = "catalogue.cross_reference"
    for ref in ("CFR", "ICESCR", "ICCPR", "RESC", "EPSR", "CESCR-GC4", "FRA-HRC", "sdg", "eccar", "charter-agenda", "european-charter", "fra"):
        f.add(ref.lower(), op, {"reference": ref}, take=keys, tol=0)
    for ref in ("CFR", "sdg", "eccar"):
        f.add(ref.lower() + "-core", op, {"reference": ref, "selection": ["core"]}, take=keys, tol=0)
    f.add("cfr-pilot", op, {"reference": "CFR", "selection": ["pilot-areas"]}, take=keys, tol=0)
    f.add("cfr-one", op, {"reference": "CFR", "selection": ["HOU-O-01"]}, {"indicators": 1}, take=keys, tol=0)
    f.add("nothing-chosen", op, {"reference": "CFR", "selection": []}, {"indicators": 0, "counts": {"direct": 0, "through_right": 0}}, take=["gaps"], tol=0)
    f.add("eccar-6", op, {"reference": "eccar", "selection": ["EQU-P-03"]}, {"counts": {"of": 10, "direct": 1}}, tol=0, note="the indicator was modelled on point 6")
