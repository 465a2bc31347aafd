// node compare.mjs [ADDRESS PROCESS]: every library on every graph, as a Markdown table. `npm ci` first.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { LAYOUTS } from "./layouts.mjs";
import { measure, moved } from "./measures.mjs";
import { fromPortal, made, question } from "./questions.mjs";

const RUNS = 5;
const PATIENCE = 60_000;
const HERE = new URL(".", import.meta.url);
const OWN = ["layout", "curves", "labels", "levels", "order", "places", "routes"].map((name) => `../../src/exos/portal/components/map-${name}.js`);
const FILES = {
  own: OWN, dagre: ["node_modules/@dagrejs/dagre/dist/dagre.min.js"], elk: ["node_modules/elkjs/lib/elk.bundled.js"],
  "dot (viz.js)": ["node_modules/@viz-js/viz/dist/viz.js"], "d3-dag": ["node_modules/d3-dag/dist/d3-dag.esm.min.mjs"],
};

const [address, process_] = process.argv.slice(2);
const graphs = address ? [[process_, await fromPortal(address, process_), [[9, null], [14, null], [24, 0.3], [24, 1]]]] : [];
graphs.push(["made", made(), [[60, null], [60, 1]]]);

console.log("| graph | layout | ms | crossings | mean length | labels covered / hidden | spine off by | size | moved by one more activity | by more paths |");
console.log("|---|---|---|---|---|---|---|---|---|---|");
for (const [name, graph, settings] of graphs) {
  for (const [activities, share] of settings) await row(name, graph, activities, share);
}
console.log("\n| layout | bytes, gzip |\n|---|---|");
for (const [layout, files] of Object.entries(FILES)) console.log(`| ${layout} | ${files.reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, HERE)), { level: 9 }).length, 0)} |`);

async function row(name, graph, activities, share) {
  const asked = question(graph, activities, share);
  const [more, paths] = [question(graph, activities + 1, share), question(graph, activities, Math.min(1, (share ?? 0.2) + 0.15))];
  for (const [layout, run] of Object.entries(LAYOUTS)) {
    const { found, milliseconds } = await timed(() => run(asked));
    if (!found) {
      console.log(`| ${name} | ${layout} | > ${PATIENCE} | | | | | | | |`);
      continue;
    }
    const { crossings, length, covered, hidden, spine, width, height } = measure(graph, found);
    const [byActivity, byPaths] = [more.nodes.length > asked.nodes.length ? moved(found, await run(more)).toFixed(0) : "–", moved(found, await run(paths)).toFixed(0)];
    console.log(`| ${name} ${asked.nodes.length - 2}/${asked.edges.length} | ${layout} | ${milliseconds.toFixed(0)} | ${crossings} | ${length.toFixed(0)} | ${covered} / ${hidden} | ${spine.toFixed(0)} | ${width.toFixed(0)} × ${height.toFixed(0)} | ${byActivity} | ${byPaths} |`);
  }
}

// The median of a few runs after one that warms up; a slow library runs only once.
async function timed(run) {
  const start = performance.now();
  let found = await run();
  const times = [performance.now() - start];
  if (times[0] > PATIENCE) return {};
  for (let again = 0; again < RUNS && times[0] < 3000; again++) {
    const from = performance.now();
    found = await run();
    times.push(performance.now() - from);
  }
  const sorted = times.slice(times.length > 1 ? 1 : 0).sort((one, other) => one - other);
  return { found, milliseconds: sorted[Math.floor(sorted.length / 2)] };
}
