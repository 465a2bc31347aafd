// From ways to curves: vertical through the rows, an S between them; loops at the side of their node.

const ARROW = 7;
const SIDEWAYS = 30;

/** Cubic pieces [[x0,y0,x1,y1,x2,y2,x3,y3], …] from source to target, ending where the arrow's tip goes. */
export function curve(way, bands) {
  const { edge, up, upper, lower, bends, ends, flat } = way;
  if (flat) return [arch(ends, upper, lower, edge)];
  const stops = [[ends[0].x, upper.y + upper.height / 2]];
  for (const bend of bends) stops.push([bend.x, bands[bend.row].top], [bend.x, bands[bend.row].bottom]);
  stops.push([ends[1].x, lower.y - lower.height / 2]);
  const path = up ? stops.toReversed() : stops;
  const pieces = [];
  for (let index = 1; index < path.length; index++) {
    const gap = (up ? path.length - 1 - index : index - 1) >> 1;
    pieces.push(index % 2 ? slant(path[index - 1], path[index], way.bows?.[gap] ?? 0.5, up) : straight(path[index - 1], path[index]));
  }
  return pieces;
}

function straight([x0, y0], [x3, y3]) {
  const third = (y3 - y0) / 3;
  return [x0, y0, x0, y0 + third, x3, y3 - third, x3, y3];
}

// An S whose level part lies at a share of the gap, counted from above.
function slant([x0, y0], [x3, y3], bow, up) {
  const y = y0 + (y3 - y0) * (up ? 1 - bow : bow);
  return [x0, y0, x0, y, x3, y, x3, y3];
}

/** Sets way.bows: neighbouring lines that run sideways through the same gap take different heights, in an order in which they do not cross. */
export function bow(ways) {
  const gaps = new Map();
  for (const way of ways) {
    if (way.flat) continue;
    const xs = [way.ends[0].x, ...way.bends.map((bend) => bend.x), way.ends[1].x];
    way.bows = xs.slice(1).map(() => 0.5);
    xs.slice(1).forEach((x, gap) => {
      if (Math.abs(x - xs[gap]) < SIDEWAYS) return;
      const row = way.upper.row + gap;
      gaps.set(row, [...(gaps.get(row) ?? []), { way, gap, from: xs[gap], to: x }]);
    });
  }
  for (const slants of gaps.values()) {
    for (const right of [true, false]) for (const group of clusters(slants.filter((one) => one.to > one.from === right))) level(group, right);
  }
}

function level(group, right) {
  group.sort((one, other) => (right ? other.from - one.from || other.to - one.to : one.from - other.from || one.to - other.to));
  const step = Math.min(0.36, 0.7 / group.length);
  group.forEach(({ way, gap }, place) => (way.bows[gap] = 0.5 + (place - (group.length - 1) / 2) * step));
}

// Those that lie above each other.
function clusters(slants) {
  const sorted = slants.map((one) => ({ ...one, left: Math.min(one.from, one.to), right: Math.max(one.from, one.to) })).sort((one, other) => one.left - other.left);
  const found = [];
  let reach = -Infinity;
  for (const one of sorted) {
    if (one.left > reach) found.push([]);
    found.at(-1).push(one);
    reach = Math.max(reach, one.right);
  }
  return found;
}

// Between nodes of the same row: a bow below them.
function arch(ends, upper, lower, edge) {
  const [from, to] = edge.source === upper.id ? [ends[0].x, ends[1].x] : [ends[1].x, ends[0].x];
  const [fromY, toY] = [upper.y + upper.height / 2, lower.y + lower.height / 2];
  const depth = 34;
  return [from, fromY, from, fromY + depth, to, toY + depth, to, toY];
}

/** A loop at the right side of its node. */
export function loop(box) {
  const x = box.x + box.width / 2;
  const [top, bottom] = [box.y - 9, box.y + 9];
  return [[x, top, x + 30, top - 12, x + 30, bottom + 12, x, bottom]];
}

/** Points along the pieces, `steps` per piece, as a flat list x, y, …. */
export function sample(pieces, steps = 12) {
  const points = [pieces[0][0], pieces[0][1]];
  for (const [x0, y0, x1, y1, x2, y2, x3, y3] of pieces) {
    const count = Math.abs(x3 - x0) < 0.5 && Math.abs(x1 - x0) < 0.5 && Math.abs(x2 - x0) < 0.5 ? Math.max(2, steps >> 2) : steps;
    for (let step = 1; step <= count; step++) {
      const t = step / count;
      const s = 1 - t;
      const [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
      points.push(a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3);
    }
  }
  return points;
}

/** The curve without its last few pixels, where the arrow head is, and the head itself, as SVG paths. */
export function draw(pieces, stroke) {
  const size = ARROW + stroke * 0.9;
  const [, , , , x2, y2, x3, y3] = pieces.at(-1);
  const angle = Math.atan2(y3 - y2, x3 - x2 || 1e-9);
  const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
  const base = [x3 - dx * size, y3 - dy * size];
  const half = size * 0.55;
  const head = `M${pair(x3, y3)}L${pair(base[0] - dy * half, base[1] + dx * half)}L${pair(base[0] + dy * half, base[1] - dx * half)}Z`;
  const end = [x3 - dx * size * 0.8, y3 - dy * size * 0.8];
  let line = `M${pair(pieces[0][0], pieces[0][1])}`;
  pieces.forEach(([, , x1, y1, cx, cy, x, y], index) => {
    const last = index === pieces.length - 1;
    line += last ? `C${pair(x1, y1)} ${pair(cx - dx * size * 0.4, cy - dy * size * 0.4)} ${pair(...end)}` : `C${pair(x1, y1)} ${pair(cx, cy)} ${pair(x, y)}`;
  });
  return { line, head };
}

function pair(x, y) {
  return `${Math.round(x * 10) / 10},${Math.round(y * 10) / 10}`;
}
