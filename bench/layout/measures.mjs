// What makes a map good or bad to read, as numbers.
import { lineHits } from "../../src/exos/portal/components/map-labels.js";

export function measure(graph, { nodes, lines, labels }) {
  const boxes = [...nodes.values()];
  const xs = boxes.flatMap((box) => [box.x - box.width / 2, box.x + box.width / 2]);
  const ys = boxes.flatMap((box) => [box.y - box.height / 2, box.y + box.height / 2]);
  return {
    crossings: crossings(graph, lines),
    length: sum([...lines.values()].map(length)) / lines.size,
    hidden: lines.size - labels.size,
    covered: covered(boxes, lines, labels),
    spine: spread(graph.happy.filter((id) => nodes.has(id)).map((id) => nodes.get(id).x)),
    width: Math.max(...xs) - Math.min(...xs), height: Math.max(...ys) - Math.min(...ys),
  };
}

/** How far nodes that stay move, on average, between two layouts that are laid upon each other at the start marker. */
export function moved(before, after) {
  const [one, other] = [before.nodes.get(0), after.nodes.get(0)];
  const kept = [...before.nodes.keys()].filter((id) => after.nodes.has(id));
  return sum(kept.map((id) => Math.hypot(before.nodes.get(id).x - one.x - after.nodes.get(id).x + other.x, before.nodes.get(id).y - one.y - after.nodes.get(id).y + other.y))) / kept.length;
}

// Labels that touch a node, another label or the line of another edge.
function covered(boxes, lines, labels) {
  const rect = ({ x, y, width, height }) => ({ left: x, right: x + width, top: y, bottom: y + height });
  const nodes = boxes.map((box) => rect({ ...box, x: box.x - box.width / 2, y: box.y - box.height / 2 }));
  const all = [...labels].map(([id, label]) => [id, rect(label)]);
  const touch = (one, other) => one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
  const crossed = (id, box) => [...lines].some(([other, line]) => other !== id && segments(line).some((segment) => lineHits({ line: segment, thick: 0.5 }, box)));
  return all.filter(([id, box]) => nodes.some((node) => touch(node, box)) || all.some(([other, label]) => other !== id && touch(label, box)) || crossed(id, box)).length;
}

function crossings(graph, lines) {
  const all = [...lines];
  let count = 0;
  for (let first = 0; first < all.length; first++) {
    for (let second = first + 1; second < all.length; second++) count += meet(segments(all[first][1]), segments(all[second][1]), shareNode(graph, all[first][0], all[second][0]));
  }
  return count;
}

function shareNode(graph, one, other) {
  const [a, b] = [graph.edges[one], graph.edges[other]];
  return a.source === b.source || a.target === b.target || a.source === b.target || a.target === b.source;
}

// Lines that start or end at the same node may meet there: the first and last segments do not count for them.
function meet(one, other, share) {
  let count = 0;
  const inner = (segments) => (share ? segments.slice(1, -1) : segments);
  for (const [ax, ay, bx, by] of inner(one)) {
    for (const [cx, cy, dx, dy] of inner(other)) {
      const side = (px, py, qx, qy, rx, ry) => Math.sign((qx - px) * (ry - py) - (qy - py) * (rx - px));
      if (side(ax, ay, bx, by, cx, cy) * side(ax, ay, bx, by, dx, dy) < 0 && side(cx, cy, dx, dy, ax, ay) * side(cx, cy, dx, dy, bx, by) < 0) count += 1;
    }
  }
  return count;
}

function segments(line) {
  const found = [];
  for (let at = 2; at < line.length; at += 2) found.push([line[at - 2], line[at - 1], line[at], line[at + 1]]);
  return found;
}

function length(line) {
  return sum(segments(line).map(([ax, ay, bx, by]) => Math.hypot(bx - ax, by - ay)));
}

function spread(values) {
  const mean = sum(values) / values.length;
  return Math.max(...values.map((value) => Math.abs(value - mean)));
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
