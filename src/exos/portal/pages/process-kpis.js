// The five figures above the map, with their course, and their change against the period compared with. Cases are counted when they
// start; all else is measured on those that finish in the range, so that what has just begun does not look fast.
import { duration, number, percent, points, signedDuration, signedPercent } from "../lib/format.js";
import { state } from "../lib/state.js";
import { chosen, finished, summary, trend } from "./process-data.js";

const FIGURES = [
  { key: "cases", write: number, change: (now, then) => signedPercent(now / then - 1), worse: 0, beside: ({ events }) => `${number(events)} events`, help: "Cases that start in the range and pass the filters" },
  { key: "median_duration_seconds", write: duration, change: (now, then) => signedDuration(now - then), worse: 1, beside: ({ p95_duration_seconds: p95 }) => `p95 ${duration(p95)}`, help: "From the first start to the last completion, of the cases that finish in the range" },
  { key: "waiting_share", write: percent, change: (now, then) => points(now - then), worse: 1, beside: ({ waiting_share: share }) => (share === 1 ? "no service times" : "of all case time"), help: "Part of all case time in which no activity was running. With one timestamp per event everything is waiting. Of the cases that finish in the range" },
  { key: "rework_rate", write: percent, change: (now, then) => points(now - then), worse: 1, beside: ({ rework_rate: rate, cases }) => `${number(Math.round(rate * cases))} of ${number(cases)}`, help: "Finished cases in which an activity occurs more than once" },
  { key: "first_time_right", write: percent, change: (now, then) => points(now - then), worse: -1, beside: ({ first_time_right: rate, cases }) => `${number(Math.round(rate * cases))} of ${number(cases)}`, help: "Finished cases in which no activity occurs more than once" },
];

/** doors: by key of a figure, what its tile opens. */
export async function showFigures(tiles, doors, signal) {
  const compared = state.comparison();
  const [started, ended] = await Promise.all([chosen, finished].map((asked) => period(asked, compared, signal)));
  FIGURES.forEach((figure, at) => {
    const { now, then, whole } = figure.key === "cases" ? started : ended;
    tiles[at].data = {
      label: tiles[at].getAttribute("label"), value: now.cases || figure.key === "cases" ? figure.write(now[figure.key]) : "–",
      help: then?.cases ? `${figure.help}. Compared with ${compared.label}` : figure.help,
      spark: whole.map((row) => row[figure.key]), delta: then?.cases ? change(figure, now, then) : { text: now.cases ? figure.beside(now) : "", tone: "" },
    };
    tiles[at].door = doors[figure.key];
  });
}

async function period(asked, compared, signal) {
  const [now, then, course] = await Promise.all([summary(signal, asked()), compared && summary(signal, asked("compare")), trend(signal, asked())]);
  return { now, then, whole: wholeBuckets(course) };
}

// The first and the last bucket are often cut off by the range, and a sudden fall in the picture would only say that.
function wholeBuckets(course) {
  const rows = course.objects();
  const usual = rows.map((row) => row.cases).sort((one, other) => one - other)[Math.floor(rows.length / 2)];
  return rows.filter((row, at) => (at > 0 && at < rows.length - 1) || row.cases >= usual * 0.8);
}

function change(figure, now, then) {
  const difference = now[figure.key] - then[figure.key];
  const unseen = figure.write === percent ? 0.0005 : 0.5;
  const tone = !figure.worse || Math.abs(difference) < unseen ? "" : Math.sign(difference) === figure.worse ? "bad" : "good";
  return { text: figure.change(now[figure.key], then[figure.key]) + (figure.key === "cases" ? " vs before" : ""), tone };
}
