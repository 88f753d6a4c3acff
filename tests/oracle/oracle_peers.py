"""Cities that learn from each other. Written from the method (section 9): exact fractions and 60 digits; the assignment by trying every one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import oracle
from oracle import D, NotCovered, Reject

NORMAL = Decimal("1.482602218505602")
EPS = Decimal("1e-9")


def rules_of(r):
    return r.get("rules") or {key: entry["value"] for key, entry in oracle.standard_method()["peers"].items()}


def median(xs):
    xs = sorted(xs)
    half = len(xs) // 2
    return xs[half] if len(xs) % 2 else (xs[half - 1] + xs[half]) / 2


def value_of(x, logarithm):
    return D(x).ln() if logarithm else D(x)


def checked(cities):
    ids = [c["id"] for c in cities]
    if len(set(ids)) < len(ids) or any(not i.strip() for i in ids):
        raise Reject("peers.bad-city")
    for c in cities:
        if any(not 0 <= s["score"] <= 100 or s.get("se", 0) < 0 for s in c.get("scores", {}).values()) or any(not 0 <= n <= 1 for n in c.get("need", {}).values()):
            raise Reject("peers.bad-city")
    return {c["id"]: c for c in sorted(cities, key=lambda c: c["id"].encode())}


def frame_of(r, cities, rules):
    if "frame" in r:
        raise NotCovered("a frame of an earlier answer")
    made, seen = [], set()
    if not r["variables"]:
        raise Reject("peers.bad-context")
    for v in r["variables"]:
        weight, log = v.get("weight", 1), v.get("logarithm", False)
        if v["id"] in seen or weight <= 0:
            raise Reject("peers.bad-context")
        seen.add(v["id"])
        xs = [c["context"][v["id"]] for c in cities.values() if v["id"] in c.get("context", {})]
        if len(xs) < rules["frame_cities"]:
            raise Reject("peers.too-few-cities")
        if log and min(xs) <= 0:
            raise Reject("peers.bad-context")
        xs = [value_of(x, log) for x in xs]
        middle = median(xs)
        spread = NORMAL * median([abs(x - middle) for x in xs])
        if spread == 0:
            raise Reject("peers.no-spread")
        made.append({"id": v["id"], "weight": D(weight), "logarithm": log, "median": middle, "spread": spread})
    return sorted(made, key=lambda v: v["id"].encode())


def z(city, v):
    x = city.get("context", {}).get(v["id"])
    return None if x is None else (value_of(x, v["logarithm"]) - v["median"]) / v["spread"]


def distance(frame, a, b, minimum):
    squares = shared = Decimal(0)
    for v in frame:
        p, q = z(a, v), z(b, v)
        if p is not None and q is not None:
            shared += v["weight"]
            squares += v["weight"] * (p - q) ** 2
    whole = sum(v["weight"] for v in frame)
    return None if shared == 0 or shared < (D(minimum) - EPS) * whole else (squares / shared).sqrt()


def shown_frame(frame):
    return {"variables": [{"id": v["id"], "weight": float(v["weight"]), "logarithm": v["logarithm"], "median": float(v["median"]), "spread": float(v["spread"])} for v in frame]}


def nearest(r, cities, frame, rules):
    k = r.get("k") or rules["comparators"]
    groups = {}
    for name, own in cities.items():
        near = [(distance(frame, own, other, rules["minimum_context"]), o) for o, other in cities.items() if o != name]
        known = sorted((d, o.encode(), o) for d, o in near if d is not None)
        groups[name] = ([(d, o) for d, _, o in known[:k]], sum(d is None for d, _ in near))
    return groups


def comparators(r):
    rules, cities = rules_of(r), checked(r["cities"])
    frame = frame_of(r, cities, rules)
    made = []
    for name, (near, strange) in nearest(r, cities, frame, rules).items():
        rows = []
        for d, other in near:
            parts = []
            gaps = {v["id"]: (None if z(cities[name], v) is None or z(cities[other], v) is None else z(cities[other], v) - z(cities[name], v)) for v in frame}
            total = sum(v["weight"] * gaps[v["id"]] ** 2 for v in frame if gaps[v["id"]] is not None)
            known = sum(g is not None for g in gaps.values())
            for v in frame:
                g = gaps[v["id"]]
                share = None if g is None else float(v["weight"] * g * g / total) if total else 1 / known
                parts.append({"variable": v["id"], "difference": None if g is None else float(g), "share": share})
            rows.append({"city": other, "distance": float(d), "likeness": float(1 / (1 + d)), "parts": parts})
        made.append({"city": name, "comparators": rows, "not_comparable": strange})
    return {"frame": shown_frame(frame), "cities": made}


def tiers(r):
    rules = rules_of(r)
    rows = r["cities"]
    if len(rows) < 2:
        raise Reject("peers.too-few-cities")
    if len({c["city"] for c in rows}) < len(rows) or any(not c["city"].strip() or not 0 <= c["score"] <= 100 or c.get("se", 0) < 0 for c in rows):
        raise Reject("peers.bad-city")
    reach = D(rules["tier_reach"])
    spans = {c["city"]: (D(c["score"]) - reach * D(c.get("se", 0)), D(c["score"]) + reach * D(c.get("se", 0)), c["score"]) for c in rows}
    left = sorted(spans, key=lambda c: (-spans[c][2], c.encode()))
    made, tier = [], 0
    while left:
        tier += 1
        bound = spans[left[0]][0]
        inside = [c for c in left if spans[c][1] >= bound]
        left = [c for c in left if c not in inside]
        for c in inside:
            low, high, score = spans[c]
            made.append({
                "city": c, "tier": tier, "score": score, "lower": float(low), "upper": float(high),
                "best_position": 1 + sum(s[0] > high for s in spans.values()), "worst_position": len(rows) - sum(s[1] < low for s in spans.values()),
            })
    return {"cities": made}


def below(x):
    return (1 + oracle.erf(x / Decimal(2).sqrt())) / 2


def best_fit(a, b, frame, rules):
    d = distance(frame, a, b, rules["minimum_context"])
    if d is None:
        return None
    like, best = 1 / (1 + d), None
    for theme in sorted(a.get("scores", {}), key=str.encode):
        if theme not in b.get("scores", {}):
            continue
        own, other = a["scores"][theme], b["scores"][theme]
        need = D(a.get("need", {}).get(theme, (100 - own["score"]) / 100))
        gap = D(other["score"]) - D(own["score"]) - D(rules["margin"])
        spread = (D(other.get("se", 0)) ** 2 + D(own.get("se", 0)) ** 2).sqrt()
        p = below(gap / spread) if spread else Decimal(int(gap > 0))
        value = p * like * need
        if p >= D(rules["certainty"]) and value > (best["value"] if best else 0):
            best = {"mentor": b["id"], "theme": theme, "value": value, "probability": p, "likeness": like, "need": need, "mentor_score": other["score"], "mentee_score": own["score"]}
    return best


def plain(fit):
    return None if fit is None else {k: (float(v) if isinstance(v, Decimal) else v) for k, v in fit.items()}


def mentoring(r):
    rules, cities = rules_of(r), checked(r["cities"])
    frame = frame_of(r, cities, rules)
    names = list(cities)
    if len(names) < 2:
        raise Reject("peers.too-few-cities")
    before = {}
    for pair in r.get("earlier") or []:
        if pair["mentee"] in cities and pair["mentor"] in cities:
            if pair["mentee"] in before or pair["mentee"] == pair["mentor"]:
                raise Reject("peers.bad-match")
            before[pair["mentee"]] = pair["mentor"]
    fits = {(i, j): best_fit(cities[i], cities[j], frame, rules) for i in names for j in names if i != j}
    fits = {k: f for k, f in fits.items() if f and f["value"] > Decimal("5e-10")}
    room = {n: min(cities[n].get("capacity", rules["capacity"]), len(names) - 1) for n in names}
    stay = D(rules["switching_cost"])

    def try_all(at, left):
        """The best assignment of the cities from `at` on: sum and pairs."""
        if at == len(names):
            return Decimal(0), ()
        own = names[at]
        best = try_all(at + 1, left)
        best = (best[0], (None, *best[1]))
        for j in names:
            if (own, j) in fits and left[j] > 0:
                rest, pairs = try_all(at + 1, left | {j: left[j] - 1})
                total = rest + fits[own, j]["value"] + (stay if before.get(own) == j else 0)
                if total > best[0] + EPS:
                    best = (total, (j, *pairs))
        return best

    if len(names) > 7:
        raise NotCovered("more cities than can be tried")
    _, chosen = try_all(0, room)
    matches, unmatched, total = [], [], Decimal(0)
    for own, mentor in zip(names, chosen):
        options = sorted(((-f["value"], j.encode(), j) for (i, j), f in fits.items() if i == own))
        if mentor is None:
            unmatched.append({"city": own, "reason": "no_capacity" if options else "nobody_certainly_stronger"})
            continue
        fit = fits[own, mentor]
        total += fit["value"]
        others = [j for _, _, j in options if j != mentor]
        second = fits[own, others[0]] if others else None
        matches.append({"mentee": own, **plain(fit), "kept": before.get(own) == mentor, "second": plain(second), "loss": None if second is None else float(fit["value"] - second["value"])})
    bound = sum((max(f["value"] for (i, _), f in fits.items() if i == own) for own in names if any(i == own for i, _ in fits)), Decimal(0))
    kept = sum(m["kept"] for m in matches)
    got = {(m["mentee"], m["mentor"]) for m in matches}
    gone = sorted((p["mentee"], p["mentor"]) for p in r.get("earlier") or [] if (p["mentee"], p["mentor"]) not in got)
    return {
        "frame": shown_frame(frame), "matches": matches, "unmatched": unmatched, "value": float(total), "value_without_capacity": float(bound),
        "kept": kept, "dissolved": [{"mentee": a, "mentor": b} for a, b in gone],
    }


def twinning(r):
    rules, cities = rules_of(r), checked(r["cities"])
    frame = frame_of(r, cities, rules)
    names = list(cities)
    if len(names) < 2:
        raise Reject("peers.too-few-cities")
    both = []
    for x, i in enumerate(names):
        for j in names[x + 1:]:
            a, b = best_fit(cities[i], cities[j], frame, rules), best_fit(cities[j], cities[i], frame, rules)
            if a and b:
                both.append(((a["value"] * b["value"]).sqrt(), i, j, a, b))
    both.sort(key=lambda t: (-t[0], t[1].encode(), t[2].encode()))
    taken, made = set(), []
    for value, i, j, a, b in both:
        if not {i, j} & taken:
            taken |= {i, j}
            made.append({"a": i, "b": j, "value": float(value), "for_a": plain(a), "for_b": plain(b)})
    return {"frame": shown_frame(frame), "pairs": made}


def potential(r):
    rules, cities = rules_of(r), checked(r["cities"])
    frame = frame_of(r, cities, rules)
    made = []
    for name, (near, _) in nearest(r, cities, frame, rules).items():
        own = []
        for theme, s in cities[name].get("scores", {}).items():
            others = [(cities[o]["scores"][theme], o) for _, o in near if theme in cities[o].get("scores", {})]
            n = rules["best_peers"]
            if len(others) < n:
                continue
            others = sorted(others, key=lambda t: (-t[0]["score"], t[1].encode()))[:n]
            mean = sum(D(t["score"]) for t, _ in others) / n
            se = (sum(D(t.get("se", 0)) ** 2 for t, _ in others) / (n * n) + D(s.get("se", 0)) ** 2).sqrt()
            own.append({"city": name, "theme": theme, "best": [o for _, o in others], "gain": float(max(Decimal(0), mean - D(s["score"]))), "se": float(se)})
        made += sorted(own, key=lambda p: (-p["gain"], p["theme"].encode()))
    return {"frame": shown_frame(frame), "potential": made}


# ---- records


def day(text):
    return date.fromisoformat(text)


def follow_up(r):
    rules, now, records = rules_of(r), day(r["as_of"]), r["records"]
    reviews, practices, commitments, asked = (records.get(k, []) for k in ("reviews", "practices", "commitments", "recommendations"))
    known = {i["id"] for i in oracle.catalogue()["indicators"]}
    ids = [x["id"] for x in [*reviews, *practices, *commitments, *asked]]
    if len(set(ids)) < len(ids) or any(not i.strip() for i in ids):
        raise Reject("peers.bad-record")
    for v in reviews:
        questions = [q["id"] for q in v["questions"]]
        if not v["peers"] or v["city"] in v["peers"] or not questions or len(set(questions)) < len(questions) or any(f["question"] not in questions for f in v.get("findings", [])):
            raise Reject("peers.bad-record")
        if day(v["on"]) > now or v.get("follow_up_due") and day(v["follow_up_due"]) < day(v["on"]) or v.get("followed_up_on") and not day(v["on"]) <= day(v["followed_up_on"]) <= now:
            raise Reject("peers.bad-date")
    for p in practices:
        if not p["indicators"] or not p["results"].strip():
            raise Reject("peers.bad-record")
    for c in commitments:
        if not c["owner"].strip() or not c["text"].strip():
            raise Reject("peers.bad-record")
        if day(c["on"]) > now:
            raise Reject("peers.bad-date")
    if any(i not in known for x in [*practices, *commitments, *asked] for i in x.get("indicators", [])):
        raise Reject("peers.unknown-indicator")
    for a in asked:
        if not a["addressee"].strip() or not a["text"].strip() or a.get("review") and a["review"] not in [v["id"] for v in reviews]:
            raise Reject("peers.bad-record")
        on, answer = day(a["on"]), a.get("response")
        if on > now or a.get("due") and day(a["due"]) < on or answer and not on <= day(answer["on"]) <= now:
            raise Reject("peers.bad-date")
        days = [day(g["on"]) for g in a.get("grades", [])]
        if len(set(days)) < len(days) or any(not on <= d <= now for d in days):
            raise Reject("peers.bad-date")
        for g in a.get("grades", []):
            shown = {"not_started": True, "rejected": bool(answer and answer["text"].strip())}.get(g["grade"], any(e.strip() for e in g.get("evidence", [])))
            if not shown or not g["by"].strip():
                raise Reject("peers.evidence-missing")

    def at(a, until):
        before = [g for g in a.get("grades", []) if day(g["on"]) <= until]
        return max(before, key=lambda g: day(g["on"])) if before else None

    rows = []
    for a in sorted(asked, key=lambda a: a["id"].encode()):
        g = at(a, now)
        grade = g["grade"] if g else "not_started"
        late = (now - day(a["due"])).days if a.get("due") else 0
        rows.append({"id": a["id"], "addressee": a["addressee"], "grade": grade, "since": g and g["on"], "answered": bool(a.get("response")), "days_overdue": late if late > 0 and grade not in ("fully", "rejected") else None})
    words = ["not_started", "partly", "largely", "fully", "rejected"]
    years = []
    for year in range(min((day(a["on"]).year for a in asked), default=9999), now.year + 1):
        until = min(date(year, 12, 31), now)
        grades = [(g["grade"] if (g := at(a, until)) else "not_started") for a in asked if day(a["on"]) <= until]
        points = [D(rules["follow_up_points"][words.index(g)]) for g in grades]
        years.append({"year": year, "recommendations": len(grades), "grades": {w: grades.count(w) for w in words}, "score": float(sum(points) / max(1, len(points))), "so_far": until < date(year, 12, 31)})
    linked = {}
    for key, rs in (("practices", practices), ("commitments", commitments), ("recommendations", asked)):
        for x in rs:
            for i in x.get("indicators", []):
                linked.setdefault(i, {"practices": set(), "commitments": set(), "recommendations": set()})[key].add(x["id"])
    return {
        "recommendations": rows,
        "overdue": [x["id"] for x in sorted((x for x in rows if x["days_overdue"]), key=lambda x: (-x["days_overdue"], x["id"].encode()))],
        "unanswered": [x["id"] for x in rows if not x["answered"]],
        "years": years,
        "reviews": [{
            "id": v["id"], "unanswered": [q["id"] for q in v["questions"] if q["id"] not in [f["question"] for f in v.get("findings", [])]],
            "recommendations": sorted(a["id"] for a in asked if a.get("review") == v["id"]),
            "follow_up_overdue": not v.get("followed_up_on") and bool(v.get("follow_up_due")) and day(v["follow_up_due"]) < now,
        } for v in sorted(reviews, key=lambda v: v["id"].encode())],
        "indicators": [{"indicator": i} | {k: sorted(s) for k, s in links.items()} for i, links in sorted(linked.items())],
    }


OPERATIONS = {
    "peers.comparators": comparators, "peers.tiers": tiers, "peers.mentoring": mentoring, "peers.twinning": twinning, "peers.potential": potential, "peers.follow_up": follow_up,
}
