import { clockTime, element } from "./dom.js";

const EMOJIS = ["👍", "❤️", "🎉"];

/** The messages of one side, by clientMessageId, so that a draft becomes the message that the server made of it. */
export class MessageList {
  #root; #me; #actions;
  #messages = new Map(); #items = new Map();
  #readByOther = 0;

  /** actions: { react(message, emoji), edit(message), remove(message) }. */
  constructor(root, me, actions) {
    this.#root = root;
    this.#me = me;
    this.#actions = actions;
  }

  /** Adds or replaces. An event does not say which reactions are mine: without those, the known ones stay. */
  put(message, reactions = this.#messages.get(message.clientMessageId)?.reactions ?? {}) {
    this.#messages.set(message.clientMessageId, { ...message, reactions });
    this.#draw(message.clientMessageId);
  }

  /** A reaction.* event: the count is the server's, whose it is we know. */
  react({ messageId, emoji, userId, count }, stands) {
    const message = [...this.#messages.values()].find((one) => one.id === messageId);
    if (!message) { return; }
    const mine = userId === this.#me.id ? stands : message.reactions[emoji]?.mine ?? false;
    message.reactions = { ...message.reactions, [emoji]: { count, mine } };
    this.#draw(message.clientMessageId);
  }

  setReadByOther(sequence) {
    if (sequence <= this.#readByOther) { return; }
    this.#readByOther = sequence;
    this.#messages.forEach((message, id) => { if (this.#isMine(message)) { this.#draw(id); } });
  }

  pending() {
    return [...this.#messages.values()].filter((message) => !message.id);
  }

  lastFromOther() {
    const sequences = [...this.#messages.values()].filter((one) => !this.#isMine(one)).map((one) => one.sequence);
    return Math.max(0, ...sequences);
  }

  #isMine(message) {
    return message.senderId === this.#me.id;
  }

  #draw(id) {
    const message = this.#messages.get(id);
    const drawn = element("li", { class: this.#isMine(message) ? "message mine" : "message" },
      element("p", { class: "bubble", "data-deleted": !!message.deletedAt }, message.deletedAt ? "This message was deleted." : message.text),
      element("div", { class: "foot" },
        element("p", { class: "meta" }, ...this.#meta(message)),
        message.id && !message.deletedAt && this.#controls(message)));
    const old = this.#items.get(id);
    // The server's order: what we wrote while away lands below what arrived meanwhile.
    if (old && !(message.id && old.dataset.sequence === undefined)) {
      this.#swap(old, drawn);
    } else {
      old?.remove();
      this.#insert(drawn, message.sequence);
    }
    if (message.sequence) { drawn.dataset.sequence = message.sequence; }
    this.#items.set(id, drawn);
  }

  #insert(drawn, sequence) {
    const isEnd = this.#root.scrollHeight - this.#root.scrollTop - this.#root.clientHeight < 120;
    const next = [...this.#root.children].find((item) => Number(item.dataset.sequence ?? Infinity) > (sequence ?? Infinity));
    this.#root.insertBefore(drawn, next ?? null);
    if (isEnd) { this.#root.scrollTop = this.#root.scrollHeight; }
  }

  // Who tabbed to a button of the message stays on it.
  #swap(old, drawn) {
    const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
    old.replaceWith(drawn);
    if (focused) { [...drawn.querySelectorAll("button")].find((one) => one.ariaLabel === focused)?.focus(); }
  }

  #meta(message) {
    const words = [clockTime(message.createdAt)];
    if (message.editedAt && !message.deletedAt) { words.push("edited"); }
    if (!this.#isMine(message) || message.deletedAt) { return [words.join(" · ")]; }
    const [tick, state] = !message.id ? ["◷", "waiting"]
      : message.sequence <= this.#readByOther ? ["✓✓", "read"] : ["✓", "sent"];
    return [`${words.join(" · ")} · `, element("span", { class: "tick", "data-state": state },
      element("span", { "aria-hidden": "true" }, tick), ` ${state}`)];
  }

  #controls(message) {
    const button = (text, label, action, attributes = {}) => element(
      "button", { type: "button", "aria-label": label, onclick: action, ...attributes }, text);
    const reactions = EMOJIS.map((emoji) => {
      const { count = 0, mine = false } = message.reactions[emoji] ?? {};
      return button(count ? `${emoji} ${count}` : emoji, `React with ${emoji}`, () => this.#actions.react(message, emoji),
        { class: "reaction", "aria-pressed": String(mine), "data-count": count });
    });
    const own = this.#isMine(message) ? [
      button("Edit", "Edit", () => this.#actions.edit(message), { class: "plain" }),
      button("Delete", "Delete", () => this.#actions.remove(message), { class: "plain" }),
    ] : [];
    return element("div", { class: "controls" }, ...reactions, ...own);
  }
}
