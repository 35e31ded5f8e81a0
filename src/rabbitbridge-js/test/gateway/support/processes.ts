import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A process of a test's own: its last lines are kept, and it is ended by its id. */
export class OwnProcess {
    readonly #child: ChildProcess;
    readonly #lines: string[] = [];
    readonly #waiting = new Set<() => void>();

    constructor(command: string, args: readonly string[], options: SpawnOptions = {}) {
        this.#child = spawn(command, args, { ...options, stdio: ['pipe', 'pipe', 'pipe'] });
        for (const stream of [this.#child.stdout!, this.#child.stderr!])
            createInterface(stream).on('line', line => this.#take(line));
        this.#child.once('exit', () => this.#tell());
        this.#child.once('error', error => this.#take(String(error)));
    }

    /** What it has printed last. */
    get tail(): string {
        return this.#lines.slice(-30).join('\n');
    }

    get hasEnded(): boolean {
        return this.#child.exitCode !== null || this.#child.signalCode !== null;
    }

    write(text: string): void {
        this.#child.stdin!.write(text);
    }

    /** Waits for a line; gives its match. */
    async line(pattern: RegExp): Promise<RegExpExecArray> {
        for (;;) {
            const match = this.#lines.map(line => pattern.exec(line)).find(found => found !== null);
            if (match)
                return match;
            if (this.hasEnded)
                throw new Error(`The process has ended:\n${this.tail}`);
            // More than one line may come until this goes on, so all are looked at again.
            await new Promise<void>(resolve => this.#waiting.add(resolve));
        }
    }

    /** Closes its input and waits for its end. */
    async finish(): Promise<void> {
        this.#child.stdin!.end();
        await this.#ended();
    }

    async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
        if (!this.hasEnded)
            this.#child.kill(signal);
        await this.#ended();
    }

    async #ended(): Promise<void> {
        if (!this.hasEnded)
            await once(this.#child, 'exit');
    }

    #take(line: string): void {
        this.#lines.push(line);
        if (this.#lines.length > 1_000)
            this.#lines.shift();
        this.#tell();
    }

    #tell(): void {
        const waiting = [...this.#waiting];
        this.#waiting.clear();
        for (const resolve of waiting)
            resolve();
    }
}
