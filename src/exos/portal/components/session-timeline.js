// One session, event by event: pages as headings, what was done and met beneath, the case that was worked on.
import { clock, day, duration, exactTime, number } from "../lib/format.js";
import { element, html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { state } from "../lib/state.js";
import { SIGNALS } from "./session-columns.js";

const NEAR = 2000;
const PICTURES = { page: "globe", interaction: "mouse-pointer-click", action: "tag", error: "circle-alert", frustration: "triangle-alert", vital: "gauge", long_task: "cpu" };

/** events: rows of sessions/events; at: RFC 3339, the moment that is meant. */
export function sessionTimeline(events, { at = null, zone }) {
  const told = events.filter(({ kind }) => kind !== "vital" && kind !== "long_task");
  const meant = at && nearest(told, Date.parse(at));
  const list = element`<ol class="timeline session"></ol>`;
  let known = "";
  for (const event of told) {
    const item = entry(event, zone, event.case_id && event.case_id !== known);
    known = event.case_id || known;
    if (event === meant) item.setAttribute("aria-current", "true");
    list.append(item);
  }
  if (meant) requestAnimationFrame(() => list.querySelector("[aria-current]")?.scrollIntoView({ block: "center" }));
  return html`${facts(events, zone)}${list}`;
}

function nearest(events, moment) {
  let best = null;
  for (const event of events) if (!best || Math.abs(Date.parse(event.time) - moment) < Math.abs(Date.parse(best.time) - moment)) best = event;
  return best && Math.abs(Date.parse(best.time) - moment) < NEAR * 60 ? best : null;
}

function facts(events, zone) {
  const [first, last] = [events[0], events.at(-1)];
  const device = [last.browser, last.os, last.device].filter(Boolean).join(" · ");
  const rows = [
    ["Began", `${day(first.time, zone)}, ${clock(first.time, zone)}`], ["Length", duration(last.offset_seconds)],
    ["Pages", number(events.filter(({ kind }) => kind === "page").length)], ["Application", last.service], ["With", device || "–"], ["From", last.country || "–"],
  ];
  return html`<dl class="case-facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function entry(event, zone, fresh) {
  const tone = event.kind === "error" || event.kind === "frustration" ? "bad" : "";
  const what = event.kind === "page" ? event.page : SIGNALS[event.event] ?? event.event.replaceAll("_", " ");
  const where = event.kind === "page" ? "" : event.text || event.element;
  const cases = fresh && html`<a class="link" href=${state.link("/process", { process: event.process, range: null, drawer: [["case", { case: event.case_id }]] })}>${icon("workflow", 12)}${event.case_id}</a>`;
  return element`<li class=${`event ${event.kind} ${tone}`}><time datetime=${event.time} title=${exactTime(event.time, zone)}>+${duration(Math.round(event.offset_seconds))}</time>${icon(PICTURES[event.kind] ?? "tag", 13)}
    <div><p><b>${what}</b></p>${(where || cases) && html`<p class="with">${where && html`<span title=${event.element}>${where}</span>`}${cases}</p>`}</div></li>`;
}
