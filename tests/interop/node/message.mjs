// Sends a project message at a gateway, and prints what became of it: node message.mjs GATEWAY PROJECT HANDLER JSON
import { randomUUID } from 'node:crypto';
import amqp from 'amqplib';

const prefix = process.env.RB_PREFIX ?? 'rb1';
const [gateway, project, handler, payload] = process.argv.slice(2);
const connection = await amqp.connect(process.env.AMQP_URI);
const channel = await connection.createConfirmChannel();
const replies = (await channel.assertQueue('', { exclusive: true })).queue;

const outcome = new Promise((resolve, reject) => {
    setTimeout(() => reject('There was no answer in time.'), 60_000).unref();
    channel.on('return', () => reject(`There is no gateway '${gateway}'.`));
    void channel.consume(replies, answer => {
        const headers = answer.properties.headers;
        if (headers['rb-status'] === 'error')
            reject(`${headers['rb-error']}: ${answer.content}`);
        else
            resolve(JSON.parse(answer.content).map(receipt => `${receipt.session ?? headers['rb-gateway']} ${receipt.status}`));
    }, { noAck: true });
});
channel.publish(`${prefix}.project`, gateway, Buffer.from(payload), {
    replyTo: replies, correlationId: randomUUID(), contentType: 'application/json', mandatory: true,
    headers: { 'rb-project': project, 'rb-message-handler': handler } });
await outcome.then(receipts => receipts.forEach(receipt => console.log(receipt)), problem => {
    console.error(problem);
    process.exitCode = 1;
});
await connection.close();
