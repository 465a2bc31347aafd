// Horizontal places: every item as near as can be to what it is connected with, in the given order, the spine on one straight line.

const FIXED = 1e7;

/** Sets item.x in all layers. separation(left, right): the least distance of two neighbours' centres. Links are {item, pull}. */
export function place(layers, separation, sweeps = 40) {
  for (const row of layers) spread(row, separation, (item) => ({ x: 0, weight: item.spine ? FIXED : 1 }));
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const rows = sweep % 2 ? layers.toReversed() : layers;
    for (const row of rows) spread(row, separation, desire);
  }
}

/** Nodes that stand almost below the neighbour they are most connected with move exactly there, where their row has room. */
export function align(layers, separation, near = 60) {
  for (const row of layers) {
    row.forEach((item, place) => {
      if (item.bend || item.spine || !item.up.length) return;
      const strongest = item.links.filter((link) => item.up.includes(link.item) && !link.item.bend).reduce((one, other) => (other.pull > (one?.pull ?? 0) ? other : one), null);
      if (!strongest || Math.abs(strongest.item.x - item.x) > near) return;
      const [left, right] = [row[place - 1], row[place + 1]];
      const least = left ? left.x + separation(left, item) : -Infinity;
      const most = right ? right.x - separation(item, right) : Infinity;
      item.x = Math.min(most, Math.max(least, strongest.item.x));
    });
  }
}

function desire(item) {
  if (item.spine) return { x: 0, weight: FIXED };
  let sum = 0;
  let total = 0;
  for (const { item: other, pull } of item.links) {
    sum += pull * other.x;
    total += pull;
  }
  return total ? { x: sum / total, weight: total } : { x: item.x, weight: 0.1 };
}

/** One row: the places closest to what each item wants (least squares) that keep the separations (isotonic regression). */
export function spread(row, separation, wanted) {
  const offsets = [];
  let sum = 0;
  row.forEach((item, index) => {
    if (index) sum += separation(row[index - 1], item);
    offsets.push(sum);
  });
  const blocks = [];
  row.forEach((item, index) => {
    const { x, weight } = wanted(item);
    blocks.push({ value: x - offsets[index], weight, count: 1 });
    while (blocks.length > 1 && blocks.at(-2).value > blocks.at(-1).value) {
      const right = blocks.pop();
      const left = blocks.at(-1);
      left.value = (left.value * left.weight + right.value * right.weight) / (left.weight + right.weight);
      left.weight += right.weight;
      left.count += right.count;
    }
  });
  let index = 0;
  for (const block of blocks) for (let left = block.count; left; left--) row[index].x = block.value + offsets[index++];
}
