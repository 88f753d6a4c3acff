// The installed package in a real browser: pages served on 127.0.0.1 under a strict content security policy.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { build as bundle } from 'esbuild';
import { build } from 'vite';
import { browse, install, openPage, packageFolder, smallOperations, vectors, write } from './helpers.mjs';
import { runVectors } from './vectors.mjs';

const PAGE = (script, body = '') => `<!doctype html><html lang="en"><meta charset="utf-8"><title>test</title><link rel="icon" href="data:,"><script type="module" src="${script}"></script><body>${body}</body></html>`;

describe('in the browser', () => {
  const ends = [];
  let folder;
  let address;
  let browser;
  before(async () => {
    const t = { after: (end) => ends.push(end) };
    folder = install(t);
    const { serve } = await import(join(folder, 'node_modules/sms-wasm/calculator/serve.mjs'));
    const started = await serve(folder);
    t.after(() => started.server.close());
    address = started.address;
    browser = await browse(t);
  });
  after(async () => {
    for (const end of ends.reverse()) await end();
  });

  /** Opens a page, runs the checks, and looks whether it asked for anything elsewhere. */
  const visit = async (path, options, look) => {
    const { page, context, problems, asked } = await openPage(browser, options);
    await page.goto(`${address}${path}`);
    const found = await look(page);
    assert.deepEqual(asked.filter((url) => !url.startsWith(`${address}/`) && !url.startsWith('data:') && !url.startsWith(`blob:${address}`)), [], 'no request to anywhere else');
    assert.deepEqual(problems, []);
    await context.close();
    return found;
  };
  const answerOf = async (page) => {
    // a page that runs every vector needs its time on a busy machine
    await page.waitForFunction(() => globalThis.answer !== undefined, undefined, { timeout: 180_000 });
    return page.evaluate(() => globalThis.answer);
  };

  it('runs from a plain module script, from every kind of source, once', async () => {
    write(folder, 'plain.js', `
      import init, * as sms from './node_modules/sms-wasm/dist/web/index.js';
      const file = new URL('./node_modules/sms-wasm/dist/web/sms_bg.wasm', import.meta.url);
      let before; try { sms.versions(); } catch (error) { before = error.message; }
      let failed; try { await init(new URL('./absent.wasm', import.meta.url)); } catch (error) { failed = String(error.name); }
      await Promise.all([init(), init(), init(file)]);
      await init(new Uint8Array(await (await fetch(file)).arrayBuffer()));
      globalThis.answer = { before, failed, score: sms.score({ rule: 'goalposts', value: 37, worst: 20, best: 80 }).score };
    `);
    write(folder, 'sources.js', `
      const file = new URL('./node_modules/sms-wasm/dist/web/sms_bg.wasm', import.meta.url);
      const bytes = async () => (await fetch(file)).arrayBuffer();
      const sources = { url: file, text: file.href, response: await fetch(file), promise: fetch(file), bytes: new Uint8Array(await bytes()), buffer: await bytes(), module: await WebAssembly.compile(await bytes()) };
      const waiting = {};
      for (const [kind, source] of Object.entries(sources)) {
        const worker = new Worker(new URL('./source-worker.js?' + kind, import.meta.url), { type: 'module' });
        waiting[kind] = await new Promise((done) => {
          worker.onmessage = ({ data }) => done(data);
          const sent = ['response', 'promise'].includes(kind) ? { kind, href: file.href } : { kind, source: source instanceof URL ? undefined : source, href: file.href };
          worker.postMessage(sent);
        });
        worker.terminate();
      }
      globalThis.answer = waiting;
    `);
    write(folder, 'source-worker.js', `
      import { init, versions } from './node_modules/sms-wasm/dist/web/index.js';
      onmessage = async ({ data: { kind, source, href } }) => {
        try {
          await init(kind === 'url' ? new URL(href) : kind === 'response' ? await fetch(href) : kind === 'promise' ? fetch(href) : source);
          postMessage(versions().wire);
        } catch (error) { postMessage(String(error)); }
      };
    `);
    write(folder, 'plain.html', PAGE('plain.js'));
    write(folder, 'sources.html', PAGE('sources.js'));
    const { page, context } = await openPage(browser);
    await page.goto(`${address}/plain.html`);
    const answer = await answerOf(page);
    assert.match(answer.before, /init/);
    assert.equal(typeof answer.failed, 'string', 'a failed start can be tried again');
    assert.equal(answer.score, 28.333333333333332);
    await context.close();
    const kinds = await visit('/sources.html', {}, answerOf);
    const { wire } = createRequire(join(folder, 'user.js'))('sms-wasm').versions();
    assert.deepEqual(kinds, Object.fromEntries(['url', 'text', 'response', 'promise', 'bytes', 'buffer', 'module'].map((kind) => [kind, wire])));
  });

  /** What a script asks of all vectors, or of those with some operations, in a page. */
  const asking = (module, only) => {
    write(folder, 'all.json', JSON.stringify(files));
    write(folder, 'vectors.mjs.js', readFileSync(join(packageFolder, 'tests/vectors.mjs'), 'utf8'));
    return `
      import * as sms from './node_modules/sms-wasm/dist/${module}/index.js';
      import { runVectors } from './vectors.mjs.js';
      await sms.init();
      const only = ${JSON.stringify(only ?? null)};
      const files = (await (await fetch('./all.json')).json()).map(({ name, cases }) => ({ name, cases: cases.filter(({ op }) => only === null || only.includes(op)) }));
      const { lines } = runVectors(sms, files);
    `;
  };
  const { files } = vectors();
  let ofNode;
  const linesOfNode = () => (ofNode ??= runVectors(createRequire(join(folder, 'user.js'))('sms-wasm'), files).lines);

  it('gives the same bits as Node for every vector, in the page and in a module worker', async () => {
    const lines = linesOfNode();
    const work = asking('web');
    write(folder, 'bits.js', `${work} globalThis.answer = lines;`);
    write(folder, 'bits-worker.js', `${work} postMessage(lines);`);
    write(folder, 'worker.js', "const worker = new Worker(new URL('./bits-worker.js', import.meta.url), { type: 'module' }); worker.onerror = (e) => { globalThis.answer = [e.message]; }; worker.onmessage = ({ data }) => { globalThis.answer = data; };");
    write(folder, 'bits.html', PAGE('bits.js'));
    write(folder, 'worker.html', PAGE('worker.js'));
    const [page, worker] = await Promise.all([visit('/bits.html', {}, answerOf), visit('/worker.html', {}, answerOf)]);
    assert.equal(page.length, lines.length);
    assert.deepEqual(page, lines);
    assert.deepEqual(worker, lines);
    if (process.env.SMS_VECTORS_OUT) writeFileSync(`${process.env.SMS_VECTORS_OUT}.browser`, page.map((line) => `${line}\n`).join(''));
    console.log(`same bits in page and worker: ${lines.length} vectors`);
  });

  it('is the same in the small module, as far as that goes', async () => {
    write(folder, 'small.js', `${asking('small', smallOperations)} globalThis.answer = lines;`);
    write(folder, 'small.html', PAGE('small.js'));
    const small = await visit('/small.html', {}, answerOf);
    const whole = new Map(linesOfNode().map((line) => [JSON.parse(line).case, line]));
    assert.ok(small.length > 500, `${small.length} vectors`);
    for (const line of small) assert.equal(line, whole.get(JSON.parse(line).case));
  });

  it('runs when built with Vite', async () => {
    const app = join(folder, 'vite-app');
    write(app, 'index.html', PAGE('/main.js'));
    write(app, 'main.js', "import init, { score } from 'sms-wasm'; await init(); globalThis.answer = score({ rule: 'goalposts', value: 37, worst: 20, best: 80 }).score;");
    await build({ root: app, base: './', logLevel: 'error', configFile: false, build: { target: 'es2022', outDir: 'out' } });
    assert.equal(await visit('/vite-app/out/', {}, answerOf), 28.333333333333332);
  });

  it('runs when bundled with esbuild', async () => {
    const app = join(folder, 'esbuild-app');
    write(app, 'index.html', PAGE('out/main.js'));
    write(app, 'main.mjs', "import init, { score } from 'sms-wasm'; import wasm from 'sms-wasm/sms_bg.wasm'; await init(wasm); globalThis.answer = score({ rule: 'goalposts', value: 37, worst: 20, best: 80 }).score;");
    await bundle({ entryPoints: [join(app, 'main.mjs')], outfile: join(app, 'out/main.js'), bundle: true, format: 'esm', target: 'es2022', loader: { '.wasm': 'binary' }, logLevel: 'error' });
    assert.equal(await visit('/esbuild-app/', {}, answerOf), 28.333333333333332);
  });

  const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const violations = async (page) => {
    await page.evaluate(axe);
    const { violations: found, passes } = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
    assert.ok(passes.length > 20);
    return found.map((v) => `${v.id}: ${v.nodes.map((n) => `${n.target} ${n.failureSummary}`).join(' | ')}`);
  };
  const CALCULATOR = '/node_modules/sms-wasm/calculator/';

  /** Tabs until the element with this id has the focus, as somebody without a mouse does. */
  const tabTo = async (page, id) => {
    for (let i = 0; i < 400; i++) {
      await page.keyboard.press('Tab');
      if ((await page.evaluate(() => document.activeElement?.id)) === id) return;
    }
    assert.fail(`${id} cannot be reached with the keyboard`);
  };
  /** Fills the page by keyboard alone. */
  const fill = async (page) => {
    await page.waitForSelector('#app:not([hidden])');
    await tabTo(page, 'search');
    await page.keyboard.type('WSP-O-04');
    await tabTo(page, 'choose-WSP-O-04');
    await page.keyboard.press('Space');
    await tabTo(page, 'f-WSP-O-04-numerator');
    await page.keyboard.type('1 250,0');
    await tabTo(page, 'f-WSP-O-04-denominator');
    await page.keyboard.type('20000.0');
    await tabTo(page, 'dimension-WSP-O-04');
    await page.keyboard.type('Sex');
    for (const [id, text] of [['F-numerator', '700'], ['F-denominator', '9000'], ['M-numerator', '550'], ['M-denominator', '11000']]) {
      await tabTo(page, `f-WSP-O-04-SEX-${id}`);
      await page.keyboard.type(text);
    }
    await page.keyboard.press('Tab');
    await page.waitForFunction(() => document.querySelectorAll('#card-WSP-O-04 tbody tr').length === 3);
  };

  it('calculates, from search to download, with the keyboard alone', async () => {
    const expected = createRequire(join(folder, 'user.js'))('sms-wasm').assess({
      observations: { rows: [{ indicator: 'WSP-O-04', place: 'here', period: '2024', numerator: 1250, denominator: 20000 }] },
      plan: { selection: ['WSP-O-04'] },
    }).places[0].indicators[0];
    await visit(CALCULATOR, { locale: 'en-GB', acceptDownloads: true }, async (page) => {
      await page.waitForSelector('#app:not([hidden])');
      assert.match(await page.locator('#notice').textContent(), /^Open draft/);
      assert.match(await page.locator('.privacy').textContent(), /Nothing you type leaves this page/);
      assert.ok((await page.locator('#modules .badge').count()) > 0, 'core indicators are marked');
      await fill(page);
      const result = page.locator('#card-WSP-O-04 .result');
      assert.match(await result.locator('.headline').textContent(), new RegExp(`Score ${expected.score.toFixed(1)} of 100`));
      const told = await result.textContent();
      assert.match(told, /Gap by sex/);
      assert.match(told, /Target:/);
      assert.match(told, /[Mm]inimum standard/);
      assert.match(told, /It is 1250 out of 20000/);
      assert.equal(await result.locator('svg').count(), 3);

      // a field that cannot be read: named beside it and in the summary, whose link leads there
      await page.fill('#f-WSP-O-04-SEX-F-numerator', 'many');
      await page.locator('#place').focus();
      await page.waitForSelector('#summary:not([hidden])');
      assert.equal(await page.getAttribute('#f-WSP-O-04-SEX-F-numerator', 'aria-invalid'), 'true');
      assert.notEqual(await page.textContent('#f-WSP-O-04-SEX-F-numerator-error'), '');
      await page.locator('#summary-list a').focus();
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'f-WSP-O-04-SEX-F-numerator');
      assert.deepEqual(await violations(page), []);

      // what the core refuses is told at its field too
      await page.fill('#f-WSP-O-04-SEX-F-numerator', '9001');
      await page.locator('#place').focus();
      await page.waitForFunction(() => /larger than the denominator/.test(document.getElementById('summary-list').textContent));
      await page.fill('#f-WSP-O-04-SEX-F-numerator', '1,250');
      await page.locator('#place').focus();
      await page.waitForFunction(() => /decimal sign/.test(document.getElementById('summary-list').textContent));

      // small counts are withheld, in the page and in the files
      await page.fill('#f-WSP-O-04-SEX-F-numerator', '4');
      await page.locator('#place').focus();
      await page.waitForSelector('#summary', { state: 'hidden' });
      await page.waitForFunction(() => /withheld/.test(document.querySelector('#card-WSP-O-04 table').textContent));
      const download = async (id) => {
        await page.locator(id).focus();
        const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
        return readFileSync(await file.path(), 'utf8');
      };
      const report = JSON.parse(await download('#json'));
      assert.equal(report.provenance.audience, 'public');
      assert.deepEqual(report.places[0].indicators[0].groups.map((g) => g.figure.kind), ['suppressed', 'suppressed']);
      const csv = await download('#csv');
      assert.match(csv.split('\n')[0], /indicator/);
      assert.ok(csv.trim().split('\n').length >= 2);

      await page.check('input[name="audience"][value="internal"]');
      await page.waitForFunction(() => !/withheld/.test(document.querySelector('#card-WSP-O-04 table').textContent));

      // removing gives the focus back
      await page.getByRole('button', { name: /^Remove/ }).focus();
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement.id), 'figures');
      assert.equal(await page.locator('.card').count(), 0);
    });
  });

  it('writes numbers as the reader does', async () => {
    await visit(CALCULATOR, { locale: 'de-DE' }, async (page) => {
      await fill(page);
      assert.match(await page.locator('#card-WSP-O-04 .headline').textContent(), /Score 93,8 of 100/);
    });
  });

  it('takes levels, answers, own groups and several indicators', async () => {
    await visit(CALCULATOR, {}, async (page) => {
      await page.waitForSelector('#app:not([hidden])');
      for (const id of ['GOV-S-01', 'HOU-O-01', 'WSP-O-04']) {
        await page.fill('#search', id);
        await page.check(`#choose-${id}`);
      }
      await page.selectOption('#f-GOV-S-01-value', '3');
      await page.fill('#f-WSP-O-04-value', '6.5');
      await page.selectOption('#dimension-HOU-O-01', 'DISTRICT');
      await page.fill('#f-HOU-O-01-DISTRICT-own1-value', '20');
      await page.locator('#place').focus();
      await page.waitForFunction(() => document.querySelector('#f-HOU-O-01-DISTRICT-own1-code').getAttribute('aria-invalid') === 'true');
      await page.fill('#f-HOU-O-01-DISTRICT-own1-code', 'x'.repeat(200));
      await page.locator('#place').focus();
      await page.waitForFunction(() => /not in the code list/.test(document.querySelector('#f-HOU-O-01-DISTRICT-own1-code-error').textContent));
      await page.fill('#f-HOU-O-01-DISTRICT-own1-code', 'Old Town');
      await page.check('#published');
      await page.waitForSelector('#summary', { state: 'hidden' });
      await page.waitForSelector('#together:not([hidden])');
      assert.match(await page.locator('#card-GOV-S-01 .headline').textContent(), /Score/);
      assert.match(await page.locator('#card-HOU-O-01').textContent(), /Old Town/);
      assert.match(await page.locator('#together').textContent(), /Outcomes: what people experience/);
      await page.fill('#search', 'HOU-O-01');
      await page.selectOption('#selection', 'core');
      assert.equal(await page.locator('#found').textContent(), '1 indicator');
      // every indicator of the catalogue makes a card
      await page.fill('#search', '');
      await page.selectOption('#selection', '');
      const boxes = page.locator('#modules input[type="checkbox"]');
      await boxes.evaluateAll((all) => all.forEach((box) => box.checked || box.click()));
      assert.equal(await page.locator('.card').count(), await boxes.count());
    });
  });

  for (const [name, options] of [
    ['light, 1280 px', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
    ['dark, 1280 px', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
    ['light, 320 px', { viewport: { width: 320, height: 640 }, colorScheme: 'light' }],
    ['dark, 320 px', { viewport: { width: 320, height: 640 }, colorScheme: 'dark', reducedMotion: 'reduce' }],
  ]) {
    it(`is accessible: ${name}`, async () => {
      await visit(CALCULATOR, options, async (page) => {
        await page.waitForSelector('#app:not([hidden])');
        assert.deepEqual(await violations(page), [], 'before');
        await fill(page);
        assert.deepEqual(await violations(page), [], 'filled');
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'no horizontal scroll');
        const small = await page.evaluate(() =>
          [...document.querySelectorAll('button, select, input:not([type="checkbox"]):not([type="radio"]), summary, label.choice')].filter((e) => e.getClientRects().length > 0 && e.getBoundingClientRect().height < 24).map((e) => e.id || e.textContent),
        );
        assert.deepEqual(small, [], 'targets of 24 px at least');
        await page.keyboard.press('Tab');
        assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none', 'the focus can be seen');
      });
    });
  }

  it('prints the result without the form', async () => {
    await visit(CALCULATOR, { viewport: { width: 1280, height: 900 } }, async (page) => {
      await fill(page);
      await page.emulateMedia({ media: 'print' });
      const visible = (selector) => page.locator(selector).first().isVisible();
      assert.deepEqual([await visible('#choose'), await visible('.settings'), await visible('.entry'), await visible('#keep')], [false, false, false, false]);
      assert.deepEqual([await visible('#notice'), await visible('.result'), await visible('#printed')], [true, true, true]);
    });
  });
});
