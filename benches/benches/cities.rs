//! Cities together: the state of a cohort from its logs, and who can help whom.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};
use sms_benches::Numbers;
use sms_core::wire::Engine;
use std::hint::black_box;

/// The whole cycle of one pilot, as the example has it.
const CYCLE: &str = include_str!("../../examples/roadmap/neverhaven.toml");

fn cohort(size: usize) -> (Value, u64) {
    let run: Value = serde_json::to_value(toml::from_str::<toml::Value>(CYCLE).unwrap()).unwrap();
    let events = run.get("events").and_then(Value::as_array).unwrap().len();
    let cities = (0..size).map(|i| {
        let mut city = run.clone();
        city["city"] = json!({"id": format!("city-{i}"), "name": format!("City {i}")});
        city
    });
    (json!({"op": "roadmap.cohort", "definition": "reconstruction", "cities": cities.collect::<Vec<_>>()}), (size * events) as u64)
}

/// Invented cities: four variables of context, sixteen themes.
fn cities(size: usize) -> Value {
    let mut n = Numbers::new(11);
    let cities = (0..size).map(|i| {
        let mut number = |limit: u64, by: f64| n.below(limit) as f64 / by;
        let context = json!({"income": 10.0 + number(40_000, 1000.0), "growth": number(600, 100.0), "inequality": 20.0 + number(200, 10.0), "unemployment": number(150, 10.0)});
        let scores: serde_json::Map<String, Value> = (0..16).map(|t| (format!("theme-{t}"), json!({"score": number(10_000, 100.0), "se": 3.0}))).collect();
        json!({"id": format!("city-{i}"), "context": context, "scores": scores})
    });
    let cities: Vec<Value> = cities.collect();
    json!({"op": "peers.mentoring", "cities": cities, "variables": [{"id": "income", "logarithm": true}, {"id": "growth"}, {"id": "inequality"}, {"id": "unemployment"}]})
}

fn together(c: &mut Criterion) {
    let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS).unwrap();
    let mut group = c.benchmark_group("cities");
    group.sample_size(10);
    for size in [10, 200] {
        let (request, events) = cohort(size);
        group.throughput(Throughput::Elements(events));
        group.bench_function(format!("state of a cohort of {size} from its logs"), |b| b.iter(|| engine.call(black_box(&request)).unwrap()));
    }
    for size in [45, 1000] {
        let request = cities(size);
        group.throughput(Throughput::Elements(size as u64));
        group.bench_function(format!("mentors for {size} cities, 16 themes"), |b| b.iter(|| engine.call(black_box(&request)).unwrap()));
    }
    group.finish();
}

criterion_group!(benches, together);
criterion_main!(benches);
