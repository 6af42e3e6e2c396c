// Ports for servers that must know theirs before they start, or come back on it after a pause.
//
// Between the moment a port is chosen and the moment somebody listens there, the system may give it to any connection
// that goes out, and to any server that asks for a free one. So these lie below the range that it takes ports from, and
// each is kept for the process that chose it by a socket with its number as a name, which ends with the process.
import { readFileSync } from 'node:fs';
import net from 'node:net';

const LOWEST = 10_100;  // browsers refuse 10080
const [HIGHEST] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/).map(Number);

// The listening server, or undefined when somebody listens there already.
function listen(...where) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(undefined));
    server.listen(...where, () => resolve(server.unref()));
  });
}

// A port of 127.0.0.1 that nobody else is given while this process lives.
export async function freePort() {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    const keeper = await listen(`\0qd-port-${port}`);
    if (!keeper) continue;
    const probe = await listen(port, '127.0.0.1');
    if (probe) {
      await new Promise((resolve) => probe.close(resolve));
      return port;
    }
    keeper.close();
  }
  throw new Error(`no free port between ${LOWEST} and ${HIGHEST}`);
}
