import { authorise } from '../../../apps/worker/people.js';
import type { RolloutClient } from '../../../apps/client/client.js';
import type { Environment } from '../../../apps/config/config.js';
import { decide, refuseUnauthorised } from '../../../src/engine/decide/decisions.js';
import { Refusal } from '../../../src/engine/base/errors.js';
import { askedNow } from '../../../src/engine/state/gate.js';
import type { JournalEventType } from '../../../src/engine/state/journal.js';
import { planDigest } from '../../../src/engine/plan/plan-digest.js';
import { stepsOf, type Plan } from '../../../src/engine/plan/plan.js';
import { RollBack } from '../../../src/engine/state/interruptions.js';
import { record, type Run } from '../../../src/engine/state/run.js';
import { initialState, type RolloutState } from '../../../src/engine/state/state.js';
import type { GuardReading, OutcomeType } from '../../../src/engine/state/values.js';
import { statusReport } from '../../../src/engine/tell/report.js';
import { ableToApprove } from '../../../src/identity/index.js';
import { directoryOf } from '../../../apps/config/identity/directory.js';
import { clientOf } from '../../apps/api/door.js';

/** A rollout that stands at its gates, and whose decisions are judged as a worker judges them. */
export interface StandingRollout {
  readonly id: string;
  readonly plan: Plan;
  readonly state: RolloutState;
  readonly client: RolloutClient;
  /** Goes to a gate, and asks; again, when it had asked before. */
  ask(step: string, exposure?: number): void;
  /** Nobody has answered by the deadline, and it is taken back. */
  expire(): void;
  /** It is over: nothing can be handed in any more. */
  end(type: OutcomeType): void;
  record(type: JournalEventType, reason: string, about?: Parameters<typeof record>[3]): void;
}

const firstRun = 'run-1';

/**
 * No Temporal is in it: doors are tried by it, and what they hand in goes through the policy, the signatures and the
 * engine as it would in a worker.
 */
export function standingRollout(
  plan: Plan,
  environment: () => Environment,
  { name = 'shared', startedBy = 'cleo', readings = [] as readonly GuardReading[] } = {},
): StandingRollout {
  const id = `rollout/${name}/${plan.runbook}/k1`;
  const identity = { rollout: id, environment: name, digest: planDigest(plan), startedBy };
  const state = initialState(plan, identity);
  state.ready = true;
  state.readings = [...readings];
  const effects = { now: () => Date.now(), record: () => undefined, perform: () => undefined };
  const run = { plan, state, effects, underWay: { undos: new Set() } } as unknown as Run;
  record(run, 'started', `by ${startedBy}`, { by: startedBy });

  function passIfOpen(): void {
    const { gate } = state;
    const asked = gate && askedNow(plan, gate);
    if (!gate || !asked || gate.approvals.length < asked.quorum) return;
    delete state.gate;
    state.steps[gate.step]!.status = 'done';
    const by = gate.approvals.map((one) => one.by).join(', ');
    record(run, 'gate-passed', `approved by ${by}`, { step: gate.step, epoch: gate.epoch });
    state.cursor += 1;
  }

  function takeBack({ reason: cause, message }: RollBack): void {
    delete state.gate;
    state.unwinding = { cause, since: Date.now(), verified: {} };
    record(run, 'unwinding', message);
  }

  const client = clientOf({
    status: () => Promise.resolve(statusReport(plan, state)),
    why: () => Promise.resolve(statusReport(plan, state).why),
    journal: () => Promise.resolve([...state.journal]),
    plan: () => Promise.resolve(plan),
    readings: () => Promise.resolve(undefined),
    describe: () => Promise.resolve({ rollout: id, firstRun }),
    find: () => Promise.resolve(id),
    list: () => Promise.resolve([]),
    async decide(rollout: string, request: Parameters<RolloutClient['decide']>[1]) {
      const { outcome } = state;
      if (outcome) {
        // As a client says it whose update finds the workflow closed.
        const rule = `is over: ${outcome.type} (${outcome.reason})`;
        throw new Refusal(`rollout ${rollout}`, rule, 'nothing can be decided any more; start a new one');
      }
      const about = { environment: name, rollout, firstRun, startedBy };
      const found = await authorise(environment(), about, request, {
        cameAt: () => Promise.resolve(undefined),
        stoppedBy: () => Promise.resolve(undefined),
        delegated: () => Promise.resolve([]),
      });
      const answered = () => state.decisions[request.id]!;
      if ('refused' in found) {
        refuseUnauthorised(run, {
          type: 'unauthorised',
          id: request.id,
          by: request.by,
          reason: found.refused,
        });
        return answered();
      }
      const { principal, starters, seen } = found;
      try {
        decide(run, {
          ...request,
          by: principal,
          ...(starters && { starters }),
          ...(seen !== undefined && { seen }),
        });
        passIfOpen();
      } catch (error) {
        if (!(error instanceof RollBack)) throw error;
        takeBack(error);
      }
      return answered();
    },
  });
  return {
    id,
    plan,
    state,
    client,
    ask(step, exposure = state.exposure) {
      const index = stepsOf(plan).findIndex((one) => one.step.id === step);
      const gate = stepsOf(plan)[index]!.step;
      if (gate.type !== 'gate') throw new Error(`${step} is no gate`);
      const epoch = state.gate?.step === step ? state.gate.epoch + 1 : (state.steps[step]?.epoch ?? 0);
      state.cursor = index;
      state.exposure = exposure;
      state.phase = stepsOf(plan)[index]!.phase;
      state.steps[step] = { status: 'running', epoch };
      const asked = askedNow(plan, { step })!;
      const people = ableToApprove(directoryOf(environment()), asked, { startedBy });
      const since = Date.now();
      state.gate = {
        step,
        epoch,
        since,
        deadline: since + gate.approval.within,
        approvals: [],
        able: { at: since, people },
      };
      record(run, 'gate-opened', gate.why, { step, epoch });
    },
    expire() {
      const { step } = state.gate!;
      takeBack(new RollBack({ type: 'expired', step, reason: 'nobody answered in 2d' }));
    },
    end(type) {
      delete state.gate;
      const cause = state.unwinding?.cause;
      state.outcome = { type, reason: 'it is done', ...(cause && { cause }) };
      record(run, 'ended', `${type}: it is done`);
    },
    record: (type, reason, about) => record(run, type, reason, about),
  };
}
