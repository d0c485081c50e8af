import { createCipheriv } from 'node:crypto';

const key = Buffer.alloc(16, 1);
const nonce = Buffer.alloc(12, 1);

/**
 * A 128-bit checksum (hex) of a column's bits: GMAC with a fixed key, the fastest check Node has (about 7 GB/s, three
 * times CRC-32, six times SHA-256). Against damage, not against intent.
 *
 * @param values [rows], read only
 */
export function columnChecksum(values: Float64Array): string {
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  cipher.setAAD(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  cipher.final();
  return cipher.getAuthTag().toString('hex');
}
