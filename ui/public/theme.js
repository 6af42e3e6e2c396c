// Runs before the first paint: asks for what the page shows, so that the server works while our scripts come, and sets the
// theme, so that a dark page never flashes white. The theme comes second: what a browser keeps may take it a while to read.
(function () {
  var boot = JSON.parse(document.getElementById('qd-boot').textContent);
  var first = boot.first || { asks: [], named: {} };
  var asked = (window.qdAsked = {});
  first.asks.forEach(function (ask) {
    var url = boot.base + ask.path.replace(/:(\w+)/g, function (all, name) { return encodeURIComponent(first.named[name]); });
    var body = ask.json && JSON.stringify(ask.json, function (key, value) { return typeof value === 'string' ? value.replace(/^:(\w+)$/, function (all, name) { return first.named[name]; }) : value; });
    var headers = { Accept: 'application/json', 'X-Requested-With': 'XMLHttpRequest' };
    if (body) headers['Content-Type'] = 'application/json';
    var key = body ? url + '\n' + body : url; // as api/client.ts looks for it
    asked[key] = fetch(url, { method: body ? 'POST' : 'GET', headers: headers, body: body, credentials: 'same-origin', cache: 'no-store', signal: AbortSignal.timeout(60000) });
    asked[key].catch(function () { delete asked[key]; });
    setTimeout(function () { delete asked[key]; }, 30000); // what nobody took is stale
  });

  var wanted = null;
  try { wanted = JSON.parse(localStorage.getItem('qd.preferences') || '{}').theme; } catch (e) { wanted = null; }
  var dark = wanted === 'dark' || (wanted !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
