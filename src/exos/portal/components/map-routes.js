// Ways of the edges around fixed nodes: where each passes the rows in between, and at which ports it leaves and arrives.
import { spread } from "./map-places.js";

const LANE = 12;
const PORT = 14;
const BACK = 8;
const BESIDE_NODE = 14;
const FIXED = 1e7;

/**
 * edges: [{id, source, target, stroke, spine}]; boxes: Map id → {id, row, x, left, right, width}; rows: those boxes by row, from left to
 * right; wishes: Map id → x for every row between the ends, from top to bottom, for the edges that have them.
 * Returns ways {edge, up, flat, upper, lower, bends: [{row, x}], ends: [{x}, {x}]}.
 */
export function route(edges, boxes, rows, wishes) {
  const open = rows.map(gaps);
  const ways = edges.filter((edge) => edge.source !== edge.target).map((edge) => makeWay(edge, boxes, open, wishes.get(edge.id)));
  const lanes = rows.map(() => []);
  for (const way of ways) for (const bend of way.bends) lanes[bend.row].push(bend);
  for (let sweep = 0; sweep < 6; sweep++) {
    const order = sweep % 2 ? [...lanes.keys()].reverse() : lanes.keys();
    for (const row of order) settle(lanes[row], open[row]);
  }
  const long = ways.filter((way) => way.bends.length).sort((one, other) => other.edge.spine - one.edge.spine || other.edge.stroke - one.edge.stroke);
  for (let round = 0; round < 3; round++) for (const way of long) straighten(way, lanes);
  ports(ways, boxes);
  return ways;
}

// A way runs from its upper to its lower node; `up` says that the edge goes the other way round.
function makeWay(edge, boxes, open, wishes) {
  const [source, target] = [boxes.get(edge.source), boxes.get(edge.target)];
  const up = target.row < source.row;
  const [upper, lower] = up ? [target, source] : [source, target];
  const way = { edge, up, upper, lower, flat: source.row === target.row };
  const between = [];
  for (let row = upper.row + 1; row < lower.row; row++) between.push(row);
  const places = edge.spine ? between.map(() => 0) : (wishes ?? passages(between, way, open));
  way.bends = between.map((row, index) => ({ way, row, index, x: places[index] }));
  return way;
}

// The gaps between the nodes of each row that make the shortest way (dynamic programming over rows).
function passages(between, { upper, lower }, open) {
  let states = [{ x: upper.x, cost: 0, path: [] }];
  for (const row of between) {
    const straight = upper.x + ((lower.x - upper.x) * (row - upper.row)) / (lower.row - upper.row);
    states = open[row].map(({ left, right }) => {
      const options = states.map((state) => {
        const x = Math.min(right, Math.max(left, state.x));
        return { x, cost: state.cost + Math.abs(x - state.x) + 0.1 * Math.abs(x - straight), path: [...state.path, x] };
      });
      return options.reduce((one, other) => (other.cost < one.cost ? other : one));
    });
  }
  const total = (state) => state.cost + Math.abs(state.x - lower.x);
  return states.reduce((one, other) => (total(other) < total(one) ? other : one)).path;
}

function gaps(nodes) {
  const ends = [-Infinity, ...nodes.flatMap((node) => [node.x - node.left - BESIDE_NODE, node.x + node.right + BESIDE_NODE]), Infinity];
  const found = [];
  for (let index = 0; index < ends.length; index += 2) if (ends[index + 1] > ends[index]) found.push({ left: ends[index], right: ends[index + 1] });
  return found;
}

// Lanes of one row: inside the gap each bend is in, ordered and spread by where their ways come from and go to.
function settle(bends, open) {
  const groups = new Map(open.map((gap) => [gap, []]));
  for (const bend of bends) {
    bend.wish = bend.way.edge.spine ? 0 : (neighbour(bend, -1) + neighbour(bend, 1)) / 2;
    bend.gap = nearest(open, bend.x);
    groups.get(bend.gap).push(bend);
  }
  for (const [gap, group] of groups) {
    if (!group.length) continue;
    group.sort((one, other) => one.wish - other.wish || one.way.edge.id - other.way.edge.id);
    const needed = group.reduce((sum, bend, place) => (place ? sum + lane(group[place - 1], bend) : 0), 0);
    gap.squeeze = Math.min(1, (gap.right - gap.left) / (needed || 1));
    spread(group, (one, other) => lane(one, other) * gap.squeeze, (bend) => ({ x: clamp(bend.wish, gap.left, gap.right), weight: bend.way.edge.spine ? FIXED : 1 }));
    if (!group.some((bend) => bend.way.edge.spine)) keepInside(group, gap.left, gap.right);
    group.forEach((bend, place) => Object.assign(bend, { before: group[place - 1], after: group[place + 1] }));
  }
}

function neighbour(bend, step) {
  const { bends, upper, lower } = bend.way;
  return bends[bend.index + step]?.x ?? (step < 0 ? upper.x : lower.x);
}

function lane(one, other) {
  return LANE + (one.way.edge.stroke + other.way.edge.stroke) / 2 - 2;
}

function nearest(open, x) {
  const distance = ({ left, right }) => Math.max(left - x, x - right, 0);
  return open.reduce((best, gap) => (distance(gap) < distance(best) ? gap : best));
}

function keepInside(items, left, right) {
  const shift = items[0].x < left ? left - items[0].x : Math.min(0, right - items.at(-1).x);
  if (shift) for (const item of items) item.x += shift;
}

// As few sideways moves as the neighbouring lanes allow: runs of rows that share one place.
function straighten({ bends, upper, lower, edge }) {
  if (edge.spine) return;
  let start = 0;
  let run = freedom(bends[0]);
  let last = reachOf(upper);
  for (let index = 1; index <= bends.length; index++) {
    const more = index < bends.length ? freedom(bends[index]) : null;
    const both = more && { left: Math.max(run.left, more.left), right: Math.min(run.right, more.right) };
    if (both && both.left <= both.right) {
      run = both;
      continue;
    }
    const x = restingPlace(run, last, more ? null : reachOf(lower));
    for (let at = start; at < index; at++) bends[at].x = x;
    last = { left: x, right: x };
    start = index;
    run = more;
  }
}

// Where a run comes to rest: straight below what is above it and straight above what is below it, where that is possible.
function restingPlace(run, above, below) {
  const shared = (one, other) => ({ left: Math.max(one.left, other.left), right: Math.min(one.right, other.right) });
  const valid = ({ left, right }) => left <= right;
  const [up, down] = [shared(run, above), below && shared(run, below)];
  const all = down && shared(up, down);
  const pick = [all, down, up].find((one) => one && valid(one));
  if (pick) return clamp(middle(below && pick !== up ? below : above), pick.left, pick.right);
  return clamp(middle(above), run.left, run.right);
}

function middle({ left, right }) {
  return (left + right) / 2;
}

function freedom(bend) {
  const left = bend.before ? bend.before.x + lane(bend.before, bend) * bend.gap.squeeze : bend.gap.left;
  const right = bend.after ? bend.after.x - lane(bend, bend.after) * bend.gap.squeeze : bend.gap.right;
  return left <= right ? { left, right } : { left: bend.x, right: bend.x };
}

function reachOf(box) {
  const reach = Math.max(0, box.width / 2 - 16);
  return { left: box.x - reach, right: box.x + reach };
}

// Ends of edges at the upper and lower side of each node, side by side, in the order of where they go.
function ports(ways, boxes) {
  const sides = new Map();
  const add = (box, side, end) => {
    const key = `${box.id} ${side}`;
    sides.set(key, [...(sides.get(key) ?? []), end]);
  };
  for (const way of ways) {
    const shared = way.bends.length ? null : meeting(way.upper, way.lower);
    way.ends = [{ way, to: shared ?? way.bends[0]?.x ?? way.lower.x }, { way, to: shared ?? way.bends.at(-1)?.x ?? way.upper.x }];
    way.ends.forEach((end, index) => (end.other = way.ends[1 - index]));
    add(way.upper, "bottom", way.ends[0]);
    add(way.lower, way.flat ? "bottom" : "top", way.ends[1]);
  }
  for (let round = 0; round < 3; round++) {
    for (const [key, ends] of sides) attach(ends, boxes.get(Number(key.split(" ")[0])));
    for (const way of ways) if (!way.bends.length) for (const end of way.ends) end.to = end.other.x;
  }
}

// The place that a straight line between two neighbours takes.
function meeting(upper, lower) {
  const [one, other] = [reachOf(upper), reachOf(lower)];
  const [left, right] = [Math.max(one.left, other.left), Math.min(one.right, other.right)];
  return left <= right ? (left + right) / 2 : null;
}

function attach(ends, box) {
  const { left, right } = reachOf(box);
  ends.sort((one, other) => one.to - other.to || one.way.edge.id - other.way.edge.id);
  // There and back between the same two activities need room for a label each.
  const pair = (one, other) => (one.way.upper === other.way.upper && one.way.lower === other.way.lower ? BACK : 0);
  const distance = (one, other) => PORT + pair(one, other) + (one.way.edge.stroke + other.way.edge.stroke) / 2 - 4;
  const needed = ends.reduce((sum, end, place) => (place ? sum + distance(ends[place - 1], end) : 0), 0);
  const squeeze = Math.min(1, (right - left) / (needed || 1));
  spread(ends, (one, other) => distance(one, other) * squeeze, (end) => (end.way.edge.spine ? { x: box.x, weight: FIXED } : { x: clamp(end.to, left, right), weight: 1 }));
  if (!ends.some((end) => end.way.edge.spine)) keepInside(ends, left, right);
}

function clamp(x, left, right) {
  return Math.min(right, Math.max(left, x));
}
