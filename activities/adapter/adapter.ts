import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../../src/engine/base/errors.js';
import { canonicalJson, type JsonObject } from '../../src/engine/base/json.js';
import type { Act } from '../../src/engine/plan/plan.js';
import { readTyped } from '../../src/engine/plan/typed-input.js';
import type { Adapter, Work } from '../../src/protocol/adapter.js';
import type { BookStore } from './book-store.js';
import { bury, close, entryOf, isBuried, isClosed, withBook, type Session } from './book.js';
import type { DefinedAdapter } from './define.js';
import { actionOf, nameIn, requireFit } from './fit.js';
import { notRaised, withoutKept } from './not-raised.js';
import { changed, perform } from './perform.js';
import { differences, targetOf, type TargetOf } from './target.js';
import type { EffectKey } from '../../src/engine/state/values.js';

/** Where a defined adapter works. */
export interface OpenOptions {
  /** What its `settings` ask for. */
  readonly settings: JsonObject;
  /** Where its books are kept, for all workers of the environment the same; `booksInMemory()` in a test. */
  readonly books: BookStore;
}

/** Makes a defined adapter work. Throws `Refusal` when the settings are not what it asks for. */
export function openAdapter(definition: DefinedAdapter, { settings, books }: OpenOptions): Adapter {
  const { name } = definition;
  const known = readTyped(definition.settings, settings, `settings of adapter ${name}`);
  const open = (act: Act, work: Work) =>
    targetOf(definition, known, { target: act.target, name: nameIn(definition, act) }, work);

  /** One verb that changes the target: what an attempt before it may still do is waited out by `settle`. */
  async function inSession<T>(
    act: Act,
    { rollout }: EffectKey,
    work: Work,
    wayBack: boolean,
    body: (session: Session, target: TargetOf) => Promise<T>,
  ): Promise<T> {
    const target = open(act, work);
    const of = { rollout, target: act.target };
    return withBook(books, of, { wayBack, signal: work.signal }, (session) => body(session, target));
  }

  async function settle({ book, save }: Session, { signal }: Work): Promise<void> {
    const begun = book.entries.filter(({ status }) => status === 'begun');
    if (begun.length === 0 && !book.lost) return save();
    await save();
    // Counted from now: whoever left the entry held the lock until then, and can have sent its request just before.
    await sleep(definition.landsWithin, undefined, { signal });
    for (const entry of begun) entry.status = 'over';
    await save();
  }

  return {
    name,

    async check(act, work) {
      const { definition: action, input } = requireFit(definition, act);
      const target = open(act, work);
      const state = await target.read();
      await action.check?.({ ...target.place, input });
      return { state };
    },

    read: (act, work) => open(act, work).read(),

    apply: (act, key, work) =>
      inSession(act, key, work, false, async (session, target) => {
        const { book } = session;
        if (isClosed(book, key) || isBuried(book, key)) {
          const rule = isClosed(book, key)
            ? `${act.target} was restored`
            : `try ${key.epoch} was undone or fenced`;
          throw new Refusal(`step ${key.step} of ${key.rollout}`, rule, 'start a new rollout, or a new try');
        }
        const { evidence, status } = entryOf(book, 'apply', key) ?? {};
        if (status === 'done') return evidence ?? {};
        await settle(session, work);
        return perform(session, target, 'apply', key, actionOf(definition, act, act.do));
      }),

    undo: (act, action, key, work) =>
      inSession(act, key, work, true, async (session, target) => {
        const { book } = session;
        bury(book, key);
        await settle(session, work);
        const { evidence, status } = entryOf(book, 'undo', key) ?? {};
        if (status === 'done') return evidence ?? {};
        const state = await target.read();
        const tries = book.entries.filter(({ verb, step }) => verb === 'apply' && step === key.step);
        // Taking back what was never done would change the target away from its capture.
        const nothing = !book.lost && status === undefined && !tries.some((entry) => changed(entry, state));
        if (nothing) return { because: 'the act had no effect', state };
        return perform(session, target, 'undo', key, actionOf(definition, act, action));
      }),

    restore: (act, capture, key, work) =>
      inSession(act, key, work, true, async (session, target) => {
        const { book } = session;
        const captured = readTyped(definition.state, capture.state, `capture of ${act.target}`);
        close(book, key);
        await settle(session, work);
        const state = await target.read();
        const told = entryOf(book, 'restore', key)?.drift;
        if (same(state, captured)) return { ...(told !== undefined && { drift: told }), evidence: { state } };
        const wanted = isForeign(session, state, captured)
          ? notRaised(state, captured, leftBy(session, captured))
          : captured;
        const drift = told ?? driftOf(session, state, captured, wanted);
        const evidence = await perform(session, target, 'restore', key, {
          shows: (present) => same(present, wanted),
          change: (place) => definition.restore({ ...place, captured: wanted }),
          wants: 'what it is to be restored to',
          leaves: (after) => withoutKept(after, captured, leftBy(session, captured)),
          ...(drift && { drift }),
        });
        return { ...(drift && { drift }), evidence };
      }),

    fence: (act, key, work) =>
      inSession(act, key, work, true, async (session, target) => {
        const { book } = session;
        bury(book, key);
        await settle(session, work);
        const entry = entryOf(book, 'apply', key);
        if (book.lost) return { effect: 'some' };
        return { effect: entry && changed(entry, await target.read()) ? 'some' : 'none' };
      }),

    async verify(acts, capture, _key, work) {
      const [first] = acts;
      if (!first) throw new Refusal(capture.target, 'was touched by no act', 'verify what an act touched');
      const state = await open(first, work).read();
      const verified = same(state, capture.state);
      const reason = verified
        ? 'reads as captured'
        : `is not as captured: ${differences(state, capture.state).join(', ')}`;
      return { verified, reason, evidence: { state } };
    },
  };
}

/** Whoever changed the target beside this rollout had a reason: it is told, and that it is not undone where it is not. */
function driftOf(
  session: Session,
  state: JsonObject,
  captured: JsonObject,
  wanted: JsonObject,
): string | undefined {
  if (!isForeign(session, state, captured)) return undefined;
  const changed = differences(state, leftBy(session, captured)).join(', ');
  const drift = `${session.book.target} was changed, but not by this rollout: ${changed}`;
  if (same(wanted, captured)) return drift;
  return `${drift}; what was lowered is left so: ${differences(wanted, captured).join(', ')}`;
}

/** Whether somebody else changed the target; nobody can tell while the end of a change of ours is not known. */
function isForeign(session: Session, state: JsonObject, captured: JsonObject): boolean {
  const { book } = session;
  if (book.lost || book.entries.at(-1)?.status === 'over') return false;
  return !same(leftBy(session, captured), state);
}

function leftBy({ book }: Session, captured: JsonObject): JsonObject {
  return book.left ?? captured;
}

function same(a: JsonObject, b: JsonObject): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
