// A way from one member to its database that a test can cut: connections are passed on, refused, or left without answers.
// It lives on a thread of its own, so that a test that waits for another program does not hold up the member.
import net from 'node:net';
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

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
  // Lets go of everything, and waits until it is gone: a worker that is ended while a socket is being reset hangs (Node 20).
  async end() {
    this.#refusing = true;
    const sockets = [...this.#pairs].flatMap(({ client, upstream }) => [client, upstream]).filter((socket) => !socket.closed);
    const gone = [this.server, ...sockets].map((one) => once(one, 'close'));
    this.server.close();
    for (const socket of sockets) socket.destroy();
    await Promise.all(gone);
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
}

if (!isMainThread && workerData?.proxyTo) {
  const proxy = new Proxy(workerData.proxyTo);
  proxy.server.listen(0, '127.0.0.1', () => parentPort.postMessage(proxy.server.address().port));
  parentPort.on('message', async (what) => {
    await proxy[what]();
    parentPort.postMessage(what);
  });
}

class RemoteProxy {
  #worker;
  constructor(worker, port) {
    this.#worker = worker;
    this.port = port;
  }
  // Resolves when it is done.
  async #tell(what) {
    const done = once(this.#worker, 'message');
    this.#worker.postMessage(what);
    await done;
  }
  refuse() {
    return this.#tell('refuse');
  }
  freeze() {
    return this.#tell('freeze');
  }
  heal() {
    return this.#tell('heal');
  }
  async close() {
    await this.#tell('end');
    await this.#worker.terminate();
  }
}

// {port, refuse, freeze, heal, close} of a proxy to a port of this machine.
export async function startProxy(target) {
  const worker = new Worker(new URL(import.meta.url), { workerData: { proxyTo: target } });
  worker.unref();
  const [port] = await once(worker, 'message');
  return new RemoteProxy(worker, port);
}
