// Builds the package: the compiled module, its JavaScript for browsers and Node, and the tarball; then weighs it.
// Usage: node build.mjs [--no-pack] [--quick]
// `--quick` is for tests: the same code and the same numbers, without optimisation across crates and without wasm-opt.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { transformSync } from 'esbuild';

/** What a module may weigh with the English catalogue, compressed as a server sends it, in kB. The goal for the small one is 350. */
const BUDGET_KB = { web: 2000, small: 800 };

const here = dirname(fileURLToPath(import.meta.url));
const workspace = resolve(here, '..');
const target = resolve(workspace, process.env.CARGO_TARGET_DIR ?? 'target');
const dist = join(here, 'dist');
const quick = process.argv.includes('--quick');
// small before fast: a page is loaded more often than a table of a thousand rows is assessed
const settings = ['opt-level="z"', ...(quick ? ['lto="off"', 'codegen-units=16'] : [])];
const profile = ['--profile', 'wasm', ...settings.flatMap((setting) => ['--config', `profile.wasm.${setting}`])];
const compiled = join(target, 'wasm32-unknown-unknown', 'wasm', 'sms_wasm.wasm');
const jobs = process.env.CARGO_BUILD_JOBS ? [] : ['-j2'];

const run = (program, args, options = {}) => execFileSync(program, args, { cwd: workspace, stdio: ['ignore', 'inherit', 'inherit'], ...options });
const timed = (what, work) => {
  const start = performance.now();
  work();
  console.log(`${what.padEnd(16)} ${((performance.now() - start) / 1000).toFixed(1)} s`);
};

/** Replaces text that must be there exactly once. */
const replaceOnce = (text, from, to) => {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`expected once, found ${parts.length - 1} times: ${from}`);
  return parts.join(to);
};

// a build that fails must leave nothing behind that the tests could take for its result
rmSync(dist, { recursive: true, force: true });

const scratch = mkdtempSync(join(tmpdir(), 'sms-wasm-'));
const js = (name) => readFileSync(join(here, 'js', name), 'utf8');
const write = (path, text) => {
  mkdirSync(dirname(join(dist, path)), { recursive: true });
  writeFileSync(join(dist, path), text);
};

/** Types as they stand in a folder of `dist`. Those of the operations are one file for all, and CommonJS, which both kinds of modules may import. */
const types = (name) => js(name).replaceAll("'./operations.js'", "'../types/operations.cjs'").replaceAll("'./index.js'", "'../web/index.js'");

/** Compiles the module with some features and writes it with its JavaScript for browsers into a folder of `dist`. */
const build = (folder, features) => {
  const made = (name) => join(scratch, folder, name);
  timed(`${folder}: cargo`, () => {
    run('cargo', ['build', '-q', ...jobs, '-p', 'sms-wasm', ...features, '--target', 'wasm32-unknown-unknown', ...profile]);
  });
  timed(`${folder}: bindgen`, () => {
    const suffix = process.platform === 'win32' ? '.exe' : '';
    run(join(target, 'debug', `sms-bindgen${suffix}`), [compiled, join(scratch, folder)]);
  });
  write(`${folder}/sms.js`, readFileSync(made('sms.js')));
  write(`${folder}/api.js`, js('api.js'));
  write(`${folder}/index.js`, js('web.js'));
  write(`${folder}/index.d.ts`, types(folder === 'small' ? 'small.d.ts' : 'index.d.ts'));
  if (quick) copyFileSync(made('sms_bg.wasm'), join(dist, folder, 'sms_bg.wasm'));
  else timed(`${folder}: wasm-opt`, () => {
    run(process.execPath, [join(here, 'node_modules/binaryen/bin/wasm-opt'), '-Os', made('sms_bg.wasm'), '-o', join(dist, folder, 'sms_bg.wasm')]);
  });
  return made;
};

try {
  timed('bindgen itself', () => run('cargo', ['build', '-q', ...jobs, '-p', 'sms-bindgen']));
  // the small one first: what stays in the target folder is the whole one
  build('small', ['--no-default-features']);
  const made = build('web', []);
  // the same glue as CommonJS, which loads the module beside it at once and exports plain functions
  const glue = transformSync(readFileSync(made('sms.js'), 'utf8'), { format: 'cjs', define: { 'import.meta.url': 'undefined' } }).code;
  write('node/sms.cjs', `${glue}module.exports.initSync({ module: require('node:fs').readFileSync(\`\${__dirname}/../web/sms_bg.wasm\`) });\nmodule.exports = { ...module.exports };\n`);
  write('node/api.cjs', replaceOnce(js('api.js'), 'export { makeApi };', 'module.exports = { makeApi };'));
  write('node/index.cjs', js('node.cjs'));
  write('node/index.mjs', js('node.mjs'));
  for (const name of ['node/index.d.mts', 'node/index.d.cts']) write(name, types('index.d.ts'));
  write('types/operations.d.cts', js('operations.d.ts'));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

if (!process.argv.includes('--no-pack')) {
  timed('pack', () => {
    run('npm', ['pack', '--silent', '--pack-destination', dist], { cwd: here, stdio: ['ignore', 'ignore', 'inherit'] });
  });
}

console.log(`\n${'file'.padEnd(34)}${'raw kB'.padStart(9)}${'gzip kB'.padStart(9)}`);
const weight = {};
for (const file of ['dist/web/sms_bg.wasm', 'dist/small/sms_bg.wasm', 'dist/web/sms.js', 'dist/web/api.js', 'dist/web/index.js', 'calculator/index.html', 'calculator/calculator.js', 'calculator/calculator.css']) {
  const bytes = readFileSync(join(here, file));
  const gzip = gzipSync(bytes, { level: 9 }).length;
  if (file.endsWith('.wasm')) weight[file.split('/')[1]] = gzip / 1000;
  console.log(`${file.padEnd(34)}${(bytes.length / 1000).toFixed(1).padStart(9)}${(gzip / 1000).toFixed(1).padStart(9)}`);
}
const tarball = join(dist, `sms-wasm-${JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')).version}.tgz`);
if (!process.argv.includes('--no-pack')) console.log(`${'tarball'.padEnd(34)}${(statSync(tarball).size / 1000).toFixed(1).padStart(9)}`);
if (quick) console.log('a quick build: not what is shipped, so not weighed');
else for (const [folder, budget] of Object.entries(BUDGET_KB)) {
  console.log(`${folder}: ${weight[folder].toFixed(1)} kB of ${budget} kB (gzip, with the English catalogue)`);
  if (weight[folder] > budget) {
    console.error('over the budget');
    process.exitCode = 1;
  }
}
