import { describe, expect, it } from 'vitest';
import { filterOfNames, filterText, hasTag, literal, parseFilter, toggleTag } from './nodeFilter';

describe('node filters', () => {
  it('are read as clauses', () => {
    expect(parseFilter('name: web.* !tags: old hostname: "my host"')).toEqual([
      { attribute: 'name', value: 'web.*', exclude: false },
      { attribute: 'tags', value: 'old', exclude: true },
      { attribute: 'hostname', value: 'my host', exclude: false },
    ]);
    expect(parseFilter('web1 tags:prod')).toEqual([
      { attribute: 'name', value: 'web1', exclude: false },
      { attribute: 'tags', value: 'prod', exclude: false },
    ]);
    expect(parseFilter("  name: ''  ")).toEqual([{ attribute: 'name', value: '', exclude: false }]);
  });

  it('come back as they were', () => {
    for (const text of ['name: a,b tags: x+y', '!name: web3 osFamily: unix', 'hostname: "my host"', 'ec2:zone: eu-1']) {
      expect(filterText(parseFilter(text))).toBe(text);
    }
  });

  it('get and lose tags, which must all be there', () => {
    expect(toggleTag('', 'prod')).toBe('tags: prod');
    expect(toggleTag('.*', 'prod')).toBe('tags: prod');
    expect(toggleTag('name: web.* tags: prod', 'eu')).toBe('name: web.* tags: prod+eu');
    expect(toggleTag('tags: prod+eu', 'prod')).toBe('tags: eu');
    expect(toggleTag('name: a tags: eu', 'eu')).toBe('name: a');
    expect(toggleTag('tags: a,b', 'c')).toBe('tags: a,b tags: c');
    expect(hasTag('tags: a,b', 'b')).toBe(true);
    expect(hasTag('!tags: a', 'a')).toBe(false);
  });

  it('name nodes exactly', () => {
    expect(filterOfNames(['web-1', 'web-2'])).toBe('name: web-1,web-2');
    expect(filterOfNames(['my node'])).toBe('name: "my node"');
    expect(filterOfNames([])).toBe('');
    expect(literal('web-1.example')).toBe('web-1.example');
    expect(literal('a+b')).toBe('a\\+b');
  });
});
