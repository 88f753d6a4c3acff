/** For browsers, workers and bundlers: `await init()` once, then everything is synchronous. */
import { makeApi } from './api.js';
import load, * as module from './sms.js';

let ready = false;
let loading;

/** Loads the compiled module. Idempotent: later calls wait for the first; after a failure it may be tried again. */
const init = (source) => {
  loading ??= load(source === undefined ? undefined : { module_or_path: source }).then(
    () => {
      ready = true;
    },
    (error) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
};

const api = makeApi(() => {
  if (!ready) throw new Error('sms-wasm is not ready: `await init()` first.');
  return module;
});

const { callJson, call, open, check, assess, explain, importFiles, score, versions, catalogue, survey, SmsError } = api;
export { init as default, init, callJson, call, open, check, assess, explain, importFiles, score, versions, catalogue, survey, SmsError };
