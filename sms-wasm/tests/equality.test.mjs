// Inequality measures on samples of the WHO's health inequality monitoring, on the packed package.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { install, packageFolder } from './helpers.mjs';

const data = resolve(packageFolder, '../../shared/data/inequality-samples');

test('inequality of wealth quintiles and provinces', async (t) => {
  if (!existsSync(data)) {
    assert.ok(!process.env.CI, '../shared/data is missing in CI');
    t.skip('../shared/data is not there');
    return;
  }
  const { call } = createRequire(join(install(t), 'user.js'))('sms-wasm');
  const groups = (name) => {
    const [header, ...lines] = readFileSync(join(data, name), 'utf8').split(/\r?\n/).filter(Boolean).map((line) => line.match(/("[^"]*"|[^,]+)/g).map((f) => f.replaceAll('"', '')));
    const at = (field) => header.indexOf(field);
    return lines.map((f) => ({ value: Number(f[at('estimate')]), size: Number(f[at('population')]), se: Number(f[at('se')]) }));
  };
  const measured = (name, ordered) => {
    const { measures } = call('equality.measures', { groups: groups(name), polarity: 'higher', rules: { ordered, profile: 'heat' } });
    return Object.fromEntries(measures.map((m) => [m.measure, m]));
  };
  const holds = (made, expected) => {
    for (const [measure, value] of Object.entries(expected)) assert.ok(Math.abs(made[measure].value - value) < 5.1e-8, `${measure}: ${made[measure].value}`);
  };
  holds(measured('OrderedSample.csv', true), { difference: 23.6187515, ratio: 1.3123954, absolute_concentration_index: 4.3005197, relative_concentration_index: 4.6950602 });
  holds(measured('NonorderedSample.csv', false), {
    between_group_variance: 50.4202265, between_group_standard_deviation: 7.1007201, mean_difference_from_mean_unweighted: 6.615573, mean_difference_from_mean: 5.326111, theil: 3.1438723, mean_log_deviation: 3.3079006,
  });
});
