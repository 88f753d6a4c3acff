//! `cargo dev test` and the builds that it needs.

use crate::pipeline::{Done, Lane, Pipeline};
use crate::{blocks, deep};
use serde_json::Value;
use sms_dev::run::{Result, Tally, capture, command, root, run};
use sms_dev::setup;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

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

fn cargo(args: &[&str]) -> Result<(bool, String)> {
    capture(&mut command("cargo", args), false)
}

fn all_good((ok, text): (bool, String)) -> Result<()> {
    if ok { Ok(()) } else { Err(text) }
}

/// Builds the wheel and installs it into the virtual environment.
pub(crate) fn wheel() -> Result<()> {
    setup::virtual_environment()?;
    build_wheel(command(&setup::python().to_string_lossy(), &BUILD_WHEEL), &["--profile", "release"])
}

const BUILD_WHEEL: [&str; 4] = ["-m", "maturin", "build", "--quiet"];

fn build_wheel(mut maturin: Command, args: &[&str]) -> Result<()> {
    let folder = target().join("wheels");
    fs::remove_dir_all(&folder).ok();
    let python = setup::python();
    let python = python.to_string_lossy();
    let out = folder.to_string_lossy().into_owned();
    run(maturin.args(args).args(["--out", &out]).current_dir(root().join("sms-py")))?;
    let built = fs::read_dir(&folder)
        .map_err(|e| e.to_string())?
        .filter_map(std::result::Result::ok)
        .map(|e| e.path())
        .find(|p| p.extension().is_some_and(|e| e == "whl"));
    let built = built.ok_or("no wheel was built")?;
    println!("{}", built.display());
    run(&mut command(&python, &["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--force-reinstall", "--no-deps", &built.to_string_lossy()]))
}

/// Writes the generated files, or says which differ.
pub(crate) fn generate(args: &[&str]) -> Result<()> {
    setup::virtual_environment()?;
    setup::node_packages()?;
    run(&mut command("cargo", &[&["run", "--quiet", "-p", "sms-generate", "--"], args].concat()))
}

/// Builds the npm package: WebAssembly, modules, types, tarball.
pub(crate) fn wasm() -> Result<()> {
    setup::wasm_target()?;
    setup::node_packages()?;
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

/// A test binary, and the folder of its crate.
struct Binary {
    file: PathBuf,
    folder: PathBuf,
}

/// What has no Rust test and would lead to other features of what the core is made of, so that the core were compiled once more: the wheel, the npm package and
/// the tool that writes its JavaScript are built in steps of their own.
const BUILT_APART: [&str; 6] = ["--exclude", "sms-py", "--exclude", "sms-wasm", "--exclude", "sms-bindgen"];

/// Cargo whose compiler runs clippy over the workspace while it compiles, so that nothing is compiled once for lints and once to run. It is what `cargo clippy` does
/// for a check; [`lints_are_in_force`] holds it.
fn linting(mut command: Command) -> Command {
    command.env("RUSTC_WORKSPACE_WRAPPER", "clippy-driver").env("CLIPPY_ARGS", "-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__");
    command
}

/// A line that clippy objects to is refused.
fn lints_are_in_force() -> Result<()> {
    let file = target().join("lints.rs");
    let ask = |text: &str| {
        fs::write(&file, text).map_err(|e| e.to_string())?;
        let command = command("clippy-driver", &["rustc", "--crate-type", "lib", "--emit", "metadata", "--edition", "2024", "-o"]);
        let mut command = linting(command);
        capture(command.arg(target().join("lints.rmeta")).arg(&file), false)
    };
    all_good(ask("#![allow(dead_code)]\nfn none(given: &[u8]) -> bool { given.is_empty() }\n")?)?;
    let (allowed, text) = ask("#![allow(dead_code)]\nfn none(given: &[u8]) -> bool { given.len() == 0 }\n")?;
    if allowed || !text.contains("len_zero") { Err(format!("clippy let a comparison of a length with zero pass: {text}")) } else { Ok(()) }
}

/// Builds all tests, programs and benches, with lints.
fn build_tests() -> Result<Vec<Binary>> {
    let args =
        [&["build", "--workspace", "--bins", "--tests", "--benches", "--quiet", "--message-format=json-render-diagnostics"], BUILT_APART.as_slice()].concat();
    let output = linting(command("cargo", &args)).output().map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let built = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let binary = |message: Value| {
        let path = |pointer: &str| message.pointer(pointer).and_then(Value::as_str).map(PathBuf::from);
        let is_test = message.pointer("/profile/test").and_then(Value::as_bool) == Some(true)
            && message.pointer("/target/kind/0").and_then(Value::as_str) != Some("bench");
        Some(Binary { file: path("/executable").filter(|_| is_test)?, folder: path("/manifest_path")?.parent()?.to_owned() })
    };
    Ok(built.filter_map(binary).collect())
}

/// Documentation, whose warnings are errors, and the examples in it.
///
/// `cargo doc` would check the whole workspace once more. So cargo is asked for the examples alone, which it takes from what is built, and this program stands in
/// for its rustdoc: see [`rustdoc`].
fn documentation() -> Result<(bool, String)> {
    // not the file that runs, which the build may have replaced
    let this = target().join("debug").join("sms-dev").with_extension(std::env::consts::EXE_EXTENSION);
    let mut cargo = linting(command("cargo", &[&["test", "--workspace", "--doc", "--quiet", "--no-fail-fast"], BUILT_APART.as_slice()].concat()));
    capture(cargo.env("RUSTDOC", this).env(AS_RUSTDOC, "1"), false)
}

/// Set where this program stands in for rustdoc.
pub(crate) const AS_RUSTDOC: &str = "SMS_DEV_AS_RUSTDOC";

/// Stands in for rustdoc where cargo asks it to run the examples of a crate: before it does, the pages are written too.
pub(crate) fn rustdoc(args: &[String]) -> ExitCode {
    let rustdoc = |args: &[&str]| Command::new("rustdoc").args(args).status().is_ok_and(|status| status.success());
    let all: Vec<&str> = args.iter().map(String::as_str).collect();
    if all.contains(&"--test") {
        let pages = target().join("doc").to_string_lossy().into_owned();
        let mut page: Vec<&str> = Vec::new();
        let mut left = all.iter();
        while let Some(arg) = left.next() {
            match *arg {
                "--test" | "--no-run" => {}
                "--test-run-directory" | "--test-args" => drop(left.next()),
                other => page.push(other),
            }
        }
        page.extend(["-D", "warnings", "--out-dir", &pages]);
        if !rustdoc(&page) {
            return ExitCode::FAILURE;
        }
    }
    if rustdoc(&all) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs test binaries, two at a time.
fn run_tests(binaries: &[Binary]) -> Result<(bool, String)> {
    if binaries.is_empty() {
        return Err("no test was built".to_owned());
    }
    let (next, made) = (AtomicUsize::new(0), Mutex::new((true, String::new())));
    let work = || {
        while let Some(binary) = binaries.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut run = command(&binary.file.to_string_lossy(), &["--quiet", "--show-output"]);
            run.current_dir(&binary.folder).env("CARGO_MANIFEST_DIR", &binary.folder).env("SMS_VECTORS_OUT", bits_file("rust"));
            let (ok, text) = capture(&mut run, false).unwrap_or_else(|e| (false, e));
            let mut made = made.lock().unwrap_or_else(PoisonError::into_inner);
            made.0 &= ok;
            // a binary that ends before its closing line counts as one failure
            let closed = text.contains("test result: ");
            made.1 += &format!("{}\n{text}\n{}", binary.file.display(), if closed { "" } else { "test result: FAILED. 0 passed; 1 failed; 0 ignored\n" });
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    Ok(made.into_inner().unwrap_or_else(PoisonError::into_inner))
}

/// The vectors against the independent oracle, which knows nothing of the engine: it is asked again only when it, the vectors or the catalogue changed.
fn oracle() -> Result<()> {
    let stamp = target().join("oracle.stamp");
    let now = setup::fingerprint(&["tests/oracle", "tests/vectors", "catalogue/baked"])?;
    if fs::read_to_string(&stamp).is_ok_and(|before| before == now) {
        return Ok(());
    }
    all_good(capture(&mut command(&setup::python().to_string_lossy(), &["tests/oracle/generate.py", "--check"]), false)?)?;
    fs::write(&stamp, now).map_err(|e| e.to_string())
}

fn in_python(args: &[&str], folder: &str) -> Result<(bool, String)> {
    let python = setup::python();
    capture(command(&python.to_string_lossy(), args).current_dir(root().join(folder)).env("SMS_VECTORS_OUT", bits_file("python")), false)
}

/// Everything.
pub(crate) fn test() -> Result<()> {
    // answers of an earlier run must not pass for those of this one
    for path in [bits_file("rust"), bits_file("python"), bits_file("node"), browser_bits()] {
        fs::remove_file(path).ok();
    }
    let tests: Arc<Mutex<Vec<Binary>>> = Arc::default();
    let built = Arc::clone(&tests);
    let mut suite = Pipeline::default();
    let step = |made: Result<(bool, String)>| Done::step(made.and_then(all_good));

    suite.add(Lane::Build, BUILT, &[], move || {
        let made = build_tests().map(|binaries| *built.lock().unwrap_or_else(PoisonError::into_inner) = binaries);
        Done::step(made)
    });
    // in the profile of the other tests: what is shipped takes minutes more to compile, and `cargo dev deep` tests that. First of the two, since its tests take longer
    suite.add(Lane::Build, PACKAGE, &[INSTALLED], move || {
        step(capture(linting(command("node", &["build.mjs", "--quick"])).current_dir(root().join("sms-wasm")), false))
    });
    suite.add(Lane::Build, WHEEL, &[INSTALLED], || {
        let maturin = linting(command(&setup::python().to_string_lossy(), &BUILD_WHEEL));
        Done::step(build_wheel(maturin, &["--profile", "dev", "--features", "as-tested"]))
    });
    suite.add(Lane::Build, "documentation and its examples", &[BUILT], || Done::runner(documentation()));

    suite.add(Lane::Run, "lints are in force", &[], || Done::step(lints_are_in_force()));
    suite.add(Lane::Run, INSTALLED, &[], || Done::step(setup::setup()));
    suite.add(Lane::Run, "formatting", &[], move || step(cargo(&["fmt", "--all", "--check"])));
    suite.add(Lane::Run, "vectors are what the independent oracle says", &[INSTALLED], || Done::step(oracle()));
    suite.add(Lane::Run, "OpenAPI", &[INSTALLED], move || step(in_python(&["-m", "openapi_spec_validator", "docs/openapi.json"], "")));
    suite.add(Lane::Run, "Python lints", &[INSTALLED], move || step(in_python(&["-m", "ruff", "check", "."], "sms-py")));
    suite.add(Lane::Run, RUST, &[BUILT], move || Done::runner(run_tests(&tests.lock().unwrap_or_else(PoisonError::into_inner))));
    suite.add(Lane::Run, "generated files are up to date", &[BUILT, INSTALLED], move || {
        step(capture(&mut command(&target().join("debug/sms-generate").to_string_lossy(), &["--check"]), false))
    });
    suite.add(Lane::Run, "engine and oracle agree on random questions", &[BUILT, INSTALLED], move || {
        step(capture(&mut deep::ask_both("debug", "300", "3000"), false))
    });
    suite.add(Lane::Run, "another attacker finds what the engine's does", &[BUILT, INSTALLED], move || {
        step(capture(&mut deep::both_attack("debug", "300"), false))
    });
    suite.add(Lane::Run, PYTHON, &[WHEEL], || Done::runner(in_python(&["-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"], "sms-py")));
    suite.add(Lane::Run, JAVASCRIPT, &[PACKAGE], || Done::runner(node()));
    suite.add(Lane::Run, "README", &[BUILT, PACKAGE, WHEEL], || match readme() {
        Ok(tally) => Done { ok: tally.failed == 0, text: String::new(), tally },
        Err(message) => Done::step(Err(message)),
    });
    suite.add(Lane::Run, "four runtimes, the same vectors and the same bits", &[RUST, PYTHON, JAVASCRIPT], || Done::step(same_bits()));
    suite.run()
}

const INSTALLED: &str = "what the tests need is installed";
const BUILT: &str = "tests and programs are built";
const WHEEL: &str = "the wheel";
const PACKAGE: &str = "the npm package";
const RUST: &str = "Rust";
const PYTHON: &str = "Python";
const JAVASCRIPT: &str = "JavaScript, in Node and in a browser";

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
