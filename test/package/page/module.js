import * as cctoken from "/dist/browser.js";
import { show } from "/result.js";

show(cctoken);
