// Fills the drawers of session-doors.js.
import { run } from "../lib/api.js";
import { number, plural } from "../lib/format.js";
import { element } from "../lib/html.js";
import { state } from "../lib/state.js";
import { defineDrawer, openDrawer } from "./drawer.js";
import { listDrawer } from "./list-drawer.js";
import { ELSEWHERE, frustrationColumns, OTHERS, SIGNALS, sessionColumns, who } from "./session-columns.js";
import { sessionTimeline } from "./session-timeline.js";

const SESSIONS = 500;
const KINDS = { error: "Sessions with errors", frustration: "Frustrated sessions" };
const openSession = (row) => openDrawer("session", { session: row.session_id });
const equals = (conditions) => Object.entries(conditions).filter(([, value]) => value !== undefined).map(([property, value]) => ({ property, op: "=", value }));

// A filter selects events. Of the sessions that have such an event the list tells everything, and not only of those events.
function sessions(panel, order, conditions) {
  const list = (signal, filters) => run("sessions/list", { ...state.selection(), filters, order, limit: SESSIONS }, { signal });
  const met = equals(conditions);
  const having = async (signal) => {
    const ids = (await list(signal, [...ELSEWHERE, ...met])).column("session_id");
    return ids.length ? list(signal, [{ property: "session_id", op: "in", value: ids }]) : [];
  };
  return listDrawer(panel, {
    columns: sessionColumns(), door: openSession, empty: "No session in this range.",
    ask: (signal) => (met.length ? having(signal) : list(signal, ELSEWHERE)),
  });
}

defineDrawer("sessions", async (panel, { order = "worth", ...conditions }) => {
  panel.heading = KINDS[conditions.kind] ?? (order === "worth" ? "Sessions worth watching" : "Sessions");
  const rows = await sessions(panel, order, conditions);
  panel.note = rows.length ? `${rows.length === SESSIONS ? `The first ${number(SESSIONS)}` : plural(rows.length, "session")}, ${order === "worth" ? "most trouble" : "newest"} first, ${OTHERS}` : "";
});

defineDrawer("frustrated", async (panel, { signal: event, page, element: target }) => {
  panel.heading = `${SIGNALS[event] ?? event} on ${page || "any page"}`;
  const rows = await sessions(panel, "worth", { event, page, element: target });
  panel.note = `${target ? `${target} · ` : ""}${plural(rows.length, "session")}`;
});

defineDrawer("frustration", async (panel) => {
  panel.heading = "Frustration";
  panel.note = "By signal, page and element; most sessions first";
  const columns = [...frustrationColumns(), { key: "count", label: "Times", kind: "number", width: 80 }, { key: "visitors", label: "Visitors", kind: "number", width: 90 }, { key: "last_seen", label: "Last seen", kind: "time", width: 150 }, { key: "service", label: "Application", width: 120 }];
  const door = ({ signal, page, element: target }) => openDrawer("frustrated", { signal, page, element: target });
  await listDrawer(panel, { columns, door, empty: "Nobody got stuck in this range.", ask: (signal) => run("sessions/frustration", { ...state.selection(), filters: ELSEWHERE }, { signal }) });
});

defineDrawer("session", async (panel, { session, at }) => {
  panel.heading = "Session";
  panel.note = session;
  const holder = element`<exos-state skeleton="table"><div></div></exos-state>`;
  const place = holder.firstElementChild;
  panel.body.replaceChildren(holder);
  await holder.load(() => run("sessions/events", { session }, { signal: panel.signal }), (answer) => {
    const events = answer.objects();
    if (!events.length) return { icon: "search", title: "There is no such session", text: "Its events may have been removed, or it was never recorded." };
    panel.heading = `Session of ${who({ ...events.at(-1), session_id: session })}`;
    place.replaceChildren(sessionTimeline(events, { at, zone: state.timezone() }));
    return null;
  });
});
