// How charts look and behave, the same everywhere: axes with units and human steps, exact values in tooltips, no motion.
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
  const shared = { type: "linear", grid, stacked: kind === "stacked", offset: kind === "bar" || kind === "stacked" };
  if (x.kind !== "time") return axis(x.label, { ...shared, ticks: { ...ticks, callback: (value) => byKind(x.kind)(value) } });
  return axis(x.label, {
    ...shared,
    afterBuildTicks(scale) {
      const { values, label } = timeTicks(scale.min, scale.max, zone, Math.max(2, Math.floor(scale.width / 90)));
      scale.ticks = values.map((value) => ({ value }));
      scale.options.ticks.callback = label;
    },
    ticks: { ...ticks, autoSkip: false },
  });
}

function valueAxis({ kind, y }) {
  const write = y.kind === "number" ? compact : byKind(y.kind);
  const more = {
    type: "linear", beginAtZero: true, stacked: kind === "stacked", grid: { color: token("soft") }, border: { display: false },
    ticks: { color: token("muted"), font: FONT, maxTicksLimit: 6, precision: y.kind === "number" ? undefined : 2, callback: write },
  };
  if (y.kind === "duration") {
    more.afterBuildTicks = (scale) => {
      const values = durationTicks(scale.max || 1, 5);
      scale.max = Math.max(scale.max, values.at(-1));
      scale.ticks = values.map((value) => ({ value }));
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
