import { storedText } from '../../sql/stored-text.ts';
import type { Database } from '../database.ts';

/** A text of a row that this program cannot read. */
export interface Unreadable {
  readonly place: UnreadablePlace;
  /** The key of the row: `id` of a job, run, calendar or shared definition. */
  readonly id: number | string;
  /** For revisions and changes: the rest of the key. */
  readonly part: number;
  readonly text: string;
}

export type UnreadablePlace = keyof typeof searches;

type Row = readonly [id: number | string, part: number, text: string];

interface Search {
  /** Selects `Row`s whose text may be wrong, so that the good ones of a large store stay in it. */
  readonly text: string;
  readonly read: (text: string) => unknown;
}

type JsonType = 'object' | 'integer' | 'text';

/** True in SQL unless `column` is JSON that has values of these types under these names. */
function mayLack(column: string, types: Readonly<Record<string, JsonType>>): string {
  const wrong = Object.entries(types).map(
    ([name, type]) => `json_type(${column}, '$.${name}') IS NOT '${type}'`,
  );
  return `CASE WHEN json_valid(${column}) THEN ${wrong.join(' OR ')} ELSE 1 END`;
}

const invalid = (column: string): string => `(${column} IS NOT NULL AND NOT json_valid(${column}))`;
const memory = { anchorAt: 'integer', fireCount: 'integer', members: 'object' } as const;
const work = { 'task.kind': 'text', policies: 'object' } as const;

/** In the order in which they are set aside: a job is read whole once its parts are. */
const searches = {
  revision: {
    text: `SELECT job_id, revision, definition FROM tickwork_job_revisions
      WHERE ${mayLack('definition', { 'trigger.kind': 'text', ...work })}`,
    read: storedText.definition,
  },
  memory: {
    text: `SELECT id, 0, memory FROM tickwork_jobs WHERE ${mayLack('memory', memory)}`,
    read: storedText.memory,
  },
  skipWindows: {
    text: `SELECT id, 0, skip_windows FROM tickwork_jobs WHERE skip_windows <> '[]'`,
    read: storedText.skipWindows,
  },
  change: {
    text: `SELECT job_id, seq, memory FROM tickwork_job_changes
      WHERE ${mayLack('memory', memory)}`,
    read: storedText.memory,
  },
  calendar: {
    text: 'SELECT name, 0, definition FROM tickwork_calendars',
    read: storedText.calendar,
  },
  shared: {
    text: `SELECT id, 0, text FROM tickwork_shared_definitions WHERE ${mayLack('text', work)}`,
    read: storedText.work,
  },
  input: {
    text: `SELECT id, 0, input FROM tickwork_runs WHERE ${invalid('input')}`,
    read: storedText.json,
  },
  ownDefinition: {
    text: `SELECT id, 0, definition FROM tickwork_runs
      WHERE work_id IS NULL AND definition IS NOT NULL AND ${mayLack('definition', work)}`,
    read: storedText.runDefinition,
  },
  definition: {
    text: `SELECT id, 0, definition FROM tickwork_runs
      WHERE work_id IS NOT NULL AND ${invalid('definition')}`,
    read: storedText.json,
  },
  progress: {
    text: `SELECT id, 0, progress FROM tickwork_runs WHERE ${invalid('progress')}`,
    read: storedText.json,
  },
} as const satisfies Record<string, Search>;

/** Every text of jobs, calendars and live runs that cannot be read. */
export function findUnreadable(database: Database): Unreadable[] {
  return Object.entries(searches).flatMap(([place, { text, read }]) =>
    database
      .rows<Row>(text)
      .filter(([, , found]) => !isReadable(found, read))
      .map(([id, part, found]) => ({ place: place as UnreadablePlace, id, part, text: found })),
  );
}

/** A text of a finished run that cannot be read. */
export interface UnreadableHistory {
  readonly runId: string;
  readonly column: keyof typeof historyColumns;
  readonly text: string;
}

const historyColumns = {
  input: invalid('input'),
  definition: `definition IS NOT NULL AND CASE WHEN work_id IS NULL
    THEN ${mayLack('definition', work)} ELSE NOT json_valid(definition) END`,
  progress: invalid('progress'),
  result: invalid('result'),
} as const;

type HistoryColumn = UnreadableHistory['column'];

/** Those of finished runs: history is long and nothing that runs depends on it. */
export function findUnreadableHistory(database: Database): UnreadableHistory[] {
  const columns = Object.entries(historyColumns) as [HistoryColumn, string][];
  return columns.flatMap(([column, where]) =>
    database
      .rows<readonly [runId: string, ownWork: number, text: string]>(
        `SELECT id, work_id IS NULL, ${column} FROM tickwork_history WHERE ${where}`,
      )
      .filter(([, ownWork, text]) => {
        const isWhole = column === 'definition' && ownWork === 1;
        return !isReadable(text, isWhole ? storedText.runDefinition : storedText.json);
      })
      .map(([runId, , text]) => ({ runId, column, text })),
  );
}

function isReadable(text: string, read: (text: string) => unknown): boolean {
  try {
    read(text);
    return true;
  } catch {
    return false;
  }
}
