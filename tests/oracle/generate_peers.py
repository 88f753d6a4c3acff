"""Vectors of learning between cities. Called by generate.py."""

from __future__ import annotations

import random

TOL = 1e-9


def cities_of(rng, n, themes=3, gaps=0.1):
    made = []
    for i in range(n):
        context = {v: round(rng.gauss(0, 1), 2) for v in ("young", "foreign", "rent")} | {"people": rng.randint(50, 900) * 1000}
        for v in list(context):
            if rng.random() < gaps:
                del context[v]
        scores = {f"T{t}": {"score": round(rng.uniform(20, 90), 1), "se": round(rng.uniform(0, 6), 1)} for t in range(themes) if rng.random() > gaps}
        city = {"id": f"C{i}", "context": context, "scores": scores}
        if rng.random() < 0.3:
            city["capacity"] = rng.randint(0, 2)
        if rng.random() < 0.3:
            city["need"] = {"T0": round(rng.random(), 2)}
        made.append(city)
    rng.shuffle(made)
    return made


VARIABLES = [{"id": "people", "logarithm": True, "weight": 2}, {"id": "young"}, {"id": "foreign", "weight": 0.5}, {"id": "rent"}]


def write(F):
    context(F)
    tiers(F)
    mentoring(F)
    twinning(F)
    potential(F)
    follow_up(F)


def context(F):
    f = F("peers/comparators", "Comparator cities", "the method (section 9); the oracle in decimals of 60 digits")
    op = "peers.comparators"
    line = [{"id": c, "context": {"x": x}} for c, x in zip("ABCDE", [1, 2, 3.5, 4, 10])]
    f.add("worked", op, {"cities": line, "variables": [{"id": "x"}], "k": 1},
          {"frame": {"variables": [{"median": 3.5, "spread": 2.223903327758403}]}, "cities": [{"city": "A", "comparators": [{"city": "B", "distance": 0.44965983346405447, "likeness": 0.6898170018344485}]}, {"city": "B", "comparators": [{"city": "A"}]}, {"city": "C", "comparators": [{"city": "D"}]}, {"city": "D", "comparators": [{"city": "C"}]}, {"city": "E", "comparators": [{"city": "D"}]}]},
          tol=TOL, note="median 3.5; deviations 2.5, 1.5, 0, 0.5, 6.5: their median 1.5, times 1.4826; A and B are 1 apart")
    rng = random.Random(94)
    for n in range(14):
        request = {"cities": cities_of(rng, rng.randint(9, 12)), "variables": VARIABLES} | ({"k": rng.randint(1, 4)} if n % 2 else {})
        f.add(f"random-{n:02}", op, request, take=["frame", "cities"], tol=TOL)
    for id_, request, code in [
        ("twice", {"cities": [*line, line[0]], "variables": [{"id": "x"}]}, "peers.bad-city"),
        ("no-variables", {"cities": line, "variables": []}, "peers.bad-context"),
        ("variable-twice", {"cities": line, "variables": [{"id": "x"}, {"id": "x"}]}, "peers.bad-context"),
        ("weight", {"cities": line, "variables": [{"id": "x", "weight": 0}]}, "peers.bad-context"),
        ("logarithm", {"cities": [{"id": "F", "context": {"x": 0}}, *line], "variables": [{"id": "x", "logarithm": True}]}, "peers.bad-context"),
        ("few", {"cities": line[:4], "variables": [{"id": "x"}]}, "peers.too-few-cities"),
        ("nobody-knows", {"cities": line, "variables": [{"id": "y"}]}, "peers.too-few-cities"),
        ("no-spread", {"cities": [{"id": c, "context": {"x": 1}} for c in "ABCDE"], "variables": [{"id": "x"}]}, "peers.no-spread"),
    ]:
        f.add("reject-" + id_, op, request, reject=code)
    frame = {"variables": [{"id": "x", "weight": 1, "logarithm": False, "median": 3, "spread": 1}], "version": "0"}
    f.add("reject-changed-frame", op, {"cities": line, "frame": frame}, reject="peers.changed-frame")
    many = [{"id": f"C{i}"} for i in range(2001)]
    f.cases.append({"id": "reject-too-many", "op": op, "input": {"cities": many, "variables": [{"id": "x"}]}, "reject": "peers.too-large"})


def tiers(F):
    f = F("peers/tiers", "Tiers in place of ranks", "worked by hand, and the oracle")
    op = "peers.tiers"

    def rows(**scores):
        return [{"city": c, "score": s, "se": e} for c, (s, e) in scores.items()]

    f.add("worked", op, {"cities": rows(A=(80, 2), B=(76, 2), C=(70, 2), D=(60, 1))},
          {"cities": [{"city": "A", "tier": 1, "lower": 77.22, "upper": 82.78, "best_position": 1, "worst_position": 2}, {"city": "B", "tier": 1, "upper": 78.78, "best_position": 1, "worst_position": 2}, {"city": "C", "tier": 2, "best_position": 3, "worst_position": 3}, {"city": "D", "tier": 3, "best_position": 4, "worst_position": 4}]},
          tol=TOL, note="reach 1.39 standard errors. 76 + 2.78 = 78.78 reaches 80 - 2.78 = 77.22. C ends at 72.78, B begins at 73.22")
    f.add("all-alike", op, {"cities": rows(A=(50, 20), B=(60, 20), C=(70, 20))}, {"cities": [{"city": "C", "tier": 1, "best_position": 1, "worst_position": 3}, {"city": "B", "tier": 1}, {"city": "A", "tier": 1}]}, tol=TOL)
    f.add("no-error", op, {"cities": rows(B=(50, 0), A=(50, 0), C=(51, 0))}, {"cities": [{"city": "C", "tier": 1}, {"city": "A", "tier": 2, "best_position": 2, "worst_position": 3}, {"city": "B", "tier": 2}]}, tol=TOL)
    f.add("wide-and-low", op, {"cities": rows(A=(90, 1), B=(80, 1), C=(50, 40))}, take=["cities"], tol=TOL, note="a city of which little is known stands in the first tier: it cannot be told apart")
    rng = random.Random(95)
    for n in range(10):
        f.add(f"random-{n:02}", op, {"cities": [{"city": f"C{i:02}", "score": round(rng.uniform(0, 100), 1), "se": round(rng.uniform(0, 5), 2)} for i in range(rng.randint(2, 20))]}, take=["cities"], tol=TOL)
    for id_, cities, code in [("one", rows(A=(1, 1)), "peers.too-few-cities"), ("score", rows(A=(101, 1), B=(1, 1)), "peers.bad-city"), ("error", rows(A=(10, -1), B=(1, 1)), "peers.bad-city"), ("twice", [*rows(A=(1, 1)), *rows(A=(1, 1))], "peers.bad-city")]:
        f.add("reject-" + id_, op, {"cities": cities}, reject=code)


def mentoring(F):
    f = F("peers/mentoring", "Mentoring matches", "the method (section 9); the oracle tries every assignment")
    op = "peers.mentoring"
    keys = ["frame", "matches", "unmatched", "value", "value_without_capacity", "kept", "dissolved"]

    def city(id_, x, score, capacity=None, **more):
        return {"id": id_, "context": {"x": x}, "scores": {"housing": {"score": score, "se": 0}}, **more} | ({} if capacity is None else {"capacity": capacity})

    same = [city("A", 0, 40), city("B", 0, 50), city("C", 0, 60, 1), city("D", 2, 20, 0), city("E", 2, 58, 0)]
    base = {"cities": same, "variables": [{"id": "x"}], "rules": None}
    base.pop("rules")
    spread = [city("A", 1, 40), city("B", 2, 50), city("C", 3, 90, 1), city("D", 4, 20), city("E", 10, 85)]
    f.add("worked-certain", op, {"cities": spread, "variables": [{"id": "x"}]}, take=keys, tol=TOL, note="without errors the probability is 0 or 1; C can help one city only")
    rng = random.Random(96)
    for n in range(26):
        cities = cities_of(rng, 6 if n % 4 else 7, gaps=0.05)
        for c in cities:
            c["context"]["people"] = c["context"].get("people", 100000)
        names = [c["id"] for c in cities]
        earlier = [{"mentee": a, "mentor": rng.choice([b for b in [*names, "Gone"] if b != a])} for a in names if rng.random() < 0.5] if n % 2 else []
        request = {"cities": cities, "variables": [VARIABLES[0]]} | ({"earlier": earlier} if n % 2 else {})
        f.add(f"random-{n:02}", op, request, take=keys, tol=TOL)
    for id_, request, code in [
        ("two-mentors", {"cities": spread, "variables": [{"id": "x"}], "earlier": [{"mentee": "A", "mentor": "C"}, {"mentee": "A", "mentor": "E"}]}, "peers.bad-match"),
        ("oneself", {"cities": spread, "variables": [{"id": "x"}], "earlier": [{"mentee": "A", "mentor": "A"}]}, "peers.bad-match"),
        ("score", {"cities": [*spread, city("F", 1, 101)], "variables": [{"id": "x"}]}, "peers.bad-city"),
        ("need", {"cities": [*spread, city("F", 1, 50, need={"housing": 2})], "variables": [{"id": "x"}]}, "peers.bad-city"),
        ("few", {"cities": spread[:3], "variables": [{"id": "x"}]}, "peers.too-few-cities"),
    ]:
        f.add("reject-" + id_, op, request, reject=code)


def twinning(F):
    f = F("peers/twinning", "Twinning pairs", "the method (section 9); the oracle")
    rng = random.Random(97)
    for n in range(12):
        f.add(f"random-{n:02}", "peers.twinning", {"cities": cities_of(rng, rng.randint(6, 12), themes=4, gaps=0), "variables": VARIABLES}, take=["frame", "pairs"], tol=TOL)


def potential(F):
    f = F("peers/potential", "What the best comparators reached", "the method (section 9); the oracle")
    rng = random.Random(98)
    for n in range(10):
        f.add(f"random-{n:02}", "peers.potential", {"cities": cities_of(rng, rng.randint(8, 10)), "variables": VARIABLES} | ({"k": 4} if n % 2 else {}), take=["frame", "potential"], tol=TOL)


def follow_up(F):
    f = F("peers/follow_up", "Reviews, practices, commitments and recommendations", "worked by hand, and the oracle")
    op = "peers.follow_up"
    keys = ["recommendations", "overdue", "unanswered", "years", "reviews", "indicators"]
    review = {"id": "V1", "city": "Aville", "peers": ["Btown"], "topic": "housing", "on": "2025-05-10", "questions": [{"id": "Q1", "text": "Who waits longest?"}, {"id": "Q2", "text": "Who decides?"}], "findings": [{"question": "Q1", "text": "Large families"}], "follow_up_due": "2026-05-10"}
    practice = {"id": "P1", "city": "Btown", "text": "Housing first", "results": "two of three stay housed after two years (city register)", "indicators": ["HOU-O-01"]}
    pledge = {"id": "K1", "kind": "by_law", "text": "Nobody is evicted in winter", "on": "2024-11-01", "owner": "Housing office", "indicators": ["HOU-O-02", "HOU-O-01"]}
    r1 = {"id": "R1", "text": "Publish the waiting list", "addressee": "Housing office", "on": "2025-06-01", "due": "2026-06-01", "review": "V1", "indicators": ["HOU-O-01"], "response": {"on": "2025-07-01", "text": "Yes"},
          "grades": [{"on": "2025-12-01", "grade": "partly", "by": "city", "evidence": ["draft"]}, {"on": "2026-03-01", "grade": "largely", "by": "peers", "evidence": ["website"]}]}
    r2 = {"id": "R2", "text": "Train staff", "addressee": "Personnel", "on": "2025-06-01", "due": "2026-01-31"}
    r3 = {"id": "R3", "text": "Close the camp", "addressee": "Mayor", "on": "2024-03-01", "response": {"on": "2024-04-01", "text": "No: the state decides"}, "grades": [{"on": "2024-05-01", "grade": "rejected", "by": "city"}]}
    r4 = {"id": "R4", "text": "Count the homeless", "addressee": "Statistics", "on": "2024-03-01", "due": "2024-12-31", "grades": [{"on": "2024-11-30", "grade": "fully", "by": "peers", "evidence": ["report"]}]}
    everything = {"reviews": [review], "practices": [practice], "commitments": [pledge], "recommendations": [r2, r1, r4, r3]}
    f.add("worked", op, {"as_of": "2026-07-01", "records": everything},
          {"overdue": ["R2", "R1"], "unanswered": ["R2", "R4"], "years": [{"year": 2024, "recommendations": 2, "score": 50, "so_far": False}, {"year": 2025, "recommendations": 4, "score": 33.25}, {"year": 2026, "score": 41.75, "so_far": True}],
           "recommendations": [{"id": "R1", "grade": "largely", "days_overdue": 30}, {"id": "R2", "grade": "not_started", "days_overdue": 151}, {"id": "R3", "grade": "rejected", "days_overdue": None}, {"id": "R4", "grade": "fully", "days_overdue": None}],
           "reviews": [{"id": "V1", "unanswered": ["Q2"], "recommendations": ["R1"], "follow_up_overdue": True}]},
          take=keys, tol=TOL, note="2024: (0 + 100) / 2; 2025: (33 + 0 + 0 + 100) / 4; 2026: (67 + 0 + 0 + 100) / 4. A rejected one counts 0")
    f.add("nothing", op, {"as_of": "2026-07-01", "records": {}}, take=keys)
    for n, when in enumerate(("2025-06-01", "2025-12-01", "2026-06-01", "2026-06-02", "2030-01-01", "2026-12-31")):
        only = [{k: v for k, v in r.items() if k != "grades"} | {"grades": [g for g in r.get("grades", []) if g["on"] <= when]} for r in (r2, r4, r3, {**r1, "response": None, "review": None})]
        f.add(f"on-{n}", op, {"as_of": when, "records": {"recommendations": only, "practices": [practice], "commitments": [pledge]}}, take=keys, tol=TOL)

    def but(base, **change):
        return {**base, **change}

    for id_, records, code in [
        ("id-twice", {"recommendations": [r2, r2]}, "peers.bad-record"),
        ("id-of-another-list", {"practices": [but(practice, id="R2")], "recommendations": [r2]}, "peers.bad-record"),
        ("unknown-review", {"recommendations": [r1]}, "peers.bad-record"),
        ("no-addressee", {"recommendations": [but(r2, addressee=" ")]}, "peers.bad-record"),
        ("no-results", {"practices": [but(practice, results="")]}, "peers.bad-record"),
        ("no-indicator-of-practice", {"practices": [but(practice, indicators=[])]}, "peers.bad-record"),
        ("no-owner", {"commitments": [but(pledge, owner="")]}, "peers.bad-record"),
        ("own-peer", {"reviews": [but(review, peers=["Aville"])]}, "peers.bad-record"),
        ("finding-without-question", {"reviews": [but(review, findings=[{"question": "Q9", "text": "x"}])]}, "peers.bad-record"),
        ("unknown-indicator", {"practices": [but(practice, indicators=["NOPE"])]}, "peers.unknown-indicator"),
        ("due-before", {"recommendations": [but(r2, due="2025-01-01")]}, "peers.bad-date"),
        ("future", {"recommendations": [but(r2, on="2026-12-01", due=None)]}, "peers.bad-date"),
        ("grade-before", {"recommendations": [but(r4, grades=[{"on": "2024-01-01", "grade": "fully", "by": "x", "evidence": ["y"]}])]}, "peers.bad-date"),
        ("two-grades-a-day", {"recommendations": [but(r4, grades=r4["grades"] * 2)]}, "peers.bad-date"),
        ("no-evidence", {"recommendations": [but(r4, grades=[{"on": "2024-11-30", "grade": "fully", "by": "x"}])]}, "peers.evidence-missing"),
        ("rejected-without-answer", {"recommendations": [but(r3, response=None)]}, "peers.evidence-missing"),
        ("nobody-graded", {"recommendations": [but(r4, grades=[{"on": "2024-11-30", "grade": "not_started", "by": ""}])]}, "peers.evidence-missing"),
    ]:
        f.add("reject-" + id_, op, {"as_of": "2026-07-01", "records": records}, reject=code)
