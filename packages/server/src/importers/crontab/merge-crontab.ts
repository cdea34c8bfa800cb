import { isMap, parseDocument } from 'yaml';
import { CRON_POLICIES, type CrontabConfig } from './convert-crontab.ts';

/**
 * The text of a configuration with the jobs of a crontab added; its comments and everything
 * it says stay. Jobs whose name is taken get a number. Each job carries the policies that cron
 * implies, as the defaults of the file may be others. `null` if the text is no map.
 */
export function mergeCrontab(text: string, crontab: CrontabConfig): string | null {
  const document = parseDocument(text, { merge: false });
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents))) {
    return null;
  }
  for (const [name, job] of Object.entries(crontab.jobs)) {
    let free = name;
    const base = name.replace(/-\d+$/u, '');
    for (let i = 2; document.hasIn(['jobs', free]); i++) free = `${base}-${i}`;
    const zone = crontab.timezone === undefined ? {} : { zone: crontab.timezone };
    const isStartup = 'startup' in job;
    const complete = { ...CRON_POLICIES, ...(isStartup ? {} : zone), ...job };
    document.setIn(['jobs', free], document.createNode(complete));
  }
  for (const key of ['roots', 'env'] as const) {
    const known = listAt(document.toJS() as unknown, key);
    const added = (crontab.scripts[key] ?? []).filter((entry) => !known.includes(entry));
    if (added.length > 0) {
      document.setIn(['scripts', key], document.createNode([...known, ...added]));
    }
  }
  return document.toString({ lineWidth: 0 });
}

function listAt(config: unknown, key: string): readonly string[] {
  const scripts = (config as { scripts?: Record<string, readonly string[]> } | null)?.scripts;
  return scripts?.[key] ?? [];
}
