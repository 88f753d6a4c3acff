/** The everyday names over the compiled module: plain objects in, plain objects out. No number and no rule lives here. */

/** What cannot be done, with a stable code, the place, and a hint. */
class SmsError extends Error {
  /**
   * @param {{code: string, message: string, hint: string, expected?: string, location?: object, params?: object, fix?: object}} data
   * @param {{cause?: unknown}} [options]
   */
  constructor(data, options) {
    super(data.message, options);
    this.name = 'SmsError';
    this.code = data.code;
    this.hint = data.hint;
    this.expected = data.expected;
    this.location = data.location ?? {};
    this.path = this.location.path;
    this.params = data.params ?? {};
    this.fix = data.fix;
  }

  toJSON() {
    const { code, message, hint, expected, location, params, fix } = this;
    return { code, message, hint, expected, location, params, fix };
  }
}

/** What only JavaScript can meet. Every other code is the core's. */
const OWN = {
  'js.closed': ['What is asked was closed before.', 'Ask first and close then, or open it again.'],
  'js.not-loaded': ['The compiled module cannot be loaded.', 'Serve `sms_bg.wasm` beside the script, or hand `init` its address, its bytes or the compiled module.'],
  'js.not-ready': ['The compiled module is not loaded: `await init()` comes first.', 'Call `await init()` once, before anything else.'],
  'js.stopped': ['The compiled module stopped in the middle of a call, and nothing that it holds can be relied on.', 'Load it anew: reload the page, or start a new worker or process.'],
};
const own = (code, options) => new SmsError({ code, message: `${code}: ${OWN[code][0]}`, hint: OWN[code][1] }, options);

/** How deep the core reads. */
const DEEPEST = 128;
const PLAIN = 'a list or a plain object: of a Map its entries, of a report of another module its `data`';
const HALF = /\p{Surrogate}/u;
const isBroken = (text) => (text.isWellFormed ? !text.isWellFormed() : HALF.test(text));

/** Whether JSON shows what an object holds: of a Map, a Promise or a handle it would show nothing, silently. */
const isShown = (object) => {
  if (Array.isArray(object)) return true;
  const above = Object.getPrototypeOf(object);
  return above === null || Object.getPrototypeOf(above) === null || Object.keys(object).length > 0;
};

/**
 * @param {() => object} module gives the exports of the compiled module
 * @param {(source?: unknown) => Promise<unknown>} [load] loads it, where that is not done yet
 */
function makeApi(module, load) {
  let ready = load === undefined;
  let loading;
  // what a call threw that is no error of the core: the memory of the module may be in any state since then
  let stopped;

  const compiled = () => {
    if (stopped) throw own('js.stopped', stopped);
    if (!ready) throw own('js.not-ready');
    return module();
  };

  /** Runs a call of the module. What it refuses is thrown as the text of an error. */
  const run = (ask) => {
    const made = compiled();
    try {
      return ask(made);
    } catch (thrown) {
      if (typeof thrown === 'string') throw new SmsError(JSON.parse(thrown));
      stopped = { cause: thrown };
      throw own('js.stopped', stopped);
    }
  };
  const parsed = (ask) => JSON.parse(run(ask));
  const refused = (code, path, expected) => new SmsError(parsed((made) => made.refusal(code, path, expected)));

  /** Loads the module. Idempotent: later calls wait for the first; after a failure it may be tried again. */
  const init = async (source) => {
    if (stopped) throw own('js.stopped', stopped);
    if (ready) return;
    loading ??= load(source);
    try {
      await loading;
      ready = true;
    } catch (cause) {
      loading = undefined;
      throw own('js.not-loaded', { cause });
    }
  };

  const nothing = Symbol('what JSON cannot say');
  const written = (_, value) => {
    switch (typeof value) {
      case 'number':
        // JSON has no NaN and no infinity: they go as text, so that the core sees and refuses them
        return Number.isFinite(value) ? value : String(value);
      case 'bigint':
      case 'function':
      case 'symbol':
        throw nothing;
      case 'object': {
        if (value === null || isShown(value)) return value;
        if (!reports.has(value)) throw nothing;
        // a report stands for its data, as the module has it
        const handle = reports.of(value);
        return parsed(() => handle.data());
      }
      default:
        return value;
    }
  };

  /** The first place in a value that JSON cannot follow: the code, the path, and what should stand there. It looks as `JSON.stringify` does. */
  const unfit = (given, path, key = '', above = []) => {
    const at = path || '$';
    const value = typeof given?.toJSON === 'function' ? given.toJSON(key) : given;
    switch (typeof value) {
      case 'bigint':
        return ['wire.bad-request', at, 'a number, not a BigInt'];
      case 'function':
      case 'symbol':
        return ['wire.bad-request', at, `a value that JSON has, not a ${typeof value}`];
      case 'string':
        return isBroken(value) ? ['json.syntax', at, 'well-formed text'] : undefined;
      case 'object':
        break;
      default:
        return undefined;
    }
    if (value === null || reports.has(value)) return undefined;
    if (above.includes(value)) return ['json.syntax', at, 'an object that does not hold itself'];
    if (above.length >= DEEPEST) return ['json.syntax', at, 'fewer levels'];
    if (!isShown(value)) return ['wire.bad-request', at, PLAIN];
    const inside = [...above, value];
    for (const name of Array.isArray(value) ? value.keys() : Object.keys(value)) {
      const place = Array.isArray(value) ? `${path}[${name}]` : path ? `${path}.${name}` : name;
      if (isBroken(String(name))) return ['json.syntax', place, 'well-formed text'];
      const found = unfit(value[name], place, String(name), inside);
      if (found) return found;
    }
    return undefined;
  };

  /** A part of a request as JSON text, from the place where it stands; nothing for undefined. */
  const text = (value, path) => {
    let json;
    let thrown;
    try {
      json = JSON.stringify(value, written);
    } catch (error) {
      if (error instanceof SmsError) throw error;
      thrown = error;
    }
    // half of a surrogate pair is written as an escape
    if (thrown !== undefined || json?.includes('\\ud')) {
      const found = unfit(value, path);
      if (found) throw refused(...found);
    }
    if (thrown === nothing) throw refused('wire.bad-request', path || '$', PLAIN);
    // what a getter of the caller threw
    if (thrown !== undefined) throw thrown;
    return json;
  };
  const whole = (value, path) => text(value, path) ?? 'null';

  /** The fields of a request; none is as empty. */
  const fieldsOf = (fields) => {
    if (fields === undefined || fields === null) return {};
    if (typeof fields !== 'object' || Array.isArray(fields) || !isShown(fields)) throw refused('wire.bad-request', '$', 'an object with named fields');
    return fields;
  };

  const callJson = (request) => {
    if (typeof request !== 'string') throw refused('wire.bad-request', '$', 'JSON text');
    if (!isBroken(request)) return run((made) => made.callJson(request));
    const before = request.slice(0, request.search(HALF)).split('\n');
    return `{"error":${run((made) => made.refusal('json.syntax', `line ${before.length} column ${before.at(-1).length + 1}`, 'well-formed text'))}}`;
  };
  const call = (op, fields) => {
    const named = fieldsOf(fields);
    if (Object.hasOwn(named, 'op') && named.op !== op) throw refused('wire.unknown-field', 'op', 'the operation beside its fields, not among them');
    const request = text({ ...named, op }, '');
    const answer = parsed((made) => made.callJson(request));
    if (answer.error) throw new SmsError(answer.error);
    return answer.ok;
  };

  /** Handles of the module by the objects that people hold; closed ones stay known. */
  const keep = (Kind, what) => {
    const held = new WeakMap();
    return {
      has: (object) => held.has(object),
      make(ask) {
        const object = new Kind();
        held.set(object, run(ask));
        return object;
      },
      of(object, path = 'this') {
        compiled();
        const handle = held.get(object);
        if (handle === undefined) throw held.has(object) ? own('js.closed') : refused('wire.bad-request', path, what);
        return handle;
      },
      close(object) {
        const handle = held.get(object);
        if (handle === undefined) return;
        held.set(object, undefined);
        if (stopped) return;
        try {
          handle.free();
        } catch (cause) {
          // never in place of an error that is on its way; whoever asks next is told
          stopped = { cause };
        }
      },
    };
  };

  /** A released report that stays in the module: ask it as often as you like. */
  class Report {
    #data;
    get data() {
      const handle = reports.of(this);
      this.#data ??= parsed(() => handle.data());
      return this.#data;
    }
    explain(id, place) {
      const handle = reports.of(this);
      const question = text({ id, place }, '');
      return parsed(() => handle.explain(question));
    }
    explainSvg(id, place) {
      const handle = reports.of(this);
      const question = text({ id, place }, '');
      return run(() => handle.explainSvg(question));
    }
    export(format, options = {}) {
      const handle = reports.of(this);
      if (handle.export === undefined) throw refused('wire.unknown-op', 'report.export', 'the whole module');
      const [name, how] = [whole(format, 'format'), text(fieldsOf(options), '')];
      return parsed(() => handle.export(name, how));
    }
    csv(table = 'indicators') {
      const handle = reports.of(this);
      const name = whole(table, 'table');
      return run(() => handle.csv(name));
    }
    rows(table = 'indicators') {
      const handle = reports.of(this);
      const name = whole(table, 'table');
      return parsed(() => handle.rows(name));
    }
    close() {
      reports.close(this);
    }
  }
  const reports = keep(Report, 'a report');

  /** Observations that were read and checked, and stay in the module: assess them in several ways. */
  class Dataset {
    check() {
      const handle = datasets.of(this);
      return parsed(() => handle.check());
    }
    assess(how) {
      const handle = datasets.of(this);
      const request = text(fieldsOf(how), '');
      return reports.make(() => handle.assess(request));
    }
    close() {
      datasets.close(this);
    }
  }
  const datasets = keep(Dataset, 'observations that were opened');

  /** Microdata on their way to estimates: kept in the module, and as confidential as they are. */
  class Accumulator {
    get planFingerprint() {
      const handle = accumulators.of(this);
      return run(() => handle.planFingerprint());
    }
    update(columns) {
      const handle = accumulators.of(this);
      const json = whole(columns, 'columns');
      run(() => handle.update(json));
    }
    merge(other) {
      const handle = accumulators.of(this);
      const added = accumulators.of(other, 'other');
      if (added === handle) throw refused('wire.bad-request', 'other', 'another accumulator');
      run(() => handle.merge(added));
    }
    toBytes() {
      const handle = accumulators.of(this);
      return run(() => handle.toBytes());
    }
    finish(reporting) {
      const handle = accumulators.of(this);
      const json = whole(reporting, 'reporting');
      return parsed(() => handle.finish(json));
    }
    close() {
      accumulators.close(this);
    }
  }
  const accumulators = keep(Accumulator, 'an accumulator of the same module');

  const open = (observations) => {
    const json = whole(observations, 'observations');
    return datasets.make(({ DatasetHandle }) => DatasetHandle.read(json));
  };
  const using = (opened, ask) => {
    try {
      return ask(opened);
    } finally {
      opened.close();
    }
  };
  /** An operation by way of handles, which write a large answer in a fraction of the time. Whatever they refuse, the core refuses as a whole request. */
  const opened = (op, request, ask) => {
    const { observations, ...asked } = fieldsOf(request);
    try {
      return using(open(observations), (dataset) => ask(dataset, asked));
    } catch (error) {
      if (error instanceof SmsError) return call(op, request);
      throw error;
    }
  };

  return {
    init,
    callJson,
    call,
    open,
    check: (observations) => opened('check', { observations }, (dataset) => dataset.check()),
    assess: (request) => opened('assess', request, (dataset, how) => using(dataset.assess(how), (report) => report.data)),
    explain: (request) => opened('explain', request, (dataset, { id, place, ...how }) => using(dataset.assess(how), (report) => report.explain(id, place))),
    importFiles: (request) => call('import', request),
    score: (request) => {
      const { rule, ...fields } = fieldsOf(request);
      if (typeof rule !== 'string') throw refused('wire.bad-request', 'rule', 'the name of a rule');
      return call(`score.${rule}`, fields);
    },
    versions: () => call('versions'),
    catalogue: {
      list: (query) => call('catalogue.list', query),
      show: (id) => call('catalogue.show', { id }),
      overview: () => parsed(({ overviewJson }) => overviewJson()),
    },
    survey: {
      accumulator: (plan, state) => {
        const { AccumulatorHandle } = compiled();
        if (AccumulatorHandle === undefined) throw refused('wire.unknown-op', 'survey.accumulator', 'the whole module');
        const json = whole(plan, 'plan');
        if (state === undefined || state === null) return accumulators.make(() => AccumulatorHandle.create(json));
        if (Object.prototype.toString.call(state) !== '[object Uint8Array]') throw refused('wire.bad-request', 'state', 'the bytes that `toBytes` gave');
        return accumulators.make(() => AccumulatorHandle.fromBytes(json, state));
      },
    },
    SmsError,
  };
}

export { makeApi };
