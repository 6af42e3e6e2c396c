// Labels below a chart: the time of day (to the second when marks are closer than a minute), and the date where a day begins; dates alone when marks are days apart.
const DAY = 86_400;

export function axisTimes(seconds: readonly number[], zone: string): string[] {
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: zone });
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: seconds.length > 1 && seconds[1]! - seconds[0]! < 60 ? '2-digit' : undefined, timeZone: zone });
  if (seconds.length > 1 && seconds[1]! - seconds[0]! >= DAY - 3600) return seconds.map((one) => day.format(one * 1000));
  let before = '';
  return seconds.map((one) => {
    const date = day.format(one * 1000);
    const label = date === before ? clock.format(one * 1000) : `${clock.format(one * 1000)}\n${date}`;
    before = date;
    return label;
  });
}
