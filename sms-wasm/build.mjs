// Builds the package: the compiled module, its JavaScript for browsers and Node, and the tarball; then weighs it.
// Usage: node build.mjs [--no-pack]
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** The compiled module with the English catalogue, compressed as a server sends it. */
// The goal is 350 kB. Everything is in one module: the catalogue, survey estimates, disclosure control, road map, co-creation. A page that only computes a
// score needs a smaller one; until there is one, this number only keeps the module from growing unseen.
const BUDGET_KB = 1300;

const here = dirname(fileURLToPath(import.meta.url));
const workspace = resolve(here, '..');
const target = resolve(workspace, process.env.CARGO_TARGET_DIR ?? 'target');
const dist = join(here, 'dist');
const jobs = process.env.CARGO_BUILD_JOBS ? [] : ['-j2'];

const run = (program, args, options = {}) => execFileSync(program, args, { cwd: workspace, stdio: ['ignore', 'inherit', 'inherit'], ...options });
const timed = (what, work) => {
  const start = performance.now();
  work();
  console.log(`${what.padEnd(12)} ${((performance.now() - start) / 1000).toFixed(1)} s`);
};

/** Replaces text that must be there exactly once. */
const replaceOnce = (text, from, to) => {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`expected once, found ${parts.length - 1} times: ${from}`);
  return parts.join(to);
};

// a build that fails must leave nothing behind that the tests could take for its result
rmSync(dist, { recursive: true, force: true });

timed('cargo', () => {
  // small before fast: a page is loaded more often than a table of a thousand rows is assessed
  run('cargo', ['build', '-q', ...jobs, '-p', 'sms-wasm', '--target', 'wasm32-unknown-unknown', '--profile', 'wasm', '--config', 'profile.wasm.opt-level="z"']);
  run('cargo', ['build', '-q', ...jobs, '-p', 'sms-bindgen']);
});

const scratch = mkdtempSync(join(tmpdir(), 'sms-wasm-'));
try {
  timed('bindgen', () => {
    const suffix = process.platform === 'win32' ? '.exe' : '';
    run(join(target, 'debug', `sms-bindgen${suffix}`), [join(target, 'wasm32-unknown-unknown', 'wasm', 'sms_wasm.wasm'), scratch]);
  });

  mkdirSync(join(dist, 'web'), { recursive: true });
  mkdirSync(join(dist, 'node'), { recursive: true });

  const made = (target, name) => join(scratch, target, name);
  if (!readFileSync(made('web', 'sms_bg.wasm')).equals(readFileSync(made('nodejs', 'sms_bg.wasm')))) {
    throw new Error('the two targets have different modules, so one file cannot serve both');
  }
  timed('wasm-opt', () => {
    run(process.execPath, [join(here, 'node_modules/binaryen/bin/wasm-opt'), '-Os', made('web', 'sms_bg.wasm'), '-o', join(dist, 'web', 'sms_bg.wasm')]);
  });

  const js = (name) => readFileSync(join(here, 'js', name), 'utf8');
  copyFileSync(made('web', 'sms.js'), join(dist, 'web', 'sms.js'));
  writeFileSync(join(dist, 'web', 'api.js'), js('api.js'));
  writeFileSync(join(dist, 'web', 'index.js'), js('web.js'));
  // one module file serves both
  const glue = readFileSync(made('nodejs', 'sms.js'), 'utf8');
  writeFileSync(join(dist, 'node', 'sms.cjs'), replaceOnce(glue, '${__dirname}/sms_bg.wasm', '${__dirname}/../web/sms_bg.wasm'));
  writeFileSync(join(dist, 'node', 'api.cjs'), replaceOnce(js('api.js'), 'export { makeApi };', 'module.exports = { makeApi };'));
  writeFileSync(join(dist, 'node', 'index.cjs'), js('node.cjs'));
  writeFileSync(join(dist, 'node', 'index.mjs'), js('node.mjs'));
  for (const types of ['web/index.d.ts', 'node/index.d.mts', 'node/index.d.cts']) writeFileSync(join(dist, types), js('index.d.ts'));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

if (!process.argv.includes('--no-pack')) {
  timed('pack', () => {
    run('npm', ['pack', '--silent', '--pack-destination', dist], { cwd: here, stdio: ['ignore', 'ignore', 'inherit'] });
  });
}

console.log(`\n${'file'.padEnd(34)}${'raw kB'.padStart(9)}${'gzip kB'.padStart(9)}`);
let weight = 0;
for (const file of ['dist/web/sms_bg.wasm', 'dist/web/sms.js', 'dist/web/api.js', 'dist/web/index.js', 'calculator/index.html', 'calculator/calculator.js', 'calculator/calculator.css']) {
  const bytes = readFileSync(join(here, file));
  const gzip = gzipSync(bytes, { level: 9 }).length;
  if (file.endsWith('.wasm')) weight = gzip;
  console.log(`${file.padEnd(34)}${(bytes.length / 1000).toFixed(1).padStart(9)}${(gzip / 1000).toFixed(1).padStart(9)}`);
}
const tarball = join(dist, `sms-wasm-${JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')).version}.tgz`);
if (!process.argv.includes('--no-pack')) console.log(`${'tarball'.padEnd(34)}${(statSync(tarball).size / 1000).toFixed(1).padStart(9)}`);
console.log(`\nmodule: ${(weight / 1000).toFixed(1)} kB of ${BUDGET_KB} kB (gzip, with the English catalogue)`);
if (weight > BUDGET_KB * 1000) {
  console.error('over the budget');
  process.exitCode = 1;
}
