// Loads and starts the real SDK, and keeps what every span must bear.
import { describeSpan } from "./elements.js";
import { BASE, DATA, SCRIPT, TARGET, beginning, isRecorded, isSampled, on, option, safely, words } from "./options.js";
import { askVisitor, consented } from "./visitor.js";
import { watch } from "./watch.js";

export const attributes = {};
const waiting = [];
const early = [];
export let sdk; // window.HyperDX once it runs

// The SDK merges, and skips what is undefined: so undefined takes an attribute away.
export function bear(more) {
  Object.assign(attributes, more);
  sdk?.setGlobalAttributes(more);
}

const plain = (value) => (value && typeof value === "object" ? JSON.stringify(value) : value);
export const prefixed = (prefix, facts) =>
  Object.fromEntries(Object.entries(facts || {}).map(([name, value]) => [prefix + name, plain(value)]));

// Now, or as soon as the SDK runs.
export function whenRunning(work) {
  if (sdk) work();
  else if (waiting.length < 200) waiting.push(work);
}

function settings() {
  const { environment, release, mask, trace } = DATA;
  const own = [BASE, TARGET].map((base) => new RegExp(`${beginning(base).source}/(sdk/|api/visitor|v1/)`));
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
    ignoreUrls: [...own, ...words(DATA.ignore).map(beginning)],
    otelResourceAttributes: {
      ...(environment && { "deployment.environment": environment, "deployment.environment.name": environment }),
      ...(release && { "service.version": release }),
      // Who watched the page itself knows more than its recording tells: the server then does not search that.
      "exos.frustration": option("frustration", true) ? "on" : "off",
    },
    // A press says nothing that the click after it does not say.
    instrumentations: { interactions: { events: { mousedown: false, mouseup: false }, shouldPreventSpanCreation: describeSpan } },
    debug: option("debug", false),
  };
}

export function load() {
  if (sdk || !isSampled) return;
  if (document.prerendering) return on("prerenderingchange", load); // nobody sees it yet
  askVisitor();
  if (window.HyperDX) return begin();
  const tag = document.createElement("script");
  tag.src = `${BASE}/sdk/hyperdx.js?v=__SDK__`;
  tag.crossOrigin = ""; // without cookies
  tag.nonce = SCRIPT.nonce;
  tag.onload = safely(begin);
  document.head.append(tag);
}

function begin() {
  const found = window.HyperDX;
  if (sdk || !found) return;
  // A page that starts HyperDX itself keeps its own settings.
  if (!found.getSessionId()) found.init(settings());
  sdk = found;
  readAnswers();
  bear({ ...attributes });
  deafen();
  for (const error of early.splice(0)) sdk.recordException(error);
  for (const work of waiting.splice(0)) work();
  watch();
}

// The SDK sends with the unwrapped fetch and never reads the answers. Where they say `no-store`, Chromium counts each as under way
// until then, and after 64 KB refuses to send: so they are read here.
function readAnswers() {
  const send = fetch.__original;
  if (!send) return;
  fetch.__original = async (...given) => {
    const answer = await send(...given);
    answer.arrayBuffer().catch(() => {});
    return answer;
  };
}

// Errors of the moments before the SDK listens.
const deafen = on("error unhandledrejection", (event) => {
  const error = event.reason || event.error;
  if (error && early.length < 10) early.push(error);
});

const tracing = () => window[Symbol.for("opentelemetry.js.api.1")]?.trace;

// Like addAction, but with a beginning and an end of its own. Another OpenTelemetry on the page may own the tracer: then addAction.
export function record(name, given, start, end = start, scope = "custom-action") {
  const span = tracing()?.getTracer(scope).startSpan(name, { startTime: start });
  if (!span?.resource?.attributes["rum.version"]) return sdk.addAction(name, given);
  // After the start, so that they win over the global ones.
  span.setAttributes(given);
  span.end(end);
}

export function resume() {
  if (!sdk || !isRecorded) return;
  sdk.init(settings()); // runs already, so this only starts what was left out: the recorder
  // The SDK takes a full picture only when it is resumed while it runs.
  sdk.resumeSessionRecorder();
  sdk.resumeSessionRecorder();
}

export function pause() {
  sdk?.stopSessionRecorder();
  if (sdk && DATA.consent === "block") tracing().getDelegate().shutdown();
}
