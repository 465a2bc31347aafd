/*
The map of a process: activities and the paths between them, laid out beside the page by map-worker.js.

  const map = document.querySelector("process-map");
  map.graph = buildGraph({dfg, activities, variants});      map-graph.js
  map.view = {activities: 9 or null, share: 0.4 or null, overlay: "median"};     null: what is sensible
  map.chosen = {edge: ["A", "B"]} or {activity: "A"} or null; map.path = ["A", "B", …] a variant to light up, or null
  events: arranged (detail: {activities, counts, share, shown, available, covered}), choose (detail: {edge} | {activity} | null)
  map.viewport.in() .out() .fit(); map.scene → what is drawn, for exports and the replay
Keys inside: arrows walk along the paths, Enter chooses, Escape lets go, + − zoom, 0 fits.
*/
import { edgeIndex, edgesOfVariant } from "./map-graph.js";
import { freeCorner, legend } from "./map-legend.js";
import { Painting } from "./map-paint.js";
import { makeScale, overlayOf } from "./map-scale.js";
import { svg } from "./map-svg.js";
import { fontsReady, labelSize, nodeTexts } from "./map-text.js";
import { Tooltip } from "./map-tooltip.js";
import { Viewport } from "./map-viewport.js";
import { walk } from "./map-walk.js";

class ProcessMap extends HTMLElement {
  #graph = null;
  #fresh = false;
  #view = { activities: null, share: null, overlay: "median" };
  #chosen = null;
  #path = null;
  #request = 0;
  #worker = null;
  scene = null;

  connectedCallback() {
    if (this.viewport) return;
    const world = svg("g", { class: "world" });
    this.canvas = svg("svg", { role: "group", "aria-label": "Process map" }, world);
    this.append(this.canvas);
    this.painting = new Painting(world);
    this.viewport = new Viewport(this, world, (transform) => this.dispatchEvent(new CustomEvent("moved", { detail: transform })));
    this.tooltip = new Tooltip(this);
    this.addEventListener("click", (event) => this.#click(event));
    this.addEventListener("keydown", (event) => this.#key(event));
    for (const name of ["pointerover", "focusin"]) this.addEventListener(name, (event) => this.#hover(event));
    for (const name of ["pointerleave", "focusout"]) this.addEventListener(name, () => this.#hover(null));
  }

  set graph(graph) {
    this.#graph = graph;
    this.#fresh = true;
    this.#arrange();
  }

  get graph() {
    return this.#graph;
  }

  set view(view) {
    const before = this.#view;
    this.#view = view;
    if (Object.keys(view).some((key) => view[key] !== before[key])) this.#arrange();
  }

  set chosen(chosen) {
    this.#chosen = chosen;
    this.#light();
  }

  set path(variant) {
    this.#path = variant;
    this.#light();
  }

  /** The index of the node or edge that is chosen, where it is shown. */
  get chosenItem() {
    return this.scene && this.#chosen ? this.#find(this.#chosen) : null;
  }

  async #arrange() {
    if (!this.#graph || !this.isConnected) return;
    const id = (this.#request += 1);
    const graph = this.#graph;
    await fontsReady();
    if (id !== this.#request) return;
    const scale = makeScale(graph, overlayOf(this.#view.overlay));
    const texts = nodeTexts(graph.nodes);
    const labels = graph.edges.map((edge) => labelSize(scale.words(edge)));
    const sizes = {
      nodes: graph.nodes.map((node, at) => (node.kind === "activity" ? { width: texts[at].width, height: texts[at].height } : { width: 26, height: 26 })),
      edges: graph.edges.map((edge, at) => ({ stroke: scale.width(edge), label: labels[at] })),
    };
    const { selection, layout } = await this.#ask({ id, graph: this.#fresh ? plain(graph) : null, view: this.#view, sizes });
    if (id !== this.#request) return;
    this.#show({ graph, scale, texts, labels, selection, layout });
  }

  // The worker answers in order; only the newest answer is shown.
  #ask(message) {
    this.#fresh = false;
    this.#worker ??= new Worker(new URL("map-worker.js", import.meta.url), { type: "module" });
    this.#worker.postMessage(message);
    return new Promise((resolve, reject) => {
      const answered = ({ data }) => data.id === message.id && done(() => resolve(data));
      const failed = (event) => done(() => reject(new Error(event.message || "The layout failed.")));
      const done = (settle) => {
        this.#worker.removeEventListener("message", answered);
        this.#worker.removeEventListener("error", failed);
        settle();
      };
      this.#worker.addEventListener("message", answered);
      this.#worker.addEventListener("error", failed);
    });
  }

  #show(scene) {
    const activities = scene.graph.nodes.slice(2);
    scene.most = { frequency: Math.max(...activities.map((node) => node.frequency)), case_frequency: Math.max(...activities.map((node) => node.case_frequency)) };
    this.scene = scene;
    this.painting.draw(scene);
    this.viewport.focus = scene.layout.nodes.find((node) => node.id === 0)?.x ?? 0;
    this.viewport.bounds = scene.layout.bounds;
    this.querySelector(".map-legend")?.remove();
    this.append(legend(scene.scale));
    this.dataset.legend = freeCorner(this.querySelector(".map-legend"), this);
    const first = this.painting.node(scene.graph.happy[1] ?? 0);
    first?.setAttribute("tabindex", 0);
    this.#light();
    this.dispatchEvent(new CustomEvent("arranged", { detail: { ...scene.selection, ...coverage(scene) } }));
  }

  // Lights up what is chosen and a variant's way, and dims the rest.
  #light(hovered = null) {
    if (!this.scene) return;
    const focus = hovered ?? this.#find(this.#chosen) ?? null;
    const lit = this.#path && !hovered ? along(this.scene.graph, this.#path) : around(this.scene.graph, focus);
    // What is only chosen stands out by itself; dimming the rest is for looking closer.
    this.canvas.classList.toggle("focused", Boolean(hovered || this.#path));
    for (const { id } of this.scene.layout.edges) this.#mark("edge", id, lit?.edges.has(id), this.#chosen && this.#find(this.#chosen)?.edge === id);
    for (const { id } of this.scene.layout.nodes) this.#mark("node", id, lit?.nodes.has(id), this.#chosen && this.#find(this.#chosen)?.node === id);
  }

  #mark(kind, id, lit, chosen) {
    for (const element of [this.painting[kind](id), kind === "edge" ? this.painting.label(id) : null]) {
      element?.classList.toggle("lit", Boolean(lit));
      element?.classList.toggle("chosen", Boolean(chosen));
    }
  }

  #find(chosen) {
    if (!chosen) return null;
    const { byName } = this.scene.graph;
    if (chosen.activity) return byName.has(chosen.activity) ? { node: byName.get(chosen.activity) } : null;
    const [source, target] = chosen.edge.map((name) => byName.get(name));
    const edge = edgeIndex(this.scene.graph).get(`${source}>${target}`);
    return edge === undefined ? null : { edge };
  }

  #itemOf(target) {
    const element = target?.closest?.("[data-node], [data-edge]");
    if (!element || !this.contains(element)) return null;
    return element.dataset.node !== undefined ? { node: Number(element.dataset.node) } : { edge: Number(element.dataset.edge) };
  }

  #hover(event) {
    const item = event ? this.#itemOf(event.target) : null;
    this.#light(item);
    this.tooltip.show(item, this.scene, event);
  }

  #click(event) {
    if (this.viewport.dragged || event.target.closest("[data-still]")) return;
    this.#choose(this.#itemOf(event.target));
  }

  #choose(item) {
    const { graph } = this.scene ?? {};
    const edge = item?.edge === undefined ? null : graph.edges[item.edge];
    const node = item?.node === undefined ? null : graph.nodes[item.node];
    const detail = edge && !edge.marker ? { edge: [graph.nodes[edge.source].name, graph.nodes[edge.target].name] } : node?.kind === "activity" ? { activity: node.name } : null;
    this.dispatchEvent(new CustomEvent("choose", { detail }));
  }

  #key(event) {
    const item = this.#itemOf(event.target);
    const zoom = { "+": "in", "=": "in", "-": "out", 0: "fit" }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || !this.scene || event.target.closest("[data-still]")) return;
    if (zoom) this.viewport[zoom]();
    else if (item && (event.key === "Enter" || event.key === " ")) this.#choose(item);
    else if (event.key === "Escape" && (this.#chosen || this.#path)) this.#choose(null);
    else if (item && event.key.startsWith("Arrow")) this.#step(walk(this.scene, item, event.key));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #step(item) {
    if (!item) return;
    const element = item.node === undefined ? this.painting.edge(item.edge) : this.painting.node(item.node);
    this.canvas.querySelector("[tabindex='0']")?.setAttribute("tabindex", -1);
    element.setAttribute("tabindex", 0);
    element.focus({ preventScroll: true });
    const place = item.node === undefined ? this.scene.layout.edges.find((one) => one.id === item.edge) : this.scene.layout.nodes.find((one) => one.id === item.node);
    this.viewport.reveal(place.x ?? place.at.x, place.y ?? place.at.y);
  }
}

// What the worker needs of a graph.
function plain({ nodes, edges, happy, happyEdges }) {
  return {
    happy, happyEdges,
    nodes: nodes.map(({ index, kind, frequency, case_frequency: cases }) => ({ index, kind, frequency, case_frequency: cases })),
    edges: edges.map(({ index, source, target, frequency }) => ({ index, source, target, frequency })),
  };
}

function coverage({ graph, selection }) {
  const sum = (edges) => edges.reduce((total, edge) => total + edge.frequency, 0);
  const shown = selection.edges.map((id) => graph.edges[id]).filter((edge) => !edge.marker);
  const all = graph.edges.filter((edge) => !edge.marker);
  return { shown: shown.length, total: all.length, covered: sum(shown) / (sum(all) || 1) };
}

function along(graph, variant) {
  const edges = new Set(edgesOfVariant(graph, variant));
  return { edges, nodes: new Set([0, 1, ...variant.map((name) => graph.byName.get(name))]) };
}

function around(graph, item) {
  if (!item) return null;
  if (item.edge !== undefined) return { edges: new Set([item.edge]), nodes: new Set([graph.edges[item.edge].source, graph.edges[item.edge].target]) };
  const edges = graph.edges.filter((edge) => edge.source === item.node || edge.target === item.node);
  return { edges: new Set(edges.map((edge) => edge.index)), nodes: new Set([item.node, ...edges.flatMap((edge) => [edge.source, edge.target])]) };
}

customElements.define("process-map", ProcessMap);
