// The types of the installed package: every operation of the table, every vector, and what a user writes, compiled as strictly as TypeScript does.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { fieldsOf, install, operations, packageFolder, schemas, smallOperations, vectors, write } from './helpers.mjs';

const named = ({ $ref }) => `wire.${$ref.split('/').pop()}`;
const STRICT = { strict: true, noEmit: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, target: 'es2022', lib: ['es2022', 'dom'], types: [], skipLibCheck: false };
const NODE = { module: 'nodenext', moduleResolution: 'nodenext' };
const BUNDLER = { module: 'esnext', moduleResolution: 'bundler' };

/** Every word that a schema names. */
const words = new Set();
const collect = (schema) => {
  if (schema === null || typeof schema !== 'object') return;
  if (typeof schema.const === 'string') words.add(schema.const);
  if (Array.isArray(schema.enum)) for (const word of schema.enum) words.add(word);
  for (const part of Object.values(schema)) collect(part);
};
collect(schemas);

/** All that types can see of a value: any number, any text but the words of schemas, and of a long list one of each kind. */
const gist = (value) => {
  if (typeof value === 'number') return 0;
  if (typeof value === 'string') return words.has(value) ? value : 'a text';
  if (value === null || typeof value !== 'object') return value;
  if (!Array.isArray(value)) return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, gist(part)]));
  const parts = value.map(gist);
  // the longest list of a fixed length has 10 entries
  if (parts.length <= 10 && !parts.every((part) => part !== null && typeof part === 'object' && !Array.isArray(part))) return parts;
  return [...new Map(parts.map((part) => [JSON.stringify(part), part])).values()];
};

describe('the types', () => {
  let folder;
  let sms;
  before(() => {
    folder = install({ after: (work) => process.on('exit', work) });
    sms = createRequire(join(folder, 'user.js'))('sms-wasm');
  });

  /** What the compiler says of files in `types/`. It reads the types once for all files with the same options, so each test writes its own and the last one compiles. */
  const compile = (name, options, files) => {
    const config = write(folder, `types/tsconfig.${name}.json`, JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files }));
    try {
      execFileSync(process.execPath, [join(packageFolder, 'node_modules/typescript/bin/tsc'), '-p', config], { encoding: 'utf8', maxBuffer: 1 << 28 });
      return '';
    } catch (error) {
      return error.stdout;
    }
  };
  const written = [];
  const compiles = (...how) => assert.equal(compile(...how).slice(0, 3000), '');

  /** A call of each operation with its example, its answer under its name, and one call with a field that there is not. */
  const calls = (from, names) =>
    [
      `import { call } from '${from}';`,
      `import type { AnswerOf, Operations, RequestOf, wire } from '${from}';`,
      ...names.flatMap((op, i) => {
        const { request, answer, example } = operations[op];
        const json = JSON.stringify(example);
        const misspelt = JSON.stringify({ ...example, [`${Object.keys(example)[0] ?? 'field'}x`]: 1 });
        return [
          `export const request${i}: RequestOf<'${op}'> = ${json};`,
          `export const answer${i}: ${named(answer)} = call('${op}', ${json});`,
          `export const same${i}: AnswerOf<'${op}'> = call('${op}', request${i});`,
          // also by the type of the operation itself, of those that have fields and take no report
          ...(Object.keys(fieldsOf(request)).length > 0 && !('previous' in fieldsOf(request)) ? [`call('${op}', null! as ${named(request)});`] : []),
          '// @ts-expect-error a misspelt field',
          `call('${op}', ${misspelt});`,
        ];
      }),
      `const named: { [N in keyof Operations]: true } = ${JSON.stringify(Object.fromEntries(names.map((op) => [op, true])))};`,
      'void named;',
    ].join('\n');

  it('call every operation, refuse a misspelt field of each, and name all that is exported', () => {
    const exported = Object.fromEntries(Object.keys(sms).filter((name) => name !== 'default').map((name) => [name, true]));
    write(folder, 'types/calls.ts', calls('sms-wasm', Object.keys(operations)));
    write(folder, 'types/exports.ts', `import * as sms from 'sms-wasm';\nconst all: { [Name in Exclude<keyof typeof sms, 'default'>]: true } = ${JSON.stringify(exported)};\nvoid all;\n`);
    written.push('calls.ts', 'exports.ts');
  });

  it('call every operation of the small module, and no other', () => {
    const small = Object.keys(operations).filter((op) => smallOperations.includes(op));
    const others = Object.keys(operations).filter((op) => !smallOperations.includes(op));
    const refused = others.flatMap((op) => ['// @ts-expect-error not in the small module', `call('${op}', ${JSON.stringify(operations[op].example)});`]);
    const rest = [
      "import { assess, score, versions } from 'sms-wasm/small';",
      "export const wire_: string = versions().wire;",
      "export const one: number = score({ rule: 'goalposts', value: 1, worst: 0, best: 2 }).score;",
      '// @ts-expect-error a rule of the whole module',
      "score({ rule: 'target_range', value: 1, lower: 0, upper: 2 });",
      "export const notice: string = assess({ observations: { csv: '' } }).notice;",
      '// @ts-expect-error there is none',
      "import { survey } from 'sms-wasm/small'; survey.accumulator;",
    ];
    write(folder, 'types/small.ts', [calls('sms-wasm/small', small), ...refused, ...rest].join('\n'));
    written.push('small.ts');
  });

  it('fit the request and the answer of every vector, key by key', () => {
    // an object literal with a key too many, a key missing, or another word than the union has does not compile
    const literals = new Set();
    const fits = (type, value) => literals.add(`${type} = ${JSON.stringify(gist(value))};`);
    const asked = new Set();
    const ask = (op, input) => {
      const answer = JSON.parse(sms.callJson(JSON.stringify({ ...input, op })));
      if (answer.error) {
        fits('wire.ErrorData', answer.error);
        return;
      }
      asked.add(op);
      // the vectors hand in what little of an earlier report is read, and broken road maps where that is asked
      const { previous, ...fields } = input;
      if (op !== 'roadmap.check') fits(`RequestOf<'${op}'>`, fields);
      fits(named(operations[op].answer), answer.ok);
    };
    for (const { cases } of vectors().files) {
      for (const { op, input = {} } of cases) if (op in operations) ask(op, input);
    }
    for (const [op, { example }] of Object.entries(operations)) ask(op, example);
    assert.deepEqual([...asked].sort(), Object.keys(operations).sort());
    for (const policy of [{ internal: true }, { fingerprint_key: 'secret' }]) ask('assess', { ...operations.assess.example, plan: { periods: 'each' }, policy });
    fits('CatalogueOverview', sms.catalogue.overview());
    fits('IndicatorShow[]', sms.catalogue.list().map(({ id }) => sms.catalogue.show(id)));
    assert.ok(literals.size > 1500, `${literals.size} literals`);
    const lines = [...literals].map((literal, i) => `export const v${i}: ${literal}`);
    write(folder, 'types/vectors.ts', `import type { CatalogueOverview, IndicatorShow, RequestOf, wire } from 'sms-wasm';\n${lines.join('\n')}\n`);
    written.push('vectors.ts');
  });

  it('hand in shapes as they are handed in', () => {
    const handed = [...readFileSync(join(packageFolder, 'js/index.d.ts'), 'utf8').matchAll(/Given<wire\.(\w+)>/g)].map(([, name]) => name);
    assert.ok(handed.length > 50);
    // where a shape has another in answers, the one of requests is called so
    assert.deepEqual(handed.filter((name) => `${name}Input` in schemas), []);
  });

  it('are those that users write, by import and by require', () => {
    write(folder, 'types/use.ts', readFileSync(join(packageFolder, 'tests/types.ts'), 'utf8'));
    write(folder, 'types/use.cts', "import sms = require('sms-wasm');\nexport const score: number = sms.score({ rule: 'yes_no', value: 1 }).score;\nexport const unit: sms.Row = { indicator: 'HOU-O-01', place: 'gent', period: 2018 };\n");
    written.push('use.ts', 'use.cts');
  });

  it('compile, all of that', () => {
    assert.deepEqual(written, ['calls.ts', 'exports.ts', 'small.ts', 'vectors.ts', 'use.ts', 'use.cts']);
    compiles('node', NODE, written);
    compiles('bundler', BUNDLER, ['use.ts', 'small.ts']);
  });
});
