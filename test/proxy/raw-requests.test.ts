/** What no browser sends: requests whose end is in doubt, and TRACE, which would send back what it was sent. */
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { listenOnPort } from './hint-scene.ts';
import { setStage } from './stage.ts';

/** All that is answered to these bytes, until the proxy hangs up. */
async function answerTo(lines: string[]): Promise<string> {
  const { port, hostname } = new URL(await listenOnPort(await setStage()));
  const socket = connect(Number(port), hostname);
  onTestFinished(() => void socket.destroy());
  const answer = text(socket);
  socket.write(lines.join('\r\n'));
  return answer;
}

test.each([
  ['both lengths', ['Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\nGET'],
  ['two lengths', ['Content-Length: 5', 'Content-Length: 6'], 'xxxxx'],
  ['an encoding that is not the last', ['Transfer-Encoding: chunked, identity'], '0\r\n\r\n'],
])('a request with %s is refused, and nothing behind it is read as another one', async (_, headers, body) => {
  const head = ['POST /v1/pair HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...headers];
  const answer = await answerTo([...head, '', `${body} /healthz HTTP/1.1`, 'Host: x', '', '']);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
});

test('TRACE sends nothing back of what it was sent', async () => {
  const answer = await answerTo([
    'TRACE /v1/session HTTP/1.1',
    'Host: x',
    'Authorization: Bearer planted-planted-planted',
    'Connection: close',
    '',
    '',
  ]);
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(answer).not.toContain('planted');
});
