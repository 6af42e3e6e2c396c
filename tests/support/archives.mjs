// Project archives as tests make and send them.
import { zip } from './zip.mjs';

// Sends an archive to be imported: a Buffer, or {path below the root: text}.
export function importArchive(server, project, archive, { query = {}, token, type = 'application/zip' } = {}) {
  const body = Buffer.isBuffer(archive) ? archive : zip(Object.fromEntries(Object.entries(archive).map(([path, text]) => [`rundeck-from/${path}`, text])));
  return server.api('PUT', `/project/${project}/import`, { query, token, body, type });
}

export const jobXml = ({ uuid = '', name, group = '', command = 'true' }) => `<joblist>
  <job>
    <description></description>
    <executionEnabled>true</executionEnabled>
    ${group && `<group>${group}</group>`}
    ${uuid && `<id>${uuid}</id>`}
    <loglevel>INFO</loglevel>
    <name>${name}</name>
    <scheduleEnabled>true</scheduleEnabled>
    <sequence keepgoing='false' strategy='node-first'>
      <command>
        <exec>${command}</exec>
      </command>
    </sequence>
    ${uuid && `<uuid>${uuid}</uuid>`}
  </job>
</joblist>`;

// executions/execution-ID.xml as the peer's MarkupBuilder writes it; fields are elements, null ones empty.
export function executionXml({ id, jobId, workflow = '<command><exec>echo hello</exec></command>', ...fields }) {
  const all = { dateStarted: '2024-03-01T10:00:00Z', dateCompleted: '2024-03-01T10:00:05Z', status: 'succeeded', outputfilepath: `output-${id}.rdlog`, execIdForLogStore: id, failedNodeList: null, succeededNodeList: 'web1', abortedby: null, cancelled: false, argString: null, loglevel: 'INFO', id: undefined, uuid: 'c3d7f0de-7b52-4d6a-9a3e-1f1f1f1f1f1f', doNodedispatch: false, executionType: 'user', project: 'from', user: 'ann', ...fields };
  const elements = Object.entries({ ...(jobId ? { jobId } : {}), ...all }).filter(([, value]) => value !== undefined).map(([name, value]) => (value === null ? `    <${name} />` : `    <${name}>${value}</${name}>`));
  return `<executions>\n  <execution id='${id}'>\n${elements.join('\n')}\n    <workflow keepgoing='false' strategy='node-first'>\n      ${workflow}\n    </workflow>\n  </execution>\n</executions>`;
}

export const rdlog = (...texts) => `^text/x-rundeck-log-v2.0^\n${texts.map((text) => `^2024-03-01T10:00:01Z|||{node=web1|step=1|stepctx=1|user=ann}|${text}^`).join('\n')}\n^END^\n`;
