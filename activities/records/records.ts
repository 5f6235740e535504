import { join } from 'node:path';
import { createCaptureStore, type CaptureStore } from './captures.js';
import { createEvidenceStore, type EvidenceStore } from './evidence.js';
import { createPlanStore, type PlanStore } from './plans.js';

/** What outlives workflow histories: captures, evidence and plans. */
export interface Records {
  readonly captures: CaptureStore;
  readonly evidence: EvidenceStore;
  readonly plans: PlanStore;
}

/** Records in a directory that all workers of a machine share; made when first written to. */
export function createRecords(directory: string): Records {
  return {
    captures: createCaptureStore(join(directory, 'captures')),
    evidence: createEvidenceStore(join(directory, 'evidence')),
    plans: createPlanStore(join(directory, 'plans')),
  };
}
