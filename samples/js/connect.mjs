// #region connect
// npm install rabbitbridge
import { connect } from 'rabbitbridge';

const session = await connect({ addresses: (process.env.GATEWAYS ?? 'http://localhost:5000').split(','), principal: 'page', credentials: 'secret' });
await session.messages.addRequestHandler('greeting', { onRequest: (name, context, responder) => responder.respond(`Hello ${name}`) });
console.log(await session.messages.sendRequest('greeting', 'Ann'));
// #endregion

await session.close();
