// Which activities and edges the sliders show. Sets are nested: moving a slider up only adds.
import { END, START } from "./map-graph.js";

export const MOST_EDGES = 40;
const DENSE = 1.5;

/**
 * The order in which activities appear: the happy path first, then by frequency, each with whatever it needs to be connected from
 * start to end. Returns the numbers of activities at which everything is connected, and the order.
 */
export function activityOrder(graph) {
  const reach = widestPaths(graph);
  const order = graph.happy.filter((node) => node !== START && node !== END);
  const shown = new Set(order);
  const counts = [order.length];
  const rest = graph.nodes.slice(2).sort((one, other) => other.frequency - one.frequency || one.index - other.index);
  for (const node of rest) {
    if (shown.has(node.index)) continue;
    for (const needed of [...reach.from(node.index), ...reach.to(node.index)]) {
      if (shown.has(needed) || needed === START || needed === END) continue;
      shown.add(needed);
      order.push(needed);
    }
    counts.push(order.length);
  }
  return { order, counts };
}

/** Shown nodes and edges for a number of activities and a share (0–1) of the edges that connecting them does not already need. */
export function select(graph, ranking, activities, share) {
  const count = ranking.counts.findLast((one) => one <= activities) ?? ranking.counts[0];
  const nodes = new Set([START, END, ...ranking.order.slice(0, count)]);
  const { needed, optional } = splitEdges(graph, nodes);
  const extra = Math.round(share * optional.length);
  return { nodes: [...nodes], edges: [...needed, ...optional.slice(0, extra)], needed: needed.length, available: needed.length + optional.length };
}

/** The edges among these nodes: those that every node needs for its way from start and to end, and the others, most frequent first. */
export function splitEdges(graph, nodes) {
  const inside = graph.edges.filter((edge) => nodes.has(edge.source) && nodes.has(edge.target));
  const reach = widestPaths({ nodes: graph.nodes, edges: inside });
  const needed = new Set(inside.filter((edge) => graph.happyEdges.has(edge.index)).map((edge) => edge.index));
  for (const node of nodes) {
    for (const edge of [reach.enter(node), reach.leave(node)]) if (edge !== undefined) needed.add(edge);
  }
  const optional = inside.filter((edge) => !needed.has(edge.index)).sort((one, other) => other.frequency - one.frequency || one.index - other.index);
  return { needed: [...needed], optional: optional.map((edge) => edge.index) };
}

/** A share of the optional edges that leaves about `most` edges in all, or those that carry 95 % of all passages, whichever is less. */
export function sensibleShare(graph, ranking, activities, most = MOST_EDGES) {
  const nodes = new Set([START, END, ...ranking.order.slice(0, activities)]);
  const { needed, optional } = splitEdges(graph, nodes);
  if (!optional.length) return 1;
  const frequency = (edges) => edges.reduce((sum, edge) => sum + graph.edges[edge].frequency, 0);
  const goal = 0.95 * (frequency(needed) + frequency(optional));
  let carried = frequency(needed);
  let count = 0;
  while (count < optional.length && needed.length + count < most && carried < goal) carried += graph.edges[optional[count++]].frequency;
  return count / optional.length;
}

/**
 * The edges that shape the layout. They are the sensible ones for a number of activities however the slider of paths stands, so that
 * it moves no node; far beyond that a denser frame serves, which halves the crossings at the price of one move.
 */
export function frameEdges(graph, ranking, activities, shown) {
  const usual = select(graph, ranking, activities, sensibleShare(graph, ranking, activities)).edges;
  if (shown <= DENSE * usual.length) return usual;
  const nodes = new Set([START, END, ...ranking.order.slice(0, activities)]);
  const { needed, optional } = splitEdges(graph, nodes);
  return [...new Set([...usual, ...needed, ...optional.slice(0, nodes.size)])];
}

// For each node the way from start, and the way to end, whose rarest edge is as frequent as can be (Dijkstra over bottlenecks).
function widestPaths(graph) {
  const forward = widest(graph, START, (edge) => [edge.source, edge.target]);
  const backward = widest(graph, END, (edge) => [edge.target, edge.source]);
  return {
    enter: (node) => forward.get(node)?.edge,
    leave: (node) => backward.get(node)?.edge,
    from: (node) => chain(forward, node).reverse(),
    to: (node) => chain(backward, node),
  };
}

function widest(graph, root, ends) {
  const outgoing = new Map();
  for (const edge of graph.edges) {
    const [near, far] = ends(edge);
    if (near === far) continue;
    if (!outgoing.has(near)) outgoing.set(near, []);
    outgoing.get(near).push({ far, edge });
  }
  const best = new Map([[root, { width: Infinity }]]);
  const open = new Set([root]);
  while (open.size) {
    const near = [...open].reduce((one, other) => (best.get(other).width > best.get(one).width ? other : one));
    open.delete(near);
    for (const { far, edge } of outgoing.get(near) ?? []) {
      const width = Math.min(best.get(near).width, edge.frequency);
      if (width <= (best.get(far)?.width ?? 0)) continue;
      best.set(far, { width, edge: edge.index, before: near });
      open.add(far);
    }
  }
  return best;
}

function chain(best, node) {
  const nodes = [];
  for (let at = node; at !== undefined && best.has(at); at = best.get(at).before) nodes.push(at);
  return nodes;
}
