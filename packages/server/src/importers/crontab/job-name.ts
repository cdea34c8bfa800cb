/** Programs that never say what a line is about. */
const NEVER = wordsOf(
  '. [ [[ { } ( ) ! : cd pushd popd export set unset umask ulimit source eval trap test true',
  'false if then else elif fi for while until do done case esac in wait exit return',
  'read command type which hash local shift',
);
/** Programs that seldom say it: a line is named after them only if it has no other. */
const SELDOM = wordsOf('echo printf sleep date mkdir touch logger');
/** Programs that run the program named among their arguments. */
const WRAPPERS = wordsOf(
  'sudo doas su env nice ionice chrt nohup setsid exec time timeout flock lockfile-run chronic',
  'cronic systemd-cat systemd-run stdbuf unbuffer taskset runuser setlock xvfb-run caffeinate',
);
/** Wrappers whose `-c` is followed by a line for the shell. */
const TAKES_LINE = wordsOf('su flock runuser');
const OPENS_BLOCK = wordsOf('if then else elif do while until ! {');
/** Programs that run the file named by their first argument that is no option. */
const INTERPRETERS = wordsOf(
  'sh bash dash zsh ksh python perl ruby php node deno bun java tclsh lua Rscript pwsh run-parts',
);
/** Programs that say what they do by their first word. */
const WITH_VERB = wordsOf(
  'git docker podman kubectl npm yarn pnpm systemctl service artisan manage rails rake console wp',
  'drush occ composer aws gcloud restic borg rclone certbot tickwork',
);
const SCRIPT_ENDING = /\.(?:sh|bash|zsh|ksh|py|pl|rb|php|jar|[cm]?[jt]s|lua|R|ps1|exe|phar)$/u;
/** What YAML reads as something else than text. */
const NO_TEXT = /^(?:true|false|null|yes|no|on|off|y|n|~|[-+.\d][\d.e+-]*|0[xo][\da-f]+)$/iu;
/** Names that reach behind an object in JavaScript: no key of a file may be one. */
const NO_KEY = /^(?:__proto__|constructor|prototype)$/u;
const CHARACTERS_MAX = 60;

/**
 * A name for the job of a command: its first program that does something, or the script that an
 * interpreter runs; `line-7` where nothing tells. It is no word that YAML or JavaScript
 * reads as something else, and no name that is `taken` (a number is added).
 */
export function jobName(
  command: string,
  place: { readonly line: number; readonly taken: (name: string) => boolean },
): string {
  const base = nameOfLine(command, false) ?? nameOfLine(command, true) ?? `line-${place.line}`;
  if (!place.taken(base)) return base;
  for (let i = 2; ; i++) {
    if (!place.taken(`${base}-${i}`)) return `${base}-${i}`;
  }
}

/** The words of each simple command of a shell line, without quotes; rough, for names only. */
function simpleCommands(command: string): readonly (readonly string[])[] {
  const tokens = command.match(
    /"(?:\\.|[^"\\])*"|'[^']*'|\\.|[;&|()`\n]+|\s+|[^\s;&|()`"'\\]+|./gu,
  );
  const commands: string[][] = [[]];
  let word = '';
  const endWord = (): void => {
    if (word !== '') commands.at(-1)?.push(word);
    word = '';
  };
  for (const token of tokens ?? []) {
    if (/^[;&|()`\n]/u.test(token)) {
      endWord();
      commands.push([]);
    } else if (/^\s/u.test(token)) {
      endWord();
    } else {
      word += /^["']/u.test(token) && token.length > 1 ? token.slice(1, -1) : token;
    }
  }
  endWord();
  return commands;
}

/** `isLast`: names that seldom tell will do. */
function nameOf(words: readonly string[], isLast: boolean): string | null {
  let wrapper: string | null = null;
  for (const [index, word] of words.entries()) {
    const program = baseName(word);
    if (wrapper !== null && TAKES_LINE.has(wrapper) && word === '-c') {
      return nameOfLine(words[index + 1] ?? '', isLast);
    }
    if (OPENS_BLOCK.has(word) || isBeforeProgram(word, words[index - 1], wrapper)) continue;
    if (NEVER.has(program) || (!isLast && SELDOM.has(program))) return null;
    if (!WRAPPERS.has(program)) return nameOfProgram(program, words.slice(index + 1), isLast);
    wrapper = program;
  }
  return null;
}

/** Options, assignments, redirections; behind a wrapper, also the values of its options. */
function isBeforeProgram(word: string, before = '', wrapper: string | null): boolean {
  if (/^-|^[A-Za-z_]\w*=|^\d*[<>]/u.test(word)) return true;
  if (wrapper === null) return false;
  // A time, a file that is locked, an account.
  if (/^\d|\.(?:lock|lck|pid)$|^\/(?:run|tmp|var\/(?:run|lock))\//u.test(word)) return true;
  return /^-[ugU]$/u.test(before) || (wrapper === 'su' && before !== '-c');
}

function nameOfLine(line: string, isLast: boolean): string | null {
  const names = simpleCommands(line).map((words) => nameOf(words, isLast));
  return names.find((name) => name !== null) ?? null;
}

function nameOfProgram(program: string, args: readonly string[], isLast: boolean): string | null {
  // `python3.12` is python.
  if (!INTERPRETERS.has(program.replace(/[\d.]+$/u, ''))) return withVerb(clean(program), args);
  const code = args.findIndex((arg) => /^-(?:[a-z]*c|[a-z]?[er])$/u.test(arg));
  if (code >= 0 && program !== 'run-parts') {
    // The shell's -c holds a line again; code of other languages tells nothing.
    return /sh$/u.test(program) ? nameOfLine(args[code + 1] ?? '', isLast) : null;
  }
  const file = args.findIndex((arg) => !/^[-<>\d]/u.test(arg));
  const script = args[file];
  if (script === undefined) return null;
  if (program.startsWith('python') && args[file - 1] === '-m') return clean(script);
  return withVerb(clean(baseName(script)), args.slice(file + 1));
}

/** `git pull` is `git-pull`. */
function withVerb(program: string | null, args: readonly string[]): string | null {
  const verb = args.find((arg) => !arg.startsWith('-')) ?? '';
  if (program === null || !WITH_VERB.has(program) || !/^[a-z][\w:-]*$/iu.test(verb)) {
    return program;
  }
  return clean(`${program}-${verb}`);
}

function baseName(path: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  return parts.at(-1) ?? path;
}

function clean(word: string): string | null {
  const name = word
    .replace(SCRIPT_ENDING, '')
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/^[-.]+|[-.]+$/gu, '')
    .match(/./gsu)
    ?.slice(0, CHARACTERS_MAX)
    .join('');
  return name === undefined || NO_TEXT.test(name) || NO_KEY.test(name) ? null : name;
}

function wordsOf(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.join(' ').split(' '));
}
