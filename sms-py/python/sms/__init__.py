"""The Standardized Monitoring System for human rights cities.

A city's figures come in; a standardised, explainable, privacy-safe assessment goes out::

    import sms

    catalogue = sms.Catalogue.embedded()
    observations = sms.Observations.read_csv("observations.csv")
    dataset, findings = sms.check(catalogue, observations)
    report = sms.assess(sms.Method.embedded("standard"), dataset).release()
"""

from typing import TYPE_CHECKING

from ._call import call
from ._errors import SmsError
from ._files import import_files
from ._lazy import attributes
from ._sms import LIBRARY_VERSION as __version__
from ._sms import (
    Assessment,
    Catalogue,
    Dataset,
    Explanation,
    Findings,
    Frame,
    Method,
    Observations,
    PrivacyPolicy,
    Report,
    Roadmap,
    assess,
    call_json,
    check,
    versions,
)

if TYPE_CHECKING:
    from . import (
        agreement,
        cocreation,
        disclosure,
        equality,
        form,
        index,
        influence,
        operations,
        peers,
        pretest,
        progress,
        rbm,
        roadmap,
        screen,
        survey,
        weighting,
    )

__all__ = [
    "Assessment",
    "Catalogue",
    "Dataset",
    "Explanation",
    "Findings",
    "Frame",
    "Method",
    "Observations",
    "PrivacyPolicy",
    "Report",
    "Roadmap",
    "SmsError",
    "__version__",
    "agreement",
    "assess",
    "call",
    "call_json",
    "check",
    "cocreation",
    "disclosure",
    "equality",
    "form",
    "import_files",
    "index",
    "influence",
    "operations",
    "peers",
    "pretest",
    "progress",
    "rbm",
    "roadmap",
    "screen",
    "survey",
    "versions",
    "weighting",
]

if not TYPE_CHECKING:
    # areas come when they are asked for: importing the package stays quick
    __getattr__, __dir__ = attributes(globals(), modules=set(__all__) - set(globals()))
