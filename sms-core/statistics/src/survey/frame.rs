//! Estimates as columns.

use super::SurveyResults;
use crate::frame::{Frame, FrameBuilder, word};
use std::borrow::Cow;

impl SurveyResults {
    /// The estimates as columns, one row each; the code of each dimension `d` stands in `domain.d`, empty where the estimate
    /// is for all its groups. As little released as the estimates themselves: small groups are among them.
    ///
    /// ```
    /// # use sms_statistics as sms_core;
    /// use sms_core::survey::{Accumulator, Batch, Column, Reporting};
    /// let plan = serde_json::from_value(serde_json::json!({
    ///     "design": {"weight": "w"},
    ///     "estimates": {"rent": {"kind": "mean", "variable": "rent"}},
    ///     "domains": [{}, {"by": ["district"]}],
    /// })).unwrap();
    /// let mut accumulator = Accumulator::new(plan)?;
    /// let mut batch = Batch::new(3);
    /// batch.insert("rent", Column::numbers(&[3.0, 5.0, 4.0]))?;
    /// batch.insert("w", Column::numbers(&[1.0; 3]))?;
    /// batch.insert("district", Column::codes(&[0, 0, 1], &["north", "south"]))?;
    /// accumulator.update(&batch)?;
    /// let frame = accumulator.finish(&Reporting::new(0.95))?.frame();
    /// let rows = frame.to_rows();
    /// assert_eq!((rows[1]["domain.district"].as_str(), rows[1]["value"].as_f64()), (Some("north"), Some(4.0)));
    /// # Ok::<(), sms_core::Error>(())
    /// ```
    #[must_use]
    pub fn frame(&self) -> Frame {
        let mut dimensions: Vec<&str> = self.estimates.iter().flat_map(|e| &e.domain).map(|part| part.dimension.as_str()).collect();
        dimensions.sort_unstable();
        dimensions.dedup();
        let fixed = |columns: &'static [(&'static str, char)]| columns.iter().map(|&(name, kind)| (Cow::Borrowed(name), kind));
        let domains = dimensions.iter().map(|d| (Cow::Owned(format!("domain.{d}")), 't'));
        let numbers = &[
            ("value", 'n'),
            ("absent", 't'),
            ("se", 'n'),
            ("cv", 'n'),
            ("lower", 'n'),
            ("upper", 'n'),
            ("confidence", 'n'),
            ("interval", 't'),
            ("df", 'n'),
            ("n", 'i'),
            ("psus", 'i'),
            ("strata", 'i'),
            ("population", 'n'),
            ("deff", 'n'),
            ("effective_n", 'n'),
            ("threshold", 'n'),
            ("quality", 't'),
            ("flags", 't'),
        ];
        let mut f = FrameBuilder::named(fixed(&[("estimate", 't'), ("kind", 't')]).chain(domains).chain(fixed(numbers)));
        let whole = |n: u64| usize::try_from(n).ok();
        for e in &self.estimates {
            f.text(Some(&e.estimate)).text(Some(e.kind));
            for dimension in &dimensions {
                f.text(e.domain.iter().find(|part| part.dimension == *dimension).map(|part| part.code.as_str()));
            }
            let interval = e.interval.as_ref();
            f.number(e.value).text(e.absent.map(word).as_deref()).number(e.se).number(e.cv);
            f.number(interval.map(|i| i.lower)).number(interval.map(|i| i.upper)).number(interval.map(|i| i.confidence));
            f.text(interval.map(|i| word(i.method)).as_deref()).number(e.df).integer(whole(e.n));
            f.integer(e.psus.and_then(whole)).integer(e.strata.and_then(whole)).number(e.population).number(e.deff);
            f.number(e.effective_n).number(e.threshold).text(e.quality.map(word).as_deref());
            f.text(Some(&e.flags.iter().map(word).collect::<Vec<_>>().join(" ")));
            f.end_row();
        }
        f.finish()
    }
}
