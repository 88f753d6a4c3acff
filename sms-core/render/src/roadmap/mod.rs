//! The page that a city officer reads: what step are we in, what is missing, who must sign, what next. And the page of a
//! cohort. Every word comes from the catalogue, so that a translation is data.

mod cohort;
mod gantt;
mod page;
mod texts;

pub use cohort::{cohort_page, cohort_text};
pub use page::{next_text, page, text};
pub(super) use texts::fill;
pub use texts::{StepText, Texts};

use maud::Markup;

const OWN_STYLE: &str = include_str!("style.css");

fn frame(texts: &Texts, title: &str, body: Markup) -> String {
    super::document(texts.catalogue.language(), title, OWN_STYLE, &texts.word("skip_link", &[]), &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use sms_model::catalogue::Catalogue;
    use sms_process::roadmap::{City, Definition, Event, Partners, Run, cohort};
    use std::collections::BTreeMap;
    use std::sync::Arc;

    fn texts(definition: &Definition) -> Texts {
        let catalogue = Arc::new(Catalogue::from_json(sms_catalogue::CATALOGUE_JSON).unwrap());
        Texts::new(catalogue, definition, BTreeMap::new())
    }

    fn definition() -> Arc<Definition> {
        let catalogue = Catalogue::from_json(sms_catalogue::CATALOGUE_JSON).unwrap();
        Arc::new(Definition::of_catalogue(&catalogue, None).unwrap())
    }

    fn started(name: &str) -> Run {
        let definition = definition();
        let partners = [json!({"id": "office", "name": name, "kind": "city_unit", "role": "lead", "side": "city"})];
        let partners = Partners::from_values(&definition, &partners).unwrap();
        let mut run = Run::new(definition, "2024-01-01".parse().unwrap(), partners);
        for event in [
            json!({"type": "planned", "step": "commit", "start": "2024-01-01", "due": "2024-02-01", "date": "2024-01-01", "by": "office"}),
            json!({"type": "started", "step": "commit", "date": "2024-01-02", "by": "office"}),
            json!({"type": "delivered", "step": "commit", "deliverable": "team-and-roles", "date": "2024-03-02", "by": "office"}),
        ] {
            run.apply(Event::from_value(&event, "event").unwrap()).unwrap();
        }
        run
    }

    #[test]
    fn the_page_answers_the_four_questions() {
        let run = started("Office <&> Co");
        let texts = texts(run.definition());
        let page = page(&run, Some("<b>Neverhaven</b>"), None, &texts);
        assert!(page.contains("&lt;b&gt;Neverhaven&lt;/b&gt;: where we are") && !page.contains("<b>") && page.contains("Office &lt;&amp;&gt; Co"));
        for (heading, says) in [
            ("What step are we in?", "You are in step 1 (Commit, set up the partnership and develop the road map together). 0 of 8 steps are closed."),
            ("What is missing?", "Signed commitment, with evidence"),
            ("Who must sign?", "still to sign, once the rest is there"),
            ("What to do next?", "Find a partner who can sign for civil society: civil society organisation or group of residents."),
            ("What was planned, and what happened?", "Late by the plan: 1 Commit"),
        ] {
            assert!(page.contains(heading) && page.contains(says), "{heading}: {says}");
        }
        assert!(page.contains("not the wording of the Human Rights Cities Network"));
        // every braced word is filled in, every word is there
        assert!(!page.split("</style>").nth(1).unwrap().contains(['{', '}']), "a word in braces is left");
        assert!(!page.contains("<script") && page.contains("role=\"img\"") && page.contains("aria-current=\"step\""));
        let plain = text(&run, Some("Neverhaven"), None, &texts);
        assert!(plain.contains("  ▸  1  Commit") && !plain.contains('{'), "{plain}");
        assert!(
            next_text(&run, &texts).starts_with("What to do next?\n- Hand in, with evidence: Signed commitment. Who: Office <&> Co. Planned by 2024-02-01.\n")
        );
    }

    #[test]
    fn every_word_of_the_pages_is_in_the_catalogue() {
        let texts = texts(&definition());
        for source in [include_str!("texts.rs"), include_str!("page.rs"), include_str!("cohort.rs"), include_str!("gantt.rs")] {
            for call in source.split("word(\"").skip(1) {
                let key = call.split('"').next().unwrap();
                let known = texts.group("page", key).or_else(|| texts.group("cohort", key));
                assert!(known.is_some(), "{key} has no text");
            }
        }
        for status in ["waiting", "ready", "open", "completed", "skipped", "looped_back"] {
            assert!(texts.group("statuses", status).is_some());
        }
        for kind in sms_process::roadmap::PartnerKind::ALL {
            assert!(texts.group("kinds", kind.as_str()).is_some());
        }
    }

    #[test]
    fn a_road_map_of_ones_own_shows_its_labels_or_its_ids() {
        let own = json!({"id": "own", "version": "1", "provenance": "example", "side": [{"id": "all", "kinds": ["academia"]}],
            "step": [{"id": "commit", "sign_off": ["all"]}, {"id": "walk", "sign_off": ["all"]}]});
        let definition = Arc::new(Definition::from_value(&own).unwrap());
        let run = Run::new(definition.clone(), "2024-01-01".parse().unwrap(), Partners::default());
        let catalogue = texts(&definition).catalogue;
        let labels = BTreeMap::from([("steps".to_owned(), BTreeMap::from([("walk".to_owned(), "Walk {far}".to_owned())]))]);
        let shown = text(&run, None, None, &Texts::new(catalogue, &definition, labels));
        assert!(shown.contains("“commit”") && shown.contains("“Walk {far}”") && !shown.contains("Commit, set up"), "{shown}");
    }

    #[test]
    fn a_cohort_ranks_nobody() {
        let run = started("Office");
        let city = |id: &str, run| City { id: id.parse().unwrap(), name: id.to_uppercase(), observer: id == "z", run };
        let broken = Err(sms_base::diagnostic::Error::new(sms_base::diagnostic::Code::RoadmapBadDate));
        let made = cohort(run.definition(), &[city("z", Ok(run.clone())), city("b", broken), city("a", Ok(run.clone()))], None);
        let (texts, definition) = (texts(run.definition()), run.definition().clone());
        let plain = cohort_text(&definition, &made, &texts);
        let at = |word: &str| plain.find(word).unwrap();
        assert!(at("  A: 1 (Commit") < at("  B: The log cannot be read: roadmap.bad-date") && at("  B:") < at("  Z (observer)"), "{plain}");
        assert!(plain.contains("This is no ranking") && plain.contains("2 cities take part, 1 watch"));
        assert!(cohort_page(&definition, &made, &texts).contains("data-label=\"Where it is\""));
    }

    #[test]
    fn patterns_are_filled_once() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "x")]), "{b} and x");
        assert_eq!(fill("{no} {", &[("a", "x")]), "{no} {");
    }
}
