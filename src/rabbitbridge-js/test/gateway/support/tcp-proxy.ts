import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Stands between client and gateway, and cuts what goes through it. */
export class TcpProxy {
    readonly #server: Server;
    readonly #sockets = new Set<Socket>();
    #isOpen = true;
    /** What a request must not have to get through. */
    refused: RegExp | undefined;

    private constructor(server: Server, target: number, refused: RegExp | undefined) {
        this.#server = server;
        this.refused = refused;
        server.on('connection', client => {
            if (!this.#isOpen) {
                client.destroy();
                return;
            }

            const gateway = connect(target, '127.0.0.1');
            for (const [from, to] of [[client, gateway], [gateway, client]] as const) {
                this.#sockets.add(from);
                from.on('error', () => undefined);
                from.on('close', () => {
                    this.#sockets.delete(from);
                    to.destroy();
                });
                from.pipe(to);
            }

            // As a proxy does that knows nothing of what is asked for.
            client.on('data', data => {
                if (this.refused?.test(data.toString('latin1')) === true)
                    client.destroy();
            });
        });
    }

    /** @param refused what a request must not have to get through */
    static async start(target: number, refused?: RegExp): Promise<TcpProxy> {
        const server = createServer().listen(0, '127.0.0.1');
        await once(server, 'listening');
        return new TcpProxy(server, target, refused);
    }

    get address(): string {
        return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    }

    /** Cuts all connections; new ones get through if it is open. */
    cut(): void {
        for (const socket of this.#sockets)
            socket.destroy();
    }

    /** Lets no connection through. */
    shut(): void {
        this.#isOpen = false;
        this.cut();
    }

    /** Lets connections through again. */
    open(): void {
        this.#isOpen = true;
    }

    async stop(): Promise<void> {
        this.cut();
        await new Promise(resolve => this.#server.close(resolve));
    }
}
