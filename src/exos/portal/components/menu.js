/*
A button with a list of actions. https://www.w3.org/WAI/ARIA/apg/patterns/menu-button/

  const menu = document.createElement("exos-menu");         attributes: label, icon, quiet, align="end"
  menu.items = [{label: "CSV", icon: "table-2", hint: "1,200 rows", run() {}}, {label, href}, "-", {heading: "Colours"},
                {label: "Dark", checked: true, run() {}}, {label, disabled: true}];      or a function that gives the list
  openMenu(button, items, {align}) does the same for a button of your own.
*/
import { element, html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { openPopover } from "./popover.js";

export function openMenu(anchor, items, { align = "start" } = {}) {
  let close = null;
  const choose = (item) => {
    if (item.disabled) return;
    close?.();
    item.run?.();
  };
  const panel = element`<div class="menu" role="menu" aria-label=${anchor.getAttribute("aria-label") ?? anchor.textContent.trim()}
    @keydown=${(event) => move(event, panel)}>${items.map((item) => entry(item, choose))}</div>`;
  close = openPopover(anchor, panel, { align });
  return close;
}

function entry(item, choose) {
  if (item === "-") return html`<hr>`;
  if (item.heading) return html`<div class="menu-label" role="presentation">${item.heading}</div>`;
  const inner = html`${item.icon && icon(item.icon)}<span>${item.label}</span>${item.hint && html`<span class="hint">${item.hint}</span>`}`;
  const role = item.checked === undefined ? "menuitem" : "menuitemradio";
  const checked = item.checked === undefined ? null : String(item.checked);
  if (item.href) return html`<a class="menu-item" role="menuitem" tabindex="-1" href=${item.href}>${inner}</a>`;
  return html`<button type="button" class="menu-item" role=${role} tabindex="-1" aria-checked=${checked} aria-disabled=${item.disabled ? "true" : null}
    @click=${() => choose(item)}>${inner}</button>`;
}

function move(event, panel) {
  const items = [...panel.querySelectorAll(".menu-item")];
  const at = items.indexOf(document.activeElement);
  const letter = event.key.length === 1 && event.key !== " ";
  const to = {
    ArrowDown: (at + 1) % items.length, ArrowUp: (at - 1 + items.length) % items.length, Home: 0, End: items.length - 1,
    Tab: null,
  }[event.key] ?? (letter ? items.findIndex((item) => item.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase())) : -1);
  if (to < 0) return;
  event.preventDefault();
  event.stopPropagation();
  items[to]?.focus();
}

class Menu extends HTMLElement {
  items = [];

  connectedCallback() {
    if (this.firstChild) return;
    const label = this.getAttribute("label") ?? "";
    const picture = this.getAttribute("icon");
    const quiet = this.hasAttribute("quiet") ? " quiet" : "";
    const text = this.hasAttribute("text");
    this.append(html`<button type="button" class=${(text ? "button" : "icon-button") + quiet} aria-haspopup="menu" aria-expanded="false"
      aria-label=${label} title=${text ? null : label} @click=${() => this.open()}>${picture && icon(picture)}${text && label}</button>`);
  }

  open() {
    const items = typeof this.items === "function" ? this.items() : this.items;
    openMenu(this.querySelector("button"), items, { align: this.getAttribute("align") ?? "start" });
  }
}

customElements.define("exos-menu", Menu);
