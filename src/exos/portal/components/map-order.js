// Horizontal order inside the rows: as few crossings as the sweeps find (Sugiyama's barycentres, then exchanges of neighbours).

const SWEEPS = 16;
const SPINE_CROSSING = 6;

/** layers: rows of items {id, up: [item], down: [item], spine, key}. Sorts each row in place. */
export function untangle(layers) {
  sortRows(layers, (item) => item.key);
  let best = snapshot(layers);
  let least = crossings(layers);
  for (let sweep = 0; sweep < SWEEPS && least > 0; sweep++) {
    const down = sweep % 2 === 0;
    const rows = down ? layers.slice(1) : layers.slice(0, -1).reverse();
    for (const row of rows) sortByBarycentre(row, down ? "up" : "down");
    if (sweep % 4 > 1) exchange(layers);
    const now = crossings(layers);
    if (now >= least) continue;
    least = now;
    best = snapshot(layers);
  }
  layers.forEach((row, index) => best[index].forEach((item, place) => (row[place] = item)));
  number(layers);
  exchange(layers);
  return crossings(layers);
}

function snapshot(layers) {
  return layers.map((row) => [...row]);
}

function sortRows(layers, key) {
  for (const row of layers) row.sort((one, other) => key(one) - key(other));
  number(layers);
}

function number(layers) {
  for (const row of layers) row.forEach((item, place) => (item.place = place));
}

function sortByBarycentre(row, side) {
  for (const item of row) {
    let sum = 0;
    for (const other of item[side]) sum += other.place;
    item.centre = item[side].length ? sum / item[side].length : item.place;
  }
  row.sort((one, other) => one.centre - other.centre || one.place - other.place);
  row.forEach((item, place) => (item.place = place));
}

// Swaps neighbours while that removes crossings.
function exchange(layers) {
  for (let again = 0, moved = true; moved && again < 6; again++) {
    moved = false;
    for (const row of layers) {
      for (let place = 1; place < row.length; place++) {
        const [left, right] = [row[place - 1], row[place]];
        if (between(right, left) >= between(left, right)) continue;
        row[place - 1] = right;
        row[place] = left;
        [left.place, right.place] = [place, place - 1];
        moved = true;
      }
    }
  }
}

// Crossings among the edges of two neighbours when `left` stands left of `right`.
function between(left, right) {
  return crossed(left, right, "up") + crossed(left, right, "down");
}

function crossed(left, right, side) {
  let count = 0;
  if (!left[side].length || !right[side].length) return count;
  for (const one of left[side]) {
    for (const other of right[side]) if (one.place > other.place) count += weight(left, one) * weight(right, other);
  }
  return count;
}

function weight(item, other) {
  return item.spine && other.spine ? SPINE_CROSSING : 1;
}

/** Crossings between neighbouring rows, those with the spine counted more. */
export function crossings(layers) {
  let count = 0;
  for (const row of layers.slice(0, -1)) {
    const ends = row.flatMap((item) => item.down.map((other) => [item.place, other.place, weight(item, other)])).sort((one, other) => one[0] - other[0] || one[1] - other[1]);
    for (let second = 1; second < ends.length; second++) {
      for (let first = 0; first < second; first++) if (ends[first][1] > ends[second][1] && ends[first][0] < ends[second][0]) count += ends[first][2] * ends[second][2];
    }
  }
  return count;
}
