//! What the jobs of the project share: how commands are run, and what must be installed.
#![allow(clippy::print_stdout, reason = "a command speaks on the terminal")]

pub mod run;
pub mod setup;
