import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { yamlText } from './yaml-text.ts';

it('prints nothing that a terminal obeys, and means the same', () => {
  const value = {
    plain: 'a b',
    'key\u202e': 'echo \u202e \u009b2J \u001b]0;x\u0007',
    lines: 'one\ntwo\u2066\n\ttabbed',
    block: 'one\ntwo\n',
    backslash: 'a\\u202eb',
  };
  const text = yamlText(value);
  expect(parse(text)).toEqual(value);
  expect(text).not.toMatch(/[^\P{Cc}\n\t]|\p{Bidi_C}/u);
});
