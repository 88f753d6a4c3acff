"""The vectors about code lists of dimensions. Called by generate.py."""

from __future__ import annotations

import oracle


def write(F):
    f = F("catalogue/code_lists", "Codes of other lists, words of one's own, parents and bands, with what is lost", "docs/dimensions.md; the oracle, by sets of people")
    whole = ["codes", "loss", "lossless", "multi_select"]

    def ask(id_, dimension, codes, expect=None, note=None, **more):
        f.add(id_, "dimension.map", {"dimension": dimension, "codes": codes, **more}, expect, take=None if expect else whole, note=note)

    ask("sex-to-sdmx", "SEX", ["F", "M", "T"], {"codes": [{"from": "F", "code": "F", "to": "F"}, {"from": "M", "code": "M", "to": "M"}, {"from": "T", "code": "T", "to": "_T"}], "lossless": True, "loss": []}, to="SDMX:CL_SEX")
    ask("sex-from-sdmx", "SEX", ["F", "_T", "_U"], {"loss": [{"kind": "no_counterpart", "from": ["_U"]}], "lossless": False}, note="not known is no group of the catalogue's list", **{"from": "SDMX:CL_SEX"})
    ask("sex-of-one-s-own", "SEX", ["woman", "girl", "man", "?"], {"loss": [{"kind": "no_counterpart", "from": ["?"]}, {"kind": "merged", "to": "F", "from": ["woman", "girl"]}]}, local={"woman": "F", "girl": "F", "man": "M"})
    ask("single-ages", "AGE", [f"Y{n}" for n in range(18, 25)] + ["Y25"], {"lossless": False, "loss": [{"kind": "no_counterpart", "from": ["Y25"]}, {"kind": "merged", "to": "Y18-24", "from": [f"Y{n}" for n in range(18, 25)]}]}, into=["Y18-24"])
    ask("single-ages-with-a-gap", "AGE", ["Y18", "Y19", "Y21"], {"loss": [{"kind": "merged", "to": "Y18-24", "from": ["Y18", "Y19", "Y21"]}, {"kind": "not_covered", "to": "Y18-24", "from": ["Y18", "Y19", "Y21"]}]}, into=["Y18-24"])
    ask("bands-that-overlap", "AGE", ["Y18-29", "Y20-64", "Y25-64"], into=["Y_GE18"])
    ask("wanted-bands-that-overlap", "AGE", ["Y20", "Y16"], {"loss": [{"kind": "ambiguous", "from": ["Y20"]}, {"kind": "not_covered", "to": "Y15-24", "from": ["Y16"]}]}, into=["Y15-24", "Y18-29"])
    ask("a-band-across-two", "AGE", ["Y20-30", "Y15-24"], {"loss": [{"kind": "no_counterpart", "from": ["Y20-30"]}]}, into=["Y15-24", "Y25-64"])
    ask("everybody-is-no-band", "AGE", ["TOTAL", "Y_GE18", "UNK"], into=["TOTAL", "Y_GE16", "UNK"], note="the total is itself only, and so is who is not known")
    ask("limitation-to-parent", "DISAB", ["SOME", "SEV", "NONE"], {"loss": [{"kind": "merged", "to": "SM_SEV", "from": ["SOME", "SEV"]}]}, into=["SM_SEV", "NONE"])
    ask("limitation-in-part", "DISAB", ["SEV"], {"loss": [{"kind": "not_covered", "to": "SM_SEV", "from": ["SEV"]}]}, into=["SM_SEV"])
    ask("child-and-parent", "DISAB", ["SEV", "SOME", "SM_SEV"], into=["SM_SEV"])
    ask("deciles-to-fifths", "DEPRIV", ["D1", "D2", "D3"], into=["Q1", "Q2"])
    ask("reasons-stay-apart", "ETHNIC", ["OTH", "NR", "NA"], {"codes": [{"from": c, "code": c, "to": c} for c in ("OTH", "NR", "NA")], "lossless": True, "multi_select": True}, into=["OTH", "NR", "NA"], note="another one, refused, not asked")
    ask("reasons-put-together", "RELIGION", ["no answer", "not asked"], {"loss": [{"kind": "merged", "to": "NR", "from": ["no answer", "not asked"]}]}, local={"no answer": "NR", "not asked": "NR"}, note="who was not asked has refused nothing: the loss is named")
    ask("perpetrator", "RELPERP", ["PART", "EXP", "STR"], to="ESTAT:perp")
    ask("poverty", "POVSTAT", ["B_60", "A_60", "TOTAL"], to="ESTAT:INCGRP")
    ask("households", "HHTYPE", ["A1", "A2_1DCH", "HH_DCH"], to="ESTAT:HHCOMP")
    ask("degree-of-urbanisation", "DEG_URB", ["CITY", "TSUB", "RUR", "_T"], **{"from": "SDMX:CL_DEG_URB"})
    ask("ages-to-the-goals", "AGE", ["Y15-24", "Y25-64", "Y_GE65", "Y18-24"], to="IAEG-SDGs:CL_AGE")
    ask("own-codes-are-of-no-list", "TENURE", ["OWN_L", "RENT_MKT"], to="ESTAT:TENURE")
    ask("districts", "DISTRICT", ["old town", "harbour"], local={"old town": "D01", "harbour": "D02"})
    ask("twice", "SEX", ["F", "F", "M"], note="each code once")
    for d in oracle.catalogue()["dimensions"]:
        codes = [g["code"] for g in d["group"]] or ["X1"]
        ask(f"all-{d['id'].lower().replace('_', '-')}", d["id"], codes + ["nonsense!"])
        for s in d.get("scheme", []):
            name = f"{s['agency']}:{s['list']}"
            ask(f"all-{d['id'].lower().replace('_', '-')}-to-{name.lower().replace(':', '-').replace('_', '-')}", d["id"], codes, to=name)
        parents = sorted({g["parent"] for g in d["group"] if g.get("parent")})
        if parents:
            ask(f"all-{d['id'].lower().replace('_', '-')}-to-parents", d["id"], codes, into=parents)

    def refuse(id_, note=None, **request):
        f.add("reject-" + id_, "dimension.map", {"dimension": "SEX", "codes": ["F"]} | request, reject="wire.bad-request", note=note)

    refuse("dimension", dimension="HEIGHT")
    refuse("no-codes", codes=[])
    refuse("list", to="SDMX:CL_AGE")
    refuse("kept-apart", note="the levels of limitation of Eurostat and those of the Washington Group are two dimensions: no mapping from one to the other", dimension="DISAB", codes=["SEV"], to="WG:SHORT_SET")
    refuse("both-sides", **{"from": "SDMX:CL_SEX", "local": {"F": "F"}})
    refuse("both-targets", to="SDMX:CL_SEX", into=["F"])
    refuse("local-target", local={"woman": "W"})
    refuse("unknown-target", into=["W"])
