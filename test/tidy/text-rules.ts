import { codeOf, lineAt } from './code-text.ts';
import { isTest, type ProjectFile } from './project-files.ts';

/** Rules about the text of one file. Each gives one line per breach; empty if all is well. */

const sourceLinesMax = 400;
const testLinesMax = 600;
const columnsMax = 100;

function breaches(file: ProjectFile, text: string, pattern: RegExp, advice: string): string[] {
  return [...text.matchAll(pattern)].map(
    (match) => `${file.path}:${lineAt(text, match.index)} ${match[0].trim()}: ${advice}`,
  );
}

export function sizeProblems(file: ProjectFile): string[] {
  const lines = file.text.replace(/\n$/, '').split('\n');
  const linesMax = isTest(file.path) ? testLinesMax : sourceLinesMax;
  const wide = lines.flatMap((line, index) => {
    const columns = [...line].length;
    return columns > columnsMax ? [`${file.path}:${index + 1} has ${columns} columns`] : [];
  });
  if (lines.length <= linesMax) return wide;
  return [`${file.path} has ${lines.length} lines, at most ${linesMax}`, ...wide];
}

/** A name that is neither a property nor part of a longer word. */
const bare = String.raw`(?<![.\w$])`;

/** What reaches time, chance or the outside without a port, and what to use instead. */
const ambient: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`${bare}Date\\s*\\.\\s*(?:now|parse)\\b`, 'g'), 'take the clock port'],
  [new RegExp(`${bare}new\\s+Date\\s*(?:\\(\\s*\\)|(?!\\s*\\())`, 'g'), 'take the clock port'],
  [new RegExp(`${bare}(?<!new\\s+)Date\\s*\\(`, 'g'), 'take the clock port'],
  [new RegExp(`${bare}Temporal\\b`, 'g'), 'Node.js 24 has none; use core/time'],
  [new RegExp(`${bare}Intl\\s*\\.`, 'g'), 'take the zone-data port'],
  [
    /\.\s*(?:get|set)(?:FullYear|Month|Date|Day|Hours|Minutes|Seconds|TimezoneOffset)\s*\(/g,
    'reads the zone of the machine; use core/time',
  ],
  [/\.\s*toLocale\w*\s*\(/g, 'depends on the machine; format explicitly'],
  [new RegExp(`${bare}(?:set|clear)(?:Timeout|Interval|Immediate)\\b`, 'g'), 'take the clock port'],
  [/\bAbortSignal\s*\.\s*timeout\b/g, 'take the clock port'],
  [/\bMath\s*\.\s*random\b/g, 'take the random port'],
  [new RegExp(`${bare}(?:performance|process|crypto|console)\\s*(?:\\.|\\[)`, 'g'), 'take a port'],
  [new RegExp(`${bare}(?:fetch|require)\\s*\\(`, 'g'), 'take a port'],
  [new RegExp(`${bare}(?:globalThis|Buffer|WebSocket|Worker)\\b`, 'g'), 'take a port'],
];

/** Only `core` is free of ambient calls, and its tests may do as they need. */
export function ambientProblems(file: ProjectFile): string[] {
  if (!file.path.startsWith('packages/tickwork/src/core/') || isTest(file.path)) return [];
  const code = codeOf(file.text);
  return ambient.flatMap(([pattern, advice]) => breaches(file, code, pattern, advice));
}

/** Split, so that this file does not hold what it forbids. */
const unfinishedWords = ['TO', 'FIX', 'XX'].map((start, at) => start + ['DO', 'ME', 'X'][at]);
const unfinished = new RegExp(`\\b(?:${unfinishedWords.join('|')})\\b`, 'g');
/** What only one system has may be tried there only; the totals still count it as skipped. */
const leftOut = new RegExp(
  `${bare}(?:test|it|describe|suite|context|ctx)\\s*\\.\\s*` +
    '(?:skip|only|todo|fails|skipIf|runIf)\\b(?!\\(process\\.platform\\b)',
  'g',
);
const leftOutOld = new RegExp(`${bare}(?:xit|xtest|xdescribe|fit|fdescribe)\\s*\\(`, 'g');

export function unfinishedProblems(file: ProjectFile): string[] {
  const code = codeOf(file.text);
  return [
    ...breaches(file, file.text, unfinished, 'finish it or write it down elsewhere'),
    ...breaches(file, code, leftOut, 'every test runs'),
    ...breaches(file, code, leftOutOld, 'every test runs'),
  ];
}

/** Addresses that are true on one machine only; a split word for the same reason. */
const packageHost = `${'regis'}try\\.[a-z-]+\\.[a-z]{2,}`;
const local = new RegExp(`${packageHost}|(?<![\\w.])/(?:work|root)/(?=\\w)`, 'g');

export function localProblems(file: ProjectFile): string[] {
  return breaches(file, file.text, local, 'is true on one machine only');
}
