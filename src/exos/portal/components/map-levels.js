// Vertical order: which activity comes before which, from the whole graph, and the rows of those that are shown.
import { least, most } from "../lib/extremes.js";
import { END, START } from "./map-graph.js";

/**
 * All nodes in an order such that little frequency flows backwards and the happy path flows forwards. It comes from the whole
 * graph, so that the order of two activities does not depend on what else is shown.
 */
export function verticalOrder(graph) {
  const weight = weights(graph);
  const orders = [greedyOrder, heightOrder].map((make) => settled(keepSpine(make(graph), graph.happy), graph, weight));
  return orders.reduce((one, other) => (backward(other, graph.edges) < backward(one, graph.edges) ? other : one));
}

function weights(graph) {
  const weight = new Map();
  for (const edge of graph.edges) weight.set(edge.source * 1e5 + edge.target, edge.frequency);
  return (source, target) => weight.get(source * 1e5 + target) ?? 0;
}

function backward(order, edges) {
  const place = new Map(order.map((node, at) => [node, at]));
  return edges.reduce((sum, edge) => sum + (place.get(edge.source) > place.get(edge.target) ? edge.frequency : 0), 0);
}

// Eades, Lin and Smyth: sinks to the end, sources to the front, else the node with the largest surplus of outgoing frequency.
function greedyOrder(graph) {
  const flows = new Map(graph.nodes.slice(2).map(({ index }) => [index, { node: index, out: 0, in: 0, edges: [] }]));
  const count = (edge, sign) => {
    flows.get(edge.source).out += sign * edge.frequency;
    flows.get(edge.target).in += sign * edge.frequency;
  };
  for (const edge of graph.edges) {
    const ends = [flows.get(edge.source), flows.get(edge.target)];
    if (edge.source === edge.target || !ends.every(Boolean)) continue;
    count(edge, 1);
    for (const end of ends) end.edges.push(edge);
  }
  const [front, back] = [[START], [END]];
  while (flows.size) {
    const rest = [...flows.values()];
    const sink = rest.find((one) => !one.out);
    const next = sink ?? rest.find((one) => !one.in) ?? rest.reduce((one, other) => (surplus(other) > surplus(one) ? other : one));
    for (const edge of next.edges) if (flows.has(edge.source) && flows.has(edge.target)) count(edge, -1);
    flows.delete(next.node);
    if (next === sink) back.push(next.node);
    else front.push(next.node);
  }
  return [...front, ...back.reverse()];
}

function surplus({ out, in: into }) {
  return (out - into) / (out + into);
}

// "Trophic levels": every edge wants its target one step below its source, frequent edges more so.
function heightOrder(graph) {
  const height = graph.nodes.map(() => 0);
  const pulls = graph.nodes.map(() => []);
  for (const { source, target, frequency } of graph.edges) {
    if (source === target) continue;
    pulls[target].push([source, 1, frequency]);
    pulls[source].push([target, -1, frequency]);
  }
  for (let sweep = 0; sweep < 200; sweep++) {
    for (const { index } of graph.nodes) {
      const total = pulls[index].reduce((sum, [, , strength]) => sum + strength, 0);
      if (index !== START && total) height[index] = pulls[index].reduce((sum, [other, step, strength]) => sum + strength * (height[other] + step), 0) / total;
    }
  }
  const between = graph.nodes.map((node) => node.index).filter((node) => node !== START && node !== END);
  return [START, ...between.sort((one, other) => height[one] - height[other]), END];
}

// The activities of the happy path take the places they have in the order, but in their own sequence.
function keepSpine(order, spine) {
  const members = new Set(spine);
  let next = 0;
  return order.map((node) => (members.has(node) ? spine[next++] : node));
}

function settled(order, graph, weight) {
  const spine = graph.happy;
  for (let sweep = 0; sweep < 6; sweep++) {
    for (const node of [...order]) {
      const at = spine.indexOf(node);
      if (node !== START && node !== END) sift(node, order, weight, spine[at - 1] ?? START, at < 0 ? END : spine[at + 1]);
    }
  }
  return order;
}

// Moves one node to the place between two others in the order where the least frequency flows backwards.
function sift(node, order, weight, after, before) {
  const place = order.indexOf(node);
  order.splice(place, 1);
  const [first, last] = [order.indexOf(after) + 1, order.indexOf(before)];
  let cost = 0;
  let best = null;
  for (let at = first; at <= last; at++) {
    if (at > first) cost += weight(node, order[at - 1]) - weight(order[at - 1], node);
    const distance = Math.abs(at - place);
    if (!best || cost < best.cost || (cost === best.cost && distance < best.distance)) best = { cost, place: at, distance };
  }
  order.splice(best.place, 0, node);
}

/**
 * The row of each node: below everything that flows into it by one of the edges {source, target, weight} that goes forward in the
 * order, and as close to its neighbours as that allows.
 */
export function rows(nodes, edges, position, spine) {
  const forward = edges.filter((edge) => position[edge.source] < position[edge.target]);
  for (let place = 1; place < spine.length; place++) forward.push({ source: spine[place - 1], target: spine[place], weight: 0 });
  const sorted = [...nodes].sort((one, other) => position[one] - position[other]);
  const into = group(forward, "target");
  const outOf = group(forward, "source");
  const row = new Map();
  for (const node of sorted) row.set(node, most((into.get(node) ?? []).map((edge) => row.get(edge.source) + 1), node === START ? 0 : 1));
  row.set(END, most(nodes.map((node) => row.get(node) + (node === END ? 0 : 1))));
  for (let sweep = 0; sweep < 4; sweep++) {
    for (const node of sweep % 2 ? sorted : [...sorted].reverse()) tighten(node, row, into, outOf);
  }
  return row;
}

function group(edges, end) {
  const groups = new Map();
  for (const edge of edges) groups.set(edge[end], [...(groups.get(edge[end]) ?? []), edge]);
  return groups;
}

function tighten(node, row, into, outOf) {
  if (node === START || node === END) return;
  const above = into.get(node) ?? [];
  const below = outOf.get(node) ?? [];
  const highest = most(above.map((edge) => row.get(edge.source) + 1), 1);
  const lowest = least(below.map((edge) => row.get(edge.target) - 1), row.get(END) - 1);
  const length = (at) =>
    above.reduce((sum, edge) => sum + edge.weight * (at - row.get(edge.source)), 0) + below.reduce((sum, edge) => sum + edge.weight * (row.get(edge.target) - at), 0);
  let best = { at: row.get(node), length: length(row.get(node)) };
  for (let at = highest; at <= lowest; at++) if (length(at) < best.length) best = { at, length: length(at) };
  row.set(node, best.at);
}
