"""The examples of the module of screens, and refusals."""


import pytest

import sms

YEAR = {"id": "2026", "from": "2026-01-01", "to": "2026-12-31"}


def test_a_table_of_answers_and_its_page() -> None:
    table = (
        "round,view,item,answer,assessor,date,evidence\n2026,city,FRA-FS1,adopted,office,2026-02-01,Decision | Text\n"
    )
    made = sms.screen.framework(records={"csv": table}, rounds=[YEAR])["screening"]
    assert made is not None
    answer = made["services"][0]["rounds"][0]["items"][10]["views"][0]
    assert answer["evidence"] == ["Decision", "Text"]
    assert made["enters_scores"] is False
    page = sms.screen.page("framework", records={"csv": table}, rounds=[YEAR], city="Neverhaven")
    assert page.startswith("<!DOCTYPE html>")
    assert "Neverhaven" in page


def test_a_refusal_has_a_code_and_a_line() -> None:
    table = "round,view,item,answer,assessor,date\n2026,city,FRA-FS1,splendid,office,2026-02-01\n"
    with pytest.raises(sms.SmsError) as caught:
        sms.screen.framework(records={"csv": table}, rounds=[YEAR])
    assert caught.value.code == "screen.bad-answer"
    assert "splendid" not in str(caught.value)
