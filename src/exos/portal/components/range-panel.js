// What the range button opens: presets, a calendar of one month, and fields for exact ends.
import { element, html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { monthLabel, spanLabel } from "../lib/format.js";
import { PRESETS, between, dayText } from "../lib/ranges.js";
import { state } from "../lib/state.js";
import { inZone, startOfDay, toInstant } from "../lib/time.js";

const WEEKDAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

export function rangePanel({ choose, extent = null }) {
  const zone = state.timezone();
  const range = state.range();
  let ends = range.since ? [dayText(range.since, zone), dayText(new Date(range.until.getTime() - 1), zone)] : ["", ""];
  let picking = null;
  const last = extent?.last ? new Date(extent.last) : new Date();
  let { year, month } = inZone(range.since ?? last, zone);

  const calendar = element`<div class="calendar"></div>`;
  const [from, to] = ["From", "To"].map((label, at) => element`<input class="input" type="date" aria-label=${label} value=${ends[at]} @change=${() => typed()}>`);
  const apply = element`<button type="button" class="button primary" @click=${() => done()}>Apply</button>`;
  const panel = element`<div class="range-panel">
    <div class="presets">${PRESETS.map(([value, label]) => html`<button type="button" class=${`menu-item${value === range.text ? " chosen" : ""}`}
      aria-pressed=${String(value === range.text)} @click=${() => choose(value)}>${label}</button>`)}</div>
    <div class="custom">${calendar}<div class="ends">${from}${to}</div>${data()}${apply}</div></div>`;

  function data() {
    if (!extent?.first) return null;
    const [first, end] = [startOfDay(new Date(extent.first), zone), startOfDay(new Date(extent.last), zone, 1)];
    return html`<button type="button" class="link text-left text-sm" @click=${() => choose(between(first, end, zone))}>All data: ${spanLabel(first, end, zone)}</button>`;
  }

  function typed() {
    ends = [from.value, to.value];
    picking = null;
    if (ends[0]) [year, month] = ends[0].split("-").map(Number);
    draw();
  }

  function pick(day) {
    ends = picking ? [picking, day].sort() : [day, day];
    picking = picking ? null : day;
    [from.value, to.value] = ends;
    draw();
  }

  function done() {
    if (ends[0] && ends[1]) choose([...ends].sort().join(".."));
  }

  function turn(months) {
    ({ year, month } = { year: year + Math.floor((month - 1 + months) / 12), month: ((month - 1 + months + 12) % 12) + 1 });
    draw();
  }

  function draw() {
    const first = new Date(Date.UTC(year, month - 1, 1));
    const lead = (first.getUTCDay() + 6) % 7;
    const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
    const today = dayText(new Date(), zone);
    const focused = calendar.contains(document.activeElement) ? document.activeElement.dataset.day ?? document.activeElement.ariaLabel : null;
    const days = Array.from({ length }, (_, at) => `${year}-${String(month).padStart(2, "0")}-${String(at + 1).padStart(2, "0")}`);
    calendar.replaceChildren(html`<div class="month">
        <button type="button" class="icon-button quiet small" aria-label="Month before" @click=${() => turn(-1)}>${icon("chevron-left", 14)}</button>
        <span aria-live="polite">${monthLabel(toInstant({ year, month, day: 15 }, "UTC"), "UTC")}</span>
        <button type="button" class="icon-button quiet small" aria-label="Month after" @click=${() => turn(1)}>${icon("chevron-right", 14)}</button></div>
      <div class="days">${WEEKDAYS.map((name) => html`<span aria-hidden="true">${name}</span>`)}${Array.from({ length: lead }, () => html`<i></i>`)}
        ${days.map((day) => dayButton(day, today))}</div>`);
    apply.disabled = !ends[0] || !ends[1];
    if (focused) [...calendar.querySelectorAll("button")].find((button) => button.dataset.day === focused || button.ariaLabel === focused)?.focus();
  }

  function dayButton(day, today) {
    const edge = day === ends[0] || day === ends[1];
    const inside = ends[0] && day > ends[0] && day < ends[1];
    const name = `${edge ? "edge" : inside ? "in" : ""}${day === today ? " today" : ""}`;
    return html`<button type="button" class=${name} data-day=${day} aria-label=${`${Number(day.slice(8))} ${monthLabel(`${day}T12:00:00Z`)}`} aria-pressed=${String(Boolean(edge || inside))} @click=${() => pick(day)}>${Number(day.slice(8))}</button>`;
  }

  draw();
  return panel;
}
