"""The tree, the views, weights and coverage, and why a number is what it is, written from docs/method.md.

`nodes_of` makes the nodes of a report from its indicators; `explain` is the operation of that name. All sums are carried
in decimals and rounded once, when a node or an explanation is written down.
"""

from __future__ import annotations

import json
from decimal import Decimal
from functools import lru_cache

import oracle
from oracle import D, SLACK, Reject, band, clamp, indicator, scorable, val

LEVELS = ["input", "activity", "output", "outcome", "impact"]
SIDES = {"outcomes": {"outcome", "impact"}, "effort": {"input", "activity", "output"}}
ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)


class Node:
    """A node of the tree or of a view: nodes below it, and the sheets of the indicators directly below it."""

    def __init__(self, kind, path):
        self.kind, self.path, self.nodes, self.leaves = kind, tuple(path), [], []
        self.id = "/".join(self.path) or "overall"
        self.shadowed = False

    def key(self):
        return self.path[-1]

    def walk(self):
        yield self
        for below in self.nodes:
            yield from below.walk()

    def members(self):
        """Every indicator in it, through all levels."""
        return [sheet for n in self.walk() for sheet in n.leaves]

    def children(self):
        return [n.key() for n in self.nodes] + [s["id"] for s in self.leaves]


def bytewise(ids):
    return sorted(ids, key=lambda t: t.encode())


# ---- the tree and the views ----------------------------------------------------------------------------------------


def first_of(sheet, level):
    """The node of this level that the indicator belongs to in the tree, if it has one."""
    if level == "module":
        return sheet["module"]
    named = sheet[{"right": "rights", "attribute": "attributes", "service_area": "service_areas"}[level]]
    return named[0] if named else None


def tree(sheets, levels):
    return grow(Node("overall", ()), sheets, levels)


def grow(node, sheets, levels):
    if not levels:
        node.leaves = list(sheets)
        return node
    below = {}
    for sheet in sheets:
        key = first_of(sheet, levels[0])
        (node.leaves if key is None else below.setdefault(key, [])).append(sheet)
    for key in bytewise(below):
        path = node.path + (key,)
        # only a module that lies directly below the whole is called one: the same right or attribute is a view as well
        kind = "module" if levels[0] == "module" and len(path) == 1 else "branch"
        node.nodes.append(grow(Node(kind, path), below[key], levels[1:]))
    return node


def article_ids(sheet, instruments):
    """The paragraph is dropped: 34(3) is in article 34."""
    return {f"{a['instrument']}-{a['article'].split('(')[0].strip()}" for a in sheet["legal"] if a["instrument"] in instruments and a.get("article")}


def views(sheets, method):
    levels = val(method["aggregation"]["levels"])
    named = [] if levels[:1] == ["module"] else [("module", lambda s: [s["module"]])]
    named += [("right", lambda s: s["rights"]), ("attribute", lambda s: s["attributes"]), ("result_level", lambda s: [s["result_level"]]),
              ("service_area", lambda s: s["service_areas"]), ("aaaq", lambda s: s["aaaq"]), ("hrba_principle", lambda s: s["hrba"]),
              ("article", lambda s: article_ids(s, val(method["aggregation"]["articles"])))]
    out = []
    for kind, ids in named:
        members = {}
        for s in sheets:
            for id_ in dict.fromkeys(ids(s)):
                members.setdefault(id_, []).append(s)
        for id_ in bytewise(members) if kind != "result_level" else [level for level in LEVELS if level in members]:
            node = Node(kind, (id_,))
            node.leaves = members[id_]
            out.append(node)
    return out


# ---- rules of single nodes -----------------------------------------------------------------------------------------


def rules(method):
    return {r["id"]: r for r in method["aggregation"].get("node", [])}


def check_method(method):
    check_text(json.dumps(method["aggregation"]), json.dumps([method.get("goalposts", []), method.get("target_band", []), method.get("scoring", [])]))


@lru_cache(1024)
def check_text(aggregation, scoring):
    """Levels, rules of nodes and their weights, against the tree and the views of the whole catalogue."""
    goalposts, bands, others = json.loads(scoring)
    method = {"aggregation": json.loads(aggregation), "goalposts": goalposts, "target_band": bands, "scoring": others}
    levels = val(method["aggregation"]["levels"])
    if len(set(levels)) != len(levels):
        raise Reject("method.bad-value")
    sheets = [s for s in oracle.catalogue()["indicators"] if scorable(s, method)]
    known = {}
    for node in list(tree(sheets, levels).walk()) + views(sheets, method):
        known.setdefault(node.id, node)
    seen = set()
    for rule in method["aggregation"].get("node", []):
        if rule["id"] not in known:
            raise Reject("method.unknown-node")
        if rule["id"] in seen:
            raise Reject("method.bad-value")
        seen.add(rule["id"])
        minimum = rule.get("minimum_coverage")
        if minimum is not None and not 0 <= minimum <= 1:
            raise Reject("method.bad-value")
        weights = rule.get("weights")
        if weights is None:
            continue
        if any(w < 0 for w in weights.values()):
            raise Reject("method.bad-value")
        if abs(sum(map(D, weights.values()), ZERO) - 1) > SLACK:
            raise Reject("method.weights-sum")
        children = known[rule["id"]].children()
        if any(key not in children for key in weights):
            raise Reject("method.unknown-node")
        if any(key not in weights for key in children):
            raise Reject("method.missing-weight")


# ---- means ---------------------------------------------------------------------------------------------------------


def mean_of(kind, pairs):
    """`pairs` of renormalised weight and score, all weights above 0."""
    if kind == "arithmetic":
        return sum((w * s for w, s in pairs), ZERO)
    if any(s == 0 for _, s in pairs):
        return ZERO
    if kind == "geometric":
        return sum((w * s.ln() for w, s in pairs), ZERO).exp()
    return 1 / sum((w / s for w, s in pairs), ZERO)


class Means:
    """The sides of nodes, from the scores of the indicators."""

    def __init__(self, method, scores):
        self.method, self.scores, self.rules = method, scores, rules(method)

    def rule(self, node):
        # where a node of the tree has the id, the rule is about that one and not about the view
        rule, aggregation = {} if node.shadowed else self.rules.get(node.id, {}), self.method["aggregation"]
        kind = rule.get("mean") or val(aggregation["nodes" if node.nodes else "indicators"])
        minimum = rule.get("minimum_coverage")
        return kind, D(minimum if minimum is not None else val(aggregation["minimum_coverage"])), rule.get("weights")

    def parts(self, node, which, weights):
        """The children of a side: what they are, weight, score or None, coverage, range."""
        for below in node.nodes:
            side = self.side(below, which)
            if side is not None:
                yield {"child": below, "id": below.id, "weight": D(weights[below.key()]) if weights else ONE, **side}
        for sheet in node.leaves:
            if sheet["result_level"] in SIDES[which]:
                score = self.scores[sheet["id"]]
                span = (ZERO, HUNDRED) if score is None else (score, score)
                yield {"child": sheet, "id": sheet["id"], "weight": D(weights[sheet["id"]]) if weights else ONE, "score": score, "coverage": ZERO if score is None else ONE, "span": span}

    def side(self, node, which):
        kind, minimum, weights = self.rule(node)
        parts = list(self.parts(node, which, weights))
        total = sum((p["weight"] for p in parts), ZERO)
        if total == 0:
            return None
        scored = [p for p in parts if p["score"] is not None]
        present = sum((p["weight"] for p in scored), ZERO)
        coverage = sum((p["weight"] * p["coverage"] for p in parts), ZERO) / total
        score = None
        if present > 0 and coverage >= minimum - SLACK:
            score = mean_of(kind, [(p["weight"] / present, p["score"]) for p in scored if p["weight"] > 0])
        span = tuple(mean_of(kind, [(p["weight"] / total, p["span"][end]) for p in parts if p["weight"] > 0]) for end in (0, 1))
        return {"score": score, "coverage": coverage, "span": span, "n": len(scored), "of": len(parts), "kind": kind, "scored": scored, "present": present}


def outcomes_first(method):
    """Weight of outcomes as a person wrote it, and the margin."""
    return Decimal(repr(val(method["outcomes_first"]["weight"]))), D(val(method["outcomes_first"]["margin"]))


def combined(method, o, e):
    w, m = outcomes_first(method)
    return clamp(w * o + (1 - w) * e, o - m, o + m)


def rated(method, o, e):
    """The band, 1 being the best: the lower of those of C and O."""
    if o is None:
        return None
    bands = val(method["rating"]["bands"])
    return band(o, bands) if e is None else max(band(o, bands), band(combined(method, o, e), bands))


def node_report(node, means, standing):
    sides = {which: means.side(node, which) for which in SIDES}
    o, e = ((sides[which] or {}).get("score") for which in ("outcomes", "effort"))
    out = {"kind": node.kind, "id": node.id, "below_minimum": sum(standing[s["id"]] == "below" for s in node.members())}
    for which, side in sides.items():
        out[which] = side and {"score": None if side["score"] is None else float(side["score"]), "coverage": float(side["coverage"]), "n": side["n"], "of": side["of"]}
    out["state"] = "insufficient_coverage" if o is None and e is None else "outputs_only" if o is None else "outcomes_only" if e is None else "rated"
    out["combined"] = float(combined(means.method, o, e)) if o is not None and e is not None else None
    out["band"] = rated(means.method, o, e)
    out["band_name"] = out["band"] and means.method["rating"]["names"][out["band"] - 1]
    out["outcome_range"] = sides["outcomes"] and [float(x) for x in sides["outcomes"]["span"]]
    return out


def shape(ids, method):
    """All nodes of a selection, in the order of the report."""
    sheets = [indicator(i) for i in ids]
    sheets = [s for s in sheets if scorable(s, method)]
    if not sheets:
        return []
    in_tree, beside = list(tree(sheets, val(method["aggregation"]["levels"])).walk()), views(sheets, method)
    ids_of_tree = {node.id for node in in_tree}
    for node in beside:
        node.shadowed = node.id in ids_of_tree
    return in_tree + beside


def exact(score):
    return None if score is None else D(score)


def nodes_of(indicators, method):
    means = Means(method, {i["id"]: exact(i["score"]) for i in indicators})
    standing = {i["id"]: i["standing"] for i in indicators}
    return [node_report(n, means, standing) for n in shape([i["id"] for i in indicators], method)]


# ---- explain -------------------------------------------------------------------------------------------------------


def next_lower_end(method, now):
    """The next better band and its lower end."""
    if now is None or now == 1:
        return None
    return {"band": now - 1, "name": method["rating"]["names"][now - 2], "score": val(method["rating"]["bands"])[now - 2]}


def next_of_node(method, o, e):
    step = next_lower_end(method, rated(method, o, e))
    if step is None:
        return None
    t = D(step["score"])
    need = t
    if e is not None:
        w, m = outcomes_first(method)
        need = max(t, min((t - (1 - w) * e) / w, t + m))
    return step | {"value": None if need > 100 else float(need)}


def next_of_indicator(method, sheet, score, value):
    step = None if score is None else next_lower_end(method, band(score, val(method["rating"]["bands"])))
    if step is None:
        return None
    t = D(step["score"])
    if sheet["value_kind"] == "maturity":
        return step | {"value": next(level for level, s in enumerate(val(method["maturity"])) if s >= t - SLACK)}
    if sheet["value_kind"] == "boolean":
        return step | {"value": 1}
    for b in method.get("target_band", []):
        if b["indicator"] == sheet["id"]:
            worst, best = (b["worst_low"], b["lower"]) if value < b["lower"] else (b["worst_high"], b["upper"])
            break
    else:
        worst, best = next((g["worst"], g["best"]) for g in method["goalposts"] if g["indicator"] == sheet["id"])
    return step | {"value": float(D(worst) + t * (D(best) - D(worst)) / 100)}


def effective(side, share, found):
    """The weight of each scored outcome through all levels."""
    for p in side["scored"]:
        mine = share * p["weight"] / side["present"]
        if isinstance(p["child"], Node):
            effective(p, mine, found)
        else:
            found[p["id"]] = mine
    return found


def explain(request):
    request = dict(request)
    id_, place = request.pop("id"), request.pop("place", None)
    return explained(oracle.assess(request), oracle.method_of(request), id_, place)


def explained(report, method, id_, place=None):
    """Why one number of a report is what it is; the first place where none is named."""
    entry = next((p for p in report["places"] if place in (None, p["place"])), None)
    if entry is None:
        raise Reject("explain.unknown-id")
    out = {"id": id_, "place": entry["place"], "period": entry["period"]}
    found = next((i for i in entry["indicators"] if i["id"] == id_), None)
    if found is not None:
        return out | {"result": found["score"], "contributions": None, "combined": None, "effective_weights": None,
                      "next_band": next_of_indicator(method, indicator(id_), found["score"], found["figure"].get("value"))}
    node = next((n for n in shape([i["id"] for i in entry["indicators"]], method) if n.id == id_), None)
    if node is None:
        raise Reject("explain.unknown-id")
    means = Means(method, {i["id"]: exact(i["score"]) for i in entry["indicators"]})
    side, effort = means.side(node, "outcomes"), means.side(node, "effort")
    o, e = side and side["score"], effort and effort["score"]
    out |= {"result": None, "contributions": None, "combined": None, "effective_weights": None, "next_band": next_of_node(method, o, e)}
    if o is None:
        return out
    parts = [(p["id"], p["weight"] / side["present"], p["score"]) for p in side["scored"]]
    out["result"] = float(o)
    out["contributions"] = [{"id": i, "weight": float(w), "score": float(s), "points": float(w * s)} for i, w, s in sorted(parts, key=lambda p: p[0].encode())]
    if side["kind"] != "arithmetic":
        out["contributions"].append({"id": "imbalance", "points": float(o - sum(w * s for _, w, s in parts))})
    out["effective_weights"] = [{"indicator": i, "weight": float(w)} for i, w in sorted(effective(side, ONE, {}).items())]
    if e is not None:
        w, _ = outcomes_first(method)
        c, free = combined(method, o, e), w * o + (1 - w) * e
        out["combined"] = [{"id": "outcomes", "points": float(w * o)}, {"id": "effort", "points": float((1 - w) * e)}]
        if c != free:
            out["combined"].append({"id": "clamp", "points": float(c - free)})
    return out


OPERATIONS = {"explain": explain}
