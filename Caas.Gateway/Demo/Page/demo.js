import { BackEnd } from "./back-end.js";
import { clockTime, element } from "./dom.js";
import { Side } from "./side.js";

// Ids of their own, so that a key of a real client does not touch its users.
const people = [{ id: "demo-ann", name: "Ann" }, { id: "demo-ben", name: "Ben" }];
const status = document.getElementById("status");
const keyForm = document.getElementById("key-form");
const calls = document.getElementById("calls");
const backEnd = new BackEnd(showCall);

function showCall({ method, path, status: code, ms }) {
  calls.append(element("li", {},
    element("code", {}, `${method} ${path}`),
    element("span", { class: "quiet" }, ` ${code} · ${ms.toFixed(0)} ms`)));
}

async function start(authenticate) {
  try {
    status.textContent = "Setting up…";
    await authenticate();
    await Promise.all(people.map(({ id, name }) => backEnd.makeUser(id, name)));
    const conversation = await backEnd.makeConversation(people[0].id, people[1].id);
    // When a side sent something, by what it will arrive as: both sides share this page's clock.
    const departures = new Map();
    const sides = people.map((me, index) =>
      new Side({ me, other: people[1 - index], conversation, backEnd, departures }));
    document.getElementById("sides").replaceChildren(...sides.map((side) => side.root));
    sides.forEach((side) => side.connect());
    status.textContent = `Ready since ${clockTime(Date.now())}. Write something on either side.`;
    keyForm.hidden = true;
  } catch (problem) {
    status.textContent = `That did not work: ${problem.message}`;
    keyForm.hidden = isOpen;
  }
}

const isOpen = document.querySelector("meta[name=registration]").content === "open";
if (isOpen) {
  void start(() => backEnd.register());
} else {
  status.textContent = "Registration is closed on this host: bring the API key of a client of yours.";
  keyForm.hidden = false;
  keyForm.addEventListener("submit", (event) => {
    event.preventDefault();
    void start(async () => backEnd.useKey(keyForm.elements.key.value.trim()));
  });
}
