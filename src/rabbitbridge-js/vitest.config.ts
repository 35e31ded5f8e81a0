import { existsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

// Where everything is tested, a missing browser is a failure.
const hasBrowser = process.env['CI'] === 'true' || existsSync(process.env['RABBITBRIDGE_CHROMIUM'] ?? '/usr/bin/chromium');
if (!hasBrowser)
    console.warn('There is no Chromium: its tests are left out. Debian: apt-get install chromium; elsewhere name it in RABBITBRIDGE_CHROMIUM.');

export default defineConfig({
    test: {
        projects: [
            { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 30_000 } },
            {
                test: {
                    name: 'gateway',
                    include: ['test/gateway/**/*.test.ts'],
                    exclude: hasBrowser ? [] : ['test/gateway/browser.test.ts'],
                    // Each file starts gateway processes of its own; two cores do not carry several at a time.
                    fileParallelism: false,
                    testTimeout: 60_000,
                    hookTimeout: 120_000,
                },
            },
        ],
    },
});
