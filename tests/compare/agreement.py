"""Agreement statistics of the engine against statsmodels, scipy, pingouin and krippendorff, on generated cases.

    python tests/compare/agreement.py PATH_OF_SMS [CASES]

`PATH_OF_SMS` is the built command line; it answers as `sms vectors --stdio`. Prints the largest difference of each measure,
and fails above 1e-9.
"""

from __future__ import annotations

import json
import subprocess
import sys
import warnings

import krippendorff
import numpy as np
import pandas as pd
import pingouin
from scipy import stats
from statsmodels.stats.inter_rater import cohens_kappa, fleiss_kappa
from statsmodels.stats.proportion import proportion_confint

LIMIT = 1e-9
RULES = {"appropriate_from": 6.5, "uncertain_from": 3.5, "low_to": 3, "high_from": 7, "disagreement_share": 0.3, "disagreement": "thirds",
         "ipras": {"lower": 0.3, "upper": 0.7, "symmetric": 2.35, "correction": 1.5}}


class Comparison:
    def __init__(self):
        self.asked: list[tuple[str, dict, dict]] = []

    def case(self, measure: str, op: str, fields: dict, expected: dict):
        """`expected`: JSON pointer to value; a truth value or a text must be the same."""
        plain = {k: (v.item() if hasattr(v, "item") else v) for k, v in expected.items()}
        if any(isinstance(v, float) and not np.isfinite(v) for v in plain.values()):
            return
        self.asked.append((measure, {"op": op, **fields}, plain))

    def run(self, sms: str) -> int:
        lines = "".join(json.dumps(request) + "\n" for _, request, _ in self.asked)
        answers = subprocess.run([sms, "vectors", "--stdio"], input=lines, capture_output=True, text=True, check=True).stdout.splitlines()
        worst: dict[str, tuple[int, float]] = {}
        failed = 0
        for (measure, request, expected), line in zip(self.asked, answers, strict=True):
            answer = json.loads(line)
            for pointer, value in expected.items():
                got = answer.get("ok")
                for key in pointer.split("/"):
                    got = got[int(key)] if isinstance(got, list) else (got or {}).get(key)
                if isinstance(value, bool | str):
                    gap = 0.0 if got == value else float("inf")
                else:
                    gap = float("inf") if got is None else abs(got - value) / max(1.0, abs(value))
                if gap > LIMIT:
                    failed += 1
                    print(f"{measure}: {pointer} is {got}, expected {value}, of {json.dumps(request)}")
                n, before = worst.get(measure, (0, 0.0))
                worst[measure] = (n, max(before, gap))
            n, gap = worst[measure]
            worst[measure] = (n + 1, gap)
        for measure, (n, gap) in worst.items():
            print(f"{measure:32} {n:4} cases, largest difference {gap:.1e}")
        short = [m for m, (n, _) in worst.items() if n < 20]
        if short:
            print("fewer than 20 cases:", ", ".join(short))
        return 1 if failed or short else 0


def main(sms: str, cases: int) -> int:
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(20270301)
    c = Comparison()
    for _ in range(cases):
        k = int(rng.integers(2, 6))
        table = rng.integers(0, 25, (k, k)) + np.diag(rng.integers(1, 20, k))
        for weights, wt in (("none", None), ("linear", "linear"), ("quadratic", "quadratic")):
            ref = cohens_kappa(table, wt=wt)
            expected = {"value": float(ref.kappa), "se": float(ref.std_kappa)}
            c.case(f"Cohen's kappa, {weights}", "agreement.cohen", {"table": table.tolist(), "weights": weights}, expected)

        raters, units = int(rng.integers(2, 9)), int(rng.integers(5, 30))
        counts = rng.multinomial(raters, rng.dirichlet(np.ones(k)), units)
        if np.count_nonzero(counts.sum(axis=0)) > 1:
            c.case("Fleiss' kappa", "agreement.fleiss", {"counts": counts.tolist()}, {"value": float(fleiss_kappa(counts, method="fleiss"))})

        data = rng.integers(1, 7, (raters, units)).astype(float)
        data[rng.random(data.shape) < 0.25] = np.nan
        rows = [[None if np.isnan(x) else x for x in column] for column in data.T]
        for scale in ("nominal", "ordinal", "interval", "ratio"):
            try:
                ref = krippendorff.alpha(reliability_data=data, level_of_measurement=scale)
            except ValueError:
                continue
            c.case(f"Krippendorff's alpha, {scale}", "agreement.krippendorff", {"units": rows, "scale": scale}, {"value": float(ref)})

        persons = rng.normal(0, 1, (units, 1)) + rng.normal(0, 1, (units, k))
        ref, _ = pingouin.cronbach_alpha(pd.DataFrame(persons))
        c.case("Cronbach's alpha", "agreement.cronbach", {"persons": persons.tolist()}, {"value": float(ref)})
        gaps = [[None if rng.random() < 0.1 else x for x in row] for row in persons.tolist()]
        whole = [row for row in gaps if None not in row]
        if len(whole) > 1:
            ref, _ = pingouin.cronbach_alpha(pd.DataFrame(gaps, dtype=float), nan_policy="listwise")
            c.case("Cronbach's alpha, with gaps", "agreement.cronbach", {"persons": gaps}, {"value": float(ref), "subjects": len(whole)})

        long = pd.DataFrame([(s, r, x) for s, row in enumerate(persons) for r, x in enumerate(row)], columns=["s", "r", "x"])
        icc = pingouin.intraclass_corr(long, "s", "r", "x").set_index("Type")["ICC"]
        ref = icc["ICC(A,1)"] if "ICC(A,1)" in icc.index else icc["ICC2"]
        # pingouin gives 8 decimals or the full value, by its version: from its mean squares where it does not
        c.case("ICC(2,1)", "agreement.icc", {"subjects": persons.tolist()}, {"value": float(icc_from_anova(long, ref))})

        pairs = persons[:, :2]
        c.case("Pearson's correlation", "agreement.test_retest", {"pairs": pairs.tolist()}, {"pearson/value": float(stats.pearsonr(pairs[:, 0], pairs[:, 1])[0])})

        n, m = int(rng.integers(3, 14)), int(rng.integers(3, 12))
        judges = rng.integers(1, 10, (m, n))
        ref = stats.friedmanchisquare(*judges.T)
        c.case("Kendall's W", "agreement.kendall", {"judges": judges.tolist()}, {"value": float(ref.statistic / (m * (n - 1))), "chi_squared": float(ref.statistic), "p": float(ref.pvalue)})

        experts = int(rng.integers(2, 60))
        agree = int(rng.integers(0, experts + 1))
        chance = float(stats.binom.pmf(agree, experts, 0.5))
        c.case("content validity", "agreement.content_validity", {"agree": agree, "n": experts}, {"i_cvi": agree / experts, "chance": chance, "kappa": (agree / experts - chance) / (1 - chance)})

        ratings = rng.integers(1, 10, int(rng.integers(2, 30)))
        low, high = np.percentile(ratings, [30, 70])
        median = float(np.median(ratings))
        thirds = bool(np.mean(ratings <= 3) >= 0.3 - 1e-9 and np.mean(ratings >= 7) >= 0.3 - 1e-9)
        wide = 2.35 + 1.5 * abs(5 - (low + high) / 2)
        verdict = "uncertain" if thirds else "appropriate" if median >= 6.5 else "uncertain" if median >= 3.5 else "inappropriate"
        expected = {"median": median, "ipr": float(high - low), "ipras": float(wide), "disagreement_thirds": thirds, "disagreement_ipras": bool(high - low > wide + 1e-9), "appropriateness": verdict}
        c.case("RAND/UCLA", "agreement.rand_ucla", {"ratings": ratings.tolist(), "rules": RULES}, expected)

        asked, refused = int(rng.integers(40, 90)), int(rng.integers(0, 20))
        ages = rng.integers(18, 95, asked - refused)
        rows = [{"respondent": f"p{i}", "question": "Q", "answer": int(x)} for i, x in enumerate(ages)]
        rows += [{"respondent": f"r{i}", "question": "Q", "no_answer": "refused"} for i in range(refused)]
        low, high = proportion_confint(refused, asked, method="wilson")
        digits = np.bincount(ages % 10, minlength=10)
        test = stats.chisquare(digits)
        expected = {"questions/0/shares/refused/share": refused / asked, "questions/0/shares/refused/lower": float(max(low, 0.0)), "questions/0/shares/refused/upper": float(high),
                    "questions/0/heaping/chi_squared": float(test.statistic), "questions/0/heaping/p": float(test.pvalue), "questions/0/heaping/whipple": float(500 * np.isin(ages % 10, [0, 5]).mean())}
        c.case("pre-test shares and heaping", "pretest.evaluate", {"answers": {"rows": rows}, "questions": [{"id": "Q", "kind": "number", "heaping": "numbers"}]}, expected)
    return c.run(sms)


def icc_from_anova(long: pd.DataFrame, shown: float) -> float:
    """ICC(2,1) from the mean squares of a two-way analysis of variance by statsmodels; the rounded figure of pingouin must agree."""
    from statsmodels.formula.api import ols
    from statsmodels.stats.anova import anova_lm

    table = anova_lm(ols("x ~ C(s) + C(r)", data=long).fit())
    squares = table["sum_sq"] / table["df"]
    n, k = long["s"].nunique(), long["r"].nunique()
    rows, columns, error = squares["C(s)"], squares["C(r)"], squares["Residual"]
    value = (rows - error) / (rows + (k - 1) * error + k * (columns - error) / n)
    if abs(value - shown) > 1e-6:
        raise SystemExit(f"statsmodels and pingouin differ: {value} {shown}")
    return value


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 25))
