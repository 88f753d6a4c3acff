// The packed tarball, installed as a user installs it: loading, errors, handles.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { install, write } from './helpers.mjs';

const ROWS = [
  { indicator: 'WSP-O-04', place: 'gent', place_name: 'Gent', period: '2017', numerator: 9000, denominator: 120000, source: 'Register' },
  { indicator: 'WSP-O-04', place: 'gent', period: 2018, numerator: 8000, denominator: 120000 },
  { indicator: 'WSP-O-04', place: 'gent', period: '2018', SEX: 'F', numerator: 4500, denominator: 60000 },
  { indicator: 'WSP-O-04', place: 'gent', period: '2018', groups: { SEX: 'M' }, numerator: 3500, denominator: 60000 },
  { indicator: 'HOU-O-01', place: 'gent', period: '2018', numerator: 3, denominator: 260000 },
  { indicator: 'GOV-S-01', place: 'gent', period: '2018', value: 3 },
  { indicator: 'WSP-O-04', place: 'nowhere', period: '2018', status: 'not_asked' },
  { indicator: 'WSP-O-99', place: 'gent', period: '2018', value: 1 },
];

describe('the installed package', () => {
  let folder;
  let required;
  let imported;
  before(async (t) => {
    folder = install({ after: (work) => process.on('exit', work) });
    required = createRequire(join(folder, 'user.js'))('sms-wasm');
    imported = await import(join(folder, 'node_modules/sms-wasm/dist/node/index.mjs'));
  });

  it('loads by import and by require, as one instance', () => {
    const run = (name, text) => execFileSync(process.execPath, [write(folder, name, text)], { encoding: 'utf8' }).trim();
    const same = '71.66666666666667';
    assert.equal(run('a.mjs', "import { init, score } from 'sms-wasm'; await init(); await init(); console.log(score({ rule: 'goalposts', value: 37, worst: 80, best: 20 }).score);"), same);
    assert.equal(run('b.cjs', "const { score } = require('sms-wasm'); console.log(score({ rule: 'goalposts', value: 37, worst: 80, best: 20 }).score);"), same);
    assert.equal(imported.SmsError, required.SmsError);
    assert.deepEqual(Object.keys(imported).sort(), Object.keys(required).sort());
  });

  it('takes a survey part by part, with the same bits as at once', () => {
    const { survey, call, SmsError } = required;
    const plan = { design: { weight: 'w', stratum: 'h', psu: 'i' }, estimates: { mean: { kind: 'mean', variable: 'y' } }, domains: [{}, { by: ['g'] }] };
    const columns = { w: [1.5, 2, 3, 4, 5.25, 6], h: ['n', 'n', 'n', 's', 's', 's'], i: [1, 2, 1, 3, 4, 3], y: [10, 20, 35, 1, 7, 12], g: ['a', 'b', 'a', 'b', 'a', 'b'] };
    const some = (rows) => Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, rows.map((row) => values[row])]));
    const reporting = { confidence: 0.95 };
    const whole = call('survey.estimate', { plan, columns, reporting });
    const one = survey.accumulator(plan);
    one.update(some([5, 0]));
    const other = survey.accumulator(plan);
    other.update(some([3, 1]));
    other.update(some([4, 2]));
    const carried = survey.accumulator(plan, other.toBytes());
    one.merge(carried);
    assert.deepEqual(one.finish(reporting), whole);
    assert.equal(one.planFingerprint, other.planFingerprint);
    const at = one.toBytes();
    // a part that is refused leaves nothing behind
    assert.throws(() => one.update({ ...some([0, 1]), w: [1, -1] }), (e) => e instanceof SmsError && e.code === 'survey.bad-weight');
    assert.deepEqual(one.toBytes(), at);
    assert.throws(() => survey.accumulator({ ...plan, domains: [{}] }, at), (e) => e.code === 'survey.other-plan');
    assert.throws(() => survey.accumulator(plan, at.slice(0, -3)), (e) => e.code.startsWith('survey.'));
    // it is as confidential as the microdata: nothing of it is printed
    assert.equal(JSON.stringify(one), JSON.stringify({}));
    for (const held of [one, other, carried]) held.close();
  });

  it('does what its README says', () => {
    const [, block] = readFileSync(join(folder, 'node_modules/sms-wasm/README.md'), 'utf8').match(/```js\n([^]*?)```/);
    const told = execFileSync(process.execPath, [write(folder, 'readme.mjs', block)], { encoding: 'utf8' });
    assert.match(told, /^6\.66\d* 93\.3/);
    assert.match(told, /It is 8000 out of 120000/);
  });

  it('needs nothing but itself', () => {
    const { dependencies, sideEffects } = JSON.parse(readFileSync(join(folder, 'node_modules/sms-wasm/package.json'), 'utf8'));
    assert.equal(dependencies, undefined);
    assert.equal(sideEffects, false);
    assert.deepEqual(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.')), ['sms-wasm']);
  });

  it('gives plain objects without BigInt', () => {
    const walk = (value) => {
      assert.notEqual(typeof value, 'bigint');
      if (value === null || typeof value !== 'object') return;
      assert.ok(Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype);
      for (const part of Object.values(value)) walk(part);
    };
    walk(required.assess({ observations: { rows: ROWS } }));
    walk(required.catalogue.overview());
  });

  it('throws errors that say what, where and how to go on', () => {
    const thrown = (work) => {
      try {
        work();
      } catch (error) {
        assert.ok(error instanceof required.SmsError && error instanceof Error);
        return error;
      }
      return assert.fail('nothing was thrown');
    };
    const equal = thrown(() => required.score({ rule: 'goalposts', value: 1, worst: 5, best: 5 }));
    assert.equal(equal.code, 'score.equal-goalposts');
    assert.match(equal.hint, /differ/);
    const missing = thrown(() => required.call('period.parse', {}));
    assert.deepEqual([missing.code, missing.path, typeof missing.expected], ['wire.bad-request', 'text', 'string']);
    assert.equal(thrown(() => required.catalogue.show('HOU-O-1')).params.did_you_mean, 'HOU-O-01');
    assert.equal(thrown(() => required.call('score.goalpost', {})).params.did_you_mean, 'score.goalposts');
    assert.equal(thrown(() => required.score({ rule: 'goalposts', value: NaN, worst: 0, best: 1 })).code, 'wire.bad-request');
    assert.equal(thrown(() => required.explain({ observations: { rows: ROWS }, id: 'nothing' })).code, 'explain.unknown-id');
    assert.equal(thrown(() => required.check({})).code, 'wire.bad-request');
    assert.equal(thrown(() => required.check(undefined)).code, 'wire.bad-request');
    assert.equal(thrown(() => required.assess({ observations: { rows: ROWS }, policy: { threshold: 0 } })).code, 'release.bad-threshold');
    assert.equal(thrown(() => required.assess({ observations: { rows: ROWS }, method: 'none' })).code, 'wire.bad-request');
    assert.equal(thrown(() => required.open({ rows: ROWS }).assess().csv('none')).code, 'wire.bad-request');
    assert.equal(JSON.parse(required.callJson('{')).error.code, 'json.syntax');
    assert.equal(JSON.parse(JSON.stringify(equal)).code, 'score.equal-goalposts');
  });

  it('hands numbers that are none to the core as a finding, not as an empty field', () => {
    const { findings } = required.check({ rows: [{ indicator: 'WSP-O-04', place: 'gent', period: '2018', value: Infinity }] });
    assert.equal(findings.counts['obs.not-finite'], 1);
  });

  it('keeps handles that answer as the one-shot calls do', () => {
    const dataset = required.open({ rows: ROWS });
    const report = dataset.assess({ plan: { selection: ['core', 'WSP-O-04'] } });
    const request = { observations: { rows: ROWS }, plan: { selection: ['core', 'WSP-O-04'] } };
    assert.deepEqual(dataset.check(), required.check({ rows: ROWS }));
    assert.deepEqual(report.data, required.assess(request));
    assert.deepEqual(report.explain('WSP-O-04', 'gent'), required.explain({ ...request, id: 'WSP-O-04', place: 'gent' }));
    for (const table of ['indicators', 'nodes', 'gaps', 'figures']) {
      assert.equal(report.csv(table).trim().split('\n').length, report.rows(table).length + 1);
    }
    report.close();
    dataset.close();
  });

  it('withholds small counts unless the report stays with the data holder', () => {
    const figure = (policy) => required.assess({ observations: { rows: ROWS }, plan: { selection: ['HOU-O-01'] }, policy }).places.find((p) => p.place === 'gent').indicators[0].figure.kind;
    assert.equal(figure(undefined), 'suppressed');
    assert.equal(figure({ internal: true }), 'value');
  });

  it('takes the report that was published before into account, in all ways of asking', () => {
    const rows = (numerator, denominator) => ({ rows: [{ indicator: 'HOU-O-03', place: 'gent', period: '2018', numerator, denominator }] });
    const first = required.open(rows(300, 1980)).assess();
    const later = required.open(rows(304, 2000));
    const kind = (report) => report.rows('figures')[0].state;
    // by itself it may be shown; after the first it would tell of 4 persons of 20
    assert.equal(kind(later.assess()), 'value');
    for (const previous of [first, first.data]) assert.equal(kind(later.assess({ previous })), 'suppressed');
    const { data } = later.assess({ previous: first });
    assert.deepEqual(required.assess({ observations: rows(304, 2000), previous: first }), data);
    assert.deepEqual(required.call('assess', { observations: rows(304, 2000), previous: first.data }), data);
    assert.equal(required.explain({ observations: rows(304, 2000), previous: first.data, id: 'HOU-O-03' }).result, undefined);
    assert.equal(required.call('disclosure.attack_report', { report: later.assess().data, previous: first.data }).safe, false);
    const internal = required.open(rows(300, 1980)).assess({ policy: { internal: true } });
    assert.throws(() => later.assess({ previous: internal }), { code: 'release.internal-report', path: 'previous' });
  });

  it('tells nothing that depends on what is withheld', () => {
    // four persons or three of the second group, and one more or less beside them: what is shown is the same
    const rows = (a, b) => ({
      rows: [[undefined, 500, 3000], ['Y_LT18', a, 900], ['Y_GE65', b, 900], ['Y18-64', 400, 1200]].map(([AGE, numerator, denominator]) => ({
        indicator: 'HOU-O-03', place: 'gent', period: '2018', AGE, numerator, denominator,
      })),
    });
    const told = (observations) => {
      const report = required.open(observations).assess();
      const ids = ['HOU-O-03', 'HOU', 'overall'];
      const thrown = () => {
        try {
          return report.explain('HOU-O-3');
        } catch (error) {
          return [String(error), error.stack.split('\n')[0], JSON.stringify(error)];
        }
      };
      const tables = ['indicators', 'nodes', 'gaps', 'figures', 'progress', 'disaggregation'];
      return JSON.stringify([report.data, ids.map((id) => [report.explain(id), report.explainSvg(id)]), tables.map((t) => [report.csv(t), report.rows(t)]), thrown(), String(report)]);
    };
    const one = told(rows(4, 96));
    assert.equal(one, told(rows(3, 97)));
    assert.match(one, /suppressed/);
    assert.notEqual(one, told(rows(40, 60)));
  });

  it('does not leak: a thousand calls keep the memory', () => {
    const sizes = [];
    for (let i = 0; i < 1000; i++) {
      required.explain({ observations: { rows: ROWS }, plan: { selection: ['WSP-O-04'] }, id: 'WSP-O-04', place: 'gent' });
      if (i % 100 === 99) sizes.push(process.memoryUsage().arrayBuffers + process.memoryUsage().external);
    }
    assert.ok(sizes.at(-1) <= sizes[0] + 4_000_000, sizes.join(' '));
  });
});
