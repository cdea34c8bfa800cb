import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { listenForSignals } from './signals.ts';

function listen() {
  const source = new EventEmitter();
  const actions = { stop: vi.fn(), reload: vi.fn(), exit: vi.fn() };
  const dispose = listenForSignals(actions, source);
  return { source, actions, dispose };
}

describe('listenForSignals', () => {
  it.each([
    ['SIGINT', 'SIGINT', 130],
    ['SIGINT', 'SIGTERM', 143],
    ['SIGTERM', 'SIGINT', 130],
    ['SIGTERM', 'SIGTERM', 143],
  ])('stops at %s and exits at a following %s with status %d', (first, second, status) => {
    const { source, actions } = listen();
    source.emit(first);
    expect(actions.stop.mock.calls).toEqual([[first]]);
    expect(actions.exit).not.toHaveBeenCalled();
    source.emit(second);
    expect(actions.stop).toHaveBeenCalledTimes(1);
    expect(actions.exit.mock.calls).toEqual([[status]]);
  });

  it('reloads at each SIGHUP, but not while it stops', () => {
    const { source, actions } = listen();
    source.emit('SIGHUP');
    source.emit('SIGHUP');
    expect(actions.reload).toHaveBeenCalledTimes(2);
    source.emit('SIGTERM');
    source.emit('SIGHUP');
    expect(actions.reload).toHaveBeenCalledTimes(2);
    expect(actions.exit).not.toHaveBeenCalled();
  });

  it('removes its listeners when disposed, and only its own', () => {
    const { source, actions, dispose } = listen();
    const other = vi.fn();
    source.on('SIGTERM', other);
    dispose();
    dispose();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) source.emit(signal);
    expect(actions.stop).not.toHaveBeenCalled();
    expect(actions.reload).not.toHaveBeenCalled();
    expect(other).toHaveBeenCalledTimes(1);
  });

  it('hears the real signals of this process', async () => {
    const heard: string[] = [];
    await new Promise<void>((resolve) => {
      const dispose = listenForSignals({
        stop: (signal) => {
          heard.push(signal);
          process.kill(process.pid, 'SIGINT');
        },
        reload: () => {
          heard.push('reload');
          process.kill(process.pid, 'SIGTERM');
        },
        exit: (status) => {
          heard.push(`exit ${status}`);
          dispose();
          resolve();
        },
      });
      process.kill(process.pid, 'SIGHUP');
    });
    expect(heard).toEqual(['reload', 'SIGTERM', 'exit 130']);
  });
});
