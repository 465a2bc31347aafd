// The map as a picture of its own: everything it needs is inside, with the colours and the font it has on the page.
import { token } from "../lib/tokens.js";
import { set, svg } from "./map-svg.js";

const MARGIN = 24;
const HEAD = 56;
const STYLED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "paint-order", "opacity", "font-size", "font-weight", "text-anchor"];
const FONT = "/portal/vendor/fonts/inter-latin.woff2";

/** A self-contained SVG document as text, with the title and the legend above the map. */
export async function pictureSvg(map, title) {
  const { left, top, width, height } = map.scene.layout.bounds;
  const copy = map.canvas.cloneNode(true);
  const copied = copy.querySelectorAll("*");
  const pairs = [...map.canvas.querySelectorAll("*")].map((node, at) => [node, copied[at]]);
  for (const [from, to] of pairs) inline(from, to);
  copy.querySelectorAll("[data-drop]").forEach((node) => node.remove());
  const box = [left - MARGIN, top - MARGIN - HEAD, Math.max(width, 420) + 2 * MARGIN, height + 2 * MARGIN + HEAD].map(Math.round);
  set(copy, { xmlns: "http://www.w3.org/2000/svg", viewBox: box.join(" "), width: box[2], height: box[3], role: "img", class: null, "aria-label": title });
  const sheet = svg("style", {}, `@font-face{font-family:"Inter Variable";font-weight:100 900;src:url(${await fontData()}) format("woff2")}text{font-family:"Inter Variable",Inter,sans-serif;font-variant-numeric:tabular-nums}`);
  const ground = svg("rect", { x: box[0], y: box[1], width: box[2], height: box[3], fill: rgb(getComputedStyle(map).backgroundColor) });
  copy.prepend(sheet, ground, head(map, title, box[0] + MARGIN, box[1] + MARGIN));
  return new XMLSerializer().serializeToString(copy);
}

/** A PNG of twice the size on the page, as large as a canvas may be. */
export async function picturePng(map, title) {
  const picture = new Image();
  picture.src = URL.createObjectURL(new Blob([await pictureSvg(map, title)], { type: "image/svg+xml" }));
  await picture.decode();
  const scale = Math.min(2, 8000 / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width * scale, picture.height * scale];
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(picture.src);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function head(map, title, x, y) {
  const { overlay, ends } = map.scene.scale;
  const small = { fill: rgb(token("muted")), "font-size": 12 };
  const swatches = [...map.querySelectorAll(".map-legend i")].map((one, at) => svg("rect", { x: x + at * 32, y: y + 18, width: 30, height: 6, rx: 2, fill: rgb(getComputedStyle(one).backgroundColor) }));
  return svg("g", {}, svg("text", { x, y: y + 4, fill: rgb(token("ink")), "font-size": 15, "font-weight": 650 }, title), ...swatches,
    svg("text", { x: x + 138, y: y + 25, ...small }, `${overlay.legend}, ${ends[0]} to ${ends[1]}`));
}

// Other programs know neither style sheets of a page nor its newer ways to write colours.
function inline(from, to) {
  const computed = getComputedStyle(from);
  const transform = from.style.transform.match(/translate\((-?[\d.]+)px, (-?[\d.]+)px\)/);
  if (from.matches(".hit") || computed.visibility === "hidden") to.setAttribute("data-drop", "");
  for (const name of from.tagName === "g" ? ["opacity"] : STYLED) {
    const value = computed.getPropertyValue(name);
    const plain = value === "none" || value === "normal" || (name === "opacity" && value === "1");
    to.setAttribute(name, name === "fill" || name === "stroke" ? rgb(value) : value);
    if (plain && name !== "fill") to.removeAttribute(name);
  }
  for (const name of ["style", "class", "tabindex", "data-node", "data-edge", "data-label", "role", "aria-label", "aria-hidden"]) to.removeAttribute(name);
  if (transform) to.setAttribute("transform", `translate(${transform[1]} ${transform[2]})`);
  else if (from.matches(".world")) to.removeAttribute("transform");
}

const known = new Map();
const pixel = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });

function rgb(colour) {
  if (colour === "none" || !colour) return "none";
  if (!known.has(colour)) {
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = colour;
    pixel.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
    known.set(colour, alpha === 255 ? `rgb(${red}, ${green}, ${blue})` : alpha ? `rgba(${red}, ${green}, ${blue}, ${(alpha / 255).toFixed(2)})` : "none");
  }
  return known.get(colour);
}

async function fontData() {
  const bytes = new Uint8Array(await (await fetch(FONT)).arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return `data:font/woff2;base64,${btoa(text)}`;
}
