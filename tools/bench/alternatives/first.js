// The process that cold.js starts: it prints the milliseconds that the first token took.
//
//	node tools/bench/alternatives/first.js PROGRAM URL KEY
const [, , program, url, key] = process.argv;

const start = performance.now();
const { connect } = await import(`./ways/${program}`);
await connect(url, key).get();
process.stdout.write(String(performance.now() - start), () => process.exit());
