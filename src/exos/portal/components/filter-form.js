// The form behind a filter chip: property, operator, and a value that fits both.
import { operators, parseDuration } from "../lib/filters.js";
import { duration } from "../lib/format.js";
import { element, html } from "../lib/html.js";
import { listbox } from "./listbox.js";
import "./select.js";

const PAIRS = new Set(["path", "eventually"]);

export function filterForm({ filter, suggestions, apply }) {
  let property = null;
  let value = filter?.value ?? null;
  const properties = suggestions ? suggestions.properties().catch(() => []) : Promise.resolve([]);
  const which = element`<exos-select wide label="Property" placeholder="Choose a property" free></exos-select>`;
  const how = element`<exos-select wide label="Comparison"></exos-select>`;
  const place = element`<div class="grid gap-2"></div>`;
  const problem = element`<p class="text-bad text-sm" role="alert" hidden></p>`;
  const form = element`<form class="filter-form" @submit=${(event) => { event.preventDefault(); finish(); }}>
    <div class="field"><span class="label">Property</span>${which}</div>
    <div class="rest grid gap-2" hidden>${how}${place}${problem}<footer><span></span><button class="button primary">Apply</button></footer></div></form>`;

  which.addEventListener("change", () => {
    value = null;
    choose(which.value);
  });
  how.addEventListener("change", () => {
    if (Array.isArray(value) !== ["in", "not_in"].includes(how.value) && !PAIRS.has(property.name)) value = null;
    draw();
  });

  // The list opens at once, so that what is typed goes there, and fills when the properties are known.
  which.load = async (text) => {
    const wanted = text.toLowerCase();
    const options = (await properties).map(({ name, label, group }) => ({ value: name, label, group }));
    return options.filter(({ value: name, label }) => `${name} ${label}`.toLowerCase().includes(wanted));
  };

  function start() {
    if (!filter) which.open();
    else choose(filter.property, filter.op);
  }

  async function choose(name, op = null) {
    const known = (await properties).find((one) => one.name === name);
    property = known ?? { name, label: name, type: typeof value === "number" ? "number" : "string" };
    which.options = [{ value: name, label: property.label }];
    which.value = name;
    how.options = operators(property.type, name);
    how.value = how.options.find((option) => option.value === op)?.value ?? op ?? how.options[0].value;
    form.querySelector(".rest").hidden = false;
    draw();
  }

  function draw() {
    problem.hidden = true;
    place.replaceChildren(...editor());
    place.querySelector("input, button")?.focus();
  }

  function editor() {
    const op = how.value;
    if (op === "exists") return [];
    if (PAIRS.has(property.name)) return [pair()];
    if (op === "in" || op === "not_in") return [list(true)];
    if (property.type === "duration") return [input("text", value === null ? "" : duration(Number(value)), "2 d 4 h")];
    if (property.type === "time") return [input("datetime-local", value ? String(value).slice(0, 16) : "")];
    if (op === "contains" || op === "regex") return [input("text", value ?? "", op === "regex" ? "^TX-" : "text")];
    if (property.type === "number") return [input("number", value ?? "")];
    return [list(false)];
  }

  function input(type, start_, placeholder = "") {
    const field = element`<input class="input" type=${type} step="any" aria-label="Value" placeholder=${placeholder} value=${start_}>`;
    field.addEventListener("input", () => (value = field.value));
    return field;
  }

  function list(multiple) {
    const load = async (text, signal) => (suggestions ? await suggestions.values(property.name, text, signal) : []).map((one) => ({ value: one }));
    const onPick = (picked) => {
      value = multiple ? picked : picked.value;
      if (!multiple) finish();
    };
    const box = listbox({ label: "Value", value: multiple && !Array.isArray(value) ? [] : value, multiple, free: true, load, onPick, placeholder: "Value" });
    box.classList.add("border", "border-line", "rounded-md");
    return box;
  }

  function pair() {
    const ends = Array.isArray(value) ? [...value] : [null, null];
    const choices = ["From", "To"].map((label, at) => {
      const select = element`<exos-select wide free label=${label} placeholder=${label}></exos-select>`;
      select.load = async (text, signal) => (suggestions ? await suggestions.values(property.name, text, signal) : []).map((one) => ({ value: one }));
      select.value = ends[at];
      select.addEventListener("change", () => {
        ends[at] = select.value;
        value = ends.every(Boolean) ? ends : null;
      });
      return select;
    });
    return html`<div class="pair">${choices[0]}<span class="text-muted">→</span>${choices[1]}</div>`;
  }

  function finish() {
    const made = typed();
    if (made === undefined) {
      problem.textContent = property.type === "duration" ? "Write it like 2 d 4 h." : "Choose or type a value.";
      problem.hidden = false;
      return;
    }
    apply({ property: property.name, op: how.value, value: made });
  }

  function typed() {
    if (how.value === "exists") return true;
    if (value === null || value === "" || (Array.isArray(value) && !value.length)) return undefined;
    if (property.type === "duration") return parseDuration(value) ?? undefined;
    if (property.type === "number" && !Array.isArray(value)) return Number.isNaN(Number(value)) ? undefined : Number(value);
    return value;
  }

  // The select can only open its list once the form stands in the page.
  queueMicrotask(start);
  return form;
}
