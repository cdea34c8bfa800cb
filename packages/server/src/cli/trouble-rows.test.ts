import { describe, expect, it } from 'vitest';
import { troubleRows } from './trouble-rows.ts';

const trouble = (loop: string, errorCount = 1) => ({
  ...{ loop, subject: null, code: 'STORE_FULL', message: 'the disk\nis full.' },
  ...{ sinceAt: 1_000, lastAt: 2_000, errorCount },
});

describe('the rows of what fails', () => {
  it('are none while all is well', () => {
    expect(troubleRows({ errorCount: 9, current: [] }, 5_000, 80)).toEqual([]);
  });

  it('say what fails, how often, since when and why, on one line each', () => {
    const current = [trouble('planner', 4), trouble('dispatcher')];
    expect(troubleRows({ errorCount: 5, current }, 13_000, 80)).toEqual([
      '  ! planner failed 4 times in 12s: the disk is full.',
      '  ! dispatcher failed once in 12s: the disk is full.',
    ]);
  });

  it('are short and few', () => {
    const current = Array.from({ length: 9 }, () => trouble('planner'));
    const rows = troubleRows({ errorCount: 9, current }, 13_000, 30);
    expect(rows).toHaveLength(4);
    expect(rows.every((row) => row.length < 30)).toBe(true);
    expect(rows.at(-1)).toBe('  ! and 6 more');
  });
});
