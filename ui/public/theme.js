// Runs before the first paint, so that a dark page never flashes white; and asks for the scripts of the page at once, so that
// they come together with those that all pages have, and for what it shows, so that the server works while they come.
(function () {
  var wanted = null;
  try { wanted = JSON.parse(localStorage.getItem('qd.preferences') || '{}').theme; } catch (e) { wanted = null; }
  var dark = wanted === 'dark' || (wanted !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';

  var list = document.getElementById('qd-pages');
  if (!list) return;
  var start = document.currentScript.src.replace(/theme\.js.*/, '');
  var path = location.pathname.slice(new URL(start).pathname.length - 1);
  var boot = JSON.parse(document.getElementById('qd-boot').textContent);
  window.qdAsked = {};
  JSON.parse(list.textContent).some(function (page) {
    var found = new RegExp(page.path).exec(path);
    if (!found) return false;
    if (boot.user) page.asks.forEach(function (ask) {
      var url = boot.base + ask.replace(/\$(\d)/g, function (all, group) { return encodeURIComponent(decodeURIComponent(found[group])); });
      window.qdAsked[url] = fetch(url, { headers: { Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest' }, credentials: 'same-origin', cache: 'no-store', signal: AbortSignal.timeout(60000) });
      window.qdAsked[url].catch(function () { delete window.qdAsked[url]; });
      setTimeout(function () { delete window.qdAsked[url]; }, 30000); // what nobody took is stale
    });
    page.files.forEach(function (file) {
      var link = document.createElement('link');
      var style = /\.css$/.test(file);
      link.rel = style ? 'preload' : 'modulepreload';
      if (style) {
        link.as = 'style';
        link.crossOrigin = ''; // as the one that uses it, or it is fetched twice
      }
      link.href = start + file;
      document.head.appendChild(link);
    });
    return true;
  });
})();
