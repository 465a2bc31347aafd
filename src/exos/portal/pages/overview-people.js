// The drawers behind the figures about customers: of which groups they are, who they are, what conversions are worth, and what a channel brought.
import "../components/chart.js";
import { defineDrawer, openDrawer } from "../components/drawer.js";
import { listDrawer } from "../components/list-drawer.js";
import "../components/segmented.js";
import { run } from "../lib/api.js";
import { clock, dateTime, day, number, plural } from "../lib/format.js";
import { element } from "../lib/html.js";
import { state } from "../lib/state.js";
import { amount } from "./overview-customers.js";

const PEOPLE = 500;
const NAMES = { active: "Customers", new: "New customers", churned: "Customers who left" };
const GROUPS = [["segment", "Segment"], ["region", "Region"], ["age_band", "Age"], ["plan", "Plan"], ["channel", "Channel"]];
const COUNTS = [["active", "Active"], ["new", "New"], ["churned", "Left"]];

const ask = (slug, signal, more) => run(`attribution/${slug}`, { ...state.selection(), filters: null, ...more }, { signal });

// What is chosen above a list is in the address; the list follows it until its drawer closes.
function choice(panel, key, label, options, changed) {
  const made = element`<exos-segmented label=${label}></exos-segmented>`;
  made.options = options.map(([value, text]) => ({ value, label: text }));
  const chosen = () => options.find(([value]) => value === state.get(key))?.[0] ?? options[0][0];
  const show = () => {
    made.value = chosen();
    changed(chosen());
  };
  made.addEventListener("change", () => state.set({ [key]: made.value === options[0][0] ? null : made.value }));
  panel.signal.addEventListener("abort", state.subscribe(show, [key]));
  return { made, show, chosen };
}

defineDrawer("customers", async (panel, { which = "active" }) => {
  panel.heading = NAMES[which] ?? NAMES.active;
  const counted = `${which in NAMES ? which : "active"}_customers`;
  const load = async (by) => {
    const label = GROUPS.find(([value]) => value === by)[1];
    const counts = COUNTS.map(([key, text]) => ({ key: `${key}_customers`, label: text, kind: "number", width: 90 })).sort((one, other) => (other.key === counted) - (one.key === counted));
    const columns = [
      { key: "value", label, width: 150 }, counts[0], { key: "share", label: "Share", kind: "percent", width: 90 }, ...counts.slice(1),
      { key: "churn_rate", label: "Churn", kind: "percent", width: 90 }, { key: "monthly_value", label: "A month", kind: "number", format: amount, width: 100 },
    ];
    const rows = await listDrawer(panel, {
      columns, above: groups.made, door: ({ value }) => openDrawer("people", { which, by, value }), empty: "No customer was there in this range.",
      ask: async (signal) => shared((await ask("groups", signal, { by })).objects(), counted),
    });
    panel.note = rows.length ? `${plural(rows.reduce((all, row) => all + row[counted], 0), "customer")} by ${label.toLowerCase()}; choose a row to see who they are` : "";
  };
  const groups = choice(panel, "by", "Groups", GROUPS, load);
  groups.show();
});

function shared(rows, key) {
  const all = rows.reduce((sum, row) => sum + row[key], 0);
  return rows.map((row) => ({ ...row, share: all ? row[key] / all : 0 })).sort((one, other) => other[key] - one[key]);
}

defineDrawer("people", async (panel, { which = "active", by = "", value = "" }) => {
  panel.heading = by ? `${NAMES[which] ?? NAMES.active}: ${value || "none"}` : NAMES[which] ?? NAMES.active;
  const columns = [
    { key: "customer_id", label: "Customer", width: 130 }, { key: "signed_up_at", label: "Signed up", kind: "day", width: 120 }, ...(which === "churned" ? [{ key: "churned_at", label: "Left", kind: "day", width: 120 }] : []),
    { key: "monthly_value", label: "A month", kind: "number", format: amount, width: 95 }, { key: "segment", label: "Segment", width: 110 }, { key: "region", label: "Region", width: 110 }, { key: "plan", label: "Plan", width: 120 },
    { key: "channel", label: "Came by", width: 110 },
  ].filter(({ key }) => key !== by);
  const rows = await listDrawer(panel, { columns, ask: (signal) => ask("people", signal, { which, by, value, limit: PEOPLE }), empty: "Nobody of this group in this range." });
  panel.note = rows.length ? `${rows.length === PEOPLE ? `The latest ${number(PEOPLE)}` : plural(rows.length, "customer")}, the latest first` : "";
});

const kind = (text) => (text ? text.charAt(0).toUpperCase() + text.slice(1).replaceAll("_", " ") : "–");

defineDrawer("conversions", async (panel) => {
  panel.heading = "Value of conversions";
  const chart = element`<exos-chart label="Value of conversions over time"></exos-chart>`;
  const columns = [
    { key: "kind", label: "What they did", width: 150, render: kind }, { key: "value", label: "Value", kind: "number", format: amount, width: 100 }, { key: "share", label: "Share", kind: "percent", width: 90 },
    { key: "conversions", label: "Times", kind: "number", width: 90 }, { key: "median_value", label: "Usually", kind: "number", format: amount, width: 100 }, { key: "highest_value", label: "Highest", kind: "number", format: amount, width: 100 },
  ];
  await listDrawer(panel, {
    columns, above: chart, empty: "Nobody did anything of that kind in this range.",
    ask: async (signal) => {
      const [kinds, course] = await Promise.all([ask("conversions", signal), ask("trend", signal)]);
      draw(chart, course.objects(), MEASURES[1]);
      return shared(kinds.objects(), "value");
    },
  });
  panel.note = "In the currency of the source";
});

const MEASURES = [["conversions", "Last touches"], ["value", "Value"], ["cost", "Cost"], ["touches", "Touches"]];

defineDrawer("channel", async (panel, { channel }) => {
  panel.heading = kind(channel);
  panel.note = "What it cost, and what people did whose last touch it was";
  const chart = element`<exos-chart label=${`${kind(channel)} over time`}></exos-chart>`;
  let rows = [];
  const measure = choice(panel, "measure", "Measure", MEASURES, (key) => draw(chart, rows, MEASURES.find(([value]) => value === key)));
  const columns = [{ key: "time", label: "When", kind: "time", width: 160, format: (value) => moment(value, rows) }, ...MEASURES.map(([key, label]) => ({ key, label, kind: "number", format: key === "value" || key === "cost" ? amount : null, width: 115 })), { key: "visitors", label: "Visitors", kind: "number", width: 100 }];
  await listDrawer(panel, {
    columns, above: [measure.made, chart], empty: "It reached nobody in this range.",
    ask: async (signal) => {
      rows = (await ask("trend", signal, { channel })).objects();
      measure.show();
      return rows;
    },
  });
});

// Buckets of a day and longer are told without the clock.
function moment(value, rows) {
  const zone = state.timezone();
  return rows.every(({ time }) => clock(time, zone) === "00:00") ? day(value, zone) : dateTime(value, zone);
}

function draw(chart, rows, [key, label]) {
  chart.data = { kind: "bar", x: { label: "", kind: "time", values: rows.map(({ time }) => time) }, y: { label, kind: "number" }, series: [{ label, values: rows.map((row) => row[key]) }] };
}
