"""What is shown: readable, escaped, and nothing of what must not be shown."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from conftest import CSV, NASTY

import sms


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def well_formed(html: str) -> set[str]:
    parser = Tags()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser.seen


@pytest.mark.parametrize("name", ["report", "indicators", "figures", "gaps", "explain", "findings", "catalogue"])
def test_html_is_escaped_and_well_formed(name: str, report: sms.Report, catalogue: sms.Catalogue) -> None:
    things: dict[str, Any] = {
        "report": report,
        "explain": report.explain("WSP-O-04"),
        "findings": report.findings,
        "catalogue": catalogue,
    }
    html = things[name]._repr_html_() if name in things else getattr(report, name)._repr_html_()
    assert "script" not in well_formed(html) and "<script" not in html
    if name in ("report", "explain"):
        assert "&lt;script&gt;" in html


def test_html_escapes_quotes_too() -> None:
    from sms._display import table

    html = table("\"'<&>", ["\"'<&>"], [["\"'<&>"]])
    assert html.count("&quot;&#x27;&lt;&amp;&gt;") == 3
    assert well_formed(html) == {"table", "caption", "thead", "tbody", "tr", "th", "td"}


def test_nothing_of_the_input_or_the_assessment_is_printed(
    observations: sms.Observations, dataset: sms.Dataset, assessment: sms.Assessment
) -> None:
    assert repr(observations).startswith("Observations(7 rows, columns: indicator, ")
    assert repr(dataset) == "Dataset(5 figures, 1 place, 2 rows rejected)"
    assert repr(assessment).startswith("Assessment(1 place and period, 146 indicators")
    for thing in (observations, dataset, assessment):
        text = f"{thing!r} {thing} {vars(type(thing)).keys()}"
        assert not hasattr(thing, "_repr_html_") and not hasattr(thing, "__dict__")
        for number in ("60", "70", "520", "6.9", "script"):
            assert number not in repr(thing)
        assert "to_json" not in text
    for name in ("to_dict", "to_json", "to_rows", "indicators", "scores", "__reduce_values__"):
        assert not hasattr(assessment, name)


def test_an_assessment_cannot_be_pickled(assessment: sms.Assessment, report: sms.Report, dataset: sms.Dataset) -> None:
    import pickle

    for thing in (assessment, report, dataset, sms.PrivacyPolicy.internal()):
        with pytest.raises(TypeError, match="pickle"):
            pickle.dumps(thing)


def test_reprs_are_readable(report: sms.Report, catalogue: sms.Catalogue, method: sms.Method) -> None:
    assert repr(catalogue) == f"Catalogue('{catalogue.id}', release {catalogue.release}, {len(catalogue)} indicators)"
    assert repr(method) == f"Method('{method.id}', edition {method.edition})"
    assert repr(report).splitlines()[0] == f"Report: Human rights in {NASTY}"
    assert "indicators measured" in repr(report).splitlines()[1]
    lines = repr(report.figures).splitlines()
    assert lines[0] == "figures: 5 rows, 13 columns" and max(map(len, lines)) <= 120
    indicators = repr(report.indicators)
    assert f"{len(report.indicators) - 10} more rows" in indicators and indicators.endswith("more columns")
    assert repr(report.explain("WSP-O-04")).startswith("Explanation('WSP-O-04', ")
    assert repr(report.findings).startswith("Findings(")
    assert repr(sms.Observations.read_csv(CSV.encode()).findings) == "Findings(none)"


def test_many_places_are_cut_short(method: sms.Method, catalogue: sms.Catalogue) -> None:
    rows = [{"indicator": "WSP-O-04", "place": f"p{i}", "period": "2018", "value": 4.1} for i in range(25)]
    report = sms.assess(method, sms.check(catalogue, sms.Observations.from_rows(rows))[0]).release()
    assert len(report) == 25 and len(repr(report).splitlines()) == 12
    assert repr(report).endswith("15 more") and "<p>… 15 more</p>" in report._repr_html_()


def test_the_page_stands_alone_and_stays_in_its_frame(report: sms.Report) -> None:
    page = report.to_html()
    assert page.lower().startswith("<!doctype html>") and "<script" not in page.lower()
    assert "&lt;script&gt;" in page and 'http-equiv="refresh' not in page
    shown = report._repr_html_()
    # the page is an attribute there: its styles cannot reach the notebook
    assert 'sandbox=""' in shown and "<style" not in shown and "&lt;style" in shown
