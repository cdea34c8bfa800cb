import { defineConfig } from 'vitest/config';

/** Makes `tickwork` resolve to the TypeScript sources, so that tests need no build. */
const sourceCondition = 'tickwork-src';

export default defineConfig({
  resolve: { conditions: [sourceCondition] },
  ssr: {
    resolve: { conditions: [sourceCondition], externalConditions: [sourceCondition] },
  },
  test: {
    include: ['packages/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts'],
    globalSetup: ['tools/announce-tests.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    // Processes rather than threads: tests open SQLite files, change directories and send signals.
    pool: 'forks',
    execArgv: [`--conditions=${sourceCondition}`],
    maxWorkers: 2,
    // Bounds a hang; nothing is asserted by it, and a busy machine must not fail a test.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.test.ts'],
    },
  },
});
