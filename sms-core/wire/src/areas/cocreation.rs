//! Choosing indicators together.

use crate::{Area, CsvText, Engine, Entry, MethodChoice, Operation, OrCsv, PolicyRequest, none_beside};
use serde::{Deserialize, Serialize};
use sms_assessment::method::CocreationRules;
use sms_base::diagnostic::{Code, Error, Result};
use sms_base::id::{EntryId, IndicatorId, PlaceCode};
use sms_base::num;
use sms_exchange::csv::{self, Line};
use sms_model::catalogue::Catalogue;
use sms_process::cocreation::core_set::{self, Candidate, Constraints, CoreSet};
use sms_process::cocreation::criteria::{self, CriterionRating, Proposal, ProposalResult};
use sms_process::cocreation::delphi::{self, Ballot, Delphi, Rating};
use sms_process::cocreation::harmonise::{self, Comparison, Definition, Purpose, Row};
use sms_process::cocreation::panel::Rater;
use sms_process::cocreation::participation::{self, Attendance, Legitimacy, Participant};
use std::collections::BTreeSet;

pub(super) const AREA: Area = Area {
    title: "Co-creation",
    operations: &[
        Entry::of::<CriteriaListsRequest>(),
        Entry::of::<RateRequest>(),
        Entry::of::<DelphiRequest>(),
        Entry::of::<CoreSetRequest>(),
        Entry::of::<ParticipationRequest>(),
        Entry::of::<HarmoniseRequest>(),
        Entry::of::<HarmonisedComparisonRequest>(),
        Entry::of::<ExtensionRequest>(),
    ],
};

/// Columns of a CSV file of ratings; others are not used.
const COLUMNS: [&str; 4] = ["rater", "item", "rating", "side"];
/// The side of a rater whose file names none.
const NO_SIDE: &str = "all";

/// Items and raters: as given, or as the files name them.
struct Lists {
    items: Vec<String>,
    raters: Vec<Rater>,
    /// Whether a list was given, so that nothing is added to it.
    given: (bool, bool),
}

impl Lists {
    fn ballot(&mut self, source: OrCsv<Ballot>) -> Result<Ballot> {
        let CsvText { csv: text, dialect } = match source {
            OrCsv::Given(ballot) => {
                let lacking = |name: &str| Err(Error::new(Code::WireBadRequest).at_path(name).expecting("this field, beside rows"));
                return match self.given {
                    (false, _) => lacking("items"),
                    (_, false) => lacking("raters"),
                    _ => Ok(ballot),
                };
            }
            OrCsv::Csv(text) => text,
        };
        let text = csv::decode(text.as_bytes(), &dialect)?;
        let mut at = [None; COLUMNS.len()];
        let mut ratings = Vec::new();
        let Lists { items, raters, given } = self;
        let mut known: (BTreeSet<String>, BTreeSet<(String, EntryId)>) =
            (items.iter().cloned().collect(), raters.iter().map(|r| (r.id.clone(), r.side.clone())).collect());
        csv::each_line(&text, csv::delimiter(&text, &dialect)?, &dialect, |line| {
            let (row, fields) = match line {
                Line::Header(names) => {
                    for (place, column) in at.iter_mut().zip(COLUMNS) {
                        *place = names.iter().position(|n| n.trim() == column);
                    }
                    return match COLUMNS.iter().zip(&at).take(3).find(|(_, place)| place.is_none()) {
                        Some((column, _)) => Err(dialect.locate(Error::new(Code::CsvMissingColumn).in_column(column))),
                        None => Ok(()),
                    };
                }
                Line::Bad(row, code) => return Err(dialect.locate(Error::new(code).at_row(row))),
                Line::Row(row, fields) => (row, fields),
            };
            let get = |column: usize| at.get(column).copied().flatten().and_then(|i| fields.get(i)).map(str::trim).unwrap_or_default();
            let [rater, item, rating, side] = [get(0), get(1), get(2), get(3)];
            let side: EntryId = (if side.is_empty() { NO_SIDE } else { side }).parse().map_err(|e: Error| dialect.locate(e.at_row(row).in_column("side")))?;
            let rating = match rating {
                "" => None,
                text => {
                    let bad = |_| dialect.locate(Error::new(Code::AgreementOutOfScale).at_row(row).in_column("rating").expecting("a number, or nothing"));
                    Some(num::parse_number(text, dialect.decimal).map_err(bad)?)
                }
            };
            if !given.0 && known.0.insert(item.to_owned()) {
                items.push(item.to_owned());
            }
            if !given.1 && known.1.insert((rater.to_owned(), side.clone())) {
                raters.push(Rater { id: rater.to_owned(), side });
            }
            ratings.push(Rating { rater: rater.to_owned(), item: item.to_owned(), rating });
            Ok(())
        })?;
        Ok(Ballot { ratings })
    }
}

/// The rules that are given, or those of the method.
fn rules_of(engine: &Engine, rules: Option<CocreationRules>, method: &MethodChoice) -> Result<CocreationRules> {
    match rules {
        Some(rules) => Ok(rules),
        None => engine.chosen(method)?.cocreation(),
    }
}

/// The lists of criteria for choosing indicators that the catalogue has.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct CriteriaListsRequest {}

/// A list of criteria with its names.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DescribedCriteriaList {
    /// The id.
    id: EntryId,
    /// Its name; the id where it has none.
    name: String,
    /// A note; null where there is none.
    note: Option<String>,
    /// The reference that it comes from.
    source: EntryId,
    /// How certain it is.
    verification: String,
    /// The criteria, in their order.
    criteria: Vec<DescribedCriterion>,
}

/// A criterion with its name.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DescribedCriterion {
    /// The id.
    id: EntryId,
    /// Its name; the id where it has none.
    name: String,
    /// What it asks; null where it is not said.
    note: Option<String>,
}

/// Name and note of a list or a criterion; the id where it has no name.
fn described(catalogue: &Catalogue, id: &EntryId) -> (String, Option<String>) {
    let label = catalogue.label_of("criteria", id.as_str());
    (label.map_or(id.as_str(), |l| l.name.as_str()).to_owned(), label.and_then(|l| l.note.clone()))
}

impl Operation for CriteriaListsRequest {
    const NAME: &'static str = "cocreation.criteria";
    const SOURCE: &'static str = "method, section 4; the references of the catalogue that each list names";
    const ERRORS: &'static [Code] = &[];
    const EXAMPLE: &'static str = "{}";
    type Answer = Vec<DescribedCriteriaList>;

    fn answer(self, engine: &Engine) -> Result<Vec<DescribedCriteriaList>> {
        let catalogue = engine.catalogue();
        let criterion = |id: &EntryId| {
            let (name, note) = described(catalogue, id);
            DescribedCriterion { id: id.clone(), name, note }
        };
        let lists = catalogue.data().criteria.iter().map(|list| {
            let (name, note) = described(catalogue, &list.id);
            let criteria = list.criterion.iter().map(|c| criterion(&c.id)).collect();
            DescribedCriteriaList { id: list.id.clone(), name, note, source: list.source.clone(), verification: list.verification.clone(), criteria }
        });
        Ok(lists.collect())
    }
}

/// Proposals for indicators, rated against criteria, by all together and by each side.
///
/// What is shown of a side rests on a declared number of raters, and no answer names one. Criteria on which sides differ are `disputed`: talk about these
/// first.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RateRequest {
    /// The id of a list of criteria of the catalogue, such as `RIGHTS`. Either it or `criteria` is given.
    list: Option<String>,
    /// In place of a list: the criteria, each once.
    criteria: Option<Vec<EntryId>>,
    /// The proposals, each once.
    proposals: Vec<Proposal>,
    /// The persons who rate, each once, with their sides.
    raters: Vec<Rater>,
    /// What each person says of a criterion of a proposal, once.
    ratings: Vec<CriterionRating>,
    /// By which numbers it is judged; those of the method where they are not given.
    rules: Option<CocreationRules>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

/// Proposals against criteria.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RateAnswer {
    /// Each proposal, in the order given.
    proposals: Vec<ProposalResult>,
}

impl Operation for RateRequest {
    const NAME: &'static str = "cocreation.rate";
    const SOURCE: &'static str = "method, section 4";
    const ERRORS: &'static [Code] = &[
        Code::CocreationUnknownItem,
        Code::CocreationUnknownParticipant,
        Code::CocreationDuplicateId,
        Code::CocreationDuplicateRating,
        Code::CocreationEmptyRound,
        Code::AgreementTooFewRaters,
        Code::MethodBadValue,
    ];
    const EXAMPLE: &'static str = r#"{"criteria": ["relevant"], "proposals": [{"id": "A"}], "raters": [{"id": "p1", "side": "city"}, {"id": "p2", "side": "civil_society"}], "ratings": [{"rater": "p1", "proposal": "A", "criterion": "relevant", "opinion": "yes"}, {"rater": "p2", "proposal": "A", "criterion": "relevant", "opinion": "partly"}]}"#;
    type Answer = RateAnswer;

    fn answer(self, engine: &Engine) -> Result<RateAnswer> {
        if self.criteria.is_some() {
            none_beside("criteria", &[("list", self.list.is_some())])?;
        }
        let criteria: Vec<EntryId> = match (self.criteria, self.list) {
            (Some(criteria), _) => criteria,
            (None, Some(name)) => {
                let list = engine.catalogue().criteria(&name).ok_or_else(|| Error::new(Code::CocreationUnknownItem).at_path("list"))?;
                list.criterion.iter().map(|c| c.id.clone()).collect()
            }
            (None, None) => return Err(Error::new(Code::WireBadRequest).at_path("list").expecting("this field")),
        };
        let rules = rules_of(engine, self.rules, &self.method)?;
        Ok(RateAnswer { proposals: criteria::rate(&criteria, &self.proposals, &self.raters, &self.ratings, &rules)? })
    }
}

/// Delphi rounds: what the panel says of each item, by side and together, and whether another round is worth it.
///
/// A round is a list of ratings, or the text of a CSV file with the columns rater, item, rating and side; then items and raters are told from the files
/// where they are not given. A side of fewer raters than the method allows is withheld, and one more where it could be had by subtraction.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DelphiRequest {
    /// The rounds in their order, at least one.
    rounds: Vec<OrCsv<Ballot>>,
    /// The items, each once; needed beside rows, told from the CSV files where they are not given.
    items: Option<Vec<String>>,
    /// The persons who rate, each once, with their sides; needed beside rows, told from the CSV files where they are not given.
    raters: Option<Vec<Rater>>,
    /// By which numbers it is judged; those of the method where they are not given.
    rules: Option<CocreationRules>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

impl Operation for DelphiRequest {
    const NAME: &'static str = "cocreation.delphi";
    const SOURCE: &'static str = "method, section 4";
    const ERRORS: &'static [Code] = &[
        Code::CocreationUnknownItem,
        Code::CocreationUnknownParticipant,
        Code::CocreationDuplicateId,
        Code::CocreationDuplicateRating,
        Code::CocreationEmptyRound,
        Code::AgreementOutOfScale,
        Code::AgreementTooFewRaters,
        Code::TextBadId,
        Code::CsvMissingColumn,
        Code::CsvNoHeader,
        Code::CsvAmbiguousDelimiter,
        Code::CsvBadEncoding,
        Code::CsvRowLength,
        Code::CsvFieldTooLong,
        Code::CsvUnclosedQuote,
        Code::MethodBadValue,
    ];
    const EXAMPLE: &'static str = r#"{"rounds": [{"csv": "rater,item,rating,side\np1,HOU-O-01,8,city\np2,HOU-O-01,7,civil_society\np1,HOU-O-03,3,city\np2,HOU-O-03,9,civil_society\n"}]}"#;
    type Answer = Delphi;

    fn answer(self, engine: &Engine) -> Result<Delphi> {
        let given = (self.items.is_some(), self.raters.is_some());
        let mut lists = Lists { items: self.items.unwrap_or_default(), raters: self.raters.unwrap_or_default(), given };
        let ballots = self.rounds.into_iter().map(|source| lists.ballot(source)).collect::<Result<Vec<_>>>()?;
        delphi::rounds(&lists.items, &lists.raters, &ballots, &rules_of(engine, self.rules, &self.method)?)
    }
}

/// The choice of a core set of indicators: the greatest value that covers what it must within the effort at hand, with the reason of each choice.
///
/// Rights, level and theme of a candidate are those of the catalogue where they are not given; a city's extension states them. Without a set, `conflict`
/// names requirements that cannot be met together: drop any one of them, and the others can.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct CoreSetRequest {
    /// The indicators that may be chosen, each once; at most 2000.
    candidates: Vec<Candidate>,
    /// What the set must cover, and what it may cost.
    constraints: Constraints,
    /// How many nodes the search may visit; as the rules have it where it is not given.
    node_limit: Option<u64>,
    /// The numbers of co-creation, for the limit of nodes; those of the method where they are not given.
    rules: Option<CocreationRules>,
    /// The method, for rules that are not given.
    #[serde(default)]
    method: MethodChoice,
}

impl Operation for CoreSetRequest {
    const NAME: &'static str = "cocreation.core_set";
    const SOURCE: &'static str = "method, section 4; Fisher 1981; Held, Wolfe and Crowder 1974";
    const ERRORS: &'static [Code] = &[Code::CocreationBadConstraint, Code::CocreationDuplicateId, Code::CocreationUnknownItem, Code::MethodBadValue];
    const EXAMPLE: &'static str = r#"{"candidates": [{"id": "HOU-O-01", "value": 8, "effort": 3}, {"id": "HOU-O-03", "value": 6, "effort": 2}, {"id": "WSP-O-04", "value": 7, "effort": 4}], "constraints": {"rights": "none", "levels": "none", "outcome_of_themes": {"only": ["HOU"]}, "budget": 7}}"#;
    type Answer = CoreSet;

    fn answer(self, engine: &Engine) -> Result<CoreSet> {
        let limit = match self.node_limit {
            Some(limit) => limit,
            None => rules_of(engine, self.rules, &self.method)?.node_limit,
        };
        core_set::choose(engine.catalogue(), &self.candidates, &self.constraints, limit)
    }
}

/// A record of participation and what it says of legitimacy: facts, not a score.
///
/// Sides are offices and are shown; groups are people, and a group of fewer than the policy allows is withheld.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ParticipationRequest {
    /// The persons and bodies who can take part, each once.
    participants: Vec<Participant>,
    /// Who took part in what, and when.
    record: Vec<Attendance>,
    /// The sides that must be there at each occasion; those of the method where they are not given.
    required_sides: Option<Vec<EntryId>>,
    /// Groups that should have taken part; none where they are not given.
    #[serde(default)]
    expected_groups: Vec<String>,
    /// What may be published; as the method has it where nothing is said.
    #[serde(default)]
    policy: PolicyRequest,
    /// The method.
    #[serde(default)]
    method: MethodChoice,
}

impl Operation for ParticipationRequest {
    const NAME: &'static str = "cocreation.participation";
    const SOURCE: &'static str = "method, section 4";
    const ERRORS: &'static [Code] = &[
        Code::CocreationDuplicateId,
        Code::CocreationUnknownParticipant,
        Code::CocreationEmptyRound,
        Code::CocreationBadDate,
        Code::ReleaseBadThreshold,
        Code::MethodBadValue,
    ];
    const EXAMPLE: &'static str = r#"{"participants": [{"id": "p1", "side": "city"}, {"id": "p2", "side": "civil_society"}], "record": [{"participant": "p1", "occasion": "first_meeting", "on": "2027-01-10"}]}"#;
    type Answer = Legitimacy;

    fn answer(self, engine: &Engine) -> Result<Legitimacy> {
        let method = engine.chosen(&self.method)?;
        let sides = match self.required_sides {
            Some(sides) => sides,
            None => method.cocreation()?.required_sides,
        };
        participation::legitimacy(&self.participants, &self.record, &sides, &self.expected_groups, &self.policy.policy(&method)?)
    }
}

/// The table of harmonisation.
fn table(engine: &Engine, definitions: &[Definition]) -> Result<Vec<Row>> {
    harmonise::harmonise(definitions, |id| engine.catalogue().indicator(id.as_str()).map(|i| i.version.clone()))
}

/// The table of harmonisation: how far the same indicator of several cities can be compared.
///
/// A definition is `identical` (the reference in its present version, without deviation), `mapped` (rule and loss are stated) or `local_only`.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct HarmoniseRequest {
    /// How each city defines each indicator; one definition for a city and a reference.
    definitions: Vec<Definition>,
}

/// The table of harmonisation.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct HarmoniseAnswer {
    /// Each reference indicator over all cities.
    indicators: Vec<Row>,
}

const HARMONISE_ERRORS: &[Code] = &[Code::CocreationUnknownItem, Code::CocreationDuplicateId, Code::NumNotFinite];

impl Operation for HarmoniseRequest {
    const NAME: &'static str = "cocreation.harmonise";
    const SOURCE: &'static str = "method, section 4";
    const ERRORS: &'static [Code] = HARMONISE_ERRORS;
    const EXAMPLE: &'static str = r#"{"definitions": [{"place": "graz", "indicator": "HOU-O-01", "reference": "HOU-O-01", "version": "0.2.0"}, {"place": "york", "indicator": "x-YORK:ROUGH", "reference": "HOU-O-01", "deviations": ["denominator"], "mapping": {"rule": "per resident", "loss": "visitors are not counted"}}]}"#;
    type Answer = HarmoniseAnswer;

    fn answer(self, engine: &Engine) -> Result<HarmoniseAnswer> {
        Ok(HarmoniseAnswer { indicators: table(engine, &self.definitions)? })
    }
}

/// Whether the figures of these cities may be ranked or pooled, with the losses that must be printed beside them.
///
/// Refused with `cocreation.local-only` when one of the cities follows a definition of its own.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct HarmonisedComparisonRequest {
    /// How each city defines each indicator; one definition for a city and a reference.
    definitions: Vec<Definition>,
    /// The reference indicator.
    indicator: IndicatorId,
    /// The cities that are compared; all of the indicator where they are not given.
    #[serde(default)]
    places: Vec<PlaceCode>,
    /// What the comparison is for.
    purpose: Purpose,
}

impl Operation for HarmonisedComparisonRequest {
    const NAME: &'static str = "cocreation.compare";
    const SOURCE: &'static str = "method, section 4";
    const ERRORS: &'static [Code] = &[Code::CocreationLocalOnly, Code::CocreationUnknownItem, Code::CocreationDuplicateId, Code::NumNotFinite];
    const EXAMPLE: &'static str = r#"{"definitions": [{"place": "graz", "indicator": "HOU-O-01", "reference": "HOU-O-01", "version": "0.2.0"}, {"place": "york", "indicator": "x-YORK:ROUGH", "reference": "HOU-O-01", "deviations": ["denominator"], "mapping": {"rule": "per resident", "loss": "visitors are not counted"}}], "indicator": "HOU-O-01", "purpose": "ranking"}"#;
    type Answer = Comparison;

    fn answer(self, engine: &Engine) -> Result<Comparison> {
        harmonise::comparison(&table(engine, &self.definitions)?, &self.indicator, &self.places, self.purpose)
    }
}

/// The city and the city's own id of an indicator that a city added.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ExtensionRequest {
    /// The id, `x-CITY:ID`.
    id: IndicatorId,
}

/// The parts of an id in the namespace of a city.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ExtensionAnswer {
    /// The city.
    city: String,
    /// The city's own id.
    own: String,
}

impl Operation for ExtensionRequest {
    const NAME: &'static str = "cocreation.extension";
    const SOURCE: &'static str = "method, section 4";
    const ERRORS: &'static [Code] = &[Code::CocreationBadNamespace];
    const EXAMPLE: &'static str = r#"{"id": "x-GRAZ:HOU-01"}"#;
    type Answer = ExtensionAnswer;

    fn answer(self, _: &Engine) -> Result<ExtensionAnswer> {
        let (city, own) = harmonise::extension(&self.id)?;
        Ok(ExtensionAnswer { city: city.to_owned(), own: own.to_owned() })
    }
}
