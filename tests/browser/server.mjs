// A Scrip of its own for a test: the real program on a free port, with its data and policies in a folder
// that goes with it.
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const source = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
const program = resolve(process.env.SCRIP_BINARY || join(source, 'build/scrip'));

export const operator = { login: 'operator', password: 'a good password', role: 'operator' };

export class Server {
  // `options` are more arguments of serve, such as '--clock', '2026-11-21T09:59:58+09:00'.
  static async start(...options) {
    const server = new Server();
    server.folder = mkdtempSync(join(tmpdir(), 'scrip-browser-'));
    for (const folder of ['scripts', 'plugins']) cpSync(join(source, folder), join(server.folder, folder), { recursive: true });
    execFileSync(program, ['user', 'add', operator.login, '--role', 'operator', '--password-stdin', '--data', join(server.folder, 'data')],
      { input: `${operator.password}\n`, stdio: ['pipe', 'ignore', 'inherit'] });
    server.process = spawn(program, ['serve', '--data', join(server.folder, 'data'), '--listen', '127.0.0.1:0',
      '--scripts', join(server.folder, 'scripts'), '--plugins', join(server.folder, 'plugins'),
      // Sanitizers make a decision many times slower than it is.
      '--policy-time', '200ms', ...options],
    { stdio: ['ignore', 'pipe', 'pipe'] });
    server.log = '';
    server.process.stderr.on('data', (bytes) => { server.log += bytes; });
    server.url = await new Promise((resolve_, reject) => {
      let line = '';
      server.process.stdout.on('data', (bytes) => {
        line += bytes;
        const found = /listening on (http:\S+)/.exec(line);
        if (found) resolve_(found[1]);
      });
      server.process.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${server.log}`)));
    });
    server.process.removeAllListeners('exit');
    server.operator = server.token('admin', 'operator');
    return server;
  }

  token(subject, role) {
    return execFileSync(program, ['token', '--data', join(this.folder, 'data'), '--sub', subject, '--role', role], { encoding: 'utf8' }).trim();
  }

  // A call as an operator, or with the token given: {status, body}. `body` may be CSV.
  async call(method, path, body, token = this.operator) {
    const text = typeof body === 'string';
    const response = await fetch(this.url + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'Content-Type': text ? 'text/csv' : 'application/json' }) },
      body: body === undefined ? undefined : text ? body : JSON.stringify(body),
    });
    const answer = await response.text();
    return { status: response.status, body: answer.startsWith('{') ? JSON.parse(answer) : answer };
  }

  async campaign(body) {
    const { status, body: made } = await this.call('POST', '/api/v1/campaigns', { policy: 'welcome', total: 100, ...body });
    if (status !== 201) throw new Error(`the campaign was refused: ${JSON.stringify(made)}`);
    return made;
  }

  async account(login, password = 'a good password') {
    await this.call('POST', '/api/v1/users', { login, password });
    return { login, password };
  }

  async stop() {
    const ended = new Promise((done) => this.process.once('exit', done));
    this.process.kill('SIGTERM');
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
