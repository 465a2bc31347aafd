// The list of analyses by area, narrowed by what was typed.
import { html } from "../lib/html.js";
import { state } from "../lib/state.js";

export function drawList(panel, analyses, text, current) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ slug, title, question, description }) => words.every((word) => `${slug} ${title} ${question} ${description}`.toLowerCase().includes(word));
  const areas = Map.groupBy(analyses.filter(fits), ({ area }) => area);
  const host = panel.querySelector(".content");
  const top = host.querySelector("nav")?.scrollTop ?? 0;
  host.replaceChildren(html`<nav aria-label="Analyses">${[...areas].map(([area, found]) => section(area, found, current))}
    ${!areas.size && html`<p class="p-3 text-muted">No analysis matches “${text}”.</p>`}</nav>`);
  host.querySelector("nav").scrollTop = top;
}

function section(area, found, current) {
  return html`<h2>${area}</h2><ul>${found.map(({ slug, title, question }) => html`<li><a href=${state.link("/playbook", { analysis: slug })}
    aria-current=${slug === current ? "true" : null} @click=${(event) => choose(event, slug)}><b>${title}</b><span>${question}</span></a></li>`)}</ul>`;
}

// Stays on the page, but a modified click still opens a tab.
function choose(event, slug) {
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const own = [...new URLSearchParams(location.search).keys()].filter((key) => key.startsWith("p."));
  state.set({ analysis: slug, run: null, ...Object.fromEntries(own.map((key) => [key, null])) });
  if (matchMedia("(width < 900px)").matches) scrollTo(0, 0);
}
