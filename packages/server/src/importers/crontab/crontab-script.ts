export const CRONTAB_SCRIPT_NAME = 'crontab-line.sh';

/** The script that hands a line of a crontab to a shell: arguments are shell, command, input. */
export const CRONTAB_SCRIPT = `#!/bin/sh
# Runs one line of a crontab as cron does: in the home directory, by the shell it names.
cd "\${HOME:-/}" || exit 1
SHELL=$1
export SHELL
if [ "$#" -gt 2 ]; then
  printf '%s' "$3" | "$1" -c "$2"
else
  exec "$1" -c "$2" </dev/null
fi
`;
