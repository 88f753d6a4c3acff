//! What takes long: many generated cases, other people's libraries, minutes of fuzzing. `cargo dev test` runs a sample of each.

use crate::test::target;
use sms_dev::run::{Result, capture, command, has, root, run};
use sms_dev::setup;

pub(crate) fn fuzz(seconds: &str) -> Result<()> {
    run(command("cargo", &["run", "--release", "--quiet", "--bin", "mutate", "--", seconds]).current_dir(root().join("tests/fuzz")))
}

/// The theorem of `docs/outcomes-first.md` on many generated trees.
pub(crate) fn proptest() -> Result<()> {
    laws("outcomes_first", &[("SMS_CASES", "1000000")])
}

/// The laws of a test file of the core, on as many cases as `sizes` says.
fn laws(file: &str, sizes: &[(&str, &str)]) -> Result<()> {
    run(command("cargo", &["test", "--release", "-p", "sms-core", "--test", file]).envs(sizes.iter().copied()))
}

/// The properties inside modules of the core.
fn properties(modules: &[&str], cases: &str) -> Result<()> {
    let mut args = vec!["test", "--release", "-p", "sms-base", "-p", "sms-statistics", "-p", "sms-assessment", "--lib", "--"];
    args.extend(modules);
    run(command("cargo", &args).env("PROPTEST_CASES", cases))
}

/// Asks the engine and the oracle the same random questions: whole assessments, and formulas.
pub(crate) fn ask_both(profile: &str, cases: &str, formulas: &str) -> std::process::Command {
    let sms = target().join(profile).join("sms").to_string_lossy().into_owned();
    command(&setup::python().to_string_lossy(), &["tests/oracle/compare.py", "--engine", &sms, "--cases", cases, "--formulas", formulas])
}

/// The attacker of `tests/compare/attack.py` beside the engine's, on reports of generated cities.
pub(crate) fn both_attack(profile: &str, cities: &str) -> std::process::Command {
    let sms = target().join(profile).join("sms").to_string_lossy().into_owned();
    command(&setup::python().to_string_lossy(), &["tests/compare/attack.py", &sms, cities])
}

/// Holds measures of agreement against other people's libraries.
fn other_libraries(cases: &str) -> Result<()> {
    setup::compared()?;
    let (python, sms) = (setup::python(), target().join("release/sms"));
    for file in ["tests/compare/agreement.py", "tests/compare/influence.py"] {
        run(&mut command(&python.to_string_lossy(), &[file, &sms.to_string_lossy(), cases]))?;
    }
    Ok(())
}

/// Forms against pyxform and ODK Validate, for which a Java runtime is installed where it is missing.
fn odk_validate() -> Result<()> {
    if !has("java") {
        setup::debian(&["default-jre-headless"], "a Java runtime is missing (java)")?;
    }
    let (python, sms) = (setup::python(), target().join("release/sms"));
    run(&mut command(&python.to_string_lossy(), &["tests/compare/xlsform.py", &sms.to_string_lossy()]))
}

/// Survey estimates against R, which is installed by the system's packages where it is missing.
pub(crate) fn oracle_r() -> Result<()> {
    let there = capture(&mut command("Rscript", &["--vanilla", "-e", "library(survey); library(laeken)"]), false).is_ok_and(|(ok, _)| ok);
    if !there {
        let install = ["install", "-y", "--no-install-recommends", "r-base-core", "r-cran-survey", "r-cran-laeken"];
        run(command("apt-get", &install).env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    run(&mut command("cargo", &["test", "-p", "sms-conformance", "--test", "oracle_r", "--", "--ignored", "--nocapture"]))
}

pub(crate) fn deep() -> Result<()> {
    properties(&["progress", "rbm"], "100000")?;
    properties(&["aggregate", "num", "score", "weighting"], "10000")?;
    for file in ["laws", "index", "cocreation"] {
        laws(file, &[("SMS_CASES", "10000")])?;
    }
    laws("form", &[("SMS_CASES", "2000")])?;
    laws("roadmap", &[("SMS_CASES", "120000")])?;
    laws("level", &[("SMS_LEVEL", "20000")])?;
    laws("attack", &[("SMS_TABLES", "100000"), ("SMS_CASES", "1000")])?;
    run(command("cargo", &["test", "--release", "-p", "sms-statistics", "--lib", "survey::"]).env("SMS_CASES", "1000"))?;
    run(&mut command("cargo", &["test", "--release", "-p", "sms-core", "--test", "survey_partitions", "--", "--ignored", "--nocapture"]))?;
    run(&mut command("cargo", &["build", "--release", "--quiet", "-p", "sms-cli"]))?;
    setup::virtual_environment()?;
    run(&mut ask_both("release", "10000", "50000"))?;
    run(&mut both_attack("release", "20000"))?;
    other_libraries("200")?;
    oracle_r()?;
    odk_validate()?;
    // the module as it is shipped
    crate::test::wasm()?;
    let (ok, text) = crate::test::node()?;
    println!("{text}");
    if !ok {
        return Err("the shipped npm package failed its tests".to_owned());
    }
    fuzz("120")
}
