"""Code lists a second time, from the text of docs/dimensions.md: one set of people a code, compared as sets."""

from __future__ import annotations

import re

from oracle import Reject, accepts, catalogue

OLDEST = 1000


def ages(code):
    """The ages of a code as a set; nothing for what is no age."""
    if re.fullmatch(r"Y\d{1,3}", code):
        low = high = int(code[1:])
    elif m := re.fullmatch(r"Y(\d{1,3})-(\d{1,3})", code):
        low, high = int(m[1]), int(m[2])
    elif m := re.fullmatch(r"Y_(LT|LE|GE|GT)(\d{1,3})", code):
        n = int(m[2])
        low, high = {"LT": (0, n - 1), "LE": (0, n), "GE": (n, OLDEST), "GT": (n + 1, OLDEST)}[m[1]]
    else:
        return None
    return set(range(low, high + 1)) if low <= high and max(low, high % OLDEST) <= 131 else None


def ancestors(d, code):
    found, parent = [], {g["code"]: g.get("parent") for g in d["group"]}
    while parent.get(code):
        code = parent[code]
        found.append(code)
    return found


def within(d, code, other):
    if code == other:
        return True
    if d.get("total") in (code, other):
        return False
    if d.get("codes") == "age" and ages(code) is not None and ages(other) is not None:
        return ages(code) <= ages(other)
    return other in ancestors(d, code)


def reader(d, name):
    """From the catalogue's code to the list's."""
    maps = {g["code"]: g["maps"][name] for g in d["group"] if name in g.get("maps", {})}
    names = [f"{s['agency']}:{s['list']}" for s in d.get("scheme", [])]
    if maps:
        return maps.get
    if name not in names:
        raise Reject("wire.bad-request")
    if names.index(name) > 0:
        return lambda code: None
    own = {g["code"] for g in d["group"] if g.get("verification") == "own"}
    return lambda code: code if accepts(d, code) and code not in own else None


def parts(d, whole, given):
    if whole in given:
        return "overlapping" if len(given) > 1 else None
    if d.get("codes") == "age" and ages(whole) is not None:
        sets = [ages(c) for c in given]
        if sum(map(len, sets)) != len(set().union(*sets)):
            return "overlapping"
        return None if set().union(*sets) == ages(whole) else "not_covered"
    if any(a != b and within(d, a, b) for a in given for b in given):
        return "overlapping"
    children = [g["code"] for g in d["group"] if g.get("parent") == whole]
    return None if all(any(within(d, g, c) for g in given) for c in children) else "not_covered"


def map_codes(r):
    d = next((d for d in catalogue()["dimensions"] if d["id"] == r["dimension"]), None)
    if d is None or not 1 <= len(r["codes"]) <= 10000:
        raise Reject("wire.bad-request")
    given, local, to, into = r.get("from"), r.get("local"), r.get("to"), r.get("into")
    if (given and local is not None) or (to and into is not None):
        raise Reject("wire.bad-request")
    if any(not accepts(d, c) for c in list((local or {}).values()) + list(into or [])):
        raise Reject("wire.bad-request")
    read = reader(d, given) if given else None
    write = reader(d, to) if to else None
    codes, loss, groups = [], [], {}
    alone, torn = [], []
    for x in dict.fromkeys(r["codes"]):
        if read:
            listed = [g["code"] for g in d["group"] if read(g["code"]) == x]
            code = listed[0] if listed else (x if accepts(d, x) and read(x) == x else None)
        elif local is not None:
            code = local.get(x)
        else:
            code = x if accepts(d, x) else None
        holding = [] if code is None else [write(code)] if write else sorted({t for t in into if within(d, code, t)}) if into is not None else [code]
        holding = [h for h in holding if h is not None]
        made = {"from": x, "code": code, "to": holding[0] if len(holding) == 1 else None}
        codes.append({k: v for k, v in made.items() if v is not None})
        if not holding:
            alone.append(x)
        elif len(holding) > 1:
            torn.append(x)
        else:
            groups.setdefault(holding[0], []).append((x, code))
    for kind, lost in (("no_counterpart", alone), ("ambiguous", torn)):
        if lost:
            loss.append({"kind": kind, "from": lost})
    for target, members in groups.items():
        if len(members) > 1:
            loss.append({"kind": "merged", "to": target, "from": [x for x, _ in members]})
        kind = parts(d, target, {c for _, c in members}) if into is not None else None
        if kind:
            loss.append({"kind": kind, "to": target, "from": [x for x, _ in members]})
    order = ["no_counterpart", "ambiguous", "merged", "not_covered", "overlapping"]
    loss.sort(key=lambda x: (order.index(x["kind"]), x.get("to", "")))
    return {"codes": codes, "loss": loss, "lossless": not loss, "multi_select": d["kind"] == "multi_select"}


OPERATIONS = {"dimension.map": map_codes}
