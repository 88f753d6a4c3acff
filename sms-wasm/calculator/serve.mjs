#!/usr/bin/env node
// Serves the calculator from this package on this device alone, under a strict content security policy.
// Usage: sms-calculator [port]
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.wasm': 'application/wasm', '.json': 'application/json', '.svg': 'image/svg+xml' };
export const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Serves a folder; resolves with the server and its address. */
export const serve = (folder, port = 0) =>
  new Promise((done, failed) => {
    const root = resolve(folder);
    const server = createServer((request, response) => {
      let path;
      try {
        path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
      } catch {
        path = '/';
      }
      let file = normalize(join(root, path));
      if (existsSync(file) && statSync(file).isDirectory()) file = join(file, 'index.html');
      if (!file.startsWith(root + sep) || !existsSync(file)) {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('not found');
        return;
      }
      response.writeHead(200, {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
        'content-security-policy': POLICY,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
      });
      createReadStream(file).pipe(response);
    });
    server.once('error', failed);
    server.listen(port, '127.0.0.1', () => done({ server, address: `http://127.0.0.1:${server.address().port}` }));
  });

const here = dirname(fileURLToPath(import.meta.url));
const started = process.argv[1];
if (started && existsSync(started) && (await import('node:fs')).realpathSync(started) === fileURLToPath(import.meta.url)) {
  const { address } = await serve(dirname(here), Number(process.argv[2] ?? 0));
  console.log(`The calculator is at ${address}/calculator/ (only on this device; stop with Ctrl-C)`);
}
