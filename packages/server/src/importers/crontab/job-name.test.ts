import { describe, expect, it } from 'vitest';
import { jobName } from './job-name.ts';

describe('jobName', () => {
  it.each([
    ['/opt/app/bin/poll --fast 2>&1', 'poll'],
    ['cd /srv/app && bash bin/nightly.sh', 'nightly'],
    ['cd / && run-parts --report /etc/cron.hourly', 'cron.hourly'],
    ['test -x /usr/sbin/anacron || ( cd / && run-parts --report /etc/cron.daily )', 'cron.daily'],
    [
      '[ -x /usr/lib/php/sessionclean ] && if true; then /usr/lib/php/sessionclean; fi',
      'sessionclean',
    ],
    ["perl -e 'sleep int(rand(43200))' && certbot -q renew", 'certbot-renew'],
    ['cd /srv/shop && php artisan schedule:run >> /dev/null 2>&1', 'artisan-schedule-run'],
    ['/usr/bin/flock -n /tmp/sync.lock /usr/bin/python3 -u sync.py', 'sync'],
    ["/bin/bash -lc 'cd /srv && bundle exec rake'", 'bundle'],
    ['FOO=1 nice -n 19 timeout 30m /srv/reindex.sh', 'reindex'],
    ['sudo -u www-data /usr/local/bin/report', 'report'],
    ['su - postgres -c "vacuumdb --all"', 'vacuumdb'],
    ['sleep 30; nohup ./bot > bot.log &', 'bot'],
    ['/usr/bin/env python3 -m shop.reports', 'shop.reports'],
    ['java -Xmx1g -jar /opt/feed.jar', 'feed'],
    ['$HOME/bin/备份.sh', '备份'],
    ['echo hi', 'echo'],
    ['true', 'line-7'],
    ['constructor', 'line-7'],
    ['__proto__', 'line-7'],
    ['/bin/null', 'line-7'],
    ['42', 'line-7'],
    ['cd /tmp', 'line-7'],
    ['bash', 'line-7'],
    ['"', 'line-7'],
    ['%%%', 'line-7'],
  ])('%s is %s', (command, name) => {
    expect(jobName(command, { line: 7, taken: () => false })).toBe(name);
  });

  it('adds a number to a name that is taken', () => {
    const taken = new Set(['poll', 'poll-2']);
    expect(jobName('poll', { line: 1, taken: (name) => taken.has(name) })).toBe('poll-3');
  });

  it('never cuts a sign in half', () => {
    const name = jobName(`/bin/${'𝒳'.repeat(80)}`, { line: 1, taken: () => false });
    expect([...name]).toHaveLength(60);
    expect(name.isWellFormed()).toBe(true);
  });
});
