//! Cities that learn from each other.

use crate::{Area, Engine, Entry, MethodChoice, Operation};
use serde::{Deserialize, Serialize};
use sms_base::diagnostic::{Code, Error, Result};
use sms_process::peers::context::{self, Frame, Groups, Variable};
use sms_process::peers::mentoring::{self, EarlierMatch, Mentoring, Twins};
use sms_process::peers::potential::{self, Potential};
use sms_process::peers::records::{self, FollowUp, Records};
use sms_process::peers::tiers::{self, Standing, Tiered};
use sms_process::peers::{City, PeersRules};
use sms_process::roadmap::Day;

pub(super) const AREA: Area = Area {
    title: "Learning between cities",
    operations: &[
        Entry::of::<ComparatorsRequest>(),
        Entry::of::<TiersRequest>(),
        Entry::of::<MentoringRequest>(),
        Entry::of::<TwinningRequest>(),
        Entry::of::<PotentialRequest>(),
        Entry::of::<FollowUpRequest>(),
    ],
};

/// The rules that are given, or those of the method.
fn rules_of(engine: &Engine, rules: Option<PeersRules>, method: &MethodChoice) -> Result<PeersRules> {
    match rules {
        Some(rules) => Ok(rules),
        None => engine.chosen(method)?.peers(),
    }
}

/// The frame that is given, or that of the cities.
fn frame_of(frame: Option<Frame>, variables: Option<Vec<Variable>>, cities: &[City], rules: &PeersRules) -> Result<Frame> {
    match (frame, variables) {
        (Some(frame), _) => Ok(frame),
        (None, Some(variables)) => Frame::of(cities, &variables, rules),
        (None, None) => Err(Error::new(Code::WireBadRequest).at_path("variables").expecting("this field")),
    }
}

const CONTEXT_ERRORS: &[Code] = &[
    Code::PeersBadCity,
    Code::PeersBadContext,
    Code::PeersNoSpread,
    Code::PeersTooFewCities,
    Code::PeersChangedFrame,
    Code::PeersTooLarge,
    Code::MethodBadValue,
];

/// The cities whose context is most like that of each city, and why.
///
/// You say which context variables count and how much. Each is standardised by its median and by the median of absolute deviations; the distance of two
/// cities is the root of the weighted mean of squared differences over the variables that both have. The answer carries a `frame`: given back in a later
/// request, it keeps groups where they are unless the cities themselves move.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ComparatorsRequest {
    /// The cities, with their context.
    cities: Vec<City>,
    /// The context variables that count; needed without a frame, and not used beside one.
    variables: Option<Vec<Variable>>,
    /// The frame of an earlier answer, exactly as it was given; where it is not given, middles and spreads are those of the cities.
    frame: Option<Frame>,
    /// How many comparators a city has; as the rules have it where it is not given.
    k: Option<usize>,
    /// By which numbers it is judged; those of the method where they are not given.
    rules: Option<PeersRules>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

impl Operation for ComparatorsRequest {
    const NAME: &'static str = "peers.comparators";
    const SOURCE: &'static str = "method, section 9; docs/peers.md, comparators";
    const ERRORS: &'static [Code] = CONTEXT_ERRORS;
    const EXAMPLE: &'static str = r#"{"cities": [{"id": "A", "context": {"x": 1}}, {"id": "B", "context": {"x": 2}}, {"id": "C", "context": {"x": 3.5}}, {"id": "D", "context": {"x": 4}}, {"id": "E", "context": {"x": 10}}], "variables": [{"id": "x"}], "k": 1}"#;
    type Answer = Groups;

    fn answer(self, engine: &Engine) -> Result<Groups> {
        let rules = rules_of(engine, self.rules, &self.method)?;
        let frame = frame_of(self.frame, self.variables, &self.cities, &rules)?;
        context::comparators(&self.cities, frame, self.k.unwrap_or(rules.comparators), &rules)
    }
}

/// Tiers of cities that cannot be told apart, in place of ranks.
///
/// The first tier is the city with the highest score and all whose interval reaches its; the next begins with the highest of the rest. A city of which
/// little is known stands high because it cannot be told apart.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TiersRequest {
    /// The cities with their scores, two or more.
    cities: Vec<Standing>,
    /// By which numbers it is judged; those of the method where they are not given.
    rules: Option<PeersRules>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

/// Cities in tiers.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TiersAnswer {
    /// Each city with its tier.
    cities: Vec<Tiered>,
}

impl Operation for TiersRequest {
    const NAME: &'static str = "peers.tiers";
    const SOURCE: &'static str = "method, section 9; Goldstein and Healy 1995";
    const ERRORS: &'static [Code] = &[Code::PeersBadCity, Code::PeersTooFewCities, Code::PeersTooLarge, Code::MethodBadValue];
    const EXAMPLE: &'static str =
        r#"{"cities": [{"city": "A", "score": 70, "se": 2}, {"city": "B", "score": 68, "se": 2}, {"city": "C", "score": 50, "se": 1}]}"#;
    type Answer = TiersAnswer;

    fn answer(self, engine: &Engine) -> Result<TiersAnswer> {
        let rules = rules_of(engine, self.rules, &self.method)?;
        Ok(TiersAnswer { cities: tiers::tiers(&self.cities, &rules)? })
    }
}

/// Who can help whom: certainly strong where the other is weak, in a like context, within what each can carry.
///
/// The value of a pair is probability × likeness × need. Each city has at most one mentor, each mentor at most as many cities as it can carry, and the sum
/// of values is the greatest that there is. With earlier matches given, a kept pair counts the switching cost more.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct MentoringRequest {
    /// The cities, with their context and scores.
    cities: Vec<City>,
    /// The context variables that count; needed without a frame, and not used beside one.
    variables: Option<Vec<Variable>>,
    /// The frame of an earlier answer, exactly as it was given; where it is not given, middles and spreads are those of the cities.
    frame: Option<Frame>,
    /// Pairs of an earlier round; each city at most once as the one that is helped.
    #[serde(default)]
    earlier: Vec<EarlierMatch>,
    /// By which numbers it is judged; those of the method where they are not given.
    rules: Option<PeersRules>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

const MENTORING_EXAMPLE: &str = r#"{"cities": [
    {"id": "A", "context": {"x": 1}, "scores": {"housing": {"score": 40}}},
    {"id": "B", "context": {"x": 2}, "scores": {"housing": {"score": 50}}},
    {"id": "C", "context": {"x": 3}, "scores": {"housing": {"score": 90}}, "capacity": 1},
    {"id": "D", "context": {"x": 4}, "scores": {"housing": {"score": 20}}},
    {"id": "E", "context": {"x": 10}, "scores": {"housing": {"score": 85}}}], "variables": [{"id": "x"}]}"#;

impl Operation for MentoringRequest {
    const NAME: &'static str = "peers.mentoring";
    const SOURCE: &'static str = "method, section 9; Kuhn 1955; Munkres 1957";
    const ERRORS: &'static [Code] = &[
        Code::PeersBadMatch,
        Code::PeersBadCity,
        Code::PeersBadContext,
        Code::PeersNoSpread,
        Code::PeersTooFewCities,
        Code::PeersChangedFrame,
        Code::PeersTooLarge,
        Code::MethodBadValue,
    ];
    const EXAMPLE: &'static str = MENTORING_EXAMPLE;
    type Answer = Mentoring;

    fn answer(self, engine: &Engine) -> Result<Mentoring> {
        let rules = rules_of(engine, self.rules, &self.method)?;
        let frame = frame_of(self.frame, self.variables, &self.cities, &rules)?;
        mentoring::mentoring(&self.cities, frame, &self.earlier, &rules)
    }
}

/// Pairs of cities of which each is strong where the other is weak.
///
/// The best pair first, then the best of the rest: no two cities would both rather have each other than what they got.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TwinningRequest {
    /// The cities, with their context and scores; two or more.
    cities: Vec<City>,
    /// The context variables that count; needed without a frame, and not used beside one.
    variables: Option<Vec<Variable>>,
    /// The frame of an earlier answer, exactly as it was given; where it is not given, middles and spreads are those of the cities.
    frame: Option<Frame>,
    /// By which numbers it is judged; those of the method where they are not given.
    rules: Option<PeersRules>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

/// Pairs in which both give.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TwinningAnswer {
    /// What distances are measured by.
    frame: Frame,
    /// The pairs, the best first.
    pairs: Vec<Twins>,
}

impl Operation for TwinningRequest {
    const NAME: &'static str = "peers.twinning";
    const SOURCE: &'static str = "method, section 9; docs/peers.md, mentors";
    const ERRORS: &'static [Code] = CONTEXT_ERRORS;
    const EXAMPLE: &'static str = TWINNING_EXAMPLE;
    type Answer = TwinningAnswer;

    fn answer(self, engine: &Engine) -> Result<TwinningAnswer> {
        let rules = rules_of(engine, self.rules, &self.method)?;
        let frame = frame_of(self.frame, self.variables, &self.cities, &rules)?;
        let pairs = mentoring::twinning(&self.cities, &frame, &rules)?;
        Ok(TwinningAnswer { frame, pairs })
    }
}

const TWINNING_EXAMPLE: &str = r#"{"cities": [
    {"id": "A", "context": {"x": 1}, "scores": {"housing": {"score": 40}, "health": {"score": 90}}},
    {"id": "B", "context": {"x": 2}, "scores": {"housing": {"score": 85}, "health": {"score": 50}}},
    {"id": "C", "context": {"x": 3}, "scores": {"housing": {"score": 60}, "health": {"score": 60}}},
    {"id": "D", "context": {"x": 4}, "scores": {"housing": {"score": 20}, "health": {"score": 30}}},
    {"id": "E", "context": {"x": 10}, "scores": {"housing": {"score": 70}, "health": {"score": 80}}}], "variables": [{"id": "x"}]}"#;

/// How far the best of those in a like context came, for each city and theme.
///
/// The mean of the best comparators in a theme minus one's own score. The best of several are best partly by luck: read it with its error.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PotentialRequest {
    /// The cities, with their context and scores.
    cities: Vec<City>,
    /// The context variables that count; needed without a frame, and not used beside one.
    variables: Option<Vec<Variable>>,
    /// The frame of an earlier answer, exactly as it was given; where it is not given, middles and spreads are those of the cities.
    frame: Option<Frame>,
    /// How many comparators a city has; as the rules have it where it is not given.
    k: Option<usize>,
    /// By which numbers it is judged; those of the method where they are not given.
    rules: Option<PeersRules>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

/// The potential of cities.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PotentialAnswer {
    /// What distances are measured by.
    frame: Frame,
    /// Each city and theme, the largest of a city first.
    potential: Vec<Potential>,
}

impl Operation for PotentialRequest {
    const NAME: &'static str = "peers.potential";
    const SOURCE: &'static str = "method, section 9; docs/peers.md, mentors";
    const ERRORS: &'static [Code] = CONTEXT_ERRORS;
    const EXAMPLE: &'static str = MENTORING_EXAMPLE;
    type Answer = PotentialAnswer;

    fn answer(self, engine: &Engine) -> Result<PotentialAnswer> {
        let rules = rules_of(engine, self.rules, &self.method)?;
        let frame = frame_of(self.frame, self.variables, &self.cities, &rules)?;
        let groups = context::comparators(&self.cities, frame, self.k.unwrap_or(rules.comparators), &rules)?;
        let potential = potential::potential(&self.cities, &groups, &rules)?;
        Ok(PotentialAnswer { frame: groups.frame, potential })
    }
}

/// What became of peer reviews, good practices, commitments and recommendations, on a day that is given.
///
/// A grade from partly on needs evidence; rejected needs the addressee's answer. The score says how far recommendations are said to be followed, each
/// counted alike. It is no measure of the state of human rights, and it falls when new recommendations are made.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FollowUpRequest {
    /// The day of the question, never taken from a clock.
    as_of: Day,
    /// The records of one city, or of several; an id stands once over all lists.
    records: Records,
    /// By which numbers it is judged; those of the method where they are not given.
    rules: Option<PeersRules>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

impl Operation for FollowUpRequest {
    const NAME: &'static str = "peers.follow_up";
    const SOURCE: &'static str = "method, section 9; docs/peers.md, what became of it";
    const ERRORS: &'static [Code] =
        &[Code::PeersBadRecord, Code::PeersBadDate, Code::PeersEvidenceMissing, Code::PeersUnknownIndicator, Code::PeersTooLarge, Code::MethodBadValue];
    const EXAMPLE: &'static str = r#"{"as_of": "2026-07-01", "records": {"recommendations": [{"id": "r1", "text": "Publish waiting times.", "addressee": "housing office", "on": "2025-03-01", "due": "2026-03-01"}]}}"#;
    type Answer = FollowUp;

    fn answer(self, engine: &Engine) -> Result<FollowUp> {
        let rules = rules_of(engine, self.rules, &self.method)?;
        records::follow_up(&self.records, self.as_of, &rules, |id| engine.catalogue().indicator(id).is_some())
    }
}
