// How the processes are doing: a card each, with where it waits the longest.
import { run } from "../lib/api.js";
import { compact, duration, number, percent, points, signedDuration } from "../lib/format.js";
import { element, html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { sketched } from "../lib/ranges.js";
import { state } from "../lib/state.js";
import { sparkline } from "../components/kpi.js";
import { whole } from "./overview-section.js";

const MOST = 12;

export function processSection(main) {
  const list = element`<ul class="processes"></ul>`;
  const panel = element`<exos-state skeleton="table"></exos-state>`;
  panel.append(list);
  const node = element`<section aria-label="Processes"><h2>${icon("workflow", 15)}Processes</h2>${panel}</section>`;
  main.append(node);

  return async () => {
    node.hidden = false;
    let filled = null;
    await panel.load(rows, ([now, then]) => {
      filled = now.length > 0;
      node.hidden = !filled;
      const before = new Map(then.map((row) => [row.process, row]));
      list.replaceChildren(...now.map((row) => card(row, before.get(row.process))));
      return null;
    });
    if (filled) courses(list);
    return filled;
  };
}

async function rows(signal) {
  const ask = (which) => run("process/portfolio", { ...state.selection(which), filters: null, limit: MOST }, { signal }).then((table) => table.objects());
  return Promise.all([ask("range"), state.comparison() ? ask("compare") : []]);
}

function card(row, then) {
  const facts = [
    ["Cases", compact(row.cases), difference(row, then, "cases"), (change) => `${change < 0 ? "−" : "+"}${number(Math.abs(change))}`, 0],
    ["Median throughput", duration(row.median_duration_seconds), difference(row, then, "median_duration_seconds"), signedDuration, 1],
    ["Rework", percent(row.rework_rate), difference(row, then, "rework_rate"), points, 1],
  ];
  const made = element`<li class="card"><a href=${state.link("/process", { process: row.process })}>
    <span class="name">${icon("workflow")}<b>${row.process}</b><span class="course" data-process=${row.process}></span></span>
    <dl>${facts.map(([label, value, change, write, worse]) => html`<div><dt>${label}</dt><dd>${value}</dd>${change !== null && html`<dd class=${`delta ${tone(change, worse)}`}>${write(change)}</dd>`}</div>`)}</dl></a></li>`;
  if (row.source) {
    const edge = { process: row.process, edge: [row.source, row.target] };
    made.append(element`<a class="slowest" href=${state.link("/process", edge)}>${icon("clock", 13)}<span><b>${row.source} → ${row.target}</b> · ${percent(row.share_of_wait, 0)} of all waiting</span>${icon("arrow-right", 13)}</a>`);
  }
  return made;
}

// Nothing where one of the two periods has no value: no case finished, no case at all.
function difference(row, then, key) {
  return !then || row[key] === null || then[key] === null ? null : row[key] - then[key];
}

function tone(change, worse) {
  return !worse || Math.abs(change) < 0.0005 ? "" : Math.sign(change) === worse ? "bad" : "good";
}

// The course of each process, once its numbers stand: a picture that nobody waits for.
async function courses(list) {
  for (const place of list.querySelectorAll(".course")) {
    try {
      const table = await run("process/trend", { ...state.selection(), filters: null, process: place.dataset.process, interval: sketched(state.range()) });
      place.replaceChildren(...[sparkline(whole(table.column("cases")))].filter(Boolean));
    } catch {
      place.replaceChildren();
    }
  }
}
