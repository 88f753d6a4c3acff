//! `cargo dev setup`: installs what the tests need and is missing. Outside the repository it changes only what it
//! must: the compiler's wasm target and, as root on Debian, Debian packages.

use crate::run::{Result, capture, command, has, root, run};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

/// The Python of the virtual environment.
pub fn python() -> PathBuf {
    root().join(".venv/bin/python")
}

/// The browser for the tests: `SMS_BROWSER`, or the first of the usual ones.
pub fn browser() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os("SMS_BROWSER") {
        return Some(PathBuf::from(named)).filter(|p| p.is_file());
    }
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].iter().map(PathBuf::from).find(|p| p.is_file())
}

/// Debian packages, by apt-get, when that is possible here.
pub fn debian(packages: &[&str], otherwise: &str) -> Result<()> {
    let root_user = capture(&mut command("id", &["-u"]), false).is_ok_and(|(_, id)| id.trim() == "0");
    if !root_user || !has("apt-get") {
        return Err(otherwise.to_owned());
    }
    println!("installing {} from Debian", packages.join(", "));
    run(command("apt-get", &["update", "-qq"]).env("DEBIAN_FRONTEND", "noninteractive"))?;
    let mut args = vec!["install", "-y", "-qq", "--no-install-recommends"];
    args.extend(packages);
    run(command("apt-get", &args).env("DEBIAN_FRONTEND", "noninteractive"))
}

/// The target of the compiler for browsers.
///
/// # Errors
/// Where it is missing and rustup cannot add it.
pub fn wasm_target() -> Result<()> {
    let (_, sysroot) = capture(&mut command("rustc", &["--print", "sysroot"]), false)?;
    let installed = || PathBuf::from(sysroot.trim()).join("lib/rustlib/wasm32-unknown-unknown/lib").is_dir();
    if installed() {
        return Ok(());
    }
    if has("rustup") {
        run(&mut command("rustup", &["target", "add", "wasm32-unknown-unknown"]))?;
    }
    if installed() { Ok(()) } else { Err("the compiler has no target wasm32-unknown-unknown; install it with your Rust distribution".to_owned()) }
}

/// Runs an installer only when the file that it reads changed since the last time.
fn when_changed(source: &str, stamp: &str, install: impl FnOnce() -> Result<()>) -> Result<()> {
    let wanted = fs::read_to_string(root().join(source)).map_err(|e| format!("{source}: {e}"))?;
    let stamp = root().join(stamp);
    if fs::read_to_string(&stamp).is_ok_and(|done| done == wanted) {
        return Ok(());
    }
    install()?;
    fs::write(&stamp, wanted).map_err(|e| format!("{}: {e}", stamp.display()))
}

/// What only the comparisons of `cargo dev deep` need.
pub fn compared() -> Result<()> {
    virtual_environment()?;
    when_changed("tests/compare/requirements.txt", ".venv/compare.stamp", || {
        let python = python();
        let python = python.to_string_lossy();
        run(&mut command(&python, &["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "tests/compare/requirements.txt"]))
    })
}

/// Python with everything that the tests need.
pub fn virtual_environment() -> Result<()> {
    if !has("python3") {
        debian(&["python3", "python3-venv"], "Python 3.11 or newer is missing (python3)")?;
    }
    if !python().is_file() {
        let made = run(&mut command("python3", &["-m", "venv", ".venv"]));
        if made.is_err() {
            debian(&["python3-venv"], "Python's venv module is missing")?;
            run(&mut command("python3", &["-m", "venv", ".venv"]))?;
        }
    }
    when_changed("sms-py/tests/requirements.txt", ".venv/requirements.stamp", || {
        let python = python();
        let python = python.to_string_lossy();
        run(&mut command(&python, &["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", "sms-py/tests/requirements.txt"]))
    })
}

/// Node.js with the packages of the lock file.
///
/// # Errors
/// What the installer says.
pub fn node_packages() -> Result<()> {
    if !has("node") || !has("npm") {
        debian(&["nodejs", "npm"], "Node.js 20 or newer is missing (node, npm)")?;
    }
    when_changed("sms-wasm/package-lock.json", "sms-wasm/node_modules/.package-lock.stamp", || {
        run(command("npm", &["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(root().join("sms-wasm")))
    })
}

/// A digest of the names and contents of all files in folders of the repository.
///
/// # Errors
/// A file that cannot be read.
pub fn fingerprint(folders: &[&str]) -> Result<String> {
    fn add(path: &Path, digest: &mut Sha256) -> std::io::Result<()> {
        if path.is_dir() {
            let mut entries: Vec<PathBuf> = fs::read_dir(path)?.map(|e| e.map(|e| e.path())).collect::<std::io::Result<_>>()?;
            entries.sort();
            return entries.iter().filter(|p| !p.ends_with("__pycache__")).try_for_each(|p| add(p, digest));
        }
        let content = fs::read(path)?;
        digest.update(path.to_string_lossy().as_bytes());
        digest.update((content.len() as u64).to_le_bytes());
        digest.update(content);
        Ok(())
    }
    let mut digest = Sha256::new();
    for folder in folders {
        add(&root().join(folder), &mut digest).map_err(|e| format!("{folder}: {e}"))?;
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Installs everything.
pub fn setup() -> Result<()> {
    wasm_target()?;
    virtual_environment()?;
    node_packages()?;
    if browser().is_none() {
        if std::env::var_os("SMS_BROWSER").is_some() {
            return Err("SMS_BROWSER names no file".to_owned());
        }
        debian(&["chromium"], "no browser for the tests: set SMS_BROWSER to an installed Chrome or Chromium")?;
    }
    Ok(())
}
