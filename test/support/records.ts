import { inject } from 'vitest';
import type { Kind } from '../../src/protocol/kind.js';
import { freshRecordsOn, type FreshRecords } from './fresh-records.js';
import './servers.js';

export type { FreshRecords } from './fresh-records.js';

/** Makes records in a database of their own on the server of this run; `close` drops them. */
export function freshRecords(environment = 'local', kind?: Kind): Promise<FreshRecords> {
  return freshRecordsOn(inject('postgresUrl'), environment, kind);
}
