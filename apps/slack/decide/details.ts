import { unsealed } from '../../../activities/slack/sealed.js';
import { Refusal } from '../../../src/engine/base/errors.js';
import { partsOf } from '../../client/rollout-id.js';
import { untilNextGate } from '../../client/until-next-gate.js';
import { section, words } from '../say/blocks.js';
import { command } from '../say/commands.js';
import { guardsText } from '../say/guards.js';
import { clip, plain } from '../say/words.js';
import { lookAt } from '../tell/look-at.js';
import type { Door } from './door.js';
import { mayView } from './may-view.js';
import { identify, type SlackPerson } from './who.js';

/**
 * What does not stand in the question itself: the steps until the next one, and how to see all of it. Throws `Refusal` for
 * somebody who may not look: in the channel there may be guests, and people of other workspaces.
 */
export async function detailsView(door: Door, person: SlackPerson, value: string): Promise<object> {
  const sealed = unsealed(value);
  const [who, kept] = await Promise.all([
    identify(door.now(), door.slack.team, door.web, person),
    sealed && door.store.message(sealed.id),
  ]);
  const denial = mayView(door, who, partsOf(kept?.rollout ?? '')?.runbook ?? '');
  if (denial !== undefined)
    throw new Refusal('the details', `are not for you: ${denial}`, 'ask who operates it');
  const blocks = kept ? await blocksOf(door, kept.rollout) : [section('This message asks nothing any more.')];
  return { type: 'modal', title: words('Details'), close: words('Close'), blocks };
}

async function blocksOf(door: Door, rollout: string) {
  const told = await lookAt(door, rollout);
  const { report, plan } = told;
  const next = untilNextGate(plan, report.gate?.step ?? '').map(
    ({ id, why }) => `• \`${plain(id)}\` ${plain(clip(why, 200))}`,
  );
  const guards = guardsText(told, told.worst);
  return [
    section(`*${plain(plan.runbook)}*: ${plain(plan.why)}`, `_${plain(plan.hypothesis)}_`),
    ...(report.gate ? [section('*Until the next question*', ...next)] : []),
    ...(guards === undefined ? [] : [section('*Guards*', guards)]),
    section('*All of it*', command(`why ${rollout}`), command(`status ${rollout}`)),
  ];
}
