// The server of RabbitMQ's RPC tutorial, which knows nothing of RabbitBridge: it answers integers as text.
import amqp from 'amqplib';

const connection = await amqp.connect(process.env.AMQP_URI);
const channel = await connection.createChannel();
const queue = 'rpc_queue';
await channel.assertQueue(queue, { durable: false });
await channel.prefetch(1);
await channel.consume(queue, message => {
    const n = parseInt(message.content.toString());
    console.log(` [.] fib(${n})`);
    channel.sendToQueue(message.properties.replyTo, Buffer.from(fibonacci(n).toString()), { correlationId: message.properties.correlationId });
    channel.ack(message);
});
console.log(' [x] Awaiting RPC requests');

function fibonacci(n) {
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}
