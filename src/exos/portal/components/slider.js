/*
A number along a track.

  <exos-slider label="Paths" min="0" max="100" value="40"></exos-slider>      attributes: label, min, max, step, value
  slider.format = (value) => "11 of 63"; slider.value = 60;
  events: input while it moves, change when it rests
*/
import { html } from "../lib/html.js";

class Slider extends HTMLElement {
  #format = (value) => String(value);

  connectedCallback() {
    if (this.firstChild) return;
    const given = (name, otherwise) => this.getAttribute(name) ?? otherwise;
    this.append(html`<span>${given("label", "")}</span><input type="range" aria-label=${given("label", "")} min=${given("min", 0)} max=${given("max", 100)}
      step=${given("step", 1)} value=${given("value", 50)} @input=${() => this.#show()}><output></output>`);
    this.#show();
  }

  get value() {
    return Number(this.querySelector("input").value);
  }

  set value(value) {
    this.querySelector("input").value = value;
    this.#show();
  }

  set format(format) {
    this.#format = format;
    this.#show();
  }

  #show() {
    const input = this.querySelector("input");
    if (!input) return;
    const text = this.#format(this.value);
    input.style.setProperty("--part", `${(100 * (this.value - input.min)) / (input.max - input.min || 1)}%`);
    input.setAttribute("aria-valuetext", text);
    this.querySelector("output").textContent = text;
  }
}

customElements.define("exos-slider", Slider);
