// The ways in which cases run, most frequent first: share, time, and a strip of steps in the colours of the activities.
import { activityColour } from "../components/map-colours.js";
import { duration, number, percent, plural } from "../lib/format.js";
import { element, html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { csv } from "../lib/save.js";

const STEPS = 24;
const TOLD = 100;
const COVER = 6;

/** A short name for a variant that stays the same when the data change: for the URL. */
export function variantKey(variant) {
  let value = 2166136261;
  for (const character of variant.join("\n")) value = Math.imul(value ^ character.codePointAt(0), 16777619);
  return (value >>> 0).toString(36);
}

/** "212 variants · top 6 cover 81 %"; total is null where only the first rows are known. */
export function coverageLine(rows, total) {
  if (!rows.length) return "";
  const top = Math.min(COVER, rows.length);
  return `${total === null ? `${number(rows.length)}+ variants` : plural(total, "variant")} · top ${top} cover ${percent(rows[top - 1].cumulative_share, 0)}`;
}

export class Variants {
  #rows = [];
  #text = "";
  #chosen = null;

  /** on: {choose(row or null), hover(row or null), filter(row, op)} */
  constructor(host, on) {
    this.on = on;
    this.search = element`<input class="input" type="search" placeholder="Find an activity" aria-label="Variants with this activity" autocomplete="off" spellcheck="false" @input=${() => this.#find()}>`;
    this.list = element`<ol class="rows" @pointerleave=${() => on.hover(null)}></ol>`;
    host.append(html`<div class="find">${this.search}</div>`, this.list);
  }

  show(rows) {
    this.#rows = rows.map((row, at) => ({ ...row, rank: at + 1, key: variantKey(row.variant) }));
    this.#render();
  }

  csv() {
    return csv(["rank", "variant", "frequency", "share", "cumulative_share", "median_seconds"],
      this.#rows.map((row) => [row.rank, row.variant.join(" → "), row.frequency, row.share, row.cumulative_share, row.median_seconds]));
  }

  find(key) {
    return this.#rows.find((row) => row.key === key) ?? null;
  }

  set chosen(key) {
    this.#chosen = key;
    for (const item of this.list.children) this.#mark(item);
  }

  #find() {
    this.#text = this.search.value.trim().toLowerCase();
    this.#render();
  }

  #render() {
    const fits = (row) => row.variant.some((name) => name.toLowerCase().includes(this.#text));
    const rows = this.#text ? this.#rows.filter(fits) : this.#rows;
    this.list.replaceChildren(...rows.map((row) => this.#row(row)));
    if (!rows.length && this.#rows.length) this.list.append(html`<li class="none">No variant has an activity like that.</li>`);
  }

  #row(row) {
    const name = row.rank === 1 ? "Happy path" : plural(row.variant.length, "step");
    const together = percent(row.cumulative_share, 0);
    const item = element`<li data-key=${row.key} @pointerenter=${() => this.on.hover(row)}>
      <button type="button" class="way" aria-pressed="false" @click=${() => this.on.choose(row.key === this.#chosen ? null : row)}>
        <span class="rank">${row.rank}</span>${strip(row.variant)}<b>${percent(row.share)}</b>
        <span class="what"><span>${name}</span><span>${number(row.frequency)} · <span title="Together with those above"><span aria-hidden="true">Σ ${together}</span><span class="sr-only">${together} together with those above</span></span></span></span><span class="time" title="Median throughput">${duration(row.median_seconds)}</span>
      </button>
      <span class="more"><button type="button" class="button small" @click=${() => this.on.filter(row, "=")}>${icon("funnel", 12)}only these</button>
        <button type="button" class="button small" @click=${() => this.on.filter(row, "!=")}>without</button></span></li>`;
    this.#mark(item);
    return item;
  }

  #mark(item) {
    const on = item.dataset.key === this.#chosen;
    item.classList.toggle("on", on);
    item.querySelector(".way")?.setAttribute("aria-pressed", String(on));
  }
}

export function strip(variant) {
  const shown = variant.length > STEPS ? variant.slice(0, STEPS - 1) : variant;
  const steps = shown.map((name) => step(name));
  const rest = variant.length - shown.length;
  const told = (between) => `${variant.slice(0, TOLD).join(between)}${variant.length > TOLD ? ` … ${number(variant.length - TOLD)} more` : ""}`;
  return element`<span class="steps" role="img" aria-label=${told(", ")} title=${told(" → ")}>${steps}${rest > 0 && html`<small>+${rest}</small>`}</span>`;
}

function step(name) {
  const part = document.createElement("i");
  part.style.background = activityColour(name);
  return part;
}
