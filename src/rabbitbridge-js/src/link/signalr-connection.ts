import {
    HttpTransportType, HubConnection, HubConnectionBuilder, HubConnectionState, JsonHubProtocol, LogLevel, type IHttpConnectionOptions,
} from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { fromBase64, toBase64 } from './base64.js';
import type { Connection, Dial } from './connection.js';

/** How frames are wrapped between client and gateway. */
export type HubProtocol = 'messagepack' | 'json';

/** How bytes travel between client and gateway. */
export type Transport = 'websockets' | 'serverSentEvents' | 'longPolling';

const HUB = '/rabbitbridge';
const transportTypes: Readonly<Record<Transport, HttpTransportType>> = {
    websockets: HttpTransportType.WebSockets,
    serverSentEvents: HttpTransportType.ServerSentEvents,
    longPolling: HttpTransportType.LongPolling,
};

/** Connects through SignalR. Its own reconnection is not used: it knows of one address only, and of no session that goes on. */
export function signalRDial(protocol: HubProtocol, transports: readonly Transport[]): Dial {
    const options: IHttpConnectionOptions = {};
    if (transports.length > 0)
        options.transport = transports.reduce((all, transport) => all | transportTypes[transport], HttpTransportType.None);
    return async (address, signal) => {
        const hub = new HubConnectionBuilder()
            .withUrl(address + HUB, options)
            .withHubProtocol(protocol === 'json' ? new JsonHubProtocol() : new MessagePackHubProtocol())
            .configureLogging(LogLevel.None)
            .build();
        const connection = new SignalRConnection(hub, protocol === 'json');
        const abort = (): void => void connection.close();
        signal.addEventListener('abort', abort);
        try {
            await hub.start();
        } finally {
            signal.removeEventListener('abort', abort);
        }

        return connection;
    };
}

class SignalRConnection implements Connection {
    readonly #hub: HubConnection;
    readonly #isText: boolean;
    readonly #early: Uint8Array[] = [];
    #onFrame: ((frame: Uint8Array) => void) | undefined;
    #onClosed: ((error: Error | undefined) => void) | undefined;
    #closed: { error: Error | undefined } | undefined;

    constructor(hub: HubConnection, isText: boolean) {
        this.#hub = hub;
        this.#isText = isText;
        hub.on('Frame', (frame: unknown) => this.#take(typeof frame === 'string' ? fromBase64(frame) : frame as Uint8Array));
        hub.onclose(error => {
            this.#closed = { error };
            this.#onClosed?.(error);
        });
    }

    open(request: string): Promise<string> {
        return this.#hub.invoke<string>('Open', request);
    }

    send(frame: Uint8Array): Promise<void> {
        return this.#hub.send('Frame', this.#isText ? toBase64(frame) : frame);
    }

    listen(onFrame: (frame: Uint8Array) => void, onClosed: (error: Error | undefined) => void): void {
        this.#onFrame = onFrame;
        this.#onClosed = onClosed;
        for (const frame of this.#early.splice(0))
            onFrame(frame);
        if (this.#closed !== undefined)
            onClosed(this.#closed.error);
    }

    async close(): Promise<void> {
        if (this.#hub.state === HubConnectionState.Disconnected)
            return;
        try {
            await this.#hub.stop();
        } catch {
            // It is gone one way or the other.
        }
    }

    // A gateway may send frames together with its answer to Open, before that answer is read here.
    #take(frame: Uint8Array): void {
        if (this.#onFrame === undefined)
            this.#early.push(frame);
        else
            this.#onFrame(frame);
    }
}
