// node server.mjs FOLDER BUCKET PORT: an S3 server that checks signatures, on a port of the loopback (0: a free one), which it prints.
// Access key and secret are S3RVER.
import { createRequire } from 'node:module';

const S3rver = createRequire(import.meta.url)('@20minutes/s3rver');
const [directory, bucket, port] = process.argv.slice(2);
const server = new S3rver({ address: '127.0.0.1', port: Number(port), silent: true, directory, configureBuckets: [{ name: bucket }] });
const address = await server.run();
console.log(`port ${address.port}`);
