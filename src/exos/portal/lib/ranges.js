/*
What a time range in the URL means. A range is a preset's name or "2026-03-01..2026-03-31" (days, both included, in the zone) or
"2026-03-01T08:00..2026-03-01T17:00" (minutes, the end excluded).

  resolve(text, zone, now) → {text, since, until, label, rolling}   since and until are Dates or null; until is excluded; what cannot be read is all time
  shift(text, zone, direction, now) → text                          one range earlier (−1) or later (+1)
  fixed(text, zone, now) → text                                     the same days, independent of today
  sketched(range) → the interval of a small picture of its course
  compared(text, kind, zone, now) → {since, until, label} or null   kind: previous | weekdays | year; as long as what has passed of the range
*/
import { spanLabel } from "./format.js";
import { inZone, startOfDay, toInstant } from "./time.js";

export const PRESETS = [
  ["today", "Today"], ["yesterday", "Yesterday"], ["7d", "Last 7 days"], ["14d", "Last 14 days"], ["30d", "Last 30 days"], ["90d", "Last 90 days"],
  ["month", "This month"], ["last-month", "Last month"], ["all", "All time"],
];
export const COMPARISONS = [["previous", "Previous period"], ["weekdays", "Same weekdays before"], ["year", "Same days last year"]];
const DAY = 86_400_000;
const MINUTE = 60_000;
const MOMENT = String.raw`(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(T(?:[01]\d|2[0-3]):[0-5]\d)?`;
const CUSTOM = new RegExp(String.raw`^${MOMENT}\.\.${MOMENT}$`);

export function resolve(text, zone, now = new Date()) {
  const name = PRESETS.find(([key]) => key === text)?.[1];
  const [since, until] = text === "all" ? [] : name ? preset(text, zone, now) : CUSTOM.test(text) ? custom(text, zone) : [];
  if (!(since < until)) return { text: "all", since: null, until: null, label: "All time", rolling: false };
  return { text, since, until, label: name ?? spanLabel(since, until, zone), rolling: Boolean(name) };
}

// A small picture of days tells nothing but weekends once there are more than six weeks of them.
export function sketched({ since, until }) {
  const days = since && until ? (until - since) / DAY : 0;
  return days > 45 && days < 800 ? "week" : "auto";
}

function preset(text, zone, now) {
  const { year, month } = inZone(now, zone);
  const first = (offset) => toInstant({ year, month: month + offset, day: 1 }, zone);
  if (text === "yesterday") return [startOfDay(now, zone, -1), startOfDay(now, zone)];
  if (text === "month") return [first(0), first(1)];
  if (text === "last-month") return [first(-1), first(0)];
  const days = text === "today" ? 1 : Number.parseInt(text, 10);
  return [startOfDay(now, zone, 1 - days), startOfDay(now, zone, 1)];
}

function custom(text, zone) {
  const [, from, fromTime, to, toTime] = CUSTOM.exec(text);
  return [instant(from, fromTime, 0, zone), instant(to, toTime, toTime ? 0 : 1, zone)];
}

function instant(day, time, more, zone) {
  const [year, month, date] = day.split("-").map(Number);
  const [hour, minute] = time ? time.slice(1).split(":").map(Number) : [0, 0];
  return toInstant({ year, month, day: date + more, hour, minute }, zone);
}

export function between(since, until, zone) {
  const whole = [since, until].every((date) => startOfDay(date, zone).getTime() === date.getTime());
  if (whole) return `${dayText(since, zone)}..${dayText(startOfDay(until, zone, -1), zone)}`;
  return `${minuteText(since, zone)}..${minuteText(until, zone)}`;
}

export function dayText(date, zone) {
  const { year, month, day } = inZone(date, zone);
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

function minuteText(date, zone) {
  const { hour, minute } = inZone(date, zone);
  return `${dayText(date, zone)}T${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

export function fixed(text, zone, now = new Date()) {
  const { since, until, rolling } = resolve(text, zone, now);
  return rolling ? between(since, until, zone) : text;
}

export function shift(text, zone, direction, now = new Date()) {
  const { since, until } = resolve(text, zone, now);
  if (!since) return text;
  const months = wholeMonths(since, until, zone);
  if (months) return between(addMonths(since, direction * months, zone), addMonths(until, direction * months, zone), zone);
  const days = wholeDays(since, until, zone);
  if (days) return between(startOfDay(since, zone, direction * days), startOfDay(until, zone, direction * days), zone);
  const length = direction * (until - since);
  return between(new Date(since.getTime() + length), new Date(until.getTime() + length), zone);
}

export function compared(text, kind, zone, now = new Date()) {
  const { since, until } = resolve(text, zone, now);
  if (!since || !kind) return null;
  const days = Math.max(1, wholeDays(since, until, zone) ?? Math.ceil((until - since) / DAY));
  let pair;
  if (kind === "year") pair = [addMonths(since, -12, zone), addMonths(until, -12, zone)];
  else if (kind === "weekdays") {
    const back = -7 * Math.ceil(days / 7);
    pair = [sameTime(since, back, zone), sameTime(until, back, zone)];
  } else {
    const before = resolve(shift(text, zone, -1, now), zone, now);
    pair = [before.since, before.until];
  }
  const [from, to] = [pair[0], asFar(pair, since, until, now)];
  return { since: from, until: to, label: spanLabel(from, to, zone) };
}

// Of a range that is not over yet as much is compared as has passed of it, in whole minutes: what is shown is what is asked.
function asFar([from, to], since, until, now) {
  if (now <= since || now >= until) return to;
  const passed = Math.max(MINUTE, Math.floor((now - since) / MINUTE) * MINUTE);
  return new Date(Math.min(to.getTime(), from.getTime() + passed));
}

function sameTime(date, days, zone) {
  const { year, month, day, hour, minute } = inZone(date, zone);
  return toInstant({ year, month, day: day + days, hour, minute }, zone);
}

function addMonths(date, months, zone) {
  const { year, month, day, hour, minute } = inZone(date, zone);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return toInstant({ year, month: month + months, day: Math.min(day, last), hour, minute }, zone);
}

function wholeMonths(since, until, zone) {
  const [from, to] = [inZone(since, zone), inZone(until, zone)];
  const atFirst = [from, to].every(({ day, hour, minute }) => day === 1 && hour === 0 && minute === 0);
  return atFirst ? (to.year - from.year) * 12 + to.month - from.month : 0;
}

function wholeDays(since, until, zone) {
  const whole = [since, until].every((date) => startOfDay(date, zone).getTime() === date.getTime());
  return whole ? Math.round((until - since) / DAY) : null;
}
