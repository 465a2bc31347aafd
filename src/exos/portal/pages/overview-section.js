/*
What the sections of the overview share: a heading, a row of figures, cards beneath.

  const {node, tiles, panels} = section(main, {title, note, icon, figures: ["Sessions"], cards: [{title, content, className}]});   figures by their names
  figure(tile, {now, then, write, worse, spark, help, door})     worse: 1 when more is worse, −1 when less is, 0 when neither;
      a change of what is written as a percentage is told in points
  await held({node, tiles, panels}, fetcher, show)     one request for the whole section: true or false by what show says, null when it failed
*/
import "../components/kpi.js";
import "../components/state.js";
import { percent, points, signedPercent } from "../lib/format.js";
import { element, html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { state } from "../lib/state.js";

const UNSEEN = 0.0005;

export function section(main, { title, note = "", picture, figures, cards }) {
  const tiles = figures.map((label) => element`<exos-kpi label=${label}></exos-kpi>`);
  const panels = cards.map(({ content }) => element`<exos-state skeleton="table">${content}</exos-state>`);
  const node = element`<section aria-label=${title}><h2>${icon(picture, 15)}${title}${note && html`<small>${note}</small>`}</h2>
    ${figures.length > 0 && html`<div class="tiles">${tiles}</div>`}
    <div class="cards">${cards.map(({ title: heading, className = "" }, at) => html`<article class=${`card ${className}`}><header><h3>${heading}</h3><span class="spring"></span></header>${panels[at]}</article>`)}</div></section>`;
  main.append(node);
  return { node, tiles, panels };
}

export function figure(tile, { now, then, write, worse = 0, spark = [], beside = "", help = "", door }) {
  const compared = state.comparison();
  tile.door = door;
  tile.data = {
    label: tile.getAttribute("label"), value: write(now), spark, help: compared ? `${help}. Compared with ${compared.label}` : help,
    delta: compared && then ? change(now, then, worse, write === percent) : { text: beside, tone: "" },
  };
}

function change(now, then, worse, share) {
  const part = share ? now - then : now / then - 1;
  const tone = !worse || Math.abs(part) < UNSEEN ? "" : Math.sign(part) === worse ? "bad" : "good";
  return { text: `${share ? points(part) : signedPercent(part)} vs before`, tone };
}

/** show(answer) fills the section and says whether there was anything. */
export async function held({ node, tiles, panels }, fetcher, show) {
  node.hidden = false;
  const [first, ...others] = panels;
  let filled = null;
  let failure = null;
  // No number of another range stays when the answer to this one does not come.
  const asked = (signal) => fetcher(signal).catch((error) => {
    failure = error;
    if (!error.cancelled) tiles.forEach((tile) => tile.fail(error));
    throw error;
  });
  const answered = (async () => first.load(asked, (answer) => {
    filled = show(answer);
    node.hidden = !filled;
    return null;
  }))();
  others.forEach((panel) => panel.load(async () => {
    const answer = await answered;
    if (answer === null && failure) throw failure;
  }, () => null));
  await answered;
  return filled;
}

/** The last bucket is cut off by the present, and a sudden fall in the picture would only say that. */
export const whole = (rows) => (rows.length > 3 ? rows.slice(0, -1) : rows);
