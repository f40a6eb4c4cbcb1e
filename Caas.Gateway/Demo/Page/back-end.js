// What your own server does: it holds the API key, makes users, mints their tokens. Here it runs in the browser, so that
// the demo needs nothing but this host. Never put an API key into a page of yours.

export class BackEnd {
  #key; #onCall;

  /** onCall: ({ method, path, status, ms, who }) after each request. */
  constructor(onCall) {
    this.#onCall = onCall;
  }

  /** Registers a client of its own and keeps its key; only where registration is open. */
  async register() {
    const { application, apiKey } = await this.#call("POST", "/api/clients", { name: "Demo", email: "demo@example.com" });
    this.#key = apiKey.key;
    // Browsers say which page they come from; the application lists the pages that may use its credentials.
    await this.#call("PATCH", `/api/applications/${application.id}`, { allowedOrigins: [location.origin] });
  }

  useKey(key) {
    this.#key = key;
  }

  makeUser(id, name) {
    return this.#call("PUT", `/api/users/${id}`, { name });
  }

  async mintToken(userId) {
    const { accessToken } = await this.#call("POST", "/api/tokens", { userId });
    return accessToken;
  }

  makeConversation(ownerId, memberId) {
    const body = { type: "group", name: "Demo", members: [memberId] };
    return this.#call("POST", "/api/conversations", body, { "Caas-User": ownerId });
  }

  /** How far each member has read: it is a state and no event of the log, so it is read again after a reconnect. */
  async readPositions(conversationId, userId) {
    const path = `/api/conversations/${conversationId}/members`;
    const { items } = await this.#call("GET", path, undefined, { "Caas-User": userId });
    return items;
  }

  /** The newest messages, for a device that knows none: from there on it lives by events. */
  async messages(conversationId, userId) {
    const path = `/api/conversations/${conversationId}/messages`;
    const { items } = await this.#call("GET", path, undefined, { "Caas-User": userId });
    return items.reverse();
  }

  async #call(method, path, body, headers = {}) {
    const started = performance.now();
    const response = await fetch(path, {
      method,
      headers: {
        ...headers,
        ...(this.#key && { Authorization: `Bearer ${this.#key}` }),
        ...(body && { "Content-Type": "application/json" }),
      },
      body: body && JSON.stringify(body),
      cache: "no-store",
    });
    this.#onCall({ method, path, status: response.status, ms: performance.now() - started });
    const answer = await response.json();
    if (!response.ok) {
      throw Object.assign(new Error(answer.detail ?? answer.title), answer);
    }
    return answer;
  }
}
