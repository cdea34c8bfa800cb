import { describe, expect, it } from 'vitest';
import { Secrets } from './secrets.ts';

const secrets = new Secrets(
  new Map([
    ['jobs.a.script', '$' + '{PATH}/x'],
    ['jobs.b.task.kind', '$' + '{KIND}'],
  ]),
  new Map([
    ['s3cr3t', '$' + '{A}'],
    ['s3cr3t-long "x"', '$' + '{B}'],
    ['abc', '$' + '{SHORT}'],
  ]),
);

describe('what came from the environment', () => {
  it.each([
    [['jobs', 'a', 'script'], 'the value of $' + '{PATH}/x'],
    [['jobs', 'a', 'script', 'path'], 'the value of $' + '{PATH}/x'],
    [['jobs', 'b', 'task'], 'the value'],
    [['jobs', 'b'], 'the value'],
    [['jobs', 'b', 'tasks'], null],
    [['jobs', 'a', 'scripts'], null],
    [['jobs', 'c'], null],
  ])('is not shown at, below or above its place: %j', (path, expected) => {
    expect(secrets.standInAt(path)).toBe(expected);
  });

  it.each([
    ['a s3cr3t b s3cr3t', 'a $' + '{A} b $' + '{A}'],
    ['is s3cr3t-long "x"', 'is $' + '{B}'],
    ['is "s3cr3t-long \\"x\\""', 'is "$' + '{B}"'],
    ['abc', 'abc'],
    ['none', 'none'],
  ])('is hidden in %j', (text, expected) => expect(secrets.hide(text)).toBe(expected));
});
