import { describe, expect, it } from 'vitest';
import { Standby } from './standby.ts';

describe('Standby', () => {
  it('gives out instant by instant, in the order of the calls', () => {
    const standby = new Standby<string>();
    const firsts = [
      standby.add('b', 200),
      standby.add('c', 200),
      standby.add('d', 300),
      standby.add('a', 100),
    ];
    expect(firsts).toEqual([true, false, false, true]);
    expect(standby.takeDue(99)).toEqual([]);
    expect([standby.nextAt(), standby.takeDue(250), standby.takeDue(250)]).toEqual([
      100,
      ['a'],
      ['b', 'c'],
    ]);
    expect([standby.nextAt(), standby.takeDue(250)]).toEqual([300, []]);
    expect([standby.takeAll(), standby.nextAt()]).toEqual([['d'], null]);
    expect(standby.add('e', 300)).toBe(true);
  });
});
