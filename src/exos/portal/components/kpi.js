/*
A number worth a glance, with its course and its change. https://www.w3.org/WAI/ARIA/apg/patterns/button/ when it is a door.

  kpi.data = {label: "Median throughput", value: "6 d 4 h", spark: [3, 4, 8], delta: {text: "+1 d 2 h", tone: "bad" | "good" | ""}, help: "…"};
  kpi.door = () => …;      kpi.busy();      kpi.fail(error)     after an answer that did not come: no old number stays, and the attribute label names it
*/
import { least, most } from "../lib/extremes.js";
import { html } from "../lib/html.js";

const [WIDTH, HEIGHT] = [84, 30];

class Kpi extends HTMLElement {
  #data = null;
  #door = null;

  connectedCallback() {
    if (!this.#data && !this.firstChild) this.busy();
  }

  set data(data) {
    this.#data = data;
    this.#render();
  }

  set door(door) {
    this.#door = door;
    if (this.#data) this.#render();
  }

  busy() {
    this.replaceChildren(html`<span class="bone mt-1 w-24"></span><span class="bone mt-2 w-16"></span>`);
  }

  fail(error) {
    this.#data = { label: this.#data?.label ?? this.getAttribute("label") ?? "", value: "–", delta: { text: "no answer", tone: "" }, help: error.message };
    this.#door = null;
    this.#render();
    this.setAttribute("state", "error");
  }

  #render() {
    this.removeAttribute("state");
    const { label, value, spark = [], delta = null, help = "" } = this.#data;
    this.title = help;
    this.replaceChildren(html`<span class="label">${label}</span><strong class="value">${value}</strong><span class=${`delta ${delta?.tone ?? ""}`}>${delta?.text}</span>
      ${sparkline(spark)}${this.#door && html`<button type="button" class="door" aria-label=${`${label}: ${value}`} @click=${this.#door}></button>`}`);
  }
}

// Also on its own: sparkline([3, 4, 8]) → <svg class="spark"> or null.
export function sparkline(given) {
  const values = given.filter((value) => value !== null && value !== undefined);
  if (values.length < 2) return null;
  const [low, high] = [least(values), most(values)];
  const point = (value, at) => `${((at * WIDTH) / (values.length - 1)).toFixed(1)} ${(HEIGHT - 2 - ((value - low) / (high - low || 1)) * (HEIGHT - 4)).toFixed(1)}`;
  const path = values.map((value, at) => `${at ? "L" : "M"}${point(value, at)}`).join("");
  return html`<svg class="spark" viewBox="0 0 84 30" preserveAspectRatio="none" aria-hidden="true"><path class="fill" d=${`${path}V${HEIGHT}H0Z`}></path><path d=${path}></path></svg>`;
}

customElements.define("exos-kpi", Kpi);
