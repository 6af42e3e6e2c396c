// The schedules that the form can say without a cron expression, and back. Pure.
export type CronForm =
  | { kind: 'minutes'; every: number }
  | { kind: 'hourly'; minute: number }
  | { kind: 'daily'; time: string }
  | { kind: 'weekly'; time: string; days: string[] }
  | { kind: 'monthly'; time: string; day: string } // "1".."31" or "L"
  | { kind: 'custom'; text: string };

export const WEEKDAYS = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];
const BY_NUMBER = ['', 'SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const clock = (hour: string, minute: string) => `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`;
const isNumber = (text: string, most: number) => /^\d{1,2}$/.test(text) && Number(text) <= most;

// MON-FRI and SUN,3 as names in the order of the week; undefined when it says more than that.
function daysOf(text: string): string[] | undefined {
  const found = new Set<string>();
  const name = (one: string) => (/^[1-7]$/.test(one) ? BY_NUMBER[Number(one)]! : one.toUpperCase());
  for (const part of text.split(',')) {
    const [from, to, more] = part.split('-').map(name);
    if (more !== undefined || !from || !WEEKDAYS.includes(from) || (to !== undefined && !WEEKDAYS.includes(to))) return undefined;
    for (let at = WEEKDAYS.indexOf(from); ; at = (at + 1) % 7) {
      found.add(WEEKDAYS[at]!);
      if (WEEKDAYS[at] === (to ?? from)) break;
    }
  }
  return WEEKDAYS.filter((day) => found.has(day));
}

export function readCron(text: string): CronForm {
  const custom: CronForm = { kind: 'custom', text };
  const [second, minute, hour, day, month, weekday, year = '*', more] = text.trim().split(/\s+/);
  if (more !== undefined || weekday === undefined || second !== '0' || month !== '*' || year !== '*') return custom;
  const anyDay = (day === '?' || day === '*') && (weekday === '?' || weekday === '*');
  const every = /^(?:0|\*)\/(\d{1,2})$/.exec(minute!);
  if (anyDay && hour === '*' && every && Number(every[1]) > 0) return { kind: 'minutes', every: Number(every[1]) };
  if (!isNumber(minute!, 59)) return custom;
  if (anyDay && hour === '*') return { kind: 'hourly', minute: Number(minute) };
  if (!isNumber(hour!, 23)) return custom;
  const time = clock(hour!, minute!);
  if (anyDay) return { kind: 'daily', time };
  if (day === '?' || day === '*') {
    const days = daysOf(weekday);
    return days ? { kind: 'weekly', time, days } : custom;
  }
  if (weekday === '?' && (day === 'L' || (isNumber(day!, 31) && Number(day) > 0))) return { kind: 'monthly', time, day: day! };
  return custom;
}

export function writeCron(form: CronForm): string {
  if (form.kind === 'custom') return form.text;
  if (form.kind === 'minutes') return `0 0/${form.every} * ? * * *`;
  if (form.kind === 'hourly') return `0 ${form.minute} * ? * * *`;
  const [hour, minute] = (form.time || '00:00').split(':').map(Number);
  const at = `0 ${minute} ${hour}`;
  if (form.kind === 'daily') return `${at} ? * * *`;
  if (form.kind === 'weekly') return `${at} ? * ${form.days.length ? form.days.join(',') : '*'} *`;
  return `${at} ${form.day} * ? *`;
}

export function startForm(kind: CronForm['kind'], text: string): CronForm {
  const now = readCron(text);
  const time = 'time' in now ? now.time : '02:00';
  switch (kind) {
    case 'minutes':
      return { kind, every: 15 };
    case 'hourly':
      return { kind, minute: 0 };
    case 'daily':
      return { kind, time };
    case 'weekly':
      return { kind, time, days: ['MON', 'TUE', 'WED', 'THU', 'FRI'] };
    case 'monthly':
      return { kind, time, day: '1' };
    case 'custom':
      return { kind, text };
  }
}
