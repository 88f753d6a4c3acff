"""The nine nouns behave like values: equal, hashable, frozen, picklable where they are the user's own."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import sms

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue"
BAKED = (CATALOGUE / "baked" / "catalogue.json").read_text(encoding="utf-8")


def test_catalogue_is_a_mapping_of_sheets(catalogue: sms.Catalogue) -> None:
    assert len(catalogue) == len(list(catalogue)) == len(catalogue.indicators)
    assert "HOU-O-01" in catalogue and "HOU-O-99" not in catalogue
    sheet = catalogue["HOU-O-01"]
    assert sheet["text"]["name"] == "Homelessness rate" and sheet["sheet"]["module"] == "HOU"
    with pytest.raises(KeyError, match="HOU-O-99"):
        catalogue["HOU-O-99"]
    assert catalogue.get("HOU-O-99") is None and catalogue.get("HOU-O-99", 5) == 5
    assert catalogue.get("HOU-O-01") == sheet


def test_catalogue_lists_selections_and_road_maps(catalogue: sms.Catalogue) -> None:
    core = next(s for s in catalogue.selections if s["id"] == "core")
    assert {i["id"] for i in catalogue.list("core")} == set(core["indicators"])
    assert catalogue.list() == catalogue.indicators
    with pytest.raises(sms.SmsError, match="assess.unknown-selection"):
        catalogue.list("no such selection")
    roadmap = catalogue.roadmaps[0]
    assert len(roadmap) == len(roadmap.steps) > 0
    assert json.loads(roadmap.to_json()) == roadmap.to_dict()
    assert roadmap == catalogue.roadmaps[0] and hash(roadmap) == hash(catalogue.roadmaps[0])
    assert roadmap.id in repr(roadmap) and roadmap.steps[0]["id"] in roadmap._repr_html_()


def test_catalogue_from_json_equals_the_embedded_one(catalogue: sms.Catalogue) -> None:
    read = sms.Catalogue.from_json(BAKED)
    assert read == catalogue and hash(read) == hash(catalogue) and read != 5
    other = sms.Catalogue.from_json(json.dumps(json.loads(BAKED) | {"roadmaps": []}))
    assert other != catalogue
    for one in (read, catalogue, other):
        assert pickle.loads(pickle.dumps(one)) == one


def test_method_from_json_dict_and_toml(method: sms.Method, tmp_path: Path) -> None:
    same = sms.Method.from_json(method.to_json())
    assert same == method and hash(same) == hash(method)
    assert sms.Method.from_dict(method.to_dict()).to_dict() == method.to_dict()
    assert pickle.loads(pickle.dumps(method)) == method
    files = sorted((CATALOGUE / "methods" / "standard").glob("*.toml"))
    texts = [f.read_text(encoding="utf-8") for f in files]
    # the file with keys outside any table goes first
    text = "\n".join(
        sorted(texts, key=lambda t: next(line for line in t.splitlines() if line[:1] not in "#").startswith("["))
    )
    whole = tmp_path / "method.toml"
    whole.write_text(text, encoding="utf-8")
    by_path, by_text = sms.Method.from_toml(whole), sms.Method.from_toml(text)
    assert by_path == by_text and sms.Method.from_toml(str(whole)) == by_path
    assert by_path.edition == method.edition
    assert by_path.to_dict()["goalposts"] == method.to_dict()["goalposts"]


def test_observations_survive_pickling_with_everything_that_is_wrong(catalogue: sms.Catalogue) -> None:
    csv = b"indicator,place,period,SEX,value\nWSP-O-04,gent,2018,F,4.1\nWSP-O-04,gent,2018\n\nWSP-O-04,gent,2018,,x\n"
    csv += b"WSP-O-04,gent,2017,,1,234\n"
    csv += b'WSP-O-04,gent,2016,,"1,234"\nWSP-O-04,gent,2015,,inf\n'
    before = sms.Observations.read_csv(csv)
    after = pickle.loads(pickle.dumps(before))
    assert after.to_rows() == before.to_rows() and len(after) == len(before)
    assert after.findings == before.findings and len(before.findings) == 2
    (first, found_first), (second, found_second) = sms.check(catalogue, before), sms.check(catalogue, after)
    assert found_first == found_second
    assert (first.rows, first.rejected) == (second.rows, second.rejected)
    assert set(found_first.counts) >= {
        "csv.row-length",
        "obs.number-unreadable",
        "obs.ambiguous-number",
        "obs.not-finite",
    }


def test_observations_give_back_what_came_in() -> None:
    rows = [
        {"indicator": "WSP-O-04", "place": "gent", "period": "2018", "groups": {"SEX": "F"}, "value": 4.1},
        {"indicator": "WSP-O-04", "place": "gent", "period": "2019", "numerator": 3.0, "denominator": 70.0},
    ]
    made = sms.Observations.from_rows(rows)
    assert made.to_rows() == rows
    assert made.columns == ["indicator", "place", "period", "SEX", "value", "numerator", "denominator"]
    assert sms.Observations.read_csv(made.to_csv().encode()).to_rows() == rows
    assert sms.Observations.from_rows(iter(rows)).to_rows() == rows


def test_assessment_takes_a_plan(method: sms.Method, dataset: sms.Dataset) -> None:
    def places(**plan: Any) -> list[tuple[str, str]]:
        report = sms.assess(method, dataset, **plan).release()
        return [(p["place"], p["period"]) for p in report.to_dict()["places"]]

    assert places() == places(periods="latest") == places(places="gent") == [("gent", "2018")]
    assert places(periods="each") == [("gent", "2017"), ("gent", "2018")]
    assert places(periods=["2017"]) == places(periods=[2017]) == places(periods="2017") == places(periods=2017)
    assert places(selection="WSP-O-04") == places(selection=["WSP-O-04"])
    report = sms.assess(method, dataset, selection=("WSP-O-04",), title="T", selection_reason="because").release()
    assert report.title == "T" and report.provenance["selection_reason"] == "because"
    assert report.indicators["indicator"] == ["WSP-O-04"]


def test_findings_of_the_check_are_kept_unless_others_are_given(method: sms.Method, dataset: sms.Dataset) -> None:
    assert "obs.unknown-indicator" in sms.assess(method, dataset).findings.counts
    assert sms.assess(method, dataset).findings == sms.assess(method, dataset, dataset.findings).findings
    none = sms.Observations.read_csv(b"indicator,place,period\n").findings
    assert len(none) == 0 and none.worst is None
    assert "obs.unknown-indicator" not in sms.assess(method, dataset, none).findings.counts


def test_findings_are_dicts(dataset: sms.Dataset) -> None:
    findings = dataset.findings
    assert len(findings) == sum(findings.counts.values()) and findings.worst == "error"
    assert list(findings) == findings.to_rows() == findings.to_dict()["items"]
    assert json.loads(findings.to_json()) == findings.to_dict()
    bad = next(f for f in findings if f["code"] == "obs.unknown-indicator")
    assert bad["location"]["row"] == 7 and bad["hint"]
    with pytest.raises(TypeError, match="unhashable"):
        hash(findings)


def test_policies(assessment: sms.Assessment, method: sms.Method) -> None:
    default = assessment.release()
    assert default.provenance["threshold"] == method.to_dict()["disclosure"]["threshold"]["value"]
    assert "input_fingerprint" not in default.provenance
    keyed = sms.PrivacyPolicy.public(10).with_fingerprint_key("secret")
    assert keyed == sms.PrivacyPolicy.public(10).with_fingerprint_key(b"secret") != sms.PrivacyPolicy.public(10)
    assert "secret" not in repr(keyed) and hash(keyed) == hash(sms.PrivacyPolicy.public(10))
    assert assessment.release(keyed).provenance["input_fingerprint"]
    inside = assessment.release(sms.PrivacyPolicy.internal())
    assert inside.provenance["audience"] == "internal" and "internal" in repr(inside)
    assert (sms.PrivacyPolicy.internal().audience, sms.PrivacyPolicy.public(3).threshold) == ("internal", 3)
    with pytest.raises(TypeError):
        sms.PrivacyPolicy.public(10).with_fingerprint_key(5)  # type: ignore[arg-type]
    for wrong in (-1, "10", 2**40):
        with pytest.raises((TypeError, OverflowError)):
            sms.PrivacyPolicy.public(wrong)  # type: ignore[arg-type]


def test_report_says_the_same_everywhere(report: sms.Report) -> None:
    whole = report.to_dict()
    assert json.loads(report.to_json()) == whole
    assert whole["findings"] == report.findings.to_dict() and whole["provenance"] == report.provenance
    assert len(report) == len(whole["places"]) == 1
    scores = {i["id"]: i.get("score") for i in whole["places"][0]["indicators"]}
    frame = report.indicators
    assert dict(zip(frame["indicator"], frame["score"], strict=True)) == scores
    told = report.explain("WSP-O-04", place="gent")
    assert told.result == scores["WSP-O-04"] and json.loads(told.to_json()) == told.to_dict()
    assert (told.id, told.period) == ("WSP-O-04", "2018") and told.steps[0]["text"] in str(told)
    overall = report.explain("overall")
    if overall.result is not None:
        assert sum(c["points"] for c in overall.contributions) == pytest.approx(overall.result)


def test_a_report_is_written_in_every_format(report: sms.Report, tmp_path: Path) -> None:
    assert report.export("json") == report.to_json() + "\n"
    assert report.export("html") == report.to_html()
    assert report.export("csv") == report.to_csv("indicators")
    assert report.export("csv", table="gaps") == report.to_csv("gaps")
    for format in sms.operations.report.formats()["formats"]:
        path = tmp_path / f"report.{format['name']}"
        report.save(path)
        text = report.export(format["name"])
        assert path.read_bytes() == (text.encode() if isinstance(text, str) else text)
    for name in ["report", "report.docx", "report.JSON"]:
        with pytest.raises(sms.SmsError, match=r"wire\.bad-request.*html, json, csv, txt"):
            report.save(tmp_path / name)
    with pytest.raises(sms.SmsError, match="no table"):
        report.export("html", table="gaps")
    with pytest.raises(OSError):
        report.save(tmp_path / "nowhere" / "report.html")


def test_objects_are_frozen(report: sms.Report, catalogue: sms.Catalogue, dataset: sms.Dataset) -> None:
    for thing, name in ((report, "title"), (catalogue, "release"), (dataset, "rows"), (report.gaps, "columns")):
        with pytest.raises(AttributeError):
            setattr(thing, name, 5)
        with pytest.raises(AttributeError):
            thing.something_new = 5  # type: ignore[union-attr]
    for kind in (sms.Report, sms.Assessment, sms.Dataset, sms.Observations, sms.Catalogue):
        with pytest.raises(TypeError):
            kind()


def test_threads_share_everything(catalogue: sms.Catalogue, method: sms.Method, observations: sms.Observations) -> None:
    def work(_: int) -> str:
        dataset, findings = sms.check(catalogue, observations)
        return sms.assess(method, dataset, findings, periods="each").release().to_json()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(work, range(64)))) == 1


def test_the_interpreter_goes_on_while_the_core_works(catalogue: sms.Catalogue) -> None:
    rows = "".join(f"WSP-O-04,p{i},2018,{i % 90}\n" for i in range(200_000))
    csv = ("indicator,place,period,value\n" + rows).encode()
    done = threading.Event()
    ticks = 0

    def work() -> None:
        sms.check(catalogue, sms.Observations.read_csv(csv))
        done.set()

    thread = threading.Thread(target=work)
    thread.start()
    while not done.wait(0.001):
        ticks += 1
    thread.join()
    assert ticks > 3


def test_an_interrupt_is_raised_after_the_call() -> None:
    code = (
        "import signal, sms\n"
        "rows = ''.join(f'WSP-O-04,p{i},2018,{i % 90}\\n' for i in range(200_000))\n"
        "csv = ('indicator,place,period,value\\n' + rows).encode()\n"
        "signal.signal(signal.SIGALRM, signal.default_int_handler)\n"
        "try:\n"
        "    signal.setitimer(signal.ITIMER_REAL, 0.01)\n"
        "    for _ in range(1000): sms.Observations.read_csv(csv)\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted', len(sms.Observations.read_csv(csv)))\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.strip() == "interrupted 200000"


def test_importing_brings_nothing_along() -> None:
    # what takes time to load comes when it is asked for
    others = ("numpy", "pandas", "polars", "pyarrow", "tomllib", "sms.types", "sms.operations", "sms.progress")
    code = f"import sys; import sms; print([m for m in {others!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
    # an area brings the operations of its own, and types only for who resolves annotations
    code = "import sys; import sms; sms.progress.cagr(earlier=1, later=2, years=1); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name for name in run.stdout.split() if name.startswith("sms.") and "._" not in name}
    assert loaded == {"sms.progress", "sms.operations", "sms.operations.progress"}


def test_versions_agree() -> None:
    from importlib.metadata import requires, version

    assert sms.__version__ == sms.versions()["library"] == version("sms-py")
    assert not requires("sms-py")
    assert json.loads(sms.call_json('{"op": "versions"}'))["ok"] == sms.versions()
    assert set(sms.__all__) <= set(dir(sms))
