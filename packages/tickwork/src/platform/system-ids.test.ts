import { describe, expect, it } from 'vitest';
import { createSystemIds } from './system-ids.ts';

const uuidVersion7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('createSystemIds', () => {
  it('makes UUIDs of version 7 that carry the time', () => {
    const ids = createSystemIds({ now: () => 0x0199_1234_5678 });
    const id = ids.next();
    expect(id).toMatch(uuidVersion7);
    expect(id).toMatch(/^01991234-5678-7000-/);
  });

  it('stays unique and strictly ascending over 50,000 names in one millisecond', () => {
    const ids = createSystemIds({ now: () => 1_800_000_000_000 });
    let last = '';
    for (let i = 0; i < 50_000; i++) {
      const id = ids.next();
      if (!(id > last)) expect.fail(`${id} does not follow ${last}`);
      last = id;
    }
    expect(last).toMatch(uuidVersion7);
  });

  it('stays ascending when the clock steps back', () => {
    const times = [5000, 5001, 4000, 3000, 5001, 5002];
    const ids = createSystemIds({ now: () => times.shift() ?? 0 });
    const made = Array.from({ length: 6 }, () => ids.next());
    expect(made.toSorted()).toEqual(made);
  });

  it('gives two makers different names at the same instant', () => {
    const now = () => 1_800_000_000_000;
    const [one, two] = [createSystemIds({ now }), createSystemIds({ now })];
    const made = Array.from({ length: 1000 }, () => [one.next(), two.next()]).flat();
    expect(new Set(made).size).toBe(2000);
  });

  it('keeps to the characters and the length of the port', () => {
    const ids = createSystemIds();
    for (let i = 0; i < 1000; i++) expect(ids.next()).toMatch(/^[0-9a-z-]{1,40}$/);
  });
});
