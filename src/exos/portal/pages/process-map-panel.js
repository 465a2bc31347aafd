// The map with what belongs to it: overlay, sliders, zoom, what is chosen, the replay and exports.
import { edgeIndex } from "../components/map-graph.js";
import { freeCorner } from "../components/map-legend.js";
import { OVERLAYS } from "../components/map-scale.js";
import { openMenu } from "../components/menu.js";
import { toast } from "../components/toast.js";
import { number, percent } from "../lib/format.js";
import { element, html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { shortcut } from "../lib/keyboard.js";
import { state } from "../lib/state.js";
import { transitions } from "./process-data.js";
import { openDrawer } from "./process-doors.js";
import { mapExports } from "./process-exports.js";

const DEFAULT = "median";
const PASSAGES = 1000;
const LITTLE = 0.001;

export class MapPanel {
  graph = null;
  #variant = null;
  #instead = null;
  #carded = null;
  #player = null;

  constructor(card) {
    this.card = card;
    this.panel = card.querySelector("exos-state");
    this.map = card.querySelector("process-map");
    [this.overlay, this.activities, this.paths] = [".overlay", ".activities", ".paths"].map((name) => card.querySelector(name));
    this.overlay.options = OVERLAYS;
    this.overlay.addEventListener("change", () => state.set({ overlay: this.overlay.value === DEFAULT ? null : this.overlay.value }));
    this.#slide(this.activities, (value) => ({ activities: this.counts[value], paths: null }));
    this.#slide(this.paths, (value) => ({ paths: value }));
    this.map.addEventListener("arranging", ({ detail }) => this.#drawing(detail));
    this.map.addEventListener("arranged", ({ detail }) => this.#arranged(detail));
    this.map.addEventListener("choose", ({ detail }) => state.set({ edge: detail?.edge ?? null, activity: detail?.activity ?? null, variant: null }));
    this.map.addEventListener("arranged", () => this.#replay());
    this.map.addEventListener("yielded", () => toast("Two fingers move the map", { action: { label: "Full screen", run: () => this.#full() } }), { once: true });
    state.subscribe(() => this.#replay(), ["replay"]);
    this.#buttons();
    this.view();
  }

  load(ask) {
    this.#instead = null;
    const shown = this.panel.load(ask, (graph) => {
      this.graph = graph;
      if (this.#instead) return this.#instead;
      if (graph.nodes.length <= 2) return { icon: "workflow", title: "No cases here", text: "No case starts in this range and passes the filters.", actions: [{ label: "All time, no filters", primary: true, run: () => state.set({ range: null, filters: null }) }] };
      queueMicrotask(() => {
        this.map.graph = graph;
        this.mark(this.#variant);
      });
      return null;
    });
    shown.then(() => this.panel.getAttribute("state") === "error" && (this.graph = null));
    return shown;
  }

  // A drawing tells of itself unless the page already tells of something else: no cases, or an answer that did not come.
  #drawing(drawn) {
    if (this.map.graph === this.graph) this.panel.during(drawn, () => this.#again());
    else drawn.catch(() => null);
  }

  // With as much on the map as can be read, whatever was too much.
  #again() {
    this.panel.ready();
    if (state.get("activities") ?? state.get("paths")) state.set({ activities: null, paths: null });
    else this.map.graph = this.graph;
  }

  /** Shows a notice instead of the map, also when an answer that is still under way arrives. */
  notice(notice) {
    this.#instead = notice;
    this.panel.notice(notice);
  }

  view() {
    const whole = (key) => (state.get(key) === null || Number.isNaN(Number(state.get(key))) ? null : Number(state.get(key)));
    const overlay = OVERLAYS.some(({ value }) => value === state.get("overlay")) ? state.get("overlay") : DEFAULT;
    this.overlay.value = overlay;
    this.map.view = { activities: whole("activities"), share: whole("paths") === null ? null : Math.min(100, Math.max(0, whole("paths"))) / 100, overlay };
  }

  /** variant: the activities of the chosen variant, or null. */
  mark(variant) {
    this.#variant = variant;
    const [edge, activity] = [state.json("edge"), state.get("activity")];
    const chosen = Array.isArray(edge) ? { edge } : activity ? { activity } : null;
    this.map.choose(chosen, variant);
    this.#details(chosen);
  }

  light(variant) {
    this.map.path = variant;
  }

  exports(variants, cases) {
    return mapExports(this.map, variants, cases);
  }

  #slide(slider, change) {
    let timer = 0;
    slider.addEventListener("input", () => {
      cancelAnimationFrame(timer);
      timer = requestAnimationFrame(() => state.set(change(slider.value), { replace: true }));
    });
  }

  // What is chosen is on the map whatever the sliders say: where they rest they tell what is shown, and of how many.
  #arranged({ counts, activities, share: taken, nodes, shown, total, covered, available, needed, steps, cut }) {
    this.counts = counts;
    const markers = this.map.scene.selection.edges.length - shown;
    const [most, paths] = [counts.at(-1), Math.round(taken * 100)];
    const set = (slider, max, value, format) => {
      slider.querySelector("input").max = max;
      slider.format = format;
      slider.value = value;
    };
    set(this.activities, counts.length - 1, counts.indexOf(activities), (value) => `${counts[value] === activities ? nodes.length - 2 : counts[value]} of ${number(most)}`);
    set(this.paths, 100, paths, (value) => `${value === paths ? shown : needed + Math.round((value / 100) * (available - needed)) - markers} of ${number(total)}${cut ? "+" : ""}`);
    this.card.querySelector(".shown").textContent = steps ? `${share(covered)} of steps shown${cut ? ` · the ${number(total)} most frequent paths` : ""}` : "No steps between activities";
    this.card.querySelector(".shown").title = `${number(nodes.length - 2)} of ${number(most)} activities and ${number(shown)} of ${cut ? `the ${number(total)} most frequent` : number(total)} paths are on the map, with what is chosen`;
    this.#dock();
    this.card.dataset.arranged = `${this.map.scene.selection.nodes.length} ${shown}`;
  }

  async #details(chosen) {
    const place = this.card.querySelector(".details");
    const { graph } = this;
    const node = chosen?.activity && graph?.nodes[graph.byName.get(chosen.activity)];
    const edge = chosen?.edge && graph?.edges[edgeIndex(graph).get(chosen.edge.map((name) => graph.byName.get(name)).join(">"))];
    this.#carded = chosen;
    if (!node && !edge) return place.replaceChildren();
    const { activityCard, edgeCard } = await import("./process-card.js");
    if (this.#carded !== chosen) return null;
    const close = () => state.set({ edge: null, activity: null });
    const cases = () => openDrawer("edge", { source: chosen.edge[0], target: chosen.edge[1] });
    const slow = () => openDrawer("edge", { source: chosen.edge[0], target: chosen.edge[1], above: edge.p95 });
    place.replaceChildren(node ? activityCard(node, { close }) : edgeCard(graph, edge, slowCases(chosen.edge, edge), { close, cases, slow }));
    return this.#dock();
  }

  // The replay is loaded when it is first wanted; it follows the address from then on.
  async #replay() {
    if (!state.get("replay") || this.#player) return;
    this.#player = true;
    const { Replay } = await import("./process-replay.js");
    this.#player = new Replay(this.card.querySelector(".player"), this.map);
  }

  // Where the card hides less of the map.
  #dock() {
    const place = this.card.querySelector(".details");
    if (this.map.scene && place.firstChild) place.dataset.side = freeCorner(place, this.map);
  }

  #buttons() {
    const { viewport } = this.map;
    const zooms = [["zoom-in", "Zoom in (+)", () => viewport.in()], ["zoom-out", "Zoom out (−)", () => viewport.out()], ["locate", "Fit (0)", () => viewport.fit()], ["maximize", "Full screen", () => this.#full()]];
    this.card.querySelector(".zoom").replaceChildren(...zooms.map(([picture, label, run]) => element`<button type="button" class="icon-button" aria-label=${label} title=${label} @click=${run}>${icon(picture, 15)}</button>`));
    this.card.querySelector(".actions").replaceChildren(html`<button type="button" class="button quiet small replay" @click=${toggleReplay}>${icon("play", 13)}Replay flow</button>
      <button type="button" class="button quiet small table" @click=${() => openDrawer("paths")}>Table</button>
      <button type="button" class="button quiet small export" aria-haspopup="menu" aria-expanded="false" @click=${(event) => openMenu(event.currentTarget, mapExports(this.map), { align: "end" })}>Export</button>
      <a class="button quiet small sql" href="#">Show SQL</a>`);
    const sql = this.card.querySelector(".sql");
    sql.addEventListener("pointerdown", () => (sql.href = state.link("/playbook", { analysis: "process/dfg" })));
    sql.addEventListener("focus", () => (sql.href = state.link("/playbook", { analysis: "process/dfg" })));
    shortcut("r", "Replay the flow", toggleReplay, { group: "Page" });
  }

  // Phones that give their screen to films only: the card lies over the page.
  #full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.card.requestFullscreen) this.card.requestFullscreen();
    else this.card.classList.toggle("full");
  }
}

// What is little is not nothing.
const share = (part) => (part > 0 && part < LITTLE ? `< ${percent(LITTLE)}` : percent(part));
const toggleReplay = () => state.set({ replay: state.get("replay") ? null : 1 });

// Cases that waited longer than 95 % of all did; null where more than the rows asked for did.
async function slowCases(pair, edge) {
  const limit = Math.ceil(edge.frequency * 0.05) + 1;
  if (limit > PASSAGES || edge.frequency < 20) return null;
  const rows = (await transitions(pair, undefined, limit)).objects();
  return new Set(rows.filter((row) => row.wait_seconds > edge.p95).map((row) => row.case_id)).size;
}
