//! `cargo dev <job>`: every job of the project, so that nobody needs to remember a command line.
#![allow(clippy::print_stdout, reason = "a command speaks on the terminal")]

mod blocks;
mod deep;
mod pipeline;
mod test;

use sms_dev::setup;
use std::process::ExitCode;

const USAGE: &str = "cargo dev <job>

  setup              install what is missing: wasm target, virtual environment, npm packages, a browser
  test               everything: lints, tests in Rust, Python, Node and a browser, vectors in all of them
  generate [--check] rewrite generated files, or say which are not up to date
  wheel              build the Python wheel into target/wheels
  wasm               build the npm package into sms-wasm
  bench              criterion benches and side-by-side runs
  fuzz [SECONDS]     run each fuzz target for so many seconds (10 by default)
  proptest           the theorem of docs/outcomes-first.md on 1 000 000 generated trees
  deep               what takes long: big samples, big files
  oracle-r           survey estimates against R's survey and laeken, on generated designs
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if std::env::var_os(test::AS_RUSTDOC).is_some() {
        return test::rustdoc(&args);
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match args.as_slice() {
        ["setup"] => setup::setup(),
        ["test"] => test::test(),
        ["generate"] => test::generate(&[]),
        ["generate", "--check"] => test::generate(&["--check"]),
        ["wheel"] => test::wheel(),
        ["wasm"] => test::wasm(),
        ["bench"] => test::bench(),
        ["fuzz"] => deep::fuzz("10"),
        ["fuzz", seconds] => deep::fuzz(seconds),
        ["proptest"] => deep::proptest(),
        ["deep"] => deep::deep(),
        ["oracle-r"] => deep::oracle_r(),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            println!("{message}");
            ExitCode::FAILURE
        }
    }
}
