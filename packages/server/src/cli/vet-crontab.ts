import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoadedConfig, parseConfig } from '../config/load-config.ts';
import type { Problem } from '../config/problem.ts';
import { escapeReferences } from '../config/substitute.ts';
import type { ConvertedCrontab, ConvertedLine } from '../importers/crontab/convert-crontab.ts';
import { type CrontabConfig, crontabConfig } from '../importers/crontab/crontab-config.ts';
import { CRONTAB_SCRIPT, CRONTAB_SCRIPT_NAME } from '../importers/crontab/crontab-script.ts';
import type { CrontabMistake } from '../importers/crontab/read-crontab.ts';
import { checkConfig } from './check-config.ts';
import { UsageError } from './fail.ts';
import { yamlText } from './yaml-text.ts';

/** A crontab as a configuration that the loader accepts. */
export interface VettedCrontab {
  /** Ready to be written: `$` is doubled where the loader would read it. */
  readonly config: CrontabConfig;
  readonly text: string;
  readonly lines: readonly ConvertedLine[];
  readonly differences: readonly string[];
  readonly mistakes: readonly CrontabMistake[];
}

/**
 * Loads what a crontab became, by the loader and checks of `validate`, in a folder of its own
 * that is removed again. Jobs that it refuses become mistakes, each with the loader's reason;
 * a jitter that is too long for its job is left out. Throws UsageError for a wrong zone.
 */
export async function vetCrontab(
  converted: ConvertedCrontab,
  zone: string | null,
): Promise<VettedCrontab> {
  const folder = mkdtempSync(join(tmpdir(), 'tickwork-import-'));
  try {
    mkdirSync(join(folder, 'scripts'), { mode: 0o755 });
    writeFileSync(join(folder, 'scripts', CRONTAB_SCRIPT_NAME), CRONTAB_SCRIPT, { mode: 0o755 });
    return await vet(converted, zone, join(folder, 'tickwork.yaml'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function vet(
  converted: ConvertedCrontab,
  zone: string | null,
  file: string,
): Promise<VettedCrontab> {
  const errorsOf = async (lines: readonly ConvertedLine[]): Promise<readonly Problem[]> => {
    const loaded = await loadText(file, textOf(crontabConfig(lines, zone)));
    return 'errors' in loaded ? loaded.errors : differing(loaded, lines);
  };
  const [zoneError] = zone === null ? [] : await errorsOf([]);
  if (zoneError !== undefined) throw new UsageError(`--zone: ${zoneError.message}`);
  const differences = [...converted.differences];
  const mistakes = [...converted.mistakes];
  /** Gives the lines that are accepted; halves are looked at so that one fault costs little. */
  const sift = async (lines: readonly ConvertedLine[]): Promise<readonly ConvertedLine[]> => {
    const [error] = await errorsOf(lines);
    if (error === undefined) return lines;
    const [line, ...others] = lines;
    if (line === undefined || others.length > 0) {
      const middle = Math.ceil(lines.length / 2);
      return [...(await sift(lines.slice(0, middle))), ...(await sift(lines.slice(middle)))];
    }
    const { jitter, ...job } = line.job;
    const plain = { ...line, job };
    if (jitter !== undefined && (await errorsOf([plain])).length === 0) {
      differences.push(`line ${line.entry.line}: RANDOM_DELAY is left out: ${error.message}`);
      return [plain];
    }
    mistakes.push({ line: line.entry.line, text: line.entry.text, reason: error.message });
    return [];
  };
  const lines = await sift(converted.lines);
  const [error] = lines === converted.lines ? [] : await errorsOf(lines);
  if (error !== undefined) throw new Error(`${error.path}: ${error.message}`);
  mistakes.sort((a, b) => a.line - b.line);
  const config = crontabConfig(lines, zone);
  return { config: escaped(config), text: textOf(config), lines, differences, mistakes };
}

/** Reads the text as if it stood in `file`, and checks it as `validate` does. */
export async function loadText(
  file: string,
  text: string,
): Promise<LoadedConfig | { readonly errors: readonly Problem[] }> {
  const loaded = parseConfig({ file, text });
  if (!loaded.ok) return { errors: loaded.problems };
  const { errors } = await checkConfig(loaded.config);
  return errors.length > 0 ? { errors } : loaded.config;
}

/** An error for each line that was read back as something else than it is. */
export function differing(
  config: LoadedConfig,
  lines: readonly ConvertedLine[],
): readonly Problem[] {
  return lines.flatMap(({ name, job }) => {
    const read = config.jobs[name] as Readonly<Record<string, unknown>> | undefined;
    const isSame = Object.entries(job).every(
      ([key, value]) => JSON.stringify(read?.[key]) === JSON.stringify(value),
    );
    if (isSame) return [];
    const place = { severity: 'error' as const, file: config.file, line: 1, column: 1 };
    return [{ ...place, path: `jobs.${name}`, message: 'holds text that YAML cannot keep.' }];
  });
}

function textOf(config: CrontabConfig): string {
  return `# Made from a crontab by tickwork import crontab.\n${yamlText(escaped(config))}`;
}

/** The same with `$` doubled in every text where the loader would read it. */
function escaped<Value>(value: Value): Value {
  if (typeof value === 'string') return escapeReferences(value) as Value;
  if (Array.isArray(value)) return value.map((member: unknown) => escaped(member)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, escaped(member)]);
  return Object.fromEntries(entries) as Value;
}
