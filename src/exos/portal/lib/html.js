/*
Markup without innerHTML of data. `html` gives a DocumentFragment; every value goes in as text, as a node, or as an attribute:

  host.replaceChildren(html`<p class="${tone}" ?hidden=${!shown} @click=${go} .value=${x}>${text} ${node} ${list}</p>`);

Values between tags: text and numbers, nodes and fragments, lists of those; null, undefined and false leave nothing.
Attributes: name="… ${value} …"; ?name=${truth}; .property=${value}; @event=${listener}; null and false remove the attribute.
Only the literal parts, which are our own source, are ever parsed.
*/
const SLOT = "exos-slot-";
const PATTERN = /exos-slot-(\d+)-/;
const HELD = "held:";
const ATTRIBUTE = /(?<!held:)(?<=\s)([@?.\w-]+)=("[^"]*|'[^']*|)$/;
const parsed = new WeakMap();

export function html(strings, ...values) {
  const fragment = document.importNode(template(strings).content, true);
  const walker = document.createTreeWalker(fragment, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_COMMENT);
  const places = [];
  while (walker.nextNode()) places.push(walker.currentNode);
  for (const node of places) {
    if (node.nodeType === Node.COMMENT_NODE) fillComment(node, values);
    else fillAttributes(node, values);
  }
  return fragment;
}

// Same as html, for one element: gives the element itself.
export function element(strings, ...values) {
  return html(strings, ...values).firstElementChild;
}

export function nodes(value) {
  if (value === null || value === undefined || value === false || value === true) return [];
  if (Array.isArray(value)) return value.flatMap(nodes);
  if (value instanceof DocumentFragment) return [...value.childNodes];
  return [value instanceof Node ? value : document.createTextNode(String(value))];
}

function template(strings) {
  let made = parsed.get(strings);
  if (made) return made;
  let text = strings[0];
  for (let number = 1; number < strings.length; number += 1) {
    const inTag = text.lastIndexOf("<") > text.lastIndexOf(">");
    // Under its own name the browser would already judge the placeholder: a path it cannot draw, a number it cannot read.
    if (inTag) text = text.replace(ATTRIBUTE, `${HELD}$1=$2`);
    text += (inTag ? `${SLOT}${number - 1}-` : `<!--${SLOT}${number - 1}--->`) + strings[number];
  }
  made = document.createElement("template");
  // Lines before and after are how the source is written; a space beside a word is meant.
  made.innerHTML = text.replaceAll(/^\s*\n\s*|\s*\n\s*$/g, "");
  parsed.set(strings, made);
  return made;
}

function fillComment(node, values) {
  const found = PATTERN.exec(node.data);
  if (!found) return;
  // One by one: as arguments of one call, a hundred thousand of them would not fit.
  for (const one of nodes(values[Number(found[1])])) node.before(one);
  node.remove();
}

function fillAttributes(node, values) {
  for (const { name: held, value: text } of [...node.attributes]) {
    if (!held.startsWith(HELD)) continue;
    node.removeAttribute(held);
    const name = held.slice(HELD.length);
    const value = values[Number(PATTERN.exec(text)[1])];
    const rest = name.slice(1);
    if (name[0] === "@") node.addEventListener(rest, value);
    else if (name[0] === "?") node.toggleAttribute(rest, Boolean(value));
    else if (name[0] === ".") node[camel(rest)] = value;
    else setAttribute(node, name, text, values);
  }
}

function setAttribute(node, name, text, values) {
  const whole = PATTERN.exec(text)[0] === text;
  const value = whole ? values[Number(PATTERN.exec(text)[1])] : text.replaceAll(/exos-slot-(\d+)-/g, (_, number) => values[Number(number)] ?? "");
  if (value === null || value === undefined || value === false) return;
  node.setAttribute(name, safe(name, value === true ? "" : String(value)));
}

// A link made of data must not run it.
function safe(name, value) {
  return (name === "href" || name === "src") && /^\s*(javascript|data|vbscript):/i.test(value) ? "#" : value;
}

function camel(name) {
  return name.replaceAll(/-([a-z])/g, (_, letter) => letter.toUpperCase());
}
