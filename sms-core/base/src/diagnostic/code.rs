//! The codes: a stable word each, with how much it matters, what it says and what to do.

use serde::{Serialize, Serializer};
use std::fmt;

/// How much a finding matters.
///
/// ```
/// # use sms_base as sms_core;
/// use sms_core::Severity;
/// assert!(Severity::Note < Severity::Warning && Severity::Warning < Severity::Error);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Severity {
    /// Worth knowing; nothing was left out.
    Note,
    /// Something is doubtful; the data were used all the same.
    Warning,
    /// A row could not be used, or the call could not finish.
    Error,
}

macro_rules! codes {
    ($( $variant:ident = $word:literal, $severity:ident, $message:literal, $hint:literal; )+) => {
        /// Every code that an error or a finding can carry. The words are stable: translations and programs key on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $( #[doc = $message] $variant, )+ }

        impl Code {
            /// All codes, in the order of the list in `docs/codes.md`.
            pub const ALL: &'static [Code] = &[ $( Code::$variant, )+ ];

            /// The stable word.
            pub const fn as_str(self) -> &'static str { match self { $( Code::$variant => $word, )+ } }

            /// How much it matters by default.
            pub const fn severity(self) -> Severity { match self { $( Code::$variant => Severity::$severity, )+ } }

            /// One sentence that says what is wrong.
            pub const fn message(self) -> &'static str { match self { $( Code::$variant => $message, )+ } }

            /// What to do about it.
            pub const fn hint(self) -> &'static str { match self { $( Code::$variant => $hint, )+ } }
        }
    };
}

codes! {
    AggregateBadParameter = "aggregate.bad-parameter", Error, "A parameter of the mean is outside its range.", "See the range of the parameter in the method documentation.";
    AggregateBadWeight = "aggregate.bad-weight", Error, "A weight is negative, or all weights are zero.", "Give each item a weight of 0 or more, and at least one above 0.";
    AggregateMeanNotPositive = "aggregate.mean-not-positive", Warning, "The mean of the standardised values is not above zero, so the index is not defined.", "Check the reference mean and standard deviation: the values are ten or more standard deviations away.";
    AggregateNoItems = "aggregate.no-items", Error, "There is nothing to aggregate.", "Give at least one item.";
    AggregateScoreOutOfRange = "aggregate.score-out-of-range", Error, "A score is outside 0 to 100.", "Score the value first; scores run from 0 to 100.";
    AggregateUnequalLengths = "aggregate.unequal-lengths", Error, "Lists that belong together differ in length.", "Give one number for each criterion, in the same order everywhere.";
    AssessBadAvailability = "assess.bad-availability", Error, "A record of availability names a dimension that the indicator does not ask for, or repeats another.", "Name a required or desirable dimension of the indicator, or none for all of them; say it once.";
    AssessDuplicateTarget = "assess.duplicate-target", Error, "The plan has two targets for the same indicator and place.", "Keep one of them; dated steps on the way are milestones.";
    AgreementBadTable = "agreement.bad-table", Error, "The ratings do not have the shape that the measure needs.", "The message says which shape: `docs/wire.md` has the request of each measure.";
    AgreementNoRatings = "agreement.no-ratings", Error, "There are no ratings.", "Give at least one rating of two raters.";
    AgreementOutOfScale = "agreement.out-of-scale", Error, "A rating is not on the scale.", "Use the values of the scale, or declare the scale that was used.";
    AgreementTooFewItems = "agreement.too-few-items", Error, "The measure needs at least two items.", "Give two or more items that the same persons rated.";
    AgreementTooFewRaters = "agreement.too-few-raters", Error, "Agreement needs at least two raters.", "One rater cannot agree with anybody: add a second one.";
    AgreementTooFewSubjects = "agreement.too-few-subjects", Error, "The measure needs at least two complete subjects.", "Give two or more subjects without a missing value.";
    AssessNoPlace = "assess.no-place", Error, "No usable observation belongs to a place, so nothing can be assessed.", "Check the findings: every row was rejected, or the file is empty.";
    AssessUnknownPlace = "assess.unknown-place", Error, "The plan names a place that has no observation.", "Use a code of the `place` column.";
    AssessUnknownSelection = "assess.unknown-selection", Error, "The plan names a selection or an indicator that the catalogue does not have.", "`sms catalogue list` shows the indicators and selections.";
    CatalogueBadJson = "catalogue.bad-json", Error, "The catalogue is not valid JSON of the expected shape.", "Validate the file against the catalogue schema (`sms schema catalogue`).";
    CatalogueBadValue = "catalogue.bad-value", Error, "A field of the catalogue has a value that is not allowed.", "Validate the file against the catalogue schema (`sms schema catalogue`).";
    CatalogueDuplicateId = "catalogue.duplicate-id", Error, "Two entries of the catalogue have the same id.", "Ids are never re-used: give one of them a new id.";
    CatalogueNewerSchema = "catalogue.newer-schema", Error, "The catalogue was written for a newer schema than this library reads.", "Use a newer library, or an older release of the catalogue.";
    CatalogueUnknownReference = "catalogue.unknown-reference", Error, "An entry refers to an id that the catalogue does not have.", "Correct the id, or add the missing entry.";
    CocreationBadConstraint = "cocreation.bad-constraint", Error, "A candidate or a constraint of the core set is not well formed.", "The message names the field and what it should hold.";
    CocreationBadDate = "cocreation.bad-date", Error, "A day is not written as YYYY-MM-DD, or does not exist.", "Write it as 2027-03-01.";
    CocreationBadNamespace = "cocreation.bad-namespace", Error, "The id is not in the namespace of a city.", "A city's extension is written x-CITY:ID, such as x-GRAZ:HOU-01.";
    CocreationDuplicateId = "cocreation.duplicate-id", Error, "An id is given twice, or is empty.", "Give each person, item and candidate an id of its own.";
    CocreationDuplicateRating = "cocreation.duplicate-rating", Error, "The same person rates the same item twice in one round.", "Keep the rating that holds.";
    CocreationEmptyRound = "cocreation.empty-round", Error, "There is nothing in the round: no rating, or no record.", "Give the ratings of at least two persons.";
    CocreationLocalOnly = "cocreation.local-only", Error, "The figures of these cities cannot be ranked or pooled: at least one follows a definition of its own.", "Leave out the places that are named, or state the rule and the loss by which they come to the reference.";
    CocreationUnknownItem = "cocreation.unknown-item", Error, "An item, criterion, indicator or place is not in the list.", "Add it to the list, or correct its id.";
    CocreationUnknownParticipant = "cocreation.unknown-participant", Error, "A person is not in the list of those who take part.", "Add the person with their side, or correct the code.";
    CrosswalkAmbiguousCode = "crosswalk.ambiguous-code", Error, "Two rules of the crosswalk claim the same code of a column.", "Keep one of them.";
    CrosswalkBadFile = "crosswalk.bad-file", Error, "The crosswalk is not a valid mapping file.", "See `docs/crosswalk.md` for the format.";
    CrosswalkBadRow = "crosswalk.bad-row", Error, "A row of the source file could not be read.", "Correct the row in the source file.";
    CrosswalkFileNotMapped = "crosswalk.file-not-mapped", Note, "A source file is listed as not mapped, with its reason.", "Nothing to do, unless the reason no longer holds.";
    CrosswalkMissingColumn = "crosswalk.missing-column", Error, "A column that the crosswalk names is not in the source file.", "Correct the name of the column; names are compared exactly.";
    CrosswalkMissingFile = "crosswalk.missing-file", Warning, "The crosswalk names a file that was not given.", "Give the file, or remove it from the crosswalk.";
    CrosswalkRowNotSelected = "crosswalk.row-not-selected", Note, "No series of the crosswalk selects these rows.", "Add a series that selects them, or leave them out knowingly with `[[file.skip]]`.";
    CrosswalkRowSkipped = "crosswalk.row-skipped", Note, "These rows are left out knowingly, for the reason that the crosswalk gives.", "Nothing to do, unless the reason no longer holds.";
    CrosswalkUnlistedFile = "crosswalk.unlisted-file", Warning, "A file was given that the crosswalk does not mention.", "Add it to the crosswalk, mapped or with the reason why it is not.";
    CrosswalkUnmappedCode = "crosswalk.unmapped-code", Error, "A code of a mapped column has no meaning in the crosswalk.", "Add the code to the column's `codes`.";
    CrosswalkUnmappedColumn = "crosswalk.unmapped-column", Warning, "A column of the source file is not used by the crosswalk.", "Map it, or list it under `ignore_columns`; until then rows with a text in it are left out.";
    CsvAmbiguousDelimiter = "csv.ambiguous-delimiter", Error, "The header has no delimiter that can be told with certainty.", "Declare the delimiter: comma, semicolon, tab or pipe.";
    CsvBadEncoding = "csv.bad-encoding", Error, "The text is not valid in the declared encoding.", "Save the file as UTF-8, or declare `latin-1`.";
    CsvDuplicateColumn = "csv.duplicate-column", Error, "Two columns have the same name.", "Rename one of them.";
    CsvFieldTooLong = "csv.field-too-long", Error, "A field is longer than the limit; its row was rejected.", "Check for a missing closing quote.";
    CsvMissingColumn = "csv.missing-column", Error, "A column that is needed is missing.", "The tidy table needs at least the columns indicator, place and period.";
    CsvNoHeader = "csv.no-header", Error, "The file has no header line.", "The first line must name the columns.";
    CsvRowLength = "csv.row-length", Error, "A row has more or fewer fields than the header.", "Check for an unquoted delimiter or line break.";
    CsvTooManyColumns = "csv.too-many-columns", Error, "The file has more columns than the limit.", "A tidy table has one column a dimension; check the delimiter.";
    CsvTooManyRows = "csv.too-many-rows", Error, "The file has more rows than the limit.", "Split the file.";
    CsvUnclosedQuote = "csv.unclosed-quote", Error, "A quote is opened and never closed; its row was rejected.", "Close the quote, or write it twice inside a quoted field.";
    DisclosureBadRule = "disclosure.bad-rule", Error, "A number of a disclosure rule is out of range.", "The message names the field and the range.";
    DisclosureBadTable = "disclosure.bad-table", Error, "The table cannot be read as cells and equations.", "Whole numbers; equations name the positions of a total and its parts, each once.";
    DisclosureNotAdditive = "disclosure.not-additive", Error, "No table of whole numbers fits what is published: parts and totals contradict each other.", "Check which parts belong to which total.";
    EstimateAssumedDesignEffect = "estimate.assumed-design-effect", Warning, "Counts of a sample are weighted and come without their error; the design effect of the method was assumed.", "Give the standard error (se, with df), or the design effect (deff), of the survey.";
    EstimateBadConfidence = "estimate.bad-confidence", Error, "The confidence level is not between 0 and 1.", "Give a level such as 0.95.";
    EstimateBadDesignEffect = "estimate.bad-design-effect", Error, "The design effect is not above 0.", "Give the variance by the design over that of a simple random sample, such as 1.5.";
    EstimateBadDf = "estimate.bad-df", Error, "Degrees of freedom are not above 0.", "Sampling units less strata; leave them out where they are not known.";
    EstimateCountAboveDenominator = "estimate.count-above-denominator", Error, "A numerator is larger than its denominator.", "A proportion counts a part of the denominator: check both.";
    EqualityBadGroups = "equality.bad-groups", Error, "The groups cannot be compared.", "The message names the field and what is expected there.";
    EqualityBadCovariance = "equality.bad-covariance", Error, "These are not covariances of the groups.", "Give a symmetric matrix with a row for each group, its variances on the diagonal.";
    EqualityBadSignificance = "equality.bad-significance", Error, "The level of significance is not between 0 and 1.", "The usual level is 0.05.";
    EstimateNegativeCount = "estimate.negative-count", Error, "A count is negative.", "Counts are 0 or more.";
    EstimateOtherConfidence = "estimate.other-confidence", Note, "Figures came with an interval at another confidence level than that of the method; theirs was made anew from the standard error.", "Estimate with the confidence level of the method, or give a method with that of the survey.";
    EstimateUnknownDesignEffect = "estimate.unknown-design-effect", Warning, "Counts of a sample are weighted and come without their error; the method assumes no design effect, so there is no interval and no test.", "Give the standard error (se, with df), or the design effect (deff), of the survey.";
    EstimateZeroDenominator = "estimate.zero-denominator", Error, "The denominator is zero.", "A share of nobody is not defined: leave the row out, or give the status `not_applicable`.";
    ExplainUnknownId = "explain.unknown-id", Error, "The report has nothing with this id.", "Use the id of an indicator, right, attribute, module or level, or `overall`.";
    FormAnswerOffPath = "form.answer-off-path", Warning, "A question is answered that the skip logic passes over; the answer is not used.", "Check the export: it may be of another version of the form, or typed in from paper.";
    FormBadCode = "form.bad-code", Error, "A code of the city's own cannot be used: it has other signs than letters, digits, hyphen, point and underscore, or is taken.", "Give a short code of its own, such as north, and its label beside it.";
    FormBadNumber = "form.bad-number", Warning, "An answer is no number within the range of the question; it counts as missing.", "Correct it in the survey tool and export again.";
    FormBadRequest = "form.bad-request", Error, "A field of the request for a form does not hold what it should.", "The message names the field and what it should hold.";
    FormDuplicateColumn = "form.duplicate-column", Error, "Two columns of the export are the same question.", "Export once, with the names of groups in the headers or without them.";
    FormErrorNotCarried = "form.error-not-carried", Warning, "An estimate arrives without its standard error: the sample gives none, it is 0 because all answered alike, or there are no degrees of freedom behind it.", "Nothing is said of its gaps; with few cases that is as it should be. An error of 0 is no certainty.";
    FormEstimateNotCarried = "form.estimate-not-carried", Warning, "An estimate has no place in the tidy table, so there is no row for it.", "The finding says why: name estimates by the id of an indicator, and groups by the dimensions and codes of the catalogue.";
    FormEstimateWithoutValue = "form.estimate-without-value", Note, "An estimate has no value, so there is no row for it.", "The finding says why; nobody was asked, nobody answered, or the measure is not defined for the group.";
    FormLong = "form.long", Note, "An interview takes longer than people like to answer.", "Leave out indicators or dimensions, or split the form.";
    FormMissingColumn = "form.missing-column", Warning, "The export has no column of a question; its answers count as missing.", "Export with XML values and headers, from the form that this request makes.";
    FormNoConsent = "form.no-consent", Note, "These rows have no consent to take part, and nothing of them is used.", "Nothing to do.";
    FormNoConsentColumn = "form.no-consent-column", Error, "The export has no column that says who agreed to take part.", "Export with XML values and headers, from the form that this request makes; the column is `consent`.";
    FormNoWeight = "form.no-weight", Warning, "No column of weights is named: every row counts 1, and estimates speak for those who answered.", "Name the column that says how many residents a row stands for.";
    FormOtherVersion = "form.other-version", Note, "Rows were answered in another version of the form.", "Give the request that made that version, or check what changed.";
    FormOwnTranslation = "form.own-translation", Warning, "Questions of a standard instrument stand in a translation of our own in a language of the form.", "Replace them by the translation that the authors of the instrument published, or leave the language out.";
    FormUnknownCode = "form.unknown-code", Warning, "An answer has a code that the question does not have; it counts as missing.", "Export with XML values, not labels, from the form that this request makes.";
    FormUnknownColumn = "form.unknown-column", Note, "A column of the export is no question of the form; it is not used.", "Nothing to do, unless it should be one.";
    FormUnknownDimension = "form.unknown-dimension", Error, "The request names a dimension that the catalogue does not have.", "Use an id such as SEX or AGE.";
    FormUnknownGround = "form.unknown-ground", Error, "The ground is not one that this topic can rest on.", "The message names those that it can.";
    FormUnknownLanguage = "form.unknown-language", Error, "The question bank has no texts in this language.", "The message names the languages that it has.";
    FormUnknownTopic = "form.unknown-topic", Error, "A legal basis is recorded for a topic that the question bank does not have.", "Use the id of a topic, such as disability.";
    IndexAllMissing = "index.all-missing", Warning, "An input has no usable value in any row.", "Check the column: its name, its kind, its decimal sign.";
    IndexBadFile = "index.bad-file", Error, "The index file is not of the expected shape.", "See `docs/index-files.md`; `sms schema index` has the schema.";
    IndexBadFormula = "index.bad-formula", Error, "A formula cannot be read.", "The position counts characters from 1. Formulas know numbers, names, + - * / ^, brackets, comparisons and a few functions.";
    IndexBadValue = "index.bad-value", Error, "A field of the index file has a value that is not allowed.", "The message names the field and what is expected.";
    IndexColumnLength = "index.column-length", Error, "A column has more or fewer cells than there are units.", "Give one cell a unit; an empty one is missing.";
    IndexCycle = "index.cycle", Error, "Steps of the index use each other in a circle.", "Break the circle at one of the steps that the message names.";
    IndexDuplicateId = "index.duplicate-id", Error, "Two entries of the index file have the same id or column.", "Give one of them another id.";
    IndexDuplicateUnit = "index.duplicate-unit", Error, "A unit occurs twice.", "Give one row a unit; for several years, run the index once a year or make the year part of the unit's id.";
    IndexEmpty = "index.empty", Error, "The index has no inputs, no steps or no outputs.", "An index needs at least one of each.";
    IndexLowCoverage = "index.low-coverage", Note, "A step has no result because too little of what belongs to it is there.", "Collect the missing inputs, or see the minimum of the step.";
    IndexMissingColumn = "index.missing-column", Error, "A column that the index needs is not in the data.", "Add the column, or rename it as the index names it (`sms methods show`).";
    IndexNewerFormat = "index.newer-format", Error, "The index file was written for another format than this library reads.", "Use a newer library.";
    IndexNoBranch = "index.no-branch", Warning, "No branch of a step holds, so it has no result.", "Add a last branch without a condition.";
    IndexNoUnits = "index.no-units", Error, "There is no unit to compute the index for.", "Give at least one row.";
    IndexOutOfBounds = "index.out-of-bounds", Warning, "A value is outside the bounds of its input and was not used.", "Check the unit of measurement and the decimal sign.";
    IndexSetDependent = "index.set-dependent", Note, "A result depends on which other units are in the table.", "Do not compare it between tables with other units.";
    IndexTooLarge = "index.too-large", Error, "The index file, a formula or the table is larger than the limit.", "Split it.";
    IndexUndefined = "index.undefined", Warning, "The arithmetic of a step has no result: a division by zero, a logarithm of zero, a negative value in a geometric mean.", "Check the inputs of the row, or give the step a branch for this case.";
    IndexUnknownCode = "index.unknown-code", Warning, "A code is not one of those that the index knows.", "Use one of the codes that the index lists.";
    IndexUnknownId = "index.unknown-id", Error, "There is no index with this id.", "`sms methods list` shows all; a whole index may be given in place of an id.";
    IndexUnknownName = "index.unknown-name", Error, "A name is neither an input nor a constant nor a step of the index, or no group or field of a group.", "Correct the name, or add the entry.";
    IndexUnknownUnit = "index.unknown-unit", Error, "The table has no unit with this id.", "Use an id of the table.";
    IndexUnreadableCell = "index.unreadable-cell", Warning, "The text in a column of numbers is no number; the cell was not used.", "Write digits with one decimal sign, without unit; leave the cell empty where there is no value.";
    IndexUnused = "index.unused", Note, "No output uses this entry of the index file.", "Remove it, or use it.";
    IndexWeightsSum = "index.weights-sum", Error, "The weights do not have the sum that the file declares.", "Correct the weights, or the declared sum.";
    IndexWrongKind = "index.wrong-kind", Error, "A formula or a name gives another kind of value than is needed here: a number, a text or a condition.", "Compare texts with = and 'quotes'; `lookup` makes numbers of texts.";
    IndexZeroInMean = "index.zero-in-mean", Warning, "A zero made a geometric, harmonic or power mean zero.", "That is the rule; some indices set a floor above zero for this reason.";
    InfluenceBadPanel = "influence.bad-panel", Error, "A figure of the panel or series has no city, is not finite, or is given twice.", "Give each city and time one finite figure.";
    InfluenceBrokenChain = "influence.broken-chain", Error, "The links of the story are no single line from the first result to the last.", "Let each link begin where another ends, without forks and circles; give each piece of evidence its source.";
    InfluencePoorFit = "influence.poor-fit", Error, "No mix of the other cities comes near the city before the start, so it cannot tell how the city would have gone on.", "Add cities that are more alike, or compare changes (`influence.difference`).";
    InfluenceReasonMissing = "influence.reason-missing", Error, "Another explanation is judged without a reason.", "Say why, or leave it open.";
    InfluenceTooFewComparators = "influence.too-few-comparators", Error, "There are too few other cities to compare with.", "Add cities that did not act, or look at the city's own series (`influence.interrupted`).";
    InfluenceTooFewPeriods = "influence.too-few-periods", Error, "There are too few figures before or after the start.", "Add earlier or later figures; the message says how many are needed.";
    InfluenceTooLarge = "influence.too-large", Error, "There are more figures or cities than the limit.", "Leave out cities or times that the question does not need.";
    InfluenceUnbalanced = "influence.unbalanced", Error, "The cities do not have figures for the same times.", "Leave out times or cities with a gap: a figure that comes and goes looks like an effect.";
    InfluenceUnevenTimes = "influence.uneven-times", Error, "The times are not equally far apart.", "Give the figures of every year or month, each once.";
    InfluenceUnknownCity = "influence.unknown-city", Error, "A city that acted has no figures, or none is named.", "Name cities of the panel.";
    JsonBadShape = "json.bad-shape", Error, "The JSON is not of the expected shape.", "Observations are an array of row objects, or an object with `observations`.";
    JsonSyntax = "json.syntax", Error, "The text is not valid JSON, or is nested too deeply.", "Check the place that the message names.";
    MethodBadJson = "method.bad-json", Error, "The method is not valid JSON of the expected shape.", "Validate the file against the method schema (`sms schema method`).";
    MethodBadValue = "method.bad-value", Error, "A number of the method is outside its range.", "The message names the field and the range.";
    MethodNewerEdition = "method.newer-edition", Error, "The method was written for a newer format than this library reads.", "Use a newer library.";
    MethodMissingWeight = "method.missing-weight", Error, "The method weighs the children of a node and leaves one of them out.", "Give each child of the node a weight; 0 is a weight.";
    MethodUnknownIndicator = "method.unknown-indicator", Error, "The method has a rule for an indicator that the catalogue does not have.", "Correct the id, or use the catalogue release that the method was written for.";
    MethodUnknownNode = "method.unknown-node", Error, "The method has a rule for a node, or a weight for a child, that the tree does not have.", "`sms catalogue list` shows modules and rights; a node below another is written as a path, such as HOU/R-HOU.";
    MethodWeightsSum = "method.weights-sum", Error, "Weights do not sum to 1.", "Divide each weight by their sum.";
    NumNotFinite = "num.not-finite", Error, "A number is NaN or infinite.", "Give a finite number, or leave the cell empty with a status.";
    NumUnreadable = "num.unreadable", Error, "The text is not a number.", "Write digits with one decimal sign, without unit.";
    ObsAmbiguousNumber = "obs.ambiguous-number", Error, "A comma in a number may be a decimal or a thousands sign.", "Declare the decimal sign (`decimal = \"comma\"` or `\"point\"`).";
    ObsBadDesign = "obs.bad-design", Error, "Degrees of freedom or a design effect are not above 0.", "Give a number above 0, or leave it empty.";
    ObsBadInterval = "obs.bad-interval", Error, "The interval of a figure is incomplete, or does not hold the figure.", "Give interval_lower, interval_upper, interval_confidence and interval_method together, or none of them.";
    ObsBreakInSeries = "obs.break-in-series", Warning, "The series has a break: values before and after are not comparable.", "No change is computed across the break.";
    ObsDenominatorMissing = "obs.denominator-missing", Warning, "A count is given without the denominator that the indicator needs, so there is no rate.", "Add the denominator, such as the population.";
    ObsDuplicateIdentical = "obs.duplicate-identical", Warning, "The same row is given more than once, with the same content; one was kept.", "Remove the copies.";
    ObsDuplicateKey = "obs.duplicate-key", Error, "The same indicator, place, period and groups are given more than once; the rows were rejected.", "Keep one of the rows.";
    ObsMissingDisaggregation = "obs.missing-disaggregation", Warning, "A disaggregation that the catalogue requires is not in the data.", "Collect or publish the figure by this dimension: who is not counted is a finding of its own.";
    ObsMissingField = "obs.missing-field", Error, "A field that every row needs is empty.", "Fill in indicator, place and period.";
    ObsValueScaleDoubtful = "obs.value-scale-doubtful", Warning, "All values of a percentage lie between 0 and 1: they may be shares, not percentages.", "Give percentages as 0 to 100.";
    ObsNegativeCount = "obs.negative-count", Error, "A count is negative.", "Counts are 0 or more.";
    ObsNoTotal = "obs.no-total", Warning, "There are figures by group, but none for everybody.", "Give the total as well: it is not computed from groups.";
    ObsNoValue = "obs.no-value", Error, "The row has neither a value nor counts nor a status that says why.", "Fill in value, or numerator and denominator, or a status such as `missing`.";
    ObsNotFinite = "obs.not-finite", Error, "A number is NaN, infinite or too large.", "Give a finite number.";
    ObsNumberUnreadable = "obs.number-unreadable", Error, "The text in a number column is not a number.", "Write digits with one decimal sign, without unit.";
    ObsNumeratorAboveDenominator = "obs.numerator-above-denominator", Error, "The numerator is larger than the denominator.", "A proportion counts a part of the denominator: check both.";
    ObsOutOfBounds = "obs.out-of-bounds", Error, "The value is outside the range that the catalogue gives.", "Check the unit (percent or share?) and the decimal sign.";
    ObsPartsDoNotSum = "obs.parts-do-not-sum", Warning, "The counts of the groups do not sum to the total.", "Check for a missing group; the figures were used as given.";
    ObsPeriodUnreadable = "obs.period-unreadable", Error, "The period cannot be read.", "Write 2018, 2017-18, 2015/16, 2019-Q2, 2020-03 or 2015-2017.";
    ObsPretest = "obs.pretest-row", Note, "Pre-test rows are kept out of every score.", "Nothing to do.";
    ObsSeNegative = "obs.bad-standard-error", Error, "A standard error or a sample size is negative.", "Give 0 or more, or leave it empty.";
    ObsSpecialCategory = "obs.special-category", Note, "The data hold a special category of personal data (GDPR Art. 9).", "Make sure that a legal basis is recorded before publishing.";
    ObsTextTooLong = "obs.text-too-long", Error, "A text is longer than the limit.", "Shorten it.";
    ObsUnknownColumn = "obs.unknown-column", Warning, "A column is neither a field of the tidy table nor a dimension of the catalogue; it was not used.", "Rename it to a dimension id, or map the file with a crosswalk.";
    ObsUnknownConfidentiality = "obs.unknown-confidentiality", Error, "The confidentiality is not one of the known words.", "Use public, restricted or confidential, or an SDMX code (F, N, C …).";
    ObsUnknownGroup = "obs.unknown-group", Error, "The group is not in the code list of the dimension.", "Use a code of the catalogue's list.";
    ObsUnknownIndicator = "obs.unknown-indicator", Error, "The catalogue has no indicator with this id.", "Correct the id (`sms catalogue list` shows all).";
    ObsUnknownRound = "obs.unknown-round", Error, "The round is neither `regular` nor `pretest`.", "Use one of the two, or leave it empty for regular.";
    ObsUnknownStatus = "obs.unknown-status", Error, "The status is not one of the known words.", "Use normal, break, estimated, provisional, missing, not_asked, refused, not_applicable, suppressed, or an SDMX code.";
    ObsValueDiffersFromCounts = "obs.value-differs-from-counts", Warning, "The given value is not what numerator and denominator make; the counts were used.", "Check value, numerator and denominator.";
    ObsValueDespiteAbsence = "obs.value-despite-absence", Warning, "A value is given although the status says that there is none; the status was followed.", "Correct the status, or empty the value.";
    ObsVersionDiffers = "obs.version-differs", Warning, "The row was collected with another version of the indicator.", "Compare the definitions before comparing the figures.";
    ObsZeroDenominator = "obs.zero-denominator", Error, "The denominator is zero.", "A share of nobody is not defined: give the status `not_applicable` instead.";
    PeersBadCity = "peers.bad-city", Error, "A city has no id of its own, or a number that is out of range.", "The message names the field and what it should hold.";
    PeersBadContext = "peers.bad-context", Error, "The context variables cannot be used: none, one twice, a weight that is not above 0, or a logarithm of nothing.", "The message names the variable and what it should hold.";
    PeersBadDate = "peers.bad-date", Error, "The days of a record are not in order, or lie after the day of the question.", "The message names the record; a due date, a response and a grade come after what they are about.";
    PeersBadMatch = "peers.bad-match", Error, "The earlier pairs give a city two mentors, or itself as its mentor.", "Give each city at most one earlier mentor.";
    PeersBadRecord = "peers.bad-record", Error, "A record lacks what it needs, has the id of another, or refers to one that is not there.", "The message names the field and what it should hold.";
    PeersChangedFrame = "peers.changed-frame", Error, "The frame is not the one that its version says.", "Give the frame exactly as an answer had it, or ask without one.";
    PeersEvidenceMissing = "peers.evidence-missing", Error, "A grade has no one who gave it, or nothing that shows it.", "Give evidence for partly, largely and fully, and the addressee's response for rejected.";
    PeersNoSpread = "peers.no-spread", Error, "Half of the cities or more have the same value of a context variable, so it cannot be standardised.", "Leave the variable out, or take one that tells cities apart.";
    PeersTooFewCities = "peers.too-few-cities", Error, "There are too few cities.", "The message says how many are needed.";
    PeersTooLarge = "peers.too-large", Error, "There are more cities or records than the limit.", "Ask for a part of them.";
    PeersUnknownIndicator = "peers.unknown-indicator", Error, "A record names an indicator that the catalogue does not have.", "`sms catalogue list` shows the indicators.";
    PeriodUnreadable = "period.unreadable", Error, "The period cannot be read.", "Write 2018, 2017-18, 2015/16, 2019-Q2, 2020-03 or 2015-2017.";
    ProgressBadParameter = "progress.bad-parameter", Error, "A number of a progress calculation is outside its range.", "The message names the number and the range.";
    ProgressBadPath = "progress.bad-path", Error, "The dates of a path are not in order.", "Baseline first, then milestones, then the target, each with a date of its own.";
    ProgressDuplicateTime = "progress.duplicate-time", Error, "A series has two figures at the same time.", "Keep one figure for each period.";
    ProgressNotPositive = "progress.not-positive", Error, "A compound path needs values above zero.", "Use the linear path, which is defined for every value.";
    RbmCircularLink = "rbm.circular-link", Error, "Results lead to each other in a circle.", "Remove one of the links of the cycle that is named.";
    RbmDuplicateResult = "rbm.duplicate-result", Error, "Two results of the chain have the same id.", "Give one of them an id of its own.";
    RbmLinkDown = "rbm.link-down", Warning, "A result leads to one further down the results chain.", "Links run from inputs through activities, outputs and outcomes to impacts.";
    RbmOutcomeWithoutOutputs = "rbm.outcome-without-outputs", Warning, "No output leads to this outcome.", "Say which outputs are meant to bring it about, or that the city does not act on it.";
    RbmOutputLeadsNowhere = "rbm.output-leads-nowhere", Warning, "This output leads to no outcome.", "Say what it is meant to change for people.";
    RbmOutputsOnly = "rbm.outputs-only", Warning, "A theme has work and outputs, and no outcome.", "Add an outcome: without one there is no headline.";
    RbmTargetAfterValue = "rbm.target-after-value", Warning, "The target was set after the period of the value that it judges.", "Judge the value by the target that was in force, or say why the target changed.";
    RbmTargetWithoutBaseline = "rbm.target-without-baseline", Warning, "There is a target and no baseline, so achievement cannot be told.", "Add the baseline.";
    RbmUnknownLink = "rbm.unknown-link", Warning, "A result leads to one that the chain does not have; the link was not followed.", "Correct the id, or add the result.";
    RbmVersionDiffers = "rbm.version-differs", Warning, "Baseline and value were collected with different versions of the indicator.", "Compare the definitions before comparing the figures.";
    PretestBadQuestion = "pretest.bad-question", Error, "A question of the pre-test is not described as it should be.", "The message names the field; `docs/wire.md` has the fields of a question.";
    PretestBadRow = "pretest.bad-row", Error, "A row of the pre-test cannot be used.", "The message names the column and what it should hold.";
    PretestDuplicateAnswer = "pretest.duplicate-answer", Error, "The same person answers the same question twice in one round, by one rater.", "Keep one of the rows, or name the rater or the round.";
    PretestNoAnswers = "pretest.no-answers", Error, "The pre-test holds no rows.", "Give one row a person and question.";
    PretestUnknownQuestion = "pretest.unknown-question", Error, "A row answers a question that is not described.", "Add the question, or correct its id in the row.";
    RefinementBadDecision = "refinement.bad-decision", Error, "A decision about an indicator does not have the shape that its action needs.", "The path names the field; `docs/wire.md` has the shape of each action.";
    RefinementBadRelease = "refinement.bad-release", Error, "The head of the new release is not after the last one.", "Give a higher version, a later date, and a known status.";
    RefinementDecidedTwice = "refinement.decided-twice", Error, "Two decisions of the release are about the same indicator.", "Keep the decision that holds; make the other one in a later release.";
    RefinementIncompleteDecision = "refinement.incomplete-decision", Error, "A decision does not say who decided, when, or why.", "Fill in `decided_by`, `on` and `reason`.";
    RefinementMissingSignOff = "refinement.missing-sign-off", Error, "An indicator would enter the core or become standard without one of the sides that must agree.", "Let the side that is named decide too, and record it in `decided_by`.";
    RefinementUnknownIndicator = "refinement.unknown-indicator", Error, "A decision is about an indicator that the catalogue does not have.", "Correct the id (`sms catalogue list` shows all).";
    ReleaseBadThreshold = "release.bad-threshold", Error, "The threshold of the privacy policy is out of range.", "Use 1 or more; 10 is the default.";
    ReleaseInternalReport = "release.internal-report", Error, "The report is an internal one, which never left the data holder: nobody outside knows it.", "Give the report that was published.";
    ReleaseNotSafe = "release.not-safe", Error, "Whatever is withheld of an indicator, an attack on what is left is not safe.", "Leave the indicator out of the selection, release fewer of its periods, places or groups, or name a lower threshold if your rules allow one.";
    ReleaseSuppressed = "release.suppressed", Note, "Some figures are withheld so that nobody can be recognised.", "Nothing to do.";
    ReleaseUnknownCount = "release.unknown-count", Warning, "A figure is withheld because the number of people behind it is not known.", "Give numerator and denominator, or declare the figure as already published (`confidentiality = public`).";
    ScoreConstantSet = "score.constant-set", Warning, "All values of the set are the same, or there is only one, so nothing tells them apart.", "Use a rule with fixed bounds, or a larger set.";
    RoadmapBadDate = "roadmap.bad-date", Error, "A date cannot be read.", "Write year-month-day, such as 2025-03-31.";
    RoadmapBadDefinition = "roadmap.bad-definition", Error, "The definition of the road map is not of the expected shape.", "See `docs/wire.md` for the fields; `catalogue/roadmap` holds an example.";
    RoadmapBadEvent = "roadmap.bad-event", Error, "An event is not of the expected shape.", "See `docs/wire.md` for the types of events and their fields.";
    RoadmapBadPartner = "roadmap.bad-partner", Error, "A partner is not of the expected shape.", "A partner has id, name, kind, role, and the side that it can sign for.";
    RoadmapCircularPrerequisites = "roadmap.circular-prerequisites", Error, "Steps require each other in a circle, so none of them can start.", "Take one of the prerequisites out; a way back is a loop, not a prerequisite.";
    RoadmapCycleOpen = "roadmap.cycle-open", Error, "A new cycle begins when every step is completed or skipped.", "Close the steps that are open, or skip an optional one by a signed decision.";
    RoadmapDateBeforeCycle = "roadmap.date-before-cycle", Error, "The event is dated before the first cycle began.", "Correct the date of the event, or the start of the run.";
    RoadmapDateOutOfOrder = "roadmap.date-out-of-order", Error, "The event is dated before the one that stands before it.", "Events are recorded in the order in which they happened.";
    RoadmapDeliverableMissing = "roadmap.deliverable-missing", Error, "Something that the step must hand in is not there.", "Hand it in first.";
    RoadmapDuplicateId = "roadmap.duplicate-id", Error, "An id is given twice.", "Give one of them another id, or remove the copy.";
    RoadmapEvidenceMissing = "roadmap.evidence-missing", Error, "What is handed in needs evidence.", "Give a reference: an address, a file, a number of minutes.";
    RoadmapLoopNotAllowed = "roadmap.loop-not-allowed", Error, "The road map has no way back from this step to that one.", "Use one of the loops of the step.";
    RoadmapNoEffect = "roadmap.no-effect", Error, "The event would change nothing: it is recorded already, or there is nothing to take back.", "Leave it out.";
    RoadmapNobodyNamed = "roadmap.nobody-named", Error, "The participation names nobody who belongs to the group.", "Name a partner of the right kind who is no observer, or the number of people.";
    RoadmapNotOptional = "roadmap.not-optional", Error, "The step is not optional, so it cannot be skipped.", "Complete it.";
    RoadmapNotStarted = "roadmap.not-started", Error, "The step has not started.", "Record that it started first.";
    RoadmapObserver = "roadmap.observer", Error, "An observer neither records events nor signs.", "A lead or a member must do it.";
    RoadmapParticipationMissing = "roadmap.participation-missing", Error, "A group that must take part in the step has not.", "Record its participation first.";
    RoadmapPlanOrder = "roadmap.plan-order", Error, "The planned end is before the planned start.", "Correct one of the dates.";
    RoadmapPrerequisiteOpen = "roadmap.prerequisite-open", Error, "A step that must be closed before this one is not.", "Complete it, or skip it if it is optional.";
    RoadmapReasonMissing = "roadmap.reason-missing", Error, "The decision needs a reason.", "Say why, in a sentence.";
    RoadmapSideNotAllowed = "roadmap.side-not-allowed", Error, "A partner of this kind cannot sign for this side.", "Leave the side out, or correct the kind.";
    RoadmapSignOffMissing = "roadmap.sign-off-missing", Error, "A side has not signed.", "Have a partner of that side sign first.";
    RoadmapStepClosed = "roadmap.step-closed", Error, "The step is closed.", "A loop or a new cycle opens it again.";
    RoadmapUnknownId = "roadmap.unknown-id", Error, "An id is not in the road map.", "Correct the id.";
    RoadmapUnknownPartner = "roadmap.unknown-partner", Error, "The partner is not on the list of partners.", "Correct the id, or add the partner.";
    RoadmapUnreachableStep = "roadmap.unreachable-step", Error, "No way leads to the step, so it can never start.", "Name it in `starts_with`, or correct what it requires.";
    RoadmapWrongSide = "roadmap.wrong-side", Error, "The partner cannot sign for this side.", "A partner of that side, who is no observer, must sign.";
    ScoreEqualGoalposts = "score.equal-goalposts", Error, "The worst and the best goalpost are the same.", "Goalposts must differ.";
    ScoreGoalpostsOrder = "score.goalposts-order", Error, "The order of the goalposts contradicts the polarity of the indicator.", "For `higher` the best is above the worst, for `lower` below it.";
    ScoreNoDirection = "score.no-direction", Error, "Nothing says which of two values is better.", "Give the target for polarity `value` or `range`; `ambiguous` and `none` are shown and never scored.";
    ScoreNoGoalposts = "score.no-goalposts", Warning, "No goalposts are agreed for this indicator, so it is shown and not scored.", "Add goalposts with their reason to the method.";
    ScoreNotPositive = "score.not-positive", Error, "The rule needs values and goalposts above zero.", "Use goalposts instead.";
    ScoreUnknownLevel = "score.unknown-level", Error, "The maturity level is not on the scale.", "Use a whole number of the scale, 0 to 4 by default.";
    ScreenAppliesDisputed = "screen.applies-disputed", Warning, "One view says that the question does not apply, another answers it.", "Settle together whether it applies, and write down why.";
    ScreenBadAnswer = "screen.bad-answer", Error, "An answer is not on the scale.", "The message lists the levels; `not_known` and `not_applicable` are always allowed.";
    ScreenBadDate = "screen.bad-date", Error, "The day of an answer cannot be read, or lies before or after its round.", "Write it as 2027-03-01, within the first and last day of the round.";
    ScreenBadRecord = "screen.bad-record", Error, "An answer lacks what it needs.", "The message names the field and what it should hold.";
    ScreenBadRound = "screen.bad-round", Error, "The rounds are not in order: none, an id twice, days that overlap.", "Give rounds one after the other, each with an id, a first and a last day.";
    ScreenBadSheet = "screen.bad-sheet", Error, "The framework or screen cannot be answered.", "The message names the field and what it should hold; `catalogue/frameworks` and `catalogue/screens` have examples.";
    ScreenDuplicateAnswer = "screen.duplicate-answer", Error, "The same view answers the same question of the same service twice in one round.", "Keep the answer that holds.";
    ScreenNoEvidence = "screen.no-evidence", Warning, "Something is claimed and nothing shows it.", "Name a document, a decision or a figure, or answer with what can be shown.";
    ScreenNoReason = "screen.no-reason", Warning, "The question is said not to apply, and no reason is given.", "Write the reason into the note.";
    ScreenSameEvidence = "screen.same-evidence", Note, "A higher level than in the round before is shown by nothing new.", "Name what is new, or ask whether the level really rose.";
    ScreenTooLarge = "screen.too-large", Error, "There are more answers, or places for answers, than the limit.", "Ask for fewer services or rounds at a time.";
    ScreenUnknownItem = "screen.unknown-item", Error, "An answer names a question or element that the sheet does not have.", "`sms screen questions` lists them.";
    ScreenUnknownReference = "screen.unknown-reference", Error, "There is no instrument and no framework with this id.", "Name an instrument of the catalogue, such as `CFR`, or a framework, such as `sdg` or `eccar`.";
    ScreenUnknownRound = "screen.unknown-round", Error, "An answer names a round that is not in the list.", "Add the round with its days, or correct its id.";
    ScreenUnknownService = "screen.unknown-service", Error, "A service is not in the list, has the id of another, or no area of the catalogue.", "Add the service with its area, or correct its id; a framework is about the whole city and takes none.";
    ScreenUnknownSheet = "screen.unknown-sheet", Error, "The catalogue has no framework and no screen with this id.", "Use `fra`, `panel`, `aaaq`, or give a whole sheet.";
    ScreenUnknownView = "screen.unknown-view", Error, "An answer comes from a view that the sheet does not have.", "A screen has the views city, users and civil_society; a framework has city and civil_society.";
    ScreenViewMissing = "screen.view-missing", Warning, "A view has no answer in a round in which another has.", "Ask those whose view is missing; one view alone is no screen.";
    SurveyAllMissing = "survey.all-missing", Warning, "A group has no case with a value of the variable, so there is no estimate for it.", "Check the column; not asked is not zero.";
    SurveyBadColumn = "survey.bad-column", Error, "A column of the microdata has the wrong type or length.", "Weights and values are numbers; strata, sampling units and groups are codes.";
    SurveyBadFpc = "survey.bad-fpc", Error, "A finite population correction is not above 0, or a sampling fraction is above 1.", "Give the number of units in the population, or the fraction drawn, as the design declares.";
    SurveyBadParameter = "survey.bad-parameter", Error, "A parameter of an interval or of the rule of quality is outside its range.", "See the range of the parameter in `docs/wire.md`.";
    SurveyBadPlan = "survey.bad-plan", Error, "The design or the plan of a survey cannot be carried out as it is.", "The message names the field and what was expected.";
    SurveyBadState = "survey.bad-state", Error, "The bytes are not a whole state of a survey: cut short, changed, or something else.", "Write the state again with the library that made it.";
    SurveyBadWeight = "survey.bad-weight", Error, "A weight is negative, missing or not finite.", "Give each row a weight of 0 or more; leave out rows that do not belong to the sample.";
    SurveyCalibrationNotReached = "survey.calibration-not-reached", Error, "No weights of the calibration reach the known totals.", "The message names the total and what would do: join small groups, widen the bounds, or check the totals.";
    SurveyEmptyDomain = "survey.empty-domain", Warning, "A group that was asked for has no case in the sample.", "Nothing can be said about it: that it is not there is a finding of its own.";
    SurveyFixedByCalibration = "survey.fixed-by-calibration", Note, "An estimate is one of the known totals of the calibration, or follows from them, so it has no sampling error.", "It tells nothing new about the population.";
    SurveyFpcBelowSample = "survey.fpc-below-sample", Error, "A population is smaller than the sample drawn from it.", "The correction counts sampling units of the stage, not persons.";
    SurveyFpcVaries = "survey.fpc-varies", Error, "The finite population correction differs within a stratum or primary unit.", "Give all rows of a stratum (second stage: of a primary unit) the same one.";
    SurveyJackknifeQuantile = "survey.jackknife-quantile", Warning, "Jackknife weights do not give a sound error of a quantile.", "Use BRR or bootstrap weights, or the design itself.";
    SurveyLonelyPsu = "survey.lonely-psu", Error, "A stratum has one sampling unit, so its variance cannot be estimated.", "Join strata, or choose `certainty`, `adjust` or `average` knowingly.";
    SurveyLonelyPsuAdjusted = "survey.lonely-psu-adjusted", Warning, "A stratum has one sampling unit; its variance was made as the design chose.", "Name the choice where the figures are published.";
    SurveyMissingColumn = "survey.missing-column", Error, "A column that the plan names is not in the data.", "Correct the name; names are compared exactly.";
    SurveyMissingDesignValue = "survey.missing-design-value", Error, "A row has no stratum, sampling unit or finite population correction, or no code or number of a calibration.", "Every row of the sample belongs somewhere in the design: fill in the code.";
    SurveyNegativeCalibratedWeights = "survey.negative-calibrated-weights", Warning, "Calibrated weights of some rows are negative.", "Use `raking`, or `linear` or `logit` with bounds above 0.";
    SurveyNewerState = "survey.newer-state", Error, "The state was written by a newer library.", "Use a newer library.";
    SurveyNoDegreesOfFreedom = "survey.no-degrees-of-freedom", Warning, "There are no more sampling units than strata behind an estimate, so it has no interval.", "Use a larger group, or join strata.";
    SurveyNoInterval = "survey.no-interval", Note, "The rule of the interval is not defined for an estimate, so it has none.", "The logit is not defined for 0 and 1: choose `wilson` or `korn_graubard`.";
    SurveyNoPopulationTotal = "survey.no-population-total", Error, "A row is in a group of which the calibration has no total.", "Give the total of each group that occurs, or correct the code.";
    SurveyNoRows = "survey.no-rows", Error, "There is no row to estimate from.", "Give at least one row.";
    SurveyNoVariance = "survey.no-variance", Warning, "The sample says nothing about the error of an estimate, so it has no standard error.", "An estimate without an error is no basis for a comparison.";
    SurveyNoWeight = "survey.no-weight", Warning, "All cases of a group have a weight of 0, so there is no estimate for it.", "Check the weights; rows that stand for nobody say nothing about a group.";
    SurveyNotBinary = "survey.not-binary", Error, "The variable of a proportion holds something else than 0 and 1.", "Name the category that is counted, or recode the variable.";
    SurveyNotDefined = "survey.not-defined", Warning, "A measure is not defined for a group: it would divide by zero, or nobody is poor.", "Use a larger group, or another measure.";
    SurveyOtherPlan = "survey.other-plan", Error, "The state belongs to another plan.", "States are merged and finished with the plan that made them, to the letter.";
    SurveyPsuInTwoStrata = "survey.psu-in-two-strata", Error, "A sampling unit occurs in two strata, and the design says that codes are unique.", "Correct the codes, or declare them nested in strata.";
    SurveyPsuReused = "survey.psu-reused", Note, "Codes of sampling units occur in several strata; they were taken as different units.", "Nothing to do, if codes are numbered anew in each stratum.";
    SurveyReplicateUndefined = "survey.replicate-undefined", Warning, "A replicate has no estimate for a group, so the group has no standard error.", "Use a larger group.";
    SurveyRowsWithoutGroup = "survey.rows-without-group", Note, "Rows have no code of a dimension; they count in no group of it.", "Keep not asked, refused and unknown as codes of their own.";
    SurveyTooLarge = "survey.too-large", Error, "The state would hold more cells or distinct values than the limits of the plan allow.", "Check that no id is used as a dimension; round values, or raise the limits.";
    SurveyUndeclaredCalibration = "survey.undeclared-calibration", Warning, "Weights that are fractions sum to whole numbers in each group of a dimension: they look calibrated, and the plan does not say so. Errors are then wrong, mostly too large.", "Give the design weights and `design.calibration` with the known totals, or replicate weights that were calibrated with them.";
    SurveyWeightsMissPopulation = "survey.weights-miss-population", Warning, "The weights do not add up to the known population.", "Check that all rows are there, and whether the weights were scaled.";
    SurveyZeroVariance = "survey.zero-variance", Warning, "All sampling units give the same, so the standard error came out as 0; that is no certainty.", "Read it as too little information, not as an exact figure.";
    TextTooLong = "text.too-long", Error, "A text is longer than the limit.", "Shorten it.";
    TextBadId = "text.bad-id", Error, "An id is empty, too long, or holds a character that is not allowed.", "Use letters, digits, hyphen, underscore and dot.";
    WeightingAbsentSide = "weighting.absent-side", Warning, "A side that should be heard did not take part; its weight was shared among the others.", "Ask it, or say in the report that it is missing.";
    WeightingBadComparison = "weighting.bad-comparison", Error, "A comparison with the best or the worst criterion is not allowed.", "Comparisons are 1 or more, 1 for the criterion itself, and the same for best and worst in both lists.";
    WeightingBadCriteria = "weighting.bad-criteria", Error, "There are no criteria, or one is named twice.", "Name each criterion once.";
    WeightingBadMatrix = "weighting.bad-matrix", Error, "The comparisons in pairs are no positive reciprocal matrix.", "Each number is above 0, 1 on the diagonal, and 1 over its mirror image; or give only what stands above the diagonal.";
    WeightingBadPoints = "weighting.bad-points", Error, "Points are outside their range.", "Points are 0 or more; by swing the most important criterion has the top.";
    WeightingBadSide = "weighting.bad-side", Error, "A side is not declared, declared twice, or has no usable weight.", "Declare each side once with a weight of 0 or more, and give each participant one of them.";
    WeightingBadWeights = "weighting.bad-weights", Error, "Weights are outside 0 to 1, or do not sum to 1.", "Divide each weight by their sum.";
    WeightingInconsistent = "weighting.inconsistent", Warning, "The comparisons of a participant, or of the group, contradict each other more than the method allows.", "Go through the pairs named with the participant; the weights were used as given.";
    WeightingNoParticipants = "weighting.no-participants", Error, "Nobody took part.", "Give at least one participant, or use equal weights.";
    WeightingNoRandomIndex = "weighting.no-random-index", Error, "There is no random index for so many criteria, so the consistency ratio is not defined.", "Declare one, or weigh fewer criteria at a time: ten at most by Saaty's table.";
    WeightingPointsSum = "weighting.points-sum", Error, "The points of a participant do not sum to the budget.", "Ask the participant again: points are not rescaled silently.";
    WireBadRequest = "wire.bad-request", Error, "The request lacks a field, or a field has the wrong type.", "See `docs/wire.md` for the request of each operation.";
    WireUnknownField = "wire.unknown-field", Error, "A field is not known here.", "Correct its name: the message names the nearest one, or those that there are.";
    WireUnknownOp = "wire.unknown-op", Error, "There is no operation with this name.", "See `docs/wire.md` for the operations.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
