// A way from one member to its database that a test can cut: connections are passed on, refused, or left without answers.
import net from 'node:net';

class Proxy {
  #pairs = new Set();
  #frozen = false;
  #refusing = false;

  constructor(target) {
    this.target = target;
    this.server = net.createServer((client) => this.#accept(client));
  }

  #accept(client) {
    if (this.#refusing) return client.destroy();
    const upstream = net.connect(this.target, '127.0.0.1');
    const pair = { client, upstream };
    this.#pairs.add(pair);
    const end = () => {
      this.#pairs.delete(pair);
      client.destroy();
      upstream.destroy();
    };
    for (const [from, to] of [[client, upstream], [upstream, client]]) {
      from.setNoDelay(true);
      from.on('data', (chunk) => {
        if (!to.write(chunk)) from.pause();
      });
      to.on('drain', () => this.#frozen || from.resume());
      from.on('error', end);
      from.on('close', end);
    }
    if (this.#frozen) this.#hold(pair);
  }
  #hold({ client, upstream }) {
    client.pause();
    upstream.pause();
  }

  // Cuts every connection, and refuses new ones.
  refuse() {
    this.#refusing = true;
    for (const { client, upstream } of [...this.#pairs]) {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    }
  }
  // Nothing passes any more, in neither direction, and nobody is told: a network that swallows packets.
  freeze() {
    this.#frozen = true;
    for (const pair of this.#pairs) this.#hold(pair);
  }
  // All is well again. What was held goes on.
  heal() {
    this.#refusing = false;
    this.#frozen = false;
    for (const { client, upstream } of this.#pairs) {
      client.resume();
      upstream.resume();
    }
  }
  async close() {
    this.refuse();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export async function startProxy(target) {
  const proxy = new Proxy(target);
  await new Promise((resolve, reject) => {
    proxy.server.once('error', reject);
    proxy.server.listen(0, '127.0.0.1', resolve);
  });
  proxy.server.unref();
  proxy.port = proxy.server.address().port;
  return proxy;
}
