// Asked wrongly in every way that JavaScript has: always an `SmsError`, with a place and a hint. And what other tools make of the package.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { build } from 'esbuild';
import { fieldsOf, install, loadSmall, operations, packageFolder, smallOperations, tarball, write } from './helpers.mjs';

const rows = [
  { indicator: 'WSP-O-04', place: 'gent', period: '2018', numerator: 8000, denominator: 120000 },
  { indicator: 'WSP-O-04', place: 'gent', period: '2018', SEX: 'F', numerator: 4500, denominator: 60000 },
];
const observations = { rows };
const plan = { selection: ['WSP-O-04'] };
const SURVEY = { design: { weight: 'w' }, estimates: { mean: { kind: 'mean', variable: 'y' } } };
const COLUMNS = { w: [1, 2, 3], y: [10, 20, 35] };
const HALF = 'half \ud83d';
const score = { rule: 'goalposts', value: 37, worst: 80, best: 20 };

describe('asked wrongly', () => {
  let folder;
  let sms;
  let again;
  before(() => {
    folder = install({ after: (work) => process.on('exit', work) });
    const need = createRequire(join(folder, 'user.js'));
    sms = need('sms-wasm');
    // the same package at another place: another module, as two versions in one program are
    cpSync(join(folder, 'node_modules/sms-wasm'), join(folder, 'other/node_modules/sms-wasm'), { recursive: true });
    again = createRequire(join(folder, 'other/user.js'))('sms-wasm');
  });

  /** What is thrown, which says what, where and how to go on. */
  const thrown = (work, api = sms) => {
    try {
      work();
    } catch (error) {
      assert.ok(error instanceof api.SmsError, `${error?.name}: ${error?.message}`);
      assert.match(error.code, /^[a-z]+\.[a-z-]+$/);
      assert.ok(error.message.startsWith(`${error.code}: `), error.message);
      assert.ok(error.hint.length > 10);
      assert.equal(typeof error.stack, 'string');
      return error;
    }
    return assert.fail(`nothing was thrown by ${work}`);
  };
  const told = (work) => {
    const { code, path } = thrown(work);
    return [code, path];
  };

  it('by JSON text that is none', () => {
    for (const request of [undefined, null, 5, {}, [], Symbol('x'), () => {}, new String('{}'), 5n]) {
      assert.deepEqual(told(() => sms.callJson(request)), ['wire.bad-request', '$']);
    }
    const { error } = JSON.parse(sms.callJson(`{"op":\n"${HALF}"}`));
    assert.deepEqual([error.code, error.location.path, error.expected], ['json.syntax', 'line 2 column 7', 'well-formed text']);
    assert.ok(error.hint.length > 10);
    assert.equal(JSON.parse(sms.callJson('{"op": "versions \u{1f600}"}')).error.code, 'wire.unknown-op');
    assert.equal(JSON.parse(sms.callJson('')).error.code, 'json.syntax');
  });

  it('by an operation or fields that are none', () => {
    assert.deepEqual(told(() => sms.call()), ['wire.bad-request', 'op']);
    assert.deepEqual(told(() => sms.call(5)), ['wire.bad-request', 'op']);
    assert.deepEqual(told(() => sms.call({ op: 'versions' })), ['wire.bad-request', 'op']);
    assert.deepEqual(told(() => sms.call(Symbol('op'))), ['wire.bad-request', 'op']);
    assert.deepEqual(told(() => sms.call('nothing')), ['wire.unknown-op', 'op']);
    for (const fields of [5, 'text', true, [], [1], () => {}, Symbol('x'), 5n, new Map([['id', 1]]), Promise.resolve({}), sms.open(observations)]) {
      assert.deepEqual(told(() => sms.call('versions', fields)), ['wire.bad-request', '$']);
      assert.deepEqual(told(() => sms.assess(fields)), ['wire.bad-request', '$']);
      assert.deepEqual(told(() => sms.open(observations).assess(fields)), ['wire.bad-request', '$']);
      assert.deepEqual(told(() => sms.score(fields)), ['wire.bad-request', '$']);
      assert.deepEqual(told(() => sms.catalogue.list(fields)), ['wire.bad-request', '$']);
    }
    assert.deepEqual(told(() => sms.call('versions', { op: 'assess' })), ['wire.unknown-field', 'op']);
    assert.equal(sms.call('versions', { op: 'versions' }).wire, sms.versions().wire);
    assert.equal(sms.call('versions', null).wire, sms.versions().wire);
  });

  it('without what is needed', () => {
    assert.deepEqual(told(() => sms.assess()), ['wire.bad-request', 'observations']);
    assert.deepEqual(told(() => sms.assess({ plan })), ['wire.bad-request', 'observations']);
    assert.deepEqual(told(() => sms.explain()), ['wire.bad-request', 'id']);
    assert.deepEqual(told(() => sms.explain({ observations })), ['wire.bad-request', 'id']);
    assert.deepEqual(told(() => sms.explain({ id: 'WSP-O-04' })), ['wire.bad-request', 'observations']);
    assert.deepEqual(told(() => sms.check()), ['wire.bad-request', 'observations']);
    assert.deepEqual(told(() => sms.check(5)), ['wire.bad-request', 'observations']);
    assert.deepEqual(told(() => sms.open()), ['wire.bad-request', 'observations']);
    assert.deepEqual(told(() => sms.open('rows')), ['wire.bad-request', 'observations']);
    assert.deepEqual(told(() => sms.open(rows)), ['wire.bad-request', 'observations']);
    assert.deepEqual(told(() => sms.importFiles()), ['wire.bad-request', 'crosswalk']);
    assert.deepEqual(told(() => sms.importFiles({ crosswalk: {} })), ['wire.bad-request', 'files']);
    assert.deepEqual(told(() => sms.score()), ['wire.bad-request', 'rule']);
    assert.deepEqual(told(() => sms.score({ rule: 5 })), ['wire.bad-request', 'rule']);
    assert.equal(thrown(() => sms.score({ rule: 'goalpost' })).params.did_you_mean, 'score.goalposts');
    assert.deepEqual(told(() => sms.catalogue.show()), ['wire.bad-request', 'id']);
    assert.deepEqual(told(() => sms.catalogue.show(5)), ['wire.bad-request', 'id']);
    const report = sms.open(observations).assess({ plan });
    assert.deepEqual(told(() => report.explain()), ['wire.bad-request', 'id']);
    assert.deepEqual(told(() => report.explain(5)), ['wire.bad-request', 'id']);
    assert.deepEqual(told(() => report.explainSvg()), ['wire.bad-request', 'id']);
    assert.deepEqual(told(() => report.explain('WSP-O-04', 5)), ['wire.bad-request', 'place']);
    assert.deepEqual(told(() => report.explain('WSP-O-04', () => {})), ['wire.bad-request', 'place']);
    for (const table of [5, null, 'none', {}, Symbol('x')]) {
      assert.deepEqual(told(() => report.csv(table)), ['wire.bad-request', 'table']);
      if (table !== undefined && table !== null) assert.deepEqual(told(() => report.export('csv', { table })), ['wire.bad-request', 'table']);
      assert.deepEqual(told(() => report.rows(table)), ['wire.bad-request', 'table']);
    }
    assert.deepEqual(told(() => sms.survey.accumulator()), ['wire.bad-request', 'plan']);
    for (const state of [5, 'bytes', [1, 2], {}, new ArrayBuffer(3), new Uint16Array(3)]) assert.deepEqual(told(() => sms.survey.accumulator(SURVEY, state)), ['wire.bad-request', 'state']);
    assert.match(thrown(() => sms.survey.accumulator(SURVEY, new Uint8Array())).code, /^survey\./);
    const held = sms.survey.accumulator(SURVEY);
    assert.deepEqual(told(() => held.update()), ['wire.bad-request', 'columns']);
    assert.deepEqual(told(() => held.update(5)), ['wire.bad-request', 'columns']);
    assert.deepEqual(told(() => held.finish()), ['wire.bad-request', 'reporting']);
  });

  it('with values that JSON has not, wherever they stand', () => {
    const round = { selection: ['WSP-O-04'] };
    round.self = { again: [round] };
    class Empty {}
    for (const [value, code, place] of [
      [5n, 'wire.bad-request', ''],
      [Object(5n), 'wire.bad-request', ''],
      [() => {}, 'wire.bad-request', ''],
      [Symbol('x'), 'wire.bad-request', ''],
      [class {}, 'wire.bad-request', ''],
      [new Map([['a', 1]]), 'wire.bad-request', ''],
      [new Set(), 'wire.bad-request', ''],
      [Promise.resolve(1), 'wire.bad-request', ''],
      [new Empty(), 'wire.bad-request', ''],
      [sms.open(observations), 'wire.bad-request', ''],
      [again.open(observations).assess({ plan }), 'wire.bad-request', ''],
      [HALF, 'json.syntax', ''],
      [{ a: { [HALF]: 1 } }, 'json.syntax', '.a.half \ufffd'],
      [{ list: [0, { deep: () => {} }] }, 'wire.bad-request', '.list[1].deep'],
      [{ toJSON: () => ({ seen: 5n }) }, 'wire.bad-request', '.seen'],
      [round, 'json.syntax', '.self.again[0]'],
    ]) {
      for (const [work, path] of [
        [() => sms.call('assess', { observations, plan: value }), 'plan'],
        [() => sms.assess({ observations: { rows: [rows[0], { ...rows[1], SEX: value }] } }), 'observations.rows[1].SEX'],
        [() => sms.open({ rows: [{ ...rows[0], groups: { SEX: value } }] }), 'observations.rows[0].groups.SEX'],
        [() => sms.open(observations).assess({ policy: { fingerprint_key: value } }), 'policy.fingerprint_key'],
        [() => sms.check(value), 'observations'],
        [() => sms.catalogue.show(value), 'id'],
        [() => sms.survey.accumulator(value), 'plan'],
        [() => sms.survey.accumulator(SURVEY).update({ w: [1, value] }), 'columns.w[1]'],
        [() => sms.open(observations).assess({ plan }).explain('WSP-O-04', value), 'place'],
      ]) {
        assert.deepEqual(told(work), [code, `${path}${place}`]);
      }
    }
    const endless = { toJSON: () => ({ deeper: endless }) };
    assert.equal(thrown(() => sms.check(endless)).code, 'json.syntax');
    let deep = {};
    for (let i = 0; i < 100_000; i++) deep = { deep };
    assert.equal(thrown(() => sms.check(deep)).code, 'json.syntax');
    let deeper = {};
    for (let i = 0; i < 300; i++) deeper = { deeper };
    assert.equal(thrown(() => sms.check(deeper)).code, 'json.syntax');
    assert.equal(thrown(() => sms.score({ ...score, value: NaN })).code, 'wire.bad-request');
  });

  it('but not with what JSON can say after all', () => {
    const whole = sms.check(observations);
    assert.deepEqual(sms.check({ rows: rows.map((row) => ({ ...row, period: { toJSON: () => row.period }, note: undefined })) }).rows, whole.rows);
    class Row {
      constructor(fields) {
        Object.assign(this, fields);
      }
    }
    assert.deepEqual(sms.check({ rows: rows.map((row) => new Row(row)) }), whole);
    assert.deepEqual(sms.check({ rows: rows.map((row) => Object.assign(Object.create(null), row)) }), whole);
    // a path of Windows and a whole pair are no halves
    for (const source of ['C:\\udd00', '\u{1f600}']) assert.deepEqual(sms.check({ rows: rows.map((row) => ({ ...row, source })) }).rows, whole.rows);
    const own = new Error('of the caller');
    assert.throws(() => sms.check({ get rows() { throw own; } }), (error) => error === own);
  });

  it('with members that are not known', () => {
    const near = (work) => {
      const { code, path, params } = thrown(work);
      return [code, path, params.did_you_mean];
    };
    const unknown = (path, name) => ['wire.unknown-field', path, name];
    const dataset = sms.open(observations);
    assert.deepEqual(near(() => sms.assess({ observations, plan, polcy: {} })), unknown('polcy', 'policy'));
    assert.deepEqual(near(() => sms.assess({ observations, plan, policy: { internl: true } })), unknown('policy.internl', 'internal'));
    assert.deepEqual(near(() => sms.explain({ observations, plan, id: 'WSP-O-04', plase: 'gent' })), unknown('plase', 'place'));
    assert.deepEqual(near(() => dataset.assess({ plan, polcy: {} })), unknown('polcy', 'policy'));
    assert.deepEqual(near(() => dataset.assess({ plan: { selektion: [] } })), unknown('plan.selektion', 'selection'));
    assert.deepEqual(near(() => dataset.assess({ observations })), unknown('$', undefined));
    assert.deepEqual(near(() => sms.importFiles({ crosswalk: {}, files: [], fils: [] })), unknown('fils', 'files'));
    for (const ask of [(it) => sms.open(it), (it) => sms.check(it), (it) => sms.assess({ observations: it })]) {
      assert.deepEqual(near(() => ask({ rows, csv: 'indicator,place,period,value\n' })), unknown('observations', undefined));
      assert.deepEqual(near(() => ask({ rows, row: [] })), unknown('observations.row', 'rows'));
      assert.deepEqual(near(() => ask({ csv: '', dialct: {} })), unknown('observations.dialct', 'dialect'));
    }
    assert.deepEqual(near(() => sms.score({ ...score, wurst: 1 })), unknown('wurst', 'worst'));
    // exactly as the core refuses the whole request
    for (const [op, fields, ask, ...refused] of [
      ['catalogue.list', { selektion: 'core' }, sms.catalogue.list, 'selektion', 'selection'],
      ['versions', { of: 1 }, (it) => sms.call('versions', it), '$', undefined],
    ]) {
      const { error } = JSON.parse(sms.callJson(JSON.stringify({ op, ...fields })));
      if (error) assert.deepEqual(near(() => ask(fields)), unknown(...refused));
      else assert.ok(ask(fields), `${op} is not in the table of the core yet`);
    }
  });

  /** An example of each operation with one name more, nearly that of a field: what is told of it. */
  const walk = (api, names) => {
    for (const op of names) {
      const { request, example } = operations[op];
      const fields = Object.keys(fieldsOf(request));
      for (const field of fields.length > 0 ? fields : ['field']) {
        const misspelt = `${field}x`;
        const { code, path, params } = thrown(() => api.call(op, { ...example, [misspelt]: 1 }), api);
        assert.equal(code, 'wire.unknown-field', `${op} ${misspelt}`);
        // a name is repeated only where it is nearly a known one
        if ('did_you_mean' in params) assert.deepEqual([path, fields.includes(params.did_you_mean)], [misspelt, true], `${op} ${misspelt}`);
        else assert.equal(path, '$', `${op} ${misspelt}`);
      }
      // and as it is, it is answered; null is as absent
      const nothing = Object.fromEntries(fields.map((field) => [field, null]));
      assert.deepEqual(api.call(op, { ...nothing, ...example }), api.call(op, example), op);
    }
  };

  it('with a misspelt field of any operation', () => {
    walk(sms, Object.keys(operations));
  });

  it('with a misspelt field of any operation of the small module, which has no others', async () => {
    const small = await loadSmall(folder);
    const has = Object.keys(operations).filter((op) => JSON.parse(small.callJson(JSON.stringify({ op }))).error?.code !== 'wire.unknown-op');
    assert.deepEqual(has.sort(), [...smallOperations].sort(), 'what its types say');
    walk(small, has);
    for (const op of Object.keys(operations)) {
      if (!has.includes(op)) assert.equal(thrown(() => small.call(op, operations[op].example), small).code, 'wire.unknown-op');
    }
  });

  it('of what was closed, or is something else', () => {
    const dataset = sms.open(observations);
    const report = dataset.assess({ plan });
    const held = sms.survey.accumulator(SURVEY);
    held.update(COLUMNS);
    const { data } = report;
    const asked = {
      report: [report, () => report.data, () => report.explain('WSP-O-04'), () => report.explainSvg('WSP-O-04'), () => report.csv(), () => report.rows(), () => report.export('csv'), () => sms.assess({ observations, previous: report })],
      dataset: [dataset, () => dataset.check(), () => dataset.assess()],
      accumulator: [held, () => held.planFingerprint, () => held.update(COLUMNS), () => held.merge(sms.survey.accumulator(SURVEY)), () => sms.survey.accumulator(SURVEY).merge(held), () => held.toBytes(), () => held.finish({ confidence: 0.95 })],
    };
    // a report lives on without its dataset
    for (const kind of ['dataset', 'report', 'accumulator']) {
      const [handle, ...works] = asked[kind];
      if (kind === 'report') assert.deepEqual(report.data, data);
      handle.close();
      handle.close();
      for (const work of works) assert.equal(thrown(work).code, 'js.closed', `${work}`);
      handle.close();
    }
    const open = sms.survey.accumulator(SURVEY);
    for (const other of [undefined, null, 5, {}, SURVEY, sms.open(observations), sms.open(observations).assess({ plan }), again.survey.accumulator(SURVEY), open]) {
      assert.deepEqual(told(() => open.merge(other)), ['wire.bad-request', 'other']);
    }
    open.update(COLUMNS);
    assert.equal(open.finish({ confidence: 0.95 }).rows, 3);
    // a method by itself, or of another
    const { assess } = sms.open(observations);
    const { csv, close } = sms.open(observations).assess({ plan });
    assert.deepEqual(told(() => assess({ plan })), ['wire.bad-request', 'this']);
    assert.deepEqual(told(() => csv()), ['wire.bad-request', 'this']);
    assert.deepEqual(told(() => csv.call(open)), ['wire.bad-request', 'this']);
    assert.deepEqual(told(() => new open.constructor().toBytes()), ['wire.bad-request', 'this']);
    close();
  });

  it('by the report of another module', () => {
    const own = sms.open(observations).assess({ plan });
    const foreign = again.open(observations).assess({ plan });
    const with_ = (previous) => [() => sms.assess({ observations, plan, previous }), () => sms.open(observations).assess({ plan, previous }), () => sms.call('assess', { observations, plan, previous })];
    for (const work of with_(foreign)) {
      assert.deepEqual(told(work), ['wire.bad-request', 'previous']);
      assert.match(thrown(work).expected, /`data`/);
    }
    const [first, ...others] = [...with_(own), ...with_(own.data), ...with_(foreign.data)].map((work) => {
      const made = work();
      return made.data ?? made;
    });
    for (const other of others) assert.deepEqual(other, first);
    // what a program does with the data that it was given changes nothing in the report
    own.data.places.length = 0;
    assert.deepEqual(sms.assess({ observations, plan, previous: own }), first);
    assert.equal(sms.call('disclosure.attack_report', { report: own }).safe, true);
  });

  it('closes without hiding what was thrown before', () => {
    const report = sms.open(observations).assess({ plan });
    assert.equal(
      thrown(() => {
        try {
          report.explain('nothing');
        } finally {
          report.close();
          report.close();
        }
      }).code,
      'explain.unknown-id',
    );
  });

  it('after the module stopped in the middle of a call', () => {
    // a module that does nothing but stop, in place of one operation of the real one
    const program = `
      const assert = require('node:assert/strict');
      const sms = require('sms-wasm');
      const compiled = require(require('node:path').join(require.resolve('sms-wasm'), '../sms.cjs'));
      const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 8, 1, 4, 115, 116, 111, 112, 0, 0, 10, 5, 1, 3, 0, 0, 11]);
      const { stop } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
      assert.throws(stop, WebAssembly.RuntimeError);
      const observations = ${JSON.stringify(observations)};
      const dataset = sms.open(observations);
      const report = dataset.assess();
      report.data;
      const part = sms.survey.accumulator(${JSON.stringify(SURVEY)});
      const { callJson } = compiled;
      compiled.callJson = stop;
      const stopped = (error) => {
        assert.ok(error instanceof sms.SmsError, String(error));
        assert.equal(error.code, 'js.stopped');
        assert.match(error.hint, /anew/);
        assert.ok(error.cause instanceof WebAssembly.RuntimeError);
        return true;
      };
      assert.throws(() => { try { sms.versions(); } finally { part.close(); } }, stopped);
      compiled.callJson = callJson;
      for (const work of [
        () => sms.versions(), () => sms.callJson('{}'), () => sms.callJson(5), () => sms.call('x', 5), () => sms.check(observations), () => sms.open(observations),
        () => sms.score(), () => sms.catalogue.overview(), () => sms.survey.accumulator({}), () => dataset.check(), () => dataset.assess(), () => report.data,
        () => report.csv(), () => report.explain('overall'), () => part.toBytes(), () => part.merge(part), () => sms.assess({ observations, previous: report }),
      ]) assert.throws(work, stopped, String(work));
      report.close();
      dataset.close();
      report.close();
      sms.init().then(() => assert.fail('it is not ready'), (error) => { stopped(error); console.log('told'); });
    `;
    assert.equal(execFileSync(process.execPath, [write(folder, 'stopped.cjs', program)], { encoding: 'utf8' }).trim(), 'told');
  });

  it('before the module is loaded, or when it cannot be', () => {
    // the module for browsers, in Node
    const program = `
      import assert from 'node:assert/strict';
      import { readFileSync } from 'node:fs';
      import { fileURLToPath } from 'node:url';
      for (const name of ['web', 'small']) {
        const sms = await import('sms-wasm/' + name);
        const told = (code) => (error) => error instanceof sms.SmsError && error.code === code && error.hint.length > 10;
        for (const work of [() => sms.versions(), () => sms.callJson(5), () => sms.call(), () => sms.open(), () => sms.assess(5), () => sms.survey.accumulator({}), () => sms.catalogue.overview()]) {
          assert.throws(work, told('js.not-ready'));
        }
        await assert.rejects(sms.init(5), told('js.not-loaded'));
        await assert.rejects(sms.init(new Uint8Array(3)), told('js.not-loaded'));
        const bytes = readFileSync(fileURLToPath(import.meta.resolve('sms-wasm/sms_bg.wasm')).replace('web', name));
        await Promise.all([sms.init(bytes), sms.init(bytes)]);
        await sms.init(5);
        assert.ok(sms.versions().wire);
        const accumulator = () => sms.survey.accumulator(${JSON.stringify(SURVEY)}).close();
        if (name === 'web') accumulator();
        else assert.throws(accumulator, told('wire.unknown-op'));
      }
      console.log('told');
    `;
    assert.equal(execFileSync(process.execPath, [write(folder, 'unready.mjs', program)], { encoding: 'utf8' }).trim(), 'told');
  });

  it('as its README tells', () => {
    const readme = readFileSync(join(folder, 'node_modules/sms-wasm/README.md'), 'utf8');
    const source = readFileSync(join(folder, 'node_modules/sms-wasm/dist/web/api.js'), 'utf8');
    const words = [...source.matchAll(/^  '(js\.[a-z-]+)': \[/gm)].map(([, code]) => code);
    assert.equal(words.length, 4);
    assert.deepEqual([...new Set(readme.match(/js\.[a-z-]+(?=`)/g))].filter((word) => words.includes(word)).sort(), words);
  });
});

describe('other tools', () => {
  it('find the types of the package that they load (arethetypeswrong)', () => {
    const attw = (...how) => {
      try {
        execFileSync(process.execPath, [join(packageFolder, 'node_modules/@arethetypeswrong/cli/dist/index.js'), '--no-definitely-typed', '--no-color', '--format', 'ascii', ...how, '--', tarball()], { encoding: 'utf8' });
      } catch (error) {
        assert.fail(`${error.stdout}${error.stderr}`);
      }
    };
    // `sms_bg.wasm` is a file and no module: what it is when imported, the loader of a bundler says
    attw('--entrypoints', '.', 'package.json');
    // for browsers, and there is no `require`; from CommonJS it is for `import()`, as all that is written as ES modules
    attw('--entrypoints', 'web', 'small', '--ignore-rules', 'cjs-resolves-to-esm');
  });

  it('bundle it for Node (esbuild): left outside, or all in one file', async (t) => {
    const folder = install(t);
    const bundled = async (name, text, options) => {
      const outfile = join(folder, name, 'out/app.mjs');
      const { warnings } = await build({ entryPoints: [write(folder, `${name}/main.mjs`, text)], outfile, bundle: true, format: 'esm', target: 'es2022', platform: 'node', logLevel: 'silent', ...options });
      assert.deepEqual(warnings, []);
      return outfile;
    };
    const told = (file, cwd) => execFileSync(process.execPath, [file], { encoding: 'utf8', cwd }).trim();
    const ask = `
      try { assess(5); } catch (error) { if (!(error instanceof SmsError)) throw error; }
      console.log(score(${JSON.stringify(score)}).score);`;
    const outside = await bundled('outside', `import { init, assess, score, SmsError } from 'sms-wasm'; await init(); ${ask}`, { packages: 'external' });
    assert.equal(told(outside), '71.66666666666667');
    const inside = await bundled('inside', `import { init, assess, score, SmsError } from 'sms-wasm/web'; import wasm from 'sms-wasm/sms_bg.wasm'; await init(wasm); ${ask}`, { loader: { '.wasm': 'binary' } });
    const alone = install(t);
    cpSync(inside, join(alone, 'elsewhere/app.mjs'));
    assert.equal(told(join(alone, 'elsewhere/app.mjs'), join(alone, 'elsewhere')), '71.66666666666667');
  });
});
