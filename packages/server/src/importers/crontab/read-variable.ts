export interface CrontabVariable {
  readonly name: string;
  readonly value: string;
}

const QUOTED_NAME = /^(?<quote>["'])(?<name>[^=]*?)\k<quote>\s*=\s*(?<value>.*)$/su;
const PLAIN_NAME = /^(?<name>[^\s="'][^\s=]*)\s*=\s*(?<value>.*)$/su;
const QUOTED_VALUE = /^(?<quote>["'])(?<inner>.*?)\k<quote>\s*$/su;

/**
 * Reads `NAME = value`, or gives `null` if the line is something else. Name and value may be
 * quoted; spaces at the ends of a bare value are left out, and nothing in it is expanded.
 * A value that opens a quote and does not end with it makes the line no variable.
 * Source: cronie and ISC cron, env.c, but that an empty value may go without quotes.
 */
export function readVariable(line: string): CrontabVariable | null {
  const text = line.trimStart();
  const groups = (QUOTED_NAME.exec(text) ?? PLAIN_NAME.exec(text))?.groups;
  if (groups === undefined) return null;
  const { name = '', value = '' } = groups;
  if (name === '') return null;
  const isQuoted = value.startsWith('"') || value.startsWith("'");
  if (!isQuoted) return { name, value: value.trimEnd() };
  const inner = QUOTED_VALUE.exec(value)?.groups?.inner;
  return inner === undefined ? null : { name, value: inner };
}
