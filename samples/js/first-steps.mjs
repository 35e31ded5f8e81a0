// #region first-steps
// npm install rabbitbridge
import * as rabbitbridge from 'rabbitbridge';

const addresses = (process.env.GATEWAYS ?? 'http://localhost:5000').split(',');
const session = await rabbitbridge.connect({ addresses, principal: 'service', credentials: 'secret' });

// A service for a branch of paths …
await session.messages.addRequestHandler('shop/orders', {
    onRequest: (order, context, responder) => responder.respond({ accepted: order.tea > 0 }),
    onError: error => console.error(error),
    onClose: () => {},
});

// … and a call.
const receipt = await session.messages.sendRequest('shop/orders/new', { tea: 2 });
console.log(receipt.accepted);
// #endregion

// #region errors
try {
    await session.messages.sendRequest('nobody/here', 'hello');
} catch (error) {
    if (error.reason === rabbitbridge.ErrorReason.UNHANDLED_MESSAGE)
        console.log(error.reason.id, error.reason.name); // 109 UNHANDLED_MESSAGE
}
// #endregion

await session.close();
