/** For Node: the compiled module is loaded with the import; `init()` is there so that the same code runs everywhere. */
const { makeApi } = require('./api.cjs');
const module_ = require('./sms.cjs');

const { init, callJson, call, open, check, assess, explain, importFiles, score, versions, catalogue, survey, SmsError } = makeApi(() => module_);
module.exports = { init, default: init, callJson, call, open, check, assess, explain, importFiles, score, versions, catalogue, survey, SmsError };
// what TypeScript and bundlers compile takes `init` as the default export, and not the whole
Object.defineProperty(module.exports, '__esModule', { value: true });
