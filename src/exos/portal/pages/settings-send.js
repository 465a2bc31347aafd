// Ways to send data here, with this server's address and the chosen key in them; and a span by hand, seen arriving.
import { ask } from "../lib/api.js";
import { duration } from "../lib/format.js";
import { html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { state } from "../lib/state.js";
import { codeBlock } from "../components/code.js";
import "../components/segmented.js";
import "../components/select.js";

const PATIENCE = 20_000;
const ENDS = ["html", "yaml"];

export function sendSection(section, { arrived }) {
  const panel = section.querySelector("exos-state");
  const choice = section.querySelector("exos-select");
  let offered = null;
  let live = [];

  async function start() {
    choice.addEventListener("change", () => state.set({ key: choice.value }));
    state.subscribe(draw, ["send", "key"]);
    await panel.load((signal) => ask("/api/sources/examples", { signal }), (answer) => {
      offered = answer;
      panel.querySelector(".content").replaceChildren(html`<div class="send grid gap-3">
        <div class="flex flex-wrap gap-2"><exos-segmented class="groups" label="Way to send"></exos-segmented><exos-segmented class="members" label="Which"></exos-segmented></div>
        <p class="note text-muted"></p><div class="code"></div>
        <div class="flex flex-wrap items-center gap-3"><button type="button" class="button test">${icon("send", 14)}Send a test event</button><span class="said" role="status"></span></div></div>`);
      const [groups, members] = panel.querySelectorAll("exos-segmented");
      groups.addEventListener("change", () => state.set({ send: offered.examples.find(({ group }) => group === groups.value).id }));
      members.addEventListener("change", () => state.set({ send: members.value }));
      panel.querySelector(".test").addEventListener("click", test);
      draw();
    });
  }

  function keys(all) {
    live = all.filter(({ revoked_at: revoked }) => !revoked);
    choice.options = live.map(({ id, name }) => ({ value: String(id), label: name }));
    choice.hidden = !live.length;
    draw();
  }

  const key = () => live.find(({ id }) => String(id) === state.get("key")) ?? live[0] ?? null;

  function draw() {
    const chosen = key();
    if (chosen) choice.value = String(chosen.id);
    if (!offered) return;
    const example = offered.examples.find(({ id }) => id === state.get("send")) ?? offered.examples[0];
    const [groups, members] = panel.querySelectorAll("exos-segmented");
    const siblings = offered.examples.filter(({ group }) => group === example.group);
    // The radio that was just chosen keeps the focus: a control is made anew only when its choices are others.
    options(groups, [...new Set(offered.examples.map(({ group }) => group))].map((group) => ({ value: group, label: group })), example.group);
    options(members, siblings.map(({ id, label }) => ({ value: id, label })), example.id);
    members.hidden = siblings.length < 2;
    panel.querySelector(".note").textContent = example.note;
    const text = example.text.replaceAll(offered.origin, location.origin).replaceAll(offered.key, chosen?.key ?? offered.key).trimEnd();
    const language = ENDS.find((end) => example.file.endsWith(end)) ?? "shell";
    panel.querySelector(".code").replaceChildren(codeBlock(text, language));
  }

  async function test({ currentTarget: button }) {
    const said = panel.querySelector(".said");
    const say = (text, tone = "") => Object.assign(said, { textContent: text, className: `said ${tone}` });
    button.disabled = true;
    say("Sending…", "text-muted");
    try {
      const [trace, began] = [hex(16), performance.now()];
      await deliver(trace, key()?.key);
      say("Accepted. Waiting to see it in the data…", "text-muted");
      const seen = await found(trace, began + PATIENCE);
      if (seen) say(`Arrived in otel_traces after ${duration((performance.now() - began) / 1000)}.`, "text-ok");
      else say("It was accepted, but is not in otel_traces yet.", "text-warn");
      arrived();
    } catch (error) {
      const none = error.status === 404 || error.status === 405;
      say(none ? "This server has no receiver: data reaches it through ClickHouse." : `${error.message} ${error.hint ?? ""}`, "text-bad");
    }
    button.disabled = false;
  }

  return { start, keys };
}

function options(control, wanted, value) {
  const text = JSON.stringify(wanted);
  if (control.dataset.options !== text) {
    control.dataset.options = text;
    control.options = wanted;
  }
  control.value = value;
}

const hex = (bytes) => [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

function deliver(trace, key) {
  const now = `${Date.now()}000000`;
  const span = { traceId: trace, spanId: hex(8), name: "test event", kind: 1, startTimeUnixNano: now, endTimeUnixNano: now };
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "exos-test" } }] };
  const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "exos-settings" }, spans: [span] }] }] });
  return ask("/v1/traces", { method: "POST", body, headers: key ? { Authorization: key } : {} });
}

async function found(trace, deadline) {
  const { telemetry_database: place } = await ask("/api/sources/engine");
  const body = JSON.stringify({ sql: `SELECT count() FROM \`${place}\`.otel_traces WHERE TraceId = {trace:String}`, params: { trace } });
  while (performance.now() < deadline) {
    const { rows } = await ask("/api/query", { method: "POST", body });
    if (rows[0][0] > 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  return false;
}
