// A colour per activity, the same in map, variants and timelines: from blue for what happens early to red-violet for what happens late.
// They are custom properties of the document, so that whatever was drawn before they were known takes them on.

const ARC = [262, 200, 165, 130, 95, 70, 45, 20, 345];

const coloured = new Set();

/** names: activities in the order in which cases reach them. Names that have a colour keep it, unless these are the whole process. */
export function colourActivities(names, { whole = false } = {}) {
  names.forEach((name, at) => {
    if (coloured.has(name) && !whole) return;
    coloured.add(name);
    document.documentElement.style.setProperty(property(name), colour(names.length > 1 ? at / (names.length - 1) : 0, at));
  });
}

/** The activities of variants in the order in which cases reach them: by the mean place within the case. */
export function meanOrder(variants) {
  const places = new Map();
  for (const { variant, frequency } of variants) {
    variant.forEach((name, at) => {
      const sum = places.get(name) ?? places.set(name, { place: 0, times: 0 }).get(name);
      sum.place += (frequency * at) / Math.max(1, variant.length - 1);
      sum.times += frequency;
    });
  }
  const mean = ([, { place, times }]) => place / times;
  return [...places].sort((one, other) => mean(one) - mean(other) || (one[0] < other[0] ? -1 : 1)).map(([name]) => name);
}

export function activityColour(name) {
  return `var(${property(name)}, var(--color-faint))`;
}

function property(name) {
  let value = 2166136261;
  for (const character of name) value = Math.imul(value ^ character.codePointAt(0), 16777619);
  return `--activity-${(value >>> 0).toString(36)}`;
}

// Neighbours differ in lightness too, which is what remains of the difference without colour vision.
function colour(part, at) {
  const place = part * (ARC.length - 1);
  const [from, to] = [ARC[Math.floor(place)], ARC[Math.ceil(place)]];
  const step = to - from > 180 ? to - from - 360 : to - from;
  const hue = (from + step * (place % 1) + 360) % 360;
  const [light, dark] = at % 2 ? [0.72, 0.76] : [0.56, 0.62];
  return `light-dark(oklch(${light} 0.13 ${hue.toFixed(0)}), oklch(${dark} 0.12 ${hue.toFixed(0)}))`;
}
