// Calls of models one by one, and what was done around each: the drawers behind the figures about AI.
import { defineDrawer, openDrawer } from "../components/drawer.js";
import { listDrawer } from "../components/list-drawer.js";
import { run } from "../lib/api.js";
import { missing, number, plural } from "../lib/format.js";
import { element, html } from "../lib/html.js";
import { state } from "../lib/state.js";
import { milliseconds, money, modelColumns, openModel } from "./overview-assistant.js";

const [CALLS, AROUND] = [500, 3_600_000];
// A single call costs a fraction of a cent.
const price = (value) => (missing(value) ? "–" : value > 0 && value < 0.01 ? `$${value.toFixed(4)}` : money(value));
const NAMES = { failed: "Calls that failed", succeeded: "Calls that succeeded", newest: "AI calls", slowest: "The slowest AI calls", dearest: "The dearest AI calls" };

const outcome = (_, { failed, message }) => (failed ? html`<span class="pill bad" title=${message}>${message || "failed"}</span>` : html`<span class="text-faint">succeeded</span>`);

const callColumns = () => [
  { key: "time", label: "When", kind: "time", width: 170 }, { key: "failed", label: "Outcome", width: 190, render: outcome }, { key: "duration_ms", label: "Took", kind: "number", format: milliseconds, width: 90 },
  { key: "cost_usd", label: "Cost", kind: "number", format: price, width: 90 }, { key: "model", label: "Model", width: 190 },
  { key: "input_tokens", label: "Tokens in", kind: "number", width: 100 }, { key: "output_tokens", label: "Tokens out", kind: "number", width: 100 }, { key: "service", label: "Application", width: 120 },
];

const stepColumns = () => [
  { key: "offset_ms", label: "After", kind: "number", format: milliseconds, width: 80, sort: false },
  { key: "step", label: "Step", width: 320, sort: false, render: (step, { depth }) => indented(step, depth) },
  { key: "duration_ms", label: "Took", kind: "number", format: milliseconds, width: 90, sort: false }, { key: "failed", label: "Outcome", width: 200, sort: false, render: outcome },
];

function indented(step, depth) {
  const shown = element`<span title=${step}>${step}</span>`;
  shown.style.paddingInlineStart = `${depth * 14}px`;
  return shown;
}

defineDrawer("models", async (panel) => {
  panel.heading = "AI calls by model";
  await listDrawer(panel, { columns: modelColumns(), door: openModel, ask: (signal) => run("ai/usage", { ...state.selection(), filters: null }, { signal }), empty: "No calls of language models in this range." });
});

defineDrawer("calls", async (panel, { model = "", outcome: wanted = "all", order = "newest" }) => {
  panel.heading = model ? `Calls of ${model}` : NAMES[wanted] ?? NAMES[order] ?? NAMES.newest;
  const rows = await listDrawer(panel, {
    columns: callColumns(), door: (row) => openDrawer("trace", { trace: row.trace_id, at: row.time }), empty: "No such call in this range.",
    ask: (signal) => run("ai/calls", { ...state.selection(), filters: null, model, outcome: wanted, order, limit: CALLS }, { signal }),
  });
  panel.note = rows.length ? `${rows.length === CALLS ? `The first ${number(CALLS)}` : plural(rows.length, "call")}, ${order} first` : "";
});

defineDrawer("trace", async (panel, { trace, at }) => {
  panel.heading = "What was done around this call";
  panel.note = `Trace ${trace}`;
  const near = (sign) => new Date(Date.parse(at) + sign * AROUND).toISOString();
  await listDrawer(panel, { columns: stepColumns(), ask: (signal) => run("ai/steps", { trace, since: near(-1), until: near(1) }, { signal }), empty: "Its spans have been removed." });
});
