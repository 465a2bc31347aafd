// The lists behind the page's numbers, and the records behind those, as drawers.
import { defineDrawer } from "../components/drawer.js";
import { listDrawer } from "../components/list-drawer.js";
import "../components/session-drawers.js";
import { run } from "../lib/api.js";
import { most } from "../lib/extremes.js";
import { duration, number, plural } from "../lib/format.js";
import { element } from "../lib/html.js";
import { state } from "../lib/state.js";
import { caseColumns, passageColumns } from "./process-cases.js";
import { bottlenecks, CASES, cases, cut, finished, paths, transitions } from "./process-data.js";
import { openCase } from "./process-doors.js";
import { caseTimeline } from "./process-timeline.js";

const PASSAGES = 1000;

const list = (panel, columns, door, ask) => listDrawer(panel, { columns, door, ask, empty: "No case of the selection has this." });

defineDrawer("edge", async (panel, { source, target, above = null }) => {
  panel.heading = `${source} → ${source === target ? "itself" : target}`;
  const rows = await list(panel, passageColumns([source, target]), (row) => openCase(row.case_id), async (signal) =>
    (await transitions([source, target], signal, PASSAGES)).objects().filter((row) => above === null || row.wait_seconds > above));
  const cases = new Set(rows.map((row) => row.case_id)).size;
  panel.note = rows.length ? `${rows.length === PASSAGES ? `The ${number(PASSAGES)} slowest passages` : plural(rows.length, "passage")}, ${plural(cases, "case")}${above === null ? "" : ` that waited longer than ${duration(above)}, as 5 % do`}, slowest first` : "";
});

defineDrawer("finished", async (panel) => {
  panel.heading = "Cases that finish in the range";
  const columns = caseColumns(() => undefined).filter(({ key }) => key !== "timeline");
  const end = { key: "end", label: "End", kind: "time", width: 150 };
  const rows = await list(panel, [...columns.slice(0, 3), end, ...columns.slice(3)], (row) => openCase(row.case_id), (signal) => cases(signal, "longest", finished()));
  panel.note = rows.length < CASES ? `${plural(rows.length, "case")}, longest first` : `The ${number(CASES)} that took the longest`;
});

defineDrawer("paths", async (panel) => {
  panel.heading = "All paths";
  const note = "The table behind the map; choose a path to see it there";
  panel.note = note;
  const columns = [
    { key: "source", label: "From", width: 190 }, { key: "target", label: "To", width: 190 }, { key: "frequency", label: "Times", kind: "number", width: 90 }, { key: "case_frequency", label: "Cases", kind: "number", width: 90 },
    { key: "median_seconds", label: "Median", kind: "duration", width: 100 }, { key: "p95_seconds", label: "p95", kind: "duration", width: 100 }, { key: "mean_seconds", label: "Mean", kind: "duration", width: 100 }, { key: "total_seconds", label: "Total", kind: "duration", width: 110 },
  ];
  await list(panel, columns, (row) => state.set({ edge: [row.source, row.target], activity: null, variant: null, drawer: null }), async (signal) => {
    const table = await paths(signal);
    if (cut(table)) panel.note = `The ${number(table.rows.length)} most frequent. ${note}`;
    return table;
  });
});

defineDrawer("waits", async (panel) => {
  panel.heading = "Where cases wait";
  panel.note = "Paths by all their waiting, of the cases that finish in the range; choose one to see it on the map";
  const columns = [
    { key: "source", label: "From", width: 190 }, { key: "target", label: "To", width: 190 }, { key: "share_of_wait", label: "Share", kind: "percent", width: 90 },
    { key: "median_wait_seconds", label: "Median", kind: "duration", width: 100 }, { key: "p95_wait_seconds", label: "p95", kind: "duration", width: 100 }, { key: "frequency", label: "Times", kind: "number", width: 90 },
  ];
  await list(panel, columns, (row) => state.set({ edge: [row.source, row.target], activity: null, variant: null, drawer: null }), (signal) => bottlenecks(signal));
});

defineDrawer("rework", async (panel) => {
  panel.heading = "What is done again";
  panel.note = "Activities that occur more than once in a case that finishes in the range; choose one to see it on the map";
  const columns = [
    { key: "activity", label: "Activity", width: 240 }, { key: "rework_rate", label: "Rework rate", kind: "percent", width: 120 },
    { key: "rework_cases", label: "Cases", kind: "number", width: 90 }, { key: "rework_events", label: "Extra events", kind: "number", width: 120 }, { key: "cases", label: "Of cases", kind: "number", width: 90 },
  ];
  await list(panel, columns, (row) => state.set({ activity: row.activity, edge: null, variant: null, drawer: null }), async (signal) =>
    (await run("process/rework", finished(), { signal })).objects().filter((row) => row.rework_cases));
});

defineDrawer("case", async (panel, args) => {
  panel.heading = `Case ${args.case}`;
  const holder = element`<exos-state skeleton="table"><div class="case"></div></exos-state>`;
  panel.body.replaceChildren(holder);
  await holder.load(() => run("process/timeline", { process: state.get("process"), case: args.case }, { signal: panel.signal }), (answer) => {
    const events = answer.objects();
    if (!events.length) return { icon: "search", title: "There is no such case", text: `The process has no case ${args.case}.` };
    const last = most(events.map(({ end }) => Date.parse(end)));
    panel.note = `${plural(events.length, "event")} in ${duration((last - Date.parse(events[0].start)) / 1000)}`;
    holder.querySelector(".case").replaceChildren(caseTimeline(events, state.timezone()));
    return null;
  });
});
