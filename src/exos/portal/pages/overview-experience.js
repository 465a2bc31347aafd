// What visitors and operators met: sessions, errors, frustration; the worst places and the sessions worth watching.
import { openDrawer } from "../components/drawer.js";
import { ELSEWHERE, frustrationColumns, OTHERS, SIGNALS, sessionColumns } from "../components/session-columns.js";
import "../components/table.js";
import { run } from "../lib/api.js";
import { compact, percent, plural } from "../lib/format.js";
import { element } from "../lib/html.js";
import { sketched } from "../lib/ranges.js";
import { state } from "../lib/state.js";
import { figure, held, section, whole } from "./overview-section.js";

const ROWS = 6;
const TITLES = ["Where people get stuck", "Sessions worth watching"];

export function experienceSection(main) {
  const tables = TITLES.map((title) => element`<exos-table label=${title}></exos-table>`);
  const cards = tables.map((content, at) => ({ title: TITLES[at], content }));
  const made = section(main, { title: "Experience", note: OTHERS, picture: "mouse-pointer-click", figures: ["Sessions", "Frustrated sessions", "Frustration signals", "Errors"], cards });
  const { node, tiles } = made;
  const [stuck, worth] = tables;
  stuck.door = (row) => openDrawer("frustrated", { signal: row.signal, page: row.page, element: row.element });
  worth.door = (row) => openDrawer("session", { session: row.session_id });

  return () => held(made, answers, ({ trend, now, then, worst, sessions }) => {
    if (!now?.events) return false;
    figures(tiles, trend, now, then);
    titles(node, worst, sessions);
    show(stuck, sized(frustrationColumns(), [110, 160, 120, 90, 90]), worst);
    show(worth, sized(sessionColumns(), [125, 290, 0, 90]), sessions);
    return true;
  });
}

async function answers(signal) {
  const ask = (slug, which, more) => run(slug, { ...state.selection(which), filters: ELSEWHERE, ...more }, { signal }).then((table) => table.objects());
  const [trend, [now], then, worst, sessions] = await Promise.all([
    ask("sessions/trend", "range", { interval: sketched(state.range()) }), ask("sessions/summary"), state.comparison() && ask("sessions/summary", "compare"), ask("sessions/frustration", "range", { limit: ROWS }), ask("sessions/list", "range", { limit: ROWS }),
  ]);
  return { trend, now, then: then && then[0], worst, sessions };
}

function figures(tiles, trend, now, then) {
  const course = (key) => whole(trend).map((row) => row[key]);
  const sessions = (args) => () => openDrawer("sessions", args);
  figure(tiles[0], { now: now.sessions, then: then?.sessions, write: compact, spark: course("sessions"), beside: `${compact(now.events)} events`, help: `Browser sessions in which anything happened, ${OTHERS}`, door: sessions({ order: "newest" }) });
  figure(tiles[1], { now: now.frustrated_share, then: then?.frustrated_share, write: percent, worse: 1, spark: course("frustrated_share"), beside: "rage, dead, error clicks", help: "Part of the sessions that met a rage, dead or error click or a thrashed cursor", door: sessions({ order: "worth", kind: "frustration" }) });
  figure(tiles[2], { now: now.frustrations, then: then?.frustrations, write: compact, worse: 1, spark: course("frustrations"), beside: `in ${plural(now.frustrated_sessions, "session")}`, help: "Rage, dead and error clicks and thrashed cursors", door: () => openDrawer("frustration") });
  figure(tiles[3], { now: now.errors, then: then?.errors, write: compact, worse: 1, spark: course("errors"), beside: `in ${plural(now.error_sessions, "session")}`, help: "Script errors that sessions met", door: sessions({ order: "worth", kind: "error" }) });
}

function titles(node, [worst], [session]) {
  const [stuck, worth] = node.querySelectorAll(".card h3");
  stuck.textContent = worst ? `${SIGNALS[worst.signal] ?? worst.signal} on ${worst.text || worst.element || "the page"} met ${plural(worst.sessions, "session")}` : "Nobody got stuck";
  worth.textContent = session?.score ? "Sessions worth watching" : "Sessions";
}

// The first columns in the widths given; without those of width 0.
const sized = (columns, widths) => widths.map((width, at) => ({ ...columns[at], width })).filter(({ width }) => width);

function show(table, columns, rows) {
  table.rows = [];
  table.columns = columns;
  table.rows = rows;
}
