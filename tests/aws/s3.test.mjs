import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { after, before, describe, it } from "node:test";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { failure, region, startCloud } from "./support/clouds.mjs";

const Bucket = "calls";
const MiB = 1 << 20;
const md5 = (bytes) => createHash("md5").update(bytes).digest();
const quoted = (text) => `"${text}"`;

describe("S3", { timeout: 120_000 }, () => {
  let cloud;
  let s3;
  let folder;
  before(async () => {
    cloud = await startCloud();
    s3 = new S3Client({ ...cloud.settings, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket }));
    folder = await mkdtemp(join(tmpdir(), "belfry-s3-"));
  });
  after(async () => {
    await cloud?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });
  const put = (Key, Body, more) => s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
  const get = async (Key, more) => {
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
    return { ...answer, bytes: Buffer.from(await answer.Body.transformToByteArray()) };
  };

  it("keeps objects with what was said of them", async () => {
    const bytes = randomBytes(3 * MiB);
    const Key = "2026/März/a b+c#1 (ü).wav";
    const { ETag } = await put(Key, bytes, {
      ContentType: "audio/wav",
      ContentEncoding: "identity",
      CacheControl: "no-store",
      Metadata: { call: "CA1", note: "two words" },
      ServerSideEncryption: "AES256",
    });
    assert.equal(ETag, quoted(md5(bytes).toString("hex")));
    const got = await get(Key);
    assert.ok(got.bytes.equals(bytes));
    assert.equal(got.ContentType, "audio/wav");
    assert.equal(got.CacheControl, "no-store");
    assert.equal(got.ServerSideEncryption, "AES256");
    assert.deepEqual(got.Metadata, { call: "CA1", note: "two words" });
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
    assert.equal(head.ContentLength, bytes.length);
    assert.equal(head.ETag, ETag);
    assert.ok(Math.abs(head.LastModified - Date.now()) < 60_000);
  });

  it("gives ranges, and says what has not changed", async () => {
    const { ETag } = await put("digits", "0123456789");
    const part = await get("digits", { Range: "bytes=2-4" });
    assert.equal(part.bytes.toString(), "234");
    assert.equal(part.ContentRange, "bytes 2-4/10");
    assert.equal((await get("digits", { Range: "bytes=-1" })).bytes.toString(), "9");
    assert.equal((await failure(get("digits", { Range: "bytes=10-" }))).name, "InvalidRange");
    const same = await failure(get("digits", { IfNoneMatch: ETag }));
    assert.equal(same.$metadata.httpStatusCode, 304);
  });

  it("takes streams in chunks with a checksum behind them", async () => {
    const bytes = randomBytes(MiB);
    const pieces = Array.from({ length: 16 }, (_, i) => bytes.subarray((i * MiB) / 16, ((i + 1) * MiB) / 16));
    await put("streamed", Readable.from(pieces), { ContentLength: bytes.length, ChecksumAlgorithm: "SHA256" });
    assert.ok((await get("streamed")).bytes.equals(bytes));
    for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "SHA1", "SHA256"])
      await put(`checked by ${ChecksumAlgorithm}`, bytes, { ChecksumAlgorithm });
    const wrong = { ChecksumCRC32: "AAAAAA==" };
    assert.equal((await failure(put("wrong", bytes, wrong))).name, "BadDigest");
    assert.equal((await failure(get("wrong"))).name, "NoSuchKey");
  });

  it("makes an object of parts", async () => {
    const Key = "parts/long.wav";
    const begun = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ContentType: "audio/wav" }));
    const { UploadId } = begun;
    const bytes = [randomBytes(5 * MiB), randomBytes(8 * MiB), randomBytes(1000)];
    const Parts = [];
    // Not in order: they come side by side from some clients.
    for (const PartNumber of [3, 1, 2]) {
      const part = { Bucket, Key, UploadId, PartNumber, Body: bytes[PartNumber - 1] };
      const { ETag } = await s3.send(new UploadPartCommand(part));
      Parts[PartNumber - 1] = { PartNumber, ETag };
    }
    const listed = await s3.send(new ListPartsCommand({ Bucket, Key, UploadId }));
    assert.deepEqual(listed.Parts.map((each) => each.Size), bytes.map((each) => each.length));
    const { Uploads } = await s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: "parts/" }));
    assert.deepEqual(Uploads.map((each) => each.UploadId), [UploadId]);
    const complete = (parts) =>
      s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: parts } }));
    const strange = [{ ...Parts[0], ETag: Parts[1].ETag }];
    assert.equal((await failure(complete(strange))).name, "InvalidPart");
    assert.equal((await failure(complete([Parts[1], Parts[0]]))).name, "InvalidPartOrder");
    const { ETag } = await complete(Parts);
    assert.equal(ETag, quoted(`${md5(Buffer.concat(bytes.map(md5))).toString("hex")}-3`));
    const got = await get(Key);
    assert.ok(got.bytes.equals(Buffer.concat(bytes)));
    assert.equal(got.ContentType, "audio/wav");
    const across = await get(Key, { Range: `bytes=${5 * MiB - 3}-${5 * MiB + 2}` });
    assert.ok(across.bytes.equals(Buffer.concat([bytes[0].subarray(-3), bytes[1].subarray(0, 3)])));
  });

  it("gives a broken-off upload up", async () => {
    const Key = "broken off";
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
    await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: "x" }));
    await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    const part = new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 2, Body: "x" });
    assert.equal((await failure(s3.send(part))).name, "NoSuchUpload");
    assert.equal((await failure(get(Key))).name, "NoSuchKey");
  });

  it("lists by prefix and delimiter, in pages", async () => {
    const Bucket = "lists";
    await s3.send(new CreateBucketCommand({ Bucket }));
    const keys = ["a.wav", "b/1.wav", "b/2.wav", "b/c/3.wav", "d&<é>.wav"];
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    const collect = async (query) => {
      const found = [];
      const pages = paginateListObjectsV2({ client: s3, pageSize: 1 }, { Bucket, ...query });
      for await (const page of pages)
        for (const each of [...(page.Contents ?? []), ...(page.CommonPrefixes ?? [])])
          found.push(each.Key ?? each.Prefix);
      return found;
    };
    assert.deepEqual(await collect({}), keys);
    assert.deepEqual(await collect({ Delimiter: "/" }), ["a.wav", "b/", "d&<é>.wav"]);
    assert.deepEqual(await collect({ Prefix: "b/", Delimiter: "/" }), ["b/1.wav", "b/2.wav", "b/c/"]);
    assert.deepEqual(await collect({ StartAfter: "b/2.wav" }), ["b/c/3.wav", "d&<é>.wav"]);
    const full = await failure(s3.send(new DeleteBucketCommand({ Bucket })));
    assert.equal(full.name, "BucketNotEmpty");
    const Delete = { Objects: keys.map((Key) => ({ Key })) };
    const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete }));
    assert.deepEqual(Deleted.map((each) => each.Key), keys);
    await s3.send(new DeleteBucketCommand({ Bucket }));
  });

  it("says what is wrong in S3's words", async () => {
    const { Buckets } = await s3.send(new ListBucketsCommand({}));
    assert.ok(Buckets.some((each) => each.Name === Bucket));
    await s3.send(new HeadBucketCommand({ Bucket }));
    assert.equal((await failure(s3.send(new HeadBucketCommand({ Bucket: "absent" })))).name, "NotFound");
    assert.equal((await failure(s3.send(new CreateBucketCommand({ Bucket })))).name, "BucketAlreadyOwnedByYou");
    const elsewhere = new PutObjectCommand({ Bucket: "absent", Key: "x", Body: "x" });
    assert.equal((await failure(s3.send(elsewhere))).name, "NoSuchBucket");
    assert.equal((await failure(put("large", Buffer.alloc(16 * MiB + 1)))).name, "EntityTooLarge");
    assert.equal((await failure(put("huge", Buffer.alloc(20 * MiB)))).name, "EntityTooLarge");
    const { accessKeyId } = cloud.credentials;
    const credentials = { accessKeyId, secretAccessKey: "wrong" };
    const stranger = new S3Client({ ...cloud.settings, credentials, forcePathStyle: true });
    const asked = stranger.send(new GetObjectCommand({ Bucket, Key: "digits" }));
    assert.equal((await failure(asked)).name, "SignatureDoesNotMatch");
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "was never there" }));
  });

  it("serves the command line, whole files and presigned URLs", async () => {
    const aws = (...words) => cloud.aws(...words, "--region", region);
    // Beyond the size at which the tool begins to upload in parts.
    const bytes = randomBytes(20 * MiB);
    const from = join(folder, "from.wav");
    const to = join(folder, "to.wav");
    await writeFile(from, bytes);
    await aws("s3api", "create-bucket", "--bucket", "by-tool");
    await cloud.awsText("s3", "cp", from, "s3://by-tool/a folder/whole.wav", "--region", region);
    await cloud.awsText("s3", "cp", "s3://by-tool/a folder/whole.wav", to, "--region", region);
    assert.ok((await readFile(to)).equals(bytes));
    const head = await aws("s3api", "head-object", "--bucket", "by-tool", "--key", "a folder/whole.wav");
    assert.equal(head.ContentLength, bytes.length);
    assert.match(head.ETag, /^"[0-9a-f]{32}-3"$/);
    const list = await cloud.awsText("s3", "ls", "s3://by-tool/", "--recursive", "--region", region);
    assert.match(list, /20971520 a folder\/whole\.wav/);
    await writeFile(from, "small");
    await aws("s3api", "put-object", "--bucket", "by-tool", "--key", "small", "--body", from);
    await aws("s3api", "get-object", "--bucket", "by-tool", "--key", "small", "--range", "bytes=1-2", to);
    assert.equal(await readFile(to, "utf8"), "ma");
    // For older regions the tool signs URLs as it did before Signature Version 4.
    const url = await cloud.awsText("s3", "presign", "s3://by-tool/small", "--region", "eu-central-1");
    assert.match(url, /X-Amz-Algorithm=AWS4-HMAC-SHA256/);
    const fetched = await fetch(url.trim());
    assert.equal(await fetched.text(), "small");
    const forged = await fetch(url.trim().replace("small", "a%20folder/whole.wav"));
    assert.equal(forged.status, 403);
    await cloud.awsText("s3", "rb", "s3://by-tool", "--force", "--region", region);
    const { Buckets } = await aws("s3api", "list-buckets");
    assert.ok(!Buckets.some((each) => each.Name === "by-tool"));
  });
});
