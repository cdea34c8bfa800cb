import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsedProblems, parsedRules } from './biome-rules.ts';
import { codeOf, importsOf } from './code-text.ts';
import { importCircles } from './import-circles.ts';
import { importProblems } from './import-rules.ts';
import { root } from './project-files.ts';
import { catalogueProblems, mapPaths, missingPaths, namesOnPage } from './reference-pages.ts';
import { ambientProblems, localProblems, sizeProblems, unfinishedProblems } from './text-rules.ts';

const core = 'packages/tickwork/src/core';

describe('codeOf', () => {
  test.each([
    ['a; // Date.now()', 'a;              '],
    ['a /* x\ny */ b', 'a     \n     b'],
    [`f("it's", 'x')`, `f("    ", ' ')`],
    ["f('a\\'b', c)", "f('    ', c)"],
    [`f(\`a \${b + \`c \${d}\`} e\`, g)`, 'f(`   {b + `   {d}`}  `, g)'],
    ['x = /[/"]/g.test(y)', 'x =       g.test(y)'],
    ['x = a / b / c', 'x = a / b / c'],
    ['return /"/.test(y)', 'return    .test(y)'],
    [`({ a: \`\${{ b: 1 }.b}\` })`, '({ a: ` {{ b: 1 }.b}` })'],
  ])('%s', (source, code) => {
    expect(codeOf(source)).toBe(code);
  });
});

test('importsOf finds each way to name a module and nothing else', () => {
  const source = `
    import type { A } from './a.ts';
    import './b.ts';
    export * from "node:fs";
    const c = await import('c');
    type D = import('./d.ts').D;
    // import './comment.ts';
    const message = "from 'nowhere'";
    const other = Array.from('x');
  `;
  expect(importsOf(source)).toEqual([
    { specifier: './a.ts', line: 2 },
    { specifier: './b.ts', line: 3 },
    { specifier: 'node:fs', line: 4 },
    { specifier: 'c', line: 5 },
    { specifier: './d.ts', line: 6 },
  ]);
});

describe('importProblems', () => {
  const allowed = {
    library: ['pg'],
    server: ['tickwork', 'yaml'],
    verify: ['tickwork'],
    tests: ['vitest'],
  };
  const check = (path: string, specifier: string) =>
    importProblems({ path, text: `import '${specifier}';` }, allowed).length === 0;

  test.each([
    ['library/core/planner/planner.ts', '../ports/clock.ts'],
    ['library/core/trigger/trigger.ts', './cron/cron.ts'],
    ['library/core/trigger/cron/cron.ts', '../trigger.ts'],
    ['library/core/trigger/cron/cron-form.ts', '../form/form.ts'],
    ['library/core/planner/planner.ts', '../trigger/trigger.ts'],
    ['library/core/planner/planner.test.ts', '@tickwork/verify/engine/engine-world.ts'],
    ['verify/oracle/oracle.ts', '../../../tickwork/src/core/time/zone.ts'],
    ['verify/oracle/oracle.ts', 'node:fs'],
    ['server/cli/commands/verify.ts', '#verify'],
    ['server/cli/verify.test.ts', '#verify'],
    ['library/core/trigger/daily/daily.ts', '../words/list-words.ts'],
    ['library/core/planner/planner.test.ts', '../../testing/clock.ts'],
    ['library/core/planner/planner.test.ts', 'vitest'],
    ['library/core/planner/planner.test.ts', 'node:fs'],
    ['library/stores/sqlite/index.ts', '../sql/rows.ts'],
    ['library/stores/sqlite/index.ts', 'node:sqlite'],
    ['library/stores/postgres/index.ts', 'pg'],
    ['library/testing/index.ts', '../stores/memory/index.ts'],
    ['library/index.ts', './stores/sqlite/index.ts'],
    ['server/cli/main.ts', 'tickwork/sqlite'],
    ['server/config/load.ts', 'yaml'],
    ['server/cli/main.test.ts', 'tickwork/testing'],
    ['server/cli/main.ts', '../config/load.ts'],
  ])('%s may import %s', (path, specifier) => {
    expect(check(full(path), specifier)).toBe(true);
  });

  test.each([
    ['library/core/planner/planner.ts', '../../stores/memory/index.ts'],
    ['library/core/planner/planner.ts', '../../testing/clock.ts'],
    ['library/core/planner/planner.ts', 'node:fs'],
    ['library/core/planner/planner.ts', 'vitest'],
    ['library/core/planner/planner.ts', '../ports/clock'],
    ['library/core/planner/planner.ts', '../../index.ts'],
    ['library/core/trigger/cron/cron.ts', '../interval/interval.ts'],
    ['library/core/trigger/form/form.ts', '../cron/cron-form.ts'],
    ['library/core/trigger/trigger.ts', '../planner/planner.ts'],
    ['library/core/ledger/admit.ts', '../trigger/trigger.ts'],
    ['library/core/time/zone.ts', '../model/job.ts'],
    ['library/core/drawer/drawer.ts', '../base/errors.ts'],
    ['library/core/planner/planner.ts', '@tickwork/verify/oracle/oracle.ts'],
    ['verify/oracle/oracle.ts', '@tickwork/server'],
    ['verify/oracle/oracle.ts', 'left-pad'],
    ['server/cli/main.ts', '#verify'],
    ['verify/oracle/oracle.ts', '../../../server/src/cli/main.ts'],
    ['server/cli/main.ts', '../../../tickwork/src/core/time/zone.ts'],
    ['library/core/trigger/words/list-words.ts', '../daily/daily.ts'],
    ['library/core/planner/planner.test.ts', '../../stores/sqlite/index.ts'],
    ['library/stores/sqlite/index.ts', '../memory/index.ts'],
    ['library/stores/sqlite/index.ts', '../../platform/clock.ts'],
    ['library/tasks/script/index.ts', '../function/index.ts'],
    ['library/testing/index.ts', '../stores/sqlite/index.ts'],
    ['library/platform/clock.ts', '../tasks/script/index.ts'],
    ['library/client/client.ts', '@tickwork/server'],
    ['library/client/client.ts', '../../../server/src/api/rest.ts'],
    ['library/client/client.ts', 'left-pad'],
    ['server/config/load.ts', 'tickwork/sqlite'],
    ['server/config/load.ts', '../cli/main.ts'],
    ['server/cli/main.ts', 'tickwork/testing'],
    ['server/channels/mail/mail.ts', '../slack/slack.ts'],
    ['server/api/rest.ts', 'express'],
  ])('%s must not import %s', (path, specifier) => {
    expect(check(full(path), specifier)).toBe(false);
  });

  function full(path: string): string {
    return path
      .replace(/^library/, 'packages/tickwork/src')
      .replace(/^verify/, 'packages/verify/src')
      .replace(/^server/, 'packages/server/src');
  }
});

describe('importCircles', () => {
  const file = (path: string, ...specifiers: string[]) => ({
    path,
    text: specifiers.map((specifier) => `import type { A } from '${specifier}';`).join('\n'),
  });

  test('finds a circle of types through a third file', () => {
    const files = [file('a/a.ts', '../b.ts'), file('b.ts', './c.ts'), file('c.ts', './a/a.ts')];
    expect(importCircles(files)).toEqual(['a/a.ts → b.ts → c.ts → a/a.ts']);
  });

  test('finds none where two files share a third', () => {
    const files = [file('a.ts', './b.ts', './c.ts'), file('b.ts', './c.ts'), file('c.ts')];
    expect(importCircles(files)).toEqual([]);
  });
});

describe('ambientProblems', () => {
  const problems = (text: string) => ambientProblems({ path: `${core}/a.ts`, text });

  test.each([
    'const a = Date.now();',
    'const a = new Date();',
    'const a = new Date;',
    'const a = Date();',
    'const a = Math.random();',
    'setTimeout(f, 1);',
    'const later = setInterval;',
    'clearTimeout(a);',
    'const a = performance.now();',
    'process.exit(1);',
    "process['env']",
    'crypto.randomUUID();',
    'console.log(1);',
    'await fetch(a);',
    'globalThis.a;',
    'Temporal.Now.instant();',
    'new Intl.DateTimeFormat();',
    'a.getHours();',
    'a.toLocaleString();',
    'AbortSignal.timeout(5);',
  ])('refuses %s', (text) => {
    expect(problems(text)).toHaveLength(1);
  });

  test.each([
    'new Date(5).toISOString();',
    'Date.UTC(2026, 0, 1);',
    'clock.setTimeout(f, 1);',
    'ports.random.next();',
    'const processWatch = ports.process.watch();',
    'queueMicrotask(f);',
    '// Date.now() is what the clock port reads',
    "throw new Error('Date.now() is refused');",
    'a.getUTCHours();',
    'store.fetch(a);',
  ])('accepts %s', (text) => {
    expect(problems(text)).toEqual([]);
  });

  test('looks at nothing but the core', () => {
    const text = 'Date.now()';
    expect(ambientProblems({ path: 'packages/tickwork/src/platform/a.ts', text })).toEqual([]);
    expect(ambientProblems({ path: `${core}/a.test.ts`, text })).toEqual([]);
  });
});

test('sizeProblems counts lines and columns, the last line end apart', () => {
  const problems = (path: string, lines: number, columns = 5) =>
    sizeProblems({ path, text: `${'x'.repeat(columns)}\n`.repeat(lines) }).length;
  expect(problems('a.ts', 400, 100)).toBe(0);
  expect(problems('a.ts', 401)).toBe(1);
  expect(problems('a.test.ts', 600)).toBe(0);
  expect(problems('a.test.ts', 601)).toBe(1);
  expect(problems('a.ts', 2, 101)).toBe(2);
});

test('unfinishedProblems finds words and tests that are left out', () => {
  const problems = (text: string) => unfinishedProblems({ path: 'a.test.ts', text }).length;
  expect(problems(`// ${'TO'}${'DO'}: later`)).toBe(1);
  for (const word of ['test.skip', 'it.only', 'describe.todo', 'test.skipIf']) {
    expect(problems(`${word}('a', f)`)).toBe(1);
  }
  expect(problems("xit('a', f)")).toBe(1);
  expect(problems("test.runIf(process.env['A'])('a', f)")).toBe(1);
  expect(problems("test.runIf(process.platform === 'linux')('a', f)")).toBe(0);
  expect(problems("overlap.skip(run); test('never skip a test.skip', f)")).toBe(0);
});

test('localProblems finds package hosts and private directories', () => {
  const problems = (text: string) => localProblems({ path: 'a.md', text }).length;
  expect(problems(`see https://${'regis'}try.example.org/a`)).toBe(1);
  expect(problems(`cd ${'/wo'}rk/main`)).toBe(1);
  expect(problems('./work/plan and https://example.org/work/')).toBe(0);
});

describe('reference pages', () => {
  const text = '## `A`\ntext `B`\n\n| Code | Means |\n| --- | --- |\n| `C` | `D` |\n### `C`\n';

  test('name entries in headings and first cells', () => {
    expect(namesOnPage(text)).toEqual(['A', 'C', 'C']);
  });

  test('are compared both ways', () => {
    expect(catalogueProblems(['A', 'B'], { path: 'p.md', text })).toEqual([
      'p.md lacks B',
      'p.md describes C, which does not exist',
      'p.md describes C, which does not exist',
      'p.md describes C twice',
    ]);
  });

  test('and the map names paths of its own table only', () => {
    const map = '# M\n`no/where.ts`\n## Where is …?\n| a | `package.json`, `gone/x.ts`, `f()` |\n';
    const paths = mapPaths(`${map}## Next\n| b | \`other/y.ts\` |\n`);
    expect(paths).toEqual(['package.json', 'gone/x.ts']);
    expect(mapPaths(map)).toEqual(paths);
    expect(missingPaths(paths)).toEqual(['gone/x.ts']);
  });
});

describe('parsedProblems', () => {
  let directory = '';

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'tickwork-tidy-'));
    const source = join(directory, 'packages', 'a', 'src');
    mkdirSync(source, { recursive: true });
    cpSync(join(root, 'biome.json'), join(directory, 'biome.json'));
    const long = `export function f(g: () => void): void {\n${'  g();\n'.repeat(71)}}\n`;
    writeFileSync(join(source, 'badName.ts'), `${long}export default 1;\n`);
    writeFileSync(join(source, 'b.ts'), 'export enum A { B }\nexport const c: any = A.B;\n');
    writeFileSync(
      join(source, 'c.test.ts'),
      "test.skip('a', () => {});\ntest.only('b', () => {});\n",
    );
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test('reports every one of its rules', () => {
    const problems = parsedProblems(['packages'], directory);
    const silent = parsedRules.filter((rule) => !problems.some((line) => line.includes(rule)));
    expect(silent).toEqual([]);
  });
});
