import { describe, expect, it } from 'vitest';
import type { ScmField, ScmItem } from '@/api/scm';
import { chosenAtFirst, enabledOf, groupsOfFields, listsOf, missingFields, nameOfItem, requestOf, startingValues, statesOf, valuesToSend } from './scm';

const field = (name: string, more: Partial<ScmField> = {}): ScmField => ({ name, title: name, description: null, type: 'String', required: false, defaultValue: null, values: null, scope: null, renderingOptions: null, ...more });
const item = (itemId: string, more: Partial<ScmItem> = {}): ScmItem => ({ itemId, job: null, deleted: false, status: null, ...more });
const job = (jobId: string) => ({ jobId, jobName: jobId.toUpperCase(), groupPath: 'ops' });

describe('the fields of a form', () => {
  const fields = [
    field('url', { required: true, renderingOptions: { groupName: 'Git' } }),
    field('format', { type: 'Select', values: ['xml', 'yaml'], defaultValue: 'xml', required: true }),
    field('push', { type: 'Boolean', defaultValue: 'true' }),
    field('status', { defaultValue: 'two commits ahead', renderingOptions: { displayType: 'STATIC_TEXT' } }),
    field('tag'),
  ];

  it('begin with what is stored, else with their defaults; shown text is no value', () => {
    expect(startingValues(fields, { format: 'yaml' })).toEqual({ url: undefined, format: 'yaml', push: 'true', tag: undefined });
  });

  it('are sent with the defaults of choices, without what is empty', () => {
    expect(valuesToSend(fields, { url: 'file:///x', tag: '' })).toEqual({ url: 'file:///x', format: 'xml', push: 'true' });
    expect(valuesToSend(fields, { url: 'file:///x', push: 'false' }).push).toBe('false');
  });

  it('say which of them need a value', () => {
    expect(missingFields(fields, {})).toEqual(['url']);
  });

  it('are grouped, those without a group first', () => {
    expect(groupsOfFields(fields).map((one) => [one.title, one.fields.length])).toEqual([['', 4], ['Git', 1]]);
  });
});

describe('states of jobs', () => {
  const actions = [{ id: 'project-commit', title: 'Commit' }];
  it('are asked of the integrations that are on and have something to list', () => {
    const entries = enabledOf({ export: { enabled: true, actions }, import: { enabled: false } });
    expect(entries.map((one) => one.integration)).toEqual(['export']);
    expect(listsOf(entries)).toEqual([{ integration: 'export', action: 'project-commit' }]);
    expect(listsOf([{ integration: 'import', summary: { enabled: true, actions: [] } }])).toEqual([]);
  });

  it('leave out what is clean, and tell of the export when both have something to say', () => {
    const states = statesOf([
      { integration: 'import', items: [item('a', { job: job('a'), status: 'IMPORT_NEEDED' }), item('b', { job: job('b'), status: 'CLEAN' }), item('c', { job: job('c'), deleted: true })] },
      { integration: 'export', items: [item('a', { job: job('a'), status: 'EXPORT_NEEDED' }), item('new')] },
    ]);
    expect([...states]).toEqual([
      ['a', { integration: 'export', state: 'EXPORT_NEEDED' }],
      ['c', { integration: 'import', state: 'DELETE_NEEDED' }],
    ]);
  });
});

describe('what an action is done to', () => {
  const exports = [item('ops/a.yaml', { job: job('a'), renamed: true, originalId: 'old.yaml' }), item('gone.yaml', { deleted: true, job: { jobId: 'g', jobName: 'gone', groupPath: null } }), item('left.yaml')];
  it('is called as the job is, else as the file', () => {
    expect(exports.map(nameOfItem)).toEqual(['ops/A', 'gone', 'left.yaml']);
  });

  it('names jobs of an export by id, so that the old file of a renamed one goes', () => {
    expect(requestOf('export', exports, new Set(exports.map((one) => one.itemId)))).toEqual({ jobs: ['a'], items: ['left.yaml'], deleted: ['gone.yaml'] });
    expect(requestOf('export', exports, new Set(['gone.yaml']))).toEqual({ jobs: [], items: [], deleted: ['gone.yaml'] });
  });

  it('deletes jobs of an import only when that is chosen', () => {
    const imports = [item('a.yaml', { job: job('a'), status: 'IMPORT_NEEDED' }), item('new.yaml'), item('c.yaml', { job: job('c'), deleted: true })];
    expect(chosenAtFirst('import', imports)).toEqual(['a.yaml', 'new.yaml']);
    expect(requestOf('import', imports, new Set(['new.yaml', 'c.yaml']))).toEqual({ items: ['new.yaml'], deletedJobs: ['c'] });
  });
});
