// Between the form of a calendar and the document of the API, and a calendar in one line.
import type { Calendar, DateType } from '@/api/calendars';
import texts from '@texts/calendars';

export interface CalendarForm {
  id?: number;
  name: string;
  description: string;
  calendarType: 'blackout' | 'allowed';
  dateType: DateType;
  dates: string; // one a line
  from: string; // of a range "2026-12-24", of days "08:00"
  to: string;
  weekdays: string[];
  monthDays: string; // "1, 15"
  recurrent: boolean;
  enable: boolean;
  all: boolean;
  objects: string[]; // names of projects, or uuids of jobs
}

const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const dashed = (date: string | number) => String(date).replaceAll('/', '-');
const weekday = (day: string | number) => (/^\d$/.test(String(day)) ? (DAYS[Number(day) - 1] ?? String(day)) : String(day).toUpperCase().slice(0, 3));

const weekOrder = (days: string[]) => Object.keys(texts.weekdays).filter((day) => days.includes(day));

export const newForm = (): CalendarForm => ({
  name: '', description: '', calendarType: 'blackout', dateType: 'date', dates: '', from: '', to: '', weekdays: [], monthDays: '', recurrent: false, enable: true, all: true, objects: [],
});

export function formOf(calendar: Calendar, project: boolean): CalendarForm {
  const { dateType, dateDefinition: given } = calendar;
  const [first = '', second = ''] = given;
  const clock = dateType === 'daily';
  const range = dateType === 'range' || clock;
  return {
    id: calendar.id,
    name: calendar.name,
    description: calendar.description,
    calendarType: calendar.calendarType,
    dateType,
    dates: dateType === 'date' ? given.map(dashed).join('\n') : '',
    from: range ? (clock ? String(first) : dashed(first)) : '',
    to: range ? (clock ? String(second) : dashed(second)) : '',
    weekdays: dateType === 'weekly' ? given.map(weekday) : [],
    monthDays: dateType === 'monthly' ? given.join(', ') : '',
    recurrent: calendar.recurrent,
    enable: calendar.enable,
    all: calendar.allReference,
    objects: (calendar.objects ?? []).map((one) => (project ? one.uuid : one.name) ?? ''),
  };
}

const words = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

function definition(form: CalendarForm): (string | number)[] {
  switch (form.dateType) {
    case 'date':
      return words(form.dates).map((date) => date.replaceAll('-', '/'));
    case 'range':
      return [form.from, form.to].map((date) => date.replaceAll('-', '/'));
    case 'daily':
      return [form.from, form.to];
    case 'weekly':
      return weekOrder(form.weekdays);
    case 'monthly':
      return words(form.monthDays).map(Number);
  }
}

export function calendarOf(form: CalendarForm, project: boolean): Calendar {
  return {
    id: form.id,
    name: form.name.trim(),
    description: form.description,
    calendarType: form.calendarType,
    dateType: form.dateType,
    dateDefinition: definition(form),
    recurrent: form.recurrent && (form.dateType === 'date' || form.dateType === 'range'),
    enable: form.enable,
    allReference: form.all,
    objects: form.all ? [] : form.objects.filter(Boolean).map((one) => (project ? { uuid: one } : { name: one })),
  };
}

// "Sat, Sun", "2026-12-24 to 2027-01-02, every year", "08:00 to 17:30".
export function describe({ dateType, dateDefinition: given, recurrent }: Calendar): string {
  const yearly = recurrent ? `, ${texts.everyYear}` : '';
  switch (dateType) {
    case 'date':
      return given.map(dashed).join(', ') + yearly;
    case 'range':
      return given.map(dashed).join(` ${texts.toWord} `) + yearly;
    case 'daily':
      return given.join(` ${texts.toWord} `);
    case 'weekly':
      return weekOrder(given.map(weekday)).map((day) => texts.weekdays[day] ?? day).join(', ');
    case 'monthly':
      return given.map((day) => `${day}.`).join(', ');
  }
}
