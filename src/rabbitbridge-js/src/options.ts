import { kindOf } from './data/data-type.js';
import { ErrorReason } from './errors/error-reason.js';
import { RabbitBridgeError } from './errors/rabbit-bridge-error.js';
import type { HubProtocol, Transport } from './link/signalr-connection.js';
import type { Telemetry } from './telemetry/contracts.js';

/** What `connect` takes. */
export interface ConnectOptions {
    /** The gateways' addresses, such as `http://localhost:8080`; tried in this order, and after a loss in turn. */
    readonly addresses: string | readonly string[];
    /** Who connects. The default is nobody: an anonymous session, if the gateway allows that. */
    readonly principal?: string;
    /** The principal's password. */
    readonly credentials?: string;
    /** A token instead of principal and password, or what gives one; asked for each session that is opened. */
    readonly token?: string | (() => string | Promise<string>);
    /** User properties that are proposed; the gateway takes those that its authenticators trust. The default is none. */
    readonly properties?: Readonly<Record<string, string>>;
    /** The project to which the session belongs, whose messages it may handle. The gateway may admit only some roles to it. The default is none. */
    readonly project?: string;
    /** The name of this host, by which project messages may be narrowed. The default is the address that the gateway sees. */
    readonly hostName?: string;
    /** What happens when the connection is lost; `false` closes the session then. The default is to reconnect, see {@link ReconnectOptions}. */
    readonly reconnect?: boolean | ReconnectOptions;
    /** The time of a request that names none, in milliseconds; 0 for no limit. The default is the gateway's. */
    readonly requestTimeout?: number;
    /** How long connecting to one address may take, in milliseconds. The default is 10,000. */
    readonly connectTimeout?: number;
    /** SignalR's hub protocol. The default is `messagepack`. */
    readonly protocol?: HubProtocol;
    /** The transports that may be used. The default is all: WebSockets, and what comes next where those do not get through. */
    readonly transport?: Transport | readonly Transport[];
    /**
     * What is told of messages that are sent and handled, such as `openTelemetry()` of `rabbitbridge/opentelemetry`. What it throws goes to the event
     * `error` and harms no message. The default is nobody: nothing is measured.
     */
    readonly telemetry?: Telemetry;
}

/** How to go on after the connection is lost. */
export interface ReconnectOptions {
    /** For how long to try, in milliseconds; then the session is closed. `Infinity` is allowed. The default is 60,000. */
    readonly timeout?: number;
    /** The pause before the second try, in milliseconds; the first has none, and pauses double. The default is 100. */
    readonly minDelay?: number;
    /** The longest pause, in milliseconds. The default is 2,000. */
    readonly maxDelay?: number;
}

/** @internal */
export interface Settings {
    readonly addresses: readonly string[];
    readonly principal: string | null;
    readonly password: string | null;
    readonly token: (() => string | Promise<string>) | null;
    readonly properties: Readonly<Record<string, string>> | null;
    readonly project: string | null;
    readonly hostName: string | null;
    readonly reconnect: Required<ReconnectOptions> | undefined;
    readonly requestTimeout: number | undefined;
    readonly connectTimeout: number;
    readonly protocol: HubProtocol;
    readonly transports: readonly Transport[];
    readonly telemetry: Telemetry | undefined;
}

const TRANSPORTS: readonly Transport[] = ['websockets', 'serverSentEvents', 'longPolling'];
/** The longest time that a timer, and the wire, can hold: 24 days. */
const LONGEST = 0x7fffffff;

/** @internal Checks options and fills in defaults. */
export function settingsOf(options: ConnectOptions): Settings {
    if (typeof options !== 'object' || options === null)
        throw refused("connect takes options: { addresses: ['http://localhost:8080'] }.");
    const addresses = (typeof options.addresses === 'string' ? [options.addresses] : [...options.addresses ?? []]).map(address);
    if (addresses.length === 0)
        throw refused('addresses is empty; give at least one, such as http://localhost:8080.');
    const protocol = options.protocol ?? 'messagepack';
    if (protocol !== 'messagepack' && protocol !== 'json')
        throw refused(`protocol is 'messagepack' or 'json', not '${String(protocol)}'.`);
    const transports = typeof options.transport === 'string' ? [options.transport] : [...options.transport ?? []];
    for (const transport of transports) {
        if (!TRANSPORTS.includes(transport))
            throw refused(`transport is one or more of ${TRANSPORTS.join(', ')}, not '${String(transport)}'.`);
    }

    const { token } = options;
    return {
        addresses,
        principal: options.principal ?? null,
        password: options.credentials ?? null,
        token: token === undefined ? null : typeof token === 'function' ? token : () => token,
        properties: options.properties ?? null,
        project: options.project ?? null,
        hostName: options.hostName ?? null,
        reconnect: reconnect(options.reconnect ?? true),
        requestTimeout: milliseconds('requestTimeout', options.requestTimeout),
        connectTimeout: milliseconds('connectTimeout', options.connectTimeout) ?? 10_000,
        protocol,
        transports,
        telemetry: telemetry(options.telemetry),
    };
}

/** @internal A time as it goes over the wire: whole milliseconds, 0 for no limit. */
export function milliseconds(name: string, value: number | undefined): number | undefined {
    if (value === undefined)
        return undefined;
    if (typeof value !== 'number' || !(value >= 0))
        throw refused(`${name} is a number of milliseconds from 0, not ${String(value)}.`);
    return value > LONGEST ? 0 : Math.ceil(value);
}

function reconnect(value: boolean | ReconnectOptions): Required<ReconnectOptions> | undefined {
    if (value === false)
        return undefined;
    const { timeout = 60_000, minDelay = 100, maxDelay = 2_000 } = value === true ? {} : value;
    for (const [name, time] of Object.entries({ timeout, minDelay, maxDelay })) {
        if (typeof time !== 'number' || !(time >= 0))
            throw refused(`reconnect.${name} is a number of milliseconds from 0, not ${String(time)}.`);
    }

    return { timeout, minDelay, maxDelay };
}

function telemetry(value: Telemetry | undefined): Telemetry | undefined {
    if (value === undefined)
        return undefined;
    for (const method of ['send', 'process'] as const) {
        if (typeof value?.[method] !== 'function')
            throw refused(`telemetry is what openTelemetry() of rabbitbridge/opentelemetry gives, or has the functions send and process; ${kindOf(value)} has no ${method}.`);
    }

    return value;
}

function address(text: string): string {
    let url: URL;
    try {
        url = new URL(text);
    } catch {
        throw refused(`'${text}' is no address; write one such as http://localhost:8080.`);
    }

    // ws and wss name the same hub: SignalR begins with HTTP.
    const scheme = { 'http:': 'http:', 'https:': 'https:', 'ws:': 'http:', 'wss:': 'https:' }[url.protocol];
    if (scheme === undefined)
        throw refused(`'${text}' is no address of a gateway; it begins with http:// or https://.`);
    return `${scheme}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
}

function refused(text: string): RabbitBridgeError {
    return new RabbitBridgeError(ErrorReason.INVALID_DATA, text);
}
