import { describe, expect, it } from 'vitest';
import { formatHistory } from '../history/history-writer.ts';
import { readHistory } from '../history/read-history.ts';
import { checkHistory } from './check-history.ts';
import { goodAttempt, minute, Story } from './story.ts';
import { storyCases } from './story-cases.ts';
import { verdictNames } from './violation.ts';

describe('checkHistory', () => {
  it('finds nothing wrong with a quiet history', () => {
    const result = checkHistory(new Story().build());
    expect(result.violations).toEqual([]);
    expect(result).toMatchObject({ verdict: 'valid', mustCount: 11, startCount: 10 });
  });

  it('knows nothing of a history in which nothing happened', () => {
    expect(checkHistory([]).verdict).toBe('unknown');
  });

  it.each(storyCases)('$expected: $name', ({ expected, story }) => {
    const built = new Story();
    story(built);
    const result = checkHistory(built.build());
    const found = [...new Set(result.violations.map((each) => each.verdict))].sort();
    const texts = result.violations.map((each) => `${each.verdict}: ${each.text}`);
    const wanted = expected === 'legal' ? [] : [expected].flat().sort();
    expect(found, texts.join('\n')).toEqual(wanted);
  });

  it.each([
    ['kept long enough to be removed', 5, []],
    ['to be kept longer', 20, ['lost-result']],
  ])('knows the job of a run of which only writes are known: %s', (_, minutes, expected) => {
    const story = new Story();
    const retention = { ageMs: minutes * 60_000, runsMax: 1000 };
    story.policies = { ...story.policies, retention };
    story.stats = { successCount: 10 };
    story.run(3, { row: null });
    const unseen = `1-${minute(3).toString(36)}`;
    const events = story
      .build()
      .filter((event) => event.src !== 'witness' || !('runId' in event) || event.runId !== unseen);
    const found = checkHistory(events).violations.map((each) => each.verdict);
    expect(found.filter((verdict) => verdict === 'lost-result')).toEqual(expected);
  });

  it('has a violating and a legal history for every verdict', () => {
    for (const verdict of verdictNames) {
      const violating = storyCases.filter((each) => [each.expected].flat().includes(verdict));
      expect(violating.length, verdict).toBeGreaterThan(1);
    }
    expect(storyCases.filter((each) => each.expected === 'legal').length).toBeGreaterThan(25);
  });

  it('counts the situations and faults that a history went through', () => {
    const story = new Story();
    story.fault('crash', 'a1', minute(3, 1000), null);
    story.run(3, {
      attempts: [
        goodAttempt(minute(3), { endAt: null }),
        goodAttempt(minute(3), { startAt: minute(3, 20_000), inc: 'b1', token: 2 }),
      ],
    });
    const result = checkHistory(story.build());
    expect(result.violations).toEqual([]);
    expect(result.reached.takeover).toBe(1);
    expect(result.faults).toMatchObject({ crash: 1, pause: 0, skew: 0 });
  });

  it('judges a history read from its lines the same', () => {
    const events = new Story().drop(4).build();
    const again = readHistory(formatHistory(events));
    expect(again).toEqual(events);
    expect(checkHistory(again)).toEqual(checkHistory(events));
  });

  it.each([
    ['{', 'is not JSON'],
    ['7', 'is not an object'],
    ['{"t":1,"src":"sut","type":"left"}', 'has no number `i`'],
    ['{"i":1,"src":"sut","type":"left"}', 'has no time `t`'],
    ['{"i":1,"t":1,"src":"me","type":"left"}', 'has no `src` of harness, client'],
    ['{"i":1,"t":1,"src":"sut"}', 'has no `type` of grant, commit'],
    ['{"i":1,"t":1,"src":"sut","type":"run.start"}', 'has no `type` of grant, commit'],
    ['{"i":1,"t":1,"src":"sut","type":"left","inc":7}', 'has no text `inc`'],
    ['{"i":1,"t":1,"src":"sut","type":"dump.run","run":[]}', 'has no object `run`'],
    ['{"i":0,"t":1,"src":"harness","type":"end"}', 'has the `i` of line 1'],
  ])('refuses the line %s', (line, reason) => {
    const text = `{"i":0,"t":1,"src":"harness","type":"end"}\n${line}`;
    let message = '';
    try {
      readHistory(text, 'a.jsonl');
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('a.jsonl:2: ');
    expect(message).toContain(reason);
  });
});
