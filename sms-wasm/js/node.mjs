/** The ES-module face of `index.cjs`: one instance, however it is loaded. */
import api from './index.cjs';

const { init, callJson, call, open, check, assess, explain, importFiles, score, versions, catalogue, survey, SmsError } = api;
export { init as default, init, callJson, call, open, check, assess, explain, importFiles, score, versions, catalogue, survey, SmsError };
