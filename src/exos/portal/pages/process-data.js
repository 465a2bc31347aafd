// What the process page asks the server for. Equal questions of several panels share one request (lib/api.js).
import { run } from "../lib/api.js";
import { sketched } from "../lib/ranges.js";
import { state } from "../lib/state.js";

export const [VARIANTS, CASES] = [200, 100];
// More paths than a map can show, so that what is counted is counted whole.
export const PATHS = 20_000;

export const chosen = (which) => ({ process: state.get("process"), ...state.selection(which) });
export const processes = (signal) => run("process/processes", {}, { signal }).then((table) => table.objects());
export const variants = (signal) => run("process/variants", { ...chosen(), limit: VARIANTS }, { signal });
export const wholeProcess = (signal) => run("process/variants", { process: state.get("process"), limit: VARIANTS }, { signal }).then((table) => table.objects());
// The cases that finish in the range, for whatever compares periods: of those that started lately only the fast have finished.
export const finished = (which) => ({ ...chosen(which), cases: "finished" });
export const summary = (signal, asked = chosen()) => run("process/summary", asked, { signal }).then((table) => table.objects()[0]);
export const trend = (signal, asked = chosen()) => run("process/trend", { ...asked, interval: sketched(state.range()) }, { signal });
export const bottlenecks = (signal, which) => run("process/bottlenecks", { ...finished(which), limit: 50 }, { signal }).then((table) => table.objects());
export const cases = (signal, order, asked = chosen()) => run("process/cases", { ...asked, order, limit: CASES }, { signal });

export const transitions = ([source, target], signal, limit = CASES) => run("process/transitions", { ...chosen(), source, target, limit }, { signal });

export const paths = (signal) => run("process/dfg", { ...chosen(), limit: PATHS }, { signal });
/** Whether an answer about paths or activities leaves out the rarest. */
export const cut = (table) => table.truncated || table.rows.length >= PATHS;

export async function mapData(signal) {
  const asked = [paths(signal), run("process/activities", { ...chosen(), limit: PATHS }, { signal }), variants(signal)];
  const [dfg, activities, ways] = await Promise.all(asked);
  return { dfg: dfg.objects(), activities: activities.objects(), variants: ways.objects(), cut: cut(dfg) };
}
