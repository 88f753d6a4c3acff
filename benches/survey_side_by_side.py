"""Means by group with design-based error, in one run: this library, and what a user would pick instead.

Invented samples, stratified and clustered (100 strata, 5 000 sampling units, weights from 1 to 500). R's `survey` and `svy` for Python are made for it; in polars and
DuckDB a data scientist writes the linearised variance as below. All that answer agree to 1e-9, or the run fails. Reading the
file is not timed; memory is the peak of the fresh process, data included.

Run with the wheel built for release, in an environment that has numpy, pyarrow, polars, duckdb and svy; R with its package survey
where it is there: `python benches/survey_side_by_side.py [SECONDS]`, SECONDS being how long one may take (300 when not given).
"""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

STRATA, UNITS = 100, 5_000
TASKS = {"1 M rows, 12 groups": (1_000_000, 12), "5 M rows, 600 cells": (5_000_000, 600), "1 M rows, 6 760 groups": (1_000_000, 6_760)}
COLUMNS = {"h": "int32", "i": "int32", "g": "int32", "w": "float64", "y": "float64"}


def make(folder: Path, rows: int, groups: int) -> None:
    numbers = np.random.default_rng(42)
    unit = numbers.integers(0, UNITS, rows, dtype=np.int32)
    columns = {
        "h": unit % STRATA,
        "i": unit,
        "g": numbers.integers(0, groups, rows, dtype=np.int32),
        "w": 1 + numbers.integers(0, 500_000, rows) / 1000,
        "y": numbers.integers(0, 90_000, rows) / 7 + 10 * (unit % 13),
    }
    for name, kind in COLUMNS.items():
        columns[name].astype(kind).tofile(folder / name)


def read(folder: Path) -> dict[str, np.ndarray]:
    return {name: np.fromfile(folder / name, dtype=kind) for name, kind in COLUMNS.items()}


def with_sms(data):
    import pyarrow as pa

    import sms

    def coded(column):
        return pa.DictionaryArray.from_arrays(pa.array(column), pa.array([str(x) for x in range(int(column.max()) + 1)]))

    table = pa.table({name: coded(data[name]) if name in "hig" else data[name] for name in data})
    plan = {"design": {"weight": "w", "stratum": "h", "psu": "i"}, "estimates": {"mean": {"kind": "mean", "variable": "y"}}, "domains": [{"by": ["g"]}]}

    def work():
        made = sms.survey.estimate(table, plan).estimates
        return dict(zip(map(int, made["domain.g"]), zip(made["value"], made["se"])))

    return work


def with_polars(data):
    import polars as pl

    frame = pl.DataFrame(data)

    def work():
        rows = frame.lazy()
        units = rows.group_by("h").agg(n=pl.col("i").n_unique())
        totals = rows.group_by("g", "h", "i").agg(w=pl.col("w").sum(), t=(pl.col("w") * pl.col("y")).sum())
        cells = totals.group_by("g").agg(all=pl.col("w").sum(), mean=pl.col("t").sum() / pl.col("w").sum())
        away = totals.join(cells, on="g").with_columns(z=pl.col("t") - pl.col("mean") * pl.col("w"))
        by_stratum = away.group_by("g", "h").agg(s=pl.col("z").sum(), q=(pl.col("z") ** 2).sum()).join(units, on="h")
        variance = pl.col("n") / (pl.col("n") - 1) * (pl.col("q") - pl.col("s") ** 2 / pl.col("n"))
        made = by_stratum.group_by("g").agg(v=variance.sum()).join(cells, on="g").with_columns(se=pl.col("v").sqrt() / pl.col("all")).collect()
        return dict(zip(made["g"], zip(made["mean"], made["se"])))

    return work


def with_duckdb(data):
    import duckdb
    import pyarrow as pa

    rows = pa.table(data)
    query = """
        WITH units AS (SELECT h, count(DISTINCT i) AS n FROM rows GROUP BY h),
        totals AS (SELECT g, h, i, sum(w) AS w, sum(w * y) AS t FROM rows GROUP BY g, h, i),
        cells AS (SELECT g, sum(w) AS total, sum(t) / sum(w) AS mean FROM totals GROUP BY g),
        away AS (SELECT g, h, sum(t - mean * w) AS s, sum((t - mean * w) ** 2) AS q FROM totals JOIN cells USING (g) GROUP BY g, h)
        SELECT g, any_value(mean), sqrt(sum(n / (n - 1.0) * (q - s * s / n))) / any_value(total) FROM away JOIN units USING (h) JOIN cells USING (g) GROUP BY g
    """

    def work():
        connection = duckdb.connect()
        connection.register("rows", rows)
        return {g: (mean, se) for g, mean, se in connection.execute(query).fetchall()}

    return work


def with_svy(data):
    import polars as pl
    import svy

    frame = pl.DataFrame(data).with_columns(pl.col("g").cast(pl.String))

    def work():
        made = svy.Sample(frame, svy.Design(stratum="h", psu="i", wgt="w")).estimation.mean("y", by="g").to_polars()
        return dict(zip(map(int, made["g"]), zip(made["est"], made["se"])))

    return work


R = r"""
suppressMessages(library(survey))
folder <- commandArgs(TRUE)[1]
column <- function(name, what, size) readBin(file.path(folder, name), what, n = file.size(file.path(folder, name)) / size, size = size)
d <- data.frame(h = column("h", "integer", 4), i = column("i", "integer", 4), g = column("g", "integer", 4), w = column("w", "double", 8), y = column("y", "double", 8))
started <- proc.time()[["elapsed"]]
made <- svyby(~y, ~g, svydesign(~i, strata = ~h, weights = ~w, data = d), svymean, keep.names = FALSE)
seconds <- proc.time()[["elapsed"]] - started
peak <- as.numeric(sub("[^0-9]*([0-9]+).*", "\\1", grep("^VmHWM", readLines("/proc/self/status"), value = TRUE))) / 1024
cells <- paste0('"', made$g, '": [', sprintf("%.17g", made$y), ", ", sprintf("%.17g", made$se), "]", collapse = ", ")
cat(sprintf('{"seconds": %.3f, "peak": %.0f, "cells": {%s}}\n', seconds, peak, cells))
"""

WITH = {"this library": with_sms, "polars": with_polars, "DuckDB": with_duckdb, "svy": with_svy}


def one(name: str, folder: str) -> None:
    work = WITH[name](read(Path(folder)))
    started = time.perf_counter()
    cells = work()
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "cells": cells}))


def main() -> None:
    if len(sys.argv) > 2:
        one(sys.argv[1], sys.argv[2])
        return
    limit = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    for title, (rows, groups) in TASKS.items():
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder), rows, groups)
            print(f"{title}, {STRATA} strata, {UNITS} sampling units")
            script, first = Path(folder) / "survey.R", None
            script.write_text(R)
            for name in [*WITH, "R survey"]:
                command = ["Rscript", "--vanilla", str(script), folder] if name == "R survey" else [sys.executable, __file__, name, folder]
                if not shutil.which(command[0]):
                    print(f"  {name:14} is not installed")
                    continue
                try:
                    out = subprocess.run(command, capture_output=True, text=True, timeout=limit)
                except subprocess.TimeoutExpired:
                    print(f"  {name:14} over {limit} s")
                    continue
                if out.returncode:
                    print(f"  {name:14} failed: {out.stderr.strip().splitlines()[-1][:100] if out.stderr.strip() else out.returncode}")
                    continue
                made = json.loads(out.stdout.splitlines()[-1])
                first = first or made
                for cell, values in first["cells"].items():
                    if not np.allclose(values, made["cells"][cell], rtol=1e-9, atol=0):
                        raise SystemExit(f"{name} has {made['cells'][cell]} for group {cell}, where {values} was expected")
                print(f"  {name:14} {made['seconds']:8.2f} s {made['seconds'] / first['seconds']:8.2f} x {made['peak']:7.0f} MB")


if __name__ == "__main__":
    main()
