// any database
// Logins by PAM: a service of our own whose module asks a script for the password.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN_PASSWORD, Server } from '../support/server.mjs';
import { freshDatabase } from '../support/databases.mjs';

describe('logins by PAM', () => {
  it('ask the service, and take roles from a file and from the JAAS file', async () => {
    const qd = new Server({ database: await freshDatabase() });
    const folder = join(qd.base, 'pam.d');
    mkdirSync(folder, { recursive: true });
    mkdirSync(join(qd.base, 'server/config'), { recursive: true });
    const script = join(qd.base, 'check.sh');
    // pam_exec gives the password on standard input, with a NUL at its end.
    writeFileSync(script, '#!/bin/sh\npassword=$(tr -d "\\000")\n[ "$PAM_USER" = "nobody" ] && [ "$password" = "pam secret" ]\n');
    chmodSync(script, 0o755);
    writeFileSync(join(folder, 'quarterdeck-test'), `auth required pam_exec.so expose_authtok quiet ${script}\naccount required pam_permit.so\n`);
    writeFileSync(join(qd.base, 'roles.properties'), 'nobody: -,build\n');
    writeFileSync(join(qd.base, 'server/config/jaas-loginmodule.conf'), `RDpropertyfilelogin {
  org.rundeck.jaas.jetty.JettyPamLoginModule requisite
    debug="true" service="quarterdeck-test" configFolder="\${rdeck.base}/pam.d" supplementalRoles="readonly" useUnixGroups="true" storePass="true";
  org.rundeck.jaas.jetty.JettyRolePropertyFileLoginModule required
    debug="true" useFirstPass="true" file="\${rdeck.base}/roles.properties";
};
`);
    await qd.start();
    const { cookies, answer } = await qd.login('nobody', 'pam secret');
    assert.doesNotMatch(answer.text, /j_security_check/, qd.log());
    const { json } = await qd.api('GET', '/user/roles', { cookies, token: null });
    for (const role of ['readonly', 'nogroup', 'build']) assert.ok(json.roles.includes(role), JSON.stringify(json.roles));
    for (const [user, password] of [['nobody', 'wrong'], ['nobody', ''], ['root', 'pam secret'], ['admin', ADMIN_PASSWORD]]) {
      assert.match((await qd.login(user, password)).answer.text, /j_security_check/, `${user} / ${password}`);
    }
    assert.doesNotMatch(qd.log(), /pam secret/);
    await qd.stop();
  });
});
