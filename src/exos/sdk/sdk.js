// Loads and starts the real SDK, and keeps what every span must bear.
import { describeSpan } from "./elements.js";
import {
  BASE,
  DATA,
  DEBUG,
  SCRIPT,
  TARGET,
  WATCHES,
  attempt,
  beginning,
  isDelivery,
  isRecorded,
  isSampled,
  on,
  option,
  safely,
  whole,
  words,
} from "./options.js";
import { askVisitor, consented, isForbidden } from "./visitor.js";
import { watch } from "./watch.js";

export const attributes = {}; // who and which case: a call keeps those of its moment
export const sender = {}; // what is told of the browser, whenever that comes
const waiting = [];
const early = [];
let renewing;
export let sdk; // window.HyperDX once it runs

// The SDK merges, and skips what is undefined: so undefined takes an attribute away.
export const bear = (more, all = attributes) => {
  Object.assign(all, more);
  sdk?.setGlobalAttributes(more);
};

// What cannot be written down, such as something that contains itself, is left out.
export const prefixed = (prefix, facts) =>
  Object.fromEntries(
    Object.entries(facts || {}).map(([name, value]) => [
      whole(prefix + name),
      value && typeof value === "object" ? attempt(() => JSON.stringify(value, (_, one) => whole(one))) : whole(value),
    ]),
  );

// Now, or as soon as the SDK runs.
export const whenRunning = (work) => (sdk ? work() : waiting[199] || waiting.push(work));

const settings = () => {
  const { environment, release, mask, trace } = DATA;
  return {
    apiKey: DATA.key,
    service: DATA.service || location.hostname,
    url: TARGET,
    disableIntercom: true,
    disableReplay: !isRecorded || !consented(),
    maskAllInputs: mask !== "none",
    maskAllText: mask === "text",
    blockSelector: DATA.block,
    recordCanvas: option("canvas", false),
    consoleCapture: option("console", false),
    advancedNetworkCapture: option("network", false),
    tracePropagationTargets: trace && words(trace).map(beginning),
    ignoreUrls: [
      ...[BASE, TARGET].map((base) => new RegExp(beginning(base).source + "/(sdk/|api/visitor|v1/)")),
      ...words(DATA.ignore).map(beginning),
    ],
    otelResourceAttributes: {
      ...(environment && { "deployment.environment": environment, "deployment.environment.name": environment }),
      ...(release && { "service.version": release }),
      // Who watched the page itself knows more than its recording tells: the server then does not search that.
      "exos.frustration": WATCHES ? "on" : "off",
    },
    // A press says nothing that the click after it does not say.
    instrumentations: { interactions: { events: { mousedown: false, mouseup: false }, shouldPreventSpanCreation: describeSpan } },
    debug: DEBUG,
  };
};

let tag;
let trusted; // pages may take no address but from a policy, and no policy twice
export const load = () => {
  if (sdk || !isSampled || isForbidden()) return;
  if (document.prerendering) return on("prerenderingchange", load); // nobody sees it yet
  askVisitor();
  try {
    if (window.HyperDX) return begin();
    if (tag) return; // on its way already, or refused
    tag = document.createElement("script");
    const url = `${BASE}/sdk/hyperdx.js?v=__SDK__`;
    const make = () => window.trustedTypes?.createPolicy("exos", { createScriptURL: (own) => own }).createScriptURL(url);
    tag.src = trusted ||= attempt(make) || url;
    tag.crossOrigin = ""; // without cookies
    tag.nonce = SCRIPT.nonce;
    tag.onload = safely(begin);
    tag.onerror = () => (tag = null);
    document.cookie; // throws where the SDK could not keep a session
    document.head.append(tag);
  } catch (error) {
    console.warn("exos sends nothing:", error);
  }
};

// Once a minute the SDK renews its session's cookie, and never ends that: so the timer is kept.
const init = (found) => {
  const { setInterval } = window;
  window.setInterval = (work, ms) => (ms === 60_000 ? (renewing = setInterval(work, ms)) : setInterval(work, ms));
  try {
    found.init(settings());
  } finally {
    window.setInterval = setInterval;
  }
};

const begin = () => {
  const found = window.HyperDX;
  if (sdk || !found || isForbidden()) return;
  // A page that starts HyperDX itself keeps its own settings.
  if (!found.getSessionId()) init(found);
  sdk = found;
  handleDeliveries();
  bear(sender, sender);
  // Before the context of now is borne, which theirs may lack.
  for (const work of waiting) attempt(work);
  bear({ ...attributes });
  deafen();
  for (const error of early) sdk.recordException(error);
  watch();
};

// The SDK never reads the answers to what it sends. Where they say `no-store`, Chromium counts each as under way until then, and after
// 64 KB refuses to send: so they are read here. What waited when consent was taken back goes nowhere.
const handleDeliveries = () => {
  const send = fetch;
  window.fetch = async (...given) => {
    if (!isDelivery(given[0])) return send(...given);
    if (isForbidden()) return new Response();
    const answer = await (send.__original || send)(...given);
    answer.arrayBuffer().catch(() => {});
    return answer;
  };
};

// Errors of the moments before the SDK listens.
const deafen = on("error unhandledrejection", (event) => {
  const error = event.reason || event.error;
  if (error && !early[9]) early.push(error);
});

const tracing = () => window[Symbol.for("opentelemetry.js.api.1")]?.trace;

// Like addAction, but with a beginning and an end of its own. Another OpenTelemetry on the page may own the tracer: then addAction.
export const record = (name, given, start, end = start, scope = "custom-action") => {
  const span = tracing()?.getTracer(scope).startSpan(name, { startTime: start });
  if (!span?.resource?.attributes["rum.version"]) return sdk.addAction(name, given);
  // After the start, so that they win over the global ones.
  span.setAttributes(given);
  span.end(end);
};

export const resume = () => {
  if (!sdk || !isRecorded) return;
  sdk.init(settings()); // runs already, so this only starts what was left out: the recorder
  // The SDK takes a full picture only when it is resumed while it runs.
  sdk.resumeSessionRecorder();
  sdk.resumeSessionRecorder();
};

export const pause = () => {
  sdk?.stopSessionRecorder();
  if (!sdk || !isForbidden()) return;
  tracing().getDelegate().shutdown();
  clearInterval(renewing);
  document.cookie = "__rum_sid=;path=/;max-age=0";
};
