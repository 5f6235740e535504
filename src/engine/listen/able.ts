import { askedEver, type Asked } from '../state/gate.js';
import { RollBack } from '../state/interruptions.js';
import type { Result, Verbs } from '../state/ports.js';
import { approvalOf } from '../state/rights.js';
import { notify, record, type Run } from '../state/run.js';
import type { OpenGate } from '../state/state.js';
import { attended } from './attention.js';

/** Before anything is changed: a gate that nobody can open would be found out at its deadline. Throws `RollBack`. */
export async function refuseWithoutQuorum(run: Run): Promise<void> {
  // What a run before a reset has begun is not taken back for it: it is said when the gate asks.
  if (run.state.started.length > 0) return;
  const gates = askedEver(run.plan).filter((gate) => isWorthAsking(run, gate));
  if (gates.length === 0) return;
  const able = await ask(run, gates);
  for (const gate of gates) {
    const reason = able.ok ? faultOf(gate, able.value[gate.step]) : `nobody can tell: ${able.error}`;
    if (reason !== undefined) throw new RollBack({ type: 'no-quorum', step: gate.step, reason });
  }
}

/** People leave: who could open the gate is asked for as of now, and when they have become too few that is said at once. */
export async function lookWhoCan(run: Run, open: OpenGate): Promise<void> {
  const gate = askedEver(run.plan).find(({ step }) => step === open.step);
  if (!gate || !isWorthAsking(run, gate)) return;
  const able = await ask(run, [gate]);
  // Nobody can tell just now: what is known of before stays, and it is asked again with the next reminder.
  if (!able.ok) return;
  const people = able.value[gate.step] ?? [];
  open.able = { at: run.effects.now(), people };
  const fault = faultOf(gate, people);
  if (fault === undefined) return;
  const evidence = { needed: gate.quorum, able: people };
  record(run, 'no-quorum', fault, { step: gate.step, epoch: open.epoch, evidence });
  notify(run, 'incident', `nobody can open ${gate.step}: ${fault}`);
}

/** Where people are known by more than their names, or a gate asks for more than some of them. */
function isWorthAsking({ state, plan }: Run, { step }: Asked): boolean {
  const { fourEyes, strength, remind, escalate } = approvalOf(plan, step) ?? {};
  return state.house?.shared === true || (fourEyes ?? strength ?? remind ?? escalate) !== undefined;
}

function ask(run: Run, gates: readonly Asked[]): Promise<Result<Verbs['able']['out']>> {
  const { state, effects, plan } = run;
  const { startedBy, askedFor, fromFile } = state;
  const { runbook } = plan;
  const input = {
    gates,
    runbook,
    startedBy,
    ...(fromFile && { fromFile }),
    ...(askedFor !== undefined && { askedFor }),
  };
  return attended(run, effects.perform('able', input, plan.deadlines.preflight));
}

function faultOf({ quorum }: Asked, able: readonly string[] = []): string | undefined {
  if (able.length >= quorum) return undefined;
  return `${quorum} needed, ${able.length} can (${able.join(', ') || 'nobody'})`;
}
