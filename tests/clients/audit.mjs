// Asks the audits of `graphql-http` of a server, as a member of a project.
// node audit.mjs URL TOKEN; exits 1 when an audit is not met, and says which.
import { auditServer } from "graphql-http";

const [url, token] = process.argv.slice(2);
const fetchFn = (input, init = {}) =>
  fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });

const results = await auditServer({ url, fetchFn });
for (const result of results.filter((result) => result.status !== "ok")) {
  console.log(`${result.status} ${result.id} ${result.name}: ${result.reason}`);
}
const met = results.filter((result) => result.status === "ok").length;
console.log(`${met} of ${results.length} audits are met`);
process.exit(met === results.length && met > 0 ? 0 : 1);
