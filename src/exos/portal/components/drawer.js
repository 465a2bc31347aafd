/*
Side drawers: the lists and records behind a number, stacked (list → case), each addressable, so that back, reload and a shared
link show the same. The address holds drawer=[["edge",{…}],["case",{…}]].

  defineDrawer("case", async (panel, args) => {          once, when the page's script loads
    panel.heading = `Case ${args.case}`; panel.note = "12 events";
    panel.body.replaceChildren(…); panel.actions.replaceChildren(…);
    await run("process/timeline", args, {signal: panel.signal});     aborted when the drawer closes
  });
  openDrawer("case", {case: "T-204418"});   on top of what is open;   openDrawer(kind, args, {replace: true}) instead of it
  closeDrawer();                            the topmost; Escape, × and a click beside it do the same
*/
import { html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { state } from "../lib/state.js";

const kinds = new Map();
const open = [];

export function defineDrawer(kind, fill) {
  kinds.set(kind, fill);
  reconcile();
}

export function openDrawer(kind, args = {}, { replace = false } = {}) {
  const stack = wanted();
  state.set({ drawer: [...(replace ? [] : stack), [kind, args]] });
}

export function closeDrawer() {
  const rest = wanted().slice(0, -1);
  state.set({ drawer: rest.length ? rest : null });
}

function wanted() {
  const stack = state.json("drawer", []);
  return Array.isArray(stack) ? stack.filter((level) => Array.isArray(level) && typeof level[0] === "string") : [];
}

function reconcile() {
  const stack = wanted();
  const keys = stack.map((level) => JSON.stringify(level));
  let same = 0;
  while (same < open.length && open[same].key === keys[same]) same += 1;
  for (const { panel } of open.splice(same).reverse()) panel.remove();
  for (let at = same; at < stack.length; at += 1) {
    const [kind, args] = stack[at];
    if (!kinds.has(kind)) break;
    const panel = document.createElement("exos-drawer");
    open.push({ key: keys[at], panel });
    document.body.append(panel);
    panel.show(kinds.get(kind), args ?? {});
  }
  open.forEach(({ panel }, at) => panel.under(at < open.length - 1));
}

class Drawer extends HTMLElement {
  #abort = new AbortController();
  #opener = document.activeElement;

  connectedCallback() {
    this.append(html`<dialog class="drawer" @cancel=${(event) => this.#leave(event)} @click=${(event) => event.target === this.dialog && closeDrawer()}>
      <header><div class="grow min-w-0"><h2 tabindex="-1"></h2><p hidden></p></div><div class="actions flex gap-2"></div>
        <button type="button" class="icon-button quiet" aria-label="Close" title="Close (Esc)" @click=${() => closeDrawer()}>${icon("x")}</button></header>
      <div class="body"></div></dialog>`);
  }

  disconnectedCallback() {
    this.#abort.abort();
    if (this.#opener?.isConnected && this.#opener !== document.body) this.#opener.focus({ preventScroll: true });
  }

  get dialog() {
    return this.querySelector("dialog");
  }

  get signal() {
    return this.#abort.signal;
  }

  get body() {
    return this.querySelector(".body");
  }

  get actions() {
    return this.querySelector(".actions");
  }

  set heading(text) {
    this.querySelector("h2").textContent = text;
    this.dialog.setAttribute("aria-label", text);
  }

  set note(text) {
    const place = this.querySelector("header p");
    place.textContent = text;
    place.hidden = !text;
  }

  under(whether) {
    this.dialog.classList.toggle("under", whether);
  }

  async show(fill, args) {
    this.heading = "…";
    this.dialog.showModal();
    this.querySelector("h2").focus({ preventScroll: true });
    try {
      await fill(this, args);
    } catch (error) {
      if (error.cancelled) return;
      const state = document.createElement("exos-state");
      this.body.replaceChildren(state);
      state.fail(error);
    }
  }

  #leave(event) {
    event.preventDefault();
    closeDrawer();
  }
}

customElements.define("exos-drawer", Drawer);
state.subscribe(reconcile, ["drawer"]);
