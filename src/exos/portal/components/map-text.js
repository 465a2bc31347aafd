// Sizes of the map's texts: measured once, with the font they are shown in.
import { most } from "../lib/extremes.js";
import { number } from "../lib/format.js";

const NAME = "600 14px 'Inter Variable', sans-serif";
const STRONG = "600 13px 'Inter Variable', sans-serif";
const WEAK = "400 13px 'Inter Variable', sans-serif";
const [NARROWEST, ONE_LINE, WIDEST, PADDING] = [84, 160, 184, 38];
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

/** One width for all nodes, as wide as their names need on at most two lines, the last beside the count; the lines and the height of each. */
export function nodeTexts(nodes) {
  const counts = Math.ceil(most(nodes.map((node) => width(number(node.frequency ?? 0), WEAK))));
  const room = Math.ceil(Math.min(WIDEST, most(nodes.map((node) => needed(node.name, counts)), NARROWEST)));
  return nodes.map((node) => {
    const lines = fitted(node.name, room, counts);
    return { lines, width: room + counts + PADDING, height: lines.length > 1 ? 53 : 37 };
  });
}

function needed(name, counts) {
  const whole = width(name, NAME);
  return whole <= ONE_LINE ? whole : Math.min(whole, ...breaks(name).map((lines) => taken(lines, counts)));
}

// The first of two lines may use the place above the count as well.
function taken([first, second], counts) {
  return Math.max(width(first, NAME) - counts, width(second, NAME));
}

// The ways to write a name on two lines: between words if that is possible.
function breaks(name) {
  const at = (pattern) => [...name.matchAll(pattern)].map((found) => found.index + found[0].length).filter((place) => place < name.length);
  const places = at(/\s+/g).length ? at(/\s+/g) : at(/[_/-]+/g);
  return places.map((place) => [name.slice(0, place).trim(), name.slice(place)]);
}

function fitted(name, room, counts) {
  if (width(name, NAME) <= room) return [name];
  const pairs = breaks(name).filter(([first]) => width(first, NAME) <= room + counts);
  if (!pairs.length) return [cut(name, room)];
  const [first, second] = pairs.reduce((one, other) => (taken(other, counts) < taken(one, counts) ? other : one));
  return [first, cut(second, room)];
}

function cut(text, room) {
  if (width(text, NAME) <= room) return text;
  let end = text.length;
  while (end > 1 && width(`${text.slice(0, end).trimEnd()}…`, NAME) > room) end -= 1;
  return `${text.slice(0, end).trimEnd()}…`;
}

export function labelSize([strong, weak]) {
  const size = width(strong, STRONG) + width(weak, WEAK) + (strong && weak ? GAP : 0);
  return { width: Math.ceil(size), height: 16 };
}
