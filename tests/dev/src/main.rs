//! `cargo dev <job>`: every job of the project.
#![allow(clippy::print_stdout, reason = "a command speaks on the terminal")]

mod bake;

use std::process::ExitCode;

fn main() -> ExitCode {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let catalogue = bake::catalogue(&root.join("catalogue")).map(|v| bake::canonical(&v, true));
    match catalogue {
        Ok(text) => {
            let baked = root.join("catalogue/baked");
            std::fs::create_dir_all(&baked).ok();
            std::fs::write(baked.join("catalogue.json"), &text).ok();
            if let Err(e) = sms_core::Catalogue::from_json(&text) { println!("{e}"); return ExitCode::FAILURE; }
        }
        Err(e) => { println!("{e}"); return ExitCode::FAILURE; }
    }
    for (name, m) in bake::methods(&root.join("catalogue")).unwrap_or_default() {
        let text = bake::canonical(&m, true);
        std::fs::write(root.join(format!("catalogue/baked/method-{name}.json")), &text).ok();
        if let Err(e) = sms_core::Method::from_json(&text) { println!("{e}"); return ExitCode::FAILURE; }
    }
    ExitCode::SUCCESS
}
