/*
  icon("search") → <svg class="icon">, 16 px, in the colour of the text; hidden from screen readers, so give the button a label.
  The names are in frontend/icons.json.
*/
import shapes from "../vendor/icons.js";

const SVG = "http://www.w3.org/2000/svg";

export function icon(name, size = 16) {
  const picture = document.createElementNS(SVG, "svg");
  const around = { class: "icon", viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true", focusable: "false" };
  for (const [key, value] of Object.entries(around)) picture.setAttribute(key, value);
  for (const [tag, attributes] of shapes[name] ?? []) {
    const shape = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) shape.setAttribute(key, value);
    picture.append(shape);
  }
  return picture;
}
