import { lintRules } from 'tickwork';

/** The rules of `tickwork lint`, each with its reason, an example and a remedy. */
export function lintPage(): readonly string[] {
  return [
    '`tickwork lint` and `scheduler.lint()` ask these rules about the jobs of a file or a store,',
    'and the rules ask the planner where it matters when something fires. A finding names the job,',
    'its place in the file, what is wrong and what to do. *Errors* and *warnings* let the command',
    'end with 1, *notes* do not. Each example is found by its rule, which a test proves.',
    ...lintRules.flatMap(({ id, severity, summary, reason, remedy, example }) => [
      '',
      `## \`${id}\``,
      '',
      `*${severity}.* ${summary}`,
      '',
      reason,
      '',
      '```yaml',
      ...example,
      '```',
      '',
      `**What to do:** ${remedy}`,
    ]),
  ];
}
