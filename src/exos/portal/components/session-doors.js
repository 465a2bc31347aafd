/*
The drawers behind numbers about sessions, for any page that imports this:

  openDrawer("sessions", {order: "worth", kind: "error"})       sessions of the range, further conditions by column of product_events
  openDrawer("frustration")                                     every signal by page and element
  openDrawer("frustrated", {signal, page, element})             the sessions that met it
  openDrawer("session", {session, at})                          one session, event by event; at: the moment that is meant
What fills them is loaded when the address asks for the first one.
*/
import { state } from "../lib/state.js";
import { toast } from "./toast.js";

const load = () => state.get("drawer") && import("./session-drawers.js").catch(() => toast("The server does not answer: the list cannot be opened"));
state.subscribe(load, ["drawer"]);
load();
