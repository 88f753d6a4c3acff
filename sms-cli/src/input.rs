//! Files in, messages out.

use crate::args::{Decimal, DialectArgs, InputArgs, PlanArgs, TextEncoding};
use serde_json::Value;
use sms_core::exchange::csv::{Dialect, Encoding};
use sms_core::exchange::{csv, json};
use sms_core::num::DecimalSign;
use sms_core::{AssessmentPlan, Catalogue, Error, Method, Observations, Period, Periods, PrivacyPolicy, Published};
use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The largest file that is read: a million rows are some 100 MB.
const MAX_BYTES: u64 = 4 << 30;

/// Why a command could not do its work.
pub(crate) enum Failure {
    Core(Error),
    File { path: PathBuf, reason: String, hint: String },
}

pub(crate) type Outcome<T> = Result<T, Failure>;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Core(error)
    }
}

impl Failure {
    pub(crate) fn file(path: &Path, reason: impl ToString, hint: &str) -> Self {
        Failure::File { path: path.to_owned(), reason: reason.to_string(), hint: hint.to_owned() }
    }

    pub(crate) fn print(&self) {
        let mut err = std::io::stderr().lock();
        let written = match self {
            Failure::Core(e) => {
                let near = e.params().get("did_you_mean").map(|n| format!("\n  did you mean {n}?")).unwrap_or_default();
                let fix = e.fix().map(|f| format!("\n  fix: {f}")).unwrap_or_default();
                writeln!(err, "error: {e}\n  hint: {}{near}{fix}", e.hint())
            }
            Failure::File { path, reason, hint } => writeln!(err, "error: {}: {reason}\n  hint: {hint}", path.display()),
        };
        // a closed terminal is no reason to fail differently
        drop(written);
    }
}

/// Writes to standard output; a reader that went away is not an error.
pub(crate) fn out(text: &str) {
    out_bytes(text.as_bytes());
}

fn out_bytes(bytes: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
    drop(written);
}

/// Writes to standard error.
pub(crate) fn note(text: &str) {
    let written = writeln!(std::io::stderr().lock(), "{text}");
    drop(written);
}

/// Writes a file, or standard output when none is named.
pub(crate) fn write(path: Option<&Path>, text: &str) -> Outcome<()> {
    write_bytes(path, text.as_bytes())
}

pub(crate) fn write_bytes(path: Option<&Path>, bytes: &[u8]) -> Outcome<()> {
    match path {
        None => {
            out_bytes(bytes);
            Ok(())
        }
        Some(path) => std::fs::write(path, bytes).map_err(|e| Failure::file(path, e, "Check that the folder exists and may be written to.")),
    }
}

pub(crate) fn bytes(path: &Path) -> Outcome<Vec<u8>> {
    let mut buffer = Vec::new();
    let too_large = || Failure::file(path, "the file is larger than 4 GiB", "Split it.");
    let failed = |e: std::io::Error| Failure::file(path, e, "Check the path; `sms --help` shows how to call it.");
    if path.as_os_str() == "-" {
        if std::io::stdin().is_terminal() {
            return Err(Failure::file(path, "nothing to read", "Name a file or a folder, or pipe the data in."));
        }
        std::io::stdin().lock().take(MAX_BYTES + 1).read_to_end(&mut buffer).map_err(failed)?;
    } else {
        let file = std::fs::File::open(path).map_err(failed)?;
        file.take(MAX_BYTES + 1).read_to_end(&mut buffer).map_err(failed)?;
    }
    if buffer.len() as u64 > MAX_BYTES { Err(too_large()) } else { Ok(buffer) }
}

pub(crate) fn text(path: &Path) -> Outcome<String> {
    String::from_utf8(bytes(path)?).map_err(|_| Failure::file(path, "the file is not UTF-8", "Save it as UTF-8."))
}

/// A TOML or JSON file as JSON.
pub(crate) fn document(path: &Path) -> Outcome<Value> {
    let text = text(path)?;
    if path.extension().is_some_and(|e| e == "json") {
        return Ok(json::parse(&text).map_err(|e| e.in_file(&path.display().to_string()))?);
    }
    let value: toml::Value = toml::from_str(&text).map_err(|e| {
        let line = e.span().map(|s| text.get(..s.start).unwrap_or_default().lines().count().max(1)).unwrap_or(1);
        Failure::file(path, format!("line {line}: {}", e.message()), "Correct the TOML.")
    })?;
    serde_json::to_value(value).map_err(|e| Failure::file(path, e, "Correct the TOML."))
}

/// What a report shows, from its JSON.
pub(crate) fn published(path: &Path) -> Outcome<Published> {
    let name = path.display().to_string();
    let report = json::parse(&text(path)?).map_err(|e| e.in_file(&name))?;
    Ok(Published::from_report(&report).map_err(|e| e.in_file(&name))?)
}

pub(crate) fn catalogue(path: Option<&Path>) -> Outcome<Arc<Catalogue>> {
    Ok(Arc::new(match path {
        Some(path) => Catalogue::from_json(&text(path)?).map_err(|e| e.in_file(&path.display().to_string()))?,
        None => Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?,
    }))
}

pub(crate) fn method(path: Option<&Path>) -> Outcome<Arc<Method>> {
    Ok(Arc::new(match path {
        Some(path) => Method::from_json(&document(path)?.to_string()).map_err(|e| e.in_file(&path.display().to_string()))?,
        None => Method::from_json(sms_catalogue::STANDARD_METHOD_JSON)?,
    }))
}

/// The file of observations that an input names: itself, or the one in the folder.
fn observations_path(input: &Path) -> Outcome<PathBuf> {
    if !input.is_dir() {
        return Ok(input.to_owned());
    }
    let found = ["observations.csv", "observations.json"].iter().map(|name| input.join(name)).find(|p| p.is_file());
    found.ok_or_else(|| {
        Failure::file(input, "the folder holds no observations.csv or observations.json", "Name the file itself, or make one with `sms import`.")
    })
}

pub(crate) fn observations(args: &InputArgs) -> Outcome<Observations> {
    let path = observations_path(&args.input)?;
    let bytes = bytes(&path)?;
    let name =
        if path.as_os_str() == "-" { "standard input".to_owned() } else { path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default() };
    let first = bytes.iter().find(|b| !b.is_ascii_whitespace());
    if path.extension().is_some_and(|e| e == "json") || matches!(first, Some(b'[' | b'{')) {
        let text = String::from_utf8(bytes).map_err(|_| Failure::file(&path, "the JSON is not UTF-8", "Save it as UTF-8."))?;
        return Ok(json::read(&text, Some(&name))?);
    }
    Ok(csv::read(&bytes, &dialect(name, &args.dialect))?)
}

/// How a CSV file is written, as the command line says.
pub(crate) fn dialect(name: String, args: &DialectArgs) -> Dialect {
    Dialect {
        file: Some(name),
        delimiter: args.delimiter,
        decimal: match args.decimal {
            Decimal::Detect => DecimalSign::Detect,
            Decimal::Point => DecimalSign::Point,
            Decimal::Comma => DecimalSign::Comma,
        },
        encoding: match args.encoding {
            TextEncoding::Detect => Encoding::Detect,
            TextEncoding::Utf8 => Encoding::Utf8,
            TextEncoding::Latin1 => Encoding::Latin1,
        },
        ..Dialect::default()
    }
}

/// The plan of the folder or the file, with what the command line says on top.
pub(crate) fn plan(input: &Path, args: &PlanArgs) -> Outcome<AssessmentPlan> {
    let beside = input.join("plan.toml");
    let path = args.plan.clone().or_else(|| beside.is_file().then_some(beside));
    let mut plan: AssessmentPlan = match &path {
        Some(path) => serde_json::from_value(document(path)?)
            .map_err(|e| Failure::file(path, e, "A plan has the fields selection, selection_reason, places, periods and title."))?,
        None => AssessmentPlan::default(),
    };
    if !args.select.is_empty() {
        plan.selection = args.select.clone();
        plan.selection_reason = String::new();
    }
    if !args.place.is_empty() {
        plan.places = args.place.clone();
    }
    match args.period.as_slice() {
        [] => {}
        [one] if one == "latest" => plan.periods = Periods::Latest,
        [one] if one == "each" => plan.periods = Periods::Each,
        several => plan.periods = Periods::Only(several.iter().map(|p| p.parse::<Period>()).collect::<Result<_, _>>()?),
    }
    Ok(plan)
}

pub(crate) fn policy(args: &PlanArgs, method: &Method) -> Outcome<PrivacyPolicy> {
    let policy = match (args.internal, args.threshold) {
        (true, _) => PrivacyPolicy::internal(),
        (false, Some(k)) => PrivacyPolicy::public(k)?,
        (false, None) => method.public_policy(),
    };
    Ok(match &args.fingerprint_key {
        Some(path) => policy.with_fingerprint_key(&bytes(path)?),
        None => policy,
    })
}
