// What an overlay of the map shows: the measure of an edge, its class of colour, its width and the words of its label.
import { most } from "../lib/extremes.js";
import { duration, number } from "../lib/format.js";

export const OVERLAYS = [
  { value: "cases", label: "Cases", title: "How many cases take each path", legend: "cases" },
  { value: "events", label: "Events", title: "How often each path is taken", legend: "times" },
  { value: "median", label: "Median", title: "Median wait on each path", legend: "median wait", time: true },
  { value: "p95", label: "p95", title: "Wait that 95 % of passages stay below", legend: "95th percentile of wait", time: true },
  { value: "total", label: "Total", title: "All waiting on each path taken together", legend: "total wait", time: true },
];
const KEYS = { cases: "cases", events: "frequency", median: "median", p95: "p95", total: "total" };
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 129_600, 172_800, 259_200, 432_000, 604_800, 864_000,
  1_209_600, 1_814_400, 2_592_000, 5_184_000, 7_776_000, 15_552_000, 31_536_000];
const JUDGED = 40;
const PARTS = [[0.4, 0], [0.7, 0], [0.92, 1 / 8]];
const SLOWEST = 0.98;

export const overlayOf = (value) => OVERLAYS.find((one) => one.value === value) ?? OVERLAYS[2];

/** Thresholds are taken from all frequent edges, not from those shown, so that sliders do not recolour the map. */
export function makeScale(graph, overlay) {
  const key = KEYS[overlay.value];
  const real = graph.edges.filter((edge) => !edge.marker);
  const widest = overlay.value === "cases" ? "cases" : "frequency";
  const between = real.filter((edge) => edge.source !== edge.target);
  const strongest = most((between.length ? between : real).map((edge) => edge[widest]), 1);
  const limits = overlay.time ? timeLimits(real, key) : [0.1, 0.3, 0.6].map((part) => roundCount(part * most(real.map((edge) => edge[key]), 1)));
  const level = (edge) => limits.filter((limit) => edge[key] >= limit).length;
  return {
    overlay, limits,
    tone: (edge) => (edge.marker ? "marker" : `${overlay.time ? "heat" : "flow"}-${level(edge)}`),
    width: (edge) => (edge.marker ? 1.4 : 1.3 + 6.7 * Math.sqrt(Math.min(1, edge[widest] / strongest))),
    words: (edge) => (edge.marker ? ["", number(edge.cases)] : overlay.time ? [duration(edge[key]), number(edge.frequency)] : [number(edge[key]), ""]),
    hot: (edge) => overlay.time && !edge.marker && level(edge) === 3,
    ends: overlay.time ? [`< ${duration(limits[0])}`, `> ${duration(limits.at(-1))}`] : [`< ${number(limits[0])}`, `> ${number(limits.at(-1))}`],
  };
}

// Round durations that four, seven and nine tenths of the passages on frequent paths stay below; the root keeps one busy path from deciding alone. What
// stands out is not far below the slowest either.
function timeLimits(edges, key) {
  const judged = [...edges].sort((one, other) => other.frequency - one.frequency).slice(0, JUDGED).sort((one, other) => one[key] - other[key]);
  const weight = (some) => some.reduce((sum, edge) => sum + Math.sqrt(edge.frequency), 0);
  const whole = weight(judged);
  const below = (part) => judged.find((_, at) => weight(judged.slice(0, at + 1)) >= part * whole)?.[key] ?? 0;
  const limits = [];
  for (const [part, least] of PARTS) {
    const value = Math.max(least * below(SLOWEST), below(part));
    const last = limits.at(-1) ?? 0;
    limits.push(STEPS.findLast((step) => step <= value && step > last) ?? STEPS.find((step) => step > last) ?? last * 2);
  }
  return limits;
}

function roundCount(value) {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))));
  return Math.max(1, Math.round(value / unit) * unit);
}
