/*
Text to take along.

  command("exos demo") → one line with a copy button
  codeBlock(text, "sql") → a block with a copy button; SQL is coloured, everything else is plain
*/
import { html } from "../lib/html.js";
import { icon } from "../lib/icons.js";
import { copy } from "../lib/save.js";
import { toast } from "./toast.js";

const SQL = /(\/\*[\s\S]*?\*\/|--[^\n]*)|('(?:[^'\\]|\\.|'')*')|(\{\w+\s*:\s*[^}]+\})|\b(\d+(?:\.\d+)?(?:e\d+)?)\b|\b(SELECT|FROM|WHERE|GROUP|BY|ORDER|LIMIT|WITH|AS|AND|OR|NOT|IN|IS|NULL|JOIN|LEFT|INNER|ARRAY|ON|USING|UNION|ALL|DISTINCT|HAVING|OVER|PARTITION|WINDOW|ROWS|BETWEEN|UNBOUNDED|PRECEDING|FOLLOWING|CURRENT|ROW|CASE|WHEN|THEN|ELSE|END|DESC|ASC|FINAL|PREWHERE|SETTINGS|INTERVAL|GLOBAL|ANY|ASOF|CROSS|FORMAT|LIKE|ILIKE|EXISTS|QUALIFY)\b/g;
const KINDS = ["comment", "string", "parameter", "number", "keyword"];

export function command(text) {
  return html`<div class="command"><code tabindex="0">${text}</code>${copyButton(text)}</div>`;
}

export function codeBlock(text, language = "text") {
  return html`<div class="code-block"><pre tabindex="0" role="region" aria-label=${`Code: ${language}`}><code>${language === "sql" ? coloured(text) : text}</code></pre>${copyButton(text)}</div>`;
}

function copyButton(text, label = "Copy") {
  return html`<button type="button" class="icon-button quiet small" aria-label=${label} title=${label} @click=${async () => {
    toast((await copy(typeof text === "function" ? text() : text)) ? "Copied" : "Copying was refused by the browser");
  }}>${icon("copy", 14)}</button>`;
}

function coloured(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(SQL)) {
    parts.push(text.slice(end, found.index), html`<span class=${KINDS[found.slice(1).findIndex(Boolean)]}>${found[0]}</span>`);
    end = found.index + found[0].length;
  }
  return [...parts, text.slice(end)];
}
