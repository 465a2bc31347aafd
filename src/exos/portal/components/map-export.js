// The map as a picture of its own: everything it needs is inside, with the colours and the font it has on the page.

const MARGIN = 24;
const STYLED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "paint-order", "opacity", "font-size", "font-weight", "visibility"];
const FONT = "/portal/vendor/fonts/inter-latin.woff2";

/** A self-contained SVG document as text. */
export async function pictureSvg(map) {
  const { left, top, width, height } = map.scene.layout.bounds;
  const original = map.canvas;
  const copy = original.cloneNode(true);
  const pairs = [[original, copy], ...[...original.querySelectorAll("*")].map((node, at) => [node, copy.querySelectorAll("*")[at]])];
  for (const [from, to] of pairs) inline(from, to);
  copy.querySelectorAll(".hit, .spare").forEach((node) => node.remove());
  copy.querySelector(".world").removeAttribute("transform");
  const box = [left - MARGIN, top - MARGIN, width + 2 * MARGIN, height + 2 * MARGIN].map(Math.round);
  for (const [name, value] of Object.entries({ xmlns: "http://www.w3.org/2000/svg", viewBox: box.join(" "), width: box[2], height: box[3], role: "img" })) copy.setAttribute(name, value);
  copy.removeAttribute("class");
  const sheet = `@font-face{font-family:"Inter Variable";font-weight:100 900;src:url(${await fontData()}) format("woff2")}text{font-family:"Inter Variable",Inter,sans-serif;font-variant-numeric:tabular-nums}`;
  const style = document.createElementNS("http://www.w3.org/2000/svg", "style");
  style.textContent = sheet;
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  for (const [name, value] of Object.entries({ x: box[0], y: box[1], width: box[2], height: box[3], fill: getComputedStyle(map).backgroundColor })) ground.setAttribute(name, value);
  copy.prepend(style, ground);
  return new XMLSerializer().serializeToString(copy);
}

/** A PNG of twice the size on the page, as large as a canvas may be. */
export async function picturePng(map) {
  const picture = new Image();
  picture.src = URL.createObjectURL(new Blob([await pictureSvg(map)], { type: "image/svg+xml" }));
  await picture.decode();
  const scale = Math.min(2, 8000 / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width * scale, picture.height * scale];
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(picture.src);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function inline(from, to) {
  const computed = getComputedStyle(from);
  const transform = from.style.transform.match(/translate\((-?[\d.]+)px, (-?[\d.]+)px\)/);
  const named = from.tagName === "g" || from.tagName === "svg" ? ["opacity"] : STYLED;
  for (const name of named) {
    const value = computed.getPropertyValue(name);
    if (value && value !== "none" && value !== "normal" && !(name === "opacity" && value === "1")) to.setAttribute(name, value);
    else if (name === "fill") to.setAttribute("fill", "none");
  }
  if (transform) to.setAttribute("transform", `translate(${transform[1]} ${transform[2]})`);
  for (const name of ["style", "class", "tabindex", "data-node", "data-edge", "data-label", "role", "aria-label"]) if (to.tagName !== "svg" && !(name === "class" && /hit|spare|world/.test(to.getAttribute("class") ?? ""))) to.removeAttribute(name);
}

async function fontData() {
  const bytes = new Uint8Array(await (await fetch(FONT)).arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return `data:font/woff2;base64,${btoa(text)}`;
}
