// Runs before the first paint, so that a dark page never flashes white; and asks for the scripts of the page at once, so that
// they come together with those that all pages have.
(function () {
  var wanted = null;
  try { wanted = JSON.parse(localStorage.getItem('qd.preferences') || '{}').theme; } catch (e) { wanted = null; }
  var dark = wanted === 'dark' || (wanted !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';

  var list = document.getElementById('qd-pages');
  if (!list) return;
  var start = document.currentScript.src.replace(/theme\.js.*/, '');
  var path = location.pathname.slice(new URL(start).pathname.length - 1);
  JSON.parse(list.textContent).some(function (page) {
    if (!new RegExp(page.path).test(path)) return false;
    page.files.forEach(function (file) {
      var link = document.createElement('link');
      var style = /\.css$/.test(file);
      link.rel = style ? 'preload' : 'modulepreload';
      if (style) link.as = 'style';
      link.href = start + file;
      document.head.appendChild(link);
    });
    return true;
  });
})();
