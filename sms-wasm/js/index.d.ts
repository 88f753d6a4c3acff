/** Shapes of what goes in and what comes out. Numbers are plain JavaScript numbers; an absent key means absent. */

// ---- words

export type ValueKind = 'proportion' | 'rate' | 'ratio' | 'count' | 'mean' | 'median' | 'index' | 'boolean' | 'maturity' | 'difference';
export type MeasureType = 'structural' | 'process' | 'outcome';
export type ResultLevel = 'input' | 'activity' | 'output' | 'outcome' | 'impact';
export type Polarity = 'higher' | 'lower' | 'value' | 'range' | 'ambiguous' | 'none';
export type Tier = 'core' | 'thematic';
export type Privacy = 'none' | 'low' | 'medium' | 'high';
export type Severity = 'note' | 'warning' | 'error';
export type Standing = 'below' | 'at' | 'above' | 'no_standard';
export type Operator = '>=' | '<=' | '>' | '<' | '=';
export type MeanKind = 'arithmetic' | 'geometric' | 'harmonic';
export type NodeKind = 'overall' | 'module' | 'right' | 'attribute' | 'result_level';
export type NodeState = 'rated' | 'outcomes_only' | 'outputs_only' | 'insufficient_coverage';
export type NotScored = 'no_figure' | 'ambiguous' | 'context' | 'no_goalposts';
export type Direction = 'better' | 'worse' | 'unchanged' | 'changed';
export type GapVerdict = 'shown' | 'not_distinguishable' | 'not_tested';
export type MissingReason = 'no_data' | 'no_total' | 'too_old' | 'missing' | 'not_asked' | 'refused' | 'not_applicable' | 'no_denominator' | 'unknown_count';
/** A table of a report. */
export type Table = 'indicators' | 'nodes' | 'gaps' | 'figures';

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
}
export interface AssessRequest extends AssessHow {
  observations: Observations;
  /** An earlier report, so that the two together tell no more than each. */
  previous?: ReportData | { [field: string]: unknown } | null;
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
  p?: number;
  verdict: GapVerdict;
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
  series: Point[];
  groups: GroupReport[];
  gaps: GapReport[];
  missing_disaggregation: string[];
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
}

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
  | { rule: 'goalposts'; value: number; worst: number; best: number; polarity?: Polarity | null }
  | { rule: 'logarithmic'; value: number; worst: number; best: number }
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
  p?: number;
  verdict: GapVerdict;
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
  verdicts: { safe: number; exact: number; too_narrow: number; unproven: number };
  figures: { indicator: string; place: string; period: string; groups: [string, string][]; what: string; lower: number; upper?: number; verdict: AttackVerdict }[];
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
  'disclosure.attack_report': [{ report: ReportData | { [field: string]: unknown }; previous?: ReportData | { [field: string]: unknown } | null; limits?: DisclosureLimits | null }, ReportAttack];
  'dimension.accepts': [{ dimension: string; code: string }, { accepts: boolean; total: boolean }];
  check: [{ observations: Observations }, CheckAnswer];
  assess: [AssessRequest, ReportData];
  explain: [ExplainRequest, Explanation];
  import: [ImportRequest, ImportAnswer];
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
  /** A table as CSV, `indicators` when none is named. */
  csv(table?: Table): string;
  rows(table?: Table): Record<string, string | number | boolean | null>[];
  close(): void;
}
