"""Co-creation. Written from the method (section 4); the core set by trying every subset."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import combinations

import oracle
import oracle_agreement as agreement
from oracle import Reject
from oracle_pretest import hide

EPS = Fraction(1, 10**9)


def rules_of(r):
    return r.get("rules") or {key: entry["value"] for key, entry in oracle.standard_method()["cocreation"].items()}


def unique(ids):
    if len(set(ids)) < len(ids) or any(not i for i in ids):
        raise Reject("cocreation.duplicate-id")


def sides_of(r):
    unique([x["id"] for x in r["raters"]])
    side = {x["id"]: x["side"] for x in r["raters"]}
    return side, sorted(set(side.values()))


# ---- Delphi


def summary(ratings, rules):
    given = [Fraction(x) for x in ratings if x is not None]
    made = {"n": len(given), "abstained": len(ratings) - len(given)}
    if not given:
        return made | {"median": None, "iqr": None}
    q1, median, q3 = (agreement.percentile(given, Fraction(p, 4)) for p in (1, 2, 3))
    made |= {"median": float(median), "q1": float(q1), "q3": float(q3), "iqr": float(q3 - q1), "consensus": q3 - q1 <= Fraction(rules["consensus_iqr"]) + EPS}
    if len(given) >= 2:
        validity = agreement.validity_of(sum(x >= Fraction(rules["relevant_from"]) - EPS for x in given), len(given))
        made |= {"validity": validity, "relevant": Fraction(validity["agree"], validity["n"]) >= Fraction(rules["i_cvi"]) - EPS}
        if (rules["scale_min"], rules["scale_max"]) == (1, 9):
            rand = agreement.rand_of(given, rules["rand_ucla"])
            made |= {key: rand[key] for key in ("appropriateness", "disagreement", "disagreement_thirds", "disagreement_ipras")}
    return made


def concealed(side, hidden, what):
    return {"side": side, "absent": "suppressed"} if hidden else {"side": side, "absent": None, **what}


def delphi(r):
    if any("csv" in ballot for ballot in r["rounds"]):
        raise oracle.NotCovered("a file of ratings")
    rules, items = rules_of(r), r["items"]
    side, sides = sides_of(r)
    unique(items)
    if not r["rounds"]:
        raise Reject("cocreation.empty-round")
    made, before = [], None
    for number, ballot in enumerate(r["rounds"], 1):
        cast = {}
        for x in ballot["ratings"]:
            if x["rater"] not in side:
                raise Reject("cocreation.unknown-participant")
            if x["item"] not in items:
                raise Reject("cocreation.unknown-item")
            if (x["item"], x["rater"]) in cast:
                raise Reject("cocreation.duplicate-rating")
            if x["rating"] is not None and not rules["scale_min"] <= x["rating"] <= rules["scale_max"]:
                raise Reject("agreement.out-of-scale")
            cast[x["item"], x["rater"]] = x["rating"]
        people = {p for (_, p), x in cast.items() if x is not None}
        if len(people) < 2:
            raise Reject("agreement.too-few-raters" if people else "cocreation.empty-round")
        results, rated = {}, [i for i in items if any(k == i and x is not None for (k, _), x in cast.items())]
        for item in rated:
            of = lambda test: summary([x for (i, p), x in cast.items() if i == item and test(p)], rules)  # noqa: E731
            result = {"item": item, **of(lambda p: True)}
            each = [of(lambda p, s=s: side[p] == s) for s in sides]
            hidden = hide([x["n"] for x in each], rules["minimum_raters"])
            result["sides"] = [concealed(s, i in hidden, x) for i, (s, x) in enumerate(zip(sides, each))]
            medians = [x["median"] for i, x in enumerate(each) if i not in hidden and x["median"] is not None]
            result["side_gap"] = max(medians) - min(medians) if len(medians) > 1 else None
            result["movement"] = None
            if before and item in before:
                step, shrink = (result[key] - before[item][key] for key in ("median", "iqr"))
                result["movement"] = {"median": step, "iqr": shrink, "stable": abs(step) < rules["stop_median"] - 1e-9 and shrink >= -1e-9}
            results[item] = result
        complete = [p for p in side if all(cast.get((i, p)) is not None for i in rated)]
        w = lambda ps: agreement.kendall_of([[Fraction(cast[i, p]) for i in rated] for p in ps]) if len(ps) > 1 and len(rated) > 1 else None  # noqa: E731
        of_side = [[p for p in complete if side[p] == s] for s in sides]
        hidden = hide([len(ps) for ps in of_side], rules["minimum_raters"])
        by_side = [concealed(s, i in hidden, w(ps)) for i, (s, ps) in enumerate(zip(sides, of_side)) if w(ps)]
        valid = [x["validity"] for x in results.values() if x.get("validity")]
        made.append({
            "round": number, "raters": len(people), "ratings": sum(x is not None for x in cast.values()), "items": list(results.values()),
            "not_rated": [i for i in items if i not in rated], "concordance": {"all": w(complete), "sides": by_side, "incomplete": len(people) - len(complete)},
            "s_cvi_ave": float(sum(Fraction(v["agree"], v["n"]) for v in valid) / len(valid)) if valid else None,
            "s_cvi_ua": sum(v["agree"] == v["n"] for v in valid) / len(valid) if valid else None,
        })
        before = results
    last = made[-1]["items"]
    moving = [x["item"] for x in last if x["movement"] and not x["movement"]["stable"]] if len(made) > 1 else []
    new = [x["item"] for x in last if not x["movement"]] if len(made) > 1 else []
    verdict = "first_round" if len(made) == 1 else "still_moving" if moving else "new_items" if new else "stop"
    return {"rounds": made, "stop": {"stop": verdict == "stop", "verdict": verdict, "moving": moving, "new": new}}


# ---- criteria


def rate(r):
    rules = rules_of(r)
    side, sides = sides_of(r)
    if r.get("criteria") is not None:
        if r.get("list") is not None:
            raise Reject("wire.unknown-field")
        criteria = r["criteria"]
    else:
        lists = {x["id"]: [c["id"] for c in x["criterion"]] for x in oracle.catalogue()["criteria"]}
        if r["list"] not in lists:
            raise Reject("cocreation.unknown-item")
        criteria = lists[r["list"]]
    proposals = [p["id"] for p in r["proposals"]]
    unique(proposals)
    unique(criteria)
    cast = {}
    for x in r["ratings"]:
        if x["rater"] not in side:
            raise Reject("cocreation.unknown-participant")
        if x["proposal"] not in proposals or x["criterion"] not in criteria:
            raise Reject("cocreation.unknown-item")
        key = (x["proposal"], x["criterion"], x["rater"])
        if key in cast:
            raise Reject("cocreation.duplicate-rating")
        if x["opinion"] not in ("yes", "partly", "no"):
            raise Reject("wire.bad-request")
        cast[key] = x["opinion"]
    people = {p for _, _, p in cast}
    if len(people) < 2:
        raise Reject("agreement.too-few-raters" if people else "cocreation.empty-round")

    def opinions(words):
        if not words:
            return {}
        score = (words.count("yes") + Fraction(words.count("partly"), 2)) / len(words)
        return {"n": len(words), **{w: words.count(w) for w in ("yes", "partly", "no")}, "score": float(score)}

    made = []
    for p in proposals:
        results = []
        for c in criteria:
            words = {k[2]: v for k, v in cast.items() if k[:2] == (p, c)}
            each = [(s, opinions([v for k, v in words.items() if side[k] == s])) for s in sides]
            hidden = hide([x.get("n", 0) for _, x in each], rules["minimum_raters"])
            shown = [x["score"] for i, (_, x) in enumerate(each) if x and i not in hidden]
            whole = opinions(list(words.values()))
            results.append({
                "criterion": c, **whole, "sides": [concealed(s, i in hidden, x) for i, (s, x) in enumerate(each) if x],
                "met": whole["score"] >= rules["criterion_met"] - 1e-9 if whole else None,
                "sides_differ": len(shown) > 1 and max(shown) - min(shown) >= rules["side_difference"] - 1e-9,
            })
        scores = [x["score"] for x in results if "score" in x]
        made.append({
            "proposal": p, "criteria": results, "score": float(sum(map(Fraction, scores)) / len(scores)) if scores else None,
            "failed": [x["criterion"] for x in results if x["met"] is False], "not_rated": [x["criterion"] for x in results if x["met"] is None],
            "disputed": [x["criterion"] for x in results if x["sides_differ"]],
        })
    return {"proposals": made}


# ---- core set


def core_set(r):
    catalogue = oracle.catalogue()
    sheets = {i["id"]: i for i in catalogue["indicators"]}
    unique([c["id"] for c in r["candidates"]])
    pool = []
    if not r["candidates"] or (r["constraints"].get("budget") or 0) < 0:
        raise Reject("cocreation.bad-constraint")
    for c in r["candidates"]:
        sheet = sheets.get(c["id"])
        if c["effort"] < 0 or c.get("decided") and not c["decided"]["reason"].strip():
            raise Reject("cocreation.bad-constraint")
        if not sheet and not re.fullmatch(r"x-[^:]+:[^:]+", c["id"]):
            raise Reject("cocreation.unknown-item")
        try:
            entry = {
                "id": c["id"], "value": Fraction(c["value"]), "effort": Fraction(c["effort"]), "decided": c.get("decided"),
                "rights": sheet["rights"] if c.get("rights") is None else c["rights"], "level": c.get("level") or sheet["result_level"], "theme": c.get("theme") or sheet["module"],
            }
        except TypeError:
            raise Reject("cocreation.bad-constraint") from None
        pool.append(entry)
    pool.sort(key=lambda e: e["id"])
    if len(pool) > 16:
        raise oracle.NotCovered("more candidates than can be tried")
    known = {"rights": [x["id"] for x in catalogue["rights"]], "levels": ["input", "activity", "output", "outcome", "impact"], "outcome_of_themes": [x["id"] for x in catalogue["modules"]]}
    needs = []
    for field, kind in (("rights", "right"), ("levels", "level"), ("outcome_of_themes", "outcome_of_theme")):
        wanted = r["constraints"].get(field, "all")
        wanted = known[field] if wanted == "all" else [] if wanted == "none" else wanted["only"]
        if any(x not in known[field] for x in wanted):
            raise Reject("cocreation.unknown-item")
        for x in sorted(set(wanted), key=known[field].index if field == "levels" else None):
            needs.append((kind, x))

    def meets(e, need):
        kind, x = need
        return x in e["rights"] if kind == "right" else e["level"] == x if kind == "level" else e["theme"] == x and e["level"] in ("outcome", "impact")

    budget, size = r["constraints"].get("budget"), r["constraints"].get("size")

    def sets(dropped=()):
        for n in range(len(pool) + 1):
            for chosen in combinations(pool, n):
                if "decided" not in dropped and any(e["decided"] and e["decided"]["take"] != (e in chosen) for e in pool):
                    continue
                if budget is not None and "budget" not in dropped and sum(e["effort"] for e in chosen) > Fraction(budget) + EPS:
                    continue
                if size is not None and "size" not in dropped and n > size:
                    continue
                if all(any(meets(e, need) for e in chosen) for need in needs if need not in dropped):
                    yield chosen

    def reason(e, chosen, spent):
        if e["decided"]:
            return {"reason": "decided", "given": e["decided"]["reason"]}
        if e in chosen:
            def sole(among):
                return [{"kind": k, "id": x} for k, x in needs if meets(e, (k, x)) and sum(meets(o, (k, x)) for o in among) == 1]

            alone, needed = sole(pool), sole(chosen)
            return {"reason": "only_candidate", "covers": alone} if alone else {"reason": "needed", "covers": needed} if needed else {"reason": "value"}
        if e["value"] <= 0:
            return {"reason": "no_value"}
        if size is not None and len(chosen) >= size:
            return {"reason": "no_place"}
        return {"reason": "no_budget", "left": float(Fraction(budget) - spent)}

    found = max(((sum(e["value"] for e in s), s) for s in sets()), key=lambda x: x[0], default=None)
    if found:
        ties = [s for s in sets() if sum(e["value"] for e in s) == found[0]]
        made = {"feasible": True, "proven_optimal": True, "value": float(found[0])}
        if len(ties) == 1:
            chosen = found[1]
            spent = sum(e["effort"] for e in chosen)
            made |= {"chosen": [e["id"] for e in chosen], "effort": float(spent)}
            made["candidates"] = [{"id": e["id"], "chosen": e in chosen, **reason(e, chosen, spent)} for e in pool]
        return made
    limits = [x for x, there in (("budget", budget is not None), ("size", size is not None), ("decided", any(e["decided"] for e in pool))) if there]
    dropped = []
    for need in [*needs, *limits]:
        if next(sets([*dropped, need]), None) is None:
            dropped.append(need)
    kept = [n for n in needs if n not in dropped] + [x for x in limits if x not in dropped]
    made = {"feasible": False, "proven_optimal": True, "chosen": [], "candidates": [], "conflict": [{"kind": k} if isinstance(k, str) else {"kind": k[0], "id": k[1]} for k in kept]}
    if "budget" in kept:
        made["least_effort"] = float(min(sum(e["effort"] for e in s) for s in sets([*dropped, "budget"])))
    return made


# ---- participation


def day(text):
    m = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text, re.ASCII)
    if m:
        y, mo, d = map(int, m.groups())
        leap = y % 4 == 0 and (y % 100 != 0 or y % 400 == 0)
        if 1 <= mo <= 12 and 1 <= d <= [31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][mo - 1]:
            return
    raise Reject("cocreation.bad-date")


def participation(r):
    method = oracle.standard_method()
    policy = r.get("policy") or {}
    k = 1 if policy.get("internal") else policy.get("threshold", method["disclosure"]["threshold"]["value"])
    required = r.get("required_sides") or method["cocreation"]["required_sides"]["value"]
    unique([p["id"] for p in r["participants"]])
    people = {p["id"]: p for p in r["participants"]}
    for x in r["record"]:
        if x["participant"] not in people:
            raise Reject("cocreation.unknown-participant")
        day(x["on"])
    if not r["record"]:
        raise Reject("cocreation.empty-round")
    there = [p for p in r["participants"] if any(x["participant"] == p["id"] for x in r["record"])]
    occasions = []
    for name in {x["occasion"] for x in r["record"]}:
        rows = [x for x in r["record"] if x["occasion"] == name]
        who = {x["participant"] for x in rows}
        sides = sorted({people[w]["side"] for w in who})
        days = sorted(x["on"] for x in rows)
        occasions.append({"id": name, "from": days[0], "to": days[-1], "participants": len(who), "sides": sides, "missing_sides": [s for s in required if s not in sides]})
    occasions.sort(key=lambda o: (o["from"], o["id"]))
    groups = {}
    for p in there:
        for g in set(p.get("groups") or []):
            groups[g] = groups.get(g, 0) + 1
    names = sorted(groups)
    sizes = [groups[g] for g in names]
    hidden = hide(sizes, k) if sum(sizes) == len(there) else {i for i, n in enumerate(sizes) if n < k}
    days = sorted(x["on"] for x in r["record"])
    return {
        "participants": len(there), "never_there": len(people) - len(there), "from": days[0], "to": days[-1], "occasions": occasions,
        "complete_occasions": sum(not o["missing_sides"] for o in occasions),
        "sides": [{"id": s, "participants": sum(p["side"] == s for p in there)} for s in sorted({p["side"] for p in there} | set(required))],
        "groups": [{"id": g, "participants": None if i in hidden else groups[g], "absent": "suppressed" if i in hidden else None} for i, g in enumerate(names)],
        "missing_groups": [g for g in r.get("expected_groups") or [] if g not in groups],
    }


# ---- harmonisation

LEVELS = ["identical", "mapped", "local_only"]


def table(r):
    versions = {i["id"]: i["version"] for i in oracle.catalogue()["indicators"]}
    rows = {}
    for d in r["definitions"]:
        ref, stated = d.get("reference"), d.get("mapping")
        if ref is None:
            level, why = "local_only", "own_indicator"
        elif ref not in versions:
            raise Reject("cocreation.unknown-item")
        elif d["indicator"] == ref and d.get("version") == versions[ref] and not d.get("deviations"):
            level, why = "identical", "same_definition"
        elif stated and stated["rule"].strip() and stated["loss"].strip():
            level, why = "mapped", "mapping_stated"
        else:
            level, why = "local_only", "no_mapping"
        lines = rows.setdefault(ref or d["indicator"], {})
        if d["place"] in lines:
            raise Reject("cocreation.duplicate-id")
        lines[d["place"]] = {"place": d["place"], "indicator": d["indicator"], "level": level, "why": why, "loss": stated["loss"] if level == "mapped" else None}
    return rows


def shown(line):
    return {key: line[key] for key in ("place", "indicator", "level", "why")}


def harmonise(r):
    made = []
    for name, lines in sorted(table(r).items()):
        level = max((x["level"] for x in lines.values()), key=LEVELS.index)
        made.append({"indicator": name, "level": level, "comparable": level != "local_only" and len(lines) > 1, "places": [shown(lines[p]) for p in sorted(lines)]})
    return {"indicators": made}


def compare(r):
    lines = table(r).get(r["indicator"])
    if r["purpose"] not in ("ranking", "pooling"):
        raise Reject("wire.bad-request")
    if lines is None or any(p not in lines for p in r.get("places") or []):
        raise Reject("cocreation.unknown-item")
    chosen = [lines[p] for p in sorted(lines) if not r.get("places") or p in r["places"]]
    if any(x["level"] == "local_only" for x in chosen):
        raise Reject("cocreation.local-only")
    level = max((x["level"] for x in chosen), key=LEVELS.index)
    return {"indicator": r["indicator"], "purpose": r["purpose"], "level": level, "places": [shown(x) for x in chosen], "caveats": [f"{x['place']}: {x['loss']}" for x in chosen if x["loss"]]}


def extension(r):
    m = re.fullmatch(r"x-([^:]+):([^:]+)", r["id"])
    if not re.fullmatch(r"[A-Za-z0-9._:-]{1,128}", r["id"]):
        raise Reject("wire.bad-request")
    if not m:
        raise Reject("cocreation.bad-namespace")
    return {"city": m[1], "own": m[2]}


OPERATIONS = {
    "cocreation.rate": rate,
    "cocreation.delphi": delphi,
    "cocreation.core_set": core_set,
    "cocreation.participation": participation,
    "cocreation.harmonise": harmonise,
    "cocreation.compare": compare,
    "cocreation.extension": extension,
}
BY_HAND = {"cocreation.criteria"}
