"""The vectors about data: check, assess, explain, import. Called by generate.py."""

from __future__ import annotations

import copy

import oracle

TIGHT = 1e-12


def row(indicator, period="2020", place="X", **more):
    return {"indicator": indicator, "place": place, "period": period, **more}


def share(indicator, a, b, period="2020", **more):
    return row(indicator, period, numerator=a, denominator=b, **more)


def shown(indicator, value, period="2020", **more):
    """A figure that is already published."""
    return row(indicator, period, value=value, confidentiality="public", **more)


def rows(*given):
    return {"rows": list(given)}


def counts(read, used, rejected=0, pretest=0, duplicates=0):
    return {"read": read, "used": used, "rejected": rejected, "pretest": pretest, "duplicates": duplicates}


def write(F):
    check_csv(F)
    check_rows(F)
    assess_scores(F)
    assess_coverage(F)
    assess_time(F)
    assess_privacy(F)
    assess_findings(F)
    assess_places(F)
    assess_method(F)
    explain(F)
    import_(F)


# ==== check =========================================================================================================


def check_csv(F):
    f = F("check/csv", "Messy CSV files", "hand-worked: lines are counted with the header as line 1")

    def c(id_, text, row_counts, rejected=(), found=None, dialect=None, note=None):
        obs = {"csv": text} | ({"dialect": dialect} if dialect else {})
        f.add(id_, "check", {"observations": obs}, {"rows": row_counts, "rejected": list(rejected)} | ({"findings": {"counts": found}} if found else {}), tol=0, note=note)

    def bad(id_, text, code, dialect=None, note=None):
        f.add("reject-" + id_, "check", {"observations": {"csv": text} | ({"dialect": dialect} if dialect else {})}, reject=code, note=note)

    H = "indicator,place,period,value\n"
    c("plain", H + "HOU-O-03,X,2020,30\n", counts(1, 1))
    c("no-newline-at-end", H + "HOU-O-03,X,2020,30", counts(1, 1))
    c("crlf", H.replace("\n", "\r\n") + "HOU-O-03,X,2020,30\r\n", counts(1, 1))
    c("bom", "\ufeff" + H + "HOU-O-03,X,2020,30\n", counts(1, 1), note="a byte-order mark before the first name")
    c("semicolon-comma", "indicator;place;period;value\nHOU-O-03;X;2020;30,5\n", counts(1, 1), note="decimal comma")
    c("tab", "indicator\tplace\tperiod\tvalue\nHOU-O-03\tX\t2020\t30\n", counts(1, 1))
    c("pipe", "indicator|place|period|value\nHOU-O-03|X|2020|30\n", counts(1, 1))
    c("delimiter-declared", "indicator;place;period;value\nHOU-O-03;X;2020;30\n", counts(1, 1), dialect={"delimiter": ";"})
    c("decimal-declared", "indicator;place;period;value\nHEA-O-02;X;2020;81,234\n", counts(1, 1), dialect={"decimal": "comma"}, note="declared, so 81,234 is 81.234")
    c("quoted", H + '"HOU-O-03","X","2020","30"\n', counts(1, 1))
    c("quoted-delimiter", "indicator,place,period,value,note\n" + 'HOU-O-03,X,2020,30,"new survey, new firm"\n', counts(1, 1))
    c("quoted-line-break", "indicator,place,period,value,note\n" + 'HOU-O-03,X,2020,30,"one\ntwo"\nHOU-O-03,X,2019,abc,\n', counts(2, 1, 1), [4], {"obs.number-unreadable": 1}, note="the first row ends on line 3")
    c("blank-lines", H + "\nHOU-O-03,X,2020,30\n\nHOU-O-03,X,2019,abc\n\n", counts(2, 1, 1), [5], {"obs.number-unreadable": 1}, note="blank lines are passed over, and counted as lines")
    c("blanks-in-cells", H + " HOU-O-03 , X , 2020 , 30 \n", counts(1, 1), note="blanks around a text are nothing")
    c("short-row", H + "HOU-O-03,X,2020\nHOU-O-03,X,2019,30\n", counts(2, 1, 1), [2], {"csv.row-length": 1})
    c("long-row", H + "HOU-O-03,X,2020,30,5\nHOU-O-03,X,2019,30\n", counts(2, 1, 1), [2], {"csv.row-length": 1})
    c("nan", H + "HOU-O-03,X,2020,NaN\n", counts(1, 0, 1), [2], {"obs.not-finite": 1})
    c("infinity", H + "HOU-O-03,X,2020,inf\n", counts(1, 0, 1), [2], {"obs.not-finite": 1})
    c("huge", H + "HOU-O-03,X,2020,1e400\n", counts(1, 0, 1), [2], {"obs.not-finite": 1})
    c("word", H + "HOU-O-03,X,2020,n/a\n", counts(1, 0, 1), [2], {"obs.number-unreadable": 1})
    c("unit", H + "HOU-O-03,X,2020,30%\n", counts(1, 0, 1), [2], {"obs.number-unreadable": 1})
    c("arabic-digits", H + "HOU-O-03,X,2020,\u0663\u0660\n", counts(1, 0, 1), [2], {"obs.number-unreadable": 1}, note="only the digits 0 to 9 are read")
    c("ambiguous", "indicator;place;period;value\nHEA-O-02;X;2020;81,234\n", counts(1, 0, 1), [2], {"obs.ambiguous-number": 1}, note="81.234 or 81234?")
    c("unknown-column", "indicator,place,period,value,colour\nHOU-O-03,X,2020,30,red\n", counts(1, 1), found={"obs.unknown-column": 1})
    c("header-case", "Indicator,PLACE,Period,Value\nHOU-O-03,X,2020,30\n", counts(1, 1), note="names of fields in any case")
    c("header-only", H, counts(0, 0), note="no row is no error here")
    c("empty-dimension", "indicator,place,period,SEX,value\nHOU-O-03,X,2020,,30\nHOU-O-03,X,2020,F,32\n", counts(2, 2), note="an empty cell of a dimension means everybody")
    c("three-bad-of-five", H + "HOU-O-03,X,2020,30\nNO-SUCH,X,2020,30\nHOU-O-03,X,last year,30\nHOU-O-03,X,2019,130\nHOU-O-03,X,2018,29\n", counts(5, 2, 3), [3, 4, 5],
      {"obs.unknown-indicator": 1, "obs.period-unreadable": 1, "obs.out-of-bounds": 1}, note="bad rows are left out; the rest goes on")
    c("accents-composed", "indicator,place,period,value\nHOU-O-03,M\u00e1laga,2020,30\nHOU-O-03,Ma\u0301laga,2020,30\n", counts(2, 1, duplicates=1), found={"obs.duplicate-identical": 1},
      note="á as one character and as a with a combining accent are the same place")
    c("field-too-long", "indicator,place,period,value,note\nHOU-O-03,X,2020,30," + "x" * 10001 + "\nHOU-O-03,X,2019,30,\n", counts(2, 1, 1), [2], None, note="the limit of a text is 10 000 bytes; the row is left out, whatever the code of the finding")
    bad("empty", "", "csv.no-header")
    bad("blank", "\n\n", "csv.no-header")
    bad("two-delimiters", "indicator,place;period\n", "csv.ambiguous-delimiter", note="one comma, one semicolon")
    bad("duplicate-column", "indicator,place,period,value,value\nHOU-O-03,X,2020,30,30\n", "csv.duplicate-column")
    bad("missing-column", "indicator,place,value\nHOU-O-03,X,30\n", "csv.missing-column")
    bad("too-many-columns", "indicator,place,period," + ",".join(f"c{i}" for i in range(300)) + "\n", "csv.too-many-columns", note="the limit is 256")


def check_rows(F):
    f = F("check/rows", "What is found in rows", "hand-worked: rows are counted from 1")

    def c(id_, given, row_counts, rejected=(), found=None, note=None):
        f.add(id_, "check", {"observations": rows(*given)}, {"rows": row_counts, "rejected": list(rejected)} | ({"findings": {"counts": found}} if found else {}), tol=0, note=note)

    def one(id_, given, code, note=None):
        c(id_, [given], counts(1, 0, 1), [1], {code: 1}, note)

    def warn(id_, given, code, times=1, note=None):
        c(id_, given, counts(len(given), len(given)), (), {code: times}, note)

    c("clean", [share("HOU-O-03", 300, 1000)], counts(1, 1))
    c("none", [], counts(0, 0))
    one("unknown-indicator", row("HOU-O-99", value=5), "obs.unknown-indicator")
    one("unknown-group", share("HOU-O-03", 300, 1000, SEX="Z"), "obs.unknown-group")
    one("period", share("HOU-O-03", 300, 1000, period="2020-13"), "obs.period-unreadable")
    one("above-bounds", row("HOU-O-03", value=100.5), "obs.out-of-bounds")
    one("below-bounds", row("HOU-O-03", value=-0.5), "obs.out-of-bounds")
    c("at-bounds", [row("HOU-O-03", value=100), row("HOU-O-03", "2019", value=0)], counts(2, 2), note="the bounds belong to the range")
    one("numerator-above", share("HOU-O-03", 1001, 1000), "obs.numerator-above-denominator")
    c("rate-above-one", [share("GBV-P-01", 30, 20, confidentiality="public")], counts(1, 1), note="only a proportion counts a part of its denominator")
    one("zero-denominator", share("HOU-O-03", 0, 0), "obs.zero-denominator")
    one("negative-numerator", share("HOU-O-03", -1, 100), "obs.negative-count")
    one("negative-se", row("HOU-O-03", value=30, se=-1), "obs.bad-standard-error")
    one("no-value", row("HOU-O-03"), "obs.no-value")
    one("no-place", row("HOU-O-03", place="", value=30), "obs.missing-field")
    one("no-indicator", row("", value=30), "obs.missing-field")
    one("no-period", row("HOU-O-03", "", value=30), "obs.missing-field")
    one("status", row("HOU-O-03", value=30, status="lost"), "obs.unknown-status")
    one("confidentiality", row("HOU-O-03", value=30, confidentiality="whispered"), "obs.unknown-confidentiality")
    one("round", row("HOU-O-03", value=30, round="second"), "obs.unknown-round")
    c("pretest", [share("HOU-O-03", 300, 1000), share("HOU-O-03", 5, 12, "2021", round="pretest")], counts(2, 1, pretest=1), (), {"obs.pretest-row": 1}, "a pre-test row is kept out, and is not bad")
    c("duplicate-key", [share("HOU-O-03", 300, 1000), share("HOU-O-03", 310, 1000), share("HOU-O-03", 290, 1000, "2019")], counts(3, 1, 2), [1, 2], None, "two figures for one cell: neither is used")
    c("duplicate-identical", [share("HOU-O-03", 300, 1000)] * 3, counts(3, 1, duplicates=2), (), None, "one is kept")
    c("duplicate-by-total", [share("HOU-O-03", 300, 1000), share("HOU-O-03", 300, 1000, SEX="T")], counts(2, 1, duplicates=1), (), {"obs.duplicate-identical": 1}, "the total of a dimension is everybody")
    c("duplicate-by-period", [share("HOU-O-03", 300, 1000, "2015/16"), share("HOU-O-03", 310, 1000, "2015-16")], counts(2, 0, 2), [1, 2], None, "one period, written in two ways")
    c("not-duplicate-by-group", [share("HOU-O-03", 300, 1000), share("HOU-O-03", 160, 500, SEX="F"), share("HOU-O-03", 140, 500, SEX="M")], counts(3, 3))
    warn("version", [share("HOU-O-03", 300, 1000, indicator_version="0.0.9")], "obs.version-differs")
    warn("value-differs", [share("HOU-O-03", 300, 1000, value=45)], "obs.value-differs-from-counts", note="the counts make 30")
    warn("value-despite-absence", [row("HOU-O-03", value=30, status="missing")], "obs.value-despite-absence", note="the status is followed")
    warn("denominator-missing", [row("HOU-O-02", numerator=50)], "obs.denominator-missing", note="a count of people without the population is no rate")
    f.add("special-category", "check", {"observations": rows(share("HOU-O-03", 300, 1000), share("HOU-O-03", 40, 100, DISAB="SEV"))}, {"rows": counts(2, 2)}, tol=0, note="data by disability can be used; the finding obs.special-category is in the file findings.json")
    for word in ("missing", "not_asked", "refused", "not_applicable", "suppressed", "O", "L", "M", "Q", "H", "K"):
        c("absent-" + word, [row("HOU-O-03", status=word)], counts(1, 1), note="an absence with its reason is a usable row" if word == "missing" else None)
    for word in ("normal", "estimated", "provisional", "break", "A", "E", "P", "B"):
        c("present-" + word, [share("HOU-O-03", 300, 1000, status=word)], counts(1, 1))
    for code in "DFGINRUVW":
        c("present-" + code, [share("HOU-O-03", 300, 1000, status=code)], counts(1, 1), note="the value was revised; it stands" if code == "R" else None)
        one("no-value-" + code, row("HOU-O-03", status=code), "obs.no-value")
    for code in ("B", "J", "S", "_U", "X"):
        note = "SDMX lets a strike stand beside a value, and beside none" if code == "S" else None
        c("either-" + code, [share("HOU-O-03", 300, 1000, status=code), row("HOU-O-03", "2019", status=code)], counts(2, 2), (), {"obs.value-despite-absence": None}, note)
    for code in "OLMQHK":
        warn("value-despite-" + code, [row("HOU-O-03", value=30, status=code)], "obs.value-despite-absence")
    for word in ("public", "restricted", "confidential", *"FNCDSAOTGME"):
        c("confidentiality-" + word, [share("HOU-O-03", 300, 1000, confidentiality=word)], counts(1, 1))
    f.add("reject-shape", "check", {"observations": {"rows": 5}}, reject="json.bad-shape", note="rows are an array of objects")
    f.add("reject-shape-row", "check", {"observations": {"rows": ["HOU-O-03"]}}, reject="json.bad-shape")

    g = F("check/findings", "Findings about the table as a whole", "hand-worked from the meaning of each code")

    def hand(id_, given, found, note=None):
        # these findings are not in the oracle: worked by hand only
        g.cases.append({"id": id_, "op": "check", "input": {"observations": rows(*given)}, "expect": {"findings": {"counts": found}}, "tolerance": 0} | ({"note": note} if note else {}))

    hand("parts-do-not-sum", [share("HOU-O-03", 300, 1000), share("HOU-O-03", 100, 500, SEX="F"), share("HOU-O-03", 100, 500, SEX="M")], {"obs.parts-do-not-sum": 1}, "100 + 100 is not 300")
    hand("parts-sum", [share("HOU-O-03", 300, 1000), share("HOU-O-03", 160, 500, SEX="F"), share("HOU-O-03", 140, 500, SEX="M")], {"obs.parts-do-not-sum": None}, "160 + 140 = 300, 500 + 500 = 1000")
    hand("parts-sum-with-x", [share("HOU-O-03", 300, 1000), share("HOU-O-03", 160, 495, SEX="F"), share("HOU-O-03", 135, 495, SEX="M"), share("HOU-O-03", 5, 10, SEX="X")], {"obs.parts-do-not-sum": None}, "160 + 135 + 5 = 300, 495 + 495 + 10 = 1000")
    hand("parts-do-not-sum-with-x", [share("HOU-O-03", 300, 1000), share("HOU-O-03", 160, 500, SEX="F"), share("HOU-O-03", 140, 500, SEX="M"), share("HOU-O-03", 5, 10, SEX="X")], {"obs.parts-do-not-sum": 2}, "160 + 140 + 5 is not 300, 500 + 500 + 10 is not 1000")
    hand("no-total", [share("WSP-O-02", 20, 100, SEX="F"), share("WSP-O-02", 25, 100, SEX="M")], {"obs.no-total": 1}, "a total is never computed from groups")
    hand("total-there", [share("WSP-O-02", 45, 200), share("WSP-O-02", 20, 100, SEX="F"), share("WSP-O-02", 25, 100, SEX="M")], {"obs.no-total": None})
    hand("special-category", [share("HOU-O-03", 300, 1000), share("HOU-O-03", 40, 100, DISAB="SEV")], {"obs.special-category": 1}, "data by disability are of a special category")
    hand("no-special-category", [share("HOU-O-03", 300, 1000), share("HOU-O-03", 160, 500, SEX="F")], {"obs.special-category": None}, "sex is none")
    hand("break", [share("HOU-O-03", 300, 1000, "2019"), share("HOU-O-03", 400, 1000, "2020", status="break")], {"obs.break-in-series": 1})
    hand("scale", [row("HOU-O-03", "2018", value=0.3), row("HOU-O-03", "2019", value=0.32), row("HOU-O-03", "2020", value=0.31)], {"obs.value-scale-doubtful": 1}, "30 % written as 0.3?")
    hand("scale-fine", [row("HOU-O-03", "2018", value=0.3), row("HOU-O-03", "2019", value=32), row("HOU-O-03", "2020", value=31)], {"obs.value-scale-doubtful": None}, "one value is above 1")
    hand("duplicates-differ", [share("HOU-O-03", 300, 1000), share("HOU-O-03", 310, 1000)], {"obs.duplicate-identical": None})
    hand("disaggregation", [share("DIG-O-02", 300, 1000), share("DIG-O-02", 160, 500, SEX="F"), share("DIG-O-02", 140, 500, SEX="M")], {"obs.missing-disaggregation": 1}, "the catalogue asks for sex and age; age is not there")


# ==== assess ========================================================================================================


def place(nodes=None, indicators=None, place="X", period="2020"):
    return {"place": place, "period": period, "nodes": nodes or {}, "indicators": indicators or {}}


def asked(selection, *given, plan=None, **more):
    return {"observations": rows(*given), "plan": {"selection": selection} | (plan or {})} | more


def assess_scores(F):
    f = F("assess/scores", "From figures to outcomes, effort, the combined view and the rating", "the method (sections 1 to 3); figures worked by hand, the whole tree of nodes by the oracle")

    def a(id_, selection, given, nodes=None, indicators=None, note=None, period="2020", **more):
        f.add(id_, "assess", asked(selection, *given, **more), {"places": [place(nodes, indicators, period=period)]}, note=note)

    a("both-sides", ["HOU-O-03", "HOU-P-02"], [share("HOU-O-03", 300, 1000), share("HOU-P-02", 300, 1000)],
      {"HOU": {"state": "rated", "outcomes": {"score": 70, "coverage": 1}, "effort": {"score": 30}, "combined": 65, "band": 2, "band_name": "good"}, "R-LIVING": {"state": "outcomes_only", "combined": None, "band": 2}},
      {"HOU-O-03": {"figure": {"kind": "value", "value": 30}, "score": 70}, "HOU-P-02": {"score": 30}},
      "30 % overburdened scores 70; C = 0.8·70 + 0.2·30 = 62, kept at O − 5 = 65")
    a("effort-cannot-lift", ["HOU-O-03", "HOU-P-02"], [shown("HOU-O-03", 60), shown("HOU-P-02", 100)],
      {"HOU": {"outcomes": {"score": 40}, "effort": {"score": 100}, "combined": 45, "band": 3, "band_name": "middling"}}, note="worked example (40, 100) → 45 through the whole pipeline")
    a("poor-effort", ["HOU-O-03", "HOU-P-02"], [shown("HOU-O-03", 40), shown("HOU-P-02", 0)], {"HOU": {"combined": 55, "band": 3}}, note="worked example (60, 0) → 55: outcomes alone would be good")
    a("small-lift", ["HOU-O-03", "HOU-P-02"], [shown("HOU-O-03", 30), shown("HOU-P-02", 75)], {"HOU": {"combined": 71, "band": 2}}, note="worked example (70, 75) → 71")
    a("outcomes-only", ["HOU-O-03"], [shown("HOU-O-03", 10)], {"HOU": {"state": "outcomes_only", "outcomes": {"score": 90, "n": 1, "of": 1}, "combined": None, "band": 1, "band_name": "very good"}})
    a("outputs-only", ["HOU-P-02"], [shown("HOU-P-02", 90)], {"HOU": {"state": "outputs_only", "outcomes": None, "effort": {"score": 90}, "combined": None, "band": None}}, note="effort alone is never rated")
    a("two-modules", ["HOU-O-03", "ENV-O-03", "HOU-O-04"], [shown("HOU-O-03", 30), shown("HOU-O-04", 10), shown("ENV-O-03", 40)],
      {"HOU": {"outcomes": {"score": 80}}, "ENV": {"outcomes": {"score": 40}}, "overall": {"outcomes": {"score": 60, "coverage": 1}, "state": "outcomes_only", "band": 2}},
      note="overall is the mean of modules: (80 + 40)/2, not the mean of three indicators (63.3)")
    a("modules-both-sides", ["HOU-O-03", "HOU-P-02", "DIG-P-01"], [shown("HOU-O-03", 30), shown("HOU-P-02", 30), shown("DIG-P-01", 70)],
      {"overall": {"outcomes": {"score": 70}, "effort": {"score": 50}, "combined": 66, "band": 2}, "DIG": {"state": "outputs_only"}}, note="0.8·70 + 0.2·50 = 66, within 65 to 75")
    a("maturity", ["GOV-S-01"], [row("GOV-S-01", value=3)], {"GOV": {"effort": {"score": 75}}}, {"GOV-S-01": {"score": 75, "figure": {"value": 3}}}, "a structural indicator counts as effort; level 3 is 75")
    a("yes", ["GOV-S-03"], [row("GOV-S-03", value=1)], {"GOV": {"effort": {"score": 100}}}, {"GOV-S-03": {"score": 100}})
    a("no", ["GOV-S-03"], [row("GOV-S-03", value=0)], {"GOV": {"effort": {"score": 0}}}, {"GOV-S-03": {"score": 0}})
    a("band-inside", ["PEX-O-02"], [row("PEX-O-02", value=45)], {"PEX": {"outcomes": {"score": 100}}}, {"PEX-O-02": {"score": 100, "target": {"met": True}}}, "45 % women in the council: within 40 to 60")
    a("band-below", ["PEX-O-02"], [row("PEX-O-02", value=20)], None, {"PEX-O-02": {"score": 50, "target": {"met": False}}}, "20 of 40")
    a("band-above", ["PEX-O-02"], [row("PEX-O-02", value=80)], None, {"PEX-O-02": {"score": 50, "target": {"met": False}}}, "too many is as far from parity as too few")
    a("other-goalposts", ["HEA-O-02"], [shown("HEA-O-02", 80)], None, {"HEA-O-02": {"score": 75}}, "life expectancy 80 on 65 to 85")
    a("beyond-goalpost", ["HEA-O-02"], [shown("HEA-O-02", 87)], None, {"HEA-O-02": {"score": 100, "figure": {"value": 87}}})
    a("rate", ["HOU-O-06"], [share("HOU-O-06", 50, 10000, confidentiality="public")], None, {"HOU-O-06": {"figure": {"value": 5}, "score": 75}}, "5 evictions per 1 000 households on 20 to 0; Byar interval")
    a("ambiguous", ["SAF-O-03", "SAF-O-01"], [share("SAF-O-03", 50, 100000), shown("SAF-O-01", 60)], {"SAF": {"outcomes": {"score": 60, "coverage": 1, "n": 1, "of": 1}}}, {"SAF-O-03": {"figure": {"kind": "value", "value": 50}, "score": None, "standing": "no_standard"}},
      "recorded hate crime is shown and never scored; it does not lower the coverage either")
    a("no-direction", ["GOV-P-03", "GOV-P-04"], [row("GOV-P-03", value=40), row("GOV-P-04", value=50)], {"GOV": {"effort": {"score": 50, "of": 1}}}, {"GOV-P-03": {"score": None, "figure": {"value": 40}}})
    a("proxy", ["HOU-O-03"], [shown("HOU-O-03", 30, proxy="rent above 30 % of income")], {"HOU": {"outcomes": {"score": 70}}}, {"HOU-O-03": {"score": 70}}, "a proxy is scored like the indicator it stands for")
    a("below-standard", ["DIG-P-02", "DIG-O-02"], [shown("DIG-P-02", 90), shown("DIG-O-02", 85)], {"DIG": {"below_minimum": 1}, "overall": {"below_minimum": 1}, "R-PRIVACY": {"below_minimum": 1}, "R-EDUCATION": {"below_minimum": 0}}, {"DIG-P-02": {"standing": "below", "target": {"met": False}}, "DIG-O-02": {"target": {"met": True}}},
      "100 % in time is the law: 90 is below, whatever the mean says")
    a("at-standard", ["DIG-P-02"], [shown("DIG-P-02", 100)], {"DIG": {"below_minimum": 0}}, {"DIG-P-02": {"standing": "at", "target": {"met": True}}})
    a("cleaner-than-standard", ["ENV-O-01"], [row("ENV-O-01", "2031", value=9)], None, {"ENV-O-01": {"standing": "above", "score": 80, "target": {"met": True}}}, "9 µg/m³ where 10 is the limit from 2030; (25 − 9)/20", period="2031")
    a("dirtier-than-standard", ["ENV-O-01"], [row("ENV-O-01", "2030", value=15)], {"ENV": {"below_minimum": 1}}, {"ENV-O-01": {"standing": "below", "score": 50, "target": {"met": False}}}, period="2030")
    a("standard-not-yet-binding", ["ENV-O-01"], [row("ENV-O-01", "2029", value=15)], {"ENV": {"below_minimum": 0}}, {"ENV-O-01": {"standing": "no_standard", "score": 50}}, "the limit binds from 2030", period="2029")
    a("strict-target", ["EDU-O-01"], [shown("EDU-O-01", 9)], None, {"EDU-O-01": {"target": {"met": False}, "score": 91}}, "the target is below 9, and 9 is not below 9")
    a("interval", ["SAF-O-01"], [share("SAF-O-01", 65, 100)], None, {"SAF-O-01": {"figure": {"value": 65, "lower": 55.25444329688796, "upper": 73.63575175690247}, "score": 65}}, "the Wilson example of the method")
    a("survey-error", ["HEA-O-02"], [shown("HEA-O-02", 80, se=0.5)], None, {"HEA-O-02": {"figure": {"value": 80, "lower": 79.02001800772997, "upper": 80.97998199227003}}}, "80 ± 0.5·1.959963984540054")
    a("counts-win", ["HOU-O-03"], [share("HOU-O-03", 300, 1000, value=45)], None, {"HOU-O-03": {"figure": {"value": 30}, "score": 70}}, "the value given differs from the counts; the counts are used")
    a("groups-scored", ["HOU-O-03"], [share("HOU-O-03", 300, 1000), share("HOU-O-03", 200, 500, SEX="F"), share("HOU-O-03", 100, 500, SEX="M")], None,
      {"HOU-O-03": {"figure": {"value": 30}, "groups": [{"groups": [["SEX", "F"]], "figure": {"value": 40}, "score": 60}, {"groups": [["SEX", "M"]], "figure": {"value": 20}, "score": 80}]}})

    g = F("assess/gaps", "Gaps between groups in a report", "the method (section 6); hand-worked")

    def gap(id_, given, indicator, gaps, note=None):
        g.cases.append({"id": id_, "op": "assess", "input": asked([indicator], *given), "expect": {"places": [{"indicators": [{"id": indicator, "gaps": gaps}]}]}, "tolerance": TIGHT} | ({"note": note} if note else {}))

    # se: 100·√(0.4·0.6/500) = 2.1908902300206643, 100·√(0.2·0.8/500) = 1.7888543819998317; z = 20/√(4.8 + 3.2) = 20/√8
    gap("two-groups", [share("HOU-O-03", 300, 1000), share("HOU-O-03", 200, 500, SEX="F"), share("HOU-O-03", 100, 500, SEX="M")], "HOU-O-03",
        [{"dimension": "SEX", "worst": "F", "best": "M", "worst_value": 40, "best_value": 20, "difference": 20, "ratio": 2, "verdict": "shown"}], "z = 20/√(4.8 + 3.2) = 7.07")
    gap("too-close", [share("HOU-O-03", 300, 1000), share("HOU-O-03", 155, 500, SEX="F"), share("HOU-O-03", 145, 500, SEX="M")], "HOU-O-03",
        [{"dimension": "SEX", "worst": "F", "best": "M", "difference": 2, "verdict": "not_distinguishable"}], "31 against 29: z = 2/2.898 = 0.69")
    gap("higher-is-better", [share("SAF-O-01", 600, 1000), share("SAF-O-01", 200, 500, SEX="F"), share("SAF-O-01", 400, 500, SEX="M")], "SAF-O-01",
        [{"dimension": "SEX", "worst": "F", "best": "M", "difference": 40, "ratio": 2, "verdict": "shown"}])
    gap("three-groups", [share("HOU-O-03", 300, 1000), share("HOU-O-03", 120, 300, TENURE="OWN"), share("HOU-O-03", 120, 400, TENURE="RENT"), share("HOU-O-03", 60, 300, TENURE="INF")], "HOU-O-03",
        [{"dimension": "TENURE", "worst": "OWN", "best": "INF", "difference": 20, "comparisons": 3, "verdict": "shown"}], "40 % and 20 % of 300: z = 20 over the root of 8.0 + 5.3, far beyond what three comparisons explain")
    gap("suppressed-group", [share("HOU-O-03", 300, 1000), share("HOU-O-03", 5, 20, SEX="F"), share("HOU-O-03", 295, 980, SEX="M")], "HOU-O-03", [], "a gap is made of published figures only, and both are withheld")
    gap("one-group", [share("HOU-O-03", 300, 1000), share("HOU-O-03", 200, 500, SEX="F")], "HOU-O-03", [], "nothing to compare")


def assess_coverage(F):
    f = F("assess/coverage", "Coverage, and what is missing", "the method (section 3): at least 0.6 of what was selected; hand-worked")
    FIVE = ["HOU-O-03", "HOU-O-04", "HOU-O-05", "HOU-O-06", "HOU-O-07"]

    def a(id_, selection, given, nodes=None, indicators=None, note=None, **more):
        f.add(id_, "assess", asked(selection, *given, **more), {"places": [place(nodes, indicators)]}, note=note)

    a("edge-three-of-five", FIVE, [shown("HOU-O-03", 30), shown("HOU-O-04", 40), shown("HOU-O-05", 50)],
      {"HOU": {"state": "outcomes_only", "outcomes": {"score": 60, "coverage": 0.6, "n": 3, "of": 5}, "band": 2, "outcome_range": [36, 76]}}, note="(70 + 60 + 50)/3; with the two missing at 0 and at 100: 180/5 and 380/5")
    a("below-two-of-five", FIVE, [shown("HOU-O-03", 30), shown("HOU-O-04", 40)],
      {"HOU": {"state": "insufficient_coverage", "outcomes": {"score": None, "coverage": 0.4, "n": 2, "of": 5}, "band": None, "outcome_range": [26, 86]}}, note="130/5 and 430/5")
    a("effort-insufficient", ["HOU-O-03", "HOU-P-01", "HOU-P-02"], [shown("HOU-O-03", 30), shown("HOU-P-02", 80)],
      {"HOU": {"state": "outcomes_only", "outcomes": {"score": 70}, "effort": {"score": None, "coverage": 0.5}, "combined": None, "band": 2}}, note="1 of 2 efforts is below 0.6: the rating is that of outcomes")
    a("outcomes-insufficient", ["HOU-O-03", "HOU-O-04", "HOU-P-02"], [shown("HOU-O-03", 30), shown("HOU-P-02", 80)],
      {"HOU": {"state": "outputs_only", "outcomes": {"score": None, "coverage": 0.5}, "effort": {"score": 80}, "combined": None, "band": None, "outcome_range": [35, 85]}}, note="no headline from half of the outcomes")
    a("recursive", ["HOU-O-03", "ENV-O-03", "ENV-O-04"], [shown("HOU-O-03", 20), shown("ENV-O-03", 50)],
      {"ENV": {"outcomes": {"score": None, "coverage": 0.5}}, "overall": {"outcomes": {"score": 80, "coverage": 0.75}, "outcome_range": [52.5, 77.5]}},
      note="coverage (1 + 0.5)/2; score from housing alone; range: (80 + 25)/2 and (80 + 75)/2")
    for code, why in (("S", "a strike"), ("R", "a revision"), ("_U", "a status that is not known")):
        a("value-with-" + code, ["HOU-O-03"], [shown("HOU-O-03", 30, status=code)], None, {"HOU-O-03": {"figure": {"kind": "value", "value": 30}, "score": 70}}, f"{why} takes no value away")
    a("no-value-with-S", ["HOU-O-03", "HOU-O-04"], [row("HOU-O-03", status="S"), shown("HOU-O-04", 10)], None, {"HOU-O-03": {"figure": {"kind": "missing", "reason": "missing"}, "score": None}})
    for word in ("missing", "not_asked", "refused", "not_applicable"):
        a("absent-" + word.replace("_", "-"), ["HOU-O-03", "HOU-O-04"], [row("HOU-O-03", status=word), shown("HOU-O-04", 10)],
          {"HOU": {"outcomes": {"score": None, "coverage": 0.5}}}, {"HOU-O-03": {"figure": {"kind": "missing", "reason": word}, "score": None}}, "absent is not zero, and keeps its reason" if word == "missing" else None)
    a("absent-suppressed", ["HOU-O-03"], [row("HOU-O-03", status="suppressed")], None, {"HOU-O-03": {"figure": {"kind": "suppressed"}, "score": None}}, "withheld by its source")
    a("zero-is-a-value", ["HOU-O-03"], [shown("HOU-O-03", 0)], {"HOU": {"outcomes": {"score": 100, "coverage": 1}}}, {"HOU-O-03": {"figure": {"kind": "value", "value": 0}, "score": 100}}, "zero is not absent")
    a("absence-wins", ["HOU-O-03"], [row("HOU-O-03", value=30, status="missing")], None, {"HOU-O-03": {"figure": {"kind": "missing", "reason": "missing"}, "score": None}}, "the status says that there is no value")
    a("no-total", ["HOU-O-03", "HOU-O-04"], [share("HOU-O-03", 200, 500, SEX="F"), share("HOU-O-03", 100, 500, SEX="M"), shown("HOU-O-04", 10)],
      {"HOU": {"outcomes": {"score": None, "coverage": 0.5}}}, {"HOU-O-03": {"score": None, "figure": {"value": None}}}, "figures by group make no total")
    a("pretest-not-scored", ["HOU-O-03", "HOU-O-04"], [shown("HOU-O-04", 10), share("HOU-O-03", 300, 1000, round="pretest")], {"HOU": {"outcomes": {"coverage": 0.5}}}, {"HOU-O-03": {"score": None}})
    f.add("measured", "assess", asked(["HOU-O-03", "HOU-O-04", "HOU-P-02"], shown("HOU-O-03", 30), row("HOU-O-04", status="missing")), {"places": [place({"HOU": {"state": "insufficient_coverage"}})], "provenance": {"rows": counts(2, 2)}})
    f.add("reject-nothing", "assess", asked(["HOU-O-03"]), reject="assess.no-place", note="no row")
    f.add("reject-all-bad", "assess", asked(["HOU-O-03"], row("HOU-O-03", value=130)), reject="assess.no-place", note="the only row was left out")
    f.add("reject-selection", "assess", asked(["HOU-O-99"], shown("HOU-O-03", 30)), reject="assess.unknown-selection")
    f.add("reject-place", "assess", asked(["HOU-O-03"], shown("HOU-O-03", 30), plan={"places": ["Y"]}), reject="assess.unknown-place")


def assess_time(F):
    f = F("assess/time", "Periods: the latest, carried forward, too old, each; change", "the method file: five years; hand-worked")
    TWO = ["HOU-O-03", "HOU-P-02"]

    def a(id_, selection, given, nodes=None, indicators=None, note=None, period="2020", **more):
        f.add(id_, "assess", asked(selection, *given, **more), {"places": [place(nodes, indicators, period=period)]}, note=note)

    a("carried-forward", TWO, [shown("HOU-O-03", 30), shown("HOU-P-02", 80, "2018")], {"HOU": {"effort": {"score": 80}, "state": "rated"}}, {"HOU-P-02": {"period": "2018", "carried_forward": True, "score": 80}, "HOU-O-03": {"carried_forward": None}})
    a("five-years", TWO, [shown("HOU-O-03", 30), shown("HOU-P-02", 80, "2015")], {"HOU": {"effort": {"score": 80}}}, {"HOU-P-02": {"period": "2015", "carried_forward": True}}, "exactly five years is not too old")
    a("six-years", TWO, [shown("HOU-O-03", 30), shown("HOU-P-02", 80, "2014")], {"HOU": {"state": "outcomes_only", "effort": {"score": None, "coverage": 0}}}, {"HOU-P-02": {"score": None, "figure": {"kind": "missing", "value": None}}}, "older than five years: no figure")
    a("latest-wins", ["HOU-O-03"], [shown("HOU-O-03", 50, "2018"), shown("HOU-O-03", 30, "2020"), shown("HOU-O-03", 40, "2019")], {"HOU": {"outcomes": {"score": 70}}}, {"HOU-O-03": {"period": "2020"}}, "whatever the order of the rows")
    a("split-year", ["HOU-O-03", "HOU-P-02"], [shown("HOU-O-03", 30, "2017/18"), shown("HOU-P-02", 80, "2015-16")], None, {"HOU-P-02": {"period": "2015-16", "carried_forward": True}}, period="2017-18")
    f.add("each", "assess", asked(["HOU-O-03"], shown("HOU-O-03", 50, "2018"), shown("HOU-O-03", 30, "2020"), plan={"periods": "each"}),
          {"places": [place({"HOU": {"outcomes": {"score": 50}}}, {"HOU-O-03": {"period": "2018", "change": None}}, period="2018"), place({"HOU": {"outcomes": {"score": 70}}}, {"HOU-O-03": {"period": "2020"}})]}, note="one assessment a period; each knows only what was known then")
    f.add("only", "assess", asked(["HOU-O-03"], shown("HOU-O-03", 50, "2018"), shown("HOU-O-03", 30, "2020"), plan={"periods": {"only": ["2018"]}}),
          {"places": [place({"HOU": {"outcomes": {"score": 50}}}, {"HOU-O-03": {"period": "2018", "figure": {"value": 50}}}, period="2018")]})
    a("change-worse", ["HOU-O-03"], [shown("HOU-O-03", 30, "2015"), shown("HOU-O-03", 36)], None, {"HOU-O-03": {"change": {"absolute": 6, "relative": 0.2, "per_year": 1.2, "direction": "worse"}}}, "6 points in 5 years, and lower is better")
    a("change-better", ["SAF-O-01"], [shown("SAF-O-01", 50, "2018"), shown("SAF-O-01", 60)], None, {"SAF-O-01": {"change": {"absolute": 10, "relative": 0.2, "per_year": 5, "direction": "better"}}})
    a("change-unchanged", ["SAF-O-01"], [shown("SAF-O-01", 50, "2018"), shown("SAF-O-01", 50.25)], None, {"SAF-O-01": {"change": {"absolute": 0.25, "direction": "unchanged"}}}, "a quarter of a point of the score is within the tolerance of half a point")
    a("tolerance-in-score-points", ["HEA-O-02"], [shown("HEA-O-02", 80, "2018"), shown("HEA-O-02", 80.4)], None, {"HEA-O-02": {"change": {"absolute": 0.4, "direction": "better"}, "score": 77}},
      "the tolerance is half a point of the score: 0.4 years on goalposts 65 to 85 are 2 points")
    a("tolerance-of-a-band", ["PEX-O-02"], [row("PEX-O-02", "2018", value=20), row("PEX-O-02", value=20.1)], None, {"PEX-O-02": {"change": {"absolute": 0.1, "direction": "unchanged"}, "score": 50.25}},
      "a tenth of a percent on a band from 0 to 40 is a quarter of a point of the score")
    a("change-no-direction", ["SAF-O-03"], [share("SAF-O-03", 50, 100000, "2018"), share("SAF-O-03", 70, 100000)], None, {"SAF-O-03": {"change": {"absolute": 20, "direction": "changed"}, "score": None}}, "more reports may be more crime or more trust")
    a("break", ["HOU-O-03"], [shown("HOU-O-03", 30, "2018"), shown("HOU-O-03", 40, status="break")], {"HOU": {"outcomes": {"score": 60}}}, {"HOU-O-03": {"change": None, "figure": {"value": 40}}}, "no change is computed across a break")
    a("after-break", ["HOU-O-03"], [shown("HOU-O-03", 30, "2018"), shown("HOU-O-03", 40, "2019", status="break"), shown("HOU-O-03", 36)], None, {"HOU-O-03": {"change": {"absolute": -4, "per_year": -4, "direction": "better"}}}, "both figures lie after the break")
    a("one-period", ["HOU-O-03"], [shown("HOU-O-03", 30)], None, {"HOU-O-03": {"change": None}})


def assess_privacy(F):
    f = F("assess/privacy", "What is withheld", "the method (section 8) and its file: threshold 10; hand-worked")
    HIDDEN = {"kind": "suppressed", "value": None, "numerator": None, "denominator": None, "lower": None, "upper": None}

    def a(id_, selection, given, nodes=None, indicators=None, note=None, **more):
        f.add(id_, "assess", asked(selection, *given, **more), {"places": [place(nodes, indicators)]}, note=note)

    def sexes(a1, b1, a2, b2, **more):
        return [share("HOU-O-03", a1 + a2, b1 + b2, **more), share("HOU-O-03", a1, b1, SEX="F", **more), share("HOU-O-03", a2, b2, SEX="M", **more)]

    def by_sex(first, second):
        return {"HOU-O-03": {"groups": [{"groups": [["SEX", "F"]], "figure": first}, {"groups": [["SEX", "M"]], "figure": second}]}}

    a("small-total", ["HOU-O-03"], [share("HOU-O-03", 5, 100)], {"HOU": {"outcomes": {"score": None, "coverage": 0}, "state": "insufficient_coverage", "outcome_range": [0, 100]}}, {"HOU-O-03": {"figure": HIDDEN, "score": None}}, "what is withheld feeds no score")
    for id_ in ["EDU-O-05", "HOU-O-07", "ENV-O-02", "ENV-O-03", "ENV-O-04", "HOU-P-04", "PEX-O-01", "DIG-P-02", "ENV-P-01", "PEX-P-01", "PEX-P-02", "SAF-P-01"]:
        a(f"few-{id_}", [id_], [share(id_, 3, 1000)], None, {id_: {"figure": HIDDEN, "score": None}}, "3 persons, or what 3 persons handed in")
    a("few-things", ["DIS-P-01"], [share("DIS-P-01", 3, 9)], None, {"DIS-P-01": {"figure": {"value": 100 / 3, "numerator": 3, "denominator": 9}}}, "no person stands behind 3 of 9 buildings")
    a("edge-ten", ["HOU-O-03"], [share("HOU-O-03", 10, 100)], None, {"HOU-O-03": {"figure": {"value": 10, "numerator": 10, "denominator": 100}, "score": 90}}, "10 is not below 10")
    a("complement", ["HOU-O-03"], [share("HOU-O-03", 95, 100)], None, {"HOU-O-03": {"figure": HIDDEN, "score": None}}, "95 of 100 tells of the 5")
    a("one-takes-another", ["HOU-O-03"], sexes(5, 20, 295, 980), {"HOU": {"outcomes": {"score": 70}}}, by_sex(HIDDEN, HIDDEN) | {}, "women: 5 of 20. Men go too, or women = total − men")
    a("both-shown", ["HOU-O-03"], sexes(20, 100, 280, 900), None, by_sex({"value": 20}, {"value": 280 / 9}))
    a("three-groups", ["HOU-O-03"], [share("HOU-O-03", 300, 1000), share("HOU-O-03", 200, 700, TENURE="OWN"), share("HOU-O-03", 95, 280, TENURE="RENT"), share("HOU-O-03", 5, 20, TENURE="INF")], {"HOU": {"outcomes": {"score": 70}}},
      None, "5 of 20 is withheld, and takes the next smallest group (280) along; owners (700) stay")
    a("both-small-total-stays", ["HOU-O-03"], sexes(8, 20, 6, 13), {"HOU": {"outcomes": {"coverage": 1}}}, by_sex(HIDDEN, HIDDEN), "8 and 6 are both small, together 14, with 19 beside: the total may be shown")
    a("few-in-both-of-many-groups", ["HOU-O-03"], [share("HOU-O-03", 300, 1000), share("HOU-O-03", 3, 20, SEX="F"), share("HOU-O-03", 3, 13, SEX="M")], {"HOU": {"outcomes": {"score": 70}}}, by_sex(HIDDEN, HIDDEN),
      "3 and 3 are both small; 294 are neither, so the total tells nothing of them")
    a("zero-group-plain", ["HOU-O-03"], sexes(0, 50, 300, 950), None, by_sex({"value": 0}, {"value": 300 / 9.5}), "none of 50 by sex: no one of them is told apart by it")
    a("zero-group-special", ["HOU-O-03"], [share("HOU-O-03", 300, 1000), share("HOU-O-03", 0, 50, DISAB="SEV"), share("HOU-O-03", 300, 950, DISAB="NONE")], None,
      {"HOU-O-03": {"groups": [{"groups": [["DISAB", "NONE"]], "figure": HIDDEN, "score": None}, {"groups": [["DISAB", "SEV"]], "figure": HIDDEN, "score": None}]}}, "by disability, none of a group is told of every member: withheld, and another with it")
    a("all-of-group-special", ["HOU-O-03"], [share("HOU-O-03", 350, 1000), share("HOU-O-03", 50, 50, DISAB="SEV"), share("HOU-O-03", 300, 950, DISAB="NONE")], None,
      {"HOU-O-03": {"groups": [{"groups": [["DISAB", "NONE"]], "figure": HIDDEN}, {"groups": [["DISAB", "SEV"]], "figure": HIDDEN}]}})
    a("public", ["HOU-O-03"], [share("HOU-O-03", 5, 100, confidentiality="public")], None, {"HOU-O-03": {"figure": {"value": 5}, "score": 95}}, "already published: nothing left to withhold")
    a("public-code", ["HOU-O-03"], [share("HOU-O-03", 5, 100, confidentiality="F")], None, {"HOU-O-03": {"figure": {"value": 5}}}, "the SDMX code for free")
    a("restricted", ["HOU-O-03"], [share("HOU-O-03", 5, 100, confidentiality="restricted")], None, {"HOU-O-03": {"figure": HIDDEN}})
    a("privacy-none", ["DIG-P-01"], [share("DIG-P-01", 3, 7)], None, {"DIG-P-01": {"figure": {"numerator": 3, "denominator": 7}}}, "digital systems are not people")
    a("internal", ["HOU-O-03"], [share("HOU-O-03", 5, 100)], {"HOU": {"outcomes": {"score": 95}}}, {"HOU-O-03": {"figure": {"value": 5}, "score": 95}}, "with the data holder nothing is withheld", policy={"internal": True})
    a("threshold-3", ["HOU-O-03"], [share("HOU-O-03", 5, 100)], None, {"HOU-O-03": {"figure": {"value": 5}}}, policy={"threshold": 3})
    a("threshold-20", ["HOU-O-03"], [share("HOU-O-03", 15, 100)], None, {"HOU-O-03": {"figure": HIDDEN}}, policy={"threshold": 20})
    a("unknown-count", ["HOU-O-03"], [row("HOU-O-03", value=30)], {"HOU": {"outcomes": {"score": None}}}, {"HOU-O-03": {"figure": {"value": None}, "score": None}}, "how many people stand behind it is not known")
    a("value-with-denominator", ["HOU-O-03"], [row("HOU-O-03", value=30, denominator=1000)], None, {"HOU-O-03": {"figure": {"value": 30}, "score": 70}}, "30 % of 1 000 = 300")
    a("value-with-n", ["HOU-O-03"], [row("HOU-O-03", value=30, n=8)], None, {"HOU-O-03": {"figure": HIDDEN}}, "a survey of 8")
    a("mean-with-n", ["HEA-O-02"], [row("HEA-O-02", value=80, n=500)], None, {"HEA-O-02": {"figure": {"value": 80}, "score": 75}})
    a("small-survey-group", ["HOU-O-03"], [share("HOU-O-03", 300, 1000, n=400), share("HOU-O-03", 150, 500, SEX="F", n=9), share("HOU-O-03", 150, 500, SEX="M", n=391)], None, by_sex(HIDDEN, HIDDEN), "nine women were asked: the unweighted n counts as well")
    a("change-of-suppressed", ["HOU-O-03"], [share("HOU-O-03", 4, 100, "2018"), share("HOU-O-03", 30, 100)], None, {"HOU-O-03": {"figure": {"value": 30}, "change": None}}, "a change would give the withheld figure away")
    f.add("reject-threshold", "assess", asked(["HOU-O-03"], share("HOU-O-03", 300, 1000), policy={"threshold": 0}), reject="release.bad-threshold")


def assess_findings(F):
    f = F("assess/findings", "Findings that a report carries", "hand-worked from the meaning of each code")

    def a(id_, selection, given, found, note=None, **more):
        f.cases.append({"id": id_, "op": "assess", "input": asked(selection, *given, **more), "expect": {"findings": {"counts": found}}, "tolerance": 0} | ({"note": note} if note else {}))

    a("suppressed", ["HOU-O-03"], [share("HOU-O-03", 5, 100)], {"release.suppressed": 1, "release.unknown-count": None})
    a("unknown-count", ["HOU-O-03"], [row("HOU-O-03", value=30)], {"release.unknown-count": 1, "release.suppressed": None})
    a("nothing-withheld", ["HOU-O-03"], [share("HOU-O-03", 300, 1000)], {"release.suppressed": None, "release.unknown-count": None})
    a("internal", ["HOU-O-03"], [share("HOU-O-03", 5, 100), row("HOU-O-04", value=30)], {"release.suppressed": None, "release.unknown-count": None}, "with the data holder nothing is withheld", policy={"internal": True})
    method = small_method()
    method["goalposts"].pop(0)
    a("no-goalposts", ["HOU-O-03", "HOU-P-02"], [shown("HOU-O-03", 60), shown("HOU-P-02", 100)], {"score.no-goalposts": 1}, method=method)
    a("no-total", ["WSP-O-02"], [share("WSP-O-02", 20, 100, SEX="F"), share("WSP-O-02", 25, 100, SEX="M")], {"obs.no-total": 1})
    f.cases.append({"id": "rows-left-out", "op": "assess", "input": asked(["HOU-O-03"], share("HOU-O-03", 300, 1000), share("HOU-O-03", 1001, 1000, "2019")),
                    "expect": {"provenance": {"rows": counts(2, 1, 1)}, "places": [{"period": "2020"}]}, "tolerance": 0, "note": "the report says how many rows were left out"})


def assess_places(F):
    f = F("assess/places", "Several places; a city that joins changes nobody's score", "hand-worked")
    X = [share("HOU-O-03", 300, 1000), share("HOU-P-02", 300, 1000)]
    Y = [share("HOU-O-03", 700, 1000, place="Y"), share("HOU-P-02", 900, 1000, place="Y")]
    TWO = ["HOU-O-03", "HOU-P-02"]
    x = {"HOU": {"outcomes": {"score": 70}, "effort": {"score": 30}, "combined": 65, "band": 2}}
    y = {"HOU": {"outcomes": {"score": 30}, "effort": {"score": 90}, "combined": 35, "band": 4}}
    f.add("alone", "assess", asked(TWO, *X), {"places": [place(x)]}, note="first of two: X alone")
    f.add("with-another", "assess", asked(TWO, *X, *Y), {"places": [place(x), place(y, place="Y")]}, note="second of two: Y joins, and every number of X is the same")
    f.add("order-of-rows", "assess", asked(TWO, *Y, *reversed(X)), {"places": [place(x), place(y, place="Y")]}, note="the order of the rows changes nothing")
    f.add("one-of-two", "assess", asked(TWO, *X, *Y, plan={"places": ["Y"]}), {"places": [place(y, place="Y")]})
    f.add("own-latest", "assess", asked(["HOU-O-03"], shown("HOU-O-03", 30, "2018"), shown("HOU-O-03", 40, "2020", place="Y")),
          {"places": [place({"HOU": {"outcomes": {"score": 70}}}, period="2018"), place({"HOU": {"outcomes": {"score": 60}}}, place="Y")]}, note="each place has its own latest period")
    f.add("district", "assess", asked(["HOU-O-03"], shown("HOU-O-03", 30), shown("HOU-O-03", 50, place="X-1", place_parent="X"), shown("HOU-O-03", 20, place="X-2", place_parent="X")),
          {"places": [place({"HOU": {"outcomes": {"score": 70}}}), place({"HOU": {"outcomes": {"score": 50}}}, place="X-1"), place({"HOU": {"outcomes": {"score": 80}}}, place="X-2")]}, note="a district is a place of its own; the city is not the mean of its districts")
    f.cases[-1]["expect"]["places"][1]["parent"] = "X"
    f.cases[-1]["expect"]["places"][2]["parent"] = "X"
    three = [share("HOU-O-03", 300, 1000), share("HOU-O-03", 295, 980, place="X-1", place_parent="X"), share("HOU-O-03", 5, 20, place="X-2", place_parent="X")]
    gone = [{"id": "HOU-O-03", "figure": {"kind": "suppressed", "value": None}, "score": None}]
    f.cases.append({"id": "small-district", "op": "assess", "input": asked(["HOU-O-03"], *three),
                    "expect": {"places": [{"place": "X", "indicators": [{"figure": {"kind": "value", "value": 30}, "score": 70}]}, {"place": "X-1", "indicators": gone}, {"place": "X-2", "indicators": gone}]}, "tolerance": TIGHT,
                    "note": "districts are parts of their city: 5 of 20 in one district would be the city less the other, so both are withheld"})
    f.add("accents", "assess", asked(["HOU-O-03", "HOU-P-02"], shown("HOU-O-03", 30, place="M\u00e1laga"), shown("HOU-P-02", 30, place="Ma\u0301laga")), {"places": [place(x, place="M\u00e1laga")]}, note="one place, written in two ways")


def small_method():
    m = copy.deepcopy(oracle.standard_method())
    kept = {g["indicator"]: g for g in m["goalposts"]}
    m["goalposts"] = [kept[i] for i in ("HOU-O-03", "HOU-O-04", "HOU-P-02")]
    m["target_band"] = []
    return m


def assess_method(F):
    f = F("assess/method", "Another method file", "hand-worked: numbers of the method are data")
    TWO = ["HOU-O-03", "HOU-P-02"]
    GIVEN = [shown("HOU-O-03", 60), shown("HOU-P-02", 100)]

    def changed(change):
        m = small_method()
        change(m)
        return m

    def a(id_, change, nodes, selection=TWO, given=GIVEN, indicators=None, note=None):
        f.add(id_, "assess", asked(selection, *given, method=changed(change)), {"places": [place(nodes, indicators)]}, note=note)

    def set_(*path):
        *way, last, value = path

        def change(m):
            for p in way:
                m = m[p]
            m[last] = value

        return change

    a("same", lambda m: None, {"HOU": {"combined": 45}})
    a("weight-06", set_("outcomes_first", "weight", "value", 0.6), {"HOU": {"combined": 45}}, note="0.6·40 + 0.4·100 = 64, kept at 45")
    a("margin-20", set_("outcomes_first", "margin", "value", 20), {"HOU": {"combined": 52, "band": 3}}, note="0.8·40 + 0.2·100 = 52, within 20 to 60")
    a("bands", set_("rating", "bands", "value", [90, 70, 45, 10]), {"HOU": {"combined": 45, "band": 4, "band_name": "poor"}}, note="C = 45 is in band 3, O = 40 in band 4: the worse")
    a("goalposts", lambda m: m["goalposts"][0].update(worst=80, best=20), {"HOU": {"outcomes": {"score": 100 / 3}}}, indicators={"HOU-O-03": {"score": 100 / 3}}, note="(80 − 60)/60")
    a("geometric", set_("aggregation", "indicators", "value", "geometric"), {"HOU": {"outcomes": {"score": 50}}}, ["HOU-O-03", "HOU-O-04"], [shown("HOU-O-03", 75), shown("HOU-O-04", 0)], note="√(25·100)")
    a("minimum-half", set_("aggregation", "minimum_coverage", "value", 0.5), {"HOU": {"outcomes": {"score": 25, "coverage": 0.5}}}, ["HOU-O-03", "HOU-O-04"], [shown("HOU-O-03", 75)])
    a("no-goalposts", lambda m: m["goalposts"].pop(0), {"HOU": {"outcomes": None, "state": "outputs_only"}}, indicators={"HOU-O-03": {"score": None, "figure": {"value": 60}}}, note="without goalposts an indicator is shown and not scored")

    def scoring(indicator, rule):
        def change(m):
            m["goalposts"] = [g for g in m["goalposts"] if g["indicator"] != indicator]
            m["scoring"] = [{"indicator": indicator, "rule": rule, "reason": "invented for the vectors", "source": "own proposal", "verification": "own"}]

        return change

    def months(id_, rule, value, score, **more):
        a("scoring-" + id_, scoring("HOU-P-01", rule), {"HOU": {"effort": {"score": score}}}, ["HOU-P-01"], [shown("HOU-P-01", value)], {"HOU-P-01": {"score": score}}, **more)

    LOG = {"logarithmic": {"worst": 64, "best": 1}}
    months("logarithmic", LOG, 8, 50, note="log₂: 3 of 6 halvings")
    months("logarithmic-zero", LOG, 0, 100, note="held at the best before the logarithm is taken")
    months("goalposts", {"goalposts": {"worst": 40, "best": 0}}, 10, 75, note="the same as an entry of `goalposts`")
    months("target-ratio", {"target_ratio": {"target": 6}}, 24, 25)
    months("target-range-ratio", {"target_range_ratio": {"lower": 2, "upper": 6}}, 24, 25)
    months("band", {"band": {"worst_low": -1, "lower": 0, "upper": 6, "worst_high": 60}}, 33, 50)
    months("scale", {"maturity": {"map": [100, 50, 0]}}, 1, 50)
    near = scoring("HOU-P-01", LOG)
    for id_, now, direction in [("unchanged", 8.16, "unchanged"), ("changed", 8.2, "worse")]:
        a("scoring-logarithmic-" + id_, near, {}, ["HOU-P-01"], [shown("HOU-P-01", 8, "2019"), shown("HOU-P-01", now, "2020")], {"HOU-P-01": {"change": {"direction": direction}}}, note="half a point is worth 0.005·8·ln 64 = 0.166 months at 8 months")
    a("carry-two-years", set_("period", "carry_forward_years", "value", 2), {"HOU": {"state": "outcomes_only"}}, given=[shown("HOU-O-03", 60), shown("HOU-P-02", 100, "2017")], note="three years old is too old here")

    def bad(id_, change, code):
        f.add("reject-" + id_, "assess", asked(["HOU-O-03"], shown("HOU-O-03", 30), method=changed(change)), reject=code)

    def hand_bad(id_, change, code, note=None):
        f.cases.append({"id": "reject-" + id_, "op": "assess", "input": asked(["HOU-O-03"], shown("HOU-O-03", 30), method=changed(change)), "reject": code} | ({"note": note} if note else {}))

    twice = scoring("HOU-P-01", LOG)
    hand_bad("scoring-order", scoring("HOU-P-01", {"logarithmic": {"worst": 1, "best": 64}}), "score.goalposts-order")
    hand_bad("scoring-not-positive", scoring("HOU-P-01", {"logarithmic": {"worst": 64, "best": 0}}), "score.not-positive")
    hand_bad("scoring-open", scoring("HOU-P-01", {"goalposts": {"worst": 40, "best": 0, "ends": "open"}}), "method.bad-value", "scores of a method are from 0 to 100")
    hand_bad("scoring-twice", lambda m: (twice(m), m["goalposts"].append({**m["goalposts"][0], "indicator": "HOU-P-01"})), "method.bad-value")
    hand_bad("scoring-unknown-rule", scoring("HOU-P-01", {"median": {}}), "method.bad-json")
    hand_bad("weight-half", set_("outcomes_first", "weight", "value", 0.5), "method.bad-value", "at one half the ordering theorem does not hold")
    hand_bad("margin-60", set_("outcomes_first", "margin", "value", 60), "method.bad-value")
    hand_bad("coverage-2", set_("aggregation", "minimum_coverage", "value", 2), "method.bad-value")
    hand_bad("newer-format", set_("format", 99), "method.newer-edition")
    hand_bad("no-rating", lambda m: m.pop("rating"), "method.bad-json", "a part is missing")
    hand_bad("equal-goalposts", lambda m: m["goalposts"][0].update(worst=50, best=50), "score.equal-goalposts", "equal goalposts are an error in the file")
    hand_bad("goalposts-order", lambda m: m["goalposts"][0].update(worst=0, best=100), "score.goalposts-order", "overburden: lower is better")
    hand_bad("unknown-indicator", lambda m: m["goalposts"][0].update(indicator="HOU-O-99"), "method.unknown-indicator")
    f.cases.append({"id": "reject-unknown-name", "op": "assess", "input": asked(["HOU-O-03"], shown("HOU-O-03", 30), method="secret"), "reject": "wire.bad-request", "note": "no method has this name"})


def explain(F):
    f = F("explain/contributions", "Why this number", "hand-worked: contributions sum to the result")

    def e(id_, input_, expect=None, reject=None, note=None):
        f.add(id_, "explain", input_, expect, reject=reject, note=note)

    TWO = asked(["HOU-O-03", "HOU-O-04"], shown("HOU-O-03", 30), shown("HOU-O-04", 10))
    e("module", TWO | {"id": "HOU"}, {"id": "HOU", "result": 80, "contributions": [{"id": "HOU-O-03", "points": 35, "score": 70}, {"id": "HOU-O-04", "points": 45, "score": 90}]}, note="35 + 45 = 80")
    e("right", TWO | {"id": "R-CHILD"}, {"id": "R-CHILD", "result": 90, "contributions": [{"id": "HOU-O-04", "points": 90}]})
    e("overall", asked(["HOU-O-03", "ENV-O-03"], shown("HOU-O-03", 20), shown("ENV-O-03", 40)) | {"id": "overall"}, {"id": "overall", "result": 60, "contributions": [{"id": "ENV", "points": 20, "score": 40}, {"id": "HOU", "points": 40, "score": 80}]}, note="modules count the same")
    e("indicator", TWO | {"id": "HOU-O-03"}, {"id": "HOU-O-03", "result": 70})
    e("missing-one", asked(["HOU-O-03", "HOU-O-04", "HOU-O-05"], shown("HOU-O-03", 30), shown("HOU-O-04", 10)) | {"id": "HOU"}, {"result": 80}, note="weights are renormalised over what is there")
    e("insufficient", asked(["HOU-O-03", "HOU-O-04"], shown("HOU-O-03", 30)) | {"id": "HOU"}, {"id": "HOU", "result": None}, note="no result, and the steps say why")
    e("second-place", asked(["HOU-O-03"], shown("HOU-O-03", 30), shown("HOU-O-03", 60, place="Y")) | {"id": "HOU-O-03", "place": "Y"}, {"id": "HOU-O-03", "place": "Y", "result": 40})
    e("suppressed", asked(["HOU-O-03"], share("HOU-O-03", 5, 100)) | {"id": "HOU-O-03"}, {"id": "HOU-O-03", "result": None}, note="an explanation gives no withheld figure away")
    e("reject-unknown", TWO | {"id": "HOU-O-99"}, reject="explain.unknown-id")
    e("reject-not-selected", TWO | {"id": "ENV"}, reject="explain.unknown-id", note="in the catalogue, not in the report")


def import_(F):
    f = F("import/crosswalk", "A city's own files", "hand-worked: every row is used, left out knowingly, or reported")
    BASE = {"title": "T", "place": {"code": "X", "name": "Xton"}, "defaults": {"confidentiality": "public", "source": "city portal"}}

    def file(**more):
        return {"name": "rent.csv", "period": "Year", "value": "Value", "series": [{"indicator": "HOU-O-03"}]} | more

    def i(id_, files, texts, expect=None, reject=None, note=None):
        f.add(id_, "import", {"crosswalk": BASE | {"file": files}, "files": [{"name": n, "text": t} for n, t in texts]}, expect, reject=reject, note=note, tol=0)

    T = "Year,Value\n2018,30\n2019,32\n"
    LEDGER = {"file": "rent.csv", "rows": 2, "used": 2, "skipped": 0, "not_selected": 0, "rejected": 0, "observations": 2, "indicators": ["HOU-O-03"]}
    i("plain", [file()], [("rent.csv", T)], {"rows": [{"indicator": "HOU-O-03", "place": "X", "period": "2018", "value": 30, "confidentiality": "public"}, {"period": "2019", "value": 32}], "ledger": [LEDGER]})
    i("filter", [file(series=[{"indicator": "HOU-O-03", "where": {"What": "burden"}}], ignore_columns=[])], [("rent.csv", "Year,What,Value\n2018,burden,30\n2018,other,5\n2019,burden,32\n")],
      {"ledger": [{"rows": 3, "used": 2, "not_selected": 1, "skipped": 0, "rejected": 0, "observations": 2}], "findings": {"counts": {"crosswalk.row-not-selected": 1}}}, note="2 + 1 = 3")
    i("skip", [file(series=[{"indicator": "HOU-O-03", "where": {"What": "burden"}}], skip=[{"where": {"What": "other"}, "reason": "another question"}])], [("rent.csv", "Year,What,Value\n2018,burden,30\n2018,other,5\n")],
      {"ledger": [{"rows": 2, "used": 1, "skipped": 1, "not_selected": 0, "rejected": 0}]})
    i("groups", [file(columns={"Sex": {"dimension": "SEX", "codes": {"Female": "F", "Male": "M", "All": ""}}})], [("rent.csv", "Year,Sex,Value\n2018,All,30\n2018,Female,32\n2018,Male,28\n")],
      {"rows": [{"value": 30, "groups": None}, {"value": 32, "groups": {"SEX": "F"}}, {"value": 28, "groups": {"SEX": "M"}}], "ledger": [{"rows": 3, "used": 3}]})
    i("unmapped-code", [file(columns={"Sex": {"dimension": "SEX", "codes": {"Female": "F"}}})], [("rent.csv", "Year,Sex,Value\n2018,Female,32\n2018,Femme,28\n")],
      {"ledger": [{"rows": 2, "used": 1, "rejected": 1}], "findings": {"counts": {"crosswalk.unmapped-code": 1}}}, note="a code without a meaning is not guessed")
    i("complement", [file(series=[{"indicator": "HOU-O-03", "complement": 100}])], [("rent.csv", T)], {"rows": [{"value": 70}, {"value": 68}]}, note="100 − x")
    i("multiply", [file(series=[{"indicator": "HOU-O-03", "multiply": 100}])], [("rent.csv", "Year,Value\n2018,0.25\n")], {"rows": [{"value": 25}]}, note="shares into percent")
    i("counts", [{"name": "rent.csv", "period": "Year", "numerator": "N", "denominator": "D", "series": [{"indicator": "HOU-O-03"}]}], [("rent.csv", "Year,N,D\n2018,300,1000\n")], {"rows": [{"numerator": 300, "denominator": 1000}]})
    i("missing-file", [file()], [], {"rows": [], "findings": {"counts": {"crosswalk.missing-file": 1}}})
    i("unlisted-file", [file()], [("rent.csv", T), ("other.csv", "a,b\n1,2\n")], {"findings": {"counts": {"crosswalk.unlisted-file": 1}}})
    i("not-mapped", [file(), {"name": "old.csv", "not_mapped": "superseded"}], [("rent.csv", T), ("old.csv", "a,b\n1,2\n")], {"findings": {"counts": {"crosswalk.file-not-mapped": 1}}})
    i("unmapped-column", [file()], [("rent.csv", "Year,Value,Colour\n2018,30,\n")], {"ledger": [{"rows": 1, "used": 1}], "findings": {"counts": {"crosswalk.unmapped-column": 1}}}, note="nothing is in the column, so no row is in doubt")
    i("ignored-column", [file(ignore_columns=["Colour"])], [("rent.csv", "Year,Value,Colour\n2018,30,red\n")], {"ledger": [{"rows": 1, "used": 1}], "findings": {"counts": {"crosswalk.unmapped-column": None}}})
    i("missing-column", [file()], [("rent.csv", "Year,Amount\n2018,30\n")], {"rows": [], "findings": {"counts": {"crosswalk.missing-column": 1}}})
    i("bad-number", [file()], [("rent.csv", "Year,Value\n2018,thirty\n2019,32\n")], {"ledger": [{"rows": 2, "used": 1, "rejected": 1}]})
    i("proxy", [file(series=[{"indicator": "HOU-O-03", "proxy": "rent above 30 %"}])], [("rent.csv", "Year,Value\n2018,30\n")], {"rows": [{"proxy": "rent above 30 %"}]})
    i("two-series", [file(series=[{"indicator": "HOU-O-03"}, {"indicator": "HOU-O-07", "complement": 100}])], [("rent.csv", "Year,Value\n2018,30\n")], {"ledger": [{"rows": 1, "used": 1, "observations": 2}]}, note="a row may serve two indicators")
    i("reject-indicator", [file(series=[{"indicator": "HOU-O-99"}])], [("rent.csv", T)], reject="crosswalk.bad-file")
    i("reject-no-series", [file(series=[])], [("rent.csv", T)], reject="crosswalk.bad-file")
    i("reject-no-period", [file(period="")], [("rent.csv", T)], reject="crosswalk.bad-file")
    i("reject-twice", [file(), file()], [("rent.csv", T)], reject="crosswalk.bad-file", note="each file once")
    f.add("reject-no-crosswalk", "import", {"files": []}, reject="wire.bad-request")
