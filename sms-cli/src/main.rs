//! `sms`: assess a human rights city from the command line.
//!
//! Exit codes: 0 done; 1 done, and the data have errors (some rows were rejected), an attack is not proven to fail, or a
//! program answers differently; 2 not done.

mod args;
mod certify;
mod cocreation;
mod commands;
mod form;
mod index;
mod input;
mod peers;
mod roadmap;
mod screen;
mod starter;
mod survey;
mod wire;

use args::{Cli, Command};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match &cli.command {
        Command::Assess(a) => commands::assess(a),
        Command::Attack(a) => commands::attack(a),
        Command::Check(a) => commands::check(a),
        Command::Import(a) => commands::import(a),
        Command::Explain(a) => commands::explain(a),
        Command::Pretest(a) => cocreation::pretest(a),
        Command::Delphi(a) => cocreation::delphi(a),
        Command::Catalogue(a) => commands::catalogue(a),
        Command::Methods(a) => index::methods(a),
        Command::Index(a) => index::index(a),
        Command::Roadmap(a) => roadmap::roadmap(a),
        Command::Form(a) => form::form(a),
        Command::Screen(a) => screen::screen(a),
        Command::Peers(a) => peers::peers(a),
        Command::Influence(a) => peers::influence(a),
        Command::Survey(a) => survey::survey(a),
        Command::New(a) => starter::new(a),
        Command::Schema(a) => wire::schema(a),
        Command::Vectors(a) => wire::vectors(a),
        Command::Certify(a) => certify::certify(a),
        Command::Completions { shell } => commands::completions(*shell),
        Command::Man => commands::man(),
    };
    match outcome {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            error.print();
            ExitCode::from(2)
        }
    }
}
