// Sizes of the map's texts: measured once, with the font they are shown in.

const NAME = "600 13px 'Inter Variable', sans-serif";
const STRONG = "600 12px 'Inter Variable', sans-serif";
const WEAK = "400 12px 'Inter Variable', sans-serif";
const [NARROWEST, ONE_LINE, WIDEST, PADDING] = [124, 164, 190, 26];
export const GAP = 6;

const context = document.createElement("canvas").getContext("2d");
const measured = new Map();

export const fontsReady = () => Promise.all([NAME, WEAK].map((font) => document.fonts.load(font))).catch(() => null);

function width(text, font) {
  const key = font + text;
  if (!measured.has(key)) {
    context.font = font;
    // The page sets figures of equal width, a canvas cannot: its zero is as wide as each of them.
    measured.set(key, context.measureText(text.replaceAll(/\d/g, "0")).width);
  }
  return measured.get(key);
}

/** One width for all nodes, as wide as their names need on at most two lines; the lines and the height of each. */
export function nodeTexts(nodes) {
  const room = Math.min(WIDEST, Math.max(NARROWEST, ...nodes.map((node) => Math.ceil(needed(node.name)))));
  return nodes.map((node) => {
    const lines = fitted(node.name, room);
    return { lines, width: room + PADDING, height: lines.length > 1 ? 59 : 43 };
  });
}

function needed(name) {
  const whole = width(name, NAME);
  return whole <= ONE_LINE ? whole : Math.min(...breaks(name).map((lines) => Math.max(...lines.map((line) => width(line, NAME)))), whole);
}

// The ways to write a name on two lines.
function breaks(name) {
  const places = [...name.matchAll(/[\s_/-]+/g)].map((found) => found.index + found[0].length).filter((place) => place < name.length);
  return places.map((place) => [name.slice(0, place).trim(), name.slice(place)]);
}

function fitted(name, room) {
  if (width(name, NAME) <= room) return [name];
  const pair = breaks(name).filter(([first]) => width(first, NAME) <= room)
    .reduce((one, other) => (one && Math.abs(width(one[0], NAME) - width(one[1], NAME)) <= Math.abs(width(other[0], NAME) - width(other[1], NAME)) ? one : other), null);
  return pair ? [pair[0], cut(pair[1], room)] : [cut(name, room)];
}

function cut(text, room) {
  if (width(text, NAME) <= room) return text;
  let end = text.length;
  while (end > 1 && width(`${text.slice(0, end).trimEnd()}…`, NAME) > room) end -= 1;
  return `${text.slice(0, end).trimEnd()}…`;
}

export function labelSize([strong, weak]) {
  const size = width(strong, STRONG) + width(weak, WEAK) + (strong && weak ? GAP : 0);
  return { width: Math.ceil(size), height: 15 };
}
