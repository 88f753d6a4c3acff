"""What a city's work may have to do with a change: other cities, the city's own series, and the story.

>>> import sms
>>> figures = {("A", 2018): 50, ("A", 2019): 58, ("B", 2018): 52, ("B", 2019): 55}
>>> panel = [{"city": c, "time": t, "value": v} for (c, t), v in figures.items()]
>>> made = sms.influence.difference(panel=panel, treated=["A"], start=2019)
>>> made["estimate"], made["cautions"]
(5.0, ['no_inference', 'trends_not_checked'])
>>> link = {"from": "training", "to": "practice", "claim": "staff act otherwise"}
>>> sms.influence.contribution(links=[link])["verdict"]
'not_shown'
"""

from .operations.influence import contribution, difference, interrupted, synthetic

__all__ = ["contribution", "difference", "interrupted", "synthetic"]
