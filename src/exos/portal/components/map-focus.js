// Which nodes and edges belong together: around something, along a variant; and how much of the process is shown.
import { edgesOfVariant } from "./map-graph.js";

// The share is that of all steps, also where the graph holds only the most frequent paths.
export function coverage({ graph, selection }) {
  const shown = selection.edges.map((id) => graph.edges[id]).filter((edge) => !edge.marker);
  const all = graph.edges.filter((edge) => !edge.marker);
  return { shown: shown.length, total: all.length, covered: shown.reduce((sum, edge) => sum + edge.frequency, 0) / (graph.steps || 1), steps: graph.steps, cut: graph.cut };
}

// The most frequent way into an activity and out of it.
export function connecting(graph, node) {
  const most = (edges) => edges.reduce((one, other) => (other.frequency > (one?.frequency ?? 0) ? other : one), null)?.index;
  const beside = graph.edges.filter((edge) => edge.source !== edge.target);
  return [most(beside.filter((edge) => edge.target === node)), most(beside.filter((edge) => edge.source === node))].filter((edge) => edge !== undefined);
}

export function along(graph, variant) {
  const edges = new Set(edgesOfVariant(graph, variant));
  return { edges, nodes: new Set([0, 1, ...variant.map((name) => graph.byName.get(name))]) };
}

export function around(graph, item) {
  if (!item) return null;
  if (item.edge !== undefined) return { edges: new Set([item.edge]), nodes: new Set([graph.edges[item.edge].source, graph.edges[item.edge].target]) };
  const edges = graph.edges.filter((edge) => edge.source === item.node || edge.target === item.node);
  return { edges: new Set(edges.map((edge) => edge.index)), nodes: new Set([item.node, ...edges.flatMap((edge) => [edge.source, edge.target])]) };
}
