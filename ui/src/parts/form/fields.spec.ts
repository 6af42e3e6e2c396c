import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import CheckField from './CheckField.vue';
import KeyValueFields from './KeyValueFields.vue';
import SelectField from './SelectField.vue';
import TextField from './TextField.vue';

describe('fields of a document', () => {
  it('drop what is emptied', async () => {
    const wrapper = mount(TextField, { props: { label: 'Time limit', modelValue: '5m' } });
    await wrapper.find('input').setValue('');
    expect(wrapper.emitted('update:modelValue')!.at(-1)).toEqual([undefined]);
  });

  it('read flags in every spelling, and their fallback when there is none', () => {
    const checked = (props: object) => (mount(CheckField, { props: { label: 'x', ...props } }).find('input').element as HTMLInputElement).checked;
    expect([checked({ modelValue: 'true' }), checked({ modelValue: true }), checked({ modelValue: 'false', fallback: true }), checked({ fallback: true }), checked({})]).toEqual([true, true, false, true, false]);
  });

  it('keep a choice that is not offered', () => {
    const wrapper = mount(SelectField, { props: { label: 'Strategy', modelValue: 'own-plugin', choices: { a: 'A' } } });
    expect((wrapper.find('select').element as HTMLSelectElement).value).toBe('own-plugin');
  });

  it('edit settings, and keep those that are no text as they are', async () => {
    const wrapper = mount(KeyValueFields, { props: { label: 'Settings', modelValue: { name: 'x', list: [1, 2] } } });
    await wrapper.findAll('textarea')[0]!.setValue('y');
    expect(wrapper.emitted('update:modelValue')!.at(-1)).toEqual([{ name: 'y', list: [1, 2] }]);
    await wrapper.find('button[aria-label="Remove name"]').trigger('click');
    expect(wrapper.emitted('update:modelValue')!.at(-1)).toEqual([{ list: [1, 2] }]);
    await wrapper.find('button[aria-label="Remove list"]').trigger('click');
    expect(wrapper.emitted('update:modelValue')!.at(-1)).toEqual([undefined]);
  });
});
