/*
The filter chips of a page: <exos-filters>, placed by the shell. Filters are in the URL (state.filters()); properties and values to
choose from come from shell.suggestions. Any page may add one: state.addFilter({property: "path", op: "=", value: ["A", "B"]}).
*/
import { describeFilter } from "../lib/filters.js";
import { html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { state } from "../lib/state.js";
import { openPopover } from "./popover.js";

class Filters extends HTMLElement {
  connectedCallback() {
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", "Filters");
    state.subscribe(() => this.#render(), ["filters"]);
    this.#render();
  }

  add() {
    this.#edit(this.querySelector(".add button"), null);
  }

  #render() {
    const focused = [...this.querySelectorAll("button")].indexOf(document.activeElement);
    const filters = state.filters();
    this.replaceChildren(html`${filters.map((filter, at) => this.#chip(filter, at))}
      <span class="chip add"><button type="button" aria-haspopup="dialog" aria-expanded="false" title="Add a filter (f)" @click=${(event) => this.#edit(event.currentTarget, null)}>${icon("plus", 14)}filter</button></span>
      ${filters.length > 1 && html`<button type="button" class="button quiet small" @click=${() => state.setFilters([])}>Clear all</button>`}`);
    if (focused >= 0) (this.querySelectorAll("button")[focused] ?? this.querySelector(".add button")).focus();
  }

  #chip(filter, at) {
    const { subject, relation, value } = describeFilter(filter);
    const text = [subject, relation, value].filter(Boolean).join(" ");
    return html`<span class="chip"><button type="button" aria-haspopup="dialog" aria-expanded="false" aria-label=${`Edit filter: ${text}`} title=${text}
        @click=${(event) => this.#edit(event.currentTarget, at)}>${subject} <b>${[relation, value].filter(Boolean).join(" ")}</b></button>
      <button type="button" aria-label=${`Remove filter: ${text}`} @click=${() => state.setFilters(state.filters().filter((_, other) => other !== at))}>${icon("x", 13)}</button></span>`;
  }

  async #edit(anchor, at) {
    const { filterForm } = await import("./filter-form.js");
    const filters = state.filters();
    let close = null;
    const form = filterForm({
      filter: at === null ? null : filters[at],
      suggestions: this.closest("exos-shell")?.suggestions ?? null,
      apply(filter) {
        close?.();
        state.setFilters(at === null ? [...filters, filter] : filters.with(at, filter));
      },
    });
    close = openPopover(anchor, form, { label: at === null ? "Add a filter" : "Edit the filter" });
  }
}

customElements.define("exos-filters", Filters);
