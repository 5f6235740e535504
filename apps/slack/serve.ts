import { deliverNotices } from '../../activities/notify/post-office.js';
import type { Records } from '../../activities/records/records.js';
import { incidentsInSlack } from '../../activities/slack/incidents-route.js';
import { Refusal } from '../../src/engine/base/errors.js';
import { reveal } from '../config/config.js';
import type { Door } from './decide/door.js';
import type { OpenSlack, SlackOptions } from './options.js';
import { handle } from './receive/handle.js';
import { limitPerUser } from './receive/limit.js';
import { receiveOverHttp } from './receive/http.js';
import type { Receiver } from './receive/receiver.js';
import { signaturesOf } from './receive/signature.js';
import { receiveBySocket } from './receive/socket.js';
import { follow } from './tell/follow.js';
import { incidents } from './tell/incidents.js';
import { speak } from './tell/speak.js';
import { waker } from './tell/waker.js';
import { worstOf } from './tell/worst.js';

/** What a door is served with. */
interface Serving
  extends Omit<Door, 'store' | 'history' | 'journal' | 'changed'>, Pick<SlackOptions, 'receive'> {
  readonly records: Pick<Records, 'slack' | 'notices' | 'journal' | 'evidence'>;
}

/** Says what is to be said, and takes clicks. What it is served with is closed by whoever opened it. */
export async function serveSlack({ records, receive, ...given }: Serving): Promise<OpenSlack> {
  const wake = waker();
  const history = async (rollout: string) => (await records.journal.read(rollout)).map(({ event }) => event);
  const door: Door = {
    ...given,
    store: records.slack,
    history,
    journal: records.journal,
    worst: worstOf(records.evidence),
    changed: wake.wake,
  };
  const ended = new AbortController();
  const channels = { [incidentsInSlack]: incidents(door) };
  const receiver = await receiverOf(receive, door);
  const loops = [
    follow(door, ended.signal, wake.woken),
    speak(door, ended.signal),
    deliverNotices(records.notices, channels, ended.signal),
  ];
  return {
    where: receiver.where,
    async close() {
      await receiver.close();
      ended.abort();
      wake.wake();
      await Promise.all(loops);
    },
  };
}

function receiverOf(by: SlackOptions['receive'], door: Door): Promise<Receiver> {
  const { appToken, signingSecret, url } = door.slack;
  const mayAct = limitPerUser();
  const taking = { log: door.log, handle: (body: unknown) => handle(door, mayAct, body) };
  if (by === 'socket') {
    if (appToken === undefined) throw missing('appToken', '--socket needs it');
    return receiveBySocket({ ...taking, appToken: reveal(appToken), ...(url !== undefined && { url }) });
  }
  if (signingSecret === undefined) throw missing('signingSecret', 'without it anybody could click');
  return receiveOverHttp({ ...taking, ...by, signatures: signaturesOf(reveal(signingSecret)) });
}

function missing(member: string, why: string): Refusal {
  return new Refusal(
    `slack.${member}`,
    `is not in the configuration, and ${why}`,
    'write {"env": "VARIABLE"}',
  );
}
