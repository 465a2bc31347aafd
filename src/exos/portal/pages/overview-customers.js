// Who came, who left, and what the channels of marketing cost and bring. Amounts are in the currency of the source, which nobody names.
import { openDrawer } from "../components/drawer.js";
import "../components/table.js";
import { run } from "../lib/api.js";
import { compact, missing, number, plural } from "../lib/format.js";
import { element } from "../lib/html.js";
import { state } from "../lib/state.js";
import { figure, held, section } from "./overview-section.js";

const TITLE = "What channels cost and bring";
export const amount = (value) => (missing(value) ? "–" : value >= 100 ? number(Math.round(value)) : Number(value).toFixed(2));

// What the finding is about comes first: a phone shows three columns.
const channelColumns = () => [
  { key: "channel", label: "Channel", width: 130 }, { key: "conversions", label: "Last touches", kind: "number", width: 115 }, { key: "cost", label: "Cost", kind: "number", format: amount, width: 95 },
  { key: "value", label: "Value", kind: "number", format: amount, width: 95 }, { key: "cost_per_conversion", label: "Cost each", kind: "number", format: amount, width: 100 },
  { key: "touches", label: "Touches", kind: "number", width: 95 }, { key: "visitors", label: "Visitors", kind: "number", width: 95 },
];

export function customersSection(main) {
  const table = element`<exos-table label=${TITLE}></exos-table>`;
  table.door = ({ channel }) => openDrawer("channel", { channel });
  const made = section(main, { title: "Customers", picture: "users", figures: ["Customers", "New", "Churned", "Value of conversions"], cards: [{ title: TITLE, content: table, className: "wide" }] });

  const { node, tiles } = made;

  return () => held(made, answers, ({ now, then, channels }) => {
    if (!now?.customers && !now?.conversions && !channels.length) return false;
    figures(tiles, now, then);
    node.querySelector(".card h3").textContent = finding(channels);
    table.rows = [];
    table.columns = channelColumns();
    table.rows = channels;
    return true;
  });
}

async function answers(signal) {
  const ask = (slug, which) => run(`attribution/${slug}`, { ...state.selection(which), filters: null }, { signal }).then((table) => table.objects());
  const [[now], then, channels] = await Promise.all([ask("customers", "range"), state.comparison() && ask("customers", "compare"), ask("channels", "range")]);
  return { now, then: then && then[0], channels };
}

function figures(tiles, now, then) {
  const people = (which) => () => openDrawer("customers", { which });
  figure(tiles[0], { now: now.active_customers, then: then?.active_customers, write: compact, worse: -1, beside: `${compact(now.monthly_value)} a month`, help: "Who had signed up and not left by the end of the range", door: people("active") });
  figure(tiles[1], { now: now.new_customers, then: then?.new_customers, write: compact, worse: -1, beside: "signed up", help: "Customers who signed up", door: people("new") });
  figure(tiles[2], { now: now.churned_customers, then: then?.churned_customers, write: compact, worse: 1, beside: "left", help: "Customers who left", door: people("churned") });
  figure(tiles[3], { now: now.value, then: then?.value, write: compact, worse: -1, beside: plural(now.conversions, "conversion"), help: "What sign-ups, orders and upgrades are worth, in the currency of the source", door: () => openDrawer("conversions") });
}

// The rows come with the most last touches first.
function finding([first, second]) {
  if (!first) return "No channel reached anybody";
  if (!first.conversions || first.conversions === second?.conversions) return TITLE;
  return `${first.channel.charAt(0).toUpperCase()}${first.channel.slice(1)} has the most last touches`;
}
