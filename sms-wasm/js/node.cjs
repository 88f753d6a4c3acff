/** For Node: the compiled module is loaded with the import; `init()` is there so that the same code runs everywhere. */
const { makeApi } = require('./api.cjs');
const module_ = require('./sms.cjs');

const init = async () => {};
module.exports = { init, default: init, ...makeApi(() => module_) };
