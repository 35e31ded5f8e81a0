/** A connection to a gateway, before a session or with one. */
export interface Connection {
    /** Says who comes, as JSON; gives the gateway's answer. */
    open(request: string): Promise<string>;

    /** Sends a frame; completes when the transport has taken it. */
    send(frame: Uint8Array): Promise<void>;

    /**
     * Names who takes frames and the end of the connection. What has come before waits until then. `onClosed` is called once, even if the
     * connection is gone already.
     */
    listen(onFrame: (frame: Uint8Array) => void, onClosed: (error: Error | undefined) => void): void;

    /** Ends the connection; never fails. */
    close(): Promise<void>;
}

/** Connects to the gateway at an address; gives up when the signal says so. */
export type Dial = (address: string, signal: AbortSignal) => Promise<Connection>;
