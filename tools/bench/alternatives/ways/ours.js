// cctoken, called as its README says: by an identity, wherever a token is needed.
import { getToken } from "../../../../dist/node.js";
import { by } from "./identity.js";

export const connect = by(getToken);
