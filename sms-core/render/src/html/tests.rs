//! What every page holds to.

use super::*;
use sms_assessment::report::Figure;
use sms_assessment::{AssessmentPlan, Method, Periods, PrivacyPolicy, assess, dataset};
use sms_model::Catalogue;
use std::sync::Arc;

const NASTY: &str = "<script>alert(1)</script> & \"Mitte\"";

fn csv() -> String {
    let mut rows = vec!["indicator,place,place_name,period,value,numerator,denominator,SEX,AGE,status,note,proxy,source,confidentiality".to_owned()];
    let name = NASTY.replace('"', "\"\"");
    let mut row = |indicator: &str, period: &str, value: &str, counts: (&str, &str), sex: &str, age: &str, status: &str, note: &str| {
        let (a, b) = counts;
        rows.push(format!("{indicator},P1,\"{name}\",{period},{value},{a},{b},{sex},{age},{status},{note},,https://example.org/data,"));
    };
    for (year, women, men) in [("2018", "4000", "4400"), ("2019", "3900", "4500"), ("2020", "3000", "4600")] {
        let total = (women.parse::<u32>().unwrap() + men.parse::<u32>().unwrap()).to_string();
        row("SAF-O-01", year, "", (&total, "10000"), "", "", "", "<img src=x onerror=alert(2)>");
        row("SAF-O-01", year, "", (women, "5000"), "F", "", "", "");
        row("SAF-O-01", year, "", (men, "5000"), "M", "", "", "");
    }
    // four people: withheld from anyone outside the data holder
    row("HOU-O-02", "2020", "", ("4", "98765"), "", "", "", "");
    // below the minimum standard of 100 %
    row("DIG-P-02", "2020", "", ("80", "100"), "", "", "", "");
    // more may be better or worse
    row("SAF-O-03", "2019", "", ("120", "100000"), "", "", "", "");
    // by group only
    row("WSP-O-04", "2020", "", ("500", "5000"), "F", "", "", "");
    row("WSP-O-04", "2020", "", ("400", "5000"), "M", "", "", "");
    row("GOV-S-01", "2020", "3", ("", ""), "", "", "", "");
    row("HEA-O-01", "2020", "", ("", ""), "", "", "not_asked", "");
    rows.join("\n")
}

fn made(csv: &str, plan: &AssessmentPlan, internal: bool) -> Report {
    let catalogue = Arc::new(Catalogue::from_json(sms_catalogue::CATALOGUE_JSON).unwrap());
    let observations = sms_exchange::csv::read(csv.as_bytes(), &sms_exchange::csv::Dialect::default()).unwrap();
    let (dataset, findings) = dataset::check(&catalogue, &observations);
    assert_eq!(dataset.row_counts().rejected, 0, "{findings:?}");
    let method = Arc::new(Method::from_json(sms_catalogue::METHODS[0].1).unwrap());
    let assessment = assess::assess(&method, &Arc::new(dataset), &findings, plan).unwrap();
    assessment.release(&if internal { PrivacyPolicy::internal() } else { method.public_policy() }).unwrap()
}

pub(crate) fn sample(internal: bool) -> Report {
    made(&csv(), &AssessmentPlan::default(), internal)
}

fn headings(page: &str) -> Vec<u32> {
    let starts = page.match_indices("<h").filter_map(|(at, _)| page[at + 2..].chars().next()?.to_digit(10));
    starts.collect()
}

/// The page without its styles.
fn body(page: &str) -> &str {
    page.split_once("<body").unwrap().1
}

#[test]
fn what_others_wrote_is_escaped() {
    let report = sample(false);
    let page = page(&report);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;Mitte&quot;"));
    assert!(page.contains("&lt;img src=x onerror=alert(2)&gt;"));
    assert!(!page.contains("<script") && !page.contains("<img"));
    let plan = AssessmentPlan { title: "</title><b>".to_owned(), selection_reason: "</dd><i>".to_owned(), ..AssessmentPlan::default() };
    let page = super::page(&made(&csv(), &plan, false));
    assert!(!page.contains("<b>") && !page.contains("<i>") && page.matches("</title>").count() == 1);
}

#[test]
fn headings_are_in_order_and_ids_are_unique() {
    let many = AssessmentPlan { periods: Periods::Each, ..AssessmentPlan::default() };
    for page in [page(&sample(false)), page(&sample(true)), page(&made(&csv(), &many, false))] {
        let levels = headings(&page);
        assert_eq!((levels[0], levels.iter().filter(|l| **l == 1).count()), (1, 1));
        assert!(levels.windows(2).all(|w| w[1] <= w[0] + 1), "{levels:?}");
        let mut ids: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
        for target in page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(ids.binary_search(&target.strip_prefix('#').unwrap()).is_ok(), "{target}");
        }
    }
}

#[test]
fn an_internal_report_says_so() {
    assert_eq!(body(&page(&sample(true))).matches(INTERNAL).count(), 3);
    assert!(page(&sample(true)).contains("@top-center { content: \"Internal"));
    assert!(!page(&sample(false)).contains("not for publication"));
}

#[test]
fn a_withheld_figure_shows_no_number() {
    let report = sample(false);
    let place = report.place_report(0).unwrap();
    let rough = place.indicators.iter().find(|i| i.id == "HOU-O-02").unwrap();
    assert_eq!(rough.figure, Figure::Suppressed);
    let page = page(&report);
    let card = page.split("<article").find(|c| c.contains("u0-HOU-O-02\"")).unwrap();
    assert!(card.contains("Withheld, so that nobody can be recognised."));
    assert!(!page.contains("98765") && !page.contains("4 out of"));
    // a number in the card belongs to the catalogue's texts, none to a figure
    for shown in ["class=\"bar\"", "interval", "out of", "<table", "Score:"] {
        assert!(!card.contains(shown), "{shown}");
    }
    assert!(super::page(&sample(true)).contains("4 out of 98765."));
}

#[test]
fn each_chart_has_a_table_and_a_sentence() {
    let page = page(&sample(false));
    let mut figures = 0;
    for figure in page.split("<figure>").skip(1) {
        let figure = figure.split("</figure>").next().unwrap();
        assert!(figure.contains("<svg class=\"chart"));
        assert_eq!((figure.matches("<table>").count(), figure.matches("<figcaption>").count(), figure.matches("<caption>").count()), (1, 1, 1));
        figures += 1;
    }
    assert!(figures >= 2);
    let outside: String = page.split("<figure>").map(|part| part.split_once("</figure>").map_or(part, |(_, rest)| rest)).collect();
    assert!(!outside.contains("class=\"chart"));
    assert_eq!(page.matches("<table").count(), page.matches("<caption>").count());
    assert_eq!(page.matches("<th>").count(), 0, "every header cell has a scope");
}

#[test]
fn nothing_comes_from_elsewhere() {
    let page = page(&sample(false));
    for attribute in ["src=", "url(", "@import", "http-equiv=\"refresh", "<link", "<iframe", "<object", "<embed"] {
        assert!(!page.replace("&lt;img src=x", "").contains(attribute), "{attribute}");
    }
    for (at, _) in page.match_indices("http").filter(|(at, _)| !page[*at..].starts_with("http-equiv")) {
        let before = &page[..at];
        assert!(before.rfind('>') > before.rfind('<'), "a link inside a tag: {}", &page[at..at + 30]);
    }
    assert!(page.contains("https://example.org/data"));
}

#[test]
fn what_is_below_the_minimum_comes_first() {
    let page = page(&sample(false));
    let (below, lead) = (page.find("Below the minimum standard").unwrap(), page.find("class=\"lead\"").unwrap());
    assert!(below < lead);
    assert!(page.contains("80\u{a0}%. The minimum standard is at least 100\u{a0}%."));
    assert!(page.contains("Too little is measured for an overall result."));
    assert!(page.contains("level 3: operating with staff and budget"));
}

#[test]
fn outcomes_come_before_effort() {
    let page = page(&sample(false));
    let table = page.split("<table class=\"results\">").nth(1).unwrap();
    assert!(table.find("Outcomes (of 100)").unwrap() < table.find("Effort (of 100)").unwrap());
    assert!(page.find("Impact: long-term").unwrap() < page.find("Input: money").unwrap());
}

#[test]
fn nobody_is_worst_off_where_neither_way_is_better() {
    // half women is best: men at 70 % are further from it than women at 40 %, although their figure is higher
    let rows = "indicator,place,period,numerator,denominator,SEX\nPEX-O-02,P1,2020,550,1000,\nPEX-O-02,P1,2020,400,1000,F\nPEX-O-02,P1,2020,700,1000,M\n";
    let page = page(&made(rows, &AssessmentPlan::default(), false));
    assert!(page.contains("From 40\u{a0}% (“Female”) to 70\u{a0}% (“Male”); 30 percentage points apart."));
    assert!(!page.contains("orst off is") && !page.contains("worst off: "));
    assert!(page.contains("There are no gaps that can be compared"));
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    assert_eq!(page(&sample(false)), page(&sample(false)));
}

#[test]
fn many_places_make_a_list() {
    let mut rows = "indicator,place,period,numerator,denominator\n".to_owned();
    for place in 0..300 {
        rows.push_str(&format!("SAF-O-01,P{place:03},2020,600,1000\n"));
    }
    let page = page(&made(&rows, &AssessmentPlan::default(), false));
    assert_eq!(page.matches("<article").count(), 0);
    assert_eq!(page.matches("<th scope=\"row\"><bdi>P").count(), 300);
    assert!(page.len() < 200_000, "{}", page.len());
}
