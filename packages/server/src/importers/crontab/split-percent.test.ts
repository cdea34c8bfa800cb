import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitPercent } from './split-percent.ts';

describe('splitPercent', () => {
  it.each([
    ['cmd', 'cmd', null],
    ['cmd%', 'cmd', null],
    ['cmd%a', 'cmd', 'a\n'],
    ['cmd%a%', 'cmd', 'a\n'],
    ['cmd%a%%', 'cmd', 'a\n\n'],
    ['cmd%%', 'cmd', '\n'],
    ['cmd%a%b', 'cmd', 'a\nb\n'],
    ['date +\\%F', 'date +%F', null],
    ['echo \\\\%x', 'echo \\\\', 'x\n'],
    ['echo \\\\\\%x', 'echo \\\\%x', null],
    ['echo a\\b \\$x\\', 'echo a\\b \\$x\\', null],
    ['cmd%a\\%b\\c', 'cmd', 'a%b\\c\n'],
    // Behind the first % a backslash that was escaped escapes again.
    ['cmd%a\\\\%b', 'cmd', 'a\\%b\n'],
    ['cmd%a\\', 'cmd', 'a\\\n'],
    ['cmd%\\', 'cmd', '\\'],
  ])('%j is %j with input %j', (text, command, stdin) => {
    expect(splitPercent(text)).toEqual({ command, stdin });
  });

  it('does what the loops of do_command.c do', () => {
    const text = fc.string({ unit: fc.constantFrom('%', '\\', 'a', ' ') });
    fc.assert(
      fc.property(text, (line) => {
        expect(splitPercent(line)).toEqual(oracle(line));
      }),
    );
  });
});

/** cron's own steps, sign by sign, with its flags. */
function oracle(line: string): { command: string; stdin: string | null } {
  const command: string[] = [];
  let rest: string | null = null;
  let escaped = false;
  for (const [at, sign] of [...line].entries()) {
    if (escaped) {
      if (sign === '%') command.pop();
      command.push(sign);
      escaped = false;
    } else if (sign === '%') {
      rest = line.slice(at + 1);
      break;
    } else {
      command.push(sign);
      escaped = sign === '\\';
    }
  }
  if (rest === null || rest === '') return { command: command.join(''), stdin: null };
  const out: string[] = [];
  let needNewline = false;
  let pending = false;
  for (const sign of rest) {
    let char = sign;
    if (pending) {
      if (char !== '%') out.push('\\');
    } else if (char === '%') char = '\n';
    pending = char === '\\';
    if (!pending) {
      out.push(char);
      needNewline = char !== '\n';
    }
  }
  if (pending) out.push('\\');
  if (needNewline) out.push('\n');
  return { command: command.join(''), stdin: out.join('') };
}
