//! Turns a compiled `.wasm` into two JavaScript modules: `web` (browsers, workers, bundlers) and `nodejs`.
//!
//! `sms-bindgen <module.wasm> <output folder>`: the version of the tool is the one in Cargo.lock, so it always fits
//! the version of the library inside the module.

use std::path::Path;
use std::process::ExitCode;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(input), Some(output)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: sms-bindgen <module.wasm> <output folder>");
        return ExitCode::from(2);
    };
    for target in ["web", "nodejs"] {
        if let Err(error) = generate(Path::new(&input), &Path::new(&output).join(target), target) {
            eprintln!("sms-bindgen: {target}: {error:#}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn generate(input: &Path, output: &Path, target: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(input).out_name("sms").typescript(true);
    match target {
        // without it `await init()` does not find the module beside the script
        "web" => bindgen.web(true)?.omit_default_module_path(false),
        _ => bindgen.nodejs(true)?,
    };
    bindgen.generate(output)?;
    Ok(())
}
