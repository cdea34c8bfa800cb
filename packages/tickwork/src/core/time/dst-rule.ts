/** What to do with local times that a clock change removes or repeats. */
export interface DstRule {
  readonly gap: 'after' | 'skip';
  readonly overlap: 'first' | 'both' | 'last';
}
