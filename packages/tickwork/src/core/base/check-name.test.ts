import { expect, it } from 'vitest';
import { nameProblem } from './check-name.ts';

it.each(['a', 'nightly backup', 'a.b/c', '数据上传任务', 'caf\u00e9', '🕒', 'x'.repeat(200), '가'])(
  'accepts %j',
  (name) => expect(nameProblem(name)).toBe(null),
);

it.each([
  ['', 'must have 1 to 200 characters.'],
  [null, 'must have 1 to 200 characters.'],
  ['x'.repeat(201), 'must have 1 to 200 characters.'],
  [' a', 'has space at an end.'],
  ['a\n', 'has space at an end.'],
  ['a\u001b[1m', 'has a control character.'],
  ['a\u009bm', 'has a control character.'],
  ['a\ud800', 'has half a character (a lone surrogate).'],
  ['\udc00a', 'has half a character (a lone surrogate).'],
  ['cafe\u0301', 'is not in the Unicode form NFC and would look like another name.'],
  ['\u1100\u1161', 'is not in the Unicode form NFC and would look like another name.'],
  ['5 \u212b', 'is not in the Unicode form NFC and would look like another name.'],
])('refuses %j', (name, reason) => expect(nameProblem(name)?.reason).toBe(reason));

it('says how to write a name in its usual form', () => {
  expect(nameProblem('cafe\u0301')?.remedy).toBe('Write "caf\\u00e9".');
});
