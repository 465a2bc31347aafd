/*
A panel beside its button: in the top layer, inside the window, closed by Escape, a click elsewhere or leaving it with Tab.

  const close = openPopover(button, content, {align: "end", label: "Time range", onClose() {}, focus: ".input"});
  A second call for the same button closes the panel instead and gives null.
*/
const open = new Map();
const MARGIN = 8;

export function openPopover(anchor, content, { align = "start", label = "", onClose = null, focus = null } = {}) {
  if (open.has(anchor)) {
    open.get(anchor)();
    return null;
  }
  const panel = document.createElement("div");
  panel.className = "popover";
  panel.popover = "manual";
  if (label) {
    panel.setAttribute("role", "dialog");
    panel.setAttribute("aria-label", label);
  }
  panel.append(content);
  // A modal dialog makes everything outside it inert, its own popovers included.
  (anchor.closest("dialog") ?? document.body).append(panel);
  const place = () => (anchor.isConnected ? position(panel, anchor, align) : close());
  const abort = new AbortController();
  let closed = false;

  function close(restore = true) {
    if (closed) return;
    closed = true;
    abort.abort();
    open.delete(anchor);
    const inside = panel.contains(document.activeElement);
    panel.remove();
    anchor.setAttribute("aria-expanded", "false");
    if (inside && restore) anchor.focus();
    onClose?.();
  }

  // Known as open before it shows: showing moves the focus, and the panel around this one asks whether that left it.
  open.set(anchor, close);
  anchor.setAttribute("aria-expanded", "true");
  panel.showPopover();
  place();
  const { signal } = abort;
  window.addEventListener("resize", place, { signal });
  window.addEventListener("scroll", (event) => panel.contains(event.target) || place(), { signal, capture: true });
  document.addEventListener("pointerdown", (event) => outside(event.target) && close(false), { signal, capture: true });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  }, { signal });
  panel.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && outside(relatedTarget) && close(false), { signal });
  new ResizeObserver((_, observer) => (closed ? observer.disconnect() : place())).observe(panel);
  (focus ? panel.querySelector(focus) : first(panel))?.focus();

  // A panel opened from inside this one (a select in a form) belongs to it.
  function outside(target) {
    if (panel.contains(target) || anchor.contains(target)) return false;
    const other = target instanceof Element ? target.closest(".popover") : null;
    return !(other && [...open.keys()].some((button) => panel.contains(button)));
  }

  return close;
}

function first(panel) {
  return panel.querySelector("[autofocus], [aria-checked=true], input, [role=menuitem], button, a[href], [tabindex='0']");
}

function position(panel, anchor, align) {
  const from = anchor.getBoundingClientRect();
  const { width, height } = panel.getBoundingClientRect();
  const below = from.bottom + 6;
  const fits = below + height <= innerHeight - MARGIN;
  const top = fits ? below : Math.max(MARGIN, from.top - 6 - height >= MARGIN ? from.top - 6 - height : innerHeight - MARGIN - height);
  const left = align === "end" ? from.right - width : from.left;
  panel.style.top = `${top}px`;
  panel.style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - width - MARGIN))}px`;
  panel.style.minWidth = `${Math.min(from.width, 420)}px`;
}
