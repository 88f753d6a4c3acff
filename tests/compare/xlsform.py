"""Forms of the engine against pyxform and ODK Validate, which pyxform carries (it needs a Java runtime).

    python tests/compare/xlsform.py PATH_OF_SMS

Fails on any warning and on anything that ODK Validate refuses.
"""

from __future__ import annotations

import base64
import io
import json
import subprocess
import sys

from pyxform.xls2xform import convert

GROUND = {"ground": "art9_2_a", "record": "Decision 1"}


def main() -> int:
    topics = json.loads(ask([{"op": "form.topics"}])[0])["ok"]["topics"]
    basis = {t["topic"]: GROUND for t in topics}
    districts = [{"code": "north", "label": {"en": 'The "North" & <co>', "de": "Nord"}}, {"code": "s-2"}]
    forms = {
        "core": {},
        "core, two languages": {"languages": ["en", "de"]},
        "German": {"languages": ["de"], "legal_basis": basis},
        "everything": {"selection": ["core", "pilot-areas", "EDU-O-04", "CHY-O-03", "HOU-O-07", "ENV-O-07", "DIG-O-01"], "languages": ["en", "de"], "legal_basis": basis, "desirable": True,
                       "dimensions": ["WG_SS", "GENDER_ID", "TENURE", "WSTATUS"], "codes": {"DISTRICT": districts}},
    }  # fmt: skip
    every = json.loads(ask([{"op": "form.build", "form": forms["everything"]}])[0])["ok"]
    forms |= {i["indicator"]: {"selection": [i["indicator"]], "legal_basis": basis} for i in every["indicators"] if "reason" not in i}
    failed = 0
    for (name, form), line in zip(forms.items(), ask([{"op": "form.xlsx", "form": f} for f in forms.values()]), strict=True):
        book = base64.b64decode(json.loads(line)["ok"]["xlsx"])
        try:
            made = convert(io.BytesIO(book), file_type=".xlsx", validate=True)
            said = made.warnings
        except Exception as e:  # noqa: BLE001
            said = [str(e)]
        print(f"{name}: {'ok' if not said else said} ({len(form)} fields)")
        failed += bool(said)
    return 1 if failed else 0


def ask(requests: list[dict]) -> list[str]:
    text = "\n".join(map(json.dumps, requests))
    return subprocess.run([sys.argv[1], "vectors", "--stdio"], input=text, capture_output=True, text=True, check=True).stdout.splitlines()


if __name__ == "__main__":
    raise SystemExit(main())
