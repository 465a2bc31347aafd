// The layered layout of a process map: the happy path as straight spine, rows from top to bottom. docs/decisions/0004 says why our own.
import { least, most } from "../lib/extremes.js";
import { bow, curve, draw, loop, sample } from "./map-curves.js";
import { placeLabels } from "./map-labels.js";
import { rows, verticalOrder } from "./map-levels.js";
import { untangle } from "./map-order.js";
import { splitEdges } from "./map-selection.js";
import { align, place } from "./map-places.js";
import { route } from "./map-routes.js";

const ROW_GAP = 32;
const MARKER_GAP = 26;
const NODE_GAP = 40;
const LOOP_ROOM = 128;
const BEND = 12;

/** What is the same however the sliders stand: computed once per graph. */
export function prepare(graph) {
  const order = verticalOrder(graph);
  const position = new Array(graph.nodes.length).fill(0);
  order.forEach((node, place) => (position[node] = place));
  const prepared = { ...graph, order, position };
  const nodes = graph.nodes.map((node) => ({ id: node.index, width: 160, height: 46 }));
  const { needed, optional } = splitEdges(graph, new Set(nodes.map((node) => node.id)));
  const whole = layout(prepared, { nodes, frame: [...needed, ...optional.slice(0, 2 * nodes.length)], edges: [] });
  return { ...prepared, across: new Map(whole.nodes.map((node) => [node.id, node.x])) };
}

/**
 * nodes: [{id, width, height}] shown; frame: edge ids that shape the layout; edges: [{id, stroke, label: {width, height}}] shown,
 * most important first. The nodes' places depend on `nodes` and `frame` only: edges that come and go never move them.
 */
export function layout(graph, { nodes, frame, edges }) {
  const spine = graph.happy.filter((id) => nodes.some((node) => node.id === id));
  const row = rows(nodes.map((node) => node.id), frame.map((id) => weighted(graph, graph.edges[id])), graph.position, spine);
  const loops = new Set(frame.filter((id) => graph.edges[id].source === graph.edges[id].target).map((id) => graph.edges[id].source));
  const boxes = new Map(nodes.map((node) => [node.id, box(node, row.get(node.id), spine.includes(node.id), loops.has(node.id))]));
  const { layers, bends } = layer(graph, frame, boxes, spine);
  untangle(layers);
  place(layers, separation);
  align(layers, separation);
  const bands = stack(layers, boxes);
  const byRow = layers.map((items) => items.filter((item) => !item.bend));
  const shown = edges.map((edge) => ({ ...graph.edges[edge.id], ...edge, spine: isSpine(spine, graph.edges[edge.id]) }));
  const wishes = new Map([...bends].map(([id, items]) => [id, items.map((item) => item.x)]));
  const ways = route(shown, boxes, byRow, wishes);
  bow(ways);
  for (const way of ways) way.edge.pieces = curve(way, bands);
  for (const edge of shown) {
    if (edge.source === edge.target) Object.assign(edge, { pieces: loop(boxes.get(edge.source)), loop: true });
    edge.points = sample(edge.pieces);
  }
  const labels = placeLabels(shown, [...boxes.values()]);
  return finish(boxes, shown, labels);
}

/** How many rows these nodes would take. */
export function rowCount(graph, nodes, frame) {
  const spine = graph.happy.filter((id) => nodes.includes(id));
  return most(rows(nodes, frame.map((id) => weighted(graph, graph.edges[id])), graph.position, spine).values()) + 1;
}

function weighted(graph, edge) {
  return { source: edge.source, target: edge.target, weight: Math.sqrt(edge.frequency) };
}

function box(node, row, spine, looped) {
  const half = node.width / 2;
  return { id: node.id, row, width: node.width, height: node.height, left: half, right: half + (looped ? LOOP_ROOM : 0), spine, up: [], down: [], links: [] };
}

function isSpine(spine, edge) {
  const at = spine.indexOf(edge.source);
  return at >= 0 && spine[at + 1] === edge.target;
}

// Items per row: nodes, and a bend for every row that an edge of the frame passes.
function layer(graph, frame, boxes, spine) {
  const layers = Array.from({ length: most([...boxes.values()].map((one) => one.row)) + 1 }, () => []);
  for (const one of boxes.values()) layers[one.row].push(Object.assign(one, { key: graph.across?.get(one.id) ?? 0 }));
  const bends = new Map();
  for (const id of frame) {
    const edge = graph.edges[id];
    const [source, target] = [boxes.get(edge.source), boxes.get(edge.target)];
    if (source.row === target.row) continue;
    const [upper, lower] = source.row < target.row ? [source, target] : [target, source];
    const made = [];
    for (let row = upper.row + 1; row < lower.row; row++) made.push(bend(upper, lower, row, isSpine(spine, edge)));
    made.forEach((item, index) => layers[upper.row + 1 + index].push(item));
    link([upper, ...made, lower], Math.sqrt(edge.frequency / graph.edges[frame[0]].frequency));
    bends.set(id, made);
  }
  return { layers, bends };
}

function bend(upper, lower, row, spine) {
  const key = upper.key + ((lower.key - upper.key) * (row - upper.row)) / (lower.row - upper.row);
  return { bend: true, left: BEND / 2, right: BEND / 2, up: [], down: [], links: [], spine, key };
}

function link(chain, strength) {
  for (let index = 1; index < chain.length; index++) {
    const [above, below] = [chain[index - 1], chain[index]];
    const pull = (above.bend && below.bend ? 8 : above.bend || below.bend ? 2 : 1) * Math.max(0.05, Math.min(1, strength));
    above.down.push(below);
    below.up.push(above);
    above.links.push({ item: below, pull });
    below.links.push({ item: above, pull });
  }
}

function separation(left, right) {
  const gap = left.bend && right.bend ? 4 : left.bend || right.bend ? 14 : NODE_GAP;
  return left.right + right.left + gap;
}

// Heights: a row is as high as its highest node; the gaps grow with the edges that run sideways in them.
function stack(layers, boxes) {
  const bands = [];
  let y = 0;
  layers.forEach((items, row) => {
    const height = most(items.map((item) => item.height ?? 0), 0);
    for (const item of items) if (!item.bend) item.y = y + height / 2;
    bands.push({ top: y, bottom: y + height });
    const slanted = items.reduce((sum, item) => sum + item.down.filter((other) => Math.abs(other.x - item.x) > 60).length, 0);
    const gap = row === 0 || row === layers.length - 2 ? MARKER_GAP : ROW_GAP;
    y += height + gap + Math.min(46, 5 * slanted);
  });
  return bands;
}

// Where a label goes that had no room, for as long as its edge is hovered.
function spare({ points, label }) {
  const middle = 2 * Math.floor(points.length / 4);
  return { x: points[middle] + 6, y: points[middle + 1] - (label?.height ?? 0) / 2 };
}

function finish(boxes, edges, labels) {
  const widths = new Map(edges.map((edge) => [edge.id, edge.label?.width ?? 0]));
  const made = edges.map((edge) => {
    const at = labels.get(edge.id);
    return { id: edge.id, ...draw(edge.pieces, edge.stroke), points: edge.points, label: at ?? null, at: at ?? spare(edge), loop: edge.loop ?? false };
  });
  const xs = [...boxes.values()].flatMap((one) => [one.x - one.left, one.x + one.right]);
  const ys = [...boxes.values()].flatMap((one) => [one.y - one.height / 2, one.y + one.height / 2]);
  for (const edge of made) {
    for (let at = 0; at < edge.points.length; at += 2) {
      xs.push(edge.points[at]);
      ys.push(edge.points[at + 1]);
    }
    if (edge.label) xs.push(edge.label.x, edge.label.x + widths.get(edge.id));
  }
  const [left, top] = [least(xs), least(ys)];
  const nodes = [...boxes.values()].map(({ id, x, y, width, height, row }) => ({ id, x, y, width, height, row }));
  return { nodes, edges: made, bounds: { left, top, width: most(xs) - left, height: most(ys) - top } };
}
