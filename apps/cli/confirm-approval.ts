import { withLive, type Reported, type RolloutClient } from '../client/client.js';
import type { Context } from './context.js';
import { Interrupted } from './interruption.js';
import { paintFor } from './paint.js';

/**
 * Shows on a terminal what an approval would let happen, and asks. What is approved afterwards is bound to the report
 * that was shown. Where nobody sits, or who says `--yes`, nothing is asked.
 *
 * @throws Interrupted when the answer is no: nothing was sent
 */
export async function confirmApproval(
  client: RolloutClient,
  report: Reported,
  { by, yes }: { readonly by: string; readonly yes?: true | undefined },
  { io }: Context,
): Promise<void> {
  const { confirm } = io;
  if (!confirm || yes || !report.gate) return;
  const { rollout, gate } = report;
  const [plan, live] = await Promise.all([client.plan(rollout), client.readings(rollout)]);
  const { approvalLines } = await import('./approval-text.js');
  const paint = paintFor(io.stderr, io.env);
  const drawing = { paint, width: Math.min(io.stderr.columns ?? 100, 100), now: Date.now(), frame: 0 };
  const lines = approvalLines(withLive(report, live), plan, drawing);
  io.stderr.write(`${lines.join('\n')}\n\n`);
  if (!(await confirm(`approve ${gate.step} as ${by}?`))) throw new Interrupted('nothing was approved');
}
