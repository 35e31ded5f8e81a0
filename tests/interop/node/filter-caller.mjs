// Asks all sessions that a filter selects, and collects their answers: node filter-caller.mjs FILTER PATH TEXT
import { randomUUID } from 'node:crypto';
import amqp from 'amqplib';

const prefix = process.env.RB_PREFIX ?? 'rb1';
const [filter, path, text] = process.argv.slice(2);
const connection = await amqp.connect(process.env.AMQP_URI);
const channel = await connection.createConfirmChannel();
const replies = (await channel.assertQueue('', { exclusive: true })).queue;
const correlationId = randomUUID();
channel.on('return', () => {
    console.error('No gateway has a session.');
    process.exit(1);
});

// Each gateway with sessions tells to how many it has sent the request; each of these answers, or its gateway for it.
let [counted, answered] = [0, 0];
let quiet = setTimeout(end, 6000);
await channel.consume(replies, answer => {
    if (answer?.properties.correlationId !== correlationId)
        return;
    const headers = answer.properties.headers;
    if (headers['rb-status'] === 'count')
        counted += headers['rb-count'];
    else
        console.log(headers['rb-session'] ?? headers['rb-gateway'], headers['rb-error'] ?? 'ok', answer.content.toString());
    answered += headers['rb-session'] ? 1 : 0;
    clearTimeout(quiet);
    quiet = setTimeout(end, answered < counted ? 6000 : 2000);
}, { noAck: true });
channel.publish(`${prefix}.session`, path.replaceAll('/', '.'), Buffer.from(text), {
    replyTo: replies, correlationId, contentType: 'text/plain', expiration: '5000', mandatory: true, headers: { 'rb-filter': filter } });

function end() {
    console.log(`${answered} of ${counted} sessions`);
    void connection.close();
}
