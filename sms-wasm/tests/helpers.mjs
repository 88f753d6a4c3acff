// Shared by the tests: the packed tarball installed as a user would, the vectors, and a browser.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const packageFolder = resolve(dirname(fileURLToPath(import.meta.url)), '..');
export const vectorsFolder = resolve(packageFolder, '../tests/vectors');
const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));

/** The packed tarball. */
export const tarball = () => {
  const path = join(packageFolder, 'dist', `${manifest.name}-${manifest.version}.tgz`);
  if (!existsSync(path)) throw new Error('there is no tarball: run `npm run build` first');
  return path;
};

/** The tarball as `npm install` installs it, once for all tests: beside the tarball, so that the next build removes it. */
const installed = () => {
  const packed = tarball();
  const folder = join(packageFolder, 'dist/installed');
  const made = join(folder, 'node_modules', manifest.name, 'package.json');
  if (!existsSync(made) || statSync(made).ctimeMs < statSync(packed).mtimeMs) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }));
    execFileSync('npm', ['install', '--silent', '--offline', '--no-audit', '--no-fund', packed], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  return folder;
};

/** A new folder with the tarball installed in it, as a user does; the folder goes when the tests end. */
export const install = (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sms-wasm-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(installed(), folder, { recursive: true });
  return folder;
};

/** The whole table: each operation with its schemas and its example; and all schemas by their names. */
export const { operations, $defs: schemas } = JSON.parse(readFileSync(join(packageFolder, '../sms-core/schemas/operations.json'), 'utf8'));
/** The fields of an object of the table, with their schemas. */
export const fieldsOf = ({ $ref }) => schemas[$ref.split('/').pop()].properties ?? {};

/** The operations of the small module, as its types list them. */
export const smallOperations = [...readFileSync(join(packageFolder, 'js/small.d.ts'), 'utf8').matchAll(/^  \| '([a-z_.]+)'/gm)].map(([, op]) => op);

/** The small module of an installed package, loaded. */
export const loadSmall = async (folder) => {
  const at = join(folder, 'node_modules', manifest.name, 'dist/small');
  const small = await import(join(at, 'index.js'));
  await small.init(readFileSync(join(at, 'sms_bg.wasm')));
  return small;
};

/** All vector files, sorted, with their cases. */
export const vectors = () => {
  const listed = JSON.parse(readFileSync(join(vectorsFolder, 'manifest.json'), 'utf8'));
  const found = readdirSync(vectorsFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json') && entry.name !== 'manifest.json')
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(vectorsFolder.length + 1).replaceAll('\\', '/'))
    .sort();
  return { listed, files: found.map((name) => ({ name, cases: JSON.parse(readFileSync(join(vectorsFolder, name), 'utf8')).cases })) };
};

export const write = (folder, name, text) => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
};

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** A browser with an empty profile. Its path can be named in SMS_BROWSER. */
export const browse = async (t) => {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: process.env.SMS_BROWSER ?? '/usr/bin/chromium', args: FLAGS });
  t.after(() => browser.close());
  return browser;
};

/** A page that records what goes wrong on it and every address it asks for. */
export const openPage = async (browser, options) => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const problems = [];
  const asked = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  context.on('request', (request) => asked.push(request.url()));
  return { page, context, problems, asked };
};
