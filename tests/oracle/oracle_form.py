"""Forms, collection plans, templates and answers back in. Written from docs/form.md and the notes in catalogue/questions, never from the engine."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
from functools import lru_cache

import oracle
from oracle import CATALOGUE_DIR, Reject

SEPARATORS = "/-.:"
META = set(
    "start end today deviceid username audit instanceID instanceName meta/instanceID meta/instanceName meta-instanceID meta-instanceName meta/rootUuid meta/deprecatedID formhub/uuid "
    "KEY SubmissionDate SubmitterID SubmitterName AttachmentsPresent AttachmentsExpected Status ReviewState DeviceID Edits FormVersion".split()
)


@lru_cache(1)
def bank():
    return json.loads((CATALOGUE_DIR / "questions.json").read_text("utf-8"))


def question(id_):
    return next((q for q in bank()["question"] if q["id"] == id_), None)


def answer_list(id_):
    return next(a for a in bank()["answers"] if a["id"] == id_)


def in_order():
    return [q for s in bank()["sections"] for q in bank()["question"] if q.get("section") == s]


def dimension(id_):
    return next((d for d in oracle.catalogue()["dimensions"] if d["id"] == id_), None)


def age_range(code):
    m = re.fullmatch(r"Y(?:_(LT|LE|GE|GT))?(\d{1,3})(?:-(\d{1,3}))?", code)
    if not m:
        return None
    kind, a, b = m[1], int(m[2]), m[3] and int(m[3])
    if b is not None:
        return (a, b) if kind is None and a <= b else None
    return {"LT": (0, a - 1), "LE": (0, a), "GE": (a, 999), "GT": (a + 1, 999), None: (a, a)}[kind]


def is_code(text):
    return re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", text) is not None


class Form:
    """The choice of questions for a request."""

    def __init__(self, request):
        self.r = r = request
        b = bank()
        self.check()
        self.languages = r.get("languages") or b["languages"][:1]
        if len(set(self.languages)) < len(self.languages):
            raise Reject("form.bad-request")
        self.ages = r.get("age_groups") or b["age_groups"]
        asked, wanted = set(), set(r.get("dimensions", []))
        self.indicators, self.dimensions = [], []
        for sheet in self.selected():
            use = self.of_indicator(sheet, asked)
            if "reason" not in use:
                wanted |= set(sheet["disaggregation"].get("required", []))
                if r.get("desirable"):
                    wanted |= set(sheet["disaggregation"].get("desirable", []))
            self.indicators.append(use)
        for d in sorted(wanted):
            self.dimensions.append(self.of_dimension(d, asked))
        self.questions = [q for q in in_order() if q["id"] in asked]
        self.topics = list(dict.fromkeys(q["topic"] for q in self.questions if q.get("topic")))

    def check(self):
        r, b = self.r, bank()
        for topic, basis in sorted(r.get("legal_basis", {}).items()):
            known = next((t for t in b["topic"] if t["id"] == topic), None)
            if known is None:
                raise Reject("form.unknown-topic")
            if basis["ground"] not in known["grounds"]:
                raise Reject("form.unknown-ground")
        for d in [*r.get("dimensions", []), *r.get("without", []), *r.get("codes", {})]:
            if dimension(d) is None:
                raise Reject("form.unknown-dimension")
        for d, codes in r.get("codes", {}).items():
            lists = [a for a in b["answers"] if a.get("groups") == d and a.get("open")]
            if not lists:
                raise Reject("form.bad-request")
            if not dimension(d)["open"]:
                # labels for the groups of a closed list: all of them in their order
                groups = [g["code"] for g in dimension(d)["group"] if "not_stated" not in g and g["code"] != dimension(d).get("total")]
                if [o["code"] for o in codes] != groups or not all(o.get("label") for o in codes):
                    raise Reject("form.bad-request")
            seen = set(lists[0]["codes"]) | {b["refused"], b["dont_know"]}
            for own in codes:
                if not is_code(own["code"]) or own["code"] in seen:
                    raise Reject("form.bad-code")
                seen.add(own["code"])
        if "form_id" in r and not (is_code(r["form_id"]) and r["form_id"][0].isalpha()):
            raise Reject("form.bad-request")
        if "version" in r and not is_code(r["version"]):
            raise Reject("form.bad-request")
        ages = [age_range(c) for c in r.get("age_groups", [])]
        if None in ages or any(a[0] <= c[1] and c[0] <= a[1] for i, a in enumerate(ages) for c in ages[:i]):
            raise Reject("form.bad-request")
        texts = [*r.get("title", {}).values(), *(t for cs in r.get("codes", {}).values() for o in cs for t in o.get("label", {}).values())]
        texts += [r[k] for k in ("controller", "contact", "lawful_basis", "retention") if k in r]
        texts += [x["record"] for x in r.get("legal_basis", {}).values() if "record" in x]
        if any(not t.strip() or "${" in t for t in texts):
            raise Reject("form.bad-request")
        if any(lang not in b["languages"] for lang in r.get("languages", [])):
            raise Reject("form.unknown-language")

    def selected(self):
        c = oracle.catalogue()
        ids = set()
        for name in self.r.get("selection") or ["core"]:
            found = next((s for s in c["selections"] if s["id"] == name), None)
            if found:
                ids |= set(found.get("indicators", [])) | {i for a in found.get("area", []) for i in a["indicators"]}
            elif any(i["id"] == name for i in c["indicators"]):
                ids.add(name)
            else:
                raise Reject("assess.unknown-selection")
        return sorted((i for i in c["indicators"] if i["id"] in ids), key=lambda i: i["id"])

    def own(self, list_):
        return self.r.get("codes", {}).get(list_.get("groups"), []) if list_.get("open") else []

    def substantive(self, list_):
        return [o["code"] for o in self.own(list_)] + list_["codes"]

    def codes(self, list_):
        return self.substantive(list_) + list_.get("absent", [])

    def closure(self, id_, into):
        q = question(id_)
        if id_ not in into:
            into.add(id_)
            for c in q.get("ask_if", []):
                self.closure(c["question"], into)
            other = q.get("answers") and answer_list(q["answers"]).get("chosen_in")
            if other:
                self.closure(other, into)

    def hindrance(self, ids):
        # of the first question (by id) that cannot be asked
        for id_ in sorted(ids):
            q = question(id_)
            if q.get("topic") and q["topic"] not in self.r.get("legal_basis", {}):
                return "no_legal_basis"
            if q.get("answers") and not self.substantive(answer_list(q["answers"])):
                return answer_list(q["answers"]).get("lacking", "needs_codes")
        return None

    def of_indicator(self, sheet, asked):
        id_ = sheet["id"]
        measure = next((m for m in bank()["measure"] if m["indicator"] == id_), None)
        if measure is None:
            return {"indicator": id_, "questions": [], "reason": bank()["unasked"].get(id_, "not_survey")}
        needed = set()
        for part in ("all", "any", "base", "minus"):
            for c in measure.get(part, []):
                self.closure(c["question"], needed)
        reason = self.hindrance(needed)
        if reason:
            return {"indicator": id_, "questions": [], "reason": reason}
        if "split" in measure:
            more = set()
            self.closure(measure["split"], more)
            if self.hindrance(more) is None:
                needed |= more
        asked |= needed
        return {"indicator": id_, "questions": [q["id"] for q in in_order() if q["id"] in needed]}

    def of_dimension(self, id_, asked):
        b = bank()
        if id_ in self.r.get("without", []):
            return {"dimension": id_, "questions": [], "reason": "not_wanted"}
        own = [q["id"] for q in b["question"] if q.get("dimension") == id_]
        own = list(dict.fromkeys(own + [q for d in b["derived"] if d["dimension"] == id_ for q in d["questions"]]))
        if not own:
            return {"dimension": id_, "questions": [], "reason": b["unasked_dimensions"].get(id_, "not_survey")}
        needed = set()
        for q in own:
            self.closure(q, needed)
        reason = self.hindrance(needed)
        if reason:
            return {"dimension": id_, "questions": [], "reason": reason}
        asked |= needed
        return {"dimension": id_, "questions": own}

    def measures(self):
        used = {i["indicator"] for i in self.indicators if "reason" not in i}
        return sorted((m for m in bank()["measure"] if m["indicator"] in used), key=lambda m: m["indicator"])

    def asks(self, id_):
        return any(q["id"] == id_ for q in self.questions)

    # ---- texts

    def texts(self, lang):
        return bank()["texts"][lang]

    def each(self, make):
        return [make(self.texts(lang), lang) for lang in self.languages]

    def may_text(self, topic, t):
        basis = self.r["legal_basis"][topic]
        record = f"({basis['record']})" if "record" in basis else ""
        filled = t["words"]["may_ask"].replace("{purpose}", t["purposes"][topic]).replace("{ground}", t["grounds"][basis["ground"]]).replace("{record}", record)
        return " ".join(filled.split())

    def intro(self, t):
        said = [t["words"]["intro"]]
        for line, field in (("who", "controller"), ("contact", "contact"), ("retention", "retention")):
            if field in self.r:
                said.append(t["words"][line].replace("{" + field + "}", self.r[field]))
        return " ".join(said)

    def label(self, list_, code, t, lang):
        b = bank()
        if code == b["refused"]:
            return t["words"]["refused"]
        if code == b["dont_know"]:
            return t["words"]["dont_know"]
        for o in self.own(list_):
            if o["code"] == code:
                labels = o.get("label", {})
                return labels.get(lang) or (labels[min(labels)] if labels else code)
        return t["answers"][list_["id"]][code]

    # ---- XLSForm

    def xpath(self, c):
        id_ = c["question"]
        if "any" in c:
            several = question(id_)["kind"] == "select_multiple"
            parts = [f"selected(${{{id_}}}, '{x}')" if several else f"${{{id_}}} = '{x}'" for x in c["any"]]
            return parts[0] if len(parts) == 1 else "(" + " or ".join(parts) + ")"
        return " and ".join(f"${{{id_}}} {sign} {c[k]}" for k, sign in (("from", ">="), ("to", "<=")) if k in c)

    def conditions(self, q):
        return " and ".join(self.xpath(c) for c in q.get("ask_if", []))

    def relevant(self, q):
        parts = [f"${{may_{q['topic']}}} = 'yes'"] if q.get("topic") else []
        return " and ".join([*parts, *([self.conditions(q)] if q.get("ask_if") else [])])

    def row(self, kind, name, label=None, hint=None, required=False, relevant="", constraint="", message=None, filter_=""):
        blank = [""] * len(self.languages)
        return [kind, name, *(label or blank), *(hint or blank), "yes" if required else "", relevant, constraint, *(message or blank), filter_]

    def question_row(self, q):
        b = bank()
        common = {"select_one": "", "select_multiple": "hint_multiple", "integer": "hint_number"}[q["kind"]]
        hint = self.each(lambda t, _: " ".join(x for x in (t["hints"].get(q["id"], ""), t["words"].get(common, "")) if x))
        label = self.each(lambda t, _: t["questions"][q["id"]])
        if q["kind"] == "integer":
            lo, hi = q["minimum"], q["maximum"]
            return self.row("integer", q["id"], label, hint, True, self.relevant(q), f"(. >= {lo} and . <= {hi}) or . = {b['dont_know_number']} or . = {b['refused_number']}",
                            self.each(lambda t, _: t["words"]["message_number"].replace("{from}", str(lo)).replace("{to}", str(hi))))
        list_ = answer_list(q["answers"])
        constraint, message = "", None
        alone = list_.get("alone", []) + list_.get("absent", [])
        if q["kind"] == "select_multiple" and alone:
            constraint = "count-selected(.) <= 1 or not(" + " or ".join(f"selected(., '{x}')" for x in alone) + ")"
            message = self.each(lambda t, _: t["words"]["message_alone"])
        filter_ = ""
        if "chosen_in" in list_:
            filter_ = " or ".join([f"selected(${{{list_['chosen_in']}}}, name)", *(f"name = '{x}'" for x in list_["absent"])])
        return self.row(f"{q['kind']} {q['answers']}", q["id"], label, hint, bool(list_["absent"]) or q["id"] == b["consent"], self.relevant(q), constraint, message, filter_)

    def build(self):
        b = bank()
        names = [f"{self.texts(lang)['language']} ({lang})" for lang in self.languages]
        spread = lambda column: [f"{column}::{n}" for n in names]
        given = f"${{{b['consent']}}} = '{b['consent_given']}'"
        rows = [self.row("note", "intro", self.each(lambda t, _: self.intro(t))), self.question_row(question(b["consent"]))]
        done = set()
        for s in b["sections"]:
            here = [q for q in self.questions if q["section"] == s]
            if not here:
                continue
            rows.append(self.row("begin_group", s, self.each(lambda t, _: t["sections"][s]), relevant=given))
            for q in here:
                topic = q.get("topic")
                if topic and topic not in done:
                    done.add(topic)
                    rows.append(self.row("select_one may", f"may_{topic}", self.each(lambda t, _: self.may_text(topic, t)), required=True, relevant=self.conditions(q)))
                if q["id"] in self.texts(self.languages[0])["notes"]:
                    rows.append(self.row("note", f"note_{q['id']}", self.each(lambda t, _: t["notes"][q["id"]]), relevant=self.relevant(q)))
                rows.append(self.question_row(q))
            rows.append(self.row("end_group", ""))
        rows.append(self.row("note", "thanks", self.each(lambda t, _: t["words"]["thanks"]), relevant=given))
        choices, lists = [], []
        for q in [question(b["consent"]), *self.questions]:
            if q.get("answers") and q["answers"] not in lists:
                lists.append(q["answers"])
                list_ = answer_list(q["answers"])
                choices += [[list_["id"], c, *self.each(lambda t, lang: self.label(list_, c, t, lang))] for c in self.codes(list_)]
        if self.topics:
            choices += [["may", c, *self.each(lambda t, _: t["words"][c])] for c in ("yes", "no")]
        digest = hashlib.sha256(json.dumps([rows, choices], ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()[:8]
        version = self.r.get("version") or f"{oracle.catalogue()['release']['version']}-{digest}"
        title = self.r.get("title", {}).get(self.languages[0]) or self.texts(self.languages[0])["words"]["title"]
        return {
            "survey": {"columns": ["type", "name", *spread("label"), *spread("hint"), "required", "relevant", "constraint", *spread("constraint_message"), "choice_filter"], "rows": rows},
            "choices": {"columns": ["list_name", "name", *spread("label")], "rows": choices},
            "settings": {"columns": ["form_title", "form_id", "version", "default_language"], "rows": [[title, self.r.get("form_id", "sms"), version, names[0]]]},
        }

    def minutes(self, rules):
        seconds = {"select_one": rules["seconds_select_one"], "select_multiple": rules["seconds_select_multiple"], "integer": rules["seconds_number"]}
        notes = self.texts(self.languages[0])["notes"]
        total = sum(seconds[q["kind"]] + (rules["seconds_note"] if q["id"] in notes else 0) for q in self.questions)
        total += 2 * rules["seconds_note"] + rules["seconds_select_one"] + len(self.topics) * (rules["seconds_note"] + rules["seconds_select_one"])
        return total / 60

    def findings(self, rules):
        counts = {}
        standards = {q["standard"] for q in self.questions if q.get("standard")}
        own = sum(1 for s in standards for lang in self.languages if self.texts(lang)["standard_texts"].get(s) != "read")
        if own:
            counts["form.own-translation"] = own
        if self.questions and self.minutes(rules) > rules["minutes_limit"]:
            counts["form.long"] = 1
        return {"counts": counts}


def rules_of(r):
    return r.get("rules") or {k: v["value"] for k, v in oracle.standard_method()["form"].items()}


def form_of(r):
    return Form(r.get("form") or {})


def language_of(form, r):
    lang = r.get("language") or form.languages[0]
    if lang not in bank()["languages"]:
        raise Reject("form.unknown-language")
    return lang


def build(r):
    form, rules = form_of(r), rules_of(r)
    return {"form": form.build(), "indicators": form.indicators, "dimensions": form.dimensions, "minutes": form.minutes(rules), "findings": form.findings(rules)}


def as_csv(columns, rows):
    out = io.StringIO()
    w = csv.writer(out, lineterminator="\n")
    w.writerow(columns)
    w.writerows(rows)
    return out.getvalue()


def plan(r):
    form, rules = form_of(r), rules_of(r)
    lang = language_of(form, r)
    t = form.texts(lang)
    ask = r.get("plan") or {}
    first, last = ask.get("from"), ask.get("to")
    if first is None and last is not None:
        raise Reject("form.bad-request")
    if first is not None:
        last = first if last is None else last
        if not (1800 <= first <= last <= 2200):
            raise Reject("form.bad-request")
    c = oracle.catalogue()
    category = {s["id"]: s["category"] for s in c["source_types"]}
    survey = None
    if form.questions:
        survey = {"questions": len(form.questions), "minutes": form.minutes(rules)}
        if ask.get("interviews") is not None:
            survey["interviews"] = ask["interviews"]
            survey["hours"] = ask["interviews"] * (survey["minutes"] + rules["overhead_minutes"]) / 60
    labels = c["texts"]["en"]["labels"]
    rows = []
    for use in form.indicators:
        sheet = next(i for i in c["indicators"] if i["id"] == use["indicator"])
        every = {"annual": 1, "biennial": 2}.get(sheet["periodicity"]) or int(re.search(r"\d+", sheet["periodicity"])[0])
        row = {
            "indicator": sheet["id"], "name": c["texts"]["en"]["indicators"][sheet["id"]]["name"], "asked": "reason" not in use, "sources": sheet["source_types"],
            "source": "; ".join(labels["sources"][s]["name"] for s in sheet["source_types"]), "level": sheet["responsible_level"],
            "services": [labels["services"][s]["name"] for s in sheet["service_areas"]], "periodicity": sheet["periodicity"],
            "years": list(range(first, last + 1, every)) if first is not None else [], "questions": use["questions"],
        }
        if "reason" in use:
            row |= {"reason": use["reason"], "reason_text": t["reasons"][use["reason"]]}
            row["hours"] = rules[{"events": "hours_events", "expert": "hours_expert"}.get(category[sheet["source_types"][0]], "hours_administrative")]
        elif survey and "hours" in survey:
            row["hours"] = survey["hours"]
        rows.append(row)
    dims = [{"dimension": d["dimension"], "name": labels["dimensions"][d["dimension"]]["name"], "questions": d["questions"],
             **({"reason": d["reason"], "reason_text": t["reasons"][d["reason"]]} if "reason" in d else {})} for d in form.dimensions]
    special = bool(form.topics)
    lines = [{"id": k["id"], "text": t["checks"][k["id"]], "status": "met" if "computed" in k else "recorded" if k.get("field") in form.r else "open"}
             for k in bank()["check"] if special or k["when"] != "special"]
    topics = []
    for id_ in form.topics:
        basis = form.r["legal_basis"][id_]
        topics.append({"topic": id_, "name": t["topics"][id_], "category": next(x["category"] for x in bank()["topic"] if x["id"] == id_), "purpose": t["purposes"][id_], "ground": basis["ground"],
                       "ground_text": t["grounds"][basis["ground"]], **({"record": basis["record"]} if "record" in basis else {}), "questions": [q["id"] for q in form.questions if q.get("topic") == id_]})
    answer = {"indicators": rows, "dimensions": dims, "checklist": {"lines": lines, "topics": topics}, "findings": form.findings(rules)}
    return answer | ({"survey": survey} if survey else {})


def template(r):
    form = form_of(r)
    ask = r["template"]
    place, name = ask.get("place", "").strip(), ask.get("place_name", "").strip()
    if not place:
        raise Reject("form.bad-request")
    periods = [oracle.OPERATIONS["period.parse"]({"text": p})["period"] for p in ask.get("periods", [])]
    if not periods:
        raise Reject("form.bad-request")
    sheets = form.selected()
    required = sorted({d for s in sheets for d in s["disaggregation"].get("required", [])})
    groups, left = {}, []
    b = bank()
    for id_ in required:
        d = dimension(id_)
        q = next((q for q in b["question"] if q.get("dimension") == id_), None)
        if q is None:
            q = next((question(x["questions"][0]) for x in b["derived"] if x["dimension"] == id_), None)
        topic = (q or {}).get("topic")
        codes = [o["code"] for o in form.r.get("codes", {}).get(id_, [])] if d["open"] else []
        if d["codes"] == "age":
            codes += form.ages
        else:
            codes += [g["code"] for g in d["group"] if "not_stated" not in g and g["code"] != d.get("total")]
        if id_ in form.r.get("without", []):
            left.append({"dimension": id_, "reason": "not_wanted"})
        elif d["special_category"] and topic not in form.r.get("legal_basis", {}):
            left.append({"dimension": id_, "reason": "no_legal_basis"})
        elif not codes:
            left.append({"dimension": id_, "reason": "needs_codes"})
        else:
            groups[id_] = codes
    after = ["value", "numerator", "denominator", "n", "se", "status", "confidentiality", "source", "note"]
    columns = ["indicator", "place", "place_name", "period", *groups, *after]
    rows = []
    for s in sheets:
        title = oracle.catalogue()["texts"]["en"]["indicators"][s["id"]]["name"]
        for p in periods:
            own = [(d, g) for d in groups if d in s["disaggregation"].get("required", []) for g in groups[d]]
            for d, g in [(None, None), *own]:
                rows.append([s["id"], place, name, p, *(g if x == d else "" for x in groups), "", "", "", "", "", "missing", "", "", title])
    lists = [{"column": "indicator", "values": [s["id"] for s in sheets]}, {"column": "period", "values": periods}, *({"column": d, "values": g} for d, g in groups.items()),
             {"column": "status", "values": ["normal", "provisional", "break", "missing", "not_asked", "refused", "not_applicable"]}, {"column": "confidentiality", "values": ["public", "restricted", "confidential"]}]
    return {"rows": len(rows), "csv": as_csv(columns, rows), "lists": lists, "left_out": left}


# ---- answers back in

REASONS = ("refused", "dont_know", "not_applicable", "not_asked", "missing")


class None_:
    """No value, and why."""

    def __init__(self, why):
        self.why = why


def holds(c, answers):
    """True, False, or why nobody can tell."""
    a = answers[c["question"]]
    if isinstance(a, None_):
        return a
    if isinstance(a, int):
        return c.get("from", -(10**9)) <= a <= c.get("to", 10**9)
    if "none" in c:
        return not any(x in c["none"] for x in a)
    return any(x in c["any"] for x in a)


def combine(values, decisive):
    """`decisive` if one is; else the first reason why not; else the other."""
    if any(v is decisive for v in values):
        return decisive
    return next((v for v in values if isinstance(v, None_)), not decisive)


def split_header(name):
    rest = name.strip()
    while True:
        for s in bank()["sections"]:
            if rest.startswith(s) and rest[len(s) : len(s) + 1] in tuple(SEPARATORS) and len(rest) > len(s):
                rest = rest[len(s) + 1 :]
                break
        else:
            return rest


def table_of(source):
    if "csv" in source:
        text = source["csv"].lstrip("\ufeff")
        first = text.split("\n")[0]
        delimiter = source.get("dialect", {}).get("delimiter") or max(",;\t|", key=first.count)
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
        return rows[0], list(enumerate(rows[1:], 2))
    return source["header"], list(enumerate(source["rows"], 2))


def read(r):
    form, b = form_of(r), bank()
    ask = r.get("read") or {}
    header, rows = table_of(r["export"])
    counts = {}

    def found(code, n=1):
        counts[code] = counts.get(code, 0) + n

    if not form.measures():
        raise Reject("form.bad-request")
    asked = [question(b["consent"]), *form.questions]
    whole, parts = {}, {}
    for i, h in enumerate(header):
        name = split_header(h)
        if any(q["id"] == name for q in asked) or (name.startswith("may_") and name[4:] in form.topics):
            if name in whole:
                raise Reject("form.duplicate-column")
            whole[name] = i
            continue
        q = next((q for q in asked if q["kind"] == "select_multiple" and name.startswith(q["id"]) and name[len(q["id"]) :][:1] in tuple(SEPARATORS) and name != q["id"]), None)
        if q:
            code = name[len(q["id"]) + 1 :]
            if code not in form.codes(answer_list(q["answers"])):
                found("form.unknown-code")
            elif code in parts.setdefault(q["id"], {}):
                raise Reject("form.duplicate-column")
            else:
                parts[q["id"]][code] = i
            continue
        note = name in ("intro", "thanks") or (name.startswith("note_") and form.asks(name[5:]))
        if not (h.strip() in ask.values() or h.strip().startswith("_") or h.strip() in META or note):
            found("form.unknown-column")
    if b["consent"] not in whole:
        raise Reject("form.no-consent-column")
    for q in form.questions:
        if q["id"] not in whole and q["id"] not in parts:
            found("form.missing-column")
    for t in form.topics:
        if f"may_{t}" not in whole:
            found("form.missing-column")
    for field in ("weight", "stratum", "psu"):
        if ask.get(field) is not None and ask[field] not in [h.strip() for h in header]:
            raise Reject("form.bad-request")

    def given(id_, cells):
        if id_ in whole and cells[whole[id_]].strip():
            return cells[whole[id_]].split()
        codes = [c for c, i in parts.get(id_, {}).items() if cells[i].strip().lower() in ("1", "true", "yes", "1.0")]
        return codes or None

    def cell(q, codes):
        if q["kind"] == "integer":
            try:
                n = float(" ".join(codes))
            except ValueError:
                n = math.nan
            if n == b["refused_number"]:
                return None_("refused")
            if n == b["dont_know_number"]:
                return None_("dont_know")
            if n == n and n == int(n) and q["minimum"] <= n <= q["maximum"]:
                return int(n)
            found("form.bad-number")
            return None_("missing")
        list_ = answer_list(q["answers"])
        alone = [*list_.get("alone", []), b["refused"], b["dont_know"]]
        if any(c not in form.codes(list_) for c in codes) or (len(codes) > 1 and (q["kind"] == "select_one" or any(c in alone for c in codes))):
            found("form.unknown-code")
            return None_("missing")
        if codes[0] in (b["refused"], b["dont_know"]):
            return None_("refused" if codes[0] == b["refused"] else "dont_know")
        if codes[0] in list_.get("not_applicable", []):
            return None_("not_applicable")
        return codes

    def stated(dim, why):
        reason = {"refused": "refused", "dont_know": "unknown", "not_asked": "not_asked"}.get(why)
        group = next((g["code"] for g in dimension(dim)["group"] if reason and g.get("not_stated") == reason), None)
        return group or None_(why)

    def members(q):
        d, list_ = dimension(q["dimension"]), answer_list(q["answers"])
        known = {g["code"] for g in d["group"]}
        return [c for c in form.substantive(list_) if c not in list_.get("alone", []) and (c in known or d["open"])]

    columns, absent, design = {}, {}, set()
    tally = {q["id"]: dict.fromkeys(("answered", *REASONS), 0) for q in form.questions}
    used = without = other = 0
    version = form.build()["settings"]["rows"][0][2]

    def put(name, value):
        columns.setdefault(name, []).append(None if isinstance(value, None_) else value)
        absent.setdefault(name, []).append(value.why if isinstance(value, None_) else None)

    for _, cells in rows:
        if given(b["consent"], cells) != [b["consent_given"]]:
            without += 1
            found("form.no-consent")
            continue
        used += 1
        if "FormVersion" in header and cells[header.index("FormVersion")].strip() not in ("", version):
            other += 1
        answers = {}
        for q in form.questions:
            codes = given(q["id"], cells)
            open_ = all(holds(c, answers) is True for c in q.get("ask_if", []))
            may = given(f"may_{q['topic']}", cells) if q.get("topic") else ["yes"]
            if not open_ or may != ["yes"]:
                if codes:
                    found("form.answer-off-path")
                a = None_("refused" if open_ and may == ["no"] else "not_asked")
            else:
                a = None_("missing") if codes is None else cell(q, codes)
            answers[q["id"]] = a
            tally[q["id"]][a.why if isinstance(a, None_) else "answered"] += 1

        def value(m, base):
            inside = combine([holds(c, answers) for c in base], False)
            if inside is not True:
                return None_("not_applicable") if inside is False else inside
            v = combine([holds(c, answers) for c in m["any"]], True) if m.get("any") else combine([holds(c, answers) for c in m["all"]], False)
            return v if isinstance(v, None_) else float(v)

        for m in form.measures():
            v = value(m, m.get("base", []))
            put(m["indicator"], v)
            if m.get("minus"):
                put(m["indicator"] + ":minus", value(m, m["minus"]))
            if m.get("split") and form.asks(m["split"]):
                q = question(m["split"])
                a = answers[q["id"]]
                for c in members(q):
                    put(f"{m['indicator']}:{q['dimension']}={c}", (a if isinstance(a, None_) else float(c in a)) if v == 1.0 else v)
        for q in form.questions:
            if "dimension" not in q:
                continue
            a = answers[q["id"]]
            if q["kind"] == "select_multiple":
                for c in members(q):
                    put(f"{q['dimension']}:{c}", a if isinstance(a, None_) else "yes" if c in a else "no")
            elif isinstance(a, None_):
                put(q["dimension"], stated(q["dimension"], a.why))
            elif isinstance(a, int):
                put(q["dimension"], next((g for g in form.ages if age_range(g)[0] <= a <= age_range(g)[1]), None_("not_applicable")))
            else:
                put(q["dimension"], a[0])
        for d in b["derived"]:
            if all(form.asks(q) for q in d["questions"]):
                v = combine([holds({"question": q, "any": d["any"]}, answers) for q in d["questions"]], not d.get("every", False))
                if "otherwise" not in d:
                    put(f"{d['dimension']}:{d['then']}", v if isinstance(v, None_) else "yes" if v else "no")
                    continue
                put(d["dimension"], stated(d["dimension"], v.why) if isinstance(v, None_) else d["then"] if v else d["otherwise"])
        if ask.get("weight") is None:
            columns.setdefault("weight", []).append(1.0)
        else:
            text = cells[[h.strip() for h in header].index(ask["weight"])]
            try:
                columns.setdefault(ask["weight"], []).append(float(text))
            except ValueError:
                found("form.bad-number")
                columns[ask["weight"]].append(None)
        for field in ("stratum", "psu"):
            if ask.get(field) is not None:
                columns.setdefault(ask[field], []).append(cells[[h.strip() for h in header].index(ask[field])].strip() or None)
    if ask.get("weight") is None:
        found("form.no-weight")
    if other:
        found("form.other-version")
    estimates = {}
    for m in form.measures():
        names = [m["indicator"]] + ([m["indicator"] + ":minus"] if m.get("minus") else [])
        if m.get("split") and form.asks(m["split"]):
            q = question(m["split"])
            names += [f"{m['indicator']}:{q['dimension']}={c}" for c in members(q)]
        estimates |= {n: {"kind": "proportion", "variable": n} for n in names}
    domains = [{"by": []}]
    for q in form.questions:
        if "dimension" in q and q["kind"] != "select_multiple":
            domains.append({"by": [q["dimension"]]})
        elif "dimension" in q and not q.get("ask_if"):
            domains += [{"by": [f"{q['dimension']}:{c}"], "groups": [["yes"]]} for c in members(q)]
    made = [d for d in b["derived"] if all(form.asks(q) for q in d["questions"])]
    domains += [{"by": [d["dimension"]]} if "otherwise" in d else {"by": [f"{d['dimension']}:{d['then']}"], "groups": [["yes"]]} for d in made]
    return {"rows": used, "no_consent": without, "columns": columns, "absent": absent, "questions": [{"question": q, **t} for q, t in tally.items()],
            "plan": {"estimates": estimates, "domains": domains}, "findings": {"counts": counts}}


def dimension_of(name):
    return next((d for d in oracle.catalogue()["dimensions"] if d["id"].lower() == name.lower()), None)


def accepts(d, code):
    listed = [g["code"] for g in d["group"]]
    age = d.get("codes") == "age" and re.fullmatch(r"Y\d+-\d+|Y_LT\d+|Y_GE\d+|Y\d+", code)
    return code == d.get("total") or code in listed or bool(age) or (d.get("open") and re.fullmatch(r"[A-Za-z0-9_.-]+", code) is not None)


def groups_of(e, part):
    """The group of an estimate by dimension, or why the table has no place for it."""
    groups, pairs = {}, []
    if part:
        dim, is_group, code = part.partition("=")
        if not is_group:
            return None, "unknown_part"
        pairs.append((dim, code))
    for d in e.get("domain", []):
        dim, is_member, code = d["dimension"].partition(":")
        if is_member and d["code"] != "yes":
            return None, "not_a_group"
        pairs.append((dim, code if is_member else d["code"]))
    for dim, code in pairs:
        known = dimension_of(dim)
        if known is None:
            return None, "unknown_dimension"
        if not accepts(known, code):
            return None, "unknown_code"
        if groups.get(known["id"], code) != code:
            return None, "two_groups"
        groups[known["id"]] = code
    return groups, None


def error_of(e):
    """The error with its degrees of freedom; none where the sample says nothing of it."""
    if not e.get("se") or (e.get("df") is not None and e["df"] <= 0):
        return None
    return e["se"], e.get("df")


def observations(r):
    c = oracle.catalogue()
    period = oracle.OPERATIONS["period.parse"]({"text": r["period"]})["period"]
    rows, found = [], {}

    def find(code):
        found[code] = found.get(code, 0) + 1

    def side(name, e):
        return next((o for o in r["estimates"] if o["estimate"] == name and o.get("domain", []) == e.get("domain", [])), None)

    for e in r["estimates"]:
        name, _, part = e["estimate"].partition(":")
        sheet = next((i for i in c["indicators"] if i["id"] == name), None)
        if sheet is not None and part == "minus" and sheet["value_kind"] == "difference" and side(name, e):
            continue  # told of with the first side
        groups, why = groups_of(e, part) if sheet is not None else (None, None)
        other = None
        if groups is not None and sheet["value_kind"] == "difference":
            other = side(name + ":minus", e)
        if groups is None or (sheet["value_kind"] == "difference" and other is None):
            find("form.estimate-not-carried")
            continue
        if e.get("value") is None or (other is not None and other.get("value") is None):
            find("form.estimate-without-value")
            continue
        row = {"indicator": name, "place": r["place"], "period": period, **groups}
        scale = 100 if other is not None else 1 if e.get("kind") == "rate" else sheet["multiplier"]
        errors = [error_of(x) for x in ([e] if other is None else [e, other])]
        if None in errors:
            find("form.error-not-carried")
        else:
            variances = [(se * scale) ** 2 for se, _ in errors]
            row["se"] = math.sqrt(sum(variances))
            doubt = sum(v * v / df for v, (_, df) in zip(variances, errors) if df is not None)
            if doubt:
                row["df"] = sum(variances) ** 2 / doubt
        if other is not None:
            row |= {"value": (e["value"] - other["value"]) * 100, "n": min(e["n"], other["n"])}
        else:
            row |= {"value": e["value"] * scale, "n": e["n"]}
            if "se" in row and (e.get("deff") or 0) > 0:
                row["deff"] = e["deff"]
            if i := e.get("interval"):
                row |= {"interval_lower": i["lower"] * scale, "interval_upper": i["upper"] * scale, "interval_confidence": i["confidence"], "interval_method": i["method"]}
        rows.append(row)
    return {"rows": rows, "findings": {"counts": found}}


def topics(r):
    t = bank()["texts"][language_of(form_of(r), r)]
    return {"topics": [{"topic": x["id"], "name": t["topics"][x["id"]], "category": x["category"], "purpose": t["purposes"][x["id"]], "grounds": {g: t["grounds"][g] for g in x["grounds"]}} for x in bank()["topic"]]}


OPERATIONS = {"form.build": build, "form.plan": plan, "form.template": template, "form.read": read, "form.observations": observations, "form.topics": topics}
BY_HAND = {"form.xlsx", "form.page"}
