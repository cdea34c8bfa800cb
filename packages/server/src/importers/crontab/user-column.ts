/** Accounts that no command is called. */
const ACCOUNTS: ReadonlySet<string> = new Set(['root', 'www-data', 'nobody', 'daemon']);
/** `user`, and on BSD `user:group` and `user/class`. */
const USER = /^[a-z_][\w.-]*\$?(?::[\w.-]+)?(?:\/[\w.-]+)?$/iu;
/** The comment over the lines of /etc/crontab: `# m h dom mon dow user command`. */
const HEADER = /^\s*#.*\s(?:dow|\*)\s+user(?:-?name)?\s+command/iu;
const SYSTEM_FILE = /(?:^|\/)etc\/(?:crontab|cron\.d\/[^/]+)$/u;

/** True for /etc/crontab and the files of /etc/cron.d, also below another folder. */
export function isSystemCrontab(file: string): boolean {
  return SYSTEM_FILE.test(file);
}

/** True if this may stand in the user column. */
export function isUser(word: string): boolean {
  return USER.test(word);
}

/** True if a command begins with the name of an account, as lines with a user column do. */
export function beginsWithAccount(command: string): boolean {
  return ACCOUNTS.has(command.split(/\s/u, 1)[0] ?? '');
}

/**
 * Whether the lines have a user column though nobody said so: each could have one, and one
 * names an account that is no command, or the comment of /etc/crontab names the column.
 * `commands` are the texts behind the schedules.
 */
export function hasUserColumn(lines: readonly string[], commands: readonly string[]): boolean {
  const fits = commands.every((command) => {
    const [user = '', rest] = command.split(/\s+/u, 2);
    return rest !== undefined && rest !== '' && isUser(user);
  });
  if (!fits || commands.length === 0) return false;
  return commands.some(beginsWithAccount) || lines.some((line) => HEADER.test(line));
}
