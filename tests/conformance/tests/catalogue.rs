//! The catalogue against the corrections of its draft, and against itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, missing_docs, reason = "tests")]

use serde_json::Value;
use sms_conformance::{engine, root, shared_data};
use sms_core::estimate::{Absence, ValueKind};
use sms_core::indicator::{MeasureType, Polarity, Privacy, ResultLevel, Tier};
use sms_core::observation::{Confidentiality, ConfidentialityStatus, ObservationStatus, StatusEffect};
use sms_core::roadmap::Definition;
use sms_core::target::Operator;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

fn verification(name: &str) -> Option<Value> {
    let data = shared_data()?;
    let text = fs::read_to_string(data.join("../domain/verification").join(name)).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

fn draft() -> Option<Value> {
    let data = shared_data()?;
    Some(serde_json::from_str(&fs::read_to_string(data.join("../domain/catalogue-draft.json")).unwrap()).unwrap())
}

#[test]
fn all_indicators_of_the_draft_load_with_their_core_set() {
    let engine = engine().unwrap();
    let catalogue = engine.catalogue();
    let Some(draft) = draft() else { return };
    let drafted = draft["indicators"].as_array().unwrap();
    assert_eq!(drafted.len(), 130);
    assert!(catalogue.indicators().len() >= 130);
    for d in drafted {
        let id = d["id"].as_str().unwrap();
        let i = catalogue.indicator(id).unwrap_or_else(|| panic!("{id} is missing"));
        assert_eq!(i.tier == Tier::Core, d["core"].as_bool().unwrap(), "{id}");
        assert_eq!(i.measure_type.as_str(), d["measure_type"].as_str().unwrap(), "{id}");
        assert_eq!(i.result_level.as_str(), d["results_chain"].as_str().unwrap(), "{id}");
    }
    assert_eq!(catalogue.indicators().iter().filter(|i| i.tier == Tier::Core).count(), 34);
    assert_eq!(catalogue.selection("core").unwrap().all().len(), 34);
}

#[test]
fn no_wrong_legal_anchor_is_left_and_weak_ones_are_handled() {
    let engine = engine().unwrap();
    let Some(legal) = verification("legal.json") else { return };
    let mut wrong = 0;
    for u in legal["uses"].as_array().unwrap() {
        let (id, instrument, article) = (u["indicator"].as_str().unwrap(), u["instrument"].as_str().unwrap(), u["article"].as_str());
        let sheet = engine.catalogue().indicator(id).unwrap();
        let kept = sheet.legal.iter().find(|l| l.instrument.as_str() == instrument && l.article.as_deref() == article);
        match u["fit"].as_str().unwrap() {
            "wrong" => {
                wrong += 1;
                assert!(kept.is_none(), "{id} still rests on {instrument} {article:?}");
            }
            "weak" => assert!(kept.is_none(), "{id} still rests on {instrument} {article:?}"),
            // what fits in part stays only with a note that says so
            "partial" => {
                if let Some(kept) = kept {
                    assert!(kept.fit.as_deref() == Some("partial") && kept.note.is_some(), "{id}: {instrument} {article:?} fits in part and does not say so");
                }
            }
            _ => assert!(!sheet.legal.is_empty()),
        }
    }
    assert_eq!(wrong, 13);
    for i in engine.catalogue().indicators() {
        for l in &i.legal {
            assert!(["confirmed", "read", "plausible_unread", "recalled", "unclear"].contains(&l.verification.as_str()), "{}: {}", i.id, l.verification);
        }
    }
}

#[test]
fn the_high_priority_errors_are_gone() {
    let engine = engine().unwrap();
    let c = engine.catalogue();
    let sheet = |id: &str| c.indicator(id).unwrap();
    let sdg = |id: &str, code: &str| sheet(id).sdg.iter().find(|s| s.code == code).map(|s| s.relation.clone());
    // 1: infant mortality has no SDG ceiling
    assert!(sheet("HEA-O-04").target.as_ref().is_none_or(|t| t.value.is_none()));
    // 2: 5 % is for Roma and tap water only
    let water = sheet("ENV-O-07").target.as_ref().unwrap();
    assert!(water.value.is_none());
    assert!(water.by_group.iter().all(|g| g.dimension.as_str() == "ETHNIC" && g.group.as_str() == "ROMA"));
    // 3: the table of the last 12 months, not of a lifetime
    assert!(sheet("GBV-O-01").dataset.iter().any(|d| d.id.as_str() == "gbv_ipv_occ"));
    assert!(sheet("GBV-O-01").dataset.iter().all(|d| d.id.as_str() != "gbv_ipv_type"));
    // 4: Eurostat's dimensions are called violence and perp
    for (id, list) in [("VTYPE", "violence"), ("RELPERP", "perp")] {
        assert!(c.dimension(id).unwrap().scheme.iter().any(|s| s.agency == "ESTAT" && s.list.eq_ignore_ascii_case(list)), "{id}");
    }
    // 5: ending homelessness is a political commitment without a number
    let homelessness = sheet("HOU-O-01").target.as_ref().unwrap();
    assert!(homelessness.value.is_none() && homelessness.scope.as_deref() != Some("eu"));
    // 6: the duties of the AI Act come later than the draft said
    assert!(c.text(sheet("DIG-P-01")).target.unwrap_or_default().contains("2027"));
    // 7, 8, 9: SDG links
    assert_eq!((sdg("SAF-P-03", "16.3.1"), sdg("SAF-P-03", "16.3.3")), (None, Some("thematic".into())));
    assert_eq!(sdg("GOV-S-04", "11.3.2"), Some("related".into()));
    assert_eq!((sdg("ENV-S-01", "11.b.2"), sdg("ENV-S-01", "13.1.3")), (Some("related".into()), Some("related".into())));
    assert_eq!(sdg("HEA-O-03", "10.3.1"), None);
    // 10: two variables whose labels nobody read
    let baked = sms_catalogue::CATALOGUE_JSON;
    assert!(!baked.contains("EC3065V") && !baked.contains("EC3067V"));
    // 11: SDMX CL_AGE is a list of units
    assert!(c.dimension("AGE").unwrap().scheme.iter().all(|s| !(s.agency == "SDMX" && s.list == "CL_AGE")));
    // 12, 13: the code lists in full, as far as they were read
    let list = |id: &str| c.data().codelists.iter().find(|l| l.id.as_str() == id).unwrap();
    let codes = |id: &str| list(id).fields["code"].as_array().unwrap().iter().map(|k| k["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(codes("SDMX:CL_CONF_STATUS").len(), 11);
    let status = codes("SDMX:CL_OBS_STATUS");
    assert_eq!(status.len(), 23);
    assert!(["M", "O", "L", "Q", "_U", "X", "R"].iter().all(|k| status.iter().any(|s| s == k)));
}

/// The rows of a table of `docs/wire.md`, from code to the other columns.
fn table_of_docs(heading: &str) -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(root().join("docs/wire.md")).unwrap();
    let rows = text.lines().skip_while(|l| !l.starts_with(heading)).skip(2).take_while(|l| l.starts_with('|'));
    let cells = rows.map(|l| l.trim_matches('|').split('|').map(|c| c.trim().to_owned()).collect::<Vec<_>>());
    cells.filter_map(|c| Some((c[0].strip_prefix('`')?.strip_suffix('`')?.to_owned(), c[1..].to_vec()))).collect()
}

#[test]
fn statuses_are_read_and_written_as_the_code_lists_have_them() {
    let engine = engine().unwrap();
    let c = engine.catalogue();
    let listed = |id: &str| -> BTreeMap<String, Option<String>> {
        let list = c.data().codelists.iter().find(|l| l.id.as_str() == id).unwrap();
        let text = |k: &Value, name: &str| k[name].as_str().map(str::to_owned);
        list.fields["code"].as_array().unwrap().iter().map(|k| (text(k, "code").unwrap(), text(k, "label"))).collect()
    };
    let observation = listed("SDMX:CL_OBS_STATUS");
    let confidentiality = listed("SDMX:CL_CONF_STATUS");
    assert!(observation.keys().map(String::as_str).eq(ObservationStatus::ALL.iter().map(|s| s.code()).collect::<BTreeSet<_>>()));
    assert!(confidentiality.keys().map(String::as_str).eq(ConfidentialityStatus::ALL.iter().map(|s| s.code()).collect::<BTreeSet<_>>()));

    // the docs: every code, its word, the label of the list, and what becomes of a value
    let docs = table_of_docs("| status |");
    assert!(docs.keys().eq(observation.keys()));
    for (code, label) in &observation {
        let (row, status) = (&docs[code], ObservationStatus::read(code).unwrap());
        assert!(label.as_ref().is_none_or(|l| *l == row[1]), "{code}");
        assert!(row[0].starts_with(&status.words().first().map(|w| format!("`{w}`")).unwrap_or_default()), "{code}");
        let word = |a: Absence| format!("`{}`", serde_json::to_value(a).unwrap().as_str().unwrap());
        match status.effect() {
            StatusEffect::Present => assert_eq!(row[2], "stays", "{code}"),
            StatusEffect::PresentOrAbsent(a) => assert!(row[2].starts_with("stays") && row[2].ends_with(&format!("without one: {}", word(a))), "{code}"),
            StatusEffect::Absent(a) => assert_eq!(row[2], format!("absent: {}", word(a)), "{code}"),
        }
    }
    let docs = table_of_docs("| confidentiality |");
    assert!(docs.keys().eq(confidentiality.keys()));
    for (code, label) in &confidentiality {
        // the label of E is a sentence, told shorter
        assert!(code == "E" || label.as_ref() == Some(&docs[code][1]), "{code}");
        assert_eq!(docs[code][2] == "published as it is", ConfidentialityStatus::read(code).unwrap().effect() == Confidentiality::Public);
    }

    // there and back: a code of a file is the code of its cell, with a value and without, and a value that may stand stays
    for (code, &value) in observation.keys().flat_map(|code| [true, false].iter().map(move |v| (code, v))) {
        for (mark, kept) in confidentiality.keys().map(|m| (m.as_str(), Some(m.as_str()))).chain([("", None)]) {
            let figure = if value { "30" } else { "" };
            let csv = format!("indicator,place,period,value,status,confidentiality\nHOU-O-03,x,2020,{figure},{code},{mark}\n");
            let rows = sms_core::exchange::csv::read(csv.as_bytes(), &Default::default()).unwrap();
            let (data, findings) = sms_core::dataset::check(c, &rows);
            let effect = ObservationStatus::read(code).unwrap().effect();
            let Some(cell) = data.table.cells.first() else {
                assert!(!value && effect == StatusEffect::Present && findings.count(sms_core::Code::ObsNoValue) == 1, "{code}");
                continue;
            };
            assert_eq!((cell.status_code(), cell.confidentiality_code()), (code.as_str(), kept));
            let stays = value && !matches!(effect, StatusEffect::Absent(_));
            assert_eq!(cell.value(), stays.then_some(30.0), "{code}");
            assert_eq!(findings.count(sms_core::Code::ObsValueDespiteAbsence) == 1, value && !stays, "{code}");
            assert_eq!((cell.is_break, cell.is_provisional), (code == "B", code == "P"));
        }
    }
    // of identical copies the code with precedence stays, in whatever order they come
    for codes in [["A", "E"], ["E", "A"]] {
        let csv = format!("indicator,place,period,value,status\nHOU-O-03,x,2020,30,{}\nHOU-O-03,x,2020,30,{}\n", codes[0], codes[1]);
        let rows = sms_core::exchange::csv::read(csv.as_bytes(), &Default::default()).unwrap();
        let (data, _) = sms_core::dataset::check(c, &rows);
        assert_eq!((data.len(), data.table.cells[0].status_code()), (1, "E"));
    }
}

/// Links that the first verification held aligned, and the second review found to ask for something else.
const AGAIN_RELATED: [(&str, &str); 4] = [("SAF-O-01", "16.1.4"), ("PEX-O-04", "16.7.2"), ("EQU-O-01", "10.3.1"), ("EQU-O-01", "16.b.1")];

#[test]
fn sdg_links_and_targets_follow_the_verification() {
    let engine = engine().unwrap();
    let c = engine.catalogue();
    let Some(sdg) = verification("sdg.json") else { return };
    for row in sdg["rows"].as_array().unwrap() {
        let (id, code) = (row["indicator"].as_str().unwrap(), row["sdg"].as_str().unwrap());
        let link = c.indicator(id).unwrap().sdg.iter().find(|s| s.code == code);
        if AGAIN_RELATED.contains(&(id, code)) {
            assert_eq!(link.map(|l| l.relation.as_str()), Some("related"), "{id} {code}");
            continue;
        }
        match (row["verdict"].as_str().unwrap(), row["proposed"].as_str()) {
            ("holds", Some(relation)) => assert_eq!(link.map(|l| l.relation.as_str()), Some(relation), "{id} {code}"),
            ("change", None) => assert!(link.is_none(), "{id} {code}"),
            ("change", Some(relation)) if ["related", "thematic"].contains(&relation) => {
                assert_eq!(link.map(|l| l.relation.as_str()), Some(relation), "{id} {code}")
            }
            _ => {}
        }
        assert!(link.is_none_or(|l| !l.framework.is_empty()));
    }
    let Some(targets) = verification("targets.json") else { return };
    for t in targets["targets"].as_array().unwrap() {
        let id = t["indicator"].as_str().unwrap();
        let sheet = c.indicator(id).unwrap();
        if t["verdict"] == "normative-no-number" && id != "PEX-P-01" {
            assert_eq!(sheet.target.as_ref().unwrap().scope.as_deref(), Some("own_benchmark"), "{id}");
        }
        assert!(sheet.target.as_ref().is_none_or(|t| t.verification.is_some()), "{id}");
    }
    // one target for each pollutant
    let air = c.indicator("ENV-O-01").unwrap().target.as_ref().unwrap();
    let of = |code: &str| air.by_group.iter().find(|g| g.group.as_str() == code).map(|g| (g.value, g.operator));
    assert_eq!(of("PM10"), Some((20.0, Operator::AtMost)));
    assert_eq!(of("NO2"), Some((20.0, Operator::AtMost)));
}

#[test]
fn attributes_are_renamed_and_marked() {
    let engine = engine().unwrap();
    let attributes = &engine.catalogue().data().attributes;
    assert!(attributes.iter().all(|a| !a.id.as_str().starts_with("FT") || a.id.as_str().starts_with("FTR")));
    for prefix in ["AH", "HE"] {
        let of: Vec<_> = attributes.iter().filter(|a| a.id.as_str().starts_with(prefix) && a.id.as_str().len() == 3).collect();
        assert!(!of.is_empty() && of.iter().all(|a| a.verification == "seen"), "{prefix}");
    }
    assert_eq!(attributes.iter().filter(|a| a.verification == "seen").count(), 9);
    assert_eq!(attributes.iter().filter(|a| a.verification == "recalled").count(), 48);
}

#[test]
fn every_pilot_seed_is_traceable() {
    let engine = engine().unwrap();
    let c = engine.catalogue();
    let pilot = c.selection("pilot-areas").unwrap();
    assert_eq!(pilot.area.len(), 3);
    assert_eq!(pilot.seeds.len(), 28, "ND-S1 to DP-O3 of the illustrative seed");
    for (seed, id) in &pilot.seeds {
        assert!(c.indicator(id.as_str()).is_some(), "{seed}");
        assert!(pilot.all().contains(id), "{seed}: {id} is in no area");
    }
    for area in &pilot.area {
        let outcomes = area.indicators.iter().filter(|id| c.indicator(id.as_str()).unwrap().measure_type == MeasureType::Outcome).count();
        assert!(outcomes > 0, "{} has outputs only", area.id);
    }
}

#[test]
fn sheets_are_complete_and_consistent() {
    let engine = engine().unwrap();
    let c = engine.catalogue();
    let method = engine.method("standard").unwrap();
    for i in c.indicators() {
        let t = c.text(i);
        assert!(!t.name.is_empty() && !t.definition.is_empty() && t.rationale.as_ref().is_some_and(|r| !r.is_empty()), "{}", i.id);
        assert!(t.numerator.is_some(), "{}", i.id);
        assert!(c.label_of("units", i.unit.as_str()).is_some(), "{}: unit {}", i.id, i.unit);
        assert!(!i.rights.is_empty() && !i.source_types.is_empty(), "{}", i.id);
        // our own mapping between the two axes
        let fits = match i.measure_type {
            MeasureType::Structural => matches!(i.result_level, ResultLevel::Input | ResultLevel::Output),
            MeasureType::Process => matches!(i.result_level, ResultLevel::Input | ResultLevel::Activity | ResultLevel::Output),
            MeasureType::Outcome => i.result_level.is_outcome(),
        };
        assert!(fits, "{}: {:?} at {:?}", i.id, i.measure_type, i.result_level);
        let needs_numbers = i.polarity.is_scored() && !matches!(i.value_kind, sms_core::estimate::ValueKind::Maturity | sms_core::estimate::ValueKind::Boolean);
        assert_eq!(needs_numbers, method.rule(i.id.as_str()).is_some(), "{}: goalposts and polarity do not fit", i.id);
    }
    for id in ["SAF-O-03", "WSP-P-02"] {
        assert!(!c.indicator(id).unwrap().polarity.is_scored(), "{id}");
    }
    assert_eq!(c.indicator("SAF-O-03").unwrap().polarity, Polarity::Ambiguous);
    // each module has an outcome: else it would be outputs only
    for m in &c.data().modules {
        assert!(c.indicators().iter().any(|i| i.module == m.id && i.result_level.is_outcome()), "{}", m.id);
    }
}

/// `none` switches disclosure control off, so it is for figures about things.
#[test]
fn no_figure_about_persons_is_without_disclosure_control() {
    let engine = engine().unwrap();
    let c = engine.catalogue();
    // what persons are asked, and what each of them does or hands in
    let persons = [
        "Adults",
        "Children",
        "Complaints",
        "Consultations",
        "Households",
        "Inputs",
        "Interviews",
        "Men",
        "Patients",
        "People",
        "Persons",
        "Pupils",
        "Requests",
        "Residents",
        "Tenants",
        "Victims",
        "Votes",
        "Voters",
        "Women",
        "Workers",
        "Young",
    ];
    let things = ["DEPRIV", "DISTRICT", "FACILITY", "POLLUTANT", "SERVICE"];
    // things that are counted for a group: offices, centres, services, places, pairs of applications, assemblies
    let for_groups = ["EQU-O-07", "GBV-P-01", "GOV-S-09", "HEA-P-01", "PEX-O-02", "PEX-P-03", "PEX-P-04"];
    for i in c.indicators().iter().filter(|i| i.privacy == Privacy::None) {
        let text = c.text(i);
        assert!(i.source_types.iter().all(|s| !["SUR", "PER"].contains(&s.as_str())), "{}: interviews are about persons", i.id);
        for counted in [&text.numerator, &text.denominator].into_iter().flatten() {
            let first = counted.split([' ', ',', '\'']).next().unwrap();
            assert!(!persons.contains(&first), "{}: {counted}", i.id);
        }
        let asked = i.disaggregation.required.iter().chain(&i.disaggregation.desirable).map(|d| d.as_str());
        let of_persons: Vec<&str> = asked.filter(|d| !things.contains(d)).collect();
        assert!(of_persons.is_empty() || for_groups.contains(&i.id.as_str()), "{}: {of_persons:?}", i.id);
    }
}

#[test]
fn the_draft_is_never_called_hrcns() {
    for folder in ["catalogue", "docs", "sms-core", "sms-cli/src", "sms-py", "sms-wasm", "README.md", "examples"] {
        let listed = std::process::Command::new("git").args(["ls-files", folder]).current_dir(root()).output().unwrap();
        for name in String::from_utf8_lossy(&listed.stdout).lines() {
            let Ok(text) = fs::read_to_string(root().join(name)) else { continue };
            for word in ["HRCN catalogue", "HRCN's catalogue", "the catalogue of HRCN"] {
                for (at, _) in text.match_indices(word) {
                    let before = text[..at].chars().rev().take(24).collect::<String>();
                    let before: String = before.chars().rev().collect();
                    assert!(before.contains("not") || before.contains("never"), "{name}: {word}");
                }
            }
        }
    }
    let engine = engine().unwrap();
    assert!(engine.catalogue().release_text("notice").contains("not the catalogue of the Human Rights Cities Network"));
}

#[test]
fn the_road_map_is_a_labelled_reconstruction() {
    let engine = engine().unwrap();
    let map = &engine.catalogue().data().roadmaps[0];
    assert_eq!(map.text("provenance"), Some("reconstruction"));
    let definition = Definition::of_catalogue(engine.catalogue(), None).unwrap();
    assert_eq!(definition.steps().len(), 8);
    for step in definition.steps() {
        // both sides take part and sign; only digital tools are an option
        for list in [&step.sign_off, &step.participants] {
            assert!(["city", "civil_society"].iter().all(|side| list.iter().any(|id| id.as_str() == *side)), "{}", step.id);
        }
        assert_eq!(step.optional, step.id.as_str() == "digitalise");
        assert!(engine.catalogue().label_of("roadmap_steps", step.id.as_str()).is_some());
        for (section, ids) in
            [("deliverables", &step.deliverables), ("participants", &step.participants), ("participants", &step.invited), ("sides", &step.sign_off)]
        {
            let names = &engine.catalogue().label_of("roadmap", section).unwrap().groups;
            assert!(ids.iter().all(|id| names.contains_key(id.as_str())), "{}: a name is missing in {section}", step.id);
        }
    }
    let requires = |id: &str| definition.step(id).unwrap().1.requires.iter().map(|r| r.to_string()).collect::<Vec<_>>();
    assert_eq!((requires("refine"), requires("standardise")), (vec!["pretest".to_owned()], vec!["refine".to_owned()]));
}

/// The catalogue says three things about the figure without the code of a group, and its README names the indicators that are not a total.
#[test]
fn the_figure_without_a_group_is_the_total_unless_the_sheet_says_so() {
    let engine = engine().unwrap();
    let c = engine.catalogue();
    let readme = fs::read_to_string(root().join("catalogue/README.md")).unwrap();
    // the paragraph of the conventions, as one line
    let start = readme.find("* The figure without a group code is the total").unwrap();
    let told: String = readme[start + 2..].lines().take_while(|l| !l.starts_with("* ")).collect::<Vec<_>>().join(" ");
    let (part, none) = told.split_once("have no total").map(|(before, _)| before.rsplit_once(". ").unwrap()).unwrap();
    for i in c.indicators().iter().filter(|i| !i.is_retired()) {
        let limits = c.text(i).limitations.unwrap_or_default();
        let id = i.id.as_str();
        assert_eq!(part.contains(id), limits.contains("The figure without a"), "{id}: a part without a code");
        assert_eq!(none.contains(id), limits.contains("a figure without a group has no meaning"), "{id}: no total");
        // a share of a group divided by a share of the group, or a rate of the group by that of another, has no total
        let text = c.text(i);
        let of_group = |t: &Option<String>| t.as_deref().is_some_and(|t| t.contains("of the group"));
        assert_eq!(none.contains(id), i.value_kind == sms_core::estimate::ValueKind::Ratio && of_group(&text.numerator), "{id}");
    }
}

/// What a machine can see of the second review, row by row.
#[test]
fn the_second_review_is_followed() {
    let engine = engine().unwrap();
    let c = engine.catalogue();
    let sheet = |id: &str| c.indicator(id).unwrap();
    let text = |id: &str| c.text(sheet(id));
    let requires = |id: &str, dimension: &str| sheet(id).disaggregation.required.iter().any(|d| d.as_str() == dimension);
    let aligned = |code: &str| c.indicators().iter().any(|i| i.sdg.iter().any(|s| s.code == code && s.relation == "aligned"));

    // wordings and bases that are not those of the goals
    assert!(["16.1.4", "16.7.2", "10.3.1", "16.b.1"].iter().all(|code| !aligned(code)));
    assert!(text("SAF-O-01").denominator.unwrap().contains("never go out"));
    assert!(!text("SAF-O-01").definition.contains(" or city"));
    assert!(sheet("SAF-O-01").dataset.iter().all(|d| d.id.as_str() != "ilc_mddw03"));
    assert!(sheet("PEX-O-07").sdg.iter().any(|s| s.code == "16.7.1" && s.relation == "related"));

    // texts of a sheet that speak of the same people and the same time
    let told = text("DIS-O-02");
    assert!([Some(told.definition), told.numerator, told.denominator].iter().all(|t| t.as_ref().unwrap().contains("under 65")));
    assert!(text("GOV-P-05").numerator.unwrap().contains("statement"));
    for (id, months) in [("HOU-P-02", "6 to 18 months"), ("MIG-P-01", "3 to 15 months")] {
        assert!(text(id).denominator.unwrap().contains(months), "{id}: cases whose time still runs");
    }
    assert!(text("CHY-P-01").definition.contains("sets no number of days"));
    assert!(text("EDU-O-03").definition.contains("named group"));

    // rights and anchors
    let outcome_of = |right: &str| c.indicators().iter().any(|i| i.result_level.is_outcome() && i.rights.iter().any(|r| r.as_str() == right));
    assert!(!outcome_of("R-INFO"), "a connection at home is no information held by public bodies");
    for i in c.indicators() {
        for l in &i.legal {
            let (instrument, article) = (l.instrument.as_str(), l.article.as_deref().unwrap_or_default());
            let principle = instrument == "CFR" && ["25", "26", "34(3)", "35", "37"].contains(&article);
            let advice = i.id.as_str() == "SAF-P-03" && [("CFR", "47"), ("ECHR", "6"), ("ICCPR", "14")].contains(&(instrument, article));
            assert!(!(principle || advice) || (l.fit.as_deref() == Some("partial") && l.note.is_some()), "{}: {instrument} {article}", i.id);
        }
    }
    for id in ["HEA-S-02", "MIG-P-02"] {
        let note = sheet(id).legal.iter().find(|l| l.instrument.as_str() == "RESC" && l.article.as_deref() == Some("13")).unwrap().note.clone().unwrap();
        assert!(note.contains("14/2003"), "{id}");
    }
    for (id, instrument) in [("ENV-O-06", "D2019-944"), ("ENV-O-06", "D2024-1788"), ("ENV-O-01", "D2008-50"), ("EQU-O-04", "D2023-970")] {
        assert!(sheet(id).legal.iter().any(|l| l.instrument.as_str() == instrument), "{id}: {instrument}");
    }

    // targets and minimum standards
    let scope = |id: &str| sheet(id).target.as_ref().unwrap().scope.clone().unwrap();
    assert_eq!((scope("DIG-P-01").as_str(), scope("HEA-P-02").as_str()), ("own_benchmark", "regional"));
    for id in ["ENV-O-02", "ENV-O-08"] {
        let target = sheet(id).target.as_ref().unwrap();
        assert!(target.value.is_none() && target.year == Some(2030) && target.scope.as_deref() == Some("eu"), "{id}");
    }
    assert!(text("ENV-O-06").target.unwrap().contains("28a") && text("EQU-O-04").target.unwrap().contains("2027"));
    assert!(sheet("GBV-P-01").minimum_standard.is_none(), "what is recommended is not required");
    assert!(text("ENV-O-01").minimum_standard.unwrap().contains("PM2.5 25, PM10 40, NO2 40"));

    // who can act; what is never scored
    assert!(["HOU-O-03", "WSP-P-01"].iter().all(|id| sheet(id).responsible_level != "city"));
    assert!(["PEX-P-03", "GOV-P-08"].iter().all(|id| sheet(id).polarity == Polarity::Ambiguous));
    assert_eq!(sheet("GBV-O-04").polarity, Polarity::None);
    assert!(!requires("GBV-O-04", "RELPERP"));
    // two questions are two indicators, and the old id stays
    assert!(sheet("EQU-O-06").is_retired());
    for id in ["EQU-O-09", "EQU-O-10"] {
        assert!(sheet(id).lineage.supersedes.iter().any(|old| old.as_str() == "EQU-O-06") && !text(id).definition.contains(" or holding"), "{id}");
    }

    // datasets, variables and references
    let table = |id: &str, name: &str| sheet(id).dataset.iter().find(|d| d.id.as_str() == name).cloned();
    assert!(table("HEA-O-01", "hlth_silc_08b").is_some() && table("ENV-O-02", "eea_noise").is_some() && table("ENV-O-08", "urb_ctran").is_some());
    assert!(sheet("ENV-O-08").variables.iter().any(|v| v.as_str() == "TT1060I"));
    assert!(table("EDU-O-04", "trng_aes_105").unwrap().note.unwrap().contains("guided on-the-job"));
    assert!(table("ENV-O-07", "urb_clivcon").unwrap().note.unwrap().contains("dwellings"));
    for i in c.indicators() {
        assert!(i.references.iter().all(|r| !["REF-FRAROMA", "REF-EUMIDIS"].contains(&r.as_str())), "{}: superseded", i.id);
    }

    // who is counted: disability and country of birth in what a core survey says of persons; ethnicity nowhere, as its lawfulness differs by country
    for i in c.indicators() {
        assert!(!requires(i.id.as_str(), "ETHNIC"), "{}", i.id);
        let survey = i.source_types.iter().any(|s| ["SUR", "PER"].contains(&s.as_str()));
        if i.tier == Tier::Core && i.result_level.is_outcome() && survey && i.measure_type == MeasureType::Outcome {
            // gaps by these very dimensions, children, and counts at night
            let apart = ["DIS-O-01", "MIG-O-01", "CHY-O-02", "HOU-O-01"].contains(&i.id.as_str());
            assert_eq!(requires(i.id.as_str(), "DISAB") && requires(i.id.as_str(), "C_BIRTH"), !apart, "{}", i.id);
        }
    }
    assert!(!requires("CHY-O-01", "INCOME") && !requires("EDU-O-03", "INCOME"));
}

#[test]
fn frameworks_name_their_indicators_and_missing_instruments_are_there() {
    let engine = engine().unwrap();
    let data = engine.catalogue().data();
    let framework = |id: &str| data.frameworks.iter().find(|f| f.id.as_str() == id).unwrap();
    let fra = framework("fra");
    for (item, ids) in [
        ("FRA-FS1", vec!["GOV-S-01"]),
        ("FRA-FS2", vec!["GOV-S-03"]),
        ("FRA-FS3", vec!["GOV-S-02"]),
        ("FRA-FS4", vec!["GOV-S-04"]),
        ("FRA-T2", vec!["GOV-P-03"]),
        ("FRA-T3", vec!["GOV-S-06", "GOV-P-04"]),
        ("FRA-T4", vec!["GOV-S-07"]),
        ("FRA-T5", vec!["GOV-P-02"]),
    ] {
        let named = &fra.item.iter().find(|i| i.id.as_str() == item).unwrap().indicators;
        assert!(ids.iter().all(|id| named.iter().any(|n| n.id.as_str() == *id)), "{item}");
    }
    let charter = framework("european-charter");
    assert_eq!((charter.item.len(), charter.complete), (28, true));
    // what rests on an article that nobody read says so
    for item in charter.item.iter().filter(|i| i.provenance != "read") {
        assert!(item.provenance == "recalled" && item.indicators.iter().all(|i| i.verification == "recalled"), "{}", item.id);
    }
    for id in ["CETS144", "CETS148", "D2004-113", "D2019-882", "REC2021-1004", "CEMR-EQ"] {
        let instrument = data.instruments.iter().find(|i| i.id.as_str() == id).unwrap_or_else(|| panic!("{id}"));
        assert!(instrument.fields["addressee"].is_string() && instrument.fields["verification"].is_string(), "{id}");
        assert!(engine.catalogue().indicators().iter().any(|i| i.legal.iter().any(|l| l.instrument.as_str() == id)), "{id} carries no indicator");
    }
}

/// A release has its section in the changelog of the catalogue, with every sheet that was raised with it.
#[test]
fn the_changelog_names_what_the_release_changed() {
    let engine = engine().unwrap();
    let data = engine.catalogue().data();
    let changelog = fs::read_to_string(root().join("catalogue/CHANGELOG.md")).unwrap();
    let head = format!("## {} ({})", data.release.version, data.release.date);
    let section = changelog.split_once(&head).unwrap_or_else(|| panic!("{head}")).1;
    let section = section.split_once("\n## ").map_or(section, |(own, _)| own);
    for i in data.indicators.iter().filter(|i| i.version == data.release.version) {
        assert!(section.contains(i.id.as_str()), "{} is not in the changelog", i.id);
    }
}

#[test]
fn every_indicator_with_levels_says_what_each_level_asks_for() {
    let engine = engine().unwrap();
    let c = engine.catalogue();
    let mut found = 0;
    for i in c.indicators().iter().filter(|i| i.value_kind == ValueKind::Maturity && !i.is_retired()) {
        found += 1;
        let own = c.text(i).levels;
        assert_eq!(own.keys().map(String::as_str).collect::<Vec<_>>(), ["0", "1", "2", "3", "4"], "{}", i.id);
        assert_eq!(c.levels(i), own.clone().into_iter().collect::<Vec<_>>(), "{}", i.id);
        // each level asks for all of the one below
        assert!(own["3"].starts_with("All of level 2; and ") && own["4"].starts_with("All of level 3; and "), "{}", i.id);
        // nothing falls between the lower ones
        assert!(own["1"].ends_with("Or what there is lacks a condition of level 2."), "{}", i.id);
        assert_eq!(own.values().collect::<BTreeSet<_>>().len(), 5, "{}", i.id);
    }
    assert!(found >= 26);
    // the general words where an indicator has no descriptors of its own; nothing for what has no levels
    let mut raw: Value = serde_json::from_str(sms_catalogue::CATALOGUE_JSON).unwrap();
    raw["texts"]["en"]["indicators"]["GOV-S-01"].as_object_mut().unwrap().remove("levels");
    let general = sms_core::Catalogue::from_json(&raw.to_string()).unwrap();
    assert_eq!(general.levels(general.indicator("GOV-S-01").unwrap())[2], ("2".to_owned(), "Formally adopted".to_owned()));
    assert!(c.levels(c.indicator("HOU-O-01").unwrap()).is_empty());
    // a level that is left out, one that says nothing, and levels of what has none
    for (id, levels) in [
        ("GOV-S-01", serde_json::json!({"0": "a", "1": "b", "2": "c", "4": "e"})),
        ("GOV-S-01", serde_json::json!({"0": "a", "1": "b", "2": " ", "3": "d", "4": "e"})),
        ("HOU-O-01", serde_json::json!({"0": "a", "1": "b", "2": "c", "3": "d", "4": "e"})),
    ] {
        let mut bad = raw.clone();
        bad["texts"]["en"]["indicators"][id]["levels"] = levels;
        let error = sms_core::Catalogue::from_json(&bad.to_string()).unwrap_err();
        assert_eq!(
            (error.code().as_str(), error.location().path.as_deref()),
            ("catalogue.bad-value", Some(format!("texts.en.indicators.{id}.levels").as_str()))
        );
    }
}

#[test]
fn questions_of_screens_ask_for_one_condition_each() {
    let engine = engine().unwrap();
    let c = engine.catalogue();
    let mut asked = 0;
    for item in c.data().screens.iter().flat_map(|s| &s.item) {
        let text = c.label("screens", item.id.as_str());
        // what stands in brackets explains
        let bare: String = text.split('(').enumerate().map(|(i, part)| if i == 0 { part } else { part.split_once(')').map_or("", |(_, rest)| rest) }).collect();
        assert_eq!(text.matches('?').count(), 1, "{}: {text}", item.id);
        assert!([" and ", " or ", ": ", ";"].iter().all(|joins| !bare.contains(joins)), "{}: {text}", item.id);
        asked += 1;
    }
    assert_eq!(asked, 85);
    // ids of the questions that were split are those of their first conditions
    for id in ["PANEL-P1", "PANEL-L4", "AAAQ-AV1", "AAAQ-QU3"] {
        assert!(c.data().screens.iter().flat_map(|s| &s.item).any(|i| i.id.as_str() == id), "{id}");
    }
}

#[test]
fn the_form_and_the_catalogue_say_the_same_of_a_group() {
    let engine = engine().unwrap();
    let c = engine.catalogue();
    let bank = sms_core::form::Bank::from_json(sms_catalogue::QUESTIONS_JSON).unwrap();
    let english = bank.texts("en").unwrap();
    for (list, dimension) in [("grounds", "GROUND"), ("sex", "SEX")] {
        for code in &bank.list(list).unwrap().codes {
            assert_eq!(english.answers[list][code], c.group_label(dimension, code), "{dimension} {code}");
        }
    }
    // nobody is counted for naming a body that does not exist, and every group that questions make is one of its dimension
    let bodies = bank.list("bodies").unwrap();
    let measure = bank.measure("GOV-O-01").unwrap();
    assert!(!bodies.decoys.is_empty() && measure.all.iter().flat_map(|x| &x.any).all(|code| !bodies.decoys.contains(code)));
    assert!(measure.all.iter().any(|x| x.none == bodies.decoys));
    assert!(bank.question("tap_water_safe").is_some() && bank.question("sogi").is_none());
}

/// The exercise of `examples/raters`: what two raters said, by indicator.
fn rated(name: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join("examples/raters").join(name)).unwrap();
    text.lines().skip(1).map(|l| l.split(',').collect::<Vec<_>>()).map(|c| (c[0].to_owned(), c[1].to_owned())).collect()
}

#[test]
fn the_exercise_for_raters_comes_out_as_its_page_says() {
    let engine = engine().unwrap();
    let c = engine.catalogue();
    let (first, second) = (rated("rater-1.csv"), rated("rater-2.csv"));
    assert!(first.len() == 12 && first.keys().eq(second.keys()));
    let evidence = fs::read_to_string(root().join("examples/raters/evidence.csv")).unwrap();
    for id in first.keys() {
        assert_eq!(c.levels(c.indicator(id).unwrap()).len(), 5, "{id}");
        assert_eq!(evidence.lines().filter(|l| l.starts_with(&format!("{id},"))).count(), 1, "{id}");
    }
    let level = |text: &String| text.parse::<usize>().unwrap();
    let pairs: Vec<(usize, usize)> = first.iter().map(|(id, l)| (level(l), level(&second[id]))).collect();
    let kappa = |weights| sms_core::agreement::cohen_of_pairs(&pairs, 5, weights).unwrap().coefficient.value.unwrap();
    let plain = kappa(sms_core::agreement::Weights::None);
    let linear = kappa(sms_core::agreement::Weights::Linear);
    // by hand: 89 / 113 and 1 - 24 / 194
    assert!((plain - 89.0 / 113.0).abs() < 1e-12 && (linear - 170.0 / 194.0).abs() < 1e-12);
    let page = fs::read_to_string(root().join("examples/raters/README.md")).unwrap();
    assert!(page.contains("(0.788, 0.876)"));
}
