// Runs before the first paint: what the user chose about colours and navigation is on <html> when the styles apply, so nothing flashes.
// And tells when the page's own modules do not run.
(() => {
  const root = document.documentElement;
  const remembered = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const theme = remembered("exos.theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  if (remembered("exos.nav") === "collapsed") root.dataset.nav = "collapsed";

  // A page whose modules cannot be read, or fail while it starts, would stay silent: nothing of it runs that could say so.
  const told = ({ error, target, filename, lineno }) => {
    if (target.localName === "script") return `${new URL(target.src).pathname}, or what it imports, cannot be loaded`;
    return error && filename?.startsWith(location.origin) ? `${error} (${new URL(filename).pathname}, line ${lineno})` : "";
  };
  const tell = (event) => {
    const text = told(event);
    if (!text || document.querySelector("body > .broken")) return;
    const note = Object.assign(document.createElement("p"), { className: "broken", textContent: `This page does not work: ${text}.` });
    note.setAttribute("role", "alert");
    document.body.prepend(note);
  };
  addEventListener("error", tell, true);
  addEventListener("load", () => removeEventListener("error", tell, true));
})();
