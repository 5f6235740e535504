import type { DrillStore } from '../../../activities/records/drills.js';
import { Refusal } from '../../../src/engine/base/errors.js';
import type { Verbs } from '../../../src/engine/state/ports.js';
import type { Work } from '../../../src/protocol/adapter.js';

type Apply = (input: Verbs['apply']['in'], work: Work) => Promise<Verbs['apply']['out']>;

/**
 * The verb `apply`, failing where the drill says. Everything else of an act is carried out as ever: the engine under drill is
 * the engine.
 *
 * @param die ends this worker as a crash would
 */
export function failing(apply: Apply, drills: DrillStore, die: () => void): Apply {
  return async (input, work) => {
    const { act, key } = input;
    const planned = await drills.planned(key.rollout);
    const failure = planned?.point.step === act.id ? planned.point.failure : undefined;
    if (failure === 'before-effect') throw failed(act.id, 'before its effect');
    const done = await apply(input, work);
    if (failure === 'after-effect') throw failed(act.id, 'after its effect');
    if (failure === 'crash') {
      // The next worker has done the same again, under the same key: now there is something to take back.
      if (planned?.crashed) throw failed(act.id, 'after a crash of its worker');
      await drills.crashed(key.rollout);
      die();
      // Nobody hears of it.
      return new Promise(() => undefined);
    }
    return done;
  };
}

function failed(step: string, when: string): Refusal {
  return new Refusal(step, `was made to fail ${when}`, 'nothing to fix: this is a drill');
}
