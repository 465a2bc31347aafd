/*
EXOS records itself: the portal's pages send what happens on them to the very server they come from, as service `exos-portal`, where
the setting self_telemetry is on. Loaded by the shell when the page has nothing better to do; whatever fails here stays unseen.
*/
async function record() {
  const response = await fetch("/api/self", { headers: { Accept: "application/json" }, cache: "no-store" });
  const told = response.ok ? await response.json() : {};
  if (!told.key) return;
  const script = document.createElement("script");
  script.src = "/sdk/exos.js";
  // No recording: it would show the data of everybody who is looked at here.
  Object.assign(script.dataset, { key: told.key, service: told.service, release: told.release, replay: "off" });
  document.head.append(script);
}

record().catch(() => {});
