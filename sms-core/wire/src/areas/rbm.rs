//! Achievement, and the results chain.

use crate::{Area, Engine, Entry, Operation};
use serde::{Deserialize, Serialize};
use sms_assessment::rbm::{self, Achievement, AchievementRules, Observed, RawChain, ResultsChain};
use sms_base::diagnostic::{Code, Findings, Result};
use sms_model::estimate::Absence;
use sms_model::indicator::{Polarity, ResultLevel};
#[cfg(feature = "schema")]
use sms_statistics::progress::TimeGiven;
use sms_statistics::progress::{TargetPath, Time};

pub(super) const AREA: Area =
    Area { title: "Achievement, and the results chain", operations: &[Entry::of::<RbmAchievement>(), Entry::of::<RbmChain>(), Entry::of::<RbmIati>()] };

/// How much of the way from baseline to target is done, and whether that is enough by now.
///
/// A = (x − b)/(τ − b), held against the share of the way that is expected at the time. The status is the first that holds: absent; not rated; to be maintained,
/// where the target is the baseline; met; regressed; on track, only before the target date; lagging; off track. To one best value the distance counts on both sides.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RbmAchievement {
    /// The value, in the unit of the indicator; give either it or `absent`.
    value: Option<f64>,
    /// Its standard error, in the same unit, 0 or more; not known where it is not given.
    se: Option<f64>,
    /// Why there is no value.
    absent: Option<Absence>,
    /// When the value was measured, or should have been.
    #[cfg_attr(feature = "schema", schemars(with = "TimeGiven"))]
    at: Time,
    /// Baseline, milestones and target, each as far as it is known.
    path: TargetPath,
    /// Which way is better.
    polarity: Polarity,
    /// Whether the series breaks between baseline and value: then the value is not rated.
    #[serde(default)]
    across_break: bool,
    /// Numbers of the method.
    rules: AchievementRules,
}

impl Operation for RbmAchievement {
    const NAME: &'static str = "rbm.achievement";
    const SOURCE: &'static str = "method, section 2";
    const ERRORS: &'static [Code] = &[Code::MethodBadValue, Code::ProgressBadParameter, Code::ProgressBadPath, Code::ProgressNotPositive, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"value": 10.4, "se": 0.6, "at": 2023, "path": {"baseline": {"value": 14.5, "at": 2015}, "target": {"value": 7.25, "at": 2030}}, "polarity": "lower", "rules": {"on_track": 0.95, "lagging": 0.6, "tolerance": 0.5, "slack": 1e-9}}"#;
    type Answer = Achievement;

    fn answer(self, _: &Engine) -> Result<Achievement> {
        let observed = Observed::of(self.value, self.se, self.across_break, self.absent)?;
        rbm::achievement(observed, self.at, &self.path, self.polarity, &self.rules)
    }
}

/// Whether a results chain hangs together.
///
/// What leads nowhere, what comes from nowhere, circles, links that are not there or run down the chain, themes without outcomes, and targets that cannot judge are
/// findings: the chain can be used. Two results with one id are an error.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RbmChain {
    /// The chain, as its file has it.
    chain: RawChain,
}

/// What became of the chain.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RbmChainAnswer {
    /// How many results it has.
    results: usize,
    /// What does not hang together.
    findings: Findings,
}

impl Operation for RbmChain {
    const NAME: &'static str = "rbm.chain";
    const SOURCE: &'static str = "method, section 2; OECD-DAC glossary, 2nd ed. 2023; docs/results-chain.md";
    const ERRORS: &'static [Code] = &[Code::RbmDuplicateResult, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"chain": {"results": [{"id": "shelter", "level": "output", "leads_to": ["housed"]}, {"id": "housed", "level": "outcome"}, {"id": "campaign", "level": "output"}]}}"#;
    type Answer = RbmChainAnswer;

    fn answer(self, _: &Engine) -> Result<RbmChainAnswer> {
        let chain = ResultsChain::new(self.chain)?;
        Ok(RbmChainAnswer { results: chain.results().len(), findings: chain.check() })
    }
}

/// The codes of IATI 2.03 for a level of the results chain, and for which way is better; and back.
///
/// Each part is answered from its own field, and is null where that is not given.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RbmIati {
    /// A code of the codelist ResultType: 1 output, 2 outcome, 3 impact, 9 other.
    result_type: Option<u8>,
    /// A level of the results chain.
    result_level: Option<ResultLevel>,
    /// Which way is better.
    polarity: Option<Polarity>,
}

/// What corresponds to what was asked.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RbmIatiAnswer {
    /// The level of the code; null for 9 (other) and unknown codes.
    result_level: Option<ResultLevel>,
    /// The code of the level; null for inputs and activities, which are no results there.
    result_type: Option<u8>,
    /// `indicator/@ascending` of the polarity; null where neither way is better, and the attribute must be left out.
    ascending: Option<bool>,
}

impl Operation for RbmIati {
    const NAME: &'static str = "rbm.iati";
    const SOURCE: &'static str = "IATI 2.03, codelist ResultType and indicator/@ascending; docs/results-chain.md";
    const ERRORS: &'static [Code] = &[];
    const EXAMPLE: &'static str = r#"{"result_type": 2, "result_level": "output", "polarity": "lower"}"#;
    type Answer = RbmIatiAnswer;

    fn answer(self, _: &Engine) -> Result<RbmIatiAnswer> {
        Ok(RbmIatiAnswer {
            result_level: self.result_type.and_then(rbm::level_of_iati),
            result_type: self.result_level.and_then(rbm::iati_type),
            ascending: self.polarity.and_then(rbm::iati_ascending),
        })
    }
}
