// Starts a whole Bluesky network on this machine and says on one line where it is; "process" on the input waits until
// everything that was written is shown, the end of the input stops the network.
const { createRequire } = require("node:module");
const readline = require("node:readline");

const { TestNetwork } = createRequire(`${process.cwd()}/`)("@atproto/dev-env");
const [pds, bsky, plc, ozone] = process.argv.slice(2).map(Number);

async function main() {
  const network = await TestNetwork.create({
    pds: { port: pds, hostname: "localhost" },
    bsky: { port: bsky, dbPostgresSchema: "bsky" },
    plc: { port: plc },
    ozone: { port: ozone },
  });
  const say = (words) => process.stdout.write(`${JSON.stringify(words)}\n`);
  say({ pds: network.pds.url, bsky: network.bsky.url });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    if (line.trim() === "process") {
      await network.processAll();
      say({ processed: true });
    }
  }
  await network.close();
  process.exit(0);
}

main().catch((error) => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
