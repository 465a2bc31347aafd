// The drawers of the overview that no other page has.
import { defineDrawer } from "../components/drawer.js";
import { listDrawer } from "../components/list-drawer.js";
import { run } from "../lib/api.js";
import { state } from "../lib/state.js";
import "./overview-calls.js";
import { channelColumns } from "./overview-customers.js";

defineDrawer("channels", async (panel) => {
  panel.heading = "What channels cost and bring";
  await listDrawer(panel, { columns: channelColumns(), ask: (signal) => run("attribution/channels", { ...state.selection(), filters: null }, { signal }), empty: "No channel reached anybody in this range." });
});
