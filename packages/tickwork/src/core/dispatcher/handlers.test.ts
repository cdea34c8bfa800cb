import { TestTasks } from '@tickwork/verify/engine/test-tasks.ts';
import { describe, expect, it } from 'vitest';
import { Handlers } from './handlers.ts';

describe('Handlers', () => {
  it('know the keys of each kind of slot, and learn new ones when asked to', () => {
    const functions = new TestTasks('function');
    const scripts = new TestTasks('script', 'external');
    functions.register('a', () => {});
    const handlers = new Handlers([functions, scripts]);
    expect(handlers.of('function')).toEqual(['function:a']);
    expect(handlers.of('external')).toEqual([]);
    scripts.register('b', () => {});
    expect(handlers.slotKindOf('script:b')).toBeNull();
    handlers.refresh();
    expect(handlers.slotKindOf('script:b')).toBe('external');
    expect(handlers.slotKindOf('function:a')).toBe('function');
  });

  it('find the kind of a task, or say which there are', () => {
    const functions = new TestTasks('function');
    const handlers = new Handlers([functions]);
    expect(handlers.kindOf({ kind: 'function' })).toBe(functions);
    expect(() => handlers.kindOf({ kind: 'http' }, 'jobs.a.task')).toThrow(
      expect.objectContaining({
        code: 'INVALID_JOB',
        field: 'jobs.a.task',
        value: 'http',
        remedy: 'Known are function.',
      }),
    );
  });

  it('refuse two kinds of one name', () => {
    expect(() => new Handlers([new TestTasks('x'), new TestTasks('x')])).toThrow(
      expect.objectContaining({ code: 'BROKEN_INVARIANT' }),
    );
  });

  it('tell once a minute of a key that nobody here can run', () => {
    const functions = new TestTasks('function');
    functions.register('a', () => {});
    const handlers = new Handlers([functions]);
    const told = [0, 1_000, 59_999, 60_000, 60_001].map((at) => handlers.isNews('function:b', at));
    expect(told).toEqual([true, false, false, true, false]);
    expect(handlers.isNews('function:a', 0)).toBe(false);
  });
});
