// Published indices from their files, on the packed package: the engine has no code for any of them.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { install, packageFolder } from './helpers.mjs';

const data = resolve(packageFolder, '../../shared/data');

const split = (line) => {
  const fields = [''];
  let quoted = false;
  for (let i = 0; i < line.length; i += 1) {
    const c = line[i];
    if (c === '"' && quoted && line[i + 1] === '"') {
      fields[fields.length - 1] += '"';
      i += 1;
    } else if (c === '"') quoted = !quoted;
    else if (c === ',' && !quoted) fields.push('');
    else fields[fields.length - 1] += c;
  }
  return fields;
};

/** A CSV file as rows; rows that are quoted as one field are unwrapped. */
const rows = (name) => {
  const [header, ...lines] = readFileSync(join(data, name), 'utf8').replace(/^\ufeff/, '').split(/\r?\n/).filter(Boolean).map(split);
  return lines.map((line) => {
    const fields = line.length === 1 ? split(line[0]) : line;
    assert.equal(fields.length, header.length);
    return Object.fromEntries(header.map((h, i) => [h, fields[i]]));
  });
};
const number = (text) => (text.trim() === '' ? null : Number(text));
const near = (a, b, within) => Math.abs(a - b) <= within;

test('published figures come out of published rules', async (t) => {
  if (!existsSync(data)) {
    assert.ok(!process.env.CI, '../shared/data is missing in CI');
    t.skip('../shared/data is not there');
    return;
  }
  const { call } = createRequire(join(install(t), 'user.js'))('sms-wasm');
  const run = (index, units, columns) => {
    const { outputs } = call('index.run', { index, table: { units, columns } });
    return Object.fromEntries(outputs.map((o) => [o.id, o.values]));
  };
  const table = (given) => Object.fromEntries(Object.keys(given[0]).map((name) => [name, given.map((row) => row[name])]));

  const countryYears = (inputs, published) => {
    const units = [];
    const expected = [];
    const columns = Object.fromEntries(inputs.map((i) => [i, []]));
    // the rows ZZA to ZZK are aggregates of countries
    for (const row of rows('hdi/hdi_gdi_1990_2022.csv').filter((r) => !r.iso3.startsWith('ZZ'))) {
      for (let year = 1990; year <= 2022; year += 1) {
        const value = number(row[`${published}_${year}`]);
        if (value === null) continue;
        units.push(`${row.iso3} ${year}`);
        expected.push(value);
        for (const input of inputs) columns[input].push(number(row[`${input}_${year}`]));
      }
    }
    return { units, columns, expected };
  };

  await t.test('HDI', () => {
    const { units, columns, expected } = countryYears(['le', 'eys', 'mys', 'gnipc'], 'hdi');
    assert.deepEqual(run('undp-hdi', units, columns).hdi_published, expected);
    assert.equal(expected.length, 5808);
  });
  await t.test('GDI', () => {
    const inputs = ['le', 'eys', 'mys', 'gni_pc'].flatMap((name) => [`${name}_f`, `${name}_m`]);
    const { units, columns, expected } = countryYears(inputs, 'gdi');
    assert.deepEqual(run('undp-gdi', units, columns).gdi_published, expected);
    assert.equal(expected.length, 4710);
  });
  await t.test('Africa SDG Index', () => {
    const given = rows('sdg-africa-2019/countries.csv');
    const { score, rank } = run('sdg-africa', given.map((r) => r.country), table(given));
    const published = given.map((r) => number(r['2019 africa Index Score (0-100)']));
    assert.equal(published.filter((p, i) => p !== null && near(score[i], p, 1e-12)).length, 52);
    assert.deepEqual(rank, given.map((r) => number(r['2019 africa Index Rank'])));
  });
  await t.test('Social Progress Index', () => {
    const given = rows('spi-2022/SPI2022.csv');
    const { score } = run('spi', given.map((r) => r.Country), table(given));
    assert.equal(given.filter((r, i) => near(score[i], Number(r['Social Progress Score']), 0.0075 + 1e-9)).length, 169);
  });
  await t.test('Statistics Canada', () => {
    const given = rows('progress-statcan/progress_components.csv');
    const { value, score, status } = run('statcan-progress', given.map((r) => r.series), table(given));
    for (const [got, column] of [[value, 'progress_value'], [score, 'score']]) {
      const published = given.map((r) => number(r[column]));
      assert.equal(published.filter((p, i) => p !== null && near(got[i], p, 1e-9)).length, 52);
      assert.equal(published.filter((p, i) => p === null && got[i] === null).length, 2);
    }
    assert.deepEqual(status, given.map((r) => r.status));
  });
});

test('every published estimate of R survey', (t) => {
  if (!existsSync(data)) {
    assert.ok(!process.env.CI, '../shared/data is missing in CI');
    t.skip('../shared/data is not there');
    return;
  }
  const { call } = createRequire(join(install(t), 'user.js'))('sms-wasm');
  const fpc = { column: 'fpc', kind: 'population' };
  const designs = {
    apisrs: { weight: 'pw', fpc },
    apistrat: { weight: 'pw', stratum: 'stype', fpc },
    apiclus1: { weight: 'pw', psu: 'dnum', fpc },
  };
  const estimates = {
    'mean api00': { kind: 'mean', variable: 'api00' },
    'total enroll': { kind: 'total', variable: 'enroll' },
    'proportion sch.wide=Yes': { kind: 'proportion', variable: 'sch.wide', category: 'Yes' },
    'ratio api.stu/enroll': { kind: 'ratio', numerator: 'api.stu', denominator: 'enroll' },
  };
  const domains = [{}, { by: ['stype'] }, { by: ['sch.wide'] }];
  const answers = Object.fromEntries(
    Object.entries(designs).map(([name, design]) => {
      const given = rows(`survey-api/${name}.csv`);
      const columns = { stype: given.map((r) => r.stype), 'sch.wide': given.map((r) => r['sch.wide']) };
      for (const column of ['pw', 'fpc', 'dnum', 'api00', 'enroll', 'api.stu']) {
        columns[column] = given.map((r) => (r[column] === 'NA' || r[column] === undefined ? null : Number(r[column])));
      }
      return [name, call('survey.estimate', { columns, plan: { design, estimates, domains }, reporting: { confidence: 0.95 } }).estimates];
    }),
  );
  const close = (got, want, what) => assert.ok(Math.abs(got / Number(want) - 1) <= 1e-10, `${what}: ${got}, published ${want}`);
  const published = rows('survey-api/expected_r_survey_4.1.1.csv');
  for (const { design, statistic, group, estimate, se } of published) {
    const [dimension, code] = group.split('=');
    const found = answers[design].find(
      (e) =>
        e.estimate === statistic.replace(/^(domain|deff) /, '') &&
        (code === undefined ? e.domain.length === 0 : e.domain[0]?.dimension === dimension && e.domain[0].code === code),
    );
    const what = `${design} ${statistic} ${group}`;
    if (statistic.startsWith('deff')) close(found.deff, estimate, what);
    else {
      close(found.value, estimate, what);
      close(found.se, se, what);
    }
  }
  assert.equal(published.length, 30);
});
