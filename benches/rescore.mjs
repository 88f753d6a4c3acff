// One city's re-score in WebAssembly, as a calculator does it at each key; the request comes on standard input from score_aggregate.py.
import { readFileSync } from 'node:fs';
import { init, open } from '../sms-wasm/dist/node/index.mjs';

const { rows, selection } = JSON.parse(readFileSync(0, 'utf8'));
await init();

const median = (work, runs) => {
  const taken = [];
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    work();
    taken.push(performance.now() - started);
  }
  return taken.sort((a, b) => a - b)[Math.floor(runs / 2)];
};
const line = (what, ms) => console.log(`${what.padEnd(34)} ${ms.toFixed(3).padStart(8)} ms`);

const dataset = open({ rows });
const score = () => dataset.assess({ plan: { selection } });
line('sms, wasm: assess and release', median(() => score().close(), 200));
line('sms, wasm: with the report as data', median(() => { const report = score(); void report.data; report.close(); }, 50));
line('sms, wasm: rows read anew too', median(() => { const again = open({ rows }); const report = again.assess({ plan: { selection } }); void report.data; report.close(); again.close(); }, 20));
dataset.close();
