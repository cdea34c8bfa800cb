import type { Json } from '../base/json.ts';
import type { LintHit, LintRule } from './lint-rule.ts';

type Path = readonly (string | number)[];

export const visibleSecret: LintRule = {
  id: 'visible-secret',
  severity: 'warning',
  summary: 'A secret stands in the input or the arguments of a task.',
  reason:
    'Input and arguments are kept in the store and shown in lists, logs and screens ' +
    'to everybody who may see the job.',
  remedy: 'Let the task read it from its environment or a file when it runs.',
  example: [
    'jobs:',
    '  copy:',
    "    daily: '04:00'",
    '    zone: UTC',
    '    task: copy',
    '    input: { password: hunter22 }',
  ],
  check({ definition }) {
    const hits: LintHit[] = [];
    search(definition.input, ['input'], hits);
    search(definition.task.options, ['task'], hits);
    return hits;
  },
};

const SECRET_NAMES: readonly RegExp[] = [
  /(?:^|[^a-z])(?:pass(?:word|wd|phrase)?|secret|token|credentials?|authorization)(?:$|[^a-z])/i,
  /(?:api|access|private|secret|signing|encryption)[-_. ]?key/i,
];
/** Words that such names have when they name no secret. */
const HARMLESS_NAME = /(?:file|path|name|id|env|var|ref|url|count|length|max|min|ttl|age)$/i;
/** What stands for a secret instead of being one. */
const PLACEHOLDER = /^(?:\$|\*+$|<|\{\{|env:|file:|vault:|secret:|x+$|changeme$|null$|none$)/i;

/** Shapes that are secrets whatever they are called. */
const SHAPES: readonly RegExp[] = [
  /\bA(?:KIA|SIA)[0-9A-Z]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{30,}\b/,
  /\bgithub_pat_\w{40,}\b/,
  /\bglpat-[\w-]{20,}\b/,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}\b/,
  /\bsk[-_](?:live[-_]|test[-_]|proj[-_])?[A-Za-z0-9]{20,}\b/,
  /\bAIza[\w-]{35}\b/,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]+:[^\s:/@$]{3,}@/i,
  /\b(?:Bearer|Basic) [A-Za-z0-9+/._=-]{16,}/,
];
const TEXT_CHARACTERS_MAX = 20_000;
const HITS_MAX = 20;

function search(value: Json, path: Path, hits: LintHit[]): void {
  if (hits.length >= HITS_MAX || value === null) return;
  if (typeof value === 'string') {
    const how = suspicion(value.slice(0, TEXT_CHARACTERS_MAX), path);
    if (how !== null) hits.push(hitAt(path, how));
  } else if (Array.isArray(value)) {
    for (const [i, member] of value.entries()) {
      search(member, [...path, i], hits);
      // `--password x` is two arguments.
      const before: unknown = value[i - 1];
      if (typeof before !== 'string' || typeof member !== 'string') continue;
      const isFlag = before.startsWith('-') && !before.includes('=') && namesSecret(before);
      if (isFlag && isLikely(member)) hits.push(hitAt([...path, i], `the value of ${before}`));
    }
  } else if (typeof value === 'object') {
    for (const [key, member] of Object.entries(value)) search(member, [...path, key], hits);
  }
}

/** Why a text looks like a secret, without the text itself; `null` = it does not. */
function suspicion(text: string, path: Path): string | null {
  if (SHAPES.some((shape) => shape.test(text))) return 'the shape of a key or token';
  const key = path.at(-1);
  if (typeof key === 'string' && namesSecret(key) && isLikely(text)) return `the name ${key}`;
  const flag = /^(?<name>-{0,2}[\w.-]{1,64})=(?<value>.+)$/su.exec(text)?.groups;
  if (flag?.name !== undefined && namesSecret(flag.name) && isLikely(flag.value ?? '')) {
    return `the value of ${flag.name}`;
  }
  return null;
}

function namesSecret(name: string): boolean {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2');
  return SECRET_NAMES.some((pattern) => pattern.test(words)) && !HARMLESS_NAME.test(words);
}

function isLikely(value: string): boolean {
  return value.length >= 4 && !PLACEHOLDER.test(value) && !/^-{1,2}[a-z]/i.test(value);
}

function hitAt(path: Path, how: string): LintHit {
  const message = `This looks like a secret, by ${how}; it is kept in the store and shown to all.`;
  const remedy = 'Let the task read it from its environment or a file instead.';
  return { path, message, remedy };
}
