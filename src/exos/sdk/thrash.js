// Thrashed cursor: quick turns to and fro in a small place. The rule, its weights and their source: docs/snippet.md.
import { observed, signal } from "./clicks.js";
import { UNCLEAR, up } from "./elements.js";
import { now, safely } from "./options.js";
import {
  ANGLE,
  BOX_PIXELS,
  LEAST_MS,
  PATH_PIXELS,
  SCORE,
  SPEED,
  STEP_PIXELS,
  TRAIL_MS,
  TURNS,
} from "./thresholds.js";

const { abs, atan2, hypot, max, min } = Math;

const trail = [];
let quietUntil = 0;

const extent = (axis) => {
  const all = trail.map((one) => one[axis]);
  return max(...all) - min(...all);
};

// How often the cursor turned, where it thrashed; else 0.
const thrashes = () => {
  let path = 0;
  let turns = 0;
  let heading;
  trail.reduce((from, to) => {
    const x = to.x - from.x;
    const y = to.y - from.y;
    const angle = atan2(y, x);
    const turn = abs(angle - (heading ?? angle));
    if (min(turn, 2 * Math.PI - turn) >= ANGLE) turns += 1;
    heading = angle;
    path += hypot(x, y);
    return to;
  });
  const box = max(extent("x"), extent("y"));
  const ms = trail.at(-1).at - trail[0].at;
  const speed = (1000 * path) / ms;
  if (ms < LEAST_MS || path < PATH_PIXELS || speed < SPEED || turns < TURNS) return 0;
  const score = 0.4 * min(turns / 8, 1) + 0.3 * min((speed - SPEED) / SPEED, 1) + 0.3 / (1 + (box / BOX_PIXELS) ** 2);
  return score >= SCORE ? turns : 0;
};

export const onMove = safely((event) => {
  const { clientX: x, clientY: y } = event;
  const at = now();
  const last = trail.at(-1);
  if (event.pointerType !== "mouse" || event.buttons || at < quietUntil) {
    trail.length = 0;
    return;
  }
  if (last && hypot(x - last.x, y - last.y) <= STEP_PIXELS * devicePixelRatio) return;
  trail.push({ x, y, at });
  while (at - trail[0].at > TRAIL_MS) trail.shift();
  const count = thrashes();
  if (!count) return;
  quietUntil = at + TRAIL_MS;
  const seen = observed(event);
  if (seen && !up(seen.target, UNCLEAR)) signal("thrashed_cursor", seen, { count });
});
