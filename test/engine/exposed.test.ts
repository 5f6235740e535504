import { describe, expect, it } from 'vitest';
import { exposureBy } from '../../src/engine/state/exposed.js';
import type { Look } from '../../src/engine/state/look.js';

const look = (verdict: Look['verdict'], percent?: number): Look => ({
  target: 'flag:a',
  verdict,
  at: 1_000,
  reason: 'told in a test',
  ...(percent !== undefined && { percent }),
});

describe('exposure by the newest look', () => {
  it('is what was read when somebody else changed it', () => {
    expect(exposureBy({ exposure: 5 }, [look('raised', 50)])).toMatchObject({
      exposure: 50,
      exposureReadAt: 1_000,
    });
    expect(exposureBy({ exposure: 5 }, [look('lowered', 0)])).toMatchObject({
      exposure: 0,
      exposureReadAt: 1_000,
    });
  });

  it('is what the rollout left when it raised it since that look, and nobody has read that yet', () => {
    const now = exposureBy({ exposure: 100 }, [look('as-left', 25)]);
    expect(now.exposure).toBe(100);
    expect(now).not.toHaveProperty('exposureReadAt');
  });

  it('is what the rollout is about to leave when it was looked at before the first write', () => {
    const now = exposureBy({ exposure: 25 }, [look('unwritten', 0)]);
    expect([now.exposure, now.exposureReadAt]).toEqual([25, undefined]);
    expect(exposureBy({ exposure: 0 }, [look('unwritten', 0)])).toMatchObject({
      exposure: 0,
      exposureReadAt: 1_000,
    });
  });

  it('was read when the look saw what the rollout left', () => {
    expect(exposureBy({ exposure: 25 }, [look('as-left', 25)])).toMatchObject({
      exposure: 25,
      exposureReadAt: 1_000,
    });
  });

  it('is as it was left, unread, when nobody could read it', () => {
    const now = exposureBy({ exposure: 25 }, [look('unread')]);
    expect([now.exposure, now.exposureReadAt]).toEqual([25, undefined]);
  });
});
