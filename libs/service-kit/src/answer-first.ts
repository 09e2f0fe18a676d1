import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';

/**
 * Takes a request, or leaves it to the framework: at once by answering false, or later by calling `leave`, unless it has begun to answer.
 */
export type FirstAnswer = (request: IncomingMessage, response: ServerResponse, leave: () => void) => boolean;

/**
 * Lets `answer` see each request before the framework, for the few that come thousands of times a second: looking up what the framework has to do
 * for a route costs more than they do. A server that is closing answers by the framework alone, which knows what to say then.
 */
export function answerFirst(server: Server, answer: FirstAnswer): void {
  const framework = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const leave = (): void => {
      for (const listener of framework) listener.call(server, request, response);
    };
    if (!server.listening || !answer(request, response, leave)) leave();
  });
}
