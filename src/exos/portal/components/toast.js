/*
A short word that something was done: toast("Link copied"), toast("Saved", {action: {label: "Undo", run() {}}}).
*/
import { element, html } from "../lib/html.js";

const SHOWN_FOR = 4000;

class Toast extends HTMLElement {
  connectedCallback() {
    this.setAttribute("role", "status");
    this.setAttribute("aria-live", "polite");
    this.popover = "manual";
  }

  say(text, action) {
    // Shown anew each time, to lie above a dialog opened since.
    if (this.matches(":popover-open")) this.hidePopover();
    this.showPopover();
    const note = element`<div><span>${text}</span>${action && html`<button type="button" class="font-semibold" @click=${() => { action.run(); note.remove(); }}>${action.label}</button>`}</div>`;
    this.append(note);
    setTimeout(() => {
      note.remove();
      if (!this.firstChild) this.hidePopover();
    }, SHOWN_FOR);
  }
}

customElements.define("exos-toast", Toast);

export function toast(text, { action } = {}) {
  const host = document.querySelector("exos-toast") ?? document.body.appendChild(document.createElement("exos-toast"));
  host.say(text, action);
}
