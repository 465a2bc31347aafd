// What is listened to once the SDK runs.
import { endBurst, onClick, watchErrors } from "./clicks.js";
import { onPress } from "./dead.js";
import { WATCHES, on } from "./options.js";
import { onMove } from "./thrash.js";

export const watch = () => {
  // Through the SDK's addEventListener: these see every interaction first, so each makes one span without a parent, whether or not
  // the page itself listens.
  on("click", onClick);
  on("change submit", () => {});
  if (!WATCHES) return;
  on("pointerdown", onPress);
  on("pointermove", onMove);
  on("visibilitychange pagehide", endBurst);
  watchErrors();
};
