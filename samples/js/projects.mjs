import { connect } from 'rabbitbridge';

const addresses = process.env.GATEWAYS.split(',');
const server = process.env.GATEWAY_NAME;

// #region projects
const session = await connect({ addresses, project: 'X', hostName: 'pc-7' });
const registration = await session.projects.addMessageHandler('alarm', {
    onMessage: async ({ payload, sender, principal, roles }) => console.log(payload.text),
    onError: error => console.error(error),
    onClose: () => {},
});

const receipts = await session.projects.sendMessage('X', 'alarm', { text: 'Hello' }, { scope: 'C', remoteServers: [server] });
for (const receipt of receipts)
    console.log(receipt.status, `${receipt}`); // SENT type=Client,sessionId=…,sendStatus=SENT
// #endregion

await registration.close();
await session.close();
