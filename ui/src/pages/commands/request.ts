// The form of an ad-hoc run, and what is sent for it.
import type { AdHocRequest, ExecutedWorkflow } from '@/api/executionActions';

export type Kind = 'command' | 'script' | 'url';

export interface CommandForm {
  kind: Kind;
  command: string;
  script: string;
  url: string;
  args: string;
  interpreter: string;
  extension: string;
  filter: string;
  threads: number;
  keepgoing: boolean;
}

export const NO_COMMAND: CommandForm = { kind: 'command', command: '', script: '', url: '', args: '', interpreter: '', extension: '', filter: '', threads: 1, keepgoing: true };

const orNothing = (text: string) => text.trim() || undefined;

export function requestOf(form: CommandForm): AdHocRequest {
  const nodes = form.filter.trim() ? { filter: form.filter.trim(), nodeThreadcount: String(Math.max(1, Math.floor(form.threads) || 1)), nodeKeepgoing: form.keepgoing } : {};
  if (form.kind === 'command') return { exec: form.command, ...nodes };
  const how = { argString: orNothing(form.args), scriptInterpreter: orNothing(form.interpreter), fileExtension: orNothing(form.extension) };
  return form.kind === 'script' ? { script: form.script, ...how, ...nodes } : { scriptURL: form.url.trim(), ...how, ...nodes };
}

export const contentOf = (form: CommandForm) => ({ command: form.command, script: form.script, url: form.url })[form.kind];

// The form as an earlier execution was run.
export function formOf(ran: ExecutedWorkflow): CommandForm {
  const text = (name: string) => String(ran.adHoc?.[name] ?? '');
  return {
    ...NO_COMMAND,
    kind: ran.adHoc?.exec !== undefined ? 'command' : ran.adHoc?.scriptURL !== undefined ? 'url' : 'script',
    command: text('exec'),
    script: text('script'),
    url: text('scriptURL'),
    args: text('argString'),
    interpreter: text('scriptInterpreter'),
    extension: text('fileExtension'),
    filter: ran.nodes?.filter ?? '',
    threads: Number(ran.nodes?.threadcount) || 1,
    keepgoing: ran.nodes?.keepgoing ?? true,
  };
}
