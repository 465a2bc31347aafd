// Sessions and frustration as tables show them, the same on every page.
import { html } from "../lib/html.js";

/** Everybody's sessions but those of this portal itself, which nobody means who asks how people fare. */
export const ELSEWHERE = [{ property: "service", op: "!=", value: "exos-portal" }];
/** What lists of those sessions say beside their number: analyses without that filter count more. */
export const OTHERS = `without this portal’s own`;
export const SIGNALS = { rage_click: "Rage clicks", dead_click: "Dead clicks", error_click: "Error clicks", thrashed_cursor: "Thrashed cursor" };
const MARKS = [["rage_clicks", "rage", "bad"], ["error_clicks", "error click", "bad"], ["dead_clicks", "dead", "warn"], ["thrashed_cursors", "thrash", "warn"], ["errors", "error", ""]];

/** Columns for rows of sessions/list. */
export const sessionColumns = () => [
  { key: "who", label: "Who", width: 130, sortValue: (row) => who(row), render: (_, row) => who(row) },
  { key: "score", label: "Met", width: 325, render: (_, row) => marks(row) },
  { key: "entry_page", label: "Came in at", width: 110 },
  { key: "duration_seconds", label: "Length", kind: "duration", width: 90 },
  { key: "start", label: "Start", kind: "time", width: 150 },
  { key: "case_id", label: "Case", width: 110 },
  { key: "service", label: "Application", width: 120 },
  { key: "events", label: "Events", kind: "number", width: 80 },
  { key: "browser", label: "Browser", width: 110 },
  { key: "device", label: "Device", width: 90 },
  { key: "country", label: "Country", width: 80 },
];

/** Columns for rows of sessions/frustration. */
export const frustrationColumns = () => [
  { key: "signal", label: "Signal", width: 125, render: (signal) => SIGNALS[signal] ?? signal },
  { key: "element", label: "Element", width: 180, sortValue: (row) => row.text || row.element, render: (_, row) => html`<span title=${row.element}>${row.text || row.element || "–"}</span>` },
  { key: "page", label: "Page", width: 140 },
  { key: "sessions", label: "Sessions", kind: "number", width: 85 },
  { key: "share", label: "Of visits", kind: "percent", width: 85 },
];

export function who({ user_id: user, visitor_id: visitor, session_id: session }) {
  return user || (visitor && visitor !== session ? `Visitor ${visitor.slice(0, 8)}` : "Somebody");
}

function marks(row) {
  const met = MARKS.filter(([key]) => row[key]);
  if (!met.length) return html`<span class="text-faint">no trouble</span>`;
  return html`${met.map(([key, name, tone]) => html`<span class=${`pill ${tone}`}>${row[key] > 1 && `${row[key]} × `}${name}</span> `)}`;
}
