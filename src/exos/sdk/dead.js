// Dead clicks: on something that looks as if it would answer, and nothing answers. One is pending at a time; only then anything is observed.
import { hasSelection, observed, signal } from "./clicks.js";
import { UNCLEAR, clickable, up } from "./elements.js";
import { isDelivery, now, on, safely, words } from "./options.js";
import { AT_ONCE_MS, DEAD_MS, PRESS_MS } from "./thresholds.js";

const ANSWERS =
  "input change submit reset invalid toggle play load copy fullscreenchange popstate hashchange beforeunload pagehide visibilitychange";
// Answers elsewhere, where nothing shows it, or says that it will not answer.
const EXEMPT =
  `${UNCLEAR},[download],[disabled],[aria-disabled=true],[aria-current],[aria-selected=true],[target]:not([target=_self]),[href*=':']:not([href^=http])`;
// What answers without changing the document: the network, new windows, sound, pixels, animations, the clipboard.
const OWNERS =
  "window Navigator XMLHttpRequest WebSocket Worker Clipboard HTMLMediaElement Element CSSStyleSheet CanvasRenderingContext2D " +
  "WebGLRenderingContext WebGL2RenderingContext";
const CALLS =
  "fetch open alert confirm prompt print sendBeacon share send postMessage write writeText play pause animate insertRule deleteRule " +
  "replaceSync clearRect fillRect fill stroke fillText drawImage putImageData drawArrays drawElements";

let pending;

const shouldAnswer = (event, element) => {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return false;
  if (up(element, EXEMPT)) return false;
  return clickable(element) || getComputedStyle(element).cursor === "pointer";
};

const tap = (object, name, note) => {
  const original = object[name];
  const heard = safely((first) => {
    // Our own deliveries are no answer.
    isDelivery(first) || note();
  });
  const tapped = function (...told) {
    heard(told[0]);
    return original.apply(this, told);
  };
  object[name] = tapped;
  // Whoever wrapped it meanwhile keeps a wrapper that only passes on.
  return () => {
    if (object[name] === tapped) object[name] = original;
  };
};

const taps = (note) =>
  words(OWNERS).flatMap((owner) => {
    const object = window[owner]?.prototype || window[owner] || {};
    const names = words(CALLS).filter((name) => Object.getOwnPropertyDescriptor(object, name)?.writable);
    return names.map((name) => tap(object, name, note));
  });

const shadowRoots = (root) => [
  root,
  ...[...root.querySelectorAll("*")].flatMap(({ shadowRoot }) => (shadowRoot ? shadowRoots(shadowRoot) : [])),
];

const release = (one) => one?.undo.splice(0).forEach((undo) => undo());

const expectAnswer = (element) => {
  stopWaiting();
  const mine = { element, at: now(), href: location.href };
  pending = mine;
  const answer = () => release(mine);
  const atOnce = ({ type, target }) => {
    if (now() - mine.at > AT_ONCE_MS) return;
    // That a press moves the focus to what is pressed, or sets the caret, is no answer.
    if (type === "focusin" && (target.contains(element) || element.contains(target))) return;
    if (type !== "selectionchange" || hasSelection()) answer();
  };
  const observer = new MutationObserver(answer);
  for (const root of shadowRoots(document)) {
    observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
  }
  mine.undo = [
    () => observer.disconnect(),
    on(ANSWERS, answer),
    on("scroll selectionchange focusin", atOnce),
    on("blur", ({ target }) => target === window && answer()),
    ...taps(answer),
  ];
  mine.timer = setTimeout(stopWaiting, PRESS_MS);
};

const stopWaiting = safely(() => {
  clearTimeout(pending?.timer);
  release(pending);
  pending = null;
});

// From the press on: menus open before the click comes.
export const onPress = safely((event) => {
  const press = observed(event);
  if (!press || (pending?.click && pending.element === press.element)) return;
  if (shouldAnswer(event, press.element)) expectAnswer(press.element);
  else stopWaiting();
});

export const feedDead = (click, event) => {
  const again = pending?.element === click.element;
  if (again && pending.click) return (pending.count += 1);
  if (!again) {
    if (!shouldAnswer(event, click.element)) return stopWaiting();
    expectAnswer(click.element);
  }
  clearTimeout(pending.timer);
  Object.assign(pending, { click, at: click.at, count: 1, timer: setTimeout(judge, DEAD_MS) });
};

// An error is an answer to the click that it is told of; a later one is nothing that the visitor could see.
export const noteError = () => {
  if (pending?.click) stopWaiting();
};

const judge = safely(() => {
  // Nothing waits once it has answered.
  const { click, count, href, undo: [waits] } = pending;
  stopWaiting();
  // Long overdue, the machine slept: nobody knows.
  if (now() - click.at > 2 * DEAD_MS || href !== location.href || document.hidden) return;
  if (waits) signal("dead_click", click, { count });
});
