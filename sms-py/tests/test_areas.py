"""Every function of every area, with plans of declared types: mypy checks what is written here, and pytest runs it."""

from __future__ import annotations

import ast
import doctest
import inspect
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

import sms
from sms import types

AREAS = [
    sms.agreement,
    sms.cocreation,
    sms.disclosure,
    sms.equality,
    sms.form,
    sms.index,
    sms.influence,
    sms.peers,
    sms.pretest,
    sms.progress,
    sms.rbm,
    sms.roadmap,
    sms.screen,
    sms.survey,
    sms.weighting,
]


def test_agreement() -> None:
    kappa: types.Kappa = sms.agreement.cohen(table=[[20, 5], [10, 15]], weights="linear")
    assert kappa["observed"] == 0.7
    assert sms.agreement.fleiss(counts=[[3, 0], [0, 3]])["n"] == 2
    assert sms.agreement.krippendorff(units=[[1, 1], [2, None]], scale="ordinal")
    assert sms.agreement.cronbach(persons=[[1, 2, 1], [3, 3, None], [5, 4, 5], [2, 2, 1]])["incomplete"] == 1
    assert sms.agreement.intraclass(subjects=[[9, 8], [6, 5], [8, 8]])
    assert sms.agreement.test_retest(pairs=[[1, 2], [3, 3], [5, 4]])["mean_difference"] == 0
    assert sms.agreement.kendall(judges=[[1, 2, 3], [1, 2, 3]])["value"] == 1
    assert sms.agreement.content_validity(agree=8, n=10)
    assert sms.agreement.rand_ucla(ratings=[6, 7])["appropriateness"] == "appropriate"


def test_cocreation() -> None:
    raters: list[types.Rater] = [{"id": "a", "side": "city"}, {"id": "b", "side": "civil_society"}]
    ratings: list[types.CriterionRating] = [
        {"rater": r["id"], "proposal": "P", "criterion": "RACER-E", "opinion": "yes"} for r in raters
    ]
    proposals: list[types.ProposalResult] = sms.cocreation.rate(
        list_id="RACER", proposals=[{"id": "P"}], raters=raters, ratings=ratings
    )
    assert proposals[0]["proposal"] == "P" and len(sms.cocreation.criteria()) == 3
    text: types.CsvText = {"csv": "rater,item,rating\na,X,7\nb,X,8\n"}
    assert sms.cocreation.delphi(rounds=[text])["stop"]["verdict"] == "first_round"
    candidates: list[types.CoreSetCandidate] = [{"id": "HOU-O-01", "value": 8, "effort": 3}]
    limits: types.CoreSetConstraints = {"rights": "none", "levels": "none", "outcome_of_themes": {"only": ["HOU"]}}
    assert sms.cocreation.core_set(candidates=candidates, constraints=limits)["chosen"] == ["HOU-O-01"]
    people: list[types.RegisteredParticipant] = [{"id": "a", "side": "city"}]
    record: list[types.Attendance] = [{"participant": "a", "occasion": "kick-off", "on": "2027-01-10"}]
    assert sms.cocreation.participation(participants=people, record=record)
    own: list[types.CityDefinition] = [
        {"place": place, "indicator": "HOU-O-01", "reference": "HOU-O-01", "version": "0.2.0"} for place in ("a", "b")
    ]
    assert sms.cocreation.harmonise(definitions=own)[0]["indicator"] == "HOU-O-01"
    assert sms.cocreation.compare(definitions=own, indicator="HOU-O-01", purpose="ranking")
    assert sms.cocreation.extension(id="x-GRAZ:H1")["city"] == "GRAZ"


def test_disclosure() -> None:
    table: types.DisclosureTable = {"grid": [[None, 20, 24], [30, 40, 70], [34, 60, 94]]}
    assert sms.disclosure.attack(table, width=10)["cells"][0]["verdict"] == "exact"
    small: types.SuppressionRule = {"threshold": 10}
    whole: types.DisclosureTable = {"grid": [[4, 20, 24], [30, 40, 70], [34, 60, 94]]}
    assert sms.disclosure.protect(whole, width=10, primary=small)["safe"]
    assert sms.disclosure.round_table(whole, base=5)["additive"]
    noise: types.PerturbationTable = {"rows": [[0, 0], [-1, 1], [0, 1]], "repeat": 1}
    value: int = sms.disclosure.cell_key([3, 4], perturbation=noise)
    assert value == 3
    assert not sms.disclosure.dominance([60, 30, 10], p=10)["withheld"]
    assert sms.disclosure.attack_report({"places": [], "provenance": {"threshold": 10}})["safe"]


def test_equality() -> None:
    groups: list[sms.equality.Group] = [{"value": 18.2, "se": 2.1}, {"value": 11.0, "se": 0.8}]
    polarity: sms.equality.Polarity = "lower"
    rules: sms.equality.Rules = {"ordered": True}
    assert sms.equality.measures(groups, polarity=polarity, rules=rules)["groups"] == 2
    assert sms.equality.compare(groups, polarity=polarity, against="named")["found"][0]["verdict"] == "shown"
    earlier, later = sms.equality.Gap(gap=20, se=3), sms.equality.Gap(gap=8, se=4)
    assert sms.equality.gap_change(earlier, later)["direction"] == "narrowing"


def test_form() -> None:
    asked: types.FormRequest = {"selection": ["SAF-O-01"]}
    assert sms.form.build(asked)["indicators"][0]["indicator"] == "SAF-O-01"
    book: bytes = sms.form.xlsx(asked)
    assert book.startswith(b"PK") and sms.form.page(asked, format="text")
    assert sms.form.topics(language="en")[0]["topic"]
    plan = sms.form.plan(asked, years=(2026, 2028), interviews=800)
    assert sms.form.checklist(asked) and plan["indicators"][0]["indicator"] == "SAF-O-01"
    assert sms.form.template(asked, place="here", periods=["2026"])["xlsx"].startswith(b"PK")
    read = sms.form.read(asked, csv="consent,age,sex,safe_night\nyes,40,F,very_safe\nyes,50,M,very_unsafe\n")
    estimated = sms.form.observations(read, place="here", period="2026")
    assert isinstance(estimated, sms.form.EstimatedRows) and estimated[0]["value"] == 50


def test_index() -> None:
    made: sms.index.IndexResult = sms.index.run(
        "undp-hdi", {"le": [85], "eys": [18], "mys": [15], "gnipc": [75000]}, outputs=["hdi"]
    )
    assert made["hdi"] == [1.0] and sms.index.available()[0]["id"] == "undp-hdi"
    mean: types.RawIndexInput = {
        "format": 1,
        "id": "m",
        "edition": "1",
        "title": "Mean",
        "source": "own",
        "licence": "CC0",
        "unit": "city",
        "outputs": ["y"],
        "input": [{"id": "a"}, {"id": "b"}],
        "step": [{"id": "y", "aggregate": {"how": "arithmetic", "of": ["a", "b"]}}],
    }
    assert sms.index.check(mean)["summary"]["steps"] == 1 and sms.index.show(mean)["steps"][0]["rule"] == "aggregate"
    assert sms.index.explain(mean, {"a": [1], "b": [3]}, "1")["steps"][0]["result"] == 2


def test_influence() -> None:
    panel: list[types.PanelFigure] = [
        {"city": city, "time": 2014 + i, "value": value + i + (5 if city == "A" and i > 3 else 0)}
        for city, value in zip("ABCDEF", [10, 9, 12, 11, 8, 13], strict=True)
        for i in range(6)
    ]
    assert sms.influence.difference(panel=panel, treated=["A"], start=2018)["estimate"] == pytest.approx(5)
    assert sms.influence.synthetic(panel=panel, city="A", start=2018)
    series: list[types.SeriesFigure] = [{"time": 2010 + i, "value": v} for i, v in enumerate([1, 2, 3, 4, 8, 10, 12])]
    assert sms.influence.interrupted(series=series, start=2014)["effect_at_end"]
    link: types.StoryLink = {"from": "training", "to": "practice", "claim": "staff act otherwise"}
    assert sms.influence.contribution(links=[link])["verdict"] == "not_shown"


def test_peers() -> None:
    scores = zip("ABCDE", [1, 2, 3, 4, 10], [40, 50, 90, 60, 85], strict=True)
    cities: list[types.PeerCity] = [
        {"id": c, "context": {"rent": x}, "scores": {"housing": {"score": s}, "health": {"score": 100 - s}}}
        for c, x, s in scores
    ]
    rent: list[types.ContextVariable] = [{"id": "rent"}]
    assert sms.peers.comparators(cities=cities, variables=rent, k=1)["cities"][0]["comparators"][0]["city"] == "B"
    assert sms.peers.mentoring(cities=cities, variables=rent)["matches"]
    assert sms.peers.twinning(cities=cities, variables=rent)
    assert sms.peers.potential(cities=cities, variables=rent)
    scored: list[types.CityScore] = [{"city": c, "score": s, "se": 2} for c, s in (("A", 80), ("B", 76), ("C", 60))]
    assert [row["tier"] for row in sms.peers.tiers(cities=scored)] == [1, 1, 2]
    asked: types.PeerRecords = {
        "recommendations": [
            {"id": "R1", "text": "Publish", "addressee": "Mayor", "on": "2025-06-01", "due": "2026-01-31"}
        ]
    }
    assert sms.peers.follow_up(records=asked, as_of="2026-02-10")["overdue"] == ["R1"]


def test_pretest() -> None:
    rows: list[types.PretestRecord] = [{"respondent": f"p{i}", "question": "Q", "answer": i} for i in range(30)]
    assert sms.pretest.evaluate(rows=rows)["questions"][0]["proposal"] == "keep"
    keep: types.RefinementDecision = {
        "action": "keep",
        "decided_by": [{"side": "city", "who": "the round table"}],
        "indicators": ["GOV-S-01"],
        "on": "2027-01-15",
        "reason": "Asked and answered without trouble.",
    }
    made = sms.pretest.refine(version="0.3.0", date="2027-03-01", decisions=[keep], include_catalogue=True)
    after = made["catalogue"]
    assert made["diff"]["to"] == "0.3.0" and after is not None
    assert sms.pretest.diff(before=after)["from"] == "0.3.0"


def test_progress() -> None:
    path: types.TargetPath = {"baseline": {"value": 14.5, "at": 2015}, "target": {"value": 7.25, "at": 2030}}
    change = sms.progress.change(earlier=20, later=16, years=4, polarity="lower", tolerance=0)
    assert change is not None and change["direction"] == "better"
    rate: float | None = sms.progress.cagr(earlier=10, later=40, years=2)
    assert rate == 1 and sms.progress.expected(path=path, at="2023")["expected"]
    levels: types.CagrRules = {
        "with_target": {"bands": [{"from": 0.95, "name": "on pace"}, {"from": 0, "name": "slow"}], "below": "away"},
        "without_target": {"bands": [{"from": 0, "name": "better"}], "below": "worse"},
        "reached": "reached",
        "not_available": "none",
        "slack": 1e-9,
    }
    assert sms.progress.to_target(value=5, at=2020, path=path, polarity="lower", rules=levels)["status"] == "reached"
    points: types.ProgressScoreRules = {
        "largest_score": 5,
        "limit_exponent": 4.44,
        "not_available": "not_available",
        "reached": "achieved",
        "slack": 1e-9,
        "statuses": {"bands": [{"from": 2.5, "name": "substantial"}, {"from": 0, "name": "moderate"}], "below": "low"},
        "with_target": [{"from": 0.6, "intercept": -4.2857, "slope": 7.1429}, {"intercept": -2.5, "slope": 4.1667}],
        "without_target": [{"rate": -0.02, "score": -5}, {"rate": 0.02, "score": 5}],
    }
    assert sms.progress.progress_score(value=10, at=2023, path=path, polarity="lower", rules=points)["status"]
    away = sms.progress.distance_to_target(value=70, target=90, polarity="higher", reference_sd=8)
    assert away is not None and away["distance"] == 2.5
    rules: types.TrendRules = {"minimum_points": 4, "exact_below": 10, "significance": 0.05, "confidence": 0.95}
    series: list[types.SeriesPoint] = [{"at": 2010 + i, "value": 10 + i} for i in range(4)]
    assert sms.progress.trend(series=series, polarity="higher", rules=rules)["estimate"]
    years = sms.progress.years_to_target(value=70, target=90, slope=2.5, polarity="higher")
    assert years is not None and years["state"] == "approaching"
    ahead = sms.progress.projection(series=series, at=2020, basis="last_pace", rules=rules, range={"max": 18})
    assert ahead is not None and ahead["value"] == 18
    back: types.RetrogressionRules = {"significance": 0.05, "tolerance": 0.5}
    assert sms.progress.retrogression(series=series, polarity="higher", rules=back)["status"]


def test_rbm() -> None:
    path: types.TargetPath = {"baseline": {"value": 10, "at": 2015}, "target": {"value": 0, "at": 2030}}
    rules: types.AchievementRules = {"on_track": 0.95, "lagging": 0.6, "tolerance": 0, "slack": 1e-9}
    made = sms.rbm.achievement(value=5, at=2020, path=path, polarity="lower", rules=rules)
    assert made["status"] == "on_track"
    chain: types.RawChain = {"results": [{"id": "campaign", "level": "output"}]}
    assert sms.rbm.check_chain(chain)["counts"]
    assert sms.rbm.iati(result_level="output")["result_type"] == 1
    combined: float = sms.rbm.combine(outcomes=60, effort=0, weight=0.8, margin=5)
    band: int = sms.rbm.band(score=combined, thresholds=[80, 60, 40, 20])
    assert (combined, band) == (55, 3)
    assert sms.rbm.rating(combined=82, outcomes=78, thresholds=[80, 60, 40, 20]) == 2


def test_roadmap() -> None:
    hall: types.RoadmapPartner = {
        "id": "hall",
        "kind": "city_unit",
        "name": "City hall",
        "role": "lead",
        "side": "city",
    }
    begun: types.RoadmapEvent = {"type": "started", "step": "commit", "date": "2024-01-16", "by": "hall"}
    run = sms.roadmap.Run(start="2024-01-15", partners=[hall], city={"id": "neverhaven", "name": "Neverhaven"})
    run = run.append(begun)
    assert run.step("commit")["status"] == "open" and len(run.state["steps"]) == 8
    assert run.next_actions[0]["action"] and run.readiness[0]["step"] and run.timeline(as_of="2024-02-01")
    assert run.page(format="next") and run.events == [begun]
    assert sms.roadmap.check(run.to_dict(), event={**begun, "step": "train"})["accepted"] == 1
    assert sms.roadmap.cohort([run])["taking_part"] == 1 and sms.roadmap.cohort_page([run], format="text")
    walked: sms.roadmap.Definition = sms.Catalogue.embedded().roadmaps[0]
    assert sms.roadmap.definition(definition=walked)["steps"]


def test_screen() -> None:
    year: types.ScreenRound = {"id": "2026", "from": "2026-01-01", "to": "2026-12-31"}
    records: list[types.ScreenRecord] = [
        {
            "round": "2026",
            "item": "PANEL-P1",
            "service": "SV-HOUS",
            "assessor": "desk",
            "date": "2026-03-01",
            "view": "city",
            "answer": "yes",
        }
    ]
    assert sms.screen.questions("panel", area="SV-HOUS")["provenance"] == "own_draft"
    assert sms.screen.hrba(records=records, rounds=[year], screens=["panel"])["findings"]["counts"]
    assert sms.screen.framework(records={"csv": "round,item,view,assessor,date,answer\n"}, rounds=[year])
    assert sms.screen.cross_reference("eccar")["entries"]
    page: str = sms.screen.page("cross_reference", reference="eccar", format="text")
    assert page.startswith("What answers")


def test_survey() -> None:
    plan: types.SurveyPlanInput = {
        "design": {"weight": "w"},
        "estimates": {"rent": {"kind": "mean", "variable": "rent"}},
    }
    import polars

    frame = polars.DataFrame({"rent": [3, 5, 4], "w": [1.0, 1.0, 1.0]})
    made: sms.survey.Results = sms.survey.estimate(frame, plan, confidence=0.9)
    accumulator = sms.survey.Accumulator(plan)
    accumulator.update(frame)
    assert made.estimates.to_rows() == accumulator.finish({"confidence": 0.9}).estimates.to_rows()
    assert sms.survey.mean_interval(value=7.2, se=1.0, df=1)["upper"] > 7.2
    share = sms.survey.proportion_interval(confidence=0.95, df=20, n=100, proportion=0.65, se=0.05)
    assert share is not None and share["lower"] < 0.65
    rules: types.QualityRules = {
        "cv_caution": 0.333,
        "cv_fine": 0.165,
        "minimum_n": 30,
        "population_tolerance": 0.05,
        "zero_width_caution": 0.3,
        "zero_width_fine": 0.05,
    }
    assert sms.survey.quality(rules=rules, confidence=0.95, n=50, value=100, se=16.5)


def test_weighting() -> None:
    panel: sms.weighting.Panel = {"criteria": ["housing", "health"], "when": "2024-05"}
    side = sms.weighting.Side(id="city", weight=2)
    points: list[types.ParticipantPoints] = [{"points": [100, 60], "side": "city"}]
    weights = sms.weighting.equal(criteria=["housing", "health"], when="2024")
    assert sms.weighting.check(weights=weights["weights"], provenance={"method": "declared", "when": "2024"})
    assert sms.weighting.swing(panel={**panel, "sides": [side]}, participants=points, top=100)["weight_set"]
    assert sms.weighting.budget(panel=panel, participants=[{"points": [60, 40]}], budget=100)["weight_set"]
    pairs: list[types.PairwiseComparisons] = [{"upper": [3]}]
    assert sms.weighting.ahp(panel=panel, participants=pairs, largest_ratio=0.1)["ahp"]
    best: types.BestWorstComparisons = {
        "best": "housing",
        "worst": "health",
        "best_to_others": [1, 2],
        "others_to_worst": [2, 1],
    }
    assert sms.weighting.best_worst(panel=panel, participants=[best])["weight_set"]
    made = sms.weighting.kendall(raters=[[1, 2, 3], [1, 2, 3]])
    assert made is not None and made["w"] == 1


def test_refusals_have_codes() -> None:
    early: types.TargetPath = {"baseline": {"value": 1, "at": 2030}, "target": {"value": 2, "at": 2015}}
    single: types.PanelFigure = {"city": "A", "time": 1, "value": 2}
    asked: list[tuple[Callable[[], object], str]] = [
        (lambda: sms.agreement.kendall(judges=[[1, 2, 3]]), "agreement.too-few-raters"),
        (lambda: sms.agreement.cohen(table=[[1]], pairs=[["a", "a"]], categories=["a"]), "wire.unknown-field"),
        (lambda: sms.influence.synthetic(panel=[single], city="A", start=1), "influence.too-few-comparators"),
        (lambda: sms.peers.tiers(cities=[{"city": "A", "score": 50}]), "peers.too-few-cities"),
        (lambda: sms.progress.expected(path=early, at=2020), "progress.bad-path"),
    ]
    for ask, code in asked:
        with pytest.raises(sms.SmsError) as caught:
            ask()
        assert caught.value.code == code


@pytest.mark.parametrize("area", AREAS, ids=lambda m: m.__name__)
def test_examples(area: ModuleType) -> None:
    result = doctest.testmod(area)
    assert result.failed == 0 and result.attempted > 1


def test_every_function_is_here() -> None:
    tree = ast.parse(Path(__file__).read_text(encoding="utf-8"))
    used = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert {f"{area.__name__}.{name}" for area in AREAS for name in area.__all__} <= used


@pytest.mark.parametrize("area", AREAS, ids=lambda m: m.__name__)
def test_every_function_says_what_it_does(area: ModuleType) -> None:
    for name in area.__all__:
        function = getattr(area, name)
        if inspect.isfunction(function):
            assert ">>>" in (function.__doc__ or "") or name in ("cohort", "cohort_page"), name
            assert set(function.__annotations__) == {*inspect.signature(function).parameters, "return"}, name
