// A remote session that does what the demo tells it; the same in Node and in a page.
// `run` takes a command and gives its reply, and never fails: a failure is a reply too.
export function participant(rabbitbridge, kind, telemetry) {
    let session;

    const commands = {
        async open({ name, addresses }) {
            session = await rabbitbridge.connect({ addresses, telemetry });
            session.messages.setRequestStream('demo/all', { onRequest: (path, request, responder) => responder.respond(answer(name)) });
            await session.messages.addRequestHandler(`demo/${name}`, {
                onRequest: (request, context, responder) => responder.respond(answer(name)),
            });
            return {};
        },

        async ask({ path, expected, repetitions }) {
            const times = [];
            let outcome = expected;
            for (let i = 0; i <= repetitions && outcome === expected; i++) {
                const start = performance.now();
                outcome = await session.messages.sendRequest(path, '?').catch(error => error.reason?.name ?? String(error));
                times.push((performance.now() - start) * 1000);
            }

            const [first, ...others] = times;
            others.sort((a, b) => a - b);
            return { outcome, firstMicroseconds: first, medianMicroseconds: others[others.length >> 1] ?? first };
        },
    };

    // Where the session is now tells its caller which gateways the request went through.
    const answer = name => `${name}, ${session.properties.$ServerName}`;

    return async command => {
        try {
            const reply = await commands[command.command](command);
            return { ...reply, kind, gateway: session.properties.$ServerName };
        } catch (error) {
            return { failure: String(error) };
        }
    };
}
