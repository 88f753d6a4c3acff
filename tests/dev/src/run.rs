//! Runs commands and counts what their test runners say.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What went wrong is a text for the terminal.
pub type Result<T> = std::result::Result<T, String>;

/// The folder of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// A command in the repository, without the variables of the cargo that runs this program.
pub fn command(program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(root());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        // these are the user's own
        let of_cargo = name.starts_with("CARGO_") && !matches!(name.as_str(), "CARGO_HOME" | "CARGO_TARGET_DIR" | "CARGO_BUILD_JOBS" | "CARGO_INCREMENTAL");
        if of_cargo || name == "LD_LIBRARY_PATH" || name == "RUST_RECURSION_COUNT" {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs a command with its output on the terminal.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    let status = command.status().map_err(|e| format!("{shown}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown}: {status}")) }
}

/// Runs a command and returns what it printed; its output is shown as well when `echo` is set.
pub fn capture(command: &mut Command, echo: bool) -> Result<(bool, String)> {
    let shown = show(command);
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("{shown}: {e}"))?;
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if echo {
        println!("{}", text.trim_end());
    }
    Ok((output.status.success(), text))
}

fn show(command: &Command) -> String {
    let args: Vec<_> = command.get_args().map(|a| a.to_string_lossy().into_owned()).collect();
    format!("{} {}", command.get_program().to_string_lossy(), args.join(" "))
}

/// Whether a program can be found.
pub fn has(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}

/// Tests counted.
#[derive(Clone, Copy, Default)]
pub struct Tally {
    /// Passed.
    pub passed: u64,
    /// Failed.
    pub failed: u64,
    /// Skipped, and said so.
    pub skipped: u64,
}

impl Tally {
    /// Adds the tests of another runner.
    pub fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// Reads the closing lines of cargo test, pytest and node's test runner.
    pub fn of(text: &str) -> Tally {
        let mut tally = Tally::default();
        // a test of Rust cannot say so to its runner, which counts it as passed
        let silent = text.lines().filter(|line| line.trim().starts_with("skipped: ")).count() as u64;
        for line in text.lines() {
            let line = line.trim();
            if let Some(rest) = line.strip_prefix("test result: ") {
                tally.passed += number_before(rest, " passed");
                tally.failed += number_before(rest, " failed");
                tally.skipped += number_before(rest, " ignored");
            } else if (line.contains(" passed") || line.contains(" failed") || line.contains(" skipped"))
                && line.contains(" in ")
                && line.ends_with('s') | line.ends_with('=') | line.ends_with(')')
            {
                tally.passed += number_before(line, " passed");
                tally.failed += number_before(line, " failed") + number_before(line, " error");
                tally.skipped += number_before(line, " skipped");
            } else {
                for sign in ["# ", "\u{2139} "] {
                    let Some((name, n)) = line.strip_prefix(sign).and_then(|rest| rest.split_once(' ')) else { continue };
                    let n = n.trim().parse().unwrap_or(0);
                    match name {
                        "pass" => tally.passed += n,
                        "fail" => tally.failed += n,
                        "skipped" | "todo" | "cancelled" => tally.skipped += n,
                        _ => {}
                    }
                }
            }
        }
        tally.skipped += silent;
        tally.passed = tally.passed.saturating_sub(silent);
        tally
    }
}

fn number_before(line: &str, word: &str) -> u64 {
    let Some(at) = line.find(word) else { return 0 };
    let before = line.get(..at).unwrap_or_default();
    let digits = before.rfind(|c: char| !c.is_ascii_digit()).map_or(before, |i| before.get(i..).unwrap_or_default());
    digits.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_read() {
        let t = Tally::of(
            "test result: ok. 12 passed; 1 failed; 2 ignored; 0 measured\n===== 7 passed, 1 skipped in 2.31s =====\n# pass 5\n# fail 0\n# skipped 1\n",
        );
        assert_eq!((t.passed, t.failed, t.skipped), (24, 1, 4));
        let t = Tally::of("skipped: no data\ntest result: ok. 3 passed; 0 failed; 0 ignored; 0 measured\n");
        assert_eq!((t.passed, t.failed, t.skipped), (2, 0, 1));
    }
}
