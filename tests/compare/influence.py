"""Difference-in-differences and interrupted time series of the engine against statsmodels, on generated cases.

    python tests/compare/influence.py PATH_OF_SMS [CASES]

As `agreement.py`: prints the largest difference of each measure, and fails above 1e-9.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
from agreement import Comparison
from scipy.linalg import toeplitz
from statsmodels.stats.stattools import durbin_watson


def difference(c: Comparison, rng: np.random.Generator):
    cities, times = int(rng.integers(4, 25)), int(rng.integers(3, 10))
    acted, start = int(rng.integers(2, max(3, cities // 2))), int(rng.integers(1, times))
    frame = pd.DataFrame([(f"C{i:02}", t, 50 + 3 * i % 17 + rng.normal(0, 3) + (4 if i < acted and t >= start else 0)) for i in range(cities) for t in range(times)], columns=["city", "time", "value"])
    frame["treated"] = (frame.city < f"C{acted:02}").astype(int)
    frame["after"] = (frame.time >= start).astype(int)
    panel = frame[["city", "time", "value"]].to_dict("records")

    def fitted(data, other):
        groups = pd.factorize(data.city)[0]
        return smf.ols(f"value ~ treated * {other}", data).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)

    def expected(prefix, fit, name):
        low, high = fit.conf_int().loc[name]
        return {f"{prefix}/se": fit.bse[name], f"{prefix}/p": fit.pvalues[name], f"{prefix}/lower": low, f"{prefix}/upper": high}

    fit = fitted(frame, "after")
    want = {"estimate": fit.params["treated:after"]} | expected("cluster", fit, "treated:after")
    if start >= 3:
        early = frame[frame.time < start]
        trends = fitted(early, "time")
        want |= {"trends_before/difference": trends.params["treated:time"]} | expected("trends_before/cluster", trends, "treated:time")
    c.case("difference-in-differences", "influence.difference", {"panel": panel, "treated": [f"C{i:02}" for i in range(acted)], "from": start}, want)


def interrupted(c: Comparison, rng: np.random.Generator):
    n, rho = int(rng.integers(10, 60)), float(rng.choice([0, 0.3, 0.6]))
    start, lags = int(rng.integers(4, n - 4)), int(rng.integers(0, 5))
    e = np.zeros(n)
    for t in range(1, n):
        e[t] = rho * e[t - 1] + rng.normal()
    time = np.arange(n)
    on = (time >= start).astype(float)
    y = 40 + 0.5 * time + on * (3 + 0.2 * (time - start)) + e
    x = np.column_stack([np.ones(n), time, on, on * (time - start)])
    names = ["start", "slope", "level_change", "slope_change"]
    plain = sm.OLS(y, x).fit()
    newey = plain.get_robustcov_results("HAC", maxlags=lags, use_correction=True, use_t=True)
    want = {"durbin_watson": durbin_watson(plain.resid)}
    for j, name in enumerate(names):
        low, high = newey.conf_int()[j]
        want |= {f"newey_west/{name}/estimate": newey.params[j], f"newey_west/{name}/se": newey.bse[j], f"newey_west/{name}/p": newey.pvalues[j], f"newey_west/{name}/lower": low, f"newey_west/{name}/upper": high}
    resid, share = plain.resid, 2.0
    for _ in range(500):
        now = (resid[1:] @ resid[:-1]) / (resid[:-1] @ resid[:-1])
        if abs(now) >= 1 or abs(now - share) < 1e-14:
            share = now
            break
        share = now
        gls = sm.GLS(y, x, sigma=toeplitz(share ** np.arange(n))).fit()
        resid = y - x @ gls.params
    if abs(share) < 1:
        gls = sm.GLS(y, x, sigma=toeplitz(share ** np.arange(n))).fit()
        for j, name in enumerate(names):
            want |= {f"prais_winsten/{name}/estimate": gls.params[j], f"prais_winsten/{name}/se": gls.bse[j], f"prais_winsten/{name}/p": gls.pvalues[j]}
    series = [{"time": int(t), "value": float(v)} for t, v in zip(time, y)]
    c.case("interrupted time series", "influence.interrupted", {"series": series, "from": start, "lags": lags}, want)


def main(sms: str, cases: int) -> int:
    rng = np.random.default_rng(20270302)
    c = Comparison()
    for _ in range(cases):
        difference(c, rng)
        interrupted(c, rng)
    return c.run(sms)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 50))
