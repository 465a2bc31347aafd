// The process page: what is asked for is in the URL, every panel loads what it needs, and what is chosen in one shows in the others.
import { colourActivities, meanOrder } from "../components/map-colours.js";
import { buildGraph, edgeIndex } from "../components/map-graph.js";
import { state } from "../lib/state.js";
import { processSuggestions } from "../lib/suggestions.js";
import { openCase, openDrawer } from "./process-doors.js";
import "../components/kpi.js";
import "../components/process-map.js";
import "../components/segmented.js";
import "../components/select.js";
import "../components/shell.js";
import "../components/slider.js";
import "../components/state.js";
import "../components/table.js";
import { CasePanel } from "./process-case-panel.js";
import * as data from "./process-data.js";
import { finding, waits } from "./process-finding.js";
import { showFigures } from "./process-kpis.js";
import { MapPanel } from "./process-map-panel.js";
import { coverageLine, Variants } from "./process-variants.js";

const page = document.querySelector("main");
const shell = document.querySelector("exos-shell");
const picker = document.querySelector("exos-select[slot=title]");
const title = page.querySelector("#finding");
const variantState = page.querySelector(".variants exos-state");
let loading = new AbortController();

const mapPanel = new MapPanel(page.querySelector(".map-card"));
const casePanel = new CasePanel(page.querySelector(".cases"), () => mapPanel.graph);
const variants = new Variants(page.querySelector(".variants .list"), {
  choose: (row) => state.set({ variant: row?.key ?? null, edge: null, activity: null }),
  hover: (row) => mapPanel.light(row?.variant ?? variants.find(state.get("variant"))?.variant ?? null),
  filter: (row, op) => state.set({ variant: null, filters: [...state.filters(), { property: "variant", op, value: row.variant }] }),
});

const doors = {
  cases: () => page.querySelector(".cases").scrollIntoView({ behavior: "smooth" }), median_duration_seconds: () => openDrawer("finished"),
  waiting_share: () => openDrawer("waits"), rework_rate: () => openDrawer("rework"), first_time_right: () => openDrawer("rework"),
};

async function start() {
  shell.suggestions = processSuggestions(() => state.get("process"));
  shell.caseDoor = (process, id) => (process === state.get("process") ? { run: () => openCase(id) } : null);
  shell.exports = () => mapPanel.exports(variants, casePanel);
  picker.addEventListener("change", () => state.set({ process: picker.value, edge: null, activity: null, variant: null, drawer: null, activities: null, paths: null, filters: null }));
  state.subscribe(refresh, ["process", "range", "compare", "tz", "filters"]);
  page.addEventListener("retry", (event) => (event.preventDefault(), refresh()));
  state.subscribe(mark, ["edge", "activity", "variant"]);
  state.subscribe(colours, ["process"]);
  colours();
  state.subscribe(() => mapPanel.view(), ["overlay", "activities", "paths"]);
  if (state.get("process")) refresh();
  try {
    offer(await data.processes());
  } catch (error) {
    page.querySelectorAll("exos-state").forEach((panel, at) => at === 0 && panel.fail(error, () => location.reload()));
  }
}

// Colours go by the whole process: neither a filter nor a range gives an activity another one.
function colours() {
  if (state.get("process")) data.wholeProcess().then((rows) => colourActivities(meanOrder(rows), { whole: true }), () => null);
}

function offer(known) {
  picker.options = known.map(({ process, cases }) => ({ value: process, label: process, hint: cases.toLocaleString() }));
  const wanted = state.get("process");
  const current = known.find(({ process }) => process === wanted);
  if (!known.length) return nothing();
  if (!wanted) return state.set({ process: known[0].process }, { replace: true });
  if (!current) return unknown(wanted, known);
  shell.extent = { first: new Date(current.first_start), last: new Date(current.last_end) };
  return null;
}

function refresh() {
  loading.abort();
  loading = new AbortController();
  const { signal } = loading;
  const process = state.get("process");
  picker.value = process;
  shell.heading = process;
  page.classList.remove("void");
  const shown = mapPanel.load(async (inner) => buildGraph(await data.mapData(inner)));
  figures(signal);
  shown.then((graph) => {
    letGo(graph);
    casePanel.refresh();
  });
  name(shown, signal);
  variantState.load(async (inner) => [await data.mapData(inner), await data.summary(inner)], ([{ variants: rows }, { variants: total }]) => {
    page.querySelector(".coverage").textContent = coverageLine(rows, total ?? (rows.length < data.VARIANTS ? rows.length : null));
    variants.show(rows);
    mark();
    return rows.length ? null : { icon: "git-branch", title: "No variants", text: "No case passes the filters in this range." };
  });
  casePanel.load();
}

// What a filter has taken out of the graph is no longer chosen.
function letGo(graph) {
  if (!graph || !state.filters().length) return;
  const [edge, activity] = [state.json("edge"), state.get("activity")];
  const gone = Array.isArray(edge) ? !graph.cut && !edgeIndex(graph).has(edge.map((name) => graph.byName.get(name)).join(">")) : activity && !graph.byName.has(activity);
  if (gone) state.set({ edge: null, activity: null }, { replace: true });
}

async function figures(signal) {
  const tiles = [...page.querySelectorAll("exos-kpi")];
  try {
    await showFigures(tiles, doors, signal);
  } catch (error) {
    if (!signal.aborted) tiles.forEach((tile) => tile.fail(error));
  }
}

async function name(shown, signal) {
  const periods = state.comparison() && Promise.all(["range", "compare"].map((which) => data.bottlenecks(signal, which))).catch(() => null);
  const [graph, compared] = await Promise.all([shown, periods]);
  if (!signal.aborted) title.textContent = graph ? finding(waits(graph), compared) : "Process map";
}

// What is chosen, in every panel.
function mark() {
  const row = variants.find(state.get("variant"));
  variants.chosen = row?.key ?? null;
  mapPanel.mark(row?.variant ?? null);
  casePanel.load();
}

function nothing() {
  page.classList.add("void");
  shell.heading = "Process";
  mapPanel.notice({
    icon: "workflow", title: "No process yet", text: "Import an event log (XES, CSV, Parquet, JSONL or OCEL), or let EXOS make a company to explore.",
    commands: ["exos import orders.csv --process orders", "exos demo"], actions: [{ label: "Look again", run: () => location.reload() }],
  });
}

function unknown(wanted, known) {
  page.classList.add("void");
  mapPanel.notice({
    icon: "workflow", title: `There is no process “${wanted}”`, text: "It may have been imported under another name.",
    actions: known.slice(0, 4).map(({ process }, at) => ({ label: process, primary: at === 0, run: () => state.set({ process }) })),
  });
}

start();
