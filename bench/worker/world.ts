import type { Adapter } from '../../src/protocol/adapter.js';
import type { MetricsSource } from '../../activities/metrics/ports.js';
import type { Captures } from '../../apps/worker/perform-verbs.js';
import { preciseNow } from '../clock.js';
import type { Capture } from '../../src/engine/state/values.js';

/** Requests of each arm in a millisecond. */
const rate = 1;
/** Failures that a spoilt source shows at once: they outweigh all good requests of any look-back. */
const manyFailures = 100_000_000;

/** Everything outside the workflows, in memory: flags, metrics, and the times at which they were touched. */
export class World {
  /** When the apply of an act began, by rollout and step. */
  readonly applied = new Map<string, number>();
  /** When a rollout's exposure was taken back. */
  readonly restored = new Map<string, number>();
  /** When a spoilt source was first read as such. */
  readonly crossed = new Map<string, number>();
  readonly #flags = new Map<string, number>();
  readonly #captures = new Map<string, Capture>();
  readonly #spoilt = new Set<string>();

  /** From the next sample on, the candidate fails in what this source says. */
  spoil(source: string): void {
    this.#spoilt.add(source);
  }

  get exposed(): number {
    return [...this.#flags.values()].filter((percent) => percent > 0).length;
  }

  readonly captures: Captures = {
    putIfAbsent: (rollout, target, capture) => {
      const key = `${rollout} ${target}`;
      const first = this.#captures.get(key) ?? capture;
      this.#captures.set(key, first);
      return Promise.resolve(first);
    },
  };

  /** Performs `memory.set`: an act puts its flag to the percent that it exposes. */
  readonly adapter: Adapter = {
    name: 'memory',
    check: () => Promise.resolve({}),
    read: ({ target }) => Promise.resolve({ percent: this.#flags.get(target) ?? 0 }),
    apply: ({ target, exposure }, { rollout, step }) => {
      this.applied.set(`${rollout} ${step}`, preciseNow());
      this.#flags.set(target, exposure?.percent ?? 0);
      return Promise.resolve({});
    },
    undo: () => Promise.resolve({}),
    restore: ({ target }, { state }, { rollout }) => {
      this.#flags.set(target, Number(state['percent']));
      this.restored.set(rollout, preciseNow());
      return Promise.resolve({ evidence: {} });
    },
    fence: () => Promise.resolve({ effect: 'none' }),
    verify: ([act], { state }) => {
      const verified = act !== undefined && this.#flags.get(act.target) === state['percent'];
      return Promise.resolve({ verified, reason: 'read again', evidence: {} });
    },
    look: (exposed) => {
      const at = Date.now();
      const looks = exposed.map(({ target }) => {
        const percent = this.#flags.get(target) ?? 0;
        return { target, verdict: 'as-left' as const, at, reason: `${percent} %`, percent };
      });
      return Promise.resolve(looks);
    },
  };

  /** Both arms are busy and do well until the source is spoilt. */
  source(name: string): MetricsSource {
    return {
      scrape: () => {
        const at = Date.now();
        const spoilt = this.#spoilt.has(name);
        if (spoilt && !this.crossed.has(name)) this.crossed.set(name, preciseNow());
        const failed = spoilt ? manyFailures : 0;
        const baseline = { requests: at * rate, failed: 0, durations: [] };
        const candidate = { requests: at * rate + failed, failed, durations: [] };
        return Promise.resolve({ at, arms: { baseline, candidate } });
      },
    };
  }
}
