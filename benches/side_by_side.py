"""The same work in one run: this library, and what a user would pick instead.

The work: read one million rows of a tidy CSV, check them (known indicators, readable periods, numerator within denominator,
bounds, duplicates), score each share by goalposts 0 and 100, and take the mean of each city and year. pandas and polars do it as a data
scientist would write it; they report no row and no reason, and know nothing of absence, groups or disclosure.

Run with `cargo dev bench`, or `.venv/bin/python benches/side_by_side.py [ROWS]`.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000


def make(path: Path, rows: int) -> None:
    """Invented figures: 100 shares, 10 years, as many cities as it takes."""
    import random

    import sms

    numbers = random.Random(42)
    shares = [i["id"] for i in sms.Catalogue.embedded().indicators if i["value_kind"] == "proportion"][:100]
    with path.open("w") as out:
        out.write("indicator,place,period,numerator,denominator,confidentiality\n")
        written = 0
        city = 0
        while written < rows:
            for year in range(2015, 2025):
                for indicator in shares:
                    denominator = numbers.randrange(1_000, 100_000)
                    out.write(f"{indicator},city{city:05},{year},{numbers.randrange(denominator)},{denominator},public\n")
                    written += 1
            city += 1


def with_sms(path: str) -> int:
    import sms

    observations = sms.Observations.read_csv(path)
    dataset, findings = sms.check(sms.Catalogue.embedded(), observations)
    report = sms.assess(sms.Method.embedded("standard"), dataset, findings, periods="each").release()
    return len(report.nodes)


def with_pandas(path: str) -> int:
    import pandas as pd

    import sms

    frame = pd.read_csv(path)
    known = {i["id"]: i["polarity"] for i in sms.Catalogue.embedded().indicators}
    frame = frame[frame["indicator"].isin(known.keys())]
    frame = frame[frame["period"].astype(str).str.fullmatch(r"\d{4}")]
    frame = frame[(frame["numerator"] >= 0) & (frame["numerator"] <= frame["denominator"]) & (frame["denominator"] > 0)]
    frame = frame.drop_duplicates(["indicator", "place", "period"], keep=False)
    value = 100 * frame["numerator"] / frame["denominator"]
    lower = frame["indicator"].map(known) == "lower"
    frame["score"] = value.where(~lower, 100 - value).clip(0, 100)
    return len(frame.groupby(["place", "period"])["score"].mean())


def with_polars(path: str) -> int:
    import polars as pl

    import sms

    known = {i["id"]: i["polarity"] for i in sms.Catalogue.embedded().indicators}
    frame = (
        pl.scan_csv(path)
        .filter(pl.col("indicator").is_in(list(known)))
        .filter(pl.col("period").cast(pl.String).str.contains(r"^\d{4}$"))
        .filter((pl.col("numerator") >= 0) & (pl.col("numerator") <= pl.col("denominator")) & (pl.col("denominator") > 0))
        .filter(pl.len().over(["indicator", "place", "period"]) == 1)
        .with_columns(value=100 * pl.col("numerator") / pl.col("denominator"), polarity=pl.col("indicator").replace_strict(known))
        .with_columns(score=pl.when(pl.col("polarity") == "lower").then(100 - pl.col("value")).otherwise(pl.col("value")).clip(0, 100))
        .group_by("place", "period")
        .agg(pl.col("score").mean())
        .collect()
    )
    return len(frame)


def main() -> None:
    if len(sys.argv) > 3:
        work = {"sms": with_sms, "pandas": with_pandas, "polars": with_polars}[sys.argv[2]]
        started = time.perf_counter()
        work(sys.argv[3])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{time.perf_counter() - started:.3f} {peak:.0f}")
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.csv"
        make(path, ROWS)
        print(f"{ROWS} rows, {path.stat().st_size / 1e6:.0f} MB; time and peak memory of a fresh process, median of 3")
        base = None
        for name in ("sms", "polars", "pandas"):
            runs = []
            for _ in range(3):
                out = subprocess.run([sys.executable, __file__, str(ROWS), name, str(path)], capture_output=True, text=True, check=True)
                seconds, peak = out.stdout.split()
                runs.append((float(seconds), float(peak)))
            seconds, peak = sorted(runs)[1]
            base = base or seconds
            print(f"{name:8} {seconds:7.2f} s  {peak:7.0f} MB  {seconds / base:5.2f} x")


if __name__ == "__main__":
    main()
