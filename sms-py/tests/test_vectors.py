"""Every conformance vector, through the wire and through the classes.

The file named by SMS_VECTORS_OUT gets the bits of every number of every answer, to be compared with other languages.
"""

from __future__ import annotations

import json
import os
import struct
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import sms

VECTORS = Path(__file__).resolve().parents[2] / "tests" / "vectors"
FILES = sorted((p for p in VECTORS.glob("*/*.json")), key=lambda p: p.relative_to(VECTORS).as_posix().encode())
CLASSES = {"check", "assess", "explain"}

#: The codes of requests whose parts have the wrong type. In Python that is a TypeError, so the words differ.
WRONG_TYPE = {"wire.bad-request", "json.bad-shape"}


def load(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text(encoding="utf-8"))["cases"])


def name_of(path: Path) -> str:
    return path.relative_to(VECTORS).as_posix()


def ask(case: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(sms.call_json(json.dumps({"op": case["op"], **case.get("input", {})})))
    return answer


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def differences(found: Any, expected: Any, tolerance: float, path: str = "") -> list[str]:
    """Where an answer differs from what is expected: objects by subset, arrays whole, numbers within tolerance."""
    if expected is None:
        return [] if found is None else [f"{path}: expected nothing, found {found!r}"]
    if isinstance(expected, dict):
        if not isinstance(found, dict):
            return [f"{path}: expected an object, found {found!r}"]
        return [
            d for key, item in expected.items() for d in differences(found.get(key), item, tolerance, f"{path}/{key}")
        ]
    if isinstance(expected, list):
        if not isinstance(found, list) or len(found) != len(expected):
            return [f"{path}: expected {len(expected)} items, found {found!r}"]
        pairs = enumerate(zip(found, expected, strict=True))
        return [d for i, (f, e) in pairs for d in differences(f, e, tolerance, f"{path}/{i}")]
    if is_number(expected):
        near = is_number(found) and abs(found - expected) <= tolerance * max(1.0, abs(expected))
        return [] if near else [f"{path}: expected {expected!r}, found {found!r}"]
    same = type(found) is type(expected) and found == expected
    return [] if same else [f"{path}: expected {expected!r}, found {found!r}"]


def through_classes(case: dict[str, Any]) -> dict[str, Any]:
    """The same request through the classes, as the answer of the wire."""
    try:
        return {"ok": handled(case["op"], case["input"])}
    except sms.SmsError as error:
        return {"error": error.to_dict()}
    except (TypeError, ValueError) as error:
        code = case.get("reject")
        if code not in WRONG_TYPE:
            raise
        return {"error": {"code": code, "message": str(error)}}


def handled(op: str, request: dict[str, Any]) -> Any:
    method = request.get("method", "standard")
    made = sms.Method.embedded(method) if isinstance(method, str) else sms.Method.from_dict(method)
    source = request["observations"]
    if "csv" in source:
        observations = sms.Observations.read_csv(source["csv"].encode(), **source.get("dialect", {}))
    else:
        observations = sms.Observations.from_rows(source["rows"])
    dataset, findings = sms.check(sms.Catalogue.embedded(), observations)
    if op == "check":
        return {"rows": dataset.rows, "rejected": dataset.rejected, "findings": findings.to_dict()}
    plan = dict(request.get("plan", {}))
    if isinstance(plan.get("periods"), dict):
        plan["periods"] = plan["periods"]["only"]
    report = sms.assess(made, dataset, findings, **plan).release(policy_of(request.get("policy")))
    if op == "assess":
        return report.to_dict()
    return report.explain(request["id"], request.get("place")).to_dict()


def policy_of(asked: dict[str, Any] | None) -> sms.PrivacyPolicy | None:
    if not asked:
        return None
    if asked.get("internal"):
        policy = sms.PrivacyPolicy.internal()
    elif "threshold" in asked:
        policy = sms.PrivacyPolicy.public(asked["threshold"])
    else:
        policy = sms.PrivacyPolicy.public(public_threshold())
    key = asked.get("fingerprint_key")
    return policy.with_fingerprint_key(key) if key else policy


def public_threshold() -> int:
    threshold = sms.Method.embedded("standard").to_dict()["disclosure"]["threshold"]["value"]
    assert isinstance(threshold, int)
    return threshold


def bits(answer: dict[str, Any]) -> dict[str, str]:
    """Every number of an answer at its JSON pointer, as the hexadecimal digits of its f64."""
    made: dict[str, str] = {}

    def walk(value: Any, pointer: str) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                walk(item, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
        elif isinstance(value, list):
            for i, item in enumerate(value):
                walk(item, f"{pointer}/{i}")
        elif is_number(value):
            made[pointer] = struct.pack(">d", float(value)).hex()

    walk(answer.get("ok"), "")
    return dict(sorted(made.items(), key=lambda pair: pair[0].encode()))


def test_the_manifest_counts_every_case() -> None:
    manifest = json.loads((VECTORS / "manifest.json").read_text(encoding="utf-8"))
    found = {name_of(p): len(load(p)) for p in FILES}
    assert manifest["files"] == found
    assert manifest["total"] == sum(found.values())


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_vectors(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong: list[str] = []
    ran: Counter[str] = Counter()
    for case in load(path):
        answer = ask(case)
        answers = {"wire": answer}
        # what cannot even be written down with the classes is for the wire alone, and so is an earlier report
        by_classes = isinstance(case["input"].get("observations"), dict) and "previous" not in case["input"]
        if case["op"] in CLASSES and by_classes:
            answers["classes"] = through_classes(case)
            if "ok" in answer and answers["classes"] != answer:
                wrong.append(f"{case['id']}: the classes answer otherwise than the wire")
        for way, given in answers.items():
            ran[way] += 1
            if "reject" in case:
                code = given.get("error", {}).get("code")
                found = [] if code == case["reject"] else [f"expected {case['reject']}, found {code or 'an answer'}"]
            elif "error" in given:
                found = [given["error"]["message"]]
            else:
                found = differences(given["ok"], case["expect"], case.get("tolerance", 0))
            wrong += [f"{case['id']} ({way}): {text}" for text in found]
    with capsys.disabled():
        print(f"\n{name_of(path)}: " + ", ".join(f"{n} through the {way}" for way, n in ran.items()), end="")
    assert not wrong, "\n".join(wrong)


def test_the_bits_are_written() -> None:
    target = os.environ.get("SMS_VECTORS_OUT")
    lines: list[str] = []
    for path in FILES:
        for case in load(path):
            answer = ask(case)
            line: dict[str, Any] = {"case": f"{name_of(path)}#{case['id']}", "bits": bits(answer)}
            if "error" in answer:
                line["error"] = answer["error"]["code"]
            # keys sorted, no blanks: as the other languages write it
            lines.append(json.dumps(line, ensure_ascii=False, separators=(",", ":"), sort_keys=True))
    assert len(lines) == sum(len(load(p)) for p in FILES)
    if target:
        Path(target).write_text("".join(line + "\n" for line in lines), encoding="utf-8", newline="\n")
