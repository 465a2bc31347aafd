// Data sources, live: asked again every five seconds while the page is in sight, and written into the cells that are there.
import { ask } from "../lib/api.js";
import { bytes, clock, compact, dateTime, duration, number, plural } from "../lib/format.js";
import { element, html, nodes } from "../lib/html.js";
import { state } from "../lib/state.js";
import { defineDrawer, openDrawer } from "../components/drawer.js";
import { sparkline } from "../components/kpi.js";
import "../components/state.js";

const EVERY = 5000;
const HEADS = [["Source"], ["Status"], ["Rows/s", "n"], ["Last 15 minutes", "course"], ["Newest row", "n wide"], ["Stored", "n wide"], ["Senders", "n wide"], ["Rejected", "n wide"]];

export const pace = (value) => (value > 0 && value < 0.1 ? "< 0.1" : number(Math.round(value * 10) / 10));
export const ago = (seconds) => (seconds === null ? "–" : seconds < 1 ? "now" : `${duration(Math.round(seconds))} ago`);

export function sourcesSection(section, tiles) {
  const panel = section.querySelector("exos-state");
  const pulse = section.querySelector(".pulse");
  const rows = new Map();
  const drawers = new Set();
  let latest = null;
  let timer = 0;

  const fetched = (signal) => ask("/api/sources", { signal });

  function start() {
    panel.load(fetched, first).then(schedule);
    document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : refresh()));
    defineDrawer("source", (drawer, { source }) => {
      const fill = () => latest && drawSource(drawer, latest, source);
      drawers.add(fill);
      drawer.signal.addEventListener("abort", () => drawers.delete(fill));
      fill();
    });
  }

  function schedule() {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(refresh, EVERY);
  }

  async function refresh() {
    clearTimeout(timer);
    try {
      const answer = await fetched();
      if (latest) show(answer);
      else await panel.load(async () => answer, first);
    } catch (error) {
      say(`${error.message} Asking again.`, true);
    }
    schedule();
  }

  function first(answer) {
    panel.querySelector(".content").replaceChildren(html`<div class="scroll" tabindex="0" role="region" aria-label="Table of data sources"><table class="sources">
      <thead><tr>${HEADS.map(([label, kind]) => html`<th scope="col" class=${kind}>${label}</th>`)}</tr></thead><tbody></tbody></table></div>`);
    show(answer);
  }

  // The same words again would be read out again.
  function say(text, bad) {
    if (pulse.textContent !== text) pulse.textContent = text;
    pulse.classList.toggle("text-bad", bad);
  }

  function show(answer) {
    latest = answer;
    say(`Refreshed every ${EVERY / 1000} s`, false);
    const body = panel.querySelector("tbody");
    for (const source of answer.sources) {
      if (!rows.has(source.id)) body.append(rows.set(source.id, row(source)).get(source.id));
      fill(rows.get(source.id), source, answer);
    }
    tell(tiles, answer);
    drawers.forEach((redraw) => redraw());
  }

  return { start, refresh, draw: () => latest && show(latest) };
}

function row({ id, label }) {
  return element`<tr class="way" @click=${(event) => !event.target.closest("button") && openDrawer("source", { source: id })}>
    <td><button type="button" class="door" @click=${() => openDrawer("source", { source: id })}>${label}</button></td>
    <td class="status"></td>${HEADS.slice(2).map(([, kind]) => html`<td class=${kind}></td>`)}</tr>`;
}

function fill(line, source, answer) {
  const { receiver } = answer;
  const [, status, rate, course, newest, stored, senders, rejected] = line.cells;
  const doors = receiver.filter(({ table }) => table === source.table);
  const refused = doors.reduce((sum, one) => sum + one.rejected, 0);
  const known = source.rows > 0 && (source.status !== "never" || source.id === source.table);
  line.dataset.status = source.status;
  write(status, html`<span class="dot" aria-hidden="true"></span>${statusText(source)}`);
  write(rate, source.status === "never" ? "–" : pace(source.per_second));
  course.replaceChildren(...nodes(source.course.some(Boolean) && sparkline(complete(source.course, answer))));
  write(newest, ago(source.lag_seconds));
  // Sources in one table are not counted apart: that would be a scan of all of it.
  const together = answer.sources.filter(({ table }) => table === source.table).length > 1;
  write(stored, known ? `${compact(source.rows)}${together ? " together" : ""}` : "–");
  stored.title = known ? `${number(source.rows)} rows of ${source.table}, ${bytes(source.bytes)}` : "";
  write(senders, source.senders.length ? number(source.senders.length) : "–");
  write(rejected, doors.length ? number(refused) : "–");
  rejected.classList.toggle("text-bad", refused > 0);
  rejected.title = refused ? `Sent for ${source.table}` : "";
}

// The half-minute that is still running counts for what it will be, and not at all at its beginning.
function complete(course, { at, bucket_seconds: length }) {
  const gone = (Date.parse(at) / 1000) % length;
  return gone < length / 3 ? course.slice(0, -1) : [...course.slice(0, -1), (course.at(-1) * length) / gone];
}

// Only what differs is written: a selection, and what a screen reader has read, stay.
function write(cell, content) {
  const fresh = nodes(content);
  const text = fresh.map((node) => node.textContent).join("");
  if (cell.textContent !== text) cell.replaceChildren(...fresh);
}

function statusText({ status, last_at: last }) {
  if (status !== "idle") return status;
  const zone = state.timezone();
  return Date.now() / 1000 - last < 86_400 ? `idle since ${clock(last * 1000, zone)}` : `idle since ${dateTime(last * 1000, zone)}`;
}

function tell([arriving, live, stored, rejected], answer) {
  const { sources, receiver } = answer;
  const total = (key, of) => of.reduce((sum, one) => sum + one[key], 0);
  const course = sources[0].course.map((_, at) => sources.reduce((sum, one) => sum + one.course[at], 0));
  const count = (wanted) => sources.filter(({ status }) => status === wanted).length;
  const tables = [...new Map(sources.map((one) => [one.table, one])).values()];
  const refused = total("rejected", receiver);
  const reason = receiver.filter(({ rejected: some }) => some).at(-1)?.last_error;
  arriving.data = { label: "Arriving", value: `${pace(total("per_second", sources))} rows/s`, spark: complete(course, answer), delta: { text: "over the last minute" } };
  live.data = { label: "Live sources", value: `${count("live")} of ${sources.length}`, delta: { text: `${count("idle")} idle, ${count("never")} never seen` } };
  stored.data = { label: "Stored", value: rowsText(total("rows", tables)), delta: { text: bytes(total("bytes", tables)) } };
  rejected.data = { label: "Rejected", value: receiver.length ? number(refused) : "–", delta: { text: reason ?? "since the start", tone: refused ? "bad" : "" } };
}

const rowsText = (count) => (count < 10_000 ? plural(count, "row") : `${compact(count)} rows`);

function drawSource(drawer, { sources, receiver }, id) {
  const source = sources.find((one) => one.id === id);
  if (!source) return;
  const zone = state.timezone();
  const now = Date.now() / 1000;
  drawer.heading = source.label;
  drawer.note = `${source.table} · ${number(source.rows)} rows · ${bytes(source.bytes)}`;
  const refusals = receiver.filter(({ table, last_error: last }) => table === source.table && last);
  const who = source.id === "case_events" ? "Process" : "Service";
  drawer.body.replaceChildren(html`<dl class="facts">
      <div><dt>status</dt><dd>${statusText(source)}</dd></div>
      <div><dt>newest row</dt><dd>${source.last_at ? dateTime(source.last_at * 1000, zone) : "–"}<small>${ago(source.lag_seconds)}</small></dd></div>
      <div><dt>rows a second</dt><dd>${pace(source.per_second)}</dd></div>
      ${refusals.map((one) => html`<div><dt>rejected</dt><dd>${number(one.rejected)}<small>${one.last_error}</small></dd></div>`)}</dl>
    ${source.senders.length > 0 && html`<table class="sources senders"><thead><tr><th scope="col">${who}</th><th scope="col" class="n">Rows/s</th><th scope="col" class="n">Newest row</th></tr></thead>
      <tbody>${source.senders.map((one) => html`<tr><td>${one.name || "(no name)"}</td><td class="n">${pace(one.per_second)}</td><td class="n">${ago(Math.max(0, now - one.last_at))}</td></tr>`)}</tbody></table>`}
    ${!source.senders.length && html`<p class="px-4 text-muted">Nothing has arrived yet. “Send data” on this page shows how to send some.</p>`}`);
}
