/*
Tokens of real cases on the map: each moves along its path in the time that the case took for it. A canvas above the map's SVG.

  const tokens = new Tokens(map);  tokens.cases = [{start: ms, offsets: [seconds], variant: ["A", …]}];
  tokens.draw(ms) → how many are under way;  tokens.clear();  tokens.span → {from, to} in ms
*/
import { least } from "../lib/extremes.js";
import { token as colour } from "../lib/tokens.js";
import { edgeIndex } from "./map-graph.js";

const RADIUS = 4.2;
const RESTING = 0.35;

export class Tokens {
  #cases = [];
  #ways = new Map();
  #canvas = document.createElement("canvas");
  #colours = null;

  constructor(map) {
    this.map = map;
    this.#canvas.setAttribute("aria-hidden", "true");
    map.addEventListener("arranged", () => this.#cases.length && this.#prepare());
  }

  set cases(cases) {
    this.#cases = cases.filter(({ variant }) => variant.length).map(({ start, offsets, variant }) => ({ times: offsets.map((seconds) => start + seconds * 1000), variant }));
    this.#prepare();
  }

  /** From the first start to the time when 19 of 20 cases have ended. */
  get span() {
    const ends = this.#cases.map(({ times }) => times.at(-1)).sort((one, other) => one - other);
    const from = least(this.#cases.map(({ times }) => times[0]));
    return { from, to: Math.max(from + 1000, ends[Math.floor(0.95 * (ends.length - 1))] ?? from) };
  }

  // Which drawn edge each step of each case takes, and the points of those edges with their lengths.
  #prepare() {
    const { graph, layout } = this.map.scene;
    const index = edgeIndex(graph);
    this.#ways = new Map(layout.edges.map((edge) => [edge.id, measure(edge.points)]));
    this.#places = new Map(layout.nodes.map((node) => [node.id, node]));
    for (const one of this.#cases) {
      one.nodes = one.variant.map((name) => graph.byName.get(name));
      one.edges = one.nodes.slice(1).map((node, at) => index.get(`${one.nodes[at]}>${node}`));
      one.slow = one.edges.map((edge, at) => edge !== undefined && one.times[at + 1] - one.times[at] > graph.edges[edge].p95 * 1000 && one.times[at + 1] - one.times[at] > 60_000);
    }
  }

  #places = new Map();

  draw(now) {
    if (!this.#canvas.isConnected) this.map.append(this.#canvas);
    const context = this.#fit();
    this.#colours ??= { usual: colour("accent"), slow: colour("bad"), rim: colour("panel") };
    let active = 0;
    for (const one of this.#cases) {
      if (now < one.times[0] || now > one.times.at(-1)) continue;
      active += 1;
      this.#token(context, one, now);
    }
    return active;
  }

  clear() {
    this.#canvas.remove();
  }

  /** After light and dark changed. */
  recolour() {
    this.#colours = null;
  }

  #token(context, { times, nodes, edges, slow }, now) {
    const at = Math.min(times.length - 2, lastBefore(times, now));
    const way = at >= 0 ? this.#ways.get(edges[at]) : null;
    const length = times[at + 1] - times[at];
    if (way) return this.#dot(context, along(way, length ? (now - times[at]) / length : 1), slow[at], 1);
    const resting = this.#places.get(nodes.slice(0, Math.max(0, at) + 1).findLast((node) => this.#places.has(node)));
    return resting && this.#dot(context, [resting.x, resting.y + resting.height / 2], false, RESTING);
  }

  #dot(context, [x, y], slow, alpha) {
    context.globalAlpha = alpha;
    context.beginPath();
    context.arc(x, y, RADIUS, 0, 2 * Math.PI);
    context.fillStyle = slow ? this.#colours.slow : this.#colours.usual;
    context.fill();
    context.stroke();
  }

  #fit() {
    const { clientWidth: width, clientHeight: height } = this.map;
    const ratio = devicePixelRatio;
    if (this.#canvas.width !== Math.round(width * ratio) || this.#canvas.height !== Math.round(height * ratio)) [this.#canvas.width, this.#canvas.height] = [width * ratio, height * ratio];
    const context = this.#canvas.getContext("2d");
    const { scale, x, y } = this.map.viewport.transform;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    context.setTransform(scale * ratio, 0, 0, scale * ratio, x * ratio, y * ratio);
    context.lineWidth = 1.2;
    context.strokeStyle = this.#colours?.rim ?? "transparent";
    return context;
  }
}

function measure(points) {
  const lengths = [0];
  for (let at = 2; at < points.length; at += 2) lengths.push(lengths.at(-1) + Math.hypot(points[at] - points[at - 2], points[at + 1] - points[at - 1]));
  return { points, lengths };
}

function along({ points, lengths }, part) {
  const wanted = part * lengths.at(-1);
  const at = Math.min(lengths.length - 2, lastBefore(lengths, wanted));
  const t = (wanted - lengths[at]) / (lengths[at + 1] - lengths[at] || 1);
  return [points[2 * at] + t * (points[2 * at + 2] - points[2 * at]), points[2 * at + 1] + t * (points[2 * at + 3] - points[2 * at + 1])];
}

// The place of the last value that is not above the wanted one; the values ascend.
function lastBefore(values, wanted) {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (values[middle] <= wanted) low = middle;
    else high = middle - 1;
  }
  return low;
}
