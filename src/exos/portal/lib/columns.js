/*
How the columns of an answer are shown: columnsOf(table) → columns for exos-table, by ClickHouse type and by the names' units.

  kind("wait_seconds", "Float64") → "duration"     the kinds of lib/format.js, plus list and json
  label("median_wait_seconds") → "Median wait"
*/
const UNITS = [[/_seconds$/, "duration"], [/_(share|rate)$|^(share|rate|conversion|step_conversion|utilization|first_time_right|fitness)$|share$/, "percent"], [/_bytes$/, "bytes"]];

export function kind(name, type = "") {
  const plain = type.replace(/^(?:Nullable|LowCardinality)\((.*)\)$/, "$1").replace(/^Nullable\((.*)\)$/, "$1");
  if (/^Array\(String|^Array\(LowCardinality/.test(plain)) return "list";
  if (/^(Array|Map|Tuple|JSON|Object)/.test(plain)) return "json";
  if (/^Date(32)?$/.test(plain)) return "day";
  if (plain.startsWith("DateTime")) return "time";
  if (!/^(U?Int|Float|Decimal)/.test(plain)) return "text";
  return UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? "number";
}

export function label(name) {
  const text = name.replace(/_seconds$/, "").replaceAll("_", " ").replace(/\bp(50|90|95|99)\b/, "p$1");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function columnsOf({ columns }) {
  return columns.map(({ name, type }) => ({ key: name, label: label(name), kind: kind(name, type) }));
}
