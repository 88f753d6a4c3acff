//! Writes the JavaScript of a compiled `.wasm`, for browsers, workers and bundlers; `sms-wasm/build.mjs` makes Node's from it.
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
    match generate(Path::new(&input), Path::new(&output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sms-bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn generate(input: &Path, output: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut bindgen = Bindgen::new();
    // without its path `await init()` does not find the module beside the script
    bindgen.input_path(input).out_name("sms").typescript(false).demangle(false).remove_name_section(true).web(true)?.omit_default_module_path(false);
    bindgen.generate(output)?;
    Ok(())
}
