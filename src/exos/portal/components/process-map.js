/*
The map of a process: activities and the paths between them, laid out beside the page by map-worker.js.

  const map = document.querySelector("process-map");
  map.graph = buildGraph({dfg, activities, variants});      map-graph.js
  map.view = {activities: 9 or null, share: 0.4 or null, overlay: "median"};     null: what is sensible
  map.choose({edge: ["A", "B"]} or {activity: "A"} or null, ["A", "B", …] a variant or null); map.path = a variant to light up for a moment, or null
  events: arranging (detail: a promise of that), arranged (detail: {activities, counts, share, shown, available, covered}), choose (detail: {edge} | {activity} | null)
  yielded: a finger has scrolled the page and not the map
  map.viewport.in() .out() .fit(); map.scene → what is drawn, for exports and the replay
Keys inside: arrows walk along the paths, Enter chooses, Escape lets go, + − zoom, 0 fits.
*/
import { colourActivities } from "./map-colours.js";
import { along, around, connecting, coverage } from "./map-focus.js";
import { edgeIndex, edgesOfVariant } from "./map-graph.js";
import { Layouter } from "./map-layouter.js";
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
  #view = { activities: null, share: null, overlay: "median" };
  #chosen = null;
  #path = null;
  #shown = "[]";
  #layouter = new Layouter();
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

  /** Chooses an edge, an activity or a variant, and shows it whatever the sliders say. */
  choose(chosen, variant = null) {
    [this.#chosen, this.#path] = [chosen, variant];
    this.#light();
    if (JSON.stringify(this.#kept()) !== this.#shown) this.#arrange();
  }

  /** Lights up a variant for as long as the pointer is on it, as far as it is shown. */
  set path(variant) {
    this.#path = variant;
    this.#light();
  }

  // Indexes of the edges that have to be shown.
  #kept() {
    if (!this.#graph) return [];
    if (this.#path) return edgesOfVariant(this.#graph, this.#path);
    const { node, edge } = this.#find(this.#chosen) ?? {};
    return edge !== undefined ? [edge] : node === undefined ? [] : connecting(this.#graph, node);
  }

  #arrange() {
    if (this.#graph && this.isConnected) this.dispatchEvent(new CustomEvent("arranging", { detail: this.#drawn() }));
  }

  async #drawn() {
    await fontsReady();
    const graph = this.#graph;
    const scale = makeScale(graph, overlayOf(this.#view.overlay));
    const texts = nodeTexts(graph.nodes);
    const sizes = {
      nodes: graph.nodes.map((node, at) => (node.kind === "activity" ? { width: texts[at].width, height: texts[at].height } : { width: 26, height: 26 })),
      edges: graph.edges.map((edge) => ({ stroke: scale.width(edge), label: labelSize(scale.words(edge)) })),
    };
    const keep = this.#kept();
    this.#shown = JSON.stringify(keep);
    const { order, selection, layout } = await this.#layouter.ask(graph, { ...this.#view, keep }, sizes);
    if (order) colourActivities(order.map((node) => graph.nodes[node]).filter((node) => node.kind === "activity").map((node) => node.name));
    if (!layout || graph !== this.#graph) return;
    this.#show({ graph, scale, texts, selection, layout });
  }

  #show(scene) {
    this.scene = scene;
    this.painting.draw(scene);
    this.viewport.focus = scene.layout.nodes.find((node) => node.id === 0)?.x ?? 0;
    this.viewport.bounds = scene.layout.bounds;
    this.querySelector(".map-legend")?.remove();
    this.append(legend(scene.scale));
    this.dataset.legend = freeCorner(this.querySelector(".map-legend"), this);
    if (!this.canvas.querySelector("[tabindex='0']")) this.painting.target({ node: scene.graph.happy[1] ?? 0 })?.setAttribute("tabindex", 0);
    this.#light();
    this.dispatchEvent(new CustomEvent("arranged", { detail: { ...scene.selection, ...coverage(scene) } }));
  }

  // Lights up what is chosen and a variant's way, and dims the rest.
  #light(hovered = null) {
    if (!this.scene) return;
    const chosen = this.#find(this.#chosen, this.scene.graph);
    const focus = hovered ?? chosen;
    const lit = this.#path && !hovered ? along(this.scene.graph, this.#path) : around(this.scene.graph, focus);
    // What is only chosen stands out by itself; dimming the rest is for looking closer.
    this.canvas.classList.toggle("focused", Boolean(hovered || this.#path));
    for (const { id } of this.scene.layout.edges) this.#mark("edge", id, lit?.edges.has(id), chosen?.edge === id);
    this.painting.label(hovered?.edge)?.classList.add("named");
    for (const { id } of this.scene.layout.nodes) this.#mark("node", id, lit?.nodes.has(id), chosen?.node === id);
  }

  #mark(kind, id, lit, chosen) {
    for (const element of [this.painting[kind](id), kind === "edge" ? this.painting.label(id) : null]) {
      element?.classList.toggle("lit", Boolean(lit));
      element?.classList.toggle("chosen", Boolean(chosen));
      element?.classList.remove("named");
    }
  }

  #find(chosen, graph = this.#graph) {
    if (!chosen || !graph) return null;
    const { byName } = graph;
    if (chosen.activity) return byName.has(chosen.activity) ? { node: byName.get(chosen.activity) } : null;
    const [source, target] = chosen.edge.map((name) => byName.get(name));
    const edge = edgeIndex(graph).get(`${source}>${target}`);
    return edge === undefined ? null : { edge };
  }

  #itemOf(target) {
    const element = target?.closest?.("[data-node], [data-edge], [data-label]");
    if (!element || !this.contains(element)) return null;
    return element.dataset.node !== undefined ? { node: Number(element.dataset.node) } : { edge: Number(element.dataset.edge ?? element.dataset.label) };
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
    this.tooltip.hide();
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
    const element = this.painting.target(item);
    this.canvas.querySelector("[tabindex='0']")?.setAttribute("tabindex", -1);
    element.setAttribute("tabindex", 0);
    element.focus({ preventScroll: true });
    const place = item.node === undefined ? this.scene.layout.edges.find((one) => one.id === item.edge) : this.scene.layout.nodes.find((one) => one.id === item.node);
    this.viewport.reveal(place.x ?? place.at.x, place.y ?? place.at.y);
  }
}

customElements.define("process-map", ProcessMap);
