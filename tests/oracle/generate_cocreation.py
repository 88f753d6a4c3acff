"""Vectors of pre-test, refinement and co-creation. Called by generate.py."""

from __future__ import annotations

import random

import by_hand


def write(F):
    pretest(F)
    refinement(F)
    delphi(F)
    criteria(F)
    core_set(F)
    participation(F)
    harmonise(F)


RULES = {
    "minimum_answers": 10, "minimum_pairs": 5, "missing_share": 0.05, "refused_share": 0.05, "dont_know_share": 0.1, "no_answer_share": 0.4, "group_gap": 0.1, "seconds": 60, "seconds_split": 120,
    "whipple": 125, "significance": 0.05, "heaping_minimum": 20, "floor_ceiling_share": 0.15, "inter_rater": 0.667, "inter_rater_drop": 0.4, "retest": 0.7, "cronbach_low": 0.7, "cronbach_high": 0.95, "merge_correlation": 0.9,
}


def pretest(F):
    f = F("pretest/evaluate", "What a pre-test says of each question", "the method (section 4); the oracle, over plain lists of rows; proposals worked by hand")
    keys = ["respondents", "questions", "batteries", "indicators", "audience"]

    def row(i, q="Q", answer=None, **more):
        return {"respondent": f"p{i:03}", "question": q} | ({"answer": answer} if answer is not None else {}) | more

    def ev(id_, rows, questions, proposal=None, reasons=None, note=None, policy=None, rules=RULES):
        request = {"answers": {"rows": rows}, "questions": questions} | ({"rules": rules} if rules else {}) | ({"policy": policy} if policy else {})
        f.add(id_, "pretest.evaluate", request, take=keys, note=note)
        got = f.cases[-1]["expect"]["questions"][0]
        if (proposal, reasons) != (None, None) and (got.get("proposal"), [x["statistic"] for x in got["reasons"]]) != (proposal, reasons or []):
            raise SystemExit(f"pretest/evaluate#{id_}: by hand {proposal} {reasons}, the oracle says {got}")

    n = [{"id": "Q", "kind": "number", "indicator": "HOU-O-01"}]
    cat = [{"id": "Q", "kind": "category"}]
    full = [row(i, answer=i) for i in range(20)]
    ev("clean", full, n, "keep", [])
    ev("too-few", full[:9], n, None, [], "nine were asked, ten are needed: nothing is proposed")
    ev("missing", full[:18] + [row(18, no_answer="missing"), row(19, no_answer="missing")], n, "modify", ["missing_share"])
    ev("refused", full[:19] + [row(19, no_answer="refused")], n, "modify", ["refused_share"], "1 of 20 is exactly 5 %")
    ev("dont-know", full[:18] + [row(18, no_answer="dont_know"), row(19, no_answer="dont_know")], n, "modify", ["dont_know_share"])
    ev("not-asked", full[:12] + [row(i, no_answer="not_asked") for i in range(12, 20)], n, "keep", [], "not asked is not refused: it counts nowhere")
    ev("drop", full[:12] + [row(i, no_answer="dont_know") for i in range(12, 20)], n, "drop", ["no_answer_share", "dont_know_share"])
    ev("slow", [row(i, answer=i, seconds=60 + i % 3) for i in range(12)], n, "modify", ["seconds"])
    ev("very-slow", [row(i, answer=i, seconds=119 + i % 4) for i in range(12)], n, "split", ["seconds"], "median 120.5 seconds: two minutes are the time of several questions")
    ev("whipple", [row(i, answer=[10, 15, 20, 25, 30, 37, 40, 45, 50, 55][i % 10]) for i in range(40)], [n[0] | {"heaping": "numbers"}], "modify", ["whipple"])
    ev("whipple-ages", [row(i, answer=[18, 25, 30, 33, 40, 41, 45, 60, 65, 70][i % 10]) for i in range(60)], [n[0] | {"heaping": "ages"}], "modify", ["whipple"], "ages below 23 and above 62 do not count")
    ev("whipple-even", [row(i, answer=i) for i in range(40)], [n[0] | {"heaping": "numbers"}], "keep", [], "each digit four times: the index is 100")
    scale = [{"id": "Q", "kind": "ordinal", "scale": {"min": 1, "max": 5}}]
    ev("floor", [row(i, answer=1 if i < 4 else 2 + i % 3) for i in range(20)], scale, "modify", ["floor_share"])
    ev("ceiling", [row(i, answer=5 if i < 3 else 2 + i % 3) for i in range(20)], scale, "modify", ["ceiling_share"], "3 of 20 is exactly 15 %")
    ev("both-ends", [row(i, answer=1 if i % 2 else 5) for i in range(20)], scale, "modify", ["floor_share", "ceiling_share"])

    def raters(pairs):
        return [row(i, answer=x, rater=r) for i, p in enumerate(pairs) for r, x in zip("ab", p)]

    agree = [("x", "x"), ("y", "y"), ("z", "z")] * 4
    ev("raters-agree", raters(agree), cat, "keep", [])
    ev("raters-tentative", raters(agree[:9] + [("x", "y"), ("y", "z"), ("z", "x")] + [("x", "y")]), cat, "modify", ["inter_rater"])
    ev("raters-disagree", raters([("x", "y"), ("y", "z"), ("z", "x"), ("x", "x")] * 3), cat, "drop", ["inter_rater"])
    split = raters(agree[:9] + [("x", "y"), ("y", "z"), ("z", "x"), ("x", "y")])
    again = [row(i, answer=p[0], round="retest") for i, p in enumerate(agree[:9] + [("x", "y"), ("y", "z"), ("z", "x"), ("x", "y")])]
    ev("raters-read-two-things", split + again, cat, "split", ["inter_rater"], "persons say the same again and raters do not: the question holds two")
    three = [row(i, answer=x, rater=r) for i in range(12) for r, x in zip("abc", ["xyz"[i % 3], "xyz"[i % 3], "xyz"[(i + (i == 5)) % 3]])]
    ev("three-raters", three, cat, "keep", [])
    ev("three-raters-with-gaps", three[:-2], cat)
    ev("number-raters", [row(i, answer=i + (r == "b") * (i % 2), rater=r) for i in range(12) for r in "ab"], n)
    ev("retest-good", full + [row(i, answer=i + 0.5, round="retest") for i in range(10)], n, "keep", [])
    ev("retest-poor", full + [row(i, answer=(i * 7) % 10, round="retest") for i in range(10)], n, "modify", ["retest"])
    ev("retest-too-few", full + [row(i, answer=9 - i, round="retest") for i in range(4)], n, "keep", [], "four pairs, five are needed")
    ev("cost", [row(i, answer=i, cost=2.5) for i in range(20)], [n[0] | {"cost_limit": 2}], "modify", ["cost"])
    ev("cost-of-failures", [row(i, answer=i, cost=1) for i in range(15)] + [row(i, no_answer="not_asked", cost=1) for i in range(15, 20)], [n[0] | {"cost_limit": 1.25}], "modify", ["cost"], "20 paid for 15 answers")
    rng = random.Random(3)
    battery = [{"id": q, "kind": "ordinal", "scale": {"min": 0, "max": 10}, "battery": "B"} for q in ("B1", "B2", "B3")]
    rows = []
    for i in range(20):
        base = rng.randint(2, 8)
        rows += [row(i, "B1", base), row(i, "B2", base + rng.choice([0, 0, 0, 1])), row(i, "B3", rng.randint(1, 9))]
    ev("battery-merge", rows, battery, "merge", ["correlation"], "two items that say the same")
    rows = [row(i, q, rng.randint(1, 9)) for i in range(20) for q in ("B1", "B2", "B3")]
    ev("battery-inconsistent", rows, battery)
    rows = [row(i, q, 1 + i % 8 + (i == 3 and q == "B2")) for i in range(20) for q in ("B1", "B2", "B3")]
    ev("battery-redundant", rows, battery, "merge", ["cronbach", "correlation", "correlation"])
    # groups
    def grouped(sizes, silent):
        made, i = [], 0
        for g, size in sizes.items():
            for j in range(size):
                more = {"group": g} if g else {}
                made.append(row(i, no_answer="refused", **more) if j < silent.get(g, 0) else row(i, answer=j, **more))
                i += 1
        return made

    pol = {"threshold": 10}
    ev("group-gap", grouped({"A": 40, "B": 40}, {"B": 16}), n, "modify", ["refused_share", "group_gap"], policy=pol)
    ev("group-suppressed", grouped({"A": 40, "B": 30, "C": 4}, {"C": 4}), n, "modify", ["refused_share"], "C has four persons; B goes too, or C could be had by subtraction", policy=pol)
    ev("group-all-suppressed", grouped({"A": 6, "B": 7}, {}), n, "keep", [], policy=pol)
    ev("group-rest-small", grouped({"A": 40, "": 3}, {}), n, "keep", [], "three persons named no group: A goes, or they could be had by subtraction", policy=pol)
    ev("group-internal", grouped({"A": 40, "B": 30, "C": 4}, {"C": 4}), n, policy={"internal": True}, note="with the data holder nothing is withheld")
    ev("two-questions", [row(i, "Q", i) for i in range(20)] + [row(i, "R", no_answer="refused") if i < 10 else row(i, "R", "t") for i in range(20)], [n[0], {"id": "R", "kind": "text", "indicator": "HOU-O-01"}], "keep", [], "the indicator takes the stronger proposal")
    ev("rules-of-the-method", [row(i, answer=i) for i in range(30)], n, "keep", [], rules=None)
    f.add("no-questions", "pretest.evaluate", {"answers": {"rows": [row(1, "A", 3), row(2, "A", "x"), row(1, "B", "4")]}, "rules": RULES}, take=keys, note="kinds are told from the answers")
    csv = "respondent;question;answer;no_answer;seconds;group\np1;Q;3,5;;12;A\np2;Q;;refused;8;B\np3;Q;4;;;A\n"
    f.add(
        "csv", "pretest.evaluate", {"answers": {"csv": csv, "dialect": {"decimal": "comma"}}, "questions": n, "rules": RULES},
        {"respondents": 3, "questions": [{"answered": 2, "shares": {"asked": 3, "refused": {"count": 1}}, "seconds": {"n": 2, "median": 10}, "not_judged": "too_few_answers"}]},
        note="semicolons and decimal commas; worked by hand",
    )
    f.add("reject-csv-no-question", "pretest.evaluate", {"answers": {"csv": "respondent,answer\np1,3\n"}}, reject="csv.missing-column")
    f.add("reject-csv-unknown-word", "pretest.evaluate", {"answers": {"csv": "respondent,question,no_answer\np1,Q,shy\n"}}, reject="pretest.bad-row")
    q = [{"id": "Q", "kind": "number", "scale": {"min": 0, "max": 10}}]
    for id_, rows, questions, code in [
        ("no-answers", [], q, "pretest.no-answers"),
        ("unknown-question", [row(1, "Z", 1)], q, "pretest.unknown-question"),
        ("duplicate", [row(1, answer=1), row(1, answer=2)], q, "pretest.duplicate-answer"),
        ("out-of-scale", [row(1, answer=11)], q, "agreement.out-of-scale"),
        ("not-a-number", [row(1, answer="many")], q, "pretest.bad-row"),
        ("neither", [row(1)], q, "pretest.bad-row"),
        ("both", [row(1, answer=1, no_answer="missing")], q, "pretest.bad-row"),
        ("unknown-absence", [row(1, no_answer="shrugged")], q, "pretest.bad-row"),
        ("negative-seconds", [row(1, answer=1, seconds=-1)], q, "pretest.bad-row"),
        ("question-twice", [row(1, answer=1)], q + q, "pretest.bad-question"),
        ("scale-reversed", [row(1, answer=1)], [{"id": "Q", "kind": "number", "scale": {"min": 5, "max": 1}}], "pretest.bad-question"),
        ("text-with-scale", [row(1, answer="a")], [{"id": "Q", "kind": "text", "scale": {"min": 0, "max": 1}}], "pretest.bad-question"),
    ]:
        f.add("reject-" + id_, "pretest.evaluate", {"answers": {"rows": rows}, "questions": questions, "rules": RULES}, reject=code)


def refinement(F):
    f = F("refinement/apply", "From decisions to a new release of the catalogue", "hand-worked from the catalogue of this repository: version 0.2.0 of 2026-12-01; HOU-O-01 is a sheet of that version")
    both = [{"who": "Human rights office", "side": "city"}, {"who": "Tenants' union", "side": "civil_society"}]
    rel = {"version": "0.3.0", "date": "2027-03-01"}

    def d(action, ids=(), **more):
        return {"indicators": list(ids), "action": action, "decided_by": both, "on": "2027-02-20", "reason": "The pre-test says so"} | more

    def ap(id_, decisions, expect, note=None, release=rel, **more):
        f.add(id_, "refinement.apply", {"release": release, "decisions": decisions, **more}, expect, tol=0, note=note)

    ap("nothing", [], {"diff": {"from": "0.2.0", "to": "0.3.0", "added": [], "retired": [], "changed": []}, "lineage": [], "changelog": "## 0.3.0 (2027-03-01)\n\nNo indicator changed.\n"})
    ap("keep", [d("keep", ["HOU-O-01"])], {"diff": {"changed": []}, "lineage": [{"action": "keep", "from": ["HOU-O-01"], "into": ["HOU-O-01"], "against_proposal": False}]})
    ap("keep-pretested", [d("keep", ["HOU-O-01"], status="pretested")], {"diff": {"changed": [{"id": "HOU-O-01", "fields": [{"field": "sheet.status", "before": "draft", "after": "pretested"}]}]}})
    ap(
        "modify", [d("modify", ["HOU-O-01"], sheet={"periodicity": "every two years"}, text={"en": {"name": "Homeless people"}}, proposal="keep")],
        {"diff": {"changed": [{"id": "HOU-O-01", "fields": [{"field": "sheet.periodicity", "after": "every two years"}, {"field": "sheet.version", "before": "0.2.0", "after": "0.3.0"}, {"field": "text.en.name", "before": "Homelessness rate", "after": "Homeless people"}]}]},
         "lineage": [{"proposal": "keep", "against_proposal": True}],
         "changelog": "## 0.3.0 (2027-03-01)\n\n### Changed\n\n* HOU-O-01 (sheet.periodicity, text.en.name): The pre-test says so. The pre-test proposed to keep. Decided by Human rights office (city), Tenants' union (civil_society) on 2027-02-20.\n"},
        "the version of the sheet rises by itself; who decides against the proposal says so",
    )
    ap("modify-own-version", [d("modify", ["HOU-O-01"], sheet={"version": "1.0.0"})], {"diff": {"changed": [{"id": "HOU-O-01", "fields": [{"field": "sheet.version", "after": "1.0.0"}]}]}})
    into = [{"sheet": {"id": "HOU-O-91"}, "text": {"en": {"name": "Rough sleepers"}}}, {"sheet": {"id": "HOU-O-92"}, "text": {"en": {"name": "People in shelters"}}}]
    ap(
        "split", [d("split", ["HOU-O-01"], into=into)],
        {"diff": {"added": ["HOU-O-91", "HOU-O-92"], "retired": ["HOU-O-01"], "removed": [], "split": [{"from": "HOU-O-01", "into": ["HOU-O-91", "HOU-O-92"]}], "merged": [], "replaced": [], "changed": []}, "lineage": [{"from": ["HOU-O-01"], "into": ["HOU-O-91", "HOU-O-92"]}]},
        "fields that are not given are those of the first",
    )
    ap("merge", [d("merge", ["HOU-O-03", "HOU-O-02"], into=[{"sheet": {"id": "HOU-O-93"}}])], {"diff": {"added": ["HOU-O-93"], "retired": ["HOU-O-02", "HOU-O-03"], "merged": [{"from": ["HOU-O-03", "HOU-O-02"], "into": "HOU-O-93"}], "split": []}})
    ap("drop", [d("drop", ["HOU-O-01"])], {"diff": {"retired": ["HOU-O-01"], "removed": []}, "lineage": [{"into": []}]}, "it stays in the catalogue as retired: ids are never used again")
    new = {"id": "GOV-P-91", "tier": "thematic", "module": "GOV", "rights": ["R-PARTICIPATION"], "attributes": [], "measure_type": "process", "result_level": "output", "value_kind": "count", "unit": "NUMBER", "multiplier": 1,
           "polarity": "higher", "bounds": None, "target": None, "minimum_standard": None, "legal": [], "disaggregation": {}, "aaaq": [], "hrba": [], "service_areas": [], "responsible_level": "city", "sdg": [], "dataset": [],
           "periodicity": "annual", "source_types": [], "references": [], "privacy": "none", "verification": "own"}
    text = {"en": {"name": "Public hearings", "definition": "Hearings that the council held."}}
    import oracle

    rights = {x["id"] for x in oracle.catalogue()["rights"]}
    new["rights"] = [sorted(rights)[0]]
    new["unit"] = oracle.catalogue()["indicators"][0]["unit"]
    add = d("add", into=[{"sheet": new, "text": text}], promotes="x-GRAZ:HEARINGS")
    ap("promote", [add], {"diff": {"added": ["GOV-P-91"], "changed": []}, "lineage": [{"action": "add", "from": [], "into": ["GOV-P-91"], "promotes": "x-GRAZ:HEARINGS"}]}, "a city's extension becomes thematic")
    ap("promote-to-core", [add | {"tier": "core"}], {"diff": {"added": ["GOV-P-91"]}})
    ap("raise-to-core", [d("keep", ["HOU-O-02"], tier="core")], {"diff": {"changed": [{"id": "HOU-O-02", "fields": [{"field": "sheet.tier", "before": "thematic", "after": "core"}]}]}})
    ap("several", [d("drop", ["HOU-O-01"]), d("keep", ["HOU-O-02"]), d("modify", ["HOU-O-03"], text={"en": {"name": "Overcrowding"}})], {"diff": {"retired": ["HOU-O-01"], "changed": [{"id": "HOU-O-03"}]}, "lineage": [{"action": "drop"}, {"action": "keep"}, {"action": "modify"}]})
    city = [both[0]]
    for id_, release, decisions, code in [
        ("same-version", {"version": "0.2.0", "date": "2027-03-01"}, [], "refinement.bad-release"),
        ("lower-version", {"version": "0.0.9", "date": "2027-03-01"}, [], "refinement.bad-release"),
        ("no-version", {"version": "next", "date": "2027-03-01"}, [], "refinement.bad-release"),
        ("earlier", {"version": "0.3.0", "date": "2026-01-01"}, [], "refinement.bad-release"),
        ("no-day", {"version": "0.3.0", "date": "2027-02-30"}, [], "refinement.bad-release"),
        ("unknown-indicator", rel, [d("keep", ["HOU-O-99"])], "refinement.unknown-indicator"),
        ("twice", rel, [d("keep", ["HOU-O-01"]), d("drop", ["HOU-O-01"])], "refinement.decided-twice"),
        ("nobody", rel, [d("keep", ["HOU-O-01"], decided_by=[])], "refinement.incomplete-decision"),
        ("no-reason", rel, [d("keep", ["HOU-O-01"], reason=" ")], "refinement.incomplete-decision"),
        ("no-date", rel, [d("keep", ["HOU-O-01"], on="soon")], "refinement.incomplete-decision"),
        ("split-in-one", rel, [d("split", ["HOU-O-01"], into=into[:1])], "refinement.bad-decision"),
        ("merge-one", rel, [d("merge", ["HOU-O-01"], into=into[:1])], "refinement.bad-decision"),
        ("modify-nothing", rel, [d("modify", ["HOU-O-01"])], "refinement.bad-decision"),
        ("keep-with-changes", rel, [d("keep", ["HOU-O-01"], sheet={"periodicity": "monthly"})], "refinement.bad-decision"),
        ("unknown-field", rel, [d("modify", ["HOU-O-01"], sheet={"colour": "red"})], "refinement.bad-decision"),
        ("change-id", rel, [d("modify", ["HOU-O-01"], sheet={"id": "HOU-O-98"})], "refinement.bad-decision"),
        ("bad-field", rel, [d("modify", ["HOU-O-01"], sheet={"polarity": "sideways"})], "refinement.bad-decision"),
        ("used-id", rel, [d("split", ["HOU-O-01"], into=[into[0], {"sheet": {"id": "HOU-O-02"}}])], "refinement.bad-decision"),
        ("bad-status", rel, [d("keep", ["HOU-O-01"], status="retired")], "refinement.bad-decision"),
        ("core-by-one-side", rel, [d("keep", ["HOU-O-02"], tier="core", decided_by=city)], "refinement.missing-sign-off"),
        ("standard-by-one-side", rel, [d("keep", ["HOU-O-02"], status="standard", decided_by=city)], "refinement.missing-sign-off"),
        ("promote-to-core-by-one-side", rel, [add | {"tier": "core", "decided_by": city}], "refinement.missing-sign-off"),
        ("promote-no-extension", rel, [add | {"promotes": "HEARINGS"}], "refinement.bad-decision"),
        ("local-in-the-standard", rel, [d("keep", ["HOU-O-02"], tier="local")], "catalogue.bad-value"),
        ("unknown-module", rel, [d("modify", ["HOU-O-01"], sheet={"module": "NOPE"})], "catalogue.unknown-reference"),
    ]:
        f.add("reject-" + id_, "refinement.apply", {"release": release, "decisions": decisions}, reject=code)
    f = F("refinement/diff", "What changed between two releases", "hand-worked")
    f.add("reject-no-catalogue", "catalogue.diff", {"before": {}}, reject="catalogue.bad-json")
    f.add("reject-nothing", "catalogue.diff", {}, reject="wire.bad-request")


def panel(city, civil):
    return [{"id": f"c{i}", "side": "city"} for i in range(city)] + [{"id": f"s{i}", "side": "civil_society"} for i in range(civil)]


def ballot(raters, **items):
    """One rating a rater, in the order of the raters; None abstains, "-" is no rating."""
    return {"ratings": [{"rater": r["id"], "item": i, "rating": x} for i, xs in items.items() for r, x in zip(raters, xs) if x != "-"]}


def delphi(F):
    f = F("cocreation/delphi", "Delphi rounds", "the method (section 4); the oracle; verdicts worked by hand")
    five = panel(5, 5)

    def de(id_, items, raters, rounds, verdict, note=None, **more):
        by_hand.add(f, id_, "cocreation.delphi", {"items": items, "raters": raters, "rounds": rounds, **more}, {"stop": {"verdict": verdict}}, take=["rounds", "stop"], note=note)

    a = [7, 8, 8, 9, 7, 7, 8, 9, 8, 7]
    b = [2, 3, 1, 2, 5, 8, 9, 7, 8, 5]
    c = [4, 5, 5, 6, 5, 5, 4, 6, 5, 5]
    de("one-round", ["A", "B", "C"], five, [ballot(five, A=a, B=b, C=c)], "first_round", "A appropriate, B in disagreement, C uncertain")
    de("stop", ["A", "B"], five, [ballot(five, A=a, B=b), ballot(five, A=a, B=b)], "stop", "nothing moves")
    de("median-moves", ["A", "C"], five, [ballot(five, A=a, C=c), ballot(five, A=a, C=[x + 1 for x in c])], "still_moving", "the median of C moves by exactly 1")
    de("range-shrinks", ["B"], five, [ballot(five, B=b), ballot(five, B=[3, 4, 3, 4, 5, 6, 7, 6, 7, 5])], "still_moving", "the median stands, the range still shrinks")
    de("range-widens", ["A"], five, [ballot(five, A=c), ballot(five, A=[3, 5, 5, 7, 5, 5, 3, 7, 5, 5])], "stop", "the range shrinks no more")
    de("three-rounds", ["A"], five, [ballot(five, A=c), ballot(five, A=a), ballot(five, A=a)], "stop", "the last two rounds decide")
    de("new-item", ["A", "B"], five, [ballot(five, A=a), ballot(five, A=a, B=b)], "new_items")
    de("dropped-item", ["A", "B"], five, [ballot(five, A=a, B=b), ballot(five, A=a)], "stop", "an item that is not asked again is not waited for")
    de("abstentions", ["A", "B"], five, [ballot(five, A=[7, None, 8, None, 9, "-", 7, 8, None, 7], B=b)], "first_round", "who did not rate every item is left out of Kendall's W")
    de("small-side", ["A"], panel(8, 2), [ballot(panel(8, 2), A=a)], "first_round", "two persons of a side: neither side is shown")
    de("three-of-a-side", ["A", "B"], panel(7, 3), [ballot(panel(7, 3), A=a, B=b)], "first_round")
    de("one-rating-of-an-item", ["A", "B"], five, [ballot(five, A=a, B=[6] + ["-"] * 9)], "first_round", "no index from one rating")
    de("half-points", ["A"], five, [ballot(five, A=[6, 7] * 5)], "first_round", "6.5 is appropriate")
    rules = {"scale_min": 1, "scale_max": 5, "consensus_iqr": 1, "relevant_from": 4, "i_cvi": 0.78, "stop_median": 0.5, "minimum_raters": 2, "criterion_met": 0.75, "side_difference": 0.25, "required_sides": [], "node_limit": 10,
             "rand_ucla": {"appropriate_from": 6.5, "uncertain_from": 3.5, "low_to": 3, "high_from": 7, "disagreement_share": 0.3, "disagreement": "thirds", "ipras": {"lower": 0.3, "upper": 0.7, "symmetric": 2.35, "correction": 1.5}}}
    de("five-points", ["A", "B"], five, [ballot(five, A=[4, 5, 4, 5, 4, 3, 4, 5, 4, 4], B=[1, 2, 3, 4, 5, 1, 2, 3, 4, 5])], "first_round", "RAND/UCLA is defined on nine points only", rules=rules)
    one = ballot(five, A=a)
    text = "rater;side;item;rating\nr1;city;A;7\nr2;city;A;8,5\nr3;civil;A;\nr1;city;B;5\nr2;city;B;5\n"
    f.add(
        "csv", "cocreation.delphi", {"rounds": [{"csv": text, "dialect": {"decimal": "comma"}}]},
        {"rounds": [{"raters": 2, "ratings": 4, "items": [{"item": "A", "n": 2, "abstained": 1, "median": 7.75, "iqr": 0.75}, {"item": "B", "n": 2, "median": 5, "appropriateness": "uncertain"}]}], "stop": {"verdict": "first_round"}},
        note="items and raters are told from the file; an empty rating is an abstention; worked by hand",
    )
    f.add("reject-csv-no-item", "cocreation.delphi", {"rounds": [{"csv": "rater,rating\nr1,5\n"}]}, reject="csv.missing-column")
    f.add("reject-csv-word", "cocreation.delphi", {"rounds": [{"csv": "rater,item,rating\nr1,A,high\n"}]}, reject="agreement.out-of-scale")
    f.add("reject-rows-without-items", "cocreation.delphi", {"raters": five, "rounds": [{"csv": "rater,item,rating\nr1,A,5\n"}, one]}, reject="wire.bad-request")
    for id_, fields, code in [
        ("out-of-scale", {"items": ["A"], "raters": five, "rounds": [ballot(five, A=[10] + a[1:])]}, "agreement.out-of-scale"),
        ("zero", {"items": ["A"], "raters": five, "rounds": [ballot(five, A=[0] + a[1:])]}, "agreement.out-of-scale"),
        ("one-rater", {"items": ["A"], "raters": five, "rounds": [ballot(five[:1], A=a)]}, "agreement.too-few-raters"),
        ("empty-round", {"items": ["A"], "raters": five, "rounds": [one, {"ratings": []}]}, "cocreation.empty-round"),
        ("only-abstentions", {"items": ["A"], "raters": five, "rounds": [ballot(five, A=[None] * 10)]}, "cocreation.empty-round"),
        ("no-round", {"items": ["A"], "raters": five, "rounds": []}, "cocreation.empty-round"),
        ("unknown-item", {"items": ["B"], "raters": five, "rounds": [one]}, "cocreation.unknown-item"),
        ("unknown-rater", {"items": ["A"], "raters": five[1:], "rounds": [one]}, "cocreation.unknown-participant"),
        ("twice", {"items": ["A"], "raters": five, "rounds": [{"ratings": one["ratings"] + one["ratings"][:1]}]}, "cocreation.duplicate-rating"),
        ("rater-twice", {"items": ["A"], "raters": five + five[:1], "rounds": [one]}, "cocreation.duplicate-id"),
        ("item-twice", {"items": ["A", "A"], "raters": five, "rounds": [one]}, "cocreation.duplicate-id"),
    ]:
        f.add("reject-" + id_, "cocreation.delphi", fields, reject=code)


def criteria(F):
    f = F("cocreation/criteria", "Proposals against criteria", "the method (section 4); the oracle; lists of criteria from the catalogue")
    four = panel(3, 3)
    words = {"y": "yes", "p": "partly", "n": "no"}

    def cast(**proposals):
        return [{"rater": r["id"], "proposal": p, "criterion": c, "opinion": words[x]} for p, cs in proposals.items() for c, xs in cs.items() for r, x in zip(four, xs) if x != "-"]

    def ra(id_, ratings, proposals=("A",), note=None, **more):
        f.add(id_, "cocreation.rate", {"criteria": ["C1", "C2"], "proposals": [{"id": p} for p in proposals], "raters": four, "ratings": ratings, **more}, take=["proposals"], note=note)

    ra("met", cast(A={"C1": "yyyyyy", "C2": "yypypy"}))
    ra("three-quarters", cast(A={"C1": "yyyppp", "C2": "yyyppn"}), note="three yes and three partly make exactly three quarters")
    ra("sides-differ", cast(A={"C1": "yyynnn", "C2": "yyyyyy"}), note="the city says yes, civil society no: C1 is disputed and not met")
    ra("not-rated", cast(A={"C1": "yyyyyy"}))
    ra("small-side", cast(A={"C1": "yyyn--", "C2": "yyyyyy"}), note="one of civil society rated C1: neither side is shown")
    ra("two-proposals", cast(A={"C1": "yyyyyy", "C2": "yyyyyy"}, B={"C1": "nnnnnn", "C2": "pppppp"}), ("A", "B"))
    f.add("list-of-the-catalogue", "cocreation.rate", {"list": "RACER", "proposals": [{"id": "A", "side": "city", "title": "Homeless people"}], "raters": four, "ratings": [{"rater": r["id"], "proposal": "A", "criterion": "RACER-E", "opinion": "yes"} for r in four]}, take=["proposals"])
    good = cast(A={"C1": "yyyyyy"})
    for id_, fields, code in [
        ("unknown-criterion", {"ratings": [good[0] | {"criterion": "C9"}]}, "cocreation.unknown-item"),
        ("unknown-proposal", {"ratings": [good[0] | {"proposal": "Z"}]}, "cocreation.unknown-item"),
        ("unknown-rater", {"ratings": [good[0] | {"rater": "z"}]}, "cocreation.unknown-participant"),
        ("twice", {"ratings": good + good[:1]}, "cocreation.duplicate-rating"),
        ("one-rater", {"ratings": good[:1]}, "agreement.too-few-raters"),
        ("empty", {"ratings": []}, "cocreation.empty-round"),
        ("unknown-word", {"ratings": [good[0] | {"opinion": "maybe"}]}, "wire.bad-request"),
        ("unknown-list", {"criteria": None, "list": "NOPE", "ratings": good}, "cocreation.unknown-item"),
        ("list-and-criteria", {"list": "RACER", "ratings": good}, "wire.unknown-field"),
    ]:
        f.add("reject-" + id_, "cocreation.rate", {"criteria": ["C1", "C2"], "proposals": [{"id": "A"}], "raters": four} | fields, reject=code)
    f.add("lists", "cocreation.criteria", {}, [{"id": "RACER", "source": "REF-EC-RACER"}, {"id": "RIGHTS", "source": "REF-OHCHR2012"}, {"id": "SMART", "source": "REF-DORAN1981"}], tol=0)


def core_set(F):
    f = F("cocreation/core_set", "The choice of a core set", "the oracle, by trying every subset; conflicts worked by hand")
    none = {"rights": "none", "levels": "none", "outcome_of_themes": "none"}

    def cand(name, value, effort, **more):
        return {"id": f"x-T:{name}", "value": value, "effort": effort, "rights": [], "level": "output", "theme": "HOU"} | more

    def co(id_, candidates, constraints, take=("feasible", "proven_optimal", "chosen", "value", "effort", "candidates"), expect=None, note=None):
        by_hand.add(f, id_, "cocreation.core_set", {"candidates": candidates, "constraints": constraints, "node_limit": 100000}, expect or {}, take=take, note=note)

    abc = [cand("A", 6, 3), cand("B", 5, 2), cand("C", 4, 2), cand("D", 1, 5)]
    co("knapsack", abc, none | {"budget": 5}, expect={"candidates": [{"id": "x-T:A", "chosen": True, "reason": "value"}, {"id": "x-T:B", "chosen": True, "reason": "value"}, {"id": "x-T:C", "chosen": False, "reason": "no_budget", "left": 0}, {"id": "x-T:D", "chosen": False, "reason": "no_budget", "left": 0}]}, note="A and B are worth 11 for 5")
    co("no-limit", abc, none, note="everything of value is in")
    co("size", abc, none | {"size": 2}, expect={"candidates": [{"reason": "value"}, {"reason": "value"}, {"reason": "no_place"}, {"reason": "no_place"}]})
    co("no-value", [cand("A", 5, 1), cand("B", -1, 0), cand("C", 0.5, 1)], none, expect={"candidates": [{"reason": "value"}, {"reason": "no_value"}, {"reason": "value"}]})
    chain = [cand("I", 1, 2, level="input"), cand("P", 2, 2, level="activity"), cand("O", 9, 2, level="output"), cand("C", 3, 2, level="outcome"), cand("M", 2, 2, level="impact"), cand("O2", 8, 2, level="output")]
    co("levels", chain, none | {"levels": "all", "budget": 10}, expect={"candidates": [{"id": "x-T:C", "reason": "only_candidate", "covers": [{"kind": "level", "id": "outcome"}]}, {"id": "x-T:I", "reason": "only_candidate"}, {"id": "x-T:M"}, {"id": "x-T:O", "reason": "needed", "covers": [{"kind": "level", "id": "output"}]}, {"id": "x-T:O2", "chosen": False, "reason": "no_budget"}, {"id": "x-T:P"}]}, note="each level once, the better of two outputs")
    co("levels-only", chain, none | {"levels": {"only": ["outcome", "impact"]}, "budget": 6})
    co("themes", [cand("A", 1, 1, level="outcome"), cand("B", 9, 1, theme="EDU"), cand("C", 2, 1, theme="EDU", level="impact"), cand("D", 8, 1)], none | {"outcome_of_themes": {"only": ["HOU", "EDU"]}, "size": 3}, note="an outcome of each theme comes before a better output")
    real = [{"id": i, "value": v, "effort": e} for i, v, e in [("HOU-O-01", 8, 3), ("HOU-O-02", 7, 2), ("EDU-O-01", 9, 4), ("EDU-O-04", 6, 2), ("GOV-S-01", 5, 1), ("GOV-P-01", 7, 2), ("HEA-O-01", 8, 3)]]
    co("of-the-catalogue", real, {"rights": {"only": ["R-HOUSING", "R-EDUCATION"]}, "levels": "none", "outcome_of_themes": {"only": ["HOU", "EDU", "HEA"]}, "budget": 10}, note="what each covers comes from the catalogue")
    co("decided", [cand("A", 6, 3, decided={"take": False, "reason": "unlawful here"}), cand("B", 1, 4, decided={"take": True, "reason": "required by law"}), cand("C", 4, 2)], none | {"budget": 6}, expect={"candidates": [{"reason": "decided", "given": "unlawful here", "chosen": False}, {"reason": "decided", "given": "required by law", "chosen": True}, {"reason": "value"}]})
    rng = random.Random(5)
    for n in range(8):
        levels = ["input", "activity", "output", "outcome", "impact"]
        cs = [cand(f"R{i:02}", round(rng.uniform(1, 9), 3), rng.randint(1, 6), level=rng.choice(levels), theme=rng.choice(["HOU", "EDU", "HEA"])) for i in range(12)]
        have = sorted({c["level"] for c in cs}, key=levels.index)
        co(f"random-{n}", cs, none | {"levels": {"only": have}, "budget": 12 + n})
    bad = ("feasible", "proven_optimal", "conflict", "least_effort")
    co("over-budget", chain, none | {"levels": "all", "budget": 9}, bad, {"feasible": False, "conflict": [{"kind": "level", "id": "input"}, {"kind": "level", "id": "activity"}, {"kind": "level", "id": "output"}, {"kind": "level", "id": "outcome"}, {"kind": "level", "id": "impact"}, {"kind": "budget"}], "least_effort": 10}, "five levels at 2 each are 10")
    co("no-candidate", abc, none | {"levels": {"only": ["impact", "output"]}}, bad, {"feasible": False, "conflict": [{"kind": "level", "id": "impact"}]}, "no candidate at all: the other requirement is not to blame")
    co("too-small", chain, none | {"levels": "all", "size": 4}, bad)
    co("two-cannot-share", [cand("A", 1, 4, level="input"), cand("B", 1, 4, level="impact"), cand("C", 1, 1)], none | {"levels": {"only": ["input", "output", "impact"]}, "budget": 7}, bad, {"conflict": [{"kind": "level", "id": "input"}, {"kind": "level", "id": "impact"}, {"kind": "budget"}], "least_effort": 8}, "the output fits in any case")
    co("decided-in-the-way", [cand("A", 1, 4, level="impact", decided={"take": False, "reason": "no data"}), cand("B", 2, 1)], none | {"levels": {"only": ["impact"]}}, bad, {"conflict": [{"kind": "level", "id": "impact"}, {"kind": "decided"}]})
    for id_, fields, code in [
        ("negative-effort", {"candidates": [cand("A", 1, -1)], "constraints": none}, "cocreation.bad-constraint"),
        ("negative-budget", {"candidates": [cand("A", 1, 1)], "constraints": none | {"budget": -1}}, "cocreation.bad-constraint"),
        ("nothing", {"candidates": [], "constraints": none}, "cocreation.bad-constraint"),
        ("no-reason", {"candidates": [cand("A", 1, 1, decided={"take": True, "reason": ""})], "constraints": none}, "cocreation.bad-constraint"),
        ("bare-extension", {"candidates": [{"id": "x-T:A", "value": 1, "effort": 1}], "constraints": none}, "cocreation.bad-constraint"),
        ("unknown-indicator", {"candidates": [{"id": "NOPE-1", "value": 1, "effort": 1}], "constraints": none}, "cocreation.unknown-item"),
        ("unknown-right", {"candidates": [cand("A", 1, 1)], "constraints": none | {"rights": {"only": ["R-NOPE"]}}}, "cocreation.unknown-item"),
        ("twice", {"candidates": [cand("A", 1, 1), cand("A", 2, 1)], "constraints": none}, "cocreation.duplicate-id"),
    ]:
        f.add("reject-" + id_, "cocreation.core_set", fields, reject=code)


def participation(F):
    f = F("cocreation/participation", "The record of participation and what it says of legitimacy", "hand-worked; the oracle")
    keys = ["participants", "never_there", "from", "to", "occasions", "complete_occasions", "sides", "groups", "missing_groups"]
    people = [{"id": f"c{i}", "side": "city"} for i in range(3)] + [{"id": f"s{i}", "side": "civil_society", "groups": ["tenants"] if i < 12 else ["Roma"]} for i in range(16)]

    def on(occasion, day, *who):
        return [{"participant": w, "occasion": occasion, "on": day} for w in who]

    everybody = [p["id"] for p in people]
    by_hand.add(f, "both-sides", "cocreation.participation", {"participants": people, "record": on("kick-off", "2027-01-10", *everybody), "policy": {"threshold": 3}}, {"participants": 19, "complete_occasions": 1, "groups": [{"id": "Roma", "participants": 4}, {"id": "tenants", "participants": 12}]}, take=keys)
    by_hand.add(f, "one-side", "cocreation.participation", {"participants": people, "record": on("kick-off", "2027-01-10", "c0", "s1") + on("choice", "2027-02-01", "c0", "c1"), "policy": {"threshold": 1}}, {"complete_occasions": 1}, take=keys, note="the choice was made without civil society")
    by_hand.add(f, "small-group", "cocreation.participation", {"participants": people, "record": on("kick-off", "2027-01-10", *everybody)}, {"groups": [{"id": "Roma", "absent": "suppressed"}, {"id": "tenants", "participants": 12}]}, take=keys, note="fewer than ten persons: withheld; the groups do not sum up to all, so it cannot be had by subtraction")
    only = [{"id": f"s{i}", "side": "civil_society", "groups": ["tenants"] if i < 12 else ["Roma"]} for i in range(16)]
    by_hand.add(f, "groups-that-sum-up", "cocreation.participation", {"participants": only, "record": on("kick-off", "2027-01-10", *[p["id"] for p in only])}, {"groups": [{"id": "Roma", "absent": "suppressed"}, {"id": "tenants", "absent": "suppressed"}]}, take=keys)
    by_hand.add(f, "missing-group", "cocreation.participation", {"participants": people, "record": on("a", "2027-01-10", "s0", "c0") + on("a", "2027-01-12", "s0"), "expected_groups": ["tenants", "young people"], "policy": {"threshold": 1}}, {"missing_groups": ["young people"], "never_there": 17}, take=keys)
    for id_, fields, code in [("empty", {"participants": people, "record": []}, "cocreation.empty-round"), ("unknown", {"participants": people, "record": on("a", "2027-01-10", "zz")}, "cocreation.unknown-participant"),
                              ("no-day", {"participants": people, "record": on("a", "2027-02-30", "c0")}, "cocreation.bad-date"), ("twice", {"participants": people + people[:1], "record": on("a", "2027-01-10", "c0")}, "cocreation.duplicate-id")]:
        f.add("reject-" + id_, "cocreation.participation", fields, reject=code)


def harmonise(F):
    f = F("cocreation/harmonise", "The same indicator in several cities", "hand-worked; the oracle")
    mapping = {"rule": "households times 2.1", "loss": "household size differs between quarters", "factor": 2.1}

    def de(place, indicator="HOU-O-01", reference="HOU-O-01", version="0.2.0", **more):
        return {"place": place, "indicator": indicator, "reference": reference, "version": version} | more

    same = [de("Graz"), de("York")]
    mapped = de("Utrecht", deviations=["unit"], mapping=mapping)
    local = de("Lund", deviations=["definition"])
    own = {"place": "Lund", "indicator": "x-LUND:H1"}
    for id_, ds, note in [("identical", same, None), ("mapped", same + [mapped], None), ("local-only", same + [local], None), ("own", [own], "a city's own indicator has nothing to compare with"), ("old-version", [de("Graz", version="0.0.9"), de("York")], "another version without a rule is local only"),
                          ("old-version-mapped", [de("Graz", version="0.0.9", mapping=mapping), de("York")], None), ("loss-not-stated", [de("Graz", deviations=["unit"], mapping={"rule": "x 2", "loss": " "})], "a rule without its loss is no mapping"),
                          ("extension-mapped", [de("Graz", indicator="x-GRAZ:H9", mapping=mapping)], None), ("one-city", same[:1], "one city: nothing to rank")]:
        f.add(id_, "cocreation.harmonise", {"definitions": ds}, take=["indicators"], note=note)
    keys = ["indicator", "purpose", "level", "places", "caveats"]
    f.add("rank-identical", "cocreation.compare", {"definitions": same, "indicator": "HOU-O-01", "purpose": "ranking"}, take=keys)
    by_hand.add(f, "pool-mapped", "cocreation.compare", {"definitions": same + [mapped], "indicator": "HOU-O-01", "purpose": "pooling"}, {"level": "mapped", "caveats": ["Utrecht: household size differs between quarters"]}, take=keys)
    f.add("leave-out-the-local", "cocreation.compare", {"definitions": same + [local], "indicator": "HOU-O-01", "places": ["Graz", "York"], "purpose": "ranking"}, take=keys)
    for id_, ds, more, code in [
        ("rank-local", same + [local], {"purpose": "ranking"}, "cocreation.local-only"),
        ("pool-local", same + [local], {"purpose": "pooling"}, "cocreation.local-only"),
        ("unknown-indicator", same, {"indicator": "HOU-O-02", "purpose": "ranking"}, "cocreation.unknown-item"),
        ("unknown-place", same, {"places": ["Bristol"], "purpose": "ranking"}, "cocreation.unknown-item"),
        ("unknown-reference", [de("Graz", reference="NOPE")], {"purpose": "ranking"}, "cocreation.unknown-item"),
        ("twice", same + same[:1], {"purpose": "ranking"}, "cocreation.duplicate-id"),
        ("unknown-purpose", same, {"purpose": "fun"}, "wire.bad-request"),
    ]:
        f.add("reject-" + id_, "cocreation.compare", {"definitions": ds, "indicator": "HOU-O-01"} | more, reject=code)
    for id_, text, city, own_id in [("graz", "x-GRAZ:HOU-01", "GRAZ", "HOU-01"), ("with-hyphen", "x-NEW-YORK:1", "NEW-YORK", "1")]:
        f.add(f"extension-{id_}", "cocreation.extension", {"id": text}, {"city": city, "own": own_id}, tol=0)
    for id_, text in [("standard", "HOU-O-01"), ("no-city", "x-:1"), ("no-id", "x-GRAZ:"), ("two-colons", "x-GRAZ:A:B"), ("no-prefix", "GRAZ:HOU-01")]:
        f.add(f"reject-extension-{id_}", "cocreation.extension", {"id": text}, reject="cocreation.bad-namespace")
