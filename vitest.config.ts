import { defineConfig } from 'vitest/config';

const everywhere = ['libs', 'services', 'stack', 'test'];
const files = (suffix: string): string[] => everywhere.map((root) => `${root}/**/*.${suffix}.ts`);
const exclude = ['**/node_modules/**', '**/dist/**'];

/** Three kinds of tests, told apart by their names: pure, on the real servers, and of the whole running product. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: files('test'),
          exclude: [...exclude, ...files('server.test'), ...files('e2e.test')],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'servers',
          include: files('server.test'),
          setupFiles: ['./test/own-control-topic.ts'],
          exclude,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'e2e',
          include: files('e2e.test'),
          exclude,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
