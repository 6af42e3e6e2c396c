// Holds processes to a part of one CPU each, as if every one had a small host of its own: members that share two cores
// with their database cannot show whether another host would help. Needs root and a cgroup file system.
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PERIOD = 10_000;  // microseconds: short, so that a burst is not over before the first one ends
const V1 = '/sys/fs/cgroup/cpu';
const V2 = '/sys/fs/cgroup';

function makeGroup(name, share) {
  const quota = Math.round(PERIOD * share);
  if (existsSync(join(V1, 'cpu.cfs_quota_us')) || existsSync(join(V1, 'tasks'))) {
    const group = join(V1, name);
    mkdirSync(group);
    writeFileSync(join(group, 'cpu.cfs_period_us'), `${PERIOD}`);
    writeFileSync(join(group, 'cpu.cfs_quota_us'), `${quota}`);
    return { group, root: V1 };
  }
  const group = join(V2, name);
  writeFileSync(join(V2, 'cgroup.subtree_control'), '+cpu');
  mkdirSync(group);
  writeFileSync(join(group, 'cpu.max'), `${quota} ${PERIOD}`);
  return { group, root: V2 };
}

// Each of `pids` gets `share` of a CPU; returns what frees them, or nothing where this cannot be done.
export function onHostsOfTheirOwn(pids, share) {
  const made = [];
  const free = () => {
    for (const { group, root } of made.splice(0)) {
      for (const pid of readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean)) writeFileSync(join(root, 'cgroup.procs'), pid);
      rmdirSync(group);
    }
  };
  try {
    for (const pid of pids) {
      const host = makeGroup(`qd-bench-${process.pid}-${pid}`, share);
      made.push(host);
      writeFileSync(join(host.group, 'cgroup.procs'), `${pid}`);
    }
  } catch {
    free();
    return undefined;
  }
  process.once('exit', free);
  return free;
}
