/*
A chart: Chart.js in the colours of the theme, with a table behind it.

  chart.finding = "Title search waits grew 38 %";         its title: say what it shows; leave out where a heading is near
  chart.data = {
    kind: "line" | "area" | "bar" | "stacked" | "across" | "scatter",         across: bars that lie, for long names
    x: {label: "Week", kind: "time" | "text" | "number", values: ["2026-03-02T00:00:00Z", …]},
    y: {label: "Median wait", kind: "duration" | "percent" | "number" | …},
    series: [{label: "2026", values: [3600, …], color: "heat-3", dashed: true}],      color is a token; left out: by name, the same on every page
  };
  chart.door = ({index, series}) => …;        makes points and bars doors
  chart.downloadPng("waits.png"); chart.downloadCsv("waits.csv"); chart.showTable(true);
  A button in its corner changes between chart and table; the attribute plain leaves it out where the page has its own.
  Attributes: label, plain. CSS: --chart-height. Put it into <exos-state skeleton="chart"> for loading, empty and error.
*/
import { html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { series as seriesColours, onTheme, token } from "../lib/tokens.js";
import { byKind } from "../lib/format.js";
import { csv, download } from "../lib/save.js";
import { state } from "../lib/state.js";
import { options, xValues } from "./chart-options.js";
import "./table.js";

const ALONE = "series-1";

class ChartElement extends HTMLElement {
  #data = null;
  #chart = null;
  #stops = [];
  #asTable = false;
  #drawing = 0;
  door = null;

  connectedCallback() {
    if (!this.querySelector(".plot")) this.append(html`<div class="head"><h3 hidden></h3>${!this.hasAttribute("plain") && this.#switch()}</div><div class="legend" hidden></div><div class="plot"><canvas role="img"></canvas></div>`);
    this.#stops = [onTheme(() => this.#draw()), state.subscribe(() => this.#draw(), ["tz"])];
    this.#draw();
  }

  disconnectedCallback() {
    this.#stops.forEach((stop) => stop());
    this.#chart?.destroy();
    this.#chart = null;
  }

  set finding(text) {
    const title = this.querySelector("h3");
    title.textContent = text;
    title.hidden = !text;
    this.#describe();
  }

  set data(data) {
    this.#data = data;
    this.#draw();
  }

  showTable(whether = !this.#asTable) {
    this.#asTable = whether;
    this.querySelector(".switch")?.setAttribute("aria-pressed", String(whether));
    this.querySelector(".plot").hidden = whether;
    this.querySelector("exos-table")?.remove();
    if (whether && this.#data) this.append(this.#table());
    return whether;
  }

  downloadCsv(name) {
    const { x, series } = this.#data;
    const rows = x.values.map((value, at) => [value, ...series.map(({ values }) => values[at])]);
    download(name, csv([x.label, ...series.map(({ label }) => label)], rows), "text/csv;charset=utf-8");
  }

  async downloadPng(name) {
    const from = this.querySelector("canvas");
    const scale = from.width / from.clientWidth;
    const title = this.querySelector("h3").textContent || this.getAttribute("label") || "";
    const head = title ? 36 * scale : 0;
    const to = Object.assign(document.createElement("canvas"), { width: from.width, height: from.height + head });
    const pen = to.getContext("2d");
    pen.fillStyle = token("panel");
    pen.fillRect(0, 0, to.width, to.height);
    pen.fillStyle = token("ink");
    pen.font = `600 ${14 * scale}px "Inter Variable", sans-serif`;
    pen.fillText(title, 12 * scale, 23 * scale);
    pen.drawImage(from, 0, head);
    download(name, await new Promise((done) => to.toBlob(done, "image/png")));
  }

  #switch() {
    return html`<button type="button" class="icon-button quiet small switch" aria-label="Show as table" title="Show as table" aria-pressed="false"
      @click=${() => this.showTable()}>${icon("table-2", 14)}</button>`;
  }

  async #draw() {
    if (!this.isConnected || !this.#data) return;
    const drawing = (this.#drawing += 1);
    // 170 KB that a page without charts never loads.
    const { Chart } = await import("../vendor/chart.js");
    if (!this.isConnected || drawing !== this.#drawing) return;
    const data = this.#data;
    const zone = state.timezone();
    const colours = seriesColours(data.series.map(({ label }) => label));
    const colour = (one) => (one.color ? token(one.color) : data.series.length === 1 ? token(ALONE) : colours.get(one.label));
    this.#chart?.destroy();
    this.#chart = new Chart(this.querySelector("canvas"), {
      type: { line: "line", area: "line", scatter: "scatter" }[data.kind] ?? "bar",
      data: { labels: xValues(data, zone), datasets: data.series.map((one) => dataset(one, data, colour(one))) },
      options: options(data, zone, (index, series) => this.door?.({ index, series: data.series[series] }), () => Boolean(this.door)),
    });
    this.#legend(colour);
    this.#describe();
    if (this.#asTable) this.showTable(true);
  }

  #legend(colour) {
    const legend = this.querySelector(".legend");
    const { series } = this.#data;
    legend.hidden = series.length < 2;
    legend.replaceChildren(...series.map((one) => {
      const entry = html`<span><i class=${one.dashed ? "dashed" : ""}></i>${one.label}</span>`.firstElementChild;
      entry.firstElementChild.style[one.dashed ? "borderColor" : "background"] = colour(one);
      return entry;
    }));
  }

  #describe() {
    const finding = this.querySelector("h3").textContent;
    const names = this.#data?.series.map(({ label }) => label).join(", ") ?? "";
    const points = this.#data?.x.values.length ?? 0;
    const label = finding || this.getAttribute("label") || `${this.#data?.y.label ?? "Chart"} by ${this.#data?.x.label ?? ""}`;
    this.querySelector("canvas").setAttribute("aria-label", `${label}. Chart of ${names}, ${points} points; the table shows the values.`);
  }

  #table() {
    const { x, y, series } = this.#data;
    const table = document.createElement("exos-table");
    table.setAttribute("label", this.querySelector("h3").textContent || this.getAttribute("label") || y.label);
    table.columns = [{ key: "x", label: x.label || "When", kind: x.kind }, ...series.map(({ label }, at) => ({ key: `y${at}`, label, kind: y.kind, format: byKind(y.kind) }))];
    table.rows = x.values.map((value, at) => Object.fromEntries([["x", value], ...series.map(({ values }, place) => [`y${place}`, values[at]])]));
    return table;
  }
}

function dataset({ label, values, dashed }, { kind, x }, colour) {
  const line = kind === "line" || kind === "area";
  const points = x.kind === "text" ? values : values.map((value, at) => ({ x: x.kind === "time" ? Date.parse(x.values[at]) : x.values[at], y: value }));
  return {
    label,
    data: points,
    borderColor: colour,
    backgroundColor: kind === "area" ? translucent(colour) : colour,
    fill: kind === "area",
    borderWidth: line ? 2 : 0,
    borderDash: dashed ? [5, 4] : [],
    borderRadius: 3,
    maxBarThickness: 26,
    pointRadius: line ? (values.length > 40 ? 0 : 2.5) : 4,
    pointHoverRadius: 5,
    pointBackgroundColor: colour,
    tension: 0,
    spanGaps: true,
    clip: 8,
  };
}

function translucent(colour) {
  return colour.startsWith("rgb(") ? colour.replace("rgb(", "rgba(").replace(")", ", 0.12)") : colour;
}

customElements.define("exos-chart", ChartElement);
