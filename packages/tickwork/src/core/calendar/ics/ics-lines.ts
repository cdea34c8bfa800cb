import { TickworkError } from '../../base/errors.ts';

/** One property of a component: `DTSTART;VALUE=DATE:20251001`. Names are in upper case. */
export interface IcsProperty {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly value: string;
  /** The line of the file where it begins, from 1. */
  readonly line: number;
}

/** The properties of one VEVENT, without those of components inside it. */
export type IcsEvent = readonly IcsProperty[];

const TEXT_CHARACTERS_MAX = 8 * 1024 * 1024;
const EVENTS_MAX = 20_000;

/**
 * The events of an iCalendar text. Folded lines are joined (RFC 5545 §3.1);
 * components other than VEVENT are passed over, alarms inside an event too.
 */
export function readEvents(text: string, field: string): readonly IcsEvent[] {
  if (text.length > TEXT_CHARACTERS_MAX) refuse(field, 'is larger than 8 MiB.');
  const events: IcsEvent[] = [];
  const open: string[] = [];
  let event: IcsProperty[] | null = null;
  let calendars = 0;
  for (const property of readProperties(text, field)) {
    if (property.name === 'BEGIN') {
      const component = property.value.trim().toUpperCase();
      open.push(component);
      if (component === 'VCALENDAR') calendars++;
      if (component === 'VEVENT') event = [];
    } else if (property.name === 'END') {
      const component = open.pop();
      if (component !== property.value.trim().toUpperCase()) {
        refuse(`${field}, line ${property.line}`, `END does not match BEGIN:${component ?? ''}.`);
      }
      if (component === 'VEVENT' && event !== null) events.push(event);
      if (component === 'VEVENT') event = null;
      if (events.length > EVENTS_MAX) refuse(field, `holds more than ${EVENTS_MAX} events.`);
    } else if (event !== null && open[open.length - 1] === 'VEVENT') event.push(property);
  }
  if (calendars === 0 || open.length > 0) refuse(field, 'is no complete iCalendar text.');
  return events;
}

function readProperties(text: string, field: string): readonly IcsProperty[] {
  const properties: IcsProperty[] = [];
  let start = 0;
  let joined = '';
  const finish = () => {
    if (joined.trim() !== '') properties.push(readProperty(joined, start, field));
  };
  for (const [i, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (line.startsWith(' ') || line.startsWith('\t')) {
      joined += line.slice(1);
      continue;
    }
    finish();
    start = i + 1;
    joined = line;
  }
  finish();
  return properties;
}

function readProperty(text: string, line: number, field: string): IcsProperty {
  const colon = endOfHead(text);
  if (colon < 0) refuse(`${field}, line ${line}`, 'is no property: a colon is missing.');
  const [name, ...rest] = splitHead(text.slice(0, colon));
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const equals = part.indexOf('=');
    const value = part.slice(equals + 1).replace(/^"(.*)"$/, '$1');
    if (equals > 0) parameters.set(part.slice(0, equals).toUpperCase(), value);
  }
  return { name: (name ?? '').toUpperCase(), parameters, value: text.slice(colon + 1), line };
}

/** The first colon outside quotation marks. */
function endOfHead(text: string): number {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') quoted = !quoted;
    else if (text[i] === ':' && !quoted) return i;
  }
  return -1;
}

function splitHead(head: string): readonly string[] {
  const parts: string[] = [];
  let quoted = false;
  let from = 0;
  for (let i = 0; i < head.length; i++) {
    if (head[i] === '"') quoted = !quoted;
    if (head[i] !== ';' || quoted) continue;
    parts.push(head.slice(from, i));
    from = i + 1;
  }
  return [...parts, head.slice(from)];
}

function refuse(field: string, reason: string): never {
  throw new TickworkError('INVALID_CALENDAR', {
    field,
    reason,
    remedy: 'Export the calendar again as an iCalendar (.ics) file.',
  });
}
