// The replay of the flow: real cases from the busiest time of the selection, as tokens on the map, with a clock.
import { Tokens } from "../components/map-tokens.js";
import { run } from "../lib/api.js";
import { dateTime, number, plural } from "../lib/format.js";
import { element, html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { state } from "../lib/state.js";
import { onTheme } from "../lib/tokens.js";
import { toast } from "../components/toast.js";
import { chosen, trend } from "./process-data.js";

const SAMPLE = 500;
const LASTS = 45_000;
const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

export class Replay {
  #span = null;
  #now = 0;
  #playing = false;
  #speed = 1;
  #frame = 0;
  #last = 0;
  #asked = null;

  constructor(bar, map) {
    Object.assign(this, { bar, map, tokens: new Tokens(map) });
    onTheme(() => this.tokens.recolour());
    map.addEventListener("moved", () => this.#span && !this.#playing && this.#draw());
    map.addEventListener("arranged", () => (state.get("replay") ? this.open() : null));
    state.subscribe(() => (state.get("replay") ? this.open() : this.close()), ["replay"]);
    state.subscribe(() => this.close(), ["process", "range", "filters"]);
    this.open();
  }

  toggle() {
    state.set({ replay: state.get("replay") ? null : 1 });
  }

  async open() {
    if (this.#span || this.#asked || !this.map.scene) return;
    const asked = (this.#asked = new AbortController());
    this.#controls();
    try {
      const cases = await busiest(asked.signal);
      if (this.#asked !== asked) return;
      if (!cases.length) throw new Error("No cases to replay.");
      this.tokens.cases = cases.map(({ start, offsets, variant }) => ({ start: Date.parse(start), offsets, variant }));
      this.#span = this.tokens.span;
      this.#now = this.#span.from;
      this.total = cases.length;
      this.count.title = `${plural(cases.length, "case")} that started from ${dateTime(this.#span.from, state.timezone())} on`;
      if (STILL.matches) this.#draw();
      else this.play();
    } catch (error) {
      if (!error.cancelled) toast(error.message);
      this.close();
    }
  }

  close() {
    this.#asked?.abort();
    this.pause();
    this.tokens.clear();
    [this.#span, this.#asked] = [null, null];
    this.bar.hidden = true;
    if (state.get("replay")) state.set({ replay: null }, { replace: true });
  }

  play() {
    if (this.#now >= this.#span.to) this.#now = this.#span.from;
    this.#playing = true;
    this.#last = performance.now();
    this.#button();
    this.#frame = requestAnimationFrame((time) => this.#tick(time));
  }

  pause() {
    this.#playing = false;
    cancelAnimationFrame(this.#frame);
    this.#button();
  }

  // After a pause of the browser (a hidden tab) time goes on from where it stood.
  #tick(time) {
    const passed = Math.min(100, Math.max(0, time - this.#last));
    this.#last = time;
    this.#now = Math.min(this.#span.to, this.#now + (passed * this.#speed * (this.#span.to - this.#span.from)) / LASTS);
    this.#draw();
    if (this.#now >= this.#span.to) this.pause();
    else if (this.#playing) this.#frame = requestAnimationFrame((next) => this.#tick(next));
  }

  #draw() {
    const active = this.tokens.draw(this.#now);
    const { from, to } = this.#span;
    this.clock.textContent = dateTime(this.#now, state.timezone());
    this.count.textContent = `${number(active)} of ${plural(this.total, "case")} under way`;
    const part = (1000 * (this.#now - from)) / (to - from);
    this.scrub.value = part;
    this.scrub.style.setProperty("--part", `${part / 10}%`);
    this.scrub.setAttribute("aria-valuetext", this.clock.textContent);
  }

  #controls() {
    this.bar.hidden = false;
    this.scrub = element`<input type="range" min="0" max="1000" step="any" value="0" aria-label="Time of the replay" @input=${() => this.#seek()}>`;
    this.clock = element`<b class="clock"></b>`;
    this.count = element`<span class="count">Looking for cases …</span>`;
    const speeds = element`<select class="input speed" aria-label="Speed" @change=${(event) => (this.#speed = Number(event.target.value))}>${SPEEDS.map((speed) => html`<option value=${speed} ?selected=${speed === this.#speed}>${speed}×</option>`)}</select>`;
    this.bar.replaceChildren(html`<button type="button" class="icon-button play" aria-label="Play" @click=${() => this.#span && (this.#playing ? this.pause() : this.play())}>${icon("play", 15)}</button>
      ${this.clock}${this.scrub}${this.count}${speeds}<button type="button" class="icon-button quiet" aria-label="Close the replay" @click=${() => this.toggle()}>${icon("x", 15)}</button>`);
  }

  #button() {
    const button = this.bar.querySelector(".play");
    if (!button) return;
    button.setAttribute("aria-label", this.#playing ? "Pause" : "Play");
    button.replaceChildren(icon(this.#playing ? "pause" : "play", 15));
  }

  #seek() {
    if (!this.#span) return;
    this.#now = this.#span.from + (this.scrub.value / 1000) * (this.#span.to - this.#span.from);
    this.#draw();
  }
}

// Consecutive cases show the traffic as it was; a sample over the whole range would show it thinner than it ever was.
async function busiest(signal) {
  const buckets = (await trend(signal)).objects();
  if (!buckets.length) return [];
  const params = { ...chosen(), order: "oldest", limit: SAMPLE };
  const all = buckets.reduce((sum, { cases }) => sum + cases, 0);
  const since = all <= SAMPLE ? params.since : buckets.reduce((one, other) => (other.cases > one.cases ? other : one)).time;
  const from = params.since && Date.parse(params.since) > Date.parse(since) ? params.since : since;
  return (await run("process/cases", { ...params, since: from }, { signal })).objects();
}
