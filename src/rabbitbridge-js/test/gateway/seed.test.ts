// The examples of the original's Messages documentation, as they are written there: only the import and the connection differ (and in
// the filters, whose quotes that page has lost to its typesetting, the outer quotes).
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it, vi } from 'vitest';
import * as diffusion from '../../src/index.js';
import type { Session } from '../../src/index.js';
import { GatewayProcess } from './support/gateway-process.js';
import { Told } from '../support/conditions.js';

let gateway: GatewayProcess;
let session: Session;
let control: Session;
let logged: unknown[];

beforeAll(async () => {
    gateway = await GatewayProcess.start();
});

afterAll(() => gateway?.kill());

beforeEach(async () => {
    [session, control] = await Promise.all(['client', 'control'].map(principal => diffusion.connect({ addresses: gateway.address, principal, credentials: 'secret' }))) as [Session, Session];
    logged = [];
    vi.spyOn(console, 'log').mockImplementation(value => void logged.push(value));
});

afterEach(async () => {
    vi.restoreAllMocks();
    await Promise.all([session.close(), control.close()]);
});

describe('the examples of the seed', () => {
    it('a handler of strings, and a string request', async () => {
        const registered = new Told<void>();

        // Create a request handler that handles strings
        var handler = {
            onRequest: function(request: unknown, _context: unknown, responder: diffusion.Responder) {
                console.log(request); // Log the request
                responder.respond('something');
            },
            onError: function() {},
            onClose: function() {}
        };
        // Register the handler
        control.messages.addRequestHandler('test/path', handler).then(function() {
            // Registration happened successfully
            registered.tell();
        }, function(error) {
            // Registration failed
            throw error;
        });

        await registered.promise;
        // Send a string request to be received by the server and passed to a
        // {Session.messages.RequestHandler} registered on the supplied path
        const response = await session.messages.sendRequest('test/path', 'string request');

        expect(response).toBe('something');
        expect(logged).toEqual(['string request']);
    });

    it('a JSON request, and an implicit one', async () => {
        const requests: unknown[] = [];
        await control.messages.addRequestHandler('test/path', {
            onRequest: (request, _context, responder) => {
                requests.push((request as diffusion.Json).get());
                responder.respond('ok');
            },
        });

        await session.messages.sendRequest('test/path', diffusion.datatypes.json()
            .from({ 'foo': 'bar'}), diffusion.datatypes.json());
        await session.messages.sendRequest('test/path', {
            dwarfs: ['sneezy', 'sleepy','dopey',
            'doc', 'happy', 'bashful',
            'grumpy']
        });

        expect(requests).toEqual([{ foo: 'bar' }, { dwarfs: ['sneezy', 'sleepy', 'dopey', 'doc', 'happy', 'bashful', 'grumpy'] }]);
    });

    it('a request stream of strings, and a request by a filter', async () => {
        // Set a request stream handler to handle string requests to 'test/path'
        var handler = {
            onRequest: function (_path: string, request: unknown, responder: diffusion.Responder) {
                console.log(request);
                responder.respond('hello');
            },
            onError: function() {}
        };
        session.messages.setRequestStream('test/path', handler,
        diffusion.datatypes.string(), diffusion.datatypes.string());

        const answered = new Told<string>();
        // Send a string request to be received by the server and passed to sessions matching the filter.
        const count = await control.messages.sendRequestToFilter("$Principal NE 'control'", 'test/path', 'string request',
        {
            onResponse: (sessionID, response) => {
                console.log(response); // Log the response
                answered.tell(sessionID);
            },
            onResponseError : () => {}
        });

        expect(count).toBe(1);
        expect(await answered.promise).toBe(session.sessionId);
        expect(logged).toEqual(['string request', 'hello']);
    });

    it('a JSON request by a filter', async () => {
        session.messages.setRequestStream('test/path', { onRequest: (_path, request, responder) => responder.respond(request) });
        const answered = new Told<void>();

        // Send a JSON request to be received by the server and passed to sessions matching the filter.
        control.messages.sendRequestToFilter("$Principal NE 'control'", 'test/path',
        { dwarfs: ['sneezy', 'sleepy','dopey' ] },
        {
            onResponse: (_sessionID, response) => {
                console.log(response.get()); // Log the response
                answered.tell();
            },
            onResponseError: () => {}
        }, diffusion.datatypes.json(), diffusion.datatypes.json());

        await answered.promise;
        expect(logged).toEqual([{ dwarfs: ['sneezy', 'sleepy', 'dopey'] }]);
    });

    it('the messages feature has a name of its own', () => {
        // Get a reference to messaging feature
        var messages = session.messages;
        expect(messages.sendRequest).toBeTypeOf('function');
    });
});
