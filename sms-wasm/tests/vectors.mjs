// Runs the conformance vectors against an API object. Works in Node and in a browser: no imports.

const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);

/** What differs between an answer and what is expected of it; undefined when nothing does. */
export const difference = (got, want, tolerance, pointer = '') => {
  if (want === null) return got === undefined || got === null ? undefined : `${pointer}: should be absent`;
  if (typeof want === 'number') {
    if (typeof got !== 'number') return `${pointer}: no number`;
    return Math.abs(got - want) <= tolerance * Math.max(1, Math.abs(want)) ? undefined : `${pointer}: ${got}, not ${want}`;
  }
  if (Array.isArray(want)) {
    if (!Array.isArray(got) || got.length !== want.length) return `${pointer}: ${Array.isArray(got) ? `${got.length} items` : 'no array'}, not ${want.length} items`;
    for (let i = 0; i < want.length; i++) {
      const found = difference(got[i], want[i], tolerance, `${pointer}/${i}`);
      if (found) return found;
    }
    return undefined;
  }
  if (isObject(want)) {
    if (!isObject(got)) return `${pointer}: no object`;
    for (const key of Object.keys(want)) {
      const found = difference(got[key], want[key], tolerance, `${pointer}/${key}`);
      if (found) return found;
    }
    return undefined;
  }
  return got === want ? undefined : `${pointer}: ${JSON.stringify(got)}, not ${JSON.stringify(want)}`;
};

/** The bits of every number of an answer, by its JSON pointer. */
export const bitsOf = (answer) => {
  const view = new DataView(new ArrayBuffer(8));
  const found = [];
  const walk = (value, pointer) => {
    if (typeof value === 'number') {
      view.setFloat64(0, value);
      found.push([pointer, view.getBigUint64(0).toString(16).padStart(16, '0')]);
    } else if (value !== null && typeof value === 'object') {
      for (const key of Object.keys(value)) walk(value[key], `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    }
  };
  walk(answer, '');
  const bytes = new TextEncoder();
  const order = (a, b) => {
    const [x, y] = [bytes.encode(a[0]), bytes.encode(b[0])];
    for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return x[i] - y[i];
    return x.length - y.length;
  };
  return found.sort(order);
};

/** Runs one operation through the object API; undefined where it has no name of its own. */
const byName = (api, op, input) => {
  switch (op) {
    case 'check': return api.check(input.observations);
    case 'assess': return api.assess(input);
    case 'explain': return api.explain(input);
    case 'import': return api.importFiles(input);
    case 'catalogue.list': return api.catalogue.list(input);
    case 'catalogue.show': return api.catalogue.show(input.id);
    case 'versions': return api.versions();
    // a rule that is itself a field has no short form
    default: return op.startsWith('score.') && typeof input.rule === 'undefined' ? api.score({ ...input, rule: op.slice('score.'.length) }) : api.call(op, input);
  }
};

/** Runs files of vectors; gives the counts, what failed, and the lines of the sameness file. */
export const runVectors = (api, files) => {
  const counts = {};
  const failures = [];
  const lines = [];
  for (const { name, cases } of files) {
    counts[name] = 0;
    for (const { id, op, input, expect, reject, tolerance = 0 } of cases) {
      const label = `${name}#${id}`;
      counts[name] += 1;
      const answer = JSON.parse(api.callJson(JSON.stringify({ op, ...input })));
      let named;
      try {
        named = { ok: byName(api, op, input ?? {}) };
      } catch (error) {
        if (!(error instanceof api.SmsError)) failures.push(`${label}: the object API threw ${error}`);
        named = { error: error.code };
      }
      const code = answer.error?.code;
      if (reject !== undefined ? code !== reject : code !== undefined) failures.push(`${label}: ${code ?? 'an answer'}, not ${reject ?? 'an answer'}`);
      if (code !== named.error) failures.push(`${label}: the object API says ${named.error ?? 'an answer'}, callJson ${code ?? 'an answer'}`);
      if (code === undefined) {
        const off = reject === undefined ? difference(answer.ok, expect, tolerance) : undefined;
        if (off) failures.push(`${label}: ${off}`);
        if (JSON.stringify(answer.ok, sorted) !== JSON.stringify(named.ok, sorted)) failures.push(`${label}: the object API and callJson differ`);
      }
      let line;
      if (code === undefined) line = { bits: Object.fromEntries(bitsOf(answer.ok)), case: label };
      else line = { bits: {}, case: label, error: code };
      lines.push(JSON.stringify(line));
    }
  }
  return { counts, failures, lines };
};

const sorted = (_, value) => (isObject(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value);
