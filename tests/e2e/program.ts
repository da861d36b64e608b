/** The program as people run it: a process of bin/adloom.js over a data directory of the test's own, with the small models. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print, type GraphQLFormattedError } from 'graphql';
import { createClient, type Client } from 'graphql-ws';
import { WebSocket } from 'ws';

export const ROOT = path.resolve(__dirname, '..', '..');
/** Models are compared with the words of one another: the machine may be busy, and a wait is no failure. */
export const PATIENCE_MS = 300_000;

const MODELS = path.join(ROOT, 'tests', 'fixtures', 'models');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Serving {
  readonly url: string;
  /** The JSON lines that the start printed. */
  readonly told: readonly Record<string, unknown>[];
  readonly startMs: number;
  send<Data>(body: string): Promise<{ data: Data; errors?: readonly GraphQLFormattedError[] }>;
  run<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data>;
  /** Runs text; fails on GraphQL errors. */
  query<Data>(query: string, variables?: Record<string, unknown>): Promise<Data>;
  socket(): Client;
  stop(): Promise<Ended>;
}

/** A folder for one test file; what still runs is ended with it. */
export class Workplace {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'adloom-e2e-'));
  private readonly children = new Set<ChildProcessWithoutNullStreams>();

  discard(): void {
    for (const child of this.children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs a verb to its end. */
  run(args: readonly string[], options: { input?: string; environment?: Record<string, string> } = {}): Promise<Ended> {
    const { child, ended } = this.start(args, options.environment);
    child.stdin.on('error', () => undefined).end(options.input ?? '');
    return ended;
  }

  async serve(environment: Record<string, string> = {}): Promise<Serving> {
    const began = performance.now();
    const { child, ended } = this.start(['serve', '--json'], environment);
    const told: Record<string, unknown>[] = [];
    await new Promise<void>((resolve, reject) => {
      let rest = '';
      child.stdout.on('data', (data: Buffer) => {
        const lines = (rest + data.toString()).split('\n');
        rest = lines.pop()!;
        for (const line of lines) told.push(JSON.parse(line) as Record<string, unknown>);
        if (told.at(-1)?.['url'] !== undefined) resolve();
      });
      void ended.then(({ code, out, err }) => reject(new Error(`It ended with ${code}.\n${out}\n${err}`)));
    });
    const url = told.at(-1)!['url'] as string;
    const sockets: Client[] = [];
    const send: Serving['send'] = async (body) => {
      const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      return (await response.json()) as never;
    };
    const query: Serving['query'] = async (text, variables) => {
      const { data, errors } = await send<never>(JSON.stringify({ query: text, variables }));
      if (errors) throw new Error(JSON.stringify(errors, null, 2));
      return data;
    };
    return {
      url,
      told,
      startMs: performance.now() - began,
      send,
      query,
      run: (document, variables) => query(print(document), variables as Record<string, unknown>),
      socket() {
        const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
        sockets.push(client);
        return client;
      },
      async stop() {
        for (const socket of sockets) await socket.dispose();
        child.kill('SIGTERM');
        return ended;
      },
    };
  }

  /** Starts a verb and leaves it running. */
  start(args: readonly string[], environment: Record<string, string> = {}): { child: ChildProcessWithoutNullStreams; ended: Promise<Ended> } {
    const child = spawn(process.execPath, [path.join(ROOT, 'bin', 'adloom.js'), ...args], {
      cwd: this.folder,
      env: {
        ...process.env,
        DATABASE_URL: '',
        PORT: '0',
        LOG_LEVEL: 'error',
        ADLOOM_DATA_DIR: path.join(this.folder, 'data'),
        ADLOOM_CTR_MODEL: path.join(MODELS, 'ctr'),
        ADLOOM_WRITER_MODEL: path.join(MODELS, 'writer'),
        ...environment,
      },
      stdio: 'pipe',
    });
    this.children.add(child);
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    const ended = new Promise<Ended>((resolve) => {
      child.on('close', (code) => {
        this.children.delete(child);
        resolve({ code, out, err });
      });
    });
    return { child, ended };
  }
}
