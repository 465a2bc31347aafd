/*
Calendar time in a chosen zone, with no library: Intl knows the zones.

  toInstant({year, month, day, hour, minute}, zone) → Date     month is 1–12; out-of-range days roll over
  inZone(date, zone) → {year, month, day, hour, minute, second, weekday}   weekday: 1 Monday … 7 Sunday
  startOfDay(date, zone, days = 0) → Date                      local midnight, `days` later
  zones() → names of all zones; offsetLabel("America/Chicago") → "UTC−6"
*/
const formats = new Map();

function format(zone) {
  let made = formats.get(zone);
  if (!made) {
    made = new Intl.DateTimeFormat("en-US", {
      timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric",
    });
    formats.set(zone, made);
  }
  return made;
}

export function inZone(date, zone) {
  const parts = {};
  for (const { type, value } of format(zone).formatToParts(date)) parts[type] = Number(value);
  const { year, month, day, hour, minute, second } = parts;
  return { year, month, day, hour, minute, second, weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay() || 7 };
}

export function toInstant({ year, month, day, hour = 0, minute = 0 }, zone) {
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  let guess = wanted - offset(new Date(wanted), zone);
  guess = wanted - offset(new Date(guess), zone);
  return new Date(guess);
}

export function startOfDay(date, zone, days = 0) {
  const { year, month, day } = inZone(date, zone);
  return toInstant({ year, month, day: day + days }, zone);
}

export function offset(date, zone) {
  const { year, month, day, hour, minute, second } = inZone(date, zone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(date.getTime() / 1000) * 1000;
}

export function offsetLabel(zone, date = new Date()) {
  const minutes = Math.round(offset(date, zone) / 60000);
  if (!minutes) return "UTC";
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? "−" : "+"}${hours}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
}

export function isZone(name) {
  try {
    format(name);
    return true;
  } catch {
    return false;
  }
}

export function zones() {
  return ["UTC", ...Intl.supportedValuesOf("timeZone").filter((name) => name !== "UTC")];
}

export function localZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
}
