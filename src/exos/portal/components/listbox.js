/*
A list to choose from, with a field that narrows it. Inside popovers (select, filter values) and the palette.

  const list = listbox({label: "Process", options: [{value, label, hint, icon, group, run}], value, onPick(option) {}, search: true});
  multiple: true   value is an array; onPick gets the array after every change
  free: true       what was typed may be picked although it is in no option
  load(text, signal) → options or a promise of them, asked whenever the text changes; instead of options
*/
import { element, html } from "../lib/html.js";
import { icon } from "../lib/icons.js";

const SHOWN = 200;
const PAUSE = 120;
let count = 0;

export function listbox({ label, options = [], value = null, onPick, search = options.length > 8, multiple = false, free = false, load = null, placeholder = "Search" }) {
  const id = `list-${(count += 1)}`;
  const chosen = new Set(multiple ? value ?? [] : value === null ? [] : [value]);
  let shown = [];
  let active = -1;
  let asking = null;
  let timer = 0;
  let pending = true;
  let eager = false;

  const list = element`<ul role="listbox" id=${id} aria-label=${label} aria-multiselectable=${multiple ? "true" : null} tabindex=${search || load ? "-1" : "0"}></ul>`;
  const input = element`<input class="input" role="combobox" aria-expanded="true" aria-controls=${id} aria-autocomplete="list" aria-label=${label}
    autocomplete="off" spellcheck="false" placeholder=${placeholder} autofocus>`;
  const root = element`<div class="listbox">${(search || load) && html`<div class="find"><span class="input-icon">${icon("search")}${input}</span></div>`}${list}</div>`;
  const field = search || load ? input : list;
  if (!search && !load) list.setAttribute("autofocus", "");

  function render() {
    const rows = [];
    let group = null;
    shown.forEach((option, at) => {
      if (option.group && option.group !== group) rows.push(html`<li class="group" role="presentation">${option.group}</li>`);
      group = option.group;
      rows.push(row(option, at));
    });
    const none = !shown.length && html`<li class="none" role="option" aria-disabled="true" aria-selected="false">Nothing found.</li>`;
    list.replaceChildren(html`${rows}${none}`);
    highlight(active);
  }

  function row(option, at) {
    const selected = chosen.has(option.value);
    return html`<li role="option" id=${`${id}-${at}`} aria-selected=${String(selected)} @click=${() => pick(at)} @pointermove=${() => at !== active && highlight(at)}>
      ${multiple && html`<span class="check">${icon("check", 12)}</span>`}${option.icon && icon(option.icon)}<span>${option.label ?? option.value}</span>
      ${option.hint && html`<span class="hint">${option.hint}</span>`}</li>`;
  }

  function highlight(at, scroll = false) {
    list.querySelector(".active")?.classList.remove("active");
    active = Math.max(-1, Math.min(at, shown.length - 1));
    const item = active < 0 ? null : list.querySelector(`#${id}-${active}`);
    item?.classList.add("active");
    if (scroll) item?.scrollIntoView({ block: "nearest" });
    if (item) field.setAttribute("aria-activedescendant", item.id);
    else field.removeAttribute("aria-activedescendant");
  }

  function pick(at) {
    const option = shown[at];
    if (!option) return;
    if (!multiple) {
      onPick(option);
      return;
    }
    if (!chosen.delete(option.value)) chosen.add(option.value);
    render();
    onPick([...chosen]);
  }

  function present(found, text) {
    const exact = found.some((option) => option.value === text || option.label === text);
    shown = [...found.slice(0, SHOWN), ...(free && text && !exact ? [{ value: text, label: text, hint: "as typed" }] : [])];
    pending = false;
    active = text || !multiple ? 0 : -1;
    const current = text ? -1 : shown.findIndex((option) => chosen.has(option.value));
    if (current >= 0) active = current;
    render();
    highlight(active, true);
    if (eager) pick(active);
    eager = false;
  }

  // Whoever types and presses Enter at once means what was typed, not what the list showed before.
  function confirm() {
    if (pending) eager = true;
    else pick(active);
  }

  async function update() {
    const text = input.value.trim();
    if (!load) {
      const wanted = text.toLowerCase();
      present(options.filter((option) => `${option.label ?? option.value} ${option.hint ?? ""}`.toLowerCase().includes(wanted)), text);
      return;
    }
    asking?.abort();
    const mine = (asking = new AbortController());
    try {
      const found = await load(text, mine.signal);
      if (!mine.signal.aborted) present(found, text);
    } catch (error) {
      if (!mine.signal.aborted && !error.cancelled) present([], text);
    }
  }

  root.addEventListener("keydown", (event) => {
    const page = 8;
    const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: Math.max(0, active - page) }[event.key];
    if (to !== undefined) highlight(to >= shown.length && event.key === "ArrowDown" ? 0 : to < 0 ? shown.length - 1 : to, true);
    else if (event.key === "Enter" || (event.key === " " && field === list)) confirm();
    else return;
    event.preventDefault();
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    asking?.abort();
    pending = true;
    timer = setTimeout(update, load ? PAUSE : 0);
  });
  update();
  return root;
}
