"""Influence of a city's work. Written from the method (section 9): normal equations with 60 digits, every choice of cities listed,
the mix of a synthetic control by trying every set of cities."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import oracle
from oracle import D, Reject
from oracle_survey import beta_below, t_quantile

EPS = Decimal("1e-9")


def rules_of(r):
    rules = r.get("rules") or {key: entry["value"] for key, entry in oracle.standard_method()["influence"].items()}
    return rules, D(r.get("confidence") or 0.95)


def solve(a, b):
    """a x = b by elimination; a is square; numbers of one exact kind."""
    n = len(b)
    m = [[*row, y] for row, y in zip(a, b)]
    for i in range(n):
        p = max(range(i, n), key=lambda k: abs(m[k][i]))
        if abs(m[p][i]) < Decimal("1e-40"):
            return None
        m[i], m[p] = m[p], m[i]
        for k in range(n):
            if k != i:
                f = m[k][i] / m[i][i]
                m[k] = [x - f * y for x, y in zip(m[k], m[i])]
    return [m[i][n] / m[i][i] for i in range(n)]


def ols(rows, y):
    """Coefficients, residuals, inverse of X'X."""
    k = len(rows[0])
    xx = [[sum(r[i] * r[j] for r in rows) for j in range(k)] for i in range(k)]
    xy = [sum(r[i] * v for r, v in zip(rows, y)) for i in range(k)]
    b = solve(xx, xy)
    inverse = [solve(xx, [Decimal(int(i == j)) for i in range(k)]) for j in range(k)]
    return b, [v - sum(c * x for c, x in zip(b, r)) for r, v in zip(rows, y)], inverse


def sandwich(inverse, meat, j):
    k = len(inverse)
    return sum(inverse[j][a] * meat[a][b] * inverse[b][j] for a in range(k) for b in range(k))


def inference(estimate, variance, df, confidence, size):
    if variance is None or df < 1 or variance.sqrt() <= Decimal("1e-12") * size:
        return None
    se = variance.sqrt()
    t = estimate / se
    p = beta_below(df / (df + t * t), df / 2, Decimal("0.5"))
    reach = se * t_quantile((1 + confidence) / 2, df)
    return {"se": float(se), "t": float(t), "df": float(df), "p": float(p), "lower": float(estimate - reach), "upper": float(estimate + reach)}


def avg(xs):
    xs = list(xs)
    return sum(xs, Decimal(0)) / len(xs)


def table(r, treated):
    cells = {}
    for f in r["panel"]:
        if not f["city"].strip() or (f["city"], f["time"]) in cells:
            raise Reject("influence.bad-panel")
        cells[f["city"], f["time"]] = D(f["value"])
    cities = sorted({c for c, _ in cells}, key=str.encode)
    times = sorted({t for _, t in cells})
    if len(cells) < len(cities) * len(times):
        raise Reject("influence.unbalanced")
    if not treated or not set(treated) <= set(cities):
        raise Reject("influence.unknown-city")
    if set(treated) == set(cities):
        raise Reject("influence.too-few-comparators")
    before = [t for t in times if t < r["from"]]
    if not before or len(before) == len(times):
        raise Reject("influence.too-few-periods")
    size = max(abs(v) for v in cells.values())
    return cells, cities, times, len(before), size


def permuted(by_city, treated, limit):
    cities, k = list(by_city), len(treated)
    n = math.comb(len(cities), k)
    if n > limit:
        return None

    def gap(chosen):
        return avg(by_city[c] for c in chosen) - avg(by_city[c] for c in cities if c not in chosen)

    own = abs(gap(treated))
    as_large = sum(abs(gap(set(c))) >= own - EPS * max(1, own) for c in combinations(cities, k))
    return {"p": as_large / n, "assignments": n, "smallest_p": 1 / n}


def clustered(cells, cities, treated, xs, size, confidence):
    """xs: time -> regressor; the coefficient of acted times x."""
    rows, y, group = [], [], []
    for g, c in enumerate(cities):
        for t, x in xs.items():
            a = Decimal(int(c in treated))
            rows.append([Decimal(1), a, x, a * x])
            y.append(cells[c, t])
            group.append(g)
    b, e, inverse = ols(rows, y)
    if len(treated) < 2 or len(cities) - len(treated) < 2:
        return b[3], None
    meat = [[Decimal(0)] * 4 for _ in range(4)]
    for g in set(group):
        s = [sum(rows[i][j] * e[i] for i in range(len(y)) if group[i] == g) for j in range(4)]
        for i in range(4):
            for j in range(4):
                meat[i][j] += s[i] * s[j]
    g, n = Decimal(len(cities)), Decimal(len(y))
    variance = sandwich(inverse, meat, 3) * g / (g - 1) * (n - 1) / (n - 4) if n > 4 else None
    return b[3], inference(b[3], variance, g - 1, confidence, size)


def difference(r):
    rules, confidence = rules_of(r)
    treated = set(r["treated"])
    cells, cities, times, before, size = table(r, treated)
    limit, others = rules["permutation_limit"], [c for c in cities if c not in treated]

    def change(c, ts, split):
        return avg(cells[c, t] for t in ts[split:]) - avg(cells[c, t] for t in ts[:split])

    def gap(by_city):
        return avg(by_city[c] for c in treated) - avg(by_city[c] for c in others)

    changes = {c: change(c, times, before) for c in cities}
    estimate, cluster = clustered(cells, cities, treated, {t: Decimal(int(i >= before)) for i, t in enumerate(times)}, size, confidence)
    assert abs(estimate - gap(changes)) < Decimal("1e-30")
    means = {f"{who}_{when}": float(avg(cells[c, t] for c in group for t in ts)) for who, group in (("treated", treated), ("comparators", others)) for when, ts in (("before", times[:before]), ("after", times[before:]))}
    early, trends = times[:before], None
    permutation = permuted(changes, treated, limit)
    if before >= rules["trend_periods"]:
        middle = avg(D(t) for t in early)
        x = {t: D(t) - middle for t in early}
        slopes = {c: sum(x[t] * cells[c, t] for t in early) / sum(v * v for v in x.values()) for c in cities}
        _, inner = clustered(cells, cities, treated, x, size, confidence)
        trends = {"difference": float(gap(slopes)), "cluster": inner, "permutation": permuted(slopes, treated, limit)}
    starts = []
    for at in range(1, before):
        moved = {c: change(c, early, at) for c in cities}
        starts.append({"from": early[at], "estimate": float(gap(moved)), "permutation": permuted(moved, treated, limit)})
    placebos = [{"city": c, "estimate": float(changes[c] - avg(changes[o] for o in others if o != c))} for c in others] if len(others) > 1 else []
    alpha = float(1 - confidence)
    cautions = []
    p_trend = trends and ((trends["permutation"] or trends["cluster"] or {}).get("p"))
    if p_trend is not None and p_trend is not False and p_trend < alpha:
        cautions.append("trends_differed")
    if any(s["permutation"] and s["permutation"]["p"] < alpha for s in starts):
        cautions.append("placebo_moves")
    if cluster is None and (permutation is None or permutation["smallest_p"] > alpha):
        cautions.append("no_inference")
    if trends is None:
        cautions.append("trends_not_checked")
    if cluster and len(treated) < rules["cluster_treated"]:
        cautions.append("few_acted")
    if cluster and len(cities) < rules["cluster_cities"]:
        cautions.append("few_cities")
    return {
        "estimate": float(estimate), "means": means, "treated": len(treated), "comparators": len(others), "periods_before": before, "periods_after": len(times) - before,
        "cluster": cluster, "permutation": permutation, "trends_before": trends, "placebo_starts": starts, "placebo_cities": placebos, "cautions": cautions,
    }


# ---- interrupted time series


def terms(b, variances, df, confidence, size):
    made = {}
    for j, name in enumerate(("start", "slope", "level_change", "slope_change")):
        made[name] = {"estimate": float(b[j])} | (inference(b[j], variances[j], df, confidence, size) or {"se": None})
    return made


def interrupted(r):
    rules, confidence = rules_of(r)
    series = sorted((p["time"], D(p["value"])) for p in r["series"])
    times, start, n = [t for t, _ in series], r["from"], len(series)
    before = sum(t < start for t in times)
    if before < rules["interrupted_side"] or n - before < rules["interrupted_side"] or n < 6:
        raise Reject("influence.too-few-periods")
    steps = [b - a for a, b in zip(times, times[1:])]
    if steps[0] <= 0 or any(abs(s - steps[0]) > 1e-9 * max(1, steps[0]) for s in steps):
        raise Reject("influence.uneven-times")
    lags = r.get("lags")
    if lags is None:
        lags = int(math.floor(4 * (n / 100) ** (2 / 9)))
    if lags >= n:
        raise Reject("influence.too-few-periods")
    on = [Decimal(int(t >= start)) for t in times]
    rows = [[Decimal(1), D(t) - D(times[0]), o, o * (D(t) - D(start))] for t, o in zip(times, on)]
    y, size, df = [v for _, v in series], max(abs(v) for _, v in series), Decimal(n - 4)
    b, e, inverse = ols(rows, y)
    scores = [[x * e[i] for x in row] for i, row in enumerate(rows)]
    meat = [[Decimal(0)] * 4 for _ in range(4)]
    for lag in range(lags + 1):
        weight = 1 - Decimal(lag) / (lags + 1)
        for t in range(lag, n):
            for i in range(4):
                for j in range(4):
                    both = scores[t][i] * scores[t - lag][j] + (scores[t - lag][i] * scores[t][j] if lag else 0)
                    meat[i][j] += weight * both
    variances = [max(Decimal(0), sandwich(inverse, meat, j)) * n / (n - 4) for j in range(4)]
    newey = {"lags": lags} | terms(b, variances, df, confidence, size)
    varies = newey["level_change"].get("se") is not None
    prais, cautions = None, []
    if varies:
        prais = first_order(rows, y, e, df, confidence, size)
    else:
        cautions.append("no_variation")
    if varies and prais is None:
        cautions.append("no_first_order")
    if min(before, n - before) < rules["interrupted_side_good"]:
        cautions.append("short_series")
    cautions.append("no_comparison")
    watson = float(sum((q - p) ** 2 for p, q in zip(e, e[1:])) / sum(x * x for x in e)) if varies else None
    end = b[2] + b[3] * (D(times[-1]) - D(start))
    return {"before": before, "after": n - before, "newey_west": newey, "prais_winsten": prais, "durbin_watson": watson, "effect_at_end": float(end), "cautions": cautions}


def first_order(rows, y, e, df, confidence, size):
    def share(e):
        return sum(a * b for a, b in zip(e[1:], e)) / sum(a * a for a in e[:-1])

    rho = share(e)
    for _ in range(500):
        if not -1 < rho < 1:
            return None
        head = (1 - rho * rho).sqrt()

        def moved(xs):
            return [head * xs[0]] + [b - rho * a for a, b in zip(xs, xs[1:])]

        xs = list(zip(*[moved([row[j] for row in rows]) for j in range(4)]))
        b, rest, inverse = ols([list(x) for x in xs], moved(y))
        later = share([v - sum(c * x for c, x in zip(b, row)) for row, v in zip(rows, y)])
        if abs(later - rho) < Decimal("1e-20"):
            s2 = sum(x * x for x in rest) / df
            return {"rho": float(rho)} | terms(b, [s2 * inverse[j][j] for j in range(4)], df, confidence, size)
        rho = later
    return None


# ---- synthetic control


def best_mix(own, donors):
    """Every set of donors: the least squares with shares that sum to 1; the best one without a negative share."""
    best = None
    for k in range(1, len(donors) + 1):
        for chosen in combinations(range(len(donors)), k):
            first = donors[chosen[0]]
            rows = [[donors[c][t] - first[t] for c in chosen[1:]] for t in range(len(own))]
            target = [own[t] - first[t] for t in range(len(own))]
            if k > 1:
                xx = [[sum(r[i] * r[j] for r in rows) for j in range(k - 1)] for i in range(k - 1)]
                got = solve(xx, [sum(r[i] * v for r, v in zip(rows, target)) for i in range(k - 1)])
                if got is None:
                    continue
            else:
                got = []
            shares = [1 - sum(got), *got]
            if min(shares) < 0:
                continue
            loss = sum((own[t] - sum(s * donors[c][t] for s, c in zip(shares, chosen))) ** 2 for t in range(len(own)))
            if best is None or loss < best[0] - Decimal("1e-40"):
                best = (loss, dict(zip(chosen, shares)))
    return best[1]


def control(cells, times, before, own, donors):
    shares = best_mix([cells[own, t] for t in times[:before]], [[cells[d, t] for t in times[:before]] for d in donors])
    line = [sum(s * cells[donors[d], t] for d, s in shares.items()) for t in times]
    squares = [(cells[own, t] - x) ** 2 for t, x in zip(times, line)]
    return {donors[d]: s for d, s in shares.items()}, line, avg(squares[:before]), avg(squares[before:])


def synthetic(r):
    rules, confidence = rules_of(r)
    own = r["city"]
    cells, cities, times, before, size = table(r, [own])
    donors = [c for c in cities if c != own]
    if before < rules["synthetic_periods"]:
        raise Reject("influence.too-few-periods")
    if len(donors) < rules["synthetic_donors"]:
        raise Reject("influence.too-few-comparators")
    shares, line, early, late = control(cells, times, before, own, donors)
    all_early = [cells[c, t] for c in cities for t in times[:before]]
    middle = avg(all_early)
    spread = avg((x - middle) ** 2 for x in all_early).sqrt()
    if early.sqrt() > D(rules["synthetic_fit"]) * spread + EPS:
        raise Reject("influence.poor-fit")

    def ratio(a, b):
        return b / a if a.sqrt() > EPS * size else None

    mine, placebos, counted = ratio(early, late), [], []
    for d in donors:
        _, _, a, b = control(cells, times, before, d, [c for c in donors if c != d])
        q = ratio(a, b)
        ok = q is not None and a <= D(rules["placebo_fit"]) * early * (1 + EPS)
        placebos.append({"city": d, "rmspe_before": float(a.sqrt()), "rmspe_after": float(b.sqrt()), "ratio": None if q is None else float(q), "counted": ok})
        if ok:
            counted.append(q)
    p = None if mine is None else (1 + sum(q >= mine - EPS * max(1, mine) for q in counted)) / (1 + len(counted))
    cautions = []
    if mine is None:
        cautions.append("perfect_fit")
    if p is None or 1 / (1 + len(counted)) > float(1 - confidence):
        cautions.append("no_inference")
    if mine is None and len(donors) > before:
        cautions.append("many_mixes")
    if max(shares.values()) > Decimal("0.5"):
        cautions.append("one_city_carries")
    gaps = [{"time": t, "actual": float(cells[own, t]), "synthetic": float(x), "gap": float(cells[own, t] - x)} for t, x in zip(times, line)]
    return {
        "weights": [{"city": c, "weight": float(shares[c])} for c in donors if shares.get(c, 0) > Decimal("1e-14")],
        "rmspe_before": float(early.sqrt()), "rmspe_after": float(late.sqrt()), "effect": float(avg(cells[own, t] - x for t, x in list(zip(times, line))[before:])),
        "gaps": gaps, "ratio": None if mine is None else float(mine), "placebos": placebos, "p": p, "cautions": cautions,
    }


# ---- contribution


def contribution(r):
    rules, _ = rules_of(r)
    links = r["links"]
    froms, tos = [x["from"] for x in links], [x["to"] for x in links]
    if len(set(froms)) < len(froms) or len(set(tos)) < len(tos) or any(not f.strip() for f in froms) or any(not e["source"].strip() for x in links for e in x.get("evidence", [])):
        raise Reject("influence.broken-chain")
    first = [f for f in froms if f not in tos]
    if len(first) != 1:
        raise Reject("influence.broken-chain")
    line, at = [], first[0]
    while at in froms:
        line.append(links[froms.index(at)])
        at = line[-1]["to"]
    others = r.get("alternatives") or []
    if any(o["judgement"] != "open" and not (o.get("reason") or "").strip() for o in others):
        raise Reject("influence.reason-missing")
    order, made = ["refuted", "assumed", "contested", "thin", "shown"], []
    for x in line:
        pro = len({e["source"].strip() for e in x.get("evidence", []) if e["points"] == "for"})
        con = len({e["source"].strip() for e in x.get("evidence", []) if e["points"] == "against"})
        if pro == con == 0:
            word = "assumed"
        elif con >= pro:
            word = "refuted"
        elif con:
            word = "contested"
        else:
            word = "shown" if pro >= rules["contribution_sources"] else "thin"
        made.append({"from": x["from"], "to": x["to"], "claim": x["claim"], "standing": word, "sources_for": pro, "sources_against": con})
    weakest = min((m["standing"] for m in made), key=order.index)
    found = [o["judgement"] for o in others]
    if weakest in ("refuted", "assumed") or "explains_all" in found:
        verdict = "not_shown"
    elif weakest == "shown" and found and "open" not in found:
        verdict = "plausible_in_part" if "explains_part" in found else "plausible"
    else:
        verdict = "open"
    return {"verdict": verdict, "links": made, "weakest": weakest, "open": [o["text"] for o in others if o["judgement"] == "open"], "alternatives": others}


OPERATIONS = {"influence.difference": difference, "influence.interrupted": interrupted, "influence.synthetic": synthetic, "influence.contribution": contribution}
