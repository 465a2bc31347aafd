// Runs before the first paint: what the user chose about colours and navigation is on <html> when the styles apply, so nothing flashes.
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
})();
