import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../support/conditions.js';
import { OwnProcess } from './processes.js';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));
const gateway = process.env['RABBITBRIDGE_GATEWAY_DLL'] ?? `${root}artifacts/bin/RabbitBridge.Gateway/release/RabbitBridge.Gateway.dll`;

// `rabbitbridge hash-password` of 'secret'.
const secret = 'pbkdf2-sha512$210000$gJJX6RTs/vzbDWw90TKExw==$67AT3zcpDc2Ej1EMfo4zfwRG5poRfNJjxJpTaJvitnyjca/CjVGfrlSpNEFbWQm7I4OTfqv48r371/MkCbKnKg==';

/** Who comes in, and may do everything there. */
const security = [
    ...['service', 'client', 'control', 'node', 'page'].map(principal => `--Security:Principals:${principal}:PasswordHash=${secret}`),
    '--Security:AnonymousSessions:Allowed=true',
    '--Security:TrustedProperties:Department:Pattern=.*',
];

// What waits for its answer is not over on a machine that has other work.
const patient = '--Gateway:RequestTimeout=00:01:00';

/** A gateway process on a free port. */
export class GatewayProcess {
    private constructor(readonly address: string, readonly port: number, private readonly process: OwnProcess) {
    }

    /**
     * Starts a gateway, and waits until it is ready.
     *
     * @param broker its broker's URI; without one it stands alone
     * @param settings more settings, such as `--Remote:GracePeriod=00:00:05`
     */
    static async start(broker?: string, ...settings: readonly string[]): Promise<GatewayProcess> {
        if (!existsSync(gateway))
            throw new Error(`${gateway} is not there. Build it (dotnet build src/RabbitBridge.Gateway -c Release) or name it in RABBITBRIDGE_GATEWAY_DLL.`);
        const process = new OwnProcess('dotnet', [
            gateway, '--urls=http://127.0.0.1:0', '--Remote:AllowedOrigins:0=*', ...security, patient,
            ...broker === undefined ? ['--Fabric=InMemory'] : ['--Fabric=RabbitMq', `--RabbitMq:Uri=${broker}`], ...settings,
        ]);
        try {
            const [, address] = await process.line(/Now listening on: (http:\S+)/);
            const started = new GatewayProcess(address!, Number(new URL(address!).port), process);
            await started.ready();
            return started;
        } catch (error) {
            await process.kill();
            throw error;
        }
    }

    /** Waits until the gateway is ready: a probe through its broker has come back. */
    ready(): Promise<void> {
        return eventually('the gateway is ready', async () => {
            if (this.process.hasEnded)
                throw new Error(this.process.tail);
            return (await fetch(`${this.address}/readyz`)).ok;
        });
    }

    /** Waits until it has logged a line. */
    async logged(pattern: RegExp): Promise<void> {
        await this.process.line(pattern);
    }

    /** Without a goodbye. */
    kill(): Promise<void> {
        return this.process.kill();
    }

    /** In good order. */
    stop(): Promise<void> {
        return this.process.kill('SIGTERM');
    }
}
