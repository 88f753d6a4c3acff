//! From survey microdata to estimates and gaps on the terminal. Every rule is in the core.

use crate::args::{Against, SurveyArgs, TextFormat};
use crate::cocreation::{ask, columns, count, decimals, header, list, word, words};
use crate::commands::pretty;
use crate::input::{self, Failure, Outcome, note};
use crate::roadmap::plain_dates;
use serde_json::{Map, Value, json};
use sms_core::exchange::rows::{Column, read};
use sms_core::survey::{Role, SurveyPlan};
use sms_core::{Code, Error};

/// The columns of the plan in the file, as a request has them.
fn microdata(args: &SurveyArgs, plan: &SurveyPlan) -> Outcome<Map<String, Value>> {
    let mut asked: Vec<Column<'_>> = Vec::new();
    for (name, role) in plan.columns() {
        let number = matches!(role, Role::Numbers);
        match asked.iter_mut().find(|c| c.name == name) {
            Some(column) => column.number |= number,
            None => asked.push(Column { name, number, needed: true }),
        }
    }
    let name = args.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let rows = read(&input::bytes(&args.file)?, &asked, None, &input::dialect(name, &args.dialect))?;
    let column = |c: &Column<'_>| (c.name.to_owned(), rows.iter().map(|row| row.get(c.name).cloned().unwrap_or_default()).collect());
    Ok(asked.iter().map(column).collect())
}

fn code_of(codes: &Value) -> String {
    codes.as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join(" × ")
}

/// The gaps between the groups of each estimate and domain.
fn gaps(args: &SurveyArgs, made: &Value) -> Outcome<Vec<Value>> {
    let Some(polarity) = args.gaps else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for of in list(made, "groups") {
        let codes: Vec<String> = list(of, "codes").iter().map(code_of).collect();
        if codes.len() < 2 {
            continue;
        }
        let reference = match &args.reference {
            Some(code) => match codes.iter().position(|c| c == code) {
                Some(at) => Some(at),
                None => continue,
            },
            None => None,
        };
        let against = args.against.unwrap_or(if reference.is_some() { Against::Reference } else { Against::Best });
        let asked = json!({
            "groups": of.get("groups"), "covariance": of.get("covariance"), "df": of.get("df"), "all_equal": of.get("all_equal"), "polarity": polarity.word(), "against": against.word(), "reference": reference,
            "overlapping": of.get("covariance").is_none(),
        });
        let compared = ask("equality.compare", asked.as_object().cloned().unwrap_or_default(), args.method.as_deref())?;
        let name = |at: Option<&Value>| at.and_then(Value::as_u64).and_then(|at| codes.get(usize::try_from(at).ok()?)).cloned();
        let mut compared = compared;
        for one in compared.get_mut("found").and_then(Value::as_array_mut).into_iter().flatten() {
            let (group, with) = (name(one.get("group")), name(one.get("with")));
            if let Some(one) = one.as_object_mut() {
                one.insert("group".to_owned(), json!(group));
                one.insert("with".to_owned(), json!(with));
            }
        }
        found.push(json!({ "estimate": of.get("estimate"), "by": of.get("by"), "against": against.word(), "compared": compared }));
    }
    if let Some(reference) = args.reference.as_ref().filter(|_| found.is_empty()) {
        return Err(Failure::Core(
            Error::new(Code::EqualityBadGroups).at_path("reference").expecting(format!("a code of a group, not {}", sms_core::text::short(reference))),
        ));
    }
    Ok(found)
}

fn shown(made: &Value, gaps: &[Value]) -> String {
    let mut rows = vec![header(&["estimate", "group", "value", "se", "from", "to", "n", "quality"])];
    for e in list(made, "estimates") {
        let group: Vec<String> = list(e, "domain").iter().map(|part| format!("{}={}", word(part, "dimension"), word(part, "code"))).collect();
        let value = if e.get("value").is_some() { decimals(e, "/value", 4) } else { words(word(e, "absent")) };
        let group = if group.is_empty() { "all".to_owned() } else { group.join(" ") };
        let ends = ["/interval/lower", "/interval/upper"].map(|end| decimals(e, end, 4));
        let [from, to] = ends;
        rows.push(vec![word(e, "estimate").to_owned(), group, value, decimals(e, "/se", 4), from, to, count(e, "/n"), words(word(e, "quality"))]);
    }
    let mut text = columns(&rows);
    for gap in gaps {
        let by: Vec<&str> = list(gap, "by").iter().filter_map(Value::as_str).collect();
        let compared = gap.get("compared").unwrap_or(&Value::Null);
        text.push_str(&format!("\n{} by {}, {} taken into account:\n", word(gap, "estimate"), by.join(" × "), plural(compared)));
        let mut rows = vec![header(&["group", "with", "difference", "se", "p", "verdict"])];
        for one in list(compared, "found") {
            let with = one.get("with").and_then(Value::as_str).unwrap_or("the average");
            let [difference, se] = ["/difference", "/se"].map(|at| decimals(one, at, 4));
            let is_tiny = one.get("p").and_then(Value::as_f64).is_some_and(|p| p < 0.0005);
            let p = if is_tiny { "below 0.001".to_owned() } else { decimals(one, "/p", 3) };
            rows.push(vec![word(one, "group").to_owned(), with.to_owned(), difference, se, p, words(word(one, "verdict"))]);
        }
        text.push_str(&columns(&rows));
    }
    text
}

fn plural(compared: &Value) -> String {
    match compared.get("comparisons").and_then(Value::as_u64).unwrap_or(0) {
        1 => "1 comparison".to_owned(),
        n => format!("{n} comparisons"),
    }
}

pub(crate) fn survey(args: &SurveyArgs) -> Outcome<u8> {
    let document = plain_dates(input::document(&args.plan)?);
    let plan: SurveyPlan = sms_core::shape::read(&document, Code::SurveyBadPlan).map_err(|e| e.in_file(&args.plan.display().to_string()))?;
    let reporting = json!({ "confidence": args.confidence, "proportion_interval": args.interval.word(), "covariances": args.gaps.is_some() });
    let asked = json!({ "plan": document, "columns": microdata(args, &plan)?, "reporting": reporting });
    let mut made = ask("survey.estimate", asked.as_object().cloned().unwrap_or_default(), None)?;
    let gaps = gaps(args, &made)?;
    let text = if args.format == TextFormat::Json {
        if let Some(made) = made.as_object_mut().filter(|_| args.gaps.is_some()) {
            made.insert("gaps".to_owned(), json!(gaps));
        }
        pretty(&made) + "\n"
    } else {
        shown(&made, &gaps)
    };
    input::write(args.output.as_deref(), &text)?;
    for item in made.pointer("/findings/items").and_then(Value::as_array).into_iter().flatten() {
        note(&format!("{}: {}: {}", word(item, "code"), word(item, "subject"), word(item, "message")));
    }
    note("These figures are not released: small groups are among them. What is published goes through sms assess.");
    Ok(0)
}
