import type { Json } from '../base/json.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where the engine's own words go. Never throws, never blocks. */
export interface Logger {
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, Json>>): void;
}
