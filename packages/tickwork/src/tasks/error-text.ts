import { inspect } from 'node:util';

/** Longer messages are cut: they are shown in lists and kept with every attempt. */
const MESSAGE_CHARACTERS_MAX = 4000;
const DETAIL_CHARACTERS_MAX = 32_000;
const CAUSES_MAX = 8;

export interface ErrorText {
  /** What to show: never empty. */
  readonly message: string;
  /** Stack and causes, or `null` if there is no more to tell than the message. */
  readonly detail: string | null;
}

/**
 * The words of anything that was thrown. Of an Error: its message, and its stack with those
 * of its causes; other properties are left out because requests with passwords hang there.
 */
export function errorText(thrown: unknown): ErrorText {
  try {
    if (!isErrorLike(thrown)) return { message: messageOf(describe(thrown)), detail: null };
    const message = messageOf(thrown.message || thrown.name);
    return { message, detail: storable(stacksOf(thrown), DETAIL_CHARACTERS_MAX) };
  } catch {
    return { message: 'an error that cannot be read', detail: null };
  }
}

/** Text that every store can keep: no NUL, no halves of a character. */
export function storable(text: string, charactersMax = Number.POSITIVE_INFINITY): string {
  const cut = text.length > charactersMax ? `${text.slice(0, charactersMax)}…` : text;
  return cut.replaceAll('\0', '\ufffd').toWellFormed();
}

function messageOf(text: string): string {
  return storable(text, MESSAGE_CHARACTERS_MAX) || 'an error without a message';
}

function describe(thrown: unknown): string {
  return typeof thrown === 'string' ? thrown : inspect(thrown, { depth: 2, breakLength: 200 });
}

/** Errors of other realms (workers, vm contexts) are no instances of our Error. */
function isErrorLike(thrown: unknown): thrown is Error {
  if (thrown instanceof Error) return true;
  return Object.prototype.toString.call(thrown) === '[object Error]';
}

function stacksOf(error: Error): string {
  const stacks: string[] = [];
  let current: unknown = error;
  while (isErrorLike(current) && stacks.length < CAUSES_MAX) {
    const stack = current.stack || `${current.name}: ${current.message}`;
    stacks.push(stacks.length === 0 ? stack : `caused by: ${stack}`);
    if (current instanceof AggregateError)
      stacks.push(...current.errors.slice(0, CAUSES_MAX).map(one));
    current = current.cause;
  }
  if (current !== undefined && current !== null && !isErrorLike(current)) {
    stacks.push(`caused by: ${describe(current)}`);
  }
  return stacks.join('\n');
}

function one(error: unknown): string {
  return `one of: ${isErrorLike(error) ? (error.stack ?? error.message) : describe(error)}`;
}
