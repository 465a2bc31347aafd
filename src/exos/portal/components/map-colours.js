// A colour per activity, the same in map, variants and timelines: from blue for what happens early to red-violet for what happens late.
// They are custom properties of the document, so that whatever was drawn before they were known takes them on.

const ARC = [262, 200, 165, 130, 95, 70, 45, 20, 345];

const coloured = new Set();

/** names: activities in the order in which cases reach them. A filter that leaves some of them out recolours none. */
export function colourActivities(names) {
  if (names.every((name) => coloured.has(name))) return;
  coloured.clear();
  names.forEach((name) => coloured.add(name));
  names.forEach((name, at) => document.documentElement.style.setProperty(property(name), colour(names.length > 1 ? at / (names.length - 1) : 0, at)));
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
