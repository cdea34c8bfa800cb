import { describe, expect, it } from 'vitest';
import { Emitter } from './emitter.ts';

function setUp() {
  const logged: unknown[] = [];
  const clock = { now: () => 77, mono: () => 0 };
  const emitter = new Emitter(clock, { log: (...words) => logged.push(words) });
  return { emitter, logged };
}

describe('Emitter', () => {
  it('tells each listener of its own events, with name and instant', () => {
    const { emitter } = setUp();
    const heard: unknown[] = [];
    emitter.on('job.removed', (event) => heard.push(event));
    emitter.on('node.started', (event) => heard.push(event));
    emitter.emit('job.removed', { jobName: 'j' });
    expect(heard).toEqual([{ name: 'job.removed', at: 77, jobName: 'j' }]);
  });

  it('knows whether anybody listens', () => {
    const { emitter } = setUp();
    expect(emitter.hears('job.removed')).toBe(false);
    const off = emitter.on('job.removed', () => {});
    expect(emitter.hears('job.removed')).toBe(true);
    off();
    off();
    expect(emitter.hears('job.removed')).toBe(false);
  });

  it('lets one that throws disturb nobody', () => {
    const { emitter, logged } = setUp();
    const heard: string[] = [];
    emitter.on('job.removed', () => {
      throw new Error('broke');
    });
    emitter.on('job.removed', ({ jobName }) => heard.push(jobName));
    expect(() => emitter.emit('job.removed', { jobName: 'j' })).not.toThrow();
    expect(heard).toEqual(['j']);
    expect(logged).toEqual([
      ['error', 'a listener threw', { event: 'job.removed', error: 'broke' }],
    ]);
  });

  it('can be left while it tells', () => {
    const { emitter } = setUp();
    const heard: string[] = [];
    const off = emitter.on('job.removed', () => {
      heard.push('once');
      off();
    });
    emitter.on('job.removed', () => heard.push('always'));
    emitter.emit('job.removed', { jobName: 'j' });
    emitter.emit('job.removed', { jobName: 'j' });
    expect(heard).toEqual(['once', 'always', 'always']);
  });
});
