import { CRON_VARIABLES, OWN_VARIABLES } from './cron-variables.ts';
import type { Notes } from './notes.ts';
import type { Crontab, CrontabEntry } from './read-crontab.ts';

/** Notes what Tickwork does differently for the crontab as a whole. */
export function noteFile({ entries, userColumn }: Crontab, notes: Notes): void {
  if (entries.length === 0) return;
  const addresses = new Set(entries.map(({ variables }) => variables.get('MAILTO') ?? ''));
  addresses.delete('');
  const mailed = addresses.size === 0 ? '' : ` (MAILTO: ${[...addresses].join('; ')})`;
  notes.add(`Output is kept with each run; no mail is sent${mailed}.`);
  notes.add('A job that is due again while it runs is started again, as by cron (overlap: allow).');
  if (userColumn === 'recognised') {
    notes.add('The lines have a user column, as in /etc/crontab; it is read as with --system.');
  }
  if (entries.some(({ variables }) => !variables.has('PATH'))) {
    notes.add(
      'Without a PATH in the crontab, cron sets /usr/bin:/bin; scripts get that of tickwork.',
    );
  }
}

/** Notes what Tickwork does differently for one line. */
export function noteLine(
  entry: CrontabEntry,
  schedule: { readonly when: object; readonly isRandom: boolean },
  notes: Notes,
): void {
  const { line, user, command, variables } = entry;
  if (user !== null) notes.add(`ran as ${user}; all scripts run as the user of tickwork.`, line);
  if ('startup' in schedule.when) {
    notes.add('runs at each start of tickwork; cron runs @reboot once after a boot.', line);
  }
  if (schedule.isRandom) {
    notes.add('~ became a time that the name of the job chooses once and for all.', line);
  }
  if (variables.has('RANDOM_DELAY')) {
    notes.add('RANDOM_DELAY became a jitter that is the same for the same instant.', line);
  }
  noteVariables(variables, line, notes);
  if (leavesProcess(command)) {
    notes.add(
      'leaves a process in the background: it goes on after its run, as with cron, and no stop ' +
        'reaches it. End the command with "wait", or use a service manager.',
      line,
    );
  }
}

/** `&` that is no part of `&&`, `>&`, `&>` or a text in quotes. */
const BACKGROUND = /(?<![&>\\])&(?![&>])/u;

function leavesProcess(command: string): boolean {
  return BACKGROUND.test(command.replaceAll(/'[^']*'|"(?:[^"\\]|\\.)*"/gu, ''));
}

function noteVariables(variables: ReadonlyMap<string, string>, line: number, notes: Notes): void {
  if (variables.has('TZ')) {
    const zone = variables.get('TZ');
    notes.add(
      `TZ=${zone} is handed to the command and does not move its times, as in cron; write ` +
        `\`zone: ${zone}\` if it should.`,
      line,
    );
  }
  for (const [name, value] of variables) {
    if (OWN_VARIABLES.has(name)) notes.add(`${name} is left out: cron sets it itself.`, line);
    else if (value.includes('$') && !CRON_VARIABLES.has(name)) {
      notes.add(`cron expands no variables: the command gets ${name}=${value} as it stands.`, line);
    }
  }
}
