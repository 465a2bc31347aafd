/*
What stands around every page: navigation, top bar, filters, keys. A page writes

  <exos-shell page="process" heading="Process" controls="range compare zone filters">
    <exos-select slot="title" label="Process"></exos-select>      optional, beside the title
    <main id="main"> … </main>
  </exos-shell>

and tells what it can do:

  const shell = document.querySelector("exos-shell");
  shell.heading = "Title orders";
  shell.exports = [{label: "CSV", icon: "table-2", run() {}}, …]       entries of exos-menu, or a function giving them; none: no Export
  shell.suggestions = {properties(signal), values(property, text, signal)}      lib/suggestions.js has one for processes
  shell.extent = {first, last}                                         where there is data: the calendar opens there
  shell.search = async (text, signal) => [{label, hint, group, icon, href or run}]      more for the palette: sessions
  shell.caseDoor = (process, id) => ({run}) or null                    how the palette opens a case without leaving the page
  shell.counts = {conformance: 3}                                      numbers beside pages in the navigation

What the user sets is in the URL: state.subscribe(refresh, ["process", "range", "compare", "tz", "filters"]).
Shadow DOM is not used anywhere in the portal: one style sheet, one focus order, one text to search.
*/
import { html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { shortcut } from "../lib/keyboard.js";
import { copy } from "../lib/save.js";
import { adoptZone, state } from "../lib/state.js";
import "./filters.js";
import { openMenu } from "./menu.js";
import { openHelp, openNavigation, rail, toggleNavigation } from "./navigation.js";
import { openPalette } from "./palette.js";
import "./select.js";
import "./time-controls.js";
import { toast } from "./toast.js";
import { PAGES } from "../pages.js";

const NARROW = matchMedia("(width < 900px)");

class Shell extends HTMLElement {
  #exports = [];
  #suggestions = null;
  search = null;
  caseDoor = null;
  extent = null;

  connectedCallback() {
    if (this.querySelector(".bar")) return;
    const unread = state.repair();
    adoptZone();
    const controls = (this.getAttribute("controls") ?? "range compare zone filters").split(" ");
    const has = (name) => controls.includes(name);
    const beside = [...this.querySelectorAll(":scope > [slot=title]")];
    this.prepend(html`
      <a class="skip" href="#main">Skip to content</a>
      ${rail(this)}
      <header class="bar">
        <div class="title">
          <button type="button" class="icon-button quiet burger" aria-label="Navigation" @click=${() => openNavigation(this)}>${icon("menu")}</button>
          <h1></h1>${beside}
        </div>
        <div class="controls">
          ${has("range") && html`<exos-range></exos-range>`}${has("compare") && html`<exos-compare></exos-compare>`}${has("zone") && html`<exos-zone></exos-zone>`}
          <button type="button" class="button share" aria-label="Share" title="Copy a link to this view" @click=${() => this.share()}>${icon("share-2", 14)}<span class="hint">Share</span></button>
          <button type="button" class="button export" aria-label="Export" aria-haspopup="menu" aria-expanded="false" hidden @click=${(event) => this.#export(event.currentTarget)}>${icon("download", 14)}<span class="hint">Export</span></button>
          <button type="button" class="button search" aria-label="Search and commands" @click=${() => openPalette(this)}><span class="hint">Search</span>${icon("search", 14)}<kbd>/</kbd></button>
        </div>
      </header>
      ${has("filters") && html`<exos-filters></exos-filters>`}`);
    const main = this.querySelector("main");
    main.tabIndex = -1;
    this.heading = this.getAttribute("heading") ?? PAGES.find(({ name }) => name === this.page)?.label ?? "EXOS";
    this.exports = this.#exports;
    this.#keys(has);
    if (unread.length) this.#tell(`The address had ${unread.join(" and ")} that cannot be read; the default is shown instead.`);
  }

  get page() {
    return this.getAttribute("page");
  }

  set heading(text) {
    this.querySelector(".bar h1").textContent = text;
    document.title = `${text} · EXOS`;
  }

  set exports(items) {
    this.#exports = items;
    const button = this.querySelector(".bar .export");
    if (button) button.hidden = typeof items !== "function" && !items.length;
  }

  get suggestions() {
    return this.#suggestions;
  }

  set suggestions(provider) {
    this.#suggestions = provider;
  }

  set counts(counts) {
    for (const link of this.querySelectorAll(".nav a")) {
      const count = counts[link.dataset.page];
      link.querySelector(".count")?.remove();
      if (count) link.append(html`<span class="count">${count}</span>`);
    }
  }

  async share() {
    const address = state.share();
    const fixed = state.range().rolling;
    const done = await copy(address);
    toast(done ? `Link copied${fixed ? ", with these dates" : ""}` : "The browser refused to copy; the link is in its address bar");
  }

  // In place, until it is read: what is shown is not what was asked for.
  #tell(text) {
    const told = html`<p class="told" role="status">${icon("circle-alert", 14)}<span>${text}</span>
      <button type="button" class="icon-button quiet small" aria-label="Close" @click=${() => this.querySelector(":scope > .told").remove()}>${icon("x", 14)}</button></p>`;
    this.querySelector(":scope > .bar").after(told);
  }

  #export(button) {
    openMenu(button, typeof this.#exports === "function" ? this.#exports() : this.#exports, { align: "end" });
  }

  #keys(has) {
    shortcut("/", "Search: pages, analyses, cases (Ctrl K, too)", () => openPalette(this), { group: "Anywhere" });
    // From within a field as well, where "/" is a letter.
    document.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      openPalette(this);
    });
    shortcut("?", "Keyboard help", openHelp, { group: "Anywhere" });
    shortcut("\\", "Fold the navigation", () => (NARROW.matches ? openNavigation(this) : toggleNavigation()), { group: "Anywhere" });
    for (const { key, label, path } of PAGES) shortcut(`g ${key}`, label, () => location.assign(state.link(path)), { group: "Go to" });
    if (has("filters")) shortcut("f", "Add a filter", () => this.querySelector("exos-filters").add(), { group: "Page" });
  }
}

customElements.define("exos-shell", Shell);
// When all is drawn and nobody waits.
const idle = globalThis.requestIdleCallback ?? setTimeout;
addEventListener("load", () => idle(() => import("../lib/self.js")));
