/** Addresses where no connection comes about, or not with whom one meant. */
import { spawn } from 'node:child_process';
import { once as event } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import type { Authority, Certified } from '../../support/certificates.ts';
import { selfSigned } from '../../support/certificates.ts';
import { HostileServer, type HostileServerOptions } from '../../support/hostile-server.ts';
import type { FaultClass } from './fault.ts';

export interface Address {
  readonly url: string;
  readonly close: () => void;
}

export interface ConnectFault {
  readonly name: string;
  readonly class: FaultClass;
  /** What the honest server is given, where there is one behind it. */
  readonly open: (honest: Pick<HostileServerOptions, 'honest' | 'answer'>) => Promise<Address>;
}

export function connectFaults(authority: Authority): readonly ConnectFault[] {
  const good = authority.issue({ name: 'localhost', hosts: ['localhost', '127.0.0.1'] });
  return [
    { name: 'nobody listens', class: 'unreachable', open: refusing },
    { name: 'a name that is not known', class: 'unreachable', open: unknownName },
    { name: 'a port that swallows all', class: 'unreachable', open: blackHole },
    {
      name: 'accepted and reset',
      class: 'lost',
      open: met((socket) => socket.resetAndDestroy()),
    },
    { name: 'accepted and closed', class: 'lost', open: met((socket) => socket.end()) },
    { name: 'accepted and left alone', class: 'lost', open: met(() => undefined) },
    {
      name: 'a certificate that is good',
      class: 'readable',
      open: secure(tlsOf(good)),
    },
    {
      name: 'a certificate that is over',
      class: 'unreachable',
      open: secure(
        tlsOf(authority.issue({ name: 'localhost', hosts: ['localhost'], years: [2020, 2021] })),
      ),
    },
    {
      name: 'a certificate that is not valid yet',
      class: 'unreachable',
      open: secure(
        tlsOf(authority.issue({ name: 'localhost', hosts: ['localhost'], years: [2048, 2049] })),
      ),
    },
    {
      name: 'a certificate for another host',
      class: 'unreachable',
      open: secure(
        tlsOf(authority.issue({ name: 'elsewhere.example', hosts: ['elsewhere.example'] })),
      ),
    },
    {
      name: 'a certificate that signs itself',
      class: 'unreachable',
      open: secure(tlsOf(selfSigned({ name: 'localhost', hosts: ['localhost'] }))),
    },
    {
      name: 'a client certificate is wanted',
      class: 'lost',
      open: secure({ ...tlsOf(good), requestCert: true, rejectUnauthorized: true }),
    },
    {
      name: 'only TLS 1.1 is spoken',
      class: 'unreachable',
      open: secure({ ...tlsOf(good), minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }),
    },
    { name: 'plain HTTP where HTTPS is meant', class: 'unreachable', open: plainAt('https') },
    {
      name: 'HTTPS where plain HTTP is meant',
      class: 'lost',
      open: secure(tlsOf(good), 'http'),
    },
    {
      name: 'reset in the TLS handshake',
      class: 'unreachable',
      open: met((socket) => socket.once('data', () => socket.resetAndDestroy()), 'https'),
    },
    {
      name: 'silence in the TLS handshake',
      class: 'unreachable',
      open: met(() => undefined, 'https'),
    },
  ];
}

function tlsOf({ certificate, privateKey }: Certified): TlsOptions {
  return { cert: certificate, key: privateKey };
}

type Open = ConnectFault['open'];

function secure(tls: TlsOptions, scheme = 'https'): Open {
  return async (honest) => {
    const server = new HostileServer({ ...honest, tls });
    const port = await server.listen();
    return { url: `${scheme}://localhost:${port}/flink`, close: () => server.close() };
  };
}

function plainAt(scheme: string): Open {
  return async (honest) => {
    const server = new HostileServer(honest);
    const port = await server.listen();
    return { url: `${scheme}://localhost:${port}/flink`, close: () => server.close() };
  };
}

function met(meet: (socket: Socket) => void, scheme = 'http'): Open {
  return async (honest) => {
    const server = new HostileServer({ ...honest, meet });
    const port = await server.listen();
    return { url: `${scheme}://127.0.0.1:${port}/flink`, close: () => server.close() };
  };
}

/** The port is taken by the client side of a connection, so nobody else can come to listen there. */
const refusing: Open = async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await event(server, 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  await event(client, 'connect');
  return {
    url: `http://127.0.0.1:${(client.address() as AddressInfo).port}/flink`,
    close: () => {
      client.destroy();
      server.close();
    },
  };
};

const unknownName: Open = () =>
  Promise.resolve({ url: 'https://jobmanager.invalid:8081/flink', close: () => undefined });

/** More than the backlog of one holds; what comes after them hangs. */
const QUEUED = 4;

const blackHole: Open = async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'black-hole.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await event(child.stdout, 'data')) as [Buffer];
  const port = Number(said.toString());
  const queued = Array.from({ length: QUEUED }, () =>
    connect({ port, host: '127.0.0.1' }).on('error', () => undefined),
  );
  // Linux takes one more than the backlog.
  await Promise.all(queued.slice(0, 2).map((socket) => event(socket, 'connect')));
  return {
    url: `http://127.0.0.1:${port}/flink`,
    close: () => {
      for (const socket of queued) socket.destroy();
      child.kill('SIGKILL');
    },
  };
};
