// Exit 0 when something that looks like PostgreSQL listens at the address. Plain Node: runs before anything is installed.
import net from 'node:net';

const url = new URL(process.argv[2] ?? 'postgresql://127.0.0.1:5432');
const socket = net.connect({ host: url.hostname || '127.0.0.1', port: Number(url.port || 5432) });
const end = (code) => {
  socket.destroy();
  process.exit(code);
};
socket.setTimeout(2_000, () => end(1));
socket.on('error', () => end(1));
// SSLRequest: a server answers with one byte, S or N.
socket.on('connect', () => socket.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])));
socket.on('data', (data) => end(data[0] === 83 || data[0] === 78 ? 0 : 1));
