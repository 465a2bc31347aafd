// window.exos. Calls act on later spans at once; what makes a span waits until the SDK runs, with the time and case of the call.
import { now, safely, whole } from "./options.js";
import { attributes, bear, load, pause, prefixed, record, resume, sdk, whenRunning } from "./sdk.js";
import { decide } from "./visitor.js";

let current = {}; // the attributes that make an activity one of the case

// Names and numbers; anything else is none.
const filled = (value) => (/^(str|num|big)/.test(typeof value) && whole(String(value))) || undefined;
const moment = (time) => new Date(time ?? now()).getTime() || now();

export const setCase = (process, id, facts) => {
  const number = filled(process) && filled(id);
  const name = number && filled(process);
  current = name ? { ...prefixed("exos.case.", { ...facts, id: number }), "exos.process": name } : {};
  bear({ "exos.context.process": name, "exos.context.case_id": number });
};

const emit = (name, own, start, end) => {
  const all = { ...attributes, ...own };
  const known = filled(name);
  if (known) whenRunning(() => record(known, all, start, end));
};

const activity = (name, { start, end, attributes: facts, resource, cost, lifecycle } = {}) => {
  const finish = moment(end);
  const own = { ...prefixed("exos.event.", facts), ...prefixed("exos.", { activity: name, resource, cost, lifecycle }), ...current };
  emit(name, own, Math.min(moment(start ?? finish), finish), finish);
};

export const identify = (userId, traits) => {
  const id = filled(userId);
  const { email, name, teamId, teamName, ...others } = (id && traits) || {};
  for (const old in attributes) if (old.startsWith("exos.user.")) bear({ [old]: undefined });
  bear({
    ...prefixed("", { userId: id, "enduser.id": id, userEmail: email, userName: name, teamId, teamName }),
    ...prefixed("exos.user.", others),
  });
};

const consent = (granted) => {
  decide(granted);
  if (!granted) return pause();
  load();
  resume();
};

export const api = {
  setCase,
  activity,
  identify,
  track: (name, facts) => emit(name, prefixed("", facts), now()),
  consent,
  sessionId: () => sdk?.getSessionId(),
  push: ([name, ...given]) => api[name](...given),
};
for (const name in api) api[name] = safely(api[name]);
api.version = "__VERSION__";
