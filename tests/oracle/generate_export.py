"""The vectors about reports as files.

The expected files are written by hand from docs/wire.md and the columns of each table; figures that a source gave without counts have no interval.
"""

from __future__ import annotations

from generate_data import asked, row, share

HAND = "written by hand from docs/wire.md, reports as files"
JOBS = "WSP-O-04"
FORMATS = [
    ("html", "The whole report as one page", "text/html; charset=utf-8", False),
    ("json", "The whole report as data", "application/json", False),
    ("csv", "A table of the report", "text/csv; charset=utf-8; header=present", True),
    ("txt", "A summary as plain text", "text/plain; charset=utf-8", False),
]
TABLES = ["indicators", "nodes", "gaps", "figures", "progress", "disaggregation"]
FIGURES = "place,indicator,period,groups,state,value,lower,upper,numerator,denominator,source,proxy,note\n"
GAPS = "place,assessed,indicator,dimension,period,groups,worst,worst_name,worst_value,best,best_name,best_value,difference,ratio,p,verdict\n"


def write(F):
    f = F("report/export", "Reports as files", HAND)
    media = {name: media for name, _, media, _ in FORMATS}

    def a(id_, format_, given, expect=None, table=None, note=None, **plan):
        fields = asked([JOBS], *given) | {"format": format_} | ({"table": table} if table else {})
        case = {"id": id_, "op": "report.export", "input": fields}
        if isinstance(expect, dict) and "reject" in expect:
            case |= expect
        else:
            case |= {"expect": {"format": format_, "media_type": media[format_]} | ({"text": expect} if expect else {}), "tolerance": 0}
        f.cases.append(case | ({"note": note} if note else {}))

    f.cases.append(
        {
            "id": "formats",
            "op": "report.formats",
            "input": {},
            "expect": {"formats": [{"name": n, "title": t, "media_type": m, "tables": TABLES if many else []} for n, t, m, many in FORMATS]},
            "tolerance": 0,
        }
    )
    given = [row(JOBS, "2024", value=6.4, confidentiality="public")]
    for name in ("html", "json", "txt"):
        a(f"whole-{name}", name, given)
        a(f"reject-table-of-{name}", name, given, {"reject": "wire.bad-request"}, "gaps", "the format holds the whole report")
    a("figures", "csv", given, FIGURES + "X,WSP-O-04,2024,,value,6.4,,,,,,,\n", "figures")
    a("gaps-none", "csv", given, GAPS, "gaps", "no groups, no gaps: the columns alone")
    few = [share(JOBS, 3, 1000, "2024")]
    a("withheld", "csv", few, FIGURES + "X,WSP-O-04,2024,,suppressed,,,,,,,,\n", "figures", "3 persons: the file holds nothing of them")
    quoted = [row(JOBS, "2024", value=6.4, confidentiality="public", source='Register, "2024"')]
    a("quoted", "csv", quoted, FIGURES + 'X,WSP-O-04,2024,,value,6.4,,,,,"Register, ""2024""",,\n', "figures", "RFC 4180")
    a("reject-format", "jsn", given, {"reject": "wire.bad-request"}, note="did you mean json?")
    a("reject-format-in-capitals", "CSV", given, {"reject": "wire.bad-request"})
    a("reject-table", "csv", given, {"reject": "wire.bad-request"}, "gap")
    f.cases.append({"id": "reject-no-format", "op": "report.export", "input": asked([JOBS], *given), "reject": "wire.bad-request"})
    f.cases.append({"id": "reject-field", "op": "report.formats", "input": {"table": "gaps"}, "reject": "wire.unknown-field"})
