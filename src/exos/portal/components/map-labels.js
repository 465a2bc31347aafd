// Places for the edges' labels: beside their line, clear of nodes, lines and other labels; a label without such a place stays hidden.

const CELL = 40;
const CLEAR = 3;

/** edges in order of importance: {id, points, label: {width, height}, stroke}. Returns Map id → {x, y} (upper left), or nothing for it. */
export function placeLabels(edges, boxes) {
  const grid = new Grid();
  for (const box of boxes) grid.add({ left: box.x - box.width / 2 - 2, right: box.x + box.width / 2 + 2, top: box.y - box.height / 2 - 2, bottom: box.y + box.height / 2 + 2 });
  for (const edge of edges) for (const piece of segments(edge)) grid.add(piece);
  const placed = new Map();
  for (const edge of edges) {
    if (!edge.label) continue;
    const spot = candidates(edge).find((one) => !grid.hits(one));
    if (!spot) continue;
    placed.set(edge.id, { x: spot.left, y: spot.top });
    grid.add({ left: spot.left - CLEAR, right: spot.right + CLEAR, top: spot.top - 1, bottom: spot.bottom + 1 });
  }
  return placed;
}

function segments({ points, stroke }) {
  const found = [];
  for (let at = 2; at < points.length; at += 2) found.push({ line: [points[at - 2], points[at - 1], points[at], points[at + 1]], thick: stroke / 2 + 2 });
  return found;
}

// Beside the line, first around its middle and on the right, then further along and on the left.
function candidates({ points, label, stroke, loop }) {
  const spots = [];
  const { width, height } = label;
  const gap = stroke / 2 + 5;
  if (loop) return loopSpots(points, label, gap);
  for (const part of [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8, 0.14, 0.86]) {
    const [x, y, dx, dy] = along(points, part);
    const level = Math.abs(dx) > Math.abs(dy) * 1.4;
    const right = { left: x + gap, top: y - height / 2 };
    const left = { left: x - gap - width, top: y - height / 2 };
    const above = { left: x - width / 2, top: y - gap - height };
    const below = { left: x - width / 2, top: y + gap };
    spots.push(...(level ? [above, below] : [right, left]));
    if (Math.abs(dx) < 0.1) continue;
    // Beside a slanted line there is room above one end and below the other.
    const lift = height / 2 + 3;
    for (const shift of dx * dy > 0 ? [-lift, lift] : [lift, -lift]) spots.push({ ...right, top: right.top + shift }, { ...left, top: left.top - shift });
    spots.push(right, left);
  }
  return spots.map((spot) => ({ ...spot, right: spot.left + width, bottom: spot.top + height }));
}

function loopSpots(points, { width, height }, gap) {
  let x = -Infinity;
  let y = 0;
  for (let at = 0; at < points.length; at += 2) if (points[at] > x) [x, y] = [points[at], points[at + 1]];
  return [0, -8, 8].map((shift) => ({ left: x + gap, right: x + gap + width, top: y - height / 2 + shift, bottom: y + height / 2 + shift }));
}

function along(points, part) {
  let length = 0;
  for (let at = 2; at < points.length; at += 2) length += Math.hypot(points[at] - points[at - 2], points[at + 1] - points[at - 1]);
  let left = part * length;
  for (let at = 2; at < points.length; at += 2) {
    const [dx, dy] = [points[at] - points[at - 2], points[at + 1] - points[at - 1]];
    const size = Math.hypot(dx, dy);
    if (left <= size || at === points.length - 2) {
      const t = size ? Math.min(1, left / size) : 0;
      return [points[at - 2] + dx * t, points[at - 1] + dy * t, dx / (size || 1), dy / (size || 1)];
    }
    left -= size;
  }
  return [points[0], points[1], 0, 1];
}

class Grid {
  #cells = new Map();

  add(shape) {
    for (const key of keys(bounds(shape))) {
      if (!this.#cells.has(key)) this.#cells.set(key, []);
      this.#cells.get(key).push(shape);
    }
  }

  hits(box) {
    return keys(box).some((key) => this.#cells.get(key)?.some((shape) => (shape.line ? lineHits(shape, box) : boxHits(shape, box))));
  }
}

function bounds(shape) {
  if (!shape.line) return shape;
  const [x0, y0, x1, y1] = shape.line;
  return { left: Math.min(x0, x1) - shape.thick, right: Math.max(x0, x1) + shape.thick, top: Math.min(y0, y1) - shape.thick, bottom: Math.max(y0, y1) + shape.thick };
}

function keys({ left, right, top, bottom }) {
  const found = [];
  for (let x = Math.floor(left / CELL); x <= Math.floor(right / CELL); x++) {
    for (let y = Math.floor(top / CELL); y <= Math.floor(bottom / CELL); y++) found.push(x * 100003 + y);
  }
  return found;
}

function boxHits(one, other) {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}

/** Whether a line of some thickness touches a box (Liang–Barsky). */
export function lineHits({ line: [x0, y0, x1, y1], thick }, box) {
  let [enter, leave] = [0, 1];
  const [dx, dy] = [x1 - x0, y1 - y0];
  const sides = [[-dx, x0 - (box.left - thick)], [dx, box.right + thick - x0], [-dy, y0 - (box.top - thick)], [dy, box.bottom + thick - y0]];
  for (const [p, q] of sides) {
    if (p === 0 && q < 0) return false;
    if (p === 0) continue;
    const t = q / p;
    if (p < 0) enter = Math.max(enter, t);
    else leave = Math.min(leave, t);
    if (enter > leave) return false;
  }
  return true;
}
