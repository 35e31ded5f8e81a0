// Calls whoever handles a message path: node caller.mjs PATH TEXT
import { randomUUID } from 'node:crypto';
import amqp from 'amqplib';

const prefix = process.env.RB_PREFIX ?? 'rb1';
const [path, text] = process.argv.slice(2);
const connection = await amqp.connect(process.env.AMQP_URI);
const channel = await connection.createConfirmChannel();
const replies = (await channel.assertQueue('', { exclusive: true })).queue;
const correlationId = randomUUID();

const outcome = new Promise((resolve, reject) => {
    setTimeout(() => reject('There was no answer in time.'), 60_000).unref();
    channel.on('return', () => reject(`Nobody handles '${path}'.`));
    void channel.consume(replies, answer => {
        if (answer?.properties.correlationId !== correlationId)
            return;
        const headers = answer.properties.headers ?? {}; // A service that knows nothing of RabbitBridge sets none.
        if (headers['rb-status'] === 'error')
            reject(`${headers['rb-error']}: ${answer.content}`);
        else
            resolve(answer.content.toString());
    }, { noAck: true });
});
channel.publish(`${prefix}.request`, path.replaceAll('/', '.'), Buffer.from(text), {
    replyTo: replies, correlationId, contentType: 'text/plain', expiration: '5000', mandatory: true });
await outcome.then(answer => console.log(answer), problem => {
    console.error(problem);
    process.exitCode = 1;
});
await connection.close();
