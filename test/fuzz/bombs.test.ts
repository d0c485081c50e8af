import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { archiveLayouts } from '../../src/venues/layouts.ts';
import { readSingleEntry } from '../../src/venues/zip.ts';

const mebibyte = 2 ** 20;
const name = 'BTCUSDT-15m-2024-01.csv';
/** 64 MiB of zeros as one deflate block that ends on a byte, so that it may be repeated. */
const block = deflateRawSync(Buffer.alloc(64 * mebibyte), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
const lastBlock = Buffer.of(3, 0);

/** A zip whose one entry is so many zeros, whatever its headers claim. */
function bomb(mebibytes: number, declared: number): Buffer {
  const data =
    mebibytes < 64 ? deflateRawSync(Buffer.alloc(mebibytes * mebibyte)) : Buffer.concat([...Array<Buffer>(mebibytes / 64).fill(block), lastBlock]);
  const fields = Buffer.alloc(12);
  fields.writeUInt32LE(crc32(Buffer.alloc(0)), 0);
  fields.writeUInt32LE(data.length, 4);
  fields.writeUInt32LE(declared, 8);
  const local = Buffer.concat([Buffer.from('504b03041400000008000000', 'hex'), Buffer.alloc(2), fields, Buffer.from([name.length, 0, 0, 0])]);
  const central = Buffer.concat([
    Buffer.from('504b010214001400000008000000', 'hex'),
    Buffer.alloc(2),
    fields,
    Buffer.from([name.length, 0]),
    Buffer.alloc(16),
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + name.length, 12);
  end.writeUInt32LE(local.length + name.length + data.length, 16);
  return Buffer.concat([local, Buffer.from(name), data, central, Buffer.from(name), end]);
}

/** How much memory the work needed at its height beyond what was there, bytes. Linux counts the height and lets us reset it. */
function peakRise(work: () => void): number {
  const height = (field: string) => Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1_024;
  writeFileSync('/proc/self/clear_refs', '5');
  const before = height('VmRSS');
  work();
  return height('VmHWM') - before;
}

describe.skipIf(!existsSync('/proc/self/clear_refs'))('a zip bomb', () => {
  const limit = archiveLayouts.ohlcv_15m.limits.entry;
  it.each([
    ['10 MB that claims 1 kB', 10, 1_024, 'larger than the 1024 bytes'],
    ['256 MB that claims 1 kB', 256, 1_024, 'larger than the 1024 bytes'],
    ['1 GB that claims 1 kB', 1_024, 1_024, 'larger than the 1024 bytes'],
    ['1 GB that claims the largest size accepted', 1_024, limit, `larger than the ${limit} bytes`],
    ['1 GB that says so', 1_024, 1_024 * mebibyte, 'more than the'],
    ['1 MB that claims the largest size accepted', 1, limit, `has ${mebibyte} bytes`],
  ])('of %s is stopped in little memory and time', (_, mebibytes, declared, reason) => {
    const archive = bomb(mebibytes, declared);
    const started = process.cpuUsage();
    const rise = peakRise(() => {
      expect(() => readSingleEntry(archive, { expectedName: name, maxBytes: limit })).toThrow(
        expect.objectContaining({ code: 'E_ARCHIVE', message: expect.stringContaining(reason) }),
      );
    });
    expect(rise).toBeLessThan(64 * mebibyte);
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(2_000);
  });
});
