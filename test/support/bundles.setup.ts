import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import './bundle.js';

/** A place for the bundles of one run: see bundle.ts. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'switchback-bundles-'));
  project.provide('bundles', dir);
  return () => rm(dir, { recursive: true, force: true });
}
