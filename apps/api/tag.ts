import { z } from 'zod';
import type { StatusReport } from '../../src/engine/tell/report.js';
import { ProblemError } from './problems/catalogue.js';

/** What a decision is about: a step that is open, which try of it, and of which plan. */
export interface Open {
  readonly digest: string;
  readonly epoch: number;
  readonly step: string;
}

/** What is open now and asks for somebody; undefined when nothing does. */
export function openNow({ digest, gate, watch, stuck, steps }: StatusReport): Open | undefined {
  const step = stuck?.step ?? gate?.step ?? watch?.step;
  if (step === undefined) return undefined;
  const epoch = gate?.step === step ? gate.epoch : steps.find(({ id }) => id === step)?.epoch;
  return { digest, epoch: epoch ?? 0, step };
}

/** The entity tag of what is open. */
export function tagOf(report: StatusReport): string {
  const open = openNow(report);
  return open ? `"${open.digest}/${open.epoch}/${open.step}"` : `"${report.digest}"`;
}

export const tagHeaders = z.object({
  'if-match': z
    .string()
    .max(500)
    .exactOptional()
    .meta({ description: 'The ETag of the status that whoever decides has seen: "digest/epoch/step".' }),
});

/** What `If-Match` says. Throws a problem for none, and for one that is no such tag. */
export function openOf(header: string | undefined): Open {
  const fix = 'give the ETag of the status that you have seen';
  if (header === undefined || header.trim() === '*') {
    const why = 'is needed: what has been seen is what is decided about';
    throw new ProblemError('precondition-required', 'If-Match', why, fix);
  }
  const [, digest, epoch, step] =
    /^"([0-9a-f]{64})\/(\d{1,9})\/([\x21\x23-\x7e]+)"$/.exec(header.trim()) ?? [];
  if (digest === undefined || step === undefined) {
    throw new ProblemError('stale', 'If-Match', 'is no tag of anything that was open', fix);
  }
  return { digest, epoch: Number(epoch), step };
}

/** Throws a problem when it is not what is open now. */
export function requireOpen(wanted: Open, report: StatusReport): void {
  const open = openNow(report);
  if (open?.digest === wanted.digest && open.epoch === wanted.epoch && open.step === wanted.step) return;
  const now = open ? `${open.step}, try ${open.epoch}` : `nothing: it is ${report.status}`;
  const what = `${wanted.step}, try ${wanted.epoch}`;
  throw new ProblemError('stale', what, `is not open any more; open is ${now}`, 'look again, then decide');
}
