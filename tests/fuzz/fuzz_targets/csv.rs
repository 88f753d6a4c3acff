//! libFuzzer target: see `sms_fuzz::targets::csv`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sms_fuzz::targets::csv(data));
