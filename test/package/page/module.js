import * as cctoken from "/js/browser.js";
import { show } from "/result.js";

show(cctoken);
