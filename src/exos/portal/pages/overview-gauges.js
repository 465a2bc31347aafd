// The drawers behind a metric: the places it comes from, and its course beside what is usual at that time of the week.
import "../components/chart.js";
import { defineDrawer, openDrawer } from "../components/drawer.js";
import { listDrawer } from "../components/list-drawer.js";
import { run } from "../lib/api.js";
import { plural, weekdayTime } from "../lib/format.js";
import { element } from "../lib/html.js";
import { state } from "../lib/state.js";
import { compared, gaugeColumns, written } from "./overview-metrics.js";

const DAY = 86_400_000;
// Hours make a chart that can be read for a month; what is usual is known from four weeks before.
const [HOURLY, BEFORE] = [31 * DAY, 28 * DAY];
const WEEKS = 2;
const FAR = 1.2;

defineDrawer("gauge", async (panel, { metric, by }) => {
  panel.heading = metric;
  const chart = element`<exos-chart label=${metric}></exos-chart>`;
  const first = { key: "series", label: by === "service" ? "Service" : by, width: 190 };
  const rows = await listDrawer(panel, {
    columns: gaugeColumns(first), above: chart, empty: "It was not measured in this range.",
    door: ({ series, unit }) => openDrawer("place", { metric, by, series, unit }),
    ask: async (signal) => {
      const places = await compared(signal, { metric, by });
      if (places.length) await draw(chart, { metric, by, ...places[0] }, signal);
      return places;
    },
  });
  panel.note = rows.length ? [rows[0].about, `${plural(rows.length, "place")}, the highest first`].filter(Boolean).join(" · ") : "";
});

defineDrawer("place", async (panel, { metric, by, series, unit }) => {
  panel.heading = series || metric;
  panel.note = series ? metric : "";
  const chart = element`<exos-chart label=${metric}></exos-chart>`;
  const write = (value) => (value === null ? "–" : written(value, unit));
  const columns = [
    { key: "time", label: "When", kind: "time", width: 170 }, { key: "mean", label: "Mean", kind: "number", format: write, width: 100 }, { key: "usual", label: "Usual then", kind: "number", format: write, width: 110 },
    { key: "above", label: "Above", kind: "number", format: write, width: 100 }, { key: "highest", label: "Highest", kind: "number", format: write, width: 110 }, { key: "weeks", label: "Weeks known", kind: "number", width: 120 },
  ];
  await listDrawer(panel, { columns, above: chart, ask: (signal) => draw(chart, { metric, by, series, unit }, signal), empty: "It was not measured in this range." });
});

// Draws the course of one place, and gives its rows, those furthest above what is usual first.
async function draw(chart, { metric, by, series, unit }, signal) {
  const { since, until } = state.range();
  const hourly = since && until - since <= HOURLY;
  const earlier = since && { since: new Date(since.getTime() - BEFORE).toISOString() };
  const answer = await run("metrics/trend", { ...state.selection(), ...earlier, filters: null, metric, by, series, interval: hourly ? "hour" : "day" }, { signal });
  const rows = answer.objects().filter(({ time }) => !since || Date.parse(time) >= since.getTime());
  const values = (key) => rows.map((row) => row[key]);
  chart.finding = finding(rows, series || metric, unit, hourly);
  chart.data = {
    kind: "line", x: { label: "", kind: "time", values: values("time") }, y: { label: ["1", ""].includes(unit) ? "" : unit.replace(/^\{(.*)\}$/, "$1"), kind: unit === "By" ? "bytes" : "number" },
    series: [{ label: series || metric, values: values("mean"), color: "series-1" }, { label: "Usual at that time of the week", values: values("usual"), color: "faint", dashed: true }],
  };
  return rows.map((row) => ({ ...row, above: row.usual === null ? null : row.mean - row.usual })).sort((one, other) => (other.above ?? -Infinity) - (one.above ?? -Infinity));
}

// Of one earlier week nobody knows whether it was the usual one.
function finding(rows, name, unit, hourly) {
  const known = rows.filter(({ weeks }) => weeks >= WEEKS);
  const [most] = known.toSorted((one, other) => other.mean - other.usual - (one.mean - one.usual));
  if (!most) return `${name}: fewer than ${WEEKS} weeks before tell what is usual`;
  if (most.mean < most.usual * FAR) return `${name} is about where it usually is`;
  return `${name}: ${written(most.mean, unit)} on ${weekdayTime(most.time, state.timezone(), hourly)}, where ${written(most.usual, unit)} is usual`;
}
