/** Shapes of what goes in and what comes out. Numbers are plain JavaScript numbers; an absent key means absent. */

// ---- words

export type ValueKind = 'proportion' | 'rate' | 'ratio' | 'count' | 'mean' | 'median' | 'index' | 'boolean' | 'maturity' | 'difference';
export type MeasureType = 'structural' | 'process' | 'outcome';
export type ResultLevel = 'input' | 'activity' | 'output' | 'outcome' | 'impact';
export type Polarity = 'higher' | 'lower' | 'value' | 'range' | 'ambiguous' | 'none';
export type Tier = 'core' | 'thematic' | 'local';
export type Privacy = 'none' | 'low' | 'medium' | 'high';
export type Severity = 'note' | 'warning' | 'error';
export type Standing = 'below' | 'at' | 'above' | 'no_standard';
export type Operator = '>=' | '<=' | '>' | '<' | '=';
export type MeanKind =
  | 'arithmetic'
  | 'geometric'
  | 'harmonic'
  | 'adjusted_mazziotta_pareto'
  | { power: { exponent: number } }
  | { floored_geometric: { floor: number } }
  | { mean_min: { share: number } }
  | { ordered_weighted: { exponent: number } }
  | { mazziotta_pareto: { mean: number; sd: number } };
export type NodeKind =
  | 'overall'
  | 'module'
  | 'branch'
  | 'right'
  | 'attribute'
  | 'result_level'
  | 'service_area'
  | 'aaaq'
  | 'hrba_principle'
  | 'article';
export type NodeState = 'rated' | 'outcomes_only' | 'outputs_only' | 'insufficient_coverage';
export type NotScored = 'no_figure' | 'ambiguous' | 'context' | 'no_goalposts';
export type Direction = 'better' | 'worse' | 'unchanged' | 'changed';
export type GapVerdict = 'shown' | 'not_distinguishable' | 'too_small_to_say' | 'not_tested';
export type MissingReason = 'no_data' | 'no_total' | 'too_old' | 'missing' | 'not_asked' | 'refused' | 'not_applicable' | 'no_denominator' | 'unknown_count';
/** A table of a report. */
export type Table = 'indicators' | 'nodes' | 'gaps' | 'figures' | 'progress' | 'disaggregation';

// ---- what is wrong

export interface Location {
  file?: string;
  /** Line of the file with the header as line 1; position from 1 for rows. */
  row?: number;
  column?: string;
  path?: string;
}

export interface ErrorData {
  /** A stable word, such as `score.equal-goalposts`. */
  code: string;
  message: string;
  hint: string;
  expected?: string;
  location?: Location;
  params?: Record<string, string | number>;
  /** What would satisfy the guard that refused. */
  fix?: RoadmapFix;
}

/** What cannot be done. What is merely wrong with the data is in the findings instead. */
export class SmsError extends Error {
  readonly name: 'SmsError';
  readonly code: string;
  readonly hint: string;
  readonly expected: string | undefined;
  readonly location: Location;
  /** The path inside the request, the same as `location.path`. */
  readonly path: string | undefined;
  readonly params: Record<string, string | number>;
  /** What would satisfy the guard that refused. */
  readonly fix: RoadmapFix | undefined;
  constructor(data: ErrorData);
  toJSON(): ErrorData;
}

export interface Finding {
  code: string;
  severity: Severity;
  message: string;
  hint: string;
  location?: Location;
  /** The indicator or other thing that it is about. */
  subject?: string;
  params?: Record<string, string | number>;
}

export interface Findings {
  items: Finding[];
  /** How often each code occurs, also beyond the items listed. */
  counts: Record<string, number>;
}

// ---- what goes in

/** One row of the tidy table. Groups are columns named after a dimension, or under `groups`. */
export interface Row {
  indicator: string;
  place: string;
  period: string | number;
  groups?: Record<string, string>;
  value?: number | string | null;
  numerator?: number | string | null;
  denominator?: number | string | null;
  n?: number | string | null;
  se?: number | string | null;
  [columnOrDimension: string]: string | number | null | undefined | Record<string, string>;
}

export interface Dialect {
  file?: string | null;
  /** Told from the header when absent. */
  delimiter?: string | null;
  decimal?: 'point' | 'comma' | 'detect';
  encoding?: 'detect' | 'utf-8' | 'latin-1';
}

/** The text of a CSV file, or rows. */
export type Observations = { csv: string; dialect?: Dialect } | { rows: readonly Row[] };

export interface Plan {
  /** Ids of indicators and selections; empty for the whole catalogue. */
  selection?: readonly string[];
  /** Why these were chosen; printed in the report. */
  selection_reason?: string;
  /** Codes of places; empty for all. */
  places?: readonly string[];
  periods?: 'latest' | 'each' | { only: readonly string[] };
  title?: string;
  /** The period from which progress to the targets of the catalogue is told. */
  baseline?: string | null;
  /** The city's own targets; they come before those of the catalogue. */
  targets?: readonly PlannedTarget[];
  /** What the city does, and what it is meant to lead to. */
  results?: ResultsChain['results'];
  /** What the city knows of figures by group that it does not hand in. What the data show comes before it. */
  availability?: readonly AvailabilityRecord[];
}

/** What a city says of a disaggregation that it has no figures of. */
export interface AvailabilityRecord {
  indicator: string;
  /** Absent for all that the indicator asks for. */
  dimension?: string | null;
  /** Code of the place; absent for every place. */
  place?: string | null;
  status: 'could_have' | 'not_asked' | 'not_competent' | 'not_applicable';
  /** What it would take. */
  effort?: string;
  reason?: string;
}

/** A target that a city has set itself. */
export interface PlannedTarget {
  indicator: string;
  /** Code of the place; absent for every place. */
  place?: string | null;
  /** Without a value, the figure of that period in the observations. */
  baseline?: { period: string; value?: number | null } | null;
  milestones?: readonly { period: string; value: number }[];
  target: { period: string; value: number };
  shape?: 'linear' | 'compound';
  /** When it was set. */
  set?: string | null;
  /** Where it is written down. */
  source?: string;
}

export interface Policy {
  /** Stays in the house: nothing is withheld. */
  internal?: boolean;
  /** The smallest count that may be shown; that of the method when absent. */
  threshold?: number | null;
  /** A secret that stays in the house, for the fingerprint of the input. */
  fingerprint_key?: string | null;
}

/** The name of a known method, or a whole method file as an object. */
export type Method = 'standard' | (string & {}) | { [field: string]: unknown };

export interface AssessHow {
  plan?: Plan;
  policy?: Policy;
  method?: Method;
  /** The report that was published before, so that the two together tell no more than each; or its data. */
  previous?: Report | ReportData | { [field: string]: unknown } | null;
}
export interface AssessRequest extends AssessHow {
  observations: Observations;
}
export interface ExplainRequest extends AssessRequest {
  /** Of an indicator, a module, a right, an attribute, a level of the results chain, or `overall`. */
  id: string;
  place?: string | null;
}

// ---- what comes out

export interface RowCounts {
  read: number;
  used: number;
  quarantined: number;
  pretest: number;
  duplicates: number;
}

export interface CheckAnswer {
  rows: RowCounts;
  /** Lines of the rows left out. */
  quarantined: number[];
  findings: Findings;
}

/** A figure as a reader sees it: a value, or why there is none. */
export type Figure =
  | { kind: 'value'; value: number; lower?: number; upper?: number; numerator?: number; denominator?: number }
  | { kind: 'suppressed' }
  | { kind: 'missing'; reason: MissingReason; count?: number };

export interface MeanReport {
  score?: number;
  coverage: number;
  n: number;
  of: number;
}

export interface NodeReport {
  kind: NodeKind;
  id: string;
  name: string;
  state: NodeState;
  /** The headline. */
  outcomes?: MeanReport;
  effort?: MeanReport;
  combined?: number;
  /** 1 is the best. */
  band?: number;
  band_name?: string;
  below_minimum: number;
  /** The headline if the outcomes not measured scored 0, and if they scored 100. */
  outcome_range?: [number, number];
}

export interface TargetReport {
  value: number;
  upper?: number;
  operator: string;
  year?: number;
  scope?: string;
  source?: string;
  met?: boolean;
}

export interface ChangeReport {
  since: string;
  previous: number;
  absolute: number;
  relative?: number;
  per_year: number;
  direction: Direction;
}

export interface Point {
  period: string;
  figure: Figure;
  is_break?: boolean;
}

export interface GroupReport {
  /** Dimension and code; more than one for crossings. */
  groups: [string, string][];
  name: string;
  period: string;
  figure: Figure;
  score?: number;
}

export interface GapReport {
  dimension: string;
  dimension_name: string;
  period: string;
  groups: number;
  worst: string;
  worst_name: string;
  worst_value: number;
  best: string;
  best_name: string;
  best_value: number;
  directional: boolean;
  difference: number;
  ratio?: number;
  score_difference?: number;
  /** Of three groups or more, adjusted for all pairs. */
  p?: number;
  p_all_equal?: number;
  comparisons: number;
  verdict: GapVerdict;
}

/** The group that is worst off, beside the average. */
export interface FloorReport {
  dimension: string;
  group: string;
  name: string;
  period: string;
  value: number;
  score: number;
}

export interface IndicatorReport {
  id: string;
  name: string;
  module: string;
  rights: string[];
  tier: Tier;
  measure_type: MeasureType;
  result_level: ResultLevel;
  polarity: Polarity;
  unit: string;
  unit_symbol: string;
  figure: Figure;
  period?: string;
  carried_forward?: boolean;
  source?: string;
  proxy?: string;
  note?: string;
  score?: number;
  raw_score?: number;
  not_scored?: NotScored;
  standing: Standing;
  target?: TargetReport;
  change?: ChangeReport;
  across_break?: boolean;
  progress?: ProgressReport;
  series: Point[];
  groups: GroupReport[];
  gaps: GapReport[];
  floor?: FloorReport;
  /** What became of each dimension that the indicator asks for. */
  disaggregation: DisaggregationReport[];
  /** Required disaggregations of which no figure is published here. */
  missing_disaggregation: string[];
}

export type DisaggregationStatus = 'have' | 'withheld' | 'not_asked' | 'could_have' | 'not_competent' | 'missing' | 'no_data' | 'not_applicable';

export interface DisaggregationReport {
  dimension: string;
  need: 'required' | 'desirable';
  status: DisaggregationStatus;
  /** Groups with a published figure. */
  published: number;
  withheld: number;
  effort?: string;
  reason?: string;
}

export type DisaggregationCounts = Record<DisaggregationStatus, number>;

/** The disaggregations of the indicators of a right, or by a dimension. */
export interface CountedReport {
  id: string;
  name: string;
  /** Share of the required ones that apply, 0 to 1, of which no figure is published. */
  invisibility?: number;
  required: DisaggregationCounts;
  desirable: DisaggregationCounts;
  unseen_groups?: { code: string; name: string }[];
  special_category?: boolean;
}

/** Who is counted in a place, and who is not. */
export interface VisibilityReport {
  /** The index of invisibility, 0 to 1. */
  invisibility?: number;
  required: DisaggregationCounts;
  desirable: DisaggregationCounts;
  rights: CountedReport[];
  dimensions: CountedReport[];
}

export interface MeasuredCounts {
  selected: number;
  in_catalogue: number;
  available: number;
  scored: number;
  shown_not_scored: number;
  by_group_only: number;
  too_old: number;
  withheld: number;
  absent: number;
  no_data: number;
  outcomes_selected: number;
  outcomes_available: number;
}

export interface PlaceReport {
  place: string;
  name: string;
  parent?: string;
  period: string;
  nodes: NodeReport[];
  indicators: IndicatorReport[];
  measured: MeasuredCounts;
  progress: ProgressCounts;
  visibility: VisibilityReport;
}

/** The progress of an indicator. */
export interface ProgressReport {
  achievement?: Achievement & {
    owner: 'city' | 'catalogue';
    target: number;
    target_at?: number;
    baseline?: number;
    baseline_at?: number;
    /** The figure that the path expects by now. */
    expected_value?: number;
    years_to_target?: YearsToTarget;
    projection?: Projection;
    source?: string;
  };
  trend?: NonNullable<Trend['estimate']>;
  retrogression?: Retrogression;
}

/** How many indicators stand where on the way to their targets. */
export type ProgressCounts = Record<AchievementStatus | 'with_target' | 'possible_retrogression', number>;

export interface Provenance {
  method: string;
  method_edition: string;
  method_fingerprint: string;
  catalogue: string;
  catalogue_release: string;
  catalogue_fingerprint: string;
  catalogue_schema: string;
  wire_version: string;
  library_version: string;
  audience: 'public' | 'internal';
  threshold: number;
  input_fingerprint?: string;
  rows: RowCounts;
  sources: string[];
  selection: string[];
  selection_reason: string;
  language: string;
}

export interface ReportData {
  title: string;
  notice: string;
  places: PlaceReport[];
  findings: Findings;
  provenance: Provenance;
}

export interface Step {
  /** The clause of the method. */
  clause: string;
  text: string;
  inputs: Record<string, number>;
  result?: number;
  reasons?: string[];
}

export interface Contribution {
  id: string;
  name: string;
  score?: number;
  weight?: number;
  points: number;
}

export interface Explanation {
  id: string;
  name: string;
  place: string;
  period: string;
  result?: number;
  steps: Step[];
  /** They sum to the result. */
  contributions?: Contribution[];
  /** What outcomes and effort add to the combined view; they sum to it. */
  combined?: Contribution[];
  /** The weight of each scored outcome through all levels below; they sum to 1. */
  effective_weights?: { indicator: string; weight: number }[];
  next_band?: { band: number; name: string; score: number; value?: number; text: string };
}

// ---- the catalogue

export interface IndicatorSummary {
  id: string;
  name: string;
  module: string;
  core: boolean;
  measure_type: MeasureType;
  result_level: ResultLevel;
  value_kind: ValueKind;
  unit: string;
  polarity: Polarity;
}

/** A target or a minimum standard. */
export interface Threshold {
  value: number | null;
  operator: Operator | null;
  upper: number | null;
  year: number | null;
  scope: string | null;
  source: string | null;
  binds: string | null;
  verification: string | null;
  note: string | null;
  by_group?: {
    dimension: string;
    group: string;
    value: number;
    operator: Operator;
    year: number | null;
    scope: string | null;
    binds: string | null;
    source: string | null;
    verification: string | null;
    note: string | null;
  }[];
}

export interface IndicatorSheet {
  id: string;
  version: string;
  status: string;
  tier: Tier;
  module: string;
  rights: string[];
  attributes: string[];
  measure_type: MeasureType;
  result_level: ResultLevel;
  value_kind: ValueKind;
  unit: string;
  multiplier: number;
  polarity: Polarity;
  bounds: { min: number | null; max: number | null } | null;
  target: Threshold | null;
  minimum_standard: Threshold | null;
  legal: { instrument: string; article: string | null; verification: string; fit: string | null; note: string | null }[];
  disaggregation: { required: string[]; desirable: string[] };
  aaaq: string[];
  hrba: string[];
  service_areas: string[];
  responsible_level: string;
  responsible_level_verification: string | null;
  sdg: { code: string; relation: string; verification: string; framework: string }[];
  dataset: { id: string; verification: string; note: string | null }[];
  variables: string[];
  periodicity: string;
  source_types: string[];
  references: string[];
  privacy: Privacy;
  verification: string;
  lineage: { origin: string | null; seed: string | null; supersedes: string[] };
}

export interface IndicatorText {
  name: string;
  definition: string;
  rationale: string | null;
  numerator: string | null;
  denominator: string | null;
  limitations: string | null;
  target: string | null;
  minimum_standard: string | null;
  question: string | null;
}

export interface IndicatorShow {
  sheet: IndicatorSheet;
  text: IndicatorText;
  fingerprint: string | null;
}

export interface Labelled {
  id: string;
  name: string;
  note: string | null;
}

export interface DimensionOverview extends Labelled {
  kind: 'exclusive' | 'multi_select';
  /** Whether a city's own codes are accepted. */
  open: boolean;
  special_category: boolean;
  groups: { code: string; name: string; total: boolean }[];
}

export interface CatalogueOverview {
  release: { schema: string; id: string; version: string; date: string; status: string; licence: string; languages: string[] };
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

// ---- a city's own files

export interface ImportRequest {
  /** The mapping, as the object that its file holds. */
  crosswalk: { [field: string]: unknown };
  files: readonly { name: string; text: string }[];
}

export interface ImportedRow {
  indicator: string;
  place: string;
  period: string;
  groups?: Record<string, string>;
  value?: number;
  numerator?: number;
  denominator?: number;
  n?: number;
  se?: number;
  status?: string;
  confidentiality?: string;
  source?: string;
  collected_by?: string;
  round?: string;
  indicator_version?: string;
  note?: string;
  place_name?: string;
  place_scheme?: string;
  place_parent?: string;
  proxy?: string;
}

export interface FileLedger {
  file: string;
  not_mapped?: string;
  /** The sum of the four that follow. */
  rows: number;
  used: number;
  skipped: number;
  not_selected: number;
  rejected: number;
  observations: number;
  indicators: string[];
}

export interface ImportAnswer {
  rows: ImportedRow[];
  ledger: FileLedger[];
  findings: Findings;
}

// ---- formulas

export interface Score {
  /** 0 to 100. */
  score: number;
  /** Below 0 or above 100 where the value is beyond a goalpost. */
  raw: number;
}

export type ScoreRequest =
  | { rule: 'goalposts'; value: number; worst: number; best: number; polarity?: Polarity | null; ends?: Ends | null }
  | { rule: 'logarithmic'; value: number; worst: number; best: number; ends?: Ends | null }
  | { rule: 'target_ratio'; value: number; target: number; polarity: Polarity }
  | { rule: 'band'; value: number; worst_low: number; lower: number; upper: number; worst_high: number }
  | { rule: 'maturity'; level: number; map: readonly number[] }
  | { rule: 'yes_no'; value: number };

type ScoreFields<Rule extends ScoreRequest['rule']> = Omit<Extract<ScoreRequest, { rule: Rule }>, 'rule'>;

export interface Interval {
  lower: number;
  upper: number;
  confidence: number;
  method: 'wilson' | 'byar' | 'normal';
}

export interface Estimate {
  value: number;
  se?: number;
  interval?: Interval;
}

export interface Gap {
  worst: number;
  best: number;
  difference: number;
  ratio?: number;
  z?: number;
  /** Of three groups or more, adjusted for all pairs. */
  p?: number;
  p_all_equal?: number;
  comparisons: number;
  verdict: GapVerdict;
}

/** A group of the population with its figure. */
export interface EqualityGroup {
  value: number;
  /** How many people belong to it, or their share; for all groups or for none. */
  size?: number | null;
  se?: number | null;
  /** How many were asked or counted. */
  n?: number | null;
}

export type InequalityMeasure =
  | 'difference' | 'ratio' | 'between_group_variance' | 'between_group_standard_deviation' | 'mean_log_deviation' | 'theil' | 'index_of_disparity'
  | 'index_of_disparity_unweighted' | 'mean_difference_from_mean' | 'mean_difference_from_mean_unweighted' | 'absolute_concentration_index'
  | 'relative_concentration_index' | 'slope_index' | 'relative_index' | 'slope_index_logistic' | 'relative_index_logistic'
  | 'population_attributable_risk' | 'population_attributable_fraction' | 'parity_index' | 'atkinson' | 'equality_adjusted_mean';

/** What `equality.measures` asks. */
export interface MeasuresRequest {
  /** Least advantaged first where they have an order. */
  groups: readonly EqualityGroup[];
  polarity: Polarity;
  covariance?: readonly (readonly number[])[] | null;
  /** Position of the reference group. */
  reference?: number | null;
  /** `draws`: 0 for errors by linearisation, else 100 to 1 000 000; that of the method where absent. */
  rules?: { ordered?: boolean; profile?: 'plain' | 'heat'; epsilon?: number; upper?: number | null; draws?: number | null } | null;
  method?: string | object;
}

/** What `equality.measures` answers. */
export interface Inequality {
  mean: number;
  mean_se?: number;
  groups: number;
  measures: {
    measure: InequalityMeasure;
    value?: number;
    se?: number;
    simulated?: boolean;
    undefined?: 'not_above_zero' | 'logarithm_of_zero' | 'not_ordered' | 'no_reference' | 'not_a_share' | 'not_higher_is_better' | 'no_solution' | 'out_of_range';
  }[];
}

/** What `equality.compare` asks; significance and floor are those of the method when they are not given. */
export interface CompareRequest {
  groups: readonly EqualityGroup[];
  polarity: Polarity;
  covariance?: readonly (readonly number[])[] | null;
  reference?: number | null;
  against?: 'best' | 'average' | 'reference' | 'named' | null;
  significance?: number | null;
  floor?: number | null;
  overlapping?: boolean | null;
  method?: string | object;
}

/** What `equality.compare` answers. */
export interface Compared {
  chi_squared?: number;
  df: number;
  p_all_equal?: number;
  comparisons: number;
  found: { group: number; with?: number; difference: number; se?: number; z?: number; p?: number; verdict: GapVerdict }[];
}

/** What `equality.gap_change` answers. */
export interface GapChange {
  change: number;
  se?: number;
  z?: number;
  p?: number;
  direction: 'widening' | 'narrowing' | 'not_distinguishable' | 'not_tested';
}

export interface Change {
  absolute: number;
  relative?: number;
  per_year: number;
  direction: Direction;
}

export interface Counts {
  numerator?: number | null;
  denominator?: number | null;
  n?: number | null;
}

export interface Versions {
  library: string;
  wire: string;
  catalogue: string;
  catalogue_schema: string;
  catalogue_fingerprint: string;
  methods: Record<string, string>;
}

// ---- progress and results chains

/** Years, such as 2020 or 2020.25, or the text of a period, which counts at its start. */
export type Time = number | string;
export type Absent = 'missing' | 'not_asked' | 'refused' | 'not_applicable' | 'suppressed' | 'no_denominator' | 'unknown_count';

/** From a baseline through milestones to a target, each as far as known. */
export interface TargetPath {
  baseline?: { value: number; se?: number | null; at?: Time | null } | null;
  milestones?: readonly { value: number; at: Time }[];
  target?: { value: number; at?: Time | null } | null;
  /** `linear` when absent. */
  shape?: 'linear' | 'compound';
}

/** Lower ends, falling, with the name below the last. */
export interface StatusBands {
  bands: readonly { from: number; name: string }[];
  below: string;
}

export interface SeriesPoint {
  at: Time;
  value: number;
  se?: number | null;
  /** The series breaks here. */
  break?: boolean;
}

/** Of `progress.to_target`. */
export interface CagrRules {
  with_target: StatusBands;
  without_target: StatusBands;
  reached: string;
  not_available: string;
  slack: number;
}

export type ProgressNotAvailable = 'no_direction' | 'no_baseline' | 'no_date' | 'no_time_between' | 'not_positive' | 'target_is_baseline' | 'at_limit' | 'break_in_series';

/** What `progress.to_target` answers. */
export interface ToTarget {
  status: string;
  reason?: ProgressNotAvailable;
  absolute?: number;
  basis?: 'compound' | 'linear';
  actual?: number;
  required?: number;
  ratio?: number;
  reached?: boolean;
}

/** Of `progress.score`. */
export interface ProgressScoreRules {
  with_target: readonly { from?: number | null; slope: number; intercept: number }[];
  without_target: readonly { rate: number; score: number }[];
  limit_exponent: number;
  largest_score: number;
  reached: string;
  statuses: StatusBands;
  not_available: string;
  slack: number;
}

/** What `progress.score` answers. */
export interface ProgressScore {
  status: string;
  reason?: ProgressNotAvailable;
  progress?: number;
  score?: number;
}

/** Of `progress.trend` and `progress.projection`. */
export interface TrendRules {
  minimum_points: number;
  exact_below: number;
  significance: number;
  confidence: number;
}

/** What `progress.trend` answers. */
export interface Trend {
  n: number;
  before_break: number;
  estimate: {
    slope: number;
    interval?: { lower: number; upper: number; confidence: number };
    s: number;
    variance: number;
    z: number;
    p: number;
    p_exact?: number;
    shown: boolean;
    direction: Direction;
  } | null;
}

/** Of `progress.years_to_target`. */
export type YearsToTarget = { state: 'met' | 'approaching'; years: number } | { state: 'moving_away' | 'not_moving' };

/** Of `progress.projection`. */
export interface Projection {
  value: number;
  lower?: number;
  upper?: number;
  /** Held at the least or the most that the value can be. */
  held: boolean;
  n: number;
  before_break: number;
}

/** The latest figure beside an earlier one; without numbers across a break. */
export interface Comparison {
  at: number;
  across_break: boolean;
  difference?: number;
  z?: number;
  p?: number;
}

/** What `progress.retrogression` answers: never a legal finding. */
export interface Retrogression {
  status: 'possible_retrogression' | 'none_shown' | 'not_judged';
  reason?: 'no_direction' | 'no_figure' | 'no_earlier_figure' | 'break_in_series';
  sustained: boolean;
  comparisons: number;
  basis?: 'error' | 'tolerance';
  threshold?: number;
  best?: Comparison;
  previous?: Comparison;
  baseline?: Comparison;
  note?: string;
}

/** Of `rbm.achievement`. */
export interface AchievementRules {
  on_track: number;
  lagging: number;
  tolerance: number;
  slack: number;
  bands?: { of: 'pace' | 'achievement'; bands: StatusBands; no_data: string } | null;
}

export type AchievementStatus = 'met' | 'on_track' | 'lagging' | 'off_track' | 'regressed' | 'maintained' | 'not_rated' | 'missing' | 'suppressed' | 'not_applicable';

/** What `rbm.achievement` answers. */
export interface Achievement {
  status: AchievementStatus;
  reason?: 'no_direction' | 'no_baseline' | 'no_target' | 'no_date' | 'too_early' | 'break_in_series';
  raw?: number;
  clamped?: number;
  se?: number;
  expected?: number;
  pace?: number;
  probability?: number;
  target_worse_than_baseline?: boolean;
  band?: string;
}

/** Of `rbm.chain`. */
export interface ResultsChain {
  results: readonly {
    id: string;
    level: ResultLevel;
    title?: string;
    theme?: string | null;
    indicators?: readonly {
      id: string;
      baseline?: ChainFigure | null;
      target?: { value: number; period: string; set?: string | null } | null;
      value?: ChainFigure | null;
    }[];
    assumptions?: readonly string[];
    duty_bearer?: string | null;
    leads_to?: readonly string[];
  }[];
}

export interface ChainFigure {
  value: number;
  period: string;
  indicator_version?: string | null;
}

// ---- agreement, pre-test, refinement, co-creation (operations `agreement.*`, `pretest.*`, `refinement.*`, `cocreation.*`)

export type Withheld = 'suppressed';
export type MeasurementScale = 'nominal' | 'ordinal' | 'interval' | 'ratio';
export type Action = 'keep' | 'modify' | 'merge' | 'split' | 'drop' | 'add';
export type Harmonisation = 'identical' | 'mapped' | 'local_only';

/** A coefficient, or why there is none. */
export interface Coefficient {
  value?: number;
  undefined?: 'no_variation' | 'no_pairs';
}

export type CohenRequest = { weights?: 'none' | 'linear' | 'quadratic' | null } & (
  | { table: readonly (readonly number[])[] }
  | { pairs: readonly (readonly [string, string])[]; categories: readonly string[] }
);

export interface Kappa extends Coefficient {
  /** For two raters. */
  se?: number;
  observed: number;
  expected: number;
  n: number;
}

export interface Cronbach extends Coefficient {
  subjects: number;
  incomplete: number;
  items: number;
  /** Alpha of the others, for each item. */
  without?: (number | null)[];
}

export interface TestRetest {
  n: number;
  pearson: Coefficient;
  icc: Coefficient;
  mean_difference: number;
}

export interface Kendall extends Coefficient {
  chi_squared?: number;
  df: number;
  p?: number;
  judges: number;
  items: number;
}

export interface ItemValidity {
  agree: number;
  n: number;
  i_cvi: number;
  chance: number;
  kappa: number;
}

export interface RandUclaRules {
  appropriate_from: number;
  uncertain_from: number;
  low_to: number;
  high_from: number;
  disagreement_share: number;
  disagreement: 'thirds' | 'ipras';
  ipras: { lower: number; upper: number; symmetric: number; correction: number };
}

export interface RandUcla {
  n: number;
  median: number;
  appropriateness: 'appropriate' | 'uncertain' | 'inappropriate';
  disagreement: boolean;
  disagreement_thirds: boolean;
  disagreement_ipras: boolean;
  ipr: number;
  ipras: number;
}

export interface PretestRow {
  respondent: string;
  question: string;
  answer?: number | string | null;
  no_answer?: 'not_asked' | 'refused' | 'dont_know' | 'missing' | null;
  rater?: string | null;
  round?: 'test' | 'retest';
  seconds?: number | null;
  group?: string | null;
  cost?: number | null;
}

export interface PretestQuestion {
  id: string;
  kind: 'number' | 'ordinal' | 'category' | 'text';
  indicator?: string | null;
  scale?: { min: number; max: number } | null;
  battery?: string | null;
  heaping?: 'numbers' | 'ages' | null;
  cost_limit?: number | null;
}

export interface PretestRequest {
  answers: { rows: readonly PretestRow[] } | { csv: string; dialect?: object };
  questions?: readonly PretestQuestion[] | null;
  policy?: { internal?: boolean; threshold?: number | null } | null;
  /** The plain numbers of the method's section `pretest`. */
  rules?: Record<string, number> | null;
}

export interface Rate {
  count: number;
  share: number;
  lower: number;
  upper: number;
}

export interface PretestShares {
  asked: number;
  missing: Rate;
  refused: Rate;
  dont_know: Rate;
  no_answer: Rate;
}

export interface PretestReason {
  statistic: string;
  value: number;
  threshold: number;
  proposes: Action;
  groups?: string[];
  with?: string;
}

export interface PretestResult {
  id: string;
  indicator?: string;
  answered: number;
  not_asked: number;
  shares?: PretestShares;
  groups?: ({ group: string; absent?: Withheld } & Partial<PretestShares>)[];
  seconds?: { n: number; median: number; p90: number };
  heaping?: { n: number; digits: number[]; chi_squared?: number; p?: number; whipple?: number };
  floor?: Rate;
  ceiling?: Rate;
  inter_rater?: { raters: number; krippendorff: Coefficient & { units: number; ratings: number }; cohen?: Kappa; fleiss?: Kappa };
  retest?: { n: number; coefficient: Coefficient; numbers?: TestRetest; categories?: Kappa };
  cost?: { total: number; per_answer?: number };
  proposal?: Action;
  not_judged?: 'too_few_answers';
  reasons: PretestReason[];
}

export interface PretestAnswer {
  audience: 'public' | 'internal';
  respondents: number;
  questions: PretestResult[];
  batteries: { id: string; questions: string[]; cronbach?: Cronbach }[];
  indicators: { indicator: string; proposal?: Action; questions: string[] }[];
}

export interface Decision {
  indicators?: readonly string[];
  action: Action;
  proposal?: Action | null;
  decided_by: readonly { who: string; side: string }[];
  on: string;
  reason: string;
  status?: 'draft' | 'pretested' | 'standard' | null;
  tier?: Tier | null;
  sheet?: object;
  text?: Record<string, object>;
  into?: readonly { sheet: object; text?: Record<string, object> }[];
  promotes?: string | null;
}

export interface RefinementRequest {
  release: { version: string; date: string; status?: 'draft' | 'pretest' | 'standard' | null };
  decisions: readonly Decision[];
  required_sides?: readonly string[] | null;
  include_catalogue?: boolean;
}

export interface CatalogueDiff {
  from: string;
  to: string;
  added: string[];
  retired: string[];
  removed: string[];
  split: { from: string; into: string[] }[];
  merged: { from: string[]; into: string }[];
  replaced: { from: string; into: string }[];
  changed: { id: string; fields: { field: string; before: unknown; after: unknown }[] }[];
}

export interface RefinementStep {
  action: Action;
  from: string[];
  into: string[];
  promotes?: string;
  proposal?: Action;
  against_proposal: boolean;
  decided_by: { who: string; side: string }[];
  on: string;
  reason: string;
}

export interface Refined {
  diff: CatalogueDiff;
  lineage: RefinementStep[];
  /** Markdown. */
  changelog: string;
  fingerprint: string;
  catalogue?: object;
}

export interface CriteriaList {
  id: string;
  name: string;
  note: string | null;
  source: string;
  verification: string;
  criteria: { id: string; name: string; note: string | null }[];
}

export interface Rater {
  id: string;
  side: string;
}

export interface RateRequest {
  list?: string | null;
  criteria?: readonly string[] | null;
  proposals: readonly { id: string; side?: string | null; title?: string | null }[];
  raters: readonly Rater[];
  ratings: readonly { rater: string; proposal: string; criterion: string; opinion: 'yes' | 'partly' | 'no' }[];
  rules?: object | null;
}

/** What a side says; nothing where it is withheld. */
export type BySide<T> = { side: string; absent?: Withheld } & Partial<T>;

export interface Opinions {
  n: number;
  yes: number;
  partly: number;
  no: number;
  score: number;
}

export interface ProposalResult {
  proposal: string;
  criteria: ({ criterion: string; sides: BySide<Opinions>[]; met?: boolean; sides_differ: boolean } & Partial<Opinions>)[];
  score?: number;
  failed: string[];
  not_rated: string[];
  disputed: string[];
}

export interface DelphiRequest {
  rounds: readonly ({ ratings: readonly { rater: string; item: string; rating: number | null }[] } | { csv: string; dialect?: object })[];
  items?: readonly string[] | null;
  raters?: readonly Rater[] | null;
  rules?: object | null;
}

export interface DelphiSummary {
  n: number;
  abstained: number;
  median?: number;
  q1?: number;
  q3?: number;
  iqr?: number;
  consensus?: boolean;
  appropriateness?: 'appropriate' | 'uncertain' | 'inappropriate';
  disagreement?: boolean;
  disagreement_thirds?: boolean;
  disagreement_ipras?: boolean;
  validity?: ItemValidity;
  relevant?: boolean;
}

export interface DelphiItem extends DelphiSummary {
  item: string;
  sides: BySide<DelphiSummary>[];
  side_gap?: number;
  movement?: { median: number; iqr: number; stable: boolean };
}

export interface Delphi {
  rounds: {
    round: number;
    raters: number;
    ratings: number;
    items: DelphiItem[];
    not_rated: string[];
    concordance: { all?: Kendall; sides: BySide<Kendall>[]; incomplete: number };
    s_cvi_ave?: number;
    s_cvi_ua?: number;
  }[];
  stop: { stop: boolean; verdict: 'stop' | 'still_moving' | 'new_items' | 'first_round'; moving: string[]; new: string[] };
}

export interface Candidate {
  id: string;
  value: number;
  effort: number;
  rights?: readonly string[] | null;
  level?: ResultLevel | null;
  theme?: string | null;
  decided?: { take: boolean; reason: string } | null;
}

export interface CoreSetConstraints {
  rights?: 'all' | 'none' | { only: readonly string[] };
  levels?: 'all' | 'none' | { only: readonly ResultLevel[] };
  outcome_of_themes?: 'all' | 'none' | { only: readonly string[] };
  budget?: number | null;
  size?: number | null;
}

export interface Requirement {
  kind: 'right' | 'level' | 'outcome_of_theme' | 'budget' | 'size' | 'decided';
  id?: string;
}

export interface CoreSet {
  feasible: boolean;
  proven_optimal: boolean;
  chosen: string[];
  value?: number;
  bound?: number;
  effort?: number;
  candidates: ({ id: string; chosen: boolean } & (
    | { reason: 'decided'; given: string }
    | { reason: 'only_candidate' | 'needed'; covers: Requirement[] }
    | { reason: 'no_budget'; left: number }
    | { reason: 'value' | 'no_value' | 'no_place' | 'not_reached' }
  ))[];
  cover: (Requirement & { candidates: number; covered_by: string[] })[];
  conflict?: Requirement[];
  least_effort?: number;
  nodes: number;
}

export interface ParticipationRequest {
  participants: readonly { id: string; side: string; groups?: readonly string[] }[];
  record: readonly { participant: string; occasion: string; on: string }[];
  required_sides?: readonly string[] | null;
  expected_groups?: readonly string[] | null;
  policy?: { internal?: boolean; threshold?: number | null } | null;
}

export interface Legitimacy {
  participants: number;
  never_there: number;
  from: string;
  to: string;
  occasions: { id: string; from: string; to: string; participants: number; sides: string[]; missing_sides: string[] }[];
  complete_occasions: number;
  sides: { id: string; participants?: number; absent?: Withheld }[];
  groups: { id: string; participants?: number; absent?: Withheld }[];
  missing_groups: string[];
}

export interface LocalMapping {
  rule: string;
  loss: string;
  factor?: number;
  offset?: number;
}

export interface LocalDefinition {
  place: string;
  indicator: string;
  reference?: string | null;
  version?: string | null;
  deviations?: readonly string[];
  mapping?: LocalMapping | null;
}

export interface HarmonisationLine {
  place: string;
  indicator: string;
  level: Harmonisation;
  why: 'same_definition' | 'mapping_stated' | 'own_indicator' | 'no_mapping';
  version?: string;
  deviations?: string[];
  mapping?: LocalMapping;
}

export interface HarmonisationRow {
  indicator: string;
  level: Harmonisation;
  comparable: boolean;
  places: HarmonisationLine[];
}

// ---- disclosure

/** One cell in whole numbers; an attacker of a suppressed cell needs no value. */
export interface TableCell {
  value?: number | null;
  suppressed?: boolean;
  /** Public already: it cannot be suppressed. */
  fixed?: boolean;
  /** Information lost when it is suppressed; its value when absent. */
  cost?: number | null;
  /** Cells of the same bundle are shown or suppressed together. */
  bundle?: number | null;
  /** How wide what can be deduced must at least be; that of the request when absent. */
  width?: number | null;
  below?: number;
  above?: number;
  /** What anybody knows to be the least and the most that it can be. */
  lower?: number;
  upper?: number | null;
}

/** Cells with the equations between them, or rows whose last row and last column are totals; null is not seen. */
export type DisclosureTable =
  | { cells: readonly TableCell[]; equations?: readonly { total: number; parts: readonly number[]; constant?: number }[] }
  | { grid: readonly (readonly (number | null)[])[] };

export interface DisclosureLimits {
  nodes?: number;
  pivots?: number;
  tableau?: number;
}

/** Counts below the threshold are suppressed, with `zero` also 0. */
export interface SuppressionRule {
  threshold: number;
  zero?: boolean;
}

export type AttackVerdict = 'safe' | 'exact' | 'too_narrow' | 'unproven';

/** `disclosure.attack` */
export interface AttackRequest {
  table: DisclosureTable;
  /** How wide what can be deduced must be, highest less lowest. */
  width: number;
  /** When given, the attacker knows that cells are suppressed because one of them is small. */
  rule?: SuppressionRule | null;
  limits?: DisclosureLimits | null;
}
export interface AttackAnswer {
  safe: boolean;
  /** Without `upper` there is no end. */
  cells: { cell: number; lower: number; upper?: number; proven: boolean; verdict: AttackVerdict }[];
}

/** `disclosure.protect` */
export interface ProtectRequest extends AttackRequest {
  /** Suppresses small cells first. */
  primary?: SuppressionRule | null;
}
export interface ProtectAnswer {
  suppressed: boolean[];
  cost: number;
  /** Whether no choice is cheaper; else the best that was found. */
  proven_optimal: boolean;
  safe: boolean;
  /** Cells that no choice protects. */
  exposed: number[];
  verdicts: { cell: number; verdict: AttackVerdict }[];
}

/** `disclosure.attack_report` */
export interface ReportAttack {
  threshold: number;
  safe: boolean;
  verdicts: { safe: number; exact: number; too_narrow: number; unproven: number; published_before: number };
  /** `what`: a part of a figure, `change of` one, or what follows from a withheld one: `value`, `error`, `n`, `score`, `rank`, `standing`, `target`, `gap`, `floor`, `change`, `progress`, `contribution`, `explanation`, `equality`; `mean` of the node whose id stands for the indicator; `counts`, `finding`, `number`, `text` that nobody can read backwards. `value from` one of these is the figure that follows. */
  figures: { indicator: string; place: string; period: string; groups: [string, string][]; what: string; lower: number; upper?: number; verdict: AttackVerdict | 'published_before' }[];
}

/** `disclosure.dominance` */
export interface Dominance {
  withheld: boolean;
  p_percent?: boolean;
  dominance?: boolean;
  protection: number;
}

/** Every operation: what it takes and what it gives. */
export interface Operations {
  versions: [Record<string, never>, Versions];
  'catalogue.list': [{ selection?: string | null }, IndicatorSummary[]];
  'catalogue.show': [{ id: string }, IndicatorShow];
  'period.parse': [{ text: string }, { period: string; start_year: number; months: number }];
  'number.parse': [{ text: string; decimal?: 'point' | 'comma' | 'detect' | null }, { value: number }];
  'estimate.wilson': [{ numerator: number; denominator: number; confidence: number }, Interval];
  'estimate.byar': [{ count: number; confidence: number }, Interval];
  'estimate.from_counts': [{ kind: ValueKind; numerator: number; denominator: number; multiplier: number; confidence: number }, Estimate];
  'estimate.given': [{ value: number; se?: number | null; confidence: number }, Estimate];
  'score.goalposts': [ScoreFields<'goalposts'>, Score];
  'score.logarithmic': [ScoreFields<'logarithmic'>, Score];
  'score.target_ratio': [ScoreFields<'target_ratio'>, Score];
  'score.band': [ScoreFields<'band'>, Score];
  'score.maturity': [ScoreFields<'maturity'>, Score];
  'score.yes_no': [ScoreFields<'yes_no'>, Score];
  'target.standing': [{ value: number; standard: number; polarity: Polarity }, { standing: Standing }];
  'target.is_met': [{ value: number; threshold: number; operator: Operator; upper?: number | null }, { met: boolean }];
  'aggregate.mean': [
    { kind?: MeanKind | null; items: readonly { score?: number | null; weight: number; coverage?: number | null }[]; minimum_coverage: number },
    { score: number | null; coverage: number; n: number; of: number; zero?: boolean },
  ];
  'rbm.combine': [{ outcomes: number; effort: number; weight: number; margin: number }, { combined: number }];
  'rbm.band': [{ score: number; thresholds: readonly number[] }, { band: number }];
  'rbm.rating': [{ combined: number; outcomes: number; thresholds: readonly number[] }, { band: number }];
  'equality.gap': [{ groups: readonly { value: number; se?: number | null }[]; polarity: Polarity; significance: number }, { gap: Gap | null }];
  'equality.measures': [MeasuresRequest, Inequality];
  'equality.compare': [CompareRequest, Compared];
  'equality.gap_change': [{ earlier: { gap: number; se?: number | null }; later: { gap: number; se?: number | null }; covariance?: number | null; significance?: number | null; method?: string | object }, GapChange];
  'progress.change': [{ earlier: number; later: number; years: number; polarity: Polarity; tolerance: number }, { change: Change | null }];
  'disclosure.primary': [
    { kind: ValueKind; counts: Counts; value?: number | null; multiplier: number; threshold: number; class_disclosure: boolean },
    { verdict: 'publish' | 'suppress' | 'unknown_count' },
  ];
  'disclosure.complementary': [
    { parts: readonly Counts[]; withheld: readonly boolean[]; threshold: number },
    { withheld: boolean[]; total_withheld: boolean },
  ];
  'disclosure.attack': [AttackRequest, AttackAnswer];
  'disclosure.protect': [ProtectRequest, ProtectAnswer];
  'disclosure.round': [{ table: DisclosureTable; base: number; limits?: DisclosureLimits | null }, { values: number[]; additive: boolean }];
  'disclosure.cell_key': [{ record_keys: readonly number[]; perturbation: { rows: readonly (readonly number[])[]; repeat: number } }, { value: number }];
  'disclosure.dominance': [
    { magnitude: { contributions: readonly number[]; total?: number | null }; rules: { p?: number | null; n?: number | null; k?: number | null } },
    Dominance,
  ];
  'disclosure.attack_report': [{ report: ReportData | { [field: string]: unknown }; previous?: ReportData | { [field: string]: unknown } | null; explanations?: readonly (Explanation | object)[] | null; method?: string | object; limits?: DisclosureLimits | null }, ReportAttack];
  'dimension.accepts': [{ dimension: string; code: string }, { accepts: boolean; total: boolean }];
  'dimension.map': [MappingRequest, Mapping];
  'progress.cagr': [{ earlier: number; later: number; years: number }, { rate: number | null }];
  'progress.expected': [{ path: TargetPath; at: Time }, { expected: number | null; value: number | null }];
  'progress.to_target': [{ value: number; at: Time; path: TargetPath; polarity: Polarity; across_break?: boolean; rules: CagrRules }, ToTarget];
  'progress.score': [
    { value: number; at: Time; path: TargetPath; polarity: Polarity; limit?: number | null; across_break?: boolean; rules: ProgressScoreRules },
    ProgressScore,
  ];
  'progress.distance': [
    { value: number; target: number; polarity: Polarity; reference_sd: number },
    { distance: { distance: number; raw: number; reached: boolean } | null },
  ];
  'progress.trend': [{ series: readonly SeriesPoint[]; polarity: Polarity; rules: TrendRules }, Trend];
  'progress.years_to_target': [{ value: number; target: number; slope: number; polarity: Polarity }, { to_target: YearsToTarget | null }];
  'progress.projection': [
    { series: readonly SeriesPoint[]; at: Time; basis: 'theil_sen' | 'last_pace'; range?: { min?: number | null; max?: number | null }; rules: TrendRules },
    { projection: Projection | null },
  ];
  'progress.retrogression': [
    { series: readonly SeriesPoint[]; polarity: Polarity; baseline_at?: Time | null; rules: { significance: number; tolerance: number } },
    Retrogression,
  ];
  'rbm.achievement': [
    { value?: number | null; se?: number | null; absent?: Absent | null; at: Time; path: TargetPath; polarity: Polarity; across_break?: boolean; rules: AchievementRules },
    Achievement,
  ];
  'rbm.chain': [{ chain: ResultsChain }, { results: number; findings: Findings }];
  'rbm.iati': [
    { result_type?: number | null; result_level?: ResultLevel | null; polarity?: Polarity | null },
    { result_level: ResultLevel | null; result_type: number | null; ascending: boolean | null },
  ];
  check: [{ observations: Observations }, CheckAnswer];
  assess: [AssessRequest, ReportData];
  explain: [ExplainRequest, Explanation];
  import: [ImportRequest, ImportAnswer];
  'roadmap.definition': [{ definition?: string | RoadmapDefinition | null; labels?: RoadmapLabels | null; language?: string | null }, RoadmapDefinitionAnswer];
  'roadmap.check': [Partial<RoadmapRun> & { event?: RoadmapEvent | null }, { accepted: number; problems: ErrorData[] }];
  'roadmap.replay': [RoadmapRun & { as_of?: string | null }, RoadmapAnswer];
  'roadmap.apply': [RoadmapRun & { event: RoadmapEvent; as_of?: string | null }, RoadmapAnswer];
  'roadmap.cohort': [RoadmapCohortRequest, RoadmapCohort];
  'roadmap.page': [RoadmapRun & { format?: 'html' | 'text' | 'next'; as_of?: string | null; language?: string | null; labels?: RoadmapLabels | null }, { page: string }];
  'roadmap.cohort_page': [RoadmapCohortRequest & { format?: 'html' | 'text'; language?: string | null; labels?: RoadmapLabels | null }, { page: string }];
  'agreement.cohen': [CohenRequest, Kappa];
  'agreement.fleiss': [{ counts: readonly (readonly number[])[] }, Kappa];
  'agreement.krippendorff': [{ units: readonly (readonly (number | null)[])[]; scale: MeasurementScale }, Coefficient & { units: number; ratings: number }];
  'agreement.cronbach': [{ persons: readonly (readonly (number | null)[])[] }, Cronbach];
  'agreement.icc': [{ subjects: readonly (readonly number[])[] }, Coefficient & { subjects: number; raters: number }];
  'agreement.test_retest': [{ pairs: readonly (readonly [number, number])[] }, TestRetest];
  'agreement.kendall': [{ judges: readonly (readonly number[])[] }, Kendall];
  'agreement.content_validity': [
    { agree: number; n: number } | { items: readonly (readonly number[])[]; relevant_from: number },
    ItemValidity | { items: ItemValidity[]; s_cvi_ave: number; s_cvi_ua: number },
  ];
  'agreement.rand_ucla': [{ ratings: readonly number[]; rules?: RandUclaRules | null }, RandUcla];
  'pretest.evaluate': [PretestRequest, PretestAnswer];
  'refinement.apply': [RefinementRequest, Refined];
  'catalogue.diff': [{ before: object; after?: object | null }, CatalogueDiff];
  'cocreation.criteria': [Record<string, never>, CriteriaList[]];
  'cocreation.rate': [RateRequest, { proposals: ProposalResult[] }];
  'cocreation.delphi': [DelphiRequest, Delphi];
  'cocreation.core_set': [{ candidates: readonly Candidate[]; constraints: CoreSetConstraints; node_limit?: number | null }, CoreSet];
  'cocreation.participation': [ParticipationRequest, Legitimacy];
  'cocreation.harmonise': [{ definitions: readonly LocalDefinition[] }, { indicators: HarmonisationRow[] }];
  'cocreation.compare': [
    { definitions: readonly LocalDefinition[]; indicator: string; purpose: 'ranking' | 'pooling'; places?: readonly string[] | null },
    { indicator: string; purpose: 'ranking' | 'pooling'; level: Harmonisation; places: HarmonisationLine[]; caveats: string[] },
  ];
  'cocreation.extension': [{ id: string }, { city: string; own: string }];
  'peers.comparators': [PeerRequest & { k?: number | null }, ComparatorGroups];
  'peers.tiers': [PeerSetting & { cities: readonly { city: string; score: number; se?: number }[] }, { cities: TieredCity[] }];
  'peers.mentoring': [PeerRequest & { earlier?: readonly CityPair[] | null }, Mentoring];
  'peers.twinning': [PeerRequest, Twinning];
  'peers.potential': [PeerRequest & { k?: number | null }, PeerPotential];
  'peers.follow_up': [PeerSetting & { as_of: string; records: FollowUpRecords }, FollowUp];
  'form.build': [FormSetting, FormAnswer];
  'form.xlsx': [{ form?: FormRequest | null }, { xlsx: string }];
  'form.page': [FormSetting & { language?: string | null; format?: 'html' | 'text' | null }, { page: string }];
  'form.plan': [FormSetting & { plan?: { from?: number | null; to?: number | null; interviews?: number | null } | null; language?: string | null }, CollectionPlan];
  'form.template': [{ form?: FormRequest | null; template: { place: string; place_name?: string | null; periods: readonly string[] } }, FormTemplate];
  'form.read': [{ form?: FormRequest | null; export: FormExport; read?: { weight?: string | null; stratum?: string | null; psu?: string | null } | null }, FormMicrodata];
  'form.observations': [{ estimates: readonly object[]; place: string; period: string }, { rows: FormObservation[] }];
  'form.topics': [{ form?: FormRequest | null; language?: string | null }, { topics: SensitiveTopic[] }];
  'screen.questions': [{ sheet: string | Sheet; area?: string | null; selection?: readonly string[] | null; language?: string | null }, SheetForm];
  'screen.framework': [FrameworkRequest, { screening: Screening; findings: Findings }];
  'screen.hrba': [HrbaRequest, { screenings: Screening[]; findings: Findings }];
  'screen.page': [
    (({ of: 'framework' } & FrameworkRequest) | ({ of: 'hrba' } & HrbaRequest) | ({ of: 'cross_reference' } & CrossReferenceRequest)) & {
      format?: 'html' | 'text' | null;
      city?: string | null;
      language?: string | null;
      /** The JSON of a report: its released figures stand beside the indicators. */
      report?: object | null;
      place?: string | null;
    },
    { page: string },
  ];
  'catalogue.cross_reference': [CrossReferenceRequest, CrossReference];
  'influence.difference': [InfluenceSetting & { panel: readonly PanelFigure[]; treated: readonly string[]; from: number }, DifferenceInDifferences];
  'influence.interrupted': [InfluenceSetting & { series: readonly { time: number; value: number }[]; from: number; lags?: number | null }, InterruptedSeries];
  'influence.synthetic': [InfluenceSetting & { panel: readonly PanelFigure[]; city: string; from: number }, SyntheticControl];
  'influence.contribution': [InfluenceSetting & { links: readonly StoryLink[]; alternatives?: readonly OtherExplanation[] | null }, ContributionAnalysis];
}

// ---- forms, collection plans, templates, answers back in (operations `form.*`)

export interface FormRequest {
  /** Indicators or selections of the catalogue; `core` where none is named. */
  selection?: readonly string[];
  /** The first one is the default of the form. */
  languages?: readonly string[];
  /** By sensitive topic: without it the topic is not asked. */
  legal_basis?: Readonly<Record<string, { ground: string; record?: string | null }>>;
  dimensions?: readonly string[];
  desirable?: boolean;
  without?: readonly string[];
  /** A city's own codes, by dimension. */
  codes?: Readonly<Record<string, readonly { code: string; label?: Readonly<Record<string, string>> }[]>>;
  age_groups?: readonly string[];
  /** By language. */
  title?: Readonly<Record<string, string>>;
  form_id?: string | null;
  version?: string | null;
  controller?: string | null;
  contact?: string | null;
  lawful_basis?: string | null;
  retention?: string | null;
}
export interface FormRules {
  seconds_select_one: number;
  seconds_select_multiple: number;
  seconds_number: number;
  seconds_note: number;
  minutes_limit: number;
  overhead_minutes: number;
  hours_administrative: number;
  hours_events: number;
  hours_expert: number;
}
export interface FormSetting {
  form?: FormRequest | null;
  rules?: FormRules | null;
  method?: string | object | null;
}
/** All cells are texts; an empty text is an empty cell. */
export interface FormSheet {
  columns: string[];
  rows: string[][];
}
/** What is asked for an indicator or a dimension, or the word that says why it is not asked. */
export interface FormUse {
  questions: string[];
  reason?: string;
}
export interface FormAnswer {
  /** The three tables of an XLSForm. */
  form: { survey: FormSheet; choices: FormSheet; settings: FormSheet };
  indicators: (FormUse & { indicator: string })[];
  dimensions: (FormUse & { dimension: string })[];
  minutes: number;
  findings: Findings;
}
export interface CollectionPlan {
  indicators: {
    indicator: string;
    name: string;
    asked: boolean;
    sources: string[];
    source: string;
    level: string;
    services: string[];
    periodicity: string;
    years: number[];
    questions: string[];
    reason?: string;
    reason_text?: string;
    hours?: number;
  }[];
  dimensions: { dimension: string; name: string; questions: string[]; reason?: string; reason_text?: string }[];
  survey?: { questions: number; minutes: number; interviews?: number; hours?: number };
  checklist: {
    lines: { id: string; text: string; status: 'met' | 'recorded' | 'open' }[];
    topics: { topic: string; name: string; category: string; purpose: string; ground: string; ground_text: string; record?: string; questions: string[] }[];
  };
  findings: Findings;
  csv: string;
}
export interface FormTemplate {
  rows: number;
  csv: string;
  /** A workbook with lists to choose from, base64. */
  xlsx: string;
  lists: { column: string; values: string[] }[];
  left_out: { dimension: string; reason: string }[];
}
export type FormExport = { csv: string; dialect?: Dialect } | { header: readonly string[]; rows: readonly (readonly string[])[] };
export type NoAnswer = 'refused' | 'dont_know' | 'not_applicable' | 'not_asked' | 'missing';
/** People's data: they stay in the house. */
export interface FormMicrodata {
  rows: number;
  no_consent: number;
  columns: Record<string, (number | string | null)[]>;
  absent: Record<string, (NoAnswer | null)[]>;
  questions: ({ question: string; answered: number } & Record<NoAnswer, number>)[];
  /** The plan that `survey.estimate` takes. */
  plan: object;
  findings: Findings;
}
/** A row of the tidy table; groups stand beside these fields, by dimension. */
export type FormObservation = { indicator: string; place: string; period: string; value: number; se?: number; n: number } & Record<string, string | number>;
export interface SensitiveTopic {
  topic: string;
  name: string;
  category: string;
  purpose: string;
  grounds: Record<string, string>;
}

// ---- frameworks and screens (operations `screen.*`, `catalogue.cross_reference`)

/** A framework or a screen: items in groups. */
export interface Sheet {
  id: string;
  source: string;
  provenance: string;
  complete: boolean;
  scale?: string | null;
  views?: readonly string[];
  base?: string | null;
  evidence?: readonly string[];
  group: readonly { id: string; verification: string; tags?: readonly string[] }[];
  item: readonly {
    id: string;
    group: string;
    edition?: string | null;
    provenance: string;
    rights?: readonly string[];
    indicators?: readonly { id: string; verification: string }[];
    target?: string | null;
  }[];
}
export interface ScreenRound {
  id: string;
  from: string;
  to: string;
}
/** One answer: a level of the scale, `not_known` or `not_applicable`. */
export interface ScreenRecord {
  round: string;
  view: string;
  item: string;
  answer: string;
  assessor: string;
  date: string;
  service?: string | null;
  evidence?: readonly string[];
  note?: string | null;
}
export interface ScreenSetting {
  rounds: readonly ScreenRound[];
  records: readonly ScreenRecord[] | { csv: string; dialect?: object };
  selection?: readonly string[] | null;
}
export type FrameworkRequest = ScreenSetting & { framework?: string | Sheet | null };
export type HrbaRequest = ScreenSetting & {
  screens?: readonly (string | Sheet)[] | null;
  services?: readonly { id: string; area: string; name?: string | null }[] | null;
};
export interface CrossReferenceRequest {
  reference: string;
  selection?: readonly string[] | null;
}
export interface SheetForm {
  id: string;
  name: string;
  notice: string;
  source: string;
  provenance: string;
  complete: boolean;
  levels: { id: string; name: string; note: string | null }[];
  evidence_from: string;
  apart: { id: string; name: string; note: string | null }[];
  views: { id: string; name: string }[];
  base: string;
  evidence: string[];
  groups: { id: string; name: string; verification: string; items: { id: string; text: string; provenance: string; indicators: string[] }[] }[];
  columns: string[];
}
export interface ScreenTally {
  of: number;
  answered: number;
  share_answered: number | null;
  levels: { level: string; n: number; share: number | null }[];
  not_known: number;
  unanswered: number;
  not_applicable: number;
  without_evidence: number;
}
export interface ScreenDifference {
  same: number;
  higher: number;
  lower: number;
  not_comparable: number;
}
export interface ScreenChange {
  better: number;
  worse: number;
  same: number;
  new: number;
  gone: number;
}
export interface ByGroup<T> {
  all: T;
  groups: (T & { group: string })[];
}
export interface ScreenAnswer {
  view: string;
  answer: string | null;
  evidence?: string[];
  without_evidence?: boolean;
  assessor?: string;
  date?: string;
  note?: string;
  difference?: { verdict: keyof ScreenDifference; steps?: number };
  change?: { verdict: keyof ScreenChange; steps?: number };
}
export interface Screening {
  sheet: string;
  source: string;
  provenance: string;
  complete: boolean;
  levels: string[];
  views: string[];
  base: string;
  /** Answers stand beside indicators and never enter their scores. */
  enters_scores: false;
  services: {
    service: string | null;
    area?: string;
    name?: string;
    linked: { item: string; group: string; provenance: string; indicators: string[] }[];
    rounds: {
      round: string;
      views: { view: string; tally: ByGroup<ScreenTally>; difference?: ByGroup<ScreenDifference>; since?: string; change?: ByGroup<ScreenChange> }[];
      items: { item: string; views: ScreenAnswer[] }[];
    }[];
  }[];
}
export interface CrossReference {
  reference: string;
  kind: 'instrument' | 'framework';
  verification: string;
  list: 'whole' | 'part' | 'as_referred_to';
  indicators: number;
  entries: {
    id: string;
    group?: string;
    article?: string;
    provenance?: string;
    indicators: { indicator: string; through: 'article' | 'sdg' | 'model'; cited?: string; verification: string; fit?: string; relation?: string }[];
    rights: { right: string; cited?: string; verification: string; indicators: string[] }[];
    state: 'direct' | 'through_right' | 'none';
  }[];
  counts: { of: number; direct: number; through_right: number; none: number };
  gaps: string[];
}

// ---- learning between cities (operations `peers.*`)

export interface PeersRules {
  comparators: number;
  minimum_context: number;
  frame_cities: number;
  margin: number;
  certainty: number;
  capacity: number;
  switching_cost: number;
  tier_reach: number;
  best_peers: number;
  follow_up_points: readonly number[];
}
export interface PeerSetting {
  rules?: PeersRules | null;
  method?: string | object | null;
}
export interface PeerCity {
  id: string;
  context?: Record<string, number>;
  scores?: Record<string, { score: number; se?: number }>;
  need?: Record<string, number>;
  capacity?: number | null;
}
export interface PeerFrame {
  variables: { id: string; weight: number; logarithm: boolean; median: number; spread: number }[];
  version: string;
}
export type PeerRequest = PeerSetting & {
  cities: readonly PeerCity[];
  variables?: readonly { id: string; weight?: number; logarithm?: boolean }[] | null;
  frame?: PeerFrame | null;
};
export interface ComparatorCity {
  city: string;
  distance: number;
  likeness: number;
  parts: { variable: string; difference?: number; share?: number }[];
}
export interface ComparatorGroups {
  frame: PeerFrame;
  cities: { city: string; comparators: ComparatorCity[]; not_comparable: number }[];
}
export interface TieredCity {
  city: string;
  tier: number;
  score: number;
  lower: number;
  upper: number;
  best_position: number;
  worst_position: number;
}
export interface MentorFit {
  mentor: string;
  theme: string;
  value: number;
  probability: number;
  likeness: number;
  need: number;
  mentor_score: number;
  mentee_score: number;
}
export interface CityPair {
  mentee: string;
  mentor: string;
}
export interface Mentoring {
  frame: PeerFrame;
  matches: (MentorFit & { mentee: string; kept: boolean; second?: MentorFit; loss?: number })[];
  unmatched: { city: string; reason: 'nobody_certainly_stronger' | 'no_capacity' }[];
  value: number;
  value_without_capacity: number;
  kept: number;
  dissolved: CityPair[];
}
export interface Twinning {
  frame: PeerFrame;
  pairs: { a: string; b: string; value: number; for_a: MentorFit; for_b: MentorFit }[];
}
export interface PeerPotential {
  frame: PeerFrame;
  potential: { city: string; theme: string; best: string[]; gain: number; se: number }[];
}
export type FollowUpGrade = 'not_started' | 'partly' | 'largely' | 'fully' | 'rejected';
export interface PeerReview {
  id: string;
  city: string;
  peers: readonly string[];
  topic: string;
  on: string;
  questions: readonly { id: string; text: string }[];
  findings?: readonly { question: string; text: string }[];
  follow_up_due?: string | null;
  followed_up_on?: string | null;
}
export interface GoodPractice {
  id: string;
  city: string;
  text: string;
  results: string;
  indicators: readonly string[];
}
export interface CityCommitment {
  id: string;
  kind: 'pledge' | 'by_law' | 'ratified_instrument' | 'recommendation';
  text: string;
  on: string;
  owner: string;
  indicators?: readonly string[];
}
export interface CityRecommendation {
  id: string;
  text: string;
  addressee: string;
  on: string;
  due?: string | null;
  review?: string | null;
  indicators?: readonly string[];
  response?: { on: string; text: string } | null;
  grades?: readonly { on: string; grade: FollowUpGrade; by: string; evidence?: readonly string[] }[];
}
export interface FollowUpRecords {
  reviews?: readonly PeerReview[];
  practices?: readonly GoodPractice[];
  commitments?: readonly CityCommitment[];
  recommendations?: readonly CityRecommendation[];
}
export interface FollowUp {
  recommendations: { id: string; addressee: string; grade: FollowUpGrade; since?: string; answered: boolean; days_overdue?: number }[];
  overdue: string[];
  unanswered: string[];
  years: { year: number; recommendations: number; grades: Record<FollowUpGrade, number>; score: number; so_far: boolean }[];
  reviews: { id: string; unanswered: string[]; recommendations: string[]; follow_up_overdue: boolean }[];
  indicators: { indicator: string; practices: string[]; commitments: string[]; recommendations: string[] }[];
}

// ---- influence of a city's work (operations `influence.*`)

export interface PanelFigure {
  city: string;
  time: number;
  value: number;
}
export interface InfluenceRules {
  permutation_limit: number;
  cluster_treated: number;
  cluster_cities: number;
  trend_periods: number;
  interrupted_side: number;
  interrupted_side_good: number;
  synthetic_periods: number;
  synthetic_donors: number;
  synthetic_fit: number;
  placebo_fit: number;
  contribution_sources: number;
}
export interface InfluenceSetting {
  confidence?: number | null;
  rules?: InfluenceRules | null;
  method?: string | object | null;
}
export type InfluenceCaution =
  | 'trends_differed'
  | 'placebo_moves'
  | 'no_inference'
  | 'trends_not_checked'
  | 'few_acted'
  | 'few_cities'
  | 'no_variation'
  | 'no_first_order'
  | 'short_series'
  | 'no_comparison'
  | 'perfect_fit'
  | 'many_mixes'
  | 'one_city_carries';
export interface InfluenceAssumption {
  id: string;
  assumes: string;
  broken_by: string;
}
export interface InfluenceInference {
  se: number;
  t: number;
  df: number;
  p: number;
  lower: number;
  upper: number;
}
export interface CityPermutation {
  p: number;
  assignments: number;
  smallest_p: number;
}
export interface DifferenceInDifferences {
  estimate: number;
  means: { treated_before: number; treated_after: number; comparators_before: number; comparators_after: number };
  treated: number;
  comparators: number;
  periods_before: number;
  periods_after: number;
  cluster?: InfluenceInference;
  permutation?: CityPermutation;
  trends_before?: { difference: number; cluster?: InfluenceInference; permutation?: CityPermutation };
  placebo_starts: { from: number; estimate: number; permutation?: CityPermutation }[];
  placebo_cities: { city: string; estimate: number }[];
  cautions: InfluenceCaution[];
  assumptions: InfluenceAssumption[];
}
export type SegmentTerm = { estimate: number } & Partial<InfluenceInference>;
export interface Segments {
  start: SegmentTerm;
  slope: SegmentTerm;
  level_change: SegmentTerm;
  slope_change: SegmentTerm;
}
export interface InterruptedSeries {
  before: number;
  after: number;
  newey_west: Segments & { lags: number };
  prais_winsten?: Segments & { rho: number };
  durbin_watson?: number;
  effect_at_end: number;
  cautions: InfluenceCaution[];
  assumptions: InfluenceAssumption[];
}
export interface SyntheticControl {
  weights: { city: string; weight: number }[];
  rmspe_before: number;
  rmspe_after: number;
  effect: number;
  gaps: { time: number; actual: number; synthetic: number; gap: number }[];
  ratio?: number;
  placebos: { city: string; rmspe_before: number; rmspe_after: number; ratio?: number; counted: boolean }[];
  p?: number;
  cautions: InfluenceCaution[];
  assumptions: InfluenceAssumption[];
}
export interface StoryLink {
  from: string;
  to: string;
  claim: string;
  evidence?: readonly { source: string; text?: string | null; points: 'for' | 'against' }[];
}
export interface OtherExplanation {
  text: string;
  judgement: 'ruled_out' | 'explains_part' | 'explains_all' | 'open';
  reason?: string | null;
}
export type LinkStanding = 'refuted' | 'assumed' | 'contested' | 'thin' | 'shown';
export interface ContributionAnalysis {
  verdict: 'plausible' | 'plausible_in_part' | 'open' | 'not_shown';
  links: { from: string; to: string; claim: string; standing: LinkStanding; sources_for: number; sources_against: number }[];
  weakest: LinkStanding;
  open: string[];
  alternatives: OtherExplanation[];
  assumptions: InfluenceAssumption[];
}

// ---- the road map: roadmap.definition, .check, .replay, .apply, .cohort, .page, .cohort_page

export type PartnerKind = 'city_unit' | 'civil_society' | 'nhri' | 'equality_body' | 'academia' | 'private_sector' | 'residents_group' | 'international_organisation';
export type StepStatus = 'waiting' | 'ready' | 'open' | 'completed' | 'skipped';
export type SignOffOf = 'completion' | 'skip';

export interface RoadmapLoop {
  to: string;
  keeps?: string[];
  skips_stand?: boolean;
}
export interface RoadmapStep {
  id: string;
  number?: number;
  attested?: string;
  optional?: boolean;
  requires?: string[];
  deliverables?: string[];
  required?: string[];
  evidence?: string[];
  skip_needs?: string[];
  sign_off: string[];
  participants?: string[];
  invited?: string[];
  loop?: RoadmapLoop[];
}
export interface RoadmapDefinition {
  id: string;
  version: string;
  provenance: string;
  new_delivery_voids_sign_off?: boolean;
  starts_with?: string[];
  side: { id: string; kinds: PartnerKind[] }[];
  participant?: { id: string; kinds?: PartnerKind[] }[];
  step: RoadmapStep[];
}
/** Section (`steps`, `deliverables`, `participants`, `sides`, `road_map`) and id to name. */
export type RoadmapLabels = Record<string, Record<string, string>>;
export interface RoadmapDefinitionAnswer {
  definition: RoadmapDefinition;
  notice: string;
  steps: { id: string; name: string; description: string }[];
}
export interface RoadmapPartner {
  id: string;
  name: string;
  kind: PartnerKind;
  role: 'lead' | 'member' | 'observer';
  side?: string | null;
}
/** Dates are year-month-day; `by` is a partner. */
export type RoadmapEvent = { date: string; by: string } & (
  | { type: 'planned'; step: string; start: string; due: string }
  | { type: 'started'; step: string }
  | { type: 'delivered'; step: string; deliverable: string; evidence?: string }
  | { type: 'participated'; step: string; participant: string; partners?: readonly string[]; people?: number }
  | { type: 'signed_off'; step: string; side: string; of?: SignOffOf }
  | { type: 'sign_off_withdrawn'; step: string; side: string; reason: string }
  | { type: 'skipped'; step: string; reason: string }
  | { type: 'looped_back'; step: string; to: string; reason: string }
  | { type: 'completed'; step: string }
  | { type: 'new_cycle'; reason?: string }
);
export interface RoadmapRun {
  /** The id of a road map of the catalogue, or a whole one; the first of the catalogue when absent. */
  definition?: string | RoadmapDefinition | null;
  city?: { id: string; name?: string };
  observer?: boolean;
  start: string;
  partners: readonly RoadmapPartner[];
  events?: readonly RoadmapEvent[];
  /** Read the log only up to this day. */
  until?: string | null;
}
/** What satisfies a guard: an event to record first, a partner to take on, or a change of the event. */
export type RoadmapFix =
  | { start: { step: string } }
  | { deliver: { step: string; deliverable: string; evidence: boolean } }
  | { record_participation: { step: string; participant: string; kinds?: PartnerKind[] } }
  | { sign_off: { step: string; side: string; of: SignOffOf } }
  | { complete: { step: string } }
  | { loop_back: { step: string; to: string } }
  | { new_cycle: Record<string, never> }
  | { add_partner: { side?: string; kinds?: PartnerKind[] } }
  | { change: { field: string; one_of?: string[]; not_before?: string } }
  | { give: { field: string } }
  | { leave_out: Record<string, never> };
export interface RoadmapMissing {
  /** The code of the guard. */
  guard: string;
  about: string;
  fix: RoadmapFix;
}
export interface RoadmapStepState {
  step: string;
  status: StepStatus;
  iteration: number;
  planned?: { start: string; due: string };
  started?: string;
  closed?: string;
  deliveries: { deliverable: string; date: string; by: string; evidence?: string }[];
  participation: { participant: string; date: string; partners: string[]; people?: number }[];
  sign_offs: { side: string; of: SignOffOf; by: string; date: string }[];
  /** Sign-offs of this cycle that no longer hold. */
  sign_offs_void: number;
  skip_reason?: string;
}
export interface RoadmapState {
  cycle: number;
  cycle_started: string;
  last_event?: string;
  events: number;
  loops: number;
  iterations: number;
  closed: number;
  cycle_complete: boolean;
  steps: RoadmapStepState[];
}
export interface RoadmapAction {
  /** Absent for a new cycle. */
  step?: string;
  action: RoadmapFix | { skip: { step: string } };
  who: string[];
  /** The code of the guard that waits for it, or `nothing-missing`, `optional`, `invited`, `cycle-complete`. */
  why: string;
  now: boolean;
  due?: string;
}
export interface RoadmapReadiness {
  step: string;
  status: StepStatus;
  met: number;
  of: number;
  /** Which way the step is closed. */
  toward: SignOffOf;
  can_start: boolean;
  can_close: boolean;
  missing: RoadmapMissing[];
  invited_missing: string[];
  to_skip?: RoadmapMissing[];
}
export interface RoadmapTimelineRow {
  cycle: number;
  step: string;
  iteration: number;
  status: StepStatus;
  planned_start?: string;
  planned_due?: string;
  started?: string;
  ended?: string;
  ending?: 'completed' | 'skipped' | 'looped_back';
  days?: number;
  late_days?: number;
}
export interface RoadmapAnswer {
  state: RoadmapState;
  next_actions: RoadmapAction[];
  readiness: RoadmapReadiness[];
  timeline: RoadmapTimelineRow[];
}
export interface RoadmapCohortRequest {
  cities: readonly (RoadmapRun & { city: { id: string; name?: string } })[];
  definition?: string | RoadmapDefinition | null;
  as_of?: string | null;
}
export interface RoadmapCohort {
  as_of?: string;
  taking_part: number;
  observers: number;
  steps: { step: string; waiting: number; ready: number; open: number; completed: number; skipped: number; durations: number; median_days?: number }[];
  /** By id. No ranking. */
  cities: {
    city: string;
    name: string;
    observer: boolean;
    /** Why the log cannot be read; then what follows is absent or empty. */
    error?: ErrorData;
    cycle?: number;
    iterations?: number;
    closed?: number;
    last_event?: string;
    open: { step: string; iteration: number; since: string; days: number; missing: RoadmapMissing[] }[];
    ready: string[];
  }[];
}

// ---- scores by a rule and within a set; rules that compare units

/** Whether a score is held between 0 and 100 or goes on beyond the goalposts. */
export type Ends = 'capped' | 'open';

/** `score.rule`: a rule as data. */
export type ScoreRule =
  | { goalposts: { worst: number; best: number; ends?: Ends } }
  | { logarithmic: { worst: number; best: number; ends?: Ends } }
  | { target_ratio: { target: number } }
  | { target_range_ratio: { lower: number; upper: number } }
  | { band: { worst_low: number; lower: number; upper: number; worst_high: number } }
  | { maturity: { map: readonly number[] } }
  | 'yes_no';

export interface NotScoredByPolarity {
  score: null;
  /** Shown, never scored. */
  not_scored: 'ambiguous' | 'none';
}

export type SetRule = 'z_score' | 'sample_z_score' | 'rank' | 'percentile' | 'min_max';

/** `score.set` */
export interface SetScoreRequest {
  rule: SetRule;
  /** null where a value is absent. */
  values: readonly (number | null)[];
  polarity: Polarity;
  /** For polarity `value` and `range`: what is best, or the lower end of it. */
  target?: number | null;
  upper?: number | null;
}

export interface SetScores {
  members: ({ value: number; score?: number } | null)[];
  n: number;
  of: number;
  set_dependent: true;
  findings?: Findings;
}

export interface ChildItem {
  score?: number | null;
  weight: number;
  coverage?: number | null;
}

/** `aggregate.contributions`: the points of the items, `imbalance` and `clamp` sum to the score. */
export interface Contributions {
  score: number;
  items: { score: number | null; weight: number; points: number }[];
  imbalance: number;
  clamp?: number;
}

/** `aggregate.mazziotta_pareto` */
export interface MazziottaParetoRequest {
  units: readonly (readonly (number | null)[])[];
  weights?: readonly number[] | null;
  /** `higher` for each when absent. */
  polarity?: readonly Polarity[] | null;
  reference: 'set' | { fixed: readonly { mean: number; sd: number }[] } | { goalposts: readonly { worst: number; best: number }[] };
  penalty?: 'minus' | 'plus' | null;
  minimum_coverage: number;
}

export interface MazziottaPareto {
  units: { index: number | null; mean: number | null; penalty: number | null; coverage: number; n: number }[];
  set_dependent: boolean;
  findings?: Findings;
}

/** `aggregate.copeland` */
export interface CopelandRequest {
  units: readonly (readonly (number | null)[])[];
  weights?: readonly number[] | null;
  indifference?: number | null;
  minimum_coverage: number;
}

export interface Copeland {
  units: { score: number | null; wins: number; ties: number; losses: number; compared: number }[];
  set_dependent: true;
}

export interface Operations {
  'score.rule': [{ rule: ScoreRule; value: number; polarity: Polarity }, Score | NotScoredByPolarity];
  'score.target_range': [{ value: number; lower: number; upper: number }, Score];
  'score.set': [SetScoreRequest, SetScores];
  'aggregate.contributions': [
    { kind?: MeanKind | null; items: readonly ChildItem[]; minimum_coverage: number; held_to?: number | null },
    { contributions: Contributions | null },
  ];
  'aggregate.ordered_mean': [{ scores: readonly number[]; weights: readonly number[] }, { score: number; orness: number; weights: number[] }];
  'aggregate.cap_at_floor': [
    { score: number; items: readonly ChildItem[]; rule: { floor: number; cap?: number | null } },
    { score: number; capped: boolean; below: number[] },
  ];
  'aggregate.mazziotta_pareto': [MazziottaParetoRequest, MazziottaPareto];
  'aggregate.copeland': [CopelandRequest, Copeland];
}

// ---- weights by participation

export interface Side {
  id: string;
  /** 1 when absent. */
  weight?: number;
}

export interface Panel {
  /** What is weighed, in the order of all lists of numbers. */
  criteria: readonly string[];
  when: string;
  sides?: readonly Side[];
  /** From how many participants on the weights of a side are shown; never when absent. */
  smallest_side_shown?: number | null;
  note?: string | null;
}

export type WeightingMethod = 'equal' | 'declared' | 'budget_allocation' | 'swing' | 'ahp_eigenvector' | 'ahp_geometric_mean' | 'best_worst';

/** `weighting.kendall` */
export interface Concordance {
  w: number;
  chi_square: number;
  df: number;
  p: number;
  raters: number;
  items: number;
}

export interface WeightSet {
  weights: { criterion: string; weight: number }[];
  provenance: {
    method: WeightingMethod;
    aggregation?: 'priorities' | 'judgements';
    when: string;
    participants: number;
    sides?: { side: string; weight: number; participants: number }[];
    concordance?: Concordance;
    spread?: { min: number; max: number; mean: number; sd: number }[];
    note?: string;
  };
}

export interface AhpConsistency {
  lambda_max: number;
  ci: number;
  cr: number;
  inconsistent?: { first: string; second: string }[];
}

/** What `weighting.budget`, `.swing`, `.ahp` and `.best_worst` answer. */
export interface Elicited {
  weight_set: WeightSet;
  sides?: { side: string; participants: number; weights: number[] | null }[];
  ahp?: AhpConsistency[];
  ahp_group?: AhpConsistency;
  best_worst?: { xi: number; input_ratio: number | null; inconsistent?: string[] }[];
  findings?: Findings;
}

export interface AhpRules {
  largest_ratio: number;
  priority?: 'eigenvector' | 'geometric_mean';
  aggregation?: 'priorities' | 'judgements';
  random_index?: readonly number[] | null;
}

export interface PointsAnswer {
  side?: string | null;
  points: readonly number[];
}

export interface Comparisons {
  side?: string | null;
  /** The whole matrix, or `upper`: what stands above its diagonal, row by row. */
  matrix?: readonly (readonly number[])[] | null;
  upper?: readonly number[] | null;
}

export interface BestWorstAnswer {
  side?: string | null;
  best: string;
  worst: string;
  best_to_others: readonly number[];
  others_to_worst: readonly number[];
}

export interface Operations {
  'weighting.equal': [{ criteria: readonly string[]; when: string; note?: string | null }, WeightSet];
  'weighting.budget': [{ panel: Panel; participants: readonly PointsAnswer[]; budget: number }, Elicited];
  'weighting.swing': [{ panel: Panel; participants: readonly PointsAnswer[]; top: number }, Elicited];
  'weighting.ahp': [{ panel: Panel; participants: readonly Comparisons[]; rules: AhpRules }, Elicited];
  'weighting.best_worst': [{ panel: Panel; participants: readonly BestWorstAnswer[]; largest_ratio?: number | null }, Elicited];
  'weighting.kendall': [{ raters: readonly (readonly number[])[] }, { concordance: Concordance | null }];
  'weighting.check': [WeightSet, WeightSet];
}

// ---- the functions

/** Where the compiled module comes from; the file beside the script when absent. */
export type InitSource = string | URL | Request | Response | BufferSource | WebAssembly.Module;

/** Loads the compiled module. Idempotent; in Node it is loaded already. */
export function init(source?: InitSource | Promise<InitSource>): Promise<void>;
export default init;

/** Any operation by JSON text: `{"op": …}` in, `{"ok": …}` or `{"error": …}` out. Throws only before `init`. */
export function callJson(request: string): string;

/** Any operation by name. */
export function call<Op extends keyof Operations>(op: Op, ...fields: Record<string, never> extends Operations[Op][0] ? [fields?: Operations[Op][0]] : [fields: Operations[Op][0]]): Operations[Op][1];

export function check(observations: Observations): CheckAnswer;
export function assess(request: AssessRequest): ReportData;
export function explain(request: ExplainRequest): Explanation;
export function importFiles(request: ImportRequest): ImportAnswer;
export function score(request: ScoreRequest): Score;
export function versions(): Versions;

export const catalogue: {
  list(query?: { selection?: string | null }): IndicatorSummary[];
  show(id: string): IndicatorShow;
  /** Texts, modules, selections, and dimensions with their groups: what a form needs. */
  overview(): CatalogueOverview;
};

/** From one code list to another: a list (`from`) or words of one's own (`local`) to a list (`to`) or to codes of the catalogue (`into`). */
export interface MappingRequest {
  dimension: string;
  codes: readonly string[];
  from?: string | null;
  local?: Record<string, string> | null;
  to?: string | null;
  into?: readonly string[] | null;
}

export interface Mapping {
  /** Each code once; `code` is the catalogue's. */
  codes: { from: string; code?: string; to?: string }[];
  loss: { kind: 'no_counterpart' | 'ambiguous' | 'merged' | 'not_covered' | 'overlapping'; to?: string; from: string[] }[];
  lossless: boolean;
  /** Whether one person can have several of the codes. */
  multi_select: boolean;
}

/** Columns of microdata by name, one entry a row; null for missing. */
export type SurveyColumns = Record<string, readonly (number | string | boolean | null)[]>;
export type FpcKind = 'population' | 'fraction';
export type ReplicateMethod = 'brr' | { fay: number } | 'jackknife1' | 'jackknife_n' | 'bootstrap' | 'successive_difference' | 'other';

/** How the sample was drawn, what to estimate and for whom. */
export interface SurveyPlan {
  design: {
    weight: string;
    stratum?: string;
    psu?: string;
    /** Whether the same code in two strata means two units; true where absent. */
    nested?: boolean;
    fpc?: { column: string; kind: FpcKind };
    second_stage?: { unit?: string; fpc: { column: string; kind: FpcKind } };
    replicates?: {
      columns: readonly string[];
      method: ReplicateMethod;
      scale?: number;
      rscales?: readonly number[];
      mse?: boolean;
      combined?: boolean;
      degrees_of_freedom?: number;
    };
    lonely_psu?: 'fail' | 'certainty' | 'centre' | 'average';
    population?: number;
  };
  estimates: Record<string, SurveyMeasure>;
  /** Everybody where absent. */
  domains?: readonly { by?: readonly string[]; groups?: readonly (readonly string[])[] }[];
  limits?: { cells?: number; values?: number };
}

export type QuantileRule = 'eurostat' | 'laeken' | 'survey';
export type PovertyThreshold = { given: number } | { share_of_median: number } | { share_of_own_median: number };
export type SurveyMeasure =
  | { kind: 'total'; variable?: string; category?: string }
  | { kind: 'mean'; variable: string }
  | { kind: 'proportion'; variable: string; category?: string }
  | { kind: 'ratio'; numerator: string; denominator: string }
  | { kind: 'rate'; numerator: string; denominator?: string; multiplier: number }
  | { kind: 'quantile'; variable: string; probability: number; rule?: QuantileRule }
  | { kind: 'median'; variable: string; rule?: QuantileRule }
  | { kind: 'at_risk_of_poverty' | 'poverty_gap'; variable: string; threshold: PovertyThreshold; rule?: QuantileRule }
  | { kind: 'quintile_share_ratio'; variable: string; rule?: QuantileRule }
  | { kind: 'gini'; variable: string };

export type ProportionRule = 'logit' | 'wilson' | 'korn_graubard' | 'student_t';

export interface QualityRules {
  cv_fine: number;
  cv_caution: number;
  zero_width_fine: number;
  zero_width_caution: number;
  minimum_n: number;
  population_tolerance: number;
  nchs?: { minimum_n: number; absolute_width_fine: number; absolute_width_limit: number; relative_width_limit: number; minimum_df: number };
}

export interface SurveyReporting {
  confidence: number;
  proportion_interval?: ProportionRule;
  korn_graubard?: 'capped' | 'survey';
  quality?: QualityRules;
  /** Whether the groups of each domain are also given with the covariances of their estimates. */
  covariances?: boolean;
}

/** One estimate for one group; not released. */
export interface SurveyEstimate {
  estimate: string;
  kind: SurveyMeasure['kind'];
  /** Empty: everybody. */
  domain: { dimension: string; code: string }[];
  value?: number;
  absent?: 'empty_domain' | 'all_missing' | 'not_defined';
  se?: number;
  cv?: number;
  interval?: Interval;
  df?: number;
  n: number;
  psus?: number;
  strata?: number;
  population?: number;
  deff?: number;
  effective_n?: number;
  threshold?: number;
  quality?: 'fine' | 'caution' | 'not_published' | 'not_assessed';
  flags?: string[];
}

/** The groups of one estimate and domain: `groups` and `covariance` go into `equality.compare` and `equality.measures`. */
export interface SurveyGroups {
  estimate: string;
  by: string[];
  codes: string[][];
  groups: { value: number; se?: number; size: number; n: number }[];
  /** Absent where the error of a group is not known. */
  covariance?: number[][];
  without_value?: string[][];
}

export interface SurveyResults {
  estimates: SurveyEstimate[];
  groups?: SurveyGroups[];
  rows: number;
  findings: Findings;
}

/** A state in base64, as confidential as the microdata. */
export interface SurveyState {
  state: string;
  plan_fingerprint: string;
}

export interface Operations {
  'survey.estimate': [{ columns: SurveyColumns; plan: SurveyPlan; reporting: SurveyReporting }, SurveyResults];
  'survey.accumulate': [{ columns: SurveyColumns; plan: SurveyPlan; state?: string | null }, SurveyState];
  'survey.merge': [{ plan: SurveyPlan; states: readonly string[] }, SurveyState];
  'survey.finish': [{ plan: SurveyPlan; state: string; reporting: SurveyReporting }, SurveyResults];
  'survey.mean_interval': [{ value: number; se: number; df: number; confidence: number }, Interval];
  'survey.proportion_interval': [
    { proportion: number; se: number; n: number; df: number; confidence: number; rule?: ProportionRule; profile?: 'capped' | 'survey' },
    { interval: Interval | null },
  ];
  'survey.quality': [
    { value: number; se?: number | null; n: number; df?: number | null; is_share?: boolean; confidence: number; rules: QualityRules },
    { quality: 'fine' | 'caution' | 'not_published' | 'not_assessed'; flags: string[] },
  ];
}

export const survey: {
  /** Takes microdata part by part and keeps what the estimates of the plan need; from the bytes of an earlier state when given. Not in the small module. */
  accumulator(plan: SurveyPlan, state?: Uint8Array): Accumulator;
};

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
  finish(reporting: SurveyReporting): SurveyResults;
  close(): void;
}

/** Reads and checks once, to assess in several ways. */
export function open(observations: Observations): Dataset;

/** Stays in the module. Closing is optional: what is not closed goes with the garbage. */
export interface Dataset {
  check(): CheckAnswer;
  assess(how?: AssessHow): Report;
  close(): void;
}

/** Stays in the module. Closing is optional: what is not closed goes with the garbage. */
export interface Report {
  readonly data: ReportData;
  explain(id: string, place?: string): Explanation;
  /** What each part adds to a score, as SVG; nothing where there are no parts. */
  explainSvg(id: string, place?: string): string | undefined;
  /** A table as CSV, `indicators` when none is named. */
  csv(table?: Table): string;
  rows(table?: Table): Record<string, string | number | boolean | null>[];
  close(): void;
}

// ---- indices: requests and answers of `index.list`, `index.show`, `index.check`, `index.run`, `index.explain`

/** Why a cell has no value. */
export type IndexAbsence =
  | 'missing'
  | 'not_asked'
  | 'refused'
  | 'not_applicable'
  | 'suppressed'
  | 'unreadable'
  | 'out_of_bounds'
  | 'unknown_code'
  | 'insufficient_coverage'
  | 'undefined'
  | 'no_branch';

/** A number, a text (a code, or a word for an absence), or null for missing. */
export type IndexCell = number | string | boolean | null;

/** A table of `index.run`: columns, or the text of a CSV file. */
export type IndexTable =
  | { units: string[]; columns: Record<string, IndexCell[]> }
  | { csv: string; unit?: string[]; dialect?: { delimiter?: string; decimal?: 'point' | 'comma' | 'detect'; encoding?: 'detect' | 'utf-8' | 'latin-1' } };

/** Fields of `index.run`. `index` is the id of a published index, or a whole file as an object. */
export interface IndexRunRequest {
  index: string | object;
  table: IndexTable;
  outputs?: string[];
}

/** Fields of `index.explain`: `of` is the unit. */
export interface IndexExplainRequest extends IndexRunRequest {
  of: string;
}

export interface IndexOutput {
  id: string;
  name?: string;
  unit?: string;
  kind: 'number' | 'text';
  set_dependent: boolean;
  values: (number | string | null)[];
  absent: { unit: string; reason: IndexAbsence; from: string }[];
}

/** Answer of `index.run`. */
export interface IndexResult {
  index: string;
  edition: string;
  fingerprint: string;
  units: string[];
  outputs: IndexOutput[];
  findings: Findings;
}

/** One of `index.list`; `summary` of `index.show` and `index.check`. */
export interface IndexSummary {
  id: string;
  edition: string;
  title: string;
  unit: string;
  source: string;
  licence: string;
  reproduces?: string;
  fingerprint: string;
  inputs: { id: string; column: string; name?: string; unit?: string; kind: 'number' | 'text'; bounds?: [number, number]; codes?: string[]; optional: boolean }[];
  steps: number;
  outputs: { id: string; name?: string; unit?: string; kind: 'number' | 'text'; set_dependent: boolean }[];
}

export type IndexTraced = number | string | { absent: IndexAbsence; from: string };

/** Answer of `index.explain`. */
export interface IndexExplanation {
  index: string;
  edition: string;
  source: string;
  unit: string;
  steps: {
    id: string;
    name?: string;
    rule: string;
    text: string;
    clause?: string;
    inputs: Record<string, IndexTraced>;
    result: IndexTraced;
    unit?: string;
    set_dependent?: boolean;
    reasons?: string[];
  }[];
}
