/*
Choose one of many, with a search field from nine options on.

  <exos-select label="Process" icon="workflow"></exos-select>      attributes: label, icon, wide, prefix="vs", placeholder, free
  select.options = [{value, label, hint, group}]; select.value = "loan"; select.addEventListener("change", () => select.value)
  select.load = async (text, signal) => options        when the options come from the data
*/
import { html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { listbox } from "./listbox.js";
import { openPopover } from "./popover.js";

class Select extends HTMLElement {
  #options = [];
  #value = null;
  load = null;

  connectedCallback() {
    this.#render();
  }

  get options() {
    return this.#options;
  }

  set options(options) {
    this.#options = options.map((option) => (typeof option === "object" ? option : { value: option, label: String(option) }));
    this.#render();
  }

  get value() {
    return this.#value;
  }

  set value(value) {
    this.#value = value;
    this.#render();
  }

  open() {
    const button = this.querySelector("button");
    const label = this.getAttribute("label") ?? "";
    const free = this.hasAttribute("free");
    let close = null;
    const onPick = (option) => {
      close?.();
      if (option.value === this.#value) return;
      this.value = option.value;
      this.querySelector("button").focus();
      this.dispatchEvent(new Event("change", { bubbles: true }));
    };
    const search = free || this.#options.length > 8;
    const list = listbox({ label, options: this.#options, value: this.#value, onPick, free, load: this.load, search });
    close = openPopover(button, list, { label, focus: "[autofocus]" });
  }

  #render() {
    if (!this.isConnected) return;
    const chosen = this.#options.find((option) => option.value === this.#value);
    const text = chosen?.label ?? this.#value ?? this.getAttribute("placeholder") ?? "Choose";
    const label = this.getAttribute("label") ?? "";
    const [picture, prefix] = [this.getAttribute("icon"), this.getAttribute("prefix")];
    const content = [...html`${picture && icon(picture)}${prefix && html`<small>${prefix}</small> `}<span>${text}</span>${icon("chevron-down", 14)}`.childNodes];
    let button = this.querySelector("button");
    if (!button) {
      button = html`<button type="button" class="button" aria-haspopup="dialog" aria-expanded="false" @click=${() => this.open()}></button>`.firstElementChild;
      this.append(button);
    }
    button.setAttribute("aria-label", prefix === label ? `${prefix} ${text}` : `${label}: ${prefix ? `${prefix} ` : ""}${text}`);
    button.replaceChildren(...content);
  }
}

customElements.define("exos-select", Select);
