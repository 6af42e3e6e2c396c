// Clients of a cluster behind its balancer: people with sessions, scripts with tokens, runs, and live logs. They go on
// until stopped, whatever befalls members, and note what they asked for and what they got.
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Cookies, events } from '../../support/http.mjs';
import { importJobs, job } from '../../support/scenario.mjs';
import { ADMIN_PASSWORD } from '../../support/server.mjs';

const LINES = 8;
const FINAL = /^(succeeded|failed|aborted|incomplete|timedout|missed)/;

export class Clients {
  sessions = { begun: 0, lost: [] };
  accepted = new Set();  // executions that the cluster said it would run
  logs = { whole: 0, resumed: 0, cut: 0, damaged: [] };
  #going = true;
  #tasks = [];

  constructor(requests, token, project) {
    this.requests = requests;
    this.headers = { 'X-Rundeck-Auth-Token': token };
    this.project = project;
  }

  async prepare(member) {
    await member.ok('POST', '/projects', { json: { name: this.project, config: {} }, status: 201 });
    const lines = Array.from({ length: LINES }, (_, index) => `echo line ${index + 1}; sleep 0.5`).join('; ');
    const documents = [job({ name: 'short', multipleExecutions: true, steps: ['echo short'] }), job({ name: 'told', multipleExecutions: true, steps: [lines] })];
    const { succeeded } = await importJobs(member, this.project, documents);
    [this.short, this.told] = succeeded.map((one) => one.id);
  }

  start({ people = 3, readers = 3, runners = 2, watchers = 2 } = {}) {
    const kinds = [[people, this.#person], [readers, this.#reader], [runners, this.#runner], [watchers, this.#watcher]];
    for (const [count, act] of kinds) for (let index = 0; index < count; index += 1) this.#tasks.push(act.call(this, new http.Agent({ keepAlive: true, maxSockets: 1 })));
  }
  async stop() {
    this.#going = false;
    this.stopped = Date.now();
    await Promise.all(this.#tasks);
  }

  // Logs in, works with pages for a while, and logs out.
  async #person(agent) {
    while (this.#going) {
      const cookies = new Cookies();
      const form = { j_username: 'admin', j_password: ADMIN_PASSWORD };
      const welcome = await this.requests.ask('login', 'POST', '/j_security_check', { form, cookies, agent, status: 302, accept: 'text/html' });
      if (!welcome) {
        await pause(300);
        continue;
      }
      this.sessions.begun += 1;
      for (let step = 0; step < 60 && this.#going; step += 1) {
        await this.requests.ask('page', 'GET', step % 2 ? '/menu/home' : `/project/${this.project}/jobs`, { cookies, agent, accept: 'text/html' });
        const who = await this.requests.ask('session', 'GET', '/api/59/user/info', { cookies, agent });
        if (who && who.json.login !== 'admin') this.sessions.lost.push(`asked as admin, answered as ${who.json.login}`);
        await pause(120);
      }
      await this.requests.ask('logout', 'GET', '/user/logout', { cookies, agent, status: 302, accept: 'text/html' });
    }
  }

  async #reader(agent) {
    const paths = [`/project/${this.project}/executions`, `/project/${this.project}/jobs`, '/system/info', '/scheduler/jobs', `/job/${this.short}`, '/projects', '/cluster/members'];
    for (let turn = 0; this.#going; turn += 1) {
      await this.requests.ask('API read', 'GET', `/api/59${paths[turn % paths.length]}`, { headers: this.headers, agent });
      await pause(60);
    }
  }

  // Runs a job, and waits for its end.
  async #runner(agent) {
    while (this.#going) {
      const started = await this.requests.ask('run', 'POST', `/api/59/job/${this.short}/run`, { json: {}, headers: this.headers, agent });
      if (started) {
        this.accepted.add(started.json.id);
        for (let look = 0; look < 100 && this.#going; look += 1) {
          const now = await this.requests.ask('API read', 'GET', `/api/59/execution/${started.json.id}`, { headers: this.headers, agent });
          if (now && FINAL.test(now.json.status)) break;
          await pause(150);
        }
      }
      await pause(200);
    }
  }

  // Runs a job that talks for some seconds, and follows what it says; goes on where it was when the stream is cut.
  async #watcher(agent) {
    while (this.#going) {
      const started = await this.requests.ask('run', 'POST', `/api/59/job/${this.told}/run`, { json: {}, headers: this.headers, agent });
      if (!started) {
        await pause(300);
        continue;
      }
      this.accepted.add(started.json.id);
      await this.#follow(started.json.id);
    }
  }

  async #follow(execution) {
    const seen = { lines: [], last: undefined, end: undefined };
    for (let attempt = 0; !seen.end && attempt < 40; attempt += 1) {
      if (attempt === 1) this.logs.resumed += 1;
      if (attempt > 0) await pause(250);
      await this.requests.note('live log', (probe) => this.#listen(execution, seen, probe));
    }
    const right = Array.from({ length: LINES }, (_, index) => `line ${index + 1}`);
    const whole = seen.end === 'succeeded';
    if (!seen.end) this.logs.damaged.push(`execution ${execution}: no end in sight, after ${seen.lines.join(', ')}`);
    else if (JSON.stringify(seen.lines) !== JSON.stringify(whole ? right : right.slice(0, seen.lines.length))) this.logs.damaged.push(`execution ${execution} (${seen.end}): ${seen.lines.join(', ')}`);
    else if (whole) this.logs.whole += 1;
    else this.logs.cut += 1;
  }

  async #listen(execution, seen, probe) {
    const headers = { ...this.headers, ...probe, ...(seen.last ? { 'Last-Event-ID': seen.last } : {}) };
    for await (const { event, data, id } of events(this.requests.url, `/api/59/execution/${execution}/events?states=false`, { headers, timeout: 30_000 })) {
      if (id) seen.last = id;
      if (event === 'output') for (const entry of [JSON.parse(data)].flat()) if (/^line /.test(entry.log ?? '')) seen.lines.push(entry.log);
      if (event === 'end') seen.end = JSON.parse(data).status;
    }
    if (!seen.end) throw new Error('the stream ended before the execution');
  }
}
