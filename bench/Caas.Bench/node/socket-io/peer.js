// Usage: node peer.js <envelope>. One room; what a member sends goes to all of them in the product's own envelope.
import { createServer } from "node:http";
import { Server } from "socket.io";

const envelope = JSON.parse(process.argv[2]);
const http = createServer();
const io = new Server(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });

io.on("connection", (socket) => {
  socket.join("room");
  socket.on("message.send", ({ clientMessageId, text }, acknowledge) => {
    const message = { ...envelope.data.message, clientMessageId, text };
    io.to("room").emit("message.sent", { ...envelope, data: { message } });
    acknowledge({ ok: true, message });
  });
  socket.emit("session.ready", {});
});

http.listen(0, "127.0.0.1", () => {
  console.log("token: none");
  console.log(`listening: http://127.0.0.1:${http.address().port}`);
});
