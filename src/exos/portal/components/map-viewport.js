// Zoom and pan of the map: wheel, pinch, drag, buttons and keys change one transform. Fit shows everything that can be read.

const [LEAST, MOST] = [0.12, 4];
const STEP = 1.25;
const PHONE = 600;

export class Viewport {
  #scale = 1;
  #x = 0;
  #y = 0;
  #bounds = null;
  #pointers = new Map();
  #moved = 0;
  #touched = false;

  /** host: the element that is looked through; world: the SVG group that moves; changed(transform) after every move. */
  constructor(host, world, changed) {
    Object.assign(this, { host, world, changed });
    host.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    host.addEventListener("pointerdown", (event) => this.#down(event));
    host.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel", "pointerleave"]) host.addEventListener(name, (event) => this.#up(event));
    new ResizeObserver(() => !this.#touched && this.fit()).observe(host);
  }

  get transform() {
    return { scale: this.#scale, x: this.#x, y: this.#y };
  }

  /** Whether the last press moved the map, so that its release is no click. */
  get dragged() {
    return this.#moved > 4;
  }

  set bounds(bounds) {
    this.#bounds = bounds;
    if (!this.#touched) this.fit();
  }

  /** The whole map, or its upper part where the whole would be too small to read. */
  fit() {
    this.#touched = false;
    const { clientWidth: width, clientHeight: height } = this.host;
    if (!this.#bounds || !width || !height) return;
    // On a phone the buttons and the legend take the upper edge, and the map begins right beneath.
    const phone = width < PHONE;
    const [margin, least, above] = phone ? [12, 0.78, 60] : [18, 0.45, 0];
    const room = height - above;
    const { left, top, width: wide, height: high } = this.#bounds;
    const scale = Math.max(least, Math.min(1.1, (width - 2 * margin) / wide, (room - 2 * margin) / high));
    // Where not all of its width fits: around the focus, but no room is left blank beside an edge of the map.
    const [first, last] = [margin - left * scale, width - margin - (left + wide) * scale];
    const x = last < first ? Math.min(first, Math.max(last, width / 2 - this.focus * scale)) : (first + last) / 2;
    const y = above + (phone ? margin : Math.max(margin, (room - high * scale) / 2)) - top * scale;
    this.#set(scale, x, y);
  }

  focus = 0;

  zoom(factor, x = this.host.clientWidth / 2, y = this.host.clientHeight / 2) {
    this.#touched = true;
    const scale = Math.max(LEAST, Math.min(MOST, this.#scale * factor));
    const ratio = scale / this.#scale;
    this.#set(scale, x - (x - this.#x) * ratio, y - (y - this.#y) * ratio);
  }

  pan(dx, dy) {
    this.#touched = true;
    this.#set(this.#scale, this.#x + dx, this.#y + dy);
  }

  in() {
    this.zoom(STEP);
  }

  out() {
    this.zoom(1 / STEP);
  }

  /** Moves just so far that a place of the map is in sight. */
  reveal(x, y, margin = 60) {
    const [at, below] = [x * this.#scale + this.#x, y * this.#scale + this.#y];
    const { clientWidth: width, clientHeight: height } = this.host;
    const dx = Math.max(0, margin - at) || Math.min(0, width - margin - at);
    const dy = Math.max(0, margin - below) || Math.min(0, height - margin - below);
    if (dx || dy) this.pan(dx, dy);
  }

  #set(scale, x, y) {
    [this.#scale, this.#x, this.#y] = [scale, x, y];
    this.world.setAttribute("transform", `translate(${x} ${y}) scale(${scale})`);
    this.changed?.(this.transform);
  }

  // A plain wheel scrolls the page until the map has been clicked into; with Ctrl, or a pinch on a track pad, it always zooms.
  #wheel(event) {
    if (!event.ctrlKey && !event.metaKey && !this.host.contains(document.activeElement)) return;
    event.preventDefault();
    const { left, top } = this.host.getBoundingClientRect();
    const lines = event.deltaMode === 1 ? 16 : 1;
    this.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002)), event.clientX - left, event.clientY - top);
  }

  #down(event) {
    if (event.button > 1 || event.target.closest("[data-still]")) return;
    this.#pointers.set(event.pointerId, [event.clientX, event.clientY]);
    if (this.#pointers.size === 1) this.#moved = 0;
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = [event.clientX, event.clientY];
    this.#moved += Math.hypot(now[0] - before[0], now[1] - before[1]);
    if (this.#pointers.size === 2) this.#pinch(event.pointerId, now);
    else if (this.dragged) {
      this.host.setPointerCapture(event.pointerId);
      this.pan(now[0] - before[0], now[1] - before[1]);
    }
    this.#pointers.set(event.pointerId, now);
  }

  #pinch(id, now) {
    const other = [...this.#pointers].find(([key]) => key !== id)[1];
    const before = this.#pointers.get(id);
    const spread = (one) => Math.hypot(one[0] - other[0], one[1] - other[1]);
    const middle = (one) => [(one[0] + other[0]) / 2, (one[1] + other[1]) / 2];
    const { left, top } = this.host.getBoundingClientRect();
    const [x, y] = middle(now);
    this.pan(x - middle(before)[0], y - middle(before)[1]);
    this.zoom(spread(now) / (spread(before) || 1), x - left, y - top);
  }

  #up(event) {
    // One finger that moves up or down scrolls the page, unless the map has the whole screen.
    if (event.type === "pointercancel" && event.pointerType === "touch" && this.#pointers.size === 1) this.host.dispatchEvent(new Event("yielded"));
    this.#pointers.delete(event.pointerId);
  }
}
