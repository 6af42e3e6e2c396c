import { mount } from '@vue/test-utils';
import { describe, expect, it, vi } from 'vitest';
import type { InputOption } from '@/api/jobs';
import OptionField from './OptionField.vue';

vi.mock('@/parts/MarkdownText.vue', () => ({ default: { props: ['text'], template: '<p>{{ text }}</p>' } }));

function field(option: InputOption, modelValue: string | string[] = '', more = {}) {
  const wrapper = mount(OptionField, { props: { option, modelValue, jobId: 'j', ...more }, attachTo: document.body });
  const told = () => wrapper.emitted('update:modelValue')?.at(-1)?.[0];
  return { wrapper, told };
}

describe('a field of the run form', () => {
  it('is text with suggestions when values are not enforced', async () => {
    const { wrapper, told } = field({ name: 'env', values: ['a', 'b'] }, 'a');
    expect(wrapper.findAll('datalist option').map((one) => one.attributes('value'))).toEqual(['a', 'b']);
    await wrapper.find('input').setValue('own');
    expect(told()).toBe('own');
  });

  it('is a list when they are, in order when asked, and shows what is not offered', async () => {
    const { wrapper, told } = field({ name: 'env', label: 'Environment', values: ['z', 'b'], enforced: true, sortValues: true, required: true }, 'gone');
    expect(wrapper.findAll('option').map((one) => one.text())).toEqual(['Choose…', 'gone', 'b', 'z']);
    expect(wrapper.find('label').text()).toContain('Environment');
    await wrapper.find('select').setValue('z');
    expect(told()).toBe('z');
  });

  it('takes values from elsewhere over its own', () => {
    const choices = { remote: true, dependsOn: [], values: [{ name: 'First', value: '1' }] };
    const { wrapper } = field({ name: 'v', enforced: true, remote: true, values: ['old'] }, '', { choices });
    expect(wrapper.findAll('option').map((one) => one.text())).toEqual(['', 'First']);
  });

  it('ticks several values and takes others unless they are enforced', async () => {
    const { wrapper, told } = field({ name: 'parts', multivalued: true, values: ['api', 'ui'] }, ['api', 'more']);
    const [api, ui] = wrapper.findAll('input[type=checkbox]');
    expect((api!.element as HTMLInputElement).checked).toBe(true);
    await ui!.setValue(true);
    expect(told()).toEqual(['api', 'more', 'ui']);
    expect(wrapper.find('.chip').text()).toContain('more');
    const box = wrapper.find('input:not([type=checkbox])');
    await box.setValue(' x ');
    expect(told()).toEqual(['api', 'more', 'x']);
    await wrapper.setProps({ modelValue: told() as string[] });
    expect(wrapper.findAll('.chip').map((one) => one.text())).toEqual(['more']);
    await box.setValue('xy');
    expect(told()).toEqual(['api', 'more', 'xy']);
    await wrapper.setProps({ modelValue: told() as string[] });
    await box.trigger('keydown', { key: 'Enter' });
    expect(wrapper.findAll('.chip').map((one) => one.text())).toEqual(['more', 'xy']);
    await box.setValue('more');
    await box.setValue('');
    expect(told()).toEqual(['api', 'more', 'xy']);
    const strict = field({ name: 'parts', multivalued: true, enforced: true, values: ['api'] }, []);
    expect(strict.wrapper.findAll('input')).toHaveLength(1);
  });

  it('hides secrets and says where an empty one comes from', () => {
    const { wrapper } = field({ name: 'pass', secure: true, fromStorage: true });
    const input = wrapper.find('input');
    expect(input.attributes('type')).toBe('password');
    expect(input.attributes('placeholder')).toBe('From key storage when left empty');
  });

  it('writes a picked date in the format of the option', async () => {
    const { wrapper, told } = field({ name: 'day', isDate: true, dateFormat: 'DD.MM.YYYY HH:mm' });
    await wrapper.find('input[type=datetime-local]').setValue('2026-11-29T10:05');
    expect(told()).toBe('29.11.2026 10:05');
  });

  it('marks what is wrong, for those who hear it, too', () => {
    const { wrapper } = field({ name: 'env', description: 'Where' }, '', { error: 'Give a value.' });
    const input = wrapper.find('input');
    expect(input.attributes('aria-invalid')).toBe('true');
    const described = input.attributes('aria-describedby')!.split(' ').map((id) => document.getElementById(id)?.textContent);
    expect(described).toContain('Give a value.');
  });
});
