/** What cron sets itself, whatever a crontab says. */
export const OWN_VARIABLES: ReadonlySet<string> = new Set(['LOGNAME', 'USER']);

/** What tells cron something; a command gets it only if it names it. */
export const CRON_VARIABLES: ReadonlySet<string> = new Set([
  ...['CRON_TZ', 'RANDOM_DELAY'],
  ...['MAILTO', 'MAILFROM', 'CONTENT_TYPE', 'CONTENT_TRANSFER_ENCODING'],
]);
