// Who visits: the first-party id, consent, privacy signals, and what the server tells about the sender.
import { BASE, DATA, attempt, now, option } from "./options.js";
import { bear, sender } from "./sdk.js";
import { ANSWER_MS, MONTHS_13 } from "./thresholds.js";

const VISITOR = "exos_visitor";
const CONSENT = "exos_consent";

let said; // this page's word on consent, where nothing can be stored
// The browser asks not to be recognised. Whether that is honoured the server says: until then the id is neither used nor forgotten.
let objects = navigator.globalPrivacyControl || navigator.doNotTrack === "1";
let certain = !objects || !option("enrich");

// Where storage is blocked, every page is a new visitor.
const recall = (name) =>
  attempt(() => new RegExp(`(^|; )${name}=([^;]*)`).exec(document.cookie)?.[2] || localStorage[name]);

// An empty value is forgotten.
const remember = (name, value) =>
  attempt(() => {
    const rest = `domain=${DATA.cookieDomain || ""}${location.protocol === "https:" ? ";secure" : ""}`;
    // An empty domain is this host.
    document.cookie = `${name}=${value};path=/;max-age=${value ? MONTHS_13 : 0};samesite=lax;${rest}`;
    if (value) localStorage[name] = value;
    else delete localStorage[name];
  });

export const consented = () => {
  const word = said || recall(CONSENT);
  return word === "granted" || (word !== "denied" && !DATA.consent);
};

// Nothing may be loaded or sent.
export const isForbidden = () => DATA.consent === "block" && !consented();

export const decide = (granted) => {
  said = granted ? "granted" : "denied";
  remember(CONSENT, said);
  settleVisitor();
};

// The id and when it was made: thirteen months from then it is replaced, however often it was seen.
const visitorId = () => {
  const seconds = Math.floor(now() / 1000);
  let [, id, made] = /^([0-9a-f]{32})\.(\d+)$/.exec(recall(VISITOR)) || [];
  if (!id || seconds - made > MONTHS_13) {
    id = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => (byte + 256).toString(16).slice(1)).join("");
    made = seconds;
  }
  remember(VISITOR, `${id}.${made}`);
  return id;
};

export const settleVisitor = () => {
  const wanted = consented() && option("visitor");
  if (!wanted || (objects && certain)) remember(VISITOR, "");
  bear({ "exos.visitor.id": wanted && !objects ? visitorId() : undefined }, sender);
};

const learn = (answer) => {
  objects = answer.privacy;
  certain = true;
  bear(answer.attributes, sender);
  settleVisitor();
};

// Without an answer the spans lack places, nothing else. Asked before the SDK wraps fetch, so it is not part of the page's traffic.
export const askVisitor = async () => {
  if (!option("enrich")) return;
  const kept = attempt(() => JSON.parse(sessionStorage.exos_answer || "{}"), {});
  if (now() - kept.at < ANSWER_MS) return learn(kept.answer);
  try {
    const response = await fetch(`${BASE}/api/visitor`, { credentials: "omit" });
    if (!response.ok) return;
    const answer = await response.json();
    learn(answer);
    sessionStorage.exos_answer = JSON.stringify({ at: now(), answer });
  } catch {
    // Out of reach, or nowhere to keep it.
  }
};
