//! A city of two districts, and what leaves of it.

use super::*;
pub(super) use serde_json::{Value, json};
pub(super) use sms_core::observation::Row;
pub(super) use sms_core::wire::Engine;
pub(super) use sms_core::{AssessmentPlan, Observations, Periods, PrivacyPolicy, Published, Report, assess, dataset};
pub(super) use std::sync::{Arc, OnceLock};

pub(super) fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS).unwrap())
}

pub(super) fn released(rows: &[Row], k: u32, previous: Option<&Published>) -> Report {
    let observations = Observations::from_rows(None, rows);
    let (dataset, findings) = dataset::check(engine().catalogue(), &observations);
    let plan =
        AssessmentPlan { periods: Periods::Each, selection: ["WSP-O-04", "HOU-O-01", "GBV-O-04"].map(String::from).to_vec(), ..AssessmentPlan::default() };
    let assessment = assess::assess(&engine().method("standard").unwrap(), &Arc::new(dataset), &findings, &plan).unwrap();
    assessment.release_after(&PrivacyPolicy::public(k).unwrap(), previous).unwrap()
}

pub(super) fn data(report: &Report) -> Value {
    serde_json::to_value(report.data()).unwrap()
}

pub(super) fn attacked(report: &Value, previous: Option<&Value>) -> Value {
    engine().call(&json!({"op": "disclosure.attack_report", "report": report, "previous": previous})).unwrap()
}

/// A city of two districts, by sex and age and both together: what the rows of each leaf give, summed all ways.
pub(super) fn city(id: &str, leaves: &[(u32, u32)], kept: &[bool]) -> Vec<Row> {
    let place = |p: usize| ["d1", "d2", "city"][p];
    let mut rows = Vec::new();
    for p in 0..3 {
        for s in 0..3 {
            for a in 0..3 {
                let (mut n, mut rest) = (0, 0);
                for (i, leaf) in leaves.iter().enumerate() {
                    let at = [i / 4, i / 2 % 2, i % 2];
                    if (p == 2 || at[0] == p) && (s == 2 || at[1] == s) && (a == 2 || at[2] == a) {
                        n += leaf.0;
                        rest += leaf.1;
                    }
                }
                let count = id == "GBV-O-04";
                let mut row = Row {
                    indicator: id.into(),
                    place: place(p).into(),
                    period: "2019".into(),
                    numerator: (!count).then_some(f64::from(n)),
                    denominator: (!count).then_some(f64::from(n + rest)),
                    value: count.then_some(f64::from(n)),
                    place_parent: if p < 2 { "city".into() } else { String::new() },
                    ..Row::default()
                };
                if s < 2 {
                    row.groups.insert("SEX".into(), ["F", "M"][s].into());
                }
                if a < 2 {
                    row.groups.insert("AGE".into(), ["Y_LT18", "Y_GE18"][a].into());
                }
                if kept[(p * 9 + s * 3 + a) % kept.len()] && (count || n + rest > 0) {
                    rows.push(row);
                }
            }
        }
    }
    rows
}

/// Rows of sex by age of the city, and of each alone in the districts: sex, age and district go round in a circle.
pub(super) fn circle() -> Vec<bool> {
    (0..27).map(|at| at / 9 == 2 || at / 3 % 3 == 2 || at % 3 == 2).collect()
}

pub(super) fn city_leaves() -> impl Strategy<Value = Vec<(u32, u32)>> {
    let count = || prop_oneof![3 => 0u32..30, 1 => 0u32..200];
    prop::collection::vec((count(), prop_oneof![1 => 0u32..30, 4 => 50u32..2000]), 8)
}

pub(super) fn indicator() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["WSP-O-04", "HOU-O-01", "GBV-O-04"])
}

/// Place, period, two groups, count and rest, and whether it is restricted.
type Drawn = (&'static str, &'static str, (&'static str, &'static str), (&'static str, &'static str), u32, u32, bool);

/// Rows of all kinds of groups, places and periods that hold or overlap one another. Nobody says that they fit together.
pub(super) fn any_rows() -> impl Strategy<Value = Vec<Row>> {
    let codes = [
        ("", ""),
        ("SEX", "F"),
        ("SEX", "M"),
        ("AGE", "Y_LT15"),
        ("AGE", "Y_LT18"),
        ("AGE", "Y15-24"),
        ("AGE", "Y18-24"),
        ("AGE", "Y_GE18"),
        ("DISAB", "SM_SEV"),
        ("DISAB", "SEV"),
        ("DISAB", "LTD_NSEV_NONE"),
        ("RELPERP", "PART"),
        ("VTYPE", "PHY"),
        ("VTYPE", "PHY_SX"),
        ("HHTYPE", "A1"),
        ("HHTYPE", "A1F"),
        ("CITIZEN", "FOR"),
    ];
    let count = || prop_oneof![2 => 0u32..15, 2 => 15u32..400];
    let place = prop::sample::select(vec!["city", "d1", "d2"]);
    let period = prop::sample::select(vec!["2019", "2020", "2019-2020", "2020-Q1", "2019/20"]);
    let row = (place, period, prop::sample::select(codes.to_vec()), prop::sample::select(codes.to_vec()), count(), count(), prop::bool::weighted(0.05));
    let indicators = prop::sample::select(vec!["WSP-O-04", "HOU-O-01", "GBV-O-04"]);
    (indicators, prop::collection::vec(row, 1..14)).prop_map(|(id, rows)| {
        let mut seen = std::collections::BTreeSet::new();
        let of = |(place, period, one, other, n, rest, restricted): Drawn| {
            let count = id == "GBV-O-04";
            let mut row = Row {
                indicator: id.into(),
                place: place.into(),
                period: period.into(),
                numerator: (!count).then_some(f64::from(n)),
                denominator: (!count).then_some(f64::from(n + rest)),
                value: count.then_some(f64::from(n)),
                place_parent: if place == "city" { String::new() } else { "city".into() },
                confidentiality: if restricted { "restricted".into() } else { String::new() },
                ..Row::default()
            };
            row.groups.extend([one, other].iter().filter(|g| !g.0.is_empty()).map(|(d, g)| ((*d).into(), (*g).into())));
            let zero = !count && n + rest == 0;
            (!zero && seen.insert((row.place.clone(), row.period.clone(), row.groups.clone()))).then_some(row)
        };
        rows.into_iter().filter_map(of).collect()
    })
}

/// The part of a figure that an attack speaks of, from the rows.
pub(super) fn truth_of(rows: &[Row], figure: &Value) -> f64 {
    let groups: BTreeMap<String, String> =
        serde_json::from_value::<Vec<[String; 2]>>(figure["groups"].clone()).unwrap().into_iter().map(|[d, g]| (d, g)).collect();
    let row = rows.iter().find(|r| r.place == figure["place"].as_str().unwrap() && r.groups == groups).unwrap();
    let (n, d) = (row.numerator.or(row.value).unwrap(), row.denominator.unwrap_or(0.0));
    match figure["what"].as_str().unwrap() {
        "complement" => d - n,
        "denominator" => d,
        _ => n,
    }
}

/// Everything that a reader can get out of a report, by route.
pub(super) fn routes(report: &Report) -> BTreeMap<String, Value> {
    use sms_core::report::Table as Frame;
    let mut routes = BTreeMap::new();
    routes.insert("json".to_owned(), serde_json::from_str(&report.to_json()).unwrap());
    routes.insert("json text".to_owned(), json!(report.to_json()));
    for table in Frame::ALL {
        routes.insert(format!("frame {table:?}"), json!(report.frame(*table).to_csv()));
    }
    for format in sms_core::render::export::FORMATS {
        routes.insert(format!("export {}", format.name), json!(format.write(report, &Default::default()).unwrap()));
    }
    routes.insert("html".to_owned(), json!(sms_core::render::html::page(report)));
    routes.insert("text".to_owned(), json!(sms_core::render::text::summary(report, 100, false)));
    for id in ["WSP-O-04", "HOU-O-01", "GBV-O-04", "WSP", "HOU", "GBV", "overall"] {
        for place in ["city", "d1", "d2", "a"] {
            if let Ok(told) = report.explain(id, Some(place)) {
                routes.insert(format!("explain {id} {place}"), serde_json::to_value(&told).unwrap());
                routes.insert(format!("explain {id} {place} debug"), json!(format!("{told:?}")));
                routes.insert(format!("explain {id} {place} picture"), json!(sms_core::render::svg::explanation(&told)));
            }
        }
    }
    for (name, error) in [
        ("unknown id", report.explain("WSP-O-4", None).unwrap_err()),
        ("unknown place", report.explain("WSP-O-04", Some("d9")).unwrap_err()),
        ("unknown table", "figure".parse::<Frame>().unwrap_err()),
    ] {
        routes.insert(format!("error: {name}"), json!([error.to_string(), format!("{error:?}"), error.to_data()]));
    }
    routes.insert("debug".to_owned(), json!(format!("{report:?} {:?} {:?}", report.provenance(), report.as_previous().unwrap())));
    for table in Frame::ALL {
        routes.insert(format!("frame {table:?} debug"), json!(format!("{:?} {:?}", table, report.frame(*table))));
    }
    for unit in 0..report.len() {
        routes.insert(format!("place {unit} debug"), json!(format!("{:?}", report.place_report(unit))));
    }
    routes.insert("findings".to_owned(), serde_json::to_value(report.findings()).unwrap());
    routes.insert(
        "findings text".to_owned(),
        json!(format!("{:?} {}", report.findings(), report.findings().items().iter().map(ToString::to_string).collect::<String>())),
    );
    routes.insert("provenance".to_owned(), serde_json::to_value(report.provenance()).unwrap());
    routes
}

/// The routes in which two reports differ.
pub(super) fn marks(one: &BTreeMap<String, Value>, other: &BTreeMap<String, Value>) -> Vec<String> {
    let names: std::collections::BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    names.into_iter().filter(|n| one.get(*n) != other.get(*n)).cloned().collect()
}

/// State of each figure, and its counts where they are shown.
pub(super) fn states(report: &Report) -> Vec<String> {
    report.frame(sms_core::report::Table::Figures).to_csv().lines().map(str::to_owned).collect()
}

pub(super) fn hidden_pattern(report: &Report) -> Vec<Value> {
    report.frame(sms_core::report::Table::Figures).to_rows().into_iter().map(|r| json!([r["place"], r["groups"], r["state"]])).collect()
}

/// Two datasets whose reports show the same and withhold different figures.
pub(super) fn twins() -> (Vec<Row>, Vec<Row>) {
    let leaves = [(40, 500), (4, 300), (60, 700), (50, 900), (30, 400), (25, 350), (45, 600), (70, 800)];
    let mut other = leaves;
    (other[0].0, other[1].0, other[2].0, other[3].0) = (41, 3, 59, 51);
    // the other district moves the other way, so that the city stays as it is
    (other[4].0, other[5].0, other[6].0, other[7].0) = (29, 26, 46, 69);
    (city("WSP-O-04", &leaves, &[true]), city("WSP-O-04", &other, &[true]))
}

/// Two cities' worth of routes: scores, means, gaps, changes, targets, trends, floors, visibility, of which some rest on few people.
pub(super) fn told_of_a_house() -> Value {
    let mut rows = Vec::new();
    let mut row = |id: &str, place: &str, period: &str, group: Option<(&str, &str)>, n: f64, d: f64| {
        let mut row = json!({"indicator": id, "place": place, "period": period, "numerator": n, "denominator": d});
        if let Some((dimension, code)) = group {
            row[dimension] = json!(code);
        }
        rows.push(row);
    };
    for place in ["gent", "lier"] {
        for (period, n) in [("2015", 70.0), ("2016", 64.0), ("2017", 66.0), ("2018", 58.0), ("2019", if place == "gent" { 4.0 } else { 52.0 })] {
            row("WSP-O-04", place, period, None, n, 1000.0);
            row("HOU-O-03", place, period, None, n + 90.0, 2000.0);
            row("HOU-O-01", place, period, None, n + 300.0, 100_000.0);
        }
        // few women, few of the old, and the rest beside them
        row("HOU-O-03", place, "2019", Some(("SEX", "F")), 5.0, 900.0);
        row("HOU-O-03", place, "2019", Some(("SEX", "M")), if place == "gent" { 89.0 } else { 137.0 }, 1100.0);
        row("HOU-O-01", place, "2019", Some(("AGE", "Y_LT18")), 200.0, 30_000.0);
        row("HOU-O-01", place, "2019", Some(("AGE", "Y18-64")), if place == "gent" { 97.0 } else { 145.0 }, 50_000.0);
        row("HOU-O-01", place, "2019", Some(("AGE", "Y_GE65")), 7.0, 20_000.0);
    }
    json!({
        "observations": {"rows": rows},
        "plan": {"selection": ["WSP-O-04", "HOU-O-03", "HOU-O-01"], "periods": "latest", "targets": [
            {"indicator": "WSP-O-04", "baseline": {"period": "2015", "value": 7}, "target": {"value": 2, "period": "2025"}},
            {"indicator": "HOU-O-03", "baseline": {"period": "2015", "value": 8}, "target": {"value": 3, "period": "2025"}},
        ]},
    })
}
