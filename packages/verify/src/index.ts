/** What judges a recorded history: the part of the proofs that users get, as `tickwork verify`. */
export { type CheckResult, checkHistory } from './checker/check-history.ts';
export { type Quantiles, quantilesOf } from './checker/quantiles.ts';
export { type VerdictName, type Violation, verdictNames } from './checker/violation.ts';
export type { HistoryEvent, HistoryFact, HistoryLimits } from './history/history.ts';
export { formatHistory, HistoryWriter } from './history/history-writer.ts';
export { readHistory } from './history/read-history.ts';
