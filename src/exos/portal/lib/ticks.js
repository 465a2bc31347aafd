/*
Where axis ticks stand: on calendar boundaries of the zone, and on human durations.

  timeTicks(min, max, zone, 8) → {values: [ms], label(ms)}      durationTicks(max seconds, 6) → [seconds]
*/
import { clock, dayLabel } from "./format.js";
import { inZone, startOfDay, toInstant } from "./time.js";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const STEPS = [[HOUR, "hour", 1], [3 * HOUR, "hour", 3], [6 * HOUR, "hour", 6], [12 * HOUR, "hour", 12], [DAY, "day", 1], [2 * DAY, "day", 2],
  [7 * DAY, "week", 1], [14 * DAY, "week", 2], [30 * DAY, "month", 1], [91 * DAY, "month", 3], [182 * DAY, "month", 6], [365 * DAY, "year", 1]];
const DURATIONS = [0.001, 0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 432_000, 864_000, 1_728_000,
  4_320_000, 8_640_000, 31_536_000];

export function timeTicks(min, max, zone, wanted = 8) {
  const [length, unit, step] = STEPS.find(([size]) => (max - min) / size <= wanted) ?? [0, "year", Math.ceil((max - min) / 365 / DAY / wanted)];
  const values = [];
  for (let at = first(min, unit, step, zone); at <= max && values.length < 60; at = next(at, unit, step, zone)) if (at >= min) values.push(at);
  const years = inZone(new Date(min), zone).year !== inZone(new Date(max), zone).year;
  return { values, label: (value) => label(value, unit, zone, years), length };
}

function first(min, unit, step, zone) {
  const { year, month, hour, weekday } = inZone(new Date(min), zone);
  const midnight = startOfDay(new Date(min), zone);
  if (unit === "hour") return midnight.getTime() + Math.floor(hour / step) * step * HOUR;
  if (unit === "day") return midnight.getTime();
  if (unit === "week") return startOfDay(midnight, zone, 1 - weekday).getTime();
  if (unit === "month") return toInstant({ year, month: Math.floor((month - 1) / step) * step + 1, day: 1 }, zone).getTime();
  return toInstant({ year, month: 1, day: 1 }, zone).getTime();
}

function next(at, unit, step, zone) {
  if (unit === "hour") return at + step * HOUR;
  const { year, month, day } = inZone(new Date(at), zone);
  if (unit === "day") return toInstant({ year, month, day: day + step }, zone).getTime();
  if (unit === "week") return toInstant({ year, month, day: day + 7 * step }, zone).getTime();
  if (unit === "month") return toInstant({ year, month: month + step, day: 1 }, zone).getTime();
  return toInstant({ year: year + step, month: 1, day: 1 }, zone).getTime();
}

function label(value, unit, zone, years) {
  const { year, month, hour } = inZone(new Date(value), zone);
  if (unit === "hour" && hour) return clock(value, zone);
  if (unit === "year") return String(year);
  if (unit === "month") {
    const name = dayLabel(value, zone).replace(/^\d+\s/, "");
    return years && (month === 1 || unit !== "month") ? `${name} ${year}` : name;
  }
  return dayLabel(value, zone);
}

export function durationTicks(max, wanted = 6) {
  const step = DURATIONS.find((size) => max / size <= wanted) ?? Math.ceil(max / wanted / 31_536_000) * 31_536_000;
  return Array.from({ length: Math.ceil(max / step) + 1 }, (_, at) => at * step);
}
