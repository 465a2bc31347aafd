// Thrashed cursor: quick turns to and fro in a small place. The rule, its weights and their source: docs/snippet.md.
import { observed, signal } from "./clicks.js";
import { UNCLEAR, up } from "./elements.js";
import { now, safely } from "./options.js";

const TRAIL_MS = 2000;
const LEAST_MS = 1000;
const STEP_PIXELS = 5;
const PATH_PIXELS = 300;
const SPEED = 300; // pixels per second
const TURNS = 4;
const ANGLE = Math.PI / 4;
const BOX_PIXELS = 200;
const SCORE = 0.65;

const trail = [];
let quietUntil = 0;

// How often the cursor turned, where it thrashed; else 0.
function thrashes() {
  let path = 0;
  let turns = 0;
  let heading;
  trail.reduce((from, to) => {
    const [x, y] = [to.x - from.x, to.y - from.y];
    const turn = Math.abs(Math.atan2(y, x) - (heading ?? Math.atan2(y, x)));
    if (Math.min(turn, 2 * Math.PI - turn) >= ANGLE) turns += 1;
    heading = Math.atan2(y, x);
    path += Math.hypot(x, y);
    return to;
  });
  const [xs, ys] = [trail.map(({ x }) => x), trail.map(({ y }) => y)];
  const box = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  const ms = trail.at(-1).at - trail[0].at;
  const speed = (1000 * path) / ms;
  if (ms < LEAST_MS || path < PATH_PIXELS || speed < SPEED || turns < TURNS) return 0;
  const score = 0.4 * Math.min(turns / 8, 1) + 0.3 * Math.min((speed - SPEED) / SPEED, 1) + 0.3 / (1 + (box / BOX_PIXELS) ** 2);
  return score >= SCORE ? turns : 0;
}

export const onMove = safely((event) => {
  const { clientX: x, clientY: y } = event;
  const at = now();
  const last = trail.at(-1);
  if (event.pointerType !== "mouse" || event.buttons || at < quietUntil) {
    trail.length = 0;
    return;
  }
  if (last && Math.hypot(x - last.x, y - last.y) <= STEP_PIXELS * devicePixelRatio) return;
  trail.push({ x, y, at });
  while (at - trail[0].at > TRAIL_MS) trail.shift();
  const count = thrashes();
  if (!count) return;
  quietUntil = at + TRAIL_MS;
  const seen = observed(event);
  if (seen && !up(seen.target, UNCLEAR)) signal("thrashed_cursor", seen, { count });
});
