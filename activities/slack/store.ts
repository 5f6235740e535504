import type { SlackMessage } from './message.js';
import type { TroubleStore } from './troubles.js';

/** What is to stand in Slack about a rollout. */
export interface Saying {
  readonly rollout: string;
  /** What of it: `root`, `gate/<step>/<epoch>`, `steps/<number>`. One message for each. */
  readonly about: string;
  readonly channel: string;
  /** The message in whose thread it is said, by what it is about. */
  readonly thread?: string;
  readonly message: SlackMessage;
  /** What is said first where there is more to say than a channel takes; the lowest first. */
  readonly rank: number;
  /** When it happened, in Unix ms: told later it says so. Of what is edited in place there is no late. */
  readonly happenedAt?: number;
}

/** A message as the records know it. */
export interface KeptMessage {
  /** Opaque; what buttons and metadata carry. */
  readonly id: string;
  readonly rollout: string;
  readonly about: string;
  readonly channel: string;
  /** Its time stamp, which is its name in Slack; absent until it has been posted. */
  readonly ts?: string;
}

/** What is to be said now, given to one process for a while. */
export interface Due extends KeptMessage {
  readonly wanted: SlackMessage;
  /** Digest of it. */
  readonly said: string;
  /** Time stamp of the message in whose thread it is. */
  readonly thread?: string;
  readonly happenedAt?: number;
  /** Since when it has been tried without an answer, in Unix ms: it may stand there already. */
  readonly unsureSince?: number;
  readonly tries: number;
}

/** A rollout to look at, given to one process for a while. */
export interface Followed {
  readonly rollout: string;
  /** Entries of its journal when it was given. */
  readonly entries: number;
  /** The newest entry that its thread has. */
  readonly told: number;
}

/** What stands in Slack, and what is to: for all processes the same. */
export interface SlackStore {
  readonly troubles: TroubleStore;
  /** Rollouts whose journal has grown, or that are to be looked at again now. */
  follow(most: number, lease: number): Promise<readonly Followed[]>;
  /** @param again in so many milliseconds at the latest; never, when it is over and absent */
  looked(followed: Followed, told: number, again: number | undefined): Promise<void>;
  /**
   * Says it as soon as the channel takes it; what was to be said about the same before is not said any more. What Slack did
   * not take is tried again when it is another.
   */
  say(saying: Saying): Promise<void>;
  /** Says it only where something stands about it already; what was never said is dropped. */
  settle(saying: Saying): Promise<void>;
  /** What is to stand about something; undefined while nothing is. */
  wanted(rollout: string, about: string): Promise<SlackMessage | undefined>;
  messages(rollout: string): Promise<readonly KeptMessage[]>;
  message(id: string): Promise<KeptMessage | undefined>;
  /** The channels in which something is to be said. */
  waitingChannels(): Promise<readonly string[]>;
  /** The next thing to say in a channel, unless it took one less than `pace` ms ago. */
  take(channel: string, pace: number, lease: number): Promise<Due | undefined>;
  /** It stands there, and says what is told by `said`. */
  stands(due: Due, ts: string, said: string): Promise<void>;
  /** @param again in so many milliseconds; never when absent. @param unsure it may stand there all the same */
  failed(due: Due, fault: string, again: number | undefined, unsure: boolean): Promise<void>;
  /** Somebody deleted it: it is posted again, as it is wanted now; the second time it is left. */
  gone(due: Due, fault: string): Promise<void>;
  /** Nothing is said in a channel for so many milliseconds. */
  hush(channel: string, ms: number): Promise<void>;
}
