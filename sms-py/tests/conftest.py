"""What the tests share: one small city with a name that wants to be a script."""

from __future__ import annotations

import pytest

import sms

NASTY = "<script>alert('x')</script>"

CSV = f"""indicator,place,place_name,period,SEX,numerator,denominator,confidentiality
WSP-O-04,gent,"{NASTY}",2017,,70,1000,public
WSP-O-04,gent,"{NASTY}",2018,,60,1000,public
WSP-O-04,gent,"{NASTY}",2018,F,36,520,public
WSP-O-04,gent,"{NASTY}",2018,M,24,480,public
HOU-O-01,gent,"{NASTY}",2018,,12,10000,
WSP-O-4,gent,"{NASTY}",2018,,60,1000,public
WSP-O-04,gent,"{NASTY}",2018,X,1e999,480,public
"""


@pytest.fixture
def catalogue() -> sms.Catalogue:
    return sms.Catalogue.embedded()


@pytest.fixture
def method() -> sms.Method:
    return sms.Method.embedded("standard")


@pytest.fixture
def observations() -> sms.Observations:
    return sms.Observations.read_csv(CSV.encode())


@pytest.fixture
def dataset(catalogue: sms.Catalogue, observations: sms.Observations) -> sms.Dataset:
    return sms.check(catalogue, observations)[0]


@pytest.fixture
def assessment(method: sms.Method, dataset: sms.Dataset) -> sms.Assessment:
    return sms.assess(method, dataset)


@pytest.fixture
def report(assessment: sms.Assessment) -> sms.Report:
    return assessment.release()
