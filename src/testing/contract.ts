import { describe, expect, test } from 'vitest';
import type { Adapter, Work } from '../protocol/adapter.js';
import type { Act } from '../engine/plan/plan.js';
import type { Capture, EffectKey } from '../engine/state/values.js';

/** A target of one test's own, and an act on it. */
export interface ContractStage {
  readonly adapter: Adapter;
  /** Its undo must be an action or `restore`. */
  readonly act: Act;
  /** Everything of the world that the act may change, comparable; the adapter's `read` when absent. */
  observe?(): Promise<unknown>;
  /** Somebody lowers the target below what was captured, past the adapter; what has no lower is not tried when absent. */
  lower?(): Promise<void>;
  /** Breaks what the adapter holds open, as the death of its process would; cancelling stands in when absent. */
  crash?(): Promise<void>;
  close(): Promise<void>;
}

/** How an adapter is put to the test: one entry for each act. */
export interface ContractHarness {
  readonly acts: Readonly<Record<string, () => Promise<ContractStage>>>;
}

/**
 * What every adapter keeps, whatever it touches, ours and a team's own: declares its tests with vitest.
 *
 * @example
 * adapterContract('queue', { acts: { 'queue.resize': stageOfResize } });
 */
export function adapterContract(name: string, { acts }: ContractHarness): void {
  describe(`${name} keeps the contract`, () => {
    describe.each(Object.entries(acts))('%s', (_kind, begin) => {
      const contract = (title: string, body: (given: Given) => Promise<void>): void =>
        test(title, async () => {
          const stage = await begin();
          try {
            await body(await given(stage));
          } finally {
            await stage.close();
          }
        });

      contract('names its kind after itself', async ({ act, adapter }) => {
        expect(act.do.kind.split('.')[0]).toBe(adapter.name);
      });

      contract('check and read change nothing', async ({ act, adapter, observe, before }) => {
        await adapter.check(act, work());
        const first = await adapter.read(act, work());
        const second = await adapter.read(act, work());
        expect(second).toEqual(first);
        expect(await observe()).toEqual(before);
      });

      contract('apply twice is apply once', async ({ act, adapter, observe, before }) => {
        const first = await adapter.apply(act, key, work());
        const after = await observe();
        expect(after).not.toEqual(before);
        expect(await adapter.apply(act, key, work())).toEqual(first);
        expect(await observe()).toEqual(after);
      });

      contract('taking back gives the captured state, verified', async (stage) => {
        await stage.adapter.apply(stage.act, key, work());
        await takeBack(stage);
        expect(await stage.observe()).toEqual(stage.before);
        await verified(stage);
        await verified(stage);
      });

      contract('taking back without an apply changes nothing', async (stage) => {
        await takeBack(stage);
        expect(await stage.observe()).toEqual(stage.before);
        await verified(stage);
      });

      contract('taking back twice is taking back once', async (stage) => {
        await stage.adapter.apply(stage.act, key, work());
        await takeBack(stage);
        await takeBack(stage);
        expect(await stage.observe()).toEqual(stage.before);
      });

      contract('restoring never raises what somebody has lowered, and tells of it', async (stage) => {
        const { adapter, act, capture, observe, lower } = stage;
        if (!lower || act.undo.type !== 'restore') return;
        await adapter.apply(act, key, work());
        await lower();
        const lowered = await observe();
        const { drift } = await adapter.restore(act, capture, key, work());
        expect(drift).toBeDefined();
        expect(await observe()).toEqual(lowered);
        await adapter.restore(act, capture, { ...key, step: 'step/other' }, work());
        expect(await observe()).toEqual(lowered);
        const verification = await adapter.verify([act], capture, { ...key, step: 'verify' }, work());
        expect(verification).toMatchObject({ verified: false });
      });

      contract('a late apply after taking back is refused and has no effect', async (stage) => {
        await takeBack(stage);
        await expect(stage.adapter.apply(stage.act, key, work())).rejects.toThrow(refusal);
        expect(await stage.observe()).toEqual(stage.before);
      });

      contract('a repeated apply after taking back is refused and has no effect', async (stage) => {
        await stage.adapter.apply(stage.act, key, work());
        await takeBack(stage);
        await expect(stage.adapter.apply(stage.act, key, work())).rejects.toThrow(refusal);
        expect(await stage.observe()).toEqual(stage.before);
      });

      contract(
        'after taking back, a try under the next epoch has its effect and is taken back',
        async (stage) => {
          const { act, adapter, observe, before } = stage;
          const again = { ...key, epoch: key.epoch + 1 };
          await adapter.apply(act, key, work());
          const after = await observe();
          await takeBack(stage);
          await adapter.apply(act, again, work());
          expect(await observe()).toEqual(after);
          await expect(adapter.apply(act, key, work())).rejects.toThrow(refusal);
          await takeBack(stage, again);
          expect(await observe()).toEqual(before);
          await verified(stage);
          await expect(adapter.apply(act, again, work())).rejects.toThrow(refusal);
        },
      );

      contract(
        'fence says whether there was an effect, and ends it',
        async ({ act, adapter, observe, before }) => {
          expect(await adapter.fence(act, key, work())).toEqual({ effect: 'none' });
          await expect(adapter.apply(act, key, work())).rejects.toThrow(refusal);
          expect(await observe()).toEqual(before);
          const next = { ...key, epoch: 1 };
          await adapter.apply(act, next, work());
          expect(await adapter.fence(act, next, work())).toEqual({ effect: 'some' });
        },
      );

      contract('a cancelled apply can be taken back', async (stage) => {
        const cancelled = new AbortController();
        const running = stage.adapter.apply(stage.act, key, work(cancelled.signal)).catch(() => undefined);
        setTimeout(() => cancelled.abort(new Error('cancelled by the test')), 5);
        await running;
        await takeBack(stage);
        expect(await stage.observe()).toEqual(stage.before);
        await verified(stage);
      });

      contract('a crashed apply is finished by the next one', async (stage) => {
        const { act, adapter, observe, before } = stage;
        const cancelled = new AbortController();
        const running = adapter.apply(act, key, work(cancelled.signal)).catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 10));
        if (stage.crash) await stage.crash();
        else cancelled.abort(new Error('cancelled by the test'));
        await running;
        await adapter.apply(act, key, work());
        const after = await observe();
        expect(after).not.toEqual(before);
        await adapter.apply(act, key, work());
        expect(await observe()).toEqual(after);
        await takeBack(stage);
        expect(await observe()).toEqual(before);
      });

      contract('two applies at once are one', async (stage) => {
        const { act, adapter, observe, before } = stage;
        const [one, other] = await Promise.all([
          adapter.apply(act, key, work()),
          adapter.apply(act, key, work()),
        ]);
        expect(other).toEqual(one);
        await takeBack(stage);
        expect(await observe()).toEqual(before);
      });
    });
  });
}

/** By name: an adapter may have its own copy of this package. */
const refusal = expect.objectContaining({ name: 'Refusal' });

/** The key that the contract's acts are applied under. */
const key: EffectKey = { rollout: 'rollout/test/contract/1', step: 'step/contract', epoch: 0 };

interface Given extends ContractStage {
  readonly before: unknown;
  readonly capture: Capture;
  observe(): Promise<unknown>;
}

async function given(stage: ContractStage): Promise<Given> {
  const { adapter, act } = stage;
  const observe = () => stage.observe?.() ?? adapter.read(act, work());
  const before = await observe();
  const capture = { target: act.target, at: Date.now(), state: await adapter.read(act, work()) };
  return { ...stage, observe, before, capture };
}

async function takeBack({ adapter, act, capture }: Given, of: EffectKey = key): Promise<void> {
  switch (act.undo.type) {
    case 'act':
      await adapter.undo(act, act.undo.do, of, work());
      return;
    case 'restore':
      await adapter.restore(act, capture, of, work());
      return;
    default:
      throw new Error(`${act.id} cannot be taken back: the contract is about acts that can`);
  }
}

async function verified({ adapter, act, capture }: Given): Promise<void> {
  const verification = await adapter.verify([act], capture, { ...key, step: 'verify' }, work());
  expect(verification).toMatchObject({ verified: true });
}

/** Work that nobody watches. */
export function work(signal: AbortSignal = new AbortController().signal): Work {
  return { signal, heartbeat: () => undefined };
}
