"""Mentors for 1 000 cities, in one run: this library, and the assignment step alone by scipy.

scipy is handed ready values (a city may help two others, so each stands twice); this library finds them first: context distances, the
probability that one city is ahead of another in each of 16 themes, and the reasons and runners-up of every pair afterwards.

Run in an environment with the wheel built for release and scipy: `python benches/matching.py [CITIES]`.
"""

import random
import sys
import time

import numpy as np
from scipy.optimize import linear_sum_assignment

import sms

CITIES = int(sys.argv[1]) if len(sys.argv) > 1 else 1000


def timed(work):
    started = time.perf_counter()
    return work(), time.perf_counter() - started


numbers = random.Random(11)
cities = [
    {
        "id": f"city-{i}",
        "context": {"income": numbers.uniform(10, 50), "growth": numbers.uniform(0, 6), "inequality": numbers.uniform(20, 40), "unemployment": numbers.uniform(0, 15)},
        "scores": {f"theme-{t}": {"score": numbers.uniform(0, 100), "se": 3.0} for t in range(16)},
    }
    for i in range(CITIES)
]
variables = [{"id": "income", "logarithm": True}, {"id": "growth"}, {"id": "inequality"}, {"id": "unemployment"}]
made, mine = timed(lambda: sms.peers.mentoring(cities=cities, variables=variables))
values = np.random.default_rng(1).random((CITIES, CITIES))
np.fill_diagonal(values, 0)
_, theirs = timed(lambda: linear_sum_assignment(np.hstack([values, values]), maximize=True))
print(f"{CITIES} cities: this library {mine:.2f} s for {len(made['matches'])} pairs with reasons; scipy {theirs:.2f} s for the assignment of ready values ({theirs / mine:.2f} x)")
