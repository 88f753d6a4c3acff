"""Indices a second time: each value is asked for, unit by unit, and computed with 60 decimal digits.

Formulas are read by Python's own parser after a change of three signs. Nothing is put in order beforehand: a step asks for
what it needs, and remembers the answer.
"""

from __future__ import annotations

import ast
import itertools
import json
import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation, Overflow, localcontext
from pathlib import Path

import oracle

BAKED = Path(__file__).resolve().parents[2] / "catalogue" / "baked"
WORDS = {"missing", "not_asked", "refused", "not_applicable", "suppressed"}
SLACK = Decimal("1e-9")
LARGEST = Decimal("1.7976931348623157e308")
BY_HAND = {"index.list", "index.show", "index.check", "index.explain"}
RULES = ["formula", "goalposts", "score", "aggregate", "choose", "status", "bands", "interpolate", "growth", "round", "lookup", "across"]


class Absent(Exception):
    def __init__(self, reason, origin):
        super().__init__(reason)
        self.reason, self.origin = reason, origin


# ---- repetition


def members(group):
    return [{"id": m} if isinstance(m, str) else m for m in group["members"]]


def fill(value, bound):
    if isinstance(value, str):
        def put(match):
            group, _, name = match.group(1).partition(".")
            found = bound[group][name or "id"]
            shown = repr(found) if isinstance(found, float) else str(found)
            return f"({shown})" if isinstance(found, (int, float)) and found < 0 else shown

        return re.sub(r"\{([^}]*)\}", put, value)
    if isinstance(value, list):
        return [fill(v, bound) for v in value]
    if isinstance(value, dict):
        return {k: fill(v, bound) for k, v in value.items()}
    return value


def names_in(value):
    texts = [value] if isinstance(value, str) else [v for v in value.values() if isinstance(v, str)]
    return list(dict.fromkeys(m.partition(".")[0] for t in texts for m in re.findall(r"\{([^}]*)\}", t)))


def combinations(groups, ids, bound):
    for chosen in itertools.product(*(members(groups[i]) for i in ids)):
        yield bound | dict(zip(ids, chosen))


def spread(items, groups, bound):
    made = []
    for item in items:
        row = dict(item) if isinstance(item, dict) else {"of": item}
        only = row.pop("where", {})
        free = [g for g in names_in(row) if g not in bound]
        free += [g for g in (k.partition(".")[0] for k in only) if g not in free]
        for all_ in combinations(groups, free, bound):
            if all(str(fill("{" + key + "}", all_)) == fill(wanted, {**bound}) for key, wanted in only.items()):
                made.append(fill(row, all_))
    return made


def plain(index):
    groups = {g["id"]: g for g in index.get("group", [])}
    nodes = {}
    for section in ("input", "constant", "step"):
        for entry in index.get(section, []):
            each = entry.get("each", [])
            for bound in combinations(groups, [each] if isinstance(each, str) else each, {}):
                copy = json.loads(json.dumps({k: v for k, v in entry.items() if k != "each"}))
                if "aggregate" in copy:
                    copy["aggregate"]["of"] = spread(copy["aggregate"]["of"], groups, bound)
                copy = fill(copy, bound) if bound else copy
                nodes[copy["id"]] = (section, copy)
    outputs = [fill(o, b) for o in index["outputs"] for b in combinations(groups, names_in(o), {})]
    return nodes, outputs


# ---- formulas


def tree(text):
    text = re.sub(r"(?<![<>=!])=(?!=)", "==", text.replace("^", "**"))
    return ast.parse(re.sub(r"\bif\s*\(", "if_(", text).strip(), mode="eval").body


class Machine:
    def __init__(self, index, units, columns):
        self.index, self.units = index, units
        self.nodes, self.outputs = plain(index)
        self.columns = columns
        self.known = {}
        self.asked = []

    def value(self, row, name):
        key = (row, name)
        if key not in self.known:
            section, node = self.nodes[name]
            try:
                if section == "constant":
                    self.known[key] = self.term(row, node["value"], name)
                elif section == "input":
                    self.known[key] = self.input(row, node)
                else:
                    self.known[key] = self.step(row, node)
            except Absent as absent:
                self.known[key] = absent
        found = self.known[key]
        if isinstance(found, Absent):
            raise found
        return found

    def input(self, row, node):
        name = node.get("column", node["id"])
        column = self.columns.get(name, self.columns.get(node["id"]))
        if column is None:
            if node.get("optional"):
                raise Absent("missing", node["id"])
            raise oracle.Reject("index.missing-column")
        cell = column[row]
        if node.get("kind") == "text":
            if cell is None or not str(cell).strip():
                raise Absent("missing", node["id"])
            text = format(cell, "g") if isinstance(cell, (int, float)) else cell.strip()
            if node.get("codes") and text not in node["codes"]:
                raise Absent("unknown_code", node["id"])
            return text
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            raise Absent("missing", node["id"])
        if isinstance(cell, str):
            if cell in WORDS:
                raise Absent(cell, node["id"])
            try:
                cell = oracle.number(cell, "detect")
            except oracle.Reject:
                raise Absent("unreadable", node["id"]) from None
        if "bounds" in node and not node["bounds"][0] <= cell <= node["bounds"][1]:
            raise Absent("out_of_bounds", node["id"])
        return Decimal(cell)

    def finite(self, work, node):
        try:
            x = work()
        except (InvalidOperation, DivisionByZero, Overflow, ZeroDivisionError, ValueError):
            raise Absent("undefined", node) from None
        if not x.is_finite() or abs(x) > LARGEST:
            raise Absent("undefined", node)
        return x

    def term(self, row, term, node):
        return Decimal(term) if not isinstance(term, str) else self.number(row, tree(term), node)

    def number(self, row, t, node):
        if isinstance(t, ast.Constant):
            return Decimal(t.value)
        if isinstance(t, ast.Name):
            return self.value(row, t.id)
        if isinstance(t, ast.UnaryOp):
            return -self.number(row, t.operand, node)
        if isinstance(t, ast.BinOp):
            a, b = self.number(row, t.left, node), self.number(row, t.right, node)
            return self.finite(lambda: {ast.Add: lambda: a + b, ast.Sub: lambda: a - b, ast.Mult: lambda: a * b, ast.Div: lambda: a / b, ast.Pow: lambda: power(a, b)}[type(t.op)](), node)
        name, arguments = t.func.id, t.args
        if name == "if_":
            return self.number(row, arguments[1] if self.truth(row, arguments[0], node) else arguments[2], node)
        if name == "first":
            absent = None
            for a in arguments:
                try:
                    return self.number(row, a, node)
                except Absent as why:
                    absent = absent or why
            raise absent
        xs = [self.number(row, a, node) for a in arguments]
        return self.finite(
            lambda: {
                "min": lambda: min(xs),
                "max": lambda: max(xs),
                "abs": lambda: abs(xs[0]),
                "sign": lambda: Decimal((xs[0] > 0) - (xs[0] < 0)),
                "ln": lambda: xs[0].ln(),
                "exp": lambda: xs[0].exp(),
                "sqrt": lambda: xs[0].sqrt(),
                "pow": lambda: power(*xs),
            }[name](),
            node,
        )

    def text(self, row, t):
        return t.value if isinstance(t, ast.Constant) else self.value(row, t.id)

    def truth(self, row, t, node):
        if isinstance(t, str):
            return self.truth(row, tree(t), node)
        if isinstance(t, ast.BoolOp):
            decides = isinstance(t.op, ast.Or)
            absent = None
            for part in t.values:
                try:
                    if self.truth(row, part, node) == decides:
                        return decides
                except Absent as why:
                    absent = absent or why
            if absent:
                raise absent
            return not decides
        if isinstance(t, ast.UnaryOp):
            return not self.truth(row, t.operand, node)
        if isinstance(t, ast.Call):
            try:
                self.number(row, t.args[0], node)
                return False
            except Absent:
                return True
        right, operator = t.comparators[0], type(t.ops[0])
        is_text = lambda e: (isinstance(e, ast.Constant) and isinstance(e.value, str)) or (isinstance(e, ast.Name) and self.gives_text(e.id))
        get = self.text if is_text(t.left) else lambda r, e: self.number(r, e, node)
        a, b = get(row, t.left), get(row, right)
        return {ast.Lt: a < b, ast.LtE: a <= b, ast.Gt: a > b, ast.GtE: a >= b, ast.Eq: a == b, ast.NotEq: a != b}[operator]

    def gives_text(self, name):
        section, node = self.nodes[name]
        return node.get("kind") == "text" if section == "input" else "status" in node or "bands" in node

    # ---- rules

    def step(self, row, node):
        (rule,) = [r for r in RULES if r in node]
        return getattr(self, "rule_" + rule)(row, node[rule], node["id"])

    def rule_formula(self, row, r, me):
        return self.term(row, r, me)

    def rule_goalposts(self, row, r, me):
        x, worst, best = (self.term(row, r[k], me) for k in ("of", "worst", "best"))
        low, high = (Decimal(s) for s in r.get("scores", [0, 100]))
        cap = r.get("cap", "both")
        f = (lambda v: v.ln()) if r.get("scale") == "log" else (lambda v: v)
        # the share first, then its limits; a logarithm needs the limits before
        if r.get("scale") == "log" and x <= 0 and cap in ("both", "worst") and worst < best:
            return low
        if worst == best or (r.get("scale") == "log" and min(x, worst, best) <= 0):
            raise Absent("undefined", me)
        share = (f(x) - f(worst)) / (f(best) - f(worst))
        if cap in ("both", "best"):
            share = min(share, Decimal(1))
        if cap in ("both", "worst"):
            share = max(share, Decimal(0))
        return low + (high - low) * share

    def rule_score(self, row, r, me):
        import oracle_aggregation

        x = self.term(row, r["of"], me)
        low, high = (Decimal(s) for s in r.get("scores", [0, 100]))
        try:
            made = oracle_aggregation.rule({"rule": r["rule"], "value": float(x), "polarity": r["polarity"]})
        except oracle.Reject:
            raise Absent("undefined", me) from None
        return low + (high - low) * Decimal(made["score"]) / 100

    def rule_aggregate(self, row, r, me):
        pairs, first, whole = [], None, Decimal(0)
        for item in r["of"]:
            weight = self.term(row, item.get("weight", 1), me)
            whole += weight
            try:
                pairs.append((self.term(row, item["of"], me), weight))
            except Absent as absent:
                first = first or absent
        how = r["how"]
        if how == "count":
            return Decimal(len(pairs))
        if first and (r.get("missing") != "skip" or not pairs):
            raise first
        if first and (len(pairs) < r.get("minimum_count", 1) or sum(w for _, w in pairs) < (Decimal(r.get("minimum_coverage", 0)) - SLACK) * whole):
            raise Absent("insufficient_coverage", me)
        xs, total = [x for x, _ in pairs], sum(w for _, w in pairs)
        if how in ("min", "max"):
            return {"min": min, "max": max}[how](xs)
        if how == "median":
            return quantile(xs, Decimal("0.5"))
        if how == "sum":
            return sum(x * w for x, w in pairs)
        mean = sum(x * w for x, w in pairs) / total
        if how == "arithmetic":
            return mean
        if how == "sd":
            return (sum(w * (x - mean) ** 2 for x, w in pairs) / total).sqrt()
        exponent = {"geometric": Decimal(0), "harmonic": Decimal(-1)}.get(how, Decimal(r.get("power") or 0))
        if min(xs) < 0:
            raise Absent("undefined", me)
        if exponent <= 0 and min(xs) == 0:
            return Decimal(0)
        if exponent == 0:
            return (sum(w * x.ln() for x, w in pairs) / total).exp()
        return power(sum(w * power(x, exponent) for x, w in pairs) / total, 1 / exponent)

    def rule_choose(self, row, r, me):
        return self.term(row, self.branch(row, r, me)["then"], me)

    def rule_status(self, row, r, me):
        return self.branch(row, r, me)["is"]

    def branch(self, row, branches, me):
        for b in branches:
            if "if" not in b or self.truth(row, b["if"], me):
                return b
        raise Absent("no_branch", me)

    def rule_bands(self, row, r, me):
        x = self.term(row, r["of"], me)
        at = [self.term(row, t, me) for t in r["at"]]
        rising = r.get("ends") == "at_most" or (len(at) > 1 and at[0] < at[1])
        for c, name in zip(at, r["names"]):
            if (x <= c + SLACK) if rising else (x >= c - SLACK):
                return name
        return r["names"][-1]

    def rule_interpolate(self, row, r, me):
        x = self.term(row, r["of"], me)
        points = [(self.term(row, a, me), self.term(row, b, me)) for a, b in r["points"]]
        if any(p[0] >= q[0] for p, q in zip(points, points[1:])):
            raise Absent("undefined", me)
        if r.get("beyond", "hold") == "hold":
            x = max(points[0][0], min(points[-1][0], x))
        inside = [(p, q) for p, q in zip(points, points[1:]) if x <= q[0]]
        (x0, y0), (x1, y1) = inside[0] if inside else (points[-2], points[-1])
        return y0 + (y1 - y0) * (x - x0) / (x1 - x0)

    def rule_growth(self, row, r, me):
        a, b, years = (self.term(row, r[k], me) for k in ("from", "to", "years"))
        if years <= 0 or (r.get("path", "compound") == "compound" and min(a, b) <= 0):
            raise Absent("undefined", me)
        return (b - a) / years if r.get("path") == "linear" else power(b / a, 1 / years) - 1

    def rule_round(self, row, r, me):
        # on the f64 that the value is
        x = Decimal(float(self.term(row, r["of"], me)))
        with localcontext() as exact:
            exact.prec = 1200
            return x.quantize(Decimal(1).scaleb(-r["decimals"]), rounding={"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN}[r["ties"]]) + 0

    def rule_lookup(self, row, r, me):
        word = self.value(row, r["of"])
        if word not in r["values"]:
            raise Absent("unknown_code", me)
        return Decimal(r["values"][word])

    def rule_across(self, row, r, me):
        mine = self.value(row, r["by"]) if "by" in r else None
        counted, own = [], None
        for other in range(len(self.units)):
            try:
                if "by" in r and self.value(other, r["by"]) != mine:
                    continue
                if "where" in r and not self.truth(other, r["where"], me):
                    raise Absent("not_applicable", me)
                x = self.term(other, r["of"], me)
                counted.append((x, self.term(other, r.get("weight", 1), me)))
                if other == row:
                    own = x
            except Absent as absent:
                if other == row:
                    own = absent
        what, xs, total = r["statistic"], [x for x, _ in counted], sum((w for _, w in counted), Decimal(0))
        if what in ("rank", "percentile_rank"):
            if isinstance(own, Absent):
                raise own
            if what == "percentile_rank":
                return 100 * (sum(x < own for x in xs) + sum(x == own for x in xs) / Decimal(2)) / len(xs)
            better = [x for x in xs if (x < own if r.get("first") == "lowest" else x > own)]
            ties = sum(x == own for x in xs)
            return Decimal({"best": len(better) + 1, "worst": len(better) + ties, "average": len(better) + Decimal(1 + ties) / 2, "dense": len(set(better)) + 1}[r.get("ties", "best")])
        if what in ("sum", "count"):
            return sum((x * w for x, w in counted), Decimal(0)) if what == "sum" else total
        if not counted:
            raise Absent("missing", me)
        mean = lambda f: sum(w * f(x) for x, w in counted) / total
        n = len(xs)
        centre = sum(xs) / n
        return self.finite(
            lambda: {
                "mean": lambda: mean(lambda x: x),
                "min": lambda: min(xs),
                "max": lambda: max(xs),
                "quantile": lambda: quantile(xs, Decimal(r["share"])),
                "sd": lambda: mean(lambda x: (x - mean(lambda y: y)) ** 2).sqrt(),
                "sd_sample": lambda: (sum((x - centre) ** 2 for x in xs) / (n - 1)).sqrt(),
            }[what](),
            me,
        )


def power(a, b):
    if a == 0:
        if b < 0:
            raise ZeroDivisionError
        return Decimal(1) if b == 0 else Decimal(0)
    if a < 0 and b != b.to_integral_value():
        raise ValueError
    return a**b


def quantile(xs, share):
    xs = sorted(xs)
    place = share * (len(xs) - 1)
    low = int(place)
    high = min(low + 1, len(xs) - 1)
    return xs[low] + (xs[high] - xs[low]) * (place - low)


def known(id_):
    for path in sorted(BAKED.glob("index-*.json")):
        index = json.loads(path.read_text("utf-8"))
        if index["id"] == id_:
            return index
    raise oracle.Reject("index.unknown-id")


def run(r):
    index = known(r["index"]) if isinstance(r["index"], str) else r["index"]
    table = r["table"]
    if "csv" in table:
        raise oracle.NotCovered("csv")
    units, columns = table["units"], table["columns"]
    if not units:
        raise oracle.Reject("index.no-units")
    if len(set(units)) != len(units):
        raise oracle.Reject("index.duplicate-unit")
    for cells in columns.values():
        if len(cells) != len(units):
            raise oracle.Reject("index.column-length")
        if any(c in ("NaN", "Infinity", "-Infinity") for c in cells if isinstance(c, str)):
            raise oracle.Reject("num.not-finite")
    machine = Machine(index, units, columns)
    for section, node in machine.nodes.values():
        if section == "input" and not node.get("optional") and node.get("column", node["id"]) not in columns and node["id"] not in columns:
            raise oracle.Reject("index.missing-column")
    outputs = r.get("outputs") or machine.outputs
    if any(o not in machine.nodes for o in outputs):
        raise oracle.Reject("index.unknown-name")
    shown = []
    for output in outputs:
        values, absent = [], []
        for row, unit in enumerate(units):
            try:
                x = machine.value(row, output)
                values.append(float(x) if isinstance(x, Decimal) else x)
            except Absent as why:
                values.append(None)
                absent.append({"unit": unit, "reason": why.reason, "from": why.origin})
        shown.append({"id": output, "values": values, "absent": absent})
    return {"index": index["id"], "edition": index["edition"], "units": units, "outputs": shown}


OPERATIONS = {"index.run": run}
