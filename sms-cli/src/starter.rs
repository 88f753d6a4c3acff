//! `sms new`: a folder to begin with. Everything in it can be read by the commands of `sms`, or says that it is a record.

use crate::args::NewArgs;
use crate::input::{self, Failure, Outcome, out};
use sms_core::Catalogue;
use sms_core::roadmap::{Day, Definition};
use std::path::{Path, PathBuf};

/// The selection whose indicators the templates list.
const CORE: &str = "core";

/// The name of the city as an id and as the name of its folder.
fn slug(city: &str) -> String {
    let made = sms_core::text::slug(city);
    if made.is_empty() { "city".to_owned() } else { made }
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A text as CSV writes it.
fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

pub(crate) fn new(args: &NewArgs) -> Outcome<u8> {
    let catalogue = input::catalogue(args.catalogue.as_deref())?;
    let start: Day = args.start.parse()?;
    let city = sms_core::text::clean(&args.city)?.into_owned();
    let folder = args.folder.clone().unwrap_or_else(|| PathBuf::from(slug(&city)));
    if city.is_empty() {
        return Err(Failure::file(&folder, "the city has no name", "Name it: sms new \"Name of the city\" --start 2025-01-01."));
    }
    if folder.exists() {
        return Err(Failure::file(&folder, "there is such a folder already", "Name another one with --folder."));
    }
    let files = [
        ("README.md", readme(&city)),
        ("roadmap.toml", run(&catalogue, &city, start)?),
        ("targets.toml", targets(&catalogue, &city)),
        ("plan.toml", plan(&city)),
        ("observations.csv", observations(&catalogue, &city, start)),
    ];
    std::fs::create_dir_all(&folder).map_err(|e| Failure::file(&folder, e, "Check the place."))?;
    for (name, text) in &files {
        input::write(Some(&folder.join(name)), text)?;
    }
    out(&format!("{}:\n{}\n", folder.display(), files.map(|(name, _)| format!("  {name}\n")).concat()));
    out(&format!("Next: fill in the partners in {0}, then\n  sms roadmap status {0}\n", shown(&folder.join("roadmap.toml"))));
    Ok(0)
}

fn shown(path: &Path) -> String {
    let text = path.display().to_string();
    if text.contains(' ') { format!("\"{text}\"") } else { text }
}

fn readme(city: &str) -> String {
    format!(
        "# {city}

| file | holds | read by |
|---|---|---|
| `roadmap.toml` | partners, and the log of what happened on the road map | `sms roadmap status`, `next`, `apply`, `page` |
| `observations.csv` | figures; the core indicators stand there as missing until somebody fills them in | `sms check`, `sms assess` |
| `plan.toml` | which indicators are assessed, and the title of the report | `sms assess` |
| `targets.toml` | what the city has promised: baseline, target, who decided it with whom | people: a record beside the report |

    sms roadmap status roadmap.toml
    sms roadmap apply roadmap.toml type=started step=commit date=YEAR-MONTH-DAY by=office
    sms roadmap page roadmap.toml -o where-we-are.html
    sms assess .

The log only grows: what was recorded is never changed. A mistake is corrected by a later event.
No step closes without the sign-off of the city and of civil society.
"
    )
}

fn run(catalogue: &Catalogue, city: &str, start: Day) -> Outcome<String> {
    let definition = Definition::of_catalogue(catalogue, None)?;
    let mut text = format!(
        "# The road map of {city}. Partners first, then the log: add events with `sms roadmap apply`, or by hand at the end.
# Kinds: city_unit, civil_society, nhri, equality_body, academia, private_sector, residents_group, international_organisation.
# Roles: lead, member, observer. `side` says for whom a partner can sign.

definition = {}
start = {}

[city]
id = {}
name = {}
",
        quoted(definition.id().as_str()),
        quoted(&start.to_string()),
        quoted(&slug(city)),
        quoted(city)
    );
    for (i, side) in definition.data().side.iter().enumerate() {
        let kinds: Vec<&str> = side.kinds.iter().map(|k| k.as_str()).collect();
        let (id, role) = if i == 0 { ("office".to_owned(), "lead") } else { (side.id.to_string(), "member") };
        text.push_str(&format!(
            "\n# Signs for the side {}; its kind is one of: {}.\n[[partners]]\nid = {}\nname = \"(fill in)\"\nkind = {}\nrole = \"{role}\"\nside = {}\n",
            side.id,
            kinds.join(", "),
            quoted(&id),
            quoted(kinds.first().copied().unwrap_or_default()),
            quoted(side.id.as_str())
        ));
    }
    Ok(text)
}

fn core(catalogue: &Catalogue) -> Vec<(String, String)> {
    let ids = catalogue.selection(CORE).map(|s| s.all()).unwrap_or_default();
    ids.iter().filter_map(|id| catalogue.indicator(id.as_str())).map(|i| (i.id.to_string(), catalogue.name(i).to_owned())).collect()
}

fn targets(catalogue: &Catalogue, city: &str) -> String {
    let mut text = format!(
        "# What {city} has promised. A record for people, beside the report; `sms assess` takes minimum standards and targets from the catalogue.
# Set a target after its baseline, and say with whom it was decided. Take the signs # away where you have one.
"
    );
    for (id, name) in core(catalogue) {
        text.push_str(&format!("\n# {name}\n# [[target]]\n# indicator = \"{id}\"\n# baseline = 0.0\n# baseline_period = \"\"\n# target = 0.0\n# year = 0\n# adopted_by = \"\"\n# decided_with = \"\"\n# date = \"\"\n"));
    }
    text
}

fn plan(city: &str) -> String {
    format!("title = {}\nselection = [\"{CORE}\"]\nselection_reason = \"The common core, to begin with.\"\n", quoted(&format!("Human rights in {city}")))
}

fn observations(catalogue: &Catalogue, city: &str, start: Day) -> String {
    let mut text = String::from("indicator,place,place_name,period,value,numerator,denominator,n,se,status,confidentiality,source,note\n");
    for (id, name) in core(catalogue) {
        text.push_str(&format!("{id},{},{},{},,,,,,missing,,,{}\n", slug(city), cell(city), start.year(), cell(&name)));
    }
    text
}
