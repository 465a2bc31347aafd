/*
The URL is the state, and this is its only reader and writer.

  state.get("process") → text or null                   state.json("drawer", []) → parsed value
  state.set({process: "loan", step: null})              null removes; adds a history entry
  state.set({...}, {replace: true})                     for what a slider does many times a second
  const stop = state.subscribe(fn, ["process", "range"])   fn(changed: Set of keys) after every change, also back and forward
  state.range() → {text, since, until, label, rolling}  state.comparison() → {since, until, label} or null
  state.timezone() → "UTC"                              state.filters() → [{property, op, value}]
  state.repair() → ["a time range (junk)"]              takes out of the address what cannot be read, and says what it was
  state.selection() → {since, until, timezone, filters}, ready to be parameters of an analysis; what is not set is left out
  state.selection("compare") → the same for the period compared with, or null
  state.link("/process", {process: "loan"}) → address that carries range, compare, tz, filters and process along
*/
import { COMPARISONS, compared, fixed, resolve } from "./ranges.js";
import { isZone, localZone } from "./time.js";

const CARRIED = ["process", "range", "compare", "tz", "filters"];
const listeners = new Set();
let values = read();

function read() {
  return new Map(new URLSearchParams(location.search));
}

function compose(entries) {
  const text = new URLSearchParams([...entries]).toString();
  // Brackets, colons, commas and arrows are legal in a query and far easier to read unescaped.
  return text.replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%5B", "[").replaceAll("%5D", "]").replaceAll("%2F", "/");
}

function address(entries, path = location.pathname) {
  const query = compose(entries);
  return query ? `${path}?${query}` : path;
}

function announce(before) {
  const keys = new Set([...before.keys(), ...values.keys()]);
  const changed = new Set([...keys].filter((key) => before.get(key) !== values.get(key)));
  if (!changed.size) return;
  for (const { fn, wanted } of [...listeners]) if (!wanted || wanted.some((key) => changed.has(key))) fn(changed);
}

window.addEventListener("popstate", () => {
  const before = values;
  values = read();
  announce(before);
});

export const state = {
  get: (key) => values.get(key) ?? null,

  json(key, otherwise = null) {
    try {
      return values.has(key) ? JSON.parse(values.get(key)) : otherwise;
    } catch {
      return otherwise;
    }
  },

  set(changes, { replace = false } = {}) {
    const before = values;
    values = new Map(before);
    for (const [key, value] of Object.entries(changes)) {
      if (value === null || value === undefined || value === "") values.delete(key);
      else values.set(key, typeof value === "object" ? JSON.stringify(value) : String(value));
    }
    const next = address(values) + location.hash;
    if (next === address(before) + location.hash) return;
    history[replace ? "replaceState" : "pushState"](null, "", next);
    announce(before);
  },

  subscribe(fn, wanted = null) {
    const entry = { fn, wanted };
    listeners.add(entry);
    return () => listeners.delete(entry);
  },

  timezone() {
    const named = values.get("tz");
    return named && isZone(named) ? named : "UTC";
  },

  range: () => resolve(values.get("range") ?? "all", state.timezone()),

  comparison() {
    const kind = values.get("compare");
    return COMPARISONS.some(([known]) => known === kind) ? compared(state.range().text, kind, state.timezone()) : null;
  },

  filters() {
    const given = state.json("filters", []);
    return Array.isArray(given) ? given.filter((one) => one && typeof one.property === "string" && typeof one.op === "string") : [];
  },

  repair() {
    const [range, zone] = [values.get("range"), values.get("tz")];
    const unread = [
      values.has("filters") && !state.filters().length && ["filters", "filters"], zone && !isZone(zone) && ["tz", `a time zone (${zone})`],
      range && range !== "all" && state.range().text === "all" && ["range", `a time range (${range})`],
    ].filter(Boolean);
    state.set(Object.fromEntries(unread.map(([key]) => [key, null])), { replace: true });
    return unread.map(([, words]) => words);
  },

  setFilters: (filters) => state.set({ filters: filters.length ? filters : null }),

  addFilter(filter) {
    const text = JSON.stringify(filter);
    const present = state.filters();
    if (!present.some((one) => JSON.stringify(one) === text)) state.setFilters([...present, filter]);
  },

  selection(which = "range") {
    const span = which === "compare" ? state.comparison() : state.range();
    if (!span) return null;
    const filters = state.filters();
    return {
      ...(span.since && { since: span.since.toISOString() }),
      ...(span.until && { until: span.until.toISOString() }),
      ...(state.timezone() !== "UTC" && { timezone: state.timezone() }),
      ...(filters.length && { filters }),
    };
  },

  link(path, more = {}) {
    const entries = new Map(CARRIED.filter((key) => values.has(key)).map((key) => [key, values.get(key)]));
    for (const [key, value] of Object.entries(more)) {
      if (value === null || value === undefined) entries.delete(key);
      else entries.set(key, typeof value === "object" ? JSON.stringify(value) : String(value));
    }
    return address(entries, path);
  },

  // The address for someone else: a rolling range becomes its dates, and the zone is named.
  share() {
    const entries = new Map(values);
    const { text, rolling } = state.range();
    if (rolling) entries.set("range", fixed(text, state.timezone()));
    entries.set("tz", state.timezone());
    return location.origin + address(entries) + location.hash;
  },
};

// Whoever prefers another zone than UTC has it in the address from the start, so that every copy of the address is complete.
export function adoptZone() {
  let preferred = null;
  try {
    preferred = localStorage.getItem("exos.tz");
  } catch {
    // Storage is off: the browser's zone serves.
  }
  const zone = preferred && isZone(preferred) ? preferred : localZone();
  if (!values.has("tz") && zone !== "UTC" && isZone(zone)) state.set({ tz: zone }, { replace: true });
}
