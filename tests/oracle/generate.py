"""Writes the conformance vectors. `python3.11 generate.py` writes tests/vectors; `--check` only says what would change.

Each expected value below was worked by hand, quoted from a published table, or computed by oracle.py. Wherever a value
was worked by hand and the oracle covers the operation, both must agree, or nothing is written.
"""

from __future__ import annotations

import copy
import importlib
import json
import sys
from pathlib import Path

import oracle

OUT = Path(__file__).resolve().parents[1] / "vectors"
FILES: dict[str, dict] = {}
TIGHT = 1e-12


class F:
    """One file of vectors."""

    def __init__(self, name, title, source):
        self.cases = []
        FILES[name] = {"title": title, "source": source, "cases": self.cases}
        self.name = name

    def add(self, id_, op, input_, expect=None, *, reject=None, take=None, tol=TIGHT, note=None):
        """`expect` by hand; `take` = keys whose values come from the oracle; `reject` = an error code."""
        case = {"id": id_, "op": op, "input": input_}
        try:
            answer = oracle.call({"op": op, **copy.deepcopy(input_)})
        except oracle.NotCovered:
            answer = None
        if reject:
            case["reject"] = reject
            if answer is not None and answer.get("error", {}).get("code") != reject:
                raise SystemExit(f"{self.name}#{id_}: the oracle says {answer}, by hand it is {reject}")
        else:
            expect = copy.deepcopy(expect) if expect is not None else {}
            if answer is not None:
                if "ok" not in answer:
                    raise SystemExit(f"{self.name}#{id_}: the oracle says {answer}")
                for key in take or []:
                    # what stands there by hand is held against the oracle, which only fills it up
                    wrong = differs(expect[key], answer["ok"].get(key), tol, f"/{key}") if key in expect else None
                    if wrong:
                        raise SystemExit(f"{self.name}#{id_}: {wrong}")
                    expect[key] = answer["ok"].get(key)
                if op == "assess":
                    expect = whole_report(expect, answer["ok"], f"{self.name}#{id_}")
                wrong = differs(expect, answer["ok"], tol)
                if wrong:
                    raise SystemExit(f"{self.name}#{id_}: {wrong}")
            case["expect"] = expect
            case["tolerance"] = tol
        if note:
            case["note"] = note
        if any(c["id"] == id_ for c in self.cases):
            raise SystemExit(f"{self.name}#{id_} twice")
        self.cases.append(case)


def differs(expect, got, tol, path=""):
    """What the format calls a difference, or None."""
    if expect is None:
        return None if got is None else f"{path}: expected nothing, got {got!r}"
    if isinstance(expect, dict):
        if not isinstance(got, dict):
            return f"{path}: expected an object, got {got!r}"
        return next((w for k, v in expect.items() if (w := differs(v, got.get(k), tol, f"{path}/{k}"))), None)
    if isinstance(expect, list):
        if not isinstance(got, list) or len(got) != len(expect):
            return f"{path}: expected {len(expect)} elements, got {got!r}"
        return next((w for i, v in enumerate(expect) if (w := differs(v, got[i], tol, f"{path}/{i}"))), None)
    if isinstance(expect, bool) or isinstance(got, bool) or isinstance(expect, str) or isinstance(got, str):
        return None if type(expect) is type(got) and expect == got else f"{path}: expected {expect!r}, got {got!r}"
    if got is None or abs(got - expect) > tol * max(1, abs(expect)):
        return f"{path}: expected {expect!r}, got {got!r}"
    return None


def whole_report(hand, report, where):
    """`hand` = {"places": [{"place", "period", "nodes": {id: …}, "indicators": {id: …}}], "provenance"?}: by-hand values, keyed by id.
    The vector holds the whole list of nodes and indicators of the oracle, after the values by hand were found in it."""
    expect = {k: v for k, v in hand.items() if k != "places"}
    expect["places"] = []
    if len(hand.get("places", [])) != len(report["places"]):
        raise SystemExit(f"{where}: {len(report['places'])} places and periods, by hand {len(hand.get('places', []))}")
    for mine, theirs in zip(hand["places"], report["places"]):
        entry = {"place": mine["place"], "period": mine["period"]}
        for part in ("nodes", "indicators"):
            by_id = {x["id"]: x for x in theirs[part]}
            for id_, values in mine.get(part, {}).items():
                if id_ not in by_id:
                    raise SystemExit(f"{where}: no {part} {id_}")
                wrong = differs(values, by_id[id_], TIGHT, f"/{part}/{id_}")
                if wrong:
                    raise SystemExit(f"{where}: {wrong}")
            if mine.get(part) is not None:
                entry[part] = theirs[part]
        expect["places"].append(entry)
    return expect


# ==== period.parse, number.parse ====================================================================================

f = F("period/accepted", "Periods as people write them", "worked by hand from the list of accepted forms")
for id_, text, shown, start, months, note in [
    ("year", "2018", "2018", 2018, 12, None),
    ("first-year", "1800", "1800", 1800, 12, "the range of years is closed"),
    ("last-year", "2200", "2200", 2200, 12, "the range of years is closed"),
    ("split-hyphen", "2017-18", "2017-18", 2017, 12, "a fiscal year counts at its start"),
    ("split-slash", "2015/16", "2015-16", 2015, 12, "shown with a hyphen"),
    ("split-slash-long", "2015/2016", "2015-16", 2015, 12, "shown with a hyphen"),
    ("split-century", "1999/2000", "1999-00", 1999, 12, "1999-00 is the fiscal year across the century"),
    ("split-not-month", "2008-09", "2008-09", 2008, 12, "could be September: it is the fiscal year"),
    ("split-not-month-2011", "2011-12", "2011-12", 2011, 12, "could be December: it is the fiscal year"),
    ("month-not-split", "2008-M09", "2008-M09", 2008, 1, "the M says month; it is shown with the M, or it would be read back as the fiscal year"),
    ("month", "2020-03", "2020-03", 2020, 1, "03 is not 21, so it is March"),
    ("month-after-split", "2019-12", "2019-12", 2019, 1, "12 is not 20, so it is December"),
    ("quarter", "2019-Q2", "2019-Q2", 2019, 3, None),
    ("quarter-space", "2013 Q2", "2013-Q2", 2013, 3, "shown with a hyphen"),
    ("pooled", "2015-2017", "2015-2017", 2015, 36, "three whole years"),
    ("pooled-two", "2015-2016", "2015-2016", 2015, 24, "long years with a hyphen are pooled years"),
    ("pooled-slash", "2015/18", "2015-2018", 2015, 48, "18 is not 16, so the years 2015 to 2018 are pooled"),
    ("pooled-split", "2015/16 to 2017/18", "2015/16-2017/18", 2015, 36, "three fiscal years"),
    ("blanks-around", " 2018 ", "2018", 2018, 12, "blanks around a text are nothing"),
]:
    f.add(id_, "period.parse", {"text": text}, {"period": shown, "start_year": start, "months": months}, tol=0, note=note)

f = F("period/rejected", "Texts that are no period", "worked by hand from the list of accepted forms")
for id_, text in [("empty", ""), ("word", "last year"), ("month-13", "2020-13"), ("quarter-5", "2019-Q5"), ("quarter-0", "2019-Q0"), ("reversed", "2017-2015"),
                  ("too-early", "1799"), ("too-late", "2201"), ("three-digits", "201"), ("five-digits", "20188"), ("day", "2018-02-30"), ("month-0", "2020-00"),
                  ("arabic-digits", "\u0662\u0660\u0661\u0668"), ("fullwidth-digits", "\uff12\uff10\uff11\uff18"), ("negative", "-2018"), ("decimal", "2018.5")]:
    f.add(id_, "period.parse", {"text": text}, reject="period.unreadable", note="only the digits 0 to 9 are read" if "digits" in id_ and not text.isascii() else None)

f = F("number/parse", "Numbers as people write them", "worked by hand: digits with one decimal sign; blanks, apostrophes and the other sign may part groups of three")
for id_, text, decimal, value, note in [
    ("whole", "42", None, 42, None),
    ("point", "1.5", None, 1.5, None),
    ("comma-detected", "1,5", None, 1.5, "one digit after the comma cannot be a group of three"),
    ("comma-two-digits", "12,25", None, 12.25, None),
    ("comma-long-head", "1234,5", None, 1234.5, None),
    ("comma-declared", "1,234", "comma", 1.234, "declared, so not ambiguous"),
    ("point-three-digits", "1.234", None, 1.234, "only a comma is ambiguous"),
    ("point-declared", "1,234", "point", 1234, "declared, so the comma parts thousands"),
    ("thousands-and-point", "1,234.5", None, 1234.5, "both signs: the last one is the decimal sign"),
    ("thousands-and-comma", "1.234.567,8", None, 1234567.8, "two points cannot be decimal signs"),
    ("blank-thousands", "1 234,5", None, 1234.5, None),
    ("apostrophe-thousands", "1'234'567.5", None, 1234567.5, None),
    ("two-commas", "1,234,567", None, 1234567, "two commas can be thousands only"),
    ("negative", "-3.25", None, -3.25, None),
    ("exponent", "1e3", None, 1000, None),
    ("blanks-around", "  7 ", None, 7, None),
    ("zero", "0", None, 0, None),
    ("tiny", "5e-324", None, 5e-324, "the smallest f64 above zero"),
    ("nearest", "0.1", None, 0.1, "the f64 nearest to one tenth"),
    ("many-digits", "0.30000000000000004", None, 0.30000000000000004, "17 digits name one f64"),
]:
    f.add(id_, "number.parse", {"text": text} | ({"decimal": decimal} if decimal else {}), {"value": value}, tol=0, note=note)
for id_, text, decimal, code, note in [
    ("empty", "", None, "num.unreadable", None),
    ("blank", "   ", None, "num.unreadable", None),
    ("word", "n/a", None, "num.unreadable", None),
    ("unit", "12%", None, "num.unreadable", None),
    ("two-points", "1.2.3", None, "num.unreadable", None),
    ("point-under-comma", "1.5", "comma", "num.unreadable", "the declared sign is the comma"),
    ("comma-under-point", "1,5", "point", "num.unreadable", "the declared sign is the point"),
    ("arabic-digits", "\u0661\u0662", None, "num.unreadable", "only the digits 0 to 9 are read"),
    ("hex", "0x10", None, "num.unreadable", None),
    ("underscore", "1_000", None, "num.unreadable", None),
    ("inner-blank", "1 00", None, "num.unreadable", "no group of three"),
    ("group-of-two", "12,34.5", None, "num.unreadable", "no group of three"),
    ("nan", "NaN", None, "num.not-finite", None),
    ("infinity", "inf", None, "num.not-finite", None),
    ("minus-infinity", "-Infinity", None, "num.not-finite", None),
    ("too-large", "1e400", None, "num.not-finite", "no f64 is so large"),
    ("ambiguous", "1,234", None, "obs.ambiguous-number", "1.234 or 1234?"),
    ("ambiguous-negative", "-12,500", None, "obs.ambiguous-number", "−12.5 or −12500?"),
]:
    f.add("reject-" + id_, "number.parse", {"text": text} | ({"decimal": decimal} if decimal else {}), reject=code, note=note)
f.add("detect-said", "number.parse", {"text": "3,14", "decimal": "detect"}, {"value": 3.14}, tol=0)

# ==== estimates =====================================================================================================

PHE = "PHEindicatormethods test data (testdata_Byars_Wilson), Open Government Licence v3.0"
f = F("estimate/wilson", "Wilson interval of a share", f"the method (section 5); {PHE}; closed form with 60 digits")


def wil(id_, a, n, c, low, high, note=None):
    f.add(id_, "estimate.wilson", {"numerator": a, "denominator": n, "confidence": c}, {"lower": low, "upper": high, "method": "wilson", "confidence": c}, note=note)


wil("method-65-of-100", 65, 100, 0.95, 0.5525444329688796, 0.7363575175690247, "worked example of the method")
wil("method-0-of-20", 0, 20, 0.95, 0, 0.1611251580528193, "worked example of the method")
wil("published-1045-of-5000", 1045, 5000, 0.95, 0.19795549880013297, 0.22049130373189027, PHE)
wil("published-65-of-100-998", 65, 100, 0.998, 0.49549465740704313, 0.77835406140896968, PHE)
wil("published-1045-of-5000-998", 1045, 5000, 0.998, 0.19179381799015244, 0.22731562902525818, PHE)
wil("published-fraction", 0.445, 1, 0.95, 4.3817447720588223e-2, 0.93346212769791559, PHE + "; the numerator need not be whole")
wil("all-of-20", 20, 20, 0.95, 0.8388748419471807, 1, "mirror of 0 of 20: 1 − 0.1611251580528193")
for id_, a, n, c in [("half", 50, 100, 0.95), ("one-of-one", 1, 1, 0.95), ("level-90", 7, 31, 0.9), ("level-99", 7, 31, 0.99), ("large", 123456, 987654, 0.95)]:
    f.add(id_, "estimate.wilson", {"numerator": a, "denominator": n, "confidence": c}, take=["lower", "upper"])
for id_, a, n, c, code in [("zero-denominator", 0, 0, 0.95, "estimate.zero-denominator"), ("negative", -1, 10, 0.95, "estimate.negative-count"),
                           ("above", 11, 10, 0.95, "estimate.count-above-denominator"), ("level-1", 1, 10, 1, "estimate.bad-confidence"),
                           ("level-0", 1, 10, 0, "estimate.bad-confidence"), ("level-95", 1, 10, 95, "estimate.bad-confidence")]:
    f.add("reject-" + id_, "estimate.wilson", {"numerator": a, "denominator": n, "confidence": c}, reject=code)
f.add("reject-no-field", "estimate.wilson", {"numerator": 1, "denominator": 2}, reject="wire.bad-request", note="confidence is missing")
f.add("reject-text", "estimate.wilson", {"numerator": "1", "denominator": 2, "confidence": 0.95}, reject="wire.bad-request", note="a text is no number")

f = F("estimate/byar", "Byar interval of a count", f"the method (section 5); {PHE}; closed form with 60 digits")
for id_, x, c, low, high, note in [
    ("method-65", 65, 0.95, 50.16318771045943, 82.84913854593984, "worked example of the method"),
    ("published-1045", 1045, 0.95, 982.59320180733255, 1110.3312129856499, PHE),
    ("published-1", 1, 0.95, 1.3072132901504351e-2, 5.5637555824752605, PHE),
    ("published-65-998", 65, 0.998, 42.880261471480203, 94.000290844318016, PHE),
    ("published-1045-998", 1045, 0.998, 947.94070356103737, 1148.8061609880331, PHE),
    ("published-10-998", 10, 0.998, 2.916318374695686, 24.193724927880535, PHE),
]:
    f.add(id_, "estimate.byar", {"count": x, "confidence": c}, {"lower": low, "upper": high, "method": "byar"}, note=note)
f.add("zero", "estimate.byar", {"count": 0, "confidence": 0.95}, {"lower": 0}, take=["upper"], note="the lower limit is 0 at 0; upper = (1 − 1/9 + 1.96/3)³")
f.add("published-1-998", "estimate.byar", {"count": 1, "confidence": 0.998}, {"upper": 9.362180217908362}, note=PHE + "; no lower limit is published there (the formula is below 0)")
f.add("reject-negative", "estimate.byar", {"count": -1, "confidence": 0.95}, reject="estimate.negative-count")
f.add("reject-level", "estimate.byar", {"count": 5, "confidence": 1.5}, reject="estimate.bad-confidence")

f = F("estimate/from_counts", "Value, standard error and interval from counts", "closed forms; hand-worked where noted")


def fc(id_, kind, a, b, m, expect, note=None, take=None, tol=TIGHT):
    f.add(id_, "estimate.from_counts", {"kind": kind, "numerator": a, "denominator": b, "multiplier": m, "confidence": 0.95}, expect, note=note, take=take, tol=tol)


fc("proportion-65", "proportion", 65, 100, 100, {"value": 65, "interval": {"lower": 55.25444329688796, "upper": 73.63575175690247, "method": "wilson"}}, "100 times the Wilson example", take=["se"])
fc("proportion-half", "proportion", 50, 100, 100, {"value": 50, "se": 5}, "se = 100·√(0.5·0.5/100) = 5")
fc("proportion-fifth", "proportion", 20, 100, 100, {"value": 20, "se": 4}, "se = 100·√(0.2·0.8/100) = 4")
fc("proportion-none", "proportion", 0, 20, 100, {"value": 0, "se": 0, "interval": {"lower": 0, "upper": 16.11251580528193}}, "the interval of none is not empty")
fc("proportion-third", "proportion", 1, 3, 100, {"value": 33.333333333333336}, "100/3", take=["se"])
for x, low, high in [(0, 0, 3.6889), (1, 0.0253, 5.5716), (2, 0.2422, 7.2247), (3, 0.6187, 8.7673), (4, 1.0899, 10.2416), (5, 1.6235, 11.6683), (6, 2.2019, 13.0595), (7, 2.8144, 14.4227), (8, 3.4538, 15.7632), (9, 4.1154, 17.0848)]:
    # a published table of exact limits (Garwood 1936; to four places), and the oracle's digits
    made = oracle.call({"op": "estimate.from_counts", "kind": "rate", "numerator": x, "denominator": 1000, "multiplier": 1000, "confidence": 0.95})["ok"]
    if abs(made["interval"]["lower"] - low) > 5e-5 or abs(made["interval"]["upper"] - high) > 5e-5:
        raise SystemExit(f"{x} events: {made['interval']}, published {low} to {high}")
    fc(f"few-events-{x}", "rate", x, 1000, 1000, {"value": x, "interval": {"lower": made["interval"]["lower"], "upper": made["interval"]["upper"], "method": "poisson_exact"}}, f"exact limits of {x} events, published {low} to {high}")
fc("ten-events", "rate", 10, 1000, 1000, {"value": 10, "interval": {"method": "byar"}}, "from ten events on Byar's")
f.add("few-events-byar", "estimate.from_counts", {"kind": "rate", "numerator": 4, "denominator": 1000, "multiplier": 1000, "confidence": 0.95, "exact_below": 0}, {"interval": {"method": "byar"}}, take=["interval"], note="a method without exact limits")
f.add("fifty-events-exact", "estimate.from_counts", {"kind": "rate", "numerator": 50, "denominator": 1000, "multiplier": 1000, "confidence": 0.998, "exact_below": 100}, take=["interval"])
f.add("reject-exact-below", "estimate.from_counts", {"kind": "rate", "numerator": 4, "denominator": 1000, "multiplier": 1000, "confidence": 0.95, "exact_below": -1}, reject="wire.bad-request")
fc("rate-65", "rate", 65, 10000, 10000, {"value": 65, "se": 8.06225774829855, "interval": {"lower": 50.16318771045943, "upper": 82.84913854593984, "method": "byar"}}, "se = √65; Byar example, unchanged because multiplier = denominator")
fc("rate-four", "rate", 4, 2000, 1000, {"value": 2, "se": 1}, "se = 1000·√4/2000 = 1", take=["interval"])
fc("rate-none", "rate", 0, 5000, 10000, {"value": 0, "se": 0, "interval": {"lower": 0}})
fc("ratio", "ratio", 3, 4, 1, {"value": 0.75, "se": None, "interval": None}, "no error model for a ratio", tol=0)
fc("ratio-above-one", "ratio", 5, 4, 1, {"value": 1.25, "se": None, "interval": None}, tol=0)
fc("index", "index", 1, 2, 1, {"value": 0.5, "se": None, "interval": None}, tol=0)
for id_, kind, a, b, code in [("zero-denominator", "rate", 1, 0, "estimate.zero-denominator"), ("negative", "rate", -1, 10, "estimate.negative-count"),
                              ("above", "proportion", 11, 10, "estimate.count-above-denominator")]:
    f.add("reject-" + id_, "estimate.from_counts", {"kind": kind, "numerator": a, "denominator": b, "multiplier": 100, "confidence": 0.95}, reject=code)
f.add("reject-kind", "estimate.from_counts", {"kind": "guess", "numerator": 1, "denominator": 10, "multiplier": 100, "confidence": 0.95}, reject="wire.bad-request")

f = F("estimate/given", "Interval of a given value with its standard error", "value ± z·se, z(0.95) = 1.959963984540054")
f.add("ten-plus-minus-two", "estimate.given", {"value": 10, "se": 2, "confidence": 0.95}, {"value": 10, "se": 2, "interval": {"lower": 6.080072030919891, "upper": 13.919927969080108, "method": "normal"}}, note="10 ± 2·1.959963984540054")
f.add("standard", "estimate.given", {"value": 0, "se": 1, "confidence": 0.95}, {"interval": {"lower": -1.959963984540054, "upper": 1.959963984540054}}, note="the quantile itself")
f.add("level-90", "estimate.given", {"value": 0, "se": 1, "confidence": 0.9}, {"interval": {"upper": 1.6448536269514722}}, note="the 95th percentile of the normal distribution, from any table")
f.add("level-99", "estimate.given", {"value": 0, "se": 1, "confidence": 0.99}, {"interval": {"upper": 2.5758293035489004}}, note="the 99.5th percentile, from any table")
f.add("level-998", "estimate.given", {"value": 0, "se": 1, "confidence": 0.998}, take=["interval"])
f.add("no-error", "estimate.given", {"value": 5, "confidence": 0.95}, {"value": 5, "se": None, "interval": None}, tol=0)
f.add("zero-error", "estimate.given", {"value": 5, "se": 0, "confidence": 0.95}, {"interval": {"lower": 5, "upper": 5}}, tol=0)
f.add("reject-level", "estimate.given", {"value": 5, "se": 1, "confidence": 0}, reject="estimate.bad-confidence")

# ==== scores ========================================================================================================

f = F("score/goalposts", "Goalposts: 100·(x − worst)/(best − worst), kept within 0 and 100", "the method (section 1); hand-worked")
for id_, x, worst, best, pol, score, raw, tol, note in [
    ("method-higher", 37, 20, 80, "higher", 28.333333333333332, 28.333333333333332, TIGHT, "worked example of the method: 17/60"),
    ("method-lower", 37, 80, 20, "lower", 71.66666666666667, 71.66666666666667, TIGHT, "worked example of the method: 43/60"),
    ("no-polarity", 37, 20, 80, None, 28.333333333333332, 28.333333333333332, TIGHT, "polarity may be left out"),
    ("at-worst", 20, 20, 80, "higher", 0, 0, 0, None),
    ("at-best", 80, 20, 80, "higher", 100, 100, 0, None),
    ("half", 50, 0, 100, "higher", 50, 50, 0, None),
    ("beyond-best", 110, 0, 100, "higher", 100, 110, 0, "kept within 100; the raw value stays"),
    ("beyond-worst", -25, 0, 100, "higher", 0, -25, 0, "kept within 0; the raw value stays"),
    ("lower-quarter", 75, 100, 0, "lower", 25, 25, 0, None),
    ("negative-goalposts", -5, -10, 10, "higher", 25, 25, 0, "5/20"),
    ("lower-beyond-best", -1, 100, 0, "lower", 100, 101, 0, None),
]:
    f.add(id_, "score.goalposts", {"value": x, "worst": worst, "best": best} | ({"polarity": pol} if pol else {}), {"score": score, "raw": raw}, tol=tol, note=note)
f.add("reject-equal", "score.goalposts", {"value": 5, "worst": 50, "best": 50}, reject="score.equal-goalposts")
f.add("reject-equal-with-polarity", "score.goalposts", {"value": 5, "worst": 50, "best": 50, "polarity": "higher"}, reject="score.equal-goalposts", note="equal goalposts are told before their order")
f.add("reject-order-higher", "score.goalposts", {"value": 5, "worst": 80, "best": 20, "polarity": "higher"}, reject="score.goalposts-order")
f.add("reject-order-lower", "score.goalposts", {"value": 5, "worst": 20, "best": 80, "polarity": "lower"}, reject="score.goalposts-order")
f.add("reject-no-value", "score.goalposts", {"worst": 20, "best": 80}, reject="wire.bad-request")

f = F("score/logarithmic", "Goalposts on logarithms", "the method (section 1); UNDP HDI technical note")
f.add("hdi-income", "score.logarithmic", {"value": 1283.309235, "worst": 100, "best": 75000}, {"score": 38.54983313492368}, note="worked example of the method: 0.3854983313492368 of 1")
f.add("geometric-middle", "score.logarithmic", {"value": 100, "worst": 10, "best": 1000}, {"score": 50}, note="√(10·1000) = 100")
f.add("tenth", "score.logarithmic", {"value": 8, "worst": 1, "best": 1024}, {"score": 30}, note="log₂: 3 of 10")
f.add("cap", "score.logarithmic", {"value": 80000, "worst": 100, "best": 75000}, {"score": 100})
f.add("floor", "score.logarithmic", {"value": 50, "worst": 100, "best": 75000}, {"score": 0})
for id_, x, worst, best, score in [("zero-held", 0, 100, 75000, 0), ("negative-held", -8, 100, 75000, 0), ("zero-held-lower", 0, 64, 1, 100)]:
    f.add(id_, "score.logarithmic", {"value": x, "worst": worst, "best": best}, {"score": score, "raw": score}, tol=0, note="held at the goalposts before the logarithm is taken")
f.add("reject-zero-open", "score.logarithmic", {"value": 0, "worst": 100, "best": 75000, "ends": "open"}, reject="score.not-positive", note="open ends have no place for zero")
f.add("reject-zero-goalpost", "score.logarithmic", {"value": 10, "worst": 0, "best": 75000}, reject="score.not-positive")
f.add("reject-negative-goalpost", "score.logarithmic", {"value": 10, "worst": -1, "best": 75000}, reject="score.not-positive")
f.add("reject-equal", "score.logarithmic", {"value": 10, "worst": 7, "best": 7}, reject="score.equal-goalposts")

f = F("score/target_ratio", "Distance to a target as a ratio", "the method (section 1); hand-worked")
for id_, x, t, pol, score in [("higher-half", 20, 40, "higher", 50), ("higher-beyond", 50, 40, "higher", 100), ("higher-zero", 0, 40, "higher", 0), ("lower-half", 20, 10, "lower", 50),
                              ("lower-beyond", 5, 10, "lower", 100), ("lower-zero", 0, 10, "lower", 100), ("value-below", 0.5, 1, "value", 50), ("value-above", 2, 1, "value", 50),
                              ("value-at", 1, 1, "value", 100), ("higher-quarter", 25, 100, "higher", 25)]:
    f.add(id_, "score.target_ratio", {"value": x, "target": t, "polarity": pol}, {"score": score}, tol=0)
for id_, x, t, pol in [("target-zero", 5, 0, "higher"), ("target-negative", 5, -1, "lower"), ("value-negative", -1, 10, "higher"), ("value-zero", 0, 1, "value")]:
    f.add("reject-" + id_, "score.target_ratio", {"value": x, "target": t, "polarity": pol}, reject="score.not-positive")

f = F("score/band", "Target band: 100 inside, linear to 0 on either side", "the method (section 1); hand-worked")
B = {"worst_low": 0, "lower": 40, "upper": 60, "worst_high": 100}
for id_, x, score in [("inside", 50, 100), ("lower-edge", 40, 100), ("upper-edge", 60, 100), ("below", 20, 50), ("above", 90, 25), ("worst-low", 0, 0), ("worst-high", 100, 0), ("far-below", -10, 0), ("far-above", 130, 0)]:
    f.add(id_, "score.band", {"value": x, **B}, {"score": score}, tol=0)
f.add("point-band", "score.band", {"value": 0.5, "worst_low": 0, "lower": 1, "upper": 1, "worst_high": 2}, {"score": 50}, tol=0, note="the band may be one point")
f.add("reject-worst-low", "score.band", {"value": 5, "worst_low": 40, "lower": 40, "upper": 60, "worst_high": 100}, reject="score.goalposts-order")
f.add("reject-upper-below-lower", "score.band", {"value": 5, "worst_low": 0, "lower": 60, "upper": 40, "worst_high": 100}, reject="score.goalposts-order")
f.add("reject-worst-high", "score.band", {"value": 5, "worst_low": 0, "lower": 40, "upper": 60, "worst_high": 60}, reject="score.goalposts-order")

f = F("score/levels", "Maturity levels, yes and no", "the method (section 1)")
MAP = [0, 25, 50, 75, 100]
for level in range(5):
    f.add(f"level-{level}", "score.maturity", {"level": level, "map": MAP}, {"score": 25 * level}, tol=0)
f.add("own-map", "score.maturity", {"level": 1, "map": [0, 10, 100]}, {"score": 10}, tol=0, note="the map is policy")
for id_, level in [("five", 5), ("half", 1.5), ("negative", -1)]:
    f.add("reject-" + id_, "score.maturity", {"level": level, "map": MAP}, reject="score.unknown-level")
f.add("yes", "score.yes_no", {"value": 1}, {"score": 100}, tol=0)
f.add("no", "score.yes_no", {"value": 0}, {"score": 0}, tol=0)

# ==== standards and targets =========================================================================================

f = F("target/standing", "Standing against a minimum standard", "the method (section 2); above means better than the standard")
for id_, x, s, pol, word, note in [
    ("higher-below", 90, 100, "higher", "below", None), ("higher-at", 100, 100, "higher", "at", None), ("higher-above", 101, 100, "higher", "above", None),
    ("lower-below", 12, 10, "lower", "below", "12 µg/m³ where 10 is the limit: below the standard"), ("lower-above", 8, 10, "lower", "above", "cleaner than the standard asks"),
    ("lower-at", 10, 10, "lower", "at", None), ("slack", 99.9999999995, 100, "higher", "at", "5e-10 apart"), ("beyond-slack", 99.99999999, 100, "higher", "below", "1e-8 apart"),
    ("ambiguous", 5, 10, "ambiguous", "no_standard", "no direction, no standing"), ("none", 5, 10, "none", "no_standard", None), ("none-equal", 10, 10, "none", "no_standard", "equal or not: no direction, no standing"), ("range-equal", 40, 40, "range", "no_standard", None), ("value", 5, 10, "value", "no_standard", None)]:
    f.add(id_, "target.standing", {"value": x, "standard": s, "polarity": pol}, {"standing": word}, tol=0, note=note)

f = F("target/is_met", "Whether a target is met", "hand-worked; slack 1e-9")
for id_, x, t, op, upper, met in [
    ("ge-at", 45, 45, ">=", None, True), ("ge-below", 44.9, 45, ">=", None, False), ("ge-slack", 44.9999999995, 45, ">=", None, True), ("ge-beyond-slack", 44.99999999, 45, ">=", None, False),
    ("le-at", 9, 9, "<=", None, True), ("le-above", 9.1, 9, "<=", None, False), ("le-slack", 9.0000000005, 9, "<=", None, True),
    ("gt-above", 46, 45, ">", None, True), ("gt-at", 45, 45, ">", None, False), ("lt-below", 8.9, 9, "<", None, True), ("lt-at", 9, 9, "<", None, False),
    ("eq-at", 0, 0, "=", None, True), ("eq-slack", 0.0000000005, 0, "=", None, True), ("eq-off", 0.1, 0, "=", None, False),
    ("band-inside", 50, 40, ">=", 60, True), ("band-low-edge", 40, 40, ">=", 60, True), ("band-high-edge", 60, 40, ">=", 60, True), ("band-below", 39, 40, ">=", 60, False), ("band-above", 61, 40, ">=", 60, False)]:
    f.add(id_, "target.is_met", {"value": x, "threshold": t, "operator": op} | ({"upper": upper} if upper is not None else {}), {"met": met}, tol=0)
f.add("reject-operator", "target.is_met", {"value": 1, "threshold": 1, "operator": "about"}, reject="wire.bad-request")

# ==== aggregation ===================================================================================================

f = F("aggregate/mean", "Means with coverage", "the method (section 3); hand-worked")


def items(*pairs):
    return [{"score": p[0], "weight": p[1]} | ({"coverage": p[2]} if len(p) > 2 else {}) for p in pairs]


THREE = items((60, 0.5), (80, 0.3), (40, 0.2))
GAP2 = items((60, 0.5), (None, 0.3), (40, 0.2))


def agg(id_, its, expect, kind=None, minimum=0.6, note=None, tol=TIGHT, take=None):
    f.add(id_, "aggregate.mean", {"items": its, "minimum_coverage": minimum} | ({"kind": kind} if kind else {}), expect, note=note, tol=tol, take=take)


agg("method-arithmetic", THREE, {"score": 62, "coverage": 1, "n": 3, "of": 3}, "arithmetic", note="worked example of the method")
agg("method-default", THREE, {"score": 62}, note="arithmetic when no kind is named")
agg("method-geometric", THREE, {"score": 60.31351224746372, "coverage": 1, "n": 3, "of": 3}, "geometric", note="worked example of the method")
agg("method-harmonic", THREE, {"score": 58.53658536585366, "coverage": 1, "n": 3, "of": 3}, "harmonic", note="worked example of the method")
agg("method-missing-second", GAP2, {"score": 54.28571428571429, "coverage": 0.7, "n": 2, "of": 3}, note="worked example of the method: (0.5·60 + 0.2·40)/0.7")
agg("edge-three-of-five", items((10, 1), (20, 1), (30, 1), (None, 1), (None, 1)), {"score": 20, "coverage": 0.6, "n": 3, "of": 5}, note="exactly the minimum counts")
agg("edge-fifths", items((10, 0.2), (20, 0.2), (30, 0.2), (None, 0.2), (None, 0.2)), {"score": 20, "coverage": 0.6}, note="the slack takes up the rounding of 0.2")
agg("below-minimum", items((10, 1), (None, 1)), {"score": None, "coverage": 0.5, "n": 1, "of": 2}, note="0.5 < 0.6: the coverage is said, no score")
agg("just-below", items((10, 0.59999), (None, 0.40001)), {"score": None, "coverage": 0.59999})
agg("minimum-zero", items((10, 1), (None, 9)), {"score": 10, "coverage": 0.1}, minimum=0)
agg("nothing-present", items((None, 1), (None, 1)), {"score": None, "coverage": 0, "n": 0, "of": 2}, minimum=0, note="no score can come from nothing", tol=0)
agg("equal-weights", items((0, 1), (100, 1)), {"score": 50}, tol=0)
agg("weights-not-normalised", items((0, 3), (100, 1)), {"score": 25}, tol=0, note="weights are shares of their sum")
agg("geometric-zero", items((0, 1), (80, 1)), {"score": 0, "zero": True}, "geometric", tol=0, note="one zero gives zero, and says so")
agg("harmonic-zero", items((0, 1), (80, 1)), {"score": 0, "zero": True}, "harmonic", tol=0)
agg("arithmetic-zero", items((0, 1), (80, 1)), {"score": 40, "zero": None}, tol=0, note="a zero is nothing special here", )
agg("recursive", items((80, 1, 1), (None, 1, 0.5)), {"score": 80, "coverage": 0.75, "n": 1, "of": 2}, note="the leaf coverage counts below a child without a score: (1 + 0.5)/2")
agg("recursive-below", items((80, 1, 0.6), (None, 1, 0.5)), {"score": None, "coverage": 0.55}, note="0.55 < 0.6")
agg("recursive-weighted", items((80, 3, 1), (40, 1, 0.6)), {"score": 70, "coverage": 0.9}, note="(3·80 + 40)/4; (3 + 0.6)/4")
agg("geometric-missing", items((25, 1), (100, 1), (None, 1)), {"score": 50, "coverage": 2 / 3}, "geometric", note="√(25·100)")
agg("harmonic-two", items((20, 1), (80, 1)), {"score": 32}, "harmonic", note="2/(1/20 + 1/80)")
agg("one-item", items((73, 5)), {"score": 73, "coverage": 1, "n": 1, "of": 1}, tol=0)
for id_, its, minimum, code in [("no-items", [], 0.6, "aggregate.no-items"), ("negative-weight", items((50, -1), (50, 2)), 0.6, "aggregate.bad-weight"), ("zero-weights", items((50, 0)), 0.6, "aggregate.bad-weight"),
                                ("above-100", items((100.1, 1)), 0.6, "aggregate.score-out-of-range"), ("below-0", items((-0.1, 1)), 0.6, "aggregate.score-out-of-range"),
                                ("minimum-above-1", items((50, 1)), 1.1, "aggregate.bad-parameter"), ("minimum-negative", items((50, 1)), -0.1, "aggregate.bad-parameter"),
                                ("coverage-above-1", items((50, 1, 1.2)), 0.6, "aggregate.bad-parameter")]:
    f.add("reject-" + id_, "aggregate.mean", {"items": its, "minimum_coverage": minimum}, reject=code)
f.add("reject-kind", "aggregate.mean", {"kind": "median", "items": items((50, 1)), "minimum_coverage": 0.6}, reject="wire.bad-request")

# ==== outcomes before outputs =======================================================================================

f = F("rbm/combine", "Outcomes before outputs: C = clamp(w·O + (1 − w)·E, O − m, O + m)", "the method (section 2); hand-worked")


def com(id_, o, e, c, w=0.8, m=5, note=None):
    f.add(id_, "rbm.combine", {"outcomes": o, "effort": e, "weight": w, "margin": m}, {"combined": c}, note=note)


for o, e, c in [(40, 100, 45), (60, 0, 55), (70, 75, 71), (50, 60, 52), (90, 20, 85)]:
    com(f"method-{o}-{e}", o, e, c, note="worked example of the method")
com("equal", 64, 64, 64)
com("cap-edge", 40, 65, 45, note="0.8·40 + 0.2·65 = 45, just the cap")
com("weight-one", 40, 100, 40, w=1, note="effort counts nothing")
com("margin-zero", 40, 100, 40, m=0, note="effort moves nothing")
com("margin-50", 40, 100, 52, m=50, note="0.8·40 + 0.2·100")
com("priority-better", 60, 0, 55, note="60 − 50 = 2m: with the worst effort still as good as the next case")
com("priority-worse", 50, 100, 55, note="and this one cannot pass it: C₁ ≥ C₂")
for id_, w, m in [("weight-half", 0.5, 5), ("weight-above-one", 1.1, 5), ("margin-negative", 0.8, -1), ("margin-51", 0.8, 51)]:
    f.add("reject-" + id_, "rbm.combine", {"outcomes": 50, "effort": 50, "weight": w, "margin": m}, reject="method.bad-value")
f.add("reject-outcomes", "rbm.combine", {"outcomes": 101, "effort": 50, "weight": 0.8, "margin": 5}, reject="aggregate.score-out-of-range")
f.add("reject-effort", "rbm.combine", {"outcomes": 50, "effort": -1, "weight": 0.8, "margin": 5}, reject="aggregate.score-out-of-range")

f = F("rbm/rating", "Bands and the rating", "the method (section 2): bands at 80, 60, 40, 20; the rating is the worse of both")
T = [80, 60, 40, 20]
for id_, s, b, note in [("100", 100, 1, None), ("80", 80, 1, "the threshold belongs to the better band"), ("slack", 79.9999999995, 1, "5e-10 below"), ("beyond-slack", 79.99999999, 2, "1e-8 below"),
                        ("60", 60, 2, None), ("59", 59, 3, None), ("40", 40, 3, None), ("20", 20, 4, None), ("19", 19.5, 5, None), ("0", 0, 5, None)]:
    f.add("band-" + id_, "rbm.band", {"score": s, "thresholds": T}, {"band": b}, tol=0, note=note)
for id_, c, o, b, note in [("outcomes-hold", 61, 59, 3, "effort cannot lift over the band of outcomes"), ("combined-holds", 79, 81, 2, "poor effort lowers the rating"), ("same", 85, 88, 1, None), ("lowest", 5, 3, 5, None)]:
    f.add("rating-" + id_, "rbm.rating", {"combined": c, "outcomes": o, "thresholds": T}, {"band": b}, tol=0, note=note)

# ==== equality, change ==============================================================================================

f = F("equality/gap", "Gap between the worst and the best group", "the method (section 6); hand-worked")


def groups(*pairs):
    return [{"value": p[0]} | ({"se": p[1]} if len(p) > 1 else {}) for p in pairs]


def gp(id_, gs, pol, expect, note=None, take=None, tol=TIGHT, sig=0.05):
    f.add(id_, "equality.gap", {"groups": gs, "polarity": pol, "significance": sig}, expect, note=note, take=take, tol=tol)


gp("method-z", groups((18.2, 2.1), (11.0, 0.8)), "lower", {"gap": {"worst": 0, "best": 1, "difference": 7.2, "ratio": 18.2 / 11, "z": 3.20395794832789, "verdict": "shown"}}, "worked example of the method")
gp("p-value", groups((18.2, 2.1), (11.0, 0.8)), "lower", None, take=["gap"], note="two-sided p from the error function with 60 digits")
gp("not-distinguishable", groups((50, 3), (46, 4)), "higher", {"gap": {"worst": 1, "best": 0, "difference": 4, "z": 0.8, "verdict": "not_distinguishable"}}, "z = 4/√(9 + 16)")
gp("strict-significance", groups((18.2, 2.1), (11.0, 0.8)), "lower", {"gap": {"verdict": "not_distinguishable"}}, "p = 0.00136 is not below 0.001", sig=0.001)
gp("higher", groups((40,), (70,), (55,)), "higher", {"gap": {"worst": 0, "best": 1, "difference": 30, "ratio": 1.75, "z": None, "p": None, "verdict": "not_tested"}}, "no errors, no test")
gp("lower", groups((40,), (70,), (55,)), "lower", {"gap": {"worst": 1, "best": 0, "difference": 30}})
gp("no-direction", groups((40,), (70,), (55,)), "none", {"gap": {"worst": 0, "best": 1, "difference": 30}}, "without a direction the lowest value is called worst")
gp("three-with-errors", groups((40, 1), (70, 1), (55, 1)), "higher", {"gap": {"z": 30 / 2**0.5, "comparisons": 3, "verdict": "shown"}}, "all alike is refuted, and the pair stands after Holm's correction")
gp("three-perhaps", groups((0, 1), (2, 1), (1, 1)), "higher", {"gap": {"z": 2**0.5, "comparisons": 3, "verdict": "not_distinguishable"}}, "χ² = 2 of 2: chance e^−1")
gp("three-taken-together", groups((40, 2), (46, 2), (43, 2)), "higher", None, take=["gap"], note="worst and best of three were not named in advance: alone they would be z 2.12, p 0.034")
gp("three-one-unknown", groups((40, 2), (46, 2), (43,)), "higher", {"gap": {"z": None, "p": None, "comparisons": 0, "verdict": "not_tested"}})
gp("three-alike", groups((40, 2), (40, 2), (40, 2)), "higher", {"gap": {"z": 0, "p": 1, "verdict": "not_distinguishable"}})
gp("one-error", groups((40, 1), (70,)), "higher", {"gap": {"z": None, "verdict": "not_tested"}})
gp("equal-one-error", groups((40, 3), (40,)), "higher", {"gap": {"difference": 0, "z": None, "p": None, "verdict": "not_tested"}}, "worst and best are both the first, but the second has no error")
gp("zero-errors", groups((40, 0), (70, 0)), "higher", {"gap": {"z": None, "p": None, "verdict": "not_tested"}}, "no error, no test")
gp("ratio-undefined", groups((0,), (5,)), "lower", {"gap": {"worst": 1, "best": 0, "difference": 5, "ratio": None}}, "no ratio to zero", tol=0)
gp("tie-first", groups((40,), (40,), (60,), (60,)), "higher", {"gap": {"worst": 0, "best": 2, "difference": 20, "ratio": 1.5}}, "the first position wins a tie", tol=0)
gp("all-equal", groups((40, 1), (40, 1)), "higher", {"gap": {"worst": 0, "best": 0, "difference": 0, "ratio": 1, "z": 0, "p": 1, "verdict": "not_distinguishable"}})
gp("one-group", groups((40, 1)), "higher", {"gap": None}, "nothing to compare", tol=0)
gp("no-group", [], "higher", {"gap": None}, tol=0)

f = F("progress/change", "Change between two figures", "the method (section 7); hand-worked")


def ch(id_, a, b, years, pol, tolerance, expect, note=None, tol=TIGHT):
    f.add(id_, "progress.change", {"earlier": a, "later": b, "years": years, "polarity": pol, "tolerance": tolerance}, {"change": expect}, note=note, tol=tol)


ch("better-higher", 40, 50, 5, "higher", 0.5, {"absolute": 10, "relative": 0.25, "per_year": 2, "direction": "better"}, tol=0)
ch("worse-higher", 50, 40, 4, "higher", 0.5, {"absolute": -10, "relative": -0.2, "per_year": -2.5, "direction": "worse"})
ch("better-lower", 20, 16, 8, "lower", 0.5, {"absolute": -4, "relative": -0.2, "per_year": -0.5, "direction": "better"})
ch("worse-lower", 16, 20, 2, "lower", 0.5, {"absolute": 4, "relative": 0.25, "per_year": 2, "direction": "worse"}, tol=0)
ch("within-tolerance", 50, 50.25, 1, "higher", 0.5, {"absolute": 0.25, "direction": "unchanged"}, tol=0)
ch("at-tolerance", 50, 50.5, 1, "higher", 0.5, {"direction": "unchanged"}, "by more than the tolerance", tol=0)
ch("no-direction", 50, 60, 1, "ambiguous", 0.5, {"absolute": 10, "direction": "changed"}, tol=0)
ch("from-zero", 0, 5, 5, "higher", 0.5, {"absolute": 5, "relative": None, "per_year": 1, "direction": "better"}, "nothing relative to zero", tol=0)
ch("from-negative", -10, -5, 5, "lower", 0.5, {"absolute": 5, "relative": 0.5, "per_year": 1, "direction": "worse"}, "relative to the absolute value", tol=0)
ch("no-time", 50, 60, 0, "higher", 0.5, None, "no time has passed", tol=0)
ch("backwards", 50, 60, -1, "higher", 0.5, None, tol=0)

# ==== disclosure ====================================================================================================

f = F("disclosure/primary", "Primary suppression", "the rule as written: threshold 10 unless said otherwise; hand-worked")


def pri(id_, kind, counts, verdict, value=None, multiplier=100, k=10, cls=False, note=None):
    f.add(id_, "disclosure.primary", {"kind": kind, "counts": counts, "multiplier": multiplier, "threshold": k, "class_disclosure": cls} | ({} if value is None else {"value": value}), {"verdict": verdict}, tol=0, note=note)


def nd(a=None, b=None, n=None):
    return {k: v for k, v in (("numerator", a), ("denominator", b), ("n", n)) if v is not None}


pri("publish", "proportion", nd(30, 100), "publish")
pri("sample-few-count", "proportion", nd(400, 20_000, 100), "suppress", note="of 100 asked, 2 said so: what they stand for hides nobody")
pri("sample-few-rest", "proportion", nd(19_600, 20_000, 100), "suppress", note="2 of 100 asked did not")
pri("sample-edge-10", "proportion", nd(2_000, 20_000, 100), "publish", note="10 of 100 asked is not below 10")
pri("sample-edge-below", "proportion", nd(1_999, 20_000, 100), "suppress")
pri("sample-none", "proportion", nd(0, 20_000, 100), "publish", note="nobody of the asked")
pri("sample-rate", "rate", nd(400, 20_000, 100), "suppress", multiplier=1000)
pri("all-asked", "proportion", nd(12, 100, 100), "publish", note="everybody was asked: no one stands for more")
pri("edge-10", "proportion", nd(10, 100), "publish", note="10 is not below 10")
pri("edge-9", "proportion", nd(9, 100), "suppress")
pri("complement-9", "proportion", nd(91, 100), "suppress", note="91 of 100 tells of the 9")
pri("complement-10", "proportion", nd(90, 100), "publish")
pri("small-denominator", "proportion", nd(4, 9), "suppress")
pri("zero-plain", "proportion", nd(0, 50), "publish", note="0 is not small unless a class may be disclosed")
pri("zero-class", "proportion", nd(0, 50), "suppress", cls=True, note="none of a group tells of every member")
pri("all-plain", "proportion", nd(50, 50), "publish")
pri("all-class", "proportion", nd(50, 50), "suppress", cls=True)
pri("survey-n", "proportion", nd(300, 1000, 9), "suppress", note="the unweighted n counts as well")
pri("from-value", "proportion", nd(b=200), "publish", value=50, note="50 % of 200 = 100")
pri("from-value-small", "proportion", nd(b=200), "suppress", value=2, note="2 % of 200 = 4")
pri("from-value-complement", "proportion", nd(b=200), "suppress", value=98)
pri("from-n", "proportion", nd(n=400), "publish", value=25)
pri("no-base", "proportion", {}, "unknown_count", value=25)
pri("no-count", "proportion", nd(b=200), "unknown_count", note="neither numerator nor value")
pri("rate", "rate", nd(12, 100000), "publish", multiplier=10000)
pri("rate-small", "rate", nd(3, 100000), "suppress", multiplier=10000)
pri("rate-complement", "rate", nd(100000 - 3, 100000), "publish", multiplier=10000, note="the complement counts for proportions only")
pri("rate-no-base", "rate", nd(50), "unknown_count", multiplier=10000)
pri("ratio-small", "ratio", nd(9, 100), "suppress", multiplier=1)
pri("count", "count", nd(12), "publish", multiplier=1)
pri("count-small", "count", {}, "suppress", value=7, multiplier=1)
pri("count-zero", "count", {}, "publish", value=0, multiplier=1)
pri("count-zero-class", "count", {}, "suppress", value=0, multiplier=1, cls=True)
pri("count-none", "count", {}, "unknown_count", multiplier=1)
pri("mean", "mean", nd(n=120), "publish", value=7.5, multiplier=1)
pri("mean-small", "mean", nd(n=8), "suppress", value=7.5, multiplier=1)
pri("mean-no-base", "mean", {}, "unknown_count", value=7.5, multiplier=1)
pri("threshold-3", "proportion", nd(5, 100), "publish", k=3)
pri("threshold-20", "proportion", nd(15, 100), "suppress", k=20)

f = F("disclosure/complementary", "Secondary suppression within one total", "the rule as written; hand-worked")


def comp(id_, parts, withheld, expect, total, note, k=10):
    f.add(id_, "disclosure.complementary", {"parts": [{"numerator": a, "denominator": b} for a, b in parts], "withheld": withheld, "threshold": k}, {"withheld": expect, "total_withheld": total}, tol=0, note=note)


comp("none", [(30, 100), (40, 100)], [False, False], [False, False], False, "nothing withheld, nothing to protect")
comp("one-takes-another", [(5, 20), (295, 980)], [True, False], [True, True], False, "one hidden part is the total less the other")
comp("smallest-goes", [(200, 700), (95, 280), (5, 20)], [False, False, True], [False, True, True], False, "280 is the smallest denominator left")
comp("tie-first", [(50, 200), (60, 200), (5, 20)], [False, False, True], [True, False, True], False, "equal denominators: the first")
comp("two-suffice", [(5, 20), (6, 30), (89, 950)], [True, True, False], [True, True, False], False, "5 + 6 = 11 ≥ 10; 15 + 24 = 39 ≥ 10")
comp("two-too-small", [(2, 20), (3, 30), (95, 950)], [True, True, False], [True, True, True], False, "2 + 3 = 5 < 10: a third goes, 100 ≥ 10")
comp("complement-too-small", [(18, 20), (27, 30), (55, 950)], [True, True, False], [True, True, True], False, "2 + 3 = 5 not counted < 10: a third goes")
comp("total-goes", [(2, 20), (3, 30)], [True, True], [True, True], True, "nothing left to hide, and 5 < 10")
comp("only-part", [(5, 20)], [True], [True], True, "one part alone equals its total")
comp("chain", [(1, 15), (1, 25), (1, 35), (100, 900)], [True, False, False, False], [True, True, True, True], False, "1+1, 1+1+1 still < 10: the large one goes too")
comp("threshold-3", [(2, 20), (3, 30), (95, 950)], [True, True, False], [True, True, False], False, "5 ≥ 3", k=3)

# ==== look-ups ======================================================================================================

f = F("catalogue/look_up", "Dimensions, lists and sheets of the catalogue", "the catalogue as published (baked/catalogue.json)")
for id_, dim, code, acc, tot, note in [
    ("sex-f", "SEX", "F", True, False, None), ("sex-total", "SEX", "T", True, True, None), ("sex-x", "SEX", "X", True, False, "the entry of papers that are neither F nor M"), ("sex-unknown", "SEX", "Z", False, False, None), ("sex-case", "SEX", "f", False, False, "codes are compared as written"),
    ("age-total", "AGE", "TOTAL", True, True, None), ("age-listed", "AGE", "Y15-24", True, False, None), ("age-nonsense", "AGE", "young", False, False, None),
    ("district-open", "DISTRICT", "Old-Town", True, False, "a city's own districts"), ("disab-sev", "DISAB", "SEV", True, False, None), ("wstatus-total", "WSTATUS", "POP", True, True, "the total has its own code"),
    ("disab-unknown", "DISAB", "MILD", False, False, None), ("empty", "SEX", "", False, False, None)]:
    f.add("accepts-" + id_, "dimension.accepts", {"dimension": dim, "code": code}, {"accepts": acc, "total": tot}, tol=0, note=note)
f.add("reject-dimension", "dimension.accepts", {"dimension": "HEIGHT", "code": "F"}, reject="wire.bad-request", note="the catalogue has no such dimension")
f.add("show", "catalogue.show", {"id": "HOU-O-03"}, {"sheet": {"id": "HOU-O-03", "module": "HOU", "polarity": "lower", "value_kind": "proportion", "multiplier": 100, "bounds": {"min": 0, "max": 100}, "result_level": "outcome", "measure_type": "outcome"}}, tol=0)
f.add("reject-show", "catalogue.show", {"id": "HOU-O-99"}, reject="assess.unknown-selection")
CORE = [{"id": i["id"]} for i in oracle.catalogue()["indicators"] if i["id"] in oracle.catalogue()["selections"][0]["indicators"]]
f.add("list-core", "catalogue.list", {"selection": "core"}, CORE, tol=0, note="34 core indicators, in the order of their ids")
f.add("list-all", "catalogue.list", {}, [{"id": i["id"]} for i in oracle.catalogue()["indicators"]], tol=0)
f.add("reject-list", "catalogue.list", {"selection": "everything"}, reject="assess.unknown-selection")
f.add("versions", "versions", {}, {"catalogue": oracle.catalogue()["release"]["version"], "catalogue_schema": oracle.catalogue()["release"]["schema"], "methods": {"standard": oracle.standard_method()["edition"]}}, tol=0)

f = F("wire/requests", "Requests that cannot be answered", "the rules of the wire")
f.add("unknown-op", "score.magic", {"value": 5}, reject="wire.unknown-op")
f.add("empty-op", "", {}, reject="wire.unknown-op", note="an empty name is no operation")
f.add("missing-field", "period.parse", {}, reject="wire.bad-request")
f.add("wrong-type", "period.parse", {"text": 2018}, reject="wire.bad-request", note="a text is asked")
f.add("null-field", "score.goalposts", {"value": None, "worst": 0, "best": 100}, reject="wire.bad-request", note="null is no number")
f.add("check-without-data", "check", {}, reject="wire.bad-request")
f.add("assess-without-data", "assess", {}, reject="wire.bad-request")
f.add("unknown-polarity", "equality.gap", {"groups": [], "polarity": "sideways", "significance": 0.05}, reject="wire.bad-request")

# worked by hand: the method says that NaN and infinities never enter or leave (section 11)
f = F("num/limits", "Numbers at the edge of f64", "the method (section 11); hand-worked")
for id_, op, input_, note in [
    ("given-overflow", "estimate.given", {"value": 1e308, "se": 1e308, "confidence": 0.99}, "1e308 + 2.58e308 is no f64; an interval without its limits is no answer"),
    ("from-counts-overflow", "estimate.from_counts", {"kind": "ratio", "numerator": 1e308, "denominator": 1, "multiplier": 1000, "confidence": 0.95}, "1e311 is no f64"),
    ("gap-overflow", "equality.gap", {"groups": [{"value": 1e308}, {"value": -1e308}], "polarity": "higher", "significance": 0.05}, "a difference of 2e308 is no f64"),
    ("change-overflow", "progress.change", {"earlier": -1e308, "later": 1e308, "years": 1, "polarity": "higher", "tolerance": 0.5}, "a change of 2e308 is no f64"),
]:
    f.cases.append({"id": "reject-" + id_, "op": op, "input": input_, "reject": "num.not-finite", "note": note})
for id_, se, word, note in [("tiny-errors", 1e-200, "shown", "√(2e-400) = 1.4e-200 is above 0, so the gap is tested; the squares alone would vanish"), ("huge-errors", 1e200, "not_distinguishable", "√(2e400) = 1.4e200; the squares alone would overflow")]:
    f.cases.append({"id": "gap-" + id_, "op": "equality.gap", "input": {"groups": [{"value": 1, "se": se}, {"value": 2, "se": se}], "polarity": "higher", "significance": 0.05}, "expect": {"gap": {"difference": 1, "verdict": word}}, "tolerance": 0, "note": note})
f.add("large-counts", "estimate.wilson", {"numerator": 1e15, "denominator": 4e15, "confidence": 0.95}, take=["lower", "upper"])
f.add("large-count", "estimate.byar", {"count": 1e15, "confidence": 0.95}, take=["lower", "upper"])
f.add("small-share", "estimate.wilson", {"numerator": 1, "denominator": 1e12, "confidence": 0.95}, take=["lower", "upper"])
f.add("tiny-weights", "aggregate.mean", {"items": [{"score": 50, "weight": 5e-324}, {"score": 70, "weight": 5e-324}], "minimum_coverage": 0.6}, {"score": 60, "coverage": 1}, note="the smallest f64 above zero, twice")
f.add("negative-zero", "number.parse", {"text": "-0"}, {"value": 0}, tol=0)

# each module generate_<area>.py writes files of its own
for path in sorted(Path(__file__).parent.glob("generate_*.py")):
    importlib.import_module(path.stem).write(F)

# ==== write =========================================================================================================


def main():
    manifest = {"files": {f"{n}.json": len(d["cases"]) for n, d in sorted(FILES.items())}, "total": sum(len(d["cases"]) for d in FILES.values())}
    texts = {f"{n}.json": d for n, d in FILES.items()} | {"manifest.json": manifest}
    changed = []
    for name, data in texts.items():
        path = OUT / name
        text = render(data)
        if not path.exists() or path.read_text("utf-8") != text:
            changed.append(name)
            if "--check" not in sys.argv:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, "utf-8")
    print(f"{manifest['total']} cases in {len(FILES)} files; {len(changed)} {'would change' if '--check' in sys.argv else 'written'}")
    return 1 if changed and "--check" in sys.argv else 0


def render(data):
    if "cases" not in data:
        return json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    lines = [json.dumps(c, ensure_ascii=False, allow_nan=False) for c in data["cases"]]
    head = ",\n ".join(f"{json.dumps(k)}: {json.dumps(data[k], ensure_ascii=False)}" for k in ("title", "source"))
    return "{" + head + ',\n "cases": [\n  ' + ",\n  ".join(lines) + "\n ]}\n"


if __name__ == "__main__":
    raise SystemExit(main())
