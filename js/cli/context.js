/**
 * What a command works with: the process, as far as it is anybody's business.
 * @typedef {object} Context
 * @property {readonly string[]} rest positional arguments after the command
 * @property {Readonly<Record<string, any>>} options by flag name
 * @property {NodeJS.ProcessEnv} env
 * @property {string} cwd
 * @property {NodeJS.ReadStream} stdin
 * @property {NodeJS.WriteStream} stdout
 * @property {NodeJS.WriteStream} stderr
 * @property {import("./terminal.js").Paint} paint for standard output
 * @property {import("./terminal.js").Paint} paintNote for standard error
 * @property {ReturnType<typeof import("./terminal.js").createSpinner>} spinner
 * @property {string[]} hidden secrets that no message may show; commands add theirs
 * @property {(identity: import("../client/identity.js").VendorIdentity) => void} about says whose vendor will be asked, for what may go wrong
 * @property {(text: string) => void} note writes a line to standard error
 */

export {};
