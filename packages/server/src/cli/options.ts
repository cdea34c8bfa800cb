import type { Json } from 'tickwork';
import { type CommandOptions, textOption } from './command.ts';
import { UsageError } from './fail.ts';

/** A whole number from 1 to `max`. */
export function countOption(
  options: CommandOptions,
  name: string,
  fallback: number,
  max: number,
): number {
  const text = textOption(options, name);
  if (text === undefined) return fallback;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= max) return count;
  const most = max === Number.MAX_SAFE_INTEGER ? 'on' : `to ${max}`;
  throw new UsageError(
    `--${name}: ${JSON.stringify(text)} — a whole number from 1 ${most} is expected.`,
  );
}

export function choiceOption<Choice extends string>(
  options: CommandOptions,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = textOption(options, name);
  const found = choices.find((choice) => choice.toLowerCase() === text?.toLowerCase());
  if (text === undefined || found !== undefined) return found;
  throw new UsageError(`--${name}: ${JSON.stringify(text)} — expected ${choices.join(', ')}.`);
}

export function jsonOption(options: CommandOptions, name: string): Json | undefined {
  const text = textOption(options, name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new UsageError(
      `--${name}: ${JSON.stringify(text)} — JSON is expected; quote texts: '"x"'.`,
    );
  }
}

const DURATION = /^(?<count>\d{1,9}(?:\.\d{1,3})?)(?<unit>ms|s|m|h|d)$/u;
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds, or `null` if the option is not given. At most 24 days, what one timer holds. */
export function durationOption(options: CommandOptions, name: string): number | null {
  const text = textOption(options, name);
  if (text === undefined) return null;
  const groups = DURATION.exec(text)?.groups;
  const ms = Number(groups?.count) * (UNIT_MS[groups?.unit ?? ''] ?? Number.NaN);
  if (ms > 0 && ms <= 24 * 86_400_000) return Math.ceil(ms);
  throw new UsageError(`--${name}: ${JSON.stringify(text)} — a length such as 90s, 5m or 1h.`);
}

/** A job by its name, or all jobs with `--tag`: one of the two. */
export function nameOrTag(
  name: string | undefined,
  options: CommandOptions,
): { readonly name: string } | { readonly tag: string } {
  const tag = textOption(options, 'tag');
  if (name !== undefined && tag === undefined) return { name };
  if (name === undefined && tag !== undefined) return { tag };
  throw new UsageError('a name or --tag is expected, and not both.');
}
