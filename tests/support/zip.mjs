// Zip files: {name: text} → Buffer, stored without compression or deflated; and back again.
import zlib from 'node:zlib';

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let value = n;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});
const crc32 = (bytes) => (bytes.reduce((crc, byte) => (crc >>> 8) ^ TABLE[(crc ^ byte) & 0xff], 0xffffffff) ^ 0xffffffff) >>> 0;

const header = (fields) => Buffer.concat(fields.map(([value, size]) => {
  const field = Buffer.alloc(size);
  field.writeUIntLE(value, 0, size);
  return field;
}));

export function zip(files, { deflate = false } = {}) {
  const bodies = [];
  const directory = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const [name, content] = [Buffer.from(path), Buffer.from(text)];
    const packed = deflate ? zlib.deflateRawSync(content) : content;
    const common = [[20, 2], [0, 2], [deflate ? 8 : 0, 2], [0, 2], [0x21, 2], [crc32(content), 4], [packed.length, 4], [content.length, 4], [name.length, 2], [0, 2]];
    const body = Buffer.concat([header([[0x04034b50, 4], ...common]), name, packed]);
    directory.push(header([[0x02014b50, 4], [20, 2], ...common, [0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]]), name);
    bodies.push(body);
    offset += body.length;
  }
  const index = Buffer.concat(directory);
  const count = Object.keys(files).length;
  return Buffer.concat([...bodies, index, header([[0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [index.length, 4], [offset, 4], [0, 2]])]);
}

// Buffer → {name: Buffer}, in the order of its directory; folders have an empty one.
export function unzip(bytes) {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0) throw new Error('no zip file');
  const files = {};
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [method, packed, name, extra, comment, start] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20), bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32), bytes.readUInt32LE(at + 42)];
    const path = bytes.subarray(at + 46, at + 46 + name).toString();
    const data = start + 30 + bytes.readUInt16LE(start + 26) + bytes.readUInt16LE(start + 28);
    const content = bytes.subarray(data, data + packed);
    files[path] = method === 8 ? zlib.inflateRawSync(content) : Buffer.from(content);
    at += 46 + name + extra + comment;
  }
  return files;
}
