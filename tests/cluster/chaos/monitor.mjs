// Watches, while members are broken, that nothing is stuck: an execution that runs under no living incarnation must be
// closed soon. Times are the database's; while that is away, nothing is asked for.
const ORPHANS = `SELECT e.id, e.server_uuid, e.incarnation FROM execution e WHERE e.status = 'running' AND EXISTS (
  SELECT 1 FROM member m WHERE m.uuid = e.server_uuid AND (m.state IN ('dead', 'stopped') OR m.incarnation > e.incarnation))`;

export class Monitor {
  problems = [];
  longest = 0;
  #since = new Map();

  constructor(cluster, limit) {
    this.cluster = cluster;
    this.limit = limit;
  }

  start() {
    this.timer = setInterval(() => this.#look(), 1000);
  }
  stop() {
    clearInterval(this.timer);
  }
  // Nobody can be blamed for what waits while the database is away.
  forgive() {
    this.#since.clear();
  }

  #look() {
    let rows;
    try {
      rows = this.cluster.rows(ORPHANS);
    } catch {
      return this.forgive();
    }
    const now = Date.now();
    const seen = new Map();
    for (const [id, server, incarnation] of rows) {
      const since = this.#since.get(id) ?? now;
      seen.set(id, since);
      this.longest = Math.max(this.longest, now - since);
      if (now - since > this.limit && now - since < this.limit + 1500) this.problems.push(`execution ${id} runs under ${server.slice(0, 8)} incarnation ${incarnation}, which has been over for ${now - since} ms`);
    }
    this.#since = seen;
  }
}
