// An order desk as people write them: it knows nothing of the snippet.
const one = (id) => document.getElementById(id);
const on = (id, work) => one(id).addEventListener("click", work);

function note(text) {
  const item = document.createElement("li");
  item.textContent = text;
  one("found").append(item);
}

one("search").addEventListener("submit", (event) => {
  event.preventDefault();
  note("Found");
});
on("assign", () => note("Assigned"));
on("assign", () => one("assign").classList.add("done"));
one("assign").parentElement.addEventListener("click", () => {});
on("icon", () => note("Refreshed"));
on("route", () => {
  history.pushState({}, "", "/orders/42");
  note("Order 42");
});
on("load", async () => note(`Loaded ${(await (await fetch("/orders.json")).json()).length}`));
on("missing", async () => note(`Missing ${(await fetch("/missing.json")).status}`));
on("slow", async () => note(`Slow ${(await fetch("/slow.json")).status}`));
on("throw", () => {
  note("Throwing");
  throw new TypeError("order has no vendor");
});
on("reject", () => {
  note("Rejecting");
  Promise.reject(new Error("vendor said no"));
});
on("complain", () => console.error("no examiner left"));
on("dead-link", (event) => event.preventDefault());
on("less", () => (one("amount").value -= 1));
on("plus", () => (one("amount").value = Number(one("amount").value) + 1));
on("note", () => note("Noted"));
on("css", () => one("css").classList.toggle("shaded"));
on("draw", () => one("chart").getContext("2d").fillRect(0, 0, 20, 20));
on("sway", () => one("sway").animate([{ opacity: 0.5 }, { opacity: 1 }], 200));
on("copy", () => navigator.clipboard.writeText("T-1000").catch(() => {}));
on("focus", () => one("customer").focus());
on("down", () => scrollTo(0, 400));
one("menu").addEventListener("pointerdown", () => note("Menu"));
on("swap", () => one("swap").replaceWith(Object.assign(document.createElement("button"), { id: "swap", textContent: "Swap" })));

customElements.define(
  "desk-status",
  class extends HTMLElement {
    connectedCallback() {
      const button = Object.assign(document.createElement("button"), { id: "inner", textContent: "Status" });
      const said = document.createElement("span");
      button.addEventListener("click", () => (said.textContent = "Ready"));
      this.attachShadow({ mode: "open" }).append(button, said);
    }
  },
);
