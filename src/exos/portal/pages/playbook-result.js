// What an analysis answered: as a table, and as a chart where its columns allow one.
import { run, statement } from "../lib/api.js";
import { chartOf, measures } from "../lib/charted.js";
import { columnsOf } from "../lib/columns.js";
import { bytes, duration, number, plural } from "../lib/format.js";
import { element, html } from "../lib/html.js";
import { state } from "../lib/state.js";
import "../components/chart.js";
import { codeBlock } from "../components/code.js";
import { defineDrawer, openDrawer } from "../components/drawer.js";
import "../components/segmented.js";
import "../components/select.js";
import "../components/state.js";
import "../components/table.js";
import { cellText } from "../components/table-cells.js";

const CHARTS_FIRST = new Set(["line", "bar"]);
const TALLEST = 40;
// What a person reads. Whoever wants all asks for it under Rows; the other doors give all anyway.
const ENOUGH = 10_000;
let told;
let latest = new Promise((resolve) => (told = resolve));

// Rows come in the order of what the question is about: the measure that falls from row to row.
const ranks = (values) => values[0] > values.at(-1) && values.every((value, at) => at === 0 || value <= values[at - 1]);

export function resultCard(analysis) {
  let answer = null;
  let asked = {};
  const measure = element`<exos-select label="Measure"></exos-select>`;
  const view = element`<exos-segmented label="Show as"></exos-segmented>`;
  const [table, chart, note] = [element`<exos-table label=${analysis.title}></exos-table>`, element`<exos-chart plain label=${analysis.title}></exos-chart>`, element`<p></p>`];
  const charted = element`<div class="p-3" hidden>${chart}</div>`;
  const panel = element`<exos-state skeleton="table">${table}${charted}</exos-state>`;
  const node = element`<section class="card result" aria-label="Result"><header><h2>Result</h2>${note}<span class="spring"></span>${measure}${view}</header>${panel}</section>`;
  view.options = [{ value: "table", label: "Table" }, { value: "chart", label: "Chart" }];
  view.addEventListener("change", () => state.set({ view: view.value }, { replace: true }) ?? arrange());
  measure.addEventListener("change", () => state.set({ measure: measure.value }, { replace: true }) ?? arrange());
  [measure, view].forEach((control) => (control.hidden = true));
  requestAnimationFrame(() => answer || panel.getAttribute("state") || waiting());
  table.door = (row) => openDrawer("row", { at: answer.objects().indexOf(row) });

  function waiting() {
    panel.notice({ icon: "play", title: "Not run yet", text: "Fill in the parameters and press Run, or r." });
  }

  function show(result) {
    answer = result;
    told(result);
    latest = Promise.resolve(result);
    const { elapsed, rows_read: rows, bytes_read: size } = result.statistics;
    // An analysis that is a function asks several times, and reports no sum.
    const cost = rows ? ` in ${duration(elapsed)} · ${number(rows)} rows, ${bytes(size)} read` : "";
    const cut = result.rows.length >= limit(asked) ? `first ${plural(result.rows.length, "row")}, there may be more` : plural(result.rows.length, "row");
    note.textContent = cut + cost;
    table.show(result);
    const found = measures(result);
    const drawable = chartOf(result) !== null;
    view.hidden = !drawable;
    measure.options = found.map(({ key, label }) => ({ value: key, label }));
    const wanted = state.get("measure");
    measure.value = found.some(({ key }) => key === wanted) ? wanted : (found.find(({ key }) => ranks(result.column(key))) ?? found[0])?.key ?? null;
    view.value = drawable ? state.get("view") ?? (CHARTS_FIRST.has(analysis.shows) ? "chart" : "table") : "table";
    arrange();
    return result.rows.length ? null : { icon: "search", title: "No rows", text: "Nothing in the data fits these parameters, this time range and these filters.", actions: widen() };
  }

  function arrange() {
    const asChart = view.value === "chart";
    [table.hidden, charted.hidden, measure.hidden] = [asChart, !asChart, !asChart || measures(answer).length < 2];
    if (!asChart) return;
    const data = chartOf(answer, measure.value);
    const height = data.kind === "across" ? Math.max(160, Math.min(TALLEST, data.x.values.length) * 24 + 50) : 300;
    chart.style.setProperty("--chart-height", `${height}px`);
    chart.data = data;
  }

  function limit(params) {
    const { default: all = Infinity } = analysis.parameters.find(({ name }) => name === "limit") ?? {};
    return params.limit ?? Math.min(all ?? Infinity, ENOUGH);
  }

  return {
    node,
    run(params) {
      asked = params;
      note.textContent = "";
      return panel.load((signal) => run(analysis.slug, { ...params, limit: limit(params) }, { signal }), show);
    },
    exports() {
      const name = analysis.slug.replace("/", "-");
      return [
        { label: "CSV", icon: "table-2", disabled: !answer, hint: answer ? plural(answer.rows.length, "row") : "", run: () => table.download(`${name}.csv`) },
        { label: "PNG of the chart", icon: "image", disabled: !answer || view.value !== "chart", run: () => chart.downloadPng(`${name}.png`) },
        { label: "Show SQL", icon: "code", run: () => openDrawer("sql", { slug: analysis.slug, params: asked }) },
      ];
    },
  };
}

function widen() {
  const all = state.range().since ? [{ label: "All time", run: () => state.set({ range: null }) }] : [];
  return [...all, ...(state.filters().length ? [{ label: "Clear filters", run: () => state.setFilters([]) }] : [])];
}

defineDrawer("sql", async (panel, { slug, params }) => {
  panel.heading = "SQL of this run";
  panel.note = slug;
  const { sql, params: values } = await statement(slug, params, { signal: panel.signal });
  panel.body.replaceChildren(html`<div class="grid gap-3 p-4">${codeBlock(sql, "sql")}<h3>Bound values</h3>${codeBlock(JSON.stringify(values, null, 2), "json")}</div>`);
});

// The address names the row by its place; after a reload the drawer waits for the answer.
defineDrawer("row", async (panel, { at }) => {
  panel.heading = `Row ${at + 1}`;
  const table = await latest;
  const row = table.objects()[at];
  if (!row) return panel.body.replaceChildren(html`<p class="p-4 text-muted">The answer has no such row any more.</p>`);
  const facts = columnsOf(table).map((column) => ({ ...column, value: row[column.key] }));
  return panel.body.replaceChildren(html`<dl class="facts">${facts.map(fact)}</dl>`);
});

function fact(column) {
  const { key, value, kind } = column;
  const text = cellText(column, value, state.timezone());
  const exact = kind === "text" || kind === "list" || kind === "json" || text === "–" ? "" : String(value);
  const shown = kind === "json" && text !== "–" ? codeBlock(JSON.stringify(value, null, 2), "json") : kind === "list" && value.length ? html`<ol>${value.map((one) => html`<li>${one}</li>`)}</ol>` : text;
  return html`<div><dt>${key}</dt><dd>${shown}${exact && exact !== text && html`<small>${exact}</small>`}</dd></div>`;
}
