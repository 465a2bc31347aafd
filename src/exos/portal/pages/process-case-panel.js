// The table beneath the map: cases, or the passages on the path that is chosen.
import { edgeIndex } from "../components/map-graph.js";
import { state } from "../lib/state.js";
import { caseColumns, headline, ORDERS, passageColumns } from "./process-cases.js";
import * as data from "./process-data.js";
import { openCase } from "./process-doors.js";

export class CasePanel {
  #asked = "";

  /** graph: () → the graph on the map, or null: knows what is usual on each path. */
  constructor(card, graph) {
    Object.assign(this, { card, graph });
    this.panel = card.querySelector("exos-state");
    this.table = card.querySelector("exos-table");
    this.order = card.querySelector(".order");
    this.order.options = ORDERS;
    this.order.addEventListener("change", () => state.set({ order: this.order.value === "longest" ? null : this.order.value }));
    state.subscribe(() => this.load(), ["order"]);
  }

  load() {
    const edge = state.json("edge");
    const order = state.get("order") ?? "longest";
    const variant = state.get("variant");
    const asked = JSON.stringify([data.chosen(), edge, order]);
    this.order.value = order;
    this.order.hidden = Boolean(edge);
    if (asked === this.#asked && variant === this.variant) return;
    [this.#asked, this.variant] = [asked, variant];
    const ask = (signal) => (edge ? data.transitions(edge, signal) : Promise.all([data.cases(signal, order), data.summary(signal)]));
    this.panel.load(ask, (answer) => {
      const rows = edge ? answer.objects() : answer[0].objects();
      const total = edge ? this.#passages(edge) : answer[1].cases;
      this.#head(headline(edge, rows, total));
      if (!rows.length) return { icon: "list", title: edge ? "No case takes this path" : "No cases", text: "No case of the selection passes the filters in this range." };
      this.table.rows = [];
      this.table.columns = edge ? passageColumns(edge) : caseColumns((source, target) => this.#usual(source, target));
      this.table.caption = edge ? "Slowest cases on the chosen path" : "List of cases";
      this.table.rows = rows;
      this.table.door = (row) => openCase(row.case_id);
      return null;
    });
  }

  /** Draws the strips again, once it is known what is usual. */
  refresh() {
    this.table.refresh();
  }

  #head({ title, count }) {
    this.card.querySelector("h2").textContent = title;
    this.card.querySelector(".count").textContent = count;
  }

  #edge(source, target) {
    const graph = this.graph();
    const at = graph && edgeIndex(graph).get(`${graph.byName.get(source)}>${graph.byName.get(target)}`);
    return at === null || at === undefined ? null : graph.edges[at];
  }

  #usual(source, target) {
    return this.#edge(source, target) ?? undefined;
  }

  #passages([source, target]) {
    return this.#edge(source, target)?.frequency ?? 0;
  }
}
