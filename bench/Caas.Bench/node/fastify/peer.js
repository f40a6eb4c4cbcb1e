// Usage: node peer.js <answer>. A small GET behind an ES256 token, whose check is cached, and a limit in memory.
import { generateKeyPairSync } from "node:crypto";
import jwt from "@fastify/jwt";
import limit from "@fastify/rate-limit";
import Fastify from "fastify";

const answer = JSON.parse(process.argv[2]);
const pem = { type: "pkcs8", format: "pem" };
const keys = generateKeyPairSync("ec", {
  namedCurve: "P-256", privateKeyEncoding: pem, publicKeyEncoding: { ...pem, type: "spki" } });
const app = Fastify();
await app.register(jwt, {
  secret: { private: keys.privateKey, public: keys.publicKey },
  sign: { algorithm: "ES256", expiresIn: "15m" },
  verify: { algorithms: ["ES256"], cache: true },
});
await app.register(limit, {
  hook: "preHandler", max: 100000000, timeWindow: "1 minute", keyGenerator: (request) => request.user.sub });
app.addHook("onRequest", (request) => request.jwtVerify());
app.get("/*", () => answer);
await app.listen({ port: 0, host: "127.0.0.1" });

console.log(`token: ${app.jwt.sign({ sub: "u0", cid: "client", sid: "session" })}`);
console.log(`listening: http://127.0.0.1:${app.server.address().port}`);
