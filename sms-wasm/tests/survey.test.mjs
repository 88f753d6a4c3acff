// Survey microdata on the packed package: bad input is never silent, and from rows to a gap in two calls.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'node:test';
import { install } from './helpers.mjs';

const COLUMNS = {
  w: [1.5, 2, 0.1, 4, 0.7, 2.5, 3, 1],
  h: ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b'],
  i: [1, 1, 2, 2, 1, 1, 2, 2],
  y: [3, 0.1, 0.2, null, 5, 7.5, 1.25, 9],
  group: ['f', 'm', 'f', 'm', 'f', 'm', null, 'm'],
};
const DESIGN = { weight: 'w', stratum: 'h', psu: 'i' };
const ones = (length, value) => Array.from({ length }, () => value);
const ONE_UNIT = { i: [1, 1, 1, 1, 1, 1, 2, 2] };
const UNITS_ONLY = { weight: 'w', psu: 'i' };
// what is wrong, the rows, the plan, the code, and whether it stops the call
const BAD = [
  ['negative weight', { w: [-1.5, 2, 0.1, 4, 0.7, 2.5, 3, 1] }, {}, 'survey.bad-weight', true],
  ['weight that is no number', { w: ['NaN', 2, 0.1, 4, 0.7, 2.5, 3, 1] }, {}, 'survey.bad-weight', true],
  ['weight missing', { w: [null, 2, 0.1, 4, 0.7, 2.5, 3, 1] }, {}, 'survey.bad-weight', true],
  ['no weight at all', { w: ones(8, 0) }, {}, 'survey.no-weight', false],
  ['stratum missing', { h: ['a', 'a', 'a', null, 'b', 'b', 'b', 'b'] }, {}, 'survey.missing-design-value', true],
  ['unit missing', { i: [1, 1, 2, 2, 1, 1, 2, null] }, {}, 'survey.missing-design-value', true],
  ['codes reused', {}, {}, 'survey.psu-reused', false],
  ['codes in two strata', {}, { design: { ...DESIGN, nested: false } }, 'survey.psu-in-two-strata', true],
  ['one unit in a stratum', ONE_UNIT, {}, 'survey.lonely-psu', true],
  ['the same, certain', ONE_UNIT, { design: { ...DESIGN, lonely_psu: 'certainty' } }, 'survey.lonely-psu-adjusted', false],
  ['one unit at all', { i: ones(8, 1) }, { design: UNITS_ONLY }, 'survey.lonely-psu', true],
  ['the same, certain', { i: ones(8, 1) }, { design: { ...UNITS_ONLY, lonely_psu: 'certainty' } }, 'survey.no-variance', false],
  ['empty group', {}, { domains: [{ by: ['group'], groups: [['x']] }] }, 'survey.empty-domain', false],
  ['nobody answered', { y: ones(8, null) }, {}, 'survey.all-missing', false],
  ['value that is no number', { y: ['NaN', 0.1, 0.2, null, 5, 7.5, 1.25, 9] }, {}, 'num.not-finite', true],
  ['population missed', {}, { design: { ...DESIGN, population: 20 } }, 'survey.weights-miss-population', false],
  ['no spread', { y: ones(8, 3) }, {}, 'survey.zero-variance', false],
  ['no rows', { w: [], h: [], i: [], y: [], group: [] }, {}, 'survey.no-rows', true],
];

test('survey microdata', async (t) => {
  const { call, survey } = createRequire(join(install(t), 'user.js'))('sms-wasm');
  const reporting = { confidence: 0.95 };
  const base = { design: DESIGN, estimates: { y: { kind: 'mean', variable: 'y' } }, domains: [{}] };
  const refused = (work) => {
    try {
      work();
    } catch (error) {
      return error.code;
    }
    return 'nothing';
  };

  for (const [what, columns, changes, code, stops] of BAD) {
    await t.test(what, () => {
      const plan = { ...base, ...changes };
      const rows = { ...COLUMNS, ...columns };
      const whole = () => call('survey.estimate', { columns: rows, plan, reporting });
      const kept = () => {
        const state = survey.accumulator(plan);
        state.update(rows);
        return state.finish(reporting);
      };
      if (stops) {
        assert.equal(refused(whole), code);
        assert.equal(refused(kept), code);
        return;
      }
      const made = whole();
      assert.deepEqual(kept(), made);
      assert.ok(code in made.findings.counts, JSON.stringify(made.findings.counts));
      // an error of 0 is said to be one
      assert.equal(made.estimates.some((e) => e.se === 0), 'survey.zero-variance' in made.findings.counts);
    });
  }

  await t.test('states of others, and broken ones', () => {
    const state = survey.accumulator(base);
    state.update(COLUMNS);
    const bytes = state.toBytes();
    const other = { ...base, domains: [{ by: ['group'] }] };
    assert.equal(refused(() => survey.accumulator(other).merge(state)), 'survey.other-plan');
    assert.equal(refused(() => survey.accumulator(other, bytes)), 'survey.other-plan');
    for (const broken of [bytes.slice(0, -1), new Uint8Array(), new Uint8Array(100)]) {
      assert.equal(refused(() => survey.accumulator(base, broken)), 'survey.bad-state');
    }
  });

  await t.test('from microdata to a gap', () => {
    const columns = { ...COLUMNS, group: ['f', 'm', 'f', 'm', 'f', 'm', 'f', 'm'], y: [3, 0.1, 0.2, 4, 5, 7.5, 1.25, 9] };
    const plan = { ...base, domains: [{ by: ['group'] }] };
    assert.equal(call('survey.estimate', { columns, plan, reporting }).groups, undefined);
    const [{ codes, groups, covariance }] = call('survey.estimate', { columns, plan, reporting: { ...reporting, covariances: true } }).groups;
    assert.deepEqual(codes, [['f'], ['m']]);
    const [found] = call('equality.compare', { groups, covariance, polarity: 'higher', against: 'named', floor: 0 }).found;
    const expected = Math.sqrt(covariance[0][0] + covariance[1][1] - 2 * covariance[0][1]);
    assert.ok(covariance[0][1] !== 0 && Math.abs(found.se - expected) < 1e-12 * expected);
  });
});
