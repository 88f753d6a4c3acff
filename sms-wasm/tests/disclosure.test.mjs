// Nothing that leaves depends on what is withheld: every route out of the packed package, byte for byte. The routes are listed by reflection
// over the package, its handles and its types, so that a route which nobody looks at here fails the test.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { fieldsOf, install, operations, packageFolder } from './helpers.mjs';

const TABLES = ['indicators', 'nodes', 'gaps', 'figures', 'progress', 'disaggregation'];
const plan = { periods: 'each', selection: ['WSP-O-04', 'HOU-O-01'] };

/** A city of two districts by sex and age, with all margins; people of each leaf: those who count, and the rest. */
const city = (leaves, others = []) => {
  const rows = [{ indicator: 'HOU-O-01', place: 'city', period: '2019', numerator: 400, denominator: 100000, source: 'Register' }];
  for (const place of ['d1', 'd2', 'city']) {
    for (const SEX of ['F', 'M', undefined]) {
      for (const AGE of ['Y_LT18', 'Y_GE18', undefined]) {
        let [numerator, denominator] = [0, 0];
        leaves.forEach(([count, rest], i) => {
          const at = { place: i < 4 ? 'd1' : 'd2', SEX: i % 4 < 2 ? 'F' : 'M', AGE: i % 2 === 0 ? 'Y_LT18' : 'Y_GE18' };
          if ((place === 'city' || place === at.place) && (SEX ?? at.SEX) === at.SEX && (AGE ?? at.AGE) === at.AGE) {
            numerator += count;
            denominator += count + rest;
          }
        });
        rows.push({ indicator: 'WSP-O-04', place, period: '2019', SEX, AGE, numerator, denominator, ...(place === 'city' ? {} : { place_parent: 'city' }) });
      }
    }
  }
  return { rows: [...rows, ...others] };
};
const leaves = [[40, 500], [4, 300], [60, 700], [50, 900], [30, 400], [25, 350], [45, 600], [70, 800]];
/** One person changes places round a square of four groups in each district: all margins stay, and the small group has three. */
const moved = leaves.map(([count, rest], i) => [count + [1, -1, -1, 1][i % 4] * (i < 4 ? 1 : -1), rest]);

/** Everything about a value that a program can see: text, structure, hidden and symbol properties, order, prototypes, bytes. */
const seen = (value, above = []) => {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return `${typeof value}:${Object.is(value, -0) ? '-0' : String(value)}`;
  if (above.includes(value)) return `above ${above.indexOf(value)}`;
  const kind = Object.prototype.toString.call(value);
  if (ArrayBuffer.isView(value)) return `${kind}${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`;
  const parts = Reflect.ownKeys(value).map((key) => {
    const { value: own, get, ...rest } = Object.getOwnPropertyDescriptor(value, key);
    return `${String(key)}${JSON.stringify(rest)}${get ? 'get' : seen(own, [...above, value])}`;
  });
  const entries = value instanceof Map || value instanceof Set ? seen([...value], [...above, value]) : '';
  return `${kind}<${Object.getPrototypeOf(value)?.constructor?.name}>{${parts.join(',')}}${entries}`;
};

/** The bytes of a route: what a program sees, and what the usual ways of printing and copying make of it. */
const bytes = (value) => {
  const attempt = (work) => {
    try {
      return work();
    } catch (error) {
      return `${error.name}: ${error.message}`;
    }
  };
  const stream = new PassThrough();
  const shown = new Console({ stdout: stream, stderr: stream });
  for (const print of ['log', 'dir', 'table', 'error']) shown[print](value);
  return [
    seen(value),
    String(value),
    attempt(() => JSON.stringify(value)),
    inspect(value, { showHidden: true, depth: 8, maxArrayLength: null, maxStringLength: null, getters: true }),
    attempt(() => seen(structuredClone(value))),
    // the engine chooses how it writes a text: what comes back is compared
    attempt(() => seen(deserialize(serialize(value)))),
    String(stream.read()),
  ].join('\n');
};

/** What an error tells, without the places in this file that its stack names. */
const thrown = (work) => {
  try {
    return ['nothing was thrown', work()];
  } catch (error) {
    error.stack = error.stack.replace(/:\d+:\d+\)?$/gm, '');
    return error;
  }
};

/** The members of an interface of the types, or of a constant that holds functions. */
const types = readFileSync(join(packageFolder, 'js/index.d.ts'), 'utf8');
const block = (start) => types.slice(types.indexOf(start)).match(/\{\n([^]*?)\n\}/)[1];
const members = (start) => [...block(start).matchAll(/^  (?:readonly )?(\w+)[(:?]/gm)].map(([, name]) => name).sort();

describe('what leaves the package', () => {
  let sms;
  before(async (t) => {
    const folder = install({ after: (work) => process.on('exit', work) });
    sms = createRequire(join(folder, 'user.js'))('sms-wasm');
  });

  /** What is asked of a report: each of its members, by its name. */
  const ofReport = {
    data: (report) => report.data,
    explain: (report) => {
      const ids = new Set(report.data.places.flatMap((place) => [...place.nodes, ...place.indicators].map(({ id }) => id)));
      return [...ids].flatMap((id) => [undefined, ...report.data.places.map(({ place }) => place)].map((place) => report.explain(id, place)));
    },
    explainSvg: (report) => report.data.places.flatMap(({ place, nodes, indicators }) => [...nodes, ...indicators].map(({ id }) => report.explainSvg(id, place))),
    export: (report) => sms.call('report.formats').formats.flatMap(({ name, tables }) => [undefined, ...tables].map((table) => report.export(name, { table }))),
    csv: (report) => [report.csv(), ...TABLES.map((table) => report.csv(table))],
    rows: (report) => [report.rows(), ...TABLES.map((table) => report.rows(table))],
    close: (report) => (report.close(), [report, thrown(() => report.csv()), thrown(() => report.explain('overall'))]),
  };
  /** What is asked of checked observations. They are the user's own input; still nothing of them is printed. */
  const ofDataset = {
    check: (dataset) => dataset.check(),
    assess: (dataset) => dataset.assess({ plan }),
    close: (dataset) => (dataset.close(), [dataset, thrown(() => dataset.check()), thrown(() => dataset.assess())]),
  };
  /** Of microdata on their way: all but the bytes and the estimates, which are as confidential as the microdata. */
  const ofAccumulator = {
    planFingerprint: (held) => held.planFingerprint,
    update: (held) => [held.update({ w: [1], y: [1] }), thrown(() => held.update({ w: [-1], y: [1] })), thrown(() => held.update({ w: [1] })), thrown(() => held.update(null))],
    merge: (held) => thrown(() => held.merge(sms.survey.accumulator({ design: {}, estimates: { n: { kind: 'total', variable: 'y' } } }))),
    close: (held) => (held.close(), [held, thrown(() => held.update({ w: [1], y: [1] }))]),
    toBytes: null,
    finish: null,
  };
  /** Exports that answer with what comes from figures; the others know the catalogue, or what they are given in the call. */
  const ofPackage = {
    assess: (observations) => sms.assess({ observations, plan }),
    explain: (observations) => ['WSP-O-04', 'WSP', 'overall'].map((id) => sms.explain({ observations, plan, id, place: 'd1' })),
    check: (observations) => sms.check(observations),
    call: null,
    callJson: null,
    open: (observations) => sms.open(observations),
    survey: null,
    catalogue: null,
    default: null,
    importFiles: null,
    init: null,
    score: null,
    versions: null,
    SmsError: null,
  };
  /** Operations that take observations or a report. */
  const ofWire = {
    assess: (observations) => ({ observations, plan }),
    explain: (observations) => ({ observations, plan, id: 'WSP-O-04', place: 'd1' }),
    check: (observations) => ({ observations }),
    'report.export': (observations) => ({ observations, plan, format: 'html' }),
    'disclosure.attack_report': (observations) => ({ report: sms.assess({ observations, plan }), previous: sms.assess({ observations, plan: { ...plan, places: ['city'] } }) }),
    'screen.page': (observations) => ({ of: 'cross_reference', reference: 'ICESCR', report: sms.assess({ observations, plan }), place: 'd1' }),
  };
  const wrong = {
    'report: unknown id': (report) => report.explain('WSP-O-4', 'd1'),
    'report: unknown place': (report) => report.explain('WSP-O-04', 'd3'),
    'report: unknown table': (report) => report.csv('figure'),
    'report: unknown rows': (report) => report.rows('figure'),
    'report: unknown picture': (report) => report.explainSvg('WSP-O-4', 'd1'),
    'report: symbol for a name': (report) => report.explain(Symbol('x')),
    'dataset: unknown method': (_, dataset) => dataset.assess({ method: 'none' }),
    'dataset: bad plan': (_, dataset) => dataset.assess({ plan: { selection: 3 } }),
    'dataset: unknown selection': (_, dataset) => dataset.assess({ plan: { selection: ['WSP-O-4'] } }),
    'dataset: bad policy': (_, dataset) => dataset.assess({ policy: { threshold: 0 } }),
    'dataset: bad previous': (_, dataset) => dataset.assess({ previous: { places: 3 } }),
    'dataset: internal previous': (_, dataset) => dataset.assess({ previous: dataset.assess({ policy: { internal: true } }) }),
    'package: no id': (_r, _d, observations) => sms.explain({ observations, plan, id: 'none' }),
    'package: bad operation': (_r, _d, observations) => sms.call('asses', { observations }),
    'package: bad rows': (_r, _d, observations) => sms.assess({ observations: { rows: [...observations.rows, 3] } }),
    'package: bad text': (_r, _d, observations) => sms.callJson(JSON.stringify({ op: 'assess', observations }).slice(0, -1)),
  };

  /** Every route out, by its name. */
  const routes = (observations) => {
    const told = new Map();
    for (const [name, ask] of Object.entries(ofPackage)) if (ask) told.set(`package ${name}`, ask(observations));
    for (const [op, request] of Object.entries(ofWire)) {
      told.set(`call ${op}`, sms.call(op, request(observations)));
      told.set(`callJson ${op}`, sms.callJson(JSON.stringify({ op, ...request(observations) })));
    }
    const earlier = sms.open({ rows: observations.rows.filter(({ place }) => place === 'city') }).assess({ plan });
    for (const [how, options] of Object.entries({ plain: { plan }, 'after another': { plan, previous: earlier }, 'other threshold': { plan, policy: { threshold: 5 } } })) {
      const report = sms.open(observations).assess(options);
      told.set(`report, ${how}`, report);
      // what is asked first leaves nothing behind on the handle
      report.data;
      told.set(`report asked, ${how}`, report);
      for (const [member, ask] of Object.entries(ofReport)) told.set(`report ${member}, ${how}`, ask(report));
    }
    for (const [member, ask] of Object.entries(ofDataset)) told.set(`dataset ${member}`, ask(sms.open(observations)));
    for (const [name, work] of Object.entries(wrong)) {
      const dataset = sms.open(observations);
      told.set(`error ${name}`, thrown(() => work(dataset.assess({ plan }), dataset, observations)));
    }
    return told;
  };
  const marks = (one, other) => [...new Set([...one.keys(), ...other.keys()])].filter((name) => bytes(one.get(name)) !== bytes(other.get(name)));

  it('is known route by route', () => {
    assert.deepEqual(Object.keys(sms).sort(), Object.keys(ofPackage).sort());
    const ownOf = (handle) => Reflect.ownKeys(Object.getPrototypeOf(handle)).filter((key) => key !== 'constructor').sort();
    const dataset = sms.open(city(leaves));
    const report = dataset.assess({ plan });
    const plan_ = { design: { weight: 'w' }, estimates: { mean: { kind: 'mean', variable: 'y' } } };
    for (const [type, handle, asked] of [['Report', report, ofReport], ['Dataset', dataset, ofDataset], ['Accumulator', sms.survey.accumulator(plan_), ofAccumulator]]) {
      assert.deepEqual(ownOf(handle), Object.keys(asked).sort(), type);
      assert.deepEqual(members(`export interface ${type} {`), Object.keys(asked).sort(), `${type} in the types`);
      // nothing on the handle itself: what it holds stays in the module
      assert.deepEqual(Reflect.ownKeys(handle), [], type);
    }
    const takes = Object.keys(operations).filter((op) => ['observations', 'report'].some((field) => field in fieldsOf(operations[op].request)));
    assert.deepEqual(takes.sort(), Object.keys(ofWire).sort());
    const tables = types.match(/^export type Table = (.*);$/m)[1];
    assert.deepEqual([...tables.matchAll(/'(\w+)'/g)].map(([, name]) => name).sort(), [...TABLES].sort());
    // every error there is has these fields and no other
    const fields = Reflect.ownKeys(thrown(() => report.explain('WSP-O-4')));
    assert.deepEqual(fields.sort(), ['code', 'expected', 'fix', 'hint', 'location', 'message', 'name', 'params', 'path', 'stack']);
  });

  it('is the same byte for byte when other figures are withheld', () => {
    const [one, other] = [routes(city(leaves)), routes(city(moved))];
    const states = one.get('report rows, plain')[1 + TABLES.indexOf('figures')];
    assert.ok(states.filter(({ state }) => state === 'suppressed').length >= 4);
    assert.deepEqual(marks(one, other), []);
  });

  it('is safe from its own attack, whatever rows there are', () => {
    const codes = [{}, { SEX: 'F' }, { SEX: 'M' }, { AGE: 'Y_LT18' }, { AGE: 'Y15-24' }, { AGE: 'Y18-24' }, { DISAB: 'SM_SEV' }, { DISAB: 'LTD_NSEV_NONE' }, { RELPERP: 'PART' }];
    let state = 20261130;
    // the same numbers in each run
    const chance = (n) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % n;
    let withheld = 0;
    for (let turn = 0; turn < 25; turn += 1) {
      const rows = new Map();
      for (let i = 0; i < 8; i += 1) {
        const where = { indicator: 'GBV-O-04', place: 'gent', period: ['2019', '2020', '2019-2020'][chance(3)], ...codes[chance(codes.length)] };
        rows.set(JSON.stringify(where), { ...where, value: chance(2) ? chance(15) : 10 + chance(300) });
      }
      const report = sms.call('assess', { observations: { rows: [...rows.values()] }, plan: { selection: ['GBV-O-04'], periods: 'each' } });
      const found = sms.call('disclosure.attack_report', { report });
      assert.equal(found.safe, true, JSON.stringify([...rows.values()]));
      withheld += found.figures.length;
    }
    assert.ok(withheld > 50);
  });

  it('moves with what is shown', () => {
    const shown = leaves.map(([count, rest], i) => (i === 6 ? [count + 40, rest] : [count, rest]));
    const found = marks(routes(city(leaves)), routes(city(shown)));
    for (const name of ['data', 'explain', 'export', 'csv', 'rows']) assert.ok(found.includes(`report ${name}, plain`), name);
    for (const name of ['package assess', 'call assess', 'callJson assess', 'call disclosure.attack_report']) assert.ok(found.includes(name), name);
    // a check and an error say nothing of a figure, withheld or not; a text that is cut tells where it ends
    assert.deepEqual(found.filter((name) => /^(error|dataset (check|close)|package (open|check)|call(Json)? check)/.test(name)), ['error package: bad text']);
  });

  it('would show a leak of each kind in each route', () => {
    const plants = {
      'a text with one more word': (value) => `${value} 4`,
      'an own property': (value) => Object.assign(value, { withheld: 4 }),
      'a hidden property': (value) => Object.defineProperty(value, 'withheld', { value: 4 }),
      'a property by a symbol': (value) => Object.defineProperty(value, Symbol('n = 4'), { value: true }),
      'the order of properties': (value) => {
        const [first] = Object.keys(value);
        const { [first]: own } = value;
        if (first === undefined || Array.isArray(value)) return [value, 4];
        delete value[first];
        value[first] = own;
        return value;
      },
      'a cause': (value) => Object.defineProperty(value, 'cause', { value: new Error('4 of 304') }),
      'a text of its own': (value) => Object.defineProperty(value, 'toString', { value: () => '4 of 304' }),
      'a JSON of its own': (value) => Object.defineProperty(value, 'toJSON', { value: () => ({ numerator: 4 }) }),
      'another prototype': (value) => Object.setPrototypeOf(value, Object.create(Object.getPrototypeOf(value), { constructor: { value: { name: 'n4' } } })),
    };
    const clean = routes(city(leaves));
    const seen = new Map([...clean].map(([route, value]) => [route, bytes(value)]));
    let planted = 0;
    for (const [name, leak] of Object.entries(plants)) {
      const held = new WeakSet();
      for (const [route, value] of routes(city(leaves))) {
        if (name === 'the order of properties' && typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 1) continue;
        const isText = value === null || typeof value !== 'object';
        if (isText !== (name === 'a text with one more word')) continue;
        // a handle that stands in several routes is taken once
        if (!isText && held.has(value)) continue;
        if (!isText) held.add(value);
        assert.ok(bytes(leak(value)) !== seen.get(route), `${name}: ${route}`);
        planted += 1;
      }
    }
    assert.ok(planted >= clean.size * 4, `${planted}`);
    // and numbers that differ by one bit, a row that changes places, a row that is there or not
    const rows = clean.get('report rows, plain')[0];
    const [first, ...rest] = rows;
    const number = Object.keys(first).find((key) => typeof first[key] === 'number' && first[key] % 1);
    const changed = [[...rest, first], rest];
    if (number) changed.push([{ ...first, [number]: first[number] * (1 + Number.EPSILON) }, ...rest]);
    for (const other of changed) assert.deepEqual(marks(new Map([['rows', rows]]), new Map([['rows', other]])), ['rows']);
    // values of a withheld figure in each field of an error
    const error = () => thrown(() => sms.open(city(leaves)).assess({ plan }).explain('WSP-O-4', 'd1'));
    for (const field of Reflect.ownKeys(error())) {
      const leaky = error();
      Object.defineProperty(leaky, field, { value: field === 'params' || field === 'location' ? { ...leaky[field], numerator: 4 } : `${leaky[field]} 4` });
      assert.deepEqual(marks(new Map([['error', error()]]), new Map([['error', leaky]])), ['error'], field);
    }
  });

  it('says nothing of microdata on their way', () => {
    const plan_ = { design: { weight: 'w', stratum: 'h' }, estimates: { mean: { kind: 'mean', variable: 'y' } }, domains: [{}, { by: ['g'] }] };
    const columns = (by) => ({ w: [1.5, 2, 3, 4], h: ['n', 'n', 's', 's'], y: [10, 20, 35, 1].map((y) => y + by), g: ['a', 'b', 'a', 'b'] });
    const told = (by) => {
      const make = () => {
        const held = sms.survey.accumulator(plan_);
        held.update(columns(by));
        return held;
      };
      const found = new Map([['accumulator', make()]]);
      for (const [member, ask] of Object.entries(ofAccumulator)) if (ask) found.set(`accumulator ${member}`, thrown(() => ask(make())));
      const held = make();
      found.set('weights', thrown(() => held.update({ ...columns(by), w: [1, 2, -3 - by, 4] })));
      found.set('no numbers', thrown(() => held.update({ ...columns(by), y: [`${by} persons`, 1, 2, 3] })));
      found.set('other plan', thrown(() => sms.survey.accumulator({ ...plan_, domains: [{}] }, held.toBytes())));
      found.set('cut', thrown(() => sms.survey.accumulator(plan_, held.toBytes().slice(0, -1))));
      return found;
    };
    const [one, other] = [told(0), told(3)];
    assert.deepEqual(marks(one, other), []);
    assert.ok(one.get('weights') instanceof sms.SmsError && one.get('no numbers') instanceof sms.SmsError);
  });
});
