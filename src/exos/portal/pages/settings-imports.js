// Event logs that were imported, with what was not taken and why.
import { ask } from "../lib/api.js";
import { bytes, dateTime, duration, number, plural } from "../lib/format.js";
import { html } from "../lib/html.js";
import { state } from "../lib/state.js";
import { defineDrawer, openDrawer } from "../components/drawer.js";
import "../components/table.js";

const COLUMNS = [
  { key: "process", label: "Process" },
  { key: "file", label: "File" },
  { key: "started_at", label: "Imported", kind: "time" },
  { key: "events", label: "Events", kind: "number" },
  { key: "cases", label: "Cases", kind: "number" },
  { key: "rejected", label: "Rejected", kind: "number", render: (value) => (value ? html`<span class="text-bad">${number(value)}</span>` : number(value)) },
  { key: "state", label: "State", render: (value) => html`<span class=${`pill ${value === "complete" ? "ok" : "warn"}`}>${value}</span>` },
];
let listed = null;

const fetched = (signal) => ask("/api/imports", { signal }).then(({ imports }) => (listed = imports));

export function showImports(section) {
  const table = section.querySelector("exos-table");
  table.columns = COLUMNS;
  table.door = ({ id, process }) => openDrawer("import", { import: id, process });
  return section.querySelector("exos-state").load(fetched, (imports) => {
    section.querySelector("header p").textContent = imports.length ? plural(imports.length, "file") : "";
    table.rows = imports;
    return imports.length ? null : { icon: "upload", title: "No event log was imported", text: "XES, CSV, Parquet, JSON Lines and OCEL 2.0 files become processes:", commands: ["exos import orders.csv --process orders"] };
  });
}

defineDrawer("import", async (panel, { import: id, process }) => {
  const found = (listed ?? (await fetched(panel.signal))).find((one) => one.id === id && one.process === process);
  if (!found) {
    panel.heading = "This import is not there any more";
    return;
  }
  panel.heading = found.file;
  panel.note = `${found.format} · ${bytes(found.bytes)}`;
  panel.body.replaceChildren(html`<dl class="facts">
    <div><dt>process</dt><dd><a class="link" href=${state.link("/process", { process: found.process })}>${found.process}</a></dd></div>
    <div><dt>state</dt><dd>${found.hint ? `${found.state}: ${found.hint}` : found.state}</dd></div>
    <div><dt>imported</dt><dd>${dateTime(found.started_at, state.timezone())}<small>${found.seconds ? `in ${duration(found.seconds)}` : ""}</small></dd></div>
    <div><dt>events</dt><dd>${number(found.events)}</dd></div><div><dt>cases</dt><dd>${number(found.cases)}</dd></div><div><dt>activities</dt><dd>${number(found.activities)}</dd></div>
    <div><dt>rejected rows</dt><dd>${number(found.rejected)}${found.rejections.length > 0 && html`<ol>${found.rejections.map((text) => html`<li>${text}</li>`)}</ol>`}</dd></div></dl>`);
});
