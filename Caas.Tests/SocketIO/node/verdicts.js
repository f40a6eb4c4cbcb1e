// Reads a JSON array of packets as strings from the file given and prints what socket.io-parser makes of each:
// a JSON array of true (a packet) and false (an error).
import { readFileSync } from "node:fs";
import { Decoder } from "socket.io-parser";

const verdicts = JSON.parse(readFileSync(process.argv[2], "utf8")).map((packet) => {
  const decoder = new Decoder();
  try {
    decoder.add(packet);
    return true;
  } catch {
    return false;
  }
});
console.log(JSON.stringify(verdicts));
