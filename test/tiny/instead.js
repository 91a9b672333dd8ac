// Puts the light core in the place of the package's own, for whatever test runs with `--import` of this file: what finds the
// core in Node finds that one.
import { register } from "node:module";

register(new URL("instead-hooks.js", import.meta.url));
