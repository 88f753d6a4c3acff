//! Delphi rounds and the choice of a core set.
#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Value, json};
use sms_benches::Numbers;
use sms_core::cocreation::core_set::{self, Candidate, Constraints};
use sms_core::cocreation::delphi::{self, Ballot, Rating};
use sms_core::cocreation::panel::Rater;
use sms_core::wire::Engine;
use std::hint::black_box;

const RATERS: u64 = 500;
const ITEMS: u64 = 130;

fn ballot(numbers: &mut Numbers, items: &[String]) -> Ballot {
    let one = |r: u64, item: &String, x: u64| Rating { rater: format!("r{r}"), item: item.clone(), rating: Some(1.0 + x as f64) };
    Ballot { ratings: (0..RATERS).flat_map(|r| items.iter().map(move |i| (r, i))).map(|(r, i)| one(r, i, numbers.below(9))).collect() }
}

fn cocreation(c: &mut Criterion) {
    let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS).unwrap();
    let rules = engine.method("standard").unwrap().cocreation().unwrap();
    let mut numbers = Numbers::new(7);
    let items: Vec<String> = engine.catalogue().indicators().iter().take(130).map(|i| i.id.to_string()).collect();
    let raters: Vec<Rater> =
        (0..RATERS).map(|r| Rater { id: format!("r{r}"), side: if r % 2 == 0 { "city" } else { "civil_society" }.parse().unwrap() }).collect();
    let rounds = [ballot(&mut numbers, &items), ballot(&mut numbers, &items)];
    let mut group = c.benchmark_group("cocreation");
    group.sample_size(10);
    group.throughput(Throughput::Elements(2 * RATERS * ITEMS));
    group.bench_function("two Delphi rounds, 500 raters x 130 items", |b| {
        b.iter(|| delphi::rounds(black_box(&items), &raters, &rounds, &rules).unwrap().rounds.len())
    });

    let pool: Vec<Value> = engine
        .catalogue()
        .indicators()
        .iter()
        .map(|i| json!({"id": i.id, "value": 4.0 + numbers.below(50) as f64 / 10.0, "effort": 1 + numbers.below(7)}))
        .collect();
    let candidates: Vec<Candidate> = serde_json::from_value(Value::Array(pool)).unwrap();
    group.throughput(Throughput::Elements(candidates.len() as u64));
    for budget in [60, 90, 150] {
        let constraints: Constraints = serde_json::from_value(json!({ "budget": budget })).unwrap();
        group.bench_function(format!("core set of the catalogue, budget {budget}"), |b| {
            b.iter(|| core_set::choose(engine.catalogue(), black_box(&candidates), &constraints, rules.node_limit).unwrap().nodes);
        });
    }
    group.finish();
}

criterion_group!(benches, cocreation);
criterion_main!(benches);
