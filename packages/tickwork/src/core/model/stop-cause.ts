/** Why an attempt was told to stop, if it was. */
export type StopCause = 'timeout' | 'request' | 'overlap' | 'shutdown' | 'fenced';
