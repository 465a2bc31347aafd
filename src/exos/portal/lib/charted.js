/*
A chart of any answer, as far as its columns allow.

  measures(answer) → [{key, label, kind}], the numeric columns        chartOf(answer, "frequency") → data for exos-chart, or null
*/
import { columnsOf } from "./columns.js";

const NUMERIC = new Set(["number", "percent", "duration", "bytes"]);
const NAMES = new Set(["text", "list"]);
const BARS = 30;

export function measures(answer) {
  return columnsOf(answer).filter(({ kind }) => NUMERIC.has(kind));
}

export function chartOf(answer, key) {
  const columns = columnsOf(answer);
  const measure = columns.find((column) => column.key === key) ?? measures(answer)[0];
  const time = columns.find(({ kind }) => kind === "time" || kind === "day");
  if (!measure || !answer.rows.length) return null;
  const y = { label: measure.label, kind: measure.kind };
  if (time && columns[0] === time) return overTime(answer, columns, time, measure, y);
  const names = ["source", "target"].every((name) => columns.some((column) => column.key === name)) ? columns.filter((column) => ["source", "target"].includes(column.key)) : columns.filter(({ kind }) => NAMES.has(kind)).slice(0, 1);
  if (!names.length) return null;
  const rows = answer.objects().filter((row) => row[measure.key] !== null).toSorted((a, b) => b[measure.key] - a[measure.key]).slice(0, BARS);
  const name = (row) => names.flatMap((column) => row[column.key]).join(" → ") || "(none)";
  return {
    kind: "across",
    x: { label: names.map(({ label }) => label).join(" → "), kind: "text", values: rows.map(name) },
    y,
    series: [{ label: measure.label, values: rows.map((row) => row[measure.key]) }],
  };
}

function overTime(answer, columns, time, measure, y) {
  const split = columns.find(({ kind, key }) => kind === "text" && key !== time.key);
  const objects = answer.objects();
  const times = [...new Set(objects.map((row) => row[time.key]))].sort();
  const groups = Map.groupBy(objects, (row) => (split ? String(row[split.key]) : measure.label));
  const series = [...groups].slice(0, 8).map(([label, rows]) => {
    const values = new Map(rows.map((row) => [row[time.key], row[measure.key]]));
    return { label, values: times.map((at) => values.get(at) ?? null) };
  });
  return { kind: "line", x: { label: time.label, kind: "time", values: times }, y, series };
}
