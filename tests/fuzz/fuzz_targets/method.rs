//! libFuzzer target: see `sms_fuzz::targets::method`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sms_fuzz::targets::method(data));
