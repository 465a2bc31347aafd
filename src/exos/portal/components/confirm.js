/*
A question before something that cannot be taken back. Escape and a click beside it mean no.

  if (await confirmed({title: "Revoke “order desk”?", text: "Whoever sends with it is refused from then on.", action: "Revoke"})) …
*/
import { element } from "../lib/html.js";

export function confirmed({ title, text, action }) {
  const opener = document.activeElement;
  return new Promise((resolve) => {
    const close = (answer) => {
      dialog.remove();
      if (opener?.isConnected) opener.focus({ preventScroll: true });
      resolve(answer);
    };
    const dialog = element`<dialog class="sheet confirm" role="alertdialog" aria-labelledby="confirm-title" aria-describedby="confirm-text"
        @cancel=${(event) => { event.preventDefault(); close(false); }} @click=${(event) => event.target === dialog && close(false)}>
      <div class="grid gap-3 p-4"><h2 id="confirm-title">${title}</h2><p id="confirm-text" class="text-muted">${text}</p>
        <div class="flex justify-end gap-2"><button type="button" class="button" @click=${() => close(false)}>Cancel</button>
          <button type="button" class="button danger" @click=${() => close(true)}>${action}</button></div></div></dialog>`;
    document.body.append(dialog);
    dialog.showModal();
  });
}
