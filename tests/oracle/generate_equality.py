"""Vectors of inequality between groups. Called by generate.py."""

from __future__ import annotations

import random

import oracle_equality

TIGHT = 1e-12
EXAMPLE = [{"value": 80, "size": 0.5}, {"value": 60, "size": 0.3}, {"value": 40, "size": 0.2}]


def write(F):
    measures(F)
    compare(F)
    change(F)


def measures(F):
    f = F("equality/measures", "Measures of inequality between groups, with their errors", "the method (section 6); errors by differences of the definitions with 110 digits")

    def whole(id_, groups, polarity="higher", note=None, **more):
        # errors by linearisation, but where the case is about drawn ones
        request = {"groups": groups, "polarity": polarity} | more | {"rules": {"draws": 0} | more.get("rules", {})}
        f.add(id_, "equality.measures", request, oracle_equality.measures(request), note=note, tol=1e-10 if "logistic" in id_ or "drawn" in id_ else TIGHT)

    # the worked examples of the method, by hand: the values stand at their places in the list
    by_hand = {"between_group_variance": 244, "mean_log_deviation": 0.0325621652, "theil": 0.0298953055, "index_of_disparity": 21.2121212,
               "index_of_disparity_unweighted": 23.2323232, "atkinson": 0.0320377256, "equality_adjusted_mean": 63.8855101099}
    found = {m["measure"]: m["value"] for m in oracle_equality.measures({"groups": EXAMPLE, "polarity": "higher"})["measures"]}
    for name, value in by_hand.items():
        if abs(found[name] - value) > 5e-8 * max(1, abs(value)):
            raise SystemExit(f"equality/measures: {name} is {value} by hand, {found[name]} by the oracle")
    whole("method", EXAMPLE, note="the worked example of the method: mean 66, BGV 244, MLD 0.0325621652, Theil 0.0298953055, IDIS 21.2121212 and 23.2323232, Atkinson 0.0320377256, adjusted mean 63.8855101099")
    with_error = [g | {"se": e} for g, e in zip(EXAMPLE, (2, 3, 4))]
    whole("method-with-errors", with_error)
    whole("lower-is-better", with_error, "lower", "the best is the lowest; no Atkinson index")
    whole("ambiguous", EXAMPLE, "ambiguous")
    whole("ordered", with_error, rules={"ordered": True}, note="least advantaged first: ranks 0.25, 0.65, 0.9")
    whole("ordered-heat", with_error, rules={"ordered": True, "profile": "heat"})
    whole("ordered-heat-lower", with_error, "lower", rules={"ordered": True, "profile": "heat"})
    whole("ordered-logistic", with_error, rules={"ordered": True, "upper": 100})
    whole("epsilon-half", with_error, rules={"epsilon": 0.5})
    whole("epsilon-two", with_error, rules={"epsilon": 2})
    whole("reference", with_error, reference=2)
    whole("alike", [{"value": 50, "se": 1}, {"value": 50, "se": 2}], note="at equality roots and sizes have no slope, so no error")
    whole("no-sizes", [{"value": 10}, {"value": 30}], note="alike where none is given: mean 20")
    whole("zero-value", [{"value": 0, "se": 1}, {"value": 5, "se": 1}], note="no logarithm of 0, no ratio to 0")
    whole("zero-value-half", [{"value": 0, "se": 1}, {"value": 5, "se": 1}], rules={"epsilon": 0.5}, note="below 1 a 0 has a root, and no slope")
    whole("zero-mean", [{"value": -5, "se": 1}, {"value": 5, "se": 1}], note="nothing is divided by a mean of 0")
    whole("one-empty-group", [{"value": 10, "size": 0, "se": 1}, {"value": 30, "size": 5, "se": 1}, {"value": 20, "size": 5, "se": 1}])
    whole("only-one-counts-ordered", [{"value": 10, "size": 0}, {"value": 30, "size": 5}], rules={"ordered": True}, note="all people stand at one rank: no line")
    whole("one-error-unknown", [{"value": 10, "se": 1}, {"value": 30}])
    whole("covariance", [{"value": 30, "size": 1}, {"value": 20, "size": 2}, {"value": 25, "size": 1}], covariance=[[4, 1, 0], [1, 9, -1], [0, -1, 1]])
    whole("covariance-in-place-of-errors", [{"value": 30, "se": 9}, {"value": 20, "se": 9}], covariance=[[4, 0], [0, 9]])
    whole("certain-logistic", [{"value": 0}, {"value": 100}], rules={"ordered": True, "upper": 100}, note="0 and 100 alone leave the line without an end")
    whole("beyond-the-share-logistic", [{"value": 50}, {"value": 101}], rules={"ordered": True, "upper": 100})
    whole("drawn", with_error, rules={"draws": 300}, note="errors of what bends from 300 sets of values about these")
    whole("drawn-in-another-order", [with_error[i] for i in (2, 0, 1)], rules={"draws": 300}, note="the same groups in another order: the same errors")
    whole("drawn-ordered", with_error, rules={"ordered": True, "draws": 300})
    whole("drawn-heat", with_error, rules={"profile": "heat", "draws": 300}, note="Theil and MLD times 1000, and so their errors")
    whole("drawn-epsilon", with_error, rules={"epsilon": 1.5, "draws": 300})
    whole("drawn-covariance", [{"value": 30, "size": 1}, {"value": 20, "size": 2}, {"value": 25, "size": 1}], covariance=[[4, 1, 0], [1, 9, -1], [0, -1, 1]], rules={"draws": 300}, note="drawn with the covariances of the groups")
    whole("drawn-alike", [{"value": 50, "se": 1}, {"value": 50, "se": 2}], rules={"draws": 300}, note="at equality there is no slope, and yet an error")
    whole("drawn-below-zero", [{"value": 1, "se": 1}, {"value": 5, "se": 1}], rules={"draws": 300}, note="one draw in six is below 0 and has no logarithm: no error for what takes one")
    whole("drawn-one-error-unknown", [{"value": 10, "se": 1}, {"value": 30}], rules={"draws": 300})
    whole("drawn-without-a-number", [{"value": 40, "se": 2}, {"value": 60, "se": 1}], rules={"draws": None}, note="as many draws as the standard method says")
    numbers = random.Random(6)
    for k in range(24):
        n = numbers.choice([2, 3, 5, 8])
        groups = [{"value": round(numbers.uniform(1, 99), 2), "size": numbers.randint(1, 900), "se": round(numbers.uniform(0.1, 4), 3)} for _ in range(n)]
        whole(f"random-logistic-{k}", groups, numbers.choice(["higher", "lower"]),
              rules={"ordered": numbers.random() < 0.7, "profile": numbers.choice(["plain", "heat"]), "epsilon": numbers.choice([0.5, 1, 1.5]), "upper": 100},
              reference=numbers.randrange(n))
    for id_, fields, code in [
        ("one-group", {"groups": [{"value": 1}]}, "equality.bad-groups"),
        ("no-group", {"groups": []}, "equality.bad-groups"),
        ("negative-size", {"groups": [{"value": 1, "size": -1}, {"value": 2, "size": 1}]}, "equality.bad-groups"),
        ("no-people", {"groups": [{"value": 1, "size": 0}, {"value": 2, "size": 0}]}, "equality.bad-groups"),
        ("some-sizes", {"groups": [{"value": 1, "size": 5}, {"value": 2}]}, "equality.bad-groups"),
        ("negative-error", {"groups": [{"value": 1, "se": -1}, {"value": 2}]}, "estimate.negative-count"),
        ("negative-n", {"groups": [{"value": 1, "n": -1}, {"value": 2}]}, "equality.bad-groups"),
        ("reference-nobody", {"groups": [{"value": 1}, {"value": 2}], "reference": 2}, "equality.bad-groups"),
        ("covariance-shape", {"groups": [{"value": 1}, {"value": 2}], "covariance": [[1, 0]]}, "equality.bad-covariance"),
        ("covariance-row", {"groups": [{"value": 1}, {"value": 2}], "covariance": [[1, 0], [0]]}, "equality.bad-covariance"),
        ("covariance-not-symmetric", {"groups": [{"value": 1}, {"value": 2}], "covariance": [[1, 0.5], [0.1, 1]]}, "equality.bad-covariance"),
        ("covariance-too-large", {"groups": [{"value": 1}, {"value": 2}], "covariance": [[1, 2], [2, 1]]}, "equality.bad-covariance"),
        ("covariance-negative", {"groups": [{"value": 1}, {"value": 2}], "covariance": [[-1, 0], [0, 1]]}, "equality.bad-covariance"),
        ("epsilon-zero", {"groups": EXAMPLE, "rules": {"epsilon": 0}}, "num.not-finite"),
        ("upper-negative", {"groups": EXAMPLE, "rules": {"upper": -1}}, "num.not-finite"),
        ("too-few-draws", {"groups": EXAMPLE, "rules": {"draws": 5}}, "equality.bad-groups"),
        ("unknown-profile", {"groups": EXAMPLE, "rules": {"profile": "league"}}, "wire.bad-request"),
        ("unknown-field", {"groups": [{"value": 1, "name": "x"}, {"value": 2}]}, "wire.unknown-field"),
    ]:
        f.add("reject-" + id_, "equality.measures", {"polarity": "higher"} | fields, reject=code)


def compare(F):
    f = F("equality/compare", "Gaps tested, with the number of comparisons taken into account", "the method (section 6); Wald by solving the equations, Holm by its steps")

    def case(id_, groups, polarity="higher", note=None, **more):
        request = {"groups": groups, "polarity": polarity} | more
        f.add(id_, "equality.compare", request, oracle_equality.compare(request), note=note)

    def of(*triples):
        return [{"value": v, "se": e} | ({"n": n[0]} if n else {}) for v, e, *n in triples]

    case("method-named", of((18.2, 2.1), (11.0, 0.8)), "lower", "worked example of the method: z 3.20395794832789", against="named", significance=0.05)
    for against in ("best", "average", "reference", "named"):
        case(f"five-{against}", of((40, 3), (52, 2), (47, 4), (60, 2.5), (55, 3)), against=against, reference=3, significance=0.05)
        case(f"near-{against}", of((50, 3), (52, 2), (49, 4), (51, 2.5)), "lower", against=against, reference=0, significance=0.05)
        case(f"shares-{against}", [g | {"size": s} for g, s in zip(of((40, 3), (52, 2), (47, 4)), (100, 700, 200))], against=against, reference=1, significance=0.05)
    case("method-default", of((40, 3, 500), (52, 2, 500)), note="significance and floor are those of the standard method")
    case("floor-default", of((40, 3, 29), (52, 2, 500)), note="29 people are fewer than the 30 of the standard method")
    case("floor-own", of((40, 3, 29), (52, 2, 500)), floor=20)
    case("floor-other-group", of((40, 3, 500), (52, 2, 5), (60, 2, 500)), floor=20, note="the small group is in neither side of the gap")
    case("floor-average", of((40, 3, 500), (52, 2, 5), (60, 2, 500)), floor=20, against="average")
    case("no-errors", [{"value": 40}, {"value": 70}])
    case("one-unknown", of((40, 3), (52, 2)) + [{"value": 70}])
    case("one-certain", of((40, 3), (52, 0), (70, 2)), note="an error of 0 says that it is not known how it came about: no test of all")
    case("alike", of((50, 1), (50, 1), (50, 1)))
    case("overlapping", of((40, 3), (52, 2)), overlapping=True, note="who is in both groups is not known")
    case("overlapping-known", [{"value": 40}, {"value": 52}], overlapping=True, covariance=[[9, 1], [1, 4]])
    case("covariance", [{"value": 40}, {"value": 52}, {"value": 47}], covariance=[[9, 1, 2], [1, 4, -1], [2, -1, 16]], significance=0.05)
    case("covariance-reference", [{"value": 40}, {"value": 52}, {"value": 47}], covariance=[[9, 1, 2], [1, 4, -1], [2, -1, 16]], against="reference", reference=2)
    case("covariance-singular", [{"value": 40}, {"value": 52}, {"value": 46}], covariance=[[4, 0, 2], [0, 4, 2], [2, 2, 2]], note="the third is the mean of the others: no test of all")
    case("ten-equal-groups", of(*[(50 + 1.2 * k, 2) for k in range(10)]), note="45 pairs: worst and best of ten look far apart by chance")
    numbers = random.Random(66)
    for k in range(16):
        n = numbers.choice([2, 3, 4, 7])
        groups = [{"value": round(numbers.uniform(20, 60), 1), "size": numbers.randint(1, 90), "se": round(numbers.uniform(1, 8), 2), "n": numbers.randint(10, 900)} for _ in range(n)]
        case(f"random-{k}", groups, numbers.choice(["higher", "lower", "none"]), against=numbers.choice(["best", "average", "reference"]), reference=numbers.randrange(n), significance=numbers.choice([0.01, 0.05, 0.2]))
    for id_, fields, code in [
        ("no-reference", {"against": "reference"}, "equality.bad-groups"),
        ("significance-0", {"significance": 0}, "equality.bad-significance"),
        ("significance-1", {"significance": 1}, "equality.bad-significance"),
        ("against-whom", {"against": "everybody"}, "wire.bad-request"),
    ]:
        f.add("reject-" + id_, "equality.compare", {"groups": of((40, 3), (52, 2)), "polarity": "higher"} | fields, reject=code)


def change(F):
    f = F("equality/gap_change", "Whether a gap widens or narrows", "the method (section 6); hand-worked where the roots are whole")

    def case(id_, earlier, later, expect=None, note=None, **more):
        made = [{"gap": g[0]} | ({"se": g[1]} if len(g) > 1 else {}) for g in (earlier, later)]
        request = {"earlier": made[0], "later": made[1]} | more
        f.add(id_, "equality.gap_change", request, expect, take=["change", "se", "z", "p", "direction"], note=note)

    case("widening", (10, 3), (20, 4), {"change": 10, "se": 5, "z": 2, "direction": "widening"}, "10 over √(9 + 16)")
    case("narrowing", (20, 3), (8, 4), {"change": -12, "se": 5, "z": -2.4, "direction": "narrowing"})
    case("perhaps", (10, 3), (15, 4), {"change": 5, "z": 1, "direction": "not_distinguishable"})
    case("standing-still", (10, 3), (10, 4), {"change": 0, "z": 0, "p": 1, "direction": "not_distinguishable"})
    case("no-error", (10,), (20, 4), {"change": 10, "se": None, "z": None, "direction": "not_tested"})
    case("certain", (10, 0), (20, 0), {"se": 0, "z": None, "direction": "not_tested"})
    case("same-people", (10, 3), (20, 4), {"se": 3, "direction": "widening"}, "9 + 16 − 2·8", covariance=8)
    case("turned-over", (-10, 3), (20, 4), {"change": 10, "se": 5}, "sizes of gaps: who is behind changed")
    case("turned-over-same-people", (-10, 3), (20, 4), {"change": 10}, "sizes move against each other", covariance=8)
    case("strict", (10, 3), (20, 4), {"direction": "not_distinguishable"}, significance=0.01)
    for id_, fields, code in [
        ("negative-error", {"earlier": {"gap": 1, "se": -1}}, "estimate.negative-count"),
        ("covariance", {"covariance": 13}, "equality.bad-covariance"),
        ("significance", {"significance": 2}, "equality.bad-significance"),
        ("unknown-field", {"earlier": {"gap": 1, "size": 3}}, "wire.unknown-field"),
    ]:
        f.add("reject-" + id_, "equality.gap_change", {"earlier": {"gap": 10, "se": 3}, "later": {"gap": 20, "se": 4}} | fields, reject=code)
