import { constants } from 'node:os';
import { stripVTControlCharacters } from 'node:util';
import { isTickworkError } from '../../core/base/errors.ts';
import type { Json } from '../../core/base/json.ts';
import { JSON_BYTES_MAX, jsonOf } from '../../core/base/json-of.ts';
import type { TaskSpec } from '../../core/model/task-spec.ts';
import type { AttemptContext, TaskKind, TaskResult } from '../../core/ports/task-kind.ts';
import { errorText } from '../error-text.ts';
import { findCommand, interpreterFor } from './find-interpreter.ts';
import { type InlineScript, inlineArguments } from './inline-script.ts';
import { createLastLine, type LastLine } from './last-line.ts';
import { locateFolder, locateScript } from './locate-script.ts';
import { closePipes, createPipeStock, type PipeStock } from './output-pipes.ts';
import { type ProcessEnd, type ProcessRequest, runProcess } from './run-process.ts';
import { parseScriptConfig, type ScriptRules, type ScriptTasksConfig } from './script-config.ts';
import { environmentOf } from './script-environment.ts';
import { parseScriptOptions, type ScriptOptions } from './script-options.ts';

const KIND = 'script';
const ERROR_LINE_CHARACTERS_MAX = 500;

/** Tells the starts of this process apart, whichever scheduler makes them. */
let startCount = 0;

/**
 * Gives the kind that runs script files in processes of their own. See `ScriptTasksConfig` for
 * what may run and `ScriptOptions` for what a job says. Throws INVALID_CONFIG.
 *
 * A script gets the input as JSON on stdin and, up to 32 KiB, in TICKWORK_INPUT; the facts of
 * the attempt are in TICKWORK_JOB, _RUN_ID, _ATTEMPT, _FENCE, _SCHEDULED_AT (RFC 3339, UTC),
 * _IDEMPOTENCY_KEY, _COALESCED_COUNT and _CANCEL_GRACE_MS; TICKWORK_ENGINE and _START tell who
 * began it, and are how a stop finds all that stems from it. Exit status 0 is success. If the
 * last line of stdout that is not blank is a JSON object or array of at most 256 KiB, it is the
 * result. What a script leaves running in the background when it ends by itself goes on and is
 * told in the output; a stop leaves nothing. Files are checked again before each start.
 */
export function createScriptTasks(config: ScriptTasksConfig): TaskKind {
  const rules = parseScriptConfig(config);
  const pipes = createPipeStock(rules.searchPath);
  return Object.freeze({
    kind: KIND,
    slotKind: 'external' as const,
    handles: () => (rules.roots.length === 0 && rules.inlineFolder === null ? [] : [KIND]),
    validate(task: TaskSpec, field: string): void {
      locate(parseScriptOptions(task, field, rules), field, rules);
    },
    killsAfterGrace: () => true,
    execute: (task: TaskSpec, input: Json, attempt: AttemptContext) =>
      execute(task, input, attempt, { rules, pipes }),
  });
}

interface Place {
  readonly cwd: string;
  readonly interpreter: string;
  /** True: the fallback of an interpreter that is not installed will do. */
  readonly mayFallBack: boolean;
  /** What follows the interpreter and its own arguments. */
  readonly args: readonly string[];
}

function locate(options: ScriptOptions, field: string, rules: ScriptRules): Place {
  if (typeof options.script !== 'string') return placeInline(options, options.script, field, rules);
  const script = locateScript(options.script, `${field}.path`, rules);
  const { path: file } = script;
  const interpreter = interpreterFor(file, options.interpreter, `${field}.path`, rules);
  const cwd =
    options.cwd === null ? script.root : locateFolder(options.cwd, `${field}.cwd`, rules).path;
  // An absolute path ends the options of the interpreter: what follows is the script's own.
  return { cwd, interpreter, mayFallBack: true, args: [file, ...options.args] };
}

function placeInline(
  { cwd, args }: ScriptOptions,
  script: InlineScript,
  field: string,
  rules: ScriptRules,
): Place {
  return {
    cwd: cwd === null ? (rules.inlineFolder ?? '') : locateFolder(cwd, `${field}.cwd`, rules).path,
    interpreter: script.shell,
    mayFallBack: false,
    args: inlineArguments(script, args),
  };
}

async function execute(
  task: TaskSpec,
  input: Json,
  attempt: AttemptContext,
  { rules, pipes: stock }: { readonly rules: ScriptRules; readonly pipes: PipeStock },
): Promise<TaskResult> {
  const pipes = attempt.signal.aborted ? null : await stock.take();
  if (attempt.signal.aborted) {
    if (pipes !== null) closePipes(pipes);
    return failed(errorText(attempt.signal.reason).message);
  }
  const printed = createLastLine(JSON_BYTES_MAX);
  const complained = createLastLine(ERROR_LINE_CHARACTERS_MAX);
  let request: ProcessRequest;
  try {
    request = requestOf(task, input, attempt, rules, (stream, text) => {
      attempt.output(stream, text);
      (stream === 'stdout' ? printed : complained).push(text);
    });
  } catch (error) {
    if (pipes !== null) closePipes(pipes);
    if (isTickworkError(error)) return failed(error.message);
    throw error;
  }
  const end = await runProcess(request, pipes);
  tellLeftBehind(end, attempt);
  if (end.how === 'exited' && end.code === 0 && !end.wasStopped) {
    return { ok: true, result: resultOf(printed, attempt), exitCode: 0 };
  }
  return failureOf(end, request, complained, attempt);
}

function requestOf(
  task: TaskSpec,
  input: Json,
  attempt: AttemptContext,
  rules: ScriptRules,
  onText: ProcessRequest['onText'],
): ProcessRequest {
  const options = parseScriptOptions(task, 'task', rules);
  startCount += 1;
  const start = startCount;
  const env = environmentOf(rules, options.env, input, attempt, start);
  const stdin = JSON.stringify(input);
  // The check of the files comes last, so that the start follows it at once.
  const place = locate(options, 'task', rules);
  const [program = '', ...args] = findCommand(place.interpreter, rules, place.mayFallBack);
  return {
    program,
    args: [...args, ...place.args],
    cwd: place.cwd,
    env,
    stdin,
    signal: attempt.signal,
    cancelGraceMs: attempt.cancelGraceMs,
    signalMarked:
      rules.engine === '' ? null : (signal) => rules.signalMarked(rules.engine, start, signal),
    onText,
  };
}

function resultOf(printed: LastLine, attempt: AttemptContext): Json {
  const text = printed.text().trim();
  if (!/^[{[]/.test(text)) return null;
  const refuse = (reason: string): null => {
    attempt.output('system', `The last line is no result: it ${reason}\n`);
    return null;
  };
  if (printed.isCut()) return refuse(`is larger than ${JSON_BYTES_MAX / 1024} KiB as JSON.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const outcome = jsonOf(value);
  return outcome.ok ? outcome.json : refuse(outcome.reason);
}

function tellLeftBehind(end: ProcessEnd, attempt: AttemptContext): void {
  if (end.how === 'not started' || end.leftBehind === 0) return;
  const what = end.leftBehind === 1 ? '1 process' : `${end.leftBehind} processes`;
  attempt.output(
    'system',
    `The script has ended and left ${what} in the background, no part of this run any more.\n`,
  );
}

function failureOf(
  end: ProcessEnd,
  request: ProcessRequest,
  complained: LastLine,
  attempt: AttemptContext,
): TaskResult {
  if (end.how === 'not started') return failed(startProblem(end.error, request));
  const by = end.how === 'killed' ? `ended by ${end.by}` : `exit code ${end.code}`;
  const exitCode = end.how === 'killed' ? 128 + (constants.signals[end.by] ?? 0) : end.code;
  if (end.wasStopped) {
    return failed(`${errorText(attempt.signal.reason).message} (${by})`, exitCode);
  }
  const words = stripVTControlCharacters(complained.text()).trim();
  return failed(words === '' ? by : `${by}: ${words}`, exitCode);
}

const noRoom: readonly (string | undefined)[] = ['EAGAIN', 'ENOMEM', 'EMFILE', 'ENFILE'];

function startProblem(error: unknown, { program, cwd }: ProcessRequest): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'E2BIG') {
    return 'the arguments and the environment are too large for the system; use the input';
  }
  if (code === 'EACCES') return `${program} cannot be started in ${cwd}: permission denied`;
  if (code === 'ENOENT') return `${program} or the folder ${cwd} does not exist any more`;
  const { message } = errorText(error);
  if (noRoom.includes(code)) return `the system has no room for another process: ${message}`;
  return `${program} cannot be started: ${message}`;
}

function failed(error: string, exitCode?: number): TaskResult {
  return { ok: false, error, ...(exitCode !== undefined && { exitCode }) };
}
