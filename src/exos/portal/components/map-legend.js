// What colours and widths mean.
import { html } from "../lib/html.js";

export function legend(scale) {
  const kind = scale.overlay.time ? "heat" : "flow";
  return html`<div class="map-legend" data-still role="img" aria-label=${`${scale.overlay.legend}: from ${scale.ends[0]} to ${scale.ends[1]}; wider paths are taken more often`}>
    <span>${scale.overlay.legend}</span><div class="swatches">${[0, 1, 2, 3].map((level) => html`<i class=${`${kind}-${level}`}></i>`)}</div>
    <div class="ends"><span>${scale.ends[0]}</span><span>${scale.ends[1]}</span></div></div>`;
}

/** The upper corner, "left" or "right", in which a box hides less of the map. */
export function freeCorner({ offsetWidth, offsetHeight }, map) {
  const { scale, x, y } = map.viewport.transform;
  const { nodes, edges } = map.scene.layout;
  const hidden = (left) => {
    const inside = (px, py) => px * scale + x > left && px * scale + x < left + offsetWidth + 24 && py * scale + y < offsetHeight + 24;
    const boxes = nodes.filter((node) => [-0.5, 0, 0.5].some((part) => inside(node.x + part * node.width, node.y - node.height / 2) || inside(node.x + part * node.width, node.y + node.height / 2)));
    const looked = boxes.filter((node) => map.painting.node(node.id).matches(".lit, .chosen"));
    return 30 * boxes.length + 300 * looked.length + edges.reduce((sum, edge) => sum + edge.points.filter((_, at) => at % 2 === 0 && inside(edge.points[at], edge.points[at + 1])).length, 0);
  };
  return hidden(0) < hidden(map.clientWidth - offsetWidth - 24) ? "left" : "right";
}
