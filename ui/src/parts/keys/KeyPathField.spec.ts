import { flushPromises, mount } from '@vue/test-utils';
import PrimeVue from 'primevue/config';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '@/api/client';
import { readFolder, type KeyEntry } from '@/api/keys';
import KeyPathField from './KeyPathField.vue';

vi.mock('vue-router', () => ({ useRoute: () => ({ params: { project: 'web' } }) }));
vi.mock('@/api/keys', async (original) => ({ ...(await original<typeof import('@/api/keys')>()), readFolder: vi.fn() }));

const folder = (path: string): KeyEntry => ({ type: 'directory', path });
const password = (path: string): KeyEntry => ({ type: 'file', path, meta: { 'Rundeck-data-type': 'password' } });
const FOLDERS: Record<string, KeyEntry[]> = {
  keys: [folder('keys/global'), password('keys/root')],
  'keys/global': [password('keys/global/db'), { type: 'file', path: 'keys/global/id', meta: { 'Rundeck-key-type': 'private' } }],
};

beforeEach(() => {
  document.body.innerHTML = '';
  vi.mocked(readFolder).mockImplementation(async (path) => {
    if (!FOLDERS[path]) throw new ApiError(404, '', 'absent');
    return { type: 'directory', path, resources: FOLDERS[path] };
  });
});

async function opened(modelValue?: string) {
  const wrapper = mount(KeyPathField, { props: { label: 'Password', kind: 'password', modelValue }, global: { plugins: [PrimeVue] }, attachTo: document.body });
  await wrapper.find('button').trigger('click');
  await vi.waitFor(() => expect(document.querySelector('.key-picker')).not.toBeNull());
  await flushPromises();
  const button = (name: string) => [...document.querySelectorAll<HTMLButtonElement>('.key-picker button')].find((one) => one.textContent === name)!;
  const names = () => [...document.querySelectorAll('.key-picker .entry')].map((one) => one.textContent);
  return { wrapper, button, names };
}

describe('the path of a key', () => {
  it('is chosen by walking the folders, which show keys of the wanted kind only', async () => {
    const { wrapper, button, names } = await opened();
    expect(document.querySelector('.key-picker')!.textContent).toContain('There is no such key here');
    button('Up').click();
    await flushPromises();
    button('Up').click();
    await flushPromises();
    expect(names()).toEqual(['global', 'root']);
    button('global').click();
    await flushPromises();
    expect(names()).toEqual(['db']);
    button('db').click();
    expect(wrapper.emitted('update:modelValue')).toEqual([['keys/global/db']]);
  });

  it('begins beside the key that is set', async () => {
    expect((await opened('keys/global/db')).names()).toEqual(['db']);
  });

  it('can be typed', async () => {
    const wrapper = mount(KeyPathField, { props: { label: 'Password' }, global: { plugins: [PrimeVue] } });
    await wrapper.find('input').setValue('keys/${user.login}/db');
    expect(wrapper.emitted('update:modelValue')).toEqual([['keys/${user.login}/db']]);
  });
});
