// What can be taken from the process page: pictures and tables.
import { placeName } from "../components/map-paint.js";
import { number } from "../lib/format.js";
import { csv, download } from "../lib/save.js";
import { state } from "../lib/state.js";

const NAMES = ["source", "target", "frequency", "case_frequency", "mean_seconds", "median_seconds", "p95_seconds", "total_seconds"];

const title = () => `${state.get("process")}: ${document.querySelector("#finding").textContent}`;
const pictures = () => import("../components/map-export.js");

export function mapExports(map, variants = null, cases = null) {
  const name = (ending) => `${(state.get("process") ?? "process").replaceAll(/[^\p{L}\p{N}_-]+/gu, "-")}-${ending}`;
  if (!map.scene) return [{ label: "Nothing to export yet", disabled: true }];
  return [
    { heading: "Map" },
    { label: "Picture (PNG)", icon: "image", run: async () => download(name("map.png"), await (await pictures()).picturePng(map, title())) },
    { label: "Drawing (SVG)", icon: "image", run: async () => download(name("map.svg"), await (await pictures()).pictureSvg(map, title()), "image/svg+xml") },
    { label: "Edges (CSV)", icon: "table-2", hint: rowsOf(map.scene.graph), run: () => download(name("edges.csv"), edgesCsv(map.scene.graph), "text/csv;charset=utf-8") },
    ...(variants ? [{ heading: "Tables" }, { label: "Variants (CSV)", icon: "table-2", run: () => download(name("variants.csv"), variants.csv(), "text/csv;charset=utf-8") },
      { label: "Cases (CSV)", icon: "table-2", run: () => cases.table.download(name("cases.csv")) }] : []),
    "-", { label: "Show SQL", icon: "code", href: state.link("/playbook", { analysis: "process/dfg" }) },
  ];
}

function rowsOf({ edges, cut }) {
  const rows = number(edges.filter((edge) => !edge.marker).length);
  return cut ? `the ${rows} most frequent` : `${rows} rows`;
}

/** Every path of the selection, not only those that the sliders show. */
function edgesCsv({ nodes, edges }) {
  const rows = edges.filter((edge) => !edge.marker);
  return csv(NAMES, rows.map((edge) => [placeName(nodes[edge.source]), placeName(nodes[edge.target]), edge.frequency, edge.cases, edge.mean, edge.median, edge.p95, edge.total]));
}
