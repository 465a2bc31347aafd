// `?`: what the keyboard can do here. The list is whatever has been registered with lib/keyboard.js.
import { element, html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { shortcuts } from "../lib/keyboard.js";

const FIXED = [
  { keys: "Escape", label: "Close what is open", group: "Anywhere" },
  { keys: "← →", label: "Earlier, later", group: "Time" },
];
const ORDER = ["Anywhere", "Go to", "Time", "Page"];

export function openHelp() {
  if (document.querySelector(".sheet.help")) return;
  const groups = Map.groupBy([...shortcuts(), ...FIXED], ({ group }) => group);
  const names = [...groups.keys()].sort((a, b) => (ORDER.indexOf(a) + 9) % 9 - ((ORDER.indexOf(b) + 9) % 9));
  const dialog = element`<dialog class="sheet help" aria-label="Keyboard" @close=${() => dialog.remove()} @click=${(event) => event.target === dialog && dialog.close()}>
    <header><h2>Keyboard</h2><button type="button" class="icon-button quiet" aria-label="Close" @click=${() => dialog.close()}>${icon("x")}</button></header>
    <div class="help-grid">${names.map((name) => html`<section><h3>${name}</h3><dl>${groups.get(name).map(({ keys, label }) => html`<div><dt>${label}</dt>
      <dd>${keys.split(" ").map((key) => html`<kbd>${key}</kbd>`)}</dd></div>`)}</dl></section>`)}</div></dialog>`;
  document.body.append(dialog);
  dialog.showModal();
}
