import type { ConfigFormat } from '../config-format.ts';
import { enterpriseFormat } from './enterprise.ts';
import { gocronFormat } from './gocron.ts';
import { tickworkFormat } from './tickwork.ts';

/** Every kind of file that is read; the first that knows the contents takes it. */
export const formats: readonly ConfigFormat[] = [
  gocronFormat,
  enterpriseFormat,
  tickworkFormat,
] as unknown as readonly ConfigFormat[];
