// Overview, for as long as processes are all there is: what was imported, each a door to its map.
import { run } from "../lib/api.js";
import { html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { day, number, plural } from "../lib/format.js";
import { state } from "../lib/state.js";
import "../components/shell.js";
import "../components/state.js";

const panel = document.querySelector("main > exos-state");

const look = () => panel.load((signal) => run("process/processes", {}, { signal }), (table) => {
  const processes = table.objects();
  if (!processes.length) {
    return {
      icon: "upload", title: "Nothing to look at yet",
      text: "Import an event log (XES, CSV, Parquet, JSONL or OCEL), or let EXOS make a company to explore.",
      commands: ["exos import orders.csv --process orders", "exos demo"],
      actions: [{ label: "Look again", run: look }],
    };
  }
  panel.querySelector(".content").replaceChildren(html`<div class="grid gap-3"><h2 class="text-md">${plural(processes.length, "process", "processes")}</h2>
    <ul class="processes">${processes.map(tile)}</ul></div>`);
  return null;
});

state.subscribe(look, ["tz"]);
look();

function tile({ process, cases, events, activities, first_start: first, last_end: last }) {
  const zone = state.timezone();
  const fact = (label, value) => html`<div><dt>${label}</dt><dd>${number(value)}</dd></div>`;
  return html`<li class="card"><a href=${state.link("/process", { process })}><span class="name">${icon("workflow")}<b>${process}</b>${icon("arrow-right", 14)}</span>
    <dl>${fact("Cases", cases)}${fact("Events", events)}${fact("Activities", activities)}</dl><span class="span">${day(first, zone)} – ${day(last, zone)}</span></a></li>`;
}
