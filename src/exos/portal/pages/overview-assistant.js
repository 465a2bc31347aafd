// What assistants and other AI cost, and how they fare.
import { openDrawer } from "../components/drawer.js";
import "../components/table.js";
import { run } from "../lib/api.js";
import { compact, number, percent } from "../lib/format.js";
import { element } from "../lib/html.js";
import { state } from "../lib/state.js";
import { figure, held, section } from "./overview-section.js";

export const money = (value) => (value >= 100 ? `$${number(Math.round(value))}` : `$${Number(value).toFixed(2)}`);
export const milliseconds = (value) => (value === null ? "–" : value >= 1000 ? `${(value / 1000).toFixed(1)} s` : `${Math.round(value)} ms`);

export const modelColumns = () => [
  { key: "model", label: "Model", width: 200 }, { key: "calls", label: "Calls", kind: "number", width: 90 }, { key: "success_rate", label: "Succeeded", kind: "percent", width: 110 },
  { key: "cost_usd", label: "Cost", kind: "number", format: money, width: 100 }, { key: "input_tokens", label: "Tokens in", kind: "compact", width: 110 }, { key: "output_tokens", label: "Tokens out", kind: "compact", width: 110 },
  { key: "p50_ms", label: "p50", kind: "number", format: milliseconds, width: 90 }, { key: "p95_ms", label: "p95", kind: "number", format: milliseconds, width: 90 },
];

export const openModel = ({ model }) => openDrawer("calls", { model });

export function assistantSection(main) {
  const table = element`<exos-table label="AI calls by model"></exos-table>`;
  table.door = openModel;
  const made = section(main, { title: "AI", picture: "sparkles", figures: ["AI calls", "AI cost", "AI success", "Tokens"], cards: [{ title: "By model", content: table, className: "wide" }] });

  const { tiles } = made;

  return () => held(made, answers, ([now, then]) => {
    if (!now.length) return false;
    const [sums, before] = [totals(now), then && totals(then)];
    const door = () => openDrawer("models");
    figure(tiles[0], { now: sums.calls, then: before?.calls, write: compact, beside: `${number(now.length)} models`, help: "Calls of language models", door });
    figure(tiles[1], { now: sums.cost, then: before?.cost, write: money, worse: 1, help: "What the calls cost, in US dollars", door: () => openDrawer("calls", { order: "dearest" }) });
    figure(tiles[2], { now: sums.success, then: before?.success, write: percent, worse: -1, help: "Part of the calls that succeeded", door: () => openDrawer("calls", { outcome: "failed" }) });
    figure(tiles[3], { now: sums.tokens, then: before?.tokens, write: compact, help: "Tokens read and written", door });
    table.rows = [];
    table.columns = modelColumns();
    table.rows = now;
    return true;
  });
}

async function answers(signal) {
  const ask = (which) => run("ai/usage", { ...state.selection(which), filters: null }, { signal }).then((table) => table.objects());
  return Promise.all([ask("range"), state.comparison() && ask("compare")]);
}

function totals(rows) {
  const sum = (key) => rows.reduce((all, row) => all + (row[key] ?? 0), 0);
  const calls = sum("calls");
  return { calls, cost: sum("cost_usd"), tokens: sum("input_tokens") + sum("output_tokens"), success: calls ? rows.reduce((all, row) => all + row.success_rate * row.calls, 0) / calls : 0 };
}
