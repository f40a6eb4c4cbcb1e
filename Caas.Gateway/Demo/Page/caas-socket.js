// A client of CaaS's sockets in one file: Engine.IO 4 and Socket.IO 5 over WebSocket, and the two rules that make a
// device lose nothing: apply every conversation's events in the order of their versions, and sync after each gap.
// Read it as an example; the official socket.io-client speaks to the same server.

const [OPEN, CLOSE, PING, PONG, MESSAGE] = ["0", "1", "2", "3", "4"]; // Engine.IO packet types
const [CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR] = ["0", "1", "2", "3", "4"]; // Socket.IO, inside a MESSAGE

const [FIRST_RETRY_MS, LAST_RETRY_MS, ACK_TIMEOUT_MS] = [500, 20_000, 10_000];

export class CaasSocket {
  #getToken; #onEvent; #onState;
  #ws = null;
  #wanted = false; // Whether we want to be connected, whatever the network says.
  #retries = 0; #retryAfter = 0; #retryTimer = 0;
  #silenceTimer = 0; #silenceMs = 45_000;
  #nextAck = 0; #acks = new Map(); // Acknowledgement id -> what to do with the answer.
  #versions = new Map(); // Conversation id -> the version of the last event that was applied.
  #heard = new Map(); // Conversation id -> the highest version that any event named.
  #cursor = undefined; // From the last sync: everything since then.
  #syncing = false; #syncAgain = false;

  /** getToken: async () => access token. onEvent: (type, envelope, way) with way "live" or "sync". onState: (state, detail). */
  constructor({ getToken, onEvent, onState }) {
    this.#getToken = getToken;
    this.#onEvent = onEvent;
    this.#onState = onState;
  }

  connect() {
    this.#wanted = true;
    this.#retries = 0;
    void this.#open();
  }

  disconnect() {
    this.#wanted = false;
    clearTimeout(this.#retryTimer);
    if (this.#ws) { this.#drop(this.#ws); } else { this.#onState("disconnected"); }
  }

  /** Sends a command and gives what its acknowledgement says; throws the problem that the server answers. */
  send(name, argument) {
    return new Promise((resolve, reject) => {
      if (this.#ws?.readyState !== WebSocket.OPEN) { return reject(new Error("Not connected.")); }
      const id = this.#nextAck++;
      const timer = setTimeout(() => this.#settle(id, null, new Error("No answer in time.")), ACK_TIMEOUT_MS);
      this.#acks.set(id, { resolve, reject, timer });
      this.#ws.send(`${MESSAGE}${EVENT}${id}${JSON.stringify([name, argument])}`); // 420["message.send",{...}]
    });
  }

  async #open() {
    clearTimeout(this.#retryTimer);
    this.#onState("connecting");
    const token = await this.#getToken().catch(() => null);
    if (!this.#wanted || this.#ws) { return; }
    if (!token) { return this.#retry(); }
    const url = new URL("/socket.io/?EIO=4&transport=websocket", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const ws = this.#ws = new WebSocket(url);
    ws.onmessage = ({ data }) => { if (ws === this.#ws) { this.#receive(data, token); } };
    ws.onclose = () => this.#lost(ws);
  }

  #receive(packet, token) {
    const [kind, body] = [packet[0], packet.slice(1)];
    switch (kind) {
      case OPEN: { // 0{"sid":"...","pingInterval":25000,"pingTimeout":20000,...}
        const { pingInterval, pingTimeout } = JSON.parse(body);
        this.#silenceMs = pingInterval + pingTimeout;
        this.#ws.send(`${MESSAGE}${CONNECT}${JSON.stringify({ token })}`); // 40{"token":"..."}
        break;
      }
      case PING: this.#ws.send(PONG); break;
      case CLOSE: this.#ws.close(); break;
      case MESSAGE: this.#receiveMessage(body); break;
    }
    clearTimeout(this.#silenceTimer); // The server pings; when it falls silent the connection is dead.
    this.#silenceTimer = setTimeout((ws) => this.#drop(ws), this.#silenceMs, this.#ws);
  }

  #receiveMessage(packet) {
    const [, type, id, json] = packet.match(/^(\d)(\d*)(.*)$/s);
    const content = json ? JSON.parse(json) : undefined;
    switch (type) {
      case EVENT: this.#handle(...content); break; // 42["message.sent",{...}]
      case ACK: // 430[{"ok":true,"message":{...}}]
        this.#settle(Number(id), content[0], content[0].ok ? null : problemOf(content[0].error));
        break;
      case CONNECT_ERROR: // 44{"message":"...","data":{"code":"...","retryable":false}}
        this.#wanted = content.data?.retryable === true || content.data?.code === "credential_expired";
        this.#onState("refused", content.data?.detail ?? content.message);
        this.#ws.close();
        break;
      case DISCONNECT: // The server ended it for good, and says why in session.ended before.
        this.#wanted = false;
        this.#ws.close();
        break;
    }
  }

  #handle(type, body) {
    switch (type) {
      case "session.ready":
        this.#retries = 0;
        this.#onState("connected");
        void this.#sync();
        break;
      case "session.expiring": void this.#renew(); break;
      case "session.ended": this.#onState("ended", body.reason); break;
      case "server.draining": this.#retryAfter = body.reconnectAfterMs; break;
      case "sync.required": void this.#sync(); break;
      default: this.#apply(type, body, "live");
    }
  }

  // The heart of it: what was seen is skipped, what comes next is applied, and a hole is repaired by sync.
  #apply(type, event, way) {
    const { conversationId: id, version } = event;
    if (version !== undefined) {
      const known = this.#versions.get(id) ?? version - 1; // An unknown conversation begins with what we hear first.
      this.#heard.set(id, Math.max(version, this.#heard.get(id) ?? 0));
      if (version <= known) { return; }
      if (version > known + 1) { return void this.#sync(); }
      this.#versions.set(id, version);
    }
    this.#onEvent(type, event, way);
  }

  async #sync() {
    this.#syncAgain = true;
    if (this.#syncing) { return; }
    this.#syncing = true;
    try {
      while (this.#syncAgain) {
        this.#syncAgain = false;
        const answer = await this.send("sync.request", this.#cursor ? { cursor: this.#cursor } : {});
        answer.changes.forEach((event) => this.#apply(event.type, event, "sync"));
        answer.conversations.forEach((header) => this.#learn(header));
        this.#cursor = answer.cursor;
        // What came while we asked may lie above the answer.
        this.#syncAgain ||= answer.hasMore || [...this.#heard].some(([id, version]) => version > (this.#versions.get(id) ?? 0));
      }
      this.#onState("synced");
    } catch (problem) {
      if (problem.code) { this.#cursor = undefined; } // A cursor that is refused: begin anew at the next connection.
      this.#ws?.close();
    } finally {
      this.#syncing = false;
    }
  }

  #learn(header) {
    if (header.state === "joined" || header.state === "reset") {
      this.#versions.set(header.id, Math.max(header.version, this.#versions.get(header.id) ?? 0));
    } else { // left, deleted
      this.#versions.delete(header.id);
      this.#heard.delete(header.id);
    }
    this.#onEvent(`sync: ${header.state}`, { conversationId: header.id, version: header.version, data: header }, "sync");
  }

  async #renew() {
    // Should it fail: the connection ends with its token, and the next one begins with a new one.
    await this.#getToken().then((token) => this.send("token.refresh", { token })).catch(() => undefined);
  }

  #settle(id, answer, error) {
    const ack = this.#acks.get(id);
    this.#acks.delete(id);
    clearTimeout(ack?.timer);
    error ? ack?.reject(error) : ack?.resolve(answer);
  }

  #drop(ws) {
    ws?.close();
    this.#lost(ws); // A dead network tells nobody that it is closed.
  }

  #lost(ws) {
    if (!ws || ws !== this.#ws) { return; }
    this.#ws = null;
    clearTimeout(this.#silenceTimer);
    [...this.#acks.keys()].forEach((id) => this.#settle(id, null, new Error("The connection was lost.")));
    this.#onState("disconnected");
    if (this.#wanted) { this.#retry(); }
  }

  // Exponential and random, so that a thousand clients do not come back in the same instant.
  #retry() {
    const backOff = Math.min(FIRST_RETRY_MS * 2 ** this.#retries++, LAST_RETRY_MS) * (0.5 + Math.random() / 2);
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => { if (this.#wanted) { void this.#open(); } }, Math.max(backOff, this.#retryAfter));
    this.#retryAfter = 0;
  }
}

const problemOf = (problem) => Object.assign(new Error(problem.detail ?? problem.title), problem);
