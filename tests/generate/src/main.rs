//! `cargo dev generate`: every file that follows from the catalogue, the codes and the table of operations.
#![allow(clippy::print_stdout, reason = "a command speaks on the terminal")]

mod bake;
mod files;
mod languages;
mod openapi;
mod operations;
mod python;
mod wire;

use std::process::ExitCode;

fn main() -> ExitCode {
    let check = std::env::args().nth(1).is_some_and(|arg| arg == "--check");
    match files::generate(check) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            println!("{message}");
            ExitCode::FAILURE
        }
    }
}
