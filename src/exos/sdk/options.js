// What the site's owner wrote on the script tag (docs/snippet.md lists it), and small things that every part needs.
export const SCRIPT = document.currentScript;
export const DATA = SCRIPT.dataset;
export const BASE = new URL("..", SCRIPT.src).href.slice(0, -1);
export const TARGET = (DATA.url || BASE).replace(/\/+$/, "");

export const option = (name, otherwise = true) => (name in DATA ? !/^(off|false|no|0)$/i.test(DATA[name]) : otherwise);
export const words = (text) => (text || "").split(/\s+/).filter(Boolean);
export const beginning = (text) => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
// Half of a character, as pages have it that cut their texts anywhere, is none: no receiver could store it.
export const whole = (value) => (typeof value === "string" ? value.replace(/\p{Cs}/gu, "\ufffd") : value);
// By characters. So many, with the longest, are in twice as many units; a half at the end of those is beyond them.
export const cut = (text, most) => [...text.slice(0, 2 * most)].slice(0, most).join("");
export const now = () => Date.now();
// Whether a request is one of the SDK's deliveries.
export const isDelivery = (asked) => String(asked?.url || asked).startsWith(`${TARGET}/v1/`);

export const DEBUG = option("debug", false);

export const attempt = (work, otherwise) => {
  try {
    return work();
  } catch (error) {
    if (DEBUG) console.warn("exos:", error);
    return otherwise;
  }
};

// Nothing here may ever reach the host page as an exception.
export const safely = (work) => (...given) => attempt(() => work(...given));

// First of all listeners, and none that could hold up a scroll. Returns what takes it off again.
export const on = (names, listener) => {
  const how = { capture: true, passive: true };
  const all = words(names);
  for (const name of all) addEventListener(name, listener, how);
  return () => all.forEach((name) => removeEventListener(name, listener, how));
};

export const WATCHES = option("frustration");

const share = (name) => {
  const number = parseFloat(DATA[name]);
  return number >= 0 && number <= 1 ? number : +option(name);
};

// One number per visit decides both whether it is sampled and whether it is recorded. Drawn, and kept, only where there is something to decide.
const SAMPLE = share("sample");
const RECORDED = SAMPLE * share("replay");
const DRAWN =
  SAMPLE < 1 || RECORDED % 1
    ? attempt(() => (sessionStorage.exos_draw = sessionStorage.exos_draw || Math.random()), Math.random())
    : 0;
export const isSampled = DRAWN < SAMPLE;
export const isRecorded = DRAWN < RECORDED;
