// A schedule of a project as one cron expression, whichever way it is written.
import type { ProjectSchedule } from '@/api/projectSchedules';

// Days of the month and of the week exclude each other in the peer's dialect: one of them is "?".
export function ruleOf({ type, crontabString, schedule }: ProjectSchedule): string {
  if (type === 'CRON' || !schedule) return crontabString ?? '';
  const { hour, minute, month, dayOfWeek } = schedule;
  const days = dayOfWeek && dayOfWeek !== '*' && dayOfWeek !== '?';
  return `0 ${minute} ${hour} ${days ? '?' : '*'} ${month || '*'} ${days ? dayOfWeek : '?'}`;
}

// Which jobs to add and which to take away.
export function assignmentChange(before: readonly string[], after: readonly string[]) {
  return { add: after.filter((id) => !before.includes(id)), drop: before.filter((id) => !after.includes(id)) };
}
