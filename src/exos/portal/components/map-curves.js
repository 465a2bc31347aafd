// From ways to curves: vertical through the rows, an S between them; loops at the side of their node.

const ARROW = 7;

/** Cubic pieces [[x0,y0,x1,y1,x2,y2,x3,y3], …] from source to target, ending where the arrow's tip goes. */
export function curve(way, bands) {
  const { edge, up, upper, lower, bends, ends, flat } = way;
  if (flat) return [arch(ends, upper, lower, edge)];
  const stops = [[ends[0].x, upper.y + upper.height / 2]];
  for (const bend of bends) stops.push([bend.x, bands[bend.row].top], [bend.x, bands[bend.row].bottom]);
  stops.push([ends[1].x, lower.y - lower.height / 2]);
  const path = up ? stops.toReversed() : stops;
  const pieces = [];
  for (let index = 1; index < path.length; index++) pieces.push(piece(path[index - 1], path[index], index % 2 === 0));
  return pieces;
}

function piece([x0, y0], [x3, y3], straight) {
  const middle = (y3 - y0) / (straight ? 3 : 2);
  return [x0, y0, x0, y0 + middle, x3, y3 - middle, x3, y3];
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
