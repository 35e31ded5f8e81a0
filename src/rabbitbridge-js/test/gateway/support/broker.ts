import { once } from 'node:events';
import { mkdtemp, mkdir, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../support/conditions.js';
import { OwnProcess } from './processes.js';

const guardian = fileURLToPath(new URL('../../../../RabbitBridge.Testing/PrivateNodes/guardian.sh', import.meta.url));
const SERVER = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/** A RabbitMQ of the tests' own, as the .NET tests have it: an installed server with its own folder, ports, cookie and epmd. */
export class Broker {
    private constructor(readonly uri: string, private readonly process: OwnProcess | undefined) {
    }

    /** Starts one, unless RABBITBRIDGE_AMQP_URI names one. */
    static async start(): Promise<Broker> {
        const given = process.env['RABBITBRIDGE_AMQP_URI'];
        if (given)
            return new Broker(given, undefined);
        const folder = await mkdtemp(join(tmpdir(), 'rabbitbridge-js-node-'));
        const [amqp, distribution, epmd] = await freePorts(3) as [number, number, number];
        await mkdir(join(folder, 'data'));
        await mkdir(join(folder, 'log'));
        await writeFile(join(folder, 'rabbitmq.conf'), 'disk_free_limit.absolute = 50MB\nloopback_users.guest = true\nlog.file.level = warning\n');
        await writeFile(join(folder, 'enabled_plugins'), '[].\n');
        const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(RABBITMQ|ERL)_/.test(name)));
        const node = new OwnProcess('bash', [guardian, folder, SERVER, 'epmd'], {
            env: {
                ...environment,
                HOME: folder,
                RABBITMQ_NODENAME: `rabbitbridge-js-${process.pid}@localhost`,
                RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
                RABBITMQ_NODE_PORT: String(amqp),
                RABBITMQ_DIST_PORT: String(distribution),
                RABBITMQ_MNESIA_BASE: join(folder, 'data'),
                RABBITMQ_LOG_BASE: join(folder, 'log'),
                RABBITMQ_LOGS: join(folder, 'log', 'node.log'),
                RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
                RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
                RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
                RABBITMQ_PID_FILE: join(folder, 'node.pid'),
                ERL_EPMD_PORT: String(epmd),
                ERL_EPMD_ADDRESS: '127.0.0.1',
                RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
                RABBITMQ_ALLOW_INPUT: '1',
                RABBITMQ_SERVER_START_ARGS: '-noinput',
                RABBITMQ_SCHEDULER_BUSY_WAIT_THRESHOLD: 'short',
            },
        });
        node.write('start\n');
        try {
            await eventually('the broker speaks AMQP', () => speaksAmqp(amqp), 90_000);
            return new Broker(`amqp://guest:guest@127.0.0.1:${amqp}/`, node);
        } catch (error) {
            await node.finish();
            throw error;
        }
    }

    async stop(): Promise<void> {
        await this.process?.finish();
    }
}

async function freePorts(count: number): Promise<number[]> {
    const servers = await Promise.all(Array.from({ length: count }, async () => {
        const server = createServer().listen(0, '127.0.0.1');
        await once(server, 'listening');
        return server;
    }));
    const ports = servers.map(server => (server.address() as AddressInfo).port);
    await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
    return ports;
}

// The first method, connection.start, comes when the broker is up; before that it closes the connection or is not there.
function speaksAmqp(port: number): Promise<boolean> {
    return new Promise(resolve => {
        const socket = connect(port, '127.0.0.1');
        const end = (result: boolean): void => {
            socket.destroy();
            resolve(result);
        };
        socket.setTimeout(2_000, () => end(false));
        socket.once('connect', () => socket.write(Uint8Array.of(65, 77, 81, 80, 0, 0, 9, 1)));
        socket.once('data', data => end(data[0] === 1));
        socket.once('error', () => end(false));
        socket.once('close', () => end(false));
    });
}
