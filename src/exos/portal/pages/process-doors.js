// Opens the page's drawers; what fills them is loaded when the address asks for the first one.
import { openDrawer } from "../components/drawer.js";
import { state } from "../lib/state.js";

export { openDrawer };
export const openCase = (id) => openDrawer("case", { case: id });

const load = () => state.get("drawer") && import("./process-drawers.js");
state.subscribe(load, ["drawer"]);
load();
