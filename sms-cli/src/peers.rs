//! Learning between cities and the influence of a city's work on the terminal. Every rule is in the core.

use crate::args::{InfluenceArgs, InfluenceCommand, PeersArgs, PeersCommand, TextFormat};
use crate::cocreation::{ask, columns, count, decimals, header, list, percent, word, words};
use crate::commands::pretty;
use crate::input::{self, Failure, Outcome, out};
use crate::roadmap::plain_dates;
use serde_json::{Map, Value, json};
use sms_core::exchange::csv::Dialect;
use sms_core::exchange::rows::{Column, read};
use std::path::{Path, PathBuf};

const TEXT: Column<'static> = Column { name: "", number: false, needed: true };
const NUMBER: Column<'static> = Column { name: "", number: true, needed: true };

fn text(name: &'static str) -> Column<'static> {
    Column { name, ..TEXT }
}

fn number(name: &'static str) -> Column<'static> {
    Column { name, ..NUMBER }
}

fn optional(name: &'static str) -> Column<'static> {
    Column { name, needed: false, ..NUMBER }
}

/// The rows of a CSV file.
fn rows(path: &Path, columns: &[Column<'_>], rest: Option<&str>) -> Outcome<Vec<Map<String, Value>>> {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(read(&input::bytes(path)?, columns, rest, &Dialect { file: Some(name), ..Dialect::default() })?)
}

/// A TOML or JSON file, or the one of this name in a folder.
fn table(path: &Path, name: &str) -> Outcome<(Map<String, Value>, PathBuf)> {
    let path = if path.is_dir() { path.join(name) } else { path.to_owned() };
    match plain_dates(input::document(&path)?) {
        Value::Object(map) => Ok((map, path)),
        _ => Err(Failure::file(&path, "the file is no table or object", "See examples/peers.")),
    }
}

/// Where a file lies that another names.
fn beside(path: &Path, named: &Value) -> Outcome<PathBuf> {
    let named = named.as_str().ok_or_else(|| Failure::file(path, "a list of files is no text", "Name one CSV file beside this one."))?;
    Ok(path.parent().unwrap_or(Path::new("")).join(named))
}

/// The same without the pairs of an earlier round, which only mentoring looks at.
fn cities_alone(path: &Path) -> Outcome<Map<String, Value>> {
    let mut asked = cities(path)?;
    asked.remove("earlier");
    Ok(asked)
}

/// A city's request: variables and earlier pairs from the file, context and scores from the tables that it names.
fn cities(path: &Path) -> Outcome<Map<String, Value>> {
    let (mut asked, path) = table(path, "peers.toml")?;
    let mut cities: Vec<Map<String, Value>> = Vec::new();
    if let Some(file) = asked.remove("context") {
        for mut row in rows(&beside(&path, &file)?, &[text("city"), Column { needed: false, ..text("capacity") }], Some("context"))? {
            let id = row.remove("city").unwrap_or_default();
            // what is no whole number is refused by the core
            if let Some(capacity) = row.get("capacity").and_then(Value::as_str).and_then(|c| c.parse::<u32>().ok()) {
                row.insert("capacity".to_owned(), json!(capacity));
            }
            row.insert("id".to_owned(), id);
            cities.push(row);
        }
    }
    if let Some(file) = asked.remove("scores") {
        for row in rows(&beside(&path, &file)?, &[text("city"), text("theme"), number("score"), optional("se"), optional("need")], None)? {
            let get = |key: &str| row.get(key).cloned();
            let (city, theme) = (get("city").unwrap_or_default(), get("theme").and_then(|t| t.as_str().map(str::to_owned)).unwrap_or_default());
            let at = cities.iter().position(|c| c.get("id") == Some(&city)).unwrap_or(cities.len());
            if at == cities.len() {
                cities.push(Map::from_iter([("id".to_owned(), city)]));
            }
            let Some(city) = cities.get_mut(at) else { continue };
            let mut put = |section: &str, value: Value| {
                let slot = city.entry(section).or_insert_with(|| json!({}));
                if let Some(map) = slot.as_object_mut() {
                    map.insert(theme.clone(), value);
                }
            };
            put("scores", json!({ "score": get("score"), "se": get("se").unwrap_or(json!(0)) }));
            if let Some(need) = get("need") {
                put("need", need);
            }
        }
    }
    if !cities.is_empty() {
        asked.insert("cities".to_owned(), json!(cities));
    }
    Ok(asked)
}

fn named<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or("-")
}

pub(crate) fn peers(args: &PeersArgs) -> Outcome<u8> {
    let method = args.method.as_deref();
    let (made, shown): (Value, fn(&Value) -> String) = match &args.command {
        PeersCommand::Comparators { file, k } => {
            let mut asked = cities_alone(file)?;
            asked.insert("k".to_owned(), json!(k));
            (ask("peers.comparators", asked, method)?, comparators)
        }
        PeersCommand::Tiers { file, theme } => {
            let asked = cities(file)?;
            let all = asked.get("cities").cloned().unwrap_or_default();
            let of_theme = |c: &Value| {
                let score = c.get("scores")?.get(theme)?;
                Some(json!({ "city": c.get("id"), "score": score.get("score"), "se": score.get("se") }))
            };
            let rows: Vec<Value> = all.as_array().into_iter().flatten().filter_map(of_theme).collect();
            (ask("peers.tiers", Map::from_iter([("cities".to_owned(), json!(rows))]), method)?, tiers)
        }
        PeersCommand::Mentoring { file } => (ask("peers.mentoring", cities(file)?, method)?, mentoring),
        PeersCommand::Twinning { file } => (ask("peers.twinning", cities_alone(file)?, method)?, twinning),
        PeersCommand::Potential { file, k } => {
            let mut asked = cities_alone(file)?;
            asked.insert("k".to_owned(), json!(k));
            (ask("peers.potential", asked, method)?, potential)
        }
        PeersCommand::FollowUp { file, as_of } => {
            let (records, _) = table(file, "records.toml")?;
            let asked = Map::from_iter([("records".to_owned(), Value::Object(records)), ("as_of".to_owned(), json!(as_of))]);
            (ask("peers.follow_up", asked, method)?, follow_up)
        }
    };
    out(&if args.format == TextFormat::Json { pretty(&made) + "\n" } else { shown(&made) });
    Ok(0)
}

fn comparators(made: &Value) -> String {
    let mut rows = vec![header(&["city", "comparator", "distance", "likeness", "mostly by"])];
    for city in list(made, "cities") {
        for near in list(city, "comparators") {
            let parts = list(near, "parts").iter().filter_map(|p| Some((p.get("share")?.as_f64()?, p)));
            let largest = parts.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, p)| format!("{} ({})", word(p, "variable"), percent(p, "/share")));
            rows.push(vec![
                word(city, "city").to_owned(),
                word(near, "city").to_owned(),
                decimals(near, "/distance", 2),
                decimals(near, "/likeness", 2),
                largest.unwrap_or_default(),
            ]);
        }
    }
    let strange: Vec<String> = list(made, "cities")
        .iter()
        .filter(|c| c.get("not_comparable").and_then(Value::as_u64) > Some(0))
        .map(|c| format!("{} ({})", word(c, "city"), count(c, "/not_comparable")))
        .collect();
    let note = if strange.is_empty() { String::new() } else { format!("\nToo little in common to compare with some cities: {}\n", strange.join(", ")) };
    format!(
        "{}{note}\nFrame {}: give it back next year and groups stay where they are (--format json shows it).\n",
        columns(&rows),
        named(made, "/frame/version")
    )
}

fn tiers(made: &Value) -> String {
    let mut rows = vec![header(&["city", "tier", "score", "from", "to", "position"])];
    for c in list(made, "cities") {
        let position = format!("{} to {}", count(c, "/best_position"), count(c, "/worst_position"));
        rows.push(vec![word(c, "city").to_owned(), count(c, "/tier"), decimals(c, "/score", 1), decimals(c, "/lower", 1), decimals(c, "/upper", 1), position]);
    }
    format!("{}\nCities of one tier cannot be told apart from its first; a city of which little is known stands high for that reason.\n", columns(&rows))
}

fn mentoring(made: &Value) -> String {
    let mut rows = vec![header(&["city", "mentor", "in", "value", "surely ahead", "likeness", "need", "kept", "next best"])];
    for m in list(made, "matches") {
        let kept = if m.get("kept").and_then(Value::as_bool) == Some(true) { "yes" } else { "no" };
        rows.push(vec![
            word(m, "mentee").to_owned(),
            word(m, "mentor").to_owned(),
            word(m, "theme").to_owned(),
            decimals(m, "/value", 3),
            percent(m, "/probability"),
            decimals(m, "/likeness", 2),
            decimals(m, "/need", 2),
            kept.to_owned(),
            named(m, "/second/mentor").to_owned(),
        ]);
    }
    let mut text = columns(&rows);
    for u in list(made, "unmatched") {
        text.push_str(&format!("{}: no mentor, {}\n", word(u, "city"), words(word(u, "reason"))));
    }
    for d in list(made, "dissolved") {
        text.push_str(&format!("{} and {}: the earlier pair ends\n", word(d, "mentee"), word(d, "mentor")));
    }
    text.push_str(&format!(
        "\nSum of values {}; {} without limits of capacity. Pairs are a proposal: cities decide.\n",
        decimals(made, "/value", 3),
        decimals(made, "/value_without_capacity", 3)
    ));
    text
}

fn twinning(made: &Value) -> String {
    let mut rows = vec![header(&["city", "city", "value", "first learns", "second learns"])];
    for p in list(made, "pairs") {
        rows.push(vec![
            word(p, "a").to_owned(),
            word(p, "b").to_owned(),
            decimals(p, "/value", 3),
            named(p, "/for_a/theme").to_owned(),
            named(p, "/for_b/theme").to_owned(),
        ]);
    }
    format!("{}\nEach is strong where the other is weak. Pairs are a proposal: cities decide.\n", columns(&rows))
}

fn potential(made: &Value) -> String {
    let mut rows = vec![header(&["city", "theme", "gain", "se", "best comparators"])];
    for p in list(made, "potential") {
        let best: Vec<&str> = list(p, "best").iter().filter_map(Value::as_str).collect();
        rows.push(vec![word(p, "city").to_owned(), word(p, "theme").to_owned(), decimals(p, "/gain", 1), decimals(p, "/se", 1), best.join(", ")]);
    }
    format!("{}\nThe best of several are best partly by luck: read a gain with its error.\n", columns(&rows))
}

fn follow_up(made: &Value) -> String {
    let mut rows = vec![header(&["recommendation", "addressee", "grade", "since", "answered", "days overdue"])];
    for r in list(made, "recommendations") {
        let answered = if r.get("answered").and_then(Value::as_bool) == Some(true) { "yes" } else { "no" };
        rows.push(vec![
            word(r, "id").to_owned(),
            word(r, "addressee").to_owned(),
            words(word(r, "grade")),
            named(r, "/since").to_owned(),
            answered.to_owned(),
            days(r),
        ]);
    }
    let mut text = columns(&rows);
    let mut years = vec![header(&["year", "recommendations", "not started", "partly", "largely", "fully", "rejected", "follow-up"])];
    for y in list(made, "years") {
        let so_far = if y.get("so_far").and_then(Value::as_bool) == Some(true) { " so far" } else { "" };
        let grade = |name: &str| count(y, &format!("/grades/{name}"));
        let year = y.get("year").map(ToString::to_string).unwrap_or_default();
        rows.clear();
        years.push(vec![
            format!("{year}{so_far}"),
            count(y, "/recommendations"),
            grade("not_started"),
            grade("partly"),
            grade("largely"),
            grade("fully"),
            grade("rejected"),
            decimals(y, "/score", 1),
        ]);
    }
    if years.len() > 1 {
        text.push_str(&format!("\n{}", columns(&years)));
    }
    for v in list(made, "reviews") {
        let open: Vec<&str> = list(v, "unanswered").iter().filter_map(Value::as_str).collect();
        let late = if v.get("follow_up_overdue").and_then(Value::as_bool) == Some(true) { "; the peers should have looked again" } else { "" };
        let open = if open.is_empty() { "every question has a finding".to_owned() } else { format!("without a finding: {}", open.join(", ")) };
        text.push_str(&format!("\nReview {}: {open}{late}", word(v, "id")));
    }
    text.push_str(
        "\n\nThe follow-up number says how far recommendations are said to be followed, each counted alike. It is no measure of the state of human rights.\n",
    );
    text
}

fn days(r: &Value) -> String {
    r.get("days_overdue").and_then(Value::as_i64).map_or_else(|| "-".to_owned(), |d| d.to_string())
}

pub(crate) fn influence(args: &InfluenceArgs) -> Outcome<u8> {
    let panel = |file: &Path| rows(file, &[text("city"), number("time"), number("value")], None);
    let (op, mut asked): (&str, Map<String, Value>) = match &args.command {
        InfluenceCommand::Difference { file, treated, from } => {
            ("influence.difference", object(json!({ "panel": panel(file)?, "treated": treated, "from": from })))
        }
        InfluenceCommand::Interrupted { file, from, lags } => {
            ("influence.interrupted", object(json!({ "series": rows(file, &[number("time"), number("value")], None)?, "from": from, "lags": lags })))
        }
        InfluenceCommand::Synthetic { file, city, from } => ("influence.synthetic", object(json!({ "panel": panel(file)?, "city": city, "from": from }))),
        InfluenceCommand::Contribution { file } => ("influence.contribution", table(file, "story.toml")?.0),
    };
    if args.confidence.is_some() {
        asked.insert("confidence".to_owned(), json!(args.confidence));
    }
    let made = ask(op, asked, args.method.as_deref())?;
    if args.format == TextFormat::Json {
        out(&(pretty(&made) + "\n"));
        return Ok(0);
    }
    let mut text = match &args.command {
        InfluenceCommand::Difference { .. } => difference(&made),
        InfluenceCommand::Interrupted { .. } => interrupted(&made),
        InfluenceCommand::Synthetic { .. } => synthetic(&made),
        InfluenceCommand::Contribution { .. } => contribution(&made),
    };
    let cautions: Vec<String> = list(&made, "cautions").iter().filter_map(Value::as_str).map(words).collect();
    if !cautions.is_empty() {
        text.push_str(&format!("\nKeep in mind: {}.\n", cautions.join("; ")));
    }
    text.push_str("\nTaken on trust\n");
    for a in list(&made, "assumptions") {
        text.push_str(&format!("  - {} Broken by: {}\n", word(a, "assumes"), word(a, "broken_by")));
    }
    out(&text);
    Ok(0)
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn span(made: &Value, at: &str) -> String {
    let p = match decimals(made, &format!("{at}/p"), 3) {
        zero if zero.parse() == Ok(0.0) => "< 0.001".to_owned(),
        p => p,
    };
    format!("{} to {} (p {p})", decimals(made, &format!("{at}/lower"), 2), decimals(made, &format!("{at}/upper"), 2))
}

fn difference(made: &Value) -> String {
    let rows = [
        vec![String::new(), "before".to_owned(), "after".to_owned()],
        vec!["cities that acted".to_owned(), decimals(made, "/means/treated_before", 2), decimals(made, "/means/treated_after", 2)],
        vec!["comparators".to_owned(), decimals(made, "/means/comparators_before", 2), decimals(made, "/means/comparators_after", 2)],
    ];
    let mut text = format!(
        "Changed beyond the comparators: {}\n{} acted, {} to compare with; {} times before, {} from the start on.\n\n{}",
        decimals(made, "/estimate", 2),
        count(made, "/treated"),
        count(made, "/comparators"),
        count(made, "/periods_before"),
        count(made, "/periods_after"),
        columns(&rows)
    );
    if made.get("cluster").is_some() {
        text.push_str(&format!("\nWith errors within a city: {}\n", span(made, "/cluster")));
    }
    if made.get("permutation").is_some() {
        text.push_str(&format!(
            "Against every choice of as many cities: p {}; it cannot be below {}\n",
            decimals(made, "/permutation/p", 3),
            decimals(made, "/permutation/smallest_p", 3)
        ));
    }
    if made.get("trends_before").is_some() {
        text.push_str(&format!("Slopes before differed by {} a step\n", decimals(made, "/trends_before/difference", 3)));
    }
    for p in list(made, "placebo_starts") {
        text.push_str(&format!("A start at {} at which nothing began: {}\n", decimals(p, "/from", 0), decimals(p, "/estimate", 2)));
    }
    for p in list(made, "placebo_cities") {
        text.push_str(&format!("{} in the place of the city: {}\n", word(p, "city"), decimals(p, "/estimate", 2)));
    }
    text
}

fn interrupted(made: &Value) -> String {
    let mut rows = vec![header(&["", "least squares", "interval (p)", "first-order errors", "interval (p)"])];
    for (name, key) in
        [("level at the first time", "start"), ("slope before", "slope"), ("jump at the start", "level_change"), ("change of slope", "slope_change")]
    {
        let at = |model: &str| format!("/{model}/{key}");
        let cell = |model: &str| (decimals(made, &format!("{}/estimate", at(model)), 3), span(made, &at(model)));
        let ((a, b), (c, d)) = (cell("newey_west"), cell("prais_winsten"));
        rows.push(vec![name.to_owned(), a, b, c, d]);
    }
    format!(
        "{} figures before, {} from the start on.\n\n{}\nAt the last time, the line with the changes minus the line without them: {}\n",
        count(made, "/before"),
        count(made, "/after"),
        columns(&rows),
        decimals(made, "/effect_at_end", 2)
    )
}

fn synthetic(made: &Value) -> String {
    let mix: Vec<String> = list(made, "weights").iter().map(|w| format!("{} {}", word(w, "city"), percent(w, "/weight"))).collect();
    let mut rows = vec![header(&["time", "city", "mix", "gap"])];
    for g in list(made, "gaps") {
        rows.push(vec![decimals(g, "/time", 0), decimals(g, "/actual", 2), decimals(g, "/synthetic", 2), decimals(g, "/gap", 2)]);
    }
    format!(
        "Mean gap from the start on: {}\nMix: {}\nMisses before by {}, from the start on by {}; share of cities with a ratio as large: {}\n\n{}",
        decimals(made, "/effect", 2),
        mix.join(", "),
        decimals(made, "/rmspe_before", 3),
        decimals(made, "/rmspe_after", 3),
        decimals(made, "/p", 3),
        columns(&rows)
    )
}

fn contribution(made: &Value) -> String {
    let mut text = format!("The contribution is {}. Weakest link: {}.\n\n", words(word(made, "verdict")), words(word(made, "weakest")));
    for l in list(made, "links") {
        text.push_str(&format!(
            "  {} -> {}: {}\n    {} ({} for, {} against)\n",
            word(l, "from"),
            word(l, "to"),
            word(l, "claim"),
            words(word(l, "standing")),
            count(l, "/sources_for"),
            count(l, "/sources_against")
        ));
    }
    for a in list(made, "alternatives") {
        text.push_str(&format!("  Another explanation: {} {}\n", word(a, "text"), words(word(a, "judgement"))));
    }
    text
}
