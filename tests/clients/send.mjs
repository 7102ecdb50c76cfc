// Sends events with the sender of npm's `cloudevents`.
// node send.mjs URL TOKEN structured|batch < events.json; prints the status and the answer.
import { readFileSync } from "node:fs";
import { CloudEvent, HTTP } from "cloudevents";

const [url, token, mode] = process.argv.slice(2);
const events = JSON.parse(readFileSync(0, "utf8")).map((event) => new CloudEvent(event));
const message =
  mode === "batch"
    ? { headers: { "content-type": "application/cloudevents-batch+json" }, body: JSON.stringify(events) }
    : HTTP.structured(events[0]);
const headers = { ...message.headers, authorization: `Bearer ${token}` };
const answer = await fetch(url, { method: "POST", headers, body: message.body });
console.log(JSON.stringify({ status: answer.status, body: await answer.json() }));
