// An OpenLDAP server of our own: unprivileged, on loopback, in a temporary folder, with people and groups that the test gives.
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ended, endAtExit, removeAtExit } from './cleanup.mjs';
import { freePort } from './ports.mjs';
import { until } from './wait.mjs';

export const SUFFIX = 'dc=example,dc=com';
export const MANAGER = { dn: `cn=Manager,${SUFFIX}`, password: 'manager secret' };

function account() {
  if (process.getuid() !== 0) return {};
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').map((text) => text.split(':')).find(([name]) => name === 'openldap' || name === 'nobody');
  return { uid: Number(line[2]), gid: Number(line[3]) };
}

const configuration = (folder, tls) => `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/nis.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile ${folder}/slapd.pid
${tls ? `TLSCertificateFile ${folder}/cert.pem\nTLSCertificateKeyFile ${folder}/key.pem\n` : ''}
database mdb
suffix "${SUFFIX}"
rootdn "${MANAGER.dn}"
rootpw "${MANAGER.password}"
directory ${folder}/data
# Nobody gets more than five entries at once; the rest takes pages.
limits * size.soft=5 size.hard=5 size.prtotal=unlimited
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous auth
`;

export class Slapd {
  constructor(ldif, { tls = false } = {}) {
    this.folder = removeAtExit(mkdtempSync(join(tmpdir(), 'qd-slapd-')));
    this.user = account();
    this.tls = tls;
    mkdirSync(join(this.folder, 'data'));
    writeFileSync(join(this.folder, 'slapd.conf'), configuration(this.folder, tls));
    writeFileSync(join(this.folder, 'data.ldif'), ldif);
    if (tls) {
      execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1',
        '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', join(this.folder, 'key.pem'), '-out', join(this.folder, 'cert.pem')], { stdio: 'pipe' });
    }
    chmodSync(this.folder, 0o755);
    if (this.user.uid !== undefined) {
      for (const name of ['', 'data', 'slapd.conf', 'data.ldif', ...(tls ? ['key.pem', 'cert.pem'] : [])]) chownSync(join(this.folder, name), this.user.uid, this.user.gid);
    }
    execFileSync('/usr/sbin/slapadd', ['-f', join(this.folder, 'slapd.conf'), '-l', join(this.folder, 'data.ldif')], { ...this.user, stdio: 'pipe' });
  }

  get caFile() {
    return join(this.folder, 'cert.pem');
  }

  async start() {
    this.port ??= await freePort();
    this.tlsPort ??= await freePort();
    this.url = `ldap://127.0.0.1:${this.port}`;
    this.tlsUrl = `ldaps://127.0.0.1:${this.tlsPort}`;
    const log = openSync(join(this.folder, 'slapd.log'), 'a');
    const listen = `ldap://127.0.0.1:${this.port}/${this.tls ? ` ldaps://127.0.0.1:${this.tlsPort}/` : ''}`;
    this.child = endAtExit(spawn('/usr/sbin/slapd', ['-f', join(this.folder, 'slapd.conf'), '-h', listen, '-d', '0'], { ...this.user, stdio: ['ignore', log, log] }));
    await until(() => this.#listens(), { timeout: 60_000, what: `slapd on port ${this.port} (log in ${this.folder})` });
    return this;
  }

  #listens() {
    return new Promise((resolve) => {
      const probe = net.connect(this.port, '127.0.0.1');
      probe.once('connect', () => { probe.destroy(); resolve(true); });
      probe.once('error', () => resolve(false));
    });
  }

  async stop() {
    this.child.kill('SIGTERM');
    await ended(this.child);
  }
}
