// The title of the map: what it says about waiting, as a sentence.
import { percent } from "../lib/format.js";

const NOTABLE = 0.04;

/** The paths of a graph by all their waiting: what process/bottlenecks says, from the numbers that are already there. */
export function waits({ nodes, edges }) {
  const real = edges.filter((edge) => !edge.marker);
  const all = real.reduce((sum, edge) => sum + edge.total, 0);
  const row = ({ source, target, frequency, total }) => ({ source: nodes[source].name, target: nodes[target].name, frequency, total_wait_hours: total / 3600, share_of_wait: all ? total / all : 0 });
  return real.map(row).sort((one, other) => other.total_wait_hours - one.total_wait_hours);
}

/** shown: rows of waits(); periods: rows of process/bottlenecks of this period and the one compared with, or null without one. */
export function finding([worst], periods) {
  const grown = periods && largestChange(...periods);
  if (grown) return `${path(grown)}: waits ${grown.change > 0 ? "grew" : "fell"} ${percent(Math.abs(grown.change), 0)}`;
  if (!worst || !worst.share_of_wait) return "Process map";
  return `${path(worst)} holds ${percent(worst.share_of_wait, 0)} of all waiting`;
}

// Among the paths that hold a notable part of all waiting, the one whose mean wait changed the most, weighted by that part.
function largestChange(now, then) {
  const before = new Map(then.map((row) => [`${row.source}\n${row.target}`, mean(row)]));
  const changes = now.filter((row) => row.share_of_wait >= NOTABLE && before.get(`${row.source}\n${row.target}`) > 0)
    .map((row) => ({ ...row, change: mean(row) / before.get(`${row.source}\n${row.target}`) - 1 }))
    .filter((row) => Math.abs(row.change) >= 0.05);
  return changes.sort((one, other) => weight(other) - weight(one))[0] ?? null;
}

function weight({ change, share_of_wait: share }) {
  return share * (change > 0 ? change / (1 + change) : -0.5 * change);
}

function mean({ total_wait_hours: hours, frequency }) {
  return hours / frequency;
}

function path({ source, target }) {
  return source === target ? `${source} → itself` : `${source} → ${target}`;
}
