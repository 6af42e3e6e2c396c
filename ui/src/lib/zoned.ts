// <input type="datetime-local"> holds local times; here they are those of a zone, as all times that pages show;
// the API takes UTC.
export function utcOf(local: string, zone: string): string | undefined {
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(local);
  if (!parts) return undefined;
  const [year, month, day, hour, minute] = parts.slice(1).map(Number) as [number, number, number, number, number];
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  let guess = wanted;
  for (let round = 0; round < 2; round += 1) guess += wanted - shownAs(guess, zone); // twice: the first guess may be across a change of clocks
  return new Date(guess).toISOString();
}

function shownAs(ms: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' }).formatToParts(ms);
  const number = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(number('year'), number('month') - 1, number('day'), number('hour'), number('minute'));
}

// The other way round, for a first value of the form.
export const localOf = (ms: number, zone: string) => new Date(shownAs(ms, zone)).toISOString().slice(0, 16);
