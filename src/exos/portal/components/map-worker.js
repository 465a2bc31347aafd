// Selects and lays out beside the page. In: {id, graph (when it is new), view: {activities, share, keep}, sizes: {nodes, edges}}; out: {id, order, selection, layout}.
import { layout, prepare, rowCount } from "./map-layout.js";
import { activityOrder, frameEdges, select, sensibleShare, splitEdges } from "./map-selection.js";

const [MOST_ACTIVITIES, MOST_ROWS] = [14, 10];
let graph = null;
let ranking = null;

addEventListener("message", ({ data }) => {
  if (data.graph) {
    graph = prepare(data.graph);
    ranking = activityOrder(graph);
    ranking.suggested = suggested();
  }
  const selection = chosen(data.view);
  const nodes = selection.nodes.map((id) => ({ id, ...data.sizes.nodes[id] }));
  const byFrequency = (one, other) => graph.edges[other].frequency - graph.edges[one].frequency || one - other;
  const edges = [...selection.edges].sort(byFrequency).map((id) => ({ id, ...data.sizes.edges[id] }));
  postMessage({ id: data.id, order: data.graph ? graph.order : null, selection, layout: layout(graph, { nodes, frame: selection.frame, edges }) });
});

function chosen(view) {
  const activities = ranking.counts.findLast((count) => count <= (view.activities ?? ranking.suggested)) ?? ranking.counts[0];
  const share = view.share ?? sensibleShare(graph, ranking, activities);
  const selection = select(graph, ranking, activities, share);
  const frame = frameEdges(graph, ranking, activities, selection.edges.length);
  return { ...withKept(selection, frame, view.keep ?? []), activities, share, counts: ranking.counts };
}

// Paths that somebody looks at are shown whatever the sliders say, with the activities they connect.
function withKept(selection, frame, keep) {
  const ends = keep.flatMap((edge) => [graph.edges[edge].source, graph.edges[edge].target]);
  const nodes = new Set([...selection.nodes, ...ends]);
  const shapes = nodes.size > selection.nodes.length ? splitEdges(graph, nodes).needed : [];
  const edges = new Set([...selection.edges, ...keep, ...shapes]);
  return { ...selection, nodes: [...nodes], edges: [...edges], frame: [...new Set([...frame, ...shapes])] };
}

// As many activities as can be read without zooming: few enough, and on few enough rows; a long happy path may have a few more.
function suggested() {
  const rows = (count) => {
    const selection = select(graph, ranking, count, sensibleShare(graph, ranking, count));
    return rowCount(graph, selection.nodes, selection.edges);
  };
  const most = Math.max(MOST_ROWS, graph.happy.length + 1);
  const fits = (count) => rows(count) <= most;
  return ranking.counts.findLast((count) => count <= MOST_ACTIVITIES && fits(count)) ?? ranking.counts[0];
}
