// Exact values beside the pointer, or beside what has the focus.
import { duration, number, percent } from "../lib/format.js";
import { element, html } from "../lib/html.js";
import { placeName } from "./map-paint.js";

export class Tooltip {
  #box = element`<div class="map-tooltip" hidden aria-hidden="true"></div>`;
  #item = "";

  constructor(host) {
    this.host = host;
    host.append(this.#box);
    host.addEventListener("pointermove", (event) => !this.#box.hidden && event.pointerType === "mouse" && this.#place(event.clientX, event.clientY));
  }

  show(item, scene, event) {
    const key = item ? JSON.stringify(item) : "";
    const touched = event?.pointerType === "touch";
    this.#box.hidden = !item || !scene || touched;
    if (this.#box.hidden) return;
    if (key !== this.#item) this.#box.replaceChildren(content(item, scene.graph));
    this.#item = key;
    const { left, top, width, height } = event.target.getBoundingClientRect();
    if (event.type === "focusin") this.#place(left + width / 2, top + Math.min(height, 60) / 2);
    else this.#place(event.clientX, event.clientY);
  }

  hide() {
    this.#box.hidden = true;
  }

  #place(x, y) {
    const around = this.host.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.#box;
    const left = x - around.left + 14 + width > around.width ? x - around.left - width - 14 : x - around.left + 14;
    this.#box.style.left = `${Math.max(6, left)}px`;
    this.#box.style.top = `${Math.max(6, Math.min(around.height - height - 6, y - around.top + 14))}px`;
  }
}

function content(item, graph) {
  return item.edge === undefined ? ofNode(graph.nodes[item.node]) : ofEdge(graph, graph.edges[item.edge]);
}

function ofEdge(graph, edge) {
  const title = `${placeName(graph.nodes[edge.source])} → ${placeName(graph.nodes[edge.target])}`;
  if (edge.marker) return facts(title, [["Cases", number(edge.cases)]]);
  return facts(title, [
    ["Times", number(edge.frequency)], ["Cases", number(edge.cases)], ["Median wait", duration(edge.median)], ["95 % below", duration(edge.p95)],
    ["Mean", duration(edge.mean)], ["Total", duration(edge.total)],
  ]);
}

function ofNode(node) {
  if (node.kind !== "activity") return facts(node.kind === "start" ? "Cases start here" : "Cases end here", []);
  return facts(node.name, [
    ["Events", number(node.frequency)], ["Cases", number(node.case_frequency)],
    node.rework_cases > 0 && ["Repeated in", percent(node.rework_cases / node.case_frequency)],
    node.start_frequency > 0 && ["First in", `${number(node.start_frequency)} cases`], node.end_frequency > 0 && ["Last in", `${number(node.end_frequency)} cases`],
    node.mean_service_seconds > 0 && ["Mean service time", duration(node.mean_service_seconds)],
  ].filter(Boolean));
}

function facts(title, rows) {
  return html`<b>${title}</b>${rows.length > 0 && html`<dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`}`;
}
