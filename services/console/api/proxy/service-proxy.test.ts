import { expect, test } from 'vitest';
import { forwardedHeaders } from './service-proxy.ts';

test('the cookie and whatever a browser says about itself stay at the console; the token replaces what was sent', () => {
  const sent = {
    cookie: 'hermes_session=secret',
    authorization: 'Basic abc',
    origin: 'https://console',
    'sec-fetch-site': 'same-origin',
    'x-forwarded-for': '10.0.0.1',
    accept: 'text/event-stream',
    'content-type': 'application/json',
    'if-none-match': '"1"',
  };
  expect(forwardedHeaders(sent, 'jwt')).toEqual({
    accept: 'text/event-stream',
    'content-type': 'application/json',
    'if-none-match': '"1"',
    authorization: 'Bearer jwt',
  });
});
