import type { Read, Reader } from '../../../src/engine/base/read.js';
import type { doors } from '../../../src/protocol/doors.js';
import { absolute, guardOf } from '../../analysis/given.js';

type Examples<M> = {
  readonly [N in keyof M]: M[N] extends Reader<unknown> ? readonly Read<M[N]>[] : never;
};
type OfEach<Doors> = {
  readonly [T in keyof Doors]: { readonly [K in keyof Doors[T]]: Examples<Doors[T][K]> };
};

const rollout = 'rollout/e/rename/k';
const sent = { id: 'd1', by: 'ana', reason: 'seen', signed: 'e30.e30.c2ln' };
const of = { step: 'approve/go', epoch: 0, digest: '0'.repeat(64) };
const decisions: OfEach<typeof doors>['rollout']['signals']['decide'] = [
  { ...sent, type: 'approve', ...of },
  { ...sent, type: 'reject', ...of },
  { ...sent, type: 'abort' },
  { ...sent, type: 'pause', exposure: 'zero' },
  { ...sent, type: 'resume' },
  { ...sent, type: 'advance', step: 'watch/soak' },
  { ...sent, type: 'extend', step: 'watch/soak', ms: 1_000 },
  { ...sent, type: 'halt', step: 'watch/soak' },
  { ...sent, type: 'answer', choice: 'wait' },
  { ...sent, type: 'resolve', choice: 'retry', step: 'watch/soak' },
];
const aboutLocks: OfEach<typeof doors>['locks']['signals']['decide'] = [
  { ...sent, type: 'stop', exposure: 'zero' },
  { ...sent, type: 'lift' },
  { ...sent, type: 'take-over', rollout, asItIs: true },
  { ...sent, type: 'delegate', to: 'ben', gates: ['go', '*'], since: 5, until: 9 },
  { ...sent, type: 'end-delegation', delegation: 'd0' },
];
const as = { number: 1, since: 5 };

/**
 * Messages of every kind that a workflow takes, with every member that they may have. A message that is new in the list
 * of doors does not compile until it stands here, too.
 */
export const examples: OfEach<typeof doors> = {
  rollout: {
    signals: {
      decide: decisions,
      evidence: [
        {
          chain: 'c',
          subscription: 1,
          readings: [
            {
              guard: 'errors',
              verdict: 'fail',
              at: 5,
              reason: 'bad',
              value: 0.5,
              baseline: 0,
              blindSpots: ['no series'],
            },
          ],
          looks: [{ target: 'flag:f', verdict: 'raised', at: 5, reason: 'by hand', percent: 40, leftAt: 3 }],
        },
      ],
      blind: [{ subscription: 1, reason: 'nobody watches' }],
      lock: [
        { status: 'granted' },
        {
          status: 'queued',
          behind: [{ rollout, owner: 'team', target: 'flag:f', as: 'flag:g', orphaned: true }],
        },
        { status: 'refused', reason: 'stopped' },
      ],
    },
    updates: { decide: decisions },
    queries: { status: [], plan: [], journal: [] },
  },
  sentinel: {
    signals: {
      subscribe: [
        {
          rollout,
          ...as,
          guards: [guardOf(absolute(0.01))],
          continues: 1,
          percent: 5,
          recorded: { errors: 0 },
          workflowId: rollout,
          runId: 'r',
          chain: 'c',
          exposed: [{ target: 'flag:f', action: { kind: 'flags.expose', input: {} }, of: rollout }],
        },
      ],
      unsubscribe: [{ rollout, chain: 'c', as }],
      orphan: [{ rollout, chain: 'c', as, at: 7, reason: 'terminated' }],
      unwatched: [{ silence: 's1', reason: 'no heartbeat' }],
    },
    updates: {},
    queries: { roster: [0], orphans: [], among: [[rollout]] },
  },
  locks: {
    signals: {
      release: [{ rollout, chain: 'c', askedAt: 5, handsBack: true }],
      look: [{ rollout }],
      decide: aboutLocks,
    },
    updates: {
      acquire: [
        [
          {
            rollout,
            owner: 'team',
            scope: ['flag:f'],
            things: { 'flag:f': ['file /f'] },
            wait: true,
            holds: true,
            reverts: rollout,
            askedAt: 5,
            digest: of.digest,
            chain: 'c',
          },
        ],
      ],
      decide: aboutLocks,
    },
    queries: { table: [] },
  },
  drill: { signals: {}, updates: {}, queries: { progress: [] } },
};
