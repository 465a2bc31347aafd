// Walking the map with the arrow keys: down and up along the paths, left and right among those that leave or enter the same activity.

export function walk({ graph, layout }, item, key) {
  const shown = layout.edges.map((one) => graph.edges[one.id]);
  if (item.node !== undefined) return fromNode(shown, layout, item.node, key);
  const edge = graph.edges[item.edge];
  if (key === "ArrowDown") return { node: edge.target };
  if (key === "ArrowUp") return { node: edge.source };
  const siblings = byFrequency(shown.filter((one) => one.source === edge.source));
  const at = siblings.findIndex((one) => one.index === item.edge) + (key === "ArrowRight" ? 1 : -1);
  return { edge: siblings.at(at % siblings.length).index };
}

function fromNode(shown, layout, node, key) {
  if (key === "ArrowDown" || key === "ArrowUp") {
    const [end, other] = key === "ArrowDown" ? ["source", "target"] : ["target", "source"];
    const edges = byFrequency(shown.filter((edge) => edge[end] === node && edge[other] !== node));
    return edges.length ? { edge: edges[0].index } : null;
  }
  const here = layout.nodes.find((one) => one.id === node);
  const sign = key === "ArrowRight" ? 1 : -1;
  const distance = (one) => Math.hypot(one.x - here.x, 3 * (one.y - here.y));
  const beside = layout.nodes.filter((one) => sign * (one.x - here.x) > 4).sort((one, other) => distance(one) - distance(other));
  return beside.length ? { node: beside[0].id } : null;
}

function byFrequency(edges) {
  return [...edges].sort((one, other) => other.frequency - one.frequency || one.index - other.index);
}
