import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { errorText } from './error-text.ts';

describe('errorText', () => {
  it.each([
    ['text', 'text'],
    ['', 'an error without a message'],
    [undefined, 'undefined'],
    [null, 'null'],
    [42, '42'],
    [{ code: 7 }, '{ code: 7 }'],
    ['a\0b', 'a\ufffdb'],
    ['\ud800', '\ufffd'],
  ])('shows the thrown value %j as %j', (thrown, message) => {
    expect(errorText(thrown)).toEqual({ message, detail: null });
  });

  it('takes message and stack of an error', () => {
    const text = errorText(new RangeError('too far'));
    expect(text.message).toBe('too far');
    expect(text.detail).toContain('RangeError: too far');
    expect(text.detail).toContain('error-text.test.ts');
  });

  it('names an error without a message by its class', () => {
    expect(errorText(new TypeError()).message).toBe('TypeError');
  });

  it('knows errors of other realms', () => {
    expect(errorText(runInNewContext('new Error("far away")')).message).toBe('far away');
  });

  it('tells the causes and the parts of an error', () => {
    const parts = new AggregateError([new Error('part one'), 'part two'], 'both failed');
    const { detail } = errorText(
      new Error('outer', { cause: new Error('inner', { cause: parts }) }),
    );
    expect(detail).toContain('caused by: Error: inner');
    expect(detail).toContain('one of: Error: part one');
    expect(detail).toContain('one of: part two');
    expect(errorText(new Error('x', { cause: 'a word' })).detail).toContain('caused by: a word');
  });

  it('leaves properties out, where secrets hang', () => {
    const error = Object.assign(new Error('401'), { config: { password: 'hunter2' } });
    expect(JSON.stringify(errorText(error))).not.toContain('hunter2');
  });

  it('ends with circular causes', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(errorText(error).detail?.match(/loop/g)?.length).toBeLessThan(20);
  });

  it('cuts long messages', () => {
    expect(errorText('x'.repeat(10_000)).message).toHaveLength(4001);
  });

  it('survives errors that cannot be read', () => {
    const error = new Error('x');
    Object.defineProperty(error, 'message', {
      get() {
        throw new Error('no');
      },
    });
    expect(errorText(error)).toEqual({ message: 'an error that cannot be read', detail: null });
  });
});
