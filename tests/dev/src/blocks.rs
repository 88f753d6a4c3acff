//! The blocks of the README, and of guides, run as tests: shell, Python and JavaScript here, Rust as documentation tests.

use sms_dev::run::{Result, Tally, capture, command, root};
use sms_dev::setup;
use std::fs;
use std::path::Path;

/// The two commands that set things up or run the tests: they would call themselves.
const LEFT_OUT: &[&str] = &["cargo dev test", "cargo install", "git clone"];

/// Fenced blocks of a language.
fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}");
    let mut found = Vec::new();
    let mut current: Option<String> = None;
    for line in text.lines() {
        match &mut current {
            None if line.trim() == fence => current = Some(String::new()),
            Some(_) if line.trim() == "```" => found.extend(current.take()),
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
            None => {}
        }
    }
    found
}

/// Guides whose blocks run beside those of the README.
const GUIDES: &[&str] = &["README.md", "docs/disclosure.md", "docs/survey.md", "docs/dimensions.md", "examples/raters/README.md"];

/// Runs the blocks of all guides.
pub(crate) fn run_all(sms: &Path, javascript_folder: &Path) -> Result<Tally> {
    let mut tally = Tally::default();
    for guide in GUIDES {
        tally.add(run_blocks(guide, sms, javascript_folder)?);
    }
    Ok(tally)
}

/// Runs the blocks; the shell ones with the built `sms` in place of `cargo run`.
fn run_blocks(guide: &str, sms: &Path, javascript_folder: &Path) -> Result<Tally> {
    let text = fs::read_to_string(root().join(guide)).map_err(|e| format!("{guide}: {e}"))?;
    let mut tally = Tally::default();
    let mut count = |name: &str, ok: bool, output: &str| {
        println!("{guide} {name}: {}", if ok { "ok" } else { "FAILED" });
        if ok {
            tally.passed += 1;
        } else {
            tally.failed += 1;
            println!("{output}");
        }
    };
    for (i, block) in blocks(&text, "sh").iter().enumerate() {
        let kept: String = block.lines().filter(|l| !LEFT_OUT.iter().any(|left| l.contains(left))).map(|l| format!("{l}\n")).collect();
        if kept.trim().is_empty() {
            continue;
        }
        let script = kept.replace("cargo run --", &sms.to_string_lossy());
        let (ok, output) = capture(&mut command("bash", &["-euo", "pipefail", "-c", &script]), false)?;
        count(&format!("sh {}", i + 1), ok, &output);
    }
    for (i, block) in blocks(&text, "python").iter().enumerate() {
        let (ok, output) = capture(&mut command(&setup::python().to_string_lossy(), &["-c", block]), false)?;
        count(&format!("python {}", i + 1), ok, &output);
    }
    for (i, block) in blocks(&text, "js").iter().enumerate() {
        let file = javascript_folder.join(format!("readme-{i}.mjs"));
        fs::write(&file, block).map_err(|e| e.to_string())?;
        let (ok, output) = capture(command("node", &[&file.to_string_lossy()]).current_dir(javascript_folder), false)?;
        count(&format!("js {}", i + 1), ok, &output);
    }
    Ok(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_by_language() {
        let text = "a\n```sh\nls\n```\n```python\nx = 1\n```\n";
        assert_eq!(blocks(text, "sh"), ["ls\n"]);
        assert_eq!(blocks(text, "python"), ["x = 1\n"]);
    }
}
