/*
What filters mean to people.

  describeFilter({property: "path", op: "=", value: ["A", "B"]}) → {subject: "passes", relation: "", value: "A → B"}
  operators("number") → [{value, label}]
  parseDuration("2 d 4 h") → 187200, or null
*/
import { duration } from "./format.js";

const SYMBOLS = { "=": "=", "!=": "≠", ">": ">", ">=": "≥", "<": "<", "<=": "≤", in: "is one of", not_in: "is none of", contains: "contains", regex: "matches", exists: "is known" };
const BY_TYPE = {
  string: ["=", "!=", "in", "not_in", "contains", "regex", "exists"],
  number: ["=", "!=", ">", ">=", "<", "<=", "exists"],
  duration: [">", ">=", "<", "<="],
  time: [">=", "<"],
  step: ["=", "!="],
};
// The steps a case takes read as sentences, not as comparisons.
const SENTENCES = {
  activity: { "=": "with", "!=": "without", in: "with any of", not_in: "with none of" },
  path: { "=": "passes", "!=": "never passes" },
  eventually: { "=": "sooner or later", "!=": "never" },
  first_activity: { "=": "starts with", "!=": "does not start with" },
  last_activity: { "=": "ends with", "!=": "does not end with" },
  variant: { "=": "runs exactly", "!=": "does not run" },
};
const LABELS = { duration_seconds: "Takes", events: "Events", case_id: "Case", resource: "Resource", start: "Starts", end: "Ends" };
const UNITS = { w: 604_800, d: 86_400, h: 3600, m: 60, min: 60, s: 1, sec: 1 };

export function describeFilter({ property, op, value }) {
  const sentence = SENTENCES[property]?.[op];
  if (sentence) return { subject: sentence, relation: "", value: steps(property, value) };
  const subject = LABELS[property] ?? property.replace(/^case:/, "");
  if (op === "exists") return { subject, relation: "", value: value === false ? "is missing" : "is known" };
  return { subject, relation: SYMBOLS[op] ?? op, value: shown(property, value) };
}

function steps(property, value) {
  if (!Array.isArray(value)) return String(value);
  if (property === "activity") return value.join(" or ");
  if (property === "variant" && value.length > 3) return `${value[0]} → … → ${value.at(-1)} (${value.length} steps)`;
  return value.join(property === "eventually" ? " … " : " → ");
}

function shown(property, value) {
  if (property === "duration_seconds") return duration(Number(value));
  if (Array.isArray(value)) return value.length > 3 ? `${value.slice(0, 2).join(", ")} and ${value.length - 2} more` : value.join(", ");
  if (property === "start" || property === "end") return String(value).slice(0, 16).replace("T", " ");
  return value === "" ? "(empty)" : String(value);
}

export function operators(type, property) {
  const names = SENTENCES[property];
  if (names) return Object.entries(names).map(([value, label]) => ({ value, label }));
  return (BY_TYPE[type] ?? BY_TYPE.string).map((value) => ({ value, label: SYMBOLS[value] }));
}

export function parseDuration(text) {
  const found = [...String(text).trim().toLowerCase().matchAll(/(\d+(?:\.\d+)?)\s*(weeks?|w|days?|d|hours?|h|minutes?|min|m|seconds?|sec|s)?(?=\s|\d|$)/g)];
  if (!found.length) return null;
  return found.reduce((sum, [, amount, unit = "s"]) => sum + Number(amount) * (UNITS[unit] ?? UNITS[unit[0]]), 0);
}
