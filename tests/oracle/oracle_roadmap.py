"""The road map a second time: a run as lists of events that still count, asked anew at each step.

For each step this keeps its *life*: the events since it was last opened. What a step has, who signed, whether it is closed
is read from that list each time; nothing is stored beside it.
"""

from __future__ import annotations

import datetime
import json
import re
import statistics
from pathlib import Path

import oracle as base

CATALOGUE = json.loads((Path(__file__).resolve().parents[2] / "catalogue" / "baked" / "catalogue.json").read_text("utf-8"))
KINDS = ["city_unit", "civil_society", "nhri", "equality_body", "academia", "private_sector", "residents_group", "international_organisation"]
FIELDS = {
    "planned": ["step", "start", "due"], "started": ["step"], "delivered": ["step", "deliverable", "evidence"],
    "participated": ["step", "participant", "partners", "people"], "signed_off": ["step", "side", "of"],
    "sign_off_withdrawn": ["step", "side", "reason"], "skipped": ["step", "reason"], "looped_back": ["step", "to", "reason"],
    "completed": ["step"], "new_cycle": ["reason"],
}
MAY_BE_ABSENT = {"evidence", "partners", "people", "of", "reason"}


class Trouble(Exception):
    """Something is wrong at a place of the input."""

    def __init__(self, code, path, fix=None):
        super().__init__(code)
        self.code, self.path, self.fix = code, path, fix

    def data(self):
        out = {"code": self.code, "location": {"path": self.path}}
        if self.fix is not None:
            out["fix"] = self.fix
        return out


def the_id(x, path):
    if not isinstance(x, str):
        raise TypeError(path)
    if not re.fullmatch(r"[A-Za-z0-9_.:-]{1,128}", x):
        raise Trouble("text.bad-id", path)
    return x


def day(x, path):
    if not isinstance(x, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", x):
        raise Trouble("roadmap.bad-date", path)
    try:
        d = datetime.date.fromisoformat(x)
    except ValueError:
        raise Trouble("roadmap.bad-date", path) from None
    if not 1800 <= d.year <= 2200:
        raise Trouble("roadmap.bad-date", path)
    return d


# ---- the definition --------------------------------------------------------------------------------------------------

LISTS = ["requires", "deliverables", "required", "evidence", "skip_needs", "sign_off", "participants", "invited"]


def definition_of(r):
    d = r.get("definition")
    if d is None:
        return CATALOGUE["roadmaps"][0]
    if isinstance(d, str):
        for m in CATALOGUE["roadmaps"]:
            if m["id"] == d:
                return m
        raise Trouble("roadmap.unknown-id", "definition")
    return d


def twice(ids):
    return [x for i, x in enumerate(ids) if x in ids[:i]]


def above(d):
    """For each step, all that it rests on, by repeated widening."""
    up = {s["id"]: set(s.get("requires", [])) for s in d["step"]}
    while True:
        wider = {k: v | {y for x in v for y in up.get(x, set())} for k, v in up.items()}
        if wider == up:
            return up
        up = wider


def problems_of(d):
    out = []

    def say(code, path):
        out.append(Trouble(code, path))

    if set(d) - {"id", "version", "provenance", "new_delivery_voids_sign_off", "starts_with", "side", "participant", "step"}:
        return [Trouble("roadmap.bad-definition", "definition")]
    if any(k not in d for k in ("id", "version", "provenance", "side", "step")):
        return [Trouble("roadmap.bad-definition", "definition")]
    for i, s in enumerate(d["side"]):
        if set(s) != {"id", "kinds"} or any(k not in KINDS for k in s["kinds"]):
            return [Trouble("roadmap.bad-definition", f"side[{i}]")]
    for i, s in enumerate(d["step"]):
        if "id" not in s or "sign_off" not in s or set(s) - {"id", "number", "attested", "optional", "loop", *LISTS}:
            return [Trouble("roadmap.bad-definition", f"step[{i}]")]
    if not d["step"]:
        say("roadmap.bad-definition", "step")
    for section in ("side", "participant", "step"):
        for _ in twice([x["id"] for x in d.get(section, [])]):
            say("roadmap.duplicate-id", section)
    for s in d["step"]:
        for field in LISTS:
            for _ in twice(s.get(field, [])):
                say("roadmap.duplicate-id", f"step.{s['id']}.{field}")
        for _ in twice([w["to"] for w in s.get("loop", [])]):
            say("roadmap.duplicate-id", f"step.{s['id']}.loop")
    steps = {s["id"] for s in d["step"]}
    sides = {s["id"] for s in d["side"]}
    groups = {p["id"] for p in d.get("participant", [])}

    def known(path, ids, among):
        for x in ids:
            if x not in among:
                say("roadmap.unknown-id", path)

    known("starts_with", d.get("starts_with", []), steps)
    for s in d["step"]:
        own = set(s.get("deliverables", []))
        for field, among in [("requires", steps), ("required", own), ("evidence", own), ("skip_needs", own), ("sign_off", sides), ("participants", groups), ("invited", groups)]:
            known(f"step.{s['id']}.{field}", s.get(field, []), among)
        for w in s.get("loop", []):
            known(f"step.{s['id']}.loop.to", [w["to"]], steps)
            known(f"step.{s['id']}.loop.keeps", w.get("keeps", []), steps)
    for s in d["side"]:
        if not s["kinds"]:
            say("roadmap.bad-definition", f"side.{s['id']}.kinds")
    for s in d["step"]:
        if not s["sign_off"]:
            say("roadmap.bad-definition", f"step.{s['id']}.sign_off")
    if out:
        return out
    up = above(d)
    if any(k in v for k, v in up.items()):
        out.append(Trouble("roadmap.circular-prerequisites", None))
    # what can start, taken away one by one
    left = list(d["step"])
    done = set()
    moved = True
    while moved:
        moved = False
        for s in list(left):
            first = not s.get("requires") and (not d.get("starts_with") or s["id"] in d["starts_with"])
            if first or (s.get("requires") and set(s["requires"]) <= done):
                done.add(s["id"])
                left.remove(s)
                moved = True
    for s in left:
        say("roadmap.unreachable-step", f"step.{s['id']}")
    if not out:
        for s in d["step"]:
            for w in s.get("loop", []):
                if w["to"] != s["id"] and w["to"] not in up[s["id"]]:
                    say("roadmap.bad-definition", f"step.{s['id']}.loop.to")
                if w["to"] in w.get("keeps", []) or s["id"] in w.get("keeps", []):
                    say("roadmap.bad-definition", f"step.{s['id']}.loop.keeps")
    return out


# ---- partners --------------------------------------------------------------------------------------------------------


def partners_of(d, partners):
    seen = set()
    for i, p in enumerate(partners):
        ok = isinstance(p, dict) and {"id", "name", "kind", "role"} <= set(p) <= {"id", "name", "kind", "role", "side"}
        if not ok or p["kind"] not in KINDS or p["role"] not in ("lead", "member", "observer"):
            raise Trouble("roadmap.bad-partner", f"partners[{i}]")
        if not p["name"].strip():
            raise Trouble("roadmap.bad-partner", f"partners[{i}].name")
        if p["id"] in seen:
            raise Trouble("roadmap.duplicate-id", f"partners[{i}].id")
        seen.add(p["id"])
        if p.get("side") is not None:
            side = next((s for s in d["side"] if s["id"] == p["side"]), None)
            if side is None:
                raise Trouble("roadmap.unknown-id", f"partners[{i}].side")
            if p["kind"] not in side["kinds"]:
                raise Trouble("roadmap.side-not-allowed", f"partners[{i}].side")
    return partners


# ---- the log ---------------------------------------------------------------------------------------------------------


def event_of(e, path):
    if not isinstance(e, dict) or not isinstance(e.get("type"), str):
        raise Trouble("roadmap.bad-event", path)
    given = {k: v for k, v in e.items() if v is not None}
    everything = {"type", "date", "by"} | {f for fs in FIELDS.values() for f in fs}
    if set(given) - everything or given.get("of", "skip") not in ("completion", "skip"):
        raise Trouble("roadmap.bad-event", path)
    if e["type"] not in FIELDS:
        raise Trouble("roadmap.bad-event", path + ".type")
    extra = sorted(set(given) - {"type", "date", "by", *FIELDS[e["type"]]})
    if extra:
        raise Trouble("roadmap.bad-event", f"{path}.{extra[0]}")
    out = dict(given)
    for field in ["date", "by", *FIELDS[e["type"]]]:
        if field not in given:
            if field in MAY_BE_ABSENT:
                continue
            raise Trouble("roadmap.bad-event", f"{path}.{field}")
        if field in ("date", "start", "due"):
            out[field] = day(given[field], f"{path}.{field}")
        elif field in ("by", "step", "deliverable", "participant", "side", "to"):
            the_id(given[field], f"{path}.{field}")
    if e["type"] == "signed_off":
        out.setdefault("of", "completion")
    return out


class Walk:
    def __init__(self, d, start, partners):
        self.d, self.start, self.partners = d, start, partners
        self.rules = {s["id"]: s for s in d["step"]}
        self.log = []
        self.cycle, self.cycle_started, self.loops = 1, start, 0
        self.rows = []
        self.fresh()

    def fresh(self):
        self.life = {k: [] for k in self.rules}
        self.plans = {k: None for k in self.rules}
        self.iteration = {k: 1 for k in self.rules}
        self.void = {k: 0 for k in self.rules}

    # -- what a life tells

    def last(self, step, *types):
        return next((e for e in reversed(self.life[step]) if e["type"] in types), None)

    def closed(self, step):
        return self.last(step, "completed", "skipped") is not None

    def status(self, step):
        end = self.last(step, "completed", "skipped")
        if end:
            return end["type"]
        if self.last(step, "started"):
            return "open"
        return "ready" if all(self.closed(x) for x in self.rules[step].get("requires", [])) else "waiting"

    def has(self, step, deliverable):
        return any(e["type"] == "delivered" and e["deliverable"] == deliverable for e in self.life[step])

    def took_part(self, step, group):
        return any(e["type"] == "participated" and e["participant"] == group for e in self.life[step])

    def signatures(self, step):
        """Sign-offs that hold: read from the end, until something takes them back."""
        held = []
        for e in self.life[step]:
            if e["type"] == "signed_off":
                held.append(e)
            elif e["type"] == "delivered" and self.d.get("new_delivery_voids_sign_off", False):
                held = []
            elif e["type"] == "sign_off_withdrawn":
                held = [s for s in held if not (s["side"] == e["side"] and s["by"] == e["by"])]
        return held

    def signed(self, step, side, of):
        return any(s["side"] == side and s["of"] == of for s in self.signatures(step))

    # -- partners

    def acting(self):
        return [p for p in self.partners if p["role"] != "observer"]

    def signatories(self, side):
        return [p["id"] for p in self.acting() if p.get("side") == side]

    def of_kinds(self, kinds):
        return [p["id"] for p in self.acting() if p["kind"] in kinds]

    def leads(self):
        return [p["id"] for p in self.partners if p["role"] == "lead"] or [p["id"] for p in self.acting()]

    def group_kinds(self, group):
        return next((p.get("kinds", []) for p in self.d.get("participant", []) if p["id"] == group), [])

    # -- fixes

    def add(self, kinds, side=None):
        inner = {}
        if side:
            inner["side"] = side
        if kinds:
            inner["kinds"] = kinds
        return {"add_partner": inner}

    def add_signatory(self, side):
        return self.add(next(s["kinds"] for s in self.d["side"] if s["id"] == side), side)

    def participation(self, step, group):
        kinds = self.group_kinds(group)
        if kinds and not self.of_kinds(kinds):
            return self.add(kinds)
        inner = {"step": step, "participant": group}
        if kinds:
            inner["kinds"] = kinds
        return {"record_participation": inner}

    def lacks(self, step, of, sides=True):
        rule, out = self.rules[step], []
        for x in rule.get("skip_needs" if of == "skip" else "required", []):
            if not self.has(step, x):
                out.append(("roadmap.deliverable-missing", x, {"deliver": {"step": step, "deliverable": x, "evidence": x in rule.get("evidence", [])}}))
        if of == "completion":
            for g in rule.get("participants", []):
                if not self.took_part(step, g):
                    out.append(("roadmap.participation-missing", g, self.participation(step, g)))
        if sides:
            for side in rule["sign_off"]:
                if not self.signed(step, side, of):
                    fix = {"sign_off": {"step": step, "side": side, "of": of}} if self.signatories(side) else self.add_signatory(side)
                    out.append(("roadmap.sign-off-missing", side, fix))
        return out

    def opened_by(self, way):
        up = above(self.d)
        out = []
        for k in self.rules:
            if k == way["to"]:
                out.append(k)
            elif way["to"] in up[k]:
                stays = self.closed(k) and (k in way.get("keeps", []) or (way.get("skips_stand", False) and self.status(k) == "skipped"))
                if not stays:
                    out.append(k)
        return out

    # -- guards

    def guard(self, e, path):
        def no(code, field, fix):
            raise Trouble(code, f"{path}.{field}", fix)

        def change(field, ids, otherwise=None):
            return {"change": {"field": field, "one_of": list(ids)}} if ids else otherwise if otherwise is not None else {"leave_out": {}}

        def unknown(field, known):
            no("roadmap.unknown-id", field, change(field, known))

        last = self.log[-1]["date"] if self.log else None
        if e["date"] < self.start:
            no("roadmap.date-before-cycle", "date", {"change": {"field": "date", "not_before": str(last or self.start)}})
        if last and e["date"] < last:
            no("roadmap.date-out-of-order", "date", {"change": {"field": "date", "not_before": str(last)}})
        who = next((p for p in self.partners if p["id"] == e["by"]), None)
        able = change("by", [p["id"] for p in self.acting()], self.add([]))
        if who is None:
            no("roadmap.unknown-partner", "by", able)
        if who["role"] == "observer":
            no("roadmap.observer", "by", able)
        t = e["type"]
        if t == "new_cycle":
            for k in self.rules:
                if self.status(k) in ("ready", "open"):
                    no("roadmap.cycle-open", "type", {"complete": {"step": k}})
            return
        k = e["step"]
        if k not in self.rules:
            unknown("step", list(self.rules))
        rule = self.rules[k]

        def not_closed(reopens):
            if not self.closed(k):
                return
            fix = {"leave_out": {}}
            if reopens:
                ways = [(len(self.opened_by(w)), i, s, w) for i, (s, w) in enumerate((s, w) for s in self.rules for w in self.rules[s].get("loop", []))
                        if self.status(s) == "open" and k in self.opened_by(w)]
                if ways:
                    _, _, s, w = min(ways, key=lambda x: x[:2])
                    fix = {"loop_back": {"step": s, "to": w["to"]}}
                elif all(self.closed(x) for x in self.rules):
                    fix = {"new_cycle": {}}
            no("roadmap.step-closed", "step", fix)

        def must_be_open(reopens):
            not_closed(reopens)
            if self.status(k) != "open":
                no("roadmap.not-started", "step", {"start": {"step": k}})

        def first(lacks):
            if lacks:
                no(lacks[0][0], "step", lacks[0][2])

        def reason():
            if not e.get("reason", "").strip():
                no("roadmap.reason-missing", "reason", {"give": {"field": "reason"}})

        own = [s for s in self.signatures(k) if s["by"] == e["by"] and s["side"] == e.get("side")]
        if t == "planned":
            if e["due"] < e["start"]:
                no("roadmap.plan-order", "due", {"change": {"field": "due", "not_before": str(e["start"])}})
            not_closed(True)
        elif t == "started":
            not_closed(True)
            if self.status(k) == "open":
                no("roadmap.no-effect", "step", {"leave_out": {}})
            for x in rule.get("requires", []):
                if not self.closed(x):
                    no("roadmap.prerequisite-open", "step", {"complete": {"step": x}})
        elif t == "delivered":
            if e["deliverable"] not in rule.get("deliverables", []):
                unknown("deliverable", rule.get("deliverables", []))
            must_be_open(True)
            if e["deliverable"] in rule.get("evidence", []) and not e.get("evidence", "").strip():
                no("roadmap.evidence-missing", "evidence", {"give": {"field": "evidence"}})
        elif t == "participated":
            groups = rule.get("participants", []) + rule.get("invited", [])
            if e["participant"] not in groups:
                unknown("participant", groups)
            must_be_open(True)
            named = e.get("partners", [])
            listed = [p["id"] for p in self.partners]
            if any(x not in listed for x in named):
                no("roadmap.unknown-partner", "partners", change("partners", listed))
            kinds = self.group_kinds(e["participant"])
            if not kinds and not named and not e.get("people", 0):
                no("roadmap.nobody-named", "people", {"give": {"field": "people"}})
            if kinds and not set(named) & set(self.of_kinds(kinds)):
                no("roadmap.nobody-named", "partners", change("partners", self.of_kinds(kinds), self.add(kinds)))
        elif t in ("signed_off", "sign_off_withdrawn"):
            if e["side"] not in rule["sign_off"]:
                unknown("side", rule["sign_off"])
            must_be_open(False)
            if t == "signed_off":
                if e["by"] not in self.signatories(e["side"]):
                    no("roadmap.wrong-side", "by", change("by", self.signatories(e["side"]), self.add_signatory(e["side"])))
                if e["of"] == "skip" and not rule.get("optional", False):
                    no("roadmap.not-optional", "of", change("of", ["completion"]))
                if any(s["of"] == e["of"] for s in own):
                    no("roadmap.no-effect", "step", {"leave_out": {}})
                first(self.lacks(k, e["of"], sides=False))
            else:
                if not own:
                    no("roadmap.no-effect", "step", {"leave_out": {}})
                reason()
        elif t == "skipped":
            not_closed(False)
            if not rule.get("optional", False):
                no("roadmap.not-optional", "step", {"complete": {"step": k}})
            must_be_open(False)
            reason()
            first(self.lacks(k, "skip"))
        elif t == "looped_back":
            if e["to"] not in self.rules:
                unknown("to", list(self.rules))
            ways = [w["to"] for w in rule.get("loop", [])]
            if e["to"] not in ways:
                no("roadmap.loop-not-allowed", "to", change("to", ways))
            must_be_open(True)
            reason()
        elif t == "completed":
            must_be_open(False)
            first(self.lacks(k, "completion"))

    # -- taking in

    def row(self, k, back=None):
        started, end = self.last(k, "started"), self.last(k, "completed", "skipped")
        out = {"cycle": self.cycle, "step": k, "iteration": self.iteration[k], "status": self.status(k)}
        plan = self.plans[k]
        out |= {"planned_start": plan and str(plan[0]), "planned_due": plan and str(plan[1]), "started": started and str(started["date"]), "ended": None, "ending": None}
        if end:
            out |= {"ended": str(end["date"]), "ending": end["type"]}
        elif back and started:
            out |= {"ended": str(back), "ending": "looped_back"}
        return out

    def take(self, e, path):
        self.guard(e, path)
        self.log.append(e)
        if e["type"] == "new_cycle":
            self.rows += [self.row(k) for k in self.rules]
            self.cycle += 1
            self.cycle_started, self.loops = e["date"], 0
            self.fresh()
        elif e["type"] == "looped_back":
            way = next(w for w in self.rules[e["step"]]["loop"] if w["to"] == e["to"])
            opened = self.opened_by(way)
            self.rows += [self.row(k, e["date"]) for k in opened if self.last(k, "started")]
            for k in opened:
                self.void[k] += len(self.signatures(k))
                if self.last(k, "started"):
                    self.iteration[k] += 1
                self.life[k] = []
            self.loops += 1
        elif e["type"] == "planned":
            self.plans[e["step"]] = (e["start"], e["due"])
        else:
            before = len(self.signatures(e["step"]))
            self.life[e["step"]].append(e)
            self.void[e["step"]] += max(0, before - len(self.signatures(e["step"])))

    # -- views

    def step_state(self, k):
        newest = {e["deliverable"]: e for e in self.life[k] if e["type"] == "delivered"}
        started, end = self.last(k, "started"), self.last(k, "completed", "skipped")
        plan = self.plans[k]
        return {
            "step": k, "status": self.status(k), "iteration": self.iteration[k],
            "planned": plan and {"start": str(plan[0]), "due": str(plan[1])},
            "started": started and str(started["date"]), "closed": end and str(end["date"]),
            "deliveries": [{"deliverable": x, "date": str(newest[x]["date"]), "by": newest[x]["by"], "evidence": newest[x].get("evidence")}
                           for x in self.rules[k].get("deliverables", []) if x in newest],
            "participation": [{"participant": e["participant"], "date": str(e["date"]), "partners": e.get("partners", []), "people": e.get("people")}
                              for e in self.life[k] if e["type"] == "participated"],
            "sign_offs": [{"side": s["side"], "of": s["of"], "by": s["by"], "date": str(s["date"])} for s in self.signatures(k)],
            "sign_offs_void": self.void[k],
            "skip_reason": end["reason"] if end and end["type"] == "skipped" else None,
        }

    def state(self):
        closed = sum(self.closed(k) for k in self.rules)
        return {
            "cycle": self.cycle, "cycle_started": str(self.cycle_started), "last_event": str(self.log[-1]["date"]) if self.log else None, "events": len(self.log),
            "loops": self.loops, "iterations": self.loops + 1, "closed": closed, "cycle_complete": closed == len(self.rules), "steps": [self.step_state(k) for k in self.rules],
        }

    def skipping(self, k):
        if self.status(k) == "skipped":
            return True
        begun = any(self.has(k, x) for x in self.rules[k].get("skip_needs", [])) or any(s["of"] == "skip" for s in self.signatures(k))
        return self.rules[k].get("optional", False) and self.status(k) == "open" and begun

    def readiness(self):
        out = []
        say = [lambda c, a, f: {"guard": c, "about": a, "fix": f}][0]
        for k, rule in self.rules.items():
            missing, closed = [], self.closed(k)
            if not closed:
                missing += [say("roadmap.prerequisite-open", x, {"complete": {"step": x}}) for x in rule.get("requires", []) if not self.closed(x)]
                if self.status(k) != "open":
                    missing.append(say("roadmap.not-started", k, {"start": {"step": k}}))
                missing += [say(*x) for x in self.lacks(k, "skip" if self.skipping(k) else "completion")]
            of = len(rule.get("requires", [])) + 1 + len(rule["sign_off"])
            of += len(rule.get("skip_needs", [])) if self.skipping(k) else len(rule.get("required", [])) + len(rule.get("participants", []))
            out.append({
                "step": k, "status": self.status(k), "met": of - len(missing), "of": of, "can_start": self.status(k) == "ready",
                "toward": "skip" if self.skipping(k) else "completion", "can_close": self.status(k) == "open" and not missing, "missing": missing,
                "invited_missing": [g for g in rule.get("invited", []) if not closed and not self.skipping(k) and not self.took_part(k, g)],
                "to_skip": [say(*x) for x in self.lacks(k, "skip")] if rule.get("optional", False) and not closed and not self.skipping(k) else None,
            })
        return out

    def next_actions(self):
        out = []

        def act(step, action, why, now):
            (verb, inner), = action.items()
            if verb == "sign_off":
                who = self.signatories(inner["side"])
            elif verb == "record_participation" and inner.get("kinds"):
                who = self.of_kinds(inner["kinds"])
            else:
                who = self.leads()
            due = str(self.plans[step][1]) if step and self.plans[step] else None
            out.append({"step": step, "action": action, "who": who, "why": why, "now": now, "due": due})

        if all(self.closed(k) for k in self.rules):
            act(None, {"new_cycle": {}}, "cycle-complete", True)
        for k, rule in self.rules.items():
            if self.status(k) == "ready":
                act(k, {"start": {"step": k}}, "roadmap.not-started", True)
            if self.status(k) != "open":
                continue
            optional = rule.get("optional", False)
            skipping = self.skipping(k)
            of = "skip" if skipping else "completion"
            may_sign = not self.lacks(k, of, sides=False)
            lacks = self.lacks(k, of)
            for code, _, fix in lacks:
                act(k, fix, code, may_sign or "sign_off" not in fix)
            if not skipping:
                for g in rule.get("invited", []):
                    fix = self.participation(k, g)
                    if not self.took_part(k, g) and "record_participation" in fix:
                        act(k, fix, "invited", True)
                if not lacks:
                    act(k, {"complete": {"step": k}}, "nothing-missing", True)
            if optional:
                done = skipping and not lacks
                act(k, {"skip": {"step": k}}, "nothing-missing" if done else "optional", done)
        return out

    def timeline(self, as_of=None):
        today = as_of or (self.log[-1]["date"] if self.log else self.start)
        rows = [dict(r) for r in self.rows + [self.row(k) for k in self.rules]]
        iso = datetime.date.fromisoformat
        for r in rows:
            end = iso(r["ended"]) if r["ended"] else today
            r["days"] = max(0, (end - iso(r["started"])).days) if r["started"] else None
            r["late_days"] = max(0, (end - iso(r["planned_due"])).days) if r["planned_due"] else None
        order = list(self.rules)
        return sorted(rows, key=lambda r: (r["cycle"], order.index(r["step"]), r["iteration"]))


# ---- operations ------------------------------------------------------------------------------------------------------


def checked_definition(r):
    d = definition_of(r)
    if isinstance(r.get("definition"), dict):
        for p in problems_of(d):
            raise p
    return d


def empty(r, d):
    if "start" not in r:
        raise base.Reject("wire.bad-request")
    start = day(r["start"], "start")
    return Walk(d, start, partners_of(d, r["partners"]))


def walk_of(r, d=None):
    w = empty(r, d or checked_definition(r))
    until = day(r["until"], "until") if r.get("until") else None
    for i, e in enumerate(r.get("events", [])):
        e = event_of(e, f"events[{i}]")
        if until and e["date"] > until:
            break
        w.take(e, f"events[{i}]")
    return w


def views(w, r):
    return {"state": w.state(), "next_actions": w.next_actions(), "readiness": w.readiness(), "timeline": w.timeline(day(r.get("as_of") or r["until"], "as_of") if r.get("as_of") or r.get("until") else None)}


def rejecting(f):
    def run(r):
        try:
            return f(r)
        except Trouble as t:
            raise base.Reject(t.code) from None
    return run


@rejecting
def replay(r):
    return views(walk_of(r), r)


@rejecting
def apply(r):
    w = walk_of(r)
    w.take(event_of(r["event"], "event"), "event")
    return views(w, r)


@rejecting
def check(r):
    d = definition_of(r)
    problems, accepted = [], 0
    if isinstance(r.get("definition"), dict):
        problems += problems_of(d)
    if not problems and "start" in r:
        try:
            w = empty(r, d)
        except Trouble as t:
            return {"accepted": 0, "problems": [t.data()]}
        todo = [(f"events[{i}]", e) for i, e in enumerate(r.get("events", []))]
        if r.get("event") is not None:
            todo.append(("event", r["event"]))
        for path, e in todo:
            try:
                w.take(event_of(e, path), path)
                accepted += 1
            except Trouble as t:
                problems.append(t)
    out = []
    for p in problems:
        data = p.data()
        if p.path is None:
            del data["location"]
        out.append(data)
    return {"accepted": accepted, "problems": out}


@rejecting
def definition(r):
    d = checked_definition(r)
    return {"definition": {"id": d["id"], "version": d["version"], "provenance": d["provenance"], "step": [{"id": s["id"]} for s in d["step"]]}, "steps": [{"id": s["id"]} for s in d["step"]]}


@rejecting
def cohort(r):
    d = checked_definition(r)
    walks, ids = [], []
    for i, c in enumerate(r["cities"]):
        cid = c["city"]["id"]
        if not re.fullmatch(r"[A-Za-z0-9_.:-]{1,128}", cid):
            raise base.Reject("wire.bad-request")
        if cid in ids:
            raise Trouble("roadmap.duplicate-id", f"cities[{i}].city.id")
        ids.append(cid)
        try:
            walks.append((cid, c, walk_of(c, d)))
        except Trouble as t:
            walks.append((cid, c, t))
    walks.sort(key=lambda x: x[0].encode())
    good = [(c, w) for _, c, w in walks if isinstance(w, Walk)]
    dates = [w.log[-1]["date"] for _, w in good if w.log]
    as_of = day(r["as_of"], "as_of") if r.get("as_of") else max(dates, default=None)
    steps = []
    for s in d["step"]:
        k = s["id"]
        part = [w for c, w in good if not c.get("observer")]
        days = []
        for w in part:
            for cycle in range(1, w.cycle + 1):
                mine = [x for x in w.timeline() if x["cycle"] == cycle and x["step"] == k]
                if mine and mine[-1]["ending"] == "completed":
                    first = min(x["started"] for x in mine if x["started"])
                    days.append((datetime.date.fromisoformat(mine[-1]["ended"]) - datetime.date.fromisoformat(first)).days)
        tally = {word: sum(w.status(k) == word for w in part) for word in ("waiting", "ready", "open", "completed", "skipped")}
        steps.append({"step": k, **tally, "durations": len(days), "median_days": statistics.median(days) if days else None})
    rows = []
    for cid, c, w in walks:
        row = {"city": cid, "name": c["city"].get("name") or cid, "observer": bool(c.get("observer")), "open": [], "ready": []}
        if isinstance(w, Trouble):
            row["error"] = {"code": w.code}
        else:
            st, ready = w.state(), w.readiness()
            row |= {"cycle": st["cycle"], "iterations": st["iterations"], "closed": st["closed"], "last_event": st["last_event"]}
            for x, y in zip(st["steps"], ready):
                if x["status"] == "open":
                    since = datetime.date.fromisoformat(x["started"])
                    row["open"].append({"step": x["step"], "iteration": x["iteration"], "since": x["started"], "days": max(0, (as_of - since).days), "missing": y["missing"]})
                elif x["status"] == "ready":
                    row["ready"].append(x["step"])
        rows.append(row)
    observers = sum(bool(c.get("observer")) for _, c, _ in walks)
    return {"as_of": str(as_of) if as_of else None, "taking_part": len(walks) - observers, "observers": observers, "steps": steps, "cities": rows}


OPERATIONS = {"roadmap.definition": definition, "roadmap.check": check, "roadmap.replay": replay, "roadmap.apply": apply, "roadmap.cohort": cohort}
BY_HAND = {"roadmap.page", "roadmap.cohort_page"}
