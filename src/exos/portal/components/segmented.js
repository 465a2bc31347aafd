/*
A few choices side by side, one of them on.

  const choice = document.querySelector("exos-segmented");        attribute: label
  choice.options = [{value: "frequency", label: "Frequency", title: "…"}]; choice.value = "frequency";
  choice.addEventListener("change", () => choice.value)
*/
import { html } from "../lib/html.js";

let count = 0;

class Segmented extends HTMLElement {
  #options = [];
  #value = null;
  #name = `segmented-${(count += 1)}`;

  connectedCallback() {
    this.setAttribute("role", "radiogroup");
    if (this.hasAttribute("label")) this.setAttribute("aria-label", this.getAttribute("label"));
    this.addEventListener("change", (event) => {
      if (!(event.target instanceof HTMLInputElement)) return;
      event.stopPropagation();
      this.#value = this.#options[Number(event.target.value)].value;
      this.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  set options(options) {
    this.#options = options.map((option) => (typeof option === "object" ? option : { value: option, label: String(option) }));
    this.replaceChildren(...this.#options.flatMap((option, at) => [...html`<label title=${option.title}>
      <input type="radio" name=${this.#name} value=${at} .checked=${option.value === this.#value}><span data-text=${option.label}>${option.label}</span></label>`.childNodes]));
  }

  get value() {
    return this.#value;
  }

  set value(value) {
    this.#value = value;
    this.querySelectorAll("input").forEach((input, at) => (input.checked = this.#options[at].value === value));
  }
}

customElements.define("exos-segmented", Segmented);
