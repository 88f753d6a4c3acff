"""Asks the engine and the oracle the same random questions, and says where they differ.

    python3.11 compare.py --engine target/release/sms --cases 10000 --formulas 10000 --seed 1
    python3.11 compare.py --engine target/release/sms --case 17 --seed 1        # one assessment again, with its request

An assessment is a random selection of indicators, one to three places, up to four periods, figures of every kind and
absence, groups, and a random variant of the method. The whole report that the oracle predicts is compared, and the
explanations of one node and one indicator of it. Case number i of a seed is always the same, whatever runs beside it.
Numbers agree within 1e-12, relative above 1 and absolute below; words, states, orders and lengths are equal.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import multiprocessing
import random
import re
import subprocess
import sys
from decimal import Decimal
from functools import lru_cache

import oracle
import oracle_tree
from oracle import val

TOLERANCE = 1e-12
INSTRUMENTS = ["CFR", "ECHR", "ICESCR", "RESC"]


class Engine:
    """`sms vectors --stdio`, asked one line at a time."""

    def __init__(self, path):
        self.process = subprocess.Popen([path, "vectors", "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(self, request):
        self.process.stdin.write(json.dumps(request, ensure_ascii=False) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the engine ended; its last question was\n" + json.dumps(request, ensure_ascii=False))
        return json.loads(line)


# ---- random assessments --------------------------------------------------------------------------------------------


@lru_cache(1)
def standard_text():
    return json.dumps(oracle.standard_method())


def some(r, items, low, high):
    items = list(items)
    return r.sample(items, min(len(items), r.randint(low, high)))


def random_method(r, selection):
    """A variant of the standard method. Every number stays in the range that the method's own checks ask for."""
    m = json.loads(standard_text())
    kept = set(selection) | set(some(r, oracle.sheets(), 0, 40))
    kept -= set(some(r, selection, 0, max(1, len(selection) // 10)))
    m["goalposts"] = [g for g in m["goalposts"] if g["indicator"] in kept]
    m["target_band"] = [b for b in m["target_band"] if b["indicator"] in kept]
    for g in m["goalposts"]:
        if r.random() < 0.2:
            g["worst"] = g["best"] + (g["worst"] - g["best"]) * r.choice([0.25, 0.5, r.uniform(0.3, 1)])

    def put(table, field, *choices):
        if r.random() < 0.6:
            m[table][field]["value"] = r.choice(choices)

    put("aggregation", "levels", *(r.sample(["module", "right", "attribute", "service_area"], n) for n in (0, 1, 1, 2, 2, 2, 3, 3, 4)))
    put("aggregation", "articles", [], *(sorted(r.sample(INSTRUMENTS, n)) for n in (1, 2, 3)))
    put("aggregation", "nodes", "arithmetic", "geometric", "harmonic")
    put("aggregation", "indicators", "arithmetic", "geometric", "harmonic")
    put("aggregation", "minimum_coverage", 0, 0.25, 0.5, 0.75, 1, r.random())
    put("outcomes_first", "weight", 1, 0.51, 0.6, 0.9, round(r.uniform(0.501, 1), 3))
    put("outcomes_first", "margin", 0, 1, 10, 50, r.uniform(0, 50))
    put("period", "carry_forward_years", 0, 1, 2, 10)
    put("change", "tolerance", 0, 0.25, 2)
    put("estimate", "confidence", 0.9, 0.99, 0.998)
    put("estimate", "significance", 0.01, 0.1)
    put("disclosure", "threshold", 3, 5, 20)
    put("disaggregation", "weights", {"outcome": 1, "impact": 2}, {"input": 0.5, "activity": 0, "output": 1, "outcome": 3, "impact": 3})
    put("disclosure", "class_disclosure_on_special_categories", True, False)
    if r.random() < 0.4:
        m["maturity"]["value"] = [0, *sorted(r.sample(range(1, 100), 3)), 100]
    if r.random() < 0.5:
        ends = sorted(r.sample(range(1, 100), r.randint(1, 6)), reverse=True)
        m["rating"] = {"bands": m["rating"]["bands"] | {"value": ends}, "names": [f"band {i}" for i in range(len(ends) + 1)]}
    if r.random() < 0.6:
        m["aggregation"]["node"] = random_rules(r, m)
    return m


def random_rules(r, method):
    sheets = [s for s in oracle.sheets().values() if oracle.scorable(s, method)]
    tree = list(oracle_tree.tree(sheets, val(method["aggregation"]["levels"])).walk())
    views = oracle_tree.views(sheets, method)
    in_both = {n.id for n in tree} & {n.id for n in views}
    out = []
    for node in some(r, tree, 0, 4) + some(r, views, 0, 2):
        if node.id in {rule["id"] for rule in out}:
            continue
        rule = {"id": node.id, "reason": "r", "source": "s"}
        if r.random() < 0.5:
            rule["mean"] = r.choice(["arithmetic", "geometric", "harmonic"])
        if r.random() < 0.5:
            rule["minimum_coverage"] = r.choice([0, 0.3, 0.5, 0.9, 1])
        # two nodes of one id and different children cannot share one set of weights
        if r.random() < 0.7 and node.id not in in_both:
            rule["weights"] = random_weights(r, node.children())
        out.append(rule)
    return out


def random_weights(r, children):
    raw = [r.choice([0, 1, 1, 2, 5, r.random()]) for _ in children]
    if not any(raw):
        raw[0] = 1
    return {c: w / sum(raw) for c, w in zip(children, raw)}


def random_selection(r):
    sheets = oracle.sheets()
    way = r.random()
    if way < 0.3:
        return some(r, sheets, 1, 8)
    if way < 0.6:
        return some(r, sheets, 10, 30)
    if way < 0.97:
        modules = some(r, sorted({s["module"] for s in sheets.values()}), 1, 3)
        return [i for i, s in sheets.items() if s["module"] in modules and r.random() < 0.9] or ["HOU-O-03"]
    return list(sheets)


def random_value(r, sheet, method):
    """Often at an edge: the bounds, goalposts, the target, the minimum standard, beyond, or a round number that others have too."""
    if sheet["value_kind"] == "maturity":
        return r.randint(0, 4)
    if sheet["value_kind"] == "boolean":
        return r.randint(0, 1)
    ends = next(((g["worst"], g["best"]) for g in method.get("goalposts", []) if g["indicator"] == sheet["id"]), None)
    ends = ends or next(((b["worst_low"], b["worst_high"]) for b in method.get("target_band", []) if b["indicator"] == sheet["id"]), (0, 100))
    low, high = sorted(ends)
    edges = [low, high, (low + high) / 2, low + (high - low) * r.choice([0.2, 0.4, 0.6, 0.8])]
    for number in ((sheet.get("target") or {}).get("value"), (sheet.get("minimum_standard") or {}).get("value")):
        edges += [] if number is None else [number, number + 1e-10, number - 1e-6]
    bounds = sheet.get("bounds") or {}
    x = r.choice([r.choice(edges), r.uniform(low, high), round(r.uniform(low, high), 1), r.uniform(low - (high - low), high + (high - low)), r.choice([10, 20, 50])])
    if r.random() < 0.97:
        x = max(bounds.get("min", -math.inf), min(bounds.get("max", math.inf), x))
    return round(x) if sheet["value_kind"] == "count" else x


def random_counts(r, sheet):
    b = r.choice([r.randint(1, 40), r.randint(50, 400), r.randint(500, 5000), 1000])
    a = r.choice([0, b, r.randint(0, b), r.randint(0, b), min(b, r.randint(0, 12)), b // 2])
    return {"numerator": a, "denominator": b}


def random_cell(r, sheet, method, counted):
    kind = sheet["value_kind"]
    if r.random() < 0.1:
        return {"status": r.choice(["missing", "not_asked", "refused", "not_applicable", "suppressed"])}
    cell = {}
    if counted:
        cell |= random_counts(r, sheet)
    else:
        cell["value"] = random_value(r, sheet, method)
        if r.random() < 0.2 and kind not in ("maturity", "boolean"):
            cell["n"] = r.choice([5, 9, 10, 11, 400])
        if r.random() < 0.2 and kind not in ("maturity", "boolean", "count"):
            cell["se"] = r.choice([0, 0.5, 1, r.uniform(0, 3)])
        if r.random() < 0.1 and kind == "proportion":
            cell["denominator"] = r.choice([8, 50, 1000])
        if r.random() < 0.65:
            cell["confidentiality"] = "public"
    if r.random() < 0.1:
        cell["confidentiality"] = r.choice(["public", "restricted", "confidential", "F", "C"])
    if r.random() < 0.04:
        cell["status"] = r.choice(["break", "provisional", "B", "E"])
    return cell


# codes that do not overlap: what nested ones give away is not the oracle's subject
DIMENSIONS = {"SEX": ["F", "M"], "TENURE": ["OWN", "RENT", "INF"], "DISAB": ["NONE", "SEV", "SOME"], "CITIZEN": ["NAT", "FOR"], "AGE": ["Y_LT18", "Y18-29", "Y30-64", "Y_GE65"], "POVSTAT": ["B_60", "A_60"]}


def counted_groups(r, sheet):
    """A total that may be shown and the parts that it is the sum of, small ones among them."""
    name = r.choice(sorted(DIMENSIONS))
    parts = [{name: code} | random_counts(r, sheet) for code in some(r, DIMENSIONS[name], 2, 4)]
    total = {f: sum(p[f] for p in parts) for f in ("numerator", "denominator")}
    cells = [total, *parts]

    def safe(cell):
        return min(cell["numerator"], cell["denominator"] - cell["numerator"]) >= 20  # the largest threshold that is tried

    # of two parts either takes the other along; which of more would go is a choice that the oracle does not make
    if not safe(total) or len(parts) > 2 and not all(map(safe, parts)):
        return [c | {"confidentiality": "public"} for c in cells]
    if len(parts) == 2 and r.random() < 0.2:
        r.choice(parts)["confidentiality"] = r.choice(["public", "restricted", "F", "N"])
    return cells


def public_groups(r, sheet, method):
    """Published figures by one or two dimensions, and by both together, with or without a total."""
    names = some(r, DIMENSIONS, 1, 2)
    keys = [{name: code} for name in names for code in some(r, DIMENSIONS[name], 0 if len(names) > 1 else 1, 4)]
    if len(names) == 2 and r.random() < 0.4:
        keys += [{names[0]: code, names[1]: DIMENSIONS[names[1]][0]} for code in some(r, DIMENSIONS[names[0]], 1, 2)]
    if r.random() < 0.9:
        keys.append({})
    cells = []
    for k in keys:
        cell = {"value": random_value(r, sheet, method), "confidentiality": "public"}
        if r.random() < 0.5:
            cell["se"] = r.choice([0, 0.5, 1, r.uniform(0, 3)])
        if r.random() < 0.1:
            cell = {"status": r.choice(["missing", "not_asked", "refused", "not_applicable", "suppressed"])}
        cells.append(k | cell)
    return cells


def random_rows(r, selection, method):
    places, rows = ["X", "Y", "Málaga"][: r.choice([1, 1, 1, 2, 3])], []
    years = sorted(r.sample(range(2008, 2024), r.choice([1, 1, 2, 3, 4])))
    periods = [r.choice([str(y), str(y), f"{y}-{(y + 1) % 100:02}", f"{y}-Q2"]) for y in years]
    # the oracle withholds within one period: a fiscal year reaches into the calendar year after it
    periods = [p for p, y in zip(periods, years) if not (p == str(y) and any(q.startswith(f"{y - 1}-") and "Q" not in q for q in periods))]
    for place in places:
        empty = some(r, sorted({oracle.indicator(i)["module"] for i in selection}), 0, 1) if r.random() < 0.4 else []
        share = r.choice([0.3, 0.7, 0.9, 1])
        for id_ in selection:
            sheet = oracle.indicator(id_)
            if sheet["module"] in empty:
                continue
            for when in periods:
                if r.random() > share:
                    continue
                key = {"indicator": id_, "place": place, "period": when}
                by_counts = sheet["value_kind"] in ("proportion", "rate", "ratio") and r.random() < 0.5
                if r.random() < 0.8 or sheet["value_kind"] in ("maturity", "boolean", "count"):
                    rows.append(key | random_cell(r, sheet, method, by_counts))
                elif by_counts and sheet["privacy"] != "none":
                    rows += [key | cell for cell in counted_groups(r, sheet)]
                else:
                    rows += [key | cell for cell in public_groups(r, sheet, method)]
    r.shuffle(rows)
    return rows, places, periods


def random_availability(r, id_):
    """What a city says of an indicator, or of one of its dimensions."""
    asked = (oracle.indicator(id_) or {}).get("disaggregation", {"required": [], "desirable": []})
    dimensions = asked["required"] + asked["desirable"]
    record = {"indicator": id_, "status": r.choice(["could_have", "not_asked", "not_competent", "not_applicable"]), "reason": "as we know"}
    if dimensions and r.random() < 0.6:
        record["dimension"] = r.choice(dimensions)
    return record


def random_case(seed, number):
    """The request of an assessment; the same for the same seed and number."""
    r = random.Random(f"{seed}:{number}")
    selection = random_selection(r)
    method = "standard" if r.random() < 0.15 else random_method(r, selection)
    rows, places, periods = random_rows(r, selection, oracle.standard_method() if method == "standard" else method)
    plan = {"selection": selection}
    way = r.random()
    if way > 0.6:
        plan["periods"] = "each" if way < 0.9 else {"only": some(r, periods, 1, 2)}
    if r.random() < 0.1:
        plan["places"] = [r.choice(places)]
    if r.random() < 0.2:
        plan["availability"] = [random_availability(r, i) for i in some(r, selection, 1, 3)]
    policy = {}
    if r.random() < 0.15:
        policy["internal"] = True
    elif r.random() < 0.2:
        policy["threshold"] = r.choice([1, 5, 15])
    return {"op": "assess", "observations": {"rows": rows}, "plan": plan, "policy": policy, "method": method}


# ---- random formulas -----------------------------------------------------------------------------------------------


def number(r):
    return r.choice([0, 1, -1, 50, 100, 33.3, r.uniform(-200, 200), r.uniform(0, 100), round(r.uniform(0, 100), 1), -0.0, 1e-300, 5e-324, 1e100, -1e100, 1e-6, r.gauss(0, 1e6)])


def score(r):
    return r.choice([0, 100, 50, 20, 40, 60, 80, 59.9999999995, 1e-300, r.uniform(0, 100), r.uniform(0, 100), round(r.uniform(0, 100), 1), r.choice([-0.5, 100.5])])


def positive(r):
    return r.choice([1, 2, 100, r.uniform(0.001, 10), r.uniform(1, 1e6), 0, -1])


def items(r):
    out = []
    for _ in range(r.choice([0, 1, 2, 3, 5, 8])):
        item = {"weight": r.choice([1, 1, 1, 0, 2, 0.5, r.random(), r.random(), 1e-300, -1 if r.random() < 0.1 else 3])}
        if r.random() < 0.8:
            item["score"] = score(r)
        if r.random() < 0.3:
            item["coverage"] = r.choice([0, 1, 0.5, r.random(), 1.5 if r.random() < 0.1 else 0.25])
        out.append(item)
    return out


FORMULAS = {
    "score.goalposts": lambda r: {"value": number(r), "worst": number(r), "best": number(r)} | ({"polarity": r.choice(["higher", "lower", "value"])} if r.random() < 0.5 else {}),
    "score.logarithmic": lambda r: {"value": positive(r), "worst": r.choice([1, 100, 0, 0.5]), "best": r.choice([75000, 1, 20, 1000])},
    "score.target_ratio": lambda r: {"value": number(r), "target": number(r), "polarity": r.choice(["higher", "lower", "value"])},
    "score.band": lambda r: dict(zip(("worst_low", "lower", "upper", "worst_high"), (sorted if r.random() < 0.8 else list)([number(r) for _ in range(4)]))) | {"value": number(r)},
    "score.maturity": lambda r: {"level": r.choice([0, 1, 2, 3, 4, 5, -1, 1.5]), "map": [0, 25, 50, 75, 100]},
    "score.yes_no": lambda r: {"value": r.choice([True, False])},
    "target.standing": lambda r: {"value": number(r), "standard": r.choice([number(r), 50, None]), "polarity": r.choice(["higher", "lower", "value", "none", "ambiguous", "range"])},
    "target.is_met": lambda r: {"value": r.choice([number(r), 50 + 1e-10, 50 - 1e-10, 50 + 1e-6]), "threshold": r.choice([50, number(r)]), "operator": r.choice([">=", "<=", ">", "<", "="])}
    | ({"upper": r.choice([60, number(r)])} if r.random() < 0.2 else {}),
    "aggregate.mean": lambda r: {"items": items(r), "minimum_coverage": r.choice([0, 0.5, 0.6, 1, r.random()]), "kind": r.choice(["arithmetic", "geometric", "harmonic"])},
    "rbm.combine": lambda r: {"outcomes": score(r), "effort": score(r), "weight": r.choice([0.8, 0.6, 1, 0.51, 0.5, r.uniform(0.5, 1)]), "margin": r.choice([0, 5, 50, 51, r.uniform(0, 50)])},
    "rbm.band": lambda r: {"score": r.uniform(0, 100) if r.random() < 0.5 else r.choice([0, 20, 40, 60, 80, 100, 59.9999999995, 59.99]), "thresholds": r.choice([[80, 60, 40, 20], [50], [90, 60]])},
    "rbm.rating": lambda r: {"combined": r.uniform(0, 100), "outcomes": r.choice([r.uniform(0, 100), 60, 80]), "thresholds": [80, 60, 40, 20]},
    "progress.change": lambda r: {"earlier": number(r), "later": number(r), "years": r.choice([0, 1, 5, -1, 0.25, r.uniform(0, 20)]), "polarity": r.choice(["higher", "lower", "value", "none", "range"]), "tolerance": r.choice([0, 0.5, 2, r.random()])},
    "equality.gap": lambda r: {"groups": [{"value": r.choice([40, 60, number(r)])} | ({"se": r.choice([0, 1, r.uniform(0, 5)])} if r.random() < 0.7 else {}) for _ in range(r.choice([0, 1, 2, 2, 2, 3, 5]))],
                               "polarity": r.choice(["higher", "lower", "value", "none"]), "significance": r.choice([0.05, 0.01])},
}


def random_formula(seed, number_):
    r = random.Random(f"{seed}:formula:{number_}")
    op = r.choice(sorted(FORMULAS))
    request = {"op": op, **FORMULAS[op](r)}
    if r.random() < 0.02:  # what cannot be a number
        fields = sorted(k for k, x in request.items() if k in oracle.NUMBER_FIELDS - {"standard"} and isinstance(x, (int, float)))
        if fields:
            request[r.choice(fields)] = r.choice(["NaN", "Infinity", "5", None, [], {}, True])
    return request


# ---- comparing -----------------------------------------------------------------------------------------------------


def differences(expect, got, path=""):
    """Every place where the answer is not what the oracle predicts. The engine may say more than the oracle."""
    if expect is None:
        if got is not None:
            yield f"{path}: expected nothing, got {short(got)}"
    elif isinstance(expect, dict):
        if not isinstance(got, dict):
            yield f"{path}: expected an object, got {short(got)}"
            return
        for key, x in expect.items():
            yield from differences(x, got.get(key), f"{path}/{key}")
    elif isinstance(expect, list):
        named = [x.get("id") if isinstance(x, dict) else None for x in expect]
        if not isinstance(got, list) or len(got) != len(expect):
            yield f"{path}: expected {len(expect)} elements, got {short(got)}"
            return
        for i, (x, y) in enumerate(zip(expect, got)):
            yield from differences(x, y, f"{path}/{named[i] or i}")
    elif isinstance(expect, (bool, str)) or isinstance(got, (bool, str)) or got is None:
        if type(expect) is not type(got) or expect != got:
            yield f"{path}: expected {expect!r}, got {short(got)}"
    elif not abs(got - expect) <= TOLERANCE * max(1, abs(expect)):
        yield f"{path}: expected {expect!r}, got {got!r}"


def short(x):
    text = json.dumps(x, ensure_ascii=False)
    return text if len(text) < 120 else text[:117] + "..."


def laws(answer):
    """What holds for every explanation, in the engine's own numbers."""
    def sums(items, total, what):
        if items and abs(sum(Decimal(i) for i in items) - Decimal(total)) > Decimal("1e-10"):
            yield f"{what} sum to {float(sum(map(Decimal, items)))!r}, not {total!r}"

    if answer.get("result") is not None:
        yield from sums([c["points"] for c in answer.get("contributions") or []], answer["result"], "contributions")
        yield from sums([w["weight"] for w in answer.get("effective_weights") or []], 1, "effective weights")


def by_name(answer):
    """Contributions and weights by name: their order says nothing."""
    answer = dict(answer)
    for part, key in (("contributions", "id"), ("combined", "id"), ("effective_weights", "indicator")):
        if answer.get(part) is not None:
            # what makes up for nothing and what weighs nothing need not be said
            kept = [x for x in answer[part] if (abs(x["points"]) > 1e-11 if x.get("id") in ("imbalance", "clamp") else part != "effective_weights" or x["weight"] > 0)]
            answer[part] = {x[key]: x for x in kept} | {"": len(kept)}
    return answer


# Where the text of the method and the engine part, and the text has to say who is right: counted, and no failure.
OPEN = {
    "of two faults of a request, either may be named": r"^(aggregate.mean /error/code: expected|[a-z._]+ /error/code: expected 'wire.bad-request')",
}


def split_open(found):
    """Differences, and how many there are of each open question."""
    left, open_ = [], {}
    for d in found:
        name = next((n for n, pattern in OPEN.items() if re.search(pattern, d)), None)
        if name is None:
            left.append(d)
        else:
            open_[name] = open_.get(name, 0) + 1
    return left, open_


def oracle_says(function, *given):
    try:
        return {"ok": function(*given)}
    except oracle.Reject as reject:
        return {"error": {"code": reject.code}}


def check_case(seed, number_):
    request = random_case(seed, number_)
    mine, theirs = oracle_says(oracle.assess, request), ENGINE.ask(request)
    found = list(differences(mine, theirs))
    asked = 1
    if "ok" in mine and request["plan"].get("periods", "latest") == "latest" and mine["ok"]["places"]:
        r = random.Random(f"{seed}:explain:{number_}")
        entry = r.choice(mine["ok"]["places"])
        for part in ("nodes", "indicators"):
            if entry[part]:
                id_ = r.choice(entry[part])["id"]
                why = oracle_says(oracle_tree.explained, mine["ok"], oracle.method_of(request), id_, entry["place"])
                answer = ENGINE.ask(request | {"op": "explain", "id": id_, "place": entry["place"]})
                asked += 1
                if "ok" in why and "ok" in answer:
                    found += [f"explain {id_}: {d}" for d in differences(by_name(why["ok"]), by_name(answer["ok"]))]
                    found += [f"explain {id_}: {d}" for d in laws(answer["ok"])]
                else:
                    found += [f"explain {id_}: {d}" for d in differences(why, answer)]
    numbers, words = tally(mine)
    return "assessment", number_, found, asked, numbers, words


def check_formula(seed, number_):
    request = random_formula(seed, number_)
    mine, theirs = oracle.call(copy.deepcopy(request)), ENGINE.ask(request)
    numbers, words = tally(mine)
    return "formula", number_, [f"{request['op']} {d}" for d in differences(mine, theirs)], 1, numbers, words


def tally(prediction):
    """How many numbers and words a prediction holds."""
    numbers = words = 0
    left = [prediction]
    while left:
        x = left.pop()
        kind = type(x)
        if kind is dict:
            left.extend(x.values())
        elif kind is list:
            left.extend(x)
        elif kind is float or kind is int:
            numbers += 1
        elif x is not None:
            words += 1
    return numbers, words


ENGINE = None


def start(path):
    global ENGINE
    ENGINE = Engine(path)


def work(task):
    kind, seed, number_ = task
    return (check_case if kind == "assessment" else check_formula)(seed, number_)


def main():
    args = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    args.add_argument("--engine", required=True, help="the program `sms`")
    args.add_argument("--cases", type=int, default=300, help="assessments")
    args.add_argument("--formulas", type=int, default=2000, help="single calls of formulas")
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--processes", type=int, default=2)
    args.add_argument("--case", type=int, help="only this assessment, with its request")
    args = args.parse_args()
    if args.case is not None:
        start(args.engine)
        print(json.dumps(random_case(args.seed, args.case), ensure_ascii=False))
        found = check_case(args.seed, args.case)[2]
        print("\n".join(found) or "no difference")
        return bool(split_open(found)[0])
    tasks = [("assessment", args.seed, i) for i in range(args.cases)] + [("formula", args.seed, i) for i in range(args.formulas)]
    totals, wrong, unsettled = {"questions": 0, "numbers": 0, "words": 0}, 0, {}
    with multiprocessing.Pool(args.processes, start, (args.engine,)) as pool:
        for kind, i, found, asked, numbers, words in pool.imap_unordered(work, tasks, chunksize=8):
            for name, n in zip(totals, (asked, numbers, words)):
                totals[name] += n
            found, open_ = split_open(found)
            for name, n in open_.items():
                unsettled[name] = unsettled.get(name, 0) + n
            if found:
                wrong += 1
                if wrong <= 20:
                    print(f"{kind} {i} of seed {args.seed}: {len(found)} differences")
                    print("\n".join("  " + f for f in found[:5]))
    print(f"{args.cases} assessments, {args.formulas} formulas, seed {args.seed}: {totals['questions']} questions; "
          f"{totals['numbers']} numbers and {totals['words']} words predicted; {wrong} cases differ")
    for name, n in sorted(unsettled.items()):
        print(f"  open question, {n} times: {name}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
