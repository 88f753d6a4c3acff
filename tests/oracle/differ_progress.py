"""Asks the engine and the oracle the same random questions about progress, and says where they differ.

    cargo build -p sms-cli && python3 tests/oracle/differ_progress.py 20000 target/debug/sms

The second argument is a program that answers one request a line, as `sms vectors --stdio` does. Exit code 1 if any answer differs.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter

import generate_progress as g
import oracle

rnd = random.Random(20240501)


def number():
    return rnd.choice([0, 1, 5, 10, rnd.uniform(-50, 100), rnd.uniform(0, 100), round(rnd.uniform(0, 100), 1), rnd.randint(0, 20)])


def above_zero():
    return rnd.uniform(0.1, 100)


def polarity():
    return rnd.choice(["higher", "lower"] * 3 + ["value", "range", "ambiguous", "none"])


def path(value):
    times = sorted(rnd.sample([2010, 2012.5, 2015, 2020, 2022, 2025, 2030], 4))
    made = {}
    if rnd.random() < 0.92:
        made["baseline"] = {"value": value()}
        if rnd.random() < 0.95:
            made["baseline"]["at"] = times[0]
        if rnd.random() < 0.3:
            made["baseline"]["se"] = rnd.uniform(0, 5)
    if rnd.random() < 0.3:
        made["milestones"] = [{"at": times[i], "value": value()} for i in rnd.sample([1, 2], rnd.randint(1, 2))]
    if rnd.random() < 0.9:
        same = made.get("baseline", {}).get("value", 3)
        made["target"] = {"value": same if rnd.random() < 0.2 else value()}
        if rnd.random() < 0.95:
            made["target"]["at"] = times[3]
    if rnd.random() < 0.2:
        made["shape"] = "compound"
    return made


def series():
    points = []
    for i in range(rnd.randint(0, 9)):
        point = {"at": 2010 + i, "value": rnd.choice([number(), rnd.randint(0, 4)])}
        if rnd.random() < 0.6:
            point["se"] = rnd.choice([0, 1, rnd.uniform(0.1, 4)])
        if rnd.random() < 0.06:
            point["break"] = True
        points.append(point)
    rnd.shuffle(points)
    return points


def request():
    kind = rnd.choice(["achievement"] * 3 + ["to_target", "score", "trend", "projection", "retrogression"])
    if kind == "achievement":
        rules = g.but(g.ACH, tolerance=rnd.choice([0, 0.5, 3])) | ({"bands": g.UNDP} if rnd.random() < 0.3 else {})
        made = {"op": "rbm.achievement", "at": rnd.choice([2009, 2015, 2018.5, 2022, 2030, 2035]), "path": path(rnd.choice([number, number, above_zero])), "polarity": polarity(), "rules": rules}
        if rnd.random() < 0.9:
            made["value"] = number()
            if rnd.random() < 0.5:
                made["se"] = rnd.choice([0, rnd.uniform(0, 5)])
        else:
            made["absent"] = rnd.choice(["missing", "suppressed", "not_applicable"])
        return made
    if kind == "to_target":
        return {"op": "progress.to_target", "value": number(), "at": rnd.choice([2009, 2016, 2022, 2031]), "path": path(rnd.choice([number, above_zero])), "polarity": polarity(), "rules": g.EUROSTAT}
    if kind == "score":
        made = {"op": "progress.score", "value": above_zero(), "at": rnd.choice([2016, 2022, 2031]), "path": path(rnd.choice([number, above_zero, above_zero])), "polarity": polarity(), "rules": g.CANADA}
        return made | ({"limit": 100} if rnd.random() < 0.3 else {})
    if kind == "projection":
        made = {"op": "progress.projection", "series": series(), "at": 2025, "basis": rnd.choice(["theil_sen", "last_pace"]), "rules": g.TREND}
        return made | ({"range": {"min": 0, "max": 100}} if rnd.random() < 0.3 else {})
    if kind == "trend":
        return {"op": "progress.trend", "series": series(), "polarity": polarity(), "rules": g.TREND}
    return {"op": "progress.retrogression", "series": series(), "polarity": polarity(), "rules": g.BACK} | ({"baseline_at": 2010} if rnd.random() < 0.3 else {})


def difference(a, b, where=""):
    """Words equal, numbers to 1e-12; what is absent and what is null are the same, and so are absent and false."""
    if isinstance(a, dict) and isinstance(b, dict):
        return next((d for k in sorted({*a, *b}) if (d := difference(a.get(k), b.get(k), f"{where}/{k}"))), None)
    number = isinstance(a, (int, float)) and isinstance(b, (int, float)) and not isinstance(a, bool)
    absent = all(x is None or x is False for x in (a, b))
    same = abs(a - b) <= 1e-12 * max(1, abs(a)) if number else absent or (type(a) is type(b) and a == b)
    return None if same else f"{where}: the oracle says {a}, the engine {b}"


def main():
    count, program = int(sys.argv[1]), sys.argv[2]
    requests = [request() for _ in range(count)]
    lines = "".join(json.dumps(r) + "\n" for r in requests)
    answers = subprocess.run([program, "vectors", "--stdio"], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
    if len(answers) != count:
        raise SystemExit(f"{len(answers)} answers to {count} requests")
    different, seen = 0, Counter()
    for asked, line in zip(requests, answers):
        want, got = oracle.call(asked), json.loads(line)
        if "error" in got:
            got = {"error": {"code": got["error"]["code"]}}
        seen[asked["op"]] += 1
        wrong = difference(want, got)
        if wrong:
            different += 1
            print(wrong, json.dumps(asked))
    print(f"{count} requests, {different} answers differ; {dict(sorted(seen.items()))}")
    return 1 if different else 0


if __name__ == "__main__":
    raise SystemExit(main())
