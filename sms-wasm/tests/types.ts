// Compiled, never run: every function and every union, as a user writes them.
import init, {
  SmsError, assess, call, callJson, catalogue, check, explain, importFiles, open, score, survey, versions,
} from 'sms-wasm';
import type { AssessRequest, ErrorData, Figure, Method, Observations, Plan, Policy, Report, ReportData, Row, ScoreRequest, SurveyPlan, Table, wire } from 'sms-wasm';

export const load = async (module: WebAssembly.Module, response: Promise<Response>): Promise<void> => {
  await init();
  await init('sms_bg.wasm');
  await init(new URL('https://localhost/sms_bg.wasm'));
  await init(module);
  await init(response);
  await init(new Uint8Array());
};

const observations: Observations = { rows: [{ indicator: 'WSP-O-04', place: 'gent', period: 2018, SEX: 'F', value: 4.1 }] };
const file: Observations = { csv: 'indicator;place;period;value', dialect: { delimiter: ';', decimal: 'comma', encoding: 'latin-1' } };
const policy: Policy = { threshold: 10, fingerprint_key: 'secret' };

export const shown = (figure: Figure): string => {
  switch (figure.kind) {
    case 'value':
      return `${figure.value} ${figure.lower ?? ''} ${figure.upper ?? ''}`;
    case 'suppressed':
      return 'withheld';
    case 'missing':
      return figure.reason === 'not_asked' ? 'not asked' : figure.reason;
    default: {
      const never: never = figure;
      return never;
    }
  }
};

const requests: ScoreRequest[] = [
  { rule: 'goalposts', value: 1, worst: 0, best: 2, polarity: 'higher' },
  { rule: 'logarithmic', value: 1, worst: 1, best: 2 },
  { rule: 'target_ratio', value: 1, target: 2, polarity: 'lower' },
  { rule: 'band', value: 1, worst_low: 0, lower: 1, upper: 2, worst_high: 3 },
  { rule: 'maturity', level: 2, map: [0, 25, 50, 75, 100] },
  { rule: 'yes_no', value: 1 },
];

export const everything = (): void => {
  const text: string = callJson('{"op":"versions"}');
  const edition: string | undefined = versions().methods['standard'];
  const scores: number[] = requests.map((request) => score(request).score);
  const left: number[] = check(file).rejected;
  const data: ReportData = assess({ observations, plan: { selection: ['core'], periods: { only: ['2018'] } }, policy, method: 'standard' });
  const steps: string[] = explain({ observations, id: 'overall', place: 'gent' }).steps.map((step) => step.text);
  const used: number[] = importFiles({ crosswalk: { place: { code: 'gent' }, file: [] }, files: [{ name: 'a.csv', text: '' }] }).ledger.map((entry) => entry.used);
  const names: string[] = catalogue.list({ selection: 'core' }).map((indicator) => indicator.name);
  const required: string[] = catalogue.show('HOU-O-01').sheet.disaggregation.required;
  const codes: string[] = catalogue.overview().dimensions.flatMap((dimension) => dimension.groups.map((group) => group.code));
  const dataset = open(observations);
  const report: Report = dataset.assess({ plan: { periods: 'each' }, policy: { internal: true } });
  const table: Table = 'figures';
  const csv: string = report.csv(table) + report.csv();
  const rows: (string | number | boolean | null | undefined)[] = report.rows('nodes').map((row) => row['id']);
  report.explain('WSP-O-04').contributions?.map((part) => part.points);
  report.close();
  dataset.close();
  const figures: string[] = data.places.flatMap((place) => place.indicators.map((indicator) => shown(indicator.figure)));
  const standing: 'below' | 'at' | 'above' | 'no_standard' = call('target.standing', { value: 1, standard: 2, polarity: 'higher' }).standing;
  const gap: number | undefined = call('equality.gap', { groups: [{ value: 1 }, { value: 2, se: 1 }], polarity: 'lower', significance: 0.05 }).gap?.difference;
  const mean: number | null = call('aggregate.mean', { items: [{ score: 1, weight: 1 }], minimum_coverage: 0.6 }).score;
  const wire: string = call('versions').wire;
  // @ts-expect-error there is no such operation
  call('score.magic', {});
  // @ts-expect-error a field is missing
  call('period.parse');
  // @ts-expect-error there is no such rule
  score({ rule: 'magic' });
  // @ts-expect-error a plan has no such field
  assess({ observations, plan: { indicators: [] } });
  try {
    score({ rule: 'goalposts', value: 1, worst: 5, best: 5 });
  } catch (error) {
    if (error instanceof SmsError) {
      const told: [string, string, string | undefined, string | undefined, string | undefined, number | undefined] = [error.code, error.hint, error.expected, error.path, error.location.column, error.location.row];
      const near: string | number | undefined = error.params['did_you_mean'];
      void [told, near];
    }
  }
  void [text, edition, scores, left, steps, used, names, required, codes, csv, rows, figures, standing, gap, mean, wire];
};

export const weighed = (): number => {
  const made = call('weighting.ahp', {
    panel: { criteria: ['housing', 'health'], when: '2024', sides: [{ id: 'city' }] },
    participants: [{ side: 'city', upper: [3] }],
    rules: { largest_ratio: 0.1, priority: 'geometric_mean' },
  });
  const mean = call('aggregate.mean', { kind: { power: { exponent: -2 } }, items: [{ score: 60, weight: 1 }], minimum_coverage: 0.6 });
  const set = call('score.set', { rule: 'rank', values: [1, null, 2], polarity: 'lower' });
  const won = call('aggregate.copeland', { units: [[1, null], [2, 3]], minimum_coverage: 0.5 });
  return (made.weight_set.weights[0]?.weight ?? 0) + (mean.score ?? 0) + (set.members[0]?.score ?? 0) + (won.units[0]?.wins ?? 0);
};

export const means = (plan: SurveyPlan, state: Uint8Array): number => {
  const part = survey.accumulator(plan, state);
  part.update({ y: [1, 2, null], g: ['a', 'b', null] });
  part.merge(survey.accumulator(plan));
  return part.finish({ confidence: 0.95 }).rows + part.toBytes().length;
};

export const gap = (rent: number[], sex: string[], household: number[]): string | undefined => {
  const plan: SurveyPlan = {
    design: { weight: 'w', psu: 'household', lonely_psu: 'adjust' },
    estimates: { rent: { kind: 'median', variable: 'rent', rule: 'survey' }, poor: { kind: 'at_risk_of_poverty', variable: 'rent', threshold: { share_of_median: 0.6 } } },
    domains: [{}, { by: ['sex'], groups: [['F'], ['M']] }],
  };
  const made = call('survey.estimate', { columns: { rent, sex, household, w: rent.map(() => 1) }, plan, reporting: { confidence: 0.95, covariances: true } });
  const of = made.groups?.[0];
  if (of?.covariance === undefined) return made.estimates[0]?.absent;
  return call('equality.compare', { groups: of.groups, covariance: of.covariance, polarity: 'lower', against: 'named' }).found[0]?.verdict;
};

/** Rows of a program's own type, without an index signature, and read-only lists. */
interface OwnRow {
  indicator: string;
  place: string;
  period: string;
  value?: number | undefined;
  SEX?: string;
}
export const own = (own: readonly OwnRow[], ids: readonly string[], before: Report | ReportData | null, note: string | undefined): ReportData => {
  const plan: Plan = { selection: ids, targets: null, title: note };
  const row: Row = { indicator: 'HOU-O-01', place: 'gent', period: 2018, AGE: 'Y_GE65', value: '4,1' };
  const request: AssessRequest = { observations: { rows: [...own, row] }, plan, previous: before };
  const method: Method = 'standard';
  check({ rows: own });
  open({ rows: own }).assess({ plan, method, previous: before });
  open({ rows: own }).assess(null);
  call('check', { observations: { rows: own } });
  call('versions', null);
  // @ts-expect-error the column of a value holds a number or its text
  check({ rows: [{ indicator: 'HOU-O-01', place: 'gent', period: '2018', value: {} }] });
  // @ts-expect-error a misspelt field of a list inside
  call('assess', { observations: { rows: own }, plan: { targets: [{ indicator: 'HOU-O-01', target: { period: '2030', value: 1 }, basline: null }] } });
  // @ts-expect-error something else than a report
  assess({ observations: { rows: own }, previous: { rows: [] } });
  const safe: boolean = call('disclosure.attack_report', { report: open({ rows: own }).assess(), previous: before }).safe;
  const ran: wire.IndexResult = call('index.run', { index: 'hdi', table: { units: ['a'], columns: { life: [80, null] as const } } });
  const sheet: wire.Indicator = catalogue.show('HOU-O-01').sheet;
  void [safe, ran, sheet];
  return assess(request);
};

export const refused = (data: ErrorData, cause: unknown): [unknown, string | undefined] => {
  const error = new SmsError(data, { cause });
  const missing = error.fix && 'give' in error.fix ? error.fix.give.field : undefined;
  return [new SmsError(error.toJSON()).cause, missing];
};

export const afresh = (plan: SurveyPlan, report: Report): string | undefined => {
  survey.accumulator(plan, null).finish({ confidence: 0.9, quality: null });
  return report.explainSvg('WSP-O-04', null);
};
