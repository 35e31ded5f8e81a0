import { defineConfig } from 'vitest/config';

export default defineConfig({
    test: {
        projects: [
            { test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
            {
                test: {
                    name: 'gateway',
                    include: ['test/gateway/**/*.test.ts'],
                    // Each file starts gateway processes of its own; two cores do not carry several at a time.
                    fileParallelism: false,
                    testTimeout: 60_000,
                    hookTimeout: 120_000,
                },
            },
        ],
    },
});
