/*
The states of everything that loads: skeleton, content, empty, error. Its children are the content, shown when there is some.

  <exos-state skeleton="table|chart|text"> <exos-table></exos-table> </exos-state>        attribute fill: grow with the parent
  await panel.load((signal) => run("process/cases", params, {signal}), (table) => { …; return true or a notice });
      show is called with the result; what it returns (a notice object) is shown instead of the content, for instance when empty.
      A second load cancels the first. Gives the result, or null when it failed or was replaced.
  panel.during(promise, retry)      what is drawn from an answer may take long too: the content says so, and in the end whether it failed
  Try again tells the page first, by the event "retry"; a page that prevents it loads all its panels again.
  panel.notice({icon, title, text, commands: ["exos demo"], actions: [{label, run or href, primary}]})
  panel.fail(error, retry): Try again, or Clear filters where those may be what cannot be read      panel.ready()

No skeleton for answers faster than 80 ms; a reload keeps the old content, dimmed, so that nothing jumps; Cancel appears after 2 s.
*/
import { element, html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { state } from "../lib/state.js";
import { command } from "./code.js";

const BLINK = 80;
const SLOW = 2000;
const DRAWING = 300;
const BONES = { table: [100, 96, 98, 92, 97, 94, 99, 90], text: [60, 92, 80], chart: [35, 52, 44, 68, 80, 62, 74, 90, 70, 58] };

class State extends HTMLElement {
  #task = null;
  #work = null;
  #content = null;
  #extra = [];

  connectedCallback() {
    if (this.#content) return;
    this.#content = element`<div class="content"></div>`;
    this.#content.append(...this.childNodes);
    this.append(this.#content);
  }

  async load(fetcher, show) {
    this.#task?.abort();
    this.#work = null;
    const task = (this.#task = new AbortController());
    const timers = [setTimeout(() => this.#busy(), BLINK), setTimeout(() => this.#offerCancel(task), SLOW)];
    this.setAttribute("aria-busy", "true");
    try {
      const result = await fetcher(task.signal);
      if (this.#task !== task) return null;
      this.ready();
      const notice = show(result);
      if (notice && typeof notice === "object") this.notice(notice);
      return result;
    } catch (error) {
      if (this.#task === task) this.fail(error, () => this.#again(fetcher, show));
      return null;
    } finally {
      timers.forEach(clearTimeout);
      if (this.#task === task) {
        this.removeAttribute("aria-busy");
        this.#task = null;
      }
    }
  }

  async during(work, retry = null) {
    const mine = (this.#work = {});
    const current = () => this.#work === mine && !this.#task;
    const timer = setTimeout(() => current() && this.#busy(), DRAWING);
    this.setAttribute("aria-busy", "true");
    try {
      await work;
      if (current()) this.ready();
    } catch (error) {
      if (current()) this.fail(error, retry);
    } finally {
      clearTimeout(timer);
      if (current()) this.removeAttribute("aria-busy");
    }
  }

  cancel() {
    this.#task?.abort();
  }

  // A page whose panels tell of one selection loads all of them again: it listens for "retry" and prevents the panel's own.
  #again(fetcher, show) {
    if (this.dispatchEvent(new CustomEvent("retry", { bubbles: true, cancelable: true }))) this.load(fetcher, show);
  }

  ready() {
    this.#set("ready");
  }

  notice({ icon: picture = "info", title, text = "", commands = [], actions = [], code = "", tone = "" }) {
    const name = tone === "error" ? "error" : "empty";
    this.#set(name, element`<div class=${`notice ${tone}`} role=${tone === "error" ? "alert" : "status"}>${icon(picture, 24)}<p class="headline">${title}</p>
      ${text && html`<p>${text}</p>`}${commands.map(command)}${actions.length > 0 && html`<div class="actions">${actions.map(action)}</div>`}
      ${code && html`<span class="code">${code}</span>`}</div>`);
  }

  fail(error, retry = null) {
    // What the server cannot read it cannot read the next time either.
    const unread = error.code === "bad_parameter" && state.filters().length > 0;
    const actions = unread ? [{ label: "Clear filters", primary: true, run: () => state.setFilters([]) }] : retry ? [{ label: "Try again", run: retry }] : [];
    if (error.cancelled) this.notice({ icon: "square", title: "Cancelled", text: "The query was stopped.", actions });
    else if (error.code) this.notice({ icon: "circle-alert", title: error.message, text: error.hint, code: error.code, tone: "error", actions });
    else {
      console.error(error);
      this.notice({ icon: "circle-alert", title: "This page failed", text: String(error.message ?? error), tone: "error", actions });
    }
  }

  #busy() {
    const filled = this.getAttribute("state") === "ready";
    const shape = this.getAttribute("skeleton") ?? "text";
    const bones = element`<div class=${`bones ${shape}`} aria-hidden="true">${BONES[shape].map(() => html`<div class="bone"></div>`)}</div>`;
    [...bones.children].forEach((bone, at) => (bone.style[shape === "chart" ? "height" : "width"] = `${BONES[shape][at]}%`));
    if (filled) this.#set("busy", element`<div class="line"></div>`);
    else this.#set("loading", bones);
  }

  #offerCancel(task) {
    const button = element`<button type="button" class="button cancel" @click=${() => task.abort()}>${icon("x")}Cancel</button>`;
    this.#extra.push(button);
    this.append(button);
  }

  #set(name, ...extra) {
    this.#extra.forEach((node) => node.remove());
    this.#extra = extra;
    this.append(...extra);
    this.setAttribute("state", name);
  }
}

function action({ label, run, href, primary }) {
  const kind = primary ? "button primary" : "button";
  return href ? html`<a class=${kind} href=${href}>${label}</a>` : html`<button type="button" class=${kind} @click=${run}>${label}</button>`;
}

customElements.define("exos-state", State);
