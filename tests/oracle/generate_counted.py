"""The vectors about who is counted in a report: states of disaggregations, the index of invisibility, what a city says of it.

The expected values are worked by hand from the method, section 6; the working stands in the notes.
"""

from __future__ import annotations

from generate_data import asked, row, share, shown

HAND = "worked by hand from the method, section 6"
# required by sex and by age, and desirable by four dimensions more
SAFE, MORE = "GBV-O-02", ["DISAB", "SOGI", "ETHNIC", "DISTRICT"]


def women(indicator, n, of, period="2020", **more):
    return share(indicator, n, of, period, SEX="F", **more)


def men(indicator, n, of, period="2020", **more):
    return share(indicator, n, of, period, SEX="M", **more)


def states(**by_dimension):
    need = {"SEX": "required", "AGE": "required"}
    order = ["SEX", "AGE", *MORE]
    made = {d: "no_data" for d in order} | by_dimension
    return [{"dimension": d, "need": need.get(d, "desirable"), "status": made[d]} for d in order]


def write(F):
    f = F("assess/counted", "Who is counted, and who is not", HAND)
    everybody = share(SAFE, 600, 1000)

    def a(id_, given, disaggregation, visibility, note, availability=None, **more):
        plan = {"availability": availability} if availability else None
        where = {"place": "X", "indicators": [{"id": SAFE, "disaggregation": disaggregation} | more], "visibility": visibility}
        f.cases.append({"id": id_, "op": "assess", "input": asked([SAFE], *given, plan=plan), "expect": {"places": [where]}, "tolerance": 1e-15, "note": note})

    def said(status, dimension=None, **more):
        return {"indicator": SAFE, "status": status} | ({"dimension": dimension} if dimension else {}) | more

    a("sex-and-not-age", [everybody, women(SAFE, 200, 500), men(SAFE, 400, 500)], states(SEX="have"), {"invisibility": 0.5, "required": {"have": 1, "no_data": 1}, "desirable": {"have": 0, "no_data": 4}},
      "one of two required ones is there", missing_disaggregation=["AGE"])
    a("nobody", [everybody], states(), {"invisibility": 1, "required": {"no_data": 2}}, "neither of the two", missing_disaggregation=["SEX", "AGE"])
    a("everybody", [everybody, women(SAFE, 200, 500), men(SAFE, 400, 500), share(SAFE, 100, 200, AGE="Y_LT18"), share(SAFE, 500, 800, AGE="Y_GE18")], states(SEX="have", AGE="have"), {"invisibility": 0, "required": {"have": 2}}, "both", missing_disaggregation=[])
    a("crossed", [everybody, share(SAFE, 100, 250, SEX="F", AGE="Y_LT18"), share(SAFE, 100, 250, SEX="F", AGE="Y_GE18"), share(SAFE, 200, 250, SEX="M", AGE="Y_LT18"), share(SAFE, 200, 250, SEX="M", AGE="Y_GE18")], states(SEX="have", AGE="have"), {"invisibility": 0}, "women under 18 are counted by sex and by age")
    a("all-withheld", [share(SAFE, 300, 1000), women(SAFE, 5, 20), men(SAFE, 295, 980)], states(SEX="withheld"), {"invisibility": 1, "required": {"withheld": 1, "no_data": 1}}, "5 women are too few to show, and then the men tell how many they are")
    a("not-asked-of-anybody", [row(SAFE, status="not_asked")], states(SEX="not_asked", AGE="not_asked", **dict.fromkeys(MORE, "not_asked")), {"invisibility": 1, "required": {"not_asked": 2}}, "what was asked of nobody was not asked of women")
    a("not-asked-by-sex", [everybody, row(SAFE, status="not_asked", SEX="F"), row(SAFE, status="not_asked", SEX="M")], states(SEX="not_asked"), {"invisibility": 1, "required": {"not_asked": 1, "no_data": 1}}, "the sex was not asked")
    a("does-not-apply", [row(SAFE, status="not_applicable")], states(SEX="not_applicable", AGE="not_applicable", **dict.fromkeys(MORE, "not_applicable")), {"invisibility": None, "required": {"not_applicable": 2, "have": 0}}, "what cannot exist is not invisible", missing_disaggregation=[])
    a("refused", [everybody, row(SAFE, status="refused", SEX="F"), row(SAFE, status="refused", SEX="M")], states(SEX="missing"), {"invisibility": 1, "required": {"missing": 1, "no_data": 1}}, "there are rows, without a figure")
    a("long-ago", [everybody, women(SAFE, 200, 500, "2010"), men(SAFE, 400, 500, "2010")], states(SEX="could_have"), {"invisibility": 1, "required": {"could_have": 1, "no_data": 1}}, "it was had in 2010, so it could be had")
    a("who-gave-no-answer-is-no-group", [everybody, share(SAFE, 40, 100, ETHNIC="NR")], states(), {"invisibility": 1, "desirable": {"no_data": 4}}, "not wanting to say is no group of people")
    a("the-city-says", [everybody, women(SAFE, 200, 500), men(SAFE, 400, 500)],
      [{"dimension": "SEX", "status": "have"}, {"dimension": "AGE", "status": "could_have", "effort": "two days", "reason": "asked, not yet tabulated"}] + states()[2:4] + [{"dimension": "ETHNIC", "status": "not_competent"}] + states()[5:],
      {"invisibility": 0.5, "required": {"have": 1, "could_have": 1}, "desirable": {"not_competent": 1, "no_data": 3}}, "what the city says of what it does not hand in",
      [said("could_have", "AGE", effort="two days", reason="asked, not yet tabulated"), said("not_competent", "ETHNIC")])
    a("the-data-come-first", [everybody, women(SAFE, 200, 500), men(SAFE, 400, 500)], [{"dimension": "SEX", "status": "have", "published": 2, "reason": None}, {"dimension": "AGE", "status": "not_asked", "reason": "no room in the form"}] + [s | {"status": "not_asked"} for s in states()[2:]],
      {"invisibility": 0.5, "required": {"have": 1, "not_asked": 1}}, "women and men are there, whatever the city says", [said("not_asked", reason="no room in the form")])
    a("the-later-word-of-two", [everybody], states(SEX="not_competent", AGE="not_asked", **dict.fromkeys(MORE, "not_asked")), {"invisibility": 1}, "first of all dimensions, then of one", [said("not_asked"), said("not_competent", "SEX")])
    a("of-another-place", [everybody], states(), {"invisibility": 1}, "what is said of Y is not said of X", [said("not_asked", "SEX", place="Y")])
    a("does-not-apply-the-city-says", [everybody, women(SAFE, 200, 500), men(SAFE, 400, 500)], states(SEX="have", AGE="not_applicable"), {"invisibility": 0, "required": {"have": 1, "not_applicable": 1}}, "of what applies everything is there", [said("not_applicable", "AGE")], missing_disaggregation=[])
    a("which-groups", [everybody, women(SAFE, 200, 500)], states(SEX="have"), {"dimensions": [{"id": "AGE"}, {"id": "DISAB", "special_category": True}, {"id": "DISTRICT"}, {"id": "ETHNIC", "special_category": True, "unseen_groups": [{"code": "ROMA"}]}, {"id": "SEX", "required": {"have": 1}, "unseen_groups": [{"code": "M"}, {"code": "X"}]}, {"id": "SOGI"}]},
      "of men, and of those whose entry is neither, no figure is there; by ages there is no list")

    # HOU-O-03 is required by TENURE, POVSTAT, DISAB and C_BIRTH, GBV-O-02 by SEX and AGE
    two = {"places": [{"place": "X", "visibility": {"invisibility": 5 / 6, "required": {"have": 1, "no_data": 5}, "rights": [{"id": "R-EQUALITY", "invisibility": 0.5}, {"id": "R-GBVFREE", "invisibility": 0.5}, {"id": "R-HOUSING", "invisibility": 1}, {"id": "R-LIVING", "invisibility": 1}]}}]}
    f.cases.append({"id": "two-indicators", "op": "assess", "input": asked(["HOU-O-03", SAFE], everybody, women(SAFE, 200, 500), men(SAFE, 400, 500), shown("HOU-O-03", 30)), "expect": two, "tolerance": 1e-15, "note": "1 of 6; each right by its own indicators"})

    g = F("assess/availability", "What a plan may say of availability", HAND)

    def bad(id_, code, note, *availability):
        g.cases.append({"id": "reject-" + id_, "op": "assess", "input": asked([SAFE], everybody, plan={"availability": list(availability)}), "reject": code, "note": note})

    bad("dimension-not-asked-for", "assess.bad-availability", "the indicator does not ask for the pollutant", said("not_asked", "POLLUTANT"))
    bad("said-twice", "assess.bad-availability", "twice the same", said("not_asked", "SEX"), said("could_have", "SEX"))
    bad("unknown-indicator", "assess.unknown-selection", "no such indicator", {"indicator": "NOPE-1", "status": "not_asked"})
    bad("unknown-status", "wire.bad-request", "`unwilling` is no status", said("unwilling", "SEX"))
