/*
Overview: what changed, one section per capability, each number a door. A capability adds its section here and nowhere else:
a function that puts its section into the page and gives back what loads it, called again whenever the range, the comparison or the
zone changes. What it gives is true once the section holds anything; a section with nothing to show hides itself.
*/
import { most } from "../lib/extremes.js";
import { run } from "../lib/api.js";
import { state } from "../lib/state.js";
import { element } from "../lib/html.js";
import { openDrawer } from "../components/drawer.js";
import { who } from "../components/session-columns.js";
import "../components/shell.js";
import "../components/state.js";
import "../components/session-doors.js";
import { assistantSection } from "./overview-assistant.js";
import { customersSection } from "./overview-customers.js";
import { experienceSection } from "./overview-experience.js";
import { metricsSection } from "./overview-metrics.js";
import { processSection } from "./overview-processes.js";
import "./overview-calls.js";
import "./overview-gauges.js";
import "./overview-people.js";

const RECENT = 30 * 86_400_000;
const SESSION_ID = 6;
const main = document.querySelector("main");
const shell = document.querySelector("exos-shell");
const welcome = element`<exos-state class="welcome" hidden></exos-state>`;
main.append(welcome);
const sections = [processSection, experienceSection, customersSection, assistantSection, metricsSection].map((add) => add(main));

async function look() {
  const filled = await Promise.all(sections.map((load) => load()));
  // A section that failed says so itself: only a server that answered "nothing" everywhere is empty.
  welcome.hidden = filled.some((has) => has !== false);
  if (!welcome.hidden) invite();
}

function invite() {
  const ranged = state.range().since;
  welcome.notice(ranged
    ? { icon: "calendar", title: "Nothing in this range", text: "There may be something at other times.", actions: [{ label: "All time", run: () => state.set({ range: "all", compare: null }), primary: true }] }
    : {
      icon: "upload", title: "Nothing to look at yet",
      text: "Import an event log (XES, CSV, Parquet, JSONL or OCEL), or let EXOS make a company to explore.",
      commands: ["exos import orders.csv --process orders", "exos demo"],
      actions: [{ label: "Look again", run: look }],
    });
}

// What changed since last time: the last days against those before, unless all there is happened longer ago.
async function adoptRange() {
  if (state.get("range")) return;
  const rows = await run("process/processes").then((table) => table.objects(), () => []);
  const latest = most(rows.map(({ last_end: last }) => Date.parse(last)));
  if (rows.length && Date.now() - latest < RECENT) state.set({ range: "14d", compare: state.get("compare") ?? "previous" }, { replace: true });
}

// Sessions by a part of their id, for the palette.
shell.search = async (text, signal) => {
  if (text.length < SESSION_ID) return [];
  const found = await run("sessions/list", { filters: [{ property: "session_id", op: "contains", value: text }], limit: 5 }, { signal });
  return found.objects().map((row) => ({ label: `Session of ${who(row)}`, hint: row.session_id.slice(0, 12), group: "Sessions", icon: "monitor", run: () => openDrawer("session", { session: row.session_id }) }));
};

await adoptRange();
main.addEventListener("retry", (event) => (event.preventDefault(), look()));
state.subscribe(look, ["range", "compare", "tz"]);
look();
