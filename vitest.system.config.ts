import { mergeConfig } from 'vitest/config';
import base from './vitest.config.js';

/** Tests that need Debian's packages: `.ci/run` installs them. */
export default mergeConfig({ ...base, test: { ...base.test, include: [] } }, { test: { include: ['test/system/**/*.system.ts'] } });
