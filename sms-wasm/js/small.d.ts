/** The small module, for browsers: the same names, and the operations of one figure, of a catalogue, and from observations to a report. */
import type { Call, Score, ScoreRequest as AnyScoreRequest } from './index.js';
import type { Operations as AllOperations } from './operations.js';

export type * from './index.js';
export { SmsError, assess, callJson, catalogue, check, init as default, explain, importFiles, init, open, versions } from './index.js';

/** The operations that it has. */
export type OperationName =
  | 'aggregate.mean'
  | 'assess'
  | 'catalogue.list'
  | 'catalogue.show'
  | 'check'
  | 'dimension.accepts'
  | 'dimension.map'
  | 'disclosure.complementary'
  | 'disclosure.primary'
  | 'equality.gap'
  | 'estimate.byar'
  | 'estimate.from_counts'
  | 'estimate.given'
  | 'estimate.wilson'
  | 'explain'
  | 'import'
  | 'number.parse'
  | 'period.parse'
  | 'progress.change'
  | 'rbm.band'
  | 'rbm.combine'
  | 'rbm.rating'
  | 'score.band'
  | 'score.goalposts'
  | 'score.logarithmic'
  | 'score.maturity'
  | 'score.target_ratio'
  | 'score.yes_no'
  | 'target.is_met'
  | 'target.standing'
  | 'versions';
export type Operations = Pick<AllOperations, OperationName>;

/**
 * Any operation by name.
 * @throws SmsError what the operation refuses.
 */
export const call: Call<OperationName>;

/** The score of one value, 0 to 100, by the rule of that name. */
export function score(request: ScoreRequest): Score;
export type ScoreRequest = AnyScoreRequest<OperationName>;
