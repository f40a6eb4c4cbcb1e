// Usage: node client.js <url> <scenario>. Exits 0 when the scenario went as it should.
import assert from "node:assert/strict";
import { io } from "socket.io-client";

const [url, scenario] = process.argv.slice(2);
const open = (options = {}) => io(url, { forceNew: true, auth: { token: "good" }, ...options });
const event = (emitter, name) => new Promise((resolve) => emitter.once(name, (...args) => resolve(args)));

async function talk(socket) {
  await event(socket, "connect");
  const answer = await socket.timeout(10000).emitWithAck("echo", { text: "grüße 😀", list: [1, 2] });
  assert.deepEqual(answer, { text: "grüße 😀", list: [1, 2] });
  const back = event(socket, "binary.back");
  socket.emit("binary", { file: Buffer.from([1, 2, 3]), name: "a" }, Buffer.from([255]));
  const [first, second] = await back;
  assert.deepEqual([...new Uint8Array(first.file)], [1, 2, 3]);
  assert.equal(first.name, "a");
  assert.deepEqual([...new Uint8Array(second)], [255]);
}

const scenarios = {
  async default() {
    const socket = open();
    const upgraded = new Promise((resolve) =>
      socket.io.once("open", () => socket.io.engine.once("upgrade", (transport) => resolve(transport.name))));
    await talk(socket);
    assert.equal(await upgraded, "websocket");
    await talkAgain(socket);
    socket.disconnect();
  },
  async websocket() {
    const socket = open({ transports: ["websocket"] });
    await talk(socket);
    socket.disconnect();
  },
  async polling() {
    const socket = open({ transports: ["polling"] });
    await talk(socket);
    await talkAgain(socket);
    socket.disconnect();
  },
  async refused() {
    for (const transports of [["websocket"], ["polling"]]) {
      const socket = open({ transports, auth: { token: "bad" } });
      const [error] = await event(socket, "connect_error");
      assert.equal(error.message, "Not authorized");
      assert.deepEqual(error.data, { status: 401, code: "token.invalid" });
      socket.disconnect();
    }
  },
  async namespace() {
    const socket = io(url + "/admin", { forceNew: true });
    const [error] = await event(socket, "connect_error");
    assert.equal(error.message, "Invalid namespace");
    socket.disconnect();
  },
  async broadcast() {
    const sockets = [open(), open({ transports: ["websocket"] }), open({ transports: ["polling"] })];
    const heard = sockets.map((socket) => event(socket, "news"));
    await Promise.all(sockets.map((socket) => event(socket, "session.ready")));
    sockets[0].emit("broadcast", { n: 7 });
    for (const [news] of await Promise.all(heard)) {
      assert.deepEqual(news, { n: 7 });
    }
    sockets.forEach((socket) => socket.disconnect());
  },
  async order() {
    // Events sent all through the upgrade arrive in order and once.
    const socket = open();
    await event(socket, "connect");
    const answers = [];
    const all = [];
    for (let i = 0; i < 500; i++) {
      all.push(socket.timeout(10000).emitWithAck("echo", i).then((answer) => answers.push(answer)));
      if (i % 50 === 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    await Promise.all(all);
    assert.deepEqual(answers, [...Array(500).keys()]);
    socket.disconnect();
  },
  async reconnect() {
    for (const transports of [["websocket"], ["polling"], ["polling", "websocket"]]) {
      const socket = open({ transports, reconnectionDelay: 10 });
      await event(socket, "connect");
      const first = socket.id;
      const farewell = event(socket, "session.ended");
      const disconnected = event(socket, "disconnect");
      const again = new Promise((resolve) => socket.io.once("reconnect", resolve));
      socket.emit("restart");
      assert.deepEqual(await farewell, [{ reason: "drained" }]);
      assert.match((await disconnected)[0], /^transport (close|error)$/);
      await again;
      if (!socket.connected) {
        await event(socket, "connect");
      }
      assert.notEqual(socket.id, first);
      assert.equal(await socket.timeout(10000).emitWithAck("echo", 1), 1);
      socket.disconnect();
    }
  },
  async kicked() {
    const socket = open({ reconnectionDelay: 10 });
    await event(socket, "connect");
    const disconnected = event(socket, "disconnect");
    socket.emit("kick");
    assert.equal((await disconnected)[0], "io server disconnect");
    assert.equal(socket.active, false);
  },
};

async function talkAgain(socket) {
  assert.equal(await socket.timeout(10000).emitWithAck("echo", "again"), "again");
}

setTimeout(() => {
  console.error(`${scenario}: took too long`);
  process.exit(1);
}, 30000).unref();
await scenarios[scenario]();
