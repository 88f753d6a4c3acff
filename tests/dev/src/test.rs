//! `cargo dev test` and the builds that it needs.

use crate::run::{Result, Tally, capture, command, root, run};
use crate::{blocks, deep, generate, setup};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Where the three languages write the bits of their answers.
fn bits_file(language: &str) -> PathBuf {
    target().join(format!("vectors-{language}.jsonl"))
}

/// Where the browser's answers are written, beside those of Node.
fn browser_bits() -> PathBuf {
    let mut path = bits_file("node").into_os_string();
    path.push(".browser");
    PathBuf::from(path)
}

pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

struct Suite {
    tally: Tally,
    failures: Vec<String>,
    started: Instant,
}

impl Suite {
    #[allow(clippy::disallowed_methods, reason = "the time that a step takes is shown, not tested")]
    fn new() -> Self {
        Suite { tally: Tally::default(), failures: Vec::new(), started: Instant::now() }
    }

    /// A step that either works or not, counted as one test.
    fn step(&mut self, name: &str, result: Result<()>) {
        println!("\n== {name}: {} ({} s)", if result.is_ok() { "ok" } else { "FAILED" }, self.started.elapsed().as_secs());
        match result {
            Ok(()) => self.tally.passed += 1,
            Err(message) => {
                println!("{message}");
                self.tally.failed += 1;
                self.failures.push(name.to_owned());
            }
        }
    }

    /// A step with a test runner of its own, whose closing lines are counted.
    fn runner(&mut self, name: &str, made: Result<(bool, String)>) {
        println!("\n== {name} ({} s)", self.started.elapsed().as_secs());
        let (ok, text) = made.unwrap_or_else(|e| (false, e));
        let counted = Tally::of(&text);
        if !ok || counted.failed > 0 || counted.passed == 0 {
            println!("{text}");
            self.failures.push(name.to_owned());
            if counted.failed == 0 {
                self.tally.failed += 1;
            }
        } else {
            println!("{} passed", counted.passed);
        }
        self.tally.add(counted);
    }
}

fn cargo(args: &[&str]) -> Result<(bool, String)> {
    capture(&mut command("cargo", args), false)
}

fn all_good((ok, text): (bool, String)) -> Result<()> {
    if ok { Ok(()) } else { Err(text) }
}

/// Builds the wheel and installs it into the virtual environment.
pub(crate) fn wheel() -> Result<()> {
    build_wheel("release")
}

fn build_wheel(profile: &str) -> Result<()> {
    let folder = target().join("wheels");
    fs::remove_dir_all(&folder).ok();
    let python = setup::python();
    let python = python.to_string_lossy();
    let out = folder.to_string_lossy().into_owned();
    run(command(&python, &["-m", "maturin", "build", "--quiet", "--profile", profile, "--out", &out]).current_dir(root().join("sms-py")))?;
    let built = fs::read_dir(&folder)
        .map_err(|e| e.to_string())?
        .filter_map(std::result::Result::ok)
        .map(|e| e.path())
        .find(|p| p.extension().is_some_and(|e| e == "whl"));
    let built = built.ok_or("no wheel was built")?;
    println!("{}", built.display());
    run(&mut command(&python, &["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--force-reinstall", "--no-deps", &built.to_string_lossy()]))
}

/// Builds the npm package: WebAssembly, modules, types, tarball.
pub(crate) fn wasm() -> Result<()> {
    run(command("node", &["build.mjs"]).current_dir(root().join("sms-wasm")))
}

/// The tests of the npm package as it was built last, in Node and in a browser.
pub(crate) fn node() -> Result<(bool, String)> {
    let browser = setup::browser().unwrap_or_default();
    let mut npm = command("npm", &["test", "--silent"]);
    capture(npm.current_dir(root().join("sms-wasm")).env("SMS_VECTORS_OUT", bits_file("node")).env("SMS_BROWSER", browser), false)
}

pub(crate) fn bench() -> Result<()> {
    run(&mut command("cargo", &["bench", "-p", "sms-benches"]))?;
    let python = setup::python();
    if python.is_file() {
        for script in ["benches/side_by_side.py", "benches/score_aggregate.py"] {
            run(&mut command(&python.to_string_lossy(), &[script]))?;
        }
    }
    Ok(())
}

/// Everything.
pub(crate) fn test() -> Result<()> {
    let mut suite = Suite::new();
    // answers of an earlier run must not pass for those of this one
    for path in [bits_file("rust"), bits_file("python"), bits_file("node"), browser_bits()] {
        fs::remove_file(path).ok();
    }
    setup::setup()?;
    suite.step("generated files are up to date", generate::generate(true));
    suite.step("formatting", cargo(&["fmt", "--all", "--check"]).and_then(all_good));
    suite.step("lints", cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"]).and_then(all_good));
    let documented =
        capture(command("cargo", &["doc", "--no-deps", "--quiet", "--lib", "--workspace", "--exclude", "sms-dev"]).env("RUSTDOCFLAGS", "-D warnings"), false);
    suite.step("documentation", documented.and_then(all_good));
    let rust = capture(command("cargo", &["test", "--workspace", "--no-fail-fast"]).env("SMS_VECTORS_OUT", bits_file("rust")), false);
    suite.runner("Rust", rust);

    // the profile of the other tests, which compiles two minutes faster than that of a release
    suite.step("the wheel", build_wheel("dev"));
    let python = setup::python();
    let python = python.to_string_lossy().into_owned();
    let in_py = || root().join("sms-py");
    let oracle = capture(&mut command(&python, &["tests/oracle/generate.py", "--check"]), false);
    suite.step("vectors are what the independent oracle says", oracle.and_then(all_good));
    suite.step("engine and oracle agree on random questions", capture(&mut deep::ask_both("debug", "300", "3000"), false).and_then(all_good));
    suite.step("another attacker finds what the engine's does", capture(&mut deep::both_attack("debug", "63"), false).and_then(all_good));
    suite.step("OpenAPI", capture(&mut command(&python, &["-m", "openapi_spec_validator", "docs/openapi.json"]), false).and_then(all_good));
    suite.step("Python lints", capture(command(&python, &["-m", "ruff", "check", "."]).current_dir(in_py()), false).and_then(all_good));
    let pytest = capture(
        command(&python, &["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]).current_dir(in_py()).env("SMS_VECTORS_OUT", bits_file("python")),
        false,
    );
    suite.runner("Python", pytest);

    // as for the wheel: what is shipped takes minutes more to compile, and `cargo dev deep` tests that
    let quick = run(command("node", &["build.mjs", "--quick"]).current_dir(root().join("sms-wasm")));
    suite.step("the npm package", quick);
    suite.runner("JavaScript, in Node and in a browser", node());

    suite.step("three languages, the same vectors and the same bits", same_bits());
    match readme() {
        Ok(tally) => {
            println!("\n== README ({} s)", suite.started.elapsed().as_secs());
            if tally.failed > 0 {
                suite.failures.push("README".to_owned());
            }
            suite.tally.add(tally);
        }
        Err(message) => suite.step("README", Err(message)),
    }
    let Tally { passed, failed, skipped } = suite.tally;
    if !suite.failures.is_empty() {
        println!("\nfailed: {}", suite.failures.join(", "));
    }
    println!("\n{passed} passed, {failed} failed, {skipped} skipped");
    if suite.failures.is_empty() && failed == 0 { Ok(()) } else { Err("not all tests passed".to_owned()) }
}

fn readme() -> Result<Tally> {
    // `sms` itself was built for the tests of the command line
    let folder = target().join("readme-js");
    fs::remove_dir_all(&folder).ok();
    fs::create_dir_all(&folder).map_err(|e| e.to_string())?;
    fs::write(folder.join("package.json"), "{\"private\": true, \"type\": \"module\"}\n").map_err(|e| e.to_string())?;
    let tarball = fs::read_dir(root().join("sms-wasm/dist"))
        .map_err(|e| e.to_string())?
        .filter_map(std::result::Result::ok)
        .map(|e| e.path())
        .find(|p| p.extension().is_some_and(|e| e == "tgz"));
    let tarball = tarball.ok_or("the npm package was not built")?;
    all_good(capture(command("npm", &["install", "--no-audit", "--no-fund", "--silent", &tarball.to_string_lossy()]).current_dir(&folder), false)?)?;
    blocks::run_all(&target().join("debug/sms"), &folder)
}

/// Each language ran as many cases as the manifest says, and got the same bits.
fn same_bits() -> Result<()> {
    let manifest = fs::read_to_string(root().join("tests/vectors/manifest.json")).map_err(|e| e.to_string())?;
    let manifest: Value = serde_json::from_str(&manifest).map_err(|e| e.to_string())?;
    let total = manifest.get("total").and_then(Value::as_u64).unwrap_or(0);
    let mut first: Option<(String, BTreeMap<String, Value>)> = None;
    for language in ["rust", "python", "node", "browser"] {
        let path = if language == "browser" { browser_bits() } else { bits_file(language) };
        let answers = read_bits(&path)?;
        println!("{language}: {} cases", answers.len());
        if answers.len() as u64 != total {
            return Err(format!("{language} ran {} of {total} cases", answers.len()));
        }
        match &first {
            None => first = Some((language.to_owned(), answers)),
            Some((name, reference)) => {
                let differ: Vec<&String> = reference.iter().filter(|(case, bits)| answers.get(*case) != Some(bits)).map(|(case, _)| case).collect();
                if !differ.is_empty() {
                    return Err(format!(
                        "{name} and {language} differ in {} cases, such as {}",
                        differ.len(),
                        differ.iter().take(5).map(|s| s.as_str()).collect::<Vec<_>>().join(", ")
                    ));
                }
            }
        }
    }
    Ok(())
}

fn read_bits(path: &Path) -> Result<BTreeMap<String, Value>> {
    let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    text.lines()
        .map(|line| {
            let value: Value = serde_json::from_str(line).map_err(|e| e.to_string())?;
            let case = value.get("case").and_then(Value::as_str).unwrap_or_default().to_owned();
            Ok((case, value))
        })
        .collect()
}
