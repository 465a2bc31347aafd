// What the process page asks the server for. Equal questions of several panels share one request (lib/api.js).
import { run } from "../lib/api.js";
import { state } from "../lib/state.js";

export const VARIANTS = 200;
const [CASES, EDGES] = [100, 2000];

export const chosen = (which) => ({ process: state.get("process"), ...state.selection(which) });
export const processes = (signal) => run("process/processes", {}, { signal }).then((table) => table.objects());
export const variants = (signal) => run("process/variants", { ...chosen(), limit: VARIANTS }, { signal });
export const wholeProcess = (signal) => run("process/variants", { process: state.get("process"), limit: VARIANTS }, { signal }).then((table) => table.objects());
export const summary = (signal, which) => run("process/summary", chosen(which), { signal }).then((table) => table.objects()[0]);
export const trend = (signal) => run("process/trend", chosen(), { signal });
export const bottlenecks = (signal, which) => run("process/bottlenecks", { ...chosen(which), limit: 50 }, { signal }).then((table) => table.objects());
export const cases = (signal, order) => run("process/cases", { ...chosen(), order, limit: CASES }, { signal });

export const transitions = ([source, target], signal, limit = CASES) => run("process/transitions", { ...chosen(), source, target, limit }, { signal });

export const paths = (signal) => run("process/dfg", { ...chosen(), limit: EDGES }, { signal });

export async function mapData(signal) {
  const asked = [paths(signal), run("process/activities", { ...chosen(), limit: EDGES }, { signal }), variants(signal)];
  const [dfg, activities, ways] = await Promise.all(asked);
  return { dfg: dfg.objects(), activities: activities.objects(), variants: ways.objects() };
}


/** Case ids that contain a text, for the palette. */
export async function findCases(text, signal) {
  if (text.length < 2 || !state.get("process")) return [];
  const found = await run("process/cases", { process: state.get("process"), filters: [{ property: "case_id", op: "contains", value: text }], limit: 8 }, { signal });
  return found.column("case_id");
}
