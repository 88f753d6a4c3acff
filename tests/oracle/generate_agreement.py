"""Vectors of agreement, pre-test, refinement and co-creation. Called by generate.py."""

from __future__ import annotations

import random

import by_hand

TIGHT = 1e-12
COEF = ["value", "undefined"]


def write(F):
    kappa(F)
    alpha(F)
    reliability(F)
    panels(F)


def kappa(F):
    f = F("agreement/cohen", "Cohen's kappa, plain and weighted", "the method (section 4); Cohen 1960, 1968; Fleiss, Cohen and Everitt 1969; exact fractions of the oracle")
    keys = [*COEF, "se", "observed", "expected", "n"]
    f.add("method", "agreement.cohen", {"table": [[20, 5], [10, 15]]}, {"value": 0.4, "observed": 0.7, "expected": 0.5, "n": 50}, take=["se"], note="worked example of the method")
    tables = {
        "three": [[11, 3, 1], [2, 9, 4], [0, 3, 7]],
        "four": [[5, 1, 0, 0], [2, 6, 1, 0], [0, 3, 8, 2], [0, 0, 1, 4]],
        "below-chance": [[1, 9], [8, 2]],
    }
    for name, table in tables.items():
        for w in ("none", "linear", "quadratic"):
            f.add(f"{name}-{w}", "agreement.cohen", {"table": table, "weights": w}, take=keys)
    f.add("perfect", "agreement.cohen", {"table": [[3, 0], [0, 4]]}, {"value": 1, "se": 0})
    f.add("independent", "agreement.cohen", {"table": [[4, 6], [8, 12]]}, {"value": 0}, note="each cell is the product of its margins")
    f.add("one-category", "agreement.cohen", {"table": [[9, 0], [0, 0]]}, {"value": None, "undefined": "no_variation", "observed": 1, "expected": 1}, note="chance alone explains it: no kappa, and why")
    f.add("pairs", "agreement.cohen", {"pairs": [["a", "a"], ["a", "b"], ["b", "b"], ["c", "c"]], "categories": ["a", "b", "c"]}, take=keys)
    f.add("pairs-order-matters-when-weighted", "agreement.cohen", {"pairs": [["a", "a"], ["a", "b"], ["b", "b"], ["c", "c"]], "categories": ["a", "c", "b"], "weights": "linear"}, take=keys)
    for id_, fields, code in [
        ("one-category-only", {"table": [[1]]}, "agreement.bad-table"),
        ("not-square", {"table": [[1, 2], [3]]}, "agreement.bad-table"),
        ("negative", {"table": [[1, -1], [1, 1]]}, "agreement.bad-table"),
        ("empty", {"table": [[0, 0], [0, 0]]}, "agreement.no-ratings"),
        ("unknown-category", {"pairs": [["a", "z"]], "categories": ["a", "b"]}, "agreement.out-of-scale"),
        ("unknown-weights", {"table": [[1, 2], [3, 4]], "weights": "cubic"}, "wire.bad-request"),
        ("no-table", {}, "wire.bad-request"),
        ("table-and-pairs", {"table": [[1, 0], [0, 1]], "pairs": [["a", "a"], ["b", "b"]], "categories": ["a", "b"]}, "wire.unknown-field"),
        ("table-and-categories", {"table": [[1, 0], [0, 1]], "categories": ["a", "b"]}, "wire.unknown-field"),
    ]:
        f.add("reject-" + id_, "agreement.cohen", fields, reject=code)

    f = F("agreement/fleiss", "Fleiss' kappa", "Fleiss 1971; exact fractions of the oracle, over pairs of raters")
    keys = [*COEF, "observed", "expected", "n"]
    f.add("wikipedia", "agreement.fleiss", {"counts": [[0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1], [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7]]}, take=keys, note="a widely published example; kappa 0.210")
    f.add("perfect", "agreement.fleiss", {"counts": [[3, 0], [0, 3]]}, {"value": 1})
    f.add("two-raters", "agreement.fleiss", {"counts": [[2, 0], [1, 1], [0, 2]]}, take=keys)
    f.add("one-category", "agreement.fleiss", {"counts": [[4, 0], [4, 0]]}, {"value": None, "undefined": "no_variation"})
    for id_, counts, code in [("one-rater", [[1, 0], [0, 1]], "agreement.too-few-raters"), ("unequal", [[2, 0], [2, 1]], "agreement.bad-table"), ("nobody", [[0, 0]], "agreement.no-ratings"),
                              ("empty", [], "agreement.no-ratings"), ("half", [[1.5, 0.5]], "agreement.bad-table"), ("ragged", [[1, 1], [2]], "agreement.bad-table")]:
        f.add("reject-" + id_, "agreement.fleiss", {"counts": counts}, reject=code)


def alpha(F):
    f = F("agreement/krippendorff", "Krippendorff's alpha at four levels of measurement, with gaps", "Krippendorff 2004, ch. 11; exact fractions of the oracle, by the matrix of coincidences")
    keys = [*COEF, "units", "ratings"]
    by_rater = [[1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None], [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3], [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None], [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None]]
    units = [list(u) for u in zip(*by_rater)]
    for scale, shown in [("nominal", .743), ("ordinal", .815), ("interval", .849), ("ratio", .797)]:
        f.add(f"published-{scale}", "agreement.krippendorff", {"units": units, "scale": scale}, take=keys, note=f"data of Krippendorff 2004; published {shown}")
    rng = random.Random(7)
    for n in range(3):
        made = [[rng.choice([None, 0, 1, 2, 2.5, 4]) for _ in range(3)] for _ in range(8)]
        for scale in ("ordinal", "ratio"):
            f.add(f"gaps-{n}-{scale}", "agreement.krippendorff", {"units": made, "scale": scale}, take=keys)
    f.add("no-variation", "agreement.krippendorff", {"units": [[1, 1], [1, 1]], "scale": "nominal"}, {"value": None, "undefined": "no_variation"})
    f.add("no-pairs", "agreement.krippendorff", {"units": [[1, None], [None, 2]], "scale": "nominal"}, {"value": None, "undefined": "no_pairs", "units": 0, "ratings": 0})
    f.add("worse-than-chance", "agreement.krippendorff", {"units": [[1, 2], [2, 1]], "scale": "nominal"}, {"value": -0.5}, note="observed 1; expected 2·2·2/(4·3) = 2/3; 1 − 3/2")
    for id_, u, scale, code in [("one-rater", [[1], [2]], "nominal", "agreement.too-few-raters"), ("empty", [], "nominal", "agreement.no-ratings"), ("all-missing", [[None, None]], "nominal", "agreement.no-ratings"),
                                ("ragged", [[1, 2], [1]], "nominal", "agreement.bad-table"), ("negative-ratio", [[-1, 2]], "ratio", "agreement.bad-table"), ("unknown-scale", [[1, 2]], "cardinal", "wire.bad-request")]:
        f.add("reject-" + id_, "agreement.krippendorff", {"units": u, "scale": scale}, reject=code)

    f = F("agreement/cronbach", "Cronbach's alpha", "Cronbach 1951; exact fractions of the oracle")
    keys = [*COEF, "subjects", "incomplete", "items", "without"]
    f.add("two-items", "agreement.cronbach", {"persons": [[1, 2], [2, 4], [3, 6]]}, {"value": 8 / 9, "subjects": 3, "items": 2}, note="variances 1 and 4, of the sum 9: 2·(1 − 5/9)")
    f.add("four-items", "agreement.cronbach", {"persons": [[1, 2, 1, 3], [2, 2, 3, 3], [4, 3, 4, 5], [5, 5, 4, 4], [3, 3, 2, 3]]}, take=keys)
    f.add("gaps", "agreement.cronbach", {"persons": [[1, 2, 1], [2, None, 3], [4, 3, 4], [5, 5, 4]]}, take=keys, note="a person with a gap is left out and counted")
    f.add("negative", "agreement.cronbach", {"persons": [[1, 3, 2], [2, 2, 2], [3, 1, 3]]}, take=keys, note="items that go against each other: alpha can be negative")
    f.add("no-variation", "agreement.cronbach", {"persons": [[1, 2], [2, 1]]}, {"value": None, "undefined": "no_variation"}, note="the sum is the same for everybody")
    for id_, p, code in [("one-item", [[1], [2]], "agreement.too-few-items"), ("one-person", [[1, 2]], "agreement.too-few-subjects"), ("one-complete", [[1, 2], [1, None]], "agreement.too-few-subjects"), ("empty", [], "agreement.no-ratings"), ("ragged", [[1, 2], [1]], "agreement.bad-table")]:
        f.add("reject-" + id_, "agreement.cronbach", {"persons": p}, reject=code)


def reliability(F):
    f = F("agreement/reliability", "ICC(2,1), test and retest", "Shrout and Fleiss 1979; exact fractions of the oracle")
    f.add("shrout-fleiss", "agreement.icc", {"subjects": [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]}, take=[*COEF, "subjects", "raters"], note="their table 2; published .29")
    f.add("icc-perfect", "agreement.icc", {"subjects": [[1, 1], [2, 2], [5, 5]]}, {"value": 1})
    f.add("icc-flat", "agreement.icc", {"subjects": [[2, 2], [2, 2]]}, {"value": None, "undefined": "no_variation"})
    f.add("icc-negative", "agreement.icc", {"subjects": [[1, 3], [2, 2], [3, 1]]}, take=COEF)
    keys = ["n", "pearson", "icc", "mean_difference"]
    f.add("shift", "agreement.test_retest", {"pairs": [[1, 2], [2, 3], [3, 4]]}, {"n": 3, "pearson": {"value": 1}, "icc": {"value": 2 / 3}, "mean_difference": 1}, note="the order is kept, the values are not: mean squares 2, 1.5 and 0")
    f.add("scatter", "agreement.test_retest", {"pairs": [[3, 4], [5, 5], [7, 6.5], [2, 2], [9, 7], [4, 4.5]]}, take=keys)
    f.add("flat-test", "agreement.test_retest", {"pairs": [[3, 4], [3, 5], [3, 3]]}, take=keys, note="no correlation with a constant")
    for id_, op, fields, code in [("one-subject", "agreement.icc", {"subjects": [[1, 2]]}, "agreement.too-few-subjects"), ("one-rater", "agreement.icc", {"subjects": [[1], [2]]}, "agreement.too-few-raters"),
                                  ("ragged", "agreement.icc", {"subjects": [[1, 2], [3]]}, "agreement.bad-table"), ("one-pair", "agreement.test_retest", {"pairs": [[1, 2]]}, "agreement.too-few-subjects"),
                                  ("triple", "agreement.test_retest", {"pairs": [[1, 2, 3], [1, 2, 3]]}, "wire.bad-request")]:
        f.add("reject-" + id_, op, fields, reject=code)


def panels(F):
    f = F("agreement/kendall", "Kendall's W with ties, and its test", "the method (section 4); Kendall 1948; exact fractions of the oracle; the tail by the sums for whole degrees of freedom")
    keys = [*COEF, "chi_squared", "df", "p", "judges", "items"]
    f.add("method", "agreement.kendall", {"judges": [[1, 2, 3, 4, 5], [2, 1, 3, 5, 4], [1, 3, 2, 4, 5], [1, 2, 4, 3, 5]]}, {"value": 0.8125, "chi_squared": 13, "df": 4}, take=["p"], note="worked example of the method")
    f.add("ties", "agreement.kendall", {"judges": [[7, 7, 9, 2], [5, 6, 6, 1], [8, 8, 8, 3]]}, take=keys)
    f.add("ties-agree", "agreement.kendall", {"judges": [[1, 1, 2], [5, 5, 9]]}, {"value": 1, "chi_squared": 4, "df": 2})
    f.add("opposed", "agreement.kendall", {"judges": [[1, 2, 3], [3, 2, 1]]}, {"value": 0, "chi_squared": 0, "p": 1})
    rng = random.Random(11)
    for n in (2, 6, 9, 12):
        f.add(f"ratings-{n}", "agreement.kendall", {"judges": [[rng.randint(1, 9) for _ in range(n)] for _ in range(7)]}, take=keys)
    f.add("all-tied", "agreement.kendall", {"judges": [[4, 4], [2, 2]]}, {"value": None, "undefined": "no_variation", "p": None})
    for id_, j, code in [("one-judge", [[1, 2]], "agreement.too-few-raters"), ("one-item", [[1], [2]], "agreement.too-few-items"), ("empty", [], "agreement.no-ratings"), ("ragged", [[1, 2], [1]], "agreement.bad-table")]:
        f.add("reject-" + id_, "agreement.kendall", {"judges": j}, reject=code)

    f = F("agreement/content_validity", "Content validity index and modified kappa", "the method (section 4); Polit and Beck 2006, 2007; exact fractions of the oracle")
    keys = ["i_cvi", "chance", "kappa", "agree", "n"]
    f.add("method", "agreement.content_validity", {"agree": 8, "n": 10}, {"i_cvi": 0.8, "chance": 0.0439453125}, take=["kappa"], note="worked example of the method; modified kappa 0.7908069459")
    for a, n in [(3, 3), (2, 3), (0, 5), (5, 9), (24, 30), (250, 500), (1, 2000)]:
        f.add(f"{a}-of-{n}", "agreement.content_validity", {"agree": a, "n": n}, take=keys)
    f.add("set", "agreement.content_validity", {"items": [[4, 4, 3, 4, 2], [3, 3, 4, 4, 3], [1, 2, 4, 3, 2]], "relevant_from": 3}, take=["items", "s_cvi_ave", "s_cvi_ua"])
    for id_, fields, code in [("one-expert", {"agree": 1, "n": 1}, "agreement.too-few-raters"), ("nobody", {"agree": 0, "n": 0}, "agreement.no-ratings"), ("more-than-all", {"agree": 4, "n": 3}, "agreement.bad-table"),
                              ("no-items", {"items": [], "relevant_from": 3}, "agreement.no-ratings"), ("item-of-one", {"items": [[3, 4], [4]], "relevant_from": 3}, "agreement.too-few-raters"), ("negative", {"agree": -1, "n": 3}, "wire.bad-request"),
                              ("one-item-and-a-set", {"agree": 8, "n": 10, "items": [[4, 4]], "relevant_from": 3}, "wire.unknown-field"), ("one-item-and-a-limit", {"agree": 8, "n": 10, "relevant_from": 3}, "wire.unknown-field"),
                              ("set-and-experts", {"items": [[4, 4]], "relevant_from": 3, "n": 2}, "wire.unknown-field")]:
        f.add("reject-" + id_, "agreement.content_validity", fields, reject=code)

    f = F("agreement/rand_ucla", "RAND/UCLA appropriateness and disagreement", "the method (section 4); Fitch et al. 2001, ch. 6 and 8; exact fractions of the oracle")
    keys = ["n", "median", "appropriateness", "disagreement", "disagreement_thirds", "disagreement_ipras", "ipr", "ipras"]
    rules = {"appropriate_from": 6.5, "uncertain_from": 3.5, "low_to": 3, "high_from": 7, "disagreement_share": 0.3, "disagreement": "thirds", "ipras": {"lower": 0.3, "upper": 0.7, "symmetric": 2.35, "correction": 1.5}}

    def ru(id_, ratings, verdict, disagree, note=None, **more):
        by_hand.add(f, id_, "agreement.rand_ucla", {"ratings": ratings, "rules": rules | more}, {"appropriateness": verdict, "disagreement": disagree}, take=keys, note=note)

    ru("median-6.5", [6, 7], "appropriate", False, "half points go to the higher class")
    ru("median-3.5", [3, 4], "uncertain", False, "half points go to the higher class")
    ru("median-3", [3, 3, 2], "inappropriate", False)
    ru("median-6", [6, 6, 7], "uncertain", False)
    ru("high", [7, 8, 9, 9, 8, 7, 6], "appropriate", False)
    ru("disagreement-30-percent", [1, 2, 3, 7, 7, 7, 8, 8, 9, 9], "uncertain", True, "three of ten in the lowest third are 30 %; the median alone would say appropriate")
    ru("no-disagreement-20-percent", [1, 2, 4, 7, 7, 7, 8, 8, 9, 9], "appropriate", False, "two of ten are 20 %")
    ru("ipras-split", [1, 1, 1, 9, 9, 9], "uncertain", True, disagreement="ipras")
    ru("ipras-skewed", [2, 8, 8, 9, 9, 9, 9], "appropriate", False, disagreement="ipras")
    ru("ipras-wide-middle", [2, 3, 3, 4, 5, 6, 7, 7, 8], "uncertain", True, "30th to 70th percentile 3.4 to 6.6: 3.2 is more than 2.35", disagreement="ipras")
    ru("thirds-wide-middle", [2, 3, 3, 4, 5, 6, 7, 7, 8], "uncertain", True, "the same ratings: three of nine at each end")
    f.add("rules-of-the-method", "agreement.rand_ucla", {"ratings": [7, 8, 9, 6, 7]}, take=keys)
    for id_, ratings, more, code in [("one", [7], {}, "agreement.too-few-raters"), ("none", [], {}, "agreement.no-ratings"), ("zero", [0, 7], {}, "agreement.out-of-scale"), ("ten", [7, 10], {}, "agreement.out-of-scale"), ("order", [7, 7], {"uncertain_from": 7}, "method.bad-value")]:
        f.add("reject-" + id_, "agreement.rand_ucla", {"ratings": ratings, "rules": rules | more}, reject=code)
