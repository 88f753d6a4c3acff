"""Frameworks and screens, and what answers an instrument. Written from docs/screen.md: answers as a dictionary, counted one by one."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date

import oracle
from oracle import Reject

APART = ("not_known", "not_applicable")
COLUMNS = ["round", "view", "item", "answer", "assessor", "date", "service", "evidence", "note"]


def sheets():
    c = oracle.catalogue()
    return {s["id"]: s for s in c["frameworks"] + c["screens"]}


def scales():
    return {s["id"]: s for s in oracle.catalogue()["scales"]}


def unique(xs):
    return len(set(xs)) == len(xs)


def sheet_of(asked):
    if isinstance(asked, str):
        if asked not in sheets():
            raise Reject("screen.unknown-sheet")
        asked = sheets()[asked]
    groups = [g["id"] for g in asked["group"]]
    views = asked.get("views", [])
    fine = (
        asked.get("scale") in scales()
        and 1 <= len(asked["item"]) <= 1000
        and unique([i["id"] for i in asked["item"]])
        and unique(groups)
        and all(i["group"] in groups for i in asked["item"])
        and views
        and unique(views)
        and set(asked.get("evidence", [])) <= set(views)
        and asked.get("base") in views
        and {x["id"] for i in asked["item"] for x in i.get("indicators", [])} <= {i["id"] for i in oracle.catalogue()["indicators"]}
    )
    if not fine:
        raise Reject("screen.bad-sheet")
    return asked


def day(text):
    try:
        if len(text) != 10:
            raise ValueError
        made = date.fromisoformat(text)
        if not 1800 <= made.year <= 2200:
            raise ValueError
        return made
    except ValueError:
        raise Reject("screen.bad-date") from None


def rounds_of(r):
    rounds = r["rounds"]
    if not rounds or not unique([x["id"] for x in rounds]):
        raise Reject("screen.bad-round")
    last = None
    for x in rounds:
        start, end = date.fromisoformat(x["from"]), date.fromisoformat(x["to"])
        if end < start or (last is not None and start <= last):
            raise Reject("screen.bad-round")
        last = end
    return rounds


def records_of(r):
    given = r["records"]
    if isinstance(given, list):
        return given
    rows = csv.reader(io.StringIO(given["csv"]))
    head = [h.strip() for h in next(rows)]
    if any(c not in head for c in COLUMNS[:6]):
        raise Reject("csv.missing-column")
    made = []
    for row in rows:
        cell = {c: (row[head.index(c)].strip() if c in head else "") for c in COLUMNS}
        if cell["answer"]:
            made.append(cell | {"evidence": cell["evidence"].split("|"), "service": cell["service"] or None, "note": cell["note"] or None})
    return made


def chosen(r):
    c = oracle.catalogue()
    known = {i["id"]: i for i in c["indicators"] if i["status"] != "retired"}
    if r.get("selection") is None:
        return known
    ids = set()
    for name in r["selection"]:
        found = [s for s in c["selections"] if s["id"] == name]
        if found:
            ids |= set(found[0].get("indicators", [])) | {i for a in found[0].get("area", []) for i in a["indicators"]}
        elif name in known:
            ids.add(name)
        else:
            raise Reject("assess.unknown-selection")
    return {i: known[i] for i in sorted(ids)}


def linked(sheet, item, area, indicators):
    ids = {x["id"] for x in item.get("indicators", []) if x["id"] in indicators}
    words = set(next(g for g in sheet["group"] if g["id"] == item["group"]).get("tags", []))
    if area:
        ids |= {i for i, x in indicators.items() if area in x["service_areas"] and words & (set(x["hrba"]) | set(x["aaaq"]))}
    return sorted(ids)


def read(asked, rounds, services, records):
    """(sheet, service, round, item, view) -> record with a level, a word, or nothing."""
    items = {}
    for s in asked:
        for i in s["item"]:
            if i["id"] in items:
                raise Reject("screen.bad-sheet")
            items[i["id"]] = s
    answers = {}
    if any(set(x) - set(COLUMNS) for x in records):
        raise Reject("wire.unknown-field")
    for x in records:
        span = next((y for y in rounds if y["id"] == x["round"]), None)
        if span is None:
            raise Reject("screen.unknown-round")
        if x["item"] not in items:
            raise Reject("screen.unknown-item")
        sheet = items[x["item"]]
        if x["view"] not in sheet["views"]:
            raise Reject("screen.unknown-view")
        service = x.get("service") or None
        if (services is None and service is not None) or (services is not None and service not in [y["id"] for y in services]):
            raise Reject("screen.unknown-service")
        levels = scales()[sheet["scale"]]["levels"]
        if x["answer"] not in levels and x["answer"] not in APART:
            raise Reject("screen.bad-answer")
        when = day(x["date"])
        if not date.fromisoformat(span["from"]) <= when <= date.fromisoformat(span["to"]):
            raise Reject("screen.bad-date")
        if not x["assessor"].strip():
            raise Reject("screen.bad-record")
        key = (sheet["id"], service, x["round"], x["item"], x["view"])
        if key in answers:
            raise Reject("screen.duplicate-answer")
        answers[key] = {
            "answer": x["answer"], "rank": levels.index(x["answer"]) if x["answer"] in levels else None,
            "evidence": [e.strip() for e in x.get("evidence", []) if e.strip()], "assessor": x["assessor"].strip(), "date": x["date"],
            "note": (x.get("note") or "").strip() or None,
        }
    return answers


def share(n, of):
    return n / of if of else None


def tally(rows, levels, owes):
    answered = [a for a in rows if a and a["rank"] is not None]
    unfit = sum(a is not None and a["answer"] == "not_applicable" for a in rows)
    per = Counter(a["answer"] for a in answered)
    return {
        "of": len(rows) - unfit, "answered": len(answered), "share_answered": share(len(answered), len(rows) - unfit),
        "levels": [{"level": v, "n": per[v], "share": share(per[v], len(answered))} for v in levels],
        "not_known": sum(a is not None and a["answer"] == "not_known" for a in rows),
        "unanswered": sum(a is None for a in rows), "not_applicable": unfit, "without_evidence": sum(bool(a) and owes(a) and not a["evidence"] for a in rows),
    }


def beside(a, b, words):
    """b against a."""
    step = b["rank"] - a["rank"]
    return {"verdict": words[0] if step < 0 else words[1] if step == 0 else words[2], "steps": step}


def difference(base, other):
    states = [None if a is None or a["answer"] == "not_known" else "level" if a["rank"] is not None else "unfit" for a in (base, other)]
    if states == ["level", "level"]:
        return beside(base, other, ("lower", "same", "higher"))
    if states == ["unfit", "unfit"]:
        return {"verdict": "same", "steps": None}
    return None if states == [None, None] else {"verdict": "not_comparable", "steps": None}


def change(before, now):
    had, has = before is not None and before["rank"] is not None, now is not None and now["rank"] is not None
    if had and has:
        return beside(before, now, ("worse", "same", "better"))
    return {"verdict": "new" if has else "gone", "steps": None} if had or has else None


def grouped(sheet, make):
    ids = [i["id"] for i in sheet["item"]]
    return {"all": make(ids), "groups": [{"group": g["id"]} | make([i["id"] for i in sheet["item"] if i["group"] == g["id"]]) for g in sheet["group"]]}


def verdicts(names, rows):
    per = Counter(x["verdict"] for x in rows if x)
    return {n: per[n] for n in names}


def answered(r, framework):
    rounds, records = rounds_of(r), records_of(r)
    indicators = chosen(r)
    asked = [sheet_of(r.get("framework") or "fra")] if framework else [sheet_of(s) for s in r.get("screens") or ["panel", "aaaq"]]
    services = None
    if not framework:
        areas = [a["id"] for a in oracle.catalogue()["service_areas"]]
        services = r.get("services")
        if services is None:
            services = [{"id": a, "area": a} for a in areas if a in [x.get("service") for x in records]]
        if not unique([s["id"] for s in services]) or any(s["area"] not in areas for s in services):
            raise Reject("screen.unknown-service")
    answers = read(asked, rounds, services, records)
    counts = Counter()
    made = []
    for sheet in asked:
        scale = scales()[sheet["scale"]]
        levels = scale["levels"]
        names = [x["id"] for x in rounds]
        places = []
        for service in services if services is not None else [None]:
            sid = service["id"] if service else None

            def at(rd, item, view, sheet=sheet, sid=sid):
                return answers.get((sheet["id"], sid, rd, item, view))

            def speaks(rd, view, sheet=sheet, at=at):
                return any(at(rd, i["id"], view) for i in sheet["item"])

            shown = []
            for n, rd in enumerate(names):
                since = {v: next((x for x in reversed(names[:n]) if speaks(x, v)), None) for v in sheet["views"]}

                def owes(view, a, sheet=sheet, levels=levels, scale=scale):
                    return view in sheet.get("evidence", []) and a["rank"] is not None and a["rank"] >= levels.index(scale["evidence_from"])

                views = []
                for v in sheet["views"]:
                    one = {"view": v, "tally": grouped(sheet, lambda ids, v=v: tally([at(rd, i, v) for i in ids], levels, lambda a: owes(v, a))), "difference": None, "since": since[v], "change": None}
                    if v != sheet["base"]:
                        one["difference"] = grouped(sheet, lambda ids, v=v: verdicts(("same", "higher", "lower", "not_comparable"), [difference(at(rd, i, sheet["base"]), at(rd, i, v)) for i in ids]))
                    if since[v]:
                        one["change"] = grouped(sheet, lambda ids, v=v: verdicts(("better", "worse", "same", "new", "gone"), [change(at(since[v], i, v), at(rd, i, v)) for i in ids]))
                    views.append(one)
                    counts["screen.view-missing"] += not speaks(rd, v) and any(speaks(rd, w) for w in sheet["views"])
                items = []
                for i in (x["id"] for x in sheet["item"]):
                    cells, base = [], at(rd, i, sheet["base"])
                    for v in sheet["views"]:
                        a = at(rd, i, v)
                        before = at(since[v], i, v) if since[v] else None
                        cells.append({
                            "view": v, "answer": a and a["answer"], "assessor": a and a["assessor"], "date": a and a["date"], "note": a and a["note"],
                            "evidence": a["evidence"] if a and a["evidence"] else None, "without_evidence": True if a and owes(v, a) and not a["evidence"] else None,
                            "difference": None if v == sheet["base"] else difference(base, a), "change": change(before, a) if since[v] else None,
                        })
                        if a is None:
                            continue
                        counts["screen.no-reason"] += a["answer"] == "not_applicable" and a["note"] is None
                        words = {"u" if x and x["answer"] == "not_applicable" else "l" if x and x["rank"] is not None else "" for x in (base, a)}
                        counts["screen.applies-disputed"] += words == {"u", "l"}
                        if owes(v, a):
                            counts["screen.no-evidence"] += not a["evidence"]
                            risen = before is not None and before["rank"] is not None and a["rank"] > before["rank"]
                            counts["screen.same-evidence"] += bool(a["evidence"]) and risen and set(a["evidence"]) <= set(before["evidence"])
                    items.append({"item": i, "views": cells})
                shown.append({"round": rd, "views": views, "items": items})
            places.append({
                "service": sid, "area": service and service["area"], "name": service and service.get("name"),
                "linked": [{"item": i["id"], "group": i["group"], "provenance": i["provenance"], "indicators": linked(sheet, i, service and service["area"], indicators)} for i in sheet["item"]],
                "rounds": shown,
            })
        made.append({
            "sheet": sheet["id"], "source": sheet["source"], "provenance": sheet["provenance"], "complete": sheet["complete"], "levels": levels,
            "views": sheet["views"], "base": sheet["base"], "enters_scores": False, "services": places,
        })
    findings = {"counts": {k: n for k, n in sorted(counts.items()) if n}}
    return {"screening": made[0], "findings": findings} if framework else {"screenings": made, "findings": findings}


def questions(r):
    sheet, indicators = sheet_of(r["sheet"]), None
    area = r.get("area")
    if area is not None and area not in [a["id"] for a in oracle.catalogue()["service_areas"]]:
        raise Reject("screen.unknown-service")
    indicators = chosen(r)
    texts = oracle.catalogue()["texts"]["en"]["labels"]
    framework = sheet["id"] in [s["id"] for s in oracle.catalogue()["frameworks"]]
    own = texts["frameworks" if framework else "screens"]
    words = texts["screens"]

    def named(ids, part):
        notes = {"note": None} if part == "levels" else {}
        return [{"id": i, "name": words[part]["groups"].get(i, i)} | {k: words["level_notes"]["groups"].get(i) for k in notes} for i in ids]

    return {
        "id": sheet["id"], "name": own.get(sheet["id"], {}).get("name", sheet["id"]), "notice": own.get(sheet["id"], {}).get("note", ""), "source": sheet["source"],
        "provenance": sheet["provenance"], "complete": sheet["complete"], "levels": named(scales()[sheet["scale"]]["levels"], "levels"),
        "evidence_from": scales()[sheet["scale"]]["evidence_from"], "apart": named(APART, "levels"), "views": named(sheet["views"], "views"),
        "base": sheet["base"], "evidence": sheet.get("evidence", []), "columns": COLUMNS,
        "groups": [{
            "id": g["id"], "name": own.get(sheet["id"] + "_groups", {}).get("groups", {}).get(g["id"], g["id"]), "verification": g["verification"],
            "items": [{"id": i["id"], "text": own.get(i["id"], {}).get("name", i["id"]), "provenance": i["provenance"], "indicators": linked(sheet, i, area, indicators)} for i in sheet["item"] if i["group"] == g["id"]],
        } for g in sheet["group"]],
    }


# ---- cross-reference ----------------------------------------------------------------------------------------------------


def place_of(article):
    """11(1) belongs to 11; the instrument as a whole first, numbers next, the rest last."""
    if article is None:
        return (0, 0, "")
    base = article.partition("(")[0].strip()
    return (1, int(base), base) if base.isdigit() else (2, 0, base)


def cross_reference(r):
    c, ref = oracle.catalogue(), r["reference"]
    indicators = chosen(r)
    instrument = next((x for x in c["instruments"] if x["id"] == ref), None)
    framework = next((x for x in c["frameworks"] if x["id"] == ref), None)
    entries = []
    if instrument:
        kind, verification = "instrument", instrument["verification"]
        whole = instrument.get("rights_articles", 0)
        listing = "whole" if whole else "as_referred_to"
        places = {place_of(str(n)) for n in range(1, whole + 1)}
        anchors = [(i, x) for i, s in indicators.items() for x in s["legal"] if x["instrument"] == ref]
        grounds = [(y["id"], x) for y in sorted(c["rights"], key=lambda y: y["id"]) for x in y.get("legal", []) if x["instrument"] == ref]
        places |= {place_of(x.get("article")) for _, x in anchors + grounds}
        for p in sorted(places):
            direct = {(i, "article", x.get("article"), x["verification"], x.get("fit"), None) for i, x in anchors if place_of(x.get("article")) == p}
            rights = [(y, x.get("article"), x["verification"]) for y, x in grounds if place_of(x.get("article")) == p]
            entries.append((ref if p[0] == 0 else f"{ref}-{p[2]}", None, p[2] or None, None, direct, rights))
    elif framework:
        kind, verification, listing = "framework", framework["provenance"], "whole" if framework["complete"] else "part"
        for item in framework["item"]:
            direct = {(x["id"], "model", None, x["verification"], None, None) for x in item.get("indicators", []) if x["id"] in indicators}
            target = item.get("target")
            for i, s in indicators.items():
                direct |= {(i, "sdg", x["code"], x["verification"], None, x["relation"]) for x in s["sdg"] if target and (x["code"] + ".").startswith(target + ".")}
            entries.append((item["id"], item["group"], None, item["provenance"], direct, [(y, None, "own") for y in item.get("rights", [])]))
    else:
        raise Reject("screen.unknown-reference")
    made = []
    for id_, group, article, provenance, direct, rights in entries:
        names = {d[0] for d in direct}
        through = [{"right": y, "cited": cited, "verification": v, "indicators": sorted(i for i, s in indicators.items() if y in s["rights"] and i not in names)} for y, cited, v in rights]
        keys = ("indicator", "through", "cited", "verification", "fit", "relation")
        state = "direct" if direct else "through_right" if any(t["indicators"] for t in through) else "none"
        rows = sorted(direct, key=lambda d: tuple((x is not None, x or "") for x in d))
        made.append({"id": id_, "group": group, "article": article, "provenance": provenance, "indicators": [dict(zip(keys, d)) for d in rows], "rights": through, "state": state})
    per = Counter(e["state"] for e in made)
    return {
        "reference": ref, "kind": kind, "verification": verification, "list": listing, "indicators": len(indicators), "entries": made,
        "counts": {"of": len(made)} | {s: per[s] for s in ("direct", "through_right", "none")}, "gaps": [e["id"] for e in made if e["state"] == "none"],
    }


OPERATIONS = {
    "screen.questions": questions, "screen.framework": lambda r: answered(r, True), "screen.hrba": lambda r: answered(r, False), "catalogue.cross_reference": cross_reference,
}
