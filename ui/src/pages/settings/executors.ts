// How commands and files reach nodes by default: keys of a project's configuration.
// Source: the peer's documentation, "Node Executors" and "File Copiers" of its projects.
import texts from '@texts/settings';

const t = texts.executors;

export interface ProviderChoice {
  key: string;
  label: string;
  standard: string;
  providers: string[];
}

export const CHOICES: ProviderChoice[] = [
  { key: 'service.NodeExecutor.default.provider', label: t.executor, standard: 'sshj-ssh', providers: ['sshj-ssh', 'jsch-ssh', 'ssh-exec', 'script-exec', 'stub', 'local'] },
  { key: 'service.FileCopier.default.provider', label: t.copier, standard: 'sshj-scp', providers: ['sshj-scp', 'jsch-scp', 'ssh-copier', 'script-copy', 'stub', 'local'] },
  { key: 'service.NodeExecutor.default.local.provider', label: t.localExecutor, standard: 'local', providers: ['local', 'newlocal', 'script-exec', 'stub', 'sshj-ssh'] },
  { key: 'service.FileCopier.default.local.provider', label: t.localCopier, standard: 'local', providers: ['local', 'script-copy', 'stub', 'sshj-scp'] },
];

export interface ExecutorField {
  key: string;
  label: string;
  help?: string;
  choices?: Record<string, string>;
}

export interface ExecutorGroup {
  title: string;
  of: string[]; // providers that read these keys
  fields: ExecutorField[];
}

const SSH = ['sshj-ssh', 'jsch-ssh', 'ssh-exec', 'sshj-scp', 'jsch-scp', 'ssh-copier'];

export const GROUPS: ExecutorGroup[] = [
  {
    title: t.ssh,
    of: SSH,
    fields: [
      { key: 'project.ssh-authentication', label: t.authentication, choices: t.authentications },
      { key: 'project.ssh-key-storage-path', label: t.keyPath, help: t.keyPathHelp },
      { key: 'project.ssh-keypath', label: t.keyFile },
      { key: 'project.ssh-key-passphrase-storage-path', label: t.passphrasePath },
      { key: 'project.ssh-password-storage-path', label: t.passwordPath },
      { key: 'project.ssh-connect-timeout', label: t.connectTimeout },
      { key: 'project.ssh-command-timeout', label: t.commandTimeout },
    ],
  },
  {
    title: t.script,
    of: ['script-exec'],
    fields: [
      { key: 'plugin.script-exec.default.command', label: t.command, help: t.commandHelp },
      { key: 'plugin.script-exec.default.dir', label: t.dir },
      { key: 'plugin.script-exec.default.shell', label: t.shell },
    ],
  },
  {
    title: t.scriptCopy,
    of: ['script-copy'],
    fields: [
      { key: 'plugin.script-copy.default.command', label: t.command, help: t.copyHelp },
      { key: 'plugin.script-copy.default.remote-filepath', label: t.remotePath },
      { key: 'plugin.script-copy.default.dir', label: t.dir },
      { key: 'plugin.script-copy.default.shell', label: t.shell },
    ],
  },
];

export const EXECUTOR_KEYS = [...CHOICES.map((one) => one.key), ...GROUPS.flatMap((group) => group.fields.map((field) => field.key))];

// The groups whose providers are chosen; a group with values stays in sight.
export function groupsFor(form: Record<string, string>): ExecutorGroup[] {
  const used = new Set(CHOICES.map((choice) => form[choice.key] || choice.standard));
  return GROUPS.filter((group) => group.of.some((provider) => used.has(provider)) || group.fields.some((field) => form[field.key]));
}
