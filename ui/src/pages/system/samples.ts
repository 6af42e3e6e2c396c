// Samples of metrics over time, as columns for charts. Counters become rates.
import type { Metrics } from '@/api/system';

export interface Sample {
  at: number; // seconds
  values: Record<string, number>;
}

export interface Line {
  name: string; // of the metric
  label: string;
  rate?: boolean; // its growth a second
  scale?: number; // the value is divided by this
}

export const MOST_SAMPLES = 720; // an hour at one in five seconds

export function sampleOf(metrics: Metrics, at: number): Sample {
  const values: Record<string, number> = {};
  for (const [name, { value }] of Object.entries(metrics.gauges)) values[name] = value;
  for (const [name, { count }] of Object.entries(metrics.counters)) values[name] = count;
  return { at, values };
}

export const keep = (samples: readonly Sample[], next: Sample): Sample[] => [...samples, next].slice(-MOST_SAMPLES);

// [times, line 1, line 2…]; null where nothing is known. A counter that falls was started anew: no rate there.
export function columns(samples: readonly Sample[], lines: readonly Line[]): (number | null)[][] {
  const times = samples.map((sample) => sample.at);
  const data = lines.map(({ name, rate, scale = 1 }) =>
    samples.map((sample, index) => {
      const value = sample.values[name];
      if (value === undefined) return null;
      if (!rate) return value / scale;
      const before = samples[index - 1];
      const earlier = before?.values[name];
      if (before === undefined || earlier === undefined || value < earlier || sample.at <= before.at) return null;
      return (value - earlier) / (sample.at - before.at) / scale;
    }),
  );
  return [times, ...data];
}
