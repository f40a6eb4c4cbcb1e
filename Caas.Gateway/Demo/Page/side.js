import { CaasSocket } from "./caas-socket.js";
import { clockTime, copyTemplate, element } from "./dom.js";
import { MessageList } from "./message-list.js";

const TYPING_REPEATS_MS = 3_000; // The server forgets who does not repeat it.
const READ_AFTER_MS = 900; // As long as a glance takes.
const MAX_EVENTS = 60;

/** One person: their connection, what they see, and what they can do. */
export class Side {
  #me; #other; #conversation; #backEnd; #departures; #socket; #list; #parts;
  #isOn = false; #wantsOn = true;
  #editing = null; #typingSince = 0;

  constructor({ me, other, conversation, backEnd, departures }) {
    Object.assign(this, copyTemplate("side"));
    this.#me = me;
    this.#other = other;
    this.#conversation = conversation;
    this.#backEnd = backEnd;
    this.#departures = departures;
    this.#parts = this.parts;
    this.#list = new MessageList(this.#parts.messages, me, {
      react: (message, emoji) => this.#react(message, emoji),
      edit: (message) => this.#beginEdit(message),
      remove: (message) => this.#command("message.delete", { messageId: message.id }, `message.deleted ${message.id}`),
    });
    this.#socket = new CaasSocket({
      getToken: () => backEnd.mintToken(me.id),
      onEvent: (type, event, way) => this.#onEvent(type, event, way),
      onState: (state, detail) => this.#onState(state, detail),
    });
    this.#label();
    this.#listen();
  }

  connect() {
    this.#socket.connect();
  }

  #label() {
    const { root } = this;
    const parts = this.#parts;
    root.dataset.user = this.#me.name.toLowerCase();
    root.setAttribute("aria-label", `${this.#me.name}'s device`);
    parts.avatar.textContent = this.#me.name[0];
    parts.name.textContent = this.#me.name;
    parts.text.placeholder = `Write as ${this.#me.name}`;
    parts.text.setAttribute("aria-label", `Message from ${this.#me.name}`);
    parts.messages.setAttribute("aria-label", `Messages that ${this.#me.name} sees`);
    parts.eventsTitle.textContent = `What ${this.#me.name}'s socket hears`;
    parts.eventsBox.setAttribute("aria-label", parts.eventsTitle.textContent);
    this.#showPresence("offline");
  }

  #listen() {
    const parts = this.#parts;
    parts.composer.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    parts.text.addEventListener("input", () => this.#type());
    parts.text.addEventListener("blur", () => this.#stopTyping());
    parts.text.addEventListener("keydown", (event) => { if (event.key === "Escape") { this.#endEdit(); } });
    parts.cancel.addEventListener("click", () => this.#endEdit());
    parts.cut.addEventListener("click", () => this.#toggleConnection());
  }

  #toggleConnection() {
    this.#wantsOn = !this.#wantsOn;
    this.#parts.cut.textContent = this.#wantsOn ? "Cut connection" : "Bring it back";
    if (this.#wantsOn) {
      this.#socket.connect();
    } else {
      this.#socket.disconnect();
    }
  }

  #onState(state, detail) {
    const parts = this.#parts;
    this.#isOn = state === "connected" || state === "synced";
    parts.state.textContent = this.#isOn ? "connected" : !this.#wantsOn ? "cut" : state;
    parts.state.dataset.on = this.#isOn;
    this.#problem(state === "refused" || state === "ended" ? detail : "");
    if (state === "synced") {
      void this.#afterSync();
    } else if (state === "disconnected") {
      this.#parts.typing.textContent = "";
      this.#typingSince = 0;
    }
  }

  // After each sync: what no event brings. Who is there, how far they read, and what we could not send while away.
  async #afterSync() {
    try {
      const { items } = await this.#socket.send("presence.subscribe", { userIds: [this.#other.id] });
      items.forEach((item) => this.#showPresence(item.status));
      const members = await this.#backEnd.readPositions(this.#conversation.id, this.#me.id);
      this.#list.setReadByOther(members.find((member) => member.userId === this.#other.id)?.lastReadSequence ?? 0);
      this.#markRead();
      await Promise.all(this.#list.pending().map((draft) => this.#send(draft)));
    } catch (problem) {
      this.#problem(problem.message);
    }
  }

  #onEvent(type, event, way) {
    const { data } = event;
    this.#showEvent(type, event, way);
    if (event.conversationId !== undefined && event.conversationId !== this.#conversation.id) { return; }
    switch (type) {
      case "message.sent":
        this.#list.put(data.message);
        if (data.message.senderId === this.#other.id) {
          this.#parts.typing.textContent = "";
          this.#list.setReadByOther(data.message.sequence); // Who writes has read.
          setTimeout(() => this.#markRead(), READ_AFTER_MS);
        }
        break;
      case "sync: joined":
      case "sync: reset": void this.#load(); break;
      case "message.edited":
      case "message.deleted": this.#list.put(data.message); break;
      case "reaction.added":
      case "reaction.removed": this.#list.react(data, type === "reaction.added"); break;
      case "read.marked": if (data.userId === this.#other.id) { this.#list.setReadByOther(data.sequence); } break;
      case "presence.changed": if (data.userId === this.#other.id) { this.#showPresence(data.status); } break;
      case "typing.started":
      case "typing.stopped":
        if (data.userId === this.#other.id) {
          this.#parts.typing.textContent = type === "typing.started" ? `${this.#other.name} is typing…` : "";
        }
        break;
    }
  }

  async #load() {
    try {
      const messages = await this.#backEnd.messages(this.#conversation.id, this.#me.id);
      messages.forEach((message) => this.#list.put(message, message.reactions));
    } catch (problem) {
      this.#problem(problem.message);
    }
  }

  #submit() {
    const text = this.#parts.text.value.trim();
    if (!text) { return; }
    const editing = this.#editing;
    this.#endEdit();
    if (editing) {
      void this.#command("message.edit", { messageId: editing.id, text }, `message.edited ${editing.id}`);
      return;
    }
    const draft = { clientMessageId: crypto.randomUUID(), text, senderId: this.#me.id, createdAt: Date.now() };
    this.#list.put(draft);
    if (this.#isOn) { void this.#send(draft); } // Otherwise it waits for the connection.
  }

  // Sending again is safe: the server knows the clientMessageId and stores nothing twice.
  #send({ clientMessageId, text }) {
    const message = { conversationId: this.#conversation.id, clientMessageId, text };
    return this.#command("message.send", message, `message.sent ${clientMessageId}`);
  }

  #react(message, emoji) {
    const adds = !message.reactions[emoji]?.mine;
    const arrives = `reaction.${adds ? "added" : "removed"} ${message.id}`;
    void this.#command(`reaction.${adds ? "add" : "remove"}`, { messageId: message.id, emoji }, arrives);
  }

  #markRead() {
    const sequence = this.#list.lastFromOther();
    if (this.#isOn && sequence > 0) {
      const arrives = `read.marked ${this.#me.id}`;
      void this.#command("read.mark", { conversationId: this.#conversation.id, sequence }, arrives);
    }
  }

  #type() {
    if (this.#isOn && Date.now() - this.#typingSince > TYPING_REPEATS_MS && this.#parts.text.value) {
      this.#typingSince = Date.now();
      void this.#command("typing.start", { conversationId: this.#conversation.id }, `typing.started ${this.#me.id}`);
    }
  }

  #stopTyping() {
    if (this.#isOn && this.#typingSince) {
      void this.#command("typing.stop", { conversationId: this.#conversation.id }, `typing.stopped ${this.#me.id}`);
    }
    this.#typingSince = 0;
  }

  #beginEdit(message) {
    this.#editing = message;
    this.#parts.text.value = message.text;
    this.#parts.send.textContent = "Save";
    this.#parts.cancel.hidden = false;
    this.#parts.text.focus();
  }

  #endEdit() {
    this.#editing = null;
    this.#parts.text.value = "";
    this.#parts.send.textContent = "Send";
    this.#parts.cancel.hidden = true;
    this.#stopTyping();
  }

  async #command(name, argument, arrivesAs) {
    this.#departures.set(arrivesAs, performance.now());
    this.#problem("");
    try {
      return await this.#socket.send(name, argument);
    } catch (problem) {
      this.#problem(problem.message);
      return null;
    }
  }

  #showEvent(type, event, way) {
    const { data } = event;
    const key = data?.message
      ? (type === "message.sent" ? data.message.clientMessageId : data.message.id)
      : data?.messageId ?? data?.userId;
    const left = this.#departures.get(`${type} ${key}`);
    const arrived = way === "sync" ? "by sync" : left ? `${(performance.now() - left).toFixed(1)} ms` : "";
    this.#parts.events.prepend(element("tr", { title: clockTime(event.occurredAt ?? Date.now()) },
      element("td", {}, event.version ? String(event.version) : "–"),
      element("td", {}, element("code", {}, type)),
      element("td", {}, arrived)));
    if (this.#parts.events.childElementCount > MAX_EVENTS) { this.#parts.events.lastElementChild.remove(); }
  }

  #showPresence(status) {
    this.#parts.presence.textContent = `${this.#other.name} is ${status}`;
    this.#parts.presence.dataset.status = status;
  }

  #problem(text) {
    this.#parts.problem.textContent = text;
  }
}
