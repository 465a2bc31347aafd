// A case as a strip: one piece per step, as long as the time until the next; the colour says how long for that path.
import { duration } from "../lib/format.js";
import { element } from "../lib/html.js";

const LEAST = 0.012;

/**
 * offsets: seconds from the start of the case to each of its activities. typical(source, target) → {median, p95} of that path, or
 * undefined; edge: the chosen path, whose waits stand out, or null.
 */
export function caseStrip({ variant, offsets, duration_seconds: whole }, typical, edge = null) {
  const bar = element`<span class="case-strip" role="img" aria-label=${`${variant.length} steps in ${duration(whole)}`}></span>`;
  if (variant.length < 2 || !whole) {
    bar.append(piece(1, 0, variant.join(" → ")));
    return bar;
  }
  for (let at = 1; at < variant.length; at += 1) {
    const seconds = offsets[at] - offsets[at - 1];
    const pair = [variant[at - 1], variant[at]];
    const level = edge ? (pair[0] === edge[0] && pair[1] === edge[1] ? 3 : 0) : heat(seconds, typical(...pair));
    if (seconds / whole >= LEAST / 4 || level === 3) bar.append(piece(Math.max(LEAST, seconds / whole), level, `${pair.join(" → ")}: ${duration(seconds)}`));
  }
  return bar;
}

// Against what is usual on that path: slower than 19 of 20, than twice the median, than the median, or not.
function heat(seconds, usual) {
  if (!usual || seconds < 60) return 0;
  if (seconds > usual.p95) return 3;
  if (seconds > 2 * usual.median) return 2;
  return seconds > usual.median ? 1 : 0;
}

function piece(part, level, title) {
  const made = document.createElement("i");
  made.className = `bg-heat-${level}`;
  made.style.flexGrow = part;
  made.title = title;
  return made;
}
