/*
Where filters get their properties and values from.

  shell.suggestions = processSuggestions(() => state.get("process"));
  await suggestions.properties(signal) → [{name, label, type, group, values}]     type: string | number | duration | time | step
  await suggestions.values("region", "te", signal) → ["Texas", "Tennessee"]
*/
import { run } from "./api.js";

const BUILT_IN = [
  { name: "activity", label: "Activity (with, without)", type: "step", group: "Steps" },
  { name: "path", label: "Path: directly followed by", type: "step", group: "Steps" },
  { name: "eventually", label: "Path: sooner or later followed by", type: "step", group: "Steps" },
  { name: "first_activity", label: "First activity", type: "step", group: "Steps" },
  { name: "last_activity", label: "Last activity", type: "step", group: "Steps" },
  { name: "duration_seconds", label: "Duration", type: "duration", group: "Case" },
  { name: "events", label: "Number of events", type: "number", group: "Case" },
  { name: "case_id", label: "Case id", type: "string", group: "Case" },
  { name: "resource", label: "Resource", type: "string", group: "Case" },
  { name: "start", label: "Start", type: "time", group: "Case" },
  { name: "end", label: "End", type: "time", group: "Case" },
];
const STEPS = new Set(["path", "eventually", "first_activity", "last_activity"]);
const LEVELS = { case: "Case attributes", event: "Event attributes" };

export function processSuggestions(process) {
  const known = new Map();

  function load(signal) {
    const name = process();
    if (!name) return Promise.resolve([]);
    if (!known.has(name)) {
      const asked = run("process/properties", { process: name }, { signal }).then((table) => table.objects());
      asked.catch(() => known.delete(name));
      known.set(name, asked);
    }
    return known.get(name);
  }

  return {
    async properties(signal) {
      const found = await load(signal);
      const own = found.filter(({ level }) => level !== "builtin");
      const shadowed = new Set(own.filter(({ level }) => level === "case").map(({ property }) => property));
      const attributes = own.filter(({ level, property }) => level === "case" || !shadowed.has(property));
      return [...BUILT_IN, ...attributes.map(({ property, level, type }) => ({ name: property, label: property, type, group: LEVELS[level] ?? "Attributes" }))];
    },

    async values(property, text, signal) {
      const found = await load(signal);
      const wanted = STEPS.has(property) ? "activity" : property;
      const values = found.find((one) => one.property === wanted)?.values ?? [];
      return values.filter((value) => value !== "" && value.toLowerCase().includes(text.toLowerCase()));
    },
  };
}
