/*
Colours of the theme for what CSS does not reach: canvas, charts, exported pictures.

  token("accent") → "rgb(…)" as it is now · series(["TX", "CA"]) → Map of name → colour, the same name the same colour on every page
  const stop = onTheme(fn): fn() whenever light and dark change
*/
const SERIES = 8;
let probe = null;

export function token(name) {
  probe ??= document.head.appendChild(document.createElement("meta"));
  probe.style.color = `var(--color-${name})`;
  return getComputedStyle(probe).color;
}

export function series(names) {
  const taken = new Set();
  const chosen = new Map();
  // By name, not by rank: a filter that drops one series must not recolour the others.
  for (const name of [...new Set(names)].sort()) {
    let slot = hash(name) % SERIES;
    for (let tries = 0; taken.has(slot) && tries < SERIES; tries += 1) slot = (slot + 1) % SERIES;
    taken.add(slot);
    chosen.set(name, token(`series-${slot + 1}`));
  }
  return chosen;
}

function hash(text) {
  let value = 2166136261;
  for (const character of String(text)) value = Math.imul(value ^ character.codePointAt(0), 16777619);
  return value >>> 0;
}

export function onTheme(fn) {
  const watcher = new MutationObserver(fn);
  watcher.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", fn);
  return () => {
    watcher.disconnect();
    system.removeEventListener("change", fn);
  };
}
