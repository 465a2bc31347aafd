// The navigation: a rail that folds to icons, a drawer on narrow screens. The pages are in pages.js.
import { element, html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { state } from "../lib/state.js";
import { GROUPS, PAGES } from "../pages.js";
import { openMenu } from "./menu.js";

const root = document.documentElement;
const THEMES = [["system", "As the system", "monitor"], ["light", "Light", "sun"], ["dark", "Dark", "moon"]];

export function rail(shell) {
  return html`<nav class="rail" aria-label="Pages"><a class="brand" href=${state.link("/")} aria-label="EXOS, overview">${brand()}</a>${links(shell)}
    <div class="rail-foot">
      <button type="button" class="theme" aria-haspopup="menu" aria-expanded="false" aria-label="Colours" title="Colours" @click=${(event) => openMenu(event.currentTarget, themes())}>${icon("sun")}<span>Colours</span></button>
      <button type="button" aria-label="Keyboard help" title="Keyboard help (?)" @click=${openHelp}>${icon("keyboard")}<span>Keyboard</span><kbd>?</kbd></button>
      <button type="button" class="fold" aria-label="Fold navigation" title="Fold navigation (\\)" aria-pressed=${String(root.dataset.nav === "collapsed")} @click=${toggleNavigation}>${icon("panel-left")}<span>Fold</span><kbd>\\</kbd></button>
    </div></nav>`;
}

export async function openHelp() {
  const help = await import("./help.js");
  help.openHelp();
}

function brand() {
  return html`<img src="/portal/images/icon.svg" alt="" width="19" height="19"><span>EXOS</span>`;
}

function links(shell) {
  const nav = element`<div class="nav">${GROUPS.map((group) => section(group, shell.page))}</div>`;
  // Links carry range, zone and filters along, so they follow the address.
  state.subscribe(() => nav.querySelectorAll("a").forEach((link) => (link.href = state.link(link.dataset.path))));
  return nav;
}

function section(group, current) {
  const pages = PAGES.filter((page) => page.group === group);
  if (!pages.length) return null;
  const entries = pages.map(({ name, path, label, icon: picture }) => html`<li><a href=${state.link(path)} data-path=${path} data-page=${name}
    aria-current=${name === current ? "page" : null} title=${label}>${icon(picture)}<span>${label}</span></a></li>`);
  if (group === "Home") return html`<ul aria-label=${group}>${entries}</ul>`;
  return html`<p aria-hidden="true">${group}</p><ul aria-label=${group}>${entries}</ul>`;
}

export function toggleNavigation() {
  const collapsed = root.dataset.nav !== "collapsed";
  if (collapsed) root.dataset.nav = "collapsed";
  else delete root.dataset.nav;
  remember("exos.nav", collapsed ? "collapsed" : "open");
  document.querySelector(".rail .fold")?.setAttribute("aria-pressed", String(collapsed));
}

export function openNavigation(shell) {
  const dialog = element`<dialog class="drawer nav-drawer" aria-label="Navigation" @close=${() => dialog.remove()}
    @click=${(event) => event.target === dialog && dialog.close()}>
    <div class="brand"><span class="flex items-center gap-2">${brand()}</span><button type="button" class="icon-button quiet" aria-label="Close" @click=${() => dialog.close()}>${icon("x")}</button></div>
    <nav class="contents" aria-label="Pages">${links(shell)}</nav><div class="rail-foot"><button type="button" aria-haspopup="menu" aria-expanded="false" @click=${(event) => openMenu(event.currentTarget, themes())}>${icon("sun")}<span>Colours</span></button></div></dialog>`;
  document.body.append(dialog);
  dialog.showModal();
}

function themes() {
  const now = root.dataset.theme ?? "system";
  return THEMES.map(([value, label, picture]) => ({ label, icon: picture, checked: value === now, run: () => setTheme(value) }));
}

export function setTheme(value) {
  if (value === "system") delete root.dataset.theme;
  else root.dataset.theme = value;
  remember("exos.theme", value);
}

export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Private windows may refuse storage; the choice then lasts for this page.
  }
}
