// The directly-follows graph of a process as the map needs it: activities and edges by index, with the start and the end as nodes 0 and 1.

export const START = 0;
export const END = 1;

/**
 * dfg, activities, variants: rows as objects of process/dfg, process/activities, process/variants; cut: dfg leaves out the rarest.
 * steps: how often one activity followed another in all cases, which is all events but the last of each case.
 */
export function buildGraph({ dfg, activities, variants, cut = false }) {
  const nodes = [{ index: START, kind: "start", name: "" }, { index: END, kind: "end", name: "" }];
  for (const row of activities) nodes.push({ ...row, index: nodes.length, kind: "activity", name: row.activity });
  const byName = new Map(nodes.slice(2).map((node) => [node.name, node.index]));
  const edges = [];
  const add = (source, target, row) => edges.push({ ...row, index: edges.length, source, target });
  for (const row of dfg) {
    if (byName.has(row.source) && byName.has(row.target)) add(byName.get(row.source), byName.get(row.target), measures(row));
  }
  for (const node of nodes.slice(2)) {
    if (node.start_frequency) add(START, node.index, passage(node.start_frequency));
    if (node.end_frequency) add(node.index, END, passage(node.end_frequency));
  }
  const happy = happyPath(variants, byName);
  const steps = activities.reduce((sum, row) => sum + row.frequency - row.end_frequency, 0);
  return { nodes, edges, happy, byName, happyEdges: edgesAlong(edges, happy), steps, cut };
}

function measures(row) {
  return {
    frequency: row.frequency, cases: row.case_frequency, mean: row.mean_seconds, median: row.median_seconds, p95: row.p95_seconds,
    total: row.total_seconds ?? row.mean_seconds * row.frequency,
  };
}

/** Edges from the start and to the end count cases and take no time. */
function passage(cases) {
  return { frequency: cases, cases, mean: 0, median: 0, p95: 0, total: 0, marker: true };
}

/** The most frequent variant between start and end, without its loops: coming back to an activity takes the detour out of the path. */
function happyPath(variants, byName) {
  const path = [START];
  for (const name of variants[0]?.variant ?? []) {
    const index = byName.get(name);
    const before = path.indexOf(index);
    if (before >= 0) path.length = before + 1;
    else if (index !== undefined) path.push(index);
  }
  return [...path, END];
}

function edgesAlong(edges, path) {
  const next = new Map(path.map((node, place) => [node, path[place + 1]]));
  return new Set(edges.filter((edge) => edge.source !== edge.target && next.get(edge.source) === edge.target).map((edge) => edge.index));
}

/** The edges that a case with these activities takes, start and end included, in order. Steps that are not in the graph are left out. */
export function edgesOfVariant(graph, variant) {
  const byPair = edgeIndex(graph);
  const steps = [START, ...variant.map((name) => graph.byName.get(name)), END];
  return steps.slice(1).map((step, place) => byPair.get(`${steps[place]}>${step}`)).filter((index) => index !== undefined);
}

export function edgeIndex(graph) {
  graph.byPair ??= new Map(graph.edges.map((edge) => [`${edge.source}>${edge.target}`, edge.index]));
  return graph.byPair;
}
