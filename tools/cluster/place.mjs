// Where a local cluster lives, and as whom: never as root, as PostgreSQL refuses that and nothing here needs it.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

// {uid, gid} to drop to when we are root.
function unprivileged() {
  if (process.getuid() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const line = readFileSync('/etc/passwd', 'utf8').split('\n').find((text) => text.startsWith(`${name}:`));
    if (line) return { uid: Number(line.split(':')[2]), gid: Number(line.split(':')[3]) };
  }
  throw new Error('neither user postgres nor nobody exists, and servers are not started as root');
}

// QD_CLUSTER_DIR, or .cluster in this checkout, or below /var/tmp where the checkout is closed to that user.
export function place() {
  const user = unprivileged();
  const enters = (folder) => user.uid === undefined || spawnSync('/usr/bin/test', ['-x', folder], { ...user, cwd: '/' }).status === 0;
  let folder = resolve(process.env.QD_CLUSTER_DIR ?? join(ROOT, '.cluster'));
  if (!process.env.QD_CLUSTER_DIR && !enters(ROOT)) {
    folder = `/var/tmp/quarterdeck-cluster-${createHash('sha256').update(ROOT).digest('hex').slice(0, 12)}`;
  }
  return { folder, user };
}

export function makeFolder(folder, user) {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  return folder;
}

export function giveTo(user, path) {
  if (user.uid !== undefined) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, path]);
}
