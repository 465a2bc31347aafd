/*
A drawer filled with a table that a request brings, under the states that every panel has; once it is there, it can be taken along as CSV.

  const rows = await listDrawer(panel, {columns, door: (row) => …, ask: (signal) => run(…), empty: "No case has this.", above: chart});
  ask gives an answer of api.run or a list of objects; above: an element over the table, a chart or a choice
*/
import "./state.js";
import "./table.js";
import { element, html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { csv, download } from "../lib/save.js";

// All that the rows hold, also what the table has no column for.
function save(panel, rows) {
  const names = Object.keys(rows[0]);
  const file = panel.querySelector("h2").textContent.replaceAll(/[^\p{L}\p{N}._-]+/gu, "-").replaceAll(/^-+|-+$/g, "").toLowerCase();
  download(`${file}.csv`, csv(names, rows.map((row) => names.map((name) => row[name]))), "text/csv;charset=utf-8");
}

export async function listDrawer(panel, { columns, door = null, ask, empty, above = null }) {
  const holder = element`<exos-state skeleton="table" fill>${above && html`<div class="above">${above}</div>`}<exos-table fill label="List"></exos-table></exos-state>`;
  const table = holder.querySelector("exos-table");
  table.columns = columns;
  table.door = door;
  panel.body.replaceChildren(holder);
  let shown = [];
  await holder.load(() => ask(panel.signal), (answer) => {
    shown = answer.objects ? answer.objects() : answer;
    if (!shown.length) return { icon: "list", title: "Nothing here", text: empty };
    table.rows = shown;
    panel.actions.replaceChildren(html`<button type="button" class="icon-button quiet" aria-label="Download as CSV" title="Download as CSV" @click=${() => save(panel, shown)}>${icon("download")}</button>`);
    return null;
  });
  return shown;
}
