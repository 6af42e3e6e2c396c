// The jobs that run while members are broken. Each writes to a file what it does, so that files and database can be
// compared: "ID" of a quick one; "begin ID SECONDS" and "end ID" of a slow one.
import { mkdtempSync, existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeAtExit } from '../../support/cleanup.mjs';
import { importJobs, job } from '../../support/scenario.mjs';

const PROJECTS = { here: 'here', random: 'random', queue: 'queue' };

// Policies by project: what runs where it fires, what is forwarded, what waits for whoever has room.
export const POLICIES = {
  'remoteExecution.profiles': 'random,queue',
  'remoteExecution.profile.random.projects': PROJECTS.random,
  'remoteExecution.profile.random.policy': 'Random',
  'remoteExecution.profile.queue.projects': PROJECTS.queue,
  'remoteExecution.profile.queue.policy': 'Queue',
};

export class Workload {
  folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-chaos-')));
  jobs = [];  // {id, kind, project, step: ms between fires, document}

  constructor(count) {
    this.count = count;
  }
  path(name) {
    return join(this.folder, name);
  }

  #kinds() {
    const quick = { multipleExecutions: true, steps: [`echo \${job.execid} >> ${this.path('quick')}`], schedule: { crontab: '* * * * * ? *' } };
    const slow = `echo "begin \${job.execid} $(date +%s)" >> ${this.path('slow')}; echo began \${job.execid}; sleep 2; echo "end \${job.execid}" >> ${this.path('slow')}`;
    return [
      ['quick', PROJECTS.here, { ...quick }],
      ['quick', PROJECTS.random, { ...quick }],
      ['quick', PROJECTS.queue, { ...quick }],
      ['quick-all', PROJECTS.here, { ...quick, missedFires: 'all' }],
      ['quick-once', PROJECTS.here, { ...quick, missedFires: 'once' }],
      ['slow', PROJECTS.here, { steps: [slow], multipleExecutions: true, retry: '3', schedule: { crontab: '0/5 * * * * ? *' } }],
      ['single', PROJECTS.here, { steps: ['sleep 1.5'], schedule: { crontab: '* * * * * ? *' } }],
    ];
  }

  // By all members in turn, so that each owns some.
  async create(members) {
    for (const name of Object.values(PROJECTS)) await members[0].ok('POST', '/projects', { json: { name, config: {} }, status: 201 });
    const kinds = this.#kinds();
    const special = kinds.length;
    for (let index = 0; index < this.count; index += 1) {
      const [kind, project, fields] = index < special ? kinds[index] : kinds[index % 3];
      const document = job({ name: `${kind}-${index}`, ...fields });
      const { succeeded } = await importJobs(members[index % members.length], project, [document]);
      this.jobs.push({ id: succeeded[0].id, kind, project, step: kind === 'slow' ? 5000 : 1000, document: { ...document, uuid: succeeded[0].id } });
    }
  }

  #lines(name) {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8').split('\n').filter(Boolean) : [];
  }
  // How often each execution wrote.
  quick() {
    const counts = new Map();
    for (const id of this.#lines('quick')) counts.set(Number(id), (counts.get(Number(id)) ?? 0) + 1);
    return counts;
  }
  // {begins, ends, at}: how often each slow one began and ended, and when it began first, in seconds.
  slow() {
    const seen = new Map();
    for (const line of this.#lines('slow')) {
      const [what, id, at] = line.split(' ');
      const entry = seen.get(Number(id)) ?? { begins: 0, ends: 0, at: Number(at) };
      if (what === 'begin') entry.begins += 1;
      else entry.ends += 1;
      seen.set(Number(id), entry);
    }
    return seen;
  }
}
