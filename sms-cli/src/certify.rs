//! Whether a program answers the conformance vectors as it should.

use crate::args::CertifyArgs;
use crate::commands::{pretty, working};
use crate::input::{self, Failure, Outcome, note, out};
use crate::wire::{Line, Lines};
use serde_json::{Value, json};
use sms_core::exchange::json::parse;
use sms_core::text::did_you_mean;
use sms_core::wire::certify::{Difference, differences, request_line};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

/// How many answers may wait to be compared.
const WAITING: usize = 16;

/// How long a program may take to close its output, and then to end, once it has answered everything.
const GRACE: Duration = Duration::from_secs(5);

/// How often it is looked whether a program has ended.
const LOOK: Duration = Duration::from_millis(10);

/// A case with its name, `<topic>/<name>.json#<id>`.
struct Case {
    name: String,
    topic: String,
    content: Value,
}

/// What came of a topic.
#[derive(Default)]
struct Count {
    passed: usize,
    failed: usize,
}

pub(crate) fn certify(args: &CertifyArgs) -> Outcome<u8> {
    let cases: Arc<[Case]> = cases(&args.vectors, &args.topic)?.into();
    let answers = working("asking", || ask(&args.command, &cases, Duration::from_secs(args.timeout)))?;
    let mut topics: BTreeMap<&str, Count> = BTreeMap::new();
    let mut failed: Vec<(&str, &[Difference])> = Vec::new();
    for (case, found) in cases.iter().zip(&answers) {
        let count = topics.entry(&case.topic).or_default();
        if found.is_empty() {
            count.passed += 1;
        } else {
            count.failed += 1;
            failed.push((&case.name, found));
        }
    }
    out(&if args.json { as_json(&topics, &failed, cases.len()) } else { as_text(&topics, &failed, cases.len(), args.show) });
    Ok(u8::from(!failed.is_empty()))
}

fn as_json(topics: &BTreeMap<&str, Count>, failed: &[(&str, &[Difference])], cases: usize) -> String {
    let topics: Vec<Value> = topics.iter().map(|(topic, c)| json!({ "topic": topic, "passed": c.passed, "failed": c.failed })).collect();
    let failures: Vec<Value> = failed.iter().map(|(name, found)| json!({ "case": name, "differences": found })).collect();
    pretty(&json!({ "cases": cases, "passed": cases - failed.len(), "topics": topics, "failures": failures })) + "\n"
}

fn as_text(topics: &BTreeMap<&str, Count>, failed: &[(&str, &[Difference])], cases: usize, shown: usize) -> String {
    let mut text = String::new();
    for (name, found) in failed.iter().take(shown) {
        let Some(first) = found.first() else { continue };
        let path = if first.path.is_empty() { "the answer" } else { &first.path };
        let more = if found.len() > 1 { format!(" (and {} more)", found.len() - 1) } else { String::new() };
        text.push_str(&format!("{name}: {path}: expected {}, got {}{more}\n", first.expected, first.got));
    }
    if failed.len() > shown {
        text.push_str(&format!("and {} more cases; `--show {}` shows them all\n", failed.len() - shown, failed.len()));
    }
    if !failed.is_empty() {
        text.push('\n');
    }
    let width = topics.keys().map(|t| t.len()).max().unwrap_or_default().max("topic".len());
    text.push_str(&format!("{:width$}  passed  failed\n", "topic"));
    for (topic, count) in topics {
        text.push_str(&format!("{topic:width$}  {:>6}  {:>6}\n", count.passed, count.failed));
    }
    text.push_str(&format!("\n{} of {cases} cases passed\n", cases - failed.len()));
    text
}

/// The cases of the files that the manifest lists, of these topics or of all.
fn cases(folder: &Path, topics: &[String]) -> Outcome<Vec<Case>> {
    let path = folder.join("manifest.json");
    if !path.is_file() {
        return Err(Failure::file(
            &path,
            "there is no manifest",
            "`--vectors FOLDER` names the folder; in the repository of this program it is tests/vectors.",
        ));
    }
    let manifest = input::document(&path)?;
    let files = manifest.get("files").and_then(Value::as_object).filter(|files| !files.is_empty());
    let files = files.ok_or_else(|| Failure::file(&path, "the manifest lists no files", "`files` names each file with the number of its cases."))?;
    let topic_of = |file: &str| file.split('/').next().unwrap_or(file).trim_end_matches(".json").to_owned();
    let names = || files.keys().flat_map(|file| [topic_of(file), file.trim_end_matches(".json").to_owned()]);
    for topic in topics {
        if names().all(|name| name != *topic) {
            let all: Vec<String> = names().collect();
            let near = did_you_mean(topic, all.iter().map(String::as_str)).map(|near| format!("\n  did you mean {near}?")).unwrap_or_default();
            return Err(Failure::file(Path::new(topic), "there is no such topic", &format!("{} lists the files of all topics.{near}", path.display())));
        }
    }
    let mut cases = Vec::new();
    for (file, listed) in files {
        let topic = topic_of(file);
        if !topics.is_empty() && !topics.iter().any(|t| *t == topic || t == file.trim_end_matches(".json")) {
            continue;
        }
        let path = folder.join(file);
        let content = input::document(&path)?;
        let held = content.get("cases").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if listed.as_u64() != Some(held.len() as u64) {
            let reason = format!("the file holds {} cases, and the manifest says {listed}", held.len());
            return Err(Failure::file(&path, reason, "Take files and manifest from one release."));
        }
        cases.extend(held.iter().map(|case| Case {
            name: format!("{file}#{}", case.get("id").and_then(Value::as_str).unwrap_or_default()),
            topic: topic.clone(),
            content: case.clone(),
        }));
    }
    Ok(cases)
}

/// Asks a program every case, and compares its answers in the order of the cases.
fn ask(command: &[OsString], cases: &Arc<[Case]>, timeout: Duration) -> Outcome<Vec<Vec<Difference>>> {
    let mut parts = command.iter();
    let program = Path::new(parts.next().map(OsString::as_os_str).unwrap_or_default());
    let mut child = Command::new(program)
        .args(parts)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| Failure::file(program, format!("the program cannot be started: {e}"), "After `--` stand the program and its arguments."))?;
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Failure::file(program, "the program has no standard input or output", "Try again."));
    };
    write(stdin, cases.clone());
    let answers = read(stdout);
    let compared = compare(&mut child, &answers, cases, timeout);
    if compared.is_err() {
        end(&mut child);
    }
    compared.map_err(|(reason, hint)| Failure::file(program, reason, hint))
}

/// Asks on a thread of its own, so that neither side waits for the other to read.
fn write(stdin: ChildStdin, cases: Arc<[Case]>) {
    thread::spawn(move || {
        let mut stdin = stdin;
        for case in cases.iter() {
            let line = request_line(&case.content) + "\n";
            // a program that reads no more is found out by the answer that is missing
            if stdin.write_all(line.as_bytes()).is_err() {
                break;
            }
        }
    });
}

/// Reads answers on a thread of its own, so that one can stop waiting for them.
fn read(stdout: ChildStdout) -> Receiver<io::Result<Line>> {
    let (sender, answers) = sync_channel(WAITING);
    thread::spawn(move || {
        for line in Lines::new(BufReader::new(stdout)) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    answers
}

/// Why a program could not be asked, and what to do.
type Stopped = (String, &'static str);

fn compare(child: &mut Child, answers: &Receiver<io::Result<Line>>, cases: &[Case], timeout: Duration) -> Result<Vec<Vec<Difference>>, Stopped> {
    let mut compared = Vec::with_capacity(cases.len());
    for (at, case) in cases.iter().enumerate() {
        let place = format!("at case {} ({} of {})", case.name, at + 1, cases.len());
        let text = match answers.recv_timeout(timeout) {
            Ok(Ok(Line::Text(text))) => text,
            Ok(Ok(Line::Bad(error))) => return Err((format!("a line is no answer, {place}: {error}"), "An answer is one line of JSON in UTF-8.")),
            Ok(Err(e)) => return Err((format!("the answer cannot be read, {place}: {e}"), "Try again.")),
            Err(RecvTimeoutError::Timeout) => {
                let reason = format!("the program gave no answer for {} s and was ended, {place}", timeout.as_secs());
                return Err((reason, "Each answer must be flushed; `--timeout SECONDS` waits longer."));
            }
            Err(RecvTimeoutError::Disconnected) => {
                let reason = match ended(child) {
                    Some(status) if status.success() => format!("the program answered {at} of {} requests and ended, {place}", cases.len()),
                    Some(status) => format!("the program ended early ({status}), {place}"),
                    None => format!("the program closed its output early, {place}"),
                };
                return Err((reason, "Every request needs one line of answer, also one that is refused."));
            }
        };
        let answer: Value = parse(&text).map_err(|e| (format!("the answer is not JSON, {place}: {e}"), "Only answers may be written to standard output."))?;
        compared.push(differences(&case.content, &answer));
    }
    // its input is closed by now: it should say nothing more, and end
    if let Ok(Ok(_)) = answers.recv_timeout(GRACE) {
        let reason = format!("the program wrote more lines than the {} that were asked for", cases.len());
        return Err((reason, "Every request needs one line of answer, and nothing else may be written to standard output."));
    }
    match ended(child) {
        Some(status) if status.success() => {}
        Some(status) => note(&format!("note: every case was answered, and then the program failed ({status})")),
        None => {
            note("note: every case was answered, and then the program did not end at the end of its input");
            end(child);
        }
    }
    Ok(compared)
}

/// How a program ended whose output is closed; nothing when it goes on all the same.
fn ended(child: &mut Child) -> Option<ExitStatus> {
    let mut waited = Duration::ZERO;
    while waited < GRACE {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        thread::sleep(LOOK);
        waited += LOOK;
    }
    None
}

/// Ends a program that was started here.
fn end(child: &mut Child) {
    // it may have ended by itself
    drop(child.kill());
    drop(child.wait());
}
