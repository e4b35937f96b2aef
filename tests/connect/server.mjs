// A real server for the tests: build/scrip in a folder of its own, on a port of its own.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const scrip = process.env.SCRIP_BINARY ?? join(root, 'build/scrip');

export class Server {
  static async start(...more) {
    const server = new Server();
    server.folder = mkdtempSync(join(tmpdir(), 'scrip-connect-'));
    server.data = join(server.folder, 'data');
    // Sanitizers make a decision many times slower than it is.
    const policies = ['--scripts', join(root, 'scripts'), '--plugins', join(root, 'plugins'), '--policy-time', '200ms'];
    server.process = spawn(
      scrip,
      ['serve', '--data', server.data, '--listen', '127.0.0.1:0', '--log-level', 'warn', ...policies, '--compat', ...more],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    server.ended = new Promise((done) => server.process.once('exit', (status, signal) => done(status ?? signal)));
    const line = await Promise.race([
      new Promise((done) => createInterface(server.process.stdout).once('line', done)),
      server.ended.then((status) => Promise.reject(new Error(`the server ended: ${status}`))),
    ]);
    server.url = line.replace('listening on ', '');
    return server;
  }

  token(role) {
    return execFileSync(scrip, ['token', '--data', this.data, '--sub', `test-${role}`, '--role', role], {
      encoding: 'utf8',
    }).trim();
  }

  // The exit status. The folder goes in any case.
  async stop() {
    this.process.kill('SIGTERM');
    const status = await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
    return status;
  }
}
