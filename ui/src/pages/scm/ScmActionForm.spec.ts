import { flushPromises, mount } from '@vue/test-utils';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '@/api/client';
import { actionInput, perform, type ActionInput } from '@/api/scm';
import ScmActionForm from './ScmActionForm.vue';

const push = vi.fn();
const done = vi.fn();
vi.mock('vue-router', () => ({ useRouter: () => ({ push }), useRoute: () => ({ params: { project: 'web' } }) }));
vi.mock('@/lib/notify', () => ({ useNotify: () => ({ done }) }));
vi.mock('@/parts/MarkdownText.vue', () => ({ default: { props: ['text'], template: '<p>{{ text }}</p>' } }));
vi.mock('@/api/scm', async (original) => ({ ...(await original<typeof import('@/api/scm')>()), actionInput: vi.fn(), perform: vi.fn() }));

const text = { type: 'String' as const, description: null, defaultValue: null, values: null, scope: null, renderingOptions: null };
const INPUT: ActionInput = {
  actionId: 'project-commit',
  title: 'Commit Changes',
  description: null,
  fields: [{ ...text, name: 'message', title: 'Message', required: true, renderingOptions: { displayType: 'MULTI_LINE' } }],
  exportItems: [
    { itemId: 'a.yaml', job: { jobId: 'a', jobName: 'A', groupPath: null }, deleted: false, status: 'EXPORT_NEEDED', renamed: false, originalId: null },
    { itemId: 'b.yaml', job: { jobId: 'b', jobName: 'B', groupPath: null }, deleted: false, status: 'CREATE_NEEDED', renamed: false, originalId: null },
  ],
  importItems: null,
};

async function form(props = {}) {
  const wrapper = mount(ScmActionForm, { props: { project: 'web', integration: 'export', action: 'project-commit', job: '', ...props }, global: { stubs: { RouterLink: { props: ['to'], template: '<a><slot /></a>' } } } });
  await flushPromises();
  return wrapper;
}
const submit = async (wrapper: Awaited<ReturnType<typeof form>>) => {
  await wrapper.find('form').trigger('submit');
  await flushPromises();
};

beforeEach(() => {
  sessionStorage.clear();
  vi.clearAllMocks();
  vi.mocked(actionInput).mockResolvedValue(structuredClone(INPUT));
});

describe('the form of an action', () => {
  it('asks for what is missing beside its field, then does it to what is chosen', async () => {
    vi.mocked(perform).mockResolvedValue({ success: true, message: null, nextAction: null, validationErrors: null });
    const wrapper = await form();
    await submit(wrapper);
    expect(perform).not.toHaveBeenCalled();
    expect(wrapper.find('[aria-invalid="true"]').element.tagName).toBe('TEXTAREA');
    await wrapper.find('textarea').setValue('Change A');
    await wrapper.findAll('input[type=checkbox]')[1]!.setValue(false);
    await submit(wrapper);
    expect(perform).toHaveBeenCalledWith('web', 'export', 'project-commit', { input: { message: 'Change A' }, jobs: ['a'], items: [], deleted: [] }, undefined);
    expect(push).toHaveBeenCalledWith('/project/web/jobs');
    expect(Object.keys(sessionStorage)).toEqual([]);
  });

  it('wants something chosen', async () => {
    const wrapper = await form();
    await wrapper.find('textarea').setValue('x');
    for (const box of wrapper.findAll('input[type=checkbox]')) await box.setValue(false);
    await submit(wrapper);
    expect(perform).not.toHaveBeenCalled();
    expect(wrapper.find('[role=alert]').text()).toContain('Select at least one entry.');
  });

  it('shows a refusal at its field, and keeps what was entered', async () => {
    vi.mocked(perform).mockRejectedValue(new ApiError(400, '', 'Some input values were not valid.', { success: false, validationErrors: { message: 'Too short' } }));
    const wrapper = await form();
    await wrapper.find('textarea').setValue('x');
    await submit(wrapper);
    expect(wrapper.find('.field .error').text()).toBe('Too short');
    expect(wrapper.find('[role=alert]').text()).toContain('Some input values were not valid.');
    expect((wrapper.find('textarea').element as HTMLTextAreaElement).value).toBe('x');
    expect(push).not.toHaveBeenCalled();
  });

  it('goes on to the action that comes next, and back to a job', async () => {
    vi.mocked(perform).mockResolvedValue({ success: true, message: null, nextAction: 'project-push', validationErrors: null });
    const wrapper = await form();
    await wrapper.find('textarea').setValue('x');
    await submit(wrapper);
    expect(push).toHaveBeenCalledWith('/project/web/scm/export/performAction?actionId=project-push');
    vi.mocked(perform).mockResolvedValue({ success: true, message: null, nextAction: null, validationErrors: null });
    const ofJob = await form({ job: 'a', action: 'job-commit' });
    expect(ofJob.findAll('input[type=checkbox]')).toHaveLength(0);
    await ofJob.find('textarea').setValue('y');
    await submit(ofJob);
    expect(perform).toHaveBeenLastCalledWith('web', 'export', 'job-commit', { input: { message: 'y' } }, 'a');
    expect(push).toHaveBeenLastCalledWith('/project/web/job/show/a?tab=scm');
  });
});
