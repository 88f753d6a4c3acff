/** For browsers, workers and bundlers: `await init()` once, then everything is synchronous. */
import { makeApi } from './api.js';
import load, * as module from './sms.js';

const api = makeApi(() => module, (source) => load(source === undefined ? undefined : { module_or_path: source }));

const { init, callJson, call, open, check, assess, explain, importFiles, score, versions, catalogue, survey, SmsError } = api;
export { init as default, init, callJson, call, open, check, assess, explain, importFiles, score, versions, catalogue, survey, SmsError };
