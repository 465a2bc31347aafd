// The Playbook: every analysis with its question, parameters, columns and SQL, run in place, and how to call it from elsewhere.
import { catalogue, describe } from "../lib/api.js";
import { html, element } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { shortcut } from "../lib/keyboard.js";
import { snippets } from "../lib/snippets.js";
import { state } from "../lib/state.js";
import { processSuggestions } from "../lib/suggestions.js";
import { codeBlock } from "../components/code.js";
import "../components/segmented.js";
import "../components/shell.js";
import "../components/state.js";
import { analysisForm } from "./playbook-form.js";
import { drawList } from "./playbook-list.js";
import { resultCard } from "./playbook-result.js";

const shell = document.querySelector("exos-shell");
const main = document.querySelector("main");
const [list, detail] = [main.querySelector(".list"), main.querySelector(".detail")];
const find = main.querySelector("input[type=search]");
const suggestions = processSuggestions(() => state.get("process"));
let analyses = [];
let shown = null;
let card = null;

shell.suggestions = suggestions;
shell.exports = () => card?.exports() ?? [{ label: "Run the analysis first", disabled: true }];
find.addEventListener("input", showList);
shortcut("r", "Run the analysis", () => card && start(), { group: "Page" });
shortcut("j", "Next analysis", () => step(1), { group: "Page" });
shortcut("k", "Analysis before", () => step(-1), { group: "Page" });

await list.load((signal) => catalogue({ signal }), (found) => {
  analyses = found;
  showList();
  return found.length ? null : { icon: "book-open", title: "The Playbook is empty", text: "No analysis was loaded. The doctor says why.", commands: ["exos doctor"] };
});
state.subscribe(follow);
follow(new Set(["analysis"]));

function showList() {
  drawList(list, analyses, find.value, state.get("analysis"));
}

function follow(changed) {
  if (!analyses.length) return;
  const slug = state.get("analysis") ?? (matchMedia("(width >= 900px)").matches ? analyses[0].slug : null);
  main.toggleAttribute("data-chosen", Boolean(state.get("analysis")));
  showList();
  if (slug && slug !== shown) show(slug);
  else if (!slug) shown = null;
  else if (card && ["range", "tz", "filters", "run"].some((key) => changed.has(key))) refresh();
}

async function show(slug) {
  shown = slug;
  card = null;
  await detail.load((signal) => describe(slug, { signal }), (analysis) => {
    if (shown === slug) draw(analysis);
  });
}

function draw(analysis) {
  const form = analysisForm(analysis, { suggestions, run: start, changed: refresh });
  card = Object.assign(resultCard(analysis), { form, analysis });
  const calls = element`<section class="card" aria-label="Call it from elsewhere"><header><h2>Call it from</h2><span class="spring"></span><exos-segmented label="Call it from"></exos-segmented></header><div class="snippet"></div></section>`;
  card.calls = calls;
  detail.querySelector(".content").replaceChildren(html`<div class="detail">
    <div class="lead grid gap-1">
      <button type="button" class="link back items-center gap-1" @click=${() => state.set({ analysis: null, run: null })}>${icon("chevron-left", 14)}All analyses</button>
      <div class="flex flex-wrap items-center gap-2"><h2>${analysis.title}</h2><span class="pill"><code>${analysis.slug}</code></span>${!analysis.trusted && html`<span class="pill warn">your own</span>`}</div>
      <p class="text-md">${analysis.question}</p><p class="text-muted">${analysis.description}</p>
    </div>
    ${form.node}${card.node}
    <div class="two"><section class="card" aria-label="SQL"><header><h2>${analysis.sql.trimStart().startsWith("from ") || analysis.sql.includes("def ") ? "Source" : "SQL"}</h2></header>${codeBlock(analysis.sql.trim(), "sql")}</section>
      <div class="grid gap-3 self-start"><section class="card" aria-label="Columns"><header><h2>Columns</h2></header><dl class="column-list">${analysis.columns.map(({ name, type }) => html`<div><dt>${name}</dt><dd>${type}</dd></div>`)}</dl></section>${calls}</div></div></div>`);
  const doors = calls.querySelector("exos-segmented");
  doors.options = snippets(analysis.slug, {}).map(({ name }) => name);
  doors.value = "Command line";
  doors.addEventListener("change", showSnippet);
  refresh();
}

function start() {
  if (!card.form.valid()) return;
  if (state.get("run")) refresh();
  else state.set({ run: 1, analysis: card.analysis.slug });
}

// After any change: the snippets say what the form says, and an analysis that was run is run again.
function refresh() {
  if (!card) return;
  showSnippet();
  if (state.get("run") && card.form.complete()) card.run(card.form.params());
}

function showSnippet() {
  const name = card.calls.querySelector("exos-segmented").value;
  const { text } = snippets(card.analysis.slug, card.form.params()).find((one) => one.name === name);
  card.calls.querySelector(".snippet").replaceChildren(codeBlock(text, name));
}

function step(direction) {
  const at = analyses.findIndex(({ slug }) => slug === shown);
  const next = analyses[at + direction];
  if (next) state.set({ analysis: next.slug, run: null, ...forgotten() });
}

function forgotten() {
  return Object.fromEntries([...new URLSearchParams(location.search).keys()].filter((key) => key.startsWith("p.")).map((key) => [key, null]));
}
