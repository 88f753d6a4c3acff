//! Pre-test and Delphi rounds on the terminal.

use crate::args::{DelphiArgs, PretestArgs, TextFormat};
use crate::commands::pretty;
use crate::input::{self, Outcome, out};
use serde_json::{Map, Value, json};
use sms_core::wire::Engine;
use std::path::Path;

/// A file as the wire takes it: its text, and its name for messages.
pub(crate) fn csv(path: &Path) -> Outcome<Value> {
    let bytes = input::bytes(path)?;
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let text = sms_core::exchange::csv::decode(&bytes, &sms_core::exchange::csv::Dialect { file: Some(name.clone()), ..Default::default() })?.into_owned();
    Ok(json!({ "csv": text, "dialect": { "file": name } }))
}

/// Asks the engine; a method file stands in for the standard one.
pub(crate) fn ask(op: &str, mut fields: Map<String, Value>, method: Option<&Path>) -> Outcome<Value> {
    let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?.with_questions(sms_catalogue::QUESTIONS_JSON)?;
    fields.insert("op".to_owned(), json!(op));
    if let Some(path) = method {
        fields.insert("method".to_owned(), input::document(path)?);
    }
    Ok(engine.call(&Value::Object(fields))?)
}

pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

pub(crate) fn word<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

pub(crate) fn count(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_u64).map_or_else(|| "-".to_owned(), |n| n.to_string())
}

pub(crate) fn decimals(value: &Value, pointer: &str, decimals: usize) -> String {
    value.pointer(pointer).and_then(Value::as_f64).map_or_else(|| "-".to_owned(), |x| sms_core::num::decimal(x, decimals))
}

pub(crate) fn percent(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_f64).map_or_else(|| "-".to_owned(), |x| sms_core::num::decimal(x * 100.0, 1) + " %")
}

pub(crate) fn words(text: &str) -> String {
    text.replace('_', " ")
}

/// Rows in columns as wide as they need; the first is to the left.
pub(crate) fn columns(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().filter_map(|r| r.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let room = " ".repeat(width(at).saturating_sub(cell.chars().count()));
            if at == 0 {
                line.push_str(cell);
                line.push_str(&room);
            } else {
                line.push_str("  ");
                line.push_str(&room);
                line.push_str(cell);
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

pub(crate) fn header(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

pub(crate) fn pretest(args: &PretestArgs) -> Outcome<u8> {
    let mut fields = Map::new();
    fields.insert("answers".to_owned(), csv(&args.file)?);
    if let Some(path) = &args.questions {
        let document = input::document(path)?;
        // TOML has no list at the top: `[[question]]`
        fields.insert("questions".to_owned(), document.get("question").cloned().unwrap_or(document));
    }
    fields.insert("policy".to_owned(), json!({ "internal": args.internal, "threshold": args.threshold }));
    let made = ask("pretest.evaluate", fields, args.method.as_deref())?;
    if args.format == TextFormat::Json {
        out(&(pretty(&made) + "\n"));
        return Ok(0);
    }
    let mut rows = vec![header(&["question", "asked", "answered", "missing", "refused", "don't know", "seconds", "raters agree", "again", "proposal"])];
    for q in list(&made, "questions") {
        let proposal = q.get("proposal").and_then(Value::as_str).map_or_else(|| words(word(q, "not_judged")), words);
        rows.push(vec![
            word(q, "id").to_owned(),
            count(q, "/shares/asked"),
            count(q, "/answered"),
            percent(q, "/shares/missing/share"),
            percent(q, "/shares/refused/share"),
            percent(q, "/shares/dont_know/share"),
            decimals(q, "/seconds/median", 0),
            decimals(q, "/inter_rater/krippendorff/value", 2),
            decimals(q, "/retest/coefficient/value", 2),
            proposal,
        ]);
    }
    let mut text = format!("{} persons, {} questions.\n\n{}", count(&made, "/respondents"), list(&made, "questions").len(), columns(&rows));
    let mut reasons = String::new();
    for q in list(&made, "questions") {
        for reason in list(q, "reasons") {
            let beside = [list(reason, "groups").iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" against "), word(reason, "with").to_owned()];
            let beside: Vec<String> = beside.into_iter().filter(|b| !b.is_empty()).collect();
            let beside = if beside.is_empty() { String::new() } else { format!(" ({})", beside.join(", ")) };
            reasons.push_str(&format!(
                "  {}: {}, because {}{beside} is {}; the threshold is {}\n",
                word(q, "id"),
                word(reason, "proposes"),
                words(word(reason, "statistic")),
                decimals(reason, "/value", 3),
                decimals(reason, "/threshold", 3)
            ));
        }
    }
    if !reasons.is_empty() {
        text.push_str(&format!("\nReasons\n{reasons}"));
    }
    for battery in list(&made, "batteries") {
        text.push_str(&format!("\nBattery {}: Cronbach's alpha {}\n", word(battery, "id"), decimals(battery, "/cronbach/value", 2)));
    }
    let withheld = list(&made, "questions").iter().flat_map(|q| list(q, "groups")).filter(|g| g.get("absent").is_some()).count();
    if withheld > 0 {
        text.push_str(&format!("\n{withheld} shares by group are withheld: too few persons.\n"));
    }
    text.push_str("\nThese are proposals. People decide, and say why.\n");
    out(&text);
    Ok(0)
}

pub(crate) fn delphi(args: &DelphiArgs) -> Outcome<u8> {
    let mut fields = Map::new();
    fields.insert("rounds".to_owned(), Value::Array(args.files.iter().map(|p| csv(p)).collect::<Outcome<_>>()?));
    let made = ask("cocreation.delphi", fields, args.method.as_deref())?;
    if args.format == TextFormat::Json {
        out(&(pretty(&made) + "\n"));
        return Ok(0);
    }
    let rounds = list(&made, "rounds");
    let mut text = String::new();
    if let Some(last) = rounds.last() {
        let mut rows = vec![header(&["item", "n", "median", "IQR", "consensus", "appropriate", "disagreement", "I-CVI", "moved"])];
        for item in list(last, "items") {
            let flag = |key: &str| item.get(key).and_then(Value::as_bool).map_or("-", |yes| if yes { "yes" } else { "no" }).to_owned();
            let appropriate = item.get("appropriateness").and_then(Value::as_str).unwrap_or("-").to_owned();
            rows.push(vec![
                word(item, "item").to_owned(),
                count(item, "/n"),
                decimals(item, "/median", 1),
                decimals(item, "/iqr", 1),
                flag("consensus"),
                appropriate,
                flag("disagreement"),
                decimals(item, "/validity/i_cvi", 2),
                decimals(item, "/movement/median", 1),
            ]);
        }
        text.push_str(&format!("Round {} of {}: {} raters.\n\n{}", count(last, "/round"), rounds.len(), count(last, "/raters"), columns(&rows)));
        text.push_str(&format!(
            "\nKendall's W {} (p {}), S-CVI/Ave {}\n",
            decimals(last, "/concordance/all/value", 2),
            decimals(last, "/concordance/all/p", 4),
            decimals(last, "/s_cvi_ave", 2)
        ));
    }
    let stop = made.get("stop").cloned().unwrap_or_default();
    let names = |key: &str| list(&stop, key).iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ");
    text.push_str(&match word(&stop, "verdict") {
        "stop" => "Stop: no median moves and no range shrinks any more.\n".to_owned(),
        "still_moving" => format!("Another round is worth it: {} still move.\n", names("moving")),
        "new_items" => format!("Another round is worth it: {} were rated for the first time.\n", names("new")),
        _ => "Another round is worth it: there is nothing to compare with yet.\n".to_owned(),
    });
    out(&text);
    Ok(0)
}
