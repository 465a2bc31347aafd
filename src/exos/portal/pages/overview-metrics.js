// What services and networks measure of themselves; each metric opens the places it comes from.
import { openDrawer } from "../components/drawer.js";
import "../components/table.js";
import { run } from "../lib/api.js";
import { number, signedPercent } from "../lib/format.js";
import { element } from "../lib/html.js";
import { state } from "../lib/state.js";
import { held, section } from "./overview-section.js";

const TITLE = "What is measured";
const UNSEEN = 0.0005;
const BINARY = ["B", "KiB", "MiB", "GiB", "TiB"];

const ask = (signal, which, more) => run("metrics/gauges", { ...state.selection(which), filters: null, ...more }, { signal });

export const gaugeColumns = (first) => [
  first, { key: "mean", label: "Mean", kind: "number", width: 110, render: (value, { unit }) => written(value, unit) },
  { key: "change", label: "vs before", kind: "number", width: 100, render: (value) => (value === undefined ? "–" : Math.abs(value) < UNSEEN ? "±0 %" : signedPercent(value)) },
  { key: "p95", label: "95 % below", kind: "number", width: 115, render: (value, { unit }) => written(value, unit) }, { key: "highest", label: "Highest", kind: "number", width: 115, render: (value, { unit }) => written(value, unit) },
  { key: "highest_at", label: "When", kind: "time", width: 160 }, { key: "latest", label: "Latest", kind: "number", width: 110, render: (value, { unit }) => written(value, unit) },
];

export function metricsSection(main) {
  const table = element`<exos-table label=${TITLE}></exos-table>`;
  table.door = ({ metric, attributes }) => openDrawer("gauge", { metric, by: attributes[0] ?? "service" });
  const made = section(main, { title: "Metrics", picture: "gauge", figures: [], cards: [{ title: TITLE, content: table, className: "wide" }] });
  const { node } = made;

  return () => held(made, (signal) => compared(signal, {}), (rows) => {
    node.querySelector(".card h3").textContent = finding(rows);
    table.rows = [];
    table.columns = gaugeColumns({ key: "metric", label: "Metric", width: 180 });
    table.rows = rows;
    return rows.length > 0;
  });
}

// The rows of now, with how much their mean has changed against the period compared with.
export async function compared(signal, more) {
  const [now, then] = await Promise.all([ask(signal, "range", more), state.comparison() && ask(signal, "compare", more)]);
  const key = ({ metric, unit, series }) => JSON.stringify([metric, unit, series]);
  const before = new Map((then?.objects() ?? []).map((row) => [key(row), row.mean]));
  return now.objects().map((row) => (before.get(key(row)) ? { ...row, change: row.mean / before.get(key(row)) - 1 } : row));
}

function finding(rows) {
  const [most] = rows.filter(({ change }) => Math.abs(change) >= 0.05).sort((one, other) => Math.abs(other.change) - Math.abs(one.change));
  return most ? `${most.metric} ${most.change > 0 ? "rose" : "fell"} by ${signedPercent(Math.abs(most.change)).replace("+", "")}` : TITLE;
}

// A value with its unit, as UCUM writes it: By are bytes, 1 is a share, {order} are orders.
export function written(value, unit) {
  if (unit === "By") return bytes(value);
  const digits = value !== 0 && Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  const text = number(Number(value.toFixed(digits)));
  return unit === "" || unit === "1" || unit.startsWith("{") ? text : `${text} ${unit}`;
}

function bytes(value) {
  const step = Math.max(0, Math.min(BINARY.length - 1, Math.floor(Math.log2(Math.abs(value) || 1) / 10)));
  return `${number(Number((value / 1024 ** step).toFixed(step ? 1 : 0)))} ${BINARY[step]}`;
}
