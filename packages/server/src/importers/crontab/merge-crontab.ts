import { isMap, parseDocument } from 'yaml';
import { CRON_POLICIES, type CrontabConfig } from './crontab-config.ts';

/**
 * The text of a configuration with the jobs of a crontab added; its comments and everything
 * it says stay. Each job carries the policies that cron implies, as the defaults of the file may
 * be others, and the zone, for the same reason. `null` if the text is no map, or holds something
 * else than a map or list where one must be added to. A job of the same name is replaced.
 */
export function mergeCrontab(text: string, crontab: CrontabConfig): string | null {
  const document = parseDocument(text, { merge: false });
  if (document.errors.length > 0 || (document.contents !== null && !isMap(document.contents))) {
    return null;
  }
  try {
    for (const key of ['jobs', 'scripts']) {
      if (document.has(key) && (document.get(key) ?? null) === null) document.delete(key);
    }
    for (const [name, job] of Object.entries(crontab.jobs)) {
      const zone = crontab.timezone === undefined ? {} : { zone: crontab.timezone };
      const isTimed = 'cron' in job;
      const complete = { ...CRON_POLICIES, ...(isTimed ? zone : {}), ...job };
      document.setIn(['jobs', name], document.createNode(complete));
    }
    for (const key of ['roots', 'env'] as const) {
      const known = listAt(document.toJS() as unknown, key);
      const added = (crontab.scripts[key] ?? []).filter((entry) => !known.includes(entry));
      if (added.length === 0) continue;
      document.setIn(['scripts', key], document.createNode([...known, ...added]));
    }
  } catch {
    // A scalar stands where a map is expected; the loader tells where.
    return null;
  }
  const isJson = text.trimStart().startsWith('{');
  return document.toString({
    lineWidth: 0,
    ...(isJson ? { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE' } : {}),
  });
}

function listAt(config: unknown, key: string): readonly unknown[] {
  const scripts = (config as { readonly scripts?: Readonly<Record<string, unknown>> } | null)
    ?.scripts;
  const list = scripts?.[key];
  return Array.isArray(list) ? list : [];
}
