// The cases behind what is shown: all of them, or those that took the chosen path, slowest first.
import { duration, number, plural } from "../lib/format.js";
import { html } from "../lib/html.js";
import { caseStrip } from "./process-strip.js";

export const ORDERS = [
  { value: "longest", label: "longest" }, { value: "shortest", label: "shortest" }, { value: "newest", label: "newest" },
  { value: "oldest", label: "oldest" }, { value: "most_events", label: "most events" },
];

/** Columns for rows of process/cases. typical: see process-strip.js. */
export function caseColumns(typical) {
  return [
    { key: "case_id", label: "Case", width: 150 },
    { key: "duration_seconds", label: "Duration", kind: "duration", width: 110 },
    { key: "timeline", label: "Timeline", width: 290, sort: false, render: (_, row) => caseStrip(row, typical) },
    { key: "start", label: "Start", kind: "time", width: 150 },
    { key: "events", label: "Events", kind: "number", width: 80 },
    { key: "resources", label: "Resources", width: 170, sort: false, render: (_, row) => people(row.resources) },
    { key: "what", label: "What happened", width: 240, sort: false, render: (_, row) => remarkable(row.variant) },
  ];
}

/** Columns for rows of process/transitions on one path. */
export function passageColumns(edge) {
  return [
    { key: "case_id", label: "Case", width: 150 },
    { key: "wait_seconds", label: "Wait", kind: "duration", width: 110 },
    { key: "timeline", label: "Timeline", width: 300, sort: false, render: (_, row) => caseStrip({ ...row, variant: row.activities }, null, edge) },
    { key: "left", label: "Left", kind: "time", width: 150 },
    { key: "entered", label: "Entered", kind: "time", width: 150 },
    { key: "handover", label: "Resource", width: 190, sort: false, render: (_, row) => handover(row) },
    { key: "duration_seconds", label: "Whole case", kind: "duration", width: 110 },
  ];
}

function people(names = []) {
  return names.length > 2 ? html`<span title=${names.join(", ")}>${names[0]} <span class="text-faint">+${names.length - 1}</span></span>` : names.join(", ");
}

function handover({ from_resource: from, to_resource: to }) {
  if (!from && !to) return "";
  return from === to ? from : `${from || "–"} → ${to || "–"}`;
}

// What was done again, most often first; else the number of different activities.
function remarkable(variant) {
  const counts = new Map();
  for (const name of variant) counts.set(name, (counts.get(name) ?? 0) + 1);
  const again = [...counts].filter(([, count]) => count > 1).sort((one, other) => other[1] - one[1]);
  if (!again.length) return html`<span class="text-faint">no repetition</span>`;
  const [[name, count]] = again;
  const text = again.map(([one, times]) => `${one} ×${times}`).join(", ");
  return html`<span title=${text}>${count}× ${name}${again.length > 1 && html`<span class="text-faint">\u00a0 +${again.length - 1}</span>`}</span>`;
}

export function headline(edge, rows, total) {
  if (edge) return { title: `Slowest cases on ${edge[0]} → ${edge[0] === edge[1] ? "itself" : edge[1]}`, count: total ? `${plural(total, "passage")}, longest wait ${duration(rows[0]?.wait_seconds)}` : "" };
  return { title: "Cases", count: total > rows.length ? `${number(rows.length)} of ${number(total)}` : plural(total ?? rows.length, "case") };
}
