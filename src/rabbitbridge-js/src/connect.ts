import { signalRDial } from './link/signalr-connection.js';
import { settingsOf, type ConnectOptions } from './options.js';
import { Session } from './session.js';

/**
 * Opens a session at the first of the addresses that answers.
 *
 * @returns the session
 * @throws RabbitBridgeError ACCESS_DENIED if the gateway does not let in who comes; COMMUNICATION_FAILURE if none answers; INVALID_DATA if the
 * options are wrong
 */
export async function connect(options: ConnectOptions): Promise<Session> {
    const settings = settingsOf(options);
    return new Session(settings, signalRDial(settings.protocol, settings.transports)).open();
}
