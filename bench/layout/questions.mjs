// The graphs to lay out: a process of a running portal at several slider settings, and a made one of 60 activities and 200 edges.
import { buildGraph } from "../../src/exos/portal/components/map-graph.js";
import { activityOrder, frameEdges, select, sensibleShare } from "../../src/exos/portal/components/map-selection.js";

const [WIDTH, HEIGHT, MARKER] = [196, 37, 26];

export async function fromPortal(address, process) {
  const ask = async (slug, limit) => {
    const body = JSON.stringify({ params: { process, limit } });
    const answer = await fetch(`${address}/api/playbook/process/${slug}/run`, { method: "POST", body, headers: { "Content-Type": "application/json" } });
    const { columns, rows } = await answer.json();
    return rows.map((row) => Object.fromEntries(columns.map(({ name }, at) => [name, row[at]])));
  };
  const [dfg, activities, variants] = await Promise.all([ask("dfg", 2000), ask("activities", 2000), ask("variants", 200)]);
  return buildGraph({ dfg, activities, variants });
}

/** A process with a main line, side lines, returns and skips; frequencies fall off as those of real logs do. */
export function made(activities = 60, edges = 200, seed = 7) {
  const random = generator(seed);
  const names = Array.from({ length: activities }, (_, at) => `Step ${at + 1}`);
  const main = names.filter((_, at) => at % 4 === 0);
  const pairs = new Map();
  const add = (source, target, frequency) => pairs.set(`${source}>${target}`, { source, target, frequency: frequency + (pairs.get(`${source}>${target}`)?.frequency ?? 0) });
  main.slice(1).forEach((name, at) => add(main[at], name, 9000 - at * 100));
  names.forEach((name, at) => {
    if (at % 4 === 0) return;
    add(names[at - (at % 4)], name, Math.ceil(2000 / (1 + at)));
    add(name, names[Math.min(activities - 1, at - (at % 4) + 4 * Math.ceil(2 * random()))] === name ? main.at(-1) : names[Math.min(activities - 1, at - (at % 4) + 4)], Math.ceil(1800 / (1 + at)));
  });
  while (pairs.size < edges) {
    const at = Math.floor(random() * activities);
    const to = Math.max(0, Math.min(activities - 1, at + Math.round((random() + random() - 0.85) * 24)));
    add(names[at], names[to], Math.ceil(800 * random() ** 4) + 1);
  }
  const dfg = [...pairs.values()].slice(0, edges).map((edge) => ({ ...edge, case_frequency: edge.frequency, mean_seconds: 60, median_seconds: 60, p95_seconds: 600, total_seconds: 60 * edge.frequency }));
  const into = (name) => dfg.filter(({ target }) => target === name).reduce((total, { frequency }) => total + frequency, 0);
  const rows = names.map((activity, at) => ({ activity, frequency: Math.max(into(activity), 1), case_frequency: Math.max(into(activity), 1), start_frequency: at ? 0 : 9000, end_frequency: activity === main.at(-1) ? 9000 : 0 }));
  return buildGraph({ dfg, activities: rows, variants: [{ variant: main, frequency: 5000 }] });
}

/** activities: how many at most; share: of the optional edges, null for the sensible share. */
export function question(graph, activities, share) {
  const ranking = activityOrder(graph);
  const count = ranking.counts.findLast((one) => one <= activities) ?? ranking.counts[0];
  const chosen = select(graph, ranking, count, share ?? sensibleShare(graph, ranking, count));
  const most = Math.max(...graph.edges.map((edge) => edge.frequency));
  const edges = [...chosen.edges].sort((one, other) => graph.edges[other].frequency - graph.edges[one].frequency)
    .map((id) => ({ id, stroke: 1.3 + 6.7 * Math.sqrt(graph.edges[id].frequency / most), label: { width: 52 + 8 * String(graph.edges[id].frequency).length, height: 16 } }));
  const nodes = chosen.nodes.map((id) => (graph.nodes[id].kind === "activity" ? { id, width: WIDTH, height: HEIGHT } : { id, width: MARKER, height: MARKER }));
  return { graph, nodes, edges, frame: frameEdges(graph, ranking, count, chosen.edges.length) };
}

function generator(seed) {
  let value = seed;
  return () => {
    value = (Math.imul(value, 1664525) + 1013904223) >>> 0;
    return value / 4294967296;
  };
}
