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
    console.error('There is no gateway.');
    process.exit(1);
});

// Each gateway tells how many gateways there are, and to how many sessions it has sent the request; each of these answers, or its gateway for it.
let [gateways, counts, counted, answered] = [0, 0, 0, 0];
const late = setTimeout(end, 6000);
await channel.consume(replies, answer => {
    if (answer?.properties.correlationId !== correlationId)
        return;
    const headers = answer.properties.headers;
    if (headers['rb-status'] === 'count')
        [gateways, counts, counted] = [Math.max(gateways, headers['rb-gateways']), counts + 1, counted + headers['rb-count']];
    else
        console.log(headers['rb-session'] ?? headers['rb-gateway'], headers['rb-error'] ?? 'ok', answer.content.toString());
    answered += headers['rb-session'] ? 1 : 0;
    if (counts >= gateways && gateways > 0 && answered >= counted)
        end();
}, { noAck: true });
channel.publish(`${prefix}.session`, path.replaceAll('/', '.'), Buffer.from(text), {
    replyTo: replies, correlationId, contentType: 'text/plain', expiration: '5000', mandatory: true, headers: { 'rb-filter': filter } });

function end() {
    clearTimeout(late);
    console.log(`${answered} of ${counted} sessions`);
    void connection.close();
}
