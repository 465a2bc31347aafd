// `/`: jump to a page, an analysis, a process, a case of any process, or whatever the page offers: shell.search.
import { catalogue, run } from "../lib/api.js";
import { element, html } from "../lib/html.js";
import { state } from "../lib/state.js";
import { PAGES } from "../pages.js";
import { setTheme } from "./navigation.js";
import { listbox } from "./listbox.js";

const [LEAST, MOST_CASES] = [2, 8];
let analyses = null;
let known = null;

export function openPalette(shell) {
  if (document.querySelector(".palette")) return;
  const load = async (text, signal) => {
    analyses ??= await catalogue({ signal }).catch(() => null);
    const searches = text.length < LEAST ? [] : [processes, cases, shell.search].filter(Boolean);
    const found = await Promise.all(searches.map((search) => search(text, signal, shell).catch(() => [])));
    return [...found.flat(), ...pages(text), ...questions(text), ...commands(text, shell)];
  };
  const list = listbox({ label: "Search", load, onPick: (option) => go(dialog, option), placeholder: "Page, process, case or analysis" });
  const dialog = element`<dialog class="palette" aria-label="Search and commands" @close=${() => dialog.remove()} @click=${(event) => event.target === dialog && dialog.close()}>
    ${list}<footer aria-hidden="true"><span><kbd>↑</kbd> <kbd>↓</kbd> choose</span><span><kbd>↵</kbd> open</span><span><kbd>Esc</kbd> close</span></footer></dialog>`;
  document.body.append(dialog);
  dialog.showModal();
}

function go(dialog, { href, run }) {
  dialog.close();
  if (href) location.assign(href);
  else run();
}

async function processes(text, signal) {
  known ??= (await run("process/processes", {}, { signal })).column("process");
  return known.filter((process) => fits(text, process)).map((process) => ({
    value: `process ${process}`, label: process, icon: "workflow", group: "Processes", href: state.link("/process", { process, filters: null }),
  }));
}

async function cases(text, signal, shell) {
  const found = await run("process/find", { text, limit: MOST_CASES }, { signal });
  return found.objects().map(({ process, case_id: id }) => ({
    value: `case ${process} ${id}`, label: `Case ${id}`, hint: process, icon: "list", group: "Cases",
    ...(shell.caseDoor?.(process, id) ?? { href: state.link("/process", { process, filters: null, drawer: [["case", { case: id }]] }) }),
  }));
}

const fits = (text, ...fields) => text.toLowerCase().split(/\s+/).every((word) => fields.some((field) => field.toLowerCase().includes(word)));

function pages(text) {
  return PAGES.filter(({ label, group }) => fits(text, label, group)).map(({ label, path, icon, key, group }) => ({
    value: `page ${path}`, label, icon, group: "Pages", hint: `g ${key}`, href: state.link(path), aside: group,
  }));
}

function questions(text) {
  const found = (analyses ?? []).filter(({ slug, title, question }) => fits(text, slug, title, question));
  return found.slice(0, text ? 20 : 5).map(({ slug, title }) => ({
    value: `analysis ${slug}`, label: title, hint: slug, icon: "book-open", group: "Analyses", href: state.link("/playbook", { analysis: slug }),
  }));
}

function commands(text, shell) {
  const all = [
    { label: "Copy a link to this view", icon: "link", run: () => shell.share() },
    { label: "Colours: dark", icon: "moon", run: () => setTheme("dark") },
    { label: "Colours: light", icon: "sun", run: () => setTheme("light") },
    { label: "Colours: as the system", icon: "monitor", run: () => setTheme("system") },
  ];
  return all.filter(({ label }) => fits(text, label)).map((one) => ({ ...one, value: `command ${one.label}`, group: "Commands" }));
}
