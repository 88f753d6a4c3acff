"""Vectors of the road map. A small road map with every kind of rule, and the reconstruction of the catalogue."""

from __future__ import annotations

import copy

SOURCE = "the guards of the road map, worked by hand; whole answers from oracle_roadmap.py, which keeps a run as lists of events"

MINI = {
    "id": "mini", "version": "1", "provenance": "example", "new_delivery_voids_sign_off": True, "starts_with": ["agree"],
    "side": [{"id": "city", "kinds": ["city_unit"]}, {"id": "people", "kinds": ["civil_society", "residents_group"]}],
    "participant": [{"id": "city", "kinds": ["city_unit"]}, {"id": "people", "kinds": ["civil_society", "academia"]}, {"id": "public"}],
    "step": [
        {"id": "agree", "deliverables": ["pact", "notes"], "required": ["pact"], "evidence": ["pact"], "sign_off": ["city", "people"], "participants": ["city", "people"]},
        {"id": "build", "requires": ["agree"], "sign_off": ["city", "people"]},
        {"id": "paint", "optional": True, "requires": ["build"], "deliverables": ["colours", "waiver"], "required": ["colours"], "evidence": ["waiver"], "skip_needs": ["waiver"], "sign_off": ["city", "people"]},
        {"id": "test", "requires": ["build"], "sign_off": ["city", "people"], "invited": ["public"]},
        {"id": "fix", "requires": ["test"], "sign_off": ["city", "people"], "loop": [{"to": "build", "skips_stand": True}, {"to": "test"}]},
        {"id": "launch", "requires": ["fix"], "sign_off": ["city", "people"]},
    ],
}
HALL = {"id": "hall", "name": "City hall", "kind": "city_unit", "role": "lead", "side": "city"}
NGO = {"id": "ngo", "name": "An association", "kind": "civil_society", "role": "member", "side": "people"}
UNI = {"id": "uni", "name": "A university", "kind": "academia", "role": "member"}
EYE = {"id": "eye", "name": "An equality body", "kind": "equality_body", "role": "observer"}
PARTNERS = [HALL, NGO, UNI, EYE]
START = "2024-01-01"


def ev(type_, date, by="hall", **fields):
    return {"type": type_, "date": date, "by": by, **fields}


def day(n):
    """Day n of 2024, for n up to 28·12: month n//28 + 1."""
    return f"2024-{n // 28 + 1:02d}-{n % 28 + 1:02d}"


def signs(step, n, of="completion"):
    extra = {} if of == "completion" else {"of": of}
    return [ev("signed_off", day(n), "hall", step=step, side="city", **extra), ev("signed_off", day(n), "ngo", step=step, side="people", **extra)]


def agree(n):
    return [ev("started", day(n), step="agree"), ev("delivered", day(n + 1), step="agree", deliverable="pact", evidence="minutes 1"),
            ev("participated", day(n + 2), step="agree", participant="city", partners=["hall"]), ev("participated", day(n + 2), step="agree", participant="people", partners=["ngo", "uni"])]


def closed(step, n):
    """A step from start to end, in five days."""
    log = agree(n) if step == "agree" else [ev("started", day(n), step=step)]
    if step == "paint":
        log.append(ev("delivered", day(n + 1), step="paint", deliverable="colours"))
    return log + signs(step, n + 3) + [ev("completed", day(n + 4), step=step)]


def skipped(n):
    return [ev("started", day(n), step="paint"), ev("delivered", day(n + 1), step="paint", deliverable="waiver", evidence="decision 7")] + signs("paint", n + 2, "skip") + [ev("skipped", day(n + 3), "hall", step="paint", reason="Bare walls will do.")]


def steps(*names):
    """Steps one after the other, six days each."""
    log = []
    for i, name in enumerate(names):
        log += skipped(6 * i) if name == "skip" else closed(name, 6 * i)
    return log


WHOLE = ("agree", "build", "skip", "test", "fix", "launch")


def req(events=(), **more):
    return {"definition": copy.deepcopy(MINI), "start": START, "partners": copy.deepcopy(PARTNERS), "events": list(events), **more}


def write(F):
    refusals(F)
    events_shape(F)
    definitions(F)
    partners(F)
    replay(F)
    apply(F)
    cohorts(F)
    f = F("roadmap/page", "Pages that cannot be made", SOURCE)
    f.add("reject-format", "roadmap.page", req(format="pdf"), reject="wire.bad-request")
    f.add("reject-log", "roadmap.page", req([ev("started", day(1), step="build")]), reject="roadmap.prerequisite-open", note="a page is made of a log that holds")
    f.add("reject-no-cities", "roadmap.cohort_page", {}, reject="wire.bad-request")


def refusals(F):
    f = F("roadmap/refusals", "An event that is refused: the guard, and what satisfies it", SOURCE)
    everybody = ["hall", "ngo", "uni"]
    refused = set()
    change = lambda field, *ids: {"change": {"field": field, "one_of": list(ids)}}
    out = {"leave_out": {}}
    A, B = steps("agree"), steps("agree", "build")
    T = [ev("started", day(20), step="paint")]
    fixing = steps("agree", "build", "skip", "test") + [ev("started", day(24), step="fix")]
    for id_, log, event, code, fix, note in [
        ("before-cycle", [], ev("started", "2023-12-31", step="agree"), "date-before-cycle", {"change": {"field": "date", "not_before": START}}, "the first cycle begins on 1 January 2024"),
        ("before-cycle-and-log", [ev("started", day(5), step="agree")], ev("completed", "2023-12-31", step="agree"), "date-before-cycle", {"change": {"field": "date", "not_before": day(5)}}, "the day named must also come after the log"),
        ("out-of-order", [ev("started", day(5), step="agree")], ev("completed", day(4), step="agree"), "date-out-of-order", {"change": {"field": "date", "not_before": day(5)}}, None),
        ("unknown-author", [], ev("started", day(1), "nobody", step="agree"), "unknown-partner", change("by", *everybody), None),
        ("observer-author", [], ev("started", day(1), "eye", step="agree"), "observer", change("by", *everybody), None),
        ("unknown-step", [], ev("started", day(1), step="agre"), "unknown-id", change("step", "agree", "build", "paint", "test", "fix", "launch"), None),
        ("prerequisite", [], ev("started", day(1), step="build"), "prerequisite-open", {"complete": {"step": "agree"}}, None),
        ("prerequisite-far", A, ev("started", day(20), step="launch"), "prerequisite-open", {"complete": {"step": "fix"}}, "the nearest one; what that needs is told in turn"),
        ("started-twice", [ev("started", day(1), step="agree")], ev("started", day(2), step="agree"), "no-effect", out, None),
        ("complete-unstarted", [], ev("completed", day(1), step="agree"), "not-started", {"start": {"step": "agree"}}, None),
        ("deliver-unstarted", [], ev("delivered", day(1), step="agree", deliverable="notes"), "not-started", {"start": {"step": "agree"}}, None),
        ("unknown-deliverable", [ev("started", day(1), step="agree")], ev("delivered", day(1), step="agree", deliverable="pakt", evidence="x"), "unknown-id", change("deliverable", "pact", "notes"), None),
        ("nothing-to-deliver", B, ev("delivered", day(20), step="test", deliverable="pact"), "unknown-id", out, "the step hands nothing in"),
        ("no-evidence", [ev("started", day(1), step="agree")], ev("delivered", day(1), step="agree", deliverable="pact"), "evidence-missing", {"give": {"field": "evidence"}}, None),
        ("blank-evidence", [ev("started", day(1), step="agree")], ev("delivered", day(1), step="agree", deliverable="pact", evidence="  "), "evidence-missing", {"give": {"field": "evidence"}}, "blanks are no evidence"),
        ("unknown-group", [ev("started", day(1), step="agree")], ev("participated", day(1), step="agree", participant="public", people=3), "unknown-id", change("participant", "city", "people"), "the public is not of this step"),
        ("unknown-participating-partner", [ev("started", day(1), step="agree")], ev("participated", day(1), step="agree", participant="city", partners=["hall", "ghost"]), "unknown-partner", change("partners", "hall", "ngo", "uni", "eye"), None),
        ("wrong-kind-participates", [ev("started", day(1), step="agree")], ev("participated", day(1), step="agree", participant="city", partners=["ngo"]), "nobody-named", change("partners", "hall"), None),
        ("nobody-participates", [ev("started", day(1), step="agree")], ev("participated", day(1), step="agree", participant="people", people=40), "nobody-named", change("partners", "ngo", "uni"), "forty people and no organisation"),
        ("no-number-of-people", B + [ev("started", day(20), step="test")], ev("participated", day(20), step="test", participant="public", people=0), "nobody-named", {"give": {"field": "people"}}, None),
        ("unknown-side", agree(0), ev("signed_off", day(9), step="agree", side="state"), "unknown-id", change("side", "city", "people"), None),
        ("other-side", agree(0), ev("signed_off", day(9), "hall", step="agree", side="people"), "wrong-side", change("by", "ngo"), "the city does not sign for the people"),
        ("no-side", agree(0), ev("signed_off", day(9), "uni", step="agree", side="people"), "wrong-side", change("by", "ngo"), "a partner without a side takes part and does not sign"),
        ("observer-signs", agree(0), ev("signed_off", day(9), "eye", step="agree", side="people"), "observer", change("by", *everybody), None),
        ("stranger-signs", agree(0), ev("signed_off", day(9), "ghost", step="agree", side="people"), "unknown-partner", change("by", *everybody), None),
        ("sign-unstarted", [], ev("signed_off", day(1), step="agree", side="city"), "not-started", {"start": {"step": "agree"}}, None),
        ("sign-too-early", [ev("started", day(1), step="agree")], ev("signed_off", day(1), step="agree", side="city"), "deliverable-missing", {"deliver": {"step": "agree", "deliverable": "pact", "evidence": True}}, "nobody signs what is not there"),
        ("sign-without-participation", agree(0)[:2], ev("signed_off", day(9), step="agree", side="city"), "participation-missing", {"record_participation": {"step": "agree", "participant": "city", "kinds": ["city_unit"]}}, None),
        ("sign-without-the-people", agree(0)[:3], ev("signed_off", day(9), step="agree", side="city"), "participation-missing", {"record_participation": {"step": "agree", "participant": "people", "kinds": ["civil_society", "academia"]}}, None),
        ("sign-twice", agree(0) + signs("agree", 3)[:1], ev("signed_off", day(9), step="agree", side="city"), "no-effect", out, None),
        ("sign-skip-of-what-is-needed", agree(0), ev("signed_off", day(9), step="agree", side="city", of="skip"), "not-optional", change("of", "completion"), None),
        ("complete-nothing-there", [ev("started", day(1), step="agree")], ev("completed", day(2), step="agree"), "deliverable-missing", {"deliver": {"step": "agree", "deliverable": "pact", "evidence": True}}, None),
        ("complete-unsigned", agree(0), ev("completed", day(9), step="agree"), "sign-off-missing", {"sign_off": {"step": "agree", "side": "city", "of": "completion"}}, None),
        ("complete-without-the-people", agree(0) + signs("agree", 3)[:1], ev("completed", day(9), step="agree"), "sign-off-missing", {"sign_off": {"step": "agree", "side": "people", "of": "completion"}}, "the city alone closes nothing"),
        ("complete-after-new-delivery", agree(0) + signs("agree", 3) + [ev("delivered", day(5), step="agree", deliverable="pact", evidence="minutes 2")], ev("completed", day(9), step="agree"), "sign-off-missing", {"sign_off": {"step": "agree", "side": "city", "of": "completion"}}, "what was signed is no longer what is there"),
        ("complete-after-withdrawal", agree(0) + signs("agree", 3) + [ev("sign_off_withdrawn", day(5), "ngo", step="agree", side="people", reason="A line was changed.")], ev("completed", day(9), step="agree"), "sign-off-missing", {"sign_off": {"step": "agree", "side": "people", "of": "completion"}}, None),
        ("withdraw-nothing", agree(0), ev("sign_off_withdrawn", day(9), "ngo", step="agree", side="people", reason="No."), "no-effect", out, None),
        ("withdraw-of-another", agree(0) + signs("agree", 3)[:1], ev("sign_off_withdrawn", day(9), "ngo", step="agree", side="city", reason="No."), "no-effect", out, "only one's own sign-off"),
        ("withdraw-without-reason", agree(0) + signs("agree", 3), ev("sign_off_withdrawn", day(9), "ngo", step="agree", side="people"), "reason-missing", {"give": {"field": "reason"}}, None),
        ("complete-twice", A, ev("completed", day(20), step="agree"), "step-closed", out, None),
        ("start-closed", A, ev("started", day(20), step="agree"), "step-closed", out, "no loop leads back to it"),
        ("deliver-closed", A, ev("delivered", day(20), step="agree", deliverable="notes"), "step-closed", out, None),
        ("deliver-closed-with-a-way-back", fixing, ev("participated", day(25), step="test", participant="public", people=5), "step-closed", {"loop_back": {"step": "fix", "to": "test"}}, "of two loops the one that opens fewer steps"),
        ("start-closed-with-a-way-back", fixing, ev("started", day(25), step="build"), "step-closed", {"loop_back": {"step": "fix", "to": "build"}}, None),
        ("start-closed-after-all", steps(*WHOLE), ev("started", day(60), step="agree"), "step-closed", {"new_cycle": {}}, None),
        ("skip-what-is-needed", [ev("started", day(1), step="agree")], ev("skipped", day(2), step="agree", reason="No time."), "not-optional", {"complete": {"step": "agree"}}, None),
        ("skip-unstarted", B, ev("skipped", day(20), step="paint", reason="Bare walls."), "not-started", {"start": {"step": "paint"}}, "the decision is work, too"),
        ("skip-without-reason", B + T, ev("skipped", day(21), step="paint"), "reason-missing", {"give": {"field": "reason"}}, None),
        ("skip-blank-reason", B + T, ev("skipped", day(21), step="paint", reason=" \t "), "reason-missing", {"give": {"field": "reason"}}, None),
        ("skip-without-decision", B + T, ev("skipped", day(21), step="paint", reason="Bare walls."), "deliverable-missing", {"deliver": {"step": "paint", "deliverable": "waiver", "evidence": True}}, None),
        ("skip-unsigned", B + skipped(20)[:2], ev("skipped", day(22), step="paint", reason="Bare walls."), "sign-off-missing", {"sign_off": {"step": "paint", "side": "city", "of": "skip"}}, None),
        ("skip-signed-as-done", B + T + [ev("delivered", day(21), step="paint", deliverable="waiver", evidence="decision 7"), ev("delivered", day(21), step="paint", deliverable="colours")] + signs("paint", 22), ev("skipped", day(23), step="paint", reason="Bare walls."), "sign-off-missing", {"sign_off": {"step": "paint", "side": "city", "of": "skip"}}, "a signature under the work is none under the decision"),
        ("sign-skip-without-decision", B + T, ev("signed_off", day(21), step="paint", side="city", of="skip"), "deliverable-missing", {"deliver": {"step": "paint", "deliverable": "waiver", "evidence": True}}, None),
        ("loop-from-unstarted", steps("agree", "build", "skip", "test"), ev("looped_back", day(25), step="fix", to="build", reason="It leaks."), "not-started", {"start": {"step": "fix"}}, None),
        ("loop-without-reason", fixing, ev("looped_back", day(25), step="fix", to="build"), "reason-missing", {"give": {"field": "reason"}}, None),
        ("loop-elsewhere", fixing, ev("looped_back", day(25), step="fix", to="agree", reason="All anew."), "loop-not-allowed", change("to", "build", "test"), None),
        ("loop-from-a-step-without", [ev("started", day(1), step="agree")], ev("looped_back", day(2), step="agree", to="agree", reason="Anew."), "loop-not-allowed", out, None),
        ("loop-to-nowhere", fixing, ev("looped_back", day(25), step="fix", to="roof", reason="It leaks."), "unknown-id", change("to", "agree", "build", "paint", "test", "fix", "launch"), None),
        ("loop-from-closed", steps("agree", "build", "skip", "test", "fix"), ev("looped_back", day(40), step="fix", to="build", reason="It leaks."), "step-closed", out, "what is agreed stays until a new cycle"),
        ("new-cycle-too-early", A, ev("new_cycle", day(20)), "cycle-open", {"complete": {"step": "build"}}, None),
        ("new-cycle-with-an-undecided-option", steps("agree", "build", "test", "fix", "launch"), ev("new_cycle", day(60)), "cycle-open", {"complete": {"step": "paint"}}, "an option is closed by doing it or by a decision"),
        ("plan-backwards", [], ev("planned", day(1), step="agree", start="2024-05-02", due="2024-05-01"), "plan-order", {"change": {"field": "due", "not_before": "2024-05-02"}}, None),
        ("plan-closed", A, ev("planned", day(20), step="agree", start="2024-05-02", due="2024-05-03"), "step-closed", out, None),
    ]:
        f.add("check-" + id_, "roadmap.check", req(log, event=event), {"accepted": len(log), "problems": [{"code": "roadmap." + code, "fix": fix}]}, tol=0, note=note)
        if code not in refused:
            # the same event, handed in for good
            refused.add(code)
            f.add("reject-" + id_, "roadmap.apply", req(log, event=event), reject="roadmap." + code)
    # where nobody can do it, somebody has to be found
    alone = [HALL, UNI, EYE]
    f.add("check-nobody-can-sign", "roadmap.check", req(agree(0), event=ev("signed_off", day(9), step="agree", side="people")) | {"partners": alone + [{**NGO, "side": None}]},
          {"problems": [{"code": "roadmap.wrong-side", "fix": {"add_partner": {"side": "people", "kinds": ["civil_society", "residents_group"]}}}]}, tol=0)
    f.add("check-nobody-to-sign", "roadmap.check", req(agree(0) + signs("agree", 3)[:1], event=ev("completed", day(9), step="agree")) | {"partners": alone + [{**NGO, "side": None}]},
          {"problems": [{"code": "roadmap.sign-off-missing", "fix": {"add_partner": {"side": "people", "kinds": ["civil_society", "residents_group"]}}}]}, tol=0)
    f.add("check-nobody-acts", "roadmap.check", req(event=ev("started", day(1), "eye", step="agree")) | {"partners": [EYE]}, {"problems": [{"code": "roadmap.observer", "fix": {"add_partner": {}}}]}, tol=0)
    f.add("check-no-kind-takes-part", "roadmap.check", req(agree(0)[:2] + agree(0)[3:], event=ev("participated", day(9), "ngo", step="agree", participant="city", partners=["ngo"])) | {"partners": [{**HALL, "kind": "academia", "side": None}, NGO, UNI]},
          {"problems": [{"code": "roadmap.nobody-named", "fix": {"add_partner": {"kinds": ["city_unit"]}}}]}, tol=0)
    f.add("check-all-refusals-of-a-log", "roadmap.check", req([ev("started", day(1), step="build"), ev("started", day(2), step="agree"), ev("started", day(1), step="agree"), ev("completed", day(3), step="agree")]),
          {"accepted": 1, "problems": [{"code": "roadmap.prerequisite-open", "location": {"path": "events[0].step"}}, {"code": "roadmap.date-out-of-order", "location": {"path": "events[2].date"}},
                                       {"code": "roadmap.deliverable-missing", "location": {"path": "events[3].step"}}]}, tol=0, note="what is refused is left out, and the rest is checked without it")
    f.add("check-whole-log", "roadmap.check", req(steps(*WHOLE)), {"accepted": len(steps(*WHOLE)), "problems": []}, tol=0)


def events_shape(F):
    f = F("roadmap/events", "Events that are no events", SOURCE)
    good = ev("started", day(1), step="agree")
    for id_, event, code, path in [
        ("unknown-type", {**good, "type": "begun"}, "roadmap.bad-event", "event.type"),
        ("no-type", {"date": day(1), "by": "hall"}, "roadmap.bad-event", "event"),
        ("no-date", {"type": "started", "by": "hall", "step": "agree"}, "roadmap.bad-event", "event.date"),
        ("no-author", {"type": "started", "date": day(1), "step": "agree"}, "roadmap.bad-event", "event.by"),
        ("no-step", {"type": "started", "date": day(1), "by": "hall"}, "roadmap.bad-event", "event.step"),
        ("field-of-another-type", {**good, "side": "city"}, "roadmap.bad-event", "event.side"),
        ("field-of-no-type", {**good, "colour": "red"}, "roadmap.bad-event", "event"),
        ("two-extra-fields", {**good, "to": "agree", "reason": "x"}, "roadmap.bad-event", "event.reason"),
        ("wrong-purpose", ev("signed_off", day(1), step="agree", side="city", of="fun"), "roadmap.bad-event", "event"),
        ("bad-id", {**good, "step": "a b"}, "text.bad-id", "event.step"),
        ("date-of-no-calendar", {**good, "date": "2024-02-30"}, "roadmap.bad-date", "event.date"),
        ("date-not-leap", {**good, "date": "2023-02-29"}, "roadmap.bad-date", "event.date"),
        ("date-short", {**good, "date": "2024-2-3"}, "roadmap.bad-date", "event.date"),
        ("date-other-way-round", {**good, "date": "03-02-2024"}, "roadmap.bad-date", "event.date"),
        ("date-with-time", {**good, "date": "2024-02-03T10:00"}, "roadmap.bad-date", "event.date"),
        ("date-too-late", {**good, "date": "2201-01-01"}, "roadmap.bad-date", "event.date"),
        ("date-signed", {**good, "date": "+024-01-01"}, "roadmap.bad-date", "event.date"),
        ("due-unreadable", ev("planned", day(1), step="agree", start="2024-05-01", due="soon"), "roadmap.bad-date", "event.due"),
    ]:
        f.add("check-" + id_, "roadmap.check", req(event=event), {"accepted": 0, "problems": [{"code": code, "location": {"path": path}}]}, tol=0)
    f.add("leap-day", "roadmap.check", req(event={**good, "date": "2024-02-29"}), {"accepted": 1, "problems": []}, tol=0)
    f.add("null-is-absent", "roadmap.check", req(event={**good, "side": None}), {"accepted": 1, "problems": []}, tol=0)
    f.add("reject-no-start", "roadmap.replay", {"definition": MINI, "partners": PARTNERS}, reject="wire.bad-request")
    f.add("reject-no-partners", "roadmap.replay", {"definition": MINI, "start": START}, reject="wire.bad-request")
    f.add("reject-bad-start", "roadmap.replay", req() | {"start": "1 May"}, reject="roadmap.bad-date")
    f.add("reject-no-event", "roadmap.apply", req(), reject="wire.bad-request")


def definitions(F):
    f = F("roadmap/definitions", "Road maps as data: what is a road map, and what is none", SOURCE)

    def changed(change):
        d = copy.deepcopy(MINI)
        change(d)
        return d

    def step(d, i):
        return d["step"][i]

    for id_, change, found in [
        ("nothing-to-walk", lambda d: d.update(step=[], starts_with=[]), [("bad-definition", "step")]),
        ("two-steps-alike", lambda d: step(d, 1).update(id="agree"), [("duplicate-id", "step"), ("unknown-id", "step.paint.requires"), ("unknown-id", "step.test.requires"), ("unknown-id", "step.fix.loop.to")]),
        ("two-sides-alike", lambda d: d["side"].append(d["side"][0]), [("duplicate-id", "side")]),
        ("deliverable-twice", lambda d: step(d, 0)["deliverables"].append("notes"), [("duplicate-id", "step.agree.deliverables")]),
        ("loop-twice", lambda d: step(d, 4)["loop"].append({"to": "test"}), [("duplicate-id", "step.fix.loop")]),
        ("unknown-prerequisite", lambda d: step(d, 1).update(requires=["agre"]), [("unknown-id", "step.build.requires")]),
        ("unknown-required", lambda d: step(d, 0).update(required=["pakt"]), [("unknown-id", "step.agree.required")]),
        ("unknown-evidence", lambda d: step(d, 0).update(evidence=["pact", "x"]), [("unknown-id", "step.agree.evidence")]),
        ("unknown-decision", lambda d: step(d, 2).update(skip_needs=["x"]), [("unknown-id", "step.paint.skip_needs")]),
        ("unknown-side", lambda d: step(d, 0).update(sign_off=["city", "state"]), [("unknown-id", "step.agree.sign_off")]),
        ("unknown-participant", lambda d: step(d, 0).update(participants=["x"]), [("unknown-id", "step.agree.participants")]),
        ("unknown-invited", lambda d: step(d, 3).update(invited=["x"]), [("unknown-id", "step.test.invited")]),
        ("unknown-loop", lambda d: step(d, 4).update(loop=[{"to": "x"}]), [("unknown-id", "step.fix.loop.to")]),
        ("unknown-kept", lambda d: step(d, 4).update(loop=[{"to": "build", "keeps": ["x"]}]), [("unknown-id", "step.fix.loop.keeps")]),
        ("unknown-beginning", lambda d: d.update(starts_with=["x"]), [("unknown-id", "starts_with")]),
        ("nobody-signs", lambda d: step(d, 1).update(sign_off=[]), [("bad-definition", "step.build.sign_off")]),
        ("side-of-nobody", lambda d: d["side"][0].update(kinds=[]), [("bad-definition", "side.city.kinds")]),
        ("kind-of-no-partner", lambda d: d["side"][0].update(kinds=["mayor"]), [("bad-definition", "side[0]")]),
        ("unknown-field", lambda d: step(d, 0).update(needs=["x"]), [("bad-definition", "step[0]")]),
        ("requires-itself", lambda d: step(d, 1).update(requires=["build"]), None),
        ("circle-of-two", lambda d: step(d, 1).update(requires=["agree", "test"]), None),
        ("circle-at-the-beginning", lambda d: step(d, 0).update(requires=["launch"]), None),
        ("island", lambda d: d["step"].append({"id": "island", "sign_off": ["city"]}), [("unreachable-step", "step.island")]),
        ("beyond-the-island", lambda d: d["step"].extend([{"id": "island", "sign_off": ["city"]}, {"id": "beyond", "requires": ["island"], "sign_off": ["city"]}]), [("unreachable-step", "step.island"), ("unreachable-step", "step.beyond")]),
        ("loop-forward", lambda d: step(d, 1).update(loop=[{"to": "launch"}]), [("bad-definition", "step.build.loop.to")]),
        ("loop-aside", lambda d: step(d, 4).update(loop=[{"to": "paint"}]), [("bad-definition", "step.fix.loop.to")]),
        ("loop-keeps-its-end", lambda d: step(d, 4).update(loop=[{"to": "build", "keeps": ["build"]}]), [("bad-definition", "step.fix.loop.keeps")]),
    ]:
        d = changed(change)
        code = "circular-prerequisites" if found is None else found[0][0]
        # the circle makes the steps behind it unreachable as well; those come from the oracle
        expect = None if found is None else {"problems": [{"code": "roadmap." + c, "location": {"path": p}} for c, p in found]}
        f.add("check-" + id_, "roadmap.check", {"definition": d}, expect, take=["problems"] if found is None else None, tol=0)
        f.add("reject-" + id_, "roadmap.replay", {**req(), "definition": d}, reject="roadmap." + code)
    f.add("check-mini", "roadmap.check", {"definition": MINI}, {"problems": []}, tol=0)
    f.add("islands-may-begin", "roadmap.check", {"definition": changed(lambda d: (d["step"].append({"id": "island", "sign_off": ["city"]}), d.update(starts_with=[])))}, {"problems": []}, tol=0, note="without `starts_with` every step that requires nothing begins")
    f.add("loop-to-itself", "roadmap.check", {"definition": changed(lambda d: step(d, 4).update(loop=[{"to": "fix"}]))}, {"problems": []}, tol=0, note="a step may be walked again")
    f.add("reject-unknown-map", "roadmap.definition", {"definition": "no-such-map"}, reject="roadmap.unknown-id")
    f.add("reject-shape", "roadmap.replay", req() | {"definition": {"id": "x"}}, reject="roadmap.bad-definition")
    f.add("mini", "roadmap.definition", {"definition": MINI}, {"definition": {"id": "mini", "version": "1"}, "steps": [{"id": i} for i in ("agree", "build", "paint", "test", "fix", "launch")]}, tol=0)
    f.add("reconstruction", "roadmap.definition", {}, {"definition": {"id": "reconstruction", "provenance": "reconstruction"}, "steps": [{"id": i} for i in ("commit", "train", "core", "tools", "digitalise", "pretest", "refine", "standardise")]}, tol=0, note="the catalogue's road map is the one that is used when none is named")
    f.add("reconstruction-by-name", "roadmap.definition", {"definition": "reconstruction"}, take=["definition"], tol=0)


def partners(F):
    f = F("roadmap/partners", "Lists of partners that do not hold", SOURCE)
    for id_, change, code, path in [
        ("twice", lambda p: p.append(copy.deepcopy(HALL)), "roadmap.duplicate-id", "partners[4].id"),
        ("unknown-side", lambda p: p[0].update(side="state"), "roadmap.unknown-id", "partners[0].side"),
        ("side-of-another-kind", lambda p: p[2].update(side="people"), "roadmap.side-not-allowed", "partners[2].side"),
        ("company-for-the-city", lambda p: p[2].update(kind="private_sector", side="city"), "roadmap.side-not-allowed", "partners[2].side"),
        ("unknown-kind", lambda p: p[1].update(kind="party"), "roadmap.bad-partner", "partners[1]"),
        ("unknown-role", lambda p: p[1].update(role="boss"), "roadmap.bad-partner", "partners[1]"),
        ("no-name", lambda p: p[3].update(name="  "), "roadmap.bad-partner", "partners[3].name"),
        ("no-role", lambda p: p[3].pop("role"), "roadmap.bad-partner", "partners[3]"),
        ("extra-field", lambda p: p[3].update(phone="1"), "roadmap.bad-partner", "partners[3]"),
    ]:
        p = copy.deepcopy(PARTNERS)
        change(p)
        f.add("check-" + id_, "roadmap.check", req() | {"partners": p}, {"accepted": 0, "problems": [{"code": code, "location": {"path": path}}]}, tol=0)
    f.add("reject-shape", "roadmap.replay", req() | {"partners": [{"id": "x"}]}, reject="roadmap.bad-partner")
    f.add("reject-twice", "roadmap.replay", req() | {"partners": [HALL, HALL]}, reject="roadmap.duplicate-id")
    f.add("reject-side", "roadmap.replay", req() | {"partners": [{**UNI, "side": "people"}]}, reject="roadmap.side-not-allowed")
    f.add("observer-with-a-side", "roadmap.replay", req(agree(0)) | {"partners": [HALL, {**NGO, "role": "observer"}, UNI]}, take=["next_actions", "readiness"], tol=0, note="an observer may belong to a side and cannot sign for it")
    f.add("nobody", "roadmap.replay", req() | {"partners": []}, take=["next_actions"], tol=0)


ALL = ["state", "next_actions", "readiness", "timeline"]


def replay(F):
    f = F("roadmap/replay", "A log and the state that it makes", SOURCE)

    def add(id_, log, expect=None, note=None, **more):
        f.add(id_, "roadmap.replay", req(log, **more), expect or {}, take=ALL, tol=0, note=note)

    add("nothing-yet", [], {"state": {"closed": 0, "cycle": 1, "steps": [{"status": "ready"}] + [{"status": "waiting"}] * 5}} and None)
    for n in range(1, 8):
        add(f"agree-{n}", closed("agree", 0)[:n])
    loop = steps("agree", "build", "skip", "test") + [ev("started", day(24), step="fix"), ev("looped_back", day(25), step="fix", to="build", reason="It leaks.")]
    add("looped", loop, note="build, test and fix are open again; the decision on paint stands")
    add("looped-short", loop[:-1] + [ev("looped_back", day(25), step="fix", to="test", reason="Too few came.")], note="build stays closed")
    painted = steps("agree", "build", "paint", "test") + [ev("started", day(24), step="fix"), ev("looped_back", day(25), step="fix", to="build", reason="It leaks.")]
    add("looped-painted", painted, note="what was done on the old build is to be done anew; a decision to skip would stand")
    half = steps("agree", "build") + [ev("started", day(12), step="paint"), ev("delivered", day(13), step="paint", deliverable="colours")] + [{**e, "date": day(14)} for e in closed("test", 0)] + [ev("started", day(15), step="fix"), ev("looped_back", day(16), step="fix", to="build", reason="It leaks.")]
    add("looped-while-another-step-is-open", half, note="an open step that rests on what is built anew begins anew, too")
    again = loop + [{**e, "date": day(26 + i // 2)} for i, e in enumerate(closed("build", 0) + closed("test", 0))]
    add("second-walk", again)
    twice = again + [ev("started", day(40), step="fix"), ev("looped_back", day(41), step="fix", to="test", reason="Once more.")] + [{**e, "date": day(42)} for e in closed("test", 0) + closed("fix", 0) + closed("launch", 0)]
    add("three-walks", twice, note="two loops, and the cycle is complete")
    add("whole-cycle", steps(*WHOLE))
    add("whole-cycle-painted", steps("agree", "build", "paint", "test", "fix", "launch"))
    new = steps(*WHOLE) + [ev("new_cycle", day(40), reason="A new year.")]
    add("new-cycle", new)
    add("second-cycle-begins", new + [{**e, "date": day(41)} for e in closed("agree", 0)])
    second = new + [{**e, "date": day(50)} for e in steps(*WHOLE)]
    add("two-cycles", second)
    add("withdrawn", agree(0) + signs("agree", 3) + [ev("sign_off_withdrawn", day(5), "ngo", step="agree", side="people", reason="A line was changed.")])
    add("voided", agree(0) + signs("agree", 3) + [ev("delivered", day(5), step="agree", deliverable="notes")], note="handing anything in anew takes the signatures back")
    plain = {**MINI, "new_delivery_voids_sign_off": False}
    f.add("not-voided", "roadmap.replay", req(agree(0) + signs("agree", 3) + [ev("delivered", day(5), step="agree", deliverable="notes")]) | {"definition": plain}, take=ALL, tol=0, note="where the road map says so, signatures stay")
    two = [HALL, NGO, UNI, EYE, {**NGO, "id": "block", "kind": "residents_group"}]
    f.add("two-sign-for-a-side", "roadmap.replay", req(agree(0) + signs("agree", 3) + [ev("signed_off", day(4), "block", step="agree", side="people"), ev("sign_off_withdrawn", day(5), "ngo", step="agree", side="people", reason="No.")]) | {"partners": two}, take=ALL, tol=0, note="the other signature still holds")
    add("skip-begun", steps("agree", "build") + skipped(12)[:2], note="the decision is in hand: what is missing are the signatures under it")
    add("skip-signed", steps("agree", "build") + skipped(12)[:4])
    add("paint-begun", steps("agree", "build") + [ev("started", day(12), step="paint")], note="both ways are open")
    plans = [ev("planned", day(0), step="agree", start="2024-01-01", due="2024-01-04"), ev("planned", day(0), step="build", start="2024-01-05", due="2024-03-01")]
    add("planned", plans)
    add("planned-and-late", plans + closed("agree", 1), note="closed on 6 January, two days after its plan")
    add("planned-seen-later", plans + closed("agree", 0), as_of="2024-06-01")
    add("replanned", plans + [ev("planned", day(1), step="agree", start="2024-01-02", due="2024-02-01")] + closed("agree", 2), note="the later plan counts")
    add("seen-earlier", closed("agree", 3)[:2], as_of="2024-01-02", note="a day before the start makes no negative days")
    add("until-a-day", plans + steps("agree", "build"), until=day(7), note="the log as it was on that day")
    add("until-before-the-start", steps("agree"), until="2023-01-01")
    add("deliver-anew", agree(0) + [ev("delivered", day(4), "ngo", step="agree", deliverable="pact", evidence="minutes 2"), ev("delivered", day(4), step="agree", deliverable="notes")], note="the newest of each, in the order of the definition")
    add("public-takes-part", steps("agree", "build") + [ev("started", day(12), step="test"), ev("participated", day(13), step="test", participant="public", people=25)])
    kept = copy.deepcopy(MINI)
    kept["step"][4]["loop"] = [{"to": "build", "keeps": ["paint"]}]
    f.add("loop-keeps-what-is-done", "roadmap.replay", req(painted) | {"definition": kept}, take=ALL, tol=0, note="kept by name")
    none = copy.deepcopy(MINI)
    none["step"][4]["loop"] = [{"to": "build"}]
    f.add("loop-takes-the-skip-back", "roadmap.replay", req(loop) | {"definition": none}, take=ALL, tol=0)
    tiny = {"id": "tiny", "version": "1", "provenance": "example", "side": [{"id": "all", "kinds": ["residents_group"]}], "step": [{"id": "only", "sign_off": ["all"], "optional": True}]}
    block = [{"id": "block", "name": "A block", "kind": "residents_group", "role": "member", "side": "all"}]
    walk = [ev("started", "2024-01-01", "block", step="only"), ev("signed_off", "2024-01-01", "block", step="only", side="all", of="skip"), ev("skipped", "2024-01-01", "block", step="only", reason="Not now.")]
    for n in range(4):
        f.add(f"one-step-one-side-{n}", "roadmap.replay", {"definition": tiny, "start": START, "partners": block, "events": walk[:n]}, take=ALL, tol=0, note="a road map of one step, one side, and no decision to hand in")
    f.add("reconstruction-empty", "roadmap.replay", {"start": START, "partners": []}, take=["state", "readiness", "timeline"], tol=0)
    for id_, log, code in [("order", [ev("started", day(2), step="agree"), ev("started", day(1), step="agree")], "roadmap.date-out-of-order"), ("guard", [ev("started", day(2), step="launch")], "roadmap.prerequisite-open")]:
        f.add("reject-" + id_, "roadmap.replay", req(log), reject=code)
    f.add("reject-until", "roadmap.replay", req(until="soon"), reject="roadmap.bad-date")
    f.add("reject-as-of", "roadmap.replay", req(as_of="today"), reject="roadmap.bad-date")


def apply(F):
    f = F("roadmap/apply", "One event on a log", SOURCE)
    log = steps("agree", "build")
    f.add("start", "roadmap.apply", req(log, event=ev("started", day(20), step="test")), {"state": {"events": len(log) + 1}}, take=["next_actions"], tol=0)
    f.add("start-two", "roadmap.apply", req(log + [ev("started", day(20), step="test")], event=ev("started", day(20), step="paint")), take=ALL, tol=0, note="two steps go on at the same time")
    f.add("same-day", "roadmap.apply", req(log, event=ev("started", log[-1]["date"], step="test")), {"state": {"events": len(log) + 1}}, tol=0, note="not before is not after")
    for id_, event, code in [
        ("closed", ev("started", day(20), step="agree"), "roadmap.step-closed"),
        ("order", ev("started", day(1), step="test"), "roadmap.date-out-of-order"),
        ("before", ev("started", "2020-01-01", step="test"), "roadmap.date-before-cycle"),
        ("stranger", ev("started", day(20), "ghost", step="test"), "roadmap.unknown-partner"),
        ("observer", ev("started", day(20), "eye", step="test"), "roadmap.observer"),
        ("prerequisite", ev("started", day(20), step="launch"), "roadmap.prerequisite-open"),
        ("not-started", ev("completed", day(20), step="test"), "roadmap.not-started"),
        ("unknown", ev("started", day(20), step="roof"), "roadmap.unknown-id"),
        ("cycle", ev("new_cycle", day(20)), "roadmap.cycle-open"),
        ("plan", ev("planned", day(20), step="test", start=day(30), due=day(29)), "roadmap.plan-order"),
        ("loop", ev("looped_back", day(20), step="test", to="build", reason="x"), "roadmap.loop-not-allowed"),
        ("skip", ev("skipped", day(20), step="test", reason="x"), "roadmap.not-optional"),
        ("shape", {"type": "started"}, "roadmap.bad-event"),
        ("date", ev("started", "1 May 2024", step="test"), "roadmap.bad-date"),
    ]:
        f.add("reject-" + id_, "roadmap.apply", req(log, event=event), reject=code)
    f.add("reject-log", "roadmap.apply", req(log + [ev("completed", day(20), step="test")], event=ev("started", day(20), step="test")), reject="roadmap.not-started", note="the log itself must hold")


def cohorts(F):
    f = F("roadmap/cohort", "Cities on one road map: who is where, what holds them up, median days", SOURCE)

    def city(id_, log, **more):
        return {"city": {"id": id_, "name": id_.title()}, "start": START, "partners": PARTNERS, "events": log, **more}

    def add(id_, cities, expect=None, note=None, tol=1e-12, **more):
        f.add(id_, "roadmap.cohort", {"definition": MINI, "cities": cities, **more}, expect or {}, take=["as_of", "taking_part", "observers", "steps", "cities"], tol=tol, note=note)

    slow = [{**e, "date": day(i * 2)} for i, e in enumerate(closed("agree", 0))]
    add("none", [])
    add("one", [city("a", steps("agree"))])
    add("two-by-id", [city("b", steps("agree", "build")), city("a", slow)], note="in the order of their ids; agree took 4 and 12 days, so 8")
    add("three", [city("c", []), city("b", steps("agree", "build", "skip")), city("a", slow[:3])])
    add("observer-is-not-counted", [city("a", steps("agree")), city("z", slow, observer=True)], note="the observer's 12 days are not in the median")
    add("broken-log", [city("a", steps("agree")), city("b", [ev("started", day(1), step="launch")])], note="one log that does not hold is that city's matter")
    loop = steps("agree", "build", "skip", "test") + [ev("started", day(24), step="fix"), ev("looped_back", day(25), step="fix", to="build", reason="It leaks.")]
    again = loop + [{**e, "date": day(26 + i // 2)} for i, e in enumerate(closed("build", 0) + closed("test", 0))]
    add("loops-count-from-the-first-start", [city("a", again), city("b", loop)], note="build: from its first start to its last end; b is not done with it")
    add("second-cycle-counts-too", [city("a", steps(*WHOLE) + [ev("new_cycle", day(40))] + [{**e, "date": day(41)} for e in closed("agree", 0)])], note="two walks through agree, of 4 and of 0 days: 2")
    add("seen-later", [city("a", closed("agree", 0)[:3])], as_of="2024-12-31")
    nine = [city(f"c{i}", (steps(*WHOLE))[: 6 * i]) for i in range(9)]
    add("nine", nine)
    ids = ["Ä", "a"]
    f.add("reject-id", "roadmap.cohort", {"definition": MINI, "cities": [{**city("x", []), "city": {"id": ids[0]}}]}, reject="wire.bad-request")
    f.add("reject-two-alike", "roadmap.cohort", {"definition": MINI, "cities": [city("a", []), city("a", [])]}, reject="roadmap.duplicate-id")
    f.add("reject-no-city", "roadmap.cohort", {"definition": MINI, "cities": [{"start": START, "partners": []}]}, reject="wire.bad-request")
