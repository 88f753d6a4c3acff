/**
 * The names that people use, over the types of the operations. Numbers are plain JavaScript numbers; in an answer an absent key means absent, in a request
 * `null` and `undefined` mean the same.
 */
import type * as wire from './operations.js';
import type { IndicatorSummary, Operations, ReportData, RoadmapFix, Score } from './operations.js';

export type * from './operations.js';
/** The types of the operations under their own names, where one of this file has the same. */
export type { wire };

// ---- requests and answers

/**
 * How a shape is handed in: read-only as well as not, with `null` and `undefined` for what is optional, and from an object of any type that has the members.
 * Where names are free, as those of dimensions are in a row, an interface without an index signature will do.
 */
export type Given<T> = T extends readonly unknown[]
  ? { readonly [I in keyof T]: Given<T[I]> }
  : T extends object
    ? [keyof T] extends [never]
      ? { readonly [name: string]: never }
      : string extends keyof T
        ? [Named<T>] extends [never]
          ? unknown extends T[keyof T]
            ? object
            : Members<T>
          : Members<T> | Members<Pick<T, Named<T>>>
        : Members<T>
    : T;

type Members<T> = { readonly [K in keyof T]: string extends K ? Given<T[K]> : {} extends Pick<T, K> ? Given<T[K]> | null | undefined : Given<T[K]> };
/** The names that are not free. */
type Named<T> = keyof { [K in keyof T as string extends K ? never : number extends K ? never : K]: T[K] };

/** A report, or its data. */
export type Published = Report | Given<ReportData>;

/** What an operation takes. A report may stand where the data of one are taken. */
export type RequestOf<N extends keyof Operations> = N extends 'assess' | 'explain'
  ? Omit<Given<Operations[N][0]>, 'previous'> & {
      /** The report that was published before, so that the two together tell no more than each. */
      readonly previous?: Published | null | undefined;
    }
  : Given<Operations[N][0]>;
/** What an operation answers. */
export type AnswerOf<N extends keyof Operations> = Operations[N][1];

/** Any operation by its name, of those that a module has. */
export type Call<Name extends keyof Operations> = <N extends Name>(
  op: N,
  ...fields: {} extends RequestOf<N> ? [fields?: RequestOf<N> | null] : [fields: RequestOf<N>]
) => AnswerOf<N>;

// ---- what is wrong

/** An error as data. */
export type ErrorData = wire.ErrorData;

/** What cannot be done. What is merely wrong with the data is in the findings instead. */
export class SmsError extends Error {
  readonly name: 'SmsError';
  /** A stable word, such as `score.equal-goalposts`. */
  readonly code: string;
  readonly hint: string;
  readonly expected: string | undefined;
  readonly location: wire.Location;
  /** The path inside the request, the same as `location.path`. */
  readonly path: string | undefined;
  readonly params: Record<string, wire.Param>;
  /** What would satisfy the guard that refused. */
  readonly fix: RoadmapFix | undefined;
  constructor(data: Given<ErrorData>, options?: { cause?: unknown });
  toJSON(): ErrorData;
}

// ---- the functions

/** Where the compiled module comes from; the file beside the script when absent. */
export type InitSource = string | URL | Request | Response | BufferSource | WebAssembly.Module;

/**
 * Loads the compiled module. Idempotent; in Node it is loaded already.
 * @throws SmsError `js.not-loaded`; then it may be tried again.
 */
export function init(source?: InitSource | Promise<InitSource>): Promise<void>;
export default init;

/** Any operation by JSON text: `{"op": …}` in, `{"ok": …}` or `{"error": …}` out. Throws only before `init`, and for what is no text. */
export function callJson(request: string): string;

/**
 * Any operation by name.
 * @throws SmsError what the operation refuses.
 */
export const call: Call<keyof Operations>;

/** How the rows were used, and what is wrong with them. */
export function check(observations: Observations): wire.CheckAnswer;
/** The released report. */
export function assess(request: AssessRequest): ReportData;
/** How a number of the report came about. */
export function explain(request: ExplainRequest): wire.Explanation;
/** A city's own files as rows. */
export function importFiles(request: ImportRequest): wire.ImportAnswer;
/** The score of one value, 0 to 100, by the rule of that name. */
export function score(request: ScoreRequest): Score;
export function versions(): Versions;

/** What `score` takes: the name of a rule, and the fields of its operation `score.…`; not of those that have a field `rule` themselves. */
export type ScoreRequest<Name extends keyof Operations = keyof Operations> = Name extends `score.${infer Rule}`
  ? 'rule' extends keyof Operations[Name][0]
    ? never
    : { readonly rule: Rule } & RequestOf<Name>
  : never;

export const catalogue: {
  list(query?: RequestOf<'catalogue.list'> | null): IndicatorSummary[];
  show(id: string): IndicatorShow;
  /** Texts, modules, selections, and dimensions with their groups: what a form needs. */
  overview(): CatalogueOverview;
};

export const survey: {
  /** Takes microdata part by part and keeps what the estimates of the plan need; from the bytes of an earlier state when given. */
  accumulator(plan: SurveyPlan, state?: Uint8Array | null): Accumulator;
};

/** Reads and checks once, to assess in several ways. */
export function open(observations: Observations): Dataset;

// ---- what stays in the module; what is closed answers `js.closed`

/** Stays in the module. Closing is optional: what is not closed goes with the garbage. */
export interface Dataset {
  check(): wire.CheckAnswer;
  assess(how?: AssessHow | null): Report;
  close(): void;
}

/** Stays in the module. Closing is optional: what is not closed goes with the garbage. */
export interface Report {
  readonly data: ReportData;
  explain(id: string, place?: string | null): wire.Explanation;
  /** What each part adds to a score, as SVG; nothing where there are no parts. */
  explainSvg(id: string, place?: string | null): string | undefined;
  /** A file: `text`, or `base64` of a format that is no text; `call('report.formats')` lists what there is. */
  export(format: string, options?: { table?: Table | null } | null): wire.ExportAnswer;
  /** A table as CSV, `indicators` when none is named. */
  csv(table?: Table): string;
  rows(table?: Table): Record<string, string | number | boolean | null>[];
  close(): void;
}

/** A table of a report. */
export type Table = 'indicators' | 'nodes' | 'gaps' | 'figures' | 'progress' | 'disaggregation';

/**
 * Stays in the module, and is as confidential as the microdata: hand its bytes over only under the same agreement. Any split and any order of the rows gives the
 * same bits. Closing is optional: what is not closed goes with the garbage.
 */
export interface Accumulator {
  readonly planFingerprint: string;
  /** All rows, or none when they are refused. */
  update(columns: SurveyColumns): void;
  merge(other: Accumulator): void;
  toBytes(): Uint8Array;
  finish(reporting: SurveyReporting): wire.SurveyResults;
  close(): void;
}

// ---- what a form needs of the catalogue, which is no operation

export interface Labelled {
  id: string;
  name: string;
  note: string | null;
}

export interface DimensionOverview extends Labelled {
  kind: wire.DimensionKind;
  /** Whether a city's own codes are accepted. */
  open: boolean;
  special_category: boolean;
  groups: { code: string; name: string; total: boolean }[];
}

export interface CatalogueOverview {
  release: wire.CatalogueRelease;
  title: string;
  /** What the catalogue is and is not; show it. */
  notice: string;
  modules: Labelled[];
  selections: Labelled[];
  units: { id: string; name: string; symbol: string | null }[];
  /** Levels of the maturity scale and their meaning. */
  maturity: { level: string; name: string }[];
  dimensions: DimensionOverview[];
}

// ---- names of what is handed in

/** The text of a CSV file, or rows. */
export type Observations = Given<wire.ObservationsOrCsv>;
/** One row of the tidy table. Groups are columns named after a dimension, or under `groups`. */
export type Row = Given<wire.ObservationRow>;
/** How a CSV file is written. */
export type Dialect = Given<wire.Dialect>;
/** What is assessed. */
export type Plan = Given<wire.AssessmentPlan>;
/** A target that a city has set itself. */
export type PlannedTarget = Given<wire.PlannedTarget>;
/** What a city says of a disaggregation that it has no figures of. */
export type AvailabilityRecord = Given<wire.AvailabilityRecord>;
/** What may be published. */
export type Policy = Given<wire.PolicyRequest>;
/** The name of a known method, or a whole method file as an object. */
export type Method = Given<wire.MethodChoice>;
export type AssessRequest = RequestOf<'assess'>;
/** How observations that were opened are assessed. */
export type AssessHow = Omit<AssessRequest, 'observations'>;
export type ExplainRequest = RequestOf<'explain'>;
export type ImportRequest = RequestOf<'import'>;

/** How the sample was drawn, what to estimate and for whom. */
export type SurveyPlan = Given<wire.SurveyPlanInput>;
/** Columns of microdata by name, one entry a row; null for missing. */
export type SurveyColumns = RequestOf<'survey.estimate'>['columns'];
export type SurveyMeasure = Given<wire.SurveyMeasureInput>;
export type SurveyReporting = Given<wire.SurveyReporting>;
export type QualityRules = Given<wire.QualityRules>;
export type ProportionRule = wire.IntervalRule;

export type Counts = Given<wire.Counts>;
export type ScoreRule = Given<wire.ScoreRuleInput>;
export type SetScoreRequest = RequestOf<'score.set'>;
export type Ends = wire.ScoreEnds;
export type ChildItem = Given<wire.AggregateItem>;
export type MazziottaParetoRequest = RequestOf<'aggregate.mazziotta_pareto'>;
export type CopelandRequest = RequestOf<'aggregate.copeland'>;
export type EqualityGroup = RequestOf<'equality.compare'>['groups'][number];
export type MeasuresRequest = RequestOf<'equality.measures'>;
export type CompareRequest = RequestOf<'equality.compare'>;
export type MappingRequest = RequestOf<'dimension.map'>;

/** Years, such as 2020 or 2020.25, or the text of a period, which counts at its start. */
export type Time = Given<wire.TimeGiven>;
export type Absent = wire.Absence;
export type TargetPath = Given<wire.TargetPath>;
export type StatusBands = Given<wire.StatusBands>;
export type SeriesPoint = Given<wire.SeriesPoint>;
export type CagrRules = Given<wire.CagrRules>;
export type ProgressScoreRules = Given<wire.ProgressScoreRules>;
export type AchievementRules = Given<wire.AchievementRules>;
export type ResultsChain = Given<wire.RawChain>;
export type ChainFigure = Given<wire.ChainFigure>;

/** One cell in whole numbers; an attacker of a suppressed cell needs no value. */
export type TableCell = Given<wire.DisclosureCell>;
export type DisclosureTable = Given<wire.DisclosureTable>;
export type DisclosureLimits = Given<wire.DisclosureLimits>;
export type SuppressionRule = Given<wire.SuppressionRule>;
export type AttackRequest = RequestOf<'disclosure.attack'>;
export type ProtectRequest = RequestOf<'disclosure.protect'>;

export type Panel = Given<wire.WeightingPanel>;
export type Side = Given<wire.WeightingSide>;
export type AhpRules = Given<wire.AhpRules>;
export type PointsAnswer = Given<wire.ParticipantPoints>;
export type Comparisons = Given<wire.PairwiseComparisons>;
export type BestWorstAnswer = Given<wire.BestWorstComparisons>;

export type IndexTable = Given<wire.IndexTable>;
/** A number, a text (a code, or a word for an absence), or null for missing. */
export type IndexCell = wire.TableCell | null;
export type IndexRunRequest = RequestOf<'index.run'>;
export type IndexExplainRequest = RequestOf<'index.explain'>;

export type CohenRequest = RequestOf<'agreement.cohen'>;
export type MeasurementScale = wire.MeasurementLevel;
export type RandUclaRules = Given<wire.RandUclaRules>;
export type PretestRequest = RequestOf<'pretest.evaluate'>;
export type PretestRow = Given<wire.PretestRecord>;
export type PretestQuestion = Given<wire.PretestQuestion>;
export type RefinementRequest = RequestOf<'refinement.apply'>;
export type Decision = Given<wire.RefinementDecision>;
export type Action = wire.RefinementAction;
export type Rater = Given<wire.Rater>;
export type RateRequest = RequestOf<'cocreation.rate'>;
export type DelphiRequest = RequestOf<'cocreation.delphi'>;
export type Candidate = Given<wire.CoreSetCandidate>;
export type CoreSetConstraints = Given<wire.CoreSetConstraints>;
export type ParticipationRequest = RequestOf<'cocreation.participation'>;
export type LocalDefinition = Given<wire.CityDefinition>;

export type FormRequest = Given<wire.FormRequest>;
export type FormRules = Given<wire.FormRules>;
export type FormSetting = RequestOf<'form.build'>;
export type FormExport = Given<wire.FormExportOrCsv>;

/** A framework or a screen: items in groups. */
export type Sheet = Given<wire.Sheet>;
export type ScreenRound = Given<wire.ScreenRound>;
export type ScreenRecord = Given<wire.ScreenRecord>;
export type ScreenSetting = Pick<FrameworkRequest, 'rounds' | 'records' | 'selection'>;
export type FrameworkRequest = RequestOf<'screen.framework'>;
export type HrbaRequest = RequestOf<'screen.hrba'>;
export type CrossReferenceRequest = RequestOf<'catalogue.cross_reference'>;

export type PeersRules = Given<wire.PeersRules>;
export type PeerSetting = Pick<PeerRequest, 'rules' | 'method'>;
export type PeerRequest = RequestOf<'peers.twinning'>;
export type PeerCity = Given<wire.PeerCity>;
export type CityPair = wire.EarlierMatch;
export type PeerReview = Given<wire.PeerReview>;
export type GoodPractice = Given<wire.GoodPractice>;
export type CityCommitment = Given<wire.Commitment>;
export type CityRecommendation = Given<wire.Recommendation>;
export type FollowUpRecords = Given<wire.PeerRecords>;

export type InfluenceRules = Given<wire.InfluenceRules>;
export type InfluenceSetting = Pick<RequestOf<'influence.difference'>, 'confidence' | 'rules' | 'method'>;
export type StoryLink = Given<wire.StoryLink>;

/** The id of a road map of the catalogue, or a whole one; the first of the catalogue when absent. */
export type RoadmapRun = Omit<RequestOf<'roadmap.replay'>, 'as_of'>;
/** Dates are year-month-day; `by` is a partner. */
export type RoadmapEvent = Given<wire.RoadmapEvent>;
export type RoadmapPartner = Given<wire.RoadmapPartner>;
export type RoadmapDefinition = Given<wire.RoadmapDefinitionInput>;
export type RoadmapStep = Given<wire.RoadmapStepInput>;
export type RoadmapLoop = Given<wire.RoadmapLoopInput>;
export type RoadmapCohortRequest = RequestOf<'roadmap.cohort'>;
/** Section (`steps`, `deliverables`, `participants`, `sides`, `road_map`) and id to name. */
export type RoadmapLabels = Readonly<Record<string, Readonly<Record<string, string>>>>;

// ---- names of what is answered, where they are others than those of the operations

export type Versions = wire.VersionsAnswer;
/** A sheet with its texts. */
export type IndicatorShow = wire.IndicatorSheet;
export type IndicatorSheet = wire.Indicator;
export type Mapping = wire.CodeMapping;
export type ImportedRow = wire.Row;
export type Gap = wire.GapBetweenGroups;
export type GapVerdict = wire.Verdict;
export type InequalityMeasure = wire.Measure;
export type Change = wire.ChangeOverTime;
export type Contributions = wire.ScoreContributions;
export type NotScoredByPolarity = wire.NeverScored;
export type AchievementStatus = wire.Status;
export type ProgressScore = wire.ScoreOfProgress;
export type ProgressNotAvailable = wire.NotAvailable;
export type Comparison = wire.RetrogressionComparison;
export type AttackAnswer = wire.AttackTableAnswer;
export type AttackVerdict = Exclude<wire.DisclosureVerdict, 'published_before'>;
export type ProtectAnswer = wire.ProtectTableAnswer;
export type Elicited = wire.ElicitedWeights;
export type Coefficient = wire.AgreementCoefficient;
export type Withheld = 'suppressed';
export type PretestAnswer = wire.PretestEvaluation;
export type PretestResult = wire.PretestQuestionResult;
export type Rate = wire.PretestRate;
export type Refined = wire.RefineCatalogueAnswer;
export type CriteriaList = wire.DescribedCriteriaList;
export type Opinions = Omit<wire.OpinionsBySide, 'side' | 'absent'>;
export type DelphiSummary = Omit<wire.DelphiItem, 'item' | 'sides' | 'side_gap' | 'movement'>;
export type Requirement = wire.CoreSetRequirement;
export type HarmonisationRow = wire.HarmonisedIndicator;
export type HarmonisationLine = wire.HarmonisedPlace;
export type LocalMapping = wire.HarmonisationMapping;
/** What a side says; nothing where it is withheld. */
export type BySide<T> = { side: string; absent?: Withheld } & Partial<T>;
export type FormAnswer = wire.FormBuildAnswer;
export type FormSheet = wire.TextTable;
export type FormUse = Omit<wire.IndicatorUse, 'indicator'>;
export type FormTemplate = wire.FormTemplateAnswer;
export type FormObservation = wire.EstimatedRow;
export type CollectionPlan = wire.FormPlanAnswer;
export type SensitiveTopic = wire.TopicChoice;
export type NoAnswer = wire.FormNoAnswer;
export type SheetForm = wire.ScreenQuestionsAnswer;
export type ScreenAnswer = wire.ScreenAnswerResult;
export type ScreenDifference = wire.DifferenceTally;
export type ScreenChange = wire.ChangeTally;
export type ByGroup<T> = { all: T; groups: (T & { group: string })[] };
export type PeerFrame = wire.ContextFrame;
export type PeerPotential = wire.PotentialAnswer;
export type ComparatorCity = wire.Neighbour;
export type MentorFit = wire.MentoringFit;
export type Twinning = wire.TwinningAnswer;
export type InfluenceInference = wire.Inference;
export type CityPermutation = wire.Permutation;
export type Segments = Omit<wire.NeweyWest, 'lags'>;
export type OtherExplanation = wire.AlternativeExplanation;
export type ContributionAnalysis = wire.StoryContribution;
export type RoadmapCohort = wire.RoadmapCohortTable;
export type SignOffOf = wire.RoadmapSignOffOf;
export type StepStatus = wire.RoadmapStatus;
