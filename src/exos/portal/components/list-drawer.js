/*
A drawer filled with a table that a request brings, under the states that every panel has.

  const rows = await listDrawer(panel, {columns, door: (row) => …, ask: (signal) => run(…), empty: "No case has this."});
  ask gives an answer of api.run or a list of objects
*/
import "./state.js";
import "./table.js";
import { element } from "../lib/html.js";

export async function listDrawer(panel, { columns, door = null, ask, empty }) {
  const holder = element`<exos-state skeleton="table" fill><exos-table fill label="List"></exos-table></exos-state>`;
  const table = holder.firstElementChild;
  table.columns = columns;
  table.door = door;
  panel.body.replaceChildren(holder);
  let shown = [];
  await holder.load(() => ask(panel.signal), (answer) => {
    shown = answer.objects ? answer.objects() : answer;
    if (!shown.length) return { icon: "list", title: "Nothing here", text: empty };
    queueMicrotask(() => (table.rows = shown));
    return null;
  });
  return shown;
}
