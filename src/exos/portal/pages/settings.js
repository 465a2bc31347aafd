// Settings: what data comes in and how it goes, how to send more, ingest keys, imports and the engine.
import { state } from "../lib/state.js";
import "../components/shell.js";
import { showEngine } from "./settings-engine.js";
import { showImports } from "./settings-imports.js";
import { keysSection } from "./settings-keys.js";
import { sendSection } from "./settings-send.js";
import { sourcesSection } from "./settings-sources.js";

const section = (id) => document.getElementById(id);
const sources = sourcesSection(section("sources"), [...document.querySelectorAll("exos-kpi")]);
const send = sendSection(section("send"), { arrived: sources.refresh });
const keys = keysSection(section("keys"), { changed: send.keys });

sources.start();
send.start();
keys.start();
showImports(section("imports"));
showEngine(section("engine"));
state.subscribe(() => {
  sources.draw();
  keys.draw();
  showImports(section("imports"));
  showEngine(section("engine"));
}, ["tz"]);

// What the address points at had no height yet when the browser went there.
if (location.hash) Promise.all([...document.querySelectorAll("exos-state")].map(filled)).then(() => document.querySelector(location.hash)?.scrollIntoView());

function filled(panel) {
  return new Promise((resolve) => {
    const look = () => panel.getAttribute("state") && panel.getAttribute("state") !== "loading" && resolve();
    new MutationObserver(look).observe(panel, { attributes: true });
    look();
  });
}
