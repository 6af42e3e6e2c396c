import { effectScope, ref } from 'vue';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { optionValues, type InputOption, type OptionChoices } from '@/api/jobs';
import { useCascade } from './cascade';
import type { Values } from './runOptions';

vi.mock('@/api/jobs', () => ({ optionValues: vi.fn() }));
const asked = vi.mocked(optionValues);
afterEach(() => void asked.mockReset());

const choices = (names: string[], dependsOn: string[] = [], selected = ''): OptionChoices => ({ remote: true, dependsOn, values: names.map((name) => ({ name, value: name, selected: name === selected })) });

describe('options that depend on others', () => {
  it('are asked for again when what they depend on came while they were on their way', async () => {
    const cities: Record<string, string[]> = { at: ['Wien', 'Graz'] };
    let answer = () => {};
    const held = new Promise<void>((resolve) => (answer = resolve));
    asked.mockImplementation(async (_job, name, options) => {
      if (name === 'country') return choices(['at', 'de'], [], 'at');
      if (!options.country) await held; // the first question, without a country
      return choices(cities[String(options.country ?? '')] ?? [], ['country']);
    });
    const options: InputOption[] = [{ name: 'country', remote: true, enforced: true }, { name: 'city', remote: true, enforced: true }];
    const values = ref<Values>({ country: '', city: '' });
    const scope = effectScope();
    const { remote } = scope.run(() => useCascade('j', options, values))!;
    await vi.waitFor(() => expect(values.value.country).toBe('at'));
    answer();
    await vi.waitFor(() => expect(remote.city?.choices?.values.map((one) => one.value)).toEqual(['Wien', 'Graz']));
    expect(remote.city!.loading).toBe(false);
    scope.stop();
  });
});
