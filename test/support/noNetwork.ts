import net from 'node:net';

/** Tests talk to this machine only: any other address is a defect of the test or of the product. */
const connect = net.Socket.prototype.connect as (...args: unknown[]) => net.Socket;
net.Socket.prototype.connect = function guarded(this: net.Socket, ...args: unknown[]): net.Socket {
  const [first] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  const host =
    typeof first === 'object' && first !== null
      ? (first as { host?: string; path?: string }).host
      : typeof args[1] === 'string'
        ? args[1]
        : 'localhost';
  const isPipe = typeof first === 'object' && first !== null && typeof (first as { path?: unknown }).path === 'string';
  if (!isPipe && host !== undefined && !/^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)) throw new Error(`a test tried to reach ${host}`);
  return connect.apply(this, args);
};
