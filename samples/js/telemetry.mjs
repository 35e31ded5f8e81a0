const addresses = (process.env.GATEWAYS ?? 'http://localhost:5000').split(',');

// #region telemetry
// npm install rabbitbridge @opentelemetry/api, and an SDK, which is started before this
import { connect } from 'rabbitbridge';
import { openTelemetry } from 'rabbitbridge/opentelemetry';

const session = await connect({ addresses, telemetry: openTelemetry() });
// #endregion

console.log(session.properties.$ClientType);
await session.close();
