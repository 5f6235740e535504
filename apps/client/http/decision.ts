import type { DecisionRequest } from '../../../src/engine/state/messages.js';

/** What of a decision stands in the body: who decides, what it is about, and under which id goes another way. */
export function bodyOf(request: DecisionRequest): object {
  const { id: _id, by: _by, type: _type, signed: _signed, ...rest } = request;
  const { step: _step, epoch: _epoch, digest: _digest, ...body } = rest as typeof rest & Partial<About>;
  return body;
}

/** The tag of what a decision is about: what it names itself, else what was open when the rollout was looked at last. */
export function tagOf(request: DecisionRequest, seen: string | undefined): string | undefined {
  if (!('step' in request) || request.step === undefined) return undefined;
  const { step, epoch, digest } = request as DecisionRequest & Partial<About>;
  return epoch !== undefined && digest !== undefined ? `"${digest}/${epoch}/${step}"` : seen;
}

interface About {
  readonly step: string;
  readonly epoch: number;
  readonly digest: string;
}
