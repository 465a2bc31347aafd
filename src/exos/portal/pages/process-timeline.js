// One case, event by event: when, what, by whom, and how long it waited before; with doors to the session and the trace beneath.
import { openDrawer } from "../components/drawer.js";
import { activityColour } from "../components/map-colours.js";
import { most } from "../lib/extremes.js";
import { clock, day, duration, exactTime, number, plural } from "../lib/format.js";
import { element, html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { state } from "../lib/state.js";
import { PAGES } from "../pages.js";

const NOTABLE = 0.08;
// So many events are drawn at once, and the next when they come into sight. A bar shows no more pieces than it has room for.
const PART = 500;
const PIECES = 500;

/** events: rows of process/timeline. */
export function caseTimeline(events, zone) {
  const waits = events.map((event) => event.wait_seconds ?? 0);
  const whole = waits.reduce((sum, wait) => sum + wait, 0) + events.reduce((sum, event) => sum + event.service_seconds, 0);
  let date = "";
  const item = (event, at) => {
    const today = day(event.start, zone);
    const fresh = today !== date;
    date = today;
    return html`${fresh && html`<li class="date">${today}</li>`}${at > 0 && gap(waits[at], whole)}${entry(event, zone)}`;
  };
  return html`${overview(events, waits, whole)}${inParts(events, item)}`;
}

function inParts(events, item) {
  const list = element`<ol class="timeline"></ol>`;
  const more = element`<button type="button" class="button further" @click=${() => draw()}></button>`;
  let drawn = 0;
  function draw() {
    const from = drawn;
    drawn = Math.min(events.length, from + PART);
    list.append(html`${events.slice(from, drawn).map((event, at) => item(event, from + at))}`);
    more.hidden = drawn === events.length;
    more.textContent = `${number(drawn)} of ${plural(events.length, "event")} shown: show more`;
  }
  draw();
  if (drawn < events.length) new IntersectionObserver(([{ isIntersecting: seen }]) => seen && !more.hidden && draw(), { rootMargin: "600px" }).observe(more);
  return html`${list}${more}`;
}

function overview(events, waits, whole) {
  const longest = waits.indexOf(most(waits));
  const people = new Set(events.map((event) => event.resource).filter(Boolean)).size;
  const facts = [
    ["Waiting", duration(waits.reduce((sum, wait) => sum + wait, 0))], ["Service", duration(events.reduce((sum, event) => sum + event.service_seconds, 0))],
    ["Longest wait", longest > 0 ? `${duration(waits[longest])} before ${events[longest].activity}` : "–"], ["Resources", number(people)],
  ];
  return html`<dl class="case-facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>${bar(events, waits, whole)}`;
}

// The case to scale: activities in their colours, waiting in between.
function bar(events, waits, whole) {
  if (!whole) return null;
  const strip = element`<div class="case-bar" role="img" aria-label="The case to scale"></div>`;
  const crowded = events.length > PIECES;
  events.forEach((event, at) => {
    if (crowded && Math.max(waits[at], event.service_seconds) / whole <= 1 / PIECES) return;
    if (waits[at] / whole > 0.002) strip.append(part(waits[at] / whole, null, `${duration(waits[at])} of waiting before ${event.activity}`));
    strip.append(part(Math.max(0.004, event.service_seconds / whole), activityColour(event.activity), event.activity));
  });
  return strip.childElementCount ? strip : null;
}

function part(share, colour, title) {
  const made = document.createElement("i");
  made.style.flexGrow = share;
  made.title = title;
  if (colour) made.style.background = colour;
  return made;
}

function gap(wait, whole) {
  const share = whole ? wait / whole : 0;
  if (wait < 60 && share < NOTABLE) return null;
  const tone = share > 0.35 ? "bad" : share > NOTABLE ? "warn" : "";
  return html`<li class=${`gap ${tone}`}>${icon("clock", 12)}${duration(wait)} of waiting</li>`;
}

function entry(event, zone) {
  // An event is a completion unless it says something else.
  const lifecycle = (event.lifecycle ?? "").toLowerCase().replace(/^complete$/, "");
  const dot = document.createElement("i");
  dot.style.background = activityColour(event.activity);
  const extra = Object.entries(event.attributes ?? {});
  const service = event.service_seconds > 0 && html`<span>${duration(event.service_seconds)}</span>`;
  return html`<li class="event"><time datetime=${event.start} title=${exactTime(event.start, zone)}>${clock(event.start, zone)}</time>${dot}<div>
    <p><b>${event.activity}</b>${lifecycle && html` <span class="pill">${lifecycle}</span>`}</p>
    <p class="with">${event.resource && html`<span>${icon("user", 12)}${event.resource}</span>`}${service}${event.cost !== null && html`<span>cost ${number(event.cost)}</span>`}${doors(event)}</p>
    ${extra.length > 0 && html`<details><summary>${number(extra.length)} ${extra.length === 1 ? "attribute" : "attributes"}</summary><dl>${extra.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></details>`}
  </div></li>`;
}

// Where the recording and the trace of this very moment are: pages of their own, or what is known of the session; a trace by its id.
function doors({ start, session_id: session, trace_id: trace, span_id: span }) {
  const page = (name) => PAGES.find((one) => one.name === name);
  const link = (name, label, picture, more) => html`<a class="link" href=${state.link(page(name).path, more)}>${icon(picture, 12)}${label}</a>`;
  const watch = session && (page("replay") ? link("replay", "session", "circle-play", { session, at: start })
    : html`<button type="button" class="link" @click=${() => openDrawer("session", { session, at: start })}>${icon("circle-play", 12)}session</button>`);
  const follow = trace && (page("trace") ? link("trace", "trace", "activity", { trace, span }) : html`<span title=${trace}>${icon("activity", 12)}trace ${trace.slice(0, 8)}</span>`);
  return html`${watch}${follow}`;
}
