"""Vectors of what adds up: figures that overlap, hold one another or leave few people whom nobody handed in. Called by generate.py.

The hand-worked ones are one small table each. The others are cities of `tests/compare/attack.py` in which figures were withheld by chance: the least and
the most that each can be come from its whole-numbered programme (HiGHS), which knows docs/disclosure.md and nothing else.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "compare"))
import attack  # noqa: E402

COUNT, SHARE, ROMA = "GBV-O-04", "HOU-O-03", "EQU-O-01"
HIDDEN = {"kind": "suppressed"}
CITIES = 84


def write(F):
    by_hand(F)
    by_programme(F)
    released(F)


def figure(number):
    if number is None:
        return HIDDEN
    if isinstance(number, tuple):
        a, b = number
        return {"kind": "value", "value": 100 * a / b, "numerator": a, "denominator": b}
    return {"kind": "value", "value": number}


def report(indicator, figures, k=10, parents=None):
    """`figures`: (period, place, groups) to a number, a pair of numbers, or None for withheld."""
    places = {}
    for (period, place, groups), number in figures.items():
        entry = places.setdefault(place, {"id": indicator, "figure": {"kind": "missing", "reason": "no_data"}, "series": [], "groups": []})
        if groups:
            entry["groups"].append({"groups": [list(g) for g in groups], "period": period, "figure": figure(number)})
        else:
            entry["series"].append({"period": period, "figure": figure(number)})
    parents = parents or {}
    made = [{"place": place} | ({"parent": parents[place]} if place in parents else {}) | {"indicators": [entry]} for place, entry in places.items()]
    return {"places": made, "provenance": {"threshold": k}}


def by_hand(F):
    f = F("disclosure/together", "What figures that overlap, hold one another or leave someone out tell of what is withheld", "docs/disclosure.md, what adds up; worked by hand")

    def a(id_, indicator, figures, expect, note, k=10, parents=None):
        # a group alone is of X in 2024
        figures = {key if len(key) == 3 and isinstance(key[0], str) else ("2024", "X", key): n for key, n in figures.items()}
        made = [{"verdict": verdict, "lower": low} | ({"upper": high} if high is not None else {}) | more for verdict, low, high, more in expect]
        f.add(id_, "disclosure.attack_report", {"report": report(indicator, figures, k, parents)}, {"safe": all(m["verdict"] == "safe" for m in made), "figures": made}, tol=0, note=note)

    def g(dimension, *codes):
        return [((dimension, code),) for code in codes]

    none = ()
    # codes that hold one another
    nsev, some, no = g("DISAB", "LTD_NSEV_NONE", "SOME", "NONE")
    a("parts-of-a-wider-group", SHARE, {nsev: (54, 453), some: (51, 271), no: None}, [("exact", 179, 179, {"what": "complement"}), ("exact", 3, 3, {"what": "numerator"})],
      "not severe or none, less some: 54 − 51 = 3 of 453 − 271 = 182")
    both, severe = g("DISAB", "SM_SEV", "SEV")
    a("some-and-severe", COUNT, {both: 60, some: 52, severe: None}, [("exact", 8, 8, {})], "60 − 52")
    a("two-that-share-a-part", COUNT, {nsev: 80, both: 90, some: None, no: None, severe: None, none: 120}, [("unproven", 0, 30, {"if_complete": {"lower": 30, "upper": 30}}), ("unproven", 10, 40, {"if_complete": {"lower": 40, "upper": 40}}), ("unproven", 50, 80, {"if_complete": {"lower": 50, "upper": 50}})],
      "none, some, severe and a rest make 120. Some + none = 80 and some + severe = 90: some is 170 − 120 = 50 and more, and 80 at most; none is 80 − some, severe 90 − some")
    # ages
    lt15, lt18, a1524, a1824 = g("AGE", "Y_LT15", "Y_LT18", "Y15-24", "Y18-24")
    a("ages-that-overlap", COUNT, {lt15: None, lt18: 64, a1524: 40, a1824: 36}, [("exact", 4, 4, {"groups": [["AGE", "Y15-24"]], "without": [["AGE", "Y18-24"]]}), ("exact", 60, 60, {})],
      "15 to 17 are 40 − 36 = 4, whom nobody handed in, and so those under 15 are 64 − 4")
    a("pieces-of-ages", COUNT, {lt18: 64, a1524: 40, lt15: None, a1824: None}, [("safe", 0, 40, {}), ("safe", 24, 64, {})], "15 to 17 are 0 to 40")
    places = {("2024", "X", lt18): 64, ("2024", "X", lt15): 50, ("2024", "X-1", lt18): 40, ("2024", "X-2", lt15): None, ("2024", "X-1", lt15): 30, ("2024", "X-2", lt18): 24}
    a("ages-across-districts", COUNT, places, [("exact", 20, 20, {"place": "X-2", "groups": [["AGE", "Y_LT15"]]}), ("exact", 4, 4, {"place": "X-2", "groups": [["AGE", "Y_LT18"]], "without": [["AGE", "Y_LT15"]]})],
      "64 − 40 − 24: nobody under 18 lives elsewhere in X; so 50 − 30 are under 15 in X-2, and 4 are 15 to 17", parents={"X-1": "X", "X-2": "X"})
    # periods
    def t(*periods):
        return [(p, "X", none) for p in periods]

    y21, y22, y2122, y2223, y23 = t("2021", "2022", "2021-2022", "2022-2023", "2023")
    women, men = ((("SEX", "F"),), (("SEX", "M"),))
    a("years-that-hold-one-another", COUNT, {y21: 100, y2122: 204, ("2022", "X", women): 100, ("2022", "X", men): None}, [("too_narrow", 0, 4, {"period": "2022", "groups": [], "without": [["SEX", "F"], ["SEX", "M"]]}), ("too_narrow", 0, 4, {"period": "2022", "groups": [["SEX", "M"]]})],
      "2022 is 204 − 100 = 104, of whom 100 are women: men and others are 4")
    a("a-year-that-nobody-handed-in", COUNT, {y2223: 104, y23: 100}, [("exact", 4, 4, {"period": "2022-2023", "without": [["period", "2023"]]})], "2022 is 104 − 100")
    a("years-that-overlap", COUNT, {y2122: 204, y2223: 130, y22: None, y21: 100}, [("exact", 104, 104, {})], "204 − 100, although it is no whole of 2022-2023")
    f21, f22 = t("2021-22", "2022-23")
    a("fiscal-years", COUNT, {y22: None, f21: 60, f22: 50}, [("safe", 0, 110, {})], "each part of 2022 is in one of the two")
    a("shares-of-years", SHARE, {y21: (100, 1000), y2122: (204, 2000), y22: None}, [("unproven", 0, None, {"what": "complement", "if_complete": {"lower": 896, "upper": 896}}), ("unproven", 0, None, {"what": "numerator", "if_complete": {"lower": 104, "upper": 104}})],
      "if 2021-2022 has asked the people of both years: 204 − 100 of 2 000 − 1 000. Nobody says that it has")
    # who is outside of a group
    partner, knew = g("RELPERP", "PART", "KNOWN")
    a("outside-of-a-group", COUNT, {none: 100, partner: 95}, [("exact", 5, 5, {"groups": [], "without": [["RELPERP", "PART"]]})], "100 − 95 had another perpetrator")
    a("inside-of-a-group", COUNT, {none: 100, partner: 60, knew: None}, [("safe", 0, 100, {})], "one person can be counted in both: they are neither parts of 100 nor apart")
    roma = (("ETHNIC", "ROMA"),)
    a("outside-of-roma", ROMA, {none: (400, 1000), roma: (398, 994)}, [("exact", 4, 4, {"what": "complement"}), ("exact", 2, 2, {"what": "numerator", "without": [["ETHNIC", "ROMA"]]})], "2 of 6 are no Roma")
    a("a-single-group", COUNT, {none: 100, women: 96}, [("exact", 4, 4, {"without": [["SEX", "F"]]})], "whatever they are, 4 are no women")
    phy, sx, either = g("VTYPE", "PHY", "SX", "PHY_SX")
    a("one-or-both", COUNT, {phy: 60, sx: 50, either: None}, [("safe", 60, 110, {})], "physical, sexual or both: 60 if all of sexual violence was physical, too; 110 if none was")
    a("both-of-them", COUNT, {either: 62, phy: 60, sx: None}, [("safe", 2, 62, {"groups": [["VTYPE", "SX"]]}), ("exact", 2, 2, {"groups": [["VTYPE", "SX"]], "without": [["VTYPE", "PHY"]]})], "2 had sexual violence alone")
    rape = (("VTYPE", "RAPE"),)
    a("inside-of-one-code", COUNT, {sx: 12, rape: None}, [("safe", 0, 12, {})], "rape is sexual violence")
    a("alone-lives-a-man", COUNT, {**dict(zip(g("HHTYPE", "A1"), [40])), **dict(zip(g("HHTYPE", "A1F"), [31])), **dict(zip(g("HHTYPE", "A1M"), [None]))},
      [("too_narrow", 0, 9, {"groups": [["HHTYPE", "A1"]], "without": [["HHTYPE", "A1F"], ["HHTYPE", "A1M"]]}), ("safe", 0, 40, {}), ("too_narrow", 0, 9, {"groups": [["HHTYPE", "A1M"]], "without": [["HHTYPE", "A1F"]]})], "the list does not say that nobody is in both: 9 of 40 are no women who live alone")
    # groups that are not complete
    a("not-declared-complete", COUNT, {none: 1000, women: 496, men: None}, [("unproven", 0, 504, {"if_complete": {"lower": 504, "upper": 504}})], "504 if there is nobody else, which nobody says")
    a("few-in-any-case", COUNT, {none: 100, women: 96, men: None}, [("too_narrow", 0, 4, {"groups": [], "without": [["SEX", "F"], ["SEX", "M"]]}), ("too_narrow", 0, 4, {"groups": [["SEX", "M"]], "if_complete": {"lower": 4, "upper": 4}})], "men and others are 4")
    a("shown-sums-leave-nobody", COUNT, {none: 100, women: 60, men: 40}, [], "60 + 40 = 100: nobody else")
    a("shown-sums-leave-few", COUNT, {none: 104, women: 60, men: 40}, [("exact", 4, 4, {"without": [["SEX", "F"], ["SEX", "M"]]})], "4 are in no group")
    young = ("AGE", "Y15-24")
    a("only-in-a-crossing", COUNT, {women: 40, (young, ("SEX", "F")): None, none: 100}, [("safe", 0, 40, {})], "no more young women than women")
    a("a-crossing-and-its-other-side", COUNT, {women: 40, (young, ("SEX", "F")): 36, none: 100}, [("exact", 4, 4, {"groups": [["SEX", "F"]], "without": [["AGE", "Y15-24"]]})], "4 women are not 15 to 24")
    # a city and its districts
    a("rest-of-a-city", COUNT, {("2024", "X", none): 104, ("2024", "X-1", none): 60, ("2024", "X-2", none): 40}, [("exact", 4, 4, {"place": "X", "without": [["place", "X-1"], ["place", "X-2"]]})], "4 live elsewhere in X", parents={"X-1": "X", "X-2": "X"})
    a("same-ages-by-another-name", COUNT, {lt15: 44, (("AGE", "Y_LE14"),): None, none: 500}, [("exact", 44, 44, {})], "under 15 is 14 and younger")
    given = report(COUNT, {("2024", "X", none): 100, ("2024", "X", women): 96})
    for entry in given["places"][0]["indicators"]:
        for shown in [*entry["series"], *entry["groups"]]:
            shown["figure"]["public"] = True
    f.add("published-by-its-source", "disclosure.attack_report", {"report": given}, {"safe": True, "figures": [{"lower": 4, "upper": 4, "verdict": "published_before"}]}, tol=0, note="both figures are public elsewhere: this report tells no more")


def by_programme(F):
    f = F("disclosure/together_generated", "The least and the most that withheld figures of generated cities can be", "whole-numbered programmes over the smallest parts (HiGHS), written from docs/disclosure.md")
    made, number = 0, 0
    while made < CITIES:
        number += 1
        city = attack.make_city(20261130, number)
        if city.weighted or city.before or len(city.rows) > 16:
            continue
        r = random.Random(number)
        figures = {attack.row_key(row): attack.layers_of(city.indicator, row) for row in city.rows}
        hidden = sorted(key for key in figures if r.random() < 0.4)
        now = {key: x for key, x in figures.items() if key not in hidden}
        # a report shows no few people
        if not hidden or not now or any(0 < x < city.threshold for key in now for x in now[key]):
            continue
        parents = {row["place"]: row["place_parent"] for row in city.rows if row.get("place_parent")}
        found = attack.Found()
        case = attack.Case(city, found, now, {}, hidden, parents, True)
        names = attack.LAYERS[city.indicator]
        expect = []
        guesses = attack.guessing(case.guess, now, {}, len(names), True)
        for layer, what in enumerate(names):
            case.attack(layer, what, {})
            if guesses:
                case.unhanded.setdefault(case.guess, case.guess.unhanded())
                case.rests(case.guess, guesses[layer], "rest if complete", what, set(), set())
            for key in hidden:
                low, high = case.sure.ends(case.system.sums[key])
                told = {"indicator": city.indicator, "period": key[0], "place": key[1], "groups": [list(g) for g in key[2]], "what": what, "lower": round(low)}
                if high is not None:
                    told["upper"] = round(high)
                if case.narrow(low, high):
                    told["verdict"] = "exact" if round(low) == round(high) else "too_narrow"
                elif guesses:
                    told["verdict"] = "unproven" if case.narrow(*guesses[layer].ends(case.guess.sums[key])) else "safe"
                expect.append(told)
        # what nobody handed in has vectors by hand
        if any(kind.startswith("rest") for kind, _ in found.problems):
            continue
        expect.sort(key=lambda x: (attack.months(x["period"])[0], attack.months(x["period"])[1], x["place"], x["groups"], x["what"]))
        shape = ["-".join(city.kinds[:1]).replace(" ", "-"), str(number)]
        given = {key: (None if key in hidden else whole(city.indicator, x)) for key, x in figures.items()}
        f.add("-".join(shape), "disclosure.attack_report", {"report": report(city.indicator, given, city.threshold, parents)}, {"figures": expect}, tol=0, note=", ".join(city.kinds))
        made += 1


def whole(indicator, layers):
    numbers = [round(x) for x in layers]
    if indicator == attack.COUNT:
        return numbers[0]
    return (numbers[0], numbers[0] + numbers[1]) if indicator == attack.PROPORTION else (numbers[0], numbers[1])


def released(F):
    f = F("assess/together", "Reports of which no small figure follows from figures that overlap, hold one another or leave someone out", "docs/disclosure.md, what adds up; worked by hand")

    def row(indicator, number, period="2024", place="X", **groups):
        counts = {"numerator": number[0], "denominator": number[1]} if isinstance(number, tuple) else {"value": number}
        return {"indicator": indicator, "place": place, "period": period} | counts | groups

    def a(id_, rows, expect, note):
        """`expect`: groups to whether they are shown, of the latest period."""
        indicator = rows[0]["indicator"]
        groups = [{"groups": [list(g) for g in key], "figure": {"kind": "value" if shown else "suppressed"}} for key, shown in expect.items() if key]
        one = {"id": indicator} | ({"groups": groups} if groups else {}) | ({"figure": {"kind": "value" if expect[()] else "suppressed"}} if () in expect else {})
        f.cases.append({"id": id_, "op": "assess", "input": {"observations": {"rows": rows}, "plan": {"selection": [indicator]}}, "expect": {"places": [{"indicators": [one]}]}, "tolerance": 0, "note": note})

    def d(code):
        return (("DISAB", code),)

    a("part-of-a-wider-group", [row(SHARE, (400, 2000)), row(SHARE, (54, 453), DISAB="LTD_NSEV_NONE"), row(SHARE, (51, 271), DISAB="SOME"), row(SHARE, (3, 182), DISAB="NONE")],
      {(): True, d("LTD_NSEV_NONE"): True, d("NONE"): False, d("SOME"): False}, "3 of 182 would be 54 − 51 of 453 − 271; 271 is the cheaper of the two that tell it")
    a("interview-about-disability", [row("EDU-O-05", (400, 1000)), row("EDU-O-05", (3, 9), DISAB="SEV"), row("EDU-O-05", (397, 991), DISAB="NONE")], {(): True, d("NONE"): False, d("SEV"): False}, "3 of 9, and 1 000 − 991")
    a("outside-of-a-group", [row(COUNT, 100), row(COUNT, 95, RELPERP="PART")], {(): True, (("RELPERP", "PART"),): False}, "5 would be outside; 95 is cheaper than 100")
    a("outside-of-roma", [row(ROMA, (400, 1000)), row(ROMA, (398, 994), ETHNIC="ROMA")], {(): True, (("ETHNIC", "ROMA"),): False}, "2 of 6 would be no Roma")
    a("a-single-group", [row(COUNT, 100), row(COUNT, 96, SEX="F")], {(): True, (("SEX", "F"),): False}, "4 would be no women")
    a("ages-that-leave-a-few", [row(COUNT, 500), row(COUNT, 60, AGE="Y_LT15"), row(COUNT, 64, AGE="Y_LT18"), row(COUNT, 40, AGE="Y15-24"), row(COUNT, 36, AGE="Y18-24")],
      {(): True, (("AGE", "Y15-24"),): True, (("AGE", "Y18-24"),): False, (("AGE", "Y_LT15"),): False, (("AGE", "Y_LT18"),): True}, "15 to 17 are 64 − 60 and 40 − 36: one figure of each goes, the cheaper one")
    a("enough-outside", [row(COUNT, 100), row(COUNT, 60, RELPERP="PART"), row(COUNT, 50, RELPERP="KNOWN")], {(): True, (("RELPERP", "KNOWN"),): True, (("RELPERP", "PART"),): True}, "40 and 50 are outside")
    a("sums-that-are-complete", [row(COUNT, 100), row(COUNT, 60, SEX="F"), row(COUNT, 40, SEX="M")], {(): True, (("SEX", "F"),): True, (("SEX", "M"),): True}, "nobody is left")
    a("few-in-no-group", [row(COUNT, 104), row(COUNT, 60, SEX="F"), row(COUNT, 40, SEX="M")], {(): True, (("SEX", "F"),): False, (("SEX", "M"),): False}, "4 are neither. With men alone withheld, a reader would take the two for everybody, and men for 44")
    # persons asked by each of four questions, two of which not everybody answered
    asked = [(104, {}), (14, {"AGE": "Y18-29"}), (22, {"AGE": "Y30-44"}), (27, {"AGE": "Y45-64"}), (41, {"AGE": "Y_GE65"}), (47, {"SEX": "F"}), (49, {"SEX": "M"}),
             (38, {"DISTRICT": "harbour"}), (26, {"DISTRICT": "hill"}), (29, {"DISTRICT": "old_town"}), (24, {"DISAB": "NONE"}), (21, {"DISAB": "SEV"}), (20, {"DISAB": "SOME"})]
    share = {104: 45.2, 14: 33.0, 22: 53.7, 27: 38.7, 41: 49.2, 47: 33.9, 49: 61.1, 38: 42.1, 26: 57.6, 29: 39.0, 24: 56.5, 21: 32.8, 20: 64.0}
    interviews = [{"indicator": "SAF-O-01", "place": "X", "period": "2024", "value": share[n], "se": round(50 / n**0.5, 1), "n": n} | g for n, g in asked]
    a("a-survey-keeps-its-total", interviews, {(): True}, "8 gave no sex: groups go, and nothing about them asks for the total of 104 to go")
    a("two-years-less-one", [row(COUNT, 104, "2022-2023"), row(COUNT, 100, "2023")], {(): False}, "2022 would be 4, although nobody handed it in; 2023 is cheaper than both years")
