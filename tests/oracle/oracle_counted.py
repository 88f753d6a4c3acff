"""Who is counted, and who is not: the disaggregations that indicators ask for, from the text of the method (section 6).

Each required or desirable dimension of an indicator is in one state. What the data show comes first: a published figure of a
group (who gave no answer is no group), else a withheld one, else one that was not asked, else one that cannot exist. Then what the
city says. Then an earlier figure by the same dimension shows that it could be had; else rows without a figure are missing, and no
rows at all are no data. Where there is no row by the dimension, "not asked" and "not applicable" of the figure for everybody hold for its
groups too.
"""

from __future__ import annotations

import oracle

OPERATIONS = {}
STATES = ["have", "withheld", "not_asked", "could_have", "not_competent", "missing", "no_data", "not_applicable"]


def dimension(id_):
    return next((d for d in oracle.catalogue()["dimensions"] if d["id"] == id_), {})


def is_person_group(id_, code):
    return not any(g["code"] == code and g.get("not_stated") for g in dimension(id_).get("group", []))


def names(groups, id_):
    return any(d == id_ and is_person_group(d, c) for d, c in groups)


def reason(figure):
    return figure["reason"] if figure["kind"] == "missing" else figure["kind"]


def check(records):
    """What a plan says of availability: known indicators, dimensions that they ask for, and each thing once."""
    said = []
    for r in records:
        sheet = oracle.indicator(r["indicator"])
        if not sheet:
            raise oracle.Reject("assess.unknown-selection")
        asked = sheet["disaggregation"]
        key = (r["indicator"], r.get("dimension"), r.get("place"))
        if key in said or (key[1] is not None and key[1] not in asked["required"] + asked["desirable"]):
            raise oracle.Reject("assess.bad-availability")
        said.append(key)


def disaggregation_of(sheet, entry, own, availability, place):
    asked, out = sheet["disaggregation"], []
    for id_ in asked["required"] + [d for d in asked["desirable"] if d not in asked["required"]]:
        mine = [reason(g["figure"]) for g in entry["groups"] if names(g["groups"], id_)]
        published, withheld = mine.count("value"), mine.count("suppressed") + mine.count("unknown_count")
        said = [r for r in availability if r["indicator"] == sheet["id"] and r.get("dimension") in (None, id_) and r.get("place") in (None, place)]
        mine_or_all = mine or [reason(entry["figure"])]
        if published:
            state = "have"
        elif withheld:
            state = "withheld"
        elif "not_asked" in mine_or_all:
            state = "not_asked"
        elif set(mine_or_all) == {"not_applicable"}:
            state = "not_applicable"
        elif said:
            state = said[-1]["status"]
        elif any(names(r["groups"], id_) and r["verdict"] == "publish" and "value" in r for r in own):
            state = "could_have"
        else:
            state = "missing" if mine else "no_data"
        item = {"dimension": id_, "need": "required" if id_ in asked["required"] else "desirable", "status": state, "published": published, "withheld": withheld}
        if said and said[-1]["status"] == state:
            item |= {k: said[-1][k] for k in ("effort", "reason") if said[-1].get(k)}
        out.append(item)
    return out


def counts(items, method):
    """Counts by state and by need, and the weighted share of the required ones that are not published."""
    section = method.get("disaggregation")
    weights = oracle.val(section["weights"]) if section else None
    made = {n: {s: sum(1 for _, d in items if d["need"] == n and d["status"] == s) for s in STATES} for n in ("required", "desirable")}
    of = [(oracle.D(weights.get(i["result_level"], 0)) if weights is not None else oracle.D(1), d["status"]) for i, d in items if d["need"] == "required" and d["status"] != "not_applicable"]
    whole = sum(w for w, _ in of)
    made["invisibility"] = float(sum(w for w, s in of if s != "have") / whole) if whole > 0 else None
    return made


def visibility(indicators, method):
    items = [(oracle.indicator(i["id"]), d) for i in indicators for d in i["disaggregation"]]
    rights = sorted({r for i, _ in items for r in i["rights"]})
    seen = {(d, c) for i in indicators for g in i["groups"] if g["figure"]["kind"] == "value" for d, c in g["groups"]}
    by_dimension = []
    for id_ in sorted({d["dimension"] for _, d in items}):
        sheet, row = dimension(id_), {"id": id_} | counts([x for x in items if x[1]["dimension"] == id_], method)
        groups = [] if sheet.get("codes") == "age" else sheet.get("group", [])
        unseen = [g["code"] for g in groups if g["code"] != sheet.get("total") and not g.get("not_stated") and (id_, g["code"]) not in seen]
        if unseen:
            row["unseen_groups"] = [{"code": c} for c in unseen]
        by_dimension.append(row)
    return counts(items, method) | {"rights": [{"id": r} | counts([x for x in items if r in x[0]["rights"]], method) for r in rights], "dimensions": by_dimension}
