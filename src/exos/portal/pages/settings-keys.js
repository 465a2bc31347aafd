// Ingest keys: make, copy, revoke.
import { ask } from "../lib/api.js";
import { dateTime, plural } from "../lib/format.js";
import { html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { copy } from "../lib/save.js";
import { state } from "../lib/state.js";
import { confirmed } from "../components/confirm.js";
import { toast } from "../components/toast.js";

const OWN = "exos-portal"; // made by the server: server/routes/self_telemetry.py

export function keysSection(section, { changed }) {
  const panel = section.querySelector("exos-state");
  const form = section.querySelector("form");
  let answer = null;
  let revokedToo = false;

  function start() {
    form.addEventListener("submit", create);
    return load();
  }

  function load() {
    return panel.load((signal) => ask("/api/keys", { signal }), (found) => {
      answer = found;
      changed(found.keys);
      return draw();
    });
  }

  function draw() {
    if (!answer) return null;
    const zone = state.timezone();
    const revoked = answer.keys.filter(({ revoked_at: at }) => at);
    const live = answer.keys.filter(({ revoked_at: at }) => !at);
    const shown = revokedToo ? answer.keys : live;
    if (!shown.length && !answer.open && !revoked.length) return { icon: "key-round", title: "No keys", text: "Make one above: senders of telemetry show it." };
    panel.querySelector(".content").replaceChildren(html`<div class="scroll" tabindex="0" role="region" aria-label="Table of ingest keys"><table class="sources keys">
      <thead><tr><th scope="col">Name</th><th scope="col">Key</th><th scope="col" class="wide">Made</th><th scope="col" class="wide">Last used</th><th scope="col"><span class="sr-only">Actions</span></th></tr></thead>
      <tbody>${shown.map((key) => row(key, zone))}</tbody></table></div>
      <div class="foot">${answer.open && html`<span class="text-warn">EXOS_INGEST_OPEN is on: telemetry is taken in without a key.</span>`}
        ${answer.from_settings > 0 && html`<span>${plural(answer.from_settings, "further key")} in EXOS_INGEST_KEYS.</span>`}
        ${!live.length && html`<span class="text-warn">No key is live: nobody can send.</span>`}
        ${revoked.length > 0 && html`<button type="button" class="link revoked" @click=${() => { revokedToo = !revokedToo; draw(); panel.querySelector(".revoked").focus(); }}>${revokedToo ? "Hide" : "Show"} ${plural(revoked.length, "revoked key")}</button>`}
        <span>A key lets data in and nothing out; it may stand in a page's source.</span></div>`);
    return null;
  }

  function row(key, zone) {
    return html`<tr data-status=${key.revoked_at ? "never" : "live"}><td><b>${key.name}</b>${key.name === OWN && html`<small>EXOS’s own: this portal records its pages with it. EXOS_SELF_TELEMETRY=0 ends that.</small>`}</td>
      <td><span class="key"><code>${key.key}</code><button type="button" class="icon-button quiet small" aria-label=${`Copy the key of ${key.name}`} title="Copy" @click=${() => take(key)}>${icon("copy", 14)}</button></span></td>
      <td class="wide">${dateTime(key.created_at, zone)}</td><td class="wide">${key.last_used_at ? dateTime(key.last_used_at, zone) : "never"}</td>
      <td class="n">${key.revoked_at ? html`<span class="pill">revoked</span>` : html`<button type="button" class="button small" aria-label=${`Revoke ${key.name}`} @click=${() => revoke(key)}>Revoke</button>`}</td></tr>`;
  }

  async function create(event) {
    event.preventDefault();
    const input = form.elements.name;
    try {
      const made = await ask("/api/keys", { method: "POST", body: JSON.stringify({ name: input.value }) });
      input.value = "";
      await load();
      state.set({ key: made.id }, { replace: true });
      toast(`Key “${made.name}” made; “Send data” uses it`);
    } catch (error) {
      toast(`${error.message} ${error.hint ?? ""}`);
      input.focus();
    }
  }

  async function revoke({ id, name }) {
    const whose = name === OWN ? "This portal then no longer records its own pages." : "Whoever sends with it is refused from now on.";
    const text = `${whose} This cannot be taken back.`;
    if (!(await confirmed({ title: `Revoke the key “${name}”?`, text, action: "Revoke" }))) return;
    try {
      await ask(`/api/keys/${id}`, { method: "DELETE" });
      await load();
      toast(`Key “${name}” revoked`);
      form.elements.name.focus({ preventScroll: true });
    } catch (error) {
      toast(`${error.message} ${error.hint ?? ""}`);
    }
  }

  async function take({ name, key }) {
    toast((await copy(key)) ? `Key “${name}” copied` : "Copying was refused by the browser");
  }

  return { start, draw };
}
