// node node.mjs URL-OF-THE-PACKAGE: JSON commands on standard input, replies on standard output; ends when standard input does.
import { createInterface } from 'node:readline';
import { participant } from './participant.mjs';
import { startTelemetry } from './telemetry.mjs';

const { telemetry, end } = await startTelemetry(process.argv[2]);
const run = participant(await import(process.argv[2]), `Node ${process.version}`, telemetry);
// Ctrl-C reaches every process at the terminal; this one ends with its parent.
process.on('SIGINT', () => undefined);
for await (const line of createInterface(process.stdin))
    console.log(JSON.stringify(await run(JSON.parse(line))));
await end();
process.exit(0);
