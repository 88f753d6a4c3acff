// Every request and every answer of the vectors fits its schema, as an outside validator reads it; so does every answer of an example.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import { packageFolder, vectors } from './helpers.mjs';

const require = createRequire(import.meta.url);
const bundle = JSON.parse(readFileSync(join(packageFolder, '../sms-core/schemas/operations.json'), 'utf8'));

describe('the schemas of the operations', () => {
  const { callJson } = require('../dist/node/index.cjs');
  const { operations, ...document } = bundle;
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: false, allowUnionTypes: true });
  ajv.addSchema(document, 'wire');
  const validators = new Map();
  const problem = ({ $ref }, value) => {
    if (!validators.has($ref)) validators.set($ref, ajv.compile({ $ref: `wire${$ref}` }));
    const validate = validators.get($ref);
    return validate(value) ? undefined : validate.errors.slice(0, 2).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`).join('; ');
  };
  const wrong = new Map();
  const check = (name, schema, value, where) => {
    const found = problem(schema, value);
    if (found !== undefined && !wrong.has(name)) wrong.set(name, `${name} (${where}): ${found}`);
  };
  const ask = (op, input, where) => {
    const answer = JSON.parse(callJson(JSON.stringify({ ...input, op })));
    if (answer.error) {
      check('ErrorData', { $ref: '#/$defs/ErrorData' }, answer.error, where);
      return;
    }
    // what is asked of this one is what is wrong with a road map, so it takes those that are
    if (op !== 'roadmap.check') check(`${op} request`, operations[op].request, input, where);
    check(`${op} answer`, operations[op].answer, answer.ok, where);
  };

  it('hold for every example', () => {
    for (const [op, { example }] of Object.entries(operations)) ask(op, example, 'example');
    assert.deepEqual([...wrong.values()], []);
  });

  it('hold for every vector', () => {
    let asked = 0;
    for (const { name, cases } of vectors().files) {
      for (const { id, op, input = {} } of cases) {
        if (!(op in operations)) continue;
        ask(op, input, `${name}#${id}`);
        asked += 1;
      }
    }
    assert.ok(asked > 3000, `${asked} vectors`);
    assert.deepEqual([...wrong.values()], []);
  });
});
