//! A framework or screens as plain text, for a terminal.

use super::{Screened, Texts};

/// The last rounds of each service as plain text, each view apart.
#[must_use]
pub fn text(shown: &Screened<'_>, texts: &Texts) -> String {
    let mut out = format!("{}\n{}\n", texts.title(shown), texts.word("lead", &[]));
    let services = shown.screenings.first().map(|s| s.services.as_slice()).unwrap_or_default();
    for (at, service) in services.iter().enumerate() {
        let name = texts.service(service.service.as_ref(), service.name.as_deref(), service.area.as_ref());
        out.push_str(&format!("\n{name}\n"));
        for sheet in shown.screenings {
            let Some(service) = sheet.services.get(at) else { continue };
            let id = sheet.sheet.as_str();
            for round in &service.rounds {
                if round.views.iter().all(|v| v.tally.all.unanswered == service.linked.len()) {
                    continue;
                }
                out.push_str(&format!("\n  {}, {}\n", texts.sheet(id), texts.word("round", &[("round", round.round.as_str())])));
                for view in &round.views {
                    out.push_str(&format!("    {}: {}", texts.view(view.view.as_str()), texts.answered(&view.tally.all)));
                    let more = [
                        texts.unshown(&view.tally.all),
                        view.difference.as_ref().and_then(|d| texts.differs(&sheet.base, &d.all)),
                        view.since.as_ref().zip(view.change.as_ref()).and_then(|(since, c)| texts.changed(since, &c.all)),
                    ];
                    for sentence in more.into_iter().flatten() {
                        out.push_str(&format!(" {sentence}"));
                    }
                    out.push('\n');
                    for of_group in &view.tally.groups {
                        if of_group.tally.answered > 0 {
                            out.push_str(&format!("      {}: {}\n", texts.group(id, of_group.group.as_str()), texts.answered(&of_group.tally)));
                        }
                    }
                }
            }
            let findings = texts.findings(shown, sheet, service.service.as_ref());
            if !findings.is_empty() {
                out.push_str(&format!("\n    {}\n", texts.word("findings", &[])));
                for line in findings {
                    out.push_str(&format!("    - {line}\n"));
                }
            }
        }
    }
    out.push_str(&format!("\n{}\n", texts.word("how_text", &[])));
    for sheet in shown.screenings {
        let notice = texts.notice(sheet.sheet.as_str());
        if !notice.is_empty() {
            out.push_str(&format!("{notice}\n"));
        }
    }
    out
}
