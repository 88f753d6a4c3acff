//! Outcomes before outputs.

use super::*;

/// Indicators that can be scored from a value within bounds, with the worst and the best value.
fn scored() -> Vec<(String, bool, f64, f64)> {
    let found = catalogue().indicators().iter().filter_map(|i| {
        let (low, high) = match i.value_kind {
            ValueKind::Proportion => (0.0, 100.0),
            ValueKind::Maturity => (0.0, 4.0),
            _ => return None,
        };
        let (worst, best) = match i.polarity {
            Polarity::Higher => (low, high),
            Polarity::Lower => (high, low),
            _ => return None,
        };
        Some((i.id.to_string(), i.result_level.is_outcome(), worst, best))
    });
    found.collect()
}

proptest! {
    #![proptest_config(cases(50))]

    #[test]
    fn effort_never_lifts_a_node_past_its_outcomes(levels in prop::collection::vec(prop::option::weighted(0.85, 0u32..=4), 200), gains in prop::collection::vec(0u32..=4, 200)) {
        let list = scored();
        let figure = |at: usize, (id, _, worst, best): &(String, bool, f64, f64), level: u32| Row {
            indicator: id.clone(),
            place: "a".into(),
            period: "2019".into(),
            value: Some(worst + (best - worst) * f64::from(level) / 4.0),
            confidentiality: "public".into(),
            note: at.to_string(),
            ..Row::default()
        };
        let made = |gain: bool| -> Vec<Row> {
            list.iter()
                .enumerate()
                .filter_map(|(at, i)| {
                    let level = levels[at]?;
                    let more = if gain && !i.1 { gains[at] } else { 0 };
                    Some(figure(at, i, (level + more).min(4)))
                })
                .collect()
        };
        let all = AssessmentPlan { periods: Periods::Only(vec!["2019".parse().unwrap()]), ..AssessmentPlan::default() };
        let (before, after) = (report(&made(false), &all, &public(10)).unwrap().data(), report(&made(true), &all, &public(10)).unwrap().data());
        let method = method();
        let margin = method.outcomes_first().margin();
        let bands = &method.data().rating.bands.value;
        for (was, is) in before.places[0].nodes.iter().zip(&after.places[0].nodes) {
            prop_assert_eq!(&was.outcomes, &is.outcomes);
            let Some(o) = is.outcomes.as_ref().and_then(|m| m.score) else {
                prop_assert_eq!((is.combined, is.band), (None, None));
                continue;
            };
            if let Some(c) = is.combined {
                prop_assert!(c <= o + margin && c >= o - margin, "{} {c} {o}", is.id);
            }
            prop_assert!(usize::from(is.band.unwrap()) >= sms_core::rbm::band(o, bands), "{}", is.id);
            if let (Some(a), Some(b)) = (was.combined, is.combined) {
                prop_assert!(b >= a - 1e-9, "{} fell from {a} to {b} with more effort", is.id);
            }
        }
        for (was, is) in before.places[0].indicators.iter().zip(&after.places[0].indicators) {
            if is.result_level.is_outcome() {
                prop_assert_eq!(was.score, is.score);
            }
        }
    }
}
