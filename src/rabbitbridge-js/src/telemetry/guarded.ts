import { observe } from '../link/callbacks.js';
import type { Telemetry } from './contracts.js';

/**
 * Telemetry that may be relied on, whatever the one behind it does: nothing throws, handlers run exactly once, and the end is told once.
 *
 * @param report hears what the one behind it throws, or its promises are rejected with
 */
export function guarded(telemetry: Telemetry, report: (error: unknown) => void): Telemetry {
    const attempt = <T>(call: () => T): T | undefined => {
        try {
            const result = call();
            observe(result, report);
            return result;
        } catch (error) {
            report(error);
            return undefined;
        }
    };
    return {
        send: message => {
            const sending = attempt(() => telemetry.send(message));
            const traceParent: unknown = attempt(() => sending?.traceParent);
            return {
                traceParent: typeof traceParent === 'string' ? traceParent : undefined,
                end: once(error => attempt(() => sending?.end(error))),
            };
        },
        process: message => {
            const handling = attempt(() => telemetry.process(message));
            return {
                run: handler => {
                    const handle = once(handler);
                    attempt(() => handling?.run(handle));
                    // Unless it has run.
                    handle();
                },
                end: once(error => attempt(() => handling?.end(error))),
            };
        },
    };
}

function once<TArgs extends readonly unknown[]>(call: (...args: TArgs) => unknown): (...args: TArgs) => void {
    let isCalled = false;
    return (...args) => {
        if (isCalled)
            return;
        isCalled = true;
        call(...args);
    };
}
