// Usage: node browser.js <url> <chromium> <scenario> [<API key> | <folder of screenshots>]. Exits 0 when the page did as
// it should, without one message in the console: an error, a violation of the policy, a request to elsewhere.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [url, executablePath, scenario, extra] = process.argv.slice(2);
const quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const profile = mkdtempSync(join(tmpdir(), "caas-demo-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath, headless: true, args: ["--no-sandbox", "--disable-gpu", ...quiet], viewport: { width: 1180, height: 1000 },
});

const complaints = [];
async function open({ ready = true, onSocket } = {}) {
  const page = await browser.newPage();
  if (onSocket) { await page.routeWebSocket("**/socket.io/**", onSocket); }
  page.setDefaultTimeout(15_000);
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`${error.stack}`));
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== url) { complaints.push(`a request to ${request.url()}`); }
  });
  await page.goto(`${url}/demo`);
  const talk = { page, ann: sideOf(page, "ann"), ben: sideOf(page, "ben") };
  if (ready) { await bothConnected(talk); }
  return talk;
}

function sideOf(page, user) {
  const root = page.locator(`[data-user=${user}]`);
  const at = (selector, hasText) => root.locator(selector, hasText === undefined ? {} : { hasText });
  return {
    root, at,
    type: (text) => at("input").pressSequentially(text),
    say: async (text) => {
      await at("input").fill(text);
      await at("input").press("Enter");
    },
    sees: (selector, hasText) => at(selector, hasText).first().waitFor(),
    texts: () => at(".bubble").allTextContents(),
    message: (text) => at(".message", text),
  };
}

async function bothConnected({ ann, ben }) {
  await ann.sees(".state", "connected");
  await ben.sees(".state", "connected");
}

const scenarios = {
  async message() {
    const { ann, ben } = await open();
    await ann.say("<b>Hello</b> & welcome");
    await ben.sees(".bubble", "<b>Hello</b> & welcome");
    await ann.sees(".tick[data-state=read]", "read");
    await ben.say("Hi Ann");
    await ann.sees(".bubble", "Hi Ann");
    // Above the versions of conversation.created and of two member.added.
    const event = ben.at(".events tr", "message.sent").last();
    assert.match(await event.textContent(), /^4message\.sent[\d.]+ ms$/);
    assert.deepEqual(await ann.texts(), await ben.texts());
  },
  async presence() {
    const { ann, ben } = await open();
    await ann.sees("[data-status=online]", "Ben is online");
    await ann.type("Some");
    await ben.sees(".typing", "Ann is typing…");
    await ann.at("input").blur();
    await ben.at(".typing", /^$/).waitFor({ state: "attached" });
  },
  async reaction() {
    const { ann, ben } = await open();
    await ann.say("Lunch?");
    await ben.sees(".bubble", "Lunch?");
    const thumb = (side) => side.message("Lunch?").getByRole("button", { name: "React with 👍" });
    await thumb(ben).click();
    await ann.sees(".reaction", "👍 1");
    assert.equal(await thumb(ann).getAttribute("aria-pressed"), "false");
    assert.equal(await thumb(ben).getAttribute("aria-pressed"), "true");
    await thumb(ann).click();
    await ben.sees(".reaction", "👍 2");
    await thumb(ben).click();
    await ann.sees(".reaction", "👍 1");
  },
  async change() {
    const { ann, ben } = await open();
    await ann.say("Lunch at one?");
    await ann.message("Lunch at one?").getByRole("button", { name: "Edit" }).click();
    await ann.say("Lunch at two?");
    await ben.sees(".bubble", "Lunch at two?");
    await ben.sees(".meta", "edited");
    await ann.message("Lunch at two?").getByRole("button", { name: "Delete" }).click();
    await ben.sees(".bubble[data-deleted]", "This message was deleted.");
    assert.deepEqual(await ben.texts(), ["This message was deleted."]);
  },
  async cut() {
    const { ann, ben } = await open();
    await ann.say("one");
    await ben.sees(".bubble", "one");
    await ben.root.getByRole("button", { name: "Cut connection" }).click();
    await ben.sees(".state", "cut");
    await ben.say("written without a connection");
    await ben.sees(".tick[data-state=waiting]", "waiting");
    await ann.say("two");
    await ann.say("three");
    await ann.message("three").getByRole("button", { name: "React with 🎉" }).click();
    await ann.sees(".reaction", "🎉 1");
    assert.deepEqual(await ben.texts(), ["one", "written without a connection"]);
    await ben.root.getByRole("button", { name: "Bring it back" }).click();
    await ben.sees(".reaction", "🎉 1");
    await ben.sees(".events tr", "by sync");
    await ann.sees(".bubble", "written without a connection");
    await ben.sees(".tick[data-state=read]", "read");
    assert.deepEqual(await ben.texts(), ["one", "two", "three", "written without a connection"]);
    assert.deepEqual(await ann.texts(), await ben.texts());
    assert.deepEqual(await versionsOfTalk(ben), [4, 5, 6, 7, 8]);
  },
  // The network loses one event of Ben's: the next one shows the hole.
  async hole() {
    let isLossy = true;
    const onSocket = (socket) => {
      const server = socket.connectToServer();
      let isBens = false;
      socket.onMessage((frame) => server.send(frame));
      server.onMessage((frame) => {
        isBens ||= frame.includes('"session.ready"') && frame.includes('"demo-ben"');
        if (isBens && isLossy && frame.includes('"message.sent"') && frame.includes("lost")) { return; }
        socket.send(frame);
      });
    };
    const { ann, ben } = await open({ onSocket });
    await ann.say("lost");
    await ann.sees(".tick[data-state=sent]", "sent");
    assert.deepEqual(await ben.texts(), []);
    isLossy = false;
    await ann.say("found");
    await ben.sees(".bubble", "found");
    assert.deepEqual(await ben.texts(), ["lost", "found"]);
    assert.deepEqual(await versionsOfTalk(ben), [4, 5]);
  },
  // Every connection breaks; each client comes back by itself, and says again what nobody acknowledged.
  async broken() {
    const sockets = [];
    const onSocket = (socket) => {
      const server = socket.connectToServer();
      const pair = { socket, server, swallows: false };
      sockets.push(pair);
      socket.onMessage((frame) => server.send(frame));
      server.onMessage((frame) => { if (!pair.swallows) { socket.send(frame); } });
    };
    const { ann, ben } = await open({ onSocket });
    sockets.forEach((pair) => { pair.swallows = true; });
    await ann.say("sent, but the answer never came");
    await ann.sees(".tick[data-state=waiting]", "waiting");
    for (const { socket, server } of sockets.splice(0)) {
      await socket.close();
      await server.close();
    }
    await ben.sees(".bubble", "sent, but the answer never came");
    await ann.sees(".tick[data-state=read]", "read");
    assert.deepEqual(await ann.texts(), ["sent, but the answer never came"]);
    assert.deepEqual(await ben.texts(), ["sent, but the answer never came"]);
    assert.equal(sockets.length, 2);
  },
  async key() {
    const talk = await open({ ready: false });
    await talk.page.getByLabel("API key").fill(extra);
    await talk.page.getByRole("button", { name: "Start" }).click();
    await bothConnected(talk);
    await talk.ben.say("With a key of my own");
    await talk.ann.sees(".bubble", "With a key of my own");
  },
  // For the eye: not a test.
  async screenshots() {
    const talk = await open();
    const { page, ann, ben } = talk;
    await ann.say("Hi Ben, did the delivery arrive?");
    await ben.say("Yes, all 12 boxes. One is damaged, I send you a photo in a minute.");
    await ann.sees(".bubble", "12 boxes");
    await ann.message("12 boxes").getByRole("button", { name: "React with 👍" }).click();
    await ann.say("Thank you!");
    await ben.say("Wrong window");
    await ben.message("Wrong window").getByRole("button", { name: "Delete" }).click();
    await ann.sees(".bubble[data-deleted]", "");
    await ben.type("And");
    await page.waitForTimeout(1500);
    await page.locator("summary").click();
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(extra, `${colorScheme}.png`), fullPage: true });
    }
    await page.setViewportSize({ width: 400, height: 900 });
    await page.screenshot({ path: join(extra, "narrow.png"), fullPage: true });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 400);
  },
};

// Above the versions of conversation.created and of two member.added, of which Ben's own may come live or by sync.
async function versionsOfTalk(side) {
  const cells = await side.at(".events tbody tr td:first-child").allTextContents();
  const heads = await side.at(".events tbody tr td:nth-child(2)").allTextContents();
  return cells.filter((text, row) => text !== "–" && !heads[row].startsWith("sync:"))
    .map(Number).filter((version) => version > 3).toSorted((one, other) => one - other);
}

try {
  await scenarios[scenario]();
  assert.deepEqual(complaints, []);
} catch (error) {
  console.error(complaints.join("\n"));
  throw error;
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
