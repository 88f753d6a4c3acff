//! Published indices from their files: the ordinary engine, with no code for any of them, makes the published figures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, missing_docs, reason = "tests")]

use sms_conformance::{engine, shared_data};
use sms_core::exchange::columns;
use sms_core::exchange::csv::Dialect;
use sms_core::index::{Given, IndexResult, Table};
use std::path::PathBuf;

fn data() -> Option<PathBuf> {
    shared_data()
}

/// A CSV file as rows of fields. Rows that are quoted as one field are unwrapped.
fn rows(path: PathBuf) -> (Vec<String>, Vec<Vec<String>>) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut rows: Vec<Vec<String>> = text.trim_start_matches('\u{feff}').lines().map(split).collect();
    let header = rows.remove(0);
    for row in &mut rows {
        if row.len() == 1 {
            *row = split(&row[0]);
        }
        assert_eq!(row.len(), header.len());
    }
    (header, rows)
}

fn split(line: &str) -> Vec<String> {
    let (mut fields, mut quoted, mut chars) = (vec![String::new()], false, line.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => fields.last_mut().unwrap().push(chars.next().unwrap()),
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            c => fields.last_mut().unwrap().push(c),
        }
    }
    fields
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok()
}

/// One row a country and year, with the columns that the index and the test need.
fn country_years(data: &std::path::Path, inputs: &[&str], published: &str) -> (Table, Vec<f64>) {
    let (header, rows) = rows(data.join("hdi/hdi_gdi_1990_2022.csv"));
    let at = |name: &str| header.iter().position(|h| h == name).unwrap_or_else(|| panic!("no column {name}"));
    let (mut units, mut expected) = (Vec::new(), Vec::new());
    let mut columns: Vec<Vec<Option<f64>>> = vec![Vec::new(); inputs.len()];
    // the rows ZZA to ZZK are aggregates of countries
    for row in rows.iter().filter(|r| !r[0].starts_with("ZZ")) {
        for year in 1990..=2022 {
            let Some(value) = number(&row[at(&format!("{published}_{year}"))]) else { continue };
            units.push(format!("{} {year}", row[0]));
            expected.push(value);
            for (column, input) in columns.iter_mut().zip(inputs) {
                column.push(number(&row[at(&format!("{input}_{year}"))]));
            }
        }
    }
    let mut table = Table::new(units).unwrap();
    for (column, input) in columns.into_iter().zip(inputs) {
        table = table.numbers(input, column).unwrap();
    }
    (table, expected)
}

fn run(id: &str, table: &Table) -> IndexResult {
    engine().unwrap().index(id).unwrap().run(table).unwrap().result(&[]).unwrap()
}

#[test]
fn every_hdi_since_1990() {
    let Some(data) = data() else { return };
    let (table, published) = country_years(&data, &["le", "eys", "mys", "gnipc"], "hdi");
    let result = run("undp-hdi", &table);
    let equal = published.iter().enumerate().filter(|(row, value)| result.number("hdi_published", *row) == Some(**value)).count();
    println!("HDI: {equal} of {} country-years equal at 3 decimals", published.len());
    assert_eq!((equal, published.len()), (5808, 5808));
}

#[test]
fn every_gdi_since_1990() {
    let Some(data) = data() else { return };
    let inputs = ["le_f", "le_m", "eys_f", "eys_m", "mys_f", "mys_m", "gni_pc_f", "gni_pc_m"];
    let (table, published) = country_years(&data, &inputs, "gdi");
    let result = run("undp-gdi", &table);
    let equal = published.iter().enumerate().filter(|(row, value)| result.number("gdi_published", *row) == Some(**value)).count();
    println!("GDI: {equal} of {} country-years equal at 3 decimals", published.len());
    assert_eq!((equal, published.len()), (4710, 4710));

    // the groups are published for the last year
    let (header, rows) = rows(data.join("hdi/hdi_gdi_1990_2022.csv"));
    let at = header.iter().position(|h| h == "gdi_group_2022").unwrap();
    let mut groups = 0;
    for row in rows.iter().filter(|r| !r[at].is_empty()) {
        let unit = format!("{} 2022", row[0]);
        let found = result.units.iter().position(|u| *u == unit).unwrap();
        assert_eq!(result.word("gdi_group", found), Some(row[at].trim_end_matches(".0")), "{unit}");
        groups += 1;
    }
    assert!(groups > 150, "{groups}");
}

#[test]
fn the_africa_sdg_index_with_its_ranks() {
    let Some(data) = data() else { return };
    let bytes = std::fs::read(data.join("sdg-africa-2019/countries.csv")).unwrap();
    let (table, findings) = columns::read(&bytes, &["country".to_owned()], &Dialect::default()).unwrap();
    assert!(findings.is_empty());
    let result = run("sdg-africa", &table);
    let (header, rows) = rows(data.join("sdg-africa-2019/countries.csv"));
    let at = |name: &str| header.iter().position(|h| h == name).unwrap();
    let (mut scores, mut ranks, mut none) = (0, 0, 0);
    for (i, row) in rows.iter().enumerate() {
        assert_eq!(result.units[i], row[at("country")].trim());
        let Some(published) = number(&row[at("2019 africa Index Score (0-100)")]) else {
            // two countries lack too many goals and have no score
            assert_eq!((result.number("score", i), result.number("rank", i)), (None, None));
            none += 1;
            continue;
        };
        scores += usize::from((result.number("score", i).unwrap() - published).abs() < 1e-12);
        ranks += usize::from(result.number("rank", i) == number(&row[at("2019 africa Index Rank")]));
    }
    println!("Africa SDG Index: {scores} of 52 scores to 1e-12, {ranks} of 52 ranks");
    assert_eq!((scores, ranks, none), (52, 52, 2));
    assert!(result.outputs.iter().any(|o| o.id == "rank" && o.set_dependent));
    assert!(result.outputs.iter().any(|o| o.id == "score" && !o.set_dependent));
}

#[test]
fn the_social_progress_index() {
    let Some(data) = data() else { return };
    let (header, rows) = rows(data.join("spi-2022/SPI2022.csv"));
    let at = |name: &str| header.iter().position(|h| h == name).unwrap();
    let mut table = Table::new(rows.iter().map(|r| r[at("Country")].clone())).unwrap();
    for (i, name) in header.iter().enumerate().skip(3) {
        table = table.column(name, rows.iter().map(|r| Given::Text(r[i].as_str().into())).collect()).unwrap();
    }
    let result = run("spi", &table);
    let published: Vec<f64> = rows.iter().map(|r| number(&r[at("Social Progress Score")]).unwrap()).collect();
    let within = published.iter().enumerate().filter(|(row, value)| (result.number("score", *row).unwrap() - **value).abs() <= 0.0075 + 1e-9).count();
    println!("SPI: {within} of {} scores within 0.0075", published.len());
    assert_eq!((within, published.len()), (169, 169));
}

#[test]
fn the_progress_of_statistics_canada() {
    let Some(data) = data() else { return };
    let bytes = std::fs::read(data.join("progress-statcan/progress_components.csv")).unwrap();
    let (table, findings) = columns::read(&bytes, &["series".to_owned()], &Dialect::default()).unwrap();
    assert!(findings.is_empty());
    let result = run("statcan-progress", &table);
    let (header, rows) = rows(data.join("progress-statcan/progress_components.csv"));
    let at = |name: &str| header.iter().position(|h| h == name).unwrap();
    let (mut values, mut scores, mut statuses, mut none) = (0, 0, 0, 0);
    for (i, row) in rows.iter().enumerate() {
        let near = |output: &str, column: &str| match (result.number(output, i), number(&row[at(column)])) {
            (Some(a), Some(b)) => usize::from((a - b).abs() < 1e-9),
            (None, None) => 0,
            _ => panic!("{}: {output}", row[at("series")]),
        };
        values += near("value", "progress_value");
        scores += near("score", "score");
        statuses += usize::from(result.word("status", i) == Some(&row[at("status")]));
        none += usize::from(row[at("status")] == "not_available");
    }
    println!("Statistics Canada: {values} of 52 values, {scores} of 52 scores to 1e-9, {statuses} of 54 statuses, {none} not_available");
    assert_eq!((values, scores, statuses, none, rows.len()), (52, 52, 54, 2, 54));
}

#[test]
fn the_blocks_of_the_guide_are_valid() {
    use serde_json::json;
    use sms_core::Code;
    use sms_core::index::Index;
    let guide = std::fs::read_to_string(sms_conformance::root().join("docs/index-files.md")).unwrap();
    let mut blocks = 0;
    for block in guide.split("```toml\n").skip(1).map(|b| b.split("```").next().unwrap()) {
        let block: toml::Value = toml::from_str(block).unwrap();
        let mut file = serde_json::to_value(block).unwrap();
        if file.get("format").is_none() {
            // a part of a file: the rest is made up, with an input for each name that is not declared
            let steps = file["step"].as_array().unwrap().iter().filter(|s| s.get("each").is_none()).map(|s| s["id"].clone()).collect::<Vec<_>>();
            for (field, value) in [
                ("format", json!(1)),
                ("id", json!("part")),
                ("outputs", json!(steps)),
                ("edition", json!("1")),
                ("title", json!("t")),
                ("source", json!("s")),
                ("licence", json!("l")),
                ("unit", json!("u")),
            ] {
                file[field] = value;
            }
            if file.get("input").is_none() {
                file["input"] = json!([{"id": "unused_input"}]);
            }
            for _ in 0..20 {
                match Index::from_value(&file) {
                    Err(e) if e.code() == Code::IndexUnknownName => {
                        let name = e.params()["name"].to_string();
                        file["input"].as_array_mut().unwrap().push(json!({ "id": name }));
                    }
                    _ => break,
                }
            }
        }
        Index::from_value(&file).unwrap_or_else(|e| panic!("{e}\n{file}"));
        blocks += 1;
        if file["id"] == "housing" {
            let index = Index::from_value(&file).unwrap();
            assert!(index.notes().is_empty());
            let csv = guide.split("```csv\n").nth(1).unwrap().split("```").next().unwrap();
            let (table, _) = columns::read(csv.as_bytes(), &[], &Dialect::default()).unwrap();
            let result = index.run(&table).unwrap().result(&[]).unwrap();
            // 100·(40 − 20)/25 = 80, 100·0.9/1.5 = 60, 100; then 20, 40, 50
            let expected = [(80.0_f64 * 80.0 * 60.0 * 100.0).sqrt().sqrt(), (20.0_f64 * 20.0 * 40.0 * 50.0).sqrt().sqrt()];
            for (row, (wanted, word)) in expected.into_iter().zip(["good", "poor"]).enumerate() {
                assert!((result.number("score", row).unwrap() - wanted).abs() < 1e-9);
                assert_eq!(result.word("rating", row), Some(word));
                assert!(guide.contains(&format!("{wanted:.6}")), "{wanted}");
            }
            assert_eq!(result.number("score", 2), None);
        }
    }
    assert!(blocks >= 12, "{blocks}");
}
