import type { ServerAddress } from './contracts.js';

/** Where a gateway is. */
export function serverAddress(address: string): ServerAddress {
    const { protocol, hostname, port } = new URL(address);
    return { address: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}
