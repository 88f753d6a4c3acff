//! Measures of inequality on samples of the WHO's health inequality monitoring, to the digits of an independent computation.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs, reason = "tests")]

use sms_conformance::shared_data;
use sms_core::equality::{Group, Groups, Inequality, Measure, MeasureRules, Profile, measures};
use sms_core::indicator::Polarity;

fn measured(file: &str, ordered: bool) -> Option<Inequality> {
    let text = std::fs::read_to_string(shared_data()?.join("inequality-samples").join(file)).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|h| h == name).unwrap();
    let (value, size, se) = (at("estimate"), at("population"), at("se"));
    let groups: Vec<Group> = reader
        .records()
        .map(|row| {
            let row = row.unwrap();
            let number = |k: usize| row[k].parse::<f64>().ok();
            Group { value: number(value).unwrap(), size: number(size), se: number(se), df: None, n: None }
        })
        .collect();
    let rules = MeasureRules { ordered, profile: Profile::Heat, upper: Some(100.0), ..MeasureRules::default() };
    Some(measures(&Groups::new(&groups, None, None).unwrap(), Polarity::Higher, &rules).unwrap())
}

fn holds(made: &Inequality, expected: &[(Measure, f64)]) {
    for (measure, value) in expected {
        let found = made.value(*measure).unwrap();
        assert!((found - value).abs() < 5.1e-8, "{measure:?}: {found}, not {value}");
    }
}

#[test]
fn wealth_quintiles_and_provinces() {
    let Some(quintiles) = measured("OrderedSample.csv", true) else { return };
    holds(
        &quintiles,
        &[
            (Measure::Difference, 23.618_751_5),
            (Measure::Ratio, 1.312_395_4),
            (Measure::AbsoluteConcentrationIndex, 4.300_519_7),
            (Measure::RelativeConcentrationIndex, 4.695_060_2),
        ],
    );
    let provinces = measured("NonorderedSample.csv", false).unwrap();
    assert_eq!(provinces.groups, 34);
    holds(
        &provinces,
        &[
            (Measure::BetweenGroupVariance, 50.420_226_5),
            (Measure::BetweenGroupStandardDeviation, 7.100_720_1),
            (Measure::MeanDifferenceFromMeanUnweighted, 6.615_573_0),
            // the data's notes print 5.3261104; the plain sum of the definition over the file gives this
            (Measure::MeanDifferenceFromMean, 5.326_111_0),
            (Measure::Theil, 3.143_872_3),
            (Measure::MeanLogDeviation, 3.307_900_6),
        ],
    );
}
