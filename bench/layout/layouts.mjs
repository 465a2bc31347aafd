// The same question to every library: nodes, edges and labels in, places and lines out.
import dagre from "@dagrejs/dagre";
import { instance } from "@viz-js/viz";
import { graphConnect, sugiyama } from "d3-dag";
import ELK from "elkjs/lib/elk.bundled.js";
import { layout, prepare } from "../../src/exos/portal/components/map-layout.js";
import { sample } from "../../src/exos/portal/components/map-curves.js";

const elk = new ELK();
const viz = await instance();
const prepared = new Map();

/** Each takes {graph, nodes, edges, frame} and gives {nodes: Map, lines: Map of [x, y, …], labels: Map of {x, y, width, height}}. */
export const LAYOUTS = { own, dagre: withDagre, elk: withElk, "dot (viz.js)": withDot, "d3-dag": withDag };

function own({ graph, nodes, edges, frame }) {
  if (!prepared.has(graph)) prepared.set(graph, prepare(graph));
  const made = layout(prepared.get(graph), { nodes, frame, edges });
  const sizes = new Map(edges.map((edge) => [edge.id, edge.label]));
  return {
    nodes: new Map(made.nodes.map((node) => [node.id, node])),
    lines: new Map(made.edges.map((edge) => [edge.id, edge.points])),
    labels: new Map(made.edges.filter((edge) => edge.label).map((edge) => [edge.id, { ...edge.label, ...sizes.get(edge.id) }])),
  };
}

function withDagre({ graph, nodes, edges }) {
  const made = new dagre.graphlib.Graph({ multigraph: true });
  made.setGraph({ rankdir: "TB", nodesep: 40, ranksep: 40 });
  for (const node of nodes) made.setNode(String(node.id), { width: node.width, height: node.height });
  for (const { id, label } of edges) {
    const { source, target, frequency } = graph.edges[id];
    made.setEdge(String(source), String(target), { width: label.width, height: label.height, labelpos: "r", weight: Math.ceil(Math.log2(frequency + 1)) }, String(id));
  }
  dagre.layout(made);
  const found = edges.map(({ id, label }) => [id, made.edge(String(graph.edges[id].source), String(graph.edges[id].target), String(id)), label]);
  return {
    nodes: new Map(nodes.map((node) => [node.id, { id: node.id, ...made.node(String(node.id)) }])),
    lines: new Map(found.map(([id, edge]) => [id, edge.points.flatMap(({ x, y }) => [x, y])])),
    labels: new Map(found.map(([id, edge, label]) => [id, { x: edge.x - label.width / 2, y: edge.y - label.height / 2, ...label }])),
  };
}

async function withElk({ graph, nodes, edges }) {
  const options = { "elk.algorithm": "layered", "elk.direction": "DOWN", "elk.edgeRouting": "POLYLINE", "elk.spacing.nodeNode": "40", "elk.layered.spacing.nodeNodeBetweenLayers": "40" };
  const made = await elk.layout({
    id: "map", layoutOptions: options, children: nodes.map(({ id, width, height }) => ({ id: String(id), width, height })),
    edges: edges.map(({ id, label }) => ({ id: `e${id}`, sources: [String(graph.edges[id].source)], targets: [String(graph.edges[id].target)], labels: [{ text: "x", ...label }] })),
  });
  const number = (edge) => Number(edge.id.slice(1));
  return {
    nodes: new Map(made.children.map((node) => [Number(node.id), { id: Number(node.id), x: node.x + node.width / 2, y: node.y + node.height / 2, width: node.width, height: node.height }])),
    lines: new Map(made.edges.map((edge) => [number(edge), edge.sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint].flatMap(({ x, y }) => [x, y]))])),
    labels: new Map(made.edges.map((edge) => [number(edge), edge.labels[0]])),
  };
}

function withDot({ graph, nodes, edges }) {
  const inch = (value) => value / 72;
  const made = viz.renderJSON({
    directed: true, graphAttributes: { rankdir: "TB", nodesep: inch(40), ranksep: inch(40) },
    nodes: nodes.map(({ id, width, height }) => ({ name: String(id), attributes: { shape: "box", fixedsize: true, width: inch(width), height: inch(height), label: "" } })),
    edges: edges.map(({ id, label }) => {
      const { source, target, frequency } = graph.edges[id];
      const cell = { html: `<table border="0" cellborder="0" cellpadding="0" fixedsize="true" width="${label.width}" height="${label.height}"><tr><td></td></tr></table>` };
      return { tail: String(source), head: String(target), attributes: { id: String(id), label: cell, weight: Math.ceil(Math.log2(frequency + 1)) } };
    }),
  });
  const numbers = (text) => text.replace(/^[se],\S+ /, "").split(/[\s,]+/).map(Number);
  const boxes = made.objects.map((one) => [Number(one.name), { id: Number(one.name), x: numbers(one.pos)[0], y: -numbers(one.pos)[1], width: Number(one.width) * 72, height: Number(one.height) * 72 }]);
  const lines = new Map();
  const labels = new Map();
  for (const edge of made.edges) {
    const flat = numbers(edge.pos).map((value, at) => (at % 2 ? -value : value));
    const pieces = [];
    for (let at = 2; at + 5 < flat.length; at += 6) pieces.push([flat[at - 2], flat[at - 1], ...flat.slice(at, at + 6)]);
    lines.set(Number(edge.id), sample(pieces));
    const label = edges.find((one) => String(one.id) === edge.id).label;
    const [x, y] = numbers(edge.lp);
    labels.set(Number(edge.id), { x: x - label.width / 2, y: -y - label.height / 2, ...label });
  }
  return { nodes: new Map(boxes), lines, labels };
}

// It lays out acyclic graphs only: edges against our vertical order are turned round before and after, loops are left out.
function withDag({ graph, nodes, edges }) {
  if (!prepared.has(graph)) prepared.set(graph, prepare(graph));
  const place = new Map(prepared.get(graph).order.map((node, at) => [node, at]));
  const links = edges.filter(({ id }) => graph.edges[id].source !== graph.edges[id].target).map(({ id }) => {
    const { source, target } = graph.edges[id];
    return place.get(source) < place.get(target) ? { id, ends: [source, target] } : { id, ends: [target, source], back: true };
  });
  const made = graphConnect().nodeDatum((id) => id).sourceId(({ ends }) => String(ends[0])).targetId(({ ends }) => String(ends[1]))(links);
  const sizes = new Map(nodes.map((node) => [String(node.id), [node.width, node.height]]));
  sugiyama().nodeSize((node) => sizes.get(node.data)).gap([40, 40])(made);
  const lines = new Map();
  const labels = new Map();
  for (const link of made.links()) {
    const points = link.data.back ? [...link.points].reverse() : link.points;
    lines.set(link.data.id, points.flat());
    const [x, y] = points[Math.floor(points.length / 2)];
    const { label } = edges.find((edge) => edge.id === link.data.id);
    labels.set(link.data.id, { x: x - label.width / 2, y: y - label.height / 2, ...label });
  }
  const boxes = [...made.nodes()].map((node) => [Number(node.data), { id: Number(node.data), x: node.x, y: node.y, width: sizes.get(node.data)[0], height: sizes.get(node.data)[1] }]);
  return { nodes: new Map(boxes), lines, labels };
}
