import { createServer } from "node:http";
import { until } from "./house.mjs";

/// What the tests of messages share.
export const ours = "+15550001111";
let number = 0;
/// A phone that no other test writes to.
export const freshPhone = (house) => house.phone(`+1415555${String(1000 + ++number)}`);

export const received = (phone, count = 1) =>
  until(
    async () => {
      const { messages } = await phone.state();
      const got = messages.filter(({ to }) => to === phone.number);
      return got.length >= count && got;
    },
    `${phone.number} to get ${count} messages`,
  );
export const settled = (house, sid) =>
  until(async () => {
    const message = await house.client.messages(sid).fetch();
    return ["delivered", "undelivered", "failed"].includes(message.status) && message;
  }, `message ${sid} to settle`);

/// Senders do not wait a second, for the sake of the tests.
export const quick = "[messages]\nsender_interval_ms = 20\n";

/// Media are fetched without a signature, which the application would refuse: a server of their own has them.
export async function picture(house, bytes) {
  const server = createServer((request, response) => {
    response.setHeader("content-type", "image/png");
    response.setHeader("connection", "close");
    response.end(bytes, () => server.close());
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${server.address().port}/cat.png`;
}
