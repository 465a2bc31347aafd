// How charts look and behave, the same everywhere: axes with units and human steps, exact values in tooltips, no motion.
import { least, most } from "../lib/extremes.js";
import { byKind, compact, dateTime } from "../lib/format.js";
import { durationTicks, timeTicks } from "../lib/ticks.js";
import { token } from "../lib/tokens.js";

const FONT = { family: '"Inter Variable", system-ui, sans-serif', size: 11 };
const LONGEST = 28;

export function xValues({ x }) {
  return x.kind === "text" ? x.values.map(String) : undefined;
}

export function options(data, zone, click, isDoor) {
  const across = data.kind === "across";
  const [category, value] = across ? ["y", "x"] : ["x", "y"];
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    indexAxis: category,
    interaction: { mode: data.kind === "scatter" ? "nearest" : "index", axis: category, intersect: false },
    scales: { [category]: categoryAxis(data, zone, across), [value]: valueAxis(data) },
    plugins: { legend: { display: false }, tooltip: tooltip(data, zone) },
    onClick: (_, items) => items.length && click(items[0].index, items[0].datasetIndex),
    onHover: (event, items) => (event.native.target.style.cursor = items.length && isDoor() ? "pointer" : "default"),
  };
}

function axis(label, more) {
  return {
    title: { display: Boolean(label), text: label, color: token("faint"), font: FONT },
    border: { color: token("line") },
    ...more,
  };
}

function categoryAxis({ kind, x }, zone, across) {
  const ticks = { color: token("muted"), font: FONT, maxRotation: 0, autoSkipPadding: 14 };
  const grid = { display: false };
  if (x.kind === "text") {
    const cut = (text) => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);
    return axis(across ? "" : x.label, { type: "category", stacked: kind === "stacked", grid, ticks: { ...ticks, autoSkip: !across, callback(value) { return cut(this.getLabelForValue(value)); } } });
  }
  const shared = { type: "linear", offset: false, grid, stacked: kind === "stacked", ...edges(kind, x) };
  if (x.kind !== "time") return axis(x.label, { ...shared, ticks: { ...ticks, callback: (value) => byKind(x.kind)(value) } });
  return axis(x.label, {
    ...shared,
    afterBuildTicks(scale) {
      const { values, label } = timeTicks(scale.min, scale.max, zone, Math.max(2, Math.floor(scale.width / 64)));
      scale.ticks = values.map((value) => ({ value }));
      scale.options.ticks.callback = label;
    },
    ticks: { ...ticks, autoSkip: false },
  });
}

// An axis ends where its data ends; bars reach half a step beyond.
function edges(kind, { kind: type, values }) {
  if (type !== "time" || values.length < 2) return {};
  const times = values.map((value) => Date.parse(value)).sort((a, b) => a - b);
  const steps = times.slice(1).map((time, at) => time - times[at]);
  const half = kind === "bar" || kind === "stacked" ? least(steps) / 2 : 0;
  return { min: times[0] - half, max: times.at(-1) + half };
}

function highest({ kind, series }) {
  if (kind !== "stacked") return most(series.flatMap(({ values }) => values).filter(Number.isFinite), 0);
  return most(series[0].values.map((_, at) => series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0)), 0);
}

function valueAxis(data) {
  const { kind, y } = data;
  const write = y.kind === "number" ? compact : byKind(y.kind);
  const more = {
    type: "linear", beginAtZero: true, stacked: kind === "stacked", grid: { color: token("soft") }, border: { display: false },
    ticks: { color: token("muted"), font: FONT, maxTicksLimit: 6, maxRotation: 0, callback: (value) => write(value) },
  };
  if (y.kind === "duration") {
    const top = highest(data) || 1;
    more.max = durationTicks(top, 5).at(-1);
    more.afterBuildTicks = (scale) => {
      const wanted = scale.isHorizontal() ? Math.max(2, Math.min(5, Math.floor(scale.width / 80))) : 5;
      scale.ticks = durationTicks(top, wanted).filter((value) => value <= scale.max).map((value) => ({ value }));
    };
  }
  return axis(y.label, more);
}

function tooltip({ x, y }, zone) {
  const exact = byKind(y.kind);
  return {
    backgroundColor: token("raised"), titleColor: token("ink"), bodyColor: token("ink"), borderColor: token("edge"), borderWidth: 1, padding: 10,
    boxPadding: 5, usePointStyle: false, boxWidth: 9, boxHeight: 9, titleFont: { ...FONT, size: 12, weight: 600 }, bodyFont: { ...FONT, size: 12 },
    callbacks: {
      title: ([item]) => (item ? (x.kind === "time" ? dateTime(item.parsed.x, zone) : x.kind === "text" ? item.label : byKind(x.kind)(item.parsed.x)) : ""),
      label: (item) => ` ${item.dataset.label}: ${exact(item.chart.options.indexAxis === "y" ? item.parsed.x : item.parsed.y)}`,
    },
  };
}
