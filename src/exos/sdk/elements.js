// What an element is: something to click, something to type into, its selector and its text.
import { DATA, cut, option, safely, words } from "./options.js";
import { prefixed } from "./sdk.js";

const any = (name, values) => `:is(${words(values).map((value) => `[${name}=${value}]`)})`;
const BUTTONS = any("type", "button submit reset image");
const CLICKABLE = `a[href],button,summary,input${BUTTONS},${any("role", "button link tab menuitem switch")},[onclick],[aria-haspopup]`;
// What shows by itself that it was used, or shows it where no observer looks.
export const UNCLEAR =
  `input:not(${BUTTONS}),select,textarea,option,label,[contenteditable],${any("role", "spinbutton slider textbox combobox")},` +
  "canvas,video,audio,embed,object,iframe";

// The nearest that matches, through the borders of shadow trees.
export const up = (element, selector) =>
  element && (element.closest(selector) || up(element.getRootNode().host, selector));

export const clickable = (element) => up(element, CLICKABLE);

export const selector = (element) => {
  const parts = [];
  for (let one = element; one?.parentElement && !parts[4]; one = one.parentElement) {
    const { testid } = one.dataset || {};
    if (testid || /^[a-z][\w-]*$/i.test(one.id)) {
      parts.unshift(testid ? `[data-testid="${testid}"]` : `#${one.id}`);
      break;
    }
    const tag = one.localName;
    const alike = [...one.parentElement.children].filter((child) => child.localName === tag);
    parts.unshift(alike[1] ? `${tag}:nth-of-type(${alike.indexOf(one) + 1})` : tag);
  }
  return cut(parts.join(" > "), 200);
};

export const caption = (element) =>
  words(element.ariaLabel || (element.matches("input") ? element.value : element.textContent) || element.title).join(" ");

// Only of what is there to be clicked: other text may be somebody's data.
export const label = (element) => {
  const button = clickable(element);
  const masked = !option("text", DATA.mask !== "text") || up(element, `.rr-mask,.rr-block,${DATA.block || ".rr-block"}`);
  return button && !masked ? cut(caption(button), 64) : "";
};

export const described = (element) =>
  prefixed("exos.element.", { selector: selector(element), text: label(element) || undefined });

// Asked by the SDK for every interaction; the first span of each gets the names that XPath lacks.
export const describeSpan = safely((_, element, span) => {
  if (!span.parentSpanContext) span.setAttributes(described(element));
});
