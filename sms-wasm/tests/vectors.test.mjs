// Every conformance vector, in Node, through JSON text and through the object API of the installed package.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import test from 'node:test';
import { install, vectors } from './helpers.mjs';
import { runVectors } from './vectors.mjs';

test('all vectors hold', async (t) => {
  const api = createRequire(join(install(t), 'user.js'))('sms-wasm');
  const { listed, files } = vectors();
  const { counts, failures, lines } = runVectors(api, files);
  for (const [name, count] of Object.entries(counts)) console.log(`${name}: ${count}`);
  console.log(`total: ${lines.length}`);
  if (process.env.SMS_VECTORS_OUT) writeFileSync(process.env.SMS_VECTORS_OUT, lines.map((line) => `${line}\n`).join(''));
  assert.deepEqual(failures, []);
  assert.deepEqual(counts, listed.files, 'the files are those of the manifest');
  assert.equal(lines.length, listed.total);
});
