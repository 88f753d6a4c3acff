"""An attacker of reports, written from the text, beside the engine's own.

    python tests/compare/attack.py PATH_OF_SMS [CITIES]

`PATH_OF_SMS` is the built command line; it answers as `sms vectors --stdio`. Cities are generated: tables of two and three dimensions, nested ages,
groups that overlap, districts, tables linked by their margins, weighted samples, and a second release after the first. Of each released report this attacker knows nothing
but its JSON. The smallest parts, people of one place and one
group of every dimension, are the unknowns of a whole-numbered programme (HiGHS, by `scipy.optimize.milp`): groups of a dimension
make everybody, districts their city, narrower ages wider ones, numerator and complement alike, and nobody is counted below 0. The least and the most
that a withheld figure can be are the attacker's interval.

Fails when an interval is narrower than the threshold; when it does not hold the truth; when it differs from what the engine's attacker
(`disclosure.attack_report`) says, or is narrower than that where the engine could not prove its own; or when anything that follows from a withheld
figure stands in the report: a score, a gap, a change, a mean.
"""

from __future__ import annotations

import itertools
import json
import random
import subprocess
import sys
from collections import Counter, defaultdict

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

PROPORTION, RATE, COUNT = "HOU-O-03", "HOU-O-01", "GBV-O-04"
WITHHELD = ("suppressed", "unknown_count")
AGES = {"Y_LT15": (0, 14), "Y15-17": (15, 17), "Y18-24": (18, 24), "Y_GE25": (25, 999), "Y15-24": (15, 24), "Y_LT18": (0, 17), "Y_GE18": (18, 999), "Y18-64": (18, 64), "Y18-29": (18, 29), "Y30-64": (30, 64), "Y_GE65": (65, 999)}


class Engine:
    def __init__(self, path: str):
        self.process = subprocess.Popen([path, "vectors", "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(self, op: str, **fields):
        self.process.stdin.write(json.dumps({"op": op, **fields}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise SystemExit(f"{op}: {answer['error']}")
        return answer["ok"]


# ---- cities ----------------------------------------------------------------------------------------------------------

SEX = ["F", "M"]
DIMENSIONS = {"SEX": SEX, "AGE": ["Y_LT18", "Y_GE18"], "CITIZEN": ["NAT", "FOR"]}
NESTED = {"Y_GE18": ["Y18-64", "Y_GE65"], "Y18-64": ["Y18-29", "Y30-64"]}
OVERLAPPING = {"Y_LT18": ["Y_LT15", "Y15-17"], "Y15-24": ["Y15-17", "Y18-24"], "Y_GE18": ["Y18-24", "Y_GE25"]}


def nodes(dimension: str, leaves: list[str]) -> dict[str | None, set[str]]:
    """Every group with the leaves below it; None for all."""
    made: dict[str | None, set[str]] = {leaf: {leaf} for leaf in leaves}
    for wide, parts in reversed(NESTED.items()) if dimension == "AGE" else ():
        if all(p in made for p in parts):
            made[wide] = set().union(*(made[p] for p in parts))
    made[None] = set(leaves)
    return made


def city(r: random.Random, shape: str) -> tuple[str, list[dict]]:
    """An indicator and its rows: all margins of a random table."""
    indicator = r.choice([PROPORTION, PROPORTION, RATE, COUNT])
    dimensions = {"2-D": ["SEX", "AGE"], "3-D": ["SEX", "AGE", "CITIZEN"], "hierarchy": ["AGE", "SEX"], "districts": ["SEX"], "linked": ["SEX", "AGE", "CITIZEN"],
                  "two-way": ["SEX", "AGE", "CITIZEN"], "overlap": ["AGE", "SEX"], "weighted": ["SEX", "AGE"], "releases": ["SEX", "AGE"]}[shape]
    leaves = {d: list(DIMENSIONS[d]) for d in dimensions}
    if shape == "hierarchy":
        leaves["AGE"] = ["Y_LT18", "Y18-29", "Y30-64", "Y_GE65"]
    if shape == "overlap":
        leaves["AGE"] = ["Y_LT15", "Y15-17", "Y18-24", "Y_GE25"]
    places = ["city/d1", "city/d2", "city/d3"] if shape in ("districts", "linked") else ["city"]
    levels = {d: nodes(d, leaves[d]) for d in dimensions}
    if shape == "overlap":
        levels["AGE"] = {wide: set(parts) for wide, parts in OVERLAPPING.items()} | {None: set(leaves["AGE"])}
    small = r.random() * 0.6

    def people():
        low = r.randint(0, 12) if r.random() < small else r.randint(8, 300)
        rest = r.randint(0, 12) if r.random() < 0.1 else r.randint(20, 3000)
        weight = r.uniform(20, 400) if shape == "weighted" else 1
        return round(low * weight, 3), round(rest * weight, 3), low + rest

    cells = {(place, *groups): people() for place in places for groups in itertools.product(*leaves.values())}
    rows = []
    for place in dict.fromkeys(part for p in places for part in (p, p.split("/")[0])):
        for groups in itertools.product(*levels.values()):
            # linked tables share their margins, and no cell has groups of all dimensions
            if sum(g is not None for g in groups) > {"linked": 1, "two-way": 2}.get(shape, 9):
                continue
            of = [x for (at, *codes), x in cells.items() if at.startswith(place) and all(c in levels[d][g] for d, g, c in zip(dimensions, groups, codes))]
            a, b, n = (sum(x[i] for x in of) for i in range(3))
            a, b = round(a, 3), round(b, 3)
            row = {"indicator": indicator, "place": place.split("/")[-1], "period": "2019"} | {d: g for d, g in zip(dimensions, groups) if g}
            if "/" in place:
                row["place_parent"] = place.split("/")[0]
            if indicator == COUNT:
                row |= {"value": a}
            elif a + b == 0:
                continue
            else:
                row |= {"numerator": a, "denominator": round(a + b, 3)} | ({"n": n} if shape == "weighted" else {})
            if r.random() < 0.02:
                row["confidentiality"] = "restricted"
            rows.append(row)
    return indicator, rows


# ---- the attacker ----------------------------------------------------------------------------------------------------


def read(report: dict) -> dict:
    """(indicator, period, place, groups) to the figure as shown; a figure that is shown anywhere is shown."""
    figures: dict = {}
    for place in report["places"]:
        for i in place["indicators"]:
            told = [(i["period"], (), i["figure"])] if i.get("period") else []
            told += [(p["period"], (), p["figure"]) for p in i["series"]]
            told += [(g["period"], tuple(sorted(map(tuple, g["groups"]))), g["figure"]) for g in i["groups"]]
            for period, groups, figure in told:
                key = (i["id"], period, place["place"], groups)
                if figures.get(key, {}).get("kind") != "value":
                    figures[key] = figure
    return figures


def withheld(figure: dict) -> bool:
    return figure["kind"] == "suppressed" or figure.get("reason") == "unknown_count"


def names(indicator: str) -> list[str]:
    return {PROPORTION: ["numerator", "complement"], RATE: ["numerator", "denominator"], COUNT: ["count"]}[indicator]


def parts_of(indicator: str, figure: dict | None) -> list[float] | None:
    if figure is None or figure["kind"] != "value":
        return None
    if indicator == COUNT:
        return [figure["value"]]
    a, b = figure["numerator"], figure["denominator"]
    return [a, b - a] if indicator == PROPORTION else [a, b]


def cut(codes: set[str]) -> dict[str, set]:
    """Of each age group the pieces that no other one divides."""
    ends = sorted({0, 1000} | {e for c in codes for e in (AGES[c][0], AGES[c][1] + 1)})
    return {c: {(x, y) for x, y in itertools.pairwise(ends) if AGES[c][0] <= x and y <= AGES[c][1] + 1} for c in codes} | {None: set(itertools.pairwise(ends))}


def attack(report: dict, previous: dict | None = None) -> dict:
    """(indicator, period, place, groups, what) to the least and the most that a withheld figure can be (None: no end)."""
    figures, before = read(report), read(previous) if previous else {}
    parents = {p["place"]: p["parent"] for r in (report, previous or report) for p in r["places"] if p.get("parent")}
    found = {}
    for indicator, period in sorted({k[:2] for k in figures}):
        mine = sorted({k[2:] for k in {**before, **figures} if k[:2] == (indicator, period)})
        # the smallest parts: people of one place, and of one piece of each dimension
        codes = defaultdict(set)
        for _, groups in mine:
            for d, code in groups:
                codes[d].add(code)
        pieces = {d: cut(c) if d == "AGE" else {x: {x} for x in c} | {None: set(c)} for d, c in sorted(codes.items())}
        places = {p for p, _ in mine} | {parents[p] for p, _ in mine if p in parents}
        below = {p: {p} if p not in parents.values() else {q for q in places if parents.get(q) == p} for p in places}
        leaves = {leaf: i for i, leaf in enumerate(itertools.product(sorted(set().union(*below.values())), *(sorted(x[None]) for x in pieces.values())))}

        def sums(key, pieces=pieces, below=below, leaves=leaves):
            place, groups = key[0], dict(key[1])
            row = np.zeros(len(leaves))
            row[[leaves[leaf] for leaf in itertools.product(below[place], *(x[groups.get(d)] for d, x in pieces.items()))]] = 1
            return row

        for layer, what in enumerate(names(indicator)):
            shown = {}
            for key in mine:
                known = parts_of(indicator, figures.get((indicator, period, *key))) or parts_of(indicator, before.get((indicator, period, *key)))
                if known:
                    shown[key] = round(known[layer], 3)
            # weighted counts have decimals: they are no whole numbers of persons
            integrality = np.ones(len(leaves)) if all(x.is_integer() for x in shown.values()) else None
            constraints = LinearConstraint(np.array([sums(key) for key in shown]), list(shown.values()), list(shown.values())) if shown else None
            for key in mine:
                if not withheld(figures.get((indicator, period, *key), {"kind": "no"})):
                    continue
                ends = []
                for sign in (1, -1):
                    s = milp(sign * sums(key), constraints=constraints, integrality=integrality, bounds=Bounds(0, np.inf), options={"mip_rel_gap": 0})
                    # 0 optimal; 3 unbounded, or 4 for "unbounded or infeasible", of a programme that has a solution: the city
                    if s.status not in (0, 3, 4):
                        raise Contradiction(s.message)
                    ends.append(float(sign * s.fun) if s.status == 0 else None)
                if ends[0] is None:
                    raise Contradiction("nothing fits")
                found[indicator, period, *key, what] = (ends[0], ends[1])
    return found


class Contradiction(Exception):
    """Nothing fits what is shown: the groups are not complete."""


def follows(report: dict) -> list[str]:
    """What stands in a report although it follows from a figure that is withheld."""
    leaks = []
    for place in report["places"]:
        scored = defaultdict(list)
        for i in place["indicators"]:
            where = f"{place['place']} {i['id']}"
            points = {p["period"]: p["figure"] for p in i["series"]}
            if withheld(i["figure"]):
                leaks += [f"{where}: {key}" for key in ("score", "raw_score", "change", "lower", "upper", "n", "rank") if i.get(key) is not None]
                leaks += [f"{where}: figure {key}" for key in i["figure"] if key not in ("kind", "reason")]
                leaks += [f"{where}: standing"] if i["standing"] != "no_standard" else []
                leaks += [f"{where}: target"] if (i.get("target") or {}).get("met") is not None else []
                leaks += [f"{where}: series"] if points.get(i.get("period"), {}).get("kind") == "value" else []
            if i.get("change") and withheld(points.get(i["change"]["since"], {"kind": "value"})):
                leaks.append(f"{where}: change since a withheld figure")
            hidden = {tuple(map(tuple, g["groups"])) for g in i["groups"] if withheld(g["figure"])}
            for g in i["groups"]:
                if withheld(g["figure"]):
                    leaks += [f"{where} {g['groups']}: {key}" for key in g if key not in ("groups", "name", "period", "figure")]
                    leaks += [f"{where} {g['groups']}: figure {key}" for key in g["figure"] if key not in ("kind", "reason")]
            for gap in i["gaps"]:
                leaks += [f"{where}: gap" for code in (gap["worst"], gap["best"]) if ((gap["dimension"], code),) in hidden]
            if i.get("floor") and ((i["floor"]["dimension"], i["floor"]["group"]),) in hidden:
                leaks.append(f"{where}: floor")
            if i.get("score") is not None and i["result_level"] in ("outcome", "impact"):
                scored[i["module"]].append(i["score"])
        for node in place["nodes"]:
            mean = node.get("outcomes") if node["kind"] == "module" else None
            if mean and mean["n"] != len(scored[node["id"]]):
                leaks.append(f"{place['place']} {node['id']}: a mean of {mean['n']} where {len(scored[node['id']])} scores are shown")
            if mean and mean.get("score") is not None and scored[node["id"]] and not min(scored[node["id"]]) - 1e-9 <= mean["score"] <= max(scored[node["id"]]) + 1e-9:
                leaks.append(f"{place['place']} {node['id']}: a mean that its scores do not give")
    return leaks


# ---- both ------------------------------------------------------------------------------------------------------------


def truth(rows: list[dict], key: tuple) -> float | None:
    indicator, _, place, groups, what = key
    for row in rows:
        if (row["indicator"], row["place"]) == (indicator, place) and tuple(sorted((d, row[d]) for d in DIMENSIONS if d in row)) == groups:
            a, b = row.get("numerator", row.get("value")), row.get("denominator", 0)
            return {"complement": b - a, "denominator": b}.get(what, a)
    return None


def main(path: str, cities: int) -> int:
    engine, r = Engine(path), random.Random(20261127)
    count, failed = Counter(), []
    shapes = ["2-D", "3-D", "hierarchy", "districts", "linked", "two-way", "overlap", "weighted", "releases"]
    for number in range(cities):
        shape, k = shapes[number % len(shapes)], r.choice([3, 5, 10])
        indicator, rows = city(r, shape)
        plan, policy = {"selection": [indicator], "periods": "each"}, {"threshold": k}
        previous = None
        if shape == "releases":
            # the first release had fewer rows
            previous = engine.ask("assess", observations={"rows": [row for row in rows if r.random() < 0.7] or rows}, plan=plan, policy=policy)
        report = engine.ask("assess", observations={"rows": rows}, plan=plan, policy=policy, previous=previous)
        found = attack(report, previous)
        alone = attack(report | {"places": [p | {"indicators": [hushed(i) for i in p["indicators"]]} for p in report["places"]]}, previous) if previous else {}
        said = engine.ask("disclosure.attack_report", report=report, previous=previous)
        engines = {(f["indicator"], f["period"], f["place"], tuple(sorted(map(tuple, f["groups"]))), f["what"]): f for f in said["figures"]}
        count[shape] += 1
        problems = follows(report)
        for key, (low, high) in found.items():
            count["figures"] += 1
            narrow = high is not None and high - low < k - 1e-6
            x = truth(rows, key)
            if x is not None and (x < low - 1e-6 or high is not None and x > high + 1e-6):
                problems.append(f"{key}: not {x} within {low}, {high}")
            told_before = key in alone and alone[key][1] is not None and alone[key][1] - alone[key][0] < k - 1e-6
            if narrow and not told_before:
                problems.append(f"{key}: between {low} and {high}, threshold {k}")
            other = engines.get(key)
            if other is None:
                problems.append(f"{key}: the engine's attacker does not speak of it")
                continue
            count[other["verdict"]] += 1
            tolerance = 1.5e-3
            looser = other["lower"] <= low + tolerance and ("upper" not in other or high is not None and other["upper"] >= high - tolerance)
            same = abs(other["lower"] - low) < tolerance and (("upper" not in other) == (high is None)) and (high is None or abs(other["upper"] - high) < tolerance)
            # the engine looks at no overlaps: it withholds all groups that overlap as soon as one is withheld
            if not (looser if other["verdict"] == "unproven" or shape == "overlap" else same) or narrow and other["verdict"] == "safe":
                problems.append(f"{key}: {low} to {high}, the engine's attacker says {other}")
        if problems:
            failed.append((number, shape, k, problems, rows))
    for number, shape, k, problems, _ in failed[:20]:
        print(f"city {number} ({shape}, threshold {k}):", *problems[:5], sep="\n  ")
    if failed and "--rows" in sys.argv:
        print(json.dumps(failed[0][4]))
    print(", ".join(f"{n} {name}" for name, n in count.items()), f"; {len(failed)} failed")
    return 1 if failed else 0


def hushed(indicator: dict) -> dict:
    """An indicator of which nothing is shown."""
    none = {"kind": "suppressed"}
    return indicator | {"figure": none, "series": [p | {"figure": none} for p in indicator["series"]], "groups": [g | {"figure": none} for g in indicator["groups"]]}


if __name__ == "__main__":
    numbers = [int(a) for a in sys.argv[2:] if a.isdigit()]
    sys.exit(main(sys.argv[1], numbers[0] if numbers else 200))
