// The library for bundlers and Node, as ES modules and as CommonJS, each with its declarations, and one file for <script type="module">.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

process.chdir(fileURLToPath(new URL('.', import.meta.url)));
rmSync('dist', { recursive: true, force: true });
for (const settings of ['tsconfig.build.json', 'tsconfig.cjs.json']) {
    const compiled = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', settings], { stdio: 'inherit' });
    if (compiled.status !== 0)
        process.exit(compiled.status ?? 1);
}
// Without it Node would take these files, too, for what the package as a whole has: ES modules.
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');
await build({
    entryPoints: ['src/index.ts'],
    outfile: 'dist/rabbitbridge.browser.js',
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    sourcemap: true,
    legalComments: 'linked',
});
