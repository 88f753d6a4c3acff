//! The attacker against an attacker by brute force, which lists every table of whole numbers that fits what is published.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, missing_docs, reason = "tests")]

mod backwards;
mod city;
mod house;
mod leaks;
mod reports;
mod tables;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use sms_core::disclosure::{Cell, Deduced, Equation, Knowledge, Limits, Rule, Search, Table, Verdict, attack, protect, protect_within, round};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// The same tables in each run; `cargo dev deep` asks for more of them by `SMS_TABLES`.
fn tables(n: u32) -> ProptestConfig {
    repeated("SMS_TABLES", n)
}

/// The same reports in each run; `cargo dev deep` asks for more of them by `SMS_CASES`.
fn cases(n: u32) -> ProptestConfig {
    repeated("SMS_CASES", n)
}

fn repeated(variable: &str, n: u32) -> ProptestConfig {
    let n = std::env::var(variable).ok().and_then(|c| c.parse().ok()).unwrap_or(n);
    ProptestConfig {
        cases: n,
        rng_seed: RngSeed::Fixed(20_240_501),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        max_global_rejects: n * 20 + 1000,
        ..ProptestConfig::default()
    }
}
