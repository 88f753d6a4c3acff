"""Score and aggregate in one run: this library, and numpy, pandas and polars doing the same normalise + aggregate.

The work: 1 000 cities, 10 periods and 130 indicators that the standard method scores, in memory as columns. Each value becomes a score by its
goalposts (cut off at 0 and 100); scores become means of each module, and modules the mean of the whole, outcomes and effort apart. All four must agree to
1e-9, or the run fails. This library does more in the same call: it also forms the views by right, attribute, results-chain level, service and article, the
combined score, ratings, coverage, changes, and the range that missing figures leave open.

Then one city's re-score, as a calculator does at each key: natively, in WebAssembly under Node when `sms-wasm/dist` is built, and in numpy.

Run with `cargo dev bench`, or `.venv/bin/python benches/score_aggregate.py [CITIES]`; a release wheel (`cargo dev wheel`) must be installed.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl

import sms

CITIES = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
PERIODS = [str(year) for year in range(2015, 2025)]
RUNS = 5

method = sms.Method.embedded("standard")
catalogue = sms.Catalogue.embedded()
sheets = {sheet["id"]: sheet for sheet in catalogue.indicators}
posts = [
    post
    for post in method.to_dict()["goalposts"]
    if sheets[post["indicator"]]["polarity"] in ("higher", "lower") and not sheets[post["indicator"]].get("retired")
]
# levels of a scale and yes or no are goalposts of their own: 0 to the highest level
SCALES = {"maturity": 4, "boolean": 1}
posts += [
    {"indicator": i, "worst": 0, "best": SCALES[sheet["value_kind"]]}
    for i, sheet in sheets.items()
    if sheet["value_kind"] in SCALES and not sheet.get("retired")
]
posts = posts[-130:]
ids = [post["indicator"] for post in posts]
worst = np.array([float(post["worst"]) for post in posts])
best = np.array([float(post["best"]) for post in posts])
whole = np.array([sheets[i]["value_kind"] in SCALES for i in ids])
modules = sorted({sheets[i]["module"] for i in ids})
OUTCOMES = {"outcome", "impact"}


def side(name: str) -> list[int]:
    """Positions of the indicators of one side."""
    return [k for k, i in enumerate(ids) if (sheets[i]["result_level"] in OUTCOMES) == (name == "outcomes")]


def values(cities: int) -> np.ndarray:
    """Invented values, cities x periods x indicators, inside what an indicator allows."""
    numbers = np.random.default_rng(42)
    span = numbers.random((cities, len(PERIODS), len(ids)))
    low, high = np.minimum(worst, best), np.maximum(worst, best)
    made = low + span * (high - low)
    return np.where(whole, np.round(made), np.round(made, 3))


def long_frame(table: np.ndarray) -> pd.DataFrame:
    cities, periods, wide = table.shape
    places = [f"city{k:05}" for k in range(cities)]
    return pd.DataFrame(
        {
            "indicator": np.tile(ids, cities * periods),
            "place": np.repeat(places, periods * wide),
            "period": np.tile(np.repeat(PERIODS, wide), cities),
            "value": table.ravel(),
            "confidentiality": "public",
        }
    )


def with_numpy(table: np.ndarray) -> dict[str, np.ndarray]:
    scores = np.clip(100 * (table - worst) / (best - worst), 0, 100)
    answer = {}
    for name in ("outcomes", "effort"):
        of_modules = []
        for module in modules:
            members = [k for k in side(name) if sheets[ids[k]]["module"] == module]
            if members:
                mean = scores[:, :, members].mean(axis=2)
                answer[f"{module} {name}"] = mean
                of_modules.append(mean)
        answer[f"overall {name}"] = np.mean(of_modules, axis=0)
    return answer


def with_pandas(frame: pd.DataFrame) -> pd.DataFrame:
    known = pd.DataFrame(
        {
            "indicator": ids,
            "worst": worst,
            "best": best,
            "module": [sheets[i]["module"] for i in ids],
            "outcome": [sheets[i]["result_level"] in OUTCOMES for i in ids],
        }
    )
    joined = frame.merge(known, on="indicator")
    joined["score"] = (100 * (joined["value"] - joined["worst"]) / (joined["best"] - joined["worst"])).clip(0, 100)
    of_modules = joined.groupby(["place", "period", "outcome", "module"])["score"].mean()
    return of_modules.groupby(["place", "period", "outcome"]).mean().reset_index()


def with_polars(frame: pl.DataFrame) -> pl.DataFrame:
    known = pl.DataFrame(
        {
            "indicator": ids,
            "worst": worst,
            "best": best,
            "module": [sheets[i]["module"] for i in ids],
            "outcome": [sheets[i]["result_level"] in OUTCOMES for i in ids],
        }
    )
    return (
        frame.lazy()
        .join(known.lazy(), on="indicator")
        .with_columns(score=(100 * (pl.col("value") - pl.col("worst")) / (pl.col("best") - pl.col("worst"))).clip(0, 100))
        .group_by("place", "period", "outcome", "module")
        .agg(pl.col("score").mean())
        .group_by("place", "period", "outcome")
        .agg(pl.col("score").mean())
        .sort("place", "period", "outcome")
        .collect()
    )


def timed(work: Callable[[], Any], runs: int = RUNS) -> tuple[float, Any]:
    """Median time, and the last answer."""
    taken = []
    answer = None
    for _ in range(runs):
        started = time.perf_counter()
        answer = work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken), answer


def agree(name: str, theirs: np.ndarray, ours: np.ndarray) -> None:
    furthest = float(np.max(np.abs(theirs - ours)))
    assert furthest < 1e-9, f"{name} differs by {furthest}"


def main() -> None:
    table = values(CITIES)
    frame = long_frame(table)
    polars_frame = pl.from_pandas(frame)
    dataset, findings = sms.check(catalogue, sms.Observations.from_frame(polars_frame))
    assert dataset.rows["used"] == table.size, dataset.rows

    def engine() -> sms.Assessment:
        return sms.assess(method, dataset, findings, selection=ids, periods="each")

    took, assessment = timed(engine)
    released, report = timed(lambda: assessment.release(sms.PrivacyPolicy.internal()), 1)
    rows = table.size
    print(f"{CITIES} cities x {len(ids)} indicators x {len(PERIODS)} periods = {rows / 1e6:.1f} M values; median of {RUNS}, one process\n")
    print(f"{'sms: assess':34} {took:8.3f} s  {1:6.2f} x  {rows / took / 1e6:6.1f} M values a second")

    nodes = report.nodes.to_pandas()
    overall = nodes[nodes["kind"] == "overall"].sort_values(["place", "assessed"])
    for name, work in (
        ("numpy (dense array)", lambda: with_numpy(table)),
        ("polars", lambda: with_polars(polars_frame)),
        ("pandas", lambda: with_pandas(frame)),
    ):
        other, answer = timed(work)
        print(f"{name:34} {other:8.3f} s  {other / took:6.2f} x  {rows / other / 1e6:6.1f} M values a second")
        for outcome, column in ((True, "outcomes"), (False, "effort")):
            if isinstance(answer, dict):
                theirs = answer[f"overall {column}"].ravel()
            elif isinstance(answer, pl.DataFrame):
                theirs = answer.filter(pl.col("outcome") == outcome)["score"].to_numpy()
            else:
                theirs = answer[answer["outcome"] == outcome]["score"].to_numpy()
            agree(f"{name}, {column}", theirs, overall[column].to_numpy())
    print(f"{'sms: release, for comparison':34} {released:8.3f} s")

    one_table = values(1)
    one = long_frame(one_table)
    one_set, one_findings = sms.check(catalogue, sms.Observations.from_frame(pl.from_pandas(one)))
    print("\none city, 10 periods in hand, the latest scored again:")
    native, _ = timed(lambda: sms.assess(method, one_set, one_findings, selection=ids), 200)
    print(f"{'sms, native: assess':34} {native * 1e3:8.3f} ms")
    script = Path(__file__).with_name("rescore.mjs")
    if (script.parent.parent / "sms-wasm" / "dist" / "node" / "index.mjs").is_file():
        request = json.dumps({"rows": one.to_dict("records"), "selection": ids})
        out = subprocess.run(["node", str(script)], input=request, capture_output=True, text=True, check=True)
        print(out.stdout, end="")
    latest = one_table[:, -1:, :]
    dense, _ = timed(lambda: with_numpy(latest), 200)
    print(f"{'numpy (dense array)':34} {dense * 1e3:8.3f} ms")


if __name__ == "__main__":
    main()
