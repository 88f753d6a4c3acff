//! From an assessment to the report that may leave.

use super::{LIBRARY_VERSION, Provenance, Report, WIRE_VERSION};
use crate::assess::{self, Assessment};
use crate::diagnostic::{Code, Finding, Findings, Result};
use crate::disclosure::{Audience, PrivacyPolicy};
use crate::release::Published;
use crate::text::hex;
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Assessment {
    /// Makes the report that may leave: withholds what could identify people, then derives everything from the rest.
    ///
    /// ```
    /// use sms_core::{AssessmentPlan, assess, dataset, exchange::csv, wire::Engine};
    /// let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?;
    /// // 4 persons are fewer than 10
    /// let text = "indicator,place,period,numerator,denominator\nWSP-O-04,example,2024,4,1000\n";
    /// let (dataset, findings) = dataset::check(engine.catalogue(), &csv::read(text.as_bytes(), &Default::default())?);
    /// let method = engine.method("standard")?;
    /// let report = assess::assess(&method, &dataset.into(), &findings, &AssessmentPlan::default())?.release(&method.public_policy())?;
    /// assert_eq!(report.data().places[0].measured.withheld, 1);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// `release.not-safe` when an attack on the figures is not safe whatever is withheld; those of the derivation, none for a method that was checked.
    pub fn release(&self, policy: &PrivacyPolicy) -> Result<Report> {
        self.release_after(policy, None)
    }

    /// The same, when an earlier report is known: what it showed stays known, so it protects nothing any more; and a
    /// figure that differs from the earlier one by fewer persons than may be shown is withheld, also where that is what
    /// shown figures leave of a total.
    ///
    /// ```
    /// use sms_core::{AssessmentPlan, assess, dataset, exchange::csv, wire::Engine};
    /// let engine = Engine::new(sms_catalogue::CATALOGUE_JSON, sms_catalogue::METHODS)?;
    /// let method = engine.method("standard")?;
    /// let assessed = |text: &str| {
    ///     let (dataset, findings) = dataset::check(engine.catalogue(), &csv::read(text.as_bytes(), &Default::default())?);
    ///     assess::assess(&method, &dataset.into(), &findings, &AssessmentPlan::default())
    /// };
    /// let policy = method.public_policy();
    /// let first = assessed("indicator,place,period,numerator,denominator\nHOU-O-03,gent,2024,300,1980\n")?.release(&policy)?;
    /// // 4 persons of 20 were added since: the two reports together would tell of them
    /// let second = assessed("indicator,place,period,numerator,denominator\nHOU-O-03,gent,2024,304,2000\n")?;
    /// let released = second.release_after(&policy, Some(&first.as_previous()?))?;
    /// assert_eq!(released.data().places[0].measured.withheld, 1);
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Assessment::release`].
    pub fn release_after(&self, policy: &PrivacyPolicy, previous: Option<&Published>) -> Result<Report> {
        let catalogue = self.dataset.catalogue().clone();
        let mut table = self.dataset.table.clone();
        let mut findings = Findings::new();
        if policy.audience() == Audience::Public {
            crate::release::withhold(&catalogue, &self.method, policy.threshold(), previous, &mut table, &mut findings)?;
        }
        let derived = assess::derive(&catalogue, &self.method, &self.scope, &table)?;
        let mut all = public_findings(&self.findings, policy.audience());
        all.extend(findings);
        if policy.audience() == Audience::Public {
            // of what is shown: inside, the assessment has said it of all figures
            assess::design_findings(&catalogue, &self.method, &self.scope, &table, &mut all);
        }
        let release = catalogue.release();
        let input_fingerprint = match (policy.audience(), policy.key()) {
            (Audience::Internal, _) => Some(hex(&self.dataset.content_hash(), 32)),
            (Audience::Public, Some(key)) => keyed(key, &self.dataset.content_hash()),
            (Audience::Public, None) => None,
        };
        let mut used: Vec<u32> = table.cells.iter().map(|c| c.source).filter(|&s| s != 0).collect();
        used.sort_unstable();
        used.dedup();
        let provenance = Provenance {
            method: self.method.data().id.to_string(),
            method_edition: self.method.data().edition.clone(),
            method_fingerprint: self.method.fingerprint().to_owned(),
            catalogue: release.id.to_string(),
            catalogue_release: release.version.clone(),
            catalogue_fingerprint: catalogue.fingerprint().to_owned(),
            catalogue_schema: release.schema.clone(),
            wire_version: WIRE_VERSION,
            library_version: LIBRARY_VERSION,
            audience: policy.audience(),
            threshold: policy.threshold(),
            input_fingerprint,
            rows: self.dataset.row_counts(),
            sources: used.iter().filter_map(|&s| table.text(s).cloned()).collect(),
            selection: self.scope.plan.selection.clone(),
            selection_reason: self.scope.plan.selection_reason.clone(),
            language: catalogue.language().to_owned(),
        };
        Ok(Report { catalogue, method: self.method.clone(), scope: self.scope.clone(), table, derived, findings: all, provenance })
    }
}

/// HMAC-SHA-256 (RFC 2104), the first 32 hexadecimal digits.
fn keyed(key: &[u8], content: &[u8]) -> Option<String> {
    // a key of any length will do
    let mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    Some(hex(&mac.chain_update(content).finalize().into_bytes(), 32))
}

/// Findings that may leave: those that say something of the file, not of a withheld figure. Rows stay inside.
fn public_findings(findings: &Findings, audience: Audience) -> Findings {
    if audience == Audience::Internal {
        return findings.clone();
    }
    let mut public = Findings::new();
    for (code, subject, n) in findings.subjects() {
        let says_nothing_of_a_figure = matches!(
            code,
            Code::ObsNoTotal
                | Code::ObsBreakInSeries
                | Code::ObsPretest
                | Code::ObsUnknownIndicator
                | Code::ObsUnknownColumn
                | Code::ObsDenominatorMissing
                | Code::ScoreNoGoalposts
        ) || is_of_the_plan(code);
        if says_nothing_of_a_figure {
            let finding = Finding::new(code).with("times", n);
            public.push(if subject.is_empty() { finding } else { finding.about(subject) });
        }
    }
    // which dimension is missing stands in the items; they are made in canonical order
    let mut missing: BTreeMap<(Option<Arc<str>>, String), u64> = BTreeMap::new();
    for item in findings.items().iter().filter(|i| i.code == Code::ObsMissingDisaggregation) {
        let dimension = item.params.get("dimension").map(ToString::to_string).unwrap_or_default();
        *missing.entry((item.subject.clone(), dimension)).or_insert(0) += 1;
    }
    for ((subject, dimension), n) in missing {
        let mut finding = Finding::new(Code::ObsMissingDisaggregation).with("times", n).with("dimension", dimension);
        finding.subject = subject;
        public.push(finding);
    }
    public
}

/// Findings about the targets and the results chain that the city itself has written down.
fn is_of_the_plan(code: Code) -> bool {
    matches!(
        code,
        Code::RbmCircularLink
            | Code::RbmLinkDown
            | Code::RbmOutcomeWithoutOutputs
            | Code::RbmOutputLeadsNowhere
            | Code::RbmOutputsOnly
            | Code::RbmTargetAfterValue
            | Code::RbmTargetWithoutBaseline
            | Code::RbmUnknownLink
            | Code::RbmVersionDiffers
    )
}

#[cfg(test)]
mod tests {
    use super::keyed;

    #[test]
    fn keyed_hashes_are_those_of_rfc_4231() {
        // test cases 2 and 6: a key shorter than a block, and one longer
        assert_eq!(keyed(b"Jefe", b"what do ya want for nothing?").as_deref(), Some("5bdcc146bf60754e6a042426089575c7"));
        let long = keyed(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First");
        assert_eq!(long.as_deref(), Some("60e431591ee0b67f0d8a26aacbf5b77f"));
    }
}
