//! The stages of the engine: reading, checking, assessing, releasing.
#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use sms_benches::{cities_csv, rows_csv};
use sms_core::exchange::csv::{Dialect, read};
use sms_core::wire::Engine;
use sms_core::{AssessmentPlan, Findings, Periods, assess, dataset};
use std::hint::black_box;
use std::sync::Arc;

fn pipeline(c: &mut Criterion) {
    let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS).unwrap();
    let method = engine.method("standard").unwrap();
    let million = rows_csv(engine.catalogue(), 1_000_000);
    let mut group = c.benchmark_group("pipeline");
    group.sample_size(10);

    group.throughput(Throughput::Elements(1_000_000));
    group.bench_function("parse 1 M-row CSV", |b| b.iter(|| read(black_box(million.as_bytes()), &Dialect::default()).unwrap().len()));
    let observations = read(million.as_bytes(), &Dialect::default()).unwrap();
    drop(million);
    group.bench_function("check 1 M observations", |b| b.iter(|| dataset::check(engine.catalogue(), black_box(&observations)).0.len()));
    drop(observations);

    let one = read(cities_csv(engine.catalogue(), 1, 10).as_bytes(), &Dialect::default()).unwrap();
    let one = Arc::new(dataset::check(engine.catalogue(), &one).0);
    group.throughput(Throughput::Elements(130));
    group.bench_function("assess one city", |b| b.iter(|| assess::assess(&method, &one, &Findings::new(), &AssessmentPlan::default()).unwrap().len()));
    let assessed = assess::assess(&method, &one, &Findings::new(), &AssessmentPlan::default()).unwrap();
    group.bench_function("release one city as JSON", |b| b.iter(|| assessed.release(&method.public_policy()).unwrap().to_json().len()));

    let many = read(cities_csv(engine.catalogue(), 1_000, 10).as_bytes(), &Dialect::default()).unwrap();
    let many = Arc::new(dataset::check(engine.catalogue(), &many).0);
    let each = AssessmentPlan { periods: Periods::Each, ..AssessmentPlan::default() };
    group.throughput(Throughput::Elements(1_300_000));
    group.bench_function("assess 1 000 cities x 130 indicators x 10 periods", |b| {
        b.iter_batched(|| (), |()| assess::assess(&method, &many, &Findings::new(), &each).unwrap().len(), BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(benches, pipeline);
criterion_main!(benches);
