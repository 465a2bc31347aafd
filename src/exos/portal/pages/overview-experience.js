// What visitors and operators met: sessions, errors, frustration; the worst places and the sessions worth watching.
import { openDrawer } from "../components/drawer.js";
import { frustrationColumns, SIGNALS, sessionColumns } from "../components/session-columns.js";
import "../components/table.js";
import { run } from "../lib/api.js";
import { compact, percent, plural } from "../lib/format.js";
import { state } from "../lib/state.js";
import { figure, held, section, whole } from "./overview-section.js";

const ROWS = 6;
const CARDS = [{ title: "Where people get stuck" }, { title: "Sessions worth watching" }];

export function experienceSection(main) {
  const { node, tiles, panels } = section(main, { title: "Experience", picture: "mouse-pointer-click", figures: 4, cards: CARDS });
  const [stuck, worth] = panels.map((panel, at) => {
    const table = document.createElement("exos-table");
    table.setAttribute("label", CARDS[at].title);
    panel.append(table);
    return table;
  });
  stuck.door = (row) => openDrawer("frustrated", { signal: row.signal, page: row.page, element: row.element });
  worth.door = (row) => openDrawer("session", { session: row.session_id });

  return () => held(node, panels, answers, ({ trend, before, worst, sessions }) => {
    const now = sum(trend);
    if (!now.events) return false;
    figures(tiles, trend, now, before && sum(before));
    titles(node, worst, sessions);
    show(stuck, narrowed(frustrationColumns()), worst);
    show(worth, narrowed(sessionColumns().slice(0, 4)), sessions);
    return true;
  });
}

async function answers(signal) {
  const ask = (slug, which, more) => run(slug, { ...state.selection(which), filters: null, ...more }, { signal }).then((table) => table.objects());
  const [trend, before, worst, sessions] = await Promise.all([
    ask("sessions/trend"), state.comparison() && ask("sessions/trend", "compare"), ask("sessions/frustration", "range", { limit: ROWS }), ask("sessions/list", "range", { limit: ROWS }),
  ]);
  return { trend, before, worst, sessions };
}

function sum(rows) {
  const total = (key) => rows.reduce((all, row) => all + row[key], 0);
  const sessions = total("sessions");
  const frustrated = rows.reduce((all, row) => all + row.frustrated_share * row.sessions, 0);
  return { events: total("events"), sessions, errors: total("errors"), frustrations: total("frustrations"), frustrated: sessions ? frustrated / sessions : 0 };
}

function figures(tiles, trend, now, then) {
  const course = (key) => whole(trend).map((row) => row[key]);
  const sessions = (args) => () => openDrawer("sessions", args);
  figure(tiles[0], { label: "Sessions", now: now.sessions, then: then?.sessions, write: compact, spark: course("sessions"), beside: `${compact(now.events)} events`, help: "Browser sessions, counted in each bucket in which they were active", door: sessions({ order: "newest" }) });
  figure(tiles[1], { label: "Frustrated sessions", now: now.frustrated, then: then?.frustrated, write: percent, worse: 1, spark: course("frustrated_share"), beside: "rage, dead, error clicks", help: "Part of the sessions that met a rage, dead or error click or a thrashed cursor", door: sessions({ order: "worth" }) });
  figure(tiles[2], { label: "Frustration signals", now: now.frustrations, then: then?.frustrations, write: compact, worse: 1, spark: course("frustrations"), beside: `in ${percent(now.frustrated)} of sessions`, help: "Rage, dead and error clicks and thrashed cursors", door: () => openDrawer("frustration") });
  figure(tiles[3], { label: "Errors", now: now.errors, then: then?.errors, write: compact, worse: 1, spark: course("errors"), beside: "script errors", help: "Script errors that sessions met", door: sessions({ order: "worth", kind: "error" }) });
}

function titles(node, [worst], [session]) {
  const [stuck, worth] = node.querySelectorAll(".card h3");
  stuck.textContent = worst ? `${SIGNALS[worst.signal] ?? worst.signal} on ${worst.text || worst.element || "the page"} met ${plural(worst.sessions, "session")}` : "Nobody got stuck";
  worth.textContent = session?.score ? "Sessions worth watching" : "Sessions";
}

const narrowed = (columns) => columns.map((column) => ({ ...column, width: Math.round(column.width * 0.85) }));

function show(table, columns, rows) {
  table.rows = [];
  table.columns = columns;
  table.rows = rows;
}
