// What is known about the chosen path or activity, and what can be done with it: filters, the cases behind it.
import { placeName } from "../components/map-paint.js";
import { activityColour } from "../components/map-colours.js";
import { openMenu } from "../components/menu.js";
import { duration, percent, plural } from "../lib/format.js";
import { element, html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { state } from "../lib/state.js";

const addFilter = (property, op, value) => state.addFilter({ property, op, value });

/** slow: a promise of the number of cases that waited longer than 95 % of all. on: {cases(), slow(), close()} */
export function edgeCard(graph, edge, slow, on) {
  const [source, target] = [placeName(graph.nodes[edge.source]), placeName(graph.nodes[edge.target])];
  const total = graph.edges.reduce((sum, one) => sum + one.total, 0);
  const pair = [source, target];
  const card = frame(`${source} → ${source === target ? "itself" : target}`, on.close, [
    fact("Taken", `${plural(edge.frequency, "time")} · ${plural(edge.cases, "case")}`), fact("Median wait", duration(edge.median)), fact("95 % below", duration(edge.p95)),
    fact("Mean", duration(edge.mean)), fact("All waiting", total && !graph.cut ? `${duration(edge.total)} · ${percent(edge.total / total)}` : duration(edge.total)),
  ], html`<button type="button" class="link behind" @click=${on.cases}>${plural(edge.cases, "case")}, slowest first →</button>
    ${filters([["With", "path", "=", pair], ["Without", "path", "!=", pair]], [
      { label: "Sooner or later followed by", run: () => addFilter("eventually", "=", pair) }, { label: "Never followed by", run: () => addFilter("eventually", "!=", pair) },
      { label: `With ${source}`, run: () => addFilter("activity", "=", source) }, { label: `With ${target}`, run: () => addFilter("activity", "=", target) },
    ])}`);
  slow.then((count) => count && card.querySelector(".behind").before(html`<button type="button" class="link behind" title="Waited longer than 95 % of all" @click=${on.slow}>${plural(count, "slow case")}, over ${duration(edge.p95)} →</button>`)).catch(() => null);
  return card;
}

export function activityCard(node, on) {
  const again = node.rework_cases ? [fact("Repeated in", `${plural(node.rework_cases, "case")} · ${percent(node.rework_cases / node.case_frequency)}`)] : [];
  const ends = [["First in", node.start_frequency], ["Last in", node.end_frequency]].filter(([, count]) => count).map(([name, count]) => fact(name, plural(count, "case")));
  const service = node.mean_service_seconds > 0 ? [fact("Service time", `mean ${duration(node.mean_service_seconds)} · median ${duration(node.median_service_seconds)}`)] : [];
  const { name } = node;
  return frame(name, on.close, [fact("Happened", `${plural(node.frequency, "time")} · ${plural(node.case_frequency, "case")}`), ...again, ...ends, ...service],
    filters([["With", "activity", "=", name], ["Without", "activity", "!=", name]], [
      { label: "Starts with it", run: () => addFilter("first_activity", "=", name) }, { label: "Does not start with it", run: () => addFilter("first_activity", "!=", name) },
      { label: "Ends with it", run: () => addFilter("last_activity", "=", name) }, { label: "Does not end with it", run: () => addFilter("last_activity", "!=", name) },
    ]), activityColour(name));
}

function frame(title, close, facts, actions, colour = null) {
  const card = element`<section class="map-card-box" aria-label=${title}><header><h3>${title}</h3>
    <button type="button" class="icon-button quiet small" aria-label="Close" title="Close (Esc)" @click=${close}>${icon("x", 14)}</button></header><dl>${facts}</dl>${actions}</section>`;
  if (colour) card.style.borderInlineStartColor = colour;
  card.classList.toggle("coloured", Boolean(colour));
  return card;
}

function fact(name, value) {
  return html`<dt>${name}</dt><dd>${value}</dd>`;
}

function filters(buttons, more) {
  const button = ([label, property, op, value]) => html`<button type="button" class="button small" @click=${() => addFilter(property, op, value)}>${label}</button>`;
  return html`<div class="filter" role="group" aria-label="Filter">${icon("funnel", 13)}${buttons.map(button)}
    <button type="button" class="button small" aria-haspopup="menu" aria-expanded="false" aria-label="More filters" @click=${(event) => openMenu(event.currentTarget, more)}>${icon("ellipsis", 13)}</button></div>`;
}

