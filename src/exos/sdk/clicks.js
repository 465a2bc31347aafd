// Rage clicks and error clicks, and one span for every click.
import { feedDead, noteError } from "./dead.js";
import { UNCLEAR, caption, clickable, described, label, selector, up } from "./elements.js";
import { WATCHES, cut, now, on, safely } from "./options.js";
import { prefixed, record } from "./sdk.js";
import { ERROR_MS, RAGE_CLICKS, RAGE_GAP_MS, RAGE_PIXELS } from "./thresholds.js";

// Names of what is made to be clicked again and again: steppers, pagers. Not "Next" alone: a broken one is worth knowing.
const STEP =
  /^[-+−–<>‹›«»▲-◄←-↓]+$|\b((in|de)cre(ase|ment)|plus|minus|zoom|volume|(un|re)do|(next|previous) (page|day|week|month|year|slide))\b/i;

const TURN = /^(next|prev(ious)?|more|less|up|down)$/i;

let burst;
let latest;

// What was clicked, where, and how it is told; nothing when it was no person, or the page asks for silence.
export const observed = (event) => {
  const [target] = event.composedPath();
  if (!event.isTrusted || !(target instanceof Element) || up(target, "[data-exos-ignore]")) return undefined;
  const element = clickable(target) || target;
  return {
    target,
    element,
    at: now(),
    told: {
      element: selector(element),
      text: label(element),
      x: Math.round(event.clientX),
      y: Math.round(event.clientY),
      page: location.pathname,
    },
  };
};

export const signal = (name, click, more) =>
  WATCHES && record(name, prefixed("exos.frustration.", { ...click.told, ...more }), click.at);

export const hasSelection = () => getSelection()?.isCollapsed === false;

// Beside a field for numbers, unless it sends the form; or one of a pair such as "Previous" and "Next" in a small group, right beside a text.
const isStepper = (element, text) => {
  const group = [...(element.parentNode?.children || [])];
  if (group.some((one) => one.matches("[type=number],[type=range],output,[role=spinbutton]"))) return !element.form || element.type !== "submit";
  const beside = (one, at) => one.type === "text" && (group[at - 1] === element || group[at + 1] === element);
  return group.some(beside) && !group[8] && TURN.test(text) && group.filter((one) => TURN.test(caption(one)))[1];
};

const isRepeated = (element) => {
  const text = caption(element);
  return up(element, UNCLEAR) || (text.length < 32 && STEP.test(text)) || isStepper(element, text);
};

const isNear = ({ at, element, told }, last) =>
  at - last.at <= RAGE_GAP_MS &&
  Math.hypot(told.x - last.told.x, told.y - last.told.y) <= RAGE_PIXELS &&
  (element === last.element || told.element === last.told.element);

const feedRage = (click) => {
  if (!burst || !isNear(click, burst.last)) {
    endBurst();
    burst = { first: click, count: 0 };
  }
  burst.last = click;
  burst.count += 1;
  burst.exempt ||= hasSelection() || (burst.count === RAGE_CLICKS && isRepeated(click.element));
  clearTimeout(burst.timer);
  burst.timer = setTimeout(endBurst, RAGE_GAP_MS);
};

// At the end of the burst, so that the count is right and there is one signal.
export const endBurst = safely(() => {
  const { count, exempt, first, timer } = burst || {};
  burst = null;
  clearTimeout(timer);
  if (count >= RAGE_CLICKS && !exempt) signal("rage_click", first, { count });
});

const onTrouble = safely((message) => {
  const click = latest;
  if (!click || now() - click.at > ERROR_MS) return;
  latest = null; // each click answers for one error
  noteError();
  signal("error_click", click, { count: 1, message: cut(String(message), 256) });
});

// The SDK makes no span for what is not HTML, such as the picture in a button.
const recordPicture = (target) => {
  if (target instanceof HTMLElement) return;
  const element = clickable(target) || target;
  record(
    "click",
    {
      component: "user-interaction",
      event_type: "click",
      target_element: element.tagName,
      "http.url": location.href,
      ...described(element),
    },
    now(),
    now(),
    "@opentelemetry/instrumentation-user-interaction",
  );
};

export const onClick = safely((event) => {
  const click = observed(event);
  recordPicture(event.target);
  if (!click) return;
  latest = click;
  if (event.detail) feedRage(click); // else it was a key, not a pointer
  feedDead(click, event);
});

export const watchErrors = () => {
  on("error", ({ message }) => message && onTrouble(message));
  on("unhandledrejection", ({ reason }) => onTrouble(reason?.message || reason));
  const original = console.error;
  console.error = function (...told) {
    onTrouble(told.map((one) => one?.message || one).join(" "));
    return original.apply(this, told);
  };
};
