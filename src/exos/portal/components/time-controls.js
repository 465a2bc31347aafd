// The controls of time in the top bar: <exos-range>, <exos-compare>, <exos-zone>. All they know is in the URL (lib/state.js).
import { html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { shortcut, typing } from "../lib/keyboard.js";
import { COMPARISONS, shift } from "../lib/ranges.js";
import { state } from "../lib/state.js";
import { offsetLabel, zones } from "../lib/time.js";
import { openMenu } from "./menu.js";
import { listbox } from "./listbox.js";
import { remember } from "./navigation.js";
import { openPopover } from "./popover.js";

class Range extends HTMLElement {
  connectedCallback() {
    this.append(html`<div class="button-group" role="group" aria-label="Time range">
      <button type="button" class="icon-button" aria-label="Earlier" title="Earlier ( [ or ← )" @click=${() => this.move(-1)}>${icon("chevron-left", 14)}</button>
      <button type="button" class="button range" aria-haspopup="dialog" aria-expanded="false" @click=${() => this.open()}></button>
      <button type="button" class="icon-button" aria-label="Later" title="Later ( ] or → )" @click=${() => this.move(1)}>${icon("chevron-right", 14)}</button></div>`);
    state.subscribe(() => this.#show(), ["range", "tz"]);
    this.#show();
    shortcut("[", "Earlier by one range", () => this.move(-1), { group: "Time" });
    shortcut("]", "Later by one range", () => this.move(1), { group: "Time" });
    shortcut("t", "Choose the time range", () => this.open(), { group: "Time" });
    // The arrows belong to whatever has the focus; only when nothing has do they move time.
    document.addEventListener("keydown", (event) => {
      const idle = document.activeElement === document.body || document.activeElement?.id === "main";
      const plain = !event.defaultPrevented && !event.altKey && !event.ctrlKey && !event.metaKey && !event.shiftKey;
      if (!idle || !plain || typing(event.target)) return;
      if (event.key === "ArrowLeft") this.move(-1);
      if (event.key === "ArrowRight") this.move(1);
    });
  }

  move(direction) {
    const { text, since } = state.range();
    if (since) state.set({ range: shift(text, state.timezone(), direction) });
  }

  async open() {
    const { rangePanel } = await import("./range-panel.js");
    const button = this.querySelector(".range");
    let close = null;
    const panel = rangePanel({ extent: this.closest("exos-shell")?.extent, choose: (range) => {
      close?.();
      state.set({ range });
    } });
    close = openPopover(button, panel, { label: "Time range", align: "end", focus: "[aria-pressed=true], button" });
  }

  #show() {
    const { label, since } = state.range();
    const button = this.querySelector(".range");
    button.replaceChildren(...html`${icon("calendar", 14)}<span>${label}</span>`.childNodes);
    button.setAttribute("aria-label", `Time range: ${label}`);
    for (const arrow of this.querySelectorAll(".icon-button")) arrow.disabled = !since;
  }
}

class Compare extends HTMLElement {
  connectedCallback() {
    this.append(html`<button type="button" class="button" aria-haspopup="menu" aria-expanded="false" @click=${(event) => openMenu(event.currentTarget, this.#items(), { align: "end" })}></button>`);
    state.subscribe(() => this.#show(), ["range", "compare", "tz"]);
    this.#show();
    shortcut("x", "Compare with another period, or not", () => this.toggle(), { group: "Time" });
  }

  toggle() {
    if (state.range().since) state.set({ compare: state.get("compare") ? null : "previous" });
  }

  #items() {
    const now = state.get("compare");
    const choice = (value, label) => ({ label, checked: (now ?? null) === value, run: () => state.set({ compare: value }) });
    return [...COMPARISONS.map(([value, label]) => choice(value, label)), "-", choice(null, "No comparison")];
  }

  #show() {
    const button = this.querySelector("button");
    const other = state.comparison();
    button.disabled = !state.range().since;
    button.title = button.disabled ? "Choose a time range first" : "Compare with another period (x)";
    button.replaceChildren(...html`${other ? html`<small>vs</small><span>${other.label}</span>` : html`<small>Compare</small>`}`.childNodes);
  }
}

class Zone extends HTMLElement {
  connectedCallback() {
    this.append(html`<button type="button" class="button" aria-haspopup="dialog" aria-expanded="false" @click=${() => this.open()}></button>`);
    state.subscribe(() => this.#show(), ["tz"]);
    this.#show();
  }

  open() {
    let close = null;
    const onPick = ({ value }) => {
      close?.();
      remember("exos.tz", value);
      state.set({ tz: value });
    };
    const options = zones().map((name) => ({ value: name, label: name.replaceAll("_", " "), hint: offsetLabel(name) }));
    close = openPopover(this.querySelector("button"), listbox({ label: "Time zone", options, value: state.timezone(), onPick }), { label: "Time zone", align: "end", focus: "input" });
  }

  #show() {
    const zone = state.timezone();
    const button = this.querySelector("button");
    button.replaceChildren(...html`<small>${zone.replaceAll("_", " ")}</small>`.childNodes);
    button.setAttribute("aria-label", `Time zone: ${zone}`);
    button.title = offsetLabel(zone);
  }
}

customElements.define("exos-range", Range);
customElements.define("exos-compare", Compare);
customElements.define("exos-zone", Zone);
