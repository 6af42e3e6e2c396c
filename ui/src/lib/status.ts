// How the status of an execution looks.
export type Tone = 'ok' | 'fail' | 'run' | 'warn' | 'off';

const TONES: Record<string, Tone> = {
  succeeded: 'ok',
  running: 'run',
  scheduled: 'off',
  queued: 'off',
  failed: 'fail',
  'failed-with-retry': 'warn',
  timedout: 'fail',
  aborted: 'warn',
  missed: 'warn',
  incomplete: 'fail',
};

export const toneOf = (status: string): Tone => TONES[status] ?? 'fail';
