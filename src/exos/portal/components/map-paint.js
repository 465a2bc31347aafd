// Draws a layout into the map's SVG. Elements are kept by what they stand for, so that a change moves them instead of making new ones.
import { most } from "../lib/extremes.js";
import { duration, number, percent } from "../lib/format.js";
import { activityColour } from "./map-colours.js";
import { set, svg } from "./map-svg.js";
import { GAP } from "./map-text.js";

export class Painting {
  #nodes = new Map();
  #edges = new Map();

  constructor(world) {
    this.edgeLayer = svg("g", { class: "edges" });
    this.labelLayer = svg("g", { class: "labels", "aria-hidden": "true" });
    this.nodeLayer = svg("g", { class: "nodes" });
    world.append(this.edgeLayer, this.labelLayer, this.nodeLayer);
  }

  /** scene: {graph, layout, scale, texts}; the elements get data-node and data-edge with the index in the graph. */
  draw(scene) {
    this.#keep(this.#edges, scene.layout.edges, (edge) => this.#edge(edge, scene));
    const activities = scene.graph.nodes.slice(2);
    const largest = (key) => most(activities.map((node) => node[key]));
    const counts = { frequency: largest("frequency"), case_frequency: largest("case_frequency") };
    this.#keep(this.#nodes, scene.layout.nodes, (node) => this.#node(node, scene, counts));
    order(this.edgeLayer, [...scene.layout.edges].reverse().map((edge) => this.#edges.get(edge.id).group));
    order(this.nodeLayer, [...scene.layout.nodes].sort((one, other) => one.y - other.y || one.x - other.x).map((node) => this.#nodes.get(node.id).group));
  }

  clear() {
    for (const kept of [this.#nodes, this.#edges]) this.#keep(kept, [], null);
  }

  node(id) {
    return this.#nodes.get(id)?.group;
  }

  edge(id) {
    return this.#edges.get(id)?.group;
  }

  /** What takes the focus for {node} or {edge}. */
  target({ node, edge }) {
    return node === undefined ? this.#edges.get(edge)?.group : this.#nodes.get(node)?.target;
  }

  label(id) {
    return this.#edges.get(id)?.label;
  }

  #keep(kept, wanted, update) {
    const ids = new Set(wanted.map((one) => one.id));
    for (const [id, { group, label }] of kept) {
      if (ids.has(id)) continue;
      group.remove();
      label?.remove();
      kept.delete(id);
    }
    for (const one of wanted) update(one);
  }

  #edge(drawn, { graph, scale }) {
    const edge = graph.edges[drawn.id];
    let kept = this.#edges.get(drawn.id);
    if (!kept) {
      const [hit, line, head] = [svg("path", { class: "hit" }), svg("path", { class: "line" }), svg("path", { class: "head" })];
      kept = { hit, line, head, group: svg("g", { "data-edge": drawn.id, role: "button", tabindex: -1 }, hit, line, head), label: svg("text", { "data-label": drawn.id }) };
      this.#edges.set(drawn.id, kept);
    }
    const fresh = kept.line.getAttribute("d") !== drawn.line;
    kept.group.setAttribute("class", `edge ${scale.tone(edge)}${fresh ? " fresh" : ""}`);
    kept.group.setAttribute("aria-label", edgeName(graph, edge));
    set(kept.line, { d: drawn.line, "stroke-width": round(scale.width(edge)) });
    set(kept.head, { d: drawn.head });
    set(kept.hit, { d: drawn.line });
    this.#label(kept.label, drawn, scale.words(edge), scale.hot(edge));
    this.labelLayer.append(kept.label);
  }

  #label(text, { label, at }, [strong, weak], hot) {
    const place = label ?? at;
    set(text, { x: round(place.x), y: round(place.y + 12.5), class: `label${hot ? " hot" : ""}${label ? "" : " spare"}` });
    text.replaceChildren(strong && svg("tspan", { class: "strong" }, strong), weak && svg("tspan", { class: "weak", dx: strong ? GAP : null }, weak));
  }

  #node(drawn, { graph, scale, texts }, counts) {
    const node = graph.nodes[drawn.id];
    let kept = this.#nodes.get(drawn.id);
    if (!kept) {
      // The shape is the button, and the texts lie beside it: what they abbreviate is in its name.
      const target = node.kind === "activity" ? svg("rect", { class: "box", role: "button", tabindex: -1 }) : svg("circle", { class: "ring", role: "img", tabindex: -1 });
      kept = { group: svg("g", { "data-node": drawn.id }), target, texts: svg("g", { "aria-hidden": "true" }) };
      kept.group.append(target, kept.texts);
      this.#nodes.set(drawn.id, kept);
    }
    kept.group.style.transform = `translate(${round(drawn.x)}px, ${round(drawn.y)}px)`;
    kept.group.setAttribute("class", `node ${node.kind}`);
    kept.target.setAttribute("aria-label", nodeName(graph, node));
    set(kept.target, node.kind === "activity" ? { x: -drawn.width / 2, y: -drawn.height / 2, width: drawn.width, height: drawn.height, rx: 8 } : { r: 13 });
    kept.texts.replaceChildren(...(node.kind === "activity" ? activity(node, drawn, texts[drawn.id], scale, counts) : [sign(node)]));
  }
}

function activity(node, { width, height }, { lines }, scale, counts) {
  const [left, top] = [-width / 2, -height / 2];
  const key = scale.overlay.value === "cases" ? "case_frequency" : "frequency";
  const length = Math.max(2, ((width - 26) * node[key]) / counts[key]);
  return [
    svg("rect", { class: "stripe", x: left + 5, y: top + 7, width: 3, height: height - 14, rx: 1.5, fill: activityColour(node.name) }),
    ...lines.map((line, at) => svg("text", { class: "name", x: left + 14, y: top + 18 + at * 16 }, line)),
    svg("text", { class: "count", x: -left - 12, y: -top - 19, "text-anchor": "end" }, number(node[key])),
    svg("rect", { class: "bar", x: left + 14, y: -top - 11, width: round(length), height: 4, rx: 2 }),
  ];
}

// What is moved in the document loses the focus: nothing moves without need, and what had it gets it back.
function order(layer, wanted) {
  if (wanted.length === layer.children.length && wanted.every((element, at) => layer.children[at] === element)) return;
  const focused = layer.contains(document.activeElement) ? document.activeElement : null;
  for (const element of wanted) layer.append(element);
  focused?.focus({ preventScroll: true });
}

function sign({ kind }) {
  return kind === "start" ? svg("path", { class: "sign", d: "M-3.5 -5.5L6 0L-3.5 5.5Z" }) : svg("rect", { class: "sign", x: -4.5, y: -4.5, width: 9, height: 9, rx: 1.5 });
}

export const placeName = (node) => ({ start: "Start", end: "End" })[node.kind] ?? node.name;

export function edgeName(graph, edge) {
  const [from, to] = [placeName(graph.nodes[edge.source]), placeName(graph.nodes[edge.target])];
  if (edge.marker) return `${from} → ${to}: ${number(edge.cases)} cases`;
  return `${from} → ${to}: ${number(edge.frequency)} times in ${number(edge.cases)} cases, median wait ${duration(edge.median)}, 95 % below ${duration(edge.p95)}`;
}

function nodeName(graph, node) {
  if (node.kind !== "activity") return `${placeName(node)} of the cases`;
  const rework = node.rework_cases ? `, repeated in ${percent(node.rework_cases / node.case_frequency)} of them` : "";
  return `${node.name}: ${number(node.frequency)} events in ${number(node.case_frequency)} cases${rework}`;
}

function round(value) {
  return Math.round(value * 10) / 10;
}
