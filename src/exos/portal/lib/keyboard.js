/*
Keys of the portal. A shortcut is one key ("/", "[", "Escape") or two in a row ("g p"); none fires while the user types in a field.

  const remove = shortcut("x", "Compare with the period before", () => …, {group: "Time"});
  shortcuts() → [{keys, label, group}], for the help dialog
*/
const known = new Map();
const PATIENCE = 1200;
let prefix = "";
let timer = 0;

export function shortcut(keys, label, run, { group = "Page" } = {}) {
  const entry = { keys, label, group, run };
  known.set(keys, entry);
  return () => known.get(keys) === entry && known.delete(keys);
}

export function shortcuts() {
  return [...known.values()];
}

export function typing(target) {
  return target instanceof Element && Boolean(target.closest("input:not([type=range], [type=radio], [type=checkbox]), textarea, select, [contenteditable=true]"));
}

function pressed(event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (document.querySelector("dialog:modal") && event.key !== "?") return;
  const keys = prefix ? `${prefix} ${event.key}` : event.key;
  clearTimeout(timer);
  prefix = "";
  const found = known.get(keys);
  if (found) {
    event.preventDefault();
    found.run(event);
  } else if ([...known.keys()].some((other) => other.startsWith(`${keys} `))) {
    prefix = keys;
    timer = setTimeout(() => (prefix = ""), PATIENCE);
  }
}

document.addEventListener("keydown", pressed);
