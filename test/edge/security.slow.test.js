// The attacks of security.test.js once more, at an edge one of whose keepers has the sessions of 1,000 other people.
process.env.OTHERS = "1000";
await import("./security.test.js");
