/** The everyday names over the compiled module: plain objects in, plain objects out. No number and no rule lives here. */

/** What cannot be done, with a stable code, the place, and a hint. */
class SmsError extends Error {
  /** @param {{code: string, message: string, hint: string, expected?: string, location?: object, params?: object, fix?: object}} data */
  constructor(data) {
    super(data.message);
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

// JSON has no NaN and no infinity: they go as text, so that the core sees and refuses them
const text = (value) => JSON.stringify(value, (_, v) => (typeof v === 'number' && !Number.isFinite(v) ? String(v) : v));
const optionalText = (value) => (value === undefined ? undefined : text(value));

/** Runs a call of the module; what it throws is the text of an error. */
const run = (call) => {
  try {
    return call();
  } catch (thrown) {
    throw typeof thrown === 'string' ? new SmsError(JSON.parse(thrown)) : thrown;
  }
};

/** A released report that stays in the module: ask it as often as you like. */
class Report {
  #handle;
  #data;
  constructor(handle) {
    this.#handle = handle;
  }
  get data() {
    this.#data ??= run(() => JSON.parse(this.#handle.data()));
    return this.#data;
  }
  explain(id, place) {
    return run(() => JSON.parse(this.#handle.explain(id, place)));
  }
  explainSvg(id, place) {
    return run(() => this.#handle.explainSvg(id, place));
  }
  csv(table = 'indicators') {
    return run(() => this.#handle.csv(table));
  }
  rows(table = 'indicators') {
    return run(() => JSON.parse(this.#handle.rows(table)));
  }
  close() {
    this.#handle.free();
  }
}

/** Observations that were read and checked, and stay in the module: assess them in several ways. */
class Dataset {
  #handle;
  constructor(handle) {
    this.#handle = handle;
  }
  check() {
    return run(() => JSON.parse(this.#handle.check()));
  }
  assess({ plan, policy, method, previous } = {}) {
    // a report of the module gives its data
    const shown = previous instanceof Report ? previous.data : previous;
    return new Report(run(() => this.#handle.assess(optionalText(plan), optionalText(policy), optionalText(method), optionalText(shown))));
  }
  close() {
    this.#handle.free();
  }
}

/** Microdata on their way to estimates: kept in the module, and as confidential as they are. */
class Accumulator {
  #handle;
  constructor(handle) {
    this.#handle = handle;
  }
  get planFingerprint() {
    return this.#handle.planFingerprint();
  }
  update(columns) {
    run(() => this.#handle.update(text(columns) ?? 'null'));
  }
  merge(other) {
    run(() => this.#handle.merge(other.#handle));
  }
  toBytes() {
    return run(() => this.#handle.toBytes());
  }
  finish(reporting) {
    return run(() => JSON.parse(this.#handle.finish(text(reporting) ?? 'null')));
  }
  close() {
    this.#handle.free();
  }
}

/** @param {() => object} module gives the exports of the compiled module, or throws when it is not ready */
function makeApi(module) {
  const callJson = (request) => module().callJson(request);
  const call = (op, fields = {}) => {
    const answer = JSON.parse(callJson(text({ ...fields, op })));
    if (answer.error) throw new SmsError(answer.error);
    return answer.ok;
  };
  const open = (observations) => {
    const { DatasetHandle } = module();
    return new Dataset(run(() => DatasetHandle.read(text(observations) ?? 'null')));
  };
  const using = (opened, ask) => {
    try {
      return ask(opened);
    } finally {
      opened.close();
    }
  };
  const released = ({ observations, ...how }, ask) => using(open(observations), (dataset) => using(dataset.assess(how), ask));
  return {
    callJson,
    call,
    open,
    check: (observations) => using(open(observations), (dataset) => dataset.check()),
    assess: (request) => released(request, (report) => report.data),
    explain: (request) => released(request, (report) => report.explain(request.id, request.place)),
    importFiles: (request) => call('import', request),
    score: ({ rule, ...fields }) => call(`score.${rule}`, fields),
    versions: () => call('versions'),
    catalogue: {
      list: (query) => call('catalogue.list', query),
      show: (id) => call('catalogue.show', { id }),
      overview: () => {
        const { overviewJson } = module();
        return run(() => JSON.parse(overviewJson()));
      },
    },
    survey: {
      accumulator: (plan, state) => {
        const { AccumulatorHandle } = module();
        const json = text(plan) ?? 'null';
        return new Accumulator(run(() => (state === undefined ? AccumulatorHandle.create(json) : AccumulatorHandle.fromBytes(json, state))));
      },
    },
    SmsError,
  };
}

export { makeApi };
