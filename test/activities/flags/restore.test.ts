import { createServer } from 'node:http';
import { rm, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Refusal } from '../../../src/engine/base/errors.js';
import { memoryFile } from '../../../activities/flags/memory.js';
import { aFlagFile, exposing, flagdFile, FlagFile, keyOf } from './given.js';

/** A flag file at a captured percent, exposed further by a rollout. */
async function exposedFrom(captured: number, now: number) {
  const given = await aFlagFile();
  if (captured > 0) await given.apply(exposing(captured));
  const capture = await given.capture();
  const before = await given.text();
  await given.apply(exposing(now));
  const restore = () => given.restore(exposing(now), capture);
  const verify = () => given.verify(exposing(now), capture);
  return { given, capture, before, restore, verify };
}

async function setByHand(given: FlagFile, from: number, to: number): Promise<void> {
  await given.replace(
    new RegExp(`\\b${from}(\\s*\\],\\s*\\[\\s*"off",\\s*)${100 - from}`),
    `${to}$1${100 - to}`,
  );
}

describe('restore', () => {
  it.each([0, 10])('goes back to a captured %s %% in one hop, byte for byte', async (captured) => {
    const { given, before, restore, verify } = await exposedFrom(captured, 100);
    const restored = await restore();
    expect(restored.drift).toBeUndefined();
    expect(restored.evidence).toMatchObject({ percent: captured, before: 100 });
    expect(await given.text()).toBe(before);
    expect(await verify()).toMatchObject({
      verified: true,
      evidence: { percent: captured, file: given.file },
    });
    // Whoever was killed before the answer arrived tries again: what is told is what was found the first time.
    expect(await restore()).toEqual(restored);
    expect(await given.text()).toBe(before);
  });

  it('leaves what is lower than the capture, and says so', async () => {
    const { given, restore, verify } = await exposedFrom(10, 25);
    await setByHand(given, 25, 0);
    const { drift } = await restore();
    expect(drift).toMatch(/someone changed flag "split-name".*was 25 %, now 0 %; it is left at 0 %/);
    expect(await given.percent()).toBe(0);
    expect((await restore()).drift).toBe(drift);
    expect(await verify()).toMatchObject({ verified: false, reason: /it has 0 %, captured were 10 %/ });
  });

  it('takes back what a stranger set higher, and says so', async () => {
    const { given, before, restore } = await exposedFrom(0, 5);
    await setByHand(given, 5, 50);
    expect((await restore()).drift).toMatch(/was 5 %, now 50 %/);
    expect(await given.text()).toBe(before);
  });

  it('says what differs where the share does not', async () => {
    const { given, before, restore, verify } = await exposedFrom(0, 25);
    await restore();
    const nobody =
      '"targeting": {"fractional": [{"cat": [{"var": "$flagd.flagKey"}, {"var": "targetingKey"}]}, ["on", 0], ["off", 100]]}';
    await given.write(before.replace('"ours": 1.0', `${nobody},\n      "ours": 1.0`));
    expect((await verify()).reason).toMatch(/it has 0 % by another rule, captured were 0 %/);
  });

  it("takes away a stranger's rule, and tells it in full", async () => {
    const { given, before, restore } = await exposedFrom(0, 5);
    await given.write(before.replace('"ours": 1.0', '"targeting": {"if": [true, "on"]},\n      "ours": 1.0'));
    expect((await restore()).drift).toContain('now a rule of its own: {"if":[true,"on"]}');
    expect(await given.text()).toBe(before);
  });

  it('puts a rule whose share nobody can tell to 0 % when the capture was higher', async () => {
    const { given, restore } = await exposedFrom(10, 25);
    await given.replace('"cat"', '"in"');
    expect((await restore()).drift).toMatch(/set to 0 % and not to the captured 10 %/);
    expect(await given.percent()).toBe(0);
  });

  it('leaves a flag off that was turned off by hand', async () => {
    const { given, capture, restore, verify } = await exposedFrom(0, 25);
    await given.replace('"ENABLED"', '"DISABLED"');
    expect((await restore()).drift).toMatch(/state was ENABLED, now DISABLED/);
    expect(await given.text()).toBe(flagdFile.replace('"ENABLED"', '"DISABLED"'));
    expect(await verify()).toMatchObject({ verified: true, evidence: { percent: 0 } });
    expect(capture.state['percent']).toBe(0);
  });

  it('does not expose everyone by taking the targeting away under a changed default', async () => {
    const { given, restore, verify } = await exposedFrom(0, 25);
    await given.replace('"defaultVariant": "off"', '"defaultVariant": "on"');
    expect((await restore()).drift).toMatch(
      /would give 100 % with the present defaultVariant, so 0 % is written out/,
    );
    expect(await given.percent()).toBe(0);
    expect(await verify()).toMatchObject({ verified: false });
  });

  it('tells of a flag that is gone, and of a default that exposes everyone', async () => {
    const { given, restore, verify, before } = await exposedFrom(0, 25);
    await given.write('{"flags": {}}');
    expect((await restore()).drift).toMatch(/was removed from the file/);
    expect(await verify()).toMatchObject({ verified: false, reason: /is not in .*flags.json any more/ });
    await given.write(before.replace('"defaultVariant": "off"', '"defaultVariant": "on"'));
    expect(await verify()).toMatchObject({ verified: false, reason: /exposes 100 % and not 0 %/ });
  });

  it('calls nothing restored whose names mean something else than when it was captured', async () => {
    const { given, before, restore, verify } = await exposedFrom(0, 25);
    await restore();
    await given.write(before.replace('"on": true, "off": false', '"on": false, "off": true'));
    expect(await verify()).toMatchObject({
      verified: false,
      reason: expect.stringMatching(/gives something else for "on" or "off".*nobody can tell who has/),
    });
    // A further variant that neither arm is says nothing of who has the candidate.
    await given.write(before.replace('"off": false', '"off": false, "other": 3'));
    expect(await verify()).toMatchObject({ verified: true });
  });

  it('goes on with a damaged memory', async () => {
    const { given, before, restore } = await exposedFrom(0, 25);
    await writeFile(memoryFile(given.file), 'x');
    expect((await restore()).drift).toMatch(/was damaged; it was put aside as .*\.damaged/);
    expect(await given.text()).toBe(before);
    await expect(given.apply(exposing(25))).rejects.toThrow(/was restored/);
  });

  it.each(['', '{"flags": {', '<html>'])('is tried again while the file is broken (%j)', async (broken) => {
    const { given, before, restore, verify } = await exposedFrom(0, 25);
    const exposed = await given.text();
    await given.write(broken);
    for (const verb of [restore, verify]) {
      const error = await verb().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(Refusal);
      expect(String(error)).toContain(given.file);
    }
    await rm(given.file);
    await expect(restore()).rejects.toThrow(/does not exist/);
    await given.write(exposed);
    await restore();
    expect(await given.text()).toBe(before);
  });

  it('refuses what is no capture of a flag', async () => {
    const { given, capture } = await exposedFrom(0, 25);
    await expect(given.restore(exposing(25), { ...capture, state: {} })).rejects.toThrow(/has no percent/);
    const other = { ...capture, target: 'flag:other' } as const;
    await expect(given.restore(exposing(25), other)).rejects.toThrow(/capture is of flag:other/);
    await expect(given.adapter.verify([], capture, keyOf(exposing(25)), given.work)).rejects.toThrow(
      /names no acts/,
    );
  });

  it('never raises exposure, whatever was captured, applied and done by hand', async () => {
    const percent = fc.integer({ min: 0, max: 100 });
    await fc.assert(
      fc.asyncProperty(percent, percent, percent, async (captured, applied, byHand) => {
        const { given, restore, before } = await exposedFrom(captured, Math.max(captured, applied));
        await setByHand(given, Math.max(captured, applied), byHand);
        await restore();
        expect(await given.percent()).toBe(Math.min(captured, byHand));
        if (byHand >= captured) expect(await given.text()).toBe(before);
      }),
      // Set by hand to what it already was: no change, and no fault.
      { numRuns: 25, examples: [[79, 0, 79]] },
    );
  });
});

describe('verify with the application as witness', () => {
  async function aShop(armOf: (asked: number) => string) {
    let asked = 0;
    const server = createServer((_, response) => response.setHeader('x-arm', armOf(asked++)).end('{}'));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => new Promise((closed) => server.close(() => closed())));
    const { port } = server.address() as { port: number };
    return { url: `http://127.0.0.1:${port}`, paths: { template: '/customers/{n}', from: 1, to: 100_000 } };
  }

  it('is content when nobody gets the candidate any more, also when that takes a moment', async () => {
    const observe = await aShop((asked) => (asked < 60 ? 'candidate' : 'baseline'));
    const given = await aFlagFile(flagdFile, { observe });
    const verification = await given.verify(exposing(5), await given.capture());
    expect(verification).toMatchObject({ verified: true, evidence: { percent: 0, asked: 50, candidate: 0 } });
  });

  it('is not while one answer of fifty comes from the candidate', async () => {
    const observe = await aShop((asked) => (asked % 50 === 7 ? 'candidate' : 'baseline'));
    const given = await aFlagFile(flagdFile, { observe, settle: 1 });
    const verification = await given.verify(exposing(5), await given.capture());
    expect(verification).toMatchObject({ verified: false, evidence: { asked: 50, candidate: 1 } });
    expect(verification.reason).toContain('1 of 50 answers still came from the candidate');
  });

  it('names who raised the flag again while the application was asked, and not the application', async () => {
    let write: Promise<void> | undefined;
    const observe = await aShop(() => {
      write ??= setByHand(given, 0, 50);
      return 'candidate';
    });
    const given: FlagFile = await aFlagFile(flagdFile, { observe, settle: 1 });
    await given.apply(exposing(5));
    await setByHand(given, 5, 0);
    const verification = await given.verify(exposing(5), await given.capture());
    await write;
    expect(verification).toMatchObject({ verified: false, drift: { percent: 50 } });
    expect(verification.reason).toMatch(/is not the captured one: it has 50 %.*owned by/);
  });

  it('says before anything is taken away whether anybody still gets the candidate', async () => {
    const late = await aShop((asked) => (asked < 60 ? 'candidate' : 'baseline'));
    const given = await aFlagFile(flagdFile, { observe: late });
    expect(await given.observe(exposing(5), await given.capture())).toMatchObject({
      asked: true,
      evidence: { asked: 50, candidate: 0 },
    });
    const stuck = await aFlagFile(flagdFile, { observe: await aShop(() => 'candidate'), settle: 1 });
    await expect(stuck.observe(exposing(5), await stuck.capture())).rejects.toThrow(
      /50 of 50 answers still come from the candidate of flag "split-name"; let the application/,
    );
  });

  it('says that it did not ask where it cannot', async () => {
    const given = await aFlagFile();
    expect(await given.observe(exposing(5), await given.capture())).toMatchObject({ asked: false });
    const before = await aFlagFile(flagdFile, { observe: await aShop(() => 'candidate') });
    const capture = { ...(await before.capture()), state: { percent: 5 } };
    expect(await before.observe(exposing(5), capture)).toMatchObject({ asked: false });
  });

  it('throws when the application says nothing', async () => {
    const given = await aFlagFile(flagdFile, { observe: await aShop(() => '') });
    await expect(given.verify(exposing(5), await given.capture())).rejects.toThrow(/nobody can tell its arm/);
  });
});
