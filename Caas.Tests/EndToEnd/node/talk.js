// Usage: node talk.js <url> <Ann's token> <Ben's token> <conversation>. Exits 0 when the two could talk.
import assert from "node:assert/strict";
import { io } from "socket.io-client";

const [url, annsToken, bensToken, conversationId] = process.argv.slice(2);
const open = (token) => io(url, { forceNew: true, auth: { token } });
const event = (socket, name) => new Promise((resolve) => socket.once(name, resolve));
const message = (socket, text) => new Promise((resolve) =>
  socket.on("message.sent", (envelope) => envelope.data.message.text === text && resolve(envelope)));
setTimeout(() => assert.fail("it took too long"), 20000).unref();

const stranger = open("nonsense");
const refusal = await event(stranger, "connect_error");
assert.equal(refusal.data.code, "invalid_credential");
assert.equal(refusal.data.status, 401);
stranger.disconnect();

const ann = open(annsToken);
const ben = open(bensToken);
const [ready] = await Promise.all([event(ann, "session.ready"), event(ben, "session.ready")]);
assert.equal(ready.userId, "ann");

// Default options: polling first, then the upgrade; nothing may be lost meanwhile.
const arrived = [message(ann, "Grüße aus Node 😀"), message(ben, "Grüße aus Node 😀")];
const sent = await ann.timeout(10000).emitWithAck("message.send",
  { conversationId, clientMessageId: "1", text: "Grüße aus Node 😀" });
assert.equal(sent.ok, true, JSON.stringify(sent));
for (const envelope of await Promise.all(arrived)) {
  assert.equal(envelope.data.message.id, sent.message.id);
}

const refused = await ben.timeout(10000).emitWithAck("message.send", { conversationId });
assert.equal(refused.ok, false);
assert.equal(refused.error.status, 422);

const synced = await ben.timeout(10000).emitWithAck("sync.request", {});
assert.equal(synced.ok, true);
const back = message(ann, "and back");
await ben.timeout(10000).emitWithAck("message.send", { conversationId, clientMessageId: "1", text: "and back" });
await back;
const missed = await ben.timeout(10000).emitWithAck("sync.request", { cursor: synced.cursor });
assert.deepEqual(missed.changes.map((change) => change.data.message.text), ["and back"]);

ann.disconnect();
ben.disconnect();
