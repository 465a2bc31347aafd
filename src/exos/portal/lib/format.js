/*
How values are written, the same on every page.

  number(4812) "4,812" · number(0.1234) "0.123" · compact(12_300) "12.3k" · percent(0.172) "17.2 %" · bytes(5e6) "5 MB"
  duration(187_200) "2 d 4 h" (seconds; two units at most) · signedDuration, signedPercent, points(0.06) "+6 pts"
  dateTime(value, zone), day(value, zone), clock(value, zone), weekdayTime(value, zone): value is a Date, RFC 3339 text or milliseconds
  spanLabel(since, until, zone) "1 Mar – 31 Mar 2026" · plural(2, "case") "2 cases"
  byKind(kind)(value): kind is number | percent | duration | time | text
*/
const THIN = "\u00a0";
const locale = navigator.language || "en";
const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const precise = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
const UNITS = [["y", 31_536_000], ["d", 86_400], ["h", 3600], ["m", 60], ["s", 1]];

export function number(value) {
  if (missing(value)) return "–";
  return Number.isInteger(value) || Math.abs(value) >= 1000 ? whole.format(value) : precise.format(value);
}

export function compact(value) {
  if (missing(value)) return "–";
  const size = Math.abs(value);
  const [unit, divisor] = size >= 1e9 ? ["bn", 1e9] : size >= 1e6 ? ["M", 1e6] : size >= 1e4 ? ["k", 1e3] : ["", 1];
  return unit ? `${precise.format(value / divisor)}${unit}` : number(value);
}

export function percent(value, digits) {
  if (missing(value)) return "–";
  const part = value * 100;
  const decimals = digits ?? (Math.abs(part) >= 99.95 || Math.abs(part) < 0.05 || Number.isInteger(Math.round(part * 10) / 10) ? 0 : 1);
  return `${part.toLocaleString(locale, { minimumFractionDigits: decimals, maximumFractionDigits: decimals })}${THIN}%`;
}

export function bytes(value) {
  if (missing(value)) return "–";
  const power = Math.max(0, Math.min(4, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${precise.format(value / 1000 ** power)}${THIN}${["B", "kB", "MB", "GB", "TB"][power]}`;
}

export function duration(seconds) {
  if (missing(seconds)) return "–";
  if (seconds < 0) return `−${duration(-seconds)}`;
  if (seconds === 0) return `0${THIN}s`;
  if (seconds < 1) return seconds < 0.001 ? `<${THIN}1${THIN}ms` : `${Math.round(seconds * 1000)}${THIN}ms`;
  if (seconds < 10) return `${precise.format(Math.round(seconds * 10) / 10)}${THIN}s`;
  let at = UNITS.findIndex(([, length]) => seconds >= length);
  const smaller = UNITS[at + 1]?.[1] ?? 1;
  const rounded = Math.round(seconds / smaller) * smaller;
  if (at > 0 && rounded >= UNITS[at - 1][1]) at -= 1;
  const [unit, length] = UNITS[at];
  const count = Math.floor(rounded / length);
  const next = UNITS[at + 1];
  const rest = next ? Math.round((rounded - count * length) / next[1]) : 0;
  return rest ? `${whole.format(count)}${THIN}${unit} ${rest}${THIN}${next[0]}` : `${whole.format(count)}${THIN}${unit}`;
}

// What is written as nothing is neither more nor less.
const signed = (text, value) => (missing(value) ? "–" : !/[1-9]/.test(text) ? `±${text.replace(/[-−]/, "")}` : value > 0 ? `+${text}` : text.replace("-", "−"));
export const signedDuration = (seconds) => signed(duration(seconds), seconds);
export const signedPercent = (value) => signed(percent(value), value);
export const points = (value) => (missing(value) ? "–" : `${signed(precise.format(Math.round(value * 1000) / 10), value)}${THIN}pts`);
export const plural = (count, one, many = `${one}s`) => `${number(count)}${THIN}${count === 1 ? one : many}`;

export function missing(value) {
  return value === null || value === undefined || Number.isNaN(value);
}

const dates = new Map();

function written(value, zone, options) {
  if (missing(value) || value === "") return "–";
  const date = value instanceof Date ? value : new Date(value);
  if (Number.isNaN(date.getTime())) return String(value);
  const key = zone + JSON.stringify(options);
  if (!dates.has(key)) dates.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return dates.get(key).format(date).replace("Sept", "Sep");
}

const DAY = { day: "numeric", month: "short", year: "numeric" };
const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

export const day = (value, zone = "UTC") => written(value, zone, DAY);
export const dayLabel = (value, zone = "UTC") => written(value, zone, { day: "numeric", month: "short" });
export const monthLabel = (value, zone = "UTC") => written(value, zone, { month: "long", year: "numeric" });
export const clock = (value, zone = "UTC") => written(value, zone, CLOCK);
export const dateTime = (value, zone = "UTC") => (missing(value) ? "–" : `${day(value, zone)}, ${clock(value, zone)}`);
export const weekdayTime = (value, zone = "UTC", clocked = true) => written(value, zone, { weekday: "short", day: "numeric", month: "short", ...(clocked && CLOCK) });
export const exactTime = (value, zone = "UTC") => written(value, zone, { ...DAY, ...CLOCK, second: "2-digit", fractionalSecondDigits: 3 });

export function spanLabel(since, until, zone = "UTC") {
  const clocked = [since, until].map((date) => clock(date, zone) !== "00:00");
  const last = clocked.some(Boolean) ? until : new Date(until.getTime() - 1);
  const [from, to] = [day(since, zone), day(last, zone)];
  const begin = from.slice(-4) === to.slice(-4) ? dayLabel(since, zone) : from;
  if (!clocked.some(Boolean)) return from === to ? to : `${begin} – ${to}`;
  if (from === to) return `${dateTime(since, zone)} – ${clock(until, zone)}`;
  return `${clocked[0] ? dateTime(since, zone) : begin} – ${dateTime(until, zone)}`;
}

export function byKind(kind, zone = "UTC") {
  const known = { number, percent, duration, time: (value) => dateTime(value, zone), day: (value) => day(value, zone), compact, bytes };
  return known[kind] ?? ((value) => (missing(value) ? "–" : String(value)));
}
