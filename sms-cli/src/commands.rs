//! What each command does.

use crate::args::{
    AssessArgs, AttackArgs, CatalogueArgs, CatalogueCommand, CheckArgs, Cli, DataFormat, ExplainArgs, ExplainFormat, ImportArgs, InputArgs, PlanArgs, TERMINAL,
    TextFormat,
};
use crate::input::{self, Failure, Outcome, note, out};
use clap::CommandFactory;
use serde_json::{Value, json};
use sms_core::catalogue::{MappingRequest, map_codes};
use sms_core::crosswalk::{Crosswalk, SourceFile};
use sms_core::disclosure::{Limits, Verdict};
use sms_core::exchange::{csv, json as exchange_json};
use sms_core::release::{Reading, ReportAttack, attack_report};
use sms_core::render::export::{ExportOptions, Format};
use sms_core::report::Explanation;
use sms_core::wire;
use sms_core::{Findings, Report, Severity, assess as core_assess, dataset, render};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The report file that is written when no other is named.
const DEFAULT_REPORT: &str = "sms-report.html";

/// A longer piece of work, shown on a terminal while it goes on.
pub(crate) fn working<T>(what: &'static str, work: impl FnOnce() -> T) -> T {
    let spinner = indicatif::ProgressBar::new_spinner().with_message(what);
    spinner.enable_steady_tick(std::time::Duration::from_millis(120));
    let result = work();
    spinner.finish_and_clear();
    result
}

pub(crate) fn exit_code(findings: &Findings) -> u8 {
    u8::from(findings.worst() == Some(Severity::Error))
}

fn report(args: &InputArgs, plan: &PlanArgs) -> Outcome<(Report, u8)> {
    let catalogue = input::catalogue(args.catalogue.as_deref())?;
    let method = input::method(plan.method.as_deref())?;
    let plan_read = input::plan(&args.input, plan)?;
    let policy = input::policy(plan, &method)?;
    let observations = working("reading", || input::observations(args))?;
    let (dataset, findings) = working("checking", || dataset::check(&catalogue, &observations));
    let code = exit_code(&findings);
    let assessment = working("assessing", || core_assess::assess(&method, &Arc::new(dataset), &findings, &plan_read))?;
    let previous = plan.previous.as_deref().map(input::published).transpose()?;
    let report = working("releasing", || assessment.release_after(&policy, previous.as_ref()))?;
    Ok((report, code))
}

pub(crate) fn assess(args: &AssessArgs) -> Outcome<u8> {
    let (report, code) = report(&args.input, &args.plan)?;
    let summary = |to_terminal: bool| {
        let colour = to_terminal && !args.plain && std::env::var_os("NO_COLOR").is_none() && std::io::stdout().is_terminal();
        render::text::summary(&report, terminal_width(), colour)
    };
    match args.format.as_deref() {
        Some(TERMINAL) => input::write(args.output.as_deref(), &summary(args.output.is_none()))?,
        Some(name) => {
            let table = args.table.as_deref().map(str::parse).transpose()?;
            input::write_bytes(args.output.as_deref(), &Format::named(name)?.write(&report, &ExportOptions { table })?)?;
        }
        None => {
            let path = args.output.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_REPORT));
            input::write(Some(&path), &render::html::page(&report))?;
            out(&summary(true));
            out(&format!("\nThe full report: {}\n", path.display()));
        }
    }
    if code != 0 {
        note("Some rows could not be used: `sms check` lists them.");
    }
    Ok(code)
}

fn terminal_width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).filter(|w| (40..=200).contains(w)).unwrap_or(96)
}

pub(crate) fn attack(args: &AttackArgs) -> Outcome<u8> {
    let catalogue = input::catalogue(args.catalogue.as_deref())?;
    let report = input::published(&args.report)?;
    let previous = args.previous.as_deref().map(input::published).transpose()?;
    let method = input::method(args.method.as_deref())?;
    let explanations = args.explanation.iter().map(|path| input::document(path)).collect::<Outcome<Vec<Value>>>()?;
    let reading = Reading { method: &method, explanations: &explanations };
    let found = working("attacking", || attack_report(&catalogue, &report, previous.as_ref(), reading, &Limits::default()))?;
    if args.format == TextFormat::Json {
        out(&(pretty(&json!(found)) + "\n"));
    } else {
        out(&attack_text(&found));
    }
    Ok(u8::from(!found.safe))
}

/// What an attack found, the worst first.
fn attack_text(found: &ReportAttack) -> String {
    let mut figures: Vec<_> = found.figures.iter().collect();
    let (word, rank) = (
        |v: Verdict| match v {
            Verdict::Exact => "EXACT",
            Verdict::TooNarrow => "TOO NARROW",
            Verdict::Unproven => "not proven",
            Verdict::PublishedBefore => "published before",
            Verdict::Safe => "safe",
        },
        |v: Verdict| [Verdict::Exact, Verdict::TooNarrow, Verdict::Unproven, Verdict::PublishedBefore, Verdict::Safe].iter().position(|x| *x == v),
    );
    figures.sort_by_key(|f| rank(f.verdict));
    let mut text = String::new();
    if !figures.is_empty() {
        text.push_str(&format!(
            "{:10} {:12} {:10} {:28} {:20} {:>10} {:>10}  {}\n",
            "indicator", "place", "period", "groups", "what", "least", "most", "verdict"
        ));
    }
    for f in figures {
        let names = |parts: &[[String; 2]]| parts.iter().map(|[d, g]| format!("{d}={g}")).collect::<Vec<_>>().join(" ");
        let mut groups = if f.groups.is_empty() { "everybody".to_owned() } else { names(&f.groups) };
        if !f.without.is_empty() {
            groups.push_str(&format!(" without {}", names(&f.without)));
        }
        let complete = f.if_complete.map_or(String::new(), |ends| {
            let upper = ends.upper.map_or("no end".to_owned(), |u| u.to_string());
            format!(" ({} to {upper} if groups are complete)", ends.lower)
        });
        let upper = f.upper.map_or("no end".to_owned(), |u| u.to_string());
        text.push_str(&format!(
            "{:10} {:12} {:10} {groups:28} {:20} {:>10} {upper:>10}  {}{complete}\n",
            f.indicator,
            f.place,
            f.period.to_string(),
            f.what,
            f.lower.to_string(),
            word(f.verdict)
        ));
    }
    let v = found.verdicts;
    let before = match v.published_before {
        0 => String::new(),
        n => format!(" {n} were published before: nothing takes them back, and this report tells no more of them."),
    };
    text.push_str(&format!(
        "{}: {} parts of withheld figures are safe, {} are exact, {} too narrow, {} not proven. The threshold is {}.{before}\n",
        if found.safe { "safe" } else { "NOT SAFE" },
        v.safe,
        v.exact,
        v.too_narrow,
        v.unproven,
        found.threshold
    ));
    text
}

pub(crate) fn check(args: &CheckArgs) -> Outcome<u8> {
    let catalogue = input::catalogue(args.input.catalogue.as_deref())?;
    let observations = working("reading", || input::observations(&args.input))?;
    let (dataset, findings) = working("checking", || dataset::check(&catalogue, &observations));
    let code = exit_code(&findings);
    if args.format == TextFormat::Json {
        out(&(pretty(&json!(wire::check_answer(&dataset, findings))) + "\n"));
        return Ok(code);
    }
    let rows = dataset.row_counts();
    out(&format!(
        "{} rows read: {} used, {} rejected, {} of the pre-test, {} copies. {} places.\n",
        rows.read,
        rows.used,
        rows.rejected,
        rows.pretest,
        rows.duplicates,
        dataset.places().len()
    ));
    out(&findings_text(&findings));
    Ok(code)
}

/// Findings by code, worst first, with the first few places of each.
pub(crate) fn findings_text(findings: &Findings) -> String {
    const SHOWN: usize = 5;
    let mut text = String::new();
    let mut codes: Vec<_> = findings.counts().iter().collect();
    codes.sort_by(|a, b| b.0.severity().cmp(&a.0.severity()).then(a.0.cmp(b.0)));
    for (code, count) in codes {
        let word = match code.severity() {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        text.push_str(&format!("\n{word}: {} ({code}, {count} times)\n  hint: {}\n", code.message(), code.hint()));
        for finding in findings.items().iter().filter(|f| f.code == *code).take(SHOWN) {
            let mut parts: Vec<String> = Vec::new();
            if finding.location != sms_core::diagnostic::Location::default() {
                parts.push(finding.location.to_string());
            }
            parts.extend(finding.subject.as_ref().filter(|s| !s.is_empty()).map(ToString::to_string));
            parts.extend(finding.params.iter().map(|(name, value)| format!("{}: {value}", name.replace('_', " "))));
            if !parts.is_empty() {
                text.push_str(&format!("  - {}\n", parts.join(", ")));
            }
        }
        if *count > SHOWN as u64 {
            text.push_str(&format!("  - and {} more\n", count - SHOWN as u64));
        }
    }
    text
}

pub(crate) fn import(args: &ImportArgs) -> Outcome<u8> {
    let catalogue = input::catalogue(args.catalogue.as_deref())?;
    let crosswalk = Crosswalk::from_value(input::document(&args.crosswalk)?).map_err(|e| e.in_file(&args.crosswalk.display().to_string()))?;
    let mut files = Vec::new();
    for path in source_paths(&args.files)? {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        files.push(SourceFile { name, bytes: input::bytes(&path)? });
    }
    let imported = working("importing", || crosswalk.import(&catalogue, &files))?;
    let text = match args.format {
        DataFormat::Csv => csv::write(&imported.observations),
        DataFormat::Json => exchange_json::write(&imported.observations) + "\n",
    };
    input::write(args.output.as_deref(), &text)?;
    let mut ledger = String::from("file                                 rows    used  skipped  not selected  rejected  indicators\n");
    let mut totals = [0_usize; 5];
    for entry in &imported.ledger {
        for (total, n) in totals.iter_mut().zip([entry.rows, entry.used, entry.skipped, entry.not_selected, entry.rejected]) {
            *total += n;
        }
        let last = match &entry.not_mapped {
            Some(reason) => format!("not mapped: {reason}"),
            None => entry.indicators.join(", "),
        };
        ledger.push_str(&format!(
            "{:34} {:>6}  {:>6}  {:>7}  {:>12}  {:>8}  {last}\n",
            entry.file, entry.rows, entry.used, entry.skipped, entry.not_selected, entry.rejected
        ));
    }
    let [rows, used, skipped, not_selected, rejected] = totals;
    ledger.push_str(&format!("{:34} {rows:>6}  {used:>6}  {skipped:>7}  {not_selected:>12}  {rejected:>8}\n", "all"));
    note(&ledger);
    note(&findings_text(&imported.findings));
    Ok(exit_code(&imported.findings))
}

/// The files that are named, and the CSV files of the folders that are named, in the order of their names.
fn source_paths(paths: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let entries = std::fs::read_dir(path).map_err(|e| Failure::file(path, e, "Check the folder."))?;
        let mut inside: Vec<PathBuf> =
            entries.filter_map(Result::ok).map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"))).collect();
        inside.sort();
        if inside.is_empty() {
            return Err(Failure::file(path, "the folder holds no CSV file", "Name the files themselves."));
        }
        found.extend(inside);
    }
    Ok(found)
}

pub(crate) fn explain(args: &ExplainArgs) -> Outcome<u8> {
    let (report, code) = report(&args.input, &args.plan)?;
    let place = args.plan.place.first().map(String::as_str);
    let explanation = report.explain(&args.id, place)?;
    match args.format {
        ExplainFormat::Json => out(&(pretty(&json!(explanation)) + "\n")),
        ExplainFormat::Table => out(&explanation_text(&explanation)),
        ExplainFormat::Svg => match sms_core::render::svg::explanation(&explanation) {
            Some(svg) => out(&(svg + "\n")),
            None => {
                return Err(Failure::file(
                    Path::new(&args.id),
                    "there is nothing to draw",
                    "Only what is made of scored parts has a picture: a module, a right, or `overall`.",
                ));
            }
        },
    }
    Ok(code)
}

fn explanation_text(e: &Explanation) -> String {
    let mut text = format!("{} ({}) in {}, {}\n", e.name, e.id, e.place, e.period);
    if let Some(score) = e.result {
        text.push_str(&format!("Score: {} of 100\n", sms_core::num::decimal(score, 1)));
    }
    for step in &e.steps {
        text.push_str(&format!("\n- {}\n", step.text));
        for reason in &step.reasons {
            text.push_str(&format!("    {reason}\n"));
        }
    }
    if !e.contributions.is_empty() {
        text.push_str("\nWhat each part adds to the score of outcomes:\n");
        for c in &e.contributions {
            text.push_str(&format!("  {:>6}  {} ({})\n", sms_core::num::decimal(c.points, 1), c.name, c.id));
        }
    }
    if !e.combined.is_empty() {
        text.push_str("\nWhat outcomes and effort add to the combined view:\n");
        for c in &e.combined {
            text.push_str(&format!("  {:>6}  {}\n", sms_core::num::decimal(c.points, 1), c.name));
        }
    }
    text
}

pub(crate) fn catalogue(args: &CatalogueArgs) -> Outcome<u8> {
    match &args.command {
        CatalogueCommand::List { selection, format, catalogue } => list(selection.as_deref(), *format, catalogue.as_deref()),
        CatalogueCommand::Show { id, format, catalogue } => show(id, *format, catalogue.as_deref()),
        CatalogueCommand::Codes { dimension, codes: given, from, to, into, format, catalogue } => {
            let asked = MappingRequest {
                dimension: dimension.clone(),
                codes: given.clone(),
                from: from.clone(),
                local: None,
                to: to.clone(),
                into: (!into.is_empty()).then(|| into.clone()),
            };
            codes(&asked, *format, catalogue.as_deref())
        }
        CatalogueCommand::Diff { old, new, format } => diff(old, new.as_deref(), *format),
    }
}

fn list(selection: Option<&str>, format: TextFormat, path: Option<&Path>) -> Outcome<u8> {
    let catalogue = input::catalogue(path)?;
    let rows = wire::list(&catalogue, selection)?;
    if format == TextFormat::Json {
        out(&(pretty(&json!(rows)) + "\n"));
        return Ok(0);
    }
    let mut text = format!("{}\n\n", catalogue.release_text("notice"));
    for row in &rows {
        let core = if row.core { "core" } else { "" };
        text.push_str(&format!("{:10} {core:4}  {:10} {:8} {}\n", row.id.as_str(), row.measure_type.as_str(), row.result_level.as_str(), row.name));
    }
    text.push_str(&format!(
        "\n{} indicators. Selections: {}.\n",
        rows.len(),
        catalogue.data().selections.iter().map(|s| s.id.as_str()).collect::<Vec<_>>().join(", ")
    ));
    out(&text);
    Ok(0)
}

fn show(id: &str, format: TextFormat, path: Option<&Path>) -> Outcome<u8> {
    let catalogue = input::catalogue(path)?;
    let sheet = json!(wire::show(&catalogue, id)?);
    if format == TextFormat::Json {
        out(&(pretty(&sheet) + "\n"));
        return Ok(0);
    }
    let mut text = String::new();
    for part in ["text", "sheet"] {
        for (name, value) in sheet.get(part).and_then(Value::as_object).into_iter().flatten() {
            let shown = match value {
                Value::String(s) => s.clone(),
                Value::Null => "none".to_owned(),
                Value::Array(items) if items.is_empty() => "none".to_owned(),
                Value::Array(items) if items.iter().all(Value::is_string) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
                Value::Object(parts) if parts.values().all(Value::is_string) => {
                    parts.iter().map(|(key, part)| format!("\n  {key:26} {}", part.as_str().unwrap_or_default())).collect()
                }
                other => other.to_string(),
            };
            text.push_str(&format!("{:28} {shown}\n", name.replace('_', " ")));
        }
        text.push('\n');
    }
    text.push_str(catalogue.release_text("notice"));
    text.push('\n');
    out(&text);
    Ok(0)
}

fn codes(asked: &MappingRequest, format: TextFormat, catalogue: Option<&Path>) -> Outcome<u8> {
    let made = map_codes(&*input::catalogue(catalogue)?, asked)?;
    if format == TextFormat::Json {
        out(&(pretty(&json!(made)) + "\n"));
        return Ok(0);
    }
    let mut text = String::new();
    for code in &made.codes {
        text.push_str(&format!("{} -> {}\n", code.from, code.to.as_deref().unwrap_or("-")));
    }
    let said = json!(made.loss);
    for loss in said.as_array().into_iter().flatten() {
        let word = |key: &str| loss.get(key).and_then(Value::as_str).unwrap_or_default().replace('_', " ");
        let from: Vec<&str> = loss.get("from").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let to = loss.get("to").and_then(Value::as_str).map(|to| format!(" {to}:")).unwrap_or_default();
        text.push_str(&format!("lost, {}:{to} {}\n", word("kind"), from.join(", ")));
    }
    if made.lossless {
        text.push_str("Nothing is lost.\n");
    }
    out(&text);
    Ok(0)
}

fn diff(old: &Path, new: Option<&Path>, format: TextFormat) -> Outcome<u8> {
    let (old, new) = (input::catalogue(Some(old))?, input::catalogue(new)?);
    let changes = sms_core::catalogue::diff(&old, &new);
    if format == TextFormat::Json {
        out(&(pretty(&json!(changes)) + "\n"));
        return Ok(0);
    }
    let mut text = format!(
        "{} -> {}\n{} added, {} retired, {} removed, {} changed\n",
        changes.from,
        changes.to,
        changes.added.len(),
        changes.retired.len(),
        changes.removed.len(),
        changes.changed.len()
    );
    for (sign, ids) in [("+", &changes.added), ("-", &changes.removed), ("retired", &changes.retired)] {
        for id in ids {
            text.push_str(&format!("{sign} {id}\n"));
        }
    }
    let list = |ids: &[sms_core::id::IndicatorId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    for split in &changes.split {
        text.push_str(&format!("{} -> {}\n", split.from, list(&split.into)));
    }
    for merge in &changes.merged {
        text.push_str(&format!("{} -> {}\n", list(&merge.from), merge.into));
    }
    for replaced in &changes.replaced {
        text.push_str(&format!("{} -> {}\n", replaced.from, replaced.into));
    }
    for change in &changes.changed {
        let fields: Vec<&str> = change.fields.iter().map(|f| f.field.rsplit('.').next().unwrap_or(&f.field)).collect();
        text.push_str(&format!("~ {}: {}\n", change.id, fields.join(", ")));
    }
    out(&text);
    Ok(0)
}

pub(crate) fn completions(shell: clap_complete::Shell) -> Outcome<u8> {
    let mut buffer = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "sms", &mut buffer);
    out(&String::from_utf8_lossy(&buffer));
    Ok(0)
}

pub(crate) fn man() -> Outcome<u8> {
    let mut buffer = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut buffer).map_err(|e| Failure::file(Path::new("sms.1"), e, "Try again."))?;
    out(&String::from_utf8_lossy(&buffer));
    Ok(0)
}

pub(crate) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
