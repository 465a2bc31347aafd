// The snippet: the API at once, the SDK beside the page. `python frontend/build.py` bundles it into portal/vendor/exos.js.
import { api, identify, setCase } from "./api.js";
import { DATA, safely } from "./options.js";
import { load } from "./sdk.js";
import { settleVisitor } from "./visitor.js";

safely(() => {
  const calls = window.exos || [];
  if (calls.version) return;
  window.exos = api;
  setCase(DATA.process, DATA.case);
  if (DATA.user) identify(DATA.user);
  settleVisitor();
  for (const call of calls) api.push(call);
  load();
})();
