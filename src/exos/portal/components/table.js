/*
A table for thousands of rows: sortable, sticky header, only the rows in sight are in the page.

  table.columns = [{key: "case_id", label: "Case"}, {key: "wait", label: "Wait", kind: "duration"}, {key: "x", label: "Timeline", width: 240,
                   sort: false, render: (value, row) => node or text}];
      kind: text | number | percent | duration | time | day | bytes | list | json (lib/columns.js guesses it); numbers are right-aligned
  table.rows = [{case_id: "T-1", wait: 3600}];      or   table.show(answer) with an answer of api.run
  table.door = (row) => openDrawer(…);              makes every row a door: click, Enter; arrow keys move
  table.sort = {key: "wait", descending: true};  table.selected = (row) => row.case_id === "T-1";  table.caption = "Cases"
  table.csv() → text;  table.download("cases.csv")
  Attributes: label (for screen readers), fill (grow with the parent); more: there are columns further to the right. CSS: --table-height limits the height.
*/
import { columnsOf } from "../lib/columns.js";
import { html } from "../lib/html.js";
import { csv, download } from "../lib/save.js";
import { state } from "../lib/state.js";
import { cellContent, headCell, isNumeric, sorted, widths } from "./table-cells.js";

const ALL_BELOW = 40;
const BEYOND = 12;

class Table extends HTMLElement {
  #columns = [];
  #rows = [];
  #shown = [];
  #sort = null;
  #door = null;
  #active = 0;
  #rowHeight = 33;
  #first = -1;
  #last = -1;
  #frame = 0;
  selected = null;

  connectedCallback() {
    if (this.querySelector(".scroll")) return;
    this.append(html`<div class="scroll" @scroll=${() => this.#schedule()} @keydown=${(event) => this.#keydown(event)} @click=${(event) => this.#click(event)}>
      <table><caption class="sr-only"></caption><colgroup></colgroup><thead></thead><tbody></tbody></table></div>`);
    new ResizeObserver(() => this.#schedule()).observe(this.querySelector(".scroll"));
    this.#build();
  }

  get rows() {
    return this.#rows;
  }

  set rows(rows) {
    this.#rows = rows;
    this.#active = 0;
    const scroll = this.querySelector(".scroll");
    if (scroll) scroll.scrollTop = 0;
    this.#build();
  }

  set columns(columns) {
    this.#columns = columns;
    this.#build();
  }

  get columns() {
    return this.#columns;
  }

  set door(door) {
    this.#door = door;
    this.#build();
  }

  set sort(sort) {
    this.#sort = sort;
    this.#build();
  }

  set caption(text) {
    this.setAttribute("label", text);
    this.#build();
  }

  show(answer) {
    this.#columns = columnsOf(answer);
    this.rows = answer.objects();
  }

  refresh() {
    this.#first = -1;
    this.#draw();
  }

  csv() {
    return csv(this.#columns.map(({ key }) => key), this.#shown.map((row) => this.#columns.map(({ key }) => row[key])));
  }

  download(name) {
    download(name, this.csv(), "text/csv;charset=utf-8");
  }

  #build() {
    if (!this.isConnected || !this.querySelector("table")) return;
    const label = this.getAttribute("label") ?? "Table";
    const scroll = this.querySelector(".scroll");
    this.#shown = this.#sort ? sorted(this.#rows, this.#columns.find(({ key }) => key === this.#sort.key), this.#sort.descending) : this.#rows;
    this.querySelector("caption").textContent = label;
    const sizes = widths(this.#columns, this.#rows, state.timezone(), this.clientWidth);
    this.querySelector("colgroup").replaceChildren(...sizes.map((size) => {
      const column = document.createElement("col");
      column.style.width = `${size}px`;
      return column;
    }));
    this.querySelector("table").style.minWidth = `${sizes.reduce((sum, size) => sum + size, 0)}px`;
    this.querySelector("table").setAttribute("aria-rowcount", this.#shown.length + 1);
    this.querySelector("thead").replaceChildren(html`<tr aria-rowindex="1">${this.#columns.map((column) => headCell(column, this.#sort, () => this.#sortBy(column)))}</tr>`);
    // Scrolling by keyboard needs something to focus where the rows themselves are not doors.
    scroll.tabIndex = this.#door ? -1 : 0;
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", label);
    this.refresh();
  }

  #sortBy(column) {
    const descending = this.#sort?.key === column.key ? !this.#sort.descending : isNumeric(column);
    this.sort = { key: column.key, descending };
    [...this.querySelectorAll("th")][this.#columns.indexOf(column)].querySelector("button").focus();
    this.dispatchEvent(new CustomEvent("sort", { detail: { key: column.key, descending }, bubbles: true }));
  }

  #schedule() {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    const scroll = this.querySelector(".scroll");
    const total = this.#shown.length;
    this.toggleAttribute("more", scroll.scrollLeft + scroll.clientWidth < scroll.scrollWidth - 1);
    const everything = total <= ALL_BELOW;
    const first = everything ? 0 : Math.max(0, Math.floor(scroll.scrollTop / this.#rowHeight) - BEYOND);
    const last = everything ? total : Math.min(total, Math.ceil((scroll.scrollTop + (scroll.clientHeight || 600)) / this.#rowHeight) + BEYOND);
    if (first === this.#first && last === this.#last) return;
    const focused = this.contains(document.activeElement) && document.activeElement.closest("tbody");
    [this.#first, this.#last] = [first, last];
    const body = this.querySelector("tbody");
    const rows = this.#shown.slice(first, last).map((row, at) => this.#row(row, first + at));
    body.replaceChildren(this.#space(first), ...rows, this.#space(total - last));
    this.#rowHeight = (rows.length && body.children[first ? 1 : 0].getBoundingClientRect().height) || this.#rowHeight;
    if (focused) this.#focusActive();
  }

  #row(row, at) {
    const zone = state.timezone();
    const cells = this.#columns.map((column, place) => {
      const { content, title, empty } = cellContent(column, row, zone);
      const door = place === 0 && this.#door;
      const inner = door ? html`<button type="button" class="door" tabindex=${at === this.#active ? "0" : "-1"}>${content}</button>` : content;
      return html`<td class=${`${isNumeric(column) ? "n" : ""}${empty ? " none" : ""}`} title=${title}>${inner}</td>`;
    });
    return html`<tr aria-rowindex=${at + 2} data-at=${at} class=${this.#door ? "way" : ""} aria-current=${this.selected?.(row) ? "true" : null}>${cells}</tr>`;
  }

  #space(rows) {
    if (rows <= 0) return "";
    const line = html`<tr class="space" aria-hidden="true"><td colspan=${this.#columns.length || 1}></td></tr>`;
    line.querySelector("td").style.height = `${rows * this.#rowHeight}px`;
    return line;
  }

  #click(event) {
    const line = event.target.closest("tbody tr[data-at]");
    if (!line || !this.#door || event.target.closest("a, button:not(.door)") || getSelection().toString()) return;
    this.#active = Number(line.dataset.at);
    this.#focusActive();
    this.#door(this.#shown[this.#active], event);
  }

  #keydown(event) {
    if (!this.#door || !event.target.classList.contains("door")) return;
    const page = Math.max(1, Math.floor(this.querySelector(".scroll").clientHeight / this.#rowHeight) - 2);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.#active = Math.max(0, Math.min(this.#shown.length - 1, this.#active + step));
    this.#focusActive();
  }

  #focusActive() {
    const scroll = this.querySelector(".scroll");
    const top = this.#active * this.#rowHeight;
    const room = scroll.clientHeight - 34 - this.#rowHeight;
    if (top < scroll.scrollTop) scroll.scrollTop = top;
    else if (top > scroll.scrollTop + room) scroll.scrollTop = top - room;
    if (this.#active < this.#first || this.#active >= this.#last) this.#draw();
    for (const button of this.querySelectorAll(".door")) {
      const mine = Number(button.closest("tr").dataset.at) === this.#active;
      button.tabIndex = mine ? 0 : -1;
      if (mine) button.focus({ preventScroll: true });
    }
  }
}

customElements.define("exos-table", Table);
