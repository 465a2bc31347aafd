// An analysis's parameters as a form. What every analysis shares (time, zone, filters) is set in the bar above the page.
import { run } from "../lib/api.js";
import { element, html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { number } from "../lib/format.js";
import { state } from "../lib/state.js";
import "../components/select.js";

const SHARED = new Set(["since", "until", "timezone", "filters"]);
const ACTIVITIES = new Set(["source", "target", "activity", "start_activity", "end_activity"]);
let count = 0;

export function analysisForm(analysis, { suggestions, run: start, changed }) {
  const own = analysis.parameters.filter(({ name }) => !SHARED.has(name));
  const fields = own.map((parameter) => field(parameter, suggestions, changed));
  const node = element`<form class="card" novalidate aria-label="Parameters" @submit=${(event) => { event.preventDefault(); start(); }}>
    <header><h2>Parameters</h2></header><div class="fields">${fields.map((one) => one.node)}</div>
    <footer><button class="button primary">${icon("play", 14)}Run</button><span>Time range, time zone and filters come from the bar above.</span></footer></form>`;

  function params() {
    const given = Object.fromEntries(own.map(({ name }) => [name, value(name)]).filter(([, text]) => text !== null && text !== ""));
    const typed = Object.entries(given).map(([name, text]) => [name, convert(own.find((one) => one.name === name), text)]);
    const selection = state.selection();
    const shared = Object.entries(selection).filter(([name]) => analysis.parameters.some((one) => one.name === name));
    return { ...Object.fromEntries(typed), ...Object.fromEntries(shared) };
  }

  const complete = () => own.every(({ name, required }) => !required || value(name));
  const valid = () => {
    const [wrong] = fields.filter((one) => one.check());
    wrong?.node.querySelector("input, textarea, button").focus();
    return !wrong;
  };
  return { node, params, complete, valid };
}

const key = (name) => (name === "process" ? "process" : `p.${name}`);
const value = (name) => state.get(key(name));

function field(parameter, suggestions, changed) {
  const { name, type, label, help, required } = parameter;
  const id = `parameter-${(count += 1)}`;
  const set = (text) => {
    state.set({ [key(name)]: text === "" || text === String(parameter.default ?? "") ? null : text }, { replace: true });
    check();
    changed();
  };
  const control = controlFor(parameter, id, set, suggestions);
  const problem = element`<span class="problem" id=${`${id}-problem`} role="alert" hidden></span>`;
  const node = element`<div class="field"><label for=${id}><span>${label || name}${required && html`<span class="text-bad" aria-hidden="true"> *</span>`}</span><span class="type">${type}</span></label>
    ${control}<div class="said"><span class="help">${help}</span>${problem}</div></div>`;

  function check() {
    const text = value(name) ?? "";
    const wrong = required && !text ? "Needed." : mistake(type, text);
    problem.textContent = wrong;
    // Takes the place of the help: nothing may move under a pointer that is about to press Run.
    problem.hidden = !wrong;
    problem.previousElementSibling.classList.toggle("invisible", Boolean(wrong));
    const input = node.querySelector("input, textarea");
    input?.setAttribute("aria-invalid", String(Boolean(wrong)));
    input?.setAttribute("aria-describedby", problem.id);
    return Boolean(wrong);
  }

  return { node, check };
}

function controlFor(parameter, id, set, suggestions) {
  const { name, type, default: otherwise, choices, label } = parameter;
  const now = value(name) ?? "";
  // The page asks for no more than this unless told; see playbook-result.js.
  const hint = name === "limit" && otherwise >= 10_000 ? "10000" : otherwise === null || otherwise === undefined || otherwise === "" ? "" : String(otherwise);
  const bare = type.replace(/^Nullable\((.*)\)$/, "$1");
  if (name === "process") return processSelect(label, set, parameter.required);
  if (choices.length) return select(label, choices.map((one) => ({ value: String(one), label: String(one) })), now || hint, set);
  if (bare === "Bool") return select(label, [{ value: "true", label: "yes" }, { value: "false", label: "no" }], now || hint, set);
  if (ACTIVITIES.has(name)) {
    const chosen = select(label, [], now || null, set);
    chosen.setAttribute("free", "");
    chosen.setAttribute("placeholder", "Any activity");
    chosen.load = async (text, signal) => (await suggestions.values("activity", text, signal)).map((one) => ({ value: one }));
    return chosen;
  }
  if (bare.startsWith("Array") || hint.startsWith("[")) {
    return element`<textarea class="textarea" id=${id} rows="2" spellcheck="false" placeholder=${hint || '["a", "b"]'} @change=${(event) => set(event.target.value.trim())} .value=${now}></textarea>`;
  }
  const numeric = /^(U?Int|Float|Decimal)/.test(bare);
  const kind = numeric ? "number" : bare.startsWith("DateTime") ? "datetime-local" : "text";
  return element`<input class="input" id=${id} type=${kind} step=${/Int/.test(bare) ? "1" : "any"} autocomplete="off" spellcheck="false" placeholder=${numeric && hint ? number(Number(hint)) : hint}
    value=${now} @change=${(event) => set(event.target.value.trim())}>`;
}

function select(label, options, now, set) {
  const chosen = element`<exos-select wide label=${label}></exos-select>`;
  chosen.options = options;
  chosen.value = now;
  chosen.addEventListener("change", () => set(chosen.value));
  return chosen;
}

function processSelect(label, set, required) {
  const chosen = select(label, [], value("process"), set);
  chosen.setAttribute("placeholder", required ? "Choose a process" : "All processes");
  run("process/processes").then((table) => {
    const found = table.objects();
    chosen.options = [...(required ? [] : [{ value: "", label: "All processes" }]), ...found.map(({ process, cases }) => ({ value: process, label: process, hint: `${number(cases)} cases` }))];
    if (required && !value("process") && found.length) {
      chosen.value = found[0].process;
      set(found[0].process);
    }
  }, () => {});
  return chosen;
}

function mistake(type, text) {
  const bare = type.replace(/^Nullable\((.*)\)$/, "$1");
  if (!text) return "";
  if (/^U?Int/.test(bare) && !/^-?\d+$/.test(text)) return "A whole number.";
  if (/^(Float|Decimal)/.test(bare) && Number.isNaN(Number(text))) return "A number.";
  if (bare.startsWith("Array") && !Array.isArray(parsed(text))) return 'A JSON list, like ["a", "b"].';
  return "";
}

function convert({ type }, text) {
  if (/^(Nullable\()?(U?Int|Float|Decimal)/.test(type)) return Number(text);
  if (type.includes("Array")) return parsed(text) ?? text;
  if (type.includes("Bool")) return text === "true";
  return text;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
