import { describe, expect, it } from 'vitest';
import { type CampaignFacts, judgeCampaign } from './campaign-verdict.ts';

const good: CampaignFacts = {
  clusterDays: 500,
  failureCount: 0,
  startCount: 1,
  reached: { takeover: 50 },
  faults: { crash: 50 },
};

describe('judgeCampaign', () => {
  it.each<[string, Partial<CampaignFacts>, string, string]>([
    ['clean and long enough', {}, 'valid', 'no promise was broken'],
    ['clean and too short', { clusterDays: 499 }, 'short', 'less than 500 cluster-days'],
    ['one bad seed', { failureCount: 1 }, 'invalid', '1 seeds broke a promise'],
    ['one bad seed in a short one', { failureCount: 1, clusterDays: 1 }, 'invalid', '1 seeds'],
    ['nothing started', { startCount: 0 }, 'unknown', 'no task was ever started'],
    ['nothing started in a short one', { startCount: 0, clusterDays: 1 }, 'unknown', 'no task'],
    ['a situation hardly met', { reached: { takeover: 49 } }, 'unknown', '50 times: takeover'],
    ['a fault hardly met', { faults: { crash: 49 } }, 'unknown', '50 times: fault crash'],
    ['a longer one asks for more', { clusterDays: 1000 }, 'unknown', 'takeover, fault crash'],
    ['a short one asks for none', { clusterDays: 9, reached: { takeover: 0 } }, 'short', 'less'],
  ])('%s', (_name, change, verdict, why) => {
    const judged = judgeCampaign({ ...good, ...change });
    expect(judged.verdict).toBe(verdict);
    expect(judged.why).toContain(why);
  });
});
