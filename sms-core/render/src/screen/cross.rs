//! What answers an instrument, a charter or the goals, on a page.

use super::{Texts, frame};
use maud::html;
use sms_process::screen::cross_reference::{CrossEntry, CrossReference};

impl Texts {
    fn reference(&self, made: &CrossReference) -> String {
        if made.kind == "instrument" { self.catalogue.label("instruments", &made.reference).to_owned() } else { self.sheet(&made.reference) }
    }

    fn reference_note(&self, made: &CrossReference) -> String {
        if made.kind == "instrument" {
            self.catalogue.label_of("instruments", &made.reference).and_then(|l| l.note.clone()).unwrap_or_default()
        } else {
            self.notice(&made.reference)
        }
    }

    fn entry(&self, made: &CrossReference, entry: &CrossEntry) -> String {
        if made.kind == "framework" {
            return self.item(&made.reference, &entry.id);
        }
        match (&entry.article, self.catalogue.label_of("articles", &entry.id)) {
            (_, Some(label)) => label.name.clone(),
            (Some(article), None) => self.word("article", &[("article", article)]),
            (None, None) => self.word("as_a_whole", &[]),
        }
    }

    fn counts(&self, made: &CrossReference) -> String {
        let c = made.counts;
        let pairs = [("of", c.of), ("direct", c.direct), ("through", c.through_right), ("none", c.none), ("indicators", made.indicators)];
        let pairs: Vec<(&str, String)> = pairs.into_iter().map(|(k, n)| (k, n.to_string())).collect();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(k, v)| (*k, v.as_str())).collect();
        format!("{} {}", self.word("cross_counts", &pairs), self.word(&format!("list_{}", made.list), &[]))
    }

    fn directs(&self, entry: &CrossEntry) -> Vec<String> {
        let one = |d: &sms_process::screen::cross_reference::Direct| {
            let mut more: Vec<String> = d.cited.iter().cloned().collect();
            more.extend(
                [d.relation.as_deref(), d.fit.as_deref().filter(|f| *f == "partial"), Some(d.verification.as_str())]
                    .into_iter()
                    .flatten()
                    .map(|w| self.how_sure(w)),
            );
            format!("{} ({})", self.indicator(&d.indicator), more.join(", "))
        };
        entry.indicators.iter().map(one).collect()
    }

    fn throughs(&self, entry: &CrossEntry) -> Vec<String> {
        let one = |r: &sms_process::screen::cross_reference::ThroughRight| {
            let right = self.catalogue.label("rights", &r.right);
            let sure = self.how_sure(&r.verification);
            let key = if r.indicators.is_empty() { "through_none" } else { "through" };
            self.word(key, &[("right", right), ("sure", &sure), ("n", &r.indicators.len().to_string()), ("ids", &r.indicators.join(", "))])
        };
        entry.rights.iter().map(one).collect()
    }
}

/// What answers an instrument, as a page.
#[must_use]
pub fn cross_page(made: &CrossReference, texts: &Texts) -> String {
    let word = |key: &str| texts.word(key, &[]);
    let title = texts.word("cross_title", &[("what", &texts.reference(made))]);
    let gaps: Vec<&CrossEntry> = made.entries.iter().filter(|e| e.state == "none").collect();
    let note = texts.reference_note(made);
    let list = |lines: Vec<String>| {
        html! { @if lines.is_empty() { span.quiet { (word("none")) } } @else { ul { @for line in lines { li { (line) } } } } }
    };
    frame(
        texts,
        &title,
        html! {
            header.top {
                h1 { (title) }
                p.lead { (texts.counts(made)) }
                @if !note.is_empty() { p.notice { (note) } }
            }
            main #main {
                section aria-labelledby="gaps" {
                    h2 #gaps { (word("gaps")) }
                    @if gaps.is_empty() { p { (word("gaps_none")) } } @else { ul.gaps { @for e in gaps { li { (texts.entry(made, e)) } } } }
                }
                section aria-labelledby="entries" {
                    h2 #entries { (word("entries")) }
                    table.stack {
                        caption.hidden { (word("entries")) }
                        thead { tr { th scope="col" { (word("entry")) } th scope="col" { (word("direct")) } th scope="col" { (word("through_right")) } } }
                        tbody {
                            @for e in made.entries.iter().filter(|e| e.state != "none") {
                                tr {
                                    th scope="row" { (texts.entry(made, e)) @if let Some(p) = &e.provenance { " " span.quiet { (texts.how_sure(p)) } } }
                                    td data-label=(word("direct")) { (list(texts.directs(e))) }
                                    td data-label=(word("through_right")) { (list(texts.throughs(e))) }
                                }
                            }
                        }
                    }
                }
            }
            footer.end { h2.hidden { (word("how")) } p { (word("cross_how")) } }
        },
    )
}

/// The same as plain text.
///
/// ```
/// # mod sms_core { pub use {sms_process::*, sms_render as render}; }
/// use sms_core::{Catalogue, render::screen::{Texts, cross_text}, screen::cross_reference::cross_reference};
/// let catalogue = std::sync::Arc::new(Catalogue::from_json(sms_catalogue::CATALOGUE_JSON)?);
/// let made = cross_reference(&catalogue, "CFR", |_| true)?;
/// assert!(!cross_text(&made, &Texts::new(catalogue)).is_empty());
/// # Ok::<(), sms_base::Error>(())
/// ```
#[must_use]
pub fn cross_text(made: &CrossReference, texts: &Texts) -> String {
    let mut out = format!("{}\n{}\n\n", texts.word("cross_title", &[("what", &texts.reference(made))]), texts.counts(made));
    for e in &made.entries {
        let more = match e.state {
            "direct" => texts.directs(e).join("; "),
            "through_right" => texts.throughs(e).join("; "),
            _ => texts.word("no_indicator", &[]),
        };
        out.push_str(&format!("{}: {more}\n", texts.entry(made, e).trim_end_matches('.')));
    }
    out.push_str(&format!("\n{}\n{}\n", texts.word("cross_how", &[]), texts.reference_note(made)));
    out
}
