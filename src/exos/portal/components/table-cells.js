// What stands in the cells of exos-table: content, order and widths by the kind of a column.
import { byKind, missing } from "../lib/format.js";
import { html } from "../lib/html.js";
import { icon } from "../lib/icons.js";

const NUMERIC = new Set(["number", "percent", "duration", "bytes", "compact"]);
const CHARACTER = 7.1;
const PADDING = 26;
const SAMPLE = 200;

export function isNumeric({ kind, align }) {
  return align ? align === "right" : NUMERIC.has(kind);
}

export function cellText(column, value, zone) {
  if (missing(value) || value === "") return "–";
  if (column.kind === "list") return value.length ? value.join(" → ") : "–";
  if (column.kind === "json") {
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    return text === "{}" || text === "[]" ? "–" : text;
  }
  return column.format ? column.format(value) : byKind(column.kind, zone)(value);
}

export function cellContent(column, row, zone) {
  const value = row[column.key];
  if (column.render) return { content: column.render(value, row), title: null, empty: false };
  const text = cellText(column, value, zone);
  return { content: text, title: text.length > 24 ? text : null, empty: text === "–" };
}

export function headCell(column, sort, toggle) {
  const on = sort?.key === column.key;
  const side = isNumeric(column) ? "n" : "";
  const inner = html`<span class="text">${column.label ?? column.key}</span>`;
  if (column.sort === false) return html`<th scope="col" class=${side}><span class="head">${inner}</span></th>`;
  return html`<th scope="col" class=${side} aria-sort=${on ? (sort.descending ? "descending" : "ascending") : null} title=${column.help}>
    <button type="button" @click=${toggle}>${inner}${icon(on && !sort.descending ? "arrow-up" : "arrow-down", 12)}</button></th>`;
}

export function widths(columns, rows, zone, room = 1200) {
  const step = Math.max(1, Math.floor(rows.length / SAMPLE));
  return columns.map((column) => {
    if (column.width) return column.width;
    let longest = (column.label ?? column.key).length + 2;
    for (let at = 0; at < rows.length; at += step) {
      const value = rows[at][column.key];
      longest = Math.max(longest, column.render ? String(value ?? "").length : cellText(column, value, zone).length);
    }
    return Math.round(Math.min(longest, room < 600 ? 26 : column.kind === "json" || column.kind === "list" ? 60 : 42) * CHARACTER + PADDING);
  });
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

export function sorted(rows, column, descending) {
  if (!column) return rows;
  const value = column.sortValue ?? ((row) => row[column.key]);
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (missing(left) || missing(right)) return missing(left) - missing(right);
    if (typeof left === "number" && typeof right === "number") return sign * (left - right);
    return sign * collator.compare(text(left), text(right));
  });
}

function text(value) {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
